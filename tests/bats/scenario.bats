#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The life of a token from its creation to its removal. Runs against the sandbox, or
# with LIVE=1 against the deployment that CODER_URL, CODER_SESSION_TOKEN (an
# owner) and MEMBER_TOKEN name: see `make test-live`.

load helper

setup_file() {
	if [[ -z ${LIVE-} ]]; then
		sandbox_start --seed empty
		export CODER_URL=$URL CODER_SESSION_TOKEN=$ADMIN_TOKEN MEMBER_TOKEN=$ALICE_TOKEN
	fi
}

teardown_file() {
	[[ -n ${LIVE-} ]] || sandbox_stop
}

setup() {
	unset "${!TOKEN_@}" CODER_TOKEN_NAME CODER_TOKEN_USER CODER_TOKEN_LIFETIME
	export CODER_CONFIG_DIR=$BATS_TEST_TMPDIR
	enable -f "$SO" "${BUILTINS[@]}"
	P=t$RANDOM$RANDOM- # this run's own names
	OWNER=$(username "$CODER_SESSION_TOKEN")
	MEMBER=$(username "$MEMBER_TOKEN")
}

teardown() {
	local ids
	token_list -a --include-expired --name "$P*" -v ids && token_rm --from ids -v ids
}

# AddressSanitizer, where it is loaded before everything, can hang in the threads of curl.
username() {
	env -u LD_PRELOAD curl -fsS -H @- "${CODER_URL%/}/api/v2/users/me" <<<"Coder-Session-Token: $1" | fields_of -- username
}

as_member() {
	CODER_SESSION_TOKEN=$MEMBER_TOKEN "$@"
}

# recorded_view ID - what the CLI prints for `tokens view ID -c "id,scopes,allow list"` of such a token.
recorded_view() {
	python3 "$BATS_TEST_DIRNAME/golden.py" view "$1"
}

@test "a token can be created, listed, viewed, used, expired and deleted" {
	local uuid=3f1b0f0e-2222-4444-8888-0123456789ab one scoped theirs secret by_name

	# no token of this run yet
	try token_list --name "$P*"
	is "$status" 0
	is "$out" ""
	is "$err" "No tokens found."

	# a plain token, one with scopes, and one for another user
	try token_create -n "${P}token-one"
	is "$status" 0
	is "$err" ""
	[[ $out =~ ^[0-9A-Za-z]{10}-[0-9A-Za-z]{22}$ ]] || fail "not a token"
	one=$out
	try token_create -n "${P}scoped" --lifetime 2h --scope workspace:read --scope template:read \
		--allow "workspace:$uuid" --allow 'template:*' -v secret
	is "$status" 0
	is "$out$err" ""
	scoped=${secret%%-*}
	is "${TOKEN_SCOPES[*]}" "template:read workspace:read"
	is "${TOKEN_ALLOW_LIST[*]}" "template:* workspace:$uuid"
	try token_create -n "${P}theirs" -u "$MEMBER" --lifetime 1h
	is "$status" 0
	theirs=${out%%-*}

	# the list shows one's own tokens with their permissions, and not the other user's
	try token_list --name "$P*"
	is "$status" 0
	has "$out" "${P}token-one"
	has "$out" "  ${P}scoped     template:read, workspace:read  template:*, workspace:$uuid  "
	lacks "$out" "${P}theirs"
	lacks "$out" OWNER
	try token_list -a --name "$P*"
	has "${out%%$'\n'*}" "  OWNER  "
	[[ $out =~ ${P}theirs\ .*\ "$MEMBER"\ + ]] || fail "no owner of ${P}theirs"
	[[ $out =~ ${P}token-one\ .*\ "$OWNER"\ + ]] || fail "no owner of ${P}token-one"

	# view by name, by id and by the whole token
	try token_view "${P}scoped"
	is "$status" 0
	# never used is the beginning of time, as the server counts it
	[[ $out =~ "  template:read, workspace:read  template:*, workspace:$uuid  "(1970|0001)-01-01T00:00:00Z\ + ]] ||
		fail "no scopes, allow list and last use"
	[[ $out =~ \ "$OWNER"\ +$ ]] || fail "no owner"
	by_name=$out
	try token_view "$scoped"
	is "$out" "$by_name"
	try token_view "$secret"
	is "$out" "$by_name"

	# the table is the recorded one of the CLI, byte by byte
	try token_view "$scoped" -c "id,scopes,allow list"
	diff <(recorded_view "$scoped") "$BATS_TEST_TMPDIR/out"

	# a member sees only the member's own tokens, and creates none for others
	try as_member token_list -a --name "$P*"
	is "$status" 0
	has "$out" "${P}theirs"
	lacks "$out" "${P}token-one"
	try as_member token_create -n "${P}forbidden" -u "$OWNER" --lifetime 1h
	[[ $status == [34] ]] || fail "a member created a token for the owner"
	is "$out" ""
	try as_member token_rm "${one%%-*}"
	is "$status" 3
	has "$err" "not found"
	try token_list -a --name "${P}forbidden"
	is "$out" ""

	# a bad allow list fails before any request: nobody listens there
	try token_create --url http://127.0.0.1:9 -n "${P}bad" --allow workspace
	is "$status" 2
	has "$err" "invalid allow_list entry 'workspace'"

	# JSON parses, and carries scopes and the allow list
	try token_list --name "${P}scoped" -o json
	is "$(fields_of -- scopes <<<"$out" | xargs -n 1 | sort | xargs)" "template:read workspace:read"
	is "$(fields_of -- token_name allow_list lifetime_seconds <<<"$out")" "${P}scoped
template:* workspace:$uuid
7200"

	# remove by name, by id, and by the token itself
	try token_rm "${P}token-one"
	is "$status" 0
	is "$out" "Token has been deleted."
	try token_rm "$theirs"
	is "$out" "Token has been deleted."
	try token_rm "$secret"
	is "$out" "Token has been deleted."
	is "$err" ""
	try token_list -a --include-expired --name "$P*"
	is "$status" 0
	is "$out" ""
	is "$err" "No tokens found."
}

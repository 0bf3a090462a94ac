#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# What tokens for goals can do and must not do, on the sandbox, or with LIVE=1 on the deployment that
# CODER_URL and CODER_SESSION_TOKEN (an owner) name: see `make test-live`. There it uses the first
# template, whose workspaces must need no parameters, and removes all that it has made. Where the
# reference CLI is on PATH, it has to work with the tokens, too.

load helper

setup_file() {
	if [[ -z ${LIVE-} ]]; then
		sandbox_start --seed empty --rate-limit 0
		export CODER_URL=$URL CODER_SESSION_TOKEN=$ADMIN_TOKEN
		ctl POST templates '[{"name": "one"}, {"name": "two"}]' >/dev/null
	fi
}

teardown_file() {
	[[ -n ${LIVE-} ]] || sandbox_stop
}

setup() {
	unset "${!TOKEN_@}" CODER_TOKEN_NAME CODER_TOKEN_USER
	export CODER_CONFIG_DIR=$BATS_TEST_TMPDIR CODER_TOKEN_LIFETIME=1h
	enable -f "$SO" "${BUILTINS[@]}"
	P=t$RANDOM$RANDOM # this run's own names
	OWNER_TOKEN=$CODER_SESSION_TOKEN
	secret=$OWNER_TOKEN
	template=$(get templates | fields_of -- id | head -n 1)
}

teardown() {
	local ids
	secret=$OWNER_TOKEN
	[[ -z ${workspace-} ]] || build delete >/dev/null
	token_list --include-expired --name "$P*" -v ids && token_rm --from ids -v ids
}

# ask METHOD PATH [BODY] - sends a request with $secret; sets http and body.
ask() {
	http=$(curl -sS -o "$BATS_TEST_TMPDIR/body" -w '%{http_code}' -X "$1" -H @- -H 'Content-Type: application/json' \
		${3+-d "$3"} "${CODER_URL%/}/api/v2/$2" <<<"Coder-Session-Token: $secret")
	body=$(<"$BATS_TEST_TMPDIR/body")
}

get() {
	ask GET "$1" && printf '%s\n' "$body"
}

# may METHOD PATH [BODY], may_not ... - the request succeeds, is refused.
may() {
	ask "$@"
	[[ $http == 2?? ]] || fail "$* gave $http: $body"
}

may_not() {
	ask "$@"
	[[ $http == [45]?? ]] || fail "$* gave $http"
}

# build TRANSITION - of the workspace, and waits for its end.
build() {
	may POST "workspaces/$workspace/builds" "{\"transition\":\"$1\"}"
	settled
}

settled() {
	local secret=$OWNER_TOKEN
	wait_for 60 last_build_ended || fail "the build did not end"
}

last_build_ended() {
	[[ $(get "workspaces/$workspace") == *'"status":"succeeded"'* ]]
}

# token GOALS [ENTRY]... - has token_create make a token, and uses it.
token() {
	local words=() word
	for word in "${@:2}"; do words+=(--allow "$word"); done
	CODER_SESSION_TOKEN=$OWNER_TOKEN token_create -v secret -n "$P-$RANDOM$RANDOM" --for "$1" "${words[@]}" 2>"$BATS_TEST_TMPDIR/made" ||
		fail "$(<"$BATS_TEST_TMPDIR/made")"
}

# cli ARGUMENT... - the reference CLI works with the token, where it can be had.
cli() {
	[[ -n ${LIVE-} ]] && type -P coder >/dev/null || return 0
	CODER_SESSION_TOKEN=$secret coder "$@" </dev/null >"$BATS_TEST_TMPDIR/cli" 2>&1 || fail "coder $*: $(<"$BATS_TEST_TMPDIR/cli")"
}

@test "tokens for goals on a workspace do what the goals say with that workspace, and nothing else" {
	[[ $template ]] || skip "no template"
	local name=w$P
	# creating
	token workspace-create "template:$template"
	may POST users/me/workspaces "{\"name\":\"$name\",\"template_id\":\"$template\"}"
	workspace=$(fields_of -- id <<<"$body")
	settled
	may_not POST users/me/keys/tokens '{"lifetime":3600000000000}'
	may_not GET workspaces

	token workspace-read "workspace:$name"
	may GET "workspaces/$workspace"
	may GET "users/me/workspace/$name"
	cli show "$name"
	may_not POST "workspaces/$workspace/builds" '{"transition":"stop"}'
	may_not GET workspaces

	token workspace-list 'workspace:*'
	may GET workspaces
	has "$body" "\"$workspace\""
	cli list
	may_not POST "workspaces/$workspace/builds" '{"transition":"stop"}'

	token workspace-stop "workspace:$workspace"
	may_not POST "workspaces/$workspace/builds" '{"transition":"start"}'
	build stop
	may_not POST "workspaces/$workspace/builds" '{"transition":"delete"}'

	token workspace-start "workspace:$name"
	build start
	may_not POST "workspaces/$workspace/builds" '{"transition":"stop"}'

	token workspace-operate "workspace:$name"
	may PUT "workspaces/$workspace/autostart" '{"schedule":null}'
	build stop
	build start
	cli restart -y "$name"
	may_not POST "workspaces/$workspace/builds" '{"transition":"delete"}'

	token workspace-ssh "workspace:$name"
	may GET "users/me/workspace/$name"
	may_not POST "workspaces/$workspace/builds" '{"transition":"stop"}'

	# a goal that needs what another one must not have
	CODER_SESSION_TOKEN=$OWNER_TOKEN try token_create -n "$P-x" --for workspace-list,workspace-stop --allow "workspace:$name"
	refused 2 "create two tokens"

	token workspace-delete "workspace:$name"
	may_not POST "workspaces/$workspace/builds" '{"transition":"start"}'
	may POST "workspaces/$workspace/builds" '{"transition":"delete"}'
	wait_for 60 is_deleted || fail "the workspace was not deleted"
	workspace=
}

is_deleted() {
	ask GET "workspaces/$workspace"
	[[ $http == 410 || $http == 404 ]]
}

@test "a token to push a template changes that one, and no other" {
	[[ $template ]] || skip "no template"
	local other
	token template-push "template:$template"
	may GET "templates/$template"
	may GET "templates/$template/versions"
	may_not POST users/me/keys/tokens '{"lifetime":3600000000000}'
	for other in $(secret=$OWNER_TOKEN get templates | fields_of -- id); do
		[[ $other == "$template" ]] || may_not GET "templates/$other"
	done
}

@test "tokens for goals without objects do what the goals say, and nothing else" {
	token whoami
	may GET users/me
	cli whoami
	may_not GET users/me/keys/tokens/nosuch
	may_not POST users/me/keys/tokens '{"lifetime":3600000000000}'

	token tokens-read
	may GET users/me/keys/tokens
	has "$body" "\"$P-"
	cli tokens ls
	CODER_SESSION_TOKEN=$secret try token_view --self -c name --no-header
	has "$out" "$P-"
	may_not POST users/me/keys/tokens '{"lifetime":3600000000000}'

	token tokens-manage
	CODER_SESSION_TOKEN=$secret try token_create -n "$P-made" -v made
	is "$status" 0
	CODER_SESSION_TOKEN=$secret try token_rm "$P-made"
	is "$status" 0

	token read-only
	may GET users/me/keys/tokens
	may GET workspaces
	may GET templates
	cli list
	may_not POST users/me/keys/tokens '{"lifetime":3600000000000}'
}

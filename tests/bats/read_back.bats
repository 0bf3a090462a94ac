#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# A new token is read back before its secret is delivered. A token with more permissions or a longer
# lifetime than requested is deleted again. One with fewer or a shorter one is delivered with a
# warning. One that may belong to another call is left alone.

load helper
SANDBOX_OPTIONS=(--seed demo)

SECRET='^[0-9A-Za-z]{10}-[0-9A-Za-z]{22}$'
UUID=3f1b0f0e-2222-4444-8888-0123456789ab

# grants JSON - makes the next create create such a token instead.
grants() {
	ctl DELETE faults >/dev/null
	forget_requests
	fault '{"method":"POST","grant":'"$1"'}'
}

# the_request [OPTION]... - tries to create a restricted token, with output variables that must not change on failure.
the_request() {
	secret=kept TOKEN_SCOPES=(kept) TOKEN_ALLOW_LIST=(kept)
	try token_create -n test --lifetime 2h --scope user:read,template:read --allow 'user:*,template:*' -v secret "$@"
}

# nothing_set - asserts that no variable has changed.
nothing_set() {
	is "$out" ""
	is "$secret ${TOKEN_SCOPES[*]} ${TOKEN_ALLOW_LIST[*]}" "kept kept kept"
	is "${TOKEN_ERROR[status]}" "$status"
}

# read_requests - prints the requests from the POST on; ID stands for any id.
read_requests() {
	requests | sed -E '1,/^POST/d; s,/keys/[0-9A-Za-z]{10}$,/keys/ID,; s,/api/v2/users/,,' | xargs
}

# ------------------------------------------------------------ more than requested

@test "a token with more permissions or a longer lifetime than requested is deleted again: status 1" {
	local grant what
	while IFS='|' read -r what grant; do
		grants "$grant"
		the_request
		refused 1 "creating token test: the server granted more than the requested $what; the new token (id "
		has "$err" "was deleted again: no new token exists"
		is "$(read_requests)" "GET me/keys/ID DELETE me/keys/ID"
		nothing_set
		! exists test || fail "there is a token: $grant"
	done <<-'END'
		scopes|{"scopes":["coder:all"]}
		scopes|{"scopes":["user:read","template:read","user:update"]}
		scopes|{"scopes":["user:*","template:read"]}
		allow list|{"allow_list":["*:*"]}
		allow list|{"allow_list":["user:*","template:*","workspace:*"]}
		allow list|{"allow_list":["user:*","template:*","*:3f1b0f0e-2222-4444-8888-0123456789ab"]}
		lifetime|{"lifetime_s":315360000}
		lifetime|{"lifetime_s":7201.001}
		lifetime|{"lifetime_s":9223372036}
		scopes|{"scopes":["coder:all"],"lifetime_s":315360000}
	END
}

@test "a token that exceeds the request in one place and falls short in another is deleted" {
	local grant what
	while IFS='|' read -r what grant; do
		grants "$grant"
		the_request
		refused 1 "the server granted more than the requested $what"
		is "$(read_requests)" "GET me/keys/ID DELETE me/keys/ID"
		! exists test || fail "there is a token: $grant"
	done <<-'END'
		scopes|{"scopes":["user:read","workspace:read"]}
		scopes|{"scopes":["user:*"]}
		allow list|{"allow_list":["user:*","workspace:*"]}
		allow list|{"scopes":["user:read"],"allow_list":["*:*"]}
		lifetime|{"scopes":["user:read"],"allow_list":["user:*"],"lifetime_s":7300}
		scopes|{"scopes":["coder:all"],"lifetime_s":60}
	END
}

@test "a longer lifetime is reported, also for a lifetime of max" {
	grants '{"lifetime_s":315360000}'
	try token_create -n test
	is "$status" 1
	has "$err" "the server granted more than the requested lifetime"
	! exists test || fail "there is a token"
	# if the deletion fails, the message names what is left
	grants '{"lifetime_s":315360000}'
	fault '{"method":"DELETE","times":0,"status":403,"coder":true,"body":"{\"message\":\"Forbidden.\"}"}'
	the_request
	is "$status" 9
	has "$err" "it is not known whether token test (id $(stored test id)) exists now"
	has "$err" "token_rm --delete $(stored test id)"
	nothing_set
}

# ------------------------------------------------------------ less than requested

@test "a token with fewer permissions or a shorter lifetime than requested is delivered with a warning" {
	local grant what
	while IFS='|' read -r what grant; do
		! exists test || token_rm --delete test >/dev/null
		grants "$grant"
		the_request
		is "$status$out" 0
		is "${err#*token_create: }" "warning: token test has $what than requested"
		[[ $secret =~ $SECRET ]] || fail "no secret"
		is "$(stored test id)" "${secret%%-*}"
		is "$(read_requests)" "GET me/keys/ID"
		# what is published is what was granted
		is "${TOKEN_SCOPES[*]} ${TOKEN_ALLOW_LIST[*]}" "$(stored test scopes | tr ' ' '\n' | sort | xargs) $(stored test allow_list)"
		is "${TOKEN_ERROR[status]-}" ""
	done <<-'END'
		fewer scopes|{"scopes":["user:read"]}
		a narrower allow list|{"allow_list":["user:*"]}
		a narrower allow list|{"allow_list":["template:*","user:3f1b0f0e-2222-4444-8888-0123456789ab"]}
		a shorter life|{"lifetime_s":3600}
		a shorter life|{"lifetime_s":7198.9}
		fewer scopes and a shorter life|{"scopes":["template:read"],"lifetime_s":60}
	END
	# nothing was restricted, but the server restricts it
	token_rm --delete test >/dev/null
	grants '{"scopes":["user:read"],"allow_list":["user:*"]}'
	try token_create -n test
	is "$status" 0
	is "${err#*token_create: }" "warning: token test has fewer scopes and a narrower allow list than requested"
	accepted "$out"
}

@test "a lifetime that differs by up to a second, and permissions in another spelling, count as requested" {
	local grant
	while read -r grant; do
		! exists test || token_rm --delete test >/dev/null
		grants "$grant"
		the_request
		is "$status$out$err" 0
		[[ $secret =~ $SECRET ]] || fail "no secret"
	done <<-'END'
		{"lifetime_s":7201}
		{"lifetime_s":7199.1}
		{"lifetime_s":7199.999989}
		{"scopes":["template:read","user:read","user:read"],"allow_list":["template:*","user:*","user:3f1b0f0e-2222-4444-8888-0123456789ab"]}
	END
	# fractions of a second that servers cut
	try token_create -n short --lifetime 1500ms
	is "$status$err" 0
	# only the server knows the default
	grants '{"lifetime_s":315360000}'
	try token_create -n default --lifetime default
	is "$status$err" 0
}

# ------------------------------------------------------------ perhaps another's

# left_alone WHY [USER] - asserts that the last try neither delivered nor deleted the token, and reports why.
left_alone() {
	local id
	id=$(ctl GET log | grep -oE '"path":"/api/v2/users/[^/]*/keys/[0-9A-Za-z]{10}"' | tail -n 1 | grep -oE '[0-9A-Za-z]{10}"')
	id=${id%\"}
	is "$status" 9
	is "${err#*token_create: }" "creating token test: the server's new token (id $id) $1: it may be somebody else's, so it was neither delivered nor deleted; look at it: token_view $id"
	nothing_set
	has "$(ctl GET tokens)" "\"id\":\"$id\""
	is "$(read_requests)" "GET ${2-me}/keys/ID"
	ctl DELETE "faults" >/dev/null
	token_rm --delete "$id" >/dev/null 2>&1 || true
}

@test "a token of another name, owner or kind, or an older one, is neither delivered nor deleted: status 9" {
	local grant why
	while IFS='|' read -r why grant; do
		grants "$grant"
		the_request
		left_alone "$why"
	done <<-'END'
		has another name than requested|{"name":"other"}
		has another name than requested|{"name":"Test"}
		has another name than requested|{"name":""}
		belongs to another user than requested|{"owner":"alice"}
		is no API token|{"login_type":"password"}
		is no API token|{"login_type":"oauth2_provider_app"}
		was created before the request|{"created_ago_s":3600}
		was created before the request|{"created_ago_s":3}
	END
}

@test "a token that may belong to another call is left alone, whatever else differs" {
	local grant
	for grant in '"name":"other"' '"owner":"alice"' '"login_type":"password"' '"created_ago_s":60'; do
		grants "{$grant,\"scopes\":[\"coder:all\"],\"allow_list\":[\"*:*\"],\"lifetime_s\":315360000}"
		the_request
		is "$status" 9
		has "$err" "it was neither delivered nor deleted"
		is "$(read_requests)" "GET me/keys/ID"
		nothing_set
	done
}

@test "the owner is compared whether the user is given by name or by id" {
	local user alice
	local -A record=([kept]=1)
	alice=$(ctl GET users | grep -oE '"id":"[^"]*","username":"alice"' | cut -d '"' -f 4)
	for user in alice ALICE "$alice" "${alice^^}"; do
		grants '{"owner":"bob"}'
		the_request -u "$user"
		left_alone "belongs to another user than requested" "$user"
		# and that of alice is delivered
		the_request -u "$user"
		is "$status$err" 0
		is "$(stored test owner id)" "alice"$'\n'"${secret%%-*}"
		token_rm --delete "$secret" >/dev/null
	done
	# a UUID identifies the user
	forget_requests
	the_request -u "$alice"
	is "$(requests | xargs)" "GET /api/v2/users/$alice/keys/tokens/tokenconfig GET /api/v2/users/$alice/keys/tokens/test POST /api/v2/users/$alice/keys/tokens GET /api/v2/users/$alice/keys/${secret%%-*}"
	token_rm --delete "$secret" >/dev/null
	grants '{"owner":"bob"}'
	the_request -u alice -A record
	is "$status" 9
	is "${!record[*]}" kept
}

@test "a caller who may not read users can create tokens, and any other failure ends the call before the POST" {
	local how
	for how in '"status":404,"body":"{\"message\":\"Resource not found or you do not have access to this resource\"}"' \
		'"status":403,"body":"{\"message\":\"Forbidden.\"}"'; do
		! exists test || token_rm --delete test >/dev/null
		forget_requests
		fault '{"path":"/users/me$","coder":true,'"$how"'}'
		the_request
		is "$status$err" 0
		is "$(read_requests)" "GET me/keys/ID"
		accepted "$secret"
	done
	token_rm --delete test >/dev/null
	for how in '"status":500,"body":"{\"message\":\"Broken.\"}","coder":true' '"cut":{"where":"before"},"times":0' \
		'"status":403,"body":"{\"message\":\"Forbidden\"}"'; do
		ctl DELETE faults >/dev/null
		forget_requests
		fault '{"path":"/users/me$",'"$how"'}'
		the_request
		((status)) || fail "it worked"
		has "$err" "user me: "
		is "$(requests POST)" ""
		nothing_set
	done
}

@test "the deployment's clock decides whether a token is older than the request" {
	# the look-ups get responses that are an hour old, as from a cache that sends no Age
	fault '[{"method":"GET","path":"/test$","age":3600},{"method":"GET","path":"/users/me$","age":3600}]'
	the_request
	is "$status$err" 0
	token_rm --delete test >/dev/null
	# without a clock nothing is older
	ctl POST modes '["no-date"]' >/dev/null
	grants '{"created_ago_s":3600}'
	the_request
	is "$status$err" 0
}

# ------------------------------------------------------------ what cannot be read

NOT_FOUND='"status":404,"coder":true,"body":"{\"message\":\"Resource not found or you do not have access to this resource\"}"'

@test "a token that is not found at first is looked for twice more before it counts as unreadable" {
	local began
	fault '{"method":"GET","path":"/keys/[0-9A-Za-z]{10}$","times":2,'"$NOT_FOUND"'}'
	the_request
	is "$status$err" 0
	is "$(read_requests)" "GET me/keys/ID GET me/keys/ID GET me/keys/ID"
	token_rm --delete test >/dev/null
	forget_requests
	fault '{"method":"GET","path":"/keys/[0-9A-Za-z]{10}$","times":0,'"$NOT_FOUND"'}'
	began=${EPOCHREALTIME/./}
	the_request
	is "$status$out" 0
	is "${err#*token_create: }" "warning: token test could not be verified: Resource not found or you do not have access to this resource"
	is "$(read_requests)" "GET me/keys/ID GET me/keys/ID GET me/keys/ID"
	is "$(stored test id)" "${secret%%-*}"
	began=$((${EPOCHREALTIME/./} - began))
	((began > 700000 && began < 5000000)) || fail "it took $began us"
	# the token that is found then is compared
	token_rm --delete test >/dev/null
	grants '{"lifetime_s":315360000}'
	fault '{"method":"GET","path":"/keys/[0-9A-Za-z]{10}$","times":1,'"$NOT_FOUND"'}'
	the_request
	refused 1 "the server granted more than the requested lifetime"
	is "$(read_requests)" "GET me/keys/ID GET me/keys/ID DELETE me/keys/ID"
}

@test "a read-back that is refused, or gets no response, is not repeated" {
	local how
	for how in '"status":403,"coder":true,"body":"{\"message\":\"Forbidden.\"}"' '"status":500,"body":"no"' '"truncate":9'; do
		! exists test || token_rm --delete test >/dev/null
		forget_requests
		fault '{"method":"GET","path":"/keys/[0-9A-Za-z]{10}$",'"$how"'}'
		the_request
		is "$status" 0
		has "$err" "warning: token test could not be verified: "
		is "$(read_requests)" "GET me/keys/ID"
	done
}

@test "^C and --timeout between two look-ups delete the token" {
	fault '{"method":"GET","path":"/keys/[0-9A-Za-z]{10}$","times":0,'"$NOT_FOUND"'}'
	drive 'trap "echo trapped" INT; token_create -n test; echo "status $?"' <<-END
		until log "path": "[^"]*/keys/[0-9A-Za-z]{10}"
		signal INT
		end 10
	END
	is "$ended $out" $'0 trapped\nstatus 130'
	has "$err" "was deleted again: no new token exists"
	! exists test || fail "there is a token"
	forget_requests
	try token_create -n test --timeout 0.3
	is "$status" 9
	has "$err" "was deleted again: no new token exists"
	! exists test || fail "there is a token"
}

@test "a new token whose record lacks the owner or the creation time is delivered with a warning" {
	local what members owner
	owner='\"user_id\":\"'$(ctl GET users | grep -oE '"id":"[^"]*","username":"admin"' | cut -d '"' -f 4)'\"'
	while IFS='|' read -r what members; do
		! exists test || token_rm --delete test >/dev/null
		fault '{"method":"GET","path":"/keys/[0-9A-Za-z]{10}$","status":200,"body":"{\"id\":\"{request_word}\",\"token_name\":\"test\",\"login_type\":\"token\",'"$members"'\"scopes\":[\"user:read\",\"template:read\"],\"allow_list\":[\"user:*\",\"template:*\"]}"}'
		the_request
		is "$status$out" 0
		is "${err#*token_create: }" "warning: token test could not be verified: the server's record of it has $what"
		accepted "$secret"
	done <<-END
		no time of creation|$owner,
		no owner and no time of creation|
		no owner|\\"created_at\\":\\"2100-01-01T00:00:00Z\\",\\"expires_at\\":\\"2100-01-01T02:00:00Z\\",
	END
}

@test "an unlimited lifetime is reported in words, not as a date" {
	fault '{"method":"GET","path":"/keys/[0-9A-Za-z]{10}$","status":200,"body":"{\"id\":\"{request_word}\",\"token_name\":\"test\",\"login_type\":\"token\",\"created_at\":\"2100-01-01T00:00:00Z\",\"expires_at\":\"0001-01-01T00:00:00Z\",\"scopes\":[\"user:read\",\"template:read\"],\"allow_list\":[\"user:*\",\"template:*\"]}"}'
	the_request
	refused 1 "the server granted more than the requested lifetime; the new token (id "
	lacks "$err" 0001
	! exists test || fail "there is a token"
}

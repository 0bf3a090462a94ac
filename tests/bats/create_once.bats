#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# A create happens once, and never leaves a token that nobody knows of. Whatever happens to the
# request, to its response or to the caller, the secret is delivered, or the token is deleted
# again, or the user learns the name of the token that may be left.
#
#   CUTS=N SIGNALS=N SEED=N   how many random cuts and signals the last two tests make (20 of each),
#                             and the seed of the random numbers (1)

load helper
SANDBOX_OPTIONS=(--seed demo)

SECRET='^[0-9A-Za-z]{10}-[0-9A-Za-z]{22}$'
JSON='"headers":{"Content-Type":"application/json"}'
LOOKING="token test may have been created: looking for it, to remove it again (a second ^C ends the call at once)"
REMOVING="token test was created: removing it again (a second ^C ends the call at once)"

# The requests of a create up to the POST, in asked()'s notation.
UP_TO_POST=("GET me/keys/tokens/tokenconfig" "GET me/keys/tokens/test" "GET me" "POST me/keys/tokens")

# asked LINE... - asserts that these requests were sent, and no others; ID stands for any id.
asked() {
	is "$(requests | sed -E 's,/keys/[0-9A-Za-z]{10}$,/keys/ID,; s,/api/v2/users/,,')" "$(printf '%s\n' "$@")"
}

# undone WHY - asserts that the last try lost its response for that reason, found the token, and deleted it.
undone() {
	is "$status" 9
	is "$out" ""
	is "$(wc -l <<<"$err")" 2
	has "${err%%$'\n'*}" "token_create: $LOOKING"
	has "${err#*$'\n'}" "token_create: creating token test: "
	has "${err#*$'\n'}" "$1"
	[[ $err =~ "the new token (id "[0-9A-Za-z]{10}") was deleted again: no new token exists" ]] || fail "not deleted"
	asked "${UP_TO_POST[@]}" \
		"GET me/keys/tokens/test" "DELETE me/keys/ID"
	is "${TOKEN_ERROR[status]}" 9
	! exists test || fail "there is a token"
}

# absent STATUS WHY - asserts that the last try lost its response, and checked that there is no token.
absent() {
	is "$status" "$1"
	is "$out" ""
	is "$(wc -l <<<"$err")" 2
	has "${err%%$'\n'*}" "token_create: $LOOKING"
	has "${err#*$'\n'}" "$2"
	has "$err" "no new token exists"
	asked "${UP_TO_POST[@]}" \
		"GET me/keys/tokens/test" "GET me/keys/tokens/test" "GET me/keys/tokens/test" \
		"GET me/keys/tokens/test" "GET me/keys/ID"
	is "${TOKEN_ERROR[status]}" "$1"
	! exists test || fail "there is a token"
}

# unsure [ID [FOUND]] - asserts that the last try reports that the token may exist, with its name and, if known,
# its id; or that a token of that name does.
unsure() {
	is "$status" 9
	is "$out" ""
	if [[ ${2-} ]]; then
		has "$err" "it is not known whether token test (id $1), which exists now, was created by this call"
		has "$err" "look at it before you remove it: token_view $1"
	else
		has "$err" "it is not known whether token test${1:+ (id $1)} exists now"
		has "$err" "look for it and remove it: token_rm --delete ${1:-test}"
	fi
	is "${TOKEN_ERROR[status]}" 9
	is "$(requests POST | grep -c .)" 1
}

# again - removes what the previous call of a test left.
again() {
	ctl DELETE faults >/dev/null
	! exists test || token_rm --delete test >/dev/null
	forget_requests
}

# ----------------------------------------------------------------- one request

@test "the POST is sent once, on a connection of its own" {
	try token_list -q
	forget_requests
	try token_create -n test
	is "$status" 0
	asked "${UP_TO_POST[@]}" "GET me/keys/ID"
	is "$(logged apart)" apart
}

@test "a kept connection that the server has closed does not lead to a second POST" {
	try token_list -q
	# libcurl would send the POST a second time if it went out on the kept connection
	fault '[{"method":"GET","path":"/tokens/test$","hangup":true},{"method":"POST","cut":{"where":"act"}}]'
	forget_requests
	try token_create -n test
	undone "closed the connection without a response"
}

@test "after a 429 the create waits, tries again, and creates one token" {
	fault '{"method":"POST","times":2,"status":429,"headers":{"Retry-After":"0"},"body":"{\"message\":\"Slow.\"}"}'
	try token_create -n test
	is "$status" 0
	is "$err" ""
	[[ $out =~ $SECRET ]] || fail "no secret"
	accepted "$out"
	is "$(requests POST | grep -c .)" 3
	is "$(stored test id)" "${out%%-*}"

	again
	fault '{"method":"POST","status":429,"headers":{"Retry-After":"3"}}'
	try token_create -n test
	is "$status" 0
	[[ $err == *"token_create: rate limited by the server, trying again in 3 s" ]] || fail "not announced"
}

@test "a 429 that lasts too long ends the create with status 6, and no token exists" {
	fault '{"method":"POST","times":0,"status":429,"headers":{"Retry-After":"0"},"body":"{\"message\":\"Slow.\"}"}'
	try token_create -n test
	refused 6 "creating token test: Slow."
	is "$(requests POST | grep -c .)" 3
	is "$(requests | tail -n 1)" "POST /api/v2/users/me/keys/tokens"
	again
	fault '{"method":"POST","times":0,"status":429,"headers":{"Retry-After":"600"},"body":"{\"message\":\"Slow.\"}"}'
	try token_create -n test
	refused 6 "try again in 600 s"
	is "${TOKEN_ERROR[retry_after]}" 600
	is "$(requests POST | grep -c .)" 1
	again
	fault '{"method":"POST","times":0,"status":429,"headers":{"Retry-After":"20"},"body":"{\"message\":\"Slow.\"}"}'
	try token_create -n test --timeout 5
	refused 6 "try again in 20 s"
	is "$(requests POST | grep -c .)" 1
	! exists test || fail "there is a token"
}

@test "a create that the server clearly refuses is not looked for" {
	local code sent
	for code in 400=1 401=4 403=4 404=3 409=5 413=1 422=1; do
		again
		sent=("${UP_TO_POST[@]}")
		# the last request asks whether the caller is restricted
		[[ $code != 40[34]* ]] || sent+=("GET me/keys/ID")
		fault '{"method":"POST","status":'"${code%=*}"',"coder":true,"body":"{\"message\":\"No.\"}"}'
		try token_create -n test
		refused "${code#*=}" "creating token test: No"
		asked "${sent[@]}"
		is "${TOKEN_ERROR[http]}" "${code%=*}"
	done
	again
	fault '{"method":"POST","status":500,"coder":true,"body":"{\"message\":\"Failed to create API key.\",\"detail\":\"insert API key: unauthorized: rbac: forbidden\"}"}'
	try token_create -n test
	refused 4 "rbac: forbidden"
	asked "${UP_TO_POST[@]}" "GET me/keys/ID"
}

@test "a redirect of a create is not followed, and no token is looked for" {
	local code
	for code in 301 302 303 307 308; do
		again
		fault '{"method":"POST","redirect":"http://127.0.0.1:9{target}","code":'$code'}'
		try token_create -n test
		refused 7 "redirects to http://127.0.0.1:9/"
		asked "${UP_TO_POST[@]}"
	done
}

# ---------------------------------------------------------- lost responses

@test "after a connection that is cut before the server acts, the call checks that no token exists" {
	local how
	for how in close reset; do
		again
		fault '{"method":"POST","cut":{"where":"before","how":"'$how'"}}'
		try token_create -n test
		absent 7 ""
		again
		fault '{"method":"POST","cut":{"where":"after-headers-read","how":"'$how'"}}'
		try token_create -n test
		absent 7 ""
		again
		fault '{"method":"POST","cut":{"where":"request","at":90,"how":"'$how'"}}'
		try token_create -n test
		absent 7 ""
	done
}

@test "after a connection that is cut once the server has acted, the token is found and deleted" {
	local how
	for how in close reset; do
		again
		fault '{"method":"POST","cut":{"where":"act","how":"'$how'"}}'
		try token_create -n test
		undone ""
	done
}

@test "after a connection that is cut anywhere in the response, the token is found and deleted" {
	local at
	# before it, in the status line, after it, in the fields, at their end, in the body
	for at in 0 5 12 22 90 150 200 230; do
		again
		fault '{"method":"POST","cut":{"where":"response","at":'$at'}}'
		try token_create -n test
		undone ""
	done
}

@test "after a response without the secret, the token is found and deleted" {
	local response
	for response in '"status":201,"body":"{}"' '"status":201,"body":"{\"key\":7}"' '"status":201,"body":"{\"key\":null}"' \
		'"status":201,"body":"{\"key\":\"\"}"' '"status":201,"body":"{\"key\":\"short\"}"' \
		'"status":201,"body":"{\"key\":\"aaaaaaaaaa-bad secret!!\"}"' '"status":201,"body":"null"' \
		'"status":201,"body":"[]"' '"status":201,"body":"{\"key\":"' '"status":201,"body":"garbage"' \
		'"status":201,"body":"{} {}"' '"status":200,"body":""' '"status":201,"body":""' '"status":204,"body":""'; do
		again
		fault '{"method":"POST","act":true,'"$response,$JSON"'}'
		try token_create -n test
		undone ""
	done
}

@test "after a response that is a page or violates the protocol, the token is found and deleted" {
	local response
	for response in '"status":201,"body":"<html>Welcome</html>","headers":{"Content-Type":"text/html"}' \
		'"status":200,"body":"<html>Welcome</html>","headers":{"Content-Type":"text/html"}' \
		'"chunked_garbage":true' '"length":40' '"length":-5' '"truncate":20' '"nest":100000' \
		'"big_element":20000000' '"pad_headers":3000000' \
		'"act":true,"raw_b64":"R0FSQkFHRQ0KDQo="' '"act":true,"raw_b64":""'; do
		again
		[[ $response != *status* ]] || response+=',"act":true'
		fault '{"method":"POST",'"$response"'}'
		try token_create -n test
		undone ""
	done
}

@test "after a gateway's response to a create that the server carried out, the token is found and deleted" {
	local code
	for code in 408 500 502 503 504 520; do
		again
		fault '{"method":"POST","act":true,"status":'$code',"body":"<html>Oops</html>"}'
		try token_create -n test
		undone "unexpected response $code"
	done
	# JSON alone does not make it the server's own, and Coder's words about a lost database prove nothing
	for code in 408 500 502 503 504; do
		again
		fault '{"method":"POST","act":true,"status":'$code',"body":"{\"message\":\"Oops.\"}"}'
		try token_create -n test
		undone Oops
	done
}

@test "after a gateway's response to a create that the server never saw, the call checks that no token exists" {
	local code
	for code in 500=1 502=6 503=6; do
		again
		fault '{"method":"POST","status":'"${code%=*}"',"body":"<html>Oops</html>"}'
		try token_create -n test
		absent "${code#*=}" "unexpected response ${code%=*}"
	done
	again
	# the server behind such a gateway may still act
	fault '{"method":"POST","status":504,"body":"<html>Oops</html>"}'
	try token_create -n test
	unsure
}

@test "if the POST was repeated on its way, the first response still delivers a working secret" {
	fault '{"method":"POST","twice":true,"response":"first"}'
	try token_create -n test
	is "$status" 0
	accepted "$out"
	is "$(stored test id)" "${out%%-*}"
	# the second response reports that the name is taken, by this call or by another
	again
	fault '{"method":"POST","twice":true}'
	try token_create -n test
	refused 5 'A token with name "test" already exists'
	has "$err" "the name was free a moment before"
	asked "${UP_TO_POST[@]}"
}

@test "a response that arrives twice does not count as the response to the deletion of an undo" {
	fault '[{"method":"POST","cut":{"where":"act"}},{"path":"/test$","skip":1,"again":0.3},
		{"method":"DELETE","status":404,"coder":true,"body":"{\"message\":\"Resource not found\"}"}]'
	try token_create -n test
	exists test || fail "it is gone"
	has "$err" "it is not known whether token test (id $(stored test id)) exists now"
	is "$status" 9
	# each of its requests has a connection of its own
	is "$(ctl GET log | grep -oE '"conn_req":[0-9]+,"method":"(POST|DELETE)"' | xargs)" \
		"conn_req:1,method:POST conn_req:1,method:DELETE"
}

@test "an undo whose first deletion is lost and whose second is not permitted reports an unknown outcome" {
	fault '[{"method":"POST","cut":{"where":"act"}},{"method":"DELETE","status":502},
		{"method":"DELETE","status":404,"coder":true,"body":"{\"message\":\"Resource not found\"}"}]'
	try token_create -n test
	exists test || fail "it is gone"
	is "$status" 9
	has "$err" "it is not known whether token test (id $(stored test id)) exists now"
}

@test "interim responses (1xx) do not count as responses to the POST" {
	fault '{"method":"POST","interim":3}'
	try token_create -n test
	is "$status" 0
	accepted "$out"
}

# ------------------------------------------------------------------ --timeout

@test "if --timeout ends while the create waits for its response, the token is deleted" {
	local at
	for at in 0 20 190; do
		again
		fault '{"method":"POST","stall":{"at":'$at',"act":true}}'
		try token_create -n test --timeout 0.5
		undone "no response within 500 ms"
	done
}

@test "if the server acts shortly after --timeout has ended, the token is found and deleted" {
	fault '{"method":"POST","late":1.2}'
	try token_create -n test --timeout 0.5
	is "$status" 9
	is "$out" ""
	has "$err" "no response within 500 ms; the new token"
	has "$err" "was deleted again: no new token exists"
	is "$(requests POST | grep -c .)" 1
	! exists test || fail "there is a token"
}

@test "if the server may act long after --timeout has ended, the user learns the token's name" {
	fault '{"method":"POST","late":4}'
	try token_create -n test --timeout 0.5
	is "$(requests POST)" "" # it has come, and waits
	is "$status" 9
	is "$out" ""
	has "$err" "it is not known whether token test exists now; look for it and remove it: token_rm --delete test"
	wait_for 10 exists test || fail "the test is wrong"
	try token_rm --delete test
	is "$status" 0
}

@test "if the server never acts after --timeout has ended, the user learns the name all the same" {
	fault '{"method":"POST","delay":30}'
	try token_create -n test --timeout 0.5
	unsure
	has "$err" "no response within 500 ms"
	! exists test || fail "there is a token"
}

@test "if --timeout ends before the POST, nothing is sent and no token is looked for" {
	fault '{"method":"GET","path":"/tokens/test$","stall":{"at":0}}'
	try token_create -n test --timeout 0.5
	refused 7 "looking up the name test: no response within 500 ms"
	asked "GET me/keys/tokens/tokenconfig" "GET me/keys/tokens/test"
}

@test "if --timeout ends while the token is read back, it is deleted" {
	fault '{"method":"GET","path":"/keys/[0-9A-Za-z]{10}$","stall":{"at":0}}'
	try token_create -n test --timeout 0.5
	is "$status" 9
	has "${err%%$'\n'*}" "token_create: $REMOVING"
	has "$err" "no response within 500 ms; the new token"
	has "$err" "was deleted again: no new token exists"
	is "$(wc -l <<<"$err")" 2
	asked "${UP_TO_POST[@]}" "GET me/keys/ID" \
		"DELETE me/keys/ID"
	! exists test || fail "there is a token"
}

@test "without --timeout the read-back is given up after ten seconds, and the token is delivered" {
	local began=$SECONDS
	fault '{"method":"GET","path":"/keys/[0-9A-Za-z]{10}$","stall":{"at":0},"times":0}'
	try token_create -n test
	is "$status" 0
	has "$err" "warning: token test could not be verified: no response within 10 s"
	accepted "$out"
	is "$(requests DELETE)" ""
	((SECONDS - began < 25)) || fail "it took $((SECONDS - began)) s"
}

# ------------------------------------------------------------- what is not ours

@test "an older token of that name is never touched" {
	local id
	# it has what was requested, but was there before
	ctl POST tokens '{"owner":"admin","name":"test","created_ago_s":3600,"expires_in_s":601200,"lifetime_seconds":604800}' >/dev/null
	id=$(stored test id)
	fault '[{"method":"GET","path":"/tokens/test$","status":404,"coder":true,"body":"{\"message\":\"Resource not found\"}"},
		{"method":"POST","cut":{"where":"before"}}]'
	try token_create -n test
	unsure "$id" found
	is "$(requests DELETE)" ""
	is "$(stored test id)" "$id"
}

@test "a token of that name that may be another's is never touched" {
	local other
	# newer than the request, but with other permissions; or a little older, as clocks may differ
	for other in '"created_ago_s":-9,"scopes":["user:read"]' '"created_ago_s":-9,"allow_list":["user:*"]' \
		'"created_ago_s":-9,"lifetime_seconds":7200' '"created_ago_s":30'; do
		again
		ctl POST tokens '{"owner":"admin","name":"test","lifetime_seconds":604800,'"$other"'}' >/dev/null
		fault '[{"method":"GET","path":"/tokens/test$","status":404,"coder":true,"body":"{\"message\":\"Resource not found\"}"},
			{"method":"POST","cut":{"where":"before"}}]'
		try token_create -n test
		unsure "$(stored test id)" found
		is "$(requests DELETE)" ""
	done
}

@test "a token of that name that was created before a 429 to the POST is never touched" {
	local date
	LC_ALL=C TZ=UTC printf -v date '%(%a, %d %b %Y %H:%M:%S GMT)T' $((EPOCHSECONDS + 9))
	ctl POST tokens '{"owner":"admin","name":"test","lifetime_seconds":604800,"created_ago_s":-5}' >/dev/null
	fault '[{"method":"GET","path":"/tokens/test$","status":404,"coder":true,"body":"{\"message\":\"Resource not found\"}"},
		{"method":"POST","status":429,"coder":true,"headers":{"Retry-After":"0","Date":"'"$date"'"},"body":"{\"message\":\"Slow down.\"}"},
		{"method":"POST","cut":{"where":"before"}}]'
	try token_create -n test
	is "$status" 9
	has "$err" "it is not known whether token test (id $(stored test id)), which exists now, was created by this call"
	is "$(requests DELETE)" ""
}

@test "a token of that name whose record names another user is never touched" {
	local record
	local -x TZ=UTC
	record=$(printf '{"id":"Zz11111111","user_id":"11111111-2222-4333-8444-555555555555","token_name":"test",
		"login_type":"token","scope":"all","scopes":["coder:all"],"allow_list":["*:*"],"lifetime_seconds":604800,
		"last_used":"0001-01-01T00:00:00Z","created_at":"%(%FT%TZ)T","updated_at":"%(%FT%TZ)T","expires_at":"%(%FT%TZ)T"}' \
		$((EPOCHSECONDS + 60)) $((EPOCHSECONDS + 60)) $((EPOCHSECONDS + 604860)))
	record=${record//[$'\n\t']/}
	fault '[{"method":"GET","path":"/tokens/test$","status":404,"coder":true,"body":"{\"message\":\"Resource not found\"}"},
		{"method":"GET","path":"/tokens/test$","status":200,"headers":{"Content-Type":"application/json"},"body":"'"${record//\"/\\\"}"'","times":0},
		{"method":"POST","cut":{"where":"before"}}]'
	try token_create -n test
	unsure Zz11111111 found
	is "$(requests DELETE)" ""
}

@test "without the server's clock no token is deleted, and the message names it" {
	ctl POST modes '["no-date"]' >/dev/null
	fault '{"method":"POST","cut":{"where":"act"}}'
	try token_create -n test
	unsure "$(stored test id)" found
	is "$(requests DELETE)" ""
}

@test "a new token is not taken for an older one because another server's clock is ahead" {
	ctl POST modes '["no-date"]' >/dev/null
	fault '[{"method":"GET","headers":{"Date":"'"$(LC_ALL=C date -u -d '+5 minutes' '+%a, %d %b %Y %T GMT')"'"},"times":2},
		{"method":"POST","cut":{"where":"act"}}]'
	try token_create -n test
	unsure "$(stored test id)" found
}

@test "a caller who may not delete tokens is not told that the token was deleted" {
	local id
	CODER_SESSION_TOKEN=$(token_create -n creator --scope api_key:create,api_key:read,user:read,user:read_personal --lifetime 1h 2>/dev/null)
	forget_requests
	not_permitted() { token_create -n test --lifetime 1h >/dev/full; }
	try not_permitted
	unsure "$(stored test id)"
	CODER_SESSION_TOKEN=$ADMIN_TOKEN again
	fault '{"method":"POST","cut":{"where":"act"}}'
	try token_create -n test --lifetime 1h
	unsure "$(stored test id)"
}

@test "a server that acts after the connection was cut is noticed, and after ^C the outcome counts as unknown" {
	local action
	# a proxy that drops the connection, and passes the request on
	for action in '"cut":{"where":"passed"},"late":1' '"cut":{"where":"passed","how":"reset"},"late":1'; do
		again
		fault '{"method":"POST",'"$action"'}'
		try token_create -n test
		is "$status" 9
		has "$err" "was deleted again: no new token exists"
		! exists test || fail "there is a token"
	done
	again
	fault '{"method":"POST","stall":{"at":0,"act":false}}'
	drive 'trap : INT; token_create -n test; echo "status $?"' <<-END
		until log "method": "POST"
		signal INT
		end 10
	END
	is "$out" "status 9"
	has "$err" "it is not known whether token test exists now"
}

@test "a caller who may not read tokens is told that the outcome is unknown" {
	CODER_SESSION_TOKEN=$(token_create -n creator --scope user:read,api_key:create 2>/dev/null)
	forget_requests
	fault '{"method":"POST","cut":{"where":"before"}}'
	try token_create -n test --lifetime 1h
	unsure
	forget_requests
	fault '{"method":"POST","cut":{"where":"act"}}'
	try token_create -n test --lifetime 1h
	unsure
	exists test || fail "the test is wrong"
}

@test "tokens of other users, and those whose names do not fit into a path, are found and deleted, too" {
	local name
	for name in a/b .. tokenconfig $'\e[31m'; do
		fault '{"method":"POST","cut":{"where":"act"}}'
		try token_create --name="$name" -u alice --lifetime 1h
		is "$status" 9
		has "$err" "was deleted again: no new token exists"
		has "$(requests DELETE)" "DELETE /api/v2/users/alice/keys/"
		lacks $'\n'"$(names)"$'\n' $'\n'"$name"$'\n'
		lacks "$err" $'\e'
		forget_requests
	done
}

# --------------------------------------------------------- the undo fails, too

@test "a token that cannot be looked for is named" {
	local how
	for how in '"status":500,"body":"{\"message\":\"Broken.\"}"' '"status":403,"coder":true,"body":"{\"message\":\"No.\"}"' \
		'"cut":{"where":"before"}' '"status":200,"body":"{}",'"$JSON"; do
		again
		fault '[{"method":"POST","cut":{"where":"act"}},{"path":"/tokens/test$","skip":1,"times":0,'"$how"'}]'
		try token_create -n test
		unsure
		exists test || fail "the test is wrong"
	done
}

@test "a token that cannot be deleted is named, with its id" {
	local how
	for how in '"status":500,"body":"{\"message\":\"Broken.\"}"' '"status":403,"coder":true,"body":"{\"message\":\"No.\"}"' \
		'"cut":{"where":"before"}'; do
		again
		fault '[{"method":"POST","cut":{"where":"act"}},{"method":"DELETE","times":0,'"$how"'}]'
		try token_create -n test
		unsure "$(stored test id)"
	done
}

@test "a deletion that fails temporarily is tried again" {
	fault '[{"method":"POST","cut":{"where":"act"}},{"method":"DELETE","times":2,"status":503,"headers":{"Retry-After":"0"}}]'
	try token_create -n test
	is "$status" 9
	has "$err" "was deleted again: no new token exists"
	is "$(requests DELETE | grep -c .)" 3
	! exists test || fail "there is a token"
}

@test "the undo takes at most five seconds, then names the token" {
	local began=$SECONDS
	fault '[{"method":"POST","cut":{"where":"act"}},{"method":"DELETE","stall":{"at":0,"act":false}}]'
	try token_create -n test
	unsure "$(stored test id)"
	((SECONDS - began < 15)) || fail "it took $((SECONDS - began)) s"
}

# ------------------------------------------- secrets that cannot be delivered

# taken_back WHY - asserts that the last try could not deliver its secret for that reason, and deleted the token.
taken_back() {
	is "$status" 9
	has "$err" "write error: $1; the new token (id "
	has "$err" ") was deleted again: no new token exists"
	[[ $err != *$'\n'* ]] || fail "more than one line"
	asked "${UP_TO_POST[@]}" "GET me/keys/ID" \
		"DELETE me/keys/ID"
	is "${TOKEN_ERROR[status]}" 9
	! exists test || fail "there is a token"
}

@test "a token whose secret cannot be written to a full disk is deleted" {
	[[ -c /dev/full ]] || skip "no /dev/full"
	to_full() { token_create -n test "$@" >/dev/full; }
	try to_full
	taken_back "No space left on device"
	forget_requests
	try to_full -o json
	taken_back "No space left on device"
	# and its output variables are unchanged
	local -A record=([kept]=1)
	forget_requests
	try to_full -A record -o text --lifetime 1h --scopes-into mine
	is "$status" 9
	is "${record[kept]} ${#record[@]} ${mine-unset}" "1 1 unset"
	! exists test || fail "there is a token"
}

@test "a token whose secret cannot be written to a closed standard output is deleted" {
	to_nowhere() { token_create -n test "$@" >&-; }
	try to_nowhere
	taken_back "Bad file descriptor"
	# if nothing has to be printed, that is not a failure
	again
	try to_nowhere -v secret
	is "$status" 0
	accepted "$secret"
}

@test "a token whose secret cannot be written to a broken pipe is deleted" {
	local pipe both
	into_pipe() { token_create -n test "$@" >&"$pipe"; }
	mkfifo "$BATS_TEST_TMPDIR/pipe"
	exec {both}<>"$BATS_TEST_TMPDIR/pipe"
	exec {pipe}>"$BATS_TEST_TMPDIR/pipe"
	exec {both}<&-
	try into_pipe
	exec {pipe}>&-
	taken_back "Broken pipe"
	# and in a pipeline
	forget_requests
	mkfifo "$BATS_TEST_TMPDIR/gone"
	in_pipeline() {
		token_create -n test 2>"$BATS_TEST_TMPDIR/err2" | {
			exec <&-
			touch "$BATS_TEST_TMPDIR/gone2"
		}
		return "${PIPESTATUS[0]}"
	}
	# the reader has to be gone when the token is created
	fault '{"method":"POST","late":0.5}'
	try in_pipeline
	is "$status" 9
	has "$(<"$BATS_TEST_TMPDIR/err2")" "was deleted again: no new token exists"
	! exists test || fail "there is a token"
}

@test "a token whose secret exceeds the limit of file sizes is deleted" {
	# below the limit it can still write
	drive "exec 2> >(cat); ulimit -f 0
		token_create -n test >'$BATS_TEST_TMPDIR/secret'; echo \"status \$?\" >&2; exec 2>&-; wait" <<-END
		end 10
	END
	is "$ended" 0
	has "$out" "write error: File too large; the new token (id "
	has "$out" "was deleted again: no new token exists"
	has "$out" "status 9"
	! exists test || fail "there is a token"
}

# full_pipe N - prints the commands of a script that open a full pipe without a reader as descriptor N.
full_pipe() {
	rm -f "$BATS_TEST_TMPDIR/fifo"
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	echo "exec $1<>'$BATS_TEST_TMPDIR/fifo'
		dd if=/dev/zero of=/dev/fd/$1 bs=4096 count=64 oflag=nonblock status=none 2>/dev/null"
}

@test "a token whose secret nobody reads is deleted when --timeout ends" {
	drive "$(full_pipe 5)
		token_create -n test --timeout 1 >&5; echo \"status \$?\"" <<-END
		end 10
	END
	is "$out" "status 9"
	has "${err%%$'\n'*}" "token_create: $REMOVING"
	has "$err" "write error: nobody read the output in time; the new token (id "
	! exists test || fail "there is a token"
}

@test "a token is deleted even if nobody reads standard error" {
	fault '{"method":"POST","cut":{"where":"act"}}'
	drive "$(full_pipe 5)
		token_create -n test 2>&5; echo \"status \$?\"" <<-END
		end 30
	END
	is "$out" "status 9"
	! exists test || fail "there is a token"
}

@test "a closed standard error changes nothing about the create or its undo" {
	quietly() { token_create -n test 2>&-; }
	fault '{"method":"POST","cut":{"where":"act"}}'
	try quietly
	is "$status" 9
	is "$out$err" ""
	! exists test || fail "there is a token"
	again
	try quietly
	is "$status" 0
	accepted "$out"
}

# ------------------------------------------------------------------- interrupts

# Steps: the POST has been sent, and no response arrives; then a signal.
signal_at_post() {
	fault '{"method":"POST","stall":{"at":0,"act":true}}'
	drive "$1" <<-END
		until log "method": "POST"
		${2:-signal INT}
		end 10
	END
}

# Asserts what an interrupted create reports, and that it leaves no token.
undone_after_signal() {
	has "$err" "token_create: $LOOKING"
	[[ $err =~ "creating token test: interrupted; the new token (id "[0-9A-Za-z]{10}") was deleted again" ]] ||
		fail "not said to be deleted"
	is "$(wc -l <<<"$err")" 2
	asked "${UP_TO_POST[@]}" \
		"GET me/keys/tokens/test" "DELETE me/keys/ID"
	! exists test || fail "there is a token"
}

@test "^C in a script after the POST deletes the token, then ends the script" {
	signal_at_post 'token_create -n test; echo next'
	is "$ended" SIGINT
	is "$out" ""
	undone_after_signal
}

@test "^C in a script with an EXIT trap deletes the token, then runs the trap" {
	signal_at_post 'trap "echo at exit" EXIT; token_create -n test; echo next'
	is "$ended" SIGINT
	is "$out" "at exit"
	undone_after_signal
}

@test "^C in a script with an INT trap deletes the token, then runs the trap, with status 130" {
	signal_at_post 'secret=kept; trap "echo trapped" INT
		token_create -n test -v secret; echo "status $? ${TOKEN_ERROR[status]} $secret"'
	is "$ended" 0
	is "$out" "trapped
status 130 130 kept"
	undone_after_signal
}

@test "^C in subshells, substitutions, pipelines and functions deletes the token and ends all of them" {
	local script
	for script in '(token_create -n test; echo next); echo next' 'x=$(token_create -n test; echo next); echo next' \
		'token_create -n test | cat; echo next' 'f() { token_create -n test; echo next; }; f; echo next' \
		'for i in 1 2; do token_create -n test; done; echo next'; do
		again
		signal_at_post "$script" "group INT"
		is "$ended" SIGINT
		is "$out" ""
		undone_after_signal
	done
}

@test "other signals that end a script delete the token, too" {
	local name
	for name in TERM HUP ALRM USR1 USR2 VTALRM PROF XCPU IO PWR STKFLT; do
		again
		signal_at_post 'token_create -n test; echo next' "signal $name"
		is "$ended" "SIG$name"
		is "$out" ""
		undone_after_signal
	done
	again
	signal_at_post 'trap "echo trapped" TERM; token_create -n test; echo "status $?"' "signal TERM"
	is "$ended" 0
	is "$out" "trapped
status 143"
	undone_after_signal
}

# The script's create has round trips of 50 ms, or longer ones, and gets two signals within one of them.
# Two signals of different kinds that are pending have no order, so the second comes a while after the
# first. Within which half second it comes is what these tests are about.
signalled_twice() { # SCRIPT SIGNAL PAUSE SIGNAL
	local trip=0.05
	[[ $3 != 0.[1-9]* ]] || trip=0.5
	again
	fault '[{"method":"POST","stall":{"at":0,"act":true}},{"method":"(GET|DELETE)","times":0,"delay":'$trip'}]'
	drive "$1" <<-END
		until log "method": "POST"
		signal $2
		pause $3
		signal $4
		end 10
	END
}

@test "a signal that arrives twice does not end an undo, and the script ends as by the first one" {
	local first second pause
	while read -r first pause second; do
		signalled_twice 'token_create -n test; echo next' "$first" "$pause" "$second"
		is "$ended $out" "SIG$first "
		undone_after_signal
		signalled_twice 'trap "echo at exit" EXIT; token_create -n test; echo next' "$first" "$pause" "$second"
		is "$ended $out" "SIG$first at exit"
		undone_after_signal
	done <<-END
		INT 0 INT
		TERM 0 TERM
		HUP 0 HUP
		INT 0.2 TERM
		TERM 0.2 INT
		HUP 0.3 TERM
		INT 0.4 HUP
	END
}

@test "signals that arrive twice run each trap once, with the status of the first signal" {
	local first second pause traps number
	while read -r first pause second traps; do
		number=$(kill -l "$first")
		signalled_twice 'for s in INT TERM HUP; do trap "echo $s" $s; done; trap "echo at exit" EXIT
			token_create -n test; s=$?; echo "status $s ${TOKEN_ERROR[status]}"' "$first" "$pause" "$second"
		is "$ended" 0
		is "$(xargs <<<"$out")" "$traps status $((128 + number)) $((128 + number)) at exit"
		undone_after_signal
	done <<-END
		INT 0 INT INT
		TERM 0 TERM TERM
		HUP 0 HUP HUP
		INT 0.2 TERM INT TERM
		TERM 0.2 INT INT TERM
		HUP 0.3 INT HUP INT
		TERM 0.4 TERM TERM
	END
}

# 0.02 s: time for the signal before to arrive; all three come within the same half second.
@test "a signal that arrives twice at the prompt, or in a key binding, does not end an undo" {
	local how
	for how in type "key T"; do
		again
		fault '[{"method":"POST","stall":{"at":0,"act":true}},{"method":"(GET|DELETE)","times":0,"delay":0.05}]'
		at_prompt <<-END
			type bind -x '"\\C-t": token_create -n test'
			prompt 5
			${how/type/type token_create -n test}
			until log "method": "POST"
			key C
			pause 0.02
			key C
			pause 0.02
			signal INT
			prompt 5
			type echo "status \$?"
			prompt 5
		END
		has "$screen" "was deleted again: no new token exists"
		! exists test || fail "there is a token"
	done
}

# 0.05 s: the undo has answered the first signal, and the half second is not over.
@test "the first ^C does not end an undo that began without one, and a second one ends it after half a second" {
	local script
	for script in 'token_create -n test; echo next' 'trap "echo trapped" INT; token_create -n test; echo "status $?"'; do
		again
		fault '[{"method":"POST","cut":{"where":"act"}},{"method":"GET","path":"/test$","skip":1,"delay":1}]'
		drive "$script" <<-END
			until err looking for it
			signal INT
			pause 0.05
			signal INT
			end 10
		END
		case $script in
		trap*) is "$ended $out" $'0 trapped\nstatus 130' ;;
		*) is "$ended $out" "SIGINT " ;;
		esac
		has "$err" "was deleted again: no new token exists"
		! exists test || fail "there is a token"

		again
		fault '[{"method":"POST","cut":{"where":"act"}},{"method":"GET","path":"/test$","skip":1,"stall":{"at":0}}]'
		drive "$script" <<-END
			until err looking for it
			signal INT
			pause $PAST_HALF_A_SECOND
			signal TERM
			end 1
		END
		case $script in
		# the second one has no trap
		trap*) is "$ended $out" "SIGTERM " ;;
		*) is "$ended $out" "SIGINT " ;;
		esac
		has "$err" "it is not known whether token test exists now: interrupted again"
		exists test || fail "the test is wrong"
	done
}

@test "a second ^C, half a second after the first, ends the undo at once, and the token is named" {
	local script
	for script in 'token_create -n test; echo next' 'trap "echo at exit" EXIT; token_create -n test; echo next' \
		'trap "echo trapped" INT; token_create -n test; echo "status $?"'; do
		again
		fault '[{"method":"POST","stall":{"at":0,"act":true}},{"method":"GET","path":"/test$","skip":1,"stall":{"at":0}}]'
		drive "$script" <<-END
			until log "method": "POST"
			signal INT
			until log "path": "[^"]*/test"
			pause $PAST_HALF_A_SECOND
			signal INT
			end 1
		END
		has "$err" "token_create: $LOOKING"
		has "$err" "it is not known whether token test exists now: interrupted again; look for it and remove it: token_rm --delete test"
		is "$(requests DELETE)" ""
		exists test || fail "the test is wrong"
		case $script in
		*INT*) is "$ended $out" "0 trapped
status 130" ;;
		*EXIT*) is "$ended $out" "SIGINT at exit" ;;
		*) is "$ended $out" "SIGINT " ;;
		esac
	done
}

@test "^C before the POST ends the call at once, and nothing is sent" {
	fault '{"method":"GET","path":"/tokens/test$","stall":{"at":0}}'
	drive 'token_create -n test; echo next' <<-END
		until log "path": "[^"]*/test"
		signal INT
		end 3
	END
	is "$ended" SIGINT
	is "$out$err" ""
	asked "GET me/keys/tokens/tokenconfig" "GET me/keys/tokens/test"
}

@test "^C in the wait after a 429 ends the call at once, and no token exists" {
	fault '{"method":"POST","status":429,"headers":{"Retry-After":"30"}}'
	drive 'token_create -n test; echo next' <<-END
		until err trying again in 30 s
		signal INT
		end 3
	END
	is "$ended" SIGINT
	is "$out" ""
	lacks "$err" "looking for it"
	asked "${UP_TO_POST[@]}"
}

@test "^C while the token is read back deletes it" {
	fault '{"method":"GET","path":"/keys/[0-9A-Za-z]{10}$","stall":{"at":0}}'
	drive 'trap "echo trapped" INT; token_create -n test; echo "status $?"' <<-END
		until log "path": "[^"]*/keys/[0-9A-Za-z]{10}"
		signal INT
		end 10
	END
	is "$ended" 0
	is "$out" "trapped
status 130"
	has "${err%%$'\n'*}" "token_create: $REMOVING"
	has "$err" "was deleted again: no new token exists"
	! exists test || fail "there is a token"
}

@test "^C while nobody reads the secret deletes the token" {
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	# a full pipe that nobody reads; nothing shows that the call waits for it, so the signal comes a
	# while after the last request
	drive "trap 'echo trapped' INT
		exec 5<>'$BATS_TEST_TMPDIR/fifo'
		dd if=/dev/zero of=/dev/fd/5 bs=4096 count=64 oflag=nonblock status=none 2>/dev/null
		token_create -n test >&5; echo \"status \$?\"" <<-END
		until log "path": "[^"]*/keys/[0-9A-Za-z]{10}"
		pause 0.3
		signal INT
		end 10
	END
	is "$ended" 0
	is "$out" "trapped
status 130"
	has "${err%%$'\n'*}" "token_create: $REMOVING"
	has "$err" "was deleted again: no new token exists"
	! exists test || fail "there is a token"
}

@test "^C at the prompt announces the deletion, deletes the token, and leaves the shell as it was, status 130" {
	fault '{"method":"POST","stall":{"at":0,"act":true}}'
	at_prompt <<-END
		type secret=kept; token_create -n test -v secret
		until log "method": "POST"
		key C
		prompt 10
		type echo "status \$? secret \$secret"
		prompt 5
		type token_create -n test -v secret && echo "length \${#secret}"
		prompt 10
	END
	has "$screen" "$LOOKING"
	has "$screen" "was deleted again: no new token exists"
	has "$screen" $'\nstatus 130 secret kept\n'
	has "$screen" $'\nlength 33\n'
	is "$(requests DELETE | grep -c .)" 1
}

@test "^C at the prompt ends the loop around a create, too" {
	fault '{"method":"POST","stall":{"at":0,"act":true}}'
	at_prompt <<-END
		type for i in 1 2; do token_create -n test -v secret; echo "round \$i"; done
		until log "method": "POST"
		key C
		prompt 10
		type echo "status \$?"
		prompt 5
	END
	has "$screen" "was deleted again: no new token exists"
	has "$screen" $'\nstatus 130\n'
	lacks "$screen" $'\nround'
	is "$(requests POST | grep -c .)" 1
}

@test "a second ^C, half a second after the first, ends the undo at once at the prompt and in a key binding" {
	local how
	for how in type "key T"; do
		again
		fault '[{"method":"POST","stall":{"at":0,"act":true}},{"method":"GET","path":"/test$","skip":1,"stall":{"at":0}}]'
		at_prompt <<-END
			type bind -x '"\\C-t": token_create -n test'
			prompt 5
			${how/type/type token_create -n test}
			until log "method": "POST"
			key C
			until out looking for it
			pause $PAST_HALF_A_SECOND
			key C
			prompt 1
			type echo "status \$?"
			prompt 5
		END
		has "$screen" "it is not known whether token test exists now: interrupted again"
	done
}

# ------------------------------------------------------------------ anywhere

# random VARIABLE N - sets the variable to one of 0 to N-1. (A substitution would have random numbers of its own.)
random() {
	printf -v "$1" %d $((RANDOM % $2))
}

# random_cut VARIABLE - sets it to a fault that cuts a random request, or several, at a random place.
random_cut() {
	local -n random_cut_result=$1
	local places=(before after-headers-read request passed act response response) ways=(close reset) n
	local where how at skip times method=
	random n 7 && where=${places[n]}
	random n 2 && how=${ways[n]}
	random at 300
	random skip 5
	random n 3 && times=$((n + 1))
	random n 3
	((n == 0)) || method='"method":"POST",' skip=0
	random_cut_result="{$method\"skip\":$skip,\"times\":$times,\"cut\":{\"where\":\"$where\",\"at\":$at,\"how\":\"$how\"},\"late\":0.$((RANDOM % 10))}"
}

@test "a create that is cut anywhere delivers a secret, or leaves no token, or names the one it may have left" {
	local i cut seed=${SEED:-1} delivered=0 undone=0 named=0
	RANDOM=$seed
	for ((i = 0; i < ${CUTS:-20}; i++)); do
		random_cut cut
		ctl DELETE faults >/dev/null
		fault "$cut"
		forget_requests
		try token_create -n "cut-$i" --lifetime 1h --scope user:read
		ctl DELETE faults >/dev/null
		(($(requests POST | grep -c .) <= 1)) || fail "more than one POST" "seed $seed, $i: $cut"
		if [[ $status == 0 ]]; then
			if ! [[ $out =~ $SECRET ]] || ! accepted "$out" || ! exists "cut-$i" "${out%%-*}"; then
				fail "status 0 without a working secret" "seed $seed, $i: $cut"
			fi
			delivered=$((delivered + 1))
		elif exists "cut-$i"; then
			[[ $status == 9 && $err == *"not known whether token cut-$i "*"exists now"* && $out == "" ]] ||
				fail "a token that nobody knows of" "seed $seed, $i: $cut"
			named=$((named + 1))
		else
			[[ $status == [679] && $out == "" ]] || fail "an odd end" "seed $seed, $i: $cut"
			undone=$((undone + 1))
		fi
	done
	echo "# $delivered delivered, $undone undone, $named named"
	((delivered && undone)) || fail "the cuts all had the same effect"
}

# signalled_end COUNTS ABOUT - asserts one of the three ends of a create whose script got a signal, and counts it in
# the associative array COUNTS: delivered, undone or named.
signalled_end() {
	local -n counts=$1
	local secret
	secret=$(<"$BATS_TEST_TMPDIR/got")
	(($(requests POST | grep -c .) <= 1)) || fail "more than one POST" "$2"
	if [[ $secret =~ $SECRET ]]; then
		accepted "$secret"
		exists test "${secret%%-*}" || fail "a secret of no token" "$2"
		counts[delivered]=$((counts[delivered] + 1))
	elif exists test; then
		[[ $err == *"not known whether token test "*"exists now"* ]] || fail "a token that nobody knows of" "$2"
		counts[named]=$((counts[named] + 1))
	else
		[[ ! $secret ]] || fail "an odd secret: $secret" "$2"
		counts[undone]=$((counts[undone] + 1))
	fi
}

@test "a create that gets a signal at any moment delivers a secret, or leaves no token, or names the one it may have left" {
	local scripts=('token_create -n test >"$got"' 'trap : INT TERM HUP; token_create -n test -v s; echo "$s" >"$got"'
		'trap "echo at exit >&2" EXIT; token_create -n test >"$got"') signals=(INT INT TERM HUP)
	local i n script signal pause seed=${SEED:-1}
	local -A ends=([delivered]=0 [undone]=0 [named]=0)
	export got=$BATS_TEST_TMPDIR/got
	RANDOM=$seed
	for ((i = 0; i < ${SIGNALS:-20}; i++)); do
		random n 3 && script=${scripts[n]}
		random n 4 && signal=${signals[n]}
		random n 80 && printf -v pause '0.%03d' "$n"
		again
		# each request takes a while; the POST is carried out even if its client has left
		fault '[{"method":"POST","late":0.02},{"method":"GET","times":0,"delay":0.01}]'
		: >"$got"
		drive "$script" <<-END
			until log "path": "[^"]*/test"
			pause $pause
			signal $signal
			end 10
		END
		signalled_end ends "seed $seed, $i: $signal after $pause s: $script"
	done
	echo "# ${ends[delivered]} delivered, ${ends[undone]} undone, ${ends[named]} named"
	((ends[delivered] && ends[undone])) || fail "the signals all had the same effect"
}

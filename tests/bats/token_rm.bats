#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# token_rm: what it removes, what it keeps, and what it reports.

load helper
SANDBOX_OPTIONS=(--seed demo)

# changes - prints the requests that change something.
changes() {
	requests | grep -v ^GET || true
}

# untouched - asserts that nothing was removed, and no request tried to.
untouched() {
	is "$(changes)" ""
	is "$(left)" "${1:-$ALL}"
}

# ------------------------------------------------------------------ one token

@test "a token is deleted by default" {
	local id
	id=$(id_of grafana)
	forget_requests
	try token_rm grafana
	is "$status" 0
	is "$out" "Token has been deleted."
	is "$err" ""
	is "$(requests)" "GET /api/v2/users/me/keys/tokens/grafana
DELETE /api/v2/users/me/keys/$id"
	is "$(left)" "backup ci-deploy laptop never-touched old-script terraform"
}

@test "--delete does the same as the default" {
	try token_rm --delete grafana
	is "$status $out" "0 Token has been deleted."
	is "$(left)" "backup ci-deploy laptop never-touched old-script terraform"
}

@test "after a lost response \"not found\" counts as a removal only if the token is gone" {
	local how
	local gateway='{"method":"DELETE|PUT","status":502,"body":"<html>","headers":{"Content-Type":"text/html"}}'
	local missing='{"method":"DELETE|PUT","times":0,"status":404,"body":"{\"message\":\"Resource not found or you do not have access to this resource\"}"}'
	fault "[$gateway,$missing]"
	for how in --delete --expire; do
		[[ $how == --delete ]] || { ctl DELETE faults && fault "[$gateway,$missing]"; } >/dev/null
		try token_rm $how grafana
		refused 3 "): Resource not found"
	done
	is "$(left)" "$ALL"
	# the gateway had passed the request on
	ctl DELETE faults >/dev/null
	fault '{"method":"DELETE","act":true,"status":502,"body":"<html>","headers":{"Content-Type":"text/html"}}'
	try token_rm grafana
	is "$status/$out" "0/Token has been deleted."
	lacks "$(left)" grafana
}

@test "--expire ends a token and keeps it" {
	local id
	id=$(id_of grafana)
	forget_requests
	try token_rm --expire grafana
	is "$status $err" "0 "
	is "$out" "Token has been expired."
	is "$(changes)" "PUT /api/v2/users/me/keys/$id/expire"
	is "$(left)" "$ALL"
	try token_list -q
	lacks "$out" "$id"
	try token_list --expired -q
	is "$out" "$id"
}

@test "an expired token can be expired again, and then deleted" {
	try token_rm --expire grafana
	try token_rm --expire grafana
	is "$status $out" "0 Token has been expired."
	try token_rm grafana
	is "$status $out" "0 Token has been deleted."
	lacks "$(left)" grafana
}

@test "an expired token's name stays taken, a deleted one's is free" {
	try token_rm --expire grafana
	try token_create -n grafana --lifetime 1h
	refused 5 grafana
	try token_rm grafana
	try token_create -n grafana --lifetime 1h
	is "$status" 0
}

@test "a token is removed by id, or by the token itself, of which only the id is sent" {
	seed '[{"owner": "admin", "name": "one"}, {"owner": "admin", "name": "two"}]'
	try token_rm "${KEYS[0]%%-*}"
	is "$status $out" "0 Token has been deleted."
	try token_rm "${KEYS[1]}"$'\n'
	is "$status $out" "0 Token has been deleted."
	is "$(left)" "$ALL"
	lacks "$(ctl GET log)" "${KEYS[1]#*-}"
}

# added - the names of admin's tokens without those of the seed, as JSON strings.
added() {
	# shellcheck disable=SC2086 # a list of words
	of tokens owner=admin login_type=token --json name | grep -vxFf <(printf '"%s"\n' $ALL) | sort | paste -sd ' '
}

@test "a name is matched exactly, including its blanks" {
	local -A t=()
	local -a doomed=() ids=()
	local id
	seed '[{"owner": "admin", "name": "prod"}, {"owner": "admin", "name": "prod "},
		{"owner": "admin", "name": "stage\n"}, {"owner": "admin", "name": "stage"}, {"owner": "admin", "name": " "}]'
	try token_rm 'prod '
	is "$status$err $out" "0 Token has been deleted."
	is "$(added)" '" " "prod" "stage" "stage\n"'
	# names that a list has stored, given back as they are
	token_list -v ids -A t
	for id in "${ids[@]}"; do
		[[ ${t[$id,name]} != [[:blank:]]* && ${t[$id,name]} != *$'\n' ]] || doomed+=("${t[$id,name]}")
	done
	is "${#doomed[@]}" 2
	try token_rm --from doomed
	is "$status$err" 0
	is "$(added)" '"prod" "stage"'
	try token_rm ' prod'
	refused 3 "' prod': "
	try token_rm $'stage\n'
	refused 3 "'stage\\x0a': "
	is "$(added)" '"prod" "stage"'
}

@test "names that do not fit into a path are found through the list" {
	local name
	seed '[{"owner": "admin", "name": "a/b"}, {"owner": "admin", "name": ".."},
		{"owner": "admin", "name": "tokenconfig"}]'
	for name in a/b .. tokenconfig; do
		try token_rm "$name"
		is "$status $out" "0 Token has been deleted."
	done
	is "$(left)" "$ALL"
}

@test "a token that disappears before its removal is an error" {
	fault '{"method": "DELETE", "path": "/keys/", "status": 404,
		"body": "{\"message\": \"Resource not found or you do not have access to this resource\"}",
		"headers": {"Content-Type": "application/json"}}'
	try token_rm grafana
	refused 3 "grafana ($(id_of grafana)): Resource not found"
}

@test "a removal that is tried again and finds no token has succeeded" {
	fault '{"method": "DELETE", "path": "/keys/", "status": 503, "act": true}'
	try token_rm grafana
	is "$status $out" "0 Token has been deleted."
	is "$(changes | wc -l)" 2
	lacks "$(left)" grafana
}

@test "a retried removal of the token in use has succeeded if Coder no longer knows that token" {
	local how lost words
	for how in "DELETE --delete" "PUT --expire"; do
		for lost in '"status": 502' '"cut": {"where": "act"}'; do
			ctl POST reset '{"seed": "demo"}' >/dev/null
			seed '{"owner": "admin", "name": "own"}'
			fault '{"method": "DELETE|PUT", "act": true, '"$lost"'}'
			CODER_SESSION_TOKEN=${KEYS[0]} try token_rm "${how#* }" --include-self own
			is "$status$err" 0
			has "$out" "Token has been "
			is "$(requests "${how% *}" | wc -l)" 2
		done
	done
	# other refusals of Coder prove nothing, and none does without a lost try
	for words in 'User is not active.|' \
		'You are signed out or your session has expired. Please sign in again to continue.|API key expired.'; do
		ctl POST reset '{"seed": "demo"}' >/dev/null
		seed '{"owner": "admin", "name": "own"}'
		fault '[{"method": "DELETE", "status": 502},
			{"method": "DELETE", "status": 401, "coder": true, "body": "{\"message\": \"'"${words%|*}"'\", \"detail\": \"'"${words#*|}"'\"}"}]'
		CODER_SESSION_TOKEN=${KEYS[0]} try token_rm --include-self own
		is "$status$out" 4
		has "$(names)" own
	done
	fault '{"method": "DELETE", "status": 401, "coder": true, "body": "{\"message\": \"You are signed out or your session has expired. Please sign in again to continue.\", \"detail\": \"API key is invalid.\"}"}'
	CODER_SESSION_TOKEN=${KEYS[0]} try token_rm --include-self own
	is "$status$out" 4
}

@test "a login session in the list of tokens is not removed, whatever its name" {
	local session
	session='{\"id\":\"sbxAdmin01\",\"token_name\":\"a/b\",\"login_type\":\"password\"}'
	fault '{"path": "/keys/tokens\\?", "times": 0, "status": 200, "body": "['"$session"']"}'
	try token_rm a/b
	refused 3 "a/b: no token of that name was found"
	is "$(requests DELETE)" ""
}

@test "a refused removal reports the reason and the token" {
	fault '{"method": "DELETE", "path": "/keys/", "status": 400, "coder": true,
		"body": "{\"message\": \"Internal error deleting API key.\", \"detail\": \"pq: boom\"}",
		"headers": {"Content-Type": "application/json"}}'
	try token_rm grafana
	refused 1 "grafana ($(id_of grafana)): Internal error deleting API key: pq: boom"
	is "${TOKEN_ERROR[status]} ${TOKEN_ERROR[http]} ${TOKEN_ERROR[detail]}" "1 400 pq: boom"
	is "$(left)" "$ALL"
}

@test "a server that cannot expire tokens is reported, with what to do instead" {
	ctl POST modes '["no-expire"]' >/dev/null
	try token_rm --expire grafana
	refused 1 "Route not found"
	has "$err" "this server cannot expire tokens: delete it with --delete"
	is "$(left)" "$ALL"
	try token_rm grafana
	is "$status $out" "0 Token has been deleted."
}

# --------------------------------------------------------------------- several

@test "several tokens are removed, with a line for each" {
	local one two
	one=$(id_of grafana) two=$(id_of terraform)
	try token_rm grafana "$two"
	is "$status $err" "0 "
	is "$out" "Token has been deleted: grafana ($one)
Token has been deleted: terraform ($two)"
	is "$(left)" "backup ci-deploy laptop never-touched old-script"
}

@test "several tokens are expired, with a line for each" {
	local one two
	one=$(id_of grafana) two=$(id_of terraform)
	try token_rm --expire terraform grafana
	is "$status" 0
	is "$out" "Token has been expired: terraform ($two)
Token has been expired: grafana ($one)"
}

@test "a name from a response is shown escaped" {
	seed '[{"owner": "admin", "name": "a\u001b[31m\u202eb", "id": "abcabcabc0"}]'
	try token_rm abcabcabc0 grafana
	is "$status" 0
	is "${out%%$'\n'*}" 'Token has been deleted: a\x1b[31m\u202eb (abcabcabc0)'
}

@test "a token that is named twice is removed once" {
	local id
	id=$(id_of grafana)
	try token_rm grafana "$id" grafana
	is "$status" 0
	is "$out" "Token has been deleted: grafana ($id)"
	is "$(changes)" "DELETE /api/v2/users/me/keys/$id"
}

@test "arguments that name the same token count once, and fail like several" {
	local id
	id=$(id_of grafana)
	seed '{"owner": "admin", "name": "a/b", "id": "idOfPath00"}'
	try token_rm a/b idOfPath00 "$id" a/b " $id" grafana
	is "$status$err" 0
	is "$out" "Token has been deleted: a/b (idOfPath00)
Token has been deleted: grafana ($id)"
	is "$(changes | sort)" "$(printf 'DELETE /api/v2/users/me/keys/%s\n' idOfPath00 "$id" | sort)"
	is "$(requests | grep -c 'include_all')" 1
	id=$(id_of terraform)
	fault '{"method": "DELETE", "path": "/keys/", "status": 500}'
	try token_rm terraform "$id"
	refused 8 "terraform ($id): "
}

@test "an id means its token, and a decoy with that name stays" {
	local -a ids=()
	seed '[{"owner": "admin", "name": "idOfLeaked", "id": "idOfDecoy0"}, {"owner": "admin", "name": "idOfLeaked ", "id": "idOfDecoy1"},
		{"owner": "admin", "name": "leaked", "id": "idOfLeaked", "scopes": ["workspace:read"]}]'
	try token_list --scope workspace:read -v ids
	try token_rm --from ids
	is "$status$err $out" "0 Token has been deleted."
	is "$(changes)" "DELETE /api/v2/users/me/keys/idOfLeaked"
	lacks "$(left)" leaked
	has "$(left)" idOfLeaked
	# now no token has that id, so the text is a name
	try token_rm 'idOfLeaked ' idOfDecoy0
	is "$status $out" "0 Token has been deleted: idOfLeaked  (idOfDecoy1)
Token has been deleted: idOfLeaked (idOfDecoy0)"
	is "$(left)" "$ALL"
}

@test "each of two tokens that are called like each other's ids is removed by its id" {
	seed '[{"owner": "admin", "name": "idOfBBBBBB", "id": "idOfAAAAAA"}, {"owner": "admin", "name": "idOfAAAAAA", "id": "idOfBBBBBB"}]'
	try token_rm --dry-run idOfAAAAAA idOfBBBBBB
	is "$status $out" "0 Token would be deleted: idOfBBBBBB (idOfAAAAAA)
Token would be deleted: idOfAAAAAA (idOfBBBBBB)"
	try token_rm idOfAAAAAA
	is "$(changes)" "DELETE /api/v2/users/me/keys/idOfAAAAAA"
}

@test "a decoy does not go in the place of a leaked session, or of another user's token" {
	local id
	id=$(id_of laptop)
	seed '[{"owner": "admin", "name": "sbxBob0001"}, {"owner": "bob", "name": "'"$id"'"},
		{"owner": "admin", "name": "sbxBob0001-sandboxBobSe"}]'
	try token_rm sbxBob0001
	refused 3 "sbxBob0001: not found among API tokens: it is a login session"
	try token_rm sbxBob0001-sandboxBobSe
	refused 3 "sbxBob0001: not found among API tokens: it is a login session"
	try token_rm -u bob "$id"
	refused 3 "$id: not found among the tokens of bob"
	is "$(changes)" ""
}

@test "a gateway's 404 does not make token_rm try another meaning of its argument" {
	local ingress='"status": 404, "coder": false, "body": "404 page not found", "headers": {"Content-Type": "text/plain"}'
	seed '[{"owner": "admin", "id": "idOfDecoy0", "name": "idOfFirst0"}, {"owner": "admin", "id": "idOfFirst0", "name": "x"},
		{"owner": "admin", "name": "idOfFirst0-0123456789ab"}]'
	fault '{"path": "keys/idOfFirst0", "times": 0, '"$ingress"'}'
	try token_rm idOfFirst0
	refused 7 "idOfFirst0: something in front of "
	try token_rm idOfFirst0-0123456789ab
	refused 7 "idOfFirst0: something in front of "
	is "$(requests | grep -c /tokens)" 0
	is "$(changes)" ""
}

@test "if the list shows another token of that name, the message names it" {
	seed '[{"owner": "admin", "name": "first", "id": "idOfFirst0"}, {"owner": "admin", "name": "idOfFirst0", "id": "idOfOther0"},
		{"owner": "admin", "name": "own", "id": "idOfOwn000"}, {"owner": "admin", "name": "idOfFirst0-0123456789a", "id": "idOfThird0"},
		{"owner": "admin", "name": "a/b"}]'
	try token_rm --dry-run idOfFirst0 idOfOwn000 a/b
	is "$status" 0
	has "$err" "'idOfFirst0' selects the token with this id; another token (id idOfOther0) has this text as its name"
	is "$(wc -l <<<"$err")" 1
	try token_rm --dry-run a/b idOfFirst0-0123456789a
	has "$err" "'idOfFirst0-...' selects the token with this id; another token (id idOfThird0) has this text as its name"
	lacks "$err" 0123456789a
	is "$(wc -l <<<"$out")" 2
	try token_rm --dry-run idOfFirst0
	is "$status$err" 0
}

@test "if any token is not found, none is removed" {
	try token_rm grafana no-such terraform
	refused 3 "no-such: "
	untouched
	try token_rm --expire grafana 0123456789-0123456789abcdefghijkl
	refused 3 "0123456789: "
	lacks "$err" 0123456789abcdefghijkl
	untouched
}

@test "an empty operand removes nothing" {
	local -a doomed=(grafana '')
	try token_rm grafana ''
	refused_early 2 "empty: neither a name nor an id nor a token"
	try token_rm --from doomed
	refused_early 2 "empty: neither a name nor an id nor a token"
	untouched
}

@test "a failure does not stop the other removals, all failures are named, and the status is 8" {
	local -a gone=(old)
	local id
	seed '[{"owner": "admin", "name": "n1", "id": "n100000000"}, {"owner": "admin", "name": "n2", "id": "n200000000"},
		{"owner": "admin", "name": "n3", "id": "n300000000"}, {"owner": "admin", "name": "n4", "id": "n400000000"}]'
	fault '[{"method": "DELETE", "path": "n1", "status": 400, "coder": true, "headers": {"Content-Type": "application/json"},
			"body": "{\"message\": \"first\", \"detail\": \"d1\"}"},
		{"method": "DELETE", "path": "n3", "status": 404, "coder": true, "headers": {"Content-Type": "application/json"},
			"body": "{\"message\": \"second\"}"}]'
	try token_rm n1 n2 n3 n4
	is "$status" 8
	is "$out" "Token has been deleted: n2 (n200000000)
Token has been deleted: n4 (n400000000)"
	is "$(wc -l <<<"$err")" 2
	has "${err%%$'\n'*}" "n1 (n100000000): first: d1"
	has "${err##*$'\n'}" "n3 (n300000000): second"
	is "${TOKEN_ERROR[status]} ${TOKEN_ERROR[http]} ${TOKEN_ERROR[detail]}" "8 400 d1"
	has "${TOKEN_ERROR[message]}" "n1 (n100000000): first"
	is "$(left)" "backup ci-deploy grafana laptop n1 n3 never-touched old-script terraform"

	fault '{"method": "DELETE", "path": "n1", "status": 500}'
	try token_rm -v gone n1 n3
	is "$status $out" "8 "
	is "${gone[*]}" "n300000000"
}

@test "if all removals fail, the status is 8, too" {
	fault '{"method": "DELETE", "path": "keys", "status": 500, "times": 0}'
	try token_rm grafana terraform
	is "$status $out" "8 "
	is "$(wc -l <<<"$err")" 2
	is "$(left)" "$ALL"
}

@test "a removal without a response is reported as not known" {
	local how id
	id=$(id_of grafana)
	for how in '"cut": {"where": "act"}' '"cut": {"where": "before", "how": "reset"}' '"status": 200, "body": "<html>"' \
		'"status": 200, "body": "{}", "headers": {"Content-Type": "application/json"}' '"stall": {"at": 10}'; do
		fault '{"method": "DELETE|PUT", "times": 3, '"$how"'}'
		try token_rm --expire grafana --timeout 2
		refused 7 "grafana ($id): "
		has "$err" "; it is not known whether it has been expired"
		ctl DELETE faults >/dev/null
	done
	# on a kept connection the request would be repeated
	fault '{"method": "DELETE", "path": "'"$id"'", "cut": {"where": "act"}}'
	CODER_TOKENS_KEEPALIVE=0 try token_rm terraform grafana
	is "$status" 8
	has "$err" "grafana ($id): "
	has "$err" "; it is not known whether it has been deleted"
	has "$out" "Token has been deleted: terraform"
	lacks "$out" grafana
}

@test "a removal to which only a gateway responded is reported as not known" {
	local code id
	id=$(id_of grafana)
	for code in 502 503 504 520 530; do
		fault '{"method": "DELETE|PUT", "times": 3, "status": '"$code"', "body": "<html>", "headers": {"Content-Type": "text/html"}}'
		try token_rm --expire grafana
		refused 6 "grafana ($id): unexpected response $code of type text/html; it is not known whether it has been expired"
	done
	fault '{"method": "DELETE", "act": true, "status": 500, "body": "<html>", "headers": {"Content-Type": "text/html"}}'
	try token_rm terraform
	refused 1 "unexpected response 500 of type text/html; it is not known whether it has been deleted"
	seed '[{"owner": "admin", "name": "passed-on"}, {"owner": "admin", "name": "stored", "id": "stored0000"}]'
	fault '[{"method": "PUT", "act": true, "status": 502, "body": "<html>", "headers": {"Content-Type": "text/html"}},
		{"method": "PUT", "status": 404, "coder": true, "body": "{\"message\": \"Resource not found\"}"}]'
	try token_rm --expire passed-on
	refused 3 "it is not known whether it has been expired"
	# Coder's database may have acted before the error
	fault '{"method": "DELETE", "act": true, "status": 500, "coder": true, "body": "{\"message\": \"Internal error deleting API key.\", \"detail\": \"pq: gone\"}"}'
	try token_rm stored
	refused 1 "stored (stored0000): Internal error deleting API key: pq: gone; it is not known whether it has been deleted"
	# a rate limiter does not pass a request on, and Coder's other responses are certain
	fault '{"method": "DELETE", "times": 3, "status": 429, "headers": {"Retry-After": "0"}}'
	try token_rm grafana
	refused 6 "grafana ($id): "
	lacks "$err" "not known"
	fault '{"method": "DELETE", "times": 3, "status": 503, "coder": true, "body": "{\"message\": \"Busy.\"}"}'
	try token_rm grafana
	refused 6 "grafana ($id): Busy."
	lacks "$err" "not known"
}

@test "--timeout ends a removal of several tokens, which reports what was removed and what is not known" {
	local -a gone=(old)
	local form
	for form in "" "-v gone"; do
		ctl POST reset '{"seed": "demo"}' >/dev/null
		seed '{"owner": "admin", "name": "n%d", "count": 6}'
		fault '[{"method": "DELETE", "skip": 1, "status": 400, "coder": true, "body": "{\"message\": \"Broken.\"}"}, {"method": "DELETE", "skip": 2, "stall": {"at": 0}}]'
		# shellcheck disable=SC2086 # words
		try token_rm n0 n1 n2 n3 n4 n5 --jobs 1 --timeout 1.5 $form
		is "$status" 8
		is "$(changes | wc -l)" 4
		is "$(wc -l <<<"$err")" 3
		has "$err" "n1 ($(id_of n1)): "
		has "$err" "n3 ("
		has "$err" "; it is not known whether it has been deleted"
		has "${err##*$'\n'}" "the time limit has passed: 2 of 6 tokens have been deleted; the outcome of 1 is not known"
		is "${TOKEN_ERROR[status]} ${TOKEN_ERROR[http]}" "8 400"
		[[ $form ]] || is "$(cut -d ' ' -f 5 <<<"$out" | paste -sd ' ')" "n0 n2"
	done
	is "$out ${#gone[@]}" " 2"
}

# bulk N - adds N tokens and gives their ids to the array ids, which is local to the test.
bulk() {
	seed '{"owner": "admin", "name": "bulk-%d", "count": '"$1"'}'
	token_list --name 'bulk-*' -v ids
	forget_requests
}

# removed - the names that out reports as removed, in their order.
removed() {
	sed -n 's/^Token has been [a-z]*: \(.*\) (.*/\1/p' <<<"$out" | paste -sd ' '
}

@test "with --jobs 1 many tokens are removed one after the other, over one connection" {
	local -a ids=()
	bulk 60
	try token_rm --jobs 1 --from ids
	is "$status $err" "0 "
	is "$(wc -l <<<"$out")" 60
	is "$(left)" "$ALL"
	is "$(connections)" 1
	is "$(logged most-at-once)" 1
}

@test "many tokens are removed with one list and one request each, over eight connections or --jobs" {
	local -a ids=() gone=()
	local jobs most
	for jobs in 8 32 3; do
		bulk 60
		fault '{"method": "DELETE", "times": 0, "delay": 0.02}'
		if ((jobs == 8)); then
			try token_rm --from ids -v gone
		else
			try token_rm --from ids -v gone --jobs "$jobs"
		fi
		is "$status$out$err" 0
		is "${gone[*]}" "${ids[*]}"
		is "$(left)" "$ALL"
		is "$(requests GET)" "GET /api/v2/users/me/keys/tokens?include_all=false&include_expired=true"
		is "$(changes | wc -l)" 60
		is "$(connections)" "$jobs"
		most=$(logged most-at-once)
		((most > 1 && most <= jobs)) || fail "$most were in flight at once"
		ctl DELETE faults >/dev/null
	done
}

# sockets PID - how many sockets the process has open.
sockets() {
	find "/proc/$1/fd" -lname 'socket:*' | wc -l
}

has_sockets() {
	(($(sockets "$1") >= $2))
}

@test "the connections for removals are opened while the tokens are looked up, and closed if nothing is removed" {
	local -a ids=()
	local before pid
	bulk 20
	fault '{"method": "GET", "times": 1, "delay": 3}' # to count sockets takes a while on a busy machine
	before=$(sockets "$BASHPID") # with a connection that token_list has left, and a subshell does not use
	token_rm "${ids[@]}" >"$BATS_TEST_TMPDIR/out" &
	pid=$!
	wait_for 5 has_sockets "$pid" $((before - 1 + 8))
	is "$(changes)" ""
	wait "$pid"
	is "$(wc -l <"$BATS_TEST_TMPDIR/out")" 20
	is "$(connections)" 8
	try token_rm --jobs 32 "${ids[@]}"
	is "$status" 3
	is "$(sockets "$BASHPID")" "$before"
}

@test "concurrent removals are reported in the order of the arguments, however each ends" {
	local -a gone=() ids=()
	local how
	for how in --delete --expire; do
		ctl POST reset '{"seed": "demo"}' >/dev/null
		seed '{"owner": "admin", "name": "n%d", "count": 8}'
		fault '[{"method": "DELETE|PUT", "path": "'"$(id_of n0)"'", "delay": 0.6},
			{"method": "DELETE|PUT", "path": "'"$(id_of n2)"'", "delay": 0.4, "status": 500},
			{"method": "DELETE|PUT", "path": "'"$(id_of n5)"'", "status": 400, "body": "{\"message\": \"Five.\"}", "coder": true},
			{"method": "DELETE|PUT", "path": "'"$(id_of n6)"'", "delay": 0.2}]'
		try token_rm $how n6 n5 n4 n3 n2 n1 n0 n7
		is "$status" 8
		is "$(removed)" "n6 n4 n3 n1 n0 n7"
		is "$(wc -l <<<"$err")" 2
		has "${err%%$'\n'*}" ": n5 ($(id_of n5)): Five."
		has "${err##*$'\n'}" ": n2 ($(id_of n2)): "
		is "${TOKEN_ERROR[status]} ${TOKEN_ERROR[message]}" "8 n5 ($(id_of n5)): Five."
	done
}

@test "a lost response to one of several concurrent removals concerns its own token only" {
	local -a ids=() gone=()
	local id unknown gateway='"status": 502, "body": "<html>", "headers": {"Content-Type": "text/html"}' how
	local missing='"status": 404, "coder": true, "body": "{\"message\": \"Resource not found or you do not have access to this resource\"}"'
	for how in "$gateway" '"cut": {"where": "act"}'; do
		bulk 40
		# some are carried out, but their responses are lost, and one is not permitted
		fault '[{"method": "DELETE", "path": "'"${ids[5]}"'", '"$gateway"'}, {"method": "DELETE", "path": "'"${ids[5]}"'", "times": 0, '"$missing"'},
			{"method": "DELETE", "path": "[a-dA-D0-3][^/]*$", "times": 8, "act": true, '"$how"'}]'
		try token_rm --from ids -v gone
		is "$status$out" 8
		has "$err" "(${ids[5]}): Resource not found"
		unknown=$(grep 'it is not known whether it has been deleted' <<<"$err" || true)
		[[ $how == *cut* || ! $unknown ]] || fail "a gateway's response was not looked into"
		is "$(wc -l <<<"$err")" $(($(grep -c . <<<"$unknown") + 1))
		for id in "${ids[@]}"; do
			[[ $id == "${ids[5]}" || " ${gone[*]} " == *" $id "* || $unknown == *"($id)"* ]] || fail "$id is in no list"
			[[ " ${gone[*]} " != *" $id "* || $unknown != *"($id)"* ]] || fail "$id is in two lists"
		done
		is "$(of tokens owner=admin login_type=token -- id name | grep -c bulk)" 1
		ctl POST reset '{"seed": "demo"}' >/dev/null
	done
}

@test "a rate limit stops new removals, is waited for once, and announced once" {
	local -a ids=()
	bulk 40
	# the eight that are on are refused, and none of them before all have arrived
	fault '[{"method": "DELETE", "skip": 10, "times": 8, "delay": 0.4, "status": 429, "coder": true, "headers": {"Retry-After": "3"},
		"body": "{\"message\": \"You'\''ve been rate limited for sending more than 512 requests in 1m0s.\"}"}]'
	try token_rm --from ids
	is "$status" 0
	has "$err" "rate limited by the server, trying again in 3 s"
	is "$(wc -l <<<"$err")" 1
	is "$(wc -l <<<"$out")" 40
	is "$(left)" "$ALL"
	is "$(changes | wc -l)" 48
	# those that were on when the first one met it, and none until its end
	is "$(logged longest-pause)" 3
	(($(logged before-pause) <= 19)) || fail "others began"
}

@test "a rate limit that is too long fails the removals that meet it, and no others" {
	seed '{"owner": "admin", "name": "n%d", "count": 6}'
	fault '{"method": "DELETE", "path": "'"$(id_of n2)"'", "status": 429, "headers": {"Retry-After": "3600"}}'
	try token_rm n0 n1 n2 n3 n4 n5
	is "$status" 8
	is "$(removed)" "n0 n1 n3 n4 n5"
	has "$err" "n2 ($(id_of n2)): "
	lacks "$err" "not known"
}

@test "removals that a server counts together are slowed down to what it permits, before it refuses any" {
	local -a ids=()
	bulk 30
	# within a second a minute of the server's clock begins, and no request may come before
	ctl POST config '{"rate_limit": 26, "rate_by_user": true, "clock_ahead_s": '$((59 - EPOCHSECONDS % 60))'}' >/dev/null
	sleep 1
	try token_rm --from ids --timeout 4
	is "$status" 8
	has "$err" "the server permits 26 requests in "
	has "$err" " slowing down to that"
	has "${err##*$'\n'}" "the time limit has passed: "
	is "$(wc -l <<<"$err")" 2
	lacks "$(logged field status)" 429
	# each path has a limit of its own: nothing is slowed down
	ctl POST reset '{"seed": "demo"}' >/dev/null
	bulk 30
	ctl POST config '{"rate_limit": 26}' >/dev/null
	try token_rm --from ids
	is "$status$err" 0
}

@test "--jobs is a number from 1 to 32" {
	local jobs
	for jobs in 0 33 -1 8x x ' 8' 99999999999999999999 1.5; do
		try token_rm --jobs="$jobs" grafana
		refused_early 2 "--jobs: '$jobs' is not a number from 1 to 32"
	done
	try token_rm --jobs= grafana
	misused_early "--jobs"
	try token_rm --jobs 32 grafana terraform
	is "$status" 0
}

@test "with few descriptors fewer tokens are removed at once" {
	local -a ids=()
	local limit most
	for limit in 11 12 13 14 16 18; do
		bulk 12
		fault '{"method": "DELETE", "times": 0, "delay": 0.02}'
		# only the descriptors 0 to 2 are open at first, whatever the tests are started with
		try env CODER_URL="$URL" CODER_SESSION_TOKEN="$ADMIN_TOKEN" "$BASH" --norc -c 'for fd in /proc/$$/fd/*; do
				fd=${fd##*/}
				((fd < 3)) || eval "exec $fd>&-"
			done
			enable -f "$1" token_rm; shift; ulimit -n "$1"; shift; token_rm "$@"; status=$?
			[[ $status == 0 ]] && token_rm --dry-run grafana' - "$SO" "$limit" "${ids[@]}"
		is "$status$err" 0
		is "$(wc -l <<<"$out")" 13
		is "$(left)" "$ALL"
		most=$(logged most-at-once)
		# four descriptors are left for other uses; libcurl 8.23 has two of its own
		((most <= limit - 7 && most <= 8 && most >= (limit < 12 ? 1 : 2))) || fail "$limit: $most were in flight at once"
		ctl DELETE faults >/dev/null
	done
}

@test "after a removal of many one connection is open" {
	local -a ids=()
	bulk 20
	try env CODER_URL="$URL" CODER_SESSION_TOKEN="$ADMIN_TOKEN" "$BASH" --norc -c 'enable -f "$1" token_rm; shift; sockets() { ls -l /proc/$$/fd | grep -c socket:; }
		before=$(sockets); token_rm "$@" >/dev/null; echo $(($(sockets) - before)); token_rm grafana' - "$SO" "${ids[@]}"
	is "$status$err" 0
	is "${out%%$'\n'*}" 1
}

@test "a removal of many tokens shows its progress on a terminal, and nowhere else" {
	local -a ids=()
	seed '{"owner": "admin", "name": "bulk-%d", "count": 25}'
	fault '{"method": "DELETE", "times": 0, "delay": 0.2}'
	at_prompt <<-'END'
		type token_list --name 'bulk-*' -v ids && token_rm --from ids --jobs 2 >/dev/null; echo "status $?"
		prompt 20
	END
	has "$screen" "deleting tokens: 0 of 25 done"
	[[ $screen =~ "deleting tokens: "[0-9]+" of 25 done, "[0-9.]+"/s, "[0-9]+" s left" ]] || fail "no rate"
	has "$screen" $'left\e[K'"status 0" || has "$screen" $'\e[Kstatus 0'
	is "$(left)" "$ALL"
	ctl DELETE faults >/dev/null
	seed '{"owner": "admin", "name": "bulk-%d", "count": 25}'
	try token_list --name 'bulk-*' -v ids
	try token_rm --from ids -v ids
	is "$status$out$err" 0
}

# ---------------------------------------------------------------------- --from

@test "--from takes names, ids and tokens from an array" {
	local -a doomed
	seed '[{"owner": "admin", "name": "a b"}, {"owner": "admin", "name": "c"}, {"owner": "admin", "name": "d"}]'
	doomed=('a b' "${KEYS[1]%%-*}")
	doomed[7]=${KEYS[2]}
	try token_rm --from doomed grafana
	is "$status" 0
	is "$(wc -l <<<"$out")" 4
	is "$(left)" "backup ci-deploy laptop never-touched old-script terraform"
	lacks "$(ctl GET log)" "${KEYS[2]#*-}"
}

@test "--from with an empty array removes nothing and succeeds, also under set -e" {
	local -a none=() gone=(old)
	local -a declared
	try token_rm --from none
	is "$status$out$err" 0
	try token_rm --from declared
	is "$status$out$err" 0
	try token_rm --from none -v gone
	is "$status ${#gone[@]}" "0 0"
	is "$(requests)" ""
	run bash -euc 'enable -f "$1" token_rm; CODER_URL=$2 CODER_SESSION_TOKEN=$3; a=()
		token_rm --from a; echo went on' - "$SO" "$CODER_URL" "$CODER_SESSION_TOKEN"
	is "$status $output" "0 went on"
}

@test "--from with an unset variable, or one that is not an array, is refused" {
	local scalar=grafana
	local -A assoc=([x]=grafana)
	unset nothing
	try token_rm --from nothing
	refused 2 "nothing: no such array"
	try token_rm --from scalar
	refused 2 "scalar: not an indexed array"
	try token_rm --from assoc
	refused 2 "assoc: not an indexed array"
	try token_rm --from 'x[0]'
	refused 2 "not a valid identifier"
	try token_rm --from ''
	misused "cannot be empty"
	untouched
	is "$(requests)" ""
}

@test "--from with an element that is not found removes nothing" {
	local -a doomed=(grafana no-such)
	try token_rm --from doomed
	refused 3 "no-such: "
	untouched
}

@test "--from and -v may name the same array" {
	local -a ids=(grafana terraform)
	local one two
	one=$(id_of grafana) two=$(id_of terraform)
	try token_rm --from ids -v ids
	is "$status$out$err" 0
	is "${ids[*]}" "$one $two"
}

# ------------------------------------------------------------------- not oneself

@test "the token in use is not removed, and neither is any other in that call" {
	seed '[{"owner": "admin", "name": "in-use"}]'
	CODER_SESSION_TOKEN=${KEYS[0]}
	try token_rm grafana in-use terraform
	refused 2 "in-use (${KEYS[0]%%-*}) is the token in use: give --include-self"
	untouched "backup ci-deploy grafana in-use laptop never-touched old-script terraform"
	try token_rm --expire "${KEYS[0]}"
	refused 2 "is the token in use"
	untouched "backup ci-deploy grafana in-use laptop never-touched old-script terraform"
}

@test "--include-self removes the token in use, last" {
	local one two
	seed '[{"owner": "admin", "name": "in-use"}]'
	one=$(id_of grafana) two=$(id_of terraform)
	CODER_SESSION_TOKEN=${KEYS[0]}
	fault '{"method": "DELETE", "path": "'"$one"'", "delay": 0.3}' # the last one waits for the others
	try token_rm --include-self grafana in-use terraform "${KEYS[0]}"
	is "$status $err" "0 "
	is "$(changes | head -n 2 | sort)" "$(printf 'DELETE /api/v2/users/me/keys/%s\n' "$one" "$two" | sort)"
	is "$(changes | tail -n +3)" "DELETE /api/v2/users/me/keys/${KEYS[0]%%-*}"
	is "$(left)" "backup ci-deploy laptop never-touched old-script"
}

@test "--include-self alone removes the token in use" {
	seed '[{"owner": "admin", "name": "in-use"}]'
	CODER_SESSION_TOKEN=${KEYS[0]}
	try token_rm --include-self in-use
	is "$status $out" "0 Token has been deleted."
	try token_list
	refused 4 "signed out"
}

@test "a login session is not removed, by id or as the token itself" {
	try token_rm --include-self sbxAdmin01
	refused 3 "login session"
	try token_rm --include-self "$ADMIN_TOKEN"
	refused 3 "login session"
	untouched
}

# ----------------------------------------------------------------------- dry run

@test "--dry-run reports what would be removed, and removes nothing" {
	local -a would=()
	local one two
	one=$(id_of grafana) two=$(id_of terraform)
	try token_rm --dry-run grafana
	is "$status $err" "0 "
	is "$out" "Token would be deleted: grafana ($one)"
	try token_rm --dry-run --expire grafana terraform
	is "$out" "Token would be expired: grafana ($one)
Token would be expired: terraform ($two)"
	try token_rm --dry-run grafana terraform -v would
	is "$status$out$err" 0
	is "${would[*]}" "$one $two"
	try token_rm --dry-run grafana no-such
	refused 3 "no-such: "
	untouched
}

# ---------------------------------------------------------------------- variables

@test "-v assigns the ids of what was removed, and prints nothing" {
	local -a gone=(a b c)
	local one two
	one=$(id_of grafana) two=$(id_of terraform)
	try token_rm -v gone terraform grafana
	is "$status$out$err" 0
	is "${gone[*]}" "$two $one"
}

@test "however a call ends, -v holds what it removed" {
	local -a gone
	local id
	id=$(id_of grafana)
	gone=(a b)
	try token_rm -v gone grafana no-such
	is "$status$out ${gone[*]}" "3 "
	gone=(a b)
	try token_rm -v gone grafana --url http://127.0.0.1:1
	is "$status$out ${gone[*]}" "7 "
	gone=(a b)
	CODER_URL='' try token_rm -v gone grafana
	is "$status$out ${gone[*]}" "4 "
	gone=(a b)
	fault '{"method": "DELETE", "path": "keys", "status": 500}'
	try token_rm -v gone grafana
	is "$status$out ${gone[*]}" "1 "
	gone=(a b)
	fault '{"method": "DELETE", "path": "'"$(id_of terraform)"'", "status": 500}'
	try token_rm -v gone grafana terraform
	is "$status$out ${gone[*]}" "8 $id"
	seed '[{"owner": "admin", "name": "in-use"}]'
	gone=(a b)
	CODER_SESSION_TOKEN=${KEYS[0]} try token_rm -v gone terraform in-use
	is "$status$out ${gone[*]}" "2 "
	[[ ${gone@a} == a ]] || fail "attributes ${gone@a}"
}

@test "a usage error leaves -v's array as it was" {
	local -a gone=(a b)
	for words in "" "--from nothing" "--expire --delete x" "--no-such x" "--from gone --timeout 0" "x --url nonsense"; do
		# shellcheck disable=SC2086 # words
		try token_rm -v gone $words
		is "$status$out ${gone[*]}" "2 a b"
		is "$(requests)" ""
	done
	try token_rm -v gone ''
	is "$status ${gone[*]}" "2 a b"
}

@test "an array that cannot be assigned is refused before anything is removed" {
	local -r ro=x
	local -A assoc=()
	try token_rm -v ro grafana
	refused 2 "ro: readonly variable"
	try token_rm -v assoc grafana
	refused 2 "assoc: not an indexed array"
	is "$(requests)" ""
	untouched
}

# ------------------------------------------------------------------------- whose

@test "-u removes among that user's tokens" {
	local id
	id=$(id_of laptop)
	try token_rm -u alice laptop
	is "$status $out" "0 Token has been deleted."
	is "$(changes)" "DELETE /api/v2/users/alice/keys/$id"
	lacks "$(left)" laptop
}

@test "-u does not remove a token of somebody else" {
	local id
	id=$(id_of laptop)
	try token_rm -u bob "$id"
	refused 3 "not found among the tokens of bob"
	try token_rm -u alice grafana
	refused 3 "grafana: "
	try token_rm -u nobody laptop
	refused 3 "laptop: "
	untouched
}

@test "other users' tokens are not found without permission to see them" {
	local id
	id=$(id_of grafana)
	CODER_SESSION_TOKEN=$ALICE_TOKEN
	try token_rm grafana
	refused 3 "not found"
	try token_rm "$id"
	refused 3 "not found"
	try token_rm -u admin grafana
	refused 3 "not found"
	untouched
}

@test "an owner of the deployment removes anybody's token by its id" {
	try token_rm "$(id_of laptop)"
	is "$status $out" "0 Token has been deleted."
	lacks "$(left)" laptop
}

# ------------------------------------------------------------------------- usage

@test "no argument is refused, and so are --expire and --delete together" {
	try token_rm
	misused "missing operand"
	try token_rm --expire --delete grafana
	misused "exclude each other"
	is "$(requests)" ""
	untouched
}

@test "a removal whose message cannot be written is done, and fails" {
	status=0
	token_rm grafana >/dev/full 2>"$BATS_TEST_TMPDIR/err" || status=$?
	is "$status" 1
	has "$(<"$BATS_TEST_TMPDIR/err")" "write error"
	lacks "$(left)" grafana
}

@test "the help begins with what differs from the CLI" {
	try token_rm --help
	has "$(tr '\n' ' ' <<<"$out")" "Deletes API tokens. Today's coder tokens rm only expires them: use --expire for that."
}

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# "Now" is the time of the deployment's clock, whatever this machine's clock shows: in lists and filters,
# in records, in completion.

load helper

HOURS5=18000

# deployment SECONDS [MODE] - sets the deployment's clock so far ahead of this machine's, with demo data by that clock.
deployment() {
	ctl POST reset '{"seed":"demo","clock_ahead_s":'"$1"',"modes":['"${2:+\"$2\"}"']}' >/dev/null
}

# about NUMBER EXPECTED - asserts that they differ by no more than a busy machine needs for a call.
about() {
	(($1 <= $2 + 2 && $1 >= $2 - 30)) || fail "got:      $1" "expected: $2"
}

# The names of the last call's ids, sorted.
named() {
	local id
	for id in "${ids[@]}"; do
		echo "${t[$id,name]}"
	done | sort | xargs
}

# warned - asserts one warning about the clock, and nothing else.
warned() {
	[[ $err == *": warning: this machine's clock is $1 that of $URL: "* && $err != *$'\n'* ]] ||
		fail "no warning, or more"
}

@test "--expired does not select a token that is valid by the deployment's clock, so a sweep keeps it" {
	local -a ids=()
	local -A t=()
	# this machine is five hours ahead: by its clock the first has been expired for two hours
	deployment -$HOURS5
	seed '[{"owner":"admin","name":"valid","expires_in_s":10800,"created_ago_s":9},
		{"owner":"admin","name":"ended","expires_in_s":-60,"created_ago_s":999}]'
	try token_list --expired -v ids -A t
	is "$status" 0
	is "$(named)" ended
	try token_rm --from ids
	is "$status" 0
	has "$(names)" valid
	lacks "$(names)" ended
	is "${t[${ids[0]},ttl]} ${t[${ids[0]},expired]}" "0 1"
}

@test "--expired selects a token that is expired by the deployment's clock and valid by the local one" {
	local -a ids=()
	local -A t=()
	deployment $HOURS5
	seed '{"owner":"admin","name":"ended","expires_in_s":-60,"created_ago_s":999}'
	try token_list --expired -v ids -A t
	is "$(named)" ended
	try token_list --include-expired --name ended -v ids -A t
	is "${t[${ids[0]},ttl]} ${t[${ids[0]},expired]}" "0 1"
	try token_view ended -A t
	is "${t[ttl]} ${t[expired]}" "0 1"
}

@test "expired tokens are left out by the deployment's clock if the server lists them" {
	local ahead
	local -a ids=()
	local -A t=()
	for ahead in -$HOURS5 $HOURS5; do
		deployment "$ahead" no-expire
		seed '[{"owner":"admin","name":"valid","expires_in_s":10800},{"owner":"admin","name":"ended","expires_in_s":-60}]'
		try token_list -v ids -A t
		is "$(named)" "grafana terraform valid"
		try token_list -v ids -A t --expired
		is "$(named)" "ended"
	done
}

@test "--expires-within and --unused-for count by the deployment's clock" {
	local ahead
	local -a ids=()
	local -A t=()
	for ahead in -$HOURS5 $HOURS5; do
		deployment "$ahead"
		seed '[{"owner":"admin","name":"soon","expires_in_s":10800,"last_used_ago_s":7200},
			{"owner":"admin","name":"late","expires_in_s":14400,"last_used_ago_s":3600},
			{"owner":"admin","name":"new","expires_in_s":99999}]'
		try token_list --expires-within 210m -v ids -A t
		is "$(named)" soon
		try token_list --expires-within 2h -v ids -A t
		is "$(named)" ""
		try token_list --unused-for 90m --name '[sln]*' -v ids -A t
		is "$(named)" soon
		try token_list --unused-for 3h --name '[sln]*' -v ids -A t
		is "$(named)" ""
	done
}

@test "ttl and expired in records follow the deployment's clock, for a new token, too" {
	local ahead
	local -A t=()
	for ahead in -$HOURS5 -100 100 $HOURS5 -100000000 1000000000; do
		deployment "$ahead"
		try token_create -n test --lifetime 1h -A t
		is "$status" 0
		about "${t[ttl]}" 3600
		is "${t[expired]}" 0
		try token_view test -A t
		about "${t[ttl]}" 3600
		is "${t[expired]}" 0
	done
}

@test "a new token that cannot be read back gets its times from the deployment's clock, not from a gateway's" {
	local front
	local -A t=()
	deployment -$HOURS5
	for front in '"status":404,"body":"404 page not found"' '"status":502,"body":"<html>"'; do
		fault '{"method":"GET","path":"/keys/[0-9A-Za-z]{10}$","times":0,'"$front"'}'
		try token_create -n "test${front:9:3}" --lifetime 1h -A t
		is "$status" 0
		has "$err" "could not be verified"
		about "${t[ttl]}" 3600
		about "${t[created_epoch]}" "$((EPOCHSECONDS - HOURS5))"
		ctl DELETE faults >/dev/null
	done
}

@test "the filters of a list use the time in the list's own headers" {
	local -a ids=()
	deployment -$HOURS5
	ctl POST tokens '{"owner":"admin","name":"bulk-%d","count":2000,"expires_in_s":10800}' >/dev/null
	fault '{"path":"include_expired","drip":2000000}'
	try token_list --expired --name 'bulk-*' -v ids
	is "$status ${#ids[@]}" "0 0"
	# and not the time of an earlier response
	fault '[{"path":"/users/bob$","headers":{"Date":"Mon, 23 Nov 2020 23:58:01 GMT"},"times":0}]'
	try token_list --expired --name 'bulk-*' --allow user:bob -v ids
	is "$status ${#ids[@]}" "0 0"
}

@test "a response from a cache is as old as its Age header states" {
	local -a ids=()
	local -A t=()
	seed '{"owner":"admin","name":"ended","expires_in_s":-60,"created_ago_s":7200}'
	fault '{"path":"/keys/","age":3600,"times":0}'
	try token_list --expired -v ids -A t
	is "$status $err" "0 "
	is "$(named)" ended
	# an invalid Age is ignored
	ctl DELETE faults >/dev/null
	fault '{"path":"/keys/","headers":{"Age":"-3600"},"times":0}'
	try token_list --expired -v ids -A t
	is "$status $err" "0 "
	is "$(named)" ended
}

@test "if the deployment sends no time, the local clock counts" {
	local -a ids=()
	local -A t=()
	deployment -$HOURS5 no-date
	seed '{"owner":"admin","name":"valid","expires_in_s":10800}'
	try token_list --expired -v ids -A t
	is "$status $err" "0 "
	is "$(named)" valid
	deployment 0
	fault '{"path":"/keys/","headers":{"Date":"yesterday"},"times":0}'
	try token_view grafana -A t
	is "$status $err" "0 "
	about "${t[ttl]}" "$((t[expires_epoch] - EPOCHSECONDS))"
}

@test "a token without an expiry is not expired" {
	local none kind
	local -a ids=()
	local -A t=()
	for none in '' '\"expires_at\":null,' '\"expires_at\":\"0001-01-01T00:00:00Z\",'; do
		ctl DELETE faults >/dev/null
		fault '{"path":"include_all","times":0,"status":200,"body":"[{'"$none"'\"id\":\"aB3defghij\",\"token_name\":\"eternal\",\"login_type\":\"token\",\"created_at\":\"2026-01-01T00:00:00Z\"}]"}'
		try token_list -v ids -A t
		is "$status" 0
		is "${t[aB3defghij,expired]} ${t[aB3defghij,ttl]}" "0 9223372036854775807"
		for kind in --expired "--expires-within 9999w"; do
			# shellcheck disable=SC2086 # words
			try token_list $kind -v ids
			is "$status ${#ids[@]}" "0 0"
		done
	done
}

# -------------------------------------------------------------- the warning

@test "a clock that differs from the deployment's is reported once per shell and deployment" {
	deployment -$HOURS5
	try token_list
	warned "5h0m0s ahead of"
	try token_view grafana
	is "$status $err" "0 "
	# a subshell knows that it was reported
	try eval '(token_list -q)'
	is "$status $err" "0 "
	try token_rm no-such
	refused 3 "no-such: Resource not found"
}

@test "a clock that is behind is reported, too, also by the requests that follow a failure" {
	deployment $HOURS5
	try token_view no-such
	is "$status" 3
	has "${err%%$'\n'*}" "warning: this machine's clock is 5h0m0s behind that of $URL"
	has "${err#*$'\n'}" "no-such: Resource not found"
}

@test "a difference of clocks is reported for each deployment" {
	local other=${URL/127.0.0.1/localhost}
	deployment -$HOURS5
	try token_list -q
	warned "5h0m0s ahead of"
	CODER_URL=$other try token_list -q
	has "$err" "ahead of that of $other"
	CODER_URL=$other try token_list -q
	is "$err" ""
}

@test "a clock that differs by up to a minute is not reported" {
	local ahead
	for ahead in -55 -1 0 1 55; do
		deployment "$ahead"
		try token_list -q
		is "$status $err" "0 "
	done
	deployment -75
	try token_list -q
	warned "1m0s ahead of"
}

@test "the clock of a gateway in front of the deployment is not reported" {
	deployment 0
	fault '{"path":"keys","times":2,"status":502,"headers":{"Date":"Mon, 23 Nov 2020 23:58:01 GMT","Retry-After":"0"}}'
	try token_list -q
	is "$status $err" "0 "
	fault '{"path":"keys","times":0,"status":404,"body":"404 page not found","headers":{"Date":"Mon, 23 Nov 2020 23:58:01 GMT"}}'
	try token_list -q
	refused 7 "something in front of $URL"
}

@test "strange Date and Age headers break nothing" {
	local odd
	for odd in '"Date":"Fri, 31 Dec 9999 23:59:59 GMT"' '"Date":"Thu, 01 Jan 1970 00:00:00 GMT"' \
		'"Date":"Thu, 01 Jan 1970 00:00:01 GMT"' '"Age":"999999999999"' '"Age":"99999999999999999999"' \
		'"Date":"Fri, 31 Dec 9999 23:59:59 GMT","Age":"999999999999"' '"Age":"1.5"' '"Age":["1","2"]' '"Date":""'; do
		ctl DELETE faults >/dev/null
		fault '{"path":"keys","times":0,"headers":{'"$odd"'}}'
		try token_list -q
		is "$status" 0
		try token_view grafana -c id
		is "$status" 0
	done
}

# --------------------------------------------------------------- completion

@test "completion after --expire offers no token that is expired by the deployment's clock" {
	local ahead
	source "$REPO/completion/coder_tokens.bash"
	for ahead in -$HOURS5 $HOURS5; do
		deployment "$ahead"
		seed '[{"owner":"admin","name":"x-valid","expires_in_s":10800},{"owner":"admin","name":"x-ended","expires_in_s":-60}]'
		: "$(token_rm --dry-run grafana 2>&1; token_create -n "new$RANDOM" 2>&1)" # what was kept is forgotten
		forget_requests
		press 'token_rm --expire x-'
		is "${COMPREPLY[*]}" x-valid
		# what is remembered expires by the same clock
		press 'token_rm --expire x-'
		is "${COMPREPLY[*]}" x-valid
		press 'token_rm x-'
		is "${COMPREPLY[*]}" "x-ended x-valid"
		is "$(requests | grep -c .)" 1
	done
}

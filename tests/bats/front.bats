#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Something in front of the deployment responds: an ingress, a gateway, a firewall, a sign-in page.
# Its responses prove nothing about the deployment's tokens, users, names and permissions.

load helper

# What such things say, each as the middle of a fault.
FRONTS=('"status":404,"body":"404 page not found\n"'
	'"status":404,"body":"{\"message\":\"no Route matched with those values\"}"'
	'"status":404,"body":"{\"message\":\"Not Found\"}"'
	'"status":404,"body":"{\"message\":\"route not found\"}"'
	'"status":404,"body":""'
	'"status":404,"body":"[]"'
	'"status":410,"body":"Gone"'
	'"status":403,"body":"<html>Blocked</html>","headers":{"Content-Type":"text/html"}'
	'"status":403,"body":"{\"message\":\"Forbidden\"}"'
	'"status":401,"body":"{\"message\":\"Unauthorized\"}"'
	'"status":401,"body":"<html>Sign in</html>","headers":{"Content-Type":"text/html"}'
	'"status":409,"body":"{\"message\":\"Conflict\"}"')

# Some of them are enough where one function decides about all.
FEW=("${FRONTS[0]}" "${FRONTS[1]}" "${FRONTS[7]}" "${FRONTS[8]}" "${FRONTS[9]}")

# Prepares for another fault: a clean deployment, no faults, an empty log.
again() {
	ctl POST reset '{"seed":"demo"}' >/dev/null
}

# blames_front [STATUS] - asserts that the last try failed so, and mentions neither permissions nor signing in.
blames_front() {
	is "$status" "${1-7}"
	is "$out" ""
	has "$err" "something in front of $URL responded with "
	has "$err" "ingress, gateway or firewall"
	lacks "$err" restricted
	lacks "$err" login
	lacks "$err" CODER_SESSION_TOKEN
}

# ----------------------------------------------------------------- look-ups

@test "token_view does not report a token missing because of a gateway's response" {
	local front
	local -A t=([old]=1)
	for front in "${FRONTS[@]}"; do
		again
		fault '{"path":"/keys/","times":0,'"$front"'}'
		try token_view grafana -A t
		blames_front
		is "${TOKEN_ERROR[status]} ${TOKEN_ERROR[http]}" "7 ${front:9:3}"
		is "${t[old]}" 1
		# no other meaning is tried, and there is no request about the token in use
		is "$(requests)" "GET /api/v2/users/me/keys/tokens/grafana"
	done
}

@test "a gateway's message in JSON is reported" {
	fault '{"path":"/keys/","times":0,"status":404,"body":"{\"message\":\"no Route matched\",\"detail\":\"with those values\"}"}'
	try token_view grafana
	blames_front
	has "$err" "responded with 404 Not Found: no Route matched: with those values; check"
	ctl DELETE faults >/dev/null
	fault '{"path":"/keys/","times":0,"status":404,"body":"404 page not found"}'
	try token_view grafana
	has "$err" "responded with 404 Not Found (text/plain); check"
}

@test "token_rm does not report a token missing because of a gateway's response, and removes nothing" {
	local front all
	all=$(names)
	for front in "${FEW[@]}"; do
		again
		fault '{"method":"GET","path":"/grafana$","times":0,'"$front"'}'
		try token_rm terraform grafana
		blames_front
		is "$(requests DELETE)" ""
		is "$(names)" "$all"
	done
}

@test "token_list does not call a token restricted because of a gateway's response" {
	local front
	for front in "${FEW[@]}"; do
		again
		fault '{"path":"/keys/","times":0,'"$front"'}'
		try token_list
		blames_front
		is "$(requests | grep -c .)" 1
	done
}

@test "a gateway's response does not decide whether an empty list is true" {
	local front
	seed '{"owner":"alice","name":"blind","scopes":["user:read"]}'
	CODER_SESSION_TOKEN=${KEYS[0]}
	try token_list
	refused 4 "not permitted to read tokens"
	for front in "${FEW[@]}"; do
		ctl DELETE faults >/dev/null
		fault '{"path":"/keys/'"${KEYS[0]%%-*}"'$","times":0,'"$front"'}'
		try token_list
		blames_front
	done
}

@test "a hidden token does not make the token in use restricted because of a gateway's response" {
	local front
	# alice has no such token, so the client asks whether the token in use is restricted
	CODER_SESSION_TOKEN=$ALICE_TOKEN
	for front in "${FEW[@]}"; do
		again
		fault '{"path":"/keys/sbxAlice01$","times":0,'"$front"'}'
		try token_view no-such
		refused 3 "no-such: Resource not found"
		lacks "$err" restricted
	done
}

@test "no user, workspace, template or group is reported missing because of a gateway's response" {
	local front what
	for front in "${FEW[@]}"; do
		for what in user:bob workspace:alice/dev-docker template:docker template:coder/docker organization:coder \
			group:developers; do
			again
			fault '{"path":"/(bob|dev-docker|docker|coder|templates[?].*|groups)$","times":0,'"$front"'}'
			try token_create -n test --allow "$what"
			blames_front
			is "$(requests | grep -c .)" 1
		done
	done
	again
	fault '{"path":"/users/bob$","times":0,"status":404,"body":"404 page not found"}'
	try token_view -u bob "$(id_of grafana)"
	blames_front
}

@test "an owner is not left blank because of a gateway's response" {
	local front
	local -A t=([old]=1)
	for front in "${FEW[@]}"; do
		again
		fault '{"path":"/users/[0-9a-f-]{36}$","times":0,'"$front"'}'
		try token_view grafana -A t
		blames_front
		is "${t[old]}" 1
	done
}

@test "\"Route not found.\" is about the route, never about a token" {
	local coder
	for coder in true false; do
		again
		fault '{"method":"GET","path":"/keys/tokens/grafana$","times":0,"status":404,"coder":'$coder',"body":"{\"message\":\"Route not found.\"}"}'
		try token_view grafana
		refused 1 "grafana: Route not found"
		has "$err" "something in front of it rewrites paths"
		is "$(requests)" "GET /api/v2/users/me/keys/tokens/grafana"
		try token_create -n grafana
		refused 1 "Route not found"
		is "$(requests POST)" ""
		again
		fault '[{"method":"DELETE","status":502},{"method":"DELETE","status":404,"coder":'$coder',"body":"{\"message\":\"Route not found.\"}"}]'
		try token_rm grafana
		refused 1 "Route not found"
		exists grafana || fail "it is gone"
	done
}

# ----------------------------------------------------------------- removal

@test "token_rm does not take a gateway's response for a removal that was done" {
	local front how
	for front in "${FEW[@]}"; do
		for how in --delete --expire; do
			again
			fault '{"method":"DELETE|PUT","times":0,'"$front"'}'
			try token_rm $how grafana
			blames_front
			# also if an earlier try was lost
			again
			fault '[{"method":"DELETE|PUT","status":502},{"method":"DELETE|PUT","times":0,'"$front"'}]'
			try token_rm $how grafana
			blames_front
			is "$(stored grafana expired)" False
		done
	done
}

@test "a removal whose response was lost does not count as done because a gateway hides the token" {
	local front
	for front in "${FEW[@]}"; do
		again
		fault '[{"method":"DELETE","act":true,"status":502},{"method":"GET","path":"/keys/[^/]*$","times":0,'"$front"'}]'
		try token_rm grafana
		blames_front
	done
}

@test "token_rm --expire does not call a server old because of a gateway's response" {
	local front
	for front in "${FEW[@]}"; do
		again
		fault '{"method":"PUT","times":0,'"$front"'}'
		try token_rm --expire grafana
		blames_front
		lacks "$err" "cannot expire"
	done
}

@test "removals that a gateway refused are named, and the status is 8" {
	local -a gone
	fault '{"method":"DELETE","path":"'"$(id_of grafana)"'","times":0,"status":404,"body":"404 page not found"}'
	try token_rm -v gone grafana terraform
	is "$status" 8
	has "$err" "grafana ($(id_of grafana)): something in front of $URL"
	is "${#gone[@]}" 1
	exists grafana || fail "it is gone"
}

# ------------------------------------------------------------------ create

@test "token_create does not call a name free or taken because of a gateway's response" {
	local front
	for front in "${FRONTS[@]}"; do
		again
		fault '{"method":"GET","path":"/keys/tokens/","skip":1,"times":0,'"$front"'}'
		try token_create -n grafana
		blames_front
		lacks "$err" taken
		is "$(requests POST)" ""
	done
}

@test "token_create fails if a gateway's response replaces the maximum lifetime" {
	local front
	for front in "${FEW[@]}"; do
		again
		fault '{"path":"tokenconfig$","times":0,'"$front"'}'
		try token_create -n test --lifetime 1h
		blames_front
		is "$(requests POST)" ""
	done
}

@test "after a gateway refuses a create, the call checks that no token exists" {
	local front
	for front in "${FEW[@]}" '"status":413,"body":"too large"'; do
		again
		fault '{"method":"POST",'"$front"'}'
		try token_create -n test
		[[ $front == *413* ]] && has "$err" "unexpected response 413" || blames_front
		has "$err" "no new token exists"
		lacks "$err" "the name was free a moment before"
		is "$(requests GET | grep -c /test$)" 5
		is "$(requests DELETE)" ""
	done
}

@test "after a gateway refuses a create that Coder has carried out, the token is deleted" {
	local front
	for front in "${FRONTS[@]}" '"status":400,"body":"{\"message\":\"Bad request\"}"' \
		'"status":500,"body":"{\"message\":\"Failed.\",\"detail\":\"rbac: forbidden\"}"' \
		'"status":500,"body":"{\"message\":\"Failed.\",\"detail\":\"generate API key: no\"}"'; do
		again
		fault '{"method":"POST","act":true,'"$front"'}'
		try token_create -n test
		is "$status" 9
		has "$err" "was deleted again: no new token exists"
		! exists test || fail "it is still there"
	done
}

@test "a gateway's 500 with \"rbac: forbidden\" is not taken for a lack of permissions" {
	fault '{"path":"/keys/","times":0,"status":500,"body":"{\"message\":\"Failed.\",\"detail\":\"rbac: forbidden\"}"}'
	try token_list
	refused 1 "rbac: forbidden"
	lacks "$err" restricted
	is "$(requests | grep -c .)" 1
}

@test "a lost create counts as unknown if a gateway responds to the look-ups" {
	local front
	for front in "${FEW[@]}"; do
		again
		fault '[{"method":"POST","cut":{"where":"act"}},{"method":"GET","path":"/test$","skip":1,"times":0,'"$front"'}]'
		try token_create -n test
		is "$status" 9
		has "$err" "it is not known whether token test exists now"
		lacks "$err" "no new token exists"
		exists test || fail "the test is wrong"
	done
}

@test "a lost create counts as unknown if a gateway hides whether the caller may read tokens" {
	local front
	for front in "${FEW[@]}"; do
		again
		fault '[{"method":"POST","cut":{"where":"before"}},
			{"method":"GET","path":"/keys/sbxAdmin01$","times":0,'"$front"'}]'
		try token_create -n test
		is "$status" 9
		lacks "$err" "no new token exists"
	done
}

@test "an undo counts as unknown if a gateway responds to the deletion" {
	local front
	for front in "${FEW[@]}"; do
		again
		fault '[{"method":"POST","cut":{"where":"act"}},{"method":"DELETE","times":0,'"$front"'}]'
		try token_create -n test
		is "$status" 9
		has "$err" "token_rm --delete $(id_of test)"
		lacks "$err" "no new token exists"
		again
		fault '[{"method":"POST","cut":{"where":"act"}},{"method":"DELETE","status":502},{"method":"DELETE","times":0,'"$front"'}]'
		try token_create -n test
		is "$status" 9
		lacks "$err" "no new token exists"
	done
}

@test "a token is delivered with a warning if a gateway responds to the read-back" {
	local front
	for front in "${FEW[@]}"; do
		again
		fault '{"method":"GET","path":"/keys/[0-9A-Za-z]{10}$","times":0,'"$front"'}'
		try token_create -n test
		is "$status" 0
		is "${out%%-*}" "$(id_of test)"
		has "$err" "token test could not be verified: something in front of $URL"
		is "$(requests DELETE)" ""
	done
}

@test "--dry-run does not report a missing catalogue of scopes because of a gateway's response" {
	local front
	for front in "${FEW[@]}"; do
		again
		fault '{"path":"auth/scopes$","times":0,'"$front"'}'
		try token_create --dry-run -n test --scope user:read
		blames_front
		lacks "$err" "no catalogue"
	done
}

# ------------------------------------------------------- an ingress that strips headers

@test "a response of Coder is recognised without Coder's headers" {
	fault '{"times":0,"coder":false}'
	try token_view no-such
	refused 3 "no-such: Resource not found"
	try token_create -n grafana
	refused 5 "the name 'grafana' is taken"
	try token_create -n test -u carol --allow workspace:carol/none
	refused 3 "workspace carol/none: Resource not found"
	try token_create -n test
	is "$status" 0
	try token_rm --delete test
	is "$status" 0
	CODER_SESSION_TOKEN=0123456789-0123456789012345678901
	try token_list
	refused 4 "You are signed out"
	CODER_SESSION_TOKEN=${ALICE_TOKEN}
	try token_create -n test -u prebuilds
	is "$status" 3
	try token_rm --delete "$(id_of grafana)"
	is "$status" 3
}

@test "a lost create and a lost removal are handled alike with and without Coder's headers" {
	fault '[{"method":"POST","cut":{"where":"before"}},{"method":"DELETE","act":true,"status":502},{"times":0,"coder":false}]'
	try token_create -n test
	is "$status" 7
	has "$err" "no new token exists"
	try token_rm grafana
	is "$status $out" "0 Token has been deleted."
}

@test "an old server is recognised without Coder's headers" {
	ctl POST modes '["legacy-2.26"]' >/dev/null
	fault '{"times":0,"coder":false}'
	try token_rm --expire grafana
	refused 1 "this server cannot expire tokens"
	try token_create --dry-run -n test --scope user:read
	is "$status" 0
	has "$err" "this server has no catalogue of scopes"
}

# -------------------------------------------------------------------- edges

@test "short bursts of 520 to 526 and 530 do not fail a call, and longer ones are status 6" {
	local code call
	for code in 520 521 522 523 524 525 526 530; do
		for call in "token_view -c id grafana" "token_rm grafana" "token_rm --expire grafana"; do
			again
			fault '{"path":"/keys/[^?]*$","times":2,"status":'$code',"body":"<html>edge"}'
			# shellcheck disable=SC2086 # words
			try $call
			is "$status $err" "0 "
		done
		again
		fault '{"path":"/keys/","times":0,"status":'$code',"body":"<html>edge"}'
		try token_list
		refused 6 "unexpected response $code"
		is "$(requests | grep -c .)" 3
		is "${TOKEN_ERROR[status]} ${TOKEN_ERROR[http]}" "6 $code"
	done
	for code in 519 527 529 531; do
		again
		fault '{"path":"/keys/","times":0,"status":'$code',"body":"<html>edge"}'
		try token_list
		refused 1 "unexpected response $code"
		is "$(requests | grep -c .)" 1
	done
}

@test "520 to 526 and 530 do not prove that a create did nothing" {
	local code
	for code in 520 521 522 523 524 525 526 530; do
		again
		fault '{"method":"POST","act":true,"status":'$code',"body":"<html>edge"}'
		try token_create -n test
		is "$status" 9
		has "$err" "was deleted again: no new token exists"
		is "$(requests POST | grep -c .)" 1
	done
	again
	fault '{"method":"POST","status":521,"body":"<html>edge"}'
	try token_create -n test
	is "$status" 6
	has "$err" "no new token exists"
}

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# token_view: how a token can be named, and what is shown of it.

load helper
SANDBOX_OPTIONS=(--seed demo --max-admin-lifetime 876600h)

FIELDS=(id name owner user_id login_type scopes allow_list lifetime_seconds created_at updated_at
	last_used expires_at created_epoch last_used_epoch expires_epoch ttl expired never_used)

# shows NAME - asserts that the last try showed the token of that name, and no other.
shows() {
	is "$status" 0
	is "$err" ""
	is "$(cut -f 2 <<<"$out")" "$1"
}

view() {
	try token_view -o tsv --no-header "$@"
}

# ------------------------------------------------------------------- the output

@test "the table is the CLI's, byte by byte, with the owner filled in" {
	local now
	ctl POST reset '{"seed":"empty"}' >/dev/null
	now=$(date +%s)
	golden seed "$now" | ctl POST tokens - >/dev/null
	try token_view scoped -c 'id,scopes,allow list'
	is "$status$err" 0
	diff <(golden stdout "$now" - 0 tokens view scoped -c 'id,scopes,allow list') "$BATS_TEST_TMPDIR/out"
	try token_view scoped
	diff <(golden stdout "$now" - 0 tokens view scoped | sed '2s/       $/admin  /') "$BATS_TEST_TMPDIR/out"
	try token_view FhCbwkVIfG
	diff <(golden stdout "$now" - 0 tokens view FhCbwkVIfG | sed '2s/       $/admin  /') "$BATS_TEST_TMPDIR/out"
	try token_view scoped -o json
	diff <(golden stdout "$now" "$(user_id admin)" 0 tokens view scoped -o json) "$BATS_TEST_TMPDIR/out"
}

@test "all columns are shown by default, the owner's name too" {
	view terraform
	shows terraform
	is "$(tr '\t' '\n' <<<"$out" | wc -l)" 8
	is "${out##*$'\t'}" admin
	try token_view terraform
	is "$(head -1 <<<"$out" | tr -s ' ')" "ID NAME SCOPES ALLOW LIST LAST USED EXPIRES AT CREATED AT OWNER "
	is "$(tail -1 <<<"$out" | awk '{ print $2, $NF }')" "terraform admin"
}

@test "the owner is requested only if it is shown" {
	try token_view terraform -c owner --no-header
	is "$out" "admin  "
	is "$(requests)" "GET /api/v2/users/me/keys/tokens/terraform
GET /api/v2/users/$(user_id admin)"
	forget_requests
	try token_view terraform -c name --no-header
	is "$out" "terraform  "
	try token_view terraform -o json
	is "$status" 0
	lacks "$out" username
	is "$(requests)" "GET /api/v2/users/me/keys/tokens/terraform
GET /api/v2/users/me/keys/tokens/terraform"
}

@test "the owner's name is remembered, until another deployment or token is used or anything is changed" {
	local user
	user="GET /api/v2/users/$(user_id admin)"
	try token_view terraform -c owner --no-header
	try token_view grafana -A t
	is "${t[owner]}" admin
	is "$(requests | grep -cxF "$user")" 1
	forget_requests
	try token_view grafana -c owner --no-header
	is "$out" "admin  "
	is "$(requests)" "GET /api/v2/users/me/keys/tokens/grafana"
	# a subshell knows what its shell does
	(token_view terraform >/dev/null)
	is "$(requests | grep -cxF "$user")" 0
	token_create -n fresh -v key
	forget_requests
	try token_view terraform
	is "$(requests | grep -cxF "$user")" 1
	CODER_SESSION_TOKEN=$key try token_view terraform
	is "$(requests | grep -cxF "$user")" 2
	try token_view terraform
	is "$(requests | grep -cxF "$user")" 2
}

@test "an owner whom the caller may not read is left blank" {
	local code
	local -A t=()
	for code in 404 403; do
		fault '{"path": "/users/[0-9a-f]{8}-", "times": 0, "status": '$code', "coder": true,
			"body": "{\"message\": \"Not for you.\"}"}'
		view terraform
		shows terraform
		is "${out##*$'\t'}" ""
		try token_view terraform -A t
		is "$status ${t[name]}" "0 terraform"
		is "${t[owner]-unset}" ""
		ctl DELETE faults >/dev/null
	done
}

@test "a call fails if the server is unavailable when the owner is requested" {
	fault '{"path": "/users/[0-9a-f]{8}-", "status": 500}'
	try token_view terraform
	refused 1 "user "
}

@test "formats and columns are the same as those of token_list" {
	try token_view grafana -o tsv -c NAME,Allow_List
	is "$out" $'name\tallow_list\ngrafana\tuser:*'
	try token_view grafana -c scopes,name
	is "$out" 'SCOPES     NAME     
user:read  grafana  '
	forget_requests
	try token_view grafana -c ownr
	refused 2 "did you mean 'owner'?"
	try token_view grafana -o text
	misused "want table, json, jsonl, tsv or csv"
	is "$(requests)" ""
}

@test "jsonl and csv show one token, too" {
	try token_view grafana -o csv -c name,allow_list,owner
	is "$out" $'name,allow_list,owner\r\ngrafana,user:*,admin\r'
	try token_view grafana -o jsonl
	is "$(wc -l <<<"$out")" 1
	is "$(fields_of -- token_name lifetime_seconds <<<"[$out]")" $'grafana\n604800'
	forget_requests
	try token_view grafana -o jsonl -c name
	misused "-o jsonl takes no columns and has no header"
	is "$(requests)" ""
}

@test "--human prints a card, one field on each line, with names and times from now" {
	local -A t=()
	local workspace
	workspace=$(of workspaces owner=alice name=dev-docker -- id)
	seed '{"owner": "admin", "id": "0000000001", "name": "card", "created_ago_s": 864000, "expires_in_s": 262800,
		"scopes": ["workspace:read", "workspace:start", "user:read", "template:read", "file:read", "group:read"],
		"allow_list": ["template:*", "workspace:'"$workspace"'"]}'
	try token_view --human card
	is "$status$err" 0
	is "$out" "\
Id:          0000000001
Name:        card
Scopes:      file:read, group:read, template:read, user:read, workspace:read,
             workspace:start
Allow list:  template:*, workspace:alice/dev-docker
Last used:   never
Expires at:  in 3 days!
Created at:  10 days ago
Owner:       admin"
	is "$(requests | cut -d '?' -f 1 | grep -c workspaces)" 1
	try token_view --human card -c name,expires_at --color always -A t
	is "$out" $'Name:        card\nExpires at:  \e[33min 3 days!\e[0m'
	is "${t[name]}" card
}

@test "--human of token_view goes with neither another format nor --explain" {
	for words in "-o json" --explain --no-header; do
		# shellcheck disable=SC2086 # words
		try token_view --human grafana $words
		misused "--human takes no --explain, -o or --no-header"
	done
	try token_view grafana --color never
	misused "--color needs --human"
	is "$(requests)" ""
}

@test "an expired token is shown" {
	view -u alice old-script
	shows old-script
}

# -------------------------------------------------------------- how it is named

@test "a token is found by name" {
	view grafana
	shows grafana
	is "$(requests | head -1)" "GET /api/v2/users/me/keys/tokens/grafana"
}

@test "a token is found by id" {
	seed '{"owner": "admin", "id": "abcDEF0123", "name": "mine"}'
	view abcDEF0123
	shows mine
	is "$(requests | head -1)" "GET /api/v2/users/me/keys/abcDEF0123"
}

@test "a token is found by the token itself, of which only the id is sent" {
	local secret
	seed '{"owner": "admin", "name": "mine"}'
	secret=${KEYS[0]#*-}
	view "${KEYS[0]}"
	shows mine
	is "$(requests | head -1)" "GET /api/v2/users/me/keys/${KEYS[0]%%-*}"
	lacks "$(ctl GET log)" "$secret"
}

@test "a token is found by a token that was cut off" {
	local secret
	seed '{"owner": "admin", "name": "mine"}'
	secret=${KEYS[0]#*-}
	view "${KEYS[0]%%-*}-${secret:0:11}"
	shows mine
	view "${KEYS[0]}${secret}"
	shows mine
	lacks "$(ctl GET log)" "${secret:0:11}"
}

@test "blanks around an id or a token are ignored, as in a token that was read with its newline" {
	seed '{"owner": "admin", "name": "mine"}'
	view "${KEYS[0]}"$'\n'
	shows mine
	view " ${KEYS[0]%%-*} "
	shows mine
	view $'\t \r\n'"${KEYS[0]}"$' \v\f'
	shows mine
	lacks "$(ctl GET log)" "${KEYS[0]#*-}"
}

@test "blanks around a name are part of the name" {
	local name
	seed '[{"owner": "admin", "name": "prod"}, {"owner": "admin", "name": "prod "},
		{"owner": "admin", "name": "stage\n"}, {"owner": "admin", "name": " "}, {"owner": "admin", "name": "\t\n"},
		{"owner": "admin", "name": "a/b "}, {"owner": "admin", "name": ".. "}]'
	for name in prod 'prod ' $'stage\n' ' ' $'\t\n' 'a/b ' '.. '; do
		local -A t=()
		try token_view "$name" -A t
		is "$status$err" 0
		is "${t[name]}" "$name"
	done
	forget_requests
	try token_view ' prod'
	refused 3 "' prod': Resource not found"
	is "$(requests)" "GET /api/v2/users/me/keys/tokens/%20prod
GET /api/v2/users/me/keys/sbxAdmin01"
	try token_view $'prod\n'
	refused 3 "'prod\\x0a': Resource not found"
	try token_view stage
	refused 3 "stage: Resource not found"
	try token_view '  '
	refused 3 "'  ': Resource not found"
	try token_view 'a/b'
	refused 3 "a/b: no token of that name"
	try token_view ' a/b '
	refused 3 "' a/b ': no token of that name"
}

@test "a token that does not exist is not found, and its secret does not appear" {
	local secret=abcdefghijklmnopqrstuv
	try token_view "0123456789-$secret"
	refused 3 "0123456789: "
	has "$err" "found"
	lacks "$err" "$secret"
	lacks "${TOKEN_ERROR[*]}" "$secret"
	lacks "$(ctl GET log)" "$secret"
}

@test "names that do not fit into a path are found through the list" {
	local name
	seed '[{"owner": "admin", "name": "a/b"}, {"owner": "admin", "name": "/"},
		{"owner": "admin", "name": "."}, {"owner": "admin", "name": ".."},
		{"owner": "admin", "name": "tokenconfig", "expires_in_s": -9}]'
	for name in a/b / . .. tokenconfig; do
		forget_requests
		view "$name"
		shows "$name"
		is "$(requests | head -1)" "GET /api/v2/users/me/keys/tokens?include_all=false&include_expired=true"
	done
	try token_view ../../../../buildinfo
	refused 3 "../../../../buildinfo: "
}

@test "names with other special characters are percent-encoded in the path" {
	local name
	seed '[{"owner": "admin", "name": "a?b=c&d#e"}, {"owner": "admin", "name": "50% off"},
		{"owner": "admin", "name": "ünïcödé 日本"}, {"owner": "admin", "name": "%2e%2e"},
		{"owner": "admin", "name": "a\\b;c:d@e+f"}, {"owner": "admin", "name": "-x"}]'
	for name in 'a?b=c&d#e' '50% off' 'ünïcödé 日本' '%2e%2e' 'a\b;c:d@e+f' -x; do
		try token_view -c name --no-header -- "$name"
		is "$status" 0
		is "$out" "$name  "
	done
	is "$(requests | head -1)" "GET /api/v2/users/me/keys/tokens/a%3Fb%3Dc%26d%23e"
}

@test "a name that looks like a token is found, and never sent" {
	seed '{"owner": "admin", "name": "0123456789-0123456789ab"}'
	view 0123456789-0123456789ab
	shows 0123456789-0123456789ab
	is "$(requests | head -2)" "GET /api/v2/users/me/keys/0123456789
GET /api/v2/users/me/keys/tokens?include_all=false&include_expired=true"
}

@test "blanks around a name that looks like a token are part of the name, too" {
	seed '[{"owner": "admin", "name": "0123456789-0123456789ab"}, {"owner": "admin", "name": "0123456789-0123456789ab "}]'
	try token_view '0123456789-0123456789ab ' -o json
	has "$out" '"token_name": "0123456789-0123456789ab "'
	try token_view ' 0123456789-0123456789ab'
	refused 3 "0123456789: "
	lacks "$err${TOKEN_ERROR[*]}$(ctl GET log)" 0123456789ab
}

@test "a text that looks like an id but is not one is used as a name" {
	seed '[{"owner": "admin", "name": "production"}, {"owner": "admin", "name": "production "}]'
	view production
	shows production
	is "$(requests | head -2)" "GET /api/v2/users/me/keys/production
GET /api/v2/users/me/keys/tokens/production"
	view 'production '
	shows 'production '
	try token_view ' production'
	refused 3 "' production': Resource not found"
}

@test "an id selects its own token, whatever names other tokens have" {
	seed '[{"owner": "admin", "id": "idOfOther0", "name": "idOfFirst0"},
		{"owner": "admin", "id": "idOfThird0", "name": " idOfFirst0"},
		{"owner": "admin", "id": "idOfFirst0", "name": "first"}]'
	for text in idOfFirst0 ' idOfFirst0' $'idOfFirst0\n' idOfFirst0-0123456789a; do
		view "$text"
		shows first
	done
	is "$(requests | grep -c /tokens)" 0
	view idOfThird0
	is "$status/$out" "0/$out"
	has "$out" idOfThird0$'\t'" idOfFirst0"
}

@test "the id of another object is not used as a name, so a decoy is not shown instead" {
	seed '[{"owner": "admin", "id": "idOfDecoy0", "name": "sbxBob0001"},
		{"owner": "admin", "id": "idOfDecoy1", "name": "sbxBob0001-0123456789ab"},
		{"owner": "alice", "id": "idOfDecoy2", "name": "idOfAdmin0"},
		{"owner": "admin", "id": "idOfAdmin0", "name": "x"}]'
	for text in sbxBob0001 sbxBob0001-0123456789ab; do
		try token_view "$text"
		refused 3 "sbxBob0001: not found among API tokens: it is a login session"
	done
	try token_view -u alice idOfAdmin0
	refused 3 "idOfAdmin0: not found among the tokens of alice"
	is "$(requests | grep -c /tokens)" 0
}

@test "a text is tried in its next meaning only after \"no such token\"" {
	local code
	seed '[{"owner": "admin", "id": "idOfDecoy0", "name": "idOfFirst0"},
		{"owner": "admin", "id": "idOfDecoy1", "name": "idOfFirst0-0123456789ab"}, {"owner": "admin", "id": "idOfFirst0", "name": "x"}]'
	for code in 401 403 429 500 502; do
		fault "$(printf '{"path": "keys/idOfFirst0", "times": 0, "status": %d, "body": "{\\"message\\": \\"Forbidden.\\"}",
			"headers": {"Content-Type": "application/json"}}' "$code")"
		try token_view idOfFirst0
		lacks "$out" idOf
		((status != 0 && status != 3)) || fail "$code"
		try token_view idOfFirst0-0123456789ab
		((status != 0 && status != 3)) || fail "$code"
		is "$(requests | grep -c /tokens)" 0
		ctl DELETE faults >/dev/null
	done
}

@test "a login session of the same name does not hide a token" {
	seed '[{"owner": "admin", "name": "both", "login_type": "password"}, {"owner": "admin", "name": "both"}]'
	view both
	shows both
	is "$(requests | head -2)" "GET /api/v2/users/me/keys/tokens/both
GET /api/v2/users/me/keys/tokens?include_all=false&include_expired=true"
}

@test "the case of names counts" {
	try token_view GRAFANA
	refused 3 "GRAFANA: "
}

# ----------------------------------------------------------------- what is not shown

@test "login sessions are not shown, by id, by name or as the token itself" {
	try token_view sbxAdmin01
	refused 3 "login session"
	try token_view "$ADMIN_TOKEN"
	refused 3 "login session"
	seed '{"owner": "admin", "name": "my login", "login_type": "password"}'
	try token_view "my login"
	refused 3 "my login: no token of that name"
}

@test "a token that does not exist is not found, and the message names it" {
	try token_view no-such
	refused 3 "no-such: Resource not found"
	is "$(requests)" "GET /api/v2/users/me/keys/tokens/no-such
GET /api/v2/users/me/keys/sbxAdmin01"
	is "${TOKEN_ERROR[status]} ${TOKEN_ERROR[http]}" "3 404"
	try token_view AAAAAAAAAA
	refused 3 "AAAAAAAAAA: "
	try token_view no/such
	refused 3 "no/such: no token of that name"
	try token_view terraform
	is "${#TOKEN_ERROR[@]}" 0
}

@test "another user's token is not found without permission to see it" {
	local id
	try token_list -u alice --name laptop -q
	id=$out
	CODER_SESSION_TOKEN=$BOB_TOKEN
	try token_view laptop
	refused 3 "laptop: "
	try token_view "$id"
	refused 3 "$id: "
}

# ------------------------------------------------------------------------- -u, --self

@test "-u looks among that user's tokens, by name and by id" {
	local id
	view -u alice laptop
	shows laptop
	is "${out##*$'\t'}" alice
	id=${out%%$'\t'*}
	view -u alice "$id"
	shows laptop
	view -u ALICE "$id"
	shows laptop
	view "$id" # an owner sees by id what others own
	shows laptop
	try token_view laptop
	refused 3 "laptop: "
}

@test "-u does not show a token of somebody else" {
	local id
	view -u alice laptop
	id=${out%%$'\t'*}
	try token_view -u bob "$id"
	refused 3 "not found among the tokens of bob"
	try token_view -u nobody laptop
	refused 3 "laptop: "
	try token_view -u alice terraform
	refused 3 "terraform: "
}

@test "--self shows the token in use" {
	seed '{"owner": "alice", "name": "mine"}'
	CODER_SESSION_TOKEN=${KEYS[0]}
	view --self
	shows mine
	is "$(requests | head -1)" "GET /api/v2/users/me/keys/${KEYS[0]%%-*}"
	try token_view --self --token "$ADMIN_TOKEN"
	refused 3 "the token in use, sbxAdmin01: not found among API tokens: it is a login session"
	try token_view --self --token junk
	refused 4 "does not have the form of a session token"
}

@test "--self refuses options and operands that name another token" {
	try token_view --self laptop
	misused "--self takes no name, id, token or user"
	try token_view --self -u alice
	misused "--self takes no"
	is "$(requests)" ""
}

# ----------------------------------------------------------------------- variables

@test "-A assigns every field and prints nothing" {
	local -A t=([old]=x)
	local field
	try token_view -u alice ci-deploy -A t
	is "$status$out$err" 0
	is "${#t[@]}" "${#FIELDS[@]}"
	for field in "${FIELDS[@]}"; do
		[[ -n ${t[$field]+set} ]] || fail "no $field"
	done
	is "${t[name]} ${t[owner]} ${t[login_type]}" "ci-deploy alice token"
	is "${t[scopes]}" "template:read workspace:read"
	is "${t[lifetime_seconds]}" "$((30 * 86400))"
	is "${t[user_id]}" "$(user_id alice)"
	is "$(date -u -d "@${t[expires_epoch]}" +%FT%T)" "${t[expires_at]:0:19}"
	((t[ttl] > 4 * 86400 && t[ttl] <= 5 * 86400)) || fail "ttl ${t[ttl]}"
	is "${t[expired]} ${t[never_used]}" "0 0"
}

@test "times after 2038 and 2106, and lifetimes of a hundred years, are exact" {
	local -A t=()
	local -a ids=()
	local now
	# created at 2^31, last used never; expires a hundred years later, past 2^32
	ctl POST tokens '{"owner": "admin", "name": "late", "id": "lateLate01", "created_at": 2147483648000000,
		"expires_at": 5303243648000000, "lifetime_seconds": 3155760000}' >/dev/null
	try token_view late -A t
	is "$status$out$err" 0
	is "${t[created_at]} ${t[created_epoch]}" "2038-01-19T03:14:08Z 2147483648"
	is "${t[expires_at]} ${t[expires_epoch]}" "2138-01-20T03:14:08Z 5303243648"
	is "${t[lifetime_seconds]}" 3155760000
	now=$(date +%s)
	((t[ttl] >= 5303243648 - now && t[ttl] < 5303243658 - now)) || fail "ttl ${t[ttl]}"
	try token_view late -o json
	has "$out" '"lifetime_seconds": 3155760000'
	try token_list --expires-within 110y --name late -v ids
	is "${ids[*]}" ""
	try token_list --expires-within 112y --name late -v ids
	is "${ids[*]}" lateLate01
	try token_create -n century --lifetime 876600h -A t
	is "$status$err" 0
	is "$((t[expires_epoch] - t[created_epoch])) ${t[lifetime_seconds]}" "3155760000 3155760000"
}

@test "-A with -o or -c prints, too" {
	local -A t=()
	try token_view grafana -A t -c name
	is "$out" 'NAME     
grafana  '
	is "${t[name]}" grafana
	try token_view terraform -A t -o json
	has "$out" '"token_name": "terraform"'
	is "${t[name]} ${t[owner]}" "terraform admin"
}

@test "scopes and allow list are assigned to arrays, sorted, one entry in each element" {
	view -u alice ci-deploy
	is "${#TOKEN_SCOPES[@]} ${TOKEN_SCOPES[*]}" "2 template:read workspace:read"
	is "${#TOKEN_ALLOW_LIST[@]} ${TOKEN_ALLOW_LIST[0]}" "2 template:*"
	[[ ${TOKEN_ALLOW_LIST[1]} =~ ^workspace:[0-9a-f-]{36}$ ]] || fail "allow list"
	[[ ${TOKEN_SCOPES@a} == a ]] || fail "attributes ${TOKEN_SCOPES@a}"
}

@test "--scopes-into and --allow-into choose other arrays" {
	local -a scopes=(old old old) allow=()
	unset TOKEN_SCOPES TOKEN_ALLOW_LIST
	try token_view terraform --scopes-into scopes --allow-into=allow -c name
	is "$status" 0
	is "${scopes[*]}" "organization:read template:*"
	is "${allow[*]}" "*:*"
	[[ -z ${TOKEN_SCOPES+set}${TOKEN_ALLOW_LIST+set} ]] || fail "the default arrays are set, too"
}

@test "arrays local to a function stay local" {
	unset TOKEN_SCOPES
	inner() {
		local -a TOKEN_SCOPES
		token_view terraform -c name >/dev/null
		is "${TOKEN_SCOPES[*]}" "organization:read template:*"
	}
	inner
	[[ -z ${TOKEN_SCOPES+set} ]] || fail "leaked out of the function"
}

@test "a token of a server without scopes and allow lists may do everything" {
	ctl POST tokens '{"owner": "admin", "name": "old"}' >/dev/null
	ctl POST modes '["legacy-2.26"]' >/dev/null
	try token_view old -c name
	is "$status" 0
	is "${TOKEN_SCOPES[*]} ${TOKEN_ALLOW_LIST[*]}" "coder:all *:*"
	ctl POST modes '["allow-objects"]' >/dev/null
	try token_view grafana -c name
	is "${TOKEN_SCOPES[*]} ${TOKEN_ALLOW_LIST[*]}" "user:read user:*"
}

@test "a failed call leaves all output variables as they were" {
	local -A t=([k]=v)
	TOKEN_SCOPES=(a b) TOKEN_ALLOW_LIST=(c)
	try token_view no-such -A t
	is "$status" 3
	is "${TOKEN_SCOPES[*]} ${TOKEN_ALLOW_LIST[*]} ${t[k]} ${#t[@]}" "a b c v 1"
	status=0
	token_view grafana >/dev/full 2>"$BATS_TEST_TMPDIR/err" || status=$?
	is "$status" 1
	is "${TOKEN_SCOPES[*]} ${TOKEN_ALLOW_LIST[*]}" "a b c"
}

@test "variables that cannot be assigned are refused before any request" {
	local -a indexed=()
	local -A assoc=()
	try token_view grafana -A indexed
	refused 2 "indexed: cannot convert indexed to associative array"
	try token_view grafana --scopes-into assoc
	refused 2 "assoc: not an indexed array"
	try token_view grafana --scopes-into x --allow-into x
	refused 2 "x: cannot hold two results"
	local -ra TOKEN_SCOPES=(x)
	try token_view grafana
	refused 2 "TOKEN_SCOPES: readonly variable"
	is "$(requests)" ""
}

# --------------------------------------------------------------------------- usage

@test "exactly one operand is required, and it must not be empty" {
	try token_view
	misused "missing operand"
	try token_view a b
	misused "b"
	is "$(requests)" ""
	try token_view ''
	refused 2 "empty: neither a name nor an id nor a token"
	is "$(requests)" ""
}

@test "a failure with a restricted token in use mentions that restriction as a possible cause" {
	seed '{"owner": "admin", "name": "narrow", "scopes": ["user:read", "api_key:read"],
		"allow_list": ["user:*", "api_key:*"]}'
	CODER_SESSION_TOKEN=${KEYS[0]}
	try token_view no-such
	refused 3 "the token in use is restricted: its scopes or its allow list may be the cause"
	CODER_SESSION_TOKEN=$ADMIN_TOKEN
	try token_view no-such
	lacks "$err" restricted
}

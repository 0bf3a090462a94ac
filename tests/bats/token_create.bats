#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# token_create: what it requests, what it delivers, and what it refuses. create_once.bats tests that a
# token is created once and never lost, and variables.bats the output variables.

load helper

UUID=3f1b0f0e-2222-4444-8888-0123456789ab
SECRET='^[0-9A-Za-z]{10}-[0-9A-Za-z]{22}$'

setup_file() {
	sandbox_start --seed demo --mode groups
	# "THING=UUID" lines, for uuid_of
	tool stable_ids "user alice" "user bob" "organization coder" "workspace admin dev-docker" \
		"workspace alice dev-docker" "workspace bob dev-docker" "template coder docker" \
		"template acme docker" "template coder old-vm" "group coder developers" "group acme developers" >"$BATS_FILE_TMPDIR/ids"
}

# uuid_of THING - the id that the sandbox gives to a thing of that name.
uuid_of() {
	sed -n "s,^$1=,,p" "$BATS_FILE_TMPDIR/ids"
}

# modes JSON - a deployment with these modes.
modes() {
	ctl POST reset "{\"seed\":\"demo\",\"modes\":$1}" >/dev/null
}

# posted - prints the body of the last POST.
posted() {
	logged body
}

# posted_body EXPECTED - asserts that one POST was sent, with this body.
posted_body() {
	is "$(requests POST | grep -c .)" 1
	is "$(posted)" "$1"
}

# nothing_made NAME... - asserts that no POST was sent, and that no token has these names.
nothing_made() {
	local name
	is "$(requests POST)" ""
	for name; do
		[[ $'\n'$(names)$'\n' != *$'\n'"$name"$'\n'* ]] || fail "there is a token $name"
	done
}

# warned_once PART - asserts that the last try succeeded with this one warning.
warned_once() {
	is "$status" 0
	has "$err" "token_create: warning: "
	has "$err" "$1"
	[[ $err != *$'\n'* ]] || fail "more than one line"
}

# ----------------------------------------------------------------- the secret

@test "only the secret is printed, and it works" {
	try token_create -n plain
	is "$status" 0
	is "$err" ""
	[[ $out =~ $SECRET ]] || fail "not a token"
	is "$(wc -l <"$BATS_TEST_TMPDIR/out")" 1
	is "$(requests)" "GET /api/v2/users/me/keys/tokens/tokenconfig
GET /api/v2/users/me/keys/tokens/plain
GET /api/v2/users/me
POST /api/v2/users/me/keys/tokens
GET /api/v2/users/me/keys/${out%%-*}"
	posted_body '{"lifetime":604800000000000,"token_name":"plain"}'
	is "$(stored plain id owner scopes allow_list lifetime_seconds)" "${out%%-*}
admin
coder:all
*:*
604800"
	accepted "$out"
}

@test "all options are sent in one request, and the server stores them" {
	try token_create -n all -u alice --lifetime 1d12h30m --scope workspace:read --scope template:read \
		--allow "workspace:$UUID" --allow 'template:*'
	is "$status" 0
	is "$err" ""
	posted_body '{"lifetime":131400000000000,"scopes":["workspace:read","template:read"],"token_name":"all","allow_list":["workspace:'$UUID'","template:*"]}'
	is "$(requests POST)" "POST /api/v2/users/alice/keys/tokens"
	is "$(stored all owner scopes allow_list lifetime_seconds)" "alice
workspace:read template:read
template:* workspace:$UUID
131400"
}

@test "options may be written in every usual way" {
	try token_create --name=long --lifetime=2h --scope=user:read -uadmin
	is "$status" 0
	posted_body '{"lifetime":7200000000000,"scopes":["user:read"],"token_name":"long"}'
	forget_requests
	try token_create -nshort --lifetime 2h -u admin --
	is "$status" 0
	posted_body '{"lifetime":7200000000000,"token_name":"short"}'
	is "$(stored long owner)" admin
	is "$(stored short owner)" admin
}

@test "without --name a readable name is generated, so that the token can be found" {
	local name
	try token_create --lifetime 1h -A t
	is "$status" 0
	name=${t[name]}
	[[ $name =~ ^[a-z]+-[a-z]+-[0-9a-z]{6}$ ]] || fail "no readable name: $name"
	posted_body '{"lifetime":3600000000000,"token_name":"'"$name"'"}'
	has "$(requests GET)" "GET /api/v2/users/me/keys/tokens/$name"
	token_create --lifetime 1h -A t
	[[ ${t[name]} != "$name" ]] || fail "twice the same name"
}

@test "CODER_TOKEN_NAME, _USER and _LIFETIME are the defaults, exported or not" {
	CODER_TOKEN_NAME=from-env CODER_TOKEN_USER=alice CODER_TOKEN_LIFETIME=3h
	try token_create
	is "$status" 0
	posted_body '{"lifetime":10800000000000,"token_name":"from-env"}'
	is "$(stored from-env owner)" alice

	# options take precedence
	forget_requests
	try token_create -n mine -u me --lifetime 1h
	is "$status" 0
	posted_body '{"lifetime":3600000000000,"token_name":"mine"}'
	is "$(stored mine owner)" admin

	# for one command; an empty variable counts as unset
	forget_requests
	CODER_TOKEN_NAME=for-one CODER_TOKEN_LIFETIME='' CODER_TOKEN_USER='' try token_create
	is "$status" 0
	posted_body '{"lifetime":604800000000000,"token_name":"for-one"}'
	is "$(stored for-one owner)" admin

	# their values are checked like an option's
	forget_requests
	CODER_TOKEN_LIFETIME=30 try token_create -n bad
	refused_early 2 "CODER_TOKEN_LIFETIME: invalid duration '30'"
}

@test "-u takes a username in any case, or a UUID" {
	local id user n=0
	id=$(uuid_of "user alice")
	for user in alice ALICE "$id"; do
		try token_create -n "for-$((++n))" -u "$user" --lifetime 1h
		is "$status" 0
		is "$err" ""
		is "$(stored "for-$n" owner)" alice
	done
}

@test "a token for a user that does not exist, or without permission, is refused" {
	local user
	try token_create -n for-nobody -u nobody --lifetime 1h
	refused 3 nobody
	is "${TOKEN_ERROR[status]} ${TOKEN_ERROR[http]}" "3 404"
	lacks "$(names)" for-nobody

	# a member cannot even see the other
	CODER_SESSION_TOKEN=$ALICE_TOKEN try token_create -n for-admin -u admin --lifetime 1h
	refused 3 "creating token for-admin: Resource not found or you do not have access"
	lacks "$(names)" for-admin

	# the server refuses a caller who may read users but not their keys
	forget_requests
	CODER_SESSION_TOKEN=$CAROL_TOKEN try token_create -n for-alice -u alice --lifetime 1h
	refused 4 "rbac: forbidden"
	is "$(requests POST)" "POST /api/v2/users/alice/keys/tokens"
	lacks "$(names)" for-alice

	# even an owner cannot create one for a system user
	try token_create -n for-prebuilds -u prebuilds --lifetime 1h
	refused 4 Forbidden
	lacks "$(names)" for-prebuilds

	# an invalid user name leads to no request
	forget_requests
	for user in alice/keys . ..; do
		try token_create -n for-odd -u "$user"
		refused_early 2 "--user: '$user' cannot be a user"
	done
}

# ------------------------------------------------------------------- lifetimes

@test "a lifetime may be a sum of numbers with units" {
	local pair
	for pair in 1s=1000000000 1.5h=5400000000000 .5h=1800000000000 1h30m=5400000000000 90m=5400000000000 \
		1d=86400000000000 7d=604800000000000 1w=604800000000000 1y=31536000000000000 1d12h=129600000000000 \
		1000ms=1000000000 1000000us=1000000000 1000000µs=1000000000 1000000μs=1000000000 \
		1000000000ns=1000000000 1h1h=7200000000000 2m1h=3720000000000 1.000000001s=1000000001 \
		1s999999999ns=1999999999; do
		try token_create -n test -u alice --lifetime "${pair%=*}" --dry-run
		is "$status" 0
		is "$err" ""
		is "$out" "{\"lifetime\":${pair#*=},\"token_name\":\"test\"}"
	done
	nothing_made test
}

@test "an invalid lifetime is refused before any request" {
	local bad
	for bad in 30 0 7dd d30 -1h +1h 1h30 '1 h' ' 1h' '1h ' 1H 1D h . 1.h.2 1..5h 1e3s 0x1h 1,5h abc \
		infinity $'1h\n' 1min; do
		try token_create -n test --lifetime "$bad"
		refused_early 2 "lifetime: invalid duration '"
	done
	for bad in 0s 0h 1ms 999ms 999999999ns .9s; do
		try token_create -n test --lifetime "$bad"
		refused_early 2 "lifetime: $bad is under a second"
	done
	for bad in 293y 9999999999999999999s 99999999999999999999999y 292y1y; do
		try token_create -n test --lifetime "$bad"
		refused_early 2 "longer than 292 years"
	done
	try token_create -n test --lifetime ''
	misused_early "--lifetime: value cannot be empty"
	has "${TOKEN_ERROR[message]}" lifetime
	nothing_made test
}

@test "without --lifetime, and with max, a token gets the server's maximum for that user" {
	token_create -n a1 >/dev/null
	posted_body '{"lifetime":604800000000000,"token_name":"a1"}'
	has "$(requests)" "GET /api/v2/users/me/keys/tokens/tokenconfig"
	forget_requests
	token_create -n a2 -u alice --lifetime max >/dev/null
	posted_body '{"lifetime":3155760000000000000,"token_name":"a2"}'
	has "$(requests)" "GET /api/v2/users/alice/keys/tokens/tokenconfig"
	is "$(stored a2 lifetime_seconds)" 3155760000
}

@test "with the lifetime default the server chooses" {
	ctl POST config '{"default_lifetime":"36h"}' >/dev/null
	try token_create -n test --lifetime default
	is "$status" 0
	posted_body '{"lifetime":0,"token_name":"test"}'
	lacks "$(requests)" tokenconfig
	is "$(stored test lifetime_seconds)" 129600
}

@test "a lifetime above the maximum is refused with both figures, and the maximum is accepted" {
	try token_create -n test --lifetime 168h1s
	refused 2 "lifetime: 168h0m1s exceeds the server's maximum of 168h0m0s"
	is "$(requests)" "GET /api/v2/users/me/keys/tokens/tokenconfig"
	is "${TOKEN_ERROR[status]}" 2
	try token_create -n test --lifetime 101y -u alice
	refused 2 "lifetime: 884760h0m0s exceeds the server's maximum of 876600h0m0s"
	nothing_made test
	try token_create -n test --lifetime 168h
	is "$status" 0
}

@test "a caller who may not read the maximum can create a token with an explicit lifetime" {
	fault '{"path":"tokenconfig$","times":0,"status":404,"coder":true,"body":"{\"message\":\"Resource not found\"}"}'
	try token_create -n test --lifetime 1h
	is "$status" 0
	is "$err" ""
	is "$(stored test lifetime_seconds)" 3600
	# but not with the unknown maximum
	forget_requests
	try token_create -n test2
	refused 3 "Resource not found"
	nothing_made test2
}

@test "a response without a maximum lifetime is refused" {
	local body
	for body in '{}' '{\"max_token_lifetime\":0}' '{\"max_token_lifetime\":-1}' \
		'{\"max_token_lifetime\":1e300}' '{\"max_token_lifetime\":\"1h\"}' 'null' '[]'; do
		ctl DELETE faults
		fault '{"path":"tokenconfig$","times":0,"status":200,"headers":{"Content-Type":"application/json"},"body":"'"$body"'"}'
		try token_create -n test
		refused 7 "broken response"
	done
	nothing_made test
}

# ---------------------------------------------------------------------- scopes

@test "--scope may be repeated and take a comma list, and blanks and duplicates are dropped" {
	try token_create -n test --scope 'workspace:read , template:read' --scope $'\tuser:read\n' \
		--scope template:read
	is "$status" 0
	posted_body '{"lifetime":604800000000000,"scopes":["workspace:read","template:read","user:read"],"token_name":"test"}'
	is "${TOKEN_SCOPES[*]}" "template:read user:read workspace:read"
	is "${TOKEN_ALLOW_LIST[*]}" "*:*"
}

@test "an empty scope is refused, because it must not remove all restrictions" {
	local bad
	for bad in '' ' ' ',' 'workspace:read,' ',workspace:read' 'workspace:read,,template:read' $'\t'; do
		try token_create -n test --scope user:read --scope "$bad"
		refused_early 2 "scope cannot be empty"
	done
}

@test "old names of scopes are replaced by the new ones" {
	try token_create -n test --scope all --scope application_connect
	is "$status" 0
	posted_body '{"lifetime":604800000000000,"scopes":["coder:all","coder:application_connect"],"token_name":"test"}'
	# both spellings mean the same
	forget_requests
	token_create -n test2 --scope all,coder:all >/dev/null
	posted_body '{"lifetime":604800000000000,"scopes":["coder:all"],"token_name":"test2"}'
}

@test "a scope that the server does not know is refused in the server's words, with the nearest one" {
	try token_create -n test --scope workspace:reed
	refused 1 'invalid or unsupported API key scope: "workspace:reed"'
	has "$err" "did you mean 'workspace:read'?"
	is "${TOKEN_ERROR[http]}" 400
	is "${TOKEN_ERROR[message]}" "creating token test: Failed to create API key."
	is "${TOKEN_ERROR[detail]}" 'invalid or unsupported API key scope: "workspace:reed"'
	is "$(requests POST)" "POST /api/v2/users/me/keys/tokens"
	lacks "$(names)" test
	try token_create -n test --scope Workspace:Read
	refused 1 'invalid or unsupported API key scope: "Workspace:Read"'
	try token_create -n test --scope 'a"b\c'
	refused 1 'invalid or unsupported API key scope'
	lacks "$err" "did you mean"
}

@test "a token that could create other tokens causes a warning" {
	local scope
	for scope in api_key:create 'api_key:*' coder:apikeys.manage_self; do
		try token_create -n "test$RANDOM" --scope "$scope"
		[[ $out =~ $SECRET ]] || fail "no token"
		warned_once "a token that may create tokens can create unrestricted ones"
	done
	try token_create -n quiet --scope api_key:read
	is "$err" ""
}

# ------------------------------------------------------------------ allow lists

@test "--allow may be repeated and take a comma list, and ids are sent in lower case" {
	try token_create -n test --allow "workspace:${UUID^^} , template:*" --allow $'\n*:'"$UUID"$'\t'
	is "$status" 0
	is "$err" ""
	posted_body '{"lifetime":604800000000000,"token_name":"test","allow_list":["workspace:'$UUID'","template:*","*:'$UUID'"]}'
	is "$(stored test allow_list)" "*:$UUID template:* workspace:$UUID"
	is "${#TOKEN_ALLOW_LIST[@]}" 3
	is "${TOKEN_ALLOW_LIST[*]}" "*:$UUID template:* workspace:$UUID"
	is "${TOKEN_SCOPES[*]}" coder:all
}

@test "an empty allow-list entry is refused, because it must not remove all restrictions" {
	local bad
	for bad in '' ' ' ',' 'user:*,' ',user:*' 'user:*,,template:*' $'\n'; do
		try token_create -n test --allow 'user:*' --allow "$bad"
		refused_early 2 "allow list entry cannot be empty"
	done
}

@test "an invalid allow-list entry is refused before any request" {
	local bad
	for bad in workspace : workspace: :"$UUID" "$UUID" '*' "workspace=$UUID" "workspace:$UUID:x" \
		"workspace : $UUID" "workspace: $UUID" "Workspace:$UUID" "WORKSPACE:*" 'workspace:**' 'workspace:a*' \
		"workspace:${UUID%b}" "workspace:${UUID}c" "workspace:${UUID//-/}" "workspace:{$UUID}" \
		"workspace:urn:uuid:$UUID" "workspace:${UUID%b}g" "workspace:${UUID%-*}" "user:a/b" "organization:a/b" \
		workspace:a/b/c workspace:/dev workspace:alice/ workspace:.. workspace:../x workspace:a/.. \
		'workspace:a b' 'workspace:a%2fb' 'workspace:a?b' workspace:dév "workspace:$(printf 'a%.0s' {1..40})" \
		task:tidy-build file:x api_key:laptop chat:x license:1 "$UUID:workspace"; do
		try token_create -n test --allow "$bad"
		refused_early 2 "invalid allow_list entry '$bad'"
	done
	nothing_made test
}

@test "an unknown resource type is refused with the nearest known one" {
	try token_create -n test --allow 'workspce:*'
	refused_early 2 "invalid allow_list entry 'workspce:*': unknown resource type 'workspce'; did you mean 'workspace'?"
	try token_create -n test --allow "templates:$UUID"
	refused_early 2 "did you mean 'template'?"
	try token_create -n test --allow 'apikey:*'
	refused_early 2 "did you mean 'api_key'?"
	try token_create -n test --allow 'Template:*'
	refused_early 2 "did you mean 'template'?"
	try token_create -n test --allow 'zzzzzzzzzzzz:*'
	refused_early 2 "unknown resource type 'zzzzzzzzzzzz'"
	lacks "$err" "did you mean"
	try token_create -n test --allow $'\e[31mred:*'
	refused_early 2 '\x1b[31mred'
}

@test "128 entries are allowed, 129 are refused before any request" {
	local list i
	printf -v list 'file:3f1b0f0e-2222-4444-8888-%012x,' {1..128}
	try token_create -n test --allow "${list%,}"
	is "$status" 0
	is "$err" ""
	is "${#TOKEN_ALLOW_LIST[@]}" 128

	forget_requests
	try token_create -n test2 --allow "$list*:*"
	refused_early 2 "allow list has 129 entries; at most 128 are allowed"
	# counted before anything is merged, and however they are given
	list=()
	for i in {1..129}; do list+=(--allow 'user:*'); done
	try token_create -n test2 "${list[@]}"
	refused_early 2 "allow list has 129 entries"
	mapfile -t list < <(printf 'user:*\n%.0s' {1..128})
	try token_create -n test2 --allow-from list --allow 'user:*'
	refused_early 2 "allow list has 129 entries"
	nothing_made test2
}

@test "an id that servers never match causes a warning, and is sent" {
	local type
	for type in api_key license deployment_config oauth2_app replicas; do
		try token_create -n "id-$type" --allow "$type:$UUID"
		[[ $out =~ $SECRET ]] || fail "no token"
		warned_once "$type: servers never match an id of this type: only $type:* works"
		is "$(stored "id-$type" allow_list)" "$type:$UUID"
	done
	try token_create -n quiet --allow "api_key:*,user:$UUID,file:$UUID,*:$UUID"
	is "$status" 0
	is "$err" ""
}

@test "a workspace without its template causes a warning" {
	local allow
	for allow in "workspace:$UUID" 'workspace:*' "user:*,workspace:$UUID"; do
		try token_create -n "test$RANDOM" --allow "$allow"
		[[ $out =~ $SECRET ]] || fail "no token"
		warned_once "workspace but no template"
		has "$err" "template:*"
	done
	for allow in "workspace:$UUID,template:*" "workspace:$UUID,template:$UUID" '*:*' 'user:*'; do
		try token_create -n "test$RANDOM" --allow "$allow"
		is "$status" 0
		is "$err" ""
	done
	try token_create -n test --allow "workspace:$UUID,*:*"
	warned_once "the token is not limited to workspace:$UUID: *:* is given, too"
}

# -------------------------------------------------------------- names to UUIDs

@test "the five resource types that have names are found by name" {
	local workspace template
	workspace=$(uuid_of "workspace admin dev-docker") template=$(uuid_of "template coder docker")
	try token_create -n test --allow workspace:dev-docker,template:docker,user:bob,organization:coder \
		--allow group:developers
	is "$status" 0
	is "$err" ""
	is "$(posted)" '{"lifetime":604800000000000,"token_name":"test","allow_list":["workspace:'"$workspace"'","template:'"$template"'","user:'"$(uuid_of "user bob")"'","organization:'"$(uuid_of "organization coder")"'","group:'"$(uuid_of "group coder developers")"'"]}'
}

@test "names are found in any case, and similar names are not" {
	local entry
	try token_create -n test --allow workspace:DEV-docker,template:Docker,user:BOB,organization:CODER,group:Developers
	is "$status" 0
	has "$(posted)" "workspace:$(uuid_of "workspace admin dev-docker")"
	has "$(posted)" "template:$(uuid_of "template coder docker")"
	has "$(posted)" "user:$(uuid_of "user bob")"
	has "$(posted)" "group:$(uuid_of "group coder developers")"
	forget_requests
	for entry in workspace:dev template:dock user:bo organization:code group:develop; do
		try token_create -n test2 --allow "$entry"
		refused 3 "${entry/:/ }: "
		is "${TOKEN_ERROR[status]}" 3
	done
	nothing_made test2
}

@test "a workspace's owner is the token's user, unless it is named" {
	try token_create -n one --allow workspace:alice/dev-docker,template:docker
	is "$status" 0
	has "$(posted)" "workspace:$(uuid_of "workspace alice dev-docker")"
	try token_create -n two -u alice --allow workspace:dev-docker,template:docker
	is "$status" 0
	has "$(posted)" "workspace:$(uuid_of "workspace alice dev-docker")"
	try token_create -n three -u alice --allow workspace:bob/dev-docker,template:docker
	is "$status" 0
	has "$(posted)" "workspace:$(uuid_of "workspace bob dev-docker")"
	# admin's workspaces are not alice's
	forget_requests
	try token_create -n four -u alice --allow workspace:web-docker
	refused 3 "workspace web-docker: "
	# a deleted one is not found
	try token_create -n four --allow workspace:alice/gone
	refused 3 "workspace alice/gone: "
	nothing_made four
}

@test "a template or group of several organizations has to be named with one" {
	ctl POST organizations '{"name":"acme"}' >/dev/null
	ctl POST templates '{"name":"docker","organization":"acme"}' >/dev/null
	ctl POST groups '{"name":"developers","organization":"acme"}' >/dev/null
	try token_create -n test --allow template:docker
	refused 2 "template docker: the name is in several organizations; give "
	has "$err" coder/docker
	has "$err" acme/docker
	try token_create -n test --allow group:developers
	refused 2 "group developers: the name is in several organizations; give "
	has "$err" coder/developers
	has "$err" acme/developers
	nothing_made test
	try token_create -n test --allow template:acme/docker,group:acme/developers
	is "$status" 0
	is "$err" ""
	has "$(posted)" "template:$(uuid_of "template acme docker")"
	has "$(posted)" "group:$(uuid_of "group acme developers")"
	try token_create -n test2 --allow template:coder/docker,group:coder/developers
	has "$(posted)" "template:$(uuid_of "template coder docker")"
	has "$(posted)" "group:$(uuid_of "group coder developers")"
	forget_requests
	try token_create -n test3 --allow template:nowhere/docker
	refused 3 "template nowhere/docker: "
	nothing_made test3
}

@test "a deprecated template is found" {
	try token_create -n test --allow template:old-vm
	is "$status" 0
	has "$(posted)" "template:$(uuid_of "template coder old-vm")"
}

@test "a user whom the caller may not see is not found by name" {
	CODER_SESSION_TOKEN=$ALICE_TOKEN try token_create -n test --allow user:bob
	refused 3 "user bob: Resource not found or you do not have access"
	nothing_made test
}

@test "a group on a deployment without groups is refused with the server's reason" {
	modes '[]'
	try token_create -n test --allow group:developers
	refused 3 "group developers: Route not found"
	modes '["groups-unlicensed"]'
	try token_create -n test --allow group:developers
	refused 4 "group developers: Template RBAC is a Premium feature"
	nothing_made test
	try token_create -n test --allow "group:$UUID"
	is "$status" 0
}

@test "an id from the server that is not a UUID is refused" {
	fault '{"path":"/users/bob$","times":0,"status":200,"headers":{"Content-Type":"application/json"},"body":"{\"id\":\"*\",\"username\":\"bob\"}"}'
	try token_create -n test --allow user:bob
	refused 7 "broken response: the id in it is not a UUID"
	nothing_made test
}

@test "a name is found in a list that has escapes, and broken elements are refused with the reason" {
	local id=$UUID words list
	while IFS='|' read -r words list; do
		fault "$(jq -cn --arg body "$list" '{path: "/groups$", status: 200, headers: {"Content-Type": "application/json"}, body: $body}')"
		try token_create -n test --allow group:crew
		refused 7 "group crew: $words"
		nothing_made test
	done <<-END
		broken response: it has no 'name'|[{"id":"$id"}]
		broken response: it has no 'name'|[{"id":"$id","name":null}]
		broken response: it has no 'name'|[[]]
		broken response: it has no 'id'|[{"id":null,"name":"crew"}]
		broken response: 'name' is not a string|[{"id":"$id","name":1}]
		broken response: 'id' is not a string|[{"id":{},"name":"crew"}]
		broken response: 'organization_name' is not a string|[{"id":"$id","name":"crew","organization_name":[]}]
		broken response: the key 'name' is duplicate|[{"id":"$id","name":"crew","name":"crew"}]
		the server's response is not JSON|[{"id":"$id","name":"crew"}
	END
	# escapes in keys and values, other keys, and a name that is only a part
	fault "$(jq -cn --arg body '[{"name":"","x":[{"name":"crew"}]}, {"name":"crews"}, {"\u006eame":"CR\u0065w","id":"'"${id^^}"'"}]' \
		'{path: "/groups$", status: 200, headers: {"Content-Type": "application/json"}, body: $body}')"
	try token_create -n test --allow group:crew
	is "$status" 0
	has "$(posted)" "group:$id"
}

# ---------------------------------------------------------------- from arrays

@test "scopes and allow list can be taken from arrays, as token_view assigns them" {
	CODER_SESSION_TOKEN=$ALICE_TOKEN
	token_view ci-deploy >/dev/null
	try token_create -n again --scopes-from TOKEN_SCOPES --allow-from TOKEN_ALLOW_LIST --lifetime 1h
	is "$status" 0
	is "$err" ""
	is "$(stored again scopes allow_list)" "template:read workspace:read
$(stored ci-deploy allow_list)"
}

@test "arrays and options are combined, and gaps in an array are ignored" {
	local -a some=([3]=user:read [7]=workspace:read) list=([1]='user:*')
	try token_create -n test --scopes-from some --scope template:read --allow-from list --allow 'template:*'
	is "$status" 0
	posted_body '{"lifetime":604800000000000,"scopes":["template:read","user:read","workspace:read"],"token_name":"test","allow_list":["template:*","user:*"]}'
}

@test "an array that is empty, unset or not an array is refused, and creates no unrestricted token" {
	local -a empty=() blank=('') unset_one
	local -A assoc=([a]=user:read)
	local scalar=user:read option empty_error
	for option in --scopes-from --allow-from; do
		[[ $option == --scopes-from ]] && empty_error="scope cannot be empty"
		[[ $option == --allow-from ]] && empty_error="allow list entry cannot be empty"
		try token_create -n test "$option" empty
		refused_early 2 "empty: the array is empty, which would mean no restriction"
		try token_create -n test "$option" unset_one
		refused_early 2 "unset_one"
		try token_create -n test "$option" nosuch
		refused_early 2 "nosuch: no such array"
		try token_create -n test "$option" assoc
		refused_early 2 "assoc: not an indexed array"
		try token_create -n test "$option" scalar
		refused_early 2 "scalar: not an indexed array"
		try token_create -n test "$option" blank
		refused_early 2 "$empty_error"
		try token_create -n test "$option" ''
		misused_early "$option: value cannot be empty"
		try token_create -n test "$option" 'empty[0]'
		refused_early 2 "not a valid identifier"
		# and not either together with what is given
		try token_create -n test --scope user:read --allow 'user:*' "$option" empty
		refused_early 2 "empty: the array is empty"
	done
	nothing_made test
}

# -------------------------------------------------------------------- results

@test "-v keeps the secret out of standard output" {
	local secret=before
	try token_create -n test -v secret
	is "$status" 0
	is "$out$err" ""
	[[ $secret =~ $SECRET ]] || fail "no secret: $secret"
	accepted "$secret"
	# -o does not change that
	try token_create -n test2 -v secret -o json
	is "$out$err" ""
	is "$(stored test2 id)" "${secret%%-*}"
}

@test "-A assigns the whole record and the key" {
	local -A t=([left]=over)
	local id now
	now=$(date +%s)
	try token_create -n test -u alice --lifetime 2h --scope workspace:read,template:read \
		--allow "workspace:$UUID,template:*" -A t
	is "$status" 0
	is "$out$err" ""
	id=$(stored test id)
	is "${#t[@]}" 19
	is "${t[id]} ${t[name]} ${t[owner]} ${t[user_id]}" "$id test alice $(uuid_of "user alice")"
	is "${t[login_type]}" token
	is "${t[scopes]}" "template:read workspace:read"
	is "${t[allow_list]}" "template:* workspace:$UUID"
	is "${t[lifetime_seconds]}" 7200
	is "${t[created_at]} ${t[expires_at]}" "$(stored test created_at expires_at | paste -sd ' ')"
	is "${t[updated_at]}" "${t[created_at]}"
	is "${t[last_used]} ${t[last_used_epoch]} ${t[never_used]}" "1970-01-01T00:00:00Z 0 1"
	is "${t[created_epoch]}" "$(date -d "${t[created_at]}" +%s)"
	is "${t[expires_epoch]}" "$(date -d "${t[expires_at]}" +%s)"
	((t[expires_epoch] - now >= 7199 && t[expires_epoch] - now < 7260)) || fail "expires ${t[expires_epoch]}"
	((t[ttl] > 7100 && t[ttl] <= 7201)) || fail "ttl ${t[ttl]}"
	is "${t[expired]}" 0
	[[ ${t[key]} =~ $SECRET && ${t[key]%%-*} == "$id" ]] || fail "key ${t[key]}"
}

@test "-A prints nothing unless -o is given, and -v with it gets the secret" {
	local -A t
	local secret
	try token_create -n one -A t -o text
	is "$status" 0
	is "$out" "${t[key]}"
	try token_create -n two -A t -v secret
	is "$out$err" ""
	is "${t[name]} ${t[key]}" "two $secret"
}

@test "-o json prints an array of one token, with the fields in the CLI's order, and the key" {
	try token_create -n test --lifetime 1h --scope user:read --allow "user:$UUID" -o json
	is "$status" 0
	is "$err" ""
	is "$(fields_of <<<"$out")" \
		"id user_id last_used expires_at created_at updated_at login_type scope scopes lifetime_seconds allow_list token_name key"
	[[ $(fields_of -- key <<<"$out") =~ ^$(stored test id)-[0-9A-Za-z]{22}$ ]] || fail "the key"
	is "$(fields_of -- token_name scopes allow_list lifetime_seconds <<<"$out")" $'test\nuser:read\nuser:'"$UUID"$'\n3600'
	is "$(head -n 3 <<<"$out")" "[
  {
    \"id\": \"$(stored test id)\","
}

@test "--scopes-into and --allow-into choose other arrays than TOKEN_SCOPES and TOKEN_ALLOW_LIST" {
	local -a s=(old) a=(old old)
	TOKEN_SCOPES=(kept) TOKEN_ALLOW_LIST=(kept)
	try token_create -n test --scope user:read --allow 'user:*' --scopes-into s --allow-into a
	is "$status" 0
	is "${#s[@]} ${s[*]} ${#a[@]} ${a[*]}" "1 user:read 1 user:*"
	is "${TOKEN_SCOPES[*]} ${TOKEN_ALLOW_LIST[*]}" "kept kept"
}

# -------------------------------------------------------------------- dry run

@test "--dry-run prints the request body and creates nothing" {
	local body
	try token_create -n test --lifetime 2h --scope all,user:read --allow workspace:alice/dev-docker,template:docker \
		--dry-run
	is "$status" 0
	is "$err" ""
	body=$out
	nothing_made test
	# the create sends that body
	try token_create -n test --lifetime 2h --scope all,user:read --allow workspace:alice/dev-docker,template:docker
	is "$(posted)" "$body"
}

@test "--dry-run assigns nothing" {
	local secret=kept
	local -A t=([kept]=1)
	TOKEN_SCOPES=(kept)
	try token_create -n test --dry-run -v secret -A t
	is "$status" 0
	is "$secret ${t[kept]} ${TOKEN_SCOPES[*]}" "kept 1 kept"
	nothing_made test
}

@test "--dry-run reports what the server would refuse" {
	try token_create -n test --scope workspace:reed --dry-run
	refused 1 "workspace:reed: not in the server's catalogue of scopes"
	has "$err" "did you mean 'workspace:read'?"
	try token_create -n grafana --dry-run
	refused 5 "the name 'grafana' is taken"
	try token_create -n test --lifetime 1y --dry-run
	refused 2 "exceeds the server's maximum"
	try token_create -n test --allow workspace:nosuch --dry-run
	refused 3 "workspace nosuch"
	try token_create -n test --lifetime 30 --dry-run
	refused 2 "invalid duration"
	nothing_made test
}

@test "--dry-run on a server without a catalogue of scopes warns that they may be ignored" {
	modes '["legacy-2.26"]'
	try token_create -n test --scope user:read --dry-run
	is "$out" '{"lifetime":604800000000000,"scopes":["user:read"],"token_name":"test"}'
	warned_once "no catalogue of scopes"
	nothing_made test
}

# --------------------------------------------------------------------- names

@test "a taken name is a conflict: nothing is sent, and the older token stays" {
	local id
	id=$(stored grafana id)
	try token_create -n grafana
	refused 5 "the name 'grafana' is taken"
	is "$(requests)" "GET /api/v2/users/me/keys/tokens/tokenconfig
GET /api/v2/users/me/keys/tokens/grafana"
	is "${TOKEN_ERROR[status]}" 5
	is "$(stored grafana id)" "$id"
}

@test "an expired token keeps its name taken" {
	try token_create -n old-script -u alice
	refused 5 "expired tokens keep their names"
	nothing_made
	# the name of another user's token is free, and so is another case of it
	CODER_SESSION_TOKEN=$BOB_TOKEN try token_create -n laptop
	is "$status" 0
	CODER_SESSION_TOKEN=$ALICE_TOKEN try token_create -n Laptop
	is "$status" 0
}

@test "a name that is taken between the look-up and the POST is a conflict, too" {
	local id
	id=$(stored grafana id)
	fault '{"method":"GET","path":"/tokens/grafana$","status":404,"coder":true,"body":"{\"message\":\"Resource not found\"}"}'
	try token_create -n grafana
	refused 5 'A token with name "grafana" already exists'
	has "$err" "This value is already in use and should be unique; "
	is "${TOKEN_ERROR[http]} ${TOKEN_ERROR[field]}" "409 name"
	is "$(requests POST)" "POST /api/v2/users/me/keys/tokens"
	is "$(requests DELETE)" ""
	is "$(stored grafana id)" "$id"
}

@test "names of any text are sent unchanged, and found again" {
	local name names=('with space' 'a/b' . .. tokenconfig 'a%2Fb' 'a?b' 'a#b' 'a&b=c' "it's" 'say "x"'
		'back\slash' 'größe' '名前' '🔑' $'tab\there' $'\e[31mred' -dash -- '<html>'
		'$(touch f)' '*' zzzzzzzzzz abcdefghij-abcdefghijk)
	ctl POST reset '{"seed":"empty"}' >/dev/null
	for name in "${names[@]}"; do
		try token_create --name="$name" --lifetime 1h
		is "$status" 0
		is "$err" ""
		# the look-up before the next one sees it
		forget_requests
		try token_create --name="$name" --lifetime 1h
		refused 5 "is taken"
		nothing_made
	done
	is "$(of tokens login_type=token -- name)" "$(printf '%s\n' "${names[@]}")"
}

@test "control characters in a name do not reach the terminal" {
	token_create --name=$'\e[31mred\ttab' >/dev/null
	try token_create --name=$'\e[31mred\ttab'
	refused 5 '\x1b[31mred\x09tab'"'"' is taken'
}

@test "a name with a line break is refused before any request" {
	local bad
	for bad in $'line\nbreak' $'dos\r' $'\n' $'a\r\nX-Evil: 1'; do
		try token_create -n "$bad"
		refused_early 2 "name: has a line break in it"
		CODER_TOKEN_NAME=$bad
		try token_create --dry-run
		refused_early 2 "CODER_TOKEN_NAME: has a line break in it"
		unset CODER_TOKEN_NAME
	done
}

@test "a name that is not UTF-8, or too long, is refused before any request" {
	local bad long
	for bad in $'\xff' $'a\xc3' $'\xc0\xaf' $'\xed\xa0\x80' $'\xf4\x90\x80\x80'; do
		try token_create -n "$bad"
		refused_early 2 "name: must be 1 to 2048 bytes of UTF-8"
	done
	printf -v long '%2049s' x
	try token_create -n "$long"
	refused_early 2 "name: must be 1 to 2048 bytes of UTF-8"
	try token_create -n ''
	misused_early "--name: value cannot be empty"
	CODER_TOKEN_NAME=$'\xff' try token_create
	refused_early 2 "CODER_TOKEN_NAME: must be"
	try token_create -n "${long:1}"
	is "$status" 0
}

# ------------------------------------------------------- servers that do less

@test "if a server ignores scopes, the unrestricted token is deleted again" {
	modes '["legacy-2.26"]'
	TOKEN_SCOPES=(kept)
	try token_create -n test --scope user:read
	refused 1 "the server granted more than the requested scopes"
	has "$err" "deleted again"
	is "${TOKEN_ERROR[status]}" 1
	is "${TOKEN_SCOPES[*]}" kept
	is "$(requests | sed -E 's,/keys/[0-9A-Za-z]{10}$,/keys/ID,')" "GET /api/v2/users/me/keys/tokens/tokenconfig
GET /api/v2/users/me/keys/tokens/test
GET /api/v2/users/me
POST /api/v2/users/me/keys/tokens
GET /api/v2/users/me/keys/ID
DELETE /api/v2/users/me/keys/ID"
	lacks "$(names)" test
}

@test "if a server ignores the allow list, the unrestricted token is deleted again" {
	local mode secret=kept
	for mode in legacy-2.26 legacy-2.27; do
		modes "[\"$mode\"]"
		try token_create -n test --allow 'user:*' -v secret
		refused 1 "the server granted more than the requested allow list"
		has "$err" "deleted again"
		is "$(requests DELETE | grep -c .)" 1
		is "$secret" kept
		lacks "$(names)" test
	done
}

@test "old servers create the tokens that they can restrict" {
	modes '["legacy-2.27"]'
	try token_create -n one --scope workspace:read
	is "$status" 0
	is "${TOKEN_SCOPES[*]} ${TOKEN_ALLOW_LIST[*]}" "workspace:read *:*"
	is "$(stored one scopes)" workspace:read
	modes '["legacy-2.26"]'
	try token_create -n two --scope all --allow '*:*'
	is "$status" 0
	is "${TOKEN_SCOPES[*]} ${TOKEN_ALLOW_LIST[*]}" "coder:all *:*"
	try token_create -n three
	is "$status" 0
	is "$(requests DELETE)" ""
}

@test "if an unrestricted token cannot be deleted, the user learns its name and id" {
	modes '["legacy-2.26"]'
	fault '{"method":"DELETE","times":0,"status":403,"coder":true,"body":"{\"message\":\"Forbidden.\"}"}'
	try token_create -n test --scope user:read
	refused 9 "it is not known whether token test (id $(stored test id)) exists now"
	has "$err" "token_rm --delete $(stored test id)"
	is "${TOKEN_ERROR[status]}" 9
}

@test "hints are commands that the shell accepts, for the right user" {
	local name
	fault '{"method":"POST","times":0,"cut":{"where":"act"}}'
	fault '{"method":"DELETE","times":0,"status":500,"body":"{\"message\":\"no\"}"}'
	for name in plain 'two words' '$(id)' "it's" -dash; do
		try token_create -n "$name" -u alice
		is "$status" 9
		[[ ${err##*: } == "token_rm --delete -u alice "* ]] || fail "no command"
		is "${err##* }" "$(stored "$name" id)"
	done
	for name in again 'two more words' '$(touch f)' "it's two" -dashed; do
		ctl DELETE faults >/dev/null
		fault '[{"method":"POST","times":0,"cut":{"where":"act"}},
			{"path":"/keys/tokens/[^/]*$","times":0,"skip":2,"status":500,"body":"{\"message\":\"no\"}"}]'
		try token_create -n "$name" -u alice
		is "$status" 9
		ctl DELETE faults >/dev/null
		eval "try ${err##*remove it: }"
		is "$status/$out" "0/Token has been deleted."
		lacks "$(names)" "$name"
	done
	# a name that cannot be copied is replaced by the id
	fault '[{"method":"POST","cut":{"where":"act"}},
		{"path":"/keys/tokens/[^/]*$","times":0,"skip":2,"status":500,"body":"{\"message\":\"no\"}"}]'
	try token_create -n $'x\ty'
	has "$err" "look for it with token_list, and remove it by its id"
}

@test "names with blanks around them are found unchanged, and names of blanks are refused" {
	try token_create -n ' two '
	is "$status" 0
	try token_view ' two ' -c name --no-header
	is "$status/$out" "0/ two   "
	seed '{"owner":"admin","name":"two"}'
	try token_rm ' two '
	is "$status" 0
	is "$(names | grep two)" two
	try token_rm ' two '
	refused 3 "' two ': "
	try token_create -n ' '
	refused 2 "name: has only blanks in it"
}

@test "a server without groups is reported as such" {
	modes '["no-groups"]'
	for group in Everyone coder/Everyone; do
		try token_create -n test --allow "group:$group"
		refused 3 "this server has no groups"
	done
}

@test "a narrower token than requested is delivered with a warning" {
	fault '{"method":"GET","path":"/keys/[^/]*$","skip":0,"status":200,"headers":{"Content-Type":"application/json"},"body":"{\"id\":\"{request_word}\",\"token_name\":\"test\",\"login_type\":\"token\",\"user_id\":\"'"$(user_id admin)"'\",\"created_at\":\"2100-01-01T00:00:00Z\",\"expires_at\":\"2100-01-01T02:00:00Z\",\"scopes\":[\"user:read\"],\"allow_list\":[\"*:*\"]}"}'
	try token_create -n test --lifetime 2h
	warned_once "token test has fewer scopes than requested"
	is "$(stored test id)" "${out%%-*}"
	is "${TOKEN_SCOPES[*]}" user:read
}

@test "allow lists may be read back as objects" {
	modes '["allow-objects"]'
	try token_create -n test --allow "workspace:$UUID,template:*"
	is "$status" 0
	is "$err" ""
	is "${TOKEN_ALLOW_LIST[*]}" "template:* workspace:$UUID"
}

@test "a token that cannot be read back is delivered with a warning" {
	local code
	local -A t
	for code in 403 404 500 503; do
		fault '{"method":"GET","path":"/keys/[0-9A-Za-z]{10}$","times":3,"status":'$code',"coder":true,"headers":{"Retry-After":"0"},"body":"{\"message\":\"Not for you.\"}"}'
		try token_create -n "test$code" -u alice --lifetime 2h --scope user:read --allow 'user:*' -A t -o text
		ctl DELETE faults
		[[ $out =~ $SECRET ]] || fail "no token"
		warned_once "token test$code could not be verified: Not for you."
		is "$(requests DELETE)" ""
		# the record is what was asked for
		is "${t[id]} ${t[name]} ${t[owner]}" "${out%%-*} test$code alice"
		is "${t[scopes]} ${t[allow_list]} ${t[lifetime_seconds]}" "user:read user:* 7200"
		is "$((t[expires_epoch] - t[created_epoch]))" 7200
		is "${TOKEN_SCOPES[*]} ${TOKEN_ALLOW_LIST[*]}" "user:read user:*"
		[[ ! -v TOKEN_ERROR ]] || fail "TOKEN_ERROR is set"
		accepted "$out"
	done
}

@test "a caller who may create but not read tokens gets the token, with a warning" {
	CODER_SESSION_TOKEN=$(token_create -n creator --scope user:read,api_key:create 2>/dev/null)
	forget_requests
	try token_create -n test --lifetime 1h
	[[ $out =~ $SECRET ]] || fail "no token"
	warned_once "token test could not be verified: Resource not found"
	is "$(stored test id)" "${out%%-*}"
	is "$(requests POST | grep -c .)" 1
}

@test "a failure with a restricted token in use mentions that restriction as a possible cause" {
	CODER_SESSION_TOKEN=$(token_create -n creator --scope user:read,api_key:read)
	try token_create -n test --lifetime 1h
	refused 4 "rbac: forbidden"
	lacks "$(names)" $'\ntest\n'
	CODER_SESSION_TOKEN=$(CODER_SESSION_TOKEN=$ADMIN_TOKEN token_create -n blind --scope template:read)
	forget_requests
	try token_create -n test
	refused 3 "the token in use is restricted: its scopes or its allow list may be the cause"
	nothing_made test
}

# ------------------------------------------------------------------- bad input

@test "unknown options are refused, and the nearest one is named" {
	try token_create --scop user:read
	misused_early "--scop: invalid option; did you mean --scope?"
	try token_create --lifetim 1h
	misused_early "did you mean --lifetime?"
	try token_create --nmae x
	misused_early "did you mean --name?"
	try token_create --scopes user:read
	misused_early "--scopes: ambiguous option: --scopes-from, --scopes-into"
	try token_create --frobnicate
	misused_early "--frobnicate: invalid option"
	try token_create -z
	misused_early "-z: invalid option"
	try token_create --dry-run=yes
	misused_early "--dry-run"
	try token_create $'--\e[31m'
	misused_early '\x1b[31m'
}

@test "missing values and surplus words are refused" {
	local option
	for option in --name --user --lifetime --scope --allow --scopes-from --allow-from --variable --assoc --output \
		--scopes-into --allow-into --url --token --timeout -n -u -v -A -o; do
		try token_create "$option"
		misused_early "$option: option requires an argument"
	done
	try token_create name
	misused_early "extra operand 'name'"
	try token_create -n test -- --dry-run
	misused_early "extra operand"
	try token_create ''
	misused_early "extra operand"
	try token_create -n test -o table
	misused_early "table: invalid choice for --output: want text or json"
	try token_create -n test -o ''
	misused_early "--output: value cannot be empty"
}

@test "an invalid --timeout is refused" {
	local bad
	for bad in abc -1 '' 1x .; do
		try token_create -n test --timeout "$bad"
		refused_early 2 "timeout"
	done
	for bad in 0 0s 0.0; do
		try token_create -n test --timeout "$bad"
		refused_early 2 "--timeout: 0 leaves no time"
	done
	try token_create -n test --timeout 20
	is "$status" 0
	try token_create -n test2 --timeout 1m30s
	is "$status" 0
}

@test "invalid URLs and tokens are refused before any request" {
	local bad
	for bad in 127.0.0.1:3000 coder.example.com ftp://127.0.0.1 http:// //127.0.0.1 'http://a b' \
		$'http://127.0.0.1\n.example.com' http://127.0.0.1:99999; do
		try token_create -n test --url "$bad"
		[[ $status == [24] ]] || fail "status for '$bad'"
		refused_early "$status" ""
		[[ ${err,,} == *url* ]] || fail "the message names no URL"
	done
	for bad in $'sbxAdmin01-sandboxAdminSecret0001\nX-Evil: 1' $'a\rb' $'\e'; do
		try token_create -n test --token "$bad"
		refused_early 2 "control character"
		lacks "$err" Evil
	done
}

@test "without a URL or a token the message names what to set" {
	unset CODER_URL
	try token_create -n test
	refused_early 4 CODER_URL
	CODER_URL=$URL
	unset CODER_SESSION_TOKEN
	try token_create -n test
	refused_early 4 CODER_SESSION_TOKEN
	CODER_SESSION_TOKEN=aaaaaaaaaa-aaaaaaaaaaaaaaaaaaaaaa
	try token_create -n test
	refused 4 "signed out"
	has "$err" "API key is invalid"
	nothing_made test
}

@test "--help and --version succeed without a request" {
	local option
	for option in -h --help; do
		try token_create "$option"
		is "$status" 0
		is "$err" ""
		has "$out" "--scopes-from"
	done
	try token_create --version
	is "$status" 0
	has "$out" token_create
	is "$(requests)" ""
}

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# What tokens for goals can do and must not do, on the sandbox, or with LIVE=1 on the deployment that
# CODER_URL and CODER_SESSION_TOKEN (an owner) name: see `make test-live`. There it copies the first
# template, whose workspaces must need no parameters, and removes all that it has made. Where the
# reference CLI is on PATH, it has to work with the tokens, too.
#
# A and B are two workspaces of one template: each test is about A, and must not touch B.

load helper

# Sets for all tests the ids of objects of this run: ORG, template, other, A and B (workspaces), B_BUILD; OWNER_TOKEN,
# and P, with which all names of this run begin.
setup_file() {
	if [[ -z ${LIVE-} ]]; then
		sandbox_start --seed empty --rate-limit 0
		export CODER_URL=$URL CODER_SESSION_TOKEN=$ADMIN_TOKEN
	fi
	export OWNER_TOKEN=$CODER_SESSION_TOKEN P=t$RANDOM$RANDOM # this run's own names
	export CODER_CONFIG_DIR=$BATS_FILE_TMPDIR
	secret=$OWNER_TOKEN
	may GET organizations
	ORG=$(fields_of is_default=True -- id <<<"$body")
	other=$(get templates | fields_of -- id | head -n 1)
	archive
	template=$(new_template "$P-t")
	A=$(new_workspace "$P-a") B=$(new_workspace "$P-b")
	export ORG other template A B
	[[ $other ]] || other=$(new_template "$P-o")
	B_BUILD=$(last_build "$B")
	export B_BUILD
}

teardown_file() {
	local id
	secret=$OWNER_TOKEN
	if [[ -n ${LIVE-} ]]; then
		for id in $(get "workspaces?q=name:$P" | grep -o '"id":"[^"]*","created_at":"[^"]*","updated_at":"[^"]*","owner_id"' | cut -d '"' -f 4); do
			ask POST "workspaces/$id/builds" '{"transition":"delete"}'
			wait_for 60 is_gone "$id" || true
		done
		ask DELETE "templates/$template"
	fi
	[[ -n ${LIVE-} ]] || sandbox_stop
}

setup() {
	unset "${!TOKEN_@}" CODER_TOKEN_NAME CODER_TOKEN_USER
	export CODER_TOKEN_LIFETIME=1h
	enable -f "$SO" "${BUILTINS[@]}"
	as_owner to start "$A"
}

teardown() {
	local ids
	is "$(as_owner last_build "$B")" "$B_BUILD"
	CODER_SESSION_TOKEN=$OWNER_TOKEN
	token_list --include-expired --name "$P*" -v ids && token_rm --from ids -v ids
}

# as_owner COMMAND... - runs it with the owner's token in $secret.
as_owner() {
	local secret=$OWNER_TOKEN
	"$@"
}

# ask METHOD PATH [BODY] - sends a request with $secret; sets http and body.
ask() {
	local kind=application/json
	[[ ${3-} != @* ]] || kind=application/x-tar
	http=$(curl -sS -o "$BATS_FILE_TMPDIR/body" -w '%{http_code}' -X "$1" -H @- -H "Content-Type: $kind" \
		${3+--data-binary "$3"} "${CODER_URL%/}/api/v2/$2" <<<"Coder-Session-Token: $secret")
	body=$(tr -d '\0' <"$BATS_FILE_TMPDIR/body")
}

get() {
	ask GET "$1" && printf '%s\n' "$body"
}

# id_behind TEXT <JSON - the first id that follows the text.
id_behind() {
	local json
	json=$(</dev/stdin)
	[[ $json != *"$1"* ]] || printf '%.36s\n' "${json#*"$1"}"
}

# may METHOD PATH [BODY], may_not ... - the request succeeds, is refused.
may() {
	ask "$@"
	[[ $http == 2?? ]] || fail "$* gave $http: $body"
}

may_not() {
	ask "$@"
	[[ $http == [45]?? ]] || fail "$* gave $http: $body"
}

# build TRANSITION WORKSPACE, may_not_build ... - begins the build and waits for its end; is refused.
build() {
	may POST "workspaces/$2/builds" "{\"transition\":\"$1\"}"
	as_owner settle "$2"
}

may_not_build() {
	may_not POST "workspaces/$2/builds" "{\"transition\":\"$1\"}"
}

settle() {
	wait_for 60 build_ended "$1" || fail "the build did not end"
}

build_ended() {
	[[ $(get "workspaces/$1") == *'"status":"succeeded"'* ]]
}

last_build() {
	get "workspaces/$1" | id_behind '"latest_build":{"id":"'
}

# to TRANSITION WORKSPACE - builds it, unless that was its last transition.
to() {
	[[ $(get "workspaces/$2") == *"\"transition\":\"$1\""* ]] || build "$1" "$2"
}

is_gone() {
	ask GET "workspaces/$1"
	[[ $http == 410 || $http == 404 ]]
}

version_ended() {
	[[ $(get "templateversions/$1") == *'"status":"succeeded"'* ]]
}

# archive - an archive for templates: of the deployment's first template, or anything in the sandbox.
archive() {
	local version file
	echo archive >"$BATS_FILE_TMPDIR/archive"
	[[ -n ${LIVE-} && -n $other ]] || return 0
	version=$(get "templates/$other" | fields_of -- active_version_id)
	file=$(get "templateversions/$version" | id_behind '"file_id":"')
	ask GET "files/$file"
	mv "$BATS_FILE_TMPDIR/body" "$BATS_FILE_TMPDIR/archive"
}

# push [TEMPLATE] - uploads the archive and makes a version of it; prints its id.
push() {
	local file
	# each time another file, as when somebody has changed it: blocks of zeros end an archive
	head -c "$((512 * (RANDOM % 900 + 1)))" /dev/zero >>"$BATS_FILE_TMPDIR/archive"
	may POST files "@$BATS_FILE_TMPDIR/archive"
	file=$(fields_of -- hash <<<"$body")
	may POST "organizations/$ORG/templateversions" \
		"{\"storage_method\":\"file\",\"provisioner\":\"terraform\",\"file_id\":\"$file\"${1+,\"template_id\":\"$1\"}}"
	version=$(fields_of -- id <<<"$body")
	wait_for 60 version_ended "$version" || fail "the version was not imported"
	printf '%s\n' "$version"
}

new_template() {
	local version
	version=$(push)
	may POST "organizations/$ORG/templates" "{\"name\":\"$1\",\"template_version_id\":\"$version\"}"
	fields_of -- id <<<"$body"
}

new_workspace() {
	local id
	if [[ -z ${LIVE-} ]]; then
		ctl POST workspaces "{\"owner\":\"admin\",\"name\":\"$1\",\"template\":\"$P-t\",\"agent\":true}" | fields_of -- id
		return
	fi
	may POST users/me/workspaces "{\"name\":\"$1\",\"template_id\":\"$template\"}"
	id=$(fields_of -- id <<<"$body")
	settle "$id"
	printf '%s\n' "$id"
}

# agent WORKSPACE - the id of its agent, or nothing.
agent() {
	get "workspaces/$1" | id_behind '"agents":[{"id":"'
}

# connect AGENT - asks for the connection that coder ssh takes; sets http, 101 if it is granted.
connect() {
	http=$(curl -sS -o /dev/null -w '%{http_code}' --max-time 5 -H @- -H 'Connection: Upgrade' -H 'Upgrade: websocket' \
		-H 'Sec-WebSocket-Version: 13' -H 'Sec-WebSocket-Key: c2FuZGJveCB0ZXN0IGtleQ==' --http1.1 \
		"${CODER_URL%/}/api/v2/workspaceagents/$1/coordinate?version=2.0" <<<"Coder-Session-Token: $secret" 2>/dev/null) || true
}

# token GOALS [ENTRY]... - has token_create make a token, and uses it: $secret. Sets said: what
# token_view --explain reports about it.
token() {
	local words=() word
	for word in "${@:2}"; do words+=(--allow "$word"); done
	CODER_SESSION_TOKEN=$OWNER_TOKEN token_create -v secret -n "$P-$RANDOM$RANDOM" --for "$1" "${words[@]}" 2>"$BATS_TEST_TMPDIR/made" ||
		fail "$(<"$BATS_TEST_TMPDIR/made")"
	CODER_SESSION_TOKEN=$OWNER_TOKEN try token_view "${secret%%-*}" --explain
	is "$status$err" 0
	said=$out
}

# no_more ENTRY - the token does nothing that none of these goals is about.
no_more() {
	may_not POST users/me/keys/tokens '{"lifetime":3600000000000}'
	may_not_build stop "$B"
	may_not_build start "$B"
	may_not_build delete "$B"
	may_not PUT "workspaces/$B/autostart" '{"schedule":null}'
	may_not PATCH "templates/$other" '{"description":"x"}'
}

# cli ARGUMENT..., cli_not ... - the reference CLI works with the token, is refused, where it can be had.
cli() {
	[[ -n ${LIVE-} ]] && type -P coder >/dev/null || return 0
	CODER_SESSION_TOKEN=$secret coder "$@" </dev/null >"$BATS_TEST_TMPDIR/cli" 2>&1 || fail "coder $*: $(<"$BATS_TEST_TMPDIR/cli")"
}

cli_not() {
	[[ -n ${LIVE-} ]] && type -P coder >/dev/null || return 0
	! CODER_SESSION_TOKEN=$secret coder "$@" </dev/null >"$BATS_TEST_TMPDIR/cli" 2>&1 || fail "coder $*: $(<"$BATS_TEST_TMPDIR/cli")"
}

@test "workspace-read: sees its workspace by id and by name, and changes nothing" {
	token workspace-read "workspace:$P-a"
	may GET "workspaces/$A"
	may GET "users/me/workspace/$P-a"
	may GET "workspaces/$A/builds"
	cli show "$P-a"
	may_not GET "workspaces/$B"
	may_not GET workspaces
	may_not_build stop "$A"
	cli_not show "$P-b"
	cli_not stop -y "$P-a"
	no_more
	has "$said" "can see workspaces and their builds (coder show): workspace:"
}

@test "workspace-list: lists all workspaces, and changes none" {
	token workspace-list 'workspace:*'
	may GET workspaces
	has "$body" "\"$A\""
	has "$body" "\"$B\""
	cli list
	may_not_build stop "$A"
	no_more
	has "$said" "can list all workspaces (coder list): workspace:*"
}

@test "workspace-start: starts its workspace, and does not stop it" {
	as_owner to stop "$A"
	token workspace-start "workspace:$P-a"
	build start "$A"
	may_not_build stop "$A"
	may_not_build delete "$A"
	as_owner build stop "$A"
	cli start -y "$P-a"
	cli_not stop -y "$P-a"
	no_more
	has "$said" "can start workspaces (coder start): workspace:"
}

@test "workspace-stop: stops its workspace, and does not start it" {
	token workspace-stop "workspace:$A"
	build stop "$A"
	may_not_build start "$A"
	may_not_build delete "$A"
	as_owner build start "$A"
	cli stop -y "$P-a"
	cli_not start -y "$P-a"
	no_more
	has "$said" "can stop workspaces (coder stop): workspace:"
}

@test "workspace-operate: starts, stops, restarts and schedules its workspace, and does not delete it" {
	token workspace-operate "workspace:$P-a"
	may PUT "workspaces/$A/autostart" '{"schedule":null}'
	may PUT "workspaces/$A/ttl" '{"ttl_ms":null}'
	build stop "$A"
	build start "$A"
	cli restart -y "$P-a"
	cli schedule stop "$P-a" manual
	may_not_build delete "$A"
	cli_not delete -y "$P-a"
	no_more
	has "$said" "can start, stop and restart workspaces"
}

@test "workspace-ssh: opens the agent's connection, and does not stop the workspace" {
	local agent theirs
	agent=$(as_owner agent "$A") theirs=$(as_owner agent "$B")
	token workspace-ssh "workspace:$P-a"
	may GET "users/me/workspace/$P-a"
	cli show "$P-a"
	may_not_build stop "$A"
	if [[ $agent ]]; then
		connect "$agent"
		is "$http" 101
		connect "$theirs"
		[[ $http == [45]?? ]] || fail "the agent of B gave $http"
		token workspace-read "workspace:$P-a"
		connect "$agent"
		[[ $http == [45]?? ]] || fail "a token to read gave $http"
	fi
	no_more
}

@test "workspace-delete: deletes its workspace, and no other" {
	local gone
	gone=$(as_owner new_workspace "$P-d")
	token workspace-delete "workspace:$P-d"
	may_not_build start "$gone"
	may_not_build stop "$gone"
	may_not_build delete "$A"
	no_more
	has "$said" "can delete workspaces (coder delete): workspace:"
	may POST "workspaces/$gone/builds" '{"transition":"delete"}'
	wait_for 60 is_gone "$gone" || fail "the workspace was not deleted"
	gone=$(as_owner new_workspace "$P-e")
	token workspace-delete "workspace:$P-e"
	cli_not delete -y "$P-a"
	cli delete -y "$P-e"
	as_owner wait_for 1 is_gone "$gone" || [[ -z ${LIVE-} ]] || ! type -P coder
}

@test "workspace-create: creates workspaces of its template and of no other, and deletes none" {
	local made
	token workspace-create "template:$template"
	may POST users/me/workspaces "{\"name\":\"$P-c\",\"template_id\":\"$template\"}"
	made=$(fields_of -- id <<<"$body")
	as_owner settle "$made"
	may_not POST users/me/workspaces "{\"name\":\"$P-x\",\"template_id\":\"$other\"}"
	may_not POST users/me/keys/tokens '{"lifetime":3600000000000}'
	may_not_build delete "$made"
	may_not_build stop "$B"
	has "$said" "template:$P-t"
	token workspace-create 'workspace:*'
	cli create -y --template "$P-t" "$P-f"
	cli list
	cli_not delete -y "$P-f"
}

@test "template-push: pushes and activates versions of its template, and of no other" {
	local version directory=$BATS_TEST_TMPDIR/template
	token template-push "template:$template"
	may GET "templates/$template"
	version=$(push "$template")
	may PATCH "templates/$template/versions" "{\"id\":\"$version\"}"
	is "$(get "templates/$template" | fields_of -- active_version_id)" "$version"
	may GET "templateversions/$version/logs"
	mkdir "$directory"
	if [[ -n ${LIVE-} ]]; then
		tar -xf "$BATS_FILE_TMPDIR/archive" -C "$directory"
		cli templates push "$P-t" -y -d "$directory"
	fi
	may_not GET "templates/$other"
	may_not GET "workspaces/$A"
	no_more
	has "$said" "can upload versions of templates and activate them (coder templates push): template:$P-t"
}

@test "tokens-read: lists and views tokens, its own too, and changes none" {
	token tokens-read
	may GET users/me/keys/tokens
	has "$body" "\"$P-"
	cli tokens ls
	CODER_SESSION_TOKEN=$secret try token_view --self -c name --no-header
	has "$out" "$P-"
	may_not PUT "users/me/keys/${secret%%-*}/expire"
	may_not DELETE "users/me/keys/${secret%%-*}"
	may_not GET "workspaces/$A"
	no_more
	has "$said" "can list and view your own tokens (coder tokens ls)"
}

@test "tokens-manage: creates, expires and deletes tokens, and reads no workspace" {
	token tokens-manage
	CODER_SESSION_TOKEN=$secret try token_create -n "$P-made" -v made
	is "$status" 0
	CODER_SESSION_TOKEN=$secret try token_rm --expire "$P-made"
	is "$status" 0
	CODER_SESSION_TOKEN=$secret try token_rm "$P-made"
	is "$status" 0
	cli tokens ls
	may_not GET "workspaces/$A"
	may_not_build stop "$A"
	has "$said" "note: whoever holds it can create an unrestricted token"
}

@test "whoami: knows its user, and nothing else" {
	token whoami
	may GET users/me
	cli whoami
	may_not GET "workspaces/$A"
	may_not GET users/me/keys/tokens/nosuch
	no_more
	has "$said" "can see whose token it is (coder whoami)"
}

@test "read-only: reads everything of its user, and changes nothing" {
	token read-only
	may GET users/me/keys/tokens
	may GET workspaces
	has "$body" "\"$A\""
	may GET templates
	may GET "workspaces/$A"
	cli list
	cli show "$P-a"
	cli templates ls
	cli_not stop -y "$P-a"
	may_not_build stop "$A"
	no_more
	has "$said" "can read everything of your own, and change nothing"
}

@test "--self-readable: the token sees itself" {
	CODER_SESSION_TOKEN=$OWNER_TOKEN token_create -v secret -n "$P-self" --self-readable --for workspace-read --allow "workspace:$P-a" 2>/dev/null
	CODER_SESSION_TOKEN=$secret try token_view --self -c name --no-header
	has "$out" "$P-self"
	may GET "workspaces/$A"
	no_more
}

@test "goals of which one needs what the other must not have are refused" {
	CODER_SESSION_TOKEN=$OWNER_TOKEN try token_create -n "$P-x" --for workspace-list,workspace-stop --allow "workspace:$P-a"
	refused 2 "create two tokens"
}

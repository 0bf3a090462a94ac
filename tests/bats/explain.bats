#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# token_view --explain: what it reports about a token is so. tests/tools/explained.py compares it with what
# the deployment does.

load helper
bats_require_minimum_version 1.5.0
SANDBOX_OPTIONS=(--rate-limit 0)

setup() {
	shell_setup
	read -r -d '' one two < <(ctl POST templates '[{"name": "one"}, {"name": "two"}]' | fields_of -- id) || true
	ctl POST workspaces '[{"owner": "admin", "name": "dev", "template": "one"},
		{"owner": "alice", "name": "dev", "template": "one"}, {"owner": "alice", "name": "other", "template": "one"}]' >/dev/null
	forget_requests
}

workspace() { # workspace OWNER NAME
	of workspaces "owner=$1" "name=$2" -- id
}

# token SCOPES ENTRIES [MORE] - adds a token "t" of alice, with comma lists, and explains it. MORE are
# fields of the control route POST tokens.
token() {
	local scopes=${1//,/\",\"} entries=${2//,/\",\"}
	seed "[{\"owner\": \"alice\", \"name\": \"t\", \"scopes\": [\"$scopes\"], \"allow_list\": [\"$entries\"]${3+, $3}}]"
	try token_view t -u alice --explain
}

# says LINE... - the explanation, without its first line (whose token it is, and its expiry).
says() {
	is "$status$err" 0
	is "$(tail -n +2 <<<"$out")" "$(printf '%s\n' "$@")"
}

# compare ROUNDS SEED - what the comparison $explained finds, in this file's sandbox, which it resets.
compare() {
	SANDBOX_ENV=$BATS_FILE_TMPDIR/env CODER_TOKENS_SO=$SO python3 "$explained" "$@"
}

READ=workspace:read,template:read,user:read

# -------------------------------------------------------------- what is said

@test "what --explain reports about random tokens is what the deployment lets them do" {
	explained=$TOOLS/explained.py
	run -0 compare 40 "${EXPLAIN_SEED-1}"
}

@test "the comparison finds an explanation that is untrue" {
	local copy=$BATS_TEST_TMPDIR/tests/tools
	mkdir -p "$copy" "$BATS_TEST_TMPDIR/lib/api"
	ln -s "$TOOLS/grants.py" "$copy/grants.py"
	sed 's/--explain "$id"/& | grep -v "^can stop"/' "$TOOLS/explained.py" >"$copy/explained.py"
	cp "$REPO/lib/api/goal.c" "$BATS_TEST_TMPDIR/lib/api/"
	explained=$copy/explained.py
	run -1 compare 20 1
	has "$output" "workspace-stop workspace:alice/"
}

@test "--explain shows what a token for one workspace can do, and what it lacks for the nearest goals" {
	token "$READ,workspace:stop" "workspace:$(workspace alice dev),template:*,user:$(user_id alice)"
	says "can do no more than alice can" \
		"can see workspaces and their builds (coder show): workspace:alice/dev" \
		"can stop workspaces (coder stop): workspace:alice/dev" \
		"can see whose token it is (coder whoami)" \
		"lacks entry workspace:* to list all workspaces (coder list)" \
		"lacks scope workspace:start to start workspaces (coder start): workspace:alice/dev" \
		"lacks scopes workspace:start, workspace:update to start, stop and restart workspaces, and set their schedules: workspace:alice/dev" \
		"lacks scope workspace:ssh to open connections to workspaces (coder ssh): workspace:alice/dev" \
		"lacks scope workspace:delete to delete workspaces (coder delete): workspace:alice/dev" \
		"note: all templates are readable (template:*)"
}

@test "--explain shows what the obvious token for one workspace lacks, and what it may do nevertheless" {
	token workspace:read "workspace:$(workspace alice dev)"
	says "can do no more than alice can" \
		"lacks scopes template:read, user:read and entries template:*, user:alice to see workspaces and their builds (coder show): workspace:alice/dev" \
		"may also use workspace:read on workspace:alice/dev, in requests that need no more"
}

@test "a token without limits can do everything that its user can" {
	token coder:all '*:*'
	says "can do everything that alice can"
	token_create -n all -v secret
	try token_view all --explain
	says "can do everything that admin can"
	is "$(head -n 1 <<<"$out" | cut -d' ' -f 1-5)" "token of admin, expires at"
}

@test "coder:all for one workspace is more than goals, and everything is limited to its entries" {
	token coder:all "workspace:$(workspace alice dev),template:*,user:$(user_id alice)"
	has "$out" "can delete workspaces (coder delete): workspace:alice/dev"
	has "$out" "lacks entry workspace:* to list all workspaces (coder list)"
	has "$out" "may also use coder:all on template:*, user:alice, workspace:alice/dev, in requests that need no more"
	lacks "$out" everything
}

@test "a companion for another user does not count, and each workspace has what its owner needs" {
	local dev theirs
	dev=$(workspace alice dev) theirs=$(workspace admin dev)
	token "$READ,workspace:stop" "workspace:$dev,workspace:$theirs,template:*,user:$(user_id admin)"
	has "$out" "can stop workspaces (coder stop): workspace:admin/dev"
	has "$out" "lacks entry user:alice to stop workspaces (coder stop): workspace:alice/dev"
	has "$out" "lacks entry user:alice to see whose token it is (coder whoami)"
	has "$out" "may also use workspace:read, workspace:stop on workspace:alice/dev, in requests that need no more"
}

@test "workspace:* is of those users for whom there are entries" {
	token "$READ,workspace:stop" "workspace:*,template:*,user:$(user_id alice)"
	has "$out" "can stop workspaces (coder stop): workspace:* of alice"
	has "$out" "can list all workspaces (coder list): workspace:*"$'\n'
	has "$out" "may also use workspace:stop on workspace:* of others, in requests that need no more"
	token "$READ,workspace:stop" "workspace:*,template:*,user:*" '"name": "t2"'
	try token_view t2 -u alice --explain
	has "$out" "can stop workspaces (coder stop): workspace:*"$'\n'
	lacks "$out" others
}

@test "a composite scope is explained like its parts, and membership of an organization is enough to read an owner, except to start" {
	token coder:workspaces.operate "workspace:$(workspace alice dev),template:*,organization_member:$(user_id alice)"
	has "$out" "can stop workspaces (coder stop): workspace:alice/dev"
	has "$out" "lacks scope user:read and entry user:alice to start workspaces (coder start): workspace:alice/dev"
	has "$out" "may also use workspace:start, workspace:update on workspace:alice/dev, in requests that need no more"
	token user:read,coder:apikeys.manage_self "user:$(user_id alice),api_key:*" '"name": "t2"'
	try token_view t2 -u alice --explain
	has "$out" "can create, expire and delete your own tokens"
	has "$out" "note: whoever holds it can create an unrestricted token"
}

@test "api_key:* is the same as each of its actions, and creating alone makes unrestricted tokens" {
	token user:read,api_key:create,api_key:read,api_key:update,api_key:delete "user:$(user_id alice),api_key:*"
	has "$out" "can create, expire and delete your own tokens"
	lacks "$out" "lacks scope api_key:*"
	token user:read,api_key:create "user:$(user_id alice),api_key:*" '"name": "t2"'
	try token_view t2 -u alice --explain
	lacks "$out" "can create, expire"
	has "$out" "may also use api_key:create on api_key:*, in requests that need no more"
	has "$out" "note: whoever holds it can create an unrestricted token"
	token api_key:create "api_key:*" '"name": "t3"'
	try token_view t3 -u alice --explain
	lacks "$out" "unrestricted"
}

@test "a token that may look up other users is explained as one that can read their tokens, too" {
	token user:read,api_key:read "user:$(user_id alice),user:$(user_id admin),api_key:*"
	# servers sort the entries, by id
	[[ $out =~ "can list and view tokens (coder tokens ls): "(user:admin, user:alice|user:alice, user:admin)$'\n' ]] || fail "$out"
	has "$out" "lacks scope api_key:* to create, expire and delete tokens"$'\n'
	lacks "$out" "one's own"
	token user:read,api_key:* "user:*,api_key:*" '"name": "t2"'
	try token_view t2 -u alice --explain
	has "$out" "can create, expire and delete tokens: user:*"
	token user:read,api_key:read "user:$(user_id alice),api_key:*" '"name": "t3"'
	try token_view t3 -u alice --explain
	has "$out" "can list and view your own tokens (coder tokens ls)"
}

@test "an entry *:ID is explained as the object with that id" {
	token "$READ,workspace:stop" "*:$(workspace alice dev),template:*,*:$(user_id alice)"
	has "$out" "can stop workspaces (coder stop): workspace:alice/dev"
	token template:read,template:update "*:$two" '"name": "t2"'
	try token_view t2 -u alice --explain
	has "$out" "may also use template:read, template:update on template:two, in requests that need no more"
	token template:read "*:11111111-1111-4111-8111-111111111111" '"name": "t3"'
	try token_view t3 -u alice --explain
	has "$out" "*:11111111-1111-4111-8111-111111111111: not found: what the token can do with it is not known"
}

@test "scopes that no goal is about are listed with what they are for" {
	token coder:application_connect,task:read,coder:later "workspace:$(workspace alice dev),task:*"
	has "$out" "may also use workspace:application_connect on workspace:alice/dev, in requests that need no more"
	has "$out" "may also use task:read on task:*, in requests that need no more"
	has "$out" "may also use coder:later on task:*, workspace:alice/dev, in requests that need no more"
}

@test "template-push needs the template's own organization, workspace-create a template" {
	local push=file:create,file:read,organization:read,template:create,template:read,template:update,user:read
	token "$push" "template:$one,organization:$(ctl POST organizations '{"name": "second"}' | fields_of -- id),file:*,user:$(user_id alice)"
	has "$out" "lacks entry organization:coder to upload versions of templates and activate them (coder templates push): template:one"
	lacks "$out" "can upload"
	token "$READ,workspace:create,workspace:start,template:use" "workspace:*,template:$one,user:$(user_id alice)" '"name": "t2"'
	try token_view t2 -u alice --explain
	has "$out" "can create workspaces from templates: template:one"
	has "$out" "may also use workspace:read, workspace:start on workspace:*, in requests that need no more"
}

# -------------------------------------------------- tokens and objects in all states

@test "an expired token is explained as one that can do nothing" {
	token user:read '*:*' '"expires_in_s": -3600'
	is "$status$err" 0
	has "$out" "token of alice, expired at "
	has "${out%%$'\n'*}" ": it can do nothing of this any more"
	has "$out" "can see whose token it is (coder whoami)"
}

@test "a deleted, a dormant and an unknown workspace are told apart" {
	local gone dormant none=11111111-1111-4111-8111-111111111111
	gone=$(ctl POST workspaces '{"owner": "alice", "name": "gone", "deleted": true}' | fields_of -- id)
	dormant=$(ctl POST workspaces '{"owner": "alice", "name": "sleepy", "dormant": true}' | fields_of -- id)
	token "$READ,workspace:stop" "workspace:$gone,workspace:$dormant,workspace:$none,template:*,user:$(user_id alice),api_key:$none"
	is "$status$err" 0
	lacks "$out" "can stop"
	has "$out" "workspace:$gone: was deleted"
	has "$out" "workspace:alice/sleepy: the workspace is dormant: until it is active again, this entry does not match it"
	has "$out" "workspace:$none: not found: what the token can do with it is not known"
	has "$out" "api_key:$none: servers never match this id"
	has "$out" "may also use workspace:read, workspace:stop on workspace:$none, in requests that need no more"
}

@test "a token in use that may see nothing but itself is explained with ids instead of names" {
	local id
	id=$(workspace alice dev)
	seed "[{\"owner\": \"alice\", \"name\": \"self\", \"scopes\": [\"user:read\", \"api_key:read\", \"workspace:stop\"],
		\"allow_list\": [\"user:$(user_id alice)\", \"api_key:*\", \"workspace:$id\"]}]"
	CODER_SESSION_TOKEN=${KEYS[0]} try token_view --self --explain
	is "$status$err" 0
	has "$out" "can list and view your own tokens (coder tokens ls)"
	has "$out" "may also use workspace:stop on workspace:$id, in requests that need no more"
	has "$out" "workspace:$id: not found: what the token can do with it is not known"
}

@test "an owner whose name may not be seen is shown by id" {
	local id
	id=$(user_id alice)
	seed '[{"owner": "alice", "name": "t", "scopes": ["user:read"], "allow_list": ["*:*"]}]'
	fault "{\"method\":\"GET\",\"path\":\"/users/$id\$\",\"times\":0,\"status\":404,\"coder\":true,\"body\":\"{\\\"message\\\":\\\"Resource not found\\\"}\"}"
	try token_view t -u alice --explain
	is "$status$err" 0
	has "$out" "token of $id, expires at "
	has "$out" "can do no more than $id can"
}

@test "a login session is not explained" {
	try token_view --self --explain
	refused 3 "login session"
}

@test "names from the deployment do not act on the terminal" {
	local id
	id=$(workspace alice dev)
	seed "[{\"owner\": \"alice\", \"name\": \"t\", \"scopes\": [\"workspace:read\"], \"allow_list\": [\"workspace:$id\"]}]"
	fault "{\"method\":\"GET\",\"path\":\"/workspaces/\",\"status\":200,\"coder\":true,\"headers\":{\"Content-Type\":\"application/json\"},
		\"body\":\"{\\\"id\\\":\\\"$id\\\",\\\"owner_id\\\":\\\"$id\\\",\\\"organization_id\\\":\\\"$id\\\",\\\"name\\\":\\\"a\\\\u001b[2Jb\\\\ncan do everything\\\",\\\"owner_name\\\":\\\"x\\\"}\"}"
	try token_view t -u alice --explain
	is "$status$err" 0
	printable "$out"
	lacks "$out" $'\ncan do everything'
	has "$out" 'workspace:x/a\x1b[2Jb\x0acan do everything'
}

# ------------------------------------------------------------- requests and failures

@test "an object that a response has described is not requested again" {
	local dev other
	dev=$(workspace alice dev) other=$(workspace alice other)
	token "$READ" "workspace:$dev,workspace:$other,template:$one,user:$(user_id alice),*:$dev"
	is "$status" 0
	is "$(requests GET | tail -n +2 | grep -v '/keys' | sort)" "$(printf 'GET /api/v2/workspaces/%s\n' "$dev" "$other" | sort)"
	forget_requests
	try token_view t -u alice --explain
	has "$out" "may also use template:read on template:one"
	token coder:all '*:*' '"name": "t2"'
	forget_requests
	try token_view t2 -u alice --explain
	is "$(requests GET | grep -c 'workspaces\|templates')" 0
}

@test "after an error of the deployment --explain sends no more requests, and uses what it knows" {
	local dev other
	dev=$(workspace alice dev) other=$(workspace alice other)
	seed "[{\"owner\": \"alice\", \"name\": \"t\", \"scopes\": [\"workspace:read\"], \"allow_list\": [\"workspace:$dev\", \"workspace:$other\"]}]"
	fault '{"method":"GET","path":"/workspaces/","times":0,"status":500,"coder":true,"body":"{\"message\":\"Internal error fetching workspace resources.\"}"}'
	try token_view t -u alice --explain
	is "$status" 0
	is "$(requests GET | grep -c /workspaces/)" 1
	has "$err" "warning: looking up workspace:"
	has "$err" "Internal error fetching workspace resources."
	has "$out" "may also use workspace:read on workspace:"
	is "$(grep -c ': could not be looked up: what the token can do with it is not known' <<<"$out")" 2
}

@test "a deployment that is gone or too slow fails the call, and nothing is printed or assigned" {
	local id
	id=$(workspace alice dev)
	seed "[{\"owner\": \"alice\", \"name\": \"t\", \"scopes\": [\"workspace:read\"], \"allow_list\": [\"workspace:$id\", \"workspace:$(workspace alice other)\"]}]"
	TOKEN_SCOPES=(old)
	fault '{"method":"GET","path":"/workspaces/","times":0,"status":503,"coder":true,"headers":{"Retry-After":"0"},"body":"{\"message\":\"down\"}"}'
	try token_view t -u alice --explain
	refused 6 "looking up workspace:"
	is "${TOKEN_SCOPES[*]}" old
	is "$(requests GET | grep /workspaces/ | sort -u | wc -l)" 1
	ctl DELETE faults >/dev/null
	fault '{"method":"GET","path":"/workspaces/","times":0,"delay":30}'
	try token_view t -u alice --explain --timeout 1
	refused 7 "looking up workspace:"
	is "${TOKEN_SCOPES[*]}" old
	ctl DELETE faults >/dev/null
	fault '{"method":"GET","path":"/workspaces/","times":0,"status":401,"coder":true,"body":"{\"message\":\"You are signed out\"}"}'
	try token_view t -u alice --explain
	refused 4 "looking up workspace:"
}

@test "--explain sets the arrays and the record, and takes no format" {
	local -A record=()
	seed '[{"owner": "admin", "name": "t", "scopes": ["user:read", "task:read"], "allow_list": ["task:*", "file:*"]}]'
	try token_view t --explain -A record
	is "$status" 0
	has "$out" "may also use task:read on task:*"
	is "${TOKEN_SCOPES[*]} ${TOKEN_ALLOW_LIST[*]} ${record[name]}" "task:read user:read file:* task:* t"
	try token_view t --explain -o json
	misused "--explain takes no columns or format"
}

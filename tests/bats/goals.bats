#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# token_create --for GOAL: what such a token is given, what it does then and what it must not do, and
# which goals are refused together. Which scopes and entries each goal has is in test_goal.c.

load helper
SANDBOX_OPTIONS=(--rate-limit 0)

setup() {
	shell_setup
	ctl POST templates '{"name": "one"}' >/dev/null
	ctl POST workspaces '[{"owner": "admin", "name": "dev"}, {"owner": "alice", "name": "dev"}]' >/dev/null
	forget_requests
}

# ------------------------------------------------------- what the tokens can do

@test "a token for workspace-read reads its workspace by id and name, and changes nothing" {
	decided for-workspace-read
}

@test "a token for workspace-list lists all workspaces, and changes none" {
	decided for-workspace-list
}

@test "a token for workspace-start starts its workspace, and does not stop it" {
	decided for-workspace-start
}

@test "a token for workspace-stop stops its workspace, and does not start it" {
	decided for-workspace-stop
}

@test "a token for somebody else's workspace finds it by its owner and name" {
	decided for-workspace-stop-of-another
}

@test "a token for workspace-operate starts, stops and schedules its workspace, and does not delete it" {
	decided for-workspace-operate
}

@test "a token for workspace-ssh opens the agent's connection, and does not stop the workspace" {
	decided for-workspace-ssh
}

@test "a token for workspace-delete deletes its workspace, and no other" {
	decided for-workspace-delete
}

@test "a token for workspace-create creates workspaces of the given templates, and deletes none" {
	decided for-workspace-create
}

@test "a token for template-push pushes and activates versions of its template, and of no other" {
	decided for-template-push
}

@test "a token for tokens-read reads its user's tokens, and changes none" {
	decided for-tokens-read
}

@test "a token for tokens-manage creates, expires and deletes tokens" {
	decided for-tokens-manage
}

@test "a token for whoami knows its user, and nothing else" {
	decided for-whoami
}

@test "a token for read-only reads everything of its user, and changes nothing" {
	decided for-read-only
}

@test "a token with --self-readable sees itself, and cannot remove itself" {
	decided for-self-readable
}

@test "a token for two goals does both for its workspace" {
	decided for-two-goals
}

# ------------------------------------------------------------- what is created

# given NAME ENTRY... - the allow list of the token of that name has these entries, which servers sort.
given() {
	is "$(stored "$1" allow_list | tr ' ' '\n' | sort)" "$(printf '%s\n' "${@:2}" | sort)"
}

# the ids that the sandbox gave
admin() { of users username=admin -- id; }
alice() { of users username=alice -- id; }
workspace() { of workspaces "owner=$1" name=dev -- id; }
template() { listed templates name=one; }
organization() { listed organizations name=coder; }
listed() { # listed ROUTE KEY=VALUE - the id of what has that, outside the log of requests
	curl -sS -H "Coder-Session-Token: $ADMIN_TOKEN" "$URL/api/v2/$1" | fields_of "$2" -- id
	forget_requests
}

@test "--for adds to --scope and --allow, and prints on one line what it adds" {
	local id self
	id=$(workspace admin) self=$(admin)
	try token_create -n test --for workspace-stop --scope organization:read --allow workspace:dev,organization:*
	is "$status" 0
	is "$(stored test scopes)" "organization:read workspace:read template:read user:read workspace:stop"
	given test "workspace:$id" "organization:*" "user:$self" "template:*"
	has "$err" "added: scopes workspace:read template:read user:read workspace:stop; allow-list entries user:$self template:*"
	has "$err" "warning: workspace-stop: all templates are readable (template:*)"
	is "$(wc -l <<<"$err")" 2
}

@test "what --for adds is not printed where -v or -A is given and nobody looks" {
	local -A record=()
	try token_create -n test -v secret --for whoami
	is "$status$out$err" 0
	try token_create -n test2 -A record --for tokens-read
	is "$status$out$err" 0
	is "${record[scopes]}" "api_key:read user:read"
	try token_create -n test3 --for whoami
	is "$status" 0
	has "$err" "added: scopes user:read; allow-list entries user:$(admin)"
}

@test "the owner of a workspace is a companion, found with the workspace in one response" {
	try token_create -n test -v secret --for workspace-stop --allow workspace:alice/dev
	is "$status" 0
	given test "workspace:$(workspace alice)" "user:$(admin)" "template:*" "user:$(alice)"
	is "$(requests GET | grep -c workspace)" 1
	forget_requests
	try token_create -n test2 -v secret --for workspace-stop --allow "workspace:$(workspace alice)"
	is "$status" 0
	is "$(stored test2 allow_list)" "$(stored test allow_list)"
	is "$(requests GET | grep -c workspace)" 1
}

@test "--for works for the tokens of another user" {
	try token_create -n test -u alice -v secret --for workspace-stop --allow workspace:dev
	is "$status" 0
	given test "workspace:$(workspace alice)" "user:$(alice)" "template:*"
}

@test "--self-readable adds to limited tokens only" {
	try token_create -n all -v secret --self-readable
	is "$status" 0
	is "$(stored all scopes) $(stored all allow_list)" "coder:all *:*"
	try token_create -n scoped -v secret --self-readable --scope workspace:read
	is "$(stored scoped scopes) $(stored scoped allow_list)" "workspace:read user:read api_key:read *:*"
	try token_create -n both -v secret --self-readable --scope template:read --allow 'template:*'
	is "$(stored both scopes)" "template:read user:read api_key:read"
	given both "template:*" "user:$(admin)" "api_key:*"
}

@test "tokens-manage warns that its holder can create an unrestricted token, once" {
	try token_create -n test -v secret --for tokens-manage
	is "$status" 0
	[[ $err == *"warning: tokens-manage: whoever holds it can create an unrestricted token" && $err != *$'\n'* ]] || fail "$err"
}

# ---------------------------------------------------- what does go together

@test "what is given beside a goal is not taken for too little: an organization, a user, a scope of the goal" {
	local id self scope
	id=$(template) self=$(admin)
	try token_create -n org -v secret --for template-push --scope organization:update --allow template:one,organization:coder
	is "$status" 0
	given org "template:$id" "organization:$(organization)" "user:$self" "file:*"
	try token_create -n orgs -v secret --for template-push --allow 'template:*,organization:coder'
	is "$status" 0
	given orgs "template:*" "organization:$(organization)" "user:$self" "file:*"
	try token_create -n user -v secret --for whoami --scope user:update_personal --allow user:admin
	is "$status" 0
	given user "user:$self"
	for scope in api_key:delete coder:apikeys.manage_self api_key:create,api_key:update; do
		try token_create -n "$scope" -v secret --for tokens-manage --scope "$scope"
		is "$status" 0
	done
}

@test "an organization or a user that was not given is still refused to a scope that acts on it" {
	refused_after_looking "template-push cannot be combined with the scope organization:update: the entry organization:" \
		--for template-push --scope organization:update --allow template:one,organization:11111111-1111-4111-8111-111111111111
	refused_after_looking "whoami cannot be combined with the scope user:update_personal: the entry user:$(admin), " \
		--for whoami --scope user:update_personal --allow user:alice
	refused_after_looking "workspace-read cannot be combined with the scope user:update_personal: the entry user:$(alice), " \
		--for workspace-read --scope user:update_personal --allow user:me,workspace:alice/dev
}

refused_after_looking() { # refused_after_looking MESSAGE OPTION...
	try token_create -n test "${@:2}"
	refused 2 "$1"
	is "$(requests POST)" ""
}

@test "workspaces of some templates take those templates' organization only" {
	try token_create -n test -v secret --for workspace-create --allow 'workspace:*,template:one'
	is "$status" 0
	given test "workspace:*" "template:$(template)" "user:$(admin)" \
		"organization:$(organization)"
}

@test "entries that were given are not added again" {
	try token_create -n test --for workspace-stop --allow 'workspace:dev,user:me,template:*' --scope workspace:read
	is "$status" 0
	lacks "$err" warning
	has "$err" "added: scopes template:read user:read workspace:stop"
	lacks "$err" entries
	try token_create -n all --for workspace-stop --allow '*:*' --scope workspace:read,template:read,user:read,workspace:stop
	is "$status" 0
	lacks "$err" added
	given all '*:*'
	try token_create -n plain --self-readable
	is "$status$err" 0
}

@test "scopes and entries from arrays count as given, with --for as without" {
	# shellcheck disable=SC2034 # read by name
	local -a scopes=(task:read workspace:read) entries=("workspace:dev" "task:*") acting=(template:update)
	try token_create -n test --for workspace-stop --scopes-from scopes --allow-from entries
	is "$status" 0
	is "$(stored test scopes)" "task:read workspace:read template:read user:read workspace:stop"
	given test "workspace:$(workspace admin)" "task:*" "user:$(admin)" "template:*"
	has "$err" "added: scopes template:read user:read workspace:stop; allow-list entries user:$(admin) template:*"
	# what one token has, and a goal beside it
	token_view test >/dev/null
	try token_create -n more -v secret --for tokens-read --scopes-from TOKEN_SCOPES --allow-from TOKEN_ALLOW_LIST
	is "$status" 0
	given more "workspace:$(workspace admin)" "task:*" "user:$(admin)" "template:*" "api_key:*"
	forget_requests
	try token_create -n test2 --for workspace-stop --scopes-from acting --allow-from entries
	refused_early 2 "workspace-stop cannot be combined with the scope template:update: the entry template:*, "
	entries=()
	try token_create -n test2 --for whoami --allow-from entries
	refused_early 2 "--allow-from: entries: the array is empty, which would mean no restriction"
	try token_create -n test2 --for whoami --scopes-from nosuch
	refused_early 2 "--scopes-from: nosuch"
}

@test "what --for adds is printed on a terminal even with -v" {
	at_prompt <<-'END'
		type token_create -n test -v secret --for whoami && echo "made ${#secret}"
		prompt 20
	END
	has "$screen" "added: scopes user:read; allow-list entries user:$(admin)"
	has "$screen" "made 33"
}

# ------------------------------------------------------------------ warnings

# warned MESSAGE... - these are the warnings of the last try, and all of them.
warned() {
	is "$(grep -o 'warning: .*' <<<"$err")" "$(printf 'warning: %s\n' "$@")"
}

@test "warnings name what a token can do beyond its goals, and what it cannot do" {
	try token_create -n a -v secret --for workspace-create --allow template:one
	is "$status" 0
	warned "workspace-create: whoever holds it can also start workspaces that exist" \
		"workspace-create: coder create needs template:*, too; without it only POST /users/me/workspaces works"
	try token_create -n b -v secret --for workspace-create --allow 'workspace:*'
	warned "workspace-create: whoever holds it can also start workspaces that exist" \
		"workspace-create: all templates are readable (template:*)"
	try token_create -n c -v secret --for template-push --allow template:one
	warned "template-push: whoever holds it can run code that gets an unrestricted token of everybody who builds a workspace from the template" \
		"template-push: lists of templates (coder templates list) fail without template:*"
	try token_create -n d -v secret --for template-push --allow 'template:*'
	warned "template-push: whoever holds it can run code that gets an unrestricted token of everybody who builds a workspace from the template"
	try token_create -n e -v secret --for workspace-stop --allow 'workspace:*'
	warned "workspace-stop: most requests about workspaces of other users need the entry user:*, too" \
		"workspace-stop: all templates are readable (template:*)"
	try token_create -n f -v secret --for workspace-stop --allow 'workspace:*,user:*,template:*'
	is "$status$err" 0
	try token_create -n g -v secret --for read-only
	warned "read-only: all templates are readable (template:*)"
	try token_create -n h -v secret --for workspace-read,workspace-stop --allow workspace:dev
	warned "workspace-read: all templates are readable (template:*)"
}

@test "a workspace of another user is stopped with workspace:* if user:* is given, too" {
	decided for-workspace-stop-of-all
}

@test "--for warns of an id that servers never match" {
	try token_create -n test -v secret --for whoami --allow license:11111111-1111-4111-8111-111111111111
	is "$status" 0
	warned "license: servers never match an id of this type: only license:* works"
}

@test "a scope that also reads what belongs to the owner of another's workspace is a warning" {
	local of_owner="what belongs to the workspace's owner is readable, too"
	try token_create -n a -v secret --for workspace-read,tokens-read --allow workspace:alice/dev
	is "$status" 0
	warned "workspace-read: all templates are readable (template:*)" "workspace-read: $of_owner (api_key:read)"
	try token_create -n b -v secret --for workspace-stop --self-readable --allow workspace:alice/dev
	warned "workspace-stop: all templates are readable (template:*)" "workspace-stop: $of_owner (api_key:read)"
	try token_create -n c -v secret --for workspace-read --scope user:read_personal,task:read --allow 'workspace:alice/dev,task:*'
	warned "workspace-read: all templates are readable (template:*)" "workspace-read: $of_owner (user:read_personal, task:read)"
	# the token's own, what was asked for, and what its scopes do not read
	try token_create -n d -v secret --for workspace-read,tokens-read --allow workspace:dev
	warned "workspace-read: all templates are readable (template:*)"
	try token_create -n e -v secret --for workspace-read,tokens-read --allow workspace:alice/dev,user:alice
	warned "workspace-read: all templates are readable (template:*)"
	try token_create -n f -v secret --for workspace-read --scope task:read --allow 'workspace:alice/dev,task:11111111-1111-4111-8111-111111111111'
	warned "workspace-read: all templates are readable (template:*)"
	decided for-reading-of-another
}

@test "the dry run names the users whose tokens the token can read, where it is not one's own alone" {
	try token_create -n a --dry-run --for workspace-read,tokens-read --allow workspace:alice/dev
	is "$status" 0
	has "$err" "can list and view tokens (coder tokens ls): user:admin, user:alice"
	lacks "$err" "can list and view one's own"
	try token_create -n a --dry-run --for workspace-read,tokens-read --allow workspace:dev
	has "$err" "can list and view your own tokens (coder tokens ls)"
	try token_create -n a --dry-run --for tokens-manage --allow user:alice
	has "$err" "can create, expire and delete tokens: user:alice, user:admin"
	try token_create -n a --dry-run --for read-only --allow 'user:*'
	has "$err" "can read everything, and change nothing: user:*"
}

@test "an entry that a wildcard beside it makes useless is a warning, with --for and without" {
	try token_create -n a -v secret --scope workspace:read --allow 'workspace:dev,workspace:*,template:*,user:me'
	is "$status" 0
	warned "the token is not limited to workspace:dev: workspace:* is given, too"
	try token_create -n b -v secret --for workspace-stop --allow 'workspace:dev,workspace:*,workspace:alice/dev,user:*,template:*,workspace:dev'
	is "$status" 0
	warned "the token is not limited to workspace:dev, workspace:alice/dev: workspace:* is given, too"
	try token_create -n c -v secret --scope workspace:read --allow 'workspace:*,*:*,*:*'
	warned "the token is not limited to workspace:*: *:* is given, too"
	try token_create -n d -v secret --scope workspace:read --allow 'workspace:dev,template:*,template:*'
	is "$status$err" 0
}

@test "a scope without an entry of its type is a warning, with --for and without" {
	try token_create -n a -v secret --for workspace-read --scope user_secret:read --allow workspace:dev
	is "$status" 0
	warned "workspace-read: all templates are readable (template:*)" \
		"user_secret:read: has no effect, because the allow list has no entry of its type"
	try token_create -n b -v secret --scope workspace:read,coder:apikeys.manage_self,task:create --allow 'workspace:*,template:*'
	warned "a token that may create tokens can create unrestricted ones" \
		"coder:apikeys.manage_self: has no effect, because the allow list has no entry of its type" \
		"task:create: has no effect, because the allow list has no entry of its type"
	try token_create -n c -v secret --scope coder:application_connect,template:read --allow "*:$(workspace admin)"
	is "$status$err" 0
	try token_create -n d -v secret --scope task:read,coder:all
	is "$status$err" 0
}

@test "scopes with which a token can change templates are a warning" {
	local -r warning="a token that may change templates can run code that gets an unrestricted token of everybody who builds a workspace from them"
	try token_create -n a -v secret --scope file:create,template:create,template:update
	is "$status" 0
	warned "$warning"
	try token_create -n b -v secret --scope coder:templates.author
	warned "$warning"
	try token_create -n c -v secret --scope file:create,template:create
	is "$status$err" 0
}

@test "a scope that a goal adds beside TYPE:* is not sent, and a given one is" {
	try token_create -n a -v secret --for tokens-read,tokens-manage
	is "$status" 0
	is "$(stored a scopes)" "user:read api_key:*"
	try token_create -n b -v secret --for workspace-read --scope 'template:*' --allow 'workspace:dev,template:*'
	is "$status" 0
	is "$(stored b scopes)" "template:* workspace:read user:read"
	# --for takes nothing away, and token_list --scope finds it
	try token_create -n c -v secret --for tokens-manage --scope api_key:read
	is "$(stored c scopes)" "api_key:read user:read api_key:*"
	# it changes nothing in what goes together
	try token_create -n d --for workspace-read --scope 'template:*' --allow workspace:dev
	refused 2 "workspace-read cannot be combined with the scope template:*: the entry template:*, "
}

@test "a scope for all workspaces goes with a goal on all of them and one of another user" {
	try token_create -n a -v secret --for workspace-stop --scope workspace:delete --allow 'workspace:*,workspace:alice/dev'
	is "$status" 0
	given a "workspace:*" "user:$(admin)" "template:*" "user:$(alice)"
	# what belongs to that user otherwise was not asked for
	try token_create -n b --for workspace-stop --scope workspace:delete,task:create --allow 'workspace:*,workspace:alice/dev,task:*'
	refused 2 "workspace-stop cannot be combined with the scope task:create: the entry user:$(alice), "
	try token_create -n b --for whoami --scope workspace:delete --allow 'workspace:*,user:alice,workspace:alice/dev'
	is "$status" 0
}

@test "the dry run of a token for a dormant workspace reports that the entry does not match it" {
	local dormant entry
	dormant=$(ctl POST workspaces '{"owner": "alice", "name": "sleepy", "dormant": true}' | fields_of -- id)
	for entry in "workspace:alice/sleepy" "workspace:$dormant"; do
		try token_create -n a --dry-run --for workspace-stop --allow "$entry"
		is "$status" 0
		lacks "$err" "can stop"
		has "$err" "workspace:alice/sleepy: the workspace is dormant: until it is active again, this entry does not match it"
	done
}

# ------------------------------------------------------------------- requests

@test "only what a goal needs to know is requested, and once" {
	local id
	id=$(template)
	try token_create -n test -v secret --for whoami --allow "template:$id,workspace:$(workspace alice)"
	is "$status" 0
	is "$(requests GET | grep -c 'templates\|workspace')" 0
	forget_requests
	try token_create -n test2 -v secret --for workspace-stop --allow workspace:dev,workspace:dev,workspace:dev
	is "$status" 0
	is "$(requests GET | grep -c workspace)" 1
}

@test "the user's entry has the id as servers write it, and a user that does not exist is an error" {
	local id
	id=$(alice)
	try token_create -n test -u "${id^^}" -v secret --for whoami
	is "$status" 0
	given test "user:$id"
	try token_create -n test2 -u 11111111-1111-4111-8111-111111111111 -v secret --for whoami
	is "$status" 3
	has "$err" "looking up the user of the new token: "
	is "$(requests POST | grep -c keys)" 1
	fault '{"method":"GET","path":"/users/me$","status":200,"coder":true,"body":"{\"id\":\"nobody\",\"username\":\"admin\"}"}'
	try token_create -n test2 -v secret --for whoami
	refused 7 "broken response: the id of the user is not a UUID"
}

@test "an owner or an organization that a response lacks is an error before the token is created" {
	local body
	body="{\"id\":\"$(workspace alice)\",\"name\":\"dev\"}"
	fault "{\"method\":\"GET\",\"path\":\"/workspace/dev\",\"status\":200,\"coder\":true,\"body\":\"${body//\"/\\\"}\"}"
	try token_create -n test -v secret --for workspace-stop --allow workspace:alice/dev
	refused 7 "broken response: no owner of workspace:$(workspace alice)"
	is "$(requests POST)" ""
}

# ------------------------------------------------------------- what is refused

@test "a goal on objects without an entry is refused before any request" {
	refusals <<-'END'
		--for workspace-stop|workspace-stop needs an allow-list entry: workspace:NAME, or workspace:* for all of them
		--for workspace-list|workspace-list needs the allow-list entry workspace:*
		--for workspace-create|workspace-create needs the allow-list entry workspace:*, or template:NAME
		--for template-push --allow workspace:dev|template-push needs an allow-list entry: template:NAME, or template:* for all of them
		--for workspace-read --allow *:11111111-1111-4111-8111-111111111111|workspace-read needs an allow-list entry: workspace:NAME, or workspace:* for all of them; *:11111111-1111-4111-8111-111111111111, an id of any type, is not accepted
		--for workspace-create --allow *:11111111-1111-4111-8111-111111111111|workspace-create needs the allow-list entry workspace:*, or template:NAME; *:11111111-1111-4111-8111-111111111111, an id of any type, is not accepted
	END
}

# refusals - lines OPTIONS|MESSAGE: each is status 2, with no request.
refusals() {
	local options message
	while IFS='|' read -r options message; do
		# shellcheck disable=SC2086
		try token_create -n test $options
		refused_early 2 "$message"
	done
}

@test "a goal that cannot be limited as asked is refused before any request" {
	refusals <<-'END'
		--for workspace-list --allow workspace:dev|workspace-list cannot be limited to workspace:dev: it needs workspace:*
		--for workspace-create --allow workspace:alice/dev|workspace-create cannot be limited to workspace:alice/dev: it needs workspace:*
		--for tokens-read --allow api_key:11111111-1111-4111-8111-111111111111|tokens-read cannot be limited to api_key:11111111-1111-4111-8111-111111111111: it needs api_key:*
		--for workspace-stop --allow workspace:dev,template:one|workspace-stop cannot be limited to template:one: it needs template:*
	END
}

@test "goals that together exceed what was asked for are refused, and both are named" {
	refusals <<-'END'
		--for workspace-create,workspace-start --allow workspace:*,template:one|workspace-start cannot be combined with workspace-create: the entry template:*, which workspace-start needs, would let the scope template:use act on other templates; create two tokens
		--for workspace-list --for workspace-stop --allow workspace:dev|workspace-list cannot be combined with workspace-stop for workspace:dev: workspace-list needs workspace:*, and workspace-stop would then work on all of them; create two tokens
		--for workspace-read,template-push --allow workspace:dev,template:one|workspace-read cannot be combined with template-push: the entry template:*, which workspace-read needs, would let the scope template:create act on other templates; create two tokens
		--for tokens-read --scope api_key:delete|tokens-read cannot be combined with the scope api_key:delete: the entry api_key:*, which tokens-read needs, would let the scope api_key:delete act on all api keys; create two tokens
		--for whoami --scope coder:all|whoami cannot be combined with the scope coder:all:
		--self-readable --allow workspace:dev|--self-readable needs --scope: without a scope the token could do everything with the entries that it needs to view itself
		--for workspace-list,workspace-read --allow workspace:dev|workspace-list cannot be combined with workspace-read for workspace:dev: workspace-list needs workspace:*, and workspace-read would then work on all of them; create two tokens
		--for read-only,workspace-read --allow workspace:dev|read-only cannot be combined with workspace-read for workspace:dev: read-only needs workspace:*, and workspace-read would then work on all of them; create two tokens
		--for whoami --scope task:read|whoami cannot be combined with the scope task:read: no entry was given for that scope, so it would apply only to the entries that whoami needs; create two tokens
		--for whoami --scope coder:new.composite --allow user:alice --self-readable|a token that can view itself cannot be combined with the scope coder:new.composite:
		--for read-only --for workspace-stop --allow workspace:dev|read-only cannot be combined with workspace-stop:
	END
}

@test "a goal on another user's workspace does not open that user's tokens to a goal or scope for tokens" {
	local goal id
	id=$(alice)
	for goal in workspace-{read,start,stop,operate,ssh,delete}; do
		try token_create -n test --for "$goal,tokens-manage" --allow workspace:alice/dev
		refused 2 "$goal cannot be combined with tokens-manage: the entry user:$id, which $goal needs, would let the scope api_key:* act on what belongs to that user; create two tokens"
	done
	try token_create -n test --for workspace-read --scope api_key:create --allow "workspace:$(workspace alice),api_key:*"
	refused 2 "workspace-read cannot be combined with the scope api_key:create: the entry user:$id, "
	is "$(requests POST)" ""
	# what is asked for is given
	try token_create -n own -v secret --for workspace-stop,tokens-manage --allow workspace:dev
	is "$status" 0
	try token_create -n asked -v secret --for workspace-stop,tokens-manage --allow workspace:alice/dev,user:alice
	is "$status" 0
}

@test "an unknown goal is refused, with the one that was probably meant" {
	refusals <<-'END'
		--for workspace-sotp --allow workspace:dev|--for: unknown goal 'workspace-sotp'; did you mean 'workspace-stop'?
		--for workspace|--for: unknown goal 'workspace'; there are workspace-read, workspace-list, workspace-start, workspace-stop, workspace-operate, workspace-ssh, workspace-delete, workspace-create
		--for tokens|--for: unknown goal 'tokens'; there are tokens-read, tokens-manage
		--for template|--for: unknown goal 'template'; did you mean 'template-push'?
		--for everything|--for: unknown goal 'everything'; token_create --help lists the goals
		--for=|--for: goal cannot be empty
		--for whoami,,tokens-read|--for: word 2 of 'whoami,,tokens-read': goal cannot be empty
	END
}

@test "what cannot be looked up is an error before the token is created" {
	try token_create -n test --for workspace-stop --allow workspace:nosuch
	is "$status" 3
	is "$(requests POST)" ""
	try token_create -n test --for workspace-stop --allow workspace:11111111-1111-4111-8111-111111111111
	is "$status" 3
	is "$(requests POST)" ""
	fault '{"method":"GET","path":"/users/me$","status":403,"coder":true,"body":"{\"message\":\"Forbidden.\"}"}'
	try token_create -n test --for whoami
	is "$status" 4
	has "$err" "looking up the user of the new token: "
	is "$(requests POST)" ""
}

@test "a scope that the server's catalogue lacks is an error that names the scope and the version" {
	fault '{"method":"GET","path":"/auth/scopes$","times":0,"status":200,"headers":{"Content-Type":"application/json","X-Coder-Build-Version":"v2.30.0"},
		"body":"{\"external\":[\"workspace:read\",\"template:read\",\"workspace:stop\"]}"}'
	try token_create -n test --for workspace-stop --allow workspace:dev
	is "$status" 1
	has "$err" "user:read: not in the server's catalogue of scopes (Coder 2.30.0)"
	lacks "$err" "did you mean"
	try token_create -n test --self-readable --scope workspace:read
	is "$status" 1
	has "$err" "user:read: not in the server's catalogue of scopes (Coder 2.30.0)"
	try token_create -n test --for whoami --scope workspace:stopp --allow 'workspace:*'
	is "$status" 1
	has "$err" "workspace:stopp: not in the server's catalogue of scopes (Coder 2.30.0); did you mean 'workspace:stop'?"
	is "$(requests POST)" ""
}

@test "a scope that an old server refuses is not suggested in its own place" {
	fault '{"method":"POST","path":"/keys/tokens$","status":400,"coder":true,
		"body":"{\"message\":\"Failed to create API key.\",\"detail\":\"invalid or unsupported API key scope: \\\"workspace:stop\\\"\"}"}'
	try token_create -n test --scope workspace:stop
	refused 1 'invalid or unsupported API key scope: "workspace:stop"'
	lacks "$err" "did you mean"
}

@test "of several scopes, the one that the server refuses is the one that is corrected" {
	try token_create -n test --scope user:read,user:read_personall
	refused 1 "did you mean 'user:read_personal'?"
}

@test "a scope of any length stays as it was given" {
	local long
	printf -v long 'workspace:%0300d' 1
	try token_create -n test --for whoami --scope "$long" --allow user:me
	refused 1 "$long: not in the server's catalogue of scopes"
}

# ----------------------------------------------------------------- explaining

@test "--dry-run prints the request, why each scope and entry is in it, and what the token could do" {
	try token_create -n test --lifetime 1h --dry-run --for workspace-stop --allow workspace:dev
	is "$status" 0
	has "$out" '"scopes":["workspace:read","template:read","user:read","workspace:stop"]'
	has "$err" "goal workspace-stop: stop workspaces (coder stop)"
	has "$err" "scope workspace:stop: workspace-stop"
	has "$err" "entry workspace:$(workspace admin): given, workspace-stop"
	has "$err" "entry template:*: workspace-stop"
	has "$err" "can stop workspaces (coder stop): workspace:admin/dev"
	has "$err" "lacks entry workspace:* to list all workspaces (coder list)"
	is "$(requests POST)" ""
}

@test "--dry-run reports what the token could do with given entries that no goal needs" {
	local own all
	own="$(workspace alice),template:*,user:$(user_id alice)" all=workspace:read,template:read,workspace:stop
	try token_create -u alice -n test --dry-run --self-readable --scope "$all" --allow "workspace:$own"
	is "$status" 0
	has "$err" "can do no more than alice can"
	has "$err" "can stop workspaces (coder stop): workspace:alice/dev"
	lacks "$err" "lacks entry user:"
	# an id of any type may be that of a workspace
	try token_create -u alice -n test --dry-run --self-readable --scope "$all" --allow "*:$own"
	is "$status" 0
	has "$err" "can stop workspaces (coder stop): workspace:alice/dev"
	# of whom the workspaces are is said by name
	try token_create -u alice -n test --dry-run --for workspace-read --allow 'workspace:*'
	is "$status" 0
	has "$err" "can see workspaces and their builds (coder show): workspace:* of alice"
	is "$(requests POST)" ""
}

@test "--dry-run reports that it could not look up what an entry names" {
	fault '{"method":"GET","path":"/workspaces/","times":0,"status":500,"coder":true,"body":"{\"message\":\"Internal error fetching workspace resources.\"}"}'
	try token_create -n test --dry-run --self-readable --scope workspace:read --allow "workspace:$(workspace alice)"
	is "$status" 0
	has "$err" "; the rest is not looked up"
	has "$err" "what the token can do with it is not known"
}

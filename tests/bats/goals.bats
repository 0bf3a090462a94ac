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

decided() { # decided ROW... - rows of tests/tools/grants.py, with a sandbox of their own
	CODER_TOKENS_SO=$SO python3 "$REPO/tests/tools/grants.py" "$@"
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

@test "--for adds to --scope and --allow, and says on one line what" {
	local id self
	id=$(workspace admin) self=$(admin)
	try token_create -n test --for workspace-stop --scope task:read --allow workspace:dev,organization:*
	is "$status" 0
	is "$(stored test scopes)" "task:read workspace:read template:read user:read workspace:stop"
	given test "workspace:$id" "organization:*" "user:$self" "template:*"
	has "$err" "added: scopes workspace:read template:read user:read workspace:stop; allow-list entries user:$self template:*"
	has "$err" "warning: workspace-stop: other templates become readable (template:*)"
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
	[[ $err == *"warning: tokens-manage: who holds it can create an unrestricted token" && $err != *$'\n'* ]] || fail "$err"
}

# ------------------------------------------------------------- what is refused

@test "a goal on objects without an entry is refused before any request" {
	refusals <<-'END'
		--for workspace-stop|workspace-stop needs an allow-list entry: workspace:NAME, or workspace:* for all of them
		--for workspace-list|workspace-list needs the allow-list entry workspace:*
		--for workspace-create|workspace-create needs the allow-list entry workspace:*, or template:NAME
		--for template-push --allow workspace:dev|template-push needs an allow-list entry: template:NAME, or template:* for all of them
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

@test "goals that would widen each other are refused, and both are named" {
	refusals <<-'END'
		--for workspace-list --for workspace-stop --allow workspace:dev|workspace-list cannot be combined with workspace-stop for workspace:dev: workspace-list needs workspace:*, and workspace-stop would then work on all of them; create two tokens
		--for workspace-read,template-push --allow workspace:dev,template:one|workspace-read cannot be combined with template-push: the entry template:*, which workspace-read needs, would let the scope template:create act on what was not asked for; create two tokens
		--for tokens-read --scope api_key:delete|tokens-read cannot be combined with the scope api_key:delete: the entry api_key:*, which tokens-read needs, would let the scope api_key:delete act on what was not asked for; create two tokens
		--for whoami --scope coder:all|whoami cannot be combined with the scope coder:all:
		--self-readable --allow workspace:dev|a token that can view itself cannot be combined with the scope coder:all:
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
		--for everything|--for: unknown goal 'everything'; token_create --help lists the goals
		--for=|--for: goal cannot be empty
		--for whoami,,tokens-read|--for: goal cannot be empty
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
	has "$err" "looking up whose token it will be: "
	is "$(requests POST)" ""
}

@test "a scope that the server's catalogue lacks is an error that names the scope and the version" {
	fault '{"method":"GET","path":"/auth/scopes$","status":200,"headers":{"Content-Type":"application/json","X-Coder-Build-Version":"v2.30.0"},
		"body":"{\"external\":[\"workspace:read\",\"template:read\",\"workspace:stop\"]}"}'
	try token_create -n test --for workspace-stop --allow workspace:dev
	is "$status" 1
	has "$err" "user:read: not in the server's catalogue of scopes (Coder v2.30.0)"
	is "$(requests POST)" ""
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
	has "$err" "can stop workspaces (coder stop): workspace:$(workspace admin)"
	has "$err" "cannot list all workspaces (coder list): lacks workspace:*"
	is "$(requests POST)" ""
}

@test "token_view --explain says in words what a token can do, and what it lacks" {
	token_create -n stop -v secret --for workspace-stop --allow workspace:alice/dev 2>/dev/null
	try token_view stop --explain
	is "$status$err" 0
	has "$out" "can see workspaces and their builds (coder show): workspace:alice/dev"
	has "$out" "can stop workspaces (coder stop): workspace:alice/dev"
	has "$out" "cannot list all workspaces (coder list): lacks workspace:*"
	has "$out" "cannot start workspaces (coder start): lacks workspace:start"
	lacks "$out" "can start"
	# the obvious combination, which is refused on that very workspace
	token_create -n obvious -v secret --scope workspace:read --allow workspace:alice/dev 2>/dev/null
	try token_view obvious --explain
	is "$status" 0
	has "$out" "cannot see workspaces and their builds (coder show): lacks template:read, user:read, user:ID, template:*"
	lacks "$out" $'\ncan '
	token_create -n all -v secret
	try token_view all --explain
	is "$status$out" "0can do everything that its user can"
	try token_view all --explain -o json
	misused "--explain takes no columns or format"
}

@test "--explain shows ids where the names may not be seen, and sets the arrays as ever" {
	local id
	id=$(workspace alice)
	token_create -n stop -v secret --for workspace-stop --allow workspace:alice/dev 2>/dev/null
	fault '{"method":"GET","path":"/workspaces/","status":404,"coder":true,"body":"{\"message\":\"Resource not found\"}"}'
	try token_view stop --explain
	is "$status" 0
	has "$out" "can stop workspaces (coder stop): workspace:$id"
	is "${TOKEN_SCOPES[*]}" "template:read user:read workspace:read workspace:stop"
}

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# What a token's scopes and allow list let it do, as a real deployment decided. The tests of goals
# stand on it: the sandbox must grant, and refuse, what the rows of tests/tools/grants.py list.

load helper
bats_require_minimum_version 1.5.0
SANDBOX_OPTIONS=(--rate-limit 0)

@test "a token for a workspace's id reads it by its id, and not by its owner and name" {
	decided workspace-by-id
}

@test "a token to read a workspace finds it by its owner and name, and changes nothing" {
	decided workspace-read
}

@test "a token without a template reads a workspace's builds and agents, and not the workspace" {
	decided sub-resources
}

@test "a token to list workspaces lists all of its user's" {
	decided workspace-list
}

@test "a list of workspaces fails for one workspace, and is empty without its templates" {
	decided list-refused
}

@test "a token to start and stop a workspace by its id does so with one template, and reads nothing" {
	decided workspace-start-stop-by-id
}

@test "a token to stop a workspace does not start it" {
	decided workspace-stop
}

@test "a token to start a workspace does not stop it" {
	decided workspace-start
}

@test "a token to start and stop a workspace finds it by name with template:*, and does not schedule it" {
	decided workspace-start-stop-with-cli
}

@test "a token to operate a workspace schedules, extends and marks it, and does not delete it" {
	decided workspace-operate
}

@test "a dry run of an update needs workspace:*, the update itself one workspace" {
	decided update-with-cli
}

@test "a token for all workspaces and one template operates workspaces of that template alone" {
	decided all-of-one-template
}

@test "a token for ssh opens the agent's connection, which reading alone does not" {
	decided workspace-ssh
}

@test "a token for a workspace reaches the agent that a new start has made" {
	decided agent-after-start
}

@test "a token to create workspaces of one template creates no others" {
	decided workspace-create
}

@test "a workspace is not created without workspace:*, or without one of its scopes" {
	decided create-refused
}

@test "a token to create workspaces with template:* is not limited to one template" {
	decided create-and-delete-with-cli
}

@test "a workspace is created below an organization with a readable membership only" {
	decided create-in-organization
}

@test "a token to delete a workspace deletes that one, and does not start or stop it" {
	decided workspace-delete
}

@test "a token to push a template uploads, makes and activates versions of that one" {
	decided template-push
}

@test "a token to push with template:* makes a new template" {
	decided template-new
}

@test "a push without one of its scopes or entries fails at the step that needs it" {
	decided push-refused
}

@test "a file that a template uses is readable to whoever may update the template" {
	decided push-known-file
}

@test "a token to manage tokens does so, and reads no workspace" {
	decided tokens-manage
}

@test "a token that a token to manage tokens has made may do everything" {
	decided minted-token
}

@test "a token to read tokens reads them, and changes none" {
	decided tokens-read
}

@test "creating, expiring and deleting tokens need their own scopes, and api_key:*" {
	decided tokens-one-operation
}

@test "a token to know its user reads the user, and what is personal with one more scope" {
	decided whoami
}

@test "a token to read everything reads it, and changes nothing" {
	decided read-only
}

@test "a composite scope needs the user or the membership among its entries" {
	decided composites
}

@test "a missing template is refused otherwise than a missing owner" {
	decided missing-companions
}

@test "some routes need no scope, but are limited by the allow list" {
	decided without-scopes
}

@test "members of an organization are shown to whoever may read roles" {
	decided organization-members
}

@test "every scope of a token applies to every entry" {
	decided crosswise crosswise-push
}

@test "a dormant workspace is of another type, which no public scope names" {
	decided dormancy
}

@test "each row of what tokens may do has a test" {
	local rows
	rows=$(sed -n 's/^    "\([a-z-]*\)": ("[a-z]*", """$/\1/p' "$TOOLS/grants.py" | sort)
	[ "$rows" = "$(sed -n 's/^\tdecided //p' "${BATS_TEST_FILENAME%/*}"/{grants,goals}.bats | tr ' ' '\n' | sort)" ]
}

@test "a row whose status is another is reported" {
	local copy=$BATS_TEST_TMPDIR/tools/grants.py
	mkdir -p "${copy%/*}"
	ln -s "$SANDBOX" "$BATS_TEST_TMPDIR/sandbox"
	sed 's/200 GET \/users\/me ~ "username":"alice"/404 GET \/users\/me/' "$TOOLS/grants.py" >"$copy"
	run -1 python3 "$copy" whoami
	[ "${lines[0]}" = "404 GET /users/me" ]
	[[ ${lines[1]} == "  gave 200 "* ]]
}

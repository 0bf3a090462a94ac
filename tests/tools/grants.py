#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a token of given scopes and entries may do, tried in the sandbox: grants.py NAME...

Each row creates tokens, sends requests with them and compares the statuses of the responses. The
statuses are those that a deployment (v2.35.2, no licence) gave for tokens of the same scopes and
entries, with templates and workspaces as set up here. A comment explains what a row is evidence of.

A line `token SCOPES / ENTRIES` creates a token for the row's user, and the lines below use it. A line
`for GOALS / ENTRIES`, where a goal may be a scope, creates it with token_create of $CODER_TOKENS_SO.
Other lines are `STATUS METHOD PATH [BODY] [~ TEXT]`, where TEXT must be in the response. Method, path
and body may be replaced by one of the SHORT names with an id.

The sandbox is one that runs, whose output of --print-env is in the file $SANDBOX_ENV, and which it
resets; or, without that variable, its own.

Names in braces are ids: {dev} and {other} are alice's workspaces of template {one}, {third} is hers
of {two}, {theirs} is admin's of {one}; {me} is the token's user, {org} the organization, {key} the
token in use, {new} the token it created last, {version} the active version of {one}, {of_two} that of
{two}, {build} and {agent} the last of {dev}, {old_agent} its first agent, {file} the last upload,
{free} a version of no template, {made} the version created last, {created} the workspace created last.
{token_name} is the name of the token in use, {fresh} a name that is not in use.
"""

import http.client
import json
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SANDBOX = os.path.join(os.path.dirname(HERE), "sandbox", "sandbox.py")

# What a goal of interface.md stands for, and entries that are often used.
WORDS = {
    "READ": "workspace:read template:read user:read",
    "OPERATE": "workspace:read template:read user:read workspace:start workspace:stop",
    "CREATE": "workspace:read template:read user:read workspace:create workspace:start "
    "template:use",
    "PUSH": "file:create file:read organization:read template:create template:read template:update",
    "READING": "api_key:read organization:read task:read template:read user:read "
    "user:read_personal user_secret:read user_skill:read workspace:read",
    "W": "workspace:{dev}",
    "T": "template:{one}",
    "ME": "user:{me}",
    "ORG": "organization:{org}",
    "MEMBER": "organization_member:{me}",
    "TEAM": "workspace:* template:{one} organization:{org} organization_member:{me}",
    "AMBIGUOUS": 'column reference \\"id\\" is ambiguous',
}
SHORT = {
    "start": 'POST /workspaces/%s/builds {"transition":"start"}',
    "stop": 'POST /workspaces/%s/builds {"transition":"stop"}',
    "delete": 'POST /workspaces/%s/builds {"transition":"delete"}',
    "update": 'POST /workspaces/%s/builds {"transition":"start","template_version_id":"{version}"}',
    "may-read": 'POST /authcheck {"checks":{"may":{"action":"read",'
    '"object":{"resource_type":"workspace","resource_id":"%s"}}}}',
    "extend": 'PUT /workspaces/%s/extend {"deadline":"2090-01-01T00:00:00Z"}',
    "update-to": 'POST /workspaces/{dev}/builds {"transition":"start","template_version_id":"%s"}',
    "take-name": 'POST /organizations/{org}/templates '
    '{"name":"%s","template_version_id":"{free}"}',
    "create-named": 'POST /users/me/workspaces {"template_id":"{one}","name":"%s"}',
    "mint": 'POST /users/me/keys/tokens {"lifetime":3600000000000}',
    "create": 'POST /users/me/workspaces {"template_id":"%s","name":"{fresh}"}',
    "create-in-org": "POST /organizations/{org}/members/me/workspaces "
    '{"template_id":"%s","name":"{fresh}"}',
    "autostart": 'PUT /workspaces/%s/autostart {"schedule":null}',
    "ttl": 'PUT /workspaces/%s/ttl {"ttl_ms":3600000}',
    "dry-run": 'POST /templateversions/%s/dry-run {"workspace_name":"x"}',
    "push": 'POST /organizations/{org}/templateversions {"storage_method":"file",'
    '"provisioner":"terraform","file_id":"{file}","template_id":"%s"}',
    "activate": 'PATCH /templates/%s/versions {"id":"{made}"}',
    "describe": 'PATCH /templates/%s {"description":"x"}',
    "publish": "POST /organizations/{org}/templates "
    '{"name":"{fresh}","template_version_id":"%s"}',
}

# name: (the token's user, lines)
ROWS = {
    # The workspace is found by its id, but not by its owner's name. The server's query needs template:*.
    "workspace-by-id": ("alice", """
        token workspace:read template:read / W template:*
        200 GET /workspaces/{dev}
        404 GET /users/alice/workspace/dev
        404 GET /users/me/workspace/dev
        500 GET /workspaces ~ AMBIGUOUS
        404 GET /users/me
        404 GET /workspaces/{other}
        404 GET /workspaces/{theirs}
        403 stop {dev}
        404 mint
    """),
    "workspace-read": ("alice", """
        token READ / W template:* ME
        200 GET /workspaces/{dev}
        200 GET /users/alice/workspace/dev
        200 GET /users/me/workspace/dev
        200 GET /users/me
        200 GET /workspaces/{dev}/resolve-autostart
        404 GET /workspaces/{other}
        404 GET /users/me/workspace/other
        404 GET /workspaces/{theirs}
        404 GET /users/admin/workspace/dev
        500 GET /workspaces ~ AMBIGUOUS
        403 stop {dev} ~ You do not have permission to stop this workspace.
        403 delete {dev}
        404 stop {other}
        500 autostart {dev}
        500 ttl {dev}
        500 PUT /workspaces/{dev}/favorite
        500 mint ~ rbac: forbidden
        403 create {one}
    """),
    # The workspace itself needs a template in the allow list; what belongs to it does not.
    "sub-resources": ("alice", """
        token workspace:read / W
        403 GET /workspaces/{dev} ~ Forbidden.
        200 GET /workspaces/{dev}/builds
        200 GET /workspaces/{dev}/timings
        200 GET /workspaces/{dev}/acl
        200 GET /workspaces/{dev}/port-share
        200 GET /workspacebuilds/{build}
        200 GET /workspacebuilds/{build}/logs
        200 GET /workspacebuilds/{build}/parameters
        200 GET /workspacebuilds/{build}/resources
        200 GET /workspacebuilds/{build}/timings
        200 GET /workspaceagents/{agent}
        200 GET /workspaceagents/{agent}/connection
        200 GET /workspaceagents/{agent}/logs
        404 GET /workspaceagents/{agent}/coordinate
        200 may-read {dev} ~ "may":true
        200 may-read {other} ~ "may":false
        404 GET /workspaces/{other}/builds
        token workspace:read / workspace:{other}
        404 GET /workspacebuilds/{build}
        404 GET /workspaceagents/{agent} ~ Agent doesn't exist
    """),
    "workspace-list": ("alice", """
        token workspace:read template:read / workspace:* template:*
        200 GET /workspaces ~ "name":"dev"
        200 GET /workspaces?q=owner:alice ~ "name":"third"
        404 GET /users/me
        token READ / workspace:* template:* ME
        200 GET /workspaces ~ "name":"dev"
        200 GET /users/me/workspace/other
        403 stop {dev}
    """),
    # An entry for one workspace breaks the query. A missing template empties the array, but not the count.
    "list-refused": ("alice", """
        token workspace:read template:read / W template:*
        500 GET /workspaces ~ AMBIGUOUS
        token READ / *:{dev}
        500 GET /workspaces ~ AMBIGUOUS
        token workspace:read / workspace:*
        200 GET /workspaces ~ "workspaces":[],"count":3
        token workspace:read template:read / workspace:*
        200 GET /workspaces ~ "workspaces":[],"count":3
        token template:read / workspace:* template:*
        200 GET /workspaces ~ "workspaces":[],"count":0
        token workspace:read template:read / workspace:* T
        500 GET /workspaces ~ AMBIGUOUS
        token template:read / W template:*
        200 GET /workspaces ~ "workspaces":[],"count":0
        token workspace:read / W T
        403 GET /workspaces/{dev}
        200 GET /templates ~ []
    """),
    "workspace-start-stop-by-id": ("alice", """
        token OPERATE / W T ME
        201 stop {dev}
        201 start {dev}
        201 update {dev}
        500 update-to {of_two}
        200 GET /templates/{one}
        404 GET /templates/{two}
        500 mint
        500 GET /workspaces/{dev} ~ AMBIGUOUS
        500 GET /users/me/workspace/dev ~ AMBIGUOUS
        404 stop {other}
        404 stop {third}
        403 delete {dev}
        500 autostart {dev}
        500 ttl {dev}
    """),
    "workspace-stop": ("alice", """
        token READ workspace:stop / W T ME
        201 stop {dev}
        403 start {dev} ~ You do not have permission to start this workspace.
    """),
    "workspace-start": ("alice", """
        token READ workspace:start / W T ME
        201 start {dev}
        403 stop {dev} ~ You do not have permission to stop this workspace.
    """),
    # The reference CLI looks the workspace up, which needs template:*.
    "workspace-start-stop-with-cli": ("alice", """
        token OPERATE / W template:* ME
        200 GET /users/me/workspace/dev
        201 stop {dev}
        201 start {dev}
        500 GET /workspaces
        500 autostart {dev} ~ Internal error updating workspace autostart schedule.
        500 ttl {dev} ~ update workspace time until shutdown
        500 PUT /workspaces/{dev}/favorite ~ Internal error setting workspace as favorite
        404 PUT /workspaces/{dev}/autoupdates {"automatic_updates":"never"}
        403 POST /workspaces/{dev}/usage ~ Forbidden.
        500 mint
        404 stop {other}
    """),
    "workspace-operate": ("alice", """
        token OPERATE workspace:update / W template:* ME
        204 PUT /workspaces/{dev}/ttl {"ttl_ms":null}
        201 start {dev}
        204 autostart {dev}
        204 PUT /workspaces/{dev}/autostart {"schedule":"CRON_TZ=UTC 30 9 * * 1-5"}
        409 extend {dev} ~ Workspace shutdown is manual.
        204 ttl {dev}
        204 PUT /workspaces/{dev}/favorite
        204 DELETE /workspaces/{dev}/favorite
        204 PUT /workspaces/{dev}/autoupdates {"automatic_updates":"never"}
        204 POST /workspaces/{dev}/usage
        201 start {dev}
        200 extend {dev} ~ Deadline updated to
        201 stop {dev}
        409 extend {dev} ~ Workspace must be started, current status: stop
        204 PUT /workspaces/{dev}/ttl {"ttl_ms":null}
        403 delete {dev}
        403 create {one}
        404 dry-run {version}
        404 autostart {other}
        token OPERATE workspace:update / W T ME
        204 autostart {dev}
        204 ttl {dev}
        204 PUT /workspaces/{dev}/ttl {"ttl_ms":null}
        token workspace:read workspace:update user:read / W ME
        500 autostart {dev} ~ Internal error getting template schedule options.
        500 ttl {dev} ~ get template schedule
        204 PUT /workspaces/{dev}/favorite
        204 DELETE /workspaces/{dev}/favorite
        403 start {dev}
    """),
    # The reference CLI's update begins with a dry run, which needs the right to create any workspace.
    "update-with-cli": ("alice", """
        token OPERATE workspace:update workspace:create / workspace:* template:* ME
        201 dry-run {version}
        201 update {dev}
        token OPERATE workspace:update workspace:create / W template:* ME
        404 dry-run {version}
        201 update {dev}
    """),
    "all-of-one-template": ("alice", """
        token OPERATE / workspace:* T ME
        201 stop {other}
        201 start {other}
        500 stop {third} ~ failed to fetch template
        500 GET /workspaces/{dev} ~ AMBIGUOUS
        404 stop {theirs}
    """),
    # Only opening the connection needs workspace:ssh; the requests before need no more than workspace:read.
    "workspace-ssh": ("alice", """
        token READ workspace:ssh / W template:* ME
        200 GET /workspaces/{dev}
        200 GET /workspaceagents/{agent}
        200 GET /workspaceagents/{agent}/connection
        101 GET /workspaceagents/{agent}/coordinate?version=2.0
        400 GET /workspaceagents/{agent}/coordinate?version=9.0 ~ behind requested major version
        400 GET /workspaceagents/{agent}/coordinate ~ version 1.0 is no longer supported
        403 POST /workspaces/{dev}/usage
        404 GET /workspaces/{other}
        403 stop {dev}
        403 start {dev}
        500 mint
        token READ workspace:ssh workspace:update / W template:* ME
        204 POST /workspaces/{dev}/usage
        token READ / W template:* ME
        200 GET /workspaceagents/{agent}/connection
        404 GET /workspaceagents/{agent}/coordinate?version=2.0
    """),
    # Each start creates a new agent. The entry names the workspace, so the token still works.
    "agent-after-start": ("alice", """
        token OPERATE workspace:ssh / W template:* ME
        200 GET /workspaceagents/{agent}
        201 stop {dev}
        201 start {dev}
        404 GET /workspaceagents/{old_agent}
        101 GET /workspaceagents/{agent}/coordinate?version=2.0
    """),
    "workspace-create": ("alice", """
        token CREATE / workspace:* T ME
        201 create {one}
        400 create {two} ~ doesn't exist
        500 mint
        500 GET /workspaces
        500 GET /workspaces/{created}
        409 create-named dev
        404 create-in-org {one}
        token READ workspace:delete / workspace:{created} T ME
        403 stop {created}
        404 delete {other}
        201 delete {created}
        410 GET /workspaces/{created} ~ was deleted
    """),
    "create-refused": ("alice", """
        token CREATE / W T ME
        403 create {one} ~ Unauthorized to create workspace.
        token CREATE / workspace:{org} T ME
        403 create {one} ~ Unauthorized to create workspace.
        token READ workspace:create template:use / workspace:* T ME
        403 create {one} ~ You do not have permission to start this workspace.
        token READ workspace:create workspace:start / workspace:* T ME
        403 create {one} ~ Unauthorized access to use the template
        token workspace:create workspace:start template:* user:read / workspace:* T ME
        500 create {one} ~ execute transaction: get workspace by ID
        500 create-named dev ~ Internal error fetching workspace by name
        token CREATE / workspace:* ME
        400 create {one} ~ doesn't exist
        token CREATE / workspace:* T
        404 create {one}
    """),
    # With template:* nothing limits the token to one template.
    "create-and-delete-with-cli": ("alice", """
        token CREATE workspace:delete organization:read / workspace:* template:* ME ORG
        201 create {one}
        200 GET /workspaces/{created}
        200 GET /workspaces ~ "name":"dev"
        201 delete {created}
        201 create {two}
        201 delete {created}
        token CREATE organization:read / workspace:* T ME ORG
        500 GET /templates ~ AMBIGUOUS
    """),
    # On the organization's route the membership must be readable; only composite scopes permit that.
    "create-in-organization": ("alice", """
        token coder:workspaces.create coder:workspaces.delete organization:read / TEAM
        201 create-in-org {one}
        201 delete {created}
        token CREATE organization:read / workspace:* T ME ORG
        404 create-in-org {one}
        token coder:workspaces.create / TEAM
        404 create-in-org {one}
    """),
    "workspace-delete": ("alice", """
        token CREATE / workspace:* T ME
        201 create {one}
        token READ workspace:delete / workspace:{created} template:* ME
        200 GET /workspaces/{created}
        403 start {created}
        403 stop {created}
        404 delete {dev}
        201 delete {created}
        410 GET /workspaces/{created}
    """),
    "template-push": ("admin", """
        token PUSH user:read / file:* ORG T ME
        201 upload
        200 upload-again
        201 push {one}
        200 GET /templateversions/{made}
        200 GET /templateversions/{made}/logs
        200 activate {one}
        200 describe {one}
        200 GET /templates/{one}/versions
        404 describe {two}
        404 GET /templates/{two}
        404 push {two} ~ Template does not exist.
        500 publish {free} ~ Internal error fetching template version.
        500 take-name two ~ Internal error fetching template by name.
        409 take-name one ~ already exists
        400 publish {made} ~ is already part of a template
        404 GET /workspaces/{dev}
        500 mint
        500 GET /templates ~ AMBIGUOUS
        404 GET /organizations/{org}/templates/two
        200 GET /organizations/{org}/templates/one
        token coder:templates.author organization:read user:read / file:* ORG T ME
        201 upload
        201 push {one}
        200 activate {one}
    """),
    "template-new": ("admin", """
        token PUSH user:read / file:* ORG template:* ME
        201 publish {free}
        200 GET /templates
    """),
    "push-refused": ("admin", """
        token PUSH user:read / file:{org} ORG T ME
        500 upload ~ Internal error saving file.
        token file:create organization:read template:* user:read / file:* ORG T ME
        201 upload
        500 upload-again ~ Internal error getting file.
        404 push {one} ~ File not found.
        token file:* organization:read template:read template:update user:read / file:* ORG T ME
        201 upload
        500 push {one} ~ insert template version
        token file:* organization:read template:create template:read user:read / file:* ORG T ME
        201 upload
        201 push {one}
        500 activate {one} ~ update active version
        500 describe {one} ~ update template metadata
        token PUSH / file:* ORG T ME
        201 upload
        400 push {one} ~ Internal error checking workspace tags
        token PUSH user:read / file:* ORG T
        400 push {one} ~ Owner not found
        token file:* template:create template:read template:update user:read / file:* T ME
        201 upload
        404 push {one}
        token PUSH user:read / file:* T ME
        404 push {one}
        token coder:templates.build organization:read user:read /
        201 upload
        500 push {one} ~ insert template version
    """),
    # A file of a template can be read by everybody who may update that template.
    "push-known-file": ("admin", """
        token PUSH user:read / file:* ORG T ME
        201 upload
        201 push {one}
        token organization:read template:* user:read / ORG T ME
        201 push {one}
    """),
    "tokens-manage": ("alice", """
        token user:read coder:apikeys.manage_self / ME api_key:*
        200 GET /users/me/keys/tokens ~ "token_name"
        200 GET /users/me/keys/{key}
        200 GET /users/me/keys/tokens/tokenconfig
        201 mint
        204 PUT /users/me/keys/{new}/expire
        204 DELETE /users/me/keys/{new}
        200 GET /users/me
        404 GET /workspaces/{dev}
        200 GET /workspaces ~ "workspaces":[],"count":0
        200 GET /templates ~ []
    """),
    # The allow list does not apply to a token that this one creates: that one may do everything.
    "minted-token": ("alice", """
        token user:read api_key:* / ME api_key:*
        201 mint
        minted
        200 GET /workspaces ~ "name":"dev"
        200 GET /workspaces/{third}
    """),
    "tokens-read": ("alice", """
        token user:read api_key:read / ME api_key:*
        200 GET /users/me/keys/tokens ~ "token_name"
        200 GET /users/me/keys/{key}
        200 GET /users/me/keys/tokens/{token_name}
        500 mint
        404 PUT /users/me/keys/{key}/expire
        404 DELETE /users/me/keys/{key}
    """),
    # Deleting a token does not need the right to read it; expiring does.
    "tokens-one-operation": ("alice", """
        token user:read api_key:create / ME api_key:*
        201 mint
        200 GET /users/me/keys/tokens ~ null
        404 DELETE /users/me/keys/{new}
        token user:read api_key:update / ME api_key:*
        404 PUT /users/me/keys/{key}/expire
        token user:read api_key:read api_key:update / ME api_key:*
        204 PUT /users/me/keys/{key}/expire
        401 GET /users/me
        token user:read api_key:delete / ME api_key:*
        204 DELETE /users/me/keys/{key}
        401 GET /users/me
        token user:read api_key:* / ME api_key:{org}
        200 GET /users/me/keys/tokens ~ null
        500 mint
        token coder:apikeys.manage_self / ME api_key:*
        404 GET /users/me/keys/tokens
        404 mint
    """),
    "whoami": ("alice", """
        token user:read / ME
        200 GET /users/me ~ "username":"alice"
        200 GET /users/me/login-type
        200 GET /users/me/keys/tokens/tokenconfig
        200 GET /users ~ "username":"alice"
        404 GET /users/bob
        404 GET /workspaces/{dev}
        200 GET /users/me/organizations ~ []
        404 GET /organizations/{org}
        404 GET /users/me/roles
        500 GET /users/me/appearance
        500 GET /users/me/preferences
        500 GET /users/me/gitsshkey
        500 GET /users/me/secrets
        500 GET /users/me/autofill-parameters?template_id={one}
        token user:read user:read_personal / ME
        200 GET /users/me/roles
        200 GET /users/me/appearance
        200 GET /users/me/preferences
        200 GET /users/me/gitsshkey
        200 GET /users/me/autofill-parameters?template_id={one}
        token user:read organization:read / ME ORG
        200 GET /users/me/organizations ~ "name":"coder"
        200 GET /organizations/{org}
        500 GET /organizations/{org}/members ~ lookup custom roles
        404 GET /organizations/{org}/members/me
    """),
    "read-only": ("alice", """
        token READING / ME api_key:* organization:* task:* template:* user_secret:* workspace:*
        READ-ONLY
        token READING /
        READ-ONLY
    """),
    "composites": ("alice", """
        token coder:workspaces.operate / W template:* ME
        400 stop {dev} ~ Failed to fetch workspace owner
        404 GET /users/alice/workspace/dev
        204 autostart {dev}
        204 ttl {dev}
        204 PUT /workspaces/{dev}/ttl {"ttl_ms":null}
        token coder:workspaces.operate / W template:* MEMBER
        200 GET /users/alice/workspace/dev
        201 stop {dev}
        201 start {dev}
        404 GET /users/me
        token coder:workspaces.access / W template:* MEMBER
        101 GET /workspaceagents/{agent}/coordinate?version=2.0
        403 stop {dev}
    """),
    # The status depends on what is missing: 403 or 500 for the template, 400 for the owner.
    "missing-companions": ("alice", """
        token READ / W *:{one} ME
        500 GET /workspaces/{dev} ~ AMBIGUOUS
        token READ / W ME
        403 GET /workspaces/{dev} ~ Forbidden.
        404 GET /users/me/workspace/dev
        token OPERATE / W ME
        500 start {dev} ~ failed to fetch template
        500 stop {dev} ~ failed to fetch template
        500 autostart {dev}
        token OPERATE / W T
        400 stop {dev} ~ Failed to fetch workspace owner
        token workspace:read workspace:start workspace:stop template:read / W T ME
        400 stop {dev} ~ Failed to fetch workspace owner
        token workspace:read workspace:start workspace:stop user:read / W T ME
        500 stop {dev} ~ failed to fetch template
        token workspace:start workspace:stop template:read user:read / W T ME
        404 stop {dev}
    """),
    # Routes that need no scope, and routes whose lists are empty without one.
    "without-scopes": ("alice", """
        token user:read /
        200 GET /organizations ~ []
        200 GET /workspaces ~ "count":0
        200 GET /templates ~ []
        200 GET /tasks ~ "count":0
        200 GET /buildinfo
        200 GET /deployment/ssh
        200 GET /applications/host
        200 GET /workspaceagents/connection
        token coder:all / W
        500 GET /workspaces
        200 GET /templates ~ []
        token coder:all / T
        500 GET /templates
        200 GET /organizations ~ []
    """),
    # Members are shown with roles, whose look-up needs a type that no public scope names.
    "organization-members": ("alice", """
        token coder:all / ORG MEMBER
        500 GET /organizations/{org}/members ~ lookup custom roles
        500 GET /organizations/{org}/members/me ~ lookup custom roles
        404 GET /organizations/{org}/paginated-members
        token coder:all / ORG organization_member:* assign_role:*
        200 GET /organizations/{org}/paginated-members ~ "username":"alice"
        token coder:all / ORG MEMBER assign_role:*
        404 GET /organizations/{org}/paginated-members
        200 GET /organizations/{org}/members ~ "username":"alice"
        200 GET /organizations/{org}/members/me
        token coder:all / ORG ME assign_role:*
        404 GET /organizations/{org}/members/me
        token coder:all / ORG MEMBER assign_org_role:*
        500 GET /organizations/{org}/members/me
    """),
    # Every scope applies to every entry, so each entry also gets the scopes that were meant for another.
    "crosswise": ("alice", """
        token OPERATE / workspace:* W template:* ME
        201 stop {other}
        201 start {other}
    """),
    "crosswise-push": ("admin", """
        token PUSH user:read workspace:read / file:* ORG T W template:* ME
        200 describe {two}
    """),
    # A dormant workspace has another type, which no public scope names.
    "dormancy": ("alice", """
        token READ / W template:* ME
        200 GET /workspaces/{dev}
        dormant {dev}
        404 GET /workspaces/{dev}
        token READ / W workspace_dormant:{dev} template:* ME
        404 GET /workspaces/{dev}
        token coder:all / W workspace_dormant:{dev} template:* ME
        200 GET /workspaces/{dev}
        awake {dev}
        token READ / W template:* ME
        200 GET /workspaces/{dev}
        token OPERATE workspace:update / W template:* ME
        500 PUT /workspaces/{dev}/dormant {"dormant":true} ~ Internal error fetching workspace.
        awake {dev}
        token coder:all / W template:* ME
        500 PUT /workspaces/{dev}/dormant {"dormant":true} ~ Internal error fetching workspace.
        awake {dev}
        token coder:all / W workspace_dormant:{dev} template:* ME
        200 PUT /workspaces/{dev}/dormant {"dormant":true}
        304 PUT /workspaces/{dev}/dormant {"dormant":true}
        200 PUT /workspaces/{dev}/dormant {"dormant":false}
    """),
}
# A token of token_create --for GOAL can do what the goal promises, and nothing else.
GOALS = {
    "for-workspace-read": ("alice", """
        for workspace-read / workspace:dev
        200 GET /workspaces/{dev}
        200 GET /users/me/workspace/dev
        200 GET /workspaces/{dev}/builds
        404 GET /workspaces/{other}
        403 stop {dev}
        403 delete {dev}
        500 autostart {dev}
        500 mint
        for workspace-read / workspace:{dev}
        200 GET /users/alice/workspace/dev
    """),
    "for-workspace-list": ("alice", """
        for workspace-list / workspace:*
        200 GET /workspaces ~ "name":"dev"
        200 GET /users/me/workspace/other
        403 stop {dev}
        403 create {one}
        500 mint
    """),
    "for-workspace-start": ("alice", """
        for workspace-start / workspace:dev
        200 GET /users/me/workspace/dev
        201 start {dev}
        403 stop {dev}
        404 start {other}
        500 mint
    """),
    "for-workspace-stop": ("alice", """
        for workspace-stop / workspace:dev
        200 GET /users/me/workspace/dev
        201 stop {dev}
        403 start {dev}
        404 stop {other}
        404 stop {theirs}
        500 mint
    """),
    # For a workspace of another user, its owner becomes an entry, too.
    "for-workspace-stop-of-another": ("admin", """
        for workspace-stop / workspace:alice/dev
        200 GET /users/alice/workspace/dev
        201 stop {dev}
        404 stop {other}
        404 stop {theirs}
        404 GET /users/bob
    """),
    # workspace:* covers the workspaces of other users only if these users are entries, too.
    "for-workspace-stop-of-all": ("admin", """
        for workspace-stop / workspace:*
        400 stop {dev}
        201 stop {theirs}
        404 GET /users/alice/workspace/dev
        for workspace-stop / workspace:* user:*
        200 GET /users/alice/workspace/dev
        201 stop {dev}
        403 start {dev}
    """),
    "for-workspace-operate": ("alice", """
        for workspace-operate / workspace:dev
        201 start {dev}
        204 autostart {dev}
        204 ttl {dev}
        204 PUT /workspaces/{dev}/ttl {"ttl_ms":null}
        204 PUT /workspaces/{dev}/favorite
        204 DELETE /workspaces/{dev}/favorite
        201 stop {dev}
        403 delete {dev}
        404 autostart {other}
        500 mint
    """),
    "for-workspace-ssh": ("alice", """
        for workspace-ssh / workspace:dev
        200 GET /users/me/workspace/dev
        101 GET /workspaceagents/{agent}/coordinate?version=2.0
        403 stop {dev}
        404 GET /workspaces/{other}
        500 mint
    """),
    "for-workspace-delete": ("alice", """
        for workspace-create / template:one
        201 create {one}
        for workspace-delete / workspace:{created}
        200 GET /workspaces/{created}
        403 stop {created}
        404 delete {dev}
        201 delete {created}
    """),
    "for-workspace-create": ("alice", """
        for workspace-create / template:one
        201 create {one}
        400 create {two} ~ doesn't exist
        500 mint
        403 delete {dev}
        for workspace-create / workspace:*
        201 create {two}
        200 GET /workspaces/{created}
        200 GET /templates
        200 GET /organizations/{org}
        403 delete {created}
    """),
    "for-template-push": ("admin", """
        for template-push / template:one
        201 upload
        201 push {one}
        200 GET /templateversions/{made}
        200 activate {one}
        200 describe {one}
        404 describe {two}
        404 push {two}
        404 GET /workspaces/{dev}
        500 mint
        for template-push / template:*
        201 publish {free}
        200 GET /templates
    """),
    "for-tokens-read": ("alice", """
        for tokens-read /
        200 GET /users/me/keys/tokens ~ "token_name"
        200 GET /users/me/keys/{key}
        500 mint
        404 PUT /users/me/keys/{key}/expire
        404 DELETE /users/me/keys/{key}
        404 GET /workspaces/{dev}
    """),
    "for-tokens-manage": ("alice", """
        for tokens-manage /
        200 GET /users/me/keys/tokens ~ "token_name"
        201 mint
        204 PUT /users/me/keys/{new}/expire
        204 DELETE /users/me/keys/{new}
        404 GET /workspaces/{dev}
    """),
    "for-whoami": ("alice", """
        for whoami /
        200 GET /users/me ~ "username":"alice"
        404 GET /users/bob
        404 GET /workspaces/{dev}
        500 mint
    """),
    "for-read-only": ("alice", """
        for read-only /
        READ-ONLY
    """),
    "for-self-readable": ("alice", """
        for workspace-read self-readable / workspace:dev
        200 GET /workspaces/{dev}
        200 GET /users/me/keys/{key}
        500 mint
        404 DELETE /users/me/keys/{key}
    """),
    # The owner of a workspace is an entry: so what belongs to that user is readable, too.
    "for-reading-of-another": ("admin", """
        token coder:all / *:*
        201 POST /users/alice/keys/tokens {"lifetime":3600000000000}
        for workspace-read tokens-read / workspace:alice/dev
        200 GET /users/alice/keys/tokens ~ "token_name"
        for workspace-read self-readable / workspace:alice/dev
        200 GET /users/alice/keys/tokens ~ "token_name"
        for workspace-read user:read_personal / workspace:alice/dev
        200 GET /users/alice/gitsshkey
        200 GET /users/alice/keys/tokens ~ null
        for workspace-read / workspace:alice/dev
        500 GET /users/alice/gitsshkey
    """),
    # Goals that go together for the same workspace.
    "for-two-goals": ("alice", """
        for workspace-stop workspace-ssh / workspace:dev
        101 GET /workspaceagents/{agent}/coordinate?version=2.0
        201 stop {dev}
        403 start {dev}
        404 stop {other}
    """),
}
ROWS.update(GOALS)
READ_ONLY = """
    200 GET /users/me
    200 GET /users/me/roles
    200 GET /organizations ~ "name":"coder"
    200 GET /workspaces ~ "name":"dev"
    200 GET /workspaces/{dev}
    200 GET /users/me/workspace/dev
    200 GET /templates ~ "name":"one"
    200 GET /users/me/keys/tokens ~ "token_name"
    200 GET /users/me/gitsshkey
    200 GET /tasks?q=owner:me
    200 GET /users/me/secrets
    403 stop {dev}
    403 create {one}
    500 mint
    404 GET /users/bob
"""
IDS = re.compile(r"\{([a-z_]+)\}")


class Failed(Exception):
    """A response that is not the expected one."""


class Deployment:
    """The sandbox: its sessions by name, and the ids by which rows name objects."""

    def __init__(self):
        self.process, self.sessions = None, {}
        if "SANDBOX_ENV" in os.environ:
            with open(os.environ["SANDBOX_ENV"], encoding="utf-8") as lines:
                self.meet(lines)
        else:
            self.directory = tempfile.TemporaryDirectory()
            ready = os.path.join(self.directory.name, "ready")
            command = [sys.executable, SANDBOX, "--ready", ready, "--print-env"]
            command += ["--rate-limit", "0", "--parent-pid", str(os.getpid())]
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
            self.meet(self.process.stdout)
        self.url = self.sessions["coder_url"]
        self.address = self.url.removeprefix("http://")
        self.count, self.ids, self.content = 0, {}, ""
        if not self.process:
            self.control("reset", {"seed": "empty"})
        self.set_up()

    def meet(self, lines):
        """Reads the address and the sessions that a sandbox prints when it is ready."""
        for line in lines:
            name, _, value = line.strip().partition("=")
            self.sessions[name.removesuffix("_TOKEN").lower()] = value.strip("'")
            if name == "MEMBER_TOKEN":
                break

    def control(self, route: str, body) -> list:
        return json.loads(self.ask("", "POST", f"/_sandbox/{route}", json.dumps(body))[1])

    def set_up(self):
        templates = self.control("templates", [{"name": "one"}, {"name": "two"}])
        self.ids.update({made["name"]: made["id"] for made in templates})
        places = {"dev": "alice", "other": "alice", "third": "alice", "theirs": "admin"}
        for word, owner in places.items():
            template = "two" if word == "third" else "one"
            name = "dev" if word == "theirs" else word
            spec = {"owner": owner, "name": name, "template": template, "agent": True}
            self.ids[word] = self.control("workspaces", spec)[0]["id"]

    def ask(self, key: str, method: str, path: str, body=None, kind="application/json"):
        """(status, text). Asks to switch protocols on the route that is for that."""
        connection = http.client.HTTPConnection(self.address, timeout=60)
        headers = {"Content-Type": kind}
        if key:
            headers["Coder-Session-Token"] = key
        if "/coordinate" in path:
            headers |= {"Connection": "Upgrade", "Upgrade": "websocket"}
            headers["Sec-WebSocket-Version"] = "13"
            headers["Sec-WebSocket-Key"] = "c2FuZGJveCB0ZXN0IGtleQ=="
        path = path if path.startswith("/_sandbox") else "/api/v2" + path
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        text = "" if response.status == 101 else response.read().decode()
        connection.close()
        return response.status, text

    def get(self, path: str):
        return json.loads(self.ask(self.sessions["admin"], "GET", path)[1])

    def archive(self) -> bytes:
        """The content of a file to upload; another each time."""
        self.count += 1
        return b"archive %d" % self.count

    def settled(self, text: str):
        """Waits until what a response has begun ends. In the sandbox it has ended already."""

    def agent(self, build: dict) -> str:
        return build["resources"][0]["agents"][0]["id"]

    def close(self):
        if self.process:
            self.process.terminate()
            self.process.wait()
            self.directory.cleanup()


class Row:
    """One row while it runs: the token in use, and what its requests have created."""

    def __init__(self, target: Deployment, name: str):
        self.target, self.name = target, name
        self.user, self.lines = ROWS[name]
        self.session = target.sessions[self.user]
        self.key = ""
        self.ids = dict(target.ids)
        self.ids["me"] = target.get(f"/users/{self.user}")["id"]
        one = target.get(f"/templates/{self.ids['one']}")
        self.ids["org"], self.ids["version"] = one["organization_id"], one["active_version_id"]
        self.ids["of_two"] = target.get(f"/templates/{self.ids['two']}")["active_version_id"]
        self.awake()
        if "{free}" in self.lines:
            self.ids["free"] = self.free_version()

    def awake(self):
        """Starts the workspace {dev} if it does not run, so that it has an agent."""
        space = self.target.get(f"/workspaces/{self.ids['dev']}")
        build = space["latest_build"]
        if build["transition"] != "start":
            path = f"/workspaces/{self.ids['dev']}/builds"
            body = '{"transition":"start"}'
            admin = self.target.sessions["admin"]
            self.target.settled(self.target.ask(admin, "POST", path, body)[1])
            build = self.target.get(f"/workspaces/{self.ids['dev']}")["latest_build"]
        self.note_build(build)
        self.ids["old_agent"] = self.ids["agent"]

    def note_build(self, build: dict):
        self.ids["build"] = build["id"]
        if build["transition"] == "start":
            self.ids["agent"] = self.target.agent(build)

    def free_version(self) -> str:
        admin, kind = self.target.sessions["admin"], "application/x-tar"
        _, text = self.target.ask(admin, "POST", "/files", self.target.archive(), kind)
        body = {"storage_method": "file", "provisioner": "terraform"}
        body["file_id"] = json.loads(text)["hash"]
        path = f"/organizations/{self.ids['org']}/templateversions"
        _, text = self.target.ask(admin, "POST", path, json.dumps(body))
        self.target.settled(text)
        return json.loads(text)["id"]

    def filled(self, text: str) -> str:
        """The text with ids in place of words in braces, and with WORDS such as READ replaced."""

        def ident(match):
            if match.group(1) == "fresh":
                self.target.count += 1
                return f"made-{os.getpid()}-{self.target.count}"
            return self.ids.get(match.group(1), match.group())

        return IDS.sub(ident, " ".join(WORDS.get(word, word) for word in text.split(" ")))

    def token(self, text: str):
        scopes, _, entries = self.filled(text).partition("/")
        self.ids["token_name"] = self.filled("{fresh}")
        body = {"lifetime": 3600 * 10**9, "token_name": self.ids["token_name"]}
        body |= {"scopes": scopes.split(), "allow_list": entries.split()}
        path = "/users/me/keys/tokens"
        status, text = self.target.ask(self.session, "POST", path, json.dumps(body))
        if status != 201:
            raise Failed(f"no token: {status} {text}")
        self.use(text)

    def make_for(self, text: str):
        """Has token_create make the token, and uses it."""
        goals, _, entries = self.filled(text).partition("/")
        words = ["--self-readable"] if "self-readable" in goals else []
        for goal in goals.replace("self-readable", "").split():
            words.append(("--scope=" if ":" in goal else "--for=") + goal)
        words += ["--allow=" + entry for entry in entries.split()]
        script = 'enable -f "$CODER_TOKENS_SO" token_create && token_create --lifetime 1h "$@"'
        environment = dict(os.environ, CODER_SESSION_TOKEN=self.session)
        environment["CODER_URL"] = self.target.url
        shell = [os.environ.get("BASH", "bash"), "--norc", "-c", script, "-", *words]
        done = subprocess.run(shell, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Failed(f"no token for {text}: {done.stderr}")
        self.key = done.stdout.strip()
        self.ids["key"] = self.key.partition("-")[0]

    def use(self, text: str):
        self.key = json.loads(text)["key"]
        self.ids["key"] = self.key.partition("-")[0]

    def set_dormant(self, ident: str, dormant: bool):
        body = json.dumps({"dormant": dormant})
        admin = self.target.sessions["admin"]
        status, text = self.target.ask(admin, "PUT", f"/workspaces/{ident}/dormant", body)
        if status != 200:
            raise Failed(f"dormancy: {status} {text}")

    def request(self, text: str):
        """(method, path, body) of a line's middle part."""
        verb, _, rest = text.partition(" ")
        if verb in SHORT:
            text = SHORT[verb] % rest if "%s" in SHORT[verb] else SHORT[verb]
        method, _, text = text.partition(" ")
        path, _, body = text.partition(" ")
        return method, self.filled(path), self.filled(body) or None

    def check(self, line: str):
        expected, _, rest = line.partition(" ")
        rest, _, wanted = rest.partition(" ~ ")
        wanted = self.filled(wanted)
        if rest.startswith("upload"):
            if rest == "upload":
                self.target.content = self.target.archive()
            content, kind = self.target.content, "application/x-tar"
            status, text = self.target.ask(self.key, "POST", "/files", content, kind)
        else:
            status, text = self.target.ask(self.key, *self.request(rest))
        if str(status) != expected or wanted not in text:
            raise Failed(f"{line}\n  gave {status} {text.strip()[:300]}")
        if status in (200, 201):
            self.note(rest, text)

    def note(self, rest: str, text: str):
        """Keeps ids that later lines name."""
        verb = rest.partition(" ")[0]
        if verb.startswith("upload"):
            self.ids["file"] = json.loads(text)["hash"]
        elif verb == "mint":
            self.minted = text
            self.ids["new"] = json.loads(text)["key"].partition("-")[0]
        elif verb == "push":
            self.target.settled(text)
            self.ids["made"] = json.loads(text)["id"]
        elif verb.startswith("create"):
            self.target.settled(text)
            self.ids["created"] = json.loads(text)["id"]
        elif verb in ("start", "stop", "delete", "update"):
            self.target.settled(text)
            build = json.loads(text)
            if build["workspace_id"] == self.ids["dev"]:
                self.note_build(self.target.get(f"/workspacebuilds/{build['id']}"))

    def run(self) -> list:
        problems = []
        for line in self.lines.replace("READ-ONLY\n", READ_ONLY).splitlines():
            line = line.strip()
            verb, _, rest = line.partition(" ")
            try:
                if verb == "token":
                    self.token(rest)
                elif verb == "for":
                    self.make_for(rest)
                elif verb == "minted":
                    self.use(self.minted)
                elif verb in ("dormant", "awake"):
                    self.set_dormant(self.filled(rest), verb == "dormant")
                elif line:
                    self.check(line)
            except Failed as problem:
                problems.append(str(problem))
        return problems


def main(names) -> int:
    target = Deployment()
    problems = [problem for name in names for problem in Row(target, name).run()]
    target.close()
    print("\n".join(problems))
    return 1 if problems or not names else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

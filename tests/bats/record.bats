#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# tests/sandbox/record.py, which records what a deployment responds: here, the sandbox.

load helper
SANDBOX_OPTIONS=(--seed objects --max-admin-lifetime 876600h)

setup() {
	shell_setup
	cd "$REPO" || return
	ctl POST reset '{"seed":"objects","max_admin_lifetime":"876600h"}' >/dev/null
	RECORDING=$BATS_TEST_TMPDIR/new.jsonl
	# shellcheck disable=SC2153 # the sandbox's
	export CODER_URL CODER_SESSION_TOKEN CODER_MEMBER_TOKEN=$MEMBER_TOKEN
}

# documented N - runs the N-th command of tests/recorded/README.md, with the recording in its own file.
documented() {
	local command
	command=$(sed -n '/^```bash$/,/^```$/p' tests/recorded/README.md | grep -v '^```' | sed -n "$1p")
	try eval "${command//build\/new.jsonl/\"\$RECORDING\"}"
}

# record - records the requests of standard input: the members of a "request", in a line each. Sets status, err; the
# recording is in $RECORDING.
record() {
	sed 's/.*/{"name": "one", "as": "admin", "request": {&}}/' >"$BATS_TEST_TMPDIR/requests"
	try python3 tests/sandbox/record.py "$BATS_TEST_TMPDIR/requests"
	cp "$BATS_TEST_TMPDIR/out" "$RECORDING"
}

CREATE='"method": "POST", "path": "/api/v2/users/me/keys/tokens", "body":'

@test "a recording of the sandbox has the form of the old one, and the sandbox replays it" {
	local before
	before=$(names)
	documented 1
	is "$status$err" 0
	is "$(wc -l <"$RECORDING")" "$(wc -l <tests/recorded/coder-api.jsonl)"
	is "$(cut -d '"' -f 1-8 "$RECORDING")" "$(cut -d '"' -f 1-8 tests/recorded/coder-api.jsonl)"
	documented 2
	is "$status" 0
	has "$out" " passed, 0 failed"
	is "$(names)" "$before" # what was created is deleted again
}

@test "secrets, the deployment's address and addresses of e-mail are replaced wherever they are, in requests, too" {
	local text part
	record <<-END
		$CREATE "{\\"token_name\\": \\"$ADMIN_TOKEN\\"}"
		$CREATE "{\\"token_name\\": \\"${ADMIN_TOKEN^^}\\"}"
		$CREATE "{\\"token_name\\": \\"ann@corp.test bob@corp.test ann@corp.test\\"}"
		"method": "GET", "path": "/api/v2/users/me/keys/tokens/$MEMBER_TOKEN", "body": null
		"method": "GET", "path": "/api/v2/users/me/keys/tokens", "body": null
		"method": "GET", "path": "/api/v2/buildinfo", "body": null
	END
	is "$status$err" 0
	text=$(<"$RECORDING")
	for part in "$ADMIN_TOKEN" "$MEMBER_TOKEN"; do
		part=${part#*-}
		lacks "${text,,}" "${part,,}"
	done
	lacks "$text" "${URL#http://}"
	lacks "$text" corp.test
	has "$text" "user1@example.com user2@example.com user1@example.com"
	has "$text" "${ADMIN_TOKEN%%-*}-SSSSSSSSSSSSSSSSSSSSSS"
	has "$text" '\"dashboard_url\":\"http://127.0.0.1:3999\"'
	is "$(grep -cE '"key\\":\\"[0-9A-Za-z]{10}-S{22}\\"' "$RECORDING")" 3
}

@test "if a part of a secret is left, nothing is printed" {
	record <<<"$CREATE \"{\\\"token_name\\\": \\\"${ADMIN_TOKEN#*-}\\\"}\""
	is "$status" 1
	is "$(<"$RECORDING")" ""
	has "$err" "a part of a secret is left; nothing is printed"
	lacks "$err" "${ADMIN_TOKEN#*-}"
	lacks "$(names)" "${ADMIN_TOKEN#*-}"
}

@test "without a deployment or a token, record.py names the variables to set, and sends nothing" {
	unset CODER_MEMBER_TOKEN
	forget_requests
	documented 1
	is "$status" 1
	has "$err" "set CODER_MEMBER_TOKEN"
	unset CODER_URL
	record <<<'"method": "GET", "path": "/api/v2/buildinfo", "body": null'
	is "$status" 1
	has "$err" "set CODER_URL"
	is "$(requests)" ""
}

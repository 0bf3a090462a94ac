# SPDX-License-Identifier: GPL-3.0-or-later
# examples.bash - what the tests of examples/ share: each test has its own directory, and admin's workspace
# dev. Sourced after helper.bash.

SANDBOX_OPTIONS=(--seed demo --max-admin-lifetime 8760h)

setup() {
	shell_setup
	export CODER_URL CODER_SESSION_TOKEN CODER_TOKENS_SO=$SO
	cd "$BATS_TEST_TMPDIR" || return
	ctl POST workspaces '{"owner": "admin", "name": "dev"}' >/dev/null
	forget_requests
}

# example NAME ARGUMENT... - runs it.
example() {
	try "$REPO/examples/$1.bash" "${@:2}"
}

# job SCRIPT - writes an executable that the token is for. AddressSanitizer is for shells alone.
job() {
	printf '#!/bin/bash
unset LD_PRELOAD
%s
' "$1" >job
	chmod +x job
}

# stale_tokens [JSON]... - adds admin's tokens stale-1 and stale-2, which nobody used for 100 days, and these.
stale_tokens() {
	ctl POST tokens '[{"owner": "admin", "name": "stale-1", "created_ago_s": 8640000},
		{"owner": "admin", "name": "stale-2", "created_ago_s": 9640000, "last_used_ago_s": 8640000}'"${*/#/, }"']' >/dev/null
	forget_requests
}

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

# The names of the tokens that exist at first.
ALL="backup ci-deploy grafana laptop never-touched old-script terraform"

# example NAME ARGUMENT... - runs it.
example() {
	try "$REPO/examples/$1.bash" "${@:2}"
}

# left - prints the names of the tokens that exist.
left() {
	names | paste -sd ' '
}

#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# ci-token.bash - gives a job a token for one workspace, which is deleted when the job ends.
#
#   ci-token.bash [--for GOAL]... [OWNER/]WORKSPACE COMMAND [ARGUMENT]...
#
# Runs COMMAND with a session token in CODER_SESSION_TOKEN. The token can do only
# what GOAL is for with that workspace, and view itself. The default goal is
# workspace-read, which is enough for `coder show`. The token is deleted when the
# job ends, however it ends. The secret is in no argument list, no trace and no file.
set -euo pipefail
enable -f "${CODER_TOKENS_SO:-coder_tokens.so}" token_create token_rm
[[ $(type -t token_create) == builtin && $(type -t token_rm) == builtin ]]

goals=()
while [[ ${1-} == --for && ${2-} ]]; do
	goals+=(--for "$2")
	shift 2
done
if (($# < 2)) || [[ $1 == -* ]]; then
	echo 'usage: ci-token.bash [--for GOAL]... [OWNER/]WORKSPACE COMMAND [ARGUMENT]...' >&2
	exit 2
fi
((${#goals[@]})) || goals=(--for workspace-read)
workspace=$1
shift

run() {
	{ local - && set +x; } 2>/dev/null # a trace would show the assignment
	CODER_SESSION_TOKEN=$secret "$@"
}

finish() {
	token_rm -v removed "${token[id]}" && printf 'ci-token: token %s has been deleted\n' "${token[name]}" >&2
}

token_create -v secret -A token -n "ci-${CI_JOB_ID:-$$-$RANDOM}" --lifetime 2h \
	"${goals[@]}" --self-readable --allow "workspace:$workspace"
trap finish EXIT

printf 'ci-token: token %s may be used for workspace %s until %s\n' \
	"${token[name]}" "$workspace" "${token[expires_at]}" >&2
run "$@"

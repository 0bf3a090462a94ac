#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# ci-token.bash - gives a job a token for one workspace, which is deleted when the job ends.
#
#   ci-token.bash [--for GOAL]... [OWNER/]WORKSPACE COMMAND [ARGUMENT]...
#   ci-token.bash --remove
#
# Runs COMMAND with a session token in CODER_SESSION_TOKEN. The token can do only
# what GOAL is for with that workspace, and view itself. The default goal is
# workspace-read, which is enough for `coder show`. The token is deleted when the
# job ends, however it ends. The secret is in no argument list, no trace and no file.
# On GitHub, the log shows *** in its place.
#
# A runner that is killed leaves the token, which then expires after two hours. With
# --remove, a last step of the job deletes it at once. For that the token needs a
# name: ci-$CI_JOB_ID, which GitLab sets, or $CODER_TOKEN_NAME.
set -euo pipefail
enable -f "${CODER_TOKENS_SO:-coder_tokens.so}" token_create token_rm
[[ $(type -t token_create) == builtin && $(type -t token_rm) == builtin ]]

usage() {
	echo 'usage: ci-token.bash [--for GOAL]... [OWNER/]WORKSPACE COMMAND [ARGUMENT]... | --remove' >&2
	exit 2
}

name=${CODER_TOKEN_NAME:-${CI_JOB_ID:+ci-$CI_JOB_ID}}
unset CODER_TOKEN_NAME # it is not for tokens that COMMAND creates

# printable TEXT - prints a text of the server without what acts on a terminal.
printable() {
	local LC_ALL=C text=${1//[$'\x01'-$'\x1f\x7f']/?}
	text=${text//$'\xc2'[$'\x80'-$'\x9f']/?}
	text=${text//$'\xe2\x80'[$'\x8e\x8f\xa8'-$'\xae']/?}
	printf %s "${text//$'\xe2\x81'[$'\xa6'-$'\xa9']/?}"
}

# Deletes what an earlier step of this job has left. There is usually nothing.
remove() {
	local status=0
	[[ $name ]] || {
		echo 'ci-token: --remove needs the name of the token in CODER_TOKEN_NAME' >&2
		exit 2
	}
	token_rm -v removed "$name" 2>/dev/null || status=$?
	case $status in
	0) printf 'ci-token: token %q has been deleted\n' "$name" >&2 ;;
	3) printf 'ci-token: there is no token %q (any more)\n' "$name" >&2 ;;
	*) printf 'ci-token: token %q may be left: %s\n' "$name" "$(printable "${TOKEN_ERROR[message]}")" >&2 && exit "$status" ;;
	esac
	exit 0
}

goals=()
case ${1-} in
--help) sed -nE '/^# ci-token/,/^([^#]|$)/s/^# ?//p' "${BASH_SOURCE[0]}" && exit ;;
--remove)
	(($# == 1)) || usage
	remove
	;;
esac
while [[ ${1-} == --for && ${2-} ]]; do
	goals+=(--for "$2")
	shift 2
done
[[ $# -ge 2 && $1 != -* ]] || usage
((${#goals[@]})) || goals=(--for workspace-read)
workspace=$1
shift

run() {
	{ local - && set +x; } 2>/dev/null # a trace would show the assignment
	[[ ${GITHUB_ACTIONS-} != true ]] || printf '::add-mask::%s\n' "$secret" >&2
	CODER_SESSION_TOKEN=$secret "$@"
}

# The trap is set before the token is there, so that no signal comes between them.
finish() {
	[[ ${token[id]-} ]] || return 0
	trap '' INT TERM HUP # a signal has come already, or the job has ended
	token_rm --timeout 10s -v removed "${token[id]}" &&
		printf 'ci-token: token %s has been deleted\n' "${token[name]}" >&2
}
trap finish EXIT

declare -A token=()
token_create -v secret -A token -n "${name:-ci-$$-$RANDOM}" --lifetime 2h \
	"${goals[@]}" --self-readable --allow "workspace:$workspace"
printf 'ci-token: token %s may be used for workspace %s until %s\n' \
	"${token[name]}" "$workspace" "${token[expires_at]}" >&2
run "$@"

#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# deployments.bash - runs a builtin or a command for several deployments, one after the other.
#
#   deployments.bash [-d NAME]... COMMAND [ARGUMENT]...
#
#   deployments.bash token_list --expires-within 7d
#   deployments.bash -d prod -d test ./audit.bash
#
# A deployment is a directory in ~/.config/coder-deployments, or $CODER_DEPLOYMENTS, that
# `coder login` has filled:
#
#   CODER_CONFIG_DIR=~/.config/coder-deployments/prod coder login https://coder.example.org
#
# Without -d, COMMAND runs for all of them. The deployment `.` is the one that is used without
# this script. After a failure, COMMAND still runs for the others; the status is that of the
# first failure.
#
# In a script, results stay in variables and arrays:
#
#   source deployments.bash; on_deployment prod token_list -v ids -A t

# on_deployment NAME COMMAND [ARGUMENT]... - the variables are those of this call. Empty ones count as
# unset, so that no token of another deployment is used.
on_deployment() {
	local directory=${CODER_DEPLOYMENTS:-${XDG_CONFIG_HOME:-$HOME/.config}/coder-deployments}/$1
	if [[ $1 != . ]]; then
		[[ $1 != */* && $1 != .. && -f $directory/url ]] || {
			printf 'deployments: there is no deployment %q: coder login has not filled %q\n' "$1" "$directory" >&2
			return 2
		}
		local -x CODER_CONFIG_DIR=$directory CODER_URL='' CODER_SESSION_TOKEN=''
	fi
	"${@:2}"
}

on_deployments() {
	local names=() name status first=0 directory=${CODER_DEPLOYMENTS:-${XDG_CONFIG_HOME:-$HOME/.config}/coder-deployments}
	while [[ ${1-} == -d && ${2-} ]]; do
		names+=("$2")
		shift 2
	done
	[[ $# != 0 && $1 != -* ]] || {
		echo 'usage: deployments.bash [-d NAME]... COMMAND [ARGUMENT]...' >&2
		return 2
	}
	if ((${#names[@]} == 0)); then
		for name in "$directory"/*/url; do
			name=${name%/url}
			[[ ! -f $name/url ]] || names+=("${name##*/}")
		done
	fi
	((${#names[@]})) || {
		printf 'deployments: there are none in %q\n' "$directory" >&2
		return 2
	}
	for name in "${names[@]}"; do
		status=0
		printf '== %q\n' "$name"
		on_deployment "$name" "$@" || status=$?
		((first)) || first=$status
	done
	return "$first"
}

for deployments_builtin in token_create token_list token_rm token_view; do
	[[ $(type -t "$deployments_builtin") == builtin ]] ||
		enable -f "${CODER_TOKENS_SO:-coder_tokens.so}" "$deployments_builtin" || return 1 2>/dev/null || exit 1
done
unset deployments_builtin
if [[ ${BASH_SOURCE[0]} == "$0" ]]; then
	set -u
	[[ ${1-} != --help ]] || {
		sed -nE '/^# deployments/,/^([^#]|$)/s/^# ?//p' "${BASH_SOURCE[0]}"
		exit
	}
	on_deployments "$@"
fi

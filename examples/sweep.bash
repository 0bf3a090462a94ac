#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# sweep.bash - removes tokens that nobody uses.
#
#   sweep.bash [-n] [-a] [AGE]
#
# Deletes tokens that were not used for AGE (default 90d); -a: those of
# everybody, which takes an owner of the deployment; -n only says which.
set -euo pipefail
enable -f "${CODER_TOKENS_SO:-coder_tokens.so}" token_list token_rm
[[ $(type -t token_list) == builtin && $(type -t token_rm) == builtin ]]

list=() rm=()
while getopts na option; do
	case $option in
	n) rm+=(--dry-run) ;;
	a) list+=(-a) ;;
	*) exit 2 ;;
	esac
done
shift $((OPTIND - 1))

token_list ${list[@]+"${list[@]}"} --unused-for "${1:-90d}" -v stale
# an empty array removes nothing and is no error
token_rm ${rm[@]+"${rm[@]}"} --from stale

#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# sweep.bash - removes tokens that nobody uses.
#
#   sweep.bash [-n] [-a] [AGE]
#
# Deletes tokens that were not used for AGE (default 90d), and prints which ones
# and whose they were. With -a, tokens of everybody; only an owner of the deployment
# may do that. With -n, only prints them. The token in use is never deleted.
set -euo pipefail
enable -f "${CODER_TOKENS_SO:-coder_tokens.so}" token_list token_rm token_view
[[ $(type -t token_list) == builtin && $(type -t token_rm) == builtin ]]

usage() {
	echo 'usage: sweep.bash [-n] [-a] [AGE]' >&2
	exit 2
}

list=() rm=() did='has been deleted'
while getopts na option; do
	case $option in
	n) rm=(--dry-run) did='would be deleted' ;;
	a) list=(-a) ;;
	*) usage ;;
	esac
done
shift $((OPTIND - 1))
(($# <= 1)) || usage
age=${1:-90d}

declare -A t=() self=()
token_list "${list[@]}" --unused-for "$age" -v stale -A t
((${#stale[@]})) || {
	printf 'No token has been unused for %s.\n' "$age"
	exit 0
}

# This fails if the token in use is no API token; then it is not among these tokens, either.
token_view --self -A self 2>/dev/null || self[id]=
for i in "${!stale[@]}"; do
	[[ ${stale[i]} == "${self[id]}" ]] || continue
	printf 'Kept: %q (%s) is the token in use.\n' "${self[name]}" "${self[id]}" >&2
	unset "stale[i]"
done

status=0 removed=()
token_rm "${rm[@]}" -v removed --from stale || status=$?
for id in "${removed[@]}"; do
	if [[ ${t[$id,never_used]} == 1 ]]; then
		when="never used since ${t[$id,created_at]%%T*}"
	else
		when="last used on ${t[$id,last_used]%%T*}"
	fi
	printf '%q (%s) of %s %s: %s.\n' "${t[$id,name]}" "$id" "${t[$id,owner]:-unknown}" "$did" "$when"
done
exit "$status"

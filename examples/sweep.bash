#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# sweep.bash - removes tokens that nobody uses, after a dry run.
#
#   sweep.bash [-n | -y] [-a] [AGE]
#
#   -n   only prints which tokens would be deleted
#   -y   deletes them without a question, for timers; without a terminal nobody can answer
#   -a   tokens of everybody; only an owner of the deployment may do that
#
# Prints which tokens were not used for AGE (default 90d) and whose they are, asks, and
# deletes them. The token in use is never deleted, nor one that was used while the
# question was open. If it is stopped, it prints what it has deleted so far; a second
# run deletes the rest.
set -euo pipefail
enable -f "${CODER_TOKENS_SO:-coder_tokens.so}" token_list token_rm token_view
[[ $(type -t token_list) == builtin && $(type -t token_rm) == builtin ]]

usage() {
	echo 'usage: sweep.bash [-n | -y] [-a] [AGE]' >&2
	exit 2
}

[[ ${1-} != --help ]] || {
	sed -nE '/^# sweep/,/^([^#]|$)/s/^# ?//p' "${BASH_SOURCE[0]}"
	exit
}
list=() dry='' sure=''
while getopts nya option; do
	case $option in
	n) dry=1 ;;
	y) sure=1 ;;
	a) list=(-a) ;;
	*) usage ;;
	esac
done
shift $((OPTIND - 1))
[[ $# -le 1 && ! ($dry && $sure) ]] || usage
age=${1:-90d}

# find_stale - sets stale to the ids of the tokens to delete, and t to what is known of them.
find_stale() {
	local i
	local -A self=()
	token_list "${list[@]}" --unused-for "$age" -v stale -A t
	((${#stale[@]})) || return 0
	# This fails if the token in use is no API token; then it is not among these tokens, either.
	token_view --self -A self 2>/dev/null || self[id]=
	for i in "${!stale[@]}"; do
		[[ ${stale[i]} == "${self[id]}" ]] || continue
		printf 'Kept: %q (%s) is the token in use.\n' "${self[name]}" "${self[id]}" >&2
		unset "stale[i]"
	done
}

# one_direction - replaces characters in name that change the direction of the text.
one_direction() {
	local LC_ALL=C
	name=${name//$'\xd8\x9c'/?}
	name=${name//$'\xe2\x80'[$'\x8e\x8f\xa8'-$'\xae']/?}
	name=${name//$'\xe2\x81'[$'\xa6'-$'\xa9']/?}
}

print() { # print WHAT ID...
	local id when name
	for id in "${@:2}"; do
		if [[ ${t[$id,never_used]} == 1 ]]; then
			when="never used since ${t[$id,created_at]%%T*}"
		else
			when="last used on ${t[$id,last_used]%%T*}"
		fi
		printf -v name %q "${t[$id,name]}"
		one_direction
		printf '%s (%s) of %s %s: %s.\n' "$name" "$id" "${t[$id,owner]:-unknown}" "$1" "$when"
	done
}

declare -A t=()
find_stale
((${#stale[@]})) || {
	printf 'No token has been unused for %s.\n' "$age"
	exit 0
}

if [[ ! $sure ]]; then
	print 'would be deleted' "${stale[@]}"
	[[ ! $dry ]] || exit 0
	answer=
	[[ ! -t 0 ]] || read -rp "Delete ${#stale[@]} token(s)? [y/N] " answer || echo
	[[ $answer == [yY]* ]] || {
		echo 'Nothing has been deleted. (-y deletes without a question.)' >&2
		exit 1
	}
	shown=" ${stale[*]} "
	find_stale
	for i in "${!stale[@]}"; do
		[[ $shown == *" ${stale[i]} "* ]] || unset "stale[i]"
	done
fi

# However the removal ends, token_rm leaves in `removed` what it has deleted.
status=0 removed=()
trap 'print "has been deleted" "${removed[@]}"' EXIT
token_rm -v removed --from stale || status=$?
exit "$status"

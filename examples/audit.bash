#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# audit.bash - who has which tokens, and what about them should worry you.
#
#   audit.bash
#
# One request; sorted by owner. An owner of the deployment sees everybody's.
set -euo pipefail
enable -f "${CODER_TOKENS_SO:-coder_tokens.so}" token_list
[[ $(type -t token_list) == builtin ]]

declare -A t=() count=() findings=()
token_list -a -v ids -A t

for id in "${ids[@]}"; do
	owner=${t[$id,owner]:-unknown} note=()
	count[$owner]=$((${count[$owner]-0} + 1))
	[[ " ${t[$id,scopes]} " == *' coder:all '* ]] && note+=('may do everything')
	[[ " ${t[$id,allow_list]} " == *' *:* '* ]] && note+=('on every resource')
	[[ ${t[$id,never_used]} == 1 ]] && note+=('never used')
	((${t[$id,ttl]} > 365 * 86400)) && note+=("valid for $((${t[$id,ttl]} / 86400)) days more")
	((${#note[@]})) || continue
	printf -v line '  %s %q: %s' "$id" "${t[$id,name]}" "$(IFS=,; printf '%s' "${note[*]}")"
	findings[$owner]+=$line$'\n'
done

((${#count[@]})) || {
	echo 'no tokens'
	exit 0
}
mapfile -t owners < <(printf '%s\n' "${!count[@]}" | LC_ALL=C sort)
for owner in "${owners[@]}"; do
	printf '%s: %d token(s)\n%s' "$owner" "${count[$owner]}" "${findings[$owner]-}"
done

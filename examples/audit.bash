#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# audit.bash - prints who has which tokens, and what may be a risk.
#
#   audit.bash
#
# Sends one request. An owner of the deployment sees the tokens of everybody.
set -euo pipefail
enable -f "${CODER_TOKENS_SO:-coder_tokens.so}" token_list
[[ $(type -t token_list) == builtin ]]

declare -A t=() count=() findings=()
token_list -a -v ids -A t

for id in "${ids[@]}"; do
	owner=${t[$id,owner]:-unknown} notes=
	count[$owner]=$((${count[$owner]-0} + 1))
	unused=$(((EPOCHSECONDS - ${t[$id,last_used_epoch]}) / 86400))
	[[ " ${t[$id,scopes]} " != *' coder:all '* ]] || notes+=', may do everything'
	[[ " ${t[$id,allow_list]} " != *' *:* '* ]] || notes+=', on every resource'
	if [[ ${t[$id,never_used]} == 1 ]]; then
		notes+=', never used'
	elif ((unused >= 90)); then
		notes+=", not used for $unused days"
	fi
	((${t[$id,ttl]} <= 365 * 86400)) || notes+=", valid for $((${t[$id,ttl]} / 86400)) days more"
	[[ $notes ]] || continue
	printf -v line '  %s %q: %s\n' "$id" "${t[$id,name]}" "${notes#, }"
	findings[$owner]+=$line
done

((${#count[@]})) || {
	echo 'no tokens'
	exit 0
}
mapfile -t owners < <(printf '%s\n' "${!count[@]}" | LC_ALL=C sort)
for owner in "${owners[@]}"; do
	printf '%s: %d token(s)\n%s' "$owner" "${count[$owner]}" "${findings[$owner]-}"
done

#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# rotate.bash - replaces a token by a new one with the same rights.
#
#   rotate.bash NAME FILE
#
# Writes the new secret to FILE (mode 600), and only then removes the old token.
# The new token is called NAME-<date>, as names stay taken while a token lives;
# the old one is the newest token called NAME or NAME-<date>.
set -euo pipefail
enable -f "${CODER_TOKENS_SO:-coder_tokens.so}" token_create token_list token_view token_rm
[[ $(type -t token_create) == builtin ]]

[[ $# == 2 && $1 && $2 ]] || {
	echo 'usage: rotate.bash NAME FILE' >&2
	exit 2
}
base=$1 file=$2

declare -A tokens=() old=()
token_list --include-expired -v ids -A tokens
newest=
for id in "${ids[@]}"; do
	[[ ${tokens[$id,name]} == "$base" || ${tokens[$id,name]} == "$base"-20[0-9]* ]] || continue
	if [[ -z $newest || ${tokens[$id,created_epoch]} -gt ${tokens[$newest,created_epoch]} ]]; then
		newest=$id
	fi
done
[[ $newest ]] || {
	printf 'rotate: no token is called %q\n' "$base" >&2
	exit 3
}

# its limits go from array to array: TOKEN_SCOPES and TOKEN_ALLOW_LIST
token_view "$newest" -A old
printf -v name '%s-%(%Y%m%dT%H%M%S)T-%s' "$base" -1 "$RANDOM"
token_create -v secret -n "$name" --lifetime "${old[lifetime_seconds]}s" \
	--scopes-from TOKEN_SCOPES --allow-from TOKEN_ALLOW_LIST

umask 077
if ! printf '%s\n' "$secret" >"$file.new" || ! mv -f "$file.new" "$file"; then
	token_rm -v removed "$name"
	printf 'rotate: the secret could not be written; %q stays, and %q has been deleted again\n' \
		"${old[name]}" "$name" >&2
	exit 1
fi
# the token in use, too, if it is the one: who acts with it reads FILE again
token_rm --include-self -v removed "$newest"
printf 'rotated %q (%s) to %q, whose secret is in %q\n' "${old[name]}" "$newest" "$name" "$file" >&2

#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# readme.sh - prints README.md with the tables of options and exit statuses of the builtins in
# $CODER_TOKENS_SO. It replaces the text between a comment that names a table and the next
# `<!-- end -->`. `make readme` writes the file.
set -eu -o pipefail
cd "$(dirname "$0")/.."

mapfile -t builtins < <(sed -n 's/^<!-- options of \(.*\) -->$/\1/p' README.md)
enable -f "${CODER_TOKENS_SO:-$PWD/build/coder_tokens.so}" "${builtins[@]}"

skipping=
while IFS= read -r line; do
	[[ $line != '<!-- end -->' ]] || skipping=
	[[ ! $skipping ]] || continue
	printf '%s\n' "$line"
	case $line in
	'<!-- options of '*)
		name=${line#'<!-- options of '}
		"${name%' -->'}" --doc markdown
		;;
	'<!-- goals -->') token_create --doc markdown-terms ;;
	'<!-- options common -->') "${builtins[0]}" --doc markdown-common ;;
	'<!-- statuses -->') "${builtins[0]}" --doc markdown-statuses ;;
	*) continue ;;
	esac
	skipping=1
done <README.md
[[ ! $skipping ]] || {
	echo 'readme.sh: a table in README.md has no end' >&2
	exit 1
}

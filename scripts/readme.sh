#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# readme.sh FILE - prints a Markdown file with the tables of options, goals and exit statuses of the
# builtins in $CODER_TOKENS_SO, and of packaging/dependencies. It replaces the text between the comment that
# names a table and the next `<!-- end -->`. `make readme` writes README.md, CONTRIBUTING.md and docs/.
set -eu -o pipefail
cd "$(dirname "$0")/.."
file=$1

builtins=(builtins/token_*.c)
builtins=("${builtins[@]##*/}")
builtins=("${builtins[@]%.c}")
enable -f "${CODER_TOKENS_SO:-$PWD/build/coder_tokens.so}" "${builtins[@]}"

# rows - prints the rows of packaging/dependencies, without comments and the blanks around fields.
rows() {
	sed -nE '/^[a-z]+;/{s/ *; */;/g;p}' packaging/dependencies
}

# packages - prints a table of the packages that building needs on each system.
packages() {
	printf '%s\n' '| system | packages |' '| --- | --- |'
	rows | awk -F ';' '$1 == "build" {
		for (i = 6; i <= 11; i++) {
			n = split($i, word, " ")
			for (j = 1; j <= n; j++) {
				sub(/[|].*/, "", word[j])
				if (index(" " list[i] " ", " " word[j] " ") == 0)
					list[i] = list[i] (list[i] == "" ? "" : " ") word[j]
			}
		}
	} END {
		split("Debian, Ubuntu;Fedora;openSUSE;Arch;Alpine;Homebrew, on Linux", name, ";")
		for (i = 6; i <= 11; i++)
			printf "| %s | `%s` |\n", name[i - 5], list[i]
	}'
}

# dependencies - prints a table of what is needed, and why.
dependencies() {
	printf '%s\n' '| needed | at least | for | why |' '| --- | --- | --- | --- |'
	rows | awk -F ';' '{ printf "| %s | %s | `%s` | %s |\n", $2, $3, ($1 == "build" ? "make" : "make " $1), $12 }'
}

skipping=
while IFS= read -r line; do
	[[ $line != '<!-- end -->' ]] || skipping=
	[[ ! $skipping ]] || continue
	printf '%s\n' "$line"
	case $line in
	'<!-- options common -->') "${builtins[0]}" --doc markdown-common ;;
	'<!-- options of '*)
		name=${line#'<!-- options of '}
		"${name%' -->'}" --doc markdown
		;;
	'<!-- goals -->') token_create --doc markdown-terms ;;
	'<!-- packages -->') packages ;;
	'<!-- dependencies -->') dependencies ;;
	'<!-- statuses -->') "${builtins[0]}" --doc markdown-statuses ;;
	*) continue ;;
	esac
	skipping=1
done <"$file"
[[ ! $skipping ]] || {
	echo "readme.sh: a table in $file has no end" >&2
	exit 1
}

#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# can-build.sh COMPILER [FLAG]... - checks that the compiler runs, and that it finds the headers of
# packaging/dependencies in versions that are new enough. If not, it reports what is missing and how to
# get it, and fails.
set -u
# shellcheck source=scripts/dependencies.bash
source "${0%/*}/dependencies.bash"
compiler=("$@")

# preprocess [HEADER]... [-- TEXT] - prints the headers and the text as the preprocessor leaves them.
preprocess() {
	local source=''
	while (($# > 0)) && [[ $1 != -- ]]; do
		source+="#include <$1>"$'\n'
		shift
	done
	"${compiler[@]}" -E -P - <<<"$source${2-}" 2>/dev/null
}

# version_of MACROS HEADER... - prints the version that the headers state.
version_of() {
	local text
	text=$(preprocess "${@:2}" -- "version: $1") || return
	text=${text##*version: }
	printf '%s\n' "${text//[!0-9.]/}"
}

missing=()
if ! preprocess >/dev/null; then
	missing+=("a C compiler: '$1' does not run (gcc)")
else
	while IFS=';' read -r _ what at_least headers macros packages _; do
		read -ra headers <<<"$headers"
		read -r what <<<"$what"
		read -r packages <<<"${packages%%|*}"
		for header in ${headers[@]+"${headers[@]}"}; do
			# bash's headers include each other, and need what the first of them defines
			preprocess "${headers[0]}" "$header" >/dev/null || {
				missing+=("the header <$header> of $what ($packages)")
				continue 2
			}
		done
		[[ ${macros// /} ]] || continue
		version=$(version_of "$macros" "${headers[@]}")
		! older "${version:-0}" "${at_least// /}" ||
			missing+=("$what, at least ${at_least// /}: the headers are of ${version:-an unknown version} ($packages)")
	done < <(rows build)
fi
((${#missing[@]} > 0)) || exit 0
{
	echo 'coder_tokens cannot be built yet. Missing, with the name of its package in Debian:'
	printf '  %s\n' "${missing[@]}"
	if command -v apt-get >/dev/null; then
		if [[ $(id -u) == 0 ]] || command -v sudo >/dev/null; then as=; else as=' (as root)'; fi
		echo "To install everything that building needs: make deps$as"
	else
		echo "docs/getting-started.md, under 'Install', names the packages of other systems."
	fi
	[[ ${missing[*]} != *' bash'* ]] ||
		echo "To use the headers of a source tree of bash that was built: make BASH_INC=DIRECTORY"
} >&2
exit 1

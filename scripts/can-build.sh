#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# can-build.sh COMPILER [FLAG]... - checks that the compiler runs and finds the headers that the
# builtins need. If not, it reports what is missing and how to get it, and fails.
set -u
compiler=("$@")

# finds [HEADER]... - whether the compiler runs and finds all of them.
finds() {
	local headers=''
	(($# == 0)) || printf -v headers '#include <%s>\n' "$@"
	"${compiler[@]}" -E - <<<"$headers" >/dev/null 2>&1
}

bash_headers=(config.h builtins.h shell.h quit.h common.h)
! finds stdio.h cjson/cJSON.h uuid/uuid.h curl/curl.h "${bash_headers[@]}" || exit 0

missing=()
if ! finds; then
	missing+=("a C compiler: '$1' does not run (gcc)")
elif ! finds stdio.h; then
	missing+=('the C library'\''s headers: stdio.h (libc6-dev)')
else
	finds "${bash_headers[@]}" || missing+=('bash'\''s headers for builtins: shell.h (bash-builtins)')
	finds cjson/cJSON.h || missing+=('cJSON: cjson/cJSON.h (libcjson-dev)')
	finds uuid/uuid.h || missing+=('libuuid: uuid/uuid.h (uuid-dev)')
	finds curl/curl.h || missing+=('libcurl: curl/curl.h (libcurl4-openssl-dev)')
fi
{
	echo 'coder_tokens cannot be built yet. Missing, with the name of its package in Debian:'
	printf '  %s\n' "${missing[@]}"
	if command -v apt-get >/dev/null; then
		if [[ $(id -u) == 0 ]] || command -v sudo >/dev/null; then as=; else as=' (as root)'; fi
		echo "To install everything that building needs: make deps$as"
	else
		echo "README.md, under 'Install', names the packages of other systems."
	fi
} >&2
exit 1

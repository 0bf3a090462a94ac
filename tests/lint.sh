#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# lint.sh - checks style and architecture of the sources and of the build in $BUILD. Prints the findings
# of each failed check, and ends with "N passed, N failed".
set -u -o pipefail
cd "$(dirname "$0")/.." || exit
shopt -s nullglob
export LC_ALL=C.UTF-8

BUILD=${BUILD:-build}
sources=(lib/*.h lib/*/*.{c,h} builtins/*.{c,h} builtins/*/*.{c,h})
all_c=("${sources[@]}" tests/unit/*.c tests/unit/*.h tests/simulation/*.c tests/simulation/*.h tests/fuzz/*.c tests/fuzz/*.h tests/tools/*.c tests/tools/*.h tests/bench/*.c)
commands=(builtins/token_*.c)
bats=(tests/bats/*.bats)
sh=(.ci/run scripts/*.{sh,bash} tests/*.sh tests/*/*.{sh,bash} completion/*.bash examples/*.bash debian/tests/installed)

# lint.sh format - formats them instead.
[[ ${1-} != format ]] || exec clang-format -i "${all_c[@]}"

# ------------------------------------------------------------------- style

check_format() {
	# one line for each finding; clang-format also quotes the source
	clang-format --dry-run -Werror "${all_c[@]}" 2>&1 |
		awk '/error:/ { print; bad = 1 } END { exit bad }'
}

# SC2034, SC2154: the builtins read and set variables, which shellcheck cannot know.
check_shell() {
	shellcheck -x -e SC2034,SC2154 "${sh[@]}"
}

# SC2016: scripts for other shells. SC2030, SC2031: each test is a subshell on purpose. SC2119, SC2120:
# functions whose arguments are optional.
check_bats() {
	shellcheck -x -e SC2034,SC2154,SC2016,SC2030,SC2031,SC2119,SC2120 "${bats[@]}"
}

# shfmt would put a blank into a key such as "$id,name", so files with such a key are left out.
check_shell_format() {
	grep -LE '\[[^]]*[$][^]]*,[a-z_$]' "${sh[@]}" "${bats[@]}" | xargs shfmt -d
}

check_markdown() {
	mdl -s tests/markdown.rb ./*.md docs/*.md examples/*.md tests/*.md tests/*/*.md
}

check_spdx() {
	local file lacking=0
	while IFS= read -r file; do
		head -n 3 "$file" | grep -q 'SPDX-License-Identifier: GPL-3.0-or-later' && continue
		echo "$file: no SPDX line"
		lacking=1
	done < <(printf '%s\n' Makefile builtins/*.map builtins/*/*.def "${all_c[@]}" "${sh[@]}" \
		"${bats[@]}" tests/*/*.py tests/*.rb scripts/*.awk builtins/*/*.py)
	return "$lacking"
}

# Helper programs are files, which can be read and checked, not strings in the tests.
check_helper_programs() {
	! grep -nE 'python3 (-[A-Za-z]+ )*-(c|[[:space:]]|$)' "${bats[@]}" "${sh[@]}"
}

# calls NAMES FILE... - prints the calls of functions that match, outside of block comments.
calls() {
	local names=$1
	shift
	grep -nE "(^|[^a-zA-Z0-9_])($names)\\(" "$@" | grep -vE ':[[:space:]]*/?\*'
}

check_banned() {
	local names='strcpy|strcat|strncpy|strncat|sprintf|vsprintf|strtok|strtok_r|atoi|atol|atoll'
	names+='|atof|strtod|gets|system|popen|setlocale|getopt|getopt_long|signal|alloca'
	# the locale changes what these do; base/ascii.h has others
	names+='|strcasecmp|strncasecmp|strcasestr|tolower|toupper|is(alpha|alnum|digit|space|upper|lower|print|punct)'
	! calls "$names" "${sources[@]}"
}

# Messages quote words in one way: 'x'. (What is written as JSON goes through buf_addf.)
# shellcheck disable=SC1112 # it searches for quotes that are not ASCII
check_quotes() {
	! grep -nE -e '(\\"|`)%[.*0-9]*s|\\u20(18|19|1[cC]|1[dD])' -e $'[\u2018\u2019\u201c\u201d]' "${sources[@]}" |
		grep -v 'buf_addf'
}

# lib/ never prints, exits, or reads the environment: that is for its caller to do.
check_lib_manners() {
	local names='printf|vprintf|puts|putchar|perror|exit|getenv|secure_getenv|syslog|longjmp'
	! calls "$names" lib/*/*.c && ! grep -nE '\<(stdout|stderr)\>' lib/*/*.c
}

# lib/ reports causes. The advice for users, which names options, variables and commands, is in
# builtins/output/advice.c. (lib/ may contain names of settings only if its caller passes them in.)
check_lib_gives_no_advice() {
	! grep -noE '"([^"\\]|\\.)*"' lib/*/*.c |
		grep -E '(CODER_[A-Z]|OPENSSL_|SSL_CERT|token_(create|list|view|rm)|[ "]--[a-z]|ulimit|\^C|did you mean|[;:,] (give|use|set|check|try|filter) )'
}

# The braces of a function stand alone in the first column. Prints "lines file:line".
function_lengths() {
	awk 'FNR == 1 { start = 0 } /^\{$/ { start = FNR }
		/^\}$/ && start { print FNR - start - 1, FILENAME ":" start; start = 0 }' "$@" | sort -n
}

check_function_length() {
	function_lengths "${all_c[@]}" |
		awk '$1 > 60 { print $2 ": a function of " $1 " lines"; long = 1 } END { exit long }'
}

# A path that is chopped into many short functions is as hard to follow as one long function.
check_median_length() {
	function_lengths "${sources[@]}" | awk '{ n[++count] = $1 } END {
		median = n[int((count + 1) / 2)]; print "median function: " median " lines"
		exit median < 9 || median >= 20 }'
}

# A short function that hides nothing belongs in its only caller.
check_crumbs() {
	tests/tools/crumbs.py lib/*/*.c builtins/*.c builtins/*/*.c
}

# All command files have the same parts in the same order, and their run functions are short.
check_command_files() {
	local file name parts bad=0
	for file in "${commands[@]}"; do
		name=${file##*/token_} name=${name%.c}
		parts=$(sed -n -E "s/^(struct $name)_(options|state) .*/\\2/p
			s/^static .*\\<${name}_(table|description|examples|check|run|done)[[(].*/\\1/p
			s/^static .*token_${name}_(command) .*/\\1/p
			s/^(BUILTIN)\\(.*/\\1/p" "$file" | tr '\n' ' ')
		[ "$parts" = 'options table description examples state check run done command BUILTIN ' ] ||
			{ echo "$file: $parts" && bad=1; }
		awk -v run="^static int ${name}_run" '$0 ~ run { found = start = FNR }
			/^}/ && start { if (FNR - start > 42) { print FILENAME ": run is long"; long = 1 } start = 0 }
			END { exit long || !found }' "$file" || bad=1
	done
	return "$bad"
}

# ------------------------------------------------------------ architecture

# only HEADER FILE... - prints where any other source includes a header that matches.
only() {
	local header=$1
	shift
	grep -nE "^#[[:space:]]*include[[:space:]]*[<\"]$header" "${sources[@]}" |
		grep -vE "^($(
			IFS='|'
			echo "$*"
		)):"
}

check_foreign_headers() {
	local found
	found=$(
		only 'curl/' lib/net/libcurl.h
		only '(cjson/)?cJSON' lib/json/document.c
		only '(bash/|(config|builtins|shell|quit|common|variables|loadables|bashgetopt)\.h>)' builtins/shell/bash.h
	)
	[ -z "$found" ] || { echo "$found" && return 1; }
}

# The rooms, the lowest floor first, and what their files may include besides files of their own room.
# The name of a header of another room begins with that room ("base/buf.h").
rooms() {
	cat <<-'END'
		lib/base
		lib/json            base/
		lib/net             base/ json/
		lib/api             base/ json/ net/
		builtins/options    coder.h base/
		builtins/shell      coder.h
		builtins/output     coder.h base/ shell/
		builtins/session    coder.h base/ shell/ output/
		builtins/permissions coder.h api/changes.h base/ shell/ output/ options/
		builtins            coder.h api/changes.h base/ shell/ output/ session/ options/ permissions/ complete/
		builtins/complete   coder.h api/changes.h base/ shell/ session/ output/ options/
	END
}

check_floors() {
	local room may file pattern bad=0
	while read -r room may; do
		pattern='[a-z0-9_]+\.(h|def)'
		[[ ! $may ]] || pattern+="|(${may// /|})[a-z0-9_.]*"
		for file in "$room"/*.[ch]; do
			grep -HnE '^#include "' "$file" | grep -vE "\"($pattern)\"" && bad=1
		done
	done < <(rooms)
	# a room that is not in the table would not be checked
	diff <(rooms | awk '{ print $1 }' | sort) \
		<(printf '%s\n' "${sources[@]}" | sed 's|/[^/]*$||' | grep -vx lib | sort -u) || bad=1
	return "$bad"
}

# Commands do not include each other. Only command.c includes completion, and only its interface.
check_doors() {
	! grep -nE '#include "(complete/|token_)' builtins/*.[ch] builtins/*/*.[ch] |
		grep -v '^builtins/command\.c:[0-9]*:#include "complete/complete\.h"'
}

# builtins/ calls only those functions of lib/ that coder.h offers, and those of buffers and texts.
check_public_api() {
	local foreign
	foreign=$(comm -12 \
		<(nm -g --defined-only "$BUILD"/lib/*/*.o | awk 'NF == 3 { print $3 }' | sort -u) \
		<(nm -u "$BUILD"/builtins/*.o "$BUILD"/builtins/*/*.o | awk 'NF == 2 { print $2 }' | sort -u) |
		grep -vE '^(coder|buf|text)_')
	[ -z "$foreign" ] || { echo "$foreign" && return 1; }
}

# lib/ links without bash. (Each undefined symbol is an error.)
check_lib_alone() {
	cc -shared -o "$BUILD/lib-alone.so" -Wl,--no-undefined -Wl,--whole-archive "$BUILD/lib.a" \
		-Wl,--no-whole-archive -lcjson -ldl
}

# Only shell/ uses bash: without shell/ the builtins lack nothing but what it defines.
check_bash_alone() {
	local object objects=() foreign
	for object in builtins/*.c builtins/*/*.c; do
		[[ $object == builtins/shell/* ]] || objects+=("$BUILD/${object%.c}.o")
	done
	foreign=$(cc -shared -o "$BUILD/no-shell.so" -Wl,--no-undefined "${objects[@]}" \
		"$BUILD/lib.a" -lcjson -ldl 2>&1 | sed -n "s/.*undefined reference to .\(.*\)'/\1/p" |
		sort -u | grep -vxF -f <(nm -g --defined-only "$BUILD"/builtins/shell/*.o | awk '{ print $3 }'))
	[ -z "$foreign" ] || { echo "not of shell/: $foreign" && return 1; }
}

check_exports() {
	local file
	diff <(for file in "${commands[@]}"; do
		file=${file##*/}
		printf '%s\n' "${file%.c}"_{struct,builtin_load,builtin_unload}
	done | sort) \
		<(nm -D --defined-only "$BUILD/coder_tokens.so" | awk '{ print $3 }' | sort)
}

# Only libc and cJSON are linked; the first request loads libcurl. Nothing runs at load or exit.
check_shared_object() {
	local dynamic
	dynamic=$(readelf -dW "$BUILD/coder_tokens.so")
	! grep -E 'NEEDED' <<<"$dynamic" | grep -vE 'lib(c|cjson|dl)\.so' &&
		grep -q 'FLAGS_1.*NOW.*NODELETE' <<<"$dynamic" &&
		! grep -rnE '__attribute__\(\((constructor|destructor)' "${sources[@]}" &&
		! calls 'atexit|pthread_atfork' "${sources[@]}"
}

# The shared object can be built where musl is the C library. Only the headers of the libraries
# that we use are this system's. What is left undefined must come from musl, bash or those libraries.
check_musl() {
	local build=$BUILD/musl header found libc foreign
	mkdir -p "$build/include"
	for header in curl/curl.h cjson/cJSON.h; do
		found=$(cc -E -include "$header" -x c /dev/null | sed -n "s|^# [0-9]* \"\(.*\)/${header#*/}\".*|\1|p")
		ln -sfn "${found%%$'\n'*}" "$build/include/${header%/*}"
	done
	env -u MAKEFLAGS make -s CC=musl-gcc BUILD="$build" DEPS= PKG_CFLAGS= LIBS= WERROR=-Werror \
		CFLAGS="-O1 -idirafter $build/include" || return
	libc=$(musl-gcc -shared -Wl,--trace -o /dev/null -x c /dev/null | grep '/libc\.so$')
	foreign=$(nm -D "$build/coder_tokens.so" | awk '$1 == "U" { print $2 }' | grep -v '^cJSON_' |
		grep -vxF -f <(nm -D --defined-only "$libc" "$(command -v bash)" | awk '{ print $3 }'))
	[ -z "$foreign" ] || { echo "neither of musl nor of bash: $foreign" && return 1; }
}

# --------------------------------------------------------------------- run

passed=0 failed=0
check() {
	local output
	if output=$("$1" 2>&1); then
		passed=$((passed + 1))
		echo "ok - ${1#check_}"
	else
		failed=$((failed + 1))
		printf 'not ok - %s\n%s\n' "${1#check_}" "$output" | head -n 200
	fi
}

while read -r name; do check "$name"; done < <(compgen -A function check_)
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]

#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# matrix.sh [VERSION...] - runs the shell tests in other versions of bash (default: all of
# 5.1 5.2 5.3), each built with libc's malloc and with bash's own, and ends with one line
# "N passed, N failed" over all of them. One build of the builtins serves all. Then the builtins are
# built with the headers of each version, and tried in all the others and in this machine's own bash.
# A version that is not known must refuse them.
#
# The shells are built from the source packages of Debian's releases, from the mirror that this machine
# uses. Sources and shells are kept in $BUILD/matrix. Mirrors no longer have a release with bash 5.0: put
# its source in $BUILD/matrix/src-5.0 to test it, too.
#
#   T=PATTERN       only the test files whose path contains PATTERN
#   MALLOCS="libc"  only these builds (libc, bash)
set -u -o pipefail
cd "$(dirname "$0")/.." || exit
# shellcheck source=tests/tools/mirror.bash
source tests/tools/mirror.bash

BUILD=${BUILD:-build}
DIR=$PWD/$BUILD/matrix
MALLOCS=${MALLOCS:-libc bash}
declare -A RELEASES=(["5.1"]=bullseye ["5.2"]=trixie ["5.3"]=sid)
TO_COME=5.4 # a version that no release has yet

die() {
	printf 'matrix.sh: %s\n' "$*" >&2
	exit 1
}

# apt with lists and sources of its own, so that the machine's do not change.
apt_private() {
	apt-get -q -o Acquire::Retries=3 -o Dir::Etc::SourceList="$DIR/apt/sources.list" -o Dir::Etc::SourceParts=/dev/null \
		-o Dir::State::Lists="$DIR/apt/lists" -o Dir::Cache="$DIR/apt/cache" \
		-o APT::Get::List-Cleanup=0 -o APT::Sandbox::User=root "$@" </dev/null
}

# fetch_source VERSION - unpacks the source in $DIR/src-VERSION.
fetch_source() {
	local release=${RELEASES[$1]-} url
	[[ -e $DIR/src-$1/configure ]] && return
	[[ $release ]] || die "no source of bash $1: put it in $DIR/src-$1"
	url=$(mirror) || die "apt names no Debian archive"
	mkdir -p "$DIR"/apt/{lists,cache}/partial "$DIR/download-$1" || exit
	echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $url $release main" \
		>"$DIR/apt/sources.list"
	(
		cd "$DIR/download-$1" && apt_private update >&2 &&
			apt_private source --only-source --download-only bash >&2 &&
			dpkg-source --no-check -x ./*.dsc "$DIR/src-$1" >&2
	) || die "no source of bash $1 from $release"
}

# build_shell VERSION MALLOC [OUT [SAID]] - builds bin/bash and include/bash in $DIR/OUT, by default
# VERSION-MALLOC. The shell reports the version SAID.
build_shell() {
	local out=$DIR/${3:-$1-$2} option=--with-bash-malloc
	[[ -x $out/bin/bash && -e $out/include/bash/shell.h ]] && return
	[[ $2 == libc ]] && option=--without-bash-malloc
	fetch_source "$1"
	printf 'building bash %s (malloc of %s)\n' "${4:-$1}" "$2" >&2
	rm -rf "$out" && mkdir -p "$out/obj" "$out/bin"
	(
		cd "$out/obj" && "$DIR/src-$1/configure" -q "$option" --disable-nls &&
			make -j2 ${4:+Version="$4"} && make install-headers DESTDIR="$out" prefix=
	) >"$out/build.log" 2>&1 || die "bash $1 does not build: see $out/build.log"
	mv "$out/obj/bash" "$out/bin/bash" && rm -rf "$out/obj"
}

# add WHAT LINE - adds the numbers in the last line of a run to the totals.
add() {
	if [[ $2 =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed(,\ ([0-9]+)\ skipped)?$ ]]; then
		((passed += BASH_REMATCH[1], failed += BASH_REMATCH[2], skipped += ${BASH_REMATCH[4]:-0}))
		printf '%s: %s\n' "$1" "$2"
	else
		((failed += 1))
		printf '%s: no end\n' "$1"
	fi
}

# try_in SHELL BUILD PATTERN - tests a build of the builtins in a shell, or in this machine's for "own".
# Prints the last line of the run, and the rest to standard error.
try_in() {
	local path=$PATH
	[[ $1 == own ]] || path=$DIR/$1/bin:$PATH
	PATH=$path BUILD=$2 T="bats/$3" tests/run.sh | tee -a /dev/stderr | tail -n 1
}

# build_for SHELL - builds the builtins with the headers of that shell in $BUILD/matrix/SHELL/so.
build_for() {
	make -s all BUILD="$BUILD/matrix/$1/so" BASH_INC="$DIR/$1/include/bash" >&2 ||
		die "the builtins do not build with the headers of $1"
}

# Checks that a version that is not known refuses the builtins, with the reason.
refuses() {
	local out
	build_shell "${versions[-1]}" libc to-come "$TO_COME"
	# shellcheck disable=SC2016 # the other shell's
	out=$("$DIR/to-come/bin/bash" -c 'enable -f "$1" token_list; echo "status $?"; type -t token_list' - \
		"$PWD/$BUILD/coder_tokens.so" 2>&1)
	printf '%s\n' "$out" >&2
	[[ $out == *"token_list: bash $TO_COME is not supported: needs 5.0 to 5.3"*$'\n'"status 1" ]]
}

versions=("$@")
((${#versions[@]})) || versions=(5.1 5.2 5.3)
[[ $# -gt 0 || ! -e $DIR/src-5.0/configure ]] || versions=(5.0 "${versions[@]}")
shells=() passed=0 failed=0 skipped=0
for version in "${versions[@]}"; do
	for malloc in $MALLOCS; do
		build_shell "$version" "$malloc"
		shells+=("$version-$malloc")
	done
done

for shell in "${shells[@]}"; do
	printf '== %s, malloc of %s\n' "$("$DIR/$shell/bin/bash" --version | head -n 1)" "${shell#*-}"
	add "$shell" "$(try_in "$shell" "$BUILD" "*${T-}")"
done
for headers in "${shells[@]}"; do
	build_for "$headers"
	for shell in "${shells[@]}" own; do
		[[ $shell != "$headers" ]] || continue
		printf '== built for %s, in %s\n' "$headers" "$shell"
		add "built for $headers, in $shell" "$(try_in "$shell" "$BUILD/matrix/$headers/so" '@(load|scenario).')"
	done
done
if refuses; then add "bash $TO_COME refuses" "1 passed, 0 failed"; else add "bash $TO_COME refuses" "0 passed, 1 failed"; fi
printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
((failed == 0))

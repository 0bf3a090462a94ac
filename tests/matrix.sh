#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# matrix.sh [VERSION...] - runs the shell tests in other versions of bash (default: all of
# 5.1 5.2 5.3), each built with libc's malloc and with bash's own, and ends with one line
# "N passed, N failed" over all of them. The builtins are not built again: one .so serves all.
#
# The shells come from the source packages of Debian's releases, from the mirror that this machine
# uses; sources and shells are kept in $BUILD/matrix. Bash 5.0 is in no release that mirrors still
# carry: put its source in $BUILD/matrix/src-5.0 to have it tested, too.
#
#   T=PATTERN       only the test files whose path contains PATTERN
#   MALLOCS="libc"  only these builds (libc, bash)
set -u -o pipefail
cd "$(dirname "$0")/.." || exit

BUILD=${BUILD:-build}
DIR=$PWD/$BUILD/matrix
MALLOCS=${MALLOCS:-libc bash}
declare -A RELEASES=([5.1]=bullseye [5.2]=trixie [5.3]=sid)

die() {
	printf 'matrix.sh: %s\n' "$*" >&2
	exit 1
}

# apt with lists and sources of its own: the machine's stay as they are.
apt_private() {
	apt-get -q -o Acquire::Retries=3 -o Dir::Etc::SourceList="$DIR/apt/sources.list" -o Dir::Etc::SourceParts=/dev/null \
		-o Dir::State::Lists="$DIR/apt/lists" -o Dir::Cache="$DIR/apt/cache" \
		-o APT::Get::List-Cleanup=0 -o APT::Sandbox::User=root "$@" </dev/null
}

# The mirror that this machine's own Debian packages come from.
mirror() {
	# shellcheck disable=SC2016 # apt's variables
	apt-get indextargets --format '$(ORIGIN) $(LABEL) $(REPO_URI)' |
		awk '$1 == "Debian" && $2 == "Debian" { print $3; exit }'
}

# fetch_source VERSION - the unpacked source in $DIR/src-VERSION.
fetch_source() {
	local release=${RELEASES[$1]-} url
	[[ -e $DIR/src-$1/configure ]] && return
	[[ $release ]] || die "no source of bash $1: put it in $DIR/src-$1"
	url=$(mirror)
	[[ $url ]] || die "apt names no Debian mirror"
	mkdir -p "$DIR"/apt/{lists,cache}/partial "$DIR/download-$1" || exit
	echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $url $release main" \
		>"$DIR/apt/sources.list"
	(
		cd "$DIR/download-$1" && apt_private update >&2 &&
			apt_private source --only-source --download-only bash >&2 &&
			dpkg-source --no-check -x ./*.dsc "$DIR/src-$1" >&2
	) || die "no source of bash $1 from $release"
}

# build_shell VERSION MALLOC - $DIR/VERSION-MALLOC/bin/bash.
build_shell() {
	local out=$DIR/$1-$2 option=--with-bash-malloc
	[[ -x $out/bin/bash ]] && return
	[[ $2 == libc ]] && option=--without-bash-malloc
	fetch_source "$1"
	printf 'building bash %s (malloc of %s)\n' "$1" "$2" >&2
	mkdir -p "$out/obj" "$out/bin"
	(cd "$out/obj" && "$DIR/src-$1/configure" -q "$option" --disable-nls && make -j2) \
		>"$out/build.log" 2>&1 || die "bash $1 does not build: see $out/build.log"
	mv "$out/obj/bash" "$out/bin/bash" && rm -rf "$out/obj"
}

versions=("$@")
((${#versions[@]})) || versions=(5.1 5.2 5.3)
passed=0 failed=0 skipped=0
for version in "${versions[@]}"; do
	for malloc in $MALLOCS; do
		build_shell "$version" "$malloc"
		shell=$DIR/$version-$malloc/bin
		printf '== %s, malloc of %s\n' "$("$shell/bash" --version | head -n 1)" "$malloc"
		line=$(PATH=$shell:$PATH BUILD=$BUILD T="bats/*${T-}" tests/run.sh | tee /dev/stderr | tail -n 1)
		if [[ $line =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed(,\ ([0-9]+)\ skipped)?$ ]]; then
			((passed += BASH_REMATCH[1], failed += BASH_REMATCH[2], skipped += ${BASH_REMATCH[4]:-0}))
		else
			((failed += 1))
		fi
	done
done
printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
((failed == 0))

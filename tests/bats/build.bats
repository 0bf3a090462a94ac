#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# What make does before and while it builds: flags, missing packages, other directories.

load helper

# These tests need no deployment.
setup_file() { :; }
teardown_file() { :; }
setup() {
	unset MAKEFLAGS MFLAGS MAKELEVEL CFLAGS CPPFLAGS LDFLAGS WERROR CC PKG_CONFIG BUILD DEPS
	BIN=$BATS_TEST_TMPDIR/bin
	mkdir "$BIN"
}

# program NAME LINE... - a shell script in $BIN.
program() {
	printf '%s\n' '#!/bin/sh' "${@:2}" >"$BIN/$1"
	chmod +x "$BIN/$1"
}

# copy DIRECTORY - a copy of the tree, without what was built or is not ours.
copy() {
	mkdir -p "$1"
	tar -C "$REPO" --exclude=__pycache__ -c Makefile scripts packaging lib builtins tests completion examples \
		docs README.md CHANGELOG.md SECURITY.md LICENSE | tar -C "$1" -x
}

# ----------------------------------------------------------------------- building

@test "a tree whose path contains blanks builds and installs, and changed flags rebuild all of it" {
	local tree="$BATS_TEST_TMPDIR/a b  c" sources
	copy "$tree"
	cd "$tree"
	sources=(lib/*/*.c builtins/*.c builtins/*/*.c)
	try make DEPS= CFLAGS=-O0
	is "$status" 0
	is "$(grep -c '^  CC' <<<"$out")" "${#sources[@]}"
	try make DEPS= CFLAGS=-O0
	is "$status$out$err" 0
	try make DEPS= CFLAGS=-O0 DESTDIR="$tree/to here" install man
	is "$status$err" 0
	[[ -s "$tree/to here/usr/local/share/man/man1/token_rm.1" ]] || fail "no manual page"
	try "$BASH" --norc -c "enable -f '$tree/to here/usr/local/lib/bash/coder_tokens.so' token_rm && token_rm --version"
	is "$status$err" 0
	sources=(lib/*/*.c)
	try make DEPS= CFLAGS=-O0 LDFLAGS=-Wl,-O1 build/lib.a
	is "$status$err" 0
	is "$(grep -c '^  CC' <<<"$out")" "${#sources[@]}"
}

@test "another compiler rebuilds everything, and a separate build directory is not touched" {
	copy "$BATS_TEST_TMPDIR/tree"
	cd "$BATS_TEST_TMPDIR/tree"
	program other-cc 'exec cc "$@"'
	make DEPS= CFLAGS=-O0 build/lib/base/error.o >/dev/null
	make DEPS= CFLAGS=-O1 BUILD=other other/lib/base/error.o >/dev/null
	try make DEPS= CFLAGS=-O0 build/lib/base/error.o
	lacks "$out" CC
	try make DEPS= CFLAGS=-O1 BUILD=other other/lib/base/error.o
	lacks "$out" CC
	try make DEPS= CFLAGS=-O0 CC="$BIN/other-cc" build/lib/base/error.o
	is "$status" 0
	has "$out" "CC    build/lib/base/error.o"
}

@test "a compiler warning stops make check, but no other goal" {
	copy "$BATS_TEST_TMPDIR/tree"
	cd "$BATS_TEST_TMPDIR/tree"
	try make DEPS= CFLAGS='-O0 -Wpadded' build/lib/base/error.o
	is "$status" 0
	has "$err" "warning: "
	try make DEPS= CFLAGS='-O0 -Wpadded' WERROR=-Werror build/lib/base/error.o
	is "$status" 2
	has "$err" "[-Werror=padded]"
	lacks "$(make -n DEPS=)" -Werror
	lacks "$(make -n DEPS= test lint)" -Werror
	has "$(make -n DEPS= check)" " -Werror "
}

@test "BUILD with a blank is refused before anything is written" {
	cd "$REPO"
	try make DEPS= "BUILD=$BATS_TEST_TMPDIR/a b"
	is "$status" 2
	has "$err" "BUILD must be a path without blanks, not '$BATS_TEST_TMPDIR/a b'"
	[[ ! -e $BATS_TEST_TMPDIR/a ]] || fail "something was written"
}

@test "make clean removes everything that was built, and nothing else" {
	copy "$BATS_TEST_TMPDIR/tree"
	cd "$BATS_TEST_TMPDIR/tree"
	find . | sort >"$BATS_TEST_TMPDIR/before"
	mkdir "$BATS_TEST_TMPDIR/mine"
	touch "$BATS_TEST_TMPDIR/mine/file"
	make DEPS= build/lib/base/error.o >/dev/null
	make DEPS= BUILD="$BATS_TEST_TMPDIR/out/dir" "$BATS_TEST_TMPDIR/out/dir/lib/base/error.o" >/dev/null
	make DEPS= BUILD="$BATS_TEST_TMPDIR/mine" "$BATS_TEST_TMPDIR/mine/lib/base/error.o" >/dev/null
	mkdir tests/sandbox/__pycache__ tests/pty/__pycache__
	touch tests/sandbox/__pycache__/app.pyc
	make clean BUILD="$BATS_TEST_TMPDIR/out/dir" >/dev/null
	make clean BUILD="$BATS_TEST_TMPDIR/mine" >/dev/null
	find . | sort | diff "$BATS_TEST_TMPDIR/before" -
	[[ ! -e $BATS_TEST_TMPDIR/out/dir ]] || fail "out/dir is left"
	[[ -e $BATS_TEST_TMPDIR/mine/file ]] || fail "a file that is not make's is gone"
}

# ---------------------------------------------------------------- missing packages

@test "without a compiler make reports that once, with the command that installs it" {
	local tool
	program apt-get
	program id 'echo 0'
	PATH=$BIN:$PATH try make -C "$REPO" -s BUILD="$BATS_TEST_TMPDIR/b" CC=no-such-cc
	is "$status" 2
	is "$out" ""
	is "$(grep -v '^make' <<<"$err")" "coder_tokens cannot be built yet. Missing, with the name of its package in Debian:
  a C compiler: 'no-such-cc' does not run (gcc)
To install everything that building needs: make deps"
	program id 'echo 1000'
	for tool in make bash sh env cmp; do ln -s "$(command -v "$tool")" "$BIN"; done
	PATH=$BIN try make -C "$REPO" -s BUILD="$BATS_TEST_TMPDIR/b" CC=no-such-cc
	has "$err" "To install everything that building needs: make deps (as root)"
}

@test "without headers make names each of them" {
	program apt-get
	program id 'echo 0'
	program lacking-cc 'source=$(cat)' 'case $source in *cjson/*|*shell.h*) exit 1 ;; esac' \
		'echo "$source" | exec cc "$@"'
	PATH=$BIN:$PATH try make -C "$REPO" -s BUILD="$BATS_TEST_TMPDIR/b" CC=lacking-cc
	is "$status" 2
	is "$(grep -v '^make' <<<"$err")" "coder_tokens cannot be built yet. Missing, with the name of its package in Debian:
  the header <shell.h> of bash (bash-builtins)
  the header <cjson/cJSON.h> of cJSON (libcjson-dev)
To install everything that building needs: make deps
To use the headers of a source tree of bash that was built: make BASH_INC=DIRECTORY"
}

@test "headers that are too old are named, with the version that is needed" {
	program apt-get
	program id 'echo 0'
	program old-cc 'exec cc -include "'"$BATS_TEST_TMPDIR/old.h"'" "$@"'
	printf '%s\n' '#include <curl/curlver.h>' '#undef LIBCURL_VERSION' '#define LIBCURL_VERSION "7.67.10"' \
		'#include <cjson/cJSON.h>' '#undef CJSON_VERSION_PATCH' '#define CJSON_VERSION_PATCH 9' \
		'#undef CJSON_VERSION_MINOR' '#define CJSON_VERSION_MINOR 7' >"$BATS_TEST_TMPDIR/old.h"
	PATH=$BIN:$PATH try make -C "$REPO" -s BUILD="$BATS_TEST_TMPDIR/b" CC=old-cc
	is "$status" 2
	is "$(grep -v '^make' <<<"$err")" "coder_tokens cannot be built yet. Missing, with the name of its package in Debian:
  libcurl, at least 7.68.0: the headers are of 7.67.10 (libcurl4-openssl-dev)
  cJSON, at least 1.7.13: the headers are of 1.7.9 (libcjson-dev)
To install everything that building needs: make deps"
}

@test "programs that are too old stop make test and make demo, with the version that is needed" {
	program python3 'echo Python 3.8.10'
	program bats 'echo Bats 1.7'
	cd "$REPO"
	has "$(make -n DEPS= test)" "scripts/can-run.sh test"
	has "$(make -n DEPS= demo)" "scripts/can-run.sh demo"
	PATH=$BIN:$PATH try scripts/can-run.sh test
	is "$status$out" 1
	is "$err" "can-run.sh: Python, at least 3.9: 'python3' is of 3.8.10
can-run.sh: bats, at least 1.8: 'bats' is of 1.7"
	PATH=$BIN:$PATH try scripts/can-run.sh demo
	is "$status" 1
	program python3 'echo Python 3.9.0+'
	program bats 'echo Bats 1.10.0'
	PATH=$BIN:$PATH try scripts/can-run.sh test
	is "$status$out$err" 0
}

@test "BASH_INC takes bash's headers from another directory" {
	local inc=$BATS_TEST_TMPDIR/inc
	cp -R "$(pkg-config --variable=headersdir bash 2>/dev/null || echo /usr/include/bash)" "$inc"
	try make -C "$REPO" DEPS= BUILD="$BATS_TEST_TMPDIR/b" BASH_INC="$inc" "$BATS_TEST_TMPDIR/b/builtins/shell/io.o"
	is "$status" 0
	has "$(make -n -C "$REPO" DEPS= BUILD="$BATS_TEST_TMPDIR/c" BASH_INC="$inc")" "-isystem $inc/builtins "
	rm "$inc/config.h"
	try make -C "$REPO" -s DEPS= BUILD="$BATS_TEST_TMPDIR/c" BASH_INC="$inc" "$BATS_TEST_TMPDIR/c/builtins/shell/io.o"
	is "$status" 2
	has "$err" "the header <config.h> of bash (bash-builtins)"
}

@test "the program in PKG_CONFIG finds headers and libraries" {
	program my-pkg-config "echo \"\$@\" >>'$BATS_TEST_TMPDIR/asked'" 'case $1 in' \
		'--variable=headersdir) echo /no/headers ;;' '--cflags) echo "-DFROM_$2" ;;' 'esac'
	try make -C "$REPO" -s BUILD="$BATS_TEST_TMPDIR/b" PKG_CONFIG="$BIN/my-pkg-config"
	is "$status" 2
	has "$err" "the header <config.h> of bash (bash-builtins)"
	has "$(make -n -C "$REPO" BUILD="$BATS_TEST_TMPDIR/b" PKG_CONFIG="$BIN/my-pkg-config")" "-DFROM_libcjson"
	has "$(<"$BATS_TEST_TMPDIR/asked")" "--libs libcjson"
}

@test "DEPS= keeps every goal from installing packages" {
	local goal
	cd "$REPO"
	program sudo "touch '$BATS_TEST_TMPDIR/installing'"
	program apt-get "touch '$BATS_TEST_TMPDIR/installing'"
	program dpkg-query 'exit 1'
	for goal in all deps test check test-live matrix lint format demo picture bench fuzz deb test-deb; do
		lacks "$(make -n DEPS= BUILD="$BATS_TEST_TMPDIR/b" "$goal")" deps.sh
		lacks "$(DEPS='' make -n BUILD="$BATS_TEST_TMPDIR/b" "$goal")" deps.sh
		[[ $goal == all ]] || has "$(make -n BUILD="$BATS_TEST_TMPDIR/b" "$goal")" "deps.sh"
	done
	PATH=$BIN:$PATH try make DEPS= deps
	is "$status$out$err" "0DEPS is empty: nothing is installed."
	[[ ! -e $BATS_TEST_TMPDIR/installing ]] || fail "it wanted to install"
}

@test "make picture draws into the build directory, and replaces the README's picture only on request" {
	cd "$REPO"
	has "$(make -n DEPS= picture)" " 'build/terminal.svg'"
	has "$(make -n DEPS= PICTURE=docs/terminal.svg picture)" " 'docs/terminal.svg'"
}

@test "without apt the message refers to the page that names the packages of other systems" {
	local system tool
	for tool in make bash sh env cmp mkdir; do ln -s "$(command -v "$tool")" "$BIN"; done
	PATH=$BIN try make -C "$REPO" -s BUILD="$BATS_TEST_TMPDIR/b" CC=no-such-cc
	has "$err" "docs/getting-started.md, under 'Install', names the packages of other systems."
	for system in Debian Fedora Arch Alpine openSUSE Homebrew; do
		sed -n '/^## Install/,/^## Load/p' "$REPO/docs/getting-started.md" | grep -qE "^\\| $system" || fail "$system"
	done
}

# in_release NAME... - makes deps.sh see a Debian that has these packages once its
# lists are there ($LISTS), and has installed $INSTALLED. What apt-get does is written to $DONE.
in_release() {
	local tool
	DONE=$BATS_TEST_TMPDIR/done
	: >"$DONE"
	for tool in sh grep sed tr env cat touch cut dirname; do ln -sf "$(command -v "$tool")" "$BIN"; done
	program id "echo ${UID_THERE-0}"
	program dpkg-query 'case " '"${INSTALLED-}"' " in *" $4 "*) printf installed ;; *) exit 1 ;; esac'
	program apt-cache "[ -e '$BATS_TEST_TMPDIR/lists' ] || exit 0" \
		'case " '"$*"' " in *" $2 "*) echo "  Candidate: 1.0" ;; *) echo "  Candidate: (none)" ;; esac'
	program apt-get "[ \"\$1\" != update ] || touch '$BATS_TEST_TMPDIR/lists'" "echo \"\$@\" >>'$DONE'"
}

FUZZ_RT='libclang-rt-dev|libclang-rt-14-dev'

@test "the first alternative package that the release has is installed, or none if one is installed already" {
	grep -qF "$FUZZ_RT" "$REPO/packaging/dependencies" || fail "this test knows another set"
	in_release clang libclang-rt-14-dev
	touch "$BATS_TEST_TMPDIR/lists"
	PATH=$BIN try "$REPO/scripts/deps.sh" fuzz
	is "$status$out$err" "0Installing: clang libclang-rt-14-dev"
	has "$(<"$DONE")" " clang libclang-rt-14-dev"

	in_release clang libclang-rt-dev libclang-rt-14-dev
	PATH=$BIN try "$REPO/scripts/deps.sh" fuzz
	is "$status$err" "0Installing: clang libclang-rt-dev"

	INSTALLED='clang libclang-rt-14-dev' in_release clang libclang-rt-dev libclang-rt-14-dev
	PATH=$BIN try "$REPO/scripts/deps.sh" fuzz
	is "$status$out$err$(<"$DONE")" 0
}

@test "missing package lists are fetched first, and packages that do not exist are named" {
	in_release clang libclang-rt-dev
	PATH=$BIN try "$REPO/scripts/deps.sh" fuzz
	is "$status" 0
	is "$(cut -d ' ' -f 1 "$DONE" | paste -sd ' ')" "update install"
	in_release clang
	PATH=$BIN try "$REPO/scripts/deps.sh" fuzz
	is "$status" 1
	has "$err" "this release has no package '$FUZZ_RT'"
	lacks "$(<"$DONE")" install
}

@test "without root and sudo make names the packages that root has to install" {
	UID_THERE=1000 in_release clang libclang-rt-dev
	PATH=$BIN try "$REPO/scripts/deps.sh" fuzz
	is "$status" 1
	is "$out" ""
	has "$err" "Run as root:"
	has "$err" "    apt-get update && apt-get install clang libclang-rt-dev"
	has "$err" "DEPS="
	is "$(<"$DONE")" ""
	program sudo 'exec "$@"'
	PATH=$BIN try "$REPO/scripts/deps.sh" fuzz
	is "$status" 0
	has "$err" "Installing with sudo: clang libclang-rt-dev"
}

@test "without apt make names the missing packages and goes on" {
	in_release
	rm "$BIN/apt-get"
	PATH=$BIN try "$REPO/scripts/deps.sh" fuzz
	is "$status" 0
	has "$err" "no apt-get here"
	has "$err" "clang $FUZZ_RT"
}

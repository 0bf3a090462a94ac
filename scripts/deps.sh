#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# deps.sh SET... - installs the Debian packages that the named sets need and that are not there.
# Says nothing, and needs neither network nor root, when all of them are. "a|b": either will do,
# the first is installed. On systems without apt it only says what is wanted.
set -eu

packages() {
	case $1 in
	build)
		echo 'gcc libc6-dev pkg-config|pkgconf bash-builtins libcjson-dev uuid-dev'
		echo 'libcurl4-openssl-dev|libcurl4-gnutls-dev|libcurl4-nss-dev'
		;;
	demo) echo 'python3' ;;
	test)
		echo 'bats libcmocka-dev python3 openssl jq curl bash-completion procps groff-base'
		echo 'valgrind'
		;;
	lint) echo 'clang-format shellcheck shfmt' ;;
	matrix) echo 'dpkg-dev make bison libncurses-dev' ;;
	picture) echo 'python3 python3-pyte' ;;
	bench) echo 'python3 jq curl' ;;
	fuzz) echo 'clang libclang-rt-14-dev|libclang-rt-19-dev' ;;
	*) echo "deps.sh: no such set: $1" >&2 && exit 2 ;;
	esac
}

installed() {
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# The packages of a word "a|b" that are missing: a, or nothing if one of them is installed.
missing() {
	for package in $(echo "$1" | tr '|' ' '); do
		if installed "$package"; then return; fi
	done
	echo "${1%%|*}"
}

wanted=
for set in "$@"; do
	words=$(packages "$set")
	for word in $words; do
		wanted="$wanted $(missing "$word")"
	done
done
wanted=$(echo "$wanted" | xargs -n 1 | sort -u | xargs)
[ -n "$wanted" ] || exit 0

if ! command -v apt-get >/dev/null; then
	echo "deps.sh: no apt-get here; if the build fails, install what Debian calls: $wanted" >&2
	exit 0
fi

root=
if [ "$(id -u)" != 0 ]; then
	root=sudo
	echo "Installing with sudo: $wanted" >&2
else
	echo "Installing: $wanted" >&2
fi
install() {
	# shellcheck disable=SC2086 # words on purpose: an empty prefix, a list of packages
	$root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
		-o Dpkg::Use-Pty=0 $wanted </dev/null >&2
}
# The package lists may be absent, or too old for the mirror.
install 2>/dev/null || { $root apt-get update -q >&2 && install; }

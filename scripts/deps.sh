#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# deps.sh SET... - installs the Debian packages that the named sets of packaging/dependencies need and
# that are missing. If none is missing, it prints nothing, and needs neither network nor root. "a|b"
# means the first package that this release has, or none if one of them is installed. On systems without
# apt it only prints the names.
set -eu

table=$(dirname "$0")/../packaging/dependencies

# packages SET - prints the Debian packages of a set.
packages() {
	sed -n "s/^$1; *//p" "$table" | cut -d ';' -f 5 | grep . || {
		echo "deps.sh: no such set: $1" >&2
		exit 2
	}
}

# any TEST PACKAGE|... - prints the first of the alternatives that passes the test.
any() {
	for package in $(echo "$2" | tr '|' ' '); do
		if "$1" "$package"; then
			echo "$package"
			return
		fi
	done
	return 1
}

installed() {
	[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

in_release() {
	apt-cache policy "$1" 2>/dev/null | grep -q '^  Candidate: [^(]'
}

# choose WORD... - sets $wanted to the packages that have to be installed; fails if a word names no
# package in apt's lists.
choose() {
	wanted=
	for word in "$@"; do
		package=$(any in_release "$word") || return
		wanted="$wanted $package"
	done
}

missing=
for set in "$@"; do
	words=$(packages "$set") || exit
	for word in $words; do
		case " $missing " in *" $word "*) continue ;; esac
		any installed "$word" >/dev/null || missing="$missing $word"
	done
done
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null; then
	echo "deps.sh: no apt-get here; if something fails, install what Debian calls:$missing" >&2
	exit 0
fi

root=
if [ "$(id -u)" != 0 ]; then
	root=sudo
	command -v sudo >/dev/null || {
		echo "deps.sh: packages are missing, and this is not root, nor is there sudo. Run as root:" >&2
		echo "    apt-get update && apt-get install $(echo "$missing" | sed 's/|[^ ]*//g; s/^ //')" >&2
		echo "To go on without them, add DEPS= to the command line of make." >&2
		exit 1
	}
fi
update() {
	$root apt-get update -q >&2
	# shellcheck disable=SC2086 # words
	choose $missing || {
		echo "deps.sh: this release has no package '$word'" >&2
		exit 1
	}
}
install() {
	echo "Installing${root:+ with sudo}:$wanted" >&2
	# shellcheck disable=SC2086 # words on purpose: an empty prefix, a list of packages
	$root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
		-o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 $wanted </dev/null >&2
}
# The package lists may be absent, or too old for the mirror.
# shellcheck disable=SC2086 # words
choose $missing || update
install || { update && install; }

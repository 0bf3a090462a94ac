#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# deb.sh DIRECTORY - installs the Debian package in DIRECTORY with apt, as root, runs its own test
# (debian/tests/installed), and removes it again. Ends with "N passed, N failed".
set -u -o pipefail
cd "$(dirname "$0")/.." || exit
package=bash-coder-tokens
passed=0 failed=0

check() { # check WORD... - runs a command, and counts whether it succeeds
	if "$@"; then ((++passed)); else
		((++failed))
		echo "failed: $*"
	fi
}

apt() {
	DEBIAN_FRONTEND=noninteractive apt-get -y -q -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 "$@" </dev/null
}

leaves_nothing() {
	! find /usr/lib/bash /usr/share -path "*/token_*" | grep .
}

files=("$(realpath "$1")/${package}"_*.deb)
check apt install --no-install-recommends "${files[@]}"
# what the test depends on, as debian/tests/control says
IFS=', ' read -ra words < <(sed -n 's/^Depends: @, //p' debian/tests/control)
check apt install --no-install-recommends "${words[@]}"
check debian/tests/installed
check apt remove "$package"
check leaves_nothing
echo "$passed passed, $failed failed"
((failed == 0))

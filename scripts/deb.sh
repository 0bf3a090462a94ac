#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# deb.sh DIRECTORY - builds the Debian package of this tree for this machine's release, in DIRECTORY,
# and checks it with lintian. The version is that of the newest release in CHANGELOG.md.
set -eu -o pipefail
cd "$(dirname "$0")/.."
mkdir -p "$1"
out=$(cd "$1" && pwd)

# changelog - prints debian/changelog for the newest release.
changelog() {
	local heading='^## ([0-9.]+) \((.*)\)$' line
	while IFS= read -r line; do
		[[ $line =~ $heading ]] && break
	done <CHANGELOG.md
	printf '%s\n\n' "bash-coder-tokens (${BASH_REMATCH[1]}-1) unstable; urgency=medium" \
		'  * New release. What is new in it is in changelog.gz.' \
		" -- $(sed -n 's/^Maintainer: //p' debian/control)  $(LC_ALL=C date -R -u -d "${BASH_REMATCH[2]} 12:00")"
}

tree=$out/bash-coder-tokens
rm -rf "$tree" "$out"/*.deb "$out"/*.buildinfo "$out"/*.changes
mkdir "$tree"
tar -c --exclude=./build --exclude=./.git --exclude=__pycache__ . | tar -x -C "$tree"
changelog >"$tree/debian/changelog"
(cd "$tree" && env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS dpkg-buildpackage --build=binary -us -uc)
lintian --allow-root --fail-on error,warning "$out"/*.changes
printf '%s\n' "$out"/*.deb

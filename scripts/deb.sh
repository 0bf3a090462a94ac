#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# deb.sh VERSION DATE DIRECTORY - builds the Debian package of this tree for this machine's release, in
# DIRECTORY, and checks it with lintian. VERSION and DATE are those of the release, for debian/changelog.
set -eu -o pipefail
cd "$(dirname "$0")/.."
version=$1 date=$2
mkdir -p "$3"
out=$(cd "$3" && pwd)

tree=$out/bash-coder-tokens
rm -rf "$tree" "$out"/*.deb "$out"/*.buildinfo "$out"/*.changes
mkdir "$tree"
tar -c --exclude=./build --exclude=./.git --exclude=__pycache__ . | tar -x -C "$tree"
printf '%s\n\n' "bash-coder-tokens ($version-1) unstable; urgency=medium" \
	'  * New release. What is new in it is in changelog.gz.' \
	" -- $(sed -n 's/^Maintainer: //p' debian/control)  $(LC_ALL=C date -R -u -d "$date 12:00")" \
	>"$tree/debian/changelog"
(cd "$tree" && env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS dpkg-buildpackage --build=binary -us -uc)
lintian --allow-root --fail-on error,warning "$out"/*.changes
printf '%s\n' "$out"/*.deb

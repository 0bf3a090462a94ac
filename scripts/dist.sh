#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# dist.sh VERSION DATE HOMEPAGE DIRECTORY - writes a release to DIRECTORY: the source of the last commit as
# a tarball, which builds and tests without git, and the recipes of packaging/ for it.
set -eu -o pipefail
cd "$(dirname "$0")/.."
version=$1 date=$2 homepage=$3 directory=$4
name=coder-tokens-$version
mkdir -p "$directory"
rm -f "$directory"/coder-tokens-*.tar.gz # of other releases
git archive --prefix="$name/" HEAD | gzip -n >"$directory/$name.tar.gz"
for recipe in packaging/*.in; do
	file=$directory/${recipe#packaging/}
	sed -e "s|@VERSION@|$version|g; s|@HOMEPAGE@|$homepage|g" \
		-e "s|@RPM_DATE@|$(LC_ALL=C date -u -d "$date" '+%a %b %d %Y')|" \
		-e "s|@SHA256@|$(sha256sum <"$directory/$name.tar.gz" | cut -d ' ' -f 1)|" \
		-e "s|@SHA512@|$(sha512sum <"$directory/$name.tar.gz" | cut -d ' ' -f 1)|" "$recipe" >"${file%.in}"
done
ls "$directory"

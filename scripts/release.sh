#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# release.sh VERSION DATE HOMEPAGE DIRECTORY - makes a release of the last commit: checks that the commit is
# ready for that, writes its files to DIRECTORY (dist.sh), and tags it with `v` and the version. The message
# of the tag is what CHANGELOG.md says of the release. Nothing is published.
set -eu -o pipefail
cd "$(dirname "$0")/.."
version=$1 date=$2 homepage=$3 directory=$4
heading="## $version ($date)"

fail() {
	echo "release.sh: $*" >&2
	exit 1
}

[[ -z $(git status --porcelain) ]] || fail 'there are changes that are not committed'
[[ $heading =~ ^'## '[0-9]+\.[0-9]+\.[0-9]+' ('[0-9]{4}-[0-9]{2}-[0-9]{2}')'$ && $(grep -m 1 '^## ' CHANGELOG.md) == "$heading" ]] ||
	fail "the first heading of CHANGELOG.md has to be that of the release, as in '## 1.2.3 (2026-11-26)'"
notes=$(awk -v heading="$heading" '/^## / { within = $0 == heading; next } within && (NF || text) { text = 1; print }' CHANGELOG.md)
[[ $notes ]] || fail "CHANGELOG.md says nothing about $version"
[[ $homepage != *//example.org/* ]] || fail 'HOMEPAGE is only an example: make release HOMEPAGE=URL'
newest=$(printf '%s\n' "$version" "$(git tag --list 'v[0-9]*' | sed 's/^v//')" | sort -V | tail -n 1)
[[ $newest == "$version" ]] || fail "$version is older than the release $newest"
! git rev-parse -q --verify "refs/tags/v$version" >/dev/null || fail "there is a release $version already"

scripts/dist.sh "$version" "$date" "$homepage" "$directory"
git tag -a "v$version" --cleanup=verbatim -m "coder_tokens $version" -m "$notes"
echo "Tagged as v$version. To publish the release: git push origin v$version, and upload the files in $directory."

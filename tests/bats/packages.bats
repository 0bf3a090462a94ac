#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# make dist: the tarball, and the recipes for packages. (make test-deb tries the Debian package.)

load helper

# A repository of the tree as it is here, and what `make dist` makes of it. These tests need no deployment.
setup_file() {
	local tree=$BATS_FILE_TMPDIR/tree
	command -v git >/dev/null || return 0
	unset MAKEFLAGS MFLAGS MAKELEVEL BUILD
	mkdir "$tree"
	tar -C "$REPO" --exclude=./build --exclude=./.git --exclude=__pycache__ -c . | tar -C "$tree" -x
	git -C "$tree" init -q
	git -C "$tree" add -A
	git -C "$tree" -c user.name=n -c user.email=e commit -qm all
	make -s -C "$tree" dist >/dev/null
}
teardown_file() { :; }

setup() {
	command -v git >/dev/null || skip "no git here"
	unset MAKEFLAGS MFLAGS MAKELEVEL BUILD
	DIST=$BATS_FILE_TMPDIR/tree/build/dist
	VERSION=$(sed -n 's/^## \([0-9][0-9.]*\) .*/\1/p;' "$REPO/CHANGELOG.md" | head -n 1)
}

@test "the tarball of make dist builds without git, and its builtins have the version of CHANGELOG.md" {
	cd "$BATS_TEST_TMPDIR"
	tar -xzf "$DIST/coder-tokens-$VERSION.tar.gz"
	cd "coder-tokens-$VERSION"
	[[ ! -e .git ]]
	make -s DEPS= CFLAGS=-O0
	try "$BASH" --norc -c 'enable -f build/coder_tokens.so token_rm; token_rm --version'
	is "$status$out" "0token_rm (coder_tokens) $VERSION"
}

@test "the recipes of make dist have the version, and the checksum of the tarball" {
	local file tarball=$DIST/coder-tokens-$VERSION.tar.gz
	for file in "$DIST"/*; do
		[[ $file == "$tarball" ]] || is "$(grep -o '@[A-Z0-9_]*@' "$file")" ""
	done
	is "$(sed -n 's/^Version: *//p' "$DIST/bash-coder-tokens.spec")" "$VERSION"
	(
		# shellcheck source=/dev/null
		source "$DIST/PKGBUILD"
		is "$pkgver $source" "$VERSION coder-tokens-$VERSION.tar.gz"
		is "${sha256sums[0]}" "$(sha256sum <"$tarball" | cut -d ' ' -f 1)"
	)
	(
		srcdir=$DIST
		# shellcheck source=/dev/null
		source "$DIST/APKBUILD"
		is "$pkgver $source" "$VERSION coder-tokens-$VERSION.tar.gz"
		cd "$DIST"
		try sha512sum -c - <<<"${sha512sums#$'\n'}"
		is "$status" 0
	)
	has "$(<"$DIST/coder-tokens.rb")" "sha256 \"$(sha256sum <"$tarball" | cut -d ' ' -f 1)\""
}

# install_as FILE - the files that the recipe's package() installs, without documents. It is run beside
# the tree that was built already.
install_as() {
	local pkgdir=$BATS_TEST_TMPDIR/root srcdir=$BATS_TEST_TMPDIR/src
	mkdir -p "$srcdir"
	ln -sfn "$REPO" "$srcdir/coder-tokens-$VERSION"
	(
		# shellcheck source=/dev/null
		source "$DIST/$1"
		cd "${builddir:-$srcdir}" || exit
		so=${SO#"$REPO/"}
		# shellcheck disable=SC2317,SC2329 # package() calls it
		make() { flock "${SO%/*}" make -s -o "$so" BUILD="${so%/*}" "$@"; }
		package
	) 3>&- >/dev/null
	find "$pkgdir" ! -type d ! -path '*/doc/*' -printf '%P\n' | sort
}

@test "the packages of Arch and Alpine put each file where bash, man and bash-completion look for it" {
	local b want recipe
	want=$(
		printf '%s\n' usr/lib/bash/coder_tokens.so usr/share/man/man7/coder_tokens.7
		for b in "${BUILTINS[@]}"; do
			printf '%s\n' "usr/lib/bash/$b" "usr/share/man/man1/$b.1" "usr/share/bash-completion/completions/$b"
		done
	)
	for recipe in PKGBUILD APKBUILD; do
		is "$(install_as "$recipe")" "$(sort <<<"$want")"
		rm -r "$BATS_TEST_TMPDIR/root"
	done
}

@test "every package that the documents name for building is in the recipe of its system" {
	local word
	local -a alpine debian
	for word in bash curl cjson util-linux-libs; do
		has "$(<"$DIST/PKGBUILD")" "'$word'"
	done
	read -ra alpine < <(sed -n 's/^| Alpine | `\(.*\)` |$/\1/p' "$REPO/docs/getting-started.md")
	read -ra debian < <(sed -n 's/^| Debian, Ubuntu | `\(.*\)` |$/\1/p' "$REPO/docs/getting-started.md")
	for word in "${alpine[@]}"; do
		[[ $word == build-base ]] || has "$(grep ^makedepends= "$DIST/APKBUILD")" "$word"
	done
	for word in "${debian[@]}"; do
		[[ $word == @(gcc|make|libc6-dev) ]] || has "$(<"$REPO/debian/control")" " $word"
	done
}

# release - runs make release in a clone of the repository; sets status, out and err.
release() {
	export GIT_AUTHOR_NAME=n GIT_AUTHOR_EMAIL=e GIT_COMMITTER_NAME=n GIT_COMMITTER_EMAIL=e
	[[ -d $BATS_TEST_TMPDIR/clone ]] || git clone -q "$BATS_FILE_TMPDIR/tree" "$BATS_TEST_TMPDIR/clone"
	cd "$BATS_TEST_TMPDIR/clone" || return
	try make -s release HOMEPAGE=https://tokens.test/ "$@"
}

# changes HEADING TEXT - puts a heading and a text above the newest release in CHANGELOG.md, and commits that.
changes() {
	sed -i "0,/^## /{/^## /{i ## $1\n\n$2\n
}}" CHANGELOG.md
	git commit -qam "$1"
}

@test "make release writes the files of make dist, and tags the commit with the text of CHANGELOG.md about the release" {
	release
	is "$status$err" 0
	has "$out" "git push origin v$VERSION"
	is "$(ls build/dist)" "$(ls "$DIST")"
	has "$(<build/dist/PKGBUILD)" https://tokens.test/
	is "$(git rev-parse "v$VERSION^{commit}")" "$(git rev-parse HEAD)"
	is "$(git tag -l --format='%(contents:subject)' "v$VERSION")" "coder_tokens $VERSION"
	is "$(git tag -l --format='%(contents:body)' "v$VERSION")" "$(awk '/^## / { n++; next } n == 1' CHANGELOG.md | sed '/./,$!d')"
	changes '99.0.0 (2030-02-03)' '- One thing.'
	release
	is "$status$err" 0
	is "$(git tag -l --format='%(contents)' v99.0.0)" $'coder_tokens 99.0.0\n\n- One thing.'
	is "$(ls build/dist/*.tar.gz)" build/dist/coder-tokens-99.0.0.tar.gz
}

# refuses_release MESSAGE [WORD]... - asserts that make release fails with this message, tags and writes nothing.
refuses_release() {
	local tags
	tags=$(git -C "$BATS_TEST_TMPDIR/clone" tag 2>/dev/null || true)
	release "${@:2}"
	is "$status" 2
	has "$err" "release.sh: $1"
	[[ ! -e build/dist ]] || fail "files were written"
	is "$(git tag)" "$tags"
}

@test "make release refuses what is not committed, has no heading or text, has no address, or is no newer release" {
	refuses_release 'HOMEPAGE is only an example' HOMEPAGE=https://example.org/coder-tokens
	echo >>README.md
	refuses_release 'there are changes that are not committed'
	git checkout -q README.md
	changes Unreleased '- One thing.'
	refuses_release 'the first heading of CHANGELOG.md has to be that of the release'
	git reset -q --hard HEAD^
	changes '99.0.0' '- One thing.'
	refuses_release 'the first heading of CHANGELOG.md has to be that of the release'
	git reset -q --hard HEAD^
	changes '99.0.0 (2030-02-03)' ''
	refuses_release 'CHANGELOG.md says nothing about 99.0.0'
	git reset -q --hard HEAD^
	git tag v99.0.0
	refuses_release "$VERSION is older than the release 99.0.0"
	git tag -d v99.0.0
	git tag "v$VERSION"
	refuses_release "there is a release $VERSION already"
}

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

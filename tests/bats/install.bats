#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# make install and make uninstall, into a directory of the test's own.

load helper
SANDBOX_OPTIONS=(--seed demo)

# make_ takes the build as it is: manual pages of an older one would be installed.
setup_file() {
	flock "${SO%/*}" rm -f "${SO%/*}"/man/*.[17]
	sandbox_start "${SANDBOX_OPTIONS[@]}"
}

setup() {
	shell_setup
	ROOT=$BATS_TEST_TMPDIR/root
}

# make_ GOAL [NAME=VALUE]... - runs make on the build that is being tested, which it does not change, because
# docs.bats may be using it, too.
make_() {
	local so=${SO#"$REPO/"}
	(
		umask 077
		flock "${SO%/*}" make -s -C "$REPO" -o "$so" "BUILD=${so%/*}" "DESTDIR=$ROOT" PREFIX=/opt/x "$@" 3>&-
	)
}

# installed - lists everything below $ROOT, with modes and the targets of links.
installed() {
	find "$ROOT" ! -type d -printf '%P %y%m %l\n' | sed 's/l777/l/' | LC_ALL=C sort
}

WANT='opt/x/lib/bash/coder_tokens.so f755 
opt/x/lib/bash/token_create l coder_tokens.so
opt/x/lib/bash/token_list l coder_tokens.so
opt/x/lib/bash/token_rm l coder_tokens.so
opt/x/lib/bash/token_view l coder_tokens.so
opt/x/share/bash-completion/completions/token_create f644 
opt/x/share/bash-completion/completions/token_list l token_create
opt/x/share/bash-completion/completions/token_rm l token_create
opt/x/share/bash-completion/completions/token_view l token_create
opt/x/share/doc/coder-tokens/CHANGELOG.md f644 
opt/x/share/doc/coder-tokens/LICENSE f644 
opt/x/share/doc/coder-tokens/README.md f644 
opt/x/share/doc/coder-tokens/SECURITY.md f644 
opt/x/share/doc/coder-tokens/docs/completion.md f644 
opt/x/share/doc/coder-tokens/docs/daily-jobs.md f644 
opt/x/share/doc/coder-tokens/docs/debugging.md f644 
opt/x/share/doc/coder-tokens/docs/from-the-cli.md f644 
opt/x/share/doc/coder-tokens/docs/getting-started.md f644 
opt/x/share/doc/coder-tokens/docs/narrow-tokens.md f644 
opt/x/share/doc/coder-tokens/docs/reference.md f644 
opt/x/share/doc/coder-tokens/docs/scripting.md f644 
opt/x/share/doc/coder-tokens/docs/security.md f644 
opt/x/share/doc/coder-tokens/docs/terminal.svg f644 
opt/x/share/doc/coder-tokens/examples/audit.bash f755 
opt/x/share/doc/coder-tokens/examples/ci-token.bash f755 
opt/x/share/doc/coder-tokens/examples/deployments.bash f755 
opt/x/share/doc/coder-tokens/examples/github-actions.yml f644 
opt/x/share/doc/coder-tokens/examples/gitlab-ci.yml f644 
opt/x/share/doc/coder-tokens/examples/prompt.bash f755 
opt/x/share/doc/coder-tokens/examples/provision.bash f755 
opt/x/share/doc/coder-tokens/examples/revoke.bash f755 
opt/x/share/doc/coder-tokens/examples/rotate.bash f755 
opt/x/share/doc/coder-tokens/examples/sweep.bash f755 
opt/x/share/man/man1/token_create.1 f644 
opt/x/share/man/man1/token_list.1 f644 
opt/x/share/man/man1/token_rm.1 f644 
opt/x/share/man/man1/token_view.1 f644 
opt/x/share/man/man7/coder_tokens.7 f644 '

@test "install writes everything below DESTDIR and PREFIX, whatever the umask" {
	make_ install
	is "$(installed)" "$WANT"
	is "$(find "$ROOT" -type d ! -perm 755 -path '*opt/x*')" ""
	cmp "$SO" "$ROOT/opt/x/lib/bash/coder_tokens.so"
	make_ install
	is "$(installed)" "$WANT"
}

@test "PREFIX and DESTDIR may contain blanks and quotes, and uninstall removes nothing else" {
	local root=$ROOT prefix="/it's a \"prefix\""
	mkdir -p "$root/d e" "$root/d" "$root/opt"
	touch "$root/d/kept"
	ROOT="$root/d e"
	make_ install PREFIX="$prefix"
	is "$(installed)" "${WANT//opt\/x/${prefix#/}}"
	is "$(find "$root" -type f ! -path "$root/d e/*" -printf '%P\n')" d/kept
	(cd "$root" && make_ uninstall PREFIX="$prefix")
	is "$(find "$root" ! -type d -printf '%P\n')" d/kept
}

@test "PREFIX decides where files go, whatever pkg-config reports of bash, and LOADABLESDIR overrides it" {
	printf '%s\n' '#!/bin/sh' 'echo /usr/lib64/bash' >"$BATS_TEST_TMPDIR/pkg-config"
	chmod +x "$BATS_TEST_TMPDIR/pkg-config"
	make_ install PKG_CONFIG="$BATS_TEST_TMPDIR/pkg-config"
	is "$(installed)" "$WANT"
	make_ uninstall
	make_ install LOADABLESDIR='/usr/lib 64/bash'
	is "$(installed)" "$(LC_ALL=C sort <<<"${WANT//opt\/x\/lib/usr/lib 64}")"
	make_ uninstall LOADABLESDIR='/usr/lib 64/bash'
	is "$(installed)" ""
}

@test "enable finds the installed builtins, on Bash 5.2 and later" {
	((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 502)) || skip "Bash $BASH_VERSION does not look there"
	make_ install
	DIR=$ROOT/opt/x/lib/bash
	try env "BASH_LOADABLES_PATH=$DIR" "CODER_URL=$URL" "CODER_SESSION_TOKEN=$ADMIN_TOKEN" "$BASH" --norc -c '
		enable token_create token_list && token_list --name grafana -c name --no-header
		enable token_view token_rm; type -t token_create token_list token_view token_rm | sort -u'
	is "$status $err" "0 "
	is "$out" $'grafana  \nbuiltin'
	try env "BASH_LOADABLES_PATH=$DIR" "$BASH" --norc -c "enable -f coder_tokens.so ${BUILTINS[*]}; token_rm --version"
	is "$status" 0
}

@test "the installed file and its links can be loaded by path" {
	local b
	make_ install
	try "$BASH" --norc -c "enable -f '$ROOT/opt/x/lib/bash/coder_tokens.so' ${BUILTINS[*]}; token_rm --version"
	is "$status$err" 0
	for b in "${BUILTINS[@]}"; do
		try "$BASH" --norc -c "enable -f '$ROOT/opt/x/lib/bash/$b' $b; $b --version"
		is "$status$err" 0
		has "$out" "$b (coder_tokens)"
	done
}

@test "the manual pages are found by man" {
	local b
	command -v man >/dev/null || skip "no man here"
	make_ install
	for b in "${BUILTINS[@]}"; do
		is "$(man -M "$ROOT/opt/x/share/man" -w "$b")" "$ROOT/opt/x/share/man/man1/$b.1"
		diff <("$b" --doc man) "$ROOT/opt/x/share/man/man1/$b.1"
	done
	is "$(man -M "$ROOT/opt/x/share/man" -w 7 coder_tokens)" "$ROOT/opt/x/share/man/man7/coder_tokens.7"
}

@test "the links of the installed pages lead to pages that are installed" {
	make_ install
	cd "$ROOT/opt/x/share/doc/coder-tokens"
	try tool links README.md SECURITY.md docs/*.md
	is "$status$err" 0
	((${out##*$'\n'} > 30)) || fail "not every link was found"
}

@test "bash-completion loads the installed completion" {
	local b
	make_ install
	for b in "${BUILTINS[@]}"; do
		try "$BASH" --norc -c "source '$ROOT/opt/x/share/bash-completion/completions/$b' && complete -p $b"
		is "$status$err" 0
		has "$out" "-F _coder_tokens $b"
	done
}

@test "a shell that has the old file loaded works on when a new one is installed" {
	local line out file=$ROOT/opt/x/lib/bash/coder_tokens.so
	make_ install
	export ROOT
	coproc "$BASH" --norc -c "enable -f '$file' token_list; CODER_URL=$URL CODER_SESSION_TOKEN=$ADMIN_TOKEN
		token_list --name grafana -q >/dev/null; echo loaded; read -r _
		token_list --name grafana -c name --no-header" 3>&-
	# bash closes ${COPROC[0]} when the coproc has ended, also before its last line is read
	exec {out}<&"${COPROC[0]}"
	read -r line <&"$out"
	is "$line" loaded
	make_ install
	echo go >&"${COPROC[1]}"
	read -r line <&"$out"
	is "$line" grafana
}

@test "uninstall removes everything that was installed, and nothing else" {
	mkdir -p "$ROOT/opt/x/lib/bash" "$ROOT/opt/x/share/man/man1"
	touch "$ROOT/opt/x/lib/bash/other" "$ROOT/opt/x/share/man/man1/other.1"
	make_ install
	make_ uninstall
	is "$(find "$ROOT" ! -type d -printf '%P\n' | sort)" "opt/x/lib/bash/other
opt/x/share/man/man1/other.1"
	[[ ! -e $ROOT/opt/x/share/doc/coder-tokens ]] || fail "its directory of documents is left"
	make_ uninstall
}

@test "uninstall succeeds if nothing was installed" {
	make_ uninstall
}

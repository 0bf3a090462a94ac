#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The first ten minutes: what README.md, the first pages, the help and the manual pages show works in
# `make demo`, as printed and in that order. The tests type it into the demo's shell, on a terminal.

load helper

# The demo starts a sandbox of its own.
setup_file() {
	:
}

teardown_file() {
	:
}

setup() {
	unset "${!CODER_@}" "${!TOKEN_@}"
	cd "$REPO" || return
	BUILD=${SO%/*}
	export BUILD=${BUILD#"$REPO"/} HOME=$BATS_TEST_TMPDIR
	enable -f "$SO" "${BUILTINS[@]}"
}

# type_in_demo <LINES - types them into the demo's shell; sets screen. Each command must succeed, and
# print neither error nor warning, but for what --for adds.
type_in_demo() {
	local line
	{
		# the mark is put together so that the echo of this line does not match
		printf '%s\n' "type PROMPT_COMMAND='s=\$?; [ \$s = 0 ] || echo FAIL\"\"ED: status \$s'" "prompt 10"
		while IFS= read -r line; do
			printf 'type %s\n' "$line"
			[[ $line == *\\ ]] || printf '%s\n' "prompt 20"
		done
	} >"$BATS_TEST_TMPDIR/steps"
	[[ $(wc -l <"$BATS_TEST_TMPDIR/steps") -gt 4 ]] || fail "nothing to type"
	try tool drive --pty bash "$REPO/tests/demo.sh" <"$BATS_TEST_TMPDIR/steps"
	screen=$out
	[[ $status == 0 ]] || fail "the driver failed"
	lacks "$screen" FAILED
	lacks "$(without_goals "$screen")" "bash: "
}

# page_commands PAGE - the commands that it shows, but for the one that loads the builtins.
page_commands() {
	awk '/^```/ { kind = kind == "" ? substr($0, 4) : ""; next }
		kind == "bash" && !/^enable -f/ { print }
		kind == "console" && /^\$ / { print substr($0, 3) }' "$1"
}

# man_examples BUILTIN - the command lines of its manual page, as a reader sees them.
man_examples() {
	"$1" --doc man | env -u LD_PRELOAD groff -man -Tutf8 -P-cbou |
		awk '/^[A-Z]/ { within = /^EXAMPLES/; next }
			within && !margin && match($0, /[^ ]/) { margin = RSTART + 4 } # as this groff indents
			within && match($0, /[^ ]/) >= margin && margin { print substr($0, margin) }'
}

help_examples() { # help_examples BUILTIN
	"$1" --help | awk '/^[^ ]/ { within = /^Examples:$/ } within && /^    / { print substr($0, 5) }'
}

@test "everything that the README shows works in make demo, as typed and in that order" {
	page_commands README.md >"$BATS_TEST_TMPDIR/commands"
	has "$(<"$BATS_TEST_TMPDIR/commands")" "token_create -v secret -n ci"
	has "$(<"$BATS_TEST_TMPDIR/commands")" "--scopes-from TOKEN_SCOPES"
	type_in_demo <"$BATS_TEST_TMPDIR/commands"
	has "$screen" "template:read, user:read, workspace:read, workspace:stop"
	has "$screen" "EXPIRES AT"
	has "$screen" "Token has been deleted."
}

@test "the first steps of docs/getting-started.md work in make demo, as typed and in that order" {
	page_commands docs/getting-started.md >"$BATS_TEST_TMPDIR/commands"
	has "$(<"$BATS_TEST_TMPDIR/commands")" "token_rm first"
	type_in_demo <"$BATS_TEST_TMPDIR/commands"
	has "$screen" "can stop workspaces (coder stop): workspace:admin/dev"
	has "$screen" "Token has been deleted."
}

@test "what docs/completion.md shows works in make demo, as typed and in that order" {
	page_commands docs/completion.md >"$BATS_TEST_TMPDIR/commands"
	has "$(<"$BATS_TEST_TMPDIR/commands")" "source completion"
	type_in_demo <"$BATS_TEST_TMPDIR/commands"
}

@test "the examples of the help work in make demo, as typed and in that order" {
	local b
	for b in "${BUILTINS[@]}"; do help_examples "$b"; done >"$BATS_TEST_TMPDIR/commands"
	is "$(grep -c '^token_' "$BATS_TEST_TMPDIR/commands")" 10
	type_in_demo <"$BATS_TEST_TMPDIR/commands"
	has "$screen" $'\nalice phone\n'
	has "$screen" $'\nworkspace:'
}

@test "the examples of the manual pages work in make demo, as typed and in that order" {
	local b
	for b in "${BUILTINS[@]}"; do man_examples "$b"; done >"$BATS_TEST_TMPDIR/commands"
	is "$(grep -c '^token_' "$BATS_TEST_TMPDIR/commands")" 10
	type_in_demo <"$BATS_TEST_TMPDIR/commands"
	has "$screen" $'\nalice phone\n'
}

@test "the commands that the demo's shell proposes at its start work" {
	local greeting
	greeting=$(: | bash tests/demo.sh 2>/dev/null)
	sed -n 's/^  \([^ ]\)/\1/p' <<<"$greeting" | tee "$BATS_TEST_TMPDIR/commands"
	has "$greeting" "token_create -n mine"
	type_in_demo <"$BATS_TEST_TMPDIR/commands"
	has "$screen" "Token has been deleted."
}

@test "without a terminal the demo runs the README's first example, and fails if the example fails" {
	try bash tests/demo.sh </dev/null
	is "$status" 0
	has "$err" "token_create -v secret -n ci"
	is "${out##*$'\n'}" "Token has been deleted."
	mkdir -p "$BATS_TEST_TMPDIR/tree/build"
	cp -r tests completion builtins "$BATS_TEST_TMPDIR/tree"
	cp "$SO" "$BATS_TEST_TMPDIR/tree/build"
	printf '%s\n' '```' 'text' '```' '```bash' 'token_view demo -c name' 'token_view no-such' 'echo more' '```' \
		>"$BATS_TEST_TMPDIR/tree/README.md"
	BUILD=build try bash "$BATS_TEST_TMPDIR/tree/tests/demo.sh" </dev/null
	is "$status" 3
	has "$out" $'NAME  \ndemo  '
	lacks "$out" more
}

@test "without a terminal the demo runs commands from standard input, and ends with their status" {
	try bash tests/demo.sh <<<$'token_view demo -c name --no-header\nread -r word\nhello\necho "$word"; (exit 7)'
	is "$status$err" 7
	is "$out" $'demo  \nhello'
}

@test "commands in the demo inherit no variable of make or of the sandbox, except those of the URL and the tokens" {
	local variables='env | cut -d = -f 1 | grep -E "^(.*_TOKEN|URL|SANDBOX|CODER|BUILD|DEPS|MAKE|MFLAGS)"'
	MAKEFLAGS=s MAKELEVEL=1 MFLAGS=-s DEPS='' try bash tests/demo.sh <<<"$variables"
	is "$status$out" "0CODER_TOKENS_SO"
	printf '%s\n' "$variables | sort" >"$BATS_TEST_TMPDIR/script"
	MAKEFLAGS=s MAKELEVEL=1 MFLAGS=-s DEPS='' try bash tests/demo.sh "$BATS_TEST_TMPDIR/script"
	is "$status$out" "0"$'CODER_SESSION_TOKEN\nCODER_TOKENS_SO\nCODER_URL'
}

# demo WORD... - what the page's `make demo SCRIPT=WORDS` does.
demo() {
	try bash tests/demo.sh "$@"
}

@test "make demo SCRIPT=...: each script of docs/daily-jobs.md shows something on the demo's data" {
	local -A shown=()
	local words
	export XDG_RUNTIME_DIR=$BATS_TEST_TMPDIR/run
	while IFS= read -r words; do
		eval "demo $words"
		[[ $status == 0 ]] || fail "$words"
		words=${words#examples/}
		words=${words%%.bash*}
		shown[${words//-/_}]=$out$err
	done < <(grep -oE '`make demo SCRIPT=[^`]*`' docs/daily-jobs.md | sed -E "s/.*SCRIPT='?([^'\`]*).*/\\1/")
	rm -f build/deploy.token build/service.token
	is "$(printf '%s\n' "${!shown[@]}" | sort | xargs)" "$(basename -s .bash -a examples/*.bash | tr - _ | xargs)"
	has "${shown[audit]}" "old-laptop: may do everything, on every resource, not used for 200 days"
	has "${shown[audit]}" "jenkins: may do everything, on every resource, valid for 1500 days more"
	has "${shown[audit]}" "forgotten: never used"
	[[ ${shown[sweep]} =~ forgotten\ \([0-9A-Za-z]{10}\)\ of\ admin\ has\ been\ deleted:\ never\ used\ since\ 20 ]] || fail "sweep"
	[[ ${shown[sweep]} =~ phone\ \([0-9A-Za-z]{10}\)\ of\ alice\ has\ been\ deleted:\ last\ used\ on\ 20 ]] || fail "sweep"
	has "${shown[rotate]}" "rotated deploy ("
	has "${shown[revoke]}" ": it has been revoked: http://127.0.0.1:"
	has "${shown[provision]}" " of bob is valid until 20"
	[[ ${shown[prompt]} == "[token "@(29|30)"d] " ]] || fail "prompt"
	has "${shown[deployments]}" "ci-1234"
	[[ ${shown[ci_token]} =~ token\ ci-[0-9-]+\ may\ be\ used\ for\ workspace\ dev\ until.*has\ been\ deleted ]] || fail "ci-token"
}

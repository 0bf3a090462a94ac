#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The documents are true: help, manual pages, README.md, RELIABILITY.md.

load helper
source "$REPO/tests/bats/tour.bash"
SANDBOX_OPTIONS=("${TOUR_OPTIONS[@]}")

# options_of BUILTIN - its options, one a line: the long name, and the metavariable if it takes a value.
options_of() {
	{ "$1" --doc markdown && "$1" --doc markdown-common; } | sed -n 's/^| `.*--\([^`]*\)`.*/\1/p'
}

# Not under AddressSanitizer, which has its own opinion of groff.
groff() {
	env -u LD_PRELOAD groff "$@"
}

man_page() { # man_page BUILTIN - as it is read, in one line, without what overstrikes
	"$1" --doc man | groff -man -Tutf8 -P-cbou | tr -s ' \n' ' '
}

# examples_of BUILTIN - the command lines in its help, each in a file of $BATS_TEST_TMPDIR.
examples_of() {
	rm -f "$BATS_TEST_TMPDIR"/example.*
	"$1" --help | awk -v file="$BATS_TEST_TMPDIR/example." '
		/^[^ ]/ { within = /^Examples:$/; next }
		within && /^  [^ ]/ { n += !title; title = 1 }
		within && /^    / { print >(file n); title = 0 }'
}

# ------------------------------------------------------------------------ README

@test "the README's tables are those of the builtins; make readme updates them" {
	CODER_TOKENS_SO=$SO "$REPO/scripts/readme.sh" >"$BATS_TEST_TMPDIR/README.md"
	diff "$REPO/README.md" "$BATS_TEST_TMPDIR/README.md"
	is "$(grep -c '^| `--' "$REPO/README.md")" "$(grep -c '^| `--' "$BATS_TEST_TMPDIR/README.md")"
}

@test "a table without an end is noticed" {
	mkdir -p "$BATS_TEST_TMPDIR/scripts"
	cp "$REPO/scripts/readme.sh" "$BATS_TEST_TMPDIR/scripts"
	printf '%s\n' 'text' '<!-- options of token_rm -->' 'old' >"$BATS_TEST_TMPDIR/README.md"
	CODER_TOKENS_SO=$SO try "$BATS_TEST_TMPDIR/scripts/readme.sh"
	is "$status" 1
	has "$err" "has no end"
	printf '%s\n' 'text' '<!-- options of token_rm -->' 'old' '<!-- end -->' 'more' >"$BATS_TEST_TMPDIR/README.md"
	CODER_TOKENS_SO=$SO try "$BATS_TEST_TMPDIR/scripts/readme.sh"
	is "$status" 0
	has "$out" '| `--expire` |'
	has "$out" $'<!-- end -->\nmore'
	lacks "$out" old
}

@test "every option is in the help, the manual page, the README and the completion" {
	local b name help page readme flat n=0
	readme=$(<"$REPO/README.md")
	source "$REPO/completion/coder_tokens.bash"
	for b in "${BUILTINS[@]}"; do
		help=$("$b" --help) page=$(man_page "$b")
		flat=${readme#*"<!-- options of $b -->"}
		flat=${flat%%"<!-- end -->"*}${readme##*"<!-- options common -->"}
		COMP_LINE="$b --" COMP_POINT=$((${#b} + 3)) COMP_WORDS=("$b" --) COMP_CWORD=1
		_coder_tokens "$b" -- "$b" 2>/dev/null
		while read -r name _; do
			[[ $help =~ [[:blank:]]--"$name"[[:blank:]] ]] || fail "--$name is not in the help of $b"
			[[ $page == *[\ ,]--"$name"[\ ,]* ]] || fail "--$name is not in the manual page of $b"
			[[ $flat =~ --"$name"[\`\ ] ]] || fail "--$name of $b is not in the README"
			[[ " ${COMPREPLY[*]} " =~ [[:blank:]]--"$name"=?[[:blank:]] ]] ||
				fail "--$name of $b is not completed: ${COMPREPLY[*]}"
			n=$((n + 1))
		done < <(options_of "$b")
	done
	((n > 40)) || fail "only $n options"
}

@test "every documented option is accepted, and no hidden option is documented" {
	local b name value n=0
	for b in "${BUILTINS[@]}"; do
		while read -r name value; do
			n=$((n + 1))
			if [[ ! $value ]]; then
				try "$b" "--$name" --no-such-option
			else
				try "$b" "--$name" x --no-such-option
			fi
			[[ ${err%%$'\n'*} == *"--no-such-option: invalid option" || $name == help || $name == version ||
				$err == *"x: invalid choice for --$name"* ]] || fail "$b --$name: $err"
		done < <(options_of "$b")
		lacks "$("$b" --help)" --doc
		lacks "$("$b" --help)" --complete
		lacks " $(options_of "$b" | paste -sd ' ') " " doc "
	done
	((n > 40)) || fail "only $n options"
}

@test "the README's commands work as printed" {
	local before
	cd "$BATS_TEST_TMPDIR"
	tour
	before=$(names)
	export CODER_URL CODER_SESSION_TOKEN=$TOUR_TOKEN
	{
		printf "enable -f '%s' %s\n" "$SO" "${BUILTINS[*]}"
		sed -n '/^```bash$/,/^```$/p' "$REPO/README.md" | grep -v '^```'
	} >script
	[[ $(wc -l <script) -gt 5 ]] || fail "no commands"
	try bash --norc -e script
	is "$status" 0
	has "$out" " ci  "
	has "$out" "EXPIRES AT"
	is "${out##*$'\n'}" "Token has been deleted."
	is "$(without_goals "$err")" ""
	is "$(names)" "$before"
}

@test "the README's other lines for the shell work, too" {
	local line n=0
	local -a words
	cd "$REPO"
	tour
	CODER_SESSION_TOKEN=$TOUR_TOKEN
	while IFS= read -r line; do
		line=${line#    }
		case $line in
		token_* | \[\[* | 'source completion'*) eval "$line" >"$BATS_TEST_TMPDIR/out" ;;
		make* | 'sudo make'*)
			read -ra words <<<"${line#*make}"
			make -n "BUILD=$BATS_TEST_TMPDIR" "${words[@]}" >/dev/null 2>&1
			;;
		*) continue ;;
		esac || fail "$line"
		n=$((n + 1))
	done < <(grep '^    [a-z[]' README.md | sed 's/  *#.*//')
	((n >= 5)) || fail "only $n lines"
	is "${TOKEN_SCOPES[*]}" "template:read workspace:read"
	is "$(token_list --scope template:read --never-used -q | wc -l)" 2
}

@test "every file that the README refers to exists" {
	local target
	while IFS= read -r target; do
		[[ -e $REPO/$target ]] || fail "$target"
	done < <(grep -oE '\]\([^)]*\)' "$REPO/README.md" | tr -d '()' | cut -c 2- | grep -v '^https\?:' | cut -d '#' -f 1 | grep .)
	while IFS= read -r target; do
		make -n -C "$REPO" "BUILD=$BATS_TEST_TMPDIR" "$target" >/dev/null 2>&1 || fail "make $target"
	done < <(grep -oE '`make [a-z-]+' "$REPO/README.md" | cut -d ' ' -f 2 | sort -u)
	for target in "$REPO"/examples/*.bash; do
		grep -qF "](examples/${target##*/})" "$REPO/README.md" || fail "$target is not in the README"
	done
}

@test "the tests that RELIABILITY.md names exist" {
	local table
	try python3 "$TOOLS/promises.py" "$REPO/tests" <"$REPO/tests/RELIABILITY.md"
	is "$status$err" 0
	((out > 300)) || fail "not every name was found"
	table='| promise | tests |
| --- | --- |
| one | `docs.bats`: "the tests that", "no such test"; `test_http.c` |
| two | `none.bats` |
| three | some files |'
	try python3 "$TOOLS/promises.py" "$REPO/tests" <<<"$table"
	is "$out" "docs.bats: no title begins with: no such test
no file none.bats
names no test: some files
5"
}

@test "the fields of records and of TOKEN_ERROR are the documented ones" {
	local -A t=()
	local b fields
	token_view grafana -A t
	fields=$(printf '%s\n' "${!t[@]}" | sort | paste -sd ' ')
	for b in token_view token_list; do
		is "$("$b" --help | tr -s ' \n' ' ' | grep -oE 'Fields of -A: [a-z_ ]*' | cut -d ' ' -f 4- | xargs -n 1 | sort | paste -sd ' ')" "$fields"
	done
	is "$(tr -s ' \n' ' ' <"$REPO/README.md" | grep -oE 'has the fields `[a-z_ ]*' | cut -d '`' -f 2 | xargs -n 1 | sort | paste -sd ' ')" "$fields"
	try token_view no-such
	fields=$(printf '%s\n' "${!TOKEN_ERROR[@]}" | sort | paste -sd ' ')
	is "$(tr -s ' \n' ' ' <"$REPO/README.md" | grep -oE '`TOKEN_ERROR` holds `[a-z_ ]*' | cut -d '`' -f 4 | xargs -n 1 | sort | paste -sd ' ')" "$fields"
}

@test "the documented columns are all that exist" {
	local b columns
	try token_view grafana -o tsv
	columns=$(head -1 <<<"$out" | tr '\t_' ', ' | sed 's/,/, /g')
	for b in token_view token_list; do
		has "$("$b" --help | tr -s ' \n' ' ')" "some of $columns."
	done
}

# --------------------------------------------------------------------------- help

# run_examples BUILTIN - each example of its help, in a shell of its own; they must succeed.
run_examples() {
	local example
	tour
	CODER_SESSION_TOKEN=$TOUR_TOKEN
	examples_of "$1"
	[[ -e $BATS_TEST_TMPDIR/example.1 ]] || fail "no examples"
	export SO CODER_URL CODER_SESSION_TOKEN
	for example in "$BATS_TEST_TMPDIR"/example.*; do
		try bash --norc -uc "enable -f \"\$SO\" ${BUILTINS[*]}; source '$example'"
		[[ $status == 0 ]] || fail "$(<"$example")"
		[[ -z $(without_goals "$err") ]] || fail "$(<"$example")"
	done
}

@test "the examples in the help of token_create work" {
	run_examples token_create
}

@test "the examples in the help of token_list work" {
	run_examples token_list
}

@test "the examples in the help of token_view work" {
	run_examples token_view
}

@test "the examples in the help of token_rm work" {
	local left b
	run_examples token_rm
	left=" $(names | paste -sd ' ') "
	for b in ci-1234 old-laptop forgotten; do lacks "$left" " $b "; done
	for b in demo old deploy terraform phone; do has "$left" " $b "; done
}

@test "exit statuses are the same in help, manual page and README" {
	local b status meaning n=0
	while IFS='|' read -r _ status meaning _; do
		read -r status <<<"$status"
		read -r meaning <<<"$meaning"
		n=$((n + 1))
		for b in "${BUILTINS[@]}"; do
			has "$("$b" --help | tr -s ' \n' ' ')" " $status $meaning"
			has "$(man_page "$b")" " $status $meaning"
		done
	done < <(sed -n '/^<!-- statuses -->/,/^<!-- end -->/p' "$REPO/README.md" | grep '^| [0-9]')
	is "$n" "$(token_rm --doc markdown-statuses | grep -c "^| [0-9]")"
	((n >= 11))
}

# ------------------------------------------------------------------- manual pages

@test "the manual pages format without warnings" {
	local b
	for b in "${BUILTINS[@]}"; do
		try "$b" --doc man
		is "$status$err" 0
		is "$(groff -man -Tutf8 -ww -z <<<"$out" 2>&1)" ""
		is "$(LC_ALL=C groff -man -Tascii -ww -z <<<"$out" 2>&1)" ""
		[[ $out != *[$'\x80'-$'\xff']* ]] || fail "not ASCII"
	done
}

@test "the manual pages have the usual sections and refer to each other" {
	local b other page section
	for b in "${BUILTINS[@]}"; do
		page=$("$b" --doc man)
		for section in NAME SYNOPSIS DESCRIPTION OPTIONS 'EXIT STATUS' EXAMPLES 'SEE ALSO'; do
			[[ $page == *$'\n.SH '"$section"$'\n'* ]] || fail "$b has no $section"
		done
		is "$(sed -n '/^.SH NAME/{n;p}' <<<"$page")" "$b \\- $(help -d "$b" | sed "s/^$b - //; s/\.\$//")"
		for other in "${BUILTINS[@]}"; do
			[[ $other == "$b" ]] || has "$page" "$other\\fR(1)"
		done
	done
}

@test "the manual pages are built by make man" {
	local b so=${SO#"$REPO/"} build
	build=${so%/*}
	cd "$REPO"
	# the build as it is; install.bats may be using it, too
	flock "$build" sh -c 'rm -f "$1"/man/*.1; make -s -o "$2" "BUILD=$1" man' - "$build" "$so" 3>&-
	for b in "${BUILTINS[@]}"; do
		diff <("$b" --doc man) "$build/man/$b.1"
	done
}

# claimed WORDS ROW - asserts that README.md says in these words, with N for a number, how many times as fast
# the builtins are, and that tests/bench/RESULTS.md shows at least that in a row.
claimed() {
	local readme ratio
	readme=$(tr '\n' ' ' <"$REPO/README.md")
	[[ $readme =~ ${1/N/([0-9]+)} ]] || fail "README.md lacks: $1"
	ratio=$(awk -F' *[|] *' -v row="$2" '$2 == row { print $5 }' "$REPO/tests/bench/RESULTS.md")
	awk -v ratio="$ratio" -v times="${BASH_REMATCH[1]}" 'BEGIN { exit !(ratio && ratio * times <= 1) }' ||
		fail "$2: ratio '$ratio', not ${BASH_REMATCH[1]} times as fast"
}

@test "README.md claims no more speed than tests/bench/RESULTS.md shows" {
	claimed 'a call is at least N times as fast as' 'token_list in a shell; curl, jq'
	claimed 'a call is at least N times as fast as' 'token_list -v in a shell; curl, jq'
	claimed 'it is N times as fast' 'token_list -q by substitution; curl, jq'
}

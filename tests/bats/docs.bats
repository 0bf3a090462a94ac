#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The documents are true: help, manual pages, README.md, the pages in docs/, RELIABILITY.md.

load helper
source "$REPO/tests/bats/tour.bash"
SANDBOX_OPTIONS=("${TOUR_OPTIONS[@]}")
PAGES=(README.md CONTRIBUTING.md SECURITY.md docs/*.md)
REFERENCE=$REPO/docs/reference.md

setup() {
	shell_setup
	cd "$REPO" || return
	# shellcheck disable=SC2206 # the pattern
	PAGES=(${PAGES[*]})
}

# options_of BUILTIN - its options, one a line: the long name, and the metavariable if it takes a value.
options_of() {
	{ "$1" --doc markdown && "$1" --doc markdown-common; } | sed -n 's/^| `.*--\([^`]*\)`.*/\1/p'
}

# Not under AddressSanitizer, which has its own opinion of groff.
groff() {
	env -u LD_PRELOAD groff "$@"
}

read_page() { # a manual page as it is read, in one line, without what overstrikes
	groff -man -Tutf8 -P-cbou | tr -s ' \n' ' '
}

man_page() { # man_page BUILTIN
	"$1" --doc man | read_page
}

# coder_tokens_7 - the manual page that is made of pages.
coder_tokens_7() {
	awk -v "builtins=${BUILTINS[*]}" -f "$REPO/scripts/man7.awk" "$REFERENCE" "$REPO/docs/security.md"
}

# examples_of BUILTIN - the command lines in its help, each in a file of $BATS_TEST_TMPDIR.
examples_of() {
	rm -f "$BATS_TEST_TMPDIR"/example.*
	"$1" --help | awk -v file="$BATS_TEST_TMPDIR/example." '
		/^[^ ]/ { within = /^Examples:$/; next }
		within && /^  [^ ]/ { n += !title; title = 1 }
		within && /^    / { print >(file n); title = 0 }'
}

# ------------------------------------------------------------------------- pages

@test "the picture of README.md shows what a terminal shows today" {
	local python=/usr/bin/python3 so=${SO#"$REPO/"} picture=docs/terminal.svg
	[[ ! ${LD_PRELOAD-}${VALGRIND-} ]] || skip "the demo is started without AddressSanitizer or valgrind"
	"$python" -c 'import pyte' 2>/dev/null || skip "no pyte here"
	export BUILD=${so%/*}
	has "$(<README.md)" "]($picture)"
	try "$python" tests/pty/picture.py --check "$picture"
	is "$status$out$err" 0
	sed 's/in 3 days!/in 3 days/' "$picture" >"$BATS_TEST_TMPDIR/old.svg"
	try "$python" tests/pty/picture.py --check "$BATS_TEST_TMPDIR/old.svg"
	is "$status" 1
	has "$out" "+++ the terminal now"
}

@test "the tables in the pages are those of the builtins; make readme updates them" {
	local page n=0
	for page in "${PAGES[@]}"; do
		CODER_TOKENS_SO=$SO scripts/readme.sh "$page" >"$BATS_TEST_TMPDIR/page.md"
		diff "$page" "$BATS_TEST_TMPDIR/page.md"
		n=$((n + $(grep -cE '^<!-- (options|goals|statuses|packages|dependencies)' "$page" || true)))
	done
	is "$n" 9
}

@test "a table without an end is noticed" {
	local tree=$BATS_TEST_TMPDIR/tree
	mkdir -p "$tree/scripts" "$tree/builtins"
	cp scripts/readme.sh "$tree/scripts"
	cp builtins/token_*.c "$tree/builtins"
	printf '%s\n' 'text' '<!-- options of token_rm -->' 'old' >"$tree/page.md"
	CODER_TOKENS_SO=$SO try "$tree/scripts/readme.sh" page.md
	is "$status" 1
	has "$err" "a table in page.md has no end"
	printf '%s\n' 'text' '<!-- options of token_rm -->' 'old' '<!-- end -->' 'more' >"$tree/page.md"
	CODER_TOKENS_SO=$SO try "$tree/scripts/readme.sh" page.md
	is "$status" 0
	has "$out" '| `--expire` |'
	has "$out" $'<!-- end -->\nmore'
	lacks "$out" old
}

# for_the_machine LINE - a line of a block that installs or builds: whether make has such a goal.
for_the_machine() {
	local -a words
	eval "words=(${1%%#*})" # it may have quotes
	case $1 in
	'make '* | 'sudo make '*)
		[[ ${words[0]} == make ]] || words=("${words[@]:1}")
		make -n "BUILD=$BATS_TEST_TMPDIR" DEPS= "${words[@]:1}" >/dev/null 2>&1
		;;
	make) ;;
	'sudo apt install ./build/deb/'*) ;; # what make deb writes
	*) false ;;
	esac
}

# commands_work PAGE - its commands do in the sandbox what the page says.
commands_work() {
	local line count
	tour
	export CODER_URL CODER_SESSION_TOKEN=$TOUR_TOKEN
	try tool page "$SO" "$1"
	is "$status$err" 0
	while IFS= read -r line; do
		for_the_machine "${line#sh: }" || fail "$line"
	done < <(grep '^sh: ' <<<"$out")
	count=${out##*page.py: }
	((${count% commands} >= $2)) || fail "$1 has few commands"
}

@test "the commands of README.md do what it says" {
	commands_work README.md 10
}

@test "the commands of docs/getting-started.md do what it says" {
	commands_work docs/getting-started.md 7
}

@test "the commands of docs/from-the-cli.md do what it says" {
	commands_work docs/from-the-cli.md 5
}

@test "the commands of docs/narrow-tokens.md do what it says" {
	commands_work docs/narrow-tokens.md 8
}

@test "the commands of docs/scripting.md do what it says" {
	commands_work docs/scripting.md 40
}

@test "the commands of docs/completion.md do what it says" {
	commands_work docs/completion.md 4
}

@test "the commands of docs/reference.md do what it says" {
	commands_work docs/reference.md 2
}

@test "the commands of docs/debugging.md do what it says" {
	[[ ! ${LD_PRELOAD-}${VALGRIND-} ]] || skip "gdb would see AddressSanitizer or valgrind"
	gdb -q -batch -nx -ex run --args true 2>&1 | grep -q 'exited normally' || skip "may not trace processes"
	commands_work docs/debugging.md 3
}

@test "the goals of make that CONTRIBUTING.md begins with exist" {
	commands_work CONTRIBUTING.md 0
	is "$(grep -c '^sh: make' <<<"$out")" 11
}

@test "the functions that docs/debugging.md names exist" {
	local name n=0
	while IFS= read -r name; do
		grep -rqE "^[a-z].*[ *]$name\(" --include='*.c' lib builtins || fail "$name"
		n=$((n + 1))
	done < <(sed -n '/^| function/,/^$/s/^| `\([a-z_]*\)`.*/\1/p' docs/debugging.md)
	is "$n" 5
}

@test "the tests above try each page that has commands, and all commands are in blocks" {
	local page
	for page in README.md docs/*.md; do
		! grep -qE '^```(bash|console|sh)$' "$page" ||
			grep -qE "^	commands_work ${page//./\\.} [0-9]+\$" "$BATS_TEST_FILENAME" || fail "$page"
		# a block without a kind, or an indented one
		! grep -nE $'^(    |\t)[^ ]|^```$' <(sed '/^```[a-z]/,/^```$/d' "$page") || fail "$page"
	done
}

@test "a command that fails, prints something else or is of no known kind is noticed" {
	local page=$BATS_TEST_TMPDIR/page.md
	export CODER_URL CODER_SESSION_TOKEN
	printf '%s\n' '```bash' 'token_view no-such' '```' >"$page"
	try tool page "$SO" "$page"
	is "$status" 1
	has "$out" "page.md: status 3"
	printf '%s\n' '```console' '$ echo one two' 'one ... three' '```' >"$page"
	try tool page "$SO" "$page"
	is "$status" 1
	has "$out" $'page.md:2: expected:\none ... three\nprinted:\none two'
	printf '%s\n' '```console' '$ echo one two three' 'one ... three' '$ token_list --nam || echo "status $?"' \
		'bash: token_list: --nam: invalid option...status 2' '```' >"$page"
	try tool page "$SO" "$page"
	is "$status$out" "0page.py: 2 commands"
	printf '%s\n' '```bsh' 'true' '```' >"$page"
	try tool page "$SO" "$page"
	is "$status" 1
	has "$err" "a block of code of the kind 'bsh'"
}

@test "the links of the pages lead somewhere, and each page can be reached from README.md" {
	local page
	try tool links "${PAGES[@]}" tests/*.md tests/*/*.md
	is "$status" 0
	((${out##*$'\n'} >= 30)) || fail "not every link was found"
	for page in docs/*.md; do
		grep -qF "]($page" README.md || fail "$page"
	done
	printf '%s\n' '# One' '[a](#one) [b](#two) [c](no.md) [d](https://example.org/)' >"$BATS_TEST_TMPDIR/page.md"
	try tool links "$BATS_TEST_TMPDIR/page.md"
	is "$status" 1
	is "${out//$BATS_TEST_TMPDIR\//}" $'page.md: #two does not exist\npage.md: no.md does not exist\n3'
}

@test "every option and goal of make that the pages name exists" {
	local word known b
	known=" $(for b in "${BUILTINS[@]}"; do options_of "$b"; done | cut -d ' ' -f 1 | sort -u | paste -sd ' ') "
	# of the CLI, and of other programs
	known+=' header header-command global-config client-tls-ca-file log '
	while IFS= read -r word; do
		[[ $known == *" $word "* ]] || fail "--$word"
	done < <(sed '/^```/,/^```$/d' "${PAGES[@]}" | grep -oE '`[^`]*`' | grep -oE -- '(^|[ `])--[a-z][a-z-]*' | sed 's/.*--//' | sort -u)
	while IFS= read -r word; do
		make -n "BUILD=$BATS_TEST_TMPDIR" DEPS= "$word" >/dev/null 2>&1 || fail "make $word"
	done < <(grep -ohE '`make [a-z-]+' "${PAGES[@]}" | cut -d ' ' -f 2 | sort -u)
	for word in examples/*; do
		grep -qF "](../$word)" docs/daily-jobs.md || fail "$word is not in docs/daily-jobs.md"
	done
}

@test "every option is in the help, the manual page, the reference and the completion" {
	local b name help page reference flat n=0
	reference=$(<"$REFERENCE")
	source "$REPO/completion/coder_tokens.bash"
	for b in "${BUILTINS[@]}"; do
		help=$("$b" --help) page=$(man_page "$b")
		flat=${reference#*"<!-- options of $b -->"}
		flat=${flat%%"<!-- end -->"*}${reference##*"<!-- options common -->"}
		COMP_LINE="$b --" COMP_POINT=$((${#b} + 3)) COMP_WORDS=("$b" --) COMP_CWORD=1
		_coder_tokens "$b" -- "$b" 2>/dev/null
		while read -r name _; do
			[[ $help =~ [[:blank:]]--"$name"[[:blank:]] ]] || fail "--$name is not in the help of $b"
			[[ $page == *[\ ,]--"$name"[\ ,]* ]] || fail "--$name is not in the manual page of $b"
			[[ $flat =~ --"$name"[\`\ ] ]] || fail "--$name of $b is not in the reference"
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

@test "the tests that RELIABILITY.md names exist" {
	local table
	try tool promises "$REPO/tests" <"$REPO/tests/RELIABILITY.md"
	is "$status$err" 0
	((out > 300)) || fail "not every name was found"
	table='| promise | tests |
| --- | --- |
| one | `docs.bats`: "the tests that", "no such test"; `test_http.c` |
| two | `none.bats` |
| three | some files |'
	try tool promises "$REPO/tests" <<<"$table"
	is "$out" "docs.bats: no title begins with: no such test
no file none.bats
names no test: some files
5"
}

# fields_in HEADING - the names in the table of fields below that heading of the reference.
fields_in() {
	sed -n "/^### $1\$/,/^<!-- end -->/p" "$REFERENCE" | grep '^| `' | cut -d '|' -f 2 | grep -o '[a-z_]*' | sort | paste -sd ' '
}

@test "the fields of records and of TOKEN_ERROR are the documented ones" {
	local -A t=()
	local b fields
	token_view grafana -A t
	fields=$(printf '%s\n' "${!t[@]}" | sort | paste -sd ' ')
	for b in token_view token_list; do
		is "$("$b" --help | tr -s ' \n' ' ' | grep -oE 'Fields of -A: [a-z_ ]*' | cut -d ' ' -f 4- | xargs -n 1 | sort | paste -sd ' ')" "$fields"
	done
	is "$(fields_in 'Fields of records')" "$fields"
	try token_view no-such
	is "$(fields_in TOKEN_ERROR)" "$(printf '%s\n' "${!TOKEN_ERROR[@]}" | sort | paste -sd ' ')"
}

@test "the documented columns are all that exist" {
	local b columns
	try token_view grafana -o tsv
	columns=$(head -1 <<<"$out" | tr '\t_' ', ' | sed 's/,/, /g')
	for b in token_view token_list; do
		has "$("$b" --help | tr -s ' \n' ' ')" "a comma list of $columns."
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

@test "exit statuses are the same in help, manual pages and the reference" {
	local b status meaning n=0
	while IFS='|' read -r _ status meaning _; do
		read -r status <<<"$status"
		read -r meaning <<<"$meaning"
		n=$((n + 1))
		for b in "${BUILTINS[@]}"; do
			has "$("$b" --help | tr -s ' \n' ' ')" " $status $meaning"
			has "$(man_page "$b")" " $status $meaning"
		done
		has "$(coder_tokens_7 | read_page)" " $status $meaning"
	done < <(sed -n '/^<!-- statuses -->/,/^<!-- end -->/p' "$REFERENCE" | grep '^| [0-9]')
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
		has "$page" 'coder_tokens\fR(7)'
	done
}

@test "coder_tokens(7) has everything of the reference that no page of a builtin has, and nothing of Markdown" {
	local page text variable section
	page=$(coder_tokens_7)
	is "$(groff -man -Tutf8 -ww -z <<<"$page" 2>&1)" ""
	is "$(LC_ALL=C groff -man -Tascii -ww -z <<<"$page" 2>&1)" ""
	[[ $page != *[$'\x80'-$'\xff']* ]] || fail "not ASCII"
	is "$(sed -n '/^.SH NAME/{n;p}' <<<"$page")" "coder_tokens \\- API tokens of a Coder deployment, as Bash builtins"
	for section in NAME DESCRIPTION LOADING 'WHERE REQUESTS GO' 'VARIABLES AND ARRAYS' 'EXIT STATUS' SECURITY 'SEE ALSO'; do
		[[ $page == *$'\n.SH '"$section"$'\n'* ]] || fail "no $section"
	done
	text=$(read_page <<<"$page")
	while IFS= read -r variable; do
		has "$text" "$variable"
	done < <(grep -oE '\b(CODER|SSL|TOKEN|BASH)_[A-Z_]+' "$REFERENCE" docs/security.md | cut -d : -f 2 | sort -u)
	! grep -nE '`|\]\(|<!--|^[#|]' <<<"$page" || fail "Markdown is left"
	for variable in "${BUILTINS[@]}"; do has "$page" "$variable\\fR(1)"; done
	lacks "$text" "--include-self" # of token_rm(1)
}

@test "the manual pages are built by make man" {
	local b so=${SO#"$REPO/"} build
	build=${so%/*}
	cd "$REPO"
	# the build as it is; install.bats may be using it, too
	flock "$build" sh -c 'rm -f "$1"/man/*.[17]; make -s -o "$2" "BUILD=$1" man' - "$build" "$so" 3>&-
	for b in "${BUILTINS[@]}"; do
		diff <("$b" --doc man) "$build/man/$b.1"
	done
	diff <(coder_tokens_7) "$build/man/coder_tokens.7"
}

# claimed WORDS ROW - asserts that README.md states in these words, with N for a number, how many times as fast
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

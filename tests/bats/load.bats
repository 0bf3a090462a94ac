#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Loading and unloading, help, and usage errors.

load helper
SANDBOX_OPTIONS=(--seed demo)

# fresh SCRIPT - runs it in a bash of its own, in which nothing is loaded; $SO and $all are set.
fresh() {
	SO=$SO URL=$URL ADMIN_TOKEN=$ADMIN_TOKEN all="${BUILTINS[*]}" try bash --norc -c "$1"
}

types() { # a script that prints which of the names are builtins
	# shellcheck disable=SC2016
	echo 'for b in $all; do type -t $b >/dev/null && printf "%s " $b; done; echo;'
}

# ---------------------------------------------------------------------- loading

@test "one, some or all of the builtins can be loaded" {
	fresh "enable -f \"\$SO\" token_view; $(types)"
	is "$status $out $err" "0 token_view  "
	fresh "enable -f \"\$SO\" token_rm token_list; $(types)"
	is "$status $out $err" "0 token_list token_rm  "
	fresh "enable -f \"\$SO\" \$all; $(types)"
	is "$status $out $err" "0 token_create token_list token_rm token_view  "
}

@test "each builtin works alone" {
	fresh 'CODER_URL=$URL CODER_SESSION_TOKEN=$ADMIN_TOKEN
		(enable -f "$SO" token_list && token_list --name grafana -c name --no-header)
		(enable -f "$SO" token_view && token_view grafana -c name --no-header)
		(enable -f "$SO" token_create && token_create -n new --lifetime 1h -v secret && echo made)
		(enable -f "$SO" token_rm && token_rm new)'
	is "$status$err" 0
	is "$out" "grafana  
grafana  
made
Token has been deleted."
}

@test "bash treats them as builtins in every way" {
	fresh 'enable -f "$SO" $all
		for b in $all; do [[ $(type -t $b) == builtin && $(command -v $b) == $b ]] || exit 9; done
		compgen -b token_ | paste -sd " "
		builtin token_view --version >/dev/null && command token_view --version >/dev/null || exit 8
		token_view() { echo mine; }
		token_view; unset -f token_view; token_view --version'
	is "$status" 0
	is "${out%%$'\n'*}" "token_create token_list token_rm token_view"
	has "$out" $'\nmine\ntoken_view (coder_tokens) '
}

@test "a name that the file does not contain cannot be loaded" {
	fresh 'enable -f "$SO" token_bogus'
	is "$status" 1
	is "$out" ""
	fresh "enable -f \"\$SO\" token_bogus token_list 2>/dev/null; $(types)"
	is "$out" "token_list "
}

@test "loading asks no server, reads no configuration, starts no thread, loads no libcurl" {
	local config=$BATS_TEST_TMPDIR/config
	mkdir "$config"
	mkfifo "$config/url" "$config/session" # to open these is to hang
	CONFIG=$config fresh 'export CODER_URL=$URL CODER_SESSION_TOKEN=$ADMIN_TOKEN CODER_CONFIG_DIR=$CONFIG
		CODER_HEADER_COMMAND="touch $CONFIG/ran"
		enable -f "$SO" $all
		grep -c coder_tokens.so /proc/$$/maps >/dev/null || exit 9
		grep -c libcurl /proc/$$/maps
		ls /proc/$$/task | wc -l
		ls -l /proc/$$/fd | grep -c socket:'
	is "$out" "0
1
$(find /proc/self/fd -lname 'socket:*' 2>/dev/null | wc -l)"
	[[ ! -e $config/ran ]] || fail "the header command ran"
	is "$(requests)" ""
}

@test "loading opens the file itself and the libraries it is linked with, and nothing else" {
	local linked
	command -v strace >/dev/null || skip "no strace here"
	linked=$(ldd "$SO" | grep -oE '/lib[a-z+]+\.so' | sort -u | sed 's/[.+]/\\&/g' | paste -sd '|')
	lacks "$linked" curl
	SO=$SO HOME=$BATS_TEST_TMPDIR try strace -f -qq -o "$BATS_TEST_TMPDIR/trace" \
		-e trace=open,openat,%network,%process bash --norc -c "echo >/dev/null; enable -f \"\$SO\" ${BUILTINS[*]}; :"
	is "$status" 0
	sed -n '\|"/dev/null"|,$p' "$BATS_TEST_TMPDIR/trace" >"$BATS_TEST_TMPDIR/loading"
	has "$(<"$BATS_TEST_TMPDIR/loading")" coder_tokens.so
	! grep -vE "/dev/null|coder_tokens\.so|$linked|/ld\.so\.|exit_group" \
		"$BATS_TEST_TMPDIR/loading" || fail "more than that"
}

@test "--help, --version and usage errors do not load libcurl, and a request does" {
	fresh 'enable -f "$SO" $all; CODER_URL=$URL CODER_SESSION_TOKEN=$ADMIN_TOKEN
		for b in $all; do $b --help; $b --version; $b --bogus; $b -u; done >/dev/null 2>&1
		token_create --lifetime 30 2>/dev/null; token_list --allow x 2>/dev/null
		token_create -v BASH_ALIASES 2>/dev/null; CODER_URL=x token_list 2>/dev/null
		grep -c libcurl /proc/$$/maps
		token_list -q >/dev/null
		grep -q libcurl /proc/$$/maps && echo loaded'
	is "$out" $'0\nloaded'
	is "$(requests | wc -l)" 1
}

@test "loading twice is not an error" {
	fresh 'enable -f "$SO" $all; enable -f "$SO" $all 2>/dev/null; echo $?
		CODER_URL=$URL CODER_SESSION_TOKEN=$ADMIN_TOKEN
		token_list --name grafana -c name --no-header
		enable -d $all; '"$(types)"
	is "$out" $'0\ngrafana  '
}

@test "unloading a builtin, in any order, leaves the others working" {
	local order
	for order in "token_create token_list token_view" "token_view token_list token_create" \
		"token_list token_create token_view"; do
		order=$order fresh 'enable -f "$SO" $all; CODER_URL=$URL CODER_SESSION_TOKEN=$ADMIN_TOKEN
			token_list -q >/dev/null
			for b in $order; do
				enable -d $b || exit 9
				! type -t $b || exit 8
				token_rm --dry-run grafana >/dev/null || exit 7
			done
			enable -d token_rm
			enable -d token_rm 2>/dev/null && exit 6
			enable -f "$SO" $all && token_list -q >/dev/null && token_view grafana -c name --no-header'
		is "$status $out $err" "0 grafana   "
	done
}

@test "the shell works on after unloading right after a request" {
	# 0.2 s: enough for anything of ours that still ran to crash in the unloaded code
	fresh 'enable -f "$SO" $all; CODER_URL=$URL CODER_SESSION_TOKEN=$ADMIN_TOKEN
		token_list -q >/dev/null; token_list --timeout 100ms --url http://no-such-host.invalid 2>/dev/null
		enable -d $all; sleep 0.2; (:); echo $(echo alive)'
	is "$status $out $err" "0 alive "
}

@test "the builtins work in subshells, pipelines, substitutions and functions" {
	fresh 'enable -f "$SO" $all; CODER_URL=$URL CODER_SESSION_TOKEN=$ADMIN_TOKEN
		names() { token_list -c name --no-header "$@"; }
		(names --name grafana); names | sort | head -1; x=$(names --name terraform); echo "$x"
		names --name grafana & wait $!
		while read -r name; do token_view "$name" -c name --no-header </dev/null; done <<<grafana'
	is "$status$err" 0
	is "$out" "grafana  
grafana    
terraform  
grafana  
grafana  "
}

@test "in posix mode the builtins work, and a usage error does not end the shell" {
	fresh 'enable -f "$SO" $all; CODER_URL=$URL CODER_SESSION_TOKEN=$ADMIN_TOKEN
		set -o posix
		token_list --bogus 2>/dev/null; echo $?
		token_view no-such 2>/dev/null; echo $?
		readonly ro; token_list -v ro 2>/dev/null; echo $?
		token_list --name grafana -c name --no-header'
	is "$status" 0
	is "$out" "2
3
2
grafana  "
}

@test "under set -e a failure can be tested, whatever it is" {
	fresh 'set -eu; enable -f "$SO" $all; CODER_URL=$URL CODER_SESSION_TOKEN=$ADMIN_TOKEN
		readonly ro=x; declare -i number=1
		if token_list -v ro 2>/dev/null; then exit 9; fi
		token_list -v number 2>/dev/null || echo tested
		! token_view no-such -A BASH_ALIASES 2>/dev/null
		token_view no-such 2>/dev/null || echo "${TOKEN_ERROR[status]}"
		token_rm no-such 2>/dev/null
		echo not reached'
	is "$status" 3
	is "$out" $'tested\n3'
}

@test "a shell without standard input, output or error survives a call" {
	fresh 'enable -f "$SO" $all; CODER_URL=$URL CODER_SESSION_TOKEN=$ADMIN_TOKEN
		token_list -q -v ids <&- || exit 9
		token_list >&- 2>/dev/null && exit 8
		token_list --bogus 2>&-; [[ $? == 2 ]] || exit 7
		(exec <&- >&- 2>&-; token_list -v ids && ((${#ids[@]} == 2))) || exit 6
		echo "${#ids[@]}"'
	is "$status $out $err" "0 2 "
}

# -------------------------------------------------------------------------- help

@test "help NAME, help -d and help -s show the builtins" {
	local b
	for b in "${BUILTINS[@]}"; do
		B=$b fresh 'enable -f "$SO" $all; help $B; echo ---; help -d $B; echo ---; help -s $B'
		is "$status$err" 0
		[[ $out == "$b: $b ["* ]] || fail "no usage"
		has "$out" "Common options:"
		has "$out" "Exit Status:"
		has "$out" $'---\n'"$b - "
		has "$out" $'---\n'"$b: $b ["
	done
}

@test "what help, --help and a usage error print fits a terminal of 80 columns" {
	local b line n=0
	for b in "${BUILTINS[@]}"; do
		B=$b fresh 'enable -f "$SO" $all; help $B; help -s $B; $B --help; $B --no-such 2>&1 | tail -n +2'
		is "$err" ""
		while IFS= read -r line; do
			((${#line} <= 80)) || fail "$b: ${#line} columns: $line"
			n=$((n + 1))
		done <<<"$out"
	done
	((n > 400)) || fail "only $n lines"
}

@test "the list that help prints without a name shows the builtins, one usage after the other" {
	COLUMNS=200 LC_ALL=C.UTF-8 fresh 'enable -f "$SO" $all; help'
	is "$(grep -oE '(^| )token_(create|list|rm|view) \[' <<<"$out" | wc -l)" 4
	lacks "$out" $'\n      ['
}

@test "--help and -h print the same help, with status 0, and nothing else happens" {
	local b help
	for b in "${BUILTINS[@]}"; do
		try "$b" --help
		is "$status$err" 0
		help=$out
		[[ $help == "Usage: $b ["* ]] || fail "no usage"
		try "$b" -h
		is "$out" "$help"
		try "$b" --dry-run=x --help
		is "$status$err" 2"$err"
		try "$b" --help --bogus extra operands here
		is "$status$out$err" "0$help"
		! grep -E '.{80}' <<<"$help" || fail "a line is longer than 79 columns"
	done
	is "$(requests)" ""
}

@test "bash's help shows the same as --help" {
	local b
	for b in "${BUILTINS[@]}"; do
		try "$b" --help
		# help indents each line by four, but for the usage
		diff <(sed '1,/^$/d; /./s/^/    /' <<<"$out") <(help "$b" | sed '1d; /^      \[/d; s/^ *$//')
	done
}

@test "--version prints the version" {
	local b
	for b in "${BUILTINS[@]}"; do
		try "$b" --version
		is "$status$err" 0
		[[ $out =~ ^"$b (coder_tokens) "[0-9]+\.[0-9]+\.[0-9]+$ ]] || fail "no version"
	done
}

@test "--help fails if it cannot be written" {
	status=0
	token_list --help >/dev/full 2>"$BATS_TEST_TMPDIR/err" || status=$?
	is "$status" 1
	has "$(<"$BATS_TEST_TMPDIR/err")" "write error"
}

# ------------------------------------------------------------------------ mistakes

@test "unknown options are refused in one line" {
	local b
	for b in "${BUILTINS[@]}"; do
		try "$b" --bogus
		misused "$b: --bogus: invalid option"
		try "$b" -X
		misused "$b: -X: invalid option"
		try "$b" --bogus=x
		misused "$b: --bogus: invalid option"
		try "$b" $'--a\e[31m\nb'
		misused 'invalid option'
		lacks "$err" $'\e'
	done
	is "$(requests)" ""
}

@test "an abbreviated or mistyped option is refused, and the nearest one is named" {
	local b
	for b in "${BUILTINS[@]}"; do
		try "$b" --tim 5
		misused "--tim: invalid option; did you mean --timeout?"
		try "$b" --tiemout 5
		misused "--tiemout: invalid option; did you mean --timeout?"
		try "$b" --ver
		misused "--ver: invalid option; did you mean --version?"
	done
	try token_list --ex
	misused "--ex: ambiguous option: --expires-within, --expired"
	is "$(requests)" ""
}

@test "a missing value is refused" {
	local b
	for b in "${BUILTINS[@]}"; do
		try "$b" --url
		misused "--url: option requires an argument"
		try "$b" -u
		misused "-u: option requires an argument"
	done
	try token_list -av
	misused "-v: option requires an argument"
	is "$(requests)" ""
}

@test "a value for an option that takes none is refused" {
	local b
	for b in "${BUILTINS[@]}"; do
		try "$b" --help=yes
		misused "--help: option takes no argument"
	done
	try token_list --all=true
	misused "--all: option takes no argument"
	is "$(requests)" ""
}

@test "too many operands are refused" {
	try token_create extra
	misused "extra operand 'extra'"
	try token_list extra more
	misused "extra operand 'extra'"
	try token_view one two
	misused "extra operand 'two'"
	is "$(requests)" ""
}

@test "a message about a token given in the wrong place shows only its id" {
	try token_list 0123456789-abcdefghijklmnopqrstuv
	misused "0123456789-[secret]"
	lacks "$err" abcdefghijklmnop
	try token_view x 0123456789-abcdefghijklmnopqrstuv
	lacks "$err" abcdefghijklmnop
	try token_list --0123456789-abcdefghijklmnopqrstuv
	lacks "$err" abcdefghijklmnop
}

@test "options may be combined, joined to their values, and placed after operands" {
	local -a ids=()
	try token_list -aqo table
	is "$status" 2
	try token_list -avids
	is "$status ${#ids[@]}" "0 6"
	try token_list -qualice
	is "$status $(wc -l <<<"$out")" "0 4"
	try token_view grafana -c name --no-header
	is "$status $out" "0 grafana  "
	try token_view -cname --no-header -- grafana
	is "$out" "grafana  "
	try token_view -- -x
	refused 3 "-x: "
	try token_list -c name --column=id --no-header --name=grafana
	is "$(tr -s ' ' <<<"$out" | cut -d ' ' -f 1)" grafana
}

@test "an error carries the shell's own prefix" {
	printf '%s\n' 'enable -f "$SO" token_list' '' 'token_list --bogus' >"$BATS_TEST_TMPDIR/script"
	SO=$SO try bash --norc "$BATS_TEST_TMPDIR/script"
	is "${err%%$'\n'*}" "$BATS_TEST_TMPDIR/script: line 3: token_list: --bogus: invalid option"
}

@test "a usage error is followed by the usage, as with bash's own builtins, and a wrong value is not" {
	local own usage
	own=$(mapfile -X 2>&1) || true
	has "$own" $'\nmapfile: usage: mapfile [-d delim]'
	usage=$'\ntoken_rm: usage: token_rm [--expire | --delete] [-u USER]'
	try builtin token_rm --bogus x
	has "$err" "$usage"
	misused "token_rm: --bogus: invalid option"
	try command token_rm
	misused "token_rm: missing operand"
	wrapper() { token_view "$@"; }
	try wrapper --self x
	misused "token_view: --self takes no name"
	try eval 'token_list -q -o json'
	misused "token_list: -q and -o exclude each other"
	try token_list -o yaml
	misused "token_list: yaml: invalid choice"
	is "${TOKEN_ERROR[status]}" 2
	lacks "${TOKEN_ERROR[message]}" usage
	try token_list --expires-within 30
	refused 2 "--expires-within"
	try token_list -v 1x
	refused 2 "not a valid identifier"
	is "$(requests)" ""
}

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Forks: a subshell never uses its parent's connection, nor ends it. The token's name in the path shows
# who asked, and the sandbox's log on which connection.

load helper

setup_file() {
	both_start
}

teardown_file() {
	both_stop
}

setup() {
	choose PLAIN 10
}

# ask NAME... - looks tokens up, and reports a response that belongs to another request.
ask() {
	local name
	local -A T
	for name; do
		token_view "$name" -A T
		[[ ${T[name]} == "$name" ]] || echo "asked for $name, got ${T[name]}"
	done
}

# connections_of NAME... - the numbers of the connections on which these tokens were requested.
connections_of() {
	local names="$*"
	ctl GET log | grep -oE '"conn":[0-9]+,"conn_req":[0-9]+,"method":"GET","path":"[^"]*/t[0-9]"' |
		sed -E 's/"conn":([0-9]+),.*\/(t[0-9])"/\1 \2/' | grep -E " (${names// /|})$" | cut -d' ' -f 1 |
		sort -nu | xargs
}

# apart PARENT... -- CHILD... - asserts that the parent used one connection, and no child ever that one.
apart() {
	local names=() parent child
	while [[ $1 != -- ]]; do
		names+=("$1")
		shift
	done
	shift
	parent=$(connections_of "${names[@]}")
	[[ $parent =~ ^[0-9]+$ ]] || fail "the parent's connections: $parent"
	[[ $(connections_of "$@") ]] || fail "no child asked"
	for child in $(connections_of "$@"); do
		[[ $child != "$parent" ]] || fail "parent and child both on connection $child"
	done
}

# In every test the parent asks for t1 before and t9 after its children, which ask for the others.
between() {
	local how
	for how in PLAIN TLS; do
		choose "$how" 10
		ask t1
		"$@"
		ask t9
		apart t1 t9 -- t2 t3 t4 t5
	done
}

in_subshell() {
	(ask t2)
	(ask t3 t4)
}

@test "a subshell has a connection of its own, and does not use its parent's" {
	between in_subshell
}

in_substitution() {
	is "$(ask t2)" ""
	is "$(token_view t3 -c name --no-header)" "t3  "
}

@test "a command substitution has a connection of its own" {
	between in_substitution
}

in_pipeline() {
	ask t2 | cat
	: | ask t3
	ask t4 | { cat && ask t5; }
}

@test "each part of a pipeline has a connection of its own" {
	between in_pipeline
	is "$(connections_of t4 | wc -w)" 1
	[[ $(connections_of t4) != $(connections_of t5) ]] || fail "two parts share a connection"
}

in_background() {
	ask t2 &
	ask t3 &
	wait
}

@test "a background job has a connection of its own" {
	between in_background
	[[ $(connections_of t2) != $(connections_of t3) ]] || fail "two jobs share a connection"
}

in_coproc() {
	local line
	coproc { while read -r line; do token_view "$line" -c name --no-header; done; }
	local pid=$COPROC_PID out=${COPROC[0]} in=${COPROC[1]}
	ask t1
	echo t2 >&"$in"
	read -r line <&"$out"
	is "$line" t2
	ask t1
	echo t3 >&"$in"
	read -r line <&"$out"
	is "$line" t3
	exec {in}>&-
	wait "$pid"
}

@test "a coproc has a connection of its own, which it keeps" {
	between in_coproc
	is "$(connections_of t2 t3 | wc -w)" 1
}

in_process_substitution() {
	is "$(cat <(ask t2))" ""
	ask t1 > >(ask t3)
	wait $! || true # bash 5.1 may say -1 of one that has just ended
}

@test "a process substitution has a connection of its own" {
	between in_process_substitution
}

in_traps() {
	trap 'ask t1' USR1
	(ask t2)
	kill -USR1 $BASHPID
	trap - USR1
	(
		trap 'ask t3' EXIT
		exit
	)
	(
		trap 'ask t4' USR1
		kill -USR1 $BASHPID
		:
	)
}

@test "calls in traps use the connection of the process that runs the trap" {
	between in_traps
}

in_generations() {
	(
		ask t2
		(
			ask t3
			(ask t4)
			ask t3
		)
		ask t2
		(ask t5)
		ask t2
	)
}

@test "grandchildren have connections of their own, too, and each keeps its own" {
	between in_generations
	is "$(connections_of t2 | wc -w)" 1
	is "$(connections_of t3 | wc -w)" 1
	is "$(connections_of t2 t3 t4 t5 | wc -w)" 4
}

@test "children that call before their parent have connections of their own" {
	local how
	for how in PLAIN TLS; do
		choose "$how" 10
		(ask t2)
		ask t3 &
		wait
		ask t1
		ask t9
		apart t1 t9 -- t2 t3
	done
}

in_other_endings() {
	(
		ask t2
		exec true
	)
	(
		ask t3
		kill -9 $BASHPID
	) || :
	(
		enable -d "${BUILTINS[@]}"
		enable -f "$SO" "${BUILTINS[@]}"
		ask t4
	)
	(no-such-command) 2>/dev/null || :
	(CODER_TOKENS_KEEPALIVE=0 token_view t5 -A T)
}

@test "a parent's connection works on however a child ends" {
	between in_other_endings
}

@test "a parent's connection works on after children that never called" {
	local how
	for how in PLAIN TLS; do
		choose "$how" 10
		ask t1
		(:)
		: "$(true)"
		true | true
		no-such-command 2>/dev/null || true
		ask t9
		is "$(connections_of t1 t9 | wc -w)" 1
	done
}

@test "four subshells at once get their own responses, also if their parent has a TLS connection" {
	local how n
	for how in PLAIN TLS; do
		choose "$how" 10
		# the later a response was requested, the sooner it arrives
		for n in 2 3 4 5; do
			fault '{"path": "/t'$n'$", "times": 0, "delay": 0.'$((6 - n))'}'
		done
		ask t1
		for n in 2 3 4 5; do
			(ask "t$n" "t$n" "t$n") &
		done >"$BATS_TEST_TMPDIR/mixed"
		wait
		is "$(<"$BATS_TEST_TMPDIR/mixed")" ""
		ask t9
		apart t1 t9 -- t2 t3 t4 t5
		is "$(connections_of t2 t3 t4 t5 | wc -w)" 4
	done
}

@test "four subshells that create at once each get their own token" {
	local n
	ask t1
	for n in 1 2 3 4; do
		(token_create -n "own-$n" >"$BATS_TEST_TMPDIR/key.$n") &
	done
	wait
	for n in 1 2 3 4; do
		is "$(token_view "$(<"$BATS_TEST_TMPDIR/key.$n")" -c name --no-header)" "own-$n  "
	done
}

@test "with lastpipe the last part of a pipeline uses the parent's connection" {
	try "$BASH" --norc -c "
		enable -f '$SO' token_view; shopt -s lastpipe
		CODER_URL=$URL CODER_SESSION_TOKEN=$ADMIN_TOKEN
		token_view t1 -A T; echo t2 | { read -r name; token_view \$name -A T; echo \${T[name]}; }
		echo \${T[name]}"
	is "$out" $'t2\nt2'
	is "$(connections_of t1 t2 | wc -w)" 1
}

@test "a \${ command; } of bash 5.3 uses the parent's connection" {
	((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 503)) || skip "bash $BASH_VERSION has none"
	ask t1
	eval 'is "${ token_view t2 -c name --no-header; }" "t2  "'
	is "$(connections_of t1 t2 | wc -w)" 1
}

@test "a shell that is replaced by exec keeps no connection" {
	try "$BASH" --norc -c "
		enable -f '$SO' token_view; export CODER_URL=$URL CODER_SESSION_TOKEN=$ADMIN_TOKEN
		token_view t1 -A T
		exec '$BASH' --norc -c 'ls /proc/\$\$/fd | xargs; enable -f \"$SO\" token_view; token_view t2 -A T; :'"
	is "$status $err" "0 "
	[[ $out != *9[0-9][0-9]* ]] || fail "a descriptor was inherited: $out"
	apart t1 -- t2
}

@test "a TLS connection that the server reset never ends the shell" {
	choose TLS 10
	ctl POST faults '[{"skip": 1, "times": 3, "cut": {"where": "response", "at": 90, "how": "reset"}},
		{"skip": 1, "times": 3, "cut": {"where": "before", "how": "reset"}}]' >/dev/null
	export CODER_URL CODER_SESSION_TOKEN CODER_CLIENT_TLS_CA_FILE SO
	try bash --norc -c 'enable -f "$SO" token_list
		for i in 1 2 3 4 5 6 7 8 9; do token_list -q -v ids; done
		trap "echo nobody sends PIPE" PIPE
		token_list -q -v ids && echo works'
	is "$status" 0
	is "$out" works
}

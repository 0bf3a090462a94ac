#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Kept connections on which the other side acknowledges nothing any more. A call on one takes about
# 5 s longer; a server that is only slow is waited for.

load helper

setup_file() {
	both_start --rate-limit 0
}

teardown_file() {
	both_stop
}

# dies PATH - makes the connection of such a request dead after the response.
dies() {
	fault "{\"path\":\"$1\",\"deaf\":true}"
}

# takes FROM TO COMMAND... - tries the command, and asserts how many seconds it takes.
takes() {
	local from=$1 to=$2 before=$EPOCHREALTIME ms
	shift 2
	try "$@"
	ms=$(((${EPOCHREALTIME/./} - ${before/./}) / 1000))
	((ms >= from * 1000 && ms <= to * 1000)) || fail "$* took $ms ms"
}

@test "a list on a dead connection takes about 5 s longer, and arrives over a new one" {
	local how
	for how in PLAIN TLS; do
		choose "$how" 4
		dies .
		token_list -q >/dev/null
		takes 4 8 token_list -q --name t1
		is "$status/$err" 0/
		is "$(wc -l <<<"$out")" 1
		is "$(requests | wc -l)" 2 # the dead one heard nothing
		is "$(connections)" 2
		takes 0 2 token_list -q --name t1
		is "$(connections)" 2
	done
}

@test "a removal on a dead connection takes about 5 s longer, and is done" {
	local how
	for how in PLAIN TLS; do
		choose "$how" 4
		dies /t1
		takes 4 8 token_rm --delete t1
		is "$status/$err" 0/
		is "$out" "Token has been deleted."
		lacks "$(names)" t1
		dies /t2
		takes 4 8 token_rm --expire t2
		is "$status/$out" "0/Token has been expired."
		is "$(requests DELETE | wc -l)" 1
		is "$(requests PUT | wc -l)" 1
	done
}

@test "a create is sent once over a connection of its own, even if the kept one is dead" {
	local secret
	choose PLAIN 4
	dies '/keys/tokens/new$'
	takes 0 8 token_create -n new --lifetime 1h -v secret
	is "$status/$err" 0/
	accepted "$secret"
	is "$(requests POST | wc -l)" 1
}

@test "a call waits for a slow server whose system still acknowledges" {
	local how
	for how in PLAIN TLS; do
		choose "$how" 4
		token_list -q >/dev/null
		fault '{"delay": 8}'
		takes 8 11 token_list -q --name t1
		is "$status/$err" 0/
		is "$(requests | wc -l)" 2
		is "$(connections)" 1
	done
	# nor does a server that stops within its response
	fault '{"stall": {"at": 100}}'
	takes 8 9 token_list -q --timeout 8
	refused 7 "no response within 8 s"
}

@test "a call on a dead connection ends when --timeout ends" {
	choose PLAIN 4
	dies .
	token_list -q >/dev/null
	takes 2 4 token_list -q --timeout 2
	refused 7 "no response within 2 s"
}

# in_own_network SCRIPT - runs it in a shell with a network, a deployment ($SANDBOX_PID) and the
# builtins of its own; in it `network up|down` is for packets of the loopback interface.
in_own_network() {
	local apart=(unshare -Urn)
	((EUID)) || apart=(unshare -n) # in a chroot there are no namespaces of users
	"${apart[@]}" true 2>/dev/null || skip "needs the right to make namespaces"
	cat >"$BATS_TEST_TMPDIR/script" <<-END
		network() { python3 '$TOOLS/loopback.py' "\$1"; }
		cd '$BATS_TEST_TMPDIR' && network up || exit
		python3 '$SANDBOX/sandbox.py' --port 0 --ready ready --parent-pid \$\$ --print-env --rate-limit 0 >env 2>sandbox.err &
		. '$TOOLS/wait.bash' && wait_for 10 there ready
		. ./env
		CODER_URL=\$(<ready) CODER_SESSION_TOKEN=\$ADMIN_TOKEN
		enable -f '$SO' ${BUILTINS[*]}
		took() { local before=\${EPOCHREALTIME/./}; "\$@"; local rc=\$?; echo "\$rc after \$(((\${EPOCHREALTIME/./} - before) / 100000))"; }
		$1
		kill %1
	END
	try "${apart[@]}" "$BASH" --norc "$BATS_TEST_TMPDIR/script"
}

# after FROM TO LINE - asserts that the line shows status 7 after a time between these tenths of a second.
after() {
	[[ $3 =~ ^7\ after\ ([0-9]+)$ ]] || fail "$3" || return
	((BASH_REMATCH[1] >= $1 && BASH_REMATCH[1] <= $2)) || fail "$3"
}

@test "without a network a call takes about 5 s for its kept connection, and then the time to connect" {
	in_own_network 'token_list -q >/dev/null; network down
		took token_list -q; network up; token_list -q >/dev/null && echo works'
	has "$err" "no connection to http://127.0.0.1:"
	has "$err" " within 10 s; check CODER_URL and the network"
	after 140 180 "$(sed -n 1p <<<"$out")"
	is "$(sed -n 2p <<<"$out")" works
}

@test "if the network comes back during a call, the call succeeds" {
	# 7 s: the 5 s after which the connection counts as dead are over, the 10 s to connect are not
	in_own_network 'token_list -q >/dev/null; network down; (sleep 7; network up) &
		token_list -q >/dev/null && echo "works after $SECONDS s"; wait $!'
	[[ $out =~ ^works\ after\ ([0-9]+)\ s$ ]] && ((BASH_REMATCH[1] >= 7 && BASH_REMATCH[1] < 15)) ||
		fail "not in time"
	is "$err" ""
}

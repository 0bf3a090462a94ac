# SPDX-License-Identifier: GPL-3.0-or-later
# helper.bash - what every test file begins with: a sandbox of its own, the
# builtins loaded into the shell that runs the tests, and assertions.
#
# Side effects on variables cannot be seen through bats' `run` (a subshell), so
# tests call `try` instead: it runs a command in this very shell and leaves
# $status, $out and $err.

REPO=$(cd "${BASH_SOURCE[0]%/*}/../.." && pwd)
SO=${CODER_TOKENS_SO:-$REPO/build/coder_tokens.so}
SANDBOX=$REPO/tests/sandbox
# The shell of scripts that tests start.
[[ -z ${VALGRIND-} ]] || BASH=$REPO/tests/tools/valgrind/bash
BUILTINS=("$REPO"/builtins/token_*.c)
BUILTINS=("${BUILTINS[@]##*/}")
BUILTINS=("${BUILTINS[@]%.c}")

SANDBOX_OPTIONS=() # a test file's own

# What a test file does that says nothing else: one that does calls these or their parts.
setup_file() {
	sandbox_start "${SANDBOX_OPTIONS[@]}"
}

teardown_file() {
	sandbox_stop
}

setup() {
	shell_setup
}

# sandbox_start [OPTION]... - starts a sandbox for the file; sets URL and *_TOKEN.
sandbox_start() {
	local ready=$BATS_FILE_TMPDIR/ready.$RANDOM i
	python3 "$SANDBOX/sandbox.py" --port 0 --ready "$ready" --log "$BATS_FILE_TMPDIR/log" \
		--parent-pid $$ --print-env "$@" >"$BATS_FILE_TMPDIR/env" 2>"$BATS_FILE_TMPDIR/sandbox.err" 3>&- &
	SANDBOX_PID=$!
	for ((i = 0; i < 200; i++)); do
		[[ -s $ready ]] && break
		sleep 0.05
	done
	[[ -s $ready ]] || {
		cat "$BATS_FILE_TMPDIR/sandbox.err" >&2
		return 1
	}
	set -a
	# shellcheck disable=SC1091
	source "$BATS_FILE_TMPDIR/env"
	set +a
	URL=$(<"$ready")
	export URL SANDBOX_PID
}

sandbox_stop() {
	kill "$SANDBOX_PID" 2>/dev/null || true
}

# ctl METHOD ROUTE [JSON] - the sandbox's control route; JSON `-` is standard input. Tests call it
# often: no Python where plain HTTP over IPv4 is spoken.
ctl() {
	local at=${SANDBOX_CONTROL_URL#http://} body=${3-} fd status line LC_ALL=C
	if [[ $at != 127.* ]]; then
		python3 "$SANDBOX/ctl.py" "$SANDBOX_CONTROL_URL" "$@"
		return
	fi
	[[ $body == - ]] && body=$(</dev/stdin)
	exec {fd}<>"/dev/tcp/${at%:*}/${at##*:}" || return 7
	printf '%s /_sandbox/%s HTTP/1.0\r\nContent-Length: %d\r\n\r\n%s' "$1" "$2" ${#body} "$body" >&"$fd"
	read -r _ status _ <&"$fd"
	while read -r line <&"$fd" && [[ $line != $'\r' ]]; do :; done
	cat <&"$fd"
	exec {fd}>&-
	((status < 400))
}

# mute_name_server SECONDS - a name server that hears and never answers, for what is run behind
# "${MUTED[@]}"; who asks gives up after so long. Questions go to $BATS_TEST_TMPDIR/heard. Skips the
# test where this is not permitted; ends with the test.
mute_name_server() {
	local address=127.53.$((BASHPID % 250 + 1)).$((RANDOM % 250 + 1)) ready=$BATS_TEST_TMPDIR/mute i
	unshare -m true 2>/dev/null || skip "needs the right to mount"
	python3 "$REPO/tests/tools/mute.py" dns "$address" "$ready" "$BATS_TEST_TMPDIR/heard" 3>&- &
	for ((i = 0; i < 100; i++)); do
		[[ -s $ready ]] && break
		sleep 0.05
	done
	[[ -s $ready ]] || skip "needs the right to be a name server"
	printf 'nameserver %s\noptions timeout:%d attempts:1\n' "$address" "$1" >"$ready.conf"
	# shellcheck disable=SC2016 # the inner shell's
	MUTED=(unshare -m sh -c 'mount --bind "$1" /etc/resolv.conf && shift && exec "$@"' sh "$ready.conf")
}

# A clean deployment and a clean shell before each test.
shell_setup() {
	ctl POST reset '{"seed":"demo"}' >/dev/null
	unset "${!CODER_@}" "${!TOKEN_@}"
	export HOME=$BATS_TEST_TMPDIR XDG_CONFIG_HOME=
	CODER_URL=$URL
	CODER_SESSION_TOKEN=$ADMIN_TOKEN
	enable -f "$SO" "${BUILTINS[@]}"
}

# seed JSON - adds tokens (see the control route POST tokens); KEYS: the whole of each, in order.
seed() {
	mapfile -t KEYS < <(ctl POST tokens "$1" | grep -o '"key":"[^"]*' | cut -d '"' -f 4)
	forget_requests
}

# fault JSON - adds a fault, or a list of them.
fault() {
	ctl POST faults "$1" >/dev/null
}

# try COMMAND... - runs it in this shell; sets status, out, err.
try() {
	status=0
	"$@" >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" || status=$?
	out=$(<"$BATS_TEST_TMPDIR/out")
	err=$(<"$BATS_TEST_TMPDIR/err")
}

# requests [METHOD] - the requests since the last reset or forget, "METHOD path" lines.
# shellcheck disable=SC2120 # its argument is optional
requests() {
	ctl GET log | grep -oE "\"method\":\"${1:-[A-Z]*}\",\"path\":\"[^\"]*" | cut -d'"' -f 4,8 | tr '"' ' '
}

forget_requests() {
	ctl DELETE log >/dev/null
}

# names - names of all API tokens the deployment has, sorted, whoever owns them.
names() {
	ctl GET tokens | python3 -c '
import json, sys
print("\n".join(sorted(t["name"] for t in json.load(sys.stdin) if t["login_type"] == "token")))'
}

# stored NAME FIELD... - what the deployment has of the one API token of that name, a line a field.
stored() {
	ctl GET tokens | python3 -c '
import json, sys
token, = [t for t in json.load(sys.stdin) if t["login_type"] == "token" and t["name"] == sys.argv[1]]
for field in sys.argv[2:]:
    value = token[field]
    print(*value if isinstance(value, list) else [value])' "$@"
}

# user_id NAME - the UUID of that user.
user_id() {
	ctl GET users | python3 -c '
import json, sys
print(next(u["id"] for u in json.load(sys.stdin) if u["username"] == sys.argv[1]))' "$1"
}

# The next two run a bash of its own, behind "${MUTED[@]}" if a test has set it, and do to it what
# their standard input says, in steps of tests/tools/drive.py.

# drive SCRIPT <STEPS - a script that has the builtins; sets ended (a status or a signal), out, err.
drive() {
	export CODER_URL CODER_SESSION_TOKEN
	printf '%s\n' "enable -f '$SO' ${BUILTINS[*]}" "$1" >"$BATS_TEST_TMPDIR/script"
	try python3 "$REPO/tests/tools/drive.py" --log "$BATS_FILE_TMPDIR/log" --out "$BATS_TEST_TMPDIR/script.out" \
		--err "$BATS_TEST_TMPDIR/script.err" "${MUTED[@]}" "$BASH" --norc "$BATS_TEST_TMPDIR/script"
	[[ $status == 0 ]] || fail "the driver failed" "$(<"$BATS_TEST_TMPDIR/script.err")"
	ended=${out#ended: }
	out=$(<"$BATS_TEST_TMPDIR/script.out")
	err=$(<"$BATS_TEST_TMPDIR/script.err")
}

# at_prompt <STEPS - an interactive shell that has the builtins; sets screen.
at_prompt() {
	export CODER_URL CODER_SESSION_TOKEN
	{
		printf '%s\n' "type enable -f '$SO' ${BUILTINS[*]}" "prompt 10"
		cat
	} >"$BATS_TEST_TMPDIR/steps"
	try python3 "$REPO/tests/tools/drive.py" --pty --log "$BATS_FILE_TMPDIR/log" "${MUTED[@]}" \
		"$BASH" --norc --noprofile -i <"$BATS_TEST_TMPDIR/steps"
	screen=$out
	[[ $status == 0 ]] || fail "the driver failed"
}

# accepted SECRET - the deployment takes it as a token, whatever that may do.
accepted() {
	local at=${URL#http://} fd code
	exec {fd}<>"/dev/tcp/${at%:*}/${at##*:}"
	printf 'GET /api/v2/users/me HTTP/1.0\r\nCoder-Session-Token: %s\r\n\r\n' "$1" >&"$fd"
	read -r _ code _ <&"$fd"
	exec {fd}>&-
	[[ $code == 200 || $code == 404 ]] || fail "$1 is no token: $code"
}

# posted - the body of the last POST.
posted() {
	ctl GET log | python3 -c '
import json, sys
print([r for r in json.load(sys.stdin) if r.get("method") == "POST"][-1]["body"], end="")'
}

fail() {
	printf '%s\n' "$@" "status: ${status-}" "out: ${out-}" "err: ${err-}" >&2
	return 1
}

is() { # is ACTUAL EXPECTED
	[[ $1 == "$2" ]] || fail "got:      $1" "expected: $2"
}

has() { # has TEXT PART
	[[ $1 == *"$2"* ]] || fail "text:  $1" "lacks: $2"
}

lacks() { # lacks TEXT PART
	[[ $1 != *"$2"* ]] || fail "text: $1" "has:  $2"
}

# harmless TEXT - nothing in it acts on a terminal: no C0 but newline and tab, no DEL, no C1, no
# bidirectional character or line separator.
harmless() {
	local LC_ALL=C bad
	for bad in $'\x01' [$'\x02'-$'\x08\x0b'-$'\x1f'] $'\x7f' $'\xc2'[$'\x80'-$'\x9f'] $'\xd8\x9c' \
		$'\xe2\x80'[$'\x8e\x8f\xa8'-$'\xae'] $'\xe2\x81'[$'\xa6'-$'\xa9']; do
		# shellcheck disable=SC2053 # a pattern
		[[ $1 != *$bad* ]] || fail "$(printf '%q' "$1")" || return
	done
}

# refused STATUS PART - the last try failed so: nothing printed, one line of error.
refused() {
	is "$status" "$1"
	is "$out" ""
	has "$err" "$2"
	[[ $err != *$'\n'* ]] || fail "more than one line of error"
}

# misused PART - the last try failed because the words did not fit the usage of the builtin: one line
# of error, and that usage, as bash's own builtins print theirs.
misused() {
	local line=${err%%$'\n'*} name
	is "$status" 2
	is "$out" ""
	has "$line" "$1"
	[[ $line =~ (^|[[:blank:]])(token_[a-z]+):\  ]] || fail "no builtin in the error"
	name=${BASH_REMATCH[2]}
	is "${err#"$line"}" $'\n'"$name: usage: $(help -s "$name" | sed "1s/^$name: //")"
}

# misused_early PART - so, and the deployment was not even asked.
misused_early() {
	misused "$1"
	# shellcheck disable=SC2119
	is "$(requests)" ""
}

# refused_early STATUS PART - so, and the deployment was not even asked.
refused_early() {
	refused "$1" "$2"
	# shellcheck disable=SC2119
	is "$(requests)" ""
}

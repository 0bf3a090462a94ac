# SPDX-License-Identifier: GPL-3.0-or-later
# helper.bash - what every test file loads: a sandbox of its own, the builtins in the shell that runs
# the tests, and assertions.
#
# Side effects on variables cannot be seen through bats' `run` (a subshell), so tests call `try`, which
# runs a command in this very shell.
#
# These variables, and no others, are what the helpers leave for a test to read:
#
#   URL, ADMIN_TOKEN, ALICE_TOKEN, ...   the sandbox, and a session token of each of its users; SANDBOX_PID,
#                        SANDBOX_CONTROL_URL: its process, and its control route (sandbox_start)
#   TLS_URL, PLAIN_URL, TLS_PID, CA   two sandboxes at once, and the certificate of TLS (both_start)
#   status, out, err     how a command ended, and what it printed (try; drive sets ended instead of status)
#   ended                the exit status of a script, or the name of the signal that ended it (drive)
#   screen               what a terminal showed (at_prompt)
#   KEYS                 the secrets of the tokens that were added (seed)
#   MUTED                the words that give a command a name server that never responds (mute_name_server);
#                        a test that uses drive or at_prompt without one leaves it empty
#
# A test file's own helpers set `status`, `out` and `err` through `try`; their comments name what else
# they set.

REPO=$(cd "${BASH_SOURCE[0]%/*}/../.." && pwd)
SO=${CODER_TOKENS_SO:-$REPO/build/coder_tokens.so}
SANDBOX=$REPO/tests/sandbox
TOOLS=$REPO/tests/tools
# The shell of scripts that tests start.
[[ -z ${VALGRIND-} ]] || BASH=$REPO/tests/tools/valgrind/bash
BUILTINS=("$REPO"/builtins/token_*.c)
BUILTINS=("${BUILTINS[@]##*/}")
BUILTINS=("${BUILTINS[@]%.c}")

# A second signal ends what an interrupted call still does only if it comes half a second after the first.
PAST_HALF_A_SECOND=0.6

SANDBOX_OPTIONS=() # a test file may add some

# How bash waits for events. Scripts that tests run source it, too.
# shellcheck disable=SC1091
source "$TOOLS/wait.bash"

# A test file that needs more defines these itself, and calls the functions below.
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
	local ready=$BATS_FILE_TMPDIR/ready
	rm -f "$ready" # an earlier sandbox's
	python3 "$SANDBOX/sandbox.py" --port 0 --ready "$ready" --log "$BATS_FILE_TMPDIR/log" \
		--parent-pid $$ --print-env "$@" >"$BATS_FILE_TMPDIR/env" 2>>"$BATS_FILE_TMPDIR/sandbox.err" 3>&- &
	SANDBOX_PID=$!
	wait_for 10 there "$ready" || {
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

# both_start [OPTION]... - starts two sandboxes for the file, one over TLS and one over plain HTTP; sets
# TLS_URL, PLAIN_URL, TLS_PID, CA and what choose() needs.
both_start() {
	local certs=$BATS_FILE_TMPDIR/certs
	"$SANDBOX/certs.sh" "$certs" >/dev/null
	sandbox_start --tls --cert "$certs/server.pem" --key "$certs/server.key" \
		--control-ready "$BATS_FILE_TMPDIR/control" --log "$BATS_FILE_TMPDIR/tls.log" "$@"
	export TLS_URL=$URL TLS_CONTROL_URL=$SANDBOX_CONTROL_URL TLS_PID=$SANDBOX_PID CA=$certs/ca.pem
	sandbox_start "$@"
	export PLAIN_URL=$URL PLAIN_CONTROL_URL=$SANDBOX_CONTROL_URL
}

both_stop() {
	kill "$TLS_PID"
	sandbox_stop
}

# choose PLAIN|TLS N - chooses one of the two for the next calls, clean, with N tokens of the caller, t0 and so
# on. The builtins are loaded anew, without a connection.
choose() {
	local url=$1_URL control=$1_CONTROL_URL
	URL=${!url}
	SANDBOX_CONTROL_URL=${!control}
	enable -d "${BUILTINS[@]}" 2>/dev/null || true
	shell_setup
	[[ $1 == PLAIN ]] || CODER_CLIENT_TLS_CA_FILE=$CA
	seed '{"owner": "admin", "name": "t%d", "count": '"$2"'}'
}

# ctl METHOD ROUTE [JSON] - calls the sandbox's control route; JSON `-` is standard input. Tests call
# it often, so bash itself sends plain HTTP over IPv4; Python does only the rest.
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

# start_other [OPTION]... - starts a second sandbox, which the test has to end. Its log is other.log. Sets URL, *_TOKEN
# and OTHER_PID.
start_other() {
	sandbox_start --log "$BATS_TEST_TMPDIR/other.log" "$@"
	OTHER_PID=$SANDBOX_PID
}

# config_files DIRECTORY [URL [TOKEN]] - writes the files of `coder login`; without others, with URL and alice's token.
config_files() {
	mkdir -p "$1"
	printf '%s' "${2-$URL}" >"$1/url"
	printf '%s' "${3-$ALICE_TOKEN}" >"$1/session"
	chmod 600 "$1/url" "$1/session"
}

# golden ARGUMENT... - what the recorded CLI was given, and what it printed (see golden.py).
golden() {
	python3 "$REPO/tests/bats/golden.py" "$@"
}

# decided ROW... - rows of tests/tools/grants.py, which reset the sandbox.
decided() {
	SANDBOX_ENV=$BATS_FILE_TMPDIR/env CODER_TOKENS_SO=$SO tool grants "$@"
}

# press LINE [TYPE] - completes at the | in LINE, or at its end; asserts that the call prints nothing. Sets COMPREPLY.
press() {
	local before=${1%%|*}
	COMP_LINE=${1/|/} COMP_POINT=${#before} COMP_TYPE=${2-9} COMP_KEY=9
	COMPREPLY=(stale)
	try _coder_tokens "${before%% *}"
	is "$status $out$err" "0 "
}

# mute_name_server SECONDS - starts a name server that never responds. Commands that are run behind
# "${MUTED[@]}" use it, and wait that long for it. It writes the questions to $BATS_TEST_TMPDIR/heard,
# and ends with the test. Skips the test where this is not permitted. Sets MUTED.
mute_name_server() {
	local address=127.53.$((BASHPID % 250 + 1)).$((RANDOM % 250 + 1)) ready=$BATS_TEST_TMPDIR/mute
	unshare -m true 2>/dev/null || skip "needs the right to mount"
	python3 "$TOOLS/mute.py" dns "$address" "$ready" "$BATS_TEST_TMPDIR/heard" 3>&- &
	wait_for 5 there "$ready" || skip "needs the right to be a name server"
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
	only_the_test_is_traced
}

# only_the_test_is_traced - bats notes its place before each command, which takes longer than most commands do. From
# here on it does that for the commands of the test itself, not for those of functions that it calls; fail() prints
# these.
only_the_test_is_traced() {
	set +T
	declare -ft "${BATS_TEST_NAME%% *}"
}

# tool NAME ARGUMENT... - runs that program of tests/tools. -S: these need only Python's own library, and start in half
# the time without other modules.
tool() {
	python3 -S "$TOOLS/$1.py" "${@:2}"
}

# logged QUESTION... - answers a question about the requests since the last reset or forget (see tests/tools/log.py).
logged() {
	ctl GET log | tool log "$@"
}

# fields_of [KEY=VALUE]... [-- FIELD...] <JSON - prints fields of objects, as tests/tools/fields.py does.
fields_of() {
	tool fields "$@"
}

# of ROUTE [KEY=VALUE]... -- FIELD... - prints fields of what a control route lists, such as users.
of() {
	ctl GET "$1" | fields_of "${@:2}"
}

# seed JSON - adds tokens (see the control route POST tokens). Sets KEYS: the secret of each, in order.
seed() {
	mapfile -t KEYS < <(ctl POST tokens "$1" | grep -o '"key":"[^"]*' | cut -d '"' -f 4)
	forget_requests
}

# fault JSON - adds a fault, or a list of them.
fault() {
	ctl POST faults "$1" >/dev/null
}

# only_fault JSON - replaces all faults by these, and empties the log.
only_fault() {
	ctl DELETE faults >/dev/null
	fault "$1"
	forget_requests
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

# connections - the number of connections that carried the requests since the last reset or forget.
connections() {
	ctl GET log | grep -oE '"conn":[0-9]+,"conn_req"' | sort -u | wc -l
}

# names - prints the names of all API tokens of the deployment, sorted, whoever owns them.
names() {
	local token
	ctl GET tokens |
		grep -oE '"name":"([^"\\]|\\.)*","owner":"[^"]*","user_id":"[^"]*","login_type":"token"' |
		while read -r token; do
			token=${token#\"name\":\"}
			printf '%b\n' "${token%%\",\"owner\":\"*}"
		done | LC_ALL=C sort
}

# The names of the demo seed's API tokens, as left() prints them.
ALL="backup ci-deploy grafana laptop never-touched old-script terraform"

# left - prints the names of the API tokens that exist, in one line.
left() {
	names | paste -sd ' '
}

# exists NAME [ID] - whether there is an API token of that plain name, with that id.
exists() {
	[[ $(ctl GET tokens) =~ \"id\":\"${2-[^\"]*}\",\"name\":\""$1"\" ]]
}

# id_of NAME - prints the id of the first API token of that plain name.
id_of() {
	[[ $(ctl GET tokens) =~ \"id\":\"([^\"]*)\",\"name\":\""$1"\" ]] && echo "${BASH_REMATCH[1]}"
}

# stored NAME FIELD... - prints fields of the API token of that name in the deployment, one on each line.
stored() {
	of tokens login_type=token name="$1" -- "${@:2}"
}

# user_id NAME - the UUID of that user.
user_id() {
	of users username="$1" -- id
}

# The next two start another bash, behind "${MUTED[@]}", and carry out the steps on their standard
# input, which tests/tools/drive.py describes.

# drive SCRIPT <STEPS - runs a script that has the builtins, and wait.bash. Sets ended, out, err.
drive() {
	export CODER_URL CODER_SESSION_TOKEN
	printf '%s\n' "enable -f '$SO' ${BUILTINS[*]}; source '$TOOLS/wait.bash'" "$1" >"$BATS_TEST_TMPDIR/script"
	try tool drive --log "$BATS_FILE_TMPDIR/log" --out "$BATS_TEST_TMPDIR/script.out" \
		--err "$BATS_TEST_TMPDIR/script.err" "${MUTED[@]}" "$BASH" --norc "$BATS_TEST_TMPDIR/script"
	[[ $status == 0 ]] || fail "the driver failed" "$(<"$BATS_TEST_TMPDIR/script.err")"
	ended=${out#ended: }
	out=$(<"$BATS_TEST_TMPDIR/script.out")
	err=$(<"$BATS_TEST_TMPDIR/script.err")
}

# at_prompt <STEPS - runs an interactive shell that has the builtins. Sets screen.
at_prompt() {
	export CODER_URL CODER_SESSION_TOKEN
	{
		printf '%s\n' "type enable -f '$SO' ${BUILTINS[*]}" "prompt 10"
		cat
	} >"$BATS_TEST_TMPDIR/steps"
	try tool drive --pty --log "$BATS_FILE_TMPDIR/log" "${MUTED[@]}" \
		"$BASH" --norc --noprofile -i <"$BATS_TEST_TMPDIR/steps"
	screen=$out
	[[ $status == 0 ]] || fail "the driver failed"
}

# accepted SECRET - asserts that the deployment accepts it as a token, whatever that token may do.
accepted() {
	local at=${URL#http://} fd code
	exec {fd}<>"/dev/tcp/${at%:*}/${at##*:}"
	printf 'GET /api/v2/users/me HTTP/1.0\r\nCoder-Session-Token: %s\r\n\r\n' "$1" >&"$fd"
	read -r _ code _ <&"$fd"
	exec {fd}>&-
	[[ $code == 200 || $code == 404 ]] || fail "$1 is no token: $code"
}

# fail TEXT... - prints the texts, what the last try printed, and through which functions the test came here.
fail() {
	local i through=
	for ((i = 1; i < ${#FUNCNAME[@]}; i++)); do
		through+=" ${FUNCNAME[i]}:${BASH_LINENO[i - 1]}"
		[[ ${FUNCNAME[i]} != "${BATS_TEST_NAME%% *}" ]] || break
	done
	printf '%s\n' "$@" "status: ${status-}" "out: ${out-}" "err: ${err-}" "lines:$through" >&2
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

# printable TEXT - asserts that nothing in it acts on a terminal: no C0 control but newline and tab, no
# DEL, no C1, no bidirectional character and no line separator.
printable() {
	local LC_ALL=C bad
	for bad in $'\x01' [$'\x02'-$'\x08\x0b'-$'\x1f'] $'\x7f' $'\xc2'[$'\x80'-$'\x9f'] $'\xd8\x9c' \
		$'\xe2\x80'[$'\x8e\x8f\xa8'-$'\xae'] $'\xe2\x81'[$'\xa6'-$'\xa9']; do
		# shellcheck disable=SC2053 # a pattern
		[[ $1 != *$bad* ]] || fail "$(printf '%q' "$1")" || return
	done
}

# refused STATUS PART - asserts that the last try failed with that status, printed nothing, and reported
# the error in one line that contains PART.
refused() {
	is "$status" "$1"
	is "$out" ""
	has "$err" "$2"
	[[ $err != *$'\n'* ]] || fail "more than one line of error"
}

# without_goals TEXT - prints the text without the lines of token_create about what --for has added.
without_goals() {
	grep -vE 'token_create: (added: |warning: workspace-stop: all templates are readable)' <<<"$1" || true
}

# misused PART - asserts that the last try failed because the words did not fit the usage of the builtin:
# one line of error that contains PART, and that usage, as bash's own builtins print theirs.
misused() {
	local line=${err%%$'\n'*} name
	is "$status" 2
	is "$out" ""
	has "$line" "$1"
	[[ $line =~ (^|[[:blank:]])(token_[a-z]+):\  ]] || fail "no builtin in the error"
	name=${BASH_REMATCH[2]}
	is "${err#"$line"}" $'\n'"$name: usage: $(help -s "$name" | sed "1s/^$name: //")"
}

# misused_early PART - asserts the same, and that no request was sent.
misused_early() {
	misused "$1"
	# shellcheck disable=SC2119
	is "$(requests)" ""
}

# refused_early STATUS PART - asserts the same as refused, and that no request was sent.
refused_early() {
	refused "$1" "$2"
	# shellcheck disable=SC2119
	is "$(requests)" ""
}

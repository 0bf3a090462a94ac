#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Where requests go, with which token and over which connection, and what invalid responses lead to.

load helper

# tls_sandbox NAME CERT [OPTION]... - starts one more sandbox; sets NAME_URL and NAME_CONTROL.
tls_sandbox() {
	local name=$1 cert=$2
	shift 2
	sandbox_start --tls --cert "$CERTS/$cert.pem" --key "$CERTS/$cert.key" "$@"
	export "${name}_URL=$URL" "${name}_CONTROL=$SANDBOX_CONTROL_URL"
	PIDS+=" $SANDBOX_PID"
}

setup_file() {
	export CERTS=$BATS_FILE_TMPDIR/certs PIDS=
	"$SANDBOX/certs.sh" "$CERTS"
	tls_sandbox TLS server
	tls_sandbox EXPIRED expired
	tls_sandbox OTHERNAME othername
	tls_sandbox SELFSIGNED selfsigned
	tls_sandbox MUTUAL server --client-ca "$CERTS/client-ca.pem"
	sandbox_start --seed demo
	PIDS+=" $SANDBOX_PID"
	export DEAD=http://127.0.0.1:1
}

teardown_file() {
	local pid
	for pid in $PIDS; do
		kill "$pid" 2>/dev/null || true
	done
}

setup() {
	shell_setup
	unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY all_proxy ALL_PROXY no_proxy NO_PROXY SSL_CERT_FILE SSL_CERT_DIR
	forget_requests
}

# as USER COMMAND... - asserts that it succeeds, acting as that user.
as() {
	local user=$1
	shift
	forget_requests
	try "$@"
	[[ $status == 0 ]] || fail "failed"
	is "$(logged field user | uniq)" "$user"
}

# in_new_shell SCRIPT - runs it in a bash of its own that has the builtins.
in_new_shell() {
	SO=$SO URL=$URL ADMIN_TOKEN=$ADMIN_TOKEN try bash --norc -c "enable -f \"\$SO\" ${BUILTINS[*]}; $1"
}

# --------------------------------------------------------------- url and token

@test "options take precedence over variables, and variables over files" {
	export CODER_CONFIG_DIR=$BATS_TEST_TMPDIR/config
	config_files "$CODER_CONFIG_DIR"
	as admin token_list -q
	as bob token_list -q --token "$BOB_TOKEN"
	CODER_URL=$DEAD
	as admin token_list -q --url "$URL"
	try token_list -q
	refused 7 "cannot connect to $DEAD"
	unset CODER_URL CODER_SESSION_TOKEN
	as alice token_list -q
}

@test "variables need no export, and are not passed to child processes" {
	[[ ! ${CODER_URL@a}${CODER_SESSION_TOKEN@a} == *x* ]] || fail "exported"
	as admin token_list -q
	is "$(env | grep -c ^CODER_)" 0
	export CODER_SESSION_TOKEN=$BOB_TOKEN
	as bob token_list -q
}

@test "variables that are local, or set for one command only, are used" {
	local token=$CODER_SESSION_TOKEN
	unset CODER_SESSION_TOKEN
	CODER_SESSION_TOKEN=$BOB_TOKEN as bob token_list -q
	[[ -z ${CODER_SESSION_TOKEN+set} ]] || fail "it stayed"
	inner() {
		local CODER_SESSION_TOKEN=$ALICE_TOKEN
		as alice token_list -q
	}
	inner
	CODER_SESSION_TOKEN=$token
	as admin token_list -q
}

@test "the configuration is read at each call, so switching deployments is one assignment" {
	as admin token_list -q
	CODER_URL=$DEAD
	try token_list -q
	refused 7 "cannot connect to $DEAD"
	CODER_URL=$URL CODER_SESSION_TOKEN=$BOB_TOKEN
	as bob token_list -q
}

@test "a variable that is empty counts as unset" {
	export CODER_CONFIG_DIR=$BATS_TEST_TMPDIR/config
	config_files "$CODER_CONFIG_DIR"
	CODER_URL='' CODER_SESSION_TOKEN=''
	as alice token_list -q
	CODER_URL=' ' CODER_SESSION_TOKEN=$'\r\n'
	as alice token_list -q
}

@test "an empty --url or --token is refused, so that a script whose variable is empty does not act as another user" {
	local call empty
	export CODER_CONFIG_DIR=$BATS_TEST_TMPDIR/config
	config_files "$CODER_CONFIG_DIR"
	# shellcheck disable=SC2016
	CODER_HEADER_COMMAND='touch "$HOME/ran"'
	for call in "token_create -n test" "token_list" "token_view grafana" "token_rm grafana" "token_create -n t --dry-run"; do
		for empty in '' ' ' $'\t' $'\n'; do
			# shellcheck disable=SC2086 # words
			try $call --token "$empty"
			refused_early 2 "--token is empty"
			# shellcheck disable=SC2086
			try $call --url="$empty"
			refused_early 2 "--url is empty"
		done
	done
	[[ ! -e $HOME/ran ]] || fail "the header command ran"
	is "$(names | grep -c grafana)" 1
}

@test "without a URL or a token the message names what to set" {
	unset CODER_URL
	try token_list
	refused 4 "no URL; set CODER_URL or give --url, or sign in with coder login"
	CODER_URL=$URL
	unset CODER_SESSION_TOKEN
	try token_list
	refused 4 "no token for $URL; set CODER_SESSION_TOKEN or give --token, or sign in with coder login $URL"
	is "${TOKEN_ERROR[status]} ${TOKEN_ERROR[http]}" "4 0"
	unset HOME
	try token_list
	refused 4 "no token for $URL"
	is "$(requests)" ""
}

# ---------------------------------------------------------------- config files

@test "files are read from CODER_CONFIG_DIR, else XDG_CONFIG_HOME, else the home directory" {
	unset CODER_URL CODER_SESSION_TOKEN
	config_files "$HOME/.config/coderv2" "$URL" "$ALICE_TOKEN"
	as alice token_list -q
	export XDG_CONFIG_HOME=$BATS_TEST_TMPDIR/xdg
	try token_list
	refused 4 "no URL"
	config_files "$XDG_CONFIG_HOME/coderv2" "$URL" "$BOB_TOKEN"
	as bob token_list -q
	CODER_CONFIG_DIR=$BATS_TEST_TMPDIR/own
	config_files "$CODER_CONFIG_DIR" "$URL" "$ADMIN_TOKEN"
	as admin token_list -q
	CODER_CONFIG_DIR=
	as bob token_list -q
}

@test "blanks around the contents of files are ignored, and an empty file counts as missing" {
	unset CODER_URL CODER_SESSION_TOKEN
	CODER_CONFIG_DIR=$BATS_TEST_TMPDIR/config
	config_files "$CODER_CONFIG_DIR" $' \n'"$URL/"$'\r\n' $'\t'"$ALICE_TOKEN"$'\n\n'
	as alice token_list -q
	config_files "$CODER_CONFIG_DIR" "$URL" $'\n'
	try token_list
	refused 4 "no token for $URL"
	config_files "$CODER_CONFIG_DIR" $'\n'
	try token_list
	refused 4 "no URL"
}

@test "an invalid file is named" {
	unset CODER_URL CODER_SESSION_TOKEN
	CODER_CONFIG_DIR=$BATS_TEST_TMPDIR/config
	config_files "$CODER_CONFIG_DIR" "no url"
	try token_list
	refused 2 "$CODER_CONFIG_DIR/url: "
	config_files "$CODER_CONFIG_DIR" "$URL" $'a\nb'
	try token_list
	refused 4 "$CODER_CONFIG_DIR/session: has a control character in it"
	rm "$CODER_CONFIG_DIR/session"
	mkdir "$CODER_CONFIG_DIR/session"
	try token_list
	refused 4 "$CODER_CONFIG_DIR/session: not a regular file"
	is "$(requests)" ""
}

@test "files are read however late their date and however large their inode number" {
	unset CODER_URL CODER_SESSION_TOKEN
	CODER_CONFIG_DIR=$BATS_TEST_TMPDIR/config
	config_files "$CODER_CONFIG_DIR"
	touch -d @5000000000 "$CODER_CONFIG_DIR"/*
	is "$(stat -c %Y "$CODER_CONFIG_DIR/session")" 5000000000
	as alice token_list -q
	truncate -s 5G "$CODER_CONFIG_DIR/session"
	try token_list
	refused 4 "$CODER_CONFIG_DIR/session: File too large"
	config_files "$CODER_CONFIG_DIR"
	# the kernel makes up such numbers where file systems are stacked
	cat >"$BATS_TEST_TMPDIR/over" <<-'END'
		mkdir layer seen && mount -t tmpfs none layer && mkdir layer/up layer/work &&
			mount -t overlay none -o lowerdir=config,upperdir=layer/up,workdir=layer/work,xino=on seen &&
			stat -c %i seen/session && exec "$@"
	END
	cd "$BATS_TEST_TMPDIR" || return
	# shellcheck disable=SC2016 # the inner shell's
	try unshare -m sh over bash --norc -c 'enable -f "$1" token_list && CODER_CONFIG_DIR=seen token_list -q' - "$SO"
	[[ ! $out =~ ^[0-9]{11,}($'\n'|$) ]] && skip "needs the right to mount, and overlays"
	[[ $status == 0 && $out == *$'\n'?????????? ]] || fail "not read"
}

@test "the token of the session file is sent only to the deployment that it was made for" {
	unset CODER_SESSION_TOKEN
	export CODER_CONFIG_DIR=$BATS_TEST_TMPDIR/config
	config_files "$CODER_CONFIG_DIR" https://coder.example.com
	try token_list
	refused 4 "no token for $URL: the one in $CODER_CONFIG_DIR/session belongs to https://coder.example.com"
	has "$err" "set CODER_SESSION_TOKEN or give --token"
	try token_list --url "$URL"
	refused 4 "belongs to https://coder.example.com"
	rm "$CODER_CONFIG_DIR/url"
	try token_list
	refused 4 "no file url beside it names its deployment"
	is "$(requests)" ""
	as admin token_list -q --token "$ADMIN_TOKEN"
}

@test "different spellings of a URL count as the same deployment" {
	local url
	unset CODER_SESSION_TOKEN
	export CODER_CONFIG_DIR=$BATS_TEST_TMPDIR/config
	config_files "$CODER_CONFIG_DIR"
	for url in "$URL/" "$URL/login?x=y#z" "HTTP${URL#http}" "$URL/@bad"; do
		CODER_URL=$url
		as alice token_list -q
	done
	CODER_URL=https${URL#http}
	try token_list
	refused 4 "belongs to $URL"
}

@test "a session file that others can read is used, with a warning" {
	unset CODER_URL CODER_SESSION_TOKEN
	CODER_CONFIG_DIR=$BATS_TEST_TMPDIR/config
	config_files "$CODER_CONFIG_DIR"
	try token_list -q
	is "$status$err" 0
	chmod 644 "$CODER_CONFIG_DIR/session"
	as alice token_list -q
	has "$err" "$CODER_CONFIG_DIR/session: readable by others (mode 0644): chmod 600"
	is "$(wc -l <<<"$err")" 1
	chmod 640 "$CODER_CONFIG_DIR/session"
	CODER_SESSION_TOKEN=$BOB_TOKEN
	try token_list -q
	is "$status$err" 0
}

# --------------------------------------------------------------------- URL forms

@test "of the URL only scheme, host and port are used" {
	local url
	for url in "$URL/" "$URL/coder/path" "$URL?query" "$URL#fragment" "$URL/a b" " $URL" "$URL " "HTTP${URL#http}"; do
		CODER_URL=$url
		try token_list -q
		[[ $status == 0 || $url == *' '?* ]] || fail "$url"
	done
	is "$(logged field path | sort -u)" "/api/v2/users/me/keys/tokens?include_all=false&include_expired=false"
}

@test "an invalid URL is refused before any request" {
	local url
	for url in coder.example.com 127.0.0.1:3000 'not a url' ftp://127.0.0.1 http:// https:///path \
		http://127.0.0.1:0 http://127.0.0.1:99999 http://127.0.0.1:x http://a..b@c 'http://[::1' 'http://a,b'; do
		CODER_URL=$url
		try token_list
		refused 2 "CODER_URL: "
		has "$err" "https://coder.example.com"
	done
	CODER_URL=coder.example.com
	try token_list
	refused 2 "CODER_URL: has no scheme: 'coder.example.com'; give it as https://coder.example.com"
	CODER_URL=http://user:hunter2@127.0.0.1
	try token_list
	refused 2 "must not contain a user name or password"
	lacks "$err" hunter2
	is "$(requests)" ""
}

@test "a URL may have an IPv6 address" {
	CODER_URL='http://[::1]:1'
	try token_list
	refused 7 "cannot connect to http://[::1]:1"
}

@test "blanks and line ends around a token are ignored, whatever its source" {
	local end
	export CODER_CONFIG_DIR=$BATS_TEST_TMPDIR/config
	for end in $'\r' $'\n' $'\r\n' ' ' $'\t \r\n\n'; do
		as bob token_list -q --token "$BOB_TOKEN$end"
		CODER_SESSION_TOKEN=$end$BOB_TOKEN$end as bob token_list -q
		config_files "$CODER_CONFIG_DIR" "$URL" "$end$ALICE_TOKEN$end"
		CODER_SESSION_TOKEN='' as alice token_list -q
	done
	is "$(logged field Coder-Session-Token)" "$ALICE_TOKEN"
}

@test "invisible characters in a token are refused, and the message names them and the token's source" {
	local bad what
	export CODER_CONFIG_DIR=$BATS_TEST_TMPDIR/config
	while read -r bad what; do
		printf -v bad %b "$bad"
		try token_list --token "$bad$ADMIN_TOKEN"
		refused_early 2 "--token: has $what in it"
		lacks "$err" "$ADMIN_TOKEN"
		CODER_SESSION_TOKEN=$ADMIN_TOKEN$bad try token_list
		refused_early 2 "CODER_SESSION_TOKEN: has $what in it"
		config_files "$CODER_CONFIG_DIR" "$URL" "${ADMIN_TOKEN/-/$bad-}"
		CODER_SESSION_TOKEN='' try token_list
		refused_early 4 "$CODER_CONFIG_DIR/session: has $what in it"
		has "$err" "coder login $URL"
	done <<-'END'
		\ufeff a byte order mark
		\u200b a zero-width space
		\u200d a zero-width joiner
		\u2060 an invisible character
		\u00a0 a non-breaking space
		\u2011 a dash that is not a plain hyphen
		\u201d a typographic quote
		\u202e an invisible direction mark
		\u0085 a control character
		\u00e9 a character that is not ASCII
		\U1f511 a character that is not ASCII
		\xff a byte that is not ASCII
		\x1b a control character
	END
}

@test "if the deployment refuses the token, the message names its source and what to do" {
	local wrong=AAAAAAAAAA-BBBBBBBBBBBBBBBBBBBBBB
	export CODER_CONFIG_DIR=$BATS_TEST_TMPDIR/config
	CODER_SESSION_TOKEN=$wrong
	try token_list
	refused 4 "the token came from CODER_SESSION_TOKEN: set it to a new token, or unset it and sign in with: coder login $URL"
	# an empty variable is not the source
	config_files "$CODER_CONFIG_DIR"
	try token_list
	refused 4 "the token came from CODER_SESSION_TOKEN: set it to a new token, or unset it to use the one in $CODER_CONFIG_DIR/session"
	lacks "$err" "coder login"
	try token_view grafana --token $wrong
	refused 4 "the token came from --token: give another one"
	unset CODER_SESSION_TOKEN CODER_URL
	config_files "$CODER_CONFIG_DIR" "$URL" $wrong
	try token_create -n test
	refused 4 "the token came from $CODER_CONFIG_DIR/session: sign in again with: coder login $URL"
	lacks "$err" BBBB
	is "${TOKEN_ERROR[status]} ${TOKEN_ERROR[http]}" "4 401"
}

@test "a suspended user is not told to sign in again" {
	seed '{"owner": "sue", "name": "test"}'
	CODER_SESSION_TOKEN=${KEYS[0]}
	try token_list
	refused 4 'User is not active (status = "suspended"). Contact an admin to reactivate your account; the token came from CODER_SESSION_TOKEN; signing in again does not help'
	try token_list --token "${KEYS[0]}"
	refused 4 "the token came from --token; signing in again does not help"
}

@test "if the token in use expires during a removal, the message names its source" {
	seed '[{"owner": "admin", "name": "n1"}, {"owner": "admin", "name": "n2"}]'
	fault '{"method":"DELETE","status":401,"times":0,"body":"{\"message\":\"You are signed out or your session has expired. Please sign in again to continue.\"}"}'
	try token_rm n1 n2
	is "$status" 8
	is "$(grep -c 'the token came from CODER_SESSION_TOKEN' <<<"$err")" 2
}

@test "a token that contains line breaks or control characters is refused" {
	CODER_SESSION_TOKEN=$'abc\r\nX-Evil: 1'
	try token_list
	refused 2 "control character"
	lacks "$err" Evil
	is "$(requests)" ""
}

# ------------------------------------------------------------------------ headers

@test "every request carries the token and a User-Agent" {
	token_list -q >/dev/null
	is "$(logged field Coder-Session-Token)" "$ADMIN_TOKEN"
	[[ $(logged field User-Agent) =~ ^coder_tokens/[0-9.]+\ \(bash\ [0-9.]+ ]] || fail "$(logged field User-Agent)"
	is "$(logged field Accept)" application/json
}

@test "CODER_HEADER adds headers, in the CLI's notation" {
	CODER_HEADER='X-One=1,"X-Two=a,b=""c""",X-Three='
	try token_list -q
	is "$status$err" 0
	is "$(logged field X-One)" 1
	is "$(logged field X-Two)" 'a,b="c"'
	is "$(logged field X-Three)" ''
	is "$(logged field Coder-Session-Token)" "$ADMIN_TOKEN"
}

@test "an invalid CODER_HEADER is refused with the position of the fault, without its value" {
	CODER_HEADER='X-One=1,s3cret'
	try token_list
	refused 2 "CODER_HEADER entry 2 has no '=': want key=value"
	lacks "$err" s3cret
	CODER_HEADER='X One=s3cret'
	try token_list
	refused 2 "CODER_HEADER entry 1: the key is not a header name"
	CODER_HEADER='"X-One=s3cret'
	try token_list
	refused 2 "CODER_HEADER entry 1 is not quoted as CSV is"
	CODER_HEADER=$'X-One=s3cret\nX-Evil: 1'
	try token_list
	refused 2 "control character"
	CODER_HEADER='coder-session-token=s3cret'
	try token_list
	refused 2 "coder-session-token cannot be set"
	lacks "$err" s3cret
	is "$(requests)" ""
}

@test "a header that would change the token, the host or the length of a request is refused" {
	local header
	for header in Coder-Session-Token=s3cret host=other.example Connection=close 'Proxy-Connection=close' Keep-Alive=x \
		Upgrade=h2c HTTP2-Settings=x TE=trailers Trailer=x transfer-encoding=chunked Content-Length=0 \
		Content-Encoding=gzip Expect=100-continue Cookie=coder_session_token=s3cret \
		'COOKIE=a=b; CODER_SESSION_TOKEN=s3cret' 'Cookie=a=b;coder_session_token =s3cret;c=d' \
		Cookie=coder%5Fsession%5ftoken=s3cret 'Cookie=a=%00; coder_session_token=s3cret' \
		"Cookie=coder_session_token=$BOB_TOKEN"; do
		CODER_HEADER="X-One=1,$header"
		try token_list
		refused_early 2 "CODER_HEADER entry 2: "
		has "$err" "cannot be set"
		lacks "$err" s3cret
		unset CODER_HEADER
		CODER_HEADER_COMMAND="echo X-One=1; echo '$header'" try token_list
		refused_early 2 "CODER_HEADER_COMMAND line 2: "
		has "$err" "cannot be set"
		lacks "$err" s3cret
	done
}

@test "the same headers are refused, and the same hosts need no proxy, in a Turkish locale, where I is no i" {
	local header
	[[ -e /usr/share/i18n/locales/tr_TR ]] || skip "no locale can be made"
	localedef -i tr_TR -f UTF-8 "$BATS_TEST_TMPDIR/tr_TR.UTF-8"
	export LOCPATH=$BATS_TEST_TMPDIR
	is "$(env LC_ALL=tr_TR.UTF-8 locale charmap)" UTF-8
	for header in CONNECTION=close TRAILER=x TRANSFER-ENCODING=chunked 'COOKIE=CODER_SESSION_TOKEN=s3cret'; do
		CODER_HEADER=$header \
			in_new_shell 'LC_ALL=tr_TR.UTF-8; CODER_URL=$URL CODER_SESSION_TOKEN=$ADMIN_TOKEN token_list -q'
		is "$status" 2
		has "$err" "cannot be set"
		is "$(requests)" ""
	done
	http_proxy=$URL no_proxy=CODER.INVALID \
		in_new_shell 'LC_ALL=tr_TR.UTF-8; CODER_URL=http://coder.invalid:3000 CODER_SESSION_TOKEN=$ADMIN_TOKEN token_list -q'
	is "$status" 7
	is "$(requests)" ""
}

@test "headers that proxies require are sent, and the token stays the one in use" {
	CODER_HEADER='Authorization=Basic dTpw,Proxy-Authorization=Bearer x,Cookie=sso=1; session_token=2,X-Forwarded-For=::1'
	as admin token_list -q
	is "$(logged field Authorization)/$(logged field Proxy-Authorization)/$(logged field Cookie)" "Basic dTpw/Bearer x/sso=1; session_token=2"
	CODER_HEADER="Authorization=Bearer $BOB_TOKEN"
	as admin token_list -q
}

@test "CODER_HEADER_COMMAND prints headers, and gets the URL in its environment" {
	CODER_HEADER='X-One=1'
	# shellcheck disable=SC2016
	CODER_HEADER_COMMAND='echo noise >&2; echo "X-Url=$CODER_URL"; printf "X-Two=2\r\n\nX-Three=3"'
	try token_list -q
	is "$status$err" 0
	is "$(logged field X-One)$(logged field X-Two)$(logged field X-Three)" 123
	is "$(logged field X-Url)" "$URL"
}

@test "a call fails if its header command fails" {
	CODER_HEADER_COMMAND='echo X-One=1; exit 3'
	try token_list
	refused 1 "CODER_HEADER_COMMAND failed with status 3"
	CODER_HEADER_COMMAND='kill -TERM $$'
	try token_list
	refused 1 "CODER_HEADER_COMMAND was ended by signal 15"
	CODER_HEADER_COMMAND='echo no header here'
	try token_list
	refused 2 "CODER_HEADER_COMMAND line 1 has no '='"
	lacks "$err" here
	CODER_HEADER_COMMAND='/no/such/command'
	try token_list
	refused 1 "CODER_HEADER_COMMAND failed with status 127"
	is "$(requests)" ""
}

@test "--timeout ends a header command that hangs, and its children" {
	local before=$SECONDS n=4711.$RANDOM
	CODER_HEADER_COMMAND="sleep $n & sleep $n"
	try token_list --timeout 0.3
	refused 7 "CODER_HEADER_COMMAND did not end in time"
	((SECONDS - before < 10)) || fail "took too long"
	is "$(requests)" ""
	# the pattern does not match itself, so grep does not find itself
	! grep -lzsx "${n%?}[${n: -1}]" /proc/[0-9]*/cmdline || fail "a child is left"
}

@test "a header command that reads from the terminal is ended, and reported" {
	CODER_HEADER_COMMAND='read -r x </dev/tty; echo X-A=$x'
	export CODER_HEADER_COMMAND
	at_prompt <<-END
		type token_list -q; echo "status \$?"
		prompt 5
	END
	has "$screen" "CODER_HEADER_COMMAND was stopped, as it wanted to use the terminal"
	has "$screen" $'\nstatus 1\n'
}

@test "a restricted shell runs no header command" {
	# enable -f is restricted, too: the builtins were there before
	export CODER_URL CODER_SESSION_TOKEN
	in_new_shell 'set -r; CODER_HEADER_COMMAND="touch $HOME/ran; echo X-One=1"; token_list -q'
	refused 2 "CODER_HEADER_COMMAND: restricted"
	[[ ! -e $HOME/ran ]] || fail "it ran"
	is "$(requests)" ""
}

# keys_after SCRIPT - whether TLS keys are written to $HOME/keys by a call after it, in a shell of its own.
keys_after() {
	rm -f "$HOME/keys"
	export TLS_URL CERTS CODER_SESSION_TOKEN
	in_new_shell "CODER_CLIENT_TLS_CA_FILE=\$CERTS/ca.pem CODER_URL=\$TLS_URL CODER_SESSION_TOKEN=\$ADMIN_TOKEN; $1"
	[[ $status == 0 ]] || fail "failed"
	[[ -s $HOME/keys ]]
}

@test "variables of a restricted shell make no library write files" {
	keys_after 'export SSLKEYLOGFILE=$HOME/keys; token_list -q'
	! keys_after 'set -r; export SSLKEYLOGFILE=$HOME/keys; token_list -q' || fail "written"
	! keys_after 'export SSLKEYLOGFILE=$HOME/keys; set -r; token_list -q' || fail "written"
	! keys_after 'set -r; SSLKEYLOGFILE=$HOME/keys token_list -q' || fail "written"
	! keys_after 'set -r; f() { local -x SSLKEYLOGFILE=$HOME/keys; token_list -q; }; f' || fail "written"
	! keys_after 'set -r; export mine=$HOME/keys; declare -n SSLKEYLOGFILE=mine; token_list -q' || fail "written"
	! keys_after 'set -r; export SSLKEYLOGFILE=$HOME/keys; (token_list -q); token_list -q | cat' || fail "written"
}

@test "variables of a restricted shell make no library load code or another configuration" {
	printf '%s\n' 'openssl_conf = init' '[init]' 'providers = list' '[list]' 'null = null_section' \
		'[null_section]' 'activate = 1' >"$HOME/null.cnf"
	export TLS_URL CERTS HOME
	# if it were honoured, OpenSSL would have no cipher
	in_new_shell 'CODER_CLIENT_TLS_CA_FILE=$CERTS/ca.pem CODER_URL=$TLS_URL CODER_SESSION_TOKEN=$ADMIN_TOKEN
		export OPENSSL_CONF=$HOME/null.cnf; token_list -q'
	[[ $status != 0 ]] || fail "it was not honoured"
	in_new_shell 'CODER_CLIENT_TLS_CA_FILE=$CERTS/ca.pem CODER_URL=$TLS_URL CODER_SESSION_TOKEN=$ADMIN_TOKEN
		set -r; export OPENSSL_CONF=$HOME/null.cnf OPENSSL_MODULES=$HOME OPENSSL_ENGINES=$HOME; token_list -q'
	is "$status/$err" 0/
	# and a FIFO there does not matter
	mkfifo "$HOME/fifo"
	in_new_shell 'CODER_URL=$URL CODER_SESSION_TOKEN=$ADMIN_TOKEN
		set -r; export OPENSSL_CONF=$HOME/fifo SSLKEYLOGFILE=$HOME/fifo; token_list -v ids'
	is "$status/$err" 0/
}

@test "variables that a restricted shell hides from libraries are unchanged after the call" {
	in_new_shell 'CODER_URL=$URL CODER_SESSION_TOKEN=$ADMIN_TOKEN
		export OPENSSL_CONF=/a SSLKEYLOGFILE=/b; OPENSSL_MODULES=/c; declare -ax OPENSSL_ENGINES=(d e)
		show() { declare -p OPENSSL_CONF SSLKEYLOGFILE OPENSSL_MODULES OPENSSL_ENGINES; env | grep -E "OPENSSL|SSLKEY" | sort; }
		before=$(show); set -r; token_list -v ids; token_view nosuch 2>&1
		[[ $before == "$(show)" ]] && echo same
		token_view grafana -c name --no-header -A OPENSSL_ASSOC; echo "${OPENSSL_ASSOC[name]}"
		token_create -n t -v OPENSSL_CONF && [[ $OPENSSL_CONF == ??????????-* && $(env) == *OPENSSL_CONF=$OPENSSL_CONF* ]] && echo set'
	is "$status/$err" 0/
	is "$(grep -v nosuch <<<"$out")" $'same\ngrafana  \ngrafana\nset'
}

@test "--timeout and ^C end a call that hangs in a configuration of OpenSSL that includes a FIFO" {
	local before=$SECONDS conf
	mkfifo "$HOME/fifo"
	mkdir "$HOME/dir"
	mkfifo "$HOME/dir/x.cnf"
	echo ".include $HOME/fifo" >"$HOME/direct.cnf"
	echo ".include $HOME/direct.cnf" >"$HOME/nested.cnf"
	echo ".include $HOME/dir" >"$HOME/directory.cnf"
	printf '%s\n' 'openssl_conf = init' '[init]' 'providers = list' '[list]' 'own = own_section' \
		'[own_section]' "module = $HOME/fifo" 'activate = 1' >"$HOME/module.cnf"
	for conf in direct nested directory module; do
		OPENSSL_CONF=$HOME/$conf.cnf in_new_shell 'CODER_URL=$URL CODER_SESSION_TOKEN=$ADMIN_TOKEN
			export OPENSSL_CONF; token_list --timeout 0.5; echo "status $?"; unset OPENSSL_CONF; token_list -q >/dev/null && echo works'
		is "$out" $'status 7\nworks'
		has "$err" "no response within 500 ms"
	done
	((SECONDS - before < 15)) || fail "took too long"
	export OPENSSL_CONF=$HOME/nested.cnf
	at_prompt <<-END
		type token_list -q; echo "status \$?"
		busy 0.5
		key C
		prompt 1
	END
	lacks "$screen" "status 0"
}

@test "a configuration of OpenSSL whose FIFO is read once does not hang a call" {
	mkfifo "$HOME/fifo"
	echo ".include $HOME/fifo" >"$HOME/direct.cnf"
	export OPENSSL_CONF=$HOME/direct.cnf
	echo "# nothing" >"$HOME/fifo" &
	in_new_shell 'CODER_URL=$URL CODER_SESSION_TOKEN=$ADMIN_TOKEN; trap "echo alarm" ALRM
		token_list -q; echo "status $?"; unset OPENSSL_CONF; token_list -q; echo "status $?"'
	is "$out" $'status 1\nstatus 1'
	is "$(grep -c 'a file that they read; fix their configuration, and start a new shell' <<<"$err")" 2
}

@test "a valid configuration of OpenSSL is used" {
	local conf
	: >"$HOME/empty.cnf"
	for conf in /dev/null "$HOME/empty.cnf" /no/such/file; do
		export OPENSSL_CONF=$conf
		in_new_shell 'CODER_URL=$URL CODER_SESSION_TOKEN=$ADMIN_TOKEN; token_list -q >/dev/null; (token_list -q >/dev/null)'
		is "$status/$err" 0/
	done
}

# ---------------------------------------------------------------------------- TLS

tls_refused() { # tls_refused URL PART - no secure connection, and no request came through
	CODER_URL=$1
	try token_list
	refused 7 "$2"
	is "$(SANDBOX_CONTROL_URL=${3-$1} requests)" ""
}

@test "TLS: a CA in CODER_CLIENT_TLS_CA_FILE is trusted" {
	CODER_URL=$TLS_URL CODER_CLIENT_TLS_CA_FILE=$CERTS/ca.pem
	try token_list
	is "$status$out" 0
	is "$err" "No tokens found."
	CODER_URL=${TLS_URL/127.0.0.1/localhost}
	try token_list
	is "$status" 0
}

@test "TLS: a CA in SSL_CERT_FILE is trusted, exported or not, unless CODER_CLIENT_TLS_CA_FILE is set" {
	CODER_URL=$TLS_URL
	SSL_CERT_FILE=$CERTS/ca.pem
	try token_list
	is "$status" 0
	CODER_CLIENT_TLS_CA_FILE=$CERTS/client-ca.pem
	try token_list
	refused 7 "no secure connection to $TLS_URL: "
}

# tls_works URL... - asserts that a call works with each of them, over a connection of its own.
tls_works() {
	local CODER_URL
	for CODER_URL; do
		CODER_TOKENS_KEEPALIVE=0 try token_list
		is "$status/$err" "0/No tokens found."
		SANDBOX_CONTROL_URL=$CODER_URL forget_requests
	done
}

@test "TLS: the certificates in SSL_CERT_DIR count beside those of SSL_CERT_FILE, hashed or not" {
	local ours=$HOME/ours theirs=$HOME/theirs
	mkdir "$ours" "$theirs"
	cp "$CERTS/ca.pem" "$ours/any name"
	cp "$CERTS/selfsigned.pem" "$theirs/x.crt"
	SSL_CERT_DIR=$ours
	tls_works "$TLS_URL"
	tls_refused "$SELFSIGNED_URL" "no secure connection to $SELFSIGNED_URL: "
	export SSL_CERT_DIR=:/no/such/directory:$ours:$theirs
	tls_works "$TLS_URL" "$SELFSIGNED_URL"
	SSL_CERT_DIR=$theirs SSL_CERT_FILE=$CERTS/ca.pem
	tls_works "$TLS_URL" "$SELFSIGNED_URL"
	unset SSL_CERT_FILE
	tls_refused "$TLS_URL" "no secure connection to $TLS_URL: "
	# as c_rehash leaves a directory
	mv "$theirs/x.crt" "$theirs/$(openssl x509 -hash -noout -in "$theirs/x.crt").0"
	tls_works "$SELFSIGNED_URL"
	mv "$theirs"/*.0 "$theirs/x.crt"
	ln -s x.crt "$theirs/12345678.0"
	tls_works "$SELFSIGNED_URL"
	# CODER_CLIENT_TLS_CA_FILE replaces all others
	CODER_CLIENT_TLS_CA_FILE=$CERTS/ca.pem
	tls_refused "$SELFSIGNED_URL" "no secure connection to $SELFSIGNED_URL: "
	SSL_CERT_DIR=/no/such/directory
	tls_works "$TLS_URL"
}

@test "TLS: files in SSL_CERT_DIR that are not certificates are ignored" {
	local dir=$HOME/dir ca=$CERTS/ca.pem
	mkdir "$dir" "$dir/sub" "$HOME/empty"
	SSL_CERT_DIR=$dir
	mkfifo "$dir/fifo"
	ln -s /no/such/file "$dir/dangling"
	head -c 3000 /dev/urandom >"$dir/random"
	cp "$CERTS/ca.key" "$dir/key.pem"
	: >"$dir/empty"
	{
		sed '/BEGIN/!d' "$ca" # no end
		echo "text between them"
	} >"$dir/a"
	sed 's/^[A-Za-z0-9]\{20\}/&!/' "$ca" >"$dir/b" # no base64
	sed '3d' "$ca" >"$dir/c"                       # too short
	printf -- '-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n' >"$dir/d"
	printf -- '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n' >"$dir/e"
	tls_refused "$TLS_URL" "no secure connection to $TLS_URL: "
	{
		echo "# before"
		sed 's/$/\r/' "$CERTS/selfsigned.pem"
		cat "$CERTS/ca.key"
		# as one line, which Go reads and OpenSSL does not
		echo "-----BEGIN CERTIFICATE-----$(grep -v -- ----- "$ca" | tr -d '\n')-----END CERTIFICATE-----"
	} >"$dir/z"
	tls_works "$TLS_URL" "$SELFSIGNED_URL"
	SSL_CERT_DIR=$HOME/empty
	tls_refused "$TLS_URL" "no secure connection to $TLS_URL: "
	SSL_CERT_FILE=$ca
	tls_works "$TLS_URL"
}

@test "TLS: a directory of CAs that changes counts from the next call on" {
	local dir=$HOME/dir
	mkdir "$dir"
	cp "$CERTS/ca.pem" "$dir"
	CODER_URL=$TLS_URL SSL_CERT_DIR=$dir
	try token_list
	is "$status" 0
	try token_list
	is "$status" 0
	is "$(SANDBOX_CONTROL_URL=$TLS_URL logged field conn | sort -u | wc -l)" 1
	mv "$dir/ca.pem" "$HOME"
	try token_list
	refused 7 "no secure connection"
	SSL_CERT_FILE=$HOME/ca.pem
	cp "$CERTS/selfsigned.pem" "$dir"
	try token_list
	is "$status" 0
	SSL_CERT_FILE=$CERTS/client-ca.pem
	try token_list
	refused 7 "no secure connection"
}

@test "TLS files are read for https only" {
	local name
	mkfifo "$HOME/fifo"
	for name in CODER_CLIENT_TLS_CA_FILE CODER_CLIENT_TLS_CERT_FILE CODER_CLIENT_TLS_KEY_FILE SSL_CERT_FILE SSL_CERT_DIR; do
		for file in /no/such/file "$HOME/fifo" "$CERTS/ca.pem"; do
			export "$name=$file"
			as admin token_list -q
			unset "$name"
		done
	done
}

@test "TLS: a server of an unknown CA is refused, and the message names what to set" {
	SANDBOX_CONTROL_URL=$TLS_URL forget_requests
	tls_refused "$TLS_URL" "name the file with its CA in CODER_CLIENT_TLS_CA_FILE"
	CODER_CLIENT_TLS_CA_FILE=$CERTS/client-ca.pem
	tls_refused "$TLS_URL" "no secure connection to $TLS_URL: "
	is "${TOKEN_ERROR[status]} ${TOKEN_ERROR[http]}" "7 0"
}

@test "TLS: certificates that are expired, self-signed or another host's are refused" {
	CODER_CLIENT_TLS_CA_FILE=$CERTS/ca.pem
	tls_refused "$EXPIRED_URL" "expired"
	tls_refused "$OTHERNAME_URL" "no secure connection to $OTHERNAME_URL: "
	tls_refused "$SELFSIGNED_URL" "self"
}

@test "TLS: a changed CA file counts from the next call on" {
	CODER_URL=$TLS_URL CODER_CLIENT_TLS_CA_FILE=$CERTS/ca.pem
	try token_list
	is "$status" 0
	CODER_CLIENT_TLS_CA_FILE=$CERTS/client-ca.pem
	try token_list
	refused 7 "no secure connection"
	CODER_CLIENT_TLS_CA_FILE=$CERTS/ca.pem
	try token_list
	is "$status" 0
}

@test "TLS: a client certificate is sent if the server asks for one" {
	CODER_URL=$MUTUAL_URL CODER_CLIENT_TLS_CA_FILE=$CERTS/ca.pem
	try token_list
	is "$status$out" 7
	[[ $err != *$'\n'* ]] || fail "more than one line of error"
	has "$err" "; set CODER_CLIENT_TLS_CERT_FILE and CODER_CLIENT_TLS_KEY_FILE"
	CODER_CLIENT_TLS_CERT_FILE=$CERTS/client.pem CODER_CLIENT_TLS_KEY_FILE=$CERTS/client.key
	try token_list
	is "$status" 0
	CODER_CLIENT_TLS_CERT_FILE=$CERTS/client-other.pem CODER_CLIENT_TLS_KEY_FILE=$CERTS/client-other.key
	try token_list
	is "$status$out" 7
	CODER_CLIENT_TLS_CERT_FILE=$CERTS/client.pem CODER_TOKENS_KEEPALIVE=0
	try token_list
	refused 7 "the TLS client certificate cannot be used: "
	has "$err" "check CODER_CLIENT_TLS_CERT_FILE and CODER_CLIENT_TLS_KEY_FILE"
}

@test "TLS: a certificate without its key, or a key without its certificate, is refused" {
	CODER_URL=$TLS_URL CODER_CLIENT_TLS_CERT_FILE=$CERTS/client.pem
	try token_list
	refused 2 "CODER_CLIENT_TLS_CERT_FILE and CODER_CLIENT_TLS_KEY_FILE must be specified together"
	unset CODER_CLIENT_TLS_CERT_FILE
	CODER_CLIENT_TLS_KEY_FILE=$CERTS/client.key
	try token_list
	refused 2 "must be specified together"
	is "$(requests)" ""
}

@test "TLS: missing files are reported before any request" {
	local name
	CODER_URL=$TLS_URL
	for name in CODER_CLIENT_TLS_CA_FILE SSL_CERT_FILE CODER_CLIENT_TLS_CERT_FILE CODER_CLIENT_TLS_KEY_FILE \
		SSL_CERT_DIR; do
		local "$name=$HOME/none.pem"
		try token_list
		refused 2 "$name: $HOME/none.pem: No such file or directory"
		unset "$name"
	done
	is "$(requests)" ""
}

@test "TLS: a file that may not be read is named" {
	local script='CODER_CLIENT_TLS_CA_FILE=$HOME/ca.pem token_list --url "$TLS_URL"'
	local -a as_nobody=()
	cp "$CERTS/ca.pem" "$HOME/ca.pem"
	chmod 000 "$HOME/ca.pem"
	if ((EUID == 0)); then
		as_nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups)
		"${as_nobody[@]}" test -r "$SO" || skip "another user cannot read $SO"
		chmod 755 "$HOME" || true
		"${as_nobody[@]}" test -e "$HOME/ca.pem" || skip "another user cannot look into $HOME"
	fi
	export SO CODER_URL CODER_SESSION_TOKEN
	try "${as_nobody[@]}" bash --norc -c "enable -f \"\$SO\" token_list; $script"
	refused 2 "CODER_CLIENT_TLS_CA_FILE: $HOME/ca.pem: Permission denied"
	is "$(requests)" ""
}

@test "TLS: a CA file with nothing in it is named" {
	CODER_URL=$TLS_URL CODER_CLIENT_TLS_CA_FILE=$HOME/empty.pem
	echo nothing >"$HOME/empty.pem"
	try token_list
	is "$status$out" 7
	has "$err" "CODER_CLIENT_TLS_CA_FILE"
}

@test "TLS: many tokens are removed at once, over a connection each" {
	local -a ids=() gone=()
	local SANDBOX_CONTROL_URL=$TLS_CONTROL
	CODER_URL=$TLS_URL CODER_SESSION_TOKEN=$ADMIN_TOKEN
	export CODER_CLIENT_TLS_CA_FILE=$CERTS/ca.pem
	ctl POST reset '{"seed": "demo"}' >/dev/null
	seed '{"owner": "admin", "name": "bulk-%d", "count": 40}'
	try token_list --name 'bulk-*' -v ids
	forget_requests
	fault '{"method": "DELETE", "times": 0, "delay": 0.05}'
	try token_rm --from ids -v gone --jobs 6
	ctl DELETE faults >/dev/null
	is "$status$out$err" 0
	is "${#gone[@]} ${gone[*]}" "40 ${ids[*]}"
	is "$(requests GET | wc -l) $(requests DELETE | wc -l) $(requests DELETE | sort -u | wc -l)" "1 40 40"
	is "$(logged field conn | sort -u | wc -l)" 6
	try token_list -q --name 'bulk-*'
	is "$status$out$err" 0
}

@test "TLS: https to a port that speaks plain HTTP, and http to one that speaks TLS, are reported as such" {
	local port
	coproc python3 "$TOOLS/plain_http.py" 3>&-
	read -r port <&"${COPROC[0]}"
	CODER_URL=https://127.0.0.1:$port
	try token_list
	refused 7 "no secure connection to $CODER_URL: "
	has "$err" "check CODER_URL: does this port speak TLS?"
	CODER_URL=http${TLS_URL#https}
	try token_list
	is "$status$out" 7
	[[ $err != *$'\n'* ]] || fail "more than one line of error"
}

# as_nobody SCRIPT - runs it in a shell with the builtins, as a user who may not do everything.
as_nobody() {
	local -a as=()
	if ((EUID == 0)); then
		as=(setpriv --reuid 65534 --regid 65534 --clear-groups)
		"${as[@]}" test -r "$SO" || skip "another user cannot read $SO"
	fi
	export SO CODER_URL CODER_SESSION_TOKEN
	try "${as[@]}" "$BASH" --norc -c "enable -f \"\$SO\" ${BUILTINS[*]}; $1"
}

@test "if no process can be started for a look-up, the message reports it" {
	local limit
	CODER_URL=http://localhost:${URL##*:}
	as_nobody 'ulimit -u 1; token_list -q'
	refused_early 7 "cannot look up the host localhost: no process can be started: "
	has "$err" "; raise the limit of processes: ulimit -u"
	CODER_URL=http://coder.example.com
	export http_proxy=http://localhost:1
	as_nobody 'ulimit -u 1; token_list -q'
	has "$err" "cannot look up the proxy localhost: no process can be started: "
}

@test "OpenSSL without a provider is reported as such, with every release of libcurl" {
	printf '%s\n' 'openssl_conf = a' '[a]' 'providers = b' '[b]' 'null = c' '[c]' 'activate = 1' \
		>"$HOME/openssl.cnf"
	CODER_URL=$TLS_URL
	export OPENSSL_CONF=$HOME/openssl.cnf CODER_URL CODER_SESSION_TOKEN CODER_CLIENT_TLS_CA_FILE=$CERTS/ca.pem
	try "$BASH" --norc -c "enable -f '$SO' token_list; token_list -q"
	refused_early 7 "OpenSSL has no algorithms to speak TLS with: its configuration activates no provider that has them"
	has "$err" "; activate the default provider in the file that OPENSSL_CONF names, or unset it, and start a new shell"
}

@test "a libcurl that cannot be loaded is reported with its own reason, at each call" {
	mkdir "$HOME/lib"
	echo garbage >"$HOME/lib/libcurl.so.4"
	ln -s "$(ldd "$SO" | awk '/libcjson/ { print $3 }')" "$HOME/lib/libcurl-gnutls.so.4"
	export CODER_URL CODER_SESSION_TOKEN
	LD_LIBRARY_PATH=$HOME/lib try "$BASH" --norc -c "enable -f '$SO' token_list; token_list -q"
	refused_early 1 "cannot load libcurl: $HOME/lib/libcurl.so.4: file too short; "
	has "$err" "libcurl-gnutls.so.4 is too old or incomplete: it has no curl_global_init_mem; install libcurl 7.68 or later"
}

# -------------------------------------------------------------------------- proxies

@test "the password of a proxy is not shown" {
	local url
	for url in http://coder.invalid https://coder.invalid; do
		CODER_URL=$url
		all_proxy=http://user:s3cretpw@127.0.0.1:99999 try token_list
		is "$status" 7
		has "$err" "the proxy 127.0.0.1:99999 that all_proxy names has a bad port"
		lacks "$err" s3cret
		all_proxy=http://user:s3cretpw@127.0.0.1:1 try token_list --timeout 10
		is "$status" 7
		has "$err" "cannot connect to the proxy http://127.0.0.1:1: Connection refused; check all_proxy and the network"
		lacks "$err" s3cret
	done
}

@test "http_proxy and no_proxy are honoured" {
	export http_proxy=$URL
	in_new_shell 'CODER_URL=http://coder.invalid:3000 CODER_SESSION_TOKEN=$ADMIN_TOKEN token_list -q'
	is "$status" 0
	is "$(requests)" "GET http://coder.invalid:3000/api/v2/users/me/keys/tokens?include_all=false&include_expired=false"
	forget_requests
	export no_proxy=coder.invalid
	in_new_shell 'CODER_URL=http://coder.invalid:3000 CODER_SESSION_TOKEN=$ADMIN_TOKEN token_list -q'
	is "$status" 7
	has "$err" "cannot find the host coder.invalid"
	is "$(requests)" ""
}

@test "http to a host that is not loopback works, and warns once per shell and deployment" {
	export http_proxy=$URL
	in_new_shell 'CODER_URL=http://coder.invalid CODER_SESSION_TOKEN=$ADMIN_TOKEN
		token_list -q && token_list -q --url http://CODER.invalid:80/ && (token_list -q) &&
		CODER_URL=http://other.invalid token_list -q && token_list -q'
	is "$status" 0
	is "$(wc -l <<<"$err")" 2
	has "${err%%$'\n'*}" "http://coder.invalid is not encrypted: others on the network can read the token"
	has "${err#*$'\n'}" "http://other.invalid is not encrypted: "
	is "$(requests | wc -l)" 5
	in_new_shell 'CODER_URL=$URL CODER_SESSION_TOKEN=$ADMIN_TOKEN token_list -q'
	is "$status$err" 0
}

# ------------------------------------------------------------------------ keep-alive

@test "the connection is kept between calls, at a descriptor that scripts do not use" {
	local fd
	token_list -q >/dev/null
	token_view grafana >/dev/null
	is "$(logged field conn | sort -u | wc -l)" 1
	for fd in "/proc/$BASHPID/fd/"*; do
		[[ $(readlink "$fd") != socket:* ]] || ((${fd##*/} >= 100)) || fail "socket at ${fd##*/}"
	done
}

@test "CODER_TOKENS_KEEPALIVE=0 opens a connection for each request and leaves none" {
	in_new_shell 'CODER_URL=$URL CODER_SESSION_TOKEN=$ADMIN_TOKEN CODER_TOKENS_KEEPALIVE=0
		before=$(ls -l /proc/$$/fd | grep -c socket:)
		token_list -q >/dev/null; token_view grafana >/dev/null; token_list -q >/dev/null
		echo "$(($(ls -l /proc/$$/fd | grep -c socket:) - before))"'
	is "$status$out" 00
	is "$(logged field conn | sort -u | wc -l)" "$(requests | wc -l)"
}

@test "switching keep-alive off closes the kept connection" {
	in_new_shell 'CODER_URL=$URL CODER_SESSION_TOKEN=$ADMIN_TOKEN
		before=$(ls -l /proc/$$/fd | grep -c socket:)
		token_list -q >/dev/null
		echo "$(($(ls -l /proc/$$/fd | grep -c socket:) - before))"
		CODER_TOKENS_KEEPALIVE=0; token_list -q >/dev/null
		echo "$(($(ls -l /proc/$$/fd | grep -c socket:) - before))"'
	is "$status $out" $'0 1\n0'
}

# --------------------------------------------------------------------------- timeout

@test "--timeout takes plain seconds and durations" {
	local timeout
	for timeout in 5 1.5 .5 30s 1m30s 1h 1d 1500ms; do
		try token_list -q --timeout "$timeout"
		[[ $status == 0 ]] || fail "--timeout $timeout"
	done
}

@test "a --timeout that is zero or invalid is refused before any request" {
	local timeout
	for timeout in '' abc -1 1x '1 s' 1.2.3 . 5mm 99999999999999999999; do
		try token_list --timeout="$timeout"
		refused 2 "--timeout: invalid duration '$timeout': want seconds, or a number with a unit"
	done
	for timeout in 0 0s 0.0; do
		try token_list --timeout="$timeout"
		refused 2 "--timeout: 0 leaves no time"
	done
	is "$(requests)" ""
}

@test "--timeout bounds the whole call" {
	local before=$SECONDS
	fault '{"path": "keys/tokens", "delay": 30}'
	try token_list --timeout 0.5
	refused 7 "no response within "
	[[ $err =~ within\ (500|4[0-9]0)\ ms$ ]] || fail "not the time that was given"
	fault '{"path": "keys/tokens", "status": 503, "times": 0, "headers": {"Retry-After": "60"}}'
	try token_list --timeout 1s
	refused 6 "try again in 60 s"
	((SECONDS - before < 15)) || fail "took too long"
}

@test "--timeout applies to one call only" {
	fault '{"path": "keys/tokens", "delay": 1}'
	try token_list -q --timeout 300ms
	is "$status" 7
	fault '{"path": "keys/tokens", "delay": 1}'
	try token_list -q
	is "$status" 0
}

# --------------------------------------------------------------------------- retries

@test "429, 502, 503 and 504 are tried again" {
	local code
	for code in 429 502 503 504; do
		forget_requests
		fault '{"path": "keys/tokens", "status": '"$code"', "headers": {"X-Ratelimit-Reset": null}}'
		try token_list -q
		is "$status$err" 0
		is "$(requests | wc -l)" 2
	done
}

@test "other responses are not tried again" {
	local code
	for code in 400 401 403 404 409 500 501; do
		forget_requests
		fault '{"path": "keys/tokens", "status": '"$code"'}'
		try token_list -q
		[[ $status != 0 ]] || fail "no failure"
		is "$(requests | grep -c 'keys/tokens')" 1
	done
}

@test "a call gives up after three tries, and reports the server's words" {
	fault '{"path": "keys/tokens", "status": 503, "times": 0, "body": "{\"message\": \"Down for maintenance.\"}",
		"headers": {"Content-Type": "application/json"}}'
	try token_list
	refused 6 "Down for maintenance"
	is "$(requests | wc -l)" 3
	is "${TOKEN_ERROR[status]} ${TOKEN_ERROR[http]}" "6 503"
}

@test "a server that cannot be reached is tried again, then named" {
	CODER_URL=$DEAD
	try token_list
	refused 7 "cannot connect to $DEAD: Connection refused; check CODER_URL and the network"
}

@test "a call waits as long as Retry-After demands, and announces a long wait" {
	local before=$EPOCHREALTIME
	fault '{"path": "keys/tokens", "status": 429, "headers": {"Retry-After": "3", "X-Ratelimit-Reset": null}}'
	try token_list -q
	is "$status" 0
	has "$err" "rate limited by the server, trying again in 3 s"
	is "$(wc -l <<<"$err")" 1
	((${EPOCHREALTIME/./} - ${before/./} >= 2900000)) || fail "did not wait"
}

@test "the longest of several Retry-After headers counts" {
	fault '{"path": "keys/tokens", "status": 503, "headers": {"Retry-After": ["0", "3", "soon", "1"]}}'
	try token_list -q
	is "$status" 0
	has "$err" "trying again in 3 s"
}

@test "Retry-After may be a date, and an invalid one is ignored" {
	local date
	date=$(LC_ALL=C date -u -d '+100 seconds' '+%a, %d %b %Y %T GMT')
	fault "{\"path\": \"keys/tokens\", \"status\": 503, \"times\": 1, \"headers\": {\"Retry-After\": \"$date\"}}"
	try token_list --timeout 10
	is "$status$out" 6
	[[ $err =~ try\ again\ in\ (9[0-9]|100)\ s ]] || fail "no time to wait"
	((TOKEN_ERROR[retry_after] >= 90 && TOKEN_ERROR[retry_after] <= 100)) || fail "retry_after"
	for date in soon -5 '' 1e3 'Mon, 99 Foo 2026 99:99:99 GMT'; do
		fault "{\"path\": \"keys/tokens\", \"status\": 503, \"headers\": {\"Retry-After\": \"$date\"}}"
		try token_list -q --timeout 10
		is "$status$err" 0
	done
}

@test "a call does not begin a wait that is longer than --timeout allows" {
	fault '{"path": "keys/tokens", "status": 429, "headers": {"Retry-After": "3600", "X-Ratelimit-Reset": null}}'
	try token_list
	refused 6 "try again in 3600 s"
	is "${TOKEN_ERROR[retry_after]} ${TOKEN_ERROR[http]}" "3600 429"
	is "$(requests | wc -l)" 1
}

# -------------------------------------------------------------------- invalid responses

@test "redirects are never followed, and their destination is reported" {
	local code
	for code in 301 302 303 307 308; do
		forget_requests
		fault '{"path": "keys/tokens", "redirect": "https://elsewhere.example.com{target}", "code": '"$code"'}'
		try token_list
		refused 7 "$URL redirects to https://elsewhere.example.com/api/v2/"
		has "$err" "change CODER_URL to https://elsewhere.example.com"
		is "$(requests | wc -l)" 1
	done
	fault '{"path": "keys/tokens", "redirect": "/login"}'
	try token_list
	refused 7 "check CODER_URL: redirects are not followed"
}

@test "a page that is not JSON is not a valid response" {
	fault '{"path": "keys/tokens", "status": 200, "headers": {"Content-Type": "text/html"}, "body": "<html>"}'
	try token_list
	refused 7 "unexpected response of type text/html: $URL is perhaps not a Coder deployment; check CODER_URL"
	fault '{"path": "keys/tokens", "status": 200, "headers": {"Content-Type": "application/json"}, "body": "<html>"}'
	try token_list
	refused 7 "not JSON"
	fault '{"path": "keys/tokens", "status": 200, "headers": {"Content-Type": "application/json"}, "body": ""}'
	try token_list
	refused 7 "empty response 200"
	fault '{"path": "keys/tokens", "status": 500, "headers": {"Content-Type": "text/html"}, "body": "<h1>oops"}'
	try token_list
	refused 1 "unexpected response 500 of type text/html"
	lacks "$err" oops
}

@test "a server's message is printed on one line, escaped" {
	fault '{"path": "keys/tokens", "status": 400, "headers": {"Content-Type": "application/json"},
		"body": "{\"message\": \"a\\nb\\u001b[31m\", \"detail\": \"d\\u202ex\", \"validations\": [{\"field\": \"f\", \"detail\": \"why\"}]}"}'
	try token_list
	refused 1 'a\x0ab\x1b[31m'
	has "$err" 'd\u202ex'
	has "$err" "f: why"
	is "${TOKEN_ERROR[field]}" f
}

@test "a connection that the server closes is a failure, status 7" {
	fault '{"path": "keys/tokens", "cut": {"where": "after-headers-read"}, "times": 0}'
	try token_list
	refused 7 "$URL"
}

# ---------------------------------------------------------------------- exit statuses

@test "status 0: done, and TOKEN_ERROR is empty" {
	declare -gA TOKEN_ERROR=([status]=9)
	try token_list -q
	is "$status" 0
	is "${#TOKEN_ERROR[@]}" 0
}

# failed_with STATUS HTTP - asserts that the last try failed so, and that TOKEN_ERROR has the same.
failed_with() {
	refused "$1" ""
	is "${TOKEN_ERROR[status]} ${TOKEN_ERROR[http]}" "$1 $2"
	[[ -n ${TOKEN_ERROR[message]} ]] || fail "no message"
	is "${#TOKEN_ERROR[@]}" 6
}

@test "status 1: the server refused" {
	fault '{"path": "keys/tokens", "status": 500}'
	try token_list
	failed_with 1 500
}

@test "status 2: the command line is wrong" {
	try token_list --timeout 0
	failed_with 2 0
	try token_list --bogus
	misused "--bogus: invalid option"
	is "${TOKEN_ERROR[status]} ${TOKEN_ERROR[http]} ${TOKEN_ERROR[message]}" "2 0 --bogus: invalid option"
}

@test "status 3: no such token" {
	try token_view no-such
	failed_with 3 404
}

@test "status 4: not signed in, or not permitted" {
	CODER_SESSION_TOKEN=0123456789-0123456789012345678901
	try token_list
	failed_with 4 401
	has "$err" "CODER_SESSION_TOKEN: set it to a new token, or unset it and sign in with: coder login $URL"
	lacks "$err" 0123456789012345678901
	CODER_SESSION_TOKEN=$ADMIN_TOKEN
	fault '{"path": "keys/tokens", "status": 403, "coder": true, "body": "{\"message\": \"Forbidden.\"}"}'
	try token_list
	failed_with 4 403
	fault '{"method": "POST", "path": "keys/tokens", "status": 500, "headers": {"Content-Type": "application/json"},
		"body": "{\"message\": \"Failed to create API key.\", \"detail\": \"insert API key: unauthorized: rbac: forbidden\"}"}'
	try token_create -n x
	failed_with 4 500
}

@test "status 5: the name is taken" {
	try token_create -n grafana
	is "$status$out" 5
	has "$err" grafana
	is "${TOKEN_ERROR[status]}" 5
	is "$(requests POST)" ""
}

@test "status 6: the server is unavailable" {
	fault '{"path": "keys/tokens", "status": 502, "times": 0}'
	try token_list
	failed_with 6 502
}

@test "status 7: there was no usable response" {
	fault '{"path": "keys/tokens", "truncate": 10}'
	try token_list
	failed_with 7 200
}

@test "status 8: some of several removals failed" {
	fault '{"method": "DELETE", "status": 500}'
	try token_rm -v gone grafana terraform
	failed_with 8 500
}

@test "status 9: the response to a create was lost, and the token was removed again" {
	fault '{"method": "POST", "path": "keys/tokens", "cut": {"where": "act"}}'
	try token_create -n lost
	is "$status$out" 9
	has "$err" lost
	is "${TOKEN_ERROR[status]}" 9
	lacks "$(names)" lost
}

@test "a TLS file that is not a regular file is refused before any request, because it could hang the shell" {
	local variable
	mkfifo "$BATS_TEST_TMPDIR/fifo"
	CODER_URL=$TLS_URL
	for variable in CODER_CLIENT_TLS_CA_FILE CODER_CLIENT_TLS_CERT_FILE CODER_CLIENT_TLS_KEY_FILE SSL_CERT_FILE; do
		export "$variable=$BATS_TEST_TMPDIR/fifo"
		try token_list
		refused_early 2 "$variable: $BATS_TEST_TMPDIR/fifo: not a regular file"
		export "$variable=/dev/null"
		try token_list
		refused_early 2 "$variable: /dev/null: not a regular file"
		unset "$variable"
	done
	for variable in OPENSSL_CONF SSLKEYLOGFILE; do
		export "$variable=$BATS_TEST_TMPDIR/fifo"
		try token_list
		refused_early 2 "$variable: $BATS_TEST_TMPDIR/fifo: not a regular file"
		unset "$variable"
	done
}

@test "the longest --timeout works" {
	CODER_HEADER_COMMAND='echo X-A=b'
	try token_list -q --timeout 9223372036s
	is "$status/$err" 0/
	# a token that cannot be read back is delivered, not undone
	fault '{"method":"GET","path":"keys/[0-9A-Za-z]{10}$","times":0,"status":403,"coder":true,"body":"{\"message\":\"Forbidden.\"}"}'
	try token_create -n test --timeout 9223372036s
	is "$status" 0
	has "$err" "could not be verified"
}

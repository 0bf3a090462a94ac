#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Proxies of the environment: which one is used, for which host, and which side is blamed. The deployments
# are called coder.example.com, a name that only the proxies resolve.

load helper

setup_file() {
	export CERTS=$BATS_FILE_TMPDIR/certs
	"$SANDBOX/certs.sh" "$CERTS"
	sandbox_start --tls --cert "$CERTS/othername.pem" --key "$CERTS/othername.key" \
		--control-ready "$BATS_FILE_TMPDIR/control" --log "$BATS_FILE_TMPDIR/tls.log" --rate-limit 0
	export TLS_AT=${URL#https://} TLS_TOKEN=$ADMIN_TOKEN TLS_PID=$SANDBOX_PID TLS_CONTROL=$SANDBOX_CONTROL_URL
	sandbox_start --rate-limit 0
	export AT=${URL#http://}
}

teardown_file() {
	kill "$TLS_PID"
	sandbox_stop
}

setup() {
	shell_setup
	unset http_proxy HTTP_PROXY https_proxy HTTPS_PROXY all_proxy ALL_PROXY no_proxy NO_PROXY
	unset SSL_CERT_FILE SSL_CERT_DIR
	export CODER_CLIENT_TLS_CA_FILE=$CERTS/ca.pem
	cd "$BATS_TEST_TMPDIR" || return
	: >log
}

# plain, tls - choose the deployment of the next calls; proxies that are started now connect to it. Set TO.
plain() {
	CODER_URL=http://coder.example.com TO=$AT
	CODER_SESSION_TOKEN=$ADMIN_TOKEN
	# the warning of plain text comes once
	http_proxy=127.0.0.1:1 token_list --timeout 1ms >/dev/null 2>&1 || :
}

tls() {
	CODER_URL=https://coder.example.com TO=$TLS_AT
	CODER_SESSION_TOKEN=$TLS_TOKEN
}

# start_proxy [OPTION]... - starts a proxy that ends with the test. Sets PROXY, its host and port.
start_proxy() {
	rm -f ready
	python3 "$TOOLS/proxy.py" ready log "$TO" "$@" 3>&- &
	wait_for 10 there ready
	PROXY=127.0.0.1:$(<ready)
}

# asked - prints what the proxies were asked since the last time.
asked() {
	cat log
	: >log
}

# works - asserts that a call works.
works() {
	try token_list -q --timeout 20
	[[ $status == 0 ]] || fail "$*"
}

# blamed PART... - asserts that a call fails with status 7 and one line with these parts and no password.
blamed() {
	local part
	try token_list -v ids --timeout 20
	refused 7 "$1"
	for part; do has "$err" "$part"; done
	lacks "$err" s3cret
	is "${TOKEN_ERROR[status]}" 7
}

# ------------------------------------------------------------------ asked what

@test "each kind of proxy gets the deployment's host name, unless it takes addresses only" {
	tls
	start_proxy
	export https_proxy CODER_TOKENS_KEEPALIVE=0
	for https_proxy in "$PROXY" "http://$PROXY" "http://localhost:${PROXY#*:}/" "HTTP://$PROXY/x?y"; do
		works "$https_proxy"
		is "$(asked | uniq)" "CONNECT coder.example.com:443"
	done
	for https_proxy in "socks5h://$PROXY" "socks5h://localhost:${PROXY#*:}"; do
		works "$https_proxy"
		is "$(asked | uniq)" "SOCKS5 name coder.example.com:443"
	done
	https_proxy=socks4a://$PROXY
	works "$https_proxy"
	is "$(asked | uniq)" "SOCKS4 name coder.example.com:443"
	# these two want an address
	for https_proxy in "socks5://$PROXY" "socks4://$PROXY"; do
		blamed "cannot find the host coder.example.com: " "check CODER_URL and the network"
		is "$(asked | uniq)" ""
	done
}

@test "a SOCKS proxy that takes addresses only gets the address that was looked up locally" {
	unshare -m true 2>/dev/null || skip "needs the right to mount"
	export CODER_URL=http://coder.example.com CODER_SESSION_TOKEN=$ADMIN_TOKEN TO=$AT all_proxy SO
	printf '127.9.8.7 coder.example.com\n127.0.0.1 localhost\n' >hosts
	start_proxy
	for all_proxy in "socks5://$PROXY" "socks4://$PROXY" "socks://localhost:${PROXY#*:}"; do
		try unshare -m sh -c 'mount --bind hosts /etc/hosts && exec "$@"' sh "$BASH" --norc -c '
			enable -f "$SO" token_list; token_list -q --timeout 20'
		is "$status" 0
		has "$(asked)" " address 127.9.8.7:80"
	done
}

@test "a proxy sees the requests of plain http, and nothing of those of https" {
	plain
	start_proxy
	http_proxy=$PROXY works
	has "$(asked)" "GET http://coder.example.com/api/v2/users/me/keys/tokens?"
	tls
	start_proxy
	https_proxy=$PROXY works
	is "$(asked)" "CONNECT coder.example.com:443"
}

@test "a proxy's certificate is checked as the deployment's is" {
	tls
	start_proxy --tls "$CERTS/server.pem" "$CERTS/server.key"
	https_proxy=https://$PROXY works
	is "$(asked)" "CONNECT coder.example.com:443"
	plain
	start_proxy --tls "$CERTS/server.pem" "$CERTS/server.key"
	http_proxy=https://$PROXY works
	has "$(asked)" "GET http://coder.example.com/api/v2/users/me/keys/tokens?"
}

# removes_many - asserts that a call removes 30 tokens over eight connections, and removes each once.
removes_many() {
	local -a ids=() gone=()
	seed '{"owner": "admin", "name": "bulk-%d", "count": 30}'
	try token_list --name 'bulk-*' -v ids --timeout 20
	forget_requests
	fault '{"method": "DELETE", "times": 0, "delay": 0.05}'
	try token_rm --from ids -v gone --timeout 60
	ctl DELETE faults >/dev/null
	is "$status$out$err" 0
	is "${#gone[@]} ${gone[*]}" "30 ${ids[*]}"
	is "$(requests GET | wc -l)" 1
	is "$(requests DELETE | wc -l) $(requests DELETE | sort -u | wc -l)" "30 30"
	is "$(connections)" 8
	try token_list -q --name 'bulk-*' --timeout 20
	is "$status$out$err" 0
}

@test "many tokens are removed at once through each kind of proxy" {
	local plain_control=$SANDBOX_CONTROL_URL http_proxy https_proxy
	local SANDBOX_CONTROL_URL=$TLS_CONTROL
	tls
	start_proxy --tls "$CERTS/server.pem" "$CERTS/server.key"
	export http_proxy https_proxy=https://$PROXY
	removes_many
	is "$(asked | sort | uniq -c | xargs)" "8 CONNECT coder.example.com:443"
	start_proxy
	for https_proxy in "http://$PROXY" "socks5h://$PROXY"; do
		removes_many
		is "$(asked | sort | uniq -c | awk '{ print $1, $NF }')" "8 coder.example.com:443"
	done
	plain
	start_proxy
	SANDBOX_CONTROL_URL=$plain_control http_proxy=$PROXY
	removes_many
	has "$(asked)" "DELETE http://coder.example.com/api/v2/users/me/keys/"
}

@test "user and password of a proxy's URL are sent to it, percent-encoded or with an @ in them" {
	local given
	tls
	export CODER_TOKENS_KEEPALIVE=0
	start_proxy --user 'me:s3cret@x'
	for given in 'me:s3cret@x' me:s3cret%40x; do
		for https_proxy in "http://$given@$PROXY" "socks5h://$given@$PROXY"; do
			export https_proxy
			works "$https_proxy"
			[[ $(asked) == *coder.example.com:443 ]] || fail "not asked"
		done
	done
}

@test "a connection through a proxy is kept, and another proxy gets one of its own" {
	local first
	tls
	start_proxy
	first=$PROXY
	https_proxy=$first works
	start_proxy
	https_proxy=$PROXY works
	https_proxy=$first works
	https_proxy=$PROXY works
	is "$(asked)" $'CONNECT coder.example.com:443\nCONNECT coder.example.com:443'
}

# ------------------------------------------------------------------- which one

@test "the variable of the scheme comes before all_proxy, and HTTP_PROXY never counts" {
	tls
	start_proxy
	https_proxy=$PROXY all_proxy=127.0.0.1:1 HTTPS_PROXY=127.0.0.1:1 works
	https_proxy='' HTTPS_PROXY=$PROXY all_proxy=127.0.0.1:1 works
	all_proxy=$PROXY ALL_PROXY=127.0.0.1:1 http_proxy=127.0.0.1:1 works
	ALL_PROXY=$PROXY works
	is "$(asked)" "CONNECT coder.example.com:443"
	plain
	start_proxy
	HTTP_PROXY=127.0.0.1:1 all_proxy=$PROXY works
	has "$(asked)" "GET http://coder.example.com/"
	HTTP_PROXY=$PROXY https_proxy=$PROXY try token_list --timeout 20
	refused 7 "cannot find the host coder.example.com: "
	is "$(asked)" ""
}

@test "a proxy variable counts only if it is exported, as for the commands of the shell" {
	plain
	start_proxy
	http_proxy=$PROXY
	try token_list --timeout 20
	refused 7 "cannot find the host coder.example.com: "
	export http_proxy
	works
	export -n http_proxy
	try token_list --timeout 20
	refused 7 "cannot find the host coder.example.com: "
}

@test "no_proxy counts even if the proxy's name cannot be looked up" {
	export no_proxy https_proxy=http://proxy.invalid:3128 http_proxy=http://proxy.invalid:3128
	tls
	for no_proxy in coder.example.com .example.com 'a, Example.COM.' '*'; do
		blamed "cannot find the host coder.example.com: " "check CODER_URL and the network"
	done
	no_proxy=ample.com
	blamed "cannot find the proxy proxy.invalid: " "check https_proxy and the network"
	plain
	CODER_URL=http://0.0.0.0:${AT#*:} # no loopback, but this machine
	for no_proxy in 0.0.0.0 0.0.0.0/8 '1.0.0.0/8 0.0.0.0/31'; do
		works "$no_proxy"
	done
	no_proxy=0.0.1.0/24
	blamed "cannot find the proxy proxy.invalid: " "check http_proxy and the network"
}

@test "loopback is never reached through a proxy, but a name below localhost is" {
	local url
	plain
	start_proxy
	export http_proxy=$PROXY all_proxy=$PROXY
	for url in "http://$AT" "http://localhost:${AT#*:}" "http://LocalHost:${AT#*:}" "http://127.1:${AT#*:}"; do
		CODER_URL=$url
		try token_list -q
		[[ $status == 0 && ! $err ]] || fail "$url"
	done
	for url in 'http://[::1]:1' http://127.3.2.1:1; do
		CODER_URL=$url
		try token_list
		refused 7 "cannot connect to $url: Connection refused; check CODER_URL and the network"
	done
	is "$(asked)" ""
	CODER_URL=http://coder.localhost:3000
	works
	has "$(asked)" "GET http://coder.localhost:3000/"
}

# ----------------------------------------------------------------------- blame

@test "a proxy that cannot be reached or found is blamed, with the variable that names it" {
	local variable kind
	for variable in https_proxy HTTPS_PROXY all_proxy ALL_PROXY; do
		tls
		declare -x "$variable=http://me:s3cret@127.0.0.1:1"
		blamed "cannot connect to the proxy http://127.0.0.1:1: Connection refused" \
			"check $variable and the network"
		unset "$variable"
	done
	for kind in https socks4a socks5h; do
		all_proxy=$kind://me:s3cret@127.0.0.1:1 blamed \
			"cannot connect to the proxy $kind://127.0.0.1:1: Connection refused; check all_proxy and the network"
	done
	plain
	http_proxy=me:s3cret@127.0.0.1:1 blamed \
		"cannot connect to the proxy http://127.0.0.1:1: Connection refused; check http_proxy and the network"
	http_proxy=http://me:s3cret@proxy.invalid blamed "cannot find the proxy proxy.invalid: " \
		"; check http_proxy and the network"
}

@test "a proxy that requires a user name and password, or other ones, is reported as such" {
	tls
	start_proxy --user me:s3cret-of-mine
	https_proxy=$PROXY blamed "the proxy http://$PROXY asks for a user name and password (407)" \
		"give them in https_proxy, as in http://USER:PASSWORD@"
	https_proxy=me:s3cret-wrong@$PROXY blamed \
		"the proxy http://$PROXY does not accept the user name and password that it was given (407); check https_proxy"
	is "$(asked | wc -l)" 2
	https_proxy=socks5h://me:s3cret-wrong@$PROXY blamed "the proxy socks5h://$PROXY does not connect to $CODER_URL: "
	plain
	start_proxy --user me:s3cret-of-mine
	http_proxy=$PROXY blamed "the proxy http://$PROXY asks for a user name and password (407)" \
		"give them in http_proxy, as in http://USER:PASSWORD@"
	http_proxy=me:s3cret-wrong@$PROXY blamed \
		"the proxy http://$PROXY does not accept the user name and password that it was given (407); check http_proxy"
	is "${TOKEN_ERROR[http]}" 407
}

@test "a proxy that does not connect is blamed with its response, and temporary failures are tried again" {
	local kind
	tls
	start_proxy --status 403
	https_proxy=$PROXY blamed "the proxy http://$PROXY does not connect to $CODER_URL: its response is 403" \
		"check https_proxy, and what the proxy permits"
	is "$(asked | wc -l)" 1
	for kind in socks4a socks5h; do
		https_proxy=$kind://$PROXY blamed "the proxy $kind://$PROXY does not connect to $CODER_URL: "
	done
	asked >/dev/null
	start_proxy --status 503
	https_proxy=$PROXY blamed "the proxy http://$PROXY does not connect to $CODER_URL: its response is 503"
	is "$(asked | wc -l)" 3
	start_proxy --close
	for kind in http socks4a socks5h; do
		https_proxy=$kind://$PROXY blamed "the proxy $kind://$PROXY does not connect to $CODER_URL: "
	done
	plain
	http_proxy=$PROXY blamed "the proxy http://$PROXY closed the connection without a response"
	# it may be the proxy's response, or the deployment's
	start_proxy --status 403
	http_proxy=$PROXY blamed "something in front of $CODER_URL responded with 403 No" \
		"check http_proxy: the request went through the proxy http://$PROXY"
	start_proxy --status 503
	http_proxy=$PROXY try token_list --timeout 20
	refused 6 "unexpected response 503 No; check http_proxy: the request went through the proxy http://$PROXY"
	start_proxy
	http_proxy=$PROXY try token_view nobody
	refused 3 nobody
	lacks "$err" proxy
}

@test "errors in the proxy's TLS and in the deployment's TLS are distinguished" {
	tls
	start_proxy --tls "$CERTS/selfsigned.pem" "$CERTS/selfsigned.key"
	https_proxy=https://me:s3cret@$PROXY blamed "no secure connection to the proxy https://$PROXY: "
	is "$(asked)" ""
	start_proxy
	https_proxy=https://$PROXY blamed "no secure connection to the proxy https://$PROXY: " \
		"check https_proxy: does this port speak TLS?"
	start_proxy --tls "$CERTS/server.pem" "$CERTS/server.key"
	CODER_URL=https://other.example.com
	https_proxy=https://$PROXY blamed "no secure connection to https://other.example.com: "
	https_proxy=http://$PROXY try token_list --timeout 20
	is "$status" 7
	start_proxy
	https_proxy=http://$PROXY blamed "no secure connection to https://other.example.com: "
	https_proxy=socks5h://$PROXY blamed "no secure connection to https://other.example.com: "
	plain
	start_proxy # to a port without TLS
	fault '{"cut":{"where":"accept"},"times":0}'
	CODER_URL=https://coder.example.com
	https_proxy=http://$PROXY blamed "no secure connection to https://coder.example.com: " \
		"check CODER_URL: does this port speak TLS?"
}

@test "a proxy that does not respond is named when --timeout ends, and ^C ends the wait" {
	local kind
	tls
	start_proxy --hang
	for kind in http socks5h socks4a; do
		https_proxy=$kind://$PROXY try token_list --timeout 0.3
		refused 7 "no response within 300 ms"
	done
	SECONDS=0
	https_proxy=http://$PROXY try token_list --timeout 30
	refused 7 "no connection to $CODER_URL through the proxy http://$PROXY within 10 s; check https_proxy and the network"
	((SECONDS >= 9 && SECONDS < 16)) || fail "after $SECONDS s"
}

@test "an invalid proxy is refused, and the message does not show its password" {
	local value
	tls
	export https_proxy
	for value in ftp://me:s3cret@p http://me:s3cret@p:0 http://me:s3cret@p:x http://me:s3cret@ \
		'http://me:s3cret@a b' http://me:s3cret/x@p 'http://me:s3cret@[::1'; do
		https_proxy=$value
		blamed "the proxy " " that https_proxy names "
	done
}

# --------------------------------------------------------------------- threads

# quietly VARIABLE=VALUE... - asserts that a call in a shell that can start no thread does not try to.
quietly() {
	local rc=0
	rm -f threads
	env "$@" THREADS="$PWD/threads" LD_PRELOAD="${LD_PRELOAD:+$LD_PRELOAD:}${SO%/*}/nothread.so" \
		"$BASH" --norc -c 'enable -f "$0" token_list; token_list -q --timeout 20 >/dev/null 2>err' \
		"$SO" || rc=$?
	[[ ! -e threads ]] || fail "$*: $(<threads)"
	is "$* $rc" "$* ${expected:-0}"
}

@test "no call starts a thread, whatever it looks up and however it ends" {
	local port=${AT#*:} host kind expected=0
	export CODER_URL CODER_SESSION_TOKEN
	plain
	start_proxy
	for host in 127.0.0.1 localhost 127.1; do
		quietly CODER_URL="http://$host:$port"
		quietly CODER_URL="http://$host:$port" http_proxy=http://proxy.invalid:1
	done
	for kind in http socks4a socks5h; do
		quietly http_proxy="$kind://$PROXY"
		quietly http_proxy="$kind://localhost:${PROXY#*:}"
	done
	for kind in socks4 socks5; do # 0.0.0.0 is no loopback, and needs no look-up
		quietly CODER_URL="http://0.0.0.0:$port" http_proxy="$kind://$PROXY"
		quietly CODER_URL="http://0.0.0.0:$port" http_proxy="$kind://localhost:${PROXY#*:}"
	done
	expected=7
	quietly CODER_URL=http://coder.invalid
	quietly CODER_URL=http://coder.onion
	quietly CODER_URL='http://[::1]:1'
	quietly CODER_URL='http://[2001:db8::1]:1' http_proxy=socks5://proxy.invalid:1
	for kind in http https socks4 socks4a socks5 socks5h; do
		quietly http_proxy="$kind://proxy.invalid:1"
		quietly http_proxy="$kind://127.0.0.1:1"
		quietly http_proxy="$kind://[::1]:1"
		quietly http_proxy="$kind://proxy.invalid:1" no_proxy=coder.example.com
	done
}

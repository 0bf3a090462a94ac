#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Faults: whatever happens to a response on its way, the call ends soon, with the right status and one
# clear line, and the caller's variables are unchanged.
# THOROUGH=1 resets and stalls at every byte instead of at some, and waits for the longest
# silence.

load helper
SANDBOX_OPTIONS=(--seed demo --rate-limit 0)

setup() {
	shell_setup
	OTHER_PID=
}

teardown() {
	[[ -z $OTHER_PID ]] || kill "$OTHER_PID"
}

# Of suffer().
command=()
declare -gA victim=() # -g: bats sources this file within a function

# arrived - bytes that nobody requested have come on the kept connection: they wait there, or the call
# itself has noticed them and closed it.
arrived() {
	awk -v port=":$(printf %04X "${URL##*:}")$" '
		$3 ~ port && $4 == "01" && $5 ~ /:00000000$/ { open_and_empty = 1 }
		END { exit open_and_empty }' /proc/net/tcp
}

# Raw bytes of a response, with printf's escapes, as a fault's action.
raw() {
	# shellcheck disable=SC2059 # escapes are meant
	printf '"raw_b64":"%s"' "$(printf "$1" | base64 -w 0)"
}

# untouched COMMAND... - tries it, and asserts that none of the variables changes that it could set. But
# `token_rm ... -v gone` always assigns what was removed, which is nothing.
untouched() {
	local -A all=([kept]=all) record=([kept]=record)
	local ids=(kept ids) gone=(kept gone) secret='kept secret' removed='kept gone'
	[[ "$* " != "token_rm "*" -v gone "* ]] || removed=
	TOKEN_SCOPES=(kept scopes) TOKEN_ALLOW_LIST=(kept allow)
	try "$@"
	is "$secret/${ids[*]}/${gone[*]}/${all[*]}/${record[*]}" \
		"kept secret/kept ids/$removed/all/record"
	is "${TOKEN_SCOPES[*]}/${TOKEN_ALLOW_LIST[*]}" "kept scopes/kept allow"
}

# fails STATUS PART COMMAND... - asserts that it does, with one line, and that TOKEN_ERROR has the same status.
fails() {
	untouched "${@:3}"
	refused "$1" "$2"
	is "${TOKEN_ERROR[status]}" "$1"
}

# suffer CALL - chooses the call whose response suffers: list, view, limits or delete. Sets `command`,
# an array that could set variables, and `victim`, which holds of its last request and the response:
#   where        the fault's conditions, which match the request
#   instead      these, and a response in the place of the real one and as good as that
#   status_line  the status line of that response
#   body         its body
#   last         the request, as requests() prints it
suffer() {
	local -A path=([list]='tokens\\?' [view]='tokens/grafana$' [limits]='tokens/tokenconfig$' [delete]='[^/]*$')
	local -A body=([list]='[{"id":"aB3defghij"}]' [delete]='' [limits]='{"max_token_lifetime":3600000000000}'
		[view]='{"id":"aB3defghij","login_type":"token","token_name":"grafana"}')
	local method=GET status='200 OK'
	case $1 in
	list) command=(token_list -v ids -A all) victim[last]="tokens?include_all=false&include_expired=false" ;;
	view) command=(token_view -c id grafana) victim[last]=tokens/grafana ;;
	limits) command=(token_create --dry-run -n new -v secret) victim[last]=tokens/tokenconfig ;;
	delete)
		command=(token_rm --delete -v gone grafana) victim[last]=$(id_of grafana)
		method=DELETE status='204 No Content'
		;;
	esac
	victim[last]="$method /api/v2/users/me/keys/${victim[last]}"
	victim[status_line]="HTTP/1.1 $status"
	victim[body]=${body[$1]}
	victim[where]="\"method\":\"$method\",\"path\":\"/keys/${path[$1]}\""
	victim[instead]="${victim[where]},\"status\":${status%% *}"
	[[ -z ${victim[body]} ]] || victim[instead]+=",\"body\":\"${victim[body]//\"/\\\"}\""
}

# The length of that response as the sandbox writes it.
response_length() {
	local head="${victim[status_line]}??Date: Mon, 23 Nov 2026 23:58:01 GMT????"
	[[ -z ${victim[body]} ]] ||
		head+="Content-Type: application/json; charset=utf-8??Content-Length: ${#victim[body]}??"
	echo $((${#head} + ${#victim[body]}))
}

# cut_everywhere HOW STEP CALL - lets the response end after 0, STEP, 2 STEP, ... bytes; and then arrive whole.
cut_everywhere() {
	local at faults='' length
	suffer "$3"
	length=$(response_length)
	CODER_TOKENS_KEEPALIVE=0 # on a kept connection libcurl repeats a request if not one byte came
	for ((at = 0; at < length; at += $2)); do
		faults+="{${victim[instead]},\"cut\":{\"where\":\"response\",\"at\":$at,\"how\":\"$1\"}},"
	done
	only_fault "[${faults%,}]"
	for ((at = 0; at < length; at += $2)); do
		fails 7 "$URL" "${command[@]}"
		((at % 50)) || has "$(requests)" "${victim[last]}"
		((at % 50)) || forget_requests
	done
	only_fault "{${victim[instead]},\"cut\":{\"where\":\"response\",\"at\":$length,\"how\":\"close\"}}"
	try "${command[@]}"
	is "$status" 0
}

@test "a list that is cut off at any byte fails the call" {
	cut_everywhere close 1 list
	cut_everywhere reset "${THOROUGH:-9}" list
}

@test "a token that is cut off at any byte fails the call" {
	cut_everywhere close 1 view
	cut_everywhere reset "${THOROUGH:-9}" view
}

@test "lifetime limits that are cut off at any byte fail the call" {
	cut_everywhere close 1 limits
	cut_everywhere reset "${THOROUGH:-9}" limits
}

@test "a response to a removal that is cut off at any byte fails the call" {
	cut_everywhere close 1 delete
	cut_everywhere reset "${THOROUGH:-9}" delete
}

@test "a call succeeds if its kept connection was closed by the server" {
	local how
	for how in close reset; do
		try token_list -q --name grafana
		only_fault "{\"cut\":{\"where\":\"response\",\"at\":0,\"how\":\"$how\"}}"
		try token_list -q --name grafana
		is "$status/$out/$err" "0/$(id_of grafana)/"
		is "$(requests | wc -l)" 2
	done
}

@test "a call succeeds if its kept connection to a host name is reset" {
	local how
	CODER_URL=${URL/127.0.0.1/localhost}
	for how in close reset; do
		token_list -q >/dev/null
		only_fault '{"cut":{"where":"before","how":"'$how'"}}'
		try token_list -q
		is "$status/$err" 0/
	done
}

@test "unrequested bytes on a kept connection are not taken for the next response" {
	local unasked
	for unasked in '' '{"message":"no JSON"}' \
		'HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'; do
		only_fault '{"again":0,"unasked":"'"${unasked//\"/\\\"}"'"}'
		try token_list -q
		is "$status/$err" 0/
		wait_for 5 arrived || fail "nothing came unasked"
		try token_rm terraform grafana --dry-run -v ids
		is "$status/$err" 0/
		is "$(requests | tail -n 2)" $'GET /api/v2/users/me/keys/tokens/terraform\nGET /api/v2/users/me/keys/tokens/grafana'
		is "${ids[1]}" "$(id_of grafana)"
		[[ ${ids[0]} != "${ids[1]}" ]] || fail "one token for two names"
	done
}

@test "a response that arrives a second time, late, is not taken for another one" {
	# to a removal
	only_fault '[{"path":"/grafana$","again":0.3},{"method":"DELETE","status":403,"body":"{\"message\":\"no\"}"}]'
	fails 7 "unexpected response 200 to a DELETE" token_rm grafana
	# to a look-up
	only_fault '{"path":"/grafana$","again":0.3}'
	token_rm --dry-run grafana >/dev/null
	fails 7 "broken response: another token (id $(id_of grafana))" token_rm terraform
	lacks "$(requests)" "DELETE /api/v2/users/me/keys/$(id_of grafana)"
}

@test "--timeout ends a call whose response stops at any byte" {
	local call at length
	for call in list view limits delete; do
		suffer "$call"
		length=$(response_length)
		for ((at = 0; at < length; at += ${THOROUGH:-60})); do
			only_fault "{${victim[instead]},\"stall\":{\"at\":$at}}"
			fails 7 "no response within 200 ms" "${command[@]}" --timeout 200ms
			is "$(requests | tail -n 1)" "${victim[last]}"
		done
	done
}

@test "a slow response arrives whole, or --timeout ends the call" {
	only_fault '{"path":"/keys/tokens\\?","drip":20000}'
	try token_list --name grafana -q
	is "$status" 0
	is "$out" "$(id_of grafana)"
	only_fault '{"path":"/keys/tokens\\?","drip":1}'
	fails 7 "no response within 1 s" token_list -v ids --timeout 1
}

@test "a minute of silence ends a call without --timeout" {
	[[ ${THOROUGH-} ]] || skip "takes a minute: THOROUGH=1"
	only_fault '{"path":"/keys/tokens\\?","stall":{"at":100}}'
	SECONDS=0
	fails 7 "$URL sent nothing for 60 s" token_list -v ids
	((SECONDS >= 55 && SECONDS <= 75)) || fail "after $SECONDS s"
	# bytes that carry nothing
	only_fault '{"path":"/keys/tokens\\?","chunk_extension":100000,"drip":1000}'
	SECONDS=0
	fails 7 "$URL sent nothing for 60 s" token_list -v ids
	((SECONDS >= 55 && SECONDS <= 75)) || fail "after $SECONDS s"
}

@test "a response of one byte a second does not count as silence" {
	[[ ${THOROUGH-} ]] || skip "takes two minutes: THOROUGH=1"
	local pad
	printf -v pad '%90s' ''
	only_fault "{\"path\":\"/keys/tokens/grafana\",\"headers\":{\"A-Long\":\"${pad// /x}\"},\"drip\":1}"
	SECONDS=0
	try token_view -c id grafana
	is "$status/$err" 0/
	((SECONDS >= 100)) || fail "after $SECONDS s"
}

@test "a response whose length or chunks are wrong fails the call" {
	local call
	for call in list view limits; do
		suffer "$call"
		only_fault "[{${victim[where]},\"truncate\":0},{${victim[where]},\"truncate\":9},{${victim[where]},\"length\":5},
			{${victim[where]},\"length\":-5},{${victim[where]},\"chunked_garbage\":true}]"
		fails 7 "ended early" "${command[@]}"
		fails 7 "ended early" "${command[@]}"
		fails 7 "ended early" "${command[@]}"
		fails 7 "not JSON" "${command[@]}"
		fails 7 "no usable response from $URL" "${command[@]}"
		is "$(requests | grep -cF "${victim[last]}")" 5
	done
}

@test "an impossible Content-Length, or one that is not the body's, fails the call" {
	local call length words
	for call in list view limits; do
		suffer "$call"
		while IFS='|' read -r words length; do
			length=${length//LENGTH/${#victim[body]}}
			only_fault "{${victim[where]},$(raw "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n${length//;/\\r\\n}\r\n\r\n${victim[body]}")}"
			fails 7 "the response from $URL $words" "${command[@]}"
			is "$(requests | tail -n 1)" "${victim[last]}"
		done <<-'END'
			has broken headers|Content-Length: 18446744073709551616
			has broken headers|Content-Length: 9223372036854775808
			has broken headers|Content-Length: 99999999999999999999999999999999
			has broken headers|Content-Length: -1
			has broken headers|Content-Length: +LENGTH
			has broken headers|Content-Length: LENGTHabc
			has broken headers|Content-Length: 0x10
			has broken headers|Content-Length: 1e3
			has broken headers|Content-Length: LENGTH.0
			has broken headers|Content-Length: LENGTH LENGTH
			has broken headers|Content-Length: LENGTH,
			has broken headers|Content-Length: LENGTH, 5
			has broken headers|Content-Length:
			has broken headers|Content-Length: 5;Content-Length: LENGTH
			has broken headers|Content-Length: LENGTH;Content-Length: 9999
			ended early|Content-Length: 9223372036854775807
			ended early|Content-Length: 9999
			ended early|Content-Length : 9999
			ended early|Content-Length: 9999;Transfer-Encoding: identity
			ended early|Transfer-Encoding:;Content-Length: 9999
		END
	done
	# the same length twice is valid
	suffer list
	only_fault "{${victim[where]},$(raw "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${#victim[body]}\r\nContent-Length: ${#victim[body]}\r\n\r\n${victim[body]}")}"
	try "${command[@]}"
	is "$status/$err" 0/
}

# A response that is compressed on its way, as a fault's action.
squeezed() { # CODING BODY
	printf '"raw_b64":"%s"' "$({
		printf 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n%s\r\n\r\n' "$1"
		gzip -c <<<"$2"
	} | base64 -w 0)"
}

@test "a response with a coding that was not requested is refused" {
	local call coding
	for call in list view; do
		suffer "$call"
		for coding in 'Content-Encoding: gzip' 'Transfer-Encoding: gzip' \
			$'Transfer-Encoding: gzip\r\nTransfer-Encoding: identity'; do
			only_fault "{${victim[where]},$(squeezed "$coding" "${victim[body]}")}"
			fails 7 "is compressed" "${command[@]}"
		done
	done
}

@test "a second status line and trailers do not change the status or the headers" {
	only_fault "{\"path\":\"/keys/tokens\",$(raw 'HTTP/1.1 500 No\r\nHTTP/1.1 200 OK: x\r\nContent-Type: application/json\r\nContent-Length: 5\r\n\r\nnull\n')}"
	untouched token_list -v ids
	((status == 1 || status == 7)) || fail "two heads in one"
	only_fault "{\"path\":\"/keys/tokens\",\"times\":0,$(raw 'HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nX-Coder-Request-Id: 1\r\nTransfer-Encoding: chunked\r\n\r\nf\r\n{"message":"m"}\r\n0\r\nX-Trailer: y\r\nContent-Type: text/html\r\n\r\n')}"
	fails 3 "nobody: m" token_view nobody
	ctl DELETE faults >/dev/null
	# and no trailer makes the response Coder's own
	only_fault "{\"path\":\"/keys/tokens\",\"times\":0,$(raw 'HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nf\r\n{"message":"m"}\r\n0\r\nX-Coder-Request-Id: 1\r\n\r\n')}"
	fails 7 "something in front of $URL" token_view nobody
}

@test "interim responses are skipped, but not 100,000 of them" {
	local call
	for call in list view limits delete; do
		suffer "$call"
		only_fault "{${victim[instead]},\"interim\":200}"
		try "${command[@]}"
		is "$status" 0
		only_fault "{${victim[instead]},\"interim\":100000}"
		fails 7 "the response from $URL has headers that are too large" "${command[@]}"
	done
}

@test "a server that responds with 200 but is no Coder deployment is reported as such" {
	local call html='"body":"<html>hello"'
	for call in list view limits; do
		suffer "$call"
		only_fault "{${victim[where]},\"status\":200,$html,\"headers\":{\"Content-Type\":\"text/html\"}}"
		fails 7 "unexpected response of type text/html: $URL is perhaps not a Coder deployment" "${command[@]}"
		only_fault "{${victim[where]},\"status\":200,$html,\"headers\":{\"Content-Type\":null}}"
		fails 7 "unexpected response of type unknown" "${command[@]}"
		only_fault "{${victim[where]},\"status\":200}"
		fails 7 "empty response 200 from $URL" "${command[@]}"
		only_fault "{${victim[where]},\"status\":204}"
		fails 7 "it is empty" "${command[@]}"
		is "$(requests | tail -n 1)" "${victim[last]}"
	done
}

@test "invalid JSON, and JSON that was not requested, is refused with the reason" {
	local call words response n=0
	while IFS='|' read -r call words response; do
		suffer "$call"
		only_fault "{${victim[where]},$(raw "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n$response")}"
		fails 7 "$words" "${command[@]}"
		is "$(requests | tail -n 1)" "${victim[last]}"
		((n += 1))
	done <<-'END'
		list|not JSON|[
		list|not JSON|[{}
		list|not JSON|[]x
		list|not JSON|[] []
		list|not JSON|nul
		list|not JSON|{}
		list|not JSON|"a"
		list|not JSON|[,]
		list|not JSON|[{"id":"aB3defghij"},]
		list|not JSON|[{"id":"aB3defghij"} {"id":"aB3defghij"}]
		list|not JSON|[{"id":'aB3defghij'}]
		list|not JSON|\x00[]
		list|not JSON|\xef\xbb\xbf[]
		list|NUL|[{"id":"aB3defghij","token_name":"a\\u0000b"}]
		list|NUL|[{"id":"aB3defghij","token_name":"a\x00b"}]
		list|control character|[{"id":"aB3defghij","token_name":"a\nb"}]
		list|surrogate|[{"id":"aB3defghij","token_name":"\\ud800"}]
		list|not an object|[1]
		list|not an object|[[]]
		list|not an object|[null]
		list|'id' is not|[{}]
		list|'id' is not|[{"id":1}]
		list|'id' is not|[{"id":null}]
		list|'id' is not|[{"id":"../../etc"}]
		list|'id' is not|[{"id":"a[$(id)]aaa"}]
		list|'token_name' is not|[{"id":"aB3defghij","token_name":{}}]
		list|'scopes' is not|[{"id":"aB3defghij","scopes":"coder:all"}]
		list|'scopes' is not|[{"id":"aB3defghij","scopes":[1]}]
		list|'allow_list' is not|[{"id":"aB3defghij","allow_list":[{"type":"workspace"}]}]
		list|'lifetime_seconds' is not|[{"id":"aB3defghij","lifetime_seconds":1.5}]
		list|'lifetime_seconds' is not|[{"id":"aB3defghij","lifetime_seconds":99999999999999999999}]
		list|time|[{"id":"aB3defghij","expires_at":"tomorrow"}]
		list|time|[{"id":"aB3defghij","created_at":"2026-02-30T00:00:00Z"}]
		list|'id' is duplicate|[{"id":"aB3defghij","id":"aB3defghij"}]
		list|'token_name' is duplicate|[{"id":"aB3defghij","token_name":"a","token_name":"b"}]
		view|not an object|[]
		view|not an object|null
		view|not JSON|{"id":"aB3defghij"}}
		view|'id' is not|{"id":""}
		view|'scopes' is duplicate|{"id":"aB3defghij","scopes":[],"scopes":["a"]}
		limits|not an object|[]
		limits|not an object|1
		limits|not JSON|{"max_token_lifetime":0x10}
		limits|not an integer|{"max_token_lifetime":"a year"}
		limits|not an integer|{"max_token_lifetime":1e15}
		limits|is duplicate|{"max_token_lifetime":1000000000,"max_token_lifetime":2000000000}
		limits|lifetime|{"max_token_lifetime":-1}
		limits|lifetime|{}
	END
	is "$n" 48
}

@test "a token without an owner is a broken response" {
	local user
	for user in '' ',\"user_id\":\"../x\"'; do
		only_fault "{\"path\":\"/keys/tokens/\",\"status\":200,\"body\":\"{\\\"id\\\":\\\"aB3defghij\\\",\\\"login_type\\\":\\\"token\\\",\\\"token_name\\\":\\\"somebody\\\"$user}\"}"
		fails 7 "token aB3defghij has no user_id" token_view somebody
	done
}

@test "bytes that are not UTF-8 are shown escaped" {
	only_fault "{\"path\":\"/keys/tokens\",$(raw "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n[{\"id\":\"aB3defghij\",\"token_name\":\"a\xff\xc0\xafb\",\"expires_at\":\"2099-01-01T00:00:00Z\"}]")}"
	try token_list --name '*' -c name -o tsv --no-header
	is "$status" 0
	is "$out" 'a\xff\xc0\xafb'
}

# peak COMMAND... - by how many KiB the command raises the peak of a fresh shell that has listed
# tokens once; and its status.
peak() {
	bash --norc -c '
		enable -f "$1" token_list token_view
		kib() { while read -r key value _; do [[ $key == $1: ]] && echo "$value"; done </proc/$$/status; }
		token_list -q >/dev/null
		echo 5 >/proc/$$/clear_refs # resets the peak
		before=$(kib VmRSS)
		"${@:2}" 2>/dev/null
		echo "$? $(($(kib VmHWM) - before))"' - "$SO" "$@"
}

@test "responses that are too large are refused, and take little memory and time" {
	local call words action values status grown
	export CODER_URL CODER_SESSION_TOKEN
	SECONDS=0
	while IFS='|' read -r call words action; do
		suffer "$call"
		only_fault "{${victim[where]},\"times\":0,$action}"
		fails 7 "$words" "${command[@]}"
		[[ ${LD_PRELOAD-} == *asan* ]] && continue # which counts memory of its own
		read -r status grown < <(peak "${command[@]}")
		is "$status" 7
		((grown < 8192)) || fail "$call: $action: $grown KiB more"
	done <<-'END'
		list|is compressed|"gzip_bomb":1073741824
		view|is compressed|"gzip_bomb":1073741824
		list|has headers that are too large|"pad_headers":1048576
		view|has headers that are too large|"pad_headers":1048576
		list|larger than 1 MiB|"big_element":67108864
		view|is too large|"big_element":67108864
		list|it is nested too deeply|"nest":100000
		view|it is nested too deeply|"nest":100000
		view|is too large|"act":false,"status":200,"body":"[]","big_element":8388608
	END
	# small values, and too many of them
	for call in list view; do
		suffer "$call"
		values="{\\\"id\\\":\\\"aB3defghij\\\",\\\"x\\\":[$(yes 0, | head -n 210000 | tr -d '\n')0]}"
		[[ $call == view ]] || values="[$values]"
		only_fault "{${victim[where]},\"times\":0,\"status\":200,\"body\":\"$values\"}"
		fails 7 "too many values" "${command[@]}"
	done
	only_fault "{\"path\":\"/keys/tokens\",\"times\":0,$(raw "HTTP/1.1 200 OK\r\nX: $(printf '%400000s' x)\r\n\r\n[]")}"
	fails 7 "too large" token_list -v ids
	only_fault "{\"path\":\"/keys/tokens\",\"pad_headers\":200000}"
	try token_list -q --name grafana
	is "$status" 0
	((SECONDS < 60)) || fail "took $SECONDS s"
}

@test "an error message of any size is printed on one line of limited length" {
	local action part
	for action in '"pad_headers":1048576' '"big_element":67108864' '"gzip_bomb":67108864' \
		'"headers":{"Content-Type":"text/html"}' '"nest":100000' '"truncate":3'; do
		only_fault "{\"path\":\"/keys/tokens\",\"status\":400,\"body\":\"{\\\"message\\\":\\\"no\\\"}\",$action}"
		untouched token_list -v ids
		[[ $status == [17] ]] || fail "$action"
		refused "$status" "listing tokens"
	done
	printf -v part '%9999s' x
	only_fault "{\"path\":\"/keys/tokens\",\"status\":400,\"body\":\"{\\\"message\\\":\\\"${part// /m}\\\",\\\"detail\\\":\\\"${part// /d}\\\"}\"}"
	fails 1 "listing tokens: mmm" token_list -v ids
	((${#err} < 4096)) || fail "${#err} bytes"
}

@test "a redirect is not followed, and its destination is reported" {
	local call code to
	for call in list view limits delete; do
		suffer "$call"
		for code in 301 302 303 307 308; do
			to=http://localhost:${URL##*:}
			only_fault "{${victim[where]},\"redirect\":\"$to{target}\",\"code\":$code}"
			fails 7 "$URL redirects to $to/api/v2/" "${command[@]}"
			has "$err" "change CODER_URL to $to"
			is "$(requests | tail -n 1)" "${victim[last]}"
		done
		only_fault "{${victim[where]},\"redirect\":\"/login\"}"
		fails 7 "redirects to /login; check CODER_URL" "${command[@]}"
		only_fault "{${victim[where]},\"status\":302}"
		fails 7 "unexpected response 302" "${command[@]}"
		is "$(requests | tail -n 1)" "${victim[last]}"
	done
}

@test "a port that speaks no HTTP, no TLS, or nothing, is reported as such" {
	local greeting
	for greeting in 'SSH-2.0-OpenSSH_9.2\r\n' '220 mail ESMTP\r\n' '\x15\x03\x01\x00\x02\x02\x46' \
		'\x00\x00\x12\x04\x00' 'HTTP/9.9 200 OK\r\n\r\n[]' 'HTTP/1.1\r\n\r\n' '\r\n\r\n'; do
		only_fault "{$(raw "$greeting")}"
		fails 7 "$URL" token_list -v ids
		is "$(requests | wc -l)" 1
	done
	only_fault '{"cut":{"where":"accept"},"times":0}'
	fails 7 "closed the connection without a response; check CODER_URL: is it http or https?" \
		token_list -v ids
	fails 7 "no secure connection to https://127.0.0.1" token_list -v ids --url "https${URL#http}"
	only_fault '{"cut":{"where":"accept","how":"reset"},"times":0}'
	fails 7 "$URL" token_list -v ids
	only_fault '{"accept_hang":true,"times":0}'
	fails 7 "no response within 300 ms" token_list -v ids --timeout 0.3
	fails 7 "no response within 300 ms" token_list -v ids --timeout 0.3 --url "https${URL#http}"
	is "$(requests)" ""
}

@test "a host that does not exist is named" {
	# the resolver's own reason stands between the two
	fails 7 "cannot find the host coder.invalid: " token_list -v ids --url https://coder.invalid
	has "$err" "; check --url and the network"
	fails 7 "cannot connect to https://127.0.0.1:9" token_list -v ids --url https://127.0.0.1:9
	is "$(requests)" ""
}

stop_other() {
	kill "$OTHER_PID"
	wait "$OTHER_PID" || true
	OTHER_PID=
}

@test "a certificate that is expired, self-signed or for another name is refused" {
	local certs=$BATS_TEST_TMPDIR/certs kind words
	sh "$SANDBOX/certs.sh" "$certs"
	while IFS='|' read -r kind words; do
		start_other --tls --cert "$certs/$kind.pem" --key "$certs/$kind.key" \
			--control-ready "$BATS_TEST_TMPDIR/control.$kind"
		CODER_URL=$URL
		CODER_CLIENT_TLS_CA_FILE=$certs/ca.pem
		fails 7 "no secure connection to $URL: " token_list -v ids
		[[ ${err,,} =~ $words ]] || fail "not: $words"
		has "$err" CODER_CLIENT_TLS_CA_FILE
		is "$(requests)" ""
		stop_other
	done <<-'END'
		expired|expired
		selfsigned|self.signed|unknown|unable to get
		othername|no alternative|does not match
	END
	start_other --tls --cert "$certs/server.pem" --key "$certs/server.key" \
		--control-ready "$BATS_TEST_TMPDIR/control"
	CODER_URL=$URL CODER_SESSION_TOKEN=$ADMIN_TOKEN
	try token_list -q
	is "$status" 0
	unset CODER_CLIENT_TLS_CA_FILE
	fails 7 "no secure connection to $URL: " token_list -v ids
}

@test "a deployment that has only an IPv6 address can be reached" {
	grep -q 1 /proc/net/if_inet6 2>/dev/null || skip "no IPv6 here"
	start_other --host ::1
	has "$URL" '[::1]'
	CODER_URL=$URL CODER_SESSION_TOKEN=$ADMIN_TOKEN
	try token_create -n six --lifetime 1h -v secret
	is "$status" 0
	try token_list -q
	is "$out" "${secret%%-*}"
	try token_rm --delete six
	is "$status" 0
	stop_other
	fails 7 "cannot connect to http://[::1]:" token_list -v ids
}

@test "a call waits for a rate limit as long as the server demands, or reports the wait that would be needed" {
	local call words wait date
	printf -v date '%(%a, %d %b %Y %H:%M:%S GMT)T' $((EPOCHSECONDS + 3600))
	export TZ=UTC
	printf -v date '%(%a, %d %b %Y %H:%M:%S GMT)T' $((EPOCHSECONDS + 3600))
	for call in list view limits delete; do
		suffer "$call"
		# too long: the call fails at once, and reports the time
		only_fault "{${victim[where]},\"times\":0,\"status\":429,\"headers\":{\"Retry-After\":\"600\"}}"
		fails 6 "try again in 600 s" "${command[@]}"
		is "${TOKEN_ERROR[retry_after]}/${TOKEN_ERROR[http]}" 600/429
		is "$(requests | grep -cF "${victim[last]}")" 1
		only_fault "{${victim[where]},\"times\":0,\"status\":429,\"headers\":{\"Retry-After\":\"$date\"}}"
		fails 6 "try again in 3" "${command[@]}"
		((TOKEN_ERROR[retry_after] >= 3400 && TOKEN_ERROR[retry_after] <= 3600)) ||
			fail "${TOKEN_ERROR[retry_after]}"
		is "$(requests | grep -cF "${victim[last]}")" 1
		# --timeout is shorter than the wait
		only_fault "{${victim[where]},\"times\":0,\"status\":429,\"headers\":{\"Retry-After\":\"5\"}}"
		fails 6 "try again in 5 s" "${command[@]}" --timeout 2
		is "$(requests | grep -cF "${victim[last]}")" 1
	done
	# an invalid value means no wait: three tries
	for wait in soon -5 99999999999999999999 '' 1.5 'Mon, 99 Nov 2026' "$(printf '%300s' x)"; do
		only_fault "{\"path\":\"/keys/tokens\",\"times\":0,\"status\":429,\"headers\":{\"Retry-After\":\"$wait\"}}"
		fails 6 "429 Too Many Requests" token_list -v ids
		is "${TOKEN_ERROR[retry_after]}" ""
		is "$(requests | wc -l)" 3
	done
	# a time that has passed, or comes soon, is waited for
	only_fault '{"path":"/keys/tokens","times":2,"status":429,"headers":{"Retry-After":"0"}}'
	try token_list -q --name grafana
	is "$status/$err" 0/
	only_fault '{"path":"/keys/tokens","times":1,"status":429,"headers":{"Retry-After":"Mon, 23 Nov 2020 23:58:01 GMT"}}'
	try token_list -q --name grafana
	is "$status/$err" 0/
	only_fault '{"path":"/keys/tokens","times":1,"status":429,"headers":{"Retry-After":"3"}}'
	SECONDS=0
	try token_list -q --name grafana
	is "$status" 0
	has "$err" "rate limited by the server, trying again in 3 s"
	((SECONDS >= 2 && SECONDS < 15)) || fail "$SECONDS s"
	is "$(requests | wc -l)" 2
}

@test "short bursts of 502, 503 and 504 do not fail a call, and longer ones are reported" {
	local call code
	for call in list view limits delete; do
		suffer "$call"
		for code in 502 503 504; do
			only_fault "[{${victim[where]},\"times\":2,\"status\":$code,\"body\":\"<html>gateway\"},{${victim[instead]}}]"
			try "${command[@]}"
			is "$status" 0
			is "$err" ""
			is "$(requests | grep -cF "${victim[last]}")" 3
		done
		only_fault "{${victim[where]},\"times\":0,\"status\":503,\"body\":\"<html>gateway\"}"
		fails 6 503 "${command[@]}"
		is "$(requests | grep -cF "${victim[last]}")" 3
		is "${TOKEN_ERROR[http]}" 503
	done
	# the first one did it, so the second does not find the token
	only_fault '[{"method":"DELETE","act":true,"status":502}]'
	try token_rm --delete grafana
	is "$status/$out" "0/Token has been deleted."
	lacks "$(names)" grafana
}

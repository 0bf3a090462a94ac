#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Secrets: the session token is sent to the deployment and nowhere else, and a new secret goes only to
# where the caller wants it. Names from a server never affect the shell or the
# terminal. The tests search for the secret part of a token; the id in front of it is public.

# Scripts for other shells stand in single quotes, and each test is a subshell of its own.
# shellcheck disable=SC2016,SC2030,SC2031

load helper
SANDBOX_OPTIONS=(--seed demo --rate-limit 0)

setup() {
	shell_setup
	SESSION=${ADMIN_TOKEN#*-}
	cd "$BATS_TEST_TMPDIR" || return
	OTHER_PID='' SUBJECT_PID=''
	# runs a command with no variables but what a sanitizer needs
	BARE=(env -i "PATH=$PATH" ${LD_PRELOAD:+"LD_PRELOAD=$LD_PRELOAD"}
		${ASAN_OPTIONS:+"ASAN_OPTIONS=$ASAN_OPTIONS"})
}

teardown() {
	[[ -z $OTHER_PID ]] || kill "$OTHER_PID"
	[[ -z $SUBJECT_PID ]] || kill "$SUBJECT_PID" 2>/dev/null || true
}

# sandbox_log - prints all requests since the last look, without the header that has the token.
sandbox_log() {
	logged without-token
}

# start_subject <SCRIPT - starts a shell without CODER_ variables that runs the script and then waits, with
# ./config, and $SO. Sets SUBJECT_PID.
start_subject() {
	config_files config "$URL" "$ADMIN_TOKEN"
	[[ -z ${SANITIZE-}${VALGRIND-} ]] || skip "a checker's memory is too large to be looked through"
	cat >subject.sh
	echo 'echo ready >ready; read -r _ <go' >>subject.sh
	rm -f ready go
	mkfifo ready go
	"${BARE[@]}" CODER_CONFIG_DIR="$PWD/config" SO="$SO" \
		bash --norc subject.sh >subject.out 2>subject.err 3>&- &
	SUBJECT_PID=$!
	subject_is_ready
}

subject_is_ready() {
	local fd
	exec {fd}<>ready
	read -r -t 30 _ <&"$fd" || fail "the shell did not get there: $(<subject.err)"
	exec {fd}>&-
}

end_subject() {
	echo >go
	wait "$SUBJECT_PID" || true
	SUBJECT_PID=
}

# in_memory PID TEXT... - prints how often each text occurs in the process's memory.
in_memory() {
	local pid=$1 i files=()
	shift
	for ((i = 1; i <= $#; i++)); do
		echo "${!i}" >"needle.$i"
		files+=("needle.$i")
	done
	tool memory "$pid" "${files[@]}" | paste -sd ' '
	rm -f "${files[@]}"
}

# -------------------------------------------------------------- where they stay

# The next two tests run this. They search the shell's memory as a core dump would have it.
leave_no_secret() {
	local script='
		enable -f "$SO" token_create token_list token_view token_rm
		token_create -n canary-one --lifetime 1h >secret
		token_list >/dev/null
		token_list -o json >/dev/null
		token_view canary-one >/dev/null
		token_create -n canary-one >/dev/null
		token_create -n canary-two --lifetime 1h -o json >/dev/null
		token_create -n canary-three --lifetime 1h >/dev/full
		token_view nobody
		token_rm --delete canary-one canary-two'
	start_subject <<<"$1"$'\n'"$script"
	is "$(in_memory "$SUBJECT_PID" "$SESSION" "$(cut -d- -f 2 secret)")" "0 0"
	(($(in_memory "$SUBJECT_PID" canary-one) > 0)) || fail "memory was not looked at"
	end_subject
	has "$(<subject.err)" "No space left on device"
}

@test "after a call neither token is left in the shell's memory" {
	leave_no_secret ''
	leave_no_secret 'CODER_TOKENS_KEEPALIVE=0'
	# also immediately after the create
	start_subject <<-'END'
		enable -f "$SO" token_create
		token_create -n canary --lifetime 1h >secret
	END
	is "$(in_memory "$SUBJECT_PID" "$SESSION" "$(cut -d- -f 2 secret)")" "0 0"
	end_subject
}

@test "after a call over TLS neither token is left in the shell's memory" {
	sh "$SANDBOX/certs.sh" certs
	start_other --tls --cert certs/server.pem --key certs/server.key --control-ready control
	SESSION=${ADMIN_TOKEN#*-}
	leave_no_secret 'CODER_CLIENT_TLS_CA_FILE=$PWD/certs/ca.pem'
	start_subject <<-'END'
		enable -f "$SO" token_create
		CODER_CLIENT_TLS_CA_FILE=$PWD/certs/ca.pem
		token_create -n canary --lifetime 1h >secret
	END
	is "$(in_memory "$SUBJECT_PID" "$SESSION" "$(cut -d- -f 2 secret)")" "0 0"
	end_subject
	# a response that is longer than the following ones
	only_fault '{"method":"POST","pad_headers":2000}'
	start_subject <<-'END'
		enable -f "$SO" token_create
		CODER_CLIENT_TLS_CA_FILE=$PWD/certs/ca.pem
		token_create -n canary-long --lifetime 1h >secret
	END
	is "$(in_memory "$SUBJECT_PID" "$SESSION" "$(cut -d- -f 2 secret)")" "0 0"
	end_subject
}

@test "after failures neither token is left in the shell's memory" {
	only_fault '[{"method":"GET","path":"tokenconfig","status":403,"body":"{\"message\":\"{request_headers}\"}"},
		{"method":"POST","act":true,"status":201,"body":"{\"key\":\"broken\"}"},
		{"method":"POST","cut":{"where":"response","at":60}},
		{"method":"GET","path":"keys/[0-9A-Za-z]{10}$","times":0,"status":500,"body":"{\"message\":\"{request_headers}\"}"},
		{"path":"include_expired=false","redirect":"http://localhost:1/{target}"}]'
	start_subject <<-'END'
		enable -f "$SO" token_create token_list token_view token_rm
		token_create -n canary
		token_create -n canary --lifetime 1h
		token_create -n canary --lifetime 1h
		token_create -n canary --lifetime 1h >secret
		token_list
		token_list --timeout 1ns
		token_list --url https://coder.invalid
		CODER_SESSION_TOKEN=$'a\nb' token_list
	END
	[[ -s secret ]] || fail "no token: $(<subject.err)"
	is "$(in_memory "$SUBJECT_PID" "$SESSION" "$(cut -d- -f 2 secret)")" "0 0"
	end_subject
	lacks "$(<subject.err)" "$SESSION"
	is "$(grep -o 'secret]' subject.err | sort | uniq -c | tr -s ' ')" " 2 secret]"
}

@test "after a response that repeats it the session token is not left in the shell's memory" {
	local response before=
	for response in '"status":403,"body":"{\"message\":\"{request_headers}\"}"' \
		"\"status\":403,\"body\":\"{\\\"message\\\":\\\"$ADMIN_TOKEN\\\"}\"" \
		"\"status\":403,\"body\":\"{\\\"message\\\":\\\"x $ADMIN_TOKEN\\\",\\\"detail\\\":\\\"$ADMIN_TOKEN y\\\"}\"" \
		"\"redirect\":\"https://other.example/?t=$ADMIN_TOKEN\"" \
		"\"status\":200,\"body\":\"x\",\"headers\":{\"Content-Type\":\"text/$ADMIN_TOKEN\"}" \
		"\"raw_b64\":\"$(printf 'HTTP/1.1 400 %s\r\n\r\n' "$ADMIN_TOKEN" | base64 -w 0)\"" \
		'"truncate":20'; do
		for before in : CODER_TOKENS_KEEPALIVE=0; do
			only_fault "{\"path\":\"keys\",$response}"
			start_subject <<<"$before; enable -f \"\$SO\" token_view; token_view somebody"
			is "$response: $(in_memory "$SUBJECT_PID" "$SESSION")" "$response: 0"
			end_subject
			[[ -s subject.err ]] || fail "it did not fail"
			ctl DELETE faults >/dev/null
		done
	done
}

@test "a call adds no copy of a token that is in a variable, and -v makes one" {
	start_subject <<-'END'
		enable -f "$SO" token_create token_list token_view token_rm
		read -r CODER_SESSION_TOKEN <config/session
		CODER_CONFIG_DIR=$PWD
		read -r CODER_URL <config/url
		echo ready >ready
		read -r _ <go
		token_list >/dev/null
		token_view --self >/dev/null
		token_create -n canary --lifetime 1h -v secret
		printf '%s\n' "$secret" >secret
		printf '%99999s' x >/dev/null # over the buffer of printf
	END
	local before after
	before=$(in_memory "$SUBJECT_PID" "$SESSION")
	echo >go
	subject_is_ready
	read -ra after <<<"$(in_memory "$SUBJECT_PID" "$SESSION" "$(cut -d- -f 2 secret)")"
	((before > 0 && after[0] <= before)) || fail "$before, then ${after[0]}"
	# one is the variable, the others are what bash's own expansion left
	((after[1] >= 1 && after[1] <= 4)) || fail "${after[1]} copies"
	end_subject
}

@test "neither token appears in traces, history, output, environment, files or requests" {
	local before secret part
	config_files config "$URL" "$ADMIN_TOKEN"
	mkdir -p home tmp
	export HOME=$PWD/home TMPDIR=$PWD/tmp
	cat >canary.sh <<-'END'
		set -o history
		HISTFILE=$PWD/history
		set -xv -a
		enable -f "$SO" token_create token_list token_view token_rm
		token_create -n canary-one --lifetime 1h -v secret
		env >environment.1
		token_create -n canary-two --lifetime 1h -A record
		declare -x >environment.2
		token_list -v ids -A all
		token_list -o json
		token_view canary-one -A seen
		token_view canary-two -o json
		token_create -n canary-one
		token_create -n canary-three --lifetime 1h >/dev/full
		token_view --self --token "" --url "$CODER_URL"
		token_rm nobody
		CODER_HEADER_COMMAND='env; cat /proc/$PPID/cmdline /proc/$PPID/environ; ls -l /proc/$PPID/fd'
		CODER_HEADER_COMMAND+='; cat /proc/$$/cmdline /proc/$$/environ'
		CODER_HEADER_COMMAND="{ $CODER_HEADER_COMMAND; } >environment.3 2>&1"
		token_list -q
		unset CODER_HEADER_COMMAND
		history -w
		{ set +xv; } 2>/dev/null
		env -u secret -u record >environment.4
		(umask 077; printf '%s\n' "$secret" "${record[key]}" >secrets)
		token_view "$secret" -c name
		token_view "${secret:0:23}" -c name
		token_rm --delete "$secret"
		all=("${record[key]}")
		token_rm --delete --from all
		token_rm "$secret"
		token_view "${secret:0:26}"
	END
	forget_requests
	"${BARE[@]}" HOME="$HOME" TMPDIR="$TMPDIR" CODER_CONFIG_DIR="$PWD/config" SO="$SO" \
		bash --norc canary.sh >canary.out 2>canary.err </dev/null || true # the last is not found
	before=$(find . -type f | sort)
	is "$before" "$(printf './%s\n' canary.err canary.out canary.sh config/session config/url \
		environment.{1..4} err history out secrets | sort | grep -vE '^./(err|out)$')"
	has "$(<canary.err)" "+ token_create -n canary-one --lifetime 1h -v secret"
	has "$(<history)" "token_create -n canary-one"
	has "$(<canary.out)" canary-two
	has "$(<environment.3)" CODER_CONFIG_DIR
	is "$(find home tmp -mindepth 1)" ""
	mapfile -t secret <secrets
	is "${#secret[@]}" 2
	rm secrets config/session
	sandbox_log >log
	has "$(<log)" "/keys/${secret[0]%%-*}"
	for part in "$SESSION" "${secret[0]#*-}" "${secret[1]#*-}"; do
		is "${#part}" 22
		# also not its first characters: truncated tokens are secrets
		! grep -rF "${part:0:11}" . || fail "shows"
	done
	! grep -iE '"(referer|authorization|cookie)":' log || fail "other headers"
}

is_posted() {
	[[ $(requests POST) ]]
}

@test "during a call neither token appears in the process's command line, environment or descriptors" {
	local secret
	config_files config "$URL" "$ADMIN_TOKEN"
	only_fault '{"path":"keys/[0-9A-Za-z]{10}$","stall":{"at":20}}'
	"${BARE[@]}" CODER_CONFIG_DIR="$PWD/config" bash --norc -c '
		enable -f "$1" token_create
		token_create -n canary --lifetime 1h -v secret --timeout 20; :' - "$SO" 3>&- 2>err &
	SUBJECT_PID=$!
	wait_for 5 is_posted || fail "no POST"
	kill -0 "$SUBJECT_PID" || fail "it has ended: $(<err)" "$(requests)"
	cat "/proc/$SUBJECT_PID"/{cmdline,environ} "/proc/$SUBJECT_PID"/task/*/comm | tr '\0' '\n' >proc
	ls -l "/proc/$SUBJECT_PID/fd" >>proc
	has "$(<proc)" CODER_CONFIG_DIR
	lacks "$(<proc)" "$SESSION"
	lacks "$(<proc)" canary-
	kill "$SUBJECT_PID"
	wait "$SUBJECT_PID" || true
	SUBJECT_PID=
}

# ------------------------------------------------------------- what servers repeat

# no_echo COMMAND... - asserts that it fails, and shows [secret] where the server's text has the secret.
no_echo() {
	local text
	try "$@"
	((status)) || fail "no failure"
	is "$out" ""
	[[ $err != *$'\n'*error* ]] || fail "more than one line"
	text="$err ${TOKEN_ERROR[*]}"
	lacks "$text" "${SESSION:0:8}"
	lacks "$text" "$ADMIN_TOKEN"
	lacks "$text" "header-secret"
	has "$text" '[secret]'
}

@test "a response that repeats the request is shown without its secrets" {
	local code body
	CODER_HEADER='X-Access=first-header-secret,X-Other=header-secret-too'
	for code in 400 401 403 404 409 418 500; do
		for body in '{\"message\":\"{request_headers}\"}' \
			'{\"message\":\"no\",\"detail\":\"{request_headers}\"}' \
			'{\"message\":\"no\",\"validations\":[{\"field\":\"{request_headers}\",\"detail\":\"x\"}]}' \
			'{\"message\":\"no\",\"validations\":[{\"field\":\"f\",\"detail\":\"{request_headers}\"}]}'; do
			only_fault "{\"path\":\"keys\",\"times\":0,\"status\":$code,\"body\":\"$body\"}"
			no_echo token_list
			no_echo token_view somebody
			no_echo token_rm somebody
			no_echo token_create -n canary
			only_fault "{\"method\":\"POST\",\"times\":0,\"status\":$code,\"body\":\"$body\"}"
			no_echo token_create -n canary --lifetime 1h
		done
	done
	for code in 429 503; do
		only_fault "{\"path\":\"keys\",\"status\":$code,\"times\":0,\"body\":\"{\\\"message\\\":\\\"{request_headers}\\\"}\",\"headers\":{\"Retry-After\":\"500\"}}"
		no_echo token_list
	done
}

@test "a redirect, a type or a reason that repeats a secret is shown without it" {
	local reason
	only_fault "{\"path\":\"keys\",\"redirect\":\"https://other.example/?t=$ADMIN_TOKEN\"}"
	no_echo token_list
	only_fault "{\"path\":\"keys\",\"status\":200,\"body\":\"x\",\"headers\":{\"Content-Type\":\"text/$ADMIN_TOKEN\"}}"
	no_echo token_list
	reason=$(printf 'HTTP/1.1 400 %s\r\n\r\n' "$ADMIN_TOKEN" | base64 -w 0)
	only_fault "{\"path\":\"keys\",\"raw_b64\":\"$reason\"}"
	no_echo token_list
}

@test "a secret is hidden in every form in which a server may repeat it" {
	local lower=${ADMIN_TOKEN,,}
	# with blanks around it, which are not sent
	CODER_SESSION_TOKEN=" $ADMIN_TOKEN  "
	only_fault '{"path":"keys","status":400,"body":"{\"message\":\"{request_headers}\"}"}'
	no_echo token_list
	try token_list --name grafana -q
	is "$status/$err" 0/
	CODER_SESSION_TOKEN=$ADMIN_TOKEN
	CODER_HEADER='X-Access=first-header-secret  '
	only_fault '{"path":"keys","status":400,"body":"{\"message\":\"{request_headers}\"}"}'
	no_echo token_list
	# but the deployment is named
	CODER_HEADER=X-Env=elsewhere
	try token_list --url http://elsewhere.invalid --timeout 5
	has "$err" "the host elsewhere.invalid"
	unset CODER_HEADER
	# as a host, which is in lower case
	only_fault "{\"path\":\"keys\",\"redirect\":\"https://$ADMIN_TOKEN.example/\"}"
	try token_list
	is "$status" 7
	lacks "${err,,} ${TOKEN_ERROR[*]}" "${lower#*-}"
}

@test "a token in the place of another value is hidden, in responses and in arguments" {
	local args field
	for field in expires_at login_type; do
		ctl DELETE faults >/dev/null
		only_fault "{\"path\":\"keys\",\"times\":0,\"status\":200,\"body\":\"{\\\"id\\\":\\\"aB3defghij\\\",\\\"$field\\\":\\\"$ADMIN_TOKEN\\\"}\"}"
		try token_view aB3defghij
		((status)) || fail "that worked"
		lacks "$err ${TOKEN_ERROR[*]}" "$SESSION"
		has "$err" "[secret]"
	done
	ctl DELETE faults >/dev/null
	# behind a control character, as one of several arguments
	seed '[{"owner":"admin","name":"a1"},{"owner":"admin","name":"a2"}]'
	only_fault "{\"method\":\"DELETE\",\"times\":0,\"status\":500,\"body\":\"{\\\"message\\\":\\\"x\\\\nabcdefghij-ABCDEFGHIJKLMNOPQRSTUV\\\"}\"}"
	try token_rm --delete a1 a2
	is "$status" 8
	has "$err" 'x\x0aabcdefghij-[secret]'
	lacks "$err" ABCDEFGHIJKLM
	ctl DELETE faults >/dev/null
	for args in "token_list -c T" "token_list -A T" "token_list -v T" "token_list --url T" "token_list --timeout T" \
		"token_list --allow T" "token_list -u T" "token_create --lifetime T" "token_create --allow T" "token_rm --from T"; do
		# shellcheck disable=SC2086 # words
		try ${args/ T/ $ADMIN_TOKEN}
		((status)) || fail "$args worked"
		lacks "$err ${TOKEN_ERROR[*]}" "$SESSION"
	done
}

@test "a token given in the place of another value is sent in no request" {
	local s call
	local -a calls
	for s in "$ADMIN_TOKEN" "$MEMBER_TOKEN"; do
		mapfile -t calls <<-END
			token_list --user
			token_view -u $s
			token_view x,$s
			token_view $s\ $s
			token_rm -u $s
			token_rm $s\ x
			token_create -n
			token_create --dry-run -n
			token_create -n q -u
			token_create -n q --allow workspace:$s
			token_create -n q --allow template:$s/x
			token_list --allow user:$s
			token_list --complete token_create\ --allow\ workspace:$s --complete-hint hint -v words
		END
		for call in "${calls[@]}"; do
			eval "set -- $call"
			[[ $call == *"$s"* ]] || set -- "$@" "$s"
			[[ $call != *"-u $s" ]] || set -- "$@" x
			forget_requests
			try "$@"
			lacks "$(ctl GET log | grep -oE '"(path|body)":"([^"\\]|\\.)*"')" "${s#*-}"
			[[ $call == *--complete* ]] || is "$status" 2
			lacks "$out$err" "${s#*-}"
		done
	done
}

@test "a text that was cut within a secret does not end with a part of it" {
	local n part
	for ((n = 960; n < 1024; n += 3)); do
		printf -v part '%*s' "$n" ''
		only_fault "{\"path\":\"keys\",\"status\":400,\"body\":\"{\\\"message\\\":\\\"${part// /m}$ADMIN_TOKEN\\\",\\\"detail\\\":\\\"${part// /d}$SESSION\\\"}\"}"
		try token_list
		is "$status" 1
		lacks "$err ${TOKEN_ERROR[*]}" "${SESSION:0:6}"
	done
}

@test "a redirect, a type or a reason that was cut within a secret does not show a part of it" {
	local n secret pad raw
	for secret in "$ADMIN_TOKEN" "$SESSION"; do
		for ((n = 20; n < 520; n += (n < 130 || n > 470) ? 2 : 10)); do
			printf -v pad '%*s' "$n" ''
			pad=${pad// /p}
			forget_requests
			ctl DELETE faults >/dev/null
			raw=$(printf 'HTTP/1.1 400 %s%s\r\n\r\n' "$pad" "$secret" | base64 -w 0)
			only_fault "[{\"redirect\":\"https://other.example/$pad$secret\"},{\"raw_b64\":\"$raw\"},
				{\"status\":200,\"body\":\"x\",\"headers\":{\"Content-Type\":\"text/$pad$secret\"}}]"
			for _ in redirect reason type; do
				try token_list
				((status)) || fail "that worked"
				lacks "$err ${TOKEN_ERROR[*]}" "${SESSION:0:4}"
			done
		done
	done
}

@test "a new secret that cannot be delivered does not appear in the error either" {
	local before
	forget_requests
	try token_create -n canary --lifetime 1h
	is "$status" 0
	token_rm --delete canary
	# the read-back of the new token repeats what it was asked for
	only_fault '{"method":"GET","path":"keys/[0-9A-Za-z]{10}$","times":0,"status":500,"body":"{\"message\":\"{request_target} {request_headers}\"}"}'
	try token_create -n canary --lifetime 1h
	is "$status" 0
	has "$err" "could not be verified"
	has "$err" "[secret]"
	lacks "$err" "$SESSION"
	lacks "$err" "${out#*-}"
	only_fault '{"method":"POST","act":true,"status":201,"body":"{\"key\":\"nonsense\"}"}'
	try token_create -n other --lifetime 1h
	is "$status/$out" 9/
	has "$err" "deleted again"
}

# Makes the read-back of the next create, whose secret has that many characters, fail with such a response.
repeats_key() { # LENGTH RESPONSE
	only_fault '[{"method":"POST","grant":{"secret_length":'"$1"'}},{"method":"GET","path":"keys/[0-9A-Za-z]{10}$","times":0,'"$2"'}]'
}

# untold - asserts that the last try delivered its secret in the variable, and showed no part of it.
untold() {
	is "$status$out" 0
	is "${#secret}" "$((11 + length))"
	has "$err" "could not be verified"
	lacks "${err,,}" "$(part=${secret#*-} && echo "${part:0:4}" | tr '[:upper:]' '[:lower:]')"
	[[ $err != *$'\n'* ]] || fail "more than one line"
}

@test "a new secret of any length is hidden wherever the server repeats it" {
	local length where secret
	for length in 11 12 21 22 23 40 52; do
		for where in '"status":403,"coder":true,"body":"{\"message\":\"{new_key} {new_secret} x{new_secret}y\"}"' \
			'"status":403,"coder":true,"body":"{\"message\":\"No.\",\"detail\":\"{new_secret} {new_key}\"}"' \
			'"status":403,"coder":true,"body":"{\"message\":\"No\",\"validations\":[{\"field\":\"{new_key}\",\"detail\":\"{new_secret}\"}]}"' \
			'"status":404,"body":"{\"message\":\"{new_secret}\"}"' \
			'"status":302,"headers":{"Location":"https://x.example/{new_key}"}' \
			'"status":302,"headers":{"Location":"https://{new_key}.example/"}' \
			'"status":200,"body":"x","headers":{"Content-Type":"text/{new_secret}"}' \
			'"status":200,"body":"{\"id\":\"{request_word}\",\"expires_at\":\"{new_secret}\"}"' \
			'"status":200,"body":"{\"id\":\"{request_word}\",\"created_at\":\"{new_key}\"}"' \
			'"status":500,"headers":{"Content-Type":"{new_key}","X-Coder-Request-Id":"{new_secret}"},"body":"{new_key}"'; do
			repeats_key "$length" "$where"
			try token_create --lifetime 1h -v secret
			untold
		done
	done
}

@test "a new secret is hidden where a text was cut within it" {
	local length n pad secret
	for length in 11 22 52; do
		for ((n = 440; n < 505; n += 4)); do
			printf -v pad '%*s' "$n" ''
			repeats_key "$length" '"status":403,"coder":true,"body":"{\"message\":\"'"${pad// /m}"'{new_key}\",\"detail\":\"'"${pad// /d}"'{new_secret}\"}"'
			try token_create --lifetime 1h -v secret
			untold
		done
	done
}

@test "a new secret in the response to the POST is hidden, too" {
	local length pad
	for length in 11 22 52; do
		for pad in '' "$(printf 'm%.0s' {1..995})" "$(printf 'm%.0s' {1..1005})"; do
			only_fault '{"method":"POST","grant":{"secret_length":'"$length"'},"status":500,"act":true,"body":"{\"message\":\"'"$pad"' {new_key} was made\",\"detail\":\"'"$pad"' {new_key} failed\"}"}'
			try token_create -n canary --lifetime 1h
			is "$status/$out" 9/
			has "$err" "was deleted again: no new token exists"
			[[ ! "$err ${TOKEN_ERROR[*]}" =~ [0-9A-Za-z]{10}-[0-9A-Za-z] ]] || fail "it shows: ${BASH_REMATCH[0]}"
			[[ $pad ]] || has "$err" "[secret]"
		done
	done
}

@test "whatever has the shape of a token is hidden, in servers' messages and in arguments" {
	local key shown
	for key in aB3defghij-01234567890 aB3defghij-0123456789abc aB3defghij-0123456789abcdefghijkl \
		aB3defghij-0123456789abcdefghijklm 0000000000-aaaaaaaaaaa "aB3defghij-$(printf 'x%.0s' {1..60})"; do
		shown="${key%-*}-[secret]"
		only_fault '{"path":"keys","status":400,"coder":true,"body":"{\"message\":\"a '"$key"'.\",\"detail\":\"('"$key"')\",\"validations\":[{\"field\":\"'"$key"'\",\"detail\":\"x\"}]}"}'
		try token_list
		has "$err" "a $shown: ($shown"
		lacks "$err ${TOKEN_ERROR[*]}" "$key"
		has "${TOKEN_ERROR[*]}" "$shown"
		try token_list -c "$key"
		has "$err" "$shown"
		lacks "$err" "$key"
	done
	# a shorter text is not a token
	only_fault '{"path":"keys","status":400,"coder":true,"body":"{\"message\":\"aB3defghij-0123456789 de9b7846-0eca-4db4-a8a8-c520b42f4471\"}"}'
	try token_list
	has "$err" "aB3defghij-0123456789 de9b7846-0eca-4db4-a8a8-c520b42f4471"
}

# --------------------------------------------------------------- where they go

@test "control characters in a token or a header are refused before any request" {
	local bad
	forget_requests
	for bad in $'\n' $'\r' $'\r\nX: y' $'\t' $'\x01' $'\x1b[0m' $'\x7f'; do
		try token_list --token "$ADMIN_TOKEN$bad"x
		refused 2 "control character"
		CODER_SESSION_TOKEN="a${bad}b" try token_list
		refused 2 "control character"
		lacks "$err" 'a\x'
		CODER_HEADER="X-A=a${bad}b" try token_list
		refused 2 "control character"
		CODER_HEADER="X${bad}A=b" try token_list
		refused 2 "not a header name"
		CODER_HEADER_COMMAND="printf 'X-A=a\\0b'" try token_list
		refused 2 "control character"
		try token_list --url "$URL$bad/x"
		refused 2 "control character"
	done
	unset CODER_SESSION_TOKEN CODER_URL
	config_files config "$URL" "$ADMIN_TOKEN"
	export CODER_CONFIG_DIR=$PWD/config
	for bad in '\0' '\r' '\n' '\1'; do
		# shellcheck disable=SC2059 # escapes are meant
		printf "a${bad}b" >config/session
		try token_list
		refused 4 "config/session: has a control character in it"
	done
	is "$(requests)" ""
}

@test "a token is sent only to its own deployment, whatever refers to another host" {
	local here=$URL there
	start_other
	there=$URL
	URL=$here
	CODER_URL=$here
	# a redirect, in every form
	local code
	for code in 301 302 303 307 308; do
		python3 "$SANDBOX/ctl.py" "$here" POST faults \
			"{\"path\":\"keys\",\"redirect\":\"$there{target}\",\"code\":$code}" >/dev/null
		try token_list
		refused 7 "redirects to $there"
		python3 "$SANDBOX/ctl.py" "$here" DELETE faults >/dev/null
	done
	# the session file belongs to the deployment of the file beside it
	unset CODER_SESSION_TOKEN CODER_URL
	config_files config "$URL" "$ADMIN_TOKEN"
	export CODER_CONFIG_DIR=$PWD/config
	try token_list -q
	is "$status" 0
	CODER_URL=$there try token_list
	refused 4 "no token for $there: the one in"
	try token_list --url "$there"
	refused 4 "no token for $there: the one in"
	try token_list --url "${here/127.0.0.1/localhost}"
	refused 4 "belongs to $here"
	try token_list --url "https${here#http}"
	refused 4 "belongs to $here"
	[[ ! -s other.log ]] || fail "$(<other.log)"
	# also not over a kept connection
	CODER_URL=$there CODER_SESSION_TOKEN=wrong-token try token_list
	is "$status" 4
	lacks "$(<other.log)" "$SESSION"
	has "$(<other.log)" wrong-token
}

@test "a session file that others can read is reported once per shell and file" {
	local mode
	unset CODER_SESSION_TOKEN CODER_URL
	for mode in 640 604 644 666; do
		config_files config "$URL" "$ADMIN_TOKEN"
		rm -rf "config.$mode"
		mv config "config.$mode"
		export CODER_CONFIG_DIR=$PWD/config.$mode
		chmod "$mode" "$CODER_CONFIG_DIR/session"
		try token_list -q
		is "$status" 0
		has "$err" "config.$mode/session: readable by others (mode 0$mode): chmod 600"
		try token_list -q
		is "$status/$err" 0/
		try eval '(token_list -q)' # a subshell is no new shell
		is "$status/$err" 0/
		# in either order
		try "$BASH" --norc -c "enable -f '$SO' token_list; ids=\$(token_list -q); ids=\$(token_list -q); token_list -q | cat; token_list -q"
		is "$status" 0
		is "$(grep -c 'readable by others' <<<"$err")/$(wc -l <<<"$err")" 1/1
		cd "$CODER_CONFIG_DIR"
		CODER_CONFIG_DIR=. try token_list -q # nor is another spelling a new file
		is "$status/$err" 0/
		cd "$OLDPWD"
		export CODER_URL CODER_SESSION_TOKEN
		try "$BASH" --norc -c "enable -f '$SO' token_list; token_list -q; token_list -q"
		is "$status" 0
		is "$(grep -c "readable by others" <<<"$err")" 1 # a new shell, once
	done
	config_files config "$URL" "$ADMIN_TOKEN"
	export CODER_CONFIG_DIR=$PWD/config
	for mode in 600 400 700; do
		chmod "$mode" config/session
		try token_list -q
		is "$status/$err" 0/
	done
}

# ------------------------------------------------------------ what names can do

# Names that could affect a terminal or a shell.
hostile=(
	$'\e]0;title\a' $'\e[31mred' $'\e[2J' $'back\b\b\b\bspace' $'a\rb' $'two\nlines' $'tab\there'
	$'\x7f' $'\u009b31m' $'\u0085' $'\u202eevil' $'\u2066x\u2069' $'\u200fx' $'\u061cx' $'\u2028x'
	'$(touch pwned)' '`touch pwned`' 'a[$(touch pwned)]' 'x[$(touch pwned)0]=1' '${x:=$(touch pwned)}'
	BASH_ALIASES BASH_CMDS PATH IFS RANDOM TOKEN_ERROR TOKEN_SCOPES '@' '*' '~' '!!' "a'b" 'a"b' \\
	'%n%s' '-rf' '--help' ';touch pwned' $'x\n;touch pwned' '<script>' '{a,b}' '[0]' '&'
)

@test "the tests' own check for unprintable characters finds them" {
	local bad
	printable $'two\nlines\tof größe 名前 🔑 \u2030 \u200c'
	for bad in $'\e' $'\r' $'\x01' $'\x7f' $'\u0080' $'\u009b' $'\u061c' $'\u200e' $'\u202e' $'\u2028' $'\u2069'; do
		! printable "a${bad}b" 2>/dev/null || fail "$(printf '%q' "$bad")"
	done
}

# plant - creates a token for each hostile name, which is in its scopes and allow list, too.
plant() {
	ctl POST reset '{"seed":"empty"}' >/dev/null
	python3 "$BATS_TEST_DIRNAME/hostile.py" tokens "${hostile[@]}" | ctl POST tokens - >/dev/null
}

@test "names from a server are shown escaped, and evaluated nowhere" {
	local id name n format
	local -a ids
	local -A all
	plant
	n=${#hostile[@]}
	for format in table tsv csv jsonl json; do
		try token_list -a -o "$format"
		is "$status/$err" 0/
		[[ $format != csv ]] || out=$(sed 's/\r$//' out) # as its lines end
		printable "$out"
	done
	is "$(fields_of -- id <<<"$out" | wc -l)" "$n"
	try token_list -o tsv --no-header
	is "$(wc -l <out)" "$n"
	try token_list -q
	is "$(grep -cE '^[0-9A-Za-z]{10}$' out)" "$n"
	token_list -v ids -A all
	is "${#ids[@]}" "$n"
	for id in "${!ids[@]}"; do
		name=${hostile[id]}
		is "${all["${ids[id]},name"]}" "$name"
	done
	[[ ! -e pwned ]] || fail "evaluated"
	is "${BASH_ALIASES[*]}" ""
}

# Two words in the order of their bytes.
in_order() {
	local LC_ALL=C
	[[ $1 < $2 ]] && echo "$1 $2" || echo "$2 $1"
}

@test "names that are passed back to the builtins are treated as text, and shown escaped" {
	local name printed
	local -A record
	plant
	for name in "${hostile[@]}"; do
		[[ $name == TOKEN_* || $name == BASH_* ]] || lacks "${!TOKEN_@} ${!BASH_@}" "$name "
		try token_view -A record -- "$name"
		is "$status/$err" 0/
		is "${record[name]}" "$name"
		is "${TOKEN_SCOPES[*]}" "$(in_order user:read "$name")"
		try token_view -o table -- "$name"
		is "$status/$err" 0/
		printable "$out"
		try token_create --lifetime 1h --name="$name"
		case $name in
		*[$'\r\n']*) refused 2 "has a line break in it" ;;
		*) refused 5 "is taken" ;;
		esac
		printable "$err"
	done
	# removals: successes, failures, dry runs
	try token_rm --dry-run -- "${hostile[@]}"
	is "$status/$err" 0/
	is "$(wc -l <out)" "${#hostile[@]}"
	printable "$out"
	ctl POST faults '{"method":"DELETE","times":0,"skip":40,"status":403,"body":"{\"message\":\"\\u001b[31mno\\u202e\"}"}' >/dev/null
	try token_rm --delete -- "${hostile[@]}"
	is "$status" 8
	is "$(wc -l <out)" 40
	is "$(wc -l <err)" "$((${#hostile[@]} - 40))"
	printable "$out$err"
	for name in "${hostile[@]}"; do
		try token_rm --delete -- "$name$name"
		is "$status/$out" 3/
		printable "$err"
	done
	[[ ! -e pwned ]] || fail "evaluated"
}

@test "a host's name is shown escaped" {
	CODER_URL=$'http://\u009b31mh\u202eost.invalid'
	try token_list --timeout 5
	is "$status" 7
	has "$err" "is not encrypted"
	printable "$err"
}

@test "owners and errors from a server are shown escaped, and evaluated nowhere" {
	local i name text texts secret
	local -A record
	# as JSON within JSON
	mapfile -t texts < <(python3 "$BATS_TEST_DIRNAME/hostile.py" escaped "${hostile[@]}")
	for i in "${!hostile[@]}"; do
		name=${hostile[i]} text=${texts[i]}
		token_create -n "change$i" --lifetime 1h -v secret # after which the shell forgets owners' names
		only_fault "[{\"path\":\"users/[^/]*$\",\"times\":1,\"status\":200,\"body\":\"{\\\"id\\\":\\\"x\\\",\\\"username\\\":\\\"$text\\\"}\"},
			{\"path\":\"include_all\",\"status\":418,\"body\":\"{\\\"message\\\":\\\"$text\\\",\\\"detail\\\":\\\"$text\\\",\\\"validations\\\":[{\\\"field\\\":\\\"$text\\\",\\\"detail\\\":\\\"$text\\\"}]}\"}]"
		try token_view grafana -c owner --no-header -A record
		is "$status/$err" 0/
		printable "$out"
		is "${record[owner]}" "$name"
		try token_list
		is "$status/$out" 1/
		printable "$err"
		is "$(wc -l <err)" 1
		is "${TOKEN_ERROR[message]}/${TOKEN_ERROR[field]}" "listing tokens: $name/$name"
	done
	[[ ! -e pwned ]] || fail "evaluated"
}

@test "a server's names do not become arithmetic, subscripts or special variables" {
	local target
	plant
	for target in 'declare -i ids' 'declare -ai ids' 'declare -Ai all'; do
		unset ids all
		$target
		try token_list -v ids -A all
		refused 2 "integer variable"
	done
	unset ids all
	for target in BASH_ALIASES BASH_CMDS; do
		try token_list -A "$target"
		refused 2 "$target"
		try token_view --self -A "$target"
		refused 2 "$target"
	done
	for target in DIRSTACK GROUPS FUNCNAME BASH_ARGV PIPESTATUS RANDOM 'x[$(touch pwned)]' 'x[0]' 'a b' ''; do
		try token_list -v "$target"
		((status == 2)) || fail "$target"
		is "$out" ""
		try token_rm --dry-run -v "$target" -- '*'
		((status == 2)) || fail "$target"
	done
	is "${BASH_ALIASES[*]}" ""
	lacks "${!BASH_CMDS[*]}" ,name
	[[ ! -e pwned ]] || fail "evaluated"
}

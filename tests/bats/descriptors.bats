#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Descriptors and threads: the low numbers belong to the shell's user. Between calls the builtins keep
# one socket with a high number, and what the user opens, closes or redirects does not affect it.

load helper
SANDBOX_OPTIONS=(--rate-limit 0)

setup() {
	shell_setup
	seed '{"owner": "admin", "name": "t%d", "count": 3}'
	cd "$BATS_TEST_TMPDIR" || return
	MUTED=() CA='' TLS_PID=''
}

# script BODY - a shell with the builtins and nothing open but 0 to 2; sets status, out, err. In it, `look` prints
# "works" if a call does, and `opened` what is open.
script() {
	cat >script <<-END
		CODER_URL=$URL CODER_SESSION_TOKEN=$ADMIN_TOKEN CODER_CLIENT_TLS_CA_FILE=$CA
		enable -f '$SO' ${BUILTINS[*]}
		source '$TOOLS/wait.bash'
		asked() { grep -c '"method"' '$BATS_FILE_TMPDIR/log'; }
		asked_more() { ((\$(asked) > asked)); }
		look() { local -A T; token_view t1 -A T && [[ \${T[name]} == t1 ]] && echo works; }
		opened() { local fd; for fd in /proc/\$BASHPID/fd/*; do [[ -e \$fd ]] && echo "\${fd##*/} \$(readlink \$fd)"; done; }
		hanging() { CODER_URL=http://coder.example.com token_list "\$@"; }
		ours() { opened | grep socket: | cut -d' ' -f 1; }
		$1
	END
	try run_script
	[[ $out != *"command not found"* && $err != *"command not found"* ]] || fail "a broken script"
}

run_script() (
	local fd
	for fd in /proc/"$BASHPID"/fd/*; do
		fd=${fd##*/}
		((fd <= 2)) || eval "exec $fd>&-"
	done
	export -n "${!BATS_@}" "${!CODER_@}" # some are readonly
	# not as a script: bash would have it open at 255 and defend that number
	timeout 60 "${MUTED[@]}" "$BASH" --norc -c '. ./script' <&0
)

# Asserts that the server got nothing but valid requests.
wire_is_clean() {
	local log
	log=$(ctl GET log)
	[[ $log == *'"method":"GET"'* ]] || fail "no request at all"
	lacks "$log" "of the user"
	lacks "$log" '"status":400'
	[[ ! $log =~ \"method\":\"([^GPD]|G[^E]) ]] || fail "no request of ours: $log"
}

@test "between calls one descriptor is open: a socket with a high number, closed on exec" {
	script 'before=$(opened); look; look; token_list >/dev/null; token_create -n new >/dev/null
		token_rm new >/dev/null
		diff <(echo "$before" | grep -v pipe:) <(opened | grep -v pipe:)
		fd=$(ours); (( fd >= 900 && fd < 1024 )) && echo high
		(( 8#$(sed -n "s/^flags:[[:space:]]*//p" /proc/$$/fdinfo/$fd) & 02000000 )) && echo cloexec'
	is "$(grep -c '^>' <<<"$out")" 1
	has "$out" " socket:["
	lacks "$out" "<"
	has "$out" high
	has "$out" cloexec
}

@test "during a call no descriptor below 10 is used" {
	fault '{"drip":800,"times":0}'
	script 'look; asked=$(asked); (wait_for 5 asked_more; ls /proc/$$/fd | sort -n | xargs) & look; wait'
	is "$(grep -c works <<<"$out")" 2
	[[ $out == *"0 1 2 "* && ! $out =~ [[:blank:]][3-9][[:blank:]] ]] || fail "a low one"
}

@test "commands inherit no descriptor of the builtins" {
	script 'before=$(ls /proc/self/fd | xargs)
		look; after=$(ls /proc/self/fd | xargs); [[ $before == "$after" ]] || echo "$before then $after"
		look; ls -l /proc/self/fd | grep -c socket:
		(exec ls -l /proc/self/fd) | grep -c socket:
		export CODER_HEADER_COMMAND="ls -l /proc/self/fd >seen; echo X-A=b"; look; grep -c socket: seen'
	is "$out" $'works\nworks\n0\n0\nworks\n0'
	is "$err" ""
}

@test "CODER_TOKENS_KEEPALIVE=0 leaves no descriptor open" {
	script 'before=$(opened | grep -v pipe:); look
		CODER_TOKENS_KEEPALIVE=0; look; look; token_create -n x -v v; token_rm x >/dev/null
		diff <(echo "$before") <(opened | grep -v pipe:) && echo same'
	is "$status $out $err" $'0 works\nworks\nworks\nsame '
	is "$(ctl GET log | grep -o '"event":"open"' | wc -l)" "$(ctl GET log | grep -o '"event":"close"' | wc -l)"
}

@test "exec N>file between calls, for N from 0 to 255, mixes no bytes of the file and of requests" {
	script 'exec 600<&0 601>&1 602>&2; look
		for ((n = 0; n < 256; n++)); do
			eval "exec $n>file.$n"
			token_view t1 -A T || echo "call $n" >&601
			eval "echo of the user $n >&$n"
			token_view t2 -A T || echo "call $n" >&601
			case $n in 0) exec <&600 ;; 1) exec >&601 ;; 2) exec 2>&602 ;; *) eval "exec $n>&-" ;; esac
			token_view t1 -A T || echo "call $n" >&601
			[[ $(<file.$n) == "of the user $n" ]] || echo "file $n: $(<file.$n)"
		done; look'
	is "$status $out $err" $'0 works\nworks '
	wire_is_clean
}

@test "exec N<&- between calls, for N from 3 to 255 and the number of the socket, breaks no call" {
	script 'look; for n in {3..255} $(ours); do eval "exec $n<&-"; token_view t1 -A T || echo "call $n"; done; look'
	is "$status $out $err" $'0 works\nworks '
	wire_is_clean
}

@test "exec N<>fifo between calls, for N from 3 to 255, breaks no call" {
	script 'mkfifo fifo; look
		for n in {3..255}; do
			eval "exec $n<>fifo"; token_view t1 -A T || echo "call $n"
			eval "echo of the user $n >&$n; read -r -t 5 line <&$n"; [[ $line == "of the user $n" ]] || echo "$n: $line"
			token_view t2 -A T; eval "exec $n>&-"
		done; look'
	is "$status $out $err" $'0 works\nworks '
	wire_is_clean
}

@test "many descriptors opened at once, before or after the first call, break no call" {
	script 'for n in {3..9} {20..254}; do eval "exec $n>file.$n"; done
		look; for n in {3..9} {20..254}; do echo "of the user $n" >&$n; done; look
		for n in {3..9} {20..254}; do [[ $(<file.$n) == "of the user $n" ]] || echo "file $n"; eval "exec $n>&-"; done; look'
	is "$status $out $err" $'0 works\nworks\nworks '
	wire_is_clean
}

@test "a file that takes the number of the socket gets no request, and is not closed" {
	script 'look; n=$(ours)
		eval "exec $n>&-"; eval "exec $n>file"; look; echo "of the user" >&$n; look; echo "of the user" >&$n; cat file'
	is "$status $out $err" $'0 works\nworks\nworks\nof the user\nof the user '
	wire_is_clean
}

@test "a connection of the user's that takes the number of the socket gets no request" {
	local log
	script 'look; n=$(ours); eval "exec $n>&-"; eval "exec $n<>/dev/tcp/127.0.0.1/${CODER_URL##*:}"
		look; look; printf "GET /mine HTTP/1.0\r\n\r\n" >&$n; read -r line <&$n; echo "${line%$'\''\r'\''}"; look'
	is "$status $out $err" $'0 works\nworks\nworks\nHTTP/1.1 200 OK\nworks '
	log=$(ctl GET log | grep -oE '"conn":[0-9]+,"conn_req":[0-9]+,"method":"GET","path":"[^"]*')
	[[ $log =~ \"conn\":([0-9]+),[^/]*/mine ]] || fail "the user asked nothing"
	is "$(grep -c "^\"conn\":${BASH_REMATCH[1]}," <<<"$log")" 1
}

# tls_sandbox - starts a deployment with TLS for the rest of the test. Sets TLS_PID, CA and URL.
tls_sandbox() {
	local certs=$BATS_TEST_TMPDIR/certs
	"$SANDBOX/certs.sh" "$certs"
	sandbox_start --tls --cert "$certs/server.pem" --key "$certs/server.key" --rate-limit 0 \
		--control-ready "$BATS_TEST_TMPDIR/control" --log "$BATS_TEST_TMPDIR/log"
	TLS_PID=$SANDBOX_PID
	CA=$certs/ca.pem
	seed '{"owner": "admin", "name": "t%d", "count": 3}'
}

teardown() {
	[[ -z $TLS_PID ]] || kill "$TLS_PID"
}

# Memory that the calls so far have cost, in KiB, whatever the user does with the number of the socket.
GROWTH='grown() { local key value; while read -r key value _; do [[ $key != VmRSS: ]] || echo "$((value - before))"; done </proc/$$/status; }
	before=0; look >/dev/null; n=$(ours)
	for ((i = 0; i < 320; i++)); do ((i == 20)) && before=$(grown); use; token_view t1 -A T || exit; done; grown'

# costs_nothing USE - asserts that 300 calls leak nothing, each after this was done with the socket's number, $n.
costs_nothing() {
	script "use() { $1; }; $GROWTH"
	is "$status $err" "0 "
	[[ $out =~ ^-?[0-9]+$ ]] || fail "not only a number"
	[[ ${LD_PRELOAD-} == *asan* ]] || ((out < 1024)) || fail "$out KiB more"
}

@test "closing the socket, or putting a file in its place, leaks no memory, also over TLS" {
	local how
	for how in plain tls; do
		[[ $how == plain ]] || tls_sandbox
		costs_nothing 'eval "exec $n>&-"'
		costs_nothing 'eval "exec $n>&-"; eval "exec $n>>file"; echo of the user >&$n'
		is "$(sort file | uniq -c | xargs)" "320 of the user"
		rm file
		wire_is_clean
	done
}

@test "a file that takes the number of the socket keeps its position and its close-on-exec flag" {
	local how
	for how in plain tls; do
		[[ $how == plain ]] || tls_sandbox
		script 'printf "one\ntwo\nthree\n" >lines; look; n=$(ours)
			eval "exec $n>&-"; eval "exec $n<lines"; read -r line <&$n; look; read -r line <&$n; echo "$line"
			ls -l /proc/self/fd | grep -c lines; look
			eval "exec $n>&-"; look; ours | wc -l'
		is "$status $err" "0 "
		is "$out" $'works\nworks\ntwo\n1\nworks\nworks\n1'
		wire_is_clean
	done
}

@test "exec N>file with the number of the socket is undone by bash, and the file gets no request" {
	# bash takes a descriptor above 10 that is closed on exec for one of its own
	script 'look; n=$(ours); eval "exec $n>file"; look; look; echo "$(<file)"'
	is "$status $out $err" $'0 works\nworks\nworks '
	wire_is_clean
	script 'look; n=$(ours); eval "exec $n>file"; echo "of the user" >&$n; look; echo "$?"; look; echo "$(<file)"'
	is "$out" $'works\n1\nworks'
	is "$(wc -l <<<"$err")" 1
}

@test "a redirection of the socket's number for one command breaks nothing" {
	script 'look; n=$(ours); eval "look $n>file"; look; eval "{ echo of the user >&$n; } $n>other"; look; cat file other'
	is "$status $out $err" $'0 works\nworks\nworks\nworks\nof the user '
	wire_is_clean
}

@test "a call with redirections changes neither the connection nor the files" {
	script 'look
		for n in {3..20} 254; do
			eval "token_view t1 -A T $n>file.$n" || echo "call $n"; [[ ! -s file.$n ]] || echo "file $n"
			eval "token_view t2 -A T $n<&-" || echo "call $n"
		done; look'
	is "$status $out $err" $'0 works\nworks '
	wire_is_clean
	is "$(ctl GET log | grep -o '"event":"open"' | wc -l)" 1
}

@test "a closed standard input or error changes nothing, and a closed output is an error" {
	script 'look <&-; look 2>&-; look <&- 2>&-
		token_list >&-; echo "$?"
		token_list <&- >&- 2>&-; echo "$?"
		token_view t1 -A T <&- >&- 2>&-; echo "$? ${T[name]}"
		token_view nowhere <&- >&- 2>&-; echo "$?"
		exec <&-; look; exec 2>&-; look; opened | grep -cE "^[02] "; exec 2>/dev/null; look'
	is "$status $out" $'0 works\nworks\nworks\n1\n1\n0 t1\n3\nworks\nworks\n0\nworks'
	is "$(grep -c . <<<"$err")" 1
	has "$err" "token_list: write error: Bad file descriptor"
	wire_is_clean
}

@test "a token whose secret cannot be printed on a closed output is deleted again" {
	script 'token_create -n lost >&-; echo "$?"; token_view lost >/dev/null; echo "$?"'
	is "$out" $'9\n3'
	has "$err" "no new token exists"
}

@test "with few descriptors a call works, or reports that descriptors are missing, also over TLS" {
	local how limit worked
	for how in plain tls; do
		[[ $how == plain ]] || tls_sandbox
		worked=0
		for limit in {3..32}; do
			script 'ulimit -n '"$limit"' || exit; token_view t1 -A T; echo "$? ${T[name]}"; for fd in {3..9}; do [[ ! -S /proc/$$/fd/$fd ]] || echo low; done'
			[[ $out != *low* ]] || fail "limit $limit leaves descriptors below 10"
			if [[ $out == "0 t1" ]]; then
				worked=$((worked + 1))
				is "$err" ""
			else
				[[ $out =~ ^[1-9][0-9]*\ $ ]] || [[ $err == *"Too many open files"* ]] || fail "limit $limit"
				[[ $err == *"Too many open files"* || $err == *"open files: ulimit -n"* ]] || fail "$how: limit $limit is not reported"
			fi
			((limit < 16)) || is "$out" "0 t1"
		done
		((worked >= 16)) || fail "worked with $worked limits only"
	done
}

@test "calls work if the limit of descriptors is changed after the first one" {
	script 'look; ulimit -Sn 20; look; look; ulimit -Sn 512; look; ulimit -Sn 1024; look; ours | wc -l'
	is "$status $out $err" $'0 works\nworks\nworks\nworks\nworks\n1 '
}

@test "however a call ends, the limit of descriptors stays as it was" {
	script 'ulimit -Sn 333; look; token_view nowhere 2>/dev/null; CODER_URL=http://127.0.0.1:1 token_list --timeout 0.01 2>/dev/null
		ulimit -Sn; ulimit -Hn 444; look; ulimit -Sn; ulimit -Hn; ulimit -Sn 12; look; ulimit -Sn'
	is "$status $err" "0 "
	is "${out//$'\n'/ }" "works 333 works 333 444 works 12"
}

@test "500 calls of every kind leave no descriptor and no thread behind" {
	script 'count() { set -- /proc/$$/fd/* /proc/$$/task/*; n=$#; }
		look; count; before=$n
		for ((i = 0; i < 125; i++)); do
			token_view t1 -A T; token_list -v ids; token_view nowhere 2>/dev/null; CODER_URL=http://127.0.0.1:1 token_list --timeout 0.01 2>/dev/null
		done
		count; echo "$((n - before))"; set -- /proc/$$/task/*; echo "$# thread"'
	is "$status $out $err" $'0 works\n0\n1 thread '
}

@test "switching between deployments keeps only a few connections" {
	script 'port=${CODER_URL##*:}
		for ((i = 0; i < 40; i++)); do CODER_URL=http://127.0.0.1:$port token_view t1 -A T; CODER_URL=http://localhost:$port token_view t1 -A T || echo failed; done
		(( $(ours | wc -l) <= 5 )) && echo few'
	is "$status $out $err" "0 few "
}

# ------------------------------------------------------------ names, threads

@test "an interrupted look-up leaves no descriptor and no thread, and writes to no file later" {
	mute_name_server 1
	# 1.5 s: a look-up that went on would have given up after 1 s
	script 'trap : INT; before=$(opened | grep -v pipe:); self=$(ls /proc/self/fd | xargs)
		(wait_for 10 there heard; kill -INT $$) & hanging; echo "$?"; wait; hanging --timeout 0.2; echo "$?"
		read -r children </proc/$$/task/$$/children; echo "children $children"
		[[ $self == "$(ls /proc/self/fd | xargs)" ]] && echo same
		[[ $before == "$(opened | grep -v pipe:)" ]] && echo same
		set -- /proc/$$/task/*; echo "$# thread"
		for n in {3..20}; do eval "exec $n>file.$n"; done; sleep 1.5
		for n in {3..20}; do eval "echo of the user $n >&$n"; [[ $(<file.$n) == "of the user $n" ]] || echo "file $n"; done
		look'
	is "$status" 0
	is "$out" $'130\n7\nchildren \nsame\nsame\n1 thread\nworks'
	lacks "$err" "Bad file descriptor"
}

@test "a look-up starts no thread in the shell, and ends with the shell" {
	mute_name_server 5
	script 'shell=$$
		(wait_for 10 there heard; set -- /proc/$shell/task/*; echo "$# thread"
			read -r children </proc/$shell/task/$shell/children; set -- $children; echo "$# children"
			for child; do shift; [[ $child == $BASHPID ]] || set -- "$@" $child; done
			# 3 s: less than the 5 s after which the look-up would give up by itself
			kill -KILL $shell; wait_for 3 ended "$@" || echo left; echo looked) &
		hanging'
	is "$status" 137
	# the subshell looks after the shell's end
	wait_for 10 grep -q looked "$BATS_TEST_TMPDIR/out"
	is "$(<"$BATS_TEST_TMPDIR/out")" $'1 thread\n2 children\nlooked'
}

@test "a call that cannot connect does not close the kept connection" {
	script 'look; CODER_URL=http://127.0.0.1:1 token_list; CODER_URL=http://127.0.0.1:1 token_list; look; look'
	is "$status $out" $'0 works\nworks\nworks'
	is "$(ctl GET log | grep -o '"event":"open"' | wc -l)" 1
}

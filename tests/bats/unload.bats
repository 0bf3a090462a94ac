#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Unloading and loading again, in any order and at any time. An unloaded builtin must neither crash
# the shell nor keep a connection.

load helper
SANDBOX_OPTIONS=(--rate-limit 0)

setup() {
	shell_setup
	seed '{"owner": "admin", "name": "t1"}'
	cd "$BATS_TEST_TMPDIR" || return
	MUTED=()
}

# script BODY - runs it in a shell of its own; sets status, out, err. In it, `works NAME...` says
# which of these builtins do not do their work, `gone NAME...` which are there still.
script() {
	cat >script <<-END
		CODER_URL=$URL CODER_SESSION_TOKEN=$ADMIN_TOKEN SO='$SO'
		source '$TOOLS/wait.bash'
		ALL=(${BUILTINS[*]})
		works() {
			local name v; local -a ids; local -A T
			for name; do
				[[ \$(type -t \$name) == builtin ]] || echo "\$name is no builtin"
				case \$name in
				token_create) token_create -n new-\$RANDOM\$RANDOM -v v && [[ \$v == *-* ]] ;;
				token_list) token_list --name t1 -v ids && ((\${#ids[*]} == 1)) ;;
				token_view) token_view t1 -A T && [[ \${T[name]} == t1 ]] ;;
				token_rm) ids=() && token_rm --from ids && token_rm nowhere 2>/dev/null; ((\$? == 3)) ;;
				esac || echo "\$name fails"
			done
		}
		asked() { cat heard '$BATS_FILE_TMPDIR/log' 2>/dev/null | grep -c 'coder\|"method"'; }
		asked_more() { ((\$(asked) > asked)); }
		gone() { local name; for name; do [[ -z \$(type -t \$name) ]] || echo "\$name is there"; done; }
		sockets() { local fd n=0; for fd in /proc/\$\$/fd/*; do [[ ! -S \$fd ]] || n=\$((n + 1)); done; echo "\$n sockets"; }
		$1
	END
	try timeout 60 "${MUTED[@]}" "$BASH" --norc script
}

@test "the builtins can be unloaded one by one, in every order, and loaded again" {
	script 'orders() { # PREFIX REST...
			local prefix=$1 i; shift
			(($#)) || echo "$prefix"
			for ((i = 1; i <= $#; i++)); do orders "$prefix ${!i}" "${@:1:i-1}" "${@:i+1}"; done
		}
		while read -r -a order; do
			enable -f "$SO" "${ALL[@]}"
			works "${ALL[@]}"
			for ((i = 0; i < 4; i++)); do
				enable -d ${order[i]} || echo "status $?"
				gone "${order[@]:0:i+1}"
				works "${order[@]:i+1}"
			done
			count=$((count + 1))
		done < <(orders "" "${ALL[@]}")
		echo "$count orders"; sockets'
	is "$status $out $err" $'0 24 orders\n0 sockets '
}

@test "all builtins can be unloaded at once, and loaded one by one" {
	script 'for i in 1 2 3; do
			enable -f "$SO" "${ALL[@]}"; works "${ALL[@]}"; enable -d "${ALL[@]}"; gone "${ALL[@]}"
			for name in "${ALL[@]}"; do enable -f "$SO" $name; works $name; done
			works "${ALL[@]}"; enable -d "${ALL[@]}"; sockets
		done'
	is "$status $out $err" $'0 0 sockets\n0 sockets\n0 sockets '
}

@test "loading twice changes nothing, and one unloading is enough" {
	script 'enable -f "$SO" "${ALL[@]}"; works token_view
		enable -f "$SO" "${ALL[@]}" 2>/dev/null; works "${ALL[@]}"
		enable -f "$SO" token_list 2>/dev/null; works "${ALL[@]}"
		enable -d "${ALL[@]}"; gone "${ALL[@]}"; sockets
		enable -d token_list 2>/dev/null || echo "status $?"
		enable -f "$SO" "${ALL[@]}"; works "${ALL[@]}"; help token_list | head -n 1'
	is "$status" 0
	has "$out" $'0 sockets\nstatus 1\ntoken_list: '
	is "$err" ""
}

@test "unloading closes the kept connection, and no other descriptor" {
	script 'enable -f "$SO" "${ALL[@]}"; exec 3>file 961>other; works token_view; sockets
		enable -d token_list; sockets; works token_view; sockets; enable -d token_view token_create token_rm; sockets
		echo three >&3; echo more >&961; echo "$(<file) $(<other)"'
	is "$status $out $err" $'0 1 sockets\n0 sockets\n1 sockets\n0 sockets\nthree more '
	is "$(ctl GET log | grep -o '"event":"open"' | wc -l)" 2
	is "$(ctl GET log | grep -o '"event":"close"' | wc -l)" 2
}

@test "unloading in a subshell does not affect its parent" {
	script 'enable -f "$SO" "${ALL[@]}"; works token_view
		(enable -d "${ALL[@]}"; gone "${ALL[@]}"); : "$(enable -d token_view)"; enable -d token_view | cat
		works "${ALL[@]}"
		(enable -d "${ALL[@]}"; enable -f "$SO" token_view; works token_view); works token_view'
	is "$status $out $err" "0  "
	# the parent's, the create's, the subshell's
	is "$(ctl GET log | grep -o '"event":"open"' | wc -l)" 3
}

@test "unloading works from a function, a trap and a loop that use the builtins" {
	script 'enable -f "$SO" "${ALL[@]}"
		f() { works token_view; enable -d token_view; gone token_view; enable -f "$SO" token_view; works token_view; }
		f; f
		trap "enable -d \"\${ALL[@]}\"" USR1
		kill -USR1 $$; gone "${ALL[@]}"; enable -f "$SO" "${ALL[@]}"
		(wait_for 10 there begun; kill -USR1 $$; echo sent >sent) &
		CODER_HEADER_COMMAND="echo begun >begun; until [ -s sent ]; do sleep 0.02; done" token_list -v ids; echo "${#ids[*]}"; gone "${ALL[@]}"
		trap - USR1
		for i in 1 2 3 4 5; do enable -f "$SO" token_view; works token_view; enable -d token_view; done
		enable -f "$SO" token_view; works token_view
		trap "enable -d token_view" DEBUG; trap - DEBUG; gone token_view
		enable -f "$SO" token_view; works token_view; trap "enable -d token_view; echo bye" EXIT'
	is "$status $out $err" $'0 3\nbye '
}

@test "unloading works after an interrupted call and an interrupted look-up" {
	mute_name_server 1
	fault '{"path": "keys/tokens", "stall": {"at": 0}, "times": 2}'
	# 1.2 s: a look-up that went on would have given up after 1 s
	script 'trap : INT
		for url in http://coder.example.com $CODER_URL http://coder.example.com $CODER_URL; do
			enable -f "$SO" "${ALL[@]}"
			asked=$(asked); (wait_for 10 asked_more; kill -INT $$) & CODER_URL=$url token_list 2>/dev/null; echo "$?"
			enable -d "${ALL[@]}"; wait
		done
		sleep 1.2; enable -f "$SO" "${ALL[@]}"; works "${ALL[@]}"; (:); true | true; enable -d "${ALL[@]}"; sockets; echo alive'
	is "$status $out $err" $'0 130\n130\n130\n130\n0 sockets\nalive '
}

@test "two copies of the file, loaded from different places, work side by side" {
	cp "$SO" a.so
	cp "$SO" b.so
	script 'enable -f ./a.so token_list token_create; enable -f ./b.so token_view token_rm
		works "${ALL[@]}"; works "${ALL[@]}"; sockets
		(works "${ALL[@]}")
		enable -d token_list token_create; works token_view token_rm; enable -f ./b.so token_list token_create; works "${ALL[@]}"
		enable -d "${ALL[@]}"; gone "${ALL[@]}"; sockets
		enable -f ./a.so "${ALL[@]}"; works "${ALL[@]}"; enable -f ./b.so "${ALL[@]}" 2>/dev/null; works "${ALL[@]}"
		enable -d "${ALL[@]}"; gone "${ALL[@]}"; enable -f ./a.so "${ALL[@]}"; works "${ALL[@]}"'
	is "$status $err" "0 "
	is "$out" $'2 sockets\n0 sockets'
}

@test "replacing the file by install(1) does not affect a running shell" {
	cp "$SO" a.so
	script 'enable -f ./a.so "${ALL[@]}"; works "${ALL[@]}"
		install "$SO" ./a.so; works "${ALL[@]}"; enable -f ./a.so token_list 2>/dev/null; works "${ALL[@]}"
		rm ./a.so; works "${ALL[@]}"; enable -d "${ALL[@]}"; gone "${ALL[@]}"; enable -f ./a.so token_list 2>/dev/null || echo "status $?"'
	is "$status $err" "0 "
	[[ $out == "" || $out == "status 1" ]] || fail "unexpected"
}

@test "a builtin that was disabled by enable -n stays loaded" {
	script 'enable -f "$SO" "${ALL[@]}"; works "${ALL[@]}"
		enable -n token_list; token_list 2>/dev/null; echo "$?"; enable token_list; works token_list
		builtin token_list -q --name t1 -v ids && echo "${#ids[*]}"; command token_list -q --name t1 -v ids && echo "${#ids[*]}"
		token_list() { echo function; }; token_list; builtin token_list --name t1 -v ids && echo "${#ids[*]}"; unset -f token_list; works token_list'
	is "$status $out $err" $'0 127\n1\n1\nfunction\n1 '
}

@test "loading, using and unloading 200 times leaks nothing" {
	script 'size() { set -- /proc/$$/fd/* /proc/$$/task/*; n=$#; mapfile -t maps </proc/$$/maps; n=$((n + ${#maps[*]})); }
		kib() { while read -r name value _; do [[ $name != VmRSS: ]] || kib=$value; done </proc/$$/status; }
		turn() { enable -f "$SO" "${ALL[@]}"; token_view t1 -A T || echo "call $i"; enable -d "${ALL[@]}"; }
		for ((i = 0; i < 50; i++)); do turn; size; kib; done; before=$n was=$kib
		for ((i = 0; i < 200; i++)); do turn; done; size; kib
		echo "$((n - before)) $((kib - was < (${#LD_PRELOAD} ? 99999 : 128)))"'
	is "$status $out $err" "0 0 1 "
}

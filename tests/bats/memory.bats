#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Memory: no call leaks, none crashes when memory runs out, and a create that runs out of
# memory leaves a working token or none.
# THOROUGH=1 lets every allocation of a completion and of a shell's first call fail instead of every
# few. `make test SANITIZE=1` and `make test VALGRIND=1` check memory, too.

# Scripts for other shells stand in single quotes, and each test is a subshell of its own.
# shellcheck disable=SC2016,SC2030,SC2031

load helper

setup_file() {
	sandbox_start --seed demo --rate-limit 0
	# these tests do not work beside another memory checker in the process
	[[ -z ${SANITIZE-}${VALGRIND-} ]] || export UNSUITABLE="runs without sanitizers and valgrind"
}

setup() {
	[[ -z ${UNSUITABLE-} ]] || skip "$UNSUITABLE"
	shell_setup
	cd "$BATS_TEST_TMPDIR" || return
	export CODER_URL CODER_SESSION_TOKEN SO
	FAILING=(LD_PRELOAD="${SO%/*}/failmalloc.so")
	[[ -e ${SO%/*}/failmalloc.so && -e ${SO%/*}/failcurl/libcurl.so.4 ]] ||
		fail "${SO%/*} lacks what makes calls fail: make test builds it"
}

# ------------------------------------------------------- where memory runs out

# The scripts below begin with this. `arm N` lets the Nth allocation from now on fail, 0 none.
# `look` sets count, the number of allocations since then, and live, the number of our blocks.
control='
arm() { printf "%-11s\n%-11s\n" "$1" 0 1<>"$FAIL_CONTROL"; }
look() { { read -r _; read -r count; read -r live; } <"$FAIL_CONTROL"; }
bad() { echo "BAD: $*: status $status, $live blocks, $(<out) $(<err)"; }
'

# A shell that brings its own malloc uses no other.
needs_replaceable_malloc() {
	[[ $(failing 'enable -f "$SO" token_list; arm 0; token_list --version >out; look; echo "$count"') != 0 ]] ||
		skip "this bash has a malloc of its own"
}

# failing SCRIPT [ARGUMENT]... - runs it in a shell whose allocations can fail, or the calls that FAILING chooses.
failing() {
	printf '%-11s\n%-11s\n%-11s\n' 0 0 0 >control
	env FAIL_CONTROL="$PWD/control" "${FAILING[@]}" bash --norc -c "$control$1" - "${@:2}"
}

# libcurl_fails - from here on calls of libcurl can fail. Sets FAILING.
libcurl_fails() {
	local real
	real=$(bash --norc -c 'enable -f "$SO" token_list; token_list -q >out
		awk "/libcurl/ { print \$NF; exit }" "/proc/$$/maps"; :') # or awk would replace the shell
	FAILING=(LD_LIBRARY_PATH="${SO%/*}/failcurl" REAL_LIBCURL="${real:?no libcurl was loaded}")
}

# Each command of standard input is called with its first allocation failing, then its second, until
# it succeeds. A command that fails prints nothing but one line of error, sets nothing, leaks nothing.
# $1: whether connections are kept; $2: how many blocks they may hold; $3: the pattern of the errors.
each_fails='
enable -f "$SO" token_create token_list token_view token_rm
CODER_TOKENS_KEEPALIVE=$1 slack=$2 words=$3
untouched() {
	[[ "${ids[*]}/${T[*]}/${TOKEN_SCOPES[*]}/${TOKEN_ALLOW_LIST[*]}/$secret" == \
		kept/kept/kept/kept/kept ]]
}
while read -r command; do
	arm 0
	eval "$command" >out 2>err || bad "$command"
	look
	blocks=$live
	for ((n = 1; ; n++)); do
		unset T
		declare -A T=([0]=kept)
		ids=(kept) TOKEN_SCOPES=(kept) TOKEN_ALLOW_LIST=(kept) secret=kept
		arm "$n"
		eval "$command" >out 2>err
		status=$?
		look
		((count >= n)) || break
		((cases += 1))
		if ((status)); then
			[[ $status == [17] ]] || bad "status of $n of $command"
			[[ -s out ]] && bad "output of $n of $command"
			mapfile -t lines <err
			((${#lines[@]} == 1)) || bad "lines of $n of $command"
			[[ ${lines[0]} =~ $words ]] || bad "words of $n of $command"
			untouched || bad "variables of $n of $command"
		fi
		((live <= blocks + slack)) || bad "leak of $n of $command"
	done
	((status == 0 && n > 1)) || bad "end of $command"
	((live <= blocks + slack)) || bad "leaks of $command"
done
echo "$cases"
'

# Patterns of the errors when memory runs out, and when libcurl fails.
NO_MEMORY='memory|cannot find the host'
NO_LIBCURL="$NO_MEMORY|libcurl|no usable response|cannot wait"

# no_bad TEXT AT_LEAST - asserts that the output of such a script has no BAD line, and that many cases.
no_bad() {
	[[ $1 != *BAD* ]] || fail "$(head -n 20 <<<"$1")"
	((${1##*$'\n'} >= $2)) || fail "only $1 cases"
	echo "# ${1##*$'\n'} failed" >&3
}

# harmless_calls_fail KEPT WORDS AT_LEAST - the commands that change nothing, without and with a kept
# connection, for which libcurl keeps that many blocks.
harmless_calls_fail() {
	local kept=$1 words=$2 at_least=$3
	export CODER_TOKEN_LIFETIME=1h CODER_HEADER='X-A=b,"X-C=d"' ID
	ID=$(token_list -q --name grafana)
	cat >commands <<-'END'
		token_list -v ids -A T
		token_list -a -o table
		token_list -o json --name "g*" --scope user:read --allow "user:*" --expires-within 90d
		token_list -a -o tsv -c id,name,owner
		token_view grafana -A T
		token_view $ID -o json
		token_view terraform --explain
		token_rm --dry-run grafana terraform
		token_create --dry-run -n new --scope workspace:read,user:read --allow user:alice,template:docker
	END
	no_bad "$(failing "$each_fails" 0 0 "$words" <commands)" "$at_least"
	no_bad "$(failing "$each_fails" 1 "$kept" "$words" <commands)" "$at_least"
}

@test "a call that changes nothing survives the failure of any allocation" {
	needs_replaceable_malloc
	harmless_calls_fail 32 "$NO_MEMORY" 1500
	no_bad "$(failing "$each_fails" 0 0 "$NO_MEMORY" <<<"token_create --help")" 5
}

@test "a call that changes nothing survives the failure of any call of libcurl" {
	libcurl_fails
	harmless_calls_fail 1 "$NO_LIBCURL" 600
}

removal_fails='
enable -f "$SO" token_create token_list token_rm
for how in --delete --expire; do
	for ((n = 1; ; n++)); do
		arm 0
		token_create -n doomed --lifetime 1h -v secret
		id=${secret%%-*} gone=(kept)
		arm "$n"
		token_rm $how -v gone doomed >out 2>err
		status=$?
		look
		((cases += 1))
		arm 0
		token_list -v left --name doomed
		case $status in
		0) [[ ${#left[@]} == 0 && ${gone[*]} == "$id" ]] || bad "removal $n" ;;
		[17]) [[ ! -s out && $(wc -l <err) == 1 && (${gone[*]} == kept || ! ${gone[*]}) ]] || bad "failure $n" ;;
		*) bad "status of $n" ;;
		esac
		token_rm --delete "$id" >out 2>err
		((count >= n)) || break
	done
	((status == 0)) || bad "end"
done
echo "$cases"'

@test "a removal reports correctly what happened if any allocation fails" {
	needs_replaceable_malloc
	no_bad "$(failing "$removal_fails")" 300
}

@test "a removal reports correctly what happened if any call of libcurl fails" {
	libcurl_fails
	no_bad "$(failing "$removal_fails")" 150
}

create_fails='
enable -f "$SO" token_create token_list token_view token_rm
for options in "-v secret" "-A T -v secret" ">secret.out"; do
	for ((n = 1; ; n++)); do
		unset T
		declare -A T=([key]=kept)
		TOKEN_SCOPES=(kept) secret=kept
		arm "$n"
		eval "token_create -n new --lifetime 1h --scope user:read $options" >out 2>err
		status=$?
		look
		((cases += 1))
		arm 0
		[[ $options != ">"* ]] || secret=$(<secret.out)
		token_list -v left --name new
		if ((status == 0)); then
			[[ ${#left[@]} == 1 && ${TOKEN_SCOPES[*]} == user:read ]] || bad "create $n"
			CODER_SESSION_TOKEN=$secret token_view --self >out 2>err
			grep -qw new out || grep -q restricted err || bad "secret $n"
			[[ $options != *-A* || ${T[key]} == "$secret" ]] || bad "record $n"
		else
			[[ $status == [179] ]] || bad "status of $n"
			[[ ${#left[@]} == 0 ]] || bad "orphan of $n"
			[[ -s out || $secret == *-* ]] && bad "secret of $n"
			[[ ${T[key]}/${TOKEN_SCOPES[*]} == kept/kept ]] || bad "variables of $n"
			[[ $(tail -n 1 err) =~ $1 ]] || bad "words of $n"
			((status != 9)) || grep -q "nothing is left" err || bad "report of $n"
		fi
		((${#left[@]} == 0)) || token_rm --delete new >out
		((count >= n)) || break
	done
	((status == 0)) || bad "end of $options"
done
echo "$cases"'

@test "a create delivers a working secret or leaves no token if any allocation fails" {
	needs_replaceable_malloc
	no_bad "$(failing "$create_fails" "$NO_MEMORY")" 900
	is "$(names | grep -c new)" 0
}

@test "a create delivers a working secret or leaves no token if any call of libcurl fails" {
	libcurl_fails
	no_bad "$(failing "$create_fails" "$NO_LIBCURL")" 500
	is "$(names | grep -c new)" 0
}

@test "a completion survives the failure of any allocation" {
	needs_replaceable_malloc
	no_bad "$(failing '
		enable -f "$SO" token_create token_list token_view token_rm
		CODER_TOKENS_KEEPALIVE=0
		lines=("token_create --scope wor" "token_create --allow workspace:" "token_rm " "token_view -c id,n")
		# all of them twice, then with descriptions: nothing may stay but what was remembered the first
		# time
		for line in "${lines[@]}" "${lines[@]}"; do
			for ((n = 1; ; n += $1)); do
				arm 0
				# a change of a token makes the shell forget what it remembered, failures included
				token_create -n change --lifetime 1h -v secret && token_rm --delete change >out
				words=(kept)
				arm "$n"
				token_list --complete "$line" --complete-hint hint -v words >out 2>err
				status=$?
				look
				((cases += 1))
				[[ ! -s out ]] || bad "$line: $n"
				((status == 0)) || [[ ${words[*]} == kept ]] || bad "$line: words of $n"
				((count >= n)) || break
			done
			((status == 0 && ${#words[@]})) && [[ ${words[*]} != kept ]] || bad "end of $line"
			((++ended != ${#lines[@]})) || { blocks=$live COMP_TYPE=63; }
		done
		((live <= blocks)) || bad "leak: $blocks blocks at first"
		echo "$cases"' "${THOROUGH:-4}")" 300
}

@test "a shell's first call survives the failure of any allocation, also while libcurl is loaded" {
	needs_replaceable_malloc
	local n count cases=0 status
	for ((n = 1; ; n += ${THOROUGH:-5})); do
		status=0
		failing '
			arm "$1"
			enable -f "$SO" token_list token_view 2>err
			type -t token_list token_view >loaded
			token_list -v ids >out 2>err
			status=$?
			look
			echo "$count" >count
			[[ ! -s out ]] || bad "output"
			# and the next call works
			arm 0
			enable -f "$SO" token_list 2>/dev/null
			token_list -v ids >out 2>err || bad "next call"
			exit "$status"' "$n" >bad || status=$?
		is "$(<bad)" ""
		((status <= 7 || status == 127)) || fail "status $status at $n"
		count=$(<count)
		((cases += 1))
		((count >= n)) || break
	done
	((status == 0 && cases > 50)) || fail "status $status after $cases"
	echo "# $cases failed" >&3
}

@test "a libcurl that raises SIGPIPE, as older releases do, ends no shell and runs no trap" {
	libcurl_fails
	FAILING+=(RAISE_SIGPIPE=1)
	is "$(failing 'enable -f "$SO" token_list token_view
		for i in 1 2 3; do token_list -q -v ids; token_view nobody 2>err; done
		trap "echo nobody sends PIPE" PIPE
		token_list -q -v ids && echo works
		kill -PIPE $$')" $'works\nnobody sends PIPE'
}

@test "a libcurl that closes sockets by itself, as some releases do, loses no kept connection" {
	libcurl_fails
	FAILING+=(CLOSES_SOCKETS=1)
	forget_requests
	is "$(failing 'enable -f "$SO" token_list
		for i in 1 2 3; do token_list -q -v ids; token_list --url http://127.0.0.1:1/ 2>err; done
		token_list -q -v ids && echo works')" works
	is "$(ctl GET log | grep -o '"event":"open"' | wc -l)" 1
}

# ------------------------------------------------------------- what accumulates

@test "ten thousand calls leak neither memory nor descriptors" {
	local calls=10000 grown
	grown=$(bash --norc -c '
		enable -f "$SO" token_create token_list token_view token_rm
		# not in a substitution, whose pipe the shell closes at a time that is not predictable
		measure() {
			while read -r key value _; do [[ $key != VmRSS: ]] || kib=$value; done </proc/$$/status
			fds=(/proc/$$/fd/*)
		}
		round() {
			token_list -v ids -A T
			token_list -a -o json
			token_view grafana -A record -o table
			token_view nobody
			token_list --url http://127.0.0.1:1/ --timeout 1ns
			token_list --complete "token_view g" --complete-hint hint -v words
			token_create --dry-run -n new --scope user:read --allow template:docker
			token_create -n new --lifetime 1h -v secret
			token_rm --delete new
			CODER_TOKENS_KEEPALIVE=0 token_list -q
		} >/dev/null 2>&1
		for ((i = 0; i < 20; i++)); do round; done
		measure
		kib_before=$kib fds_before=${#fds[@]}
		for ((i = 0; i < $1 / 10; i++)); do round; done
		measure
		echo "$((kib - kib_before)) $((${#fds[@]} - fds_before))"' - "$calls")
	echo "# $calls calls: $grown (KiB, descriptors)" >&3
	((${grown% *} <= 512 && ${grown#* } == 0)) || fail "$grown"
	is "$(ctl GET log | grep -c '"status":5')" 0
}

# peak_of TOKENS ARGUMENTS - the most memory in KiB that a shell takes which lists so many tokens.
peak_of() {
	fault "{\"path\": \"keys/tokens\\\\?\", \"many\": $1}"
	bash --norc -c 'enable -f "$SO" token_list; eval "token_list $1" >out || exit
		while read -r key kib _; do [[ $key != VmHWM: ]] || peak=$kib; done </proc/$$/status
		echo "$peak"' - "$2"
}

@test "a list of 20,000 tokens takes little memory in each format" {
	local format most short long
	while read -r most format; do
		short=$(peak_of 1 "$format")
		long=$(peak_of 20000 "$format")
		echo "# $format: $((long - short)) KiB" >&3
		((long - short <= most)) || fail "$format: $((long - short)) KiB, more than $most"
	done <<-END
		3000 -q
		4000 -v ids
		5000 -o tsv
		5000 -o json
		5000 -o table
	END
}

@test "a session in valgrind has no error and no leak" {
	needs_replaceable_malloc
	command -v valgrind >/dev/null || skip "no valgrind here"
	ctl POST faults '[{"path":"/keys/tokens\\?","skip":3,"status":400,"body":"{\"message\":\"no\"}"},
		{"method":"POST","skip":1,"cut":{"where":"act"}},
		{"path":"/f-cut$","cut":{"where":"response","at":200}},{"path":"/f-reset$","times":0,"cut":{"where":"act","how":"reset"}},
		{"path":"/f-html$","status":200,"body":"<html>"},{"path":"/f-limit$","status":429,"headers":{"Retry-After":"0"}},
		{"path":"/f-redirect$","redirect":"https://x.example/"},{"path":"/f-json$","status":200,"body":"{\"id\":1,}"},
		{"path":"/f-nest$","act":false,"nest":100000},{"path":"/f-bomb$","gzip_bomb":1000000},
		{"path":"/f-big$","big_element":9000000},{"path":"/f-head$","pad_headers":300000},
		{"path":"/f-echo$","status":403,"body":"{\"message\":\"{request_headers}\"}"},
		{"path":"/f-stall$","times":0,"stall":{"at":100}}]' >/dev/null
	export LOG=$BATS_FILE_TMPDIR/log TOOLS
	cat >session.sh <<-'END'
		source "$TOOLS/wait.bash"
		twice() { (($(grep -c '/f-stall"' "$LOG") > 1)); }
		enable -f "$SO" token_create token_list token_view token_rm
		token_list -a
		token_list -v ids -A all -o json
		token_list -o tsv --scope user:read --allow 'user:*' --unused-for 1m
		token_list
		token_view grafana -A record -o json
		token_create -n one --lifetime 1h --scope workspace:read --allow template:docker -v secret
		token_create -n one
		token_create -n two --lifetime 1h
		CODER_TOKENS_KEEPALIVE=0 CODER_HEADER=X-A=b CODER_HEADER_COMMAND='echo X-C=d' token_list -q
		token_rm one nobody
		victims=(one grafana)
		token_rm --expire --from victims -v gone
		token_list --timeout 1ns
		token_list --url https://coder.invalid
		for name in f-{cut,reset,html,limit,redirect,json,nest,bomb,big,head,echo}; do token_view "$name" -A record; done
		token_view f-stall --timeout 0.5
		trap 'echo trapped' INT
		(wait_for 60 twice; kill -INT $$) &
		token_view f-stall
		trap - INT
		token_view terraform && token_create -n copy --lifetime 1h --scopes-from TOKEN_SCOPES --allow-from TOKEN_ALLOW_LIST -A record
		token_create -n names --lifetime 1h -o json --allow user:alice,organization:coder,workspace:alice/dev-docker
		token_create --dry-run -n dry --scope workspace:raed --allow 'workspace:*'
		token_create -n lost --lifetime 1h >/dev/full
		readonly fixed=1
		token_create -n fixed -v fixed
		token_rm --delete copy names --dry-run
		token_rm --delete copy names
		for COMP_TYPE in 9 63; do
			for line in 'token_create --allow workspace:' 'token_create --scope wor' 'token_rm ' 'token_list -u ' 'token_view -'; do
				token_list --complete "$line" --complete-hint hint -v words
			done
		done
		(token_list -q)
		x=$(token_list -q | cat)
		token_list --help
		enable -d token_list
		enable -f "$SO" token_list
		token_list -q
		: >end
	END
	valgrind --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite \
		--error-exitcode=99 --child-silent-after-fork=yes --log-file=valgrind.log \
		bash --norc session.sh >out 2>err || fail "$(<valgrind.log)"
	[[ -e end ]] || fail "the script did not get to its end"
	has "$(<valgrind.log)" "ERROR SUMMARY: 0 errors"
	has "$(<err)" "deleted again"
	has "$(<out)" "trapped"
	is "$(grep -c 'token_view: f-' err)" 12
}

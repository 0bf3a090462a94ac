#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# When memory runs out, or a call of libcurl fails: no call crashes or leaks, and a create leaves a working
# token or none.
# THOROUGH=1 lets every allocation of a completion and of a shell's first call fail instead of every
# few. `make test SANITIZE=1` and `make test VALGRIND=1` check memory, too.

# Scripts for other shells stand in single quotes, and each test is a subshell of its own.
# shellcheck disable=SC2016,SC2030,SC2031

load helper
source "$REPO/tests/bats/failing.bash"

# ------------------------------------------------------- where memory runs out

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
		token_list -a -o csv --sort -allow_list --limit 4
		token_list -a --human
		token_view -u alice ci-deploy --human -A T
		token_view grafana -A T
		token_view $ID -o json
		token_view terraform --explain
		token_rm --dry-run grafana terraform
		token_create --dry-run -n new --scope template:read,user:read --allow user:alice,template:docker
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
			((status != 9)) || grep -q "no new token exists" err || bad "report of $n"
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
	((status == 0 && cases > 20)) || fail "status $status after $cases"
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

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Signals: ^C ends a call at once wherever it waits, and every other signal affects a call as
# it affects any builtin. The calls run in shells of their own, driven by tests/tools/drive.py.

load helper

setup_file() {
	sandbox_start
	export DRIVE_TIMES=$BATS_FILE_TMPDIR/times
	python3 "$TOOLS/mute.py" connect "$BATS_FILE_TMPDIR/mute" 3>&- &
	MUTE_PID=$!
	wait_for 10 there "$BATS_FILE_TMPDIR/mute"
	MUTE=$(<"$BATS_FILE_TMPDIR/mute")
	export MUTE MUTE_PID
}

teardown_file() {
	[[ ! -s $DRIVE_TIMES ]] || echo "# the slowest return after a signal: $(sort -n "$DRIVE_TIMES" | tail -n 1)" >&3
	kill "$MUTE_PID"
	sandbox_stop
}

setup() {
	shell_setup
	export CODER_URL CODER_SESSION_TOKEN URL BATS_TEST_DESCRIPTION
	MUTED=()
}

# Prepares for a second round within a test.
begin_anew() {
	ctl POST reset '{"seed": "demo"}' >/dev/null
	unset CODER_HEADER_COMMAND
	CODER_URL=$URL
	rm -f "$BATS_TEST_TMPDIR/command"
}

# waiting_at POINT - makes the next call wait at this point. Sets until_there, the driver's step that waits
# until the call is there, and where the point needs it CODER_URL, CODER_HEADER_COMMAND and MUTED.
waiting_at() {
	case $1 in
	connecting)
		CODER_URL=http://127.0.0.1:$MUTE
		until_there="until syn $MUTE"
		;;
	"shaking hands")
		fault '{"accept_hang": true}'
		CODER_URL=${URL/http:/https:}
		until_there='until log accept_hang'
		;;
	"waiting for the response")
		fault '{"stall": {"at": 0}}'
		until_there='until log "GET"'
		;;
	"reading the headers")
		fault '{"stall": {"at": 60}}'
		until_there='until log "GET"'
		;;
	"reading the body")
		fault '{"drip": 300}'
		until_there='until log "event": "drip"'
		;;
	"waiting to try again")
		fault '{"status": 429, "headers": {"Retry-After": "30"}}'
		until_there='until err trying again in 30 s'
		;;
	"running the header command")
		export CODER_HEADER_COMMAND="echo \$\$ >$BATS_TEST_TMPDIR/command; sleep 30"
		until_there="until file $BATS_TEST_TMPDIR/command"
		;;
	"looking the host up")
		CODER_URL=http://coder.example.com
		mute_name_server 15
		until_there="until file $BATS_TEST_TMPDIR/heard"
		;;
	esac
}

# Asserts that the header command, if there was one, has ended with the call.
no_command_left() {
	[[ ! -e $BATS_TEST_TMPDIR/command ]] || ! kill -0 "$(<"$BATS_TEST_TMPDIR/command")" 2>/dev/null ||
		fail "the header command still runs"
}

# interrupt_at_prompt POINT - asserts what ^C at the prompt does while the call waits there.
interrupt_at_prompt() {
	waiting_at "$1"
	at_prompt <<-END
		type ids=(old); declare -A T=([old]=1); TOKEN_ERROR=none; token_list -v ids -A T
		${until_there/err/out}
		key C
		prompt 1
		type echo "status \$? ids \${ids[*]} T \${!T[*]}"
		prompt 5
		type unset CODER_HEADER_COMMAND; CODER_URL=$URL
		prompt 5
		type token_list -v ids && echo "works with \${#ids[*]}"
		prompt 5
	END
	has "$screen" $'\nstatus 130 ids old T old\n'
	has "$screen" $'\nworks with 2\n'
}

@test "^C at the prompt ends a call that is connecting" {
	interrupt_at_prompt "connecting"
}

@test "^C at the prompt ends a call in its TLS handshake" {
	interrupt_at_prompt "shaking hands"
}

@test "^C at the prompt ends a call that waits for the response" {
	interrupt_at_prompt "waiting for the response"
}

@test "^C at the prompt ends a call that reads the headers of the response" {
	interrupt_at_prompt "reading the headers"
}

@test "^C at the prompt ends a call that reads the body of the response" {
	interrupt_at_prompt "reading the body"
}

@test "^C at the prompt ends a call that waits for the names of --human" {
	local workspace
	workspace=$(of workspaces owner=alice name=dev-docker -- id)
	ctl POST tokens '{"owner": "admin", "name": "named", "allow_list": ["workspace:'"$workspace"'"]}' >/dev/null
	fault '{"path": "/workspaces/", "stall": {"at": 0}}'
	at_prompt <<-'END'
		type ids=(old); token_list --human --name named -v ids
		until log "/api/v2/workspaces/
		key C
		prompt 1
		type echo "status $? ids ${ids[*]}"; token_list --human --name named -c allow_list
		prompt 5
	END
	has "$screen" $'\nstatus 130 ids old\n'
	has "$screen" $'\nworkspace:alice/dev-docker\n'
}

@test "^C at the prompt ends a call that waits to try again" {
	interrupt_at_prompt "waiting to try again"
	has "$screen" "rate limited by the server, trying again in 30 s"
}

@test "^C at the prompt ends a call and its header command" {
	interrupt_at_prompt "running the header command"
	no_command_left
}

@test "^C at the prompt ends a call whose host is being looked up" {
	interrupt_at_prompt "looking the host up"
}

@test "^C at the prompt ends a call whose output nobody reads" {
	ctl POST tokens '{"owner": "admin", "name": "many-%d", "count": 3000}' >/dev/null
	at_prompt <<-END
		type mkfifo $BATS_TEST_TMPDIR/fifo; exec 5<>$BATS_TEST_TMPDIR/fifo
		prompt 5
		type token_list >&5
		until full $BATS_TEST_TMPDIR/fifo
		key C
		prompt 1
		type echo "status \$?"; exec 5>&-; token_list -q -v ids && echo "works with \${#ids[*]}"
		prompt 5
	END
	has "$screen" $'\nstatus 130\n'
	has "$screen" $'\nworks with 3002\n'
}

@test "^C at the prompt ends a removal of many, and the array holds what was removed" {
	ctl POST tokens '{"owner": "admin", "name": "many-%d", "count": 9}' >/dev/null
	fault '{"method": "DELETE", "skip": 3, "stall": {"at": 0}, "times": 0}'
	at_prompt <<-END
		type removed=(old); token_rm --jobs 1 -v removed many-{0..8}
		until log "DELETE"
		until log "DELETE"
		until log "DELETE"
		until log "DELETE"
		key C
		prompt 1
		type echo "status \$? removed \${#removed[*]}"; token_list --name "many-*" -q -v ids && echo "left \${#ids[*]}"
		prompt 5
	END
	has "$screen" $'\nstatus 130 removed 3\n'
	has "$screen" "it is not known whether it has been deleted"
	has "$screen" "interrupted: 3 of 9 tokens have been deleted; the outcome of 1 is not known"
	[[ $screen =~ $'\n'"left "[56]$'\n' ]] || fail "does not work again"
}

# removal FAULT SCRIPT <<<STEPS - drives a removal of six tokens, many-0 to many-5, that hangs at the
# fourth by that fault.
removal() {
	ctl POST reset '{"seed": "demo"}' >/dev/null
	ctl POST tokens '{"owner": "admin", "name": "many-%d", "count": 6}' >/dev/null
	fault '{"method": "DELETE", "skip": 3, '"$1"'}'
	drive "$2" < <(
		printf 'until log "DELETE"\n%.0s' 1 2 3
		echo 'pause 0.05'
		cat
	)
}

removals() {
	requests DELETE | wc -l
}

@test "INT in a script's removal of many tokens prints what was removed and what is not known, then ends the script" {
	local signal
	for signal in INT TERM HUP USR1; do
		removal '"stall": {"at": 0}' 'token_rm --jobs 1 many-{0..5}; echo next' <<-END
			signal $signal
			end 1
		END
		is "$ended" "SIG$signal"
		is "$(cut -d ' ' -f 5 <<<"$out" | paste -sd ' ')" "many-0 many-1 many-2"
		is "$(wc -l <<<"$err")" 2
		has "$err" "token_rm: many-3 ("
		has "$err" "): interrupted; it is not known whether it has been deleted"
		has "$err" "interrupted: 3 of 6 tokens have been deleted; the outcome of 1 is not known"
		is "$(removals)" 4
	done
}

@test "after ^C a removal that was sent gets half a second, and no other begins" {
	local script
	for script in 'token_rm --jobs 1 -v gone many-{0..5}; echo next' 'token_rm --jobs 1 many-{0..5} | (trap "" INT; exec cat)'; do
		removal '"delay": 0.35' "trap 'echo \"gone \${#gone[*]}\"' EXIT; $script" <<-END
			group INT
			end 1
		END
		[[ $script == *cat* ]] || is "$ended $out" "SIGINT gone 4"
		[[ $script != *cat* ]] || is "$(grep -c 'has been deleted: many-' <<<"$out")" 4
		has "$err" "interrupted: 4 of 6 tokens have been deleted"
		lacks "$err" "not known"
		is "$(removals)" 4
	done
}

@test "a trap, and the commands after it, can read what an interrupted removal removed" {
	local name
	for name in INT TERM; do
		removal '"stall": {"at": 0}' 'gone=(old)
			trap '\''echo "trap ${#gone[*]}"'\'' '$name'
			token_rm --jobs 1 -v gone many-{0..5}
			echo "status $? gone ${#gone[*]} error ${TOKEN_ERROR[status]}"' <<-END
			signal $name
			end 1
		END
		is "$ended $out" "0 trap 3"$'\n'"status $((128 + $(kill -l "$name"))) gone 3 error $((128 + $(kill -l "$name")))"
		has "$err" "interrupted: 3 of 6 tokens have been deleted; the outcome of 1 is not known"
	done
}

@test "signals that arrive twice do not shorten the report of an interrupted removal" {
	local names trap
	# 0.02 s: time for the first signal to arrive, well within the half second
	for names in "INT INT" "TERM TERM" "INT TERM"; do
		for trap in ':' 'trap "echo bye \${#gone[*]}" EXIT' 'trap "echo trap \${#gone[*]}" INT TERM'; do
			removal '"stall": {"at": 0}' "$trap; token_rm --jobs 1 -v gone many-{0..5}; echo \"status \$?\"" <<-END
				signal ${names% *}
				pause 0.02
				signal ${names#* }
				end 1
			END
			has "$err" "interrupted: 3 of 6 tokens have been deleted; the outcome of 1 is not known"
			case $trap in
			:) is "$ended$out" "SIG${names% *}" ;;
			*EXIT) is "$ended $out" "SIG${names% *} bye 3" ;;
			*) has "$out" "trap 3" ;;
			esac
			is "$(removals)" 4
		done
	done
}

@test "the counts of an interrupted removal leave out tokens that were refused" {
	ctl POST reset '{"seed": "demo"}' >/dev/null
	ctl POST tokens '{"owner": "admin", "name": "many-%d", "count": 6}' >/dev/null
	fault '[{"method": "DELETE", "times": 2, "status": 400, "coder": true, "body": "{\"message\": \"Broken.\"}"}, {"method": "DELETE", "skip": 2, "stall": {"at": 0}}]'
	drive 'trap : INT; token_rm --jobs 1 -v gone many-{0..5}; echo "status $? gone ${#gone[*]} ${TOKEN_ERROR[http]}"' <<-END
		until log "DELETE"
		until log "DELETE"
		until log "DELETE"
		until log "DELETE"
		until log "DELETE"
		signal INT
		end 1
	END
	is "$out" "status 130 gone 2 400"
	has "$err" "interrupted: 2 of 6 tokens have been deleted; the outcome of 1 is not known"
	is "$(wc -l <<<"$err")" 4
}

@test "an interrupted removal of one token reports that its outcome is not known" {
	ctl POST tokens '{"owner": "admin", "name": "many-0"}' >/dev/null
	fault '{"method": "DELETE", "stall": {"at": 0}}'
	drive 'trap : INT; gone=(old); token_rm -v gone many-0; echo "status $? gone ${#gone[*]}"' <<-END
		until log "DELETE"
		signal INT
		end 1
	END
	is "$out" "status 130 gone 0"
	has "$err" "): interrupted; it is not known whether it has been deleted"
	is "$(wc -l <<<"$err")" 1
}

# in_three_lists COUNTS ID... - asserts that each of these is in one of three lists: reported as removed (the file
# gone), reported as not known (err), and there (the deployment). The first and the last exclude each other.
# Sets the array COUNTS to how many the first and the second list have.
in_three_lists() {
	local -n counts=$1
	local there gone unknown id
	there=$(of tokens login_type=token -- id)
	gone=$(<"$BATS_TEST_TMPDIR/gone")
	unknown=$(grep -o '([0-9A-Za-z]\{10\}): interrupted; it is not known' <<<"$err" || true)
	for id in "${@:2}"; do
		if [[ $gone == *"$id"* ]]; then
			[[ $there != *"$id"* && $unknown != *"$id"* ]] || fail "$id was reported as removed"
		else
			[[ $there == *"$id"* || $unknown == *"$id"* ]] || fail "$id is in no list"
		fi
	done
	counts=("$(grep -c . <<<"$gone" || true)" "$(grep -c . <<<"$unknown" || true)")
}

@test "after a signal at a random moment, each token of a removal of many is in one of three lists: removed, not removed, not known" {
	local round ids lists pause
	for round in {1..4}; do
		ctl POST reset '{"seed": "demo"}' >/dev/null
		ctl POST tokens '{"owner": "admin", "name": "many-%d", "count": 60}' >/dev/null
		token_list --name 'many-*' -v ids
		# the responses to some are lost until the signal, and the server carries some of those out late
		fault '[{"method": "DELETE", "path": "/[0-3][^/]*$", "times": 0, "late": 0.8}, {"method": "DELETE", "path": "/[4-9a-f][^/]*$", "times": 0, "stall": {"at": 0, "act": true}},
			{"method": "DELETE", "times": 0, "delay": 0.06}]'
		pause=0.$((RANDOM % 30 + 10))
		drive "trap : INT; token_rm -v gone ${ids[*]}; status=\$?; printf '%s\n' \"\${gone[@]}\" >'$BATS_TEST_TMPDIR/gone'; echo \"status \$status\"" <<-END
			until log "GET"
			pause $pause
			signal INT
			end 2
		END
		is "$ended $out" "0 status 130"
		sleep 0.9 # the server's own time
		in_three_lists lists "${ids[@]}"
		echo "# after $pause s: ${lists[0]} removed, ${lists[1]} not known" >&3
		((lists[1] <= 8)) || fail "more than were on"
		has "$err" "interrupted: ${lists[0]} of 60 tokens have been deleted"
	done
}

@test "after ^C concurrent removals get half a second together, and no other begins" {
	local ids unknown
	ctl POST tokens '{"owner": "admin", "name": "many-%d", "count": 30}' >/dev/null
	token_list --name 'many-*' -v ids
	fault '[{"method": "DELETE", "times": 3, "delay": 0.35}, {"method": "DELETE", "times": 0, "stall": {"at": 0}}]'
	drive "trap : INT; token_rm -v gone ${ids[*]}; echo \"status \$? gone \${#gone[*]}\"" <<-END
		until log "DELETE"
		until log "DELETE"
		until log "DELETE"
		until log "DELETE"
		until log "DELETE"
		signal INT
		end 1
	END
	is "$ended $out" "0 status 130 gone 3"
	# on a slow machine some of the three have ended before the signal, and others have begun
	unknown=$(($(removals) - 3))
	((unknown >= 5 && unknown <= 8)) || fail "$unknown were on"
	is "$(grep -c 'interrupted; it is not known' <<<"$err")" "$unknown"
	has "$err" "interrupted: 3 of 30 tokens have been deleted; the outcome of $unknown is not known"
}

# The next list has 30,000 tokens. It takes some 4 MiB while it arrives, and some 70 more as an associative
# array, so at 50 MiB the array is being assigned.
long_list() {
	[[ -z ${SANITIZE-}${VALGRIND-} ]] || skip "memory shows nothing there"
	fault '{"path": "keys/tokens\\?", "many": 30000}'
}

@test "^C and TERM end the assignment of a long list, and the old values stay" {
	local name
	for name in INT TERM; do
		ctl POST reset '{"seed": "demo"}' >/dev/null
		long_list
		drive 'trap : INT TERM; declare -A T=([old]=1); ids=(old)
			token_list -v ids -A T
			echo "status $? ids ${ids[*]} T ${!T[*]}"' <<-END
			until kib 50000
			signal $name
			until out status
			end 1
		END
		is "$ended $out$err" "0 status $((128 + $(kill -l "$name"))) ids old T old"
	done
	long_list
	drive 'declare -A T; token_list -A T; echo next' <<-END
		until kib 50000
		group INT
		end 1
	END
	is "$ended$out$err" SIGINT
}

@test "--timeout ends the assignment of a long list, and the old values stay" {
	long_list
	# 8 s: the call is stopped until the time of --timeout has passed
	drive 'declare -A T=([old]=1); ids=(old)
		token_list -v ids -A T --timeout 8
		echo "status $? ids ${ids[*]} T ${!T[*]} ${TOKEN_ERROR[status]}"' <<-END
		until kib 50000
		signal STOP
		pause 8
		signal CONT
		until out status
		end 1
	END
	is "$ended $out" "0 status 7 ids old T old 7"
	has "$err" "the time limit passed before the result was complete"
}

@test "the memory of assignments that ^C ended is freed by later calls" {
	long_list
	for i in {1..8}; do long_list; done
	drive 'trap : INT
		kib() { while read -r key value _; do [[ $key != VmRSS: ]] || kib=$value; done </proc/$$/status; }
		declare -A T=() U=()
		began=${EPOCHREALTIME/./}
		token_list -A T
		printf -v most "%.1f" "$(((${EPOCHREALTIME/./} - began) * 8 / 1000000))e-1"
		kib; before=$kib
		for i in {1..7}; do # a signal while the array is assigned: only time can choose that moment
			(sleep "$most"; kill -INT $$) & killer=$!
			token_list -A U; statuses+=" $?"
			wait "$killer"
		done
		token_list -A T; statuses+=" $?"; kib
		echo "${#T[*]} $statuses: $((kib - before))"' <<-END
		end 120
	END
	echo "# $out" >&3
	has "$out" "540000 "
	has "$out" " 130 "
	((${out##*: } < 250000)) || fail "too much memory"
}

@test "^C at the prompt ends the assignment of a long list, and the old values stay" {
	long_list
	at_prompt <<-END
		type declare -A T=([old]=1); token_list -A T
		until kib 50000
		key C
		prompt 1
		type echo "status \$? T \${!T[*]}"; token_list -A T && echo "works with \${#T[*]}"
		prompt 5
	END
	has "$screen" $'\nstatus 130 T old\n'
	has "$screen" $'\nworks with 36\n'
}

@test "^C at the prompt ends the loop, function or pipeline around the call, too" {
	local form
	for form in 'token_list; echo next' 'token_list || echo next' '! token_list && echo next' \
		'for i in 1 2 3; do token_list; done; echo next' 'while ! token_list; do :; done; echo next' \
		'f() { token_list; echo next; }; f; echo next' '(token_list; echo next); echo next' \
		'x=$(token_list; echo next); echo next' 'echo "$(token_list)next"; echo next' \
		'token_list | cat; echo next' 'true | token_list; echo next' 'eval token_list; echo next' \
		'for i in 1 2; do (token_list); done; echo next' '{ token_list; } 2>&1; echo next' \
		'. <(echo token_list; echo echo next); echo next'; do
		waiting_at "waiting for the response"
		at_prompt <<-END
			type $form
			$until_there
			key C
			prompt 1
			type echo "status \$?"
			prompt 5
			type token_list -q -v ids && echo "works with \${#ids[*]}"
			prompt 5
		END
		has "$screen" $'\nstatus 130\n'
		has "$screen" $'\nworks with 2\n'
		lacks "$screen" $'\nnext' || fail "went on: $form"
		is "$(requests | wc -l)" 2
		forget_requests
	done
}

@test "^C at the prompt runs a trap for INT when the call has ended" {
	waiting_at "waiting for the response"
	at_prompt <<-END
		type trap 'echo "trapped \$?"' INT
		prompt 5
		type token_list
		$until_there
		key C
		until out trapped 130
		prompt 1
		type echo "status \$?"; token_list -q -v ids && echo "works with \${#ids[*]}"
		prompt 5
	END
	has "$screen" $'\nstatus 130\n'
	has "$screen" $'\nworks with 2\n'
}

@test "^\\ at the prompt and TERM do not end a call, as they do not end the shell" {
	fault '{"delay": 0.6}'
	at_prompt <<-END
		type token_list -q -v ids; echo "status \$? with \${#ids[*]}"
		until log "event": "delay"
		key \\
		signal TERM
		busy 0.2
		prompt 5
	END
	has "$screen" $'status 0 with 2\n'
}

@test "INT ends a script wherever its call waits" {
	local point
	for point in "connecting" "shaking hands" "waiting for the response" "reading the body" \
		"waiting to try again" "running the header command"; do
		waiting_at "$point"
		drive 'token_list; echo next' <<-END
			$until_there
			group INT
			end 1
		END
		is "$ended" SIGINT
		is "$out" ""
		no_command_left
		begin_anew
	done
}

@test "INT in a script with an EXIT trap ends the call, runs the trap and ends the script" {
	local point
	for point in "connecting" "shaking hands" "waiting for the response" "reading the body" \
		"waiting to try again" "running the header command"; do
		waiting_at "$point"
		drive 'trap "echo bye" EXIT; token_list; echo next' <<-END
			$until_there
			group INT
			end 1
		END
		is "$ended" SIGINT
		is "$out" "bye"
		no_command_left
		begin_anew
	done
}

@test "INT in a script with an INT trap ends the call with 130, and the next call works" {
	local point
	for point in "connecting" "shaking hands" "waiting for the response" "reading the body" \
		"waiting to try again" "running the header command"; do
		waiting_at "$point"
		drive "trap 'echo trapped' INT
			ids=(old)
			token_list -v ids
			echo \"status \$? ids \${ids[*]} error \${TOKEN_ERROR[status]}\"
			unset CODER_HEADER_COMMAND
			CODER_URL=$URL token_list -v ids && echo \"works with \${#ids[*]}\"" <<-END
			$until_there
			group INT
			end 1
		END
		is "$ended" 0
		is "$out" $'trapped\nstatus 130 ids old error 130\nworks with 2'
		no_command_left
		begin_anew
	done
}

@test "INT ends a script during the look-up of a host" {
	local mode
	waiting_at "looking the host up"
	for mode in ':' 'trap "echo bye" EXIT' 'trap "echo trapped" INT'; do
		rm -f "$BATS_TEST_TMPDIR/heard"
		drive "$mode; token_list; echo \"status \$?\"" <<-END
			$until_there
			group INT
			end 1
		END
		case $mode in
		:) is "$ended$out" SIGINT ;;
		*EXIT) is "$ended $out" "SIGINT bye" ;;
		*INT) is "$ended $out" $'0 trapped\nstatus 130' ;;
		esac
	done
}

@test "INT ends loops, functions, subshells and pipelines of scripts" {
	local form
	for form in 'for i in 1 2 3; do token_list; done; echo next' 'f() { token_list; echo next; }; f; echo next' \
		'(token_list; echo next); echo next' 'x=$(token_list; echo next); echo next' \
		'token_list | cat; echo next' 'true | token_list; echo next' 'echo "$(token_list)next"; echo next' \
		'for i in 1 2; do (token_list); done; echo next' 'shopt -s lastpipe; true | token_list; echo next' \
		'coproc { token_list; echo next >&2; }; wait; echo next' 'cat <(token_list; echo next); echo next'; do
		waiting_at "waiting for the response"
		drive "$form" <<-END
			$until_there
			group INT
			end 1
		END
		is "$ended" SIGINT
		is "$out" ""
		is "$(requests | wc -l)" 1
		forget_requests
	done
}

@test "a trapped INT reaches its trap from a subshell, a pipeline and a substitution" {
	local form
	for form in '(token_list; echo next)' 'x=$(token_list; echo next)' 'token_list | cat' 'true | token_list'; do
		waiting_at "waiting for the response"
		drive "trap 'echo trapped' INT; $form; echo \"status \$?\"; token_list -v ids && echo \"works \${#ids[*]}\"" <<-END
			$until_there
			group INT
			end 1
		END
		is "$ended" 0
		has "$out" "trapped"
		lacks "$out" "next"
		has "$out" "works 2"
	done
}

# killed_by SIGNAL POINT - asserts that it ends a script whose call waits there.
killed_by() {
	waiting_at "$2"
	drive 'token_list; echo next' <<-END
		$until_there
		signal $1
		end 1
	END
	is "$ended$out" "SIG$1"
}

@test "TERM and HUP end a script, or run their trap after the call" {
	local name number
	for name in TERM HUP; do
		number=$(kill -l "$name")
		killed_by "$name" "waiting for the response"
		waiting_at "waiting for the response"
		drive 'trap "echo bye" EXIT; token_list; echo next' <<-END
			$until_there
			signal $name
			end 1
		END
		is "$ended $out" "SIG$name bye"
		waiting_at "waiting for the response"
		drive "trap 'echo trapped' $name; token_list; echo \"status \$?\"; token_list -q -v ids && echo works" <<-END
			$until_there
			signal $name
			end 1
		END
		is "$ended $out" $'0 trapped\nstatus '"$((128 + number))"$'\nworks'
	done
}

@test "a signal that ends a script ends its header command, too" {
	local name
	for name in TERM HUP ALRM USR1 USR2 VTALRM PROF XCPU IO PWR STKFLT; do
		killed_by "$name" "running the header command"
		no_command_left
		begin_anew
	done
}

@test "ignored signals do not end a call" {
	fault '{"delay": 0.5}'
	drive "trap '' INT TERM HUP; token_list -v ids; echo \"status \$? with \${#ids[*]}\"" <<-END
		until log "event": "delay"
		group INT
		group TERM
		group HUP
		end 5
	END
	is "$ended $out $err" "0 status 0 with 2 "
}

@test "a terminal that is closed ends the shell during a call" {
	waiting_at "waiting for the response"
	at_prompt <<-END
		type token_list
		$until_there
		hangup
		end 1
	END
	has "$screen" "ended: SIGHUP"
}

@test "traps for ALRM, USR1 and WINCH run after the call, which goes on" {
	local name
	for name in ALRM USR1 WINCH; do
		fault '{"drip": 2000}'
		drive "trap 'echo trapped' $name; token_list -v ids; echo \"status \$? with \${#ids[*]}\"" <<-END
			until log "GET"
			signal $name
			end 5
		END
		is "$ended $out $err" $'0 trapped\nstatus 0 with 2 '
	done
}

@test "hundreds of signals do not disturb a call" {
	local name
	for name in USR1 CHLD WINCH; do
		fault '{"drip": 1200}'
		drive "trap : $name; token_list -o json; echo \"status \$?\"" <<-END
			until log "GET"
			storm $name 0.7
			end 5
		END
		is "$ended" 0
		is "$err" ""
		has "$out" $'\n]\nstatus 0'
	done
}

@test "hundreds of signals disturb neither header commands nor look-ups nor slow readers" {
	ctl POST tokens '{"owner": "admin", "name": "many-%d", "count": 1500}' >/dev/null
	export TOOLS
	drive 'trap : USR1; echo >"$0.ready"; export CODER_TOKENS_KEEPALIVE=0 CODER_HEADER_COMMAND="sleep 0.01; echo X-A=b"
		for i in {1..15}; do CODER_URL=http://localhost:${CODER_URL##*:} token_list -v ids || echo "status $?"; done
		unset CODER_HEADER_COMMAND
		token_list -o tsv > >(sleep 0.3; wc -l >"$0.lines"; sleep 0.1); echo "${#ids[*]} and $?"
		source "$TOOLS/wait.bash"; wait_for 10 there "$0.lines"; echo "$(<"$0.lines")"' <<-END
		until file $BATS_TEST_TMPDIR/script.ready
		storm USR1 1.2
		end 10
	END
	is "$ended $out $err" $'0 1502 and 0\n1503 '
}

@test "children that end during a call can be waited for afterwards" {
	fault '{"drip": 1000}'
	drive '
		children() { for i in {1..40}; do (sleep 0.$((i % 10 + 1)); exit $i) & pids[i]=$!; done; }
		export CODER_HEADER_COMMAND="sleep 0.3; echo X-A=b"
		children; token_list -v ids; echo "status $? with ${#ids[*]}"
		for i in {1..40}; do wait ${pids[i]}; [[ $? == $i ]] || echo "lost $i"; done' <<-END
		end 10
	END
	is "$ended $out $err" "0 status 0 with 2 "
}

@test "the shell's CHLD trap, jobs and wait never see the call's own children" {
	drive 'trap "echo noticed" CHLD; export CODER_HEADER_COMMAND="sleep 0.1; echo X-A=b"
		for i in 1 2 3; do CODER_URL=http://localhost:${CODER_URL##*:} token_list -v ids; done
		echo "status $? with ${#ids[*]}"; jobs; wait -n; echo "$?"' <<-END
		end 5
	END
	is "$ended $out $err" $'0 status 0 with 2\n127 '
}

@test "a resized terminal does not disturb a call" {
	fault '{"delay": 0.5}'
	at_prompt <<-END
		type token_list -v ids; echo "status \$? with \${#ids[*]}"
		until log "event": "delay"
		resize
		busy 0.2
		prompt 5
		type echo "\$LINES"
		prompt 5
	END
	has "$screen" $'\nstatus 0 with 2\n'
	has "$screen" $'\n40\n'
}

@test "TMOUT ends a shell that waits for input, not one that waits for a response" {
	fault '{"delay": 1.5}'
	at_prompt <<-END
		type TMOUT=1; token_list -v ids; echo "status \$? with \${#ids[*]}"
		until out status 0 with 2
		end 3
	END
	has "$screen" "auto-logout"
}

@test "^Z stops a call in a pipeline or a subshell, and fg continues it" {
	local form
	for form in 'token_list -q | cat' '(token_list -q)'; do
		fault '{"delay": 1}'
		at_prompt <<-END
			type $form
			until log "event": "delay"
			key Z
			until out Stopped
			prompt 1
			type fg
			prompt 5
			type echo "status \$?"
			prompt 5
		END
		[[ $screen =~ $'\n'[0-9A-Za-z]{10}$'\n'[0-9A-Za-z]{10}$'\n' ]] || fail "no ids: $screen"
		has "$screen" $'\nstatus 0\n'
	done
}

@test "^Z stops a call in a pipeline, and bg continues it" {
	fault '{"delay": 1}'
	at_prompt <<-END
		type token_list -q | cat
		until log "event": "delay"
		key Z
		until out Stopped
		prompt 1
		type bg; wait; echo "waited \$?"
		until out waited 0
		prompt 1
	END
	[[ $screen =~ $'\n'[0-9A-Za-z]{10}$'\n'[0-9A-Za-z]{10}$'\n' ]] || fail "no ids: $screen"
}

@test "^Z during a call of the shell itself does nothing" {
	fault '{"delay": 0.5}'
	at_prompt <<-END
		type token_list -v ids; echo "status \$? with \${#ids[*]}"
		until log "event": "delay"
		key Z
		busy 0.2
		prompt 5
	END
	has "$screen" $'status 0 with 2\n'
}

@test "STOP and CONT do not disturb a call" {
	fault '{"delay": 0.3}'
	drive 'token_list -v ids; echo "status $? with ${#ids[*]}"' <<-END
		until log "event": "delay"
		signal STOP
		until log "GET"
		signal CONT
		end 5
	END
	is "$ended $out $err" "0 status 0 with 2 "
}

@test "a call in a trap, after a call that a signal ended, works" {
	waiting_at "waiting for the response"
	drive 'trap "token_list -v ids; echo trap \$? \${#ids[*]}" TERM
		token_list; echo "status $?"
		token_list -v ids; echo "again $? ${#ids[*]}"' <<-END
		$until_there
		signal TERM
		end 2
	END
	is "$ended $out" $'0 trap 0 2\nstatus 143\nagain 0 2'
}

@test "a second signal ends the call of a trap, too" {
	fault '{"stall": {"at": 0}, "times": 2}'
	drive 'trap "trap \"echo second\" TERM; token_list; echo trap \$?" TERM
		token_list; echo "status $?"' <<-END
		until log "GET"
		signal TERM
		until log "GET"
		signal TERM
		end 1
	END
	is "$ended" 0
	has "$out" "trap 143"
	has "$out" "second"
	has "$out" "status 143"
}

@test "60 interrupts leave no descriptor, thread, process or memory behind" {
	fault '{"stall": {"at": 0}, "times": 0}'
	drive 'trap : INT
		count() { set -- /proc/$$/fd/* /proc/$$/task/*; n=$#; }
		memory() { read -r _ kib _ < <(grep VmRSS /proc/$$/status); }
		(while :; do sleep 0.03; kill -INT $$ 2>/dev/null || exit; done) & killer=$!
		for ((i = 0; i < 30; i++)); do token_list; count; memory; done; before=$n; was=$kib
		for ((i = 0; i < 60; i++)); do token_list; [[ $? == 130 ]] || echo "status $?"; done
		count; memory; kill $killer
		echo "grew by $((n - before)); $((kib - was < (${#LD_PRELOAD} ? 99999 : 128)))"' <<-END
		end 20
	END
	is "$ended $out" "0 grew by 0; 1"
}

# --------------------------------------------------------------- SIGPIPE

@test "token_list | head ends without a message" {
	ctl POST tokens '{"owner": "admin", "name": "many-%d", "count": 3000}' >/dev/null
	drive 'for o in table json jsonl tsv csv; do
			token_list -o $o | head -n 1 >/dev/null; echo "${PIPESTATUS[@]}"
		done
		token_list | head -n 1; token_list -q >/dev/null && echo works' <<-END
		end 10
	END
	is "$ended" 0
	is "$err" ""
	has "$out" $'141 0\n141 0\n141 0\n141 0\n141 0\nID '
	has "$out" "works"
}

@test "a closed pipe as standard output is an error of the call, and does not end the shell" {
	ctl POST tokens '{"owner": "admin", "name": "many-%d", "count": 3000}' >/dev/null
	drive 'exec 5> >(exec 0<&-; echo closed >"$0.closed"; exec sleep 5); wait_for 5 there "$0.closed"
		token_list >&5; echo "status $?"; token_list -v ids && echo works' <<-END
		end 5
	END
	is "$ended $out" $'0 status 1\nworks'
	has "$err" "Broken pipe"
	[[ $err != *$'\n'* ]] || fail "more than one line"
}

@test "a closed pipe as standard error does not end the shell" {
	drive 'exec 2> >(exec 0<&-; echo closed >"$0.closed"; exec sleep 5); wait_for 5 there "$0.closed"
		token_list --nonsense; echo "status $?"
		CODER_URL=http://127.0.0.1:1 token_list; echo "status $?"; token_list -v ids && echo works' <<-END
		end 15
	END
	is "$ended $out" $'0 status 2\nstatus 7\nworks'
}

@test "a connection that the server dropped never ends the shell" {
	local how
	for how in close reset; do
		fault '[{"skip": 1, "times": 3, "cut": {"where": "before", "how": "'$how'"}}]'
		drive 'token_list -q -v ids
			for i in 1 2 3 4 5 6; do token_list -q -v ids; echo "$i $?"; done
			trap "echo nobody sends PIPE" PIPE; token_list -q -v ids; echo "last $?"' <<-END
			end 20
		END
		is "$ended" 0
		has "$out" "last 0"
		lacks "$out" "nobody"
		ctl DELETE faults >/dev/null
	done
}

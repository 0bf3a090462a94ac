#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# run.sh [--live] - runs every test file, two at a time, and ends with "N passed, N failed": unit tests
# (cmocka), the simulation, the replay of recorded requests against the sandbox, and bats. As soon as a
# file has ended, its failures and a line with its counts are printed; all failures are listed again at
# the end. Each file writes TAP to $BUILD/test-logs/. A file that crashes, stops early, takes too long or
# executes nothing is a failure, too.
#
#   VALGRIND=1  unit tests, and the shells that run tests or that tests start, run in valgrind. Shell
#               tests may lack time there, so only what valgrind finds in them is a failure
#   T=PATTERN   only the test files whose path contains PATTERN (a glob)
#   BUILD=DIR   where the build is, default build
#   --live      only the scenario and the goals, against $CODER_URL, with $CODER_SESSION_TOKEN and
#               $MEMBER_TOKEN
set -u -o pipefail
cd "$(dirname "$0")/.." || exit

BUILD=${BUILD:-build}
LOGS=$BUILD/test-logs
LIMIT=900 # seconds for one file
[ -z "${VALGRIND:-}" ] || LIMIT=7200

# The log of a test file, without its ending.
log_of() {
	local name=${1#tests/}
	echo "$LOGS/${name//\//-}"
}

command_of() {
	case $1 in
	*/simulation.c) command=("${leaks[@]}" "$BUILD/simulation/simulation" "${simulated[@]}") ;;
	*.c) command=("${leaks[@]}" "$BUILD/unit/$(basename "$1" .c)") ;;
	*.py) command=(python3 "$1") ;;
	*.bats) command=(env "${preload[@]}" bats --tap "$1") ;;
	esac
}

# A bash that is not built with AddressSanitizer can load a .so that is, if the library is loaded
# first. Only the unit tests check for leaks, because here the leaks of bash would count.
preload=()
if [ -n "${SANITIZE:-}" ]; then
	preload=("LD_PRELOAD=$(cc -print-file-name=libasan.so)" ASAN_OPTIONS=detect_leaks=0)
fi

leaks=()
if [ -n "${VALGRIND:-}" ]; then
	PATH=$PWD/tests/tools/valgrind:$PATH
	leaks=(valgrind -q --error-exitcode=99 --leak-check=full --show-leak-kinds=definite
		--errors-for-leak-kinds=definite --suppressions=tests/tools/valgrind/suppressions)
fi

# The most faults and signals to simulate; fewer where the build is slower.
simulated=(2 2)
[ -z "${SANITIZE:-}" ] || simulated=(2 1)
[ -z "${VALGRIND:-}" ] || simulated=(1 1)

# Prints "passed failed skipped planned" of a TAP log.
count() {
	awk '
		/^(not )?ok .*# [Ss][Kk][Ii][Pp]/ { skipped++; next }
		/^ok [0-9]/ { passed++ }
		/^not ok [0-9]/ { failed++ }
		/^1\.\.[0-9]+/ { planned += substr($1, 4) }
		END { print passed + 0, failed + 0, skipped + 0, planned + 0 }' "$1"
}

# Prints the lines of a TAP log about each failed test.
failures() {
	awk '
		/^(not )?ok [0-9]/ { show = /^not/ && !/# [Ss][Kk][Ii][Pp]/ }
		show && !/^1\.\./' "$1"
}

# report FILE STATUS - prints the results of a file that has ended with this status; leaves them in
# .result ("passed failed skipped"), and what failed in .failed.
report() {
	local log p f s planned broken=
	log=$(log_of "$1")
	read -r p f s planned < <(count "$log.log")
	if [[ ${VALGRIND:-} && $1 == *.bats ]]; then
		s=$((s + f)) f=0 # it is too slow there, or counts descriptors: only valgrind's findings count
	else
		failures "$log.log" | sed -n "s|^not ok [0-9]* -* *|failed: $1: |p" >"$log.failed"
	fi
	if [ "$2" = 124 ] || [ "$2" = 137 ]; then
		broken="took longer than $LIMIT s"
	elif [ $((p + f + s)) -eq 0 ]; then
		broken="executed no test, exit status $2"
	elif [ $((p + f + s)) -lt "$planned" ]; then
		broken="ended after $((p + f + s)) of $planned tests, exit status $2"
	elif [ "$2" != 0 ] && [ "$f" -eq 0 ] && [ -z "${VALGRIND:-}" ]; then
		broken="exit status $2, though no test failed"
	fi
	failures "$log.log"
	sed -n 's/^# \(.*: [0-9]* schedules in .*\)/     \1/p' "$log.log"
	if grep -qs . "$log".valgrind.*; then
		broken=${broken:-"errors in valgrind"}
		cat "$log".valgrind.*
	fi
	if [ -n "$broken" ]; then
		f=$((f + 1))
		tail -n 30 "$log.log"
		echo "$1: $broken (see $log.log)"
		echo "failed: $1: $broken" >>"$log.failed"
	fi
	printf '%4d passed %3d failed %3d skipped  %s, %d s\n' "$p" "$f" "$s" "$1" "$SECONDS"
	echo "$p $f $s" >"$log.result"
}

# add FILE - adds the results of a file to the totals, and its failures to $failures.
add() {
	local log p=0 f=1 s=0
	log=$(log_of "$1")
	if [ -s "$log.result" ]; then
		read -r p f s <"$log.result"
		[ ! -s "$log.failed" ] || failures+=("$(<"$log.failed")")
	else
		failures+=("failed: $1: never ended")
	fi
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
}

# Runs one test file and reports it. `timeout` has a process group of its own, which ^C does not reach, so
# this passes signals on. A background process ignores SIGINT and SIGQUIT, which coreutils 9.10 does not
# change: hence --default-signal.
run_one() {
	local command log status
	log=$(log_of "$1")
	command_of "$1"
	export VALGRIND_LOG=$PWD/$log.valgrind # for tests/tools/valgrind/bash
	timeout -k 5 "$LIMIT" env --default-signal "${command[@]}" >"$log.log" 2>&1 </dev/null &
	# shellcheck disable=SC2064 # this child
	trap "kill $! 2>/dev/null" INT TERM HUP
	wait $!
	status=$?
	# In one piece, because another file may end at the same time.
	report "$1" "$status" >"$log.report"
	flock "$LOGS.print" cat "$log.report"
}

summary() {
	[ ${#failures[@]} -eq 0 ] || printf '%s\n' "${failures[@]}"
	echo "$passed passed, $failed failed$([ "$skipped" -eq 0 ] || echo ", $skipped skipped")"
	[ "$failed" -eq 0 ]
}

select_files() {
	local file
	for file in tests/simulation/simulation.c tests/unit/test_*.c tests/sandbox/replay.py tests/bats/*.bats; do
		# shellcheck disable=SC2053 # T is a pattern
		[[ -f $file && $file == *${T:-}* ]] && files+=("$file")
	done
}

prepare() {
	if [ "${1:-}" = --live ]; then
		: "${CODER_URL:?is not set}" "${CODER_SESSION_TOKEN:?is not set}" "${MEMBER_TOKEN:?is not set}"
		export CODER_URL CODER_SESSION_TOKEN MEMBER_TOKEN LIVE=1
		files=(tests/bats/scenario.bats tests/bats/goals_live.bats)
	else
		unset "${!CODER_@}" MEMBER_TOKEN
		select_files
	fi
	# The settings of a developer's own shell must not change a result.
	unset BASH_ENV ENV CDPATH "${!BATS_@}"
	export LC_ALL=C.UTF-8
	# pyenv's python3 is a shell script, which takes several times as long to start as Python. Tests start it often.
	mkdir -p "$BUILD/test-bin"
	ln -sfn "$(pyenv which python3 2>/dev/null || command -v python3)" "$BUILD/test-bin/python3"
	PATH=$PWD/$BUILD/test-bin:$PATH
	export CMOCKA_MESSAGE_OUTPUT=TAP CODER_TOKENS_SO="$PWD/$BUILD/coder_tokens.so"
	# Another run in this tree writes the same logs, so wait for its end.
	mkdir -p "$LOGS" && exec {lock}>"$LOGS.lock" && flock "$lock" && rm -f "$LOGS"/*
}

if [ "${1:-}" = --one ]; then
	run_one "$2"
	exit
fi

passed=0 failed=0 skipped=0 files=() failures=()
prepare "$@" || exit
if [ ${#files[@]} -eq 0 ]; then
	echo "no test file matches '${T:-}'"
	failed=1
else
	printf '%s\0' "${files[@]}" | xargs -0 -n 1 -P 2 "$0" --one {lock}>&-
fi
for file in ${files[@]+"${files[@]}"}; do add "$file"; done
summary

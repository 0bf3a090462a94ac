# SPDX-License-Identifier: GPL-3.0-or-later
#
# failing.bash - for tests of memory: shells whose allocations fail on request, and are counted.

# Scripts for other shells stand in single quotes.
# shellcheck disable=SC2016

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

# Every script that failing() runs begins with this. `arm N` lets the Nth allocation from now on fail, 0 none.
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

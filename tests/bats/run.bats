#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# tests/run.sh, the runner of all tests: what it shows and counts, with test files made for that.

load helper

# These tests need no deployment.
setup_file() { :; }
teardown_file() { :; }
setup() {
	unset BUILD T VALGRIND SANITIZE
	# `bats` is the program that users call, not the one of its own that it puts in front
	PATH=${PATH/#*\/bats-core:/}
	TREE=$BATS_TEST_TMPDIR/tree
	mkdir -p "$TREE/tests/bats"
	cp "$REPO/tests/run.sh" "$TREE/tests"
}

# test_file NAME LINE... - writes a test file of that tree.
test_file() {
	printf '%s\n' "${@:2}" >"$TREE/tests/bats/$1.bats"
}

@test "each file has its line as soon as it has ended, though others still run" {
	local line out
	mkfifo "$BATS_TEST_TMPDIR/go"
	test_file a '@test "soon" { true; }'
	test_file b "@test 'late' { read -r <'$BATS_TEST_TMPDIR/go'; }"
	coproc "$TREE/tests/run.sh" 3>&-
	# bash closes ${COPROC[0]} when the coproc has ended, also before its last line is read
	exec {out}<&"${COPROC[0]}"
	read -r -t 60 line <&"$out"
	is "${line% [0-9]* s}" "1 passed   0 failed   0 skipped  tests/bats/a.bats,"
	echo >"$BATS_TEST_TMPDIR/go"
	read -r -t 60 line <&"$out"
	is "${line% [0-9]* s}" "1 passed   0 failed   0 skipped  tests/bats/b.bats,"
	read -r -t 60 line <&"$out"
	is "$line" "2 passed, 0 failed"
}

@test "failures are shown with their file, and listed again before the totals" {
	test_file a '@test "that is so" { true; }' '@test "this - is not so" { echo because; false; }'
	test_file b '@test "left out" { skip "no time"; }'
	try "$TREE/tests/run.sh"
	is "$status$err" 1
	has "$out" "# because"
	is "$(tail -n 2 <<<"$out")" "failed: tests/bats/a.bats: this - is not so
1 passed, 1 failed, 1 skipped"
}

@test "a file that executes no test, stops early or fails as a whole is a failure" {
	test_file empty ''
	test_file early '@test "one" { kill -KILL $PPID $$; }' '@test "two" { true; }'
	test_file whole 'teardown_file() { false; }' '@test "three" { true; }'
	try "$TREE/tests/run.sh"
	is "$status$err" 1
	has "$out" "failed: tests/bats/empty.bats: executed no test"
	has "$out" "failed: tests/bats/early.bats: "
	has "$out" "failed: tests/bats/whole.bats: "
	[[ ${out##*$'\n'} =~ ^1\ passed,\ [3-9]\ failed$ ]] || fail "another total"
}

@test "a pattern that matches no file is a failure" {
	test_file a '@test "that is so" { true; }'
	T=nothing try "$TREE/tests/run.sh"
	is "$status$out" "1no test file matches 'nothing'
0 passed, 1 failed"
}

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Faults: whatever becomes of an answer on its way, the call ends soon, with the status that says
# what to think of it and one clear line, and the caller's variables are as they were.
# THOROUGH=1 cuts at every byte where otherwise every few are cut, and waits out the long silence.

load helper

setup_file() {
	sandbox_start --seed demo --rate-limit 0
}

teardown_file() {
	sandbox_stop
}

setup() {
	shell_setup
	THOROUGH=${THOROUGH:-0}
}

# fault JSON - the only one there is from now on.
fault() {
	ctl DELETE faults >/dev/null
	ctl POST faults "$1" >/dev/null
}

# untouched COMMAND... - tries it; not one of the variables that it could set may change.
untouched() {
	local -A all=([kept]=all) record=([kept]=record)
	local ids=(kept ids) gone=(kept gone) secret='kept secret'
	TOKEN_SCOPES=(kept scopes) TOKEN_ALLOW_LIST=(kept allow)
	try "$@"
	is "$secret/${ids[*]}/${gone[*]}/${all[*]}/${record[*]}" \
		"kept secret/kept ids/kept gone/all/record"
	is "${TOKEN_SCOPES[*]}/${TOKEN_ALLOW_LIST[*]}" "kept scopes/kept allow"
}

# fails STATUS PART COMMAND... - it does, with one line, and TOKEN_ERROR says the same.
fails() {
	untouched "${@:3}"
	refused "$1" "$2"
	is "${TOKEN_ERROR[status]}" "$1"
}

# The four calls whose answers suffer: what they ask for, and how they are made. Each could set
# variables. An answer that is whole but not the real one must do for them, too.
LIST='"method":"GET","path":"/keys/tokens\\?"'
VIEW='"method":"GET","path":"/keys/tokens/ci-main$"'
LIMITS='"method":"GET","path":"/keys/tokens/tokenconfig$"'
DELETE='"method":"DELETE","path":"/keys/[^/]*$"'
list=(token_list -v ids -A all)
view=(token_view -A record -c id ci-main)
limits=(token_create -v secret -n faulty)
delete=(token_rm --delete -v gone ci-main)

# each PATTERN EXPECTED... - the requests since the last look were one each of these.
asked() {
	is "$(requests)" "$(printf '%s\n' "$@")"
	forget_requests
}

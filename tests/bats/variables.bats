#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Output variables: every kind of them, in every kind of shell. A variable that cannot hold a
# result is refused before any request, and what a server sends is never evaluated.

load helper
SANDBOX_OPTIONS=(--seed demo)

SECRET='^[0-9A-Za-z]{10}-[0-9A-Za-z]{22}$'

# Each option that names an output variable, with the rest of a working call.
SCALARS=("token_create -n test -v")
INDEXED=("token_create -n test --scopes-into" "token_create -n test --allow-into"
	"token_view grafana --scopes-into" "token_view grafana --allow-into"
	"token_list -v" "token_rm --dry-run grafana -v")
ASSOCS=("token_create -n test -A" "token_view grafana -A" "token_list -A")

setup() {
	shell_setup
	forget_requests
	cd "$BATS_TEST_TMPDIR" || return
}

# in_shell SCRIPT [OPTION]... - runs it in a bash of its own that has the builtins.
in_shell() {
	local script=$1
	shift
	SO=$SO CODER_URL=$URL CODER_SESSION_TOKEN=$ADMIN_TOKEN \
		try "$BASH" --norc "$@" -c "enable -f \"\$SO\" ${BUILTINS[*]}; $script"
}

# refuses NAME PART CALL... - asserts that each call refuses the variable, which stays unchanged.
refuses() {
	local name=$1 part=$2 before after call
	shift 2
	before=$(declare -p "$name" 2>&1 || true)
	for call; do
		# shellcheck disable=SC2086 # words
		try $call "$name"
		refused_early 2 "$part"
		[[ $err =~ "${call%% *}: --"[a-z-]+": $name" ]] || fail "whose value?"
		after=$(declare -p "$name" 2>&1 || true)
		is "$after" "$before"
	done
}

# works NAME CALL - asserts that the call accepts the variable.
works() {
	# shellcheck disable=SC2086 # words
	try $2 "$1"
	is "$status" 0
	is "$err" ""
}

# ------------------------------------------------------------------ what is taken

@test "an output variable that does not exist is created" {
	local call
	unset secret
	works secret "${SCALARS[0]}"
	[[ $(declare -p secret) == "declare -- secret="* && $secret =~ $SECRET ]] || fail "$(declare -p secret)"
	token_rm --delete test >/dev/null
	for call in "${INDEXED[@]:2}"; do
		unset made
		works made "$call"
		[[ $(declare -p made) == "declare -a made=([0]="* ]] || fail "$call: $(declare -p made)"
	done
	for call in "${ASSOCS[@]:1}"; do
		unset made
		works made "$call"
		[[ $(declare -p made) == "declare -A made=("* ]] || fail "$call: $(declare -p made)"
	done
}

@test "assigning an array removes all its old elements" {
	local secret=old
	local -a list=(old [5]=old [900]=old)
	local -A record=([old]=old)
	token_create -n test -v secret -A record --scopes-into list
	[[ $secret =~ $SECRET ]] || fail "$secret"
	is "${!list[*]} ${list[*]}" "0 coder:all"
	is "${#record[@]} ${record[old]-gone}" "19 gone"
	list=(old [5]=old)
	token_list -v list --name grafana
	is "${!list[*]}" 0
	token_list -v list --name nothing-like-it
	is "${#list[@]}" 0
	record=([old]=old)
	token_list -A record --name nothing-like-it
	is "${#record[@]}" 0
}

@test "a plain variable becomes an array, as with mapfile, and loses its value" {
	local was_plain=old was_plain_too=old
	token_view grafana --scopes-into was_plain >/dev/null
	is "$(declare -p was_plain)" 'declare -a was_plain=([0]="user:read")'
	token_view grafana -A was_plain_too
	is "${was_plain_too[name]} ${was_plain_too[0]-gone}" "grafana gone"
}

@test "a local output variable stays local, whether declared with a value, without one, or as an array" {
	in_function() {
		local secret empty_secret=x
		local -a list
		local plain
		local -A record
		token_create -n test -v secret --scopes-into list --allow-into plain -A record
		token_create -n test2 -v empty_secret
		[[ $(declare -p secret) == "declare -- secret="* && $secret =~ $SECRET ]] || fail "$(declare -p secret)"
		[[ $empty_secret =~ $SECRET && $empty_secret != "$secret" ]] || fail "$empty_secret"
		is "$(declare -p list plain)" 'declare -a list=([0]="coder:all")
declare -a plain=([0]="*:*")'
		is "${record[key]}" "$secret"
	}
	unset secret list plain record
	in_function
	[[ ! -v secret && ! -v list && ! -v plain && ! -v record ]] || fail "it is global"
	secret=global list=(global)
	in_function_again() {
		local secret
		local -a list
		token_view grafana --scopes-into list >/dev/null
		token_create -n test3 -v secret
	}
	in_function_again
	is "$secret ${list[*]}" "global global"
}

@test "a function without a local variable of that name sets its caller's, or creates a global one" {
	inner() { token_create -n "$1" -v secret -A record --scopes-into list; }
	unset secret record list
	inner one
	[[ $secret =~ $SECRET ]] || fail "$secret"
	is "${record[name]} ${list[*]}" "one coder:all"
	outer() {
		local secret list
		local -A record
		inner two
		[[ $secret =~ $SECRET ]] || fail "$secret"
		is "${record[name]} ${list[*]}" "two coder:all"
	}
	outer
	is "${record[name]}" one
}

@test "a name reference sets the variable that it refers to" {
	local tgt=old tgt_list=(old)
	local -n ref=tgt ref2=ref list_ref=tgt_list
	local -n new_ref=brand_new new_record=brand_new_record
	token_create -n test -v ref2 --scopes-into list_ref
	[[ $tgt =~ $SECRET ]] || fail "$tgt"
	is "${tgt_list[*]}" coder:all
	is "$(declare -p ref2)" 'declare -n ref2="ref"'
	token_create -n test2 -v new_ref -A new_record
	[[ $brand_new =~ $SECRET ]] || fail "${brand_new-unset}"
	is "${brand_new_record[name]}" test2
	# the idiom of functions that return results
	results() {
		local -n result=$1
		token_view grafana -A result
	}
	local -A mine
	results mine
	is "${mine[name]}" grafana
}

@test "a variable that was declared without a value is set" {
	declare declared
	declare -a declared_list
	declare -A declared_record
	token_create -n test -v declared --allow-into declared_list -A declared_record
	[[ $declared =~ $SECRET ]] || fail "unset"
	is "${declared_list[*]} ${declared_record[name]}" "*:* test"
}

@test "an exported variable stays exported, with its new value" {
	export secret=old
	declare -x unset_yet
	token_create -n test -v secret
	is "$("$BASH" -c 'echo "$secret"')" "$secret"
	[[ $secret =~ $SECRET && $(declare -p secret) == "declare -x "* ]] || fail "$(declare -p secret)"
	token_create -n test2 -v unset_yet
	is "$("$BASH" -c 'echo "$unset_yet"')" "$unset_yet"
}

@test "set -a does not export a new secret" {
	local known=old
	set -a
	token_create -n test -v secret -A record
	token_create -n test2 -v known
	set +a
	[[ $secret =~ $SECRET && $known =~ $SECRET ]] || fail "not set"
	is "$(declare -p secret record known TOKEN_SCOPES TOKEN_ALLOW_LIST | cut -d ' ' -f 2 | paste -sd ' ')" \
		"-- -A -- -a -a"
	is "$(env | grep -cE "^(secret|known|record)|$secret|$known")" 0
	export secret
	set -a
	token_create -n test3 -v secret
	set +a
	is "$("$BASH" -c 'echo "$secret"')" "$secret"
}

@test "CODER_SESSION_TOKEN can be the output variable, and the next call uses it" {
	token_create -n test -v CODER_SESSION_TOKEN
	[[ $(declare -p CODER_SESSION_TOKEN) == "declare -- "* ]] || fail "exported"
	is "$(token_view --self -c name -o tsv --no-header)" test
}

# ---------------------------------------------------------------- what is refused

@test "a readonly variable is refused, whatever the result" {
	readonly ro=1
	readonly -a ro_list=(1)
	readonly -A ro_record=([a]=1)
	declare -r ro_unset
	refuses ro "readonly variable" "${SCALARS[@]}" "${INDEXED[@]}" "${ASSOCS[@]}"
	refuses ro_list "readonly variable" "${SCALARS[@]}" "${INDEXED[@]}" "${ASSOCS[@]}"
	refuses ro_record "readonly variable" "${SCALARS[@]}" "${INDEXED[@]}" "${ASSOCS[@]}"
	refuses ro_unset "readonly variable" "${SCALARS[@]}" "${INDEXED[@]}" "${ASSOCS[@]}"
	local -n ref=ro
	try token_create -n test -v ref
	refused_early 2 "ro: readonly variable"
	is "$ro" 1
}

@test "readonly TOKEN_SCOPES or TOKEN_ALLOW_LIST are refused, unless others are chosen" {
	readonly TOKEN_SCOPES=kept
	try token_view grafana
	refused_early 2 "TOKEN_SCOPES: readonly variable"
	try token_create -n test
	refused_early 2 "TOKEN_SCOPES: readonly variable"
	try token_view grafana --scopes-into mine
	is "$status" 0
	is "${mine[*]} $TOKEN_SCOPES" "user:read kept"
}

@test "integer variables are refused, because their values are evaluated" {
	local -i number=7
	local -ai numbers=(7)
	local -Ai table=([a]=7)
	refuses number "integer variable" "${SCALARS[@]}" "${INDEXED[@]}" "${ASSOCS[@]}"
	refuses numbers "integer variable" "${INDEXED[@]}"
	refuses table "integer variable" "${ASSOCS[@]}"
}

@test "variables that change the case of their value are refused" {
	local -u upper=OLD
	local -l lower=old
	local -c capital=Old
	local -au uppers=(OLD)
	local -Al lowers=([a]=old)
	refuses upper "changes the case" "${SCALARS[@]}" "${INDEXED[@]}" "${ASSOCS[@]}"
	refuses lower "changes the case" "${SCALARS[@]}"
	refuses capital "changes the case" "${SCALARS[@]}"
	refuses uppers "changes the case" "${INDEXED[@]}"
	refuses lowers "changes the case" "${ASSOCS[@]}"
}

@test "arrays of the wrong kind are refused" {
	local -a list=(kept)
	local -A record=([kept]=1)
	local -a unset_list
	local -A unset_record
	refuses list "is an array: give a plain variable" "${SCALARS[@]}"
	refuses record "is an array: give a plain variable" "${SCALARS[@]}"
	refuses unset_list "is an array: give a plain variable" "${SCALARS[@]}"
	refuses record "not an indexed array" "${INDEXED[@]}"
	refuses unset_record "not an indexed array" "${INDEXED[@]}"
	refuses list "cannot convert indexed to associative array" "${ASSOCS[@]}"
}

@test "bash's own variables are refused" {
	local name own=(_ RANDOM SECONDS LINENO BASHPID BASH_SUBSHELL BASH_COMMAND BASH_ARGV0 EPOCHSECONDS
		EPOCHREALTIME HISTCMD COMP_WORDBREAKS)
	for name in "${own[@]}"; do
		try token_create -n test -v "$name"
		refused_early 2 "$name: is one of bash's own variables"
	done
	for name in DIRSTACK GROUPS FUNCNAME PIPESTATUS; do
		try token_list -v "$name"
		refused_early 2 "$name: is one of bash's own variables"
	done
	for name in BASH_ALIASES BASH_CMDS _; do
		try token_list -A "$name"
		refused_early 2 "$name: is one of bash's own variables"
	done
	is "${#BASH_ALIASES[@]}" 0
	for name in UID EUID PPID BASHOPTS SHELLOPTS; do
		try token_create -n test -v "$name"
		refused_early 2 "$name: readonly variable"
	done
	try token_create -n test -v OPTIND
	refused_early 2 "OPTIND: integer variable"
}

@test "TOKEN_ERROR cannot be an output variable, and no variable gets two results" {
	try token_create -n test -v TOKEN_ERROR
	refused_early 2 "TOKEN_ERROR: reserved for errors"
	try token_view grafana -A TOKEN_ERROR
	refused_early 2 "TOKEN_ERROR: reserved for errors"
	try token_create -n test -v same -A same
	refused_early 2 "same: cannot hold two results"
	try token_create -n test --scopes-into same --allow-into same
	refused_early 2 "same: cannot hold two results"
	try token_view grafana --scopes-into TOKEN_ALLOW_LIST
	refused_early 2 "TOKEN_ALLOW_LIST: cannot hold two results"
	try token_list -v same -A same
	refused_early 2 "same: cannot hold two results"
	[[ ! -v same ]] || fail "it was made"
}

@test "two results for one variable, or one for TOKEN_ERROR, are refused through name references, too" {
	local same=old
	local -n error=TOKEN_ERROR other=same TOKEN_ALLOW_LIST=same
	try token_create -n test -v error
	refused_early 2 "error: reserved for errors"
	try token_view grafana -A error
	refused_early 2 "error: reserved for errors"
	try token_create -n test -v same --scopes-into other
	refused_early 2 "other: cannot hold two results"
	try token_create -n test -v same
	refused_early 2 "TOKEN_ALLOW_LIST: cannot hold two results"
	try token_list -v same -A other
	refused_early 2 "other: cannot hold two results"
	is "$same" old
}

@test "a TOKEN_ERROR that is a name reference is left alone, and so is the variable that it refers to" {
	local home=$HOME
	declare -n TOKEN_ERROR=HOME
	token_list -q >/dev/null
	is "$HOME" "$home"
	! token_view nobody 2>/dev/null || fail "it was found"
	is "${HOME@A}" "declare -x HOME='$home'"
	token_create -n test -v HOME
	accepted "$HOME"
	unset -n TOKEN_ERROR
	HOME=$home
}

@test "a text that is not a variable's name is refused and never evaluated" {
	local bad call
	for bad in 'x[$(touch f)]' 'x[0]' '$(touch f)' '`touch f`' 'x;touch f' 1x x-y 'x y' ' x' 'x=1' 'é' '$x' '*' '@' \
		'?' '!' '#' - $'x\n' $'x\e[m' 'x[' 'x]' '${x}'; do
		for call in "${SCALARS[@]}" "${ASSOCS[0]}" "${INDEXED[@]:3}"; do
			# shellcheck disable=SC2086 # words
			try $call "$bad"
			refused_early 2 "not a valid identifier"
		done
	done
	for call in "${SCALARS[@]}" "${INDEXED[@]}" "${ASSOCS[@]}"; do
		# shellcheck disable=SC2086 # words
		try $call ''
		[[ $err == *identifier* || $err == *"cannot be empty"* ]] || fail "$call"
		refused_early 2 ""
	done
	[[ ! -e f ]] || fail "it was evaluated"
}

@test "a name reference to an element, to itself or to nothing is refused and never evaluated" {
	declare -n element='list[$(touch f)]'
	declare -n plain_element='list[1]'
	declare -n nothing
	try token_create -n test -v element
	refused_early 2 'name reference to '"'"'list[$(touch f)]'
	try token_view grafana -A element
	refused_early 2 'name reference to '"'"'list[$(touch f)]'
	try token_list -v plain_element
	refused_early 2 "name reference to 'list[1]"
	try token_create -n test -v nothing
	refused_early 2 "nothing: name reference without a target"
	declare -n one=two
	declare -n two=one
	try token_create -n test -v one
	is "$status" 2
	is "$out" ""
	has "$err" "circular name reference"
	is "$(requests)" ""
	[[ ! -e f && ! -v list ]] || fail "it was evaluated"
}

@test "a variable that is set for this command only is refused, because the result would be lost" {
	secret=x try token_create -n test -v secret
	# `try` is a function, and the variable a local one of it: nothing is lost there
	is "$status" 0
	forget_requests
	secret=x token_create -n test2 -v secret 2>err && fail "it worked"
	has "$(<err)" "secret: is set for this command only and would be lost"
	list=x token_list -v list 2>err && fail "it worked"
	has "$(<err)" "list: is set for this command only and would be lost"
	record=x token_view grafana -A record 2>err && fail "it worked"
	has "$(<err)" "record: is set for this command only and would be lost"
	is "$(requests)" ""
	[[ ! -v secret && ! -v list && ! -v record ]] || fail "it was made"
}

# ---------------------------------------------------------------- kinds of shells

@test "set -u: unset output variables and unset TOKEN_ variables are no error" {
	in_shell 'set -u
		unset secret
		token_create -n test -v secret -A record
		token_view nosuch 2>/dev/null || echo "${TOKEN_ERROR[status]}"
		token_view grafana --scopes-into mine >/dev/null
		echo "${#secret} ${record[name]} ${mine[*]}"
		token_create --scopes-from unset_array; echo "went on"'
	is "$status" 0
	is "$out" "3
33 test user:read
went on"
	has "$err" "unset_array: no such array"
	[[ $err != *"unbound variable"* ]] || fail "bash complained"
}

@test "set -e: a refused output variable ends the shell only where any failure would" {
	in_shell 'set -e
		readonly ro=1 TOKEN_SCOPES=x; declare -i number; declare -A assoc; declare -a indexed
		if token_create -n test -v ro; then echo no; fi
		token_create -n test -v number || echo one
		! token_create -n test -v "x[0]"
		token_view grafana && echo no
		if token_list -v assoc; then echo no; fi
		token_list -A indexed || echo two
		while token_rm -v ro grafana; do echo no; done
		until token_view grafana -A ro || true; do echo no; done
		echo three
		token_create -n test -v ro
		echo "not reached"'
	is "$status" 2
	is "$out" "one
two
three"
	is "$(grep -c 'readonly variable' <<<"$err")" 5
	is "$(requests)" ""
}

@test "set -e: a readonly TOKEN_ERROR changes nothing" {
	in_shell 'set -e
		readonly TOKEN_ERROR=mine
		if token_view nosuch; then echo no; fi
		token_view grafana -c name --no-header
		echo "$TOKEN_ERROR"'
	is "$status" 0
	is "$out" "grafana  
mine"
	has "$err" "nosuch: "
	lacks "$err" readonly
}

@test "set -e: a call that works does not end the shell, one that fails does" {
	in_shell 'set -e; token_view grafana -A t; token_list --name none -v ids; token_rm --from ids -v gone; echo here
		token_view nosuch; echo "not reached"'
	is "$status" 3
	is "$out" here
}

@test "posix mode: errors do not end the shell, results are the same" {
	in_shell 'readonly ro=1
		token_create -n test -v ro; echo "$?"
		token_create --nope; echo "$?"
		token_view nosuch; echo "$?"
		token_create -n test -v secret; echo "$? ${#secret}"
		token_list -A T --name test; echo "${#T[@]}"' --posix
	is "$status" 0
	is "$out" "2
2
3
0 33
18"
	is "$(grep -vc -e '^token_create: usage: ' -e '^ ' <<<"$err")" 3 # the usage wraps
}

@test "a restricted shell runs builtins that were loaded before, and no header command" {
	# bash becomes restricted after its start-up file
	printf 'enable -f "%s" %s\n' "$SO" "${BUILTINS[*]}" >rc
	CODER_URL=$URL CODER_SESSION_TOKEN=$ADMIN_TOKEN BASH_ENV=rc try "$BASH" -r -c 'cd / || echo restricted
		token_create -n test -v secret && token_list --name test -v ids && token_view test -A t &&
			token_rm --delete test
		echo "$? ${#secret} ${#ids[@]} ${t[name]}"
		token_create -n test2 -v PATH; echo "$?"
		CODER_HEADER_COMMAND="touch f; echo X-One=1"
		token_list -v ids; echo "$?"'
	is "$status" 0
	is "$out" "restricted
Token has been deleted.
0 33 1 test
2
2"
	has "$err" "CODER_HEADER_COMMAND"
	has "$err" "PATH: readonly variable"
	[[ ! -e f ]] || fail "the command ran"
	lacks "$(names)" test2
}

@test "a subshell's results are not assigned in its parent" {
	local secret=kept
	(token_create -n test -v secret && [[ $secret =~ $SECRET ]])
	is "$secret" kept
	# lastpipe needs a shell without job control
	in_shell 'shopt -s lastpipe; true | token_create -n test2 -v secret; echo ${#secret}'
	is "$out" 33
}

@test "an output variable that a trap or an alias makes readonly does not end bash" {
	in_shell 'set -eT
		trap "readonly secret" DEBUG
		if token_create -n test -v secret; then echo no; else echo "status $?"; fi'
	is "$status" 0
	has "$out" "status 2"
	has "$err" "secret: readonly variable"
	is "$(requests POST)" ""
}

# ------------------------------------------------------------------- TOKEN_ERROR

@test "TOKEN_ERROR describes a failure in six fields" {
	try token_view nosuch
	is "${#TOKEN_ERROR[@]}" 6
	is "${TOKEN_ERROR[status]}" 3
	is "${TOKEN_ERROR[http]}" 404
	is "${TOKEN_ERROR[message]}" "nosuch: Resource not found or you do not have access to this resource"
	is "${TOKEN_ERROR[detail]}${TOKEN_ERROR[field]}${TOKEN_ERROR[retry_after]}" ""

	# before any request
	try token_create -n test --lifetime 30
	is "${TOKEN_ERROR[status]} ${TOKEN_ERROR[http]}" "2 0"
	has "${TOKEN_ERROR[message]}" "invalid duration '30'"

	# message and detail apart
	try token_create -n test --scope no:such
	is "${TOKEN_ERROR[status]} ${TOKEN_ERROR[http]}" "1 400"
	is "${TOKEN_ERROR[message]}" "creating token test: Failed to create API key."
	is "${TOKEN_ERROR[detail]}" 'invalid or unsupported API key scope: "no:such"'

	# the field that a validation names
	fault '{"method":"POST","status":400,"body":"{\"message\":\"No.\",\"validations\":[{\"field\":\"lifetime\",\"detail\":\"too odd\"},{\"field\":\"name\",\"detail\":\"too long\"}]}"}'
	try token_create -n test
	is "${TOKEN_ERROR[status]} ${TOKEN_ERROR[http]} ${TOKEN_ERROR[field]}" "1 400 lifetime"
	has "${TOKEN_ERROR[message]}${TOKEN_ERROR[detail]}" "too odd"
	has "$err" "too odd"
	has "$err" "too long"

	# how long to wait
	fault '{"status":429,"times":0,"headers":{"Retry-After":"3600"},"body":"{\"message\":\"Slow.\"}"}'
	try token_view grafana
	is "${TOKEN_ERROR[status]} ${TOKEN_ERROR[http]} ${TOKEN_ERROR[retry_after]}" "6 429 3600"

	# no response at all
	try token_list --url http://127.0.0.1:1 --timeout 5
	is "${TOKEN_ERROR[status]} ${TOKEN_ERROR[http]}" "7 0"
	has "${TOKEN_ERROR[message]}" "cannot connect"
}

# is_empty - asserts that TOKEN_ERROR is a visible associative array without elements.
is_empty() {
	is "$(declare -p TOKEN_ERROR)" "declare -A TOKEN_ERROR=()"
}

@test "TOKEN_ERROR exists from loading on, and can be read under set -u" {
	in_shell 'set -u
		echo "${TOKEN_ERROR[status]-none}"; declare -p TOKEN_ERROR
		token_list >/dev/null && echo "${TOKEN_ERROR[status]-none}"
		token_view nosuch || echo "${TOKEN_ERROR[status]-none}"
		token_list >/dev/null; [[ -z ${TOKEN_ERROR[status]-} ]] && echo fine'
	is "$status" 0
	is "$out" $'none\ndeclare -A TOKEN_ERROR=()\nnone\n3\nfine'
}

@test "reading TOKEN_ERROR[status] evaluates no variable of the user's" {
	in_shell 'status="x[\$(touch \"$HOME/pwned\")0]" message=$status
		echo "${TOKEN_ERROR[status]-none}"
		token_list >/dev/null; echo "${TOKEN_ERROR[status]-none}"
		f() { local TOKEN_ERROR; token_list >/dev/null; echo "${TOKEN_ERROR[status]-none}"; }; f
		unset TOKEN_ERROR; token_list >/dev/null; echo "${TOKEN_ERROR[message]-none}"'
	is "$status$err" 0
	is "$out" $'none\nnone\nnone\nnone'
	[[ ! -e $HOME/pwned ]] || fail "evaluated"
}

@test "loading creates TOKEN_ERROR globally, also within a function" {
	local before
	for before in : 'TOKEN_ERROR=x' 'TOKEN_ERROR=(x y)' 'export TOKEN_ERROR=x' 'declare -i TOKEN_ERROR=1' \
		'declare -u TOKEN_ERROR=x' 'declare TOKEN_ERROR' 'declare -A TOKEN_ERROR'; do
		try "$BASH" --norc -c "$before
			load() { local TOKEN_ERROR=mine; enable -f '$SO' token_list; echo \"\$TOKEN_ERROR\"; }
			load; declare -p TOKEN_ERROR; env | grep ^TOKEN_ERROR="
		is "$out" $'mine\ndeclare -A TOKEN_ERROR=()'
		is "$err" ""
	done
}

@test "loading keeps an associative TOKEN_ERROR, and what is readonly or a name reference" {
	local before after
	for before in '-A TOKEN_ERROR=([status]="7" )' '-Ax TOKEN_ERROR=([status]="7" )' '-Ar TOKEN_ERROR=([status]="7" )' \
		'-r TOKEN_ERROR="mine"' '-ar TOKEN_ERROR=([0]="mine")' '-n TOKEN_ERROR="HOME"'; do
		try "$BASH" --norc -c "declare $before; enable -f '$SO' ${BUILTINS[*]}; declare -p TOKEN_ERROR"
		is "$status/$err/$out" "0//declare $before"
	done
}

@test "an imported TOKEN_ERROR is not exported again" {
	export TOKEN_ERROR=x CODER_URL CODER_SESSION_TOKEN
	try "$BASH" --norc -c "enable -f '$SO' ${BUILTINS[*]}; env | grep -c ^TOKEN_ERROR=
		token_view nosuch; env | grep -c ^TOKEN_ERROR=; declare -p TOKEN_ERROR | cut -d ' ' -f 2
		export TOKEN_ERROR=x; token_list >/dev/null; env | grep -c ^TOKEN_ERROR=; declare -p TOKEN_ERROR"
	is "$out" $'0\n0\n-A\n0\ndeclare -Ax TOKEN_ERROR=()' # it was an array when the user exported it
}

@test "TOKEN_ERROR is empty after a success of every builtin" {
	local call
	for call in "token_create -n test" "token_view test" "token_list" "token_rm test" "token_list --help" \
		"token_create --dry-run" "token_list --name nothing-like-it"; do
		try token_view nosuch
		[[ -v TOKEN_ERROR[status] ]] || fail "not set"
		# shellcheck disable=SC2086 # words
		try $call
		is "$status" 0
		is_empty
	done
}

@test "TOKEN_ERROR replaces any variable of its name, and is not exported" {
	local was
	for was in "TOKEN_ERROR=scalar" "TOKEN_ERROR=(indexed)" "declare -gi TOKEN_ERROR=1" "declare -gu TOKEN_ERROR=X" \
		"declare -gA TOKEN_ERROR=([old]=1)" "declare -g TOKEN_ERROR" "export TOKEN_ERROR=x" "set -a" :; do
		unset TOKEN_ERROR
		eval "$was"
		try token_view nosuch
		is "${TOKEN_ERROR[status]} ${#TOKEN_ERROR[@]}" "3 6"
		is "$(declare -p TOKEN_ERROR | cut -d ' ' -f 2)" -A
		is "$(env | grep -c ^TOKEN_ERROR=)" 0
		unset TOKEN_ERROR
		eval "$was"
		try token_list
		is_empty
		is "$(env | grep -c ^TOKEN_ERROR=)" 0
	done
	set +a
}

@test "a local TOKEN_ERROR is used, and the global one left alone" {
	fails() { token_view nosuch 2>/dev/null || return 0; }
	in_function() {
		local -A TOKEN_ERROR
		token_view nosuch 2>/dev/null || true
		is "${TOKEN_ERROR[status]}" 3
		TOKEN_ERROR=()
		fails
		is "${TOKEN_ERROR[status]}" 3
		token_view grafana >/dev/null
		is_empty
	}
	declare -gA TOKEN_ERROR=([status]=global)
	in_function
	is "${TOKEN_ERROR[status]}" global
}

@test "a local TOKEN_ERROR of any kind becomes an associative array, and nothing else changes" {
	local how
	calls() {
		! token_view nosuch 2>/dev/null || fail "it was found"
		is "${TOKEN_ERROR[status]}" 3
		token_list >/dev/null
		is_empty
	}
	in_function() {
		eval "$1"
		calls
		is_empty
		token_view nosuch 2>/dev/null || is "${TOKEN_ERROR[status]}" 3
	}
	outer() {
		local -A TOKEN_ERROR=([status]=outer)
		in_function "$1"
		is "${TOKEN_ERROR[status]}" outer
	}
	for how in "local TOKEN_ERROR" "local TOKEN_ERROR=x" "local -a TOKEN_ERROR" "local -a TOKEN_ERROR=(x y)" \
		"local -i TOKEN_ERROR=7" "local -u TOKEN_ERROR=x" "local -x TOKEN_ERROR=x" "local -A TOKEN_ERROR"; do
		declare -gA TOKEN_ERROR=([status]=global)
		outer "$how"
		outer "$how; unset TOKEN_ERROR"
		is "${TOKEN_ERROR[status]}" global
	done
}

@test "a TOKEN_ERROR that is set for one command or function does not fail a call" {
	inner() {
		token_view nosuch 2>/dev/null || is "${TOKEN_ERROR[status]}" 3
		token_list >/dev/null
		is "${#TOKEN_ERROR[@]}" 0
		is "$(env | grep -c ^TOKEN_ERROR=)" 0
	}
	local mode # in posix mode bash 5.0 assigns for good, with the export attribute
	for mode in +o -o; do
		set "$mode" posix
		! TOKEN_ERROR=x token_view nosuch 2>/dev/null || fail "it was found"
		is "${TOKEN_ERROR[status]}" 3
		TOKEN_ERROR=x token_list >/dev/null
		is "${#TOKEN_ERROR[@]}" 0
		TOKEN_ERROR=x eval 'token_view nosuch 2>/dev/null || is "${TOKEN_ERROR[status]}" 3'
		is "${#TOKEN_ERROR[@]}" 0
		TOKEN_ERROR=x inner
		is "${#TOKEN_ERROR[@]}" 0
	done
	set +o posix
	(
		! TOKEN_ERROR=x token_view nosuch 2>/dev/null || fail "it was found"
		is "${TOKEN_ERROR[status]}" 3
	)
	is "${#TOKEN_ERROR[@]}" 0
}

# ------------------------------------------------- targets of calls that fail

@test "a call that fails leaves every output variable as it was" {
	local secret=kept
	local -a ids=(kept two)
	local -A record=([kept]=1)
	TOKEN_SCOPES=(kept) TOKEN_ALLOW_LIST=(kept too)
	unchanged() {
		[[ $status != 0 ]] || fail "it worked"
		is "$secret ${ids[*]} ${record[kept]} ${#record[@]}" "kept kept two 1 1"
		is "${TOKEN_SCOPES[*]} ${TOKEN_ALLOW_LIST[*]}" "kept kept too"
	}
	try token_create -n grafana -v secret -A record
	unchanged
	try token_create -n test --lifetime 30 -v secret -A record
	unchanged
	try token_create -n test --scope no:such -v secret -A record
	unchanged
	try token_view nosuch -A record
	unchanged
	try token_list -u nobody -v ids -A record
	unchanged
	try token_list -v ids -A record --frob
	unchanged
	# except for the array of what was removed
	try token_rm grafana nosuch -v ids
	is "$status ${#ids[@]}" "3 0"
	ids=(kept two)
	unchanged
	has "$(names)" grafana

	# a response that breaks off, an invalid one, and none at all
	fault '{"path":"keys/tokens\\?","truncate":300}'
	try token_list -v ids -A record
	unchanged
	fault '{"path":"keys/tokens","status":200,"headers":{"Content-Type":"application/json"},"body":"{\"id\":7}"}'
	try token_view grafana -A record
	unchanged
	fault '{"method":"POST","cut":{"where":"act"}}'
	try token_create -n test -v secret -A record
	unchanged
	try token_view grafana -A record --url http://127.0.0.1:1 --timeout 5
	unchanged
	CODER_SESSION_TOKEN=aaaaaaaaaa-aaaaaaaaaaaaaaaaaaaaaa try token_view grafana -A record
	unchanged
}

@test "a response that cannot be printed leaves every output variable as it was" {
	local secret=kept
	local -A record=([kept]=1)
	[[ -c /dev/full ]] || skip "no /dev/full"
	TOKEN_SCOPES=(kept)
	token_view grafana -o json -A record >/dev/full 2>err && fail "it worked"
	has "$(<err)" "write error"
	token_create -n test -o json -A record >/dev/full 2>err && fail "it worked"
	is "${record[kept]} ${#record[@]} ${TOKEN_SCOPES[*]}" "1 1 kept"
	lacks "$(names)" test
}

# ------------------------------------------------------- what the server sends

@test "values from the server are never evaluated" {
	local evil='a[$(touch f)]' evil2='$(touch f)`touch f`${x:=f}' id
	local -A T record
	local -a ids
	ctl POST reset '{"seed":"empty"}' >/dev/null
	ctl POST tokens '[{"owner":"admin","name":"a[$(touch f)]","scopes":["a[$(touch f)]"],"allow_list":["$(touch f):*"]},
		{"owner":"admin","name":"$(touch f)`touch f`${x:=f}"}]' >/dev/null
	token_view "$evil" -A record
	is "${record[name]}" "$evil"
	is "${record[scopes]} ${record[allow_list]}" 'a[$(touch f)] $(touch f):*'
	is "${TOKEN_SCOPES[*]} ${TOKEN_ALLOW_LIST[*]}" 'a[$(touch f)] $(touch f):*'
	token_list -v ids -A T
	is "${#ids[@]}" 2
	for id in "${ids[@]}"; do
		[[ ${T["$id,name"]} == "$evil" || ${T["$id,name"]} == "$evil2" ]] || fail "${T["$id,name"]}"
	done
	token_rm "$evil" -v ids
	try token_view 'b[$(touch f)]'
	has "${TOKEN_ERROR[message]}" 'b[$(touch f)]'
	# also not in an output variable that evaluates its value
	declare -ai TOKEN_SCOPES
	try token_view "$evil2"
	is "$status" 2
	[[ ! -e f ]] || fail "it was evaluated"
}

@test "an invalid id from the server is not used as the key of an array" {
	local -A T=([kept]=1)
	local -a ids=(kept)
	fault '{"path":"keys/tokens","times":0,"status":200,"headers":{"Content-Type":"application/json"},"body":"[{\"id\":\"x]$(touch f)\",\"login_type\":\"token\",\"token_name\":\"t\",\"expires_at\":\"2099-01-01T00:00:00Z\"}]"}'
	try token_list -v ids -A T
	refused 7 "broken response: 'id' is not the id of a token"
	is "${T[kept]} ${#T[@]} ${ids[*]}" "1 1 kept"
	fault '{"method":"POST","status":201,"headers":{"Content-Type":"application/json"},"body":"{\"key\":\"x[$(touch f)]-secret\"}"}'
	try token_create --name=x -v ids2
	[[ $status != 0 && ! -v ids2 && ! -e f ]] || fail "taken for a token"
}

@test "values are assigned whole, whatever they contain" {
	local text='"quotes" '"'single'"' \back $x `y` '$'\e[31m ü 名 🔑' name
	local -A record T
	local -a ids
	name="one line $text"
	token_create --name="$name" --lifetime 1h -A record
	is "${record[name]}" "$name"
	# names that other clients created may have several
	name=$'tab\tnew\nline '$text
	seed "$(jq -cn --arg name "$name" '{owner: "admin", name: $name}')"
	record=()
	token_view "$name" -A record
	is "${record[name]}" "$name"
	token_list -v ids -A T --name 'tab*'
	is "${T["${ids[0]},name"]}" "$name"
}

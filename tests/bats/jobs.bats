#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Daily jobs that people copy from examples/: reports, sweeps, leaked tokens, prompts, service accounts, several
# deployments, and CI files. Each may be stopped at any point. examples.bats has what is older.

load helper
source "$REPO/tests/bats/examples.bash"

# met_fault - the request that the fault `stop` is for has come, or the process PID has ended.
met_fault() {
	ctl GET log | grep -qE '"event":"delay"|"fault":"stop"' || ended "$PID"
}

# stopped_at N FAULT NAME ARGUMENT... - runs the example, whose request N (from 0) of those that FAULT is for meets that
# fault, and sends it TERM then. Returns 1 if there was no such request. Sets status; writes the files out and err.
stopped_at() {
	local met=1
	ctl DELETE faults >/dev/null
	forget_requests
	fault "{\"skip\": $1, \"name\": \"stop\", $2}"
	"$REPO/examples/$3.bash" "${@:4}" >out 2>err 3>&- &
	PID=$!
	wait_for 20 met_fault
	kill -TERM "$PID" 2>/dev/null || met=
	status=0
	wait "$PID" || status=$?
	ctl DELETE faults >/dev/null
	[[ $met ]]
}

# Requests of all kinds that are not carried out, and those with a consequence that are, whose response never comes.
UNHEARD='"delay": 60'
LOST='"method": "POST|PUT|DELETE", "stall": {"at": 0, "act": true}'

# ------------------------------------------------------------------------ audit

HOSTILE='{"owner": "alice", "name": "=cmd|'\''/c calc'\''!A1, \"x\"\n| [a](http://evil) `b` <i>\u001b[31m\u202e@team #1", "scopes": ["user:read"]}'

@test "audit -o csv: a row for each token, which no name breaks and no spreadsheet evaluates" {
	ctl POST tokens "[$HOSTILE"', {"owner": "bob", "name": "+1"}, {"owner": "bob", "name": "-1"}, {"owner": "bob", "name": "@x"}]' >/dev/null
	example audit -o csv
	is "$status$err" 0
	printable "${out//$'\r'/}"
	is "$(head -n 1 <<<"$out")" '"id","name","owner","scopes","allow list","created at","last used","expires at","remarks"'$'\r'
	is "$(wc -l <<<"$out")" 11
	has "$out" "\"'=cmd|'/c calc'!A1, \"\"x\"\"?| [a](http://evil) \`b\` <i>?[31m?@team #1\",\"alice\",\"user:read\",\"*:*\",\"20"
	has "$out" '"'\''+1"'
	has "$out" '"'\''-1"'
	has "$out" '"'\''@x"'
	has "$out" ',"never","20'
	has "$out" ',"on every resource, never used"'
	lacks "$out" ',"='
}

@test "audit -o markdown: a table for each group, in which no name is markup, a link or a mention" {
	ctl POST tokens "$HOSTILE" >/dev/null
	example audit -o markdown
	is "$status$err" 0
	printable "$out"
	is "$(grep '^#' <<<"$out")" "# API tokens by owner
## admin: 2 token(s)
## alice: 5 token(s)"
	has "$out" "8 token(s) at 20" || has "$out" "7 token(s) at 20"
	has "$out" "| id | name | owner | scopes | allow list | created at | last used | expires at | remarks |
|----|------|-------|--------|------------|------------|-----------|------------|---------|"
	# each row has the same number of cells
	is "$(grep '^|' <<<"$out" | tr -cd '|\n' | sort -u)" '||||||||||'
	has "$out" "| =cmd&#124;'/c calc'&#33;A1, \"x\"?&#124; &#91;a&#93;&#40;http&#58;//evil&#41; &#96;b&#96; &#60;i&#62;?&#91;31m?&#64;team &num;1 | alice |"
}

@test "audit -b scope lists a token under each of its scopes, and -b age by its age, with the owners" {
	example audit -b scope
	is "$status$err" 0
	has "$out" "workspace:read: 1 token(s)"
	has "$out" $'coder:all: 1 token(s)\n  '"$(stored laptop id) laptop of alice: may do everything"
	is "$(grep -v '^ ' <<<"$out")" "$(grep -v '^ ' <<<"$out" | LC_ALL=C sort)"
	ctl POST tokens '[{"owner": "bob", "name": "old", "created_ago_s": 40000000, "expires_in_s": 8640000},
		{"owner": "bob", "name": "young", "created_ago_s": 2591000}]' >/dev/null
	example audit -b age -o csv
	is "$status$err" 0
	is "$(grep -c '^"created 0 to 29 days ago",".*,"bob",' <<<"$out")" 1
	is "$(grep -c '^"created a year ago or earlier",".*,"old","bob",' <<<"$out")" 1
	is "$(head -n 1 <<<"$out" | cut -c 1-24)" '"age","id","name","owner'
}

@test "audit does not lose a token without a scope, nor one that never expires" {
	fault '{"path": "tokens", "status": 200, "coder": true, "headers": {"Content-Type": "application/json"}, "body": "[{\"id\":\"abcdefghij\",\"token_name\":\"odd\",\"scopes\":[],\"scope\":\"\",\"allow_list\":[\"*:*\"],\"login_type\":\"token\",\"username\":\"bob\",\"created_at\":\"2026-01-01T00:00:00Z\",\"last_used\":\"1970-01-01T00:00:00Z\"}]"}'
	example audit -b scope
	is "$status$err" 0
	has "$out" $'none: 1 token(s)\n  abcdefghij odd of bob: on every resource, never used, never expires'
}

@test "audit refuses other formats and groups, and prints nothing if the list fails" {
	local words
	for words in "-o html" "-b name" "-o" "more" "-x"; do
		eval "example audit $words"
		is "$status$out" 2
		has "$err" "usage: audit.bash [-o text|markdown|csv] [-b owner|scope|age]"
	done
	is "$(requests)" ""
	CODER_SESSION_TOKEN=junk example audit -o csv
	refused 4 "signed out"
}

@test "audit -o csv and -o markdown of no tokens have headings and no rows" {
	CODER_SESSION_TOKEN=$BOB_TOKEN
	example audit -o csv
	is "$status$err$(wc -l <<<"$out")" 01
	example audit -o markdown
	is "$status$err" 0
	has "$out" "0 token(s)"
}

# ------------------------------------------------------------------------ sweep

@test "sweep begins with a dry run, and deletes nothing unless somebody agrees" {
	stale_tokens
	example sweep </dev/null
	is "$status" 1
	is "$(sed 's/([0-9A-Za-z]*) //; s/:.*//' <<<"$out" | sort)" "stale-1 of admin would be deleted
stale-2 of admin would be deleted"
	is "$err" "Nothing has been deleted. (-y deletes without a question.)"
	is "$(requests | grep -v ^GET || true)" ""
	at_prompt <<-END
		type $REPO/examples/sweep.bash
		until out [y/N]
		type n
		until out has been deleted
		prompt 10
	END
	is "$(requests | grep -v ^GET || true)" ""
	at_prompt <<-END
		type $REPO/examples/sweep.bash
		until out [y/N]
		type y
		until out has been deleted
		prompt 10
	END
	has "$screen" "Delete 2 token(s)? [y/N] y"
	is "$(left)" "$ALL"
}

@test "sweep prints names without characters that act on a terminal" {
	ctl POST tokens '{"owner": "admin", "name": "a\u001b[31m\u202e\nb", "created_ago_s": 8640000}' >/dev/null
	example sweep -n
	is "$status$err" 0
	printable "$out"
	is "$(wc -l <<<"$out")" 1
	has "$out" "[31m?"
}

@test "sweep keeps a token that is used while its question is open" {
	stale_tokens
	ctl POST tokens '{"owner": "admin", "name": "mine", "created_ago_s": 8640000}' >/dev/null
	fault '{"method": "GET", "path": "/tokens\\?", "skip": 1, "status": 200, "coder": true, "headers": {"Content-Type": "application/json"}, "body": "null"}'
	at_prompt <<-END
		type $REPO/examples/sweep.bash; echo status \$?
		until out [y/N]
		type y
		until out status 0
		prompt 10
	END
	is "$(requests | grep -v ^GET || true)" ""
	is "$(names | grep -c 'stale\|mine')" 3
}

@test "sweep that is stopped prints what it has deleted, and a second run deletes the rest" {
	local n fault gone reported
	for fault in "\"method\": \"DELETE\", $UNHEARD" "$LOST"; do
		for n in 0 1; do
			stale_tokens
			stopped_at "$n" "$fault" sweep -y
			is "$(kill -l "$status")" TERM
			gone=$((2 - $(ctl GET tokens | grep -o '"name":"stale' | wc -l))) reported=$(grep -c 'has been deleted: ' out) || true
			# what the server did although its response never came is not known here
			((reported <= gone)) || fail "$reported of $gone"
			[[ $fault == "$LOST" || $reported == "$gone" ]] || fail "$reported of $gone"
			example sweep -y
			is "$status" 0
			[[ $(names) != *stale-* ]] || fail "one is left"
		done
	done
	stopped_at 0 "$UNHEARD" sweep -y
	is "$(kill -l "$status")$(<out)" TERM
}

# -------------------------------------------------------------- ci-token, CI files

@test "ci-token --remove deletes the token that a killed job has left, and reports if there is none" {
	job 'kill -KILL $PPID'
	CI_JOB_ID=4711 example ci-token dev ./job
	is "$status" 137
	is "$(names | grep ^ci-4)" ci-4711
	CI_JOB_ID=4711 example ci-token --remove
	is "$status$out" 0
	is "$err" "ci-token: token ci-4711 has been deleted"
	CI_JOB_ID=4711 example ci-token --remove
	is "$status$out" 0
	is "$err" "ci-token: there is no token ci-4711 (any more)"
	is "$(left)" "$ALL"
}

@test "ci-token --remove fails if it has no name or the token may be left" {
	example ci-token --remove
	refused 2 "--remove needs the name of the token in CODER_TOKEN_NAME"
	CI_JOB_ID=1 example ci-token --remove more
	refused 2 "usage: ci-token.bash"
	is "$(requests)" ""
	ctl POST tokens '{"owner": "admin", "name": "ci-1"}' >/dev/null
	fault '{"method": "DELETE", "status": 500, "coder": true, "headers": {"Content-Type": "application/json"}, "body": "{\"message\": \"a\\u001b[31m\\u202e\"}"}'
	CI_JOB_ID=1 example ci-token --remove
	refused 1 "ci-token: token ci-1 may be left: "
	printable "$err"
}

@test "ci-token calls its token CODER_TOKEN_NAME, which the job does not inherit" {
	job 'echo "<${CODER_TOKEN_NAME-}>"'
	CODER_TOKEN_NAME=mine CI_JOB_ID=1 example ci-token dev ./job
	is "$status$out" "0<>"
	has "$err" "token mine has been deleted"
}

@test "ci-token on GitHub masks the secret in the log, before the job can print it" {
	job 'printf "%s" "$CODER_SESSION_TOKEN" >secret; echo begins >&2'
	GITHUB_ACTIONS=true example ci-token dev ./job
	is "$status$out" 0
	has "$err" "::add-mask::$(<secret)"$'\nbegins'
}

@test "ci-token that is stopped at any request leaves nothing that --remove does not find" {
	local n fault stops=0
	export CODER_TOKEN_NAME=mine
	job 'exit 0'
	# the deletion at the end of the job is not stopped by a signal
	for fault in "\"method\": \"GET|POST\", $UNHEARD" "${LOST/|PUT|DELETE/}"; do
		for ((n = 0; n < 20; n++)); do
			stopped_at "$n" "$fault" ci-token dev ./job || break
			stops=$((stops + 1))
			((status > 0)) || [[ $(<err) == *"has been deleted"* ]] || fail "$n: status 0"
			! exists mine || example ci-token --remove
			! exists mine || fail "it is left"
		done
	done
	((stops > 5)) || fail "only $stops requests"
}

# ci_steps KIND - prepares the steps of that CI file: 1.bash, 2.bash ... Sets steps to their names, and PATH to commands
# that stand for those of the machine.
ci_steps() {
	local file=github-actions.yml words
	[[ $1 == github ]] || file=gitlab-ci.yml
	try python3 "$TOOLS/ci_file.py" "$1" "$REPO/examples/$file" .
	[[ $err != *"No module named 'yaml'"* ]] || skip "needs python3-yaml"
	is "$status$err" 0
	mapfile -t steps <<<"$out"
	mkdir -p bin .github ci
	cp "$REPO/examples/ci-token.bash" .github
	cp "$REPO/examples/ci-token.bash" ci
	for words in 'curl' 'sudo' 'apt-get'; do
		printf '#!/bin/bash\necho "%s $*" >>installed\n' "$words" >"bin/$words"
	done
	printf '#!/bin/bash\nunset LD_PRELOAD\necho "$*" >ran; echo "$CODER_SESSION_TOKEN" >secret\n%s\n' "${2-}" >bin/coder
	chmod +x bin/*
	PATH=$PWD/bin:$PATH
	export VAR_CODER_URL=$CODER_URL VAR_WORKSPACE=dev VAR_TOKENS_DEB=http://packages/tokens.deb RUNNER_TEMP=$PWD \
		SECRET_CODER_SESSION_TOKEN=$CODER_SESSION_TOKEN
	unset CODER_URL CODER_SESSION_TOKEN
}

@test "the GitHub workflow is valid, stops the workspace with a token for that, masks it, and deletes it" {
	local steps
	GITHUB_ACTIONS=true
	export GITHUB_ACTIONS
	ci_steps github
	is "$(printf '<%s>' "${steps[@]}")" "<Install the builtins and the Coder CLI><Stop the workspace><Delete the token always>"
	try bash 1.bash
	is "$status$out$err" 0
	has "$(<installed)" "curl -fsSL -o $PWD/tokens.deb http://packages/tokens.deb"
	try bash 2.bash
	is "$status" 0
	is "$(<ran)" "stop --yes dev"
	has "$err" "::add-mask::$(<secret)"
	lacks "${err/::add-mask::$(<secret)/}$out" "$(cut -d - -f 2 secret)"
	[[ $(<secret) != "$SECRET_CODER_SESSION_TOKEN" ]] || fail "not a token of its own"
	has "$err" "token github-17-1 has been deleted"
	try bash 3.bash
	is "$status$err" "0ci-token: there is no token github-17-1 (any more)"
	is "$(left)" "$ALL"
}

@test "the GitLab job is valid, stops the workspace with a token for that, and deletes it" {
	local steps
	ci_steps gitlab
	is "$(printf '<%s>' "${steps[@]}")" "<script><after_script always>"
	try bash 1.bash
	is "$status" 0
	is "$(<ran)" "stop --yes dev"
	has "$(<installed)" "apt-get install -y /tmp/tokens.deb"
	lacks "$err$out" "$(cut -d - -f 2 secret)"
	has "$err" "token ci-4711 has been deleted"
	try bash 2.bash
	is "$status$err" "0ci-token: there is no token ci-4711 (any more)"
	is "$(left)" "$ALL"
}

@test "after a job that was killed, the last step of either CI file deletes the token" {
	local steps kind
	for kind in github gitlab; do
		# the job itself goes on for a while
		ci_steps "$kind" 'kill -KILL $PPID; exec sleep 1'
		try bash "$((${#steps[@]} - 1)).bash"
		[[ $status != 0 ]] || fail "the job ended"
		[[ $(left) != "$ALL" ]] || fail "no token is left"
		try bash "${#steps[@]}.bash"
		is "$status" 0
		has "$err" "has been deleted"
		is "$(left)" "$ALL"
		CODER_URL=$VAR_CODER_URL CODER_SESSION_TOKEN=$SECRET_CODER_SESSION_TOKEN
	done
}

@test "the token that the CI files ask for is enough for the job, and not for more" {
	local -A parent=()
	token_create -v first -A parent -n github --lifetime 90d --for tokens-manage,workspace-read --allow workspace:dev 2>/dev/null
	CODER_SESSION_TOKEN=$first
	job 'printf "%s" "$CODER_SESSION_TOKEN" >secret'
	example ci-token --for workspace-stop dev ./job
	is "$status" 0
	[[ $(<secret) != "$first" ]] || fail "the same token"
}

# ----------------------------------------------------------------------- revoke

# leak OWNER NAME [FIELDS] - adds a token and sets its secret as LEAKED.
leak() {
	seed '{"owner": "'"$1"'", "name": "'"$2"'"'"${3-}"'}'
	LEAKED=${KEYS[0]}
}

NARROW=', "scopes": ["workspace:read"], "allow_list": ["workspace:*"]'

@test "revoke ends each token of a text with an owner's session token, whatever surrounds them" {
	local first
	leak alice one
	first=$LEAKED
	leak bob two "$NARROW"
	printf '%s\n' "GET /x?coder_session_token=$first&a=b HTTP/1.1" "{\"token\":\"$LEAKED\",\"again\":\"\u0022${first}22\"}" \
		$'\x01\xffbinary' "line\\n$LEAKED and 8e7c5f1a-93ab-4c1d-9a3e-0123456789ab" >log
	example revoke log
	is "$status$err" 0
	is "$(left)" "$ALL"
	has "$out" "${first%%-*}: it has been revoked: $CODER_URL refuses it now"
	has "$out" "${LEAKED%%-*}: it has been revoked: $CODER_URL refuses it now"
	has "$out" "1970-01-01T00:00:00Z" # it was never used before this
	lacks "$out" "${first#*-}"
	lacks "$out" "${LEAKED#*-}"
	lacks "$(requests)" "${first#*-}"
	is "$(requests DELETE | wc -l)" 2
	# again: nothing is left to do
	forget_requests
	example revoke <log
	is "$status$err" 0
	has "$out" "${LEAKED%%-*}: $CODER_URL refuses it already: API key is invalid."
	is "$(requests | grep -v ^GET || true)" ""
}

@test "revoke works with the leaked token alone, and a restricted one needs somebody else" {
	leak alice one
	CODER_SESSION_TOKEN='' example revoke <<<"$LEAKED"
	is "$status$err" 0
	is "$(left)" "$ALL"
	leak alice two "$NARROW"
	CODER_SESSION_TOKEN='' example revoke <<<"$LEAKED"
	is "$status" 3
	has "$err" "${LEAKED%%-*}: IT IS STILL VALID, an owner of the deployment can revoke it: no token for"
	CODER_SESSION_TOKEN=$BOB_TOKEN example revoke <<<"$LEAKED"
	is "$status" 3
	has "$(names)" two
	CODER_SESSION_TOKEN=$ALICE_TOKEN example revoke <<<"$LEAKED"
	is "$status$err" 0
	is "$(left)" "$ALL"
	# as the token in use
	leak alice three
	CODER_SESSION_TOKEN=$LEAKED example revoke <<<"$LEAKED"
	is "$status$err" 0
	is "$(left)" "$ALL"
}

@test "revoke leaves a token alone whose secret is not in the text, and one that is called like an id" {
	local id
	leak admin one
	id=${LEAKED%%-*}
	example revoke <<<"$id-AAAAAAAAAAAAAAAAAAAAAA"
	is "$status$err" 0
	has "$out" "$id: $CODER_URL refuses it: this is not the secret of that token, which stays"
	has "$(names)" one
	example revoke <<<"$LEAKED"
	ctl POST tokens '[{"owner": "admin", "name": "'"$id"'"}, {"owner": "admin", "name": "decoy"}]' >/dev/null
	example revoke <<<"$LEAKED"
	is "$status" 0
	has "$(names)" "$id"
	is "$(requests DELETE | wc -l)" 1
}

@test "revoke -n removes nothing, and -k expires the token and keeps its record" {
	leak alice 'odd\u001b[31m\u202e name'
	example revoke -n <<<"$LEAKED"
	is "$status$err" 0
	printable "$out"
	has "$out" 'odd\x1b[31m'
	is "$(requests | grep -v ^GET || true)" ""
	example revoke -k <<<"$LEAKED"
	is "$status$err" 0
	is "$(requests | grep -v ^GET | cut -d ' ' -f 1)" PUT
	is "$(of tokens id="${LEAKED%%-*}" -- expired)" True
}

@test "revoke also ends the token of a suspended user, and reports what ends a login session" {
	leak alice one
	ctl POST users '{"username": "alice", "status": "suspended"}' >/dev/null
	example revoke <<<"$LEAKED"
	is "$status$err" 0
	is "$(left)" "$ALL"
	example revoke <<<"x $BOB_TOKEN x"
	is "$status$out" 1
	has "$err" "${BOB_TOKEN%%-*}: it is a login session and not an API token. To end it, suspend its user or change the password"
}

@test "revoke reports what it does not know, and never that all is well" {
	leak alice one
	fault '{"method": "DELETE", "status": 500, "times": 0}'
	example revoke <<<"$LEAKED"
	is "$status" 1
	has "$err" "IT IS STILL VALID"
	ctl DELETE faults >/dev/null
	# what seems to be done, and is not
	fault '{"method": "DELETE", "status": 204, "coder": true}'
	example revoke <<<"$LEAKED"
	is "$status" 1
	has "$err" "IT IS STILL VALID"
	# the response to the last question, whether the deployment still accepts it, comes from something in front
	fault '[{"method": "DELETE", "status": 500, "times": 0, "name": "no"},
		{"method": "GET", "path": "/users/me/keys/", "skip": 2, "status": 401, "body": "no", "times": 0}]'
	example revoke <<<"$LEAKED"
	is "$status" 7
	has "$err" "it may still be valid: "
	ctl DELETE faults >/dev/null
	fault '{"method": "GET", "status": 400, "coder": true, "times": 0, "headers": {"Content-Type": "application/json"}, "body": "{\"message\": \"a\\u001b[31m\\u202e\"}"}'
	example revoke <<<"$LEAKED"
	is "$status$out" 1
	has "$err" "nothing is known of it: the token in use"
	printable "$err"
	ctl DELETE faults >/dev/null
	CODER_URL=http://127.0.0.1:1 example revoke <<<"$LEAKED"
	is "$status$out" 7
	has "$err" "${LEAKED%%-*}: nothing is known of it: "
	has "$(names)" one
}

@test "revoke refuses wrong arguments, and a text without a token" {
	local words
	for words in -x "a b"; do
		eval "example revoke $words" </dev/null
		is "$status$out" 2
		has "$err" "usage: revoke.bash [-n] [-k] [FILE]"
	done
	example revoke no/such/file
	is "$status$out" 2
	has "$err" "no/such/file"
	example revoke <<<"nothing here: abc-def, ${ADMIN_TOKEN:0:20}"
	refused 3 "revoke: there is no token in the text"
	is "$(requests)" ""
}

@test "revoke shows no secret in a trace" {
	leak alice one "$NARROW"
	try bash -x "$REPO/examples/revoke.bash" <<<"$LEAKED"
	is "$status" 0
	has "$err" "mapfile -t leaked"
	lacks "$err$out" "${LEAKED#*-}"
}

@test "revoke asks on a terminal, shows nothing of the text, and leaves none of it to the calling shell" {
	leak alice one
	at_prompt <<-END
		type bash -x $REPO/examples/revoke.bash; echo "status \$?"
		until out (it is not shown)
		type > Authorization: Bearer $LEAKED
		type touch executed
		until out status 0
		prompt 10
	END
	lacks "$screen" "${LEAKED#*-}"
	[[ ! -e executed ]] || fail "a line was executed"
	is "$(left)" "$ALL"
}

@test "revoke that is stopped at any removal is completed by a second run" {
	local n fault first
	for fault in "\"method\": \"DELETE\", $UNHEARD" "$LOST"; do
		for n in 0 1; do
			leak alice one
			first=$LEAKED
			leak alice two
			printf '%s\n' "$first" "$LEAKED" >text
			stopped_at "$n" "$fault" revoke text
			is "$(kill -l "$status")" TERM
			example revoke text
			is "$status$err" 0
			! exists one || fail "one is left"
			! exists two || fail "two is left"
		done
	done
}

# ----------------------------------------------------------------------- prompt

# prompt_setup - sources the example, and sets where its files are.
prompt_setup() {
	export XDG_RUNTIME_DIR=$PWD/run
	ctl POST tokens '{"owner": "admin", "name": "deploy", "expires_in_s": 18500}' >/dev/null
	seed '{"owner": "admin", "name": "me", "expires_in_s": 300000}'
	CODER_SESSION_TOKEN=${KEYS[0]}
	# shellcheck disable=SC1091
	source "$REPO/examples/prompt.bash"
}

file_there() {
	[[ -n $(find run -name 'prompt-*' ! -name '*.new' -size +0 2>/dev/null) ]]
}

@test "prompt does not wait for the deployment, and shows its response once it is there" {
	prompt_setup
	fault '{"path": "/keys/", "delay": 60}'
	SECONDS=0
	token_prompt 3>&-
	is "$token_prompt" ""
	((SECONDS < 20)) || fail "it has waited" # for a response that takes longer
	wait_for 10 grep -q '"event": "delay"' "$BATS_FILE_TMPDIR/log"
	token_prompt 3>&- # while that is on
	is "$token_prompt" ""
	ctl DELETE faults >/dev/null
	is "$(requests | wc -l)" 0

	token_prompt_tried=()
	token_prompt 3>&-
	wait_for 10 file_there
	token_prompt 3>&-
	is "$token_prompt" "[token 3d] "
	is "$(stat -c %a run/coder-tokens run/coder-tokens/*)" $'700\n600'
	lacks "$(cat run/coder-tokens/*)" "${CODER_SESSION_TOKEN#*-}"
	# other shells read the same file, and nobody asks again
	forget_requests
	is "$(bash -c 'source "$1"; token_prompt; echo "$token_prompt"' - "$REPO/examples/prompt.bash")" "[token 3d] "
	is "$(requests)" ""
}

@test "prompt has a file for each deployment, token and name" {
	prompt_setup
	is "$("$REPO/examples/prompt.bash")" "[token 3d] "
	is "$("$REPO/examples/prompt.bash" deploy)" "[deploy 5h] "
	CODER_SESSION_TOKEN=$ADMIN_TOKEN token_create -v secret -n "it's \"mine\" " --lifetime 36h
	is "$("$REPO/examples/prompt.bash" "it's \"mine\" ")" "[it's \"mine\"  1d] "
	is "$(CODER_SESSION_TOKEN=$ALICE_TOKEN "$REPO/examples/prompt.bash" 2>/dev/null)" ""
	is "$(find run -type f | wc -l)" 4
	token_prompt deploy 3>&-
	is "$token_prompt" "[deploy 5h] "
	CODER_URL=http://other token_prompt 3>&-
	is "$token_prompt" ""
	mkdir config
	echo "$CODER_URL" >config/url
	printf %s "$CODER_SESSION_TOKEN" >config/session
	CODER_URL='' CODER_SESSION_TOKEN='' CODER_CONFIG_DIR=config token_prompt 3>&-
	is "$token_prompt" "[token 3d] "
}

@test "prompt shows that the token is refused or expired, and minutes in the last hour" {
	prompt_setup
	token_prompt_find
	mkdir -p run/coder-tokens
	printf '%s\n' "$key" "$EPOCHSECONDS" "$((EPOCHSECONDS + 90))" >"$file"
	token_prompt
	is "$token_prompt" "[token 2m] "
	printf '%s\n' "$key" "$EPOCHSECONDS" "$((EPOCHSECONDS - 1))" >"$file"
	token_prompt
	is "$token_prompt" "[token expired] "
	CODER_SESSION_TOKEN=$ADMIN_TOKEN token_rm -v removed me
	is "$("$REPO/examples/prompt.bash" 2>/dev/null)" "[token refused] "
	token_prompt
	is "$token_prompt" "[token refused] "
}

@test "prompt keeps what it knows while there is no response, and asks once a minute then" {
	prompt_setup
	token_prompt_find
	mkdir -p run/coder-tokens
	printf '%s\n' "$key" "$((EPOCHSECONDS - 900))" "$((EPOCHSECONDS + 300000))" >"$file"
	fault '{"path": "/keys/", "status": 500, "times": 0}'
	token_prompt 3>&-
	is "$token_prompt" "[token 3d] "
	asked_once() { [[ $(requests) == GET* ]]; }
	wait_for 10 asked_once
	token_prompt 3>&-
	is "$token_prompt" "[token 3d] "
	is "$(requests | wc -l)" 1
}

@test "prompt evaluates nothing of its file, and what is no file of its own it ignores" {
	prompt_setup
	token_prompt_find
	mkdir -p run/coder-tokens
	local bad
	for bad in 'x[$(touch pwned)]' '$(touch pwned)' '-1' '99999999999999999999' '' '09'; do
		token_prompt_tried[$key]=$EPOCHSECONDS # nobody writes the file anew
		printf '%s\n' "$key" "$EPOCHSECONDS" "$bad" >"$file"
		token_prompt 3>&-
		is "$token_prompt" ""
		printf '%s\n' "$key" "$bad" "$((EPOCHSECONDS + 60))" >"$file"
		token_prompt 3>&-
		is "$token_prompt" ""
	done
	printf '%s\n' "other" "$EPOCHSECONDS" "$((EPOCHSECONDS + 60))" >"$file"
	token_prompt 3>&-
	is "$token_prompt" ""
	[[ ! -e pwned ]] || fail "evaluated"
}

@test "prompt changes nothing in the shell: no option, status, job or trace, under set -eu, too" {
	prompt_setup
	cat >script <<-'END'
		set -eux
		source "$1"
		TOKEN_ERROR[status]=9
		(exit 0) & before=$!; wait
		token_prompt
		token_prompt 'my token'
		[[ $! == "$before" && ${TOKEN_ERROR[status]} == 9 && -z $(jobs) && $- == *e*u*x* ]]
		echo fine
	END
	run_script() { "$BASH" --norc script "$REPO/examples/prompt.bash" 3>&-; }
	try run_script
	is "$status$out" 0fine
	has "$err" "token_prompt 'my token'"
	lacks "$err" "${CODER_SESSION_TOKEN#*-}"
}

@test "prompt works in PS1" {
	prompt_setup
	is "$("$REPO/examples/prompt.bash")" "[token 3d] "
	at_prompt <<-END
		type source $REPO/examples/prompt.bash; PROMPT_COMMAND=token_prompt; PS1='\${token_prompt}'"\$PS1"
		prompt 10
		type false
		prompt 10
		type echo "status \$?"
		until out status 1
		prompt 10
	END
	has "$screen" "[token 3d] READY> "
}

# -------------------------------------------------------------------- provision

FOR=(--for workspace-list --allow 'workspace:*')

@test "provision gives a service account a narrow token in a file, once" {
	example provision "${FOR[@]}" bob svc secret
	is "$status$out" 0
	[[ $err =~ provision:\ svc\ \(([0-9A-Za-z]{10})\)\ of\ bob\ is\ valid\ until\ 20.*\;\ its\ secret\ is\ in\ secret$ ]] || fail "message"
	is "$(stat -c %a secret) $(cut -d - -f 1 secret)" "600 ${BASH_REMATCH[1]}"
	is "$(stored svc owner lifetime_seconds | xargs)" "bob 7776000"
	lacks " $(stored svc scopes) " ' coder:all '
	accepted "$(<secret)"
	lacks "$err" "$(cut -d - -f 2 secret)"
	forget_requests
	example provision "${FOR[@]}" bob svc secret
	is "$status$out" 0
	has "$err" "provision: secret already has a token of bob: svc ("
	is "$(requests)" "GET /api/v2/users/bob/keys/tokens?include_all=false&include_expired=true"
}

@test "provision and rotate --user work together: what was rotated is not provisioned again" {
	local first
	example provision --lifetime=1d "${FOR[@]}" bob svc secret
	first=$(<secret)
	example rotate --user bob --if-expires-within 1h svc secret
	is "$status$out$err$(<secret)" "0$first"
	example rotate --user=bob svc secret
	is "$status$out" 0
	is "$(of tokens owner=bob -- name | grep -c ^svc)" 1
	has "$(of tokens id="$(cut -d - -f 1 secret)" -- owner name | xargs)" "bob svc-20"
	[[ $(<secret) != "$first" ]] || fail "not rotated"
	example provision "${FOR[@]}" bob svc secret
	is "$status" 0
	has "$err" "secret already has a token of bob: svc-20"
}

@test "provision never replaces a token that is in use elsewhere, nor what is no token of that user" {
	ctl POST tokens '{"owner": "bob", "name": "svc", "last_used_ago_s": 60}' >/dev/null
	example provision "${FOR[@]}" bob svc secret
	refused 5 "of bob is in use, and its secret is not in secret"
	seed '[{"owner": "alice", "name": "hers"}]'
	echo "${KEYS[0]}" >secret
	example provision "${FOR[@]}" bob other secret
	refused 5 "provision: secret has a token of alice; it stays as it is"
	echo "$ALICE_TOKEN" >secret
	example provision "${FOR[@]}" bob other secret
	is "$status$out" 5
	has "$err" "it is a login session"
	has "$err" $'\nprovision: secret stays as it is'
	echo "my notes" >secret
	example provision "${FOR[@]}" bob other secret
	refused 5 "provision: secret has something else than a token; it stays as it is"
	is "$(<secret)" "my notes"
	is "$(requests | grep -v ^GET || true)" ""
}

@test "provision replaces a token that has expired or is gone" {
	local first
	seed '[{"owner": "bob", "name": "svc", "created_ago_s": 9000, "last_used_ago_s": 7200, "expires_in_s": -60}]'
	echo "${KEYS[0]}" >secret
	example provision "${FOR[@]}" bob svc secret
	is "$status" 0
	first=$(<secret)
	[[ $first != "${KEYS[0]}" ]] || fail "not replaced"
	token_rm -v removed "${first%%-*}"
	example provision "${FOR[@]}" bob svc secret
	is "$status" 0
	accepted "$(<secret)"
	is "$(of tokens owner=bob -- name | grep -c ^svc)" 1
}

@test "provision deletes the token again if the secret cannot be written, and follows no link to write it" {
	mkdir secret.new
	example provision "${FOR[@]}" bob svc secret
	is "$status$out" 1
	has "$err" "provision: the secret could not be delivered; svc has been deleted again"
	is "$(left)" "$ALL"
	rmdir secret.new
	echo mine >victim
	ln -s victim secret.new
	example provision "${FOR[@]}" bob svc secret
	is "$status $(<victim) $(stat -c %a secret)" "0 mine 600"
}

@test "provision refuses wrong arguments, and a token that could do everything" {
	local words
	for words in "bob svc secret" "--for whoami bob svc" "--for whoami bob svc secret more" "--for whoami '' svc secret" \
		"--allow 'workspace:*' bob svc secret" "--for" "--bogus x bob svc secret" "--scope= bob svc secret"; do
		eval "example provision $words"
		refused 2 "usage: provision.bash"
	done
	example provision --for whoami bob svc no/such/secret
	is "$status$out" 1
	is "$(requests)" ""
	example provision --for whoami nobody svc secret
	refused 3 nobody
	CODER_SESSION_TOKEN=$ALICE_TOKEN example provision --for whoami bob svc secret
	is "$status$out" 3
	example provision --for no-such-goal bob svc secret
	is "$status$out" 2
	example provision --lifetime 90 --for whoami bob svc secret
	is "$status$out" 2
	[[ ! -e secret ]] || fail "there is a file"
	is "$(requests | grep -v ^GET || true)" ""
}

@test "provision that is stopped at any request is completed by a second run, and leaves one token" {
	local n fault stops=0
	for fault in "$UNHEARD" "$LOST"; do
		for ((n = 0; n < 20; n++)); do
			stopped_at "$n" "$fault" provision "${FOR[@]}" bob svc secret || break
			stops=$((stops + 1))
			example provision "${FOR[@]}" bob svc secret
			is "$status" 0
			is "$(ctl GET tokens | grep -o '"name":"svc"' | wc -l)" 1
			has "$(ctl GET tokens)" "{\"id\":\"$(cut -d - -f 1 secret)\",\"name\":\"svc\""
			rm secret
			is "$(find . -name 'secret*')" ""
		done
		rm -f secret
	done
	((stops > 5)) || fail "only $stops requests"
}

@test "provision shows no secret in a trace" {
	try bash -x "$REPO/examples/provision.bash" "${FOR[@]}" bob svc secret
	is "$status" 0
	lacks "$err" "$(cut -d - -f 2 secret)"
}

# ------------------------------------------------------------------ deployments

# deployments_setup - two deployments, as of coder login: a is admin's, and b alice's.
deployments_setup() {
	local d
	export XDG_CONFIG_HOME=$PWD/config
	mkdir -p config/coder-deployments/{a,b,no-deployment}
	for d in a b; do
		printf %s "$CODER_URL" >"config/coder-deployments/$d/url"
	done
	umask 077
	printf %s "$ADMIN_TOKEN" >config/coder-deployments/a/session
	printf %s "$ALICE_TOKEN" >config/coder-deployments/b/session
	# these are for none of them
	export CODER_URL=http://127.0.0.1:1 CODER_SESSION_TOKEN=$BOB_TOKEN
}

@test "deployments runs a builtin or a script for each deployment, with its own token" {
	deployments_setup
	example deployments token_list -c owner -o tsv --no-header
	is "$status$err" 0
	is "$(uniq <<<"$out")" "== a
admin
== b
alice"
	example deployments -d b "$REPO/examples/audit.bash"
	is "$status$err" 0
	is "$(grep -v '^ ' <<<"$out")" "== b
alice: 4 token(s)"
}

@test "deployments goes on after a failure, and ends with the status of the first one" {
	deployments_setup
	printf http://127.0.0.1:1 >config/coder-deployments/a/url
	printf junk >config/coder-deployments/b/session
	CODER_URL=$URL example deployments -d a -d b -d . token_list -q
	is "$status" 7
	has "$err" "cannot connect to http://127.0.0.1:1"
	has "$err" "signed out"
	is "$out" $'== a\n== b\n== .'
}

@test "deployments refuses a name that is no deployment, and never uses another one instead" {
	local name
	deployments_setup
	for name in c ../coder-deployments/a .. no-deployment; do
		example deployments -d "$name" token_list
		is "$status" 2
		has "$err" "deployments: there is no deployment $name"
	done
	example deployments
	refused 2 "usage: deployments.bash [-d NAME]... COMMAND"
	example deployments -d
	refused 2 "usage: deployments.bash"
	XDG_CONFIG_HOME=$PWD/none example deployments token_list
	refused 2 "deployments: there are none in "
	is "$(requests)" ""
}

@test "on_deployment leaves results in the calling shell, and nothing of its own" {
	deployments_setup
	cat >script <<-'END'
		set -eu
		source "$1"
		on_deployment b token_list -v ids -A t
		echo "${#ids[@]} ${t[${ids[0]},owner]} $CODER_URL ${CODER_CONFIG_DIR-unset}"
	END
	try bash --norc script "$REPO/examples/deployments.bash"
	is "$status$err" 0
	is "$out" "4 alice http://127.0.0.1:1 unset"
}

# ------------------------------------------------------------------------- all of them

@test "each example explains itself with --help, without a request" {
	local file
	for file in "$REPO"/examples/*.bash; do
		try "$file" --help
		is "$status$err" 0
		has "$out" "${file##*/} - "
		has "$out" "  ${file##*/} ["
		! grep -qE '.{101}' <<<"$out" || fail "$file: long lines"
	done
	is "$(requests)" ""
}

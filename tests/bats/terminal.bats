#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# What a user sees on a terminal: completion by TAB, and the progress of removals.

# shellcheck disable=SC2016,SC2030,SC2031,SC2154,SC2164 # quoted for another shell; variables of the helper, of each test
load helper
SANDBOX_OPTIONS=(--seed demo --rate-limit 0)

setup() {
	shell_setup
	RC=$BATS_TEST_TMPDIR/rc
	export TEST_BASH=${TEST_BASH:-$BASH}
	rc
}

# rc [LINE]... - writes the start-up file of the shell.
rc() {
	printf '%s\n' "CODER_URL=${WHERE-$URL} CODER_SESSION_TOKEN=${TOKEN-$ADMIN_TOKEN}" \
		"enable -f '$SO' ${BUILTINS[*]}" "source '$REPO/completion/coder_tokens.bash'" "$@" >"$RC"
}

# type_in STEP... - sets line, seconds and shown; see tests/pty/terminal.py.
type_in() {
	try python3 "$REPO/tests/pty/terminal.py" "$RC" "$@"
	is "$status" 0
	line=${out%%$'\n'*} shown=${out#*$'\n'}
	line=${line#<} line=${line%>}
	seconds=${shown%%$'\n'*} shown=${shown#*$'\n'}
}

# becomes TYPED LINE - asserts that TAB turns what was typed into LINE.
becomes() {
	type_in "$1"
	is "$line" "$2"
}

under() { # under SECONDS
	[[ $(jq -n "$seconds < $1") == true ]] || fail "took $seconds s"
}

common_words() {
	becomes 'token_rm te\t' 'token_rm terraform '
	becomes 'token_create --sc\t' 'token_create --scope'
	becomes 'token_create --allow tem\t' 'token_create --allow template:'
	becomes 'token_create --allow template:d\t' 'token_create --allow template:docker '
	becomes 'token_create --allow=workspace:alice/d\t' 'token_create --allow=workspace:alice/dev-docker '
	becomes 'token_create --scope user:read,file:r\t' 'token_create --scope user:read,file:read '
	becomes "token_create --allow 'workspace:alice/d\\t" "token_create --allow 'workspace:alice/dev-docker' "
	becomes 'token_create --allow "tem\t' 'token_create --allow "template:'
	becomes 'token_list -c id,na\t' 'token_list -c id,name '
	# two words back and two characters on
	becomes 'token_rm te foo\x1bb\x1bb\x06\x06\t' 'token_rm terraform foo'
	becomes 'true; token_rm te\t' 'true; token_rm terraform '
	becomes 'tkrm te\t' 'tkrm terraform '
}

quoted_words() {
	ctl POST tokens '[{"owner":"admin","name":"my token"},{"owner":"admin","name":"it'\''s"},
		{"owner":"admin","name":"a@b:c"},{"owner":"admin","name":"$(touch pwned)"}]' >/dev/null
	cd "$BATS_TEST_TMPDIR" || return
	becomes 'token_rm my\t' 'token_rm my\ token '
	becomes "token_rm 'my\\t" "token_rm 'my token' "
	becomes 'token_rm "my\t' 'token_rm "my token" '
	becomes 'token_rm my\\ t\t' 'token_rm my\ token '
	becomes 'token_rm it\t' "token_rm it\\'s "
	becomes 'token_rm a@\t' 'token_rm a@b:c '
	becomes 'token_rm a@b:\t' 'token_rm a@b:c '
	becomes 'token_rm \\$\t' 'token_rm \$\(touch\ pwned\) '
	# shellcheck disable=SC2016 # as typed
	becomes 'token_rm "$(touch pwned)\t' 'token_rm "$(touch pwned)'
	[[ ! -e pwned ]]
}

@test "TAB completes without the bash-completion package" {
	rc "alias tkrm='token_rm --expire'" 'shopt -s progcomp_alias'
	common_words
	quoted_words
}

@test "TAB completes without : and = in COMP_WORDBREAKS" {
	rc 'COMP_WORDBREAKS=${COMP_WORDBREAKS//[:=]/}' "alias tkrm='token_rm --expire'" \
		'complete -F _coder_tokens tkrm'
	common_words
	quoted_words
}

@test "TAB completes with the bash-completion package, which loads the completion on demand" {
	local dir=$BATS_TEST_TMPDIR/completions builtin
	[[ -r /usr/share/bash-completion/bash_completion ]] || skip "bash-completion is not installed"
	mkdir -p "$dir"
	cp "$REPO/completion/coder_tokens.bash" "$dir/token_create"
	for builtin in "${BUILTINS[@]:1}"; do ln -s token_create "$dir/$builtin"; done
	printf '%s\n' "BASH_COMPLETION_USER_DIR=$BATS_TEST_TMPDIR" \
		'source /usr/share/bash-completion/bash_completion' \
		"CODER_URL=$URL CODER_SESSION_TOKEN=$ADMIN_TOKEN" "enable -f '$SO' ${BUILTINS[*]}" \
		"alias tkrm='token_rm --expire'" 'complete -F _coder_tokens tkrm' >"$RC"
	becomes 'token_rm te\t' 'token_rm terraform '
	rc 'source /usr/share/bash-completion/bash_completion' "alias tkrm='token_rm --expire'" \
		'complete -F _coder_tokens tkrm'
	common_words
	quoted_words
	rc 'source /usr/share/bash-completion/bash_completion' "alias tkrm='token_rm --expire'" \
		'complete -F _coder_tokens tkrm' 'COMP_WORDBREAKS=${COMP_WORDBREAKS//[:=]/}'
	common_words
	becomes 'command token_rm te\t' 'command token_rm terraform '
}

@test "TAB completes aliases that refer to each other, without a loop" {
	rc "alias tl='token_rm -u alice' token_rm='tl --expire'" 'shopt -s progcomp_alias'
	becomes 'token_rm lap\t' 'token_rm laptop '
	becomes 'tl lap\t\x15token_list --never\t' 'token_list --never-used '
}

@test "the second TAB lists words with descriptions, and inserts no description" {
	type_in 'token_rm \t\t'
	is "$line" 'token_rm '
	[[ $shown =~ grafana\ +[0-9A-Za-z]{10}\ +[56]\ days\ left\ +user:read ]] || fail "$shown"
	[[ $shown =~ terraform\ +[0-9A-Za-z]{10}\ +[34]\ days\ left\ +organization:read,\ template:\* ]] || fail "$shown"
	type_in 'token_create --allow workspace:alice/\t\t'
	is "$line" 'token_create --allow workspace:alice/'
	[[ $shown =~ workspace:alice/dev-docker\ +[0-9a-f-]{36}\ +docker ]] || fail "$shown"
	rc 'CODER_TOKENS_COMPLETE_DESCRIPTIONS=0'
	type_in 'token_rm \t\t'
	has "$shown" "grafana    terraform"
	lacks "$shown" days
}

@test "readline's other completion commands insert words only" {
	rc "bind 'set show-all-if-ambiguous on'" "bind 'TAB: menu-complete'"
	becomes 'token_rm \t' 'token_rm grafana '
	rc "bind 'set show-all-if-ambiguous on'"
	type_in 'token_rm \t'
	is "$line" 'token_rm '
	rc "bind '\"\\C-x*\": insert-completions'"
	becomes 'token_rm \x18*' 'token_rm grafana terraform '
}

@test "a server that does not respond delays completion by 1.5 s, once" {
	ctl POST faults '{"path":"keys/tokens","times":0,"accept_hang":true}' >/dev/null
	type_in 'token_rm te\t'
	is "$line" 'token_rm te'
	under 2.5
	lacks "$shown" token_rm:
	type_in 'token_rm te\t' '\t'
	under 2.5
	ctl DELETE faults >/dev/null
	ctl POST faults '{"path":"keys/tokens","times":1,"delay":0.7}' >/dev/null
	becomes 'token_rm te\t' 'token_rm terraform '
}

@test "completion prints nothing and keeps the line, whatever the server does" {
	local fault
	for fault in '"status":401,"body":"{\"message\":\"You are signed out\"}"' \
		'"status":429,"headers":{"Retry-After":"60"}' '"status":200,"body":"<html>"' \
		'"cut":{"where":"before","how":"reset"}' '"stall":{"at":20}'; do
		ctl DELETE faults >/dev/null
		ctl POST faults "{\"path\":\"keys/tokens\",\"times\":0,$fault}" >/dev/null
		type_in 'token_rm te\t' '\t'
		is "$line" 'token_rm te'
		is "$shown" 'token_rm te'
		under 2.5
	done
	WHERE=http://127.0.0.1:1 rc
	type_in 'token_rm te\t'
	is "$line$shown" 'token_rm tetoken_rm te'
	WHERE=http://192.0.2.1 rc
	type_in 'token_rm te\t'
	is "$line$shown" 'token_rm tetoken_rm te'
	under 2
}

@test "^C while the server hangs brings the prompt back at once, and the shell works on" {
	ctl POST faults '{"path":"keys/tokens","times":2,"delay":10}' >/dev/null
	rc 'set -u'
	type_in 'token_rm te\t' wait:0.4 '\x03' prompt
	is "$line" ''
	under 0.5
	ctl DELETE faults >/dev/null
	ctl POST faults '{"path":"keys/tokens","times":1,"delay":10}' >/dev/null
	type_in 'token_rm te\t' wait:0.4 '\x03' prompt 'echo a$((1+1))b $-\n' prompt 'token_rm te\t'
	is "$line" 'token_rm terraform '
	has "$shown" a2b
	[[ $shown =~ a2b\ [a-zA-Z]*u ]] || fail "set -u was lost"
}

@test "completion keeps \$?, shell options and TOKEN_ variables" {
	rc 'TOKEN_SCOPES=(kept)' 'declare -A TOKEN_ERROR=([status]=7)' 'set -e'
	type_in '(exit 3) || true; set +e; (exit 3)\n' prompt 'token_rm te\t' \
		'\x15echo "$? ${TOKEN_SCOPES[*]} ${TOKEN_ERROR[status]}"\n' prompt
	has "$shown" "3 kept 7"
	rc 'set -eux'
	type_in 'token_rm nope\t' '\x15token_rm te\t' '\x15echo a$((1+1))b\n' prompt
	has "$shown" a2b
	lacks "$shown" --complete
}

# -------------------------------------------------------------------- progress

# removal_shown COMMAND <STEPS - a removal of 40 tokens at the prompt, two at once, of which each takes 0.1 s.
removal_shown() {
	ctl POST tokens '{"owner":"admin","name":"many-%d","count":40}' >/dev/null
	ctl POST faults '{"method":"DELETE|PUT","times":0,"delay":0.1}' >/dev/null
	{
		printf '%s\n' "type token_list --name 'many-*' -v ids" "prompt 10" "type $1"
		cat
	} >"$BATS_TEST_TMPDIR/keys"
	CODER_URL=$URL CODER_SESSION_TOKEN=$ADMIN_TOKEN
	at_prompt <"$BATS_TEST_TMPDIR/keys"
}

@test "a removal of many shows its progress and clears it; keys that are pressed meanwhile are not lost" {
	removal_shown 'token_rm --expire --jobs 2 --from ids >/dev/null; echo "status $?"' <<-'END'
		until out expiring tokens: 0 of 40 done
		until out s left
		type echo typed $((1 + 1)) ahead
		until out status 0
		prompt 10
		until out typed 2 ahead
		prompt 10
	END
	[[ $screen =~ "expiring tokens: "[0-9]+" of 40 done, "[0-9.]+"/s, "[0-9]+" s left" ]] || fail "no rate"
	[[ $screen == *$'\r\e[K'"status 0"* || $screen == *$'\e[K'"status 0"* ]] || fail "it is still there"
}

@test "a wait for a rate limit is announced on a line of its own beside the progress of a removal" {
	ctl POST faults '{"method":"DELETE","skip":10,"times":1,"status":429,"coder":true,"headers":{"Retry-After":"3"},
		"body":"{\"message\":\"You have been rate limited.\"}"}' >/dev/null
	removal_shown 'token_rm --jobs 2 --from ids >/dev/null; echo "status $?"' <<-'END'
		until out status 0
		prompt 10
	END
	[[ $screen =~ $'\e[K'[^$'\n']*"token_rm: rate limited by the server, trying again in 3 s"$'\r'?$'\n'"deleting tokens: " ]] || fail "not on a line of its own"
	is "$(grep -o 'rate limited by the server' <<<"$screen" | wc -l)" 1
	is "$(of tokens owner=admin login_type=token -- name | grep -c many-)" 0
}

@test "^C in the middle of a removal clears its progress, and reports what was removed" {
	removal_shown 'token_rm --jobs 2 -v gone --from ids' <<-'END'
		until out s left
		key C
		prompt 1
		type echo "status $? gone ${#gone[*]}"
		prompt 5
	END
	[[ $screen =~ $'\e[K'[^$'\n']*"interrupted: "([0-9]+)" of 40 tokens have been deleted" ]] || fail "no report"
	has "$screen" "status 130 gone ${BASH_REMATCH[1]}"
	is "$(of tokens owner=admin login_type=token -- name | grep -c many-)" $((40 - BASH_REMATCH[1]))
}

# ------------------------------------------------------------------ for people

@test "on a terminal --human fits its width and has colors, unless NO_COLOR is set or it is dumb" {
	ctl POST reset '{"seed":"empty"}' >/dev/null
	ctl POST tokens '{"owner": "admin", "id": "0000000001", "name": "soon", "expires_in_s": 262800,
		"scopes": ["workspace:read", "workspace:start", "user:read"]}' >/dev/null
	at_prompt <<-'END'
		type stty cols 30; TERM=xterm token_list --human -c id,scopes
		prompt 10
		type stty cols 25; TERM=xterm NO_COLOR=1 token_list --human -c id,scopes
		prompt 10
		type NO_COLOR= TERM=dumb token_list --human -c scopes
		prompt 10
		type TERM=xterm token_list --human -c name --color never
		prompt 10
		type token_list --human --color never
		prompt 10
	END
	screen=${screen//$'\r'/}
	has "$screen" $'\e[1mID          SCOPES\e[0m
\e[33m0000000001  user:read,\e[0m
\e[33m            workspace:read,\e[0m
\e[33m            workspace:start\e[0m
'
	has "$screen" $'\nID          SCOPES
0000000001  user:read,
            workspace:
            read,
            workspace:
            start
'
	has "$screen" $'\nSCOPES\nuser:read,\nworkspace:read,\nworkspace:start\n'
	has "$screen" $'\nNAME\nsoon\n'
	has "$screen" $'\nId:          0000000001\nName:        soon\nScopes:      user:read,\n             workspace:\n             read,\n'
}

@test "token_create on a terminal prints on standard error when the token expires and what it may do" {
	at_prompt <<-'END'
		type stty cols 300; token_create -n ci --lifetime 2h --scope workspace:read,template:read --allow workspace:alice/dev-docker,template:* >~/out
		prompt 10
		type token_create -n people --lifetime 2h --scope user:read --allow user:alice,organization:coder -v secret
		prompt 10
		type token_create -n many --lifetime 2h --scope user:read --allow "template:*,user:*,workspace:*$(printf ',file:00000000-0000-4000-8000-00000000%04d' {1..9})" -v secret
		prompt 10
		type token_create -n mine --lifetime 72h -v secret; echo "${#secret}"
		prompt 10
		type token_create -n quiet -v secret 2>~/err; cat ~/err; echo "end"
		prompt 10
	END
	screen=${screen//$'\r'/}
	[[ $screen =~ $'\n'"Token ci expires in "("2 hours"|"119 minutes")", at "20[0-9TZ:-]+". It may do template:read, workspace:read, on template:*, workspace:alice/dev-docker."$'\n' ]] ||
		fail "no description"
	[[ $screen =~ $'\n'"Token mine expires in "("3 days"|"2 days")", at "20[0-9TZ:-]+". It may do all that its user may."$'\n33\n' ]] ||
		fail "no description"
	has "$screen" " It may do user:read, on organization:coder, user:alice."
	has "$screen" "-8000-000000000008 and 4 more."
	lacks "$screen" "Token quiet"
}

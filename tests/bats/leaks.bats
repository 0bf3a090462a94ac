#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# How much memory calls take, and that none of it accumulates.

# Scripts for other shells stand in single quotes, and each test is a subshell of its own.
# shellcheck disable=SC2016,SC2030,SC2031

load helper
source "$REPO/tests/bats/failing.bash"

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
		3000 --count
		5000 -o tsv
		5000 -o csv
		5000 -o json
		5000 -o jsonl
		5000 -o table
		5000 -o table --sort -name
		5000 --human
		5000 -o table --sort allow_list --limit 10
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
		token_list -a -o csv --sort -last_used --limit 2
		token_list -a -v ids -A all -o jsonl --sort scopes
		token_list -a --count
		token_list -a --human --color always --include-expired
		token_view terraform --human
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

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# The scripts in examples/ do what they promise, and leave nothing behind when something goes wrong.

load helper
source "$REPO/tests/bats/examples.bash"

# dev - the id of admin's workspace of that name.
dev() {
	of workspaces owner=admin name=dev -- id
}

# --------------------------------------------------------------------- ci-token

@test "ci-token gives the job a token for one workspace and deletes the token afterwards" {
	local secret
	job 'printf "%s\n" "$CODER_SESSION_TOKEN" >secret; printf "<%s>" "$@" >arguments
		tr "\0" "\n" </proc/$PPID/cmdline >parent; env | grep -cF "$CODER_SESSION_TOKEN" >count
		enable -f "$CODER_TOKENS_SO" token_view
		token_view --self -A token; declare -p token >record'
	example ci-token dev ./job 'an argument' ''
	is "$status$out" 0
	secret=$(<secret)
	[[ $secret =~ ^[0-9A-Za-z]{10}-[0-9A-Za-z]{22}$ && $secret != "$ADMIN_TOKEN" ]] || fail "no token of its own"
	is "$(<arguments)" '<an argument><>'
	is "$(<count)" 1
	lacks "$(<parent)" "${secret#*-}"
	local -A token=()
	# shellcheck disable=SC1091
	source record
	is "${token[scopes]}" "api_key:read template:read user:read workspace:read"
	is "${token[allow_list]}" "api_key:* template:* user:$(of users username=admin -- id) workspace:$(dev)"
	is "${token[lifetime_seconds]}" 7200
	[[ ${token[name]} == ci-* ]] || fail "name"
	has "$err" "warning: workspace-read: all templates are readable (template:*)"
	is "${err#*$'\n'}" "ci-token: token ${token[name]} may be used for workspace dev until ${token[expires_at]}
ci-token: token ${token[name]} has been deleted"
	lacks "$err$out" "${secret#*-}"
	is "$(left)" "$ALL"
	lacks "$(requests)" "${secret#*-}"
}

# What `coder show` asks for, then what the job must not do.
ASKING='ask() {
		curl -s -o /dev/null -w "%{http_code} " -H "Coder-Session-Token: $CODER_SESSION_TOKEN" "${@:2}" "$CODER_URL/api/v2$1"
	}
	build() {
		ask "/workspaces/$1/builds" -H "Content-Type: application/json" -d "{\"transition\":\"$2\"}"
	}'

@test "ci-token creates a token that shows the workspace and itself, and does nothing else" {
	job "$ASKING"'
		ask /users/me; ask /users/me/workspace/dev; ask "/workspaces/$1"; ask "/workspaces/$1/resolve-autostart"
		build "$1" stop; ask /workspaces; ask /users/bob
		enable -f "$CODER_TOKENS_SO" token_view; token_view --self -A t; [[ ${t[ttl]} -gt 7000 ]]; echo "$?"'
	example ci-token dev ./job "$(dev)"
	is "$status $out" "0 200 200 200 200 403 500 404 0"
}

@test "ci-token --for workspace-stop lets the job stop the workspace, and not start it" {
	job "$ASKING"'
		build "$1" start; build "$1" stop'
	example ci-token --for workspace-stop dev ./job "$(dev)"
	is "$status $out" "0 403 201 "
	example ci-token --for workspace-stop --for workspace-start dev ./job "$(dev)"
	is "$status $out" "0 201 201 "
	example ci-token --for workspace-list dev ./job
	is "$status$out" 2
	has "$err" "workspace-list cannot be limited to workspace:dev"
}

@test "ci-token ends with the job's status, and deletes the token of a failed job, too" {
	job 'exit 42'
	example ci-token dev ./job
	is "$status" 42
	is "$(left)" "$ALL"
	example ci-token dev ./no-such-job
	is "$status" 127
	is "$(left)" "$ALL"
	is "$(requests | grep -c ^DELETE)" 2
}

@test "ci-token deletes the token if TERM, HUP or INT ends it" {
	local signal pid
	job 'echo $$ >pid; exec sleep 60' # long enough to be killed
	for signal in TERM HUP INT; do
		rm -f pid
		# a background command of a script ignores INT, which no trap can undo
		env --default-signal=INT "$REPO/examples/ci-token.bash" dev ./job 2>/dev/null 3>&- &
		pid=$!
		wait_for 10 there pid || fail "the job did not begin"
		has "$(left)" ci-
		kill -"$signal" "$pid"
		[[ $signal != INT ]] || kill -INT "$(<pid)" # bash waits for its child to decide
		status=0
		wait "$pid" || status=$?
		kill "$(<pid)" 2>/dev/null || true
		is "$(kill -l "$status")" "$signal"
		is "$(left)" "$ALL"
	done
}

@test "ci-token works for another user's workspace" {
	job 'echo ran'
	example ci-token alice/dev-docker ./job
	is "$status $out" "0 ran"
	has "$(requests)" "GET /api/v2/users/alice/workspace/dev-docker"
}

@test "ci-token creates no token and runs no job if the workspace or the server is missing" {
	job 'echo ran'
	example ci-token no-such ./job
	refused 3 no-such
	is "$(requests POST)" ""
	example ci-token
	refused 2 "usage: ci-token.bash [--for GOAL]... [OWNER/]WORKSPACE COMMAND"
	example ci-token dev
	refused 2 "usage: ci-token.bash [--for GOAL]... [OWNER/]WORKSPACE COMMAND"
	CODER_URL=http://127.0.0.1:1
	example ci-token dev ./job
	refused 7 "cannot connect"
	is "$(left)" "$ALL"
}

@test "ci-token shows no secret in a trace" {
	job 'printf "%s\n" "$CODER_SESSION_TOKEN" >secret'
	try bash -x "$REPO/examples/ci-token.bash" dev ./job
	is "$status" 0
	has "$err" "token_create -v secret"
	lacks "$err" "$(cut -d - -f 2 secret)"
}

@test "ci-token names the token after CI_JOB_ID" {
	job 'true'
	CI_JOB_ID=4711 example ci-token dev ./job
	has "$err" "token ci-4711 may be used for workspace dev until 20"
}

# ----------------------------------------------------------------------- rotate

@test "rotate keeps scopes, allow list and lifetime, and removes the old token last" {
	local old
	ctl POST tokens '{"owner": "admin", "name": "deploy", "scopes": ["workspace:read", "template:read"],
		"allow_list": ["template:*", "workspace:11111111-1111-4111-8111-111111111111"],
		"created_ago_s": 3600, "expires_in_s": 3600, "lifetime_seconds": 7200}' >/dev/null
	old=$(stored deploy id)
	forget_requests
	example rotate deploy secret
	is "$status$out" 0
	[[ $err =~ ^rotated\ deploy\ \("$old"\)\ to\ (deploy-20[0-9]{6}T[0-9]{6}-[0-9]+),\ whose\ secret\ is\ in\ secret$ ]] || fail "message"
	local new=${BASH_REMATCH[1]}
	is "$(left)" "backup ci-deploy $new grafana laptop never-touched old-script terraform"
	is "$(stored "$new" scopes | xargs -n 1 | sort | xargs)" "template:read workspace:read"
	is "$(stored "$new" allow_list)" "template:* workspace:11111111-1111-4111-8111-111111111111"
	is "$(stored "$new" lifetime_seconds)" 7200
	is "$(stat -c %a secret)" 600
	is "$(cut -d - -f 1 secret)" "$(stored "$new" id)"
	is "$(requests | grep -v ^GET | cut -d ' ' -f 1 | paste -sd ' ')" "POST DELETE"
	has "$(requests | tail -1)" "$old"

	example rotate deploy secret
	is "$status" 0
	has "$err" "rotated $new ("
	is "$(names | grep -c ^deploy)" 1
	CODER_SESSION_TOKEN=$ADMIN_TOKEN
	try token_view "$(<secret)" -c name
	is "$status" 0
}

@test "rotate replaces the newest token of exactly that name, even if it is expired" {
	ctl POST tokens '[{"owner": "admin", "name": "deploy", "created_ago_s": 9000},
		{"owner": "admin", "name": "deploy-20260101T000000-1", "created_ago_s": 800, "expires_in_s": -60,
		 "lifetime_seconds": 3600},
		{"owner": "admin", "name": "deploy-docs"}]' >/dev/null
	example rotate deploy secret
	is "$status" 0
	has "$err" "rotated deploy-20260101T000000-1 ("
	has "$(left)" "deploy deploy-20"
	has "$(left)" deploy-docs
	lacks "$(left)" deploy-20260101T000000-1
}

@test "rotate: where the secret cannot be delivered, the old token stays and the new one is deleted" {
	ctl POST tokens '{"owner": "admin", "name": "deploy", "lifetime_seconds": 3600}' >/dev/null
	forget_requests
	example rotate deploy no/such/directory/secret
	is "$status" 1
	is "$out$(requests)" ""
	has "$err" "no/such/directory/: No such file or directory"
	mkdir taken taken.new
	example rotate deploy taken
	is "$status" 1
	is "$(names | grep ^deploy)" deploy
	[[ $err =~ rotate:\ the\ secret\ could\ not\ be\ delivered\;\ deploy\ stays,\ and\ deploy-20[^\ ]*\ has\ been\ deleted\ again$ ]] ||
		fail "message"
	example rotate deploy -- false
	is "$status" 1
	is "$(names | grep ^deploy)" deploy
	has "$err" "the secret could not be delivered; deploy stays, and deploy-20"
}

@test "rotate hands the secret to a command, and remembers which token it got" {
	export XDG_STATE_HOME=$BATS_TEST_TMPDIR/state
	local first second
	ctl POST tokens '{"owner": "admin", "name": "de/ploy", "lifetime_seconds": 3600}' >/dev/null
	job 'cat >>got; printf "<%s>" "$@" >arguments; tr "\0" "\n" </proc/$PPID/cmdline >parent'
	example rotate de/ploy -- ./job 'an argument' ''
	is "$status$out" 0
	is "$(<arguments)" '<an argument><>'
	first=$(<got)
	[[ $first =~ ^[0-9A-Za-z]{10}-[0-9A-Za-z]{22}$ ]] || fail "no secret"
	lacks "$(<parent)" "${first#*-}"
	is "$(cat state/coder-tokens/*)" "${first%%-*}"
	[[ $err =~ ^rotated\ de/ploy\ .*,\ whose\ secret\ went\ to\ ./job$ ]] || fail "message"
	is "$(names | grep -c ^de/ploy)" 1
	example rotate de/ploy -- ./job
	is "$status" 0
	second=$(tail -n 1 got)
	is "$(cat state/coder-tokens/*)" "${second%%-*}"
	is "$(names | grep -c ^de/ploy)" 1
	is "$(stored "$(names | grep ^de/ploy)" id)" "${second%%-*}"
}

@test "rotate creates its file anew, without following a link or keeping the mode of an existing file" {
	ctl POST tokens '{"owner": "admin", "name": "deploy", "lifetime_seconds": 3600}' >/dev/null
	echo mine >victim
	ln -s victim secret.new
	example rotate deploy secret
	is "$status" 0
	is "$(<victim) $(stat -c %a secret)" "mine 600"
	[[ ! -L secret ]] || fail "it is a link"
	: >secret.new
	chmod 644 secret.new
	example rotate deploy secret
	is "$status $(stat -c %a secret)" "0 600"
}

@test "rotate finds out before the command whether it can remember the token" {
	export XDG_STATE_HOME=$BATS_TEST_TMPDIR/state
	ctl POST tokens '{"owner": "admin", "name": "deploy", "lifetime_seconds": 3600}' >/dev/null
	job 'cat >got'
	mkdir -p "state/coder-tokens/rotate-$(of users username=admin -- id)-deploy.new"
	example rotate deploy -- ./job
	is "$status" 1
	is "$(names | grep ^deploy)" deploy
	[[ ! -e got ]] || fail "the command has run"
}

@test "rotate leaves a newer token alone that somebody has given the name itself" {
	seed '[{"owner": "admin", "name": "deploy-20260101T000000-1", "lifetime_seconds": 86400, "created_ago_s": 60}]'
	echo "${KEYS[0]}" >secret
	ctl POST tokens '{"owner": "admin", "name": "deploy", "lifetime_seconds": 86400}' >/dev/null
	example rotate --if-expires-within 1m deploy secret
	is "$status$out$err" 0
	is "$(names | grep -c ^deploy)" 2
}

@test "rotate remembers for each user which token a command got" {
	export XDG_STATE_HOME=$BATS_TEST_TMPDIR/state
	job 'cat >>got'
	ctl POST tokens '[{"owner": "admin", "name": "deploy", "lifetime_seconds": 3600},
		{"owner": "alice", "name": "deploy", "lifetime_seconds": 3600}]' >/dev/null
	local token
	for token in "$ADMIN_TOKEN" "$ALICE_TOKEN" "$ADMIN_TOKEN" "$ALICE_TOKEN"; do
		CODER_SESSION_TOKEN=$token example rotate deploy -- ./job
		is "$status" 0
	done
	is "$(find state -type f | wc -l)" 2
	is "$(of tokens owner=admin -- name | grep -c ^deploy) $(of tokens owner=alice -- name | grep -c ^deploy)" "1 1"
}

@test "rotate --overlap keeps the old token for that long, and a later run removes it" {
	seed '[{"owner": "admin", "name": "deploy", "lifetime_seconds": 86400, "created_ago_s": 7200, "expires_in_s": 79200}]'
	echo "${KEYS[0]}" >secret
	example rotate --overlap 1h deploy secret
	is "$status" 0
	is "$(names | grep -c ^deploy)" 2
	# at once again, as with a timer: nothing is due
	example rotate --overlap=1h --if-expires-within 1h deploy secret
	is "$status$out$err" 0
	is "$(names | grep -c ^deploy)" 2
	# an hour and more later
	seed '[{"owner": "admin", "name": "late", "lifetime_seconds": 86400, "created_ago_s": 9000, "expires_in_s": 77400},
		{"owner": "admin", "name": "late-20260101T000000-1", "lifetime_seconds": 86400, "created_ago_s": 3700, "expires_in_s": 82700}]'
	echo "${KEYS[1]}" >secret
	example rotate --overlap 90m --if-expires-within 1h late secret
	is "$status$out$err" 0
	is "$(names | grep -c ^late)" 2
	example rotate --overlap 1h --if-expires-within 1h late secret
	is "$status" 0
	is "$(names | grep ^late)" late-20260101T000000-1
}

@test "rotate --if-expires-within does nothing while there is time" {
	ctl POST tokens '{"owner": "admin", "name": "deploy", "lifetime_seconds": 7200, "created_ago_s": 3600, "expires_in_s": 3600}' >/dev/null
	example rotate --if-expires-within 50m deploy secret
	is "$status$out$err" 0
	is "$(names | grep ^deploy)" deploy
	[[ ! -e secret ]] || fail "there is a file"
	example rotate --if-expires-within 61m deploy secret
	is "$status" 0
	[[ $(names | grep ^deploy) == deploy-20* ]] || fail "not rotated"
}

# stopped POINT - a run for the token `deploy`, whose secret is in the file secret, that is killed at that point.
stopped() {
	local old
	mkdir bin
	seed '[{"owner": "admin", "name": "deploy", "lifetime_seconds": 3600}]'
	old=${KEYS[0]}
	echo "$old" >secret
	printf '#!/bin/bash\nunset LD_PRELOAD\n%s\n' "$1" >bin/mv
	chmod +x bin/mv
	PATH=$PWD/bin:$PATH example rotate deploy secret
	((status)) || fail "it was not stopped"
	is "$(names | grep -c ^deploy)" 2
	rm -r bin
	example rotate deploy secret
	is "$status" 0
	is "$(names | grep -c ^deploy)" 1
	is "$(stored "$(names | grep ^deploy)" id)" "$(cut -d - -f 1 secret)"
	is "$(stat -c %a secret)" 600
	[[ $(<secret) != "$old" ]] || fail "not rotated"
}

@test "if rotate is killed before the secret is delivered, the next run removes what it left" {
	stopped 'kill -KILL $PPID'
}

@test "if rotate is killed after the secret was delivered, the next run removes the old token" {
	stopped '/bin/mv "$@"; kill -KILL $PPID'
}

@test "rotate that is stopped by a signal before the delivery deletes the new token" {
	local signal
	for signal in INT TERM HUP; do
		again_rotate
		job "kill -$signal \$PPID; exit 1"
		example rotate deploy -- ./job
		((status)) || fail "$signal: status 0"
		is "$(names | grep ^deploy)" deploy
		has "$err" "the secret could not be delivered; deploy stays"
	done
}

@test "rotate that gets a signal while the secret is delivered keeps what was delivered" {
	local signal
	for signal in INT TERM HUP; do
		again_rotate
		job "kill -$signal \$PPID; cat >got"
		example rotate deploy -- ./job
		((status > 128)) || fail "$signal: status $status"
		is "$(names | grep -c ^deploy)" 2
		example rotate --if-expires-within 1m deploy -- ./job
		is "$status" 0
		is "$(stored "$(names | grep ^deploy)" id)" "$(cut -d - -f 1 got)"
	done
}

# again_rotate - a new token `deploy`, and no other.
again_rotate() {
	export XDG_STATE_HOME=$BATS_TEST_TMPDIR/state
	rm -rf state
	local name
	for name in $(names | grep ^deploy); do
		token_rm -v removed "$name"
	done
	ctl POST tokens '{"owner": "admin", "name": "deploy", "lifetime_seconds": 3600}' >/dev/null
}

@test "two runs of rotate at once for one file rotate once" {
	seed '[{"owner": "admin", "name": "deploy", "lifetime_seconds": 3600}]'
	echo "${KEYS[0]}" >secret
	both() {
		"$REPO/examples/rotate.bash" deploy secret 2>err1 &
		"$REPO/examples/rotate.bash" deploy secret 2>err2
		local status=$?
		wait "$!" && return "$status"
	}
	forget_requests
	try both
	is "$status" 0
	is "$(requests POST | grep -c .)" 1
	is "$(names | grep -c ^deploy)" 1
	is "$(cat err1 err2 | sed -E 's/deploy-20[^ ]*,/NEW,/; s/\([^)]*\)/(ID)/' | sort)" \
		"rotate: deploy has just been rotated by another run
rotated deploy (ID) to NEW, whose secret is in secret"
}

@test "rotate also works as a function, and changes nothing else in the calling shell" {
	ctl POST tokens '{"owner": "admin", "name": "deploy", "lifetime_seconds": 3600}' >/dev/null
	cat >caller <<-'END'
		set -eu
		trap 'echo exit' EXIT
		trap 'echo int' INT
		source "$1/examples/rotate.bash"
		secret=mine name=mine
		token_rotate deploy secret
		echo "$secret $name $(umask) $- ${TOKEN_SCOPES-unset} $(trap -p INT)"
		token_rotate no-such secret || echo "status $?"
	END
	run_caller() { "$BASH" --norc caller "$REPO"; }
	umask 022
	try run_caller
	is "$status" 0
	is "$out" "mine mine 0022 ehuB unset trap -- 'echo int' SIGINT
status 3
exit"
	[[ $(names | grep ^deploy) == deploy-20* ]] || fail "not rotated"
}

@test "rotate renews the token in the CLI's session file, too" {
	seed '[{"owner": "admin", "name": "mine", "lifetime_seconds": 3600}]'
	mkdir config
	printf %s "$CODER_URL" >config/url
	printf %s "${KEYS[0]}" >config/session
	unset CODER_URL CODER_SESSION_TOKEN
	export CODER_CONFIG_DIR=$PWD/config
	example rotate mine config/session
	is "$status" 0
	[[ $(<config/session) != "${KEYS[0]}" ]] || fail "not replaced"
	try token_view --self -c name --no-header
	is "$status" 0
	has "$out" mine-20
	is "$(names | grep -c ^mine)" 1
}

@test "rotate changes nothing if the token does not exist or the create is refused" {
	example rotate no-such secret
	refused 3 "rotate: no token is called no-such"
	ctl POST tokens '{"owner": "admin", "name": "long", "lifetime_seconds": 3155760000}' >/dev/null
	forget_requests
	echo old >secret
	example rotate long secret
	is "$status$out" 2
	is "$(requests | grep -v ^GET || true)" ""
	is "$(names | grep ^long)" long
	is "$(<secret)" old
	local words
	for words in "" deploy "deploy secret more" "'' secret" "deploy --" "deploy -- ''" "--overlap" "--overlap 1h" "--bogus deploy secret" \
		"--user= deploy secret"; do
		eval "example rotate $words"
		refused 2 "usage: rotate.bash [--user USER] [--overlap D] [--if-expires-within D] NAME FILE | NAME -- COMMAND"
	done
	for words in "--overlap 1" "--overlap 1x" "--overlap=" "--if-expires-within -1h"; do
		eval "example rotate $words deploy secret"
		refused 2 "rotate: invalid duration"
	done
	is "$(<secret)" old
}

@test "rotate replaces the token in use, too, and a script that reads the file goes on" {
	seed '[{"owner": "admin", "name": "mine", "lifetime_seconds": 3600}]'
	CODER_SESSION_TOKEN=${KEYS[0]}
	example rotate mine secret
	is "$status$out" 0
	has "$err" "rotated mine (${KEYS[0]%%-*}) to mine-20"
	CODER_SESSION_TOKEN=$(<secret)
	try token_view --self -c name --no-header
	is "$status" 0
	has "$out" mine-20
	is "$(names | grep -c ^mine)" 1
}

@test "rotate keeps both tokens and reports it if the old one cannot be removed" {
	ctl POST tokens '{"owner": "admin", "name": "deploy", "lifetime_seconds": 3600}' >/dev/null
	fault '{"method": "DELETE", "path": "/keys/", "status": 500}'
	example rotate deploy secret
	is "$status$out" 1
	has "$err" "deploy ("
	is "$(names | grep -c ^deploy)" 2
	[[ -s secret ]] || fail "no secret"
}

# ------------------------------------------------------------------------ audit

@test "audit reports by owner what is worrying about tokens" {
	ctl POST tokens '{"owner": "alice", "name": "odd\u001b[31m name", "expires_in_s": 86400000,
		"allow_list": ["user:*"]}' >/dev/null
	forget_requests
	example audit
	is "$status$err" 0
	is "$(requests)" "GET /api/v2/users/me/keys/tokens?include_all=true&include_expired=false"
	is "$(grep -v '^ ' <<<"$out")" "admin: 2 token(s)
alice: 5 token(s)"
	has "$out" "$(stored grafana id) grafana: never used"
	has "$out" "$(stored laptop id) laptop: may do everything, on every resource"
	[[ $out =~ odd.*:\ may\ do\ everything,\ never\ used,\ valid\ for\ (999|1000)\ days\ more$ ]] || fail "odd"
	has "$out" $'$\'odd\\E[31m name\''
	lacks "$out" ci-deploy
	lacks "$out" $'\e'
}

@test "audit counts the days for which a token was not used, from 90 on" {
	ctl POST tokens '[{"owner": "bob", "name": "stale", "created_ago_s": 9000000, "last_used_ago_s": 8640000, "scopes": ["user:read"],
			"allow_list": ["user:*"]},
		{"owner": "bob", "name": "fresh", "created_ago_s": 9000000, "last_used_ago_s": 7700000, "scopes": ["user:read"],
			"allow_list": ["user:*"]}]' >/dev/null
	example audit
	is "$status$err" 0
	has "$out" "stale: not used for 100 days"
	lacks "$out" fresh
}

@test "audit shows a member the member's own tokens only, and none if there are none" {
	CODER_SESSION_TOKEN=$ALICE_TOKEN
	example audit
	is "$(grep -v '^ ' <<<"$out")" "alice: 4 token(s)"
	CODER_SESSION_TOKEN=$BOB_TOKEN
	example audit
	is "$status $out" "0 no tokens"
}

@test "audit fails as the listing does" {
	CODER_SESSION_TOKEN=junk
	example audit
	refused 4 "signed out"
	unset CODER_URL
	example audit
	refused 4 "no URL"
}

@test "audit and sweep fail if the token in use may not read tokens, and do not report that all is well" {
	seed '{"owner": "admin", "name": "blind", "scopes": ["user:read"]}'
	CODER_SESSION_TOKEN=${KEYS[0]}
	example audit
	refused 4 "is not permitted to read tokens"
	example sweep -a
	refused 4 "is not permitted to read tokens"
}

# ------------------------------------------------------------------------ sweep

# sweep_seed - adds tokens that a sweep deletes or keeps, depending on its options.
sweep_seed() {
	stale_tokens '{"owner": "admin", "name": "month", "created_ago_s": 9640000, "last_used_ago_s": 2600000}' \
		'{"owner": "alice", "name": "theirs", "created_ago_s": 8640000}'
}

@test "sweep deletes one's own tokens that nobody used for 90 days" {
	sweep_seed
	example sweep -y
	is "$status$err" 0
	is "$(sed 's/([0-9A-Za-z]*)/(ID)/; s/20[0-9-]*/DAY/' <<<"$out" | sort)" "stale-1 (ID) of admin has been deleted: never used since DAY.
stale-2 (ID) of admin has been deleted: last used on DAY."
	is "$(left)" "backup ci-deploy grafana laptop month never-touched old-script terraform theirs"
}

@test "sweep accepts another age, all users' tokens, and a dry run" {
	sweep_seed
	example sweep -n -a 30d
	is "$status" 0
	is "$(sed 's/([0-9A-Za-z]*) //; s/:.*//' <<<"$out" | sort)" "backup of alice would be deleted
month of admin would be deleted
stale-1 of admin would be deleted
stale-2 of admin would be deleted
theirs of alice would be deleted"
	is "$(requests | grep -v ^GET || true)" ""
	example sweep -na 30d
	example sweep -ya 30d
	is "$status" 0
	is "$(left)" "ci-deploy grafana laptop never-touched old-script terraform"
}

@test "sweep keeps the token in use, reports that, and removes the others" {
	seed '[{"owner": "admin", "name": "my own", "created_ago_s": 8640000},
		{"owner": "admin", "name": "stale", "created_ago_s": 8640000}]'
	CODER_SESSION_TOKEN=${KEYS[0]}
	example sweep -y 0s
	is "$status" 0
	is "$err" "Kept: my\\ own (${KEYS[0]%%-*}) is the token in use."
	has "$out" "stale ("
	lacks "$out" own
	is "$(left)" "backup ci-deploy laptop my own never-touched old-script"
}

@test "sweep reports that there is nothing to do, without an error" {
	example sweep
	is "$status$err" 0
	is "$out" "No token has been unused for 90d."
	is "$(requests)" "GET /api/v2/users/me/keys/tokens?include_all=false&include_expired=false"
}

@test "sweep removes nothing if its arguments are wrong or the list fails" {
	sweep_seed
	example sweep -y 90
	refused 2 "--unused-for: "
	example sweep -x
	is "$status$out" 2
	has "$err" $'\nusage: sweep.bash [-n | -y] [-a] [AGE]'
	example sweep -n 90d 30d
	refused 2 "usage: sweep.bash [-n | -y] [-a] [AGE]"
	example sweep -n -y
	refused 2 "usage: sweep.bash [-n | -y] [-a] [AGE]"
	CODER_SESSION_TOKEN=junk
	example sweep -y
	refused 4 "signed out"
	is "$(requests | grep -v ^GET || true)" ""
	has "$(left)" "stale-1 stale-2"
}

@test "sweep removes the other tokens if one cannot be removed" {
	sweep_seed
	fault '{"method": "DELETE", "path": "/keys/", "status": 500}'
	example sweep -y
	is "$status" 8
	is "$(wc -l <<<"$out")" 1
	is "$(names | grep -c ^stale)" 1
}

# ------------------------------------------------------------------------- all of them

@test "without the builtins the examples fail at once" {
	local file
	for file in "$REPO"/examples/*.bash; do
		CODER_TOKENS_SO=/no/such/file try "$file" x y
		[[ $status != 0 && -z $out ]] || fail "$file"
		has "$err" /no/such/file
	done
	is "$(requests)" ""
}

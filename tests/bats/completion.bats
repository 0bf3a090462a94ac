#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# What completion offers, for every kind of value, and what it leaves alone. The
# function is called as bash calls it; terminal.bats presses TAB for real.

# shellcheck disable=SC2016,SC2030,SC2031,SC2034,SC2154 # quoted for another shell; variables of the helper, of each test
load helper
SANDBOX_OPTIONS=(--seed demo --rate-limit 0)

setup() {
	shell_setup
	source "$REPO/completion/coder_tokens.bash"
	COMP_WORDBREAKS=$' \t\n"\'@><=;|&(:'
	opts=()
}

# Outside of readline compopt has nothing to change: opts has the words of all its calls.
compopt() {
	opts+=("$@")
}

# offers LINE WORD... - asserts that completion offers exactly these, in this order.
offers() {
	local expected
	press "$1"
	printf -v expected '[%s]' "${@:2}"
	(($# > 1)) || expected=
	if ((${#COMPREPLY[@]})); then
		is "$(printf '[%s]' "${COMPREPLY[@]}")" "$expected"
	else
		is "" "$expected"
	fi
}

# among LINE WORD... - asserts that it offers these, and perhaps others.
among() {
	local word all
	press "$1"
	printf -v all '[%s]' "${COMPREPLY[@]}"
	for word in "${@:2}"; do has "$all" "[$word]"; done
}

# without LINE WORD... - asserts that it offers none of these.
without() {
	local word all
	press "$1"
	printf -v all '[%s]' "${COMPREPLY[@]}"
	for word in "${@:2}"; do lacks "$all" "[$word]"; done
}

@test "completion offers every option of --help once, and no hidden one" {
	local builtin option
	for builtin in "${BUILTINS[@]}"; do
		press "$builtin --"
		# shellcheck disable=SC2013 # words
		for option in $("$builtin" --help | grep -oE '^ {2,}(-[a-zA-Z], *)?--[a-z-]+' | grep -oE -- '--[a-z-]+'); do
			has " ${COMPREPLY[*]} " " $option "
		done
		lacks " ${COMPREPLY[*]} " " --complete "
		lacks " ${COMPREPLY[*]} " " --doc "
	done
	offers 'token_create --sco' --scope --scopes-from --scopes-into
	offers 'token_rm --exp' --expire
	among 'token_list ' --all --url
	among 'token_create ' --name
	offers 'token_list -aq' -aq
	without 'token_list -a --' --all --user
	without 'token_rm --expire --' --delete --expire
	among 'token_create --scope user:read --' --scope
	without 'token_create -n x --' --name
	offers 'token_rm -- --'
}

@test "scopes come from the server's catalogue, without those that are given" {
	among 'token_create --scope ' coder:all 'api_key:\*' user:read
	offers 'token_create --scope file:' '\*' create read
	offers 'token_create --scope=file:r' read
	offers 'token_create --scope file:read,file:' '\*' create
	has "$(requests)" "GET /api/v2/auth/scopes"
}

@test "the last value of a comma list is completed, and no value is offered twice" {
	COMP_WORDBREAKS=$' \t\n'
	offers 'token_create --scope file:read,file:' 'file:read,file:\*' file:read,file:create
	offers 'token_create --scope file:read --scope file:' 'file:\*' file:create
	offers 'token_create --scope file:| --scope file:read,file:create' 'file:\*'
	offers 'token_list -c id,name,ex' id,name,expires_at
	offers 'token_list -c id,name,n'
	offers 'token_list -c id --column al' allow_list
	offers 'token_list -cid,own' -cid,owner
	offers 'token_list --sort ex' expires_at
	offers 'token_list --sort -' -id -name -scopes -allow_list -last_used -expires_at -created_at -owner
	offers 'token_list --sort=-l' --sort=-last_used
	offers 'token_view --column=created' --column=created_at
}

@test "built-in scopes are offered if the server's catalogue cannot be had" {
	ctl POST faults '{"path":"auth/scopes","status":503,"times":0}' >/dev/null
	offers 'token_create --scope file:' '\*' create read
}

@test "an allow-list entry is completed from its type on, without a blank after the colon" {
	among 'token_create --allow ' '\*:' workspace: template: user: api_key:
	opts=()
	offers 'token_create --allow tem' template:
	is "${opts[*]}" "-o nospace"
	offers 'token_create --allow api_key:' '\*'
	opts=()
	offers 'token_create --allow license:' '\*'
	is "${opts[*]}" ""
	offers 'token_create --allow nonsense:'
	offers 'token_create --allow *:' '\*'
	is "$(requests)" ""
}

@test "workspaces are offered once: the token user's own ones by name, others with their owner" {
	among 'token_create --allow workspace:' '\*' dev-docker web-docker alice/dev-docker bob/dev-docker
	without 'token_create --allow workspace:' admin/dev-docker admin/web-docker
	offers 'token_create --allow workspace:alice/d' alice/dev-docker
	offers 'token_create --allow workspace:web-d' web-docker
	among 'token_create -u alice --allow workspace:' attic-gpu dev-docker admin/web-docker
	without 'token_create -u alice --allow workspace:' web-docker alice/attic-gpu alice/dev-docker
	without 'token_create --allow workspace:alice/dev-docker --allow workspace:alice/' alice/dev-docker
}

@test "typing an owner completes the owner's workspaces, also one's own" {
	among 'token_create --allow workspace:adm' admin/dev-docker admin/web-docker
	offers 'token_create --allow workspace:admin/w' admin/web-docker admin/web-k8s-gpu
	# after all workspaces have become known
	press 'token_create --allow workspace:'
	among 'token_create --allow workspace:adm' admin/dev-docker admin/web-docker
	offers 'token_create --allow workspace:admin/w' admin/web-docker admin/web-k8s-gpu
}

@test "a workspace whose name begins like its owner's is offered once" {
	ctl POST workspaces '[{"owner": "admin", "name": "admin-box"}, {"owner": "admin", "name": "admin"}]' >/dev/null
	offers 'token_create --allow workspace:admin-' admin-box
	among 'token_create --allow workspace:adm' admin admin-box admin/web-docker
	without 'token_create --allow workspace:adm' admin/admin admin/admin-box
	offers 'token_create --allow workspace:admin/a' admin/admin admin/admin-box
}

@test "a workspace of one's own that is already on the line is not offered again, with or without its owner" {
	without 'token_create --allow workspace:web-docker --allow workspace:' web-docker admin/web-docker
	without 'token_create --allow workspace:admin/web-docker --allow workspace:' web-docker admin/web-docker
}

@test "the server is asked only for what the typed prefix needs" {
	offers 'token_create --allow workspace:alice/d' alice/dev-docker
	is "$(requests)" "GET /api/v2/workspaces?limit=5000&q=name%3Ad%20owner%3Aalice"
	forget_requests
	press 'token_create --allow template:do'
	is "$(requests)" "GET /api/v2/templates?limit=5000&q=name%3Ado"
	forget_requests
	press 'token_create --user al'
	is "$(requests)" "GET /api/v2/users?limit=5000&q=al"
	forget_requests
	offers 'token_create --user x:y'
	is "$(requests)" ""
}

@test "templates, users, organizations and groups are offered by name" {
	ctl POST modes '["groups"]' >/dev/null
	ctl POST organizations '{"name":"other","members":["admin"]}' >/dev/null
	ctl POST templates '{"name":"docker","organization":"other"}' >/dev/null
	offers 'token_create --allow template:' '\*' coder/docker k8s-gpu other/docker
	offers 'token_create --allow template:other/' other/docker
	among 'token_create --allow user:' '\*' alice bob
	offers 'token_create --allow user:ali' alice
	among 'token_create --allow organization:' coder other
	offers 'token_create --allow group:dev' developers
}

@test "resources of other types are offered by id" {
	local task member
	task=$(ctl GET workspaces | jq -r .[0].id)
	member=$(ctl GET users | jq -r '.[] | select(.username == "alice").id')
	among 'token_create --allow organization_member:' '\*' "$member"
	among 'token_create --allow group_member:' "$member"
	offers "token_create --allow organization_member:${member:0:6}" "$member"
	press 'token_create --allow workspace_dormant:'
	is "${#COMPREPLY[@]}" 2
	press 'token_create --allow prebuilt_workspace:'
	is "${#COMPREPLY[@]}" 2
	offers 'token_create --allow organization_member:alice'
	[[ $task ]]
}

@test "a member of an organization is offered its other members" {
	local CODER_SESSION_TOKEN=$ALICE_TOKEN
	among 'token_create --allow organization_member:' "$(user_id alice)" "$(user_id bob)"
	offers 'token_create --user bo' # whose user, unlike the membership, may not be read
}

@test "a word that begins like a UUID is completed to one" {
	local id
	id=$(ctl GET workspaces | jq -r '[.[] | select(.id | test("^[a-f]*[0-9]"))][0].id')
	among "token_create --allow workspace:${id:0:6}" "$id"
	id=$(ctl GET users | jq -r '.[] | select(.username == "bob").id')
	among "token_create --allow user:${id:0:8}" "$id"
}

@test "tokens are offered by name, or by id if no name begins with the word" {
	local id
	offers 'token_rm ' grafana terraform
	offers 'token_view te' terraform
	id=$(id_of grafana)
	offers "token_view ${id:0:5}" "$id"
	offers 'token_rm -u alice l' laptop
	offers 'token_rm --user=alice l' laptop
	offers 'token_rm l| -u alice' laptop
	offers 'token_rm terraform ' grafana
	offers 'token_rm | terraform' grafana
	offers "token_rm $id " terraform
	offers 'token_view terraform '
	offers 'token_list --name te' terraform
	among 'token_rm -u alice ' old-script
	without 'token_rm -u alice --expire ' old-script
}

@test "names that need quotes are quoted as the word on the line requires" {
	ctl POST tokens '[{"owner":"admin","name":"my token"},{"owner":"admin","name":"it'\''s $HOME"},
		{"owner":"admin","name":"a@b:c=d"},{"owner":"admin","name":"line\nbreak"},
		{"owner":"admin","name":"wow!"},{"owner":"admin","name":"ünï"}]' >/dev/null
	offers 'token_rm my' 'my\ token'
	offers 'token_rm my\ t' 'my\ token'
	offers "token_rm 'my" 'my token'
	offers 'token_rm "my' 'my token'
	offers 'token_rm it' "it\\'s\\ \\\$HOME"
	offers "token_rm 'it" "it'\\''s \$HOME"
	offers 'token_rm "it' "it's \\\$HOME"
	offers 'token_rm wo' 'wow\!'
	offers 'token_rm "wo' "wow\"'!'\""
	offers 'token_rm lin' "\$'line\\012break'"
	offers "token_rm 'lin"
	offers 'token_rm ü' ünï
	offers 'token_rm a@b:c' c=d
	offers 'token_rm a@b:c=' d
	offers 'token_rm a' @b:c=d || offers 'token_rm a' a@b:c=d
	COMP_WORDBREAKS=$' \t\n'
	offers 'token_rm a@b:c' a@b:c=d
}

@test "blanks around a name are kept" {
	ctl POST tokens '[{"owner":"admin","name":" blank"},{"owner":"admin","name":"prod"},
		{"owner":"admin","name":"prod "},{"owner":"admin","name":"stage\n"},{"owner":"admin","name":"  "}]' >/dev/null
	among 'token_rm ' '\ blank' '\ \ ' "\$'stage\\012'"
	offers 'token_rm pro' prod 'prod\ '
	offers 'token_view prod\ ' 'prod\ '
	offers "token_view 'prod " 'prod '
	offers 'token_list --name prod\ ' 'prod\ '
	eval "token_rm $(printf '%s ' "${COMPREPLY[@]}")" >/dev/null
	is "$(names | grep -c prod)$(names | grep -x prod)" 1prod
}

@test "a token whose name cannot be typed, or means another token, is offered by id" {
	ctl POST tokens '[{"owner":"admin","name":"-x"},{"owner":"admin","name":"abcDEF0123"},
		{"owner":"admin","name":"mine","id":"idOfTheOne"},{"owner":"admin","name":"idOfTheOne"},
		{"owner":"admin","name":" idOfTheOne"},{"owner":"admin","name":"idOfTheOne-0123456789a"}]' >/dev/null
	among 'token_rm ' "$(id_of -x)" abcDEF0123 mine "$(id_of idOfTheOne)" "$(id_of ' idOfTheOne')" \
		"$(id_of idOfTheOne-0123456789a)"
	without 'token_rm ' idOfTheOne '\ idOfTheOne' idOfTheOne-0123456789a
	among 'token_list --name ' idOfTheOne
}

@test "inside quotes an entry that is not complete keeps its quote open" {
	offers "token_create --allow 'tem" template: 'template:*'
	offers "token_create --allow 'template:" 'template:*' template:docker template:k8s-gpu
	offers 'token_create --allow="template:d' template:docker
}

@test "lifetimes end at the server's maximum" {
	ctl POST config '{"max_admin_lifetime":"240h"}' >/dev/null
	offers 'token_create --lifetime ' 1h 8h 24h 7d default max
	offers 'token_create --lifetime 3' 3m 3h 3d
	offers 'token_list --expires-within 2' 2m 2h 2d 2w
	offers 'token_create --lifetime=ma' max
}

@test "formats, arrays and variables are offered where an option takes them" {
	# shellcheck disable=SC2034 # completion finds them
	local -a zz_list=(1)
	# shellcheck disable=SC2034
	local -A zz_map=([a]=1)
	# shellcheck disable=SC2034
	local zz_text=1
	# shellcheck disable=SC2034
	local -r zz_fixed=1
	offers 'token_list -o ' table json jsonl tsv csv
	offers 'token_create -o j' json
	offers 'token_list --human --color=a' auto always
	offers 'token_create --scopes-from zz' zz_list
	offers 'token_create -A zz' zz_map
	local -n zz_error=TOKEN_ERROR
	offers 'token_create -A zz' zz_map
	unset -n zz_error
	offers 'token_list -A TOKEN_' # it is reserved for errors
	offers 'token_create -v zz' zz_text
	offers 'token_rm --from zz_' zz_list
	# variables that exist only while completion runs
	offers 'token_create -v COMP_'
	offers 'token_create -v _coder_tokens'
	offers 'token_rm --from COMP_'
	is "$(requests)" ""
}

@test "completion works after an alias and other commands on the line" {
	BASH_ALIASES[tkrm]='token_rm --expire'
	BASH_ALIASES[tk2]='tkrm -u alice'
	BASH_ALIASES[token_view]='token_view -u alice'
	offers 'tkrm te' terraform
	offers 'tk2 l' laptop
	offers 'token_view l' laptop
	offers 'X=1 token_rm te' terraform
	offers 'echo x; token_rm te' terraform
	offers 'a && token_rm te' terraform
	offers 'token_rm 2>/dev/null te' terraform
	offers 'token_rm te|; token_rm terraform' terraform
	offers 'ls te'
	opts=()
	press 'token_list >te'
	is "${opts[*]}" "-o default"
}

# If the loop were endless the test would not end either, hence a shell of its own, with a time limit.
@test "aliases that refer to each other complete as bash expands them, without a loop" {
	local first script='enable -f "$1" token_list token_rm; source "$2"; shopt -s expand_aliases
		compopt() { :; }
		BASH_ALIASES[tl]="token_rm -u alice" BASH_ALIASES[token_rm]="tl --expire"
		BASH_ALIASES[token_list]="token_list" BASH_ALIASES[x]=y BASH_ALIASES[y]=x
		COMP_LINE="$3" COMP_POINT=${#3}; _coder_tokens "${3%% *}"; echo "${COMPREPLY[*]}"'
	export CODER_URL CODER_SESSION_TOKEN
	# token_rm stands for: token_rm -u alice --expire; tl for: tl --expire -u alice, which is no command
	for first in token_rm:laptop tl: x: y:; do
		try timeout 10 bash --norc -c "$script" bash "$SO" "$REPO/completion/coder_tokens.bash" "${first%:*} l"
		is "$status/$out/$err" "0/${first#*:}/"
	done
	try timeout 10 bash --norc -c "$script" bash "$SO" "$REPO/completion/coder_tokens.bash" "token_rm --exp"
	is "$status/$out/$err" 0//
	try timeout 10 bash --norc -c "$script" bash "$SO" "$REPO/completion/coder_tokens.bash" "token_list --inc"
	is "$status/$out/$err" 0/--include-expired/
}

@test "a chain of a thousand aliases takes no time" {
	local i start
	for i in {0..999}; do BASH_ALIASES[chain$i]="chain$((i + 1)) --expire"; done
	BASH_ALIASES[chain1000]='token_rm -u alice'
	start=${EPOCHREALTIME/./}
	offers 'chain0 l' laptop
	((${EPOCHREALTIME/./} - start < 1500000)) || fail "took too long"
	for i in {0..1000}; do unset "BASH_ALIASES[chain$i]"; done
}

@test "aliases that exist when the file is loaded get a completion" {
	BASH_ALIASES[tkrm]='token_rm --expire'
	BASH_ALIASES[tkls]="ls"
	source "$REPO/completion/coder_tokens.bash"
	has "$(complete -p tkrm)" "-F _coder_tokens tkrm"
	try complete -p tkls
	is "$status" 1
}

@test "nothing typed is executed, and no request is sent for a word whose value is not known" {
	local line
	cd "$BATS_TEST_TMPDIR" || return
	# shellcheck disable=SC2016 # as typed
	for line in 'token_rm $(touch x)' 'token_rm "$(touch x)' 'token_rm `touch x`' \
		'token_rm $((a[$(touch x)]))' 'token_rm -u "$(touch x)" ' \
		'token_create --allow workspace:$(touch x)/' 'token_rm --url $(touch x) ' \
		'token_rm --token "$T" '; do
		offers "$line"
	done
	[[ ! -e x ]]
	is "$(requests)" ""
}

@test "nothing that the server sends is executed" {
	cd "$BATS_TEST_TMPDIR" || return
	ctl POST tokens '[{"owner":"admin","name":"$(touch x)"},{"owner":"admin","name":"`touch x`;x"},
		{"owner":"admin","name":"a[$(touch x)]"}]' >/dev/null
	press 'token_rm '
	press 'token_rm ' 63
	press 'token_rm \$'
	is "${COMPREPLY[*]}" '\$\(touch\ x\)'
	[[ ! -e x ]]
}

@test "completion uses --url and --token of the line" {
	offers "token_rm --url $URL --token $ALICE_TOKEN l" laptop
	offers "token_rm --url http://127.0.0.1:1 t"
	offers 'token_rm t' terraform
}

@test "goals are offered with what each is for, without a request" {
	offers 'token_create --for workspace-s' workspace-start workspace-stop workspace-ssh
	offers 'token_create --for whoami,tok' whoami,tokens-read whoami,tokens-manage
	local COLUMNS=200
	press 'token_create --for work' 63
	has "${COMPREPLY[*]}" "stop workspaces (coder stop)"
	is "$(requests)" ""
}

@test "descriptions appear in the list of the second TAB only" {
	press 'token_rm ' 63
	has "${COMPREPLY[1]}" "terraform"
	has "${COMPREPLY[1]}" "days left"
	has "${COMPREPLY[1]}" "template:*"
	press 'token_create --allow workspace:alice/' 63
	has "${COMPREPLY[1]}" "workspace:alice/build-box-docker"
	has "${COMPREPLY[1]}" "docker"
	press 'token_rm te' 63
	is "${COMPREPLY[*]}" terraform
	offers 'token_rm ' grafana terraform
	CODER_TOKENS_COMPLETE_DESCRIPTIONS=0
	press 'token_rm ' 63
	is "${COMPREPLY[*]}" "grafana terraform"
}

@test "the description of an option is a whole clause, also if a word contains a period" {
	local -A shown=()
	local COLUMNS=200 builtin line name
	for builtin in "${BUILTINS[@]}"; do
		press "$builtin --" 63
		for line in "${COMPREPLY[@]}"; do
			name=${line%%[[:blank:]]*} line=${line#"$name"}
			read -r "shown[$builtin $name]" <<<"$line"
		done
	done
	is "${shown["token_create --scope"]}" 'S  What the token may do, such as workspace:read'
	is "${shown["token_create --output"]}" '-o text|json  How to print the token'
	is "${shown["token_create --allow"]}" 'TYPE:ID  What the token may be used on'
	is "${shown["token_list --name"]}" "GLOB  List only tokens whose name matches a pattern, such as 'ci-*'"
	is "${shown["token_list --expired"]}" 'List only expired tokens'
	is "${shown["token_list --quiet"]}" '-q  Print ids only, one on each line'
}

@test "no description is wider than the terminal, or contains control characters" {
	local COLUMNS=60 line
	ctl POST tokens '[{"owner":"admin","name":"evil\u001b[2J\u202e"},
		{"owner":"admin","name":"long","scopes":["workspace:read","template:read","user:read","file:read","task:read"]}]' >/dev/null
	press 'token_rm ' 63
	is "${#COMPREPLY[@]}" 4
	for line in "${COMPREPLY[@]}"; do
		((${#line} < 60)) || fail "too wide: $line"
		printable "$line"
	done
}

@test "no word contains control characters, and each is quoted so that it means the server's name" {
	local line word name names=($'csi\u009b31mred' $'evil\u202ea' $'line\u2028x' $'esc\e[2J' $'mark\u200fx')
	ctl POST users "$(jq -cn '$ARGS.positional | map({username: .})' --args "${names[@]}")" >/dev/null
	ctl POST tokens "$(jq -cn '$ARGS.positional | map({owner: "admin", name: .})' --args "${names[@]}")" >/dev/null
	ctl POST faults "$(jq -cn '{path: "auth/scopes", status: 200, body: ({external: $ARGS.positional} | tojson)}' --args "${names[@]}")" >/dev/null
	for line in 'token_rm ' 'token_list -u ' 'token_create --scope '; do
		for name in "${names[@]}"; do
			press "$line${name:0:3}"
			is "${#COMPREPLY[@]}" 1
			printable "${COMPREPLY[0]}"
			eval "word=${COMPREPLY[0]}"
			is "$word" "$name"
		done
	done
	# within quotes they cannot be typed
	offers "token_rm 'evi"
}

@test "responses are remembered, and forgotten after a create or a removal" {
	offers 'token_rm ' grafana terraform
	offers 'token_rm t' terraform
	is "$(requests)" "GET /api/v2/users/me/keys/tokens?include_all=false&include_expired=true"
	token_create -n fresh >/dev/null
	offers 'token_rm ' fresh grafana terraform
	token_rm fresh >/dev/null
	offers 'token_rm ' grafana terraform
	# a subshell's create counts, too
	: "$(token_create -n sub)"
	offers 'token_rm ' grafana sub terraform
}

@test "subshells know what their shell remembers" {
	offers 'token_rm ' grafana terraform
	forget_requests
	(offers 'token_rm ' grafana terraform)
	is "$(requests)" ""
}

@test "responses are remembered for one deployment and one token" {
	offers 'token_rm ' grafana terraform
	CODER_SESSION_TOKEN=$ALICE_TOKEN
	among 'token_rm ' laptop backup
	CODER_SESSION_TOKEN=$ADMIN_TOKEN
	offers 'token_rm ' grafana terraform
	CODER_URL=http://127.0.0.1:1
	offers 'token_rm '
}

@test "a longer prefix is looked up in the response to a shorter one" {
	among 'token_create --allow workspace:' alice/dev-docker
	forget_requests
	offers 'token_create --allow workspace:bo' bob/dev-docker
	is "$(requests)" ""
}

@test "failures are remembered, too, and leave the line as it is" {
	# shellcheck disable=SC2034
	declare -gA TOKEN_ERROR=([status]=7)
	TOKEN_SCOPES=(kept) TOKEN_ALLOW_LIST=(kept)
	ctl POST faults '{"path":"keys/tokens","status":401,"times":0,"body":"{\"message\":\"no\"}"}' >/dev/null
	offers 'token_rm '
	offers 'token_rm '
	is "$(requests | wc -l)" 1
	is "${TOKEN_ERROR[status]}${TOKEN_SCOPES[*]}${TOKEN_ALLOW_LIST[*]}" 7keptkept
}

@test "completion keeps shell options, traps and IFS, and works with any of them" {
	local before after
	set -u
	trap 'echo trapped' USR1
	before=$-$(trap -p USR1 && shopt -p || true)
	# shellcheck disable=SC2141 # a letter of the words
	local IFS=t
	shopt -s nullglob nocasematch
	offers 'token_rm t' terraform
	unset IFS
	shopt -u nullglob nocasematch
	after=$-$(trap -p USR1 && shopt -p || true)
	is "$after" "$before"
	trap - USR1
	set +u
}

@test "completion keeps variables of any kind, works with them, and evaluates nothing that was typed" {
	local make line="token_rm 'a[\$(touch $BATS_TEST_TMPDIR/ran)]' t"
	export CODER_URL CODER_SESSION_TOKEN
	for make in 'readonly before=1 after=1 word=1 hint=1 line=1 name=1 i=1' \
		'shopt -s localvar_inherit; declare -i before after word hint' 'declare -n word=x[0] before=a hint=b' \
		'shopt -s localvar_inherit; declare -u before after word hint' 'declare -A COMPREPLY=([a]=b)'; do
		try bash --norc -c 'enable -f "$1" token_list token_rm; source "$2"; COMP_LINE=$3 COMP_POINT=${#3}
			eval "$4"; _coder_tokens token_rm; echo "${COMPREPLY[*]}"' \
			bash "$SO" "$REPO/completion/coder_tokens.bash" "$line" "$make"
		is "$status/$out/$err" 0/terraform/
		[[ ! -e $BATS_TEST_TMPDIR/ran ]] || fail "it was evaluated"
	done
}

@test "tracing shows nothing of a completion" {
	local script='enable -f "$1" token_list token_rm; source "$2"; COMP_LINE="token_rm t" COMP_POINT=10
		set -x; _coder_tokens token_rm; { set +x; } 2>/dev/null; echo "${COMPREPLY[*]}" "$-"'
	export CODER_URL CODER_SESSION_TOKEN
	try bash --norc -c "$script" bash "$SO" "$REPO/completion/coder_tokens.bash"
	is "$out" "terraform hBc"
	is "$err" "+ _coder_tokens token_rm"
}

@test "without a URL, a token or the builtins completion offers what it can, without a message" {
	unset CODER_URL
	offers 'token_rm '
	offers 'token_create --scope file:r' read
	enable -d "${BUILTINS[@]}"
	press 'token_rm '
}

@test "completion works if a single builtin is enabled, whichever it is" {
	local builtin
	for builtin in "${BUILTINS[@]}"; do
		enable -d "${BUILTINS[@]}"
		enable -f "$SO" "$builtin"
		among "$builtin --" --url --timeout
		offers 'token_nothing --'
		enable -f "$SO" "${BUILTINS[@]}"
		enable -n "${BUILTINS[@]}"
		enable "$builtin"
		among "$builtin --" --url --timeout
		enable "${BUILTINS[@]}"
	done
}

@test "completion gives up on a server that is slow, refuses, or sends invalid responses" {
	local fault start
	for fault in '"delay":20' '"stall":{"at":10}' '"drip":5' '"status":429,"headers":{"Retry-After":"30"}' \
		'"status":200,"body":"<html>"' '"status":200,"body":"[1,2"' '"cut":{"where":"before","how":"reset"}' \
		'"redirect":"http://127.0.0.1:1/"' '"status":500,"body":"{}"'; do
		ctl POST reset '{"seed":"demo"}' >/dev/null
		ctl POST faults "{\"path\":\"keys/tokens\",\"times\":0,$fault}" >/dev/null
		# forget the previous responses
		: "$(token_create -n "x$RANDOM$RANDOM" --timeout 1 2>&1)"
		start=${EPOCHREALTIME/./}
		offers 'token_rm '
		((${EPOCHREALTIME/./} - start < 3000000)) || fail "took too long with $fault"
	done
}

@test "completion works with 10,000 tokens and 2,000 workspaces" {
	local start n=10000
	[[ -z ${SANITIZE-}${VALGRIND-} ]] || n=2000 # a checked shell cannot do more within the time for a TAB
	ctl POST tokens "{\"owner\":\"admin\",\"name\":\"bulk-%d\",\"count\":$n}" >/dev/null
	ctl POST workspaces '{"owner":"alice","name":"ws-%d","count":2000}' >/dev/null
	# a TAB has 1.5 s, which the sandbox needs for its first list of this length
	token_list -v COMPREPLY
	curl -fsS -o /dev/null -H "Coder-Session-Token: $ADMIN_TOKEN" "$URL/api/v2/workspaces?limit=5000"
	press 'token_rm bulk-'
	is "${#COMPREPLY[@]}" "$n"
	press 'token_create --allow workspace:'
	((${#COMPREPLY[@]} > 2000))
	start=${EPOCHREALTIME/./}
	press 'token_rm bulk-' 63
	((${EPOCHREALTIME/./} - start < 200000)) || fail "the second TAB took too long"
}

@test "loading sends no request and defines one completion for all builtins" {
	local builtin
	forget_requests
	source "$REPO/completion/coder_tokens.bash"
	is "$(requests)" ""
	for builtin in "${BUILTINS[@]}"; do
		has "$(complete -p "$builtin")" "-F _coder_tokens $builtin"
	done
}

@test "any builtin completes a line that begins with another one, and refuses a wrong call of completion" {
	local builtin hint
	for builtin in "${BUILTINS[@]}"; do
		try "$builtin" --complete 'token_rm --exp' --complete-hint hint -v COMPREPLY
		is "$status:$out$err:${COMPREPLY[*]}" '0::--expire'
		COMPREPLY=(kept)
		forget_requests
		try "$builtin" --complete 'token_rm --exp'
		is "$status:$out" 2:
		has "$err" "$builtin: --complete: want --variable and --complete-hint"
		try "$builtin" --complete 'token_rm --exp' --complete-hint hint -v COMPREPLY extra
		is "$status:$out" 2:
		has "$err" "$builtin: extra operand 'extra'"
		try "$builtin" --url "$URL" --complete 'token_rm --exp' --complete-hint hint -v COMPREPLY
		is "$status:$out" 2:
		has "$err" "$builtin: --complete: invalid option"
		is "${COMPREPLY[*]}" kept
		is "$(requests)" ''
	done
}

#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# token_list: what it prints, what its filters keep, and what it assigns.

load helper
SANDBOX_OPTIONS=(--seed demo --max-admin-lifetime 876600h)

FIELDS=(id name owner user_id login_type scopes allow_list lifetime_seconds created_at updated_at
	last_used expires_at created_epoch last_used_epoch expires_epoch ttl expired never_used)

empty() { # a deployment with people and no token
	ctl POST reset '{"seed":"empty"}' >/dev/null
}

# recorded_seed [ended] - the tokens that the CLI was recorded with, aged as if that were now.
recorded_seed() {
	empty
	NOW=$(date +%s)
	ADMIN_ID=$(user_id admin)
	golden seed "$NOW" "$@" | ctl POST tokens - >/dev/null
}

# same_as_cli N WORD... - asserts that the last try printed what the Nth such run of the CLI printed.
same_as_cli() {
	is "$status" 0
	is "$err" ""
	diff <(golden stdout "$NOW" "$ADMIN_ID" "$@") "$BATS_TEST_TMPDIR/out"
}

# listed ARGUMENT... - tries token_list. Sets names, the listed names, sorted, in one line.
listed() {
	try token_list -o tsv -c name --no-header "$@"
	[[ $status == 0 ]] || fail "token_list $*"
	names=$(sort <<<"$out" | paste -sd ' ')
}

# ------------------------------------------------------------------- the table

@test "the table is the CLI's, byte by byte" {
	recorded_seed
	try token_list
	same_as_cli 1 tokens ls
}

@test "the table of everybody's tokens is the CLI's, byte by byte" {
	recorded_seed
	try token_list -a
	same_as_cli 0 tokens ls -a
	try token_list --all
	same_as_cli 0 tokens ls -a
}

@test "chosen columns come in the CLI's order, byte by byte" {
	recorded_seed
	try token_list -c name,id
	same_as_cli 0 tokens ls -c name,id
	try token_list -c name -c 'allow list'
	same_as_cli 0 tokens ls -c name -c 'allow list'
}

@test "expired tokens are hidden and shown as the CLI does, byte by byte" {
	recorded_seed ended
	try token_list
	same_as_cli 2 tokens ls
	try token_list --include-expired
	same_as_cli 0 tokens ls --include-expired
}

@test "the JSON is the CLI's, byte by byte, with the owner's name added" {
	recorded_seed
	try token_list -o json
	is "$status" 0
	diff <(golden stdout "$NOW" "$ADMIN_ID" 0 tokens list -o json | golden username admin) \
		"$BATS_TEST_TMPDIR/out"
}

@test "wide, narrow and combining characters are padded as the CLI pads them" {
	local want='NAME                  |
日本語                |
emoji 😀 👍🏽 👨‍👩‍👧  |
combining e'$'\u0301\u0302''           |
flag 🇩🇪 keycap 1️⃣     |
half ｱｲｳ full ＡＢＣ  |
한글 ñ ß              |
thai กำ नमस्ते        |
zero'$'\u200b''width '$'\u00ad''            |
x                     |'
	empty
	ctl POST tokens '[{"owner": "admin", "name": "日本語"}, {"owner": "admin", "name": "emoji 😀 👍🏽 👨‍👩‍👧"},
		{"owner": "admin", "name": "combining e\u0301\u0302"}, {"owner": "admin", "name": "flag 🇩🇪 keycap 1️⃣"},
		{"owner": "admin", "name": "half ｱｲｳ full ＡＢＣ"}, {"owner": "admin", "name": "한글 ñ ß"},
		{"owner": "admin", "name": "thai กำ नमस्ते"}, {"owner": "admin", "name": "zero\u200bwidth \u00ad"},
		{"owner": "admin", "name": "x"}]' >/dev/null
	try token_list -c name
	is "$status" 0
	is "$(sed 's/$/|/' "$BATS_TEST_TMPDIR/out")" "$want"
	LC_ALL=C LANG=C try token_list -c name
	is "$(sed 's/$/|/' "$BATS_TEST_TMPDIR/out")" "$want"
}

@test "control characters are shown escaped in every format" {
	local text
	empty
	ctl POST tokens '[
		{"owner": "admin", "id": "0000000001", "name": "esc\u001b[31mred"},
		{"owner": "admin", "id": "0000000002", "name": "nl\nx\ttab\\back"},
		{"owner": "admin", "id": "0000000003", "name": "bidi\u202ex\u2066y\u200fz"},
		{"owner": "admin", "id": "0000000004", "name": "c1\u0085x\u009b1mdel\u007f"},
		{"owner": "admin", "id": "0000000005", "name": "html<&>\"q\""}]' >/dev/null
	try token_list -c name --no-header
	is "$status" 0
	is "$out" "$(printf '%-27s\n' 'esc\x1b[31mred' 'nl\x0ax\x09tab\back' \
		'bidi\u202ex\u2066y\u200fz' 'c1\x85x\x9b1mdel\x7f' 'html<&>"q"')"
	try token_list -c id,name --no-header -o tsv
	is "$out" $'0000000001\tesc\\x1b[31mred
0000000002\tnl\\nx\\ttab\\\\back
0000000003\tbidi\\u202ex\\u2066y\\u200fz
0000000004\tc1\\x85x\\x9b1mdel\\x7f
0000000005\thtml<&>"q"'
	try token_list -c id,name --no-header -o csv
	is "$out" $'0000000001,esc\\x1b[31mred\r
0000000002,nl\\x0ax\\x09tab\\back\r
0000000003,bidi\\u202ex\\u2066y\\u200fz\r
0000000004,c1\\x85x\\x9b1mdel\\x7f\r
0000000005,"html<&>""q"""\r'
	try token_list -o json
	text=$(grep token_name <<<"$out")
	is "$text" '    "token_name": "esc\u001b[31mred",
    "token_name": "nl\nx\ttab\\back",
    "token_name": "bidi\u202ex\u2066y\u200fz",
    "token_name": "c1\u0085x\u009b1mdel\u007f",
    "token_name": "html\u003c\u0026\u003e\"q\"",'
}

@test "variables get names unchanged" {
	local -A t=()
	empty
	ctl POST tokens '{"owner": "admin", "id": "0000000001", "name": "a\u001b[31m\n\u202eb"}' >/dev/null
	try token_list -A t
	is "$status" 0
	is "${t[0000000001,name]}" $'a\e[31m\n\u202eb'
}

# --------------------------------------------------------------------- whose

@test "without -a only one's own tokens are listed, with -a all that one may see" {
	listed
	is "$names" "grafana terraform"
	listed -a
	is "$names" "backup ci-deploy grafana laptop never-touched terraform"
	is "$(requests)" "GET /api/v2/users/me/keys/tokens?include_all=false&include_expired=false
GET /api/v2/users/me/keys/tokens?include_all=true&include_expired=false"
}

@test "-a lists a member only the member's own tokens" {
	CODER_SESSION_TOKEN=$ALICE_TOKEN
	listed -a
	is "$names" "backup ci-deploy laptop never-touched"
	try token_list -a -c name,owner -o tsv --no-header --name laptop
	is "$out" $'laptop\talice'
}

@test "-u lists another user's tokens" {
	listed -u alice
	is "$names" "backup ci-deploy laptop never-touched"
	listed --user=ALICE
	is "$names" "backup ci-deploy laptop never-touched"
	is "$(requests | head -1)" "GET /api/v2/users/alice/keys/tokens?include_all=false&include_expired=false"
}

@test "-u with a user that does not exist, or may not be seen, is not found" {
	try token_list -u nobody
	refused 3 "listing the tokens of nobody: Resource not found"
	is "$(requests | head -1)" "GET /api/v2/users/nobody/keys/tokens?include_all=false&include_expired=false"
	CODER_SESSION_TOKEN=$ALICE_TOKEN
	try token_list -u admin
	refused 3 "not found"
	is "${TOKEN_ERROR[status]} ${TOKEN_ERROR[http]}" "3 404"
}

@test "-u refuses a path, an empty name, and -a" {
	try token_list -u ../me
	refused 2 "--user: '../me' cannot be a user"
	try token_list -u ''
	misused "cannot be empty"
	try token_list -a -u alice
	misused "exclude each other"
	is "$(requests)" ""
}

# ------------------------------------------------------------------- filters

# A deployment in which each filter has something to keep and something to drop.
filter_seed() {
	empty
	ctl POST tokens '[
		{"owner": "admin", "name": "ci-1", "scopes": ["workspace:read", "template:read"],
		 "allow_list": ["template:*", "workspace:11111111-1111-4111-8111-111111111111"],
		 "created_ago_s": 864000, "last_used_ago_s": 3600, "expires_in_s": 86400},
		{"owner": "admin", "name": "ci-2", "scopes": ["workspace:read"], "allow_list": ["workspace:*"],
		 "created_ago_s": 8640000, "expires_in_s": 8640000},
		{"owner": "admin", "name": "CI-3", "scopes": ["coder:all"],
		 "created_ago_s": 8640000, "last_used_ago_s": 5000000, "expires_in_s": 864000},
		{"owner": "admin", "name": "a/b", "scopes": ["coder:application_connect"],
		 "allow_list": ["*:11111111-1111-4111-8111-111111111111"],
		 "created_ago_s": 60, "expires_in_s": 86400000},
		{"owner": "admin", "name": "gone", "scopes": ["workspace:read"],
		 "created_ago_s": 864000, "last_used_ago_s": 500000, "expires_in_s": -3600}]' >/dev/null
	forget_requests
}

@test "--name keeps tokens whose name matches a pattern" {
	filter_seed
	listed --name ci-1
	is "$names" "ci-1"
	listed --name 'ci-*'
	is "$names" "ci-1 ci-2"
	listed --name 'ci-?'
	is "$names" "ci-1 ci-2"
	listed --name '[cC][iI]-[23]'
	is "$names" "CI-3 ci-2"
	listed --name 'a*b'
	is "$names" "a/b"
	listed --name ''
	is "$names" ""
}

@test "--scope keeps tokens that have all of the scopes" {
	filter_seed
	listed --scope workspace:read
	is "$names" "ci-1 ci-2"
	listed --scope workspace:read --scope template:read
	is "$names" "ci-1"
	listed --scope 'template:read, workspace:read'
	is "$names" "ci-1"
	listed --scope all
	is "$names" "CI-3"
	listed --scope application_connect
	is "$names" "a/b"
	listed --scope no:such
	is "$names" ""
}

@test "--allow keeps tokens whose allow list permits all of the entries" {
	filter_seed
	local uuid=11111111-1111-4111-8111-111111111111
	listed --allow "workspace:$uuid"
	is "$names" "CI-3 a/b ci-1 ci-2"
	listed --allow "workspace:${uuid^^}"
	is "$names" "CI-3 a/b ci-1 ci-2"
	listed --allow 'workspace:22222222-2222-4222-8222-222222222222'
	is "$names" "CI-3 ci-2"
	listed --allow 'workspace:*'
	is "$names" "CI-3 ci-2"
	listed --allow 'template:*' --allow "workspace:$uuid"
	is "$names" "CI-3 ci-1"
	listed --allow "template:*,workspace:$uuid"
	is "$names" "CI-3 ci-1"
	listed --allow '*:*'
	is "$names" "CI-3"
}

@test "--allow takes names and looks them up" {
	listed -a --allow workspace:alice/dev-docker
	is "$names" "backup ci-deploy laptop terraform"
	has "$(requests)" "GET /api/v2/users/alice/workspace/dev-docker"
	try token_list --allow workspace:alice/no-such
	refused 3 "no-such"
	lacks "$(requests | tail -1)" "/keys/tokens"
}

@test "--expires-within and --expired compare the time that is left" {
	filter_seed
	listed --expires-within 2d
	is "$names" "ci-1"
	listed --expires-within 1w4d
	is "$names" "CI-3 ci-1"
	listed --expires-within 2d --include-expired
	is "$names" "ci-1 gone"
	listed --expired
	is "$names" "gone"
	is "$(requests | tail -1)" "GET /api/v2/users/me/keys/tokens?include_all=false&include_expired=true"
	listed --include-expired
	is "$names" "CI-3 a/b ci-1 ci-2 gone"
}

@test "--unused-for counts from the last use, or from the creation if there was none" {
	filter_seed
	listed --unused-for 30d
	is "$names" "CI-3 ci-2"
	listed --unused-for 70d
	is "$names" "ci-2"
	listed --unused-for 30m
	is "$names" "CI-3 ci-1 ci-2"
	listed --unused-for 0s
	is "$names" "CI-3 a/b ci-1 ci-2"
	listed --never-used
	is "$names" "a/b ci-2"
}

@test "a token must pass all filters" {
	filter_seed
	listed --name 'ci-*' --never-used
	is "$names" "ci-2"
	listed --scope workspace:read --allow 'workspace:*' --unused-for 30d
	is "$names" "ci-2"
	listed --scope workspace:read --expired
	is "$names" "gone"
	listed --name 'ci-*' --expires-within 2d --never-used
	is "$names" ""
}

@test "filters work alike in every format and for variables" {
	local -a ids=()
	local -A t=()
	local id
	filter_seed
	try token_list --name 'ci-*' -c name --no-header
	is "$(tr -d ' ' <<<"$out" | paste -sd ' ')" "ci-1 ci-2"
	try token_list --name 'ci-*' -o json
	is "$(fields_of -- token_name <<<"$out")" $'ci-1\nci-2'
	try token_list --name 'ci-*' -q
	is "$(wc -l <<<"$out")" 2
	id=${out%%$'\n'*}
	try token_list --name 'ci-*' -v ids -A t
	is "$out$err" ""
	is "${#ids[@]} ${ids[0]}" "2 $id"
	is "${#t[@]}" "$((2 * ${#FIELDS[@]}))"
}

@test "invalid filters are refused before any request" {
	try token_list --expires-within 7
	refused 2 "--expires-within: "
	try token_list --unused-for 3dd
	refused 2 "--unused-for: "
	try token_list --scope ''
	refused 2 "scope cannot be empty"
	try token_list --scope a:b,,c:d
	refused 2 "scope cannot be empty"
	try token_list --allow ''
	refused 2 "allow list entry cannot be empty"
	try token_list --allow workspace
	refused 2 "invalid allow_list entry 'workspace'"
	try token_list --allow workspaec:*
	refused 2 "did you mean 'workspace'?"
	is "${TOKEN_ERROR[status]} ${TOKEN_ERROR[http]}" "2 0"
	is "$(requests)" ""
}

@test "an error about a word of a comma list or array shows which word it is" {
	local long=workspace:read
	try token_list --scope user:read --scope a:b,,c:d
	refused 2 "--scope: word 2 of 'a:b,,c:d': scope cannot be empty"
	try token_list --allow 'user:*' --allow 'template:*,user:*,workspaec:*'
	refused 2 "--allow: word 3 of 'template:*,user:*,workspaec:*': invalid allow_list entry 'workspaec:*'"
	has "$err" "did you mean 'workspace'?"
	try token_list --allow workspaec:*
	refused 2 "--allow: invalid allow_list entry 'workspaec:*'"
	try token_list -c id,nmae
	refused 2 "--column: word 2 of 'id,nmae': nmae: invalid column"
	try token_create -n x --for whoami,tokens-raed
	refused 2 "--for: word 2 of 'whoami,tokens-raed': unknown goal 'tokens-raed'; did you mean 'tokens-read'?"
	try token_create -n x --for whoami,
	refused 2 "--for: word 2 of 'whoami,': goal cannot be empty"
	# of an array it is the element, and the word if an element is a list
	# shellcheck disable=SC2034
	local -a scopes=(user:read '' user:read) entries=('user:*' 'template:*,user:*,user:a:b')
	try token_create -n x --scope workspace:read --scopes-from scopes
	refused 2 "--scopes-from: element 2 of scopes: scope cannot be empty"
	try token_create -n x --allow 'user:*' --allow-from entries
	refused 2 "--allow-from: element 2 of entries: word 3 of 'template:*,user:*,user:a:b': invalid allow_list entry 'user:a:b'"
	try token_rm grafana --from scopes
	refused 2 "token_rm: --from: element 2 of scopes: empty: neither a name nor an id nor a token"
	try token_rm grafana ''
	refused 2 "token_rm: argument 2: empty: neither a name nor an id nor a token"
	# a long list is not repeated
	for _ in 1 2 3 4 5 6; do long+=,workspace:read; done
	try token_list --scope "$long,"
	refused 2 "--scope: word 8 of 8: scope cannot be empty"
	is "$(requests)" ""
}

# ------------------------------------------------------------------- columns

@test "columns may be written with blanks or underscores, in any case, and repeated" {
	try token_list --no-header --name grafana -o tsv -c 'NAME, Allow_List ,last used'
	is "$out" $'grafana\tuser:*\t1970-01-01T00:00:00Z'
	try token_list --no-header --name grafana -c name -c name,scopes
	is "$out" 'grafana  grafana  user:read  '
	try token_list --name grafana -o tsv -c 'expires_at,CREATED AT,allow list,last_used'
	is "${out%%$'\n'*}" $'expires_at\tcreated_at\tallow_list\tlast_used'
	try token_list --name grafana -c 'allow_list,owner'
	is "$out" 'ALLOW LIST  OWNER  
user:*      admin  '
}

@test "-c '' means all columns" {
	try token_list -c '' --name grafana -o tsv
	is "${out%%$'\n'*}" $'id\tname\tscopes\tallow_list\tlast_used\texpires_at\tcreated_at\towner'
	is "${out##*$'\t'}" "admin"
}

@test "a column that does not exist is refused, with the nearest named" {
	try token_list -c nmae
	refused 2 "nmae: invalid column; did you mean 'name'?"
	has "$err" "want some of id,name,scopes,allow list,last used,expires at,created at,owner"
	try token_list -c id,,name
	refused 2 "invalid column"
	try token_list -c bogus
	refused 2 "bogus: invalid column; want some of"
	is "$(requests)" ""
}

# ------------------------------------------------------------------- formats

@test "rows are sorted by id if the table shows it, and else in the server's order" {
	empty
	ctl POST tokens '[{"owner": "admin", "id": "zzzzzzzzzz", "name": "first"},
		{"owner": "admin", "id": "AAAAAAAAAA", "name": "second"},
		{"owner": "admin", "id": "aaaaaaaaaa", "name": "third"}]' >/dev/null
	try token_list -c name,id --no-header
	is "$out" 'second  AAAAAAAAAA  
third   aaaaaaaaaa  
first   zzzzzzzzzz  '
	try token_list -c name --no-header
	is "$out" 'first   
second  
third   '
	try token_list -q
	is "$out" 'zzzzzzzzzz
AAAAAAAAAA
aaaaaaaaaa'
	try token_list -o tsv -c id --no-header
	is "$out" 'zzzzzzzzzz
AAAAAAAAAA
aaaaaaaaaa'
}

@test "tsv has a header line that --no-header leaves out" {
	try token_list -o tsv --name terraform
	is "$(wc -l <<<"$out")" 2
	has "$out" $'id\tname\tscopes\tallow_list\tlast_used\texpires_at\tcreated_at\n'
	has "$out" $'\tterraform\torganization:read, template:*\t*:*\t'
	try token_list -o tsv --name terraform --no-header
	is "$(wc -l <<<"$out")" 1
	lacks "$out" "allow_list"
}

@test "csv is read back by a parser of RFC 4180, whatever names contain" {
	empty
	ctl POST tokens '[{"owner": "admin", "name": "a, \"b\""}, {"owner": "admin", "name": "\"", "scopes": ["user:read", "api_key:read"]},
		{"owner": "admin", "name": "日本, 語"}]' >/dev/null
	try token_list -o csv -c name,scopes
	is "$status$err" 0
	is "$(tool csv_rows "$BATS_TEST_TMPDIR/out")" \
		"['name', 'scopes']
['a, \"b\"', 'coder:all']
['\"', 'api_key:read, user:read']
['日本, 語', 'coder:all']"
	is "$(head -1 "$BATS_TEST_TMPDIR/out" | od -An -c | tr -d ' \n')" 'name,scopes\r\n'
}

@test "jsonl has the objects of json, one on each line" {
	local line lines=()
	try token_list -a -o jsonl
	is "$status$err" 0
	mapfile -t lines <<<"$out"
	is "${#lines[@]}" 6
	for line in "${lines[@]}"; do
		[[ $line == '{"id":"'*'"}' && $line != *'": '* ]] || fail "$line"
	done
	cp "$BATS_TEST_TMPDIR/out" "$BATS_TEST_TMPDIR/lines"
	try token_list -a -o json
	is "$(jq -c '.[]' <<<"$out")" "$(jq -c . "$BATS_TEST_TMPDIR/lines")"
}

# ------------------------------------------------------------ order and number

# order ARGUMENT... - the names that token_list prints, in their order, in one line.
order() {
	token_list -o tsv -c name --no-header "$@" | paste -sd ' '
}

# Tokens in an order in which no column is sorted.
order_seed() {
	empty
	ctl POST tokens '[
		{"owner": "admin", "id": "cccccccccc", "name": "b", "scopes": ["workspace:read", "user:read"],
		 "created_ago_s": 300, "last_used_ago_s": 100000, "expires_in_s": 9000000},
		{"owner": "alice", "id": "aaaaaaaaaa", "name": "é", "scopes": ["workspace:read"],
		 "created_ago_s": 500, "expires_in_s": 1000},
		{"owner": "admin", "id": "BBBBBBBBBB", "name": "B", "scopes": ["user:read"],
		 "created_ago_s": 100, "last_used_ago_s": 90, "expires_in_s": 900000000},
		{"owner": "alice", "id": "dddddddddd", "name": "a", "scopes": ["workspace:read"],
		 "created_ago_s": 400, "last_used_ago_s": 9000, "expires_in_s": 100000}]' >/dev/null
	forget_requests
}

@test "--sort sorts by any column, times by the time, names by their bytes" {
	order_seed
	is "$(order -a)" "b é B a"
	is "$(order -a --sort id)" "B é b a"
	is "$(order -a --sort name)" "B a b é"
	is "$(LC_ALL=en_US.UTF-8 order -a --sort -name)" "é b a B"
	is "$(order -a --sort 'expires at')" "é a b B"
	is "$(order -a --sort -Expires_At)" "B b a é"
	is "$(order -a --sort created_at)" "é a b B"
	is "$(order -a --sort scopes)" "B b é a"
	is "$(order -a --sort=-owner)" "é a b B"
	is "$(order -a --sort ' allow list ')" "b é B a"
	try token_list -a --sort created_at -c id,name --no-header
	is "$out" $'aaaaaaaaaa  é  \ndddddddddd  a  \ncccccccccc  b  \nBBBBBBBBBB  B  '
	try token_list -a --sort -created_at -q
	is "$out" $'BBBBBBBBBB\ncccccccccc\ndddddddddd\naaaaaaaaaa'
	try token_list -a --sort name -o json
	is "$(fields_of -- token_name <<<"$out" | paste -sd ' ')" "B a b é"
}

@test "--sort leaves tokens that were never used for the end, in both directions" {
	order_seed
	is "$(order -a --sort last_used)" "b a B é"
	is "$(order -a --sort -last_used)" "B a b é"
	ctl POST modes '["never-used-0001"]' >/dev/null
	is "$(order -a --sort last_used)" "b a B é"
	is "$(order -a --sort -last_used)" "B a b é"
}

@test "--sort leaves tokens without an expiry for the end, in both directions" {
	local token='\"login_type\": \"token\", \"created_at\": \"2026-01-01T00:00:00Z\"'
	local body='[{\"id\": \"0000000001\", \"token_name\": \"never\", \"expires_at\": \"0001-01-01T00:00:00Z\", '$token'},
		{\"id\": \"0000000002\", \"token_name\": \"late\", \"expires_at\": \"2990-01-01T00:00:00+01:00\", '$token'},
		{\"id\": \"0000000003\", \"token_name\": \"early\", \"expires_at\": \"2989-12-31T22:59:59.9Z\", '$token'}]'
	fault '{"path": "keys/tokens", "times": 2, "status": 200, "headers": {"Content-Type": "application/json"},
		"body": "'"${body//$'\n\t\t'/}"'"}'
	is "$(order --sort expires_at)" "early late never"
	is "$(order --sort -expires_at)" "late early never"
}

@test "--limit keeps the first tokens of the order in which they are printed" {
	local -a ids=()
	local -A t=()
	order_seed
	is "$(order -a --limit 2)" "b é"
	is "$(order -a --limit 2 --sort -name)" "é b"
	is "$(order -a --limit 99999999999999999999)" "b é B a"
	is "$(order -a --limit 1 --name '[aB]')" "B"
	# rows of a table with ids are sorted by them, and arrays hold what the table shows
	try token_list -a --limit 2 -c name,id --no-header -v ids -A t
	is "$out" $'B  BBBBBBBBBB  \né  aaaaaaaaaa  '
	is "${ids[*]} ${#t[@]} ${t[aaaaaaaaaa,name]}" "BBBBBBBBBB aaaaaaaaaa $((2 * ${#FIELDS[@]})) é"
	try token_list -a --limit 3 --sort name -v ids -A t
	is "$out$err" ""
	is "${ids[*]} ${#t[@]}" "BBBBBBBBBB dddddddddd cccccccccc $((3 * ${#FIELDS[@]}))"
	try token_list -a --limit 1 -o json
	is "$(fields_of -- id <<<"$out")" cccccccccc
}

@test "--limit lets -A take the first of more tokens than it takes" {
	local -A T=()
	fault '{"path": "keys/tokens", "many": 100001}'
	try token_list -A T --limit 3 --sort -id
	is "$status$err ${#T[@]} ${T[0000100000,name]}" "0 $((3 * ${#FIELDS[@]})) many-100000"
}

@test "--count prints the number of tokens that pass the filters, and nothing else" {
	local -a ids=()
	order_seed
	try token_list --count
	is "$status $out $err" "0 2 "
	try token_list -a --count --scope workspace:read
	is "$status $out $err" "0 3 "
	try token_list -a --count --name no-such
	is "$status $out $err" "0 0 "
	try token_list -a --count -v ids
	is "$status $out $err ${#ids[@]}" "0 4  4"
	# more than a call can keep
	fault '{"path": "keys/tokens", "many": 500001}'
	try token_list --count
	is "$status $out $err" "0 500001 "
}

@test "orders, limits and counts that make no sense are refused before any request" {
	local value
	try token_list --sort last_usde
	refused 2 "--sort: last_usde: invalid column; did you mean 'last used'? want one of id,name,"
	try token_list --sort name,id
	refused 2 "--sort: name,id: invalid column"
	try token_list --sort --name
	refused 2 "--sort: -name: invalid column; did you mean 'name'?"
	try token_list --sort -
	refused 2 "--sort: '': invalid column"
	try token_list --sort ''
	misused "--sort: value cannot be empty"
	for value in 0 00 -1 +1 1.5 2k ' 2' x; do
		try token_list --limit "$value"
		refused 2 "--limit: '$value' is not a number of tokens: give 1 or more"
	done
	try token_list --limit ''
	misused "--limit: value cannot be empty"
	try token_list --count -q
	misused "--count and --quiet exclude each other"
	try token_list --count -c id
	misused "--count and --column exclude each other"
	try token_list --count -o json
	misused "--count takes no format and prints no header"
	try token_list --count --no-header
	misused "--count takes no format and prints no header"
	try token_list --count --sort id
	misused "--count takes neither --sort nor --limit"
	try token_list --count --limit 3
	misused "--count takes neither --sort nor --limit"
	try token_list -o jsonl -c id
	misused "-o jsonl takes no columns and has no header"
	try token_list -o jsonl --no-header
	misused "-o jsonl takes no columns and has no header"
	is "$(requests)" ""
}

# ------------------------------------------------------------------ for people

# A token of each kind that people distinguish.
human_seed() {
	empty
	ctl POST tokens '[
		{"owner": "admin", "id": "0000000001", "name": "soon", "scopes": ["workspace:read", "workspace:start", "user:read"],
		 "allow_list": ["template:*", "user:*", "workspace:*"], "created_ago_s": 864000, "last_used_ago_s": 7230,
		 "expires_in_s": 262800},
		{"owner": "admin", "id": "0000000002", "name": "gone", "created_ago_s": 864000, "expires_in_s": -180000},
		{"owner": "admin", "id": "0000000003", "name": "lasts", "created_ago_s": 864000, "expires_in_s": 8640000}]' >/dev/null
	forget_requests
}

@test "--human shows times from now, wraps lists in their cells, and marks what ends: 80 columns, no color" {
	human_seed
	try token_list --human --include-expired
	is "$status$err" 0
	is "$out" "\
ID          NAME   SCOPES           ALLOW LIST       LAST USED    EXPIRES AT
0000000001  soon   user:read,       template:*,      2 hours ago  in 3 days!
                   workspace:read,  user:*,
                   workspace:start  workspace:*
0000000002  gone   coder:all        *:*              never        expired 2 days
                                                                  ago
0000000003  lasts  coder:all        *:*              never        in 3 months"
	is "$(requests)" "GET /api/v2/users/me/keys/tokens?include_all=false&include_expired=true"
	try token_list --human --no-header -c 'created_at, name' --sort -name
	is "$out" $'10 days ago  soon\n10 days ago  lasts'
	COLUMNS=20 try token_list --human -c scopes,allow_list --limit 1
	is "$out" $'SCOPES                                      ALLOW LIST\nuser:read, workspace:read, workspace:start  template:*, user:*, workspace:*'
}

@test "--human shows names escaped, and lists without tokens as the table does" {
	empty
	ctl POST tokens '{"owner": "admin", "name": "esc\u001b[31mred\u202e"}' >/dev/null
	try token_list --human -c name
	is "$out" $'NAME\nesc\\x1b[31mred\\u202e'
	try token_list --human --name no-such
	is "$status $out $err" "0  No tokens found."
}

@test "--color always colors expired and soon-expiring tokens anywhere, auto on a terminal only" {
	human_seed
	try token_list --human --include-expired --no-header -c id --color always
	is "$out" $'\e[33m0000000001\e[0m\n\e[31m0000000002\e[0m\n0000000003'
	NO_COLOR=1 try token_list --human --include-expired --no-header -c id --color always
	has "$out" $'\e[31m'
	for color in auto never; do
		TERM=xterm try token_list --human --include-expired --no-header -c id --color "$color"
		is "$out" $'0000000001\n0000000002\n0000000003'
	done
}

@test "--human names what allow lists contain, with one request for each type: of an object, or of several" {
	local workspace template i
	workspace=$(of workspaces owner=alice name=dev-docker -- id)
	template=$(token_create --dry-run -n x --allow template:k8s-gpu | grep -oE '[0-9a-f]{8}-[0-9a-f-]{27}')
	for i in 1 2 3; do
		seed '{"owner": "admin", "name": "t'$i'", "allow_list": ["workspace:'"$workspace"'", "template:'"$template"'",
			"user:'"$(user_id alice)"'", "workspace:99999999-1111-4111-8111-111111111111", "workspace:*", "*:'"$workspace"'"]}'
	done
	forget_requests
	try token_list --human --name 't?' -c 'allow list' --no-header --limit 2
	is "$status$err" 0
	is "$(tr -s ' \n' ' ' <<<"$out" | sed "s/\*:$workspace/first/g")" "first, template:coder/k8s-gpu, user:alice, workspace:*, \
workspace:alice/dev-docker, workspace:99999999-1111-4111-8111-111111111111 first, template:coder/k8s-gpu, user:alice, \
workspace:*, workspace:alice/dev-docker, workspace:99999999-1111-4111-8111-111111111111 "
	is "$(requests | cut -d '?' -f 1 | sort)" "GET /api/v2/templates/$template
GET /api/v2/users/$(user_id alice)
GET /api/v2/users/me/keys/tokens
GET /api/v2/workspaces"
	# nothing is requested for names that are not shown
	forget_requests
	try token_list --human --name 't?' -c name
	is "$(requests | wc -l)" 1
}

@test "--human names organizations, groups and members, too" {
	local organization group=99999999-1111-4111-8111-111111111111
	organization=$(token_create --dry-run -n x --allow organization:coder | grep -oE '[0-9a-f]{8}-[0-9a-f-]{27}')
	fault '{"path": "/groups$", "status": 200, "headers": {"Content-Type": "application/json"},
		"body": "[{\"id\": \"'$group'\", \"name\": \"devs\", \"organization_name\": \"coder\"}]"}'
	seed '{"owner": "admin", "name": "one", "allow_list": ["organization:'"$organization"'", "group:'"$group"'",
		"organization_member:'"$(user_id alice)"'", "group_member:'"$(user_id alice)"'", "api_key:'"$(user_id alice)"'"]}'
	forget_requests
	try token_list --human --name one -c 'allow list' --no-header
	is "$status$err" 0
	is "$(tr -s ' \n' ' ' <<<"$out")" "api_key:$(user_id alice), group:coder/devs, group_member:alice, \
organization:coder, organization_member:alice "
	is "$(requests | cut -d '?' -f 1 | sort)" "GET /api/v2/groups
GET /api/v2/organizations/$organization
GET /api/v2/users/$(user_id alice)
GET /api/v2/users/me/keys/tokens"
}

@test "--human does not wait long for names, and --timeout leaves time to print the list" {
	local workspace took
	workspace=$(of workspaces owner=alice name=dev-docker -- id)
	seed '{"owner": "admin", "name": "one", "allow_list": ["workspace:'"$workspace"'", "user:'"$(user_id alice)"'"]}'
	fault '[{"path": "/workspaces/", "stall": {"at": 10}},
		{"path": "/workspaces/", "status": 429, "headers": {"Retry-After": "30", "Content-Type": "application/json"},
		"body": "{\"message\": \"slow down\"}"}]'
	took=${EPOCHREALTIME/./}
	try token_list --human --name one -c 'allow list' --no-header --timeout 3
	took=$((${EPOCHREALTIME/./} - took))
	is "$status $out$err" "0 user:$(user_id alice),"$'\n'"workspace:$workspace"
	((took < 2900000)) || fail "$took us"
	# nobody waits for a rate limit to end
	try token_list --human --name one -c 'allow list' --no-header
	is "$status $out$err" "0 user:alice, workspace:$workspace"
}

@test "--human shows UUIDs where names cannot be had" {
	local workspace
	workspace=$(of workspaces owner=alice name=dev-docker -- id)
	seed '{"owner": "admin", "name": "one", "allow_list": ["workspace:'"$workspace"'"]}'
	fault '[{"path": "/workspaces", "status": 403, "headers": {"Content-Type": "application/json"}, "body": "{\"message\": \"Forbidden.\"}"},
		{"path": "/workspaces", "status": 500, "headers": {"Content-Type": "application/json"}, "body": "{\"message\": \"no\"}"}]'
	for i in 1 2; do
		try token_list --human --name one -c 'allow list' --no-header
		is "$status $out$err" "0 workspace:$workspace"
	done
	try token_list --human --name one -c 'allow list' --no-header
	is "$out" "workspace:alice/dev-docker"
}

@test "--human goes with variables, and with neither another format nor a count" {
	local -a ids=()
	local -A t=()
	human_seed
	try token_list --human -v ids -A t -c name --no-header
	is "$out" $'soon\nlasts'
	is "${ids[*]} ${t[0000000003,name]}" "0000000001 0000000003 lasts"
	try token_list --human -v ids
	has "$out" "in 3 days!"
	forget_requests
	for words in "-o table" "-o json" -q --count; do
		# shellcheck disable=SC2086 # words
		try token_list --human $words
		misused "--human takes no -o, -q or --count"
	done
	try token_list --color always
	misused "--color needs --human"
	try token_list --human --color red
	misused "red: invalid choice for --color: want auto, always or never"
	is "$(requests)" ""
}

@test "--no-header takes the header's width off the table, too" {
	try token_list --no-header --name grafana -c scopes,name
	is "$out" 'user:read  grafana  '
	try token_list --no-header --name grafana -c 'allow list'
	is "$out" 'user:*  '
}

@test "-q prints ids and excludes columns and formats" {
	try token_list -q --name grafana
	is "$status" 0
	[[ $out =~ ^[0-9A-Za-z]{10}$ ]] || fail "no id"
	forget_requests
	try token_list -q -c name
	misused "exclude each other"
	try token_list -q -o json
	misused "exclude each other"
	try token_list -o yaml
	misused "want table, json, jsonl, tsv or csv"
	is "$(requests)" ""
}

@test "no tokens: status 0, and every format shows that in its way" {
	empty
	try token_list
	is "$status $out" "0 "
	is "$err" "No tokens found."
	try token_list --no-header
	is "$status $out $err" "0  No tokens found."
	try token_list -o json
	is "$status $out $err" "0 [] "
	try token_list -o tsv
	is "$status $out $err" "0  "
	try token_list -o csv
	is "$status $out $err" "0  "
	try token_list -o jsonl --sort -name --limit 3
	is "$status $out $err" "0  "
	try token_list --count
	is "$status $out $err" "0 0 "
	try token_list -q
	is "$status $out $err" "0  "
	is "${#TOKEN_ERROR[@]}" 0
}

@test "no tokens: arrays are emptied" {
	local -a ids=(old)
	local -A t=([old]=x)
	empty
	try token_list -v ids -A t
	is "$status $out $err" "0  "
	is "${#ids[@]} ${#t[@]}" "0 0"
}

# blind [SCOPE] [ALLOW] - makes the token in use one that may not read tokens. Sets BLIND, its id.
blind() {
	local scope=${1-user:read} allow=${2-*:*}
	seed '{"owner": "admin", "name": "blind '"$scope $allow"'", "scopes": ["'"$scope"'"], "allow_list": ["'"$allow"'"]}'
	CODER_SESSION_TOKEN=${KEYS[0]} BLIND=${KEYS[0]%%-*}
}

@test "an empty list fails if the token in use may not read tokens" {
	local -a ids=(old) form
	local -A t=([old]=x)
	local forms=("" "-a" "-u me" "-o json" "-a -o tsv" "-q" "--count" "-o jsonl" "-v ids" "-A t" "-a -v ids -A t" "--name x -q"
		"--include-expired" "--expired -v ids" "--scope user:read -c id")
	blind
	for form in "${forms[@]}"; do
		forget_requests
		# shellcheck disable=SC2086 # words
		try token_list $form
		refused 4 "the token in use, $BLIND, is not permitted to read tokens"
		is "$(requests | tail -1)" "GET /api/v2/users/me/keys/$BLIND"
		is "$(requests | wc -l)" 2
		is "${TOKEN_ERROR[status]}" 4
	done
	is "${ids[*]} ${!t[*]}" "old old"
	# an allow list may be the cause, too
	blind coder:all 'user:*'
	try token_list -a
	refused 4 "the token in use, $BLIND, is not permitted to read tokens"
	blind coder:all 'template:*'
	try token_list -a
	refused 3 "the token in use is restricted"
}

@test "another user's empty list is shown without a further request" {
	empty
	blind
	try token_list -u alice
	is "$status $out $err" "0  No tokens found."
	# the client asks whose list it is, and not for the token in use
	is "$(requests)" "GET /api/v2/users/alice/keys/tokens?include_all=false&include_expired=false
GET /api/v2/users/me"
	# a token that may see that user, but not its own user
	blind coder:all "user:$(user_id alice)"
	try token_list -u alice
	is "$status $out $err" "0  No tokens found."
}

@test "one's own empty list is checked whatever name -u gives the caller" {
	local -a ids=(old)
	local user id
	id=$(user_id admin)
	blind
	for user in admin ADMIN "$id" "${id^^}"; do
		try token_list -u "$user" -v ids
		refused 4 "the token in use, $BLIND, is not permitted to read tokens"
		is "$(requests | tail -1)" "GET /api/v2/users/me/keys/$BLIND"
	done
	is "${ids[*]}" old
	# the client cannot find out who the caller is
	fault '{"path": "users/me$", "status": 404, "coder": false, "body": "404 page not found"}'
	try token_list -u admin
	refused 7 "listing tokens: checking whether there are none: "
}

@test "an empty list is shown if the token in use is a login session, which is looked up by its id" {
	empty
	try token_list -a -o json
	is "$status $out$err" "0 []"
	is "$(requests)" "GET /api/v2/users/me/keys/tokens?include_all=true&include_expired=false
GET /api/v2/users/me/keys/sbxAdmin01"
}

@test "a list that is empty because of filters is shown without a further request" {
	seed '{"owner": "admin", "name": "in-use"}'
	CODER_SESSION_TOKEN=${KEYS[0]}
	try token_list --name no-such
	is "$status $out $err" "0  No tokens found."
	try token_list --expired
	is "$status $out $err" "0  No tokens found."
	is "$(requests | grep -c keys/tokens)" "$(requests | wc -l)"
}

@test "an empty list that cannot be checked fails with what went wrong" {
	local -a ids=(old)
	empty
	local json='"headers": {"Content-Type": "application/json"}'
	fault '{"path": "keys/sbxAdmin01$", "times": 3, "status": 503, "headers": {"Retry-After": "0"}}'
	try token_list -v ids
	refused 6 "listing tokens: checking whether there are none: "
	fault '{"path": "keys/sbxAdmin01$", "status": 500, '"$json"', "body": "{\"message\": \"Internal error fetching API key.\"}"}'
	try token_list -v ids
	refused 1 "Internal error fetching API key."
	fault '{"path": "keys/sbxAdmin01$", "status": 404, "coder": false, "body": "404 page not found"}'
	try token_list -a
	refused 7 "listing tokens: checking whether there are none: something in front of "
	fault '{"path": "keys/sbxAdmin01$", "status": 200, "body": "<html>"}'
	try token_list
	refused 7 "listing tokens: checking whether there are none: "
	fault '{"path": "keys/sbxAdmin01$", "status": 403, '"$json"', "body": "{\"message\": \"Forbidden.\"}"}'
	try token_list
	refused 4 "is not permitted to read tokens"
	is "${ids[*]}" old
}

@test "filters on an empty list leave an empty list" {
	try token_list --name no-such
	is "$status $out" "0 "
	is "$err" "No tokens found."
	try token_list --name no-such -o json
	is "$out" "[]"
}

@test "a call fails if its list cannot be written" {
	status=0
	token_list >/dev/full 2>"$BATS_TEST_TMPDIR/err" || status=$?
	is "$status" 1
	has "$(<"$BATS_TEST_TMPDIR/err")" "write error: No space left on device"
	status=0
	token_list >&- 2>"$BATS_TEST_TMPDIR/err" || status=$?
	is "$status" 1
	has "$(<"$BATS_TEST_TMPDIR/err")" "write error"
}

# ------------------------------------------------------------------ variables

@test "-v assigns the ids, in the server's order, and prints nothing" {
	local -a ids=(old old old)
	try token_list -v ids
	is "$status $out $err" "0  "
	try token_list -q
	is "${ids[*]}" "${out//$'\n'/ }"
	is "${#ids[@]}" 2
}

@test "-A assigns every field of every token" {
	local -A t=([old]=x)
	local -a ids=()
	local id field
	try token_list -a -v ids -A t
	is "$status $out $err" "0  "
	is "${#ids[@]}" 6
	is "${#t[@]}" "$((6 * ${#FIELDS[@]}))"
	for id in "${ids[@]}"; do
		for field in "${FIELDS[@]}"; do
			[[ -n ${t[$id,$field]+set} ]] || fail "no $field of $id"
		done
		is "${t[$id,id]}" "$id"
	done
}

@test "the fields of a record are the server's values in a form for the shell" {
	local -A t=()
	local -a ids=()
	local id now
	now=$(date +%s)
	try token_list -u alice --name ci-deploy -v ids -A t
	id=${ids[0]}
	is "${t[$id,name]} ${t[$id,owner]} ${t[$id,login_type]}" "ci-deploy alice token"
	is "${t[$id,scopes]}" "template:read workspace:read"
	[[ ${t[$id,allow_list]} =~ ^template:\*\ workspace:[0-9a-f-]{36}$ ]] || fail "allow_list"
	is "${t[$id,lifetime_seconds]}" "$((30 * 86400))"
	is "$(date -u -d "@${t[$id,created_epoch]}" +%FT%T)" "${t[$id,created_at]:0:19}"
	is "$(date -u -d "@${t[$id,expires_epoch]}" +%FT%T)" "${t[$id,expires_at]:0:19}"
	is "$(date -u -d "@${t[$id,last_used_epoch]}" +%FT%T)" "${t[$id,last_used]:0:19}"
	((${t[$id,ttl]} > 4 * 86400 && ${t[$id,ttl]} <= ${t[$id,expires_epoch]} - now)) || fail "ttl"
	is "${t[$id,expired]} ${t[$id,never_used]}" "0 0"
	is "${t[$id,user_id]}" "$(user_id alice)"
}

@test "an expired, never used token has no time left" {
	local -A t=()
	local -a ids=()
	empty
	ctl POST tokens '{"owner": "admin", "name": "x", "created_ago_s": 100, "expires_in_s": -50}' >/dev/null
	try token_list --expired -v ids -A t
	is "${t[${ids[0]},ttl]} ${t[${ids[0]},expired]} ${t[${ids[0]},never_used]} ${t[${ids[0]},last_used_epoch]}" "0 1 1 0"
}

@test "-A assigns up to 100,000 tokens, and refuses more before it assigns any; -v assigns more" {
	local -A T=([old]=x)
	local -a ids=(old)
	fault '[{"path": "keys/tokens", "many": 100001, "times": 3}, {"path": "keys/tokens", "many": 100000}]'
	try token_list -v ids -A T
	refused 1 "-A takes no more than 100000 tokens, and there are 100001; narrow them down with filters, or use -v, which takes more"
	is "${ids[*]} ${!T[*]}" "old old"
	try token_list -A T --name 'many-1*' -o tsv -c name --no-header
	is "$status $(wc -l <"$BATS_TEST_TMPDIR/out") ${T[0000100000,name]}" "0 11112 many-100000"
	try token_list -v ids
	is "$status$err ${#ids[@]} ${ids[100000]}" "0 100001 0000100000"
	try token_list -A T
	is "$status$err ${#T[@]} ${T[0000099999,name]}" "0 $((100000 * ${#FIELDS[@]})) many-99999"
}

@test "variables and a format may be given together" {
	local -a ids=()
	try token_list -v ids -c name --name grafana
	is "$out" "NAME     
grafana  "
	is "${#ids[@]}" 1
	try token_list -v ids -o tsv -c name --no-header
	is "$out" "terraform
grafana"
	is "${#ids[@]}" 2
}

@test "a failed call leaves the variables as they were" {
	local -a ids=(a b)
	local -A t=([k]=v)
	try token_list -u nobody -v ids -A t
	is "$status" 3
	is "${ids[*]} ${t[k]} ${#t[@]}" "a b v 1"
}

@test "variables that cannot be assigned are refused before any request" {
	local -r ro=x
	local -A assoc=()
	local -a indexed=()
	local -i number=1
	try token_list -v ro
	refused 2 "ro: readonly variable"
	try token_list -v assoc
	refused 2 "assoc: not an indexed array"
	try token_list -A indexed
	refused 2 "indexed: cannot convert indexed to associative array"
	try token_list -v number
	refused 2 "number: integer variable"
	try token_list -v 'x[1]'
	refused 2 "not a valid identifier"
	try token_list -v x -A x
	refused 2 "x: cannot hold two results"
	try token_list -v TOKEN_ERROR
	refused 2 "TOKEN_ERROR: reserved for errors"
	is "$(requests)" ""
}

# ------------------------------------------------------------- other servers

@test "tokens of a server without scopes can do everything, and the table shows no scopes" {
	local -A t=()
	local -a ids=()
	ctl POST modes '["legacy-2.26"]' >/dev/null
	try token_list --name terraform -o tsv -c scopes,allow_list --no-header
	is "$status" 0
	is "$out" $'\t'
	try token_list -v ids -A t --name grafana
	is "${t[${ids[0]},allow_list]}" "*:*"
	try token_list -o json --name grafana
	has "$out" '"scopes": null,'
	has "$out" '"allow_list": null,'
	ctl POST tokens '{"owner": "admin", "name": "old"}' >/dev/null
	try token_list -v ids -A t --name old
	is "${t[${ids[0]},scopes]}" "coder:all"
	listed --scope coder:all --allow 'workspace:*'
	has "$names" "old"
}

@test "tokens of a server without allow lists are allowed every resource" {
	local -A t=()
	local -a ids=()
	ctl POST modes '["legacy-2.27"]' >/dev/null
	try token_list -v ids -A t --name grafana
	is "${t[${ids[0]},scopes]} ${t[${ids[0]},allow_list]}" "user:read *:*"
	listed --allow workspace:11111111-1111-4111-8111-111111111111
	is "$names" "grafana terraform"
}

@test "expired tokens are left out even if the server always lists them" {
	ctl POST modes '["no-expire"]' >/dev/null
	listed -u alice
	is "$names" "backup ci-deploy laptop never-touched"
	listed -u alice --include-expired
	is "$names" "backup ci-deploy laptop never-touched old-script"
}

@test "a token that was never used is recognised in each way that servers report it" {
	local -A t=()
	local -a ids=()
	ctl POST modes '["never-used-0001"]' >/dev/null
	listed --never-used
	is "$names" "grafana"
	try token_list -v ids -A t --name grafana
	is "${t[${ids[0]},never_used]} ${t[${ids[0]},last_used_epoch]} ${t[${ids[0]},last_used]}" \
		"1 0 0001-01-01T00:00:00Z"
}

@test "allow lists are read as objects, too" {
	ctl POST modes '["allow-objects"]' >/dev/null
	try token_list --name grafana -o tsv -c allow_list --no-header
	is "$out" "user:*"
	listed --allow user:*
	is "$names" "grafana terraform"
}

@test "resource types of a newer server are shown as they come" {
	ctl POST modes '["unknown-type"]' >/dev/null
	try token_list --name from-newer-client -o tsv -c allow_list --no-header
	is "$status" 0
	has "$out" "brand_new_type:"
}

@test "a response with an empty list, or null, shows no tokens" {
	local body
	for body in null '[]' ' [ ] '; do
		fault "$(printf '{"path": "keys/tokens", "status": 200,
			"headers": {"Content-Type": "application/json"}, "body": "%s"}' "$body")"
		try token_list
		is "$status $out $err" "0  No tokens found."
	done
}

@test "a list that breaks off, or is not a list, prints nothing and fails" {
	local body
	for body in '[{\"id\":' '{}' '[1]' 'true' '[] x'; do
		fault "$(printf '{"path": "keys/tokens", "status": 200,
			"headers": {"Content-Type": "application/json"}, "body": "%s"}' "$body")"
		try token_list
		refused 7 "listing tokens: "
	done
}

@test "ten thousand tokens are listed completely" {
	local -a ids=()
	empty
	ctl POST tokens '{"owner": "admin", "name": "bulk-%d", "count": 10000}' >/dev/null
	try token_list
	is "$status" 0
	is "$(wc -l <"$BATS_TEST_TMPDIR/out")" 10001
	LC_ALL=C sort -c <(tail -n +2 "$BATS_TEST_TMPDIR/out")
	try token_list -v ids --name 'bulk-*'
	is "${#ids[@]}" 10000
	try token_list -o json
	is "$(fields_of -- id <"$BATS_TEST_TMPDIR/out" | sort -u | wc -l)" 10000
	listed --name bulk-4711
	is "$names" "bulk-4711"
}

# --------------------------------------------------------------------- usage

@test "operands are refused" {
	try token_list extra
	misused "extra"
	is "$(requests)" ""
}

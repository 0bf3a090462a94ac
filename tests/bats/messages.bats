#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-3.0-or-later
# Messages name where a wrong value came from, and repeat nothing.

load helper
SANDBOX_OPTIONS=(--seed demo)

@test "a wrong value is blamed on the option that gave it" {
	local -a empty=() blank=('') odd=('nonsense')
	local -r fixed=1
	try token_create -n $'a\nb'
	refused_early 2 "token_create: --name: has a line break in it"
	try token_create -u ../me
	refused_early 2 "token_create: --user: '../me' cannot be a user"
	try token_create --lifetime 30
	refused_early 2 "token_create: --lifetime: invalid duration"
	try token_create --lifetime 1ms
	refused_early 2 "token_create: --lifetime: 1ms is under a second"
	try token_create --scope user:read,
	refused_early 2 "token_create: --scope: word 2 of 'user:read,': scope cannot be empty"
	try token_create --scopes-from blank
	refused_early 2 "token_create: --scopes-from: scope cannot be empty"
	try token_create --scopes-from empty
	refused_early 2 "token_create: --scopes-from: empty: the array is empty"
	try token_create --allow nonsense
	refused_early 2 "token_create: --allow: invalid allow_list entry"
	try token_create --allow 'user:*' --allow-from odd
	refused_early 2 "token_create: --allow-from: invalid allow_list entry"
	try token_create --allow-from none
	refused_early 2 "token_create: --allow-from: none: no such array"
	try token_create -v fixed
	refused_early 2 "token_create: --variable: fixed: readonly variable"
	try token_create --scopes-into x --allow-into x
	refused_early 2 "token_create: --allow-into: x: cannot hold two results"
	try token_list --expires-within 1
	refused_early 2 "token_list: --expires-within: invalid duration"
	try token_list --unused-for x
	refused_early 2 "token_list: --unused-for: invalid duration"
	try token_list --timeout x
	refused_early 2 "token_list: --timeout: invalid duration"
	try token_list -c id,nmae
	refused_early 2 "token_list: --column: word 2 of 'id,nmae': nmae: "
	try token_view grafana -A 1x
	refused_early 2 "token_view: --assoc: "
	try token_rm --from none
	refused_early 2 "token_rm: --from: none: no such array"
	try token_create --lifetime 2000h
	refused 2 "token_create: --lifetime: 2000h0m0s exceeds the server's maximum of 168h0m0s"
}

@test "a wrong value of a variable is blamed on the variable" {
	CODER_TOKEN_NAME=' ' try token_create
	refused_early 2 "token_create: CODER_TOKEN_NAME: has only blanks in it"
	CODER_TOKEN_USER=a/b try token_create
	refused_early 2 "token_create: CODER_TOKEN_USER: 'a/b' cannot be a user"
	CODER_TOKEN_LIFETIME=7 try token_create
	refused_early 2 "token_create: CODER_TOKEN_LIFETIME: invalid duration"
	CODER_TOKEN_LIFETIME=2000h try token_create
	refused 2 "token_create: CODER_TOKEN_LIFETIME: 2000h0m0s exceeds the server's maximum"
	# an option that has the same value is the one that is used
	CODER_TOKEN_LIFETIME=7 try token_create --lifetime 7
	refused 2 "token_create: --lifetime: invalid duration"
}

@test "for a scope that does not exist the nearest one is named, and the scope itself once" {
	try token_create -n x --scope workspace:raed
	refused 1 "did you mean 'workspace:read'?"
	is "$(grep -o raed <<<"$err" | wc -l)" 1
	try token_create -n x --scope workspace:raed --dry-run
	refused 1 "did you mean 'workspace:read'?"
	is "$(grep -o raed <<<"$err" | wc -l)" 1
	# the one that the server refused is not the one that is near another
	fault '{"method": "POST", "status": 400, "headers": {"X-Coder-Build-Version": "v2.32.0"}, "body": "{\"message\":\"Failed.\",\"detail\":\"bad scope: zzzzzzzzzzz\"}"}'
	try token_create -n x --scope zzzzzzzzzzz,workspace:raed
	refused 1 "bad scope: zzzzzzzzzzz"
	lacks "$err" "did you mean"
}

@test "a server's message ends with one period, and no message takes the word me for a user's name" {
	fault '{"path": "/tokens", "times": 0, "status": 401, "headers": {"X-Coder-Build-Version": "v2.32.0"},
		"body": "{\"message\":\"No.\",\"detail\":\"The key is invalid.\"}"}'
	try token_list
	refused 4 "No: The key is invalid; "
	try token_create
	refused 4 "longest lifetime of your tokens: "
	lacks "$err" "me's"
	try token_create -u alice
	refused 4 "longest lifetime of tokens of 'alice': "
}

@test "a wrong or unreachable URL is blamed on the option, variable or file that it came from" {
	local url source
	for source in --url CODER_URL "$HOME/.config/coderv2/url"; do
		for url in nonsense http://127.0.0.1:1; do
			unset CODER_URL
			mkdir -p "$HOME/.config/coderv2"
			case $source in
			--url) CODER_URL=$URL try token_list --url "$url" ;;
			CODER_URL) CODER_URL=$url try token_list ;;
			*) printf '%s\n' "$url" >"$source" && try token_list ;;
			esac
			if [[ $url == nonsense ]]; then
				refused 2 "token_list: $source: has no scheme: 'nonsense'"
			else
				refused 7 "; check $source and the network"
			fi
			[[ $source == CODER_URL ]] || lacks "$err" CODER_URL
		done
	done
	CODER_URL=$URL
	fault '{"redirect": "https://elsewhere.example.com/x"}'
	try token_list --url "$URL"
	refused 7 "if that is your deployment, change --url to https://elsewhere.example.com"
}

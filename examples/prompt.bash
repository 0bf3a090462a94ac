#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# prompt.bash - shows in the prompt for how long the session token, or another token, is valid.
#
#   source prompt.bash
#   PROMPT_COMMAND=token_prompt            # or: PROMPT_COMMAND='token_prompt NAME'
#   PS1='${token_prompt}\w\$ '
#
# token_prompt sets the variable token_prompt: to "[token 3d] ", "[NAME 5h] ", "[token expired] ",
# "[token refused] " (because it was deleted, for example), or to nothing if nothing is known, as
# of a login session. It never waits for the network: it reads a file. Every five minutes, and for
# another token or deployment, a process in the background asks the deployment and writes it.
#
# There is a file for each deployment and token, without a secret, which only its owner can read:
# $XDG_RUNTIME_DIR/coder-tokens/prompt-*, or ~/.cache/coder-tokens/prompt-*.
#
#   prompt.bash [NAME]    asks, waits for the response, and prints the text once

# token_prompt_find [NAME] - sets key to the deployment, the token in use and NAME; file to the file for it.
token_prompt_find() {
	local config=${CODER_CONFIG_DIR:-${XDG_CONFIG_HOME:-$HOME/.config}/coderv2}
	local url=${CODER_URL-} token=${CODER_SESSION_TOKEN-}
	[[ $url || ! -f $config/url ]] || read -r url <"$config/url" || :
	[[ $token || ! -f $config/session ]] || read -r token <"$config/session" || :
	[[ $url && $token ]] || return
	printf -v key '%q %q %q' "${url##*@}" "${token%%-*}" "${1-}"
	file=${key//[^0-9A-Za-z-]/_}
	file=${XDG_RUNTIME_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}}/coder-tokens/prompt-${file:0:200}
}

# token_prompt_show [NAME] - sets token_prompt to what the file has, and asked to when it was written.
token_prompt_show() {
	local known='' ends='' left
	asked=0 token_prompt=
	[[ ! -f $file ]] || { IFS= read -r known && read -r asked && read -r ends; } <"$file" || :
	[[ $known == "$key" && $asked =~ ^[1-9][0-9]{0,11}$ ]] || {
		asked=0
		return 0
	}
	if [[ $ends == refused ]]; then
		left=refused
	elif [[ ! $ends =~ ^[1-9][0-9]{0,11}$ ]]; then
		return 0
	elif ((left = ends - EPOCHSECONDS, left <= 0)); then
		left=expired
	elif ((left < 3600)); then
		left=$(((left + 59) / 60))m
	elif ((left < 86400)); then
		left=$((left / 3600))h
	else
		left=$((left / 86400))d
	fi
	token_prompt="[${1:-token} $left] "
}

# token_prompt_ask [NAME] - asks the deployment, and writes the file.
token_prompt_ask() {
	local ends=unknown what=(--self)
	local -A record=()
	[[ ! ${1-} ]] || what=(-- "$1")
	if token_view --timeout 30s -A record "${what[@]}"; then
		((record[ttl] > 9999999999)) || ends=$((EPOCHSECONDS + record[ttl]))
	elif [[ ${TOKEN_ERROR[http]} == 401 ]]; then
		ends=refused
	elif [[ ${TOKEN_ERROR[status]} != [34] ]]; then
		return 0 # no response: what was known still holds
	fi
	umask 077
	mkdir -p -- "${file%/*}" && printf '%s\n' "$key" "$EPOCHSECONDS" "$ends" >"$file.new" && mv -f -- "$file.new" "$file"
}

# token_prompt [NAME] - for PROMPT_COMMAND.
token_prompt() {
	{ local - && set +xe; } 2>/dev/null # a trace would show the token
	local key file asked now=$EPOCHSECONDS last
	token_prompt=
	token_prompt_find "$@" || return 0
	token_prompt_show "$@"
	last=${token_prompt_tried[$key]:-0} # when this shell asked, whatever came of it. Clocks may go back
	if (((now < asked || now - asked >= 300) && (now < last || now - last >= 60))); then
		token_prompt_tried[$key]=$now
		(token_prompt_ask "$@" &) </dev/null &>/dev/null
	fi
}
declare -gA token_prompt_tried=()

[[ $(type -t token_view) == builtin ]] ||
	enable -f "${CODER_TOKENS_SO:-coder_tokens.so}" token_view || return 1 2>/dev/null || exit 1

if [[ ${BASH_SOURCE[0]} == "$0" ]]; then
	[[ ${1-} != --help ]] || {
		sed -nE '/^# prompt/,/^([^#]|$)/s/^# ?//p' "${BASH_SOURCE[0]}"
		exit
	}
	(($# <= 1)) || {
		echo 'usage: prompt.bash [NAME]' >&2
		exit 2
	}
	token_prompt_find "$@" || exit 4
	token_prompt_ask "$@" && token_prompt_show "$@" && printf '%s\n' "$token_prompt"
fi

#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# revoke.bash - ends leaked tokens at once, given the text that they leaked in.
#
#   revoke.bash [-n] [-k] [FILE]
#
#   -n   only prints whose tokens they are and what they may do
#   -k   keeps the records of the tokens for the investigation: expires the tokens
#
# Reads the text from FILE or standard input: a log, a diff, or the token alone. On a terminal
# it asks for the text, and does not show it. Whatever surrounds the tokens does not matter. Each
# is removed with the session token in use, which should be that of an owner of the deployment;
# or else with the leaked token itself. Then the deployment must refuse the leaked token.
#
# The status is 0 if the deployment refuses all tokens of the text, so a second run completes
# what a stopped one began. (It also refuses the tokens of other deployments.) The status is 3
# if there is no token in the text; otherwise, that of the first failure.
#
# Nobody can have a token of others removed by writing its id somewhere: the secret must be right.
set -uo pipefail
enable -f "${CODER_TOKENS_SO:-coder_tokens.so}" token_rm token_view || exit
[[ $(type -t token_rm) == builtin && $(type -t token_view) == builtin ]] || exit

usage() {
	echo 'usage: revoke.bash [-n] [-k] [FILE]' >&2
	exit 2
}

[[ ${1-} != --help ]] || {
	sed -nE '/^# revoke/,/^([^#]|$)/s/^# ?//p' "${BASH_SOURCE[0]}"
	exit
}
dry='' how=--delete
while getopts nk option; do
	case $option in
	n) dry=1 ;;
	k) how=--expire ;;
	*) usage ;;
	esac
done
shift $((OPTIND - 1))
(($# <= 1)) || usage
[[ ${1:--} == - ]] || exec <"$1" || exit 2

# tokens_of - prints what has the shape of a token in standard input, each once.
tokens_of() {
	LC_ALL=C grep -aoE '[0-9A-Za-z]{10}-[0-9A-Za-z]{22}' | LC_ALL=C sort -u
}

# as_leaked COMMAND... - runs it with the leaked token as the session token.
as_leaked() {
	{ local - && set +x; } 2>/dev/null # a trace would show the assignment
	CODER_SESSION_TOKEN=${leaked[i]} "$@"
}

# view - prints what the session token in use may see of the leaked token. This comes before the leaked
# token is tried, which changes the time of its last use.
view() {
	{ local - && set +x; } 2>/dev/null
	token_view "${leaked[i]}" 2>/dev/null
}

# ask - sets state: what the deployment makes of the leaked token.
ask() {
	if as_leaked token_view --self -A record 2>/dev/null; then
		state=accepted
		return
	fi
	case ${TOKEN_ERROR[status]}:${TOKEN_ERROR[http]}:${TOKEN_ERROR[message]}:${TOKEN_ERROR[detail]} in
	3:*:*login\ session*) state=session ;;
	4:401:*not\ active*) state=suspended ;; # its user is; then it works again
	4:401:*:*secret\ is\ invalid*) state=wrong ;;
	4:401:*) state=refused ;;
	3:* | 4:[1-9]*) state=accepted ;; # it may not view itself
	*) state=unknown ;;
	esac
}

# remove - removes the token in one of the two ways. If neither works, it sets problem to their messages.
remove() {
	{ local - && set +x; } 2>/dev/null
	local one=("${leaked[i]}")
	status=1 problem='the removal was reported as done'
	token_rm "$how" --include-self -v removed --from one 2>/dev/null && return
	problem=${TOKEN_ERROR[message]}
	as_leaked token_rm "$how" --include-self -v removed --from one 2>/dev/null && return
	status=$?
	[[ $problem == "${TOKEN_ERROR[message]}" ]] || problem+="; ${TOKEN_ERROR[message]}"
	return "$status"
}

# printable TEXT - prints a text of the server without what acts on a terminal.
printable() {
	local LC_ALL=C text=${1//[$'\x01'-$'\x1f\x7f']/?}
	text=${text//$'\xc2'[$'\x80'-$'\x9f']/?}
	text=${text//$'\xe2\x80'[$'\x8e\x8f\xa8'-$'\xae']/?}
	printf %s "${text//$'\xe2\x81'[$'\xa6'-$'\xa9']/?}"
}

# report STATUS FORMAT [ARGUMENT]... - prints what became of a token: on standard error if that is a failure.
report() {
	local to=2 text
	((first)) || first=$1
	(($1)) || to=1
	# shellcheck disable=SC2059 # the formats are below
	printf -v text "%s: $2" "$id" "${@:3}"
	printf '%s\n' "$(printable "$text")" >&"$to"
}

# read_text - reads it from the terminal, and prints it. What is pasted may have several lines: those that
# are not read here, the calling shell would execute.
read_text() {
	{ local - && set +x; } 2>/dev/null
	local line
	IFS= read -rsp 'Text with the token (it is not shown): ' line || return
	printf '%s\n' "$line"
	while IFS= read -rst 0.2 line; do
		printf '%s\n' "$line"
	done
	echo >&2
}

if [[ -t 0 ]]; then
	mapfile -t leaked < <(read_text | tokens_of)
else
	mapfile -t leaked < <(tokens_of)
fi
((${#leaked[@]})) || {
	echo 'revoke: there is no token in the text' >&2
	exit 3
}

where=${CODER_URL:-the deployment}
where=${where##*@}
first=0
for i in "${!leaked[@]}"; do
	id=${leaked[i]%%-*}
	seen=$(view)
	ask
	case $state in
	refused) report 0 '%s refuses it already: %s' "$where" "${TOKEN_ERROR[detail]:-${TOKEN_ERROR[message]}}" ;;
	wrong) report 0 '%s refuses it: this is not the secret of that token, which stays' "$where" ;;
	unknown) report "${TOKEN_ERROR[status]}" 'nothing is known of it: %s' "${TOKEN_ERROR[message]}" ;;
	session)
		report 1 'it is a login session and not an API token. To end it, suspend its user or change the password'
		;;
	*)
		[[ $seen ]] || seen=$(as_leaked token_view --self 2>/dev/null)
		printf '%s\n' "${seen:-$id: nothing more is known of it}"
		[[ ! $dry ]] || continue
		remove
		ask
		case $state in
		refused) report 0 'it has been revoked: %s refuses it now' "$where" ;;
		unknown) report "${TOKEN_ERROR[status]}" 'it may still be valid: %s' "${TOKEN_ERROR[message]}" ;;
		*) report "$status" 'IT IS STILL VALID, an owner of the deployment can revoke it: %s' "$problem" ;;
		esac
		;;
	esac
done
exit "$first"

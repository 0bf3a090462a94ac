#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# rotate.bash - replaces a token by a new one with the same scopes, allow list and lifetime.
#
#   rotate.bash [OPTION]... NAME FILE
#   rotate.bash [OPTION]... NAME -- COMMAND [ARGUMENT]...
#
#   --user USER             the token is one of USER; only an owner of the deployment may do that
#   --overlap D             the old token stays for this long after the new one was created; a later
#                           run removes it (90m, 1d12h, ...; default: it is removed at once)
#   --if-expires-within D   does nothing while the token is valid for longer than this
#
# The new secret goes to FILE (mode 600, replaced as a whole) or to COMMAND's standard input. The old
# token is removed only after that. The new token is called NAME-<date>, because a name stays in use
# while its token exists.
#
# It may be stopped at any point, and run again. Which token is current is read from FILE; for a
# COMMAND, from a file in ${XDG_STATE_HOME:-~/.local/state}/coder-tokens for each user and NAME. A
# newer token NAME-<date> that was never used was left by a stopped run, and is removed. So use one
# FILE, or one COMMAND on one machine, for each NAME. Runs for one FILE wait for each other.
#
# A token can rotate itself, also the one of `coder login`; FILE is then the CLI's file `session`. For
# that it needs the scope api_key:create, with which it can also create an unrestricted token.
#
# In a script:  source rotate.bash; token_rotate --overlap 1h deploy deploy.token

rotate_say() { # rotate_say FORMAT [ARGUMENT]...
	# shellcheck disable=SC2059 # the formats are below
	printf "rotate: $1\n" "${@:2}" >&2
}

rotate_usage() {
	echo 'usage: rotate.bash [--user USER] [--overlap D] [--if-expires-within D] NAME FILE | NAME -- COMMAND [ARGUMENT]...' >&2
	exit 2
}

# rotate_seconds DURATION - sets seconds: "90m" is 5400.
rotate_seconds() {
	local rest=$1
	local -A units=([s]=1 [m]=60 [h]=3600 [d]=86400 [w]=604800 [y]=31536000)
	seconds=0
	while [[ $rest =~ ^([0-9]{1,9})([smhdwy])(.*)$ ]]; do
		rest=${BASH_REMATCH[3]}
		((seconds += 10#${BASH_REMATCH[1]} * units[${BASH_REMATCH[2]}])) || true
		[[ $rest ]] || return 0
	done
	rotate_say 'invalid duration %q: want a number with a unit, as in 90m or 1d12h' "$1"
	exit 2
}

rotate_arguments() {
	while [[ ${1-} == --?* ]]; do
		case $1 in
		--help)
			sed -nE '/^# rotate/,/^([^#]|$)/s/^# ?//p' "${BASH_SOURCE[0]}"
			exit
			;;
		--user=?*) user=(-u "${1#*=}") ;;
		--overlap=*) rotate_seconds "${1#*=}" && overlap=$seconds ;;
		--if-expires-within=*) rotate_seconds "${1#*=}" && within=$seconds ;;
		--user | --overlap | --if-expires-within)
			(($# >= 2)) || rotate_usage
			set -- "$1=$2" "${@:3}"
			continue
			;;
		*) rotate_usage ;;
		esac
		shift
	done
	base=${1-}
	if [[ ${2-} == -- ]]; then
		[[ ${3-} ]] || rotate_usage
		command=("${@:3}")
		file=${XDG_STATE_HOME:-$HOME/.local/state}/coder-tokens/
		mkdir -p "$file" || exit
	else
		file=${2-}
		(($# == 2)) || rotate_usage
		[[ ! -L $file ]] || file=$(readlink -f -- "$file") || exit
	fi
	[[ $base && $file ]] || rotate_usage
}

# rotate_known - prints the id of the token that was delivered last, if there is one.
rotate_known() {
	local id=
	[[ ! -f $file ]] || read -r -n 10 id <"$file" || true
	echo "$id"
}

# rotate_state - for a COMMAND, sets file to the one for NAME and the user whose tokens were listed.
rotate_state() {
	local name=${base//%/%25}
	[[ ! ${command-} || ! ${ids-} ]] || file=${file%/*}/rotate-${tokens[${ids[0]},user_id]}-${name//\//%2F}
}

# rotate_find - sets current to the id of the token in use, old to those that it replaced, and left
# to those that stopped runs created but did not deliver.
rotate_find() {
	local id family=() known
	token_list "${user[@]}" --include-expired -v ids -A tokens || exit
	rotate_state
	known=$(rotate_known)
	current='' old=() left=()
	for id in "${ids[@]}"; do
		[[ ${tokens[$id,name]} == "$base" || ${tokens[$id,name]} == "$base"-20+([0-9])T+([0-9])-+([0-9]) ]] || continue
		family+=("$id")
		if [[ $id == "$known" || -z $current ]] ||
			[[ $current != "$known" && ${tokens[$id,created_epoch]} -gt ${tokens[$current,created_epoch]} ]]; then
			current=$id
		fi
	done
	[[ $current ]] || {
		rotate_say 'no token is called %q' "$base"
		exit 3
	}
	for id in "${family[@]}"; do
		[[ $id != "$current" ]] || continue
		if ((${tokens[$id,created_epoch]} <= ${tokens[$current,created_epoch]})); then
			old+=("$id")
		elif [[ ${tokens[$id,never_used]} == 1 && ${tokens[$id,name]} != "$base" ]]; then
			left+=("$id")
		fi
	done
}

# rotate_remove ID... - removes tokens, also the one in use: whoever uses that reads FILE again.
rotate_remove() {
	local id
	for id; do
		token_rm --delete --include-self -v removed "$id" || return
	done
}

# rotate_deliver - delivers the new secret. For a COMMAND, the file keeps only the id. It is written
# before the delivery, because nothing may fail after that. The file is created anew, because an
# existing one may be a link, or readable by others.
rotate_deliver() {
	{ local - && set +x -C; } 2>/dev/null # a trace would show the secret
	local kept=$secret
	((${#command[@]} == 0)) || kept=${secret%%-*}
	umask 077
	rm -f -- "$file.new" && printf '%s\n' "$kept" >"$file.new" || return
	((${#command[@]} == 0)) || printf '%s\n' "$secret" | "${command[@]}" || return
	mv -f -- "$file.new" "$file"
}

# rotate_end - at the end of a run, removes a new token that was not delivered: nobody can use it.
rotate_end() {
	[[ $new ]] || return 0
	rotate_remove "$new" || return 0 # the next run removes it
	rotate_say 'the secret could not be delivered; %q stays, and %q has been deleted again' \
		"${tokens[$current,name]}" "$name"
}

# rotate_create - creates the token that replaces the current one.
rotate_create() {
	local -A record=()
	token_view "$current" -A record || return # it sets the arrays that token_create reads
	printf -v name '%s-%(%Y%m%dT%H%M%S)T-%s' "$base" -1 "$RANDOM"
	token_create "${user[@]}" -v secret -n "$name" --lifetime "${record[lifetime_seconds]}s" \
		--scopes-from TOKEN_SCOPES --allow-from TOKEN_ALLOW_LIST || return
	new=${secret%%-*}
}

# It runs in a subshell, so that traps, options and variables of the caller stay as they are.
token_rotate() (
	user=() overlap=0 within='' command=() file='' base='' seconds=0 stopped=''
	current='' old=() left=() new='' name='' secret='' removed=() ids=()
	declare -A tokens=()
	set +e -u
	rotate_arguments "$@"
	shown=$file
	[[ $file == */* ]] || file=./$file

	# of two runs at once, the second does nothing. The directory is locked, so no lock file is left
	((${#command[@]} == 0)) || rotate_find
	known=$(rotate_known)
	exec {lock}<"${file%/*}/" && flock "$lock" || exit
	[[ $known == "$(rotate_known)" ]] || {
		rotate_say '%q has just been rotated by another run' "$base"
		exit 0
	}

	# a signal ends the run only after the current step, whose outcome then counts
	trap 'stopped=129' HUP
	trap 'stopped=130' INT
	trap 'stopped=143' TERM
	trap rotate_end EXIT
	rotate_find
	for id in "${left[@]}"; do
		rotate_remove "$id" || exit
		rotate_say '%q (%s), which a stopped run has left, has been removed' "${tokens[$id,name]}" "$id"
	done
	now=$((${tokens[$current,expires_epoch]} - ${tokens[$current,ttl]})) # by the deployment's clock
	if [[ $current == "$known" ]] && ((now - ${tokens[$current,created_epoch]} >= overlap)); then
		rotate_remove "${old[@]}" || exit
	fi
	if [[ $within ]] && ((${tokens[$current,ttl]} > within)); then
		exit "${stopped:-0}"
	fi

	rotate_create || exit
	[[ ! $stopped ]] || exit "$stopped"
	rotate_deliver || exit "${stopped:-1}"
	new=''
	[[ ! $stopped ]] || exit "$stopped"
	if ((overlap == 0)); then
		rotate_remove "$current" || exit
	fi
	where="is in $(printf %q "$shown")"
	((${#command[@]} == 0)) || where="went to $(printf %q "${command[0]}")"
	printf 'rotated %q (%s) to %q, whose secret %s\n' "${tokens[$current,name]}" "$current" "$name" "$where" >&2
)

for rotate_builtin in token_create token_list token_rm token_view; do
	[[ $(type -t "$rotate_builtin") == builtin ]] ||
		enable -f "${CODER_TOKENS_SO:-coder_tokens.so}" "$rotate_builtin" || return 1 2>/dev/null || exit 1
done
unset rotate_builtin
[[ ${BASH_SOURCE[0]} != "$0" ]] || token_rotate "$@"

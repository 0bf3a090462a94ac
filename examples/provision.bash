#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# provision.bash - gives a service account a token, whose secret goes into a file.
#
#   provision.bash [--lifetime D] (--for GOAL | --scope S | --allow TYPE:ID)... USER NAME FILE
#
# For an owner of the deployment. USER is the service account, and the options are those of
# token_create; the default lifetime is 90d. At least one --for or --scope is needed: without
# one, the token could do everything that USER may do. FILE gets mode 600, and is replaced as a
# whole.
#
# It may be stopped at any point, and run again, also from a timer: if FILE has a valid token of
# USER, nothing happens. A token NAME that was never used and is not in FILE was left by a stopped
# run, and is replaced; so use one FILE for each NAME. One that is in use elsewhere is never touched.
#
# rotate.bash renews the token: rotate.bash --user USER --if-expires-within 14d NAME FILE
set -euo pipefail
enable -f "${CODER_TOKENS_SO:-coder_tokens.so}" token_create token_list token_rm token_view
[[ $(type -t token_create) == builtin && $(type -t token_view) == builtin ]]

usage() {
	echo 'usage: provision.bash [--lifetime D] (--for GOAL | --scope S | --allow TYPE:ID)... USER NAME FILE' >&2
	exit 2
}

say() { # say FORMAT [ARGUMENT]...
	# shellcheck disable=SC2059 # the formats are below
	printf "provision: $1\n" "${@:2}" >&2
}

[[ ${1-} != --help ]] || {
	sed -nE '/^# provision/,/^([^#]|$)/s/^# ?//p' "${BASH_SOURCE[0]}"
	exit
}
lifetime=90d permissions=() narrow=''
while [[ ${1-} == --?* ]]; do
	case $1 in
	--*=*)
		set -- "${1%%=*}" "${1#*=}" "${@:2}"
		continue
		;;
	--lifetime | --for | --scope | --allow) [[ ${2-} ]] || usage ;;
	*) usage ;;
	esac
	case $1 in
	--lifetime) lifetime=$2 ;;
	*) permissions+=("$1" "$2") ;;
	esac
	[[ $1 != --for && $1 != --scope ]] || narrow=1
	shift 2
done
[[ $# == 3 && ${1-} && ${2-} && ${3-} && $narrow ]] || usage
user=$1 name=$2 file=$3 shown=$3
[[ ! -L $file ]] || file=$(readlink -f -- "$file")
[[ $file == */* ]] || file=./$file

# Runs for one directory wait for each other. The directory is locked, so no lock file is left.
exec {lock}<"${file%/*}/"
flock "$lock"

# known - prints the id of the token in FILE, if there is one.
known() {
	local id=
	[[ ! -s $file ]] || read -r -n 11 id <"$file" || true
	[[ ! $id || $id =~ ^[0-9A-Za-z]{10}-$ ]] || {
		say '%q has something else than a token; it stays as it is' "$shown"
		exit 5
	}
	echo "${id%-}"
}

# An id that is in FILE must be that of a token of USER, and never the name of another one.
id=$(known)
declare -A token=() t=() other=()
token_list -u "$user" --include-expired -v ids -A t
if [[ $id && ${t[$id,expired]-} == 0 ]]; then
	say '%q already has a token of %q: %q (%s), until %s' "$shown" "$user" "${t[$id,name]}" "$id" "${t[$id,expires_at]}"
	exit 0
fi
if [[ $id && ! ${t[$id,id]-} ]]; then
	# it is gone, which a response of the deployment must show
	token_view -A other "$id" 2>/dev/null || [[ ${TOKEN_ERROR[http]} == 404 ]] || {
		token_view "$id" >/dev/null || true # for its message
		say '%q stays as it is' "$shown"
		exit 5
	}
	[[ ${other[id]-} != "$id" ]] || {
		say '%q has a token of %q; it stays as it is' "$shown" "${other[owner]:-another user}"
		exit 5
	}
fi
for old in "${ids[@]}"; do
	[[ ${t[$old,name]} == "$name" ]] || continue
	[[ $old == "$id" || ${t[$old,expired]} == 1 || ${t[$old,never_used]} == 1 ]] || {
		say '%q (%s) of %q is in use, and its secret is not in %q' "$name" "$old" "$user" "$shown"
		exit 5
	}
	token_rm -u "$user" --delete -v removed "$old"
	say 'the old token %q (%s) has been removed' "$name" "$old"
done

# deliver - writes the secret. The file is created anew, because an existing one may be a link, or readable
# by others.
deliver() {
	{ local - && set +x -C; } 2>/dev/null # a trace would show the secret
	umask 077
	rm -f -- "$file.new" && printf '%s\n' "$secret" >"$file.new" && mv -f -- "$file.new" "$file" && delivered=1
}

# However this ends, a token whose secret was not delivered is deleted. (If not, the next run does it.)
delivered=''
finish() {
	[[ ${token[id]-} && ! $delivered ]] || return 0
	trap '' INT TERM HUP
	rm -f -- "$file.new" || true
	token_rm -u "$user" --timeout 10s --delete -v removed "${token[id]}" &&
		say 'the secret could not be delivered; %q has been deleted again' "$name"
}
trap finish EXIT
token_create -u "$user" -n "$name" --lifetime "$lifetime" "${permissions[@]}" -v secret -A token
deliver
say '%q (%s) of %q is valid until %s; its secret is in %q' "$name" "${token[id]}" "$user" "${token[expires_at]}" "$shown"

#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# audit.bash - reports who has which tokens, and what may be a risk.
#
#   audit.bash [-o text|markdown|csv] [-b owner|scope|age]
#
#   -o   text (the default) lists the tokens that may be a risk; markdown and csv list
#        all tokens, as tables, with a column for the remarks
#   -b   what the tokens are grouped by: their owners (the default), their scopes (a
#        token appears in the group of each), or how long ago they were created
#
# Sends one request, and changes nothing. An owner of the deployment sees the tokens of
# everybody.
#
# Whoever creates a token chooses its name. So nothing in a name acts on a terminal, is
# markup, or is a formula for the spreadsheet that opens the file.
set -euo pipefail
enable -f "${CODER_TOKENS_SO:-coder_tokens.so}" token_list
[[ $(type -t token_list) == builtin ]]

usage() {
	echo 'usage: audit.bash [-o text|markdown|csv] [-b owner|scope|age]' >&2
	exit 2
}

[[ ${1-} != --help ]] || {
	sed -nE '/^# audit/,/^([^#]|$)/s/^# ?//p' "${BASH_SOURCE[0]}"
	exit
}
format=text by=owner
while getopts o:b: option; do
	case $option${OPTARG-} in
	otext | omarkdown | ocsv) format=$OPTARG ;;
	bowner | bscope | bage) by=$OPTARG ;;
	*) usage ;;
	esac
done
(($# == OPTIND - 1)) || usage

# The columns of tables: those of the array `row`, below.
columns=("$by" id name owner scopes 'allow list' 'created at' 'last used' 'expires at' remarks)
first=0 # no table needs an owner in two columns, or a column that its heading repeats
[[ $format == csv && $by != owner ]] || first=1

# printable TEXT - sets text: without control characters, and without those that change the direction.
printable() {
	local LC_ALL=C
	text=${1//[$'\x01'-$'\x1f\x7f']/?}
	text=${text//$'\xc2'[$'\x80'-$'\x9f']/?}
	text=${text//$'\xd8\x9c'/?}
	text=${text//$'\xe2\x80'[$'\x8e\x8f\xa8'-$'\xae']/?}
	text=${text//$'\xe2\x81'[$'\xa6'-$'\xa9']/?}
}

# markdown TEXT - sets text: with character references for what could be markup, a link or a mention.
markdown() {
	local c reference
	printable "$1"
	text=${text//'&'/'&amp;'}
	text=${text//'#'/'&num;'}
	# shellcheck disable=SC1003 # the first one is a backslash
	for c in '\' '`' '*' '_' '~' '|' '<' '>' '[' ']' '(' ')' '!' '@' '$'; do
		printf -v reference '&#%d;' "'$c"
		text=${text//"$c"/"$reference"}
	done
	text=${text//'://'/'&#58;//'}
	text=${text//'www.'/'www&#46;'}
}

# csv TEXT - sets text: in quotes, and with a ' before what a spreadsheet would evaluate.
csv() {
	printable "$1"
	[[ $text != [=+@-]* ]] || text="'$text"
	text=\"${text//\"/\"\"}\"
}

# add_row - adds the array `row` to its group.
add_row() {
	local cell line='' text
	case $format in
	text)
		[[ ${row[9]} ]] || return 0
		printf -v text '%s %q' "${row[1]}" "${row[2]}"
		[[ $by == owner ]] || text+=" of ${row[3]}"
		printable "$text: ${row[9]}"
		line="  $text"$'\n'
		;;
	markdown)
		for cell in "${row[@]:first}"; do
			markdown "$cell"
			line+="| $text "
		done
		line+=$'|\n'
		;;
	csv)
		for cell in "${row[@]:first}"; do
			csv "$cell"
			line+=,$text
		done
		line=${line#,}$'\r\n'
		;;
	esac
	rows[${row[0]}]+=$line
}

# remark_on ID - sets remarks: what may be a risk.
remark_on() {
	local unused=$(((now - ${t[$1,last_used_epoch]}) / 86400))
	remarks=
	[[ " ${t[$1,scopes]} " != *' coder:all '* ]] || remarks+=', may do everything'
	[[ " ${t[$1,allow_list]} " != *' *:* '* ]] || remarks+=', on every resource'
	if [[ ${t[$1,never_used]} == 1 ]]; then
		remarks+=', never used'
	elif ((unused >= 90)); then
		remarks+=", not used for $unused days"
	fi
	if [[ $expires == never ]]; then
		remarks+=', never expires'
	elif ((${t[$1,ttl]} > 365 * 86400)); then
		remarks+=", valid for $((${t[$1,ttl]} / 86400)) days more"
	fi
	remarks=${remarks#, }
}

# group_of ID - sets groups to the names of the groups that a token belongs to.
group_of() {
	local days=$(((now - ${t[$1,created_epoch]}) / 86400))
	case $by in
	owner) groups=("${t[$1,owner]:-unknown}") ;;
	scope) read -ra groups <<<"${t[$1,scopes]:-none}" ;;
	age)
		groups=('created 0 to 29 days ago')
		((days < 30)) || groups=('created 30 to 89 days ago')
		((days < 90)) || groups=('created 90 to 364 days ago')
		((days < 365)) || groups=('created a year ago or earlier')
		;;
	esac
}

declare -A t=() count=() rows=()
token_list -a -v ids -A t
for id in "${ids[@]}"; do
	now=$EPOCHSECONDS expires=never
	if ((${t[$id,expires_epoch]})); then
		now=$((${t[$id,expires_epoch]} - ${t[$id,ttl]})) # by the deployment's clock
		expires=${t[$id,expires_at]%%[.Z]*}Z
	fi
	used=${t[$id,last_used]%%[.Z]*}Z
	[[ ${t[$id,never_used]} == 0 ]] || used=never
	remark_on "$id"
	group_of "$id"
	for group in "${groups[@]}"; do
		count[$group]=$((${count[$group]-0} + 1))
		row=("$group" "$id" "${t[$id,name]}" "${t[$id,owner]:-unknown}" "${t[$id,scopes]}" "${t[$id,allow_list]}"
			"${t[$id,created_at]%%[.Z]*}Z" "$used" "$expires" "$remarks")
		add_row
	done
done

sorted=()
((${#count[@]} == 0)) || mapfile -d '' -t sorted < <(printf '%s\0' "${!count[@]}" | LC_ALL=C sort -z)
case $format in
text) ((${#ids[@]})) || echo 'no tokens' ;;
markdown) printf '# API tokens by %s\n\n%d token(s) at %(%FT%TZ)T\n' "$by" "${#ids[@]}" -1 ;;
csv)
	printf -v line ',"%s"' "${columns[@]:first}"
	printf '%s\r\n' "${line#,}"
	;;
esac
for group in "${sorted[@]}"; do
	case $format in
	text)
		printable "$group"
		printf '%s: %d token(s)\n' "$text" "${count[$group]}"
		;;
	markdown)
		markdown "$group"
		printf -v line '| %s ' "${columns[@]:first}"
		printf '\n## %s: %d token(s)\n\n%s|\n%s|\n' "$text" "${count[$group]}" "$line" "${line//[a-z ]/-}"
		;;
	esac
	printf %s "${rows[$group]-}"
done

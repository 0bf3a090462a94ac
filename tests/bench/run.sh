#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# run.sh - measures the builtins, and beside each a peer that does the same, and prints one table. Both take
# turns, so that a busy machine affects both. The figures are medians. Fails if a target is missed.
#
#   BUILD=DIR       where the build is, default build
#   RESULTS=FILE    writes the table there, too, with a description of the machine (tests/bench/RESULTS.md)
#   ONLY='GROUP...' only these groups of measures: load call tab assign view list remove
#
# The server is tests/bench/standin.c. With CODER_URL and CODER_SESSION_TOKEN in the environment, what only
# reads a few tokens (call, view) is measured against that deployment instead.

# Scripts for other shells are in single quotes.
# shellcheck disable=SC2016
set -u -o pipefail
cd "$(dirname "$0")/../.." || exit

BUILD=$PWD/${BUILD:-build}
BENCH=$BUILD/bench
export SO=$BUILD/coder_tokens.so LC_ALL=C
COMPLETION=$PWD/completion/coder_tokens.bash
deployment=${CODER_URL-} deployment_token=${CODER_SESSION_TOKEN-}
unset "${!CODER_@}"
export CODER_SESSION_TOKEN=session000-0123456789abcdefghijkl # as standin.c expects it

WORK=$(mktemp -d) || exit
servers=()
clean_up() {
	((${#servers[@]} == 0)) || kill "${servers[@]}" 2>/dev/null
	rm -rf "$WORK"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
export HOME=$WORK CODER_CONFIG_DIR=$WORK WORK BENCH COMPLETION

# shellcheck source=tests/tools/wait.bash
source tests/tools/wait.bash

# serve NAME OPTION... - starts a server unless it runs, and sets the variable NAME to its URL.
serve() {
	[[ ! ${!1-} ]] || return 0
	"$BENCH/standin" --ready "$WORK/$1" "${@:2}" &
	servers+=($!)
	wait_for 30 there "$WORK/$1" || exit
	printf -v "$1" '%s' "$(<"$WORK/$1")"
	export "${1?}"
}

# ---------------------------------------------------------------- measuring

# The samples of a command: microseconds that passed, those of the processor, KiB at the peak, and the
# microseconds that the command itself has measured, if it has measured any.
declare -A wall cpu peak own

# sample NAME COMMAND... - runs a command once. It may write what it has measured to descriptor 3.
sample() {
	local a b c name=$1
	shift
	"$BENCH/measure" "$WORK/sample" "$@" >/dev/null 2>"$WORK/err" 3>"$WORK/own" </dev/null || {
		printf '%s\n' "run.sh: '$name' has failed:" "$(<"$WORK/err")" >&2
		exit 1
	}
	read -r a b c <"$WORK/sample"
	wall[$name]+=" $a" cpu[$name]+=" $b" peak[$name]+=" $c"
	own[$name]+=" $(<"$WORK/own")"
}

# in_turn ROUNDS NAME... - takes ROUNDS samples of each command, in turn. NAME is a function that prints a
# command, one word on each line.
in_turn() {
	local rounds=$1 round name words
	shift
	for name; do unset "wall[$name]" "cpu[$name]" "peak[$name]" "own[$name]"; done
	for ((round = 0; round < rounds; round++)); do
		for name; do
			mapfile -t words < <("$name")
			sample "$name" "${words[@]}"
		done
	done
}

# shell SCRIPT [ARGUMENT]... - prints a command that runs the script in a new shell with the builtins.
shell() {
	printf '%s\n' bash --norc -c "enable -f \"\$SO\" token_create token_list token_view token_rm; ${1//$'\n'/;}" - "${@:2}"
}

# shell_alone SCRIPT [ARGUMENT]... - the same without the builtins.
shell_alone() {
	printf '%s\n' bash --norc -c "${1//$'\n'/;}" - "${@:2}"
}

# timed COMMAND - prints a script that writes to descriptor 3 how long the command takes.
timed() {
	printf '%s' "a=\$EPOCHREALTIME; { $1; } >/dev/null; b=\$EPOCHREALTIME; echo \$((\${b/./} - \${a/./})) >&3"
}

have() {
	command -v "$1" >/dev/null
}

# median SAMPLES - the median of numbers.
median() {
	local sorted
	# shellcheck disable=SC2086 # words
	mapfile -t sorted < <(printf '%s\n' $1 | sort -n)
	echo "${sorted[${#sorted[@]} / 2]}"
}

# ----------------------------------------------------------------- the table

rows=() missed=0

# shown NUMBER UNIT - the number as people read it.
shown() {
	awk -v n="$1" -v unit="$2" 'BEGIN {
		if (unit == "MB")
			printf "%.1f MB", n / 1000 * 1.024
		else
			printf n < 10000 ? "%.2f ms" : n < 100000 ? "%.1f ms" : "%.0f ms", n / 1000
	}'
}

# row WHAT UNIT OURS PEER TARGET - adds a row. OURS and PEER are numbers, PEER is "-" if there is none. TARGET
# is the highest ratio, or a number of MB ("24 MB"), or "-" if the row has no target.
row() {
	local what=$1 unit=$2 ours=$3 peer=$4 target=$5 ratio=- pass
	[[ $peer == - ]] || ratio=$(awk -v a="$ours" -v b="$peer" 'BEGIN { printf "%.2f", b ? a / b : 0 }')
	case $target in
	-) pass=- ;;
	*' MB') pass=$(awk -v a="$ours" -v b="${target% *}" 'BEGIN { print a * 1.024 / 1000 <= b ? "yes" : "NO" }') ;;
	*) pass=$(awk -v a="$ratio" -v b="$target" 'BEGIN { print a <= b ? "yes" : "NO" }') ;;
	esac
	[[ $pass != NO ]] || missed=$((missed + 1))
	ours=$(shown "$ours" "$unit")
	[[ $peer == - ]] || peer=$(shown "$peer" "$unit")
	rows+=("$what|$ours|$peer|$ratio|$target|$pass")
}

# lacking WHAT WHY - a row that could not be measured.
lacking() {
	rows+=("$1|-|-|-|-|$2")
}

table() {
	{
		printf '%s\n' "measure|ours|peer|ratio|target|pass" "${rows[@]}"
	} | awk -F'|' '
		{ for (i = 1; i <= 6; i++) { cell[NR, i] = $i; if (length($i) > width[i]) width[i] = length($i) } }
		END { for (r = 1; r <= NR; r++) {
			line = "|"
			for (i = 1; i <= 6; i++) line = line sprintf(i == 1 || i == 6 ? " %-*s |" : " %*s |", width[i], cell[r, i])
			print line
			if (r == 1) {
				line = "|"
				for (i = 1; i <= 6; i++) { dashes = sprintf("%*s", width[i] + 1, ""); gsub(/ /, "-", dashes)
					line = line (i == 1 || i == 6 ? dashes "-|" : dashes ":|") }
				print line
			}
		} }'
}

# ----------------------------------------------------------------- measures

# Loading the builtins, against a loadable builtin that does nothing.
load_ours() { shell_alone "$(timed 'enable -f "$SO" token_create token_list token_view token_rm')"; }
load_peer() { shell_alone "$(timed 'enable -f "$BENCH/trivial" trivial')"; }
measure_load() {
	in_turn 41 load_ours load_peer
	row 'loading, enable alone' ms "$(median "${own[load_ours]}")" "$(median "${own[load_peer]}")" -
	row 'loading, CPU with its shell' ms "$(median "${cpu[load_ours]}")" "$(median "${cpu[load_peer]}")" 1.30
}

# One call: a script of its own, against the CLI; one of many in a shell, against curl and jq.
PIPE='curl -sf -H "Coder-Session-Token: $CODER_SESSION_TOKEN" "$CODER_URL/api/v2/users/me/keys/tokens" | jq -r'
TSV=".[] | [.id, .token_name, (.scopes | join(\", \")), (.allow_list | join(\", \")), .last_used, .expires_at, .created_at] | @tsv"
once_ours() { shell 'token_list'; }
once_cli() { printf '%s\n' coder tokens ls; }
warm_ours() { shell "token_list -q; $(timed 'token_list')"; }
warm_ids_ours() { shell "token_list -q; $(timed 'token_list -v ids')"; }
warm_sub_ours() { shell "token_list -q; $(timed ': "$(token_list -q)"')"; }
warm_peer() { shell_alone "$(timed "$PIPE '$TSV'")"; }
warm_ids_peer() { shell_alone "$(timed "mapfile -t ids < <($PIPE '.[].id')")"; }
measure_call() {
	local names=(once_ours)
	serve few --tokens 100
	export CODER_URL=$few
	use_deployment
	! have coder || names+=(once_cli)
	in_turn 21 "${names[@]}"
	if have coder; then
		row 'one-shot token_list, time; coder tokens ls' ms "$(median "${wall[once_ours]}")" "$(median "${wall[once_cli]}")" 0.46
		row 'one-shot token_list, CPU; coder tokens ls' ms "$(median "${cpu[once_ours]}")" "$(median "${cpu[once_cli]}")" 0.30
	else
		lacking 'one-shot token_list; coder tokens ls' 'no coder on PATH'
	fi
	have_jq 'a call in a shell; curl, jq' || return
	in_turn 21 warm_ours warm_ids_ours warm_sub_ours warm_peer warm_ids_peer
	row 'token_list in a shell; curl, jq' ms "$(median "${own[warm_ours]}")" "$(median "${own[warm_peer]}")" 0.10
	row 'token_list -v in a shell; curl, jq' ms "$(median "${own[warm_ids_ours]}")" "$(median "${own[warm_ids_peer]}")" 0.10
	row 'token_list -q by substitution; curl, jq' ms "$(median "${own[warm_sub_ours]}")" "$(median "${own[warm_ids_peer]}")" 0.25
}

# have_jq WHAT - whether this peer is installed; otherwise adds a row that reports this.
have_jq() {
	if ! have curl || ! have jq; then
		lacking "$1" 'no curl or no jq on PATH'
		return 1
	fi
}

use_deployment() {
	[[ ! $deployment || ! $deployment_token ]] ||
		export CODER_URL=$deployment CODER_SESSION_TOKEN=$deployment_token
}

# TAB after "token_view pipeline-0", which all of 10,000 names match, once the names are known.
TAB='COMP_LINE="token_view pipeline-0"; COMP_POINT=${#COMP_LINE}'
tab_ours() { shell "source \"\$COMPLETION\"; $TAB; _coder_tokens; ((\${#COMPREPLY[@]} == 10000)) || exit; $(timed _coder_tokens)"; }
tab_peer() { shell_alone "words=\$(<\"\$WORK/names\"); $(timed 'mapfile -t COMPREPLY < <(compgen -W "$words" -- pipeline-0)')"; }
measure_tab() {
	serve ten --tokens 10000
	export CODER_URL=$ten
	printf 'pipeline-%07d\n' {0..9999} >"$WORK/names"
	in_turn 21 tab_ours tab_peer
	row 'TAB with 10,000 tokens, warm; compgen -W' ms "$(median "${own[tab_ours]}")" "$(median "${own[tab_peer]}")" 0.25
}

# -A, against a file of the same assignments.
assign_ours() { shell "token_list -q; $(timed 'token_list -A T')"; }
assign_peer() { shell_alone "declare -A T; $(timed 'source "$WORK/assignments"')"; }
measure_assign() {
	serve ten --tokens 10000
	export CODER_URL=$ten
	bash --norc -c 'enable -f "$SO" token_list; token_list -A T
		for key in "${!T[@]}"; do printf "T[%s]=%q\n" "$key" "${T[$key]}"; done' >"$WORK/assignments" || exit
	in_turn 11 assign_ours assign_peer
	row '-A of 10,000 tokens; the same assignments' ms "$(median "${own[assign_ours]}")" "$(median "${own[assign_peer]}")" 0.25
}

# Views of 100 tokens in one shell, against the same URLs by libcurl alone: on a server that takes a
# millisecond for each, which is less than a deployment takes, and on one that takes no time.
view_ours() { shell "token_view \"\$1\"; shift; $(timed 'for id; do token_view "$id" || exit; done')" "${ids[@]}"; }
view_peer() { printf '%s\n' bash --norc -c '"$BENCH/loop" ${CODER_CLIENT_TLS_CA_FILE:+--cacert "$CODER_CLIENT_TLS_CA_FILE"} <"$WORK/urls" >&3'; }
measure_view() {
	local ids
	if [[ $deployment && $deployment_token ]]; then
		use_deployment
		view_row 'token_view of 100, deployment' 1.10
		return
	fi
	tests/sandbox/certs.sh "$WORK/certs" || exit
	serve few --tokens 100
	serve brief --tokens 100 --delay 1
	serve brief_tls --tokens 100 --delay 1 --cert "$WORK/certs/server.pem" --key "$WORK/certs/server.key"
	export CODER_URL=$brief CODER_CLIENT_TLS_CA_FILE=$WORK/certs/ca.pem
	view_row 'token_view of 100, http' 1.10
	CODER_URL=$brief_tls
	view_row 'token_view of 100, https' 1.10
	CODER_URL=$few
	view_row 'token_view of 100, http, server takes 0 ms' -
	unset CODER_CLIENT_TLS_CA_FILE
}

# view_row WHAT TARGET - measures views, and adds the row.
view_row() {
	local all i
	mapfile -t all < <(bash --norc -c 'enable -f "$SO" token_list; token_list -q')
	((${#all[@]})) || {
		lacking "$1" 'the deployment has no tokens'
		return
	}
	ids=()
	for ((i = 0; i <= 100; i++)); do ids+=("${all[i % ${#all[@]}]}"); done
	printf "$CODER_URL/api/v2/users/me/keys/%s\n" "${ids[@]}" >"$WORK/urls"
	in_turn 15 view_ours view_peer
	row "$1; a libcurl loop" ms "$(median "${own[view_ours]}")" "$(median "${own[view_peer]}")" "$2"
}

# Long lists. What the shell needs for an empty list is subtracted from its peak of memory.
list_q() { shell 'token_list -q'; }
list_v() { shell 'token_list -v ids'; }
list_tsv() { shell 'token_list -o tsv'; }
list_json() { shell 'token_list -o json'; }
list_table() { shell 'token_list -o table'; }
list_5_tsv() { shell 'CODER_URL=$five_hundred; token_list -o tsv'; }
list_0_q() { shell 'CODER_URL=$empty; token_list -q'; }
list_0_v() { shell 'CODER_URL=$empty; token_list -v ids'; }
list_0_tsv() { shell 'CODER_URL=$empty; token_list -o tsv'; }
list_0_json() { shell 'CODER_URL=$empty; token_list -o json'; }
list_0_table() { shell 'CODER_URL=$empty; token_list -o table'; }
list_peer_ids() { shell_alone "$PIPE '.[].id'"; }
list_peer_tsv() { shell_alone "$PIPE '$TSV'"; }
list_peer_json() { shell_alone "$PIPE ."; }
list_peer_v() { shell_alone 'mapfile -t ids <"$WORK/ids"'; }
list_0_peer_v() { shell_alone 'mapfile -t ids </dev/null'; }

# grown NAME - how much more memory NAME takes than with an empty list.
grown() {
	echo $(($(median "${peak[list_$1]}") - $(median "${peak[list_0_$1]}")))
}

measure_list() {
	local what peer limit
	local -A peers=([q]=ids [v]=ids [tsv]=tsv [json]=json [table]=tsv) limits=([q]=0.25 [v]=0.25 [tsv]=0.25 [json]=0.25 [table]=0.30)
	serve empty
	serve hundred --tokens 100000
	export CODER_URL=$hundred
	printf 'tok%07d\n' {0..99999} >"$WORK/ids"
	in_turn 10 list_0_{q,v,tsv,json,table} list_0_peer_v list_peer_v
	have_jq 'lists of 100,000 tokens; curl, jq' || return
	in_turn 10 list_q list_peer_ids list_v list_tsv list_peer_tsv list_table list_json list_peer_json
	for what in q tsv json table; do
		limit='24 MB'
		[[ $what != q ]] || limit='4 MB'
		row "list of 100,000, $what, memory; jq" MB "$(grown "$what")" "$(median "${peak[list_peer_${peers[$what]}]}")" "$limit"
	done
	serve five_hundred --tokens 500000
	in_turn 10 list_5_tsv
	row 'list of 500,000, tsv, memory; 5 times the 100,000' MB $(($(median "${peak[list_5_tsv]}") - $(median "${peak[list_0_tsv]}"))) \
		$(($(grown tsv) * 5)) 1.05
	row "list of 100,000, -v, memory; bash's own array" MB "$(grown v)" "$(grown peer_v)" 2.00
	for what in q v tsv json table; do
		peer=${peers[$what]}
		row "list of 100,000, $what, CPU; curl, jq" ms "$(median "${cpu[list_$what]}")" "$(median "${cpu[list_peer_$peer]}")" "${limits[$what]}"
	done
}

# Removals at a round trip of 20 ms, against the same one after the other.
remove_ours() { shell 'token_rm --delete -v gone "$@"' "${ids[@]}"; }
remove_peer() { shell 'token_rm --delete --jobs 1 -v gone "$@"' "${ids[@]}"; }
measure_remove() {
	local ids
	serve slow --tokens 1000 --delay 20
	export CODER_URL=$slow
	mapfile -t ids < <(printf 'tok%07d\n' {0..99})
	if [[ $(bash --norc -c 'enable -f "$SO" token_rm; token_rm --help') == *--jobs* ]]; then
		in_turn 10 remove_ours remove_peer
		row 'token_rm of 100 at 20 ms; --jobs 1' ms "$(median "${wall[remove_ours]}")" "$(median "${wall[remove_peer]}")" 0.167
	else
		lacking 'token_rm of 100 at 20 ms; --jobs 1' 'token_rm has no --jobs'
	fi
}

# -------------------------------------------------------------- the results

# of FILE KEY - prints the text after "KEY :" in a file of the system.
of() {
	sed -n "s/^$2[[:blank:]]*:[[:blank:]]*//p" "$1" | head -n 1
}

# version COMMAND... - prints the first number with a dot in what the command prints.
version() {
	if have "$1"; then
		"$@" 2>/dev/null | grep -oE '[0-9]+\.[0-9][0-9a-z.]*' | head -n 1
	else
		echo none
	fi
}

results() {
	cat <<-END
		# The speed

		The table of \`make bench RESULTS=tests/bench/RESULTS.md\`, which says in tests/bench/run.sh how each row is
		measured: builtin and peer take turns, and the figures are medians. "Memory" is the peak of the shell above
		that of the same call on an empty list. The server is tests/bench/standin.c, on the same machine.

		| machine | |
		| --- | --- |
		| processor | $(of /proc/cpuinfo 'model name'), $(nproc) cores |
		| memory | $(awk '/^MemTotal/ { printf "%.0f GB", $2 / 1e6 }' /proc/meminfo) |
		| system | $(sed -n 's/^PRETTY_NAME="\(.*\)"/\1/p' /etc/os-release), Linux $(version uname -r | cut -d . -f 1,2) |
		| versions | bash $(version bash --version), libcurl and curl $(version curl --version), jq $(version jq --version), coder $(version coder version) |

	END
	cat "$WORK/table"
}

# ------------------------------------------------------------------------ run

for group in ${ONLY:-load call tab assign view list remove}; do
	echo "measuring: $group" >&2
	"measure_$group"
	export CODER_SESSION_TOKEN=session000-0123456789abcdefghijkl
done
table | tee "$WORK/table"
[[ ! ${RESULTS-} ]] || results >"$RESULTS" || exit
((missed == 0))

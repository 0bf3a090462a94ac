#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# run.sh - measures how long it takes to list the tokens: with the builtin, and with a process for
# each call, which is the `coder` CLI if there is one, else curl and jq. They use the same sandbox and
# take turns, so that a busy machine affects both. The figures are medians. Fails if the builtin is
# slower in comparison than README.md says.
set -u
ROUNDS=${ROUNDS:-41}
tests=$(cd "$(dirname "$0")/.." && pwd) || exit

unset "${!CODER_@}"
export CODER_TOKENS_SO=${tests%/*}/${BUILD:-build}/coder_tokens.so LC_ALL=C
BATS_FILE_TMPDIR=$(mktemp -d) || exit
SANDBOX_PID=
trap '[ -z "$SANDBOX_PID" ] || sandbox_stop; rm -rf "$BATS_FILE_TMPDIR"' EXIT
# shellcheck source=tests/bats/helper.bash
source "$tests/bats/helper.bash"
sandbox_start --seed demo --rate-limit 0 || exit
export CODER_URL=$URL CODER_SESSION_TOKEN=$ADMIN_TOKEN CODER_CONFIG_DIR=$BATS_FILE_TMPDIR
enable -f "$SO" "${BUILTINS[@]}" || exit

if command -v coder >/dev/null; then
	other='coder CLI'
	other_list() { coder tokens list; }
	other_ids() { mapfile -t ids < <(coder tokens list -c id | tail -n +2); }
else
	other='curl | jq'
	fetch() { curl -sf -H "Coder-Session-Token: $CODER_SESSION_TOKEN" "$CODER_URL/api/v2/users/me/keys/tokens"; }
	other_list() { fetch | jq -r '.[] | [.id, .token_name, (.scopes | join(", ")), .expires_at] | @tsv'; }
	other_ids() { mapfile -t ids < <(fetch | jq -r '.[].id'); }
fi
builtin_list() { token_list; }
builtin_substitution() { : "$(token_list -q)"; }
builtin_ids() { token_list -v ids; }

# Appends the microseconds that a function takes to an array.
measure() {
	local -n times=$1
	local begin=$EPOCHREALTIME end
	"$2" >/dev/null || exit
	end=$EPOCHREALTIME
	times+=("$((${end/./} - ${begin/./}))")
}

median() {
	printf '%s\n' "$@" | sort -n | sed -n "$((($# + 1) / 2))p"
}

# compare WHAT BUILTIN OTHER TIMES - how many times as fast the function BUILTIN is as OTHER.
compare() {
	local what=$1 ours=() theirs=() i a b
	"$2" >/dev/null && "$3" >/dev/null || exit # the first call loads libcurl
	for ((i = 0; i < ROUNDS; i++)); do
		measure ours "$2"
		measure theirs "$3"
	done
	a=$(median "${ours[@]}") b=$(median "${theirs[@]}")
	printf '%-22s %7d us  %s %7d us  %d.%d times as fast\n' "$what" "$a" "$other" "$b" \
		$((b / a)) $((b * 10 / a % 10))
	((b / a >= $4)) || {
		echo "README.md says: $4 times"
		slow=1
	}
}

slow=0
compare 'list' builtin_list other_list 10
compare 'ids into an array' builtin_ids other_ids 10
compare 'ids by substitution' builtin_substitution other_ids 4
((slow == 0))

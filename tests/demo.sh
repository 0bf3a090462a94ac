#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# demo.sh [SCRIPT [ARGUMENT]...] - starts a sandbox deployment with some tokens in it and opens a
# shell with the builtins loaded, or runs SCRIPT there and exits with its status. A script loads
# the builtins itself, from $CODER_TOKENS_SO. The sandbox ends with demo.sh.
#
# Without a terminal the shell runs commands from standard input, and demo.sh exits with its status. If
# there are none, it runs the README's first example, which must succeed.
set -u -o pipefail
tests=$(cd "$(dirname "$0")" && pwd) || exit

unset "${!CODER_@}" BASH_ENV
export CODER_TOKENS_SO=${tests%/*}/${BUILD:-build}/coder_tokens.so

# The tests' own helpers start the sandbox, and keep its files here.
BATS_FILE_TMPDIR=$(mktemp -d) || exit
SANDBOX_PID=
trap '[ -z "$SANDBOX_PID" ] || sandbox_stop; rm -rf "$BATS_FILE_TMPDIR"' EXIT
# shellcheck source=tests/bats/helper.bash
source "$tests/bats/helper.bash"
# shellcheck source=tests/bats/tour.bash
source "$tests/bats/tour.bash"
sandbox_start "${TOUR_OPTIONS[@]}" && tour || exit

# What runs in the demo sees no more of the sandbox and of make than it would of a real deployment.
mapfile -t names < <(cut -d = -f 1 "$BATS_FILE_TMPDIR/env")
export -n "${names[@]}" URL SANDBOX_PID BUILD DEPS "${!MAKE@}" MFLAGS

if [ $# -gt 0 ]; then
	CODER_URL=$URL CODER_SESSION_TOKEN=$TOUR_TOKEN bash "$@"
	exit
fi

# The builtins need no exported variables, so programs that are started from the shell do not get them.
export -n CODER_URL
completion=${tests%/*}/completion/coder_tokens.bash
greeting=$BATS_FILE_TMPDIR/greeting
cat >"$greeting" <<-END
	A sandbox deployment listens on $URL. This shell acts there
	as its owner, with the API token 'demo'. All that README.md and docs/ show works here.
	For example:

	  token_list -a -c name,owner,expires_at
	  token_view --self -c id,name,scopes
	  token_create -n mine --lifetime 2h --scope workspace:read,template:read
	  token_rm mine

	TAB completes; 'help token_create' explains; 'exit' ends shell and sandbox.
END
cat >"$BATS_FILE_TMPDIR/rc" <<-END
	enable -f ${CODER_TOKENS_SO@Q} ${BUILTINS[*]}
	CODER_URL='$URL'
	CODER_SESSION_TOKEN='$TOUR_TOKEN'
	unset BASH_ENV HISTFILE
	if [[ \$- == *i* ]]; then
		[ ! -f ${completion@Q} ] || source ${completion@Q}
		PS1='coder-tokens \w\\$ '
		cat ${greeting@Q}
	fi
END
if [ -t 0 ]; then
	bash --rcfile "$BATS_FILE_TMPDIR/rc" -i
	exit 0
fi

export BASH_ENV=$BATS_FILE_TMPDIR/rc
if IFS= read -r -N 1 first; then
	{ printf '%s' "$first" && cat; } | bash
else
	cat "$greeting"
	{
		echo 'set -ev'
		awk '/^```/ { if (block) exit; block = /bash$/; next } block { print }' "${tests%/*}/README.md"
	} | bash
fi

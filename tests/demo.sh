#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# demo.sh [SCRIPT [ARGUMENT]...] - starts a sandbox deployment with some tokens in it and opens a
# shell with the builtins loaded, or runs SCRIPT there and exits with its status. A script loads
# the builtins itself, from $CODER_TOKENS_SO. The sandbox ends with this.
set -u
tests=$(cd "$(dirname "$0")" && pwd) || exit

unset "${!CODER_@}" BASH_ENV
export CODER_TOKENS_SO=${tests%/*}/${BUILD:-build}/coder_tokens.so

# The way the tests start their sandbox; this is where it keeps its files.
BATS_FILE_TMPDIR=$(mktemp -d) || exit
SANDBOX_PID=
trap '[ -z "$SANDBOX_PID" ] || sandbox_stop; rm -rf "$BATS_FILE_TMPDIR"' EXIT
# shellcheck source=tests/bats/helper.bash
source "$tests/bats/helper.bash"
sandbox_start --seed demo || exit

if [ $# -gt 0 ]; then
	CODER_URL=$URL CODER_SESSION_TOKEN=$ADMIN_TOKEN bash "$@"
	exit
fi

# The variables need no export, and so reach no other program that is started from the shell.
export -n CODER_URL
completion=${tests%/*}/completion/coder_tokens.bash
cat >"$BATS_FILE_TMPDIR/rc" <<-END
	enable -f '$CODER_TOKENS_SO' ${BUILTINS[*]}
	CODER_URL='$URL'
	CODER_SESSION_TOKEN='$ADMIN_TOKEN'
	[ ! -f '$completion' ] || source '$completion'
	unset HISTFILE
	PS1='coder-tokens \w\\$ '
	echo 'A sandbox deployment listens on $URL; this shell is signed in as its owner.'
	echo 'Try: token_list -a   token_create -n mine --lifetime 2h --scope workspace:read   token_rm mine'
	echo 'help token_create says more, TAB completes, exit ends the shell and the sandbox.'
END
bash --rcfile "$BATS_FILE_TMPDIR/rc" -i
exit 0

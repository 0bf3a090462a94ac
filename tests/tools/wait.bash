# SPDX-License-Identifier: GPL-3.0-or-later
# wait.bash - how tests, and the scripts that they run, wait for an event.

# wait_for SECONDS COMMAND... - waits until the command succeeds. Fails if it has not succeeded within
# that time, which is only a limit for busy machines: no test measures anything with it.
wait_for() {
	local end=$((${EPOCHREALTIME/[.,]/} + $1 * 1000000))
	until "${@:2}"; do
		((${EPOCHREALTIME/[.,]/} < end)) || return
		sleep 0.02 # between two checks
	done
}

# there FILE - it exists and is not empty.
there() {
	[[ -s $1 ]]
}

# ended PID... - none of these processes runs any more; one that nobody has waited for has ended, too.
ended() {
	local pid
	for pid; do
		[[ ! -e /proc/$pid/exe ]] || return
	done
}

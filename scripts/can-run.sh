#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# can-run.sh SET - checks that the programs of a set of packaging/dependencies are new enough. Programs
# that are not there are no fault: not every test needs all of them.
set -u
# shellcheck source=scripts/dependencies.bash
source "${0%/*}/dependencies.bash"

old=0
while IFS=';' read -r _ what at_least program _; do
	read -r what <<<"$what"
	read -r at_least <<<"$at_least"
	read -r program <<<"$program"
	if [[ ! $at_least ]] || ! command -v "$program" >/dev/null; then continue; fi
	version=$("$program" --version 2>&1)
	[[ $version =~ [0-9]+(\.[0-9]+)+ ]] || BASH_REMATCH=(0)
	! older "${BASH_REMATCH[0]}" "$at_least" || {
		echo "can-run.sh: $what, at least $at_least: '$program' is of ${BASH_REMATCH[0]}" >&2
		old=1
	}
done < <(rows "$1")
exit "$old"

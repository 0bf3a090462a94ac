# SPDX-License-Identifier: GPL-3.0-or-later
#
# dependencies.bash - reads packaging/dependencies. Sourced. It starts no program, because it is used to
# find out what is missing.

# rows SET - prints the rows of a set of dependencies.
rows() {
	local row
	while IFS= read -r row; do
		[[ $row != "$1;"* ]] || printf '%s\n' "$row"
	done <"${BASH_SOURCE[0]%/*}/../packaging/dependencies"
}

# older VERSION MINIMUM - whether a version, of up to three numbers, is older than another.
older() {
	local -a is at_least
	local i
	IFS=. read -ra is <<<"$1"
	IFS=. read -ra at_least <<<"$2"
	for i in 0 1 2; do
		((10#${is[i]:-0} == 10#${at_least[i]:-0})) || return $((10#${is[i]:-0} > 10#${at_least[i]:-0}))
	done
	return 1
}

# SPDX-License-Identifier: GPL-3.0-or-later
# mirror.bash - finds out where this machine's own Debian packages come from. Sourced.

# mirror - prints the URL of the Debian archive that apt is set up to use; fails if there is none.
# apt reads its configuration itself, in whatever form it has. It knows the origin of an archive only
# after it has fetched its lists.
mirror() {
	local try url
	for try in as-is updated; do
		[[ $try == as-is ]] || apt-get -q update </dev/null >&2 || return
		# shellcheck disable=SC2016 # apt's variables
		url=$(apt-get indextargets --format '$(ORIGIN) $(LABEL) $(REPO_URI)' |
			awk '$1 == "Debian" && $2 == "Debian" { print $3; exit }')
		[[ -z $url ]] || break
	done
	[[ $url ]] && printf '%s\n' "$url"
}

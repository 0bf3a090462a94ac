#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# distros.sh [RELEASE...] - tries the tree on releases of Debian, each from a bare machine: bookworm,
# trixie, sid, and i386 (the newest release that has that architecture). In a chroot that holds apt
# and make it runs `make GOAL` for each goal, on a clean copy of the tree, without a terminal and
# without the caller's environment. Ends with "N passed, N failed" over all.
#
#   GOALS='demo test lint'   the goals, in this order; a goal may have variables: 'test:T=unit'
#   LANES=2                  the number of releases at a time
#   LANDED=COMMIT            the commit that sid is compared with, see below
#
# The chroots come from the archive that this machine's apt uses, and apt has the same settings there:
# options of Acquire, proxies, certificates, keys and credentials. They are kept for a week in
# ${XDG_CACHE_HOME:-~/.cache}/coder-tokens/distros, with the packages that were downloaded. Each run
# unpacks them again, in name spaces of its own, so nothing stays mounted or running. Needs root.
#
# The copy contains what git tracks, with the changes in this directory. Logs are in build/distros.
#
# Sid changes. A test that fails there is tried again, in the same chroot, on the last commit that has
# landed; if it fails there, too, it is reported as known and counts as skipped. The last landed commit
# is the newest one that is six hours older than HEAD, because all commits of a submission are made
# within less time. LANDED=COMMIT names another. If there is none, all failures count.
set -u -o pipefail
cd "$(dirname "$0")/.." || exit
# shellcheck source=tests/tools/mirror.bash
source tests/tools/mirror.bash

OUT=$PWD/build/distros
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/coder-tokens/distros
GOALS=${GOALS:-demo test lint}
DAYS=7       # days for which a base is used
LIMIT=3600   # seconds for a goal
SUBMIT=21600 # seconds within which all commits of a submission are made
TREE=/root/coder-tokens

die() {
	printf 'distros.sh: %s\n' "$*" >&2
	exit 1
}

# say LINE... - prints them in one piece, because another release may report at the same time.
say() {
	printf "$RELEASE: %s\n" "$@" | flock "$OUT/print.lock" cat
}

# --------------------------------------------------------------- bare machines

# apt_options [DIRECTORY] - prints apt's options for the network, as they are here, or for a chroot in
# DIRECTORY, to which it copies the files that they name.
apt_options() {
	local name value certificates=/etc/ssl/certs/ca-certificates.crt
	while read -r name value; do
		[[ $value && $name != *:: ]] || continue
		if [[ $name =~ ::(CAInfo|SslCert|SslKey|CrlFile)$ && -f $value ]]; then
			value=$(copy_file "$value" "$@") || return
		fi
		printf '%s "%s";\n' "$name" "$value"
	done < <(apt-config dump --format '%F %v%n' Acquire |
		grep -vE '::(IndexTargets|Changelogs|Languages|CompressionTypes|GzipIndexes|cdrom)|Auto-?Detect')
	# What apt would take from the environment and from the system, which a chroot does not see.
	for name in http https; do
		value=${name}_proxy
		[[ ! ${!value-} ]] || printf 'Acquire::%s::Proxy "%s";\n' "$name" "${!value}"
	done
	if [[ -f $certificates && ! $(apt-config dump --format '%v' Acquire::https::CAInfo) ]]; then
		value=$(copy_file "$certificates" "$@") || return
		printf 'Acquire::https::CAInfo "%s";\n' "$value"
	fi
}

# copy_file FILE [DIRECTORY] - copies it to the chroot in DIRECTORY, if one is given, and prints its name
# there.
copy_file() {
	local name=$1
	if (($# == 2)); then
		name=/etc/apt/host/${1##*/}
		mkdir -p "$2/etc/apt/host" && cp "$1" "$2$name" || return
	fi
	printf '%s\n' "$name"
}

# bounded SECONDS COMMAND... - runs a command that ends, with everything that it started, after that time
# or with this shell. It has name spaces of its own, so what it mounts and starts ends with it.
# (It runs in the background, so that a trap need not wait; --default-signal, because ^C is ignored there.)
bounded() {
	env --default-signal setpriv --pdeathsig KILL timeout --foreground -s KILL "$1" setpriv --pdeathsig KILL \
		unshare --mount --propagation private --pid --fork --kill-child --mount-proc "${@:2}" </dev/null &
	JOB=$!
	wait "$JOB"
	set -- $?
	JOB= # its id may be another process's from now on
	return "$1"
}

# make_base SUITE ARCHITECTURE - creates the chroot's archive, $BASE.tar, unless there is one that is
# new enough. The packages in $BASE.debs, which save downloads, have the same age.
make_base() {
	local url
	BASE=$CACHE/$1-$2
	exec {lock}>"$BASE.lock" && flock "$lock" || return
	[[ ! $(find "$BASE.tar" -mtime "-$DAYS" 2>/dev/null) ]] || return 0
	rm -rf --one-file-system "$BASE".{tar,debs,new,tmp} && mkdir "$BASE.tmp" || return
	url=$(mirror) || {
		echo "apt names no Debian archive here"
		return 1
	}
	apt_options >"$BASE.conf" || return
	# shellcheck disable=SC2016 # mmdebstrap's argument
	TMPDIR=$BASE.tmp bounded 1800 mmdebstrap --mode=root --format=directory --variant=apt --include=make \
		--architectures="$2" --aptopt="$BASE.conf" --dpkgopt=force-unsafe-io --setup-hook='
			cd /etc/apt && for f in auth.conf auth.conf.d keyrings trusted.gpg.d; do
				[ ! -e "$f" ] || cp -r "$f" "$1/etc/apt/" || exit
			done' \
		"$1" "$BASE.new" "$url" &&
		apt_options "$BASE.new" >"$BASE.new/etc/apt/apt.conf.d/99mmdebstrap" &&
		tar -C "$BASE.new" -cf "$BASE.tar.new" . && mv "$BASE.tar.new" "$BASE.tar" &&
		mkdir "$BASE.debs" && rm -rf --one-file-system "$BASE".{new,tmp}
}

# unpack - unpacks $BASE to $ROOT, and copies the tree there.
unpack() {
	tar -C "$ROOT" -xpf "$BASE.tar" &&
		rm -f "$ROOT/etc/resolv.conf" && install -m 644 /etc/resolv.conf /etc/hosts "$ROOT/etc/" &&
		cp -al "$BASE.debs/." "$ROOT/var/cache/apt/archives/" &&
		mkdir "$ROOT$TREE" && tar -C "$ROOT$TREE" -xf "$TARBALL"
}

# inside SECONDS DIRECTORY COMMAND... - runs the command in $ROOT.
inside() {
	local limit=$1
	shift
	# shellcheck disable=SC2016 # the inner shells' arguments
	bounded "$limit" bash -c '
		root=$1
		shift
		# tests mount, too, for which the root must be a mount of its own
		mount --bind "$root" "$root" &&
			mount -t proc proc "$root/proc" && mount -t sysfs -o ro sys "$root/sys" &&
			mount --rbind /dev "$root/dev" && mount -t tmpfs tmpfs "$root/dev/shm" &&
			mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts" || exit
		exec env -i HOME=/root LANG=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
			chroot "$root" sh -c '\''cd "$1" && shift && exec "$@"'\'' - "$@"
	' - "$ROOT" "$@"
}

# ---------------------------------------------------------------------- results

# last_line LOG - prints the line with a goal's counts, at its end.
last_line() {
	grep -aE '^[0-9]+ passed, [0-9]+ failed(, [0-9]+ skipped)?$' "$1" | tail -n 1
}

# result LOG STATUS - sets passed, failed and skipped to a goal's counts. A goal without counts has
# passed, or failed, as a whole.
result() {
	passed=0 failed=0 skipped=0
	[[ ! $(last_line "$1") =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed(,\ ([0-9]+))? ]] ||
		passed=${BASH_REMATCH[1]} failed=${BASH_REMATCH[2]} skipped=${BASH_REMATCH[4]:-0}
	if (($2 == 0 && passed + failed + skipped == 0)); then
		passed=1
	elif (($2 != 0 && failed == 0)); then
		failed=1
	fi
}

# failures LOG - prints what failed in a goal that has not passed.
failures() {
	grep -aE '^(failed: |not ok - )' "$1" && return
	[[ $(last_line "$1") ]] || echo 'failed: it came to no end'
}

# details LOG - prints what the log says about its failed tests, at most 200 lines.
details() {
	awk '/^not ok /, /^ *[0-9]+ passed/' "$1" | head -n 200
}

# compare LOG GOAL... - sets known to those failures in the log that the last landed commit has, too.
compare() {
	local landed=$TREE.landed file files output=$OUT/$RELEASE-landed.log status=0
	known=()
	[[ $LANDED ]] || return
	if [[ ! -d $ROOT$landed ]]; then
		mkdir "$ROOT$landed" && git archive "$LANDED" | tar -C "$ROOT$landed" -x || return
	fi
	mapfile -t files < <(failures "$1" | sed -n 's|^failed: \(tests/[^:]*\): .*|\1|p' | sort -u)
	((${#files[@]})) || files=('')
	: >"$output"
	for file in "${files[@]}"; do
		inside "$LIMIT" "$landed" make "${@:2}" ${file:+"T=$file"} >>"$output" 2>&1 || status=1
	done
	((status == 0)) ||
		mapfile -t known < <(comm -12 <(failures "$1" | sort -u) <(failures "$output" | sort -u))
}

# try_goal GOAL[:NAME=VALUE]... - runs it, reports it, and adds its counts to the totals.
try_goal() {
	local words log status begin=$SECONDS line lines=() known=()
	IFS=: read -ra words <<<"$1"
	log=$OUT/$RELEASE-${words[0]}.log
	inside "$LIMIT" "$TREE" make "${words[@]}" >"$log" 2>&1
	status=$?
	result "$log" "$status"
	if ((failed > 0)); then
		mapfile -t lines < <(failures "$log")
		[[ ${lines-} != *'no end' ]] || mapfile -t -O 1 lines < <(tail -n 20 "$log")
		[[ $SUITE != sid ]] || compare "$log" "${words[@]}"
		((failed -= ${#known[@]}, skipped += ${#known[@]}))
		lines+=("${known[@]/#/known, as ${LANDED:0:10} shows it, too: }")
	fi
	line="make ${words[*]}: $passed passed, $failed failed"
	((skipped == 0)) || line+=", $skipped skipped"
	say "$line ($((SECONDS - begin)) s, ${log#"$PWD/"})" "${lines[@]}"
	((failed == 0)) || details "$log" | while IFS= read -r line; do say "  $line"; done
	((total_passed += passed, total_failed += failed, total_skipped += skipped))
}

# Removes everything of a run, however it ended.
# shellcheck disable=SC2317,SC2329 # a trap calls it
clean_up() {
	[[ ! ${JOB-} ]] || kill -KILL "$JOB" 2>/dev/null
	wait
	[[ ! ${ROOT-} ]] || rm -rf --one-file-system "$ROOT"
}

# one RELEASE - runs all goals on it; writes its totals to $OUT/RELEASE.result.
one() {
	local suites=("$1") arch goal passed failed skipped total_passed=0 total_failed=0 total_skipped=0
	RELEASE=$1
	arch=$(dpkg --print-architecture) || exit
	[[ $1 != i386 ]] || suites=(sid trixie bookworm) arch=i386
	trap clean_up EXIT
	trap 'exit 143' TERM INT HUP
	for SUITE in "${suites[@]}"; do
		make_base "$SUITE" "$arch" >"$OUT/$1-base.log" 2>&1 && break
		mapfile -t lines < <(tail -n 5 "$OUT/$1-base.log")
		say "no chroot of $SUITE for $arch can be made:" "${lines[@]}"
		SUITE=
	done
	[[ $SUITE ]] && ROOT=$(mktemp -d "$CACHE/run.$$.XXXXXX") && unpack || exit
	[[ $SUITE == "$1" ]] || say "this is $SUITE"
	for goal in $GOALS; do try_goal "$goal"; done
	find "$ROOT/var/cache/apt/archives" -maxdepth 1 -name '*.deb' -exec cp -ln -t "$BASE.debs" {} +
	echo "$total_passed $total_failed $total_skipped" >"$OUT/$1.result"
}

# what_is_tried - writes the tree as git tracks it to $TARBALL, and prints which commit it is.
what_is_tried() {
	local commit
	git update-index -q --refresh # in a copy of a checkout every file seems changed
	# a commit of the changes, which is on no branch; git needs a name for its author
	commit=$(git -c user.name=nobody -c user.email=nobody stash create) && git archive --format=tar -o "$TARBALL" "${commit:-HEAD}" || return
	echo "tree: $(git log -1 --format='%h %s' HEAD)${commit:+, with what has changed here since}"
}

# all [RELEASE...] - tries the releases, $LANES at a time, and prints the totals.
all() {
	local releases=("$@") release root tool pid p f s passed=0 failed=0 skipped=0
	((${#releases[@]})) || releases=(bookworm trixie sid i386)
	for release in "${releases[@]}"; do
		[[ $release =~ ^[a-z0-9]+$ ]] || die "no release of Debian is called '$release'"
	done
	[[ $(id -u) == 0 ]] || die 'needs root: it mounts, and changes the root directory'
	for tool in git mmdebstrap arch-test apt-get dpkg unshare setpriv; do
		command -v "$tool" >/dev/null || die "needs $tool"
	done
	git rev-parse HEAD >/dev/null || die 'needs a git checkout: what git tracks is what is tried'
	mkdir -p "$OUT" "$CACHE" && chmod 700 "$CACHE" || exit
	for release in "${releases[@]}"; do rm -f "$OUT/$release"[-.]*; done
	for root in "$CACHE"/run.*; do # of runs that were killed
		pid=${root##*/run.} pid=${pid%%.*}
		[[ -d /proc/$pid || ! -d $root ]] || rm -rf --one-file-system "$root"
	done
	TARBALL=$(mktemp "$OUT/tree.XXXXXX") || exit
	trap 'rm -f "$TARBALL"' EXIT
	what_is_tried || die "git gives no copy of the tree"
	LANDED=${LANDED-$(git rev-list -1 --min-age=$(($(git log -1 --format=%ct HEAD) - SUBMIT)) HEAD)}
	export LANDED GOALS TARBALL

	trap 'exit 143' TERM INT HUP
	for release in "${releases[@]}"; do
		while (($(jobs -pr | wc -l) >= ${LANES:-2})); do wait -n; done
		setpriv --pdeathsig TERM "$0" --one "$release" &
	done
	wait
	for release in "${releases[@]}"; do
		p=0 f=1 s=0 # for a release that came to no end
		[[ ! -e $OUT/$release.result ]] || read -r p f s <"$OUT/$release.result"
		((passed += p, failed += f, skipped += s))
	done
	printf '%d passed, %d failed' "$passed" "$failed"
	((skipped == 0)) || printf ', %d skipped' "$skipped"
	echo
	((failed == 0))
}

umask 022
if [[ ${1-} == --one ]]; then one "$2"; else all "$@"; fi
exit

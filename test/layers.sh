#!/bin/sh
# Borders that the compiler does not hold: who may include what, and the shape
# of the code.
. "${top_srcdir:-.}/test/lib/lib.sh"
cd "$top_srcdir" || exit 1

# nowhere NAME REGEX PATH...: no line of these files matches, which are there.
nowhere()
{
	name=$1 regex=$2
	shift 2
	is "$name" "$(grep -rnE --include='*.[ch]' -e "$regex" "$@" 2>&1)" ""
}

all_but()
{
	find core doc tui screens console cli terminal include -name '*.[ch]' | grep -vE "$1"
}

# shellcheck disable=SC2046 # file names without blanks
{
	nowhere "libnl stays in core/kernel" '#include <(netlink|libnl)' \
	    $(all_but '^core/kernel/net|^include/core/kernel/net_parts.h')
	nowhere "libnftables stays in core/plan/fw.c" '#include <nftables' \
	    $(all_but '^core/plan/fw.c')
	# net_mark, which the ruleset calls, only computes.
	nowhere "planning asks no kernel" '(^|[^a-z_])(net|fw)_[a-z_]+\(' \
	    $(find core/plan -name '*.c' | grep -vE '/(fw|.*_run|ruleset)\.c')
	nowhere "curses and readline stay in tui" \
	    '#include <(n?curses|editline|readline)' \
	    $(all_but '^tui/')
	nowhere "no header of ours includes theirs" \
	    '#include <(netlink|nftables|n?curses|readline|jansson)' \
	    $(find include -name '*.h' | grep -v net_parts.h)
	nowhere "core knows no tui, no screens, no console" \
	    '#include "(tui|screens|console|cli)/' core include/core
	nowhere "screens know no console" '#include "(console|cli)/' \
	    screens include/screens tui include/tui
	nowhere "the console knows no command line" '#include "cli/' \
	    console include/console
	nowhere "tui includes nothing of core but the base" \
	    '#include "core/([^b]|b[^a])' tui include/tui
	above=
	for floor in command setup show commit lab state reach plan lang kernel base
	do
		nowhere "core/$floor does not reach up" \
		    "#include \"core/(${above:-none})/" \
		    core/$floor include/core/$floor
		above=${above:+$above|}$floor
	done
	nowhere "what may have no memory ends at END_OF" \
	    '(< [a-z]+(->|\.)[a-mo-z][.a-z]*|end = [a-z]+) \+ [^;]*(->|\.)n' \
	    core doc tui screens console cli terminal test
	nowhere "nothing is left for later" '(^|[^A-Z])(TODO|FIXME|XXX)([^A-Z]|$)' \
	    core doc tui screens console cli terminal include
}
# Or shares that of its family.
is "each source has its header" "$(find core tui screens console cli \
    -name '*.c' ! -name main.c | while read -r f; do
	family=${f##*/}
	family=${f%/*}/${family%%_*}
	[ -e "include/${f%.c}.h" ] || [ -e "include/${family}_parts.h" ] ||
	    [ -e "include/${family}_internal.h" ] || echo "$f"
done)" ""
# The globs of a header that begins with "... for GLOB, GLOB and GLOB only."
readers_of()
{
	sed -n '1,/\*\//{ s/^ \* //; p; }' "$1" | tr '\n' ' ' |
	    sed -n 's/.* for \([a-z]*\/.*\) only[., ].*/\1/p' |
	    tr -s ', ' '\n' | grep /
}

# strangers_to HEADER GLOB...: who includes it and is none of these.
strangers_to()
{
	header=$1
	shift
	for f in $(grep -rlF "#include \"${header#include/}\"" core tui screens \
	    console cli terminal doc test fuzz include); do
		for glob
		do
			# shellcheck disable=SC2254 # a pattern
			case $f in $glob) continue 2 ;; esac
		done
		echo "$f includes $header"
	done
}

ok "some headers are for some" [ -n "$(
    readers_of include/core/kernel/net_parts.h)" ]
set -f
is "a header for some is included by them only" "$(
    find include -name '*.h' | while read -r h; do
	globs=$(readers_of "$h")
	# shellcheck disable=SC2086 # a word for each
	[ -z "$globs" ] || strangers_to "$h" $globs
    done)" ""
set +f
is "each screen is in the tables of the console" "$(
    sed -n 's/^extern const struct view_ops \(screen_[a-z]*\);/\1/p' \
	include/screens/*.h | while read -r screen; do
	grep -q "&$screen,$" console/tabs.c || echo "$screen"
    done)" ""
is "each script is among the tests" "$(for f in $(grep -l '^#!' test/*.sh); do
	sed -n '/^SCRIPT_TESTS = /,/[^\\]$/p' Makefile.am |
	    grep -qE "^	$f( |$)" || echo "$f"
done)" ""
is "no file is over 800 lines" "$(find core doc tui screens console cli terminal \
    -name '*.c' -exec wc -l {} + | awk '$2 != "total" && $1 > 800')" ""
is "no line is over 80 columns" "$(find core doc tui screens console cli terminal include \
    -name '*.[ch]' | while read -r f; do
	expand "$f" | LC_ALL=C.UTF-8 grep -nE '^.{81}' | sed "s|^|$f:|"
done)" ""

done_testing

#!/bin/sh
# Every screen and form of the console, in every size, in UTF-8 and in ASCII:
# keys in, text out. --update writes what is expected anew: read it.
. "${top_srcdir:-.}/test/lib.sh"
. "$top_srcdir/test/tmux.sh"
in_lab "$@"
start_terminal

update=
[ "${1-}" != --update ] || update=yes
expected=$top_srcdir/test/screens
sizes="80x24 132x50 40x10 20x4"

# ---- the host: silent, so that all rates are 0

hush()
{
	for node in /run/netns/*; do
		nsenter --net="$node" sh -c '
		for f in /proc/sys/net/ipv6/conf/*/router_solicitations; do
			echo 0 >"$f"
		done'
	done
	for f in /proc/sys/net/ipv6/conf/*/router_solicitations; do
		echo 0 >"$f"
	done
}

# Nothing was sent for as long as the reports of multicast groups may take.
is_silent()
{
	cat /sys/class/net/*/statistics/[rt]x_packets >"$tmp/packets"
	if cmp -s "$tmp/packets" "$tmp/before"; then
		silent=$((silent + 1))
	else
		silent=0
		cp "$tmp/packets" "$tmp/before"
	fi
	[ "$silent" -ge 30 ]
}

# The address that comes of a MAC is as long as chance has it.
link_local=$(ip -br -6 addr show dev lxcbr0 scope link | awk '{ print $3 }')
ip addr del "$link_local" dev lxcbr0
ip addr add fe80::5eff:fe00:5301/64 dev lxcbr0 nodad

hush
silent=0
wait_for is_silent || diag "the lab is not silent"

# ---- what is expected: test/screens/NAME.txt, a part for each size

# part SIZE FILE
part()
{
	awk -v head="== $1" '
	    /^== [0-9]+x[0-9]+$/ { on = $0 == head; next }
	    on' "$2"
}

# The signs of UTF-8 and their twins.
in_ascii()
{
	LC_ALL=C.UTF-8 sed -e 'y/▁▂▃▄▅▆▇█├─│└/__.--==#|-|`/' \
	    -e 's/[▏▎▍▌▋▊▉]//g'
}

# As wait_for, but what is waited for is one paint.
patience=500
soon()
{
	tries=$patience
	until "$@"; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || return 1
		sleep 0.01
	done
}

is_expected()
{
	screen >"$tmp/now"
	cmp -s "$tmp/now" "$tmp/want"
}

is_still()
{
	screen >"$tmp/one"
	sleep 0.3
	screen | cmp -s - "$tmp/one"
}

# compare NAME SIZE [HOW]
compare()
{
	part "$2" "$expected/$1.txt" | $charset >"$tmp/want"
	if soon is_expected; then
		pass "$1 $2$with${3-}"
	else
		fail "$1 $2$with${3-}" "$(diff "$tmp/want" "$tmp/now")"
		patience=50
	fi
}

write()
{
	soon is_still
	{
		echo "== $2"
		screen
	} >>"$tmp/$1.txt"
}

# view NAME ESCAPES KEY...: the keys lead to it, as many Escs back.
view()
{
	name=$1 escapes=$2
	shift 2
	[ $# -eq 0 ] || keys "$@"
	for size in $sizes; do
		resize "${size%x*}" "${size#*x}"
		if [ -n "$update" ]; then
			write "$name" "$size"
		else
			compare "$name" "$size"
		fi
	done
	resize 80 24
	if [ -n "$update" ]; then
		mv "$tmp/$name.txt" "$expected/$name.txt"
		soon is_still
	else
		compare "$name" 80x24 ", and back"
	fi
	while [ "$escapes" -gt 0 ]; do
		escapes=$((escapes - 1))
		screen >"$tmp/one"
		keys Escape
		soon is_other
	done
}

is_other()
{
	! screen | cmp -s - "$tmp/one"
}

# ---- the views

tabs="dashboard bridges containers forwards policies connections changes"

tour()
{
	tab=0
	for name in $tabs; do
		tab=$((tab + 1))
		view "$name" 0 $tab
	done
}

for charset in cat in_ascii; do
	case $charset in
	cat) with='' && console 80 24 ;;
	*) with=" in ASCII" && console 80 24 vt100 C ;;
	esac
	tour
	keys q
	see "it leaves$with" '^status 0$'
	update=
done
charset=cat with=

# A screen that was resized is the same as one that began so.
for size in $sizes; do
	console "${size%x*}" "${size#*x}"
	tab=0
	for name in $tabs; do
		tab=$((tab + 1))
		keys $tab
		compare "$name" "$size" ", fresh"
	done
	keys q
done

done_testing

#!/bin/sh
# Every screen and form of the console, in every size, in UTF-8 and in ASCII:
# keys in, text out. --update writes what is expected anew: read it.
. "${top_srcdir:-.}/test/lib/lib.sh"
. "$top_srcdir/test/lib/tmux.sh"
in_lab "$@"
start_terminal

update=
[ "${1-}" != --update ] || update=yes
expected=$top_srcdir/test/screens

# ---- the host: silent, so that all rates are 0

quiet='
for conf in /proc/sys/net/ipv6/conf/*; do
	echo 0 >"$conf/router_solicitations"
	echo 3600 >"$conf/router_probe_interval"
done
for conf in /proc/sys/net/ipv6/neigh/*; do
	echo 86400000 >"$conf/base_reachable_time_ms"
done'

# Nobody asks for a router, nor, when a route is asked for, whether its gateway
# is still there (RFC 4191, 3.5), but once: which "seki check" does. Who was
# found once stays so.
hush()
{
	for node in /run/netns/*; do
		nsenter --net="$node" sh -c "$quiet"
	done
	sh -c "$quiet"
	"$seki" check >/dev/null 2>&1
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

# What is known of neighbours would be asked again, seconds later.
be_silent()
{
	ip -all netns exec ip -6 neigh flush all
	ip -6 neigh flush all
	silent=0
	wait_for is_silent
}

# ---- one console for each size and charset, and the same keys for all

sizes="80x24 132x50 40x10 20x4"
all=
for size in $sizes; do
	all="$all $size-utf8 $size-ascii"
done

begin()
{
	for one in $all; do
		size=${one%-*}
		case $one in
		*-utf8) how="TERM=xterm-256color LC_ALL=C.UTF-8" ;;
		*) how="TERM=vt100 LC_ALL=C" ;;
		esac
		in_terminal "${size%x*}" "${size#*x}" \
		    "env $how $seki $*; echo status \$?" "$one"
	done
}

keys_to_all()
{
	for one in $all; do
		tm send-keys -t "$one" "$@"
	done
}

# As wait_for, but what is waited for is one paint, and the bound is less with
# each wait in vain.
bound=$((wait_s * 100))
soon()
{
	tries=$bound
	until "$@"; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || return 1
		sleep 0.01
	done
}

# Esc, until it was seen by all: a key right behind it would be one with Alt.
escape()
{
	for one in $all; do
		screen "$one" >"$tmp/before-$one"
	done
	keys_to_all Escape
	for one in $all; do
		soon is_other "$one"
	done
}

is_other()
{
	! screen "$1" | cmp -s - "$tmp/before-$1"
}

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
	    -e 's/[▏▎▍▌▋▊▉]//g; s/…/~/g'
}

is_expected()
{
	screen "$1" >"$tmp/now"
	cmp -s "$tmp/now" "$tmp/want"
}

# compare NAME SIZE TERMINAL [HOW]
compare()
{
	part "$2" "$expected/$1.txt" >"$tmp/want"
	case $3 in
	*-ascii) in_ascii <"$tmp/want" >"$tmp/ascii" &&
		mv "$tmp/ascii" "$tmp/want" ;;
	esac
	if soon is_expected "$3"; then
		pass "$1 at ${4-$3}"
	else
		fail "$1 at ${4-$3}" "$(diff "$tmp/want" "$tmp/now")"
		bound=$((bound / 2 + 5))
	fi
}

# write NAME: what is there when nothing changes any more.
write()
{
	soon is_still
	for size in $sizes; do
		echo "== $size"
		screen "$size-utf8"
	done >"$expected/$1.txt"
}

is_still()
{
	for one in $all; do
		screen "$one" >"$tmp/before-$one"
	done
	sleep 0.3
	for one in $all; do
		! is_other "$one" || return 1
	done
}

# settle: what another seki does is looked for once a second.
settle()
{
	[ -z "$update" ] || sleep 1.5
}

# view NAME ESCAPES [KEY...]: the keys lead to it, as many Escs back.
view()
{
	name=$1 escapes=$2
	shift 2
	[ $# -eq 0 ] || keys_to_all "$@"
	[ -z "$update" ] || write "$name"
	for one in $all; do
		compare "$name" "${one%-*}" "$one"
	done
	while [ "$escapes" -gt 0 ]; do
		escapes=$((escapes - 1))
		escape
		! screen 80x24-utf8 | grep -q 'Esc again closes' || escape
	done
}

# ---- the views

tabs="dashboard links containers forwards policies connections changes doctor"

# Each tab, and what lies on the first of them.
lists()
{
	tab=0
	for name in $tabs; do
		tab=$((tab + 1))
		view "$name" 0 $tab
	done
	tab=0
	for name in $tabs; do
		tab=$((tab + 1))
		view "help-$name" 1 $tab '?'
	done
	keys_to_all 4
	view filter 1 4 / web
	view filter-empty 1 / 'no such thing'
	view sort 1 s
	view menu 1 N
	view statements 0 =
	view help-statements 1 '?'
	view statements-uplink 1
}

# A form for each statement: new, filled in, and with what is wrong.
forms()
{
	view form-uplink-filled 1 N / uplink Enter Enter
	view form-bridge-filled 1 N / bridge Enter Enter
	view form-container 1 3 n
	view form-container-filled 1 G e
	view form-container-error 1 n Tab Tab BSpace BSpace BSpace BSpace fd00::3
	view form-forward 1 4 n
	view form-forward-help 2 n F1
	view form-forward-pick 2 n Tab Tab Space
	view form-forward-error 1 n Tab 80,443 Tab web1
	view form-forward-filled 1 e
	view form-policy 1 5 n
	view form-policy-error 1 n Tab Tab Right Tab 80- Tab
	view form-policy-filled 1 g Down Down e
	view form-default 1 N / default Enter Enter
	view form-default-filled 1 G e
	view form-option 1 N / option Enter Enter
	view form-option-error 1 N / option Enter Enter Tab 5
}

# What is asked, answered and refused.
words()
{
	view prompt 1 :
	view prompt-complete 1 : 'add forward tcp 80 to ' Tab
	view prompt-list 1 : 'add forward tcp 80 to ?'
	view prompt-error 1 : 'add forward tcp 81 to vm99' Enter
	view answer 1 : 'show forwards' Enter
}

# A screen that was resized is the same as one that began so.
resized()
{
	console 80 24
	for size in 132x50 40x10 20x4 80x24; do
		resize "${size%x*}" "${size#*x}"
		tab=0
		for name in $tabs; do
			tab=$((tab + 1))
			keys $tab
			compare "$name" "$size" console "$size, resized"
		done
	done
	keys q
}

# What others edit, and what a commit of it does.
edited()
{
	"$seki" add 'forward tcp 8080 to web1:80 note "blue, then green"'
	"$seki" set 'forward tcp 2222 to git1:22 off'
	"$seki" add 'deny input tcp 22 from 2001:db8:44::/48'
	"$seki" delete 'allow forward udp 53,123 to uplink'
	"$seki" set container db1 ula auto
	settle
	view dashboard-edited 0 1
	view containers-edited 0 3
	view forwards-edited 0 4
	view policies-edited 0 5
	view changes-edited 0 7
	view statements-edited 1 =
	view review 1 c
	view ask-discard 1 U
	view ask-quit 1 q
}

# A commit that waits, for a day.
pending()
{
	"$seki" commit --confirm 86400
	settle
	view forwards-pending 0 4
	view confirm 0 c
	view confirm-unproven 1 Enter
	view ask-revert 1 r
	view help-confirm 2 '?'
	view ask-quit-pending 1 q
}

tells_of_commit()
{
	screen "$1" | grep -q 'commit #4'
}

# How it ended, and the history.
past()
{
	keys_to_all 4
	"$seki" confirm --unproven
	for one in $all; do
		soon tells_of_commit "$one"
	done
	settle
	view history 0 R
	view help-history 1 '?'
	view history-differences 1 v
	view history-back 1 Down Enter
}

# A flow through a forward, and the question before it is ended.
flowing()
{
	"$seki" apply >/dev/null
	inside client1 "$peer" ask 2001:db8::10 53 >/dev/null
	keys_to_all 6
	settle
	view connections-live 0
	view connections-end 1 d
}

# A container that is gone, rules that somebody forgot, and a candidate that
# makes no sense.
troubled()
{
	"$seki" discard
	ip netns pids web1 | xargs kill -9
	ip link del veth-web1
	nft flush table inet seki
	be_silent
	begin
	view dashboard-trouble 0 1
	view forwards-trouble 0 4
	view containers-trouble 0 3 g
	keys_to_all 7
	echo 'forward tcp 80 to' >/run/seki/candidate.conf
	settle
	view unreadable 1
	view changes-unreadable 0
	rm /run/seki/candidate.conf
}

# Nothing is configured, and nothing may be.
empty()
{
	cp "$SEKI_CONFIG" "$tmp/config"
	echo '# nothing' >"$SEKI_CONFIG"
	"$seki" apply --force >/dev/null
	be_silent
	begin --read-only
	tab=0
	for name in $tabs; do
		tab=$((tab + 1))
		view "$name-empty" 0 $tab
	done
	view read-only 0 4 n
	cp "$tmp/config" "$SEKI_CONFIG"
	"$seki" apply >/dev/null
}

hush
empty 2>/dev/null
be_silent
begin
lists
forms
words
resized
edited 2>/dev/null
pending 2>/dev/null
past 2>/dev/null
troubled 2>/dev/null
flowing

done_testing

#!/bin/sh
# A prefix that is on the uplink's link and not routed to this host: containers
# with addresses of it answer, nobody else does, and all of it goes again.
. "${top_srcdir:-.}/test/lib/lib.sh"
. "$top_srcdir/test/lib/flows.sh"
in_sandbox "$@"
need nft

neighbours=$builddir/test/lib/neighbours
first=2001:db8::8000:3
second=2001:db8::8000:4
words=$tmp/watch.log
wait_s=20
make_outside
make_container vm00
make_container vm01
for name in vm00 vm01; do
	serve $name tcp 80
done
serve client1 tcp 7
mac=$(cat /sys/class/net/eth0/address)
# Until its duplicate address detection is over it asks for nobody.
ready()
{
	ip -6 -o addr show dev lxcbr0 scope link | grep -v tentative | grep -q .
}
wait_for ready

# All that a commit of this changes.
state()
{
	ip -6 route | grep -v ^fe80 | sort
	ip -6 neigh show proxy
	ip -6 addr show dev lxcbr0 scope global
	for node in vm00 vm01; do
		inside $node ip -6 addr show scope global
		inside $node ip -6 route
	done
	cat /proc/sys/net/ipv6/conf/all/proxy_ndp \
	    /proc/sys/net/ipv6/conf/eth0/proxy_ndp \
	    /proc/sys/net/ipv6/neigh/eth0/proxy_delay
	nft list tables
}

# who NODE ADDRESS PORT: the name of who answers the first packet; nothing where
# nobody does.
who()
{
	inside "$1" "$peer" get "$2" "$3" --timeout 700 2>/dev/null |
		awk '{ print $1 }'
}

# watched COMMAND...: what the router hears from this host meanwhile.
watched()
{
	: >"$tmp/frames"
	inside internet "$neighbours" watch host >"$tmp/frames" 2>&1 \
	    </dev/null &
	watcher=$!
	wait_for grep -q ready "$tmp/frames"
	"$@" >/dev/null 2>&1
	kill $watcher
	wait $watcher 2>/dev/null
	sed -i '/ready/d' "$tmp/frames"
}

# advertised ADDRESS: sources and flags of what this host advertised of it.
advertised()
{
	awk -v of="$1" '$2 == 136 && $4 == of { print $3, $5 }' "$tmp/frames" |
		sort -u
}

routers_entry()
{
	inside internet ip -6 neigh show "$1" dev host
}

# config CONTAINER-LINE...
config()
{
	printf '%s\n' "uplink eth0" \
	    "bridge lxcbr0 prefix 2001:db8::/64 proxy" "$@" >"$SEKI_CONFIG"
}

# ---- what is given

before=$(state)
config "container vm00 address $first" "container vm01 address $second"
watched "$seki" apply
given=$(state)
is "both are announced, from their own addresses, as new" \
    "$(advertised $first) $(advertised $second)" "$first O $second O"
is "and nothing but the uplink's MAC is heard" \
    "$(awk '{ print $1 }' "$tmp/frames" | sort -u)" "$mac"
is "the bridge has no address of the prefix" \
    "$(ip -6 -br addr show dev lxcbr0 scope global)" ""
is "nor is the prefix on the container's link" \
    "$(inside vm00 ip -6 -br addr show dev eth0 scope global |
	awk '{ print $3 }')" "$first/128"
is "each address has its route" \
    "$(ip -6 route | awk '/dev lxcbr0/ && !/fe80/ { print $1 }')" "$first
$second"
is "and its entry" "$(ip -6 neigh show proxy | awk '{ print $1, $3 }')" \
    "$first eth0
$second eth0"
like "nothing is left to do" "$("$seki" apply --check 2>&1)" "nothing to do"

# ---- who is reached

is "the Internet reaches both" \
    "$(who client1 $first 80) $(who client1 $second 80)" \
    "vm00 vm01"
like "which is said" "$("$seki" diff)" \
    "^= everything on $first, $second -> lxcbr0, from anywhere$"
is "they connect outwards by their own address" \
    "$(inside vm00 "$peer" get 2001:db8:9::7 7 | awk '{ print $2 }')" $first
is "to the router on the uplink's link as well" \
    "$(inside vm00 "$peer" ping 2001:db8::1)" answered
is "to this host" "$(inside vm00 "$peer" ping 2001:db8::10)" answered
is "and to each other" "$(who vm00 $second 80)" vm01
is "this host reaches them" "$("$peer" get $first 80 | awk '{ print $1 }')" vm00
inside vm01 ip addr add 2001:db8::8000:9/128 dev eth0 nodad
nok "an address that was not given gets nowhere" \
    inside vm01 "$peer" ping 2001:db8:9::7 --bind 2001:db8::8000:9 \
    --timeout 500
inside vm01 ip addr del 2001:db8::8000:9/128 dev eth0

# ---- how a router is answered

answered()
{
	grep -q " 136 .* $first " "$tmp/frames"
}
newly()
{
	inside internet ip -6 neigh flush dev host
	inside client1 "$peer" ping $first
	wait_for answered
}
watched newly
is "a router is answered from the address that it asked for" \
    "$(advertised $first)" "$first S"
probe()
{
	inside internet ip -6 neigh change $first lladdr "$mac" dev host \
	    nud probe
	wait_for answered
}
watched probe
is "also when it asks whether the address is still there" \
    "$(advertised $first)" "$first S"
like "so that it is not forgotten" "$(routers_entry $first)" REACHABLE

# ---- nobody else is answered for

solicit()
{
	inside internet "$neighbours" solicit host 2001:db8::1 008003 10000 \
	    >"$tmp/answers"
}
watched solicit
is "10,000 questions for others have no answer" "$(cat "$tmp/answers")" 0
is "and no frame has another MAC than the uplink's" \
    "$(awk '{ print $1 }' "$tmp/frames" | sort -u | grep -v "$mac")" ""
is "they leave no neighbour" "$(ip -6 neigh | grep ^2001:db8::ff)" ""

# ---- an address that moves

config "container vm01 address $first"
"$seki" apply >/dev/null 2>&1
is "it moves to another container with the first packet" \
    "$(who client1 $first 80)" vm01
config "container vm00 address $second"
"$seki" apply >/dev/null 2>&1
inside internet ip -6 neigh replace $first lladdr 02:00:00:00:00:99 \
    dev host nud reachable
config "container vm00 address $first" "container vm01 address $second"
"$seki" apply >/dev/null 2>&1
is "from elsewhere to this host as well" "$(who client1 $first 80)" vm00
is "as all is again" "$(state)" "$given"

# ---- live connections

hold $first
serve vm00 udp 53
is "UDP is answered" "$(ask $first 53 4000)" vm00
is "each is shown" "$(live)" "\
tcp 2001:db8:9::7 vm00: default forward
udp 2001:db8:9::7 vm00: default forward"
config "container vm00 address $first" "container vm01 address $second" \
    "deny forward"
"$seki" apply >/dev/null 2>&1
is "and judged by its policies" "$(live)" \
    "tcp 2001:db8:9::7 vm00: deny forward, refused"
config "container vm01 address $second"
said=$("$seki" apply 2>&1)
like "but ended where nobody has the address" "$said" \
    "note: 1 connection was ended, to a public address that no"
kill -TERM $held
wait $held
config "container vm00 address $first" "container vm01 address $second"
"$seki" apply >/dev/null 2>&1

# ---- the service

"$seki" watch >"$words" 2>&1 </dev/null &
watch=$!
wait_for grep -q "this host is as" "$words"
corrected()
{
	[ "$(state)" = "$given" ]
}
ip -6 route del $first dev lxcbr0
ok "a route that somebody removed comes back" wait_for corrected
like "as drift" "$(cat "$words")" \
    "drift corrected: lxcbr0: add route to $first"
echo 0 >/proc/sys/net/ipv6/conf/all/proxy_ndp
ok "so does the setting" wait_for corrected
# Until it no longer looks at what it has done itself.
sleep 2
ip -6 neigh del proxy $first dev eth0
wait_s=15
ok "the entry, which has no event" wait_for corrected
wait_s=20
like "as drift, too" "$(cat "$words")" \
    "drift corrected: eth0: answer for $first"
answers_again()
{
	[ "$(ip -6 neigh show proxy | wc -l)" -eq 2 ]
}
kill -STOP $watch
ip link set eth0 down
is "the kernel forgets them all with the link" "$(ip -6 neigh show proxy)" ""
kill -CONT $watch
ip link set eth0 up
ip route add default via fe80::1 dev eth0 2>/dev/null
ok "and they come back with it" wait_for answers_again
ip addr add 2001:db8::10/64 dev eth0 nodad 2>/dev/null
ok "so that all is as it was" wait_for inside client1 "$peer" ping $second

# A restart: another namespace of that name, behind another port.
stopped()
{
	ip netns pids vm00 | xargs -r kill
	[ -z "$(ip netns pids vm00)" ]
}
wait_for stopped
ip netns del vm00
wait_for test ! -e /sys/class/net/vc1
inside client1 "$neighbours" reach $first >"$tmp/reached" &
reach=$!
make_node vm00
inside vm00 ip link add eth0 type veth peer name vc9 netns $$
ip link set vc9 master lxcbr0 up
inside vm00 ip link set eth0 up
up=$("$neighbours" now)
wait $reach
took=$(($(cat "$tmp/reached") - up))
diag "a restarted container answers the Internet $took ms after its eth0 is up"
ok "a restarted container answers soon" test $took -lt 2000
kill -TERM $watch
wait $watch

# ---- and all of it goes

config
"$seki" apply >/dev/null 2>&1
is "without containers nothing is answered for" \
    "$(ip -6 neigh show proxy; ip -6 route | grep 8000)" ""
echo "uplink eth0" >"$SEKI_CONFIG"
"$seki" apply >/dev/null 2>&1
is "without the prefix everything is as before" "$(state)" "$before"
"$seki" add bridge lxcbr0 prefix 2001:db8::/64 proxy >/dev/null
"$seki" add container vm01 address auto >/dev/null
"$seki" commit --confirm 600 >/dev/null 2>&1
like "auto takes one of the upper half" "$("$seki" show candidate)" \
    "container vm01 address 2001:db8::8000:0:0:2"
like "a commit answers" "$(ip -6 neigh show proxy)" "2001:db8::8000:0:0:2"
"$seki" revert >/dev/null 2>&1
is "a revert takes all of it back" "$(state)" "$before"
done_testing

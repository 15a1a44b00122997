#!/bin/sh
# A bridge as lxc-net of LXC 6 makes it: with a ULA of its own, which containers
# hear of by router advertisement. They keep what they have from it.
. "${top_srcdir:-.}/test/lib/lib.sh"
in_sandbox "$@"
is_root || skip_all "kernel: radvd wants root"
need nft radvd

ula=fc42:5009:ba4b:5ab0:
conf=/proc/sys/net/ipv6/conf
words=$tmp/watch.log
make_outside
make_bridge $ula:1/64
echo 1 >$conf/all/forwarding
cat >"$tmp/radvd.conf" <<CONF
interface $BRIDGE {
	AdvSendAdvert on;
	MinRtrAdvInterval 3;
	MaxRtrAdvInterval 4;
	prefix $ula:/64 {
		AdvValidLifetime infinity;
		AdvPreferredLifetime infinity;
	};
};
CONF
radvd -n -m stderr -p "$tmp/radvd.pid" -C "$tmp/radvd.conf" \
    2>"$tmp/radvd.log" </dev/null &

# The address that a container makes of the prefix and its MAC (RFC 4862).
learned()
{
	inside "$1" ip -6 -o addr show dev eth0 scope global dynamic -tentative |
	    awk '{ print $4 }' | sed -n "s|^\($ula.*\)/64$|\1|p"
}

has_learned()
{
	[ -n "$(learned "$1")" ] &&
		inside "$1" ip -6 route show default | grep -q 'proto ra'
}

# has NAME: its ULAs, and by whom its default routes are.
has()
{
	inside "$1" ip -6 -o addr show dev eth0 scope global |
	    awk '{ print $4 }'
	inside "$1" ip -6 route show default | sed 's/.* proto \([^ ]*\) .*/\1/'
}

has_learned_all()
{
	[ "$(has "$1")" = "$2
ra" ]
}

# start_container NAME MAC: that learns.
start_container()
{
	make_container "$1"
	inside "$1" ip link set eth0 down address "$2"
	inside "$1" ip link set eth0 up
}
start_container git1 02:00:00:00:00:13
git1_port=$port
start_container web1 02:00:00:00:00:11
start_container dns1 02:00:00:00:00:12
for name in git1 web1 dns1; do
	ok "$name hears of the prefix" wait_for has_learned $name
done
web1=$(learned web1)

# ---- whose it is

like "without a statement it is none of ours" \
    "$("$seki" show bridges --json)" '"ula":null'
like "which the table tells, too" "$("$seki" show bridges)" \
    "^$BRIDGE .* \\($ula:1/64\\)"
like "as of containers" "$("$seki" show containers)" "^web1 .* \\($web1/64\\)"
"$seki" add uplink eth0 2>/dev/null
said=$("$seki" add forward tcp 80 to web1 2>&1)
is "a forward to a container without one is refused" "$?" 3
like "by the address that it has" "$said" \
    "web1 has $web1, which no statement gives"
like "with the way out" "$said" \
    "one that does not: add container web1 ula auto"
said=$("$seki" add container web1 ula auto 2>&1)
like "which needs the prefix first" "$said" \
    "$BRIDGE has $ula:1/64, which no statement makes its prefix"
like "with the way out" "$said" "add bridge $BRIDGE ula auto"

# ---- the walk

"$seki" add bridge $BRIDGE ula auto masquerade 2>/dev/null
for statement in "container web1 ula auto" "container dns1 ula auto" \
    "container git1 ula auto" "forward tcp 80 to web1" \
    "forward udp 53 to dns1" "forward udp 54 to git1"; do
	# shellcheck disable=SC2086 # they are words
	"$seki" add $statement 2>/dev/null
done
is "what is there is kept" "$("$seki" show candidate)" \
    "uplink eth0
bridge $BRIDGE ula $ula:1/64 masquerade
container web1 ula $(learned web1)
container dns1 ula $(learned dns1)
container git1 ula $(learned git1)
forward tcp 80 to web1
forward udp 53 to dns1
forward udp 54 to git1"
said=$("$seki" check 2>&1)
unlike "nothing is held against what lxc-net chose" "$said" "$ula"
ok "committed" "$seki" commit --now
for name in git1 web1 dns1; do
	is "$name has one address and one default route" "$(has $name)" \
	    "$(learned $name)/64
ra"
done
inside dns1 ip -6 route add default via $ula:1 dev eth0 proto 83 metric 512
like "a route of ours that came first" "$("$seki" apply 2>&1)" \
    "dns1: remove default route via $ula:1"
is "goes when there is another" "$(has dns1)" "$(learned dns1)/64
ra"
serve web1 tcp 80
serve dns1 udp 53
like "tcp is answered" "$(inside client1 "$peer" get 2001:db8::10 80)" "^web1 "
like "udp is answered, from the right address" \
    "$(inside client1 "$peer" ask 2001:db8::10 53)" "^dns1 "

# ---- another prefix beside it

sed "s/$ula:[^ ]*:/fd5a:1c2e:90b1::/;s/$ula:/fd5a:1c2e:90b1::/" "$SEKI_CONFIG" \
    >/run/seki/candidate.conf
like "a second prefix is told" "$("$seki" check 2>&1)" \
    "$BRIDGE has $ula:1/64 already, which is not seki's"
"$seki" discard 2>/dev/null

# ---- the service, and a start of lxc-net

"$seki" watch >"$words" 2>&1 </dev/null &
watch=$!
ok "the service is up" wait_for grep -q "this host is as" "$words"
git1=$(learned git1)
ip netns del git1
wait_for sh -c "! ip link show $git1_port"
start_container git1 02:00:00:00:00:13
git1_port=$port
ok "a restarted container has one of each, when it has heard" \
    wait_for has_learned_all git1 "$git1/64"

# LXC gives a container another MAC at each start where its config has none.
ip netns del git1
wait_for sh -c "! ip link show $git1_port"
start_container git1 02:00:00:00:00:14
sends_from()
{
	[ "$(inside git1 ip -6 route get 2001:db8:9::7 2>/dev/null |
	    sed -n 's/.* src \([^ ]*\) .*/\1/p')" = "$1" ]
}
has_other()
{
	[ -n "$(learned git1)" ] && [ "$(learned git1)" != "$git1" ]
}
ok "with another MAC it makes itself another address" wait_for has_other
ok "and sends from its own all the same" wait_for sends_from "$git1"
inside git1 ip addr del "$(learned git1)/64" dev eth0
ok "also when it does so later" wait_for has_other
ok "sends from its own" wait_for sends_from "$git1"
inside git1 ip addr del "$git1/64" dev eth0
ok "and when its own comes later" wait_for sends_from "$git1"
serve git1 udp 54
like "as it answers" "$(inside client1 "$peer" ask 2001:db8::10 54)" "^git1 "
unlike "which is no drift" "$("$seki" show status)" "^drift"

# As lxc-net does it, which ends at the first error, but slower.
restart_lxc_net()
{
	ip addr flush dev $BRIDGE
	ip link set dev $BRIDGE down
	sleep 0.7
	ip link set dev $BRIDGE up
	ip -6 addr add dev $BRIDGE $ula:1/64
}
ok "lxc-net can start again beside it" restart_lxc_net
ip addr flush dev $BRIDGE scope global
ok "what nobody puts back comes by seki" wait_for grep -q \
    "drift corrected: $BRIDGE: add address $ula:1/64" "$words"

# ---- public addresses beside what it advertises

public=2001:db8:1:2:
outside=2001:db8:5::${web1#"$ula"}
for net in $public:/64 2001:db8:5::/64; do
	inside internet ip route add $net via 2001:db8::10
done
serve client1 tcp 7
"$seki" set bridge $BRIDGE ula $ula:1/64 prefix $public:/64 \
    translate 2001:db8:5::/64 2>/dev/null
"$seki" set container web1 ula "$web1" address $public:3 2>/dev/null
ok "committed" "$seki" commit --now
reached()
{
	inside client1 "$peer" get "$1" 80 --timeout 500 >/dev/null 2>&1
}
ok "a container is reached under its public address" wait_for reached $public:3
ok "and under what its own becomes outside" wait_for reached "$outside"
# sees NODE: the address under which it connects outwards.
sees()
{
	inside "$1" "$peer" get 2001:db8:9::7 7 --timeout 1000 2>/dev/null |
		awk '{ print $2 }'
}
is "it connects under that one, another under what its own becomes" \
    "$(sees web1) $(sees dns1)" \
    "$public:3 2001:db8:5::ff:fe00:12"
like "no other address came of it" "$(has web1)" "^$public:3/64"
is "nor other routes" "$(inside web1 ip -6 route show default |
    sed 's/.* proto \([^ ]*\) .*/\1/')" ra
ok "lxc-net can start again beside it" restart_lxc_net
ok "and public addresses are back" wait_for reached $public:3
ok "translated ones as well" wait_for reached "$outside"
unlike "which is all" "$("$seki" show status)" "^drift"
kill -TERM $watch
wait $watch
kill "$(cat "$tmp/radvd.pid")"
done_testing

#!/bin/sh
# A container whose root is hostile, beside others with public addresses: what it
# sends in their names, in this host's, and in those of strangers.
. "${top_srcdir:-.}/test/lib/lib.sh"
in_sandbox "$@"
need nft

neighbours=$builddir/test/lib/neighbours
routed=2001:db8:1:2:
proxied=2001:db8::8000:
private=fd5a:1c2e:90b1::
make_outside
inside internet ip route add ${routed}:/64 via 2001:db8::10
inside internet ip route add 2001:db8:5::/64 via 2001:db8::10
for name in vm00 evil; do
	make_container $name
	serve $name tcp 80
done
serve client1 tcp 80
settled()
{
	! ip -6 addr show tentative | grep -q tentative
}

# who NODE ADDRESS PORT: the name of who answers.
who()
{
	inside "$1" "$peer" get "$2" "$3" --timeout 700 2>/dev/null |
		awk '{ print $1 }'
}

# hears NODE ADDRESS [OPTION...]: how much of a call of the node's comes to the
# Internet from this host.
hears()
{
	inside internet nft reset counters >/dev/null
	node=$1 to=$2
	shift 2
	inside "$node" "$peer" get "$to" 80 --timeout 300 "$@" >/dev/null 2>&1
	inside internet nft list counter inet look heard |
		awk '/packets/ { print $2 }'
}

# from ADDRESS: likewise, of one that evil makes from there.
from()
{
	inside evil ip addr add "$1/128" dev eth0 nodad
	hears evil 2001:db8:9::7 --bind "$1"
	inside evil ip addr del "$1/128" dev eth0
}
inside internet nft -f - <<'X'
table inet look {
	counter heard {}
	chain prerouting {
		type filter hook prerouting priority 0
		iifname "host" tcp dport 80 counter name heard
	}
}
X

# config LINE...: made the one in force.
config()
{
	printf '%s\n' "uplink eth0" "$@" >"$SEKI_CONFIG"
	"$seki" apply >"$tmp/done" 2>&1 ||
		fail "config" "$(cat "$SEKI_CONFIG" "$tmp/done")"
	wait_for settled
}
proxy="bridge $BRIDGE ula ${private}1/64 prefix 2001:db8::/64 proxy"
given="container vm00 ula ${private}3 address ${proxied}3
container evil ula ${private}4 address ${proxied}4"

# ---- forwarding is on, and nothing is stated but whom it is for

config "bridge $BRIDGE ula ${private}1/64"
inside evil ip addr add ${private}4/64 dev eth0 nodad
inside evil ip route add default via ${private}1
is "what a container sends gets out" "$(from ${private}5)" 1
is "but under no foreign address" "$(from 2001:db8:44::2) $(from 2001:db8::1)" \
    "0 0"
is "and what comes by the uplink does not leave by it" \
    "$(hears client1 2001:db8:5::9)" 0
inside evil ip -6 route del default

# ---- in the names of others

config "$proxy" "$given"
wait_for inside client1 "$peer" get ${proxied}3 80
is "a container is heard under its own address" "$(who evil 2001:db8:9::7 80)" \
    client1
is "not under this host's, the router's, a stranger's, or one that is not given" \
    "$(from 2001:db8::10) $(from 2001:db8::1) $(from 2001:db8:44::2) $(
	from ${proxied}9)" "0 0 0 0"

# ---- what the link of the uplink hears, and believes

entry()
{
	inside internet ip -6 neigh show "$1" dev host | sed 's/ [A-Z]*$//'
}
uplinks_entry()
{
	ip -6 neigh show dev eth0 | awk '{ print $1, $3, $4 }' | sort
}
wait_for inside client1 "$peer" get ${proxied}3 80
before="$(entry ${proxied}3) $(entry 2001:db8::10) $(uplinks_entry)"
: >"$tmp/frames"
inside internet "$neighbours" watch host >"$tmp/frames" 2>&1 </dev/null &
watcher=$!
wait_for grep -q ready "$tmp/frames"
for address in ${proxied}3 ${proxied}9 2001:db8::10 2001:db8::1 fe80::1; do
	inside evil "$neighbours" claim eth0 $address
	inside evil "$neighbours" claim eth0 $address
done
# Whatever of that were passed on would come before this.
inside evil "$peer" ping 2001:db8:9::7 >/dev/null
wait_for grep -q ' 128 ' "$tmp/frames"
kill $watcher
wait $watcher 2>/dev/null
is "no advertisement of a container gets there" \
    "$(awk '$2 == 136 && $5 !~ /S/' "$tmp/frames")" ""
is "and no frame has another MAC than the uplink's" \
    "$(awk '!/ready/ { print $1 }' "$tmp/frames" | sort -u)" \
    "$(cat /sys/class/net/eth0/address)"
is "the router and this host know each other as before" \
    "$(entry ${proxied}3) $(entry 2001:db8::10) $(uplinks_entry)" "$before"
is "this host has its addresses still" "$(ip -6 addr show dadfailed)" ""
# What is sent to a neighbour on the bridge it may get, until that one speaks.
inside vm00 "$neighbours" claim eth0 ${proxied}3
is "and so has the other container" "$(who client1 ${proxied}3 80)" vm00

# ---- duplicates

for address in ${proxied}3 ${private}3 ${private}1; do
	inside evil ip addr add $address/128 dev eth0 nodad
done
inside vm00 ip addr del ${proxied}3/128 dev eth0
inside vm00 ip addr del ${private}3/64 dev eth0
ip addr del ${private}1/64 dev $BRIDGE
ok "who has their addresses" "$seki" apply
is "cannot make this host or a container do without them" \
    "$(ip -6 -br addr show dev $BRIDGE scope global -tentative -dadfailed |
	awk '{ print $3 }'; inside vm00 ip -6 -br addr show dev eth0 scope \
	global -tentative -dadfailed | awk '{ print $3, $4 }')" "${private}1/64
${proxied}3/128 ${private}3/64"
for address in ${proxied}3 ${private}3 ${private}1; do
	inside evil ip addr del $address/128 dev eth0
done
inside vm00 "$peer" ping ${private}1 >/dev/null
"$seki" apply >/dev/null 2>&1
inside vm00 "$neighbours" claim eth0 ${proxied}3
wait_for inside client1 "$peer" get ${proxied}3 80

# ---- MACs of others

# mac_of NODE LINK
mac_of()
{
	inside "$1" ip -o link show "$2" | sed 's/.*ether \([^ ]*\).*/\1/'
}
mac=$(mac_of evil eth0)
inside evil ip link set eth0 address "$(mac_of internet host)"
"$seki" apply >/dev/null 2>&1
inside evil "$peer" ping ${private}1 >/dev/null
is "with that of the router it gets nothing of others" \
    "$(who client1 ${proxied}3 80)" vm00
inside evil ip link set eth0 address "$(cat /sys/class/net/$BRIDGE/address)"
inside evil "$peer" ping ${private}1 --timeout 300 >/dev/null 2>&1
is "nor with that of the bridge" "$(who client1 ${proxied}3 80)" vm00
inside evil ip link set eth0 address "$mac"
"$seki" apply >/dev/null 2>&1

# ---- thousands of addresses

# sought_on LINK: how many addresses that nobody has this host remembers there.
sought_on()
{
	ip -6 neigh show dev "$1" | grep -vc lladdr
}
evil="container evil ula ${private}4"
closed="default forward deny
allow forward tcp 80 to container vm00
allow forward tcp 80 from container evil"
sweep()
{
	inside client1 "$neighbours" sweep "$1" 3000
}
config "bridge $BRIDGE ula ${private}1/64 prefix ${routed}:/64" \
    "container vm00 ula ${private}3 address ${routed}:3" "$evil" "$closed"
wait_for inside client1 "$peer" get ${routed}:3 80
sweep ${routed}:
ok "who looks for thousands of addresses of a prefix leaves no neighbours" \
    test "$(sought_on $BRIDGE)" -le 6
is "where policies name containers, which go on" "$(who client1 ${routed}:3 80)" \
    vm00
config "bridge $BRIDGE ula ${private}1/64 translate 2001:db8:5::/64" \
    "container vm00 ula ${private}3" "$evil" "$closed"
wait_for inside client1 "$peer" get 2001:db8:5::3 80
sweep 2001:db8:5::
ok "nor of a translated one" test "$(sought_on $BRIDGE)" -le 6
is "where they go on, too" "$(who client1 2001:db8:5::3 80)" vm00
done_testing

#!/bin/sh
# What the host needs to live gets through whatever the config denies; what is
# denied does not, by whichever way it comes; and what stays on one bridge is
# nobody's business.
. "${top_srcdir:-.}/test/lib/lib.sh"
sandbox_s=120
in_sandbox "$@"
need nft dhclient dnsmasq
make_outside
make_container vm00 fd5a:1c2e:90b1::3/64
make_container vm01 fd5a:1c2e:90b1::4/64
ip addr add fd5a:1c2e:90b1::1/64 dev $BRIDGE nodad
public=2001:db8::10

for node in vm00 vm01; do
	inside $node ip route add default via fd5a:1c2e:90b1::1
done

link=eth0

# config LINE...: the walk-through's bridge and containers, and these.
config()
{
	{
		echo "uplink $link address $public/64"
		echo "bridge $BRIDGE ula fd5a:1c2e:90b1::1/64 masquerade"
		echo "container vm00 ula fd5a:1c2e:90b1::3"
		echo "container vm01 ula fd5a:1c2e:90b1::4"
		printf '%s\n' "$@"
	} >"$tmp/conf"
	"$seki" apply "$tmp/conf" >"$tmp/said" 2>&1 || {
		diag "$(cat "$tmp/said")"
		return 1
	}
}

# from NODE COMMAND...: what the peer said, or how it ended.
from()
{
	node=$1
	shift
	inside "$node" "$peer" "$@" --timeout 700 2>/dev/null || echo "ended $?"
}

here()
{
	"$peer" "$@" --timeout 700 2>/dev/null || echo "ended $?"
}

serve vm00 tcp 80
serve vm01 tcp 80
config "forward tcp 80 to vm00"
wait_for inside client1 "$peer" get $public 80 --timeout 200

# ---- no container speaks in the name of another host

# It sends to the client and to this host, by UDP and as an echo: its own last.
speak_as()
{
	inside vm00 ip addr replace "$1/128" dev eth0 nodad
	for to in 2001:db8:9::7 $public; do
		inside vm00 "$peer" ask $to 4500 --bind "$1" --timeout 100
		inside vm00 "$peer" ping $to --bind "$1" --timeout 100
	done
	[ "$1" = fd5a:1c2e:90b1::3 ] || inside vm00 ip addr del "$1/128" dev eth0
}

# passes ADDRESS AS: what it says comes to the client, as that, and to this host.
passes()
{
	speak_as "$1" >/dev/null 2>&1
	for proto in udp ipv6-icmp; do
		heard client1 | grep -qx "$2 $proto" || return
		heard | grep -qx "$1 $proto" || return
	done
}

# heard [NODE]: who was met there, or here, as "SOURCE PROTOCOL".
heard()
{
	${1:+inside "$1"} nft list set ip6 heard from | tr ',' '\n' |
	    sed -n 's/.* \([0-9a-f:]*:[0-9a-f:]*\) \. \([a-z0-9-]*\).*/\1 \2/p' |
	    sort
}

listen='table ip6 heard {
	set from {
		type ipv6_addr . inet_proto
		flags dynamic
	}
	chain to {
		type filter hook input priority 10
		udp dport { 4500, 4601 } add @from { ip6 saddr . meta l4proto }
		icmpv6 type echo-request add @from { ip6 saddr . meta l4proto }
	}
}'
config "allow input udp 4500"
echo "$listen" | nft -f -
echo "$listen" | inside client1 nft -f -
# The last three: of a prefix that is routed to the bridge, its own, and the
# bridge's, to be taken by who knows another gateway.
ip -6 route add 2001:db8:45::/64 dev lxcbr0
ip addr add fe80::99/64 dev $BRIDGE nodad
inside vm00 ip route add default via fe80::99 dev eth0 metric 9
for name in 2001:db8::1 2001:db8:9::99 2001:db8:1234::1 fd5a:1c2e:90b2::9; do
	speak_as $name
done >/dev/null 2>&1
wait_for passes 2001:db8:45::3 2001:db8:45::3
wait_for passes fd5a:1c2e:90b1::3 $public
speak_as fd5a:1c2e:90b1::1 >/dev/null 2>&1
inside vm00 ip route del default via fe80::99 dev eth0 metric 9
# As if it were who is asked by this host.
{
	here ask 2001:db8:9::7 4600 --from 4601
	inside vm00 ip addr add 2001:db8:9::7/128 dev eth0 nodad
	inside vm00 "$peer" ask $public 4601 --bind 2001:db8:9::7 --from 4600 \
	    --timeout 100
	inside vm00 ip addr del 2001:db8:9::7/128 dev eth0
} >/dev/null 2>&1
is "to the Internet" "$(heard client1)" \
    "2001:db8:45::3 ipv6-icmp
2001:db8:45::3 udp
$public ipv6-icmp
$public udp"
is "nor to this host" "$(heard)" "2001:db8:45::3 ipv6-icmp
2001:db8:45::3 udp
fd5a:1c2e:90b1::3 ipv6-icmp
fd5a:1c2e:90b1::3 udp"
counted=$("$seki" show policies | grep "foreign addresses")
for chain in input forward; do
	like "which $chain counts" "$counted" " $chain .* [1-9][0-9]* +[1-9]"
done
nft delete table ip6 heard

# ---- a kernel that cannot tell them is said to be none that keeps them away

is "what this kernel can is noted" "$(cat /run/seki/fib)" yes
echo no >/run/seki/fib
config "allow input udp 4500"
like "a commit says what it lacks" "$(cat "$tmp/said")" \
    "warning: containers can send under the addresses of others"
nok "in force without the row" "$seki" show policies | grep "foreign addresses"
is "and all of it" "$("$seki" apply --check "$tmp/conf")" "  nothing to do"
rm /run/seki/fib
config "allow input udp 4500"
nok "asked anew" grep "addresses of others" "$tmp/said"

# ---- what is allowed to a container is allowed to no forger of its address

config "default input deny" "allow input udp 4000 from container vm00" \
    "deny input udp 4001 from container vm00"
inside client1 ip addr add fd5a:1c2e:90b1::3/128 dev eth0 nodad
for node in vm00 client1; do
	for port in 4000 4001; do
		inside $node "$peer" ask $public $port --timeout 100 \
		    --bind fd5a:1c2e:90b1::3 >/dev/null 2>&1
	done
done
hits()
{
	nft list counters table inet seki |
	    sed -n "/counter $1-/,/packets/s/.*packets \([0-9]*\).*/\1/p" |
	    head -n 1
}
is "an allow holds for what comes by its bridge" "$(hits allow)" 1
is "a deny wherever it comes from" "$(hits deny)" 2
inside client1 ip addr del fd5a:1c2e:90b1::3/128 dev eth0

# ---- what is denied to a container is denied whatever address it takes

second=fd5a:1c2e:90b1::99
inside vm00 ip addr add $second/64 dev eth0 nodad
serve client1 tcp 80
serve_host tcp 8090
ip -6 addr show dev $BRIDGE | sed -n 's/.*inet6 \(fe80[^/]*\).*/\1/p' >"$tmp/local"
local=$(head -n 1 "$tmp/local")
link_local=$(inside vm00 ip -6 addr show dev eth0 |
    sed -n 's/.*inet6 \(fe80[^/]*\).*/\1/p')
given=fd5a:1c2e:90b1::3
config "reject input tcp 8090 from container vm00"
for address in $given $second; do
	is "its address ${address##*:} is refused" \
	    "$(from vm00 get $public 8090 --bind $address)" "ended 1"
done
# The kernel's reset may miss the link of a link-local address.
like "and its link-local one" \
    "$(from vm00 get "$local%eth0" 8090 --bind "$link_local%eth0")" \
    "^ended [12]$"
like "another container gets in by its own" \
    "$(from vm01 get $public 8090 --bind fd5a:1c2e:90b1::4)" "^host"
like "and by no other" "$(from vm01 get "$local%eth0" 8090)" "^ended [12]$"
like "the Internet is not meant" "$(from client1 get $public 8090)" "^host"
is "all of them are one count" "$(hits reject)" 4
unlike "a second commit has nothing to do" \
    "$("$seki" apply "$tmp/conf" 2>&1)" "rules"

config "reject forward from container vm00 to uplink"
for address in $given $second; do
	is "nor does it get out by ${address##*:}" \
	    "$(from vm00 get 2001:db8:9::7 80 --bind $address)" "ended 1"
done
like "as others do" "$(from vm01 get 2001:db8:9::7 80)" "^client1"

config "reject output tcp 80 to container vm00"
for address in $given $second; do
	is "nor is it reached by ${address##*:}" \
	    "$(here get $address 80)" "ended 1"
done
like "as others are" "$(here get fd5a:1c2e:90b1::4 80)" "^vm01"
inside vm00 ip addr del $second/64 dev eth0

# ---- a forward is for those of its "from", whatever the default is

for default in allow deny reject; do
	config "forward tcp 80 to vm00 from 2001:db8:9::/64" \
	    "default forward $default"
	like "from, default $default: who is listed gets in" \
	    "$(from client1 get $public 80)" "^vm00 2001:db8:9::7 "
	unlike "from, default $default: who is not does not" \
	    "$(from client2 get $public 80)" "^vm00"
	unlike "from, default $default: nor does another container" \
	    "$(from vm01 get $public 80)" "^vm00"
	unlike "from, default $default: nor does this host" \
	    "$(here get $public 80)" "^vm00"
done

config "forward tcp 80 to vm00 from 2001:db8:9::/64,2001:db8::10,fd5a:1c2e:90b1::/64" \
    "default forward deny"
like "from with this host: it gets in" "$(here get $public 80)" "^vm00"
like "from with a bridge: a container gets in" \
    "$(from vm01 get $public 80)" "^vm00 fd5a:1c2e:90b1::1 "

# Somebody else's translation is not ours to refuse.
nft -f - <<'NFT'
table ip6 other {
	chain prerouting {
		type nat hook prerouting priority -110;
		ip6 daddr 2001:db8::10 tcp dport 81 dnat to [fd5a:1c2e:90b1::4]:80
	}
}
NFT
config "forward tcp 80 to vm00 from 2001:db8:9::/64" \
    "forward tcp 81 to vm00:80 from 2001:db8:9::/64"
like "another table's DNAT goes on" "$(from client2 get $public 81)" "^vm01"
nft delete table ip6 other

# ---- this host calling its own forward

counter()
{
	"$seki" show counters | awk -v name="$1" -v col="$2" \
	    '$1 == name { print $col }'
}

config "default forward allow"	# its counters start anew
config "forward tcp 80 to vm00"
new=$(counter tcp-80-new 2)
here get $public 80 >"$tmp/said"
like "this host gets through its own forward" "$(cat "$tmp/said")" "^vm00"
ok "and is counted inwards" [ "$(counter tcp-80-in 2)" -ge 4 ]
ok "and outwards" [ "$(counter tcp-80-out 2)" -ge 3 ]
is "as one connection" "$(counter tcp-80-new 2)" $((new + 1))
config "forward tcp 80 to vm00" "default output deny"
is "default output deny holds for it" "$(here get $public 80)" "ended 2"
config "forward tcp 80 to vm00" "default output deny" \
    "allow output tcp 80 to container vm00"
like "unless it is allowed" "$(here get $public 80)" "^vm00"
config "forward tcp 80 to vm00" "default output deny"
like "default output deny leaves loopback alone" \
    "$(serve_host tcp 8080; here get ::1 8080)" "^host"

# ---- protocols of several connections

config "forward tcp 20-22 to vm00" "forward udp 69 to vm00" \
    "forward tcp,udp 5060 to vm00" "forward udp 21 to vm00"
is "FTP, TFTP and SIP are told about, once each" \
    "$(grep -o "warning: [^:]*: [FTSIP]* " "$tmp/said")" \
    "warning: forward tcp 20-22: FTP 
warning: forward udp 69: TFTP 
warning: forward tcp,udp 5060: SIP "

# ---- what is denied is not counted

config "deny forward tcp 80 from 2001:db8:44::/64" "forward tcp 80 to vm00"
in=$(counter tcp-80-in 2) new=$(counter tcp-80-new 2)
is "a policy shuts it for one" "$(inside client2 "$peer" get $public 80 \
    --timeout 2500 2>/dev/null || echo "ended $?")" "ended 2"
is "IN does not count what was denied" "$(counter tcp-80-in 2)" "$in"
is "nor does NEW, however often it was tried" \
    "$(counter tcp-80-new 2)" "$new"
from client1 get $public 80 >"$tmp/said"
is "NEW counts what got in" "$(counter tcp-80-new 2)" $((new + 1))

# ---- what is off keeps its counts

counts()
{
	counter tcp-80-in 2; counter tcp-80-in 3
	counter tcp-80-out 3; counter tcp-80-new 2
	"$seki" show counters | grep '^allow-forward' | awk '{ print $2, $3 }'
}
config "forward tcp 80 to vm00" "allow forward tcp 80"
from client1 get $public 80 >"$tmp/said"
counted=$(counts)
like "something was counted" "$counted" '^[1-9]'
config "forward tcp 80 to vm00 off" "allow forward tcp 80 off"
is "a forward that is off counts nothing" \
    "$(from client1 get $public 80 >/dev/null 2>&1; counts)" "$counted"
config "forward tcp 80 to vm00" "allow forward tcp 80"
is "and goes on where it stopped" "$(counts)" "$counted"

# ---- what stays on one bridge

config "default forward deny"
ip link add docker0 type bridge
ip link set docker0 up
for n in 1 2; do
	make_node "d$n"
	ip link add "vd$n" type veth peer name eth0 netns "d$n"
	ip link set "vd$n" master docker0 up
	inside "d$n" ip link set eth0 up
	inside "d$n" ip addr add "fd00:d::$n/64" dev eth0 nodad
done
serve d2 tcp 80
if bridged 1; then
	"$seki" apply "$tmp/conf" >"$tmp/said" 2>&1
	like "with br_netfilter a bridge that the config leaves out works" \
	    "$(from d1 get fd00:d::2 80)" "^d2"
	like "and one that it names" \
	    "$(from vm01 get fd5a:1c2e:90b1::3 80)" "^vm00"
	config "forward tcp 80 to vm00 from 2001:db8:9::/64"
	unlike "a call through a forward is judged all the same" \
	    "$(from vm01 get $public 80)" "^vm00"
	bridged 0
else
	skip "kernel: no br_netfilter" 3
fi

# ---- what containers ask this host for

dnsmasq --conf-file=/dev/null --no-daemon --bind-dynamic --no-resolv \
    --interface=$BRIDGE --except-interface=lo --user=root --no-hosts \
    --dhcp-range=fd5a:1c2e:90b1::100,fd5a:1c2e:90b1::1ff,64,120 \
    --address=/here.test/fd5a:1c2e:90b1::1 --pid-file= \
    --dhcp-leasefile="$tmp/leases-here" >"$tmp/dnsmasq-here" 2>&1 &
server=$!
wait_for grep -q "DHCPv6, IP range" "$tmp/dnsmasq-here"
config "default input deny"
keep=$(sed -n 's/^  \(allow input\)/\1/p' "$tmp/said")
is "what they would lose is told, with what keeps it" "$keep" \
    "allow input udp 53,547 from bridge $BRIDGE
allow input tcp 53 from bridge $BRIDGE"
config "default input deny" "default output deny" "$keep"
is "which silences the warning" "$(grep -c "would lose" "$tmp/said")" 0
inside vm01 dhclient -6 -d -lf /dev/null -sf /bin/true -pf "$tmp/pid01" \
    eth0 >"$tmp/dhclient01" 2>&1 &
client=$!
ok "and a container gets its lease" wait_for \
    grep -q "RCV: Reply message" "$tmp/dhclient01"
config "deny input from container vm00"
is "a deny from one container takes it from its neighbours, too: told" \
    "$(grep -A 2 "would lose" "$tmp/said")" \
    "warning: containers on $BRIDGE would lose what this host serves them: DHCPv6
  to keep it, before deny input from container vm00:
  allow input udp 547 from bridge $BRIDGE"
config "allow input udp 547 from bridge $BRIDGE" \
    "deny input from container vm00"
is "and how to keep it is true" "$(grep -c "would lose" "$tmp/said")" 0
kill $client $server
wait $client $server 2>/dev/null

# ---- by which address containers go out

sed -i '/^uplink/d' "$tmp/conf"
for address in 2001:db8::9 2001:db8::11; do
	ip addr add $address/64 dev eth0 nodad
done
ip addr change 2001:db8::10/64 dev eth0 nodad preferred_lft 0
"$seki" apply "$tmp/conf" >"$tmp/said" 2>&1
like "with several addresses: one that is not deprecated" \
    "$(from vm00 get 2001:db8:9::7 80)" "^client1 2001:db8::9 "
config "allow input"
like "the one that the config states, whatever the kernel would take" \
    "$(from vm00 get 2001:db8:9::7 80)" "^client1 $public "
ip addr change 2001:db8::10/64 dev eth0 nodad preferred_lft forever
ip addr del 2001:db8::9/64 dev eth0
ip addr del 2001:db8::11/64 dev eth0

# ---- what came by the uplink leaves by none: the router would send it back

make_outside4
echo 1 >/proc/sys/net/ipv4/ip_forward
inside internet ip route add 2001:db8:66::/48 via $public
inside internet ip route add 198.18.0.0/15 via 192.0.2.10
inside internet nft -f - <<'NFT'
table inet back {
	counter sent { }
	chain from {
		type filter hook prerouting priority -500
		iifname "host" ip6 daddr 2001:db8:66::/48 counter name sent
		iifname "host" ip daddr 198.18.0.0/15 counter name sent
	}
}
NFT

# sends COMMAND...: how many packets of it leave this host for the router.
sends()
{
	inside internet nft reset counter inet back sent >/dev/null
	from client1 "$@" >/dev/null 2>&1
	inside internet nft list counter inet back sent |
	    sed -n 's/.*packets \([0-9]*\).*/\1/p'
}

# dropped: what the row has counted.
dropped()
{
	"$seki" show policies --json | tr '{' '\n' | grep -A1 'came by an uplink' |
	    sed -n 's/.*"packets":\([0-9]*\).*/\1/p'
}

there=2001:db8:66::1 there4=198.18.0.1
for more in "default forward allow" "allow forward to uplink"; do
	config "option ipv4 on" "$more"
	before=$(dropped)
	is "$more: a SYN leaves no more" "$(sends get $there 80)" 0
	is "$more: nor does that of IPv4" "$(sends get $there4 80)" 0
	is "$more: nor does a datagram" "$(sends ask $there 53)" 0
	is "$more: nor does that of IPv4 " "$(sends ask $there4 53)" 0
	is "$more: nor does a ping" "$(sends ping $there)" 0
	is "$more: each is counted" "$(($(dropped) - before))" 5
done
like "try says what drops it" \
    "$("$seki" try tcp from 2001:db8:9::7 to "[$there]:80" 2>/dev/null)" \
    "dropped by seki: drop what came by an uplink and would leave by one"
like "containers get out" "$(from vm01 get 2001:db8:9::7 80)" "^client1"
config "option ipv4 on" "allow forward tcp 80 to uplink" \
    "allow forward tcp 80 from uplink to uplink"
ok "which a policy may want: then it comes and goes" \
    [ "$(sends get $there 80)" -gt 20 ]
ok "in IPv4 as well" [ "$(sends get $there4 80)" -gt 20 ]
is "but nothing else does" "$(sends ask $there 53)" 0
is "nor what is forged" "$(inside client1 ip addr add \
    fd5a:1c2e:90b1::3/128 dev eth0 nodad
    sends get $there 80 --bind fd5a:1c2e:90b1::3)" 0
inside client1 ip addr del fd5a:1c2e:90b1::3/128 dev eth0
nft -f - <<'NFT'
table ip6 other {
	chain prerouting {
		type nat hook prerouting priority -110;
		ip6 daddr 2001:db8::10 tcp dport 81 dnat to [2001:db8:44::2]:80
	}
	chain postrouting {
		type nat hook postrouting priority 90;
		ip6 daddr 2001:db8:44::2 masquerade
	}
}
NFT
serve client2 tcp 80
config "default forward allow"
like "what another table sends to the outside goes there" \
    "$(from client1 get $public 81)" "^client2"
nft delete table ip6 other

# ---- the lease of the host's one address

inside internet dnsmasq --conf-file=/dev/null --no-daemon --port=0 \
    --interface=host --bind-dynamic --user=root --no-ping \
    --dhcp-range=2001:db8::100,2001:db8::1ff,64,120 \
    --dhcp-leasefile="$tmp/leases" --pid-file= >"$tmp/dnsmasq" 2>&1 &
wait_for grep -q "DHCPv6, IP range" "$tmp/dnsmasq"
cat >"$tmp/script" <<'SCRIPT'
#!/bin/sh
echo "$reason $new_ip6_address" >>/run/test/dhclient
SCRIPT
chmod 755 "$tmp/script"

# lease DEFAULTS...: with these the host gets its address, and again when it
# asks whether it may keep it.
lease()
{
	config "allow input tcp 22" "$@"
	: >"$tmp/dhclient.leases"
	for reason in BOUND6 'REBIND6|RENEW6|BOUND6'; do
		: >"$tmp/dhclient"
		dhclient -6 -d -lf "$tmp/dhclient.leases" -sf "$tmp/script" \
		    -pf "$tmp/pid" eth0 >"$tmp/dhclient.log" 2>&1 &
		client=$!
		ok "$*: a lease, $reason" wait_for \
		    grep -Eq "($reason) 2001:db8::1" "$tmp/dhclient"
		kill $client
		wait $client 2>/dev/null
	done
}
lease "default input deny"
lease "default input deny" "default output deny"

# ---- an uplink that is a bridge, with a machine of others on it

ip link add upbr address 02:00:00:00:00:77 type bridge
ip link set upbr up
ip -6 route del default
ip addr flush dev eth0
ip link set eth0 master upbr
ip link set vd1 master upbr
ip addr add $public/64 dev upbr nodad
ip route add default via 2001:db8::1 dev upbr
inside internet ip neigh flush dev host
inside d1 ip addr add 2001:db8::d1/64 dev eth0 nodad
serve d1 tcp 80

# bridge_config LINE...: likewise, by that uplink.
bridge_config()
{
	link=upbr
	ok "the uplink is a bridge: $*" config "$@"
	wait_for inside internet "$peer" get 2001:db8::d1 80 --timeout 500
	wait_for inside client1 "$peer" ping $public
}
for netfilter in 0 1; do
	bridged $netfilter || break
	bridge_config "allow forward to uplink" "default forward deny"
	is "nothing leaves again, br_netfilter $netfilter" \
	    "$(sends get $there 80)" 0
	like "and what stays on the bridge goes on" \
	    "$(from internet get 2001:db8::d1 80)" "^d1"
done
bridge_config "allow forward from uplink to uplink" "default forward deny"
ok "unless a policy says so" [ "$(sends get $there 80)" -gt 20 ]
bridged 0
done_testing

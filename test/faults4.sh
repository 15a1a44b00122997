#!/bin/sh
# What is said of forwards in IPv4 and of UDP against what packets say: faults
# made by hand, one a row, each judged for TCP and UDP in IPv4 and for UDP in
# IPv6 at once.
. "${top_srcdir:-.}/test/lib/lib.sh"
sandbox_s=300
in_sandbox "$@"
need nft ip iptables
ula=fd5a:1c2e:90b1
ip4=/proc/sys/net/ipv4

for call in /proc/sys/net/bridge/bridge-nf-call-ip*tables; do
	[ ! -e "$call" ] || echo 0 >"$call"
done
make_outside
make_outside4
make_bridge
ip addr add 10.0.3.1/24 dev $BRIDGE
make_container vm00
make_container vm01 $ula::9/64
give4 vm01 eth0 10.0.3.9/24 10.0.3.1
ip link add br1 type bridge
ip link set br1 up
for link in eth0 $BRIDGE br1; do
	echo 0 >"/proc/sys/net/ipv6/conf/$link/accept_dad"
done
for link in all eth0 $BRIDGE br1; do
	echo 0 >"$ip4/conf/$link/rp_filter"
done
# Who does not answer is known to be silent after a moment.
echo 1 >$ip4/neigh/$BRIDGE/mcast_solicit
echo 10 >$ip4/neigh/$BRIDGE/retrans_time_ms
cat >"$SEKI_CONFIG" <<END
uplink eth0
bridge $BRIDGE ula $ula::1/64 ipv4 10.0.3.1/24 masquerade
container vm00 on $BRIDGE ula $ula::3 ipv4 10.0.3.3
forward tcp 80 to vm00 only ipv4
forward udp 53 to vm00 only ipv4
forward udp 54 to vm00 only ipv6
option ipv4 on
END
ok "the config is applied" "$seki" apply

ways='tcp4 udp4 udp6'

asks()
{
	case $1 in
	tcp4) set -- get 192.0.2.10 80 --timeout "$2" ;;
	udp4) set -- ask 192.0.2.10 53 --timeout "$2" ;;
	udp6) set -- ask 2001:db8::10 54 --timeout "$2" ;;
	esac
	inside client1 "$peer" "$@" >/dev/null 2>&1
}
. "$top_srcdir/test/lib/faults.sh"

serve vm00 udp 54
serve vm00 udp 53
names=$!
serve vm00 tcp 80
server=$!

# hears_udp WHAT...: in place of the server of UDP port 53.
hears_udp()
{
	web=$server server=$names
	hears "$@"
	names=$server server=$web
}

# of_vm00 MAC STATE: what this host believes of its neighbour.
of_vm00()
{
	ip neigh replace 10.0.3.3 lladdr "$1" nud "$2" dev $BRIDGE
}

# A packet that comes is what makes this host look for it.
is_silent()
{
	ask_all
	ip neigh show 10.0.3.3 dev $BRIDGE nud failed | grep -q FAILED
}

# silent DO...: what was done keeps ARP from being answered, which this host
# has found out. Nor does vm00 ask, as what has just been confirmed is not asked
# for within 15 s: from a question this host would learn where it is.
silent()
{
	"$@" && ip neigh flush dev $BRIDGE &&
		$in_vm00 ip neigh replace 10.0.3.1 lladdr "$bridge_mac" \
			nud reachable dev eth0
	wait_for is_silent
}

# more_at TYPE HOOK PRIORITY RULE: another chain of what rules_at made.
more_at()
{
	nft -f - <<END_OF_RULES
table ip x {
	chain d {
		type $1 hook $2 priority $3;
		$4
	}
}
END_OF_RULES
}

inside_arp()
{
	inside vm00 nft -f - <<END_OF_RULES
table arp f {
	chain c {
		type filter hook input priority 0; policy drop;
	}
}
END_OF_RULES
}

# two_uplinks: the main table leads to br1, a rule for what containers send to
# eth0.
two_uplinks()
{
	ip route replace default dev br1 &&
		ip rule add pref 10 iif $BRIDGE lookup 77 &&
		ip route add default via 192.0.2.1 dev eth0 table 77 &&
		ip route add 10.0.3.0/24 dev $BRIDGE table 77
}

one_uplink()
{
	ip rule del pref 10
	ip route flush table 77
	ip route del default dev br1
	ip route replace default via 192.0.2.1
}

in_vm00='nsenter --net=/run/netns/vm00'
route="$in_vm00 ip route"
vm00_address="$in_vm00 ip addr replace 10.0.3.3/24 dev eth0"
vm00_route="$route replace default via 10.0.3.1 metric 512 proto 83"
uplink='ip addr replace 192.0.2.10/24 dev eth0'
gateway='ip route replace default via 192.0.2.1'
mac0=$(mac_of vm00)
mac1=$(mac_of vm01)
bridge_mac=$(cat /sys/class/net/$BRIDGE/address)

wait_for packets
is "as committed" "$(states)" "active: 
active: 
active: "

faults tcp4 <<END
forwarding off; echo 0 >$ip4/ip_forward; echo 1 >$ip4/ip_forward; broken; IPv4 forwarding
forwarding off at the uplink; echo 0 >$ip4/conf/eth0/forwarding; echo 1 >$ip4/conf/eth0/forwarding; broken; keeps packets
forwarding off at the bridge; echo 0 >$ip4/conf/$BRIDGE/forwarding; echo 1 >$ip4/conf/$BRIDGE/forwarding; degraded; keeps answers
bridge down; ip link set $BRIDGE down; ip link set $BRIDGE up; broken; $BRIDGE is down
bridge without its address; ip addr del 10.0.3.1/24 dev $BRIDGE; ip addr add 10.0.3.1/24 dev $BRIDGE; broken; IPv4 address
mask of the bridge too long; ip addr del 10.0.3.1/24 dev $BRIDGE && ip addr add 10.0.3.1/32 dev $BRIDGE; ip addr del 10.0.3.1/32 dev $BRIDGE && ip addr add 10.0.3.1/24 dev $BRIDGE; broken; IPv4 address
mask of the bridge short; ip addr add 10.0.3.1/16 dev $BRIDGE && ip addr del 10.0.3.1/24 dev $BRIDGE; ip addr add 10.0.3.1/24 dev $BRIDGE && ip addr del 10.0.3.1/16 dev $BRIDGE; active;
no default route inside; $route del default; $vm00_route; degraded; IPv4 default route
default route by another; $route del default && $route add default via 10.0.3.9; $route del default && $vm00_route; degraded; default route
halves of the Internet by another; $route add 0.0.0.0/1 via 10.0.3.9 && $route add 128.0.0.0/1 via 10.0.3.9; $route del 0.0.0.0/1 && $route del 128.0.0.0/1; degraded; default route
route inside unreachable; $route replace unreachable default metric 1; $route del unreachable default metric 1; degraded; inside vm00 refuses
route inside blackhole; $route replace blackhole default metric 1; $route del blackhole default metric 1; degraded; inside vm00 refuses
rule inside prohibits; $in_vm00 ip rule add pref 10 prohibit; $in_vm00 ip rule del pref 10; degraded; inside vm00 refuses
rule inside to another table; $in_vm00 ip rule add pref 10 lookup 77 && $route add default dev lo table 77; $in_vm00 ip rule del pref 10 && $route flush table 77; degraded; does not lead to this host
address missing inside; $in_vm00 ip addr del 10.0.3.3/24 dev eth0; $vm00_address && $vm00_route; broken; IPv4 address
another address inside; $in_vm00 ip addr del 10.0.3.3/24 dev eth0 && $in_vm00 ip addr add 10.0.3.77/24 dev eth0; $in_vm00 ip addr del 10.0.3.77/24 dev eth0 && $vm00_address && $vm00_route; degraded; IPv4
mask inside too long; $in_vm00 ip addr del 10.0.3.3/24 dev eth0 && $in_vm00 ip addr add 10.0.3.3/32 dev eth0; $in_vm00 ip addr del 10.0.3.3/32 dev eth0 && $vm00_address && $vm00_route; degraded; default route
mask inside long, route on the link; $in_vm00 ip addr del 10.0.3.3/24 dev eth0 && $in_vm00 ip addr add 10.0.3.3/32 dev eth0 && $route add default via 10.0.3.1 dev eth0 onlink; $in_vm00 ip addr del 10.0.3.3/32 dev eth0 && $vm00_address && $vm00_route; active;
interface inside down; $in_vm00 ip link set eth0 down; $in_vm00 ip link set eth0 up && $vm00_address && $vm00_route; broken; carrier
MTU inside small; $in_vm00 ip link set eth0 mtu 1300; $in_vm00 ip link set eth0 mtu 1500; active;
MTU of the bridge small; ip link set $BRIDGE mtu 1300; ip link set $BRIDGE mtu 1500; active;
address also of another; inside vm01 ip addr add 10.0.3.3/24 dev eth0; inside vm01 ip addr del 10.0.3.3/24 dev eth0; degraded; too
address also of this host; ip addr add 10.0.3.3/32 dev br1; ip addr del 10.0.3.3/32 dev br1; broken; keeps packets
address of the bridge also of another; inside vm01 ip addr add 10.0.3.1/24 dev eth0; inside vm01 ip addr del 10.0.3.1/24 dev eth0 && $in_vm00 ip neigh flush dev eth0; degraded; 10.0.3.1 too
address of the uplink gone; ip addr del 192.0.2.10/24 dev eth0; $uplink && $gateway; broken; no public IPv4
uplink down, and its routes gone; ip link set eth0 down; ip link set eth0 up && $gateway && ip addr replace 2001:db8::10/64 dev eth0 nodad && ip -6 route replace default via fe80::1 dev eth0; broken; eth0 is down
default route of the host gone; ip route del default; $gateway; degraded; IPv4 default route
default route of the host blackhole; ip route replace blackhole default; ip route del blackhole default && $gateway; degraded; IPv4 default route
default route of the host by the bridge; ip route replace default via 10.0.3.3; $gateway; degraded; keeps answers
route to the bridge gone; ip route del 10.0.3.0/24 dev $BRIDGE; ip route add 10.0.3.0/24 dev $BRIDGE proto kernel src 10.0.3.1; broken; keeps packets
address in a blackhole; ip route add blackhole 10.0.3.3/32; ip route del blackhole 10.0.3.3/32; broken; keeps packets
address by the uplink; ip route add 10.0.3.3/32 dev eth0; ip route del 10.0.3.3/32 dev eth0; broken; keeps packets
rule of the host drops what comes in; ip rule add pref 10 iif eth0 blackhole; ip rule del pref 10; broken; keeps packets
rule of the host drops answers; ip rule add pref 10 iif $BRIDGE prohibit; ip rule del pref 10; degraded; keeps answers
rule by mark for answers; rules_at ip prerouting -150 "iifname $BRIDGE meta mark set 7" && ip rule add pref 10 fwmark 7 prohibit; ip rule del pref 10 && nft delete table ip x; degraded; keeps answers
rule by mark to another uplink; rules_at ip prerouting -150 "iifname $BRIDGE meta mark set 7" && ip rule add pref 10 fwmark 7 lookup 77 && ip route add default dev br1 table 77; ip rule del pref 10 && ip route flush table 77 && nft delete table ip x; degraded; keeps answers
rule by port for what comes in; ip rule add pref 10 ipproto tcp dport 80 blackhole; ip rule del pref 10; broken; keeps packets
fixed neighbour entry; of_vm00 02:00:00:00:00:99 permanent; ip neigh del 10.0.3.3 dev $BRIDGE; broken; fixed neighbour entry
fixed neighbour entry that is right; of_vm00 $mac0 permanent; ip neigh del 10.0.3.3 dev $BRIDGE; active;
neighbour entry of another; of_vm00 $mac1 reachable; ip neigh del 10.0.3.3 dev $BRIDGE; degraded; MAC
fixed neighbour entry inside; $in_vm00 ip neigh replace 10.0.3.1 lladdr $mac1 nud permanent dev eth0; $in_vm00 ip neigh del 10.0.3.1 dev eth0; broken; its container has a fixed neighbour entry for 10.0.3.1
bridge without ARP; ip link set $BRIDGE arp off && ip neigh flush dev $BRIDGE; ip link set $BRIDGE arp on; broken; fixed neighbour entry
ARP ignored inside; silent $in_vm00 sysctl -qw net.ipv4.conf.eth0.arp_ignore=8; $in_vm00 sysctl -qw net.ipv4.conf.eth0.arp_ignore=0; degraded; search for its MAC
two uplinks; two_uplinks; one_uplink; active;
two uplinks, and a strict filter; two_uplinks && echo 1 >$ip4/conf/eth0/rp_filter; one_uplink && echo 0 >$ip4/conf/eth0/rp_filter; active;
default route by another uplink; ip route replace default dev br1; ip route del default && $gateway; degraded; keeps answers
default route by another uplink, and a strict filter; ip route replace default dev br1 && echo 1 >$ip4/conf/eth0/rp_filter; ip route del default && $gateway && echo 0 >$ip4/conf/eth0/rp_filter; broken; rp_filter
strict filter; echo 1 >$ip4/conf/all/rp_filter; echo 0 >$ip4/conf/all/rp_filter; active;
a table drops IPv4; rules_at ip forward 0 drop; nft delete table ip x; broken; table ip x, chain c drops
a table drops UDP; rules_at inet forward 0 "meta l4proto udp drop"; nft delete table inet x; active;
a table drops its address; rules_at ip forward 0 "ip daddr 10.0.3.3 drop"; nft delete table ip x; broken; table ip x, chain c drops
a table drops its answers; rules_at ip postrouting 300 "ip saddr 192.0.2.10 drop"; nft delete table ip x; broken; drops the answers
a table drops at the uplink; rules_at netdev ingress,eth0 0 "meta protocol ip tcp dport 80 drop"; nft delete table netdev x; broken; table netdev x, chain c drops
a table untracks; rules_at ip prerouting -300 notrack; nft delete table ip x; broken; notrack
a table drops what has a mark; rules_at inet forward 0 "meta mark 7 drop"; nft delete table inet x; active;
a table drops all but some; rules_at ip forward 0 "ip saddr != { 10.0.3.0/24, 203.0.113.0/24 } drop"; nft delete table ip x; degraded; what it has no rule for
a table drops some; rules_at ip forward 0 "ip saddr { 172.16.0.0/12, 203.0.113.0/24 } drop"; nft delete table ip x; active;
a table marks, and another chain drops that; rules_at ip prerouting -150 "meta mark set 7" && more_at filter forward 0 "meta mark 7 drop"; nft delete table ip x; broken; table ip x, chain d drops
a table marks what it lets through; rules_at ip prerouting -150 "tcp dport 80 meta mark set meta mark or 0x10" && more_at filter forward 0 "tcp dport 80 meta mark and 0x10 == 0 drop"; nft delete table ip x; active;
a table marks something else; rules_at ip prerouting -150 "tcp dport 81 meta mark set 7" && more_at filter forward 0 "meta mark 7 drop"; nft delete table ip x; active;
iptables marks, and drops that; iptables -t mangle -A PREROUTING -p tcp --dport 80 -j MARK --set-mark 0x8000 && iptables -A FORWARD -m mark --mark 0x8000/0x8000 -j DROP; nft delete table ip filter && nft delete table ip mangle; broken; table ip filter, chain FORWARD drops
a table translates before; rules_at ip prerouting -150 && more_at nat prerouting -110 "tcp dport 80 dnat to 10.0.3.9"; nft delete table ip x; degraded; table ip x, chain d translates
a table takes it for this host; rules_at ip prerouting -150 && more_at nat prerouting -110 "tcp dport 80 redirect to :8080"; nft delete table ip x; degraded; table ip x, chain d translates
a table translates another port; rules_at ip prerouting -150 && more_at nat prerouting -110 "tcp dport 81 dnat to 10.0.3.9"; nft delete table ip x; active;
a table translates after; rules_at ip prerouting -150 && more_at nat prerouting -90 "tcp dport 80 dnat to 10.0.3.9"; nft delete table ip x; active;
a table hides clients; rules_at ip prerouting -150 && more_at nat postrouting 90 masquerade; nft delete table ip x; active;
a table drops errors of a small MTU; rules_at ip forward 0 "icmp code frag-needed drop"; nft delete table ip x; degraded; table ip x, chain c drops the errors that tell of a smaller MTU
a table drops ARP; silent rules_at arp input 0 drop; nft delete table arp x; degraded; MAC
a table drops ARP that leaves; silent rules_at arp output 0 drop; nft delete table arp x; degraded; MAC
a bridge drops ARP; silent rules_at bridge prerouting 0 "ether type arp drop"; nft delete table bridge x; degraded; MAC
a bridge drops IPv4; rules_at bridge prerouting 0 "ether type ip drop"; nft delete table bridge x; broken; drops the answers
a port drops ARP; silent rules_at netdev ingress,vc1 0 "meta protocol arp drop"; nft delete table netdev x; degraded; MAC
iptables drops by default; iptables -P FORWARD DROP; nft delete table ip filter; broken; table ip filter, chain FORWARD drops
iptables drops what comes in to this host; iptables -P INPUT DROP; nft delete table ip filter; active;
listener on the loopback alone; hears tcp 80 vm00 --bind 127.0.0.1; hear; degraded; tcp 80 .peer at another address
listener of IPv6 alone; hears tcp 80 vm00 --bind $ula::3; hear; degraded; tcp 80 .peer over IPv6 alone
nobody listens; deaf; hear; degraded; tcp 80
firewall inside for IPv4; inside_drops input accept "meta nfproto ipv4 drop"; $in_vm00 nft delete table inet f; broken; inside
firewall inside for who is near; inside_drops input accept "ip saddr != 10.0.3.0/24 drop"; $in_vm00 nft delete table inet f; degraded; inside
firewall inside for IPv6; inside_drops input accept "meta nfproto ipv6 drop"; $in_vm00 nft delete table inet f; active;
firewall inside against ARP; silent inside_arp; $in_vm00 nft delete table arp f; degraded; MAC
port blocked by the spanning tree; ip link set vc1 type bridge_slave state 1; ip link set vc1 type bridge_slave state 3; broken; vc1 does not forward
END

faults udp4 <<END
a table drops UDP; rules_at ip forward 0 "meta l4proto udp drop"; nft delete table ip x; broken; table ip x, chain c drops
a table drops TCP; rules_at ip forward 0 "meta l4proto tcp drop"; nft delete table ip x; active;
a table drops its port; rules_at inet forward 0 "udp dport 53 drop"; nft delete table inet x; broken; table inet x, chain c drops
a table drops its answers; rules_at inet forward 0 "udp sport 53 drop"; nft delete table inet x; broken; drops the answers
a table drops what is new; rules_at ip forward 0 "ct state new udp dport 53 drop"; nft delete table ip x; broken; table ip x, chain c drops
a table untracks UDP; rules_at ip prerouting -300 "udp dport 53 notrack"; nft delete table ip x; broken; notrack
MTU inside small; $in_vm00 ip link set eth0 mtu 1300; $in_vm00 ip link set eth0 mtu 1500; degraded; packets of more than 1300 bytes are lost
MTU inside large; $in_vm00 ip link set eth0 mtu 9000; $in_vm00 ip link set eth0 mtu 1500; degraded; packets of more than 1500 bytes are lost
MTU of the bridge small; ip link set $BRIDGE mtu 1300; ip link set $BRIDGE mtu 1500; active;
listener on the loopback alone; hears_udp udp 53 vm00 --bind 127.0.0.1; hears_udp udp 53 vm00; degraded; udp 53 .peer at another address
listener of another protocol; hears_udp tcp 53 vm00; hears_udp udp 53 vm00; degraded; udp 53
firewall inside drops UDP; inside_drops input accept "udp dport 53 drop"; $in_vm00 nft delete table inet f; broken; inside
END

faults udp6 <<END
a table drops IPv4 alone; rules_at ip forward 0 drop; nft delete table ip x; active;
a table drops UDP; rules_at inet forward 0 "meta l4proto udp drop"; nft delete table inet x; broken; table inet x, chain c drops
a table drops its port; rules_at ip6 forward 0 "udp dport 54 drop"; nft delete table ip6 x; broken; table ip6 x, chain c drops
a table drops large ones; rules_at ip6 forward 0 "udp length > 1400 drop"; nft delete table ip6 x; active;
a policy shuts it; echo 'deny forward udp 54' >>$SEKI_CONFIG && "$seki" apply; sed -i '/^deny/d' $SEKI_CONFIG; broken; policy
firewall inside drops UDP; inside_drops input accept "meta l4proto udp drop"; $in_vm00 nft delete table inet f; broken; inside
END

done_testing

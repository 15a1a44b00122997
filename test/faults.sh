#!/bin/sh
# What is said of a forward against what packets say: faults made by hand, one
# a row. Where no packet gets through the forward is not "active", where one
# does it is not "broken", and the reason names what was done.
. "${top_srcdir:-.}/test/lib/lib.sh"
sandbox_s=300
in_sandbox "$@"
need nft ip ip6tables strace
ula=fd5a:1c2e:90b1
public=2001:db8::10
conf=/proc/sys/net/ipv6/conf

make_outside
make_bridge
make_container vm00
make_container vm01 $ula::9/64
other=$port
make_node elsewhere
cat >"$SEKI_CONFIG" <<END
uplink eth0
bridge $BRIDGE ula $ula::1/64 masquerade
container vm00 on $BRIDGE ula $ula::3
forward tcp 80 to vm00
END
ok "the config is applied" "$seki" apply
ip link add br1 type bridge
ip link set br1 up
for link in eth0 $BRIDGE; do
	echo 0 >$conf/$link/accept_dad
done
serve vm00 tcp 80
server=$!

ways=tcp6

asks()
{
	inside client1 "$peer" get $public 80 --timeout "$2" >/dev/null 2>&1
}
. "$top_srcdir/test/lib/faults.sh"

# others TABLE [RULE...]: a chain that drops what is forwarded, as ufw has one.
others()
{
	table=$1
	shift
	case ${1-} in "jump "*) user=${1#jump } ;; *) user=user ;; esac
	nft -f - <<END_OF_RULES
table ip6 $table {
	chain $user {
		tcp dport 9 accept
	}
	chain FORWARD {
		type filter hook forward priority 0; policy drop;
		$(printf '%s\n' "$@")
	}
}
END_OF_RULES
}

# chains_at HOOK RULE CHAIN=RULE...: likewise, with one rule, and what it may
# lead to.
chains_at()
{
	hook=$1 first=$2
	shift 2
	{
		echo "add table inet x"
		echo "add chain inet x c { type filter hook $hook priority 0; }"
		for chain; do
			echo "add chain inet x ${chain%%=*}"
		done
		for chain; do
			echo "add rule inet x ${chain%%=*} ${chain#*=}"
		done
		echo "add rule inet x c $first"
	} | nft -f -
}

# named_at HOOK POLICY constant|interval TYPE ELEMENTS RULE...: the rules of a
# chain of another table, which look in its set s.
named_at()
{
	hook=$1 policy=$2 flag=$3 type=$4 elements=$5
	shift 5
	nft -f - <<END_OF_RULES
table inet x {
	set s {
		type $type; flags $flag;
		elements = { $elements }
	}
	chain c {
		type filter hook $hook priority 0; policy $policy;
		$(printf '%s\n' "$@")
	}
}
END_OF_RULES
}

# hosts NUMBER: so many addresses, as elements.
hosts()
{
	seq "$1" | xargs printf '2001:db8:77::%x,'
}

# spanning on|off: of the bridge, which begins anew with the port.
spanning()
{
	case $1 in on) stp=1 ;; *) stp=0 ;; esac
	ip link set $BRIDGE type bridge stp_state $stp
	ip link set vc1 down
	ip link set vc1 up
}

# refused_by_dad DO LINK ADDRESS: DO is what runs ip where the link is, which
# gets an address that vm01 has already, and finds out.
refused_by_dad()
{
	link=$2 address=$3
	$1 ip addr del "$address/64" dev "$link"
	$1 sysctl -qw "net.ipv6.conf.$link.accept_dad=1"
	inside vm01 ip addr add "$address/64" dev eth0 nodad
	$1 ip addr add "$address/64" dev "$link"
	wait_for dad_failed "$1" "$link"
	inside vm01 ip addr del "$address/64" dev eth0
}

# stays_here ADDRESS: whether what is sent to it stays here. A worker of the kernel
# adds that route, after the address is there.
stays_here()
{
	ip -6 route get "$1" | grep -q ^local
}

dad_failed()
{
	$1 ip addr show dev "$2" dadfailed | grep -q inet6
}

asleep()
{
	nft add table inet seki '{ flags dormant; }'
}

no_elements()
{
	for map in $(nft list maps inet | sed -n 's/^.*map \([^ ]*\) .*/\1/p'); do
		nft flush map inet seki "$map"
	done
}

sleeps()
{
	rules_at ip6 forward 0 drop
	nft add table ip6 x '{ flags dormant; }'
}

in_vm00='nsenter --net=/run/netns/vm00'
route="$in_vm00 ip -6 route"
vm00_route="$route replace default via $ula::1 metric 512 proto 83"
vm00_ula="$in_vm00 ip addr replace $ula::3/64 dev eth0 nodad"
uplink="ip addr replace $public/64 dev eth0 nodad"
gateway='ip -6 route replace default via fe80::1 dev eth0'
mac0=$(mac_of vm00)
mac1=$(mac_of vm01)

wait_for packets
is "as committed" "$(states)" "active: "

faults tcp6 <<END
forwarding off; echo 0 >$conf/all/forwarding; echo 1 >$conf/all/forwarding; broken; forwarding
bridge down; ip link set $BRIDGE down; ip link set $BRIDGE up; broken; $BRIDGE is down
bridge without its ULA; ip addr del $ula::1/64 dev $BRIDGE; ip addr replace $ula::1/64 dev $BRIDGE nodad; broken; ULA
bridge without IPv6; echo 1 >$conf/$BRIDGE/disable_ipv6; echo 0 >$conf/$BRIDGE/disable_ipv6; broken; $BRIDGE has no IPv6
port down; ip link set vc1 down; ip link set vc1 up; broken; vc1 is down
port moved; ip link set vc1 master br1; ip link set vc1 master $BRIDGE; broken; another bridge
port out of the bridge; ip link set vc1 nomaster; ip link set vc1 master $BRIDGE; broken; vm00
interface inside down; $in_vm00 ip link set eth0 down; $in_vm00 ip link set eth0 up && $vm00_ula && $vm00_route; broken; carrier
ULA missing inside; $in_vm00 ip addr del $ula::3/64 dev eth0; $vm00_ula && $vm00_route; broken; ULA
IPv6 off inside; $in_vm00 sysctl -qw net.ipv6.conf.eth0.disable_ipv6=1; $in_vm00 sysctl -qw net.ipv6.conf.eth0.disable_ipv6=0 && $vm00_ula && $vm00_route; broken; vm00 has no IPv6 inside
no default route inside; $route del default; $vm00_route; degraded; default route
default route by another; $route del default && $route add default via $ula::9; $route del default && $vm00_route; degraded; default route
ULA also of this host; ip addr add $ula::3/64 dev $BRIDGE nodad && wait_for stays_here $ula::3; ip addr del $ula::3/64 dev $BRIDGE; broken; keeps packets
ULA also of another; inside vm01 ip addr add $ula::3/64 dev eth0 nodad; inside vm01 ip addr del $ula::3/64 dev eth0; degraded; too
uplink down; ip link set eth0 down; ip link set eth0 up && $uplink && $gateway; broken; eth0 is down
uplink without carrier; inside internet ip link set host down; inside internet ip link set host up && inside internet ip addr replace fe80::1/64 dev host nodad && inside internet ip addr replace 2001:db8::1/64 dev host nodad && $gateway; broken; carrier
public address gone; ip addr del $public/64 dev eth0 && inside internet ip neigh flush dev host; $uplink && $gateway; broken; no public IPv6
uplink without IPv6; echo 1 >$conf/eth0/disable_ipv6; echo 0 >$conf/eth0/disable_ipv6 && $uplink && $gateway; broken; no public IPv6
default route of the host gone; ip -6 route del default; $gateway; degraded; default route
our table gone; nft delete table inet seki; :; broken; kernel
a table of others drops all; others x; nft delete table ip6 x; broken; table ip6 x, chain FORWARD drops its packets: nft list chain ip6 x FORWARD
a table of others accepts all; others x "counter accept"; nft delete table ip6 x; active;
a table of others accepts requests; others x "tcp dport 80 accept"; nft delete table ip6 x; broken; drops the answers
a table of others accepts both; others x "tcp dport 80 accept" "ct state established,related accept"; nft delete table ip6 x; active;
a table of others accepts what is translated; others x "ct status dnat accept"; nft delete table ip6 x; active;
a table of others accepts some; others x "fib daddr type unicast accept"; nft delete table ip6 x; degraded; table ip6 x, chain FORWARD drops what it has no
a table of others rejects all; rules_at ip6 forward 0 "counter reject"; nft delete table ip6 x; broken; table ip6 x, chain c drops
a table of others rejects the rest; rules_at ip6 forward 0 "fib daddr type unicast accept" "log drop"; nft delete table ip6 x; degraded; table ip6 x, chain c drops
a table of others sleeps; sleeps; nft delete table ip6 x; active;
a table of others rejects some; rules_at ip6 forward 0 "tcp dport 9 reject"; nft delete table ip6 x; active;
ufw drops by default; others filter "jump ufw6-user-forward"; nft delete table ip6 filter; broken; of ufw drops .*ufw route allow
a rule drops its port; rules_at inet forward 0 "tcp dport 80 drop"; nft delete table inet x; broken; table inet x, chain c drops
a rule drops ports around it; rules_at inet forward 0 "tcp dport 79-81 drop"; nft delete table inet x; broken; table inet x, chain c drops
a rule drops all but ports around it; rules_at inet forward 0 "tcp dport != 79-81 tcp sport != 79-81 drop"; nft delete table inet x; active;
a rule drops all but ports beside it; rules_at inet forward 0 "tcp dport != 81-90 drop"; nft delete table inet x; broken; table inet x, chain c drops
a rule drops ports beside it; rules_at inet forward 0 "tcp dport 81-90 drop" "tcp dport != 80 drop"; nft delete table inet x; broken; drops the answers
a rule drops its ULA; rules_at ip6 forward 0 "ip6 daddr $ula::3 drop"; nft delete table ip6 x; broken; table ip6 x, chain c drops
a rule drops its prefix; rules_at ip6 forward 0 "ip6 daddr $ula::/64 drop"; nft delete table ip6 x; broken; table ip6 x, chain c drops
a rule drops another prefix; rules_at ip6 forward 0 "ip6 daddr $ula:1::/64 drop" "ip6 saddr $ula:2::/63 drop"; nft delete table ip6 x; active;
a rule drops what comes by the uplink; rules_at inet forward 0 "iifname eth0 meta l4proto tcp drop"; nft delete table inet x; broken; table inet x, chain c drops
a rule drops what comes by another; rules_at inet forward 0 "iifname eth1 drop" "oifname != { eth0, $BRIDGE } drop"; nft delete table inet x; active;
a rule drops SYNs; rules_at inet forward 0 "tcp flags & (syn | ack) == syn drop"; nft delete table inet x; broken; table inet x, chain c drops
a rule drops what is new; rules_at inet forward 0 "ct state new drop"; nft delete table inet x; broken; table inet x, chain c drops
a rule drops what is invalid; rules_at inet forward 0 "ct state invalid drop" "ip6 hoplimit 1 drop"; nft delete table inet x; active;
a rule drops answers; rules_at inet forward 0 "iifname $BRIDGE drop"; nft delete table inet x; broken; drops the answers
a set has its port; rules_at inet forward 0 "tcp dport { 80, 90 } drop"; nft delete table inet x; broken; table inet x, chain c drops
a set has other ports; rules_at inet forward 0 "tcp dport { 79, 81 } drop" "tcp dport { 81-90, 443 } drop"; nft delete table inet x; active;
a set has an interval of ports; rules_at inet forward 0 "tcp dport { 70-80, 90 } drop"; nft delete table inet x; broken; table inet x, chain c drops
a set has the uplink; rules_at inet forward 0 "iifname { eth0, eth7 } drop"; nft delete table inet x; broken; table inet x, chain c drops
a set has who is not known; rules_at ip6 forward 0 "ip6 saddr { 2001:db8:bad::/48, 2001:db8:9::8 } drop"; nft delete table ip6 x; active;
a set lacks its interfaces; rules_at inet forward 0 "iifname != { eth0, $BRIDGE } drop"; nft delete table inet x; active;
a map drops its port; rules_at inet forward 0 "tcp dport vmap { 1-79 : accept, 80 : drop, 81-1023 : accept }"; nft delete table inet x; broken; table inet x, chain c drops
a map accepts its port; rules_at inet forward 0 "tcp dport vmap { 79 : drop, 80 : accept }" "tcp dport 80 drop"; nft delete table inet x; active;
a map leads to a drop; chains_at forward "tcp dport vmap { 80 : jump one, 90 : accept }" one=drop; nft delete table inet x; broken; list chain inet x one
a map of states drops; rules_at inet forward 0 "ct state vmap { established : accept, related : accept, new : drop }"; nft delete table inet x; broken; table inet x, chain c drops
notrack of what is tracked; rules_at ip6 forward 0 "tcp dport 80 notrack"; nft delete table ip6 x; active;
a named set lacks its port; named_at forward drop constant inet_service 22,443 "ct state established accept" "tcp dport @s accept"; nft delete table inet x; broken; table inet x, chain c drops
a named set has its port; named_at forward drop constant inet_service 22,80 "ct state established,related accept" "tcp dport @s accept"; nft delete table inet x; active;
a named set has its interval; named_at forward accept interval inet_service 70-80 "tcp dport @s drop"; nft delete table inet x; broken; table inet x, chain c drops
a set of hosts has its container; named_at forward accept constant ipv6_addr "$(hosts 4000)$ula::3" "ip6 daddr @s drop"; nft delete table inet x; broken; table inet x, chain c drops
a key of parts has its address and port; named_at forward accept constant "ipv6_addr . inet_service" "$ula::3 . 80" "ip6 daddr . tcp dport @s drop"; nft delete table inet x; broken; table inet x, chain c drops
a key of parts has another port; named_at forward accept constant "ipv6_addr . inet_service" "$ula::3 . 81" "ip6 daddr . tcp dport @s drop"; nft delete table inet x; active;
a key of parts has who is not known; named_at forward accept constant "ipv6_addr . inet_service" "2001:db8:9::8 . 80" "ip6 saddr . tcp dport @s drop"; nft delete table inet x; active;
a key of short parts has it; named_at forward accept constant "inet_proto . inet_service" "tcp . 80" "meta l4proto . th dport @s drop"; nft delete table inet x; broken; table inet x, chain c drops
a key of parts has its interface; named_at forward accept constant "ifname . inet_service" "eth0 . 80" "iifname . tcp dport @s drop"; nft delete table inet x; broken; table inet x, chain c drops
ranges of parts have it; named_at forward accept interval "ipv6_addr . inet_service" "$ula::/64 . 1-1023" "ip6 daddr . tcp dport @s drop"; nft delete table inet x; broken; table inet x, chain c drops
ranges of parts lack it; named_at forward accept interval "ipv6_addr . inet_service" "$ula::/64 . 81-1023" "ip6 daddr . tcp dport @s drop"; nft delete table inet x; active;
a jump to a chain that drops; chains_at forward "jump user" user=drop; nft delete table inet x; broken; table inet x, chain c drops its packets: nft list chain inet x user
a goto to a chain that rejects; chains_at forward "tcp dport 80 goto one" "one=jump two" "two=counter reject"; nft delete table inet x; broken; list chain inet x two
a jump to a chain that returns; chains_at forward "jump one" "one=tcp dport 80 return" one=drop; nft delete table inet x; broken; answers
a jump that is not taken; chains_at forward "tcp dport 9 jump one" one=drop; nft delete table inet x; active;
raw drops all; rules_at ip6 prerouting -300 drop; nft delete table ip6 x; broken; table ip6 x, chain c drops
raw drops its port and address; rules_at inet prerouting -300 "ip6 daddr $public tcp dport 80 drop"; nft delete table inet x; broken; table inet x, chain c drops
raw drops its ULA; rules_at inet prerouting -300 "ip6 daddr $ula::3 drop"; nft delete table inet x; active;
prerouting drops its ULA; rules_at inet prerouting -50 "ip6 daddr $ula::3 drop"; nft delete table inet x; broken; table inet x, chain c drops
postrouting drops all; rules_at inet postrouting 0 drop; nft delete table inet x; broken; table inet x, chain c drops
postrouting drops answers; rules_at inet postrouting 300 "ip6 saddr $public drop"; nft delete table inet x; broken; drops the answers
raw untracks all; rules_at ip6 prerouting -300 notrack; nft delete table ip6 x; broken; notrack
input drops all; rules_at ip6 input 0 drop && ip -6 neigh flush dev $BRIDGE; nft delete table ip6 x && ip -6 neigh flush dev $BRIDGE; degraded; neighbour discovery
output drops all; rules_at ip6 output 0 drop && ip -6 neigh flush dev $BRIDGE; nft delete table ip6 x && ip -6 neigh flush dev $BRIDGE; degraded; neighbour discovery
ingress of the uplink drops; rules_at netdev ingress,eth0 0 "tcp dport 80 drop"; nft delete table netdev x; broken; table netdev x, chain c drops
ingress of another drops; rules_at netdev ingress,br1 0 drop; nft delete table netdev x; active;
ingress of the family inet drops; rules_at inet ingress,eth0 0 "ip6 daddr $public drop"; nft delete table inet x; broken; table inet x, chain c drops
egress of the uplink drops; rules_at netdev egress,eth0 0 "meta protocol ip6 meta l4proto tcp drop"; nft delete table netdev x; broken; drops the answers
egress of the bridge drops; rules_at netdev egress,$BRIDGE 0 drop; nft delete table netdev x; broken; table netdev x, chain c drops
ingress of the port drops; rules_at netdev ingress,vc1 0 "tcp sport 80 drop"; nft delete table netdev x; broken; drops the answers
bridge input drops; rules_at bridge input 0 "ether type ip6 drop"; nft delete table bridge x; broken; drops the answers
bridge prerouting drops; rules_at bridge prerouting 0 "iifname vc1 drop"; nft delete table bridge x; broken; drops the answers
bridge output drops; rules_at bridge output 0 "ip6 daddr $ula::3 drop"; nft delete table bridge x; broken; table bridge x, chain c drops
bridge postrouting drops; rules_at bridge postrouting 0 "oifname vc1 tcp dport 80 drop"; nft delete table bridge x; broken; table bridge x, chain c drops
bridge forward drops; rules_at bridge forward 0 drop; nft delete table bridge x; active;
bridge drops IPv4; rules_at bridge prerouting 0 "ether type ip drop" "arp operation request drop"; nft delete table bridge x; active;
ip6tables drops the rest; ip6tables -P FORWARD DROP && ip6tables -A FORWARD -p tcp --dport 80 -j ACCEPT; nft delete table ip6 filter; broken; drops the answers
ip6tables accepts both; ip6tables -P FORWARD DROP && ip6tables -A FORWARD -p tcp --dport 80 -j ACCEPT && ip6tables -A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT; nft delete table ip6 filter; active;
ip6tables rejects in a chain; ip6tables -N block && ip6tables -A block -m comment --comment hi -j REJECT && ip6tables -A FORWARD -o $BRIDGE -j block; nft delete table ip6 filter; broken; table ip6 filter, chain FORWARD drops its packets: nft list chain ip6 filter block
ip6tables untracks; ip6tables -t raw -A PREROUTING -p tcp -j CT --notrack; nft delete table ip6 raw; broken; notrack
a table drops errors of a small MTU; rules_at ip6 forward 5 "icmpv6 type packet-too-big drop"; nft delete table ip6 x; degraded; table ip6 x, chain c drops the errors that tell of a smaller MTU
a table drops errors for this host; rules_at ip6 input 5 "icmpv6 type packet-too-big drop"; nft delete table ip6 x; active;
a policy shuts it; echo 'deny forward tcp 80' >>$SEKI_CONFIG && "$seki" apply; sed -i '/^deny/d' $SEKI_CONFIG; broken; policy
port blocked by the spanning tree; spanning on; spanning off; broken; vc1 does not forward
port locked, which does not know its MAC; bridge link set dev vc1 locked on && bridge fdb del $mac0 dev vc1 master; bridge link set dev vc1 locked off; broken; vc1 is locked
port locked, which learnt its MAC; bridge link set dev vc1 locked on; bridge link set dev vc1 locked off; degraded; vc1 is locked
port locked, which was told its MAC; bridge link set dev vc1 locked on && bridge fdb replace $mac0 dev vc1 master static; bridge fdb del $mac0 dev vc1 master && bridge link set dev vc1 locked off; active;
MAC also of another; $in_vm00 ip link set eth0 address $mac1; $in_vm00 ip link set eth0 address $mac0 && $vm00_route; degraded; MAC of vm00
MAC also of the bridge; $in_vm00 ip link set eth0 address $(cat /sys/class/net/$BRIDGE/address); $in_vm00 ip link set eth0 address $mac0 && $vm00_route; degraded; MAC of vm00
fixed neighbour entry; ip -6 neigh replace $ula::3 lladdr 02:00:00:00:00:99 nud permanent dev $BRIDGE; ip -6 neigh del $ula::3 dev $BRIDGE; broken; fixed neighbour entry
fixed neighbour entry inside; $in_vm00 ip neigh replace $ula::1 lladdr $mac1 nud permanent dev eth0; $in_vm00 ip neigh del $ula::1 dev eth0; broken; its container has a fixed neighbour entry for $ula::1
fixed neighbour entry inside that is right; $in_vm00 ip neigh replace $ula::1 lladdr $(cat /sys/class/net/$BRIDGE/address) nud permanent dev eth0; $in_vm00 ip neigh del $ula::1 dev eth0; active;
neighbour entry inside of another; $in_vm00 ip neigh replace $ula::1 lladdr $mac1 nud reachable dev eth0; $in_vm00 ip neigh del $ula::1 dev eth0; degraded; takes another MAC
bridge that looks for no neighbours; ip link set $BRIDGE arp off && ip -6 neigh flush dev $BRIDGE; ip link set $BRIDGE arp on; broken; fixed neighbour entry
prefix of the bridge too long; ip addr del $ula::1/64 dev $BRIDGE && ip addr add $ula::1/128 dev $BRIDGE nodad; ip addr del $ula::1/128 dev $BRIDGE; broken; ULA
address of the bridge also of another; inside vm01 ip addr add $ula::1/64 dev eth0 nodad && $in_vm00 ip -6 neigh flush dev eth0; inside vm01 ip addr del $ula::1/64 dev eth0 && $in_vm00 ip -6 neigh flush dev eth0; degraded; $ula::1 too
route inside unreachable; $route replace unreachable default metric 1; $route del unreachable default metric 1; degraded; inside vm00 refuses
route inside blackhole; $route replace blackhole default metric 1; $route del blackhole default metric 1; degraded; inside vm00 refuses
rule inside prohibits; $in_vm00 ip -6 rule add pref 10 prohibit; $in_vm00 ip -6 rule del pref 10; degraded; inside vm00 refuses
rule inside to another table; $in_vm00 ip -6 rule add pref 10 lookup 77 && $route add default dev lo table 77; $in_vm00 ip -6 rule del pref 10 && $route flush table 77; degraded; does not lead to this host
rule of the host drops what comes in; ip -6 rule add pref 10 from all iif eth0 blackhole; ip -6 rule del pref 10; broken; keeps packets for $ula::3
rule of the host drops answers; ip -6 rule add pref 10 iif $BRIDGE prohibit; ip -6 rule del pref 10; degraded; keeps answers of $ula::3
rule by mark for what nobody marks; ip -6 rule add pref 10 fwmark 7 prohibit; ip -6 rule del pref 10; active;
rule by mark for answers; rules_at ip6 prerouting -150 "iifname $BRIDGE meta mark set 7" && ip -6 rule add pref 10 fwmark 7 prohibit; ip -6 rule del pref 10 && nft delete table ip6 x; degraded; keeps answers of $ula::3
rule by mark to another table; rules_at ip6 prerouting -150 "tcp sport 80 meta mark set 7" && ip -6 rule add pref 10 fwmark 7 lookup 77 && ip -6 route add default dev br1 table 77; ip -6 rule del pref 10 && ip -6 route flush table 77 && nft delete table ip6 x; degraded; keeps answers of $ula::3
rule by mark for what comes in; rules_at ip6 prerouting -150 "tcp dport 80 meta mark set 7" && ip -6 rule add pref 10 fwmark 7 blackhole; ip -6 rule del pref 10 && nft delete table ip6 x; broken; keeps packets for $ula::3
rule by mark for other ports; rules_at ip6 prerouting -150 "tcp dport 81 meta mark set 7" && ip -6 rule add pref 10 fwmark 7 blackhole; ip -6 rule del pref 10 && nft delete table ip6 x; active;
rule by port for answers; ip -6 rule add pref 10 ipproto tcp sport 80 prohibit; ip -6 rule del pref 10; degraded; keeps answers of $ula::3
rule by port for what comes in; ip -6 rule add pref 10 ipproto tcp dport 80 prohibit; ip -6 rule del pref 10; broken; keeps packets for $ula::3
rule by another port; ip -6 rule add pref 10 ipproto tcp sport 81 prohibit; ip -6 rule del pref 10; active;
rule of the host to another table; ip -6 rule add pref 10 iif $BRIDGE lookup 77 && ip -6 route add default dev $BRIDGE table 77; ip -6 rule del pref 10 && ip -6 route flush table 77; degraded; keeps answers of $ula::3
default route of the host unreachable; ip -6 route add unreachable default metric 1; ip -6 route del unreachable default metric 1; degraded; keeps answers
default route of the host blackhole alone; ip -6 route del default && ip -6 route add blackhole default; ip -6 route del blackhole default && $gateway; degraded; default route
default route of the host by the bridge; ip -6 route add default via $ula::3 dev $BRIDGE metric 1; ip -6 route del default via $ula::3 dev $BRIDGE metric 1; degraded; keeps answers
ULA in a blackhole; ip -6 route add blackhole $ula::3/128; ip -6 route del blackhole $ula::3/128; broken; keeps packets
ULA by the uplink; ip -6 route add $ula::/64 dev eth0 metric 1; ip -6 route del $ula::/64 dev eth0 metric 1; broken; keeps packets
route to the bridge gone; ip -6 route del $ula::/64 dev $BRIDGE; ip -6 route add $ula::/64 dev $BRIDGE proto kernel metric 256; broken; keeps packets
uplink is a port of a bridge; ip link add br9 type bridge && ip link set eth0 master br9; ip link set eth0 nomaster && ip link del br9 && $uplink && $gateway; broken; eth0 is a port
MTU inside too small; $in_vm00 ip link set eth0 mtu 1200; $in_vm00 ip link set eth0 mtu 1500 && $vm00_ula && $vm00_route; broken; vm00 has no IPv6 inside
MTU of the port too small; ip link set vc1 mtu 1300 && ip link set $BRIDGE mtu 1500; ip link set vc1 mtu 1500; degraded; packets of more than 1300 bytes are lost
MTU of the bridge too small; ip link set $BRIDGE mtu 1200; ip link set $BRIDGE mtu 1500 && ip addr replace $ula::1/64 dev $BRIDGE nodad; broken; $BRIDGE has no IPv6
interface inside is somewhere else; $in_vm00 ip link set eth0 netns elsewhere; inside elsewhere ip link set eth0 netns vm00 && $in_vm00 ip link set eth0 up && $vm00_ula && $vm00_route; broken; vm00
ULA inside refused as a duplicate; refused_by_dad "$in_vm00" eth0 $ula::3; $in_vm00 ip addr del $ula::3/64 dev eth0 && $vm00_ula && $vm00_route && ip -6 neigh flush dev $BRIDGE; broken; duplicate address detection
ULA of the bridge refused as a duplicate; refused_by_dad env $BRIDGE $ula::1; ip addr del $ula::1/64 dev $BRIDGE && ip addr add $ula::1/64 dev $BRIDGE nodad && $in_vm00 ip -6 neigh flush dev eth0; degraded; duplicate address detection
our table asleep; asleep; nft add table inet seki; degraded; not as committed
our chain emptied; nft flush chain inet seki prerouting-dnat; :; degraded; not as committed
our chain drops before all; nft insert rule inet seki forward drop; :; degraded; not as committed
one element of ours gone; no_elements; :; degraded; not as committed
firewall inside; inside_drops input drop; $in_vm00 nft delete table inet f; broken; inside
firewall inside drops the port; inside_drops input accept "tcp dport 80 drop"; $in_vm00 nft delete table inet f; broken; inside
firewall inside accepts; inside_drops input drop "tcp dport 80 accept" "meta l4proto icmpv6 accept"; $in_vm00 nft delete table inet f; active;
firewall inside drops answers; inside_drops output accept "tcp sport 80 drop"; $in_vm00 nft delete table inet f; broken; inside
firewall inside with states; inside_drops input drop "ct state established,related accept" "tcp dport { 22, 80 } ct state new accept" "meta l4proto icmpv6 accept"; $in_vm00 nft delete table inet f; active;
firewall inside for another port; inside_drops input drop "ct state established,related accept" "tcp dport { 22, 443 } accept" "meta l4proto icmpv6 accept"; $in_vm00 nft delete table inet f; broken; inside
firewall inside for one link; inside_drops input accept "iifname eth0 tcp dport 80 reject"; $in_vm00 nft delete table inet f; broken; inside
firewall inside for another link; inside_drops input accept "iifname eth1 tcp dport 80 reject" "iif lo drop"; $in_vm00 nft delete table inet f; active;
firewall inside for who is not known; inside_drops input drop "ip6 saddr 2001:db8:9::7 accept" "meta l4proto icmpv6 accept"; $in_vm00 nft delete table inet f; degraded; inside
firewall inside against neighbours; inside_drops input accept "icmpv6 type nd-neighbor-solicit drop" && ip -6 neigh flush dev $BRIDGE; $in_vm00 nft delete table inet f; degraded; inside
firewall inside against errors of a small MTU; inside_drops input accept "icmpv6 type packet-too-big drop"; $in_vm00 nft delete table inet f; degraded; inside its container: table inet f, chain c drops the errors
ip6tables inside; $in_vm00 ip6tables -P INPUT DROP; $in_vm00 nft delete table ip6 filter; broken; inside its container drop its packets: table ip6 filter, chain INPUT
listener on the loopback alone; hears tcp 80 vm00 --bind ::1; hear; degraded; tcp 80 .peer at another address
listener of IPv4 alone; hears tcp 80 vm00 --bind ::ffff:0.0.0.0; hear; degraded; tcp 80 .peer over IPv4 alone
listener on another port; hears tcp 8080 vm00; hear; degraded; tcp 80$
listener of another protocol; hears udp 80 vm00; hear; degraded; tcp 80$
nobody listens; deaf; hear; degraded; tcp 80
END

# ---- told where it is decided, and where somebody looks

unlike "without tables of others nothing is warned of" \
    "$("$seki" check 2>&1; "$seki" show status)" "rule for"
others filter "jump ufw6-user-forward"
rules_at ip6 input 0 "fib daddr type unicast accept" "drop"
like "check warns of a chain that drops what is forwarded" \
    "$("$seki" check 2>&1)" \
    "^warning: table ip6 filter, chain FORWARD of ufw drops what it has no"
unlike "of one that drops what comes in only where something is allowed in" \
    "$("$seki" check 2>&1)" "chain c"
"$seki" add allow input tcp 22 2>/dev/null
got=$("$seki" commit --confirm 60 2>&1)
like "so does a commit, of both" "$got" \
    "^warning: table ip6 x, chain c drops what it has no rule for"
against()
{
	"$seki" show status | grep -q "\[$1\] .*chain $2"
}
ok "it may be against it" wait_for against '\.\.' "FORWARD of ufw"
rules_at netdev ingress,eth0 -500 "tcp dport 9 accept" "tcp dport 80-90 drop"
unlike "nothing is told of a chain that lets the rest through" \
    "$("$seki" check 2>&1)" "netdev"
nft add rule netdev x c "fib daddr . iif type unicast accept"
nft add rule netdev x c drop
like "but of one at the uplink that drops it" "$("$seki" check 2>&1)" \
    "^warning: table netdev x, chain c drops .* is allowed or forwarded needs"
nft delete table netdev x
rules_at inet prerouting -300 drop
ok "one before all others is against it" wait_for against '!!' "c lets nothing"
nft delete table inet x
nft flush chain ip6 filter FORWARD
ok "without a rule it is" wait_for against '!!' "FORWARD of ufw"
nft delete table ip6 filter
gone()
{
	! against '!!' FORWARD
}
ok "until it is gone" wait_for gone
ok "reverted" "$seki" revert
nft delete table ip6 x

# ---- what waits to be confirmed is judged as what is in force

# state_of PORT
state_of()
{
	"$seki" show forwards --json | tr -d '\n' |
	    sed 's/{ *"proto"/\n&/g' | grep "^[^}]*\"ports\": *\"*$1\"*," | sed -n \
	    's/.*"state": *"\([a-z]*\)", *"reason": *"\([^"]*\)".*/\1: \2/p'
}

"$seki" add container vm01 on $BRIDGE ula $ula::9 2>/dev/null
"$seki" add forward tcp 81 to vm01 2>/dev/null
ip -6 route add blackhole $ula::9/128
"$seki" commit --confirm 60 >/dev/null 2>&1
like "a forward that waits to be confirmed is judged by its way" \
    "$(state_of 81)" "broken: .*keeps packets"
ip -6 route del blackhole $ula::9/128
like "and by its listener" "$(state_of 81)" "degraded: .*tcp 81"
ok "that one too is reverted" "$seki" revert

# ---- a list of half the world is not read to its end

answers()
{
	named_at forward accept constant ipv6_addr "$(hosts "$1")" \
	    "ip6 saddr @s drop"
	strace -f -qq -e trace=recvfrom "$seki" show forwards 2>&1 >/dev/null |
	    grep -c recvfrom
	nft delete table inet x
}
more=$(($(answers 60000) - $(answers 40000)))
ok "20,000 hosts more take no more answers ($more)" [ "$more" -lt 10 ]

done_testing

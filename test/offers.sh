#!/bin/sh
# What seki setup finds and offers on hosts of many kinds, each made of the one
# before.
. "${top_srcdir:-.}/test/lib/lib.sh"
in_sandbox "$@"
need nft

# look: what it says now.
look()
{
	said=$("$seki" setup 2>&1) || diag "$said"
}

# ---- nothing

look
like "no way out is told" "$said" '^  no default route: no interface'
like "no bridge is told" "$said" '^  no bridge, so no containers'
like "logins stay, whoever listens" "$said" '\[x\] allow input tcp 22  logins$'
unlike "no uplink is offered" "$said" '\] uplink'
like "a bridge is to be made" "$said" \
    '\[x\] bridge br0 ula fd[^ ]+::1/64 create +seki makes it$'
like "to which there are ways" "$said" \
    '^A container gets its port of br0 by its own settings:$'
like "with LXC by its link" "$said" 'lxc\.net\.0\.link = br0'
ip link add br0 type veth peer name br1
look
like "whose name is free" "$said" '\[x\] bridge br2 ula'
ip link del br0

# ---- IPv6

make_outside
ip -6 route del default
ip addr del 2001:db8::10/64 dev eth0
ip addr add 192.0.2.10/24 dev eth0
ip route add default via 192.0.2.1
look
like "an address that nothing has configured can be stated" "$said" \
    '^    uplink eth0 address ADDR/LEN gateway ADDR keep$'
private /etc/netplan
: >/etc/netplan/50.yaml
echo "uplink eth0 address 2001:db8::10/64 gateway fe80::1 keep" >"$tmp/panel"
said=$("$seki" setup --answers "$tmp/panel" 2>&1)
like "it is given" "$said" '^  eth0: add default route via fe80::1$'
like "and told where it lasts" "$said" \
    '^the address of eth0 is best made permanent in /etc/netplan'
rm /etc/netplan/50.yaml
ip addr del 192.0.2.10/24 dev eth0
ip addr add 2001:db8::10/64 dev eth0 nodad
ip -6 route add default via fe80::1 dev eth0
look
like "the uplink is offered" "$said" '\[x\] uplink eth0$'
unlike "nothing of IPv4" "$said" ipv4
like "a bridge that is made leads out" "$said" \
    '\[x\] bridge br0 ula fd[^ ]+ masquerade create '
ok "yes makes it" "$seki" setup --yes
ok "with an address" sh -c "ip -br -6 addr show br0 | grep -q ' fd'"
ok "and a revert deletes it" "$seki" revert
nok "" test -e /sys/class/net/br0
rm -f /run/seki/candidate.conf
ip addr add 2001:db8::77/128 dev eth0 nodad
ip addr del 2001:db8::10/64 dev eth0
like "one address" "$("$seki" setup 2>&1)" 'one address: ula and masquerade$'
ip addr add 2001:db8::10/64 dev eth0 nodad
ip addr del 2001:db8::77/128 dev eth0
make_bridge
look
like "the only bridge is for containers" "$said" \
    "\[x\] bridge $BRIDGE ula fd[^ ]+/64 masquerade +a random prefix$"
like "with the link's own prefix if one wants it" "$said" \
    "\[ \] bridge $BRIDGE ula fd[^ ]+/64 masquerade prefix 2001:db8::/64 proxy +public addresses by proxy$"
like "what they may reach" "$said" \
    '\[x\] allow forward udp 53,123 to uplink +names and time$'
like "what they may not" "$said" '\[ \] allow forward any to uplink'
make_container app
make_container "a b"
serve app tcp 80
serve app tcp 22
serve app tcp 443
serve app udp 443
serve "a b" tcp 80
serve "a b" tcp 22
serve "a b" tcp 3306
serve_host tcp 2222
serve_host tcp 443
serve_host tcp 25
serve_host udp 51820
look
like "a name with a blank" "$said" '\[x\] container "a b" on'
like "logins beside what this host has" "$said" \
    '\[x\] forward tcp 2223 to "a b":22 +peer$'
like "each at a port of its own" "$said" '\[x\] forward tcp 2224 to app:22'
like "the first has a port" "$said" '\[x\] forward tcp 80 to "a b"'
like "the second has not" "$said" \
    '\[ \] forward tcp 80 to app +peer; the port is taken by another forward$'
like "nor what this host serves itself" "$said" \
    '\[ \] forward tcp,udp 443 to app +peer; this host listens there itself: peer$'
like "a database is no service of the Internet" "$said" \
    '\[ \] forward tcp 3306 to "a b"'
like "services of this host stay open" "$said" '\[x\] allow input tcp 443'
like "also those of mail" "$said" '\[x\] allow input tcp 25 '
like "and tunnels" "$said" '\[x\] allow input udp 51820'
like "others do not" "$said" '\[ \] allow input tcp 2222'

# ---- IPv4, with a bridge of Docker's kind

make_outside4
look
like "both families" "$said" '\[x\] option ipv4 on +both families$'
like "a bridge without IPv4 gets some" "$said" \
    "\[x\] bridge $BRIDGE .* ipv4 10\.[0-9]+\.0\.1/24 "
like "and its containers" "$said" '\[x\] container app .* ipv4 10\.[0-9]+\.0\.[0-9]+ '
ip link add docker0 type bridge
ip link set docker0 up
ip addr add 172.17.0.1/16 dev docker0
(BRIDGE=docker0 && containers=9 && make_container d1 172.17.0.2/16)
serve d1 tcp 8080
look
like "Docker is seen" "$said" '^  Docker +publishes ports by itself'
like "with what is behind its bridge" "$said" '^    d1 .*listens: tcp 8080'
unlike "of which nothing is offered" "$said" '\] .* (d1|docker0)'

# ---- what the bridge has

ip addr add fd00:5e::1/64 dev $BRIDGE nodad
ip addr add 10.0.3.1/24 dev $BRIDGE
inside app ip addr add fd00:5e::5/64 dev eth0 nodad
look
like "its own prefix is kept" "$said" \
    "\[x\] bridge $BRIDGE ula fd00:5e::1/64 masquerade ipv4 10.0.3.1/24 +its own prefix$"
like "and the address of a container" "$said" \
    '\[x\] container app on lxcbr0 ula fd00:5e::5 '
if command -v dnsmasq >/dev/null; then
	dnsmasq --conf-file=/dev/null --interface=$BRIDGE --bind-interfaces \
	    --dhcp-range=10.0.3.100,10.0.3.200 --pid-file="$tmp/dnsmasq.pid" \
	    --dhcp-leasefile="$tmp/leases"
	look
	like "what this host serves containers stays open to them" "$said" \
	    "\[x\] allow input udp 53,67 from bridge $BRIDGE "
	like "over TCP, too" "$said" \
	    "\[x\] allow input tcp 53 from bridge $BRIDGE "
	unlike "and to nobody else" "$said" '\] allow input [a-z,]* 53 +dnsmasq'
	kill "$(cat "$tmp/dnsmasq.pid")"
else
	skip "needs: dnsmasq" 3
fi
inside app ip link add eth1 type veth peer name vc8 netns $$
ip link set vc8 master $BRIDGE up
inside app ip link set eth1 up
look
is "what listens in a container with two ports is offered once" \
    "$(echo "$said" | grep -c '\] forward tcp,udp 443 to app')" 1
inside app ip link del eth1
ip addr add 2001:db8:77::1/64 dev $BRIDGE nodad
like "a routed prefix is told of" "$("$seki" setup 2>&1)" \
    'a routed /64: prefix, or ula and translate$'

look
like "and is for containers" "$said" \
    "\[x\] bridge $BRIDGE ula fd00:5e::1/64 masquerade prefix 2001:db8:77::/64 .*public addresses, routed here$"
like "which private addresses alone are beside" "$said" \
    "\[ \] bridge $BRIDGE ula fd00:5e::1/64 masquerade ipv4 10.0.3.1/24 +its own prefix$"
like "each gets one of it" "$said" \
    '\[x\] container app on lxcbr0 ula fd00:5e::5 address 2001:db8:77::[0-9a-f]+ '
ip addr del 2001:db8:77::1/64 dev $BRIDGE

# ---- what is there already

cat >"$tmp/half.conf" <<CONF
uplink eth0
bridge $BRIDGE ula fd00:5e::1/64
container app ula fd00:5e::5
forward tcp 8000 to app:80
allow input tcp 22
default input deny
CONF
"$seki" apply "$tmp/half.conf" >/dev/null 2>&1
look
unlike "it is not offered again" "$said" \
    '\] (uplink|bridge|container app|allow input tcp 22 |default input)'
unlike "nor what is forwarded elsewhere" "$said" '\] forward tcp 80 to app'
like "what it lacks is" "$said" '\[x\] container "a b" on'
like "but what is closed stays so" "$said" '\[ \] allow input tcp 443'

# ---- without the right to

status "who is not root cannot know the steps" 1 \
    setpriv --reuid 65534 --clear-groups "$seki" setup
like "but what is there" "$said" '^  eth0 +192.0.2.10/24'
status "and nothing more" 1 \
    setpriv --reuid 65534 --clear-groups "$seki" setup --yes
done_testing

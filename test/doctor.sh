#!/bin/sh
# seki doctor: each fault that it knows is made, found, alone, and gone once it is
# mended.
. "${top_srcdir:-.}/test/lib/lib.sh"
in_sandbox "$@"
is_root || skip_all "kernel: faults want root"
need nft

public=2001:db8::10
ula=fd5a:1c2e:90b1
make_outside
make_container vm00
make_container vm01
# A port that comes would change it, and vm00 would not know for half a minute.
ip link set $BRIDGE address 02:00:00:00:00:01
serve vm00 tcp 80
cat >"$SEKI_CONFIG" <<CONF
uplink eth0
bridge lxcbr0 ula $ula::1/64 masquerade
container vm00 ula $ula::3
container vm01 ula $ula::4
forward tcp 80 to vm00
default input deny
default forward deny
allow forward tcp 80 to container vm00
CONF
ok "a config" "$seki" apply

ok "a forward works" wait_for inside client1 "$peer" get $public 80

. "$top_srcdir/test/lib/doctor.sh"

mended()
{
	is "$1: mended, all is well" "$(ailments)" ""
	caused="$caused $1"
}
caused=

is "a host that works has no ailments" "$(ailments)" ""
ok "so the doctor is content" "$seki" doctor
like "and says what it looked at" "$("$seki" doctor)" "^ok   forwards: 1"

# ---- uplinks

route=$(ip -6 route show default)
ip -6 route del default
like "default-route: it is found" "$(ailments)" "^default-route fail null"
like "default-route: told" "$("$seki" doctor 2>&1)" \
    "^FAIL no IPv6 default route: nothing gets in or out"
status "a failing check is the status" 1 "$seki" doctor
status "and as JSON, too" 1 "$seki" doctor --json
ip -6 route add $route
mended default-route

ip -6 route del default
ip -6 route add $route proto ra expires 1700
accepts=/proc/sys/net/ipv6/conf/eth0/accept_ra
before=$(cat $accepts)
echo 1 >$accepts
like "accept-ra: it is found" "$(ailments)" '^accept-ra warn "eth0"'
like "accept-ra: told" "$("$seki" doctor 2>&1)" \
    "^WARN eth0: its default route is lost in .*accept_ra 1"
is "accept-ra: its cure" "$(cure accept-ra)" "seki apply"
ok "accept-ra: seki mends it itself" "$seki" apply
ip -6 route del default
ip -6 route add $route
echo "$before" >$accepts
"$seki" apply >/dev/null
mended accept-ra

inside internet ip addr add 2001:db8::77/64 dev host nodad
ip addr add 2001:db8::77/64 dev eth0
wait_for sh -c 'ip addr show dev eth0 dadfailed | grep -q inet6'
found duplicate fail '"eth0"' "^FAIL eth0: somebody else has its address 2001:db8::77/64"
ip addr del 2001:db8::77/64 dev eth0
inside internet ip addr del 2001:db8::77/64 dev host
mended duplicate

# The route needs an address of its own link.
ip addr del $public/64 dev eth0
like "global: it is found" "$(ailments)" "^global fail null"
like "global: told" "$("$seki" doctor 2>&1)" \
    "^FAIL this host has no global IPv6 address"
ip addr add $public/64 dev eth0 nodad preferred_lft 0
like "global: deprecated" "$(ailments)" "^global warn null"
like "global: which" "$("$seki" doctor 2>&1)" "^WARN $public is deprecated, and no"
ip addr del $public/64 dev eth0
ip addr add $public/64 dev eth0 nodad
ip -6 route replace $route
"$seki" apply >/dev/null
mended global

# Nobody answers for it, so that its state is for the test to say.
ip addr del $public/64 dev eth0
echo 100 >/proc/sys/net/ipv6/conf/eth0/dad_transmits
echo 1 >/proc/sys/net/ipv6/conf/eth0/accept_dad
ip addr add $public/64 dev eth0
ip -6 route replace $route
like "global: tentative" "$("$seki" doctor 2>&1)" \
    "^WARN $public is tentative, and no other"
ip addr del $public/64 dev eth0
ip addr add $public/64 dev eth0 nodad
ip -6 route replace $route
"$seki" apply >/dev/null
mended global

# theirs RULE: a chain of others lets in what it knows.
theirs()
{
	nft -f - <<RULES
table inet theirs {
	chain in {
		type filter hook input priority 5; policy drop;
		ct state established,related accept
		icmpv6 type != nd-router-advert accept
		tcp dport 80 accept
		$1
	}
}
RULES
}

# answered: whether the client of DHCPv6 on eth0 hears an answer to it.
answered()
{
	"$peer" serve udp 546 client >"$tmp/client" 2>&1 </dev/null &
	client=$!
	wait_for grep -q ready "$tmp/client"
	inside internet "$peer" ask "$link_local%host" 546 --from 547 \
	    --timeout 300 >/dev/null 2>&1
	got=$?
	kill $client
	wait $client
	return $got
}
link_local=$(ip -6 -br addr show dev eth0 scope link |
    sed 's/.*\(fe80:[^/]*\).*/\1/')
ip addr add 2001:db8::55/128 dev eth0 nodad valid_lft 3600 preferred_lft 1800
"$seki" apply >/dev/null 2>&1
theirs ""
found lease warn '"eth0"' "^WARN eth0: table inet theirs, chain in drops the answers of DHCPv6"
nok "lease: packets agree" answered
ok "lease: its cure" eval "$(cure lease)"
is "lease: it helps" "$(ailments)" ""
ok "lease: packets agree with that" wait_for answered
ip addr del 2001:db8::55/128 dev eth0
nft delete table inet theirs
ip -6 route del default
ip -6 route add $route proto ra expires 1700
"$seki" apply >/dev/null 2>&1
theirs "udp dport 546 accept"
found lease warn '"eth0"' "chain in drops the router advertisements by which it"
ok "lease: its cure for those" eval "$(cure lease)"
is "lease: that helps, too" "$(ailments)" ""
nft delete table inet theirs
ip -6 route del default
ip -6 route add $route
echo "$before" >$accepts
"$seki" apply >/dev/null 2>&1
mended lease

# ---- what is around it, in both families

# mend CHECK: by its own command.
mend()
{
	ok "$1: its cure" eval "$(cure "$1") >/dev/null"
	mended "$1"
}

make_outside4
ip addr add 10.0.3.1/24 dev $BRIDGE
give4 vm00 eth0 10.0.3.3/24 10.0.3.1
echo "option ipv4 on" >>"$SEKI_CONFIG"
"$seki" apply >/dev/null 2>&1
ok "a forward works in IPv4" wait_for inside client1 "$peer" get 192.0.2.10 80

# Nothing but the rules leads there: no config states it.
inside vm00 ip addr del 10.0.3.3/24 dev eth0
give4 vm00 eth0 10.0.3.77/24 10.0.3.1
like "another address inside: the forward is broken" "$(ailments)" \
    '^forward warn "forward tcp 80"'
like "another address inside: told" "$("$seki" doctor 2>&1)" \
    "^WARN forward tcp 80: IPv4: the rules are not for 10.0.3.77 yet"
like "another address inside: drift" "$("$seki" show status)" \
    "the rules are not for 10.0.3.77 of vm00 yet: seki apply"
nok "another address inside: packets agree" \
    inside client1 "$peer" get 192.0.2.10 80 --timeout 100
is "another address inside: its cure" "$(cure forward)" "seki apply"
"$seki" apply >/dev/null 2>&1
is "another address inside: mended" "$(ailments)" ""
ok "another address inside: packets agree" \
    wait_for inside client1 "$peer" get 192.0.2.10 80

# silent GATEWAY: somebody looks for it, and that is told.
silent()
{
	inside client1 "$peer" get "$2" 80 --timeout 100 >/dev/null 2>&1
	"$seki" doctor 2>&1 |
	    grep -q "^FAIL eth0: the gateway $1 does not answer"
}
inside internet nft -f - <<RULES
table arp mute {
	chain in {
		type filter hook input priority 0; policy drop;
	}
}
table ip6 mute {
	chain in {
		type filter hook input priority 0;
		icmpv6 type nd-neighbor-solicit drop
	}
}
RULES
ip neigh flush dev eth0
ok "gateway: told" wait_for silent 192.0.2.1 192.0.2.10
like "gateway: it is found" "$(ailments)" '^gateway fail "eth0"'
ok "gateway: told of IPv6" wait_for silent fe80::1 $public
inside internet nft delete table arp mute
inside internet nft delete table ip6 mute
ok "the gateways answer" wait_for inside client1 "$peer" get $public 80
ok "both of them" wait_for inside client1 "$peer" get 192.0.2.10 80
mended gateway

ip route del default
like "default-route of IPv4: it is found" "$(ailments)" "^default-route fail null"
like "default-route of IPv4: told" "$("$seki" doctor 2>&1)" \
    "^FAIL no IPv4 default route: nothing of IPv4 gets in or out"
ip route add default via 192.0.2.1
mended default-route

ip link add other type veth peer name far
ip link set other up
ip link set far up
sysctl -qw net.ipv4.conf.eth0.rp_filter=1
ip route replace default dev other
like "reverse-path: it is found" "$(ailments)" '^reverse-path fail "eth0"'
like "reverse-path: told" "$("$seki" doctor 2>&1)" \
    "^FAIL eth0: the kernel drops what the Internet sends by IPv4"
like "reverse-path: told of the forward" "$("$seki" doctor 2>&1)" \
    "^WARN forward tcp 80: IPv4: what clients send comes in by eth0"
nok "reverse-path: packets agree" inside client1 "$peer" get 192.0.2.10 80 --timeout 100
ok "reverse-path: its cure" eval "$(cure reverse-path) >/dev/null"
unlike "reverse-path: it helps" "$(ailments)" reverse-path
ip route replace default via 192.0.2.1
ip link del other
mended reverse-path

# lost WHAT WORDS: of what is behind the bridge.
lost()
{
	like "routes: $1" "$(ailments)" '^routes fail "lxcbr0"'
	like "routes: $1: told" "$("$seki" doctor 2>&1)" "^FAIL lxcbr0: $2"
	mend routes
}
ip -6 route add blackhole $ula::8000:0:0:0/65
lost "blackhole" "a route or a rule of this host keeps what is for its containers"
ip route add unreachable 10.0.3.128/25
lost "unreachable in IPv4" "a route or a rule of this host keeps what is for its"
ip -6 rule add pref 77 from $ula::/64 iif $BRIDGE prohibit
lost "rule against what they send" "a route or a rule of this host refuses what"
ip rule add pref 78 to 10.0.3.0/24 blackhole
lost "rule against what comes" "a route or a rule of this host keeps what is"

ip neigh replace $ula::4 lladdr 02:00:00:00:00:99 nud permanent dev $BRIDGE
inside vm01 ip addr replace $ula::4/64 dev eth0 nodad
found fixed fail '"vm01"' "^FAIL vm01: this host has a fixed neighbour entry for $ula::4"
mend fixed

if bridged 1; then
	found bridged warn null "^WARN br_netfilter has frames that stay on a bridge"
	nok "bridged: as packets say" inside vm00 "$peer" get $public 80 --timeout 200
	mend bridged
	ok "bridged: packets agree" inside vm00 "$peer" get $public 80
else
	caused="$caused bridged"
fi
sed -i '$d' "$SEKI_CONFIG"
ip addr del 192.0.2.10/24 dev eth0
ip addr del 10.0.3.1/24 dev $BRIDGE
inside vm00 ip -4 addr flush dev eth0
"$seki" apply >/dev/null

# ---- what waits

echo nonsense >>"$SEKI_CONFIG"
found saved fail null "^FAIL the saved config cannot be read: .*nonsense"
sed -i '$d' "$SEKI_CONFIG"
mended saved

echo nonsense >/run/seki/candidate.conf
found candidate fail null "^FAIL the candidate cannot be read: .*nonsense"
is "candidate: its cure" "$(cure candidate)" "seki discard"
ok "candidate: seki forgets it" "$seki" discard
mended candidate

# ---- drift

echo 0 >/proc/sys/net/ipv6/conf/all/forwarding
is "forwarding off: it is found, with what depends on it" "$(ailments)" \
    "drift fail null
forward fail \"forward tcp 80\""
like "forwarding off: told" "$("$seki" doctor 2>&1)" \
    "^FAIL forward tcp 80: IPv6 forwarding of this host is off"
is "forwarding off: its cure" "$(cure forward)" "seki apply"
ok "forwarding off: it can be done" "$seki" apply
mended drift

ip link set $BRIDGE down
like "bridge down: it is found" "$(ailments)" '^forward fail "forward tcp 80"'
like "bridge down: told" "$("$seki" doctor 2>&1)" \
    "^FAIL forward tcp 80: $BRIDGE is down"
ok "bridge down: its cure" eval "$(cure forward | sed 's|seki apply|"$seki" apply|')"
wait_for sh -c "! $seki doctor 2>&1 | grep -q FAIL"
mended drift

ip addr del $ula::1/64 dev lxcbr0
like "drift: it is found" "$(ailments)" "^drift fail null"
like "drift: a line says what" "$("$seki" doctor 2>&1)" \
    "lxcbr0: add address $ula::1/64"
like "and the forward depends on it" "$(ailments)" 'forward fail "forward tcp 80"'
is "drift: its cure is told" "$(cure drift)" "seki apply"
is "and once for each" "$("$seki" doctor 2>&1 | grep -c 'seki apply')" \
    "$(ailments | wc -l)"
is "as the forward's is" "$(cure forward)" "seki apply"
ok "drift: its cure" "$seki" apply
mended drift

# Down inside: no apply sets that up, and none is said to.
inside vm01 ip link set eth0 down
wait_for sh -c "$seki doctor 2>/dev/null | grep -q 'vm01 is down'"
found drift fail null "the interface eth0 inside container vm01 is down: .*"
is "drift inside: no apply is told" "$(cure drift)" ""
up=$("$seki" doctor 2>&1 | sed -n 's/.*when that is up: //p')
ok "drift inside: what is told" sh -c "$up"
wait_for sh -c "! $seki doctor 2>/dev/null | grep -q 'vm01 is down'"
is "drift inside: then an apply is" "$(cure drift)" "seki apply"
"$seki" apply >/dev/null 2>&1
mended drift

# ---- forwards and containers

pkill -f "serve tcp 80 vm00"
wait_for sh -c "! $seki show forwards | grep -q active"
found forward warn '"forward tcp 80"' \
    "^WARN forward tcp 80: nothing in its container listens on tcp 80"
serve vm00 tcp 80
mended forward

seq 300 | sed "s|.*|addr add fd00:9::&/128 dev eth0 nodad preferred_lft 0|" |
    inside vm01 ip -batch -
found addresses warn '"vm01"' "^WARN vm01: it has more than 256 addresses"
inside vm01 ip -6 addr flush to fd00:9::/64
mended addresses

make_container vm02
found ula warn '"vm02"' "^WARN vm02: it has no ULA"
is "ula: its cure" "$(cure ula)" "seki set container vm02 ula auto"
eval "$(cure ula | sed "s|^seki|\"\$seki\"|")" >/dev/null 2>&1
"$seki" commit --now >/dev/null 2>&1
mended ula

# ---- bridges

# take CHECK: does what it says mends it.
take()
{
	ok "$1: its cure" sh -c "$(cure "$1")"
}

mac()
{
	ip -br link show "$1" | awk '{ print $3 }'
}

cp "$SEKI_CONFIG" "$tmp/usual.conf"
ip link add br1 type bridge
ip link set br1 up
BRIDGE=br1 make_container vm10
cat >>"$SEKI_CONFIG" <<CONF
bridge br1 ula fd5a:1c2e:90b2::1/64
container vm10 on br1 ula fd5a:1c2e:90b2::3
CONF
"$seki" apply >/dev/null
found mac warn '"br1"' "^WARN br1: its MAC is that of its port $port and changes"
is "mac: it stays as it is" "$(cure mac)" "ip link set br1 address $(mac br1)"
before=$(mac br1)
take mac
is "mac: it is set" "$(ailments)" ""
ip link add lower address 02:00:00:00:00:01 type veth peer name wire
ip link set lower master br1
is "mac: no port changes it any more" "$(mac br1)" "$before"
ip link del lower
ip netns del vm10
ip link del br1
cp "$tmp/usual.conf" "$SEKI_CONFIG"
"$seki" apply >/dev/null
mended mac

# ---- inside of containers

# fits BYTES: a ping of so many, with its headers.
fits()
{
	"$peer" ping $ula::3 $(($1 - 48)) --timeout 500
}

inside vm00 ip link set eth0 mtu 1400
found mtu warn '"vm00"' "^WARN vm00: packets of more than 1400 bytes to it are lost"
ok "mtu: as many bytes get there" fits 1400
status "mtu: and a few more are lost" 2 fits 1420
like "mtu: its cure is inside" "$(cure mtu)" \
    "^nsenter --net=/.* ip link set eth0 mtu 1500$"
take mtu
ok "mtu: they do" fits 1420
is "mtu: as large as the bridge" "$(ailments)" ""

inside vm00 ip link set eth0 mtu 1400
ip link set eth0 mtu 1400
is "mtu: where the uplink is no larger the bridge is to be as small" \
    "$(cure mtu)" "ip link set lxcbr0 mtu 1400"
take mtu
is "mtu: so it is" "$(ailments)" ""
ip link set eth0 mtu 1500
ip link set lxcbr0 mtu 1500
inside vm00 ip link set eth0 mtu 9000
found mtu warn '"vm00"' \
    "^WARN vm00: packets of more than 1500 bytes from it are lost"
take mtu
mended mtu

inside vm00 ip addr add $ula::77/64 dev eth0 nodad
found source warn '"vm00"' "^WARN vm00: it sends from $ula::77 in place of $ula::3"
inside vm00 ip addr change $ula::77/64 dev eth0 preferred_lft 0
is "source: not one that is deprecated" "$(ailments)" ""
inside vm00 ip addr change $ula::77/64 dev eth0 preferred_lft forever
inside vm00 ip addr del $ula::3/64 dev eth0
ok "source: its own is there again, the last" "$seki" apply
found source warn '"vm00"' "^WARN vm00: it has $ula::77 besides $ula::3"
take source
is "source: it is gone" "$(ailments)" ""
inside vm00 ip addr add 2001:db8:7::7/64 dev eth0 nodad
found source warn '"vm00"' "it sends from 2001:db8:7::7 in place of $ula::3"
take source
inside vm00 sysctl -qw net.ipv6.conf.eth0.use_tempaddr=2
inside vm00 ip addr add 2001:db8:7::8/64 dev eth0 nodad mngtmpaddr
ok "source: a temporary one comes" wait_for \
    sh -c "nsenter --net=/run/netns/vm00 ip addr show dev eth0 temporary \
    -tentative | grep -q inet6"
like "source: and is what it sends from" "$("$seki" doctor 2>&1)" \
    "^WARN vm00: it sends from 2001:db8:7:.* in place of $ula::3"
like "source: no other one is to come" "$(cure source)" "use_tempaddr=0 && "
take source
is "source: and none does" \
    "$(inside vm00 ip -6 -br addr show dev eth0 temporary)" ""
take source
is "source: as the other one goes" "$(ailments)" ""
mended source

conf=/var/lib/lxc/lxc1/rootfs/etc/gai.conf

# The first address that a program with that file gets for a name that has one
# of each family.
chosen()
{
	nsenter --net="/proc/$(lxc-info -n lxc1 -p -H)/ns/net" unshare -m sh -c "
		mount --bind $tmp/hosts /etc/hosts
		mount --bind $tmp/nsswitch /etc/nsswitch.conf
		mount --bind $1 /etc/gai.conf
		getent ahosts both.test" | awk 'NR == 1 { print $1 }'
}

# untold WHAT: its file is that, and nobody waits for it.
untold()
{
	is "prefers-ipv4: $1 is not read" "$(ailments)" \
	    'prefers-ipv4 unknown "lxc1"'
	rm "$conf"
}

lacks=$(lxc_lacks)
if [ -z "$lacks" ] && command -v getent >/dev/null; then
	printf '2001:4860::8888 both.test\n8.8.8.8 both.test\n' >"$tmp/hosts"
	echo 'hosts: files' >"$tmp/nsswitch"
	lxc_make lxc1
	lxc_start lxc1
	echo "container lxc1 ula $ula::7" >>"$SEKI_CONFIG"
	"$seki" apply >/dev/null
	is "prefers-ipv4: nothing to choose from" "$(ailments)" ""
	nsenter --net="/proc/$(lxc-info -n lxc1 -p -H)/ns/net" sh -c "
		ip addr add 10.0.3.7/24 dev eth0
		ip route add default via 10.0.3.1"
	found prefers-ipv4 warn '"lxc1"' "^WARN lxc1: it calls the Internet by IPv4"
	: >"$conf"
	is "prefers-ipv4: so it does" "$(chosen "$conf")" 8.8.8.8
	take prefers-ipv4
	is "prefers-ipv4: not any more" "$(chosen "$conf")" 2001:4860::8888
	is "prefers-ipv4: and well" "$(ailments)" ""
	mv "$conf" "$tmp/labels"
	ln -s "$tmp/labels" "$conf"
	like "prefers-ipv4: a link leads nowhere out of it" "$(ailments)" \
	    '^prefers-ipv4 warn "lxc1"'
	rm "$conf"
	mkfifo "$conf"
	untold "a pipe"
	truncate -s 1G "$conf"
	untold "a huge file"
	ln -s /dev/zero "$conf"
	untold "a device"
	lxc-stop -k -n lxc1
	cp "$tmp/usual.conf" "$SEKI_CONFIG"
	"$seki" apply >/dev/null
	rm -r /var/lib/lxc/lxc1
	mended prefers-ipv4
else
	skip "${lacks:-needs: getent}"
	caused="$caused prefers-ipv4"
fi

# ---- other programs

# Behind a link like that the client gets less at once.
download()
{
	inside client1 "$peer" get $public 80 20000 --timeout 1000
}

# strict SUBJECT WORDS: that, and the forward, whose connections may hang.
strict()
{
	is "too-big: it is found, and nothing else" "$(ailments)" \
	    "forward warn \"forward tcp 80\"
too-big warn $1"
	like "too-big: why is told" "$("$seki" doctor 2>&1)" "$2"
}

inside internet ip link set client1 mtu 1300
nft -f - <<'RULES'
table ip6 strict {
	chain across {
		type filter hook forward priority 5
		icmpv6 type packet-too-big drop
	}
}
RULES
strict null "^WARN table ip6 strict, chain across drops the errors"
nok "too-big: a download hangs" download
take too-big
ok "too-big: it comes" download
is "too-big: and all is well" "$(ailments)" ""
nft delete table ip6 strict
inside internet ip link set client1 mtu 1500
nft add table ip6 filter
nft add chain ip6 filter INPUT '{ type filter hook input priority 0; }'
nft add rule ip6 filter INPUT iifname eth0 icmpv6 type packet-too-big drop
found too-big warn null "^WARN table ip6 filter, chain INPUT drops the errors"
is "too-big: iptables has words of its own" "$(cure too-big)" \
    "ip6tables -I INPUT -p ipv6-icmp --icmpv6-type packet-too-big -j ACCEPT"
nft delete table ip6 filter
inside vm00 nft add table inet own
inside vm00 nft add chain inet own in '{ type filter hook input priority 0; }'
inside vm00 nft add rule inet own in icmpv6 type packet-too-big drop
strict '"vm00"' "^WARN vm00: table inet own, chain in drops the errors"
take too-big
is "too-big: inside, too" "$(ailments)" ""
inside vm00 nft delete table inet own
nft add table ip strict
nft add chain ip strict across '{ type filter hook forward priority 5; }'
nft add rule ip strict across icmp code frag-needed drop
is "too-big: IPv4 is not looked at without the option" "$(ailments)" ""
echo "option ipv4 on" >>"$SEKI_CONFIG"
"$seki" apply >/dev/null
like "too-big: with it, it is" "$("$seki" doctor 2>&1)" \
    "^WARN table ip strict, chain across drops .*fragmentation needed"
is "too-big: and its cure" "$(cure too-big)" "nft insert rule ip strict across \
icmp type destination-unreachable icmp code frag-needed accept"
take too-big
unlike "too-big: mended" "x $(ailments)" too-big
nft delete table ip strict
cp "$tmp/usual.conf" "$SEKI_CONFIG"
"$seki" apply >/dev/null
mended too-big

nft add table ip6 filter
nft add chain ip6 filter FORWARD '{ type filter hook forward priority 1; policy drop; }'
like "chains: found" "$(ailments)" "^chains warn null"
like "chains: named" "$("$seki" doctor 2>&1)" \
    "^WARN table ip6 filter, chain FORWARD lets nothing pass"
nft delete table ip6 filter
mended chains

# ---- translations of others

serve client1 tcp 80
world=2001:db8:9::7
echo "allow forward tcp 80 to uplink" >>"$SEKI_CONFIG"
"$seki" apply >/dev/null
ok "a container reaches out" wait_for inside vm00 "$peer" get $world 80

# caught WHAT RULE...: in the chain pre of a table of others.
caught()
{
	what=$1
	shift
	nft -f - <<RULES
table inet theirs {
	set ports {
		type inet_service; flags interval;
		elements = { 79-81, 443 }
	}
	chain pre {
		type nat hook prerouting priority -90;
		$(printf '%s\n' "$@")
	}
}
RULES
	like "hijack: $what: it is found" "$(ailments)" '^hijack fail "lxcbr0"'
	like "hijack: $what: told" "$("$seki" doctor 2>&1)" \
	    "^FAIL lxcbr0: what its containers send to tcp (80|443|9) of any host"
	nok "hijack: $what: packets agree" \
	    inside vm00 "$peer" get $world 80 --timeout 100
	ok "hijack: $what: its cure" eval "$(cure hijack)"
	unlike "hijack: $what: it helps" "$("$seki" doctor)" "what its containers"
	like "hijack: $what: packets agree" \
	    "$(inside vm00 "$peer" get $world 80)" "^client1 "
	nft delete table inet theirs
}
caught "a port" "udp dport 9 drop" "tcp dport 80 dnat ip6 to [$ula::4]:81"
caught "any port of this host" "meta l4proto tcp redirect to :3128"
caught "a set of ports" "tcp dport @ports dnat ip6 to $ula::4"

if command -v ip6tables >/dev/null &&
    ip6tables -t nat -A PREROUTING -p tcp --dport 80 \
	-j DNAT --to-destination "[$ula::4]:81"; then
	like "hijack: of ip6tables: its cure" "$(cure hijack)" \
	    "^ip6tables -t nat -I PREROUTING -i lxcbr0 -m addrtype"
	ok "hijack: of ip6tables: it works" eval "$(cure hijack)"
	unlike "hijack: of ip6tables: it helps" "$("$seki" doctor)" \
	    "what its containers"
	nft delete table ip6 nat
fi

# spared WHAT RULE...: is as it is meant, or for others.
spared()
{
	what=$1
	shift
	nft add table inet theirs
	nft add chain inet theirs pre \
	    '{ type nat hook prerouting priority -90; }'
	nft add rule inet theirs pre "$@"
	unlike "hijack: $what: nothing is told" "$("$seki" doctor)" \
	    "what its containers"
	nft delete table inet theirs
}
spared "of an address" "ip6 daddr 2001:db8::9 tcp dport 80 dnat ip6 to $ula::4"
spared "of this host's" "fib daddr type local tcp dport 80 dnat ip6 to $ula::4"
spared "of the uplink" "iifname eth0 tcp dport 80 dnat ip6 to $ula::4"
spared "of that bridge" "iifname lxcbr0 tcp dport 80 redirect to :3128"
spared "of some clients" "ip6 saddr $ula::77 tcp dport 80 dnat ip6 to $ula::4"
sed -i '$d' "$SEKI_CONFIG"
"$seki" apply >/dev/null
mended hijack

# ---- this host

full=/proc/sys/net/netfilter/nf_conntrack_max
echo 1 >"$tmp/max"
ok "a connection is tracked" wait_for inside client1 "$peer" get $public 80
mount --bind "$tmp/max" $full
found conntrack fail null \
    "^FAIL connection tracking has room for 1 connections, and [0-9]* are there"
cat /proc/sys/net/netfilter/nf_conntrack_count >"$tmp/max"
take conntrack
is "conntrack: with as much room again all is well" "$(ailments)" ""
umount $full
mended conntrack

touch -d '+3 days' "$SEKI_CONFIG"
found clock warn null "^WARN the clock says $(date +%Y-%m-%d), but the saved config is of"
is "clock: nobody without systemd is told to use it" "$(cure clock)" ""
touch "$SEKI_CONFIG"
mended clock

mkdir -p /run/systemd/system
found service warn null "^WARN seki.service is not enabled"
is "service: its cure" "$(cure service)" "systemctl enable --now seki"
etc=/etc/systemd/system
mkdir -p "$tmp/wants/sysinit.target.wants" "$tmp/wants/multi-user.target.wants"
mount --bind "$tmp/wants" $etc
: >"$tmp/wants/sysinit.target.wants/nftables.service"
printf '#!/usr/sbin/nft -f\n\nflush ruleset\n' >"$tmp/nftables.conf"
[ -e /etc/nftables.conf ] || : >/etc/nftables.conf
mount --bind "$tmp/nftables.conf" /etc/nftables.conf
like "flush: it is found" "$(ailments)" "^flush warn null"
like "flush: told" "$("$seki" doctor)" \
    "^WARN nftables.service loads /etc/nftables.conf, which flushes all"
is "flush: its cure" "$(cure flush)" "systemctl enable --now seki"
# early SETTING...: an admin's seki.service says that.
early()
{
	printf '[Service]\nType=oneshot\n' >"$tmp/wants/seki.service"
	printf '%s\n' "$@" >>"$tmp/wants/seki.service"
	ailments | grep '^order'
}
is "order: one of an admin's applies once" \
    "$(early 'ExecStart=/usr/bin/seki apply')" "order warn null"
like "order: told" "$("$seki" doctor)" \
    "^WARN seki.service is not as it came: it runs seki apply once"
is "order: not after the network is there" "$(early \
    'ExecStart=/usr/bin/seki apply' '[Unit]' After=network-online.target)" ""
is "order: not one that stays" "$(early 'ExecStart=/usr/bin/seki watch')" ""
rm "$tmp/wants/seki.service"
mkdir "$tmp/wants/seki.service.d"
printf '[Service]\nExecStart=/usr/bin/seki apply\n' \
    >"$tmp/wants/seki.service.d/a.conf"
unlike "order: not where it stays besides" "$(ailments)" order
printf '[Service]\nExecStart=\nExecStart=/usr/bin/seki \\\n apply\n' \
    >"$tmp/wants/seki.service.d/a.conf"
like "order: where it does not" "$(ailments)" "^order warn null"
is "order: its cure" "$(cure order)" "systemctl revert seki"
run=/run/systemd/system/seki.service.d
mkdir -p $run
printf '[Unit]\nAfter=network.target\n' >$run/b.conf
unlike "order: not where another file has it wait" "$(ailments)" order
: >"$tmp/wants/seki.service.d/b.conf"
like "order: but an admin's comes in place of that" "$(ailments)" order
rm -r $run
rm -r "$tmp/wants/seki.service.d"
unlike "order: mended" "$(ailments)" order
caused="$caused order"

: >"$tmp/nftables.conf"
unlike "flush: not where nothing is flushed" "$(ailments)" flush
umount /etc/nftables.conf $etc
rmdir /run/systemd/system
mended flush

# ---- all of them

# By others: hidden, ipv4 and many-routes by doctor-own.sh, orphans by
# lingering.sh, service by vps.
for check in $(checks | sort -u); do
	case " $caused hidden ipv4 many-routes service orphans " in
	*" $check "*) ok "$check has been caused" true ;;
	*) ok "$check has been caused" false ;;
	esac
done

done_testing

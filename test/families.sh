#!/bin/sh
# One config for both families: what is forwarded, masqueraded and closed for
# IPv6 is so for IPv4, unless it says otherwise.
. "${top_srcdir:-.}/test/lib/lib.sh"
sandbox_s=120
in_sandbox "$@"
need nft
make_outside
make_container vm00 fd5a:1c2e:90b1::3/64
make_container vm01 fd5a:1c2e:90b1::4/64
ip addr add fd5a:1c2e:90b1::1/64 dev $BRIDGE nodad
public=2001:db8::10
public4=192.0.2.10

for node in vm00 vm01; do
	inside $node ip route add default via fd5a:1c2e:90b1::1
done
echo 0 >/proc/sys/net/ipv4/ip_forward
make_outside4
ip addr add 10.0.3.1/24 dev $BRIDGE
give4 vm00 eth0 10.0.3.3/24 10.0.3.1
give4 vm01 eth0 10.0.3.4/24 10.0.3.1

# config LINE...: the walk-through's bridge and containers, and these.
config()
{
	{
		echo "uplink eth0"
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

# from NODE COMMAND...: who answered, and whom; or how it ended.
from()
{
	node=$1
	shift
	inside "$node" "$peer" "$@" --timeout 1000 2>/dev/null |
	    sed 's/ [0-9]*$//' | grep . || echo nobody
}

here()
{
	"$peer" "$@" --timeout 1000 2>/dev/null | sed 's/ [0-9]*$//' |
	    grep . || echo nobody
}

for port in 80 83 9001; do
	serve vm00 tcp $port
done
for port in 81 82; do
	serve vm01 tcp $port
done
serve vm01 udp 53
serve client1 udp 4500
serve_host tcp 22
serve_host tcp 25

both="option ipv4 on
forward tcp 82 to vm01 only ipv4
forward tcp 84 to vm01:82 only ipv4
forward tcp 84 to vm00:80 only ipv6
forward tcp 83 to vm00 from 198.51.100.0/24"
forwards="forward tcp 80 to vm00
forward udp 53 to vm01
forward tcp 8000-8002 to vm00:9000
forward tcp 81 to vm01 only ipv6
allow input tcp 22
allow forward udp 4500 to uplink
default input deny
default forward deny"

config "$forwards"
is "left alone, IPv4 is not switched on" \
    "$(cat /proc/sys/net/ipv4/ip_forward)" 0
is "and not closed" "$(from client1 get $public4 25)" \
    "host ::ffff:198.51.100.7"

config "$both" "$forwards"
is "forwarding is switched on" "$(cat /proc/sys/net/ipv4/ip_forward)" 1
wait_for inside client1 "$peer" get $public 80 --timeout 200
is "a forward of both: IPv6" "$(from client1 get $public 80)" \
    "vm00 2001:db8:9::7"
is "and IPv4" "$(from client1 get $public4 80)" "vm00 ::ffff:198.51.100.7"
is "of UDP: IPv6" "$(from client2 ask $public 53)" "vm01 2001:db8:44::2"
is "and IPv4" "$(from client2 ask $public4 53)" "vm01 ::ffff:203.0.113.7"
is "of a block, shifted: IPv6" "$(from client1 get $public 8001)" \
    "vm00 2001:db8:9::7"
is "and IPv4" "$(from client1 get $public4 8001)" "vm00 ::ffff:198.51.100.7"
is "only ipv6: IPv6" "$(from client1 get $public 81)" "vm01 2001:db8:9::7"
is "and not IPv4" "$(from client1 get $public4 81)" nobody
is "only ipv4: not IPv6" "$(from client1 get $public 82)" nobody
is "but IPv4" "$(from client1 get $public4 82)" "vm01 ::ffff:198.51.100.7"
is "a forward for each: IPv6" "$(from client1 get $public 84)" \
    "vm00 2001:db8:9::7"
is "and IPv4" "$(from client1 get $public4 84)" "vm01 ::ffff:198.51.100.7"
is "from a prefix of IPv4: from there" "$(from client1 get $public4 83)" \
    "vm00 ::ffff:198.51.100.7"
is "not from elsewhere" "$(from client2 get $public4 83)" nobody
is "and not by IPv6" "$(from client1 get $public 83)" nobody
is "this host calls its own forward" "$(here get $public4 80)" \
    "vm00 ::ffff:$public4"
is "another container does" "$(from vm01 get $public4 80)" \
    "vm00 ::ffff:10.0.3.1"
is "and the container itself" "$(from vm00 get $public4 80)" \
    "vm00 ::ffff:10.0.3.1"
is "connections outwards are masqueraded: IPv6" \
    "$(from vm00 ask 2001:db8:9::7 4500)" "client1 $public"
is "and IPv4" "$(from vm00 ask 198.51.100.7 4500)" "client1 ::ffff:$public4"
is "what is allowed in is so by IPv4" "$(from client1 get $public4 22)" \
    "host ::ffff:198.51.100.7"
is "what is not is closed" "$(from client1 get $public4 25)" nobody

# new PORT [FAMILY]: connections that the forward counted, only of that family.
new()
{
	"$seki" show forwards --json | sed 's/},{"proto"/}\n{"proto"/g' |
	    grep "\"only\":${2:+\"}${2:-null}" |
	    sed -nE 's/.*"ports":"'"$1"'",.*"new":([0-9]+),"only".*/\1/p'
}

like "one of IPv4 alone is told by that address, and works" \
    "$("$seki" show forwards)" '^tcp +82 +- +vm01 +any +10\.0\.3\.4 .* active$'
before=$(new 80)
from client1 get $public 80 >/dev/null
from client1 get $public4 80 >/dev/null
is "connections of both are counted in one" $(($(new 80) - before)) 2
is "and those of one family" "$(new 82 ipv4)" 1
is "each by itself" "$(new 84 ipv4) $(new 84 ipv6)" "1 1"

# One address of each family can be stated: the other one of both is not meant.
ip addr add 192.0.2.11/24 dev eth0
ip addr add 2001:db8::11/64 dev eth0 nodad
config "$both" "$forwards"
is "a second address is forwarded, too" \
    "$(from client1 get 192.0.2.11 80)$(from client1 get 2001:db8::11 80)" \
    "vm00 ::ffff:198.51.100.7vm00 2001:db8:9::7"
stated=2001:db8::11/64,192.0.2.11/24
config "$both" "$forwards"
sed -i "s#^uplink eth0#& address $stated gateway fe80::1,192.0.2.1#" "$tmp/conf"
ok "both are stated" "$seki" apply "$tmp/conf"
is "and masqueraded by" "$(from vm00 ask 2001:db8:9::7 4500
    from vm00 ask 198.51.100.7 4500)" "client1 2001:db8::11
client1 ::ffff:192.0.2.11"
is "forwards are on them" \
    "$(from client1 get 192.0.2.11 80)$(from client1 get 2001:db8::11 80)" \
    "vm00 ::ffff:198.51.100.7vm00 2001:db8:9::7"
is "and on no other" "$(from client1 get $public 80)$(from client1 get \
    $public4 80)" nobodynobody
like "the list of uplinks has both gateways" "$("$seki" show uplinks --json)" \
    '"gateway":"fe80::1".*"gateway_ipv4":"192\.0\.2\.1"'
ip addr del 192.0.2.11/24 dev eth0
ip addr del 2001:db8::11/64 dev eth0

inside vm00 ip addr flush dev eth0 scope global
inside vm00 ip addr add fd5a:1c2e:90b1::3/64 dev eth0 nodad
give4 vm00 eth0 10.0.3.33/24 10.0.3.1
config "$both" "$forwards"
is "a container is followed to its next address" \
    "$(from client1 get $public4 80)" "vm00 ::ffff:198.51.100.7"

# The service does it by itself. What it corrects is told by its line.
"$seki" commit --now >"$tmp/said" 2>&1 || diag "$(cat "$tmp/said")"
cp "$tmp/conf" "$SEKI_CONFIG"
"$seki" watch >"$tmp/watch" 2>&1 </dev/null &
watch=$!
answers()
{
	[ "$(from client1 get $public4 80)" = "vm00 ::ffff:198.51.100.7" ]
}
wait_for grep -q "this host is as" "$tmp/watch"
ok "the service has it as it was" answers
inside vm00 ip addr flush dev eth0 to 10.0.3.0/24
give4 vm00 eth0 10.0.3.77/24 10.0.3.1
ok "and follows the container, too" wait_for answers
kill -TERM $watch
wait $watch
diag "$(cat "$tmp/watch")"

config "$forwards"
is "off again, nothing of IPv4 is forwarded" \
    "$(from client1 get $public4 80)" nobody
is "nor closed" "$(from client1 get $public4 25)" "host ::ffff:198.51.100.7"
is "and IPv6 is as it was" "$(from client1 get $public 80)" \
    "vm00 2001:db8:9::7"
done_testing

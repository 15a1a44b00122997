#!/bin/sh
# The lights of a forward: faults made by hand, and which light is the first that
# is red, in text and in JSON, in each family; what is behind it is not told.
. "${top_srcdir:-.}/test/lib/lib.sh"
sandbox_s=180
in_sandbox "$@"
need nft
ula=fd5a:1c2e:90b1
public=2001:db8::10
public4=192.0.2.10

make_outside
make_container vm00 $ula::3/64
ip addr add $ula::1/64 dev $BRIDGE nodad
inside vm00 ip route add default via $ula::1
make_outside4
ip addr add 10.0.3.1/24 dev $BRIDGE
give4 vm00 eth0 10.0.3.3/24 10.0.3.1
cat >"$SEKI_CONFIG" <<END
uplink eth0
bridge $BRIDGE ula $ula::1/64 masquerade
container vm00 ula $ula::3
forward tcp 80 to vm00
option ipv4 on
END
ok "the config is applied" "$seki" apply

hear()
{
	serve vm00 tcp 80
	server=$!
}

deaf()
{
	pkill -P "$server"
	wait "$server" || :
}

# packets 2001:db8::10|192.0.2.10
packets()
{
	inside client1 "$peer" get "$1" 80 --timeout "${2:-300}" >/dev/null 2>&1
}

# lights FAMILY: the cells of its row, up to what they come to.
lights()
{
	"$seki" show lights | sed -n "s/^forward tcp 80 *$1 *//p" |
	    tr -s ' ' | sed 's/ $//'
}

# red ipv6|ipv4: by the JSON, the first that is red and its check.
red()
{
	"$seki" show lights --json | tr -d '\n' | sed 's/{"forward"/\n&/g' |
	    sed -n "s/.*\"family\":\"$1\",\"red\":\"\([a-z]*\)\".*\"light\":\"\1\",\"state\":\"\([a-z]*\)\",\"check\":\"\([a-z0-9-]*\)\".*/\1 \2 \3/p"
}

# ---- a forward that works

hear
ok "packets pass in IPv6" wait_for packets $public
ok "and in IPv4" wait_for packets $public4
answered()
{
	[ "$(lights IPv6)" = "ok ok ok ok ok ok ok ok ok ok ok" ]
}
wait_for answered
is "all lights are green" "$(lights IPv6)" \
    "ok ok ok ok ok ok ok ok ok ok ok"
is "none is red" "$(red ipv6)$(red ipv4)" ""
like "the list of forwards has them" "$("$seki" show forwards --json)" \
    '"lights":{"arrives":"ok",.*"answer":"ok"}.*"lights":{"arrives":"ok"'

# What cannot be seen from here is not said to be well.
deaf
inside vm00 "$peer" serve tcp 80 vm00 --bind $ula::3 >"$tmp/six" 2>&1 </dev/null &
server=$!
wait_for grep -q ready "$tmp/six"
is "a server of IPv6 alone: IPv4 is told" "$(red ipv4)" "listens warn listener"
is "and IPv6 is well" "$(red ipv6)" ""
nok "as packets say" packets $public4 100
deaf
hear
wait_for packets $public4

"$seki" add forward tcp 81 to vm00:80 2>/dev/null
ok "another forward" "$seki" commit --confirm 60
like "nothing came by it: nobody can tell" "$("$seki" show lights)" \
    "^forward tcp 81 .*IPv6 .*ok *[?] *answer: no client came yet"
inside client1 nft add table ip6 provider
inside client1 nft add chain ip6 provider out \
    '{ type filter hook output priority 0; }'
inside client1 nft add rule ip6 provider out tcp dport 81 drop
nok "what a provider drops" inside client1 "$peer" get $public 81 --timeout 300
like "is not seen, and not said to be well" "$("$seki" show lights)" \
    "^forward tcp 81 .*IPv6 .*ok *[?] *answer: no client came yet"
inside client1 nft delete table ip6 provider
ok "reverted" "$seki" revert

# ---- faults

# fault WHAT LIGHT STATE CHECK CELLS: as IPv6 sees it.
fault()
{
	is "$1: the first red light" "$(red ipv6)" "$2 $3 $4"
	like "$1: in text, and none behind it" "$(lights IPv6)" \
	    "^$5 $2: "
	nok "$1: no packet passes" packets $public 100
}

mended()
{
	wait_for packets $public || fail "$1: packets pass again"
}

in_vm00='nsenter --net=/run/netns/vm00'

deaf
serve vm00 tcp 8080
like "service on another port: it is the cure" "$("$seki" show lights --json)" \
    '"cure":"seki set forward tcp 80 to vm00:8080"'
pkill -P $!
serve vm00 tcp 22
unlike "logins are none" "$("$seki" show lights --json)" "vm00:22"
pkill -P $!
fault "service down" listens warn listener "ok ok ok ok ok ok ok ok WARN ok ok"
hear
mended "service down"

nft add table ip6 x
nft add chain ip6 x forward '{ type filter hook forward priority 0; }'
nft add rule ip6 x forward tcp dport 80 drop
fault "another table drops" others fail other-table \
    "ok ok ok FAIL \. \. \. \. \. \. \."
is "another table drops: of IPv6 alone" "$(red ipv4)" ""
nft delete table ip6 x
mended "another table drops"

$in_vm00 ip -6 route del default
is "no way back: the first red light" "$(red ipv6)" "back warn route-inside"
is "no way back: of IPv6 alone" "$(red ipv4)" ""
"$seki" apply >/dev/null 2>&1
mended "no way back"

$in_vm00 ip addr del $ula::3/64 dev eth0
fault "address gone" addr fail ula "ok ok ok ok ok ok FAIL \. \. \. \."
like "address gone: the cure is told" "$("$seki" show lights --json)" \
    '"cure":"seki apply"'
ok "address gone: and helps" "$seki" apply
mended "address gone"

$in_vm00 ip addr del 10.0.3.3/24 dev eth0
is "IPv4 address gone: its light" "$(red ipv4)" "addr fail left-out"
is "IPv4 address gone: IPv6 is well" "$(red ipv6)" ""
nok "IPv4 address gone: no packet passes" packets $public4 100
$in_vm00 ip addr add 10.0.3.3/24 dev eth0
$in_vm00 ip route add default via 10.0.3.1

ip link set vc1 down
fault "port down" bridge fail port "ok ok ok ok FAIL \. \. \. \. \. \."
ip link set vc1 up
mended "port down"

echo 0 >/proc/sys/net/ipv6/conf/all/forwarding
fault "forwarding off" accept fail forwarding \
    "ok ok FAIL \. \. \. \. \. \. \. \."
echo 1 >/proc/sys/net/ipv6/conf/all/forwarding
"$seki" apply >/dev/null 2>&1
mended "forwarding off"

nft delete table inet seki
fault "our table gone" matches fail rules \
    "ok FAIL \. \. \. \. \. \. \. \. \."
"$seki" apply >/dev/null 2>&1
mended "our table gone"

# Of two, the one that a packet meets first is told.
ip link set eth0 down
ip link set vc1 down
like "two faults: the first is told" "$("$seki" show forwards)" \
    "broken: .*eth0 is down"
like "two faults: by its light" "$(lights IPv6)" "^FAIL \. .* arrives: "

done_testing

#!/bin/sh
# The walk-through with two LXC containers: from link-local addresses to
# forwards, masquerade and a default-deny firewall, judged by its packets.
. "${top_srcdir:-.}/test/lib/lib.sh"
in_sandbox "$@"
need nft
lacks=$(lxc_lacks)
[ -z "$lacks" ] || skip_all "$(echo "$lacks" | head -n 1)"

public=2001:db8::10
make_outside
lxc_make vm00 && lxc_start vm00 && lxc_make "vm 01" && lxc_start "vm 01" ||
	skip_all "kernel: LXC containers do not start here"
lxc_make off && ip link set $BRIDGE address 02:00:00:00:00:01

outside()
{
	inside client1 "$peer" "$@" --timeout 700
}

counter()
{
	"$seki" show counters | awk -v name="$1" -v col="$2" \
	    '$1 == name { print $col }'
}

# ---- looking

got=$("$seki" show bridges)
if command -v brctl >/dev/null; then
	is "bridges: id, stp and ports as brctl shows them" \
	    "$(echo "$got" | awk 'NR == 2 { print $1, $3, $4, $6 }')" \
	    "$(brctl show | awk 'NR == 2 { print $1, $2, $3 }') 2"
else
	skip "needs: brctl"
fi
like "bridges: the link-local address" "$got" \
    "$(ip -o -6 addr show dev $BRIDGE scope link | awk '{ print $4 }')"

got=$("$seki" show containers)
names=$(lxc-ls -f -F NAME,STATE | sed 1d | sort)
wanted=$(echo "$names" | sed -e 's/ *$//' \
    -e 's/ *RUNNING$/ up/' -e 's/ *STOPPED$/ stopped/')
shown=$(echo "$got" | sed -n 's/^\(.*[^ ]\) *lxc *\(up\|stopped\) .*/\1 \2/p' |
    sort)
is "containers: names and states as lxc-ls shows them" "$shown" "$wanted"
pid=$(lxc-info -p -H -n vm00)
like "containers: the pid and the port of the bridge" "$got" \
    "^vm00 .* $BRIDGE +veth[^ ]+ +$pid "
mac=$(in_lxc vm00 ip -o link show dev eth0 |
    sed 's/.*ether \([^ ]*\).*/\1/')
like "containers: the mac inside" "$got" "^vm00 .*$mac"
got=$("$seki" show uplinks)
like "uplinks: device, address, gateway" "$got" \
    "^eth0 +up +2001:db8::10/64 .*fe80::1 +static +an on-link /64: ula and"
status "show works where there is nothing yet" 0 "$seki" show forwards --json
is "and is an empty list" "$("$seki" show forwards --json)" \
    '{"schema":1,"forwards":[]}'

# ---- the file of the walk-through

cat >"$tmp/sakura.conf" <<'CONF'
# Sakura VPS, one address
uplink eth0
bridge lxcbr0 ula fd5a:1c2e:90b1::1/64 masquerade
container vm00 on lxcbr0 ula fd5a:1c2e:90b1::3
container "vm 01" on lxcbr0 ula fd5a:1c2e:90b1::4   # with a blank
forward tcp 80 to vm00
forward udp 53 to "vm 01"
forward tcp 7000-7010 to vm00
forward tcp 8000-8001 to vm00:9000
forward tcp 8443 to vm00:7000 from 2001:db8:44::/64
default input deny
default forward deny
allow input tcp 22
allow forward tcp 80,443
allow forward udp 53,123
CONF
wait_for sh -c '! ip -6 addr | grep -q tentative'
before=$(nft list ruleset; ip addr; cat /proc/sys/net/ipv6/conf/*/forwarding)
status "apply --check passes" 0 "$seki" apply "$tmp/sakura.conf" --check
is "and changes nothing" \
    "$(nft list ruleset; ip addr; cat /proc/sys/net/ipv6/conf/*/forwarding)" \
    "$before"
got=$("$seki" apply "$tmp/sakura.conf" 2>&1) ||
	diag "apply said: $got"
like "apply tells what it changed" "$got" "all/forwarding 0 -> 1"
like "apply gives addresses" "$got" "vm 01: add address fd5a:1c2e:90b1::4/64"
is "apply again changes nothing" "$("$seki" apply 2>&1)" "  nothing to do"
is "the file is saved as it was written" \
    "$(sed 's/   #/ #/' "$tmp/sakura.conf")" "$("$seki" show config)"

# ---- packets

for port in 80 7000 7005 7010 9000 9001; do
	serve_in_lxc vm00 tcp $port
done
serve_in_lxc "vm 01" udp 53
for port in 22 8080; do
	serve_host tcp $port
done
inside client1 "$peer" serve tcp 80 client1 >"$tmp/log" 2>&1 </dev/null &
wait_for grep -q ready "$tmp/log"

# Containers that have just started join their groups after a moment.
wait_for outside get $public 80
wait_for outside ask $public 53
like "tcp 80 answers, from vm00, which sees the client's address" \
    "$(outside get $public 80)" "^vm00 2001:db8:9::7 "
like "udp 53 answers, from vm 01" "$(outside ask $public 53)" \
    "^vm 01 2001:db8:9::7 "
for port in 7000 7005 7010; do
	like "a range keeps its ports: $port" \
	    "$(outside get $public $port)" "^vm00 "
done
like "a block that shifts is one to one" \
    "$(outside get $public 8001)" "^vm00 "
status "beyond the range it is closed" 2 outside get $public 7011
status "a port that is not forwarded is closed" 2 outside get $public 81
status "a host port that is not listed is dropped" 2 outside get $public 8080
like "tcp 22 of the host is let through" "$(outside get $public 22)" "^host "
status "from: another prefix is not served" 2 outside get $public 8443
like "from: its own prefix is" "$(inside client2 "$peer" get $public 8443)" \
    "^vm00 2001:db8:44::2 "
status "the ULA cannot be reached from outside" 2 sh -c \
    "ip netns exec internet ip route add fd5a:1c2e:90b1::/64 via 2001:db8::10
    nsenter --net=/run/netns/client1 $peer get fd5a:1c2e:90b1::3 7000 \
    --timeout 700"
like "a container reaches out, with the public address" \
    "$(in_lxc vm00 "$peer" get 2001:db8:9::7 80)" "^client1 $public "
status "the host answers ping" 0 outside ping $public
status "the container reaches out with ping" 0 \
    in_lxc vm00 "$peer" ping 2001:db8:9::7
# With br_netfilter a call from the same bridge is translated on the bridge
# itself: it keeps its source, and a container cannot call itself.
if bridged 1; then
	like "hairpin with br_netfilter: another container" \
	    "$(in_lxc "vm 01" "$peer" get $public 80)" "^vm00 "
	like "bridge with br_netfilter: each other" \
	    "$(in_lxc "vm 01" "$peer" get fd5a:1c2e:90b1::3 7005)" \
	    "^vm00 fd5a:1c2e:90b1::4 "
	bridged 0
fi
like "hairpin: another container reaches the forward" \
    "$(in_lxc "vm 01" "$peer" get $public 80)" \
    "^vm00 fd5a:1c2e:90b1::1 "
like "hairpin: the container itself" \
    "$(in_lxc vm00 "$peer" get $public 80)" "^vm00 fd5a:1c2e:90b1::1 "
like "hairpin: the host itself" "$("$peer" get $public 80)" "^vm00 $public "
like "containers of one bridge reach each other" \
    "$(in_lxc "vm 01" "$peer" get fd5a:1c2e:90b1::3 7005)" \
    "^vm00 fd5a:1c2e:90b1::4 "

# The path narrows behind the router, and only its Packet Too Big tells.
inside internet ip link set client1 mtu 1300
inside client1 ip link set eth0 mtu 1300
is "path MTU: a download passes a narrow link" \
    "$(outside get $public 80 300000)" 300000
ip neigh flush dev eth0
status "neighbour discovery works on the uplink" 0 outside ping $public

# ---- meters

out=$(counter tcp-80-out 3)
in=$(counter tcp-80-in 3)
new=$(counter tcp-80-new 2)
is "a download of 10 MB" "$(outside get $public 80 10000000)" 10000000
ok "moves out by as much" test $(($(counter tcp-80-out 3) - out)) -ge 10000000
moved=$(($(counter tcp-80-in 3) - in))
ok "and in by requests and acknowledgements only" test \
    "$moved" -gt 50 -a "$moved" -lt 2000000
is "and counts one new connection" $(($(counter tcp-80-new 2) - new)) 1
like "policies count their hits" "$("$seki" show policies)" \
    "allow input tcp 22 +[1-9]"

nsenter --net=/run/netns/client1 "$peer" hold $public 80 >"$tmp/held" 2>&1 &
held=$!
moving()
{
	[ "$(counter tcp-80-out 3)" -gt $((before_hold + 20000)) ]
}
before_hold=$(counter tcp-80-out 3)
ok "a slow download runs" wait_for moving
out=$(counter tcp-80-out 3)
udp=$(counter udp-53-in 3)
status "one more forward is added" 0 "$seki" add forward tcp 5000 to vm00:7000
status "and committed" 0 "$seki" commit --now
ok "the count goes on and does not start anew" test \
    "$(counter tcp-80-out 3)" -ge "$out"
is "another's count is untouched" "$(counter udp-53-in 3)" "$udp"
before_hold=$(counter tcp-80-out 3)
ok "the download runs on" wait_for moving
kill -TERM $held
wait $held
like "and was never reset" "$(cat "$tmp/held")" "^[0-9]+ open$"
like "the new forward answers" "$(outside get $public 5000)" "^vm00 "

# ---- and back

echo '# nothing' >"$tmp/empty.conf"
ok "an empty config is applied" "$seki" apply --force "$tmp/empty.conf"
is "our table is gone" "$(nft list tables)" ""
unlike "our addresses are gone" \
    "$(ip -6 addr; in_lxc vm00 ip -6 addr)" "fd5a"
unlike "our routes are gone" "$(in_lxc vm00 ip -6 route)" "default"

lxc-stop -k -n vm00
lxc-stop -k -n "vm 01"
done_testing

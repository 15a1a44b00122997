#!/bin/sh
# bridge … translate: what leaves and what arrives under addresses of a public
# prefix, what of it policies decide and count, and what is said of it.
. "${top_srcdir:-.}/test/lib/lib.sh"
. "$top_srcdir/test/lib/flows.sh"
in_sandbox "$@"
need nft

public=2001:db8:5::
private=fd5a:1c2e:90b1::
make_outside
inside internet ip route add ${public}/64 via 2001:db8::10
# With it a container cannot reach itself.
for name in vm00 vm01; do
	make_container $name
	serve $name tcp 80
	serve $name tcp 81
	serve $name udp 53
done
serve client1 tcp 80
serve client2 tcp 80
serve_host tcp 22

# config LINE...: made the one in force.
config()
{
	printf '%s\n' "uplink eth0" "container vm00 ula ${private}3" \
	    "container vm01 ula ${private}4" "$@" >"$tmp/next.conf"
	"$seki" apply "$tmp/next.conf" >"$tmp/done" 2>&1 ||
		fail "config" "$(cat "$tmp/next.conf" "$tmp/done")"
}

# from NODE ADDRESS PORT: who answers, and whom it sees; nothing where nobody
# does.
from()
{
	inside "$1" "$peer" get "$2" "$3" --timeout 700 2>/dev/null |
		awk '{ print $1, $2 }'
}

# hits STATEMENT: the packets that a policy let through or stopped.
hits()
{
	"$seki" show policies --json | sed 's/},{/\n/g' |
		sed -n "s/.*\"statement\":\"$1\".*\"hits\":{\"packets\":\([0-9]*\).*/\1/p"
}

bridge="bridge $BRIDGE ula ${private}1/64"
mapped="$bridge translate ${public}/64"
policies="default forward deny
allow forward tcp 80 to container vm00
allow forward tcp 80 from container vm01 to uplink
allow forward tcp 81 from bridge $BRIDGE
forward tcp 8080 to vm01:80"

config "$bridge" "$policies"
nft -s list ruleset >"$tmp/without"
addresses=$(ip -6 addr show scope global)
wait_for inside client1 "$peer" ping 2001:db8::10
is "without it nothing arrives" "$(from client1 ${public}3 80)" ""

# ---- both directions

config "$mapped" "$policies"
for name in 3 4; do
	wait_for inside client1 "$peer" ping $public$name
done
is "what comes to an address arrives at its container" \
    "$(from client1 ${public}3 80)" "vm00 2001:db8:9::7"
is "what a container sends comes from its address" \
    "$(from vm01 2001:db8:44::2 80)" "client2 ${public}4"
is "each time" "$(from vm01 2001:db8:9::7 80)" "client1 ${public}4"
is "a policy counts what came in" \
    "$(hits 'allow forward tcp 80 to container vm00')" 1
is "and what went out" \
    "$(hits 'allow forward tcp 80 from container vm01 to uplink')" 2
is "what none lets in is stopped" "$(from client1 ${public}4 80)" ""
is "on another port, too" "$(from client1 ${public}3 81)" ""
is "and what none lets out" "$(from vm00 2001:db8:44::2 80)" ""
is "a forward goes on beside it" "$(from client2 2001:db8::10 8080)" \
    "vm01 2001:db8:44::2"
is "ping from outside" "$(inside client1 "$peer" ping ${public}4)" answered
is "and from inside" "$(inside vm00 "$peer" ping 2001:db8:9::7)" answered

ok "which is no drift" "$seki" apply --check
is "nor anything to do" "$("$seki" apply 2>/dev/null)" "  nothing to do"
like "it is shown" "$("$seki" show bridges)" \
    "^$BRIDGE .* ${public}/64 "

# ---- from everywhere

is "this host reaches it" "$("$peer" get ${public}3 80 --timeout 700 |
    cut -d' ' -f1)" vm00
is "another container is judged like anybody" "$(from vm01 ${public}3 80)" \
    "vm00 ${private}1"
is "and let in where a policy says so" "$(from vm00 ${public}4 81)" \
    "vm01 ${private}1"
is "a container reaches itself" "$(from vm00 ${public}3 80)" \
    "vm00 ${private}1"
is "the bridge's own address is this host" "$(from client1 ${public}1 22)" \
    "host 2001:db8:9::7"

# ---- errors about it

# small NODE LINK MTU
small()
{
	inside "$1" ip link set "$2" mtu "$3"
}
small internet client2 1280
status "a Packet Too Big reaches the container" 4 \
    inside vm00 "$peer" ping 2001:db8:44::2 1300
like "which remembers it" "$(inside vm00 ip -6 route get 2001:db8:44::2)" \
    'mtu 1280'
small internet client2 1500

make_node deep
inside deep ip link add eth0 type veth peer name deep netns vm00
inside vm00 ip link set deep mtu 1280 up
inside vm00 ip addr add fe80::1/64 dev deep nodad
inside vm00 ip route add ${private}30/128 dev deep
inside vm00 sh -c 'echo 1 >/proc/sys/net/ipv6/conf/all/forwarding'
inside deep ip link set eth0 up mtu 1280
inside deep ip addr add ${private}30/128 dev eth0 nodad
inside deep ip route add default via fe80::1 dev eth0
ip route add ${private}30/128 via ${private}3 dev $BRIDGE
wait_for inside client1 "$peer" ping ${public}30
status "and one that a container sends comes back" 4 \
    inside client1 "$peer" ping ${public}30 1300
like "with its outer address" "$(inside client1 ip -6 route get ${public}30)" \
    'mtu 1280'
"$seki" add allow forward udp 9,999 2>/dev/null
"$seki" commit --now --force >/dev/null 2>&1
status "an unreachable port is told" 1 \
    inside client1 "$peer" ask ${public}3 999 --timeout 3000

# ---- nothing goes back to the router

inside internet nft -f - <<'X'
table inet look {
	counter back {}
	chain forward {
		type filter hook prerouting priority 0
		iifname "host" ip6 daddr {
			2001:db8:5::/64, fd5a:1c2e:90b1::/64
		} counter name back
	}
}
X
back()
{
	inside internet nft list counter inet look back |
		awk '/packets/ { print $2 }'
}
nft -f - <<'X'
table inet other {
	chain raw {
		type filter hook prerouting priority raw
		ip6 daddr 2001:db8:5::/64 udp dport 9 notrack
	}
}
X
inside client1 "$peer" ask ${public}3 9 --timeout 300 >/dev/null 2>&1
nok "an absent address is told" inside client1 "$peer" ping ${public}dead
is "nothing of all that goes back to the router" "$(back)" 0
ip link set "$BRIDGE" down
status "nor while the bridge is down" 5 \
    inside client1 "$peer" get ${public}3 80 --timeout 3000
is "which the client is told" "$(back)" 0
ip link set "$BRIDGE" up
"$seki" apply >/dev/null 2>&1
wait_for inside client1 "$peer" ping ${public}3
nft delete table inet other

# As the manual has it for while there are no rules.
ip -6 rule add iif eth0 to ${public}/64 unreachable
is "a rule against what comes by the uplink takes nothing from anybody" \
    "$(from client1 ${public}3 80)$("$peer" get ${public}3 80 --timeout 700 |
    cut -d' ' -f1)" "vm00 2001:db8:9::7vm00"
nft delete table inet seki
status "without rules that is told" 5 inside client1 "$peer" ping ${public}3
is "nor goes back to the router" "$(back)" 0
ip -6 rule del iif eth0 to ${public}/64 unreachable
nok "without it nothing arrives, either" inside client1 "$peer" ping ${public}3
unlike "but goes back to the router" "$(back)" '^0$'
"$seki" apply >/dev/null 2>&1
wait_for inside client1 "$peer" ping ${public}3

# ---- forged

inside vm00 ip addr add ${public}3/128 dev eth0 nodad
inside vm00 "$peer" get 2001:db8:9::7 80 --bind ${public}3 --timeout 300 \
    >/dev/null 2>&1
like "its public address is not its own to send from" \
    "$("$seki" show policies | grep 'foreign addresses')" ' [1-9][0-9]*'
inside vm00 ip addr del ${public}3/128 dev eth0

# ---- live connections

config "$mapped" "default forward deny" "allow forward tcp 80" \
    "allow forward udp 53 to container vm00"
hold ${public}3
is "UDP is answered" "$(ask ${public}3 53 4000)" vm00
is "each is shown with what lets it in" "$(live)" "\
tcp 2001:db8:9::7 vm00: allow forward tcp 80
udp 2001:db8:9::7 vm00: allow forward udp 53 to container vm00"
config "$mapped" "default forward deny"
like "what a commit forbids is told" "$(cat "$tmp/done")" "1 connection goes on"
is "and shown, but UDP, which is ended" "$(live)" \
    "tcp 2001:db8:9::7 vm00: default forward, refused"
config "$bridge" "allow forward"
is "what nothing translates any more is gone" "$(live)" \
    "tcp 2001:db8:9::7 vm00: null, gone"
kill -TERM $held
wait $held

# ---- what can be reached

for name in vm00 vm01; do
	serve $name tcp 22
	serve $name tcp 82
done
config "$bridge" "default input deny" "default forward deny" \
    "allow input tcp 22" \
    "allow forward tcp 80 to container vm00" \
    "allow forward tcp 81 from 2001:db8:44::/64 to container vm01" \
    "deny forward tcp 82 to container vm01" \
    "allow forward tcp 82 to bridge $BRIDGE"
# shellcheck disable=SC2086 # they are words
"$seki" set $mapped 2>/dev/null
"$seki" diff | sed -n 's/^+ \(tcp .*\) (new)$/\1/p' >"$tmp/told"
"$seki" commit --now --force >/dev/null 2>&1

# told_to PREFIX: address, port and who answers there, as is told of those from
# the prefix.
told_to()
{
	awk -v who="$1" -v net="$public, " '{
		at = index($0, ", from ")
		if (substr($0, at + 7) != "anywhere" && substr($0, at + 7) != who)
			next
		$0 = substr($0, 1, at - 1)
		sub(net, "")
		n = split($2, ports, ",")
		for (i = 1; i <= n; i++)
			print $4, ports[i], (NF > 4 ? $6 : "host")
	}' "$tmp/told" | sort
}

# scan CLIENT: the same, as it is.
scan()
{
	for host in 1 3 4 9; do
		for number in 22 80 81 82; do
			found=$(from "$1" $public$host $number)
			[ -z "$found" ] ||
				echo "$public$host $number ${found%% *}"
		done
	done | sort
}
is "what can be reached is what is told" "$(scan client1)" \
    "$(told_to 2001:db8:9::/64)"
is "from where it is told" "$(scan client2)" "$(told_to 2001:db8:44::/64)"
is "which is something" "$(scan client2 | cut -d: -f5- | xargs)" \
    "1 22 host 3 80 vm00 3 82 vm00 4 81 vm01"

# ---- live connections

connect client2 ${public}3 80
connect client2 ${public}4 81
"$seki" add allow forward udp 53 to container vm00 2>/dev/null
"$seki" commit --now --force >/dev/null 2>&1
inside client2 "$peer" ask ${public}3 53 >/dev/null
"$seki" delete allow forward tcp 80 to container vm00 2>/dev/null
"$seki" delete allow forward udp 53 to container vm00 2>/dev/null
said=$("$seki" commit --now --force 2>&1)
like "one that policies no longer let in is told" "$said" \
    '^note: 1 connection goes on that these rules would not let through'
like "and which it is" "$("$seki" show connections)" \
    '^\[2001:db8:44::2\]:[0-9]+ .* vm00 +80 .*refused'
like "a flow of UDP is ended" "$said" '^note: 1 flow of UDP was ended'
"$seki" set bridge "$BRIDGE" ula ${private}1/64 translate 2001:db8:6::/64 \
    2>/dev/null
"$seki" commit --now --force >/dev/null 2>&1
like "one by a prefix that went is told" "$("$seki" show connections)" \
    '^\[2001:db8:44::2\]:[0-9]+ .* vm01 +81 .*gone'

# ---- taken back

config "$bridge" "$policies"
is "without it the rules are what they were" \
    "$(nft -s list ruleset | nft_objects)" "$(nft_objects <"$tmp/without")"
# shellcheck disable=SC2086 # they are words
"$seki" set $mapped 2>/dev/null
ok "a commit on trial" "$seki" commit --confirm 60
is "translates" "$(from client1 ${public}3 80)" "vm00 2001:db8:9::7"
ok "a revert" "$seki" revert
is "puts the rules back" "$(nft -s list ruleset | nft_objects)" \
    "$(nft_objects <"$tmp/without")"
is "and nothing arrives" "$(from client1 ${public}3 80)" ""
is "addresses were never touched" "$(ip -6 addr show scope global)" \
    "$addresses"

# ---- beside proxy, on the same bridge and on another

proxied=2001:db8::8000:3
# apply LINE...: made the whole config in force.
apply()
{
	printf '%s\n' "uplink eth0" "$@" >"$SEKI_CONFIG"
	"$seki" apply >"$tmp/done" 2>&1 ||
		fail "apply" "$(cat "$SEKI_CONFIG" "$tmp/done")"
}
settled()
{
	! ip -6 addr show tentative | grep -q tentative
}

apply "$mapped prefix 2001:db8::/64 proxy" \
    "container vm00 ula ${private}3 address $proxied" \
    "container vm01 ula ${private}4"
wait_for settled
is "a container is reached under both of its addresses" \
    "$(from client1 $proxied 80) $(from client1 ${public}3 80)" \
    "vm00 2001:db8:9::7 vm00 2001:db8:9::7"
is "and others under theirs" "$(from client1 ${public}4 80)" \
    "vm01 2001:db8:9::7"
is "it leaves under its own, others under the translated one" \
    "$(from vm00 2001:db8:9::7 80) $(from vm01 2001:db8:9::7 80)" \
    "client1 $proxied client1 ${public}4"
is "containers reach it, and it reaches them, by either" \
    "$(from vm01 $proxied 80 | cut -d ' ' -f 1) $(from vm01 ${public}3 80 |
	cut -d ' ' -f 1) $(from vm00 ${public}4 80 | cut -d ' ' -f 1)" \
    "vm00 vm00 vm01"
is "only the one is answered for" \
    "$(ip -6 neigh show proxy | awk '{ print $1 }')" $proxied
"$seki" discard 2>/dev/null
like "both are told" "$("$seki" diff)" \
    "^= everything on $proxied -> vm00, from anywhere$"

ip link add br1 type bridge
ip link set br1 up
BRIDGE=br1
make_container vm02
serve vm02 tcp 80
apply "$mapped" "bridge br1 prefix 2001:db8::/64 proxy" \
    "container vm00 ula ${private}3" "container vm02 address $proxied"
wait_for settled
is "the Internet reaches what is behind either bridge" \
    "$(from client1 $proxied 80) $(from client1 ${public}3 80)" \
    "vm02 2001:db8:9::7 vm00 2001:db8:9::7"
is "to which each leaves under its own" \
    "$(from vm02 2001:db8:9::7 80) $(from vm00 2001:db8:9::7 80)" \
    "client1 $proxied client1 ${public}3"
is "and they reach each other" \
    "$(from vm00 $proxied 80) $(from vm02 ${public}3 80)" \
    "vm02 ${private}3 vm00 $proxied"

done_testing

#!/bin/sh
# A prefix that is routed to this host: containers with public addresses, and
# who reaches them, with real packets.
. "${top_srcdir:-.}/test/lib/lib.sh"
. "$top_srcdir/test/lib/flows.sh"
. "$top_srcdir/test/lib/tmux.sh"
in_sandbox "$@"
need nft

public=2001:db8::10
net=2001:db8:1:2
ula=fd5a:1c2e:90b1
make_outside
inside internet ip route add $net::/64 via $public
for name in vm00 vm01 vm02; do
	make_container $name
	for number in 80 443 8080; do
		serve $name tcp $number
	done
done

# who NODE ADDRESS PORT: the name of who answers; nothing where nobody does.
who()
{
	inside "$1" "$peer" get "$2" "$3" --timeout 700 2>/dev/null |
		awk '{ print $1 }'
}

# seen NODE ADDRESS: under which address a server there sees the node.
seen()
{
	inside "$1" "$peer" get "$2" 7 --timeout 700 2>/dev/null |
		awk '{ print $2 }'
}
serve client1 tcp 7

# inner NODE: its addresses but link-local ones.
inner()
{
	inside "$1" ip -6 -br addr show dev eth0 scope global |
		awk '{ for (i = 3; i <= NF; i++) print $i }' | sort
}

# ---- what is given

cat >"$SEKI_CONFIG" <<CONF
uplink eth0
bridge lxcbr0 ula $ula::1/64 masquerade prefix $net::/64
container vm00 ula $ula::3 address $net::3
container vm01 address $net::4
container vm02 ula $ula::5
CONF
ok "the config" "$seki" apply
is "the bridge takes ::1" "$(ip -6 -br addr show dev lxcbr0 scope global |
    awk '{ print $3, $4 }' | tr ' ' '\n' | sort)" "$net::1/64
$ula::1/64"
is "a container takes both of its addresses" "$(inner vm00)" "$net::3/64
$ula::3/64"
is "and another one the public one alone" "$(inner vm01)" "$net::4/64"
is "the default route leads to the ULA of the bridge" \
    "$(inside vm00 ip -6 route show default)" \
    "default via $ula::1 dev eth0 proto 83 metric 512 pref medium"
is "or to its public address" "$(inside vm01 ip -6 route show default)" \
    "default via $net::1 dev eth0 proto 83 metric 512 pref medium"
like "nothing is left to do" "$("$seki" diff)" "nothing to do"

# ---- packets

wait_for inside client1 "$peer" ping $net::3
is "the Internet reaches the first" "$(who client1 $net::3 80)" vm00
is "and the second" "$(who client1 $net::4 443)" vm01
is "with both, it calls the Internet by its public address" \
    "$(seen vm00 2001:db8:9::7)" $net::3
is "without a ULA, too" "$(seen vm01 2001:db8:9::7)" $net::4
is "without a public address it is masqueraded" \
    "$(seen vm02 2001:db8:9::7)" $public
is "a public address calls a ULA on its bridge" "$(who vm01 $ula::3 80)" vm00
nok "an address that nobody has is unreachable" \
    inside client1 "$peer" ping $net::99

# ---- forged, and sent back

dead_end()
{
	ip -6 route | sed -n 's/^\(unreachable .* metric [0-9]*\) .*/\1/p'
}
unreachable="unreachable $net::/64 dev lo proto 83 metric 4294967295"
is "the rest of the prefix leads nowhere" "$(dead_end)" "$unreachable"
ip link set lxcbr0 down
status "while the bridge is down nothing goes back to the router" 5 \
    inside client1 "$peer" get $net::3 80 --timeout 2000
nft delete table inet seki
status "nor does it while no rules are loaded" 5 \
    inside client1 "$peer" get $net::3 80 --timeout 2000
ip -6 route del unreachable $net::/64 proto 83
like "its loss is drift" "$("$seki" show status)" \
    "lo: add unreachable route to $net::/64"
ip link set lxcbr0 up
ok "which is put right" "$seki" apply
is "by making it again" "$(dead_end)" "$unreachable"
wait_for inside client1 "$peer" ping $net::3
for from in $net::1 2001:db8:9::8 2001:db8::10; do
	inside vm02 ip addr add $from/128 dev eth0 nodad
	status "nobody sends from $from behind a bridge" 2 \
	    inside vm02 "$peer" get 2001:db8:9::7 7 --bind $from --timeout 700
	inside vm02 ip addr del $from/128 dev eth0
done

# ---- policies

cat >>"$SEKI_CONFIG" <<CONF
default forward deny
allow forward tcp 80 to container vm00
allow forward from container vm01
allow forward from container vm02
deny forward tcp 80 to container vm01
allow forward tcp 80
forward tcp 443 to vm00
forward tcp 8443 to vm01:443
CONF
ok "policies" "$seki" apply
is "an allow is for the public address" "$(who client1 $net::3 80)" vm00
is "and for nothing else of it" "$(who client1 $net::3 443)" ""
is "a deny is for the public address, too" "$(who client1 $net::4 80)" ""
inside vm01 ip addr add $net::44/64 dev eth0 nodad
is "and for one that it takes" "$(who client1 $net::44 80)" ""
inside vm01 ip addr del $net::44/64 dev eth0
is "from it may connect to the Internet" "$(seen vm01 2001:db8:9::7)" $net::4
is "a forward leads to the ULA" "$(who client1 $public 443)" vm00
is "or to the public address, where it is all" "$(who client1 $public 8443)" \
    vm01
is "also by way of the own bridge" "$(who vm02 $public 8443)" vm01

# hits STATEMENT: the packets that a policy decided about.
hits()
{
	"$seki" show policies --json | sed 's/},{/\n/g' |
		sed -n "s/.*\"statement\":\"$1\".*\"hits\":{\"packets\":\([0-9]*\).*/\1/p"
}
came=$(hits "allow forward tcp 80 to container vm00")
went=$(hits "allow forward from container vm01")
who client1 $net::3 80 >/dev/null
seen vm01 2001:db8:9::7 >/dev/null
is "a policy counts what came in" \
    $(($(hits "allow forward tcp 80 to container vm00") - came)) 1
is "and what went out" $(($(hits "allow forward from container vm01") - went)) 1

# ---- what is done about the kernel

ip addr del $net::1/64 dev lxcbr0
inside vm01 ip addr del $net::4/64 dev eth0
got=$("$seki" show status)
like "a lost address is drift" "$got" "$net::4/64"
like "of the bridge, too" "$got" "$net::1/64"
ok "which goes" "$seki" apply
is "by giving both again" "$(who client1 $net::4 443; who client1 $net::3 80)" \
    vm00
"$seki" watch >"$tmp/watch" 2>&1 &
watch=$!
inside vm01 ip link set eth0 down
inside vm01 ip link set eth0 up
wait_for inside vm01 "$peer" ping $net::1
is "the service gives it again" "$(inner vm01)" "$net::4/64"
kill $watch
wait $watch

for edit in 'delete forward tcp 8443' \
    'delete allow forward from container vm01' \
    'delete deny forward tcp 80 to container vm01' \
    'delete container vm01' "set container vm00 ula $ula::3" \
    "set bridge lxcbr0 ula $ula::1/64 masquerade"; do
	# shellcheck disable=SC2086 # they are words
	"$seki" $edit 2>&1
done >"$tmp/edits"
like "what they got is taken back, and said so" "$("$seki" diff)" \
    "^  vm01: remove address $net::4/64$"
ok "at a commit" "$seki" commit --now
is "from containers" "$(inner vm00; inner vm01)" "$ula::3/64"
is "and from the bridge" \
    "$(ip -6 -br addr show dev lxcbr0 scope global | awk '{ print $3, $4 }')" \
    "$ula::1/64 "
ok "the history has them" "$seki" rollback 1
ok "to be committed again" "$seki" commit --confirm 60
is "and there they are" "$(inner vm01)" "$net::4/64"
ok "a revert" "$seki" revert
is "takes them back as well" "$(inner vm01; inside vm01 ip -6 route show \
    default)" ""

# ---- what the Internet can reach, as it is said and as it is

cat >"$SEKI_CONFIG" <<CONF
uplink eth0
bridge lxcbr0 ula $ula::1/64 masquerade prefix $net::/64
container vm00 ula $ula::3 address $net::3
container vm01 address $net::4
default input deny
CONF
ok "a config that leaves all open" "$seki" apply
like "says so" "$("$seki" diff)" \
    "^= everything on $net::/64 -> lxcbr0, from anywhere$"
inside vm02 ip addr add $net::9/64 dev eth0 nodad
inside vm02 ip route replace default via $net::1
is "and is, whoever takes which address" "$(who client1 $net::9 8080)" vm02
cat >>"$SEKI_CONFIG" <<CONF
default forward deny
allow forward tcp 80 to container vm00
allow forward tcp 80,443 to container vm01
allow forward tcp 8080 from 2001:db8:44::/64 to container vm00
deny forward tcp to container vm02
allow forward tcp 443 from 2001:db8:9::/64 to $net::8/125
CONF
echo "container vm02 ula $ula::5" >>"$SEKI_CONFIG"
ok "one that does not" "$seki" apply

# said: CLIENT ADDRESS PORT, each that a line of the exposure lets in.
said()
{
	"$seki" diff | sed -n \
	    's/^= tcp \([0-9,]*\) on \(.*\) -> [^ ]*, from \(.*\)$/\1|\2|\3/p' |
	    while IFS='|' read -r ports addresses from; do
		for client in client1 client2; do
			case $from,$client in
			anywhere,*|*:9::/64,client1|*:44::/64,client2) ;;
			*) continue ;;
			esac
			for number in $(echo "$ports" | tr , ' '); do
				for address in $addresses; do
					echo "$client ${address%,} $number"
				done
			done
		done
	    done | sort
}
scan()
{
	for client in client1 client2; do
		for address in $net::3 $net::4 $net::9; do
			for number in 80 443 8080; do
				[ -z "$(who $client $address $number)" ] ||
					echo "$client $address $number"
			done
		done
	done | sort
}
is "what is said to be open is, and nothing else" "$(said)" "$(scan)"
like "something is" "$(scan)" "^client2 $net::3 8080$"

# ---- live connections

# config LINE...: made the one in force; what it tells is in $tmp/said.
config()
{
	printf '%s\n' "uplink eth0" "$@" "default forward deny" >"$SEKI_CONFIG"
	"$seki" apply 2>&1 >"$tmp/done" | sed '/^commit #/d' >"$tmp/said"
}

bridge="bridge lxcbr0 ula $ula::1/64 masquerade prefix $net::/64"
given="container vm00 ula $ula::3 address $net::3
container vm01 address $net::4"
serve vm00 udp 53
serve vm01 udp 54
config "$bridge" "$given" "allow forward tcp 80 to container vm00" \
    "allow forward udp 53" "forward udp 54 to vm01" "allow forward from uplink"
hold $net::3
is "UDP is answered" "$(ask $net::3 53 4000) $(ask $public 54 4001)" \
    "vm00 vm01"
who client1 $net::4 443 >/dev/null
is "each is shown with what lets it in, beside that of a forward" "$(live)" "\
tcp 2001:db8:9::7 vm00: allow forward tcp 80 to container vm00
udp 2001:db8:9::7 vm00: allow forward udp 53
udp 2001:db8:9::7 vm01: null"
like "also in the table" "$("$seki" show connections 2>/dev/null)" \
    '^\[2001:db8:9::7\]:[0-9]+ +allow forward tcp 80 to container vm00 +vm00 +80 +established '
is "narrowed down to a container" "$(live container vm01)" \
    "udp 2001:db8:9::7 vm01: null"
is "and to a forward, of which they are none" "$(live forward udp 53)" ""
"$seki" discard 2>/dev/null
"$seki" add deny forward tcp 99 2>/dev/null
ok "a commit" "$seki" commit --confirm 600
is "while a commit is pending, too" "$(live | head -n 1)" \
    "tcp 2001:db8:9::7 vm00: allow forward tcp 80 to container vm00"
"$seki" revert >/dev/null 2>&1
"$seki" discard 2>/dev/null

config "$bridge" "$given"
is "what a commit forbids is told, and UDP is ended" "$(cat "$tmp/said")" "\
note: 2 flows of UDP were ended, so that their next packets go by these rules
note: 1 connection goes on that these rules would not let through
  seki show connections tells which, seki end orphans ends them"
is "what goes on is shown with what refuses it" "$(live)" \
    "tcp 2001:db8:9::7 vm00: default forward, refused"
is "what was ended is refused" "$(ask $net::3 53 4000)" nobody
config "$bridge" "$given" "allow forward to bridge lxcbr0"
is "and by rules that fit it is as it should be" "$(cat "$tmp/said"; live)" \
    "tcp 2001:db8:9::7 vm00: allow forward to bridge lxcbr0"
from=$("$seki" show connections 2>/dev/null | awk '/^\[/ { print $1 }')
like "it can be ended" "$("$seki" end tcp "$from" 2>&1)" \
    '^ended: tcp 80 from \[2001:db8:9::7\]:[0-9]+ to vm00$'
told()
{
	kill -TERM $held 2>/dev/null
	grep -q reset "$tmp/held"
}
ok "which its client is told" wait_for told
is "and is gone" "$(live)" ""

hold $net::3
kept=$held
ask $net::3 53 4002 >/dev/null
config "bridge lxcbr0 ula $ula::1/64 masquerade" "container vm00 ula $ula::3" \
    "allow forward"
is "without the address all of it is ended" "$(cat "$tmp/said")" \
    "note: 2 connections were ended, to public addresses that no container \
has any more"
is "and nothing is left of it" "$(live)" ""
kill -TERM $kept
wait $kept

# ---- on the screen

on_screen()
{
	config "$bridge" "$given" "allow forward tcp 80 to container vm00"
	hold $net::3
	start_terminal
	console 80 24
	keys 6
	see "its client is on the screen" '^>  2001:db8:9::7 +allow forward'
	see "with all of its policy" \
	    '^ decided by allow forward tcp 80 to container vm00$'
	keys Enter Down Enter
	see "to which Enter leads" \
	    '^> +1 +allow forward tcp 80 to container vm00'
	config "$bridge" "$given" "deny forward tcp 80 to container vm00"
	see "a policy against it" '^> +1 +deny forward tcp 80 to container vm00'
	keys 6 x
	see "why tells who would refuse it now" \
	    '^.WARN a new one to vm00:80 would be refused by deny forward tcp 80 '
	keys Escape q
	kill -TERM $held
	wait $held
	config "bridge lxcbr0 prefix $net::/64" "container vm00 address $net::3" \
	    "container vm01 address $net::4"
	console 80 24
	see "who has a public address lacks no ULA" \
	    'WARN 1 container without a ULA, .*: vm02$'
	keys q
}
if command -v tmux >/dev/null; then
	on_screen
else
	skip "needs: tmux" 6
fi
done_testing

#!/bin/sh
# Connections of both families: shown, narrowed down, ended and told by a commit
# alike; and those of IPv4 none of seki's business without the option.
. "${top_srcdir:-.}/test/lib/lib.sh"
. "$top_srcdir/test/lib/tmux.sh"
in_sandbox "$@"
need nft

public=2001:db8::10
public4=192.0.2.10
make_outside
make_outside4
make_container web1
make_container web10
ip addr add 10.0.3.1/24 dev $BRIDGE
give4 web1 eth0 10.0.3.3/24 10.0.3.1
give4 web10 eth0 10.0.3.4/24 10.0.3.1
for port in 80 81; do
	serve web1 tcp $port
	serve web10 tcp $port
done
for port in 53 54; do
	serve web1 udp $port
	serve web10 udp $port
done
serve_host tcp 22
# Its socket is one of IPv4, theirs take both.
inside web10 "$peer" serve tcp 8080 web10 --bind 10.0.3.4 >"$tmp/only4" 2>&1 \
    </dev/null &
wait_for grep -q ready "$tmp/only4"

# config LINE...: made the one in force, with the words of $bridge4 and $web4;
# what it tells is in $tmp/said.
bridge4='' web4=''
config()
{
	printf '%s\n' "uplink eth0" \
	    "bridge $BRIDGE ula fd5a:1c2e:90b1::1/64 masquerade$bridge4" \
	    "container web1 ula fd5a:1c2e:90b1::3$web4" \
	    "container web10 ula fd5a:1c2e:90b1::4" \
	    "default forward deny" "$@" >"$tmp/next.conf"
	"$seki" apply "$tmp/next.conf" >"$tmp/done" 2>"$tmp/said" ||
		fail "config" "$(cat "$tmp/next.conf" "$tmp/said")"
}

# said: the notes of the last commit, less ports that the kernel chose.
said()
{
	sed -E '/^commit #/d; s/:[0-9]+ >/ >/' "$tmp/said"
}

# hold NAME NODE ADDRESS PORT: a download that goes on, told in $tmp/NAME and
# called $held.
hold()
{
	: >"$tmp/$1"
	nsenter --net="/run/netns/$2" "$peer" hold "$3" "$4" >"$tmp/$1" 2>&1 &
	held=$!
	wait_for grep -q ready "$tmp/$1"
}

# live [WORD...]: forward, container, and reason if any, of each connection of
# a client that lives, without its port.
live()
{
	"$seki" show connections --json "$@" 2>/dev/null |
	    sed 's/},{"proto"/}\n{"proto"/g' | sed -nE 's/.*"proto":"([a-z]*)",'\
'"client":\{"address":"([^"]*)".*"forward":"?([^"]*)"?,"container":"([^"]*)".*'\
'"stale":"?([a-z]*).*/\2 \3 \4 \5/p' | sed 's/ null$//' | LC_ALL=C sort
}

# ask ADDRESS PORT FROM: who answers.
ask()
{
	inside client1 "$peer" ask "$1" "$2" --from "$3" --timeout 1000 \
	    2>/dev/null | cut -d ' ' -f 1 | grep . || echo nobody
}

# ---- off

echo 1 >/proc/sys/net/ipv4/ip_forward
nft -f - <<NFT
table ip other {
	chain pre {
		type nat hook prerouting priority -150;
		ip daddr $public4 tcp dport 80 dnat to 10.0.3.3
		ip daddr $public4 udp dport 53 dnat to 10.0.3.3
	}
}
NFT
config "forward tcp 80 to web1" "forward udp 53 to web1"
wait_for inside client1 "$peer" get $public 80
hold theirs client1 $public4 80
theirs=$held
is "off, what another program forwards is answered" "$(ask $public4 53 4000)" \
    web1
hold ours client1 $public 80
is "and none of ours" "$(live)" "2001:db8:9::7 tcp 80 web1"
is "nor offered to end" "$("$seki" complete 'seki end udp ' ' :' 63)" ""
status "nor ended" 1 "$seki" end udp 198.51.100.7:4000
config "forward tcp 81 to web1"
is "a commit tells of IPv6 alone" "$(said)" "\
note: 1 connection goes on that these rules would not let through
  seki show connections tells which, seki end orphans ends them"
is "and ends nothing of IPv4" "$(ask $public4 53 4000)" web1
kill -TERM $theirs $held
wait $theirs
like "which goes on as before" "$(tail -n 1 "$tmp/theirs")" 'open$'
wait $held
nft delete table ip other

# ---- on

on="option ipv4 on"
config "$on" "forward tcp 80 to web1" "forward udp 53 to web1" \
    "forward tcp 81 to web1 only ipv6" "forward tcp 81 to web10 only ipv4" \
    "forward tcp 8081 to web10:8080"
wait_for inside client1 "$peer" get $public4 80
hold both6 client1 $public 80
hold both4 client1 $public4 80
both4=$held
hold only6 client2 $public 81
hold only4 client2 $public4 81
hold old client2 $public4 8081
old=$held
ask $public 53 4001 >/dev/null
ask $public4 53 4002 >/dev/null
is "each is shown with its forward and container" "$(live)" "\
198.51.100.7 tcp 80 web1
198.51.100.7 udp 53 web1
198.51.100.7 udp 53 web1
2001:db8:44::2 tcp 81 only ipv6 web1
2001:db8:9::7 tcp 80 web1
2001:db8:9::7 udp 53 web1
203.0.113.7 tcp 8081 web10
203.0.113.7 tcp 81 only ipv4 web10"
like "in the table as well" "$("$seki" show connections 2>/dev/null)" \
    '^203\.0\.113\.7:[0-9]+ +tcp 8081 +web10 +8080 +established '
is "narrowed down to a forward" "$(live forward tcp 80)" "\
198.51.100.7 tcp 80 web1
2001:db8:9::7 tcp 80 web1"
is "and to a container" "$(live container web10)" "\
203.0.113.7 tcp 8081 web10
203.0.113.7 tcp 81 only ipv4 web10"
like "where it was called is in JSON, and where it was handed to" \
    "$("$seki" show connections --json forward tcp 8081)" \
    '"on":\{"address":"192\.0\.2\.10","port":8081\}.*"target":\{'\
'"address":"10\.0\.3\.4","port":8080\}'

# ---- on the screen

on_screen()
{
	start_terminal
	console 120 24
	keys 6
	see "those of IPv4 are on the screen" \
	    '^.  203\.0\.113\.7 '
	see "beside those of IPv6" \
	    '^.  2001:db8:44::2 '
	keys / 'tcp 81 only ipv4' Enter
	see "by the forward of its family" '^ through .*forward tcp 81 only ipv4'
	keys z
	see "it leads to its target" '^.    :[0-9]+ +web10:81 +established'
	unlike "and nothing else does" "$(screen)" 'web1:81 '
	keys 4 / udp Enter
	see "a forward tells both of its targets" \
	    'forwarded to fd5a:1c2e:90b1::3, 10\.0\.3\.3'
	see "and both public addresses" \
	    'clients reach it at 2001:db8::10, 192\.0\.2\.10'
	keys q
}
if command -v tmux >/dev/null; then
	on_screen
else
	skip "needs: tmux" 4
fi

# ---- ended

# end PROTO FORWARD CLIENT: the connection through it from there; what is told.
end()
{
	"$seki" end "$1" "$("$seki" show connections forward "$1" "$2" 2>/dev/null |
	    awk '{ print $1 }' | grep -F "$3")" 2>&1
}
# told PID NAME: that download, that it was reset.
told()
{
	kill -TERM "$1" 2>/dev/null
	grep -q reset "$tmp/$2"
}
like "a client is offered to end" \
    "$("$seki" complete 'seki end udp ' ' :' 63)" \
    '^198\.51\.100\.7:4002 +udp 53 from 198\.51\.100\.7:4002 to web1$'
like "one of IPv4 is ended by it" "$(end tcp 80 198.51.100.7)" \
    '^ended: tcp 80 from 198\.51\.100\.7:[0-9]+ to web1$'
ok "its client is told" wait_for told $both4 both4
is "and nobody else" "$(live forward tcp 80)" "2001:db8:9::7 tcp 80 web1"
like "so is one with a socket of IPv4" "$(end tcp 8081 203.0.113.7)" '^ended: '
ok "whose client is told" wait_for told $old old
like "and one of UDP" "$("$seki" end udp 198.51.100.7:4002 2>&1)" \
    '^ended: udp 53 from 198'
is "which is forgotten, alone" "$(live forward udp 53)" "\
198.51.100.7 udp 53 web1
2001:db8:9::7 udp 53 web1"

# ---- counted

# counts FORWARD: packets and bytes in and out, and new connections: the sum,
# then of IPv6 and of IPv4.
counts()
{
	"$seki" show forwards --json | sed 's/},{"proto"/}\n{"proto"/g' |
	    grep "$1" | sed 's/,"lights":{[^}]*}//g; s/"only"/\n&/; s/"ipv4"/\n&/' | sed -E 's/.*"in"/"in"/
		s/"[a-z]*"://g; s/[{},]+/ /g; s/^ *//; s/ *$//'
}
is "what was called only in one family has counts of it" \
    "$(counts '"ports":"8081"' | cut -d ' ' -f 5)" "\
1
0
1"
like "and JSON tells of which it is" \
    "$("$seki" show forwards --json | sed 's/},{"proto"/}\n{"proto"/g' |
    grep '"ports":"81"')" '"only":"ipv4","families":\{"ipv6":null,"ipv4":\{'\
'"address":"10\.0\.3\.4","state":"active","reason":"","in"'
config "$on" "forward udp 54 to web1" "forward tcp 80 to web1" \
    "deny input udp 7 only ipv4"
like "of policies as well" "$("$seki" show policies --json)" \
    '"statement":"deny input udp 7 only ipv4","hits":[^}]*\},"only":"ipv4"\}'
inside client1 "$peer" trade $public 54 100 20 3
inside client1 "$peer" trade $public4 54 1000 50 5
# Headers are 48 bytes in IPv6, and 28 in IPv4.
six="3 $((3 * 148)) 3 $((3 * 68)) 1"
four="5 $((5 * 1028)) 5 $((5 * 78)) 1"
both="8 $((3 * 148 + 5 * 1028)) 8 $((3 * 68 + 5 * 78)) 2"
is "each packet is counted in its family, and in the sum" \
    "$(counts '"proto":"udp"')" "\
$both
$six
$four"
like "which is what is shown" "$("$seki" show forwards 2>/dev/null)" \
    "^udp +54 .* 5\\.6k +594 +2 +"
"$seki" set forward udp 54 to web1 off 2>/dev/null
ok "a commit turns it off" "$seki" commit --now
is "and keeps what it counted" "$(counts '"proto":"udp"' | head -n 1)" "$both"
"$seki" set forward udp 54 to web1 2>/dev/null
inside web1 ip addr del 10.0.3.3/24 dev eth0
ok "another turns it on, for IPv6 alone" "$seki" commit --now
like "and says why not for IPv4" "$("$seki" show forwards --json)" \
    '"ipv4":\{[^}]*"broken","reason":"web1 has no IPv4 address on lxcbr0 now"'
is "and has it still" "$(counts '"proto":"udp"' | head -n 1)" "$both"
give4 web1 eth0 10.0.3.3/24 10.0.3.1
config "$on" "forward tcp 80 to web1" "forward udp 53 to web1" \
    "forward tcp 81 to web1 only ipv6" "forward tcp 81 to web10 only ipv4"
unlike "nothing of it is drift" "$("$seki" show status)" drift

# ---- given

bridge4=" ipv4 10.0.3.1/24" web4=" ipv4 10.0.3.3"
config "$on" "forward udp 54 to web1"
inside web1 ip addr del 10.0.3.3/24 dev eth0
is "nobody answers where the address is gone" "$(ask $public4 54 4005)" nobody
is "but it is known whose it is" "$(live forward udp 54 | grep 198)" \
    "198.51.100.7 udp 54 web1"
got=$("$seki" show forwards --json)
like "and where it leads, and why it does not work" "$got" \
    '"ipv4":\{"address":"10\.0\.3\.3","state":"broken","reason":"web1 does '
like "in that family alone" "$got" \
    '"ipv6":\{"address":"[^"]*3","state":"active","reason":"",'
give4 web1 eth0 10.0.3.3/24 10.0.3.1
bridge4='' web4=''
config "$on" "forward tcp 80 to web1" "forward udp 53 to web1" \
    "forward tcp 81 to web1 only ipv6" "forward tcp 81 to web10 only ipv4"

# ---- forbidden

hold both4 client1 $public4 80
both4=$held
hold input4 client1 $public4 22
input4=$held
is "what changes is asked before" \
    "$(ask $public4 53 4002) $(ask $public 53 4001) $(ask $public4 54 4003)" \
    "web1 web1 nobody"
config "$on" "forward tcp 80 to web1 from 203.0.113.0/24,2001:db8::/32" \
    "forward udp 53 to web1 only ipv6" "forward udp 53 to web10 only ipv4" \
    "forward udp 54 to web10" "forward tcp 81 to web1" \
    "default input deny"
is "each is told, and ended, by its family" "$(said)" "\
note: 2 flows of UDP were ended, so that their next packets go by these rules
note: 2 connections go on that these rules would not let through
  seki show connections tells which, seki end orphans ends them
note: 1 connection beside the forwards goes on that these rules would not let \
through:
  tcp 198.51.100.7 > 192.0.2.10:22"
is "what stays is shown with its reason" "$(live)" "\
198.51.100.7 tcp 80 web1 refused
2001:db8:44::2 tcp 81 web1
2001:db8:9::7 tcp 80 web1
2001:db8:9::7 udp 53 only ipv6 web1
203.0.113.7 tcp 81 web10 moved"
is "what was ended goes by the new rules" \
    "$(ask $public4 53 4002) $(ask $public 53 4001) $(ask $public4 54 4003)" \
    "web10 web1 web10"

# ---- off again

config "forward tcp 80 to web1" "forward udp 53 to web1"
is "off again, what goes on of IPv4 is named, since nothing else shows it" \
    "$(said)" "\
note: IPv4 forwarding stays on: seki has no note of having switched it on
note: 2 flows of UDP were ended, so that their next packets go by these rules
note: 1 connection goes on that these rules would not let through
  seki show connections tells which, seki end orphans ends them
note: 1 connection beside the forwards goes on that these rules would not let \
through:
  tcp 198.51.100.7 > 192.0.2.10:80"
is "but IPv6" "$(live)" "\
2001:db8:44::2 null web1 gone
2001:db8:9::7 tcp 80 web1
2001:db8:9::7 udp 53 web1"
config
is "and is not told again" "$(said | grep -c 198)" 0
done_testing

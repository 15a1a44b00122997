#!/bin/sh
# forward any: what of an address goes to the container, and what stays with
# this host or goes by another forward, with real packets of all kinds.
. "${top_srcdir:-.}/test/lib/lib.sh"
in_sandbox "$@"
need nft busybox

spray=$builddir/test/lib/spray
public=2001:db8::10
other=2001:db8::11
public4=192.0.2.10
other4=192.0.2.11
make_outside
ip addr add $other/64 dev eth0 nodad
for name in vm00 vm01; do
	make_container $name
	for port in 25 80 443 9000; do
		serve $name tcp $port
	done
	serve $name udp 123
	serve $name udp 9000
done

# serve_host PROGRAM tcp|udp PORT [OPTION...]: of this host, by a program of
# that name.
serve_host()
{
	[ -e "$tmp/$1" ] || cp "$peer" "$tmp/$1"
	log="$tmp/serve-$2-$3-host" program=$tmp/$1
	shift
	proto=$1 number=$2
	shift 2
	"$program" serve "$proto" "$number" host "$@" >"$log" 2>&1 \
	    </dev/null &
	wait_for grep -q ready "$log"
}
serve_host sshd tcp 2022
serve_host smtpd tcp 25
serve_host httpd tcp 9443
serve_host ntpd udp 123 --bind $public

cat >"$SEKI_CONFIG" <<CONF
uplink eth0
bridge lxcbr0 ula fd5a:1c2e:90b1::1/64 masquerade
container vm00 ula fd5a:1c2e:90b1::3
container vm01 ula fd5a:1c2e:90b1::4
forward tcp 80 to vm01
forward tcp 443 to vm00 from 2001:db8:44::/64
forward any to vm00 on $public
allow input tcp 25 limit 100/second
allow input udp 123 from 2001:db8:44::/64
default forward deny
CONF
ok "the config" "$seki" apply
wait_for inside client1 "$peer" ping $public

# who CLIENT ADDRESS PORT: the name of who answers; nothing where nobody does.
who()
{
	inside "$1" "$peer" get "$2" "$3" --timeout 700 2>/dev/null |
		awk '{ print $1 }'
}
who_udp()
{
	inside "$1" "$peer" ask "$2" "$3" --timeout 700 2>/dev/null |
		awk '{ print $1 }'
}

# count FORWARD [ADDRESS]: packets in, and connections.
count()
{
	"$seki" show forwards --json | sed 's/},{/\n/g' | grep "\"on\":.*$2" |
		sed -n "s/.*\"proto\":\"${1% *}\",\"ports\":${1#* },.*\"reason\":\"[^\"]*\",\"in\":{\"packets\":\([0-9]*\),.*\"new\":\([0-9]*\),\"only\".*/\1 \2/p"
}
any='any null'

# start_catching FAMILY: what comes to vm00 is in $log then.
start_catching()
{
	catches=$((${catches:-0} + 1))
	log="$tmp/caught-$catches"
	: >"$log"
	inside vm00 "$spray" catch "$1" >"$log" 2>&1 &
	wait_for grep -q ready "$log"
}

# caught FAMILY ADDRESS: what client1 sends there comes to vm00.
caught()
{
	start_catching "$1"
	inside client1 "$spray" throw "$2" 200 20 >"$tmp/thrown" \
	    2>"$tmp/error" || fail "throw" "$(cat "$tmp/error")"
	wait_for all_caught
	is "200 of all protocols and ports arrive" \
	    "$(sed 1d "$log" | sort)" "$(sort "$tmp/thrown")"
	is "of four kinds" "$(cut -d' ' -f1 "$tmp/thrown" | awk '
	    { kinds[$1 > 142 ? "bare" : $1] = 1 }
	    END { for (k in kinds) print k }' |
	    sort | xargs)" "132 17 6 bare"
}
all_caught()
{
	[ "$(wc -l <"$log")" -gt 200 ]
}

# stays FAMILY ADDRESS OTHER-ADDRESS: what is somebody's there.
stays()
{
	is "sshd's port stays" "$(who client1 "$2" 2022)" host
	is "what a policy allows in stays" "$(who client1 "$2" 25)" host
	is "for those that it allows" "$(who_udp client2 "$2" 123)" host
	is "and for nobody else" "$(who_udp client1 "$2" 123)" vm00
	is "another forward keeps its port" "$(who client1 "$2" 80)" vm01
	is "what another forward refuses does not come to this one" \
	    "$(who client1 "$2" 443)" ""
	is "and what it lets in is its own" "$(who client2 "$2" 443)" vm00
	is "a service of this host is taken over" \
	    "$(who client1 "$2" 9443)" ""
	is "another address is none of its own" "$(who client1 "$3" 9000)" ""
	is "from this host" "$("$peer" get "$2" 9000 | cut -d' ' -f1)" vm00
	is "from another container" "$(who vm01 "$2" 9000)" vm00
	is "from itself" "$(who vm00 "$2" 9000)" vm00
	is "from a container to a port that stays" "$(who vm01 "$2" 25)" host
}

# ---- everything else, and what is somebody's

before=$(count "$any")
caught 6 $public
is "and are counted, each once" "$before $(count "$any")" "0 0 200 200"
stays 6 $public $other
is "ping is answered by this host" "$(inside client1 "$peer" ping $public)" \
    answered
is "nothing of that is counted here" "$(count "$any" | cut -d' ' -f2)" 205
like "but there" "$(count 'tcp "443"')" '^[1-9][0-9]* 1$'

# ---- shown

: >"$tmp/held"
inside client1 "$peer" hold $public 9000 >"$tmp/held" 2>&1 &
wait_for grep -q ready "$tmp/held"
got=$("$seki" show connections)
like "its connections are its own" "$got" \
    '^\[2001:db8:9::7\]:[0-9]+ +any on 2001:db8::10 +vm00 +9000 +established'
like "and those without ports" "$got" '^2001:db8:9::7 +any on .* vm00 +- '
unlike "none is stale" "$got" 'moved|gone|refused'
like "one can ask for them" "$("$seki" show connections forward any)" \
    ' any on 2001:db8::10 '
unlike "and for others" "$("$seki" show connections forward tcp 1-65535)" ' - +unanswered'
like "it is active" "$("$seki" show forwards)" \
    '^any +any .* vm00 .* active$'
"$seki" set forward any to vm00 on $public note changed 2>/dev/null
got=$("$seki" diff 2>&1)
like "diff tells the address" "$got" \
    "^All that comes to $public goes to vm00, but for:\$"
like "and ping" "$got" '^  icmpv6, ping among it$'
like "and where sshd is" "$got" '^  tcp 2022, where sshd listens$'
like "and policies" "$got" \
    '^  allow input udp 123 from 2001:db8:44::/64$'
like "and other forwards" "$got" '^  what 2 other forwards take$'
like "and what can be reached" "$got" \
    "^= every tcp port but 25,80,443,2022 on $public -> vm00, from anywhere\$"
"$seki" discard 2>/dev/null

# ---- narrowed

"$seki" set forward any to vm00 on $public from 2001:db8:44::/64 2>/dev/null
ok "a from" "$seki" commit --now --force
is "lets those in" "$(who client2 $public 9000)" vm00
is "and nobody else" "$(who client1 $public 9000)" ""
"$seki" set default forward allow 2>/dev/null
got=$("$seki" commit --now --force 2>&1)
is "whatever the default is" "$(who client1 $public 9000)" ""
is "also of the narrower one" "$(who client1 $public 443)" ""
is "which is as it was" "$(who client2 $public 443)" vm00
is "elsewhere this host answers" "$(who client1 $other 25)" host
like "what this host serves is told" "$got" 'would lose to vm00 .*: tcp 9443'
like "and how to keep it" "$got" '^  allow input tcp 9443'
"$seki" add allow input tcp 9443 2>/dev/null
"$seki" commit --now --force >/dev/null 2>&1
is "which keeps it" "$(who client1 $public 9443)" host
"$seki" add deny forward to container vm00 2>/dev/null
"$seki" commit --now --force >/dev/null 2>&1
is "a policy before it closes it" "$(who client2 $public 9000)" ""
like "which the forward tells" "$("$seki" show forwards)" \
    '^any .* broken: a policy of the forward chain shuts it'

"$seki" delete deny forward to container vm00 2>/dev/null
"$seki" commit --now --force >/dev/null 2>&1
"$seki" set forward any to vm01 on $public from 2001:db8:44::/64 2>/dev/null
ok "another container" "$seki" commit --now --force
is "gets it" "$(who client2 $public 9000)" vm01
is "and what is not its own does not change" "$(who client2 $public 443)" vm00
ok "which is no drift" "$seki" apply --check
is "nor anything to do" "$("$seki" apply 2>/dev/null)" "  nothing to do"
"$seki" set forward any to vm00 on $public from 2001:db8:44::/64 2>/dev/null
"$seki" commit --now --force >/dev/null 2>&1

# ---- sshd moves

"$seki" watch >"$tmp/watch" 2>&1 &
watch=$!
wait_for grep -q "is as" "$tmp/watch"
is "a port that nobody has is the container's" "$(who client2 $public 2222)" ""
serve_host sshd tcp 2222
answers_host()
{
	[ "$(who client2 $public 2222)" = host ]
}
ok "the service keeps what sshd listens on later" wait_for answers_host
is "and what it listened on" "$(who client2 $public 2022)" host
kill $watch
wait $watch 2>/dev/null

# ---- off

inside client2 "$spray" throw $public 40 7 >/dev/null 2>&1
like "flows without an end" "$("$seki" show connections 2>/dev/null)" \
    '^2001:db8:44::2 +any on .* - +unanswered'
"$seki" set forward any to vm00 on $public off 2>/dev/null
ok "off" "$seki" commit --now --force
is "nothing goes there" "$(who client2 $public 9000)" ""
unlike "nor goes on by itself" "$("$seki" show connections 2>/dev/null)" \
    '^2001:db8:44::2 '
unlike "the rules are as without it" "$(nft list table inet seki)" 'rest'
ok "no drift" "$seki" apply --check

# ---- IPv4

make_outside4
ip addr add $other4/24 dev eth0
ip addr add 10.0.3.1/24 dev $BRIDGE
give4 vm00 eth0 10.0.3.3/24 10.0.3.1
give4 vm01 eth0 10.0.3.4/24 10.0.3.1
serve_host ntpd udp 123 --bind ::ffff:$public4

cat >"$SEKI_CONFIG" <<CONF
option ipv4 on
uplink eth0
bridge lxcbr0 ula fd5a:1c2e:90b1::1/64
container vm00 ula fd5a:1c2e:90b1::3
container vm01 ula fd5a:1c2e:90b1::4
forward tcp 80 to vm01
forward tcp 443 to vm00 from 2001:db8:44::/64,203.0.113.0/24
forward any to vm00 on $public only ipv6
forward any to vm00 on $public4
allow input tcp 25 limit 100/second
allow input udp 123 from 2001:db8:44::/64,203.0.113.0/24
default forward deny
CONF
ok "a config for both" "$seki" apply
before=$(count "$any" $public4)
caught 4 $public4
is "and are counted, each once" "$before $(count "$any" $public4)" \
    "0 0 200 200"
stays 4 $public4 $other4
is "ping is answered by this host" "$(inside client1 busybox ping -c 1 \
    $public4 | grep -c 'bytes from 192.0.2.10')" 1
is "the other family is as it was" "$(who client1 $public 9000)" vm00
is "what is allowed in stays there, too" "$(who client1 $public 25)" host

# What DHCP answers comes from port 67 to port 68 (RFC 2131, 4.1).
start_catching 4
inside client1 "$spray" from 67 $public4 68 >/dev/null
inside client1 "$spray" from 66 $public4 68 >/dev/null
inside client1 "$spray" from 67 $public4 69 >/dev/null
wait_for grep -q '17 69' "$log"
is "DHCP's answers stay, alone" "$(sed 1d "$log" | sort | xargs)" \
    "17 68 17 69"

"$seki" set forward any to vm00 on $public4 note changed 2>/dev/null
got=$("$seki" diff 2>&1)
like "diff tells the address" "$got" \
    "^All that comes to $public4 goes to vm00, but for:\$"
like "and what stays of ICMP" "$got" '^  icmp, ping among it$'
like "and of DHCP" "$got" "^  udp 68 from port 67, DHCP's answers\$"
like "and what can be reached" "$got" \
    "^= every tcp port but 25,80,443,2022,2222 on $public4 -> vm00, from any"
"$seki" discard 2>/dev/null

"$seki" delete forward any on $public only ipv6 2>/dev/null
"$seki" delete forward any on $public4 2>/dev/null
"$seki" add forward any to vm00 2>/dev/null
"$seki" add allow input tcp 9443 only ipv4 2>/dev/null
got=$("$seki" diff 2>&1)
like "one for both tells all addresses" "$got" \
    "^All that comes to $other, $public, $public4, $other4 goes to vm00, but"
like "and both" "$got" '^  icmpv6 and icmp, ping among them$'
ok "one for both" "$seki" commit --now --force
is "IPv6 goes there" "$(who client1 $other 9000)" vm00
is "and IPv4" "$(who client1 $other4 9000)" vm00
is "and in one family what a policy keeps in the other" \
    "$(who client1 $other 9443)" ""
is "where this host has it" "$(who client1 $other4 9443)" host
like "and it is active" "$("$seki" show forwards)" '^any +any .* active$'
is "with one sum" "$(count "$any" | cut -d' ' -f2)" 3
ok "and no drift" "$seki" apply --check

"$seki" set forward any to vm00 from 203.0.113.0/24 2>/dev/null
"$seki" commit --now --force >/dev/null 2>&1
is "a from of IPv4 lets those in" "$(who client2 $public4 9000)" vm00
is "and nobody else" "$(who client1 $public4 9000)" ""
is "and is of IPv4 alone" "$(who client1 $public 9443)" host

done_testing

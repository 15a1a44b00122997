#!/bin/sh
# IPv4: untouched without the option, and nobody told otherwise; closed, and no
# more than that, with it; and back again.
. "${top_srcdir:-.}/test/lib/lib.sh"
in_sandbox "$@"
need nft busybox

public=192.0.2.10
commits=${SEKI_TEST_COMMITS:-15}
make_outside
make_outside4
make_container vm00
make_container vm01
ip addr add 10.0.3.1/24 dev $BRIDGE
give4 vm00 eth0 10.0.3.10/24 10.0.3.1
echo 1 >/proc/sys/net/ipv4/ip_forward

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
serve_host sshd tcp 22
serve_host mariadbd tcp 3306
serve_host httpd tcp 8022
serve_host httpd tcp 8023
serve_host ntpd udp 123
serve_host smtpd tcp 25 --bind ::ffff:127.0.0.1

# from NODE ADDRESS PORT [OPTION...]: who answers; nothing where nobody does.
from()
{
	node=$1
	shift
	inside "$node" "$peer" get "$@" --timeout 700 2>/dev/null |
		cut -d' ' -f1
}

# config LINE...: made the one in force.
config()
{
	printf '%s\n' "uplink eth0" "bridge $BRIDGE ula fd5a:1c2e:90b1::1/64" \
	    "container vm00 ula fd5a:1c2e:90b1::3" "container vm01" "$@" \
	    >"$tmp/next.conf"
	"$seki" apply "$tmp/next.conf" >"$tmp/done" 2>"$tmp/notes" ||
		fail "config" "$(cat "$tmp/next.conf" "$tmp/notes")"
	sed '/^commit #/d' "$tmp/notes" >"$tmp/said"
}

# All of IPv4 that is not to be touched.
state()
{
	ip -4 addr
	ip -4 route show table all
	ip -4 rule
	# The kernel makes itself a key when it is first needed.
	find /proc/sys/net/ipv4 -type f -perm -400 ! -name '*_key' | sort |
		xargs grep -H . 2>/dev/null
	nft -s list ruleset | awk '/^table inet seki / { own = 1 }
	    !own { print } /^}/ { own = 0 }'
	if command -v iptables-save >/dev/null; then
		iptables-save 2>/dev/null | sed '/^#/d; s/\[[0-9:]*\]$//'
	fi
}

# ---- off

nft -f - <<'RULES'
table ip other {
	set known { type ipv4_addr; elements = { 198.51.100.7 } }
	chain input {
		type filter hook input priority 0;
		ip saddr @known counter accept;
	}
	chain forward { type filter hook forward priority 0; }
}
RULES
if command -v iptables >/dev/null; then
	iptables -A INPUT -p tcp --dport 4444 -j DROP 2>/dev/null || :
fi
state >"$tmp/before"
like "there is something to keep" "$(cat "$tmp/before")" '@known counter'

# random SEED: lines of a config, each with an even chance.
random()
{
	awk -v seed="$1" 'BEGIN { srand(seed) } rand() < 0.5' <<'LINES'
default input deny
default forward reject
default output deny
forward tcp 80 to vm00
forward udp 53 to vm00
forward tcp 9000-9010 to vm00
forward any to vm00 on 2001:db8::10
allow input tcp 22
allow input udp 123 limit 5/second
deny input from container vm00
reject forward tcp 25
allow output to bridge lxcbr0
allow forward from container vm00 to uplink
option ipv4 off
LINES
}
i=0 changed=0
while [ $i -lt "$commits" ]; do
	i=$((i + 1))
	config "$(random $i)"
	state >"$tmp/after"
	cmp -s "$tmp/before" "$tmp/after" ||
		{ changed=$((changed + 1))
		diag "$(random $i; diff "$tmp/before" "$tmp/after")"; }
done
is "nothing of IPv4 changed by any of $commits commits" $changed 0

config "default input deny"
is "IPv6 is closed" "$(from client1 2001:db8::10 8022)" ""
is "IPv4 is not" "$(from client1 $public 8022)$(from vm00 10.0.3.1 3306)" \
    hosthost
is "and that is told, with who listens and what closes it" \
    "$(cat "$tmp/said")" "\
warning: IPv4 is not touched: default input deny closes nothing of $public
  what listens there: tcp 22 (sshd), tcp 3306 (mariadbd), tcp 8022 (httpd), tcp 8023 (httpd), udp 123 (ntpd)
  to close that, too: option ipv4 on"
like "check tells it" "$("$seki" check 2>&1)" \
    "^warning: IPv4 is not touched: .* of $public\$"
like "and so does diff, beside what can be reached" \
    "$("$seki" diff 2>/dev/null)" '^IPv4 is not touched, and not told of here$'
config "allow input tcp 22"
is "nothing is told where nothing is closed" "$(cat "$tmp/said")" ""

# ---- established

config "default input deny"
nsenter --net=/run/netns/client1 "$peer" hold $public 8022 >"$tmp/held" 2>&1 &
held=$!
wait_for grep -q ready "$tmp/held"

# ---- on

config "default input deny" "option ipv4 on" "allow input tcp 22" \
    "allow input tcp 8022 only ipv4" "allow input tcp 8023 only ipv6"
unlike "on, it is not told" "x$(cat "$tmp/said")" 'not touched'
unlike "nor by diff" "x$("$seki" diff 2>&1)" 'not touched'
is "what nothing allows is closed" \
    "$(from client1 $public 3306)$(from vm00 10.0.3.1 3306)" ""
is "what is allowed is open in both families" \
    "$(from client1 $public 22) $(from client1 2001:db8::10 22)" "host host"
is "or in one of them" \
    "$(from client1 $public 8022) $(from client1 2001:db8::10 8022)" "host "
is "or in the other" \
    "$(from client1 $public 8023) $(from client1 2001:db8::10 8023)" " host"
ok "ping is answered" inside client1 busybox ping -c 1 -W 2 $public
ok "to a container, too" busybox ping -c 1 -W 2 10.0.3.10

config "default input deny" "option ipv4 on"
received()
{
	inside client1 ss -Htin "dport = :8022" |
		sed -n 's/.* bytes_received:\([0-9]*\).*/\1/p'
}
flowing()
{
	[ "$(received)" -gt $((mark + 300000)) ]
}
mark=$(received)
ok "a download goes on" wait_for flowing
kill -TERM $held
wait $held
like "and was never reset" "$(tail -n 1 "$tmp/held")" \
    '^[0-9]+ open$'

# A router that fits less into its link has to be heard.
config "default input deny" "default output deny" "option ipv4 on" \
    "allow input tcp 22" "allow output tcp 22 to 198.51.100.0/24"
inside internet ip link set client1 mtu 1300
inside client1 ip route change default via 198.51.100.1 advmss 1460
is "a path of less MTU is found" \
    "$(inside client1 "$peer" get $public 22 100000)" 100000
inside internet ip link set client1 mtu 1500

# forged: packets that were dropped as such.
forged()
{
	"$seki" show counters | awk '$1 == "forged-input" { print $2 }'
}
config "option ipv4 on" "default forward deny"
inside vm00 ip addr add 203.0.113.99/32 dev eth0
is "a container speaks to this host" "$(from vm00 10.0.3.1 22)" host
dropped=$(forged)
is "but not under a foreign address" \
    "$(from vm00 10.0.3.1 22 --bind 203.0.113.99)" ""
like "which is counted" "$(($(forged) - dropped))" '^[1-9]'
inside vm00 ip addr del 203.0.113.99/32 dev eth0

# ---- DHCP

# lease NODE: asks for an address, and says whether there is one.
lease()
{
	inside "$1" busybox udhcpc -f -n -q -i eth0 -s /bin/true -t 3 -T 1
}

dhcp_of_containers()
{
	dnsmasq --conf-file=/dev/null --no-daemon --bind-dynamic --no-resolv \
	    --interface=$BRIDGE --except-interface=lo --user=root --no-hosts \
	    --no-ping --dhcp-range=10.0.3.50,10.0.3.99,120 --pid-file= \
	    --dhcp-leasefile="$tmp/leases-here" >"$tmp/dnsmasq-here" 2>&1 &
	server=$!
	wait_for grep -q "DHCP, IP range" "$tmp/dnsmasq-here"
	config "default input deny"
	ok "off, a container gets its lease" lease vm01
	config "default input deny" "option ipv4 on"
	is "on, what it would lose is told, with what keeps it" \
	    "$(cat "$tmp/said")" "\
warning: containers on $BRIDGE would lose what this host serves them: DNS, DHCP
  to keep it:
  allow input udp 53,67 from bridge $BRIDGE
  allow input tcp 53 from bridge $BRIDGE"
	nok "which is true" lease vm01
	config "default input deny" "default output deny" "option ipv4 on" \
	    "$(sed -n 's/^  \(allow input\)/\1/p' "$tmp/said")"
	is "that silences the warning" "$(cat "$tmp/said")" ""
	ok "and keeps it, whatever is denied of output" lease vm01
	kill $server
	wait $server 2>/dev/null
}

# leases: how often the uplink was given one.
leases()
{
	grep -c "lease of 192.0.2.77 obtained" "$tmp/udhcpc"
}
leases_are()
{
	[ "$(leases)" -ge "$1" ]
}

# A renewal is asked for now, which the client does after half of its time.
dhcp_of_uplink()
{
	nsenter --net=/run/netns/internet \
	    dnsmasq --conf-file=/dev/null --no-daemon --port=0 \
	    --interface=host --bind-interfaces --user=root --no-ping \
	    --dhcp-range=192.0.2.77,192.0.2.77,120 --pid-file= \
	    --dhcp-leasefile="$tmp/leases" >"$tmp/dnsmasq" 2>&1 &
	server=$!
	wait_for grep -q "DHCP, IP range" "$tmp/dnsmasq"
	cat >"$tmp/take" <<'TAKE'
#!/bin/sh
[ "$1" = deconfig ] || ip addr replace "$ip/24" dev "$interface"
TAKE
	chmod +x "$tmp/take"
	config "default input deny" "default output deny" "option ipv4 on"
	busybox udhcpc -f -i eth0 -s "$tmp/take" >"$tmp/udhcpc" 2>&1 &
	client=$!
	ok "the uplink gets its lease" wait_for leases_are 1
	config "default input deny" "default output deny" "option ipv4 on" \
	    "allow input tcp 22"
	kill -USR1 $client
	ok "and keeps it" wait_for leases_are 2
	kill $client $server
	wait $client $server 2>/dev/null
	ip addr del 192.0.2.77/24 dev eth0
}

if command -v dnsmasq >/dev/null; then
	dhcp_of_containers
	dhcp_of_uplink
else
	skip "needs: dnsmasq" 7
fi

# What is asked by a broadcast is answered by a server that was not called.
serve_host dhcpc udp 68
config "default input deny" "option ipv4 on"
answer()
{
	inside "$1" "$peer" ask "$3" 68 --bind "$2" --from "$4" --timeout 700 \
	    2>/dev/null | cut -d' ' -f1
}
is "a server of DHCP is heard" "$(answer client1 198.51.100.7 $public 67)" host
is "but from no other port" "$(answer client1 198.51.100.7 $public 1067)" ""
is "nor from a container" "$(answer vm00 10.0.3.10 10.0.3.1 67)" ""

# ---- SSH over IPv4

config "allow input tcp 3306"
nsenter --net=/run/netns/client1 "$peer" hold $public 22 \
    --bind 198.51.100.7 --from 50022 >"$tmp/session" 2>&1 &
held=$!
wait_for grep -q ready "$tmp/session"
over()
{
	SSH_CONNECTION="198.51.100.7 50022 $public 22" "$@"
}
candidate()
{
	"$seki" discard >/dev/null 2>&1
	for line; do
		# shellcheck disable=SC2086 # it is words
		"$seki" set $line >/dev/null 2>&1 || fail "set $line"
	done
}
candidate "default input deny" "option ipv4 on"
rules=$(nft -s list ruleset)
status "a commit that cuts off its session is refused" 3 \
    over "$seki" commit --now
like "with what keeps it" "$said" \
    'allow input tcp 22 from 198.51.100.7; --force'
is "and nothing has changed" "$(nft -s list ruleset)" "$rules"
candidate "default input deny" "option ipv4 on"
"$seki" add allow input tcp 22 from 198.51.100.7 >/dev/null 2>&1
ok "which it is not with that" over "$seki" commit --now
is "since it is true" "$(from client1 $public 22)$(from client2 $public 22)" \
    host
config "allow input tcp 3306"
candidate "default input deny"
ok "nor where IPv4 is not touched" over "$seki" commit --now
kill -TERM $held

# ---- off again

config "default input deny" "option ipv4 off"
is "off again, it is open" "$(from client2 $public 3306)" host
state >"$tmp/after"
is "and as it was before" "$(diff "$tmp/before" "$tmp/after")" ""

# ---- what this host did not forward before

forwards="forward tcp 80 to vm00"
echo 0 >/proc/sys/net/ipv4/ip_forward
for redirects in 1 0; do
	echo $redirects >/proc/sys/net/ipv4/conf/all/accept_redirects
	config "$forwards"
	state >"$tmp/before"
	config "$forwards" "option ipv4 on"
	is "forwarding is switched on" \
	    "$(cat /proc/sys/net/ipv4/ip_forward)" 1
	ok "which is all there is to do" "$seki" apply --check
	config "$forwards"
	state >"$tmp/after"
	is "and put back, with what the kernel changed along with it" \
	    "$(diff "$tmp/before" "$tmp/after")" ""
	ok "and nothing else is to be done" "$seki" apply --check
	candidate "option ipv4 on"
	"$seki" commit >/dev/null 2>&1
	is "a commit that is pending switches it on" \
	    "$(cat /proc/sys/net/ipv4/ip_forward)" 1
	"$seki" revert >/dev/null 2>&1
	state >"$tmp/after"
	is "and its revert puts it back" \
	    "$(diff "$tmp/before" "$tmp/after")" ""
done
config "$forwards" "option ipv4 on"
candidate "option ipv4 off"
"$seki" commit >/dev/null 2>&1
is "a commit that is pending switches it off" \
    "$(cat /proc/sys/net/ipv4/ip_forward)" 0
"$seki" revert >/dev/null 2>&1
is "and its revert on again" "$(cat /proc/sys/net/ipv4/ip_forward)" 1
config "$forwards"
is "which does not make it somebody else's" \
    "$(cat /proc/sys/net/ipv4/ip_forward)" 0
# Who has rules of its own that translate needs it as well.
config "$forwards" "option ipv4 on"
nft 'add table ip lent; add chain ip lent out {
	type nat hook postrouting priority 100; }
    add rule ip lent out oifname "eth0" masquerade'
candidate "option ipv4 off"
like "a diff says what will stay on, and why" "$("$seki" diff 2>&1)" \
    '^note: IPv4 forwarding stays on: table ip lent, chain out may need it$'
"$seki" discard >/dev/null 2>&1
config "$forwards"
is "where another program may need it, it stays on" \
    "$(cat /proc/sys/net/ipv4/ip_forward)" 1
like "which is told" "$(cat "$tmp/said")" \
    '^note: IPv4 forwarding stays on: table ip lent, chain out may need it$'
ok "and is no drift" "$seki" apply --check
nft delete table ip lent
config "$forwards" "option ipv4 on"
config "$forwards"
is "then nobody knows whose it is, and it stays" \
    "$(cat /proc/sys/net/ipv4/ip_forward)" 1
like "which is told, too" "$(cat "$tmp/said")" \
    '^note: IPv4 forwarding stays on: seki has no note of having switched'
config "$forwards" "allow input tcp 22"
is "but not again" "$(cat "$tmp/said")" ""
done_testing

#!/bin/sh
# IPv4 addresses that seki gives to a bridge and its containers, and those that
# it leaves alone.
. "${top_srcdir:-.}/test/lib/lib.sh"
. "$top_srcdir/test/lib/tmux.sh"
in_sandbox "$@"
need nft

public=192.0.2.10
make_outside
make_outside4
for name in vm00 vm01 vm02; do
	make_container $name
	serve $name tcp 80
done
serve client1 tcp 7
echo 0 >/proc/sys/net/ipv4/ip_forward

# who NODE ADDRESS PORT: the name of who answers; nothing where nobody does.
who()
{
	inside "$1" "$peer" get "$2" "$3" --timeout 700 2>/dev/null |
		awk '{ print $1 }'
}

# inner NODE: its addresses and its default route.
inner()
{
	inside "$1" ip -4 -br addr show dev eth0 |
		awk '{ for (i = 3; i <= NF; i++) print $i }'
	inside "$1" ip -4 route show default
}

# given ADDRESS: what inner tells of a container with it.
given()
{
	echo "$1/24"
	echo "default via 10.0.9.1 dev eth0 proto 83 metric 512 "
}

"$seki" add uplink eth0 >/dev/null 2>&1
before=$(ip -4 addr; ip -4 route; inner vm00; inner vm01)

# ---- the words

status "without option ipv4 on it is refused" 3 \
    "$seki" add bridge lxcbr0 ipv4 10.0.9.1/24
like "with what it takes" "$said" 'add: option ipv4 on$'
"$seki" add option ipv4 on >/dev/null 2>&1
status "a bridge without one has none to keep" 3 \
    "$seki" add bridge lxcbr0 masquerade ipv4 auto
like "an unused one is proposed" "$said" 'bridge lxcbr0 ipv4 10\.1\.0\.1/24'
ok "one is given" "$seki" add bridge lxcbr0 masquerade ipv4 10.0.9.1/24
ok "containers get the next" "$seki" add container vm00 ipv4 auto
ok "and the next" "$seki" add container vm01 ipv4 auto
like "steps are told" "$("$seki" diff)" \
    '^  vm00: add default route via 10\.0\.9\.1$'
"$seki" add forward tcp 80 to vm00 >/dev/null 2>&1
ok "a commit" "$seki" commit --now
is "the addresses are written down" "$("$seki" show config)" "\
uplink eth0
bridge lxcbr0 masquerade ipv4 10.0.9.1/24
container vm00 ipv4 10.0.9.2
container vm01 ipv4 10.0.9.3
forward tcp 80 to vm00
option ipv4 on"
is "the bridge has it" "$(ip -4 -br addr show dev lxcbr0 |
    awk '{ print $3, $4 }')" "10.0.9.1/24 "
is "and so have they" "$(inner vm00; inner vm01)" \
    "$(given 10.0.9.2; given 10.0.9.3)"
like "nothing is left to do" "$("$seki" diff)" "nothing to do"
is "a forward leads there" "$(who client1 $public 80)" vm00
is "from its own bridge, too" "$(who vm01 $public 80)" vm00
is "and they call the Internet" "$(who vm01 198.51.100.7 7)" client1

# ---- one for another, and back

ok "a next address" "$seki" set container vm00 ipv4 10.0.9.20
ok "is committed" "$seki" commit --confirm 60
is "in place of the first, with its route" "$(inner vm00)" "$(given 10.0.9.20)"
is "forwards follow" "$(who client1 $public 80)" vm00
ok "a revert" "$seki" revert
is "puts back both" "$(inner vm00)" "$(given 10.0.9.2)"
is "and where forwards lead" "$(who client1 $public 80)" vm00

# ---- what the console thinks of it

on_screen()
{
	start_terminal
	console 80 24
	see "nobody lacks a ULA but who has nothing at all" \
	    'WARN 1 container without a ULA, .*: vm02$'
	see "and who has an IPv4 address is shown with it" '^ +vm01 +\.3 '
	give4 vm02 eth0 10.0.9.77/24 10.0.9.1
	see "nor does who came by one itself" '^ [^ ]+ +ok '
	keys 3 G
	see "where forwards lead, too" \
	    '^ *ok +forwards lead to 10\.0\.9\.77, which it has by itself'
	inside vm02 ip addr flush dev eth0 scope global
	keys q
	"$seki" set bridge lxcbr0 masquerade ipv4 10.0.9.1/24 \
	    ula fd5a:1c2e:90b1::1/64 >/dev/null 2>&1
	"$seki" commit --now >/dev/null 2>&1
	console 80 24
	see "on a bridge with a ULA they lack it" \
	    'WARN 3 containers without a ULA, .*: vm00, vm01, vm02$'
	keys q
	"$seki" set bridge lxcbr0 masquerade ipv4 10.0.9.1/24 >/dev/null 2>&1
	ok "without it again" "$seki" commit --now
}
"$seki" discard >/dev/null 2>&1
if command -v tmux >/dev/null; then
	on_screen
else
	skip "needs: tmux" 6
fi

# ---- kept

"$seki" discard >/dev/null 2>&1
ip addr del 10.0.9.1/24 dev lxcbr0
inside vm01 ip addr flush dev eth0 scope global
got=$("$seki" show status)
like "a lost address is drift" "$got" "10.0.9.3/24"
like "of the bridge, too" "$got" "10.0.9.1/24"
ip addr add 10.0.9.1/24 dev lxcbr0
inside vm00 ip route del default
like "a lost route is one, and told of the forward" \
    "$("$seki" show forwards --json)" \
    'vm00 has no IPv4 default route, so answers find no way out'
inside vm00 ip addr flush dev eth0 scope global
got=$("$seki" show forwards --json)
like "and so is its address" "$got" 'vm00 does not have its IPv4 address'
like "which is shown" "$got" '"address":"10\.0\.9\.2"'
ip addr del 10.0.9.1/24 dev lxcbr0
like "the list of containers says so" "$("$seki" show containers)" \
    '^vm00 .* 10\.0\.9\.2 \(not set\)'
like "and that of bridges" "$("$seki" show bridges)" \
    '10\.0\.9\.1/24 \(not set\)'
like "with JSON" "$("$seki" show containers --json)" \
    '"ipv4":"10\.0\.9\.3","default_route_ipv4":null'
"$seki" watch >"$tmp/watch" 2>&1 </dev/null &
watch=$!
is_given()
{
	[ "$(inner "$1")" = "$(given "$2")" ]
}
ok "the service gives it again" wait_for is_given vm01 10.0.9.3
is "and to the bridge" "$(ip -4 -br addr show dev lxcbr0 |
    awk '{ print $3 }')" 10.0.9.1/24
ways=$(ip -4 route show dev lxcbr0)
ways_are_back()
{
	[ "$(ip -4 route show dev lxcbr0)" = "$ways" ]
}
ip route del 10.0.9.0/24 dev lxcbr0
ok "and the way to them, as the kernel makes it" wait_for ways_are_back
inside vm00 ip link set eth0 down
inside vm00 ip link set eth0 up
ok "after a restart of its interface" wait_for is_given vm00 10.0.9.2
ip netns del vm01
make_container vm01
ok "and of the container" wait_for is_given vm01 10.0.9.3
kill $watch
wait $watch

# ---- never a second one

give4 vm02 eth0 10.0.9.77/24 10.0.9.1
status "beside its own it gets none" 3 "$seki" add container vm02 ipv4 10.0.9.5
like "for that reason" "$said" 'vm02 has 10\.0\.9\.77 already'
like "with a way out" "$said" 'leave ipv4 out'
ok "its own can be named" "$seki" add container vm02 ipv4 auto
"$seki" add forward tcp 82 to vm02:80 >/dev/null 2>&1
ok "a commit" "$seki" commit --now
like "writes it down" "$("$seki" show config)" \
    'container vm02 ipv4 10\.0\.9\.77'
is "changes nothing in it" "$(inner vm02)" "10.0.9.77/24
default via 10.0.9.1 dev eth0 "
inside vm02 ip addr flush dev eth0 to 10.0.9.0/24
give4 vm02 eth0 10.0.9.78/24 10.0.9.1
ok "once it has another" "$seki" apply
is "it is not given the first beside it" "$(inner vm02)" "10.0.9.78/24
default via 10.0.9.1 dev eth0 "
is "and forwards lead to what it has" "$(who client1 $public 82)" vm02
ip addr add 10.0.8.1/24 dev lxcbr0
ip addr del 10.0.9.1/24 dev lxcbr0
status "a bridge gets none beside that of another" 3 "$seki" commit --now
like "and is told to keep it" "$said" 'bridge lxcbr0 ipv4 10\.0\.8\.1/24'
ip addr del 10.0.8.1/24 dev lxcbr0
inside vm02 ip addr flush dev eth0 to 10.0.9.0/24

# ---- leased, by a server of this host

# serve_leases FIRST: the only address that there is to lease.
serve_leases()
{
	: >"$tmp/dnsmasq"
	dnsmasq --conf-file=/dev/null --no-daemon --bind-dynamic --no-resolv \
	    --interface=lxcbr0 --except-interface=lo --user=root --no-hosts \
	    --no-ping --dhcp-range="$1,$1,120" --pid-file= \
	    --dhcp-leasefile="$tmp/leases-$1" >"$tmp/dnsmasq" 2>&1 &
	server=$!
	wait_for grep -q "DHCP, IP range" "$tmp/dnsmasq"
}
cat >"$tmp/take" <<'TAKE'
#!/bin/sh
ip addr flush dev "$interface" scope global
[ "$1" = deconfig ] || {
	ip addr add "$ip/24" dev "$interface"
	ip route add default via "$router"
}
TAKE
chmod +x "$tmp/take"

# lease ADDRESS: for vm02, and for nobody else.
lease()
{
	serve_leases "$1"
	inside vm02 busybox udhcpc -f -n -q -i eth0 -s "$tmp/take" -t 5 -T 1 \
	    >"$tmp/udhcpc" 2>&1
	kill $server
	wait $server 2>/dev/null
}
answers()
{
	[ "$(who client1 $public 82)" = vm02 ]
}
follows()
{
	for edit in 'set container vm02' 'add default input deny' \
	    'add allow input udp 53,67 from bridge lxcbr0'; do
		# shellcheck disable=SC2086 # they are words
		"$seki" $edit 2>&1
	done >"$tmp/edits"
	ok "a container without the word" "$seki" commit --now
	: >"$tmp/watch"
	"$seki" watch >"$tmp/watch" 2>&1 </dev/null &
	watch=$!
	wait_for grep -q "this host is as" "$tmp/watch"
	ok "gets its lease, whatever is denied" lease 10.0.9.101
	ok "and forwards lead there" wait_for answers
	ok "a next lease" lease 10.0.9.102
	is "is another address" "$(inner vm02 | head -n 1)" 10.0.9.102/24
	ok "they follow" wait_for answers
	is "in the rules, too" "$(nft list table inet seki |
	    grep -c '10\.0\.9\.101')" 0
	kill $watch
	wait $watch
}
if command -v dnsmasq >/dev/null && command -v busybox >/dev/null; then
	follows
else
	skip "needs: dnsmasq, busybox" 7
fi

# lends WORDS: a server that leases no more than they say, or $awaited is said.
lends()
{
	: >"$tmp/dnsmasq"
	"$@" >"$tmp/dnsmasq" 2>&1 &
	server=$!
	wait_for grep -q "${awaited:-DHCP, IP range}" "$tmp/dnsmasq"
}
stop_lending()
{
	kill $server
	wait $server 2>/dev/null
}
# picked: what auto gives vm02, as a container that has no address.
picked()
{
	"$seki" set container vm02 ipv4 auto 2>&1 |
	    grep -E "no address|DHCP" >&2
	"$seki" show candidate | sed -n 's/^container vm02 ipv4 //p'
	"$seki" set container vm02 >/dev/null 2>&1
}
keeps_apart()
{
	inside vm02 ip addr flush dev eth0 scope global
	set -- dnsmasq --no-daemon --bind-dynamic --no-resolv --no-hosts \
	    --interface=lxcbr0 --except-interface=lo --user=root --pid-file=
	printf '%s\n' "9999999999 02:00:00:00:00:07 10.0.9.10 other *" \
	    >"$tmp/leases-now"
	lends "$@" --conf-file=/dev/null --dhcp-leasefile="$tmp/leases-now" \
	    --dhcp-range=set:lxc,10.0.9.2,10.0.9.9,120
	is "none is given that may be leased, or is" "$(picked)" 10.0.9.11
	stop_lending
	printf '%s\n' "dhcp-range=10.0.9.2,10.0.9.6,1h" \
	    "dhcp-leasefile=$tmp/leases-now" >"$tmp/dnsmasq.conf"
	lends "$@" -C "$tmp/dnsmasq.conf" -F 10.0.9.7,10.0.9.20
	is "whatever file and words say so" "$(picked)" 10.0.9.21
	stop_lending
	lends "$@" --conf-file=/dev/null --dhcp-range=10.0.9.2,10.0.9.254 \
	    --dhcp-leasefile="$tmp/leases-now"
	like "where all may be, it says what to do" \
	    "$(picked 2>&1 | tr '\n' ' ')" \
	    "no address is free on lxcbr0 .*LXC_DHCP_RANGE"
	stop_lending
	lends nsenter --net=/run/netns/client1 "$@" --conf-file=/dev/null \
	    --interface=eth0 --dhcp-range=198.51.100.9,198.51.100.200 \
	    --dhcp-range=10.0.9.2,10.0.9.254 \
	    --dhcp-leasefile="$tmp/leases-now"
	is "one of another host leases none of ours" "$(picked)" 10.0.9.4
	stop_lending
	set -- dnsmasq --keep-in-foreground --log-facility=- --bind-dynamic \
	    --no-resolv --no-hosts --interface=lxcbr0 --except-interface=lo \
	    --pid-file= --conf-file=/dev/null --leasefile-ro \
	    --dhcp-range=10.0.9.2,10.0.9.9,120
	lends "$@" --user=nobody
	is "one that has left root behind is believed" "$(picked)" 10.0.9.10
	stop_lending
	printf '%s\n' "9999999999 02:00:00:00:00:07 10.0.9.4 other *" \
	    >"$tmp/leases-false"
	chmod 755 "$tmp"
	# Nobody may serve DHCP, but may name a file.
	set -- dnsmasq --no-daemon --port=5353 --interface=lo --bind-interfaces \
	    --conf-file=/dev/null --pid-file= --user=root \
	    --dhcp-leasefile="$tmp/leases-false"
	awaited=started lends "$@"
	is "one of root is believed without" "$(picked)" 10.0.9.5
	stop_lending
	nobody="setpriv --reuid nobody --regid nogroup --clear-groups"
	# shellcheck disable=SC2086 # they are words
	awaited=started lends $nobody "$@"
	is "one that anybody may start is not" "$(picked)" 10.0.9.4
	stop_lending
	# shellcheck disable=SC2086
	awaited=started lends $nobody unshare --user --map-root-user "$@"
	is "not even as root of a user namespace" "$(picked)" 10.0.9.4
	stop_lending
}
if command -v dnsmasq >/dev/null && command -v busybox >/dev/null; then
	keeps_apart
else
	skip "needs: dnsmasq, busybox" 8
fi

# ---- taken back

for edit in 'delete forward tcp 80' 'delete forward tcp 82' \
    'delete default input' 'delete allow input udp' \
    'delete container vm00' 'delete container vm01' 'delete container vm02' \
    'delete bridge lxcbr0'; do
	# shellcheck disable=SC2086 # they are words
	"$seki" $edit 2>&1
done >"$tmp/edits"
ok "without the words" "$seki" commit --now
is "all is as it was" "$(ip -4 addr; ip -4 route; inner vm00; inner vm01)" \
    "$before"
done_testing

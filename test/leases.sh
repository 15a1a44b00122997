#!/bin/sh
# README's walk-through where lxc-net serves the containers, in IPv6 alone, in
# both families and in IPv4 alone: what is open, what is closed, and that
# containers still get their addresses and names from this host.
. "${top_srcdir:-.}/test/lib/lib.sh"
in_sandbox "$@"
is_root || skip_all "kernel: dnsmasq wants root"
need nft dnsmasq busybox

ula=fd5a:1c2e:90b1:
names="web1 dns1 git1"
make_outside
make_outside4
make_bridge $ula:1/64
ip addr add 10.0.3.1/24 dev $BRIDGE
for name in $names; do
	make_container $name
done
serve web1 tcp 80
serve dns1 udp 53
serve git1 tcp 22
serve client1 tcp 80
serve client1 tcp 25
for port in 22 8022; do
	serve_host tcp $port
done

# ---- each family: the public address, the client's, the bridge's, and how peer
# writes the two which are not called.

public6=2001:db8::10 client6=2001:db8:9::7 bridge6=$ula:1
public4=192.0.2.10 client4=198.51.100.7 bridge4=10.0.3.1

# of FAMILY WHAT
of()
{
	eval "echo \$$2$1"
}

# mapped ADDRESS: as a socket of both families tells it.
mapped()
{
	case $1 in
	*:*) echo "$1" ;;
	*) echo "::ffff:$1" ;;
	esac
}

# answer COMMAND...: who answered, and whom.
answer()
{
	"$@" --timeout 1000 2>/dev/null | sed 's/ [0-9]*$//' | grep . ||
		echo nobody
}

from()
{
	answer nsenter --net="/run/netns/$1" "$peer" "$2" "$3" "$4"
}

# ---- what lxc-net does

serve_containers()
{
	served=''
	case $1 in
	*4*) served="--dhcp-range=10.0.3.2,10.0.3.254,120
		--listen-address=$bridge4" ;;
	esac
	case $1 in
	*6*) served="$served --enable-ra --dhcp-range=$bridge6,ra-only
		--listen-address=$bridge6" ;;
	esac
	# shellcheck disable=SC2086 # they are words
	dnsmasq --conf-file=/dev/null --no-daemon --strict-order --no-resolv \
	    --bind-interfaces --no-hosts --no-ping --user=root --pid-file= \
	    --dhcp-lease-max=253 --dhcp-no-override --dhcp-authoritative \
	    --except-interface=lo --interface=$BRIDGE \
	    --host-record=here.test,192.0.2.99 --log-dhcp \
	    --dhcp-leasefile="$tmp/leases-$1" $served \
	    >"$tmp/dnsmasq-$1" 2>&1 </dev/null &
	server=$!
	wait_for grep -Eq "DHCP, IP range|router advertisement on" \
	    "$tmp/dnsmasq-$1"
}

cat >"$tmp/take" <<'TAKE'
#!/bin/sh
[ "$1" != deconfig ] || exit 0
ip addr replace "$ip/24" dev "$interface"
ip route replace default via "$router"
TAKE
chmod +x "$tmp/take"

# obtained NAME COUNT: so often it got a lease.
obtained()
{
	[ "$(grep -c "lease of .* obtained" "$tmp/udhcpc-$1")" -ge "$2" ]
}

# advertised NAME: it has an address by router advertisement, and the way out.
advertised()
{
	inside "$1" ip -6 -o addr show dev eth0 scope global -tentative |
	    grep -q " $ula" &&
	    inside "$1" ip -6 route show default | grep -q via
}

# start NAME FAMILIES: what a container does that has just started.
clients=''
start()
{
	inside "$1" ip link set eth0 down
	inside "$1" ip addr flush dev eth0
	inside "$1" ip link set eth0 up
	case $2 in
	*4*)
		: >"$tmp/udhcpc-$1"
		nsenter --net="/run/netns/$1" busybox udhcpc -f -i eth0 \
		    -s "$tmp/take" >"$tmp/udhcpc-$1" 2>&1 </dev/null &
		eval "client_$1=\$!"
		clients="$clients $!"
		;;
	esac
}

# has_started NAME FAMILIES
has_started()
{
	case $2 in
	*4*) obtained "$1" 1 || return ;;
	esac
	case $2 in
	*6*) advertised "$1" ;;
	esac
}

named()
{
	inside "$1" busybox nslookup -type=a here.test "$2" 2>&1 |
	    grep -q 192.0.2.99
}

# ---- what the walk-through promises

# judge FAMILY
judge()
{
	public=$(of "$1" public) client=$(of "$1" client)
	bridge=$(of "$1" bridge)
	theirs=$(mapped "$client") ours=$(mapped "$public")
	is "IPv$1: tcp 80 is forwarded, and sees who calls" \
	    "$(from client1 get "$public" 80)" "web1 $theirs"
	is "IPv$1: udp 53" "$(from client1 ask "$public" 53)" "dns1 $theirs"
	is "IPv$1: tcp 2222, to another port" \
	    "$(from client1 get "$public" 2222)" "git1 $theirs"
	is "IPv$1: this host calls its forward" \
	    "$(answer "$peer" get "$public" 80)" "web1 $ours"
	is "IPv$1: another container does" "$(from git1 get "$public" 80)" \
	    "web1 $(mapped "$bridge")"
	is "IPv$1: and the container itself" "$(from web1 get "$public" 80)" \
	    "web1 $(mapped "$bridge")"
	is "IPv$1: containers call out under the public address" \
	    "$(from web1 get "$client" 80)" "client1 $ours"
	is "IPv$1: where a policy lets them" "$(from web1 get "$client" 25)" \
	    nobody
	is "IPv$1: SSH of this host is open" "$(from client1 get "$public" 22)" \
	    "host $theirs"
	is "IPv$1: and nothing else of it" \
	    "$(from client1 get "$public" 8022) $(from client1 get "$public" \
	    81) $(from web1 get "$bridge" 8022)" "nobody nobody nobody"
	ok "IPv$1: names are looked up by this host" named web1 "$bridge"
}

# renews NAME: asks for its lease again, as half of it were over.
renews()
{
	times=$(grep -c "lease of .* obtained" "$tmp/udhcpc-$1")
	eval "kill -USR1 \$client_$1"
	comes obtained "$1" $((times + 1))
}

# Containers that start, or go on, under the new rules.
judge_leases()
{
	case $1 in
	*4*) ok "$1: a lease is renewed" renews web1 ;;
	esac
	ip netns del dns1
	make_container dns1
	start dns1 "$1"
	ok "$1: a container that starts gets its addresses" \
	    wait_for has_started dns1 "$1"
}

# ---- the walk-through

# statements FAMILIES: of README. In IPv4 alone there are no ULAs.
statements()
{
	case $1 in
	*4*) echo "seki add option ipv4 on" ;;
	esac
	case $1 in
	*6*) readme "Ten minutes on a fresh server" ;;
	*) readme "Ten minutes on a fresh server" | sed 's/ ula auto//' ;;
	esac | sed -n '/^seki add/p'
}

# walk FAMILIES
walk()
{
	serve_containers "$1"
	for name in $names; do
		start $name "$1"
	done
	for name in $names; do
		ok "$1: $name has its addresses" \
		    wait_for has_started $name "$1"
	done
	statements "$1" | while read -r _ edit; do
		eval "\"\$seki\" $edit"
	done >"$tmp/edits" 2>&1
	"$seki" check >"$tmp/check" 2>&1
	lost=$(sed -n 's/^  allow input/allow input/p' "$tmp/check")
	case $1 in
	*4*) like "$1: what DHCP needs is told" "$lost" \
		"^allow input udp 67 from bridge $BRIDGE\$" ;;
	*) is "$1: nothing would be lost" "$lost" "" ;;
	esac
	[ -z "$lost" ] || "$seki" add $lost >"$tmp/edits" 2>&1
	unlike "$1: then nobody loses anything" \
	    "x$("$seki" check 2>&1)" "would lose"
	ok "$1: a commit" "$seki" commit --confirm 600
	ok "$1: is kept" "$seki" confirm --unproven
	for family in 6 4; do
		case $1 in
		*$family*) judge $family ;;
		esac
	done
	judge_leases "$1"
}

# Leaves this host as it was, but for what LXC does.
leave()
{
	echo "# nothing" >"$tmp/empty.conf"
	"$seki" apply --force "$tmp/empty.conf" >"$tmp/edits" 2>&1
	# shellcheck disable=SC2086 # they are words
	kill $server $clients
	# shellcheck disable=SC2086
	wait $server $clients 2>/dev/null
	clients=''
	ip -6 addr replace $bridge6/64 dev $BRIDGE nodad
	serve dns1 udp 53
}

ip -4 addr flush dev eth0
walk IPv6
leave
ip addr add $public4/24 dev eth0
ip route add default via 192.0.2.1
walk "IPv6 and IPv4"
leave
ip -6 addr flush dev eth0 scope global
ip -6 route del default
ip -6 addr del $bridge6/64 dev $BRIDGE
walk IPv4
done_testing

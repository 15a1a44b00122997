#!/bin/sh
# Whatever is missing on a host that boots, the rules of the saved config are in
# force when apply has ended: the default never depends on what is not there.
. "${top_srcdir:-.}/test/lib/lib.sh"
in_sandbox "$@"
need nft strace

ula=fd5a:1c2e:90b1:
conf=/proc/sys/net/ipv6/conf
config()
{
	cat >"$SEKI_CONFIG" <<CONF
uplink eth0 address 2001:db8::10/64 gateway fe80::1
bridge lxcbr0 ula $ula:1/64 masquerade
container vm00 on lxcbr0 ula $ula:3
container vm01 on lxcbr0 ula $ula:4
forward tcp 80 to vm00
default input deny
default forward deny
allow input tcp 22
allow forward tcp 80
CONF
}

# The host that was committed.
build_host()
{
	for node in internet client1 client2 vm00 vm01; do
		ip netns del $node 2>/dev/null
	done
	for link in eth0 lxcbr0 vc1 vc2; do
		ip link del $link 2>/dev/null
	done
	nft delete table inet seki 2>/dev/null
	rm -rf /run/seki/made /run/seki/ruleset
	containers=0
	config
	make_outside
	make_bridge
	make_container vm00
	make_container vm01
}

is_denied()
{
	for chain in input forward; do
		nft list chain inet seki $chain | grep -q 'policy drop' || return
	done
}

has()
{
	inside "$1" ip -6 -o addr show dev eth0 | grep -q -w "$2"
}

# lacks NAME STATUS WORDS COMMAND...: a host that lacks what the command takes
# away; apply says so, and what it warns of stands in the status.
lacks()
{
	lack=$1 wanted=$2 words=$3
	shift 3
	build_host >/dev/null 2>&1
	"$@" >"$tmp/done" 2>&1 || fail "$lack: made" "$(cat "$tmp/done")"
	answer=$("$seki" apply 2>&1)
	is "$lack: apply" "$?" "$wanted"
	like "$lack: told" "$answer" "$words"
	ok "$lack: denied all the same" is_denied
	case $words in '^warning: '*)
		like "$lack: shown" "$("$seki" show status)" \
		    "^  ${words#^warning: }"
	esac
}

# ---- this host

without_address()
{
	ip addr del 2001:db8::10/64 dev eth0
	ip addr add 2001:db8::77/64 dev eth0 nodad
}
without_gateway()
{
	ip -6 route replace default via fe80::9 dev eth0
}
without_ipv6_on()
{
	echo 1 >$conf/"$1"/disable_ipv6
}
as_other_kind()
{
	ip link del lxcbr0
	ip link add lxcbr0 type veth peer name other
}
with_their_address()
{
	ip addr add $ula:3/128 dev eth0 nodad
}
lacks "no uplink" 0 '^warning: eth0 is not there$' ip link del eth0
lacks "an uplink that is down" 0 \
    '^warning: eth0 has no default route via fe80::1$' ip link set eth0 down
lacks "another address" 0 \
    '^warning: eth0 does not have the address 2001:db8::10/64$' without_address
ok "containers are served" has vm00 ${ula}:3
lacks "another gateway" 0 \
    '^warning: eth0 has no default route via fe80::1$' without_gateway
lacks "no bridge" 0 '^warning: lxcbr0 is not there$' ip link del lxcbr0
lacks "no bridge but a name" 0 '^warning: lxcbr0 is not a bridge$' as_other_kind
lacks "no IPv6 on the bridge" 0 '^warning: lxcbr0 has no IPv6' \
    without_ipv6_on lxcbr0
lacks "an MTU for IPv6" 0 '^warning: lxcbr0 has no IPv6' \
    ip link set lxcbr0 mtu 1200
ok "others are served" has vm01 $ula:4
lacks "an address that this host has elsewhere" 0 "$ula:3" with_their_address

# ---- containers

inside_without_ipv6()
{
	inside vm00 sh -c "echo 1 >$conf/eth0/disable_ipv6"
}
elsewhere()
{
	ip link add other type bridge
	ip link set other up
	ip link set vc1 master other
}
with_thief()
{
	inside vm01 ip addr add $ula:3/64 dev eth0 nodad
}
lacks "no container" 0 'table inet seki' ip netns del vm00
unlike "which is nothing to warn of" "$answer" warning
lacks "another bridge" 0 '^warning: container vm00 is not on lxcbr0' elsewhere
ip link del other
lacks "no IPv6 inside" 0 '^warning: container vm00 has no IPv6 on eth0' \
    inside_without_ipv6
ok "the other container is served" has vm01 $ula:4
lacks "a thief" 0 "^warning: container vm01 has taken $ula:3" with_thief

# ---- what a container does not take: the rest is in force, and the status of
# the command says so, each time

not_routed="^not done: vm01: add default route via $ula:1: "
with_gateway_inside()
{
	inside vm01 ip addr add $ula:1/128 dev lo
}
lacks "no way out of a container" 5 "$not_routed" with_gateway_inside
ok "the other one is served" has vm00 $ula:3
status "with nothing but that left" 5 "$seki" apply
ok "one more rule" "$seki" add allow input tcp 443
got=$("$seki" commit --now 2>"$tmp/errors")
is "committed at once" $? 5
like "it tells what was done" "$got" "^  table inet seki: "
like "and what was not" "$(cat "$tmp/errors")" "$not_routed"
like "it is saved all the same" "$(cat "$tmp/errors")" "^commit #.* is saved"
ok "and another" "$seki" add allow input udp 443
status "committed, to be confirmed" 5 "$seki" commit
ok "it can be" "$seki" confirm --unproven
inside vm01 ip addr del $ula:1/128 dev lo
ok "once the container takes it, all is done" "$seki" apply

# ---- files

without_journal()
{
	mkdir /run/seki/made
}
without_sysctls()
{
	mount -t tmpfs tmpfs /proc/sys/net/ipv6
}
without_small_journal()
{
	printf 'address host lxcbr0 %s:9/64 0 0 0\n' $ula >/run/seki/made
	yes '' | head -c 5000000 >>/run/seki/made
	cp /run/seki/made "$tmp/made"
}
lacks "no journal" 5 'not done: .*/run/seki/made' without_journal
lacks "no journal that can be read" 5 'not done: .*/run/seki/made' \
    without_small_journal
ok "it is not written over" cmp /run/seki/made "$tmp/made"
like "a dry run tells it" "$("$seki" apply --check 2>&1)" \
    '^warning: cannot read /run/seki/made'
lacks "no sysctls" 0 'this host has no IPv6 to forward' without_sysctls
umount /proc/sys/net/ipv6
mkdir "$tmp/etc"
SEKI_CONFIG=$tmp/etc/seki.conf
without_disk()
{
	mount -t tmpfs tmpfs "$tmp/etc"
	config
	mount -o remount,ro "$tmp/etc"
}
lacks "nowhere to write the history" 5 "not done: .*$tmp/etc" without_disk
umount "$tmp/etc"
SEKI_CONFIG=/run/seki/seki.conf

# ---- no process to be had for libnftables, once: the service goes on

# Without the nth of them.
without_fork()
{
	build_host >/dev/null 2>&1
	: >"$tmp/watch"
	strace -f -qq -o /dev/null -e "inject=clone,clone3:error=EAGAIN:when=$1" \
	    "$seki" watch >"$tmp/watch" 2>&1 </dev/null &
	tracer=$!
	comes grep -q 'this host is as' "$tmp/watch" ||
		echo "$1: $(cat "$tmp/watch")"
	is_denied || echo "$1: not denied"
	kill "$(pgrep -P $tracer)"
	wait $tracer || echo "$1: status $?"
}
for n in 1 2 3 4 5 6; do
	without_fork $n
done >"$tmp/without"
is "without one of its processes it goes on" "$(cat "$tmp/without")" ""

# ---- rules that cannot be loaded: nothing is forwarded without them

build_host >/dev/null 2>&1
forwarding=/proc/sys/net/ipv6/conf/all/forwarding
echo 0 >$forwarding
: >"$tmp/watch"
strace -f -qq -e trace=clone,clone3 -o "$tmp/tries" \
    -e inject=clone,clone3:error=EAGAIN:when=1+ \
    "$seki" watch >"$tmp/watch" 2>&1 </dev/null &
tracer=$!
ok "without rules the service says what it leaves" \
    wait_for grep -q "forwarding stays off until the rules" "$tmp/watch"
ok "and gives addresses all the same" wait_for has vm00 "$ula:3"
is "but forwards nothing" "$(cat $forwarding)" 0
sleep 3 # what it tries meanwhile is what is asked for
tries=$(grep -c EAGAIN "$tmp/tries")
sleep 3
more=$(($(grep -c EAGAIN "$tmp/tries") - tries))
ok "and tries less and less often ($tries, $more)" [ "$more" -lt "$tries" ]
kill "$(pgrep -P $tracer)"
wait $tracer
: >"$tmp/watch"
"$seki" watch >"$tmp/watch" 2>&1 </dev/null &
watch=$!
ok "with them it goes on" wait_for grep -q "this host is as" "$tmp/watch"
is "and forwards" "$(cat $forwarding)" 1
kill -TERM $watch
wait $watch

# ---- what a config cannot say is refused whole, and the service falls back

build_host >/dev/null 2>&1
ok "a config is applied" "$seki" apply
nft delete table inet seki
echo "container vm02 ula $ula:3" >>"$SEKI_CONFIG"
status "one that gives an address twice is refused" 3 "$seki" apply
nok "and nothing of it is done" nft list table inet seki
like "as check says" "$("$seki" show status 2>&1)" "$ula:3 is taken by vm00"
: >"$tmp/watch"
"$seki" watch >"$tmp/watch" 2>&1 </dev/null &
watch=$!
ok "the service keeps up the last that was confirmed" \
    wait_for grep -q 'number .* of the history is kept up instead' \
    "$tmp/watch"
ok "and says that it is that" \
    wait_for grep -q 'this host is as .*/history/0*[0-9]*.conf says' "$tmp/watch"
ok "and denies" wait_for is_denied
kill -HUP $watch
ok "also when told to read it again" \
    wait_for grep -q "$ula:3 is taken by vm00" "$tmp/watch"
ok "it denies" is_denied
kill -TERM $watch
wait $watch
done_testing

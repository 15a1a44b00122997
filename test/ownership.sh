#!/bin/sh
# What is seki's to change and to take back, and nothing else: after kills,
# beside what others have put there, and whatever has become of the names.
. "${top_srcdir:-.}/test/lib/lib.sh"
in_sandbox "$@"
need nft strace

wait_s=20
prefix=fd5a:1c2e:90b1:
make_outside
make_container vm00

config()
{
	cat <<CONF
uplink eth0
bridge lxcbr0 ula $1:1/64 masquerade
container vm00 ula $1:3
forward tcp 80 to vm00
CONF
}

# What is global, less what tells of time.
state()
{
	ip -6 addr show dev lxcbr0 scope global
	ip -6 route | sort
	for name; do
		echo "$name"
		inside "$name" ip -6 addr show scope global
		inside "$name" ip -6 route | sort
	done
}

# The ULAs that are anywhere.
ulas()
{
	state vm00 | sed -n 's/.*inet6 \(fd5a:[^ ]*\).*/\1/p' | xargs
}

gateways()
{
	inside vm00 ip -6 route | sed -n 's/^default via \([^ ]*\).*/\1/p' |
	    xargs
}

# ---- killed at any moment, and renumbered all the same

# The last requests are the steps; each is a kill of its own, and so is each
# file that is put in place.
config $prefix >"$SEKI_CONFIG"
asked=$(strace -qq -e trace=sendto "$seki" apply 2>&1 |
    grep -c 'sendto(.*AF_NETLINK')
ok "an apply asks the kernel" test "$asked" -gt 12


lost=
killed=0
killed_apply()
{
	strace -qq -o /dev/null -e trace="$1" \
	    -e inject="$1:signal=KILL:when=$2" "$seki" apply >/dev/null 2>&1 ||
		killed=$((killed + 1))
}

# survives SYSCALL WHEN: swaps the two prefixes after a kill at that call.
survives()
{
	config $there >"$SEKI_CONFIG"
	killed_apply "$1" "$2"
	config $here >"$SEKI_CONFIG"
	"$seki" apply >"$tmp/said" 2>&1 || lost="$lost $1:$2 $(cat "$tmp/said")"
	[ "$(ulas)" = "$here:1/64 $here:3/64" ] &&
		[ "$(gateways)" = "$here:1" ] || lost="$lost $1:$2 $(ulas)"
}
here=fd5a:1c2e:90b1: there=fd5a:1c2e:90b2:
when=$((asked - 12))
while [ $when -lt $((asked + 12)) ]; do
	survives sendto $when
	when=$((when + 4))
done
for when in 1 2 3; do
	survives renameat2 $when
done
is "no kill loses what is ours" "$lost" ""
ok "and most were kills" test $killed -gt 5

# What was removed, but not noted before the kill, is not ours if it comes back.
config $there >"$SEKI_CONFIG"
killed_apply renameat2 2
ok "once more, after a kill between the steps and their note" "$seki" apply
ip addr add $here:1/64 dev lxcbr0 nodad
ok "and again" "$seki" apply
is "what somebody put there by hand meanwhile stays" "$(ulas)" \
    "$here:1/64 $there:1/64 $there:3/64"
ip addr del $here:1/64 dev lxcbr0
config $here >"$SEKI_CONFIG"
ok "back" "$seki" apply

# ---- a name that stands for two interfaces

make_bridge_named()
{
	ip link add "$1" type bridge && ip link set "$1" up
}
make_bridge_named bra
BRIDGE=bra make_container app
inside app ip link add eth1 type veth peer name second netns $$
ip link set second master lxcbr0 up
inside app ip link set eth1 up
app()
{
	config $prefix
	echo "container app on lxcbr0 ula $prefix:$1"
	echo "forward tcp 81 to app"
}
app 7 >"$SEKI_CONFIG"
ok "a container on two bridges" "$seki" apply
like "has its address on the second interface" \
    "$(inside app ip -6 addr show eth1)" "$prefix:7/64"
state app vm00 >"$tmp/before"

# undone NAME [COMMAND...]: commits the candidate, meddles, and takes it back,
# which leaves the host $as.
as="exactly as before"
undone()
{
	undone_name=$1
	shift
	ok "$undone_name: committed" "$seki" commit --confirm 60
	[ $# -eq 0 ] || ok "$undone_name: meddled with" "$@"
	like "$undone_name: taken back" "$("$seki" revert)" \
	    "^reverted: this host is $as$"
	like "$undone_name: and it says so" "$("$seki" show status)" \
	    "this host is $as$"
}

app 8 >/run/seki/candidate.conf
undone "another ULA"
is "both interfaces are as before" \
    "$(state app vm00 | diff "$tmp/before" -)" ""
config $prefix >/run/seki/candidate.conf
undone "no statement any more"
is "neither has gained or lost" "$(state app vm00 | diff "$tmp/before" -)" ""

# ---- what was changed has gone meanwhile, and something else has its name

replace_vm00()
{
	ip netns del vm00
	wait_for sh -c "! ip link show $port_vm00"
	make_container vm00 fd00:77::1/64
}
port_vm00=vc1
config $prefix | sed 's/:3$/:5/' >/run/seki/candidate.conf
as="as before, but for what is gone, was restarted or is in use since: vm00"
undone "a container that starts anew" replace_vm00
as="exactly as before"
is "the new one has what it came with" \
    "$(inside vm00 ip -6 addr show scope global | awk '/inet6/ { print $2 }')" \
    fd00:77::1/64
move_app()
{
	ip link set second master bra
}
"$seki" apply >"$tmp/said" 2>&1
state app vm00 >"$tmp/before"
app 9 >/run/seki/candidate.conf
undone "a container that moves to another bridge" move_app
is "has its address back there" \
    "$(state app vm00 | diff "$tmp/before" -)" ""
ip link set second master lxcbr0
rename_bridge()
{
	ip link set lxcbr0 name newname
}
config fd5a:1c2e:90b3: >/run/seki/candidate.conf
undone "a bridge that is renamed" rename_bridge
like "loses the new address" "$(ip -6 addr show newname)" "$prefix:1/64"
unlike "by its new name" "$(ip -6 addr)" "fd5a:1c2e:90b3:"
ip link set newname name lxcbr0

# ---- what others have left

"$seki" discard 2>/dev/null
ok "all as it was" "$seki" apply
ip addr del $prefix:1/64 dev lxcbr0
ip addr add $prefix:1/128 dev lxcbr0
inside vm00 ip addr del $prefix:3/64 dev eth0
inside vm00 ip addr add $prefix:3/128 dev eth0
ok "addresses of another length are told" \
    sh -c "$seki apply --check | grep 'vm00: remove address $prefix:3$'"
ok "and replaced" "$seki" apply
is "by the right ones" "$(ulas)" "$prefix:1/64 $prefix:3/64"
inside vm00 ip -6 route del default
inside vm00 ip -6 route add default via $prefix:99 dev eth0 proto 83 metric 512
rm -f /run/seki/made
ok "a default route of an earlier install" "$seki" apply
is "is replaced" "$(gateways)" "$prefix:1"
ip -6 route del $prefix:/64 dev lxcbr0
like "a connected route that is deleted is drift" "$("$seki" show status)" \
    "lxcbr0: add route to $prefix:/64"
ok "which is put right" "$seki" apply
like "by the same route" "$(ip -6 route)" \
    "^$prefix:/64 dev lxcbr0 proto kernel metric 256 "

done_testing

#!/bin/sh
# The config says whose an address is. What a container takes, and what the host
# lacks, is told, and keeps nothing else from being enforced.
. "${top_srcdir:-.}/test/lib/lib.sh"
in_sandbox "$@"
need nft

ula=fd00:5e:c1a1
make_outside
make_bridge
make_container vm00
make_container vm01
make_container thief
write_config()
{
	cat >"$SEKI_CONFIG"
}
write_config <<EOF
uplink eth0
bridge lxcbr0 ula $ula::1/64 masquerade
container vm00 ula $ula::3
container vm01 ula $ula::4
forward tcp 80 to vm00
default input deny
EOF

addresses()
{
	inside "$1" ip -6 -o addr show dev eth0 scope global
}

# ---- a container takes the address of another one

inside thief ip addr add "$ula::3/64" dev eth0 nodad
said=$("$seki" check 2>&1)
is "a stolen address refuses no check" "$?" 0
like "the thief and the owner are told" "$said" \
    "container thief has taken $ula::3, the address of container vm00"
ok "nor an apply" "$seki" apply
like "the owner gets it" "$(addresses vm00)" "$ula::3/64"
like "others get theirs" "$(addresses vm01)" "$ula::4/64"
like "the rules are there" "$(nft list chain inet seki input)" "drop"
like "status names the thief" "$("$seki" show status 2>&1)" \
    "container thief has taken $ula::3"
ok "an unrelated change is committed" \
    sh -c "'$seki' delete forward tcp 80 && '$seki' commit --now"
inside thief ip addr del "$ula::3/64" dev eth0
unlike "then it is as written" "$("$seki" show status 2>&1)" "has taken"

# ---- a container gives itself more addresses than anybody wants to read

# They share the solicited-node group, whose list would take the time.
seq -f "addr add $ula:%g::1/128 dev eth0 nodad" 1 600 |
    inside vm01 ip -6 -batch -
seq -f 'addr add 10.9.%g.1/32 dev eth0' 1 250 | inside vm01 ip -4 -batch -
seq -f 'addr add 10.8.%g.1/32 dev eth0' 1 250 | inside vm01 ip -4 -batch -
inside vm01 ip addr add "$ula::3/64" dev eth0 nodad
in_json()
{
	"$seki" show containers --json | tr -d ' \n' | sed 's/{"name"/\n&/g' |
	    grep "^{\"name\":\"$1\""
}
is "what is read of them has an end" \
    "$(in_json vm01 | grep -o 'addresses":\[[^]]*' | tr , '\n' | wc -l)" 258
like "which is told to programs" "$(in_json vm01)" '"addresses_cut":true'
like "and of no other" "$(in_json vm00)" '"addresses_cut":false'
like "to who looks" "$("$seki" show containers)" \
    "vm01 .*$ula::4 .*+many"
like "and to who changes" "$("$seki" check 2>&1)" \
    "container vm01 has more than 256 addresses on eth0"
like "what it took is found among them" "$("$seki" show status)" \
    "container vm01 has taken $ula::3"
inside vm01 ip addr del "$ula::3/64" dev eth0
is "its own address is, too" "$("$seki" apply)" "  nothing to do"
inside vm01 ip addr del "$ula::4/64" dev eth0
like "or missed" "$("$seki" show status)" "vm01: add address $ula::4/64"
ok "and given" "$seki" apply
is "once" "$("$seki" apply)" "  nothing to do"
inside vm01 ip -4 addr flush dev eth0
inside vm01 ip -6 -o addr show dev eth0 |
    sed -n "s|.* \\($ula:[0-9]*::1/128\\) .*|addr del \\1 dev eth0|p" |
    inside vm01 ip -6 -batch -
like "few again" "$(in_json vm01)" '"addresses_cut":false'

# ---- two statements with one address are the admin's own

status "two owners by config are refused" 3 \
    "$seki" add container thief ula "$ula::3"

# ---- a container claims to be another one

# monitor NAME COMMAND...: under what looks like the monitor that LXC has of it.
# shellcheck disable=SC2016,SC3045 # for bash to expand
monitor='exec -a "[lxc monitor] /var/lib/lxc $0" bash -c "\"\$@\" & wait" x "$@"'
monitor()
{
	bash -c "$monitor" "$@" </dev/null >/dev/null 2>&1 &
}
names()
{
	"$seki" show containers --json | tr -d ' \n' |
	    grep -o '"name":"[^"]*"' | sort | uniq -c | tr -s ' \n' ' '
}
known=$(names)
like "each has its name" "$known" '1 "name":"vm00" 1 "name":"vm01"'
# What the container runs: a process elsewhere, with a child at home.
unshare --pid --fork bash -c "$monitor" vm01 \
    nsenter --net=/run/netns/thief sleep 60 </dev/null >/dev/null 2>&1 &
lives()
{
	[ "$(ip netns pids "$1" | wc -l)" -ge 1 ]
}
ok "a monitor inside a container" wait_for lives thief
is "gives its children no name" "$(names)" "$known"
ip netns pids thief | xargs kill

# ---- on which bridge, where the statement does not say it

"$seki" show config >"$tmp/committed"
ip link add br1 type bridge
ip link set br1 up
inside thief ip link add second type veth peer name vs netns $$
ip link set vs master br1 up
inside thief ip link set second up
cat >>"$SEKI_CONFIG" <<EOF
bridge br1 ula $ula:1::1/64
container thief ula $ula:1::5
EOF
ok "a container on two bridges" "$seki" apply
like "gets the address of the one whose prefix it is in" \
    "$(inside thief ip -6 -o addr show dev second)" "$ula:1::5/64"
ip link del br1
ip link del vs
cp "$tmp/committed" "$SEKI_CONFIG"
ok "it is gone" "$seki" apply

# ---- two that run under one name

monitor vm01 nsenter --net=/run/netns/thief sleep 60
ok "a monitor of this host" wait_for lives thief
like "gives its child that name" "$(names)" '2 "name":"vm01"'
said=$("$seki" check 2>&1)
is "which refuses nothing" "$?" 0
like "it is told" "$said" "^warning: two running containers are called vm01"
ok "and applied" "$seki" apply
is "the new one gets nothing" "$(addresses thief)" ""
inside vm01 ip -6 addr flush dev eth0 scope global
ok "applied again" "$seki" apply
is "nor the old one, before it is clear" "$(addresses vm01)" ""
ip netns pids thief | xargs kill
is_clear()
{
	[ "$(names)" = "$known" ]
}
ok "when there is one again" wait_for is_clear
ok "it is" "$seki" apply
like "served" "$(addresses vm01)" "$ula::4/64"

# ---- one that makes its interface a port, as OpenWrt does

on()
{
	inside "$1" ip -6 -o addr show scope global |
	    sed -n 's/^[0-9]*: \([^ ]*\).*/\1/p'
}

# enslaved NAME HOST KIND WHERE: a container whose eth0 is a port of m0, of that
# kind, has its address WHERE.
# shellcheck disable=SC2086 # a kind may have options
enslaved()
{
	kind=$3 node=${3%% *}
	if ! ip link add m1 type $kind 2>/dev/null; then
		skip "kernel: no interface of kind $node" 2
		return
	fi
	ip link del m1
	make_container "$node"
	inside "$node" ip link add m0 type $kind
	inside "$node" ip link set eth0 down
	inside "$node" ip link set eth0 master m0
	inside "$node" ip link set m0 up
	inside "$node" ip link set eth0 up
	echo "container $node ula $ula::$2" >>"$SEKI_CONFIG"
	ok "$1" "$seki" apply
	is "it has its address on $4" "$(on "$node")" "$4"
}
enslaved "a bridge inside" 9 bridge m0
ok "where it answers" wait_for "$peer" ping "$ula::9"
is "and nothing is left to do" "$("$seki" apply)" "  nothing to do"
enslaved "a bond inside" 10 bond m0
enslaved "a VRF inside, which is no such master" 11 'vrf table 7' eth0
done_testing

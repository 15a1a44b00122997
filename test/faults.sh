#!/bin/sh
# What is said of a forward against what packets say: faults made by hand, one
# a row. Where no packet gets through the forward is not "active", where one
# does it is not "broken", and the reason names what was done.
. "${top_srcdir:-.}/test/lib.sh"
sandbox_s=300
in_sandbox "$@"
need nft ip
ula=fd5a:1c2e:90b1
public=2001:db8::10
call=/proc/sys/net/bridge/bridge-nf-call-ip6tables
conf=/proc/sys/net/ipv6/conf

[ ! -e $call ] || echo 0 >$call
make_outside
make_bridge
make_container vm00
make_container vm01 $ula::9/64
other=$port
make_node elsewhere
cat >"$SEKI_CONFIG" <<END
uplink eth0
bridge $BRIDGE ula $ula::1/64 masquerade
container vm00 on $BRIDGE ula $ula::3
forward tcp 80 to vm00
END
ok "the config is applied" "$seki" apply
ip link add br1 type bridge
ip link set br1 up
serve vm00 tcp 80
server=$!

# State and reason of the one forward, as in "broken: lxcbr0 is down".
state()
{
	"$seki" show forwards --json | tr -d '\n' | sed -n \
	    's/.*"state": *"\([a-z]*\)", *"reason": *"\([^"]*\)".*/\1: \2/p'
}

packets()
{
	inside client1 "$peer" get $public 80 --timeout "$1" >/dev/null 2>&1
}

# judge NAME STATE WORDS: of the fault that was made.
judge()
{
	found=$(state)
	if packets 400; then passes=yes; else passes=no; fi
	like "$1: $2, $3" "$found" "^$2: .*$3"
	case $passes-$found in
	no-active* | yes-broken*)
		fail "$1: packets agree" "$found, packets pass: $passes" ;;
	*) pass "$1: packets agree" ;;
	esac
}

# Puts right whatever a row did to the way of packets.
mend()
{
	"$seki" apply >/dev/null 2>&1
	wait_for packets 300 || fail "$1: packets pass again" "$(state)"
}

vm00()
{
	inside vm00 "$@"
}

# others TABLE [RULE]: a chain that drops what is forwarded, as ufw has one.
others()
{
	table=$1
	shift
	nft -f - <<END_OF_RULES
table ip6 $table {
	chain ${2:-user} {
	}
	chain FORWARD {
		type filter hook forward priority 0; policy drop;
		$*
	}
}
END_OF_RULES
}

# other_rules HOOK RULES: a chain of others that accepts what they leave.
other_rules()
{
	nft add table ip6 x
	nft add chain ip6 x "$1" "{ type filter hook $1 priority 0; }"
	hook=$1
	shift
	for rule; do
		nft add rule ip6 x "$hook" "$rule"
	done
}

sleeps()
{
	other_rules forward drop
	nft add table ip6 x '{ flags dormant; }'
}

in_vm00='nsenter --net=/run/netns/vm00'
route="$in_vm00 ip -6 route"
vm00_route="$route replace default via $ula::1 metric 512 proto 83"
vm00_ula="$in_vm00 ip addr replace $ula::3/64 dev eth0 nodad"
uplink="ip addr replace $public/64 dev eth0 nodad"
gateway='ip -6 route replace default via fe80::1 dev eth0'

wait_for packets 300
is "as committed" "$(state)" "active: "

# NAME ; FAULT ; CURE ; STATE ; WORDS. More than one command is joined by &&.
while IFS=';' read -r name fault cure want words; do
	case $name in '#'* | '') continue ;; esac
	eval "$fault" >"$tmp/fault" 2>&1 || diag "$name: $(cat "$tmp/fault")"
	judge "${name% }" "$(echo $want)" "$(echo $words)"
	eval "$cure" >"$tmp/cure" 2>&1 || diag "$name: $(cat "$tmp/cure")"
	mend "$name"
done <<END
forwarding off; echo 0 >$conf/all/forwarding; echo 1 >$conf/all/forwarding; broken; forwarding
bridge down; ip link set $BRIDGE down; ip link set $BRIDGE up; broken; $BRIDGE is down
bridge without its ULA; ip addr del $ula::1/64 dev $BRIDGE; ip addr replace $ula::1/64 dev $BRIDGE nodad; broken; ULA
bridge without IPv6; echo 1 >$conf/$BRIDGE/disable_ipv6; echo 0 >$conf/$BRIDGE/disable_ipv6; broken; $BRIDGE
port down; ip link set vc1 down; ip link set vc1 up; broken; vc1 is down
port moved; ip link set vc1 master br1; ip link set vc1 master $BRIDGE; broken; another bridge
port out of the bridge; ip link set vc1 nomaster; ip link set vc1 master $BRIDGE; broken; vm00
interface inside down; $in_vm00 ip link set eth0 down; $in_vm00 ip link set eth0 up && $vm00_ula && $vm00_route; broken; carrier
ULA missing inside; $in_vm00 ip addr del $ula::3/64 dev eth0; $vm00_ula && $vm00_route; broken; ULA
IPv6 off inside; $in_vm00 sysctl -qw net.ipv6.conf.eth0.disable_ipv6=1; $in_vm00 sysctl -qw net.ipv6.conf.eth0.disable_ipv6=0 && $vm00_ula && $vm00_route; broken; ULA
no default route inside; $route del default; $vm00_route; degraded; default route
default route by another; $route del default && $route add default via $ula::9; $route del default && $vm00_route; degraded; default route
ULA also of this host; ip addr add $ula::3/64 dev $BRIDGE nodad; ip addr del $ula::3/64 dev $BRIDGE; degraded; too
ULA also of another; inside vm01 ip addr add $ula::3/64 dev eth0 nodad; inside vm01 ip addr del $ula::3/64 dev eth0; degraded; too
uplink down; ip link set eth0 down; ip link set eth0 up && $uplink && $gateway; broken; eth0 is down
uplink without carrier; inside internet ip link set host down; inside internet ip link set host up && inside internet ip addr replace fe80::1/64 dev host nodad && inside internet ip addr replace 2001:db8::1/64 dev host nodad && $gateway; broken; carrier
public address gone; ip addr del $public/64 dev eth0 && inside internet ip neigh flush dev host; $uplink && $gateway; broken; no public IPv6
uplink without IPv6; echo 1 >$conf/eth0/disable_ipv6; echo 0 >$conf/eth0/disable_ipv6 && $uplink && $gateway; broken; no public IPv6
default route of the host gone; ip -6 route del default; $gateway; degraded; default route
our table gone; nft delete table inet seki; :; broken; kernel
a table of others drops all; others x; nft delete table ip6 x; broken; table ip6 x, chain FORWARD drops
a table of others accepts all; others x counter accept; nft delete table ip6 x; active;
a table of others accepts some; others x tcp dport 80 accept; nft delete table ip6 x; degraded; table ip6 x
a table of others rejects all; other_rules forward "counter reject"; nft delete table ip6 x; broken; table ip6 x, chain forward drops
a table of others rejects the rest; other_rules forward "tcp dport 9 accept" "log drop"; nft delete table ip6 x; degraded; table ip6 x, chain forward drops
a table of others sleeps; sleeps; nft delete table ip6 x; active;
a table of others rejects some; other_rules forward "tcp dport 9 reject"; nft delete table ip6 x; active;
ufw drops by default; others filter jump ufw6-user-forward; nft delete table ip6 filter; degraded; of ufw drops .*ufw route allow
a policy shuts it; echo 'deny forward tcp 80' >>$SEKI_CONFIG && "$seki" apply; sed -i '/^deny/d' $SEKI_CONFIG; broken; policy
nobody listens; pkill -P $server; serve vm00 tcp 80 && server=\$!; degraded; tcp 80
END

# ---- told where it is decided, and where somebody looks

unlike "without tables of others nothing is warned of" \
    "$("$seki" check 2>&1; "$seki" show status)" "rule for"
others filter jump ufw6-user-forward
other_rules input "ct state established accept" "drop"
like "check warns of a chain that drops what is forwarded" \
    "$("$seki" check 2>&1)" \
    "^warning: table ip6 filter, chain FORWARD of ufw drops what it has no"
unlike "of one that drops what comes in only where something is allowed in" \
    "$("$seki" check 2>&1)" "chain input"
"$seki" add allow input tcp 22 2>/dev/null
got=$("$seki" commit --confirm 60 2>&1)
like "so does a commit, of both" "$got" \
    "^warning: table ip6 x, chain input drops what it has no rule for"
against()
{
	"$seki" show status | grep -q "\[$1\] .*chain $2"
}
ok "it may be against it" wait_for against '\.\.' "FORWARD of ufw"
nft flush chain ip6 filter FORWARD
ok "without a rule it is" wait_for against '!!' "FORWARD of ufw"
nft delete table ip6 filter
gone()
{
	! against '!!' FORWARD
}
ok "until it is gone" wait_for gone
ok "reverted" "$seki" revert
nft delete table ip6 x

done_testing

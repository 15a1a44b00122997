#!/bin/sh
# Who else decides about packets here: all base chains of the host, in the order
# that packets meet them, with their owners and what they do to forwards.
. "${top_srcdir:-.}/test/lib/lib.sh"
in_sandbox "$@"
is_root || skip_all "kernel: tables want root"
need nft ip6tables

public=2001:db8::10
ula=fd5a:1c2e:90b1
make_outside
make_container vm00
serve vm00 tcp 80
cat >"$SEKI_CONFIG" <<CONF
uplink eth0
bridge lxcbr0 ula $ula::1/64 masquerade
container vm00 ula $ula::3
forward tcp 80 to vm00
forward tcp 8080 to vm00:80
default forward deny
CONF
ok "a config" "$seki" apply

neighbours()
{
	"$seki" show neighbours | sed 's/  */ /g'
}

like "alone there are only its own chains" "$(neighbours | cut -c 1 | sort -u |
	tr -d '\n')" '^ \*$'
unlike "and nobody else's" "$(neighbours)" "leaves it"

# ---- programs, by the names that they give

ip6tables -N DOCKER-USER
ip6tables -A FORWARD -j DOCKER-USER
ip6tables -P FORWARD DROP
ip6tables -t raw -A PREROUTING -p tcp -j ACCEPT
nft -f - <<NFT
table inet f2b-table {
	set banned {
		type ipv6_addr
		elements = { 2001:db8:66::1 }
	}
	chain f2b-chain {
		type filter hook input priority -1
		ip6 saddr @banned tcp dport 22 reject
	}
}
table inet lxc {
	chain input {
		type filter hook input priority 1
		iifname lxcbr0 udp dport 53 accept
	}
}
table ip nat {
	chain DOCKER {
		tcp dport 80 dnat to 172.17.0.2:80
	}
	chain PREROUTING {
		type nat hook prerouting priority -100
		jump DOCKER
	}
}
table inet netavark {
	chain FORWARD {
		type filter hook forward priority 1
		meta nfproto ipv4 drop
	}
}
table netdev mine {
	chain early {
		type filter hook ingress device eth0 priority 5
	}
}
NFT
all=$(neighbours)
like "Docker's chain drops, and keeps forwards from working" "$all" \
    "^! forward 0 ip6 filter FORWARD Docker drops everything, 2 forwards$"
nok "which they do not" inside client1 "$peer" get $public 80 --timeout 500
like "fail2ban's drops some" "$all" \
    "^ input -1 inet f2b-table f2b-chain fail2ban drops some of it$"
like "lxc-net's leaves it" "$all" "^ input 1 inet lxc input lxc-net leaves it$"
like "Docker sends to its own" "$all" \
    "^ prerouting -100 ip nat PREROUTING Docker sends some to hosts of its own$"
like "Podman's drops one family" "$all" \
    "^ forward 1 inet netavark FORWARD Podman drops everything .IPv4 only.$"
like "somebody used iptables" "$all" \
    "^ prerouting -300 ip6 raw PREROUTING iptables leaves it$"
like "a hook of a link names it" "$all" \
    "^ ingress eth0 5 netdev mine early - leaves it$"
is "they are in the order of packets" "$(echo "$all" | awk 'NR > 1 {
	sub(/^[*!]? /, ""); if ($1 != last) printf "%s ", $1; last = $1 }')" \
    "ingress prerouting input forward output postrouting "
like "as JSON" "$("$seki" show neighbours --json)" \
    '"table":"filter","chain":"FORWARD","hook":"forward","links":\[\],"priority":0,"owner":"Docker","effect":"all","only":null,"forwards":2'

# ---- an answer that is let through changes what is said

ip6tables -I DOCKER-USER -j ACCEPT
ok "its cure lets it through" wait_for inside client1 "$peer" get $public 80
like "then it keeps none" "$(neighbours)" \
    "^ forward 0 ip6 filter FORWARD Docker drops some of it$"

# ---- names of others are shown, not obeyed

nft add table ip6 evil
nft add chain ip6 evil f2b-x '{ type filter hook input priority 9; }'
like "a name is a guess of its owner" "$(neighbours)" \
    "^ input 9 ip6 evil f2b-x fail2ban leaves it$"

# Those of programs that cannot be had here: a table each, by the name of a
# chain or by its own.
while read -r table chain owner; do
	nft add table ip6 "$table"
	nft add chain ip6 "$table" "$chain" \
	    '{ type filter hook input priority 11; }'
	echo "input 11 ip6 $table $chain $owner leaves it"
done >"$tmp/named" <<'NAMES'
a CNI-FORWARD CNI
b NETAVARK_INPUT Podman
c LIBVIRT_INP libvirt
d KUBE-FIREWALL Kubernetes
e ts-input Tailscale
f CROWDSEC_CHAIN CrowdSec
crowdsec in CrowdSec
firewalld in firewalld
incus in Incus
libvirt_network in libvirt
lxc in lxc-net
lxd in LXD
netavark in Podman
wg-quick-wg0 in wg-quick
NAMES
is "who is not here is known by name" \
    "$(neighbours | sed -n 's/^ \(input 11 .*\)/\1/p' | sort)" \
    "$(sort "$tmp/named")"

# ---- iptables-legacy, whose rules nftables does not know

fresh_tables()
{
	nft list tables | grep -v ' seki$' | while read -r word family table; do
		nft delete $word "$family" "$table"
	done
}

# legacy RULE...: all rules of the chain FORWARD, where - is its policy.
legacy()
{
	for tool in ip6tables-legacy iptables-legacy; do
		$tool -P FORWARD ACCEPT
		$tool -F
		$tool -X
	done
	for rule; do
		case $rule in
		-*) ip6tables-legacy $rule ;;
		*) $rule ;;
		esac
	done
}

state()
{
	"$seki" show forwards | sed -n 's/^tcp  *80 .* \(active\|broken\|degraded\)/\1/p'
}

passes()
{
	inside client1 "$peer" get $public 80 --timeout 400
}

# agrees WORDS RULE...: the state is what packets find.
agrees()
{
	words=$1
	shift
	legacy "$@"
	if passes >/dev/null 2>&1; then
		like "legacy: $words: works and is active" "$(state)" "^active"
	else
		like "legacy: $words: fails and is broken" "$(state)" \
		    "^broken: legacy table ip6 filter, chain .* drops"
	fi
}

fresh_tables
answers="-A FORWARD -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT"
out="-A FORWARD -i lxcbr0 -j ACCEPT"
drops="-P FORWARD DROP"
if legacy >/dev/null 2>&1; then
	agrees "nothing"
	agrees "a policy" "$drops"
	agrees "a policy, and answers" "$drops" "$answers"
	agrees "a port" "$drops" "$answers" "-A FORWARD -p tcp --dport 80 -j ACCEPT"
	agrees "another port" "$drops" "$answers" \
	    "-A FORWARD -p tcp --dport 81 -j ACCEPT"
	agrees "all but a port" "$drops" "$answers" \
	    "-A FORWARD -p tcp ! --dport 81 -j ACCEPT"
	agrees "a range" "$drops" "$out" "-A FORWARD -p ipv6-icmp -j ACCEPT" \
	    "-A FORWARD -p tcp --dport 79:81 -j ACCEPT"
	agrees "a protocol" "$drops" "$out" "-A FORWARD -p udp --dport 80 -j ACCEPT"
	agrees "an address" "$drops" "$out" "-A FORWARD -d $ula::3 -j ACCEPT"
	agrees "another" "$drops" "$out" "-A FORWARD -d $ula::4 -j ACCEPT"
	agrees "a prefix" "$drops" "$out" "-A FORWARD -d $ula::/64 -j ACCEPT"
	agrees "a link" "$drops" "$out" "-A FORWARD -o lxcbr0 -j ACCEPT"
	agrees "links" "$drops" "$out" "-A FORWARD -o lxc+ -j ACCEPT"
	agrees "another link" "$drops" "$out" "-A FORWARD ! -o lxcbr0 -j ACCEPT"
	agrees "a drop" "-A FORWARD -p tcp --syn --dport 80 -j DROP"
	agrees "a drop of another flag" \
	    "-A FORWARD -p tcp --tcp-flags SYN,FIN SYN,FIN -j DROP"
	agrees "a reject" "-A FORWARD -o lxcbr0 -j REJECT"
	agrees "a chain" "-N MINE" "-A FORWARD -j MINE" "-A MINE -j DROP"
	agrees "a chain that returns" "-N MINE" "-A FORWARD -j MINE" \
	    "-A MINE -p tcp --dport 80 -j RETURN" "-A MINE -j DROP"
	agrees "a chain that is gone to" "$drops" "-N MINE" "-N OTHER" \
	    "-A FORWARD -g MINE" "-A FORWARD -j ACCEPT" "-A MINE -j OTHER"
	agrees "the first that decides" "-A FORWARD -j ACCEPT" \
	    "-A FORWARD -j DROP"
	agrees "a rule that only counts" "$drops" "-A FORWARD" "-A FORWARD -j ACCEPT"
	agrees "a remark" "-A FORWARD -m comment --comment x -j DROP"
	agrees "IPv4" "iptables-legacy -P FORWARD DROP"

	legacy "$drops"
	like "its tool is named" "$("$seki" show forwards)" \
	    "ip6tables-legacy -t filter -S FORWARD"
	like "it is among the neighbours" "$(neighbours)" \
	    "^! forward 0 ip6 filter FORWARD .legacy. iptables drops everything, 2 forwards$"
	legacy
	nok "what is not there is not made" grep -q mangle /proc/net/ip6_tables_names
else
	skip "legacy: this kernel has no iptables-legacy"
fi

# ---- who may ask

got=$(setpriv --reuid nobody --regid nogroup --init-groups \
    "$seki" show neighbours 2>&1)
like "others are told that only root may" "$got" \
    "cannot read the chains of this host: only root may"

done_testing

#!/bin/sh
# seki try: a packet that is let in here meets what one from a far host meets,
# rule by rule, whatever is in the tables of others; it goes nowhere, and nothing
# of it is left, also when seki is killed. SEKI_TEST_TRIES is how many random
# sets of rules are tried, SEKI_TEST_SEED which.
. "${top_srcdir:-.}/test/lib/lib.sh"
in_sandbox "$@"
is_root || skip_all "kernel: tables want root"
need nft ip6tables tc
rounds=${SEKI_TEST_TRIES:-12}

public=2001:db8::10
ula=fd5a:1c2e:90b1
make_outside
make_outside4
make_container vm00
give4 vm00 eth0 10.0.3.3/24
serve vm00 tcp 80
serve vm00 udp 53
for port in 22 81; do
	serve_host tcp $port
done

# config LINE...: is in force, after what all have.
config()
{
	{
		cat <<-CONF
		option ipv4 on
		uplink eth0
		bridge lxcbr0 ula $ula::1/64 ipv4 10.0.3.1/24 masquerade
		container vm00 ula $ula::3 ipv4 10.0.3.3
		CONF
		printf '%s\n' "$@"
	} >"$SEKI_CONFIG"
	"$seki" apply >"$tmp/apply" 2>&1 || { fail "a config" "$(cat \
	    "$SEKI_CONFIG" "$tmp/apply")"; return 1; }
}

# Where nothing of it may come: the router's side of our uplink, and the
# container. It is known by its port, which nobody else has, also in what errors
# quote.
witness='table inet witness {
	counter seen { }
	chain here {
		type filter hook prerouting priority -500
		th sport 40000 counter name seen
		th dport 40000 counter name seen
		icmpv6 type { echo-request, echo-reply } counter name seen
		icmp type { echo-request, echo-reply } counter name seen
		icmpv6 type destination-unreachable @th,384,16 40000 counter name seen
		icmp type destination-unreachable @th,224,16 40000 counter name seen
	}
}'
for node in internet vm00; do
	echo "$witness" | inside "$node" nft -f -
done
for node in client1 client2; do
	inside "$node" sh -c \
	    'echo 50000 60000 >/proc/sys/net/ipv4/ip_local_port_range'
done

# Frames that came there since.
frames()
{
	for node in internet vm00; do
		inside "$node" nft reset counter inet witness seen
	done | sed -n 's/.*packets \([0-9]*\).*/\1/p' | paste -sd ' '
}

# What a try could leave here, of which the kernel takes a moment to remove the
# link.
left()
{
	ip -o link | grep -o 'seki-try[^:@]*'
	nft list tables | grep seki-try
	grep -E ' (tcp|udp|icmp|icmpv6) ' /proc/net/nf_conntrack |
	    grep -E 'sport=40000|type='
	tc -s actions list action mirred 2>/dev/null | grep mirred
}

nothing_is_left()
{
	[ -z "$(left)" ]
}

tries=0 slowest=0
# try WORDS...: its JSON, the status, what is left; and how long it took. What
# no hook sees tells no end, so all of its time is waited.
try()
{
	frames >/dev/null
	began=$(date +%s%N)
	"$seki" try "$@" --json >"$tmp/try" 2>"$tmp/said" && tried=0 || tried=$?
	took=$((($(date +%s%N) - began) / 1000000))
	[ "$took" -le "$slowest" ] || [ "$(field end)" = unseen ] ||
		slowest=$took
	times="${times-}$took
"
	tries=$((tries + 1))
	tried_words=$*
}

# The same again, in words.
told()
{
	# shellcheck disable=SC2086 # they are words
	"$seki" try $tried_words 2>&1
}

# field NAME: of the answer.
field()
{
	sed 's/"rows":.*//' "$tmp/try" | sed -n 's/.*"'"$1"'":"\{0,1\}\([^",}]*\).*/\1/p'
}

# The chains that the packet met: hook's family, table and chain, the chain it
# ended in and the handle of the rule, 0 for a policy.
met()
{
	sed 's/{"hook"/\n&/g' "$tmp/try" | sed -n \
	    's/^{"hook".*"family":"\([^"]*\)","table":"\([^"]*\)","chain":"\([^"]*\)".*"at":"\([^"]*\)","rule":\([0-9]*\).*/\1 \2 \3 \4 \5/p' |
	    grep -v '^inet watch '
}

# The same of a real packet, as nft tells it; but for the chain that makes it
# tell.
nft -f - <<NFT
table inet watch {
	chain arrives {
		type filter hook ingress device eth0 priority -500
		ip6 saddr 2001:db8::/32 tcp flags syn meta nftrace set 1
		ip6 saddr 2001:db8::/32 meta l4proto udp meta nftrace set 1
		ip saddr { 198.51.100.7, 203.0.113.7 } tcp flags syn meta nftrace set 1
		ip saddr { 198.51.100.7, 203.0.113.7 } meta l4proto udp meta nftrace set 1
	}
}
NFT
nft -a monitor trace >>"$tmp/monitor" 2>&1 &

# Sends a packet that is traced and known by its port, and waits until it was
# told of: all before it was, then.
marks=1000
marked()
{
	grep -q "udp dport $marks " "$tmp/monitor"
}

mark()
{
	marks=$((marks + 1))
	inside client1 "$peer" ask $public "$marks" --timeout 1 >/dev/null 2>&1
	wait_for marked
}

listens()
{
	inside client1 "$peer" ask $public "$marks" --timeout 1 >/dev/null 2>&1
	marked
}
wait_for listens

# trace FROM-NODE tcp|udp ADDRESS PORT: sends a real one.
trace()
{
	verb="get"
	[ "$2" = tcp ] || verb=ask
	mark
	: >"$tmp/monitor"
	inside "$1" "$peer" $verb "$3" "$4" --timeout 150 >"$tmp/real" 2>&1 &&
	    answered=0 || answered=$?
	mark
	id=$(sed -n \
	    "s/^trace id \([0-9a-f]*\) .* packet: .* dport $4 .*/\1/p;T;q" \
	    "$tmp/monitor")
	sed -n "s/^trace id $id //p" "$tmp/monitor" | awk '
		function tell() {
			if (base != "" && base !~ /^inet watch/)
				print base, at, rule
		}
		$4 == "packet:" { tell(); base = $1 " " $2 " " $3; rule = 0; next }
		{ at = $3; rule = 0 }
		match($0, /handle [0-9]+ \(verdict/) {
			rule = substr($0, RSTART + 7) + 0
		}
		END { tell() }'
}

address_of()
{
	case $1$2 in
	client16) echo 2001:db8:9::7 ;;
	client26) echo 2001:db8:44::2 ;;
	client14) echo 198.51.100.7 ;;
	client24) echo 203.0.113.7 ;;
	esac
}

# agrees NAME CLIENT FAMILY tcp|udp PORT: a try and a far host's packet.
agrees()
{
	to=$public
	[ "$3" = 6 ] || to=192.0.2.10
	try "$4" from "$(address_of "$2" "$3")" to "[$to]:$5"
	tried_met=$(met)
	seen=$(frames)
	real_met=$(trace "$2" "$4" "$to" "$5")
	if [ "$tried_met" = "$real_met" ] && [ -n "$real_met" ] &&
	    [ "$seen" = "0 0" ] && wait_for nothing_is_left; then
		pass "$1"
		return
	fi
	fail "$1" "tried:
$tried_met
real:
$real_met
frames at the peers: $seen
left: $(left)
$(cat "$tmp/try" "$tmp/said")"
}

# ---- ours

config "forward tcp 80 to vm00" "forward udp 53 to vm00" \
    "allow input tcp 22 from 2001:db8:9::/48" \
    "default forward deny" "default input deny"
agrees "a forward" client1 6 tcp 80
is "ends behind the bridge" "$(field end) $(field out)" "left lxcbr0"
is "with success" "$tried" 0
agrees "a forward of UDP" client1 6 udp 53
agrees "a forward over IPv4" client1 4 tcp 80
is "ends there as well" "$(field end) $(field out)" "left lxcbr0"
agrees "what is allowed" client1 6 tcp 22
is "comes to this host" "$(field end)" received
agrees "what is not" client2 6 tcp 22
is "does not" "$(field end)" dropped
is "and it is an error" "$tried" 1
is "the first line is the verdict, and who decides" \
    "$(told | head -n 1)" "FAIL dropped by seki: default input deny"
like "which names the statement" "$(told)" \
    "is dropped by seki: default input deny$"
like "who decides is in the table, too" "$(told)" \
    "^! input +inet seki input +seki +DROPS it: default input deny$"
"$seki" try icmp from 2001:db8:9::7 to $public >"$tmp/try"
ok "an echo request gets through" grep -q "comes to this host" "$tmp/try"
ok "over IPv4, too" "$seki" try icmp from 198.51.100.7 to 192.0.2.10
like "a forward says which packet is for it" "$("$seki" try forward udp 53)" \
    "a packet from 2001:db8:ffff::1 to \[$public\]:53 leaves for .*:53 by lxcbr0$"
is "its first line says who lets it through, too" \
    "$("$seki" try forward udp 53 | sed -n '1s/to .*:53/to X/p')" \
    "ok   gets to X: forward udp 53 to vm00"
like "a port alone is of this host" "$("$seki" try tcp 22 2>&1)" \
    "to \[$public\]:22 is dropped by seki: default input deny"
like "in the family of who asks" \
    "$("$seki" try tcp 80 from 198.51.100.9)" \
    "from 198.51.100.9 to 192.0.2.10:80 leaves for 10.0.3.3:80"
status "a port is given once" 2 "$seki" try tcp 80 to 192.0.2.10:80
status "and is one" 2 "$seki" try tcp 65536
like "but for what is said beside it" \
    "$("$seki" try from 198.51.100.9 forward udp 53)" \
    "from 198.51.100.9 to 192.0.2.10:53 leaves for 10.0.3.3:53"
status "and no other one" 1 "$seki" try tcp forward udp 53
like "from anybody, where nobody is named" "$("$seki" try tcp to 192.0.2.10:22)" \
    "from 198.51.100.1 to 192.0.2.10:22 is dropped by seki"
status "something must be said" 2 "$seki" try tcp
status "families are not mixed" 2 "$seki" try tcp from 2001:db8::1 to 192.0.2.10:80
status "nor are ports left out" 2 "$seki" try tcp from 198.51.100.7 to 192.0.2.10

# ---- what others do

ip6tables -N DOCKER-USER
ip6tables -A FORWARD -j DOCKER-USER
ip6tables -P FORWARD DROP
agrees "a policy of Docker" client1 6 tcp 80
like "is named, with its cure" "$(told)" \
    "chain FORWARD of Docker: by its policy"
like "which is for that bridge" "$(told)" \
    "DOCKER-USER -o lxcbr0 -j ACCEPT"
ip6tables -P FORWARD ACCEPT
ip6tables -A DOCKER-USER -p tcp -j REJECT --reject-with tcp-reset
agrees "a reset of another chain" client1 6 tcp 80
is "is told as a refusal" "$(field refused)" true
ip6tables -F DOCKER-USER
ip6tables -t mangle -A PREROUTING -p tcp --dport 80 -j MARK --set-mark 0x42
ip6tables -A FORWARD -m mark --mark 0x42 -j DROP
agrees "a mark that is dropped later" client1 6 tcp 80
ip6tables -F FORWARD
ip6tables -t mangle -F
nft add table inet other
nft add chain inet other c '{ type filter hook ingress device eth0 priority 0; }'
nft add rule inet other c tcp dport 80 drop
agrees "a drop at ingress" client1 6 tcp 80
nft delete table inet other
if ip6tables-legacy -I FORWARD -p tcp -j DROP 2>/dev/null; then
	try tcp from 2001:db8:9::7 to "[$public]:80"
	is "what iptables-legacy drops is found" "$(field end)" dropped
	like "by reading its rules" "$(told)" "legacy table ip6 filter"
	ip6tables-legacy -F
else
	skip "kernel: no iptables-legacy" 2
fi

# ---- no rule

echo 0 >/proc/sys/net/ipv4/ip_forward
try tcp from 198.51.100.7 to 192.0.2.10:80
is "where this host does not forward it is lost" "$(field end)" lost
like "and that is said" "$(told)" "does not forward"
echo 1 >/proc/sys/net/ipv4/ip_forward
echo 1 >/proc/sys/net/ipv4/conf/eth0/rp_filter
try tcp from 10.0.3.77 to 192.0.2.10:80
like "a filter of reverse paths is told" "$(told)" "rp_filter"
echo 0 >/proc/sys/net/ipv4/conf/eth0/rp_filter
ip link add sink type veth peer name sink2
ip link set sink up
tc qdisc add dev eth0 clsact
tc filter add dev eth0 ingress u32 match u32 0 0 \
    action mirred egress redirect dev sink
try tcp from 2001:db8:9::7 to "[$public]:80"
is "a filter of tc takes it before the first hook" "$(field end)" unseen
tc qdisc del dev eth0 clsact
ip link del sink

# ---- random ones

ours()
{
	awk -v seed="$1" 'BEGIN {
		srand(seed)
		split("allow deny reject", verdict)
		split("input forward", chain)
		split("from 2001:db8:9::/48|from 2001:db8:44::/48|from 198.51.100.0/24|", from, "|")
		split("tcp 80|tcp 22|tcp 22,81|udp 53||", what, "|")
		print rand() < .8 ? "forward tcp 80 to vm00" : "# none"
		print rand() < .8 ? "forward udp 53 to vm00" (rand() < .3 ? " from 2001:db8:9::/48" : "") : "# none"
		for (i = int(rand() * 4); i > 0; i--)
			print verdict[1 + int(rand() * 3)], chain[1 + int(rand() * 2)], \
			    what[1 + int(rand() * 5)], from[1 + int(rand() * 4)]
		print "default input", verdict[1 + int(rand() * 3)]
		print "default forward", verdict[1 + int(rand() * 3)]
	}'
}

# theirs NUMBER: one of six.
foreign()
{
	case $1 in
	1) ip6tables -P FORWARD DROP; iptables -P FORWARD DROP ;;
	2)
		for tool in iptables ip6tables; do
			$tool -t mangle -A PREROUTING -p tcp -j MARK --set-mark 7
			$tool -A INPUT -m mark --mark 7 -j DROP
			$tool -A FORWARD -m mark --mark 7 -j REJECT
		done ;;
	3) echo 'table inet other { chain c { type filter hook input priority -5
		tcp dport 22 reject with tcp reset; }; }' | tr '\t' ' ' | nft -f - ;;
	4) echo 'table inet other { chain a { udp dport 53 drop; }
		chain c { type filter hook forward priority 5
		ip6 saddr 2001:db8:9::/48 jump a; }; }' | nft -f - ;;
	5) echo 'table ip6 other { chain c { type nat hook prerouting priority -150
		tcp dport 81 redirect to :22; }; }' | nft -f - ;;
	*) : ;;
	esac
}

forget()
{
	for tool in iptables ip6tables; do
		$tool -P FORWARD ACCEPT
		$tool -F
		$tool -t mangle -F
	done
	nft list tables | grep ' other$' | while read -r _ family name; do
		nft delete table "$family" "$name"
	done
}

seed=${SEKI_TEST_SEED:-1} round=0 disagree=0
while [ "$round" -lt "$rounds" ]; do
	round=$((round + 1))
	ours $((seed * 1000 + round)) >"$tmp/ours"
	forget >/dev/null 2>&1
	config "$(grep -v '^#' "$tmp/ours" | awk '!said[$0]++')" || break
	foreign $((round % 6))
	# shellcheck disable=SC2046 # they are words
	set -- $(awk -v seed=$((seed * 77 + round)) 'BEGIN {
		srand(seed)
		split("tcp 80|tcp 22|tcp 81|udp 53", what, "|")
		print "client" 1 + int(rand() * 2), rand() < .6 ? 6 : 4, \
		    what[1 + int(rand() * 4)]
	}')
	agrees "set $round: $*" "$@" || {
		disagree=$((disagree + 1))
		diag "$(cat "$tmp/ours")"
	}
done
forget >/dev/null 2>&1
is "all $round sets agree" "$disagree" 0

# ---- before a commit, and while it is pending

config "forward tcp 80 to vm00" "default forward deny" "default input deny"
iptables -P FORWARD DROP
for statement in "forward tcp 8081 to vm00:80" \
    "forward tcp 8082 to vm00:8080 only ipv6" "forward udp 5353 to vm00:53 only \
    ipv6 from 2001:db8:9::/48" "allow input tcp 22 from 2001:db8:9::/48" \
    "deny input tcp 22 from 2001:db8:9:1::/64"; do
	# shellcheck disable=SC2086 # they are words
	"$seki" add $statement >/dev/null 2>&1
done

# rehearsed WHAT: of what $said: which packets fare how.
rehearsed()
{
	like "$1: a forward gets its packet there" "$said" "^ *ok   forward \
tcp 8081 \(tcp from 2001:db8:ffff::1\): gets to \[$ula::3\]:80$"
	stopped "$1"
	like "a policy, too" "$said" "^ *ok   allow input tcp 22 from \
2001:db8:9::/48 \(tcp from 2001:db8:9::1\): comes to this host"
}

# stopped WHAT: the same of those that do not fare as they should.
stopped()
{
	like "$1: a forward that another table stops" "$said" "^ *FAIL forward tcp \
8081 \(tcp from 198.51.100.1\): dropped by .*chain FORWARD"
	like "one to where nobody listens" "$said" "^ *WARN forward tcp 8082 .*: \
gets to \[$ula::3\]:8080, but nothing in its container listens on tcp 8080$"
	like "a policy that another one keeps from deciding" "$said" "^ *FAIL deny \
input tcp 22 .* from 2001:db8:9:1::1\): comes to this host, .*: allow input tcp 22"
}

frames >/dev/null
said=$("$seki" diff)
rehearsed "before a commit"
like "is JSON as well" "$("$seki" diff --json)" \
    '"state":"warn","text":"gets to [^"]*, but nothing'
is "nothing was sent" "$(frames) $(left)" "0 0 "
said=$("$seki" commit --confirm 60 2>&1)
stopped "while it is pending"
like "is counted" "$said" "^WARN 3 of 6 real packets fared as they should; counters count them$"
is "the container that answers does so" "$(inside client1 "$peer" get $public \
    8081 | cut -d ' ' -f 1)" vm00
status "over IPv4 it does not" 2 inside client1 "$peer" get 192.0.2.10 8081 \
    --timeout 300
said=$("$seki" show status)
stopped "for who looks later"
"$seki" revert >/dev/null 2>&1
unlike "once it is taken back nothing of it is told" "$("$seki" show status)" \
    "real packets"
ok "nor is anything left" wait_for nothing_is_left
iptables -P FORWARD ACCEPT
"$seki" set forward tcp 8082 to vm00:80 only ipv6 >/dev/null 2>&1
"$seki" delete deny input tcp 22 from 2001:db8:9:1::/64 >/dev/null 2>&1
json=$("$seki" commit --confirm 60 --json)
like "they all fare well" "$json" '"real":true,"passes":true,"state":"ok"'
unlike "each of them" "$json" '"state":"\(warn\|fail\|unknown\)"'
like "which the countdown tells" "$("$seki" show status)" \
    "^  ok   5 of 5 real packets fared as they should; counters count them$"
"$seki" revert >/dev/null 2>&1
"$seki" discard >/dev/null 2>&1

# ---- the next real packet

config "forward tcp 80 to vm00" "forward udp 53 to vm00" \
    "allow input tcp 22 from 2001:db8:9::/48" \
    "default forward deny" "default input deny"

waits()
{
	nft list tables | grep -q seki-try
}

# explain WORDS...: begins; explained tells what came of it.
explain()
{
	"$seki" explain "$@" >"$tmp/explained" 2>&1 &
	explainer=$!
	wait_for waits
}

# Waits for it; $explained is its status, $said what it said.
explained()
{
	wait "$explainer" && explained=0 || explained=$?
	said=$(cat "$tmp/explained")
}

explain tcp to "[$public]:80"
is "a packet that is waited for goes its way" \
    "$(inside client1 "$peer" get $public 80 | cut -d ' ' -f 1)" vm00
explained
like "and what it met is told" "$said" "^\\* forward +inet seki forward \
+seki +accepts it: forward tcp 80 to vm00$"
like "whose it was" "$said" \
    "a packet from 2001:db8:9::7 to \[$public\]:80 leaves for .* by lxcbr0$"
explain tcp from 2001:db8:44::2 to "[$public]:22"
inside client1 "$peer" get $public 22 >/dev/null
ok "that of another client is not it" waits
inside client2 "$peer" get $public 22 --timeout 100 >/dev/null 2>&1
explained
like "but the one that was asked for" "$said" \
    "from 2001:db8:44::2 .* is dropped by seki: default input deny"
explain tcp 22 from 2001:db8:44::2
inside client2 "$peer" get $public 22 --timeout 100 >/dev/null 2>&1
explained
like "or as a port of this host" "$said" \
    "^FAIL dropped by seki: default input deny"
explain udp to 192.0.2.10:53
is "UDP over IPv4 is as well" \
    "$(inside client1 "$peer" ask 192.0.2.10 53 | cut -d ' ' -f 1)" vm00
explained
like "told" "$said" "from 198.51.100.7 to 192.0.2.10:53 leaves for 10.0.3.3:53"
is "and that is no error" "$explained" 0
explain icmp to $public
inside client1 "$peer" ping $public >/dev/null
explained
like "and an echo request" "$said" "comes to this host itself"
explain tcp to "[$public]:80"
kill -9 "$explainer"
wait "$explainer" 2>/dev/null
nothing_waits()
{
	! waits
}
ok "killed, it leaves no rule" wait_for nothing_waits

# ---- killed

config "forward tcp 80 to vm00" "default forward deny"
frames >/dev/null
kills=0
for ms in 1 2 3 4 5 6 7 8 9 10 11 12 13 15 20 30; do
	timeout -s KILL "0.0$(printf %02d $ms)" "$seki" try tcp \
	    from 2001:db8:9::7 to "[$public]:80" >/dev/null 2>&1
	[ $? -ne 137 ] || kills=$((kills + 1))
done
ok "seki was killed while it tried" test "$kills" -gt 3
ok "nothing of it is left then" wait_for nothing_is_left
is "and no frame came anywhere" "$(frames)" "0 0"

# ---- without

"$seki" try tcp from 2001:db8:9::7 to "[$public]:80" >"$tmp/try" 2>&1
unlike "a real packet is said to be one" "$(cat "$tmp/try")" "judged"
unprivileged="setpriv --bounding-set -sys_admin --inh-caps -sys_admin"
if setpriv --help >/dev/null 2>&1; then
	$unprivileged "$seki" try tcp from 2001:db8:9::7 to "[$public]:80" \
	    >"$tmp/try" 2>&1
	like "without the right to a namespace it is judged" \
	    "$(cat "$tmp/try")" "judged from seki's own rules only: .*namespace"
	like "by the same statement" "$(cat "$tmp/try")" \
	    "accepts it: forward tcp 80 to vm00"
fi

diag "$tries tries, the slowest took $slowest ms, half of them \
$(printf %s "$times" | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }') ms at most"
done_testing

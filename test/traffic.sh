#!/bin/sh
# Traffic whose size is known, and not the same in both directions: counted
# where it went, in lists, as JSON and on the screens, and sorted by it.
. "${top_srcdir:-.}/test/lib/lib.sh"
. "$top_srcdir/test/lib/tmux.sh"
in_sandbox "$@"
need nft tmux

public=2001:db8::10
make_outside
for i in 1 2 3; do
	make_container web$i
	serve web$i udp 500$i
done
serve client1 udp 5300
cat >"$SEKI_CONFIG" <<CONF
uplink eth0
bridge lxcbr0 ula fd5a:1c2e:90b1::1/64 masquerade
container web1 ula fd5a:1c2e:90b1::3
container web2 ula fd5a:1c2e:90b1::4
container web3 ula fd5a:1c2e:90b1::5
forward udp 5001 to web1
forward udp 5002 to web2
forward udp 5003 to web3
allow forward udp 5300 to uplink
deny input udp 7
deny input udp 9
default input deny
default forward deny
CONF
echo 1 >/proc/sys/net/netfilter/nf_conntrack_acct
echo 600 >/proc/sys/net/netfilter/nf_conntrack_udp_timeout
ok "the config" "$seki" apply
wait_for inside client1 "$peer" ping $public
for i in 1 2 3; do
	wait_for inside web$i "$peer" ping fd5a:1c2e:90b1::1
done

# ---- so many bytes: a datagram has 48 of headers

# trade PORT UP DOWN COUNT: by a connection of its own, as two may be given the
# same port by the kernel.
own=40000
trade()
{
	own=$((own + 1))
	inside client1 "$peer" trade $public "$@" --from "$own" ||
		fail "trade $*"
}
trade 5001 1000 100 1
trade 5001 1000 100 1
trade 5002 52 1352 3
trade 5003 200 300 1
trade 5003 200 300 1
trade 5003 200 300 1

# lost TIMES NODE ADDRESS PORT: datagrams that nobody answers.
lost()
{
	times=$1 node=$2
	shift 2
	for i in $(seq "$times"); do
		inside "$node" "$peer" ask "$@" --timeout 1 2>/dev/null
	done
}
lost 2 client1 $public 7
lost 5 client1 $public 9
lost 3 client1 $public 11
lost 4 web1 2001:db8:9::7 13

# json LIST: what of it has counters, one to a line.
json()
{
	"$seki" show "$1" --json | sed 's/},{/\n/g'
}
got=$(json forwards)
like "a forward's bytes: most go in" "$got" '"ports":"5001",.*"in":\{"packets"'\
':2,"bytes":2096\},"out":\{"packets":2,"bytes":296\},"new":2,"only"'
like "most come out" "$got" '"ports":"5002",.*"in":\{"packets"'\
':3,"bytes":300\},"out":\{"packets":3,"bytes":4200\},"new":1,"only"'
like "many connections" "$got" '"ports":"5003",.*"in":\{"packets"'\
':3,"bytes":744\},"out":\{"packets":3,"bytes":1044\},"new":3,"only"'
got=$("$seki" show forwards)
like "in columns" "$got" ' IN B +OUT B +NEW +STATE$'
like "in front of out" "$got" '^udp +5001 .* 2\.1k +296 +2 +active'
like "with k" "$got" '^udp +5002 .* 300 +4\.2k +1 +active'
like "and new" "$got" '^udp +5003 .* 744 +1\.0k +3 +active'

got=$(json policies)
like "what a policy drops" "$got" \
    '"deny input udp 7","hits":\{"packets":2,"bytes":104\}'
like "what the next does" "$got" \
    '"deny input udp 9","hits":\{"packets":5,"bytes":260\}'
like "what the default does" "$got" \
    '"default input deny","hits":\{"packets":3,"bytes":156\}'
like "on the way through the host" "$got" \
    '"default forward deny","hits":\{"packets":4,"bytes":208\}'
got=$("$seki" show policies)
like "packets in front of their bytes" "$got" ' HITS +BYTES$'
like "of each" "$got" ' deny input udp 7 +2 +104$'
like "and the next" "$got" ' deny input udp 9 +5 +260$'
like "and the default" "$got" ' default forward deny +4 +208$'

got=$(json connections)
is "connections, each with its own" "$(printf '%s\n' "$got" |
    sed -n 's/.*"forward":"\([^"]*\)".*"in":\(.*\),"stale.*/\1 \2/p' | sort)" \
    'udp 5001 {"packets":1,"bytes":1048},"out":{"packets":1,"bytes":148}
udp 5001 {"packets":1,"bytes":1048},"out":{"packets":1,"bytes":148}
udp 5002 {"packets":3,"bytes":300},"out":{"packets":3,"bytes":4200}
udp 5003 {"packets":1,"bytes":248},"out":{"packets":1,"bytes":348}
udp 5003 {"packets":1,"bytes":248},"out":{"packets":1,"bytes":348}
udp 5003 {"packets":1,"bytes":248},"out":{"packets":1,"bytes":348}'
like "the busiest forward of a client stands for all of them" \
    "$("$seki" show clients)" '^[^ ]+ +udp 5002 \+2 +6 '
got=$("$seki" show connections)
like "in columns" "$got" ' IN B +OUT B +TIMEOUT$'
like "in front of out" "$got" 'udp 5001 .* 1\.0k +148 '
like "the other way round" "$got" 'udp 5002 .* 300 +4\.2k '

# ---- sorted by it

TMUX_TMPDIR=$tmp XDG_STATE_HOME=$tmp/state
export TMUX_TMPDIR XDG_STATE_HOME
unset TMUX

tm new-session -d -s hold cat

# sort_by HEAD: of a column, from wherever it is sorted by now.
sort_by()
{
	for i in $(seq 20); do
		screen | grep -q "sort: $1 " && return
		was=$(screen | grep -Eo 'sort: .* (up|down)')
		keys '>'
		wait_for has_gone "$was"
	done
	fail "no column $1"
}

# order REGEX: what it matches, from the top to the bottom.
order()
{
	screen | grep -Eo "$1" | sed 's/ *$//; s/.*[ :]//' | uniq | xargs
}
in_order()
{
	on_screen=$(order "$1")
	echo "$on_screen"
	[ "$on_screen" = "$2" ]
}
# sorts HEAD REGEX ORDER: the most at the top, and with S at the bottom.
sorts()
{
	sort_by "$1"
	ok "sorted by $1, the most first" wait_for in_order "$2" "$3"
	keys S
	ok "and last" wait_for in_order "$2" \
	    "$(echo "$3" | xargs -n 1 | tac | xargs)"
	keys S
}

console 160 40
keys 4
shows 'udp +5003'
forward='^[> ].. ?udp +500[123]'
sorts "IN B" "$forward" '5001 5003 5002'
sorts "OUT B" "$forward" '5002 5003 5001'
sorts NEW "$forward" '5003 5001 5002'
keys / 5002 Enter
see "below the list: bytes in, out, connections" \
    '300 bytes in, 4\.2k out so far; connections: 1,'
keys Enter
shows '^ /"udp 5002"'
keys '\'
shows ':5003 '
connection='^[> ] .*:500[123] '
sorts "IN B" "$connection" '5001 5002 5003'
sorts "OUT B" "$connection" '5002 5003 5001'
keys q

# ---- so many a second: both directions at one pace, whatever the load

# flow NODE ADDRESS PORT UP DOWN
flow()
{
	log=$tmp/flow-$3
	nsenter --net="/run/netns/$1" "$peer" trade "$2" "$3" "$4" "$5" \
	    --timeout 60000 >"$log" 2>&1 </dev/null &
	wait_for grep -q ready "$log"
}
flow client1 $public 5001 1000 52	# web1: 1048 in, 100 out
flow client1 $public 5002 52 300	# web2: 100 in, 348 out
flow web3 2001:db8:9::7 5300 200 100	# web3: 148 in, 248 out
# and new ones all the time, to a forward and to nothing
while :; do
	inside client1 "$peer" ask $public 5003 >/dev/null 2>&1
	inside client1 "$peer" ask $public 7 --timeout 50 >/dev/null 2>&1
done &
fresh=$!

# rates LIST NAME: the cells of a row, each number without its k, under heads
# that end in "/s".
rates()
{
	"$seki" show "$1" --rates | awk -v name="$2" '
		function number(s) {
			return s * (s ~ /k/ ? 1000 : s ~ /M/ ? 1000000 : 1)
		}
		NR == 1 {
			for (i = 1; i <= NF; i++)
				if ($i ~ /\/s$/) {
					h = $(i - 1) " " $i
					end[$(i - 1) "/s"] = index($0, h) \
					    + length(h) - 1
				}
		}
		NR > 1 && index($0, name) {
			for (head in end) {
				n = split(substr($0, 1, end[head]), before, / +/)
				printf "%s=%s\n", head, number(before[n])
			}
		}'
}
# flows LIST NAME CONDITION: of awk, on the rates of the row by their heads
# without "/s".
flows()
{
	said=$(rates "$1" "$2")
	echo "$said"
	printf '%s\n' "$said" | awk -F '[/=]' -v seen=0 '
		{ r[$1] = $3; seen++ }
		END { exit !(seen > 0 && ('"$3"')) }'
}
ok "a forward that takes in" wait_for flows forwards 5001 \
    'r["IN"] > 8 * r["OUT"] && r["OUT"] > 0 && r["NEW"] == 0'
ok "one that gives out" wait_for flows forwards 5002 \
    'r["OUT"] > 3 * r["IN"] && r["IN"] > 0 && r["NEW"] == 0'
# Bits: each is a datagram of 52 bytes.
ok "one of new connections" wait_for flows forwards 5003 \
    'r["NEW"] >= 1 && r["IN"] > 380 * r["NEW"] && r["IN"] < 450 * r["NEW"]'
ok "a policy that drops" wait_for flows policies 'input udp 7' 'r["HITS"] >= 1'
ok "one that does not" wait_for flows policies 'input udp 9' 'r["HITS"] == 0'
ok "a container that receives" wait_for flows containers web1 \
    'r["IN"] > 7 * r["OUT"] && r["OUT"] > 0'
ok "one that sends" wait_for flows containers web2 \
    'r["OUT"] > 2.5 * r["IN"] && r["IN"] > 0'
ok "one that sends by itself" wait_for flows containers web3 \
    'r["OUT"] > 1.3 * r["IN"] && r["IN"] > 0'
# What goes in: 1048 + 100 + 148; out: 100 + 348 + 248.
ok "the host sends more to the bridge than comes" wait_for flows bridges lxcbr0 \
    'r["IN"] > 1.5 * r["OUT"] && r["IN"] < 2.2 * r["OUT"]'
ok "and gets more from the Internet than it gives" wait_for flows uplinks eth0 \
    'r["IN"] > 1.5 * r["OUT"] && r["IN"] < 2.2 * r["OUT"]'

# ---- so on the screens

# cells NAME COLUMNS: of the row on the dashboard.
cells()
{
	tm capture-pane -p -t console | sed -n "/$1/{p;q}" | cut -c "$2"
}
# leans NAME CONDITION: of awk, on the rates in and out.
leans()
{
	said=$(cells "$1" 88-104)
	screen
	printf '%s\n' "$said" | awk '
		function bits(n) {
			return n * (n ~ /k/ ? 1000 : n ~ /M/ ? 1000000 : 1)
		}
		{ in_ = bits($1); out = bits($2) }
		END { exit !(NR == 1 && in_ > 0 && out > 0 && ('"$2"')) }'
}
# is_new NAME REGEX
is_new()
{
	cells "$1" 105-112 | grep -Eq "^ *$2 *\$"
}
console 160 50
shows 'udp 5003'
ok "the dashboard: of a container that receives" \
    wait_for leans '^   web1 ' 'in_ > 7 * out'
ok "of one that sends" wait_for leans '^   web2 ' 'out > 2.5 * in_'
ok "of one that sends by itself" wait_for leans '^   web3 ' 'out > 1.3 * in_'
ok "of a forward that takes in" wait_for leans ' udp 5001 ' 'in_ > 8 * out'
ok "of one that gives out" wait_for leans ' udp 5002 ' 'out > 3 * in_'
ok "of new connections" wait_for is_new ' udp 5003 ' '[1-9][0-9.]*'
ok "and none" wait_for is_new ' udp 5001 ' 0
see "of hits" '^   deny input udp 7 +[1-9][0-9.]* +[1-9]'
see "and those that were" '^   deny input udp 9 +0 +5( |$)'

# charts CONDITION: of awk, on the rates of the chart.
charts()
{
	screen
	screen | sed -nE \
	    's/(.* |^ *)(in|out) +([0-9.]+ [kM]?b)\/s.*/\2 \3/p' | awk '
		function bits(n, unit) {
			return n * (unit ~ /k/ ? 1000 : unit ~ /M/ ? 1000000 : 1)
		}
		$1 == "in" { in_ = bits($2, $3) }
		$1 == "out" { out = bits($2, $3) }
		END { exit !(in_ > 0 && out > 0 && ('"$1"')) }'
}
ok "the chart of the uplink" wait_for charts \
    'in_ > 1.5 * out && in_ < 2.2 * out'

keys 4
shows '^>.*udp +500[12]'
sorts "IN b/s" "$forward" '5001 5002 5003'
sorts "OUT b/s" "$forward" '5002 5001 5003'
keys / 5002 Enter
shows '1 of 3 '
ok "the chart of a forward" wait_for charts 'out > 3 * in_'
keys '\'
keys 3
shows '^>.*web[123] '
container='^[> ]. *web[123]'
sorts "IN b/s" "$container" 'web1 web3 web2'
sorts "OUT b/s" "$container" 'web2 web3 web1'
keys / web2 Enter
shows '1 of 3 '
ok "the chart of a container" wait_for charts 'out > 2.5 * in_'
keys '\'
keys 2 G
shows '^>.*lxcbr0'
ok "the chart of a bridge: in is to its containers" wait_for charts \
    'in_ > 1.5 * out && in_ < 2.2 * out'

# passed: how much in, and how much out, as the bridge's details say.
passed()
{
	tm capture-pane -p -t console | sed -n \
	    's/.*so far \([0-9.]*\)\([kM]*\) in, \([0-9.]*\)\([kM]*\) out.*/\1 \2 \3 \4/p'
}
more_in()
{
	passed | awk '
		function bytes(n, unit) {
			return n * (unit == "M" ? 1000000 : 1000)
		}
		END { exit !(NR == 1 && bytes($1, $2) > bytes($3, $4)) }'
}
ok "and its totals" wait_for more_in
keys q
kill $fresh
done_testing

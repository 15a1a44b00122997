#!/bin/sh
# Live flows over random commits: those that a commit orphans are listed before
# it, the same as who watches the packets finds; exactly those are ended, and
# the others lose nothing. What should go where is read from the text of the
# configs, here, and found true by new flows.
. "${top_srcdir:-.}/test/lib/lib.sh"
in_sandbox "$@"
need nft

public=2001:db8::10
first=8001 last=8010
rounds=${SEKI_TEST_COMMITS:-8}
flows=100 # of each client
flock=$builddir/test/lib/flock
make_outside
make_container web1
make_container web2

# herd NODE NAME: servers on all ports, and those that are a hundred higher.
herd()
{
	: >"$tmp/herd-$2"
	# shellcheck disable=SC2086 # it is a command or nothing
	$1 "$flock" serve "$2" $first $last >>"$tmp/herd-$2" 2>&1 </dev/null &
	# shellcheck disable=SC2086
	$1 "$flock" serve "$2" $((first + 100)) $((last + 100)) \
	    >>"$tmp/herd-$2" 2>&1 </dev/null &
	wait_for sh -c "[ \$(grep -c ready '$tmp/herd-$2') = 2 ]"
}

herd 'inside web1' web1
herd 'inside web2' web2
herd '' host

# draw SEED: a config of random forwards and policies; of the ports of the last
# one, in $SEKI_CONFIG, only few change.
draw()
{
	awk -v seed="$1" -v first=$first -v last=$last '
	BEGIN {
		srand(seed)
		print "uplink eth0"
		print "bridge lxcbr0 ula fd5a:1c2e:90b1::1/64 masquerade"
		print "container web1 ula fd5a:1c2e:90b1::3"
		print "container web2 ula fd5a:1c2e:90b1::4"
	}
	$1 == "forward" { had[$2 " " $3] = $0 }
	$1 == "deny" { had[$3 " " $4] = $0 }
	function one(proto, port) {
		key = proto " " port
		if (rand() > 0.25)
			return had[key]
		x = int(rand() * 7)
		if (x == 0)
			return ""
		if (x == 1)
			return "deny input " key
		to = "forward " key " to web" 1 + x % 2
		if (x == 2)
			return to ":" port + 100
		if (x == 3)
			return to " from 2001:db8:9::/48"
		return to
	}
	END {
		for (port = first; port <= last; port++) {
			tcp[port] = one("tcp", port)
			udp[port] = one("udp", port)
		}
		for (port = first; port <= last; port++) {
			if (tcp[port] != "")
				print tcp[port]
			if (udp[port] != "")
				print udp[port]
		}
	}' "$SEKI_CONFIG"
}

# Who gets "PROTO CLIENT PORT", by the text of a config: for awk.
law='
function law(st, client, port,  word, n, to) {
	if (st == "")
		return "host:" port
	n = split(st, word, " ")
	if (word[1] == "deny")
		return "-"
	if (n == 7 && client !~ /^2001:db8:9:/)
		return "-"
	to = word[5]
	return to ~ /:/ ? to : to ":" port
}
function learn(line, rules,  word) {
	split(line, word, " ")
	if (word[1] == "forward")
		rules[word[2] " " word[3]] = line
	if (word[1] == "deny")
		rules[word[3] " " word[4]] = line
}
function client(end) {
	sub(/^\[/, "", end)
	sub(/\].*/, "", end)
	return end
}'

# Both clients do something; what they answer is in $tmp/WORD.
each()
{
	echo "$1" >&7
	echo "$1" >&8
	: >"$tmp/$2"
	while read -r line <&5 && [ "$line" != . ]; do
		echo "$line"
	done >>"$tmp/$2"
	while read -r line <&6 && [ "$line" != . ]; do
		echo "$line"
	done >>"$tmp/$2"
}

mkfifo "$tmp/to1" "$tmp/to2" "$tmp/from1" "$tmp/from2"
inside client1 "$flock" call $public $first $last $flows \
    <"$tmp/to1" >"$tmp/from1" &
inside client2 "$flock" call $public $first $last $flows \
    <"$tmp/to2" >"$tmp/from2" &
exec 7>"$tmp/to1" 8>"$tmp/to2" 5<"$tmp/from1" 6<"$tmp/from2"

: >"$SEKI_CONFIG"
seed=${SEKI_TEST_SEED:-1}
draw "$seed" >"$tmp/next.conf"
ok "the first config" "$seki" commit --now --file "$tmp/next.conf"
# have NODE...: their addresses, which nobody else turned out to have.
have()
{
	for node; do
		[ -z "$(inside "$node" ip -6 addr show tentative)" ] || return 1
	done
}
wait_for have web1 web2
each fill filled

# listed FILTER: "PROTO [SRC]:PORT PORT" and what the filter takes out of each
# item.
listed()
{
	sed 's/},{"proto"/}\n{"proto"/g' | sed -nE 's/.*"proto":"([a-z]*)",'\
'"client":\{"address":"([^"]*)","port":([0-9]*)\},'\
'"on":\{"address":"[^"]*","port":([0-9]*)\}.*'"$1"'.*/\1 [\2]:\3 \4 \5/p' |
		LC_ALL=C sort
}

# watched: of the flows on standard input those that somebody still asks on:
# conntrack remembers others a while, such as those of fresh.
watched()
{
	awk '{ key = $1 " " $2 " " $3 }
	FILENAME == ARGV[1] { is[key]; next }
	key in is' "$tmp/before" -
}

# expect FILE: from "PROTO [SRC]:PORT PORT WHO" of before, what is fresh, and
# what was so before: "fresh|old PROTO [SRC]:PORT PORT".
expect()
{
	awk "$law"'
	FILENAME == ARGV[1] { learn($0, old); next }
	FILENAME == ARGV[2] { learn($0, new); next }
	{
		key = $1 " " $3
		was = law(old[key], client($2), $3)
		will = law(new[key], client($2), $3)
		if ($4 == will)
			next
		print $4 == was ? "fresh" : "old", $1, $2, $3
	}' "$SEKI_CONFIG" "$tmp/next.conf" "$1" | LC_ALL=C sort
}

# wrong END: what was asked before and after a commit and is not as it should.
wrong()
{
	awk -v end="$1" "$law"'
	FILENAME == ARGV[1] { learn($0, old); next }
	FILENAME == ARGV[2] { learn($0, new); next }
	FILENAME == ARGV[3] { was[$1 " " $2 " " $3] = $4; next }
	{
		key = $1 " " $3
		before = was[$1 " " $2 " " $3]
		will = law(new[key], client($2), $3)
		fit = before == law(old[key], client($2), $3)
		wanted = before
		if (before != will && $1 == "udp")
			wanted = will
		if (before != will && $1 == "tcp" && end && fit)
			wanted = "closed"
		if ($4 != wanted)
			print $0 ", wanted " wanted ", was " before
	}' "$tmp/last.conf" "$tmp/next.conf" "$tmp/before" "$tmp/after"
}

# New flows that do not go where the text says.
untrue()
{
	awk "$law"'
	FILENAME == ARGV[1] { learn($0, new); next }
	{
		if (seen[$1 " " $2]++)
			from = "2001:db8:44::2"
		else
			from = "2001:db8:9::7"
		will = law(new[$1 " " $2], from, $2)
		if ($3 != will)
			print from, $0 ", wanted " will
	}' "$tmp/next.conf" "$tmp/fresh"
}

lists='' conns='' lost='' lies='' told=0 many=0 round=0
while [ $round -lt "$rounds" ]; do
	round=$((round + 1))
	[ $((round % 2)) = 1 ] && end=--end || end=
	draw $((seed * 1000 + round)) >"$tmp/next.conf"
	cp "$SEKI_CONFIG" "$tmp/last.conf"
	each ask before
	many=$((many + $(wc -l <"$tmp/before")))
	expect "$tmp/before" >"$tmp/expected"
	"$seki" diff --json --file "$tmp/next.conf" 2>/dev/null |
		sed 's/.*"orphans":\[//;s/\],"steps".*//' |
		listed '"fate":"([a-z]*)"' | watched >"$tmp/listed"
	sed -n 's/^fresh tcp .*/& stays/p; s/^fresh udp .*/& ends/p' \
	    "$tmp/expected" | sed 's/^fresh //' | LC_ALL=C sort >"$tmp/wanted"
	told=$((told + $(wc -l <"$tmp/wanted")))
	cmp -s "$tmp/listed" "$tmp/wanted" ||
		lists="$lists$(diff "$tmp/listed" "$tmp/wanted")
"
	# shellcheck disable=SC2086 # it is an option or nothing
	"$seki" commit --now $end --file "$tmp/next.conf" \
	    >/dev/null 2>"$tmp/said" || lists="$lists$(cat "$tmp/said")
"
	"$seki" show connections --json 2>/dev/null |
		listed '"orphan_of":([0-9][0-9]*)' | watched |
		cut -d ' ' -f 1-3 >"$tmp/listed"
	grep ' tcp ' "$tmp/expected" | { [ -z "$end" ] && cat ||
		grep -v ^fresh; } | cut -d ' ' -f 2-4 | LC_ALL=C sort \
	    >"$tmp/wanted"
	cmp -s "$tmp/listed" "$tmp/wanted" ||
		conns="$conns$(diff "$tmp/listed" "$tmp/wanted")
"
	each ask after
	lost="$lost$(wrong "$end")"
	each fresh fresh
	lies="$lies$(untrue)"
	each fill filled
done
is "a review lists what the packets say" "$lists" ""
is "and seki show connections what is left" "$conns" ""
is "exactly those were ended, and no other lost anything" "$lost" ""
is "new flows go where the text of the config says" "$lies" ""
ok "$told of $many flows were orphaned, in $rounds commits" \
    [ "$told" -gt $((rounds * 5)) ]
said=$("$seki" end orphans 2>&1)
is "in the end nothing is left" "$("$seki" show connections --json 2>/dev/null |
    listed '"orphan_of":([0-9][0-9]*)')" ""

# ---- what begins here

# asks PORT: who answers client1's datagrams from that port to that port.
asks()
{
	inside client1 "$peer" ask $public "$1" --from "$1" --timeout 1000 \
	    2>/dev/null | sed 's/ .*//'
}

# seen NODE: as who NODE's datagrams from port 7000 come to client2.
seen()
{
	inside "$1" "$peer" ask 2001:db8:44::2 7000 --from 7000 \
	    --timeout "$2" 2>/dev/null | sed 's/^[^ ]* //; s/ .*//'
}

# review LINE...: the orphans that a config with these lines would bring.
review()
{
	with "$@" >"$tmp/next.conf"
	"$seki" diff --json --file "$tmp/next.conf" 2>/dev/null |
		sed 's/.*"orphans":\[//;s/\],"steps".*//' |
		listed '"why":"([a-z]*)","fate":"([a-z]*)".*' |
		sed 's/ *$//'
}
with()
{
	printf '%s\n' "uplink eth0" "bridge lxcbr0 ula fd5a:1c2e:90b1::1/64 $1" \
	    "container web1 ula fd5a:1c2e:90b1::3"
	shift
	printf '%s\n' "$@"
}
commit()
{
	"$seki" commit --now --file "$tmp/next.conf" 2>&1
}

tunnel="forward udp 51820,51821 to web1"
with masquerade >"$tmp/next.conf"
commit >/dev/null
nsenter --net=/run/netns/client1 "$peer" serve udp 51820 far >"$tmp/far" 2>&1 &
far=$!
wait_for grep -q ready "$tmp/far"
"$peer" ask 2001:db8:9::7 51820 --from 51820 >/dev/null
kill $far
wait $far 2>/dev/null
serve web1 udp 51820
serve client1 udp 51821
"$peer" trade 2001:db8:9::7 51821 9 9 --from 51821 >"$tmp/trade" 2>&1 &
trade=$!
wait_for grep -q ready "$tmp/trade"
is "a tunnel that this host began is told, and no client of its own" \
    "$(review masquerade "$tunnel")" \
    "udp [2001:db8::10]:51820 51820 taken"
like "it is ended" "$(commit)" "1 flow of UDP was ended"
is "so a new forward has its peer's packets" "$(asks 51820)" web1
serve client2 udp 7000
is "a container calls" "$(seen web1 1000)" $public
is "what it sends is told where nothing masquerades any more" \
    "$(review "" "$tunnel")" "udp [fd5a:1c2e:90b1::3]:7000 7000 source"
like "it is ended" "$(commit)" "1 flow of UDP was ended"
is "then it gets no answer" "$(seen web1 300)" ""
is "but it would again, once it has another address" \
    "$(review masquerade "$tunnel")" "udp [fd5a:1c2e:90b1::3]:7000 7000 source"
like "so it is ended, too" "$(commit)" "1 flow of UDP was ended"
is "and begins anew" "$(seen web1 1000)" $public
ok "all the while this host's client went on" kill $trade
done_testing

#!/bin/sh
# What a command costs grows with the statements, not with their square:
# instructions at one size and at four times as many.
. "${top_srcdir:-.}/test/lib/lib.sh"
in_sandbox "$@"
need nft valgrind strace

few=200
most=420 # per cent of the instructions, for four times as many statements

make_outside
make_container vm00 fd00:5e::3/64
ip addr add fd00:5e::1/64 dev lxcbr0 nodad

forwards()
{
	seq -f "forward tcp %.0f to vm00" 1000 "$((999 + $1))"
}

policies()
{
	seq 1 "$1" | awk '{
		printf "%s %s tcp %d from 2001:db8:%x::/48\n",
		    $1 % 3 ? "allow" : "deny", $1 % 2 ? "input" : "forward",
		    1 + $1, $1
	}'
}

# config KIND COUNT
config()
{
	cat <<-CONF
		uplink eth0 gateway fe80::1
		bridge lxcbr0 ula fd00:5e::1/64 masquerade
		container vm00 ula fd00:5e::3
		allow input tcp 22
	CONF
	"$1" "$2"
}

# instructions COMMAND...: of seki itself, in thousands; libnftables runs in a
# process of its own.
instructions()
{
	rm -f "$tmp"/cost.*
	# shellcheck disable=SC2016 # for that shell
	sh -c 'echo $$ >"$0" && exec valgrind -q --tool=callgrind "$@"' \
	    "$tmp/pid" --callgrind-out-file="$tmp/cost.%p" \
	    "$seki" "$@" >/dev/null 2>"$tmp/said" ||
		diag "$(cat "$tmp/said")"
	read -r pid <"$tmp/pid"
	awk '$1 ~ /^(summary|totals):/ { print int($2 / 1000); exit }' \
	    "$tmp/cost.$pid"
}

# grows NAME KIND COMMAND...
grows()
{
	name=$1 kind=$2
	shift 2
	rm -f /run/seki/candidate*
	config "$kind" "$few" >"$SEKI_CONFIG"
	small=$(instructions "$@")
	rm -f /run/seki/candidate*
	config "$kind" $((few * 4)) >"$SEKI_CONFIG"
	large=$(instructions "$@")
	diag "$name, $kind: ${small:-none}, ${large:-none} thousand"
	ok "$name grows with the $kind" \
	    [ "${small:-0}" -gt 1000 -a "${large:-0}" -gt "$small" -a \
	    "${large:-0}" -lt $((${small:-0} * most / 100)) ]
}

for kind in forwards policies; do
	grows "show status" $kind show status
	grows "add" $kind add forward udp 7 to vm00
	grows "diff" $kind diff
done

# ---- what a look costs

rm -f /run/seki/candidate*
config forwards 2 >"$SEKI_CONFIG"
# calls COMMAND...: its system calls.
calls()
{
	strace -f -qq -o "$tmp/trace" "$seki" "$@" >/dev/null 2>&1
	wc -l <"$tmp/trace"
}

alone=$(calls show status)
for i in 1 2 3 4; do
	make_container "more$i"
	nsenter "--net=/run/netns/more$i" sleep 300 </dev/null >/dev/null 2>&1 &
done
is_lived_in()
{
	[ -n "$(ip netns pids more4)" ]
}
wait_for is_lived_in
each=$((($(calls show status) - alone) / 4))
diag "show status: $alone system calls, $each more for each container"
ok "a container costs a look few system calls" \
    [ "$each" -gt 10 -a "$each" -lt 51 ]
small=$(instructions show status)
diag "show status: $small thousand"
ok "and the model of a few statements little" [ "$small" -lt 1400 ]

# ---- what libnftables lists is not what a commit needs to know

# asks COMMAND...: how often it asks libnftables, each time in a process that
# ends with it.
asks()
{
	strace -f -qq -e trace=prctl -o "$tmp/trace" "$seki" "$@" \
	    >"$tmp/said" 2>&1 || diag "$(cat "$tmp/said")"
	grep -c PR_SET_PDEATHSIG "$tmp/trace"
}

rm -f /run/seki/candidate*
config forwards 20 >"$SEKI_CONFIG"
is "a first commit is tried and loaded" "$(asks apply)" 2
is "nothing to do is seen without it" "$(asks apply)" 0
ok "one more forward" "$seki" add forward udp 7 to vm00
is "nor does it take it" "$(asks commit --now)" 0
# listing: without what the kernel numbers and orders as it was made
listing()
{
	nft list table inet seki | sed 's/packets [0-9]* bytes [0-9]*/-/' |
		tr -d '\t,' | sed 's/elements = {//; s/ }$//' | sort
}
listing >"$tmp/edited"
ok "a forward of another kind" "$seki" add forward udp 17-29 to vm00
is "is loaded, untried" "$(asks commit --now)" 1
ok "it goes again" "$seki" delete forward udp 17-29
ok "by libnftables" "$seki" commit --now
listing >"$tmp/loaded"
ok "what was edited is as it would load it" \
    diff "$tmp/edited" "$tmp/loaded"
ok "the table is lost" nft delete table inet seki
is "it is tried no more than once" "$(asks apply)" 1
listing >"$tmp/loaded"
ok "and it is the same" diff "$tmp/edited" "$tmp/loaded"
ok "another" "$seki" add forward udp 8 to vm00
ok "beside what somebody edited" nft add rule inet seki input accept
is "is listed before and after, and saved" "$(asks commit --now)" 4

# ---- nothing to do

# again COUNT: of an apply with nothing to do.
again()
{
	config forwards "$1" >"$SEKI_CONFIG"
	"$seki" apply >/dev/null 2>&1
	instructions apply
}
rm -f /run/seki/candidate*
small=$(again "$few")
large=$(again $((few * 4)))
diag "apply with nothing to do: $small, $large thousand"
ok "an apply with nothing to do grows with the forwards" \
    [ "$large" -lt $((small * most / 100)) ]
ok "which is 30,000 instructions for each at most" \
    [ $(((large - small) / (few * 3))) -lt 30 ]
done_testing

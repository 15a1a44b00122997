#!/bin/sh
# Tables as older ones of seki wrote them, in use: the first apply of this one
# gives each its own sets, and every count and connection stays.
. "${top_srcdir:-.}/test/lib/lib.sh"
in_sandbox "$@"
need nft

public=2001:db8::10
make_outside
make_container vm00 fd00:5e::3/64
ip addr add fd00:5e::1/64 dev lxcbr0 nodad
inside vm00 ip route add default via fd00:5e::1
echo 1 >/proc/sys/net/ipv6/conf/all/forwarding
cat >"$SEKI_CONFIG" <<'CONF'
uplink eth0 gateway fe80::1
bridge lxcbr0 ula fd00:5e::1/64 masquerade
container vm00 ula fd00:5e::3
forward tcp 80 to vm00
forward udp 7000-7010 to vm00
forward udp 7020-7021 to vm00
forward tcp 90-99 to vm00 from 2001:db8:9::/48
allow input tcp 22
default input deny
CONF
serve vm00 tcp 80
serve vm00 tcp 95
serve vm00 udp 7005
serve vm00 udp 7021

# counts [NAME]: of our table, a line each; those that nothing moves here.
counts()
{
	nft list counters table inet seki | awk '
		$1 == "counter" { name = $2 }
		$1 == "packets" { print name, $2, $4 }
	' | grep "^${1:-\(tcp-80\|udp-7000\|allow\)}" | sort
}

old_sets()
{
	nft list table inet seki | sed -nE "s/^	(map|set) $1 .*/\2/p"
}

grew()
{
	[ "$(counts tcp-90-99-out | cut -d' ' -f3)" -gt "${moving##* }" ]
}

# becomes FILE SETS N: its table this one's; SETS are N of it, by their names,
# that this seki does not have.
becomes()
{
	nft -f "$top_srcdir/test/$1" || fail "nft takes $1"
	is "the old sets of $1 are there" "$(old_sets "$2" | wc -l)" "$3"
	ok "which lead to the container" \
	    wait_for inside client1 "$peer" get $public 95
	nsenter --net=/run/netns/client1 \
	    "$peer" hold $public 95 >"$tmp/held" 2>&1 &
	holder=$!
	wait_for grep -q ready "$tmp/held"
	before=$(counts)
	is "with counts" "$(echo "$before" | wc -l)" 7
	moving=$(counts tcp-90-99-out)
	like "and a download through them" "$moving" \
	    '^tcp-90-99-out [0-9]+ [0-9]{4}'

	ok "it is applied" "$seki" apply
	is "no old set is left" "$(old_sets "$2")" ""
	is "all counts stay" "$(counts)" "$before"
	ok "and go on" wait_for grew
	kill -TERM "$holder"
	wait "$holder"
	like "the download did not notice" "$(cat "$tmp/held")" ' open$'
	like "a single port is let through" \
	    "$(inside client2 "$peer" get $public 80)" vm00
	like "a range" "$(inside client2 "$peer" ask $public 7005)" vm00
	like "a short one" "$(inside client2 "$peer" ask $public 7021)" vm00
	like "a source" "$(inside client1 "$peer" get $public 95)" vm00
	status "and no other" 2 inside client2 "$peer" get $public 95
	like "nothing is left to do" "$("$seki" apply)" '^ *nothing to do$'
}

becomes upgrade.nft '(block|[a-z]+-block|narrow|limited)' 6
nft delete table inet seki
becomes upgrade_open.nft '(open|open-blocks)' 2
done_testing

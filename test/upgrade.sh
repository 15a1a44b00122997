#!/bin/sh
# A table as an older seki wrote it, in use: the first apply of this one gives
# it its own sets, and every count and connection stays.
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
forward tcp 90-99 to vm00 from 2001:db8:9::/48
allow input tcp 22
default input deny
CONF
serve vm00 tcp 80
serve vm00 tcp 95
serve vm00 udp 7005

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
	nft list table inet seki |
	    sed -nE 's/^	(map|set) (block|[a-z]+-block|narrow|limited) .*/\2/p'
}

nft -f "$top_srcdir/test/upgrade.nft" || fail "nft takes the old table"
is "the old sets are there" "$(old_sets | wc -l)" 6
ok "which lead to the container" \
    wait_for inside client1 "$peer" get $public 95
nsenter --net=/run/netns/client1 "$peer" hold $public 95 >"$tmp/held" 2>&1 &
holder=$!
wait_for grep -q ready "$tmp/held"
before=$(counts)
is "with counts" "$(echo "$before" | wc -l)" 7
moving=$(counts tcp-90-99-out)
like "and a download through them" "$moving" '^tcp-90-99-out [0-9]+ [0-9]{4}'

ok "it is applied" "$seki" apply
is "no old set is left" "$(old_sets)" ""
is "all counts stay" "$(counts)" "$before"
grew()
{
	[ "$(counts tcp-90-99-out | cut -d' ' -f3)" -gt "${moving##* }" ]
}
ok "and go on" wait_for grew
kill -TERM "$holder"
wait "$holder"
like "the download did not notice" "$(cat "$tmp/held")" ' open$'
like "a single port is let through" "$(inside client2 "$peer" get $public 80)" vm00
like "a range" "$(inside client2 "$peer" ask $public 7005)" vm00
like "a source" "$(inside client1 "$peer" get $public 95)" vm00
status "and no other" 2 inside client2 "$peer" get $public 95
like "nothing is left to do" "$("$seki" apply)" '^ *nothing to do$'
done_testing

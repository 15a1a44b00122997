#!/bin/sh
# Live flows through unchanged forwards survive a hundred commits of others,
# with no reset and no lost count.
. "${top_srcdir:-.}/test/lib/lib.sh"
in_sandbox "$@"
need nft

public=2001:db8::10
commits=${SEKI_TEST_COMMITS:-100}
make_outside
make_container vm00
make_container vm01
serve vm00 tcp 80
cat >"$SEKI_CONFIG" <<CONF
uplink eth0
bridge lxcbr0 ula fd5a:1c2e:90b1::1/64 masquerade
container vm00 ula fd5a:1c2e:90b1::3
container vm01 ula fd5a:1c2e:90b1::4
forward tcp 80 to vm00
default forward deny
CONF
ok "the config" "$seki" apply
wait_for inside client1 "$peer" get $public 80

counter()
{
	"$seki" show counters | awk -v name="$1" '$1 == name { print $3 }'
}

for i in 1 2 3; do
	nsenter --net=/run/netns/client1 "$peer" hold $public 80 \
	    >"$tmp/held$i" 2>&1 &
	eval "held$i=\$!"
done
flowing()
{
	[ "$(counter tcp-80-out)" -gt $((${mark:-0} + 20000)) ]
}
ok "three downloads run" wait_for flowing

failed_commits=0 lost=0 last=$(counter tcp-80-out)
i=0
while [ $i -lt "$commits" ]; do
	i=$((i + 1))
	cp "$SEKI_CONFIG" "$tmp/next.conf"
	case $((i % 4)) in
	0) sed -i '/tcp [29][0-9-]* to vm01/d' "$tmp/next.conf" ;;
	1) echo "forward tcp $((9000 + i)) to vm01" >>"$tmp/next.conf" ;;
	2) echo "forward tcp $((20000 + i))-$((20001 + i)) to vm01 on $public" \
		>>"$tmp/next.conf" ;;
	3) echo "allow forward tcp $((9000 + i)) to uplink" >>"$tmp/next.conf" ;;
	esac
	"$seki" apply "$tmp/next.conf" >/dev/null 2>"$tmp/said" ||
		{ failed_commits=$((failed_commits + 1)); diag "$i: $(cat "$tmp/said")"; }
	now=$(counter tcp-80-out)
	[ "$now" -ge "$last" ] || lost=$((lost + 1))
	last=$now
done
is "$commits commits went well" $failed_commits 0
is "no count was ever lost" $lost 0
mark=$(counter tcp-80-out)
ok "the downloads run on" wait_for flowing
for i in 1 2 3; do
	eval "kill -TERM \$held$i; wait \$held$i"
	like "download $i was never reset" "$(tail -n 1 "$tmp/held$i")" \
	    "^[0-9]+ open$"
done

done_testing

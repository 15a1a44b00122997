#!/bin/sh
# An uplink that lives by DHCP: the provider leases it another IPv4 address, ten
# times in a row, while a download and a session run. Rules follow, with the
# service at once and without it by the next commit.
. "${top_srcdir:-.}/test/lib/lib.sh"
in_sandbox "$@"
. "$top_srcdir/test/lib/moves.sh"
is_root || skip_all "kernel: dnsmasq wants root"
need nft dnsmasq busybox ss
[ -e /proc/net/nf_conntrack ] || skip_all "kernel: it does not list connections"

kept=192.0.2.10

# ---- a host with one address that stays, and one that is leased

make_outside
make_outside4
ip -6 addr flush dev eth0 scope global
make_container vm00
ip addr add 10.0.3.1/24 dev lxcbr0
give4 vm00 eth0 10.0.3.3/24 10.0.3.1
serve vm00 tcp 80
serve_host tcp 22
cat >"$SEKI_CONFIG" <<'CONF'
uplink eth0
bridge lxcbr0 masquerade ipv4 10.0.3.1/24
container vm00 ipv4 10.0.3.3
forward tcp 80 to vm00
default input deny
default forward deny
allow input tcp 22,80
option ipv4 on
CONF
ok "the config" "$seki" apply

# ---- the provider, and the client of this host

# lease N: the address that the provider has for this host after move N.
lease()
{
	echo "192.0.2.$((100 + $1 % 2))"
}

# What udhcpc runs, like that of a distribution: without a lease there is no
# address, nor a route where that was the last.
cat >"$tmp/take" <<'TAKE'
#!/bin/sh
former=$(cat /run/test/leased 2>/dev/null)
case $1 in
deconfig)
	[ -z "$former" ] || ip addr del "$former/24" dev "$interface"
	rm -f /run/test/leased
	;;
bound|renew)
	[ "$ip" != "$former" ] || exit 0
	ip addr add "$ip/24" dev "$interface"
	date +%s%3N >/run/test/taken
	ip route replace default via "$router"
	[ -z "$former" ] || ip addr del "$former/24" dev "$interface"
	echo "$ip" >/run/test/leased
	;;
esac
TAKE
chmod +x "$tmp/take"
provider='' client=''

# provide N: that lease and no other; what it had leased before it refuses.
provide()
{
	[ -z "$provider" ] || kill "$provider"
	[ -z "$provider" ] || wait "$provider" 2>/dev/null
	: >"$tmp/provider"
	nsenter --net=/run/netns/internet dnsmasq --conf-file=/dev/null \
	    --no-daemon --port=0 --interface=host --bind-dynamic --user=root \
	    --no-ping --pid-file= --leasefile-ro --dhcp-authoritative \
	    --dhcp-range="$(lease "$1"),$(lease "$1"),255.255.255.0,3600" \
	    >"$tmp/provider" 2>&1 </dev/null &
	provider=$!
	wait_for grep -q "DHCP, IP range" "$tmp/provider"
}

leased()
{
	[ "$(cat "$tmp/leased" 2>/dev/null)" = "$new" ]
}

# The client asks to keep what it has, is refused, and asks for whatever there
# is.
move_by_lease()
{
	new=$(lease "$1")
	old=$(lease $(($1 + 1)))
	provide "$1"
	if [ -z "$client" ]; then
		busybox udhcpc -f -i eth0 -s "$tmp/take" -t 20 -T 1 -A 1 \
		    >"$tmp/client" 2>&1 </dev/null &
		client=$!
	else
		kill -USR1 "$client"
	fi
	wait_for leased
	began=$(cat "$tmp/taken")
}

# ---- somebody follows

begin_service
move_by_lease 0
ok "a lease gets rules, and every answer its way in" wait_for reaches "$new"
followed lease $kept
ok "the service says what it ended" said "of $(lease 1), which is gone"
unlike "and takes nothing for drift" "$(cat "$words")" "drift"

# ---- a lease that is renewed is no move

renewals()
{
	grep -c "lease of .* obtained" "$tmp/client"
}

renewed()
{
	[ "$(renewals)" -gt "$before" ]
}
before=$(renewals)
hold download "$new" 80
hold session "$new" 22
generation=$(rules)
kill -USR1 "$client"
ok "the same address is leased again" wait_for renewed
end download
is "which its download outlives" "$how" open
end session
is "and its session" "$how" open
is "and no rule changes" "$(rules | nft_objects)" \
    "$(echo "$generation" | nft_objects)"
end_service

# ---- and nobody does

# The kernel would take others of its prefix along.
echo 1 >/proc/sys/net/ipv4/conf/eth0/promote_secondaries
ip addr del "$kept/24" dev eth0
"$seki" apply >"$tmp/said" 2>&1
unattended lease "gone from eth0"
kill "$client" "$provider"
wait "$client" "$provider" 2>/dev/null
done_testing

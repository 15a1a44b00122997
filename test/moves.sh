#!/bin/sh
# An uplink's address that is replaced, ten times in a row: by hand, by router
# advertisements, by DHCPv6. Rules follow, with the service at once and without
# it by the next commit; what came to an address that is gone ends, and nothing
# else does.
. "${top_srcdir:-.}/test/lib/lib.sh"
in_sandbox "$@"
. "$top_srcdir/test/lib/moves.sh"
is_root || skip_all "kernel: radvd wants root"
need nft radvd dnsmasq dhclient ss strace
[ -e /proc/net/nf_conntrack ] || skip_all "kernel: it does not list connections"

kept=2001:db8:c::10
conf=/proc/sys/net/ipv6/conf

# The prefix that the host is in after move N, one of two, and its address.
prefix()
{
	echo "2001:db8:$((10 + $1 % 2))"
}

address()
{
	echo "$(prefix "$1")::10"
}

# ---- a host with one address that stays and one that moves

make_outside
ip addr del 2001:db8::10/64 dev eth0
ip addr add "$kept/64" dev eth0 nodad
for prefix in 10 11 c; do
	inside internet ip addr add "2001:db8:$prefix::1/64" dev host nodad
done
make_container vm00
serve vm00 tcp 80
serve_host tcp 22
cat >"$SEKI_CONFIG" <<'CONF'
uplink eth0
bridge lxcbr0 ula fd5a:1c2e:90b1::1/64 masquerade
container vm00 ula fd5a:1c2e:90b1::3
forward tcp 80 to vm00
default input deny
default forward deny
allow input tcp 22,80
CONF
ok "the config" "$seki" apply

# ---- by hand

# move_by_hand N
move_by_hand()
{
	new=$(address "$1")
	old=$(address $(($1 + 1)))
	ip addr add "$new/64" dev eth0 nodad
	began=$(now_ms)
	[ "$1" -eq 0 ] || ip addr del "$old/64" dev eth0
}

# asked: how often the service had libnftables do something, each time in a
# process of its own.
asked()
{
	grep -Ec '(clone|clone3|fork|vfork)\(' "$tmp/forks"
}

counts()
{
	grep -q "$service" "$tmp/attached"
}

wait_for reaches $kept
move_by_hand 0
begin_service
ok "the service gives rules to an address that has come" wait_for reaches "$new"
followed hand $kept
strace -f -p "$service" -e trace=process -o "$tmp/forks" 2>"$tmp/attached" \
    </dev/null &
tracer=$!
wait_for counts
n=0
while [ $n -lt 3 ]; do
	n=$((n + 1))
	move_by_hand $((moves + n))
	await "$new"
	wait_for gone
done
kill -INT $tracer
wait $tracer
ok "hand: it knows the rules that it has, and loads others" \
    [ "$(asked)" -le $((2 * n)) ]
diag "$(asked) questions to libnftables for $n moves"
ok "the service says what it ended" said "of $(address 0), which is gone"
unlike "and takes nothing for drift" "$(cat "$words")" "drift"

# ---- by router advertisements: the old address stays, but deprecated

# With no address the uplink may live by them: the service would set this.
echo 2 >$conf/eth0/accept_ra
ip addr flush dev eth0 scope global
ip addr add "$kept/64" dev eth0 nodad

# advertise N: the prefix after move N, and the other one as deprecated.
advertise()
{
	cat >"$tmp/radvd.conf" <<CONF
interface host {
	AdvSendAdvert on;
	MinRtrAdvInterval 3;
	MaxRtrAdvInterval 4;
	AdvDefaultLifetime 600;
	prefix $(prefix "$1")::/64 {
		AdvValidLifetime 900; AdvPreferredLifetime 800;
	};
	prefix $(prefix $(($1 + 1)))::/64 {
		AdvValidLifetime 900; AdvPreferredLifetime 0;
	};
};
CONF
	if [ "$1" -eq 0 ]; then
		inside internet radvd -n -m stderr -p "$tmp/radvd.pid" \
		    -C "$tmp/radvd.conf" 2>"$tmp/radvd.log" </dev/null &
	else
		kill -HUP "$(cat "$tmp/radvd.pid")"
	fi
}

# learned N STATE: the kernel has the address after move N, in that state.
learned()
{
	ip -6 addr show dev eth0 "$2" scope global |
	    sed -n 's/.*inet6 \(.*\)\/64.*/\1/p' |
	    grep "^$(prefix "$1"):"
}

# has_moved N: the kernel has learned of it.
has_moved()
{
	[ -n "$(learned "$1" -deprecated)" ] &&
	    [ -n "$(learned $(($1 + 1)) deprecated)" ] &&
	    [ -z "$(learned "$1" tentative)" ]
}

move_by_ra()
{
	advertise "$1"
	wait_for has_moved "$1"
	began=$(now_ms)
	new=$(learned "$1" -deprecated)
	old=$(learned $(($1 + 1)) deprecated)
}

# Nothing new begins on the old address.
is_left()
{
	for map in single fresh; do
		nft list map inet seki $map
	done >"$tmp/begins" && ! grep -Fq "$old " "$tmp/begins" &&
	    ! reaches "$old"
}

move_by_ra 0
ok "an advertised address gets rules" wait_for reaches "$new"
hold download "$new" 80
hold session "$new" 22
n=0 longest=0 wrong=0
while [ $n -lt "$moves" ]; do
	n=$((n + 1))
	move_by_ra $n
	await "$new"
	wait_for is_left || wrong=$((wrong + 1))
done
is "by advertisements: $moves times nothing began on the old one" $wrong 0
diag "translated at most $longest ms after the kernel was seen to have it"
ok "and on the new one at once" [ $longest -lt 2000 ]
like "what was begun on the first is shown" "$("$seki" show connections)" \
    " tcp 80 .* established "
before=$("$seki" show counters | awk '$1 == "tcp-80-out" { print $3 }')
counted()
{
	[ "$("$seki" show counters | awk '$1 == "tcp-80-out" { print $3 }')" \
	    -gt $((before + 20000)) ]
}
ok "and counted" wait_for counted
end download
is "a download through all of it went on" "$how" open
end session
is "and a session" "$how" open
unlike "no word of drift" "$(cat "$words")" "drift"
kill "$(cat "$tmp/radvd.pid")"
end_service

# ---- by DHCPv6

ip addr flush dev eth0 scope global
ip addr add "$kept/64" dev eth0 nodad
cat >"$tmp/script" <<'SCRIPT'
#!/bin/sh
[ "$reason" = BOUND6 ] || exit 0
ip addr add "$new_ip6_address/128" dev eth0 nodad \
    valid_lft "$new_max_life" preferred_lft "$new_preferred_life"
[ ! -e /run/test/leased ] || ip addr del "$(cat /run/test/leased)/128" dev eth0
echo "$new_ip6_address" >/run/test/leased
SCRIPT
chmod 755 "$tmp/script"
server='' client=''

lease_ends()
{
	[ -z "$server" ] || kill "$server" "$client"
	[ -z "$server" ] || wait "$server" "$client" 2>/dev/null
}

leased()
{
	[ -s "$tmp/leased" ] && [ "$(cat "$tmp/leased")" != "$old" ]
}

move_by_dhcp()
{
	old=$(cat "$tmp/leased" 2>/dev/null)
	lease_ends
	nsenter --net=/run/netns/internet dnsmasq --conf-file=/dev/null \
	    --no-daemon --port=0 --interface=host --bind-dynamic --user=root \
	    --no-ping --dhcp-leasefile="$tmp/leases" --pid-file= \
	    --dhcp-range="$(prefix "$1")::100,$(prefix "$1")::1ff,64,3600" \
	    >"$tmp/dnsmasq" 2>&1 </dev/null &
	server=$!
	wait_for grep -q "DHCPv6, IP range" "$tmp/dnsmasq"
	: >"$tmp/dhclient.leases"
	dhclient -6 -d -lf "$tmp/dhclient.leases" -sf "$tmp/script" \
	    -pf "$tmp/pid" eth0 >"$tmp/dhclient" 2>&1 </dev/null &
	client=$!
	wait_for leased
	began=$(now_ms)
	new=$(cat "$tmp/leased")
}

begin_service
move_by_dhcp 0
ok "an address of a lease gets rules, and every answer its way in" \
    wait_for reaches "$new"
followed dhcp $kept
end_service

# ---- and nobody follows

# The forward is on the address that stays, too, and then is not broken.
ip addr del "$kept/64" dev eth0
"$seki" apply >"$tmp/said" 2>&1
unattended dhcp "gone from eth0"
lease_ends
ip addr flush dev eth0 scope global
move_by_hand 0
"$seki" apply >"$tmp/said" 2>&1
hold ended "$new" 80
port=$(port_to "$new")
unattended hand "gone from eth0"
nok "which ends what came to the old one" tracked "$port"
ip addr flush dev eth0 scope global
move_by_ra 0
"$seki" apply >"$tmp/said" 2>&1
hold download "$new" 80
hold session "$new" 22
unattended ra "no public address of eth0 any more"
end download
is "ra: a download goes on" "$how" open
end session
is "and a session" "$how" open
kill "$(cat "$tmp/radvd.pid")"

# ---- addresses that are none

ip addr flush dev eth0 scope global
ip addr add "$kept/64" dev eth0 nodad
begin_service
inside internet ip addr add 2001:db8:10::66/64 dev host nodad
ip addr add 2001:db8:10::66/64 dev eth0
is_duplicate()
{
	ip -6 addr show dev eth0 dadfailed | grep -q 2001:db8:10::66
}
ok "another host has an address" wait_for is_duplicate
ip addr add 2001:db8:10::67/64 dev eth0
ok "one that is tentative is not used" \
    [ "$(ip -6 addr show dev eth0 tentative | grep -c '::67')" -ge \
    "$(rules | grep -c '::67')" ]
ok "but is once it is not" wait_for holds 2001:db8:10::67
nok "the other one never is" holds 2001:db8:10::66
ip addr change 2001:db8:10::67/64 dev eth0 preferred_lft 0
left()
{
	! nft list map inet seki single | grep -Fq "$1 "
}
ok "a deprecated one is not" wait_for left 2001:db8:10::67

# ---- a forward on an address that goes and comes back

cat >>"$SEKI_CONFIG" <<CONF
forward tcp 81 to vm00:80 on 2001:db8:10::67
CONF
ok "but is where a forward names it" "$seki" apply
on_it()
{
	inside client1 "$peer" get 2001:db8:10::67 81 --timeout 100
}
ok "it answers" wait_for on_it
ip addr del 2001:db8:10::67/64 dev eth0
reason="2001:db8:10::67 is no address of an uplink"
broken()
{
	"$seki" show forwards | grep -q "81.*broken: $reason"
}
ok "it is broken while the address is gone" wait_for broken
like "with the reason" "$("$seki" show forwards --json)" \
    "\"state\":\"broken\",\"reason\":\"$reason\""
silent()
{
	! on_it
}
ok "and answers nobody" wait_for silent
"$seki" allow input tcp 99 >"$tmp/said" 2>&1
ok "which keeps no commit from the rest" "$seki" commit --now
"$seki" add forward tcp 82 to vm00 on 2001:db8:10::67 >"$tmp/said" 2>&1
like "but nobody may name it anew" \
    "$("$seki" check 2>&1; cat "$tmp/said")" "82.*on|$reason"
"$seki" discard >"$tmp/said" 2>&1
ip addr add 2001:db8:10::67/64 dev eth0 nodad
ok "and it answers again" wait_for on_it
said_active()
{
	"$seki" show forwards | grep " 81 .*active"
}
# The service notes what its rules are for once they are loaded.
ok "as is said" wait_for said_active
end_service

# ---- both families at once

make_outside4
ip addr add 10.0.3.1/24 dev lxcbr0
give4 vm00 eth0 10.0.3.3/24 10.0.3.1
sed -i '/2001:db8:10::67/d' "$SEKI_CONFIG"
echo "option ipv4 on" >>"$SEKI_CONFIG"
ip addr flush dev eth0 to 2001:db8:10::/64
ok "IPv4, too" "$seki" apply
wait_for reaches 192.0.2.10

# move_by_both N
move_by_both()
{
	new4=192.0.2.$((20 + $1 % 2))
	old4=192.0.2.$((20 + ($1 + 1) % 2))
	ip addr add $new4/24 dev eth0
	[ "$1" -eq 0 ] || ip addr del $old4/24 dev eth0
	move_by_hand "$1"
}

move_by_both 0
begin_service
wait_for reaches "$new4"
followed both 192.0.2.10
end_service
wrong=0
while [ $n -lt $((2 * moves)) ]; do
	n=$((n + 1))
	move_by_both $n
	tells "for $old, which is gone" && tells "for $old4, which is gone" &&
	    "$seki" apply >"$tmp/said" 2>&1 && reaches "$new4" &&
	    reaches "$new" || wrong=$((wrong + 1))
done
is "both: $moves times told unattended, and followed by a commit" $wrong 0

done_testing

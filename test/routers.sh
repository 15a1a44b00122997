#!/bin/sh
# Router advertisements: those of the provider are heard whenever they come,
# and those of a container never.
. "${top_srcdir:-.}/test/lib/lib.sh"
in_sandbox "$@"
is_root || skip_all "kernel: radvd wants root"
need nft radvd

conf=/proc/sys/net/ipv6/conf
words=$tmp/watch.log
wait_s=20

# advertise NODE LINK PREFIX: a router that does so every few seconds.
advertise()
{
	cat >"$tmp/radvd-$1.conf" <<CONF
interface $2 {
	AdvSendAdvert on;
	MinRtrAdvInterval 3;
	MaxRtrAdvInterval 4;
	AdvDefaultLifetime 600;
	prefix $3 { AdvValidLifetime 900; AdvPreferredLifetime 800; };
};
CONF
	inside "$1" sh -c "echo 1 >$conf/all/forwarding"
	inside "$1" radvd -n -m stderr -p "$tmp/radvd-$1.pid" \
	    -C "$tmp/radvd-$1.conf" 2>"$tmp/radvd-$1.log" </dev/null &
}

has()
{
	"$@" 2>/dev/null | grep -Eq -e "$like"
}

said()
{
	grep -Eq -e "$1" "$words"
}

# ---- a host that has just booted, and heard nothing yet

make_node internet
ip link add eth0 type veth peer name host netns internet
inside internet ip link set host up
ip link set eth0 up
make_container vm00
cat >"$SEKI_CONFIG" <<'CONF'
uplink eth0
bridge lxcbr0 ula fd5a:1c2e:90b1::1/64 masquerade
container vm00 ula fd5a:1c2e:90b1::3
CONF
like "what an uplink needs is told" "$("$seki" apply --check 2>&1)" \
    "net/ipv6/conf/eth0/accept_ra 1 -> 2"
"$seki" watch >"$words" 2>&1 </dev/null &
watch=$!
ok "the service is up" wait_for said "this host is as .* says"
is "and forwards" "$(cat $conf/all/forwarding)" 1
is "while the uplink listens" "$(cat $conf/eth0/accept_ra)" 2
is "and the bridge does not" \
    "$(cat $conf/lxcbr0/accept_ra $conf/lxcbr0/autoconf | xargs)" "0 0"
advertise internet host 2001:db8:7::/64
like="^default via fe80:.* dev eth0 proto ra"
ok "the first advertisement is taken" wait_for has ip -6 route
like="inet6 2001:db8:7:"
ok "with its address" wait_for has ip -6 addr show eth0

# ---- advertisements that come and are not taken

kill -STOP $watch
echo 0 >$conf/eth0/accept_ra
ip -6 route flush default
like="^WARN eth0: router advertisements came in by it .*accept_ra 0"
ok "the doctor knows of those that the kernel does not take" \
    wait_for has "$seki" doctor
"$seki" doctor --json | tr '{' '\n' |
    sed -n 's/^"check":"accept-ra".*"cure":"\([^"]*\)".*/\1/p' >"$tmp/cure"
is "and what has it take them" "$(cat "$tmp/cure")" \
    "sysctl net/ipv6/conf/eth0/accept_ra=2"
ok "that can be done" sh "$tmp/cure"
like="^default via fe80:.* dev eth0 proto ra"
ok "and the next one is taken" wait_for has ip -6 route
unlike "so the doctor is content" "$("$seki" doctor 2>&1)" "^(WARN|FAIL) eth0"
kill -CONT $watch

# ---- an uplink that comes later

sed -i 's/^uplink eth0/uplink eth0\nuplink eth1/' "$SEKI_CONFIG"
kill -HUP $watch
ip link add eth1 type veth peer name second netns internet
ip link set eth1 up
like=2
ok "a second uplink is told to listen when it comes" \
    wait_for has cat $conf/eth1/accept_ra
unlike "which is no drift" "$(cat "$words")" "drift"
kill -TERM $watch
wait $watch
kill "$(cat "$tmp/radvd-internet.pid")"

# ---- a container that advertises itself before the first commit

rm -rf /run/seki/pending /run/seki/made /run/seki/ruleset
nft delete table inet seki
echo 0 >$conf/all/forwarding
echo 1 >$conf/lxcbr0/accept_ra
echo 1 >$conf/lxcbr0/autoconf
ip addr del fd5a:1c2e:90b1::1/64 dev lxcbr0
ip link del eth1
ip -6 route flush default
ip -6 addr flush dev eth0 scope global
ip addr add 2001:db8::10/64 dev eth0 nodad
ip route add default via fe80::1 dev eth0 metric 2048
advertise vm00 eth0 2001:db8:66::/64
like="^default via fe80:.* dev lxcbr0 proto ra"
ok "the kernel believes it" wait_for has ip -6 route
like="inet6 2001:db8:66:"
ok "all of it" wait_for has ip -6 addr show lxcbr0
like "the uplink is what leads out" "$("$seki" show uplinks)" "^eth0 "
unlike "and nothing else" "$("$seki" show uplinks)" "^lxcbr0 "
cat >"$SEKI_CONFIG" <<'CONF'
uplink eth0 address 2001:db8::10/64
bridge lxcbr0 ula fd5a:1c2e:90b1::1/64 masquerade
container vm00 ula fd5a:1c2e:90b1::3
CONF
state()
{
	ip -6 route | sed 's/ expires [^ ]*//; s/ hoplimit [0-9]*//' | sort
	ip -6 addr | sed 's/valid_lft.*//; s/ tentative//; s/ nodad//'
	grep -s . $conf/*/accept_ra $conf/*/autoconf $conf/*/forwarding
}
kill -STOP "$(cat "$tmp/radvd-vm00.pid")"
state >"$tmp/before"
cp "$SEKI_CONFIG" /run/seki/candidate.conf
: >"$SEKI_CONFIG"
got=$("$seki" commit --confirm 60 2>&1)
like "the diff tells that the bridge is made deaf" "$got" \
    "net/ipv6/conf/lxcbr0/accept_ra 1 -> 0"
like "that the route goes" "$got" \
    "lxcbr0: remove default route via fe80:[^ ]* \(by router advertisement\)"
like "and the address" "$got" \
    "lxcbr0: remove address 2001:db8:66:[^ ]* \(by router advertisement\)"
unlike "the uplink by hand is left alone" "$got" "eth0/accept_ra"
unlike "the route is gone" "$(ip -6 route)" "dev lxcbr0 proto ra"
unlike "and the prefix" "$(ip -6 route; ip -6 addr)" "2001:db8:66:"
ok "reverted" "$seki" revert
state >"$tmp/after"
is "the host is exactly as before" "$(diff "$tmp/before" "$tmp/after")" ""
like "and says so" "$("$seki" show status)" "exactly as before"
ok "committed for good" "$seki" commit --now
kill -CONT "$(cat "$tmp/radvd-vm00.pid")"
sent()
{
	inside vm00 ip -s link show eth0 | awk '/TX:/ { getline; print $2 }'
}
before=$(sent)
more()
{
	[ "$(sent)" -gt "$((before + 1))" ]
}
ok "the container goes on" wait_for more
unlike "and is not believed" "$(ip -6 route; ip -6 addr)" \
    "2001:db8:66:|lxcbr0 proto ra"
kill "$(cat "$tmp/radvd-vm00.pid")"

done_testing

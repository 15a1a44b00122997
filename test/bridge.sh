#!/bin/sh
# bridge … create: the bridge that a commit makes, a revert takes away, the
# service keeps, and that goes again once nothing needs it; and those of others.
. "${top_srcdir:-.}/test/lib/lib.sh"
in_sandbox "$@"
need nft

BRIDGE=br0
ula=fd5a:1c2e:90b1:
words=$tmp/watch.log
make_outside
serve client1 tcp 7

# bridge: its MAC and its global addresses; nothing where there is none.
bridge()
{
	ip -br link show type bridge dev $BRIDGE 2>/dev/null |
		awk '{ print $3 }'
	ip -br -6 addr show scope global dev $BRIDGE 2>/dev/null |
		awk '{ for (i = 3; i <= NF; i++) print $i }'
}

there()
{
	[ -e /sys/class/net/$BRIDGE ]
}

gone()
{
	! there
}

# config STATEMENT...: the candidate.
config()
{
	rm -f /run/seki/candidate.conf
	{
		echo "uplink eth0"
		for statement; do
			echo "$statement"
		done
	} >/run/seki/candidate.conf
}
made="bridge $BRIDGE ula $ula:1/64 masquerade create"

# ---- made by a commit, and taken away by its revert

before=$(ip -6 addr; ip -6 route; ip link)
status "there is no bridge to state" 3 "$seki" add bridge $BRIDGE ula $ula:1/64
like "which create makes" "$said" "have it made: bridge $BRIDGE create"
config "$made" "container vm00 on $BRIDGE ula $ula:3" "forward tcp 80 to vm00"
like "the step is told" "$("$seki" diff)" "^  $BRIDGE: make the bridge\$"
like "it is to come" "$("$seki" show bridges)" "^$BRIDGE +absent"
ok "a check changes nothing" "$seki" check
nok "" there
ok "a commit" "$seki" commit
ok "makes it" there
mac=$(bridge | sed 1q)
like "with a MAC of its own" "$mac" '^[0-9a-f][26ae]:'
is "and its ULA" "$(bridge | sed 1d)" "$ula:1/64"
like "it is up" "$(ip -br link show dev $BRIDGE)" 'UP'
ok "a revert" "$seki" revert
nok "deletes it" there
is "and leaves all as it was" "$(ip -6 addr; ip -6 route; ip link)" "$before"

# ---- containers behind it

ok "again, without a guard" "$seki" commit --now
is "it has the same MAC" "$(bridge | sed 1q)" "$mac"
make_container vm00
serve vm00 tcp 80
ok "the container that comes gets its address" "$seki" apply
reached()
{
	inside client1 "$peer" get 2001:db8::10 80 --timeout 700 2>/dev/null |
		grep -q '^vm00 '
}
ok "and is reached" wait_for reached	# once the bridge has a carrier
is "and gets out" "$(inside vm00 "$peer" get 2001:db8:9::7 7 |
	awk '{ print $1 }')" client1
is "its port does not change the MAC" "$(bridge | sed 1q)" "$mac"
like "JSON tells" "$("$seki" show bridges --json)" \
    '"create":true,"present":true'

# ---- what the config no longer has

config
ok "a config without it" "$seki" commit --now
ok "leaves it while it has ports" there
is "but not its address" "$(bridge | sed 1d)" ""
ip link set "$port" nomaster
ok "and then" "$seki" apply
nok "deletes it" there

# ---- a revert while a container has come

config "$made"
ok "a commit" "$seki" commit
ip link set "$port" master $BRIDGE
like "whose revert says what stays" "$("$seki" revert)" \
    "is in use since: $BRIDGE\$"
ok "it does" there
is "without its address" "$(bridge | sed 1d)" ""
ip link set "$port" nomaster
ok "as long as it is used" "$seki" apply
nok "" there

# ---- the bridge of somebody else

ip link add $BRIDGE type bridge
ip link set $BRIDGE up
theirs=$(bridge)
config "$made"
ok "one that is there" "$seki" commit
is "is used as it is" "$(bridge | sed 1q)" "$theirs"
ok "a revert" "$seki" revert
ok "leaves it" there
config "$made"
"$seki" commit --now >/dev/null
config
ok "and so does a config without it" "$seki" commit --now
ok "" there
is "but for its address" "$(bridge)" "$theirs"
ip link set $BRIDGE down
config "$made"
ok "one that is down" "$seki" commit
like "is brought up" "$(ip -br link show dev $BRIDGE)" 'UP'
ok "and down again" "$seki" revert
unlike "" "$(ip -br link show dev $BRIDGE)" 'UP'
ip link del $BRIDGE

# One that seki made, and that others have put something on.
config "$made"
"$seki" commit --now >/dev/null
ip addr add fd77::1/64 dev $BRIDGE nodad
config
ok "a config without it" "$seki" commit --now
is "leaves what has an address of others" "$(bridge | sed 1d)" fd77::1/64
ip link del $BRIDGE
ip link add $BRIDGE type bridge
ok "and another one of its name" "$seki" apply
ok "" there
ip link del $BRIDGE

# ---- the service

config "$made"
"$seki" commit --now >/dev/null
ip link del $BRIDGE	# as a reboot does
rm -f /run/seki/made
"$seki" watch >"$words" 2>&1 </dev/null &
watch=$!
ok "the service makes it at boot" wait_for there
wait_for grep -q 'add address' "$words"
ip link del $BRIDGE
ok "and when it has gone" wait_for there
is "as it was" "$(bridge | sed 1q)" "$mac"
ok "which is drift" wait_for \
    grep -q "drift corrected: $BRIDGE: make the bridge" "$words"
ip link set $BRIDGE down
up()
{
	ip -br link show dev $BRIDGE | grep -q UP
}
ok "it is brought up" wait_for up
kill $watch
wait $watch 2>/dev/null

done_testing

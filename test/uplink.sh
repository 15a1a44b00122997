#!/bin/sh
# uplink … keep: an address and a default route that a commit gives an uplink, a
# revert takes away, and the service keeps; and those of others.
. "${top_srcdir:-.}/test/lib/lib.sh"
in_sandbox "$@"
need nft

words=$tmp/watch.log
make_outside
make_container vm00
serve client1 tcp 7
serve vm00 tcp 80
ip -6 route del default
ip addr del 2001:db8::10/64 dev eth0

# given: the addresses and the default route of the uplink.
given()
{
	ip -br -6 addr show scope global dev eth0 |
		awk '{ for (i = 3; i <= NF; i++) print $i }'
	ip -6 route show default
}

# config ADDRESS GATEWAY: the candidate.
config()
{
	rm -f /run/seki/candidate.conf
	cat >/run/seki/candidate.conf <<CONF
uplink eth0${1:+ address $1}${2:+ gateway $2}${1:+ keep}
bridge lxcbr0 ula fd5a:1c2e:90b1::1/64 masquerade
container vm00 ula fd5a:1c2e:90b1::3
forward tcp 80 to vm00
CONF
}

reached()
{
	inside client1 "$peer" get 2001:db8::10 80 --timeout 700 2>/dev/null |
		grep -q '^vm00 '
}
way="default via fe80::1 dev eth0 proto 83 metric 512 onlink pref medium"

before=$(ip -6 addr; ip -6 route)
status "what an uplink lacks is refused" 3 \
    "$seki" set uplink eth0 address 2001:db8::10/64
like "unless seki keeps it" "$said" 'address 2001:db8::10/64 keep$'
status "nothing is no address" 2 "$seki" set uplink eth0 keep
config 2001:db8::10/64 fe80::1
like "steps are told" "$("$seki" diff)" '^  eth0: add default route via fe80::1$'
ok "a commit" "$seki" commit
is "gives it both" "$(given)" "2001:db8::10/64
$way"
ok "and forwards work" wait_for reached
is "as do containers" "$(inside vm00 "$peer" get 2001:db8:9::7 7 |
	awk '{ print $1 }')" client1
ok "a revert" "$seki" revert
is "takes it away again" "$(ip -6 addr; ip -6 route)" "$before"

# A wrong gateway, and the guard: as before, whoever could not confirm it.
config 2001:db8::10/64 fe80::1
ok "it is kept" "$seki" commit --now
config 2001:db8::10/64 fe80::99
ok "a wrong gateway" "$seki" commit --confirm 10
nok "cuts everybody off" reached
ok "until the guard reverts it" wait_for reached
is "to what it was" "$(given)" "2001:db8::10/64
$way"
rm -f /run/seki/candidate.conf

# ---- the service

"$seki" watch >"$words" 2>&1 </dev/null &
watch=$!
wait_for grep -q 'this host is as' "$words"
ip -6 route del default
ok "the service gives the route again" wait_for reached
ip addr del 2001:db8::10/64 dev eth0
ok "and the address" wait_for reached
kill $watch
wait $watch 2>/dev/null

# ---- those of others

config
ok "a config without it" "$seki" commit --now
is "takes both away" "$(given)" ""
ip addr add 2001:db8::10/64 dev eth0 nodad
ip route add default via fe80::1 dev eth0
config 2001:db8::10/64 fe80::1
ok "what is there" "$seki" commit --now
config
ok "is somebody else's" "$seki" commit --now
is "and stays" "$(given)" "2001:db8::10/64
default via fe80::1 dev eth0 metric 1024 pref medium"
config 2001:db8::10/64 fe80::2
status "nor is the default route of others displaced" 3 "$seki" commit

done_testing

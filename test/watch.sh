#!/bin/sh
# The service: applies, keeps what was committed while containers come and go
# and others meddle, and leaves it in place. It runs with the capabilities that
# its unit has, and no more.
. "${top_srcdir:-.}/test/lib/lib.sh"
in_sandbox "$@"
need nft setpriv

prefix=fd5a:1c2e:90b1:
words=$tmp/watch.log
wait_s=20	# less than what it looks for after 30 s without an event
make_outside
make_bridge
make_container vm00

# unit NAME: of the unit, as words.
unit()
{
	sed -n "s/^$1=//p" "$top_srcdir/seki.service.in"
}
caps=$(unit CapabilityBoundingSet |
    sed -e 's/CAP_/,+/g' -e 's/ //g' | tr '[:upper:]' '[:lower:]')
writable="/run/$(unit RuntimeDirectory) /etc/$(unit ConfigurationDirectory)\
 $(unit ReadWritePaths)"

# With what ProtectSystem, ProtectHome and ProtectKernelTunables leave it to
# write to, as systemd does it: of its own mounts, which follow the host's.
# shellcheck disable=SC2016 # for that shell
confined='
for at in /proc/sys $1; do
	[ ! -d "$at" ] || mount --bind "$at" "$at"
done
while read -r _ at _; do
	case " /dev /proc $1 " in *" $at "*) continue ;; esac
	case $at in /dev/*) continue ;; esac
	mount -o remount,bind,ro "$at" 2>/dev/null
done </proc/self/mounts
shift
exec "$@"'
start_watch()
{
	: >"$words"
	(umask "$(unit UMask)" && exec unshare -m --propagation slave \
	    sh -c "$confined" sh "$writable" \
	    setpriv --bounding-set="-all$caps" --inh-caps=-all --no-new-privs \
	    "$seki" watch) >>"$words" 2>&1 </dev/null &
	watch=$!
}

said()
{
	grep -Eq -e "$1" "$words"
}

# Waits for what was said since the last time, which is then in $heard.
hears()
{
	ok "$1" wait_for said "$2" || diag "$(cat "$words")"
	heard=$(cat "$words")
	: >"$words"
}

rules()
{
	nft -s list table inet seki | nft_objects
}

# Chains with their rules stand as they are; elements of sets come in any order.
digest()
{
	rules | sed -n '/^\tchain/,$p'
	rules | sed '/^\tchain/,$d' | tr -s ' \t,' '\n' | sort
}

as_before()
{
	[ "$(digest)" = "$right" ]
}

has()
{
	"$@" 2>/dev/null | grep -q -e "$like"
}

# repairs NAME REGEX COMMAND...: the command changes the rules.
repairs()
{
	meddling=$1 regex=$2
	shift 2
	ok "$meddling: done" "$@"
	ok "$meddling: the rules are back" wait_for as_before
	hears "$meddling: told" "drift corrected: table inet seki: $regex"
}

cat >"$SEKI_CONFIG" <<CONF
uplink eth0
bridge lxcbr0 ula $prefix:1/64 masquerade
bridge late ula fd5a:1c2e:90b2::1/64
container vm00 on lxcbr0 ula $prefix:3
container gone on lxcbr0 ula $prefix:4
forward tcp 80 to vm00
forward tcp 81 to gone
default input deny
default forward deny
allow input tcp 22
deny input tcp 25 from bridge late
allow forward tcp 80
CONF

# ---- start

start_watch
hears "applies at start" "this host is as .* says, but for what is missing$"
like "which it names" "$heard" "^seki: late is not there$"
nok "it may not write elsewhere" nsenter -m -t "$watch" touch "$tmp/elsewhere"
like "the bridge has its ULA" "$(ip -6 addr show lxcbr0)" "$prefix:1/64"
like "the container its own" "$(inside vm00 ip -6 addr)" "$prefix:3/64"
like "and its route" "$(inside vm00 ip -6 route)" "^default via $prefix:1 "
is "forwarding is on" "$(cat /proc/sys/net/ipv6/conf/all/forwarding)" 1
right=$(digest)
like "what is not there yet is in the rules by its name" "$right" \
    'iifname "late"'
is "and nothing else is drift" \
    "$("$seki" show status | grep -A9 ^drift | tail -n +2)" \
    "  late is not there"
status "a second service is refused as busy" 4 "$seki" watch

serve client1 tcp 80
outside()
{
	inside client1 "$peer" get 2001:db8::10 "$1" --timeout 700
}

# forwards NAME: tcp 80 leads to vm00. What served there must not live on, for
# it would keep the namespace.
forwards()
{
	: >"$tmp/serve"
	nsenter --net=/run/netns/vm00 "$peer" serve tcp 80 vm00 \
	    >"$tmp/serve" 2>&1 </dev/null &
	server=$!
	wait_for grep -q ready "$tmp/serve"
	wait_for outside 80
	like "$1" "$(outside 80)" "^vm00 "
	kill $server
	wait $server 2>/dev/null
}
forwards "a forward works"

# ---- containers and bridges that come

mac()
{
	inside "$1" ip -o link show eth0 | sed 's/.*ether \([^ ]*\) .*/\1/'
}
# What this host and a neighbour know for half a minute. A bridge without a MAC
# of its own takes one from its ports, and forgets all when that changes.
ip link set lxcbr0 address 02:00:00:00:00:01
make_container beside "$prefix:9/64"
known="$prefix:3 lladdr $(mac vm00)"
# shellcheck disable=SC2086 # they are words
ip neigh replace $known dev lxcbr0 nud reachable
# shellcheck disable=SC2086
inside beside ip neigh replace $known dev eth0 nud reachable
ip netns del vm00
make_container vm00
like="$prefix:3/64"
ok "a restarted container has its address in a second" \
    wait_for has inside vm00 ip -6 addr
like="^default via $prefix:1 "
ok "and its default route" wait_for has inside vm00 ip -6 route
like=$(mac vm00)
ok "this host knows its MAC at once" \
    wait_for has ip neigh show "$prefix:3" dev lxcbr0
ok "and so do its neighbours" \
    wait_for has inside beside ip neigh show "$prefix:3" dev eth0
hears "which is told" "vm00: add default route"
unlike "and is no drift" "$heard" "drift"
like "it reaches out" "$(inside vm00 "$peer" get 2001:db8:9::7 80)" \
    "^client1 2001:db8::10 "

# Its port is up before what is inside: podman, systemd-nspawn, by hand.
kill -STOP $watch
make_container gone
inside gone ip link set eth0 down
kill -CONT $watch
known="$prefix:4 lladdr 02:00:00:00:00:04"
# shellcheck disable=SC2086 # they are words
ip neigh replace $known dev lxcbr0 nud reachable
nft flush map inet seki single
hears "a look, while one that starts later is still down" "change it"
like "tells of it" "$heard" "^seki: the interface eth0 inside container gone is"
is "but gives no address" "$(inside gone ip -6 addr show dev eth0)" ""
inside gone ip link set eth0 up
hears "which it is given when it is up" "gone: add default route"
like "with its prefix" "$(inside gone ip -6 addr)" "$prefix:4/64"
unlike "and this is no drift, either" "$heard" "drift"
like=$(mac gone)
ok "nor is its MAC unknown" wait_for has ip neigh show "$prefix:4" dev lxcbr0

ip link add late type bridge
ip link set late up
like="fd5a:1c2e:90b2::1/64"
ok "a bridge that comes late has its ULA in a second" \
    wait_for has ip -6 addr show late
hears "told" "seki: late: add address"
like "and that nothing is missing any more" "$heard" \
    "^seki: resolved: late is not there$"

# ---- drift

repairs "flush ruleset" "make it, .*\(changed by nft, process [0-9]+\)$" \
    nft flush ruleset
repairs "delete table" "make it" nft delete table inet seki
repairs "a rule more" "change it" nft add rule inet seki input accept
repairs "an element less" "change it" nft flush map inet seki single
forwards "the forward works again"
like "and is counted again" "$("$seki" show counters)" "^tcp-80-new +[1-9]"

# The number of rules and the first of them stay as they were: only the shape
# of what the kernel has tells.
handle=$(nft -a list chain inet seki input |
    sed -n 's/.*dport 22 .*# handle //p')
repairs "a rule replaced" "change it" \
    nft replace rule inet seki input handle "$handle" drop
ok "its counter went on" test \
    "$("$seki" show counters | awk '$1 == "tcp-80-new" { print $2 }')" -ge 1
repairs "a policy turned" "change it" \
    nft chain inet seki input '{ policy accept; }'
repairs "a table asleep" "change it" \
    nft add table inet seki '{ flags dormant; }'
repairs "a set of another type" "change it" nft -f - <<'NFT'
flush chain inet seki translate
delete map inet seki single
add map inet seki single { type inet_service : ipv6_addr; }
NFT
nft add table ip6 other

ip addr del "$prefix:1/64" dev lxcbr0
like="$prefix:1/64"
ok "an address removed by hand is back" wait_for has ip -6 addr show lxcbr0
hears "told" "drift corrected: lxcbr0: add address"
unlike "a table of others was nobody's drift" "$heard" "table"
inside vm00 ip -6 addr flush dev eth0 scope global
like="$prefix:3/64"
ok "one in a container too" wait_for has inside vm00 ip -6 addr
hears "told" "drift corrected: vm00: add address"
echo 0 >/proc/sys/net/ipv6/conf/all/forwarding
like=1
ok "forwarding is on again" \
    wait_for has cat /proc/sys/net/ipv6/conf/all/forwarding
hears "told" "drift corrected: net/ipv6/conf/all/forwarding 0 -> 1"

# ---- others, at the same time

# theirs_and IP-ARGUMENTS: the address goes or comes along with a table of
# others.
theirs_and()
{
	kill -STOP $watch
	nft add table ip6 "theirs$1"
	ip addr "$@" dev eth0
	kill -CONT $watch
}
theirs_and add 2001:db8::11/64 nodad
hears "rules follow an address" "seki: table inet seki: change it"
unlike "which is no drift because others wrote rules of theirs" "$heard" drift
theirs_and del 2001:db8::11/64
hears "nor when it goes" "seki: table inet seki: change it"
unlike "told as none" "$heard" drift
ok "and the rules are as before" wait_for as_before

# ---- somebody who does not give in

(
	# Slower than the service, so that each round is one repair.
	for i in $(seq 20); do
		inside vm00 ip addr del "$prefix:3/64" dev eth0
		like="$prefix:3/64" wait_s=1 comes has inside vm00 ip -6 addr || :
		! said "something keeps undoing this" || break
		sleep 0.25
	done
) 2>/dev/null
hears "a fight is told" "something keeps undoing this"
inside vm00 ip addr del "$prefix:3/64" dev eth0 2>/dev/null
like="^  vm00: add address $prefix:3/64$"
ok "drift is shown while it waits" wait_for has "$seki" show status
like="$prefix:3/64"
ok "and it is put right all the same" wait_for has inside vm00 ip -6 addr

# ---- the config

forward_82="forward tcp 82 to vm00"
echo "$forward_82" >>"$SEKI_CONFIG"
ip link set late mtu 1400
hears "a config that is being edited is seen" "edited by hand"
repairs "and not applied" "make it" nft delete table inet seki
kill -HUP $watch
like="daddr . meta l4proto . th dport"
applied()
{
	nft list map inet seki single | grep -q " 82 "
}
ok "SIGHUP applies it" wait_for applied
hears "and is no drift" "applied: table inet seki: change it"
status "a commit beside the service" 0 "$seki" delete forward tcp 82
ok "waits for nobody long" "$seki" commit --now
ok "is done" as_before
repairs "and followed" "make it" nft delete table inet seki
# What it is about comes before the service has seen it.
kill -STOP $watch
"$seki" add container soon ula "$prefix:77" 2>/dev/null
ok "a commit that changes nothing yet" "$seki" commit --now
make_container soon
kill -CONT $watch
like="$prefix:77/64"
ok "is no edit by hand" wait_for has inside soon ip -6 addr
ip netns del soon
wait_for [ ! -e "/sys/class/net/$port" ]
ok "and taken back" \
    sh -c "'$seki' delete container soon && '$seki' commit --now"

# ---- a guard that is killed

guard_pid()
{
	awk '{ print $5 }' /run/seki/pending/state
}

not_pending()
{
	[ ! -e /run/seki/pending/state ] && as_before
}

"$seki" add "$forward_82" 2>/dev/null
status "a commit waits to be confirmed" 0 "$seki" commit --confirm 4
ok "and is kept while it waits" applied
nft delete table inet seki
hears "also from others" "drift corrected: table inet seki: make it"
is "neither commit was drift" "$(echo "$heard" | grep -c drift)" 1
ok "with what was committed" applied
kill -KILL "$(guard_pid)"
ok "killed, it is reverted in time all the same" wait_for not_pending
like "which is told" "$(cat "$words")" "took over a commit"
"$seki" discard 2>/dev/null

# ---- the end, and a reboot

kill -TERM $watch
wait $watch
is "SIGTERM ends it" $? 0
ok "which leaves the rules" as_before
like "and the addresses" "$(inside vm00 ip -6 addr)" "$prefix:3/64"
nft delete table inet seki
like "without it drift is shown" "$("$seki" show status)" \
    "table inet seki is gone"
# As above, now without the service: the note of the last commit tells.
status "apply brings it back" 0 "$seki" apply
handle=$(nft -a list chain inet seki input |
    sed -n 's/.*dport 22 .*# handle //p')
nft replace rule inet seki input handle "$handle" drop
like "an edited rule is shown" "$("$seki" show status)" \
    "table inet seki has rules that were edited"
like "and put right by apply" "$("$seki" apply)" "table inet seki: change it"
ok "wholly" as_before
unlike "which ends the drift" "$("$seki" show status)" "^drift"
key='2001:db8::10 . tcp . 80'
nft delete element inet seki fresh "{ $key }"
like "an element that is taken away is shown" "$("$seki" show status)" \
    "table inet seki has elements that were edited"
like "and put right by apply" "$("$seki" apply)" "table inet seki: change it"
unlike "wholly" "$("$seki" show status)" "^drift"
nft add element inet seki fresh "{ 2001:db8::10 . tcp . 8 : \"tcp-80-new\" }"
like "one that is added as well" "$("$seki" show status)" \
    "table inet seki has elements that were edited"
"$seki" apply >/dev/null
ok "all is right again" as_before
nft delete table inet seki
like "also as JSON" "$("$seki" show status --json)" \
    '"drift":\["table inet seki is gone"\]'

ip netns del vm00
ip netns del gone
ip link del lxcbr0
ip link del late
echo 0 >/proc/sys/net/ipv6/conf/all/forwarding
mv "$SEKI_CONFIG" "$tmp/seki.conf"
rm -rf /run/seki/*
mv "$tmp/seki.conf" "$SEKI_CONFIG"
ip link set eth0 down
start_watch
hears "a boot without uplink, bridge or container" "this host is as .* says"
like "denies all the same" "$(nft list chain inet seki input)" "policy drop"
like "with what is known by name" "$(nft list chain inet seki input)" '"late"'
ip link set eth0 up
ip addr add 2001:db8::10/64 dev eth0 nodad
ip route add default via fe80::1 dev eth0
BRIDGE=late make_bridge
make_bridge
make_container vm00
make_container gone
ok "when all have come the rules are as before" wait_for as_before
like="$prefix:3/64"
ok "and the containers have their addresses" \
    wait_for has inside vm00 ip -6 addr
forwards "a forward works"
hears "what is missing no longer is told" "resolved: late is not there"
ip link del late
hears "and also when it is missing again" "^seki: late is not there"
BRIDGE=late make_bridge
hears "the last word is what is so" "resolved: late is not there"
kill -TERM $watch
wait $watch

# ---- a saved config that nobody can read

ok "what is confirmed is in the history" "$seki" apply
cp "$SEKI_CONFIG" "$tmp/good.conf"
echo 'wobble' >>"$SEKI_CONFIG"
nft delete table inet seki
start_watch
hears "a boot with a broken config falls back on the history" \
    "wobble.*number [0-9]+ of the history is kept up"
ok "so that the host is not left open" wait_for as_before
cp "$tmp/good.conf" "$SEKI_CONFIG"
kill -TERM $watch
wait $watch

done_testing

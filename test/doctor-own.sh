#!/bin/sh
# seki doctor of this host itself: its programs that forwards hide, what IPv4
# leaves open, and more routes than are read. Each fault is made, found, alone,
# and gone once it is mended.
. "${top_srcdir:-.}/test/lib/lib.sh"
in_sandbox "$@"
is_root || skip_all "kernel: faults want root"
need nft
. "$top_srcdir/test/lib/doctor.sh"

public=2001:db8::10
ula=fd5a:1c2e:90b1
make_outside
make_container vm00
make_container vm01
# A port that comes would change it, and vm00 would not know for half a minute.
ip link set $BRIDGE address 02:00:00:00:00:01
serve vm00 tcp 80
cat >"$SEKI_CONFIG" <<CONF
uplink eth0
bridge $BRIDGE ula $ula::1/64 masquerade
container vm00 ula $ula::3
container vm01 ula $ula::4
forward tcp 80 to vm00
CONF
ok "a config" "$seki" apply
ok "a forward works" wait_for inside client1 "$peer" get $public 80
is "a host that works has no ailments" "$(ailments)" ""
cp "$SEKI_CONFIG" "$tmp/usual.conf"

# usual: the config as it was.
usual()
{
	cp "$tmp/usual.conf" "$SEKI_CONFIG"
	"$seki" apply >/dev/null 2>&1
	is "$1: as it was, all is well" "$(ailments)" ""
}

# with LINE...: the usual config, and those.
with()
{
	cp "$tmp/usual.conf" "$SEKI_CONFIG"
	printf '%s\n' "$@" >>"$SEKI_CONFIG"
	"$seki" apply >/dev/null 2>&1
}

# ---- programs that forwards hide

# gets NODE: an answer of that one.
gets()
{
	inside client1 "$peer" get $public 8080 | grep -q "^$1 "
}

with "forward tcp 8080 to vm00:80"
is "hidden: nothing to hide" "$(ailments)" ""
serve_host tcp 8080
found hidden warn '"forward tcp 8080"' \
    "^WARN forward tcp 8080: peer of this host listens on tcp 8080, which goes to vm00"
ok "hidden: packets agree" wait_for gets vm00
is "hidden: its cure" "$(cure hidden)" "seki add deny input tcp 8080 from uplink"
edit hidden
is "hidden: where it is meant, it helps" "$(ailments)" ""

with "forward tcp 8080 to vm00:80" "allow input tcp 8080,8081" \
    "default input deny"
found hidden warn '"forward tcp 8080"' "let no rule allow this one in"
is "hidden: no cure narrows a policy" "$(cure hidden)" ""

with "forward tcp 8080 to vm00:80" "allow input tcp 8080" "default input deny"
is "hidden: the cure of a policy" "$(cure hidden)" \
    "seki delete allow input tcp 8080"
edit hidden
is "hidden: it helps, too" "$(ailments)" ""

with "forward any to vm01"
like "hidden by the rest: it is found" "$(ailments)" \
    '^hidden warn "forward any"'
like "hidden by the rest: told" "$("$seki" doctor 2>&1)" \
    "peer of this host listens on tcp 8080, which goes to vm01 with the rest"
nok "hidden by the rest: packets agree" \
    inside client1 "$peer" get $public 8080 --timeout 100
is "hidden by the rest: its cure" "$(cure hidden)" "seki add allow input tcp 8080"
edit hidden
unlike "hidden by the rest: it helps" "x $(ailments)" hidden
ok "hidden by the rest: packets agree with that" wait_for gets host
pkill -f "serve tcp 8080 host"
usual hidden

# ---- what IPv4 leaves open

make_outside4
serve_host tcp 8081
with "allow input tcp 22" "default input deny"
found ipv4 warn null "^WARN IPv4 is not touched: default input deny closes nothing of 192.0.2.10"
like "ipv4: who listens is told" "$("$seki" doctor 2>&1)" \
    "what listens there: tcp 8081 \(peer\)"
nok "ipv4: IPv6 is closed" inside client1 "$peer" get $public 8081 --timeout 100
ok "ipv4: and IPv4 is not" inside client1 "$peer" get 192.0.2.10 8081
is "ipv4: its cure" "$(cure ipv4)" "seki set option ipv4 on"
edit ipv4
nok "ipv4: packets agree" \
    inside client1 "$peer" get 192.0.2.10 8081 --timeout 100
is "ipv4: it helps" "$(ailments)" ""
pkill -f "serve tcp 8081 host"
ip addr del 192.0.2.10/24 dev eth0
usual ipv4

# ---- more than is read

# routes FAMILY FORMAT: 4200 of them inside, by two numbers.
routes()
{
	seq 4200 | awk '{ printf "route add '"$2"' dev eth0\n", $1 / 250, $1 % 250 }' |
	    inside vm01 ip "-$1" -batch -
}

# many FAMILY FORMAT NET
many()
{
	routes "$1" "$2"
	found many-routes warn '"vm01"' "^WARN vm01: it has more than 4096 routes"
	like "many-routes: -$1: programs are told" \
	    "$("$seki" show containers --json | tr '{' '\n' | grep '"name":"vm01"')" \
	    '"routes_cut":true'
	inside vm01 ip "-$1" route flush root "$3"
	is "many-routes: -$1: few again" "$(ailments)" ""
}
many 6 fd00:9:%x:%x::/64 fd00:9::/32
inside vm01 ip addr add 10.0.3.4/24 dev eth0
many 4 172.16.%d.%d/32 172.16.0.0/16
usual many-routes

done_testing

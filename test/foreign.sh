#!/bin/sh
# firewalld, Podman's netavark and Incus themselves beside seki, and the rules
# that Docker documents for its nftables backend: whose they are and what they
# do to packets is told as packets find it, and the one line that is told to
# help does.
. "${top_srcdir:-.}/test/lib/lib.sh"
in_sandbox "$@"
is_root || skip_all "kernel: other programs want root"
need nft ip6tables firewalld firewall-cmd dbus-daemon

ula=fd5a:1c2e:90b1:
public=2001:db8:1:2::3
netavark=/usr/lib/podman/netavark
make_outside
make_outside4
make_bridge
make_container vm00
inside internet ip route add 2001:db8:1:2::/64 via 2001:db8::10

# config LINE...: of this bridge and its container, and these lines more.
config()
{
	cat <<END
uplink eth0
bridge $BRIDGE ula $ula:1/64 prefix 2001:db8:1:2::/64
container vm00 on $BRIDGE ula $ula:3 address $public
forward tcp 80 to vm00
default input deny
default forward deny
allow forward to uplink
END
	printf '%s\n' "$@"
}

with()
{
	config "$@" >"$SEKI_CONFIG"
	"$seki" apply 2>&1
}

# gets ADDRESS PORT: it is reached from outside.
gets()
{
	inside client1 "$peer" get "$1" "$2" --timeout 500
}

# calls NODE: it calls out.
calls()
{
	inside "$1" "$peer" get 2001:db8:9::7 7 --timeout 500
}

state()
{
	"$seki" show forwards | sed -n "s/^tcp *$1 .* \(active\|broken\|degraded\)/\1/p"
}

neighbours()
{
	"$seki" show neighbours | sed 's/  */ /g'
}

# told OWNER: what the doctor has against it.
told()
{
	"$seki" doctor 2>&1 | grep -E "^(WARN|FAIL) .* of $1 " || echo nothing
}

# cure WORD: the first command of the doctor with that word.
cure()
{
	"$seki" doctor --json 2>/dev/null | tr '{' '\n' |
	    sed -n 's/.*"cure":"\([^"]*\)".*/\1/p' | grep -m 1 -e "$1"
}

# mends WORD NAME COMMAND...: the line that the doctor has helps at once.
mends()
{
	line=$(cure "$1")
	shift
	ok "$1: its line can be run" sh -c "${line:-false}"
	shift
	ok "and helps" "$@"
}

ok "a config" with "allow input tcp 2222-2223" \
    "allow forward tcp 80 to container vm00"
serve vm00 tcp 80
serve client1 tcp 7
"$peer" serve tcp 2223 host >"$tmp/serve-host" 2>&1 </dev/null &
ok "a forward is reached" wait_for gets 2001:db8::10 80
ok "and the public address" wait_for gets $public 80
ok "and this host" wait_for gets 2001:db8::10 2223
ok "and the container calls" wait_for calls vm00

# ---- firewalld

private /etc/firewalld
mkdir -p /run/dbus
dbus-daemon --system --fork
firewalld --nofork --nopid >"$tmp/firewalld" 2>&1 </dev/null &
firewalld=$!
ok "firewalld is up" wait_for firewall-cmd --state
like "it is a neighbour, which drops by itself" "$(neighbours)" \
    "^ forward 10 inet firewalld filter_FORWARD firewalld drops what its"
ok "a forward passes, as it lets pass what is translated" \
    gets 2001:db8::10 80
is "which the forward knows" "$(state 80)" active
nok "the container does not call" calls vm00
like "which is told" "$(told firewalld)" "chain filter_FORWARD of firewalld"
mends change-interface "calls" calls vm00
nok "nothing comes to this host" gets 2001:db8::10 2223
like "its line names the ports" "$(cure add-port)" \
    "^firewall-cmd --add-port=2222-2223/tcp &&"
mends add-port "input" gets 2001:db8::10 2223
nok "nothing comes to its public address" gets $public 80
is "which is all there is to tell" "$(told firewalld | sed 's/ of .*//')" \
    "WARN table inet firewalld, chain filter_FORWARD"
mends new-policy "public addresses" gets $public 80
ok "and the container still calls, although it was loaded anew" calls vm00
ok "and this host is reached" gets 2001:db8::10 2223
is "then nothing is told" "$(told firewalld)" nothing
kill $firewalld
wait $firewalld

# ---- Docker, with its nftables backend (from 29 on): a chain for each bridge

# docker_nft MORE: the rules for packets to and from this bridge.
docker_nft()
{
	nft -f - <<NFT
table ip6 docker-bridges {
	map filter-forward-in-jumps {
		type ifname : verdict
		elements = { $BRIDGE : jump filter-forward-in__$BRIDGE }
	}
	map filter-forward-out-jumps {
		type ifname : verdict
		elements = { $BRIDGE : jump filter-forward-out__$BRIDGE }
	}
	chain filter-forward-in__$BRIDGE {
		ct state established,related counter accept
		$1
		iifname $BRIDGE accept
		counter drop comment "UNPUBLISHED PORT DROP"
	}
	chain filter-forward-out__$BRIDGE {
		ct state established,related accept
		counter accept
	}
	chain filter-FORWARD {
		type filter hook forward priority 0
		oifname vmap @filter-forward-in-jumps
		iifname vmap @filter-forward-out-jumps
	}
}
NFT
}

docker_nft ""
with "allow input tcp 22" >/dev/null
like "Docker's nftables rules are a neighbour, which stops a forward" \
    "$(neighbours)" "^! forward 0 ip6 docker-bridges filter-FORWARD Docker .*, 1 forward$"
nok "so it does" gets 2001:db8::10 80
like "and it is broken" "$(state 80)" \
    "^broken: .*chain filter-FORWARD of Docker drops its packets"
ok "the container calls" calls vm00
mends "nft insert" "a rule ahead of them" gets 2001:db8::10 80
is "as the forward knows" "$(state 80)" active
nft delete table ip6 docker-bridges
docker_nft "meta mark and 1 == 1 accept"
nok "a mark that lets through, and nobody sets, does not help" \
    gets 2001:db8::10 80
unlike "so it is not active" "$(state 80)" active
nft -f - <<NFT
table ip6 marks {
	chain forward {
		type filter hook forward priority -1
		oifname $BRIDGE meta mark set 1
	}
}
NFT
ok "once it is set it does" gets 2001:db8::10 80
unlike "so it is not broken" "$(state 80)" broken
nft delete table ip6 docker-bridges
nft delete table ip6 marks

# ---- Podman's netavark, with a bridge and a published port of its own

podman_up()
{
	cat >"$tmp/pod" <<END
{ "container_id": "$(printf '%064d' 7)", "container_name": "pod",
  "networks": { "podman": { "interface_name": "eth0",
    "static_ips": [ "10.88.0.2", "fd00:88::2" ] } },
  "port_mappings": [ { "container_port": 80, "host_ip": "",
    "host_port": 8080, "protocol": "tcp", "range": 1 } ],
  "network_info": { "podman": { "name": "podman",
    "id": "$(printf '%064d' 8)", "driver": "bridge",
    "network_interface": "podman0", "internal": false,
    "ipv6_enabled": true, "dns_enabled": false,
    "subnets": [ { "subnet": "10.88.0.0/16", "gateway": "10.88.0.1" },
      { "subnet": "fd00:88::/64", "gateway": "fd00:88::1" } ],
    "ipam_options": { "driver": "host-local" } } } }
END
	mkdir -p "$tmp/netavark"
	"$netavark" --config "$tmp/netavark" "$1" /run/netns/pod <"$tmp/pod"
}

# in_both PORT: it is reached in both families.
in_both()
{
	gets 2001:db8::10 "$1" && gets 192.0.2.10 "$1"
}

if [ -x "$netavark" ]; then
	make_node pod
	ok "a pod" podman_up setup
	serve pod tcp 80
	cat >"$SEKI_CONFIG" <<END
option ipv4 on
uplink eth0
bridge podman0 ula fd00:88::1/64 ipv4 10.88.0.1/16 masquerade
container pod ula fd00:88::2 ipv4 10.88.0.2
forward tcp 80 to pod
END
	ok "its bridge and a forward to it" "$seki" apply
	ok "it is reached" wait_for in_both 80
	ok "by its published port, too" in_both 8080
	ok "it calls" calls pod
	like "Podman is a neighbour that forwards" "$(neighbours)" \
	    "^ prerouting -100 [a-z0-9]* [a-z]* PREROUTING Podman sends some to hosts"
	unlike "which stops none of ours" "$(neighbours)" "^!"
	is "as the forward knows" "$(state 80)" active
	is "and nothing is told" "$(told Podman)" nothing
	printf '%s\n' "default forward deny" >>"$SEKI_CONFIG"
	like "where forwarding is denied its ports are told of" \
	    "$("$seki" apply 2>&1)" "of Podman forwards ports, too: .*shuts them"
	ok "ours is reached" in_both 80
	nok "its own is not" gets 2001:db8::10 8080
	nok "in either family" gets 192.0.2.10 8080
	podman_up teardown >/dev/null
else
	skip "needs: netavark" 12
fi

# ---- Incus, with a bridge of its own and a list of rules for it

# acl_of_bridge: a list that lets containers call, and nothing else.
acl_of_bridge()
{
	incus network acl create web &&
	    incus network acl rule add web egress action=allow &&
	    incus network set incusbr0 security.acls=web
}

PATH=$PATH:/usr/libexec/incus
if command -v incusd >/dev/null && command -v incus >/dev/null; then
	for dir in /var/lib/incus /var/log/incus; do
		mkdir -p "$dir"
		mount -t tmpfs tmpfs "$dir"
	done
	incusd --group root >"$tmp/incusd" 2>&1 </dev/null &
	incusd=$!
	ok "Incus is up" incusd waitready --timeout "$wait_s"
	ok "a bridge of its own" incus network create incusbr0 \
	    ipv4.address=10.88.5.1/24 ipv6.address=fd00:1d::1/64
	BRIDGE=incusbr0
	make_container vm09
	cat >"$SEKI_CONFIG" <<END
uplink eth0
bridge incusbr0 ula fd00:1d::1/64 masquerade
container vm09 on incusbr0 ula fd00:1d::9
forward tcp 80 to vm09
END
	"$seki" apply >/dev/null 2>&1
	serve vm09 tcp 80
	ok "a forward to it is reached" wait_for gets 2001:db8::10 80
	like "Incus is a neighbour, which leaves it" "$(neighbours)" \
	    "^ forward 0 inet incus fwd.incusbr0 Incus leaves it"
	ok "a list of rules" acl_of_bridge
	nok "then it is not reached" gets 2001:db8::10 80
	like "which the forward knows" "$(state 80)" \
	    "^broken: .*chain aclfwd.incusbr0 of Incus drops its packets"
	mends "incus network" "its default" gets 2001:db8::10 80
	is "as the forward knows" "$(state 80)" active
	kill $incusd
	wait $incusd
else
	skip "Incus is not installed, nor need it be" 10
fi
done_testing

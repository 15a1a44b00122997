#!/bin/sh
# Firewalls of others, as Docker and ufw load them: what is told of them is so,
# what is told to help does, and nothing is told when it has.
. "${top_srcdir:-.}/test/lib/lib.sh"
in_sandbox "$@"
need nft ip6tables iptables
ula=fd5a:1c2e:90b1
public=2001:db8::10

make_outside
make_bridge
make_container vm00
cat >"$SEKI_CONFIG" <<END
uplink eth0
bridge $BRIDGE ula $ula::1/64 masquerade
container vm00 on $BRIDGE ula $ula::3
forward tcp 80 to vm00
END
cp "$SEKI_CONFIG" "$tmp/base"
ok "the config is applied" "$seki" apply
serve vm00 tcp 80
serve vm00 tcp 8000

# gets PORT
gets()
{
	inside client1 "$peer" get $public "$1" --timeout 500 >/dev/null 2>&1
}

checked()
{
	"$seki" check 2>&1
}

# The command that the forward tells to help.
cure_told()
{
	"$seki" show forwards --json |
	    sed -n 's/.*"reason": *".* drops its packets: \([^"]*\)".*/\1/p'
}

# with LINE...: these lines more in the config, in force; what apply said.
with()
{
	cp "$tmp/base" "$tmp/conf"
	printf '%s\n' "$@" >>"$tmp/conf"
	"$seki" apply "$tmp/conf" 2>&1
}

# ---- a chain of Docker drops what is forwarded

ok "packets pass" wait_for gets 80
ip6tables -N DOCKER-USER
ip6tables -A FORWARD -j DOCKER-USER
ip6tables -P FORWARD DROP
nok "none does, once Docker drops them" gets 80
like "which is told" "$(checked)" \
    "^warning: table ip6 filter, chain FORWARD of Docker lets nothing pass"
cure=$(cure_told)
like "with what helps" "$cure" "^ip6tables .*$BRIDGE"
ok "it can be done" sh -c "$cure"
ok "and helps" gets 80
unlike "then nothing is told" "$(checked)" "FORWARD"
unlike "nor by the forward" "$("$seki" show forwards)" "broken|degraded"
ip6tables -D DOCKER-USER 1
ip6tables -D DOCKER-USER 1
ip6tables -A FORWARD -i $BRIDGE -j ACCEPT
ip6tables -A FORWARD -d $ula::3 -p tcp --dport 80 -j ACCEPT
ok "the container's own port is let through" gets 80
like "but what it calls gets no answer, which is told" "$(checked)" FORWARD
ip6tables -I FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT
unlike "with answers nothing is told" "$(checked)" "FORWARD"
like "of what a policy lets in from elsewhere it is" \
    "$(with "allow forward tcp 443 to container vm00")" "FORWARD of Docker"
unlike "of what lets containers out it is not" \
    "$(with "allow forward tcp 443 to uplink" \
    "allow forward udp 53 from container vm00")" "FORWARD of Docker"
ip6tables -A FORWARD -o $BRIDGE -p tcp --dport 443 -j ACCEPT
unlike "nor of what has its rule" \
    "$(with "allow forward tcp 443 to container vm00")" "FORWARD of Docker"
ip6tables -A FORWARD -o $BRIDGE -p tcp -m multiport --dports 500,25,8000:8010 \
    -j ACCEPT
unlike "or a rule for several ports" \
    "$(with "allow forward tcp 25,500,8000-8010 to container vm00")" \
    "FORWARD of Docker"
for port in 26 499 501 7999 8011; do
	like "but $port is none of them" \
	    "$(with "allow forward tcp $port to container vm00")" \
	    "FORWARD of Docker"
done
ip6tables -A FORWARD -o $BRIDGE -p udp -m multiport ! --dports 53,80:90 \
    -j ACCEPT
unlike "nor of what it is not against" \
    "$(with "allow forward udp 54-79 to container vm00")" "FORWARD of Docker"
like "but of what it is" \
    "$(with "allow forward udp 90 to container vm00")" "FORWARD of Docker"
like "for all of the rest a port's rule is not enough" \
    "$(with "forward any to vm00")" "FORWARD of Docker"
like "as its forward says, too" "$("$seki" show forwards)" \
    "^any .* degraded: .* drops what it has no rule for: "
ip6tables -A FORWARD -o $BRIDGE -j ACCEPT
unlike "but one for all is" "$(with "forward any to vm00")" \
    "FORWARD of Docker"
like "also for it" "$("$seki" show forwards)" "^any .* active"
"$seki" apply "$tmp/base" >/dev/null 2>&1
ip6tables -F FORWARD
like "without it, it is told again" "$(checked)" "chain FORWARD of Docker"
ip6tables -X DOCKER-USER
ip6tables -N DOCKER
ip6tables -A FORWARD -o $BRIDGE -j DOCKER
nok "an older Docker drops it, too" gets 80
cure=$(cure_told)
like "which has no chain for users" "$cure" "^ip6tables -I FORWARD .*$BRIDGE"
ok "what helps can be done" sh -c "$cure"
ok "and helps" gets 80
ip6tables -P FORWARD ACCEPT
ip6tables -F FORWARD
ip6tables -X DOCKER

# ---- a chain of Docker and public addresses

# public_too WORDS ADDRESS INSIDE CONTAINER-WORDS: the same where a bridge has these
# words more, a container that address outside, and that one inside.
public_too()
{
	cat >"$tmp/conf" <<END
uplink eth0
bridge $BRIDGE ula $ula::1/64 $1
container vm00 on $BRIDGE ula $ula::3 $4
allow forward tcp 80 to container vm00
END
	"$seki" apply "$tmp/conf" >/dev/null 2>&1
	reached="inside client1 $peer get $2 80 --timeout 500"
	ok "by $1: packets pass" wait_for $reached
	ip6tables -A FORWARD -j DOCKER-USER
	ip6tables -P FORWARD DROP
	nok "none does, once Docker drops them" $reached
	like "which is told" "$(checked)" \
	    "table ip6 filter, chain FORWARD of Docker lets nothing pass"
	ip6tables -A FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT
	ip6tables -A FORWARD -i $BRIDGE -j ACCEPT
	ip6tables -A FORWARD -d "$3" -p tcp --dport 80 -j ACCEPT
	ok "with a rule for its address inside they do" $reached
	unlike "and nothing is told" "$(checked)" "FORWARD"
	ip6tables -P FORWARD ACCEPT
	ip6tables -F FORWARD
}
for net in 2001:db8:5::/64 2001:db8:1:2::/64; do
	inside internet ip route add $net via $public
done
ip6tables -N DOCKER-USER
public_too "prefix 2001:db8:1:2::/64" 2001:db8:1:2::3 2001:db8:1:2::3 \
    "address 2001:db8:1:2::3"
public_too "prefix 2001:db8::/64 proxy" 2001:db8::8000:3 2001:db8::8000:3 \
    "address 2001:db8::8000:3"
public_too "translate 2001:db8:5::/64" 2001:db8:5::3 $ula::3 ""
ip6tables -X DOCKER-USER
"$seki" apply "$tmp/base" >/dev/null 2>&1

# ---- one of ufw drops what comes in

nft add table ip6 filter
ip6tables -N ufw6-user-input
ip6tables -A INPUT -j ufw6-user-input
ip6tables -P INPUT DROP
like "what is allowed in is told, and its command" \
    "$(with "allow input tcp 22-23")" \
    "chain INPUT of ufw lets nothing in, .* \(ufw allow 22:23/tcp\)"
ip6tables -A ufw6-user-input -p tcp --dport 22 -m conntrack --ctstate NEW \
    -j ACCEPT
like "also where only the first packet has one" \
    "$(with "allow input tcp 22")" INPUT
ip6tables -A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT
unlike "until it has its rule there" "$(with "allow input tcp 22")" INPUT
like "which another port has not" "$(with "allow input tcp 22-23")" "INPUT"
ip6tables -F INPUT
ip6tables -A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT
ip6tables -A INPUT -m addrtype ! --dst-type LOCAL -j DROP
ip6tables -A INPUT -p tcp --dport 22 -j ACCEPT
unlike "what drops packets that are not for this host is none" \
    "$(with "allow input tcp 22")" INPUT
ip6tables -P INPUT ACCEPT
ip6tables -F INPUT

# ---- a published port

ip6tables -t nat -N DOCKER
ip6tables -t nat -A PREROUTING -j DOCKER
unlike "one that publishes nothing is not told of" \
    "$(with "default forward deny")" "forwards ports"
ip6tables -t nat -A DOCKER -p tcp --dport 8080 \
    -j DNAT --to-destination "[$ula::3]:8000"
told=$(with "default input deny")
ok "a port that Docker publishes stays open" gets 8080
like "whatever input denies, which is told" "$told" \
    "chain PREROUTING of Docker forwards ports, too: they stay open"
told=$(with "default input deny" "default forward deny")
nok "it is shut by the default of forward" gets 8080
like "which is told" "$told" "chain PREROUTING of Docker .*of forward shuts them"
told=$(with "default forward deny" "allow forward tcp 8000")
ok "a policy opens it" gets 8080
ip6tables -t nat -A DOCKER -p tcp --dport 80 \
    -j DNAT --to-destination "[$ula::3]:9"
ok "a port that both forward is ours, although their chain is younger" gets 80
ip6tables -t nat -D DOCKER 2
ip6tables -t nat -D DOCKER 1
nft 'add table ip6 other; add chain ip6 other c {
	type nat hook prerouting priority -90; }
    add rule ip6 other c tcp dport 8081 dnat to ['$ula'::3]:8000'
like "one of nft is told of, too" "$(with "default forward deny")" \
    "table ip6 other, chain c forwards ports"
nft flush chain ip6 other c
nft add rule ip6 other c counter accept
unlike "no other rule is" "$(with "default forward deny")" "chain c"
nft add rule ip6 other c tcp dport 8081 redirect to :8000
unlike "nor what is sent to this host, which input judges" \
    "$(with "default input deny")" "chain c"
nft 'add table inet old; add chain inet old c {
	type nat hook prerouting priority -90; }
    add rule inet old c tcp dport 8081 dnat ip to 192.0.2.3:8000'
unlike "nor what is of IPv4" "$(with "default input deny")" "inet old"
ip6tables -F
ip6tables -t nat -F
nft delete table ip6 other
nft delete table inet old

# ---- one lets pass what is translated, and nothing else

nft 'add table inet firewalld; add chain inet firewalld c {
	type filter hook forward priority 10; }
    add rule inet firewalld c ct state established accept
    add rule inet firewalld c ct status dnat accept
    add rule inet firewalld c iifname '$BRIDGE' accept
    add rule inet firewalld c reject'
unlike "nothing is told of forwards" "$(with "default input deny")" firewalld
ok "since they pass" gets 80
like "but of a policy that lets in what is not" \
    "$(with "allow forward tcp 80 to container vm00")" \
    "chain c of firewalld drops what .*--change-interface=$BRIDGE &&"
nft delete table inet firewalld

# ---- IPv4

make_outside4
public4=192.0.2.10
ip addr add 10.0.3.1/24 dev $BRIDGE
give4 vm00 eth0 10.0.3.3/24 10.0.3.1

# gets4 PORT
gets4()
{
	inside client1 "$peer" get $public4 "$1" --timeout 500 >/dev/null 2>&1
}

iptables -N DOCKER-USER
iptables -A FORWARD -j DOCKER-USER
iptables -P FORWARD DROP
unlike "of chains of IPv4 nothing is told where that is not touched" \
    "$(checked)" "Docker"
cat >>"$tmp/base" <<END
option ipv4 on
END
like "with both families it is, while committing" "$(with)" \
    "^warning: table ip filter, chain FORWARD of Docker lets nothing pass"
nok "none of IPv4 passes" gets4 80
ok "while IPv6 does" gets 80
like "which its forward says" "$("$seki" show forwards)" \
    "^tcp +80 .* degraded: IPv4: table ip filter, chain FORWARD of Docker"
cure=$(cure_told)
like "with what helps" "$cure" "^iptables .*$BRIDGE"
ok "it can be done" sh -c "$cure"
ok "and helps" gets4 80
unlike "then nothing is told" "$(checked)" "FORWARD"
unlike "nor by the forward" "$("$seki" show forwards)" "broken|degraded"
iptables -D DOCKER-USER 1
sed -i 's/to vm00/& only ipv6/' "$tmp/base"
like "what containers call is asked for in both families" "$(with)" \
    "ip filter, chain FORWARD of Docker drops what it has no rule for"
like "a forward of IPv6 alone does not mind" "$("$seki" show forwards)" \
    "^tcp +80 .* active"
sed -i 's/only ipv6/only ipv4/' "$tmp/base"
with >/dev/null
like "but one of IPv4 alone is broken" "$("$seki" show forwards)" \
    "^tcp +80 .* broken: table ip filter, chain FORWARD of Docker"
# A rule for its address is one for its container where the config gives it.
iptables -I FORWARD -m conntrack --ctstate ESTABLISHED -j ACCEPT
iptables -A FORWARD -i $BRIDGE -j ACCEPT
iptables -A FORWARD -d 10.0.3.3 -p tcp --dport 80 -j ACCEPT
iptables -D DOCKER-USER 1
like "of a port that an address alone has is told" "$(with)" FORWARD
sed -i "s/bridge $BRIDGE ula [^ ]*/& ipv4 10.0.3.1\/24/
    s/ula $ula::3/& ipv4 10.0.3.3/" "$tmp/base"
unlike "but not of one whose address is given" "$(with)" "FORWARD"
ok "since it passes" gets4 80
sed -i 's/ only ipv4//' "$tmp/base"
iptables -P FORWARD ACCEPT
iptables -F

# One table for both may drop one of them.
nft 'add table inet mixed; add chain inet mixed in {
	type filter hook input priority 0; }
    add rule inet mixed in ct state established accept
    add rule inet mixed in meta nfproto ipv4 drop'
like "what is dropped in one family is told of that" \
    "$(with "allow input tcp 22")" \
    "^warning: table inet mixed, chain in \(IPv4 only\) drops what it has"
unlike "a policy of the other does not mind" \
    "$(with "allow input tcp 22 only ipv6")" mixed
nft add rule inet mixed in drop
like "what is dropped in both is told of both" \
    "$(with "allow input tcp 22")" \
    "^warning: table inet mixed, chain in drops what it has"
nft delete table inet mixed

iptables -t nat -N DOCKER
iptables -t nat -A PREROUTING -j DOCKER
iptables -t nat -A DOCKER -p tcp --dport 8080 \
    -j DNAT --to-destination 10.0.3.3:8000
told=$(with "default input deny")
ok "a port that Docker publishes in IPv4 stays open" gets4 8080
like "which is told" "$told" \
    "table ip nat, chain PREROUTING of Docker forwards ports, too: they stay"
told=$(with "default input deny" "default forward deny")
nok "it is shut by the default of forward" gets4 8080
done_testing

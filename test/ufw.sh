#!/bin/sh
# ufw itself beside seki: what is told of its chains is so, the commands that
# are told help, and neither program touches what is the other's.
. "${top_srcdir:-.}/test/lib/lib.sh"
in_sandbox "$@"
is_root || skip_all "kernel: ufw wants root"
need nft iptables ip6tables ufw
private /etc/ufw /etc/default

ula=fd5a:1c2e:90b1:
words=$tmp/watch.log
make_outside
make_outside4
make_bridge
ip addr add 10.0.3.1/24 dev $BRIDGE
make_container vm00
give4 vm00 eth0 10.0.3.3/24 10.0.3.1
cat >"$SEKI_CONFIG" <<CONF
option ipv4 on
uplink eth0
bridge $BRIDGE ula $ula:1/64 masquerade
container vm00 on $BRIDGE ula $ula:3
forward tcp 80 to vm00
forward tcp 8080-8081 to vm00:8000
allow input tcp 22
default input deny
default forward deny
allow forward to uplink
CONF
ok "the config is applied" "$seki" apply
for port in 80 8000 8001 9; do
	serve vm00 tcp $port
done
serve client1 tcp 7
serve_host tcp 22

# gets PORT: it is reached from outside in both families.
gets()
{
	inside client1 "$peer" get 2001:db8::10 "$1" --timeout 1000 &&
		inside client1 "$peer" get 192.0.2.10 "$1" --timeout 1000
}

# gets_none PORT: in neither.
gets_none()
{
	! inside client1 "$peer" get 2001:db8::10 "$1" --timeout 300 &&
		! inside client1 "$peer" get 192.0.2.10 "$1" --timeout 300
}

# calls: the container calls in both.
calls()
{
	inside vm00 "$peer" get 2001:db8:9::7 7 --timeout 1000 &&
		inside vm00 "$peer" get 198.51.100.7 7 --timeout 1000
}

state()
{
	"$seki" show forwards | sed -n "s/^$1 //p"
}

# cure STATE: the one command that it tells to help, in each family.
cure()
{
	echo "$1" | grep -o 'ufw route [^;]*' | sort -u
}

checked()
{
	"$seki" check 2>&1
}

for port in 80 8080 22; do
	ok "$port is reached" wait_for gets $port
done
ok "and the container calls" wait_for calls

# ---- it drops all that nobody allowed it

ok "ufw is on" ufw --force enable
for port in 80 8080 22; do
	ok "then $port is not reached" gets_none $port
done
told=$(checked)
like "of input it is told" "$told" \
    "^warning: table ip6 filter, chain INPUT of ufw drops what it has no rule"
like "in both families" "$told" "^warning: table ip filter, chain INPUT of ufw"
like "of forward as well" "$told" \
    "^warning: table ip filter, chain FORWARD of ufw drops what it has no rule"
now=$(state 'tcp *80')
like "a forward is broken in IPv6" "$now" \
    "broken: IPv6: table ip6 filter, chain FORWARD of ufw drops its packets"
like "and in IPv4" "$now" \
    "IPv4: table ip filter, chain FORWARD of ufw drops its packets"
is "one command helps in both" "$(cure "$now")" \
    "ufw route allow proto tcp to any port 80"
ok "it can be done" sh -c "$(cure "$now")"
ok "and helps" gets 80
like "which the forward knows" "$(state 'tcp *80')" " active$"
now=$(state 'tcp *8080-8081')
is "for ports that lead to others, those count" "$(cure "$now")" \
    "ufw route allow proto tcp to any port 8000:8001"
ok "it can be done" sh -c "$(cure "$now")"
ok "and helps" gets 8080
ok "with all of them" gets 8081
like "which the forward knows" "$(state 'tcp *8080-8081')" " active$"
ok "what comes in has its command, too" ufw allow 22/tcp
ok "which helps" gets 22
unlike "then it is not told" "$(checked)" "chain INPUT"
nok "the container cannot call" calls
like "which is told" "$(checked)" "chain FORWARD of ufw"
ok "there is a command for it" ufw route allow in on $BRIDGE
ok "which helps" calls
unlike "then nothing is told" "$(checked)" "of ufw"

# ---- all of the rest

"$seki" add forward any to vm00 2>/dev/null
like "is more than ufw lets through, as a commit tells" \
    "$("$seki" commit --now 2>&1)" "chain FORWARD of ufw drops what it has no"
ok "none of it is reached" gets_none 9
now=$(state 'any *any')
like "as its forward says" "$now" "degraded: .*chain FORWARD of ufw drops what"
is "its command is for all" "$(cure "$now")" "ufw route allow out on $BRIDGE"
ok "it can be done" sh -c "$(cure "$now")"
ok "and helps" gets 9
like "which the forward knows" "$(state 'any *any')" " active$"
"$seki" delete forward any to vm00 2>/dev/null
ok "committed" "$seki" commit --now

# ---- off and on again, with the service

"$seki" watch >"$words" 2>&1 </dev/null &
watch=$!
ok "the service is up" wait_for grep -q "this host is as" "$words"
for how in reload disable "--force enable" reload; do
	# shellcheck disable=SC2086 # they are words
	ok "ufw $how" ufw $how
	for port in 80 8081 22; do
		ok "$port is reached" gets $port
	done
	like "as the forward says" "$(state 'tcp *80')" " active$"
done
kill -TERM $watch
wait $watch
unlike "none of it was drift" "$(cat "$words")" "drift"
ok "without its rule" ufw route delete allow proto tcp to any port 80
ok "and the one for all" ufw route delete allow out on $BRIDGE
ok "a port is shut" gets_none 80
like "as the forward says" "$(state 'tcp *80')" "broken: .*of ufw drops"

# ---- what is ufw's stays so

before=$(theirs)
like "there is something to leave alone" "$before" "ufw6-user-forward"
"$seki" set forward tcp 80 to vm00:9 2>/dev/null
"$seki" delete default forward 2>/dev/null
ok "a commit" "$seki" commit
is "leaves it alone" "$(theirs)" "$before"
ok "reverted" "$seki" revert
is "that leaves it alone" "$(theirs)" "$before"
"$seki" discard 2>/dev/null
"$seki" set option ipv4 off 2>/dev/null
ok "IPv4 off" "$seki" commit --now
is "leaves it alone" "$(theirs)" "$before"
is "and nothing forwards IPv4" "$(cat /proc/sys/net/ipv4/ip_forward)" 0
like "what stays is judged in IPv6 alone" "$(state 'tcp *80')" \
    "broken: table ip6 filter, chain FORWARD of ufw"
ok "ufw goes" ufw disable
ok "which IPv6 hears of" wait_for inside client1 "$peer" get 2001:db8::10 80
done_testing

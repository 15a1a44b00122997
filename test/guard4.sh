#!/bin/sh
# An SSH session by IPv4 that a commit would cut: it is refused; forced, it is
# cut, and the guard brings it back.
. "${top_srcdir:-.}/test/lib/lib.sh"
. "$top_srcdir/test/lib/sshd.sh"
in_sandbox "$@"
is_root || skip_all "kernel: sshd wants root"
need nft ssh sshd ssh-keygen

public=192.0.2.10
ssh_port=2022
make_outside
make_outside4
make_container vm00
ip addr add 10.0.3.1/24 dev $BRIDGE
give4 vm00 eth0 10.0.3.3/24 10.0.3.1
serve vm00 tcp 80
start_sshd

cat >"$SEKI_CONFIG" <<CONF
option ipv4 on
uplink eth0
bridge lxcbr0 masquerade
container vm00
forward tcp 80 to vm00
allow input tcp $ssh_port
default input deny
default forward deny
CONF
ok "the first config" "$seki" apply
ok "ssh works" wait_for login true

state()
{
	nft list ruleset | nft_objects
	ip -4 addr
	ip -4 route show table all
	inside vm00 ip -4 addr
	inside vm00 ip -4 route
	grep -rs . /proc/sys/net/ipv4/conf /proc/sys/net/ipv4/ip_forward
	cat "$SEKI_CONFIG"
}

as_before()
{
	state >"$tmp/now"
	diff "$tmp/before" "$tmp/now"
}
state >"$tmp/before"

# ---- refused

for words in "tcp $ssh_port only ipv6" "tcp $ssh_port from 203.0.113.0/24" \
    "tcp $ssh_port from 2001:db8::/32"; do
	"$seki" delete allow input tcp $ssh_port >/dev/null
	# shellcheck disable=SC2086 # they are words
	"$seki" add allow input $words >/dev/null
	status "$words: is refused over a session by IPv4" 3 \
	    login "$seki" commit
	like "$words: with the reason" "$said" \
	    "$public|198\.51\.100\.7"
	like "$words: and what keeps it" "$said" \
	    "allow input tcp $ssh_port from 198\.51\.100\.7"
	ok "$words: nothing has changed" as_before
	"$seki" discard >/dev/null 2>&1
done

# The same rules are no harm to one by IPv6.
"$seki" delete allow input tcp $ssh_port >/dev/null
"$seki" add allow input tcp $ssh_port only ipv6 >/dev/null
public=2001:db8::10
ok "one by IPv6 may close it for IPv4" login "$seki" commit --confirm 60
ok "and take that back" login "$seki" revert
public=192.0.2.10
ok "to what it was" as_before

# ---- forced

settle()
{
	! [ -e /run/seki/pending/state ]
}

"$seki" delete allow input tcp $ssh_port >/dev/null
login "$seki commit --force --confirm 5
    while [ -e /run/seki/pending/state ]; do sleep 0.1; done
    echo still here" >"$tmp/session" 2>&1 &
session=$!
ok "forced, it is applied" wait_for grep -q "is pending" "$tmp/session"
like "a new login is cut off" "$(connect_s=2 login true 2>&1)" "timed out"
ok "the guard takes it back" wait_for settle
ok "then a new login works" wait_for login true
ok "and the host is as it was" as_before
wait $session
like "the session has lived to see it" "$(cat "$tmp/session")" "^still here$"
like "what happened is told" "$("$seki" show status)" \
    "commit #[0-9]+ by root.* was reverted, since nobody confirmed it"
"$seki" discard >/dev/null 2>&1

ok "the saved config is what it was" grep -q "^allow input tcp $ssh_port" \
    "$SEKI_CONFIG"

# ---- proof

ok "another forward" "$seki" add forward tcp 8080 to vm00:80
ok "is committed from a session" login "$seki" commit --confirm 60
status "confirm without a new login is refused" 3 "$seki" confirm
login sleep 60 &
session=$!
evidence()
{
	"$seki" show status |
	    grep -Eq '^ +\[ok\] a login by root from 198\.51\.100\.7 at '
}
ok "a new login by IPv4 is seen" wait_for evidence
ok "then one word confirms" "$seki" confirm
kill $session
wait $session 2>/dev/null
like "it is saved" "$(cat "$SEKI_CONFIG")" "tcp 8080"
kill "$sshd_pid"
done_testing

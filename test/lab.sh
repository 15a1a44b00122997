#!/bin/sh
# The lab: what is in it, and that nothing of it is left.
. "${top_srcdir:-.}/test/lib/lib.sh"
in_sandbox "$@"
need lsns setpriv bash script

# A copy that anybody may run, wherever the tree is.
cp "$seki" "$seki-console" "$tmp" || skip_all "needs: seki"
lab="$tmp/seki lab"

# Namespaces and mounts, all of them in sight: /proc is the sandbox's own.
# Every process has a network and a mount namespace, unless it is a zombie.
machine()
{
	lsns -n -o NS,TYPE | grep -e net -e mnt | sort
	cat /proc/self/mounts
}

unchanged()
{
	[ "$(machine)" = "$before" ]
}

# A host that has no config yet.
mkdir "$tmp/etc"
cp -a /etc/. "$tmp/etc" 2>/dev/null
rm -rf "$tmp/etc/seki"
mount --bind "$tmp/etc" /etc
before=$(machine)

inventory='
echo "id $(id -u)"
echo "env $SEKI_LAB $SEKI_CONFIG"
echo "config $(test -e "$SEKI_CONFIG" && echo there || echo none)"
echo "netns" $(ls /run/netns)
echo "lxc" $(ls /var/lib/lxc 2>/dev/null)
echo "route" $(ip -6 route show default)
ip -br link | sed "s/^/link /"
ip -o -6 addr | sed "s/^/address /"
bridge link | sed "s/^/port /"
ip netns exec client1 ip -o -6 addr show dev eth0 | sed "s/^/client1 /"
ip netns exec client2 ip -o -6 addr show dev eth0 | sed "s/^/client2 /"
ip netns exec internet ip -o -6 addr | sed "s/^/internet /"
'

# look WHO COMMAND...: the fresh lab of that user.
look()
{
	who=$1
	shift
	got=$("$@" $lab --fresh --no-traffic -- sh -c "$inventory" 2>&1)
	like "$who: is root inside" "$got" "^id 0$"
	like "$who: the command is told" "$got" "^env 1 /run/seki/seki.conf$"
	like "$who: fresh has no config" "$got" "^config none$"
	like "$who: all nodes have names" "$got" \
	    "^netns client1 client2 db1 dns1 git1 internet tmp1 web1$"
	like "$who: the machine's containers do not show" "$got" "^lxc$"
	like "$who: the route is the provider's" "$got" \
	    "^route default via fe80::1 dev eth0 metric 1024"
	like "$who: the uplink has its address" "$got" \
	    "^address .*eth0 *inet6 2001:db8::10/64"
	unlike "$who: the bridge has only a link-local one" "$got" \
	    "^address .*lxcbr0 *inet6 [^f]"
	is "$who: five ports" "$(echo "$got" | grep -c '^port .*lxcbr0')" 5
	like "$who: client1 is outside" "$got" "^client1 .*2001:db8:9::7/64"
	like "$who: client2 is outside" "$got" "^client2 .*2001:db8:44::2/64"
	is "$who: fe80::1 on all links of the router" \
	    "$(echo "$got" | grep -c '^internet .* fe80::1/64')" 3
	ok "$who: nothing is left" wait_for unchanged
}

# ends WHO COMMAND...: the ways out of that user's lab.
ends()
{
	who=$1
	shift
	status "$who: the command's status" 7 "$@" $lab -- sh -c 'exit 7'
	status "$who: killed by a signal" 137 "$@" $lab -- sh -c 'kill -9 $$'
	status "$who: no such command" 1 "$@" $lab -- /none/such
	status "$who: whoever starts it ignores SIGCHLD" 7 timeout 60 "$@" \
	    env --ignore-signal=CHLD $lab -- sh -c 'exit 7'

	"$@" $lab -- sleep 60 &
	wait_for nodes_are 10
	kill -TERM $!
	wait $!
	is "$who: TERM ends it" $? 143
	ok "$who: nothing is left after TERM" wait_for unchanged

	"$@" $lab -- sleep 60 2>/dev/null &
	wait_for nodes_are 10
	kill -KILL $!
	wait $! 2>/dev/null
	is "$who: KILL ends it" $? 137
	ok "$who: nothing is left after KILL" wait_for unchanged
}

# As many network namespaces are in sight: ours, and 9 of a complete lab.
nodes_are()
{
	[ "$(lsns -n -t net | wc -l)" -ge "$1" ]
}

anybody="setpriv --reuid 65534 --regid 65534 --clear-groups"

look root
ends root
if ! $anybody true 2>/dev/null; then
	skip "kernel: only root can be somebody else"
elif ! $anybody unshare -U true 2>/dev/null; then
	skip "kernel: users may not make namespaces"
else
	look nobody $anybody
	ends nobody $anybody
fi

got=$($lab --fresh --no-traffic -- sh -c "
	nsenter --net=/run/netns/client1 $peer get 2001:db8::10 22 2>&1")
like "the host has an ssh port" "$got" "SSH-2.0-lab host sees 2001:db8:9::7"

# README's walk, line by line, but for the console, and what it says of the lab.
confirm=$(sed -n 's/.*lab.*"\(seki confirm [^"]*\)".*/\1/p' \
    "$top_srcdir/README")
readme "Ten minutes on a fresh server" | sed -e '/ lab /d' -e '/^seki$/d' \
    -e '/^systemctl /d' -e "s/^seki confirm$/$confirm/" >"$tmp/walk"
ok "README's walk has its lines" test "$(grep -c ^seki "$tmp/walk")" -ge 30
(
	# shellcheck disable=SC2016 # for bash to expand
	echo 'trap '\''echo "failed: $BASH_COMMAND"'\'' ERR'
	cat "$tmp/walk"
	echo 'seki show config | grep ^forward'
) | "$seki" lab --fresh --no-traffic -- bash >"$tmp/said" 2>&1
is "and works in the lab" "$(grep -A 3 "^failed:" "$tmp/said")" ""
is "to its end" "$(tail -n 3 "$tmp/said")" "forward tcp 80,443 to web1
forward udp 53 to dns1
forward tcp 2222 to git1:22 note \"git over ssh\""

# A shell in it tells where one is.
got=$(script -qec "$seki lab --fresh -- sh -c 'ls -x -w 99 /run/netns'" \
    /dev/null </dev/null | tr -d '\r')
is "a terminal is told in two lines" "$(echo "$got" | wc -l)" 3
for name in $(echo "$got" | tail -n 1); do
	[ "$name" = internet ] ||
		like "of $name" "$(echo "$got" | head -n 2)" "\\b$name\\b"
done
like "and how to leave" "$got" '"exit"'
is "once, and no pipe" "$("$seki" lab -- true 2>&1)" ""

# sudo and su take the environment away.
got=$("$seki" lab --fresh --no-traffic -- sh -c '
bare="env -i PATH=$PATH seki"
$bare add allow input tcp 9999
$bare commit --now >/dev/null && $bare show config
$bare add default input deny
seki diff' 2>&1)
like "without its environment a command is still in the lab" "$got" \
    "^allow input tcp 9999$"
unlike "and means its config" "$got" "^\\+ *allow input tcp 9999"
like "the machine's own is not made" "$(ls -d /etc/seki 2>&1)" "No such"
mkdir /etc/home
echo quit | HOME=/etc/home XDG_STATE_HOME=/etc/home "$seki" lab -- seki shell
is "nor are lines typed in it kept" "$(ls -A /etc/home)" ""

# What mends a fresh host is taken one after the other.
got=$("$seki" lab --fresh --no-traffic -- sh -c '
take()
{
	cure=$(seki doctor --json | tr "{" "\n" |
	    sed -n "s/.*\"check\":\"ula\".*\"cure\":\"\([^\"]*\)\".*/\1/p" |
	    head -n 1)
	echo "$cure"
	$cure >/dev/null && echo "taken"
}
take
take' 2>&1)
like "a bridge without a ULA is cured before its containers" \
    "$(echo $got)" "^seki set bridge lxcbr0 ula auto .*taken seki set container [a-z0-9]+ ula auto .*taken$"

# In a chroot it is found by the path that it has there.
# shellcheck disable=SC2016 # for that shell
is "in a chroot, seki is itself" "$(unshare -m --propagation private sh -c '
    mkdir "$1/root" && mount --rbind / "$1/root" &&
	exec chroot "$1/root" "$2" lab --fresh --no-traffic -- \
	    sh -c "command -v seki"' sh "$tmp" "$seki")" "$seki"

# From the first moment on: the example's forwards carry the clients' visits.
sent='
i=0
while [ "$(ip netns exec web1 cat /sys/class/net/eth0/statistics/tx_bytes)" \
    -lt 100000 ]; do
	i=$((i + 1))
	[ $i -lt 1200 ] || exit 1
	sleep 0.05
done'
status "the example is applied and carries traffic" 0 $lab -- sh -c "$sent"

received='
n=$(cat /sys/class/net/eth0/statistics/rx_packets)
i=0
while [ $i -lt 1200 ]; do
	now=$(cat /sys/class/net/eth0/statistics/rx_packets)
	[ $((now - n)) -lt 20 ] || exit 0
	sleep 0.05
	i=$((i + 1))
done
exit 1'
status "clients visit" 0 $lab --fresh -- sh -c "$received"

done_testing

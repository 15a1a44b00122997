#!/bin/sh
# seki log tells what was logged, in the same words, by a real journald and by a
# real syslogd; and who is not root cannot speak for seki where the journal is
# asked.
. "${top_srcdir:-.}/test/lib/lib.sh"
in_sandbox "$@"
need nft logger setpriv
SSH_CONNECTION="2001:db8:9::7 1024 2001:db8::10 22"
export SSH_CONNECTION

# The only devices here, so that /dev/log is ours.
mkdir -p "$tmp/dev"
for device in null zero urandom; do
	: >"$tmp/dev/$device"
	mount --bind "/dev/$device" "$tmp/dev/$device"
done
mount --rbind "$tmp/dev" /dev
make_outside
make_bridge
configure()
{
	cat >"$SEKI_CONFIG" <<-CONF
		uplink eth0
		bridge lxcbr0 ula fd5a:1c2e:90b1::1/64 masquerade
		container web1 on lxcbr0 ula fd5a:1c2e:90b1::3
		forward tcp 80 to web1
	CONF
}
configure

# ---- no log at all

status "a host without a log" 1 "$seki" log
like "says what it lacks" "$("$seki" log 2>&1)" 'no log that can be read'

# texts [WORDS]: what the log says, the oldest first.
texts()
{
	"$seki" log "$@" --json | grep -o '"text":"[^"]*"' | cut -d '"' -f 4 |
	    tac
}

logged()
{
	texts | grep -Eq "$1"
}

# The client of a connection is in $caller.
called()
{
	caller=$("$seki" show connections 2>/dev/null |
	    awk '/established/ { print $1 }')
	[ -n "$caller" ]
}

# Somebody calls a container, and is cut off.
call_and_end()
{
	wait_for inside client1 "$peer" get 2001:db8::10 80
	: >"$tmp/held"
	nsenter --net=/run/netns/client1 "$peer" hold 2001:db8::10 80 \
	    >"$tmp/held" 2>&1 &
	wait_for grep -q ready "$tmp/held"
	wait_for called
	"$seki" end tcp "$caller"
}

# What happens to a host; all of it is logged.
happen()
{
	rm -f /run/seki/self-test
	"$seki" watch >"$tmp/watch" 2>&1 </dev/null &
	watch=$!
	wait_for logged 'this host is as'
	wait_for logged 'the self-test'
	"$seki" watch
	make_container web1
	wait_for logged 'web1: add default route'
	serve web1 tcp 80
	server=$!
	call_and_end
	"$seki" add allow input tcp 22 && "$seki" commit &&
	    "$seki" extend 30 && "$seki" confirm --unproven
	"$seki" add allow input tcp 23 && "$seki" commit && "$seki" revert
	"$seki" discard
	nft flush table inet seki
	wait_for logged 'drift corrected: table'
	kill "$server" # what serves there keeps the namespace
	ip netns del web1
	wait_for logged 'has gone'
	kill "$watch"
	wait "$watch"
	echo "allow input tcp 24" >>"$SEKI_CONFIG"
	"$seki" apply
	"$seki" apply
	"$seki" add forward tcp 80 to nobody
	logger -t other -p daemon.err "seki: not of seki"
	setpriv --reuid=65534 --clear-groups \
	    logger -t seki -p daemon.err "of nobody"
	logger -t seki -p daemon.err "the end"
	wait_for logged "the end"
}

# happened SOURCE: what the log has of that, but for what the service has to do
# when it starts, and when a container comes.
happened()
{
	said=$(texts)
	is "$1: all in its order, and as it was logged" \
	    "$(echo "$said" | grep -v \
		'nobody\|^applied\|net/ipv6\|^[a-z0-9]*: \|inside container' |
		sed 's/ in [0-9]* s$/ in N s/
		s/, [0-9]* commands[^(]*/, .../
		s/process [0-9]*/process N/
		s/]:[0-9]* to/]:PORT to/')" \
	    "the service has started
this host is as $SEKI_CONFIG says
the self-test passed: rules do on this kernel what they say
the service does not start: another seki watch serves this host
container has come: web1 (netns) on lxcbr0
1 connection was ended by root from 2001:db8:9::7: tcp 80 from [2001:db8:9::7]:PORT to web1
commit #1 by root from 2001:db8:9::7 is pending, and reverts by itself in N s
commit #1 by root from 2001:db8:9::7 was given 30 s more, and reverts by itself in N s
commit #1 by root from 2001:db8:9::7 was confirmed
commit #2 by root from 2001:db8:9::7 is pending, and reverts by itself in N s
commit #2 by root from 2001:db8:9::7 was reverted, as asked: this host is exactly as before
drift corrected: table inet seki: change it, ...(changed by nft, process N)
container has gone: web1 (netns) on lxcbr0
the service has stopped; what is in force stays
$SEKI_CONFIG was applied by root from 2001:db8:9::7: table inet seki: change it, ...
the end"
	is "$1: the newest ones" "$(texts 1)" "$(echo "$said" | tail -n 1)"
	is "$1: those of the last hour are all" "$(texts since 1h)" "$said"
	is "$1: so are those since today" \
	    "$(texts since "$(date +%Y-%m-%d)")" "$said"
	is "$1: none is of tomorrow" \
	    "$(texts since "$(date -d '2 days' +%Y-%m-%d)")" ""
	like "$1: as a table, with marks" "$("$seki" log)" \
	    '^\? 20[0-9-]* [0-9:]*  drift corrected'
}

# ---- syslogd

if command -v busybox >/dev/null && busybox --list | grep -qx syslogd; then
	busybox syslogd -n -O /var/log/messages &
	syslogd=$!
	wait_for test -S /dev/log
	happen >"$tmp/happen" 2>&1
	happened syslogd
	mv /var/log/messages /var/log/messages.0
	logger -t seki -p daemon.info "after the rotation"
	wait_for logged "after the rotation"
	like "syslogd: what it had before is still told" "$(texts)" \
	    '^commit #1 .* was confirmed'
	kill "$syslogd"
	wait "$syslogd"
	rm -f /var/log/messages* /dev/log
	configure
	"$seki" discard >/dev/null
	"$seki" apply >/dev/null
	rm -rf "$(dirname "$SEKI_CONFIG")/history"
else
	skip "needs: busybox syslogd" 7
fi

# ---- journald

journald=/usr/lib/systemd/systemd-journald
[ -x $journald ] || journald=/lib/systemd/systemd-journald
begin_journald()
{
	mkdir -p /run/systemd/journal /run/log/journal
	if ! [ -s /etc/machine-id ]; then
		echo 0123456789abcdef0123456789abcdef >"$tmp/id"
		mount --bind "$tmp/id" /etc/machine-id || return
	fi
	$journald >"$tmp/journald" 2>&1 &
	comes test -S /run/systemd/journal/dev-log || return
	ln -s /run/systemd/journal/dev-log /dev/log
}
if ! [ -x $journald ] || ! command -v journalctl >/dev/null; then
	skip "needs: systemd" 7
elif ! begin_journald; then
	skip "kernel: journald does not start here" 7
else
	is "journald: nothing yet" "$(texts)" ""
	happen >"$tmp/happen" 2>&1
	happened journald
	logger -t seki "a$(printf '\033[2J')b"
	wait_for logged 'x1b.2Jb'
	unlike "journald: nobody cannot speak for seki" "$(texts)" 'of nobody'
fi

# ---- what is asked

for words in 0 10001 'since 3x' 'since 0m' 'since 2026-02-30' 'since'; do
	# shellcheck disable=SC2086 # they are words
	status "refused: log $words" 2 "$seki" log $words
done
done_testing

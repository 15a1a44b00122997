#!/bin/sh
# The console in a terminal: every screen compared with an expected text, and
# an admin's work done with keys. --update writes the expected texts anew.
. "${top_srcdir:-.}/test/lib.sh"

# First outside, then in the sandbox, then in the lab's host.
if [ -z "${SEKI_LAB-}" ]; then
	need tmux hostname
	here=$(cd "$(dirname "$0")" && pwd)
	top_srcdir=$(cd "$top_srcdir" && pwd)
	builddir=$(cd "$builddir" && pwd)
	export top_srcdir builddir
	in_sandbox "$@"
	[ -x "$seki" ] || skip_all "needs: seki"
	exec "$seki" lab --no-traffic -- \
	    unshare -u sh "$here/screens.sh" "$@"
fi

[ "${1-}" != --update ] || update=yes
expected=$top_srcdir/test/screens
tmp=$(mktemp -d /run/screens.XXXXXX)
TMUX_TMPDIR=$tmp XDG_STATE_HOME=$tmp/state
export TMUX_TMPDIR XDG_STATE_HOME
unset TMUX
hostname vps1

# ---- the terminal

tm()
{
	tmux -u -L seki -f /dev/null "$@"
}

end()
{
	tm kill-server 2>/dev/null
	rm -rf "$tmp"
}
trap end EXIT

# A server without a session would end, and be missed by the next one.
tm new-session -d -s hold cat
tm set -g status off

# console WIDTH HEIGHT [TERM [LOCALE [OPTION...]]]: a new one; what ends it is
# written behind it.
console()
{
	width=$1 height=$2 term=${3:-xterm-256color} locale=${4:-C.UTF-8}
	[ $# -gt 4 ] && shift 4 || shift $#
	tm kill-session -t console 2>/dev/null
	tm new-session -d -s console -x "$width" -y "$height" \
	    "echo before; env TERM=$term LC_ALL=$locale $seki $*; echo status \$?;
	    exec cat" || return 1
	shows '1 Dash|Health'
}

resize()
{
	tm resize-window -t console -x "$1" -y "$2"
}

keys()
{
	tm send-keys -t console "$@"
}

# leave REGEX: Esc, until that is not seen any more: a key right behind it
# would be one with Alt.
leave()
{
	keys Escape
	wait_for has_gone "$1"
}

text()
{
	tm send-keys -t console -l "$1"
}

# What varies: the time, MACs and what comes of them, the last minute.
screen()
{
	tm capture-pane -p -t console | sed -E \
	    -e 's/([0-9a-f]{2}:){5}[0-9a-f]{2}/MA:CM:AC:MA:CM:AC/' \
	    -e 's/8000\.[0-9a-f]{12}/8000.MACMACMACMAC/' \
	    -e 's/fe80::[0-9a-f:]*ff:fe[0-9a-f:]*/fe80::MAC/' \
	    -e 's/, pid [0-9]+/, pid PID/' \
	    -e 's/( veth-[a-z0-9]+ +)[0-9]+(( +[0-9.kM]+){3})$/\1P\2/' \
	    -e 's/[0-9]{2}:[0-9]{2}:[0-9]{2}/HH:MM:SS/' \
	    -e 's/^( (peak|mean) +)[0-9.]+ k?b/\1N b/' \
	    -e 's/├─/|-/; s/└─/`-/; s/│/|/g' \
	    -e 's/ *[▁▂▃▄▅▆▇█_]+$//' -e 's/ +$//'
}

# shows REGEX: within wait_s.
shows()
{
	wait_for sees "$1"
}

sees()
{
	screen | grep -Eq -e "$1"
}

has_gone()
{
	! sees "$1"
}

# see NAME REGEX
see()
{
	if shows "$2"; then
		pass "$1"
	else
		fail "$1" "no match: $2
$(screen)"
		! sees 'status [0-9]+' || bail_out
	fi
}

# A console that ended too soon shows nothing more.
bail_out()
{
	echo "Bail out! the console is gone"
	exit 1
}

is_expected()
{
	screen >"$tmp/now"
	cmp -s "$tmp/now" "$1"
}

is_still()
{
	screen >"$tmp/one"
	sleep 0.2
	screen | cmp -s - "$tmp/one"
}

# compare NAME: the screen is test/screens/NAME.txt.
with=
compare()
{
	if [ -n "${update-}" ]; then
		sleep 1
		wait_for is_still
		mkdir -p "$expected"
		screen >"$expected/$1.txt"
	fi
	if wait_for is_expected "$expected/$1.txt"; then
		pass "screen $1$with"
	else
		fail "screen $1$with" "$(diff -u "$expected/$1.txt" "$tmp/now")"
	fi
}

# ---- the host: silent, so that all rates are 0

hush()
{
	for node in /run/netns/*; do
		nsenter --net="$node" sh -c '
		for f in /proc/sys/net/ipv6/conf/*/router_solicitations; do
			echo 0 >"$f"
		done'
	done
	for f in /proc/sys/net/ipv6/conf/*/router_solicitations; do
		echo 0 >"$f"
	done
}

# Nothing was sent for as long as the reports of multicast groups may take.
is_silent()
{
	cat /sys/class/net/*/statistics/[rt]x_packets >"$tmp/packets"
	if cmp -s "$tmp/packets" "$tmp/before"; then
		silent=$((silent + 1))
	else
		silent=0
		cp "$tmp/packets" "$tmp/before"
	fi
	[ "$silent" -ge 30 ]
}

# The address that comes of a MAC is as long as chance has it.
link_local=$(ip -br -6 addr show dev lxcbr0 scope link | awk '{ print $3 }')
ip addr del "$link_local" dev lxcbr0
ip addr add fe80::5eff:fe00:5301/64 dev lxcbr0 nodad

hush
silent=0
wait_for is_silent || diag "the lab is not silent"

# ---- every screen in every size

# tour NAME: all screens of the console that runs.
tour()
{
	for tab in 1 2 3 4 5 6; do
		keys $tab
		shows "\\[$tab "
		compare "$1-$tab"
	done
}

for size in 80x24 132x50 40x10; do
	for term in xterm-256color vt100; do
		for locale in C.UTF-8 C; do
			with=" with $term and $locale"
			console "${size%x*}" "${size#*x}" $term $locale
			tour $size
			keys q
		done
	done
done
with=

console 80 24 vt100 C
keys q
see "without another screen, what follows is below the keys" '^status 0$'

# ---- an admin's work, with keys alone

console 80 24
keys 4 n
shows 'New forward'
compare form-new
keys Tab Tab Space
see "targets are listed with their ULA" 'web1 +fd5a:1c2e:90b1::3, '
see "or without" 'db1 +no ULA, '
leave 'no ULA'
text web1:80
keys Up
text 80
see "a port that is taken is told at its field" \
    'FAIL the port is taken by: forward tcp 80,443 to web1'
keys BSpace BSpace
text 8080
keys Tab Tab Tab Tab
text 'by keys alone'
shows 'note "by keys alone"'
compare form-filled
keys Enter Enter Enter
see "the forward is in the candidate" '^>\+ tcp +8080 +web1:80 .*pending'
see "the title says so" 'candidate: 1 change \*'
is "and the kernel does not have it" \
    "$(nft list table inet seki | grep -c 8080)" 0

keys c
shows 'what a commit does'
compare commit
keys Enter
see "it is in the kernel, and waits" 'commit #2 by .* is pending'
see "every screen says how long" 'COMMIT #2: keep it in (2:00|1:5)'
keys +
see "time can be added" 'keep it in (3:00|2:5)'
keys Enter
see "without a new login a word must be typed" 'Type  yes  and Enter'
text yes
keys Enter
see "it is kept" 'commit #2 by .* was confirmed'
see "the forward is active" '^>\* tcp +8080 +web1:80 .*active'
see "the candidate is clean" 'candidate: clean'
like "it is saved" "$(cat "$SEKI_CONFIG")" '^forward tcp 8080 to web1:80'

got=$(nsenter --net=/run/netns/client1 "$peer" get 2001:db8::10 8080 2>&1)
like "it leads to the container" "$got" web1
see "its counter moves" 'bytes in, [0-9.k]+ out, 1 connection$'

keys Space
see "Space turns it off" '^>~ tcp +8080'
keys c
shows 'what a commit does'
keys Enter
shows 'is pending'
keys Escape
see "Esc leaves it to the guard" '^>~ tcp +8080'
see "which goes on" 'COMMIT #3: keep it in [12]:[0-9]{2} \(c\)'
keys c
see "c comes back to it" 'commit #3 by .* is pending'
keys q
see "leaving says what becomes of it" 'Commit #3 reverts in [12]:'
keys C-c
wait_for has_gone 'Leave\?'
resize 40 10
see "a small terminal has the key that takes it back" 'r Take it back'
is "and two pieces of evidence" "$(screen | grep -Ec '^ (ok|\.\.|FAIL) ')" 2
resize 80 24
shows 'It is taken back'
keys r
see "r asks before it takes a commit back" 'Take the commit back now\?'
keys y
see "and takes it back" 'commit #3 by .* was reverted'
see "to as it was, the candidate kept" '^>~ tcp +8080'
keys u
see "u takes no edit back that was committed" 'there is no edit to undo'
keys Space
see "Space turns it on again" '^>\* tcp +8080'
keys u
see "u takes that back, and names it" 'taken back: ~ forward tcp 8080'
keys Space d
see "d removes it, and its row stays" '^.- tcp +8080'
keys 6
see "changes show it" '^>- forward tcp 8080 to web1:80'
keys U
see "discard asks" 'Forget all changes'
keys y
see "and discards" 'no changes: the candidate equals'
keys u
see "even that can be taken back" '^>- forward tcp 8080'
keys q
see "leaving asks while there are changes" 'Leave\?'
keys n U y
shows 'candidate: clean'

keys 5 n
shows 'New policy'
compare form-policy
keys Right Tab Tab Left Left Left Tab
text 23
keys Tab Tab Tab Tab Tab Tab Tab Enter
see "a policy is added" '^>\+ +4 input +deny input tcp 23'
keys K
see "K judges it earlier" '^>\+ +1 input +deny input tcp 23'
keys J
see "J judges it later" '^>\+ +2 input +deny input tcp 23'
keys G e
see "a default has a form too" 'Verdict \(\*\) allow'
leave Verdict
keys u u u
shows 'candidate: clean'

keys 3
shows '\[3 '
keys g n
shows 'container db1 ula auto'
compare form-container
keys Enter Enter Enter Enter
see "a container gets a ULA" '^>\+ db1 .*fd5a:1c2e:90b1::2'
keys c
shows 'what a commit does'
see "the plan gives it address and route" 'default route'
leave 'what a commit does'
keys u
shows 'candidate: clean'
keys G Enter
see "Enter leads to its forwards" '\[4 Forwards\]'
see "which are filtered" '^ /web1'
leave '^ /web1'
see "Esc shows all again" dns1

# ---- the command line

keys :
text 'sh'
keys Tab
text 'fo'
keys Tab Enter
see "a command is completed, and answered" '^- show forwards'
leave 'show forwards'
keys :
text 'add forward tcp 81 to vm99'
keys Enter
see "an error points at its word" '\^~~~'
see "and has a hint" 'known containers: db1, dns1'
keys Enter :
text policies
keys Enter
see "it knows screens by name" '\[5 Policies\]'
keys : Up Up
see "it has a history" ':add forward tcp 81 to vm99'
leave vm99
like "which is kept" "$(cat "$tmp/state/seki/history")" '^show forwards'

# ---- around it

"$seki" add 'forward tcp 82 to web1' 2>/dev/null
see "what another seki edits shows" 'candidate: 1 change \*'
"$seki" discard 2>/dev/null
see "and what it discards" 'candidate: clean'
ip link add dummy1 type bridge
keys 2
see "a new bridge shows at once" '^ +dummy1'
ip link del dummy1
wait_for has_gone dummy1

keys 1
shows '\[1 Dash\]'
screen | sed 1d >"$tmp/fresh"
back_again()
{
	screen | sed 1d | cmp -s - "$tmp/fresh"
}
resize 40 10
see "a small terminal shows its tab" '^\[1 Dash\]2 3 4 5 6$'
resize 19 3
see "a tiny one says what it needs" 'needs 20x4'
resize 80 24
ok "and all comes back" wait_for back_again

state()
{
	tm display-message -p -t console '#{alternate_on} #{cursor_flag}'
}
is "it has the alternate screen" "$(state | cut -c 1)" 1
keys q
see "q leaves" '^status 0$'
is "and gives screen and cursor back" "$(state)" "0 1"
see "with what was there before" '^before$'

console 80 24
kill -TERM "$(pgrep -x seki -n)"
see "TERM ends it" '^status 1$'
is "with screen and cursor given back" "$(state)" "0 1"

console 80 24 xterm-256color C.UTF-8 --read-only
keys 4 n
see "--read-only refuses a form" 'only looks'
keys Enter d
see "and an edit" 'only looks'
keys Enter q
see "and leaves" '^status 0$'

ssh="SSH_CONNECTION='2001:db8::c1 5000 2001:db8::10 22'"
"$seki" delete allow input tcp 22 2>/dev/null
tm kill-session -t console
tm new-session -d -s console -x 80 -y 24 "env $ssh $seki; exec cat"
shows '1 Dash'
keys c
see "the review says what a commit would refuse" '^ FAIL new SSH connections'
see "and what can be done" 'put this before it|: allow input tcp 22'
keys Enter
see "Enter tells it again" 'Not done'
leave 'Not done'
keys Escape
"$seki" discard 2>/dev/null

tm kill-session -t console
tm new-session -d -s console -x 80 -y 24 "TERM=dumb $seki; exec cat"
see "a terminal that holds no screen gets the plain prompt" '^seki> $|^seki>$'


tm kill-session -t console
tm new-session -d -s console -x 80 -y 24 \
    "$seki shell; printf 'prompt> '; exec cat"
shows '^seki>'
text exit
keys Enter
see "the shell leaves the next prompt a line of its own" '^prompt>'

tm kill-session -t console
tm new-session -d -s console -x 80 -y 24 "$seki shell; exec cat"
shows '^seki>'
text 'add forward tcp 83 to web1'
keys Enter
text 'commit --confirm 5'
keys Enter
see "the shell tells how a commit ended" 'commit #[0-9]+ by .* was reverted'

done_testing

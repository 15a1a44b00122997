#!/bin/sh
# A guard that dies or stands still: whoever comes next goes on from the phase
# on the disk, and nothing is said or saved that the kernel does not have.
. "${top_srcdir:-.}/test/lib/lib.sh"
in_sandbox "$@"
is_root || skip_all "kernel: signals want root"
need nft strace

make_outside
make_container vm00
make_container vm01
state=/run/seki/pending/state
history=/run/seki/history

cat >"$SEKI_CONFIG" <<CONF
uplink eth0
bridge lxcbr0 ula fd5a:1c2e:90b1::1/64 masquerade
container vm00 ula fd5a:1c2e:90b1::3
forward tcp 80 to vm00
allow input tcp 22
default input deny
CONF
ok "the first config" "$seki" apply
cp "$SEKI_CONFIG" "$tmp/before.conf"

# The kernel, and what is ours in it.
state()
{
	nft list ruleset | nft_objects
	ip addr | sed -e 's/valid_lft.*//' -e 's/ tentative//'
	for name in vm00 vm01; do
		inside $name ip -6 addr | sed 's/ tentative//'
		inside $name ip -6 route
	done
	cat "$SEKI_CONFIG"
	sort /run/seki/made
}

as_before()
{
	state >"$tmp/now"
	diff "$tmp/before" "$tmp/now"
}

settled()
{
	! [ -e $state ]
}

in_phase()
{
	grep -q "^$1 " $state
}

guard()
{
	awk '{ print $5 }' $state
}

dead()
{
	! kill -0 "$1" 2>/dev/null || grep -q "^[0-9]* ([^)]*) Z" "/proc/$1/stat"
}

# A change of an address, a route and the rules, pending.
pend()
{
	ok "$1: a change" "$seki" add container vm01 ula fd5a:1c2e:90b1::4
	ok "$1: and a forward" "$seki" add forward udp 53 to vm01
	ok "$1: is pending" "$seki" commit --confirm "$2"
}

# attach SYSCALL WHEN: kills the guard at that syscall, once it goes on.
attach()
{
	strace -f -qq -o "$tmp/trace" -e "inject=$1:signal=KILL:when=$2" \
	    -p "$(guard)" >/dev/null 2>&1 &
	tracer=$!
	comes grep -q "^TracerPid:.*[1-9]" "/proc/$(guard)/status"
}

cut()
{
	ok "the guard is traced" attach "$@"
}

wait_for sh -c '! ip -6 addr | grep -q tentative'
state >"$tmp/before"

# ---- killed in the middle of a revert: it is a revert from then on

pend "a revert cut off" 600
cut unlink,unlinkat 2
victim=$(guard)
status "its answer is lost" 0 "$seki" revert
ok "the guard was killed" wait_for dead "$victim"
wait $tracer 2>/dev/null
ok "but not the revert" settled
ok "the host is as before" as_before
like "and it is said" "$("$seki" show status)" "was reverted"
ok "forgotten" "$seki" discard

pend "cut off by itself" 600
victim=$(guard)
cut renameat2 2
kill -TERM "$victim"
ok "the guard was killed in its revert" wait_for dead "$victim"
wait $tracer 2>/dev/null
ok "which is on the disk" in_phase reverting
status "nothing of it can be confirmed" 1 "$seki" confirm --unproven
ok "the next seki finished it" settled
ok "whatever the deadline says" as_before
is "and nothing was saved" "$(cat "$SEKI_CONFIG")" "$(cat "$tmp/before.conf")"
ok "it is forgotten" "$seki" discard

# ---- what the kernel does not have is not confirmed

pend "meddled with" 600
inside vm01 ip addr del fd5a:1c2e:90b1::4/64 dev eth0
got=$("$seki" show status)
like "status sees it at that moment" "$got" \
    "\[!!\] the kernel does not have what was committed; missing: vm01"
status "and it is not saved" 1 "$seki" confirm --unproven
is "the file is the old one" "$(cat "$SEKI_CONFIG")" "$(cat "$tmp/before.conf")"
inside vm01 ip addr add fd5a:1c2e:90b1::4/64 dev eth0 nodad
like "put right by hand, it is read back" "$("$seki" show status)" \
    "\[ok\] the kernel has what was committed, read back"
ok "taken back" "$seki" revert
ok "and forgotten" "$seki" discard

# ---- killed while it saves: in the history and in the file, or in neither

wait_for sh -c '! ip -6 addr | grep -q tentative'
state >"$tmp/before"
for when in 1 2 3 4 5; do
	"$seki" add forward tcp 8080 to vm00:80 >/dev/null 2>&1
	"$seki" commit --confirm 600 >/dev/null 2>&1
	victim=$(guard)
	attach rename,renameat,renameat2 $when || echo "$when: not traced"
	"$seki" confirm --unproven >"$tmp/said" 2>&1
	result=$?
	kill $tracer 2>/dev/null
	wait $tracer 2>/dev/null
	newest=$(ls $history/*.conf | tail -n 1)
	tail -n +2 "$newest" | cmp -s - "$SEKI_CONFIG" ||
		echo "$when: history and file differ"
	settled || echo "$when: still pending"
	if grep -q 8080 "$SEKI_CONFIG"; then
		[ $result -eq 0 ] || echo "$when: saved, with status $result"
	else
		[ $result -ne 0 ] || echo "$when: reverted, with status 0"
	fi
	"$seki" discard >/dev/null 2>&1
	"$seki" add forward tcp 8081 to vm00:80 >/dev/null 2>&1
	"$seki" commit --now >/dev/null 2>&1
	[ "$(find $history -type f ! -name '*.conf' ! -name number)" = "" ] ||
		echo "$when: something is left: $(ls $history)"
	cp "$tmp/before.conf" "$SEKI_CONFIG"
	"$seki" apply >/dev/null 2>&1
done >"$tmp/wrong"
is "killed at each rename of a confirm, it is wholly one or the other" \
    "$(cat "$tmp/wrong")" ""
is "each number is there once" "$("$seki" show history |
    awk 'NR > 1 { print $1 == "*" ? $2 : $1 }' | sort -n | uniq -d)" ""

# ---- stopped, and not killed

cp "$tmp/before.conf" "$SEKI_CONFIG"
"$seki" apply >/dev/null 2>&1
wait_for sh -c '! ip -6 addr | grep -q tentative'
state >"$tmp/before"
pend "stopped" 600
victim=$(guard)
kill -STOP "$victim"
ok "show status returns" timeout $wait_s "$seki" show status
nok "with another guard in its place" [ "$(guard)" = "$victim" ]
ok "the stopped one is no more" dead "$victim"
ok "what it was about can be taken back" timeout $wait_s "$seki" revert
ok "to what was before" as_before
"$seki" discard >/dev/null 2>&1

"$seki" watch >"$tmp/watch.log" 2>&1 &
watch=$!
ok "with the service" wait_for grep -q "is as" "$tmp/watch.log"
pend "stopped beside it" 2
victim=$(guard)
kill -STOP "$victim"
ok "the service takes it back in time" wait_for settled
ok "as it was before" as_before
like "and says so" "$(cat "$tmp/watch.log")" "took over a commit"
kill $watch
wait $watch 2>/dev/null
"$seki" discard >/dev/null 2>&1

# One that cannot be killed, and wakes up when another has taken over.
pend "woken up later" 600
victim=$(guard)
kill -STOP "$victim"
strace -qq -o "$tmp/trace" -e inject=pidfd_send_signal:error=EPERM \
    "$seki" show status >/dev/null 2>&1
successor=$(guard)
nok "another has taken over" [ "$successor" = "$victim" ]
kill -TERM "$victim"
kill -CONT "$victim"
ok "the first wakes up and leaves" wait_for dead "$victim"
ok "without touching anything" in_phase waiting
is "which is the other's" "$(guard)" "$successor"
ok "and can be asked" "$seki" revert
ok "at last" as_before

# ---- frozen, in either kind of cgroup

"$seki" discard >/dev/null 2>&1
frozen="seki-$(basename "$sandbox_made")"
echo "$frozen" >>"$sandbox_made"

# freeze MOUNT FILE WORD: the guard.
freeze()
{
	guard >"$1/$frozen/cgroup.procs" && echo "$3" >"$1/$frozen/$2"
}

# is_cgroup MOUNT FILE: one whose members can be frozen with that file.
is_cgroup()
{
	[ -w "$1/cgroup.procs" ] && mkdir -p "$1/$frozen" 2>/dev/null &&
	    [ -e "$1/$frozen/$2" ]
}

# try_frozen MOUNT FILE FREEZE THAW
try_frozen()
{
	is_cgroup "$1" "$2" || return
	tried=1
	pend "frozen by $1" 600
	victim=$(guard)
	ok "which can be done" freeze "$1" "$2" "$3"
	ok "show status returns" timeout $wait_s "$seki" show status
	nok "with another guard in its place" [ "$(guard)" = "$victim" ]
	echo "$4" >"$1/$frozen/$2"
	ok "the first does nothing any more" wait_for dead "$victim"
	ok "but what it was about can be taken back" "$seki" revert
	ok "wholly" as_before
	"$seki" discard >/dev/null 2>&1
}

tried=
try_frozen /sys/fs/cgroup cgroup.freeze 1 0
try_frozen /sys/fs/cgroup/unified cgroup.freeze 1 0
try_frozen /sys/fs/cgroup/freezer freezer.state FROZEN THAWED
[ -n "$tried" ] || skip "kernel: no cgroup can be made here"

# ---- it does not hear what it is asked, once

pend "deaf" 600
victim=$(guard)
for n in $(seq 1 30); do
	strace -qq -o "$tmp/trace" -p "$victim" \
	    -e "inject=recvfrom:error=EAGAIN:when=$n" >/dev/null 2>&1 &
	tracer=$!
	comes grep -q "^TracerPid:.*[1-9]" "/proc/$victim/status" ||
		echo "$n: not traced"
	"$seki" show status >"$tmp/status" 2>&1
	kill $tracer
	wait $tracer 2>/dev/null
	"$seki" show status >"$tmp/status" 2>&1
	grep -q "\[ok\] the kernel has what was" "$tmp/status" ||
		echo "$n: $(cat "$tmp/status")"
	[ "$(guard)" = "$victim" ] || echo "$n: another guard"
	grep -q INJECTED "$tmp/trace" || break
done >"$tmp/wrong"
is "the next time it does, and it is still the same" "$(cat "$tmp/wrong")" ""
ok "after several of them" [ "$n" -gt 5 ]
ok "it takes it back" "$seki" revert
ok "as it was" as_before

# ---- nobody who connects to it keeps it from its work

"$seki" discard >/dev/null 2>&1
pend "crowded" 600
victim=$(guard)
"$peer" crowd /run/seki/guard 20 >"$tmp/crowd" &
crowd=$!
ok "many connect, and say nothing" wait_for grep -q ready "$tmp/crowd"
like "it answers" "$("$seki" show status)" \
    "\[ok\] the kernel has what was committed, read back"
is "and is the same" "$(guard)" "$victim"
ok "it takes it back" "$seki" revert
ok "as it was" as_before
kill $crowd
"$seki" discard >/dev/null 2>&1

pend "pestered" 3
"$peer" pester /run/seki/guard hold status &
pester=$!
ok "it takes it back in time" wait_for settled
kill $pester 2>/dev/null
ok "as it was before" as_before

# ---- what killed ones had half written

sh -c exit &
gone=$!
wait $gone
mkdir -p /run/seki/undo /run/seki/redo
for file in $state /run/seki/made /run/seki/undo/1 /run/seki/redo/1 \
    $history/000001.conf $history/next "$SEKI_CONFIG"; do
	mkdir -p "${file%/*}"
	for of in $gone $$; do
		echo half >"$file.$of.new"
	done
done
ok "whoever looks removes it" "$seki" show status
is "everywhere, and nothing of one that lives" \
    "$(find /run/seki -name '*.new' | sort)" "\
/run/seki/history/000001.conf.$$.new
/run/seki/history/next.$$.new
/run/seki/made.$$.new
/run/seki/pending/state.$$.new
/run/seki/redo/1.$$.new
/run/seki/seki.conf.$$.new
/run/seki/undo/1.$$.new"
find /run/seki -name '*.new' -exec rm {} +

# ---- nothing of whoever commits keeps the guard from its revert

"$seki" discard >/dev/null 2>&1
wait_for sh -c '! ip -6 addr | grep -q tentative'
state >"$tmp/before"
ok "one more" "$seki" add forward udp 54 to vm00
ok "committed with few descriptors, nice, a umask, and SIGCHLD ignored" sh -c \
    "umask 077; env --ignore-signal=CHLD \
	prlimit --nofile=20: nice -n 5 $seki commit --confirm 600"
is "the guard may open more" "$(prlimit -o SOFT --noheadings --nofile \
    -p "$(guard)" | tr -d ' ')" 4096
is "it is not nice" "$(ps -o ni= -p "$(guard)" | tr -d ' ')" 0
is "and has the usual umask" \
    "$(awk '/^Umask/ { print $2 }' "/proc/$(guard)/status")" 0022
is "anybody sees that it is pending" "$(stat -c %a $state)" 644
ok "and it can revert" "$seki" revert
ok "wholly" as_before
got=$(setpriv --bounding-set -sys_resource --inh-caps -sys_resource \
    prlimit --nofile=20:20 "$seki" commit --confirm 600 2>&1)
is "one that may not lift its limits does not begin" $? 1
like "and says why" "$got" "could not be done with ulimit -n 20"
ok "nothing changed" as_before
ok "nothing is pending" settled

done_testing

#!/bin/sh
# The self-test: the service runs it once for each version of seki and of the
# kernel, a kernel that lies fails it, and then nothing is committed.
. "${top_srcdir:-.}/test/lib/lib.sh"
in_sandbox "$@"
is_root || skip_all "kernel: namespaces want root"
need nft setpriv strace

note=/run/seki/self-test
words=$tmp/watch.log
crash=$builddir/test/lib/crash
make_outside
make_container vm00
cat >"$SEKI_CONFIG" <<CONF
uplink eth0
bridge lxcbr0 ula fd5a:1c2e:90b1::1/64 masquerade
container vm00 ula fd5a:1c2e:90b1::3
forward tcp 80 to vm00
CONF

verdict()
{
	"$seki" doctor --json 2>/dev/null | tr '{' '\n' |
	    sed -n 's/.*"self-test".*"verdict":"\([a-z]*\)".*/\1/p'
}

is "before anybody ran it, nothing is told of it" "$(verdict)" ""

# ---- the service

# starts_with COMMAND...: the service, with the capabilities of its unit.
caps=$(sed -n 's/^CapabilityBoundingSet=//p' "$top_srcdir/seki.service.in" |
    sed -e 's/CAP_/,+/g' -e 's/ //g' | tr '[:upper:]' '[:lower:]')
starts_with()
{
	: >"$words"
	"$@" setpriv --bounding-set="-all$caps" --inh-caps=-all \
	    --no-new-privs "$seki" watch >"$words" 2>&1 </dev/null &
	watch=$!
	ok "the service starts" wait_for grep -q "this host is as" "$words"
}

ends()
{
	kill $watch
	wait $watch
}

said()
{
	grep -q -e "$1" "$words"
}

starts_with env
ok "the service runs it" wait_for said "the self-test passed"
ends
is "which the doctor knows" "$(verdict)" ok
like "the note has both versions" "$(head -n 1 $note)" \
    "^seki [^,]*, $(uname -s) $(uname -r) "

cp $note "$tmp/note"
starts_with env
ends
nok "not a second time" said "self-test"
starts_with setarch --uname-2.6
ok "but again on another kernel" wait_for said "the self-test passed"
ends
nok "whose note is not this one's" cmp -s $note "$tmp/note"
is "so that nothing is told of it here" "$(verdict)" ""
sed 's/^seki [^,]*/seki 0.0.1/' "$tmp/note" >$note
starts_with env
ok "and again with another seki" wait_for said "the self-test passed"
ends
ok "with the same result" cmp $note "$tmp/note"

# ---- it outlives the service, by a slow kernel

rm $note
gone()
{
	! readlink "/proc/$1/exe"
}
starts_with strace -f -qq -o /dev/null -e trace=unshare \
    -e inject=unshare:delay_enter=60s
slowed=$watch
watch=$(pgrep -P $slowed)
ok "it begins" wait_for pgrep -P "$watch"
child=$(pgrep -P "$watch")
kill "$watch"
ok "the service ends" wait_for said "the service has stopped"
nok "but it does not" test -e $note
starts_with env
kill -KILL $slowed
ok "it comes to its end" wait_for gone "$child"
ends

# ---- a kernel that lies

# lies COMMANDS: as soon as there are rules in its namespace, nft changes what is
# there. It is stopped while somebody looks, and goes on in short steps; with a
# busy machine one of these may be all of it, and so there are other tries; and
# the packet that it hits may be a later one. test/self_test.c lies at a known
# moment.
lies()
{
	echo "$1" >"$tmp/lie"
	for _ in 1 2 3 4 5; do
		"$seki" doctor --self-test >"$tmp/out" 2>&1 &
		doctor=$!
		meddle_with $doctor
		wait $doctor
		status=$?
		grep -q "^FAIL the self-test" "$tmp/out" && return
	done
}

# A pgrep would take longer than it has. There is no end of a line.
meddle_with()
{
	child=
	until [ "$child" ] || ! kill -0 $1; do
		read -r child _ <"/proc/$1/task/$1/children"
	done 2>/dev/null
	while kill -STOP "$child" && ! meddles; do
		kill -CONT "$child"
		sleep 0.001 # else it gets nowhere, and its time is over
	done 2>/dev/null
	kill -CONT "$child" 2>/dev/null
}

meddles()
{
	[ "$(readlink "/proc/$child/ns/net")" != "$ours" ] &&
	    nsenter --net="/proc/$child/ns/net" sh -c \
	        "nft list table inet seki && nft -f $tmp/lie" >/dev/null
}

ours=$(readlink /proc/self/ns/net)
foreign="table inet other {
	chain c {
		type filter hook forward priority 10
		drop
	}
}"
lies "$foreign"
is "another table that drops: it fails" $status 1
like "and why is told" "$(cat "$tmp/out")" \
    "^FAIL the self-test failed.*a (forward|policy) does not let through"
is "by the doctor, too" "$(verdict)" fail

"$seki" add forward tcp 81 to vm00 >/dev/null
status "now nothing is committed" 3 "$seki" commit --now
like "but the reason told" "$("$seki" commit --now 2>&1)" \
    "^seki: the self-test failed.*a (forward|policy) does not let through"
like "and the ways out" "$("$seki" commit --now 2>&1)" \
    "seki doctor --self-test tries again; with --force"
status "nor is it by check" 3 "$seki" check
cp "$SEKI_CONFIG" "$tmp/file.conf"
echo "forward tcp 82 to vm00" >>"$tmp/file.conf"
status "nor is a file applied" 3 "$seki" apply "$tmp/file.conf"
ok "what was saved is, as at a boot" "$seki" apply
ok "a diff shows what it would be" "$seki" diff
ok "with --force it is committed" "$seki" commit --now --force
nft list map inet seki single >"$tmp/map"
ok "all of it" grep -q "tcp . 81" "$tmp/map"

starts_with env
ok "the service tries again" wait_for said "the self-test passed"
ends
is "and well it is" "$(verdict)" ok
"$seki" add forward tcp 83 to vm00 >/dev/null
ok "so that things are committed again" "$seki" commit --now

lies "delete element inet seki single { 2001:db8::10 . udp . 82 }"
is "a ruleset that is not what was loaded: it fails" "$(verdict)" fail
ok "until it is well again" "$seki" doctor --self-test
is "as it is" "$(verdict)" ok

# ---- where it cannot be run

rm $note
setpriv --bounding-set=-sys_admin --inh-caps=-all "$seki" doctor --self-test \
    >"$tmp/out" 2>&1
like "without namespaces it cannot tell" "$(cat "$tmp/out")" \
    "^\?  *the self-test cannot be run here: cannot make a network namespace"
is "which is noted" "$(verdict)" unknown
"$seki" add forward tcp 84 to vm00 >/dev/null
ok "and no reason not to commit" "$seki" commit --now
rm $note
ok "one that only looks" "$seki" --read-only doctor --self-test
nok "notes nothing" test -e $note

# ---- kills

# What there is of it: processes, namespaces, files.
left()
{
	ps -A -o comm=,stat= | grep '^seki *[^Z ]'
	lsns --noheadings --output NS --type net
	find /run/seki ! -name '*.new' | sort # gone with the next that is written
	ls /sys/class/net
	ls /run/netns
}

"$seki" doctor --self-test >/dev/null
before=$(left)
cp $note "$tmp/note"
is_quiet()
{
	[ "$(left)" = "$before" ] && cmp -s $note "$tmp/note"
}

"$crash" -o "$tmp/fired" KILL 1000000 "$seki" doctor --self-test >/dev/null
calls=$(sed -n 's/^passed KILL //p' "$tmp/fired")
ok "it has calls to be killed at" [ "${calls:-0}" -gt 100 ]
# Where one that does it was killed alone, that is noted until the next time.
for what in KILL KILLONE; do
	for part in 1 2 3 4 5 6 7 8 9; do
		at=$((calls * part / 10))
		"$crash" -o "$tmp/fired" $what $at "$seki" doctor --self-test \
		    >/dev/null 2>&1
		[ $what = KILL ] || "$seki" doctor --self-test >/dev/null
		ok "$what at call $at leaves nothing" wait_for is_quiet ||
			diag "$(echo "$before" >"$tmp/before"
			    left | diff "$tmp/before" -)"
	done
done

done_testing

#!/bin/sh
# A commit that is taken back unless it is confirmed: over a real SSH session
# that it cuts, by its deadline, by hand, after kills, and by another seki.
. "${top_srcdir:-.}/test/lib/lib.sh"
. "$top_srcdir/test/lib/sshd.sh"
in_sandbox "$@"
is_root || skip_all "kernel: sshd wants root"
need nft ssh sshd ssh-keygen strace

public=2001:db8::10
ssh_port=2022
make_outside
make_container vm00
make_container vm01
ip link add br1 type bridge
ip link set br1 up
BRIDGE=br1 make_container vm10
for name in accept_ra autoconf; do
	echo 1 >/proc/sys/net/ipv6/conf/br1/$name
done
serve vm00 tcp 80

# ---- a real sshd, on a port that is not 22

start_sshd

cat >"$SEKI_CONFIG" <<CONF
uplink eth0
bridge lxcbr0 ula fd5a:1c2e:90b1::1/64 masquerade
container vm00 ula fd5a:1c2e:90b1::3
forward tcp 80 to vm00
allow input tcp $ssh_port
default input deny
default forward deny
CONF
cp "$SEKI_CONFIG" "$tmp/before.conf"
ok "the first config" "$seki" apply
ok "ssh works" wait_for login true

state()
{
	nft list ruleset | nft_objects
	ip addr | sed -e 's/valid_lft.*//' -e 's/ tentative//'
	ip -6 route | sed 's/expires [^ ]*//'
	for name in vm00 vm01 vm10; do
		inside $name ip -6 addr | sed 's/ tentative//'
		inside $name ip -6 route
	done
	grep -rs . /proc/sys/net/ipv6/conf
	cat "$SEKI_CONFIG"
	sort /run/seki/made
}

settle()
{
	! [ -e /run/seki/pending/state ]
}

# Nothing is under way any more, or it waits to be confirmed.
settle_or_pending()
{
	settle || grep -q ^waiting /run/seki/pending/state
}

as_before()
{
	state >"$tmp/now"
	diff "$tmp/before" "$tmp/now"
}

wait_for sh -c '! ip -6 addr | grep -q tentative'
state >"$tmp/before"

# ---- a candidate that locks out

ok "a candidate without the SSH port" "$seki" delete allow input tcp $ssh_port
got=$(login "$seki" commit 2>&1)
is "is refused over SSH" $? 3
like "with the reason" "$got" "2001:db8:9::7|SSH"
ok "and nothing changed" as_before

nsenter --net=/run/netns/client1 ssh -F none -i "$tmp/id" -p $ssh_port \
    -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
    -o BatchMode=yes -o LogLevel=ERROR "root@$public" \
    "SEKI_CONFIG=$SEKI_CONFIG $seki commit --force --confirm 5; sleep 60" \
    >"$tmp/session" 2>&1 &
session=$!
ok "forced, it is applied" wait_for grep -q "is pending" "$tmp/session"
kill -KILL $session
wait $session 2>/dev/null
like "a new login is cut off" "$(connect_s=2 login true 2>&1)" "timed out"
ok "the guard takes it back" wait_for settle
ok "then a new login works" wait_for login true
ok "and the host is as it was" as_before
like "what happened is told" "$("$seki" show status)" \
    "commit #[0-9]+ by root.* was reverted, since nobody confirmed it"
like "the candidate is not lost" "$("$seki" show status)" "1 change"
ok "it is forgotten" "$seki" discard

# ---- proof

ok "another forward" "$seki" add forward tcp 8080 to vm00:80
ok "is committed" "$seki" commit --confirm 60
status "confirm without a new login is refused" 3 "$seki" confirm
status "a second commit is refused as busy" 4 "$seki" commit
like "status says that it is pending" "$("$seki" show status)" \
    "^commit: #[0-9]+ by root.* pending"
like "also to those who may do nothing" "$(setpriv --reuid 65534 \
    --regid 65534 --clear-groups "$seki" show status 2>&1)" \
    "^commit: #[0-9]+ by root.* pending"
like "and are told what they lack" "$(setpriv --reuid 65534 --regid 65534 \
    --clear-groups "$seki" confirm 2>&1)" "cannot speak to the guard: "
like "who still see containers" "$(setpriv --reuid 65534 --regid 65534 \
    --clear-groups "$seki" show bridges 2>&1)" "^lxcbr0 "
# evidence REGEX: a line of what is known.
evidence()
{
	"$seki" show status | grep -Eq -e "$1"
}
reached()
{
	inside "$1" "$peer" get $public $ssh_port --timeout $((wait_s * 1000)) | grep -q SSH-
}
refused_confirm()
{
	status "$1" 3 "$seki" confirm
	like "with the reason" "$said" "no new login was seen"
}
ok "a container that reaches the port" reached vm00
ok "and a stranger who does" reached client2
ok "are told from a login" wait_for evidence \
    "somebody reached port $ssh_port, which proves nothing; a new login: none"
refused_confirm "and prove nothing"
# One who is asked for the password of a user of a domain.
{ cat /etc/passwd && echo 'bob@example.com:x:65534:65534::/:/bin/sh'; } \
    >"$tmp/passwd"
mount --bind "$tmp/passwd" /etc/passwd
printf '#!/bin/sh\necho $$ >%s/asked\nexec sleep 300\n' "$tmp" >"$tmp/ask"
chmod +x "$tmp/ask"
SSH_ASKPASS=$tmp/ask SSH_ASKPASS_REQUIRE=force DISPLAY=none inside client2 \
    ssh -F none -p $ssh_port -o StrictHostKeyChecking=no \
    -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR \
    -o PreferredAuthentications=password \
    "bob@example.com@$public" true 2>/dev/null &
stranger=$!
ok "a stranger is asked for the password of bob@example.com" \
    wait_for test -s "$tmp/asked"
refused_confirm "and proves nothing either"
kill $stranger "$(cat "$tmp/asked")"
umount /etc/passwd
login sleep 60 &
session=$!
ok "a new login is seen" wait_for evidence \
    "^ +\[ok\] a login by root from 2001:db8:9::7 at [0-9][0-9]:[0-9][0-9]:"
ok "then one word confirms" "$seki" confirm
kill $session
wait $session 2>/dev/null
like "it is saved" "$(cat "$SEKI_CONFIG")" "tcp 8080"
ok "and settled" settle

# Who reads that it waits may log in before the guard has gone on.
connect client1 $public $ssh_port
ok "a commit from a session" "$seki" add forward tcp 8079 to vm00:80
SSH_CONNECTION=$connected strace -f -qq -o /dev/null \
    -e inject=rename,renameat,renameat2:delay_exit=300000 \
    "$seki" commit --confirm 60 >/dev/null 2>&1 &
committing=$!
wait_for grep -q ^waiting /run/seki/pending/state
ok "the port is reached as soon as it waits" reached client1
ok "and it is seen" wait_for evidence \
    "^ +\[ok\] a new connection to port $ssh_port from 2001:db8:9::7"
"$seki" revert >/dev/null
wait $committing
"$seki" discard >/dev/null 2>&1
status "there is nothing left to confirm" 1 "$seki" confirm

ok "a third" "$seki" add forward tcp 8081 to vm00:80
wait_for sh -c '! ip -6 addr | grep -q tentative'
state >"$tmp/before"
ok "is committed" "$seki" commit
ok "extended" "$seki" extend 100
got=$("$seki" revert)
is "reverted by hand" $? 0
like "and told to be as before" "$got" "exactly as before"
ok "it is" as_before
ok "unproven, it can be kept as well" sh -c \
    "$seki commit && $seki confirm --unproven"
like "and is saved" "$(cat "$SEKI_CONFIG")" "tcp 8081"

# ---- whatever a commit changes is taken back

# edit EDITS: one after the other, between semicolons.
edit()
{
	echo "$1" | tr ';' '\n' | while read -r words; do
		# shellcheck disable=SC2086 # they are words
		"$seki" $words || exit
	done
}

# change WHAT EDITS DIFFERENCE: prepared; DIFFERENCE is a line of what a commit
# makes of the host, as diff shows it.
change()
{
	what=$1 difference=${3-}
	"$seki" discard >/dev/null 2>&1
	wait_for sh -c '! ip -6 addr | grep -q tentative'
	state >"$tmp/before"
	ls /run/seki/history >"$tmp/numbers"
	ok "$what: a change" edit "$2"
	"$seki" show candidate >"$tmp/candidate"
}

changed()
{
	state >"$tmp/now"
	like "$what: changes it" "$(diff "$tmp/before" "$tmp/now")" "$difference"
}

# Nothing of it is left but the candidate.
taken_back()
{
	ok "$what: the host is as before" as_before
	is "$what: and so is the history" "$(ls /run/seki/history)" \
	    "$(cat "$tmp/numbers")"
	is "$what: the candidate is still there" "$("$seki" show candidate)" \
	    "$(cat "$tmp/candidate")"
}

new=fd5a:1c2e:90b2: other=fd5a:1c2e:90b3:
container='add container vm01 ula fd5a:1c2e:90b1::4'
bridge="add bridge br1 ula $other:1/64;add container vm10 ula $other:3"
prefix="set bridge lxcbr0 ula $new:1/64;set container vm00 ula $new:3"
while IFS='|' read -r what edits difference; do
	change "$what" "$edits" "$difference"
	ok "$what: is committed" "$seki" commit --confirm 600
	changed
	got=$("$seki" revert)
	like "$what: is taken back" "$got" "exactly as before"
	taken_back
done <<CHANGES
an address|$container|^> .*inet6 fd5a:1c2e:90b1::4/64
a default route|$container|^> default via fd5a:1c2e:90b1::1
a setting|$bridge|^> /proc/.*/br1/accept_ra:0
a second bridge|$bridge|^> .*inet6 $other:1/64
another prefix|$prefix|^< .*inet6 fd5a:1c2e:90b1::1/64
another default route|$prefix|^< default via fd5a:1c2e:90b1::1
a removal|delete forward tcp 80;delete forward tcp 8080;delete forward tcp 8081;delete container vm00|^< default via fd5a:1c2e:90b1::1
a policy|add deny forward from container vm00 to uplink|^> .*ip6 saddr fd5a
CHANGES

# What the kernel's counters of forwards have counted.
counts()
{
	nft list counters table inet seki | awk '$1 == "counter" { name = $2 }
	    $1 == "packets" && name ~ /^tcp-/ { print name, $2, $4 }' | sort
}
change "a forward that counted" "delete forward tcp 8080"
inside client1 "$peer" get $public 8080 --timeout 300 >/dev/null 2>&1
counts >"$tmp/counts"
like "$what: and is told so" "$(cat "$tmp/counts")" '^tcp-8080-in [1-9]'
ok "$what: is removed" "$seki" commit --confirm 600
ok "$what: is taken back" "$seki" revert
is "$what: has its counts" "$(counts)" "$(cat "$tmp/counts")"

# Somebody changes the table meanwhile: what was planned leads back no more.
while IFS='|' read -r what meddle; do
	change "$what" "add forward udp 9500 to vm00" '^> .*udp . 9500'
	ok "$what: a commit" "$seki" commit --confirm 600
	changed
	ok "$what: is meddled with" nft "$meddle"
	like "$what: is taken back" "$("$seki" revert)" "exactly as before"
	taken_back
done <<MEDDLERS
an element taken away|delete element inet seki single { $public . udp . 9500 }
an element added|add element inet seki single { $public . tcp . 9501 : fd5a:1c2e:90b1::3 . 80 }
a rule added|add rule inet seki input tcp dport 9502 accept
an empty table|flush table inet seki
no table|delete table inet seki
MEDDLERS

all="$container;$bridge;$prefix;set container vm01 ula $new:4
;add forward udp 53 to vm10;set default forward reject"
change "all at once" "$all" "^> default via $other:1"
ok "$what: is committed" "$seki" commit --confirm 2
changed
deadline=$(awk '{ print $3 }' /run/seki/pending/state)
ok "$what: is taken back in time" wait_for settle
late=$(awk -v due="$deadline" '{ printf "%d", $1 * 1000 - due }' /proc/uptime)
ok "$what: and not before" test "$late" -ge 0
taken_back

# After the last step, when what it added is noted.
change "killed before it is applied" "$all"
strace -qq -o "$tmp/trace" -P /run/seki/made \
    -e inject=rename,renameat,renameat2:signal=KILL:when=2 \
    "$seki" commit --confirm 600 >/dev/null 2>&1
is "$what: killed" $? 137
ok "$what: is taken back at once" wait_for settle
taken_back
like "$what: which is told" "$("$seki" show status)" \
    "was reverted, since it was cut off in the middle"
"$seki" discard >/dev/null

# Of the signals of keys that stop a job: SIGTSTP, SIGTTIN and SIGTTOU.
holds_still()
{
	blocked=$(awk '/^SigBlk/ { print $2 }' "/proc/$1/status")
	[ $((0x$blocked >> 19 & 7)) -eq 7 ]
}
change "stopped by a key" "$all"
strace -qq -o "$tmp/trace" -P /run/seki/made \
    -e inject=rename,renameat,renameat2:delay_exit=2000000:when=2 \
    "$seki" commit --confirm 600 >/dev/null 2>&1 &
tracer=$!
ok "$what: is under way" wait_for grep -q ^applying /run/seki/pending/state
ok "$what: goes on" holds_still "$(pgrep -P $tracer)"
wait $tracer
ok "$what: is taken back" "$seki" revert
taken_back
"$seki" discard >/dev/null

# ---- the guard itself

"$seki" delete forward tcp 8081
wait_for sh -c '! ip -6 addr | grep -q tentative'
state >"$tmp/before"
ok "pending once more, of one with a file open" sh -c \
    "exec 7>$tmp/mine && $seki commit --confirm 4"
guard=$(awk '{ print $5 }' /run/seki/pending/state)
is "the guard has a session of its own" \
    "$(ps -o sid= -p "$guard" | tr -d ' ')" "$guard"
is "no terminal" "$(ps -o tty= -p "$guard")" "?"
is "and nothing open of ours" "$(readlink "/proc/$guard/fd/0" \
    "/proc/$guard/fd/1" "/proc/$guard/fd/2" | sort -u)" "/dev/null"
is "nor any other file" "$(readlink "/proc/$guard/fd/"* |
    grep -v -e '^/dev/null$' -e '^[a-z_]*:' -e '_tables_names$')" ""
kill -HUP "$guard"
ok "SIGHUP does not end it" kill -0 "$guard"
kill -KILL "$guard"
status "killed, it has let nothing be confirmed" 3 "$seki" confirm
gone()
{
	! kill -0 "$guard" 2>/dev/null
}
wait_for gone
"$seki" show status >/dev/null
ok "the next seki brings another, for the time left" sh -c \
    "[ \"\$(awk '{ print \$5 }' /run/seki/pending/state)\" != $guard ]"
ok "which takes it back" wait_for settle
ok "to what it was" as_before

ok "pending a last time" "$seki" commit --confirm 2
guard=$(awk '{ print $5 }' /run/seki/pending/state)
kill -KILL "$guard"
past_deadline()
{
	awk -v up="$(cut -d' ' -f1 /proc/uptime)" \
	    '{ exit up * 1000 < $3 }' /run/seki/pending/state
}
wait_for past_deadline
"$seki" show status >/dev/null
ok "after the deadline the next seki reverts" settle
ok "to what it was then" as_before
"$seki" discard

# ---- what must not stop or fool it

# From an address of the link that this host's own is of.
ok "one more forward" "$seki" add forward tcp 8084 to vm00:80
ok "is pending" login_from internet "$seki" commit --confirm 600
like "and not to be done again" "$("$seki" show forwards)" \
    '^tcp +8084 .* pending$'
ok "the next edit" "$seki" add forward tcp 8085 to vm00:80
like "is to be done" "$("$seki" show forwards)" '^tcp +8085 .* to add$'
ok "and taken back" "$seki" undo
guard=$(pgrep -f ' guard$')
is "its guard is called like it" "$(cat "/proc/$guard/comm")" seki
ok "which has at hand what a revert needs" grep -q libnftables \
    "/proc/$guard/maps"
is "locks are for their owner" "$(stat -c %a /run/seki/lock /run/seki/edit |
    sort -u)" 600
# Its two ends each tell; of those that follow only one end does.
serve client1 tcp $ssh_port
ok "a connection outwards to such a port" \
    wait_for "$peer" get 2001:db8:9::7 $ssh_port
refused_confirm "proves nothing"
behind=2001:db8:77::1
ip route add $behind dev br1
ip addr add fe80::b/64 dev br1 nodad
inside vm10 ip addr add $behind/128 dev eth0 nodad
inside vm10 ip route add 2001:db8::1 via fe80::b dev eth0
inside internet ip route add $behind via $public
handle=$(nft -a -e insert rule inet seki forward ip6 daddr $behind accept |
    sed -n 's/.* handle //p')
serve vm10 tcp $ssh_port
ok "one through this host, from where the commit came from" \
    wait_for inside internet "$peer" get $behind $ssh_port
refused_confirm "proves nothing either"
ok "one of this host to itself" wait_for "$peer" get $public $ssh_port
refused_confirm "nor does that"
nft delete rule inet seki forward handle "$handle"
flock /run/seki/edit sleep 600 &
holder=$!
ok "it is saved while somebody holds the lock of edits" \
    timeout $wait_s "$seki" confirm --unproven
status "an edit waits for it, but not for ever" 4 \
    timeout $wait_s "$seki" add forward tcp 8086 to vm00:80
pkill -P $holder 2>/dev/null
kill $holder 2>/dev/null
ok "and gone from pending" settle
# hold SECONDS: the lock of commits, as the service does.
hold()
{
	flock /run/seki/lock sleep "$1" &
	holder=$!
	wait_for sh -c '! flock -n /run/seki/lock true'
}
hold 0.3
ok "a commit waits for the service" "$seki" apply
hold 600
status "but not for ever" 4 timeout $wait_s "$seki" apply
pkill -P $holder 2>/dev/null
kill $holder 2>/dev/null
echo 'allow input tcp 9999 # by hand' >>"$SEKI_CONFIG"
ok "an edit" "$seki" delete forward tcp 8084
ok "is pending over an edit of the file by hand" "$seki" commit --confirm 60
like "what it removed is not to be removed" "$("$seki" show forwards --json)" \
    '"pending", *"reason": *"removed, not confirmed yet"'
echo 'allow input tcp 9998' >>"$SEKI_CONFIG"
ok "and kept" "$seki" confirm --unproven
like "what was written by hand is in the history" \
    "$(grep -h 9998 "$(dirname "$SEKI_CONFIG")"/history/*)" 9998
echo 'allow input tcp 9996' >>"$SEKI_CONFIG"
ok "by hand once more, an edit" "$seki" set option confirm 70
ok "is pending" "$seki" commit --confirm 60
ok "and taken back" "$seki" revert
unlike "what was written by hand was not committed then" \
    "$(cat "$(dirname "$SEKI_CONFIG")"/history/*)" 9996
ok "nothing is left to commit" "$seki" discard
echo 'wobble' >>"$SEKI_CONFIG"
like "a saved config that cannot be read is told" \
    "$("$seki" show bridges 2>&1)" "unknown statement wobble"
status "and nothing is built on it" 2 "$seki" add forward tcp 8085 to vm00:80
cp "$tmp/before.conf" "$SEKI_CONFIG"
ok "it is put right" "$seki" apply
(cd "$tmp" && cp "$SEKI_CONFIG" other.conf &&
    SEKI_CONFIG=other.conf "$seki" add forward tcp 8086 to vm00:80 &&
    SEKI_CONFIG=other.conf "$seki" commit --now) >/dev/null 2>&1
like "a config named from a folder is saved there" "$(cat "$tmp/other.conf")" \
    "tcp 8086"
ok "back again" "$seki" apply
wait_for sh -c '! ip -6 addr | grep -q tentative'
state >"$tmp/before"

# ---- with the service
"$seki" watch >"$tmp/watch.log" 2>&1 &
watch=$!
wait_for sh -c "grep -q . $tmp/watch.log"
ok "the service runs, one more forward" "$seki" add forward tcp 8083 to vm00:80
ok "is pending" "$seki" commit --confirm 2
guard=$(awk '{ print $5 }' /run/seki/pending/state)
deadline=$(awk '{ print $3 }' /run/seki/pending/state)
kill -KILL "$guard"
ok "its guard is killed, and it is taken back all the same" wait_for settle
like "which is logged" "$(cat "$tmp/watch.log")" \
    "took over a commit whose guard had been killed"
late=$(awk -v due="$deadline" '{ printf "%d", $1 * 1000 - due }' /proc/uptime)
ok "within 2 s of the deadline" test "$late" -lt 2000
ok "to what it was" as_before
"$seki" discard
kill -TERM $watch
wait $watch 2>/dev/null

# ---- kills at any moment

ok "one config" "$seki" apply
state >"$tmp/one"
cp "$SEKI_CONFIG" "$tmp/one.conf"
cat >>"$tmp/one.conf" <<CONF
container vm01 ula fd5a:1c2e:90b1::4
forward udp 53 to vm01
CONF
cp "$SEKI_CONFIG" "$tmp/old.conf"
"$seki" apply "$tmp/one.conf" >/dev/null 2>&1
wait_for sh -c '! ip -6 addr | grep -q tentative'
state >"$tmp/other"
"$seki" apply "$tmp/old.conf" >/dev/null 2>&1
# One that is killed before it has a guard has not begun, and leaves its word
# on the disk to the next. A guard calls itself seki, and may be at work yet.
at_rest()
{
	settle || ! pgrep -f "^($seki|seki) " >/dev/null
}
between=0 fully=0 reverted=0 kept=0 unready=0
began=$(date +%s%3N)
"$seki" apply "$tmp/one.conf" >/dev/null 2>&1
took=$(($(date +%s%3N) - began))
# In twelfths of what it takes, and some more for one that takes longer.
for moment in 0 1 2 3 4 5 6 7 8 9 10 11 12 13 15 18 24; do
	delay=$((took * moment / 12))
	for signal in KILL TERM HUP; do
		comes "$seki" apply "$tmp/old.conf" || unready=$((unready + 1))
		rm -f /run/seki/last
		"$seki" apply "$tmp/one.conf" >/dev/null 2>&1 &
		victim=$!
		sleep "$((delay / 1000)).$(printf %03d $((delay % 1000)))"
		kill -$signal $victim 2>/dev/null
		wait $victim 2>/dev/null
		wait_for at_rest
		state >"$tmp/now"
		cmp -s "$tmp/now" "$tmp/other" && kept=$((kept + 1))
		"$seki" show status | grep -q "^last: .* was reverted" &&
			reverted=$((reverted + 1))
		if cmp -s "$tmp/now" "$tmp/one" ||
		    cmp -s "$tmp/now" "$tmp/other"; then
			fully=$((fully + 1))
		else
			between=$((between + 1))
			diag "$signal after $delay ms: $(diff "$tmp/now" \
			    "$tmp/one" | head -n 30; echo and; diff \
			    "$tmp/now" "$tmp/other" | head -n 30)"
		fi
	done
done
is "the old config is there before each kill" "$unready" 0
is "killed at 51 moments, the host is never between" "$between" 0
is "and always before or after" "$fully" 51
diag "$took ms: $reverted reverted, $kept kept"
ok "some of them are late enough to be kept" test "$kept" -gt 0

# ---- the same to a console, in the middle of its commit

if ! command -v tmux >/dev/null; then
	skip "needs: tmux" 4
else
	"$seki" apply "$tmp/old.conf" >/dev/null 2>&1
	state >"$tmp/one"
	TMUX_TMPDIR=$tmp TERM=xterm-256color
	export TMUX_TMPDIR TERM
	shows()
	{
		tmux -L guard capture-pane -p 2>/dev/null | grep -q -e "$1"
	}
	# with the process beside it, which finishes what it is at
	console_gone()
	{
		! pgrep -fx "$seki" >/dev/null
	}
	# c again, should the first have come too early
	reviewed()
	{
		shows 'what a commit does' || {
			tmux -L guard send-keys c
			sleep 0.2
			shows 'what a commit does'
		}
	}
	# What a commit that waits for its proof is worth without its console,
	# the admin decides; any other is taken back without one.
	decide()
	{
		settle || "$seki" revert
	}
	is_edited()
	{
		"$seki" diff | grep -q '^+ forward tcp 9300 '
	}
	gone_back=0 stuck=0 undecided=0 lost=0
	for delay in 000 015 030 060 150; do
		for signal in KILL TERM HUP; do
			"$seki" add forward tcp 9300 to vm00 2>/dev/null
			tmux -L guard -f /dev/null new-session -d -x 80 -y 24 \
			    "echo \$\$ >$tmp/console; exec $seki"
			if comes shows Dash && comes reviewed; then
				tmux -L guard send-keys Enter
			else
				stuck=$((stuck + 1))
				tmux -L guard capture-pane -p | sed 's/^/# /'
			fi
			sleep "0.$delay"
			kill -$signal "$(cat "$tmp/console")" 2>/dev/null
			tmux -L guard kill-server 2>/dev/null
			wait_for console_gone
			wait_for settle_or_pending
			decide >/dev/null 2>&1 || undecided=$((undecided + 1))
			is_edited || lost=$((lost + 1))
			"$seki" discard >/dev/null 2>&1
			state >"$tmp/now"
			cmp -s "$tmp/now" "$tmp/one" &&
				gone_back=$((gone_back + 1))
		done
	done
	is "the console was there each time" $stuck 0
	is "a commit that waits can be reverted" $undecided 0
	is "and the edit is not lost with its console" $lost 0
	is "killed at 15 moments, the host goes back whole" $gone_back 15
fi

# ---- two at once, and a full disk

done=0 busy=0 other=0
for i in 1 2 3 4 5 6 7 8 9 10; do
	cp "$tmp/old.conf" "$tmp/a.conf"
	echo "forward tcp $((9000 + i)) to vm00" >>"$tmp/a.conf"
	"$seki" apply "$tmp/a.conf" >/dev/null 2>&1 &
	first=$!
	cp "$tmp/old.conf" "$tmp/b.conf"
	echo "forward tcp $((9100 + i)) to vm00" >>"$tmp/b.conf"
	"$seki" apply "$tmp/b.conf" >/dev/null 2>&1 &
	second=$!
	for pid in $first $second; do
		result=0
		wait $pid || result=$?
		case $result in
		0) done=$((done + 1)) ;;
		4) busy=$((busy + 1)) ;;
		*) other=$((other + 1)) ;;
		esac
	done
done
is "of 20 from two at once each is done or busy" $((done + busy)) 20
ok "and some of each round are done" test $done -ge 10
ok "the history is told" "$seki" show history
numbers=$(echo "$said" | awk 'NR > 1 { print $1 == "*" ? $2 : $1 }' | sort -n)
ok "with each that was done" test "$(echo "$numbers" | wc -l)" -ge $done
is "and each once" "$(echo "$numbers" | uniq -d)" ""

# ---- a reboot while a commit is pending: what was confirmed last comes up

cat "$tmp/before.conf" >"$tmp/boot.conf"
echo 'container vm01 ula fd5a:1c2e:90b1::4' >>"$tmp/boot.conf"
"$seki" discard >/dev/null 2>&1
ok "a confirmed config" "$seki" apply "$tmp/boot.conf"
ok "one more forward" "$seki" add forward tcp 9400 to vm00
ok "is pending" "$seki" commit --confirm 60
kill -KILL "$(awk '{ print $5 }' /run/seki/pending/state)"
nft flush ruleset
ip addr flush dev lxcbr0 scope global
inside vm00 ip addr flush dev eth0 scope global
ip netns del vm01
echo 0 >/proc/sys/net/ipv6/conf/all/forwarding
find /run/seki -mindepth 1 -maxdepth 1 ! -name seki.conf ! -name history \
    -exec rm -rf {} +
"$seki" watch >"$tmp/watch.log" 2>&1 &
watch=$!
served()
{
	inside client1 "$peer" get $public 80 --timeout 300
}
ok "the service brings the confirmed forward up" wait_for served
unlike "and not the pending one" "$(nft list table inet seki)" "9400"
status "which nothing waits to confirm any more" 1 "$seki" confirm
has_ula()
{
	inside "$1" ip -6 addr | grep -q "$2"
}
ok "a container from before has its address" has_ula vm00 90b1::3
make_container vm01
ok "and so has one that starts later" wait_for has_ula vm01 90b1::4
kill -TERM $watch
wait $watch 2>/dev/null

kill "$sshd_pid"

# ---- a /run that is full reverts as well

cp -a /run/seki "$tmp/run"
mount -t tmpfs -o size=512k tmpfs /run/seki
cp -a "$tmp/run/." /run/seki
nft list table inet seki | nft_objects >"$tmp/before"
"$seki" add forward tcp 9401 to vm00 >/dev/null
ok "a commit waits" "$seki" commit --confirm 600
head -c 1000000 /dev/zero >/run/seki/ballast 2>/dev/null
ok "a revert with a full /run" "$seki" revert
like "says so" "$said" "^reverted: this host is exactly as before"
rm /run/seki/ballast
is "it is done" "$(nft list table inet seki | nft_objects)" \
    "$(cat "$tmp/before")"
like "and remembered" "$("$seki" show status)" "^last: .* reverted, as asked"
"$seki" discard >/dev/null 2>&1

# With an address, and a journal that has to be written.
"$seki" add bridge br1 ula fd5a:1c2e:90b3::1/64 >/dev/null
"$seki" add container vm10 ula fd5a:1c2e:90b3::3 >/dev/null
cp /run/seki/made "$tmp/made"
ok "a commit of addresses waits" "$seki" commit --confirm 600
head -c 1000000 /dev/zero >/run/seki/ballast 2>/dev/null
ok "its revert with a full /run, too" "$seki" revert
rm /run/seki/ballast
is "is done" "$(nft list table inet seki | nft_objects)" "$(cat "$tmp/before")"
unlike "in the container, too" "$(inside vm10 ip -6 addr)" "90b3::"
is "and in what is noted of it" "$(sort /run/seki/made)" \
    "$(sort "$tmp/made")"
like "and remembered" "$("$seki" show status)" "^last: .* reverted, as asked"
is "with its files" "$(find /run/seki/pending -type f 2>/dev/null)" ""
"$seki" discard >/dev/null 2>&1
# Its config and history are on another disk.
(
	usual=$(dirname "$SEKI_CONFIG")
	mkdir "$tmp/etc"
	cp -a "$SEKI_CONFIG" "$usual/history" "$tmp/etc"
	SEKI_CONFIG=$tmp/etc/$(basename "$SEKI_CONFIG")
	export SEKI_CONFIG
	"$seki" add forward tcp 9402 to vm00 >/dev/null
	"$seki" commit --confirm 600 >/dev/null 2>&1
	head -c 1000000 /dev/zero >/run/seki/ballast 2>/dev/null
	"$seki" extend 700 >/dev/null 2>&1
	"$seki" confirm --unproven >"$tmp/said" 2>&1
	rm /run/seki/ballast
	nft list table inet seki | grep -c 9402 >"$tmp/rules"
	grep -h 9402 "$SEKI_CONFIG" >"$tmp/saved"
	"$seki" delete forward tcp 9402 >/dev/null
	"$seki" commit --now >/dev/null 2>&1
)
like "a confirmation with a full /run" "$(cat "$tmp/said")" \
    "^confirmed and saved as"
is "is one" "$(cat "$tmp/saved")" "forward tcp 9402 to vm00"
unlike "in the kernel, too" "$(cat "$tmp/rules")" "^0"
rm -rf "$tmp/run"
cp -a /run/seki "$tmp/run"
umount -l /run/seki
rm -rf /run/seki/*
cp -a "$tmp/run/." /run/seki

# ---- who cannot be answered is not told that it failed

if [ -w /dev/full ]; then
	"$seki" discard >/dev/null 2>&1
	"$seki" add forward tcp 9400 to vm00 >/dev/null
	got=$("$seki" commit --confirm 600 2>&1 >/dev/full)
	is "a commit that cannot be answered is none that failed" $? 0
	like "it says what it could not" "$got" \
	    "it is done, but cannot write the answer: No space"
	ok "and is pending" [ -e /run/seki/pending/state ]
	"$seki" revert 2>/dev/null >/dev/full
	is "nor is a revert" $? 0
	status "a mere look fails" 1 sh -c "$seki show status >/dev/full"
	status "and so does a dry run" 1 \
	    sh -c "$seki apply --check >/dev/full"
	"$seki" discard >/dev/null 2>&1
else
	skip "kernel: no /dev/full" 6
fi

done_testing

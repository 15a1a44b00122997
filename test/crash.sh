#!/bin/sh
# Killed before any system call, or one of them failing: whatever ends there,
# the next seki leaves the host as it was before or as it is after, files,
# history and ownership with it, and what was said of it is true.
#
#	SEKI_TEST_KILLS=N	points of each program (3); "all": each there is
#	SEKI_TEST_SEED=N	which of them (1)
#	SEKI_TEST_ONLY=REGEX	those whose "PROGRAM WHAT" it matches
#	SEKI_TEST_POINT="PROGRAM WHAT N"	that one alone
. "${top_srcdir:-.}/test/lib/lib.sh"
[ -z "${SEKI_TEST_KILLS-}" ] || sandbox_s=86400
in_sandbox "$@"
is_root || skip_all "kernel: ptrace and namespaces want root"
need nft

crash=$builddir/test/lib/crash
points=${SEKI_TEST_KILLS:-3}
seed=${SEKI_TEST_SEED:-1}
state=/run/seki/pending/state
history=/run/seki/history
candidate=/run/seki/candidate.conf
not_started="the service does not start: "
fired=$tmp/fired
"$crash" -o /dev/null KILL 0 true || skip_all "kernel: nothing can be traced"
diag "SEKI_TEST_SEED=$seed SEKI_TEST_KILLS=$points"

make_outside
make_container vm00
make_container vm01
ip link add br1 type bridge
ip link set br1 up
BRIDGE=br1 make_container vm10
ip link set lo up

cat >"$tmp/base.conf" <<CONF
uplink eth0
bridge lxcbr0 ula fd5a:1c2e:90b1::1/64 masquerade
container vm00 ula fd5a:1c2e:90b1::3
forward tcp 80 to vm00
allow input tcp 22
default input deny
CONF
cat >"$tmp/new.conf" <<CONF
uplink eth0
bridge lxcbr0 ula fd5a:1c2e:90b2::1/64 masquerade
bridge br1 ula fd5a:1c2e:90b3::1/64
bridge br2 ula fd5a:1c2e:90b4::1/64 create
container vm00 ula fd5a:1c2e:90b2::3
container vm01 ula fd5a:1c2e:90b2::4
container vm10 ula fd5a:1c2e:90b3::3
forward tcp 80 to vm01
forward udp 53 to vm10
allow input tcp 22
default input deny
default forward deny
CONF

# ---- what there is

# The kernel, and what is ours in it.
kernel()
{
	{
		nft list ruleset | nft_objects
		ip -6 -batch "$tmp/look"
		for node in vm00 vm01 vm10; do
			inside $node ip -6 -batch "$tmp/look"
		done
		for file in /proc/sys/net/ipv6/conf/*/forwarding \
		    /proc/sys/net/ipv6/conf/*/accept_ra \
		    /proc/sys/net/ipv6/conf/*/autoconf; do
			read -r value <"$file"
			echo "$file:$value"
		done
		sort /run/seki/made
	} | sed -e 's/packets [0-9]* bytes [0-9]*//' -e '/valid_lft/d' \
	    -e 's/ tentative//' -e 's/NO-CARRIER,//' -e 's/ state [A-Z]*//'
}
printf '%s\n' 'addr show' 'route show' >"$tmp/look"

# settings: what a commit finds, and has to take care of: forwarding is off, but
# for one interface.
settings()
{
	echo 0 >/proc/sys/net/ipv6/conf/all/forwarding
	echo 1 >/proc/sys/net/ipv6/conf/lo/forwarding
	for name in accept_ra autoconf; do
		echo 1 >/proc/sys/net/ipv6/conf/br1/$name
	done
}

in_phase()
{
	grep -qs "^$1 " $state
}

settled()
{
	! [ -e $state ]
}

quiet()
{
	settled || in_phase waiting
}

# apply CONFIG: all of it, whatever there was.
apply()
{
	rm -f $candidate
	cp "$tmp/$1.conf" "$SEKI_CONFIG"
	"$seki" apply >"$tmp/apply" 2>&1 ||
		wrong "apply of $1: $(cat "$tmp/apply")"
}

saved()
{
	for name in base new; do
		cmp -s "$SEKI_CONFIG" "$tmp/$name.conf" && echo $name && return
	done
}

# What is wrong, with the point that it was found at.
wrong()
{
	echo "$program $what $at ($(cat "$fired")): $*"
}

# How the kernel differs from what it should be, of all that it could.
nearest()
{
	for name in old base new; do
		diff "$tmp/$name" "$tmp/now" >"$tmp/diff-$name"
	done
	head -n 12 "$(find "$tmp" -name 'diff-*' -printf '%s %p\n' | sort -n |
	    sed -n '1s/.* //p')"
}

# The host as one word of: before, pending, after, or what else it is.
host()
{
	kernel >"$tmp/now"
	word=
	settled || read -r word _ <$state
	for name in old base new; do
		cmp -s "$tmp/now" "$tmp/$name" && break
		name=
	done
	case $word/$name/$(saved) in
	/old/base) echo before ;;
	waiting/new/base) echo pending ;;
	/new/new) echo after ;;
	*) echo "half: ${word:-none pending}, kernel ${name:-other}, saved $(saved)"
	   [ -n "$name" ] || nearest ;;
	esac
}

# ---- what must hold at each point

# Nothing is in the history but what was confirmed, and that is the newest.
check_history()
{
	for newest in $history/*.conf; do :; done
	{
		read -r _
		cmp -s - "$SEKI_CONFIG"
	} <"$newest" || wrong "saved is not the newest of the history, $newest"
}

no_guard()
{
	! pgrep -f "^seki --config .* guard$" >/dev/null
}

# What the kernel refused to remove goes with the next file of that name.
is_stuck()
{
	case $what in KILL*) return 1 ;; esac
	grep -q ' unlink' "$fired"
}

check_left()
{
	for left in /run/seki/*.new /run/seki/*/*.new $history/next; do
		! [ -e "$left" ] || is_stuck || wrong "left: $left"
	done
	! settled || ! [ -e /run/seki/pending/ready ] || wrong "left: ready"
	! settled || comes no_guard ||
		wrong "a guard is left: $(pgrep -af ' guard$')"
}

# What could not be done inside a container keeps nothing else from being done,
# and is named.
is_told_of()
{
	grep -Eq "^not done: |is not there now" "$tmp/out"
}

# What the program said of itself, by its exit status; killed, it says nothing.
check_status()
{
	case $program/$status/$1 in
	commit/0/pending | extend/0/pending | now/0/after | confirm/0/after | \
	    revert/0/before | apply/0/after | watch/0/after) ;;
	commit/1/before | now/1/before | extend/1/* | confirm/1/before | \
	    confirm/1/pending | revert/1/pending | apply/1/before) ;;
	revert/1/before) grep -q "the guard goes on" "$tmp/out" ;;
	watch/1/before) grep -Eq "^seki: ($not_started|cannot )" "$tmp/out" ;;
	stop/-/before | takeover/[01]/*) ;;
	now/[05]/* | commit/[05]/* | apply/5/*) is_told_of ;;
	*/137/* | stop/-/pending | watch/1/*) [ "${what#KILL}" != "$what" ] ;;
	*) return 1 ;;
	esac
}

# The words of status agree with what there is.
check_words()
{
	case $1 in
	pending) grep -q "^commit: #.* pending" "$tmp/status" &&
	    grep -q "\[ok\] the kernel has what was committed" "$tmp/status" ;;
	before) ! grep -q "^commit: #" "$tmp/status" ;;
	after) grep -q "^candidate: clean" "$tmp/status" ;;
	esac
}

# A pending commit can be ended either way.
finish()
{
	if [ $((turn % 2)) -eq 0 ]; then
		"$seki" confirm --unproven >"$tmp/said" 2>&1 ||
			wrong "confirm: $(cat "$tmp/said")"
		came=$(host)
		[ "$came" = after ] || wrong "confirmed, it is $came"
	else
		"$seki" revert >"$tmp/said" 2>&1 ||
			wrong "revert: $(cat "$tmp/said")"
		came=$(host)
		[ "$came" = before ] || wrong "reverted, it is $came"
	fi
	check_history
	check_left
}

# Whatever it came to, all of it is ours, to be renumbered. What is wholly as
# before is so, too, which now and then is tried.
renumber()
{
	if [ "$1" = before ]; then
		[ $((turn % 8)) -eq 0 ] || return
		apply new
		kernel | diff "$tmp/new" - >"$tmp/diff" ||
			wrong "renumbered: $(cat "$tmp/diff")"
	fi
	apply base
	settings
	[ $((turn % 2)) -eq 0 ] && return
	kernel | diff "$tmp/old" - >"$tmp/diff" || {
		wrong "renumbered back: $(cat "$tmp/diff")"
		start_over
	}
}

# So that what is wrong at one point is not wrong at all that come.
start_over()
{
	ip addr flush dev lxcbr0 scope global
	ip addr flush dev br1 scope global
	for node in vm00 vm01 vm10; do
		ip -n $node addr flush dev eth0 scope global
		ip -n $node -6 route flush default
	done
	ip link del br2 2>/dev/null
	nft delete table inet seki 2>/dev/null
	rm -rf /run/seki/made /run/seki/pending
	apply base
}

judge()
{
	turn=$((turn + 1))
	"$seki" show status >"$tmp/status" 2>&1
	comes quiet || wrong "it stays $(cat $state)"
	! grep -qE "^commit: .* (being|in progress)" "$tmp/status" ||
		"$seki" show status >"$tmp/status" 2>&1
	came=$(host)
	case $came in
	before | pending | after) ;;
	*) is_told_of || wrong "$came" ;;
	esac
	check_status "$came" ||
		wrong "status $status, but the host is $came: $(cat "$tmp/out")"
	check_words "$came" || wrong "$came, and says: $(cat "$tmp/status")"
	check_history
	check_left
	case $came in
	pending) finish ;;
	half*) settled || "$seki" revert >/dev/null 2>&1 ;;
	esac
	renumber "$came"
}

# Without a guard it may have come to anything, until it is done once more.
judge_direct()
{
	turn=$((turn + 1))
	came=between
	kernel >"$tmp/now"
	cmp -s "$tmp/now" "$tmp/old" && came=before
	cmp -s "$tmp/now" "$tmp/new" && came=after
	check_status $came ||
		wrong "status $status, but the host is $came: $(cat "$tmp/out")"
	case $program in
	apply) apply new && check_history ;;
	watch) serves ;;
	esac
	kernel | diff "$tmp/new" - >"$tmp/diff" ||
		wrong "once more: $(cat "$tmp/diff")"
	check_left
	renumber after
}

# ---- the programs

ready()
{
	settings
	cp "$tmp/new.conf" $candidate
}

# The saved config is another one, and nothing is in the kernel yet.
by_hand()
{
	settings
	cp "$tmp/new.conf" "$SEKI_CONFIG"
	judge=judge_direct
}

pending()
{
	ready
	"$seki" commit --confirm 600 >/dev/null 2>&1 || wrong "no commit"
}

guard()
{
	awk '{ print $5 }' $state
}

# traced COMMAND...: one that is ended at its own calls.
traced()
{
	"$crash" -o "$fired" "$what" "$at" "$@" >"$tmp/out" 2>&1
	status=$?
}

starts()
{
	"$crash" -g -o "$fired" "$what" "$at" "$@" >"$tmp/out" 2>&1
	status=$?
}

is_told()
{
	[ -s "$fired" ]
}

# attach: to the guard, for what comes now.
attach()
{
	victim=$(guard)
	"$crash" -g -p "$victim" -o "$fired" "$what" "$at" >/dev/null ||
		wrong "the guard cannot be traced"
}

# asked COMMAND...: the guard is, while it answers that.
asked()
{
	attach
	"$@" >"$tmp/out" 2>&1
	status=$?
	is_told || ! in_phase waiting || kill -KILL "$victim"
	comes is_told || wrong "nothing is told"
}

# Told to stop, it reverts; where it was killed before, another waits on.
stopped()
{
	attach
	kill -TERM "$victim"
	status=-
	comes is_told || wrong "nothing is told"
	case $what in
	KILL*) ;;
	*) comes settled || wrong "it is not taken back" ;;
	esac
}

# left_in PHASE: as a guard that was killed leaves it.
left_in()
{
	pending
	kill -KILL "$(guard)"
	sed -i "s/^waiting /$1 /" $state
}

# Starts the service in the background, until all is as the saved config says.
serves()
{
	: >"$tmp/out"
	"$@" "$seki" watch >>"$tmp/out" 2>&1 &
	watch=$!
	comes served || wrong "the service: $(cat "$tmp/out")"
	victim=$watch
	[ $# -eq 0 ] || victim=$(pgrep -P $watch)
	kill "$victim" 2>/dev/null
	wait $watch
	status=$?
}

served()
{
	grep -q "this host is as" "$tmp/out" || ! kill -0 $watch 2>/dev/null
}

# bring NAME: to its point.
bring()
{
	program=${1%%-*} judge=judge
	case $1 in
	commit) ready; traced "$seki" commit --confirm 600 ;;
	commit-guard) ready; starts "$seki" commit --confirm 600 ;;
	now) ready; traced "$seki" commit --now ;;
	now-guard) ready; starts "$seki" commit --now ;;
	confirm) pending; traced "$seki" confirm --unproven ;;
	confirm-guard) pending; asked "$seki" confirm --unproven ;;
	revert) pending; traced "$seki" revert ;;
	revert-guard) pending; asked "$seki" revert ;;
	extend) pending; traced "$seki" extend 60 ;;
	extend-guard) pending; asked "$seki" extend 60 ;;
	stop-guard) pending; stopped ;;
	takeover-revert) left_in reverting; traced "$seki" show status ;;
	takeover-save) left_in saving; traced "$seki" show status ;;
	takeover-wait) left_in waiting; traced "$seki" show status ;;
	apply) by_hand; traced "$seki" apply ;;
	watch) by_hand; serves "$crash" -o "$fired" "$what" "$at" ;;
	esac
}

# point NAME WHAT N
point()
{
	what=$2 at=$3
	: >"$fired"
	bring "$1"
	$judge
}

# pick WHAT...: of the calls that it has when all goes well, a line each.
pick()
{
	awk -v whats="$*" -v points="$points" -v seed="$seed" '
		{ calls[$2] = $3 }
		END {
			srand(seed)
			n = split(whats, what, " ")
			first = int(rand() * n)
			for (i = 1; i <= n && points == "all"; i++)
				for (j = 1; j <= calls[what[i]]; j++)
					print what[i], j
			for (i = 0; points != "all" && i < points; i++) {
				w = what[(first + i) % n + 1]
				if (calls[w] > 0)
					print w, 1 + int(rand() * calls[w])
			}
		}' "$tmp/calls" | sort -u
}

# sweep NAME WHAT...
sweep()
{
	seed=$((seed + 1))
	swept=$1
	shift
	wanted=$(printf "$swept %s\n" "$@" | grep -Ee "${SEKI_TEST_ONLY:-.}" |
	    cut -d' ' -f2)
	[ -n "$wanted" ] || return 0
	tried=0
	{
		point "$swept" KILL 0
		cp "$fired" "$tmp/calls"
		# shellcheck disable=SC2086 # they are words
		for chosen in $(pick $wanted | tr ' ' :); do
			point "$swept" "${chosen%:*}" "${chosen#*:}"
			tried=$((tried + 1))
		done
	} >"$tmp/wrong"
	is "$swept: wholly before or after at $tried points" \
	    "$(cat "$tmp/wrong")" ""
}

program=start what=- at=0 turn=0
: >"$fired"
cp "$tmp/base.conf" "$SEKI_CONFIG"
ok "the first config" "$seki" apply
wait_for sh -c '! ip -6 addr | grep -q tentative'
apply new
kernel >"$tmp/new"
apply base
kernel >"$tmp/base"
settings
kernel >"$tmp/old"
apply base
is "a commit changes addresses" "$(diff "$tmp/old" "$tmp/new" |
    grep -c '^> .*inet6 fd5a:')" 6
is "routes" "$(diff "$tmp/old" "$tmp/new" | grep -c '^> default via fd5a:')" 3
is "and settings" "$(diff "$tmp/old" "$tmp/new" | grep -c "^> /proc/.*forw")" 9

if [ -n "${SEKI_TEST_POINT-}" ]; then
	# shellcheck disable=SC2086 # they are words
	is "$SEKI_TEST_POINT" "$(point $SEKI_TEST_POINT)" ""
	diag "$(cat "$fired" "$tmp/out" "$tmp/status" "$tmp/said")"
	done_testing
	exit
fi
errors="EIO ENOSPC EMFILE ENOMEM EINTR EPERM EAGAIN"
for name in commit commit-guard now now-guard confirm confirm-guard revert \
    revert-guard extend extend-guard stop-guard takeover-revert takeover-save \
    takeover-wait apply watch; do
	# shellcheck disable=SC2086 # they are words
	sweep $name KILL KILLONE $errors
done

done_testing

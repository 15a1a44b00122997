# shellcheck shell=sh
# TAP, a private machine, and things to put into it. Plain POSIX sh; sourced:
#
#	. "${top_srcdir:-.}/test/lib/lib.sh"
#	in_sandbox "$@"			# the script starts anew, inside
#	make_outside
#	make_container vm00 fd00:5e::3/64
#	is "it is there" "$(inside vm00 cat /sys/class/net/eth0/operstate)" up
#	done_testing
#
# A skip whose reason begins with "needs:" can be cured by installing what
# follows, and "make check" with CI=true counts it as a failure; one that
# begins with "kernel:" cannot be cured on this machine.

PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
export PATH
# Who runs the tests, and from where, is not to be seen in what they look at.
unset SSH_CONNECTION SUDO_USER LANGUAGE
: "${top_srcdir:=.}" "${builddir:=$top_srcdir/build}"
peer=$builddir/test/lib/peer
seki=$builddir/seki
BRIDGE=lxcbr0
wait_s=60	# a bound for a loaded machine: what is waited for is an event
tests=0
failed=0

# ---- results

plan()
{
	echo "1..$1"
}

# In place of plan, at the end.
done_testing()
{
	plan "$tests"
	[ "$failed" -eq 0 ]
}

diag()
{
	printf '%s\n' "$*" | sed 's/^/# /'
}

pass()
{
	tests=$((tests + 1))
	printf 'ok %d - %s\n' "$tests" "$1"
}

# fail NAME [MORE]
fail()
{
	tests=$((tests + 1))
	failed=$((failed + 1))
	printf 'not ok %d - %s\n' "$tests" "$1"
	[ -z "${2-}" ] || diag "$2"
	return 1
}

# skip WHY [COUNT]
skip()
{
	skips=${2:-1}
	while [ "$skips" -gt 0 ]; do
		skips=$((skips - 1))
		tests=$((tests + 1))
		printf 'ok %d # SKIP %s\n' "$tests" "$1"
	done
}

skip_all()
{
	echo "1..0 # SKIP $1"
	exit 0
}

# Reads what "nft list" writes; each object as a line, sorted: what is made anew
# is listed last, and counts run on.
nft_objects()
{
	sed 's/packets [0-9]* bytes [0-9]*//' |
		awk '{ line = line $0 }
		    /^\t?}$|^table/ { print line; line = "" }' | sort
}

# ok NAME COMMAND...: it succeeds. Its output is shown when it does not.
ok()
{
	name=$1
	shift
	if said=$(asserted=1; "$@" 2>&1); then
		pass "$name"
	else
		fail "$name" "status $? of: $*
$said"
	fi
}

# nok NAME COMMAND...: it fails and says so with a status of seki or of peer. A
# crash, a signal, a command that is not there and ssh's own 255 are no
# refusals: say what is meant with status or refused.
nok()
{
	name=$1 got=0
	shift
	said=$(asserted=1; "$@" 2>&1) || got=$?
	if [ "$got" -ge 1 ] && [ "$got" -le 4 ]; then
		pass "$name"
	else
		fail "$name" "status $got, wanted 1 to 4, of: $*
$said"
	fi
}

# status NAME STATUS COMMAND...: it ends with that status.
status()
{
	name=$1 wanted=$2 got=0
	shift 2
	said=$(asserted=1; "$@" 2>&1) || got=$?
	if [ "$got" -eq "$wanted" ]; then
		pass "$name"
	else
		fail "$name" "status $got, wanted $wanted, of: $*
$said"
	fi
}

# is NAME GOT WANTED
is()
{
	if [ "$2" = "$3" ]; then
		pass "$1"
	else
		fail "$1" "   got: $2
wanted: $3"
	fi
}

# like NAME GOT REGEX: a line of it matches the extended expression.
like()
{
	if printf '%s\n' "$2" | grep -Eq -e "$3"; then
		pass "$1"
	else
		fail "$1" "      got: $2
no match: $3"
	fi
}

# unlike NAME GOT REGEX: no line of it does, and there is something to look at:
# what a command that failed did not say proves nothing.
unlike()
{
	if [ -z "$2" ]; then
		fail "$1" "nothing to look at; should not match: $3"
	elif printf '%s\n' "$2" | grep -Eq -e "$3"; then
		fail "$1" "   got: $2
match: $3"
	else
		pass "$1"
	fi
}

# ---- README

# readme HEADING: the commands of that section, without what they are said to
# do.
readme()
{
	awk -v heading="$1" '
		/^[-=]+$/ { found = last == heading }
		found && /^\t/ {
			sub(/^\t/, "")
			sub(/[ \t]+#.*/, "")
			print
		}
		{ last = $0 }
	' "$top_srcdir/README"
}

# ---- waiting

# Seconds since the start of the machine.
uptime_s()
{
	read -r up _ </proc/uptime
	echo "${up%.*}"
}

# comes COMMAND...: whether it succeeds within wait_s seconds. What was waited
# for in vain is told, with what it says the last time.
comes()
{
	by=$(($(uptime_s) + wait_s))
	until "$@" >/dev/null 2>&1; do
		if [ "$(uptime_s)" -ge "$by" ]; then
			seen=$("$@" 2>&1) && return
			diag "waited $wait_s s in vain for: $*
$seen"
			return 1
		fi
		sleep 0.05
	done
}

# wait_for COMMAND...: until it succeeds. A wait in vain is a failed test, also
# where no other one is made of it.
wait_for()
{
	comes "$@" && return
	[ -n "${asserted-}" ] || fail "waited for: $*"
	return 1
}

# need TOOL...
need()
{
	for tool; do
		command -v "$tool" >/dev/null || skip_all "needs: $tool"
	done
}

is_root()
{
	[ "$(id -u)" -eq 0 ]
}

# ---- the private machine

# Runs the script again in namespaces of its own, where it is root, /run and
# the folders of LXC are empty, and everything dies with it. Returns inside;
# outside, it exits with the status of the script.
in_sandbox()
{
	if [ -n "${sandbox_made-}" ]; then
		make_private "$@"
		furnish
		return
	fi
	need unshare nsenter ip mount
	spaces="-m -n -p -f --kill-child --propagation unchanged"
	is_root || spaces="$spaces -U -r"
	# shellcheck disable=SC2086 # they are words
	unshare $spaces true 2>/dev/null ||
		skip_all "kernel: no private namespaces here"
	sandbox_made=$(mktemp)
	export sandbox_made
	sandbox_status=0
	# shellcheck disable=SC2086
	timeout --foreground -s KILL "${sandbox_s:-900}" unshare $spaces sh "$0" "$@" ||
		sandbox_status=$?
	forget_cgroups "$sandbox_made"
	rm -f "$sandbox_made"
	exit "$sandbox_status"
}

# The root of a chroot need not be a mount point: nsenter leads to the one
# above, and the script starts once more in a root that is one.
make_private()
{
	mount --make-rprivate / 2>/dev/null && return
	nsenter --mount=/proc/self/ns/mnt mount --make-rprivate /
	mount --rbind / /run
	exec chroot /run sh -c 'cd "$1" && shift && exec sh "$@"' \
	    sh "$PWD" "$0" "$@"
}

# A fresh /sys shows the links of this network namespace, which liblxc wants
# to see, and gets the cgroups of the old one back. A chroot may lack pts.
furnish()
{
	mount -t tmpfs -o mode=755 tmpfs /run
	mkdir -p /run/netns /run/lock /run/seki /run/test /run/cgroup
	if mount --rbind /sys/fs/cgroup /run/cgroup 2>/dev/null; then
		if mount -t sysfs sysfs /sys 2>/dev/null; then
			mount --rbind /run/cgroup /sys/fs/cgroup
		fi
		umount -l /run/cgroup
	fi
	mount -t proc proc /proc 2>/dev/null || :
	[ -e /dev/pts/ptmx ] ||
		mount -t devpts -o ptmxmode=666 devpts /dev/pts 2>/dev/null || :
	for dir in /var/lib/lxc /var/lib/seki /etc/seki /var/log; do
		[ ! -d "$dir" ] || mount -t tmpfs -o mode=755 tmpfs "$dir"
	done
	tmp=/run/test
	SEKI_CONFIG=/run/seki/seki.conf
	export SEKI_CONFIG
	ip link set lo up
	bridged 0 || :
}

# bridged 0|1: whether frames between ports of a bridge pass the hooks of both
# families, so that no container reaches itself by a forward; fails without
# br_netfilter.
bridged()
{
	[ -e /proc/sys/net/bridge ] || return 1
	for call in ip6tables iptables; do
		echo "$1" >/proc/sys/net/bridge/bridge-nf-call-$call
	done
}

# private FOLDER...: a copy of each, or an empty one, is in its place: for
# programs of others that write there.
private()
{
	for folder; do
		mkdir -p "$tmp/private$folder" "$folder"
		cp -a "$folder/." "$tmp/private$folder"
		mount --bind "$tmp/private$folder" "$folder"
	done
}

# The rules of all tables but ours, without counts.
theirs()
{
	for save in iptables-save ip6tables-save; do
		"$save" 2>/dev/null | sed '/^#/d; s/\[[0-9:]*\]$//'
	done
	nft list tables | grep -v ' inet seki$' | while read -r table; do
		# shellcheck disable=SC2086 # they are words
		nft -s list $table 2>/dev/null
	done
}

# The cgroups of the containers and machines that were made, named one a line
# in the file.
forget_cgroups()
{
	while IFS= read -r made; do
		find /sys/fs/cgroup -depth -type d \
		    \( -path "*/lxc.*.$made*" -o -path "*/$made" -o \
		    -path "*/$made/*" \) -exec rmdir {} + 2>/dev/null
	done <"$1"
	# LXC makes one of its own, and leaves it; one in use stays.
	[ ! -s "$1" ] || find /sys/fs/cgroup -depth -type d -name lxc.pivot \
	    -exec rmdir {} + 2>/dev/null || :
}

# inside NODE COMMAND...: in the named network namespace.
inside()
{
	node=$1
	shift
	nsenter --net="/run/netns/$node" "$@"
}

# make_node NAME: a named network namespace.
make_node()
{
	ip netns add "$1" && inside "$1" ip link set lo up
}

# The world: a router with fe80::1 on all its links, our uplink eth0, and two
# clients behind the router.
make_outside()
{
	make_node internet
	inside internet sh -c 'echo 1 >/proc/sys/net/ipv6/conf/all/forwarding'
	ip link add eth0 type veth peer name host netns internet
	outside_link host 2001:db8::1/64
	ip link set eth0 up
	ip addr add 2001:db8::10/64 dev eth0 nodad
	ip route add default via fe80::1 dev eth0
	make_client client1 2001:db8:9::7/64 2001:db8:9::1/64
	make_client client2 2001:db8:44::2/64 2001:db8:44::1/64
}

# What make_outside made, in IPv4 as well: the uplink has 192.0.2.10, client1
# 198.51.100.7 and client2 203.0.113.7; there is no bridge yet, nor forwarding.
make_outside4()
{
	inside internet sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward'
	give4 internet host 192.0.2.1/24
	give4 internet client1 198.51.100.1/24
	give4 internet client2 203.0.113.1/24
	give4 client1 eth0 198.51.100.7/24 198.51.100.1
	give4 client2 eth0 203.0.113.7/24 203.0.113.1
	ip addr add 192.0.2.10/24 dev eth0
	ip route add default via 192.0.2.1
}

# give4 NODE LINK ADDRESS [GATEWAY]
give4()
{
	inside "$1" ip addr add "$3" dev "$2"
	[ -z "$4" ] || inside "$1" ip route add default via "$4"
}

# outside_link LINK ADDRESS: of the router.
outside_link()
{
	inside internet ip link set "$1" up
	inside internet ip addr add fe80::1/64 dev "$1" nodad
	inside internet ip addr add "$2" dev "$1" nodad
}

# make_client NAME ADDRESS ROUTER-ADDRESS
make_client()
{
	make_node "$1"
	inside internet ip link add "$1" type veth peer name eth0 netns "$1"
	outside_link "$1" "$3"
	inside "$1" ip link set eth0 up
	inside "$1" ip addr add "$2" dev eth0 nodad
	inside "$1" ip route add default via fe80::1 dev eth0
}

# make_bridge [ADDRESS...]: with the MAC that lxc-net gives one.
make_bridge()
{
	ip link add "$BRIDGE" address 00:16:3e:00:00:00 type bridge &&
		ip link set "$BRIDGE" up
	for address; do
		ip addr add "$address" dev "$BRIDGE" nodad
	done
}

# make_container NAME [ADDRESS...]: a namespace behind the bridge, which is
# made when it is not there. Its port is called $port. NAME holds no slash.
make_container()
{
	[ -e "/sys/class/net/$BRIDGE" ] || make_bridge
	container=$1
	shift
	containers=$((${containers:-0} + 1))
	port=vc$containers
	make_node "$container"
	inside "$container" ip link add eth0 type veth \
	    peer name "$port" netns $$
	ip link set "$port" master "$BRIDGE" up
	inside "$container" ip link set eth0 up
	for address; do
		inside "$container" ip addr add "$address" dev eth0 nodad
	done
}

# serve NODE tcp|udp PORT: a peer that answers with the name of its node. Its
# log is emptied here: what runs in the background may do so only after it was
# looked at.
serve()
{
	log="$tmp/serve-$2-$3-$1"
	: >"$log"
	inside "$1" "$peer" serve "$2" "$3" "$1" >"$log" 2>&1 </dev/null &
	wait_for grep -q ready "$log"
}

# serve_host tcp|udp PORT: the same on this host.
serve_host()
{
	log="$tmp/serve-$1-$2-host"
	: >"$log"
	"$peer" serve "$1" "$2" host >"$log" 2>&1 </dev/null &
	wait_for grep -q ready "$log"
}

# connect NODE ADDRESS PORT: a connection to a port that peer serves, which
# stays; $connected is what sshd would have as SSH_CONNECTION.
connect()
{
	log="$tmp/connect-$1-$3"
	: >"$log"
	inside "$1" "$peer" hold "$2" "$3" >"$log" 2>&1 </dev/null &
	wait_for grep -q ready "$log"
	connected=$(inside "$1" ss -Htn state established "dport = :$3" |
	    sed -n 's/.* \[\(.*\)]:\([0-9]*\) *\[\(.*\)]:\([0-9]*\) *$/\1 \2 \3 \4/p')
}

# Why LXC cannot be had here; nothing when it can.
lxc_lacks()
{
	read -r _ outside_uid _ </proc/self/uid_map
	[ "$outside_uid" -eq 0 ] ||
		echo "kernel: LXC containers want root here"
	for tool in lxc-create lxc-start lxc-stop busybox; do
		command -v "$tool" >/dev/null || echo "needs: $tool"
	done
}

# The first busybox container, which all others are copies of: its template
# cannot make one whose name has a blank, would run udhcpc, which flushes all
# addresses of eth0, and asks for AppArmor.
lxc_model()
{
	model=/run/model/model
	[ ! -d "$model" ] || return 0
	mkdir -p /run/model
	lxc-create -P /run/model -n model -t busybox >/dev/null 2>&1 || return 1
	sed -i -e /apparmor/d -e /^lxc.net/d -e /^lxc.uts/d \
	    -e /^lxc.rootfs.path/d "$model/config"
	sed -i /udhcpc/d "$model/rootfs/etc/init.d/rcS"
}

# lxc_make NAME [ADDRESS]: a busybox container on the bridge, not started.
lxc_make()
{
	lxc_model || return 1
	printf '%s\n' "$1" >>"$sandbox_made"
	[ -e "/sys/class/net/$BRIDGE" ] || make_bridge
	cp -a "$model" "/var/lib/lxc/$1"
	{
		echo "lxc.rootfs.path = dir:/var/lib/lxc/$1/rootfs"
		echo "lxc.uts.name = box"
		echo "lxc.net.0.type = veth"
		echo "lxc.net.0.link = $BRIDGE"
		echo "lxc.net.0.flags = up"
		echo "lxc.net.0.name = eth0"
		[ -z "${2-}" ] || echo "lxc.net.0.ipv6.address = $2"
	} >>"/var/lib/lxc/$1/config"
}

lxc_start()
{
	lxc-start -n "$1" && lxc-wait -n "$1" -s RUNNING -t "$wait_s"
}

# in_lxc CONTAINER COMMAND...: in its network namespace.
in_lxc()
{
	name=$1
	shift
	nsenter --net -t "$(lxc-info -p -H -n "$name")" "$@"
}

# serve_in_lxc CONTAINER tcp|udp PORT
serve_in_lxc()
{
	log="$tmp/serve-$2-$3-$1"
	: >"$log"
	in_lxc "$1" "$peer" serve "$2" "$3" "$1" >"$log" 2>&1 </dev/null &
	wait_for grep -q ready "$log"
}

# shellcheck shell=sh
# A machine with systemd, in namespaces of its own; sourced after lib.sh:
#
#	. "${top_srcdir:-.}/test/lib/lib.sh"
#	. "$top_srcdir/test/vps/machine.sh"
#	in_machine trixie "$@"		# the script starts anew, with a network
#	install_seki			# as README says
#	power_on
#	on uname -a			# a login by SSH
#	done_testing
#
#	client1 2001:db8:9::7 - router fe80::1 - 2001:db8::10 machine
#	                               fe80::1 - eth1, which is down
#
# What it writes is gone with it; SEKI_VPS_DIR keeps what it is made from.

vps_dir=${SEKI_VPS_DIR:-/var/tmp/seki-vps}
public=2001:db8::10
boot_s=60
machine_top=/sys/fs/cgroup
[ ! -d $machine_top/unified ] || machine_top=$machine_top/unified

# in_machine SUITE ARGUMENT...
in_machine()
{
	suite=$1
	shift
	if [ -z "${sandbox_made-}" ]; then
		top_srcdir=$(cd "$top_srcdir" && pwd)
		builddir=$(cd "$builddir" && pwd)
		export top_srcdir builddir
		outside_machine
	fi
	in_sandbox "$@"
	root=$tmp/root
	ok "$suite: a Debian to boot" lay_out ||
		skip_all "kernel: no overlay file system here"
	make_node internet
	inside internet sh -c 'echo 1 >/proc/sys/net/ipv6/conf/all/forwarding'
	make_client client1 2001:db8:9::7/64 2001:db8:9::1/64
}

# What needs the network of this machine.
outside_machine()
{
	is_root || skip_all "kernel: booting a machine wants root here"
	need debootstrap ssh ssh-keygen make
	mkdir -p "$vps_dir"
	"$top_srcdir/test/vps/base" "$suite" "$vps_dir/$suite" \
	    >"$vps_dir/$suite.log" 2>&1 || {
		diag "$(tail -n 20 "$vps_dir/$suite.log")"
		skip_all "needs: a Debian $suite that can be fetched"
	}
	make -s -C "$builddir" dist >/dev/null 2>&1 ||
		skip_all "needs: a source tree that make dist can pack"
}

# Everything is written beside the base, to memory.
lay_out()
{
	mkdir -p "$root" "$tmp/disk"
	mount -t tmpfs tmpfs "$tmp/disk"
	mkdir "$tmp/disk/upper" "$tmp/disk/work"
	mount -t overlay -o "lowerdir=$vps_dir/$suite,upperdir=$tmp/disk/upper,workdir=$tmp/disk/work" \
	    overlay "$root" || return
	ssh-keygen -q -t ed25519 -N '' -f "$tmp/key"
	for home in /root /home/admin; do
		# shellcheck disable=SC2174 # the home is there
		mkdir -p -m 700 "$root$home/.ssh"
		cp "$tmp/key.pub" "$root$home/.ssh/authorized_keys"
	done
	chown -R --reference="$root/home/admin" "$root/home/admin"
}

# in_root COMMAND...: in the machine that is off.
in_root()
{
	unshare -m -p -f --kill-child --propagation private sh -c '
		root=$1
		shift
		mount -t proc proc "$root/proc"
		mount --rbind /dev "$root/dev"
		exec chroot "$root" env -i HOME=/root LC_ALL=C.UTF-8 \
		    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
	' sh "$root" "$@"
}

# The first block of README's section; and a peer for the containers.
install_seki()
{
	mkdir "$root/root/seki"
	tar -C "$root/root/seki" --strip-components=1 -xzf \
	    "$(ls -t "$builddir"/seki-*.tar.gz | head -n 1)"
	readme Install | head -n 2 >"$root/root/install"
	in_root sh -ec 'cd /root/seki && . /root/install' &&
		in_root make -s -C /root/seki/build test/lib/peer LDFLAGS=-static
}

# ---- power

# A power cycle gives a new network namespace, wired to the router. The kernel
# takes its time to end the old one, which holds the old wire until then.
plug()
{
	ip netns del machine 2>/dev/null
	inside internet ip link del host 2>/dev/null
	make_node machine
	inside internet ip link add host type veth \
	    peer name eth0 netns machine
	outside_link host 2001:db8::1/64
	inside internet ip link del second 2>/dev/null
	inside internet ip link add second type veth \
	    peer name eth1 netns machine
	outside_link second 2001:db8:7::1/64
}

cgroup=${sandbox_made##*/}
# Until it is switched off: reboot(2) in a PID namespace ends its init by
# SIGHUP.
run_machine()
{
	printf '%s\n' "$cgroup" >>"$sandbox_made"
	while :; do
		plug
		mkdir -p "$machine_top/$cgroup"
		sh -c 'echo $$ >"$1/cgroup.procs" && shift && exec "$@"' sh \
		    "$machine_top/$cgroup" \
		    nsenter --net=/run/netns/machine \
		    unshare -m -p -f -i -u -C --kill-child \
		    --propagation private \
		    sh "$top_srcdir/test/vps/init" "$root"
		[ $? -eq 129 ] || return 0
		echo "$((boots += 1))" >"$tmp/boots"
	done
}

power_on()
{
	run_machine >"$tmp/console" 2>&1 &
	wait_until_up
}

wait_until_up()
{
	wait_s=$boot_s
	wait_for on true || diag "$(tail -n 20 "$tmp/console")"
	wait_s=60
	on timeout $boot_s systemctl is-system-running --wait >/dev/null
}

# Its old self answers for a moment.
reboot_machine()
{
	boots_now=$(cat "$tmp/boots" 2>/dev/null)
	on systemctl reboot
	wait_s=$boot_s
	wait_for another_boot
	wait_until_up
}

another_boot()
{
	[ "$(cat "$tmp/boots" 2>/dev/null)" != "$boots_now" ]
}

# ---- logging in

ssh_to()
{
	user=$1
	shift
	inside client1 ssh -i "$tmp/key" -o UserKnownHostsFile=/dev/null \
	    -o StrictHostKeyChecking=no -o LogLevel=ERROR \
	    -o ConnectTimeout=5 -o ServerAliveInterval=2 "$user@$public" "$@"
}

# on COMMAND...: in a login of its own.
on()
{
	ssh_to root "$*" </dev/null
}

# feed SCRIPT: to a shell there.
feed()
{
	ssh_to root sh -s <"$1"
}

# as_admin COMMAND...
as_admin()
{
	ssh_to admin "$*" </dev/null
}

# outside ARGUMENT...: what a peer out there gets.
outside()
{
	inside client1 "$peer" "$@" --timeout 2000 2>&1
}

# ---- a session that lasts, where commands are typed

begin_session()
{
	rm -f "$tmp/typed"
	mkfifo "$tmp/typed"
	: >"$tmp/session"
	ssh_to root bash -l <"$tmp/typed" >"$tmp/session" 2>&1 &
	exec 9>"$tmp/typed"
	lines=0
}

# type_line LINE: its status; what it says is in $said.
type_line()
{
	lines=$((lines + 1))
	was=$(wc -l <"$tmp/session")
	printf '%s\necho "= %d $?"\n' "$1" "$lines" >&9
	wait_s=60
	wait_for grep -q "^= $lines " "$tmp/session"
	wait_s=60
	said=$(sed "1,${was}d;/^= $lines /d" "$tmp/session")
	return "$(sed -n "s/^= $lines //p" "$tmp/session" | grep . || echo 255)"
}

end_session()
{
	exec 9>&-
}

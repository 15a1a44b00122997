# shellcheck shell=sh
# README's walk as a new user takes it, on a booted Debian, and what happens to
# such a host later. Sourced by a script that names the $suite.
: "${sandbox_s:=600}"
. "${top_srcdir:-.}/test/lib/lib.sh"
. "$top_srcdir/test/vps/machine.sh"
need ansible-playbook dnsmasq
in_machine "$suite" "$@"

# answers PROTO PORT NAME: that container does.
answers()
{
	case $1 in
	tcp) outside get $public "$2" ;;
	udp) outside ask $public "$2" ;;
	esac | grep -q "^$3 "
}

# all_answer WHEN
all_answer()
{
	for service in "tcp 80 web1" "tcp 443 web1" "udp 53 dns1" \
	    "tcp 2222 git1"; do
		# shellcheck disable=SC2086 # they are words
		ok "$1: $service answers" answers $service
	done
}

# in_container NAME COMMAND...: in its network namespace.
in_container()
{
	name=$1
	shift
	on "nsenter -n -t \$(lxc-info -p -H -n $name) $*"
}

# walk: each line that comes in is typed into one session; before a confirm
# somebody logs in, as README asks for.
walk()
{
	while IFS= read -r line; do
		[ "$line" != "seki confirm" ] || on true
		if type_line "$line"; then
			pass "README: $line"
		else
			fail "README: $line" "status $?: $said"
		fi
	done
}

# fields NAME: ULA prefixes and default routes of that container, counted.
fields()
{
	echo "$(in_container "$1" ip -6 -o addr show dev eth0 scope global |
	    awk '{ print $4 }' | grep -c '^f[cd]')" \
	    "$(in_container "$1" ip -6 route show default | wc -l)"
}

# Where lxc-net advertises a prefix, each has its address of it.
have_heard()
{
	on ip -6 -o addr show dev lxcbr0 scope global | grep -q . || return 0
	for name in web1 dns1 git1; do
		[ "$(fields $name)" = "1 1" ] || return
	done
}

# names_for NAME SERVER: it can ask that server for this host's name.
names_for()
{
	on lxc-attach -n "$1" -- busybox nslookup vps1 "$2" | grep -q 127.0.1.1
}

has_reverted()
{
	on seki show status | grep -q 'was reverted'
}

# pends SECONDS: a commit that admits port 9999, for that long.
pends()
{
	on "seki add allow input tcp 9999 && seki commit --confirm $1"
}

is_admitted()
{
	on nft list table inet seki | grep -q 9999
}

is_taken_back()
{
	! is_admitted
}

# ---- install, boot

ok "seki is installed as README says" install_seki
power_on
like "systemd is up" "$(on systemctl is-system-running)" 'running|degraded'
ok "containers are made" feed "$top_srcdir/test/vps/containers"
like "all of them are seen" "$(on seki show containers | grep -c ' up ')" 3
ok "all have what lxc-net advertises, if it does" wait_for have_heard

# ---- the walk

readme "Ten minutes on a fresh server" | grep -v lab >"$tmp/lines"
begin_session
sed '/^seki$/,$d' "$tmp/lines" >"$tmp/walk"
walk <"$tmp/walk"
all_answer "committed"
for name in web1 dns1 git1; do
	is "$name has one ULA and one default route" "$(fields $name)" "1 1"
done
ok "a container gets names by IPv4" names_for web1 10.0.3.1
server=$(on ss -Hlun sport = 53 | awk '{ print $4 }' |
    sed -n 's/^\[\(f[cd].*\)\]:53$/\1/p')
if [ -n "$server" ]; then
	ok "a container gets names by IPv6" names_for web1 "$server"
fi

# ---- the service

is "the service runs" "$(on systemctl is-active seki)" active
is "and will at every boot" "$(on systemctl is-enabled seki)" enabled
ok "it is as confined as can be" on \
    systemd-analyze security --threshold=30 seki.service
like "its journal has the commit" \
    "$(on journalctl -u seki -o cat)" 'commit #1 by root.* was confirmed'

# can: what a program can do in the unit of the service.
can()
{
	on 'cd /run/systemd/system && sed "s,^ExecStart=.*,Type=oneshot\n\
StandardOutput=truncate:/root/can\n\
ExecStart=/root/seki/test/vps/confined," \
	    "$(systemctl show -P FragmentPath seki)" >confined.service &&
	    systemctl daemon-reload && systemctl start confined && cat /root/can'
}
is "anybody can do 18 things" \
    "$(on 'touch /tmp/seen && /root/seki/test/vps/confined' | wc -l)" 18
is "of which the service can do what it needs" "$(can)" "ask netlink
write to /run/seki
write to /proc/sys/net
send raw ICMPv6
enter a network namespace"
ula=$(on seki show config | sed -n 's/^bridge lxcbr0 ula \([^ ]*\).*/\1/p')
# corrected TEXT: that is in the journal since what was noted.
corrected()
{
	on "journalctl -u seki -o cat --after-cursor=\"\$(cat /root/cursor)\"" |
		grep -q "drift corrected: $1"
}
while IFS='|' read -r what meddle told; do
	on journalctl -u seki -n 1 --cursor-file=/root/cursor >/dev/null
	ok "$what is meddled with" on "$meddle"
	ok "and corrected" wait_for corrected "$told"
done <<MEDDLERS
a table|nft delete table inet seki|table inet seki: make it
an address|ip addr del $ula dev lxcbr0|lxcbr0: add address
a container|nsenter -n -t \$(lxc-info -p -H -n web1) ip -6 route flush default|web1: add default route
a sysctl|echo 0 >/proc/sys/net/ipv6/conf/all/forwarding|net/ipv6/conf/all/forwarding 0 -> 1
MEDDLERS
all_answer "corrected"

# ---- units that the doctor tells of, and its cures as they stand

# cure_of WORDS: what stands below them.
cure_of()
{
	on seki doctor | sed -n "/$1/{n;s/^ *cure *//p;}"
}
while IFS='|' read -r words fault; do
	ok "$fault" on "$fault"
	cure=$(cure_of "$words")
	like "the doctor has a cure" "$cure" '^systemctl '
	ok "it can be carried out: $cure" on "$cure"
	is "and is one" "$(on seki doctor | grep "$words")" ""
done <<FAULTS
seki.service is not enabled|systemctl disable seki
seki.service is not running|systemctl stop seki
flushes all rules|systemctl disable --now seki
seki.service is not as it came|printf "[Service]\nType=oneshot\nExecStart=/usr/local/sbin/seki apply\n" >/etc/systemd/system/seki.service && systemctl daemon-reload
FAULTS
is "the service runs on" "$(on systemctl is-active seki)" active

# counted: connections through the forward to web1, as Prometheus is told.
counted()
{
	on 'exec 3<>/dev/tcp/::1/9944 &&
	    printf "GET /metrics HTTP/1.1\r\n\r\n" >&3 && cat <&3' |
		sed -n 's/^seki_forward_connections_total{.*to="web1".*} //p'
}
ok "metrics are served" on systemctl enable --now seki-metrics.socket
had=$(counted)
like "connections were counted" "$had" '^[1-9]'

# ---- a second uplink, which knows nothing at boot but what it hears

# The route lives for 12 s, the lease for 2 minutes, which are dnsmasq's least.
inside internet dnsmasq --conf-file=/dev/null --no-daemon --port=0 --user=root \
    --pid-file= --bind-dynamic --interface=second --except-interface=lo \
    --enable-ra --ra-param=second,4,12 --dhcp-leasefile="$tmp/leases" \
    --dhcp-range=2001:db8:7::100,2001:db8:7::1ff,64,120 \
    >"$tmp/dnsmasq" 2>&1 </dev/null &
# networkd waits for udev, unless /sys cannot be written. ReadOnlyPaths does not
# see to that on Debian 13: ProtectSystem=strict has /sys writable, and wins.
ok "an uplink is configured by advertisement and DHCPv6" on '
	cd /etc/systemd && mkdir system/systemd-networkd.service.d &&
	printf "[Service]\nBindReadOnlyPaths=/sys\n" \
	    >system/systemd-networkd.service.d/udev.conf &&
	printf "%s\n" "[Match]" Name=eth1 "[Network]" IPv6AcceptRA=yes \
	    "[IPv6AcceptRA]" RouteMetric=2048 >network/eth1.network &&
	systemctl enable systemd-networkd &&
	systemctl disable systemd-networkd-wait-online'
has_route()
{
	on ip -6 route show default dev eth1 | grep -q '^default .*via fe80:.* proto ra'
}

# Seconds of this machine's clock at which the lease ends.
lease_ends()
{
	left=$(on ip -6 -o addr show dev eth1 |
	    sed -n 's/.* inet6 2001:db8:7::1.* valid_lft \([0-9]*\)sec.*/\1/p')
	[ -n "$left" ] && echo "$(($(date +%s) + left))"
}
is_renewed()
{
	[ "$(lease_ends)" -gt "$((leased + 5))" ]
}

reboot_machine
is "after a reboot they go on" "$(counted)" "$had"
ok "those that start by themselves answer" wait_for \
    answers tcp 80 web1
ok "and one that is started later does" on lxc-start -n git1
ok "with its address" wait_for answers tcp 2222 git1
like "all is as committed" "$(on seki show status)" 'candidate: *clean'
ok "the second uplink has its route" wait_for has_route
ok "and its lease" wait_for lease_ends
leased=$(lease_ends)
# A container takes an address of its own a moment after its start, and the
# service then names the one to send from.
undrifted()
{
	on seki show status >"$tmp/status" &&
		grep -q '^candidate' "$tmp/status" &&
		! grep -q drift "$tmp/status"
}
ok "and nothing drifts" wait_for undrifted
is "the service comes back, however often it dies" \
    "$(feed "$top_srcdir/test/vps/deaths")" 7

# ---- later

begin_session
sed '1,/^seki$/d' "$tmp/lines" >"$tmp/later"
walk <"$tmp/later"
all_answer "rolled back"
end_session

# ---- cut off

ok "the way in is deleted" on seki delete allow input tcp 22
status "a commit that cuts off its own session is refused" 3 on seki commit
on seki commit --confirm 8 --force >/dev/null 2>&1
status "with --force it does" 255 on true
wait_s=30
ok "and it is taken back" wait_for on true
wait_s=60
ok "which is told" has_reverted
on seki discard

# ---- an admin whose processes are killed at logout

on "mkdir -p /etc/systemd/logind.conf.d && printf '[Login]\nKillUserProcesses=yes\n' \
    >/etc/systemd/logind.conf.d/kill.conf && systemctl restart systemd-logind"
ok "an admin commits and logs out" as_admin \
    'sudo seki add allow input tcp 9999 && sudo seki commit --confirm 60'
ok "the sessions end" wait_for on \
    '! loginctl list-sessions --no-legend | grep -qw admin'
like "the guard lives on" "$(on systemctl is-active 'seki-guard*')" '^active$'
on "systemctl list-units --plain --no-legend 'seki-guard*'" >"$tmp/guards"
read -r guard_unit _ <"$tmp/guards"
ok "as confined as the service" on \
    systemd-analyze security --threshold=30 "$guard_unit"
confined()
{
	on "systemctl show $1 -p NoNewPrivileges,ProtectSystem,ProtectHome \
	    -p ProtectKernelTunables,ProtectControlGroups,PrivateMounts \
	    -p PrivateDevices,ProtectClock,ProtectHostname,ProtectKernelLogs \
	    -p ProtectKernelModules,LockPersonality,MemoryDenyWriteExecute \
	    -p RestrictRealtime,RestrictSUIDSGID,RestrictAddressFamilies \
	    -p RestrictNamespaces,SystemCallArchitectures,PrivateTmp,UMask \
	    -p CapabilityBoundingSet,SystemCallFilter" | sort
}
is "by the same means" "$(confined "$guard_unit")" "$(confined seki)"
ok "and takes the confirm of a new login" as_admin sudo seki confirm

# ---- a guard that is killed, and one that is stopped

ok "a commit" on "seki delete allow input tcp 9999 && seki commit --confirm 60"
on "systemctl kill -s KILL 'seki-guard*'"
ok "whose guard is killed can be reverted" wait_for on seki revert
ok "it was" is_admitted
on seki discard

ok "a commit" on "seki delete allow input tcp 9999 && seki commit --confirm 5"
on "systemctl kill -s STOP 'seki-guard*'"
ok "whose guard is stopped hangs nobody" on timeout 10 seki show status
wait_s=40
ok "it is taken back in time" wait_for is_admitted
wait_s=60
on "systemctl kill -s KILL 'seki-guard*'; seki discard"

# ---- the service is stopped

ok "stopped" on systemctl stop seki
ok "the forwards go on" answers tcp 80 web1
ok "started" on systemctl start seki
on "nft flush ruleset"
ok "what others flush comes back" wait_for answers tcp 80 web1

# ---- what the second uplink heard at boot

# An advertisement may come after 12 s, on a busy machine.
ok "its route is still there" wait_for has_route
wait_s=90
ok "and its lease was renewed" wait_for is_renewed
wait_s=60
on systemctl disable --now systemd-networkd

# ---- never confirmed

ok "a commit" on "seki delete allow input tcp 9999 && seki commit --confirm 600"
reboot_machine
ok "a reboot brings the last confirmed" wait_for is_admitted
ok "with its forwards" wait_for answers tcp 80 web1

# ---- beside ufw

ok "ufw is enabled" on "ufw allow 22/tcp && ufw --force enable"
nok "it shuts the forwards" answers tcp 80 web1
like "which check says" "$(on seki check 2>&1)" ufw
like "and the list of forwards" "$(on seki show forwards)" ufw
ok "ufw is disabled" on ufw disable
ok "they answer again" wait_for answers tcp 80 web1

# ---- uninstall

readme Uninstall >"$root/root/uninstall"
ok "seki is uninstalled as README says" on \
    'cd /root/seki && sh -ex /root/uninstall'
is "nothing of it is left" "$(on 'find /usr/local /etc -name "*seki*"')" ""
reboot_machine
is "and after a reboot none of its rules and addresses" "$(on "nft list tables |
    grep seki; ip -6 -o addr show dev lxcbr0 | grep ' fd'")" ""

# ---- as a package

# Quickly, as nothing here is about the compiler.
ok "a package is made as README says" on "cd /root/seki &&
    DEB_CFLAGS_APPEND='-O1 -g0' \
    DEB_BUILD_OPTIONS='nocheck noautodbgsym parallel=$(nproc)' \
    ./bootstrap package"
# play ARGUMENT...: the collection's role and a config, by Ansible over SSH.
mkdir -p "$tmp/collections/ansible_collections/seki"
cp -r "$top_srcdir/ansible" "$tmp/collections/ansible_collections/seki/host"
cat >"$tmp/play.yml" <<YML
- hosts: all
  gather_facts: false
  roles:
    - role: seki.host.install
      install_seki_package: $(on echo '/root/seki/build/package/seki_*.deb')
- hosts: all
  gather_facts: false
  tags: config
  tasks:
    - seki.host.config:
        config: allow input tcp 22
        timeout: 60
YML
cat >"$tmp/inventory" <<END
vps ansible_host=$public ansible_python_interpreter=/usr/bin/python3
END
# shellcheck disable=SC2120 # ok passes arguments on
play()
{
	(cd "$tmp" && LC_ALL=C.UTF-8 HOME=$tmp ANSIBLE_HOST_KEY_CHECKING=False \
	    ANSIBLE_COLLECTIONS_PATH=$tmp/collections ANSIBLE_NOCOLOR=1 \
	    ANSIBLE_SSH_ARGS="-F none -o ControlMaster=auto -o ControlPersist=60 -o UserKnownHostsFile=/dev/null" \
	    inside client1 timeout 200 ansible-playbook -i inventory -u root \
	    --private-key "$tmp/key" "$@" play.yml) >"$tmp/played" 2>&1 || {
		cat "$tmp/played"
		return 1
	}
}
changed()
{
	sed -n 's/^vps .*changed=\([0-9]*\) .*/\1/p' "$tmp/played"
}
ok "and installed by the role for Ansible" \
    play --skip-tags config -e install_seki_service=false
is "no service is enabled by that" \
    "$(on 'systemctl is-enabled seki; systemctl is-active seki')" "disabled
inactive"
nok "nor is a rule there" on nft list table inet seki
ok "it passes the test that it has for Debian" on /root/seki/debian/tests/lab
ok "the role enables the service, its module commits" play
is "that is two changes" "$(changed)" 2
is "the service runs" "$(on systemctl is-active seki)" active
like "the commit was confirmed by a new login" \
    "$(on seki show status)" '^last: commit .* was confirmed'
is "a second run changes nothing" "$(play && changed)" 0
package="dpkg -i /root/seki/build/package/seki_*.deb"

# survives WHAT COMMAND: a pending commit, guard and service of systemd.
survives()
{
	on "$pid" >"$tmp/service"
	ok "$1 with a commit pending" on "$pends" "&& $2"
	is "the guard lives on" "$(on systemctl is-active 'seki-guard*')" active
	ok "and takes the confirm of a new login" on seki confirm
	is "the service goes on" "$(on systemctl is-active seki)" active
}
pid="systemctl show -P MainPID seki"
pends="seki add allow input tcp 9999 && seki commit --confirm 60"
survives "the service is restarted" "systemctl restart seki"
pends="seki delete allow input tcp 9999 && seki commit --confirm 60"
survives "units are read anew" "systemctl daemon-reload"
pends="seki add allow input tcp 9998 && seki commit --confirm 60"
survives "what uses an old library is restarted, as needrestart does" \
    "! systemctl restart 'seki-guard*' && systemctl restart seki"
pends="seki add allow input tcp 9999 && seki commit --confirm 60"
survives "an upgrade" "$package"
unlike "which restarted the service" "$(on "$pid")" "^$(cat "$tmp/service")\$"
ok "another, below a commit that nobody confirms" on \
    "seki delete allow input tcp 9999 && seki commit --confirm 10 && $package"
ok "it is reverted at its deadline" wait_for is_admitted
like "which is told" "$(on seki show status)" 'was reverted'
on seki discard
ok "one is pending" on \
    "seki delete allow input tcp 9999 && seki commit --confirm 600"
ok "it is removed" on dpkg -r seki
ok "the pending commit is reverted" is_admitted
is "no unit of it is left" "$(on systemctl list-units --plain \
    --no-legend "'seki*'")" ""
ok "and purged" on dpkg -P seki
is "nothing of it is left" "$(on 'find /etc /usr /var/lib /run/seki \
    /run/systemd/transient -name "*seki*" 2>/dev/null
    nft list tables | grep seki')" ""

done_testing

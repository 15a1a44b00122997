#!/bin/sh
# The unit of systemd as "make install" lays it down, and all that comes with
# it.
. "${top_srcdir:-.}/test/lib/lib.sh"
in_sandbox "$@"
need make systemd-analyze

dest=$tmp/dest
(unset MAKEFLAGS MAKELEVEL
make -s -C "$builddir" install DESTDIR="$dest") >"$tmp/log" 2>&1 ||
	diag "$(cat "$tmp/log")"
unit=$(find "$dest" -name seki.service)
prefix=${unit#"$dest"}
prefix=${prefix%/lib/systemd/system/seki.service}
program=$(sed -n 's/^ExecStart=\([^ ]*\) watch$/\1/p' "$unit")

is "the unit starts what was installed" "$program" "$prefix/bin/seki"
like "which runs" "$("$dest$program" --version)" '^seki [0-9]'
is "nothing that was installed has a place that was not filled in" \
    "$(grep -rIEn '@[A-Za-z_]+@' "$dest")" ""
if [ -d "$prefix" ] && mount --bind "$dest$prefix" "$prefix"; then
	units=$prefix/lib/systemd/system
	is "systemd-analyze verify has nothing to say" "$(systemd-analyze \
	    verify --man=no "$units"/seki*.service "$units"/seki*.socket \
	    "$units"/seki*.timer 2>&1)" ""
	for service in "$units"/seki*.service; do
		ok "${service##*/} may do little" systemd-analyze security \
		    --no-pager --offline=true --threshold=30 "$service"
	done
	is "the console is found" "$(echo quit | "$program" shell 2>&1)" ""
else
	skip "kernel: nothing can be mounted at $prefix" 5
fi

# ---- somebody forgot it: by the traces that systemd leaves

need nft
make_outside
make_bridge
mount -t tmpfs tmpfs /sys/fs/cgroup
mkdir -p /run/systemd/system
mount -t tmpfs tmpfs /etc/systemd/system
wants=/etc/systemd/system/multi-user.target.wants
slice=/sys/fs/cgroup/unified/system.slice
says()
{
	"$seki" show status | sed -n 's/^service: //p'
}
word()
{
	"$seki" show status --json | grep -o '"service": *[^,}]*' | tr -d ' '
}
"$seki" add uplink eth0 2>/dev/null
got=$("$seki" commit --now 2>&1)
like "not enabled: a commit promises nothing" "$got" \
    "^warning: seki.service is not enabled: after a reboot nothing"
unlike "of reboots" "$got" "brings it back"
like "status tells" "$(says)" "enable --now seki"
is "also in JSON" "$(word)" '"service":"off"'

# A systemctl that only notes what it is told; told fails makes it fail.
mkdir "$tmp/bin"
cat >"$tmp/bin/systemctl" <<END
#!/bin/sh
echo "\$*" >>"$tmp/told"
[ ! -e "$tmp/fails" ]
END
chmod +x "$tmp/bin/systemctl"
PATH=$tmp/bin:$PATH
told()
{
	cat "$tmp/told" 2>/dev/null
	rm -f "$tmp/told"
}
got=$("$seki" setup --yes 2>&1)
like "set-up tells the command that it would take" "$got" \
    "^once it is confirmed:  seki enable  \(systemctl enable --now seki\)$"
is "and does not run it" "$(told)" ""
ok "what it committed is taken back" "$seki" revert
ok "set-up that is asked to" "$seki" setup --yes --enable
is "enables it" "$(told)" "enable --now seki"
"$seki" revert >/dev/null 2>&1
"$seki" discard >/dev/null 2>&1
ok "a command does so, too" "$seki" enable
is "as an admin would" "$(told)" "enable --now seki"
: >"$tmp/fails"
like "what systemd refuses is told" "$("$seki" enable 2>&1)" \
    "^seki: systemctl enable --now seki failed"
rm "$tmp/fails" "$tmp/told"
status "who may only look enables nothing" 3 "$seki" --read-only enable
mkdir -p $wants
: >$wants/seki.service
like "not running: status tells" "$(says)" "^seki.service is not running"
is "also in JSON" "$(word)" '"service":"stopped"'
"$seki" add bridge $BRIDGE ula fd5a:1c2e:90b1::1/64 2>/dev/null
"$seki" commit --confirm 60 >/dev/null 2>&1
like "and so does a confirm" "$("$seki" confirm --unproven 2>&1)" \
    "^warning: seki.service is not running"
mkdir -p /sys/fs/cgroup/lxc.payload.web1/system.slice/seki.service
is "where a container has one, too" "$(word)" '"service":"stopped"'
mkdir -p $slice/seki.service
is "running: nothing to tell" "$(says)" ""
ok "and nothing to enable" "$seki" enable
is "for systemd" "$(told)" ""
is "in JSON" "$(word)" '"service":"running"'
"$seki" add allow input tcp 22 2>/dev/null
like "a commit promises" "$("$seki" commit --now 2>&1)" "brings it back"
rm $wants/seki.service
like "not enabled, but running: told" "$(says)" "(systemctl enable seki)"
rmdir /run/systemd/system
ok "uninstalled" env -u MAKEFLAGS -u MAKELEVEL \
    make -s -C "$builddir" uninstall DESTDIR="$dest"
is "nothing of it is left" "$(find "$dest" -name '*seki*')" ""
like "nor can it be enabled" "$("$seki" enable 2>&1)" "systemd does not run here"
is "without systemd nobody knows" "$(says)$(word)" '"service":null'
done_testing

#!/bin/sh
# The examples of cloud-init and of Debian's installer: the config is in force
# once the service has started, and nothing waits to be confirmed.
. "${top_srcdir:-.}/test/lib/lib.sh"
in_sandbox "$@"
is_root || skip_all "kernel: rules want root"
need nft python3 debconf-set-selections systemctl
python3 -c 'import yaml' 2>/dev/null || skip_all "needs: python3-yaml"

make_outside
make_container web1
serve web1 tcp 80
python3 -c '
import sys, yaml
c = yaml.safe_load(open(sys.argv[1]))
[file] = c["write_files"]
assert file["path"] == "/etc/seki/seki.conf" and file["permissions"] == "0600"
assert c["runcmd"] == [["systemctl", "enable", "--now", "seki.service"]]
open(sys.argv[2], "w").write(file["content"])' \
    "$top_srcdir/doc/examples/cloud-init.yaml" "$SEKI_CONFIG"
is "what is written is a config" $? 0

# comes_into_force COMMAND...: by the service, which starts before it.
comes_into_force()
{
	"$seki" watch >"$tmp/watch.log" 2>&1 </dev/null &
	watch=$!
	"$@"
	ok "the service brings it into force" \
	    wait_for inside client1 "$peer" get 2001:db8::10 80
	like "nothing waits" "$("$seki" show status)" '^commit: none pending$'
	nok "what is not let in is not" \
	    inside client1 "$peer" get 2001:db8::10 99
	is "no statement is left to be done" \
	    "$("$seki" apply --check 2>&1 | xargs)" "nothing to do"
	kill $watch
	wait $watch
}

# ---- cloud-init

comes_into_force true

# ---- the installer, by what debconf reads in its file

cat >"$tmp/debconf.conf" <<CONF
Config: answers
Templates: templates

Name: answers
Driver: File
Filename: $tmp/answers.dat

Name: templates
Driver: File
Filename: $tmp/templates.dat
CONF
DEBCONF_SYSTEMRC=$tmp/debconf.conf
export DEBCONF_SYSTEMRC
preseed=$top_srcdir/doc/examples/preseed.cfg
is "debconf has nothing to say" \
    "$(debconf-set-selections --checkonly "$preseed" 2>&1)" ""
ok "and takes the answers" debconf-set-selections "$preseed"

# answer QUESTION
answer()
{
	awk -v RS= -v name="Name: $1\n" 'index($0, name) == 1' \
	    "$tmp/answers.dat" | sed -n 's/^Value: //p'
}
like "seki is installed" " $(answer pkgsel/include) " ' seki '

# The medium and the new system are folders; in-target is systemctl there.
mkdir -p "$tmp/cdrom" "$tmp/target/usr/lib/systemd/system" "$tmp/bin"
cp "$SEKI_CONFIG" "$tmp/cdrom/seki.conf"
cp "$builddir/seki.service" "$tmp/target/usr/lib/systemd/system"
cat >"$tmp/bin/in-target" <<END
#!/bin/sh
[ "\$1" = systemctl ] && shift && exec systemctl --root="$tmp/target" "\$@"
END
chmod +x "$tmp/bin/in-target"
answer preseed/late_command |
    sed "s,/cdrom/,$tmp&,g;s,/target/,$tmp&,g" >"$tmp/late"
ok "the late command is carried out" \
    env PATH="$tmp/bin:$PATH" sh -e "$tmp/late"
wants=$tmp/target/etc/systemd/system/multi-user.target.wants/seki.service
ok "it enables the service" test -L "$wants"
SEKI_CONFIG=$tmp/target/etc/seki/seki.conf
is "and leaves a config for root alone" "$(stat -c %a "$SEKI_CONFIG")" 600

# The first boot finds no container yet.
ip netns del web1
nft delete table inet seki
rm -rf /run/seki/pending /run/seki/made /run/seki/ruleset
"$seki" check >"$tmp/check" 2>&1
is "which is one" $? 0 || diag "$(cat "$tmp/check")"
starts()
{
	make_container web1
	serve web1 tcp 80
}
comes_into_force starts

done_testing

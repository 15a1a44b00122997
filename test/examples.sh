#!/bin/sh
# The example of cloud-init: its config is in force once the service has started,
# and nothing waits to be confirmed.
. "${top_srcdir:-.}/test/lib/lib.sh"
in_sandbox "$@"
is_root || skip_all "kernel: rules want root"
need nft python3
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

"$seki" watch >"$tmp/watch.log" 2>&1 </dev/null &
ok "the service brings it into force" \
    wait_for inside client1 "$peer" get 2001:db8::10 80
like "nothing waits" "$("$seki" show status)" '^commit: none pending$'
nok "what is not let in is not" inside client1 "$peer" get 2001:db8::10 99
is "no statement is left to be done" "$("$seki" apply --check 2>&1 | xargs)" \
    "nothing to do"

done_testing

#!/bin/sh
# What a program needs to commit: what would change, what waits and until when,
# and that it confirms its own commit alone.
. "${top_srcdir:-.}/test/lib/lib.sh"
in_sandbox "$@"
is_root || skip_all "kernel: commits want root"
need nft python3

public=2001:db8::10
make_outside
make_container vm00
cat >"$SEKI_CONFIG" <<CONF
uplink eth0
bridge lxcbr0 ula fd5a:1c2e:90b1::1/64 masquerade
container vm00 ula fd5a:1c2e:90b1::3
CONF
ok "a config" "$seki" apply
serve vm00 tcp 80
cp "$SEKI_CONFIG" "$tmp/next.conf"
echo "forward tcp 80 to vm00" >>"$tmp/next.conf"

# field JSON EXPRESSION: of its one item, called x.
field()
{
	printf '%s' "$1" | python3 -c '
import json, sys
o = json.load(sys.stdin)
assert o.pop("schema") == 1
[[x]] = o.values()
print(eval(sys.argv[1]))' "$2"
}

rules()
{
	nft list table inet seki | nft_objects
}

before=$(rules)
json=$("$seki" diff --json --file "$tmp/next.conf")
is "what would change" "$(field "$json" '[c["after"] for c in x["changes"]]')" \
    "['forward tcp 80 to vm00']"
is "and was not there" "$(field "$json" '[c["before"] for c in x["changes"]]')" \
    "[None]"
like "who could reach what" "$(field "$json" \
    '[e["text"] for e in x["exposure"] if e["change"] == "added"]')" \
    "'tcp 80 on $public -> vm00:80, from anywhere"
like "what would be done" "$(field "$json" 'x["steps"]')" 'table inet seki'
is "nothing speaks against it" "$(field "$json" 'x["refused"]')" None
is "it was only looked at" "$(rules)" "$before"
is "and no candidate was made" "$("$seki" diff 2>&1 | head -1)" \
    "The Internet can still reach:"
json=$("$seki" diff --json)
is "of no candidate there is nothing to tell" \
    "$(field "$json" 'x["changes"]')$(field "$json" 'x["steps"]')" \
    "[][]"

"$seki" add forward tcp 8080 to vm00 2>/dev/null
json=$("$seki" commit --json --confirm 600 --file "$tmp/next.conf" 2>"$tmp/said")
is "all of it is JSON" "$(cat "$tmp/said")" ""
is "it waits" "$(field "$json" 'x["pending"], x["changed"]')" "(True, True)"
number=$(field "$json" 'x["number"]')
is "as what it is called elsewhere" "$number" \
    "$(field "$("$seki" show status --json)" 'x["number"]')"
ok "until then" test "$(field "$json" 'x["deadline"]')" -le \
    "$(($(date +%s) + 600))"
ok "and no earlier" test "$(field "$json" 'x["deadline"]')" -gt \
    "$(($(date +%s) + 540))"
ok "it is in force" wait_for inside client1 "$peer" get $public 80
is "the candidate is what it was" "$("$seki" show changes --json |
    grep -c 'after":"forward tcp 8080 to vm00')" 1

status "another's number confirms nothing" 4 \
    "$seki" confirm --unproven $((number - 1))
status "nor does it revert" 4 "$seki" revert $((number + 1))
status "nor one that no 32 bits hold" 2 "$seki" revert 4294967298
status "meanwhile another program is told to wait" 4 \
    "$seki" commit --json --file "$tmp/next.conf"
ok "its own does" "$seki" confirm --unproven "$number"
status "once" 1 "$seki" confirm --unproven "$number"
ok "it is saved" grep -q "forward tcp 80 to vm00" "$SEKI_CONFIG"

json=$("$seki" commit --json --file "$tmp/next.conf")
is "what is in force already is no change" \
    "$(field "$json" 'x["changed"], x["pending"], x["number"], x["deadline"]')" \
    "(False, False, $number, None)"

echo "forward tcp 81 to vm00" >>"$tmp/next.conf"
json=$("$seki" commit --json --now --file "$tmp/next.conf")
is "a commit may wait for nobody" \
    "$(field "$json" 'x["changed"], x["pending"], x["number"]')" \
    "(True, False, $((number + 1)))"

echo "forward tcp 82 to vm09" >>"$tmp/next.conf"
status "an error is no JSON" 3 \
    sh -c "[ -z \"\$('$seki' commit --json --file '$tmp/next.conf' 2>/dev/null)\" ]
	exec '$seki' commit --json --file '$tmp/next.conf'"
json=$("$seki" diff --json --file "$tmp/next.conf")
like "why it would be refused" "$(field "$json" 'x["refused"]')" "vm09"
echo "forward tcp" >>"$tmp/next.conf"
status "what is no config" 2 "$seki" diff --json --file "$tmp/next.conf"
: >"$tmp/next.conf"
status "an empty file takes nothing down" 3 \
    "$seki" commit --json --file "$tmp/next.conf"
status "of a number and a file, one" 2 "$seki" diff 1 --file "$tmp/next.conf"

done_testing

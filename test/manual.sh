#!/bin/sh
# The manual pages as they are built, and whether JSON is as they say.
. "${top_srcdir:-.}/test/lib/lib.sh"

# First outside, then in the sandbox, then in the lab's host.
if [ -z "${SEKI_LAB-}" ]; then
	need mandoc
	here=$(cd "$(dirname "$0")" && pwd)
	top_srcdir=$(cd "$top_srcdir" && pwd)
	builddir=$(cd "$builddir" && pwd)
	export top_srcdir builddir
	unset MAKEFLAGS MAKELEVEL MFLAGS
	make -s -C "$builddir" po/locale/any.utf8
	in_sandbox "$@"
	[ -x "$seki" ] || skip_all "needs: seki"
	exec "$seki" lab --no-traffic -- sh "$here/manual.sh"
fi

# page LANGUAGE NAME
page()
{
	LOCPATH=$builddir/po/locale LC_ALL=any.UTF-8 LANGUAGE=$1 \
	    "$builddir/seki-manual" "$2"
}

# ---- pages

for name in seki.8 seki.conf.5; do
	is "$name is as man wants it" \
	    "$(page en $name | mandoc -Tlint -W style 2>&1)" ""
	is "$name in Japanese too" \
	    "$(page ja $name | mandoc -Kutf-8 -Tlint -W warning 2>&1)" ""
	like "which $name is" "$(page ja $name)" '[.]SH "名前"'
	unlike "indexes can be made of what $name says it is" \
	    "$(page ja $name | sed -n '/^[.]SH/{n;s/ \\-//p;q}')" '[\]|^$'
	is "no line of $name is wider than a terminal" "$(page en $name |
	    mandoc -Tutf8 -O width=80 | sed "s/.$(printf '\b')//g" |
	    LC_ALL=C.UTF-8 grep -E '^.{81}')" ""
done

# ---- JSON

# A commit that waits, one more change, and a connection.
"$seki" add forward tcp 8080 to web1 2>/dev/null
ok "a commit waits" "$seki" commit --confirm 600
"$seki" add forward tcp 8081 to web1 2>/dev/null
tmp=/run
connect client1 2001:db8::10 80

# shape WHAT: the names of its keys; after a colon stand values.
shape()
{
	page en seki.8 | awk -v tag="\\\\fBshow\\\\fP \\\\fB$1\\\\fP" '
		index($0, tag) == 1 { on = 1 }
		on && $0 == ".EE" { exit }
		in_code { print }
		on && $0 == ".EX" { in_code = 1 }' |
	    sed -E 's/: *[a-z0-9]+(\|[a-z0-9]+)+|[|]null//g' |
	    grep -Eo '[a-z_0-9]+' | sort -u
}

keys()
{
	"$seki" show "$1" --json | grep -Eo '"[a-z_0-9]+":' | tr -d '":' |
	    grep -vx schema | grep -vx "$1" | sort -u
}

for what in status uplinks bridges containers forwards lights policies counters \
    connections neighbours checks changes history; do
	is "the JSON of $what has the keys that the manual says" \
	    "$(keys $what)" "$(shape $what)"
	ok "and there are some" test -n "$(shape $what)"
done

# ---- the schema, for whoever checks it all

"$builddir/seki-manual" seki.schema.json >"$tmp/schema.json"
is "the schema is one" $? 0

# valid COMMAND...: its answer is as the schema says.
valid()
{
	"$seki" "$@" --json >"$tmp/answer.json" 2>"$tmp/said"
	/usr/bin/python3 - "$tmp/schema.json" "$tmp/answer.json" <<'PY'
import json, sys
import jsonschema
schema, answer = (json.load(open(name)) for name in sys.argv[1:])
[name] = answer.keys() - {"schema"}
[shape] = [s for s in schema["oneOf"] if name in s["required"]]
jsonschema.Draft7Validator(schema).check_schema(schema)
jsonschema.validate(answer, shape)
PY
}

if /usr/bin/python3 -c 'import jsonschema' 2>/dev/null; then
	for what in status uplinks bridges links containers forwards \
	    lights policies counters connections \
	    clients neighbours checks changes history config candidate; do
		ok "show $what is as it says" valid show "$what"
	done
	ok "so is diff" valid diff
	ok "and doctor" valid doctor
	"$seki" revert >/dev/null 2>&1
	ok "and commit" valid commit --now
	sed -i 's/"proto"/"protocol"/' "$tmp/schema.json"
	nok "what it does not say is told" valid show forwards
else
	skip "needs: python3-jsonschema" 22
fi

done_testing

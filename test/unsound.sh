#!/bin/sh
# A config that cannot be read, parsed or carried out: it is told once, with
# its status; what is there is shown all the same, and nothing of the config is
# said to be in force.
. "${top_srcdir:-.}/test/lib/lib.sh"
in_sandbox "$@"
need nft ip
ula=fd5a:1c2e:90b1

make_outside
make_bridge
make_container vm00

# State and reason of the forward of a port, as in "broken: lxcbr0 is down".
state()
{
	"$seki" show forwards --json 2>/dev/null |
	    sed "s/.*\"ports\": *\"$1\"//" | sed -n \
	    's/[^}]*}, *"state": *"\([a-z]*\)", *"reason": *"\([^"]*\)".*/\1: \2/p'
}

# ---- it names what is not there

ghost='^broken: the config cannot be applied: unknown container ghost$'
printf '%s\n' 'uplink eth0' 'forward tcp 80 to ghost' >"$SEKI_CONFIG"
status "a forward to nobody is refused" 3 "$seki" apply --check
like "and it is broken" "$(state 80)" "$ghost"
like "in the table too" "$("$seki" show forwards)" \
    '^tcp +80 .* broken: the config cannot be applied: unknown container'
printf '%s\n' 'uplink eth0' "bridge $BRIDGE ula $ula::1/64 masquerade" \
    "container vm00 ula $ula::3" 'forward tcp 80 to vm00' >"$SEKI_CONFIG"
ok "a sound config is applied" "$seki" apply
serve vm00 tcp 80
echo 'forward tcp 81 to ghost' >>"$SEKI_CONFIG"
like "what stands beside it keeps its rules" "$(state 80)" \
    '^degraded: the config cannot be applied: unknown container ghost$'
ok "and works" inside client1 "$peer" get 2001:db8::10 80 \
    --timeout $((wait_s * 1000))
like "and it is broken itself" "$(state 81)" "$ghost"

# ---- connections of what is not there

status "connections of nobody" 2 "$seki" show connections container nosuch
like "it is told who is there" "$said" "unknown container nosuch"
like "by name" "$said" "known containers: vm00"
status "connections through no forward" 2 \
    "$seki" show connections forward udp 80
like "it is told too" "$said" "no forward has such a port"
ok "those of a container without any" "$seki" show connections container vm00
ok "those of a forward without any" "$seki" show connections forward tcp 81

# ---- it cannot be read or parsed

# once NAME STATUS WORDS COMMAND...: ends so, and says so once. What it answers
# is in $tmp/answer.
once()
{
	once_name=$1 wanted=$2 words=$3 got=0
	shift 3
	"$@" >"$tmp/answer" 2>"$tmp/said" </dev/null || got=$?
	is "$once_name: status" "$got" "$wanted"
	is "$once_name: told once" "$(grep -c "$words" "$tmp/said")" 1
}

# refuses KIND STATUS WORDS: of the config as it is now.
refuses()
{
	for what in status uplinks bridges containers forwards policies \
	    counters connections changes history config candidate; do
		once "$1: show $what" "$2" "$3" "$seki" show $what
		once "$1: show $what --json" "$2" "$3" \
		    "$seki" show $what --json
	done
	for what in check commit 'commit --now' 'apply --check' apply diff \
	    history 'add allow input tcp 22' 'delete uplink eth0' undo \
	    'rollback 1' 'end tcp [2001:db8:9::7]:4'; do
		# shellcheck disable=SC2086
		once "$1: $what" "$2" "$3" "$seki" $what
	done
	once "$1: without a word" "$2" "$3" "$seki"
	like "$1: bridges are shown" "$("$seki" show bridges 2>/dev/null)" \
	    "^$BRIDGE "
	like "$1: status tells" "$("$seki" show status 2>/dev/null)" \
	    "^saved: .* cannot be read: .*$3"
	ok "$1: discard works" "$seki" discard
	ok "$1: help works" "$seki" help
}

cp "$SEKI_CONFIG" "$tmp/sound"
{ cat "$tmp/sound"; echo 'brigde lxcbr0'; } >"$SEKI_CONFIG"
refuses "a word" 2 "unknown statement brigde"
like "a word: the tables are there" "$(: | "$seki" 2>/dev/null)" "^PROTO "
is "a word: a shell ends so" "$(echo show config | "$seki" shell 2>/dev/null
    echo $?)" 2
printf 'option ipv4 "on\n' >"$SEKI_CONFIG"
once "a quote" 2 quote "$seki" show config
once "a quote: forwards" 2 quote "$seki" show forwards
printf 'uplink eth0\n\0' >"$SEKI_CONFIG"
once "a NUL byte" 2 "NUL byte" "$seki" show config
once "a NUL byte: forwards" 2 "NUL byte" "$seki" show forwards
rm "$SEKI_CONFIG"
mkdir "$SEKI_CONFIG"
refuses "a directory" 1 "Is a directory"
rmdir "$SEKI_CONFIG"
ok "a config that is not there is an empty one" "$seki" show config
done_testing

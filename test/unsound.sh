#!/bin/sh
# A config that cannot be read, parsed or carried out: it is told once, with
# its status; what is there is shown all the same, and nothing of the config is
# said to be in force.
. "${top_srcdir:-.}/test/lib.sh"
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

ghost='^broken: the config cannot be carried out: unknown container ghost$'
printf '%s\n' 'uplink eth0' 'forward tcp 80 to ghost' >"$SEKI_CONFIG"
status "a forward to nobody is refused" 3 "$seki" apply --check
like "and it is broken" "$(state 80)" "$ghost"
like "in the table too" "$("$seki" show forwards)" \
    '^tcp +80 .* broken: the config cannot be carried out: unknown container'
printf '%s\n' 'uplink eth0' "bridge $BRIDGE ula $ula::1/64 masquerade" \
    "container vm00 ula $ula::3" 'forward tcp 80 to vm00' >"$SEKI_CONFIG"
ok "a sound config is applied" "$seki" apply
serve vm00 tcp 80
echo 'forward tcp 81 to ghost' >>"$SEKI_CONFIG"
like "what stands beside it keeps its rules" "$(state 80)" \
    '^degraded: the config cannot be carried out: unknown container ghost$'
ok "and works" inside client1 "$peer" get 2001:db8::10 80 --timeout 5000
like "and it is broken itself" "$(state 81)" "$ghost"

# ---- connections of what is not there

status "connections of nobody" 2 "$seki" show connections container nosuch
like "it is told who is there" "$said" "unknown container nosuch"
like "by name" "$said" "known containers: vm00"
status "connections through no forward" 2 "$seki" show connections forward udp 80
like "it is told too" "$said" "no forward has such a port"
ok "those of a container without any" "$seki" show connections container vm00
ok "those of a forward without any" "$seki" show connections forward tcp 81

done_testing

#!/bin/sh
# The config says whose an address is. What a container takes, and what the host
# lacks, is told, and keeps nothing else from being enforced.
. "${top_srcdir:-.}/test/lib.sh"
in_sandbox "$@"
need nft

ula=fd00:5e:c1a1
make_outside
make_bridge
make_container vm00
make_container vm01
make_container thief
write_config()
{
	cat >"$SEKI_CONFIG"
}
write_config <<EOF
uplink eth0
bridge lxcbr0 ula $ula::1/64 masquerade
container vm00 ula $ula::3
container vm01 ula $ula::4
forward tcp 80 to vm00
default input deny
EOF

addresses()
{
	inside "$1" ip -6 -o addr show dev eth0 scope global
}

# ---- a container takes the address of another one

inside thief ip addr add "$ula::3/64" dev eth0 nodad
said=$("$seki" check 2>&1)
is "a stolen address refuses no check" "$?" 0
like "the thief and the owner are told" "$said" \
    "container thief has taken $ula::3, the address of container vm00"
ok "nor an apply" "$seki" apply
like "the owner gets it" "$(addresses vm00)" "$ula::3/64"
like "others get theirs" "$(addresses vm01)" "$ula::4/64"
like "the rules are there" "$(nft list chain inet seki input)" "drop"
like "status names the thief" "$("$seki" show status 2>&1)" \
    "container thief has taken $ula::3"
ok "an unrelated change is committed" \
    sh -c "'$seki' delete forward tcp 80 && '$seki' commit --now"
inside thief ip addr del "$ula::3/64" dev eth0
unlike "then it is as written" "$("$seki" show status 2>&1)" "has taken"

# ---- two statements with one address are the admin's own

status "two owners by config are refused" 3 \
    "$seki" add container thief ula "$ula::3"
done_testing

#!/bin/sh
# A namespace with several names, as of a pod; a container on two bridges; and
# containers that would like to be called as others are.
. "${top_srcdir:-.}/test/lib/lib.sh"
in_sandbox "$@"
need nft

ula=fd00:5e:9a3e
make_outside
make_bridge
make_container web
make_container vm00

# also_called NODE NAME: what "ip netns attach" does.
also_called()
{
	: >"/run/netns/$2"
	mount --bind "/run/netns/$1" "/run/netns/$2"
}
also_called web db
also_called web cache

write_config()
{
	cat >"$SEKI_CONFIG"
}
write_config <<EOF
uplink eth0
bridge lxcbr0 ula $ula::1/64 masquerade
container web ula $ula::3
container vm00 ula $ula::4
forward tcp 80 to web
EOF

addresses()
{
	inside "$1" ip -6 -o addr show dev "$2" scope global |
	    sed -n 's|.* inet6 \([^ ]*\)/.*|\1|p' | sort | tr '\n' ' '
}
names()
{
	"$seki" show containers --json | tr -d ' \n' |
	    grep -o '"name":"[^"]*"' | cut -d '"' -f 4 | tr '\n' ' '
}
# answers PORT NAME: to a client of the Internet.
answers()
{
	inside client1 "$peer" get 2001:db8::10 "$1" | grep -q "^$2 "
}
# rows NAME: how they are shown.
rows()
{
	"$seki" show containers | grep "^$1 " | tr -s ' '
}

# ---- whichever name the config uses

ok "a name that is not the first of three" "$seki" apply
is "has its address" "$(addresses web eth0)" "$ula::3 "
is "is how it is shown" "$(names)" "web vm00 "
like "beside the others" "$("$seki" show containers --json | tr -d ' \n')" \
    '"name":"web","names":\["cache","db","web"\]'
serve web tcp 80
ok "and where its forward leads" wait_for answers 80 web
sed -i 's/container web/container db/; s/to web/to db/' "$SEKI_CONFIG"
ok "another one of them" "$seki" apply
is "keeps the address" "$(addresses web eth0)" "$ula::3 "
is "and is shown in its place" "$(names)" "db vm00 "
is "with nothing left to do" "$("$seki" apply)" "  nothing to do"

# ---- where none is used

ok "no statement for it" \
    sh -c "'$seki' delete forward tcp 80 && '$seki' delete container db"
ok "at all" "$seki" commit --now
is "it goes by the first, once" "$(names)" "cache vm00 "
like "in a hint too" "$("$seki" add forward tcp 80 to nobody 2>&1)" \
    "known containers: cache, vm00\$"
like "where another one may have been meant" \
    "$("$seki" add container wob ula auto 2>&1)" "did you mean web"
"$seki" discard

# ---- two statements for one namespace

"$seki" add container web ula "$ula::3" 2>/dev/null
said=$("$seki" add container db ula "$ula::3" 2>&1)
is "the same address by two names" "$?" 3
like "is refused for what it is" "$said" \
    "web and db are one network namespace, which gets this address as web"
said=$("$seki" add forward tcp 80 to db 2>&1)
is "so is a forward to the name without a statement" "$?" 3
like "with the name that has one" "$said" \
    "db and web are one network namespace, which has its statement as web"
said=$("$seki" add container db ula "$ula::5" 2>&1)
is "an address each" "$?" 0
like "is told when it is stated" "$said" \
    "containers web and db are one network namespace, which has both addresses"
"$seki" add forward tcp 80 to db
like "when it is checked" "$("$seki" check 2>&1)" "^warning: .*keep one of the two"
like "and when it is committed" "$("$seki" commit --now 2>&1)" "keep one of the two"
unlike "which is no drift" "$("$seki" show status)" "one network namespace"
is "both are given" "$(addresses web eth0)" "$ula::3 $ula::5 "
is "both are shown" "$(names)" "db vm00 web "
ok "the forward works" wait_for answers 80 web
like "and is active" "$("$seki" show forwards)" "tcp .* 80 .* db .* active"
connect client1 2001:db8::10 80
like "its connections are those of any of the names" \
    "$("$seki" show connections container web)" "2001:db8:9::7"

# ---- a container on two bridges

ip link add br1 type bridge
ip link set br1 up
inside vm00 ip link add second type veth peer name vs netns $$
inside vm00 ip link set second up
ip link set vs master br1 up
"$seki" add bridge br1 ula "$ula:1::1/64" masquerade 2>/dev/null
said=$("$seki" add container vm00 on br1 ula "$ula:1::5" 2>&1)
is "a second statement for its second bridge" "$?" 3
like "is refused with the way to get there" "$said" \
    "one ULA, on one bridge: give it another one inside"
ok "it can move there" "$seki" set container vm00 on br1 ula "$ula:1::5"
"$seki" add forward tcp 81 to vm00:80
"$seki" add forward tcp 82 to "[$ula::9]:80"
ok "which is committed" "$seki" commit --now
is "it has its address there" "$(addresses vm00 second)" "$ula:1::5 "
is "and no other" "$(addresses vm00 eth0)" ""
is "and one default route" \
    "$(inside vm00 ip -6 route show default | cut -d ' ' -f 1-5)" \
    "default via $ula:1::1 dev second"
inside vm00 ip addr add "$ula::9/64" dev eth0 nodad
serve vm00 tcp 80
ok "a forward finds the one" wait_for answers 81 vm00
ok "and by its number the other" wait_for answers 82 vm00
is "neither of which is doubted" \
    "$("$seki" show forwards | grep -c 'tcp *8[12] .*active')" 2
like "the row of the one bridge has the address" "$(rows vm00)" \
    "up $ula:1::5 - - [^ ]+ br1 vs "
like "that of the other what it has there" "$(rows vm00)" \
    "up \\($ula::9/64\\) - - [^ ]+ lxcbr0 vc2 "
is "nothing is left to do" "$("$seki" apply 2>/dev/null)" "  nothing to do"

# ---- who names a namespace

# called NAME: all the names of who is shown by that one.
called()
{
	"$seki" show containers --json | tr -d ' \n' |
	    sed 's/{"name"/\n&/g' |
	    sed -n "s/^{\"name\":\"$1\",\"names\":\[\([^]]*\)\].*/\1/p"
}
# shellcheck disable=SC2016,SC3045 # for bash to expand
monitor='exec -a "[lxc monitor] /var/lib/lxc $0" bash -c "\"\$@\" & wait" x "$@"'
lives()
{
	[ "$(ip netns pids "$1" | wc -l)" -ge "$2" ]
}
make_container box
bash -c "$monitor" thief nsenter --net=/run/netns/box sleep 60 \
    </dev/null >/dev/null 2>&1 &
ok "a container with a mounted name besides" wait_for lives box 1
is "goes by what runs it" "$(called thief)" '"thief","box"'
bash -c "$monitor" mate nsenter --net=/run/netns/box sleep 60 \
    </dev/null >/dev/null 2>&1 &
ok "a second one in its namespace" wait_for lives box 2
is "is named beside it, in the order of names" "$(called mate)" \
    '"mate","thief","box"'
for top in /sys/fs/cgroup /sys/fs/cgroup/unified /sys/fs/cgroup/pids; do
	[ ! -w "$top/cgroup.procs" ] || group=$top/lxc.payload.vm00
done
if [ -n "${group-}" ] && mkdir "$group" 2>/dev/null; then
	# What root of a container can do that sees the cgroups of the host.
	unshare --pid --fork sh -c "echo 0 >$group/cgroup.procs
	    nsenter --net=/run/netns/box sleep 60 & wait" \
	    </dev/null >/dev/null 2>&1 &
	ok "one that it puts in the cgroup of another" wait_for lives box 3
	is "names nobody" "$(called mate)" '"mate","thief","box"'
	ip netns pids box | xargs kill
	ok "nor stays" wait_for rmdir "$group"
else
	skip "kernel: no cgroup can be made here" 3
fi

# ---- names that come and change while the service runs

# docker ID COMMAND...: under what looks like the shim of Docker.
# shellcheck disable=SC2016,SC3045 # for bash to expand
docker='exec -a containerd-shim-runc-v2 bash -c "shift 3; \"\$@\" & wait" "$@"'
docker()
{
	id=$1
	shift
	bash -c "$docker" docker -namespace moby -id "$id" "$@" \
	    </dev/null >/dev/null 2>&1 &
}
# docker_calls ID NAME: as dockerd writes it, in one piece.
docker_calls()
{
	mkdir -p "/var/lib/docker/containers/$1"
	echo "{\"Name\":\"/$2\"}" >"/var/lib/docker/containers/$1/.tmp"
	mv "/var/lib/docker/containers/$1/.tmp" \
	    "/var/lib/docker/containers/$1/config.v2.json"
}
id=$(printf '%064d' 7)
mkdir -p /run/docker/runtime-runc/moby
mount -t tmpfs -o mode=755 tmpfs /var/lib
docker_calls "$id" before
make_container renamed
write_config <<EOF
uplink eth0
bridge lxcbr0 ula $ula::1/64 masquerade
container after ula $ula::7
container late ula $ula::8
EOF
docker "$id" nsenter --net=/run/netns/renamed sleep 120
ok "a container of Docker" wait_for lives renamed 1
is "goes by its name there" "$(called before)" '"before","renamed"'
wait_s=20 # less than what it looks at everything after
"$seki" watch >"$tmp/watch.log" 2>&1 </dev/null &
watch=$!
has()
{
	addresses renamed eth0 | grep -q "$1 "
}
ok "the service is there" wait_for grep -q "this host is as" "$tmp/watch.log"
docker_calls "$id" after
ok "renamed, it gets the address of that name" wait_for has "$ula::7"
like "which any other seki shows it by" "$(names)" "after"
docker "$(printf '%064d' 8)" nsenter --net=/run/netns/renamed sleep 120
docker_calls "$(printf '%064d' 8)" late
ok "who joins a namespace" wait_for lives renamed 2
mkdir "/run/docker/runtime-runc/moby/late"
ok "gets its address" wait_for has "$ula::8"
kill -TERM $watch
wait $watch
ip netns pids renamed | xargs kill

# ---- an address that Docker gave is the next one's when it stops

make_container lent "$ula::5/64"
docker_calls "$(printf '%064d' 9)" lender
docker "$(printf '%064d' 9)" nsenter --net=/run/netns/lent sleep 120
ok "a container of Docker with an address" wait_for lives lent 1
ok "is added" "$seki" add container lender ula auto
ok "and committed" "$seki" commit --now
is "with one beside it, which Docker does not give" \
    "$(addresses lent eth0)" "$ula:0:8000::2 $ula::5 "
make_container borrower "$ula::5/64"
unlike "the next one disturbs nobody" "$("$seki" check 2>&1)" "has taken"
ip netns pids lent | xargs kill
done_testing

#!/bin/sh
# What is refused, with which status and at which word; and that the kernel
# and the files stay as they were, also when a commit fails half way.
. "${top_srcdir:-.}/test/lib/lib.sh"
in_sandbox "$@"
need nft

make_outside
for name in vm00 vm01 vm02; do
	make_container $name
done
echo 'uplink eth0' >"$SEKI_CONFIG"
ok "a first config" "$seki" apply
ok "a bridge gets a random ULA" "$seki" add bridge lxcbr0 ula auto masquerade
ula=$("$seki" show candidate | sed -n 's/^bridge lxcbr0 ula \(.*\)::1.*/\1/p')
like "of RFC 4193, subnet 0, host 1" "$("$seki" show candidate)" \
    "^bridge lxcbr0 ula fd[0-9a-f]{2}(:[0-9a-f]{1,4}){1,2}::1/64 masquerade$"
ok "a container gets a free address" "$seki" add container vm00 ula auto
ok "another one the next" "$seki" add container vm01 ula auto
like "they are written down" "$("$seki" show candidate)" \
    "^container vm01 ula $ula::3$"
ok "a forward" "$seki" add forward tcp 80 to vm00
ok "a policy" "$seki" add allow input tcp 22
ok "a default" "$seki" add default input deny
ok "they are committed" "$seki" commit --now

state()
{
	nft list ruleset | nft_objects
	ip addr
	ip -6 route
	for name in vm00 vm01 vm02 va vb; do
		[ -e /run/netns/$name ] || continue
		inside $name ip -6 addr
		inside $name ip -6 route
	done
	grep -rs . /proc/sys/net/ipv6/conf
	cat "$SEKI_CONFIG" /run/seki/made
}

# What only shows that time has gone by.
still()
{
	state | sed -e 's/packets [0-9]* bytes [0-9]*//' \
	    -e 's/ tentative//' -e 's/valid_lft.*//' -e 's/expires [^ ]*//'
}

candidate()
{
	cat /run/seki/candidate.conf 2>&1
}

same_as_before()
{
	still >"$tmp/after"
	diff "$tmp/before" "$tmp/after" || return
	candidate | diff "$tmp/candidate" -
}

still >"$tmp/before"

# refused NAME STATUS REGEX COMMAND...
refused()
{
	refused_name=$1 wanted_status=$2 wanted=$3 got_status=0
	shift 3
	candidate >"$tmp/candidate"
	got=$("$@" 2>&1) || got_status=$?
	is "$refused_name: status" "$got_status" "$wanted_status"
	like "$refused_name: says so" "$got" "$wanted"
	ok "$refused_name: nothing changed" same_as_before
}

refused "a link-local target" 3 "fe80::5 is link-local" \
    "$seki" add forward tcp 81 to fe80::5
like "the caret stands under it" "$got" '^ {24}\^~~~~~~$'
like "and the way out is told" "$got" "add container NAME ula auto"
refused "an unknown container" 3 "unknown container vm99" \
    "$seki" add forward tcp 81 to vm99
like "the known ones are listed" "$got" "known containers: vm00, vm01, vm02"
refused "a mistyped container" 3 "unknown container mv01" \
    "$seki" add forward tcp 81 to mv01
like "the nearest is told" "$got" "did you mean vm01\? known containers: vm00"
got=$("$seki" add container mv02 ula auto 2>&1)
like "a container that is not there is told at once" "$got" \
    "^note: no container mv02 .* did you mean vm02\?"
refused "a target that only the config knows" 3 \
    "known containers: vm00, vm01, vm02, mv02" \
    "$seki" add forward tcp 81 to xyz9999
"$seki" discard 2>/dev/null
refused "a container without ULA" 3 "vm02 has no ULA" \
    "$seki" add forward tcp 81 to vm02
refused "a taken port" 3 "taken by: forward tcp 80 to vm00" \
    "$seki" add forward tcp,udp 79-81 to vm01
refused "the same forward" 3 "forward tcp 80 is there already" \
    "$seki" add forward tcp 80 to vm01
refused "port 0" 2 "0: a port is 1 to 65535" "$seki" add forward tcp 0 to vm00
refused "port 65536" 2 "65536: a port is 1 to 65535" "$seki" add forward tcp 65536 to vm00
refused "a range the wrong way" 2 "90-80: a range is two ports, the lower first" \
    "$seki" add forward tcp 90-80 to vm00
refused "an address that is taken" 3 "taken by vm01" \
    "$seki" add container vm02 ula "$ula::3"
refused "an address of the bridge" 3 "taken by lxcbr0" \
    "$seki" add container vm02 ula "$ula::1"
refused "an address outside the prefix" 3 "outside the prefix of lxcbr0" \
    "$seki" add container vm02 ula fd00::2
refused "no ULA at all" 3 "is not a ULA" \
    "$seki" add container vm02 ula 2001:db8::5
refused "an unknown interface" 3 "no interface eth9" "$seki" add uplink eth9
refused "an uplink with nothing but containers behind it" 3 \
    "lxcbr0 is the bridge of containers, and no uplink" \
    "$seki" add uplink lxcbr0
port=$(bridge link show master lxcbr0 | awk -F '[ :@]+' 'NR == 1 { print $2 }')
refused "an uplink that is a port" 3 "$port is a port of lxcbr0" \
    "$seki" add uplink "$port"
like "with its bridge to be named" "$got" "uplink lxcbr0"
refused "no bridge" 3 "eth0 is not a bridge" "$seki" add bridge eth0 ula auto
refused "an address that is not public" 3 "no address of an uplink" \
    "$seki" add forward tcp 81 to vm00 on 2001:db8::99
refused "a target that is not behind a bridge" 3 "not behind a bridge" \
    "$seki" add forward tcp 81 to 2001:db8:9::7
refused "a target that is this host" 3 "not behind a bridge" \
    "$seki" add forward tcp 81 to [2001:db8::10]:8080
refused "a prefix that catches the world" 3 "wider than fd00::/8" \
    "$seki" set bridge lxcbr0 ula fd00::1/0 masquerade
ip addr add fd77::1/64 dev lo
status "a prefix that another interface is in" 3 \
    "$seki" set bridge lxcbr0 ula fd77::5/64 masquerade
ip addr del fd77::1/64 dev lo
"$seki" add forward any to vm00 2>/dev/null
refused "a second forward of the rest" 3 "the rest is taken by: forward any" \
    "$seki" add forward any to vm01 on 2001:db8::10
"$seki" discard 2>/dev/null
refused "IPv4, which is left alone" 3 "about IPv4, which the config leaves" \
    "$seki" add allow input from 192.0.2.0/24
refused "a policy for nothing else" 3 "about IPv4, which the config leaves" \
    "$seki" add allow input only ipv4
"$seki" add option ipv4 on 2>/dev/null
refused "a policy for no packet" 3 "about different families" \
    "$seki" add allow input from 192.0.2.0/24 only ipv6
"$seki" delete option ipv4 2>/dev/null
"$seki" set bridge lxcbr0 2>/dev/null
refused "a bridge without ULA" 3 "no ULA, so nothing on it can have one" \
    "$seki" check
"$seki" discard 2>/dev/null
got=$("$seki" delete container vm00 2>&1)
like "a target that loses its container" "$got" \
    "forward tcp 80 leads to vm00, which has no container statement$"
like "and the ways out" "$got" \
    "^  delete the forward first, or give it one: add container vm00 ula auto$"
"$seki" discard 2>/dev/null
refused "moving the first up" 2 "policy 1 is the first of input" \
    "$seki" move 1 up
refused "moving the last down" 2 "policy 1 is the last of input" \
    "$seki" move input 1 down
refused "moving what is not there" 2 "there is no policy 1 in output" \
    "$seki" move output 1 up
refused "nor in any chain" 2 "there is no policy 9" "$seki" move 9 up
refused "show without a word" 2 \
    "what to show: status, uplinks, .* or candidate" "$seki" show
got=$("$seki" --config "$tmp/none.conf" show config 2>&1)
is "a config that is not there is empty" $? 0
like "and told" "$got" "^seki: note: $tmp/none.conf does not exist yet"
"$seki" add allow input tcp 80 2>/dev/null
"$seki" add allow input udp 80 2>/dev/null
serve_host tcp 22
connect client1 2001:db8::10 22
"$seki" delete allow input tcp 22 2>/dev/null
got=$(SSH_CONNECTION=$connected "$seki" diff 2>&1)
like "a diff tells what a commit would refuse" "$got" \
    "^note: .* a commit would be refused: new SSH connections"
"$seki" delete container vm00 2>/dev/null
got=$("$seki" diff 2>&1)
is "one of what cannot be resolved" "$?" 0
like "shows the statements" "$got" "^- container vm00 "
like "and tells why" "$got" "^note: .* would be refused: .* leads to vm00"
"$seki" discard 2>/dev/null
refused "an unknown command" 2 "unknown command frobnicate" "$seki" frobnicate
refused "a statement without a verb" 2 \
    "did you mean add forward tcp 8443 to web1:443\?" \
    "$seki" forward tcp 8443 to web1:443
refused "the beginning of one" 2 "did you mean add forward \.\.\.\?" \
    "$seki" forward tcp
refused "a word behind a mode" 2 "watch takes no argument: extra" \
    "$seki" watch extra
refused "behind another" 2 "shell takes no argument: extra" \
    "$seki" shell extra
status "help whatever follows" 0 "$seki" --help --wobble
status "help for a word" 0 "$seki" help forward
status "and none for what is none" 2 "$seki" help wobble
refused "an unknown word" 2 "unknown word bogus" \
    "$seki" add forward tcp 81 to vm00 bogus
refused "an edit of a looking seki" 3 "read-only" \
    "$seki" --read-only add forward tcp 81 to vm00
refused "a commit of a looking seki" 3 "read-only" \
    "$seki" --read-only commit --now
refused "deleting what is not there" 2 "there is no forward tcp 443" \
    "$seki" delete forward tcp 443
is "the candidate is clean after all that" \
    "$("$seki" show status | head -n 1)" "candidate: clean"

# file NAME STATUS REGEX <<FILE
file()
{
	cat >"$tmp/x.conf"
	refused "$1" "$2" "$3" "$seki" apply "$tmp/x.conf"
}

file "an unknown word on line 7" 2 "^seki: $tmp/x.conf:7:14: unknown word" <<X
# a comment
uplink eth0
bridge lxcbr0 ula $ula::1/64

container vm00 ula $ula::2
forward tcp 80 to vm00
allow  input wobble 22
default input deny
X
file "a name on line 4" 3 "^seki: $tmp/x.conf:4:20: unknown container" <<X
uplink eth0
bridge lxcbr0 ula $ula::1/64
container vm00 ula $ula::2
forward  tcp 80 to vm99
X
like "the line is shown" "$got" "^  forward  tcp 80 to vm99$"
file "one object twice" 3 "x.conf:3:1: .*duplicate statement" <<X
uplink eth0
allow input tcp 22
allow input tcp 22 log
X
file "an address to be picked" 3 "x.conf:2:19: ula auto is only for" <<X
uplink eth0
bridge lxcbr0 ula auto
X
printf 'uplink eth0\n\0' >"$tmp/x.conf"
refused "a NUL byte" 2 "is not a text file" "$seki" apply "$tmp/x.conf"
file "an empty file" 3 "x.conf has no statement, so that all of seki" </dev/null
file "a file without a statement" 3 "has no statement" <<X
# uplink eth0

X
refused "nor is it only told" 3 "has no statement" \
    "$seki" apply --check "$tmp/x.conf"
refused "no such file" 1 "cannot read /none" "$seki" apply /none

# The walk-through's own prefix works, with a warning.
got=$(printf '%s\n' 'uplink eth0' 'bridge lxcbr0 ula fd00::1/8' \
    >"$tmp/x.conf" && "$seki" apply --check "$tmp/x.conf" 2>&1)
like "fd00::/8 is warned about" "$got" "^warning: fd00::1/8 .*collide"

# ---- a way out that is taken away
"$seki" set bridge lxcbr0 ula $ula::1/64 >/dev/null 2>&1
for how in check diff; do
	like "$how tells of a masquerade that goes" "$("$seki" $how 2>&1)" \
	    "^warning: lxcbr0 is no longer masqueraded: "
done
"$seki" add deny forward any to uplink >/dev/null 2>&1
"$seki" set default forward deny >/dev/null 2>&1
unlike "but not where nothing is let out" "$("$seki" check 2>&1)" masqueraded
"$seki" discard >/dev/null 2>&1
unlike "nor while it stays" "$("$seki" check 2>&1)" masqueraded

# ---- half of a change is taken, and the rest told
got=$("$seki" set bridge lxcbr0 ula fd99::1/64 masquerade 2>&1)
is "a bridge can be renumbered" $? 0
like "though its containers do not fit yet" "$got" "^note: .*outside the prefix"
status "which a commit would refuse" 3 "$seki" commit --now
ok "one" "$seki" set container vm00 ula fd99::3
ok "and the other" "$seki" set container vm01 ula fd99::2
ok "now it goes" "$seki" commit --now
like "new addresses" "$(inside vm00 ip -6 addr)" "fd99::3/64"
unlike "in place of the old" "$(inside vm00 ip -6 addr; ip -6 addr)" "$ula"
like "and a new default route" "$(inside vm00 ip -6 route)" \
    "default via fd99::1"
sed -e 's/vm00 ula .*/vm00 ula fd99::2/' -e 's/vm01 ula .*/vm01 ula fd99::3/' \
    "$SEKI_CONFIG" >"$tmp/swap.conf"
ok "two containers swap" "$seki" apply "$tmp/swap.conf"
like "their addresses" "$(inside vm00 ip -6 addr)" "fd99::2/64"
"$seki" rollback 2 >/dev/null 2>&1 && "$seki" commit --now >/dev/null 2>&1
like "and back with the history" "$(inside vm00 ip -6 addr)" "$ula::2/64"
echo 'forward tcp' >/run/seki/candidate.conf
like "a candidate that cannot be read is told" \
    "$("$seki" show status)" "^candidate: cannot be read"
status "and not committed" 2 "$seki" commit --now
ok "but forgotten" "$seki" discard
rm -f "$tmp/link" && mv "$SEKI_CONFIG" "$tmp/real" &&
    ln -s "$tmp/real" "$SEKI_CONFIG" && chmod 600 "$tmp/real"
ok "a config that is a link" sh -c "$seki add forward tcp 9999 to vm00 &&
    $seki commit --now"
ok "stays a link" test -L "$SEKI_CONFIG"
is "and keeps its mode" "$(stat -c %a "$tmp/real")" 600
"$seki" delete forward tcp 9999 >/dev/null 2>&1
"$seki" commit --now >/dev/null 2>&1

# ---- steps that fail: a sysctl that cannot be written, and one that does not
# hold, behind which everything has been done
echo 0 >/proc/sys/net/ipv6/conf/all/forwarding
echo 1 >/proc/sys/net/ipv6/conf/lxcbr0/forwarding
echo 1 >/proc/sys/net/ipv6/conf/lxcbr0/accept_ra
make_container va
make_container vb
"$seki" show config >"$tmp/x.conf"
cat >>"$tmp/x.conf" <<X
container va ula $ula::a
container vb ula $ula::b
forward tcp 8080 to va
X
still >"$tmp/before"
all=/proc/sys/net/ipv6/conf/all
mount --bind $all $all && mount -o remount,bind,ro $all
refused "a step that fails" 1 "all/forwarding" \
    "$seki" apply "$tmp/x.conf"
like "what was done before is undone" "$got" "undone: nothing changed"
umount $all
: >"$tmp/nowhere"
mount --bind "$tmp/nowhere" /proc/sys/net/ipv6/conf/lxcbr0/accept_ra
refused "one that does not hold" 1 "accept_ra" \
    "$seki" apply "$tmp/x.conf"
like "takes all with it" "$got" "undone: nothing changed"
umount /proc/sys/net/ipv6/conf/lxcbr0/accept_ra
is "every interface forwards as before" \
    "$(cat /proc/sys/net/ipv6/conf/lxcbr0/forwarding)" 1

# ---- what a container refuses is no reason to refuse the rest
inside vb sh -c 'echo 1 >/proc/sys/net/ipv6/conf/eth0/disable_ipv6'
got=$("$seki" apply "$tmp/x.conf" 2>&1)
is "a container without IPv6 refuses nothing" "$?" 0
like "it is named" "$got" "^warning: container vb has no IPv6 on eth0"
like "the other has its address" "$(inside va ip -6 addr)" "$ula::a"
inside vb sh -c 'echo 0 >/proc/sys/net/ipv6/conf/eth0/disable_ipv6'
inside vb ip link set eth0 down
like "one that is down inside is told of" "$("$seki" apply "$tmp/x.conf" 2>&1)" \
    "^warning: the interface eth0 inside container vb is down: "
inside vb ip link set eth0 up
ok "without the obstacle it is applied" "$seki" apply "$tmp/x.conf"

# ---- without descriptors a container is not there, or so it seems
"$seki" show containers >"$tmp/all"
for n in $(seq 5 24); do
	got=$(prlimit --nofile="$n" "$seki" show containers 2>&1) &&
		[ "$got" = "$(cat "$tmp/all")" ] && echo all && continue
	echo "$got" | grep "^seki: .*: Too many open files$"
done >"$tmp/few"
is "with few descriptors all containers are shown, or why not" \
    "$(grep -vc -e ^all -e ": Too many" "$tmp/few") $(wc -l <"$tmp/few")" \
    "0 20"
like "as when it could not look into them" "$(cat "$tmp/few")" \
    "cannot look into the containers"

# ---- where no file may have a byte
got=$(prlimit --fsize=0 "$seki" add allow input tcp 1234 2>&1 | cat)
like "a limit of files is told" "$got" "^seki: cannot write .*: File too large"
unlike "and nothing is half written" "$("$seki" show candidate)" 1234

# ---- a disk that is full when the config is saved
mkdir "$tmp/full"
mount -t tmpfs -o size=64k tmpfs "$tmp/full"
SEKI_CONFIG=$tmp/full/seki.conf
cp "$tmp/x.conf" "$SEKI_CONFIG"
head -c 100000 /dev/zero >"$tmp/full/ballast" 2>/dev/null
still >"$tmp/before"
note=$(head -c 4000 /dev/zero | tr '\0' x)
for port in 8081 8083 8084; do
	ok "an edit with a full disk" \
	    "$seki" add forward tcp $port to va note "$note"
done
status "a note that is a file" 2 \
    "$seki" add forward tcp 8085 to va note "$note$note"
refused "a full disk" 1 "cannot write .*No space left" "$seki" commit --now
like "the edit is not lost" "$("$seki" show candidate)" "tcp 8081"

# ---- one that has room for the history, and none for the config
head -c 100 /dev/zero >"$tmp/full/ballast"
ok "a commit while there is room" "$seki" commit --now
mkdir "$tmp/full/history" 2>/dev/null
cp -a "$tmp/full/history" "$tmp/history"
mount --bind "$tmp/history" "$tmp/full/history"
head -c 100000 /dev/zero >"$tmp/full/ballast" 2>/dev/null
files()
{
	find "$tmp/full" "$tmp/history" -type f | sort
}
files >"$tmp/files"
"$seki" show history >"$tmp/numbers"
still >"$tmp/before"
ok "one more edit" "$seki" add forward tcp 8082 to va
refused "no room for the config" 1 "cannot write $tmp/full/seki.conf: No space" \
    "$seki" commit --now
like "what was done before is undone too" "$got" "the commit was reverted"
is "no file of it is left" "$(files)" "$(cat "$tmp/files")"
is "and the history has forgotten it" "$("$seki" show history)" \
    "$(cat "$tmp/numbers")"
head -c 100 /dev/zero >"$tmp/full/ballast"
ok "with room it is committed" "$seki" commit --now
umount "$tmp/full/history" "$tmp/full"

done_testing

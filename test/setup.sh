#!/bin/sh
# seki setup: from a host of which seki knows nothing, with three LXC containers
# that serve something, to a config that works and is confirmed: by an answers
# file, by nothing but yes, and by questions.
. "${top_srcdir:-.}/test/lib/lib.sh"
in_sandbox "$@"
need nft tmux
. "$top_srcdir/test/lib/tmux.sh"
lacks=$(lxc_lacks)
[ -z "$lacks" ] || skip_all "$(echo "$lacks" | head -n 1)"

public4=192.0.2.10
make_outside
make_outside4
make_bridge
ip addr add 10.0.3.1/24 dev $BRIDGE
for name in web1 dns1 git1; do
	lxc_make $name && lxc_start $name ||
		skip_all "kernel: LXC containers do not start here"
done
lxc_make old1

outside()
{
	inside client1 "$peer" "$@" --timeout 700
}

# What the containers have and do by themselves.
begin_work()
{
	in_lxc web1 ip addr add 10.0.3.11/24 dev eth0
	in_lxc web1 ip route add default via 10.0.3.1
	serve_in_lxc web1 tcp 80
	serve_in_lxc web1 tcp 5432
	serve_in_lxc dns1 udp 53
	serve_in_lxc git1 tcp 22
}
begin_work
serve_host tcp 22
serve_host tcp 9100

# All that set-up may change, but for what ends by itself. What the kernel can is
# noted in a file.
state()
{
	{
		nft list ruleset
		ip -o addr
		cat /proc/sys/net/ipv[46]/conf/*/forwarding
		ls /run/seki /var/lib/seki 2>/dev/null
		for name in web1 dns1 git1; do
			in_lxc $name ip -o addr
		done
	} | grep -v '^fib$' | sed 's/ tentative//'
}

# ---- looking

before=$(state)
status "without a terminal it shows what it would do" 0 "$seki" setup
is "and changes nothing" "$(state)" "$before"
like "found: the uplink, and what fits it" "$said" \
    '^ +static; an on-link /64: ula and masquerade, or prefix proxy$'
like "found: its addresses and gateways" "$said" \
    '^  eth0 +192.0.2.10/24, 2001:db8::10/64; gateway fe80::1, 192.0.2.1$'
like "found: the bridge" "$said" "^  $BRIDGE +bridge, 10.0.3.1/24$"
like "found: a container, and what listens in it" "$said" \
    '^    web1 +lxc, 10.0.3.11/24; listens: tcp 80 \(peer\), tcp 5432 \(peer\)$'
like "found: one that is stopped" "$said" '^    old1 +lxc, stopped$'
like "found: what listens here" "$said" \
    '^  this host +listens: tcp 22 \(peer\), tcp 9100 \(peer\)$'
like "a random prefix" "$said" \
    "\[x\] bridge $BRIDGE ula fd[0-9a-f:]+::1/64 masquerade"
like "an address for each that runs" "$said" \
    "\[x\] container web1 on $BRIDGE ula fd[0-9a-f:]+  +lxc$"
like "of IPv4 for one that has none, as others have" "$said" \
    "\[x\] container dns1 on $BRIDGE ula fd[0-9a-f:]+ ipv4 10.0.3.[0-9]+ +lxc$"
like "none for one that is stopped" "$said" '\[ \] container old1 .*stopped$'
like "a forward for what is usually public" "$said" \
    '\[x\] forward tcp 80 to web1 +peer$'
like "none for a database" "$said" '\[ \] forward tcp 5432 to web1 +peer$'
like "logins into a container have their own port" "$said" \
    '\[x\] forward tcp 2222 to git1:22 +peer$'
like "logins into this host stay" "$said" '\[x\] allow input tcp 22 +logins$'
like "another service does not" "$said" '\[ \] allow input tcp 9100 +peer$'
like "what the Internet could reach" "$said" \
    '^\+ tcp 80 on 2001:db8::10, 192.0.2.10 -> web1:80, from anywhere'
like "what it could no longer" "$said" '^- every tcp port but 22 on this host'
like "the steps" "$said" '^  web1: add address fd[0-9a-f:]+/64$'
like "and how to go on" "$said" '^nothing is changed: seki setup --yes'
unlike "nothing that is not there" "$said" '^  (ufw|netplan|lxc-net|Docker)'

mkdir -p /run/lxc && : >/run/lxc/network_up
private /etc/ufw
echo ENABLED=no >/etc/ufw/ufw.conf
got=$("$seki" setup --dry-run 2>&1)
like "lxc-net is seen" "$got" '^  lxc-net +has a bridge'
unlike "ufw is not while it is off" "$got" '^  ufw'
echo ENABLED=yes >/etc/ufw/ufw.conf
like "but when it is on" "$("$seki" setup --yes --dry-run 2>&1)" '^  ufw'
is "a dry run wins over yes" "$(state)" "$before"

# ---- by an answers file

cat >"$tmp/answers" <<'CONF'
# what the panel of the provider says
bridge lxcbr0 ula fd5a:1c2e:90b1::1/64 masquerade ipv4 auto
container old1 on lxcbr0 ula fd5a:1c2e:90b1::9
forward tcp 8080 to web1:80
forward tcp 2222 to git1:22 from 2001:db8:9::/64,198.51.100.0/24
deny input tcp 22 from 2001:db8:9::66
allow input tcp 22 from 2001:db8:9::/64
option confirm 60
CONF
status "answers are shown, too" 0 "$seki" setup --answers "$tmp/answers"
like "one comes in place of what it is about" "$said" \
    '\[x\] forward tcp 8080 to web1:80$'
unlike "which is not offered any more" "$said" 'forward tcp 80 to web1 '
unlike "nor is a wider policy" "$said" 'allow input tcp 22 +logins'
like "one is taken beside it" "$said" '\[x\] container old1 .*::9$'
is "and nothing is changed" "$(state)" "$before"
echo "forward tcp 8o to web1" >"$tmp/typo"
status "a mistake is refused" 2 "$seki" setup --yes --answers "$tmp/typo"
like "at its line" "$said" "typo:1"
cat >"$tmp/twice" <<'CONF'
uplink eth0
option confirm 60
uplink eth0 address 2001:db8::10/64
CONF
status "so are two that cannot both be meant" 3 \
    "$seki" setup --yes --answers "$tmp/twice"
like "at the second" "$said" "twice:3:.* duplicate statement: uplink eth0"
like "which tells of the first" "$said" "the first is on line 1"
status "a missing file, too" 1 "$seki" setup --yes --answers "$tmp/none"
echo "forward tcp 80 to 2001:db8:5::5" >"$tmp/unsafe"
status "so is what no commit would take" 3 \
    "$seki" setup --yes --answers "$tmp/unsafe"
is "and no candidate is left" "$(state)" "$before"
status "a dry run ends as that would" 3 \
    "$seki" setup --dry-run --answers "$tmp/unsafe"
like "and shows all of it before" "$said" '^nothing is changed: '
status "who may only look changes nothing" 3 "$seki" --read-only setup --yes

SUDO_USER=anna "$seki" add allow input tcp 9999 2>/dev/null
"$seki" add allow input udp 9998 2>/dev/null
left=$(cat /run/seki/candidate.conf)
for how in --yes --dry-run; do
	status "$how does not take what is in the candidate" 3 \
	    "$seki" setup $how --answers "$tmp/answers"
	like "$how tells of it" "$said" \
	    "edits by .*: \+ allow input tcp 9999; \+ allow input udp 9998"
	like "$how tells the way out" "$said" "seki discard forgets them"
done
is "and it is there still" "$(cat /run/seki/candidate.conf)" "$left"
"$seki" discard 2>/dev/null

connect client1 $public 22
SSH_CONNECTION=$connected
export SSH_CONNECTION
status "yes commits it" 0 "$seki" setup --yes --answers "$tmp/answers"
like "under a guard" "$said" '^commit #1 is pending and reverts by itself in 60 s'
like "it says how to confirm" "$said" 'log in a second time.*seki confirm$'
status "while it is pending a dry run is refused" 4 "$seki" setup --dry-run
status "without a login it is not kept" 3 "$seki" confirm
ok "SSH is open from where the admin is" outside get $public 22
ok "which confirms it" "$seki" confirm
is "it is what was said" \
    "$("$seki" show config | grep -c -F -x -f "$tmp/answers")" 6
like "a deny of the admin comes first" \
    "$("$seki" show config | grep -m 1 ' input ')" '^deny input tcp 22 from'
like "the forward answers" "$(outside get $public 8080)" "^web1 2001:db8:9::7 "
like "over IPv4, too" "$(outside get $public4 8080)" "^web1 ::ffff:198.51.100.7 "
# A question is not asked again while an address is new in its container (RFC
# 4862, 5.4).
wait_for outside ask $public 53
like "UDP answers" "$(outside ask $public 53)" "^dns1 2001:db8:9::7 "
like "from is held" "$(outside get $public 2222)" "^git1 "
status "for others it is closed" 2 \
    inside client2 "$peer" get $public 2222 --timeout 700
status "the rest of this host is closed" 2 outside get $public 9100
status "in IPv4, too" 2 outside get $public4 9100
ok "the forwards are fine" sh -c "'$seki' show forwards | grep -c active"

status "run again it proposes what is there" 0 "$seki" setup
unlike "and nothing twice" "$said" '\[x\] (uplink|bridge|container|forward)'
like "so that nothing is to be done" "$said" '^  nothing to do$'

# ---- a reboot: the kernel has nothing of it, and the service begins

# comes_back: all that is to, with web1 on port 8080.
comes_back()
{
	nft delete table inet seki
	for name in web1 dns1 git1; do
		lxc-stop -k -n $name
	done
	ip addr flush dev $BRIDGE scope global
	ip addr add 10.0.3.1/24 dev $BRIDGE
	"$seki" watch >"$tmp/watch" 2>&1 &
	watch=$!
	for name in web1 dns1 git1; do
		lxc_start $name
	done
	begin_work
	wait_for outside get $public 8080
	wait_for outside get $public4 8080
	like "after a reboot it is back" "$(outside get $public 8080)" "^web1 "
	ok "and SSH is open" outside get $public 22
	status "the rest is closed" 2 outside get $public 9100
	kill $watch
	wait $watch
}
comes_back
ok "so is UDP" wait_for outside ask $public 53

# ---- by nothing but yes

# As if seki had never been here.
forget()
{
	"$seki" apply --force /dev/null >/dev/null 2>&1
	rm -rf /run/seki/seki.conf /run/seki/history
}

forget
status "yes alone takes the proposal" 0 "$seki" setup --yes
outside get $public 22 >/dev/null
ok "it is confirmed" "$seki" confirm
wait_for outside get $public 80
like "the forwards answer" "$(outside get $public 80)" "^web1 "
like "and this host" "$(outside get $public 22)" "^host "
like "and git1" "$(outside get $public4 2222)" "^git1 "
status "the database does not" 2 outside get $public 5432

# ---- by questions

forget
# The name of the machine is nobody's here.
hostname()
{
	:
}
# A systemctl that only notes what it is told.
mkdir "$tmp/bin"
cat >"$tmp/bin/systemctl" <<END
#!/bin/sh
echo "\$*" >>"$tmp/told"
END
chmod +x "$tmp/bin/systemctl"
PATH=$tmp/bin:$PATH
start_terminal

# enter TEXT
enter()
{
	text "$1"
	keys Enter
}

# number REGEX: of an offer on the screen.
number()
{
	screen | sed -En "s/^ *([0-9]+) \\[.\\] $1.*/\\1/p" | tail -n 1
}

# ula: of the bridge, on the screen.
ula()
{
	screen | sed -En "s/.*bridge $BRIDGE ula ([^ ]*).*/\\1/p" | tail -n 1
}

before=$(state)
in_terminal 110 150 "$seki setup; echo status \$?"
see "on a terminal it asks" '^setup 1/6>$'
like "and tells what was found" "$(screen)" '^    web1 +lxc, 10.0.3.11/24; listens'
like "and how to answer" "$(screen)" '^Enter goes on. A number ticks or unticks;'
first=$(ula)
enter other
has_other()
{
	[ "$(ula)" != "$first" ] && sees 'setup 1/6>$'
}
ok "another prefix is chosen" wait_for has_other
enter "$(number 'option ipv4 on')"
see "IPv4 can be left alone" "bridge $BRIDGE ula [^ ]* masquerade +a random"
enter "$(number 'option ipv4 on')"
shows "bridge $BRIDGE ula [^ ]* masquerade ipv4 10.0.3.1/24 +a random"
enter "$(number 'bridge .* prefix 2001:db8::')"
see "of two choices for a bridge one is ticked" \
    "\[ \] bridge $BRIDGE ula [^ ]* masquerade ipv4 10.0.3.1/24 +a random"
keys Enter
see "which its containers follow" 'container web1 .* address 2001:db8::'
enter back
shows 'setup 1/6>$'
enter "$(number "bridge $BRIDGE ula [^ ]* masquerade ipv4")"
shows "\[ \] bridge $BRIDGE ula .* prefix 2001:db8::/64"
keys Enter
see "and then do not" 'container web1 on lxcbr0 ula [^ ]* +lxc'
enter back
shows 'setup 1/6>$'
keys Enter
see "Enter goes on" '^setup 2/6>$'
enter back
see "back goes back" '^setup 1/6>$'
enter "bridge $BRIDGE ula fd5a:1c2e:90b1::1/64 masquerade ipv4 auto"
see "a statement is taken in place" 'bridge lxcbr0 ula fd5a:1c2e:90b1::1/64'
keys Enter
see "what hangs on it follows" 'container web1 on lxcbr0 ula fd5a:1c2e:90b1::[0-9]'
enter "$(number 'container dns1')"
see "a number unticks" '\[ \] container dns1'
keys Enter
see "so that its forward is moot" '\[-\] forward udp 53 to dns1'
enter 99
see "a wrong number is told" 'this step has no number 99$'
enter "forward tcp 8080 to nobody:"
see "as is a mistake, with its place" '^ +\^'
text 'forward tcp 8080 to we'
keys Tab
see "Tab completes statements" 'forward tcp 8080 to web1$'
keys BSpace
enter ':80'
see "one more" '\[x\] forward tcp 8080 to web1:80'
enter "$(number 'forward tcp 5432')"
see "a number ticks" '\[x\] forward tcp 5432 to web1'
keys Enter
shows 'setup 4/6>'
keys Enter
shows 'setup 5/6>'
keys Enter
see "the review" '^setup 6/6>$'
like "what it will be" "$(screen)" '^forward tcp 8080 to web1:80$'
like "what the Internet could reach" "$(screen)" '^\+ tcp 8080 on 2001:db8::10'
like "what the kernel would do" "$(screen)" 'table inet seki: make it'
keys Enter
see "Enter alone commits nothing" '^"back" and "quit" change nothing'
enter perhaps
see "nor does anything but yes" 'this step takes yes, back or quit$'
is "nothing is changed yet" "$(state)" "$before"
enter yes
see "yes commits" '^commit #[0-9]+ is pending and reverts by itself in 120 s'
outside get $public 22 >/dev/null
see "the login is seen" '^a new login was seen: type confirm$'
mkdir -p /run/systemd/system
enter confirm
see "and keeps it" 'confirmed'
see "after that it offers the service" \
    'Have the service run, now and after each boot\?'
enter y
see "and has systemd run it" 'done: systemctl enable --now seki$'
is "once" "$(cat "$tmp/told")" "enable --now seki"
rm -r "$tmp/told" /run/systemd/system
like "the forward answers" "$(outside get $public 8080)" "^web1 "
like "so does the one that was ticked" "$(outside get $public 5432)" "^web1 "
status "not the one that was unticked" 2 outside ask $public 53
ok "SSH is open" outside get $public 22
enter quit
see "quit ends it" '^status 0'
comes_back

forget
before=$(state)
in_terminal 110 150 "$seki shell; echo status \$?"
shows '^seki>$'
enter setup
see "the shell asks as well" '^setup 1/6>$'
enter quit
see "quit leaves" '^set-up is left, and nothing is changed$'
see "to the shell" '^seki>$'
enter setup
shows '^setup 1/6>$'
keys C-c
see "as an interrupt does" '^seki>$'
enter 'show changes'
see "and lines are commands again" '^ *CHANGE'
is "and nothing is changed" "$(state)" "$before"
tm kill-session -t console

# ---- by the console

console 100 40
see "the first start tells of it" 'nothing is configured yet: F2 proposes'
keys F2
see "F2 opens it" '^\[1 Network\] 2 Doors '
see "with what was found" '^ +web1 +lxc, 10.0.3.11/24; listens: tcp 80'
see "and offers" "\[x\] +bridge $BRIDGE ula fd[^ ]+ masquerade ipv4 10.0.3.1/24"
first=$(ula)
keys r
has_other()
{
	[ "$(ula)" != "$first" ]
}
ok "r chooses another prefix" wait_for has_other
keys Tab
see "the second step" '^ 1 Network \[2 Doors\]'
keys Escape
see "Esc is a step back" '^\[1 Network\] 2 Doors '
keys 2
see "2 is the second step, too" '^ 1 Network \[2 Doors\]'
keys 1
see "and 1 the first" '^\[1 Network\] 2 Doors '
has_left()
{
	! sees '\[1 Network\]' >/dev/null
}
keys Escape
ok "and leaves from the first" wait_for has_left
text ':setup'
keys Enter
see ":setup opens it, too" '^\[1 Network\] 2 Doors '
offered=$(screen | grep '\[x\] *container')
keys NPage
see "the second step again" '^ 1 Network \[2 Doors\]'
see "has the doors" '\[x\] +forward tcp 80 to web1 '
text /5432
keys Enter
shows '^>\[ \] +forward tcp 5432'
keys Space
see "Space ticks" '\[x\] +forward tcp 5432 to web1'
text '\'
shows 'forward tcp 80 to web1 '
keys e
shows 'Statement \['
keys C-u
text 'forward tcp 8080 to web1:80'
keys Enter
see "another statement comes in place" '\[x\] +forward tcp 8080 to web1:80'
unlike "of what it is about" "$(screen)" 'forward tcp 80 to web1'
keys n
shows 'Statement \['
text 'forward tcp 81 to web1:8o'
keys Enter
see "a mistake is told" '8o'
leave 'web1:8o'
shows '^ 1 Network \[2 Doors\]'
is "nothing is changed yet" "$(state)" "$before"
keys NPage
see "the review" '^ *REVIEW'
see "of all of it" '^.\+ forward tcp 8080 to web1:80'
keys Right
see "which no key leaves for another screen" 'Esc goes back to set-up'
keys Escape
see "Esc leads back" '^ 1 Network \[2 Doors\]'
keys PPage
see "and on" '^\[1 Network\] 2 Doors '
keys 3
see "3 is the review" '^ *REVIEW'
keys Escape
see "of which Esc leads back, too" '^\[1 Network\] 2 Doors '
is "with the addresses that were offered" \
    "$(screen | grep '\[x\] *container')" "$offered"
keys PPage
see "which is the first step" 'this is the first step'
is "with nothing changed" "$(state)" "$before"
keys NPage
shows '\[2 Doors\]'
keys NPage
shows '^ What packets would meet:'
keys Enter
see "Enter commits" '^ PENDING'
outside get $public 22 >/dev/null
shows ' proved '
mkdir -p /run/systemd/system
keys Enter
see "and keeps it" 'was confirmed'
keys Escape
see "after that it offers the service" 'Have the service run, now and after'
keys y
see "with the service, where that is wanted" 'done: systemctl enable --now seki'
is "by systemd" "$(cat "$tmp/told")" "enable --now seki"
unlike "set-up is over" "$(screen)" '2 Doors'
like "the forward answers" "$(outside get $public 8080)" "^web1 "
ok "SSH is open" outside get $public 22
status "the rest is closed" 2 outside get $public 9100
tm kill-session -t console
comes_back
done_testing

#!/bin/sh
# What a change means for the Internet is told before it is made, and is what
# packets then find; what would cut off the session that commits is refused;
# and every config that was committed can be brought back.
. "${top_srcdir:-.}/test/lib/lib.sh"
in_sandbox "$@"
need nft ss strace
unset SSH_CONNECTION SUDO_USER

public=2001:db8::10
ula=fd5a:1c2e:90b1:
folder=$(dirname "$SEKI_CONFIG")/history
make_outside
make_container web1
serve web1 tcp 443
serve_host tcp 22
connect client1 $public 22
session1=$connected
connect client2 $public 22
session2=$connected

# ---- exposure

cat >"$SEKI_CONFIG" <<CONF
uplink eth0
bridge lxcbr0 ula $ula:1/64
container web1 ula $ula:3
default input deny
default forward deny
allow input tcp 22
CONF
ok "a first config" "$seki" apply
status "nothing else is let in" 2 \
    nsenter --net=/run/netns/client1 "$peer" get $public 8443 --timeout 700
ok "a forward" "$seki" add forward tcp 8443 to web1:443
ok "a narrower way in" "$seki" delete allow input tcp 22
ok "for one prefix" "$seki" add allow input tcp 22 from 2001:db8:9::/48

# The exposure is what stands between the statements and the steps.
exposed=$("$seki" diff | sed -n '/^The Internet/,/^What/p')
is "diff tells what the Internet can reach" "$exposed" \
    "The Internet can newly reach:
+ tcp 8443 on $public -> web1:443, from anywhere (new)
The Internet can no longer reach:
- tcp 22 on this host, from anywhere but 2001:db8:9::/48
The Internet can still reach:
= tcp 22 on this host, from 2001:db8:9::/48
What packets would meet:"
like "the statements stand before it" "$("$seki" diff | head -n 3)" \
    '^\+ forward tcp 8443 to web1:443$'
ok "they are committed" "$seki" commit --now
like "nobody is said to have confirmed it" "$("$seki" show status)" \
    '^last: commit #[0-9]+ by .* was saved at once, without a guard$'
like "new: from anywhere" "$(inside client2 "$peer" get $public 8443 \
    --timeout 10000)" "^web1 "
like "still: from the prefix" "$(inside client1 "$peer" get $public 22)" \
    "^host 2001:db8:9::7 "
status "gone: from elsewhere" 2 \
    nsenter --net=/run/netns/client2 "$peer" get $public 22 --timeout 700

# ---- the session that commits

# over SESSION COMMAND...: as over that SSH session.
over()
{
	session=$1
	shift
	SSH_CONNECTION=$session "$@"
}

# As under sudo, which keeps no SSH_CONNECTION.
over_sudo()
{
	over "$1" sh -c 'env -u SSH_CONNECTION "$@"; exit $?' sh "$seki" check
}

before=$(nft list table inet seki)
ok "a candidate that shuts a prefix out" "$seki" delete allow input tcp 22
ok "and lets another in" "$seki" add allow input tcp 22 from 2001:db8:44::/48
status "its session is refused" 3 over "$session1" "$seki" commit --now
like "says why" "$said" "from 2001:db8:9::7 to port 22.* would be refused"
like "blames the line" "$said" "^  default input deny$"
like "tells the way out" "$said" "allow input tcp 22 from 2001:db8:9::7; --force"
is "nothing changed" "$(nft list table inet seki)" "$before"
status "check says so, too" 3 over "$session1" "$seki" check
status "also under sudo" 3 over_sudo "$session1"
ok "diff shows it all the same" over "$session1" "$seki" diff
ok "a session that gets through is not" over "$session2" "$seki" check
ok "nor one that has ended" over "2001:db8:9::7 9 $public 22" "$seki" check
ok "nor no session" "$seki" check
ok "it can be forced" over "$session1" "$seki" commit --now --force
status "and does what was said" 2 \
    nsenter --net=/run/netns/client1 "$peer" get $public 22 --timeout 700
ok "a forward of a range" "$seki" add forward tcp 20-30 to web1
status "a forward that takes its port" 3 over "$session2" "$seki" check
like "is blamed" "$said" "^  forward tcp 20-30 to web1$"
ok "it is forgotten" "$seki" discard

# ---- an edit that a commit would refuse says so while it is made

like "to who is cut off by an added policy" \
    "$(over "$session2" "$seki" add deny input tcp from 2001:db8:44::/48 2>&1
	over "$session2" "$seki" move input 2 up 2>&1)" \
    "^candidate: policy 2.*
warning: a commit refuses this: new SSH connections.*--force"
"$seki" discard 2>/dev/null
unlike "not to whom it lets in" \
    "$(over "$session2" "$seki" add deny input tcp 2>&1)" refuses
like "by one that is taken away" \
    "$(over "$session2" "$seki" delete allow input tcp 22 2>&1)" \
    "^warning: a commit refuses this: "
unlike "once" "$(over "$session2" "$seki" add deny input udp 9 2>&1)" refuses
"$seki" discard 2>/dev/null

# ---- policies that decide nothing

"$seki" add deny input tcp 30-31 from 2001:db8:9::/48 2>/dev/null
warned()
{
	name=$1 words=$2
	shift 2
	ok "$name is taken" "$seki" add "$@"
	like "and warned of" "$said" "^warning: $words"
	"$seki" delete "$@" 2>/dev/null
}
warned "one that another covers" \
    "never reached: allow input tcp 31 from 2001:db8:9:5::/64, since .*30-31" \
    allow input tcp 31 from 2001:db8:9:5::/64
warned "one between ports of a bridge" "no effect: deny forward from container" \
    deny forward from container web1 to bridge lxcbr0
warned "a default that a policy decides before" \
    "never reached: default input deny, since this .*: allow input$" \
    allow input
warned "one against ping" "hardly any effect: deny input icmpv6" \
    deny input icmpv6
"$seki" add deny input from fd5a::/16 2>/dev/null
"$seki" add deny input from container web1 2>"$tmp/said"
unlike "a deny from a container is more than a prefix" "$(cat "$tmp/said")" \
    never
"$seki" delete deny input from fd5a::/16 2>/dev/null
warned "and covers an allow from it" \
    "never reached: allow input tcp 31 .*: deny input from container web1" \
    allow input tcp 31 from container web1
"$seki" delete deny input from container web1 2>/dev/null
"$seki" add deny input from bridge lxcbr0 2>/dev/null
warned "which a deny of its bridge covers" \
    "never reached: allow input tcp 31 .*: deny input from bridge lxcbr0" \
    allow input tcp 31 from container web1
"$seki" add deny input tcp 31 from container web1 2>"$tmp/said"
unlike "but not a deny, which holds on any link" "$(cat "$tmp/said")" never
for from in "tcp 31 from container web1" "from bridge lxcbr0"; do
	# shellcheck disable=SC2086 # they are words
	"$seki" delete deny input $from 2>/dev/null
done
for words in "tcp 31-32 from 2001:db8:9:5::/64" "udp 31 from 2001:db8:9:5::/64" \
    "tcp 31 from 2001:db8::/32" "tcp 31 from container web1" "tcp 31"; do
	# shellcheck disable=SC2086 # they are words
	"$seki" add allow input $words 2>"$tmp/said"
	unlike "allow input $words is reached" "$(cat "$tmp/said")" never
	# shellcheck disable=SC2086
	"$seki" delete allow input $words 2>/dev/null
done
"$seki" discard 2>/dev/null

# ---- what the kernel has, and not what a file says

cp "$SEKI_CONFIG" "$tmp/as-committed.conf"
echo "allow input tcp 77" >>"$SEKI_CONFIG"
like "a line by hand lets nobody in yet: it is new" "$("$seki" diff)" \
    "^\+ tcp 77 on this host, from anywhere \(new\)"
cp "$tmp/as-committed.conf" "$SEKI_CONFIG"

# ---- history

numbers()
{
	"$seki" history --json | grep -o '"number":[0-9]*' | cut -d: -f2
}

is "three commits, the newest first" "$(numbers | xargs)" "3 2 1"
like "with what changed" "$("$seki" show history)" "^ +2  .*  \+2 -1 ~0  root$"
like "who and from where, and when" "$("$seki" show history)" \
    "^\* +3  [0-9-]{10} [0-9:]{5}  \+1 -1 ~0  root from 2001:db8:9::7$"
ok "the same again" "$seki" apply
is "is no news" "$(numbers | xargs)" "3 2 1"

ok "an old one is brought back" "$seki" rollback 1
is "into the candidate" "$("$seki" show candidate)" \
    "$(sed 1d "$folder/000001.conf")"
like "which diff shows" "$("$seki" diff)" \
    "^\+ tcp 22 on this host, from anywhere but 2001:db8:44::/48 \(new\)$"
ok "it is committed" env SUDO_USER=anna "$seki" commit --now
like "as a new number" "$("$seki" show history)" "^\* +4 .*  anna \(as root\)$"
is "the files are equal" "$(sed 1d "$folder/000004.conf")" \
    "$(sed 1d "$folder/000001.conf")"
is "and what is saved is the newest" "$(sed 1d "$folder/000004.conf")" \
    "$(cat "$SEKI_CONFIG")"
ok "a rollback to what is saved" "$seki" rollback 4
is "leaves no candidate" "$("$seki" show status | head -n 1)" "candidate: clean"
status "a number that is not there" 2 "$seki" rollback 99
like "the others are told" "$said" "it has 1 to 4"
status "a seki that only looks" 3 "$seki" --read-only rollback 1

# Half a file, as a crash leaves it, and what else may lie about.
touch "$folder/000005.conf.aB3dEf" "$folder/7.conf" "$folder/README"
is "other files are no history" "$(numbers | xargs)" "4 3 2 1"
rm "$folder/7.conf" "$folder/README" "$folder"/*.aB3dEf

n=4
cp "$SEKI_CONFIG" "$tmp/x.conf"
while [ $n -lt 53 ]; do
	n=$((n + 1))
	echo "allow input udp $n" >>"$tmp/x.conf"
	"$seki" apply "$tmp/x.conf" >/dev/null 2>"$tmp/said" || break
done
is "53 commits" "$n $(cat "$tmp/said")" \
    "53 commit #53 is saved"
is "the newest 50 are kept, without a gap" "$(numbers | xargs)" \
    "$(seq 53 -1 4 | xargs)"
is "and no more" "$(find "$folder" -name '*.conf' | wc -l)" 50
status "one that is gone" 2 "$seki" rollback 3
like "is told" "$said" "it has 4 to 53"

# ---- a folder that cannot be read for a moment

# keeps N: an apply whose nth read of the folder fails loses nothing, and says
# what is not in the history.
keeps()
{
	echo "allow input udp $((9000 + $1))" >>"$SEKI_CONFIG"
	rm -rf "$tmp/kept"
	cp -r "$folder" "$tmp/kept"
	strace -qq -o /dev/null -P "$folder" \
	    -e "inject=getdents64:error=EIO:when=$1" \
	    "$seki" apply >"$tmp/said" 2>&1
	applied=$?
	"$seki" show status >/dev/null 2>&1
	newest=$(find "$folder" -name '0*.conf' | sort | tail -n 1)
	if [ $applied = 5 ]; then
		grep "^not done:" "$tmp/said" | grep -v "cannot read $folder: "
	else
		tail -n +2 "$newest" | cmp - "$SEKI_CONFIG"
	fi
	for file in $(cd "$tmp/kept" && ls -- *.conf | tail -n +5); do
		cmp "$tmp/kept/$file" "$folder/$file"
	done
}
for n in 1 3 5 7 9 11 13; do
	keeps $n 2>&1 | sed "s/^/$n: /"
done >"$tmp/lost"
is "no entry is lost, and the newest is what is saved" "$(cat "$tmp/lost")" ""

# What an admin with a narrow umask makes is there for others to read.
narrow=/run/private/seki.conf
ok "a commit with umask 077" sh -c \
    "umask 077 && SEKI_CONFIG=$narrow '$seki' apply '$tmp/x.conf'"
for what in history config; do
	is "everybody sees its $what" "$(SEKI_CONFIG=$narrow \
	    setpriv --reuid 65534 --clear-groups "$seki" show $what)" \
	    "$(SEKI_CONFIG=$narrow "$seki" show $what)"
done
like "which is not empty" "$(SEKI_CONFIG=$narrow "$seki" show history)" '^\* +1 '

# ---- a number is that of one commit for ever

# pends PORT: the number of a commit that is pending then.
pends()
{
	"$seki" add allow input udp "$1" >/dev/null &&
	    "$seki" commit --confirm 600 --json |
	    grep -o '"number": *[0-9]*' | head -n 1 | tr -dc 0-9
}

last=$(cat "$folder/number")
is "a commit" "$(pends 4001)" $((last + 1))
ok "that is reverted" "$seki" revert
is "leaves its number to nobody" "$(pends 4002)" $((last + 2))
status "so that who waits for it" 4 "$seki" confirm --unproven $((last + 1))
like "cannot confirm another" "$said" \
    "commit #$((last + 2)) by .* is pending, not #$((last + 1))"
kill -KILL "$(awk '{ print $5; exit }' /run/seki/pending/state)"
rm -rf /run/seki/pending
is "nor is that given away when /run is lost" "$(pends 4003)" $((last + 3))
ok "which is confirmed" "$seki" confirm --unproven $((last + 3))
is "the history has a gap" "$(numbers | head -n 2 | xargs)" \
    "$((last + 3)) $last"
status "nothing to roll back to is in it" 2 "$seki" rollback $((last + 2))
like "and why is told" "$said" "commit #$((last + 2)) was not confirmed"
mount --bind "$folder" "$folder"
mount -o remount,ro,bind "$folder"
"$seki" add allow input udp 4004 >/dev/null
before=$(nft list table inet seki | sed 's/packets.*//')
status "a number that cannot be noted is not given" 1 "$seki" commit --now
like "and says so" "$said" "history/number: Read-only file system"
is "nor is anything done" "$(nft list table inet seki | sed 's/packets.*//')" \
    "$before"
umount "$folder"
ok "once it can be" "$seki" commit --now
is "the next is taken" "$(numbers | head -n 1)" $((last + 4))

# ---- an edit while a commit is pending

"$seki" add allow input udp 4005 >/dev/null
ok "a commit" "$seki" commit --confirm 600
"$seki" undo >/dev/null 2>&1
ok "is confirmed" "$seki" confirm --unproven
is "what was undone meanwhile is in the candidate" \
    "$("$seki" diff | grep '^[-+] allow')" "- allow input udp 4005"
ok "another one" "$seki" commit --confirm 600
"$seki" discard >/dev/null 2>&1
ok "is confirmed, too" "$seki" confirm --unproven
is "what was discarded is not" "$("$seki" diff | grep '^[-+]')" ""
done_testing

#!/bin/sh
# The walk-through in the console with keys alone: from link-local addresses to
# forwards and a firewall, judged by its packets; then the ways back.
. "${top_srcdir:-.}/test/lib/lib.sh"
need nft
lab_options="--fresh --no-traffic"
. "$top_srcdir/test/lib/tmux.sh"
in_lab "$@"
start_terminal

# press TIMES KEY
press()
{
	count=$1
	while [ "$count" -gt 0 ]; do
		keys "$2"
		count=$((count - 1))
	done
}

# pick WORD: from the list of the field that has the focus.
pick()
{
	keys Space
	shows "\\|[> ]$1 "
	keys /
	text "$1"
	keys Enter Enter
	wait_for has_gone "\\|[> ]$1 "
}

# ---- the uplink, the bridge, the containers

# What proves a login is one by somebody, or a connection from where the commit
# came from.
connect client1 $public 22
SSH_CONNECTION=$connected
export SSH_CONNECTION
console 80 24
is "nothing is configured" "$("$seki" show candidate)" ""
keys N
see "N has a form for every statement" 'option +a setting of seki'
keys Enter
see "the uplink is there already" 'Iface +\[eth0 '
keys Tab Tab
pick fe80::1
see "its gateway is picked" '^ +uplink eth0 gateway fe80::1'
keys Enter
see "it is in the candidate" 'in the candidate: uplink eth0 gateway fe80::1'

keys 3 n
see "what stands against a new form is told at once" \
    '^ +FAIL lxcbr0 has no ULA to pick an address from'
keys Escape
wait_for has_gone 'FAIL lxcbr0'
keys 2 G n
see "a bridge begins with a random prefix" 'bridge lxcbr0 ula auto masquerade'
keys Tab
keys Space
see "ULAs are offered" 'auto +what it has now, else a random prefix'
leave 'a random prefix'
press 5 BSpace
text fd00::1/64
see "the walk-through's prefix is taken, with a warning" 'WARN fd00::1/64 '
press 19 BSpace
text fd5a:1c2e:90b1::1/64
keys PageDown Enter
see "the bridge is in the candidate" '\+ lxcbr0 .*fd5a:1c2e:90b1::1/64'

keys 3 g n
see "a container gets the next address" 'container db1 ula auto'
keys Tab Tab Space
see "which is shown" 'fd5a:1c2e:90b1::2 +what auto comes to'
leave 'what auto comes to'
keys PageDown Tab Enter
see "and another one follows" 'container dns1 ula auto'
keys PageDown Tab Enter
shows 'container git1'
keys PageDown Tab Enter
shows 'container tmp1'
keys PageDown Tab Enter
shows 'container web1'
keys PageDown Enter
see "until all have one" '7 changes \*'
see "which the list shows" '\+ web1 .* ::6 '

# ---- forwards and policies

keys 4 n
shows 'New forward'
keys Tab
text 80
keys Tab
pick web1
keys PageDown
keys Right Enter
see "a form can be filled in again" '^ +forward tcp *$'
keys Right Tab
text 53
keys Tab
pick dns1
keys PageDown
keys Enter
see "two forwards" '\+ udp +53 .*dns1'

# policy CHAIN-STEPS PROTO-STEPS PORTS: of the form that is there.
policy()
{
	keys Tab
	press "$1" Right
	keys Tab
	press "$2" Left
	keys Tab
	text "$3"
	press 8 Tab
}
keys 5 n
shows 'New policy'
policy 0 3 22
keys Right Enter
see "another policy follows" '^ +allow input *$'
policy 1 3 80,443
keys Right Enter
shows '^ +allow input *$'
policy 1 2 53,123
keys Enter
see "policies are in their order" '\+ +2 +allow forward udp 53,123'
for chain in input forward; do
	keys N
	shows 'New statement'
	keys / d e f a u l t Enter Enter
	see "the next default is that of $chain" "^ +default $chain deny *\$"
	keys Tab Tab Enter
	wait_for has_gone Verdict
done
see "the defaults deny" '^.\+ .*default forward deny'
keys "="
see "all is in one list" '\+ forward udp 53 to dns1'
leave 'STATEMENT'
is "as the candidate says" "$("$seki" show candidate)" \
    "uplink eth0 gateway fe80::1
bridge lxcbr0 ula fd5a:1c2e:90b1::1/64 masquerade
container db1 ula fd5a:1c2e:90b1::2
container dns1 ula fd5a:1c2e:90b1::3
container git1 ula fd5a:1c2e:90b1::4
container tmp1 ula fd5a:1c2e:90b1::5
container web1 ula fd5a:1c2e:90b1::6
forward tcp 80 to web1
forward udp 53 to dns1
allow input tcp 22
allow forward tcp 80,443
allow forward udp 53,123
default input deny
default forward deny"

# ---- commit, proof, packets

status "no packet passes yet" 1 from client1 get $public 80
keys c
see "the review has the steps" 'what a commit does'
keys Enter
see "the commit waits" 'COMMIT #1 reverts in'
# seconds: that are left, without the colon.
seconds()
{
	tm capture-pane -p -t console |
	    sed -n 's/.* reverts in \([0-9]*\):\([0-9]*\).*/\1\2/p'
}
first=$(seconds)
falls()
{
	[ "$(seconds)" -lt "$first" ]
}
ok "the time runs" wait_for falls
like "a new login passes" "$(from client1 get $public 22)" SSH-2.0
see "and is seen" 'A new login was seen'
keys Enter
see "one key keeps it" 'commit #1 by .* was confirmed'
like "tcp 80 is web1's" "$(from client1 get $public 80)" web1
like "udp 53 is dns1's" "$(from client1 ask $public 53)" dns1
status "tcp 81 is nobody's" 2 from client1 get $public 81
ok "a container reaches out" from web1 get 2001:db8:9::7 443
like "and its neighbour by the public address" \
    "$(from git1 get $public 80)" web1

# ---- a change, and the ways back

keys 4 g e
see "edit has the form filled in" '^ +forward tcp 80 to web1 *$'
keys Tab BSpace BSpace
text 8080
keys Tab
text :80
keys PageDown
keys Enter
see "the forward is another" '\+ tcp +8080 .*web1:80'
keys c
shows 'what a commit does'
keys Enter
shows 'commit #2 by .*, in force since'
like "which packets find" "$(from client1 get $public 8080)" web1
keys r y
see "it is taken back" 'commit #2 by .* was reverted'
status "for packets, too" 2 from client1 get $public 8080
like "as it was" "$(from client1 get $public 80)" web1
keys U y
see "and forgotten" 'no changes'

# ---- a packet to try

keys t
see "a packet can be tried" 'Try a packet'
see "it begins with what the row is about" \
    "the same as: seki try udp from 2001:db8:ffff::1 to \\[$public\\]:53"
keys Tab C-u
text 2001:db8:9::7
see "which is a command as well" \
    "the same as: seki try udp from 2001:db8:9::7 to \\[$public\\]:53"
keys PageDown Enter
see "and what becomes of it is told" 'accepts it: allow'
keys f
see "f looks for one of the other family" \
    'there is no such packet of the other family here'
keys y
see "y copies the command" 'copied: seki try udp from 2001:db8:9::7'
leave 'accepts it'
keys 5 /
text 'input tcp 22'
keys Enter t
see "a policy is tried from its row" \
    "the same as: seki try tcp from 2001:db8:ffff::1 to \\[$public\\]:22"
keys Enter
see "what can be tried next is on the bar" \
    '^ TRY +Enter Again +f Family +x Next real one +y Copy +Esc Back'
keys x
shows 'waiting 10 s at most'
knocks()
{
	from client1 get $public 22 >/dev/null 2>&1
	sees 'a packet that came by eth0, and went its way'
}
ok "x tells of one that comes" wait_for knocks
keys Enter
see "Enter lets one in again" 'a real packet, let in as if by eth0'
leave 'a real packet'
keys Escape
"$seki" add forward udp 5353 to web1:53 from 2001:db8:9::7 2>/dev/null
"$seki" add allow input udp 5354 from 2001:db8:9::7 2>/dev/null
shows '2 changes'
keys c
shows 'what a commit does'
keys /
text 'forward udp 5353'
shows '/forward udp 5353 +[1-9] of'
keys Enter t
see "and a line of the review" \
    "the same as: seki try udp from 2001:db8:9::7 to \\[$public\\]:5353"
leave 'Try a packet'
keys / C-u
text 'udp 5353 on'
shows '/udp 5353 on +[1-9] of'
keys Enter t
see "and one that tells what can be reached" \
    "the same as: seki try udp from 2001:db8:ffff::1 to \\[$public\\]:5353"
leave 'Try a packet'
keys / C-u
text 'udp 5354 on'
shows '/udp 5354 on +[1-9] of'
keys Enter t
see "whose only client is no destination" \
    "the same as: seki try udp from 2001:db8:ffff::1 to \\[$public\\]:5354"
leave 'Try a packet'
keys Escape Escape
"$seki" discard >/dev/null

# ---- every statement has a form

for kind in uplink bridge container forward allow deny reject default option; do
	keys N
	shows 'New statement'
	keys /
	text $kind
	keys Enter Enter
	see "$kind has a form" "^ +$kind( |\$)"
	leave '< OK >'
done

keys 5 n
shows 'New policy'
press 4 Tab
tm set-buffer 'container web1'
tm paste-buffer -p -t console
see "what is pasted is text, with its blanks" 'from container web1$'
leave '< OK >'

# ---- the command line

# command TEXT: typed and entered.
command()
{
	keys :
	text "$1"
	keys Enter
}

command dash
see "a screen is found by the start of its word" '^\[1 Dash\]'
keys 2
shows '^ 1 Dash\[2'
command DASH
see "or by its name" '^\[1 Dash\]'
command statements
see "as the list of statements is" 'STATEMENT'
leave STATEMENT
command history
see "and the history" '^>\* +1 '
leave 'Enter Load'
command 'set default input allow'
see "a command says what it did" 'candidate: set default input allow'
command discard
see "discard asks here, too" 'Forget all changes'
keys n
see "and n leaves all as it is" '1 change \*'
command discard
shows 'Forget all changes'
keys y
see "y discards" 'the candidate is forgotten'
keys :
text 'show '
keys Tab
see "Tab lists with help" 'bridges +bridges, their ports'
keys Tab
see "and again lists more" '9 to 1[0-9] of 1[0-9]'
text forw
wait_for has_gone '9 to 1'
keys Tab
see "a word is completed" ':show forwards$'
leave ':show'
keys :
text 'delete forward tcp '
keys ?
see "what can be deleted is offered" '80 +forward tcp 80 to web1'
leave 'delete forward'
command 'add forward tcp 81 to vm99'
see "an error points at its word" '\^~~~'
leave '\^~~~'
command q
see "q leaves" '^status 0'

history=$tmp/state/seki/history
like "its lines are kept" "$(cat "$history")" '^add forward tcp 81 to vm99$'
seq 1200 >"$history"
echo 'set editing-mode vi' >"$tmp/inputrc"
console 80 24 xterm-256color "C.UTF-8 INPUTRC=$tmp/inputrc"
keys :
shows '^:'
is "but no more than a thousand" "$(wc -l <"$history")" 1000
if ! has_readline; then
	done_testing
	exit
fi
text 'xshow status'
keys Escape
see "with vi's keys Esc begins a command" '^\(cmd\) xshow status'
keys 0 x k
see "such as the line before" '^\(cmd\) 1200'
keys j Enter
see "or this one again" '^ *candidate: clean'
leave 'candidate: clean$'
keys :
shows '^:'
keys Escape
shows '^\(cmd\)'
keys Escape
ok "a second Esc closes it" wait_for has_gone '^\(cmd\)'

done_testing

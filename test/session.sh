#!/bin/sh
# An admin's work, done with keys in a terminal.
. "${top_srcdir:-.}/test/lib/lib.sh"
. "$top_srcdir/test/lib/tmux.sh"
in_lab "$@"
start_terminal

# ---- edits and commits

console 80 24
keys 4 n
shows 'New forward'
keys Tab Tab Space
see "targets are listed with their ULA" 'web1 +fd5a:1c2e:90b1::3, '
see "or without" 'db1 +no ULA, '
leave 'no ULA'
text web1:80
keys Up
text 80
see "a port that is taken is told at its field" \
    'FAIL the port is taken by: forward tcp 80,443 to web1'
keys BSpace BSpace
text 8080
keys Tab Tab Tab Tab Tab
text 'by keys alone'
shows 'note "by keys alone"'
see "Enter of a complete form is OK" '^ FORM +Enter OK '
keys Enter
see "the forward is in the candidate" '^>\+ tcp +8080 +web1:80 .*to add'
see "the title says so" '1 change \*'
is "and the kernel does not have it" \
    "$(nft list table inet seki | grep -c 8080)" 0

keys c
shows 'what a commit does'
keys Enter
see "it is in the kernel, and waits" 'commit #2 by .*, in force since'
see "every screen says how long" 'COMMIT #2 reverts in (2:00|1:5)'
keys +
see "time can be added" 'reverts in (3:00|2:5)'
text :w
keys Enter
see ":w does not confirm it, and says what does" 'waits for Enter to confirm'
keys Enter
see "without a new login a word must be typed" 'Type  yes  and Enter'
text yes
keys Enter
see "it is kept" 'commit #2 by .* was confirmed'
see "the forward is active" '^>  tcp 8080 +web1:80 +any +0'
see "the candidate is clean" 'no changes'
keys u
see "u asks before it goes behind that" 'All edits since the last confirmed commit are'
see "and names what it would take back" '\(\+ forward tcp 8080 to web1:80 '
keys n
wait_for has_gone 'All edits'
see "and leaves it then" 'no changes'
like "it is saved" "$(cat "$SEKI_CONFIG")" '^forward tcp 8080 to web1:80'

see "what the commit tried it with is no client" \
    '^ seki may have sent all of it, to try this forward'
got=$(nsenter --net=/run/netns/client1 "$peer" get 2001:db8::10 8080 2>&1)
like "it leads to the container" "$got" web1
see "its counter moves" 'bytes in, [0-9.k]+ out so far; connections: 2,'
unlike "by a client" "$(screen)" 'than seki itself sends'

keys Space
see "Space turns it off" '^>~ tcp 8080 .* 0 '
keys c
shows 'what a commit does'
keys Enter
shows 'in force since'
keys Escape
see "Esc leaves it to the guard" '^>~ tcp +8080'
see "which goes on" 'COMMIT #3 reverts in [12]:[0-9]{2} '
keys c
see "c comes back to it" 'commit #3 by .*, in force since'
keys q
see "leaving says what becomes of it" 'Commit #3 reverts in [12]:'
keys Enter
see "a question says which keys it waits for" 'y answers yes; n or Esc leaves'
keys C-c
wait_for has_gone 'Quit\?'
resize 40 10
see "a small terminal has the key that takes it back" 'r Revert'
is "and three pieces of evidence" "$(screen | grep -Ec '^ (ok|\.\.|FAIL) ')" 3
resize 80 24
shows 'Esc: back, the guard'
keys p
shows PAUSED
see "how to go on is told" '^ the screen is paused +\(P: go on\)'
"$seki" extend 120 >"$tmp/answer" 2>&1
see "a screen that is stopped follows it" 'reverts in [34]:[0-9]{2} '
keys p
wait_for has_gone PAUSED
keys r
see "r asks before it takes a commit back" 'Revert the commit now\?'
keys y
# Its process is slower to tell than the console is to see what it did: until
# the guard has done it, it goes on by moments only.
console=$(pgrep -P "$(tm display-message -p -t console '#{pane_pid}')" -x seki)
tries=500
until worker=$(pgrep -P "$console") || [ $((tries -= 1)) -eq 0 ]; do
	:
done
if [ -n "$worker" ]; then
	kill -STOP "$worker"
	tries=1000000
	while [ -e /run/seki/pending/state ] && [ $((tries -= 1)) -gt 0 ]; do
		kill -CONT "$worker"
		kill -STOP "$worker"
	done
	shows '1 change \*'
	kill -CONT "$worker"
else
	diag "its process had ended before it could be stopped"
fi
see "and takes it back" 'commit #3 by .* was reverted'
see "to as it was, the candidate kept" '^>~ tcp +8080'
strace -f -qq -o /dev/null -e inject=rename,renameat,renameat2:delay_exit=800000 \
    "$seki" commit --confirm 60 >/dev/null 2>&1 &
see "the title says when there is nothing to keep yet" 'COMMIT #4 is in progress'
see "and when there is" 'COMMIT #4 reverts in'
keys c r y
see "it is taken back, too" '1 change \*'
wait $!
keys u
see "u takes an edit back that was reverted" 'undone: ~ forward tcp 8080'
see "which leaves nothing to commit" 'no changes'
keys C-r
see "C-r does it again" 'redone: ~ forward tcp 8080'
keys C-r
see "until there is no more" 'nothing to redo since the last edit'
keys Space
see "Space turns it on again" '^>  tcp 8080 '
keys u
see "u takes that back, and names it" 'undone: ~ forward tcp 8080'
keys Space d
see "d removes it, and its row stays" '^.- tcp 8080 '
keys 7
see "changes show it" '^>- forward tcp 8080 to web1:80'
keys U
see "discard asks" 'Forget all changes'
keys y
see "and discards" 'No changes: the candidate equals'
keys u
see "even that can be taken back" '^>- forward tcp 8080'
keys q
see "leaving asks while there are changes, which outlive this console" \
    'They are kept until this lab'
keys n
keys : q ! Enter
see ":q! leaves without a question, and says what is kept" \
    '^1 change is kept in the candidate until this lab ends'
console 80 24
keys U y
shows 'no changes'
keys R R
shows ' WHEN '
keys "=" R "=" "="
shows 'STATEMENT'
keys Escape
see "what was asked for again lies there once" '^ +NUMBER +WHEN'
keys Escape
see "and one Esc leaves it" '^ Refused '

keys 4 n
shows 'New forward'
text 8
see "a key that fits no choice is answered" 'no choice begins so: Left and Right'
keys Space
see "Space goes to the next choice" '^ Proto .*\(\*\) udp'
keys Left
shows '^ Proto .*\(\*\) tcp  '
keys Enter Enter
see "Enter goes to what is missing, and says so" 'FAIL required: 80'
text 81
keys Enter Enter
see "Enter of an empty field with a list opens that" '\+- To -.*'
keys Escape
wait_for has_gone '\+- To -'
text web1
see "once it is there, to the next" '^ forward tcp 81 to web1'
keys Tab Tab
text web
see "a name where an address is wanted is explained" \
    'FAIL web does not fit here; expected: addresses or prefixes with'
see "with the address it stands for" 'the container web1 has fd5a:1c2e:90b1::3'
keys BSpace BSpace BSpace Tab Tab
acute=$(printf '\314\201')
text "a$acute$acute$acute$acute$acute$acute${acute}xyz"
see "marks on a character take no columns" '\[a[^ ]*xyz +\]'
leave 'New forward'

keys 5 Home n
shows 'New policy'
keys Right Tab Tab Left Left Left Tab
text 23
keys Tab Tab Tab Tab Tab Tab Tab Tab Enter
see "a policy is added" '^>\+ +2 +deny input tcp 23'
keys K
see "K judges it earlier" '^>\+ +1 +deny input tcp 23'
keys J
see "J judges it later" '^>\+ +2 +deny input tcp 23'
keys Up n
shows 'New policy'
keys Tab Tab Left Left Left Tab
text 24
keys Enter
see "a new one comes behind the row under the cursor" \
    '^>\+ +2 +allow input tcp 24'
keys u
keys e
see "e opens its form, filled in" 'Verdict .*\(\*\) deny'
leave 'Edit policy'
keys G e
see "a default has a form too" 'Verdict \(\*\) allow'
leave Verdict
keys u u u
shows 'no changes'

keys 3
shows '\[3 '
keys g n
shows 'container db1 ula auto'
keys PageDown Enter
see "a container gets a ULA" '^>\+ db1 .* ::2 '
keys c
shows 'what a commit does'
see "the plan gives it address and route" 'default route'
leave 'what a commit does'
keys u
shows 'no changes'
keys 4 /
text 'udp'
keys Enter 3 /
text 'web'
keys Enter
shows '^> +web1 '
see "the bar begins with what Enter does" '^Enter Conns +f Forward '
keys F
see "F leads to its forwards" '\[4 Forwards\]'
see "which are filtered, as a line says" '^ /web1 .* of [0-9]+ +\(.: all\)'
keys z
see "a key without meaning leads to the help" 'this key is not bound here: \? lists'
see "as it does here" '^Enter Conns +n New '
keys Enter
see "which leads on to their connections" '\[6 Conns\]'
leave '\[6 Conns\]'
see "Esc goes back one step" '^ /web1'
leave '^ /web1'
see "and one more, to what was filtered" '^ /web .*1 of 5'
see "and selected" '^> +web1 '
keys 4
see "what a step led to is as it was" '^ /udp .*1 of'
leave '^ /udp'
keys 3
leave '^ /web'
see "Esc shows all again" dns1

keys : forwards Enter
shows '\[4 Forwards\]'
keys / udp Enter
shows '^ /udp '
leave '^ /udp'
see "Esc leaves a filter, and not the screen that : led to" '\[4 Forwards\]'
leave '\[4 Forwards\]'
see "which the next one leaves" '\[3 Containers\]'

# ---- the dashboard and tables

keys 1 Down Down
see "the cursor is on a forward" '^>  tcp [0-9,]+ +web1'
on=$(screen | sed -n 's/^>  tcp \([0-9,]*\) .*/\1/p')
see "its chart follows" "^ tcp $on( |\$)"
keys Enter
see "Enter leads to that forward" "^>  tcp $on "
leave '\[4 Forwards\]'
see "Esc comes back to it" "^>  tcp $on "
keys Tab
see "Tab goes to the next part" '^>  (db1|dns1|git1|tmp1|web1) '
keys G
see "G goes to the last row" '^>  web1 '
keys g g
see "gg to the first" '^>[!~] WARN '
keys /
see "/ says where there are filters" 'nothing is filtered here; 2 to 8'
keys F4
see "as F4 does" 'nothing is filtered here; 2 to 8'
keys s
see "and s where there are orders" 'nothing is sorted here; 3, 4 and 6'
keys 4 s
see "s lists the columns" '^.*\|>OUT b/s +now, largest first'
keys g Enter
see "one is chosen" 'FORWARD \^'
keys s Enter
see "twice turns it round" 'FORWARD v'
keys S '>'
see "> sorts by the next" 'sort: ON up'
keys s
shows '^.*\|>ON'
text ':sort!'
keys Enter
see ":sort! closes the list of columns, and turns it" 'sort: ON down'
wait_for has_gone '\|>ON'
text ':sort!'
keys Enter
shows 'sort: ON up'
keys -
see "- slows the rates" 'every 2 seconds'
keys - j
see "and more, which the status tells" 'bits/s, every 5 s'
keys + + j
wait_for has_gone every
pass "+ quickens them"

# ---- what hands know from elsewhere

keys Right
see "Right goes to the next screen" '\[5 Policies\]'
keys h h
see "h to the one before" '\[3 Containers\]'
keys Tab
see "Tab as well goes to the next" '\[4 Forwards\]'
keys BTab
see "and S-Tab to the one before" '\[3 Containers\]'
keys 1 Left
see "and round the corner" '\[8 Doctor\]'
keys 3 g t
see "gt goes to the next, as in vi" '\[4 Forwards\]'
keys g T
see "gT to the one before" '\[3 Containers\]'
keys 4 F3
text 'udp 53'
keys Enter
see "F3 filters" '1 of '
keys F9
see "F9 deletes" '^>- udp +53 '
keys : w Enter
see ":w opens the review" 'what a commit does'
keys F10
wait_for has_gone 'what a commit does'
keys Z Z
see "so does ZZ" 'what a commit does'
see "to leave once it is kept" 'the console ends once the commit is confirmed'
leave 'what a commit does'
keys 6 Z Z
keys ?
see "but not where Z alone does something" 'Clients with connections to'
keys Escape
keys 4
keys : c o m m i t Enter
see "so does :commit" 'what a commit does'
leave 'what a commit does'
keys : e ! Enter
see ":e! asks before all is forgotten" 'Forget all changes'
keys y
see "and forgets it" 'no changes'
leave '1 of '
keys 3

# ---- forms for what a list shows

keys :
text statements
keys Enter
shows STATEMENT
keys Home Down Enter
see "Enter opens a form for any statement" '^ +bridge lxcbr0 ula'
leave 'Edit bridge'
leave STATEMENT
keys 3
shows '\[3 Containers\]'
keys Home f
see "f opens one for a forward to a container" '^ +forward tcp to db1'
leave 'New forward'
keys 5 Home n
shows 'New policy'
keys Tab Tab Tab Tab Space
see "whoever there is is offered for a policy" '\|>any +everybody'
keys Down Down Enter
see "and taken as it is said" '^ +allow input from container db1'
keys C-u
text c
see "half of a word is explained" 'FAIL c is only half of it; expected: any, uplink'
text s
see "as is what is none" 'FAIL cs does not fit here; expected: any, uplink'
keys BSpace BSpace
text d
see "or how a name is written" 'a container is written: container db1'
leave 'New policy'
keys 3

# ---- the command line

keys :
text 'sh'
keys Tab
text 'fo'
keys Tab Enter
see "a command is completed, and answered" '^ show forwards$'
leave 'show forwards'
keys :
text 'add forward tcp 81 to vm99'
keys Enter
see "an error points at its word" '\^~~~'
see "and has a hint" 'known containers: db1, dns1'
keys : d i f f Enter
see "the next command is answered" '^ diff'
wait_for has_gone Error
pass "and the error is over"
keys :
text policies
keys Enter
see "it knows screens by name" '\[5 Policies\]'
keys :
text fo
keys Enter
see "or by how they begin" '\[4 Forwards\]'
keys :
text con
keys Enter
see "if only one begins like that" \
    'con may be: confirm, containers, connections'
keys :
text 'add forward tcp 81 to vm99'
keys Enter
leave Error
keys : Up
see "it has a history" ':add forward tcp 81 to vm99'
leave vm99
like "which is kept" "$(cat "$tmp/state/seki/history")" '^show forwards'

# run LINE: in the prompt.
run()
{
	keys :
	text "$1"
	keys Enter
}

run 'forwards udp'
see "a screen takes words to filter by" '^ /udp .*1 of'
run noh
wait_for has_gone '^ /udp'
pass ":noh shows all again"
run 'sort to'
see ":sort sorts by the column of that name" 'TO \^'
run 'sort out!'
see "behind ! the other way round" 'OUT b/s \^'
run 'sort!'
see "which alone reverses" 'OUT b/s v'
run 'sort wobble'
see "a column that is not there is told, with those that are" \
    'no column wobble here: it can be forward, to, from, in, out'
run 'add forward tcp 8443'
see "what is not a whole statement opens its form" \
    '^ Ports +\[8443 '
leave 'New forward'
run 'add policy'
see "and so does a policy" 'New policy'
leave 'New policy'
run 'forwards udp'
run 'add forward tcp 8443 to web1:443'
see "what is added is selected, whatever was filtered" '^>\+ tcp 8443 '
run 'add allow input udp 99'
keys 5
see "on another screen, too" '^>\+ +[0-9]+ allow input udp 99'
run 'sort hits'
see "policies keep their order" 'in the order in which they hold'
run e!
keys y
see "all of it is forgotten" 'no changes'
like "a policy is not called one in the language" \
    "$("$seki" add policy 2>&1)" 'begins with what it does, allow, deny'

# ---- around it

"$seki" add 'forward tcp 82 to web1' 2>/dev/null
see "what another seki edits shows" '1 change \*'
"$seki" discard 2>/dev/null
see "and what it discards" 'no changes'
tm pipe-pane -t console "cat >$tmp/painted"
"$seki" set container db1 ula auto 2>/dev/null
"$seki" commit --confirm 300 >/dev/null 2>&1
see "what it commits shows" 'COMMIT #[0-9]+ reverts'
keys c
shows 'in force since'
keys r
shows 'Revert the commit now'
"$seki" revert 2>/dev/null
"$seki" commit --confirm 300 >/dev/null 2>&1
keys y
see "a question is answered for its own commit" 'has ended in the meantime'
next=$("$seki" show status | sed -n 's/^commit: .*\(#[0-9]*\) .*/\1/p')
see "and the next one goes on" "COMMIT $next reverts"
# What was open is closed if it was seen that none was pending in between.
sees "$next .*in force since" || keys c
shows "$next .*in force since"
leave 'in force since'
"$seki" revert 2>/dev/null
see "and how that ended" 'commit #[0-9]+ by .* was reverted'
unlike "none of it looked like drift" "$(cat "$tmp/painted")" FAIL
tm pipe-pane -t console
keys 6
shows '(No live connections|clients?, 0 connections)'
tm pipe-pane -t console "cat >$tmp/painted"
sleep 3 # it is read again each second
tm pipe-pane -t console
ok "an empty list that is read again says so once at most" \
    test "$(grep -c 'being read' "$tmp/painted")" -le 1
"$seki" discard 2>/dev/null
shows 'no changes'
"$seki" set forward udp 53 to dns1 note names 2>/dev/null
shows '1 change \*'
keys c
see "what the kernel does not see is saved" 'Enter saves it'
keys Enter
see "at once" 'saved: the kernel needed no change'
ip link add dummy1 type bridge
keys 2
see "a new bridge shows at once" '^[> ] +dummy1'
ip link del dummy1
wait_for has_gone dummy1

keys 1
shows '\[1 Dash\]'
calm()
{
	screen | sed -E -e 1d -e 's/[0-9.:]+ ?[kM]?(b.s)?//g' \
	    -e 's/[▁▂▃▄▅▆▇█▔▀=]//g' -e 's/ -( |$)/ /g' -e 's/ +/ /g' -e 's/ $//'
}
# What just happened may be told for a moment.
is_calm()
{
	calm >"$tmp/fresh"
	sleep 1
	calm | cmp -s - "$tmp/fresh"
}
wait_for is_calm
back_again()
{
	calm | cmp -s - "$tmp/fresh"
}
resize 40 10
see "a small terminal shows its tab" '^\[1 Dash\]2 3.?4.?5 6 7 8.?$'
resize 19 3
see "a tiny one says what it needs" 'needs 20x4'
resize 80 24
ok "and all comes back" wait_for back_again
back_again || calm | diff "$tmp/fresh" - | sed 's/^/# /'

state()
{
	tm display-message -p -t console '#{alternate_on} #{cursor_flag}'
}
is "it has the alternate screen" "$(state | cut -c 1)" 1
keys q
see "q leaves" '^status 0$'
is "and gives screen and cursor back" "$(state)" "0 1"
see "with what was there before" '^before$'

console 80 24 vt100 C
keys q
see "without another screen, what follows is below the keys" '^status 0$'

console 80 24
kill -TERM "$(pgrep -x seki -n)"
see "TERM ends it" '^status 1$'
is "with screen and cursor given back" "$(state)" "0 1"

console 80 24
run=$(dirname "$SEKI_CONFIG")
mkdir -p "$run/pending"
echo what >"$run/pending/state"
echo junk >"$run/candidate.conf"
see "an error that lasts is told" 'unknown statement junk'
keys Escape
wait_for has_gone 'Error'
sleep 3 # nothing comes that could be waited for
unlike "and once, though another one lasts too" "$(screen)" 'Error'
rm -r "$run/pending" "$run/candidate.conf"
shows 'no changes'
keys q
shows '^status 0$'

console 80 24 xterm-256color C.UTF-8 --read-only
keys 4 n
see "--read-only refuses a form" '--read-only'
keys Enter d
see "and an edit" '--read-only'
keys Enter R
shows 'Compare with'
unlike "and offers none" "$(screen)" 'Enter Load'
keys q q
see "and leaves" '^status 0$'

connect client1 $public 22
ssh="SSH_CONNECTION='$connected'"
"$seki" delete allow input tcp 22 2>/dev/null
in_terminal 80 24 "env $ssh $seki"
shows '1 Dash'
keys c
see "the review says what a commit would refuse" '^ FAIL new SSH connections'
see "and what can be done" 'put this before it|: allow input tcp 22'
keys Enter
see "Enter tells it again" 'Error'
leave 'Error'
keys Escape
"$seki" discard 2>/dev/null

console 80 24
"$seki" add forward tcp 86 to web1 2>/dev/null
shows '1 change'
text ':wq'
keys Enter
see ":wq opens the review as well" 'what a commit does'
keys Enter
shows 'commit #[0-9]+ by .*, in force since'
text ':confirm'
keys Enter
see ":confirm asks as the key does" 'Type  yes  and Enter'
text yes
keys Enter
see "and leaves once the commit is kept" '^status 0$'
like "it is saved" "$(cat "$SEKI_CONFIG")" '^forward tcp 86 to web1'
console 80 24
text ':x'
keys Enter
see "where nothing waits it leaves at once" '^status 0$'

# Which takes its time to answer what the console asks of it.
"$seki" add allow input tcp 87 2>/dev/null
"$seki" commit --confirm 600 >/dev/null 2>&1
guard=$(awk '{ print $5 }' /run/seki/pending/state)
strace -f -qq -o /dev/null -p "$guard" \
    -e inject=write,sendto,sendmsg:delay_enter=900000 &
console 80 24
shows 'COMMIT #'
keys 5
text /87
keys Enter
see "what waits is told as in force" '^ note in force, not confirmed yet'
keys q
shows 'the guard runs'
keys y
see "it leaves while it asks the guard" '^status 0$'
kill $!
wait $! 2>/dev/null
"$seki" revert >/dev/null 2>&1
"$seki" discard >/dev/null 2>&1

in_terminal 80 24 "TERM=dumb $seki"
see "a terminal that holds no screen gets the plain prompt" '^seki> $|^seki>$'

in_terminal 80 24 "$seki shell; printf 'prompt> '"
shows '^seki>'
text exit
keys Enter
see "the shell leaves the next prompt a line of its own" '^prompt>'

in_terminal 80 24 "$seki shell"
shows '^seki>'
text 'add forward tcp 83 to web1'
keys Enter
text 'commit --confirm 5'
keys Enter
see "the shell tells how a commit ended" 'commit #[0-9]+ by .* was reverted'

done_testing

#!/bin/sh
# seki shell: the walk-through in it alone, and all else that the console can
# do, as lines.
. "${top_srcdir:-.}/test/lib/lib.sh"
need nft
lab_options="--fresh --no-traffic"
. "$top_srcdir/test/lib/tmux.sh"
in_lab "$@"
start_terminal

# ---- the walk-through, from a program

# What proves a login is one by somebody, or a connection from where the commit
# came from.
connect client1 $public 22
SSH_CONNECTION=$connected
export SSH_CONNECTION
mkfifo "$tmp/in"
"$seki" shell <"$tmp/in" >"$tmp/out" 2>"$tmp/notes" &
shell=$!
exec 3>"$tmp/in"

say()
{
	printf '%s\n' "$@" >&3
}

# hear NAME REGEX: in the answers, or in the notes.
hear()
{
	if comes grep -Eqs -e "$2" "$tmp/out" "$tmp/notes"; then
		pass "$1"
	else
		fail "$1" "no match: $2
$(cat "$tmp/out" "$tmp/notes")"
	fi
}

say 'show bridges' 'show containers'
hear "it looks around" '^web1 +netns +up'
say 'set uplink eth0' 'set bridge lxcbr0 ula auto masquerade' \
    'set container web1 ula auto' 'set container dns1 ula auto' \
    'add forward tcp 80 to web1' 'add forward udp 53 to dns1' \
    'add allow forward tcp 80,443' 'add allow forward udp 53,123' \
    'add allow input tcp 22' 'move input 1 to 1' \
    'set default input deny' 'set default forward deny' diff
hear "a ULA is made" 'candidate: set bridge lxcbr0 ula fd.*::1/64 masquerade$'
hear "the review tells the statements" '^\+ forward tcp 80 to web1$'
hear "and what the Internet can reach" '^The Internet can newly reach'
hear "and the steps" 'all/forwarding 0 -> 1'
say 'commit --confirm 126'
hear "the commit is pending" 'commit #1 is pending and reverts by itself in 126 s'
hear "what is seen meanwhile is told" '^ok +the kernel has what was committed'
hear "the countdown is a line now and then" \
    '^commit #1 reverts by itself in 1[0-9]+ s$'
say confirm
hear "without a new login it is not kept" 'no new login'
from client1 get $public 22 >/dev/null
hear "which is told at once" '^a new login was seen: type confirm$'
say confirm
hear "and keeps it" 'commit #1 by .* was confirmed'
is "each thing was told once" "$(grep -c '^ok .*read back' "$tmp/notes")" 1
like "tcp 80 is web1's" "$(from client1 get $public 80)" web1
like "udp 53 is dns1's" "$(from client1 ask $public 53)" dns1
status "tcp 81 is nobody's" 2 from client1 get $public 81
ok "a container reaches out" from web1 get 2001:db8:9::7 443

say 'set forward tcp 80 to web1 off' 'commit --confirm 60'
hear "a forward is turned off" 'commit #2 is pending'
like "which is not still to be done" "$("$seki" show forwards)" \
    '^tcp +80 .* pending$'
status "for packets, too" 2 from client1 get $public 80
say 'extend 60' revert
hear "time can be added" 'reverts by itself in 1[12][0-9] s'
hear "and the commit be taken back" 'commit #2 by .* was reverted'
like "for packets, too" "$(from client1 get $public 80)" web1
say 'commit --confirm 1'
hear "what ends by itself is told" 'commit #3 .* since nobody confirmed it'
is "notes are no answers" "$(grep -c 'reverted, since' "$tmp/out")" 0
say discard 'show status'
hear "from a program nothing is asked" '^the candidate is forgotten'
say quit
wait $shell
is "quit ends it, as the first line that failed: the confirm" $? 3

# ---- edits are taken back one by one, whichever seki made them

# shell LINE...: what they answer, with the notes.
shell()
{
	printf '%s\n' "$@" | "$seki" shell 2>&1
}

is "even what another discarded" "$("$seki" undo 2>&1)" \
    "undone: ~ forward tcp 80 to web1"
"$seki" discard 2>/dev/null
shell 'add forward tcp 81 to web1' 'delete forward udp 53' \
    'set default input allow' >/dev/null
shell 'show forwards' bogus 'show status' >"$tmp/batch"
is "a batch fails as its first line that did" $? 2
like "and goes on" "$(cat "$tmp/batch")" '^commit: none'
is "a number is one of its chain" "$("$seki" move forward 2 up 2>&1)" \
    "candidate: policy 2 of forward is now number 1"
is "and so it is shown" \
    "$("$seki" show policies |
    sed -n 's/^ *~ *\([0-9]*\) .*allow \(forward udp [^ ]*\).*/\1 \2/p')" \
    "1 forward udp 53,123"
is "a move is one change" "$("$seki" show changes | sed -n '/allow forward/p')" \
    "~ allow forward udp 53,123 (forward 2 -> 1)"
is "undo names a move" "$("$seki" undo 2>&1)" \
    "undone: ~ allow forward udp 53,123 (forward 2 -> 1)"
is "undo names the edit" "$("$seki" undo 2>&1)" \
    "undone: ~ default input allow"
is "and then the one before" "$("$seki" undo 2>&1)" \
    "undone: - forward udp 53 to dns1"
is "as a shell does" "$(shell undo)" "undone: + forward tcp 81 to web1"
is "until the candidate is as saved" "$("$seki" show changes)" "  CHANGE"
"$seki" add forward tcp 81 to web1 2>/dev/null
"$seki" discard 2>/dev/null
like "what was discarded comes back" "$(shell undo 'show changes')" \
    '^\+ forward tcp 81 to web1'
ok "what was committed" "$seki" commit --now
said=$("$seki" undo 2>&1)
is "can be taken back, too" "$(echo "$said" | head -n 1)" \
    "undone: + forward tcp 81 to web1"
like "and it is said that it was" "$said" \
    '^that had been committed: the candidate now has the reverse of it'
is "and is a change again" "$("$seki" show changes | tail -n 1)" \
    "- forward tcp 81 to web1"
is "redo does it again" "$(shell redo)" "redone: + forward tcp 81 to web1"
is "as it was committed" "$("$seki" show changes)" "  CHANGE"
is "and the discard before it" "$(shell redo)" \
    "redone: - forward tcp 81 to web1"
is "until there is no more" "$("$seki" redo 2>&1)" \
    "seki: nothing to redo since the last edit"
shell undo undo redo 'add forward tcp 82 to web1' >/dev/null
status "nor after another edit" 1 "$seki" redo
is "which is taken back alone" "$("$seki" undo 2>&1)" \
    "undone: + forward tcp 82 to web1"
"$seki" redo 2>/dev/null
cp /run/seki/candidate.conf /run/seki/undo/999998
is "a step that was cut off is none" "$("$seki" undo 2>&1)" \
    "undone: + forward tcp 82 to web1"
"$seki" discard 2>/dev/null
"$seki" set forward tcp 80 to web1 note "the shop" 2>/dev/null
"$seki" undo 2>/dev/null
is "where nothing is to be done, no commit begins" "$("$seki" commit 2>&1)" \
    "nothing to commit: the kernel has all that is written"
"$seki" set forward udp 53 to dns1 note names 2>/dev/null
like "what the kernel does not see is saved at once" "$("$seki" commit 2>&1)" \
    '^commit #5 is saved$'
like "and nothing waits for a login" "$("$seki" show status)" '^commit: none'
"$seki" set forward udp 53 to dns1 2>/dev/null
"$seki" commit >/dev/null 2>&1

# ---- the history, and rates

is "what changed between two of the history" "$(shell 'diff 1 4')" \
    "+ forward tcp 81 to web1"
ok "one is brought back" "$seki" rollback 1
is "what changed since one" "$(shell 'diff 4')" "- forward tcp 81 to web1"
like "one that is not there is told" "$(shell 'diff 2 1')" \
    'history has no number 2'
like "rates are measured" "$(shell 'show forwards --rates')" \
    '^PROTO .* IN b/s +OUT b/s +NEW /s'
unlike "and shown only when they are asked for" "$(shell 'show forwards')" /s
is "what has no rates says so, and why" "$("$seki" show config --rates 2>&1)" \
    "seki: config has no rates
  show config --rates
              ^~~~~~~"
status "that is a mistake" 2 "$seki" show config --rates
status "a word too many" 2 "$seki" show containers forwards
like "what may follow is only what can" "$said" \
    '^  what may follow here: --rates, --json$'
is "and nothing else is offered" \
    "$("$seki" complete "seki show containers " " " 63 |
	awk '{ print $1 }' | sort | xargs)" \
    "--json --rates"

like "who is not root is told that it cannot be seen" \
    "$(setpriv --reuid 65534 --clear-groups "$seki" show forwards 2>/dev/null)" \
    '^tcp +80 .* unknown$'

like "nor whether a container has its address" \
    "$(setpriv --reuid 65534 --clear-groups "$seki" show containers 2>/dev/null)" \
    '^web1 .*::[0-9a-f]+ \(needs root\) '
unlike "which root sees" "$("$seki" show containers)" 'needs root'

status "and can edit nothing" 1 setpriv --reuid 65534 --clear-groups \
    "$seki" add allow input tcp 4711
like "with a way out" "$said" '^  run it as root$'

# ---- at a terminal

# prompt [VARIABLE=VALUE...]: a shell there.
prompt()
{
	in_terminal 80 40 "env $* $seki shell; echo status \$?"
	shows '^seki>$'
}

# enter TEXT
enter()
{
	text "$1"
	keys Enter
}

prompt
see "it says how to go on" '^help lists the commands'
text 'add forward tcp 82 '
keys '?'
see "? lists what may follow, with help" '^ +to +the container, with :PORT'
text 'to web'
keys Tab
see "Tab completes" '^seki> add forward tcp 82 to web1$'
text '9'
keys Enter
see "an error points at its word" '^ +\^$'
keys Up
see "the history has the line" '^seki> add forward tcp 82 to web1 9$'
keys C-c
shows '^seki>$'
enter 'add forward tcp 83 to web1'
enter discard
see "discard asks" 'all changes of the candidate\? \(y/n\)$'
enter n
enter 'show changes'
see "and n leaves all as it is" '^\+ forward tcp 83 to web1'
enter discard
shows '\(y/n\)$'
enter y
see "y discards" '^the candidate is forgotten'
"$seki" add forward tcp 84 to web1 2>/dev/null
"$seki" commit --confirm 60 >/dev/null 2>&1
text 'show st'
see "what another seki commits is told" '^commit #7 by .* is pending'
"$seki" revert >/dev/null
see "as is its end" '^commit #7 by .* was reverted'
mkdir -p /run/seki/pending
echo "applying 8 999999999999 1 1 anna" >/run/seki/pending/state
see "one that is about to fail" '^commit #8 by anna is pending'
rm -r /run/seki/pending
see "ends without the word of an earlier one" \
    '^commit #8 by anna is no longer pending'
see "and what was typed is there still" '^seki> show st$'
keys C-c
shows '^seki>$'
mkdir -p /run/seki/pending
echo "saving 9 0 2 1 anna" >/run/seki/pending/state
enter 'show status'
see "one that nobody has to confirm is in progress" \
    '^commit: #9 by anna is being saved$'
rm -r /run/seki/pending
see "and has ended" '^commit #9 by anna is no longer pending'
unlike "but would not have reverted" "$(screen)" '^commit #9 .* reverts'
enter quit
see "quit leaves" '^status 0'
like "the history is the console's" "$(cat "$tmp/state/seki/history")" \
    '^add forward tcp 83 to web1$'
unlike "without answers" "$(cat "$tmp/state/seki/history")" '^[yn]$'

if ! has_readline; then
	done_testing
	exit
fi
echo 'set editing-mode vi' >"$tmp/inputrc"
prompt INPUTRC="$tmp/inputrc" TERM=dumb
text 'xshow config'
keys Escape
sleep 0.6 # as long as readline waits for more of a key
keys 0 x Enter
see "vi's keys are those of the inputrc" '^forward tcp 80 to web1'
enter exit
see "exit leaves, too" '^status 0'

done_testing

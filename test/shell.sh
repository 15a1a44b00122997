#!/bin/sh
# seki shell: all that the console can do, as lines.
. "${top_srcdir:-.}/test/lib.sh"
. "$top_srcdir/test/tmux.sh"
in_lab "$@"

# shell LINE...: what they answer, with the notes.
shell()
{
	printf '%s\n' "$@" | "$seki" shell 2>&1
}

# ---- edits are taken back one by one, whichever seki made them

status "nothing is undone before an edit" 1 "$seki" undo
shell 'add forward tcp 81 to web1' 'delete forward udp 53' \
    'set default input allow' >/dev/null
is "undo names the edit" "$("$seki" undo 2>&1)" \
    "taken back: ~ default input allow"
is "and then the one before" "$("$seki" undo 2>&1)" \
    "taken back: - forward udp 53 to dns1"
is "as a shell does" "$(shell undo)" "taken back: + forward tcp 81 to web1"
is "until the candidate is as saved" "$("$seki" show changes)" CHANGE
"$seki" add forward tcp 81 to web1 2>/dev/null
"$seki" discard 2>/dev/null
like "what was discarded comes back" "$(shell undo 'show changes')" \
    '^forward tcp 81 to web1'
ok "what was committed" "$seki" commit --now
status "is no edit any more" 1 "$seki" undo

# ---- the history, and rates

"$seki" delete forward tcp 81 2>/dev/null
is "what changed since a number of the history" "$(shell 'diff 2')" \
    "- forward tcp 81 to web1"
is "what changed between two" "$("$seki" diff 1 2)" "+ forward tcp 81 to web1"
like "one that is not there is told" "$(shell 'diff 3 1')" \
    'history has no number 3'
like "rates are measured" "$(shell 'show forwards --rates')" \
    '^PROTO .* IN/s +OUT/s +NEW/s'
unlike "and shown only when they are asked for" "$(shell 'show forwards')" /s
status "what has no rates says so" 2 "$seki" show config --rates

done_testing

#!/bin/sh
# Valgrind finds nothing: in the unit tests, in one-shot commands, and in a
# console that is used for half a minute.
. "${top_srcdir:-.}/test/lib/lib.sh"
in_sandbox "$@"
need valgrind tmux nft
if ldd "$seki" | grep -q libasan; then
	skip_all "kernel: the sanitizers of this build look for the same"
fi

# Libraries keep some memory until the end on purpose: that is no leak.
# --vgdb=no: a debugger's pipes would stay in /tmp if this is killed.
grind="valgrind -q --vgdb=no --leak-check=full
    --show-leak-kinds=definite,indirect
    --errors-for-leak-kinds=definite,indirect --error-exitcode=99"

# units: all but those that make namespaces, where valgrind cannot start anew,
# and talk and self_test, whose children end in the middle of what they do.
units()
{
	sed -n '/^UNIT_TESTS = /,/[^\\]$/s,^.*test/\([a-z0-9_]*\).*,\1,p' \
	    "$top_srcdir/Makefile.am" | while read -r unit; do
		grep -q -e lib/guest.h -e lib/ruling.h \
		    "$top_srcdir/test/$unit.c" || [ "$unit" = talk ] ||
			[ "$unit" = self_test ] || echo "$unit"
	done
}

# result UNIT: what valgrind said of it, with the status that it ended with.
result()
{
	cat "$tmp/$1"
	return "$(cat "$tmp/$1.status")"
}

# Leaks show in the first of many rounds. As many units at once as there are
# processors; they are told in the order of the list.
SEKI_TEST_ROUNDS=2000
export SEKI_TEST_ROUNDS grind tmp builddir
# shellcheck disable=SC2016 # for that shell
units | xargs -P "$(nproc)" -n 1 sh -c '
	[ -x "$builddir/test/$1" ] || exit 0
	$grind "$builddir/test/$1" >"$tmp/$1" 2>&1
	echo $? >"$tmp/$1.status"' sh
for unit in $(units); do
	if [ ! -x "$builddir/test/$unit" ]; then
		skip "needs: cmocka"
		continue
	fi
	ok "unit test $unit" result "$unit"
done

# libnftables sends structures with holes; nothing can be done about that here.
grind="$grind --undef-value-errors=no"
# A guard is started by the name of the process, which is valgrind's here.
# shellcheck disable=SC2086
ok "one-shot commands" "$seki" lab --no-traffic -- sh -ec "
	for words in 'show containers' 'show forwards --json' 'show status' \
	    'add container db1 ula auto' 'add forward tcp 5432 to db1' diff \
	    'show policies' 'show connections' \
	    'delete forward tcp 5432' discard apply help; do
		[ \"\$words\" != apply ] || nft delete table inet seki
		$(echo $grind) $seki \$words
	done"

tmux="tmux -L leaks -f /dev/null"
TMUX_TMPDIR=$tmp
TERM=xterm-256color
export TMUX_TMPDIR TERM
# Inside the lab /run is another one.
log=$(mktemp)
# shellcheck disable=SC2086
$tmux new-session -d -x 80 -y 24 "$seki lab -- $(echo $grind) \
    --log-file=$log $seki-console; echo status \$? >$tmp/status"

shows()
{
	$tmux capture-pane -p >"$tmp.screen"
	cat "$tmp.screen"
	grep -q -e "$1" "$tmp.screen"
}

# press KEYS TEXT: until the screen shows the text.
press()
{
	$tmux send-keys "$1"
	wait_for shows "$2"
}

# leave TEXT: a key right behind Esc would be one with Alt.
leave()
{
	$tmux send-keys Escape
	wait_for has_gone "$1"
}

has_gone()
{
	! shows "$1"
}

ok "the console starts" wait_for shows 'Dash'
began=$(date +%s) rounds=0
while [ $(($(date +%s) - began)) -lt "${SEKI_TEST_SECONDS:-30}" ]; do
	press 2 LINK && press 3 NAME && press 4 FORWARD && press 5 POLICY &&
		press 6 CLIENT && press 7 CHANGE && press 1 Dash || break
	press '?' 'Esc Back' && leave 'Esc Back' || break
	press 4 FORWARD && press n 'New forward' && leave 'New forward' || break
	press : ':' && $tmux send-keys 'show status' Enter
	wait_for shows 'saved:' && leave 'Esc Back' || break
	rounds=$((rounds + 1))
done
ok "it is walked through" test "$rounds" -ge 1
$tmux resize-window -x 132 -y 50 && $tmux resize-window -x 40 -y 10
$tmux resize-window -x 80 -y 24
left()
{
	$tmux send-keys F10
	test -s "$tmp/status"
}
wait_for left
is "it ends well, and valgrind finds nothing" "$(cat "$tmp/status")" \
    "status 0" || diag "$(head -n 40 "$log")"
$tmux kill-server 2>/dev/null
rm -f "$log"

done_testing

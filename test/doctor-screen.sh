#!/bin/sh
# The doctor's screen, with keys: what ails a host, what mends it, and who else
# decides about its packets.
. "${top_srcdir:-.}/test/lib/lib.sh"
need nft
. "$top_srcdir/test/lib/tmux.sh"
in_lab "$@"
start_terminal

# ---- what ails the host, and what is well

console 80 24
keys 8
see "key 8 shows the checks" '^>! WARN +db1 +it has no ULA'
see "what is well is a row for each kind" \
    '^   ok +uplinks +[0-9]+: the default route, router advertisements'
see "the line of messages counts them" '^ 2 WARN, [0-9]+ ok'
see "the pane has the cure, and whose it is" \
    '^ cure  set container db1 ula auto'
unlike "a check that is well has no row" "$(screen)" '^   ok +uplinks +router'
keys G z
see "z unfolds a kind" '^   ok +seki +drift$'
keys Enter
ok "and Enter folds it" wait_for has_gone '^   ok +seki +drift$'
keys g z
see "troubles are not folded" 'only what is well is folded'
keys /
text advertisements
keys Enter
see "a filter finds what is folded" '^>  ok +uplinks .*advertisements'
keys '\'
shows '^.! WARN +db1 '

# ---- a cure of ours, and back

keys g y
see "y copies the command" 'seki set container db1 ula auto'
keys Enter
see "Enter puts it into the candidate" '1 change \*'
like "as a statement" "$("$seki" show candidate)" '^container db1 ula '
leave 'candidate: set container'
see "the host is judged as it is, and the cure has a mark" \
    '^>~ WARN +db1 +it has no ULA'
see "the pane says so" '^ +cured by the candidate: c commits'
like "the title too" "$(screen)" '^ vps1  2 WARN '
like "as do commands" "$("$seki" doctor --json)" \
    '"subject":"db1".*"in_candidate":true'
like "and lines" "$("$seki" doctor 2>&1)" \
    '^ +cure  seki set container db1 ula auto \(in the candidate'
keys Enter
see "Enter does not put it there again, but reviews" 'what a commit does'
leave 'what a commit does'
keys 1
see "the dashboard has the trouble, and that" \
    '^>! WARN 2 containers without a ULA, .*: db1, tmp1 \(the…$'
keys 8
shows '^>~ WARN +db1 '
keys u
see "u takes it back" '^.! WARN +db1 '

# ---- faults, as they come and go

nft add table ip6 theirs
nft add chain ip6 theirs across \
    '{ type filter hook forward priority 5; policy drop; }'
see "a chain that drops is seen when it comes" \
    '^.! FAIL +forward tcp 80,443 +table ip6 theirs, chain across'
see "the tab has a mark, as the title has a count" '^ vps1  3 FAIL'
keys g Enter
see "without a cure Enter goes to what it is about" '\[4 Forwards\]'
see "to that forward" '^>! tcp 80,443 '
leave '\[4 Forwards\]'
see "and Esc back" '\[8 Doctor\]'

# ---- who else decides

keys ']'
see "the second page has the chains in their order" \
    '^ \* forward +-?[0-9]+ +inet seki '
see "one that drops says so" \
    '^ ! forward +5 +ip6 theirs across .*DROPS 3 forwards'
keys /
text theirs
keys Enter
see "a filter leaves one" '^>! forward +5 +ip6 theirs across '
see "which forwards it stops" \
    '^ FAIL forward tcp 80,443: no rule accepts it, and the policy drops it'
see "how many rules it has" '^ 0 rules; what none decides about is dropped'
keys '\' '['
see "[ leads back" '^>! FAIL '
keys ']' ']'
see "a second ] to the next screen" '^\[1 Dash\]'
keys Enter
see "a trouble of the dashboard leads to its check" '\[8 Doctor\]'
see "where the cursor is on it" '^>! FAIL +forward tcp 80,443 '
nft delete table ip6 theirs
ok "what is mended goes" wait_for has_gone FAIL

# ---- what seki apply mends

lxc=$(ip -br -6 addr show dev lxcbr0 scope global | awk '{ print $3 }')
ip addr del "$lxc" dev lxcbr0
see "what is not as committed is told" '^.! FAIL +seki +drift: '
keys /
text drift:
keys Enter
see "its cure is ours" '^ cure  seki apply'
keys Enter
see "Enter shows what it would do" 'what a commit does'
leave 'what a commit does'
"$seki" apply >/dev/null 2>&1
keys '\'
ok "until it is done" wait_for has_gone drift:

# ---- other sizes, and the `:` line

keys 1 :
text doctor
keys Enter
see "the : line knows it" '\[8 Doctor\]'
resize 132 50
see "it fills a wide terminal" '^.! WARN +db1 +it has no ULA'
resize 40 12
see "it fits a small one" '^.! WARN +db1 +it has no ULA, so n…$'
see "with digits for the other screens" '^ 1 2 3!4 5 6 7\[8 Doctor\]'
keys q
shows '^status 0'
console 80 24 vt100 C --ascii
keys 8
see "in ASCII a cut has its mark too" '^.! WARN +db1 '
keys ']'
see "and the chains are the same" '^ \* forward '
keys q
shows '^status 0'

# ---- a container with more routes than are read

seq 4200 | awk '{
	printf "route add fd00:9:%x:%x::/64 dev eth0\n", $1 / 250, $1 % 250
}' | inside tmp1 ip -6 -batch -
console 80 24
see "the dashboard tells of it" \
    '^.! WARN 1 container has more than 4096 routes, of which seki reads only'
keys 3 /
text tmp1
keys Enter
see "the containers do, too" '^ WARN it has more than 4096 routes, of which'

done_testing

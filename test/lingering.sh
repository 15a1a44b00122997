#!/bin/sh
# Connections that go on after a commit although its rules would not let them
# through: they are shown with the reason, and can be ended. Flows of UDP are
# ended at once, and no others.
. "${top_srcdir:-.}/test/lib/lib.sh"
. "$top_srcdir/test/lib/tmux.sh"
in_sandbox "$@"
need nft tmux

public=2001:db8::10
make_outside
make_container web1
make_container web2
for port in 80 81 82 83; do
	serve web1 tcp $port
done
cat >"$SEKI_CONFIG" <<CONF
uplink eth0
bridge lxcbr0 ula fd5a:1c2e:90b1::1/64 masquerade
container web1 ula fd5a:1c2e:90b1::3
container web2 ula fd5a:1c2e:90b1::4
forward tcp 80 to web1
forward tcp 81 to web1
forward tcp 82 to web1
forward tcp 83 to web1
default forward deny
CONF
ok "the config" "$seki" apply
wait_for inside client1 "$peer" get $public 80
for port in 80 81 82 83; do
	connect client1 $public $port
done

# edit SED: the saved config, edited and applied under the eyes of $tmp/said.
edit()
{
	sed "$1" "$SEKI_CONFIG" >"$tmp/next.conf"
	"$seki" apply "$tmp/next.conf" >/dev/null 2>"$tmp/said"
}

# stale [WORD...]: port and reason of each connection that lives.
stale()
{
	"$seki" show connections --json "$@" | sed 's/},{"proto"/}\n{"proto"/g' |
		sed -nE '/"state":"established"/s/.*"on":\{[^}]*"port":([0-9]+)\}.*"stale":("[a-z]*"|null).*/\1 \2/p'
}

# client PORT: the client of the connection that came to it.
client()
{
	inside client1 ss -Htn state established "dport = :$1" |
		awk '{ print $3 }'
}

# ---- shown

is "as its forward says is nothing to tell" "$(stale)" '80 null
81 null
82 null
83 null'
ok "rules that fit none but one" edit '/tcp 80/d
s/tcp 81 to web1/tcp 81 to web2/
/tcp 82/s/$/ from 2001:db8:44::\/48/'
like "how many go on is told" "$(cat "$tmp/said")" \
    '^note: 3 connections go on that these rules would not let through$'
like "and what to do" "$(cat "$tmp/said")" \
    '^  seki show connections tells which, seki end orphans ends them$'
is "each is shown with its reason" "$(stale)" '80 "gone"
81 "moved"
82 "refused"
83 null'
shown=$("$seki" show connections 2>"$tmp/said")
like "also that of no forward, beside its state" "$shown" \
    '^\[2001:db8:9::7\]:[0-9]+ +- +web1 +80 +orphan of #2, gone '
like "and that of one" "$shown" \
    '^\[2001:db8:9::7\]:[0-9]+ +tcp 82 +web1 +82 +orphan of #2, refused '
is "it has no forward in JSON" "$("$seki" show connections --json \
    forward tcp 80 | grep -o '"forward":null')" '"forward":null'
is "by its port it is found" "$(stale forward tcp 80)" '80 "gone"'
is "by its container, too" "$(stale container web1 | wc -l)" 4
is "a candidate is no rule yet" "$("$seki" set forward tcp 83 to web2 2>"$tmp/said"
    stale forward tcp 83
    "$seki" discard 2>"$tmp/said")" '83 null'

# ---- ended

like "it can be ended" "$("$seki" end tcp "$(client 80)" 2>&1)" \
    '^ended: tcp 80 from \[2001:db8:9::7\]:[0-9]+ to web1$'
is "and is gone, alone" "$(stale)" '81 "moved"
82 "refused"
83 null'
like "a client of one is offered" \
    "$("$seki" complete 'seki end tcp ' ' :' 63)" '^.*tcp 82 from .* to web1$'

# ---- after a revert

serve web1 tcp 84
"$seki" add forward tcp 84 to web1 2>"$tmp/said"
"$seki" commit --confirm 600 >/dev/null 2>"$tmp/said"
like "a commit tells, too" "$(cat "$tmp/said")" \
    '^note: 2 connections go on that these rules would not let through$'
connect client1 $public 84
is "what a pending commit lets in fits" "$(stale forward tcp 84)" '84 null'
said=$("$seki" revert 2>&1)
like "a revert tells what goes on" "$said" \
    '^note: 3 connections go on that these rules would not let through$'
is "which is shown" "$(stale forward tcp 84)" '84 "gone"'
like "and left in the last word" "$("$seki" show status)" \
    'exactly as before, but connections go on .*: 3$'
"$seki" end tcp "$(client 84)" 2>"$tmp/said"
ok "rules that fit the others" edit 's/tcp 81 to web2/tcp 81 to web1/
s/ from 2001:db8:44::.*//'
unlike "are a commit with nothing to tell" "$(cat "$tmp/said")" note
is "for they go on as they should" "$(stale)" '81 null
82 null
83 null'
ok "rules that do not, again" edit 's/tcp 81 to web1/tcp 81 to web2/
/tcp 82/s/$/ from 2001:db8:44::\/48/'
ok "their note is there after apply, too" grep -q '^note: 2 conn' "$tmp/said"
"$seki" apply >/dev/null 2>"$tmp/said"
is "but not where nothing was to do" "$(cat "$tmp/said")" ""

# ---- UDP

# ask PORT FROM: who answers, or the exit status.
ask()
{
	inside client1 "$peer" ask $public "$1" --from "$2" --timeout 1000 \
	    2>"$tmp/asked" | cut -d ' ' -f 1 | grep . || echo nobody
}

# udp PORT: how many flows of it there are.
udp()
{
	"$seki" show connections --json forward udp "$1" |
		grep -o '"proto"' | wc -l
}

for port in 50 51 52 53 54 55; do
	serve web1 udp $port
	serve web2 udp $port
done
serve_host udp 53
nft -f - <<NFT
table ip6 other {
	chain pre {
		type nat hook prerouting priority -150;
		ip6 daddr $public udp dport 54 dnat to fd5a:1c2e:90b1::3
	}
}
NFT
ok "forwards of UDP" edit '$a\
forward udp 50 to web1\
forward udp 51 to web1\
forward udp 55 to web1\
allow forward udp 54'
is "they are answered" "$(ask 50 4000) $(ask 51 4001)" "web1 web1"
is "so is what another table translates" "$(ask 54 4004)" web1
is "nobody answers where none is" "$(ask 52 4002)" nobody
is "but this host" "$(ask 53 4003)" host
ask 55 4005 >/dev/null
nft delete table ip6 other
ok "rules that move and add some" edit '/udp 50/d
s/udp 51 to web1/udp 51 to web2/
$a\
forward udp 52 to web1\
forward udp 53 to web1'
like "how many were ended is told" "$(cat "$tmp/said")" \
    '^note: 4 flows of UDP were ended, so that their next packets go by these'
is "of no forward any more: nothing is left" "$(udp 50) $(ask 50 4000)" \
    "0 nobody"
is "of one that leads elsewhere: it goes there" "$(ask 51 4001)" web2
is "of one that is new: it is not passed by" "$(ask 52 4002)" web1
is "nor what a program of this host had" "$(ask 53 4003)" web1
is "what another table has translated goes on" "$(ask 54 4004)" web1
is "and so does what its forward still fits" "$(udp 55)" 1
"$seki" add forward udp 50 to web2 2>"$tmp/said"
"$seki" commit --confirm 600 >/dev/null 2>"$tmp/said"
is "a pending forward takes it" "$(ask 50 4000)" web2
like "a revert ends it" "$("$seki" revert 2>&1)" \
    '^note: 1 flow of UDP was ended, so that its next packet goes by these'
is "and it is not answered any more" "$(ask 50 4000)" nobody
"$seki" discard 2>"$tmp/said"

# ---- what came while there were no rules

# Where nobody else looks at connections, the kernel follows none meanwhile; nor
# does it go on to translate those it knows, which the next packet would end.
nft -f - <<NFT
table inet other {
	chain in {
		type filter hook input priority 0;
		ct state established counter
	}
	chain pre {
		type nat hook prerouting priority 0;
	}
}
NFT
nft delete table inet seki
is "nobody answers" "$(ask 55 4010)" nobody
ok "seki apply brings the rules back" "$seki" apply
is "and who came meanwhile is answered" "$(ask 55 4010)" web1
"$seki" watch >"$tmp/watch" 2>&1 </dev/null &
watch=$!
wait_for grep -q 'this host is as' "$tmp/watch"
kill -STOP $watch
nft delete table inet seki
is "again nobody answers" "$(ask 55 4011)" nobody
kill -CONT $watch
wait_for grep -q 'UDP was ended' "$tmp/watch"
is "until the service has put it right" "$(ask 55 4011)" web1
kill -TERM $watch
wait $watch

# ---- beside the forwards

serve client1 tcp 5000
serve_host tcp 90
serve_host tcp 91
serve_host tcp 92
ok "containers may call" edit '$a\
allow forward tcp from bridge lxcbr0'
unlike "what goes on as it may is not told" "$(cat "$tmp/said")" 'beside'
for port in 90 91 92; do
	connect client1 $public $port
done
connect web1 2001:db8:9::7 5000
ok "a port is shut, one forwarded, and containers may not call" \
    edit 's/^allow forward tcp from bridge.*/deny input tcp 90/
$a\
forward tcp 91 to web1'
is "what this commit forbids is told by name" \
    "$(sed -n '/beside the forwards/,$p' "$tmp/said" |
	sed 's/7]:[0-9]* >/7] >/;s/3]:[0-9]* >/3] >/' | grep '^  tcp\|^note' | sort)" \
    '  tcp [2001:db8:9::7] > [2001:db8::10]:90
  tcp [2001:db8:9::7] > [2001:db8::10]:91
  tcp [fd5a:1c2e:90b1::3] > [2001:db8:9::7]:5000
note: 3 connections beside the forwards go on that these rules would not let through:'
ok "and once" edit 's/^deny input tcp 90/deny input tcp 89-90/'
unlike "is enough" "$(cat "$tmp/said")" 'beside'

# ---- on the screen

start_terminal
console 100 24
keys 6
see "its client is marked" '^.! 2001:db8:9::7 '
see "it is marked, and shown below" '^.!   :[0-9P]+ +web1:82 +orphan of #'
keys / 'tcp 83' Enter
keys z
see "one that fits is not" '^.    :[0-9P]+ +web1:[0-9]+ +established'
keys / C-u 'tcp 81' Enter
keys Down
see "and why is told" 'still open, although its forward leads elsewhere now'
keys d
shows 'End tcp 81 from'
keys y
see "d ends it" 'ended: tcp 81 from'
keys q
is "it is gone" "$(stale)" '82 "refused"
83 null
90 "refused"
91 "taken"
5000 "refused"'

# ---- in the review

"$seki" add forward tcp 85 to web1 2>"$tmp/said"
serve web1 tcp 85
ok "a forward more" "$seki" commit --now
connect client1 $public 85
"$seki" delete forward tcp 85 2>"$tmp/said"
like "diff lists what goes on" "$("$seki" diff 2>/dev/null)" \
    '^  tcp 85 from .* to web1: goes on, although no forward leads there any'
is "and so does JSON" "$("$seki" show orphans --json |
    grep -o '"why":.*')" '"why":"gone","fate":"stays"}]}'
connect client2 $public 85
said=$("$seki" diff 2>/dev/null)
like "of two alike it says so once" "$said" \
    '^  2 go on, although no forward leads there any more:$'
is "and names both" "$(echo "$said" | grep -c '^   tcp 85 from .* to web1')" 2
console 100 24
keys c
see "so does the review" '^ +2 go on, although no forward leads there any more:'
keys E
see "E ends it with the commit" 'are ended with the commit'
keys Enter
see "which is made" 'goes back in|reverts'
is "and it is gone" "$(stale forward tcp 85)" ""
ok "the commit is kept" "$seki" confirm --unproven
keys q

# ---- all at once

# since: the commits that left them behind.
since()
{
	"$seki" show connections --json | grep -o '"orphan_of":[0-9][0-9]*' | sort |
		uniq -c | awk '{ print $1 "x" $2 }'
}

is "what each is an orphan of stays" "$(since)" '3x"orphan_of":10
1x"orphan_of":5'
like "the doctor tells of them" "$("$seki" doctor)" \
    "^WARN 4 connections go on that the rules would not let through"
like "and what ends them" "$("$seki" show checks --json)" \
    '"check": *"orphans".*"cure": *"seki end orphans"'
said=$("$seki" end orphans 2>&1)
is "all of them are ended, and nothing of another table" \
    "$(printf '%s\n' "$said" | grep -c '^ended: ')" 4
is "and no other" "$(stale)" '83 null'
unlike "of which the doctor knows" "$("$seki" doctor)" "connections? goe?s? on"
is "then there are none" "$("$seki" end orphans 2>&1)" "there are no orphans"
status "nobody's orphans are ended" 2 "$seki" end orphans '[2001:db8:9::7]:80'
connect client1 $public 83
ok "a forward goes, its flows with it" sh -c "
	'$seki' delete forward tcp 83 2>/dev/null &&
	'$seki' commit --now --end 2>'$tmp/said'"
like "which is told" "$(cat "$tmp/said")" \
    '^note: 2 connections were ended that these rules would not let through$'
is "nothing is left" "$(stale)" ""

done_testing

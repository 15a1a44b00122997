#!/bin/sh
# Live flows through forwards: shown, narrowed down, counted, and ended, while
# others go on.
. "${top_srcdir:-.}/test/lib/lib.sh"
. "$top_srcdir/test/lib/tmux.sh"
in_sandbox "$@"
need nft tmux

public=2001:db8::10
make_outside
make_container web1
make_container web10
serve web1 tcp 80
serve web1 udp 53
serve web10 tcp 8080
cat >"$SEKI_CONFIG" <<CONF
uplink eth0
bridge lxcbr0 ula fd5a:1c2e:90b1::1/64 masquerade
container web1 ula fd5a:1c2e:90b1::3
container web10 ula fd5a:1c2e:90b1::4
forward tcp 80,443 to web1
forward udp 53 to web1
forward tcp 8081 to web10:8080
default forward deny
CONF

status "none is no error" 0 "$seki" show connections --json
is "but an empty list" "$("$seki" show connections --json)" \
    '{"schema":1,"connections":[]}'
ok "the config" "$seki" apply
wait_for inside client1 "$peer" get $public 80

like "who had one a moment ago is among the clients, with what it was" \
    "$("$seki" show clients 2>/dev/null)" '^2001:db8:9::7 +tcp 80,443 +0 '
is "but it is no live connection" \
    "$("$seki" show connections --json)" '{"schema":1,"connections":[]}'

# ---- shown

# hold CLIENT PORT [ADDRESS]: a download that goes on, called $held.
hold()
{
	: >"$tmp/held-$1-$2"
	nsenter --net="/run/netns/$1" "$peer" hold "${3:-$public}" "$2" \
	    >"$tmp/held-$1-$2" 2>&1 &
	held=$!
	wait_for grep -q ready "$tmp/held-$1-$2"
}

# live [WORD...]: the clients of what is established.
live()
{
	"$seki" show connections "$@" 2>/dev/null |
		awk '/established/ { print $1 }'
}

hold client1 80
first=$held
hold client2 80
hold client2 8081
shown=$("$seki" show connections 2>"$tmp/notes")
like "one is shown with its forward and its container" "$shown" \
    '^\[2001:db8:9::7\]:[0-9]+ +tcp 80,443 +web1 +80 +established +- +- +[0-9]'
like "and one with the port inside" "$shown" \
    '^\[2001:db8:44::2\]:[0-9]+ +tcp 8081 +web10 +8080 +established'
like "how to have bytes counted is told" "$(cat "$tmp/notes")" \
    'sysctl net.netfilter.nf_conntrack_acct=1'

# ---- narrowed down

is "of one forward, by any of its ports" "$(live forward tcp 80 | wc -l)" 2
is "of none" "$(live forward udp 80 | wc -l)" 0
is "of one container, by its whole name" "$(live container web1 | wc -l)" 2
is "of both" "$(live container web10 forward tcp 8081 | wc -l)" 1
status "other lists are whole" 2 "$seki" show forwards container web1
status "a forward needs its ports" 2 "$seki" show connections forward tcp

# ---- beside forwards that are off

"$seki" add forward tcp 8081-8082 to web1 on $public off 2>/dev/null
"$seki" add forward tcp 8079-8081 to web1 off 2>/dev/null
is "a connection is of the forward that is on" \
    "$("$seki" show connections container web10 --json |
    grep -o '"forward":"[^"]*"')" '"forward":"tcp 8081"'
"$seki" discard 2>/dev/null

# ---- while others are to have their addresses

"$seki" set container web10 ula fd5a:1c2e:90b1::9 2>/dev/null
"$seki" set container web1 ula fd5a:1c2e:90b1::4 2>/dev/null
"$seki" set container web10 ula fd5a:1c2e:90b1::3 2>/dev/null
is "it is still theirs" "$(live container web1 | wc -l)" 2
"$seki" discard 2>/dev/null

like "a client is offered to end" "$("$seki" complete 'seki end tcp ' ' :' 63)" \
    '^\[2001:db8:44::2\]:[0-9]+ +tcp 8081 from .* to web10$'
is "not one of another protocol" "$("$seki" complete 'seki end udp ' ' :' 63)" ""
like "ports of forwards are offered" \
    "$("$seki" complete 'seki show connections forward tcp ' ' :' 63)" \
    '^80,443 +forward tcp 80,443 to web1$'

# ---- as JSON

json=$("$seki" show connections --json container web10 2>&1)
like "as JSON" "$json" "^\{\"schema\":1,\"connections\":\[\{\"proto\":\"tcp\",\
\"client\":\{\"address\":\"2001:db8:44::2\",\"port\":[0-9]+\},\
\"on\":\{\"address\":\"2001:db8::10\",\"port\":8081\},\
\"forward\":\"tcp 8081\",\"container\":\"web10\",\
\"target\":\{\"address\":\"fd5a:1c2e:90b1::4\",\"port\":8080\},\
\"state\":\"established\",\"timeout\":[0-9]+,\"since\":null,\"orphan_of\":null,\
\"in\":null,\"out\":null,\"stale\":null,\"policy\":null\}\]\}\$"

# ---- counted

echo 1 >/proc/sys/net/netfilter/nf_conntrack_acct
inside client1 "$peer" ask $public 53 >/dev/null
json=$("$seki" show connections --json forward udp 53)
like "bytes are counted once that is turned on" "$json" \
    '"in":\{"packets":1,"bytes":52\},"out":\{"packets":1,"bytes":[1-9][0-9]+\}'
like "what is soon forgotten has seconds, in steps" \
    "$("$seki" show connections forward udp 53 2>"$tmp/notes")" ' [1-3]?[05]s$'
is "and nothing is left to tell" "$(cat "$tmp/notes")" ""

# ---- summed up by client

json=$("$seki" show clients --json)
like "a client has the sums of its connections" "$json" \
    '"client":"2001:db8:44::2","connections":2,"forwards":\["tcp 80,443","tcp 8081"\],"in":null,"out":null'
like "one of several protocols, too" "$json" \
    '"client":"2001:db8:9::7","connections":[2-9],"forwards":\["(tcp 80,443","udp 53|udp 53","tcp 80,443)"\]'
like "as a list" "$("$seki" show clients 2>/dev/null)" \
    '^2001:db8:44::2 +tcp 80,443 \+1 +2 +- +-$'

# ---- ended

end_of()
{
	"$seki" end tcp "$1" 2>&1
}

gone()
{
	! live | grep -qF "$1"
}

from=$(live | grep 2001:db8:9::7)
status "not read-only" 3 "$seki" --read-only end tcp "$from"
is "so it lives" "$(live | grep -cF "$from")" 1
like "ended by its client" "$(end_of "$from")" \
    "^ended: tcp 80 from \[2001:db8:9::7\]:[0-9]+ to web1$"
ok "and no longer live" wait_for gone "$from"
told()
{
	kill -TERM "$first" 2>/dev/null
	grep -q reset "$tmp/held-client1-80"
}
ok "its client was told" wait_for told
is "the others live" "$(live | wc -l)" 2
ok "so does the server" inside client1 "$peer" get $public 80
like "it can not be ended again" "$(end_of "$from")" \
    "no such connection leads to a container"

from=$("$seki" show connections forward udp 53 | awk '/^\[/ { print $1 }')
like "a udp flow is forgotten" "$("$seki" end udp "$from" 2>&1)" \
    "^ended: udp 53 "
is "with nothing left of it" \
    "$("$seki" show connections forward udp 53 | grep -c '^\[')" 0
status "another of the same port is none" 1 "$seki" end tcp "$from"

# ---- on the screen

start_terminal
echo 0 >/proc/sys/net/netfilter/nf_conntrack_acct
hold client1 80
first=$held
console 80 24
keys 3
see "a container" '^> +web1 '
keys C
see "C leads to its clients, and below to its connections" \
    '^.    :[0-9P]+ +web1:80 +established'
see "and names it below" '^ /"web1" '
like "the cursor is on the first of them" "$(screen)" '^>  2001:db8:'
unlike "others are held back" "$(screen)" 'web10'
see "how to have bytes counted is told" 'a counts bytes of new connections'
keys a
see "a has the kernel count them" 'bytes of new connections are counted, .*a: stop'
is "which it does" "$(cat /proc/sys/net/netfilter/nf_conntrack_acct)" 1
keys a
see "and a second one stops that" 'are no longer counted'
is "as it was" "$(cat /proc/sys/net/netfilter/nf_conntrack_acct)" 0
keys '\'
see "all of a client have a row" '^.  2001:db8:44::2 +tcp 80,443 \+1 +2 '
keys Z
ok "Z folds them" wait_for has_gone ' web1:80 '
like "and a client has its row alone" "$(screen)" '^.  2001:db8:44::2 .* 2 '
keys /
text :8080
keys Enter
see "a filter finds those that are folded" '^.    :[0-9P]+ +web10:8080 +est'
unlike "and no others" "$(screen)" 'web1:80 '
keys '\'
ok "which are folded again" wait_for has_gone 'web10:8080 '
keys z
see "z unfolds the client under the cursor" '^.    :[0-9P]+ +web1:80 +est'
keys Down z
ok "and folds it from below" wait_for has_gone ' web1:80 '
see "where the cursor goes to the client" '^>  2001:db8:'
keys d
see "d asks about all that it has" 'End (1 connection|all 2 connections) of 2001:db8'
keys n
wait_for has_gone 'y or n'
inside client1 "$peer" get $public 80 >/dev/null
keys Z
see "what has ended is shown, too" '^.-   :[0-9P]+ +web1:80 '
keys Z
ok "or not" wait_for has_gone '^.- '
keys /
text '"web1" 44::2'
keys Enter
see "sums are of what it finds" '^ sums of what the filter finds, [0-9]+ of '
keys d
see "which is what d ends" \
    'End (1 connection|all 2 connections) of 2001:db8:[^ ]+ found here'
keys n
wait_for has_gone 'y or n'
keys '\' / '"web1"' Enter
shows '^ /"web1" '
keys Enter Down Enter
see "Enter leads to the forward, which lacks a server of its second port" \
    '^>\? tcp +80,443 .*web1'
see "its pane has a row of lights" \
    '^ IPv6 +(ok +){8}WARN +ok +ok$'
keys x
see "x tells of all of them" '^ *ok +arrives +the uplink takes packets'
see "and why one is red" '^ *WARN +listens +nothing in .* listens on tcp 443'
keys Escape
shows '^>\? tcp +80,443 .*web1'
keys / 8081 Enter
shows '^>  tcp +8081'
keys Enter
see "Enter there leads to its client" '^>  2001:db8:44::2 '
see "and connections" '^.    :[0-9P]+ +web10:8080 +established'
keys x
see "x tells how the forward fares" '^ *ok +arrives +the uplink takes packets'
keys Escape
shows '^.    :[0-9P]+ +web10:8080 +established'
keys Down o
see "o to the container" '^> +web10 '
keys 6
shows '^>   .*web10:8080'
shows '^ forwarded to \[fd5a:1c2e:90b1::4\]:8080$'

# An event about something that seki does not show has the host read at once, and
# a second time after two seconds.
tm pipe-pane -t console "cat >$tmp/written"
ip link set vc1 alias other
sleep 5 # what is written meanwhile is what is asked for
tm pipe-pane -t console
is "nothing is written while nothing changes" "$(od -c "$tmp/written")" 0000000

# on_one [KEY]: the cursor on a live connection of client1, unfolded by the key.
on_one()
{
	keys 6 '\' /
	text '2001:db8:9::7 !time-wait'
	keys Enter
	shows '^ /2001:db8:9::7 !'
	keys g "$@"
	shows '^ .   :[0-9P]+ +web1:80 +established'
	keys g Down
	shows '^>    :[0-9P]+ +web1:80 +established'
}
on_one z
keys d
see "d asks" 'End tcp 80 from \[2001:db8:9::7\]:[0-9P]+ to web1\?'
keys n
wait_for has_gone 'End tcp'
is "n leaves it" "$(live | grep -c 2001:db8:9::7)" 1
keys d
shows 'End tcp'
keys y
see "y ends it" 'ended: tcp 80 from'
ok "its client was told again" wait_for told
ok "and it is gone" wait_for has_gone '^.    :[0-9P]+ .* established'

hold client1 80
kept=$held
hold client1 80
on_one
keys d
shows 'End tcp'
asked=$(tm capture-pane -p -t console |
    sed -n 's/.*End tcp 80 from \(\[[^ ]*\) .*/\1/p')
like "one ends while it is asked about" "$(end_of "$asked")" '^ended: tcp 80 '
ok "and none is chosen for it" wait_for has_gone '^>'
like "though there are others" "$(screen)" '^     :'
keys y
see "y says that it has ended" 'the connection has already ended'
see "and there is a cursor again" '^>'
kill -TERM "$kept" "$held" 2>/dev/null
ok "both are over" wait_for gone 2001:db8:9::7

hold client1 80
keys '\' /
text 2001:db8:9::7
keys Enter
shows '^ /2001:db8:9::7 '
keys g
shows '^>  2001:db8:9::7 +tcp 80,443 +1 '
keys d
shows 'End 1 connection of 2001:db8:9::7'
keys y
see "d of a client ends what it has" 'ended: tcp 80 from'
ok "which is gone" wait_for gone 2001:db8:9::7
keys q

# ---- very many of them

"$seki" add forward udp 20000-23999 to web1 >/dev/null 2>&1
ok "a forward of many ports" "$seki" commit --now
# None is forgotten before the last is there, on a busy machine either.
echo 600 >/proc/sys/net/netfilter/nf_conntrack_udp_timeout
# shellcheck disable=SC2016 # for bash inside
inside client1 bash -c 'for port in $(seq 20000 23999); do
	echo >/dev/udp/$0/$port
done' $public
is "as many connections" \
    "$("$seki" show connections forward udp 20000-23999 | grep -c '^\[')" 4000
all=$("$seki" show connections 2>/dev/null | grep -c '^\[')
console 132 30
keys 6
see "all of them are counted" "^ [0-9]+ clients?, $all connections"
keys / 'udp 20000-23999' Enter
see "they have one row" '^>  2001:db8:9::7 .* (udp 20000-23999|tcp 80,443) '
keys z
see "z unfolds those that the filter finds" ':20000 '
keys '\'
see "the rest have one row" '^ +39[0-9][0-9] more$'
keys /
text :20000
keys Enter
see "a filter finds one of them" '^.    :[0-9P]+ +web1:20000 +unanswered'
# Who has most comes last.
keys '\' '<' '<' S
shows 'CONNS \^'
keys G
shows '^>    39[0-9][0-9] more'
keys Enter
ok "Enter shows them all" wait_for has_gone 'more, quiet'
keys G
see "the last ones are those of the last ports" '^.    :[0-9P]+ +web1:23999 +unans'
is "and those before are in order" \
    "$(screen | sed -n 's/.* web1:\(23[0-9]*\) .*/\1/p' |
	sort -nu | tail -n 5 | tr '\n' ' ')" \
    "23995 23996 23997 23998 23999 "
is "none is shown twice" "$(screen | grep -c '^.* web1:2399[0-9] ')" 10
keys q

# ---- what somebody else translates is not ours

elsewhere=2001:db8:77::1
inside internet ip route add $elsewhere via $public
nft -f - <<NFT
table ip6 other {
	chain pre {
		type nat hook prerouting priority -150;
		ip6 daddr $elsewhere dnat to fd5a:1c2e:90b1::3
	}
}
add rule inet seki forward ct status dnat accept
NFT
hold client1 80 $elsewhere
from=$(inside client1 ss -Htn dst "[$elsewhere]" | awk '{ print $4 }')
like "there is one" "$from" "^\[2001:db8:9::7\]:[0-9]+$"
is "it is not shown" "$(live | grep -cF "$from")" 0
like "nor ended" "$(end_of "$from")" "no such connection leads to a container"

# ---- not root

if is_root; then
	said=$(setpriv --reuid 65534 --regid 65534 --clear-groups \
	    --inh-caps=-all --bounding-set=-all "$seki" show connections 2>&1)
	like "without root a sentence says so" "$said" \
	    "this needs root"
	said=$(setpriv --reuid 65534 --regid 65534 --clear-groups \
	    --inh-caps=-all --bounding-set=-all "$seki" show orphans 2>&1)
	is "of orphans, too" "$(echo "$said" | tail -n 1)" \
	    "seki: cannot read the connections of this host: only root may"
fi

done_testing

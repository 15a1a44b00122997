#!/bin/sh
# Names with blanks, quotes, $(), ESC sequences and malformed UTF-8: they
# neither become nft syntax or commands, nor reach a terminal or JSON raw.
. "${top_srcdir:-.}/test/lib/lib.sh"
in_sandbox "$@"
need nft script strace

# What a terminal must never get: controls, DEL, C1, malformed UTF-8.
controls=$(printf '[\001-\010\013-\037\177]|\302[\200-\237]')
# ... and what turns the direction of text: U+061C, 200E, 200F, 202A-202E,
# 2066-2069.
bidi=$(printf '\330\234|\342\200[\216\217\252-\256]|\342\201[\246-\251]')
raw()
{
	LC_ALL=C grep -Eaq "$controls|$bidi" "$1" ||
	    ! iconv -f UTF-8 -t UTF-8 "$1" >/dev/null 2>&1
}

# clean COMMAND...: it says something, with nothing raw in it, and ends by
# itself with a status of seki.
clean()
{
	end=0
	"$@" >"$tmp/clean" 2>&1 || end=$?
	[ "$end" -le 4 ] && [ -s "$tmp/clean" ] && ! raw "$tmp/clean" && return
	echo "status $end"
	LC_ALL=C cat -v "$tmp/clean"
	return 1
}

make_outside
esc=$(printf '\033')
bad=$(printf '\377\376')
c1=$(printf '\302\233')
n=0
for name in 'a b' 'q"x' "it's" '$(reboot)' '$(>pwned)' '`>pwned`' '`id`' \
    'a;b' '#c' 'x\n' "${esc}[31mX" "$esc]0;p" "$bad" "${c1}31m" \
    "rt_$(printf '\303\251')" '-rf' 'a:80' \
    'fd00::1' '"; drop' 'auto' 'any' '{' '*' '%s%n' "$(printf 'a\tb')"; do
	make_container "$name" 2>/dev/null || continue
	n=$((n + 1))
done
ok "containers with such names were made" test $n -ge 20

# Links whose names and aliases do the same.
ip link add "${esc}[7m\"" type bridge 2>/dev/null && ip link set "${esc}[7m\"" up
ip link add 'x";drop' type bridge 2>/dev/null
ip link set eth0 alias "$(printf 'two\nlines\033[2J')"

for what in uplinks bridges containers forwards policies connections; do
	ok "show $what is clean" clean "$seki" show $what
	ok "show $what --json is clean" clean "$seki" show $what --json
done
like "an ESC is shown as an escape" "$("$seki" show containers)" \
    '^\\x1b\[31mX '
like "as is a malformed byte" "$("$seki" show containers)" '^\\xff\\xfe '
like "a letter is not" "$("$seki" show containers)" \
    "^rt_$(printf '\303\251') "
is "every container is listed" \
    "$("$seki" show containers --json | grep -o '"runtime"' | wc -l)" $n

for type in 9 63; do
	ok "what Tab offers is clean" \
	    clean "$seki" complete 'seki add forward tcp 1 to ' ' :' $type
done

ok "the bridge" "$seki" add bridge lxcbr0 ula fd5a:1c2e:90b1::1/64 masquerade
port=1000
for name in 'a b' 'q"x' "it's" '$(>pwned)' '`>pwned`' 'a;b' '#c' \
    "${esc}[31mX" "$bad" '{' '*' '%s%n' '-rf' 'any' 'auto'; do
	port=$((port + 1))
	"$seki" add container "$name" ula auto >/dev/null 2>"$tmp/said" &&
	    "$seki" add forward tcp $port to "$name" note \
		"$name\"; flush ruleset #" >/dev/null 2>>"$tmp/said" &&
	    "$seki" add allow forward tcp $port from container "$name" \
		note "$name" log >/dev/null 2>>"$tmp/said"
	is "statements with $(printf %s "$name" | tr -cd '[:print:]')" $? 0
	ok "what is told is clean" clean cat "$tmp/said"
done
ok "they are committed" "$seki" commit --now
forwards=$("$seki" show forwards --json |
    grep -o 'nothing in its container listens on' | wc -l)
# As a whole, and in its one family.
is "all that every forward lacks is a program" "$forwards" 30
ok "the saved file is clean" clean cat "$SEKI_CONFIG"
cp "$SEKI_CONFIG" "$tmp/once"
is "and is read back as it is" "$("$seki" apply; cat "$SEKI_CONFIG")" \
    "  nothing to do
$(cat "$tmp/once")"
unlike "no name is in the ruleset" "$(nft list ruleset)" 'reboot|drop"|a b|rf'
ok "the ruleset is clean" clean sh -c 'nft list table inet seki | tr -d "\t"'
is "nothing was run" "$(find . "$tmp" -maxdepth 1 -name pwned)" ""
ok "diff and config are clean" clean "$seki" show config
status "a bridge with a quote in its name cannot be written" 2 \
    "$seki" add bridge 'x";drop' ula auto
ok "and the refusal is clean" clean "$seki" add bridge "${esc}[7m\"" ula auto
status "a NUL cannot be smuggled in" 2 \
    "$seki" add 'forward tcp 9 to a note "\x00"'

# ---- words that are in messages only

touch "$tmp/a file" # which a message names when its folder is one
for bad in "${esc}[31mX" "${c1}31mX" "$(printf '\342\200\256X')" \
    "$(printf '\377X')" "$(printf 'X\rY')" "$(printf 'X\177')"; do
	for words in "apply|$bad" "apply|$tmp/$bad" "apply|$tmp/a file/$bad" \
	    "--$bad" "--config=$tmp/a file/$bad|show|config" \
	    "--config|/none/$bad|show|config" \
	    "-$bad" "--ascii=$bad" "lab|--$bad" "$bad" "show|$bad" \
	    "show|forwards|$bad" "add|$bad" "add|uplink|$bad" \
	    "add|bridge|$bad|ula|auto" "add|container|$bad|on|$bad" \
	    "add|forward|tcp|$bad|to|x" "add|forward|tcp|1|to|$bad:0" \
	    "add|allow|input|tcp|1|from|$bad" "add|default|$bad|deny" \
	    "delete|forward|tcp|1|$bad" "move|$bad|up" "rollback|$bad" \
	    "show|connections|container|$bad|x" "end|$bad" "help|$bad" \
	    "add|option|$bad|1" "commit|--confirm|$bad"; do
		IFS='|'
		# shellcheck disable=SC2086 # they are words
		set -- $words
		unset IFS
		clean "$seki" "$@" </dev/null >"$tmp/unclean" ||
			diag "$(echo "$words" | LC_ALL=C cat -v
			    cat "$tmp/unclean")"
		[ ! -s "$tmp/unclean" ] || uncleans=$((${uncleans:-0} + 1))
	done
	"$seki" discard 2>/dev/null
	echo quit | TERM=$bad timeout $wait_s script -qec "$seki" /dev/null |
	    LC_ALL=C grep -a '(TERM)' | tr -d '\r' >"$tmp/said"
	ok "an unknown terminal" clean cat "$tmp/said"
	printf 'uplink %s\n' "$bad" >"$tmp/said.conf"
	ok "a file with it" clean "$seki" apply "$tmp/said.conf"
	ok "a service with it" \
	    clean timeout -s TERM 10 "$seki" --config="$tmp/said.conf" watch
done
is "no message has a raw byte of what was typed" "${uncleans:-0}" 0

# ---- comments, which a config keeps as they are

cp "$SEKI_CONFIG" "$tmp/before"
"$seki" discard 2>/dev/null
printf '# %s%s\377\342\200\256\007 of\tan editor\r\n' "$esc]0;p" "$c1" \
    >>"$SEKI_CONFIG"
for what in config candidate changes; do
	ok "show $what with comments" clean "$seki" show $what
	ok "in a shell, too" clean sh -c "echo show $what | '$seki' shell"
done
is "a comment is shown escaped, with its tab" \
    "$("$seki" show config | tail -n 1)" \
    '# \x1b]0;p\xc2\x9b\xff\xe2\x80\xae\x07 of'"$(printf '\t')an editor"
"$seki" set uplink eth0 2>/dev/null
is "an edit keeps the bytes of a comment, but not a return" \
    "$(LC_ALL=C grep -a editor /run/seki/candidate.conf | od -An -c)" \
    "$(LC_ALL=C grep -a editor "$SEKI_CONFIG" | tr -d '\r' | od -An -c)"
"$seki" discard 2>/dev/null
cp "$tmp/before" "$SEKI_CONFIG"

# ---- processes that are called as a client of a terminal is: anybody has them

# How often a check in tmux looks where sshd listens.
looks()
{
	TMUX=/tmp/tmux,1,0 strace -qq -e trace=openat "$seki" check 2>&1 |
	    grep -c net/tcp6
}

called_so()
{
	[ "$(pgrep -cx screen)" -eq "$1" ]
}

cp "$(command -v sleep)" "$tmp/screen"
alone=$(looks)
for as in 'setpriv --reuid 65534 --clear-groups' 'inside {'; do
	for _ in $(seq 20); do
		$as "$tmp/screen" 900 2>/dev/null &
	done
	wait_for called_so 20
	is "$as: they cost nothing" "$(looks)" "$alone"
	pkill -x screen
	wait_for called_so 0
done

# ---- one that is called sshd, with more descriptors than any sshd has

cp "$(command -v bash)" "$tmp/sshd"
mkfifo "$tmp/hang"
# shellcheck disable=SC2016 # its own shell expands it
"$tmp/sshd" -c 'ulimit -n 5000
    for fd in $(seq 10 4000); do eval "exec $fd</dev/null"; done
    echo ready >"$1"
    read -r _ <"$2"' sshd "$tmp/many" "$tmp/hang" &
many=$!
wait_for test -s "$tmp/many"
links=$(strace -f -qq -e trace=readlink,readlinkat "$seki" check 2>&1 |
    grep -c "/proc/$many/fd/")
is "they are not all read ($links)" \
    "$([ "$links" -gt 0 ] && [ "$links" -le 5000 ] && echo some)" some
kill $many

# ---- longer than there is room for

long="$(printf "$esc%.0s" 1 2 3 4 5)$(printf '\343\202\263%.0s' $(seq 80))"
"$seki" add container "$long" ula auto 2>/dev/null
"$seki" add forward tcp 99 to "$long" 2>/dev/null
"$seki" commit --now >/dev/null 2>&1
like "a forward is in JSON with all that was cut off" \
    "$("$seki" show forwards --json)" '"ports":"99",.*"state":"broken"'
ok "and no character is cut in two" clean "$seki" show forwards
long=$(printf '\343\202\263%.0s' $(seq 400))
for pad in '' x xx; do
	ok "nor in an error" clean "$seki" show "$pad$long"
done

done_testing

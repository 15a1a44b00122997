#!/bin/sh
# The translations: none is missing, no text escapes them, and what they say
# lines up.
#
# Text that escapes is found by a language whose every letter has a mark: what
# is still in ASCII on a screen must be a word of the language or a name.
lab_options=--no-traffic
. "${top_srcdir:-.}/test/lib/lib.sh"
. "$top_srcdir/test/lib/tmux.sh"
command -v xgettext >/dev/null || skip_all "needs: gettext"
in_lab "$@"
unset MAKEFLAGS MAKELEVEL MFLAGS

# ---- nothing is missing

ja=$top_srcdir/po/ja.po
pot=$builddir/po/seki.pot
make -s -C "$builddir" po/seki.pot po/locale/any.utf8 >/dev/null ||
    skip_all "needs: gettext"
ok "Japanese is complete" msgcmp "$ja" "$pot"
is "Japanese is all in use" "$(msgattrib --only-obsolete "$ja")" ""
ok "Japanese is well-formed" msgfmt --check -o /dev/null "$ja"

# ---- tables that are text, without a mark for the translator

# unmarked REGEX: where it stands, however lines are broken.
unmarked()
{
	for file in core/*/*.c tui/*.c screens/*.c console/*.c cli/*.c terminal/*.c \
	    doc/*.c; do
		tr '\n\t' '  ' <"$top_srcdir/$file" | tr -s ' ' |
		    grep -oE "$1" | sed "s|^|$file: |"
	done
}

cd "$top_srcdir" || exit 1
is "fields that are text are marked" \
    "$(unmarked '\.(help|desc|empty|none|title|text) = "[^"]+')" ""
is "labels and helps of actions are marked" "$(unmarked \
    '\{ ACT_[^{}]*\{[^{}]*\}, "[^"]*", ("[^"]+|[^,"]+(\("[^"]*"\))?, "[^"]+)')" \
    ""
is "heads of columns are marked" "$(unmarked '\.head = "[^"]+')
$(unmarked '\{ "[a-z0-9-]+", "[A-Z][^"]*", [0-9C]')" "
"

# strings: those of a catalog, a line each.
strings()
{
	awk '
	    /^msgid/ {
		if (in_id)
			print text
		in_id = 1
		sub(/^msgid[_a-z]* /, "")
		text = $0
		next
	    }
	    /^"/ && in_id { text = text $0 }
	    /^msgstr/ && in_id {
		print text
		in_id = 0
	    }' | sed 's/""//g' | sort -u
}

# What reads like English, beside nft's, an example, and a last word that
# needs memory.
ok "all strings are found" xgettext --language=C --from-code=UTF-8 \
    --extract-all --no-wrap -o "$tmp/all.pot" \
    core/*/*.c tui/*.c screens/*.c console/*.c cli/*.c terminal/*.c \
    doc/*.c
strings <"$tmp/all.pot" >"$tmp/all"
strings <"$pot" >"$tmp/marked"
is "sentences are marked" "$(comm -23 "$tmp/all" "$tmp/marked" | grep -wE \
    'cannot|the|is|are|was|has|not|there|of|this|that|it|with|needs' |
    grep -v -e 'reject with ' -e seki-never- -e '"# The example of the lab' \
    -e 'out of memory' -e '"--description=')" ""

# One pair of words for the two ends of a commit, on screens as in commands.
is "a commit is confirmed or reverted" "$(grep -iE \
    -e '(keep|take)(s|ing)? the (pending )?commit' -e 'take it back' \
    -e 'commit.*taken? back' -e 'confirm keeps' \
    -e 'unless (it is kept|you keep)' "$tmp/marked")" ""

# ---- a language of its own for the program

# language NAME FILE: the program in $tmp/NAME has that catalog.
language()
{
	mkdir -p "$tmp/$1/po/$1/LC_MESSAGES"
	cp "$seki" "$seki-console" "$tmp/$1"
	msgfmt -o "$tmp/$1/po/$1/LC_MESSAGES/seki.mo" "$2"
}

plain=abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ
marked=àḃċḋèḟġḣìĵķĺṁṅòṗɋŕṡṫùṽẁẋỳżÀḂĊḊÈḞĠḢÌĴĶĹṀṄÒṖɊŔṠṪÙṼẀẊỲŻ
in_marks()
{
	echo "$1" | LC_ALL=C.UTF-8 sed "y/$plain/$marked/"
}
msgen "$pot" | sed 's/charset=[A-Z0-9-]*/charset=UTF-8/' >"$tmp/xx.po"
LC_ALL=C.UTF-8 msgfilter --keep-header -i "$tmp/xx.po" -o "$tmp/marked.po" \
    sed -E -e "y/$plain/$marked/" -e 's/%([-.*0-9]*)ṡ/%\1s/g' \
    -e 's/%([0-9]*)ù/%\1u/g' -e 's/%ḋ/%d/g' -e 's/%żù/%zu/g' \
    -e 's/%ĵù/%ju/g'
language xx "$tmp/marked.po"
language ja "$ja"
program=$seki

# speak LANGUAGE: $seki does.
any_utf8="LOCPATH=$builddir/po/locale LC_ALL=any.UTF-8"
speak()
{
	seki="env $any_utf8 LANGUAGE=$1 $tmp/$1/seki"
}

speak xx
unlike "catalogs are found beside the program" "$($seki help)" '^Commands'
chmod o+w "$tmp/xx/po"
like "but not where anybody can put them" "$($seki help)" '^Commands'
chmod o-w "$tmp/xx/po"
like "nor where LANGUAGE leads out of the folder" \
    "$(env LOCPATH="$builddir/po/locale" LC_ALL=any.UTF-8 \
	LANGUAGE="../../xx/po/xx" "$tmp/ja/seki" help)" '^Commands'

# ---- what stays as it is in every language

# words: of which usage tells.
words()
{
	"$program" help | sed -n 's/^  \([a-z][a-z]*\).*/\1/p' | grep -vx seki
}

# Words of statements and commands, what stands for their values, and names.
for word in $(words); do
	"$program" help "$word" |
	    sed -n -e 's/^  [a-z].*/&/p' -e 's/^        \([^ ]*\) .*/\1/p'
done >"$tmp/language"
"$program" help | sed -n -e 's/^  \(seki .*\)/\1/p' -e 's/^  \(--.*\)/\1/p' |
    sed 's/   *.*//' >>"$tmp/language"
"$program" show config >>"$tmp/language"
"$program" show lights --json | grep -Eo '"light":"[a-z]+"' >>"$tmp/language"
cat >>"$tmp/language" <<'WORDS'
Tab Enter Esc Space Up Down Home End PgUp PgDn Del Ins gt gT ZZ
Left Right ok note WARN FAIL
output inet table netns root run conf forged icmp relayed
mtu stp kb
WORDS
tr -cs 'A-Za-z' '\n' <"$tmp/language" | sort -u >"$tmp/words"

# escaped: the words of standard input that are of no language. What has a
# digit, is an address, or is in quotes is a name.
escaped()
{
	sed -E 's/[^ ]*([0-9]|[a-f]:[a-f:]|")[^ ]*/ /g' | tr -cs 'A-Za-z' '\n' |
	    grep -E '..' | sort -u | grep -vxF -f "$tmp/words"
}

# ---- what commands say

commands_say()
{
	$seki --help
	for word in $(words); do
		$seki help "$word"
	done
	for what in status uplinks bridges containers forwards policies \
	    connections counters changes history config candidate; do
		$seki show $what
	done
}

# Each of them is refused by another sentence.
mistakes='frob
add
add forward
add forward tcp 99999 to web1
add forward tcp 80 to nobody
add forward tcp 80,443 to web1
add forward tcp 7000 to fe80::1
add forward any 80 to web1
add container web1 ula 2001:db8::1
add bridge lxcbr0 ula fd00::/64
add allow input tcp 80 to uplink
add allow frob
add option confirm 5
add deny input "x
delete forward tcp 7
move 1 to
move 1 up
move 99 up
move output 1 up
rollback 99
confirm
extend 5
undo
redo
set default input deny frob
show forwards --frob'

mistakes_say()
{
	echo "$mistakes" | while IFS= read -r line; do
		echo "$line" >>"$tmp/language"
		echo "$line" | $seki shell 2>&1
	done
}

speak xx
is "no text of a command escapes" "$(commands_say 2>&1 | escaped)" ""
mistakes_say >"$tmp/said"
tr -cs 'A-Za-z' '\n' <"$tmp/language" | sort -u >"$tmp/words"
is "no text of an error escapes" "$(escaped <"$tmp/said")" ""
is "each mistake is told of" "$(grep -c '^seki: ' "$tmp/said")" \
    "$(echo "$mistakes" | wc -l)"

# ---- what the screens say

start_terminal

is_still()
{
	tm capture-pane -p -t console >"$tmp/one"
	sleep 0.1
	tm capture-pane -p -t console | cmp -s - "$tmp/one"
}

is_other()
{
	! tm capture-pane -p -t console | cmp -s - "$tmp/one"
}

# press [KEY...]: and see what comes of it. Some do nothing.
press()
{
	[ $# -eq 0 ] || keys "$@"
	tries=20
	until is_other || [ $((tries -= 1)) -eq 0 ]; do
		sleep 0.02
	done
	wait_for is_still
	cat "$tmp/one" >>"$tmp/said"
}

# visit [KEY...]: what they lead to, and its help.
visit()
{
	press "$@"
	press F1
	press Escape
}

: >"$tmp/said"
console 132 60
for tab in 1 2 3 4 5 6 7 8; do
	visit $tab
done
for downs in '' 1 2 3 4 5 6 7 8; do
	press "="
	press n
	[ -z "$downs" ] || press -N "$downs" Down
	press Enter
	press Escape
	press Escape
done
visit R
press Escape
press : '?'
press Escape
press 4 y
press d
press u
press Space
press c
shows "$(in_marks 'what a commit does')"
visit
press Enter
shows "#2 .*$(in_marks 'in force since')"
visit
press r
press y
see "the commit is taken back" "$(in_marks 'reverted, as asked')"
press Escape
is "no text of a screen escapes" "$(escaped <"$tmp/said")" ""
keys q

# ---- wide characters line up

speak ja
console 80 24

# columns REGEX: of the screen, where the first match of a line begins; each
# column once.
columns()
{
	tm capture-pane -p -t console | LC_ALL=C.UTF-8 sed -nE "s/($1).*//p" |
	    while IFS= read -r before; do
		printf '%s\n' "$before" | LC_ALL=C.UTF-8 wc -L
	done | sort -nu | tr '\n' ' '
}

for tab in 1 2 3 4 5 6 7 8; do
	press $tab
	shows "[[]$tab "
	shows '\? ヘルプ$'
	is "keys of screen $tab fit" "$(columns '\? ヘルプ$' | wc -w)" 1
done
press 3
shows '[[]3 '
is "names of a table line up" \
    "$(columns '名前 \^|(db|dns|git|tmp|web)1 +netns')" "3 "
is "words of a table line up" \
    "$(columns 'IPV4|- +veth-' | wc -w)" 1
press 4
shows '[[]4 '
is "wide words line up" "$(columns '送信元|すべて' | wc -w)" 1
press n
shows 転送の追加
is "labels of a form line up" "$(columns ' (\(\*\)|\[)' | wc -w)" 1
press Escape
press U
press d
press U
shows 破棄しますか
is "a dialog is closed at the right" "$(columns '[|+]$' | wc -w)" 1
press y
press q

# ---- who needs English gets it

speak ja
is "JSON is the same in all languages" "$($seki show forwards --json)" \
    "$("$program" show forwards --json)"
is "--ascii is English" "$($seki --ascii show nothing 2>&1)" \
    "$("$program" show nothing 2>&1)"
is "so is a terminal without UTF-8" \
    "$(env LC_ALL=C LANGUAGE=ja "$tmp/ja/seki" show nothing 2>&1)" \
    "$("$program" show nothing 2>&1)"
done_testing

# shellcheck shell=sh
# What the doctor says; sourced after lib.sh.

# What is not well: a line of its check, verdict and subject each.
ailments()
{
	timeout 20 "$seki" doctor --json 2>/dev/null | tr '{' '\n' |
	    sed -n 's/^"check":"\([^"]*\)","area":"[^"]*","subject":\([^,]*\),"verdict":"\(warn\|fail\|unknown\)".*/\1 \3 \2/p'
}

# cure CHECK: what mends it, by its first row.
cure()
{
	"$seki" doctor --json 2>/dev/null | tr '{' '\n' |
	    sed -n 's/^"check":"'"$1"'".*"cure":"\([^"]*\)".*/\1/p' | head -1 |
	    sed 's/\\\\/\\/g'
}

checks()
{
	"$seki" doctor --json | tr '{' '\n' | sed -n 's/^"check":"\([^"]*\)".*/\1/p'
}

# found CHECK VERDICT SUBJECT WORDS: nothing else is.
found()
{
	is "$1: it is found, and nothing else" "$(ailments)" "$1 $2 $3"
	like "$1: why is told" "$("$seki" doctor 2>&1)" "$4"
}

# edit CHECK: the candidate takes what mends it, and is committed.
edit()
{
	ok "$1: seki takes its cure" eval "$(cure "$1" | sed 's|^seki|"$seki"|')"
	"$seki" commit --now >/dev/null 2>&1
}

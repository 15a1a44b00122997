# shellcheck shell=sh
# A console in a terminal, in the lab's host; sourced after lib.sh:
#
#	. "${top_srcdir:-.}/test/lib/lib.sh"
#	. "$top_srcdir/test/lib/tmux.sh"
#	in_lab "$@"
#	start_terminal
#	console 80 24
#	keys 4 n
#	see "n opens the form" 'New forward'
#	done_testing

# in_lab ARGUMENT...: first outside, then in the sandbox, then in the lab's
# host, which has a name of its own. $lab_options are its options.
: "${lab_options:=--no-traffic}"
in_lab()
{
	if [ -n "${SEKI_LAB-}" ]; then
		tmp=$(mktemp -d /run/tmux.XXXXXX)
		return
	fi
	need tmux hostname
	here=$(cd "$(dirname "$0")" && pwd)
	top_srcdir=$(cd "$top_srcdir" && pwd)
	builddir=$(cd "$builddir" && pwd)
	export top_srcdir builddir
	in_sandbox "$@"
	[ -x "$seki" ] || skip_all "needs: seki"
	# shellcheck disable=SC2086 # they are words
	exec "$seki" lab $lab_options -- \
	    unshare -u sh "$here/$(basename "$0")" "$@"
}

public=2001:db8::10

# from NODE ARGUMENT...: what a peer there gets.
from()
{
	node=$1
	shift
	nsenter --net="/run/netns/$node" "$peer" "$@" 2>&1
}

# ---- the terminal

tm()
{
	tmux -u -L seki -f /dev/null "$@"
}

# A server without a session would end, and be missed by the next one.
start_terminal()
{
	TMUX_TMPDIR=$tmp XDG_STATE_HOME=$tmp/state
	export TMUX_TMPDIR XDG_STATE_HOME
	unset TMUX
	hostname vps1
	trap end EXIT
	tm new-session -d -s hold cat
	tm set -g status off
}

end()
{
	tm kill-server 2>/dev/null
	rm -rf "$tmp"
}

# in_terminal WIDTH HEIGHT COMMAND [NAME]: a new one; what it wrote stays.
in_terminal()
{
	tm kill-session -t "${4:-console}" 2>/dev/null
	tm new-session -d -s "${4:-console}" -x "$1" -y "$2" "$3; exec cat"
}

# console WIDTH HEIGHT [TERM [LOCALE [OPTION...]]]: a new one; what ends it is
# written behind it.
console()
{
	width=$1 height=$2 term=${3:-xterm-256color} locale=${4:-C.UTF-8}
	[ $# -gt 4 ] && shift 4 || shift $#
	in_terminal "$width" "$height" "echo before;
	    env TERM=$term LC_ALL=$locale $seki $*; echo status \$?"
	shows '^.1 |^needs'
}

resize()
{
	tm resize-window -t console -x "$1" -y "$2"
}

# keys KEY...: names of keys as tmux has them, or text.
keys()
{
	tm send-keys -t console "$@"
}

text()
{
	tm send-keys -t console -l "$1"
}

# leave REGEX: Esc, until that is not seen any more: a key right behind it
# would be one with Alt.
leave()
{
	keys Escape
	wait_for asks_or_has_gone "$1"
	! sees 'Esc again closes' >/dev/null || keys Escape
	wait_for has_gone "$1"
}

# A form that is filled in wants a second one.
asks_or_has_gone()
{
	has_gone "$1" || sees 'Esc again closes'
}

# What varies: times, MACs and what comes of them, process ids.
screen()
{
	tm capture-pane -p -t "${1:-console}" | sed -E \
	    -e 's/([0-9a-f]{2}:){5}[0-9a-f]{2}/MA:CM:AC:MA:CM:AC/g' \
	    -e 's/8000\.[0-9a-f]{12}/8000.MACMACMACMAC/g' \
	    -e 's/fe80::[0-9a-f:]*ff:fe[0-9a-f:]*/fe80::MAC/g' \
	    -e 's/, pid [0-9]+/, pid PID/g; s/(9::7\]):[0-9]+/\1:PPPPP/' \
	    -e 's/( veth-[a-z0-9]+ +)[0-9]+(( +[0-9.kM]+){3})$/\1P\2/' \
	    -e 's/[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]+/YYYY-MM-DD HH:MM/g' \
	    -e 's/ [0-9]{4}-[0-9]{2}-[0-9](…|~)$/ YYYY-MM-D\1/' \
	    -e 's/[0-9]{2}:[0-9]{2}:[0-9]{2}/HH:MM:SS/g' \
	    -e 's/ since [0-9]{2}:(.)$/ since HH:\1/' \
	    -e 's/so far [0-9.kM]+ in, [0-9.kM]+ out/so far N in, N out/' \
	    -e 's/ +[0-9]+s$/ TTs/' \
	    -e 's/ 14[0-9]{2}:[0-9]{2}/ MMMM:SS/g; s/ 86[0-9]{3} s/ SSSSS s/' \
	    -e 's/^( (peak|mean) +)[0-9.]+ k?b/\1N b/' \
	    -e 's/( +[0-9]{2}:[0-9]{2})+( +[█#]=10k)$/ HH:MM\2/' \
	    -e 's/ +0( +([0-9]{2}:[0-9]{2}|\^#[0-9]+))+$//; s/^( [^ ]*) +(10|5)k$/\1/' \
	    -e "s/ *[▁_▔']+\$//" -e 's/ +$//' \
	    -e 's/passed since [0-9]{2}:[0-9]{2}/passed since HH:MM/' \
	    -e 's/^ (nothing has passed (in the last|since) .*|(out|in) +0 b.s)$//' \
	    -e 's/^ (peak|mean) +N b.s$//'
}

# libedit does without an inputrc.
has_readline()
{
	! grep -q 'define HAVE_EDITLINE' "$builddir/config.h"
}

# ---- what is seen

# shows REGEX: within wait_s.
shows()
{
	wait_for sees "$1"
}

# The screen is what a wait in vain tells of.
sees()
{
	on_screen=$(screen)
	printf '%s\n' "$on_screen"
	printf '%s\n' "$on_screen" | grep -Eq -e "$1"
}

has_gone()
{
	! sees "$1"
}

# see NAME REGEX
see()
{
	if comes sees "$2"; then
		pass "$1"
	else
		fail "$1" "no match: $2"
		! sees 'status [0-9]+' >/dev/null || bail_out
	fi
}

# A console that ended too soon shows nothing more.
bail_out()
{
	echo "Bail out! the console is gone"
	exit 1
}

#!/bin/sh
# Tab in bash, zsh and fish: what is offered for a line, and what the real
# shells make of it.
. "${top_srcdir:-.}/test/lib/lib.sh"

# First outside, then in the sandbox, then in the lab's host.
if [ -z "${SEKI_LAB-}" ]; then
	need bash fish tmux zsh
	here=$(cd "$(dirname "$0")" && pwd)
	top_srcdir=$(cd "$top_srcdir" && pwd)
	builddir=$(cd "$builddir" && pwd)
	export top_srcdir builddir
	in_sandbox "$@"
	[ -x "$seki" ] || skip_all "needs: seki"
	exec "$seki" lab --no-traffic -- sh "$here/completion.sh"
fi

tmp=$(mktemp -d /run/completion.XXXXXX)
# The server of tmux hands them on to all shells.
HOME=$tmp XDG_RUNTIME_DIR=$tmp TMUX_TMPDIR=$tmp PATH=$builddir:$PATH
export HOME XDG_RUNTIME_DIR TMUX_TMPDIR PATH
unset TMUX
: >"$tmp/began"

tm()
{
	tmux -u -L seki -f /dev/null "$@"
}

end()
{
	tm kill-server 2>/dev/null
	rm -rf "$tmp"
}
trap end EXIT

# ---- what the function answers

# offered LINE [TYPE]: the words, in one line; "FILES" when bash is to find
# files.
offered()
{
	LINE=$1 TYPE=${2:-9} bash --norc -c '
		. "$top_srcdir/completion/seki"
		compopt() { printf "FILES"; }
		COMP_LINE=$LINE COMP_POINT=${#LINE} COMP_TYPE=$TYPE
		_seki seki
		IFS="|"
		printf "%s\n" "${COMPREPLY[*]}"'
}

# offers NAME LINE WANTED
offers()
{
	is "$1" "$(offered "$2")" "$3"
}

like "commands and modes" "$(offered 'seki ')" '^show\|add\|.*\|help\|shell\|'
offers "the command that begins like that" 'seki roll' rollback
offers "options" 'seki --a' --ascii
offers "but those of the lab only there" 'seki --fr' ''
offers "with its own" 'seki lab --fr' --fresh
offers "what can be shown" 'seki show st' status
offers "also behind options" 'seki --read-only show st' status
offers "keywords" 'seki add forward tcp 80 to web1 fr' from
offers "containers" 'seki add forward tcp 80 to w' web1
offers "bridges" 'seki set bridge l' lxcbr0
offers "a flag of a command" 'seki commit --fo' --force
offers "forwards that are there" 'seki delete forward ' 'tcp|udp'
offers "each by its words" 'seki delete forward tcp 2' 2222
offers "configs of the history" 'seki rollback ' 1
offers "nothing behind a mode" 'seki shell ' ''
offers "nothing where it is wrong already" 'seki add nothing ' ''
offers "files of an option" 'seki --config /et' FILES
offers "likewise behind =" 'seki --config=/et' FILES
offers "files of a command" 'seki apply /et' FILES
offers "a command for the lab is for bash to find" 'seki lab -- ls /et' FILES
echo 'container elsewhere' >"$tmp/other.conf"
offers "words of the config that is named" \
    "seki --config $tmp/other.conf set container else" elsewhere
offers "an address from the last colon on" \
    'seki add uplink eth0 address 2001:db8:' ':10/64'
offers "and whole in quotes" \
    'seki add uplink eth0 address "2001:db8:' 2001:db8::10/64
"$seki" add container 'my box' ula fd5a:1c2e:90b1::77 2>/dev/null
offers "a name with a blank" 'seki set container my' 'my\ box'
offers "as it was begun" 'seki set container my\ b' 'my\ box'
offers "in double quotes" 'seki set container "my b' 'my box'
offers "in single quotes" "seki set container 'm" 'my box'
"$seki" add container "it's;reboot" ula auto 2>/dev/null
"$seki" add container "no
reboot" ula auto 2>/dev/null
offers "with a quote, outside" 'seki set container it' "it\\'s\\;reboot"
offers "in double quotes" 'seki set container "it' "it's;reboot"
offers "and in single ones" "seki set container 'it" "it'\\''s;reboot"
offers "none that has two lines" 'seki set container n' ''
like "a second Tab tells what they mean" "$(offered 'seki r' 63)" \
    '^redo +.*\|revert +revert the pending commit\|rollback +'
offers "a config that is not there is no reason to fail" \
    'seki --config /nonexistent show st' status

# ---- Tab runs nothing that is not installed

mkdir "$tmp/foreign"
printf '#!/bin/sh\ntouch "%s/ran"\n' "$tmp/foreign" >"$tmp/foreign/seki"
chmod 755 "$tmp/foreign/seki"
# tab PATH COMMAND: what is offered for "COMMAND sh" in the foreign folder.
tab()
{
	LINE="$2 sh" TYPED=$2 bash --norc -c '
		cd "$0" || exit 1
		PATH=$1
		. "$top_srcdir/completion/seki"
		compopt() { printf "FILES"; }
		COMP_LINE=$LINE COMP_POINT=${#LINE} COMP_TYPE=9
		_seki "$TYPED"
		printf "%s\n" "${COMPREPLY[*]}"' "$tmp/foreign" "$1"
}
is "for ./seki the installed one tells" "$(tab "$PATH" ./seki)" "show shell"
is "and for one by its path" "$(tab "$PATH" "$tmp/foreign/seki")" "show shell"
is "none is asked in a PATH with the folder at hand" \
    "$(tab ".:/usr/bin:/bin" seki)" FILES
nok "nothing of the folder was run" test -e "$tmp/foreign/ran"

# ---- a real bash

# begin SHELL COMMAND: one on a terminal, whose prompt is >>
begin()
{
	shell=$1
	tm new-session -d -s "$1" -x 80 -y 24 "$2"
	tm set -g status off
	ok "a real $1" wait_for line_is '>>'
}

line()
{
	tm capture-pane -p -t "$shell" | grep '^>>' | tail -n 1
}

# The blank behind a whole word is cut off on the screen.
line_is()
{
	[ "$(line)" = "$1" ]
}

shows()
{
	tm capture-pane -p -t "$shell" | grep -Eq -e "$1"
}

# completes NAME TYPED WANTED
completes()
{
	tm send-keys -t "$shell" -l "$2"
	tm send-keys -t "$shell" Tab
	if comes line_is ">>$3"; then
		pass "$1"
	else
		fail "$1" "   got: $(line)
wanted: >>$3"
	fi
	tm send-keys -t "$shell" C-u
	wait_for line_is '>>'
}

cat >"$tmp/bashrc" <<BASHRC
PS1='>>'
. '$top_srcdir/completion/seki'
BASHRC
begin bash "bash --noprofile --rcfile '$tmp/bashrc'"
completes "a command" 'seki roll' 'seki rollback'
completes "an address with colons" 'seki add uplink eth0 address 2001:db8:' \
    'seki add uplink eth0 address 2001:db8::10/64'
completes "also in quotes" 'seki add uplink eth0 address "2001:' \
    'seki add uplink eth0 address "2001:db8::10/64"'
completes "a name with a blank" 'seki set container my' \
    'seki set container my\ box'
completes "a name with a quote" "seki set container 'it" \
    "seki set container 'it'\\''s;reboot'"
completes "in quotes, which are closed" "seki set container 'm" \
    "seki set container 'my box'"
completes "a file" "seki --config $tmp/oth" "seki --config $tmp/other.conf"

tm send-keys -t bash -l 'seki r'
tm send-keys -t bash Tab Tab
ok "a second Tab tells what the words mean" \
    wait_for shows '^revert +revert the pending commit'

# ---- a real zsh

# types LINE: until it is done.
types()
{
	typed=$1
	tm send-keys -t "$shell" -l "$1"
	tm send-keys -t "$shell" Enter
	wait_for is_typed
}

is_typed()
{
	[ "$(tm capture-pane -p -t "$shell" | grep '^>>' | tail -n 2 |
	    tr '\n' '|')" = ">>$typed|>>|" ]
}

mkdir "$tmp/zsh"
cat >"$tmp/zsh/.zshrc" <<ZSHRC
PS1='>>' PROMPT_EOL_MARK=
fpath=("$top_srcdir/completion" \$fpath)
autoload -U compinit
compinit -D -u
ZSHRC
begin zsh "env ZDOTDIR=$tmp/zsh zsh -d"
completes "a command" 'seki roll' 'seki rollback'
completes "an option" 'seki --as' 'seki --ascii'
completes "an address with colons" 'seki add uplink eth0 address 2001:db8:' \
    'seki add uplink eth0 address 2001:db8::10/64'
completes "also in quotes" 'seki add uplink eth0 address "2001:' \
    'seki add uplink eth0 address "2001:db8::10/64"'
completes "a name with a blank" 'seki set container my' \
    'seki set container my\ box'
completes "behind a word in quotes" 'seki set container "my box" ul' \
    'seki set container "my box" ula'
completes "a file" "seki --config $tmp/oth" "seki --config $tmp/other.conf"
completes "likewise of a command" "seki apply $tmp/oth" \
    "seki apply $tmp/other.conf"
tm send-keys -t zsh -l 'seki r'
tm send-keys -t zsh Tab
ok "a list tells what the words mean" \
    wait_for shows '^revert +-- revert the pending commit'
tm send-keys -t zsh C-u
wait_for line_is '>>'
types "cd $tmp/foreign"
completes "for ./seki the installed one tells" './seki roll' './seki rollback'
types "PATH=.:/usr/bin:/bin"
completes "none is asked in a PATH with the folder at hand" 'seki roll' \
    'seki roll'
nok "nothing of the folder was run" test -e "$tmp/foreign/ran"

# ---- a real fish

# suggested LINE: the rows of word and help.
suggested()
{
	fish --no-config -c 'source $top_srcdir/completion/seki.fish
		complete -C $argv[1]' -- "$1" | tr '\t' '|'
}
is "fish: a command and what it does" "$(suggested 'seki rev')" \
    "revert|revert the pending commit"
is "options" "$(suggested 'seki --asc')" \
    "--ascii|draw with ASCII characters only"
is "a container" "$(suggested 'seki set container "my')" \
    'my box|container "my box" ula fd5a:1c2e:90b1::77'
is "behind one" \
    "$(suggested 'seki set container my\ box ul' | cut -d '|' -f 1)" ula
is "a file" "$(suggested "seki --config $tmp/oth")" "$tmp/other.conf"
is "nothing where it is wrong already" "$(suggested 'seki add nothing ')" ""
cat >"$tmp/config.fish" <<CONFIG
source $top_srcdir/completion/seki.fish
set -g fish_autosuggestion_enabled 0
function fish_prompt
    printf '>>'
end
CONFIG
begin fish "fish --no-config -C 'source $tmp/config.fish'"
completes "a command" 'seki roll' 'seki rollback'
completes "an address with colons" 'seki add uplink eth0 address 2001:db8:' \
    'seki add uplink eth0 address 2001:db8::10/64'
completes "a name with a blank" 'seki set container my' \
    'seki set container my\ box'
completes "a name with a quote, in quotes" "seki set container \"it" \
    "seki set container \"it's;reboot\""
tm send-keys -t fish -l 'seki r'
tm send-keys -t fish Tab
ok "a list tells what the words mean" \
    wait_for shows 'revert +\(revert the pending commit\)'
tm send-keys -t fish C-u
wait_for line_is '>>'
types "cd $tmp/foreign"
completes "for ./seki the installed one tells" './seki roll' './seki rollback'
types "set PATH . /usr/bin /bin"
completes "none is asked in a PATH with the folder at hand" 'seki roll' \
    'seki roll'
nok "nothing of the folder was run" test -e "$tmp/foreign/ran"
is "it leaves nothing behind" \
    "$(find /tmp -maxdepth 2 -path '/tmp/fish.*' -cnewer "$tmp/began")" ""

done_testing

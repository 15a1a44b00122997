# shellcheck shell=sh
# Faults made by hand, and what is said of forwards meanwhile; sourced after
# lib.sh by a script that has vm00 and vm01 behind the bridge, $ula, the $ways
# by which packets get to vm00, one for each forward of its config and in that
# order, and asks WAY MS, which lets one in and wants an answer.

lost_ms=60	# in which nothing came; who should get through has longer

# State and reason of each forward, as in "broken: lxcbr0 is down".
states()
{
	"$seki" show forwards --json | sed 's/{"proto"/\n&/g' | sed -n \
	    's/^{"proto".*"target":{[^}]*},"state":"\([a-z]*\)","reason":"\([^"]*\)".*/\1: \2/p'
}

packets()
{
	for way in $ways; do
		asks "$way" 300 || return
	done
}

# ask_all: by which ways something comes back.
ask_all()
{
	asking=
	for way in $ways; do
		rm -f "$tmp/passed-$way"
		{ ! asks "$way" $lost_ms || : >"$tmp/passed-$way"; } &
		asking="$asking $!"
	done
	# shellcheck disable=SC2086 # they are words
	wait $asking
}

# agrees WAY FOUND: whether packets pass as is said.
agrees()
{
	case $2 in
	broken*) [ ! -e "$tmp/passed-$1" ] ;;
	active*) [ -e "$tmp/passed-$1" ] || asks "$1" 2000 ;;
	degraded*) ;;
	*) false ;;
	esac
}

# judge NAME WAY STATE WORDS: of the fault that was made. What is said of the
# other ways is only to be true.
judge()
{
	ask_all
	states >"$tmp/states"
	wrong=
	for way in $ways; do
		IFS= read -r found
		[ "$way" != "$2" ] || like "$1: $3, $4" "$found" "^$3: .*$4"
		agrees "$way" "$found" || wrong="$wrong
$way: $found"
	done <"$tmp/states"
	is "$1: packets agree" "$wrong" ""
}

seki()
{
	"$seki" "$@"
}

# of_way WAY: of lines for each forward, the one of that.
of_way()
{
	at=0
	for way in $ways; do
		at=$((at + 1))
		[ "$way" != "$1" ] || break
	done
	sed -n "${at}p"
}

# offered WAY: what the doctor says mends its forward.
offered()
{
	"$seki" doctor --json 2>/dev/null | tr '{' '\n' |
	    grep '^"check":"forward"' | of_way "$1" |
	    sed -n 's/.*"cure":"\(\([^"\]\|\\.\)*\)".*/\1/p' |
	    sed 's/\\\(.\)/\1/g'
}

# well WAY: nothing is said against its forward, and packets agree.
well()
{
	case $(states | of_way "$1") in "active: ") asks "$1" 300 ;; *) false ;; esac
}

# unsaid WAY: what was told of it is not told any more.
unsaid()
{
	[ "$(states | of_way "$1")" != "$told" ]
}

# take NAME WAY: what is offered helps, against one fault of two if the name has
# an "and". Only what changes nothing outside of these namespaces is tried: ufw,
# say, writes into files of the machine.
take()
{
	taken=$(offered "$2")
	told=$(states | of_way "$2")
	case $taken in
	'seki set '*) return ;;
	'seki '* | 'ip '* | 'bridge '* | 'sysctl '* | 'nft '* | 'nsenter '*) ;;
	*) return ;;
	esac
	eval "$taken" >"$tmp/taken" 2>&1 || diag "$(cat "$tmp/taken")"
	case $1 in
	*", and "*) ok "$1: as it is offered, $taken" wait_for unsaid "$2" ;;
	*) ok "$1: as it is offered, $taken" wait_for well "$2" ;;
	esac
}

# Puts right whatever a row did to the way of packets; tables of others are
# gone with the cure.
mend()
{
	case $cure in *"nft delete table"*) ;;
	*) "$seki" apply >/dev/null 2>&1 ;;
	esac
	wait_for packets || fail "$1: packets pass again" "$(states)"
}

# faults WAY: reads rows of NAME ; FAULT ; CURE ; STATE ; WORDS. More than one
# command is joined by &&.
faults()
{
	while IFS=';' read -r name fault cure want words; do
		case $name in '#'* | '') continue ;; esac
		eval "$fault" >"$tmp/fault" 2>&1 ||
			diag "$name: $(cat "$tmp/fault")"
		judge "${name% }" "$1" "$(echo $want)" "$(echo $words)"
		take "${name% }" "$1"
		eval "$cure" >"$tmp/cure" 2>&1 || [ -n "$taken" ] ||
			diag "$name: $(cat "$tmp/cure")"
		mend "$name"
	done
}

# rules_at FAMILY HOOK[,LINK] PRIORITY RULE...: a chain of others in table x,
# which lets through what they leave.
rules_at()
{
	family=$1 hook=${2%,*} priority=$3 device=
	case $2 in *,*) device="device ${2#*,}" ;; esac
	shift 3
	nft -f - <<END_OF_RULES
table $family x {
	chain c {
		type filter hook $hook $device priority $priority;
		$(printf '%s\n' "$@")
	}
}
END_OF_RULES
}

mac_of()
{
	inside "$1" ip -o link show eth0 | sed 's/.*ether \([^ ]*\).*/\1/'
}

deaf()
{
	pkill -P "$server"
	wait "$server" || :
}

# hears WHAT...: in vm00 another server than the one of port 80.
hears()
{
	deaf
	: >"$tmp/hears"
	inside vm00 "$peer" serve "$@" >"$tmp/hears" 2>&1 </dev/null &
	server=$!
	wait_for grep -q ready "$tmp/hears"
}

hear()
{
	deaf
	serve vm00 tcp 80
	server=$!
}

# inside_drops HOOK POLICY [RULE...]: a chain of its own in vm00.
inside_drops()
{
	hook=$1 policy=$2
	shift 2
	inside vm00 nft -f - <<END_OF_RULES
table inet f {
	chain c {
		type filter hook $hook priority 0; policy $policy;
		$(printf '%s\n' "$@")
	}
}
END_OF_RULES
}

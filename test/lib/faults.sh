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
		eval "$cure" >"$tmp/cure" 2>&1 ||
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

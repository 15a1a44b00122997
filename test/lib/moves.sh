# shellcheck shell=sh
# An uplink's address that moves, time after time; sourced after lib.sh by a
# script that sets $kept, an address that stays, and has move_by_WAY N, which
# sets $began, $new and $old; client1 calls a server behind a forward of tcp 80
# and one of this host at 22.

moves=${SEKI_TEST_MOVES:-10}
words=$tmp/watch.log

now_ms()
{
	date +%s%3N
}

# said REGEX: by the service, by now.
said()
{
	grep -Eq -e "$1" "$words"
}

rules()
{
	nft list table inet seki
}

# holds ADDRESS: in whatever rule.
holds()
{
	rules | grep -Fq "$1 "
}

begin_service()
{
	"$seki" watch >"$words" 2>&1 </dev/null &
	service=$!
	wait_for said "this host is as .* says"
}

end_service()
{
	kill -TERM "$service"
	wait "$service"
}

# reaches ADDRESS: a new connection to it is handed to the container. Until then
# this host refuses it, which takes no time.
reaches()
{
	inside client1 "$peer" get "$1" 80 --timeout 100 >/dev/null 2>&1
}

# hold NAME ADDRESS PORT: a download or a session, until it is asked how it is.
hold()
{
	: >"$tmp/held-$1"
	nsenter --net=/run/netns/client1 "$peer" hold "$2" "$3" \
	    >"$tmp/held-$1" 2>&1 </dev/null &
	eval "held_$1=\$!"
	wait_for grep -q ready "$tmp/held-$1"
}

# end NAME: $how it was: open, closed or reset.
end()
{
	eval "pid=\$held_$1"
	# shellcheck disable=SC2154 # by eval
	kill -TERM "$pid"
	wait "$pid" 2>/dev/null
	how=$(tail -n 1 "$tmp/held-$1" | cut -d ' ' -f 2)
}

# port_to ADDRESS: of a client that calls its port 80.
port_to()
{
	case $1 in
	*:*) set -- "[$1]" ;;
	esac
	inside client1 ss -Htn state established dst "$1:80" |
	    sed -n 's/.*:\([0-9]*\) .*:80 *$/\1/p'
}

# tracked PORT: by this host, of a client.
tracked()
{
	grep -q " sport=$1 dport=80 " /proc/net/nf_conntrack
}

# What a move sets: the address that has come and the one that has gone, and
# those of IPv4 where that moves, too.
new='' old='' new4='' old4=''

# No rule is left of what has gone, nor the connection from the port.
gone()
{
	! holds "$old" && { [ -z "$old4" ] || ! holds "$old4"; } &&
	    ! tracked "$port"
}

# Sets $took, in milliseconds, from $began until the address is reached.
await()
{
	by=$(($(uptime_s) + wait_s))
	until reaches "$1"; do
		[ "$(uptime_s)" -lt "$by" ] || { fail "reaches $1"; return; }
	done
	took=$(($(now_ms) - began))
	[ "$took" -le "${longest:-0}" ] || longest=$took
}

# followed WAY STAYING: while the service is there the address is moved by
# move_by_WAY, time after time, and what is on another address goes on.
followed()
{
	hold download "$2" 80
	hold session "$2" 22
	n=0 longest=0 wrong=0
	while [ $n -lt "$moves" ]; do
		n=$((n + 1))
		hold moved "${new4:-$new}" 80
		port=$(port_to "${new4:-$new}")
		tracked "$port" || wrong=$((wrong + 1))
		"move_by_$1" $n
		for address in $new4 $new; do
			await "$address"
		done
		wait_for gone || wrong=$((wrong + 1))
		end moved
	done
	is "$1: $moves times the old rules and connections were gone" $wrong 0
	diag "$1: translated at most $longest ms after the address had come"
	ok "$1: and the new ones soon there" [ $longest -lt 2000 ]
	end download
	is "$1: a download on another address went on" "$how" open
	end session
	is "$1: and a session of this host" "$how" open
}

# tells REGEX: what each of these says.
tells()
{
	for command in "show status" check diff; do
		# shellcheck disable=SC2086 # they are words
		"$seki" $command 2>&1 | grep -Eq -e "$1" || return
	done
}

# unattended WAY REGEX: moves so without the service, which commands tell with
# that.
unattended()
{
	n=0 wrong=0
	while [ $n -lt "$moves" ]; do
		n=$((n + 1))
		"move_by_$1" $n
		tells "the rules are for $old, which is $2" &&
		    "$seki" show forwards | grep -Eq \
			"broken: the rules are not for $new yet: seki apply" &&
		    "$seki" apply >"$tmp/said" 2>&1 &&
		    reaches "$new" &&
		    ! "$seki" show status | grep -q drift ||
			wrong=$((wrong + 1))
	done
	is "$1: $moves times told, and followed by a commit" $wrong 0
}

# Live connections of client1 to public addresses of containers.
# shellcheck shell=sh

# live [WORD...]: client without its port, container, what decides, and reason
# if any, of each connection that lives.
live()
{
	"$seki" show connections --json "$@" 2>/dev/null |
	    sed 's/},{"proto"/}\n{"proto"/g' | sed -nE 's/.*"proto":"([a-z]*)",'\
'"client":\{"address":"([^"]*)".*"container":"([^"]*)".*'\
'"stale":"?([a-z]*)"?,"policy":"?([^"}]*)"?\}.*/\1 \2 \3: \5, \4/p' |
	    sed 's/, null$//' | LC_ALL=C sort
}

# hold ADDRESS: a download from port 80 there that goes on, called $held.
hold()
{
	: >"$tmp/held"
	nsenter --net=/run/netns/client1 "$peer" hold "$1" 80 >"$tmp/held" 2>&1 &
	held=$!
	wait_for grep -q ready "$tmp/held"
}

# ask ADDRESS PORT FROM: who answers.
ask()
{
	inside client1 "$peer" ask "$1" "$2" --from "$3" --timeout 1000 \
	    2>/dev/null | cut -d ' ' -f 1 | grep . || echo nobody
}

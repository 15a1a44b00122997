#!/bin/sh
# The console beside its peers, in a throw-away host with steady traffic:
#
#	sh test/bench/bench.sh [--only NAME,...] [--quick] [--json FILE]
#
# with top_srcdir and builddir in the environment. Asserts nothing.
. "${top_srcdir:-.}/test/lib/lib.sh"

if [ -z "${SEKI_LAB-}" ]; then
	need python3
	here=$(cd "$(dirname "$0")" && pwd)
	top_srcdir=$(cd "$top_srcdir" && pwd)
	builddir=$(cd "$builddir" && pwd)
	export top_srcdir builddir
	exec "$builddir/seki" lab --no-traffic -- \
	    unshare -u sh "$here/bench.sh" "$@"
fi

hostname vps1
exec python3 -B "$top_srcdir/test/bench/console.py" "$@" "$seki"

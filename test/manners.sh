#!/bin/sh
# Terminal manners over a real pty: test/manners.c on the host of the lab.
. "${top_srcdir:-.}/test/lib/lib.sh"
in_sandbox "$@"
[ -x "$builddir/test/manners" ] || skip_all "needs: cmocka"
export SEKI="$seki"
exec "$seki" lab --no-traffic -- "$builddir/test/manners"

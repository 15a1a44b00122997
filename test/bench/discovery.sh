#!/bin/sh
# A host with 30 LXC containers, and in it a command:
#
#	sh test/bench/discovery.sh COMMAND...
#
# with top_srcdir and builddir in the environment. Where LXC cannot be had, the
# command finds no containers.
. "${top_srcdir:-.}/test/lib/lib.sh"
in_sandbox "$@"

containers=30
make_bridge fd00:5e::1/64
if [ -n "$(lxc_lacks)" ]; then
	lxc_lacks >&2
	containers=0
fi
for i in $(seq "$containers"); do
	{ lxc_make "ct$i" "fd00:5e::1:$i/64" && lxc_start "ct$i"; } >&2 || exit 1
done
"$@"

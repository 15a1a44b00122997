#!/bin/sh
# The unit of systemd as "make install" lays it down, and all that comes with
# it.
. "${top_srcdir:-.}/test/lib.sh"
in_sandbox "$@"
need make systemd-analyze

dest=$tmp/dest
(unset MAKEFLAGS MAKELEVEL
make -s -C "$builddir" install DESTDIR="$dest") >"$tmp/log" 2>&1 ||
	diag "$(cat "$tmp/log")"
unit=$(find "$dest" -name seki.service)
prefix=${unit#"$dest"}
prefix=${prefix%/lib/systemd/system/seki.service}
program=$(sed -n 's/^ExecStart=\([^ ]*\) watch$/\1/p' "$unit")

is "the unit starts what was installed" "$program" "$prefix/bin/seki"
like "which runs" "$("$dest$program" --version)" '^seki [0-9]'
is "nothing that was installed has a place that was not filled in" \
    "$(grep -rIEn '@[A-Za-z_]+@' "$dest")" ""
if [ -d "$prefix" ] && mount --bind "$dest$prefix" "$prefix"; then
	is "systemd-analyze verify has nothing to say" "$(systemd-analyze \
	    verify --man=no "${unit#"$dest"}" 2>&1)" ""
else
	skip "kernel: nothing can be mounted at $prefix"
fi
done_testing

#!/bin/sh
# The unit of systemd: what systemd itself says of it.
. "${top_srcdir:-.}/test/lib.sh"
need systemd-analyze

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
# Another prefix is where it is installed, and where it is not yet.
sed "s|^ExecStart=.*/seki |ExecStart=$seki |" "$builddir/seki.service" \
    >"$tmp/seki.service"
like "the unit runs the service" "$(cat "$tmp/seki.service")" \
    "^ExecStart=$seki watch$"
is "systemd-analyze verify has nothing to say" \
    "$(systemd-analyze verify --man=no "$tmp/seki.service" 2>&1)" ""
done_testing

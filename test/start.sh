#!/bin/sh
# What a command loads: nothing that only another one needs.
. "${top_srcdir:-.}/test/lib/lib.sh"
in_sandbox "$@"
need nft strace make

# loads COMMAND...: the libraries of that process, also those loaded later.
loads()
{
	rm -f "$tmp"/files.*
	LD_DEBUG=files LD_DEBUG_OUTPUT=$tmp/files "$@" >"$tmp/said" 2>&1
	sed -n 's|.*calling init: .*/\(lib[a-z0-9_-]*\)[.].*|\1|p' \
	    "$(find "$tmp" -name 'files.*' | sort | head -n 1)" | sort -u |
	    grep -v -x -e libasan -e libubsan -e libgcc_s -e libm | xargs
}

[ "$(loads nft --version | grep -c libnftables)" = 1 ] ||
	skip_all "kernel: the linker tells nothing (LD_DEBUG)"

make_outside
make_bridge
"$seki" add uplink eth0 2>/dev/null
for words in "show status" "show forwards --json" "add bridge $BRIDGE" \
    "complete 'seki show ' '' 9"; do
	is "$words" "$(eval "loads $seki $words")" "libc libjansson libnl-3"
done

echo "default forward deny" >"$tmp/rules"
like "what changes rules loads what does" \
    "$(loads "$seki" apply --check "$tmp/rules")" libnftables
mkdir "$tmp/broken"
: >"$tmp/broken/libnftables.so.1"
"$seki" add default forward deny 2>/dev/null
got=$(LD_LIBRARY_PATH=$tmp/broken "$seki" commit --now 2>&1)
like "without it nothing is committed" "$got" \
    "^seki: cannot load libnftables: .*/broken/libnftables.so.1: "
nok "and no rules are there" nft list table inet seki

# ---- the console and the shell are a program of their own

# One that was installed before would be found.
# shellcheck disable=SC2016 # for make to expand
installed=$(env -u MAKEFLAGS -u MAKELEVEL make -s -C "$builddir" \
    --eval 'where:; @echo $(pkglibexecdir)' where)
[ ! -d "$installed" ] || mount -t tmpfs tmpfs "$installed"
mkdir "$tmp/alone"
cp "$seki" "$tmp/alone"
like "which may be missing" "$("$tmp/alone/seki" shell </dev/null 2>&1)" \
    "^seki: cannot start /.*/seki-console: "
ln -s "$seki-console" "$tmp/alone/seki-console"
like "no link beside the program is followed" \
    "$("$tmp/alone/seki" shell </dev/null 2>&1)" "^seki: cannot start /"
cp --remove-destination "$seki-console" "$tmp/alone"
is "but a program is" "$(echo show policies | "$tmp/alone/seki" shell)" \
    "$("$seki" show policies)"
chmod o+w "$tmp/alone/seki-console"
like "unless others can write to it" \
    "$("$tmp/alone/seki" shell </dev/null 2>&1)" "^seki: cannot start /"
is "its processes are called seki" "$(echo show policies |
    strace -f -qq -e trace=prctl -e signal=none "$seki" shell 2>&1 |
    grep -c 'PR_SET_NAME, "seki"')" 2
done_testing

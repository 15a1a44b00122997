#!/bin/sh
# What a command loads: nothing that only another one needs.
. "${top_srcdir:-.}/test/lib/lib.sh"
in_sandbox "$@"
need nft

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
	unlike "$words: no libnftables" "$(eval "loads $seki $words")" \
	    "nft|mnl|xtables|gmp"
done

like "what changes rules loads what does" "$(loads "$seki" apply)" libnftables
mkdir "$tmp/broken"
: >"$tmp/broken/libnftables.so.1"
"$seki" add forward udp 7 to fd5a::7 2>/dev/null
got=$(LD_LIBRARY_PATH=$tmp/broken "$seki" commit --now 2>&1)
like "without it nothing is committed" "$got" \
    "^seki: cannot load libnftables: .*/broken/libnftables.so.1: "
nok "and no rules are there" nft list table inet seki
done_testing

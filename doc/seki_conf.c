/* seki.conf(5): the language. */
#include "config.h"

#include "doc/seki_conf.h"

#include "core/base/intl.h"
#include "doc/tables.h"

const struct part manual_seki_conf[] = {
	SECTION(N_("NAME")),
	NAME(N_("forwards, addresses and policies of seki"), "seki.conf"),

	SECTION(N_("SYNOPSIS")),
	TEXT("`/etc/seki/seki.conf`"),

	SECTION(N_("DESCRIPTION")),
	TEXT(N_("The config that `seki`(8) commits, and what a reboot brings "
		"back. It is edited by commands, in the console, or by hand; "
		"`seki apply` carries out what was written by hand. Comments "
		"and empty lines stay where they are.")),
	TEXT(N_("One statement a line. Words are separated by blanks, `#` "
		"starts a comment, and `\"...\"` quotes; inside quotes `\\\\`, "
		"`\\\"` and `\\xHH` are escapes. Keywords may be shortened as "
		"long as they are clear, and are printed in full.")),

	SECTION(N_("STATEMENTS")),
	ROWS(manual_statements),

	SECTION(N_("ADDRESSES")),
	TEXT(N_("A forward cannot lead to a link-local address: the kernel "
		"would accept it and never find the neighbour. So bridges and "
		"containers are given unique local addresses (ULA, RFC 4193). "
		"`ula auto` is resolved when it enters the candidate: a bridge "
		"keeps the prefix that it has by lxc-net, Incus or by hand, "
		"else gets a random one; a container keeps the address that it "
		"has in that prefix, also one by router advertisement, else "
		"gets the next free host number. What is written is the "
		"address itself, and never moves later. A container also gets "
		"its default route, unless it has one already.")),
	TEXT(N_("Docker and Podman give the address of a container that stops "
		"to the next one that starts. So `auto` takes none of theirs: "
		"on their bridges it is a second address, out of the upper "
		"half of the prefix, where they do not come. One that was "
		"asked of them for good (`--ip6`) is written by its number.")),
	TEXT(N_("A container has one statement and one ULA, also where it is "
		"a port of several bridges: `on` says which. An address on "
		"another bridge is given inside, and forwards lead to it by "
		"its number. The containers of a pod share one network "
		"namespace, which has all their names: the statement, and what "
		"leads to it, may use any of them, but all the same one.")),

	SECTION(N_("PORTS")),
	TEXT(
	    N_("PORTS is `80`, or `80,443`, or `8000-8010`, or a mix. A target "
	       "without a port keeps the ports; with one, a single port or an "
	       "unbroken range moves as a block: `8000-8010` to `web1:9000` "
	       "ends at 9010. This version refuses `forward any`.")),

	SECTION(N_("ORDER")),
	TEXT(N_("First comes what no config changes, below. Then policies "
		"are judged in the order they are written, and the first that "
		"matches decides. What none decides and a forward has "
		"translated goes by that forward's own terms: it is let in "
		"from where its `from` says, and refused from anywhere else, "
		"whatever the default is. The rest goes by the default of its "
		"chain.")),
	TEXT(N_("This host may use its own forwards, too. Such a call is "
		"judged in the chain `output`, as one that leaves by no uplink "
		"and no bridge: the forward's `from` holds for it, but does "
		"not let it out where the default of `output` denies.")),
	TEXT(N_("In policies of the chain `forward`, addresses and ports are "
		"the container's own, after translation. Policies are about "
		"IPv6; IPv4 is not touched, and this version refuses `option "
		"ipv4 on`.")),
	TEXT(N_("The meters of a forward count what got through, in both "
		"directions; a connection is new once, however often it was "
		"tried. Masqueraded connections leave with the address that "
		"`uplink` states, else with a permanent one; with a temporary "
		"or deprecated one only while there is no other.")),
	TEXT(N_("A policy with a `limit` matches that many packets of all "
		"senders together, in bursts of at most 5, as `limit rate` of "
		"nftables does; any more go on to the next policy. What is "
		"established passes earlier, so these are new connections. "
		"The lines of `log` begin with the policy and its chain, as "
		"in `seki deny input: `.")),
	TEXT(N_("An `allow` with a container holds for the ULA that the config "
		"gives it, and `from` it only for what comes by its bridge.")),
	TEXT(N_("A `deny` or `reject` with a container holds whatever address "
		"it takes: for its ULA, and on its bridge for every address, "
		"but groups, that the config neither gives to another "
		"container nor forwards to. So it also holds there for "
		"link-local addresses, even those of its neighbours, and for "
		"containers to which the config gives no ULA. What they need "
		"is allowed before it, as DHCPv6 by `allow input udp 547 from "
		"bridge`.")),
	TEXT(N_("What a container sends by a second bridge under another "
		"address is not meant. And on one bridge, containers can forge "
		"the ULAs of each other: one that takes its neighbour's passes "
		"for the neighbour, and one that advertises itself as a router "
		"gets what the others send out. To shut a container in for "
		"certain, or to trust it alone, give it a bridge of its own "
		"and say `from bridge`.")),
	TEXT(N_("With br_netfilter on (`net.bridge.bridge-nf-call-ip6tables`), "
		"a container cannot reach itself through its own forward: the "
		"kernel would have to send the packet back out of the port it "
		"came by. Other containers, this host and the Internet can.")),

	SECTION(N_("BEFORE ALL POLICIES")),
	TEXT(N_("Nobody shall break neighbour discovery, path MTU or the lease "
		"of the host's address by accident, and no container shall "
		"speak in the name of another host. These stand before all "
		"policies:")),
	ROWS(manual_fixed),

	SECTION(N_("EXAMPLES")),
	CODE("# one address, two containers\n"
	     "uplink eth0\n"
	     "bridge lxcbr0 ula fd5a:1c2e:90b1::1/64 masquerade\n"
	     "container web1 ula fd5a:1c2e:90b1::3\n"
	     "container dns1 ula fd5a:1c2e:90b1::4\n"
	     "forward tcp 80,443 to web1\n"
	     "forward udp 53 to dns1\n"
	     "forward tcp 2222 to dns1:22 note \"git over ssh\"\n"
	     "default input deny\n"
	     "default forward deny\n"
	     "allow input tcp 22\n"
	     "allow input tcp,udp 53 from bridge lxcbr0\n"
	     "allow forward tcp 80,443 to uplink\n"
	     "allow forward udp 53,123 to uplink"),

	SECTION(N_("SEE ALSO")),
	TEXT("`seki`(8)"),
	PART_LAST,
};

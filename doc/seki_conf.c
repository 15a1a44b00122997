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
	TEXT(N_("The config that `seki`(8) commits, and that is in force after "
		"a reboot. It is edited by commands, in the console, or by "
		"hand; `seki apply` applies what was edited by hand. Comments "
		"and empty lines are preserved.")),
	TEXT(N_("One statement per line. Words are separated by blanks, `#` "
		"starts a comment, and `\"...\"` quotes; inside quotes `\\\\`, "
		"`\\\"` and `\\xHH` are escapes. Keywords may be abbreviated "
		"as long as they are unambiguous, and are printed in full.")),

	SECTION(N_("STATEMENTS")),
	ROWS(manual_statements),

	SECTION(N_("ADDRESSES")),
	TEXT(N_("A forward cannot lead to a link-local address: the kernel "
		"would accept it and never find the neighbour. So bridges and "
		"containers are given unique local addresses (ULA, RFC 4193). "
		"`ula auto` is resolved when it enters the candidate: a bridge "
		"keeps the prefix that lxc-net, Incus or an admin gave it, "
		"else gets a random one; a container keeps the address that it "
		"has in that prefix, even one from a router advertisement, "
		"else gets the next free host number. The statement then holds "
		"the address itself, which never changes later. A container "
		"also gets a default route, unless it has one already.")),
	TEXT(N_("`address` and `gateway` of an uplink say which of those that "
		"it has are meant. With `keep` seki gives it what it lacks of "
		"them, as where the panel of the provider shows an address "
		"that nothing here has configured, and the service gives it "
		"again when it has gone. The gateway need not lie in a prefix "
		"of the host. A default route of somebody else in the same "
		"family is left alone, and `keep` is refused beside it. What "
		"seki gave goes again with the statement, and what others gave "
		"stays; so it is best made permanent in the files of whatever "
		"manages the network here, and `keep` left out then.")),
	TEXT(N_(
	    "With `create` seki makes the bridge itself where there is "
	    "none of that name, brings it up, and makes it again when it has "
	    "gone, as after a boot. It keeps one MAC address, whatever "
	    "becomes of its ports. Containers join it by their own "
	    "settings, as with `lxc.net.0.link = br0` of LXC. A revert "
	    "deletes it, and so does a commit, or the service, once no "
	    "statement names it any longer; but only if seki has made it, "
	    "and while it has neither ports nor addresses of others. A "
	    "bridge that is there already is used as it is, and never "
	    "deleted.")),
	TEXT(N_("If the provider routes a prefix to this host, `prefix` puts "
		"it behind a bridge, which takes its ::1, and `address` gives "
		"a container a public address of it, with the default route. "
		"Nothing is translated: who reaches the container there is for "
		"the policies of `forward` to say, and with a default of allow "
		"it is everybody, whatever listens in it. A container can have "
		"a ULA, too: forwards then lead to that one, and what it sends "
		"to the Internet leaves with its public address, as the kernel "
		"prefers (RFC 6724); a server of UDP has to answer from the "
		"address that it was asked at, as DNS servers do. `seki show "
		"connections` shows connections to public addresses beside "
		"those of forwards, with the policy that lets them in. What "
		"is for the prefix goes to no router, by an unreachable route "
		"behind all others, also while the bridge is down or no rules "
		"are loaded: it would come again and again. A "
		"prefix that an uplink has on its own link is refused without "
		"`proxy`, since the router would look for each address there "
		"and get no answer.")),
	TEXT(N_("With `proxy` this host answers there, for exactly the "
		"addresses that `container` statements give: each has a proxy "
		"neighbour entry on the uplink, and a route by the bridge. The "
		"bridge takes no address of such a prefix, and a container has "
		"its own with the length 128: all others of it are beyond the "
		"uplink. Its default route leads to the ULA of the bridge if "
		"it has one itself, else to the link-local address of the "
		"bridge. An address that is new here is announced, so that "
		"routers that knew it elsewhere follow with the next packet. "
		"Answers come from the address that was asked for, which some "
		"providers insist on, and at once. `address auto` takes one "
		"of the upper half of the prefix; whether somebody else on the "
		"link has it is not looked for.")),
	TEXT(N_("Docker and Podman give the address of a container that stops "
		"to the next one that starts. So `auto` takes none of theirs: "
		"on their bridges it is a second address, from the upper half "
		"of the prefix, which they do not use. An address that they "
		"assign permanently (`--ip6`) is written out instead.")),
	TEXT(N_("With `option ipv4 on`, `ipv4` gives a bridge and its "
		"containers IPv4 addresses in the same way. `ipv4 auto` keeps "
		"the one that a bridge or a container has; a bridge without "
		"one gets none that is made up, since another network may have "
		"it, too. Nobody gets a second one: where a container has one "
		"by DHCP, or by its own settings, leave `ipv4` out: then it is "
		"meant by the address that it has on its bridge now, and its "
		"forwards follow that. A bridge gets its own while it is "
		"up.")),
	TEXT(N_("For a container that has none, `ipv4 auto` takes none that a "
		"dnsmasq of this host has leased, or may lease by its command "
		"line and by the config file that this names. The one of "
		"lxc-net may lease all of 10.0.3.0/24, so leave some out: "
		"`LXC_DHCP_RANGE` in /etc/default/lxc-net. What other DHCP "
		"servers lease, and what is written out in place of `auto`, is "
		"yours to keep apart.")),
	TEXT(N_("A container has one statement, for one bridge, even if it has "
		"ports on several: `on` says which. An address on "
		"another bridge is configured inside the container, and "
		"forwards lead to it by address. The containers of a pod share "
		"one network namespace, which has all their names: the "
		"container statement, and the forwards to it, may use any of "
		"them, but all the same one.")),

	TEXT(N_("`translate` gives the containers of a bridge public "
		"addresses out of a prefix that the provider routes to this "
		"host, one for each ULA: with `bridge lxcbr0 ula "
		"fd5a:1c2e:90b1::1/64 translate 2001:db8:5::/64` the container "
		"with `fd5a:1c2e:90b1::3` is `2001:db8:5::3` outside, for all "
		"protocols and ports. What it sends to an uplink leaves under "
		"that address, and what comes to it arrives there, if policies "
		"of the chain `forward` let it: they know it by its ULA. Of "
		"several prefixes, as while a provider changes them, all "
		"arrive, and the first is what containers leave under. "
		"Forwards go on beside it. The ULA of the bridge, and the "
		"first address of the prefix, are this host, and up to the "
		"chain `input`. A container that calls "
		"another one by its public address comes from the ULA of the "
		"bridge.")),
	TEXT(N_("Only the prefix changes, but it is not the stateless "
		"translation of RFC 6296: the kernel tracks each connection, "
		"translates only what belongs to one, and both directions must "
		"pass this host. What it does not translate is dropped, and "
		"what is for an address without a container is unreachable; "
		"nothing goes back to the provider's router. A prefix on the "
		"link of an uplink is refused, as nobody answers for its "
		"addresses there. `masquerade` has nothing left to do on such "
		"a bridge, except for IPv4; without `option ipv4 on` both "
		"together are refused. `prefix`, with `proxy` or without it, "
		"goes with it, on the same bridge or another: what a container "
		"with an `address` sends leaves under that one.")),
	TEXT(N_("While no rules are loaded, before the service starts at boot "
		"or after somebody flushed all rules, what is for a translated "
		"prefix goes back to the router, and comes again until its hop "
		"limit ends it. An unreachable route would stop that, but also "
		"keep this host from calling its containers by their public "
		"addresses, so seki adds none. A rule about what comes by the "
		"uplink stops it alone: `ip -6 rule add iif eth0 to "
		"2001:db8:5::/64 unreachable`, made permanent where the "
		"network of this host is configured; systemd-networkd deletes "
		"such rules of others when it starts.")),

	SECTION(N_("PORTS")),
	TEXT(
	    N_("PORTS is `80`, or `80,443`, or `8000-8010`, or a mix. A target "
	       "without a port keeps the ports; with one, a single port or a "
	       "contiguous range is shifted as a block: `8000-8010` to "
	       "`web1:9000` ends at 9010.")),
	TEXT(N_("`forward any` takes the rest: every protocol and every port "
		"of its address, or of all public addresses without `on`, "
		"that nothing else claims. What other forwards take is "
		"theirs, even what they refuse. With this host stay ICMPv6 "
		"and ICMP, ping among them, the answers of a DHCP server, the "
		"TCP ports on which sshd listens, and what an `allow input` "
		"is about, whatever its `limit`: so `allow input tcp 25` "
		"keeps a mail server of this host, and `allow input` from "
		"some addresses keeps everything that they send. Other "
		"services of this host on that address are taken over; a "
		"commit names them. `seki diff` prints what stays, and the "
		"service follows sshd to other ports within seconds. An "
		"address has at most one `forward any`.")),

	SECTION(N_("ORDER")),
	TEXT(N_("The fixed rules below come first. Then policies are evaluated "
		"in the order they are written, and the first match decides. A "
		"packet that matches none and was translated by a forward is "
		"subject to that forward's own terms: it is accepted from the "
		"sources of its `from`, and refused from anywhere else, "
		"whatever the default is. All other packets get the default of "
		"their chain.")),
	TEXT(N_("This host may use its own forwards, too. Such a connection is "
		"evaluated in the chain `output`, as one that leaves by "
		"neither uplink nor bridge: the forward's `from` applies to "
		"it, but does not let it out where the default of `output` "
		"denies.")),
	TEXT(N_("In policies of the chain `forward`, addresses and ports are "
		"the container's own, after translation.")),
	TEXT(N_("IPv4 is not touched, unless `option ipv4 on` says so: then "
		"forwards, policies, defaults and `masquerade` hold for both "
		"families, and `only` narrows one to one of them, as "
		"addresses in `from`, `to` or `on` do, and the protocols "
		"`icmpv6` and `icmp`. With the option off again IPv4 is as it "
		"was before; also forwarding, if seki switched it on since "
		"the host booted, unless another program has rules that "
		"translate IPv4. Counters of a forward are sums of "
		"both. This version looks only at IPv6 where it says what "
		"routes do to a forward.")),
	TEXT(N_("Public addresses are those that an uplink has, or the one "
		"of a family that `uplink` states. An address that is "
		"temporary (of "
		"privacy extensions), tentative or a duplicate is none. A "
		"deprecated one is none for new connections, unless `uplink` "
		"or `on` names it: those that are there go on, and are "
		"counted. While an `on` address is missing its forward is "
		"broken, and works again once the address is back.")),
	TEXT(N_("The counters of a forward count accepted packets, in both "
		"directions, and those of each family by themselves: lists "
		"show the sum, `seki show forwards --json` both. Like those "
		"of policies they go on over a reboot, which the service sees "
		"to when it ends; after a power cut they begin at 0. A "
		"connection "
		"is new once, however often it was tried. Masqueraded "
		"connections leave with the address that `uplink` states, "
		"else with a permanent one; with a temporary or deprecated "
		"one only while there is no other.")),
	TEXT(N_("A policy with a `limit` matches that many packets of all "
		"senders together, in bursts of at most 5, as `limit rate` of "
		"nftables does; further packets go on to the next policy. "
		"Established connections are accepted earlier, so only new "
		"connections count. The lines of `log` begin with the policy "
		"and its chain, as in `seki deny input: `.")),
	TEXT(N_("An `allow` with a container applies to the addresses that the "
		"config gives it, its ULA and its public one, and `from` it "
		"only to packets that arrive on its bridge.")),
	TEXT(
	    N_("A `deny` or `reject` with a container applies whatever "
	       "address the container takes: to those, and on its bridge to "
	       "every address, except multicast groups, that the config "
	       "neither gives to another container nor forwards to. So there "
	       "it also applies to link-local addresses, even those of its "
	       "neighbours, and to containers to which the config gives "
	       "none. Allow what they need before it, such as DHCPv6 by `allow "
	       "input udp 547 from bridge`.")),
	TEXT(N_("Packets that a container sends by a second bridge from "
		"another address are not covered. And on one bridge, "
		"containers can spoof the addresses of each other: one that "
		"takes that of its neighbour passes for the neighbour, and one "
		"that advertises itself as a router gets what the others send "
		"out. To isolate a container for certain, or to trust it "
		"alone, give it a bridge of its own and say `from bridge`.")),
	TEXT(N_("A container whose root is hostile has no name but those of "
		"its bridge: from any other address nothing of it passes, no "
		"neighbour or router advertisement of it gets beyond the "
		"bridge, no MAC but that of the uplink is seen there, and "
		"duplicate address detection costs nobody an address that seki "
		"gives. On its bridge it can take what is sent to the others, "
		"to their public addresses as well, and make the bridge lose "
		"its link-local address when it comes up. It can also fill the "
		"table of neighbours, which all links of this host share "
		"(`net.ipv6.neigh.default.gc_thresh3`). So can the Internet "
		"where it may look for any address of a prefix that is routed "
		"or translated to a bridge: `default forward deny`, with "
		"policies that name containers, leaves it ping alone.")),
	TEXT(N_("With br_netfilter on (`net.bridge.bridge-nf-call-ip6tables`, "
		"for IPv4 `bridge-nf-call-iptables`), "
		"a container cannot reach itself through its own forward: the "
		"kernel would have to send the packet back out of the port it "
		"came by. Other containers, this host and the Internet can. "
		"`seki doctor` tells where it is on, and how to end that; "
		"Docker may turn it on again, to keep its containers apart.")),

	SECTION(N_("BEFORE ALL POLICIES")),
	TEXT(N_("These rules come before all policies, so that nobody breaks "
		"neighbour discovery, path MTU or the lease of the host's "
		"address by accident, no container speaks in the name of "
		"another host, and nobody outside uses this host as a "
		"router. They are in force as soon as the config has a bridge, "
		"for which seki turns forwarding on, or a policy:")),
	ROWS(manual_fixed),
	TEXT(N_("So `allow forward tcp 80 to uplink` is about containers and "
		"what else is behind this host, not about what came by an "
		"uplink, the same one or another. Where that is to pass, as "
		"between two providers, for clients of a WireGuard interface "
		"that is an uplink, or of IPsec, whose packets come by the "
		"uplink, an `allow forward` names both ends, by `uplink` or by "
		"addresses: `allow forward from uplink to uplink`, or `allow "
		"forward from 10.8.0.0/24 to uplink`. It is then judged like "
		"everything else, by the first policy that matches. What came "
		"by an uplink that is a bridge of the config, too, may be of "
		"containers, and is not meant; nor is what was translated, "
		"by a forward or by another program.")),

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

/* From a config, a snapshot, a journal and a ruleset to steps: nothing is asked
 * of the kernel, so hosts are made up here. */
#include "config.h"

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/plan/plan.h"
#include "core/plan/plan_run.h"

#include "lib/machine.h"
#include "lib/planned.h"

#define GIVEN                                                                  \
	"  lxcbr0: add address " ULA "1/64\n"                                  \
	"  vm00: add address " ULA "3/64\n"                                    \
	"  vm00: add default route via " ULA "1\n"
#define LISTEN(link) "  net/ipv6/conf/" link "/accept_ra 1 -> 2\n"

/* An uplink that has heard nothing yet may live by what it will hear. */
static void
test_uplinks(void **state)
{
	struct machine h;

	(void)state;
	machine_boot(&h);
	plans(&h, UPLINK, LISTEN("eth0") DEAF FORWARDING GIVEN);
	machine_address(&h, NSID_SELF, ETH0, "2001:db8::10/64");
	plans(&h, UPLINK, LISTEN("eth0") DEAF FORWARDING GIVEN);
	machine_default(&h, ETH0, RTPROT_BOOT);
	plans(&h, UPLINK, DEAF FORWARDING GIVEN);
	h.addresses[1].flags = 0;
	plans(&h, UPLINK, LISTEN("eth0") DEAF FORWARDING GIVEN);
	/* networkd and NetworkManager hear for themselves */
	h.routes[0].protocol = RTPROT_RA;
	h.links[ETH0 - 1].conf[CONF_ACCEPT_RA] = 0;
	plans(&h, UPLINK, DEAF FORWARDING GIVEN);
}

/* While none is known, each that could be one: no bridge, no port, not lo. */
static void
test_unknown_uplink(void **state)
{
	struct machine h;

	(void)state;
	machine_boot(&h);
	machine_link(&h, ETH1, "eth1", "", 0);
	plans(&h, CONFIG, LISTEN("eth0") LISTEN("eth1") DEAF FORWARDING GIVEN);
	h.links[ETH1 - 1].peer_nsid = 0; /* it leads to a container */
	plans(&h, CONFIG, LISTEN("eth0") DEAF FORWARDING GIVEN);
	h.links[ETH1 - 1].peer_nsid = NSID_SELF;
	machine_default(&h, ETH0, RTPROT_RA);
	plans(&h, CONFIG, LISTEN("eth0") DEAF FORWARDING GIVEN);
	/* another one has a way out, too */
	machine_default(&h, ETH1, RTPROT_RA);
	plans(&h, CONFIG, LISTEN("eth0") LISTEN("eth1") DEAF FORWARDING GIVEN);
}

/* What a container advertised goes; what a DHCPv6 client has put there, with a
 * lifetime, stays, and so does the bridge of somebody else. */
static void
test_container_as_router(void **state)
{
	struct address *a, *other;
	struct machine h;

	(void)state;
	machine_boot(&h);
	machine_default(&h, LXCBR0, RTPROT_RA)->expires = 600;
	machine_default(&h, DOCKER0, RTPROT_RA)->expires = 600;
	machine_inward(&h, LXCBR0, RTPROT_KERNEL, "2001:db8:66::/64");
	h.inward[0].expires = 900;
	a = machine_address(&h, NSID_SELF, LXCBR0, "2001:db8:66::5/64");
	a->valid = 900;
	a->flags = IFA_F_MANAGETEMPADDR;
	a->proto = 2;
	machine_address(&h, NSID_SELF, LXCBR0, "2001:db8:5::1/64")->flags = 0;
	other = machine_address(&h, NSID_SELF, DOCKER0, "2001:db8:67::5/64");
	other->valid = 900;
	other->flags = IFA_F_MANAGETEMPADDR;
	other->proto = 2;
#define UNLEARN                                                                \
	"  lxcbr0: remove default route via fe80::1 "                          \
	"(by router advertisement)\n"                                          \
	"  lxcbr0: remove route to 2001:db8:66::/64 "                          \
	"(by router advertisement)\n"                                          \
	"  lxcbr0: remove address 2001:db8:66::5/64 "                          \
	"(by router advertisement)\n"
	plans(&h, UPLINK, LISTEN("eth0") DEAF UNLEARN FORWARDING GIVEN);
	/* a kernel before 5.18 does not tell whose an address is */
	h.addresses[0].proto = a->proto = other->proto = 0;
	plans(&h, UPLINK, LISTEN("eth0") DEAF UNLEARN FORWARDING GIVEN);
	assert_null(snapshot_uplink(&h.s, AF_INET6));
}

/* A guest may be the router: a bridge that is named as the uplink is one. */
static void
test_uplink_behind_a_bridge(void **state)
{
	struct machine h;

	(void)state;
	machine_boot(&h);
	plans(&h, "uplink docker0\n" CONFIG,
	    LISTEN("docker0") DEAF FORWARDING GIVEN);
}

/* One that has no port yet may get a wire, behind which the router is. */
static void
test_bridge_without_ports(void **state)
{
	struct machine h;

	(void)state;
	machine_boot(&h);
	machine_settle(&h);
	machine_link(&h, ETH1, "br1", "bridge", 0);
	h.links[ETH1 - 1].conf[CONF_FORWARDING] = 1;
	plans(&h, UPLINK "bridge br1 ula fd77::1/64\n",
	    "  br1: add address fd77::1/64\n");
	h.links[PORT - 1].master = ETH1;
	plans(&h, UPLINK "bridge br1 ula fd77::1/64\n",
	    "  net/ipv6/conf/br1/accept_ra 1 -> 0\n"
	    "  net/ipv6/conf/br1/autoconf 1 -> 0\n"
	    "  br1: add address fd77::1/64\n");
}

#define KEPT "uplink eth0 address 2001:db8::10/64 gateway fe80::1 keep\n"
#define GIVE_ADDRESS "  eth0: add address 2001:db8::10/64\n"
#define GIVE_ROUTE "  eth0: add default route via fe80::1\n"

/* An uplink is given what it lacks, and what it was given goes with the
 * statement; what others gave stays. */
static void
test_kept_uplink(void **state)
{
	struct address *a;
	struct route *r;
	struct machine h;

	(void)state;
	machine_boot(&h);
	machine_settle(&h);
	h.links[ETH0 - 1].conf[CONF_ACCEPT_RA] = 2;
	plans(&h, KEPT CONFIG, GIVE_ADDRESS GIVE_ROUTE);
	plans(&h, "uplink eth0 gateway fe80::1 keep\n" CONFIG, GIVE_ROUTE);
	plans(&h,
	    "option ipv4 on\nuplink eth0 address 192.0.2.10/24 "
	    "gateway 192.0.2.1 keep\n" CONFIG,
	    "  eth0: add address 192.0.2.10/24\n"
	    "  eth0: add default route via 192.0.2.1\n");
	plans(&h, "uplink eth0 address 2001:db8::10/64\n" CONFIG, "");
	a = machine_address(&h, NSID_SELF, ETH0, "2001:db8::10/64");
	plans(&h, KEPT CONFIG, GIVE_ROUTE);
	r = machine_default(&h, ETH0, RTPROT_BOOT);
	plans(&h, KEPT CONFIG, "");
	plans(&h, UPLINK, "");
	a->proto = r->protocol = NET_PROTO;
	r->metric = 512;
	plans(&h, KEPT CONFIG, "");
	plans(&h, UPLINK,
	    "  eth0: remove default route via fe80::1\n"
	    "  eth0: remove address 2001:db8::10/64\n");
	plans(&h, "uplink eth0 gateway fe80::2 keep\n" CONFIG,
	    "  eth0: remove default route via fe80::1\n"
	    "  eth0: remove address 2001:db8::10/64\n"
	    "  eth0: add default route via fe80::2\n");
	/* one that is down takes neither */
	h.s.nroutes = 0;
	h.s.naddresses--;
	h.links[ETH0 - 1].up = false;
	plans(&h, KEPT CONFIG, "");
}

#define CREATED "bridge br0 ula fd77::1/64 create\n"
#define CREATE_BR0                                                             \
	"  br0: make the bridge\n"                                             \
	"  br0: add address fd77::1/64\n"

/* It is made, with an address and all that comes with one, or brought up. */
static void
test_bridge_to_make(void **state)
{
	struct machine h;

	(void)state;
	machine_boot(&h);
	machine_settle(&h);
	plans(&h, UPLINK CREATED, CREATE_BR0);
	plans(&h, UPLINK "option ipv4 on\nbridge br0 ipv4 10.0.9.1/24 create\n",
	    "  br0: make the bridge\n  br0: add address 10.0.9.1/24\n");
	plans(&h, UPLINK CREATED "bridge br1 ula fd78::1/64 create\n",
	    "  br0: make the bridge\n  br1: make the bridge\n"
	    "  br0: add address fd77::1/64\n"
	    "  br1: add address fd78::1/64\n");
	machine_link(&h, ETH1, "br0", "bridge", 0);
	h.links[ETH1 - 1].conf[CONF_FORWARDING] = 1;
	plans(&h, UPLINK CREATED, "  br0: add address fd77::1/64\n");
	h.links[ETH1 - 1].up = false;
	plans(&h, UPLINK CREATED,
	    "  br0: bring it up\n  br0: add address fd77::1/64\n");
	plans(&h, UPLINK "option ipv4 on\nbridge br0 ipv4 10.0.9.1/24 create\n",
	    "  br0: bring it up\n  br0: add address 10.0.9.1/24\n");
	/* one of somebody else that is no bridge */
	strcpy(h.links[ETH1 - 1].kind, "dummy");
	plans(&h, UPLINK CREATED, "");
}

/* It goes again only if it is ours, and nobody has put anything on it. */
static void
test_bridge_to_delete(void **state)
{
	struct made ours = { ETH1, 0x020000000009 };
	struct machine h;
	struct link *l;

	(void)state;
	machine_boot(&h);
	machine_settle(&h);
	machine_link(&h, ETH1, "br0", "bridge", 0);
	l = &h.links[ETH1 - 1];
	l->has_mac = true;
	l->conf[CONF_FORWARDING] = 1;
	mac_bytes(ours.mac, l->mac);
	plans(&h, UPLINK, "");
	journal_add_made(&h.journal, &ours);
	plans(&h, UPLINK, "  br0: delete the bridge\n");
	plans(&h, UPLINK "bridge br0 masquerade ula fd77::1/64\n",
	    "  br0: add address fd77::1/64\n");
	machine_address(&h, NSID_SELF, ETH1, "fe80::1/64");
	machine_address(&h, NSID_SELF, ETH1, "fd77::1/64")->proto = NET_PROTO;
	plans(&h, UPLINK,
	    "  br0: remove address fd77::1/64\n  br0: delete the bridge\n");
	h.links[DOCKER_PORT - 1].master = ETH1;
	plans(&h, UPLINK, "  br0: remove address fd77::1/64\n");
	h.links[DOCKER_PORT - 1].master = DOCKER0;
	h.addresses[h.s.naddresses - 1].proto = 0;
	plans(&h, UPLINK, "");
	h.s.naddresses--;
	l->mac[5] = 1;
	plans(&h, UPLINK, "");
	journal_free(&h.journal);
}

/* Whose it is, before and after each end of a step. */
static void
test_noted_bridge(void **state)
{
	struct made made = { 1002, 0x020000000009 };
	struct journal j = { 0 };
	struct plan p = { 0 };
	struct step *s;

	(void)state;
	s = plan_add(&p, STEP_BRIDGE_MAKE, "br0");
	s->at.index = made.index;
	s->mac = made.mac;
	plan_note_ahead(&p, &j);
	assert_true(journal_has_made(&j, &made));
	plan_note(&p, &j);
	assert_false(journal_has_made(&j, &made));
	s->done = true;
	plan_note(&p, &j);
	assert_true(journal_has_made(&j, &made));
	plan_unnote(&p, &j);
	assert_false(journal_has_made(&j, &made));
	s->kind = STEP_BRIDGE_REMOVE;
	plan_unnote(&p, &j);
	assert_true(journal_has_made(&j, &made));
	plan_note_ahead(&p, &j);
	s->done = false;
	plan_note(&p, &j);
	assert_true(journal_has_made(&j, &made));
	s->done = true;
	plan_note(&p, &j);
	assert_false(journal_has_made(&j, &made));
	plan_free(&p);
	journal_free(&j);
}

/* A bridge with a wire among its ports leads out like the wire. */
static void
test_bridge_with_a_wire(void **state)
{
	struct machine h;

	(void)state;
	machine_boot(&h);
	h.links[ETH0 - 1].master = LXCBR0;
	machine_default(&h, LXCBR0, RTPROT_RA)->expires = 600;
	assert_string_equal(snapshot_uplink(&h.s, AF_INET6)->name, "lxcbr0");
	plans(&h, CONFIG, LISTEN("lxcbr0") FORWARDING GIVEN);
	h.s.nroutes = 0;
	plans(&h, "uplink lxcbr0\n" CONFIG, LISTEN("lxcbr0") FORWARDING GIVEN);
}

static void
test_ours(void **state)
{
	struct owned owned = { .inside = true,
		.name = (char[]){ "vm00" },
		.at = { 4711, PORT, 2 } };
	struct machine h;

	(void)state;
	machine_boot(&h);
	machine_settle(&h);
	plans(&h, UPLINK, "");
	/* by hand, and of seki once */
	machine_address(&h, 0, 2, ULA "7/64");
	plans(&h, UPLINK, "");
	h.addresses[3].proto = NET_PROTO;
	plans(&h, UPLINK, "  vm00: remove address " ULA "7/64\n");
	/* by the journal, where the kernel does not tell, and not by that of
	 * another interface */
	h.addresses[3].proto = 0;
	owned.prefix = h.addresses[3].prefix;
	journal_add(&h.journal, &owned);
	plans(&h, UPLINK, "  vm00: remove address " ULA "7/64\n");
	h.addresses[3].proto = 2;
	plans(&h, UPLINK, "");
	h.addresses[3].proto = 0;
	h.containers[0].inode = 4712;
	plans(&h, UPLINK, "");
	journal_free(&h.journal);
	h.containers[0].route.gateway.bytes[15] = 9;
	plans(&h, UPLINK,
	    "  vm00: remove default route via " ULA "9\n"
	    "  vm00: add default route via " ULA "1\n");
	h.containers[0].route.protocol = RTPROT_BOOT;
	plans(&h, UPLINK, "");
}

/* A namespace on two bridges has an address of each, and one way out. */
static void
test_two_bridges(void **state)
{
	struct machine h;

	(void)state;
	machine_boot(&h);
	machine_settle(&h);
	machine_container(&h, "vm00b");
	h.links[DOCKER0 - 1].conf[CONF_ACCEPT_RA] = 0;
	h.links[DOCKER0 - 1].conf[CONF_AUTOCONF] = 0;
	h.s.naddresses = 2;
	h.containers[0].has_default = false;
#define SECOND                                                                 \
	"bridge docker0 ula fd77::1/64\n"                                      \
	"container vm00b on docker0 ula fd77::3\n"
	plans(&h, UPLINK SECOND,
	    "  docker0: add address fd77::1/64\n"
	    "  vm00: add address " ULA "3/64\n"
	    "  vm00: add default route via " ULA "1\n"
	    "  vm00b: add address fd77::3/64\n");
	/* It may have a route among those that are too many to read. */
	h.containers[0].routes_cut[FAMILY_IPV6] = true;
	h.containers[1].routes_cut[FAMILY_IPV6] = true;
	plans(&h, UPLINK SECOND,
	    "  docker0: add address fd77::1/64\n"
	    "  vm00: add address " ULA "3/64\n"
	    "  vm00b: add address fd77::3/64\n");
}

/* A container without a namespace of its own: what its interface has is not
 * taken for an address that the host is to lose. */
static void
test_own_namespace(void **state)
{
	struct container *c;
	struct machine h;

	(void)state;
	machine_boot(&h);
	machine_settle(&h);
	machine_link(&h, ETH1, "eth1", "", 0);
	h.links[ETH1 - 1].conf[CONF_FORWARDING] = 1;
	c = machine_container(&h, "vm01");
	*c = (struct container){ .name = c->name,
		.runtime = "lxc",
		.nsid = NSID_SELF,
		.bridge = LXCBR0,
		.inner = ETH1,
		.has_default = true };
	machine_address(&h, NSID_SELF, ETH1, ULA "4/64")->proto = NET_PROTO;
	plans(&h, UPLINK "container vm01 on lxcbr0 ula " ULA "4\n", "");
	plans(&h, UPLINK, "  vm01: remove address " ULA "4/64\n");
}

/* "ip netns del" takes the name from a container that is still there: until it
 * is gone, or has a name again, it keeps what it has. */
static void
test_unnamed(void **state)
{
	struct machine h;

	(void)state;
	machine_boot(&h);
	machine_settle(&h);
	h.addresses[2].proto = NET_PROTO;
	plans(&h, UPLINK, "");
	h.containers[0].name = (char[]){ "veth0" };
	h.containers[0].runtime = RUNTIME_UNKNOWN;
	plans(&h, UPLINK, "");
	machine_address(&h, 0, 2, ULA "7/64")->proto = NET_PROTO;
	plans(&h, UPLINK, "  veth0: remove address " ULA "7/64\n");
}

/* What was done is ours, also where the journal could not be written ahead. */
static void
test_noted(void **state)
{
	struct owned owned = { .name = (char[]){ "lxcbr0" } };
	struct journal j = { 0 };
	struct plan p = { 0 };
	struct step *s = plan_add(&p, STEP_ADDRESS_ADD, "lxcbr0");

	(void)state;
	assert_int_equal(prefix_parse(&s->address.prefix, ULA "1/64"), 0);
	owned.prefix = s->address.prefix;
	plan_note(&p, &j);
	assert_false(journal_has(&j, &owned));
	s->done = true;
	plan_note(&p, &j);
	assert_true(journal_has(&j, &owned));
	plan_note(&p, &j);
	assert_int_equal(j.n, 1);
	s->done = false;
	plan_note(&p, &j);
	assert_int_equal(j.n, 0);
	plan_free(&p);
	journal_free(&j);
}

/* Ahead of a commit, which may be killed, what it will add is noted; after one
 * that was taken back only what came back is. */
static void
test_noted_ahead(void **state)
{
	struct owned added = { .name = (char[]){ "lxcbr0" } }, removed = added;
	struct owned foreign = added;
	struct journal j = { 0 };
	struct plan p = { 0 };
	struct step *s;

	(void)state;
	assert_int_equal(prefix_parse(&added.prefix, ULA "1/64"), 0);
	assert_int_equal(prefix_parse(&removed.prefix, ULA "2/64"), 0);
	assert_int_equal(prefix_parse(&foreign.prefix, ULA "3/64"), 0);
	s = plan_add(&p, STEP_ADDRESS_REMOVE, "lxcbr0");
	s->address =
	    (struct address){ .prefix = removed.prefix, .proto = NET_PROTO };
	plan_add(&p, STEP_ADDRESS_REMOVE, "lxcbr0")->address.prefix =
	    foreign.prefix;
	plan_add(&p, STEP_ADDRESS_ADD, "lxcbr0")->address.prefix = added.prefix;
	journal_add(&j, &removed);
	plan_note_ahead(&p, &j);
	assert_int_equal(j.n, 2);
	assert_true(journal_has(&j, &added) && journal_has(&j, &removed));
	p.v[0].done = p.v[2].done = true;
	plan_note(&p, &j);
	assert_int_equal(j.n, 1);
	assert_true(journal_has(&j, &added));
	plan_unnote(&p, &j);
	assert_int_equal(j.n, 1);
	assert_true(journal_has(&j, &removed));
	plan_free(&p);
	journal_free(&j);
}

/* What a setting was is noted ahead of the first change of it, and forgotten
 * when it is so again. */
static void
test_noted_settings(void **state)
{
	struct journal j = { 0 };
	struct plan p = { 0 };
	struct step *s = plan_add(&p, STEP_SYSCTL, "eth0");

	(void)state;
	s->at.index = ETH0;
	s->conf = CONF_PROXY_DELAY;
	s->before = 80;
	plan_note_ahead(&p, &j);
	assert_int_equal(j.nformers, 1);
	assert_int_equal(j.formers[0].value, 80);
	s->done = true;
	plan_note(&p, &j);
	assert_int_equal(j.nformers, 1);
	plan_unnote(&p, &j);
	assert_int_equal(j.nformers, 0);
	/* and back */
	s->before = 0;
	s->after = 80;
	plan_note_ahead(&p, &j);
	assert_int_equal(j.nformers, 0);
	plan_unnote(&p, &j);
	assert_int_equal(j.nformers, 1);
	assert_int_equal(j.formers[0].value, 80);
	s->done = false;
	plan_note(&p, &j);
	assert_int_equal(j.nformers, 1);
	s->done = true;
	plan_note(&p, &j);
	assert_int_equal(j.nformers, 0);
	/* others are for good */
	s->conf = CONF_ACCEPT_RA;
	s->after = 2;
	plan_note_ahead(&p, &j);
	assert_int_equal(j.nformers, 0);
	plan_free(&p);
	journal_free(&j);
}

/* By router advertisement, as where lxc-net advertises the prefix. */
static void
test_sending_from(void **state)
{
	struct machine h;
	struct container *c = &h.containers[0];

	(void)state;
	machine_boot(&h);
	machine_settle(&h);
	machine_address(&h, 0, 2, ULA "7/64")->flags = 0;
	plans(&h, UPLINK,
	    "  vm00: remove default route via " ULA "1\n"
	    "  vm00: add default route via " ULA "1, to send from " ULA "3\n");
	prefix_parse(&c->route.source, ULA "3");
	plans(&h, UPLINK, "");
	/* beside that of a router advertisement */
	c->has_other = true;
	c->other = (struct route){ .index = 2, .protocol = RTPROT_RA };
	prefix_parse(&c->other.gateway, ULA "1");
	plans(&h, UPLINK, "");
	h.s.naddresses--;
	plans(&h, UPLINK,
	    "  vm00: remove default route via " ULA "1, to send from " ULA
	    "3\n");
	/* by another gateway nothing of this host is sent */
	machine_address(&h, 0, 2, ULA "7/64")->flags = 0;
	c->has_other = false;
	c->route = c->other;
	plans(&h, UPLINK,
	    "  vm00: add default route via " ULA "1, to send from " ULA "3\n");
	c->route.gateway.bytes[15] = 9;
	plans(&h, UPLINK, "");
}

static void
test_in_the_way(void **state)
{
	struct machine h;

	(void)state;
	machine_boot(&h);
	machine_settle(&h);
	h.addresses[1].prefix.len = 48;
	h.addresses[1].proto = 0;
	h.addresses[2].flags |= IFA_F_DADFAILED;
	h.s.ninward = 0;
	plans(&h, UPLINK,
	    "  lxcbr0: remove address " ULA "1/48\n"
	    "  lxcbr0: add address " ULA "1/64\n"
	    "  vm00: remove address " ULA "3/64\n"
	    "  vm00: add address " ULA "3/64\n");
	h.addresses[1].prefix.len = 64;
	h.addresses[2].flags = IFA_F_PERMANENT;
	plans(&h, UPLINK, "  lxcbr0: add route to " ULA "/64\n");
	h.links[LXCBR0 - 1].up = false;
	plans(&h, UPLINK, "");
	/* ours, and so removed already */
	h.addresses[2].prefix.len = 128;
	h.addresses[2].proto = NET_PROTO;
	plans(&h, UPLINK,
	    "  vm00: remove address " ULA "3\n"
	    "  vm00: add address " ULA "3/64\n");
}

/* Nothing is planned for what could not take it: it comes when that can. */
static void
test_away(void **state)
{
	struct machine h;

	(void)state;
	machine_boot(&h);
	machine_settle(&h);
	plans(&h, UPLINK "bridge br9 ula fd9c:3a52:77e0::1/64\n", "");
	h.s.naddresses = 2;
	h.containers[0].has_default = false;
	plans(&h, UPLINK,
	    "  vm00: add address " ULA "3/64\n"
	    "  vm00: add default route via " ULA "1\n");
	h.containers[0].inner_down = true;
	plans(&h, UPLINK, "");
	h.containers[0].inner_down = false;
	h.containers[0].no_ipv6 = true;
	plans(&h, UPLINK, "");
	h.containers[0].no_ipv6 = false;
	h.containers[0].state = CONTAINER_STOPPED;
	plans(&h, UPLINK, "");
}

/* A line for each step, also for one that has no words of its own. */
static void
print_steps(const struct plan *p, struct buf *b)
{
	const struct step *s;

	for (s = p->v; s < END_OF(p->v, p->n); s++)
		buf_printf(b, "%s %s %d %d\n", step_kinds[s->kind].name,
		    s->name, s->before, s->after);
}

/* all/forwarding writes each interface and those to come: where they are not as
 * all says, they are written back after it was undone, so noted before it. */
static void
test_forwarding(void **state)
{
	static const struct {
		int all, next, eth0, lxcbr0;
		const char *steps;
	} cases[] = {
		{ 1, 1, 1, 1, "" },
		{ 1, 0, 0, 1, "" },
		{ 0, 0, 0, 0, "sysctl all 0 1\n" },
		{ 0, 1, 0, 0, "keep default 1 1\nsysctl all 0 1\n" },
		{ 0, 0, 1, 0, "keep eth0 1 1\nsysctl all 0 1\n" },
		{ 0, 1, 1, 1,
		    "keep default 1 1\nkeep eth0 1 1\nkeep lxcbr0 1 1\n"
		    "sysctl all 0 1\n" },
	};
	struct machine h;
	struct model m = { 0 };
	struct statement *st;
	struct err e;
	struct plan p;
	struct buf b = { 0 };
	size_t i;

	(void)state;
	st = statement_from("container vm00", &e);
	m.ncontainers = 1;
	m.containers = &(struct model_container){ .st = st };
	for (i = 0; i < NITEMS(cases); i++) {
		machine_boot(&h);
		h.s.nlinks = 3;
		h.s.ncontainers = 0;
		h.links[ETH0 - 1].conf[CONF_ACCEPT_RA] = 2;
		h.s.forwarding = cases[i].all;
		h.s.forwarding_next = cases[i].next;
		h.links[ETH0 - 1].conf[CONF_FORWARDING] = cases[i].eth0;
		h.links[LXCBR0 - 1].conf[CONF_FORWARDING] = cases[i].lxcbr0;
		plan_links(&p, &m, &h.s, &h.journal);
		print_steps(&p, &b);
		assert_string_equal(buf_text(&b), cases[i].steps);
		buf_reset(&b);
		plan_free(&p);
	}
	statement_free(st);
	buf_free(&b);
}

/* What each step is taken back by comes with it: the old value, the address
 * with its lifetimes and its owner, the route with its metric. */
static void
test_undo(void **state)
{
	struct machine h;
	struct config config;
	struct address *a;
	struct model m;
	struct plan p;

	(void)state;
	machine_boot(&h);
	machine_settle(&h);
	a = machine_address(&h, 0, 2, ULA "7/64");
	a->valid = 900;
	a->preferred = 800;
	a->proto = NET_PROTO;
	h.containers[0].route.gateway.bytes[15] = 9;
	h.links[ETH0 - 1].conf[CONF_ACCEPT_RA] = 1;
	planned_model(&h, UPLINK, &config, &m);
	plan_links(&p, &m, &h.s, &h.journal);
	assert_int_equal(p.n, 4);
	assert_int_equal(p.v[0].kind, STEP_SYSCTL);
	assert_int_equal(p.v[0].at.index, ETH0);
	assert_int_equal(p.v[0].before, 1);
	assert_int_equal(p.v[1].kind, STEP_ROUTE_REMOVE);
	assert_ptr_equal(p.v[1].container, &h.containers[0]);
	assert_memory_equal(
	    &p.v[1].route, &h.containers[0].route, sizeof(struct route));
	assert_int_equal(p.v[2].kind, STEP_ADDRESS_REMOVE);
	assert_memory_equal(&p.v[2].address, a, sizeof(*a));
	assert_int_equal(p.v[2].at.netns, 4711);
	assert_int_equal(p.v[2].at.port, PORT);
	assert_int_equal(p.v[3].kind, STEP_ROUTE_ADD);
	assert_int_equal(p.v[3].route.metric, 512);
	assert_int_equal(p.v[3].route.protocol, NET_PROTO);
	plan_free(&p);
	model_free(&m);
	config_free(&config);
}

/* What has no words of its own has no line. */
static void
test_wordless(void **state)
{
	struct plan p = { 0 };
	struct buf b = { 0 };

	(void)state;
	assert_null(step_kinds[STEP_KEEP].print);
	plan_add(&p, STEP_KEEP, "eth0");
	plan_print(&p, &b);
	assert_string_equal(buf_text(&b), "");
	buf_free(&b);
	plan_free(&p);
}

/* One by the journal is marked as ours when it comes back. */
static void
test_undo_marks(void **state)
{
	struct owned owned = { .name = (char[]){ "lxcbr0" },
		.at = { .index = LXCBR0 } };
	struct model m = { 0 };
	struct machine h;
	struct plan p;

	(void)state;
	machine_boot(&h);
	owned.prefix =
	    machine_address(&h, NSID_SELF, LXCBR0, ULA "7/64")->prefix;
	journal_add(&h.journal, &owned);
	plan_links(&p, &m, &h.s, &h.journal);
	assert_int_equal(p.n, 1);
	assert_int_equal(p.v[0].kind, STEP_ADDRESS_REMOVE);
	assert_int_equal(p.v[0].address.proto, NET_PROTO);
	plan_free(&p);
	journal_free(&h.journal);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_uplinks),
		cmocka_unit_test(test_unknown_uplink),
		cmocka_unit_test(test_container_as_router),
		cmocka_unit_test(test_uplink_behind_a_bridge),
		cmocka_unit_test(test_bridge_without_ports),
		cmocka_unit_test(test_kept_uplink),
		cmocka_unit_test(test_bridge_to_make),
		cmocka_unit_test(test_bridge_to_delete),
		cmocka_unit_test(test_noted_bridge),
		cmocka_unit_test(test_bridge_with_a_wire),
		cmocka_unit_test(test_ours),
		cmocka_unit_test(test_two_bridges),
		cmocka_unit_test(test_own_namespace),
		cmocka_unit_test(test_unnamed),
		cmocka_unit_test(test_noted),
		cmocka_unit_test(test_noted_ahead),
		cmocka_unit_test(test_noted_settings),
		cmocka_unit_test(test_sending_from),
		cmocka_unit_test(test_in_the_way),
		cmocka_unit_test(test_away),
		cmocka_unit_test(test_forwarding),
		cmocka_unit_test(test_undo),
		cmocka_unit_test(test_wordless),
		cmocka_unit_test(test_undo_marks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

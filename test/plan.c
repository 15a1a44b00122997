/* From a config, a snapshot and a journal to steps: nothing is asked of the
 * kernel, so hosts are made up here. */
#include "config.h"

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/plan/plan.h"
#include "core/plan/plan_file.h"
#include "core/plan/plan_run.h"

#define ULA "fd5a:1c2e:90b1::"
#define MAX 8

enum { LO = 1, ETH0, LXCBR0, PORT, DOCKER0, DOCKER_PORT, ETH1 };

/* eth0, lxcbr0 with vm00 behind it, docker0 with something, and eth1: as a
 * kernel has them that has just booted. */
struct host {
	struct snapshot s;
	struct link links[MAX];
	struct address addresses[MAX];
	struct route routes[MAX], inward[MAX];
	struct container containers[1];
	struct journal journal;
};

static void
add_link(
    struct host *h, int index, const char *name, const char *kind, int master)
{
	struct link *l = &h->links[h->s.nlinks++];

	*l = (struct link){ .index = index,
		.master = master,
		.up = true,
		.peer_nsid = NSID_SELF,
		.has_conf = true };
	snprintf(l->name, sizeof(l->name), "%s", name);
	snprintf(l->kind, sizeof(l->kind), "%s", kind);
	l->conf[CONF_ACCEPT_RA] = l->conf[CONF_AUTOCONF] = 1;
}

static struct address *
add_address(struct host *h, int nsid, int index, const char *text)
{
	struct address *a = &h->addresses[h->s.naddresses++];

	*a = (struct address){ .nsid = nsid,
		.index = index,
		.flags = IFA_F_PERMANENT,
		.valid = UINT32_MAX,
		.preferred = UINT32_MAX };
	assert_int_equal(prefix_parse(&a->prefix, text), 0);
	return a;
}

static struct route *
add_default(struct host *h, int index, uint8_t protocol)
{
	struct route *r = &h->routes[h->s.nroutes++];

	*r = (struct route){
		.index = index, .protocol = protocol, .metric = 1024
	};
	assert_int_equal(prefix_parse(&r->gateway, "fe80::1"), 0);
	return r;
}

static void
add_inward(struct host *h, int index, uint8_t protocol, const char *to)
{
	struct route *r = &h->inward[h->s.ninward++];

	*r = (struct route){
		.index = index, .protocol = protocol, .metric = 256
	};
	assert_int_equal(prefix_parse(&r->to, to), 0);
}

static void
boot(struct host *h)
{
	static char vm00[] = "vm00";

	memset(h, 0, sizeof(*h));
	add_link(h, LO, "lo", "", 0);
	add_link(h, ETH0, "eth0", "", 0);
	add_link(h, LXCBR0, "lxcbr0", "bridge", 0);
	add_link(h, PORT, "veth0", "veth", LXCBR0);
	add_link(h, DOCKER0, "docker0", "bridge", 0);
	add_link(h, DOCKER_PORT, "veth1", "veth", DOCKER0);
	h->containers[0] = (struct container){ .name = vm00,
		.runtime = "lxc",
		.inode = 4711,
		.bridge = LXCBR0,
		.port = PORT,
		.inner = 2 };
	h->s.links = h->links;
	h->s.addresses = h->addresses;
	h->s.routes = h->routes;
	h->s.inward = h->inward;
	h->s.containers = h->containers;
	h->s.ncontainers = 1;
	h->s.has_ipv6 = true;
	h->s.has_fib = true;
	add_address(h, NSID_SELF, LO, "::1/128")->proto = 1;
}

/* All that the config would do there is done already. */
static void
settle(struct host *h)
{
	size_t i;

	for (i = 0; i < h->s.nlinks; i++)
		h->links[i].conf[CONF_FORWARDING] = 1;
	h->s.forwarding = h->s.forwarding_next = 1;
	h->links[ETH0 - 1].conf[CONF_ACCEPT_RA] = 2;
	h->links[LXCBR0 - 1].conf[CONF_ACCEPT_RA] = 0;
	h->links[LXCBR0 - 1].conf[CONF_AUTOCONF] = 0;
	add_address(h, NSID_SELF, LXCBR0, ULA "1/64")->proto = NET_PROTO;
	add_inward(h, LXCBR0, RTPROT_KERNEL, ULA "/64");
	add_address(h, 0, 2, ULA "3/64")->proto = NET_PROTO;
	h->containers[0].has_default = true;
	prefix_parse(&h->containers[0].route.gateway, ULA "1");
	h->containers[0].route.index = 2;
	h->containers[0].route.protocol = NET_PROTO;
	h->containers[0].route.metric = 512;
}

#define CONFIG                                                                 \
	"bridge lxcbr0 ula " ULA "1/64\n"                                      \
	"container vm00 on lxcbr0 ula " ULA "3\n"
#define UPLINK "uplink eth0\n" CONFIG

static void
plans(struct host *h, const char *text, const char *wanted)
{
	struct config config = { 0 };
	struct model m;
	struct plan p;
	struct buf b = { 0 };
	struct err e;

	if (config_parse(&config, text, NULL, &e) != 0 ||
	    model_build_lenient(&m, &config, &h->s, &e) != 0)
		fail_msg("%s", e.text);
	plan_links(&p, &m, &h->s, &h->journal);
	plan_print(&p, &b);
	assert_string_equal(buf_text(&b), wanted);
	buf_free(&b);
	plan_free(&p);
	model_free(&m);
	config_free(&config);
}

#define DEAF                                                                   \
	"  net/ipv6/conf/lxcbr0/accept_ra 1 -> 0\n"                            \
	"  net/ipv6/conf/lxcbr0/autoconf 1 -> 0\n"
#define FORWARDING "  net/ipv6/conf/all/forwarding 0 -> 1\n"
#define GIVEN                                                                  \
	"  lxcbr0: add address " ULA "1/64\n"                                  \
	"  vm00: add address " ULA "3/64\n"                                    \
	"  vm00: add default route via " ULA "1\n"
#define LISTEN(link) "  net/ipv6/conf/" link "/accept_ra 1 -> 2\n"

/* An uplink that has heard nothing yet may live by what it will hear. */
static void
test_uplinks(void **state)
{
	struct host h;

	(void)state;
	boot(&h);
	plans(&h, UPLINK, LISTEN("eth0") DEAF FORWARDING GIVEN);
	add_address(&h, NSID_SELF, ETH0, "2001:db8::10/64");
	plans(&h, UPLINK, LISTEN("eth0") DEAF FORWARDING GIVEN);
	add_default(&h, ETH0, RTPROT_BOOT);
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
	struct host h;

	(void)state;
	boot(&h);
	add_link(&h, ETH1, "eth1", "", 0);
	plans(&h, CONFIG, LISTEN("eth0") LISTEN("eth1") DEAF FORWARDING GIVEN);
	add_default(&h, ETH0, RTPROT_RA);
	plans(&h, CONFIG, LISTEN("eth0") DEAF FORWARDING GIVEN);
	/* another one has a way out, too */
	add_default(&h, ETH1, RTPROT_RA);
	plans(&h, CONFIG, LISTEN("eth0") LISTEN("eth1") DEAF FORWARDING GIVEN);
}

/* What a container advertised goes; what a DHCPv6 client has put there, with a
 * lifetime, stays, and so does the bridge of somebody else. */
static void
test_container_as_router(void **state)
{
	struct address *a;
	struct host h;

	(void)state;
	boot(&h);
	add_default(&h, LXCBR0, RTPROT_RA)->expires = 600;
	add_default(&h, DOCKER0, RTPROT_RA)->expires = 600;
	add_inward(&h, LXCBR0, RTPROT_KERNEL, "2001:db8:66::/64");
	h.inward[0].expires = 900;
	a = add_address(&h, NSID_SELF, LXCBR0, "2001:db8:66::5/64");
	a->valid = 900;
	a->flags = IFA_F_MANAGETEMPADDR;
	a->proto = 2;
	add_address(&h, NSID_SELF, LXCBR0, "2001:db8:5::1/64")->flags = 0;
#define UNLEARN                                                                \
	"  lxcbr0: remove default route via fe80::1 "                          \
	"(by router advertisement)\n"                                          \
	"  lxcbr0: remove route to 2001:db8:66::/64 "                          \
	"(by router advertisement)\n"                                          \
	"  lxcbr0: remove address 2001:db8:66::5/64 "                          \
	"(by router advertisement)\n"
	plans(&h, UPLINK, LISTEN("eth0") DEAF UNLEARN FORWARDING GIVEN);
	/* a kernel before 5.18 does not tell whose an address is */
	h.addresses[0].proto = a->proto = 0;
	plans(&h, UPLINK, LISTEN("eth0") DEAF UNLEARN FORWARDING GIVEN);
	assert_null(snapshot_uplink(&h.s));
}

/* A bridge with a wire among its ports leads out like the wire. */
static void
test_bridge_with_a_wire(void **state)
{
	struct host h;

	(void)state;
	boot(&h);
	h.links[ETH0 - 1].master = LXCBR0;
	add_default(&h, LXCBR0, RTPROT_RA)->expires = 600;
	assert_string_equal(snapshot_uplink(&h.s)->name, "lxcbr0");
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
	struct host h;

	(void)state;
	boot(&h);
	settle(&h);
	plans(&h, UPLINK, "");
	/* by hand, and of seki once */
	add_address(&h, 0, 2, ULA "7/64");
	plans(&h, UPLINK, "");
	h.addresses[3].proto = NET_PROTO;
	plans(&h, UPLINK, "  vm00: remove address " ULA "7/64\n");
	/* by the journal, and not by that of another interface */
	h.addresses[3].proto = 0;
	owned.prefix = h.addresses[3].prefix;
	journal_add(&h.journal, &owned);
	plans(&h, UPLINK, "  vm00: remove address " ULA "7/64\n");
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

/* By router advertisement, as where lxc-net advertises the prefix. */
static void
test_sending_from(void **state)
{
	struct host h;
	struct container *c = &h.containers[0];

	(void)state;
	boot(&h);
	settle(&h);
	add_address(&h, 0, 2, ULA "7/64")->flags = 0;
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
	add_address(&h, 0, 2, ULA "7/64")->flags = 0;
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
	struct host h;

	(void)state;
	boot(&h);
	settle(&h);
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
}

/* On the disk a step means the namespace, the port and the interface. */
static void
test_files(void **state)
{
	char folder[] = "/tmp/seki-plan-XXXXXX", *path;
	struct plan p = { 0 }, back;
	struct container *c;
	struct buf gone = { 0 };
	struct host h;
	struct step *s;
	struct err e;

	(void)state;
	boot(&h);
	c = &h.containers[0];
	s = plan_add(&p, STEP_ADDRESS_REMOVE, c->name);
	s->container = c;
	s->at = link_id_of(c, 2);
	s->failed = true;
	s->address = (struct address){ .index = 2,
		.flags = 0x100,
		.valid = 900,
		.preferred = 800,
		.proto = 2 };
	prefix_parse(&s->address.prefix, ULA "3/64");
	s = plan_add(&p, STEP_ROUTE_REMOVE, "lxcbr0");
	s->at = link_id_of(NULL, LXCBR0);
	s->route = (struct route){ .index = LXCBR0,
		.protocol = RTPROT_RA,
		.metric = 1024,
		.expires = 600 };
	assert_non_null(mkdtemp(folder));
	path = xasprintf("%s/undo", folder);
	assert_int_equal(plan_write(&p, path, &e), 0);
	assert_int_equal(plan_read(&back, path, &h.s, &gone, &e), 0);
	assert_string_equal(buf_text(&gone), "");
	assert_int_equal(back.n, 2);
	assert_ptr_equal(back.v[0].container, c);
	assert_memory_equal(&back.v[0].address.prefix, &p.v[0].address.prefix,
	    sizeof(struct prefix));
	assert_int_equal(back.v[0].address.valid, 900);
	assert_int_equal(back.v[0].address.proto, 2);
	assert_true(back.v[0].failed && !back.v[1].failed);
	assert_true(route_equal(&back.v[1].route, &p.v[1].route));
	assert_int_equal(back.v[1].route.expires, 600);
	plan_free(&back);
	c->port = DOCKER_PORT; /* another one of that name */
	assert_int_equal(plan_read(&back, path, &h.s, &gone, &e), 0);
	assert_string_equal(buf_text(&gone), "vm00\n");
	buf_free(&gone);
	assert_int_equal(back.n, 1);
	assert_string_equal(back.v[0].name, "lxcbr0");
	plan_free(&back);
	plan_free(&p);
	unlink(path);
	rmdir(folder);
	free(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_uplinks),
		cmocka_unit_test(test_unknown_uplink),
		cmocka_unit_test(test_container_as_router),
		cmocka_unit_test(test_bridge_with_a_wire),
		cmocka_unit_test(test_ours),
		cmocka_unit_test(test_noted),
		cmocka_unit_test(test_sending_from),
		cmocka_unit_test(test_in_the_way),
		cmocka_unit_test(test_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Random configs and random packets: what the kernel does with each packet
 * under the rules that a config became, what the manual says of it, and what
 * core/plan/judge.c says are the same. test/lib/law.c makes the configs,
 * test/lib/ruling.c speaks for the manual, test/lib/wires.c for the kernel.
 *
 * SEKI_TEST_PACKETS says how many (1000), SEKI_TEST_SEED which. */
#include "config.h"

#include <linux/if_addr.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/plan/fw.h"
#include "core/plan/judge.h"
#include "core/plan/ruleset_build.h"
#include "core/plan/ruleset_diff.h"

#include "lib/ruling.h"

#define BATCH 60 /* packets under one config */

/* ---- the judge's side */

static struct link links[] = {
	{ .index = 1, .name = "lo" },
	{ .index = 2, .name = "eth0", .up = true },
	{ .index = 3,
	    .name = "lxcbr0",
	    .kind = "bridge",
	    .up = true,
	    .has_conf = true },
	{ .index = 4,
	    .name = "br1",
	    .kind = "bridge",
	    .up = true,
	    .has_conf = true },
	{ .index = 8, .name = "eth1", .up = true },
};
static struct address addresses[16];
static struct route routes[] = { { .index = 2, .dev = "eth0" } };
static struct route routes4[] = { { .index = 2, .dev = "eth0" } };
static struct route inward[3], inward4[2];
static char names[][5] = { "vm00", "vm01", "vm02" };
static struct container containers[] = {
	{ .name = names[0],
	    .runtime = "lxc",
	    .bridge = 3,
	    .nsid = 0,
	    .port = 5,
	    .inner = 2 },
	{ .name = names[1],
	    .runtime = "lxc",
	    .bridge = 3,
	    .nsid = 1,
	    .port = 6,
	    .inner = 2 },
	{ .name = names[2],
	    .runtime = "lxc",
	    .bridge = 4,
	    .nsid = 2,
	    .port = 7,
	    .inner = 2 },
};
static struct snapshot snapshot = { .links = links,
	.nlinks = NITEMS(links),
	.addresses = addresses,
	.routes = routes,
	.nroutes = NITEMS(routes),
	.routes4 = routes4,
	.nroutes4 = NITEMS(routes4),
	.inward = inward,
	.ninward = NITEMS(inward),
	.inward4 = inward4,
	.ninward4 = NITEMS(inward4),
	.has_ipv6 = true,
	.has_fib = true,
	.ssh = { .v = { SSH_PORT }, .n = 1 },
	.containers = containers,
	.ncontainers = NITEMS(containers) };

static void
add_address(int nsid, int index, const char *addr, uint32_t flags)
{
	struct address *a = &addresses[snapshot.naddresses++];
	char text[64];

	snprintf(text, sizeof(text), "%s/%d", addr,
	    strchr(addr, ':') != NULL ? 64 : 24);
	*a = (struct address){
		.nsid = nsid, .index = index, .flags = IFA_F_PERMANENT | flags
	};
	assert_int_equal(prefix_parse(&a->prefix, text), 0);
}

/* A second IPv4 address of a prefix is always secondary, which is the flag of a
 * temporary one of IPv6. */
static void
add_publics(void)
{
	static const uint32_t flags[] = { [STABLE] = 0,
		[DEPRECATED] = IFA_F_DEPRECATED,
		[TEMPORARY] = IFA_F_TEMPORARY };
	size_t i;

	for (i = 0; i < PUBLICS; i++) {
		add_address(NSID_SELF, 2, places[i].addr,
		    i == 1 ? flags[law.second] : 0);
		add_address(NSID_SELF, 2, places[i].addr4,
		    i == 1 ? flags[law.second] | IFA_F_SECONDARY : 0);
	}
}

/* What is behind the bridges, whatever the law says of it. */
static void
add_inward(void)
{
	static const struct {
		struct route *route;
		int link;
		const char *to;
	} rows[] = { { &inward[0], LXCBR0, ONE "/64" },
		{ &inward[1], BR1, TWO "/64" },
		{ &inward[2], LXCBR0, OPEN "/64" },
		{ &inward4[0], LXCBR0, ONE4 "0/24" },
		{ &inward4[1], BR1, TWO4 "0/24" } };
	size_t i;

	for (i = 0; i < NITEMS(rows); i++) {
		*rows[i].route = (struct route){ .index = 2 + rows[i].link };
		assert_int_equal(
		    prefix_parse(&rows[i].route->to, rows[i].to), 0);
	}
}

/* The host as it is before the law. */
static void
fill_snapshot(void)
{
	static const size_t own[] = { [LXCBR0] = 2, [BR1] = 3 };
	const struct guest *g;
	int link, nsid;

	snapshot.naddresses = 0;
	add_inward();
	add_publics();
	for (link = LXCBR0; link <= BR1; link++) {
		add_address(NSID_SELF, 2 + link, places[own[link]].addr, 0);
		if (law.has4[link])
			add_address(
			    NSID_SELF, 2 + link, places[own[link]].addr4, 0);
	}
	add_address(NSID_SELF, 2 + LXCBR0, OPEN "1", 0);
	for (nsid = 0; nsid < GUESTS; nsid++) {
		g = &law.guests[nsid];
		if (g->has4 != 0)
			add_address(nsid, 2, places[g->has4].addr4, 0);
	}
}

static bool
judge_passes(const struct model *m, const struct shot *s)
{
	enum node sender = places[s->from].node, receiver = places[s->to].node;
	char outside[32];
	struct prefix net;
	struct packet p = { .chain = sender == HOST	? CHAIN_OUTPUT
				     : receiver == HOST ? CHAIN_INPUT
							: CHAIN_FORWARD,
		.proto = s->proto == TCP    ? PACKET_TCP
			 : s->proto == UDP  ? PACKET_UDP
			 : s->proto == BARE ? PACKET_OTHER
			 : s->ipv4	    ? PACKET_ICMP
					    : PACKET_ICMPV6,
		.port =
		    s->proto == TCP || s->proto == UDP ? (uint16_t)s->port : 0,
		.type = s->proto == ICMP ? (uint8_t)s->type : 0,
		.in = sender != HOST ? link_names[places[s->from].link] : NULL,
		.out = sender == HOST && receiver == HOST ? "lo"
		       : receiver != HOST ? link_names[places[s->to].link]
					  : NULL };

	prefix_parse(&p.from, addr_at(s->from, s));
	prefix_parse(&p.to, addr_at(s->to, s));
	if (s->outside != 0) {
		p.chain = sender == HOST ? CHAIN_OUTPUT : CHAIN_FORWARD;
		p.out = link_names[UPLINK];
		snprintf(outside, sizeof(outside), "%s/64",
		    outsides[s->outside - 1]);
		prefix_parse(&net, outside);
		p.to = prefix_moved(&p.to, &net);
	}
	if (s->outside != 0 ? is_translated(s)
			    : s->proto != ICMP && receiver == HOST)
		judge_translate(m, &p);
	return judge(m, &p, NULL) == VERDICT_ALLOW;
}

/* ---- all three */

static void
load(const struct model *m)
{
	struct ruleset want, have, none = { 0 };
	struct buf b = { 0 };
	struct err e;

	enter(HOST);
	ruleset_build(&want, m);
	buf_add(&b, "add table inet seki\ndelete table inet seki\n");
	ruleset_transaction(&want, &none, &b);
	if (fw_run(b.s, &e) != 0)
		fail_msg("%s\n%s", e.text, b.s);
	buf_reset(&b);
	if (fw_read(&have, &e) != 0)
		fail_msg("%s", e.text);
	ruleset_transaction(&want, &have, &b);
	if (b.len > 0)
		fail_msg("what is in force is not read as such:\n%s", b.s);
	buf_free(&b);
	ruleset_free(&have);
	ruleset_free(&want);
}

static void
set_bridged(bool on)
{
	static const char *const paths[] = {
		"/proc/sys/net/bridge/bridge-nf-call-ip6tables",
		"/proc/sys/net/bridge/bridge-nf-call-iptables",
	};
	size_t i;

	enter(HOST);
	bridged = on && access(paths[0], W_OK) == 0;
	for (i = 0; i < NITEMS(paths); i++)
		if (access(paths[i], W_OK) == 0)
			run("echo %d >%s", on, paths[i]);
}

/* What the law became: for the judge, and in the kernel. */
struct enacted {
	struct buf text;
	struct config config;
	struct model model;
};

static void
enact(struct enacted *x)
{
	struct err e;

	*x = (struct enacted){ 0 };
	fill_snapshot();
	print_law(&x->text);
	if (config_parse(&x->config, buf_text(&x->text), NULL, &e) != 0 ||
	    model_build(&x->model, &x->config, &snapshot, &e) != 0)
		fail_msg("%s:\n%s", e.text, buf_text(&x->text));
	load(&x->model);
}

/* The routes that a commit gives beside the rules. */
static void
route_law(bool on)
{
	if (law.proxied != NOBODY)
		answer_for(
		    law.proxied == LXCBR0 ? PROXY_PLACE : PROXY_PLACE1, on);
}

static void
repeal(struct enacted *x)
{
	model_free(&x->model);
	config_free(&x->config);
	buf_free(&x->text);
}

static void
fire(struct shot *shots, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		look_up(&shots[i]);
		shots[i].arrives &= !is_untold(&shots[i]);
		shoot(&shots[i]);
	}
	collect(shots, n);
}

static bool
came_right(const struct shot *s)
{
	return s->arrived && s->where == places[s->end].node &&
	       strcmp(s->at, addr_at(s->end, s)) == 0;
}

static bool
agree(const struct model *m, const struct shot *s)
{
	return is_untold(s) || (came_right(s) == s->arrives &&
				   judge_passes(m, s) == s->arrives &&
				   (!s->arrived || came_right(s)));
}

/* Whether they disagree about it under the law as it is now, too. */
static bool
still_fails(struct shot *s)
{
	struct enacted x;
	bool fails;

	s->token += BATCH;
	s->arrived = false;
	enact(&x);
	fire(s, 1);
	fails = !agree(&x.model, s);
	repeal(&x);
	return fails;
}

/* Takes from a list of the law what it fails without. */
static void
shrink(struct shot *s, void *list, size_t *n, size_t size)
{
	char *at = list, kept[sizeof(struct clause) + sizeof(law.ports[0])];
	size_t i = *n, tail;

	while (i-- > 0) {
		tail = (*n - i - 1) * size;
		memcpy(kept, at + i * size, size);
		memmove(at + i * size, at + (i + 1) * size, tail);
		(*n)--;
		if (still_fails(s))
			continue;
		memmove(at + (i + 1) * size, at + i * size, tail);
		memcpy(at + i * size, kept, size);
		(*n)++;
	}
}

/* Tells of it under the smallest law that shows it. */
static void
tell(const struct shot *failed)
{
	struct shot s = *failed;
	struct enacted x;

	shrink(&s, law.lines, &law.nlines, sizeof(law.lines[0]));
	shrink(&s, law.ports, &law.nports, sizeof(law.ports[0]));
	still_fails(&s);
	enact(&x);
	fail_msg("%s %u (icmp %u) from %s to %s%s%s: the manual says %d, the "
		 "kernel %d (at %s, %s), the judge %d\n%s",
	    proto_words[s.proto], s.port, s.type, addr_at(s.from, &s),
	    addr_at(s.to, &s), s.outside != 0 ? " outside" : "",
	    bridged ? " (br_netfilter)" : "", s.arrives, s.arrived,
	    node_names[s.where], s.at, judge_passes(&x.model, &s),
	    buf_text(&x.text));
}

static size_t
try_config(uint32_t token)
{
	struct shot shots[BATCH];
	const struct shot *failed = NULL;
	struct enacted x;
	size_t i;

	random_law();
	route_law(true);
	enact(&x);
	set_bridged(rarely(2));
	for (i = 0; i < BATCH; i++)
		shots[i] = random_shot(token + (uint32_t)i);
	fire(shots, BATCH);
	for (i = 0; i < BATCH && failed == NULL; i++)
		if (!agree(&x.model, &shots[i]))
			failed = &shots[i];
	repeal(&x);
	if (failed != NULL)
		tell(failed);
	route_law(false);
	return BATCH;
}

static void
test_verdicts(void **state)
{
	const char *want = getenv("SEKI_TEST_PACKETS");
	const char *which = getenv("SEKI_TEST_SEED");
	uint64_t seed;
	size_t total = want != NULL ? strtoul(want, NULL, 10) : 1000, done = 0;

	(void)state;
	seed = which != NULL ? strtoull(which, NULL, 10) : now_ms();
	law_seed(seed);
	print_message("# SEKI_TEST_SEED=%llu\n", (unsigned long long)seed);
	while (done < total)
		done += try_config(1 + (uint32_t)done);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_verdicts),
	};

	return cmocka_run_group_tests(tests, set_up_wires, NULL);
}

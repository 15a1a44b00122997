/* A healthy host with a forward, to spoil and to have checked. What the kernel
 * would say is made up. */
#include "config.h"

#include <linux/if_bridge.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/plan/model_counter.h"
#include "core/state/check.h"

#include "machine.h"
#include "place.h"

void __wrap_net_blame(struct net *, const struct prefix *,
    const struct prefix *, const char *, struct buf *);

void
__wrap_net_blame(struct net *n UNUSED, const struct prefix *from UNUSED,
    const struct prefix *to UNUSED, const char *link UNUSED,
    struct buf *b UNUSED)
{
}

struct passage place_own_way;
void __wrap_net_flight(struct net *, const struct flight *, struct passage *);

void
__wrap_net_flight(
    struct net *n UNUSED, const struct flight *f, struct passage *p)
{
	bool answer = f->sport == 80;

	assert_int_equal(f->mark, 0);
	assert_int_equal(f->proto, IPPROTO_TCP);
	assert_int_equal(f->iif, answer ? LXCBR0 : ETH0);
	assert_int_equal(f->dport == 80, !answer);
	assert_int_equal(addr_is_ula(answer ? f->from : f->to), true);
	*p = place_own_way;
}

void
place_hear(struct place *p, uint8_t proto, uint16_t port, const char *at)
{
	struct listeners *all = &p->h.sockets.v[0].all;
	struct listener *l = &all->v[all->n++];

	*l = (struct listener){
		.proto = proto, .port = port, .both = strcmp(at, "::") == 0
	};
	assert_int_equal(prefix_parse(&l->addr, at), 0);
}

/* Everything is as it should be. */
static void
boot(struct place *p)
{
	static char netns[] = "/proc/4711/ns/net";
	struct container *c = &p->m.containers[0];
	size_t i;

	memset(p, 0, sizeof(*p));
	machine_boot(&p->m);
	machine_settle(&p->m);
	machine_address(&p->m, NSID_SELF, ETH0, PUBLIC "/64");
	machine_default(&p->m, ETH0, RTPROT_BOOT);
	for (i = 0; i < p->m.s.nlinks; i++)
		p->m.links[i].running = true;
	p->m.links[PORT - 1].is_port = true;
	p->m.links[PORT - 1].port_state = BR_STATE_FORWARDING;
	c->netns = netns;
	memcpy(c->mac, "\2\0\0\0\0\1", 6);
	c->has_mac = true;
	c->out[FAMILY_IPV6] = (struct passage){ .known = true, .index = 2 };
	assert_int_equal(
	    prefix_parse(&c->out[FAMILY_IPV6].gateway, ULA "1"), 0);
	p->way = &p->ways[FAMILY_IPV6];
	p->way4 = &p->ways[FAMILY_IPV4];
	p->h.ways.v = p->ways;
	p->h.ways.n = FAMILY_COUNT;
	assert_int_equal(prefix_parse(&p->way->target, ULA "3"), 0);
	p->way->in = (struct passage){ .known = true, .index = LXCBR0 };
	p->way->out = (struct passage){ .known = true, .index = ETH0 };
	assert_int_equal(prefix_parse(&p->way->out.gateway, "fe80::1"), 0);
	p->h.sockets.v = xcalloc(1, sizeof(*p->h.sockets.v));
	p->h.sockets.n = 1;
	p->h.sockets.v[0].inode = 4711;
	p->h.sockets.v[0].all.v = p->listeners;
	place_hear(p, IPPROTO_TCP, 80, "::");
	p->config = CONFIG FORWARD "\n";
}

static void
note_address(struct moved *noted, const char *text)
{
	noted->v = xcalloc(1, sizeof(*noted->v));
	noted->n = 1;
	noted->v[0].stable = true;
	assert_int_equal(prefix_parse(&noted->v[0].addr, text), 0);
}

/* The last of them. */
static char *
forward_id(const struct config *c)
{
	size_t i = c->n;

	while (i > 0 &&
	       (c->v[i - 1].st == NULL || c->v[i - 1].st->kind != ST_FORWARD))
		i--;
	assert_int_not_equal(i, 0);
	return model_forward_id(c->v[i - 1].st);
}

void
place_examine(void (*meddle)(struct place *), bool has, struct report *r)
{
	struct checkup k;
	struct place p;
	struct err e;
	enum family f;
	char *id;

	boot(&p);
	meddle(&p);
	p.h.snapshot = p.m.s;
	assert_int_equal(config_parse(&p.h.saved, p.config, NULL, &e), 0);
	id = forward_id(&p.h.saved);
	p.h.counters.v = p.counters;
	for (f = 0; has && f < FAMILY_COUNT; f++)
		p.counters[p.h.counters.n++].name =
		    model_meter_name(id, METER_IN, f);
	if (has)
		p.counters[p.h.counters.n++].name =
		    model_meter_name(id, METER_OUT, FAMILY_IPV6);
	checkup_begin(&k, &p.h);
	if (p.noted != NULL)
		note_address(&k.noted, p.noted);
	checkup_forward(&k, id, r);
	checkup_end(&k);
	while (p.h.counters.n > 0)
		free((char *)p.counters[--p.h.counters.n].name);
	free(id);
	config_free(&p.h.saved);
	free(p.h.sockets.v);
}

void
place_expect(size_t i, const struct finding *f, enum check_verdict verdict,
    const char *why)
{
	if (f->verdict != verdict || strcmp(buf_text(&f->why), why) != 0)
		fail_msg("%zu: %d, %s", i, (int)f->verdict, buf_text(&f->why));
}

void
place_try(size_t i, void (*meddle)(struct place *), bool has,
    enum check_verdict verdict, const char *why)
{
	struct report r = { 0 };

	place_examine(meddle, has, &r);
	place_expect(i, &r.all, verdict, why);
	report_reset(&r);
}

void
place_cases(const struct place_case *v, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		place_try(i, v[i].meddle, true, v[i].verdict, v[i].why);
}

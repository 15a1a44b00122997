/* What makes a host resolve its config again, or read connections again, and
 * what does not: the kernel's door is replaced by a machine that is made up. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/util.h"
#include "core/kernel/net_flow.h"
#include "core/kernel/net_hooks.h"
#include "core/plan/ruleset_build.h"
#include "core/state/standing.h"

#include "lib/folder.h"
#include "lib/machine.h"

#define CONFIG                                                                 \
	"uplink eth0\n"                                                        \
	"bridge lxcbr0 ula " ULA "1/64\n"                                      \
	"container vm00 on lxcbr0 ula " ULA "3\n"                              \
	"forward tcp 80 to vm00\n"

static struct {
	struct machine *m;
	unsigned models, rulesets; /* made */
	unsigned ways;		   /* read */
	uint64_t now;
	size_t flows;
} kernel;

int __wrap_net_read_more(
    struct net *, struct snapshot *, struct net_progress *, struct err *);
int __wrap_net_flows(
    struct net *, const struct flow_scope *, struct flow_list *, struct err *);
uint64_t __wrap_now_ms(void);
bool __wrap_sockets_update(struct sockets *, struct net *,
    const struct snapshot *, const struct config *);
bool __wrap_ways_update(struct ways *, struct net *, const struct snapshot *,
    const struct config *, bool);
int __wrap_model_build_lenient(struct model *, const struct config *,
    const struct snapshot *, struct err *);
int __real_model_build_lenient(struct model *, const struct config *,
    const struct snapshot *, struct err *);
void __wrap_ruleset_build(struct ruleset *, const struct model *);
void __real_ruleset_build(struct ruleset *, const struct model *);

static void *
copy(const void *from, size_t n, size_t size)
{
	void *to = xcalloc(n + 1, size);

	if (n > 0)
		memcpy(to, from, n * size);
	return to;
}

int
__wrap_net_read_more(struct net *net UNUSED, struct snapshot *s,
    struct net_progress *at UNUSED, struct err *e UNUSED)
{
	const struct snapshot *from = &kernel.m->s;

	*s = *from;
	s->links = copy(from->links, s->nlinks, sizeof(*s->links));
	s->addresses =
	    copy(from->addresses, s->naddresses, sizeof(*s->addresses));
	s->routes = copy(from->routes, s->nroutes, sizeof(*s->routes));
	s->inward = NULL;
	s->ninward = 0;
	s->containers =
	    copy(from->containers, s->ncontainers, sizeof(*s->containers));
	return 0;
}

int
__wrap_net_flows(struct net *net UNUSED, const struct flow_scope *scope UNUSED,
    struct flow_list *out, struct err *e UNUSED)
{
	out->n = kernel.flows;
	out->v = xcalloc(out->n + 1, sizeof(*out->v));
	return 0;
}

uint64_t
__wrap_now_ms(void)
{
	return kernel.now;
}

bool
__wrap_sockets_update(struct sockets *s UNUSED, struct net *net UNUSED,
    const struct snapshot *snapshot UNUSED, const struct config *c UNUSED)
{
	return false;
}

bool
__wrap_ways_update(struct ways *w UNUSED, struct net *net UNUSED,
    const struct snapshot *s UNUSED, const struct config *c UNUSED,
    bool fresh UNUSED)
{
	kernel.ways++;
	return false;
}

int
__wrap_model_build_lenient(struct model *m, const struct config *c,
    const struct snapshot *s, struct err *e)
{
	kernel.models++;
	return __real_model_build_lenient(m, c, s, e);
}

void
__wrap_ruleset_build(struct ruleset *r, const struct model *m)
{
	kernel.rulesets++;
	__real_ruleset_build(r, m);
}

/* A host */

struct place {
	struct machine m;
	struct host h;
	struct err e;
};

static void
set_config(struct place *p, const char *folder, const char *text)
{
	folder_write(folder, "seki.conf", text);
	host_reread(&p->h);
	assert_int_equal(host_reload(&p->h, &p->e), 0);
}

static void
open_place(struct place *p, const char *folder)
{
	char *path = xasprintf("%s/seki.conf", folder);

	memset(p, 0, sizeof(*p));
	memset(&kernel, 0, sizeof(kernel));
	kernel.m = &p->m;
	kernel.now = 1000;
	machine_boot(&p->m);
	machine_settle(&p->m);
	machine_address(&p->m, NSID_SELF, ETH0, "2001:db8::10/64")->valid = 900;
	machine_default(&p->m, ETH0, 4 /* RTPROT_STATIC */);
	p->m.containers[0].has_default = true;
	p->m.containers[0].route.expires = 900;
	folder_write(folder, "seki.conf", CONFIG);
	assert_int_equal(host_open(&p->h, path, &p->e), -1);
	free(p->h.run_path);
	p->h.run_path = xstrdup(folder);
	set_config(p, folder, CONFIG);
	free(path);
}

/* Reads the kernel and asks twice for what it should have; returns how many
 * models that took. */
static unsigned
look(struct place *p)
{
	unsigned before = kernel.models, i;
	const struct model *m;
	struct model own;
	struct wish wish;
	int r = -1;

	if (host_refresh(&p->h, &p->e) != 0)
		fail_msg("%s", p->e.text);
	for (i = 0; i < 2; i++) {
		m = standing_resolve(&p->h, &p->h.saved, &own, &r, &p->e);
		if (r == 0)
			wish = standing_wish(&p->h, m);
		assert_true(r != 0 || wish.present);
	}
	return kernel.models - before;
}

static void
numbers_and_states_do_not_matter(void **state)
{
	struct place p;
	struct link *links;

	open_place(&p, *state);
	assert_int_equal(look(&p), 1);
	assert_int_equal(kernel.rulesets, 1);
	links = p.h.snapshot.links;
	p.m.links[0].rx_bytes += 1000;
	p.m.links[0].mtu = 1400;
	p.m.links[0].up = !p.m.links[0].up;
	p.m.links[0].running = !p.m.links[0].running;
	p.m.links[0].conf[CONF_ACCEPT_RA] = 2;
	p.m.addresses[p.m.s.naddresses - 1].valid = 800;
	p.m.containers[0].route.expires = 800;
	p.m.s.forwarding = !p.m.s.forwarding;
	p.m.s.time = 77;
	assert_int_equal(look(&p), 0);
	assert_int_equal(kernel.rulesets, 1);
	/* And yet they are told. */
	assert_ptr_equal(p.h.snapshot.links, links);
	assert_memory_equal(
	    links, p.m.links, p.m.s.nlinks * sizeof(*p.m.links));
	assert_memory_equal(p.h.snapshot.addresses, p.m.addresses,
	    p.m.s.naddresses * sizeof(*p.m.addresses));
	assert_int_equal(p.h.snapshot.containers[0].route.expires, 800);
	assert_int_equal(p.h.snapshot.forwarding, p.m.s.forwarding);
	assert_int_equal(p.h.snapshot.time, 77);
	host_close(&p.h);
}

static void
objects_do(void **state)
{
	struct place p;
	struct address *last;

	open_place(&p, *state);
	assert_int_equal(look(&p), 1);
	last = machine_address(&p.m, NSID_SELF, ETH0, "2001:db8::11/64");
	assert_int_equal(look(&p), 1);
	last->flags = 0;
	assert_int_equal(look(&p), 1);
	last->valid = 100;
	assert_int_equal(look(&p), 1);
	last->valid = 0;
	assert_int_equal(look(&p), 1);
	p.m.s.naddresses--;
	assert_int_equal(look(&p), 1);
	p.m.links[0].name[0] = 'x';
	assert_int_equal(look(&p), 1);
	p.m.links[0].master = 99;
	assert_int_equal(look(&p), 1);
	p.m.routes[0].metric++;
	assert_int_equal(look(&p), 1);
	p.m.routes[0].expires = 5;
	assert_int_equal(look(&p), 1);
	p.m.containers[0].inode++;
	assert_int_equal(look(&p), 1);
	p.m.containers[0].name = (char[]){ "vm01" };
	assert_int_equal(look(&p), 1);
	p.m.s.ncontainers--;
	assert_int_equal(look(&p), 1);
	p.m.s.has_fib = !p.m.s.has_fib;
	assert_int_equal(look(&p), 1);
	assert_int_equal(look(&p), 0);
	host_close(&p.h);
}

static void
configs_do(void **state)
{
	struct place p;
	struct config other;
	struct model own;
	unsigned before;
	int r;

	open_place(&p, *state);
	assert_int_equal(look(&p), 1);
	set_config(&p, *state, CONFIG "forward tcp 81 to vm00\n");
	assert_int_equal(look(&p), 1);
	/* The reason why not is kept as well. */
	set_config(&p, *state, CONFIG "forward tcp 81 to nobody\n");
	assert_int_equal(look(&p), 1);
	p.e.text[0] = '\0';
	standing_resolve(&p.h, &p.h.saved, &own, &r, &p.e);
	assert_int_equal(r, -1);
	assert_non_null(strstr(p.e.text, "nobody"));
	/* That of another config is nobody's to keep. */
	config_copy(&other, &p.h.saved);
	before = kernel.models;
	assert_ptr_equal(standing_resolve(&p.h, &other, &own, &r, &p.e), &own);
	assert_int_equal(kernel.models, before + 1);
	model_free(&own);
	config_free(&other);
	host_close(&p.h);
}

static void
wish(struct place *p, const struct config *c, const struct snapshot *s,
    unsigned built)
{
	struct model m;

	kernel.rulesets = 0;
	assert_int_equal(model_build(&m, c, s, &p->e), 0);
	standing_wish(&p->h, &m);
	assert_int_equal(kernel.rulesets, built);
	model_free(&m);
}

/* Of the same text for the same host the same is wanted, and of no other. */
static void
what_reads_the_same_is_wanted_once(void **state)
{
	static const char text[] = CONFIG "forward tcp 81 to vm00\n";
	struct config again = { 0 }, other = { 0 }, copy;
	struct snapshot elsewhere;
	struct place p;

	open_place(&p, *state);
	set_config(&p, *state, text);
	look(&p);
	config_parse(&again, text, NULL, &p.e);
	config_parse(&other, CONFIG "forward tcp 82 to vm00\n", NULL, &p.e);
	config_copy(&copy, &other);
	elsewhere = p.h.snapshot;
	wish(&p, &again, &p.h.snapshot, 0);
	wish(&p, &other, &p.h.snapshot, 1);
	wish(&p, &copy, &p.h.snapshot, 1);
	wish(&p, &again, &elsewhere, 1);
	/* nobody knows of what text they are */
	standing_drop(&p.h);
	p.h.saved.text = 0;
	look(&p);
	wish(&p, &copy, &p.h.snapshot, 1);
	config_free(&again);
	config_free(&other);
	config_free(&copy);
	host_close(&p.h);
}

/* Only root may look. */
static void
drift_is_told_to_who_asks(void **state)
{
	bool root = geteuid() == 0;
	struct place p;

	open_place(&p, *state);
	assert_int_equal(host_refresh(&p.h, &p.e), 0);
	assert_int_equal(kernel.models, 0);
	assert_null(p.h.drift_text);
	host_compare(&p.h);
	assert_int_equal(kernel.models, root);
	assert_non_null(p.h.drift_text);
	p.m.s.naddresses--;
	assert_int_equal(host_refresh(&p.h, &p.e), 0);
	assert_int_equal(kernel.models, 2 * root);
	host_close(&p.h);
}

static void
many_connections_are_read_less_often(void **state)
{
	struct place p;

	open_place(&p, *state);
	assert_true(host_flows_due(&p.h));
	kernel.flows = 9999;
	assert_int_equal(host_read_flows(&p.h, &p.e), 0);
	assert_int_equal(host_flows_every(&p.h), 1);
	assert_true(host_flows_due(&p.h));
	kernel.flows = 100000;
	assert_int_equal(host_read_flows(&p.h, &p.e), 0);
	assert_int_equal(host_flows_every(&p.h), 20);
	kernel.now += 19000;
	assert_false(host_flows_due(&p.h));
	kernel.now += 1000;
	assert_true(host_flows_due(&p.h));
	/* Who asks for it gets it at once. */
	assert_int_equal(host_read_flows(&p.h, &p.e), 0);
	assert_false(host_flows_due(&p.h));
	host_expire_flows(&p.h);
	assert_true(host_flows_due(&p.h));
	host_close(&p.h);
}

static void
what_is_behind_forwards_is_read_for_those_who_ask(void **state)
{
	struct place p;

	open_place(&p, *state);
	assert_int_equal(host_refresh(&p.h, &p.e), 0);
	assert_int_equal(kernel.ways, 0);
	host_look_behind(&p.h);
	host_look_behind(&p.h);
	assert_int_equal(kernel.ways, 1);
	assert_int_equal(host_refresh(&p.h, &p.e), 0);
	assert_int_equal(kernel.ways, 2);
	host_close(&p.h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FOLDER_TEST(numbers_and_states_do_not_matter),
		FOLDER_TEST(objects_do),
		FOLDER_TEST(configs_do),
		FOLDER_TEST(what_reads_the_same_is_wanted_once),
		FOLDER_TEST(drift_is_told_to_who_asks),
		FOLDER_TEST(many_connections_are_read_less_often),
		FOLDER_TEST(what_is_behind_forwards_is_read_for_those_who_ask),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}

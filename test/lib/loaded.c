/* A host whose kernel has the rules of a config loaded. */
#include "config.h"

#include "loaded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/plan/fw.h"
#include "core/plan/ruleset_build.h"

#include "folder.h"

struct loaded_kernel kernel;

int __wrap_net_rules(struct net *, const char *, struct rules *, struct err *);
int __wrap_net_elements(struct net *, const char *, uint64_t *, struct err *);
int __wrap_net_generation(struct net *, uint32_t *, struct err *);
uint64_t __wrap_net_identity(struct net *);
int __wrap_net_counters(
    struct net *, const char *, struct counters *, struct err *);
int __wrap_net_counters_at(struct net *, const char *, struct counters *,
    const size_t *, size_t, struct err *);
int __wrap_fw_read(struct ruleset *, struct err *);
int __wrap_history_committed(const struct host *, struct config *);
uid_t __wrap_geteuid(void);

uid_t
__wrap_geteuid(void)
{
	return kernel.user;
}

int
__wrap_net_rules(struct net *net UNUSED, const char *table UNUSED,
    struct rules *out, struct err *e)
{
	kernel.read++;
	if (kernel.no_rules)
		return err_set(e, ERR_FAIL, "cannot read the rules");
	*out = kernel.now.rules;
	return 0;
}

int
__wrap_net_elements(struct net *net UNUSED, const char *table UNUSED,
    uint64_t *digest, struct err *e)
{
	kernel.read++;
	if (kernel.no_elements)
		return err_set(e, ERR_FAIL, "cannot read the elements");
	*digest = kernel.now.elements;
	return 0;
}

int
__wrap_net_generation(
    struct net *net UNUSED, uint32_t *id, struct err *e UNUSED)
{
	*id = kernel.generation;
	return 0;
}

uint64_t
__wrap_net_identity(struct net *net UNUSED)
{
	return kernel.identity;
}

/* Those of what is loaded. */
int
__wrap_net_counters(struct net *net UNUSED, const char *table UNUSED,
    struct counters *c, struct err *e UNUSED)
{
	struct buf names = { 0 };
	const char *name;
	struct ruleset r;
	size_t i;

	kernel.read++;
	ruleset_build(&r, kernel.loaded);
	c->n = r.counters.n;
	c->v = xcalloc(c->n, sizeof(*c->v));
	for (i = 0; i < c->n; i++)
		buf_add_n(&names, r.counters.v[i].key,
		    strlen(r.counters.v[i].key) + 1);
	name = c->names = buf_take(&names);
	for (i = 0; i < c->n; i++, name += strlen(name) + 1)
		c->v[i].name = name;
	ruleset_free(&r);
	return 0;
}

int
__wrap_net_counters_at(struct net *net UNUSED, const char *table UNUSED,
    struct counters *c, const size_t *places, size_t n, struct err *e UNUSED)
{
	size_t i;

	for (i = 0; i < n; i++)
		c->v[places[i]].packets = 70 + i;
	return 0;
}

int
__wrap_fw_read(struct ruleset *have, struct err *e UNUSED)
{
	kernel.listed++;
	ruleset_build(have, kernel.loaded);
	have->built = false;
	return 0;
}

/* What was committed last is what the kernel has loaded. */
int
__wrap_history_committed(const struct host *h UNUSED, struct config *c)
{
	config_copy(c, kernel.committed);
	return kernel.forgotten ? -1 : 0;
}

/* A host */

static void
resolve(const struct place *p, const char *text, struct resolved *to)
{
	struct err e;

	model_free(&to->model);
	config_free(&to->config);
	if (config_parse(&to->config, text, NULL, &e) != 0 ||
	    model_build_lenient(&to->model, &to->config, &p->h.snapshot, &e) !=
		0)
		fail_msg("%s", e.text);
}

void
want(struct place *p, const char *text)
{
	resolve(p, text, &p->wanted);
}

static uint64_t
marks(const struct model *m)
{
	struct ruleset r;
	uint64_t sum;

	ruleset_build(&r, m);
	sum = ruleset_marks(&r);
	ruleset_free(&r);
	return sum;
}

/* As that config wants it, and the kernel has it so. */
void
open_place(struct place *p, void **state, const char *text)
{
	static char nowhere[] = "/none/seki.conf";

	memset(p, 0, sizeof(*p));
	machine_boot(&p->m);
	machine_settle(&p->m);
	machine_address(&p->m, NSID_SELF, ETH0, "2001:db8::10/64");
	p->h.snapshot = p->m.s;
	p->h.run_path = *state;
	p->h.config_path = nowhere;
	resolve(p, text, &p->loaded);
	want(p, text);
	memset(&kernel, 0, sizeof(kernel));
	kernel.loaded = &p->loaded.model;
	kernel.committed = &p->loaded.config;
	kernel.now = (struct drift_rules){ .rules = { .present = true,
					       .marks = marks(kernel.loaded),
					       .shape = SHAPE },
		.has_elements = true,
		.elements = ELEMENTS };
}

/* The folder starts anew as well. */
void
close_place(struct place *p)
{
	model_free(&p->loaded.model);
	model_free(&p->wanted.model);
	config_free(&p->loaded.config);
	config_free(&p->wanted.config);
	folder_write(p->h.run_path, "ruleset", "");
	folder_write(p->h.run_path, "made", "");
}

struct wish
wish(const struct place *p)
{
	struct ruleset r;
	struct wish w;

	ruleset_build(&r, &p->wanted.model);
	w = wish_of(&r);
	ruleset_free(&r);
	return w;
}

void
note(const struct place *p, uint64_t with, uint64_t shape, uint64_t elements)
{
	const struct rule_note n = { .marks = with,
		.shape = shape,
		.want = wish(p).digest,
		.elements = elements };
	struct err e;

	if (rule_notes_add(p->h.run_path, &n, &e) != 0)
		fail_msg("%s", e.text);
}

/* What may have happened */

void
unsettled(struct place *p)
{
	no_table(p);
	p->h.snapshot.naddresses = 0;
	p->m.containers[0].route = (struct route){ 0 };
}

void
no_table(struct place *p)
{
	(void)p;
	memset(&kernel.now.rules, 0, sizeof(kernel.now.rules));
}

void
nothing(struct place *p)
{
	(void)p;
}

void
other_sysctl(struct place *p)
{
	p->m.links[LXCBR0 - 1].conf[CONF_ACCEPT_RA] = 1;
}

void
other_rules(struct place *p)
{
	(void)p;
	kernel.now.rules.marks++;
}

/* Of what seki wrote for what was there then. */
void
dated_rules(struct place *p)
{
	other_rules(p);
	note(p, kernel.now.rules.marks, SHAPE, ELEMENTS);
}

void
dated_and_asleep(struct place *p)
{
	dated_rules(p);
	kernel.now.rules.flags = 1;
}

void
asleep(struct place *p)
{
	(void)p;
	kernel.now.rules.flags = 1;
}

void
edited(struct place *p)
{
	note(p, kernel.now.rules.marks, SHAPE - 1, ELEMENTS);
}

void
noted(struct place *p)
{
	note(p, kernel.now.rules.marks, SHAPE, ELEMENTS);
}

void
elements(struct place *p)
{
	note(p, kernel.now.rules.marks, SHAPE, ELEMENTS - 1);
}

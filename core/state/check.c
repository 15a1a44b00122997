/* Reasons why a forward may not work: finding the worst. */
#include "config.h"

#include "core/state/check.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/plan/model_counter.h"
#include "core/plan/model_family.h"
#include "core/reach/too_big.h"
#include "core/state/check_parts.h"
#include "core/state/drift.h"
#include "core/state/standing.h"

/* Subjects */

/* Finds a container by its name if the forward has one, even in the wrong
 * place; else by the target address. */
static const struct container *
find_container(const struct check_subject *s)
{
	const struct snapshot *now = check_seen(s);
	const struct container *c = now->containers;
	const struct container *end = END_OF(c, now->ncontainers);

	if (check_is_named(s) && s->forward->container->container != NULL)
		return s->forward->container->container;
	if (check_is_named(s))
		return snapshot_container(
		    now, s->forward->st->v[FORWARD_TO].target.name, NULL);
	for (; c < end; c++)
		if (c->port != 0 && c->nsid != NSID_SELF &&
		    check_target_inside(
			&(struct check_subject){ .host = s->host,
			    .forward = s->forward,
			    .container = c }) != NULL)
			return c;
	return NULL;
}

static const struct link *
find_bridge(const struct check_subject *s)
{
	const struct model *m = s->model;
	struct model_addrs own;
	size_t i, k;

	if (check_is_named(s))
		return s->forward->container->bridge->link;
	for (i = 0; i < m->nbridges; i++) {
		own = model_bridge_addrs(&m->bridges[i], s->forward->family);
		for (k = 0; k < own.n; k++)
			if (prefix_holds(&own.v[k], &s->forward->target))
				return m->bridges[i].link;
	}
	return NULL;
}

/* What is for this host itself is not about what is forwarded. */
static void
find_too_big(struct checkup *k)
{
	const struct hooks *all = &k->host->hooks;
	const struct hook *h;
	enum family f;

	for (h = all->v; h < END_OF(all->v, all->n); h++)
		for (f = 0; f < FAMILY_COUNT; f++)
			if (k->too_big[f] == NULL && h->place != HOOK_INPUT &&
			    too_big_is_dropped(all, h, f, k->config))
				k->too_big[f] = h;
}

void
checkup_begin(struct checkup *k, const struct host *h)
{
	int r = -1;

	memset(k, 0, sizeof(*k));
	k->host = h;
	k->config = drift_config(h, &k->store, &k->refusal);
	if (k->config != NULL)
		k->model =
		    standing_resolve(h, k->config, &k->own, &r, &k->refusal);
	k->known = r == 0;
	moved_read(&k->noted, h);
	if (k->config != NULL)
		find_too_big(k);
}

void
checkup_end(struct checkup *k)
{
	model_free(&k->own);
	config_free(&k->store);
	moved_free(&k->noted);
}

/* The first of its families. Lists ask in the order of the config, which is the
 * model's, and may ask twice. */
static const struct model_forward *
find_forward(struct checkup *k, const char *id)
{
	size_t n = k->model->nforwards, i, at;

	for (i = 0; i < n; i++) {
		at = (k->at + i) % n;
		if (strcmp(k->model->forwards[at].id, id) == 0) {
			k->at = at;
			return &k->model->forwards[at];
		}
	}
	return NULL;
}

/* NULL if it was not left out. */
static const struct model_left *
find_left(const struct checkup *k, const char *id)
{
	const struct model_left *l = k->model->left, *found = NULL;
	char *other;

	for (; found == NULL && l < END_OF(k->model->left, k->model->nleft);
	     l++) {
		if (l->st->kind != ST_FORWARD)
			continue;
		other = model_forward_id(l->st);
		if (strcmp(other, id) == 0)
			found = l;
		free(other);
	}
	return found;
}

bool
checkup_has(struct checkup *k, const char *id, const struct statement *st)
{
	const struct model_forward *f = k->known ? find_forward(k, id) : NULL;

	return f != NULL && statement_equal(f->st, st);
}

bool
checkup_agrees(
    const struct checkup *k, const struct statement *st, bool removed)
{
	const struct config *c = k->config;
	const struct statement *now;
	size_t i;

	for (i = 0; c != NULL && i < c->n; i++) {
		now = c->v[i].st;
		if (now != NULL && statement_same(st, now))
			return !removed && statement_equal(now, st);
	}
	return c != NULL && removed;
}

/* What its lights come to. */
static void
conclude(struct finding *to)
{
	const struct light_note *red = lights_red(&to->lights);

	if (red == NULL)
		return;
	to->verdict = to->lights.states[red->light] == LIGHT_FAIL
			  ? CHECK_BROKEN
			  : CHECK_DEGRADED;
	buf_add(&to->why, red->why);
}

/* By the one light that anything is known of, with those before it. */
static void
conclude_one(struct finding *to, enum light light, enum check_verdict verdict,
    const char *check)
{
	to->verdict = verdict;
	lights_note(&to->lights,
	    verdict == CHECK_BROKEN ? LIGHT_FAIL : LIGHT_WARN,
	    &(struct light_note){
		light, check, xstrdup(buf_text(&to->why)), NULL });
	lights_cut(&to->lights);
}

static void
judge_unknown(const struct checkup *k, const char *id, struct finding *to)
{
	bool has = check_has_rules(k->host, id, FAMILY_IPV6) ||
		   check_has_rules(k->host, id, FAMILY_IPV4);

	lights_fill(&to->lights, LIGHT_UNKNOWN, DOUBT_CONFIG);
	if (k->refusal.code == ERR_NONE)
		return;
	buf_printf(
	    &to->why, _("the config cannot be applied: %s"), k->refusal.text);
	conclude_one(
	    to, LIGHT_MATCHES, has ? CHECK_DEGRADED : CHECK_BROKEN, "config");
}

/* Without a public address, nothing arrives; else its target is missing. */
static void
conclude_left(const struct model *m, const struct statement *st, enum family f,
    struct finding *to)
{
	bool away = m->nuplinks == 0 || m->nstable[f] == 0 ||
		    (st != NULL && st->v[FORWARD_ON].set);

	lights_fill(&to->lights, LIGHT_UNKNOWN, DOUBT_LEFT);
	to->lights.states[LIGHT_ARRIVES] = LIGHT_OK;
	conclude_one(
	    to, away ? LIGHT_ARRIVES : LIGHT_ADDR, CHECK_BROKEN, "left-out");
}

static void
judge_left(const struct checkup *k, const char *id, enum family family,
    struct finding *to)
{
	const struct check_subject s = {
		.host = k->host, .model = k->model, .noted = &k->noted
	};
	const struct model_left *left = find_left(k, id);
	const struct statement *st = left != NULL ? left->st : NULL;

	check_left_out(&s, left != NULL ? left->why : NULL, &to->why);
	conclude_left(k->model, st, family, to);
}

static struct check_subject
subject_of(const struct checkup *k, const struct model_forward *f)
{
	struct check_subject s = { .host = k->host,
		.model = k->model,
		.noted = &k->noted,
		.too_big = k->too_big[f->family],
		.forward = f };

	s.bridge = find_bridge(&s);
	s.container = find_container(&s);
	if (s.container != NULL)
		s.port = snapshot_link_at(check_seen(&s), s.container->port);
	return s;
}

/* Of one family. */
static void
judge_one(
    const struct checkup *k, const struct model_forward *f, struct finding *to)
{
	struct check_subject s = subject_of(k, f);
	const struct obstacle obstacle = check_obstacle(&s);
	const struct obstacle inside = check_obstacle_inside(&s);

	s.obstacle = &obstacle;
	s.inside = &inside;
	check_lights(&s, &to->lights);
	conclude(to);
}

static void
take_over(struct finding *to, const struct finding *from)
{
	to->verdict = from->verdict;
	buf_add(&to->why, buf_text(&from->why));
}

/* Each reason says of which family it is, unless both have the same. What is
 * broken in one alone still works. */
static void
join_both(struct report *r)
{
	const struct finding *v = r->families;
	struct buf *why = &r->all.why;
	enum family f;

	r->all.verdict =
	    v[0].verdict == v[1].verdict ? v[0].verdict : CHECK_DEGRADED;
	if (v[0].verdict == v[1].verdict &&
	    strcmp(buf_text(&v[0].why), buf_text(&v[1].why)) == 0) {
		buf_add(why, buf_text(&v[0].why));
		return;
	}
	for (f = 0; f < FAMILY_COUNT; f++)
		if (v[f].why.len > 0)
			buf_printf(why, "%s%s: %s", why->len > 0 ? "; " : "",
			    family_words[f], v[f].why.s);
}

/* What it lacks for the other family is no fault of the one that it has. */
static void
judge_families(
    struct checkup *k, const struct model_forward *f, struct report *r)
{
	const struct model *m = k->model;
	struct finding *other = &r->families[!f->family];

	judge_one(k, f, &r->families[f->family]);
	if (f + 1 < END_OF(m->forwards, m->nforwards) && f[1].st == f->st) {
		judge_one(k, &f[1], &r->families[f[1].family]);
		join_both(r);
		return;
	}
	take_over(&r->all, &r->families[f->family]);
	if (f->lacks == NULL)
		return;
	buf_add(&other->why, f->lacks);
	conclude_left(m, f->st, !f->family, other);
}

void
checkup_forward(struct checkup *k, const char *id, struct report *r)
{
	const struct model_forward *f = k->known ? find_forward(k, id) : NULL;
	enum family family;

	if (f != NULL) {
		judge_families(k, f, r);
		return;
	}
	for (family = 0; family < FAMILY_COUNT; family++)
		if (k->known)
			judge_left(k, id, family, &r->families[family]);
		else
			judge_unknown(k, id, &r->families[family]);
	take_over(&r->all, &r->families[FAMILY_IPV6]);
}

/* The two families of one statement are neighbours in the model. */
unsigned
checkup_stopped(const struct checkup *k, const struct hook *hook,
    checkup_stopped_fn *tell, void *arg)
{
	const struct model_forward *f, *end;
	const struct statement *last = NULL;
	struct check_subject s;
	struct obstacle o;
	unsigned n = 0;

	if (!k->known)
		return 0;
	end = END_OF(k->model->forwards, k->model->nforwards);
	for (f = k->model->forwards; f < end; f++) {
		s = subject_of(k, f);
		if (f->st == last)
			continue;
		o = check_obstacle_at(&s, hook);
		if (o.meeting == MEETS_NOTHING)
			continue;
		if (tell != NULL)
			tell(arg, f->st, o.at);
		last = f->st;
		n++;
	}
	return n;
}

static bool
is_deaf(const struct check_subject *s, const struct check_group *g,
    enum light light, struct buf *why)
{
	const struct check *c = g->v, *end = g->v + g->n;
	struct buf what = { 0 };

	while (c < end && (c->light != light || !check_fails(c, s, &what)))
		c++;
	if (c < end)
		buf_printf(why, _(c->sentence), buf_text(&what));
	buf_free(&what);
	return c < end;
}

bool
check_hears(const struct host *h, const struct model *m,
    const struct model_forward *f, struct buf *why)
{
	const struct checkup k = { .host = h, .model = m };
	const struct check_subject s = subject_of(&k, f);

	return !is_deaf(&s, &check_container, LIGHT_RUNS, why) &&
	       !is_deaf(&s, &check_listen, LIGHT_LISTENS, why);
}

void
report_reset(struct report *r)
{
	enum family f;

	buf_free(&r->all.why);
	for (f = 0; f < FAMILY_COUNT; f++) {
		buf_free(&r->families[f].why);
		lights_free(&r->families[f].lights);
	}
	*r = (struct report){ 0 };
}

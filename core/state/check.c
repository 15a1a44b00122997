/* Reasons why a forward may not work: finding the worst. */
#include "config.h"

#include "core/state/check.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/plan/model_counter.h"
#include "core/plan/model_family.h"
#include "core/state/check_parts.h"
#include "core/state/drift.h"
#include "core/state/standing.h"

/* In the order of reporting: a cause before its consequences. */
static const struct check_group *const groups[] = { &check_host, &check_bridge,
	&check_container, &check_rules, &check_hooks, &check_listen };

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
}

void
checkup_end(struct checkup *k)
{
	model_free(&k->own);
	config_free(&k->store);
	moved_free(&k->noted);
}

/* Lists ask in the order of the config, which is the model's. */
static const struct model_forward *
find_forward(struct checkup *k, const char *id)
{
	size_t n = k->model->nforwards, i, at;

	for (i = 0; i < n; i++) {
		at = (k->at + i) % n;
		if (strcmp(k->model->forwards[at].id, id) == 0) {
			k->at = at + 1;
			return &k->model->forwards[at];
		}
	}
	return NULL;
}

/* NULL if it was not left out. */
static const char *
find_left(const struct checkup *k, const char *id)
{
	const struct model_left *l = k->model->left;
	const char *why = NULL;
	char *other;

	for (; why == NULL && l < END_OF(k->model->left, k->model->nleft);
	     l++) {
		if (l->st->kind != ST_FORWARD)
			continue;
		other = model_forward_id(l->st);
		if (strcmp(other, id) == 0)
			why = l->why;
		free(other);
	}
	return why;
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

/* The first of the worst. */
static const struct check *
worst_failing(const struct check_subject *s, struct buf *what)
{
	const struct check *c, *end, *worst = NULL;
	struct buf b = { 0 };
	size_t i;

	for (i = 0; i < NITEMS(groups); i++) {
		end = groups[i]->v + groups[i]->n;
		for (c = groups[i]->v; c < end; c++) {
			buf_reset(&b);
			if ((c->ipv6 && s->forward->family == FAMILY_IPV4) ||
			    (worst != NULL && c->verdict <= worst->verdict) ||
			    !c->fails(s, &b))
				continue;
			worst = c;
			buf_reset(what);
			buf_add(what, buf_text(&b));
		}
	}
	buf_free(&b);
	return worst;
}

static void
judge_unknown(const struct checkup *k, const char *id, struct finding *to)
{
	if (k->refusal.code == ERR_NONE)
		return;
	to->verdict = check_has_rules(k->host, id, FAMILY_IPV6) ||
			      check_has_rules(k->host, id, FAMILY_IPV4)
			  ? CHECK_DEGRADED
			  : CHECK_BROKEN;
	buf_printf(
	    &to->why, _("the config cannot be applied: %s"), k->refusal.text);
}

static void
judge_left(const struct checkup *k, const char *id, struct finding *to)
{
	const struct check_subject s = {
		.host = k->host, .model = k->model, .noted = &k->noted
	};

	to->verdict = CHECK_BROKEN;
	check_left_out(&s, find_left(k, id), &to->why);
}

static struct check_subject
subject_of(const struct checkup *k, const struct model_forward *f)
{
	struct check_subject s = { .host = k->host,
		.model = k->model,
		.noted = &k->noted,
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
	struct buf what = { 0 };
	const struct check *c;

	s.obstacle = &obstacle;
	s.inside = &inside;
	c = worst_failing(&s, &what);
	to->verdict = c != NULL ? c->verdict : CHECK_OK;
	if (c != NULL)
		buf_printf(&to->why, _(c->sentence), buf_text(&what));
	buf_free(&what);
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
	static const char *const names[FAMILY_COUNT] = {
		[FAMILY_IPV6] = "IPv6", [FAMILY_IPV4] = "IPv4"
	};
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
			    names[f], v[f].why.s);
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
	other->verdict = CHECK_BROKEN;
	buf_add(&other->why, f->lacks);
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
	if (k->known)
		judge_left(k, id, &r->all);
	else
		judge_unknown(k, id, &r->all);
	for (family = 0; family < FAMILY_COUNT; family++)
		take_over(&r->families[family], &r->all);
}

/* The two families of one statement are neighbours in the model. */
unsigned
checkup_stopped(const struct checkup *k, const struct hook *hook)
{
	const struct model_forward *f, *end;
	const struct statement *last = NULL;
	struct check_subject s;
	unsigned n = 0;

	if (!k->known)
		return 0;
	end = END_OF(k->model->forwards, k->model->nforwards);
	for (f = k->model->forwards; f < end; f++) {
		s = subject_of(k, f);
		if (f->st == last ||
		    check_obstacle_at(&s, hook).meeting == MEETS_NOTHING)
			continue;
		last = f->st;
		n++;
	}
	return n;
}

void
report_reset(struct report *r)
{
	enum family f;

	buf_free(&r->all.why);
	for (f = 0; f < FAMILY_COUNT; f++)
		buf_free(&r->families[f].why);
	*r = (struct report){ 0 };
}

/* Checks of what others drop and nobody misses at once: errors about packets
 * that are too big, and what addresses live by. */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/reach/hook_tell.h"
#include "core/reach/lifeline.h"
#include "core/reach/too_big.h"
#include "core/show/doctor_parts.h"
#include "core/state/drift.h"

/* Of a container's hook, or of this host's if r is NULL. */
static void
tell(const struct examination *x, const struct container_row *r,
    const struct hooks *all, const struct hook *h, enum family f)
{
	struct buf why = { 0 }, command = { 0 }, cure = { 0 };

	too_big_tell(all, h, f, &why);
	doctor_add(x, DOCTOR_WARN, r != NULL ? xstrdup(r->name) : NULL,
	    buf_take(&why));
	too_big_cure(all, h, f, &command);
	if (r == NULL)
		buf_add(&cure, buf_text(&command));
	else
		container_enter(r->container, buf_text(&command), &cure);
	doctor_cure(x, cure.len > 0 ? buf_take(&cure) : NULL);
	buf_free(&command);
}

/* One that drops more than those is told by other checks. */
static bool
is_told(const struct hooks *all, const struct hook *h, const struct config *c)
{
	struct buf ignored = { 0 };
	bool told = hook_tell(all, h, c, &ignored);

	buf_free(&ignored);
	return told;
}

static bool
is_for(const struct config *c, enum family f)
{
	return f == FAMILY_IPV6 || config_option(c, OPTION_IPV4) == OPTION_ON;
}

static void
look_here(const struct examination *x, const struct config *c)
{
	const struct hooks *all = &x->host->hooks;
	const struct hook *h;
	enum family f;

	for (h = all->v; h < END_OF(all->v, all->n); h++)
		for (f = 0; f < FAMILY_COUNT; f++)
			if (is_for(c, f) && too_big_is_dropped(all, h, f, c) &&
			    !is_told(all, h, c))
				tell(x, NULL, all, h, f);
}

/* Only of those whose rules were read. */
static void
look_inside(const struct examination *x, const struct container_row *r,
    const struct config *c)
{
	const struct hooks *all =
	    sockets_rules(&x->host->sockets, r->container->inode);
	const struct hook *h;
	enum family f;

	if (all == NULL)
		return;
	for (h = all->v; h < END_OF(all->v, all->n); h++)
		for (f = 0; f < FAMILY_COUNT; f++)
			if (is_for(c, f) && !h->all[f] &&
			    too_big_is_dropped_inside(
				all, h, f, r->container->inner_name))
				tell(x, r, all, h, f);
}

static void
look_for_lost_errors(const struct examination *x)
{
	const struct container_row *r = x->lists->containers;
	const struct container_row *end = END_OF(r, x->lists->ncontainers);
	struct config store = { 0 };
	struct err ignored;
	const struct config *c = drift_config(x->host, &store, &ignored);

	if (c != NULL)
		look_here(x, c);
	for (; c != NULL && r < end; r++)
		if (r->container != NULL && r->container->inode != 0)
			look_inside(x, r, c);
	config_free(&store);
}

static void
tell_cut(const struct examination *x, const struct hook *h, enum lifeline line,
    const struct link *uplink)
{
	const struct hooks *all = &x->host->hooks;
	struct buf why = { 0 }, cure = { 0 };

	lifeline_tell(all, h, line, &why);
	doctor_add(x, DOCTOR_WARN, xstrdup(uplink->name), buf_take(&why));
	lifeline_cure(all, h, line, &cure);
	doctor_cure(x, cure.len > 0 ? buf_take(&cure) : NULL);
}

/* What is not a bridge of containers may be an uplink. */
static void
look_for_cut_lines(const struct examination *x)
{
	const struct snapshot *now = &x->host->snapshot;
	const struct hooks *all = &x->host->hooks;
	const struct hook *h;
	const struct link *l;
	enum lifeline line;

	for (l = now->links; l < END_OF(now->links, now->nlinks); l++)
		for (h = all->v; h < END_OF(all->v, all->n); h++)
			for (line = 0; line < LIFELINES; line++)
				if (!link_is_inward(now, l) &&
				    lifeline_is_cut(all, h, line, now, l))
					tell_cut(x, h, line, l);
}

static const struct doctor_check checks[] = {
	{ "lease", DOCTOR_UPLINKS, look_for_cut_lines,
	    N_("what its addresses live by") },
	{ "too-big", DOCTOR_OTHERS, look_for_lost_errors,
	    N_("errors of a small MTU") },
};
const struct doctor_checks doctor_errors = { checks, NITEMS(checks) };

/* What the checks share. */
#include "config.h"

#include "core/show/doctor_parts.h"

#include <stdlib.h>

#include "core/base/intl.h"
#include "core/show/cured.h"

void
doctor_add(const struct examination *x, enum doctor_verdict verdict,
    char *subject, char *why)
{
	struct doctor *d = x->to;

	d->v = xgrow(d->v, d->n, sizeof(*d->v));
	d->v[d->n++] = (struct doctor_row){ .verdict = verdict,
		.area = x->now->area,
		.check = x->now->name,
		.what = x->now->what,
		.subject = subject,
		.why = why };
}

static void
cut(char *why, const char *fmt, const char *command)
{
	char *end = xasprintf(fmt, command);

	cut_suffix(why, end);
	free(end);
}

/* What is told in other places, too, has its cure at the end. */
void
doctor_cure(const struct examination *x, char *command)
{
	struct doctor_row *r = &x->to->v[x->to->n - 1];

	r->cure = command;
	r->cured = command != NULL && cured_by(&x->edited->candidate, command);
	if (command == NULL || r->why == NULL)
		return;
	cut(r->why, " (%s)", command);
	cut(r->why, ": %s", command);
}

bool
doctor_can_look(const struct examination *x)
{
	if (x->host->blind && x->lists->ncontainers > 0)
		doctor_add(x, DOCTOR_UNKNOWN, NULL,
		    xasprintf(_("%s: only root can look into containers"),
			_(x->now->what)));
	return !x->host->blind;
}

bool
doctor_looks_into(const struct container_row *r)
{
	const struct container *c = r->container;

	return c != NULL && c->nsid != NSID_SELF && r->port != NULL &&
	       r->bridge != NULL && (r->st != NULL || r->forwards > 0);
}

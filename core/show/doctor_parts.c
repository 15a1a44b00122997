/* What the checks share. */
#include "config.h"

#include "core/show/doctor_parts.h"

#include <stdlib.h>

void
doctor_add(const struct examination *x, enum doctor_verdict verdict,
    const void *about, char *subject, char *why)
{
	struct doctor *d = x->to;

	d->v = xgrow(d->v, d->n, sizeof(*d->v));
	d->v[d->n++] = (struct doctor_row){ .verdict = verdict,
		.area = x->now->area,
		.check = x->now->name,
		.about = about,
		.subject = subject,
		.why = why };
}

/* Settings that are put back once nothing needs them. */
#include "config.h"

#include "core/base/util.h"
#include "core/plan/plan_parts.h"
#include "core/plan/role.h"

static int
value_of(const struct snapshot *s, const struct link *l, enum conf_number conf)
{
	return l != NULL ? l->conf[conf] : snapshot_conf_all(s, conf);
}

static bool
applies(const struct role_conf *r, const struct model *m,
    const struct snapshot *s, const struct link *l)
{
	if ((r->role == LINK_ALL) != (l == NULL) ||
	    (l != NULL && role_of(m, s, l) != r->role))
		return false;
	return r->applies == NULL || r->applies(m, s, l);
}

static bool
is_needed(enum conf_number conf, const struct model *m,
    const struct snapshot *s, const struct link *l)
{
	const struct role_conf *r;

	for (r = role_confs; r < role_confs + role_nconfs; r++)
		if (r->conf == conf && applies(r, m, s, l))
			return true;
	return false;
}

static void
plan_return(
    struct plan *p, const struct former *f, const struct link *l, int now)
{
	struct step *s = plan_add(p, STEP_SYSCTL, l != NULL ? l->name : "all");

	s->at.index = f->index;
	s->conf = f->conf;
	s->before = now;
	s->after = f->value;
}

/* What has another value than seki gave it is somebody else's by now. */
void
plan_returns(struct plan *p, const struct model *m, const struct snapshot *s,
    const struct journal *j)
{
	const struct former *f;
	const struct link *l;
	int now, given;

	for (f = j->formers; f < END_OF(j->formers, j->nformers); f++) {
		l = snapshot_link_at(s, f->index);
		if (f->index != 0 && l == NULL)
			continue;
		now = value_of(s, l, f->conf);
		if (role_lends(f->conf, &given) && now == given &&
		    !is_needed(f->conf, m, s, l))
			plan_return(p, f, l, now);
	}
}

/* Trying a plan's ruleset in the kernel before anything changes. */
#include "config.h"

#include "core/commit/dry_run.h"

#include <stdlib.h>

#include "core/plan/fw.h"
#include "core/plan/step_run.h"

/* What was accepted is the only one to be carried out. */
static int
try_or_start_anew(struct step *s, struct net *net, struct err *e)
{
	struct err ignored;
	char *anew;

	if (!step_is_taken(s, net) && fw_try(s->text, e) != 0) {
		anew = step_anew(s);
		if (anew == NULL || fw_try(anew, &ignored) != 0) {
			free(anew);
			return -1;
		}
		free(s->text);
		s->text = anew;
	}
	s->settled = true;
	return 0;
}

/* Rules are not replaced before they can be put back. */
static int
keep_old(struct plan *p, struct step *s, struct err *e)
{
	if (s->undo == NULL && !step_is_known(s))
		s->undo = fw_save(e);
	if (s->undo != NULL || step_is_known(s))
		return 0;
	plan_drop(p);
	return -1;
}

int
dry_run(struct plan *p, struct net *net, bool check, struct err *e)
{
	struct step *s = p->n > 0 ? &p->v[p->n - 1] : NULL;
	bool alone = p->n == 1;

	if (s == NULL || s->kind != STEP_RULESET)
		return 0;
	if (keep_old(p, s, e) != 0)
		return -1;
	return alone && !check ? 0 : try_or_start_anew(s, net, e);
}

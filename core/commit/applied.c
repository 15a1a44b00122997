/* What is logged of a commit without a guard: of others the guard tells. */
#include "config.h"

#include "core/commit/applied.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/base/log.h"
#include "core/state/lock.h"

#define TOLD 3 /* steps: a line of all may be too long for a log */

static char *
first_steps(const struct plan *p)
{
	struct buf all = { 0 }, b = { 0 };
	char *rest, *line;
	size_t n = 0;

	plan_print(p, &all);
	rest = all.s;
	while ((line = next_line(&rest)) != NULL)
		if (++n <= TOLD)
			buf_printf(&b, "%s%s", n > 1 ? ", " : "",
			    line + strspn(line, " "));
	if (n > TOLD)
		buf_printf(&b, _(", and %zu more"), n - TOLD);
	buf_free(&all);
	return buf_take(&b);
}

void
applied_log(const char *file, const struct plan *plan, const struct buf *failed)
{
	char *who, *steps;

	if (plan->n == 0 && failed->len == 0)
		return;
	who = lock_who();
	steps = first_steps(plan);
	if (failed->len == 0)
		log_line(LOG_NOTICE, _("%s was applied by %s: %s"), file, who,
		    steps);
	else
		log_line(LOG_WARNING,
		    _("%s was applied by %s, but not all of it could be done: "
		      "%.*s"),
		    file, who, (int)strcspn(failed->s, "\n"), failed->s);
	free(steps);
	free(who);
}

void
applied_log_failure(const char *file, const struct err *e)
{
	char *who = lock_who();

	log_line(LOG_ERR, _("%s could not be applied by %s: %s"), file, who,
	    e->text);
	free(who);
}

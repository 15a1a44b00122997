/* What stands in place of rates, where there are none: the state, and why. */
#include "config.h"

#include "screens/instead.h"

#include "core/base/intl.h"
#include "core/state/meter.h"

/* A forward with a changed statement still carries traffic as it was committed.
 */
static bool
is_counted(const struct forward_row *r)
{
	return r->state == FORWARD_ACTIVE ||
	       (r->state == FORWARD_DEGRADED && series_rate(r->out_rate) > 0) ||
	       (r->state == FORWARD_PENDING && r->in != NULL);
}

enum role
instead_forward(const struct forward_row *r, struct buf *b)
{
	static const struct {
		const char *mark;
		enum role role;
	} bad[FORWARD_STATES] = {
		[FORWARD_DEGRADED] = { "WARN ", ROLE_WARN },
		[FORWARD_BROKEN] = { "FAIL ", ROLE_FAIL },
	};

	if (is_counted(r))
		return ROLE_TEXT;
	if (bad[r->state].mark == NULL) {
		buf_add(b, forward_state_word(r));
		return ROLE_DIM;
	}
	buf_add(b, bad[r->state].mark);
	if (!forward_red(r, b))
		buf_add(
		    b, r->reason != NULL ? r->reason : forward_state_word(r));
	return bad[r->state].role;
}

bool
instead_is_up(const struct container_row *r)
{
	return r->container != NULL && r->container->state == CONTAINER_UP;
}

bool
instead_lacks(const struct container_row *r)
{
	return instead_is_up(r) && r->mark == MARK_NONE && container_lacks(r);
}

static enum role
not_up(const struct container_row *r, struct buf *b)
{
	bool absent = r->container == NULL;

	if (r->st != NULL)
		buf_add(b, absent ? "FAIL " : "WARN ");
	buf_add(b, _(container_state_name(r->container)));
	return r->st == NULL ? ROLE_DIM : absent ? ROLE_FAIL : ROLE_WARN;
}

enum role
instead_container(const struct container_row *r, struct buf *b)
{
	if (!instead_is_up(r))
		return not_up(r, b);
	if (!instead_lacks(r))
		return ROLE_TEXT;
	buf_printf(b, "FAIL %s",
	    r->st->v[CONTAINER_ULA].set && !r->ula_there
		? _("ULA missing")
		: _("address missing"));
	return ROLE_FAIL;
}

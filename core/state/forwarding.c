/* IPv4 forwarding that stays on although a config no longer is about IPv4. */
#include "config.h"

#include "core/state/forwarding.h"

#include "core/base/intl.h"
#include "core/lang/option.h"

/* Who sends connections of IPv4 on, or out in another name; NULL if nobody is
 * seen to. */
static const struct hook *
find_user(const struct hooks *all)
{
	const struct hook *h;

	for (h = all->v; h < END_OF(all->v, all->n); h++)
		if (h->translates[FAMILY_IPV4] ||
		    (h->nat && h->place == HOOK_POSTROUTING &&
			hook_sees(all, h, FAMILY_IPV4) &&
			all->tables.chains[h->chain].n > 0))
			return h;
	return NULL;
}

static void
tell_user(const struct hooks *all, const struct hook *h, struct buf *b)
{
	struct buf name = { 0 };

	hook_name(all, h, &name);
	buf_printf(
	    b, _("IPv4 forwarding stays on: %s may need it"), buf_text(&name));
	buf_free(&name);
}

bool
forwarding_stays(const struct host *h, const struct model *m,
    const struct config *before, struct journal *j, struct buf *b)
{
	const struct hook *user = find_user(&h->hooks);

	if (m->ipv4 || h->snapshot.forwarding4 != 1 ||
	    config_option(before, OPTION_IPV4) != OPTION_ON)
		return false;
	if (j->forwards4 && user == NULL)
		return false;
	if (j->forwards4)
		tell_user(&h->hooks, user, b);
	else
		buf_add(b, _("IPv4 forwarding stays on: seki has no note of "
			     "having switched it on"));
	j->forwards4 = false;
	return true;
}

/* When to read again what the kernel sends no events about. */
#include "config.h"

#include "core/reach/reread.h"

#include "core/base/util.h"

#define SOON_MS 3000
#define LATE_MS 12000

bool
reread_is_due(const struct reread *r)
{
	return r->at == 0 || now_ms() - r->at >= r->ms;
}

void
reread_note(struct reread *r, bool same)
{
	r->at = now_ms();
	r->ms = same && r->ms > 0 ? 2 * r->ms : SOON_MS;
	if (r->ms > LATE_MS)
		r->ms = LATE_MS;
}

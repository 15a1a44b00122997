/* What is wrong with a host, as far as the snapshot and the configs tell. */
#include "config.h"

#include "screens/health.h"

#include <string.h>

#include "core/intl.h"
#include "core/statement.h"

#define NAMES_MAX 4

static void
add_forwards(const struct forward_row *v, size_t n, struct buf *b)
{
	const struct forward_row *first = NULL;
	struct buf key = { 0 };
	size_t i, broken = 0;

	for (i = 0; i < n; i++) {
		if (v[i].state != FORWARD_BROKEN)
			continue;
		first = first != NULL ? first : &v[i];
		broken++;
	}
	if (first == NULL)
		return;
	statement_key(first->st, &key);
	buf_add(b, "FAIL ");
	if (broken > 1)
		buf_printf(b,
		    _("%zu forwards are broken, the first is %s: "
		      "%s\n"),
		    broken, buf_text(&key), first->reason);
	else
		buf_printf(
		    b, _("%s is broken: %s\n"), buf_text(&key), first->reason);
	buf_free(&key);
}

/* A container has a row for each of its ports. */
static void
add_containers(const struct container_row *v, size_t n, struct buf *b)
{
	struct buf names = { 0 };
	size_t i, without = 0;

	for (i = 0; i < n; i++) {
		if (v[i].container == NULL ||
		    (v[i].st != NULL && v[i].st->v[CONTAINER_ULA].set))
			continue;
		if (without++ < NAMES_MAX)
			buf_printf(&names, "%s%s", names.len > 0 ? ", " : "",
			    v[i].name);
	}
	if (without > NAMES_MAX)
		buf_add(&names, ", ...");
	if (without > 0) {
		buf_add(b, "WARN ");
		buf_printf(b,
		    ngettext("%zu container without a ULA, where no forward "
			     "can lead (3, then n): %s\n",
			"%zu containers without a ULA, where no forward can "
			"lead (3, then n): %s\n",
			without),
		    without, buf_text(&names));
	}
	buf_free(&names);
}

/* What somebody else changed, a line each, since the last commit. */
static void
add_drift(const struct host *h, struct buf *b)
{
	const char *line = h->drift_text, *end;

	if (h->drift == 0)
		return;
	buf_add(b, "FAIL ");
	buf_printf(b,
	    ngettext("%u thing is not as committed (seki apply puts it "
		     "right)\n",
		"%u things are not as committed (seki apply puts it right)\n",
		h->drift),
	    h->drift);
	for (; *line != '\0'; line = end + (*end == '\n')) {
		end = line + strcspn(line, "\n");
		buf_printf(b, "     %.*s\n", (int)(end - line), line);
	}
}

static void
add_candidate(const struct host *h, struct buf *b)
{
	if (h->candidate_error.code != ERR_NONE) {
		buf_add(b, "FAIL ");
		buf_printf(b, _("the candidate cannot be read: %s\n"),
		    h->candidate_error.text);
	} else if (h->changes > 0) {
		buf_add(b, "WARN ");
		buf_printf(b,
		    ngettext("%u change is not committed: c shows what a "
			     "commit would do\n",
			"%u changes are not committed: c shows what a commit "
			"would do\n",
			h->changes),
		    h->changes);
	}
}

void
health_lines(const struct host *h, const struct container_row *containers,
    size_t ncontainers, const struct forward_row *forwards, size_t nforwards,
    struct buf *b)
{
	size_t before = b->len;

	if (h->snapshot.nroutes == 0)
		buf_printf(b, "FAIL %s\n",
		    _("no IPv6 default route: nothing gets in or out"));
	add_drift(h, b);
	add_forwards(forwards, nforwards, b);
	add_candidate(h, b);
	add_containers(containers, ncontainers, b);
	if (b->len == before)
		buf_printf(b, "ok   %s\n", _("nothing wrong in sight"));
}

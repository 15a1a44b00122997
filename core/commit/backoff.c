/* Backoff: what was tried, by its words, and when it may be tried again. */
#include "config.h"

#include "core/commit/backoff.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/util.h"

#define FIGHT_TIMES 5
#define FIGHT_MS 10000
#define DELAY_MAX_MS 60000
#define FORGET_MS 120000

struct trial {
	char *what;
	uint64_t first; /* of the successes that are being counted */
	unsigned times;
	uint64_t last;
	uint64_t until; /* not before */
	unsigned delay; /* milliseconds; 0 when it may be tried at any time */
};

struct backoff {
	struct trial *v;
	size_t n;
};

struct backoff *
backoff_new(void)
{
	return xcalloc(1, sizeof(struct backoff));
}

static void
forget(struct backoff *p, size_t i)
{
	free(p->v[i].what);
	p->v[i] = p->v[--p->n];
}

void
backoff_free(struct backoff *p)
{
	if (p == NULL)
		return;
	while (p->n > 0)
		forget(p, p->n - 1);
	free(p->v);
	free(p);
}

static struct trial *
find(const struct backoff *p, const char *what)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		if (strcmp(p->v[i].what, what) == 0)
			return &p->v[i];
	return NULL;
}

static struct trial *
find_or_add(struct backoff *p, const char *what, uint64_t now)
{
	struct trial *t;
	size_t i;

	for (i = p->n; i > 0; i--)
		if (now - p->v[i - 1].last > FORGET_MS)
			forget(p, i - 1);
	t = find(p, what);
	if (t != NULL)
		return t;
	p->v = xgrow(p->v, p->n, sizeof(*p->v));
	t = &p->v[p->n++];
	*t = (struct trial){ .what = xstrdup(what), .first = now };
	return t;
}

unsigned
backoff_wait(const struct backoff *p, const char *what, uint64_t now)
{
	const struct trial *t = find(p, what);

	return t != NULL && t->until > now ? (unsigned)(t->until - now) : 0;
}

/* If nobody asks again when the time has come, it has been done. */
unsigned
backoff_hold(struct backoff *p, const char *what, unsigned ms, uint64_t now)
{
	struct trial *t = find_or_add(p, what, now);

	if (now > t->until + ms)
		t->until = now + ms;
	t->last = now;
	return backoff_wait(p, what, now);
}

static void
slow_down(struct trial *t, uint64_t now)
{
	t->delay = t->delay == 0 ? 1000 : t->delay * 2;
	if (t->delay > DELAY_MAX_MS)
		t->delay = DELAY_MAX_MS;
	t->until = now + t->delay;
}

/* A delay lasts until the entry is dropped: a success says nothing while
 * somebody keeps undoing it. */
enum backoff_word
backoff_note(struct backoff *p, const char *what, bool failed, uint64_t now)
{
	struct trial *t = find_or_add(p, what, now);
	bool slow = t->delay > 0;

	t->last = now;
	if (failed) {
		slow_down(t, now);
		return slow ? BACKOFF_SILENT : BACKOFF_TELL;
	}
	if (!slow && now - t->first > FIGHT_MS) {
		t->first = now;
		t->times = 0;
	}
	t->until = 0; /* what is wanted again then is held again */
	if (++t->times <= FIGHT_TIMES)
		return BACKOFF_TELL;
	slow_down(t, now);
	return slow ? BACKOFF_SILENT : BACKOFF_FIGHT;
}

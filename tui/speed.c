/* How quick the line to the terminal is. */
#include "config.h"

#include "tui/speed.h"

/* A first screen is a thousand bytes or more: who has shown that in this time
 * shows a row in a few milliseconds. It takes 9600 bit/s more than a second,
 * and a line over a satellite half of one. */
#define QUICK_MS 150
#define WAITS_MS 2000

void
speed_ask(struct speed *s, uint64_t now, struct buf *out)
{
	*s = (struct speed){ .asked = true, .at = now };
	buf_add(out, "\033[6n");
}

bool
speed_waits(const struct speed *s, uint64_t now)
{
	return s->asked && now - s->at < WAITS_MS;
}

bool
speed_answer(struct speed *s, uint64_t now)
{
	if (!s->asked)
		return false;
	s->asked = false;
	s->quick = now - s->at <= QUICK_MS;
	return s->quick;
}

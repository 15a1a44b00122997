/* The lights of a forward. */
#include "config.h"

#include "core/state/light.h"

#include <stdlib.h>

#include "core/base/intl.h"

const char *const light_names[LIGHTS] = {
	[LIGHT_ARRIVES] = "arrives",
	[LIGHT_MATCHES] = "matches",
	[LIGHT_ACCEPT] = "accept",
	[LIGHT_OTHERS] = "others",
	[LIGHT_BRIDGE] = "bridge",
	[LIGHT_RUNS] = "runs",
	[LIGHT_ADDR] = "addr",
	[LIGHT_NEAR] = "near",
	[LIGHT_LISTENS] = "listens",
	[LIGHT_BACK] = "back",
	[LIGHT_ANSWER] = "answer",
};

const char *const light_state_words[LIGHT_STATES] = {
	[LIGHT_DARK] = ".",
	[LIGHT_OK] = "ok",
	[LIGHT_UNKNOWN] = "?",
	[LIGHT_WARN] = "WARN",
	[LIGHT_FAIL] = "FAIL",
};

const char *const light_state_names[LIGHT_STATES] = {
	[LIGHT_DARK] = "unreached",
	[LIGHT_OK] = "ok",
	[LIGHT_UNKNOWN] = "unknown",
	[LIGHT_WARN] = "warn",
	[LIGHT_FAIL] = "fail",
};

static const char *const doubts[DOUBTS] = {
	[DOUBT_NONE] = "",
	[DOUBT_NOT_ROOT] = N_("only root can look"),
	[DOUBT_CONFIG] = N_("nobody can tell while the config cannot be "
			    "applied"),
	[DOUBT_LEFT] = N_("nobody looks while the rules leave it out"),
	[DOUBT_NOBODY] = N_("no container is known to be behind it"),
	[DOUBT_CLOSED] = N_("nobody can look into its container"),
	[DOUBT_REST] = N_("it has no ports of its own that something could "
			  "listen on"),
	[DOUBT_SOCKETS] = N_("not all sockets inside can be read"),
	[DOUBT_ENTRY] = N_("this host has not looked for its MAC lately"),
	[DOUBT_ROUTE] = N_("the kernel does not tell which way it goes"),
	[DOUBT_SILENCE] = N_("no client came yet, and what is lost before "
			     "this host cannot be seen here"),
	[DOUBT_UNANSWERED] = N_("packets went in, and none came back yet"),
};

static struct light_note *
note_of(const struct lights *l, enum light light)
{
	size_t i;

	for (i = 0; i < l->nnotes; i++)
		if (l->notes[i].light == light)
			return &l->notes[i];
	return NULL;
}

const struct light_note *
lights_note_of(const struct lights *l, enum light light)
{
	return note_of(l, light);
}

const struct light_note *
lights_red(const struct lights *l)
{
	enum light light;

	for (light = 0; light < LIGHTS; light++)
		if (l->states[light] == LIGHT_FAIL)
			return note_of(l, light);
	return l->nnotes > 0 ? l->notes : NULL;
}

static unsigned
count(const struct lights *l, enum light_state state)
{
	enum light light;
	unsigned n = 0;

	for (light = 0; light < LIGHTS; light++)
		n += l->states[light] == state;
	return n;
}

bool
lights_are_known(const struct lights *l)
{
	return count(l, LIGHT_DARK) < LIGHTS;
}

void
lights_why(const struct lights *l, enum light light, struct buf *b)
{
	const struct light_note *note = note_of(l, light);

	if (note != NULL)
		buf_add(b, note->why);
	else if (l->states[light] == LIGHT_UNKNOWN)
		buf_add(b, _(doubts[l->doubts[light]]));
}

void
lights_fill(struct lights *l, enum light_state state, enum doubt doubt)
{
	enum light light;

	for (light = 0; light < LIGHTS; light++) {
		l->states[light] = (uint8_t)state;
		l->doubts[light] = (uint8_t)doubt;
	}
}

static void
note_free(struct light_note *note)
{
	free(note->why);
	free(note->cure);
}

/* Keeps notes in the order of their lights. There is mostly one, and a list has
 * thousands of such: no room is kept for more. */
static struct light_note *
insert(struct lights *l, enum light light)
{
	size_t at = l->nnotes++;

	l->notes = xresize(l->notes, l->nnotes, sizeof(*l->notes));
	for (; at > 0 && l->notes[at - 1].light > light; at--)
		l->notes[at] = l->notes[at - 1];
	return &l->notes[at];
}

void
lights_note(
    struct lights *l, enum light_state state, const struct light_note *note)
{
	struct light_note *at = note_of(l, note->light);

	l->states[note->light] = (uint8_t)state;
	if (at != NULL)
		note_free(at);
	else
		at = insert(l, note->light);
	*at = *note;
}

void
lights_cut(struct lights *l)
{
	enum light light = 0;

	while (light < LIGHTS && l->states[light] != LIGHT_FAIL)
		light++;
	while (l->nnotes > 0 && l->notes[l->nnotes - 1].light > light)
		note_free(&l->notes[--l->nnotes]);
	for (light++; light < LIGHTS; light++)
		l->states[light] = LIGHT_DARK;
}

void
lights_free(struct lights *l)
{
	while (l->nnotes > 0)
		note_free(&l->notes[--l->nnotes]);
	free(l->notes);
	*l = (struct lights){ 0 };
}

/* A commit tries a forward with a packet of each protocol, which its counter
 * counts. Who is not answered asks more often. */
#define TRIED_PACKETS 2

bool
lights_are_tried(const struct counter *in, const struct counter *out)
{
	return (in == NULL || in->packets <= TRIED_PACKETS) &&
	       (out == NULL || out->packets == 0);
}

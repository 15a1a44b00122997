/* The lights of a forward: what its packets need, in the order they meet it. */
#ifndef SEKI_CORE_STATE_LIGHT_H
#define SEKI_CORE_STATE_LIGHT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/util.h"
#include "core/kernel/net.h"

enum light {
	LIGHT_ARRIVES,
	LIGHT_MATCHES,
	LIGHT_ACCEPT,
	LIGHT_OTHERS,
	LIGHT_BRIDGE,
	LIGHT_RUNS,
	LIGHT_ADDR,
	LIGHT_NEAR,
	LIGHT_LISTENS,
	LIGHT_BACK,
	LIGHT_ANSWER,
	LIGHTS
};
extern const char *const light_names[LIGHTS]; /* words that stay the same */

enum light_state {
	LIGHT_DARK, /* not reached: one before it is red */
	LIGHT_OK,
	LIGHT_UNKNOWN, /* it cannot be told */
	LIGHT_WARN,
	LIGHT_FAIL,
	LIGHT_STATES
};
/* For people: ok, WARN, FAIL, ? and .; and for programs. */
extern const char *const light_state_words[LIGHT_STATES];
extern const char *const light_state_names[LIGHT_STATES];

/* Why a light is unknown. */
enum doubt {
	DOUBT_NONE,
	DOUBT_NOT_ROOT,
	DOUBT_CONFIG,
	DOUBT_LEFT,
	DOUBT_NOBODY,
	DOUBT_CLOSED,
	DOUBT_REST,
	DOUBT_SOCKETS,
	DOUBT_ENTRY,
	DOUBT_ROUTE,
	DOUBT_SILENCE,
	DOUBT_UNANSWERED,
	DOUBTS
};

/* Of a red light. */
struct light_note {
	enum light light;
	const char *check; /* a word that stays the same */
	char *why;	   /* a sentence */
	char *cure;	   /* the command that mends it; NULL: none is known */
};

/* All of one family. All zero: nobody looked. */
struct lights {
	uint8_t states[LIGHTS]; /* enum light_state */
	uint8_t doubts[LIGHTS]; /* enum doubt, of those that are unknown */
	uint8_t nnotes;
	struct light_note *notes; /* of those that are red, in their order */
};

/* NULL: that one is not red. */
const struct light_note *lights_note_of(const struct lights *, enum light);
/* The note of the light that tells most: the first that fails, else the first
 * that warns; NULL: none is red. */
const struct light_note *lights_red(const struct lights *);
/* Whether anybody looked. */
bool lights_are_known(const struct lights *);
/* Appends why a light is as it is; nothing where it is well or not reached. */
void lights_why(const struct lights *, enum light, struct buf *);
/* All in that one state, and for that doubt. */
void lights_fill(struct lights *, enum light_state, enum doubt);
/* Adds a note, or puts it in place of one of a light that was less red. Takes
 * the strings. */
void lights_note(struct lights *, enum light_state, const struct light_note *);
/* Those behind the first that fails are not reached. */
void lights_cut(struct lights *);
/* Frees what it holds and empties it. */
void lights_free(struct lights *);

/* Whether the counters of a forward in one family, NULL: it has none, hold no
 * more than what a commit tries it with, so that no client was seen. */
bool lights_are_tried(const struct counter *in, const struct counter *out);

#endif

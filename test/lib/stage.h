/* The console on a screen that nobody sees: keys in, frames out. The program is
 * linked with FAST_LOOP and DOORS of Makefile.am. */
#ifndef SEKI_TEST_STAGE_H
#define SEKI_TEST_STAGE_H

#include <stdbool.h>

#include "core/base/util.h"

/* What happens next; any may be NULL. */
struct step {
	const char *keys;  /* as a terminal sends them */
	const char *frame; /* the name of what is on the screen then */
	void (*act)(void); /* before the keys */
};

struct stage {
	int w, h;
	bool plain; /* without colours, in ASCII */
	bool read_only;
	bool quick;		  /* the terminal answers at once */
	const struct step *steps; /* ended by one that has nothing */
	/* Gets each frame. */
	void (*show)(void *arg, const char *name, const struct buf *);
	void *arg;
};

/* Opens the host of doors, lets a minute of traffic pass, and does the steps,
 * a fifth of a second each. */
void stage_run(const struct stage *);

/* Gives the terminal back; also after a test that failed on the stage. */
void stage_end(void);

/* Gives the terminal another size. */
void stage_resize(int w, int h);

/* Takes the frame of this step before the cursor rests. */
void stage_soon(void);

/* Goes on after so many seconds. */
void stage_wait(unsigned seconds);

#endif

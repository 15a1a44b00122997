/* The health of a host, by its snapshot and configs. */
#ifndef SEKI_SCREENS_HEALTH_H
#define SEKI_SCREENS_HEALTH_H

#include "core/show/doctor.h"
#include "screens/app.h"

/* One kind of trouble, or a line that there is none. */
struct trouble {
	char *text;   /* "FAIL ...", "WARN ...", "ok ...", of one line or
			 more */
	enum tab tab; /* the screen of what it is about */
	char *check;  /* the row of the first of them on the doctor's screen;
			 NULL: it has none */
	bool cured;   /* wholly, by the candidate */
};

/* Whether it needs a look: FAIL or WARN. */
bool trouble_is(const struct trouble *);

struct health {
	struct trouble *v; /* the worst first, at least one */
	size_t n;
	unsigned fails, warns; /* of the doctor, several of which may share a
				  line */
};

/* The troubles that the doctor finds, the worst first, and what waits for the
 * admin. */
void health_read(
    struct health *, const struct host *, const struct doctor_lists *);
void health_free(struct health *); /* what it holds, not itself */

#endif

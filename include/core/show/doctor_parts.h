/* The checks by area, and what they share: for core/show/doctor*.c only. */
#ifndef SEKI_CORE_SHOW_DOCTOR_PARTS_H
#define SEKI_CORE_SHOW_DOCTOR_PARTS_H

#include "core/show/doctor.h"

struct doctor_check;

struct examination {
	const struct host *host;   /* its candidate is what was committed */
	const struct host *edited; /* the same, with the candidate as it is */
	const struct doctor_lists *lists;
	struct doctor *to;
	const struct doctor_check *now;
};

struct doctor_check {
	const char *name;
	enum doctor_area area;
	/* Adds what it finds; nothing: all is well. */
	void (*look)(const struct examination *);
	const char *what; /* that it looks at, in few words; marked by N_() */
};

struct doctor_checks {
	const struct doctor_check *v;
	size_t n;
};
extern const struct doctor_checks doctor_host, doctor_inside, doctor_choice,
    doctor_errors, doctor_nearby, doctor_hijack, doctor_flows;

/* Adds a row. The strings are the row's from here on, and may be NULL. */
void doctor_add(
    const struct examination *, enum doctor_verdict, char *subject, char *why);

/* Adds the command that mends it to the last row, whose sentence does not end
 * with it any more. Takes it; NULL: none is known. */
void doctor_cure(const struct examination *, char *command);

/* Whether containers can be looked into; adds that it cannot be told if not. */
bool doctor_can_look(const struct examination *);
/* Whether this one is: it runs, and the config speaks of it. */
bool doctor_looks_into(const struct container_row *);

#endif

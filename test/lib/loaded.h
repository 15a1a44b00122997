/* A host whose kernel has the rules of a config loaded, and what may have been
 * done to them since. The kernel's door says what a test wants it to: the
 * program is linked with LOADED of Makefile.am. */
#ifndef SEKI_TEST_LOADED_H
#define SEKI_TEST_LOADED_H

#include "core/plan/model.h"
#include "core/state/drift.h"
#include "core/state/rule_notes.h"

#include "machine.h"

#define CONFIG                                                                 \
	"uplink eth0\n"                                                        \
	"bridge lxcbr0 ula " ULA "1/64\n"                                      \
	"container vm00 on lxcbr0 ula " ULA "3\n"
#define IDLE "uplink eth0\n" /* forwards nothing, so it has no rules */
#define RULES CONFIG "forward tcp 80 to vm00:80\n"
#define LESS CONFIG "forward tcp 79 to vm00:79\n"
#define MORE RULES "forward tcp 81 to vm00:81\n"

#define SHAPE 0x5ea9e
#define ELEMENTS 0xe1e

/* The kernel. */
struct loaded_kernel {
	struct drift_rules now;
	const struct model *loaded; /* whose rules it has */
	const struct config *committed;
	bool forgotten; /* what was committed */
	uint32_t generation;
	uint64_t identity; /* of its namespace; 0: it has none */
	unsigned listed;   /* times */
	unsigned read;	   /* rules, elements and counters */
	bool no_rules;	   /* can be read */
	bool no_elements;  /* likewise */
	uid_t user;
};
extern struct loaded_kernel kernel;

struct resolved {
	struct config config;
	struct model model;
};

struct place {
	struct machine m;
	struct host h;
	struct resolved loaded, wanted; /* in the kernel, and now */
};

/* A place that wants that config, and whose kernel has it so; the folder of the
 * test is its state. Closing empties it. */
void open_place(struct place *, void **state, const char *text);
void close_place(struct place *);

/* From now on it wants that one. */
void want(struct place *, const char *text);
struct wish wish(const struct place *);

/* Notes that what is wanted was loaded, with those digests. */
void note(
    const struct place *, uint64_t with, uint64_t shape, uint64_t elements);

/* What may have happened. */
void no_table(struct place *);
void unsettled(struct place *); /* nothing of a commit is left */
void nothing(struct place *);
void other_sysctl(struct place *);
void other_rules(struct place *);
void dated_rules(struct place *);
void dated_and_asleep(struct place *);
void asleep(struct place *);
void edited(struct place *);
void noted(struct place *);
void elements(struct place *);

#endif

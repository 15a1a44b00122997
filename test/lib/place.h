/* A healthy host with a forward, to spoil and to have checked. What the kernel
 * would say is made up; what is not as expected fails the test. */
#ifndef SEKI_TEST_PLACE_H
#define SEKI_TEST_PLACE_H

#include "core/state/check.h"

#include "machine.h"

#define PUBLIC "2001:db8::10"
#define CONFIG                                                                 \
	"uplink eth0\n"                                                        \
	"bridge lxcbr0 ula " ULA "1/64\n"                                      \
	"container vm00 on lxcbr0 ula " ULA "3\n"
#define FORWARD "forward tcp 80 to vm00"

struct place {
	struct machine m;
	struct host h;
	struct way ways[FAMILY_COUNT], *way, *way4; /* of each */
	struct listener listeners[4];
	/* What went in by it in each family, and came out in IPv6. */
	struct counter counters[FAMILY_COUNT + 1];
	const char *config;
	const char *noted; /* what the rules are for; NULL: nobody knows */
};

/* By which way what is of the forward goes, in either direction, where rules
 * sort it. */
extern struct passage place_own_way;

/* What spoils it, and what is told then of the whole forward. */
struct place_case {
	void (*meddle)(struct place *);
	enum check_verdict verdict;
	const char *why; /* "": nothing */
};

/* Something listens in the container, at that address. */
void place_hear(struct place *, uint8_t proto, uint16_t port, const char *at);

/* has: whether the kernel has rules for the forward. The report is to be
 * reset. */
void place_examine(void (*meddle)(struct place *), bool has, struct report *);

/* The number is told of what fails. */
void place_expect(
    size_t number, const struct finding *, enum check_verdict, const char *why);
void place_try(size_t number, void (*meddle)(struct place *), bool has,
    enum check_verdict, const char *why);
void place_cases(const struct place_case *, size_t n);

#endif

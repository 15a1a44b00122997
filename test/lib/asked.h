/* What is asked of the kernel for a config of that VPS. */
#ifndef SEKI_TEST_ASKED_H
#define SEKI_TEST_ASKED_H

#include "core/plan/ruleset.h"

/* An uplink, a bridge and vm00 with a ULA. */
extern const char asked_base[];

/* The ruleset that asked_base and these lines ask for; to be freed. */
void asked_build(struct ruleset *, const char *more);

/* The commands from asked_base and some lines, or from nothing (NULL), to
 * asked_base and others; to be freed. */
char *asked_change(const char *from, const char *to);

/* The commands from nothing to all that a config asks for, without asked_base;
 * to be freed. */
char *asked_all(const char *text);

/* Each fails the test, and shows the whole text. */
void assert_has(const char *text, const char *line);
void assert_has_not(const char *text, const char *line);

#endif

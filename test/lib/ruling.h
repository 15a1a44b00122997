/* What the manual says of a packet, written anew from its text: it shares
 * nothing with the program. */
#ifndef SEKI_TEST_RULING_H
#define SEKI_TEST_RULING_H

#include "law.h"

/* With br_netfilter what stays on a bridge comes by the rules. */
extern bool bridged;

/* Fills in where it should arrive, and whether it does. */
void look_up(struct shot *);
/* Whether the manual does not tell of it. */
bool is_untold(const struct shot *);
/* Whether a prefix of the law is put in place of its own. */
bool is_translated(const struct shot *);

#endif

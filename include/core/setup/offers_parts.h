/* Parts of the offers: for core/setup/offers*.c only. */
#ifndef SEKI_CORE_SETUP_OFFERS_PARTS_H
#define SEKI_CORE_SETUP_OFFERS_PARTS_H

#include "core/setup/proposal.h"
#include "core/setup/survey.h"

struct offering {
	struct proposal *to;
	const struct survey *survey;
	const struct config *base; /* the candidate */
	bool ipv4;		   /* it will be about IPv4, too */
	struct err *e;
};

/* Offers a statement, unless the candidate has one with its key. */
int offers_add(struct offering *, enum offer_group, bool on, const char *note,
    const char *text);

/* What leads where, and addresses; and who may use what. */
int offers_links(struct offering *);
int offers_doors(struct offering *);

#endif

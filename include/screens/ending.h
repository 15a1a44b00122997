/* Ends connections, once somebody has said so. */
#ifndef SEKI_SCREENS_ENDING_H
#define SEKI_SCREENS_ENDING_H

#include "core/show/list_flow.h"
#include "screens/listview.h"

struct ending {
	struct listview *list; /* of listing_flows; borrowed */
	uint32_t asked;	       /* id of the flow in the question, */
	struct prefix client;  /* or whose flows they are: all, or */
	bool part;	       /* those of the ids, in order */
	uint32_t *ids;
	size_t nids;
};

/* Asks whether to end a connection, or those of a client that are found, and
 * ends what there is of them once the answer is yes. */
void ending_ask(struct ending *, const struct flow_row *);
void ending_free(struct ending *); /* what it holds */

#endif

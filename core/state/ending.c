/* Ending a live flow. */
#include "config.h"

#include "core/state/ending.h"

#include <netinet/in.h>
#include <string.h>

#include "core/base/util.h"
#include "core/kernel/net_flow.h"
#include "core/kernel/net_sock.h"

/* Whether a socket was found that sends what goes this way. */
static bool
close_socket(struct host *h, const struct flow_way *way)
{
	const struct container *c =
	    snapshot_container_with(&h->snapshot, &way->src);
	bool closed = false;
	struct err ignored;

	if (c != NULL || snapshot_own(&h->snapshot, &way->src) != NULL)
		net_socket_end(h->net, c, way, &closed, &ignored);
	return closed;
}

/* conntrack keeps a reset flow as closed for a few seconds, so that the reset
 * finds its way. */
int
ending_carry_out(
    struct host *h, const struct flow *f, struct ending *to, struct err *e)
{
	memset(to, 0, sizeof(*to));
	if (f->proto == IPPROTO_TCP)
		to->closed =
		    close_socket(h, &f->reply) || close_socket(h, &f->original);
	return to->closed ? 0 : net_flow_delete(h->net, f, &to->forgotten, e);
}

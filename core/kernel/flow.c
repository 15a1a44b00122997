/* Text about flows. */
#include "config.h"

#include "core/kernel/flow.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

void
flow_list_free(struct flow_list *l)
{
	free(l->v);
	memset(l, 0, sizeof(*l));
}

const char *
flow_proto(const struct flow *f)
{
	return f->proto == IPPROTO_TCP ? "tcp" : "udp";
}

void
flow_end_print(const struct prefix *addr, uint16_t port, struct buf *b)
{
	char text[ADDR_TEXT_MAX];

	buf_printf(b, "[%s]:%u", addr_text(addr, text), port);
}

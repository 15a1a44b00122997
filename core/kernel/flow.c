/* Text about flows. */
#include "config.h"

#include "core/kernel/flow.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
flow_list_free(struct flow_list *l)
{
	free(l->v);
	memset(l, 0, sizeof(*l));
}

static const struct {
	uint8_t number;
	bool ports;
	const char *name;
} protos[] = {
	{ IPPROTO_TCP, true, "tcp" },
	{ IPPROTO_UDP, true, "udp" },
	{ IPPROTO_SCTP, true, "sctp" },
	{ IPPROTO_DCCP, true, "dccp" },
	{ IPPROTO_UDPLITE, true, "udplite" },
	{ IPPROTO_GRE, false, "gre" },
	{ IPPROTO_ESP, false, "esp" },
	{ IPPROTO_AH, false, "ah" },
	{ IPPROTO_ICMP, false, "icmp" },
	{ IPPROTO_ICMPV6, false, "icmpv6" },
};

const char *
flow_proto(const struct flow *f, char text[static FLOW_PROTO_MAX])
{
	size_t i;

	for (i = 0; i < NITEMS(protos); i++)
		if (protos[i].number == f->proto)
			return protos[i].name;
	snprintf(text, FLOW_PROTO_MAX, "%u", f->proto);
	return text;
}

bool
flow_has_ports(const struct flow *f)
{
	size_t i;

	for (i = 0; i < NITEMS(protos); i++)
		if (protos[i].number == f->proto)
			return protos[i].ports;
	return false;
}

void
flow_end_print(const struct flow *f, const struct prefix *addr, uint16_t port,
    struct buf *b)
{
	char text[ADDR_TEXT_MAX];

	if (flow_has_ports(f))
		addr_port_print(addr, port, b);
	else
		buf_add(b, addr_text(addr, text));
}

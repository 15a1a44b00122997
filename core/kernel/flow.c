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

/* A slot has the place of a flow, and 1; where two ids have the same, one has
 * the next that was free. */
static size_t
slot_of(const struct flow_index *x, uint32_t id)
{
	return (id * 2654435761u) & x->mask;
}

void
flow_index_build(struct flow_index *x, const struct flow_list *l)
{
	size_t size = 16, i, at;

	while (size < 2 * l->n)
		size *= 2;
	x->list = l;
	x->mask = size - 1;
	x->slots = xcalloc(size, sizeof(*x->slots));
	for (i = 0; i < l->n; i++) {
		at = slot_of(x, l->v[i].id);
		while (x->slots[at] != 0)
			at = (at + 1) & x->mask;
		x->slots[at] = (uint32_t)i + 1;
	}
}

void
flow_index_free(struct flow_index *x)
{
	free(x->slots);
	memset(x, 0, sizeof(*x));
}

static const struct flow *
find_flow(const struct flow_index *x, uint32_t id)
{
	size_t at = slot_of(x, id);

	for (; x->slots[at] != 0; at = (at + 1) & x->mask)
		if (x->list->v[x->slots[at] - 1].id == id)
			return &x->list->v[x->slots[at] - 1];
	return NULL;
}

static float
rate(const struct flow_count *now, const struct flow_count *before, uint64_t ms)
{
	if (ms == 0 || now->bytes < before->bytes)
		return -1;
	return (float)(now->bytes - before->bytes) * 1000 / (float)ms;
}

/* How much the last ms matter beside those before. */
static float
weight(uint64_t ms, uint64_t read_for)
{
	uint64_t rest = read_for < FLOW_MEAN_MS ? read_for : FLOW_MEAN_MS;

	return (float)ms / (float)(ms + rest);
}

/* Adds a rate of so many milliseconds to the mean of what was before: it fades
 * by the share that the new one takes. */
static void
add_to_mean(const struct flow_mean *was, float rate, uint64_t ms, float share,
    struct flow_mean *mean)
{
	uint64_t quiet = rate > 0 ? 0 : was->quiet + ms;

	mean->quiet = (uint16_t)(quiet < FLOW_QUIET_MS ? quiet : FLOW_QUIET_MS);
	mean->rate = rate;
	if (rate < 0 || was->rate < 0)
		return;
	mean->rate = was->rate + (rate - was->rate) * share;
	if (mean->quiet == FLOW_QUIET_MS)
		mean->rate = 0;
}

void
flow_rate(struct flow *f, const struct flow_index *before, uint64_t ms,
    uint64_t read_for)
{
	static const struct flow none = { .counted = true };
	const struct flow *was = find_flow(before, f->id);
	float share;

	f->in_mean.rate = f->out_mean.rate = -1;
	if (ms < FLOW_LEAST_MS) {
		f->in_mean = was != NULL ? was->in_mean : f->in_mean;
		f->out_mean = was != NULL ? was->out_mean : f->out_mean;
		return;
	}
	was = was != NULL ? was : &none;
	if (!f->counted || !was->counted)
		return;
	share = weight(ms, read_for);
	add_to_mean(
	    &was->in_mean, rate(&f->in, &was->in, ms), ms, share, &f->in_mean);
	add_to_mean(&was->out_mean, rate(&f->out, &was->out, ms), ms, share,
	    &f->out_mean);
}

float
flow_rate_now(const struct flow *f, const struct flow_mean *mean)
{
	return f->over ? -1 : mean->rate;
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

bool
flow_is_icmp(const struct flow *f)
{
	return f->proto == IPPROTO_ICMPV6 || f->proto == IPPROTO_ICMP;
}

bool
flow_is_endless(const struct flow *f)
{
	return f->proto != IPPROTO_TCP && f->proto != IPPROTO_SCTP &&
	       f->proto != IPPROTO_DCCP;
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

/* Rules of others that send elsewhere what containers send to the Internet. */
#include "config.h"

#include "core/reach/hijack.h"

#include <netinet/in.h> /* first: the kernel's headers give way to it */

#include <endian.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_tables.h>
#include <netinet/tcp.h>
#include <string.h>

#include "core/base/shell.h"

#define PORTS_MAX 64

/* What a rule may ask for: the ports that its table names, in network order. */
struct ports_named {
	uint16_t v[PORTS_MAX];
	size_t n;
};

static void
add(struct ports_named *p, const uint8_t *bytes)
{
	uint16_t port;
	size_t i = 0;

	memcpy(&port, bytes, sizeof(port));
	while (i < p->n && p->v[i] != port)
		i++;
	if (i == p->n && p->n < PORTS_MAX)
		p->v[p->n++] = port;
}

static void
add_chain(struct ports_named *p, const struct rule_chain *c)
{
	const struct instruction *i;

	for (i = c->v; i < END_OF(c->v, c->n); i++)
		if ((i->operation == OP_COMPARE || i->operation == OP_RANGE) &&
		    i->len == sizeof(uint16_t))
			add(p, i->data);
}

/* The first of each interval. */
static void
add_set(struct ports_named *p, const struct rule_set *s)
{
	size_t i;

	for (i = 0; s->len == sizeof(uint16_t) && i < s->n; i++)
		if (!s->v[i].end)
			add(p, s->v[i].key);
}

/* And one that none names, for rules that ask for none. */
static void
name_ports(struct ports_named *p, const struct tables *all,
    const struct rule_chain *base)
{
	const uint16_t other = htobe16(9);
	size_t i;

	p->n = 0;
	add(p, (const uint8_t *)&other);
	for (i = 0; i < all->nchains; i++)
		if (chain_is_beside(&all->chains[i], base))
			add_chain(p, &all->chains[i]);
	for (i = 0; i < all->nsets; i++)
		if (all->sets[i].family == base->family &&
		    strcmp(all->sets[i].table, base->table) == 0)
			add_set(p, &all->sets[i]);
}

static struct course
run(const struct hooks *all, const struct hook *h, const struct hijack *as,
    const char *link, uint16_t port)
{
	const uint32_t state = 1 << (IP_CT_NEW + 1);
	const uint8_t flags = TH_SYN;
	struct sample s = { 0 };

	sample_add(
	    &s, FACT_CT, NFT_CT_STATE * OPERAND_MAX, &state, sizeof(state));
	sample_add_name(&s, NFT_META_IIFNAME, link);
	sample_add_to(&s, &addr_worlds[as->family]);
	sample_add_to_here(&s, false);
	sample_add_proto(&s, as->family, (uint8_t)as->proto);
	sample_add(&s, FACT_TRANSPORT, 2, &port, sizeof(port));
	if (as->proto == IPPROTO_TCP)
		sample_add(&s, FACT_TRANSPORT, 13, &flags, sizeof(flags));
	return hook_run(all, h, as->family, &s);
}

/* A rule that names a link means what comes by it. */
static bool
catches(const struct hooks *all, const struct hook *h, const char *bridge,
    uint16_t port, struct hijack *to)
{
	struct course course = run(all, h, to, bridge, port);

	if (course.translator == NULL ||
	    run(all, h, to, "any/link", port).translator != course.translator)
		return false;
	to->port = be16toh(port);
	to->at = course.translator;
	to->rule = course.rule;
	return true;
}

bool
hijack_find(const struct hooks *all, const struct hook *h, enum family f,
    const char *bridge, struct hijack *to)
{
	static const unsigned protocols[] = { IPPROTO_TCP, IPPROTO_UDP };
	struct ports_named ports;
	size_t i, k;

	if (!h->nat || h->place != HOOK_PREROUTING || !hook_sees(all, h, f))
		return false;
	name_ports(&ports, &all->tables, &all->tables.chains[h->chain]);
	*to = (struct hijack){ .family = f };
	for (i = 0; i < NITEMS(protocols); i++) {
		to->proto = protocols[i];
		for (k = 0; k < ports.n; k++)
			if (catches(all, h, bridge, ports.v[k], to))
				return true;
	}
	return false;
}

/* A rule of nft in a table of iptables keeps iptables-save from listing it. */
void
hijack_cure(const struct hooks *all, const struct hook *h,
    const struct hijack *of, const char *bridge, struct buf *b)
{
	const struct rule_chain *base = &all->tables.chains[h->chain];
	bool xtables = base->legacy || hook_owner(all, h) != NULL;

	if (!is_shell_word(base->table) || !is_shell_word(base->name) ||
	    !is_shell_word(bridge))
		return;
	if (xtables && strcmp(base->name, "PREROUTING") == 0)
		buf_printf(b,
		    "%s%s -t nat -I PREROUTING -i %s -m addrtype ! --dst-type "
		    "LOCAL -j ACCEPT",
		    of->family == FAMILY_IPV4 ? "iptables" : "ip6tables",
		    base->legacy ? "-legacy" : "", bridge);
	else
		buf_printf(b,
		    "nft insert rule %s %s %s iifname %s fib daddr type != "
		    "local accept",
		    hook_family(base), base->table, base->name, bridge);
}

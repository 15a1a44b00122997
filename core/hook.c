/* What the base chains of others mean for a config. */
#include "config.h"

#include "core/hook.h"

#include <netinet/in.h> /* first: the kernel's headers give way to it */

#include <linux/if_ether.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <stdlib.h>
#include <string.h>

#include "core/intl.h"

/* By what its chains or its table are called. */
static const struct {
	const char *start, *owner, *cures[HOOK_COUNT];
} owners[] = {
	{ "ufw6-", "ufw",
	    { [HOOK_INPUT] = "ufw allow PORT/tcp",
		[HOOK_FORWARD] = "ufw route allow proto tcp to any port "
				 "PORT" } },
	{ "DOCKER-USER", "Docker",
	    { [HOOK_FORWARD] =
		    "ip6tables -I DOCKER-USER -o BRIDGE -j ACCEPT" } },
	{ "DOCKER", "Docker", { NULL } },
	{ "LIBVIRT_", "libvirt", { NULL } },
	{ "firewalld", "firewalld",
	    { [HOOK_INPUT] = "firewall-cmd --add-port=PORT/tcp" } },
	{ "incus", "Incus", { NULL } },
	{ "lxd", "LXD", { NULL } },
};

void
hooks_free(struct hooks *h)
{
	size_t i;

	for (i = 0; i < h->n; i++)
		free(h->v[i].links);
	tables_free(&h->tables);
	free(h->v);
	memset(h, 0, sizeof(*h));
}

static bool
is_harmless(const struct tables *all, const struct rule_chain *of)
{
	const struct rule_chain *c;

	for (c = all->chains; c < END_OF(all->chains, all->nchains); c++)
		if (c->family == of->family &&
		    strcmp(c->table, of->table) == 0 && chain_harms(all, c))
			return false;
	return true;
}

static bool
belongs(
    const struct tables *all, const struct rule_chain *to, const char *start)
{
	const struct rule_chain *c;

	if (has_prefix(to->table, start))
		return true;
	for (c = all->chains; c < END_OF(all->chains, all->nchains); c++)
		if (c->family == to->family &&
		    strcmp(c->table, to->table) == 0 &&
		    has_prefix(c->name, start))
			return true;
	return false;
}

/* Any packet of IPv6. */
static void
sample_any(struct sample *s, uint8_t family)
{
	const uint8_t nfproto = family == NFPROTO_INET ? NFPROTO_IPV6 : family;
	const uint8_t protocol[] = { ETH_P_IPV6 >> 8, ETH_P_IPV6 & 0xff };

	sample_add(s, FACT_META, NFT_META_NFPROTO * OPERAND_MAX, &nfproto, 1);
	sample_add(s, FACT_META, NFT_META_PROTOCOL * OPERAND_MAX, protocol, 2);
	sample_add(s, FACT_LINK, 12, protocol, 2);
}

void
hooks_judge(struct hooks *all)
{
	const struct rule_chain *c;
	struct sample any;
	struct course course;
	struct hook *h;
	size_t i;

	for (h = all->v; h < END_OF(all->v, all->n); h++) {
		c = &all->tables.chains[h->chain];
		memset(&any, 0, sizeof(any));
		course = hook_run(all, h, &any);
		h->harmless = is_harmless(&all->tables, c);
		h->drops = course.dropped;
		h->all = course.dropped && !course.doubt;
		for (i = 0; i < NITEMS(owners) && h->owner == NULL; i++) {
			if (!belongs(&all->tables, c, owners[i].start))
				continue;
			h->owner = owners[i].owner;
			h->cure = owners[i].cures[h->place];
		}
	}
}

struct course
hook_run(const struct hooks *all, const struct hook *h, const struct sample *s)
{
	const struct rule_chain *base = &all->tables.chains[h->chain];
	struct sample known = *s;

	sample_any(&known, base->family);
	return chains_run(&all->tables, base, &known);
}

static const char *
family_name(const struct rule_chain *c)
{
	static const struct {
		uint8_t family;
		const char *name;
	} names[] = {
		{ NFPROTO_INET, "inet" },
		{ NFPROTO_IPV6, "ip6" },
		{ NFPROTO_BRIDGE, "bridge" },
		{ NFPROTO_NETDEV, "netdev" },
	};
	size_t i = 0;

	while (i < NITEMS(names) - 1 && names[i].family != c->family)
		i++;
	return names[i].name;
}

static void
add_escaped(struct buf *b, const char *before, const char *text)
{
	buf_add(b, before);
	buf_escape(b, text, strlen(text));
}

void
hook_name(const struct hooks *all, const struct hook *h, struct buf *b)
{
	const struct rule_chain *c = &all->tables.chains[h->chain];
	struct buf table = { 0 }, chain = { 0 };

	add_escaped(&table, "", c->table);
	add_escaped(&chain, "", c->name);
	buf_printf(b, _("table %s %s, chain %s"), family_name(c),
	    buf_text(&table), buf_text(&chain));
	if (h->owner != NULL)
		buf_printf(b, _(" of %s"), h->owner);
	buf_free(&table);
	buf_free(&chain);
}

void
hook_cure(const struct hook *h, const struct rule_chain *at, struct buf *b)
{
	if (h->cure != NULL) {
		buf_add(b, h->cure);
		return;
	}
	buf_printf(b, "nft list chain %s", family_name(at));
	add_escaped(b, " ", at->table);
	add_escaped(b, " ", at->name);
}

/* What statements ask for, and a hook may drop. */
enum asked { ASKED_IN = 1 << 0, ASKED_THROUGH = 1 << 1, ASKED_OUT = 1 << 2 };

static const struct {
	unsigned asked;
	const char *some, *all; /* of what it drops; NULL: as of most */
} tellings[HOOK_COUNT] = {
	[HOOK_INGRESS] = { ASKED_IN | ASKED_THROUGH, NULL, NULL },
	[HOOK_BRIDGE_PREROUTING] = { ASKED_THROUGH, NULL, NULL },
	[HOOK_BRIDGE_INPUT] = { ASKED_THROUGH, NULL, NULL },
	[HOOK_PREROUTING] = { ASKED_IN | ASKED_THROUGH, NULL, NULL },
	[HOOK_INPUT] = { ASKED_IN,
	    N_(" drops what it has no rule for: what is allowed in needs one "
	       "there too"),
	    N_(" lets nothing in, whatever is allowed here") },
	[HOOK_FORWARD] = { ASKED_THROUGH,
	    N_(" drops what it has no rule for: forwards and containers need "
	       "one there too"),
	    NULL },
	[HOOK_OUTPUT] = { ASKED_OUT, NULL, NULL },
	[HOOK_POSTROUTING] = { ASKED_THROUGH | ASKED_OUT, NULL, NULL },
	[HOOK_BRIDGE_OUTPUT] = { ASKED_THROUGH, NULL, NULL },
	[HOOK_BRIDGE_POSTROUTING] = { ASKED_THROUGH, NULL, NULL },
	[HOOK_EGRESS] = { ASKED_THROUGH | ASKED_OUT, NULL, NULL },
};

static const char *
telling(const struct hook *h)
{
	const char *own =
	    h->all ? tellings[h->place].all : tellings[h->place].some;

	if (own != NULL)
		return _(own);
	return h->all ? _(" lets nothing pass, whatever is allowed here")
		      : _(" drops what it has no rule for: what is allowed or "
			  "forwarded needs one there too");
}

static unsigned
asks_for(const struct statement *st)
{
	static const unsigned chains[CHAIN_COUNT] = {
		[CHAIN_INPUT] = ASKED_IN,
		[CHAIN_FORWARD] = ASKED_THROUGH,
		[CHAIN_OUTPUT] = ASKED_OUT,
	};

	if (st == NULL || statement_is_off(st))
		return 0;
	if (st->kind == ST_FORWARD || st->kind == ST_BRIDGE)
		return ASKED_THROUGH;
	return st->kind == ST_ALLOW ? chains[st->v[POLICY_CHAIN].choice] : 0;
}

bool
hook_is_on(const struct hook *h, const char *link)
{
	size_t i;

	if (h->place != HOOK_INGRESS && h->place != HOOK_EGRESS)
		return true;
	for (i = 0; link != NULL && i < h->nlinks; i++)
		if (strcmp(h->links[i], link) == 0)
			return true;
	return false;
}

/* Of links the config knows those that it names. */
static bool
concerns(const struct hook *h, const struct config *c)
{
	const struct statement *st;
	bool on = hook_is_on(h, NULL);
	unsigned asked = 0;
	size_t i;

	for (i = 0; i < c->n; i++) {
		st = c->v[i].st;
		asked |= asks_for(st);
		if (st != NULL && st->kind == ST_UPLINK)
			on = on || hook_is_on(h, st->v[UPLINK_IFACE].text);
		else if (st != NULL && st->kind == ST_BRIDGE)
			on = on || hook_is_on(h, st->v[BRIDGE_IFACE].text);
	}
	return on && (asked & tellings[h->place].asked) != 0;
}

bool
hook_tell(const struct hooks *all, const struct hook *h, const struct config *c,
    struct buf *b)
{
	if (!h->drops || !concerns(h, c))
		return false;
	hook_name(all, h, b);
	buf_add(b, telling(h));
	if (h->cure != NULL)
		buf_printf(b, " (%s)", h->cure);
	return true;
}

void
hooks_tell(const struct hooks *hooks, const struct config *c, struct buf *b)
{
	const struct hook *h;

	for (h = hooks->v; h < END_OF(hooks->v, hooks->n); h++)
		if (hook_tell(hooks, h, c, b))
			buf_add(b, "\n");
}

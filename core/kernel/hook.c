/* Base chains of others: their owners, and their verdicts. */
#include "config.h"

#include "core/kernel/hook.h"

#include <netinet/in.h> /* first: the kernel's headers give way to it */

#include <ctype.h>
#include <linux/if_ether.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/base/shell.h"

/* What lets something through a chain of a program, where BRIDGE and the like
 * stand for what it is. The last are of HOOK_FORWARD, for all of the rest and
 * for what containers call. */
enum { CURE_REST = HOOK_COUNT, CURE_CALLS, CURES };

struct cures {
	const char *to[CURES];
};

static const struct cures no_cures;

static const struct cures ufw_cures = { {
    [HOOK_INPUT] = "ufw allow PORT/PROTOCOL",
    [HOOK_FORWARD] = "ufw route allow proto PROTOCOL to any port PORT",
    [CURE_REST] = "ufw route allow out on BRIDGE",
    [CURE_CALLS] = "ufw route allow in on BRIDGE",
} };

/* Docker 20.10 has no DOCKER-USER in IPv6. */
static const struct cures docker_user_cures = { {
    [HOOK_FORWARD] = "IPTABLES -I DOCKER-USER -o BRIDGE -j ACCEPT && "
		     "IPTABLES -I DOCKER-USER -i BRIDGE -j ACCEPT",
} };
static const struct cures iptables_cures = { {
    [HOOK_FORWARD] = "IPTABLES -I FORWARD -o BRIDGE -j ACCEPT && "
		     "IPTABLES -I FORWARD -i BRIDGE -j ACCEPT",
} };

/* No command of theirs lets anything through. A rule ahead of theirs does, as
 * long as they do not make their table anew. */
static const struct cures nft_cures = { {
    [HOOK_FORWARD] = "nft insert rule FAMILY TABLE CHAIN oifname BRIDGE "
		     "PROTOCOL dport DPORT accept",
    [CURE_REST] = "nft insert rule FAMILY TABLE CHAIN oifname BRIDGE accept",
    [CURE_CALLS] = "nft insert rule FAMILY TABLE CHAIN iifname BRIDGE accept",
} };

/* Zones let out what comes by their links, but nothing to these: that is for a
 * policy, and for a zone of its own, as others may hold what is not ours to
 * open. */
static const struct cures firewalld_cures = { {
    [HOOK_INPUT] = "firewall-cmd --add-port=DPORT/PROTOCOL && "
		   "firewall-cmd --permanent --add-port=DPORT/PROTOCOL",
    [HOOK_FORWARD] =
	"firewall-cmd --permanent --new-zone=seki && "
	"firewall-cmd --permanent --zone=seki --set-target=ACCEPT && "
	"firewall-cmd --permanent --zone=seki --change-interface=BRIDGE && "
	"firewall-cmd --permanent --new-policy=to-seki && "
	"firewall-cmd --permanent --policy=to-seki --set-target=ACCEPT && "
	"firewall-cmd --permanent --policy=to-seki --add-ingress-zone=ANY && "
	"firewall-cmd --permanent --policy=to-seki --add-egress-zone=seki && "
	"firewall-cmd --reload",
    [CURE_CALLS] =
	"firewall-cmd --zone=trusted --change-interface=BRIDGE && "
	"firewall-cmd --permanent --zone=trusted --change-interface=BRIDGE",
} };

/* A list of rules rejects what none of them allows. */
static const struct cures incus_cures = { {
    [HOOK_FORWARD] = "incus network set BRIDGE "
		     "security.acls.default.ingress.action=allow",
    [CURE_CALLS] = "incus network set BRIDGE "
		   "security.acls.default.egress.action=allow",
} };
static const struct cures lxd_cures = { {
    [HOOK_FORWARD] = "lxc network set BRIDGE "
		     "security.acls.default.ingress.action=allow",
    [CURE_CALLS] = "lxc network set BRIDGE "
		   "security.acls.default.egress.action=allow",
} };

/* Recognised by the names of their chains or their table. */
static const struct {
	const char *start, *owner;
	const struct cures *cures;
} owners[] = {
	{ "ufw6-", "ufw", &ufw_cures },
	{ "ufw-", "ufw", &ufw_cures },
	{ "DOCKER-USER", "Docker", &docker_user_cures },
	{ "DOCKER", "Docker", &iptables_cures },
	{ "docker-bridges", "Docker", &nft_cures },
	{ "NETAVARK", "Podman", &no_cures },
	{ "netavark", "Podman", &no_cures },
	{ "CNI-", "CNI", &no_cures },
	{ "LIBVIRT_", "libvirt", &iptables_cures },
	{ "libvirt_network", "libvirt", &nft_cures },
	{ "firewalld", "firewalld", &firewalld_cures },
	{ "incus", "Incus", &incus_cures },
	{ "lxd", "LXD", &lxd_cures },
	{ "lxc", "lxc-net", &no_cures },
	{ "f2b-", "fail2ban", &no_cures },
	{ "crowdsec", "CrowdSec", &no_cures },
	{ "CROWDSEC", "CrowdSec", &no_cures },
	{ "KUBE-", "Kubernetes", &no_cures },
	{ "ts-", "Tailscale", &no_cures },
	{ "wg-quick-", "wg-quick", &no_cures },
};

const char *const hook_places[HOOK_COUNT] = {
	[HOOK_INGRESS] = "ingress",
	[HOOK_BRIDGE_PREROUTING] = "bridge prerouting",
	[HOOK_BRIDGE_INPUT] = "bridge input",
	[HOOK_PREROUTING] = "prerouting",
	[HOOK_INPUT] = "input",
	[HOOK_FORWARD] = "forward",
	[HOOK_OUTPUT] = "output",
	[HOOK_POSTROUTING] = "postrouting",
	[HOOK_BRIDGE_OUTPUT] = "bridge output",
	[HOOK_BRIDGE_POSTROUTING] = "bridge postrouting",
	[HOOK_EGRESS] = "egress",
};

void
hooks_free(struct hooks *h)
{
	size_t i;

	for (i = 0; i < h->n; i++)
		free(h->v[i].links);
	for (i = 0; i < h->nown; i++)
		free(h->own[i].name);
	free(h->own);
	tables_free(&h->tables);
	free(h->v);
	memset(h, 0, sizeof(*h));
}

static bool
has_translation(
    const struct tables *all, const struct rule_chain *of, enum family f)
{
	const struct rule_chain *c;

	for (c = all->chains; c < END_OF(all->chains, all->nchains); c++)
		if (chain_is_beside(c, of) && c->translates[f])
			return of->n > 0;
	return false;
}

static bool
belongs(
    const struct tables *all, const struct rule_chain *to, const char *start)
{
	const struct rule_chain *c;

	if (has_prefix(to->table, start))
		return true;
	for (c = all->chains; c < END_OF(all->chains, all->nchains); c++)
		if (chain_is_beside(c, to) && has_prefix(c->name, start))
			return true;
	return false;
}

/* Any packet of that family. */
static void
sample_any(struct sample *s, const struct rule_chain *at, enum family f)
{
	static const struct {
		uint8_t nfproto;
		uint16_t protocol;
	} families[FAMILY_COUNT] = {
		[FAMILY_IPV6] = { NFPROTO_IPV6, ETH_P_IPV6 },
		[FAMILY_IPV4] = { NFPROTO_IPV4, ETH_P_IP },
	};
	const uint16_t protocol = htons(families[f].protocol);
	const uint8_t nfproto =
	    at->family == NFPROTO_INET ? families[f].nfproto : at->family;

	sample_add(s, FACT_META, NFT_META_NFPROTO * OPERAND_MAX, &nfproto, 1);
	sample_add(s, FACT_META, NFT_META_PROTOCOL * OPERAND_MAX, &protocol, 2);
	sample_add(s, FACT_LINK, 12, &protocol, 2);
}

bool
hook_sees(const struct hooks *all, const struct hook *h, enum family f)
{
	static const uint8_t others[FAMILY_COUNT] = {
		[FAMILY_IPV6] = NFPROTO_IPV4, [FAMILY_IPV4] = NFPROTO_IPV6
	};

	return all->tables.chains[h->chain].family != others[f];
}

static void
judge_family(const struct hooks *all, struct hook *h, enum family f)
{
	const struct rule_chain *c = &all->tables.chains[h->chain];
	struct sample any = { 0 };
	struct course course;

	if (!hook_sees(all, h, f))
		return;
	course = hook_run(all, h, f, &any);
	h->translates[f] = h->nat && h->place == HOOK_PREROUTING &&
			   has_translation(&all->tables, c, f);
	h->drops[f] = course.dropped;
	h->all[f] = course.dropped && !course.doubt;
}

static void
find_owner(const struct hooks *all, struct hook *h)
{
	const struct rule_chain *c = &all->tables.chains[h->chain];
	size_t i;

	for (i = 0; i < NITEMS(owners) && h->owner == NULL; i++) {
		if (!belongs(&all->tables, c, owners[i].start))
			continue;
		h->owner = owners[i].owner;
		h->cure = owners[i].cures->to[h->place];
		if (h->place == HOOK_FORWARD) {
			h->cure_rest = owners[i].cures->to[CURE_REST];
			h->cure_calls = owners[i].cures->to[CURE_CALLS];
		}
	}
}

/* As a packet meets them: what one marks the next may look at. */
static int
by_way(const void *a, const void *b)
{
	const struct hook *x = a, *y = b;

	if (x->place != y->place)
		return x->place < y->place ? -1 : 1;
	if (x->priority != y->priority)
		return x->priority < y->priority ? -1 : 1;
	return (x->chain > y->chain) - (x->chain < y->chain);
}

void
hooks_judge(struct hooks *all)
{
	struct hook *h;
	enum family f;

	if (all->n > 1)
		qsort(all->v, all->n, sizeof(*all->v), by_way);
	for (h = all->v; h < END_OF(all->v, all->n); h++) {
		for (f = 0; f < FAMILY_COUNT; f++)
			judge_family(all, h, f);
		h->harmless =
		    !chains_harm(&all->tables, &all->tables.chains[h->chain]);
		h->marks =
		    chains_mark(&all->tables, &all->tables.chains[h->chain]);
		find_owner(all, h);
	}
}

struct course
hook_run(const struct hooks *all, const struct hook *h, enum family f,
    const struct sample *s)
{
	const struct rule_chain *base = &all->tables.chains[h->chain];
	struct sample known = *s;

	sample_any(&known, base, f);
	return chains_run(&all->tables, base, &known);
}

const char *
hook_family(const struct rule_chain *c)
{
	static const struct {
		uint8_t family;
		const char *name;
	} names[] = {
		{ NFPROTO_INET, "inet" },
		{ NFPROTO_IPV6, "ip6" },
		{ NFPROTO_IPV4, "ip" },
		{ NFPROTO_BRIDGE, "bridge" },
		{ NFPROTO_NETDEV, "netdev" },
	};
	size_t i = 0;

	while (i < NITEMS(names) - 1 && names[i].family != c->family)
		i++;
	return names[i].name;
}

const char *
hook_owner(const struct hooks *all, const struct hook *h)
{
	static const char *const tables[] = { "filter", "nat", "mangle", "raw",
		"security" };
	const struct rule_chain *c = &all->tables.chains[h->chain];
	size_t i;

	if (h->owner != NULL || !isupper((unsigned char)c->name[0]) ||
	    (c->family != NFPROTO_IPV6 && c->family != NFPROTO_IPV4))
		return h->owner;
	for (i = 0; i < NITEMS(tables); i++)
		if (strcmp(c->table, tables[i]) == 0)
			return "iptables";
	return NULL;
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
	buf_printf(b,
	    c->legacy ? _("legacy table %s %s, chain %s")
		      : _("table %s %s, chain %s"),
	    hook_family(c), buf_text(&table), buf_text(&chain));
	if (h->owner != NULL)
		buf_printf(b, _(" of %s"), h->owner);
	buf_free(&table);
	buf_free(&chain);
}

/* iptables and ufw write a colon between the ends of a range, nft and firewalld
 * a dash. */
static char *
write_ports(const struct hook_want *p, const char *between)
{
	return p->lo == 0	? xstrdup("PORT")
	       : p->lo == p->hi ? xasprintf("%u", p->lo)
				: xasprintf("%u%s%u", p->lo, between, p->hi);
}

/* A word of cures, and what it stands for. */
struct blank {
	const char *word, *text;
};

static void
fill_in(struct buf *b, const char *cure, const struct blank *v, size_t n)
{
	size_t i;

	while (*cure != '\0') {
		for (i = 0; i < n && !has_prefix(cure, v[i].word);)
			i++;
		if (i == n) {
			buf_add_n(b, cure++, 1);
			continue;
		}
		buf_add(b, v[i].text);
		cure += strlen(v[i].word);
	}
}

static const char *
plain_or(const char *name, const char *word)
{
	return name != NULL && is_shell_word(name) ? name : word;
}

static void
add_cure(struct buf *b, const char *cure, const struct hook_want *p,
    const struct rule_chain *base, const char *tool)
{
	char *ports = write_ports(p, ":"), *range = write_ports(p, "-");
	const struct blank blanks[] = {
		{ "BRIDGE", plain_or(p->bridge, "BRIDGE") },
		{ "IPTABLES", tool },
		{ "PROTOCOL", p->protocol != NULL ? p->protocol : "tcp" },
		{ "PORT", ports },
		{ "DPORT", range },
		{ "FAMILY", hook_family(base) },
		{ "TABLE", plain_or(base->table, "TABLE") },
		{ "CHAIN", plain_or(base->name, "CHAIN") },
	};

	fill_in(b, cure, blanks, NITEMS(blanks));
	free(ports);
	free(range);
}

static const char *
cure_for(const struct hook *h, const struct hook_want *p)
{
	return p->calls && h->cure_calls != NULL ? h->cure_calls
	       : p->rest && h->cure_rest != NULL ? h->cure_rest
						 : h->cure;
}

void
hook_cure(const struct hooks *all, const struct hook *h,
    const struct rule_chain *at, const struct hook_want *p, struct buf *b)
{
	static const char *const tools[2][2] = { { "iptables",
						     "iptables-legacy" },
		{ "ip6tables", "ip6tables-legacy" } };
	const struct rule_chain *base = &all->tables.chains[h->chain];
	const char *tool = tools[hook_sees(all, h, FAMILY_IPV6)][base->legacy];

	if (h->cure != NULL) {
		add_cure(b, cure_for(h, p), p, base, tool);
		return;
	}
	if (base->legacy)
		shell_add(b, "%s -t %s -S %s", tool, at->table, at->name);
	else if (is_shell_word(at->table) && is_shell_word(at->name))
		shell_add(b, "nft list chain %s %s %s", hook_family(at),
		    at->table, at->name);
	else
		buf_printf(b, "nft list tables %s", hook_family(at));
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

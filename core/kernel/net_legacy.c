/* Rules of iptables-legacy. nftables does not know them; they are read as the
 * kernel keeps them (x_tables.h), with getsockopt(). */
#include "config.h"

#include "core/kernel/net_legacy.h"

#include <net/if.h> /* first: the kernel's headers give way to these */
#include <netinet/in.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6/ip6_tables.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/util.h"
#include "core/kernel/hook.h"
#include "core/kernel/net_parts.h"
#include "core/kernel/xtables.h"

/* ---- what a rule begins with */

enum { FROM, TO, IN, OUT, PARTS };

struct first {
	struct {
		const void *bits, *mask;
		bool inverted;
	} v[PARTS];
	bool has_proto, proto_inverted, fragment;
	uint8_t proto;
	bool goes; /* to where it leads, without return */
};

static struct first
first6(const void *entry)
{
	const struct ip6t_ip6 *ip = &((const struct ip6t_entry *)entry)->ipv6;
	const uint8_t not = ip->invflags;

	return (struct first){
		.v = { { &ip->src, &ip->smsk, (not &IP6T_INV_SRCIP) != 0 },
		    { &ip->dst, &ip->dmsk, (not &IP6T_INV_DSTIP) != 0 },
		    { ip->iniface, ip->iniface_mask,
			(not &IP6T_INV_VIA_IN) != 0 },
		    { ip->outiface, ip->outiface_mask,
			(not &IP6T_INV_VIA_OUT) != 0 } },
		.has_proto = (ip->flags & IP6T_F_PROTO) != 0,
		.proto_inverted = (not &IP6T_INV_PROTO) != 0,
		.proto = (uint8_t)ip->proto,
		.goes = (ip->flags & IP6T_F_GOTO) != 0,
	};
}

static struct first
first4(const void *entry)
{
	const struct ipt_ip *ip = &((const struct ipt_entry *)entry)->ip;
	const uint8_t not = ip->invflags;

	return (struct first){
		.v = { { &ip->src, &ip->smsk, (not &IPT_INV_SRCIP) != 0 },
		    { &ip->dst, &ip->dmsk, (not &IPT_INV_DSTIP) != 0 },
		    { ip->iniface, ip->iniface_mask,
			(not &IPT_INV_VIA_IN) != 0 },
		    { ip->outiface, ip->outiface_mask,
			(not &IPT_INV_VIA_OUT) != 0 } },
		.has_proto = ip->proto != 0,
		.proto_inverted = (not &IPT_INV_PROTO) != 0,
		.proto = (uint8_t)ip->proto,
		.fragment = (ip->flags & IPT_F_FRAG) != 0,
		.goes = (ip->flags & IPT_F_GOTO) != 0,
	};
}

/* Where the two families differ. */
struct layout {
	int domain, level;
	uint8_t nfproto;
	const char *names; /* of the tables that exist */
	struct {
		enum fact_source source;
		unsigned at, len; /* in a packet: RFC 8200, RFC 791 */
	} v[PARTS];
	size_t head_len, target_at, next_at; /* in a rule */
	struct first (*first)(const void *entry);
};

#define LINKS                                                                  \
	[IN] = { FACT_META, NFT_META_IIFNAME * OPERAND_MAX, IFNAMSIZ },        \
	[OUT] = { FACT_META, NFT_META_OIFNAME * OPERAND_MAX, IFNAMSIZ }

static const struct layout layouts[] = {
	{ AF_INET6, SOL_IPV6, NFPROTO_IPV6, "/proc/self/net/ip6_tables_names",
	    { [FROM] = { FACT_NETWORK, 8, 16 },
		[TO] = { FACT_NETWORK, 24, 16 },
		LINKS },
	    sizeof(struct ip6t_entry),
	    offsetof(struct ip6t_entry, target_offset),
	    offsetof(struct ip6t_entry, next_offset), first6 },
	{ AF_INET, SOL_IP, NFPROTO_IPV4, "/proc/self/net/ip_tables_names",
	    { [FROM] = { FACT_NETWORK, 12, 4 },
		[TO] = { FACT_NETWORK, 16, 4 },
		LINKS },
	    sizeof(struct ipt_entry), offsetof(struct ipt_entry, target_offset),
	    offsetof(struct ipt_entry, next_offset), first4 },
};

static void
match_first(struct rule_chain *c, const struct layout *l, const struct first *f)
{
	static const uint8_t all = UINT8_MAX;
	size_t part;

	for (part = 0; part < PARTS; part++)
		xtables_bits(c, l->v[part].source, l->v[part].at,
		    f->v[part].bits, f->v[part].mask, l->v[part].len,
		    f->v[part].inverted);
	if (f->has_proto)
		xtables_bits(c, FACT_META, NFT_META_L4PROTO * OPERAND_MAX,
		    &f->proto, &all, sizeof(f->proto), f->proto_inverted);
	if (f->fragment)
		chain_add(c, OP_CONDITION);
}

/* ---- tables, as the kernel hands them out; both families have one form */

_Static_assert(sizeof(struct ipt_getinfo) == sizeof(struct ip6t_getinfo) &&
		   IPT_SO_GET_INFO == IP6T_SO_GET_INFO &&
		   IPT_SO_GET_ENTRIES == IP6T_SO_GET_ENTRIES,
    "iptables and ip6tables ask alike");

struct table {
	const struct layout *layout;
	struct ipt_getinfo info;
	uint8_t *rules;	  /* info.size bytes */
	size_t first;	  /* of its chains in all */
	unsigned *starts; /* of each of those, where its rules begin */
};

static unsigned
number16(const uint8_t *at)
{
	uint16_t v;

	memcpy(&v, at, sizeof(v));
	return v;
}

/* The target of the rule there, or NULL where it is not whole. */
static const struct xt_entry_target *
target_of(const struct table *t, unsigned at)
{
	const struct layout *l = t->layout;
	unsigned target, next, len;

	if (at + l->head_len > t->info.size)
		return NULL;
	target = number16(&t->rules[at + l->target_at]);
	next = number16(&t->rules[at + l->next_at]);
	if (target < l->head_len || next > t->info.size - at ||
	    target + sizeof(struct xt_entry_target) > next)
		return NULL;
	len = number16(&t->rules[at + target]);
	return len >= sizeof(struct xt_entry_target) && len <= next - target
		   ? (const void *)&t->rules[at + target]
		   : NULL;
}

static unsigned
next_of(const struct table *t, unsigned at)
{
	return at + number16(&t->rules[at + t->layout->next_at]);
}

static bool
is_target(const struct xt_entry_target *target, const char *name, size_t len)
{
	return strcmp(target->u.user.name, name) == 0 &&
	       target->u.target_size >= len;
}

/* The name of the chain that begins behind the rule there; NULL. */
static const char *
chain_after(const struct table *t, unsigned at)
{
	const struct xt_entry_target *target = target_of(t, at);
	const struct xt_error_target *error = (const void *)target;

	return is_target(target, XT_ERROR_TARGET, sizeof(*error)) &&
		       next_of(t, at) < t->info.size
		   ? error->errorname
		   : NULL;
}

/* The verdict of the rule there; that of a rule that never ends a packet's way
 * is where the next one begins. */
static int
verdict_of(const struct table *t, unsigned at)
{
	const struct xt_entry_target *target = target_of(t, at);
	const struct xt_standard_target *standard = (const void *)target;

	return is_target(target, XT_STANDARD_TARGET, sizeof(*standard))
		   ? standard->verdict
		   : (int)next_of(t, at);
}

/* ---- its chains */

static const struct base {
	const char *name;
	enum hook_place place;
} bases[NF_INET_NUMHOOKS] = {
	[NF_INET_PRE_ROUTING] = { "PREROUTING", HOOK_PREROUTING },
	[NF_INET_LOCAL_IN] = { "INPUT", HOOK_INPUT },
	[NF_INET_FORWARD] = { "FORWARD", HOOK_FORWARD },
	[NF_INET_LOCAL_OUT] = { "OUTPUT", HOOK_OUTPUT },
	[NF_INET_POST_ROUTING] = { "POSTROUTING", HOOK_POSTROUTING },
};

static void
add_chain(struct tables *all, struct table *t, const char *name, unsigned start)
{
	struct rule_chain *c;
	size_t n = all->nchains - t->first;

	all->chains = xgrow(all->chains, all->nchains, sizeof(*all->chains));
	c = &all->chains[all->nchains++];
	chain_begin(c, t->info.name, name);
	c->family = t->layout->nfproto;
	c->legacy = true;
	t->starts = xgrow(t->starts, n, sizeof(*t->starts));
	t->starts[n] = start;
}

/* nf_ip_hook_priorities, which those of IPv6 are like. */
static int
priority_in(const char *table, enum hook_place place)
{
	static const struct {
		const char *name;
		int priority;
	} v[] = { { "raw", NF_IP_PRI_RAW }, { "mangle", NF_IP_PRI_MANGLE },
		{ "security", NF_IP_PRI_SECURITY } };
	size_t i;

	if (strcmp(table, "nat") == 0)
		return place == HOOK_PREROUTING || place == HOOK_OUTPUT
			   ? NF_IP_PRI_NAT_DST
			   : NF_IP_PRI_NAT_SRC;
	for (i = 0; i < NITEMS(v); i++)
		if (strcmp(table, v[i].name) == 0)
			return v[i].priority;
	return NF_IP_PRI_FILTER;
}

static void
add_base(struct hooks *hooks, struct table *t, unsigned number)
{
	const struct base *b = &bases[number];

	if ((t->info.valid_hooks & 1U << number) == 0)
		return;
	add_chain(&hooks->tables, t, b->name, t->info.hook_entry[number]);
	hooks->v = xgrow(hooks->v, hooks->n, sizeof(*hooks->v));
	hooks->v[hooks->n++] = (struct hook){
		.chain = hooks->tables.nchains - 1,
		.place = b->place,
		.priority = priority_in(t->info.name, b->place),
		.nat = strcmp(t->info.name, "nat") == 0,
	};
}

static void
add_chains(struct hooks *hooks, struct table *t)
{
	const char *name;
	unsigned i, at;

	for (i = 0; i < NITEMS(bases); i++)
		add_base(hooks, t, i);
	for (at = 0; target_of(t, at) != NULL; at = next_of(t, at)) {
		name = chain_after(t, at);
		if (name != NULL)
			add_chain(&hooks->tables, t, name, next_of(t, at));
	}
}

/* ---- their rules */

static bool
find_start(const struct tables *all, const struct table *t, unsigned start,
    size_t *chain)
{
	size_t i, n = all->nchains - t->first;

	for (i = 0; i < n; i++)
		if (t->starts[i] == start) {
			*chain = t->first + i;
			return true;
		}
	return false;
}

/* A verdict is the start of a chain, or of the next rule, or a negative code
 * (ip6t_do_table). */
static void
add_verdict(const struct tables *all, const struct table *t,
    struct rule_chain *c, unsigned at, bool goes)
{
	static const struct {
		int code;
		enum fate fate;
	} codes[] = { { -NF_ACCEPT - 1, FATE_ACCEPT },
		{ -NF_DROP - 1, FATE_DROP }, { XT_RETURN, FATE_RETURN } };
	struct verdict_to to = { .fate = goes ? FATE_GOTO : FATE_JUMP };
	int code = verdict_of(t, at);
	size_t i;

	if (code >= 0 && (unsigned)code == next_of(t, at))
		return;
	for (i = 0; code < 0 && i < NITEMS(codes); i++)
		if (codes[i].code == code)
			to.fate = codes[i].fate;
	if (code < 0 ? to.fate == FATE_JUMP || to.fate == FATE_GOTO
		     : !find_start(all, t, (unsigned)code, &to.chain))
		chain_add(c, OP_MAYBE);
	else
		chain_add(c, OP_VERDICT)->verdict = to;
}

static void
add_matches(struct rule_chain *c, const struct table *t, unsigned at)
{
	const uint8_t *m = &t->rules[at + t->layout->head_len];
	const uint8_t *end = (const void *)target_of(t, at);
	const struct xt_entry_match *match;
	size_t len;

	while (m + sizeof(*match) <= end) {
		match = (const void *)m;
		len = match->u.match_size;
		if (len < sizeof(*match) || len > (size_t)(end - m))
			break;
		xtables_match(
		    c, match->u.user.name, match->data, len - sizeof(*match));
		m += len;
	}
}

static void
add_rule(const struct tables *all, const struct table *t, struct rule_chain *c,
    unsigned at)
{
	const struct xt_entry_target *target = target_of(t, at);
	const struct first f = t->layout->first(&t->rules[at]);

	match_first(c, t->layout, &f);
	add_matches(c, t, at);
	if (strcmp(target->u.user.name, XT_STANDARD_TARGET) == 0)
		add_verdict(all, t, c, at, f.goes);
	else
		xtables_target(c, target->u.user.name, target->data,
		    target->u.target_size - sizeof(*target));
	chain_add(c, OP_END);
}

#define NO_POLICY UINT32_MAX

/* Where the rule that is a base chain's policy is. */
static unsigned
policy_of(const struct table *t, unsigned start)
{
	unsigned i;

	for (i = 0; i < NITEMS(bases); i++)
		if ((t->info.valid_hooks & 1U << i) != 0 &&
		    t->info.hook_entry[i] == start)
			return t->info.underflow[i];
	return NO_POLICY;
}

static void
add_rules(struct tables *all, const struct table *t, size_t chain)
{
	struct rule_chain *c = &all->chains[t->first + chain];
	unsigned at = t->starts[chain], policy = policy_of(t, at);
	const struct xt_entry_target *target;

	for (;; at = next_of(t, at)) {
		target = target_of(t, at);
		if (target == NULL || at == policy ||
		    strcmp(target->u.user.name, XT_ERROR_TARGET) == 0)
			break;
		add_rule(all, t, c, at);
	}
	c->drops =
	    target != NULL && at == policy && verdict_of(t, at) == -NF_DROP - 1;
}

/* ---- reading */

/* 0 or an errno value; EAGAIN: the table has changed meanwhile. */
static int
ask_table(int fd, struct table *t)
{
	const int level = t->layout->level;
	socklen_t len = sizeof(t->info);
	struct ipt_get_entries *answer;
	int code = 0;

	if (getsockopt(fd, level, IPT_SO_GET_INFO, &t->info, &len) != 0)
		return errno;
	len = (socklen_t)(sizeof(*answer) + t->info.size);
	answer = xcalloc(1, len);
	memcpy(answer->name, t->info.name, sizeof(answer->name));
	answer->size = t->info.size;
	if (getsockopt(fd, level, IPT_SO_GET_ENTRIES, answer, &len) != 0)
		code = errno;
	if (code == 0) {
		t->rules = xcalloc(1, t->info.size + 1);
		memcpy(t->rules, answer->entrytable, t->info.size);
	}
	free(answer);
	return code;
}

/* A table that is gone by now has no rules. */
static int
read_table(
    int fd, const struct layout *l, const char *name, struct hooks *hooks)
{
	struct table t = { .layout = l, .first = hooks->tables.nchains };
	unsigned tries = 5;
	size_t i, n;
	int code;

	snprintf(t.info.name, sizeof(t.info.name), "%.*s",
	    XT_TABLE_MAXNAMELEN - 1, name);
	do
		code = ask_table(fd, &t);
	while (code == EAGAIN && --tries > 0);
	if (code != 0)
		return code == ENOENT ? 0 : code;
	add_chains(hooks, &t);
	n = hooks->tables.nchains - t.first;
	for (i = 0; i < n; i++)
		add_rules(&hooks->tables, &t, i);
	free(t.rules);
	free(t.starts);
	return 0;
}

/* Asking for a table that is not listed would make it. */
static int
read_tables(const struct layout *l, struct hooks *hooks)
{
	char name[XT_TABLE_MAXNAMELEN + 1];
	FILE *f = fopen(l->names, "re");
	int fd = -1, code = 0;

	if (f == NULL)
		return 0;
	while (code == 0 && fgets(name, sizeof(name), f) != NULL) {
		name[strcspn(name, "\n")] = '\0';
		if (fd == -1)
			fd = socket(
			    l->domain, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
		code = fd == -1 ? errno : read_table(fd, l, name, hooks);
	}
	fclose(f);
	if (fd != -1)
		close(fd);
	return code;
}

/* Asked each second, and mostly answered by nothing. The files of a module that
 * was removed cannot be read any more. */
static bool
is_there_any(const struct layout *l, int *fd)
{
	char c;
	ssize_t n = *fd != -1 ? pread(*fd, &c, 1, 0) : -1;

	if (n == -1) {
		if (*fd != -1)
			close(*fd);
		*fd = open(l->names, O_RDONLY | O_CLOEXEC);
		n = *fd != -1 ? pread(*fd, &c, 1, 0) : -1;
	}
	return n == 1;
}

bool
net_has_legacy(struct net *net)
{
	size_t i;

	for (i = 0; i < NITEMS(layouts); i++)
		if (is_there_any(&layouts[i], &net->legacy[i]))
			return true;
	return false;
}

int
net_legacy(struct hooks *hooks)
{
	int code = 0;
	size_t i;

	for (i = 0; code == 0 && i < NITEMS(layouts); i++)
		code = read_tables(&layouts[i], hooks);
	return code;
}

/* Errors about packets that are too big, in tables of others. */
#include "config.h"

#include "core/reach/too_big.h"

#include <netinet/in.h> /* first: the kernel's headers give way to it */

#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_tables.h>
#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/reach/opening.h"

enum side { NOWHERE, UPLINK, BRIDGE, SIDES };

/* Where they traverse hooks: from the Internet to a container or to this host,
 * and from this host, which routes, to either. */
static const struct pass {
	enum hook_place place;
	enum side in, out;
} passes[] = {
	{ HOOK_INGRESS, UPLINK, NOWHERE },
	{ HOOK_PREROUTING, UPLINK, NOWHERE },
	{ HOOK_INPUT, UPLINK, NOWHERE },
	{ HOOK_FORWARD, UPLINK, BRIDGE },
	{ HOOK_FORWARD, BRIDGE, UPLINK },
	{ HOOK_OUTPUT, NOWHERE, UPLINK },
	{ HOOK_OUTPUT, NOWHERE, BRIDGE },
	{ HOOK_POSTROUTING, NOWHERE, UPLINK },
	{ HOOK_POSTROUTING, NOWHERE, BRIDGE },
	{ HOOK_BRIDGE_OUTPUT, NOWHERE, NOWHERE },
	{ HOOK_BRIDGE_POSTROUTING, NOWHERE, NOWHERE },
	{ HOOK_EGRESS, NOWHERE, UPLINK },
	{ HOOK_EGRESS, NOWHERE, BRIDGE },
};

struct asked {
	const struct hooks *all;
	const struct hook *hook;
	enum family family;
};

static void
describe(
    struct sample *to, const struct asked *a, const char *in, const char *out)
{
	static const struct {
		uint8_t proto, type[2]; /* and code */
	} errors[FAMILY_COUNT] = {
		[FAMILY_IPV6] = { IPPROTO_ICMPV6, { ICMP6_PACKET_TOO_BIG, 0 } },
		[FAMILY_IPV4] = { IPPROTO_ICMP,
		    { ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED } },
	};
	const uint32_t state = 1 << (IP_CT_RELATED + 1);
	enum hook_place place = a->hook->place;

	memset(to, 0, sizeof(*to));
	sample_add_proto(to, a->family, errors[a->family].proto);
	sample_add(to, FACT_TRANSPORT, 0, errors[a->family].type, 2);
	if (place >= HOOK_PREROUTING && place <= HOOK_POSTROUTING)
		sample_add(to, FACT_CT, NFT_CT_STATE * OPERAND_MAX, &state,
		    sizeof(state));
	if (in != NULL)
		sample_add_name(to, NFT_META_IIFNAME, in);
	if (out != NULL)
		sample_add_name(to, NFT_META_OIFNAME, out);
	if (place == HOOK_INPUT || place == HOOK_FORWARD)
		sample_add_to_here(to, place == HOOK_INPUT);
}

static bool
drops(const struct asked *a, const char *in, const char *out)
{
	struct sample sample;
	struct course course;

	if (!hook_is_on(a->hook, in != NULL ? in : out))
		return false;
	describe(&sample, a, in, out);
	course = hook_run(a->all, a->hook, a->family, &sample);
	return course.dropped && !course.doubt;
}

/* Links of the config on one side; if it names none, any. */
#define NAMES_MAX 8
struct names {
	const char *v[NAMES_MAX];
	size_t n;
};

static struct names
names_of(const struct config *c, enum side side)
{
	static const enum statement_kind kinds[SIDES] = {
		[UPLINK] = ST_UPLINK, [BRIDGE] = ST_BRIDGE
	};
	struct names names = { .n = 0 };
	size_t i;

	for (i = 0; side != NOWHERE && i < c->n && names.n < NAMES_MAX; i++)
		if (c->v[i].st != NULL && c->v[i].st->kind == kinds[side])
			names.v[names.n++] = c->v[i].st->v[0].text;
	if (names.n == 0)
		names.v[names.n++] = NULL;
	return names;
}

static bool
drops_on(const struct asked *a, const struct pass *p, const struct config *c)
{
	struct names in = names_of(c, p->in), out = names_of(c, p->out);
	bool dropped = false;
	size_t i, k;

	for (i = 0; i < in.n && !dropped; i++)
		for (k = 0; k < out.n && !dropped; k++)
			dropped = drops(a, in.v[i], out.v[k]);
	return dropped;
}

static bool
is_asked(const struct asked *a)
{
	return !a->hook->harmless && !a->hook->nat &&
	       hook_sees(a->all, a->hook, a->family);
}

bool
too_big_is_dropped(const struct hooks *all, const struct hook *h, enum family f,
    const struct config *c)
{
	const struct asked a = { all, h, f };
	bool dropped = false;
	size_t i;

	for (i = 0; is_asked(&a) && i < NITEMS(passes) && !dropped; i++)
		dropped =
		    passes[i].place == h->place && drops_on(&a, &passes[i], c);
	return dropped;
}

bool
too_big_is_dropped_inside(const struct hooks *all, const struct hook *h,
    enum family f, const char *link)
{
	const struct asked a = { all, h, f };

	return is_asked(&a) &&
	       (h->place == HOOK_INGRESS || h->place == HOOK_PREROUTING ||
		   h->place == HOOK_INPUT) &&
	       drops(&a, link, NULL);
}

void
too_big_tell(
    const struct hooks *all, const struct hook *h, enum family f, struct buf *b)
{
	static const char *const words[FAMILY_COUNT] = {
		[FAMILY_IPV6] =
		    N_("%s drops the errors that tell of a smaller MTU (ICMPv6 "
		       "packet too big): connections hang where their way has "
		       "one"),
		[FAMILY_IPV4] =
		    N_("%s drops the errors that tell of a smaller MTU (ICMP "
		       "fragmentation needed): connections hang where their "
		       "way has one"),
	};
	struct buf name = { 0 };

	hook_name(all, h, &name);
	buf_printf(b, _(words[f]), buf_text(&name));
	buf_free(&name);
}

void
too_big_cure(
    const struct hooks *all, const struct hook *h, enum family f, struct buf *b)
{
	static const struct opening openings[FAMILY_COUNT] = {
		[FAMILY_IPV6] = { "ipv6-icmp --icmpv6-type packet-too-big",
		    "icmpv6 type packet-too-big",
		    "--remove-icmp-block=packet-too-big" },
		[FAMILY_IPV4] = { "icmp --icmp-type fragmentation-needed",
		    "icmp type destination-unreachable icmp code frag-needed",
		    "--remove-icmp-block=fragmentation-needed" },
	};

	opening_add(all, h, f, &openings[f], b);
}

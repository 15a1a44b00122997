/* What this host's addresses live by, in tables of others. */
#include "config.h"

#include "core/reach/lifeline.h"

#include <netinet/in.h> /* first: the kernel's headers give way to it */

#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/reach/opening.h"

struct line {
	uint8_t proto;
	uint8_t head[4]; /* how what follows the header of IPv6 begins */
	size_t len;
	uint32_t state; /* a bit of NFT_CT_STATE */
	bool (*lives)(const struct snapshot *, const struct link *);
	const char *words; /* with a %s for the chain; marked by N_() */
	struct opening opening;
};

/* By DHCPv6, which gives no prefix with it. */
static bool
has_lease(const struct snapshot *now, const struct link *l)
{
	const struct address *a = now->addresses;

	for (; a < END_OF(now->addresses, now->naddresses); a++)
		if (address_is_on(a, l, AF_INET6) && a->prefix.len == 128 &&
		    a->nsid == NSID_SELF && !address_is_static(a) &&
		    !snapshot_address_by_ra(now, a))
			return true;
	return false;
}

static bool
has_advertised_route(const struct snapshot *now, const struct link *l)
{
	const struct route *r = now->routes;

	for (; r < END_OF(now->routes, now->nroutes); r++)
		if (r->index == l->index && route_by_ra(r) && r->expires != 0)
			return true;
	return false;
}

/* What came by an answer to a multicast request is new to connection tracking,
 * and advertisements it leaves alone (nf_conntrack_icmpv6_error()). */
static const struct line lines[LIFELINES] = {
	[LIFELINE_LEASE] = { IPPROTO_UDP,
	    { 547 >> 8, 547 & 0xff, 546 >> 8, 546 & 0xff }, 4,
	    1 << (IP_CT_NEW + 1), has_lease,
	    N_("%s drops the answers of DHCPv6 by which it keeps its address: "
	       "that is lost when the lease ends"),
	    { "udp --sport 547 --dport 546", "udp sport 547 udp dport 546",
		"--add-service=dhcpv6-client" } },
	[LIFELINE_ROUTER] = { IPPROTO_ICMPV6, { 134, 0 }, 2,
	    NF_CT_STATE_UNTRACKED_BIT, has_advertised_route,
	    N_("%s drops the router advertisements by which it keeps its "
	       "default route: that is lost when its lifetime ends"),
	    { "ipv6-icmp --icmpv6-type router-advertisement",
		"icmpv6 type nd-router-advert",
		"--remove-icmp-block=router-advertisement" } },
};

static void
describe(struct sample *to, const struct line *line, enum hook_place place,
    const char *link)
{
	memset(to, 0, sizeof(*to));
	sample_add_proto(to, FAMILY_IPV6, line->proto);
	sample_add(to, FACT_TRANSPORT, 0, line->head, line->len);
	sample_add_name(to, NFT_META_IIFNAME, link);
	if (place != HOOK_INGRESS)
		sample_add(to, FACT_CT, NFT_CT_STATE * OPERAND_MAX,
		    &line->state, sizeof(line->state));
	if (place == HOOK_INPUT)
		sample_add_to_here(to, true);
}

bool
lifeline_is_cut(const struct hooks *all, const struct hook *h,
    enum lifeline line, const struct snapshot *now, const struct link *uplink)
{
	const struct line *l = &lines[line];
	struct sample sample;
	struct course course;

	if ((h->place != HOOK_INGRESS && h->place != HOOK_PREROUTING &&
		h->place != HOOK_INPUT) ||
	    h->harmless || h->nat || !hook_sees(all, h, FAMILY_IPV6) ||
	    !hook_is_on(h, uplink->name) || !l->lives(now, uplink))
		return false;
	describe(&sample, l, h->place, uplink->name);
	course = hook_run(all, h, FAMILY_IPV6, &sample);
	return course.dropped && !course.doubt;
}

void
lifeline_tell(const struct hooks *all, const struct hook *h, enum lifeline line,
    struct buf *b)
{
	struct buf name = { 0 };

	hook_name(all, h, &name);
	buf_printf(b, _(lines[line].words), buf_text(&name));
	buf_free(&name);
}

void
lifeline_cure(const struct hooks *all, const struct hook *h, enum lifeline line,
    struct buf *b)
{
	opening_add(all, h, FAMILY_IPV6, &lines[line].opening, b);
}

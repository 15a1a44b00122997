/* Services of this host that containers use. A default of deny cuts them off,
 * which may be intended, so it is reported and not prevented. */
#include "config.h"

#include "core/reach/services.h"

#include <netinet/in.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/plan/model_family.h"

const struct service services[] = {
	{ { true, true }, IPPROTO_UDP, PACKET_UDP, "udp", 53, "DNS", false },
	{ { [FAMILY_IPV4] = true }, IPPROTO_UDP, PACKET_UDP, "udp", 67, "DHCP",
	    true },
	{ { [FAMILY_IPV6] = true }, IPPROTO_UDP, PACKET_UDP, "udp", 547,
	    "DHCPv6", true },
	{ { true, true }, IPPROTO_TCP, PACKET_TCP, "tcp", 53, "DNS", false },
	{ .word = NULL },
};

bool
service_is_served(const struct service *service, const struct snapshot *s,
    const struct link *bridge, const struct listeners *l, enum family f)
{
	const struct address *a;

	for (a = s->addresses; a < END_OF(s->addresses, s->naddresses); a++)
		if (a->nsid == NSID_SELF && a->index == bridge->index &&
		    a->prefix.family == family_numbers[f] &&
		    listeners_hear(l, (uint8_t)service->proto, &a->prefix,
			service->port, bridge->index))
			return true;
	return false;
}

static bool
is_cut(const struct model *m, const struct model_bridge *br,
    const struct service *service, enum family f, const struct statement **by)
{
	/* What a client of DHCPv6 has, and one of DHCP (RFC 2131, 4.1). */
	static const struct prefix starts[FAMILY_COUNT] = {
		[FAMILY_IPV6] = { AF_INET6, 10, { 0xfe, 0x80 } },
		[FAMILY_IPV4] = { AF_INET, 32, { 0 } },
	};
	const struct prefix *own = model_bridge_addr(br, f);
	bool known = own->family != AF_UNSPEC;
	struct packet p = { .chain = CHAIN_INPUT,
		.proto = service->packet,
		.port = service->port,
		.from = known && !service->without ? prefix_network(own)
						   : starts[f],
		.to = known ? prefix_addr(own) : starts[f],
		.in = br->link->name,
		.doubt_passes = true };

	return judge(m, &p, by) != VERDICT_ALLOW;
}

/* In one of the families that the config is about. */
static bool
is_lost(const struct model *m, const struct model_bridge *br,
    const struct listeners *l, const struct service *service,
    const struct statement **by)
{
	enum family f;

	for (f = 0; f < FAMILY_COUNT; f++)
		if (model_is_about(m, f) && service->of[f] &&
		    service_is_served(service, m->snapshot, br->link, l, f) &&
		    is_cut(m, br, service, f, by))
			return true;
	return false;
}

struct cut {
	struct buf names, keep;
	const char *word;
	const struct statement *policy; /* the first that does it; or NULL */
};

static void
add_cut(struct cut *c, const struct service *service, const char *from)
{
	if (c->names.len == 0 || strstr(c->names.s, service->name) == NULL)
		buf_printf(&c->names, "%s%s", c->names.len > 0 ? ", " : "",
		    service->name);
	if (c->word != NULL && strcmp(c->word, service->word) == 0) {
		buf_printf(&c->keep, ",%u", service->port);
		return;
	}
	if (c->word != NULL)
		buf_printf(&c->keep, "%s\n", from);
	buf_printf(
	    &c->keep, "  allow input %s %u", service->word, service->port);
	c->word = service->word;
}

/* An allow after a policy that denies it has no effect. */
static void
add_how(const struct cut *c, struct buf *b)
{
	struct buf policy = { 0 };

	if (c->policy == NULL) {
		buf_add(b, _("  to keep it:\n"));
		return;
	}
	statement_print(c->policy, &policy);
	buf_printf(b, _("  to keep it, before %s:\n"), buf_text(&policy));
	buf_free(&policy);
}

static void
warn_bridge(const struct model *m, const struct model_bridge *br,
    const struct listeners *l, struct buf *b)
{
	const struct statement *by;
	struct cut c = { .word = NULL };
	struct buf from = { 0 };
	const struct service *service;

	buf_add(&from, " from bridge ");
	words_print(&from, br->link->name, "");
	for (service = services; service->word != NULL; service++) {
		if (!is_lost(m, br, l, service, &by))
			continue;
		add_cut(&c, service, from.s);
		if (c.policy == NULL && by != NULL && statement_is_policy(by))
			c.policy = by;
	}
	if (c.word != NULL) {
		buf_printf(b,
		    _("warning: containers on %s would lose what this host "
		      "serves them: %s\n"),
		    from.s + strlen(" from bridge "), c.names.s);
		add_how(&c, b);
		buf_printf(b, "%s%s\n", c.keep.s, from.s);
	}
	buf_free(&c.names);
	buf_free(&c.keep);
	buf_free(&from);
}

void
services_warn(const struct model *m, const struct listeners *l, struct buf *b)
{
	size_t i;

	for (i = 0; i < m->nbridges; i++)
		warn_bridge(m, &m->bridges[i], l, b);
}

/* What the manual says of a packet. */
#include "config.h"

#include "ruling.h"

#include <arpa/inet.h>
#include <netinet/icmp6.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool bridged;

static bool
lies_in(const char *addr, const char *prefix)
{
	int family = strchr(prefix, ':') != NULL ? AF_INET6 : AF_INET;
	uint8_t a[16] = { 0 }, p[16] = { 0 };
	char net[64];
	unsigned len, i;

	if ((strchr(addr, ':') != NULL) != (family == AF_INET6))
		return false;
	snprintf(net, sizeof(net), "%s", prefix);
	len = (unsigned)atoi(strchr(net, '/') + 1);
	*strchr(net, '/') = '\0';
	inet_pton(family, addr, a);
	inet_pton(family, net, p);
	for (i = 0; i < len; i++)
		if (((a[i / 8] ^ p[i / 8]) >> (7 - i % 8) & 1))
			return false;
	return true;
}

static bool
is_at(size_t place, const char *addr)
{
	return strcmp(addr, places[place].addr) == 0 ||
	       (places[place].addr4 != NULL &&
		   strcmp(addr, places[place].addr4) == 0);
}

/* Of a container: given by the config, or in IPv4 what it has. */
static bool
is_of(const struct guest *g, const char *addr)
{
	size_t ipv4 = place_of(g, true);

	if (strchr(addr, ':') == NULL)
		return law.ipv4 && ipv4 != 0 && is_at(ipv4, addr);
	return (g->ula && is_at(g->first, addr)) ||
	       (g->open != 0 && is_at(g->open, addr));
}

/* An address of a container of the config on the bridge, or to which a forward
 * leads. */
static bool
is_known(const char *addr, int link)
{
	bool ipv4 = strchr(addr, ':') == NULL;
	const struct public_port *f;
	const struct guest *g;

	for (g = law.guests; g < law.guests + GUESTS; g++)
		if (is_of(g, addr))
			return link == places[g->first].link;
	for (f = law.ports; f < END_OF(law.ports, law.nports); f++)
		if (!is_unforwarded(f, ipv4) && is_at(f->target[ipv4], addr))
			return link == places[f->target[ipv4]].link;
	return false;
}

/* An allow means its address, as a source by the bridge alone; all else also
 * what is not known on the bridge. */
static bool
is_container(const struct someone *who, enum outcome outcome, bool source,
    const char *addr, int link)
{
	bool given = is_of(&law.guests[who->guest], addr);

	if (outcome == PASS)
		return given && (!source || link == who->link);
	return given || (link == who->link && !is_known(addr, link));
}

static bool
is_someone(const struct someone *who, const char *addr, int link)
{
	size_t i;

	if (who->all || (who->link != NOBODY && who->link == link))
		return true;
	for (i = 0; i < who->n; i++)
		if (lies_in(addr, who->prefixes[i]))
			return true;
	return false;
}

static bool
is_end(const struct someone *who, const struct clause *l, bool source,
    const char *addr, int link)
{
	return who->guest != NOBODY
		   ? is_container(who, l->outcome, source, addr, link)
		   : is_someone(who, addr, link);
}

/* Of a container, from where the host has no route to its bridge, or from the
 * host itself. */
static bool
is_forged(const char *addr, int in)
{
	static const char *const nets[][4] = {
		[LXCBR0] = { "fe80::/10", ONE "/64", ONE4 "0/24", OPEN "/64" },
		[BR1] = { "fe80::/10", TWO "/64", TWO4 "0/24" },
	};
	size_t i;

	if ((in != LXCBR0 && in != BR1) || strcmp(addr, OPEN "1") == 0)
		return in == LXCBR0 || in == BR1;
	for (i = 0; i < 4 && nets[in][i] != NULL; i++)
		if (lies_in(addr, nets[in][i]))
			return false;
	return law.proxied != in ||
	       !is_at(in == LXCBR0 ? PROXY_PLACE : PROXY_PLACE1, addr);
}

/* Of this host, or of its containers. */
static bool
is_from_inside(const char *addr)
{
	return !is_forged(addr, LXCBR0) || !is_forged(addr, BR1) ||
	       strcmp(addr, OPEN "1") == 0;
}

/* It came by an uplink and would leave by one, and no policy names both. */
static bool
is_relayed(const struct shot *s, unsigned port, const char *to)
{
	const char *from = addr_at(s->from, s);
	const struct clause *l = law.lines;

	for (; l < END_OF(law.lines, law.nlines); l++)
		if (l->chain == 1 && l->outcome == PASS &&
		    !is_void(l, s->ipv4) && (l->protos & s->proto) != 0 &&
		    (l->lo == 0 || (l->lo <= port && port <= l->hi)) &&
		    !l->from.all && l->from.guest == NOBODY && !l->to.all &&
		    l->to.guest == NOBODY &&
		    is_someone(&l->from, from, UPLINK) &&
		    is_someone(&l->to, to, UPLINK))
			return is_from_inside(from);
	return true;
}

/* The first policy that matches decides, then the forward's own terms, then
 * the default. */
static bool
law_passes(int chain, const struct shot *s, const struct public_port *f,
    unsigned port, const char *to, int in, int out)
{
	const char *from = addr_at(s->from, s);
	const struct clause *l;

	if (s->ipv4 && !law.ipv4)
		return true;
	if (is_forged(from, in))
		return false;
	if (f == NULL && in == UPLINK && out == UPLINK &&
	    is_relayed(s, port, to))
		return false;
	if (s->proto == ICMP && s->type != NODE_QUERY && s->type != TIMESTAMP)
		return true;
	for (l = law.lines; l < END_OF(law.lines, law.nlines); l++)
		if (l->chain == chain && !is_void(l, s->ipv4) &&
		    (l->protos & s->proto) != 0 &&
		    (l->lo == 0 || (l->lo <= port && port <= l->hi)) &&
		    is_end(&l->from, l, true, from, in) &&
		    is_end(&l->to, l, false, to, out))
			return l->outcome == PASS;
	if (f != NULL && !is_someone(&f->from, from, NOBODY))
		return false;
	if (f != NULL && chain == 1)
		return true;
	return law.defaults[chain] == PASS;
}

/* What sshd listens on, and what a policy allows in, stays with this host. */
static bool
is_kept(const struct shot *s)
{
	const struct place *from = &places[s->from];
	int in = from->node == HOST ? NOBODY : link_of(s->from);
	const struct clause *l;

	if (s->proto == TCP && s->port == SSH_PORT)
		return true;
	for (l = law.lines; l < END_OF(law.lines, law.nlines); l++)
		if (l->chain == 0 && l->outcome == PASS &&
		    !is_void(l, s->ipv4) && (l->protos & s->proto) != 0 &&
		    (l->lo == 0 || (l->lo <= s->port && s->port <= l->hi)) &&
		    is_end(&l->from, l, true, addr_at(s->from, s), in) &&
		    is_end(&l->to, l, false, addr_at(s->to, s), NOBODY))
			return true;
	return false;
}

static const struct public_port *
claim(const struct shot *s)
{
	const struct public_port *f, *rest = NULL;

	if (s->to >= PUBLICS || s->proto == ICMP)
		return NULL;
	for (f = law.ports; f < END_OF(law.ports, law.nports); f++) {
		if (is_unforwarded(f, s->ipv4) || (f->protos & s->proto) == 0 ||
		    f->lo > s->port || s->port > f->hi ||
		    (f->on != NOBODY ? f->on != (int)s->to
				     : !is_public(s->to, s->ipv4, false)))
			continue;
		if (!f->rest)
			return f;
		rest = f;
	}
	return rest != NULL && !is_kept(s) ? rest : NULL;
}

/* An error about no connection belongs to none. */
bool
is_translated(const struct shot *s)
{
	return s->outside != 0 &&
	       (s->proto != ICMP || s->type != ICMP6_PACKET_TOO_BIG);
}

void
look_up(struct shot *s)
{
	const struct public_port *f = s->outside != 0 ? NULL : claim(s);
	enum node sender = places[s->from].node, receiver;
	int in = link_of(s->from), out;
	unsigned port = s->port;
	const char *to;

	s->end = f != NULL ? f->target[s->ipv4] : s->to;
	if (f != NULL && f->to_port != 0)
		port = f->to_port + (s->port - f->lo);
	to = addr_at(s->end, s);
	out = link_of(s->end);
	receiver = places[s->end].node;
	if (s->outside != 0 && !is_translated(s))
		s->arrives = false;
	else if (f == NULL && s->outside == 0 &&
		 ((sender == receiver && s->to != BACK_PLACE) ||
		     (sender != HOST && receiver != HOST && in == out &&
			 in != UPLINK)))
		s->arrives = true; /* never leaves, or stays on one bridge */
	else if (sender == HOST)
		s->arrives = law_passes(2, s, f, port, to, NOBODY,
		    f != NULL	      ? LO
		    : s->outside != 0 ? UPLINK
				      : out);
	else if (receiver == HOST)
		s->arrives = law_passes(0, s, f, port, to, in, NOBODY);
	else
		s->arrives = law_passes(1, s, f, port, to, in, out);
}

/* IPv4 takes nothing from itself by a link (RFC 1122, 3.2.1.3). */
static bool
is_own(const char *addr4, enum node node)
{
	size_t i = 0;

	while (
	    i < OWNED && (places[i].node != node || places[i].addr4 == NULL ||
			     strcmp(places[i].addr4, addr4) != 0))
		i++;
	return i < OWNED && node != HOST;
}

/* A container that calls itself through the host is sent back by its own
 * bridge, which br_netfilter spoils: the manual says so. The client never
 * speaks to itself through us. And no router forwards what comes from a
 * link-local address (RFC 4291, 2.5.6). */
bool
is_untold(const struct shot *s)
{
	if (s->ipv4 && s->end != BACK_PLACE &&
	    is_own(addr_at(s->from, s), places[s->end].node))
		return true;
	if (strncmp(addr_at(s->from, s), "fe80:", 5) == 0 &&
	    places[s->end].node != HOST)
		return true;
	/* What is not translated leaves by the uplink. */
	if (s->outside != 0 && places[s->from].node == HOST &&
	    !is_translated(s))
		return true;
	return places[s->from].node == places[s->end].node &&
	       (s->outside != 0 || claim(s) != NULL) && bridged;
}

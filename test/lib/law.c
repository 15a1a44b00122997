/* Random configs and random packets. */
#define _GNU_SOURCE
#include "config.h"

#include "law.h"

#include <netinet/icmp6.h>
#include <netinet/ip_icmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct law law;

/* ---- random things */

static uint64_t seed;

void
law_seed(uint64_t s)
{
	seed = s;
}

unsigned
below(unsigned n)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(seed >> 33) % n;
}

/* One in n. */
bool
rarely(unsigned n)
{
	return below(n) == 0;
}

/* Appends to the text of a clause or a port. */
static void
say(char *text, const char *format, ...)
{
	size_t len = strlen(text);
	va_list ap;

	va_start(ap, format);
	vsnprintf(text + len, TEXT - len, format, ap);
	va_end(ap);
}

const char *const chain_words[] = { "input", "forward", "output" };
const char *const proto_words[] = { [TCP] = "tcp",
	[UDP] = "udp",
	[TCP | UDP] = "tcp,udp",
	[ICMP] = "icmpv6",
	[BARE] = "bare",
	[ANY] = "any" };

static const struct {
	const char *texts[2], *prefixes[2][3]; /* by whether it is IPv4 */
} groups[] = {
	{ { "2001:db8:9::/48", "198.51.100.0/24" },
	    { { "2001:db8:9::/48" }, { "198.51.100.0/24" } } },
	{ { "2001:db8:9::7,2001:db8:9::/48", "198.51.100.7,198.51.96.0/20" },
	    { { "2001:db8:9::/48" }, { "198.51.96.0/20" } } },
	{ { "2001:db8::/32", "128.0.0.0/1" },
	    { { "2001:db8::/32" }, { "128.0.0.0/1" } } },
	{ { "2001:db8:44::2,fd5a:1::/64", "203.0.113.2,10.1.0.0/24" },
	    { { "2001:db8:44::2/128", "fd5a:1::/64" },
		{ "203.0.113.2/32", "10.1.0.0/24" } } },
	{ { OPEN "/64", "10.1.0.3" }, { { OPEN "/64" }, { "10.1.0.3/32" } } },
	{ { OPEN "3,fd5a:1::3", "10.1.0.3" },
	    { { OPEN "3/128", "fd5a:1::3/128" }, { "10.1.0.3/32" } } },
	{ { "fd5a:1::4", "10.1.0.4" },
	    { { "fd5a:1::4/128" }, { "10.1.0.4/32" } } },
	{ { PROXY "3", "10.1.0.9,10.2.0.9" },
	    { { PROXY "3/128" }, { "10.1.0.9/32", "10.2.0.9/32" } } },
	{ { PROXY "0/112", "10.2.0.0/29" },
	    { { PROXY "0/112" }, { "10.2.0.0/29" } } },
	{ { "2001:db8::10,fd5a:2::/64,2001:db8:9::7",
	      "192.0.2.10,10.2.0.0/24,198.51.100.7" },
	    { { "2001:db8::10/128", "fd5a:2::/64", "2001:db8:9::7/128" },
		{ "192.0.2.10/32", "10.2.0.0/24", "198.51.100.7/32" } } },
};

static void
add_group(struct someone *who, bool ipv4)
{
	size_t g = below(NITEMS(groups)), len = strlen(who->text), i;

	snprintf(who->text + len, sizeof(who->text) - len, "%s%s",
	    len > 0 ? "," : "", groups[g].texts[ipv4]);
	for (i = 0; i < 3 && groups[g].prefixes[ipv4][i] != NULL; i++)
		who->prefixes[who->n++] = groups[g].prefixes[ipv4][i];
	who->never[ipv4] = false;
}

/* Addresses of one family, or of both. */
static struct someone
random_prefixes(bool ipv4)
{
	struct someone who = {
		.link = NOBODY, .guest = NOBODY, .never = { true, true }
	};
	unsigned families = ipv4 ? 1 + below(3) : 1;

	if (families & 1)
		add_group(&who, false);
	if (families & 2)
		add_group(&who, true);
	return who;
}

size_t
place_of(const struct guest *g, bool ipv4)
{
	if (ipv4)
		return g->given4 != 0 ? g->given4 : g->has4;
	return g->ula ? g->first : g->open;
}

bool
is_public(size_t place, bool ipv4, bool named)
{
	if (place >= PUBLICS)
		return false;
	if (law.stated[ipv4] != NOBODY)
		return law.stated[ipv4] == (int)place;
	return place == 0 || law.second == STABLE ||
	       (law.second == TEMPORARY ? ipv4 : named);
}

static struct someone
container_at(unsigned guest)
{
	const struct place *p = &places[law.guests[guest].first];
	struct someone who = { .link = p->link, .guest = (int)guest };

	snprintf(
	    who.text, sizeof(who.text), "container %s", node_names[p->node]);
	return who;
}

static struct someone
random_container(void)
{
	return container_at(below(GUESTS));
}

/* One on the same bridge, or itself. */
static struct someone
neighbour_of(const struct someone *who)
{
	struct someone other = random_container();

	while (other.link != who->link)
		other = random_container();
	return other;
}

static struct someone
random_who(bool is_host)
{
	struct someone who = { .link = NOBODY, .guest = NOBODY, .all = true };

	if (rarely(2))
		return who;
	if (!is_host && rarely(2))
		return random_container();
	if (is_host || rarely(2))
		return random_prefixes(law.ipv4);
	who.all = false;
	who.link = (int)below(3);
	snprintf(who.text, sizeof(who.text), "%s%s",
	    who.link == UPLINK ? "uplink" : "bridge ",
	    who.link == UPLINK ? "" : link_names[who.link]);
	return who;
}

/* A statement is refused where it stands for the second time. */
static bool
is_repeated(const struct clause *l)
{
	const struct clause *o = law.lines;

	while (strcmp(o->text, l->text) != 0)
		o++;
	return o != l;
}

/* An allow means addresses that there are, all else also those that a
 * container takes. */
static bool
is_no_end(const struct clause *l, const struct someone *who, bool ipv4)
{
	return who->never[ipv4] ||
	       (who->guest != NOBODY && l->outcome == PASS &&
		   place_of(&law.guests[who->guest], ipv4) == 0);
}

/* Whether it is about no packet of that family. */
bool
is_void(const struct clause *l, bool ipv4)
{
	return l->never[ipv4] || is_no_end(l, &l->from, ipv4) ||
	       is_no_end(l, &l->to, ipv4) || (ipv4 && !law.ipv4) ||
	       (l->protos == ICMP && l->icmp4 != ipv4);
}

static void
add_line(const struct clause *like)
{
	struct clause *l = &law.lines[law.nlines++];

	*l = *like;
	l->text[0] = '\0';
	say(l->text, "%s %s %s", l->word, chain_words[l->chain],
	    l->icmp4 ? "icmp" : proto_words[l->protos]);
	if (l->lo > 0)
		say(l->text, l->lo == l->hi ? " %u" : " %u-%u", l->lo, l->hi);
	if (!l->from.all)
		say(l->text, " from %s", l->from.text);
	if (!l->to.all)
		say(l->text, " to %s", l->to.text);
	if (l->never[0] != l->never[1])
		say(l->text, " only %s", l->never[0] ? "ipv4" : "ipv6");
	if (is_repeated(l) || (is_void(l, false) && is_void(l, true)))
		law.nlines--;
}

int
link_of(size_t place)
{
	int link = places[place].link;

	return link == ETH1 && law.two_uplinks ? UPLINK : link;
}

static void
choose_verdict(struct clause *l)
{
	static const char *const words[] = { "allow", "deny", "reject" };
	unsigned verdict = below(3);

	l->word = words[verdict];
	l->outcome = verdict == 0 ? PASS : STOP;
}

static void
random_line(void)
{
	static const int protos[] = { TCP, UDP, TCP | UDP, ICMP, ANY };
	struct clause l = { .chain = (int)below(3),
		.protos = protos[below(5)] };

	choose_verdict(&l);
	l.icmp4 = l.protos == ICMP && law.ipv4 && rarely(2);
	if (l.protos != ANY && l.protos != ICMP && !rarely(4)) {
		l.lo = 79 + below(5);
		l.hi = l.lo + below(4);
	}
	l.from = random_who(l.chain == 2);
	l.to = random_who(l.chain == 0);
	if (law.ipv4 && rarely(4))
		l.never[below(2)] = true;
	add_line(&l);
}

static struct someone
someone_outside(void)
{
	struct someone who = {
		.text = "uplink", .link = UPLINK, .guest = NOBODY
	};

	return rarely(2) ? random_prefixes(law.ipv4) : who;
}

/* What may come by an uplink and leave by one. */
static void
random_relay(void)
{
	static const int protos[] = { TCP, UDP, TCP | UDP, ICMP, ANY };
	struct clause l = { .chain = 1, .protos = protos[below(5)] };

	choose_verdict(&l);
	l.icmp4 = l.protos == ICMP && law.ipv4 && rarely(2);
	if (l.protos != ANY && l.protos != ICMP) {
		l.lo = 79 + below(5);
		l.hi = l.lo + below(6);
	}
	l.from = someone_outside();
	l.to = someone_outside();
	add_line(&l);
}

static struct someone
another(const struct someone *who)
{
	if (who->guest != NOBODY)
		return rarely(8) ? random_container() : neighbour_of(who);
	return who->n > 0 ? random_prefixes(law.ipv4) : *who;
}

static struct clause
about_container(void)
{
	struct clause l = { .chain = (int)below(2), .protos = TCP, .lo = 80 };

	choose_verdict(&l);
	l.from = random_container();
	l.to = (struct someone){ .link = NOBODY, .guest = NOBODY, .all = true };
	return l;
}

/* One that may seem to belong to a run, and does not. */
static void
add_odd(const struct clause *like)
{
	struct clause l = *like;

	choose_verdict(&l);
	l.lo = l.lo > 0 ? 78 : 0;
	l.hi = l.lo > 0 ? 90 : 0;
	if (l.from.guest != NOBODY && rarely(2))
		l.from = neighbour_of(&l.from);
	else if (rarely(2))
		l.from = random_who(l.chain == 2);
	if (rarely(2))
		l.to = random_who(l.chain == 0);
	if (law.ipv4 && rarely(2))
		l.never[below(2)] = true;
	add_line(&l);
}

/* Lines that differ in ports, addresses, protocols and maybe verdicts alone: one
 * rule, where they do not meet. */
static void
random_run(void)
{
	struct clause like =
	    rarely(2) ? law.lines[law.nlines - 1] : about_container();
	bool mixed = rarely(4), apart = rarely(2);
	bool same_ends = apart && rarely(2);
	unsigned i;

	for (i = 0; i < ALIKE; i++) {
		if (like.lo > 0 && apart) {
			like.lo = like.hi = 78 + i % 12;
		} else if (like.lo > 0) {
			like.lo = 78 + below(12);
			like.hi = like.lo + (rarely(3) ? below(3) : 0);
		}
		if (like.protos == TCP || like.protos == UDP)
			like.protos = rarely(2) ? TCP : UDP;
		if (mixed)
			choose_verdict(&like);
		if (!same_ends) {
			like.from = another(&like.from);
			like.to = another(&like.to);
		}
		add_line(&like);
		if (i == ALIKE / 2)
			add_odd(&like);
	}
}

/* Whether it is about no connection of that family. */
bool
is_unforwarded(const struct public_port *f, bool ipv4)
{
	return f->never[ipv4] || f->from.never[ipv4] || f->target[ipv4] == 0 ||
	       (ipv4 && !law.ipv4);
}

static bool
share_family(const struct public_port *a, const struct public_port *b)
{
	return (!is_unforwarded(a, false) && !is_unforwarded(b, false)) ||
	       (!is_unforwarded(a, true) && !is_unforwarded(b, true));
}

static bool
has_same_key(const struct public_port *a, const struct public_port *b)
{
	return a->lo == b->lo && a->hi == b->hi && a->protos == b->protos &&
	       strcmp(a->key, b->key) == 0;
}

static bool
is_port_taken(const struct public_port *f)
{
	const struct public_port *o;

	for (o = law.ports; o < END_OF(law.ports, law.nports); o++)
		if (has_same_key(o, f) ||
		    (share_family(o, f) && o->rest == f->rest &&
			(o->protos & f->protos) != 0 && o->lo <= f->hi &&
			f->lo <= o->hi &&
			(o->on == NOBODY || f->on == NOBODY || o->on == f->on)))
			return true;
	return false;
}

static void
choose_ports(struct public_port *f)
{
	f->protos = 1 + (int)below(3);
	f->lo = 79 + below(6);
	f->hi = f->lo + (rarely(2) ? below(4) : 0);
	if (rarely(2))
		f->to_port = 81 + below(8);
	say(f->text, "forward %s ", proto_words[f->protos]);
	say(f->text, f->lo == f->hi ? "%u" : "%u-%u", f->lo, f->hi);
}

static void
choose_rest(struct public_port *f)
{
	f->rest = true;
	f->protos = TCP | UDP | BARE;
	f->hi = UINT16_MAX;
	say(f->text, "forward any");
}

static void
narrow(struct public_port *f, bool ipv4)
{
	f->never[!ipv4] = true;
	say(f->text, " only %s", ipv4 ? "ipv4" : "ipv6");
	say(f->key, " only %s", ipv4 ? "ipv4" : "ipv6");
}

static void
choose_guest(struct public_port *f)
{
	const struct guest *g;

	f->guest = (int)below(GUESTS);
	g = &law.guests[f->guest];
	f->target[0] = place_of(g, false);
	f->target[1] = place_of(g, true);
	say(f->text, " to %s", node_names[places[g->first].node]);
}

/* An address of one family that a bridge has by the config. */
static bool
is_inside(size_t place, bool ipv4)
{
	const struct place *p = &places[place];

	if (ipv4)
		return law.ipv4 && p->addr4 != NULL;
	if (strncmp(p->addr, PROXY, strlen(PROXY)) == 0)
		return law.proxied == p->link;
	if (strncmp(p->addr, OPEN, strlen(OPEN)) == 0)
		return law.routed;
	return law.has_ula[p->link];
}

/* For which family alone it is then. */
static void
choose_address(struct public_port *f)
{
	static const size_t targets[] = { 9, 10, 13, PROXY_PLACE,
		PROXY_PLACE1 };
	size_t place;
	bool ipv4;

	do {
		place = targets[below(NITEMS(targets))];
		ipv4 = rarely(2);
	} while (!is_inside(place, ipv4));
	f->guest = NOBODY;
	f->target[ipv4] = place;
	say(f->text, !ipv4 && f->to_port != 0 ? " to [%s]" : " to %s",
	    ipv4 ? places[place].addr4 : places[place].addr);
}

static void
choose_on(struct public_port *f)
{
	size_t place = below(PUBLICS);
	bool ipv4 = law.ipv4 && rarely(2);

	f->on = NOBODY;
	if (!rarely(3) || !is_public(place, ipv4, true))
		return;
	f->on = (int)place;
	f->never[!ipv4] = true;
	say(f->key, " on %s", ipv4 ? places[place].addr4 : places[place].addr);
}

static void
random_port(void)
{
	struct public_port f = { .from = { .guest = NOBODY, .all = true } };

	if (rarely(4))
		choose_rest(&f);
	else
		choose_ports(&f);
	if (rarely(3))
		choose_address(&f);
	else
		choose_guest(&f);
	if (f.to_port != 0)
		say(f.text, ":%u", f.to_port);
	choose_on(&f);
	say(f.text, "%s", f.key);
	if (rarely(2)) {
		f.from = random_prefixes(law.ipv4);
		say(f.text, " from %s", f.from.text);
	}
	if (law.ipv4 && rarely(4))
		narrow(&f, rarely(2));
	if (!is_port_taken(&f) &&
	    !(is_unforwarded(&f, false) && is_unforwarded(&f, true)))
		law.ports[law.nports++] = f;
}

/* An address of IPv4 is given beside no other one, so it is what a container
 * has already, or the only one. */
static void
place_guest(struct guest *g, size_t first, size_t second, size_t open)
{
	size_t place = second != 0 && rarely(2) ? second : first;

	*g = (struct guest){ .first = first, .second = second, .open = open };
	g->ula = law.has_ula[places[first].link] &&
		 (!rarely(4) || (open == 0 && !law.ipv4));
	g->has4 = rarely(4) ? 0 : place;
	g->given4 = law.given4[places[first].link] && rarely(2) ? place : 0;
}

static void
random_bridge(int link)
{
	law.has_ula[link] =
	    link == LXCBR0 || !rarely(3) || (law.proxied != link && !law.ipv4);
	law.given4[link] = law.ipv4 && rarely(2);
	law.has4[link] = !law.given4[link] || rarely(2);
}

static void
random_host(void)
{
	law.second = (int)below(3);
	law.stated[0] = rarely(4) ? (int)below(PUBLICS) : NOBODY;
	law.stated[1] = law.ipv4 && rarely(4) ? (int)below(PUBLICS) : NOBODY;
	law.proxied = (int)below(3);
	if (law.proxied == UPLINK)
		law.proxied = NOBODY;
	law.routed = law.proxied != LXCBR0 && !rarely(4);
	random_bridge(LXCBR0);
	random_bridge(BR1);
	place_guest(&law.guests[0], 6, 0,
	    law.proxied == LXCBR0     ? PROXY_PLACE
	    : law.routed && rarely(2) ? OPEN_PLACE
				      : 0);
	place_guest(&law.guests[1], 7, 9, 0);
	place_guest(
	    &law.guests[2], 8, 10, law.proxied == BR1 ? PROXY_PLACE1 : 0);
}

void
random_law(void)
{
	static const char *const words[] = { "allow", "deny", "reject" };
	unsigned i, verdict;

	memset(&law, 0, sizeof(law));
	law.ipv4 = rarely(2);
	law.two_uplinks = rarely(2);
	law.translate = rarely(2) ? 1 + below(OUTSIDES) : 0;
	random_host();
	law.masquerade = rarely(2) && (law.ipv4 || law.translate == 0);
	for (i = 0; i < PUBLIC_PORTS; i++)
		random_port();
	for (i = below(LINES + 1); i > 0; i--)
		if (rarely(4))
			random_relay();
		else
			random_line();
	if (law.nlines > 0 && rarely(2))
		random_run();
	for (i = 0; i < 3; i++) {
		verdict = below(3);
		law.defaults[i] = verdict == 0 ? PASS : STOP;
		law.default_words[i] = words[verdict];
	}
}

static void
print_uplink(struct buf *b)
{
	const int *stated = law.stated;

	buf_add(b, "uplink eth0");
	if (stated[0] != NOBODY)
		buf_printf(b, " address %s/64", places[stated[0]].addr);
	if (stated[1] != NOBODY)
		buf_printf(b, "%s%s/24",
		    stated[0] != NOBODY ? "," : " address ",
		    places[stated[1]].addr4);
	buf_add(b, "\n");
}

static void
print_bridge(struct buf *b, int link)
{
	const struct place *own = &places[link == LXCBR0 ? 2 : 3];
	bool first = link == LXCBR0;

	buf_printf(b, "bridge %s", link_names[link]);
	if (law.has_ula[link])
		buf_printf(b, " ula %s/64", own->addr);
	if (first && law.masquerade)
		buf_add(b, " masquerade");
	if (first && law.translate > 0)
		buf_printf(b, " translate " OUTSIDE "/64%s",
		    law.translate > 1 ? "," ELSEWHERE "/64" : "");
	if (first && law.routed)
		buf_add(b, " prefix " OPEN "/64");
	if (law.proxied == link)
		buf_add(b, " prefix 2001:db8::/64");
	if (law.given4[link])
		buf_printf(b, " ipv4 %s/24", own->addr4);
	buf_add(b, law.proxied == link ? " proxy\n" : "\n");
}

static void
print_guest(struct buf *b, const struct guest *g)
{
	const struct place *p = &places[g->first];

	buf_printf(b, "container %s", node_names[p->node]);
	if (g->ula || g->open != 0 || g->given4 != 0)
		buf_printf(b, " on %s", link_names[p->link]);
	if (g->ula)
		buf_printf(b, " ula %s", p->addr);
	if (g->open != 0)
		buf_printf(b, " address %s", places[g->open].addr);
	if (g->given4 != 0)
		buf_printf(b, " ipv4 %s", places[g->given4].addr4);
	buf_add(b, "\n");
}

void
print_law(struct buf *b)
{
	size_t i;

	buf_printf(b, "option ipv4 %s\n", law.ipv4 ? "on" : "off");
	print_uplink(b);
	if (law.two_uplinks)
		buf_add(b, "uplink eth1\n");
	print_bridge(b, LXCBR0);
	print_bridge(b, BR1);
	for (i = 0; i < GUESTS; i++)
		print_guest(b, &law.guests[i]);
	for (i = 0; i < law.nports; i++)
		buf_printf(b, "%s\n", law.ports[i].text);
	for (i = 0; i < law.nlines; i++)
		buf_printf(b, "%s\n", law.lines[i].text);
	for (i = 0; i < 3; i++)
		buf_printf(
		    b, "default %s %s\n", chain_words[i], law.default_words[i]);
}

const char *
addr_at(size_t place, const struct shot *s)
{
	return s->ipv4 ? places[place].addr4 : places[place].addr;
}

/* Of the uplink's link, and no container has it. */
static bool
is_absent(size_t place)
{
	return (place == PROXY_PLACE && law.proxied != LXCBR0) ||
	       (place == PROXY_PLACE1 && law.proxied != BR1);
}

static bool
stays_there(const struct shot *s)
{
	return places[s->to].node == places[s->from].node &&
	       places[s->to].node != HOST && s->to != BACK_PLACE;
}

/* To an address that is translated, also one's own. */
static struct shot
sent_outside(const struct shot *like)
{
	struct shot s = *like;

	s.outside = 1 + below(law.translate);
	while (strncmp(places[s.to].addr, ONE, strlen(ONE)) != 0)
		s.to = below(OWNED);
	return s;
}

static bool
is_outside(size_t place)
{
	return places[place].node == CLIENT || places[place].node == FAR;
}

/* From one that is outside to another, by the host. */
static void
send_on(struct shot *s)
{
	s->to = rarely(2) ? BACK_PLACE : BACK_PLACE - 1;
	while (!is_outside(s->from))
		s->from = below(PLACES);
}

struct shot
random_shot(uint32_t token)
{
	static const unsigned types[2][3] = {
		{ ICMP6_ECHO_REQUEST, ICMP6_PACKET_TOO_BIG, NODE_QUERY },
		{ ICMP_ECHO, ICMP_DEST_UNREACH, TIMESTAMP },
	};
	bool ipv4 = rarely(law.ipv4 ? 2 : 8);
	struct shot s = { .from = below(PLACES),
		.ipv4 = ipv4,
		.to = below(OWNED),
		.proto = 1 << below(4),
		.port = 78 + below(12),
		.type = types[ipv4][below(3)],
		.token = token };

	if (rarely(2)) /* what forwards are about */
		s.to = below(PUBLICS);
	else if (rarely(4))
		send_on(&s);
	else if (!ipv4 && rarely(4))
		s.to = OPEN_PLACE + below(BACK_PLACE - 1 - OPEN_PLACE);
	while (addr_at(s.from, &s) == NULL)
		s.from = below(PLACES);
	if (law.translate > 0 && !ipv4 && rarely(3))
		return sent_outside(&s);
	/* Of what never comes to the host nobody judges. */
	while (is_absent(s.to) || stays_there(&s) ||
	       addr_at(s.to, &s) == NULL ||
	       strcmp(addr_at(s.to, &s), addr_at(s.from, &s)) == 0)
		s.to = below(OWNED);
	return s;
}

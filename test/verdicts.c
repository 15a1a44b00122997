/* Random configs and random packets: what the kernel does with each packet
 * under the rules that a config became, what the manual says of it, and what
 * core/plan/judge.c says are the same. The manual's side is written here anew,
 * from its text, and shares nothing with the program.
 *
 * SEKI_TEST_PACKETS says how many (1000), SEKI_TEST_SEED which. */
#define _GNU_SOURCE
#include "config.h"

#include <arpa/inet.h>
#include <linux/if_addr.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/plan/fw.h"
#include "core/plan/judge.h"
#include "core/plan/ruleset_build.h"
#include "core/plan/ruleset_diff.h"

#include "lib/wires.h"

#define BATCH 60      /* packets under one config */
#define OPEN_PLACE 12 /* vm00's public address */

/* With br_netfilter what stays on a bridge comes by the rules. */
static bool bridged;

/* ---- random things */

static uint64_t seed;

static unsigned
below(unsigned n)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(seed >> 33) % n;
}

/* One in n. */
static bool
rarely(unsigned n)
{
	return below(n) == 0;
}

/* ---- a config, as the manual's side knows it */

enum outcome { PASS, STOP };
enum { NOBODY = -1 };

/* Who: everybody, addresses, or a link. */
struct someone {
	char text[160];
	const char *prefixes[6];
	size_t n;
	bool never[2]; /* nobody, by whether it is IPv4 */
	int link;      /* or NOBODY */
	size_t given;  /* the place of a container on that link, or 0 */
	bool all;
};

#define TEXT 300

struct clause {
	char text[TEXT];
	const char *word;
	int chain;
	enum outcome outcome;
	int protos;
	bool icmp4;	 /* of ICMP: that of IPv4 */
	unsigned lo, hi; /* lo 0: every port */
	struct someone from, to;
	bool never[2]; /* about no such packet, by whether it is IPv4 */
};

struct public_port {
	char text[TEXT];
	int protos;
	unsigned lo, hi, to_port;
	size_t target; /* a place */
	int on;	       /* a place; NOBODY: on both */
	bool rest;     /* of what nobody else takes */
	struct someone from;
	bool never[2];	/* not forwarded, by whether it is IPv4 */
	char key[TEXT]; /* on and only */
};

#define LINES 6
#define ALIKE 16
#define PUBLIC_PORTS 7
#define SSH_PORT 85

static struct {
	struct clause lines[LINES + ALIKE];
	size_t nlines;
	struct public_port ports[PUBLIC_PORTS];
	size_t nports;
	enum outcome defaults[3];
	const char *default_words[3];
	bool masquerade;
	bool ipv4;
	bool addressed; /* vm00 is given its public address */
	bool translate;
} law;

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

static const char *const chain_words[] = { "input", "forward", "output" };
static const char *const proto_words[] = { [TCP] = "tcp",
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
	struct someone who = { .link = NOBODY, .never = { true, true } };
	unsigned families = ipv4 ? 1 + below(3) : 1;

	if (families & 1)
		add_group(&who, false);
	if (families & 2)
		add_group(&who, true);
	return who;
}

static struct someone
random_container(void)
{
	static const size_t given[] = { 6, 8 };
	size_t place = given[below(2)];
	struct someone who = { .link = places[place].link, .given = place };

	snprintf(who.text, sizeof(who.text), "container %s",
	    node_names[places[place].node]);
	return who;
}

static struct someone
random_who(bool is_host)
{
	struct someone who = { .link = NOBODY, .all = true };

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

/* Whether it is about no packet of that family. */
static bool
is_void(const struct clause *l, bool ipv4)
{
	return l->never[ipv4] || l->from.never[ipv4] || l->to.never[ipv4] ||
	       (ipv4 && !law.ipv4) || (l->protos == ICMP && l->icmp4 != ipv4);
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
another(const struct someone *who)
{
	if (who->given != 0)
		return random_container();
	return who->n > 0 ? random_prefixes(law.ipv4) : *who;
}

/* Lines that differ in ports, addresses, protocols and maybe verdicts alone: one
 * rule, where they do not meet. */
static void
random_run(void)
{
	struct clause like = law.lines[law.nlines - 1];
	bool mixed = rarely(2);
	unsigned i;

	for (i = 0; i < ALIKE; i++) {
		if (like.lo > 0) {
			like.lo = 78 + below(12);
			like.hi = like.lo + (rarely(3) ? below(3) : 0);
		}
		if (like.protos == TCP || like.protos == UDP)
			like.protos = rarely(2) ? TCP : UDP;
		if (mixed)
			choose_verdict(&like);
		like.from = another(&like.from);
		like.to = another(&like.to);
		add_line(&like);
	}
}

/* Whether it is about no connection of that family. */
static bool
is_unforwarded(const struct public_port *f, bool ipv4)
{
	return f->never[ipv4] || f->from.never[ipv4] || (ipv4 && !law.ipv4);
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

/* The address of a place in one family, for which alone it is then. */
static const char *
name_one(struct public_port *f, size_t place)
{
	bool ipv4 = law.ipv4 && places[place].addr4 != NULL && rarely(2);

	f->never[!ipv4] = true;
	return ipv4 ? places[place].addr4 : places[place].addr;
}

static void
narrow(struct public_port *f, bool ipv4)
{
	f->never[!ipv4] = true;
	say(f->text, " only %s", ipv4 ? "ipv4" : "ipv6");
	say(f->key, " only %s", ipv4 ? "ipv4" : "ipv6");
}

static void
random_port(void)
{
	static const size_t targets[] = { 6, 7, 8, 9, 13 };
	struct public_port f = { .target = targets[below(5)],
		.on = rarely(3) ? (int)below(PUBLICS) : NOBODY,
		.from = { .all = true } };

	if (rarely(4))
		choose_rest(&f);
	else
		choose_ports(&f);
	if (f.target < 9)
		say(f.text, " to %s", node_names[places[f.target].node]);
	else
		say(f.text, f.to_port != 0 ? " to [%s]" : " to %s",
		    name_one(&f, f.target));
	if (f.to_port != 0)
		say(f.text, ":%u", f.to_port);
	if (f.on != NOBODY)
		say(f.key, " on %s", name_one(&f, (size_t)f.on));
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

static void
random_law(void)
{
	static const char *const words[] = { "allow", "deny", "reject" };
	unsigned i, verdict;

	memset(&law, 0, sizeof(law));
	law.ipv4 = rarely(2);
	law.addressed = rarely(2);
	law.translate = rarely(2);
	law.masquerade = rarely(2) && (law.ipv4 || !law.translate);
	for (i = 0; i < PUBLIC_PORTS; i++)
		random_port();
	for (i = below(LINES + 1); i > 0; i--)
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
print_law(struct buf *b)
{
	size_t i;

	buf_printf(b,
	    "option ipv4 %s\n"
	    "uplink eth0\n"
	    "bridge lxcbr0 ula " ONE "1/64%s%s prefix " OPEN "/64\n"
	    "bridge br1 ula " TWO "1/64\n"
	    "container vm00 on lxcbr0 ula " ONE "3%s\n"
	    "container vm01 on lxcbr0 ula " ONE "4\n"
	    "container vm02 on br1 ula " TWO "3\n",
	    law.ipv4 ? "on" : "off", law.masquerade ? " masquerade" : "",
	    law.translate ? " translate " OUTSIDE "/64" : "",
	    law.addressed ? " address " OPEN "3" : "");
	for (i = 0; i < law.nports; i++)
		buf_printf(b, "%s\n", law.ports[i].text);
	for (i = 0; i < law.nlines; i++)
		buf_printf(b, "%s\n", law.lines[i].text);
	for (i = 0; i < 3; i++)
		buf_printf(
		    b, "default %s %s\n", chain_words[i], law.default_words[i]);
}

static const char *
addr_at(size_t place, const struct shot *s)
{
	return s->ipv4 ? places[place].addr4 : places[place].addr;
}

/* To an address that is translated, also one's own. */
static struct shot
sent_outside(const struct shot *like)
{
	struct shot s = *like;

	s.outside = true;
	while (strncmp(places[s.to].addr, ONE, strlen(ONE)) != 0)
		s.to = below(OWNED);
	return s;
}

static struct shot
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
	else if (!ipv4 && rarely(4))
		s.to = OPEN_PLACE;
	while (addr_at(s.from, &s) == NULL)
		s.from = below(PLACES);
	if (law.translate && !ipv4 && rarely(3))
		return sent_outside(&s);
	/* Of what never comes to the host nobody judges. */
	while ((places[s.to].node == places[s.from].node &&
		   places[s.to].node != HOST) ||
	       addr_at(s.to, &s) == NULL ||
	       strcmp(addr_at(s.to, &s), addr_at(s.from, &s)) == 0)
		s.to = below(OWNED);
	return s;
}

/* ---- the manual's side */

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

/* An address that the config gives to a container on the bridge, or to which
 * a forward leads. */
static bool
is_known(const char *addr, int link)
{
	static const size_t given[] = { 6, 7, 8, OPEN_PLACE };
	const struct public_port *f;
	size_t i, n = NITEMS(given) - (law.addressed ? 0 : 1);

	for (i = 0; i < n; i++)
		if (is_at(given[i], addr))
			return link == places[given[i]].link;
	for (f = law.ports; f < END_OF(law.ports, law.nports); f++)
		if (!is_unforwarded(f, strchr(addr, ':') == NULL) &&
		    is_at(f->target, addr))
			return link == places[f->target].link;
	return false;
}

/* An allow means the given address, as a source by the bridge alone; all else
 * also what is not known on the bridge. */
static bool
is_container(const struct someone *who, enum outcome outcome, bool source,
    const char *addr, int link)
{
	bool given =
	    is_at(who->given, addr) ||
	    (law.addressed && who->given == 6 && is_at(OPEN_PLACE, addr));

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
	return who->given != 0
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
	int in = from->node == HOST ? NOBODY : from->link;
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
		    (f->on != NOBODY && f->on != (int)s->to))
			continue;
		if (!f->rest)
			return f;
		rest = f;
	}
	return rest != NULL && !is_kept(s) ? rest : NULL;
}

/* An error about no connection belongs to none. */
static bool
is_translated(const struct shot *s)
{
	return s->outside &&
	       (s->proto != ICMP || s->type != ICMP6_PACKET_TOO_BIG);
}

static void
look_up(struct shot *s)
{
	const struct public_port *f = s->outside ? NULL : claim(s);
	enum node sender = places[s->from].node, receiver;
	int in = places[s->from].link, out;
	unsigned port = s->port;
	const char *to;

	s->end = f != NULL ? f->target : s->to;
	if (f != NULL && f->to_port != 0)
		port = f->to_port + (s->port - f->lo);
	to = addr_at(s->end, s);
	out = places[s->end].link;
	receiver = places[s->end].node;
	if (s->outside && !is_translated(s))
		s->arrives = false;
	else if (f == NULL && !s->outside &&
		 (sender == receiver ||
		     (sender != HOST && receiver != HOST && in == out)))
		s->arrives = true; /* never leaves, or stays on one bridge */
	else if (sender == HOST)
		s->arrives = law_passes(2, s, f, port, to, NOBODY,
		    f != NULL	 ? LO
		    : s->outside ? UPLINK
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
static bool
is_untold(const struct shot *s)
{
	if (s->ipv4 && is_own(addr_at(s->from, s), places[s->end].node))
		return true;
	if (strncmp(addr_at(s->from, s), "fe80:", 5) == 0 &&
	    places[s->end].node != HOST)
		return true;
	/* What is not translated leaves by the uplink. */
	if (s->outside && places[s->from].node == HOST && !is_translated(s))
		return true;
	return places[s->from].node == places[s->end].node &&
	       (s->outside || claim(s) != NULL) && bridged;
}

/* ---- the judge's side */

static struct link links[] = {
	{ .index = 1, .name = "lo" },
	{ .index = 2, .name = "eth0", .up = true },
	{ .index = 3,
	    .name = "lxcbr0",
	    .kind = "bridge",
	    .up = true,
	    .has_conf = true },
	{ .index = 4,
	    .name = "br1",
	    .kind = "bridge",
	    .up = true,
	    .has_conf = true },
};
static struct address addresses[12];
static struct route routes[] = { { .index = 2, .dev = "eth0" } };
static struct route routes4[] = { { .index = 2, .dev = "eth0" } };
static char names[][5] = { "vm00", "vm01", "vm02" };
static struct container containers[] = {
	{ .name = names[0],
	    .runtime = "lxc",
	    .bridge = 3,
	    .nsid = 0,
	    .port = 5,
	    .inner = 2 },
	{ .name = names[1],
	    .runtime = "lxc",
	    .bridge = 3,
	    .nsid = 1,
	    .port = 6,
	    .inner = 2 },
	{ .name = names[2],
	    .runtime = "lxc",
	    .bridge = 4,
	    .nsid = 2,
	    .port = 7,
	    .inner = 2 },
};
static const struct snapshot snapshot = { .links = links,
	.nlinks = NITEMS(links),
	.addresses = addresses,
	.naddresses = NITEMS(addresses),
	.routes = routes,
	.nroutes = NITEMS(routes),
	.routes4 = routes4,
	.nroutes4 = NITEMS(routes4),
	.has_ipv6 = true,
	.has_fib = true,
	.ssh = { .v = { SSH_PORT }, .n = 1 },
	.containers = containers,
	.ncontainers = NITEMS(containers) };

static void
fill_snapshot(void)
{
	static const struct {
		size_t place;
		int nsid, index;
		bool ipv4;
	} rows[NITEMS(addresses)] = { { 0, NSID_SELF, 2, false },
		{ 1, NSID_SELF, 2, false }, { 2, NSID_SELF, 3, false },
		{ 3, NSID_SELF, 4, false }, { 0, NSID_SELF, 2, true },
		{ 1, NSID_SELF, 2, true }, { 2, NSID_SELF, 3, true },
		{ 3, NSID_SELF, 4, true }, { 6, 0, 2, true }, { 7, 1, 2, true },
		{ 8, 2, 2, true }, { 11, NSID_SELF, 3, false } };
	char text[64];
	size_t i;

	for (i = 0; i < NITEMS(addresses); i++) {
		snprintf(text, sizeof(text), "%s/%d",
		    rows[i].ipv4 ? places[rows[i].place].addr4
				 : places[rows[i].place].addr,
		    rows[i].ipv4 ? 24 : 64);
		addresses[i] = (struct address){ .nsid = rows[i].nsid,
			.index = rows[i].index,
			.flags = IFA_F_PERMANENT };
		assert_int_equal(prefix_parse(&addresses[i].prefix, text), 0);
	}
}

static bool
judge_passes(const struct model *m, const struct shot *s)
{
	enum node sender = places[s->from].node, receiver = places[s->to].node;
	struct prefix net;
	struct packet p = { .chain = sender == HOST	? CHAIN_OUTPUT
				     : receiver == HOST ? CHAIN_INPUT
							: CHAIN_FORWARD,
		.proto = s->proto == TCP    ? PACKET_TCP
			 : s->proto == UDP  ? PACKET_UDP
			 : s->proto == BARE ? PACKET_OTHER
			 : s->ipv4	    ? PACKET_ICMP
					    : PACKET_ICMPV6,
		.port =
		    s->proto == TCP || s->proto == UDP ? (uint16_t)s->port : 0,
		.type = s->proto == ICMP ? (uint8_t)s->type : 0,
		.in = sender != HOST ? link_names[places[s->from].link] : NULL,
		.out = sender == HOST && receiver == HOST ? "lo"
		       : receiver != HOST ? link_names[places[s->to].link]
					  : NULL };

	prefix_parse(&p.from, addr_at(s->from, s));
	prefix_parse(&p.to, addr_at(s->to, s));
	if (s->outside) {
		p.chain = sender == HOST ? CHAIN_OUTPUT : CHAIN_FORWARD;
		p.out = link_names[UPLINK];
		prefix_parse(&net, OUTSIDE "/64");
		p.to = prefix_moved(&p.to, &net);
	}
	if (s->outside ? is_translated(s)
		       : s->proto != ICMP && receiver == HOST)
		judge_translate(m, &p);
	return judge(m, &p, NULL) == VERDICT_ALLOW;
}

/* ---- all three */

static void
load(const struct model *m)
{
	struct ruleset want, have, none = { 0 };
	struct buf b = { 0 };
	struct err e;

	enter(HOST);
	ruleset_build(&want, m);
	buf_add(&b, "add table inet seki\ndelete table inet seki\n");
	ruleset_transaction(&want, &none, &b);
	if (fw_run(b.s, &e) != 0)
		fail_msg("%s\n%s", e.text, b.s);
	buf_reset(&b);
	if (fw_read(&have, &e) != 0)
		fail_msg("%s", e.text);
	ruleset_transaction(&want, &have, &b);
	if (b.len > 0)
		fail_msg("what is in force is not read as such:\n%s", b.s);
	buf_free(&b);
	ruleset_free(&have);
	ruleset_free(&want);
}

static void
set_bridged(bool on)
{
	static const char *const paths[] = {
		"/proc/sys/net/bridge/bridge-nf-call-ip6tables",
		"/proc/sys/net/bridge/bridge-nf-call-iptables",
	};
	size_t i;

	enter(HOST);
	bridged = on && access(paths[0], W_OK) == 0;
	for (i = 0; i < NITEMS(paths); i++)
		if (access(paths[i], W_OK) == 0)
			run("echo %d >%s", on, paths[i]);
}

/* What the law became: for the judge, and in the kernel. */
struct enacted {
	struct buf text;
	struct config config;
	struct model model;
};

static void
enact(struct enacted *x)
{
	struct err e;

	*x = (struct enacted){ 0 };
	print_law(&x->text);
	if (config_parse(&x->config, buf_text(&x->text), NULL, &e) != 0 ||
	    model_build(&x->model, &x->config, &snapshot, &e) != 0)
		fail_msg("%s:\n%s", e.text, buf_text(&x->text));
	load(&x->model);
}

static void
repeal(struct enacted *x)
{
	model_free(&x->model);
	config_free(&x->config);
	buf_free(&x->text);
}

static void
fire(struct shot *shots, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		look_up(&shots[i]);
		shots[i].arrives &= !is_untold(&shots[i]);
		shoot(&shots[i]);
	}
	collect(shots, n);
}

static bool
came_right(const struct shot *s)
{
	return s->arrived && s->where == places[s->end].node;
}

static bool
agree(const struct model *m, const struct shot *s)
{
	return is_untold(s) || (came_right(s) == s->arrives &&
				   judge_passes(m, s) == s->arrives &&
				   (!s->arrived || came_right(s)));
}

/* Whether they disagree about it under the law as it is now, too. */
static bool
still_fails(struct shot *s)
{
	struct enacted x;
	bool fails;

	s->token += BATCH;
	s->arrived = false;
	enact(&x);
	fire(s, 1);
	fails = !agree(&x.model, s);
	repeal(&x);
	return fails;
}

/* Takes from a list of the law what it fails without. */
static void
shrink(struct shot *s, void *list, size_t *n, size_t size)
{
	char *at = list, kept[sizeof(struct clause) + sizeof(law.ports[0])];
	size_t i = *n, tail;

	while (i-- > 0) {
		tail = (*n - i - 1) * size;
		memcpy(kept, at + i * size, size);
		memmove(at + i * size, at + (i + 1) * size, tail);
		(*n)--;
		if (still_fails(s))
			continue;
		memmove(at + (i + 1) * size, at + i * size, tail);
		memcpy(at + i * size, kept, size);
		(*n)++;
	}
}

/* Tells of it under the smallest law that shows it. */
static void
tell(const struct shot *failed)
{
	struct shot s = *failed;
	struct enacted x;

	shrink(&s, law.lines, &law.nlines, sizeof(law.lines[0]));
	shrink(&s, law.ports, &law.nports, sizeof(law.ports[0]));
	still_fails(&s);
	enact(&x);
	fail_msg("%s %u (icmp %u) from %s to %s%s%s: the manual says %d, the "
		 "kernel %d (at %s), the judge %d\n%s",
	    proto_words[s.proto], s.port, s.type, addr_at(s.from, &s),
	    addr_at(s.to, &s), s.outside ? " outside" : "",
	    bridged ? " (br_netfilter)" : "", s.arrives, s.arrived,
	    node_names[s.where], judge_passes(&x.model, &s), buf_text(&x.text));
}

static size_t
try_config(uint32_t token)
{
	struct shot shots[BATCH];
	const struct shot *failed = NULL;
	struct enacted x;
	size_t i;

	random_law();
	enact(&x);
	set_bridged(rarely(2));
	for (i = 0; i < BATCH; i++)
		shots[i] = random_shot(token + (uint32_t)i);
	fire(shots, BATCH);
	for (i = 0; i < BATCH && failed == NULL; i++)
		if (!agree(&x.model, &shots[i]))
			failed = &shots[i];
	repeal(&x);
	if (failed != NULL)
		tell(failed);
	return BATCH;
}

static void
test_verdicts(void **state)
{
	const char *want = getenv("SEKI_TEST_PACKETS");
	const char *which = getenv("SEKI_TEST_SEED");
	size_t total = want != NULL ? strtoul(want, NULL, 10) : 1000, done = 0;

	(void)state;
	seed = which != NULL ? strtoull(which, NULL, 10) : now_ms();
	print_message("# SEKI_TEST_SEED=%llu\n", (unsigned long long)seed);
	fill_snapshot();
	while (done < total)
		done += try_config(1 + (uint32_t)done);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_verdicts),
	};

	return cmocka_run_group_tests(tests, set_up_wires, NULL);
}

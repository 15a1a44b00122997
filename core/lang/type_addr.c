/* Types of addresses, and of what leads to them. */
#include "config.h"

#include "core/lang/type_addr.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/lang/type_parts.h"

/* Of the prefix of a bridge: 10.0.0.0/8, and room for the host and another. */
#define IPV4_BITS_MIN 8
#define IPV4_BITS_MAX 30
#define ULA_BITS_MIN 8 /* fd00::/8, all that can be assigned (RFC 4193) */

/* Whether the word has a length if it needs one. /128 counts, as in every
 * DHCPv6 lease; elsewhere it is redundant. */
static bool
fits_length(const char *text, const struct prefix *p, bool wanted)
{
	return wanted ? strchr(text, '/') != NULL : prefix_is_bare(p);
}

static int
addr_parse(
    const struct type *t, struct words *w, struct value *v, struct err *e)
{
	const struct word *word = type_take(t, w, e);

	if (word == NULL)
		return -1;
	if (prefix_parse(&v->prefix, word->text) != 0 ||
	    !fits_length(word->text, &v->prefix, false))
		return type_refuse(t, w, word, e);
	return 0;
}

static void
addr_print(const struct type *t, const struct value *v, struct buf *b)
{
	if (v->prefix.family == AF_UNSPEC)
		buf_add(b, "auto");
	else if (t == &type_bridge_ula || t == &type_bridge_ipv4)
		addr_len_print(&v->prefix, b);
	else
		prefix_print(&v->prefix, b);
}

static bool
addr_same(const struct value *a, const struct value *b)
{
	return prefix_equal(&a->prefix, &b->prefix);
}

static bool
is_auto(const struct word *word)
{
	return word_is_plain(word) && strlen(word->text) > 1 &&
	       has_prefix("auto", word->text);
}

static int
refuse_ula(const struct words *w, const struct word *word,
    const struct prefix *p, struct err *e)
{
	if (addr_is_ula(p)) {
		err_set(e, ERR_UNSAFE,
		    "%s is wider than fd00::/8, the block of all ULAs",
		    word->text);
		err_hint(e, "its route would catch the traffic of this host; "
			    "take a /64");
		return words_blame(w, word, e);
	}
	err_set(e, ERR_UNSAFE, "%s is not a ULA", word->text);
	if (addr_is_link_local(p))
		err_hint(e, "a link-local address cannot be the target of a "
			    "forward: its scope cannot be given; take "
			    "fd00::/8, or the word auto");
	else
		err_hint(e, "a ULA starts with fd (RFC 4193); the word auto "
			    "makes one");
	return words_blame(w, word, e);
}

/* A bridge's ULA has the length of its prefix, a container's has none: it lies
 * in that prefix. */
static int
ula_parse(const struct type *t, struct words *w, struct value *v, struct err *e)
{
	const struct word *word = type_take(t, w, e);
	struct prefix *p = &v->prefix;

	if (word == NULL)
		return -1;
	if (is_auto(word))
		return 0;
	if (prefix_parse(p, word->text) != 0 || p->family != AF_INET6)
		return type_refuse(t, w, word, e);
	if (!fits_length(word->text, p, t == &type_bridge_ula))
		return type_refuse(t, w, word, e);
	if (t == &type_bridge_ula && prefix_is_bare(p)) {
		err_set(e, ERR_UNSAFE, "%s has no room for a container",
		    word->text);
		err_hint(e, "a bridge wants a prefix, as a rule a /64");
		return words_blame(w, word, e);
	}
	return addr_is_ula(p) && p->len >= ULA_BITS_MIN
		   ? 0
		   : refuse_ula(w, word, p, e);
}

/* IPv4 that no interface of a container can have as its own. */
static const struct {
	const char *prefix, *what;
} no_hosts[] = {
	{ "169.254.0.0/16", N_("%s is link-local, which nobody outside can be "
			       "forwarded to") },
	{ "127.0.0.0/8", N_("%s is loopback") },
	{ "0.0.0.0/8", N_("%s is no address of a host") },
	{ "224.0.0.0/3", N_("%s is multicast or reserved") },
};

static int
check_host(struct words *w, const struct word *word, const struct prefix *p,
    struct err *e)
{
	struct prefix no;
	size_t i;

	for (i = 0; i < NITEMS(no_hosts); i++) {
		prefix_parse(&no, no_hosts[i].prefix);
		if (!prefix_holds(&no, p))
			continue;
		err_set(e, ERR_UNSAFE, no_hosts[i].what, word->text);
		err_hint(e, "take one of 10.0.0.0/8, 172.16.0.0/12 or "
			    "192.168.0.0/16 (RFC 1918)");
		return words_blame(w, word, e);
	}
	return 0;
}

/* As with a ULA, the length is that of the bridge. */
static int
ipv4_parse(
    const struct type *t, struct words *w, struct value *v, struct err *e)
{
	const struct word *word = type_take(t, w, e);
	struct prefix *p = &v->prefix;
	bool bridge = t == &type_bridge_ipv4;

	if (word == NULL)
		return -1;
	if (is_auto(word))
		return 0;
	if (prefix_parse(p, word->text) != 0 || p->family != AF_INET ||
	    !fits_length(word->text, p, bridge))
		return type_refuse(t, w, word, e);
	if (bridge && (p->len > IPV4_BITS_MAX || p->len < IPV4_BITS_MIN)) {
		err_set(e, ERR_UNSAFE, "%s is no prefix for containers",
		    word->text);
		err_hint(e,
		    "a bridge wants a prefix from /%d to /%d, as a "
		    "rule a /24",
		    IPV4_BITS_MIN, IPV4_BITS_MAX);
		return words_blame(w, word, e);
	}
	return check_host(w, word, p, e);
}

struct prefixes
prefixes_of(const struct prefixes *ps, enum family family)
{
	size_t n = 0;

	while (n < ps->n && addr_family(&ps->v[n]) == FAMILY_IPV6)
		n++;
	return family == FAMILY_IPV6
		   ? (struct prefixes){ ps->v, n }
		   : (struct prefixes){ END_OF(ps->v, n), ps->n - n };
}

/* Moves the last one before those of later families. */
static void
place(struct prefixes *ps)
{
	struct prefix last = ps->v[ps->n - 1];
	size_t i = ps->n - 1;

	for (; i > 0 && addr_family(&ps->v[i - 1]) > addr_family(&last); i--)
		ps->v[i] = ps->v[i - 1];
	ps->v[i] = last;
}

static int
read_prefixes(const char *text, struct prefixes *ps)
{
	char *copy = xstrdup(text), *rest = copy, *one;
	int r = 0;

	while ((one = strsep(&rest, ",")) != NULL && r == 0) {
		ps->v = xgrow(ps->v, ps->n, sizeof(*ps->v));
		r = prefix_parse(&ps->v[ps->n], one);
		if (r == 0) {
			ps->v[ps->n] = prefix_network(&ps->v[ps->n]);
			ps->n++;
			place(ps);
		}
	}
	free(copy);
	return r;
}

static int
prefixes_parse(
    const struct type *t, struct words *w, struct value *v, struct err *e)
{
	const struct word *word = type_take(t, w, e);

	if (word == NULL)
		return -1;
	if (read_prefixes(word->text, &v->prefixes) != 0)
		return type_refuse(t, w, word, e);
	return 0;
}

/* What a provider can route to this host. */
static int
check_public(const char *text, const struct prefix *p, struct err *e)
{
	struct prefix net = prefix_network(p);
	char whole[ADDR_TEXT_MAX];

	if (!addr_is_global(p)) {
		err_set(e, ERR_UNSAFE, "%s is not public", text);
		return err_hint(e, "it is a prefix that the provider routes to "
				   "this host, such as 2001:db8:5::/64");
	}
	if (addr_equal(&net, p))
		return 0;
	err_set(e, ERR_UNSAFE, "%s has a host part", text);
	return err_hint(e, "the prefix is %s", prefix_text(&net, whole));
}

static int
publics_parse(
    const struct type *t, struct words *w, struct value *v, struct err *e)
{
	const struct word *word = type_take(t, w, e);
	char *copy, *rest, *one;
	struct prefix p;
	int r = 0;

	if (word == NULL)
		return -1;
	copy = rest = xstrdup(word->text);
	while (r == 0 && (one = strsep(&rest, ",")) != NULL) {
		if (prefix_parse(&p, one) != 0 || p.family != AF_INET6)
			r = type_refuse(t, w, word, e);
		else if (check_public(one, &p, e) != 0)
			r = words_blame(w, word, e);
	}
	free(copy);
	return r == 0 && read_prefixes(word->text, &v->prefixes) == 0 ? 0 : -1;
}

/* What an uplink has: addresses with their lengths, or gateways. */

static int
read_addrs(const char *text, bool with_length, struct prefixes *ps)
{
	char *copy = xstrdup(text), *rest = copy, *one;
	int r = 0;

	while ((one = strsep(&rest, ",")) != NULL && r == 0) {
		ps->v = xgrow(ps->v, ps->n, sizeof(*ps->v));
		r = prefix_parse(&ps->v[ps->n], one);
		if (r == 0 && !fits_length(one, &ps->v[ps->n], with_length))
			r = -1;
		if (r == 0) {
			ps->n++;
			place(ps);
		}
	}
	free(copy);
	return r;
}

static int
addrs_parse(
    const struct type *t, struct words *w, struct value *v, struct err *e)
{
	const struct word *word = type_take(t, w, e);
	struct prefixes *ps = &v->prefixes;

	if (word == NULL)
		return -1;
	if (read_addrs(word->text, t == &type_addr_len, ps) != 0)
		return type_refuse(t, w, word, e);
	if (prefixes_of(ps, FAMILY_IPV6).n <= 1 &&
	    prefixes_of(ps, FAMILY_IPV4).n <= 1)
		return 0;
	err_set(e, ERR_USAGE, "%s: only one of each family can be stated",
	    word->text);
	err_hint(e, "leave the word out, and all that the uplink has count");
	return words_blame(w, word, e);
}

static void
addrs_print(const struct type *t, const struct value *v, struct buf *b)
{
	const struct prefixes *ps = &v->prefixes;
	size_t i;

	for (i = 0; i < ps->n; i++) {
		buf_add(b, i > 0 ? "," : "");
		if (t == &type_addr_len)
			addr_len_print(&ps->v[i], b);
		else
			prefix_print(&ps->v[i], b);
	}
}

static void
print_prefixes(const struct prefixes *ps, struct buf *b)
{
	size_t i;

	for (i = 0; i < ps->n; i++) {
		if (i > 0)
			buf_add(b, ",");
		prefix_print(&ps->v[i], b);
	}
}

static void
prefixes_print(
    const struct type *t UNUSED, const struct value *v, struct buf *b)
{
	print_prefixes(&v->prefixes, b);
}

static bool
lists_equal(const struct prefixes *a, const struct prefixes *b)
{
	size_t i = 0;

	while (i < a->n && i < b->n && prefix_equal(&a->v[i], &b->v[i]))
		i++;
	return i == a->n && i == b->n;
}

static bool
prefixes_equal(const struct value *a, const struct value *b)
{
	return lists_equal(&a->prefixes, &b->prefixes);
}

static void
prefixes_free(struct value *v)
{
	free(v->prefixes.v);
}

bool
prefixes_hold(const struct prefixes *ps, const struct prefix *p)
{
	size_t i;

	for (i = 0; i < ps->n; i++)
		if (prefix_holds(&ps->v[i], p))
			return true;
	return false;
}

bool
prefixes_repeat(const struct prefixes *ps, size_t i)
{
	size_t k;

	for (k = 0; k < ps->n; k++) {
		if (k == i || !prefix_holds(&ps->v[k], &ps->v[i]))
			continue;
		if (k < i || !prefix_equal(&ps->v[k], &ps->v[i]))
			return true;
	}
	return false;
}

/* Targets: NAME, NAME:PORT, ADDR, [ADDR]:PORT */

/* Cuts ":PORT" off a copy of the word; 0 if there is none, -1 if it is invalid.
 * A quoted colon belongs to the name. */
static long
cut_port(const struct word *word, char *text)
{
	size_t n = strlen(text), i = n;
	const char *s;
	long port;

	while (i > 0 && !(text[i - 1] == ':' && word_is_plain_at(word, i - 1)))
		i--;
	if (i == 0)
		return 0;
	s = text + i;
	port = type_digits(&s, PORT_LAST);
	text[i - 1] = '\0';
	return port > 0 && *s == '\0' ? port : -1;
}

static bool
is_bare_addr(const char *text, struct prefix *addr)
{
	return strchr(text, '/') == NULL && prefix_parse(addr, text) == 0;
}

/* [ADDR] with unquoted brackets. */
static bool
in_brackets(const struct word *word, const char *text)
{
	size_t n = strlen(text);

	return n > 2 && word_is_plain_at(word, 0) && text[0] == '[' &&
	       text[n - 1] == ']';
}

/* Any other colon must be quoted to belong to a name. */
static bool
has_colon(const struct word *word, const char *text)
{
	size_t i;

	for (i = 0; text[i] != '\0'; i++)
		if (text[i] == ':' && word_is_plain_at(word, i))
			return true;
	return false;
}

static int
read_target(const struct word *word, struct target *t)
{
	char *text = xstrdup(word->text);
	struct prefix addr;
	bool named = false;
	long port = 0;
	int r = 0;

	if (word_is_plain(word) && is_bare_addr(text, &addr))
		goto out;
	port = cut_port(word, text);
	if (in_brackets(word, text)) {
		text[strlen(text) - 1] = '\0';
		r = is_bare_addr(text + 1, &addr) ? 0 : -1;
	} else if (text[0] == '\0' || strchr(text, '/') != NULL ||
		   has_colon(word, text)) {
		r = -1;
	} else {
		named = !word_is_plain(word) || !is_bare_addr(text, &addr);
	}
	if (port < 0)
		r = -1;
	else
		t->port = (uint16_t)port;
out:
	if (r == 0 && named) {
		t->name = xstrdup(text);
	} else if (r == 0) {
		t->addr = xcalloc(1, sizeof(*t->addr));
		*t->addr = addr;
	}
	free(text);
	return r;
}

/* Addresses that cannot be a container's. */
static const struct {
	const char *prefix, *what, *hint;
} no_targets[] = {
	{ "fe80::/10", N_("%s is link-local and cannot be a target"),
	    N_("the kernel would accept it and neighbour discovery would fail; "
	       "give the container a ULA: add container NAME ula auto") },
	{ "::/127", N_("%s is no address of a container"),
	    N_("a target is a container, by its name or its ULA") },
	{ "::ffff:0:0/96",
	    N_("%s is an IPv4-mapped address and cannot be a target"),
	    N_("a target is a container, by its name or its ULA") },
	{ "ff00::/8", N_("%s is multicast and cannot be a target"),
	    N_("a target is a container, by its name or its ULA") },
	{ "224.0.0.0/3", N_("%s is multicast and cannot be a target"),
	    N_("a target is a container, by its name or its ULA") },
	{ "169.254.0.0/16", N_("%s is no address of a container"),
	    N_("a target is a container, by its name or its ULA") },
	{ "127.0.0.0/8", N_("%s is no address of a container"),
	    N_("a target is a container, by its name or its ULA") },
	{ "0.0.0.0/8", N_("%s is no address of a container"),
	    N_("a target is a container, by its name or its ULA") },
};

static int
target_parse(
    const struct type *t, struct words *w, struct value *v, struct err *e)
{
	const struct word *word = type_take(t, w, e);
	struct prefix no;
	size_t i;

	if (word == NULL)
		return -1;
	if (read_target(word, &v->target) != 0)
		return type_refuse(t, w, word, e);
	for (i = 0; v->target.name == NULL && i < NITEMS(no_targets); i++) {
		prefix_parse(&no, no_targets[i].prefix);
		if (!prefix_holds(&no, v->target.addr))
			continue;
		err_set(e, ERR_UNSAFE, no_targets[i].what, word->text);
		err_hint(e, "%s", _(no_targets[i].hint));
		return words_blame(w, word, e);
	}
	return 0;
}

static void
target_print(const struct type *t UNUSED, const struct value *v, struct buf *b)
{
	const struct target *to = &v->target;
	struct prefix looks;

	if (to->name != NULL && prefix_parse(&looks, to->name) == 0)
		words_print_quoted(b, to->name);
	else if (to->name != NULL)
		words_print(b, to->name, ":[");
	else if (to->port != 0)
		addr_port_print(to->addr, to->port, b);
	else
		prefix_print(to->addr, b);
	if (to->name != NULL && to->port != 0)
		buf_printf(b, ":%u", to->port);
}

static bool
names_equal(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool
target_equal(const struct value *a, const struct value *b)
{
	const struct target *x = &a->target, *y = &b->target;

	return names_equal(x->name, y->name) && x->port == y->port &&
	       (x->name != NULL || prefix_equal(x->addr, y->addr));
}

static void
target_free(struct value *v)
{
	free(v->target.name);
	free(v->target.addr);
}

/* Clients: [ADDR]:PORT */

static int
peer_parse(
    const struct type *t, struct words *w, struct value *v, struct err *e)
{
	const struct word *word = type_take(t, w, e);

	if (word == NULL)
		return -1;
	if (read_target(word, &v->target) != 0 || v->target.name != NULL)
		return type_refuse(t, w, word, e);
	return 0;
}

static int
client_parse(
    const struct type *t, struct words *w, struct value *v, struct err *e)
{
	const struct word *word = words_peek(w);

	if (peer_parse(t, w, v, e) != 0)
		return -1;
	return v->target.port != 0 ? 0 : type_refuse(t, w, word, e);
}

/* Who: any, prefixes, container NAME, bridge NAME, uplink */

static const struct choice who_words[] = {
	[WHO_ANY] = { "any", N_("everybody") },
	[WHO_PREFIXES] = { "2000::/3",
	    N_("addresses or prefixes, with commas") },
	[WHO_CONTAINER] = { "container",
	    N_("a container; to deny: whatever address it takes") },
	[WHO_BRIDGE] = { "bridge", N_("all that is behind a bridge") },
	[WHO_UPLINK] = { "uplink", N_("the Internet side") },
	{ NULL, NULL },
};

bool
who_is_anybody(const struct value *v)
{
	return !v->set || v->who.kind == WHO_ANY;
}

static bool
has_name(const struct who *who)
{
	return who->kind == WHO_CONTAINER || who->kind == WHO_BRIDGE;
}

static int
who_parse(const struct type *t, struct words *w, struct value *v, struct err *e)
{
	const struct word *word = type_take(t, w, e);
	const struct type *named;
	struct value name = { 0 };
	int kind;

	if (word == NULL)
		return -1;
	kind = word_is_plain(word) ? type_choose(who_words, word->text) : -1;
	v->who.kind = kind >= 0 ? (enum who_kind)kind : WHO_PREFIXES;
	if (kind < 0 || kind == WHO_PREFIXES) {
		v->who.kind = WHO_PREFIXES;
		if (read_prefixes(word->text, &v->who.prefixes) != 0)
			return type_refuse(t, w, word, e);
	}
	if (!has_name(&v->who))
		return 0;
	named = kind == WHO_BRIDGE ? &type_bridge : &type_name;
	if (named->parse(named, w, &name, e) != 0)
		return -1;
	v->who.name = name.text;
	return 0;
}

static void
who_print(const struct type *t UNUSED, const struct value *v, struct buf *b)
{
	const struct who *who = &v->who;

	if (who->kind == WHO_PREFIXES) {
		print_prefixes(&who->prefixes, b);
		return;
	}
	buf_add(b, who_words[who->kind].word);
	if (has_name(who) && who->name != NULL) {
		buf_add(b, " ");
		words_print(b, who->name, "");
	}
}

static bool
who_equal(const struct value *a, const struct value *b)
{
	const struct who *x = &a->who, *y = &b->who;

	if (x->kind != y->kind)
		return false;
	return has_name(x) ? names_equal(x->name, y->name)
			   : lists_equal(&x->prefixes, &y->prefixes);
}

static void
who_free(struct value *v)
{
	if (has_name(&v->who))
		free(v->who.name);
	else
		free(v->who.prefixes.v);
}

static void
who_suggest(const struct type *t UNUSED, struct suggest *s)
{
	const struct choice *c;

	for (c = who_words; c->word != NULL; c++)
		s->add(s->arg, c->word, _(c->help));
}

static const struct type *
who_rest(const char *first)
{
	return first[0] == 'b' ? &type_bridge : &type_name;
}

const struct type type_addr = { .metavar = "ADDR",
	.desc = N_("an address, such as 2001:db8::10 or 192.0.2.10"),
	.parse = addr_parse,
	.print = addr_print,
	.equal = addr_same };
const struct type type_gateway = { .metavar = "ADDR[,ADDR]",
	.desc = N_("an address, such as fe80::1, or one of each family"),
	.parse = addrs_parse,
	.print = addrs_print,
	.equal = prefixes_equal,
	.free = prefixes_free };
const struct type type_addr_len = { .metavar = "ADDR/LEN[,ADDR/LEN]",
	.desc = N_("an address with its length, such as 2001:db8::10/64, or "
		   "one of each family"),
	.parse = addrs_parse,
	.print = addrs_print,
	.equal = prefixes_equal,
	.free = prefixes_free };
const struct type type_bridge_ula = { .metavar = "ADDR/LEN|auto",
	.desc =
	    N_("a ULA with its length, such as fd5a:1c2e:90b1::1/64, or auto"),
	.parse = ula_parse,
	.print = addr_print,
	.equal = addr_same };
const struct type type_container_ula = { .metavar = "ADDR|auto",
	.desc = N_("a ULA in the prefix of the bridge, such as "
		   "fd5a:1c2e:90b1::5, or auto"),
	.parse = ula_parse,
	.print = addr_print,
	.equal = addr_same };
const struct type type_bridge_ipv4 = { .metavar = "ADDR/LEN|auto",
	.desc =
	    N_("an IPv4 address with its length, such as 10.0.3.1/24, or auto"),
	.parse = ipv4_parse,
	.print = addr_print,
	.equal = addr_same };
const struct type type_container_ipv4 = { .metavar = "ADDR|auto",
	.desc = N_("an IPv4 address in the prefix of the bridge, such as "
		   "10.0.3.5, or auto"),
	.parse = ipv4_parse,
	.print = addr_print,
	.equal = addr_same };
const struct type type_target = { .metavar = "TARGET",
	.desc = N_("web1, web1:8080, an address, or [address]:port"),
	.parse = target_parse,
	.print = target_print,
	.equal = target_equal,
	.free = target_free };
const struct type type_prefixes = { .metavar = "PREFIX[,PREFIX...]",
	.desc =
	    N_("addresses or prefixes with commas, such as 2001:db8:9::/48"),
	.parse = prefixes_parse,
	.print = prefixes_print,
	.equal = prefixes_equal,
	.free = prefixes_free };
const struct type type_publics = { .metavar = "PREFIX[,PREFIX...]",
	.desc = N_("public IPv6 prefixes with commas, such as 2001:db8:1::/64"),
	.parse = publics_parse,
	.print = prefixes_print,
	.equal = prefixes_equal,
	.free = prefixes_free };
const struct type type_who = { .metavar = "WHO",
	.desc =
	    N_("any, uplink, container NAME, bridge NAME, or prefixes such as "
	       "2001:db8:9::/48"),
	.parse = who_parse,
	.print = who_print,
	.equal = who_equal,
	.free = who_free,
	.suggest = who_suggest,
	.rest = who_rest };
const struct type type_client = { .metavar = "[ADDR]:PORT",
	.desc = N_("an address and a port, such as [2001:db8:9::7]:51234"),
	.parse = client_parse,
	.print = target_print,
	.free = target_free };
const struct type type_peer = { .metavar = "ADDR[:PORT]",
	.desc = N_("an address, with a port or without, such as "
		   "192.0.2.1:443 or [2001:db8::1]:443"),
	.parse = peer_parse,
	.print = target_print,
	.free = target_free };

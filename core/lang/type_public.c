/* Types of public prefixes and addresses behind this host. */
#include "config.h"

#include "core/lang/type_public.h"

#include <string.h>

#include "core/base/intl.h"
#include "core/lang/type_parts.h"

/* An LIR has that (RIPE NCC); a host never does. */
#define PREFIX_BITS_MIN 32
/* ::1 is the host's, and the first of a prefix means any router. */
#define PREFIX_BITS_MAX 126

/* What is not public, and what would be right. */
static const struct {
	const char *prefix, *what, *hint;
} others[] = {
	{ "fc00::/7", N_("%s is not public, but of ULAs (RFC 4193)"),
	    N_("that is what ula is for") },
	{ "fe80::/10", N_("%s is link-local, and routed nowhere"),
	    N_("write what the provider routes to this host, such as "
	       "2001:db8:1:2::/64; for a private one there is ula") },
	{ "::/0", N_("%s is not public"),
	    N_("public addresses of IPv6 lie in 2000::/3 (RFC 4291, 2.4)") },
};

static int
refuse(const struct words *w, const struct word *word, const char *what,
    const char *hint, struct err *e)
{
	err_set(e, ERR_UNSAFE, what, word->text);
	err_hint(e, "%s", _(hint));
	return words_blame(w, word, e);
}

/* The last row holds every address. */
static int
refuse_other(const struct words *w, const struct word *word,
    const struct prefix *p, struct err *e)
{
	struct prefix in;
	size_t i;

	for (i = 0; i < NITEMS(others) - 1; i++) {
		prefix_parse(&in, others[i].prefix);
		if (prefix_holds(&in, p))
			break;
	}
	return refuse(w, word, others[i].what, others[i].hint, e);
}

static int
refuse_host_part(const struct words *w, const struct word *word,
    const struct prefix *net, struct err *e)
{
	char text[ADDR_TEXT_MAX];

	err_set(e, ERR_UNSAFE, "%s has bits beyond its length", word->text);
	err_hint(e, "the prefix is %s; the bridge takes its ::1",
	    prefix_text(net, text));
	return words_blame(w, word, e);
}

static int
prefix_parse_word(
    const struct type *t, struct words *w, struct value *v, struct err *e)
{
	const struct word *word = type_take(t, w, e);
	struct prefix *p = &v->prefix, net;

	if (word == NULL)
		return -1;
	if (prefix_parse(p, word->text) != 0 || p->family != AF_INET6 ||
	    strchr(word->text, '/') == NULL)
		return type_refuse(t, w, word, e);
	if (!addr_is_global(p))
		return refuse_other(w, word, p, e);
	if (p->len < PREFIX_BITS_MIN)
		return refuse(w, word,
		    N_("%s is wider than a provider has itself"),
		    N_("its route would catch the traffic of this host; take "
		       "what is routed to it, as a rule a /64"),
		    e);
	if (p->len > PREFIX_BITS_MAX)
		return refuse(w, word, N_("%s has no room for a container"),
		    N_("a bridge wants a prefix, as a rule a /64"), e);
	net = prefix_network(p);
	return addr_equal(p, &net) ? 0 : refuse_host_part(w, word, &net, e);
}

static int
addr_parse_word(
    const struct type *t, struct words *w, struct value *v, struct err *e)
{
	const struct word *word = type_take(t, w, e);
	struct prefix *p = &v->prefix;

	if (word == NULL)
		return -1;
	if (word_is_plain(word) && strlen(word->text) > 1 &&
	    has_prefix("auto", word->text))
		return 0;
	if (prefix_parse(p, word->text) != 0 || p->family != AF_INET6 ||
	    !prefix_is_bare(p))
		return type_refuse(t, w, word, e);
	return addr_is_global(p) ? 0 : refuse_other(w, word, p, e);
}

static void
public_print(const struct type *t UNUSED, const struct value *v, struct buf *b)
{
	if (v->prefix.family == AF_UNSPEC)
		buf_add(b, "auto");
	else
		prefix_print(&v->prefix, b);
}

static bool
public_equal(const struct value *a, const struct value *b)
{
	return prefix_equal(&a->prefix, &b->prefix);
}

const struct type type_bridge_prefix = { .metavar = "PREFIX",
	.desc = N_("a public IPv6 prefix, such as 2001:db8:1:2::/64"),
	.parse = prefix_parse_word,
	.print = public_print,
	.equal = public_equal };
const struct type type_container_address = { .metavar = "ADDR|auto",
	.desc = N_("an address in the public prefix of the bridge, without a "
		   "length, or auto"),
	.parse = addr_parse_word,
	.print = public_print,
	.equal = public_equal };

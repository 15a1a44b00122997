/* Addresses below their bridge: what all have in common is said once. */
#include "config.h"

#include "screens/place.h"

#include <string.h>

#include "core/base/addr.h"
#include "core/lang/statement.h"
#include "core/show/list.h"
#include "tui/draw.h"

#define LONG 12 /* columns of an address from which it is cut */

/* The network of a bridge that holds an address; AF_UNSPEC: none does. */
struct search {
	const struct prefix *addr;
	struct prefix network;
};

static void
try_network(void *arg, const struct address *a)
{
	struct search *s = arg;
	struct prefix network = prefix_network(&a->prefix);

	if (prefix_holds(&network, s->addr))
		s->network = network;
}

/* The bytes behind a network of whole bytes. */
static void
add_bytes(const struct prefix *addr, unsigned len, struct buf *b)
{
	size_t i;

	for (i = len / 8; i < 4; i++)
		buf_printf(b, ".%u", addr->bytes[i]);
}

static void
add_below(
    const struct prefix *addr, const struct prefix *network, struct buf *b)
{
	struct prefix host = *addr;
	char text[ADDR_TEXT_MAX];
	size_t i;

	for (i = 0; i < sizeof(host.bytes); i++)
		host.bytes[i] &= (uint8_t)~network->bytes[i];
	for (i = 0; i < network->len / 8; i++)
		host.bytes[i] = 0;
	buf_add(b, addr_text(&host, text));
}

/* The first group and the last ones of an address that is long. */
static void
add_middle(const char *text, struct buf *b)
{
	const char *end = strstr(text, "::");
	size_t first = strcspn(text, ":");

	if (strlen(text) <= LONG || end == NULL ||
	    (size_t)(end - text) <= first) {
		buf_add(b, text);
		return;
	}
	buf_printf(b, "%.*s:%s%s", (int)first, text, draw_more(), end);
}

/* Calls fn with each address that a bridge has, or would have by the
 * candidate. */
static void
each_address(const struct host *h, const struct link *bridge,
    void (*fn)(void *arg, const struct address *), void *arg)
{
	static const size_t given[] = { BRIDGE_ULA, BRIDGE_PREFIX,
		BRIDGE_IPV4 };
	const struct statement *st = config_bridge(&h->candidate, bridge->name);
	size_t i;

	list_addresses(h, NSID_SELF, bridge->index, fn, arg);
	for (i = 0; st != NULL && i < NITEMS(given); i++)
		if (st->v[given[i]].set)
			fn(arg, &(struct address){
				    .prefix = st->v[given[i]].prefix });
}

void
place_host(const struct host *h, const struct link *bridge,
    const struct prefix *addr, struct buf *b)
{
	struct search s = { .addr = addr };
	char text[ADDR_TEXT_MAX];

	if (bridge != NULL)
		each_address(h, bridge, try_network, &s);
	if (s.network.family == AF_INET6)
		add_below(addr, &s.network, b);
	else if (s.network.family == AF_INET && s.network.len % 8 == 0 &&
		 s.network.len < 32)
		add_bytes(addr, s.network.len, b);
	else
		add_middle(addr_text(addr, text), b);
}

static void
add_network(void *arg, const struct address *a)
{
	struct prefix network = prefix_network(&a->prefix);
	struct buf *b = arg;
	char text[ADDR_TEXT_MAX];

	if (addr_is_link_local(&a->prefix) ||
	    strstr(buf_text(b), prefix_text(&network, text)) != NULL)
		return;
	buf_add(b, b->len > 0 ? ", " : "");
	buf_add(b, prefix_text(&network, text));
}

void
place_networks(const struct host *h, const struct link *bridge, struct buf *b)
{
	struct buf all = { 0 };

	each_address(h, bridge, add_network, &all);
	buf_add(b, buf_text(&all));
	buf_free(&all);
}

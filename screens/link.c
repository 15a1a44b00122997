/* What "ip addr" shows of an interface, as lines. */
#include "config.h"

#include "screens/link.h"

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>

#include "core/base/intl.h"
#include "core/base/number.h"
#include "core/show/list.h"

static const struct {
	uint32_t flag;
	const char *word;
} flags[] = {
	{ IFA_F_TENTATIVE, N_("tentative") },
	{ IFA_F_DADFAILED, N_("duplicate") },
	{ IFA_F_DEPRECATED, N_("deprecated") },
	{ IFA_F_TEMPORARY, N_("temporary") },
};

static const char *
scope_word(uint8_t scope)
{
	return scope == RT_SCOPE_UNIVERSE ? _("global")
	       : scope == RT_SCOPE_LINK	  ? _("link")
	       : scope == RT_SCOPE_HOST	  ? _("host")
					  : _("site");
}

static void
add_address(void *arg, const struct address *a)
{
	struct buf *b = arg;
	char text[ADDR_TEXT_MAX];
	size_t i;

	buf_printf(b, "%s%s %s", b->len > 0 ? intl_comma() : "",
	    prefix_text(&a->prefix, text), scope_word(a->scope));
	for (i = 0; i < NITEMS(flags); i++)
		if ((a->flags & flags[i].flag) != 0)
			buf_printf(b, " %s", _(flags[i].word));
}

void
link_addresses(const struct host *h, int nsid, int index, struct buf *b)
{
	struct buf found = { 0 };

	list_addresses(h, nsid, index, add_address, &found);
	if (found.len > 0)
		buf_printf(b, _("addresses: %s\n"), buf_text(&found));
	buf_free(&found);
}

void
link_state(const struct link *l, bool inward, struct buf *b)
{
	struct buf in = { 0 }, out = { 0 };

	if (l->has_mac) {
		mac_print(l->mac, b);
		buf_add(b, intl_comma());
	}
	number_short(&in, inward ? l->tx_bytes : l->rx_bytes);
	number_short(&out, inward ? l->rx_bytes : l->tx_bytes);
	buf_printf(b, _("mtu %u, %s, so far %s in, %s out\n"), l->mtu,
	    !l->up	 ? _("down")
	    : l->running ? _("up")
			 : _("no carrier"),
	    buf_text(&in), buf_text(&out));
	buf_free(&in);
	buf_free(&out);
}

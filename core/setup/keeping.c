/* Where the address of an uplink, which seki keeps, is made permanent. */
#include "config.h"

#include "core/setup/keeping.h"

#include <string.h>

#include "core/base/intl.h"
#include "core/setup/manager.h"

/* The first that is here: netplan writes the files of others. */
static const struct {
	const char *manager, *how; /* marked by N_(); the link is put in */
} homes[] = {
	{ "netplan",
	    N_("the address of %s is best made permanent in /etc/netplan, as "
	       "addresses and routes; then leave keep out\n") },
	{ "NetworkManager",
	    N_("the address of %s is best made permanent with nmcli connection "
	       "modify, as ipv6.addresses and ipv6.gateway; then leave keep "
	       "out\n") },
	{ "ifupdown",
	    N_("the address of %s is best made permanent in "
	       "/etc/network/interfaces, as iface inet6 static; then leave "
	       "keep out\n") },
	{ "systemd-networkd",
	    N_("the address of %s is best made permanent in its .network file "
	       "below /etc/systemd/network, as Address= and Gateway=; then "
	       "leave keep out\n") },
	{ NULL,
	    N_("nothing known manages the address of %s: seki alone keeps it, "
	       "by its service\n") },
};

static bool
is_here(const char *name)
{
	const struct manager *m = managers;

	while (m->name != NULL && strcmp(m->name, name) != 0)
		m++;
	return m->name != NULL && manager_is_here(m);
}

static const char *
find_home(void)
{
	size_t i = 0;

	while (homes[i].manager != NULL && !is_here(homes[i].manager))
		i++;
	return _(homes[i].how);
}

void
keeping_tell(const struct config *c, struct buf *b)
{
	const struct statement *st;
	size_t i;

	for (i = 0; i < c->n; i++) {
		st = c->v[i].st;
		if (st != NULL && st->kind == ST_UPLINK &&
		    st->v[UPLINK_KEEP].set)
			buf_printf(b, find_home(), st->v[UPLINK_IFACE].text);
	}
}

/* A network card that is nobody's port. The loopback has no MAC, and a veth
 * whose other end has a name leads to a container. */
static bool
could_lead_out(const struct link *l)
{
	return l->up && l->has_mac && mac_number(l->mac) != 0 &&
	       l->master == 0 && !link_is_bridge(l) &&
	       l->peer_nsid == NSID_SELF;
}

static const struct link *
find_link(const struct snapshot *s)
{
	const struct link *l = snapshot_uplink(s, AF_INET);
	size_t i;

	for (i = 0; l == NULL && i < s->nlinks; i++)
		if (could_lead_out(&s->links[i]))
			l = &s->links[i];
	return l;
}

void
keeping_offer(const struct snapshot *s, struct buf *b)
{
	const struct link *l = find_link(s);
	struct buf name = { 0 };

	if (snapshot_uplink(s, AF_INET6) != NULL || l == NULL)
		return;
	words_print(&name, l->name, "");
	buf_printf(b,
	    _("  no way out in IPv6; where the provider's panel shows an "
	      "address, state it:\n"
	      "    uplink %s address ADDR/LEN gateway ADDR keep\n"),
	    buf_text(&name));
	buf_free(&name);
}

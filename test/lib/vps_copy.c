/* A vps that can be changed, and changes of it. */
#include "config.h"

#include <linux/if_addr.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/util.h"

#include "vps.h"
#include "vps_copy.h"

void
vps_copy(struct vps_copy *h)
{
	h->s = vps;
	memcpy(h->links, vps.links, vps.nlinks * sizeof(*vps.links));
	memcpy(h->addresses, vps.addresses,
	    vps.naddresses * sizeof(*vps.addresses));
	memcpy(h->containers, vps.containers,
	    vps.ncontainers * sizeof(*vps.containers));
	h->s.links = h->links;
	h->s.addresses = h->addresses;
	h->s.containers = h->containers;
}

void
as_it_is(struct vps_copy *h UNUSED)
{
}

void
with_a_bridge(struct vps_copy *h)
{
	h->links[h->s.nlinks] = h->links[2];
	h->links[h->s.nlinks].index = 9;
	memcpy(h->links[h->s.nlinks++].name, "br1", sizeof("br1"));
}

void
add_address(struct vps_copy *h, int index, const char *text, unsigned flags)
{
	struct address *a = &h->addresses[h->s.naddresses++];

	*a = (struct address){ .index = index, .flags = flags };
	a->nsid = NSID_SELF;
	assert_int_equal(prefix_parse(&a->prefix, text), 0);
}

void
become(struct vps_copy *h, unsigned first, unsigned second)
{
	h->addresses[0].flags = first;
	h->addresses[1].flags = second;
}

void
with_one_deprecated(struct vps_copy *h)
{
	become(h, 0, IFA_F_DEPRECATED);
}

void
with_dhcp(struct vps_copy *h)
{
	add_address(h, 1, "::1/128", IFA_F_PERMANENT);
	h->addresses[h->s.naddresses - 1].proto = 1;
	add_address(h, 2, "10.0.3.77/24", 0);
	h->addresses[h->s.naddresses - 1].nsid = 1;
}

void
with_one_of_ours(struct vps_copy *h)
{
	with_dhcp(h);
	h->addresses[h->s.naddresses - 1].proto = NET_PROTO;
}

void
list_notes(const struct model *m, struct buf *b)
{
	size_t i;

	for (i = 0; i < m->nwarnings; i++)
		buf_printf(b, "%s%s", i > 0 ? "\n" : "", m->warnings[i]);
}

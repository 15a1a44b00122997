/* What makes two snapshots different, and what does not. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/util.h"
#include "core/kernel/snapshot_digest.h"

/* A part of a snapshot with an array of one, to change it by name. */
struct parts {
	struct link link;
	struct address address;
	struct route route, inward, unreachable;
	struct route route4;
	struct container container;
	struct container_name name;
	struct snapshot s;
};

static void
fill(struct parts *p)
{
	static char ct1[] = "ct1", pod[] = "pod";

	memset(p, 0, sizeof(*p));
	p->link = (struct link){ .index = 2, .name = "eth0", .has_mac = true };
	p->link.has_conf = true;
	prefix_parse(&p->address.prefix, "2001:db8::10/64");
	p->address.valid = p->address.preferred = 3600;
	prefix_parse(&p->route.gateway, "fe80::1");
	p->route.expires = 1800;
	prefix_parse(&p->inward.to, "fd00::/64");
	p->name = (struct container_name){ pod, "podman" };
	p->container = (struct container){ .name = ct1,
		.runtime = "lxc",
		.names = &p->name,
		.nnames = 1,
		.has_default = true,
		.route.expires = 1800,
		.has_other = true,
		.has_default4 = true,
		.out[FAMILY_IPV6].known = true };
	prefix_parse(&p->route4.gateway, "192.0.2.1");
	p->s = (struct snapshot){ &p->link, 1, &p->address, 1, &p->route, 1,
		&p->inward, 1, &p->unreachable, 1, &p->route4, 1,
		.containers = &p->container, .ncontainers = 1, .has_ipv6 = true,
		.ssh = { .v = { 22 }, .n = 1 } };
}

#define ROW(field)                                                             \
	{                                                                      \
#field, offsetof(struct parts, field)                          \
	}

/* A bit of the first byte of each is changed. */
static const struct row {
	const char *name;
	size_t at;
} same[] = {
	ROW(link.rx_bytes),
	ROW(link.tx_bytes),
	ROW(link.rx_packets),
	ROW(link.tx_packets),
	ROW(address.valid),
	ROW(address.preferred),
	ROW(route.expires),
	ROW(container.route.expires),
	ROW(s.time),
}, other[] = {
	ROW(link.index),
	ROW(link.name),
	ROW(link.kind),
	ROW(link.mac),
	ROW(link.up),
	ROW(link.running),
	ROW(link.mtu),
	ROW(link.master),
	ROW(link.peer_index),
	ROW(link.peer_nsid),
	ROW(link.has_conf),
	ROW(link.conf[CONF_FORWARDING]),
	ROW(link.conf[CONF_DISABLE]),
	ROW(link.is_port),
	ROW(link.port_state),
	ROW(link.locked),
	ROW(link.bridge_id[7]),
	ROW(link.stp),
	ROW(address.nsid),
	ROW(address.index),
	ROW(address.prefix.bytes),
	ROW(address.prefix.len),
	ROW(address.scope),
	ROW(address.flags),
	ROW(address.proto),
	ROW(route.gateway.bytes),
	ROW(route.index),
	ROW(route.dev),
	ROW(route.protocol),
	ROW(route.metric),
	ROW(inward.to.len),
	ROW(inward.unreachable),
	ROW(unreachable.metric),
	ROW(route4.gateway.bytes),
	ROW(route4.index),
	ROW(container.state),
	ROW(container.pid),
	ROW(container.nsid),
	ROW(container.inode),
	ROW(container.bridge),
	ROW(container.port),
	ROW(container.inner),
	ROW(container.inner_name),
	ROW(container.has_mac),
	ROW(container.no_ipv6),
	ROW(container.inner_down),
	ROW(container.cut),
	ROW(container.routes_cut),
	ROW(container.has_default),
	ROW(container.route.metric),
	ROW(container.has_other),
	ROW(container.other.metric),
	ROW(container.has_default4),
	ROW(container.route4.metric),
	ROW(container.out[FAMILY_IPV6].known),
	ROW(container.out[FAMILY_IPV6].refused),
	ROW(container.out[FAMILY_IPV6].index),
	ROW(container.out[FAMILY_IPV4].known),
	ROW(container.nnames),
	ROW(s.nlinks),
	ROW(s.naddresses),
	ROW(s.nroutes),
	ROW(s.ninward),
	ROW(s.nunreachable),
	ROW(s.nroutes4),
	ROW(s.ninward4),
	ROW(s.ncontainers),
	ROW(s.has_ipv6),
	ROW(s.has_fib),
	ROW(s.ssh.n),
	ROW(s.ssh.v),
	ROW(s.forwarding),
	ROW(s.forwarding_next),
};

static bool
is_told(const struct row *row)
{
	struct parts p;
	uint64_t before;

	fill(&p);
	before = snapshot_digest(&p.s);
	((unsigned char *)&p)[row->at] ^= 1;
	return snapshot_digest(&p.s) != before;
}

static void
test_same(void **state UNUSED)
{
	size_t i;

	for (i = 0; i < NITEMS(same); i++)
		if (is_told(&same[i]))
			fail_msg("%s is no change", same[i].name);
}

static void
test_other(void **state UNUSED)
{
	size_t i;

	for (i = 0; i < NITEMS(other); i++)
		if (!is_told(&other[i]))
			fail_msg("%s is a change", other[i].name);
}

static void
test_for_ever(void **state UNUSED)
{
	struct parts p;
	uint64_t before;

	fill(&p);
	before = snapshot_digest(&p.s);
	p.address.valid = p.address.preferred = UINT32_MAX;
	assert_true(snapshot_digest(&p.s) != before);
}

static void
test_renamed(void **state UNUSED)
{
	static char ct2[] = "ct2";
	struct parts p;
	uint64_t before;

	fill(&p);
	before = snapshot_digest(&p.s);
	p.container.name = ct2;
	assert_true(snapshot_digest(&p.s) != before);
	fill(&p);
	p.name.runtime = "docker";
	assert_true(snapshot_digest(&p.s) != before);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_other),
		cmocka_unit_test(test_for_ever),
		cmocka_unit_test(test_renamed),
	};

	return cmocka_run_group_tests_name("snapshot", tests, NULL, NULL);
}

/* A host to test with. */
#include "config.h"

#include "vps.h"

#include <linux/if_addr.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct link links[] = {
	{ .index = 1, .name = "lo" },
	{ .index = 2, .name = "eth0", .up = true },
	{ .index = 3,
	    .name = "lxcbr0",
	    .kind = "bridge",
	    .up = true,
	    .has_conf = true },
	{ .index = 4, .name = "veth0", .kind = "veth", .master = 3 },
	{ .index = 5, .name = "veth1", .kind = "veth", .master = 3 },
	{ .index = 6, .name = "eth1", .up = true },
};

static struct route routes[] = { { .index = 2, .dev = "eth0" } };

static struct route routes4[] = { { .index = 2, .dev = "eth0" } };

static char vm00[] = "vm00", vm01[] = "vm 01", web1[] = "web1";
static struct container containers[] = {
	{ .name = vm00,
	    .runtime = "lxc",
	    .nsid = 0,
	    .bridge = 3,
	    .port = 4,
	    .inner = 2 },
	{ .name = vm01, .runtime = "lxc", .state = CONTAINER_STOPPED },
	{ .name = web1,
	    .runtime = "lxc",
	    .nsid = 1,
	    .bridge = 3,
	    .port = 5,
	    .inner = 2 },
};

static const struct {
	int nsid, index;
	const char *text;
} texts[] = {
	{ NSID_SELF, 2, "2001:db8::10/64" },
	{ NSID_SELF, 2, "2001:db8::11/64" },
	{ NSID_SELF, 2, "192.0.2.1/24" },
	{ NSID_SELF, 3, "10.0.3.1/24" },
	{ NSID_SELF, 3, ULA "1/64" },
	{ 0, 2, ULA "9/64" },
	{ 0, 2, "10.0.3.9/24" },
};
static struct address addresses[NITEMS(texts)];

const struct snapshot vps = {
	.links = links,
	.nlinks = NITEMS(links),
	.addresses = addresses,
	.naddresses = NITEMS(addresses),
	.routes = routes,
	.nroutes = NITEMS(routes),
	.routes4 = routes4,
	.nroutes4 = NITEMS(routes4),
	.containers = containers,
	.ncontainers = NITEMS(containers),
	.has_ipv6 = true,
	.has_fib = true,
	.ssh = { .v = { 22 }, .n = 1 },
};

int
vps_set_up(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(texts); i++) {
		addresses[i].nsid = texts[i].nsid;
		addresses[i].index = texts[i].index;
		addresses[i].flags = IFA_F_PERMANENT;
		assert_int_equal(
		    prefix_parse(&addresses[i].prefix, texts[i].text), 0);
	}
	return 0;
}

void
vps_model(struct config *config, struct model *model, const char *text)
{
	struct err e;

	if (config_parse(config, text, NULL, &e) != 0 ||
	    model_build(model, config, &vps, &e) != 0)
		fail_msg("%s: %s", text, e.text);
}

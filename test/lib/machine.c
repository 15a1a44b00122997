/* What the kernel of a made-up machine has. */
#include "config.h"

#include "machine.h"

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

void
machine_link(struct machine *m, int index, const char *name, const char *kind,
    int master)
{
	struct link *l = &m->links[m->s.nlinks++];

	*l = (struct link){ .index = index,
		.master = master,
		.up = true,
		.peer_nsid = NSID_SELF,
		.has_conf = true };
	snprintf(l->name, sizeof(l->name), "%s", name);
	snprintf(l->kind, sizeof(l->kind), "%s", kind);
	l->conf[CONF_ACCEPT_RA] = l->conf[CONF_AUTOCONF] = 1;
}

struct address *
machine_address(struct machine *m, int nsid, int index, const char *text)
{
	struct address *a = &m->addresses[m->s.naddresses++];

	*a = (struct address){ .nsid = nsid,
		.index = index,
		.flags = IFA_F_PERMANENT,
		.valid = UINT32_MAX,
		.preferred = UINT32_MAX };
	assert_int_equal(prefix_parse(&a->prefix, text), 0);
	return a;
}

struct route *
machine_default(struct machine *m, int index, uint8_t protocol)
{
	struct route *r = &m->routes[m->s.nroutes++];

	*r = (struct route){
		.index = index, .protocol = protocol, .metric = 1024
	};
	assert_int_equal(prefix_parse(&r->gateway, "fe80::1"), 0);
	return r;
}

void
machine_inward(struct machine *m, int index, uint8_t protocol, const char *to)
{
	struct route *r = &m->inward[m->s.ninward++];

	*r = (struct route){
		.index = index, .protocol = protocol, .metric = 256
	};
	assert_int_equal(prefix_parse(&r->to, to), 0);
}

void
machine_unreachable(struct machine *m, const char *to)
{
	struct prefix net;

	assert_int_equal(prefix_parse(&net, to), 0);
	m->unreachable[m->s.nunreachable++] = route_unreachable(&net);
}

struct container *
machine_container(struct machine *m, const char *name)
{
	struct container *c = &m->containers[m->s.ncontainers++];

	*c = (struct container){ .name = (char *)name,
		.runtime = "lxc",
		.inode = 4711,
		.bridge = DOCKER0,
		.port = DOCKER_PORT,
		.inner = 3 };
	return c;
}

void
machine_boot(struct machine *m)
{
	static char vm00[] = "vm00";

	memset(m, 0, sizeof(*m));
	machine_link(m, LO, "lo", "", 0);
	machine_link(m, ETH0, "eth0", "", 0);
	machine_link(m, LXCBR0, "lxcbr0", "bridge", 0);
	machine_link(m, PORT, "veth0", "veth", LXCBR0);
	machine_link(m, DOCKER0, "docker0", "bridge", 0);
	machine_link(m, DOCKER_PORT, "veth1", "veth", DOCKER0);
	m->containers[0] = (struct container){ .name = vm00,
		.runtime = "lxc",
		.inode = 4711,
		.bridge = LXCBR0,
		.port = PORT,
		.inner = 2 };
	m->s.links = m->links;
	m->s.addresses = m->addresses;
	m->s.routes = m->routes;
	m->s.inward = m->inward;
	m->s.unreachable = m->unreachable;
	m->s.containers = m->containers;
	m->s.ncontainers = 1;
	m->s.has_ipv6 = true;
	m->s.has_fib = true;
	machine_address(m, NSID_SELF, LO, "::1/128")->proto = 1;
}

/* All that the config would do there is done already. */
void
machine_settle(struct machine *m)
{
	size_t i;

	for (i = 0; i < m->s.nlinks; i++)
		m->links[i].conf[CONF_FORWARDING] = 1;
	m->s.forwarding = m->s.forwarding_next = 1;
	m->links[ETH0 - 1].conf[CONF_ACCEPT_RA] = 2;
	m->links[LXCBR0 - 1].conf[CONF_ACCEPT_RA] = 0;
	m->links[LXCBR0 - 1].conf[CONF_AUTOCONF] = 0;
	machine_address(m, NSID_SELF, LXCBR0, ULA "1/64")->proto = NET_PROTO;
	machine_inward(m, LXCBR0, RTPROT_KERNEL, ULA "/64");
	machine_address(m, 0, 2, ULA "3/64")->proto = NET_PROTO;
	m->containers[0].has_default = true;
	prefix_parse(&m->containers[0].route.gateway, ULA "1");
	m->containers[0].route.index = 2;
	m->containers[0].route.protocol = NET_PROTO;
	m->containers[0].route.metric = 512;
}

/* Opens the kernel interface, waits for events, reads snapshots. */
#include "config.h"

#include "core/kernel/net.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "core/base/intl.h"
#include "core/kernel/net_parts.h"
#include "core/kernel/ssh.h"

struct net *
net_open(struct err *e)
{
	struct net *net = xcalloc(1, sizeof(*net));
	size_t i;

	for (i = 0; i < NITEMS(net->legacy); i++)
		net->legacy[i] = -1;
	net->epoll = net->inotify = net->timer = net->lxc_watch = -1;
	net->lxc = lxc_path();
	net->definitions_old = true;
	net->home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	net->talk = net_socket(NETLINK_ROUTE);
	if (net->talk != NULL)
		return net;
	err_sys(e, ERR_FAIL, "cannot talk to the kernel (rtnetlink)");
	net_free(net);
	return NULL;
}

int
net_watch(struct net *net, struct err *e)
{
	return net_events_open(net, e);
}

void
net_free(struct net *net)
{
	size_t i;

	if (net == NULL)
		return;
	net_events_close(net);
	net_netns_free(net);
	net_addresses_close(net);
	nl_socket_free(net->netfilter);
	nl_socket_free(net->peek_netfilter);
	nl_socket_free(net->talk);
	if (net->home != -1)
		close(net->home);
	for (i = 0; i < NITEMS(net->legacy); i++)
		if (net->legacy[i] != -1)
			close(net->legacy[i]);
	free(net);
}

int
net_fd(const struct net *net)
{
	return net->epoll;
}

bool
net_ready(struct net *net)
{
	return net_drain(net);
}

/* With the names of their devices. */
static int
read_family(struct net *net, const struct snapshot *s, uint8_t family,
    struct routes *r, size_t *ndefaults)
{
	int code = net_routes(net->talk, s, family, r);
	const struct link *dev;
	size_t i;

	while (*ndefaults < r->n && r->v[*ndefaults].to.len == 0)
		(*ndefaults)++;
	for (i = 0; i < r->n; i++) {
		dev = snapshot_link_at(s, r->v[i].index);
		if (dev != NULL)
			memcpy(r->v[i].dev, dev->name, sizeof(r->v[i].dev));
	}
	return code;
}

static int
read_routes(struct net *net, struct snapshot *s)
{
	struct routes r, r4 = { 0 };
	int code = read_family(net, s, AF_INET6, &r, &s->nroutes);

	s->routes = r.v;
	s->inward = END_OF(r.v, s->nroutes);
	while (
	    s->nroutes + s->ninward < r.n && !s->inward[s->ninward].unreachable)
		s->ninward++;
	s->unreachable = END_OF(s->inward, s->ninward);
	s->nunreachable = r.n - s->nroutes - s->ninward;
	if (code == 0)
		code = read_family(net, s, AF_INET, &r4, &s->nroutes4);
	s->routes4 = r4.v;
	s->inward4 = END_OF(r4.v, s->nroutes4);
	s->ninward4 = r4.n - s->nroutes4;
	return code;
}

void
net_know_fib(struct net *net, bool has)
{
	net->has_fib = has;
}

void
net_want_ssh(struct net *net, bool wants)
{
	net->wants_ssh = wants;
}

/* No message tells of one link alone how long answers for others wait. */
static void
read_delays(struct snapshot *s)
{
	struct err ignored;
	struct link *l;
	char *path;
	size_t i;

	for (l = s->links; l < END_OF(s->links, s->nlinks); l++) {
		for (i = 0; i < s->nroutes && s->routes[i].index != l->index;)
			i++;
		if (i == s->nroutes || !l->has_conf)
			continue;
		path = xasprintf("neigh/%s/proxy_delay", l->name);
		net_sysctl_get(path, &l->conf[CONF_PROXY_DELAY], &ignored);
		free(path);
	}
}

#define MACHINE_ID "/etc/machine-id" /* machine-id(5) */
#define MACHINE_ID_MAX 4096

/* Where it is missing, the host's name has to do. */
static uint64_t
find_host(void)
{
	char *id = read_file(MACHINE_ID, MACHINE_ID_MAX, NULL);
	struct utsname named = { 0 };
	uint64_t host;

	uname(&named);
	host = hash_text(
	    HASH_START, id != NULL && id[0] != '\0' ? id : named.nodename);
	free(id);
	return host;
}

/* Settings of a link come with it, those of all links from /proc only. */
static void
read_settings(struct net *net, struct snapshot *s)
{
	struct err ignored;

	if (net->host == 0)
		net->host = find_host();
	s->host = net->host;
	s->has_fib = net->has_fib;
	if (net_ipv4_forwarding_get(
		&s->forwarding4, &s->redirects4, &ignored) != 0)
		s->forwarding4 = -1;
	if (net->wants_ssh)
		ssh_keep(&s->ssh);
	read_delays(s);
	s->has_ipv6 =
	    net_sysctl_get("conf/all/proxy_ndp", &s->proxy, &ignored) == 0 &&
	    net_sysctl_get("conf/all/forwarding", &s->forwarding, &ignored) ==
		0 &&
	    net_sysctl_get(
		"conf/default/forwarding", &s->forwarding_next, &ignored) == 0;
}

/* In this order: each reader needs the results of those before. The last comes
 * after a look behind each port. */
static const struct {
	int (*read)(struct net *, struct snapshot *);
	const char *what;
} parts[] = {
	{ net_links, N_("cannot read the links") },
	{ net_addresses, N_("cannot read the addresses") },
	{ read_routes, N_("cannot read the routes") },
	{ net_proxies, N_("cannot read the proxy entries") },
	{ net_guests, N_("cannot look into the containers") },
	{ net_containers, N_("cannot look into the containers") },
};

static void
begin(struct net *net, struct snapshot *s)
{
	/* Older events are covered by what is read from here on, and a
	 * namespace id may have been reused, which nobody else tells. */
	if (net->events != NULL)
		net_drain(net);
	else
		net_netns_free(net);
	s->time = now_ms();
}

int
net_read_more(
    struct net *net, struct snapshot *s, struct net_progress *at, struct err *e)
{
	int code;

	if (at->parts == 0)
		begin(net, s);
	net->lacks = at->lacks; /* and not of whatever was asked in between */
	if (at->parts + 1 == NITEMS(parts) && net_guest(net, s, &at->link)) {
		at->lacks = net->lacks;
		return 1;
	}
	code = parts[at->parts].read(net, s);
	if (code != 0)
		return net_fail(e, code, "%s", _(parts[at->parts].what));
	if (++at->parts < NITEMS(parts))
		return 1;
	read_settings(net, s);
	return 0;
}

int
net_read(struct net *net, struct snapshot *s, struct err *e)
{
	struct net_progress at = { 0 };
	int r;

	memset(s, 0, sizeof(*s));
	do
		r = net_read_more(net, s, &at, e);
	while (r == 1);
	if (r != 0)
		snapshot_free(s);
	return r;
}

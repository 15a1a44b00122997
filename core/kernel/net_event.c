/* Netlink events, inotify events of runtimes' folders, and second looks. */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <linux/net_namespace.h>
#include <linux/netconf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "core/kernel/net_parts.h"

#define DRAIN_MAX 4096 /* events of one turn */
#define LOOK_LATER 2   /* seconds */

#define DOCKER_CONFIG "config.v2.json" /* has the name */

#define FOLDER_EVENTS                                                          \
	(IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ONLYDIR)

/* Each has an entry for whoever runs, of ip-netns(8), of the runc of Docker,
 * and of Podman. */
static const char *const homes[NET_HOMES] = { NET_NAMES,
	"/run/docker/runtime-runc/moby", "/run/crun", "/run/runc" };

/* The rows guarantee that a message holds its family header. */
static bool
link_matters(const struct net *net UNUSED, struct nlmsghdr *h)
{
	const struct ifinfomsg *head = nlmsg_data(h);

	/* Port state of a bridge comes in messages of their own, which have
	 * IFLA_LINK, too, but no namespace. */
	return head->ifi_family != AF_BRIDGE;
}

static bool
always(const struct net *net UNUSED, struct nlmsghdr *h UNUSED)
{
	return true;
}

static bool
route_matters(const struct net *net UNUSED, struct nlmsghdr *h)
{
	return net_route_matters(h);
}

static int
nsid_of(struct nlmsghdr *h)
{
	struct nlattr *nsid;

	nsid = nlmsg_find_attr(h, sizeof(struct rtgenmsg), NETNSA_NSID);
	return nsid != NULL ? nla_get_s32(nsid) : NETNSA_NSID_NOT_ASSIGNED;
}

static bool
space_matters(const struct net *net, struct nlmsghdr *h)
{
	return net_netns_of(net, nsid_of(h)) != NULL;
}

/* all/forwarding; each interface sends one as well. accept_ra has no event. */
static bool
forwarding_matters(const struct net *net UNUSED, struct nlmsghdr *h)
{
	struct nlattr *a;

	a = nlmsg_find_attr(h, sizeof(struct netconfmsg), NETCONFA_IFINDEX);
	return a != NULL && nla_get_s32(a) == NETCONFA_IFINDEX_ALL;
}

static const struct {
	int type;
	size_t head; /* bytes of the family header */
	bool (*matters)(const struct net *, struct nlmsghdr *);
} event_types[] = {
	{ RTM_NEWLINK, sizeof(struct ifinfomsg), link_matters },
	{ RTM_DELLINK, sizeof(struct ifinfomsg), link_matters },
	{ RTM_NEWADDR, 0, always },
	{ RTM_DELADDR, 0, always },
	{ RTM_NEWROUTE, sizeof(struct rtmsg), route_matters },
	{ RTM_DELROUTE, sizeof(struct rtmsg), route_matters },
	{ RTM_DELNSID, sizeof(struct rtgenmsg), space_matters },
	{ RTM_NEWNETCONF, sizeof(struct netconfmsg), forwarding_matters },
};

static bool
on_event(struct net *net, struct nlmsghdr *h)
{
	bool matters = false;
	size_t i;

	for (i = 0; i < NITEMS(event_types); i++)
		if (h->nlmsg_type == event_types[i].type &&
		    nlmsg_datalen(h) >= (int)event_types[i].head)
			matters = event_types[i].matters(net, h);
	/* From here on the kernel may reuse the id. */
	if (h->nlmsg_type == RTM_DELNSID)
		net_netns_forget(net, nsid_of(h));
	return matters;
}

static int
subscribe(struct net *net)
{
	static const int groups[] = { RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR,
		RTNLGRP_IPV6_IFADDR, RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE,
		RTNLGRP_NSID, RTNLGRP_IPV6_NETCONF };
	int on = 1;

	net->events = net_listen(NETLINK_ROUTE, groups, NITEMS(groups));
	if (net->events == NULL)
		return -1;
	/* Events inside containers need CAP_NET_BROADCAST; without it only
	 * those of our own namespace arrive. */
	setsockopt(nl_socket_get_fd(net->events), SOL_NETLINK,
	    NETLINK_LISTEN_ALL_NSID, &on, sizeof(on));
	return 0;
}

static int
watch_fd(struct net *net, int fd)
{
	struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

	return fd == -1 ? -1 : epoll_ctl(net->epoll, EPOLL_CTL_ADD, fd, &event);
}

int
net_events_open(struct net *net, struct err *e)
{
	net->epoll = epoll_create1(EPOLL_CLOEXEC);
	net->inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	net->timer =
	    timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (net->epoll == -1 || subscribe(net) == -1 ||
	    watch_fd(net, nl_socket_get_fd(net->events)) == -1 ||
	    watch_fd(net, net->timer) == -1)
		return err_sys(
		    e, ERR_FAIL, "cannot listen to the kernel's events");
	watch_fd(net, net->inotify);
	net_rules_open(net);
	net_watch_homes(net);
	net->stirred = true;
	return 0;
}

void
net_events_close(struct net *net)
{
	const int fds[] = { net->epoll, net->inotify, net->timer };
	size_t i;

	for (i = 0; i < NITEMS(fds); i++)
		if (fds[i] != -1)
			close(fds[i]);
	nl_socket_free(net->events);
	nl_socket_free(net->rule_events);
	definitions_free(&net->definitions);
	free(net->lxc);
}

/* A container's folder is created before its config, so each folder is watched
 * as well. Adding a watch twice is harmless. */
static void
watch_folders(struct net *net)
{
	DIR *dir = opendir(net->lxc);
	const struct dirent *entry;
	char *path;

	if (dir == NULL)
		return;
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		path = xasprintf("%s/%s", net->lxc, entry->d_name);
		inotify_add_watch(
		    net->inotify, path, FOLDER_EVENTS | IN_CLOSE_WRITE);
		free(path);
	}
	closedir(dir);
}

/* The watch is set first, so that no change is missed. While the folder is
 * missing, each reading tries again. */
void
net_read_definitions(struct net *net)
{
	if (!net->definitions_old)
		return;
	if (net->inotify != -1) {
		net->lxc_watch =
		    inotify_add_watch(net->inotify, net->lxc, FOLDER_EVENTS);
		watch_folders(net);
	}
	definitions_free(&net->definitions);
	lxc_definitions(net->lxc, &net->definitions);
	net->definitions_old = net->lxc_watch == -1;
}

void
net_watch_homes(struct net *net)
{
	size_t i;

	for (i = 0; net->inotify != -1 && i < NET_HOMES; i++)
		net->home_watches[i] =
		    inotify_add_watch(net->inotify, homes[i], FOLDER_EVENTS);
}

static bool
is_home(const struct net *net, int wd)
{
	size_t i = 0;

	while (i < NET_HOMES && net->home_watches[i] != wd)
		i++;
	return i < NET_HOMES;
}

/* The file appears before the process. */
static bool
on_resident(struct net *net)
{
	net_netns_invalidate(net);
	net->joined = true;
	return true;
}

static bool
on_name(struct net *net)
{
	if (!net_netns_is_renamed(net))
		return false;
	net_netns_invalidate(net);
	return true;
}

/* After an overrun every folder is suspect. */
static bool
on_overrun(struct net *net)
{
	net->overruns++;
	net->definitions_old = true;
	return on_resident(net);
}

static bool
on_file(struct net *net, const struct inotify_event *event)
{
	if ((event->mask & IN_Q_OVERFLOW) != 0)
		return on_overrun(net);
	if (is_home(net, event->wd))
		return on_resident(net);
	if (event->len > 0 && strcmp(event->name, DOCKER_CONFIG) == 0)
		return on_name(net);
	if (event->wd != net->lxc_watch &&
	    (event->len == 0 || strcmp(event->name, "config") != 0))
		return false;
	net->definitions_old = true;
	return true;
}

static bool
drain_files(struct net *net)
{
	union {
		struct inotify_event align;
		char bytes[4096];
	} buf;
	const struct inotify_event *event;
	const char *p;
	bool changed = false;
	ssize_t n;

	while ((n = read(net->inotify, buf.bytes, sizeof(buf))) > 0)
		for (p = buf.bytes; p < buf.bytes + n;
		     p += sizeof(*event) + event->len) {
			event = (const struct inotify_event *)(const void *)p;
			changed = on_file(net, event) || changed;
		}
	return changed;
}

/* The namespace a message is about; NSID_SELF is ours. */
static int
origin(struct msghdr *m)
{
	struct cmsghdr *c;
	int nsid;

	for (c = CMSG_FIRSTHDR(m); c != NULL; c = CMSG_NXTHDR(m, c)) {
		if (c->cmsg_level != SOL_NETLINK ||
		    c->cmsg_type != NETLINK_LISTEN_ALL_NSID)
			continue;
		memcpy(&nsid, CMSG_DATA(c), sizeof(nsid));
		return nsid;
	}
	return NSID_SELF;
}

/* nl_recvmsgs has no room for the origin (cmsg), and would find the same
 * message too long for ever. */
static ssize_t
receive(struct net *net, union net_datagram *buf, int *nsid)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec part = { buf->bytes, sizeof(buf->bytes) };
	struct msghdr m = {
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes),
	};
	ssize_t n;

	n = recvmsg(nl_socket_get_fd(net->events), &m, MSG_DONTWAIT);
	*nsid = n >= 0 ? origin(&m) : NSID_SELF;
	return n;
}

/* Ignores namespaces that are behind no bridge port of ours. */
static bool
on_events(struct net *net, struct nlmsghdr *h, int left, int nsid)
{
	bool changed = false;

	if (nsid != NSID_SELF && net_netns_of(net, nsid) == NULL)
		return false;
	for (; nlmsg_ok(h, left); h = nlmsg_next(h, &left))
		if (nsid == NSID_SELF || h->nlmsg_type != RTM_DELNSID)
			changed = on_event(net, h) || changed;
	return changed;
}

/* After an overrun everything is suspect, even the meaning of namespace ids. */
static bool
drain_events(struct net *net)
{
	union net_datagram buf;
	bool changed = false;
	int i, nsid;
	ssize_t n;

	for (i = 0; i < DRAIN_MAX; i++) {
		n = receive(net, &buf, &nsid);
		if (n == -1 && errno == ENOBUFS) {
			net_netns_free(net);
			net->overruns++;
			changed = true;
		} else if (n == -1 && errno != EINTR) {
			break;
		} else if (n > 0) {
			changed =
			    on_events(net, &buf.first, (int)n, nsid) || changed;
		}
	}
	return changed;
}

bool
net_drain(struct net *net)
{
	uint64_t times;
	bool changed;

	changed = drain_events(net);
	changed = net_rules_drain(net) || changed;
	changed = drain_files(net) || changed;
	net->stirred = net->stirred || changed;
	if (read(net->timer, &times, sizeof(times)) == sizeof(times)) {
		if (net->joined)
			net_netns_invalidate(net);
		net->joined = false;
		net->look = changed = true;
	}
	return changed;
}

unsigned
net_overruns(const struct net *net)
{
	return net->overruns;
}

void
net_look_later(struct net *net)
{
	const struct itimerspec then = { .it_value.tv_sec = LOOK_LATER };

	if (!net->stirred)
		return;
	net->stirred = false;
	timerfd_settime(net->timer, 0, &then, NULL);
}

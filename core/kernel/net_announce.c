/* Unsolicited neighbour advertisements. */
#include "config.h"

#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/kernel/net_parts.h"

#define HOP_LIMIT 255 /* others are not believed: RFC 4861, 7.1.2 */

struct advertisement {
	struct nd_neighbor_advert head;
	struct nd_opt_hdr option;
	uint8_t mac[6];
};

static bool
mac_of(int fd, int index, uint8_t mac[6])
{
	struct ifreq r = { .ifr_ifindex = index };

	if (ioctl(fd, SIOCGIFNAME, &r) == -1 ||
	    ioctl(fd, SIOCGIFHWADDR, &r) == -1 ||
	    r.ifr_hwaddr.sa_family != ARPHRD_ETHER)
		return false;
	memcpy(mac, r.ifr_hwaddr.sa_data, 6);
	return true;
}

/* The source may be an address that this host only answers for. */
static void
send_from(int fd, int index, const struct advertisement *ad)
{
	struct sockaddr_in6 from = { .sin6_family = AF_INET6 }, to = from;
	int hops = HOP_LIMIT, on = 1;

	from.sin6_addr = ad->head.nd_na_target;
	to.sin6_addr = (struct in6_addr){ { { 0xff, 0x02, [15] = 1 } } };
	to.sin6_scope_id = (uint32_t)index;
	setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, &hops, sizeof(hops));
	setsockopt(fd, IPPROTO_IPV6, IPV6_FREEBIND, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&from, sizeof(from)) == 0)
		sendto(fd, ad, sizeof(*ad), MSG_DONTWAIT,
		    (struct sockaddr *)&to, sizeof(to));
}

static void
announce(struct net *net, const struct container *c, int index,
    const struct prefix *addr, uint32_t flags)
{
	struct advertisement ad = {
		.head = { .nd_na_type = ND_NEIGHBOR_ADVERT,
		    .nd_na_flags_reserved = ND_NA_FLAG_OVERRIDE | flags },
		.option = { .nd_opt_type = ND_OPT_TARGET_LINKADDR,
		    .nd_opt_len = 1 },
	};
	int fd;

	if (addr->family != AF_INET6)
		return;
	fd = net_icmp_socket(net, c);
	if (fd == -1)
		return;
	memcpy(&ad.head.nd_na_target, addr->bytes, 16);
	if (mac_of(fd, index, ad.mac))
		send_from(fd, index, &ad);
	close(fd);
}

/* This host forwards. */
void
net_announce(
    struct net *net, const struct container *c, const struct address *a)
{
	announce(
	    net, c, a->index, &a->prefix, c == NULL ? ND_NA_FLAG_ROUTER : 0);
}

/* Whoever has the address is no router. */
void
net_announce_proxy(struct net *net, const struct proxy *p)
{
	announce(net, NULL, p->index, &p->addr, 0);
}

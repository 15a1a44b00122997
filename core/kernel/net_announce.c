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

static void
send_from(int fd, const struct address *a, const struct advertisement *ad)
{
	struct sockaddr_in6 from = { .sin6_family = AF_INET6 }, to = from;
	int hops = HOP_LIMIT;

	memcpy(&from.sin6_addr, a->prefix.bytes, sizeof(from.sin6_addr));
	to.sin6_addr = (struct in6_addr){ { { 0xff, 0x02, [15] = 1 } } };
	to.sin6_scope_id = (uint32_t)a->index;
	setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, &hops, sizeof(hops));
	if (bind(fd, (struct sockaddr *)&from, sizeof(from)) == 0)
		sendto(fd, ad, sizeof(*ad), MSG_DONTWAIT,
		    (struct sockaddr *)&to, sizeof(to));
}

void
net_announce(
    struct net *net, const struct container *c, const struct address *a)
{
	struct advertisement ad = {
		.head = { .nd_na_type = ND_NEIGHBOR_ADVERT,
		    .nd_na_flags_reserved = ND_NA_FLAG_OVERRIDE },
		.option = { .nd_opt_type = ND_OPT_TARGET_LINKADDR,
		    .nd_opt_len = 1 },
	};
	int fd;

	if (a->prefix.family != AF_INET6)
		return;
	fd = net_icmp_socket(net, c);
	if (fd == -1)
		return;
	if (c == NULL) /* this host forwards */
		ad.head.nd_na_flags_reserved |= ND_NA_FLAG_ROUTER;
	memcpy(&ad.head.nd_na_target, a->prefix.bytes, 16);
	if (mac_of(fd, a->index, ad.mac))
		send_from(fd, a, &ad);
	close(fd);
}

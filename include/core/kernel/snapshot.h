/* What the kernel has now, as plain structs: no pointers into any library. */
#ifndef SEKI_CORE_KERNEL_SNAPSHOT_H
#define SEKI_CORE_KERNEL_SNAPSHOT_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/base/addr.h"

/* A network namespace as seen from ours: the kernel's nsid, or this. */
#define NSID_SELF (-1)

/* How many addresses of a container's interface are read, beside those that
 * seki looks for: inside, it may have any number of them. */
#define ADDRESSES_MAX 256

/* IPv6 settings of an interface, by their names below
 * /proc/sys/net/ipv6/conf/IFACE. */
enum conf_number {
	CONF_FORWARDING,
	CONF_ACCEPT_RA,
	CONF_AUTOCONF,
	CONF_DISABLE,
	CONF_COUNT
};
extern const char *const conf_names[CONF_COUNT];

struct link {
	int index;
	char name[IFNAMSIZ]; /* any bytes but / and blanks: escape to show */
	char kind[16];	     /* IFLA_INFO_KIND: "bridge", "veth"; "" for none */
	uint8_t mac[6];
	bool has_mac;
	bool up;      /* administratively */
	bool running; /* and has carrier */
	unsigned mtu;
	int master;	/* index of its bridge, 0 when none */
	int peer_index; /* IFLA_LINK: its veth peer, 0 when none */
	int peer_nsid;	/* where that is; NSID_SELF when here */
	bool has_conf;	/* IPv6 is there, and these are its settings */
	int conf[CONF_COUNT];
	uint64_t rx_bytes, tx_bytes, rx_packets, tx_packets;
	bool is_port;	    /* of a bridge, */
	uint8_t port_state; /* and BR_STATE_*, of the spanning tree */
	/* Of a bridge: */
	uint8_t bridge_id[8]; /* priority, big endian, and MAC */
	bool stp;
};

struct address {
	int nsid; /* where; NSID_SELF for ours */
	int index;
	struct prefix prefix;
	uint8_t scope;	    /* RT_SCOPE_* */
	uint32_t flags;	    /* IFA_F_* */
	uint32_t valid;	    /* seconds left; UINT32_MAX is for ever */
	uint32_t preferred; /* likewise */
	uint8_t proto;	    /* IFAPROT_*, who gave it; 0 when not told, as by
			    kernels before 5.18 */
};

/* A route of our namespace, or of a container's. */
struct route {
	struct prefix to;      /* AF_UNSPEC for a default route */
	struct prefix gateway; /* AF_UNSPEC when it is on-link */
	struct prefix source;  /* of what leaves by it; AF_UNSPEC: any */
	int index;	       /* its device */
	char dev[IFNAMSIZ];
	uint8_t protocol; /* RTPROT_* */
	uint32_t metric;
	uint32_t expires; /* seconds left, 0 when it does not expire */
};

/* Where a packet would go: the kernel's answer, by routes and rules. */
struct passage {
	bool known;	       /* it answered: */
	bool refused;	       /* nowhere, */
	int index;	       /* or out by that device, */
	struct prefix gateway; /* to there; AF_UNSPEC when it is on-link */
};

enum container_state {
	CONTAINER_UP,
	CONTAINER_STOPPED, /* defined on disk, not running */
};

/* Which interface, whatever it and its container are called by now. The kernel
 * may give the number of a namespace that has gone to the next one, but that of
 * a bridge port not soon. */
struct link_id {
	uint64_t netns; /* inode of its network namespace; 0 is ours */
	int port;	/* link index of the container's port; 0 is none */
	int index;	/* of the interface, in there */
};

/* What a namespace is called, and by whom. */
struct container_name {
	char *name;	     /* any bytes but NUL: escape to show */
	const char *runtime; /* likewise of struct container */
};

/* One attachment of a container to a bridge. A container with two ports is
 * two of these with one name; one of LXC that runs without any port is up, and
 * its port is 0.
 *
 * Where the namespace cannot be told, or a port has its other end in our own
 * namespace, or leads to a virtual machine (a tap), it is unknown and has the
 * name of the port. Ports of other kinds (network cards, VLANs, bonds, tunnels)
 * lead to wires and are no containers. */
struct container {
	char *name;	     /* that it is shown by, one of names */
	const char *runtime; /* lxc lxd incus docker podman nspawn netns
				unknown */
	struct container_name *names; /* all, in an order that is the same for
					 every reader: a pod is one namespace
					 with many; NULL: only that one */
	size_t nnames;
	enum container_state state;
	pid_t pid;	/* a process inside, 0 when none is known */
	char *netns;	/* path that opens its namespace; NULL when none */
	int nsid;	/* NSID_SELF when it is here, or not known */
	uint64_t inode; /* of its namespace; 0 likewise */
	int bridge;	/* link index; of a stopped one the bridge it will
				join, 0 when that is not known */
	int port;	/* link index of the bridge port; 0 when stopped */
	int inner;	/* index of the interface inside that has its
				addresses: it, or its master; 0 when stopped,
				or not known */
	char inner_name[IFNAMSIZ]; /* "" when we may not see it */
	uint8_t mac[6];		   /* of the interface inside */
	bool has_mac;
	bool no_ipv6;	    /* it is switched off on that interface, */
	bool inner_down;    /* or the whole of it is */
	bool cut;	    /* it has more than ADDRESSES_MAX addresses: only
				some are told */
	bool has_default;   /* an IPv6 default route inside */
	struct route route; /* the one with the lowest metric */
	bool has_other;	    /* and another one behind it, */
	struct route other; /* of another protocol */
	struct passage out; /* of what it sends to the world */
};

struct snapshot {
	struct link *links; /* of our namespace, by index */
	size_t nlinks;
	struct address *addresses; /* ours, and those behind bridge ports */
	size_t naddresses;
	struct route *routes; /* IPv6 default routes of ours, best first */
	size_t nroutes;
	struct route *inward; /* other IPv6 routes of ours, by bridges, but
				 link-local ones; owned along with routes */
	size_t ninward;
	struct container *containers; /* by bridge, then name */
	size_t ncontainers;
	bool has_ipv6;	     /* this kernel has it, and /proc tells of it */
	bool has_fib;	     /* it looks routes up for rules of any chain */
	int forwarding;	     /* net.ipv6.conf.all.forwarding */
	int forwarding_next; /* and of interfaces that come (default) */
	uint64_t time;	     /* now_ms when it was read */
};

void snapshot_free(struct snapshot *); /* what it holds, not itself */

/* These borrow from the snapshot; NULL when there is no such thing. */
const struct link *snapshot_link(const struct snapshot *, const char *name);
const struct link *snapshot_link_at(const struct snapshot *, int index);
/* Whether it is one of its names. */
bool container_is_called(const struct container *, const char *name);
/* The container with that name among its names, on that bridge when bridge is
 * not NULL; a running one before a stopped one. */
const struct container *snapshot_container(
    const struct snapshot *, const char *name, const char *bridge);
/* Whether containers that run in different namespaces bear that name on that
 * bridge (NULL: on any), so that nobody knows which is meant. */
bool snapshot_is_ambiguous(
    const struct snapshot *, const char *name, const char *bridge);
/* The running container that has its port and its interface there. */
const struct container *snapshot_container_at(
    const struct snapshot *, const struct link_id *);
/* The address with exactly that prefix, or with any. */
const struct address *snapshot_address(
    const struct snapshot *, int nsid, int index, const struct prefix *);
const struct address *snapshot_address_bare(
    const struct snapshot *, int nsid, int index, const struct prefix *);
/* The address of an interface that lies in the prefix and is kept from one
 * start to the next: neither deprecated nor temporary, nor somebody else's
 * (DAD). One given for good goes before one with a lifetime, which follows
 * from the MAC or from a secret of the interface (RFC 4862, 7217). */
const struct address *snapshot_address_in(
    const struct snapshot *, int nsid, int index, const struct prefix *);
/* Whether the kernel tells who gave an address, as it does since 5.18: then
 * each host has one that the kernel gave itself, and says so. */
bool snapshot_tells_owners(const struct snapshot *);
/* Whether an address or a route came by router advertisement, and the kernel
 * saw to it. A lifetime alone does not tell: DHCPv6 clients give one too. */
bool snapshot_address_by_ra(const struct snapshot *, const struct address *);
bool route_by_ra(const struct route *);
/* The device of the best default route that leads out: a container that
 * advertises itself as a router makes no uplink of its bridge. */
const struct link *snapshot_uplink(const struct snapshot *);

/* Where an interface of the container (NULL: of ours) is. */
struct link_id link_id_of(const struct container *, int index);
bool link_id_equal(const struct link_id *, const struct link_id *);

/* Whose an address or a route is, by its proto: seki's. */
#define NET_PROTO 83

/* Those that seki makes. An address stays for ever. The metric of a default
 * route is 512, below the 1024 that the kernel gives to routes of others, so
 * that it goes first and never joins with one of theirs into a route of several
 * hops. */
struct address address_ours(int index, const struct prefix *);
struct route route_ours(int index, const struct prefix *gateway);

/* Whether somebody gave it for good. What is learned by router advertisement is
 * not, although that of lxc-net has no end (IFA_F_PERMANENT). */
bool address_is_static(const struct address *);

/* Whether they lead the same way: destination, gateway, device, metric, and the
 * address that is sent from. */
bool route_equal(const struct route *, const struct route *);

bool link_is_bridge(const struct link *);
/* Whether packets that arrive at its ports are its own (bridge, bond, team), so
 * that an address on a port is dead. A VRF leaves them where they are. */
bool link_takes_packets(const struct link *);
/* Whether IPv6 was switched off on it, of all interfaces. The kernel also takes
 * it from one whose MTU is under 1280 (RFC 8200, 5). */
bool link_has_no_ipv6(const struct link *);
/* Whether guests may live behind such a bridge port (veth, tun). Any other (a
 * network card, a VLAN, a bond, a tunnel) leads to a wire. */
bool link_is_guest_port(const struct link *);
/* Whether it is a bridge without a wire among its ports, so that whatever is
 * heard there was said by a container. */
bool link_is_inward(const struct snapshot *, const struct link *);

#endif

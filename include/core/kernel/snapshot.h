/* The state of the kernel as plain structs, without pointers into any
 * library. */
#ifndef SEKI_CORE_KERNEL_SNAPSHOT_H
#define SEKI_CORE_KERNEL_SNAPSHOT_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/base/addr.h"

/* The nsid of our own network namespace; others have the kernel's nsid. */
#define NSID_SELF (-1)

/* Limit of addresses read from a container's interface, besides those that seki
 * asks for: its root can add any number. */
#define ADDRESSES_MAX 256
#define ROUTES_MAX 4096

/* IPv6 settings of an interface, /proc/sys/net/ipv6/FOLDER/IFACE/NAME. */
enum conf_number {
	CONF_FORWARDING,
	CONF_ACCEPT_RA,
	CONF_AUTOCONF,
	CONF_DISABLE,
	CONF_PROXY,	  /* proxy_ndp; of all interfaces only */
	CONF_PROXY_DELAY, /* in 1/100 s; read where a default route leads */
	CONF_COUNT
};
extern const struct conf {
	const char *folder, *name;
} confs[CONF_COUNT];

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
	bool locked;	    /* only who the bridge knows gets in by it */
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
	bool unreachable; /* it leads nowhere, and its device is lo */
	uint32_t metric;
	uint32_t expires; /* seconds left, 0 when it does not expire */
};

/* A proxy neighbour entry: this host answers for the address on a link. */
struct proxy {
	int index;
	struct prefix addr; /* bare */
	uint8_t protocol;   /* RTPROT_*, who made it */
};

/* Borrowed, or owned, as is said where they are. */
struct routes {
	struct route *v;
	size_t n;
};

/* The kernel's answer where it would send a packet, by routes and rules. */
struct passage {
	bool known;	       /* it answered: */
	bool refused;	       /* nowhere, */
	int index;	       /* or out by that device, */
	struct prefix gateway; /* to there; AF_UNSPEC when it is on-link, */
	struct prefix source;  /* from that; AF_UNSPEC when it does not tell */
};

enum container_state {
	CONTAINER_UP,
	CONTAINER_STOPPED, /* defined on disk, not running */
};

/* Identity of an interface, whatever it and its container are called now. The
 * kernel may soon reuse a namespace id, but not the index of a bridge port. */
struct link_id {
	uint64_t netns; /* inode of its network namespace; 0 is ours */
	int port;	/* link index of the container's port; 0 is none */
	int index;	/* of the interface, in there */
};

/* A name of a namespace, and the runtime that gave it. */
struct container_name {
	char *name;	     /* any bytes but NUL: escape to show */
	const char *runtime; /* likewise of struct container */
};

#define RUNTIME_UNKNOWN "unknown"

/* One attachment of a container to a bridge. A container with two ports is two
 * of these with one name; a running LXC container without a port has port 0. If
 * the namespace cannot be identified, or the other end of the port is in our
 * own namespace or a virtual machine (a tap), the runtime is unknown and the
 * name is that of the port. Ports of other kinds (network cards, VLANs, bonds,
 * tunnels) lead to wires and are no containers. */
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
	unsigned mtu;	     /* likewise; 0 when not known */
	bool no_ipv6;	     /* it is switched off on that interface, */
	bool inner_down;     /* or the whole of it is */
	bool cut;	     /* it has more than ADDRESSES_MAX addresses: only
				some are told */
	bool has_default;    /* an IPv6 default route inside */
	struct route route;  /* the one with the lowest metric */
	bool has_other;	     /* and another one behind it, */
	struct route other;  /* of another protocol */
	bool has_default4;   /* an IPv4 default route inside, */
	struct route route4; /* likewise */
	struct passage out[FAMILY_COUNT]; /* of what it sends to the world; in
				IPv4 only with a default route, or routes_cut */
	bool routes_cut[FAMILY_COUNT]; /* it has more than ROUTES_MAX routes: at
				most the default route that packets take is
				told, and that none is means nothing */
};

/* The TCP ports of this host on which new sessions of SSH come in. */
#define SSH_PORTS_MAX 16
struct ssh_ports {
	uint16_t v[SSH_PORTS_MAX]; /* sorted */
	size_t n;
	bool assumed; /* no sshd listens now, but one may be about to */
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
	struct route *unreachable; /* those that seki made so; likewise */
	size_t nunreachable;
	struct route *routes4; /* the same of IPv4 */
	size_t nroutes4;
	struct route *inward4;
	size_t ninward4;
	struct proxy *proxies; /* by link and address */
	size_t nproxies;
	struct container *containers; /* by bridge, then name */
	size_t ncontainers;
	bool has_ipv6;	      /* this kernel has it, and /proc tells of it */
	bool has_fib;	      /* it looks routes up for rules of any chain */
	int forwarding;	      /* net.ipv6.conf.all.forwarding */
	int forwarding_next;  /* and of interfaces that come (default) */
	int proxy;	      /* net.ipv6.conf.all.proxy_ndp */
	int forwarding4;      /* net.ipv4.ip_forward; -1: not known */
	int redirects4;	      /* net.ipv4.conf.all.accept_redirects */
	struct ssh_ports ssh; /* none unless net_want_ssh asked for them */
	uint64_t host;	      /* tells this machine from all others */
	uint64_t time;	      /* now_ms when it was read */
};

void snapshot_free(struct snapshot *); /* what it holds, not itself */

/* These borrow from the snapshot; NULL if there is no match. */
const struct link *snapshot_link(const struct snapshot *, const char *name);
const struct link *snapshot_link_at(const struct snapshot *, int index);
/* Whether a runtime is known that it belongs to. A namespace has no name yet
 * while its container starts, and loses it before it goes ("ip netns del"). */
bool container_is_identified(const struct container *);
/* Appends what runs a command of this host in its network, behind a command
 * that is there, to be typed at a shell. Appends nothing and returns false if
 * none is known, or the command is "". */
bool container_enter(
    const struct container *, const char *command, struct buf *);
/* Whether name is one of its names. */
bool container_is_called(const struct container *, const char *name);
/* The container that has that name among its names, on that bridge unless
 * bridge is NULL; a running one is preferred. */
const struct container *snapshot_container(
    const struct snapshot *, const char *name, const char *bridge);
/* Whether running containers in different namespaces share the name on that
 * bridge (NULL: on any), so that it is ambiguous. */
bool snapshot_is_ambiguous(
    const struct snapshot *, const char *name, const char *bridge);
/* The running container with that port and inner interface. */
const struct container *snapshot_container_at(
    const struct snapshot *, const struct link_id *);
/* The container that has an address inside; NULL if none is known to. */
const struct container *snapshot_container_with(
    const struct snapshot *, const struct prefix *);
/* The first of this host's own, whatever its link and its length; NULL if it
 * has none such. */
const struct address *snapshot_own(
    const struct snapshot *, const struct prefix *);
/* The address with exactly that prefix, or with any prefix length. */
const struct address *snapshot_address(
    const struct snapshot *, int nsid, int index, const struct prefix *);
const struct address *snapshot_address_bare(
    const struct snapshot *, int nsid, int index, const struct prefix *);
/* The first IPv4 address of an interface, with its length, but no link-local
 * one; or none. Others of its prefix are secondary, and leave with it. */
struct prefix snapshot_ipv4(const struct snapshot *, int nsid, int index);
/* The first stable address of a link that the Internet can reach; or NULL. */
const struct address *snapshot_public(
    const struct snapshot *, const struct link *, uint8_t family);
/* The address of an interface that lies in the prefix and survives a restart:
 * neither deprecated nor temporary, nor a duplicate (DAD). A permanent one is
 * preferred to one with a lifetime, which is derived from the MAC or from a
 * secret of the interface (RFC 4862, 7217). */
const struct address *snapshot_address_in(
    const struct snapshot *, int nsid, int index, const struct prefix *);
/* Whether the kernel reports the origin of addresses (IFA_PROTO, since 5.18):
 * then at least its own, such as that of lo, have one. */
bool snapshot_tells_owners(const struct snapshot *);
/* Whether the kernel itself configured the address or route from a router
 * advertisement. A lifetime alone is no proof: DHCPv6 clients set one too. */
bool snapshot_address_by_ra(const struct snapshot *, const struct address *);
bool route_by_ra(const struct route *);
/* The device of the best default route of a family (AF_INET6 or AF_INET) that
 * leads out. A container that advertises itself as a router does not turn its
 * bridge into an uplink. */
const struct link *snapshot_uplink(const struct snapshot *, uint8_t family);
/* All default routes of a family, and its routes by bridges. */
struct routes snapshot_routes(const struct snapshot *, uint8_t family);
struct routes snapshot_inward(const struct snapshot *, uint8_t family);

/* The default route inside, of a family; NULL if there is none. */
/* Whether it has more than ROUTES_MAX routes of any family. */
bool container_cuts_routes(const struct container *);
const struct route *container_default(const struct container *, uint8_t family);

/* Identity of an interface of the container, or of ours if it is NULL. */
struct link_id link_id_of(const struct container *, int index);
bool link_id_equal(const struct link_id *, const struct link_id *);

/* The proto that marks an address or a route as seki's. */
#define NET_PROTO 83

/* The objects seki makes. An address has no lifetime. A default route has
 * metric 512, below the 1024 of others: it is preferred, and never merges with
 * theirs into a multipath route; an unreachable
 * one has the last, so that any other route to the same prefix wins. */
struct address address_ours(int index, const struct prefix *);
struct route route_ours(int index, const struct prefix *gateway);
struct route route_unreachable(const struct prefix *to);
struct proxy proxy_ours(int index, const struct prefix *addr);

/* Whether it was configured for good. One learned by router advertisement was
 * not, although lxc-net's has no expiry (IFA_F_PERMANENT). */
bool address_is_static(const struct address *);

/* Whether it may be the public address of a service. */
enum address_state {
	ADDRESS_STABLE,
	ADDRESS_TENTATIVE,  /* not before duplicate address detection ends */
	ADDRESS_DUPLICATE,  /* which found another one */
	ADDRESS_DEPRECATED, /* no new connection should begin there */
	ADDRESS_TEMPORARY,  /* of privacy extensions: it soon goes */
	ADDRESS_STATES,
};
enum address_state address_state(const struct address *);
/* Whether it is a global one of that link, and of that family (AF_INET6 or
 * AF_INET). */
bool address_is_on(const struct address *, const struct link *, uint8_t family);

/* Whether all but owner and lifetime are the same. */
bool route_equal(const struct route *, const struct route *);

/* A setting of all interfaces: forwarding or proxy_ndp. */
int snapshot_conf_all(const struct snapshot *, enum conf_number);
/* The entry of that link for the address; NULL if there is none. */
const struct proxy *snapshot_proxy(
    const struct snapshot *, int index, const struct prefix *addr);

bool link_is_bridge(const struct link *);
/* Whether the link consumes what its ports receive (bridge, bond, team), so
 * that an address on a port is useless. A VRF does not. */
bool link_takes_packets(const struct link *);
/* Whether IPv6 is switched off on it or on all interfaces. The kernel also
 * disables it below an MTU of 1280 (RFC 8200, 5). */
bool link_has_no_ipv6(const struct link *);
/* Whether the bridge port may lead to a guest (veth, tun). Any other kind (a
 * network card, a VLAN, a bond, a tunnel) leads to a wire. */
bool link_is_guest_port(const struct link *);
/* Whether it is a bridge without a wire among its ports, so that all it
 * receives comes from containers. */
bool link_is_inward(const struct snapshot *, const struct link *);
/* Whether it is the bridge of any. */
bool link_has_ports(const struct snapshot *, const struct link *);

/* A bridge that seki makes: its MAC, as of mac_number, is the same each time on
 * this machine, and its index is far above those that the kernel gives next. */
uint64_t snapshot_bridge_mac(const struct snapshot *, const char *name);
int snapshot_bridge_index(const struct snapshot *, size_t nth);
/* The bridge with both; NULL if there is none. */
const struct link *snapshot_bridge_made(
    const struct snapshot *, int index, uint64_t mac);

#endif

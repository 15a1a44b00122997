/* What the self-test sends packets through: a host between outside and inside,
 * three network namespaces that nothing but this process keeps. */
#ifndef SEKI_CORE_LAB_SELF_WIRES_H
#define SEKI_CORE_LAB_SELF_WIRES_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/err.h"

struct net;

enum wires_place { WIRES_HOST, WIRES_OUTSIDE, WIRES_INSIDE, WIRES_PLACES };

/* Addresses, and links of the host. */
#define WIRES_UPLINK "eth0"
#define WIRES_BRIDGE "br0"
#define WIRES_PUBLIC "2001:db8::10" /* of the host */
#define WIRES_PUBLIC4 "192.0.2.10"
#define WIRES_CLIENT "2001:db8:9::7" /* two outside */
#define WIRES_OTHER "2001:db8:44::2"
#define WIRES_CLIENT4 "198.51.100.7"
#define WIRES_GATEWAY "fd5e:5eb1::1" /* of the host, inside */
#define WIRES_TARGET "fd5e:5eb1::3"
#define WIRES_TARGET4 "10.94.0.3"

struct wires {
	int ns[WIRES_PLACES]; /* -1: not made */
	struct net *net;      /* of the host */
};

/* Makes them, with the calling process in the host's; it forwards. The caller
 * frees what w holds, even after an error, and ends soon. */
int wires_make(struct wires *w, struct err *);
void wires_free(struct wires *);

/* A call between two addresses, over TCP or UDP (SOCK_STREAM, SOCK_DGRAM). */
struct wires_call {
	int type;
	enum wires_place from, to; /* to: who listens, */
	const char *source, *target;
	uint16_t port, listens; /* and on which port */
};

/* Both ends of one, -1 before it has come about. */
struct wires_line {
	int type;
	int listener, caller, called;
};

/* Listens, and calls, without waiting. The caller frees the line, even after an
 * error. */
int wires_dial(const struct wires *, const struct wires_call *,
    struct wires_line *, struct err *);
/* Whether the call arrives, which is waited for so many milliseconds. */
bool wires_arrives(struct wires_line *, unsigned ms);
/* Whether also something gets from either end to the other, each in that time.
 * As often as one likes. */
bool wires_talk(struct wires_line *, unsigned ms);
void wires_hang_up(struct wires_line *);

#endif

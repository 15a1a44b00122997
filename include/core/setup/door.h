/* Doors: ports on which programs listen, of this host or of a container. */
#ifndef SEKI_CORE_SETUP_DOOR_H
#define SEKI_CORE_SETUP_DOOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/addr.h"
#include "core/base/util.h"
#include "core/kernel/listener.h"
#include "core/lang/type.h"

struct door {
	enum proto proto; /* PROTO_TCP_UDP where one program has both */
	uint16_t port;
	bool inside;		  /* only the loopback hears it */
	bool hears[FAMILY_COUNT]; /* packets of that family */
	const char *program;	  /* borrowed; "" where none is known */
};

struct doors {
	struct door *v; /* by port */
	size_t n;
};

/* Groups listeners by program and port. What asks for leases, and what takes
 * any free port of UDP, is left out. To be freed; borrows from the
 * listeners. */
void doors_group(struct doors *, const struct listeners *);
void doors_free(struct doors *);

/* The one that is heard on that port from elsewhere, in any of those protocols;
 * NULL if there is none. */
const struct door *doors_find(const struct doors *, enum proto, uint16_t port);

/* Whether two forwards or policies may be about the same packets. */
bool proto_overlaps(enum proto, enum proto);
/* "tcp", "udp", "tcp,udp" */
const char *proto_word(enum proto);

/* Appends "tcp,udp 53 (unbound)". */
void door_print(const struct door *, struct buf *);

/* Whether a port is usually for anybody on the Internet: of the web, of mail,
 * of names, of a tunnel or of logins. */
bool door_is_public(const struct door *);

#endif

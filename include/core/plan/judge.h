/* What becomes of a new connection: the stages of core/plan/stage.h, walked
 * here as core/plan/ruleset_build.c writes them for the kernel. */
#ifndef SEKI_CORE_PLAN_JUDGE_H
#define SEKI_CORE_PLAN_JUDGE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/plan/model.h"

enum packet_proto {
	PACKET_TCP,
	PACKET_UDP,
	PACKET_ICMPV6,
	PACKET_OTHER,
	PACKET_ICMP,
};

/* The first packet of a connection. */
struct packet {
	enum chain chain;
	enum packet_proto proto;
	/* A whole prefix at once: a statement that names only part of it does
	 * not match. */
	struct prefix from, to;
	uint16_t port;	 /* of the destination; tcp and udp only */
	uint16_t sport;	 /* of the source; 0: not known */
	uint8_t type;	 /* of ICMPv6 or ICMP; 0: not known, or an answer */
	const char *in;	 /* link it comes by; NULL: not known, or none */
	const char *out; /* link it leaves by; likewise */
	bool answered;	 /* the kernel has a way back to its source */
	const struct model_forward *forward; /* which translated it, or NULL */
	bool mapped; /* by the prefix of a bridge: the destination is inside */
	/* How to decide where the model alone cannot: policies with a limit, or
	 * for an unknown link. If set, such an allow matches and such a deny
	 * does not (what may get through), else the other way round (what
	 * certainly gets through). */
	bool doubt_passes;
};

/* The verdict; of IPv4, where the config is not about it, all is let through.
 * In *by the statement it comes from: a policy, a forward with
 * its own terms, or a default; NULL for a default without a statement, and for
 * fixed rules. by may be NULL. */
enum verdict judge(
    const struct model *, const struct packet *, const struct statement **by);

/* The fixed row that decides; NULL: none does. */
struct fixed;
const struct fixed *judge_fixed(const struct model *, const struct packet *);

/* Applies DNAT to a packet: if a forward claims it, or its destination is in a
 * prefix that is translated, the packet is changed to the translated one, and
 * true is returned. A packet from this host itself stays in the output chain,
 * which still sees it on its way to the former destination: on lo, or on an
 * uplink. */
bool judge_translate(const struct model *, struct packet *);
/* The same for one that no forward claims. */
bool judge_map(const struct model *, struct packet *);
/* Hands one from outside on, if it is for the public prefix of a bridge. */
bool judge_route(const struct model *, struct packet *);
/* The same for a forward that is known to claim the packet. */
void judge_hand_over(
    const struct model *, const struct model_forward *, struct packet *);

/* The forward that claims such a packet, whoever sends it; NULL if there is
 * none. One that takes the rest is last, and gets only what judge_keeps leaves
 * to it: what stays with this host by SSH or by a policy that allows input. */
const struct model_forward *judge_claim(
    const struct model *, const struct packet *);
bool judge_keeps(const struct model *, const struct packet *);

/* Calls add with each prefix on which the verdict may depend, if only the
 * packet's source varies. */
void judge_sources(const struct model *, const struct packet *,
    void (*add)(void *arg, const struct prefix *), void *arg);

#endif

/* A packet that is sent to see what becomes of it: the first of a connection,
 * with a cookie by which rules find it whatever is translated. */
#ifndef SEKI_CORE_KERNEL_TRIAL_H
#define SEKI_CORE_KERNEL_TRIAL_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/addr.h"

#define TRIAL_COOKIE 8	   /* bytes, behind each other in all protocols */
#define TRIAL_FRAME_MAX 96 /* bytes of a frame */

struct trial {
	uint8_t proto;		/* IPPROTO_TCP, UDP, ICMP or ICMPV6 */
	struct prefix from, to; /* bare, of one family */
	uint16_t sport, dport;	/* of TCP and UDP; else 0 */
	uint8_t cookie[TRIAL_COOKIE];
};

/* Sets a cookie that nothing else has. */
void trial_mint(struct trial *);

/* Where the cookie is, from the start of the transport header. TCP has it as
 * sequence and acknowledgement numbers, others behind their header. */
size_t trial_cookie_at(const struct trial *);

/* Writes the frame, from and to that MAC; its length. */
size_t trial_write(const struct trial *, const uint8_t mac[6],
    uint8_t frame[static TRIAL_FRAME_MAX]);

#endif

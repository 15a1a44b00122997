/* A private machine between a client and three containers, and single packets
 * sent by any of them: what verdicts.c needs of the kernel. */
#ifndef SEKI_TEST_WIRES_H
#define SEKI_TEST_WIRES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ONE "fd5a:1::"
#define TWO "fd5a:2::"
#define OPEN "2001:db8:1::"	/* public, behind the first bridge */
#define PROXY "2001:db8::8000:" /* on the uplink's link, but here */
/* What ONE may be for others. */
#define OUTSIDE "2001:db8:5::"
#define ELSEWHERE "2001:db8:6::"
#define OUTSIDES 2
#define ONE4 "10.1.0."
#define TWO4 "10.2.0."

enum node { HOST, CLIENT, VM00, VM01, VM02, FAR, NODES };
enum { UPLINK, LXCBR0, BR1, LO, ETH1, LINKS };

extern const char *const link_names[], *const node_names[];

/* Every address, whose it is, and by which link of the host it is reached.
 * The first are the host's public ones. */
struct place {
	const char *addr;
	const char *addr4; /* the same of IPv4; NULL: none */
	enum node node;
	int link;
};
#define PUBLICS 2
#define OWNED 18 /* behind them are those that are forged */
#define PLACES 33
#define BACK_PLACE 17 /* of the client, which asks the host for it */
extern const struct place places[PLACES];
extern const char *const outsides[OUTSIDES];

/* Of ICMPv6 and ICMP what policies judge (RFC 4620, RFC 792); everything else
 * here is always let through. */
#define NODE_QUERY 139
#define TIMESTAMP 13

enum { TCP = 1, UDP = 2, ICMP = 4, BARE = 8, ANY = 15 };
#define BARE_NUMBER 253 /* a protocol without ports (RFC 3692) */

struct shot {
	size_t from, to; /* places */
	int proto;	 /* one of TCP, UDP, ICMP, BARE */
	unsigned port, type;
	bool ipv4;
	unsigned outside; /* to the place's address in that prefix of outsides,
			     counted from 1; 0: to its own */
	uint32_t token;
	/* what the manual says */
	size_t end; /* the place it should arrive at */
	bool arrives;
	/* what the kernel did */
	bool arrived;
	enum node where;
	char at[46]; /* by which address */
};

/* For cmocka: makes the machine, or ends the tests where none can be made. */
int set_up_wires(void **state);
/* Goes into the network namespace of the node. */
void enter(enum node);
/* Has the host route the place's address, of PROXY, to its bridge, or not. */
void answer_for(size_t place, bool here);
/* Runs a line of the shell, which must not fail. */
void run(const char *format, ...);

void shoot(const struct shot *);
/* Waits until all that should arrive has arrived, or time is up. */
void collect(struct shot *, size_t n);

#endif

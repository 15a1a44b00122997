/* Random configs, as the side of the manual knows them, and random packets. */
#ifndef SEKI_TEST_LAW_H
#define SEKI_TEST_LAW_H

#include "core/base/util.h"

#include "wires.h"

#define OPEN_PLACE 12 /* vm00's public address */

enum outcome { PASS, STOP };
enum { NOBODY = -1 };

/* Who: everybody, addresses, or a link. */
struct someone {
	char text[160];
	const char *prefixes[6];
	size_t n;
	bool never[2]; /* nobody, by whether it is IPv4 */
	int link;      /* or NOBODY */
	size_t given;  /* the place of a container on that link, or 0 */
	bool all;
};

#define TEXT 300

struct clause {
	char text[TEXT];
	const char *word;
	int chain;
	enum outcome outcome;
	int protos;
	bool icmp4;	 /* of ICMP: that of IPv4 */
	unsigned lo, hi; /* lo 0: every port */
	struct someone from, to;
	bool never[2]; /* about no such packet, by whether it is IPv4 */
};

struct public_port {
	char text[TEXT];
	int protos;
	unsigned lo, hi, to_port;
	size_t target; /* a place */
	int on;	       /* a place; NOBODY: on both */
	bool rest;     /* of what nobody else takes */
	struct someone from;
	bool never[2];	/* not forwarded, by whether it is IPv4 */
	char key[TEXT]; /* on and only */
};

#define LINES 6
#define ALIKE 16
#define PUBLIC_PORTS 7
#define SSH_PORT 85

struct law {
	struct clause lines[LINES + ALIKE];
	size_t nlines;
	struct public_port ports[PUBLIC_PORTS];
	size_t nports;
	enum outcome defaults[3];
	const char *default_words[3];
	bool masquerade;
	bool ipv4;
	bool addressed; /* vm00 is given its public address */
	bool translate;
};
extern struct law law;

extern const char *const chain_words[], *const proto_words[];

/* Where the random numbers begin. */
void law_seed(uint64_t);
/* One below n; whether one in n came up. */
unsigned below(unsigned n);
bool rarely(unsigned n);

/* Makes another law; prints it as a config. */
void random_law(void);
void print_law(struct buf *);
/* A packet that the law may be about. */
struct shot random_shot(uint32_t token);

/* The address of the place in the packet's family; NULL: none. */
const char *addr_at(size_t place, const struct shot *);
/* Whether it is about no packet, or no connection, of that family. */
bool is_void(const struct clause *, bool ipv4);
bool is_unforwarded(const struct public_port *, bool ipv4);

#endif

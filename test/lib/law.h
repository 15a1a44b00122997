/* Random configs, as the side of the manual knows them, and random packets. */
#ifndef SEKI_TEST_LAW_H
#define SEKI_TEST_LAW_H

#include "core/base/util.h"

#include "wires.h"

/* Public addresses of containers, which they may be given. */
#define OPEN_PLACE 12
#define PROXY_PLACE 14
#define PROXY_PLACE1 15

enum outcome { PASS, STOP };
enum { NOBODY = -1 };

/* A container, and where it is by the config in each family. */
struct guest {
	size_t first, second; /* places that IPv4 may be at; 0: none */
	bool ula;	      /* that of the first place */
	size_t open;	      /* the place of its public address; 0: none */
	size_t has4, given4;  /* likewise, IPv4 */
};
#define GUESTS 3

/* What becomes of the second public address. */
enum { STABLE, DEPRECATED, TEMPORARY };

/* Who: everybody, addresses, or a link. */
struct someone {
	char text[160];
	const char *prefixes[6];
	size_t n;
	bool never[2]; /* nobody, by whether it is IPv4 */
	int link;      /* or NOBODY */
	int guest;     /* on that link, or NOBODY */
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
	int guest;	  /* or NOBODY: an address */
	size_t target[2]; /* places, by whether it is IPv4 */
	int on;		  /* a place; NOBODY: on both */
	bool rest;	  /* of what nobody else takes */
	struct someone from;
	bool never[2];	/* not forwarded, by whether it is IPv4 */
	char key[TEXT]; /* on and only */
};

#define LINES 6
#define ALIKE 16
#define PUBLIC_PORTS 7
#define SSH_PORT 85

struct law {
	struct clause lines[LINES + ALIKE + 1];
	size_t nlines;
	struct public_port ports[PUBLIC_PORTS];
	size_t nports;
	enum outcome defaults[3];
	const char *default_words[3];
	bool masquerade;
	bool ipv4;
	bool routed;	    /* OPEN is, to the first bridge */
	int proxied;	    /* the link of the prefix of PROXY, or NOBODY */
	bool has_ula[3];    /* a bridge, by its link, */
	bool given4[3];	    /* by the config, */
	bool has4[3];	    /* by itself */
	unsigned translate; /* of so many prefixes */
	bool two_uplinks;
	int second;    /* public address */
	int stated[2]; /* the only one, by whether it is IPv4, or NOBODY */
	struct guest guests[GUESTS];
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
/* By which link of the law it is, or comes: an uplink is like the other. */
int link_of(size_t place);
/* Where the guest is reached in a family; 0: nowhere. */
size_t place_of(const struct guest *, bool ipv4);
/* Whether forwards without `on`, or those whose `on` names it, are there. */
bool is_public(size_t place, bool ipv4, bool named);
/* Whether it is about no packet, or no connection, of that family. */
bool is_void(const struct clause *, bool ipv4);
bool is_unforwarded(const struct public_port *, bool ipv4);

#endif

/* Lines of an exposure: what alike packets can reach. */
#ifndef SEKI_CORE_REACH_REACHES_H
#define SEKI_CORE_REACH_REACHES_H

#include "core/plan/judge.h"

enum group { GROUP_NEW, GROUP_GONE, GROUP_STILL, GROUP_COUNT };

/* One line: cells that differ only in their ports. */
struct reach {
	enum group group;
	enum packet_proto proto;
	const struct statement *forward; /* NULL: this host, or */
	const char *behind; /* a bridge, by its prefix; NULL: neither */
	const char *target; /* the container alone that it is about; or NULL */
	unsigned shift;	    /* of the ports by the forward, modulo 65536 */
	char *from;
	struct buf on; /* its addresses, and how many they are */
	size_t non;
	bool *pieces;	 /* of a prefix, until they are told in on */
	struct range *v; /* ports, sorted and apart */
	size_t n;
	bool said; /* by another line */
};

struct reaches {
	struct reach *v;
	size_t n;
};

/* The one that differs at most in its addresses, or else the cell itself, added
 * to them. Takes the cell. */
struct reach *reaches_cell(struct reaches *, struct reach *cell);
/* Adds the cells of one range of ports, with all their addresses, as lines, and
 * empties cells. Ranges come in order. */
void reaches_add(struct reaches *, struct reaches *cells, const struct range *);
/* Puts alike lines together, and appends them all as text, each group under its
 * heading; compared: with something before. This host has so many addresses. */
void reaches_print(
    struct reaches *, bool compared, size_t addresses, struct buf *);
void reaches_free(struct reaches *);

#endif

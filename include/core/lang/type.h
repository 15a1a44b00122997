/* Types of values: how each is parsed, printed, explained and suggested. */
#ifndef SEKI_CORE_LANG_TYPE_H
#define SEKI_CORE_LANG_TYPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/addr.h"
#include "core/base/err.h"
#include "core/base/util.h"
#include "core/lang/words.h"

struct config;
struct host;
struct snapshot;
struct type;

struct range {
	uint16_t lo, hi; /* both belong to it */
};
void range_print(const struct range *, struct buf *);

/* Sorted and disjoint, at most PORTS_MAX. */
struct ports {
	struct range *v;
	size_t n;
};
#define PORT_LAST UINT16_MAX
#define PORTS_MAX 15

struct prefixes {
	struct prefix *v; /* host bits cleared; those of IPv6 first */
	size_t n;
};

enum who_kind {
	WHO_ANY,
	WHO_PREFIXES,
	WHO_CONTAINER,
	WHO_BRIDGE,
	WHO_UPLINK,
};

struct who {
	enum who_kind kind;
	union {
		char *name; /* of the container or bridge */
		struct prefixes prefixes;
	};
};

/* The target of a forward: a container by name, or an address. */
struct target {
	char *name;	     /* NULL when an address was given */
	struct prefix *addr; /* NULL when a name was given */
	uint16_t port;	     /* the first port; 0 keeps the ports */
};

/* Identifies forwards, like the start of a statement. */
struct forward_key {
	unsigned proto;
	struct ports ports; /* none: any */
};

struct rate {
	unsigned n;
	bool per_minute; /* else per second */
};

/* A value of its type. All zero is "not given". */
struct value {
	bool set;
	uint16_t col, len; /* where it stood in the line it was read from */
	union {
		char *text;
		unsigned number;
		unsigned choice;      /* index into the type's choices */
		struct prefix prefix; /* AF_UNSPEC: the word "auto" */
		struct prefixes prefixes;
		struct ports ports;
		struct target target;
		struct who who;
		struct rate rate;
		struct forward_key forward;
	};
};

struct choice {
	const char *word;
	const char *help; /* NULL: understood, to be refused with its reason,
			     and offered nowhere */
};

/* Context of suggestions. All but add may be NULL. */
struct suggest {
	const struct snapshot *snapshot;
	const struct config *config;
	/* How the walk over a row gets the values of a type: suggest_values. */
	void (*values)(const struct type *, struct suggest *);
	/* The help is text to show, translated already. A word of "" is only
	 * help: what may be written there. */
	void (*add)(void *arg, const char *word, const char *help);
	void *arg;
	const struct host *host; /* for commands */
	const struct value *v;	 /* of the same row, as far as it was read */
};

struct type {
	const char *metavar; /* "PORTS", as usage lines show it */
	/* What may be written, for help and errors; NULL in a type of commands
	 * whose choices say it. */
	const char *desc;
	const struct choice *choices; /* ended by a NULL word; or NULL */
	long most; /* the largest value of a number; 0: no limit of its own */
	/* Takes as many words as it needs. v is all zero before. The error is
	 * placed at the word. */
	int (*parse)(
	    const struct type *, struct words *, struct value *v, struct err *);
	void (*print)(const struct type *, const struct value *, struct buf *);
	/* Compares two values; NULL only in types of commands. */
	bool (*equal)(const struct value *, const struct value *);
	void (*free)(struct value *); /* or NULL */
	/* Offers values, where it takes nothing to know them but what s has;
	 * or NULL. */
	void (*suggest)(const struct type *, struct suggest *s);
	/* The type of what is missing behind the first word; NULL where one
	 * word is all. */
	const struct type *(*rest)(const char *first);
};

extern const struct type type_iface, type_name, type_text, type_proto,
    type_policy_proto, type_family, type_ports, type_chain, type_verdict,
    type_rate, type_file, type_bridge;

/* Indexes of the choices, in the order of the tables. */
enum proto {
	PROTO_TCP,
	PROTO_UDP,
	PROTO_TCP_UDP,
	PROTO_ANY,
	PROTO_ICMPV6, /* this and the next: policies only */
	PROTO_ICMP,
};
enum chain { CHAIN_INPUT, CHAIN_FORWARD, CHAIN_OUTPUT, CHAIN_COUNT };
enum verdict { VERDICT_ALLOW, VERDICT_DENY, VERDICT_REJECT };

/* Functions of a type that is a table of choices. */
int type_choice_parse(
    const struct type *, struct words *, struct value *, struct err *);
void type_choice_print(const struct type *, const struct value *, struct buf *);
bool type_choice_equal(const struct value *, const struct value *);
void type_choice_suggest(const struct type *, struct suggest *);
/* The same for any word, and for a number. */
int type_word_parse(
    const struct type *, struct words *, struct value *, struct err *);
void type_word_print(const struct type *, const struct value *, struct buf *);
bool type_word_equal(const struct value *, const struct value *);
void type_word_free(struct value *);
int type_number_parse(
    const struct type *, struct words *, struct value *, struct err *);
void type_number_print(const struct type *, const struct value *, struct buf *);

void type_print(const struct type *, const struct value *, struct buf *);
/* Whether both are given and equal, or neither is given; the type of a flag is
 * NULL. */
bool type_equal(
    const struct type *, const struct value *, const struct value *);
void type_free(const struct type *, struct value *);
/* Appends what may be written: the desc, or the words of the choices. */
void type_explain(const struct type *, struct buf *);
/* Index of the only choice that word is the start of (an exact match wins),
 * -1 for none, -2 for several. */
int type_choose(const struct choice *, const char *word);

/* Whether two lists of ports overlap. */
bool ports_overlap(const struct ports *, const struct ports *);
unsigned ports_count(const struct ports *); /* single ports in all */

#endif

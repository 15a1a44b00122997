/* The statements of the language. */
#ifndef SEKI_CORE_LANG_STATEMENT_H
#define SEKI_CORE_LANG_STATEMENT_H

#include "core/lang/schema.h"

/* The order of statement_rows. The three verdicts stand together. */
enum statement_kind {
	ST_UPLINK,
	ST_BRIDGE,
	ST_CONTAINER,
	ST_FORWARD,
	ST_ALLOW,
	ST_DENY,
	ST_REJECT,
	ST_DEFAULT,
	ST_OPTION,
	ST_COUNT,
};

/* Which value stands where in statement.v. */
enum { UPLINK_IFACE, UPLINK_ADDRESS, UPLINK_GATEWAY, UPLINK_KEEP };
enum {
	BRIDGE_IFACE,
	BRIDGE_ULA,
	BRIDGE_MASQUERADE,
	BRIDGE_TRANSLATE,
	BRIDGE_PREFIX,
	BRIDGE_IPV4,
	BRIDGE_PROXY,
	BRIDGE_CREATE
};
enum {
	CONTAINER_NAME,
	CONTAINER_ON,
	CONTAINER_ULA,
	CONTAINER_ADDRESS,
	CONTAINER_IPV4
};
enum {
	FORWARD_PROTO,
	FORWARD_PORTS,
	FORWARD_TO,
	FORWARD_ON,
	FORWARD_FROM,
	FORWARD_ONLY,
	FORWARD_NOTE,
	FORWARD_OFF
};
enum {
	POLICY_CHAIN,
	POLICY_PROTO,
	POLICY_PORTS,
	POLICY_FROM,
	POLICY_TO,
	POLICY_ONLY,
	POLICY_LIMIT,
	POLICY_LOG,
	POLICY_NOTE,
	POLICY_OFF
};
enum { DEFAULT_CHAIN, DEFAULT_VERDICT };

/* Never changed after it was made, but for its shares. */
struct statement {
	enum statement_kind kind;
	unsigned shares;  /* that are to be freed before it is */
	unsigned line;	  /* of the file it was read from; 0 when from none */
	unsigned col;	  /* where its first word stands */
	struct value v[]; /* of each argument of its row, then its source */
};

extern const struct row statement_rows[ST_COUNT + 1];

/* Parses a statement from a line or words; owned by the caller, NULL on an
 * error. partial accepts the start of one: a key. */
struct statement *statement_parse(struct words *, bool partial, struct err *);
struct statement *statement_from(const char *line, struct err *);
struct statement *statement_key_from(const char *line, struct err *);
struct statement *statement_copy(const struct statement *);
/* The same one again, to be freed once more. */
struct statement *statement_share(struct statement *);
/* The same for a key, which may lack required values. */
struct statement *statement_copy_key(const struct statement *);
void statement_free(struct statement *);

const struct row *statement_row(const struct statement *);
/* The line it was read from, for errors; borrowed. */
const char *statement_source(const struct statement *);
void statement_print(const struct statement *, struct buf *);
/* The start of the statement that names its object: "forward tcp 80". */
void statement_key(const struct statement *, struct buf *);
bool statement_is_policy(const struct statement *); /* allow, deny, reject */
enum verdict statement_verdict(const struct statement *); /* of a policy */
/* Whether a policy is about every packet of its chain, in its families and up
 * to its limit. */
bool statement_is_about_all(const struct statement *);
/* Whether it allows forwarding and names both ends by uplink or addresses: only
 * such a policy lets what came by an uplink leave by one. */
bool statement_relays(const struct statement *);
/* The value of an option, as from option_parse. */
unsigned statement_option(const struct statement *);
bool statement_is_off(const struct statement *);
/* Whether it is "forward any", which gets the rest: what no other forward of
 * its address takes, and nothing of this host. */
bool statement_takes_rest(const struct statement *);
/* Whether the words of a forward leave connections of that family to it. */
bool statement_forwards(const struct statement *, enum family);
/* What an uplink states in that family, by value UPLINK_ADDRESS or
 * UPLINK_GATEWAY; NULL: nothing. */
const struct prefix *statement_stated(
    const struct statement *, size_t value, enum family);
/* Whether it allows input: what it is about is kept from forward any. */
bool statement_keeps(const struct statement *);

/* Of a container: the address of IPv6 that forwards lead to, its ULA or else
 * its public one; NULL when it is given neither. */
const struct prefix *statement_inside(const struct statement *);

/* Whether both name the same object. */
bool statement_same(const struct statement *, const struct statement *);
/* The values in which they differ, bit i for value i; all bits if they are of
 * different kinds. */
unsigned statement_differences(
    const struct statement *, const struct statement *);
/* Whether there is no difference. */
bool statement_equal(const struct statement *, const struct statement *);
/* Whether every value of the key is in the statement, too. */
bool statement_matches(const struct statement *key, const struct statement *);

/* Locates a set error at value i of the statement (at its first word if it has
 * no such value). Always returns -1. */
int statement_blame(const struct statement *, size_t i, struct err *);

#endif

/* Rules of others that send elsewhere what containers send to the Internet. */
#ifndef SEKI_CORE_REACH_HIJACK_H
#define SEKI_CORE_REACH_HIJACK_H

#include "core/kernel/hook.h"

struct hijack {
	enum family family;
	unsigned proto, port;	     /* of what is caught, such as that */
	const struct rule_chain *at; /* borrowed from the hooks, and which of */
	unsigned rule;		     /* its rules, from 1 */
};

/* Whether a rule of the hook catches a connection from behind that bridge to
 * the Internet, though it names neither: it asks for a port alone. */
bool hijack_find(const struct hooks *, const struct hook *, enum family,
    const char *bridge, struct hijack *);

/* Appends the command that leaves what comes from that bridge alone; nothing
 * where a name is no word of a shell. */
void hijack_cure(const struct hooks *, const struct hook *,
    const struct hijack *, const char *bridge, struct buf *);

#endif

/* Types of addresses, and of what leads to them. */
#ifndef SEKI_CORE_LANG_TYPE_ADDR_H
#define SEKI_CORE_LANG_TYPE_ADDR_H

#include "core/lang/type.h"

extern const struct type type_addr, type_addr_len, type_bridge_ipv4,
    type_bridge_ula, type_client, type_container_ipv4, type_container_ula,
    type_gateway, type_peer, type_prefixes, type_publics, type_target, type_who;

/* Those of one family; borrowed. */
struct prefixes prefixes_of(const struct prefixes *, enum family);

/* Whether one of them holds it. */
bool prefixes_hold(const struct prefixes *, const struct prefix *);

/* Whether a WHO leaves it open: without the word, or "any". */
bool who_is_anybody(const struct value *);

/* Whether prefix i lies within another one of the list and is redundant:
 * nftables sets refuse overlapping elements. */
bool prefixes_repeat(const struct prefixes *, size_t i);

#endif

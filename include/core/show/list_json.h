/* JSON of what the lists have in common. */
#ifndef SEKI_CORE_SHOW_LIST_JSON_H
#define SEKI_CORE_SHOW_LIST_JSON_H

#include "core/state/host.h"

struct json_t; /* of jansson */

/* JSON values, owned by the caller; null for what is not known. Text from
 * outside is escaped. */
struct json_t *list_json_text(const char *);
struct json_t *list_json_prefix(const struct prefix *);
struct json_t *list_json_mac(bool has, const uint8_t mac[6]);
struct json_t *list_json_addresses(const struct host *, int nsid, int index);
struct json_t *list_json_counter(const struct counter *);
struct json_t *list_json_statement(const struct statement *);
struct json_t *list_json_value(const struct statement *, size_t i);

/* Appends it in one line, and takes it. -1 when it is none. */
int list_json_dump(struct buf *, struct json_t *);

/* An end of a flow as {address, port}; what it has counted, null where that is
 * not known; when it began, likewise. */
struct json_t *list_json_end(
    const struct flow *, const struct prefix *, uint16_t port);
struct json_t *list_json_count(const struct flow *, const struct flow_count *);
struct json_t *list_json_begin(const struct flow *);

#endif

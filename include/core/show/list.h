/* What the lists have in common. */
#ifndef SEKI_CORE_SHOW_LIST_H
#define SEKI_CORE_SHOW_LIST_H

#include "core/show/listing.h"
#include "core/show/rows.h"

struct json_t; /* of jansson */

/* The first address that takes agrees to, and how many more there are. */
void list_address(const struct host *, int nsid, int index,
    bool (*takes)(const struct prefix *), struct buf *);
/* Likewise of ULAs, in parentheses, where no statement gives one. */
void list_unstated(const struct host *, int nsid, int index, struct buf *);
bool list_is_wide(const struct prefix *); /* IPv6 and not link-local */
bool list_is_v4(const struct prefix *);

bool list_has_ula(
    const struct host *, int nsid, int index, const struct value *ula);
void list_free(void *rows, size_t n);

/* Statements of the candidate in order, then those that only the saved config
 * has, and how each stands. */
struct overlay {
	const struct statement *st;
	enum row_mark mark;
};
struct overlays {
	struct overlay *v; /* free it */
	size_t n;
	enum statement_kind first, last; /* which kinds to take */
};
void overlays_read(struct overlays *, const struct host *,
    enum statement_kind first, enum statement_kind last);
/* The one whose first value is that name; borrowed, or NULL. */
const struct overlay *overlays_named(const struct overlays *, const char *);

/* JSON values, owned by the caller; null for what is not known. Text from
 * outside is escaped. */
struct json_t *list_json_text(const char *);
struct json_t *list_json_prefix(const struct prefix *);
struct json_t *list_json_mac(bool has, const uint8_t mac[6]);
struct json_t *list_json_addresses(const struct host *, int nsid, int index);
struct json_t *list_json_counter(const struct counter *);
struct json_t *list_json_statement(const struct statement *);
struct json_t *list_json_value(const struct statement *, size_t i);

#endif

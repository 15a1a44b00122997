/* Cells that print one member of a row: for core/show/list_*.c only. A column
 * has the member's offset; each function takes a pointer to the member, whose
 * type is named below. */
#ifndef SEKI_CORE_SHOW_LIST_CELL_H
#define SEKI_CORE_SHOW_LIST_CELL_H

#include "core/base/util.h"
#include "core/state/host.h"

/* const char *, escaped; "-" if NULL */
void cell_text(const struct host *, const void *member, struct buf *);

/* unsigned */
void cell_unsigned(const struct host *, const void *member, struct buf *);

/* uint64_t */
void cell_uint64(const struct host *, const void *member, struct buf *);

/* struct prefix; "-" if none */
void cell_prefix(const struct host *, const void *member, struct buf *);

/* const struct counter *, in total (counting_total); NULL if the kernel has
 * none */
void cell_bytes(const struct host *, const void *member, struct buf *);
void cell_packets(const struct host *, const void *member, struct buf *);

/* const struct series *, per second: in bytes or bits, as the host says, or in
 * packets */
void cell_rate(const struct host *, const void *member, struct buf *);
void cell_flow_rate(const struct host *, float bytes, struct buf *);
void cell_packet_rate(const struct host *, const void *member, struct buf *);

/* const struct link *: name ("-" if NULL), state, and first IPv4 address */
void cell_link_name(const struct host *, const void *member, struct buf *);
void cell_link_state(const struct host *, const void *member, struct buf *);
void cell_link_v4(const struct host *, const void *member, struct buf *);

#endif

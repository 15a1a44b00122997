/* The sections of the manual that are printed from tables. */
#ifndef SEKI_DOC_TABLES_H
#define SEKI_DOC_TABLES_H

#include "core/base/util.h"
#include "tui/view.h"

/* The n-th of all views, counted from 0; NULL behind the last. */
const struct view_ops *manual_view(size_t n);

void manual_synopsis(struct buf *);
void manual_options(struct buf *);
void manual_modes(struct buf *);
void manual_commands(struct buf *);
void manual_sysctls(struct buf *);
void manual_statements(struct buf *);
void manual_fixed(struct buf *);
void manual_screens(struct buf *);
void manual_keys(struct buf *);
void manual_columns(struct buf *);
void manual_json(struct buf *);
void manual_metrics(struct buf *);

#endif

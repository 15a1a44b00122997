/* Answers of seki show: aligned tables, or JSON. */
#ifndef SEKI_CORE_SHOW_OUTPUT_H
#define SEKI_CORE_SHOW_OUTPUT_H

#include "core/base/util.h"
#include "core/lang/type.h"
#include "core/state/host.h"

struct listing;

/* What can be shown, in order, ended by a NULL word. */
extern const struct choice outputs[];

/* Appends the answer; name is one of outputs. live adds columns of rates from
 * the meters. */
void output_text(
    const struct host *, const char *name, bool live, struct buf *);
bool output_has_rates(const char *name);
/* Appends the table of rows that are not the host's. */
void output_rows(const struct host *, const struct listing *, const void *rows,
    size_t n, struct buf *);
/* The shape of one item of its JSON, in lines, for people. */
const char *output_shape(const char *name);
/* One object {"schema":1, NAME:[...]} and a newline. -1 when something in it
 * cannot be JSON. */
int output_json(
    const struct host *, const char *name, struct buf *, struct err *);

#endif

/* The questions of set-up, without the prompt that they are asked at. */
#ifndef SEKI_CORE_COMMAND_COMMAND_WIZARD_H
#define SEKI_CORE_COMMAND_COMMAND_WIZARD_H

#include "core/base/util.h"
#include "core/state/host.h"

struct wizard;

/* Looks around; nothing is changed. NULL on an error. The host is borrowed, and
 * may be refreshed. */
struct wizard *wizard_new(struct host *, struct err *);
void wizard_free(struct wizard *);

/* Appends what was found. */
void wizard_found(const struct wizard *, struct buf *);
/* Appends the step: its offers and how to answer, or, at the end, what the
 * config would bring. */
void wizard_show(struct wizard *, struct buf *);
/* Appends what it is asked by, as in "setup 2/6> ". */
void wizard_label(const struct wizard *, struct buf *);

enum wizard_end { WIZARD_GOES_ON, WIZARD_LEFT, WIZARD_COMMITTED };

/* Takes an answer, which may be empty. out gets what there is to tell of it. On
 * an error it goes on, with the same step. */
int wizard_take(struct wizard *, const char *answer, enum wizard_end *,
    struct buf *out, struct err *);

#endif

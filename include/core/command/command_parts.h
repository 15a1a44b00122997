/* The commands one by one, and what they share: for core/command/command*.c
 * only. */
#ifndef SEKI_CORE_COMMAND_COMMAND_PARTS_H
#define SEKI_CORE_COMMAND_COMMAND_PARTS_H

#include "core/command/command.h"

/* Those of a row that has an array of them. */
#define ARGS(a) .args = a, .nargs = NITEMS(a)

extern const struct command command_show, command_history, command_log,
    command_end, command_doctor, command_metrics, command_setup, command_try,
    command_explain;
extern const struct command command_add, command_set, command_delete,
    command_move, command_undo, command_redo, command_discard, command_rollback;
extern const struct command command_diff, command_check, command_commit,
    command_apply, command_confirm, command_extend, command_revert,
    command_enable;

/* A number of the history. */
extern const struct type type_history_number;

/* Of a forward_key. */
extern const struct type type_forward_key;

/* -1, with the reason, if the saved config cannot be read: the answer is
 * incomplete. */
int command_saved(const struct host *, struct err *);

/* Has systemd enable and start the service, as far as it is not; appends the
 * command that did. */
int command_enable_service(struct buf *out, struct err *);

/* Notes why a commit would refuse the candidate as it is now. */
void command_refusal(const struct err *why, struct buf *notes);

#endif

/* The commands: the same words one-shot, at the prompt and in the shell. */
#ifndef SEKI_CORE_COMMAND_COMMAND_H
#define SEKI_CORE_COMMAND_COMMAND_H

#include "core/lang/schema.h"
#include "core/state/host.h"

struct command {
	struct row row; /* name, help, arguments */
	/* What the rest of the line is, behind the arguments. */
	enum { TAIL_NONE, TAIL_STATEMENT, TAIL_KEY } tail;
	const char *ask; /* what an admin at a prompt is asked before, to be
			    answered by y; NULL for nothing */
	bool looks;	 /* all it does is to answer */
	bool slow;	 /* the kernel or the guard takes its time */
	bool partial;	 /* answers what it can also where it fails */
	/* Does it; what it answers goes to out, notes for the admin to notes.
	 * st is the statement or key of the tail, which it takes. */
	int (*run)(struct host *, const struct value *, struct statement *st,
	    struct buf *out, struct buf *notes, struct err *);
};

/* In the order of help; ended by NULL. */
extern const struct command *const commands[];

/* Carries out one line, already cut into words. After an error out has what can
 * be told all the same, which is mostly nothing. */
int command_run(struct host *, struct words *, struct buf *out,
    struct buf *notes, struct err *);
/* Likewise for a line of text. */
int command_line(struct host *, const char *line, struct buf *out,
    struct buf *notes, struct err *);

/* What to ask before that line is carried out, in the admin's language; NULL
 * for nothing. */
const char *command_question(const char *line);

/* Whether that line takes more than a moment. */
bool command_is_slow(const char *line);

/* Whether all that these words do is to answer. */
bool command_looks(struct words *);

/* Offers what may stand at the end of the line, with one line of help each. */
void command_complete(const struct host *, const char *line,
    void (*add)(void *arg, const char *word, const char *help), void *arg);

/* Appends "add STATEMENT". */
void command_usage(const struct command *, struct buf *);

/* Appends usage lines of all commands, or of those that start with word. */
void command_help(const char *word, struct buf *);

#endif

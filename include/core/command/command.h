/* The commands, which are the same one-shot, at the prompt and in the shell. */
#ifndef SEKI_CORE_COMMAND_COMMAND_H
#define SEKI_CORE_COMMAND_COMMAND_H

#include "core/lang/statement.h"
#include "core/state/host.h"

struct command {
	struct row row; /* name, help, arguments */
	/* What the rest of the line after the arguments is. */
	enum { TAIL_NONE, TAIL_STATEMENT, TAIL_KEY } tail;
	const char *ask; /* what an admin at a prompt is asked before, to be
			    answered by y; NULL for nothing */
	bool looks;	 /* all it does is to answer */
	bool slow;	 /* the kernel or the guard takes its time */
	bool partial;	 /* answers what it can also where it fails */
	/* Runs it; answers go to out, notes for the admin to notes. st is the
	 * statement or key of the tail; run takes it. */
	int (*run)(struct host *, const struct value *, struct statement *st,
	    struct buf *out, struct buf *notes, struct err *);
};

/* In the order of help; ended by NULL. */
extern const struct command *const commands[];

/* Runs one line that is cut into words. After an error out has what could be
 * answered all the same, which is mostly nothing. */
int command_run(struct host *, struct words *, struct buf *out,
    struct buf *notes, struct err *);
/* The same for a line of text. */
int command_line(struct host *, const char *line, struct buf *out,
    struct buf *notes, struct err *);

/* The question to ask before running that line, translated; NULL for none. */
const char *command_question(const char *line);

/* Whether the line may take more than a moment. */
bool command_is_slow(const char *line);

/* The statement that the line adds or sets, or with partial the start of one;
 * NULL if it does neither. Owned by the caller. */
struct statement *command_statement(const char *line, bool partial);

/* Whether the words only look, and change nothing. */
bool command_looks(struct words *);

/* Offers completions for the end of the line, with a line of help each. */
void command_complete(const struct host *, const char *line,
    void (*add)(void *arg, const char *word, const char *help), void *arg);

/* Appends "add STATEMENT". */
void command_usage(const struct command *, struct buf *);

/* Appends usage lines of all commands and statements, or of those that word is
 * the name of, else the start. */
void command_help(const char *word, struct buf *);

#endif

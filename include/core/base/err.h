/* The error record: what failed, on which word, and what would be right. */
#ifndef SEKI_CORE_BASE_ERR_H
#define SEKI_CORE_BASE_ERR_H

struct buf;

/* The values are the exit statuses of seki. */
enum err_code {
	ERR_NONE = 0,
	ERR_FAIL = 1,	/* failed, and nothing changed or it was undone */
	ERR_USAGE = 2,	/* the words or the file cannot be parsed */
	ERR_UNSAFE = 3, /* understood, and refused */
	ERR_BUSY = 4,	/* another commit holds the lock */
	ERR_PARTLY = 5, /* in force, but for the parts that were reported */
};

struct err {
	enum err_code code;
	char file[256];	  /* "" when the words did not come from a file */
	unsigned line;	  /* from 1; 0 when unknown */
	unsigned col;	  /* byte in the line, from 1; 0 when unknown */
	unsigned len;	  /* bytes the caret underlines */
	char source[512]; /* the line that holds the word */
	char text[1024];  /* what failed, on what, why */
	char hint[1024];  /* what would be right; or "" */
};

/* Formats are translated: pass them bare, without _(). Fills text and code and
 * clears the rest. Always returns -1. */
int err_set(struct err *, enum err_code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* As err_set, with ": " and strerror(errno) appended. A permission error of a
 * user who is not root gets "run as root" as its hint. */
int err_sys(struct err *, enum err_code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Sets the hint of an error that is set. Always returns -1. */
int err_hint(struct err *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Appends a sentence to the hint. Always returns -1. */
int err_hint_more(struct err *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Prefixes the text: "FRONT: text". Always returns -1. */
int err_front(struct err *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Locates the word at fault. Always returns -1. */
int err_at(struct err *, unsigned line, unsigned col, unsigned len);

/* Appends the message, the line with its caret, and the hint, as lines. */
void err_print(const struct err *, struct buf *);

#endif

/* A form: fields checked as they are filled in, and buttons. It knows nothing
 * of what the values mean. */
#ifndef SEKI_TUI_FORM_H
#define SEKI_TUI_FORM_H

#include <stdbool.h>
#include <stddef.h>

#include "tui/complete.h"
#include "tui/ui.h"

enum field_kind {
	FIELD_TEXT,
	FIELD_CHOICE, /* one of a few, all in view */
	FIELD_PICK,   /* text, or one from a list */
	FIELD_TICK,   /* "yes" or "" */
};

struct field_choice {
	const char *word;
	const char *help; /* what it means, a line */
};

struct field {
	const char *label;
	enum field_kind kind;
	const struct field_choice *choices; /* of FIELD_CHOICE; ended by a
					       NULL word */
	const char *value;		    /* at first; NULL is "" */
	const char *help;		    /* a line; NULL for none */
	int width; /* columns to type in; 0 for a fair share */
};

struct form;

/* field counts from 0. Functions that may be NULL: all but submit. */
struct form_spec {
	const char *title;
	const char *help; /* some sentences; may be NULL */
	const struct field *fields;
	size_t nfields;
	/* Appends why the value of a field is invalid; nothing when it is
	 * valid. */
	void (*check)(
	    void *arg, const struct form *, size_t field, struct buf *why);
	/* Offers the values of a FIELD_PICK. */
	void (*pick)(void *arg, const struct form *, size_t field,
	    complete_add *, void *ctx);
	/* Whether what is filled in says too little to be meant, though nothing
	 * is wrong: Enter goes on to the next field then. */
	bool (*is_bare)(void *arg, const struct form *);
	/* Appends a preview of the result, such as the statement that the
	 * values make; lines have roles (role_of_line). */
	void (*preview)(void *arg, const struct form *, struct buf *);
	/* Carries it out. 0 closes the form, -1 shows the error in it. */
	int (*submit)(void *arg, const struct form *, struct err *);
	void (*close)(void *arg); /* the form is gone: free arg and fields */
	bool more; /* has a button that submits and begins a new one */
	void *arg;
};

extern const struct view_ops form_view;

/* The spec is copied; what it points to is borrowed until close. */
void form_open(struct ui *, const struct form_spec *);

/* The value of a field; borrowed until it changes. */
const char *form_value(const struct form *, size_t field);
/* Whether the field was edited; only then is its error shown beside it. */
bool form_touched(const struct form *, size_t field);

#endif

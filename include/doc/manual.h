/* The manual pages: prose, and sections printed from the tables that the
 * program itself uses. */
#ifndef SEKI_DOC_MANUAL_H
#define SEKI_DOC_MANUAL_H

#include <stdbool.h>

#include "core/base/util.h"

/* A piece of a page. */
struct part {
	enum {
		PART_END,
		PART_SECTION, /* text is its title */
		PART_SUB,     /* likewise, smaller */
		PART_NAME,    /* tag is the name, text a short description */
		PART_TEXT,
		PART_TAG, /* tag is literal */
		PART_CODE,
		PART_ROWS
	} kind;
	const char *text; /* marked by N_(), except code */
	const char *tag;
	void (*rows)(struct buf *);
};

#define SECTION(title)                                                         \
	{                                                                      \
		.kind = PART_SECTION, .text = title                            \
	}
#define SUB(title)                                                             \
	{                                                                      \
		.kind = PART_SUB, .text = title                                \
	}
#define NAME(prose, name)                                                      \
	{                                                                      \
		.kind = PART_NAME, .text = prose, .tag = name                  \
	}
#define TEXT(prose)                                                            \
	{                                                                      \
		.kind = PART_TEXT, .text = prose                               \
	}
#define TAG(prose, literal)                                                    \
	{                                                                      \
		.kind = PART_TAG, .text = prose, .tag = literal                \
	}
#define CODE(lines)                                                            \
	{                                                                      \
		.kind = PART_CODE, .text = lines                               \
	}
#define ROWS(function)                                                         \
	{                                                                      \
		.kind = PART_ROWS, .rows = function                            \
	}
#define PART_LAST                                                              \
	{                                                                      \
		.kind = PART_END                                               \
	}

/* Appends a page by its name, "seki.8" or "seki.conf.5", in the language of
 * the locale. False when there is none of that name. */
bool manual_print(const char *name, struct buf *);

#endif

/* A manual page as it is written, in the macros of man(7). */
#ifndef SEKI_DOC_ROFF_H
#define SEKI_DOC_ROFF_H

#include "core/base/util.h"

/* Prose is plain text in which `words to be typed` stand in backticks; it is
 * wrapped, and what roff would take for its own is escaped. */

void roff_title(struct buf *, const char *name, const char *section,
    const char *date, const char *source, const char *volume);
void roff_section(struct buf *, const char *title);
void roff_subsection(struct buf *, const char *title);
void roff_paragraph(struct buf *, const char *prose);
/* What a page is about, in one line that indexes are made of. */
void roff_name(struct buf *, const char *name, const char *prose);
/* A literal tag, and behind it what it means. */
void roff_tag(struct buf *, const char *literal);
/* Likewise a usage line: its WORDS are placeholders, all others literal. */
void roff_usage_tag(struct buf *, const char *usage);
/* Likewise keys, and what the action is called. */
void roff_key_tag(struct buf *, const char *keys, const char *name);
void roff_text(struct buf *, const char *prose);
/* A usage line in a paragraph of its own. */
void roff_usage(struct buf *, const char *usage);
/* Lines as they are. */
void roff_code(struct buf *, const char *lines);
void roff_indent(struct buf *);
void roff_outdent(struct buf *);

#endif

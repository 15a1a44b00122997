/* Writes a manual page in the macros of man(7). */
#ifndef SEKI_DOC_ROFF_H
#define SEKI_DOC_ROFF_H

#include "core/base/util.h"

/* Prose is plain text with `words to be typed` in backticks; it is wrapped, and
 * characters that roff would interpret are escaped. */

void roff_title(struct buf *, const char *name, const char *section,
    const char *date, const char *source, const char *volume);
void roff_section(struct buf *, const char *title);
void roff_subsection(struct buf *, const char *title);
void roff_paragraph(struct buf *, const char *prose);
/* The line of the NAME section, from which man builds its index. */
void roff_name(struct buf *, const char *name, const char *prose);
/* A tag in bold; the text that follows says what it means. */
void roff_tag(struct buf *, const char *literal);
/* The same for a usage line: its WORDS are placeholders, all others literal. */
void roff_usage_tag(struct buf *, const char *usage);
/* The same for keys and the name of their action. */
void roff_key_tag(struct buf *, const char *keys, const char *name);
void roff_text(struct buf *, const char *prose);
/* A usage line in a paragraph of its own. */
void roff_usage(struct buf *, const char *usage);
/* Lines printed verbatim. */
void roff_code(struct buf *, const char *lines);
void roff_indent(struct buf *);
void roff_outdent(struct buf *);

#endif

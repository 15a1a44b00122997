/* The manual pages: prose, and what is printed from tables. */
#include "config.h"

#include "doc/manual.h"

#include <string.h>

#include "core/base/intl.h"
#include "doc/roff.h"
#include "doc/seki.h"
#include "doc/seki_conf.h"

/* The date of the last change of the prose. */
#define DATE "2026-11-23"

static const struct page {
	const char *name;
	const char *title;
	const char *section;
	const char *volume;
	const struct part *parts;
} pages[] = {
	{ "seki.8", "SEKI", "8", N_("System Administration"), manual_seki },
	{ "seki.conf.5", "SEKI.CONF", "5", N_("File Formats"),
	    manual_seki_conf },
};

static void
print_section(const struct part *p, struct buf *b)
{
	roff_section(b, _(p->text));
}

static void
print_sub(const struct part *p, struct buf *b)
{
	roff_subsection(b, _(p->text));
}

static void
print_name(const struct part *p, struct buf *b)
{
	roff_name(b, p->tag, _(p->text));
}

static void
print_text(const struct part *p, struct buf *b)
{
	roff_paragraph(b, _(p->text));
}

static void
print_tag(const struct part *p, struct buf *b)
{
	roff_tag(b, p->tag);
	roff_text(b, _(p->text));
}

static void
print_code(const struct part *p, struct buf *b)
{
	roff_code(b, p->text);
}

static void
print_rows(const struct part *p, struct buf *b)
{
	p->rows(b);
}

static void (*const printers[])(const struct part *, struct buf *) = {
	[PART_SECTION] = print_section,
	[PART_SUB] = print_sub,
	[PART_NAME] = print_name,
	[PART_TEXT] = print_text,
	[PART_TAG] = print_tag,
	[PART_CODE] = print_code,
	[PART_ROWS] = print_rows,
};

bool
manual_print(const char *name, struct buf *b)
{
	const struct page *page = pages;
	const struct part *p;

	while (page < pages + NITEMS(pages) && strcmp(page->name, name) != 0)
		page++;
	if (page == pages + NITEMS(pages))
		return false;
	roff_title(b, page->title, page->section, DATE,
	    PACKAGE_NAME " " PACKAGE_VERSION, _(page->volume));
	for (p = page->parts; p->kind != PART_END; p++)
		printers[p->kind](p, b);
	return true;
}

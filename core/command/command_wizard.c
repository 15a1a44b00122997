/* Set-up, step by step: forth and back over the offers, and a commit at the
 * end. */
#include "config.h"

#include "core/command/command_wizard.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/command/command_prospect.h"
#include "core/setup/joining.h"
#include "core/setup/keeping.h"
#include "core/setup/offers.h"

struct wizard {
	struct host *host;
	struct proposal proposal;
	char *found;
	unsigned step; /* of offer_group; OFFER_GROUPS is the review */
	bool explained;
};

struct wizard *
wizard_new(struct host *h, struct err *e)
{
	struct wizard *w = xcalloc(1, sizeof(*w));
	struct buf found = { 0 };
	struct survey s;
	int r;

	w->host = h;
	survey_read(&s, h);
	survey_tell(&s, &found);
	r = offers_make(&w->proposal, &s, e);
	survey_free(&s);
	w->found = buf_take(&found);
	if (r == 0)
		return w;
	wizard_free(w);
	return NULL;
}

void
wizard_free(struct wizard *w)
{
	if (w == NULL)
		return;
	proposal_free(&w->proposal);
	free(w->found);
	free(w);
}

void
wizard_found(const struct wizard *w, struct buf *b)
{
	buf_add(b, w->found);
}

void
wizard_label(const struct wizard *w, struct buf *b)
{
	buf_printf(
	    b, _("setup %u/%u> "), w->step + 1, (unsigned)OFFER_GROUPS + 1);
}

/* Showing a step */

static void
show_offers(struct wizard *w, const struct config *c, struct buf *b)
{
	size_t before = b->len;

	proposal_tell(&w->proposal, (enum offer_group)w->step, c, b);
	if (b->len == before)
		buf_add(b, _("\nNothing to choose here.\n"));
	if (w->step == OFFER_NETWORK) {
		joining_tell(c, &w->host->snapshot, b);
		keeping_tell(c, b);
	}
	if (!w->explained)
		buf_add(b,
		    _("\nEnter goes on. A number ticks or unticks; a statement "
		      "is taken in place of\nwhat it is about, or beside it. "
		      "\"other\" chooses another random prefix, \"back\"\nand "
		      "\"quit\" do so. Nothing is changed before the last "
		      "step.\n"));
	w->explained = true;
}

static void
show_review(struct wizard *w, const struct config *c, struct buf *b)
{
	struct buf notes = { 0 };
	struct err e;

	buf_add(b, _("\nIt will be\n"));
	config_print(c, b);
	buf_add(b, "\n");
	if (prospect_tell(w->host, c, b, &notes, &e) != 0)
		err_print(&e, b);
	buf_add(b, buf_text(&notes));
	buf_add(b,
	    _("\n\"yes\" commits it, and all of it goes back by itself unless "
	      "you confirm it;\n\"back\" and \"quit\" change nothing.\n"));
	buf_free(&notes);
}

void
wizard_show(struct wizard *w, struct buf *b)
{
	struct config c = { 0 };
	struct err e;

	if (proposal_build(
		&w->proposal, w->host, &w->host->candidate, &c, &e) != 0)
		err_print(&e, b);
	if (w->step < OFFER_GROUPS)
		show_offers(w, &c, b);
	else
		show_review(w, &c, b);
	config_free(&c);
}

/* Answers */

static int
go_on(struct wizard *w)
{
	w->step += w->step < OFFER_GROUPS;
	return 0;
}

static int
go_back(struct wizard *w)
{
	w->step -= w->step > 0;
	return 0;
}

/* Only numbers, separated by blanks or commas. */
static bool
is_numbers(const char *s)
{
	return s[strspn(s, "0123456789, \t")] == '\0' &&
	       s[strcspn(s, "0123456789")] != '\0';
}

static int
toggle_one(struct wizard *w, unsigned long n, struct err *e)
{
	if (n == 0 || n > w->proposal.n ||
	    w->proposal.v[n - 1].group != (enum offer_group)w->step)
		return err_set(e, ERR_USAGE, "this step has no number %lu", n);
	proposal_tick(&w->proposal, n - 1);
	return 0;
}

static int
toggle(struct wizard *w, const char *s, struct err *e)
{
	char *end;
	int r = 0;

	for (s += strcspn(s, "0123456789"); *s != '\0' && r == 0;
	     s += strcspn(s, "0123456789")) {
		r = toggle_one(w, strtoul(s, &end, 10), e);
		s = end;
	}
	return r;
}

static int
take_statement(struct wizard *w, const char *line, struct err *e)
{
	struct statement *st = statement_from(line, e);

	return st != NULL ? proposal_take(&w->proposal, st, w->host, e) : -1;
}

static int
commit(struct wizard *w, enum wizard_end *end, struct buf *out, struct err *e)
{
	struct config c = { 0 };
	int r =
	    proposal_build(&w->proposal, w->host, &w->host->candidate, &c, e);

	if (r == 0)
		r = prospect_commit(w->host, &c, true, out, e);
	if (r == 0 || e->code == ERR_PARTLY)
		*end = WIZARD_COMMITTED;
	config_free(&c);
	return r;
}

static int
answer_review(struct wizard *w, const char *answer, enum wizard_end *end,
    struct buf *out, struct err *e)
{
	if (strcmp(answer, "yes") == 0 || strcmp(answer, "y") == 0)
		return commit(w, end, out, e);
	if (answer[0] == '\0')
		return 0;
	err_set(e, ERR_USAGE, "this step takes yes, back or quit");
	return err_hint(e, "go back to change it");
}

int
wizard_take(struct wizard *w, const char *answer, enum wizard_end *end,
    struct buf *out, struct err *e)
{
	*end = WIZARD_GOES_ON;
	if (strcmp(answer, "quit") == 0 || strcmp(answer, "exit") == 0) {
		*end = WIZARD_LEFT;
		return 0;
	}
	if (strcmp(answer, "back") == 0)
		return go_back(w);
	if (w->step == OFFER_GROUPS)
		return answer_review(w, answer, end, out, e);
	if (answer[0] == '\0')
		return go_on(w);
	if (strcmp(answer, "other") == 0)
		return proposal_reroll(&w->proposal, w->host, e);
	return is_numbers(answer) ? toggle(w, answer, e)
				  : take_statement(w, answer, e);
}

/* seki complete-words: completion for zsh and fish, which split and quote
 * themselves. */
#include "config.h"

#include "cli/complete_words.h"

#include <stdio.h>
#include <string.h>

#include "cli/offer.h"
#include "core/base/util.h"

#define FILES 1 /* exit status: complete file names, too */

static void
print_rows(const struct candidates *c)
{
	struct buf b = { 0 };
	size_t i;

	for (i = 0; i < c->n; i++) {
		buf_add(&b, c->v[i].word);
		buf_add(&b, "\t");
		buf_escape(&b, c->v[i].help, strlen(c->v[i].help));
		buf_add(&b, "\n");
	}
	fputs(buf_text(&b), stdout);
	buf_free(&b);
}

int
complete_words(const struct arguments *a, const struct mode *modes)
{
	size_t last = (size_t)a->argc - 1;
	struct offer o = { .modes = modes, .all = true };

	if (a->argc < 2)
		return ERR_USAGE;
	o.start = a->argv[last];
	offer_words(&o, a->argv + 1, last - 1);
	print_rows(&o.words);
	candidates_free(&o.words);
	return o.files ? FILES : 0;
}

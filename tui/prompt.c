/* The `:` line: a command typed with history and completion, drawn in the
 * message line. */
#include "config.h"

#include "tui/prompt.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "tui/key.h"
#include "tui/line.h"

#define LIST_MAX 8 /* rows of candidates */

struct prompt {
	const struct prompt_spec *spec;
	struct candidates list; /* shown above the line, */
	size_t first;		/* from this one on */
	bool open;
	bool read; /* history was read */
};

struct prompt *
prompt_new(const struct prompt_spec *spec)
{
	struct prompt *p = xcalloc(1, sizeof(*p));

	p->spec = spec;
	return p;
}

static void
close_line(struct prompt *p)
{
	candidates_free(&p->list);
	if (p->open)
		line_end();
	p->open = false;
}

void
prompt_free(struct prompt *p)
{
	if (p == NULL)
		return;
	close_line(p);
	free(p);
}

void
prompt_open(struct prompt *p, const char *text)
{
	if (p->open)
		return;
	if (!p->read)
		line_history_read(p->spec->history);
	p->read = true;
	p->open = true;
	line_start(text);
}

bool
prompt_is_open(const struct prompt *p)
{
	return p != NULL && p->open;
}

static void
look_up(struct prompt *p)
{
	p->first = 0;
	candidates_read(
	    &p->list, p->spec->complete, p->spec->arg, line_text(), line_at());
}

/* Shows the next page of candidates, and after the last the first. */
static void
turn_page(struct prompt *p)
{
	p->first += LIST_MAX;
	if (p->first >= p->list.n)
		p->first = 0;
}

static void
complete(struct prompt *p)
{
	size_t typed = line_at() - complete_start(line_text(), line_at());
	char *word;

	if (p->list.n > 0) {
		turn_page(p);
		return;
	}
	look_up(p);
	word = candidates_common(&p->list);
	if (word != NULL)
		line_insert(word + typed);
	if (word != NULL && word[0] != '\0' &&
	    word[strlen(word) - 1] == ' ') /* the only one */
		candidates_free(&p->list);
	free(word);
}

static void
list(struct prompt *p)
{
	if (p->list.n > 0)
		turn_page(p);
	else
		look_up(p);
}

/* Inside quotes `?` is text. */
static bool
asks(int key)
{
	const char *s = line_text();
	size_t i;
	bool quoted = false;

	for (i = 0; i < line_at(); i++)
		quoted ^= s[i] == '"';
	return key == '?' && !quoted;
}

static void
enter(struct prompt *p)
{
	char *line = xstrdup(line_text());

	close_line(p);
	if (line[strspn(line, " ")] != '\0') {
		line_history_add(p->spec->history, line);
		p->spec->line(p->spec->arg, line);
	}
	free(line);
}

void
prompt_key(struct prompt *p, int key)
{
	enum line_mode mode = line_mode();

	if ((key == K_ESC && mode != LINE_INSERT) ||
	    (key == K_BACKSPACE && line_text()[0] == '\0')) {
		close_line(p);
	} else if (key == K_TAB && mode != LINE_COMMAND) {
		complete(p);
	} else if (asks(key) && mode != LINE_COMMAND) {
		list(p);
	} else {
		candidates_free(&p->list);
		if (line_key(key))
			enter(p);
	}
}

void
prompt_paste(struct prompt *p, int key)
{
	char text[5];

	key_text(key, text);
	candidates_free(&p->list);
	line_insert(text);
}

static void
draw_list(const struct prompt *p, const struct rect *body)
{
	const struct candidates *c = &p->list;
	size_t w = candidates_width(c), left = c->n - p->first, i;
	struct rect rest = *body, foot;
	struct buf b = { 0 };

	left = left < LIST_MAX ? left : LIST_MAX;
	foot = rect_bottom(&rest, (int)left + 1);
	draw_fill(&foot, ROLE_TEXT);
	if (left < c->n)
		buf_printf(&b, _("%zu to %zu of %zu   Tab: more"), p->first + 1,
		    p->first + left, c->n);
	draw_rule(foot.y, foot.x, foot.w, buf_text(&b));
	for (i = 0; i < left && (int)i < foot.h - 1; i++) {
		buf_reset(&b);
		candidate_print(&c->v[p->first + i], w, &b);
		draw_text(foot.y + 1 + (int)i, foot.x + 1, foot.w - 1,
		    ROLE_TEXT, buf_text(&b));
	}
	buf_free(&b);
}

static const char *
label(const struct prompt *p)
{
	if (line_label() != NULL)
		return line_label();
	return line_mode() == LINE_COMMAND ? "(cmd) " : p->spec->label;
}

void
prompt_draw(
    const struct prompt *p, const struct rect *line, const struct rect *body)
{
	const char *s = line_text();
	size_t at = line_at(), first, room;
	int x = line->x, used;

	if (p->list.n > 0)
		draw_list(p, body);
	draw_fill(line, ROLE_TEXT);
	used = draw_text(line->y, x, line->w / 2, ROLE_KEY, label(p));
	room = (size_t)(line->w > used ? line->w - used : 0);
	first = text_first(s, at, room);
	draw_pad(line->y, x + used, (int)room, ROLE_TEXT, s + first);
	draw_cursor(
	    line->y, x + used + (int)text_width_n(s + first, at - first));
}

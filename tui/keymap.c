/* The toolkit's own key bindings, and the action tables in force. */
#include "config.h"

#include "tui/keymap.h"

#include "core/base/intl.h"

static const struct action base_actions[] = {
	{ ACT_BACK, { K_ESC }, "back", NULL, N_("go back") },
	{ ACT_PROMPT, { ':' }, "prompt", NULL, N_("type a command") },
	{ ACT_MOUSE, { 'm' }, "mouse", NULL,
	    N_("turn the mouse on (a click selects) or off (the terminal "
	       "selects text)") },
	{ ACT_QUIT, { 'q', 'Q' }, "quit", N_("Quit"), N_("quit the console") },
	{ ACT_HELP, { '?', K_F(1) }, "help", N_("Help"), N_("this help") },
	{ 0 },
};

const struct action keymap_always[] = {
	{ ACT_INTERRUPT, { K_CTRL('c'), K_F(10) }, "interrupt", NULL,
	    N_("leave the input, the form or the box, else quit") },
	{ ACT_SUSPEND, { K_CTRL('z') }, "suspend", NULL,
	    N_("suspend to the shell; fg resumes") },
	{ ACT_REPAINT, { K_CTRL('l') }, "repaint", NULL,
	    N_("redraw the screen") },
	{ 0 },
};

/* In force while text is typed, so without letters. */
static const struct action typing_actions[] = {
	{ ACT_HELP, { K_F(1) }, "help", N_("Help"), N_("this help") },
	{ 0 },
};

static const struct action prompt_actions[] = {
	{ ACT_ENTER, { K_ENTER }, "enter", N_("Do it"), N_("run the line") },
	{ ACT_NEXT, { K_TAB }, "complete", N_("Complete"),
	    N_("complete the word, or list the candidates") },
	{ ACT_UP, { K_UP }, "history", N_("History"),
	    N_("the previous line of the history") },
	{ ACT_CANCEL, { K_ESC }, "cancel", N_("Cancel"), N_("close the line") },
	{ ACT_HELP, { '?' }, "list", N_("What may follow"),
	    N_("list what may follow") },
	{ 0 },
};

static const struct action tab_actions[] = {
	{ ACT_TAB_1, { '1' }, "tab-1", NULL,
	    N_("the first screen; 2 to 9 the others") },
	{ ACT_TAB_1 + 1, { '2' }, "tab-2", NULL, NULL },
	{ ACT_TAB_1 + 2, { '3' }, "tab-3", NULL, NULL },
	{ ACT_TAB_1 + 3, { '4' }, "tab-4", NULL, NULL },
	{ ACT_TAB_1 + 4, { '5' }, "tab-5", NULL, NULL },
	{ ACT_TAB_1 + 5, { '6' }, "tab-6", NULL, NULL },
	{ ACT_TAB_1 + 6, { '7' }, "tab-7", NULL, NULL },
	{ ACT_TAB_1 + 7, { '8' }, "tab-8", NULL, NULL },
	{ ACT_TAB_9, { '9' }, "tab-9", NULL, NULL },
	{ ACT_TAB_BEFORE, { K_LEFT, 'h', K_PAIR('g', 'T') }, "tab-before", NULL,
	    N_("the screen before") },
	{ ACT_TAB_AFTER, { K_RIGHT, 'l', K_PAIR('g', 't') }, "tab-after", NULL,
	    N_("the next screen") },
	{ ACT_NEXT, { K_TAB, ']' }, "next", NULL,
	    N_("the next part, else the next screen") },
	{ ACT_PREVIOUS, { K_BACK_TAB, '[' }, "previous", NULL,
	    N_("the part before, else the screen before") },
	{ 0 },
};

#define PAIR_MS 2000 /* after a key that does something by itself */

int
keymap_pair(
    struct pair *p, const struct action *const *tables, int key, uint64_t now)
{
	bool soon =
	    p->first != K_NONE &&
	    (now - p->at < PAIR_MS || action_find(tables, p->first) == NULL);
	int both = K_PAIR(p->first, key);

	*p =
	    (struct pair){ .first = key > K_SPACE && key < K_BACKSPACE ? key
								       : K_NONE,
		    .at = now };
	if (!soon || action_find(tables, both) == NULL)
		return key;
	p->first = K_NONE;
	return both;
}

bool
keymap_waits(const struct action *const *tables, int key, struct buf *b)
{
	int pair = action_begun(tables, key);
	const struct action *a = action_find(tables, pair);
	struct buf name = { 0 };

	if (a == NULL || a->help == NULL)
		return false;
	key_print(&name, pair);
	buf_printf(b, _("%c waits for the key behind it   (%s: %s)"), key,
	    buf_text(&name), _(a->help));
	buf_free(&name);
	return true;
}

void
keymap_help(
    const struct view *v, const struct action *const *tables, struct buf *b)
{
	if (v->ops->help != NULL)
		buf_printf(b, "%s\n\n", _(v->ops->help));
	action_help(tables, b);
	if (v->ops->explain != NULL)
		v->ops->explain(v->self, b);
}

static size_t
tables_add(const struct action **tables, size_t n, const struct action *table)
{
	if (table != NULL && n < KEYMAP_MAX)
		tables[n++] = table;
	return n;
}

static bool
is_closed(const struct view_ops *ops, const void *self)
{
	return ops->modal || (self != NULL && ops->unbound != NULL &&
				 ops->unbound(self) != NULL);
}

/* A modal view hides the app's table, as one does that has its own keys
 * alone. */
void
keymap_tables(const struct view_ops *ops, const void *self,
    const struct action *mode, const struct action *app,
    const struct action *tables[KEYMAP_MAX + 1])
{
	const struct action *const *a = ops != NULL ? ops->actions : NULL;
	size_t n = 0;

	if (self != NULL && ops != NULL && ops->actions_now != NULL)
		a = ops->actions_now(self);
	if (ops == NULL) {
		n = tables_add(tables, n, prompt_actions);
	} else if (mode != NULL) {
		n = tables_add(tables, n, mode);
		n = tables_add(tables, n, typing_actions);
	} else {
		for (; a != NULL && *a != NULL; a++)
			n = tables_add(tables, n, *a);
		if (!is_closed(ops, self)) {
			n = tables_add(tables, n, app);
			n = tables_add(tables, n, tab_actions);
		}
		n = tables_add(tables, n, base_actions);
	}
	n = tables_add(tables, n, keymap_always);
	tables[n] = NULL;
}

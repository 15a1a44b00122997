/* What can be read, and told apart, on the terminals of others: the contrast of
 * the roles of text in six palettes, and in the pictures of README; and that
 * nothing is told by colour alone, by all frames in test/golden/. */
#include "config.h"

#include <ctype.h>
#include <curses.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/file.h"
#include "core/base/util.h"
#include "tui/theme.h"

#include "lib/golden.h"
#include "lib/looks.h"

#define ENOUGH 4.5	   /* for text (WCAG 2.1, 1.4.3) */
#define DIM_LEFT (2 / 3.0) /* what VTE and others leave of dim text */

/* Palettes */

static const struct scheme {
	const char *name;
	unsigned paper, text;
	unsigned colors[8]; /* of SGR 30 to 37 */
} schemes[] = {
	/* Of xterm; white is where it fares worst. */
	{ "black", 0x000000, 0xe5e5e5,
	    { 0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd,
		0x00cdcd, 0xe5e5e5 } },
	{ "white", 0xffffff, 0x000000,
	    { 0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd,
		0x00cdcd, 0xe5e5e5 } },
	{ "solarized dark", 0x002b36, 0x839496,
	    { 0x073642, 0xdc322f, 0x859900, 0xb58900, 0x268bd2, 0xd33682,
		0x2aa198, 0xeee8d5 } },
	{ "solarized light", 0xfdf6e3, 0x657b83,
	    { 0x073642, 0xdc322f, 0x859900, 0xb58900, 0x268bd2, 0xd33682,
		0x2aa198, 0xeee8d5 } },
	{ "gruvbox", 0x282828, 0xebdbb2,
	    { 0x282828, 0xcc241d, 0x98971a, 0xd79921, 0x458588, 0xb16286,
		0x689d6a, 0xa89984 } },
	{ "nord", 0x2e3440, 0xd8dee9,
	    { 0x3b4252, 0xbf616a, 0xa3be8c, 0xebcb8b, 0x81a1c1, 0xb48ead,
		0x88c0d0, 0xe5e9f0 } },
};

/* What says the same as the look of a role, for where it is hard to read. Text
 * of other roles is the terminal's own. */
static const struct {
	enum role role;
	const char *name, *instead;
} said[] = {
	{ ROLE_ALERT, "alert", "COMMIT, PAUSED" },
	{ ROLE_PROVED, "proved", "proved" },
	{ ROLE_TAB_ACTIVE, "active tab", "[ ]" },
	{ ROLE_RULE, "rule", "no text" },
	{ ROLE_OK, "ok", "ok" },
	{ ROLE_WARN, "WARN", "WARN, !" },
	{ ROLE_FAIL, "FAIL", "FAIL, !" },
	{ ROLE_ADDED, "added", "+" },
	{ ROLE_REMOVED, "removed", "-" },
	{ ROLE_CHANGED, "changed", "~, *" },
	{ ROLE_STATEMENT, "statement", "its words" },
	{ ROLE_CAPTION, "caption", "its place" },
	{ ROLE_IN, "in", "hangs from the axis" },
	{ ROLE_OUT, "out", "stands on the axis" },
};

/* Of a channel, from 0 to 1 (WCAG 2.1, relative luminance). */
static double
linear(double c)
{
	return c <= 0.03928 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

static double
luminance(unsigned rgb)
{
	return 0.2126 * linear((rgb >> 16 & 0xff) / 255.0) +
	       0.7152 * linear((rgb >> 8 & 0xff) / 255.0) +
	       0.0722 * linear((rgb & 0xff) / 255.0);
}

static double
ratio(unsigned a, unsigned b)
{
	double x = luminance(a) + 0.05, y = luminance(b) + 0.05;

	return x > y ? x / y : y / x;
}

static unsigned
dimmed(unsigned ink, unsigned paper)
{
	unsigned rgb = 0, shift;

	for (shift = 0; shift < 24; shift += 8)
		rgb |= (unsigned)((ink >> shift & 0xff) * DIM_LEFT +
				  (paper >> shift & 0xff) * (1 - DIM_LEFT))
		       << shift;
	return rgb;
}

static double
ratio_of(const struct scheme *s, enum role r)
{
	unsigned long attr = theme_attr(r, true);
	short pair = (short)PAIR_NUMBER(attr);
	unsigned ink = pair > 0 ? s->colors[theme_color(pair)] : s->text;

	return ratio(attr & A_DIM ? dimmed(ink, s->paper) : ink, s->paper);
}

static bool
is_said(enum role r)
{
	size_t i = 0;

	while (i < NITEMS(said) && said[i].role != r)
		i++;
	return i < NITEMS(said);
}

static void
print_table(void)
{
	const struct scheme *s;
	double most;
	size_t i;

	printf("# contrast, \"!\" below %.1f in the colours of the scheme\n"
	       "# %-10s",
	    ENOUGH, "");
	for (s = schemes; s < END_OF(schemes, NITEMS(schemes)); s++)
		printf(" %15s", s->name);
	printf("  says the same\n");
	for (i = 0; i < NITEMS(said); i++) {
		printf("# %-10s", said[i].name);
		for (s = schemes; s < END_OF(schemes, NITEMS(schemes)); s++) {
			most = ratio_of(s, said[i].role);
			printf(" %14.1f%c", most, most < ENOUGH ? '!' : ' ');
		}
		printf("  %s\n", said[i].instead);
	}
}

/* What is in a colour of the scheme, or dim, may be hard to read there, and is
 * said in another way. All other text is as the scheme has it. */
static void
roles_can_be_read(void **state)
{
	const struct scheme *s;
	unsigned r;

	(void)state;
	print_table();
	for (s = schemes; s < END_OF(schemes, NITEMS(schemes)); s++)
		for (r = 0; r < ROLE_COUNT; r++)
			if (ratio_of(s, r) < ENOUGH &&
			    ratio_of(s, r) < ratio(s->text, s->paper) &&
			    !is_said(r))
				fail_msg("role %u in %s: %.1f", r, s->name,
				    ratio_of(s, r));
}

/* In 8 colours there are black and white, which may be the background, and blue,
 * which is too dark on most. */
static void
colors_are_few(void **state)
{
	short pair;
	unsigned r;

	(void)state;
	for (r = 0; r < ROLE_COUNT; r++) {
		assert_int_equal(PAIR_NUMBER(theme_attr(r, false)), 0);
		pair = (short)PAIR_NUMBER(theme_attr(r, true));
		if (pair > 0)
			assert_non_null(
			    strchr("\1\2\3\5\6", theme_color(pair)));
	}
}

/* Pictures */

static void
picture_can_be_read(const char *top, const char *name)
{
	char *path = xasprintf("%s/doc/pictures/%s.svg", top, name);
	char *svg = read_file(path, 1u << 20, NULL);
	const char *at, *paper;
	unsigned inks = 0, ink, back = 0;

	assert_non_null(svg);
	paper = strstr(svg, "rx=\"6\" fill=\"#");
	assert_non_null(paper);
	assert_int_equal(sscanf(paper, "rx=\"6\" fill=\"#%x", &back), 1);
	for (at = svg; (at = strstr(at, "fill=\"#")) != NULL; at++) {
		assert_int_equal(sscanf(at, "fill=\"#%6x", &ink), 1);
		if (ink != back && ratio(ink, back) < ENOUGH)
			fail_msg("%s: %06x on %06x: %.1f", name, ink, back,
			    ratio(ink, back));
		inks += ink != back;
	}
	assert_true(inks > 3);
	free(svg);
	free(path);
}

static void
pictures_can_be_read(void **state)
{
	static const char *const names[] = { "quiet", "trouble", "forwards",
		"policies", "countdown" };
	size_t i;

	for (i = 0; i < NITEMS(names); i++)
		picture_can_be_read(*state, names[i]);
}

/* Frames without their looks */

#define MARKS "!?+-~*="
#define FOOT 1 /* rows: the key bar */

/* A row without what differs between rows of a kind: numbers, addresses and
 * names with a digit in them. */
struct kind {
	char *text;
	unsigned colors; /* a bit for each */
	char *where;
};

struct kinds {
	struct kind *v;
	size_t n;
	unsigned reversed; /* rows that were looked at */
};

static unsigned
color_of(char letter)
{
	size_t i = 0;

	while (i < look_count && looks[i].letter != letter)
		i++;
	assert_true(i < look_count);
	/* Captions, tabs and statements are told by their place. */
	return looks[i].pair == 0 || looks[i].pair == COLOR_CYAN + 1
		   ? 0
		   : 1u << looks[i].pair;
}

static void
add_word(struct buf *b, const char *word, size_t n)
{
	size_t i = 0;

	while (i < n && (word[i] < '0' || word[i] > '9'))
		i++;
	if (i < n)
		buf_add(b, "#");
	else
		buf_add_n(b, word, n);
	buf_add(b, " ");
}

/* Of a row, from its third column on. */
static void
print_kind(const char *row, struct buf *b)
{
	size_t n;

	for (; *row != '\0'; row += n) {
		n = strcspn(row, " ");
		if (n > 0)
			add_word(b, row, n);
		n += row[n] == ' ';
	}
}

/* The colours of what is not a chart: all those of ASCII. */
static unsigned
colors_of(const char *row, const char *letters)
{
	unsigned colors = 0;

	for (; *row != '\0' && *letters != '\0'; row++) {
		if (((unsigned char)*row & 0xc0) == 0x80)
			continue;
		if ((unsigned char)*row < 0x80 && *row != ' ')
			colors |= color_of(*letters);
		letters++;
	}
	return colors;
}

/* In one of its first two columns. */
static bool
is_marked(const char *row)
{
	return strcspn(row, MARKS) < 2;
}

static void
take_kind(struct kinds *k, const struct golden *g, size_t y, struct buf *b)
{
	unsigned colors = colors_of(g->rows[y], g->looks[y]);
	struct kind *other = k->v;

	while (
	    other < END_OF(k->v, k->n) && strcmp(other->text, buf_text(b)) != 0)
		other++;
	if (other == END_OF(k->v, k->n)) {
		k->v = xgrow(k->v, k->n, sizeof(*k->v));
		k->v[k->n++] = (struct kind){ xstrdup(buf_text(b)), colors,
			xasprintf("%s, \"%s\"", g->file, g->name) };
		return;
	}
	/* A screen may leave a mark without its colour. */
	if (colors != other->colors &&
	    ((colors != 0 && other->colors != 0) || !is_marked(b->s)))
		fail_msg("\"%s\" of %s, \"%s\" has other colours than in %s",
		    buf_text(b), g->file, g->name, other->where);
}

/* Those without a word or a number are rules and charts. The title and rows with
 * a cursor tell by that. */
static void
take_row(struct kinds *k, const struct golden *g, size_t y)
{
	const char *row = g->rows[y];
	struct buf b = { 0 };

	if (strlen(row) < 3 || strpbrk(g->looks[y], "iY") != NULL)
		return;
	buf_add_n(&b, row, 2);
	if (b.s[0] == '>')
		b.s[0] = ' ';
	print_kind(row + 2, &b);
	if (strpbrk(b.s + 2, "#abcdefghijklmnopqrstuvwxyz") != NULL)
		take_kind(k, g, y, &b);
	buf_free(&b);
}

static void
take_frame(void *arg, const struct golden *g)
{
	size_t y;

	if (strstr(g->file, "-plain") == NULL) /* which has no colours */
		for (y = 0; y + FOOT < g->h; y++)
			take_row(arg, g, y);
}

/* Rows of the same words look alike: what a colour tells, a word tells. */
static void
colors_repeat_words(void **state)
{
	struct kinds k = { 0 };
	size_t i;

	golden_read(*state, take_frame, &k);
	assert_true(k.n > 500);
	for (i = 0; i < k.n; i++) {
		free(k.v[i].text);
		free(k.v[i].where);
	}
	free(k.v);
}

/* How many words of a row, beside its mark, begin in a colour. */
static unsigned
colored_words(const char *row, const char *letters)
{
	unsigned words = 0;
	bool begins = true;
	size_t at = 0;

	for (; *row != '\0' && *letters != '\0'; row++) {
		if (((unsigned char)*row & 0xc0) == 0x80)
			continue;
		words += at++ > 1 && begins && isalnum((unsigned char)*row) &&
			 color_of(*letters) != 0;
		begins = *row == ' ';
		letters++;
	}
	return words;
}

#define BESIDE_FROM 140 /* columns of a title where a pane is beside its list */

/* The title is of words alone. */
static void
check_words(void *arg, const struct golden *g)
{
	unsigned *words = arg, n;
	unsigned max = text_width(g->rows[0]) < BESIDE_FROM ? 1 : 2;
	size_t y;

	for (y = 1; y + FOOT < g->h; y++) {
		if (strpbrk(g->looks[y], "iY") != NULL)
			continue;
		n = colored_words(g->rows[y], g->looks[y]);
		*words += n;
		if (n > max)
			fail_msg("\"%s\" of %s, \"%s\" has %u words in "
				 "colours",
			    g->rows[y], g->file, g->name, n);
	}
}

/* A colour that can hardly be read is only that of a word, and not that of what
 * the word is about. */
static void
sentences_have_no_color(void **state)
{
	unsigned words = 0;

	golden_read(*state, check_words, &words);
	assert_true(words > 100);
}

/* Whether a row has a selection in that column, or a box begins before it. */
static bool
is_at_mark(const char *row, int x)
{
	return (size_t)x < strlen(row) &&
	       (row[x] == '>' || (x > 0 && row[x - 1] == '|') ||
		   (x > 1 && row[x - 2] == '|'));
}

static void
check_reversed(void *arg, const struct golden *g)
{
	struct kinds *k = arg;
	const char *start, *letters;
	size_t y;
	int x;

	for (y = 0; y < g->h; y++) {
		letters = g->looks[y];
		start = strchr(letters, 'i');
		if (start == NULL)
			continue;
		x = (int)(start - letters);
		k->reversed++;
		if (x == 0 && y + 1 == g->h && g->rows[y][0] == ' ')
			continue; /* the name of a mode, in front of keys */
		if (g->rows[y][0] == '>' || is_at_mark(g->rows[g->y], g->x))
			continue;
		if (g->y != (int)y || g->x < x ||
		    g->x > x + (int)strspn(start, "i"))
			fail_msg("row %zu of %s, \"%s\" is reversed, and the "
				 "cursor elsewhere",
			    y, g->file, g->name);
	}
}

/* What is selected has ">" or the terminal's own cursor, or a box before it. */
static void
selection_is_marked(void **state)
{
	struct kinds k = { 0 };

	golden_read(*state, check_reversed, &k);
	assert_true(k.reversed > 100);
}

int
main(void)
{
	char *top = golden_top();
	int failed;

	if (top == NULL)
		return 1;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(roles_can_be_read),
		cmocka_unit_test(colors_are_few),
		cmocka_unit_test_prestate(pictures_can_be_read, top),
		cmocka_unit_test_prestate(colors_repeat_words, top),
		cmocka_unit_test_prestate(sentences_have_no_color, top),
		cmocka_unit_test_prestate(selection_is_marked, top),
	};

	failed = cmocka_run_group_tests(tests, NULL, NULL);
	free(top);
	return failed;
}

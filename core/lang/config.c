/* A config: statements in order, with the comments and blank lines between. */
#include "config.h"

#include "core/lang/config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"

static void
line_free(struct line *l)
{
	statement_free(l->st);
	free(l->comment);
}

void
config_free(struct config *c)
{
	size_t i;

	for (i = 0; i < c->n; i++)
		line_free(&c->v[i]);
	free(c->v);
	free(c->file);
	memset(c, 0, sizeof(*c));
}

static void
insert_line(struct config *c, size_t at, struct line l)
{
	c->v = xgrow(c->v, c->n, sizeof(*c->v));
	memmove(&c->v[at + 1], &c->v[at], (c->n - at) * sizeof(*c->v));
	c->v[at] = l;
	c->n++;
	c->text = 0;
}

static void
copy_line(struct config *to, const struct line *l)
{
	insert_line(to, to->n,
	    (struct line){ l->st != NULL ? statement_share(l->st) : NULL,
		l->comment != NULL ? xstrdup(l->comment) : NULL });
}

/* A line that another config has in the same place means the same. */
static bool
share_line(struct config *c, const struct config *like, const char *text,
    unsigned number)
{
	const struct line *l = number <= like->n ? &like->v[number - 1] : NULL;

	if (like->text == 0 || l == NULL || l->st == NULL ||
	    strcmp(statement_source(l->st), text) != 0)
		return false;
	copy_line(c, l);
	return true;
}

static int
parse_line(struct config *c, const char *text, unsigned number, struct err *e)
{
	struct words w = { .line = number };
	struct line l = { NULL, NULL };
	int r;

	r = words_split(&w, text, e);
	if (r == 0 && w.n > 0) {
		l.st = statement_parse(&w, false, e);
		r = l.st != NULL ? 0 : -1;
	}
	if (r == 0 && w.comment != NULL)
		l.comment = xstrdup(w.comment);
	if (r == 0)
		insert_line(c, c->n, l);
	else if (c->file != NULL)
		snprintf(e->file, sizeof(e->file), "%s", c->file);
	words_free(&w);
	return r;
}

/* Editors of other systems end lines with CR and LF. */
static void
drop_return(char *line)
{
	size_t n = strlen(line);

	while (n > 0 && line[n - 1] == '\r')
		line[--n] = '\0';
}

/* Some editors begin a UTF-8 file with a byte order mark. */
static const char *
without_mark(const char *text)
{
	static const char mark[] = "\xef\xbb\xbf";

	return has_prefix(text, mark) ? text + strlen(mark) : text;
}

static int
parse(struct config *c, const char *text, const char *file,
    const struct config *like, struct err *e)
{
	char *copy = xstrdup(without_mark(text)), *rest = copy, *line;
	unsigned number = 0;
	int r = 0;

	c->file = file != NULL ? xstrdup(file) : NULL;
	while (r == 0 && rest != NULL && *rest != '\0') {
		line = strsep(&rest, "\n");
		drop_return(line);
		number++;
		if (!share_line(c, like, line, number))
			r = parse_line(c, line, number, e);
	}
	c->text = hash_text(HASH_START, text);
	free(copy);
	return r;
}

int
config_parse(
    struct config *c, const char *text, const char *file, struct err *e)
{
	static const struct config none;

	return parse(c, text, file, &none, e);
}

int
config_read(struct config *c, const char *path, bool absent_ok, struct err *e)
{
	static const struct config none;

	return config_read_like(c, path, absent_ok, &none, e);
}

int
config_read_like(struct config *c, const char *path, bool absent_ok,
    const struct config *like, struct err *e)
{
	char *text;
	size_t len;
	int r;

	text = read_file(path, CONFIG_MAX, &len);
	if (text == NULL && errno == ENOENT && absent_ok) {
		c->file = xstrdup(path);
		return 0;
	}
	if (text == NULL)
		return err_sys(e, ERR_FAIL, "cannot read %s", path);
	if (strlen(text) != len) {
		err_set(e, ERR_USAGE, "%s is not a text file", path);
		err_hint(e, "it has a NUL byte after byte %zu", strlen(text));
		r = -1;
	} else {
		r = parse(c, text, path, like, e);
	}
	free(text);
	return r;
}

void
config_print(const struct config *c, struct buf *b)
{
	const struct line *l;
	size_t i;

	for (i = 0; i < c->n; i++) {
		l = &c->v[i];
		if (l->st != NULL)
			statement_print(l->st, b);
		if (l->st != NULL && l->comment != NULL)
			buf_add(b, " ");
		if (l->comment != NULL)
			buf_add(b, l->comment);
		buf_add(b, "\n");
	}
}

static bool
line_equal(const struct line *a, const struct line *b)
{
	const char *x = a->comment, *y = b->comment;

	if (x == NULL || y == NULL ? x != y : strcmp(x, y) != 0)
		return false;
	if (a->st == NULL || b->st == NULL || a->st == b->st)
		return a->st == b->st;
	return statement_equal(a->st, b->st);
}

bool
config_equal(const struct config *a, const struct config *b)
{
	size_t i = 0;

	while (i < a->n && i < b->n && line_equal(&a->v[i], &b->v[i]))
		i++;
	return i == a->n && i == b->n;
}

int
config_write_text(const char *text, size_t len, const char *path, struct err *e)
{
	if (len <= CONFIG_MAX)
		return file_replace(path, text, len, 0644, e);
	err_set(e, ERR_UNSAFE,
	    "a config is at most %u MiB: %s would have %zu bytes",
	    CONFIG_MAX >> 20, path, len);
	return err_hint(e, "leave out comments, or what is off");
}

int
config_write(const struct config *c, const char *path, struct err *e)
{
	struct buf b = { 0 };
	int r;

	config_print(c, &b);
	r = config_write_text(buf_text(&b), b.len, path, e);
	buf_free(&b);
	return r;
}

void
config_copy(struct config *to, const struct config *from)
{
	size_t i;

	memset(to, 0, sizeof(*to));
	to->file = from->file != NULL ? xstrdup(from->file) : NULL;
	for (i = 0; i < from->n; i++)
		copy_line(to, &from->v[i]);
}

/* Policies of all three verdicts are one group: their order matters. */
static int
group_of(const struct statement *st)
{
	return statement_is_policy(st) ? (int)ST_ALLOW : (int)st->kind;
}

/* After the last statement of its group, else before the first of a later
 * group, else at the end. */
static size_t
place_for(const struct config *c, const struct statement *st)
{
	size_t i, last = SIZE_MAX, later = SIZE_MAX;

	for (i = 0; i < c->n; i++) {
		if (c->v[i].st == NULL)
			continue;
		if (group_of(c->v[i].st) == group_of(st))
			last = i + 1;
		else if (later == SIZE_MAX &&
			 group_of(c->v[i].st) > group_of(st))
			later = i;
	}
	if (last != SIZE_MAX)
		return last;
	return later != SIZE_MAX ? later : c->n;
}

static size_t
find_same(const struct config *c, const struct statement *st)
{
	size_t i;

	for (i = 0; i < c->n; i++)
		if (c->v[i].st != NULL && statement_same(c->v[i].st, st))
			return i;
	return SIZE_MAX;
}

void
config_hint_bridge(const struct statement *st, struct err *e)
{
	if (st->kind == ST_CONTAINER && st->v[CONTAINER_ON].set)
		err_hint_more(e,
		    "a container has one ULA, on one bridge: give it another "
		    "one inside, and let forwards lead to that address");
}

int
config_add(struct config *c, struct statement *st, struct err *e)
{
	struct buf key = { 0 };
	size_t at = find_same(c, st);

	if (at == SIZE_MAX) {
		insert_line(c, place_for(c, st), (struct line){ st, NULL });
		return 0;
	}
	statement_key(st, &key);
	err_set(e, ERR_UNSAFE, "%s is there already", key.s);
	err_hint(e, "change it with set, or delete it first");
	config_hint_bridge(st, e);
	statement_blame(st, SIZE_MAX, e);
	buf_free(&key);
	statement_free(st);
	return -1;
}

void
config_put(struct config *c, size_t line, struct statement *st)
{
	statement_free(c->v[line].st);
	c->v[line].st = st;
	c->text = 0;
}

int
config_set(struct config *c, struct statement *st, struct err *e)
{
	size_t at = find_same(c, st);

	if (at == SIZE_MAX)
		return config_add(c, st, e);
	config_put(c, at, st);
	return 0;
}

static size_t
fail_find(const struct config *c, const struct statement *key, size_t matches,
    struct err *e)
{
	struct buf text = { 0 }, list = { 0 };
	const struct statement *st;
	size_t i;

	statement_print(key, &text);
	for (i = 0; i < c->n && list.len < sizeof(e->hint); i++) {
		st = c->v[i].st;
		if (st == NULL || st->kind != key->kind ||
		    (matches > 1 && !statement_matches(key, st)))
			continue;
		buf_add(&list, list.len > 0 ? "; " : "");
		statement_key(st, &list);
	}
	if (matches > 1)
		err_set(
		    e, ERR_USAGE, "%s names %zu statements", text.s, matches);
	else
		err_set(e, ERR_USAGE, "there is no %s", text.s);
	if (list.len > 0)
		err_hint(e, "there is: %s", list.s);
	statement_blame(key, SIZE_MAX, e);
	buf_free(&text);
	buf_free(&list);
	return SIZE_MAX;
}

size_t
config_find(const struct config *c, const struct statement *key, struct err *e)
{
	size_t i, found = SIZE_MAX, matches = 0;

	i = find_same(c, key);
	if (i != SIZE_MAX)
		return i;
	for (i = 0; i < c->n; i++) {
		if (c->v[i].st == NULL || !statement_matches(key, c->v[i].st))
			continue;
		found = i;
		matches++;
	}
	return matches == 1 ? found : fail_find(c, key, matches, e);
}

void
config_remove(struct config *c, size_t line)
{
	line_free(&c->v[line]);
	c->n--;
	c->text = 0;
	memmove(&c->v[line], &c->v[line + 1], (c->n - line) * sizeof(*c->v));
}

static bool
is_policy_of(const struct statement *st, enum chain chain)
{
	return st != NULL && statement_is_policy(st) &&
	       st->v[POLICY_CHAIN].choice == (unsigned)chain;
}

static size_t
policy_line(const struct config *c, enum chain chain, unsigned n)
{
	size_t i;

	for (i = 0; n > 0 && i < c->n; i++)
		if (is_policy_of(c->v[i].st, chain) && --n == 0)
			return i;
	return SIZE_MAX;
}

const struct statement *
config_policy(const struct config *c, enum chain chain, unsigned n)
{
	size_t i = policy_line(c, chain, n);

	return i != SIZE_MAX ? c->v[i].st : NULL;
}

bool
config_is_empty(const struct config *c)
{
	size_t i = 0;

	while (i < c->n && c->v[i].st == NULL)
		i++;
	return i == c->n;
}

/* The statement of a kind whose value is that name. */
static const struct statement *
find_named(const struct config *c, enum statement_kind kind, size_t value,
    const char *name)
{
	const struct statement *st;
	size_t i;

	for (i = 0; c != NULL && i < c->n; i++) {
		st = c->v[i].st;
		if (st != NULL && st->kind == kind &&
		    strcmp(st->v[value].text, name) == 0)
			return st;
	}
	return NULL;
}

const struct statement *
config_container(const struct config *c, const char *name)
{
	return find_named(c, ST_CONTAINER, CONTAINER_NAME, name);
}

const struct statement *
config_bridge(const struct config *c, const char *name)
{
	return find_named(c, ST_BRIDGE, BRIDGE_IFACE, name);
}

const struct statement *
config_same(const struct config *c, const struct statement *st)
{
	size_t i = find_same(c, st);

	return i != SIZE_MAX ? c->v[i].st : NULL;
}

int
config_move(
    struct config *c, enum chain chain, unsigned n, unsigned to, struct err *e)
{
	size_t from = policy_line(c, chain, n);
	size_t dest = policy_line(c, chain, to);
	struct line l;

	if (from == SIZE_MAX || dest == SIZE_MAX) {
		err_set(e, ERR_USAGE, "there is no policy %u in %s",
		    from == SIZE_MAX ? n : to, type_chain.choices[chain].word);
		return err_hint(e, "seki show policies numbers those of each "
				   "chain from 1");
	}
	l = c->v[from];
	c->n--;
	memmove(&c->v[from], &c->v[from + 1], (c->n - from) * sizeof(*c->v));
	insert_line(c, dest, l);
	return 0;
}

int
config_add_behind(
    struct config *c, struct statement *st, unsigned n, struct err *e)
{
	enum chain chain = (enum chain)st->v[POLICY_CHAIN].choice;
	unsigned last = 0;

	if (config_add(c, st, e) != 0)
		return -1;
	while (config_policy(c, chain, last + 1) != NULL)
		last++;
	return n > 0 && n + 1 < last ? config_move(c, chain, last, n + 1, e)
				     : 0;
}

unsigned
config_option(const struct config *c, enum option_name name)
{
	const struct statement *st;
	size_t i;

	for (i = 0; i < c->n; i++) {
		st = c->v[i].st;
		if (st != NULL && st->kind == ST_OPTION &&
		    st->v[OPTION_NAME].choice == name)
			return statement_option(st);
	}
	return option_specs[name].preset;
}

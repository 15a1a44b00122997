/* The journal: a line for each object, "address host|inside NAME ADDR/LEN NETNS
 * PORT INDEX", "bridge INDEX MAC", "sysctl INDEX NAME VALUE" or
 * "ipv4-forwarding REDIRECTS". */
#include "config.h"

#include "core/plan/journal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"
#include "core/base/util.h"
#include "core/lang/words.h"

#define JOURNAL_MAX (4u << 20)

#define FORWARDING4 "ipv4-forwarding"

enum {
	WORD_KIND, /* "address"; once there were routes, too */
	WORD_WHERE,
	WORD_NAME,
	WORD_PREFIX,
	WORD_NETNS, /* the last three were not always there */
	WORD_PORT,
	WORD_INDEX,
	WORD_COUNT
};

enum { MADE_KIND, MADE_INDEX, MADE_MAC, MADE_COUNT };

enum { FORMER_KIND, FORMER_INDEX, FORMER_CONF, FORMER_VALUE, FORMER_COUNT };

static void
parse_former(struct journal *j, const struct words *w)
{
	struct former f = { 0 };

	if (w->n != FORMER_COUNT)
		return;
	while (f.conf < CONF_COUNT &&
	       strcmp(confs[f.conf].name, w->v[FORMER_CONF].text) != 0)
		f.conf++;
	f.index = atoi(w->v[FORMER_INDEX].text);
	f.value = atoi(w->v[FORMER_VALUE].text);
	if (f.conf < CONF_COUNT)
		journal_add_former(j, &f);
}

static void
parse_made(struct journal *j, const struct words *w)
{
	struct made m = { 0 };

	if (w->n != MADE_COUNT)
		return;
	m.index = atoi(w->v[MADE_INDEX].text);
	m.mac = strtoull(w->v[MADE_MAC].text, NULL, 16);
	journal_add_made(j, &m);
}

static void
parse_address(struct journal *j, const struct words *w)
{
	struct owned o = { 0 };

	if (w->n <= WORD_PREFIX ||
	    prefix_parse(&o.prefix, w->v[WORD_PREFIX].text) != 0)
		return;
	o.inside = strcmp(w->v[WORD_WHERE].text, "inside") == 0;
	o.name = w->v[WORD_NAME].text;
	if (w->n == WORD_COUNT) {
		o.at.netns = strtoull(w->v[WORD_NETNS].text, NULL, 10);
		o.at.port = atoi(w->v[WORD_PORT].text);
		o.at.index = atoi(w->v[WORD_INDEX].text);
	}
	journal_add(j, &o);
}

static void
parse_forwarding4(struct journal *j, const struct words *w)
{
	j->forwards4 = true;
	j->redirects4 = atoi(w->v[1].text);
}

static void
parse_line(void *arg, const struct words *w)
{
	struct journal *j = arg;

	if (w->n > 0 && strcmp(w->v[WORD_KIND].text, "address") == 0)
		parse_address(j, w);
	else if (w->n > 0 && strcmp(w->v[MADE_KIND].text, "bridge") == 0)
		parse_made(j, w);
	else if (w->n > 0 && strcmp(w->v[FORMER_KIND].text, "sysctl") == 0)
		parse_former(j, w);
	else if (w->n == 2 && strcmp(w->v[WORD_KIND].text, FORWARDING4) == 0)
		parse_forwarding4(j, w);
}

static char *
full_path(const char *run_path)
{
	return xasprintf("%s/made", run_path);
}

int
journal_load(struct journal *j, const char *run_path, struct err *e)
{
	char *path = full_path(run_path);
	char *text = read_file(path, JOURNAL_MAX, NULL);
	int r = 0;

	memset(j, 0, sizeof(*j));
	if (text == NULL && errno != ENOENT)
		r = err_sys(e, ERR_FAIL, "cannot read %s", path);
	words_each(text, parse_line, j);
	free(text);
	free(path);
	return r;
}

/* A disk that is full must not keep a revert from what is there already. */
static bool
is_stored(const char *path, const struct buf *b)
{
	size_t len = 0;
	char *text = read_file(path, JOURNAL_MAX, &len);
	bool is = text != NULL && len == b->len &&
		  memcmp(text, buf_text(b), len) == 0;

	free(text);
	return is;
}

int
journal_store(const struct journal *j, const char *run_path, struct err *e)
{
	char *path = full_path(run_path);
	const struct owned *o;
	const struct former *f;
	const struct made *m;
	struct buf b = { 0 };
	int r;

	for (o = j->v; o < END_OF(j->v, j->n); o++) {
		buf_printf(&b, "address %s ", o->inside ? "inside" : "host");
		words_print(&b, o->name, "");
		buf_add(&b, " ");
		prefix_print(&o->prefix, &b);
		buf_printf(&b, " %" PRIu64 " %d %d\n", o->at.netns, o->at.port,
		    o->at.index);
	}
	for (m = j->made; m < END_OF(j->made, j->nmade); m++)
		buf_printf(&b, "bridge %d %012" PRIx64 "\n", m->index, m->mac);
	for (f = j->formers; f < END_OF(j->formers, j->nformers); f++)
		buf_printf(&b, "sysctl %d %s %d\n", f->index,
		    confs[f->conf].name, f->value);
	if (j->forwards4)
		buf_printf(&b, FORWARDING4 " %d\n", j->redirects4);
	r = is_stored(path, &b)
		? 0
		: file_replace(path, buf_text(&b), b.len, 0644, e);
	buf_free(&b);
	free(path);
	return r;
}

void
journal_free(struct journal *j)
{
	size_t i;

	for (i = 0; i < j->n; i++)
		free(j->v[i].name);
	free(j->v);
	free(j->made);
	free(j->formers);
	memset(j, 0, sizeof(*j));
}

static bool
is_same(const struct owned *a, const struct owned *b)
{
	if (a->inside != b->inside || !prefix_equal(&a->prefix, &b->prefix))
		return false;
	if (a->at.index != 0 && b->at.index != 0)
		return link_id_equal(&a->at, &b->at);
	return strcmp(a->name, b->name) == 0;
}

static size_t
find(const struct journal *j, const struct owned *o)
{
	size_t i;

	for (i = 0; i < j->n; i++)
		if (is_same(&j->v[i], o))
			return i;
	return SIZE_MAX;
}

bool
journal_has(const struct journal *j, const struct owned *o)
{
	return find(j, o) != SIZE_MAX;
}

void
journal_add(struct journal *j, const struct owned *o)
{
	if (journal_has(j, o))
		return;
	j->v = xgrow(j->v, j->n, sizeof(*j->v));
	j->v[j->n] = *o;
	j->v[j->n++].name = xstrdup(o->name);
}

static void
drop(struct journal *j, size_t i)
{
	free(j->v[i].name);
	j->v[i] = j->v[--j->n];
}

void
journal_remove(struct journal *j, const struct owned *o)
{
	size_t i = find(j, o);

	if (i != SIZE_MAX)
		drop(j, i);
}

static size_t
find_made(const struct journal *j, const struct made *m)
{
	size_t i = 0;

	while (i < j->nmade &&
	       (j->made[i].index != m->index || j->made[i].mac != m->mac))
		i++;
	return i;
}

bool
journal_has_made(const struct journal *j, const struct made *m)
{
	return find_made(j, m) < j->nmade;
}

void
journal_add_made(struct journal *j, const struct made *m)
{
	if (journal_has_made(j, m))
		return;
	j->made = xgrow(j->made, j->nmade, sizeof(*j->made));
	j->made[j->nmade++] = *m;
}

void
journal_remove_made(struct journal *j, const struct made *m)
{
	size_t i = find_made(j, m);

	if (i < j->nmade)
		j->made[i] = j->made[--j->nmade];
}

static size_t
find_former(const struct journal *j, int index, enum conf_number conf)
{
	size_t i = 0;

	while (i < j->nformers &&
	       (j->formers[i].index != index || j->formers[i].conf != conf))
		i++;
	return i;
}

void
journal_add_former(struct journal *j, const struct former *f)
{
	if (find_former(j, f->index, f->conf) < j->nformers)
		return;
	j->formers = xgrow(j->formers, j->nformers, sizeof(*j->formers));
	j->formers[j->nformers++] = *f;
}

void
journal_remove_former(struct journal *j, int index, enum conf_number conf)
{
	size_t i = find_former(j, index, conf);

	if (i < j->nformers)
		j->formers[i] = j->formers[--j->nformers];
}

static bool
is_gone(const struct owned *o, const struct snapshot *now)
{
	const struct container *c =
	    o->inside ? snapshot_container_at(now, &o->at) : NULL;
	int nsid = c != NULL ? c->nsid : NSID_SELF;

	if (o->at.index == 0 || (o->inside && c == NULL))
		return false;
	return snapshot_address(now, nsid, o->at.index, &o->prefix) == NULL;
}

void
journal_prune(struct journal *j, const struct snapshot *now)
{
	size_t i;

	j->forwards4 = j->forwards4 && now->forwarding4 != 0;
	for (i = j->n; i > 0; i--)
		if (is_gone(&j->v[i - 1], now))
			drop(j, i - 1);
	for (i = j->nmade; i > 0; i--)
		if (snapshot_bridge_made(
			now, j->made[i - 1].index, j->made[i - 1].mac) == NULL)
			j->made[i - 1] = j->made[--j->nmade];
	for (i = j->nformers; i > 0; i--)
		if (j->formers[i - 1].index != 0 &&
		    snapshot_link_at(now, j->formers[i - 1].index) == NULL)
			j->formers[i - 1] = j->formers[--j->nformers];
}

/* Drift: where the kernel no longer matches what was committed.
 *
 * Whether rules were edited is told by two digests of what the kernel has
 * (net_rules): of the marks, which say what text was loaded, and of the rules
 * themselves. The second follows from the first, so a pair that was noted once
 * stays true whoever loads what meanwhile, and a note that is missing is only
 * one that cannot help. */
#include "config.h"

#include "core/state/drift.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/intl.h"
#include "core/base/util.h"
#include "core/kernel/net.h"
#include "core/plan/fw.h"
#include "core/plan/journal.h"
#include "core/plan/ruleset.h"

#define NOTE_MAX 4096 /* bytes */
#define NOTES_MAX 8   /* configs, to be told of after a revert */
#define TOLD_MAX 65536

const struct config *
drift_config(const struct host *h, struct config *store, struct err *e)
{
	const struct config *c = &h->saved;
	char *path;

	memset(store, 0, sizeof(*store));
	memset(e, 0, sizeof(*e));
	if (pending_rules[h->pending.phase].between)
		return NULL;
	if (h->pending.phase == PENDING_NONE && c->n == 0 &&
	    h->saved_error.code != ERR_NONE) {
		*e = h->saved_error;
		return NULL;
	}
	if (h->pending.phase == PENDING_NONE)
		return c;
	path = pending_path(h->run_path, "config");
	c = config_read(store, path, false, e) == 0 ? store : NULL;
	free(path);
	return c;
}

/* What the kernel made of our rules */

/* A line of RUN/ruleset, the newest first. */
struct note {
	uint64_t marks, shape; /* as of struct rules */
	uint64_t want;	       /* what was wanted then; 0 is not known */
	uint64_t elements;     /* and what it came to */
};

struct notes {
	struct note v[NOTES_MAX];
	size_t n;
};

static char *
note_path(const struct host *h)
{
	return xasprintf("%s/ruleset", h->run_path);
}

static void
read_notes(const struct host *h, struct notes *notes)
{
	char *path = note_path(h), *text = read_file(path, NOTE_MAX, NULL);
	char *rest = text, *line;
	struct note *n;

	notes->n = 0;
	while (notes->n < NOTES_MAX && (line = strsep(&rest, "\n")) != NULL) {
		n = &notes->v[notes->n];
		if (sscanf(line, "%" SCNx64 " %" SCNx64 " %" SCNx64 " %" SCNx64,
			&n->marks, &n->shape, &n->want, &n->elements) == 4)
			notes->n++;
	}
	free(text);
	free(path);
}

enum memory {
	UNKNOWN,
	AS_NOTED,
	OTHER,	/* another text was loaded since */
	EDITED, /* the same text, and it had another shape then */
};

static enum memory
recall(const struct host *h, const struct rules *now)
{
	struct notes notes;
	size_t i;

	read_notes(h, &notes);
	if (!now->present || notes.n == 0)
		return UNKNOWN;
	for (i = 0; i < notes.n; i++)
		if (notes.v[i].marks == now->marks)
			return notes.v[i].shape == now->shape ? AS_NOTED
							      : EDITED;
	return OTHER;
}

/* Whether sets had other elements when the same was wanted. */
static bool
has_other_elements(const struct host *h, uint64_t want)
{
	struct notes notes;
	struct err ignored;
	uint64_t now;
	size_t i;

	read_notes(h, &notes);
	for (i = 0; i < notes.n; i++)
		if (notes.v[i].want == want)
			break;
	return i < notes.n &&
	       net_elements(h->net, NET_TABLE, &now, &ignored) == 0 &&
	       notes.v[i].elements != now;
}

static bool
is_same_note(const struct note *a, const struct note *b)
{
	return a->marks == b->marks && a->want == b->want;
}

static int
write_notes(const struct host *h, const struct note *newest,
    const struct notes *old, struct err *e)
{
	char *path = note_path(h);
	struct buf b = { 0 };
	const struct note *n = newest;
	size_t i = 0;
	int r;

	for (;; n = &old->v[i++]) {
		if (n == newest || !is_same_note(n, newest))
			buf_printf(&b,
			    "%016" PRIx64 " %016" PRIx64 " %016" PRIx64
			    " %016" PRIx64 "\n",
			    n->marks, n->shape, n->want, n->elements);
		if (i == old->n || i == NOTES_MAX - 1)
			break;
	}
	r = file_replace(path, buf_text(&b), b.len, 0644, e);
	buf_free(&b);
	free(path);
	return r;
}

uint64_t
drift_wanted(const struct model *m)
{
	struct ruleset want;
	uint64_t digest;

	ruleset_build(&want, m);
	digest = ruleset_digest(&want);
	ruleset_free(&want);
	return digest;
}

uint32_t
drift_generation(uint32_t before, const struct plan *p)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		before += p->v[i].kind == STEP_RULESET && p->v[i].done;
	return before;
}

/* The generation is read last: what is written while the rest is read shows. */
int
drift_remember(
    struct host *h, uint64_t want, uint32_t generation, struct err *e)
{
	struct note note = { 0 };
	struct notes notes;
	struct rules now;
	uint32_t last;

	if (net_rules(h->net, NET_TABLE, &now, e) != 0 ||
	    net_elements(h->net, NET_TABLE, &note.elements, e) != 0 ||
	    net_generation(h->net, &last, e) != 0)
		return -1;
	if (!now.present || last != generation)
		return 0;
	note.marks = now.marks;
	note.shape = now.shape;
	note.want = want;
	read_notes(h, &notes);
	if (notes.n > 0 && memcmp(&notes.v[0], &note, sizeof(note)) == 0)
		return 0;
	return write_notes(h, &note, &notes, e);
}

/* The whole truth */

/* When rules were surely touched, or others than noted have to be changed,
 * none of them is trusted. */
static void
plan_rules_by(struct plan *p, const struct model *m, enum memory memory,
    struct ruleset *have)
{
	plan_rules(p, m, have);
	if (memory != EDITED && (memory != OTHER || !plan_has_rules(p)))
		return;
	if (plan_has_rules(p))
		plan_drop(p);
	plan_rewrite(p, m, have);
}

/* A sleeping table is made anew and not just woken: what is in it is not known,
 * for libnftables must not be asked: its JSON of a table with flags is taken
 * from freed memory (1.0.6). */
int
drift_plan(struct host *h, const struct model *m, const struct journal *j,
    struct plan *p, struct err *e)
{
	struct ruleset have = { 0 };
	struct rules now;
	int r = 0;

	memset(p, 0, sizeof(*p));
	if (net_rules(h->net, NET_TABLE, &now, e) != 0)
		return -1;
	plan_links(p, m, &h->snapshot, j);
	if (now.flags != 0)
		plan_anew(p, m);
	else if ((r = fw_read(&have, e)) == 0)
		plan_rules_by(p, m, recall(h, &now), &have);
	ruleset_free(&have);
	return r;
}

/* The generation is read first: what changes meanwhile is found by the next
 * look. */
static int
plan_unless_seen(struct host *h, const struct model *m, const struct journal *j,
    struct drift_seen *seen, struct plan *p, struct err *e)
{
	struct drift_seen now = { .want = drift_wanted(m) };

	if (net_generation(h->net, &now.generation, e) != 0)
		return -1;
	if (seen->right && seen->generation == now.generation &&
	    seen->want == now.want) {
		plan_links(p, m, &h->snapshot, j);
		return 0;
	}
	*seen = now;
	if (drift_plan(h, m, j, p, e) != 0)
		return -1;
	seen->right = !plan_has_rules(p);
	return 0;
}

int
drift_find(struct host *h, const struct config *c, struct drift_seen *seen,
    struct buf *notes, struct plan *p, struct err *e)
{
	struct drift_seen never = { 0 };
	struct err broken;
	struct model m;
	struct journal j;
	size_t i;
	int r;

	memset(p, 0, sizeof(*p));
	r = model_build_lenient(&m, c, &h->snapshot, e);
	for (i = 0; notes != NULL && i < m.nwarnings; i++)
		buf_printf(notes, "%s\n", m.warnings[i]);
	if (journal_load(&j, h->run_path, &broken) != 0 && notes != NULL)
		buf_printf(notes, "%s\n", broken.text);
	if (r == 0)
		r = plan_unless_seen(
		    h, &m, &j, seen != NULL ? seen : &never, p, e);
	journal_free(&j);
	model_free(&m);
	return r;
}

/* A look */

/* As net_rules adds them up. */
static uint64_t
sum_marks(const struct ruleset *r)
{
	const struct ruleset_chain *c;
	uint64_t sum = 0;

	for (c = r->chains; c < END_OF(r->chains, r->nchains); c++)
		if (c->count > 0)
			sum +=
			    hash_text(hash_text(HASH_START, c->name), c->mark);
	return sum;
}

/* Whether nobody has meddled with them. Such as seki wrote for what was there
 * then may be out of date, and do what they say. */
static bool
look_at_rules(const struct host *h, const struct model *m, struct buf *lines)
{
	struct ruleset want;
	struct rules now;
	struct err ignored;
	const char *what = NULL;
	uint64_t marks;

	if (net_rules(h->net, NET_TABLE, &now, &ignored) != 0)
		return true;
	ruleset_build(&want, m);
	marks = sum_marks(&want);
	if (want.present && !now.present)
		what = N_("table inet %s is gone");
	else if (now.present && !want.present)
		what = N_("table inet %s is there, and nothing asks for it");
	else if (now.present && now.marks != marks)
		what = N_("table inet %s has other rules");
	else if (now.flags != 0)
		what = N_("table inet %s is asleep");
	else if (recall(h, &now) == EDITED)
		what = N_("table inet %s has rules that were edited");
	else if (want.present && has_other_elements(h, ruleset_digest(&want)))
		what = N_("table inet %s has elements that were edited");
	if (what != NULL) {
		buf_printf(lines, _(what), NET_TABLE);
		buf_add(lines, "\n");
	}
	ruleset_free(&want);
	return what == NULL || (now.flags == 0 && recall(h, &now) == AS_NOTED &&
				   now.marks != marks);
}

static void
look_at_links(const struct host *h, const struct model *m, struct buf *lines)
{
	struct plan p = { 0 };
	const struct step *s;
	struct journal j;
	struct err ignored;

	journal_load(&j, h->run_path, &ignored);
	plan_links(&p, m, &h->snapshot, &j);
	for (s = p.v; s < END_OF(p.v, p.n); s++) {
		if (step_kinds[s->kind].print == NULL)
			continue;
		step_kinds[s->kind].print(s, lines);
		buf_add(lines, "\n");
	}
	plan_free(&p);
	journal_free(&j);
}

static void
look_at_notes(const struct model *m, struct buf *lines)
{
	size_t i;

	for (i = 0; i < m->nwarnings; i++)
		buf_printf(lines, "%s\n", m->warnings[i]);
}

static char *
told_path(const struct host *h)
{
	return xasprintf("%s/drift", h->run_path);
}

static void
add_told(const struct host *h, struct buf *lines)
{
	char *path = told_path(h), *text = read_file(path, TOLD_MAX, NULL);

	buf_add(lines, text != NULL ? text : "");
	free(text);
	free(path);
}

static unsigned
count_lines(const char *s)
{
	unsigned n = 0;

	for (; *s != '\0'; s++)
		n += *s == '\n';
	return n;
}

/* Only root sees into containers and tables. */
unsigned
drift_look(const struct host *h, struct buf *lines, bool *rules)
{
	struct config store;
	const struct config *c;
	struct err ignored;
	struct buf b = { 0 };
	struct model m;
	unsigned n;

	*rules = false;
	if (geteuid() != 0)
		return 0;
	c = drift_config(h, &store, &ignored);
	if (c != NULL) {
		if (model_build_lenient(&m, c, &h->snapshot, &ignored) == 0) {
			look_at_links(h, &m, &b);
			*rules = !look_at_rules(h, &m, &b);
			look_at_notes(&m, &b);
		} else {
			buf_printf(&b, "%s\n", ignored.text);
		}
		model_free(&m);
		if (b.len == 0)
			add_told(h, &b);
	}
	config_free(&store);
	buf_add(lines, buf_text(&b));
	n = count_lines(buf_text(&b));
	buf_free(&b);
	return n;
}

int
drift_tell(const struct host *h, const char *lines, struct err *e)
{
	char *path = told_path(h);
	int r = lines[0] == '\0'
		    ? file_remove(path, e)
		    : file_replace(path, lines, strlen(lines), 0644, e);

	free(path);
	return r;
}

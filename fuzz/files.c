/* Files of seki's own and of LXC as a kill, a full disk or somebody else may
 * have left them: each is read or refused, and what was read and written again
 * stays as it is. The first byte chooses whose it is. */
#include "config.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/util.h"
#include "core/kernel/lxc.h"
#include "core/plan/journal.h"
#include "core/plan/plan_file.h"
#include "core/state/history.h"
#include "core/state/pending.h"
#include "fuzz/folder.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static char *
contents(const char *name, size_t *n)
{
	char *path = folder_file(name), *text = read_file(path, 1u << 20, n);

	free(path);
	return text;
}

static void
must_be_same(const char *a, const char *b)
{
	if (a == NULL || b == NULL || strcmp(a, b) != 0)
		abort();
}

/* A host with one interface and one container, which steps may be about. */
static void
make_snapshot(struct snapshot *s)
{
	static struct link link = { .index = 2, .name = "eth0" };
	static char name[] = "web1";
	static struct container container = {
		.name = name, .nsid = 1, .inode = 7, .port = 3, .inner = 4
	};

	*s = (struct snapshot){ .links = &link,
		.nlinks = 1,
		.containers = &container,
		.ncontainers = 1 };
}

static bool
plan_again(const char *from, const char *to, const struct snapshot *s)
{
	char *in = folder_file(from), *out = folder_file(to);
	struct plan p;
	struct err e;
	bool read;

	read = plan_read(&p, in, s, NULL, &e) == 0;
	if (read && plan_write(&p, out, &e) != 0)
		abort();
	plan_free(&p);
	free(in);
	free(out);
	return read;
}

static void
try_plan(const uint8_t *data, size_t n)
{
	struct snapshot s;
	char *once, *twice;

	make_snapshot(&s);
	folder_write("undo", data, n);
	folder_write("undo.ruleset", data, n);
	if (!plan_again("undo", "undo1", &s))
		return;
	if (!plan_again("undo1", "undo2", &s))
		abort();
	once = contents("undo1", NULL);
	twice = contents("undo2", NULL);
	must_be_same(once, twice);
	free(once);
	free(twice);
}

static void
try_pending(const uint8_t *data, size_t n)
{
	struct pending p, again;
	struct err e;

	folder_make("pending");
	folder_write("pending/state", data, n);
	if (pending_read(&p, folder_path(), &e) != 0)
		return;
	if (p.phase == PENDING_NONE || p.phase >= PENDING_COUNT ||
	    pending_write(&p, folder_path(), &e) != 0 ||
	    pending_read(&again, folder_path(), &e) != 0)
		abort();
	must_be_same(p.who, again.who);
	if (p.phase != again.phase || p.number != again.number ||
	    p.deadline != again.deadline || p.begin != again.begin ||
	    p.when != again.when || p.guard != again.guard)
		abort();
}

static char *
journal_again(void)
{
	struct journal j;
	struct err e;

	if (journal_load(&j, folder_path(), &e) != 0 ||
	    journal_store(&j, folder_path(), &e) != 0)
		abort();
	journal_free(&j);
	return contents("made", NULL);
}

static void
try_journal(const uint8_t *data, size_t n)
{
	char *once, *twice;

	folder_write("made", data, n);
	once = journal_again();
	twice = journal_again();
	must_be_same(once, twice);
	free(once);
	free(twice);
}

static void
try_history(const uint8_t *data, size_t n)
{
	struct host h = { .config_path = folder_file("seki.conf") };
	struct buf safe = { 0 };
	struct config c = { 0 };
	struct history all;
	struct err e;

	folder_make("history");
	folder_write("history/000001.conf", data, n);
	if (history_load(&h, &all, &e) != 0 || all.n != 1)
		abort();
	buf_escape(&safe, all.v[0].who, strlen(all.v[0].who));
	must_be_same(buf_text(&safe), all.v[0].who);
	history_free(&all);
	history_read(&h, 1, &c, &e);
	config_free(&c);
	buf_free(&safe);
	free(h.config_path);
}

static void
try_lxc(const uint8_t *data, size_t n)
{
	struct definitions d;
	char *path = folder_file("lxc");

	folder_make("lxc");
	folder_make("lxc/web1");
	folder_write("lxc/web1/config", data, n);
	lxc_definitions(path, &d);
	if (d.n != 1 || strcmp(d.v[0].name, "web1") != 0 ||
	    !definition_read(path, &d.v[0]) ||
	    strlen(d.v[0].bridge) >= sizeof(d.v[0].bridge))
		abort();
	definitions_free(&d);
	free(path);
}

static void (*const tries[])(const uint8_t *, size_t) = { try_plan, try_pending,
	try_journal, try_history, try_lxc };

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n > 0)
		tries[data[0] % NITEMS(tries)](data + 1, n - 1);
	return 0;
}

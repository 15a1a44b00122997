/* Edits of the candidate, by one seki and by two, without a kernel. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/state/candidate.h"
#include "core/state/counting.h"
#include "core/state/host.h"
#include "core/state/undo.h"

#include "lib/folder.h"

#define SSH "allow input tcp 22\n"
#define WEB "allow input tcp 80\n"

struct net *__wrap_net_open(struct err *);

struct net *
__wrap_net_open(struct err *e)
{
	err_set(e, ERR_FAIL, "no kernel");
	return NULL;
}

/* What links have carried; nothing else is counted, or looked up. */
int __wrap_net_read_traffic(struct net *, struct snapshot *, struct err *);
bool __wrap_counting_read(struct host *);
bool __wrap_counting_generation(const struct host *, uint32_t *);
void __wrap_counting_note(struct host *, bool all);
bool __wrap_ways_update(struct ways *, struct net *, const struct snapshot *,
    const struct config *, bool fresh);
bool __wrap_nearby_update(struct nearby *, struct net *,
    const struct snapshot *, const struct config *, bool fresh);

int
__wrap_net_read_traffic(
    struct net *net UNUSED, struct snapshot *s, struct err *e UNUSED)
{
	static struct link eth0 = { .name = "eth0",
		.rx_bytes = 1,
		.rx_packets = 2,
		.tx_bytes = 3,
		.tx_packets = 4 };

	s->links = xcalloc(1, sizeof(*s->links));
	s->links[0] = eth0;
	s->nlinks = 1;
	return 0;
}

bool
__wrap_counting_read(struct host *h UNUSED)
{
	return true;
}

bool
__wrap_counting_generation(
    const struct host *h UNUSED, uint32_t *generation UNUSED)
{
	return false;
}

void
__wrap_counting_note(struct host *h UNUSED, bool all UNUSED)
{
}

bool
__wrap_ways_update(struct ways *w UNUSED, struct net *net UNUSED,
    const struct snapshot *s UNUSED, const struct config *c UNUSED,
    bool fresh UNUSED)
{
	return false;
}

bool
__wrap_nearby_update(struct nearby *n UNUSED, struct net *net UNUSED,
    const struct snapshot *s UNUSED, const struct config *c UNUSED,
    bool fresh UNUSED)
{
	return false;
}

/* Its config and its other files are in that folder. */
static void
open_host(struct host *h, const char *folder)
{
	char *path = xasprintf("%s/seki.conf", folder);
	struct err e;

	assert_int_equal(host_open(h, path, &e), -1);
	assert_string_equal(e.text, "no kernel");
	free(h->run_path);
	h->run_path = xstrdup(folder);
	if (host_reload(h, &e) != 0)
		fail_msg("%s", e.text);
	free(path);
}

static int
edit(struct host *h,
    int (*how)(struct host *, struct statement *, struct err *),
    const char *line, struct err *e)
{
	struct statement *st = statement_from(line, e);

	if (st == NULL)
		fail_msg("%s", e->text);
	return how(h, st, e);
}

static void
add(struct host *h, const char *line)
{
	struct err e;

	if (edit(h, candidate_add, line, &e) != 0)
		fail_msg("%s", e.text);
}

static void
assert_candidate(const struct host *h, const char *wanted)
{
	struct buf b = { 0 };

	config_print(&h->candidate, &b);
	assert_string_equal(buf_text(&b), wanted);
	buf_free(&b);
}

static void
take(struct host *h, int (*step)(struct host *, struct buf *, struct err *),
    const char *wanted)
{
	struct buf what = { 0 };
	struct err e;

	if (step(h, &what, &e) != 0)
		fail_msg("%s", e.text);
	assert_string_equal(buf_text(&what), wanted);
	buf_free(&what);
}

static void
assert_no_step(struct host *h,
    int (*step)(struct host *, struct buf *, struct err *), const char *text)
{
	struct buf what = { 0 };
	struct err e;

	assert_int_equal(step(h, &what, &e), -1);
	assert_string_equal(e.text, text);
	buf_free(&what);
}

static void
test_undo(void **state)
{
	struct host h;

	open_host(&h, *state);
	assert_no_step(&h, candidate_undo, "nothing to undo");
	add(&h, "allow input tcp 22");
	add(&h, "allow input tcp 80");
	assert_true(h.dirty);
	take(&h, candidate_undo, "+ allow input tcp 80");
	assert_candidate(&h, SSH);
	take(&h, candidate_undo, "+ allow input tcp 22");
	assert_candidate(&h, "");
	assert_no_step(&h, candidate_undo, "nothing to undo");
	take(&h, candidate_redo, "+ allow input tcp 22");
	assert_candidate(&h, SSH);
	take(&h, candidate_redo, "+ allow input tcp 80");
	assert_candidate(&h, SSH WEB);
	take(&h, candidate_undo, "+ allow input tcp 80");
	add(&h, "allow input tcp 443");
	assert_no_step(
	    &h, candidate_redo, "nothing to redo since the last edit");
	host_close(&h);
}

/* An edit that changes nothing is none. */
static void
test_no_effect(void **state)
{
	struct host h;
	struct err e;

	open_host(&h, *state);
	add(&h, "option confirm 60");
	assert_int_equal(edit(&h, candidate_set, "option confirm 60", &e), 0);
	take(&h, candidate_undo, "+ option confirm 60");
	assert_int_equal(candidate_discard(&h, &e), 0);
	take(&h, candidate_redo, "+ option confirm 60");
	host_close(&h);
}

/* A seki was killed between the two halves of an edit. */
static void
test_half_an_edit(void **state)
{
	struct host h;
	struct err e;

	open_host(&h, *state);
	add(&h, "allow input tcp 22");
	add(&h, "allow input tcp 80");
	assert_int_equal(undo_push(*state, UNDO_EDITS, SSH WEB, &e), 0);
	take(&h, candidate_undo, "+ allow input tcp 80");
	assert_candidate(&h, SSH);
	host_close(&h);
}

/* What cannot be written is no edit: a folder is in its place. */
static void
test_unwritable(void **state)
{
	struct host h;
	struct err e;

	open_host(&h, *state);
	folder_write(*state, CANDIDATE_FILE "/in the way", "");
	host_reread(&h);
	assert_int_equal(edit(&h, candidate_add, "allow input tcp 22", &e), -1);
	assert_int_equal(candidate_discard(&h, &e), -1);
	assert_int_equal(folder_count(*state, "undo"), 0);
	host_close(&h);
}

/* Nothing differs once the candidate says what is saved. */
static void
test_as_saved(void **state)
{
	struct statement *key;
	struct host h;
	struct err e;

	folder_write(*state, "seki.conf", SSH);
	open_host(&h, *state);
	assert_candidate(&h, SSH);
	add(&h, "allow input tcp 80");
	assert_int_equal(h.changes, 1);
	key = statement_from("allow input tcp 80", &e);
	assert_int_equal(candidate_delete(&h, key, &e), 0);
	statement_free(key);
	assert_false(h.dirty);
	assert_null(folder_read(*state, CANDIDATE_FILE));
	add(&h, "allow input tcp 80");
	assert_int_equal(candidate_discard(&h, &e), 0);
	assert_candidate(&h, SSH);
	assert_null(folder_read(*state, CANDIDATE_FILE));
	host_close(&h);
}

/* Each comes after others of its kind, wherever an admin has put those; what is
 * deleted takes no other along. */
static void
test_places(void **state)
{
	struct statement *key;
	struct host h;
	struct err e;

	folder_write(*state, "seki.conf", "option confirm 60\n" SSH);
	open_host(&h, *state);
	add(&h, "allow input tcp 80");
	assert_candidate(&h, "option confirm 60\n" SSH WEB);
	key = statement_from("option confirm 60", &e);
	assert_int_equal(candidate_delete(&h, key, &e), 0);
	statement_free(key);
	assert_candidate(&h, SSH WEB);
	host_close(&h);
}

/* Comments are part of it. */
static void
test_comment(void **state)
{
	struct host h;
	struct err e;

	folder_write(*state, "seki.conf", SSH);
	folder_write(*state, CANDIDATE_FILE, "allow input tcp 22 # mine\n");
	open_host(&h, *state);
	assert_true(h.dirty);
	assert_int_equal(candidate_discard(&h, &e), 0);
	assert_false(h.dirty);
	host_close(&h);
}

static void
test_two(void **state)
{
	struct host a, b;

	open_host(&a, *state);
	open_host(&b, *state);
	add(&a, "allow input tcp 22");
	add(&b, "allow input tcp 80");
	assert_candidate(&b, SSH WEB);
	add(&a, "allow input tcp 443");
	assert_candidate(&a, SSH WEB "allow input tcp 443\n");
	host_close(&a);
	host_close(&b);
}

static void
test_read_only(void **state)
{
	struct host h;
	struct err e;

	open_host(&h, *state);
	h.read_only = true;
	assert_int_equal(edit(&h, candidate_add, "allow input tcp 22", &e), -1);
	assert_non_null(strstr(e.text, "--read-only"));
	assert_int_equal(candidate_discard(&h, &e), -1);
	assert_non_null(strstr(e.text, "--read-only"));
	assert_candidate(&h, "");
	host_close(&h);
}

/* What a commit would refuse of the statement itself is refused at once; what
 * was wrong before is not this edit's fault. */
static void
test_refusals(void **state)
{
	static const char bad[] = "forward tcp 80 to nobody:80";
	struct host h;
	struct err e;

	open_host(&h, *state);
	assert_int_equal(edit(&h, candidate_add, bad, &e), -1);
	assert_candidate(&h, "");
	folder_write(*state, CANDIDATE_FILE, "forward tcp 80 to nobody:80\n");
	assert_int_equal(candidate_check(&h, &e), 0);
	assert_int_equal(host_reload(&h, &e), 0);
	assert_int_equal(candidate_check(&h, &e), -1);
	add(&h, "allow input tcp 22");
	assert_candidate(&h, "forward tcp 80 to nobody:80\n" SSH);
	host_close(&h);
}

/* An unreadable file is no empty one: nothing is edited but by discard, which
 * an unreadable saved config leaves as the one that was read last. */
static void
test_unreadable(void **state)
{
	struct host h;
	struct err e;

	folder_write(*state, "seki.conf", SSH);
	open_host(&h, *state);
	folder_write(*state, CANDIDATE_FILE, "alow input tcp 22\n");
	assert_int_equal(edit(&h, candidate_add, "allow input tcp 80", &e), -1);
	assert_int_equal(e.code, h.candidate_error.code);
	assert_string_equal(e.text, h.candidate_error.text);
	assert_candidate(&h, SSH);
	assert_int_equal(candidate_discard(&h, &e), 0);
	add(&h, "allow input tcp 80");
	folder_write(*state, "seki.conf", "alow input tcp 22, or so\n");
	assert_int_equal(edit(&h, candidate_add, "allow input udp 53", &e), -1);
	assert_string_equal(e.text, h.saved_error.text);
	assert_int_equal(h.saved.n, 1);
	assert_candidate(&h, SSH WEB);
	host_close(&h);
}

/* What was edited since the commit stays. */
static void
test_forget(void **state)
{
	struct config committed;
	struct host h;
	struct err e;

	open_host(&h, *state);
	add(&h, "allow input tcp 22");
	config_copy(&committed, &h.candidate);
	add(&h, "allow input tcp 80");
	assert_int_equal(candidate_forget(&h, &committed, &e), 0);
	assert_candidate(&h, SSH WEB);
	take(&h, candidate_undo, "+ allow input tcp 80");
	assert_int_equal(candidate_forget(&h, &committed, &e), 0);
	assert_false(h.dirty);
	assert_null(folder_read(*state, CANDIDATE_FILE));
	config_free(&committed);
	host_close(&h);
}

/* A state that could not be read is read again. */
static void
test_state(void **state)
{
	struct host h;
	struct err e;

	open_host(&h, *state);
	folder_write(*state, "pending/state", "nonsense\n");
	assert_int_equal(host_reload(&h, &e), -1);
	assert_int_equal(host_reload(&h, &e), -1);
	folder_write(*state, "pending/state", "waiting 7 1 2 3 root\n");
	assert_int_equal(host_reload(&h, &e), 0);
	assert_int_equal(h.pending.number, 7);
	host_close(&h);
}

/* Each direction of a link has a meter. */
static void
test_sample(void **state)
{
	const struct series *rx, *tx;
	struct host h;
	struct err e;

	open_host(&h, *state);
	h.blind = true;
	assert_int_equal(host_sample(&h, &e), 0);
	rx = meters_get(h.meters, "rx eth0");
	tx = meters_get(h.meters, "tx eth0");
	assert_non_null(rx);
	assert_non_null(tx);
	assert_int_equal(rx->bytes, 1);
	assert_int_equal(rx->packets, 2);
	assert_int_equal(tx->bytes, 3);
	assert_int_equal(tx->packets, 4);
	host_close(&h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FOLDER_TEST(test_undo),
		FOLDER_TEST(test_no_effect),
		FOLDER_TEST(test_half_an_edit),
		FOLDER_TEST(test_unwritable),
		FOLDER_TEST(test_as_saved),
		FOLDER_TEST(test_places),
		FOLDER_TEST(test_comment),
		FOLDER_TEST(test_two),
		FOLDER_TEST(test_read_only),
		FOLDER_TEST(test_refusals),
		FOLDER_TEST(test_unreadable),
		FOLDER_TEST(test_forget),
		FOLDER_TEST(test_state),
		FOLDER_TEST(test_sample),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The self-test: content with this kernel, not with one that lies, and gone
 * whenever it is killed. */
#include "config.h"

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/util.h"
#include "core/lab/self_test.h"
#include "core/plan/fw.h"

#include "lib/guest.h"

#define SECOND_MS 1000
#define LIE_MS 500    /* until what never comes is given up */
#define WAIT_MS 60000 /* a bound for a loaded machine */
#define TRIES 10      /* until one is not kept waiting by others */

static void
test_passes_soon(void **state UNUSED)
{
	struct self_test_options options = { .has_fib = true };
	struct tested t;
	uint64_t began, took = UINT64_MAX;
	int i;

	for (i = 0; i < TRIES && took >= SECOND_MS; i++) {
		began = now_ms();
		self_test_run(&options, &t);
		took = now_ms() - began;
		assert_string_equal(t.why, "");
		assert_int_equal(t.verdict, TESTED_OK);
	}
	print_message("# in %u ms\n", (unsigned)took);
	assert_true(took < SECOND_MS);
}

static void
test_passes_without_fib(void **state UNUSED)
{
	struct self_test_options options = { .has_fib = false };
	struct tested t;

	self_test_run(&options, &t);
	assert_string_equal(t.why, "");
	assert_int_equal(t.verdict, TESTED_OK);
}

/* ---- lies */

#define OTHERS(hook, rule)                                                     \
	"table inet other { chain c { type filter hook " hook                  \
	" priority 10; " rule "; }; }\n"
#define FORWARDS "a forward does not let through what comes in by its port"
#define STRAYS "a port that has no forward leads inside"
#define FROM "a forward lets through what its from does not name"
#define INPUT "a default of deny lets something in that nothing allows"
#define THROUGH "a default of deny lets something through that nothing allows"
#define LOST "a connection that is established gets no further"
#define IDLE "what an established connection sends is not counted"
#define UNCOUNTED "what passes or is refused is not counted"
#define UNRESTORED "a revert does not bring back what was before"

/* What the kernel does in place of what it was told, by nft. */
static const struct lie {
	enum self_test_stage stage;
	const char *commands, *why;
} lies[] = {
	/* Rules of another table. */
	{ SELF_TEST_COMMITTED, OTHERS("forward", "drop"), FORWARDS },
	{ SELF_TEST_COMMITTED, OTHERS("forward", "ct state established drop"),
	    FORWARDS },
	{ SELF_TEST_COMMITTED, OTHERS("forward", "meta l4proto udp drop"),
	    FORWARDS },
	{ SELF_TEST_COMMITTED, OTHERS("forward", "meta nfproto ipv4 drop"),
	    FORWARDS },
	{ SELF_TEST_COMMITTED, OTHERS("input", "tcp dport 2022 drop"),
	    "a policy does not let through what it allows" },
	{ SELF_TEST_COMMITTED, OTHERS("forward", "tcp dport 4443 drop"),
	    "a policy does not let through what it allows" },
	{ SELF_TEST_COMMITTED,
	    "table inet other { chain c { type nat hook prerouting priority "
	    "-150; tcp dport 90 dnat ip6 to [fd5e:5eb1::3]:8090; }; }\n"
	    "insert rule inet seki forward tcp dport 8090 accept\n",
	    STRAYS },
	{ SELF_TEST_CHANGED, OTHERS("forward", "ct state established drop"),
	    FORWARDS },
	{ SELF_TEST_CHANGED,
	    OTHERS("forward", "tcp dport 8080 ct state established drop"),
	    LOST },
	{ SELF_TEST_REVERTED, OTHERS("forward", "drop"), UNRESTORED },
	/* Rules of ours that are not what was loaded. */
	{ SELF_TEST_COMMITTED, "flush map inet seki single\n", FORWARDS },
	{ SELF_TEST_COMMITTED, "flush map inet seki tally-tcp\n", FORWARDS },
	{ SELF_TEST_COMMITTED, "flush set inet seki exclusive\n", FROM },
	{ SELF_TEST_COMMITTED,
	    "flush chain inet seki pass\nadd rule inet seki pass accept\n",
	    IDLE },
	{ SELF_TEST_COMMITTED, "flush map inet seki fresh\n", UNCOUNTED },
	{ SELF_TEST_COMMITTED, "flush chain inet seki postrouting-snat\n",
	    UNCOUNTED },
	{ SELF_TEST_COMMITTED,
	    "add element inet seki sources "
	    "{ 81 . 2001:db8::10 . tcp . 2001:db8:44::/48 }\n",
	    FROM },
	{ SELF_TEST_COMMITTED,
	    "insert rule inet seki forward ct state new ct status dnat accept\n",
	    FROM },
	{ SELF_TEST_COMMITTED,
	    "insert rule inet seki input tcp dport 2023 accept\n", INPUT },
	{ SELF_TEST_COMMITTED,
	    "insert rule inet seki input meta nfproto ipv4 tcp dport 2023 accept\n",
	    INPUT },
	{ SELF_TEST_COMMITTED,
	    "insert rule inet seki forward "
	    "udp dport 8082 ct original proto-dst 8082 accept\n",
	    THROUGH },
	{ SELF_TEST_COMMITTED,
	    "insert rule inet seki forward meta nfproto ipv4 ct state new accept\n",
	    THROUGH },
	{ SELF_TEST_COMMITTED,
	    "insert rule inet seki input tcp dport 2023 drop\n", UNCOUNTED },
	{ SELF_TEST_REVERTED, "flush map inet seki single\n", UNRESTORED },
	{ SELF_TEST_REVERTED, "delete table inet seki\n", UNRESTORED },
};

static int
tell_lie(void *arg, enum self_test_stage stage, struct err *e)
{
	const struct lie *lie = arg;

	return stage == lie->stage ? fw_run(lie->commands, e) : 0;
}

/* What is late on a busy machine looks like a lie, too: it has more time then. */
static void
run_with(const struct lie *lie, struct tested *t)
{
	struct self_test_options options = { .has_fib = true,
		.patience_ms = LIE_MS,
		.meddle = tell_lie,
		.arg = (void *)lie };

	self_test_run(&options, t);
	if (strcmp(t->why, lie->why) == 0)
		return;
	options.patience_ms = 0;
	self_test_run(&options, t);
}

static void
test_finds_lies(void **state UNUSED)
{
	struct tested t;
	size_t i;

	for (i = 0; i < NITEMS(lies); i++) {
		run_with(&lies[i], &t);
		print_message("# %s", lies[i].commands);
		assert_string_equal(t.why, lies[i].why);
		assert_int_equal(t.verdict, TESTED_FAIL);
	}
}

/* ---- what cannot be tried */

static int
refuse(void *arg UNUSED, enum self_test_stage stage UNUSED, struct err *e)
{
	return err_set(e, ERR_FAIL, "no memory for it");
}

static void
test_cannot_tell(void **state UNUSED)
{
	struct self_test_options options = { .meddle = refuse };
	struct tested t;

	self_test_run(&options, &t);
	assert_int_equal(t.verdict, TESTED_UNKNOWN);
	assert_string_equal(t.why, "no memory for it");
}

static int
die(void *arg UNUSED, enum self_test_stage stage UNUSED, struct err *e UNUSED)
{
	_exit(1);
}

static void
test_died(void **state UNUSED)
{
	struct self_test_options options = { .meddle = die };
	struct tested t;

	self_test_run(&options, &t);
	assert_int_equal(t.verdict, TESTED_UNKNOWN);
	assert_string_equal(t.why, "the process that did it has died");
}

/* ---- what is left */

/* Tells that it is there, and stays. */
static int
linger(void *arg, enum self_test_stage stage UNUSED, struct err *e UNUSED)
{
	const int *fd = arg;

	if (write(*fd, "!", 1) != 1)
		_exit(1);
	for (;;)
		pause();
}

static void
run_lingering(int fd)
{
	const struct self_test_options options = { .meddle = linger,
		.arg = &fd };
	struct tested t;

	self_test_run(&options, &t);
	_exit(0);
}

/* Its namespaces are nobody else's: they go with the last of its processes,
 * each of which has the pipe. */
static void
test_dies_with_its_parent(void **state UNUSED)
{
	struct pollfd pfd = { .events = POLLIN };
	int ends[2];
	char byte;
	pid_t pid;

	assert_return_code(pipe(ends), 0);
	pid = fork();
	if (pid == 0)
		run_lingering(ends[1]);
	close(ends[1]);
	assert_int_equal(read(ends[0], &byte, 1), 1);
	assert_return_code(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	pfd.fd = ends[0];
	assert_int_equal(poll(&pfd, 1, WAIT_MS), 1);
	assert_int_equal(read(ends[0], &byte, 1), 0);
	close(ends[0]);
}

static char *
said(const char *command)
{
	char text[4096] = "";
	FILE *f = popen(command, "r");

	assert_non_null(f);
	text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
	assert_int_equal(pclose(f), 0);
	return xstrdup(text);
}

/* What our own namespace has, and which others have names. */
#define LOOK                                                                     \
	"ip -o link; ip -o addr; ip netns; ip netns list-id; nft list ruleset; " \
	"cat /proc/sys/net/ipv6/conf/all/forwarding"

static int
look_before(void *arg, enum self_test_stage stage UNUSED, struct err *e UNUSED)
{
	char byte;
	const int *fds = arg;

	return write(fds[0], "!", 1) == 1 && read(fds[1], &byte, 1) == 1 ? 0
									 : -1;
}

/* Also at the height of it. */
static void
test_is_seen_by_nobody(void **state UNUSED)
{
	int there[2], go[2], fds[2];
	const struct self_test_options options = { .meddle = look_before,
		.arg = fds };
	char *before = said(LOOK), *now, byte;
	struct tested t;
	pid_t pid;
	int i;

	assert_return_code(pipe(there), 0);
	assert_return_code(pipe(go), 0);
	fds[0] = there[1];
	fds[1] = go[0];
	pid = fork();
	if (pid == 0) {
		self_test_run(&options, &t);
		_exit(t.verdict == TESTED_OK ? 0 : 1);
	}
	for (i = SELF_TEST_COMMITTED; i <= SELF_TEST_REVERTED; i++) {
		assert_int_equal(read(there[0], &byte, 1), 1);
		now = said(LOOK);
		assert_string_equal(now, before);
		free(now);
		assert_int_equal(write(go[1], "!", 1), 1);
	}
	assert_int_equal(waitpid(pid, &i, 0), pid);
	assert_int_equal(i, 0);
	free(before);
}

/* ---- the note */

static char folder[] = "/tmp/seki-tested-XXXXXX";

/* Puts another text in place of the first one in the note. */
static void
edit_note(const char *from, const char *to)
{
	char *line =
	    xasprintf("sed -i 's/%s/%s/' %s/self-test", from, to, folder);

	run_shell(line);
	free(line);
}

static void
expect(enum tested_verdict verdict, const char *why)
{
	struct tested t;

	tested_read(folder, &t);
	assert_int_equal(t.verdict, verdict);
	assert_string_equal(t.why, why);
}

static void
test_note(void **state UNUSED)
{
	const struct tested ok = { .verdict = TESTED_OK };
	const struct tested fail = { TESTED_FAIL, "it is so" };
	const struct tested unknown = { TESTED_UNKNOWN, "who knows" };
	struct err e = { 0 };

	assert_non_null(mkdtemp(folder));
	expect(TESTED_NEVER, "");
	assert_int_equal(tested_check(folder, &e), 0);
	must(tested_write(folder, &ok, &e));
	expect(TESTED_OK, "");
	assert_int_equal(tested_check(folder, &e), 0);
	must(tested_write(folder, &unknown, &e));
	expect(TESTED_UNKNOWN, "who knows");
	assert_int_equal(tested_check(folder, &e), 0);
	must(tested_write(folder, &fail, &e));
	expect(TESTED_FAIL, "it is so");
	assert_int_equal(tested_check(folder, &e), -1);
	assert_int_equal(e.code, ERR_UNSAFE);
	assert_non_null(strstr(e.text, "it is so"));
}

static void
test_note_of_others(void **state UNUSED)
{
	const struct tested fail = { TESTED_FAIL, "it is so" };
	struct err e = { 0 };
	char *path;

	must(tested_write(folder, &fail, &e));
	edit_note("^seki [^,]*", "seki 0.0.1");
	expect(TESTED_NEVER, "");
	assert_int_equal(tested_check(folder, &e), 0);
	must(tested_write(folder, &fail, &e));
	edit_note("Linux [^ ]*", "Linux 5.0.0");
	expect(TESTED_NEVER, "");
	must(tested_write(folder, &fail, &e));
	edit_note("^fail$", "perhaps");
	expect(TESTED_NEVER, "");
	path = xasprintf("%s/self-test", folder);
	assert_return_code(unlink(path), 0);
	assert_return_code(rmdir(folder), 0);
	free(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_passes_soon),
		cmocka_unit_test(test_passes_without_fib),
		cmocka_unit_test(test_finds_lies),
		cmocka_unit_test(test_cannot_tell),
		cmocka_unit_test(test_died),
		cmocka_unit_test(test_dies_with_its_parent),
		cmocka_unit_test(test_is_seen_by_nobody),
		cmocka_unit_test(test_note),
		cmocka_unit_test(test_note_of_others),
	};

	if (guest_skips(true))
		return 0;
	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What a guard does when, hour-long waits in no time: the loop has a clock of
 * its own, and the kernel, the disk and the proof do what a test wants them to.
 * Clients are real. */
#include "config.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/util.h"
#include "core/commit/guard.h"
#include "core/commit/guard_talk.h"
#include "core/commit/proof.h"
#include "core/commit/readback.h"
#include "core/commit/revert.h"
#include "core/kernel/ssh.h"
#include "core/state/lock.h"

#include "lib/fast_loop.h"
#include "lib/folder.h"

#define CLIENTS 20
#define BOOTED 1000000 /* boot_ms as it begins */
#define DEADLINE 60000 /* of the commit, from there */

/* What there is besides the guard */

static struct {
	struct pending disk;
	struct buf log; /* what is done, and when */
	int clients[CLIENTS];
	int net;  /* readable when the kernel tells of something */
	int lock; /* as it was taken last */
	unsigned locked, proven, against, full, fails, unsaved, stranger;
	uint64_t slept; /* as the clock of the loop does not count */
} world;

static const char *script; /* what is left of it */

static void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Notes what happens, with the time. */
static void
say(const char *fmt, ...)
{
	va_list ap;

	buf_printf(&world.log, "%llu ", (unsigned long long)fast_loop_now());
	va_start(ap, fmt);
	buf_vprintf(&world.log, fmt, ap);
	va_end(ap);
	buf_add(&world.log, "\n");
}

uint64_t __wrap_boot_ms(void);

uint64_t
__wrap_boot_ms(void)
{
	return BOOTED + world.slept + fast_loop_now();
}

/* Whether that client was answered, or hung up on. */
static bool
hear_one(size_t i)
{
	char text[1024], *p;
	int fd = world.clients[i];
	ssize_t n = -1;

	if (fd != -1)
		n = recv(fd, text, sizeof(text) - 1, MSG_DONTWAIT);
	if (n == 0) {
		close(fd);
		world.clients[i] = -1;
	}
	if (n <= 0)
		return false;
	text[n] = '\0';
	for (p = text; *p != '\0'; p++)
		if (*p == '\n')
			*p = p[1] != '\0' ? '|' : '\0';
	say("%c hears %s", (int)('a' + i), text);
	return true;
}

static void
hear(void)
{
	size_t i;

	for (i = 0; i < CLIENTS; i++)
		while (hear_one(i))
			continue;
}

/* The script: "TIME WHO WHAT" each line */

static void
client_says(unsigned who, const char *what)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };

	if (strcmp(what, "hangs-up") == 0) {
		close(world.clients[who]);
		world.clients[who] = -1;
		return;
	}
	if (world.clients[who] == -1) {
		snprintf(to.sun_path, sizeof(to.sun_path), "guard");
		world.clients[who] = socket(AF_UNIX, SOCK_STREAM, 0);
		assert_int_equal(connect(world.clients[who],
				     (struct sockaddr *)&to, sizeof(to)),
		    0);
	}
	if (strcmp(what, "connects") != 0)
		send(world.clients[who], what, strlen(what), MSG_NOSIGNAL);
}

static void
end_by_term(unsigned value UNUSED)
{
	fast_loop_signal(SIGTERM);
}

static void
hang_up_terminal(unsigned value UNUSED)
{
	fast_loop_signal(SIGHUP);
	fast_loop_signal(SIGINT);
}

static void
sleep_for(unsigned ms)
{
	world.slept += ms;
}

static void
set_guard(unsigned pid)
{
	world.disk.guard = (pid_t)pid;
}

/* The phase as it begins, and the deadline. */
static void
set_waiting(unsigned deadline)
{
	world.disk.phase = PENDING_WAITING;
	world.disk.deadline = BOOTED + deadline;
}

static void
set_reverting(unsigned value UNUSED)
{
	world.disk.phase = PENDING_REVERTING;
}

static void
kernel_event(unsigned value UNUSED)
{
	const uint64_t one = 1;

	assert_int_equal(write(world.net, &one, sizeof(one)), sizeof(one));
}

static const struct {
	const char *word;
	unsigned *value; /* that is set; or NULL */
	void (*fn)(unsigned);
} turns[] = {
	{ "locked", &world.locked, NULL }, /* by somebody else */
	{ "proven", &world.proven, NULL },
	{ "against", &world.against, NULL }, /* the kernel lacks some */
	{ "full", &world.full, NULL },	     /* the disk, for the state */
	{ "fails", &world.fails, NULL },     /* that many reverts */
	{ "unsaved", &world.unsaved, NULL }, /* it cannot be */
	{ "stranger", &world.stranger, NULL },
	{ "term", NULL, end_by_term },
	{ "hup", NULL, hang_up_terminal },
	{ "sleep", NULL, sleep_for },
	{ "guard", NULL, set_guard }, /* another has taken over */
	{ "event", NULL, kernel_event },
	{ "waiting", NULL, set_waiting },
	{ "reverting", NULL, set_reverting },
};

/* The world, as "- WORD NUMBER". */
static void
world_turns(const char *what)
{
	char word[16];
	unsigned value;
	size_t i = 0;

	assert_int_equal(sscanf(what, "%15s %u", word, &value), 2);
	while (i < NITEMS(turns) && strcmp(turns[i].word, word) != 0)
		i++;
	assert_true(i < NITEMS(turns));
	if (turns[i].value != NULL)
		*turns[i].value = value;
	else
		turns[i].fn(value);
}

static uint64_t
script_at(void)
{
	return *script != '\0' ? strtoull(script, NULL, 10) : UINT64_MAX;
}

static void
script_line(void)
{
	char who, what[64];

	assert_int_equal(sscanf(script, "%*u %c %63[^\n]", &who, what), 2);
	script += strcspn(script, "\n");
	script += *script == '\n';
	if (who == '-')
		world_turns(what);
	else
		client_says((unsigned)(who - 'a'), what);
}

/* The kernel, the disk and the proof */

int __wrap_host_refresh(struct host *, struct err *);
int __wrap_net_fd(const struct net *);
bool __wrap_net_ready(struct net *);
size_t __wrap_ssh_find(pid_t, struct ssh *v);
int __wrap_kill(pid_t, int signo);
uid_t __wrap_geteuid(void);
int __wrap_lock_run_wait(const char *run_path, struct err *);
ssize_t __wrap_send(int fd, const void *, size_t, int flags);
ssize_t __real_send(int fd, const void *, size_t, int flags);
int __wrap_close(int fd);
int __real_close(int fd);
int __wrap_pending_read(struct pending *, const char *run_path, struct err *);
int __wrap_pending_write(
    const struct pending *, const char *run_path, struct err *);
int __wrap_pending_end(const char *run_path, struct err *);
int __wrap_revert_begin(const struct host *, struct pending *, struct err *);
int __wrap_revert_try(struct host *, struct buf *gone, struct err *);
void __wrap_revert_end(struct host *, const struct pending *, const char *why,
    const struct buf *gone, const struct err *failed, struct buf *notes);
int __wrap_revert_never(struct host *, struct pending *p,
    const struct config *committed, struct err *);
int __wrap_readback_check(struct host *, const struct config *committed,
    struct drift_seen *seen, struct err *);
struct proof *__wrap_proof_new(struct loop *, struct host *,
    const struct config *committed, uint64_t since,
    const struct prefix *client);
void __wrap_proof_free(struct proof *);
bool __wrap_proof_login(struct proof *);
struct evidence *__wrap_proof_read(struct proof *, size_t *n);
void __wrap_log_line(int level, const char *fmt, ...);

int
__wrap_host_refresh(struct host *h UNUSED, struct err *e UNUSED)
{
	say("looks");
	return 0;
}

int
__wrap_net_fd(const struct net *net UNUSED)
{
	return world.net;
}

bool
__wrap_net_ready(struct net *net UNUSED)
{
	uint64_t ignored;

	return read(world.net, &ignored, sizeof(ignored)) == sizeof(ignored);
}

size_t
__wrap_ssh_find(pid_t pid UNUSED, struct ssh *v)
{
	prefix_parse(&v[0].client, "2001:db8:9::7");
	return 1;
}

int
__wrap_kill(pid_t pid, int signo)
{
	assert_int_equal(pid, getpid());
	assert_int_equal(signo, SIGKILL);
	say("kills the holder");
	return 0;
}

/* A client of another user is one of ours, and the guard is of another. */
uid_t
__wrap_geteuid(void)
{
	return getuid() + world.stranger;
}

int
__wrap_lock_run_wait(const char *run_path UNUSED, struct err *e)
{
	if (world.locked)
		return err_set(e, ERR_BUSY, "locked");
	world.lock = eventfd(0, EFD_CLOEXEC);
	return world.lock;
}

/* What others would find, and a guard that is at its end would take away, after
 * they have made one of their own. */
static void
look_at_socket(void)
{
	if (world.disk.phase == PENDING_NONE && access("guard", F_OK) == 0)
		say("still has the socket");
}

ssize_t
__wrap_send(int fd, const void *data, size_t n, int flags)
{
	look_at_socket();
	return __real_send(fd, data, n, flags);
}

int
__wrap_close(int fd)
{
	if (fd == world.lock)
		look_at_socket();
	return __real_close(fd);
}

int
__wrap_pending_read(
    struct pending *p, const char *run_path UNUSED, struct err *e UNUSED)
{
	*p = world.disk;
	return 0;
}

int
__wrap_pending_write(
    const struct pending *p, const char *run_path UNUSED, struct err *e)
{
	if (world.full)
		return err_set(e, ERR_FAIL, "full");
	world.disk = *p;
	return 0;
}

int
__wrap_pending_end(const char *run_path UNUSED, struct err *e UNUSED)
{
	say("ends it");
	world.disk.phase = PENDING_NONE;
	return 0;
}

int
__wrap_revert_begin(
    const struct host *h UNUSED, struct pending *p, struct err *e)
{
	if (world.full)
		return err_set(e, ERR_FAIL, "full");
	p->phase = world.disk.phase = PENDING_REVERTING;
	return 0;
}

int
__wrap_revert_try(struct host *h UNUSED, struct buf *gone UNUSED, struct err *e)
{
	if (world.fails == 0)
		return 0;
	world.fails--;
	say("fails to revert");
	return err_set(e, ERR_FAIL, "cannot undo");
}

void
__wrap_revert_end(struct host *h UNUSED, const struct pending *p UNUSED,
    const char *why, const struct buf *gone UNUSED, const struct err *failed,
    struct buf *notes)
{
	say("reverts %s%s", why, failed != NULL ? ", not wholly" : "");
	world.disk.phase = PENDING_NONE;
	if (notes != NULL)
		buf_add(notes, "reverted");
}

int
__wrap_revert_never(struct host *h UNUSED, struct pending *p UNUSED,
    const struct config *committed UNUSED, struct err *e)
{
	if (world.unsaved)
		return err_set(e, ERR_FAIL, "cannot save");
	say("saves");
	world.disk.phase = PENDING_NONE;
	return 0;
}

int
__wrap_readback_check(struct host *h UNUSED,
    const struct config *committed UNUSED, struct drift_seen *seen UNUSED,
    struct err *e)
{
	return world.against ? err_set(e, ERR_FAIL, "some is missing") : 0;
}

struct proof *
__wrap_proof_new(struct loop *l UNUSED, struct host *h UNUSED,
    const struct config *committed UNUSED, uint64_t since,
    const struct prefix *client)
{
	char text[ADDR_TEXT_MAX];

	say("watches since %lld for %s", (long long)since - BOOTED,
	    client->family != AF_UNSPEC ? addr_text(client, text) : "anybody");
	return (struct proof *)&world;
}

void
__wrap_proof_free(struct proof *p UNUSED)
{
}

bool
__wrap_proof_login(struct proof *p UNUSED)
{
	return world.proven;
}

struct evidence *
__wrap_proof_read(struct proof *p UNUSED, size_t *n)
{
	struct evidence *v = xcalloc(1, sizeof(*v));

	*n = 1;
	v->state = world.proven ? EVIDENCE_SEEN : EVIDENCE_WAITING;
	memcpy(v->text, "login", sizeof("login"));
	return v;
}

void
__wrap_log_line(int level UNUSED, const char *fmt UNUSED, ...)
{
}

/* Cases */

#define APPLY "0 a hold\n100 a applied\n"
#define APPLIED                                                                \
	"0 a hears ok\n"                                                       \
	"100 looks\n"                                                          \
	"100 watches since 100 for 2001:db8:9::7\n"                            \
	"100 a hears ok\n"
#define UNPROVEN                                                               \
	"error 3|no new login was seen since the commit: the session that "    \
	"you are in proves nothing|log in a second time and confirm then; "    \
	"or, if you are sure: seki confirm --unproven\n"
#define TAKEN "error 1|another seki has taken over this commit\n"
#define BUSY "error 4|the commit is still in progress\n"
#define NOBODY "reverts since nobody confirmed it"
#define CUT "reverts since it was cut off in the middle"

static const struct {
	const char *name;
	const char *script, *log;
} cases[] = {
	/* the deadline */
	{ "nobody confirms", APPLY, APPLIED "60000 " NOBODY "\n" },
	{ "the machine sleeps over it", APPLY "10200 - sleep 3600000\n",
	    APPLIED "20100 " NOBODY "\n" },
	{ "it is extended", APPLY "50000 b extend 600\n60000 - event 1\n",
	    APPLIED "50000 b hears ok\n60100 looks\n660000 " NOBODY "\n" },
	{ "by more than a day", APPLY "200 b extend 99999999\n",
	    APPLIED "200 b hears ok\n86460000 " NOBODY "\n" },
	{ "a full disk", APPLY "200 - full 1\n300 b extend 600\n",
	    APPLIED "300 b hears error 1|full\n60000 " NOBODY "\n" },
	{ "somebody at work",
	    APPLY "200 - locked 1\n300 b extend 600\n400 - locked 0\n",
	    APPLIED "300 b hears error 4|locked\n60000 " NOBODY "\n" },
	{ "the steps take longer", "0 a hold\n70000 a applied 1050000\n",
	    "0 a hears ok\n70000 looks\n"
	    "70000 watches since 50000 for 2001:db8:9::7\n70000 " NOBODY
	    "\n70000 a hears ok\n" },

	/* who commits: killed, hanging, never there, refused */
	{ "killed", "0 a hold\n500 a hangs-up\n",
	    "0 a hears ok\n500 " CUT "\n" },
	{ "killed once it was applied", APPLY "200 a hangs-up\n",
	    APPLIED "60000 " NOBODY "\n" },
	{ "killed while it asks something else",
	    "0 a hold\n100 b status\n200 a hangs-up\n",
	    "0 a hears ok\n100 b hears ok|unproven\n200 " CUT "\n" },
	{ "another client hangs up",
	    APPLY "200 b connects\n300 b hangs-up\n400 c alive\n",
	    APPLIED "400 c hears ok\n60000 " NOBODY "\n" },
	{ "and earlier",
	    "0 a hold\n10 b connects\n20 b hangs-up\n"
	    "100 a applied\n",
	    APPLIED "60000 " NOBODY "\n" },
	{ "killed before it holds", "", "2000 " CUT "\n" },
	{ "hanging", "0 a hold\n",
	    "0 a hears ok\n120000 kills the holder\n120000 " CUT "\n" },
	{ "undone by itself", "0 a hold\n100 a cancel\n",
	    "0 a hears ok\n100 ends it\n100 a hears ok\n" },
	{ "the phase cannot be written",
	    "0 a hold\n100 - full 1\n200 a applied\n300 - full 0\n400 a cancel\n",
	    "0 a hears ok\n200 looks\n"
	    "200 watches since 200 for 2001:db8:9::7\n"
	    "200 a hears error 1|full\n400 ends it\n400 a hears ok\n" },
	{ "nor can it be undone",
	    "0 a hold\n100 - full 1\n200 a applied\n300 a hangs-up\n",
	    "0 a hears ok\n200 looks\n"
	    "200 watches since 200 for 2001:db8:9::7\n"
	    "200 a hears error 1|full\n300 " CUT "\n" },

	/* confirmed */
	{ "without a login", APPLY "200 b confirm\n",
	    APPLIED "200 b hears " UNPROVEN "60000 " NOBODY "\n" },
	{ "with one", APPLY "200 - proven 1\n300 b confirm\n",
	    APPLIED "300 saves\n300 b hears ok|confirmed and saved as #7\n" },
	{ "unproven", APPLY "200 b unproven\n",
	    APPLIED "200 saves\n200 b hears ok|confirmed and saved as #7\n" },
	{ "what the kernel lacks",
	    APPLY "200 - against 1\n300 b unproven\n400 b status\n",
	    APPLIED
	    "300 b hears error 1|some is missing|to revert the commit: seki "
	    "revert\n400 b hears ok|unproven|against some is missing|waiting "
	    "login\n60000 " NOBODY "\n" },
	{ "while somebody is at work",
	    APPLY "200 - locked 1\n300 b unproven\n"
		  "400 - locked 0\n",
	    APPLIED "300 b hears error 4|locked\n60000 " NOBODY "\n" },
	{ "what cannot be saved", APPLY "200 - unsaved 1\n300 b unproven\n",
	    APPLIED "300 reverts since it could not be saved\n300 b hears "
		    "error 1|cannot save|the commit was reverted\n" },
	{ "nor reverted",
	    APPLY "200 - unsaved 1\n200 - fails 2\n"
		  "300 b unproven\n",
	    APPLIED "300 fails to revert\n300 b hears error 1|cannot save|the "
		    "guard goes on to revert the commit\n400 fails to revert\n"
		    "800 reverts since it could not be saved\n" },
	{ "too early",
	    "0 a hold\n100 b unproven\n200 b revert\n"
	    "300 a applied\n400 b unproven\n",
	    "0 a hears ok\n100 b hears " BUSY "200 b hears " BUSY
	    "300 looks\n300 watches since 300 for 2001:db8:9::7\n"
	    "300 a hears ok\n400 saves\n"
	    "400 b hears ok|confirmed and saved as #7\n" },
	{ "at once", "0 a hold\n100 a keep\n",
	    "0 a hears ok\n100 saves\n"
	    "100 a hears ok|confirmed and saved as #7\n" },

	/* reverted */
	{ "as asked", APPLY "200 b revert\n",
	    APPLIED "200 reverts as asked\n200 b hears ok|reverted\n" },
	{ "in vain at first", APPLY "200 - fails 2\n300 b revert\n",
	    APPLIED "300 fails to revert\n300 b hears error 1|cannot undo|the "
		    "guard goes on and tries again\n400 fails to revert\n"
		    "600 reverts as asked\n" },
	{ "with a full disk", APPLY "200 - full 1\n300 b revert\n",
	    APPLIED "300 reverts as asked\n300 b hears ok|reverted\n" },
	{ "with a full disk, and in vain at first",
	    APPLY "200 - full 1\n200 - fails 2\n300 b revert\n"
		  "350 c unproven\n",
	    APPLIED "300 fails to revert\n300 b hears error 1|cannot undo|the "
		    "guard goes on and tries again\n350 c hears error 4|the "
		    "commit is being reverted\n400 fails to revert\n"
		    "600 reverts as asked\n" },
	{ "at its time, in vain for long", APPLY "200 - fails 5\n",
	    APPLIED "60000 fails to revert\n60200 fails to revert\n"
		    "60600 fails to revert\n61400 fails to revert\n"
		    "63000 fails to revert\n66200 " NOBODY "\n" },
	{ "never wholly", APPLY "200 - fails 99\n",
	    APPLIED "60000 fails to revert\n60200 fails to revert\n"
		    "60600 fails to revert\n61400 fails to revert\n"
		    "63000 fails to revert\n66200 fails to revert\n"
		    "72600 fails to revert\n85400 fails to revert\n"
		    "85400 " NOBODY ", not wholly\n" },
	{ "once the lock is free", APPLY "59000 - locked 1\n60250 - locked 0\n",
	    APPLIED "60300 " NOBODY "\n" },
	{ "it is confirmed no more", APPLY "200 - fails 3\n60100 b unproven\n",
	    APPLIED "60000 fails to revert\n60100 b hears error 4|the commit "
		    "is being reverted\n60200 fails to revert\n"
		    "60600 fails to revert\n61400 " NOBODY "\n" },

	/* signals */
	{ "told to stop", APPLY "200 - term 1\n", APPLIED "200 " NOBODY "\n" },
	{ "told to in the middle", "0 a hold\n50 - term 1\n100 a applied\n",
	    "0 a hears ok\n100 looks\n"
	    "100 watches since 100 for 2001:db8:9::7\n100 " NOBODY
	    "\n100 a hears ok\n" },
	{ "hung up on", APPLY "200 - hup 1\n", APPLIED "60000 " NOBODY "\n" },

	/* another has taken over, while this one stood still */
	{ "at the next look", APPLY "200 - guard 1\n15000 b alive\n",
	    APPLIED "10100 leaves the socket\n" },
	{ "when asked", APPLY "200 - guard 1\n300 b unproven\n",
	    APPLIED "300 b hears " TAKEN "300 leaves the socket\n" },
	{ "when asked to revert", APPLY "200 - guard 1\n300 b revert\n",
	    APPLIED "300 b hears " TAKEN "300 leaves the socket\n" },
	{ "when told to stop", APPLY "200 - guard 1\n300 - term 1\n",
	    APPLIED "300 leaves the socket\n" },

	/* this one has taken over */
	{ "for the time that is left", "0 - waiting 60000\n",
	    "0 looks\n0 watches since 0 for anybody\n60000 " NOBODY "\n" },
	{ "after the time", "0 - waiting 0\n",
	    "0 looks\n0 watches since 0 for anybody\n0 " NOBODY "\n" },
	{ "in the middle of a revert", "0 - reverting 0\n", "100 " CUT "\n" },

	/* whoever asks */
	{ "another user",
	    APPLY "200 - stranger 1\n300 b unproven\n"
		  "400 c hold\n500 - stranger 0\n600 d alive\n",
	    APPLIED "600 d hears ok\n60000 " NOBODY "\n" },
	{ "what it does not know", APPLY "200 b keep now\n300 b wobble\n",
	    APPLIED "200 b hears error 2|the guard cannot read the number "
		    "behind this word\n300 b hears error 2|the guard does not "
		    "know this word\n60000 " NOBODY "\n" },
	{ "how it stands", APPLY "200 b status\n300 - proven 1\n400 b status\n",
	    APPLIED "200 b hears ok|unproven|seen the kernel has what was "
		    "committed, read back|waiting login\n"
		    "400 b hears ok|proven|seen the kernel has what was "
		    "committed, read back|seen login\n60000 " NOBODY "\n" },
	{ "many who are silent",
	    "0 a hold\n1 b connects\n2 c connects\n3 d connects\n"
	    "4 e connects\n5 f connects\n6 g connects\n7 h connects\n"
	    "8 i connects\n9 j connects\n10 k connects\n11 l connects\n"
	    "12 m connects\n13 n connects\n14 o connects\n15 p connects\n"
	    "16 q connects\n17 r alive\n18 a keep\n",
	    "0 a hears ok\n"
	    "16 b hears error 4|the guard has too many clients\n"
	    "17 c hears error 4|the guard has too many clients\n"
	    "17 r hears ok\n18 saves\n"
	    "18 a hears ok|confirmed and saved as #7\n" },
};

static void
run_case(size_t i, const char *folder)
{
	struct host h = { .run_path = (char *)folder };
	unsigned open = folder_count("/proc/self", "fd");
	struct err e;
	size_t k;

	memset(&world, 0, sizeof(world));
	for (k = 0; k < CLIENTS; k++)
		world.clients[k] = -1;
	world.lock = -1;
	world.net = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	world.disk = (struct pending){ .phase = PENDING_APPLYING,
		.number = 7,
		.deadline = BOOTED + DEADLINE };
	fast_loop_begin(script_at, script_line, hear);
	for (script = cases[i].script; has_prefix(script, "0 - ");)
		script_line();
	assert_int_equal(guard_run(&h, &e), 0);
	hear();
	if (access("guard", F_OK) == 0)
		say("leaves the socket");
	if (strcmp(buf_text(&world.log), cases[i].log) != 0)
		fail_msg("%s:\n%s", cases[i].name, buf_text(&world.log));
	for (k = 0; k < CLIENTS; k++)
		if (world.clients[k] != -1)
			close(world.clients[k]);
	close(world.net);
	if (folder_count("/proc/self", "fd") != open)
		fail_msg("%s: files stay open", cases[i].name);
	buf_free(&world.log);
}

static void
test_cases(void **state)
{
	size_t i;

	folder_write(*state, "pending/config", "");
	assert_int_equal(chdir(*state), 0);
	for (i = 0; i < NITEMS(cases); i++)
		run_case(i, *state);
	assert_int_equal(chdir("/"), 0);
}

/* A guard that nobody could find, as its process is not noted, does not begin,
 * and says why. */
static void
test_unnoted(void **state)
{
	struct host h = { .run_path = *state };
	struct sockaddr_un starter = { .sun_family = AF_UNIX };
	char word[16] = "";
	struct err e;
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

	memset(&world, 0, sizeof(world));
	world.lock = -1;
	world.net = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	world.disk = (struct pending){ .phase = PENDING_APPLYING };
	world.full = 1;
	folder_write(*state, "pending/config", "");
	snprintf(starter.sun_path, sizeof(starter.sun_path), "%s/starter",
	    (char *)*state);
	assert_int_equal(
	    bind(fd, (struct sockaddr *)&starter, sizeof(starter)), 0);
	setenv("NOTIFY_SOCKET", starter.sun_path, 1);
	script = "";
	fast_loop_begin(script_at, script_line, hear);
	assert_int_equal(guard_run(&h, &e), -1);
	assert_string_equal(e.text, "full");
	assert_int_equal(recv(fd, word, sizeof(word) - 1, MSG_DONTWAIT),
	    strlen("STATUS=full"));
	assert_string_equal(word, "STATUS=full");
	assert_int_equal(recv(fd, word, sizeof(word), MSG_DONTWAIT), -1);
	assert_string_equal(buf_text(&world.log), "");
	unsetenv("NOTIFY_SOCKET");
	close(world.net);
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FOLDER_TEST(test_cases),
		FOLDER_TEST(test_unnoted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

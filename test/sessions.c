/* Whose SSH sessions there are, and which are above a process: programs that
 * call themselves sshd, tmux and others hold real connections. */
#define _GNU_SOURCE
#include "config.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/kernel/ssh.h"
#include "core/kernel/sshd.h"

#include "lib/folder.h"
#include "lib/guest.h"

#define PORT 2222
#define OTHER 2223
#define DESCRIPTORS 64
#define WITHIN 120 /* seconds, on a busy machine */

/* ---- the programs: copies of this one, told by their environment */

/* A terminal multiplexer's client, below the program, which says through the
 * pipe that it is there. */
static int
be_client(const char *name, int ready)
{
	const char *user = getenv("CLIENT_USER");
	bool elsewhere = getenv("CLIENT_ELSEWHERE") != NULL;
	int fd;

	for (fd = STDERR_FILENO + 1; fd < DESCRIPTORS; fd++)
		if (fd != ready)
			close(fd); /* or it keeps the port when all has ended */
	if ((elsewhere && unshare(CLONE_NEWNET) == -1) ||
	    (user != NULL && setuid((uid_t)atoi(user)) == -1))
		return 1;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NAME, name);
	if (write(ready, "", 1) != 1)
		return 1;
	for (;;)
		pause();
}

static int
be_program(void)
{
	const char *user = getenv("USER_ID"), *client = getenv("CLIENT");
	int ready = atoi(getenv("READY"));

	if (client != NULL && fork() == 0)
		_exit(be_client(client, ready));
	/* What a death sends is forgotten with a change of user. */
	if (user != NULL && setuid((uid_t)atoi(user)) == -1)
		return 1;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (client == NULL && write(ready, "", 1) != 1)
		return 1;
	close(ready);
	for (;;)
		pause();
}

/* Runs it with the descriptors that are not closed by exec. */
static pid_t
run_program(const char *folder, const char *program, const char *title,
    const char *const variables[])
{
	char *path = xasprintf("%s/%s", folder, program), number[16], byte;
	char *copy = xasprintf("cp /proc/%d/exe %s", (int)getpid(), path);
	int ends[2], i;
	pid_t pid;

	unlink(path); /* somebody who has just been killed may run it still */
	run_shell(copy);
	assert_return_code(chmod(folder, 0755), 0);
	assert_return_code(pipe2(ends, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) {
		snprintf(number, sizeof(number), "%d", dup(ends[1]));
		clearenv();
		setenv("READY", number, 1);
		for (i = 0; variables != NULL && variables[i] != NULL; i++)
			putenv((char *)variables[i]);
		execl(path, title, NULL);
		_exit(127);
	}
	close(ends[1]);
	assert_int_equal(read(ends[0], &byte, 1), 1);
	close(ends[0]);
	free(copy);
	free(path);
	return pid;
}

/* ---- a connection, whose end here goes to the next program */

static struct {
	int listening, client, accepted;
} line;

static void
connect_to(uint16_t port)
{
	struct sockaddr_in6 at = { .sin6_family = AF_INET6,
		.sin6_port = htons(port),
		.sin6_addr = IN6ADDR_LOOPBACK_INIT };
	int on = 1;

	line.listening = socket(AF_INET6, SOCK_STREAM, 0);
	line.client = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(line.listening, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	assert_return_code(
	    bind(line.listening, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_return_code(listen(line.listening, 1), 0);
	assert_return_code(
	    connect(line.client, (struct sockaddr *)&at, sizeof(at)), 0);
	line.accepted = accept(line.listening, NULL, NULL);
	assert_return_code(line.accepted, 0);
}

static void
give_away(void)
{
	close(line.listening);
	close(line.accepted);
}

static void
hang_up(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	close(line.client);
}

/* ---- sessions */

static const struct {
	const char *program, *title, *variables[2];
	uint16_t port;
	size_t sessions;
	const char *user;
} cases[] = {
	{ "sshd", "sshd: root@pts/0", { NULL }, PORT, 1, "root" },
	{ "sshd", "sshd: root@notty", { NULL }, PORT, 1, "root" },
	/* since OpenSSH 9.8 */
	{ "sshd-session", "sshd-session: anna@pts/1", { NULL }, PORT, 1,
	    "anna" },
	{ "sshd", "sshd: anna@example.net@pts/1", { NULL }, PORT, 1,
	    "anna@example.net" },
	{ "sshd", "sshd: a\033[31m@pts/1", { NULL }, PORT, 1, "a\\x1b[31m" },
	/* nobody has logged in yet */
	{ "sshd", "sshd: root [net]", { NULL }, PORT, 1, "" },
	{ "sshd", "sshd: a@b [priv]", { NULL }, PORT, 1, "" },
	{ "sshd", "sshd: @pts/0", { NULL }, PORT, 1, "" },
	{ "sshd", "login: root@pts/0", { NULL }, PORT, 1, "" },
	/* not sshd's, or not his, or not to its port */
	{ "sshd2", "sshd: root@pts/0", { NULL }, PORT, 0, "" },
	{ "sshd", "sshd: root@pts/0", { "USER_ID=65534" }, PORT, 0, "" },
	{ "sshd", "sshd: root@pts/0", { NULL }, OTHER, 0, "" },
};

static void
test_sessions(void **state)
{
	static const uint16_t ports[] = { PORT - 1, PORT };
	struct ssh_session *v;
	size_t i, n;
	pid_t pid;

	for (i = 0; i < NITEMS(cases); i++) {
		connect_to(cases[i].port);
		pid = run_program(*state, cases[i].program, cases[i].title,
		    cases[i].variables);
		give_away();
		v = sshd_sessions(ports, NITEMS(ports), &n);
		if (n != cases[i].sessions)
			fail_msg("%zu: %zu sessions", i, n);
		if (n > 0) {
			assert_string_equal(v[0].user, cases[i].user);
			assert_int_equal(v[0].tcp.local_port, PORT);
			assert_true(v[0].began <= boot_ms());
			assert_true(v[0].began + 60000 > boot_ms());
		}
		free(v);
		hang_up(pid);
	}
}

/* ---- the session of somebody inside tmux, whose server is a daemon */

static const struct {
	const char *own[2];	 /* of the process that asks */
	const char *attached[4]; /* of the sshd with the client */
	size_t found;
} inside[] = {
	{ { "TMUX=/tmp/tmux-0/default,1,0" }, { "CLIENT=tmux: client" }, 1 },
	{ { "STY=1.pts-0.host" }, { "CLIENT=screen" }, 1 },
	/* not in one */
	{ { "TERM=xterm" }, { "CLIENT=tmux: client" }, 0 },
	/* not one, not his, or a container's */
	{ { "TMUX=x" }, { "CLIENT=tmux: server" }, 0 },
	{ { "TMUX=x" }, { "CLIENT=tmux: client", "CLIENT_USER=65534" }, 0 },
	{ { "TMUX=x" }, { "CLIENT=tmux: client", "CLIENT_ELSEWHERE=1" }, 0 },
	{ { "TMUX=x" }, { "NO_CLIENT=1" }, 0 },
};

static void
test_attached(void **state)
{
	struct ssh v[SSH_SESSIONS_MAX];
	pid_t sshd, shell;
	size_t i, n;

	for (i = 0; i < NITEMS(inside); i++) {
		shell = run_program(*state, "sh", "sh", inside[i].own);
		connect_to(PORT);
		sshd = run_program(
		    *state, "sshd", "sshd: root@pts/0", inside[i].attached);
		give_away();
		n = ssh_find(shell, v);
		if (n != inside[i].found)
			fail_msg("%zu: %zu sessions", i, n);
		assert_true(n == 0 || v[0].port == PORT);
		hang_up(sshd);
		kill(shell, SIGKILL);
		waitpid(shell, NULL, 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FOLDER_TEST(test_sessions),
		FOLDER_TEST(test_attached),
	};

	alarm(WITHIN);
	if (getenv("READY") != NULL)
		return be_program();
	if (guest_skips(false))
		return 0;
	run_shell("ip link set lo up");
	return cmocka_run_group_tests(tests, NULL, NULL);
}

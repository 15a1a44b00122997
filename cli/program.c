/* Reads the arguments and runs a mode or a command. */
#include "config.h"

#include "cli/program.h"

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "cli/answer.h"
#include "cli/arguments.h"
#include "cli/help.h"
#include "core/base/intl.h"
#include "core/base/log.h"
#include "core/base/util.h"
#include "core/commit/takeover.h"
#include "core/state/host.h"

static int
run_words(struct host *h, const struct arguments *a)
{
	struct words w = { 0 };
	int status;

	words_from_argv(&w, a->argc, a->argv);
	status = answer_words(h, &w);
	words_free(&w);
	return status;
}

/* A commit whose guard was killed is finished by the next seki with the rights
 * to do so. */
static void
recover(struct host *h)
{
	struct err e;

	if (h->read_only || access(h->run_path, W_OK) != 0)
		return;
	if (takeover(h, &e) == -1)
		answer_error(&e);
	else if (host_reload(h, &e) != 0)
		answer_error(&e);
}

/* An admin who names a config may have mistyped it. In the lab SEKI_CONFIG is
 * set by the lab. */
static void
note_absent(const struct host *h, const struct arguments *a)
{
	struct buf b = { 0 };

	if (access(h->config_path, F_OK) == 0 ||
	    (a->config == NULL &&
		(getenv("SEKI_CONFIG") == NULL || host_is_lab())))
		return;
	buf_escape(&b, h->config_path, strlen(h->config_path));
	fputs("seki: ", stderr);
	fprintf(stderr, _("note: %s does not exist yet: the config is empty\n"),
	    buf_text(&b));
	buf_free(&b);
}

/* Without a mode, the words are a command. */
static int
run_host(const struct arguments *a, const struct mode *m)
{
	struct host h;
	struct err e = { 0 };
	int status;

	status = m != NULL ? host_open_watched(&h, a->config, m->counted, &e)
			   : host_open(&h, a->config, &e);
	if (status != 0) {
		host_close(&h);
		return answer_error(&e);
	}
	h.read_only = a->read_only;
	if (m == NULL || !m->spared)
		recover(&h);
	if (m == NULL)
		note_absent(&h, a);
	if (h.blind && a->argc > 0)
		fprintf(stderr, "seki: %s\n",
		    _("not root: counters and the insides of containers are "
		      "not shown, and nothing can be changed"));
	status = m != NULL ? m->run(&h, a) : run_words(&h, a);
	host_close(&h);
	return status;
}

/* Output for programs is the same in every language. */
static bool
is_for_programs(const struct arguments *a)
{
	int i = 0;

	while (i < a->argc && strcmp(a->argv[i], "--json") != 0)
		i++;
	return i < a->argc;
}

/* Opens missing standard descriptors: a socket must never become number 1,
 * where answers are written. */
static void
open_standard(void)
{
	int fd = open("/dev/null", O_RDWR);

	while (fd >= 0 && fd <= 2)
		fd = dup(fd);
	if (fd > 2)
		close(fd);
}

int
program_run(int argc, char *argv[], const struct mode *modes)
{
	struct arguments a = { .whole = argv };
	const struct mode *m;
	struct err e;
	int status;

	/* Started by /proc/self/exe, it would be called exe. */
	prctl(PR_SET_NAME, "seki");
	open_standard();
	/* A write over RLIMIT_FSIZE is an error to report. */
	signal(SIGXFSZ, SIG_IGN);
	/* Whoever started us may have ignored it, and then no child could be
	 * waited for (wait(2)). */
	signal(SIGCHLD, SIG_DFL);
	intl_start();
	log_open(false);
	a.console.no_color =
	    getenv("NO_COLOR") != NULL && getenv("NO_COLOR")[0] != '\0';
	status = arguments_read(&a, argc, argv, false);
	if (status != -1)
		return status;
	if (a.help)
		return help_print(modes);
	if (is_for_programs(&a))
		intl_stop();
	if (mode_check(modes, &a, &e) != 0)
		return answer_error(&e);
	m = mode_find(modes, &a);
	return m != NULL && m->start != NULL ? m->start(&a) : run_host(&a, m);
}

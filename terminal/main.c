/* seki-console: what draws and edits on a terminal, the console and the shell.
 * seki starts it. */
#include "config.h"

#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/answer.h"
#include "cli/background.h"
#include "cli/program.h"
#include "cli/shell.h"
#include "core/base/intl.h"
#include "core/base/util.h"

/* The data of the dashboard, for a pipe or a file. */
static int
run_summary(struct host *h)
{
	static const char *const lines[] = { "show status", "show uplinks",
		"show bridges", "show containers", "show forwards",
		"show policies" };

	return answer_lines(h, lines, NITEMS(lines));
}

/* Whether standard input, which is not a terminal, has any input. */
static bool
has_lines(void)
{
	struct pollfd p = { .fd = STDIN_FILENO, .events = POLLIN };
	int n = 0;

	poll(&p, 1, -1);
	return ioctl(STDIN_FILENO, FIONREAD, &n) == 0 && n > 0;
}

/* Whoever left by :q!, as from vi, was not asked, and counts on losing it. */
static void
tell_kept(const struct host *h)
{
	if (h->changes == 0 || h->read_only || host_ends_lab())
		return;
	printf(host_is_lab()
		   ? ngettext("%u change is kept in the candidate until this "
			      "lab ends   (seki diff, seki discard)\n",
			 "%u changes are kept in the candidate until this "
			 "lab ends   (seki diff, seki discard)\n",
			 h->changes)
		   : ngettext("%u change is kept in the candidate until this "
			      "host reboots   (seki diff, seki discard)\n",
			 "%u changes are kept in the candidate until this "
			 "host reboots   (seki diff, seki discard)\n",
			 h->changes),
	    h->changes);
}

/* A terminal that cannot hold the console still gets the shell. */
static int
on_terminal(struct host *h, const struct console_options *given)
{
	struct console_options options = *given;
	char *history = shell_history();
	struct err e = { 0 };
	int status;

	options.history = history;
	status = console_run(h, &options, &e);
	free(history);
	if (status == 0)
		tell_kept(h);
	if (status != -1)
		return status;
	answer_error(&e);
	return shell_run(h, false);
}

static int
run_console(struct host *h, const struct arguments *a)
{
	if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))
		return on_terminal(h, &a->console);
	if (!isatty(STDIN_FILENO) && has_lines())
		return shell_run(h, false);
	return run_summary(h);
}

static int
run_shell(struct host *h, const struct arguments *a UNUSED)
{
	return shell_run(h, false);
}

static int
run_setup(struct host *h, const struct arguments *a UNUSED)
{
	return shell_run(h, true);
}

/* A guard is started by the program that commits. */
static const struct mode terminal_modes[] = {
	{ "", .run = run_console },
	{ "shell", .run = run_shell },
	{ "setup", .run = run_setup, .asks = true },
	{ "guard", .run = background_guard, .spared = true,
	    .counted = COUNT_NONE },
	{ .word = NULL },
};

int
main(int argc, char *argv[])
{
	return program_run(argc, argv, terminal_modes);
}

/* The modes: the console, the shell, the service, the lab. */
#include "config.h"

#include "cli/modes.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/answer.h"
#include "cli/background.h"
#include "cli/complete_bash.h"
#include "cli/complete_words.h"
#include "cli/help.h"
#include "core/base/intl.h"
#include "core/base/process.h"
#include "core/base/util.h"
#include "core/command/command.h"
#include "core/lab/lab.h"

#define CONSOLE "seki-console"

/* The lab */

static int
lab_apply(struct err *e)
{
	struct buf out = { 0 }, notes = { 0 };
	struct host h;
	int r;

	r = host_open(&h, LAB_CONFIG, e);
	if (r == 0)
		r = command_line(&h, "apply", &out, &notes, e);
	host_close(&h);
	buf_free(&out);
	buf_free(&notes);
	return r;
}

/* A shell does not show that it is in the lab, as the console does. */
static int
lab_prepare(void *arg, struct err *e)
{
	const struct arguments *a = arg;

	if (!a->fresh && lab_apply(e) != 0)
		return -1;
	if (a->argc > 0 && isatty(STDIN_FILENO) && isatty(STDERR_FILENO))
		fputs(_("A lab: web1, dns1, git1, db1, tmp1 behind lxcbr0; "
			"client1, client2 outside.\n"
			"\"ip netns exec client1 bash\" is a shell in one, "
			"\"exit\" removes all of it.\n"),
		    stderr);
	return 0;
}

/* Options without a meaning in the lab are refused, not ignored. */
static int
check_lab(const struct arguments *a)
{
	const char *why = NULL;

	if (a->config != NULL)
		why = N_("--config does not apply to the lab, which has its "
			 "own config");
	else if (a->read_only && a->argc > 0)
		why = N_("--read-only applies to the lab's console; give it to "
			 "the seki that COMMAND starts");
	if (why != NULL)
		fprintf(stderr, "seki: %s\n", _(why));
	return why != NULL ? ERR_USAGE : 0;
}

static int
start_lab(const struct arguments *given)
{
	static char self[] = "/proc/self/exe", read_only[] = "--read-only",
		    ascii[] = "--ascii", no_color[] = "--no-color";
	char *console[5] = { self };
	struct arguments a = *given;
	struct lab_options lab = { .prepare = lab_prepare, .arg = &a };
	struct err e = { 0 };
	size_t n = 1;
	int status = arguments_read(&a, given->argc, given->argv, true);

	if (status == -1 && a.help)
		return help_print(modes);
	if (status == -1 && check_lab(&a) != 0)
		status = ERR_USAGE;
	if (status != -1)
		return status;
	if (a.read_only)
		console[n++] = read_only;
	if (a.console.ascii)
		console[n++] = ascii;
	if (a.console.no_color)
		console[n++] = no_color;
	lab.fresh = a.fresh;
	lab.no_traffic = a.no_traffic;
	status = lab_run(&lab, a.argc > 0 ? a.argv : console, &e);
	return status == -1 ? answer_error(&e) : status;
}

/* The others */

static int
start_help(const struct arguments *a UNUSED)
{
	return help_print(modes);
}

/* The console and the shell are a program of their own, so that commands need
 * not load what only those draw with. */
static int
start_console(const struct arguments *a)
{
	char *beside = process_beside(CONSOLE);
	const char *path = beside != NULL ? beside : PKGLIBEXECDIR "/" CONSOLE;
	struct err e;

	execv(path, a->whole);
	err_sys(&e, ERR_FAIL, "cannot start %s", path);
	free(beside);
	return answer_error(&e);
}

static int
start_complete(const struct arguments *a)
{
	return complete_bash(a, modes);
}

static int
start_complete_words(const struct arguments *a)
{
	return complete_words(a, modes);
}

const struct mode modes[] = {
	{ "", NULL, N_("the console"), .start = start_console },
	{ "shell", NULL, N_("a plain prompt"), .start = start_console },
	{ "setup", NULL, NULL, .start = start_console, .asks = true },
	{ "watch", NULL, N_("the service: apply and keep"),
	    .run = background_watch, .spared = true, .counted = COUNT_NONE },
	{ "lab", "[--fresh] [--no-traffic] [-- COMMAND...]",
	    N_("a throw-away host to try it on"), .start = start_lab },
	{ "help", NULL, NULL, .start = start_help },
	{ "complete", "LINE BREAKS TYPE", NULL, .start = start_complete },
	{ "complete-words", "[WORD...] LAST", NULL,
	    .start = start_complete_words },
	{ "guard", NULL, NULL, .run = background_guard, .spared = true,
	    .counted = COUNT_NONE },
	{ .word = NULL },
};

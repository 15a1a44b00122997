/* seki: arguments in, and off to the console, the shell, the lab, or one
 * command. */
#include "config.h"

#include <fcntl.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/command.h"
#include "core/guard.h"
#include "core/host.h"
#include "core/intl.h"
#include "core/lab.h"
#include "core/util.h"
#include "screens/app.h"
#include "screens/shell.h"
#include "screens/watch.h"

struct arguments {
	const char *config;
	bool read_only;
	bool fresh, no_traffic; /* of the lab */
	struct app_options app;
};

enum {
	OPT_READ_ONLY = 256,
	OPT_ASCII,
	OPT_NO_COLOR,
	OPT_CONFIG,
	OPT_VERSION,
	OPT_FRESH,
	OPT_NO_TRAFFIC,
};

static const struct {
	struct option option;
	const char *help;
	bool lab; /* of seki lab alone */
} options[] = {
	{ { "read-only", no_argument, NULL, OPT_READ_ONLY },
	    "look only: no edits, no commits", false },
	{ { "ascii", no_argument, NULL, OPT_ASCII },
	    "draw with ASCII characters only", false },
	{ { "no-color", no_argument, NULL, OPT_NO_COLOR },
	    "no colours (also by NO_COLOR)", false },
	{ { "config", required_argument, NULL, OPT_CONFIG },
	    "the saved config (else SEKI_CONFIG, or /etc/seki/seki.conf)",
	    false },
	{ { "version", no_argument, NULL, OPT_VERSION },
	    "print the version", false },
	{ { "help", no_argument, NULL, 'h' }, "print this", false },
	{ { "fresh", no_argument, NULL, OPT_FRESH },
	    "lab: no config yet, link-local addresses only", true },
	{ { "no-traffic", no_argument, NULL, OPT_NO_TRAFFIC },
	    "lab: clients stay quiet", true },
};

static int
print_help(void)
{
	struct buf b = { 0 };
	size_t i;

	buf_add(&b,
	    "usage: seki [OPTION...]            the console\n"
	    "       seki [OPTION...] COMMAND   one command\n"
	    "       seki shell                 a plain prompt\n"
	    "       seki watch                 the service: apply and keep\n"
	    "       seki lab [--fresh] [--no-traffic] [-- COMMAND...]\n"
	    "           a throw-away host to try it on\n"
	    "\nOptions\n");
	for (i = 0; i < NITEMS(options); i++)
		buf_printf(&b, "  --%-12s %s\n", options[i].option.name,
		    options[i].help);
	buf_add(&b, "\n");
	command_help("", &b);
	fputs(buf_text(&b), stdout);
	buf_free(&b);
	return fflush(stdout) == 0 ? 0 : ERR_FAIL;
}

/* -1 to go on, else the exit status. */
static int
take_option(int c, struct arguments *a)
{
	switch (c) {
	case OPT_READ_ONLY:
		a->read_only = true;
		return -1;
	case OPT_ASCII:
		a->app.ascii = true;
		intl_stop();
		return -1;
	case OPT_NO_COLOR:
		a->app.no_color = true;
		return -1;
	case OPT_CONFIG:
		a->config = optarg;
		return -1;
	case OPT_FRESH:
		a->fresh = true;
		return -1;
	case OPT_NO_TRAFFIC:
		a->no_traffic = true;
		return -1;
	case OPT_VERSION:
		return puts("seki " PACKAGE_VERSION) < 0 ? ERR_FAIL : 0;
	case 'h':
		return print_help();
	default:
		fprintf(stderr, "seki: seki --help lists options and "
				"commands\n");
		return ERR_USAGE;
	}
}

/* Those of the lab only behind its name, all others there as well. The same
 * as take_option. */
static int
parse_arguments(int argc, char *argv[], bool lab, struct arguments *a)
{
	struct option longs[NITEMS(options) + 1] = { 0 };
	size_t i, n = 0;
	int c, status = -1;

	for (i = 0; i < NITEMS(options); i++)
		if (lab || !options[i].lab)
			longs[n++] = options[i].option;
	optind = 0;
	while (status == -1 &&
	       (c = getopt_long(argc, argv, "+h", longs, NULL)) != -1)
		status = take_option(c, a);
	return status;
}

/* The lab */

static int
lab_apply(void *arg UNUSED, struct err *e)
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

/* What the lab has no use for is refused, and not dropped in silence. */
static int
check_lab(const struct arguments *a, bool has_command)
{
	const char *why = NULL;

	if (a->config != NULL)
		why = "--config is not for the lab, which has its own";
	else if (a->read_only && has_command)
		why = "--read-only is for the lab's console; give it to the "
		      "seki that COMMAND starts";
	if (why != NULL)
		fprintf(stderr, "seki: %s\n", why);
	return why != NULL ? ERR_USAGE : 0;
}

/* argv begins with "lab". */
static int
run_lab(int argc, char *argv[], struct arguments *a)
{
	static char self[] = "/proc/self/exe", read_only[] = "--read-only",
		    ascii[] = "--ascii", no_color[] = "--no-color";
	char *console[5] = { self };
	struct lab_options lab = { .prepare = lab_apply };
	struct err e = { 0 };
	size_t n = 1;
	int status = parse_arguments(argc, argv, true, a);

	if (status == -1 && check_lab(a, optind < argc) != 0)
		status = ERR_USAGE;
	if (status != -1)
		return status;
	if (a->read_only)
		console[n++] = read_only;
	if (a->app.ascii)
		console[n++] = ascii;
	if (a->app.no_color)
		console[n++] = no_color;
	lab.fresh = a->fresh;
	lab.no_traffic = a->no_traffic;
	status = lab_run(&lab, optind < argc ? argv + optind : console, &e);
	return status == -1 ? shell_error(&e) : status;
}

/* One-shot, shell, console */

static int
run_words(struct host *h, int argc, char *argv[])
{
	struct words w = { 0 };
	int status;

	words_from_argv(&w, argc, argv);
	status = shell_words(h, &w);
	words_free(&w);
	return status;
}

/* A commit whose guard was killed is finished by the next seki that may. */
static void
recover(struct host *h)
{
	struct err e;

	if (h->read_only || access(h->run_path, W_OK) != 0)
		return;
	if (guard_recover(h, &e) == -1)
		shell_error(&e);
	else if (host_reload(h, &e) != 0)
		shell_error(&e);
}

static int
run_console(struct host *h, const struct arguments *a)
{
	return app_run(h, &a->app);
}

static int
run_shell(struct host *h, const struct arguments *a UNUSED)
{
	return shell_run(h);
}

static int
run_watch(struct host *h, const struct arguments *a UNUSED)
{
	return watch_command(h);
}

static int
run_guard(struct host *h, const struct arguments *a UNUSED)
{
	struct err e = { 0 };

	return guard_run(h, &e) == 0 ? 0 : shell_error(&e);
}

enum { MODE_CONSOLE };

/* What is no command of one answer. */
static const struct {
	int argc;
	const char *word;
	bool recovers;
	int (*run)(struct host *, const struct arguments *);
} modes[] = {
	[MODE_CONSOLE] = { 0, "", true, run_console },
	{ 1, "shell", true, run_shell },
	{ 1, "watch", false, run_watch },
	{ 1, "guard", false, run_guard },
};

/* Who names a config may have mistyped it. The lab's is named by the lab. */
static void
note_absent(const struct host *h, const struct arguments *a)
{
	struct buf b = { 0 };

	if (access(h->config_path, F_OK) == 0 ||
	    (a->config == NULL && (getenv("SEKI_CONFIG") == NULL ||
				      getenv("SEKI_LAB") != NULL)))
		return;
	buf_escape(&b, h->config_path, strlen(h->config_path));
	fprintf(stderr, "seki: note: there is no %s yet: an empty config\n",
	    buf_text(&b));
	buf_free(&b);
}

static int
run_host(const struct arguments *a, int argc, char *argv[])
{
	struct host h;
	struct err e = { 0 };
	size_t i;
	int status;

	if (host_open(&h, a->config, &e) != 0) {
		host_close(&h);
		return shell_error(&e);
	}
	if (h.saved_error.code != ERR_NONE)
		shell_error(&h.saved_error);
	h.read_only = a->read_only;
	for (i = 0; i < NITEMS(modes); i++)
		if (argc == modes[i].argc &&
		    (argc == 0 || strcmp(argv[0], modes[i].word) == 0))
			break;
	if (i == NITEMS(modes) || modes[i].recovers)
		recover(&h);
	if (i == NITEMS(modes))
		note_absent(&h, a);
	if (h.blind && i != MODE_CONSOLE)
		fputs("seki: not root: counters and the insides of containers "
		      "are not shown, and nothing can be changed\n", stderr);
	status = i < NITEMS(modes) ? modes[i].run(&h, a)
				   : run_words(&h, argc, argv);
	host_close(&h);
	return status;
}

/* A socket must never become number 1, where answers are written. */
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
main(int argc, char *argv[])
{
	struct arguments a = { 0 };
	int status;

	open_standard();
	intl_start();
	a.app.no_color = getenv("NO_COLOR") != NULL &&
	    getenv("NO_COLOR")[0] != '\0';
	status = parse_arguments(argc, argv, false, &a);
	if (status != -1)
		return status;
	argc -= optind;
	argv += optind;
	if (argc > 0 && strcmp(argv[0], "lab") == 0)
		return run_lab(argc, argv, &a);
	if (argc == 1 && strcmp(argv[0], "help") == 0)
		return print_help();
	return run_host(&a, argc, argv);
}

/* A form for a packet that is let in, to see what becomes of it. */
#include "config.h"

#include "screens/trial.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/state/attempt.h"
#include "screens/tried.h"
#include "tui/form.h"

const struct action trial_actions[] = {
	{ ACT_TRY, { 't' }, "try", N_("Try"),
	    N_("let a packet in that it is about, and see what becomes of "
	       "it") },
	{ 0 },
};

enum { PROTO, FROM, TO, PORT, FIELDS };

#define PORT_WIDTH 6
#define PROTOS 3

struct trial_form {
	struct app *app;
	struct statement *st; /* that it is about; NULL: none */
	struct field fields[FIELDS];
	struct field_choice protos[PROTOS + 1]; /* translated */
	const char *proto;			/* what it begins with; NULL: */
	struct buf from, to, port;		/* the first one */
};

static const struct field_choice protos[PROTOS] = {
	{ "tcp", N_("the first packet of a connection") },
	{ "udp", N_("a few bytes") },
	{ "icmp", N_("an echo request of ICMP or ICMPv6") },
};

static bool
has_port(const struct form *form)
{
	return strcmp(form_value(form, PROTO), "icmp") != 0;
}

static bool
read_addr(const struct form *form, size_t field, struct prefix *addr)
{
	return prefix_parse(addr, form_value(form, field)) == 0 &&
	       prefix_is_bare(addr);
}

static unsigned
read_port(const struct form *form)
{
	const char *text = form_value(form, PORT);
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	return end != text && *end == '\0' && n <= UINT16_MAX ? (unsigned)n : 0;
}

static void
check_addr(const struct form *form, size_t field, struct buf *why)
{
	struct prefix addr, from;

	if (!read_addr(form, field, &addr))
		buf_add(why, _("an address, of IPv6 or IPv4"));
	else if (field == TO && read_addr(form, FROM, &from) &&
		 from.family != addr.family)
		buf_add(why, _("it is of another family than the source"));
}

static void
check(void *arg UNUSED, const struct form *form, size_t field, struct buf *why)
{
	if (field == FROM || field == TO)
		check_addr(form, field, why);
	else if (field == PORT && has_port(form) && read_port(form) == 0)
		buf_add(why, _("a port, from 1 to 65535"));
	else if (field == PORT && !has_port(form) &&
		 form_value(form, PORT)[0] != '\0')
		buf_add(why, _("an echo request has no port"));
}

/* False while something is missing. */
static bool
read_trial(const struct form *form, struct trial *t)
{
	*t = (struct trial){ .proto = IPPROTO_ICMP };
	if (!read_addr(form, FROM, &t->from) || !read_addr(form, TO, &t->to) ||
	    (has_port(form) && read_port(form) == 0))
		return false;
	if (!has_port(form))
		return true;
	t->proto = strcmp(form_value(form, PROTO), "udp") == 0 ? IPPROTO_UDP
							       : IPPROTO_TCP;
	t->dport = (uint16_t)read_port(form);
	return true;
}

static void
preview(void *arg UNUSED, const struct form *form, struct buf *b)
{
	struct buf line = { 0 };
	struct trial t;

	if (read_trial(form, &t)) {
		tried_line(&t, &line);
		buf_printf(b, _("the same as: seki %s\n"), buf_text(&line));
	}
	buf_free(&line);
}

static int
submit(void *arg, const struct form *form, struct err *e)
{
	const struct trial_form *f = arg;
	struct trial t;

	if (!read_trial(form, &t))
		return err_set(e, ERR_USAGE, "something is missing");
	tried_run(f->app, &t, f->st);
	return 0;
}

static void
close_form(void *arg)
{
	struct trial_form *f = arg;

	statement_free(f->st);
	buf_free(&f->from);
	buf_free(&f->to);
	buf_free(&f->port);
	free(f);
}

/* With the packet that the statement is best tried with. */
static void
begin(struct trial_form *f, const struct statement *st)
{
	struct trial t = { 0 };

	if (!attempt_example(f->app->host, st, &t) &&
	    !attempt_example(f->app->host, NULL, &t))
		return;
	f->proto = t.proto == IPPROTO_UDP ? "udp" : "tcp";
	prefix_print(&t.from, &f->from);
	prefix_print(&t.to, &f->to);
	if (t.dport != 0)
		buf_printf(&f->port, "%u", t.dport);
}

static void
make_fields(struct trial_form *f)
{
	size_t i;

	for (i = 0; i < PROTOS; i++)
		f->protos[i] =
		    (struct field_choice){ protos[i].word, _(protos[i].help) };
	f->fields[PROTO] = (struct field){ .label = _("protocol"),
		.kind = FIELD_CHOICE,
		.choices = f->protos,
		.value = f->proto != NULL ? f->proto : protos[0].word };
	f->fields[FROM] = (struct field){ .label = _("from"),
		.value = buf_text(&f->from),
		.help = _("an address in the Internet that it comes from") };
	f->fields[TO] = (struct field){ .label = _("to"),
		.value = buf_text(&f->to),
		.help = _("the address that it goes to, such as this host's") };
	f->fields[PORT] = (struct field){ .label = _("port"),
		.value = buf_text(&f->port),
		.width = PORT_WIDTH };
}

void
trial_open_of(struct app *app, const struct statement *st)
{
	struct trial_form *f = xcalloc(1, sizeof(*f));

	f->app = app;
	f->st = st != NULL ? statement_copy(st) : NULL;
	begin(f, st);
	make_fields(f);
	form_open(f->app->ui,
	    &(struct form_spec){ .title = _("Try a packet"),
		.help = _("A packet is let in as if it came by the uplink, and "
			  "stopped before the wire: what it meets in every "
			  "table, and who decides, is told."),
		.fields = f->fields,
		.nfields = FIELDS,
		.check = check,
		.preview = preview,
		.submit = submit,
		.close = close_form,
		.arg = f });
}

void
trial_open(void *arg)
{
	trial_open_of(arg, NULL);
}

/* Lines */

/* That of the config which the first words name. */
static const struct statement *
find_named(const struct config *c, const char *line)
{
	const struct statement *found = NULL;
	struct statement *key;
	struct err ignored;
	char *words = xstrdup(line), *end;
	size_t at;

	do {
		key = statement_key_from(words, &ignored);
		at = key != NULL ? config_find(c, key, &ignored) : SIZE_MAX;
		if (at != SIZE_MAX)
			found = c->v[at].st;
		statement_free(key);
		end = strrchr(words, ' ');
		if (end != NULL)
			*end = '\0';
	} while (found == NULL && end != NULL);
	free(words);
	return found;
}

/* The first address of an exposure's line, before whom it is open to; false
 * where that is this host, at all that it has. */
static bool
find_addr(const char *line, struct prefix *addr)
{
	static const char digits[] = "0123456789abcdef:.";
	bool found = false;
	char *word;

	if (strstr(line, _("this host")) != NULL)
		return false;
	for (; *line != '\0' && !found; line += strspn(line, digits)) {
		line += strcspn(line, digits);
		word = xasprintf("%.*s", (int)strspn(line, digits), line);
		found = prefix_parse(addr, word) == 0;
		free(word);
	}
	return found;
}

/* A policy about the first port of an exposure's line; NULL: of none. */
static struct statement *
make_policy(const char *line)
{
	char proto[4];
	struct statement *st = NULL;
	struct buf b = { 0 };
	struct prefix addr;
	struct err ignored;
	unsigned port;

	if (sscanf(line, "%3[a-z] %5u", proto, &port) == 2) {
		buf_printf(&b, "allow input %s %u", proto, port);
		if (find_addr(line, &addr)) {
			buf_add(&b, " to ");
			prefix_print(&addr, &b);
		}
		st = statement_from(buf_text(&b), &ignored);
	}
	buf_free(&b);
	return st;
}

void
trial_open_line(struct app *app, const char *line)
{
	const struct host *h = app->host;
	const struct statement *named;
	struct statement *policy;

	line += strcspn(line, " ");
	line += strspn(line, " ");
	named = find_named(&h->candidate, line);
	if (named == NULL)
		named = find_named(&h->saved, line);
	policy = named == NULL ? make_policy(line) : NULL;
	trial_open_of(app, named != NULL ? named : policy);
	statement_free(policy);
}

/* A form for a packet that is let in, to see what becomes of it. */
#include "config.h"

#include "screens/trial.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/lang/statement.h"
#include "core/state/standing.h"
#include "screens/cmdrun.h"
#include "tui/form.h"

enum { PROTO, FROM, TO, PORT, FIELDS };

#define PORT_WIDTH 6
#define PROTOS 3

struct trial_form {
	struct app *app;
	struct field fields[FIELDS];
	struct field_choice protos[PROTOS + 1]; /* translated */
	struct buf from, to, port;		/* what it begins with */
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
add_line(const struct form *form, struct buf *b)
{
	struct prefix from, to;
	unsigned port = read_port(form);

	if (!read_addr(form, FROM, &from) || !read_addr(form, TO, &to) ||
	    (has_port(form) && port == 0))
		return false;
	buf_printf(b, "try %s from ", form_value(form, PROTO));
	prefix_print(&from, b);
	buf_add(b, " to ");
	if (has_port(form))
		addr_port_print(&to, (uint16_t)port, b);
	else
		prefix_print(&to, b);
	return true;
}

static void
preview(void *arg UNUSED, const struct form *form, struct buf *b)
{
	struct buf line = { 0 };

	if (add_line(form, &line))
		buf_printf(b, _("the same as: seki %s\n"), buf_text(&line));
	buf_free(&line);
}

static int
submit(void *arg, const struct form *form, struct err *e)
{
	const struct trial_form *f = arg;
	struct buf line = { 0 };

	if (!add_line(form, &line))
		return err_set(e, ERR_USAGE, "something is missing");
	cmdrun_line(f->app, buf_text(&line));
	buf_free(&line);
	return 0;
}

static void
close_form(void *arg)
{
	struct trial_form *f = arg;

	buf_free(&f->from);
	buf_free(&f->to);
	buf_free(&f->port);
	free(f);
}

/* With the public address and port of the first forward. */
static void
begin(struct trial_form *f)
{
	const struct host *h = f->app->host;
	const struct model *m;
	const struct model_forward *first;
	struct model own;
	struct err ignored;
	int r;

	m = standing_resolve(h, &h->saved, &own, &r, &ignored);
	first = r == 0 && m->nforwards > 0 ? m->forwards : NULL;
	if (first != NULL && first->non > 0)
		prefix_print(&first->on[0], &f->to);
	if (first != NULL && first->st->v[FORWARD_PORTS].ports.n > 0)
		buf_printf(
		    &f->port, "%u", first->st->v[FORWARD_PORTS].ports.v[0].lo);
	model_free(&own);
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
		.value = protos[0].word };
	f->fields[FROM] = (struct field){ .label = _("from"),
		.help = _("an address in the Internet that it comes from") };
	f->fields[TO] = (struct field){ .label = _("to"),
		.value = buf_text(&f->to),
		.help = _("the address that it goes to, such as this host's") };
	f->fields[PORT] = (struct field){ .label = _("port"),
		.value = buf_text(&f->port),
		.width = PORT_WIDTH };
}

void
trial_open(void *arg)
{
	struct trial_form *f = xcalloc(1, sizeof(*f));

	f->app = arg;
	begin(f);
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

/* Checks which family containers call the Internet by. */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/base/shell.h"
#include "core/kernel/rootfs.h"
#include "core/reach/gai.h"
#include "core/show/doctor_parts.h"

#define CONF_MAX 65536 /* bytes */

/* Whether its bridge lets a ULA reach the Internet. */
static bool
lets_out(const struct host *h, const struct link *bridge)
{
	const struct statement *st = config_bridge(&h->saved, bridge->name);

	return st != NULL &&
	       (st->v[BRIDGE_MASQUERADE].set || st->v[BRIDGE_TRANSLATE].set);
}

static bool
leads_out(const struct passage *p, uint8_t family)
{
	return p->known && !p->refused && p->source.family == family;
}

/* Whether it can call the Internet by both, from a ULA and from an IPv4 address
 * that is not seki's. */
static bool
has_choice(const struct host *h, const struct container_row *r)
{
	const struct passage *out = r->container->out;

	return r->st != NULL && r->ula_there && r->container->pid != 0 &&
	       leads_out(&out[FAMILY_IPV6], AF_INET6) &&
	       addr_is_ula(&out[FAMILY_IPV6].source) &&
	       leads_out(&out[FAMILY_IPV4], AF_INET) && lets_out(h, r->bridge);
}

/* Whose libc has no such file, so that nothing can be said to it: musl. */
static bool
is_alpine(const struct container *c)
{
	char *text = rootfs_read(c->pid, "etc/alpine-release", CONF_MAX);
	bool is = text != NULL;

	free(text);
	return is;
}

/* What writes into its file, run inside by its runtime: from here the path
 * could lead anywhere. */
static char *
cure_of_choice(const struct container *c)
{
	static const struct {
		const char *runtime, *run; /* with a %s for its name */
	} rows[] = {
		{ "lxc", "lxc-attach -n %s --" },
		{ "lxd", "lxc exec %s --" },
		{ "incus", "incus exec %s --" },
		{ "docker", "docker exec -i %s" },
		{ "podman", "podman exec -i %s" },
	};
	struct buf run = { 0 }, b = { 0 };
	size_t i;

	for (i = 0; i < NITEMS(rows); i++)
		if (strcmp(rows[i].runtime, c->runtime) == 0 &&
		    shell_add(&run, rows[i].run, c->name))
			buf_printf(&b, "printf %s | %s tee -a /etc/gai.conf",
			    GAI_LABELS, run.s);
	buf_free(&run);
	return b.len > 0 ? buf_take(&b) : NULL;
}

static void
look_at_choice(const struct examination *x, const struct container_row *r)
{
	const struct passage *out = r->container->out;
	char *conf = rootfs_read(r->container->pid, "etc/gai.conf", CONF_MAX);
	int code = conf == NULL ? errno : 0;
	const char *text = conf != NULL ? conf : "";

	if (code != 0 && code != ENOENT)
		doctor_add(x, DOCTOR_UNKNOWN, xstrdup(r->name),
		    xasprintf(_("whether it prefers IPv4 cannot be told, as "
				"its /etc/gai.conf cannot be read: %s"),
			strerror(code)));
	else if (gai_prefers_ipv4(text, &out[FAMILY_IPV6].source,
		     &out[FAMILY_IPV4].source) &&
		 !is_alpine(r->container)) {
		doctor_add(x, DOCTOR_WARN, xstrdup(r->name),
		    xstrdup(_("it calls the Internet by IPv4, which seki "
			      "leaves alone, rather than from its ULA (RFC "
			      "6724): /etc/gai.conf in it can give both one "
			      "label")));
		doctor_cure(x,
		    gai_has_labels(text) ? NULL : cure_of_choice(r->container));
	}
	free(conf);
}

static void
look_at_choices(const struct examination *x)
{
	const struct container_row *r = x->lists->containers;
	const struct container_row *end = END_OF(r, x->lists->ncontainers);

	if (!doctor_can_look(x) ||
	    config_option(&x->host->saved, OPTION_IPV4) == OPTION_ON)
		return;
	for (; r < end; r++)
		if (doctor_looks_into(r) && has_choice(x->host, r))
			look_at_choice(x, r);
}

static const struct doctor_check checks[] = {
	{ "prefers-ipv4", DOCTOR_CONTAINERS, look_at_choices,
	    N_("which family they prefer") },
};
const struct doctor_checks doctor_choice = { checks, NITEMS(checks) };

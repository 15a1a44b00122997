/* What a commit of a config would bring. */
#include "config.h"

#include "core/command/command_prospect.h"

#include <string.h>
#include <unistd.h>

#include "core/base/intl.h"
#include "core/base/util.h"
#include "core/command/command_parts.h"
#include "core/commit/commit.h"
#include "core/kernel/net.h"
#include "core/kernel/ssh.h"
#include "core/plan/model.h"
#include "core/reach/exposure.h"
#include "core/reach/kept.h"
#include "core/reach/safety.h"
#include "core/reach/untouched.h"
#include "core/show/list_orphan.h"
#include "core/show/list_rehearsal.h"
#include "core/state/candidate.h"
#include "core/state/history.h"
#include "core/state/pending.h"

/* Whether a commit was ever made here. */
static bool
has_commit(const struct host *h)
{
	return h->pending.phase != PENDING_NONE || history_newest(h) > 0;
}

/* Whether the kernel enforces what was committed: after a boot without the
 * service it does not. */
static bool
is_enforced(const struct host *h, const struct model *m)
{
	struct rules rules;
	struct err ignored;

	return !model_wants_rules(m) ||
	       net_rules(h->net, NET_TABLE, &rules, &ignored) != 0 ||
	       rules.present;
}

/* The model in force; an empty one if nothing was ever committed or applied.
 * False if unknown. */
static bool
find_enforced(const struct host *h, struct config *c, struct model *m)
{
	struct err ignored;

	if (history_committed(h, c) == 0 &&
	    history_resolve(h, m, c, &ignored) == 0 && is_enforced(h, m))
		return true;
	if (has_commit(h))
		return false;
	model_free(m);
	config_free(c);
	return history_resolve(h, m, c, &ignored) == 0;
}

/* Appends the exposure; nothing for an unsound config. If the present
 * exposure is unknown, as after a link has gone, there is nothing to compare
 * with. */
static void
print_exposure(
    const struct host *h, const struct config *config, struct buf *out)
{
	struct config committed = { 0 };
	struct model before = { 0 }, after;
	struct err ignored;
	bool known = find_enforced(h, &committed, &before);

	if (history_resolve(h, &after, config, &ignored) == 0) {
		exposure_diff(known ? &before : NULL, &after, out);
		if (untouched_is(&after))
			buf_add(out,
			    _("IPv4 is not touched, and not told of here\n"));
		kept_tell(&after, NULL, out);
	}
	model_free(&before);
	model_free(&after);
	config_free(&committed);
}

/* Which live connections a commit would leave behind or end. */
static void
print_orphans(
    const struct host *h, const struct config *config, struct buf *out)
{
	struct host seen = *h;

	seen.candidate = *config;
	if (orphans_tell(&seen, out) > 0)
		buf_add(out, _("  seki commit --end ends those, too\n"));
}

static void
print_way_in(const struct host *h, const struct model *after, struct buf *notes)
{
	uint16_t ports[SSH_PORTS_MAX];
	size_t n = ssh_ports(ports, NITEMS(ports));
	struct model before;
	struct err ignored;
	bool known;

	if (safety_has_way_in(after, ports, n))
		return;
	known = history_resolve(h, &before, &h->saved, &ignored) == 0;
	safety_warn(known ? &before : NULL, after, ports, n, notes);
	model_free(&before);
}

void
prospect_safety(const struct host *h, const struct config *config, bool refusal,
    struct buf *notes)
{
	struct ssh ssh[SSH_SESSIONS_MAX];
	size_t nssh = ssh_find(getpid(), ssh), i;
	struct model after;
	struct err why;

	if (history_resolve(h, &after, config, &why) != 0)
		goto out;
	for (i = 0; i < nssh && ssh[i].client.family != AF_INET6;)
		i++;
	if (i == nssh)
		print_way_in(h, &after, notes);
	for (i = 0; refusal && i < nssh; i++)
		if (safety_check(&after, &h->snapshot, &ssh[i], &why) != 0)
			break;
	if (refusal && i < nssh)
		command_refusal(&why, notes);
out:
	model_free(&after);
}

void
prospect_nothing(struct buf *steps)
{
	if (steps->len == 0)
		buf_add(steps, _("  nothing to do\n"));
}

int
prospect_look(struct host *h, const struct config *config, struct prospect *p,
    struct buf *notes, struct err *e)
{
	const struct commit_options options = { .check = true, .force = true };
	int r;

	memset(p, 0, sizeof(*p));
	print_exposure(h, config, &p->exposure);
	print_orphans(h, config, &p->orphans);
	r = commit_config(h, config, &options, &p->steps, notes, e);
	if (r == 0)
		prospect_safety(h, config, true, notes);
	else if (e->code == ERR_UNSAFE) {
		p->refused = *e;
		memset(e, 0, sizeof(*e));
		r = 0;
	}
	if (r == 0)
		rehearsal_foresee(&p->rehearsal, h, config);
	return r;
}

void
prospect_free(struct prospect *p)
{
	buf_free(&p->exposure);
	buf_free(&p->orphans);
	buf_free(&p->steps);
	rehearsal_free(&p->rehearsal);
}

int
prospect_tell(struct host *h, const struct config *config, struct buf *out,
    struct buf *notes, struct err *e)
{
	struct prospect p;
	int r = prospect_look(h, config, &p, notes, e);

	buf_add(out, buf_text(&p.exposure));
	rehearsal_tell(h, &p.rehearsal, out);
	buf_add(out, buf_text(&p.orphans));
	if (r == 0 && p.refused.code == ERR_NONE) {
		prospect_nothing(&p.steps);
		buf_printf(out, _("the kernel:\n%s"), buf_text(&p.steps));
	} else if (r == 0 && out->len > 0) {
		command_refusal(&p.refused, notes);
	} else if (r == 0) {
		*e = p.refused;
		r = -1;
	}
	prospect_free(&p);
	return r;
}

int
prospect_check(struct host *h, const struct config *config, struct err *e)
{
	const struct commit_options options = { .check = true };
	struct buf told = { 0 };
	int r = commit_config(h, config, &options, &told, &told, e);

	if (r == 0)
		r = commit_check_pending(h, e);
	buf_free(&told);
	return r;
}

/* Refused, it leaves the candidate as it was. */
int
prospect_commit(struct host *h, const struct config *config, bool keep,
    struct buf *notes, struct err *e)
{
	struct commit_options options = { 0 };
	struct rehearsal rehearsal = { 0 };
	struct buf told = { 0 };
	int r = prospect_check(h, config, e);

	if (r == 0 && keep)
		r = candidate_become(h, config, e);
	if (r == 0) {
		options.confirm = config_option(config, OPTION_CONFIRM);
		r = commit_config(h, config, &options, &told, notes, e);
	}
	if (r == 0)
		rehearsal_try(h, &rehearsal, notes);
	rehearsal_free(&rehearsal);
	buf_free(&told);
	return r;
}

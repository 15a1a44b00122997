/* Metrics: forwards, policies, containers, commits, and what is not well. */
#include "config.h"

#include "core/show/metrics.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/intl.h"
#include "core/commit/revert.h"
#include "core/kernel/net_flow.h"
#include "core/lang/statement.h"
#include "core/show/connection.h"
#include "core/show/doctor.h"
#include "core/show/list_check.h"
#include "core/show/list_container.h"
#include "core/show/list_forward.h"
#include "core/show/list_policy.h"
#include "core/show/metric.h"
#include "core/state/counting.h"
#include "core/state/history.h"
#include "core/state/lost.h"
#include "core/state/unit.h"

/* Everything that is told of, built once. */
struct measured {
	struct host host; /* as committed: its candidate is what was */
	struct forward_row *forwards;
	struct policy_row *policies;
	struct container_row *containers;
	struct connection_row *connections;
	size_t nforwards, npolicies, ncontainers, nconnections;
	struct doctor doctor;
	struct history history;
};

struct family_row {
	struct metric metric;
	const char *labels; /* for the manual */
	void (*samples)(
	    const struct measured *, const struct metric *, struct buf *);
};

static void
sample(struct buf *b, const struct metric *m, uint64_t value)
{
	const struct buf none = { 0 };

	metric_sample(b, m, &none, value);
}

static uint64_t
bytes_of(const struct counter *c)
{
	return c->bytes;
}

static uint64_t
packets_of(const struct counter *c)
{
	return c->packets;
}

/* ---- forwards */

static void
label_value(
    struct buf *labels, const char *name, const struct statement *st, size_t i)
{
	struct buf text = { 0 };

	if (st->v[i].set)
		type_print(statement_row(st)->args[i].type, &st->v[i], &text);
	metric_label(labels, name, buf_text(&text));
	buf_free(&text);
}

static void
label_forward(struct buf *labels, const struct statement *st)
{
	label_value(labels, "proto", st, FORWARD_PROTO);
	label_value(labels, "port", st, FORWARD_PORTS);
	label_value(labels, "on", st, FORWARD_ON);
	label_value(labels, "to", st, FORWARD_TO);
}

static void
forward_sample(struct buf *b, const struct metric *m,
    const struct statement *st, const char *direction, uint64_t value)
{
	struct buf labels = { 0 };

	label_forward(&labels, st);
	if (direction != NULL)
		metric_label(&labels, "direction", direction);
	metric_sample(b, m, &labels, value);
	buf_free(&labels);
}

static void
forward_counts(const struct measured *x, const struct metric *m, struct buf *b,
    uint64_t (*count)(const struct counter *))
{
	const struct forward_row *r;
	struct counter in, out;

	for (r = x->forwards; r < END_OF(x->forwards, x->nforwards); r++) {
		if (r->in == NULL || r->out == NULL)
			continue;
		in = counting_total(&x->host, r->in);
		out = counting_total(&x->host, r->out);
		forward_sample(b, m, r->st, "in", count(&in));
		forward_sample(b, m, r->st, "out", count(&out));
	}
}

static void
forward_bytes(const struct measured *x, const struct metric *m, struct buf *b)
{
	forward_counts(x, m, b, bytes_of);
}

static void
forward_packets(const struct measured *x, const struct metric *m, struct buf *b)
{
	forward_counts(x, m, b, packets_of);
}

/* Its first packets are counted, one for each. */
static void
forward_begun(const struct measured *x, const struct metric *m, struct buf *b)
{
	const struct forward_row *r;

	for (r = x->forwards; r < END_OF(x->forwards, x->nforwards); r++)
		if (r->fresh != NULL)
			forward_sample(b, m, r->st, NULL,
			    counting_total(&x->host, r->fresh).packets);
}

/* The place of the forward of that name; their number if it is none of them. */
static size_t
place_of(const struct measured *x, const struct statement *st)
{
	size_t i = 0;

	while (i < x->nforwards && !statement_same(x->forwards[i].st, st))
		i++;
	return i;
}

/* Connections come sorted by their public ports, and so by forwards. */
static void
forward_open(const struct measured *x, const struct metric *m, struct buf *b)
{
	const struct connection_row *c;
	const struct statement *last = NULL;
	size_t *open = xcalloc(x->nforwards + 1, sizeof(*open));
	size_t at = x->nforwards, i;

	for (c = x->connections; c < END_OF(x->connections, x->nconnections);
	     c++) {
		if (c->forward == NULL || c->flow->over)
			continue;
		if (c->forward != last)
			at = place_of(x, c->forward);
		last = c->forward;
		open[at]++;
	}
	for (i = 0; i < x->nforwards; i++)
		if (x->forwards[i].in != NULL)
			forward_sample(b, m, x->forwards[i].st, NULL, open[i]);
	free(open);
}

static bool
is_judged(const struct forward_row *r)
{
	return r->state == FORWARD_ACTIVE || r->state == FORWARD_DEGRADED ||
	       r->state == FORWARD_BROKEN ||
	       (r->state == FORWARD_PENDING && r->committed);
}

static void
forward_up(const struct measured *x, const struct metric *m, struct buf *b)
{
	const struct forward_row *r;

	for (r = x->forwards; r < END_OF(x->forwards, x->nforwards); r++)
		if (is_judged(r))
			forward_sample(b, m, r->st, NULL,
			    r->state == FORWARD_ACTIVE ||
				r->state == FORWARD_PENDING);
}

/* ---- policies */

static void
policy_sample(struct buf *b, const struct metric *m, const struct policy_row *r,
    uint64_t value)
{
	struct buf labels = { 0 }, text = { 0 };

	statement_key(r->st, &text);
	metric_label(&labels, "chain", type_chain.choices[r->chain].word);
	metric_label(&labels, "policy", buf_text(&text));
	if (r->line == LINE_DEFAULT)
		label_value(&labels, "action", r->st, DEFAULT_VERDICT);
	else
		metric_label(&labels, "action", statement_row(r->st)->name);
	metric_sample(b, m, &labels, value);
	buf_free(&labels);
	buf_free(&text);
}

static bool
is_counted(const struct policy_row *r)
{
	return r->st != NULL && r->hits != NULL &&
	       (r->line == LINE_POLICY || r->line == LINE_DEFAULT);
}

static void
policy_counts(const struct measured *x, const struct metric *m, struct buf *b,
    uint64_t (*count)(const struct counter *))
{
	const struct policy_row *r;

	for (r = x->policies; r < END_OF(x->policies, x->npolicies); r++)
		if (is_counted(r))
			policy_sample(b, m, r, count(r->hits));
}

static void
policy_packets(const struct measured *x, const struct metric *m, struct buf *b)
{
	policy_counts(x, m, b, packets_of);
}

static void
policy_bytes(const struct measured *x, const struct metric *m, struct buf *b)
{
	policy_counts(x, m, b, bytes_of);
}

/* ---- containers */

static void
container_up(const struct measured *x, const struct metric *m, struct buf *b)
{
	const struct container_row *r;
	struct buf labels = { 0 };

	for (r = x->containers; r < END_OF(x->containers, x->ncontainers);
	     r++) {
		metric_label(&labels, "container", r->name);
		metric_label(&labels, "bridge",
		    r->bridge != NULL ? r->bridge->name : "");
		metric_sample(b, m, &labels,
		    r->container != NULL &&
			r->container->state == CONTAINER_UP);
		buf_reset(&labels);
	}
	buf_free(&labels);
}

/* ---- the host */

static void
build_info(
    const struct measured *x UNUSED, const struct metric *m, struct buf *b)
{
	struct buf labels = { 0 };

	metric_label(&labels, "version", PACKAGE_VERSION);
	metric_sample(b, m, &labels, 1);
	buf_free(&labels);
}

static void
config_number(const struct measured *x, const struct metric *m, struct buf *b)
{
	const struct pending *p = &x->host.pending;

	if (p->phase != PENDING_NONE)
		sample(b, m, p->number);
	else if (x->history.n > 0)
		sample(b, m, x->history.v[0].number);
}

static void
config_confirmed(
    const struct measured *x, const struct metric *m, struct buf *b)
{
	if (x->history.n > 0 && x->history.v[0].when > 0)
		sample(b, m, (uint64_t)x->history.v[0].when);
}

static void
commit_pending(const struct measured *x, const struct metric *m, struct buf *b)
{
	sample(b, m, x->host.pending.phase != PENDING_NONE);
}

static void
commit_deadline(const struct measured *x, const struct metric *m, struct buf *b)
{
	const struct pending *p = &x->host.pending;

	if (p->phase != PENDING_NONE && p->begin > 0 && p->deadline > p->begin)
		sample(
		    b, m, (uint64_t)p->when + (p->deadline - p->begin) / 1000);
}

static void
reverts(const struct measured *x, const struct metric *m, struct buf *b)
{
	sample(b, m, revert_count(x->host.run_path));
}

static void
events_lost(const struct measured *x, const struct metric *m, struct buf *b)
{
	sample(b, m, lost_count(x->host.run_path));
}

static void
drift(const struct measured *x, const struct metric *m, struct buf *b)
{
	sample(b, m, x->host.drift);
}

static void
checks(const struct measured *x, const struct metric *m, struct buf *b)
{
	size_t found[DOCTOR_VERDICTS] = { 0 }, i;
	struct buf labels = { 0 };

	for (i = 0; i < x->doctor.n; i++)
		found[x->doctor.v[i].verdict]++;
	for (i = 0; i < DOCTOR_VERDICTS; i++) {
		metric_label(
		    &labels, "verdict", check_word((enum doctor_verdict)i));
		metric_sample(b, m, &labels, found[i]);
		buf_reset(&labels);
	}
	buf_free(&labels);
}

static void
service_up(
    const struct measured *x UNUSED, const struct metric *m, struct buf *b)
{
	const struct unit_state *unit = unit_look();

	if (unit->word != NULL)
		sample(b, m, unit->warning == NULL);
}

static void
conntrack_entries(
    const struct measured *x UNUSED, const struct metric *m, struct buf *b)
{
	unsigned used, max;

	if (net_flows_room(&used, &max))
		sample(b, m, used);
}

static void
conntrack_limit(
    const struct measured *x UNUSED, const struct metric *m, struct buf *b)
{
	unsigned used, max;

	if (net_flows_room(&used, &max))
		sample(b, m, max);
}

/* ---- all of them */

#define OF_FORWARD "proto, port, on, to"
#define OF_POLICY "chain, policy, action"

static const struct family_row families[] = {
	{ { "seki_build_info", "gauge", N_("Which seki this is; always 1.") },
	    "version", build_info },
	{ { "seki_forward_up", "gauge",
	      N_("1 if nothing that this host can see keeps the forward from "
		 "working, 0 if it is broken or degraded.") },
	    OF_FORWARD, forward_up },
	{ { "seki_forward_bytes_total", "counter",
	      N_("Bytes through the forward, both families.") },
	    OF_FORWARD ", direction", forward_bytes },
	{ { "seki_forward_packets_total", "counter",
	      N_("Packets through the forward, both families.") },
	    OF_FORWARD ", direction", forward_packets },
	{ { "seki_forward_connections_total", "counter",
	      N_("Connections that began through the forward.") },
	    OF_FORWARD, forward_begun },
	{ { "seki_forward_connections", "gauge",
	      N_("Connections through the forward now.") },
	    OF_FORWARD, forward_open },
	{ { "seki_policy_packets_total", "counter",
	      N_("Packets that the policy or default decided about.") },
	    OF_POLICY, policy_packets },
	{ { "seki_policy_bytes_total", "counter", N_("Their bytes.") },
	    OF_POLICY, policy_bytes },
	{ { "seki_container_up", "gauge",
	      N_("1 if the container runs, 0 if it is stopped or absent.") },
	    "container, bridge", container_up },
	{ { "seki_commit_pending", "gauge",
	      N_("1 if a commit waits to be confirmed.") },
	    "", commit_pending },
	{ { "seki_commit_deadline_timestamp_seconds", "gauge",
	      N_("When it is reverted unless it is confirmed.") },
	    "", commit_deadline },
	{ { "seki_reverts_total", "counter",
	      N_("Commits that were reverted since the host booted.") },
	    "", reverts },
	{ { "seki_config_number", "gauge",
	      N_("Number of the config in force, as in the history.") },
	    "", config_number },
	{ { "seki_config_confirmed_timestamp_seconds", "gauge",
	      N_("When the newest config was confirmed.") },
	    "", config_confirmed },
	{ { "seki_drift", "gauge",
	      N_("Things in the kernel that are not as committed.") },
	    "", drift },
	{ { "seki_checks", "gauge",
	      N_("Checks of seki doctor by what they came to.") },
	    "verdict", checks },
	{ { "seki_service_up", "gauge",
	      N_("1 if the service runs and is started at boot.") },
	    "", service_up },
	{ { "seki_events_lost_total", "counter",
	      N_("Times since the host booted that the service could not hear "
		 "all that the kernel told, and read all anew.") },
	    "", events_lost },
	{ { "seki_conntrack_entries", "gauge",
	      N_("Connections that the kernel tracks.") },
	    "", conntrack_entries },
	{ { "seki_conntrack_entries_limit", "gauge",
	      N_("Connections that it can track at most.") },
	    "", conntrack_limit },
};

static void
measure(struct measured *x, const struct host *h)
{
	struct doctor_lists lists;
	struct err ignored;

	x->host = *h;
	if (history_committed(h, &x->host.candidate) != 0) {
		config_free(&x->host.candidate);
		config_copy(&x->host.candidate, &h->saved);
	}
	history_load(h, &x->history, &ignored);
	x->forwards = rows_forwards(&x->host, &x->nforwards);
	x->policies = rows_policies(&x->host, &x->npolicies);
	x->containers = rows_containers(&x->host, &x->ncontainers);
	x->connections =
	    rows_connections(&x->host, false, &h->flows, &x->nconnections);
	lists.forwards = x->forwards;
	lists.nforwards = x->nforwards;
	lists.containers = x->containers;
	lists.ncontainers = x->ncontainers;
	doctor_examine(&x->doctor, &x->host, &lists);
}

static void
forget(struct measured *x)
{
	doctor_free(&x->doctor);
	rows_forwards_free(x->forwards, x->nforwards);
	free(x->policies);
	free(x->containers);
	free(x->connections);
	history_free(&x->history);
	config_free(&x->host.candidate);
}

void
metrics_text(const struct host *h, struct buf *b)
{
	struct measured x = { 0 };
	struct buf samples = { 0 };
	const struct family_row *f;

	measure(&x, h);
	for (f = families; f < families + NITEMS(families); f++) {
		f->samples(&x, &f->metric, &samples);
		metric_family(b, &f->metric, buf_text(&samples));
		buf_reset(&samples);
	}
	buf_free(&samples);
	forget(&x);
}

size_t
metrics_count(void)
{
	return NITEMS(families);
}

struct metric_row
metrics_row(size_t i)
{
	const struct family_row *f = &families[i];

	return (struct metric_row){ f->metric.name, f->metric.type, f->labels,
		f->metric.help };
}

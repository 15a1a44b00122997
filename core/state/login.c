/* Logins that prove that a commit left a way in. */
#include "config.h"

#include "core/state/login.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/base/intl.h"
#include "core/kernel/flow.h"
#include "core/kernel/net_flow.h"
#include "core/kernel/ssh.h"
#include "core/kernel/sshd.h"
#include "core/state/pending.h"

#define KNOCKS_MAX 64 /* new connections that wait for their handshake */
#define SOON_MS 50    /* a session of one short command is over soon */
#define LATER_MS 250  /* and a password takes its time */
#define SOON_LOOKS 60 /* after an event, */
#define GAP_LOOKS 10  /* or at first, for what came just before them */

/* A ring of conntrack ids. */
struct knocks {
	uint32_t ids[KNOCKS_MAX];
	size_t n;
};

/* The strongest evidence wins. */
enum seen {
	SEEN_NOTHING,
	SEEN_STRANGER, /* a connection, of whomever */
	SEEN_CLIENT,   /* one from where the commit came from */
	SEEN_USER,     /* somebody whom sshd let in */
};

struct logins {
	struct loop *loop;
	struct host *host;
	struct flows *flows;
	uint64_t since;
	struct prefix client; /* with its /64 */
	uint16_t ports[SSH_PORTS_MAX];
	size_t nports;
	/* Kept apart, so that a flood of others cannot push out the
	 * client's. */
	struct knocks client_knocks, other_knocks;
	unsigned looks;
	enum seen seen;
	struct prefix from;
	time_t when;
	char user[64];
};

/* Whether the address belongs to this host or to a container, which do not take
 * the admin's way in. */
static bool
is_inside(const struct logins *l, const struct prefix *addr, int index)
{
	const struct snapshot *s = &l->host->snapshot;
	const struct link *way;

	if (snapshot_own(s, addr) != NULL)
		return true;
	way = snapshot_link_at(s, net_way_to(addr, index));
	return way != NULL && link_is_bridge(way) && link_is_inward(s, way);
}

static void
note(struct logins *l, enum seen seen, const struct prefix *from, time_t when)
{
	if (seen <= l->seen)
		return;
	l->seen = seen;
	l->from = prefix_addr(from);
	l->when = when;
}

/* Sessions */

/* Whether a session may still become a login. */
static bool
look_at(struct logins *l, const struct ssh_session *s)
{
	const struct prefix *from = &s->tcp.remote;
	time_t age = (time_t)((boot_ms() - s->began) / 1000);

	if (s->began < l->since || is_inside(l, from, s->tcp.index))
		return false;
	if (s->user[0] == '\0')
		return true;
	note(l, SEEN_USER, from, time(NULL) - age);
	memcpy(l->user, s->user, sizeof(l->user));
	return false;
}

static bool
look(struct logins *l)
{
	struct ssh_session *v;
	bool open = false;
	size_t n, i;

	v = sshd_sessions(l->ports, l->nports, &n);
	for (i = 0; i < n && l->seen < SEEN_USER; i++)
		open |= look_at(l, &v[i]);
	free(v);
	return open && l->seen < SEEN_USER;
}

/* sshd sends no event when it lets somebody in. */
static void
on_look(void *arg)
{
	struct logins *l = arg;
	bool open = look(l), soon = l->looks < SOON_LOOKS;

	l->looks += soon;
	if (open || (soon && l->seen < SEEN_USER))
		loop_timer(l->loop, soon ? SOON_MS : LATER_MS, on_look, l);
}

/* Connections */

static void
add_knock(struct knocks *k, uint32_t id)
{
	k->ids[k->n++ % KNOCKS_MAX] = id;
}

static bool
has_knock(const struct knocks *k, uint32_t id)
{
	size_t i;

	for (i = 0; i < KNOCKS_MAX && i < k->n; i++)
		if (k->ids[i] == id)
			return true;
	return false;
}

static bool
is_to_ssh(const struct logins *l, const struct flow *f)
{
	size_t i = 0;

	while (i < l->nports && l->ports[i] != f->original.dport)
		i++;
	return f->proto == IPPROTO_TCP && !f->translated && i < l->nports &&
	       snapshot_own(&l->host->snapshot, &f->original.dst) != NULL;
}

/* Follows a connection from its first packet until the handshake is complete:
 * conntrack may also pick up old sessions halfway, which are looked at. */
static void
on_flow(void *arg, const struct flow *f)
{
	struct logins *l = arg;
	const struct prefix *from = &f->original.src;
	struct knocks *knocks = &l->other_knocks;

	if (!is_to_ssh(l, f))
		return;
	if (l->client.family == from->family && prefix_holds(&l->client, from))
		knocks = &l->client_knocks;
	if (f->fresh && !f->answered)
		add_knock(knocks, f->id);
	if (f->fresh || !f->answered || is_inside(l, from, 0))
		return;
	if (has_knock(knocks, f->id))
		note(l,
		    knocks == &l->client_knocks ? SEEN_CLIENT : SEEN_STRANGER,
		    from, time(NULL));
	l->looks = 0;
	loop_timer(l->loop, 0, on_look, l);
}

static void
on_flows(void *arg)
{
	struct logins *l = arg;

	flows_read(l->flows, on_flow, l);
}

/* A site has a /64 of its own; neighbours on a link share theirs. */
static struct prefix
around(const struct prefix *client)
{
	struct prefix p = prefix_addr(client);

	if (p.family != AF_INET6 || addr_is_link_local(&p))
		return p;
	p.len = 64;
	return prefix_network(&p);
}

/* Events first, then a look at existing sessions: no gap between. */
struct logins *
logins_new(struct loop *loop, struct host *host, uint64_t since,
    const struct prefix *client)
{
	struct logins *l = xcalloc(1, sizeof(*l));
	struct err ignored;

	l->loop = loop;
	l->host = host;
	l->since = since;
	if (client->family != AF_UNSPEC)
		l->client = around(client);
	l->nports = ssh_ports(l->ports, SSH_PORTS_MAX);
	l->flows = flows_open(&ignored);
	if (l->flows != NULL) {
		loop_fd(loop, flows_fd(l->flows), on_flows, l);
		l->looks = SOON_LOOKS - GAP_LOOKS;
	}
	on_look(l);
	return l;
}

void
logins_free(struct logins *l)
{
	if (l == NULL)
		return;
	loop_timer_remove(l->loop, on_look, l);
	if (l->flows != NULL)
		loop_fd_remove(l->loop, flows_fd(l->flows));
	flows_close(l->flows);
	free(l);
}

bool
logins_proven(struct logins *l)
{
	if (l->seen < SEEN_USER)
		look(l);
	return l->seen >= SEEN_CLIENT;
}

/* Text */

static void
print_ports(const struct logins *l, struct buf *b)
{
	size_t i;

	for (i = 0; i < l->nports; i++)
		buf_printf(b, "%s%u", i > 0 ? ", " : "", l->ports[i]);
	if (l->nports == 0)
		buf_add(b, "22");
}

void
logins_tell(const struct logins *l, char *text, size_t size)
{
	static const char *const sentences[] = {
		[SEEN_NOTHING] = N_("a new login on port %s: none yet"),
		[SEEN_STRANGER] =
		    N_("somebody reached port %s, which proves nothing; a new "
		       "login: none yet"),
		[SEEN_CLIENT] =
		    N_("a new connection to port %s from %s, where the commit "
		       "came from, was accepted at %s"),
	};
	char from[ADDR_TEXT_MAX], at[16] = "";
	struct buf ports = { 0 };
	struct tm tm;

	if (localtime_r(&l->when, &tm) != NULL)
		strftime(at, sizeof(at), "%H:%M:%S", &tm);
	print_ports(l, &ports);
	if (l->seen == SEEN_USER)
		snprintf(text, size, _("a login by %s from %s at %s"), l->user,
		    addr_text(&l->from, from), at);
	else if (l->seen == SEEN_CLIENT)
		snprintf(text, size, _(sentences[l->seen]), ports.s,
		    addr_text(&l->from, from), at);
	else
		snprintf(text, size, _(sentences[l->seen]), ports.s);
	buf_free(&ports);
}

/* A whole host without a kernel. */
#include "config.h"

#include "doors.h"
#include "doors_parts.h"

#include <linux/netfilter.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <time.h>

#include <cmocka.h>

#include "core/base/util.h"
#include "core/kernel/net_flow.h"
#include "core/kernel/net_hooks.h"
#include "core/kernel/net_sock.h"
#include "core/kernel/net_try.h"
#include "core/state/drift.h"
#include "core/state/lock.h"
#include "core/state/probe.h"

#include "fast_loop.h"

#define START_MS 1000000 /* since the boot */
#define BLOCK 10	 /* seconds */
#define FIRST_MS 250

struct doors doors;

struct net {
	int unused;
};
static struct net net;

/* The clock */

uint64_t __wrap_now_ms(void);
uint64_t __wrap_boot_ms(void);
time_t __wrap_time(time_t *);

uint64_t
__wrap_now_ms(void)
{
	return START_MS + fast_loop_now();
}

uint64_t
__wrap_boot_ms(void)
{
	return __wrap_now_ms();
}

time_t
__wrap_time(time_t *t UNUSED)
{
	return START + (time_t)(fast_loop_now() / 1000);
}

/* How many times what is usual passes in a second. Each is a jump, which a
 * meter shows at once. Counts by the second are those at the ticks of the
 * console. */
static unsigned
how_often(uint64_t second)
{
	static const unsigned first[] = { 1, 3, 8, 2, 0, 3, 7 };
	static const unsigned waves[] = { 3, 4, 6, 5, 7, 8, 6, 5, 6, 4, 3, 2, 3,
		2, 4, 5, 4 };

	if (doors.waves)
		return waves[second / 7 % NITEMS(waves)];
	return second < BLOCK * NITEMS(first) ? first[second / BLOCK] : 1;
}

uint64_t
door_ms(void)
{
	uint64_t now = fast_loop_now(), n = 0, i, part;

	now = now > FIRST_MS ? now - FIRST_MS : 0;
	for (i = 0; now > 0; i++, now -= part) {
		part = now < 1000 ? now : 1000;
		n += part * how_often(i);
	}
	return n;
}

static uint64_t
counted(unsigned rate)
{
	return rate * door_ms() / 1000;
}

/* The kernel */

struct net *__wrap_net_open(struct err *);
void __wrap_net_free(struct net *);
int __wrap_net_fd(const struct net *);
bool __wrap_net_ready(struct net *);
int __wrap_net_read_more(
    struct net *, struct snapshot *, struct net_progress *, struct err *);
int __wrap_net_read_traffic(struct net *, struct snapshot *, struct err *);
void __wrap_net_want(struct net *, const struct prefix *, size_t);
void __wrap_net_know_fib(struct net *, bool);
void __wrap_net_want_ssh(struct net *, bool);
int __wrap_net_generation(struct net *, uint32_t *, struct err *);
int __wrap_net_rules(struct net *, const char *, struct rules *, struct err *);
int __wrap_net_hooks(struct net *, const char *, struct hooks *, struct err *);
void __wrap_net_way(struct net *, const struct prefix *, int, struct way *);
void __wrap_net_neighbour(
    struct net *, const struct prefix *, int, struct neighbour *);
void __wrap_net_neighbours_fixed(
    struct net *, struct fixed_neighbour **, size_t *);
bool __wrap_net_bridged(enum family);
bool __wrap_net_rules_sort(struct net *, enum family);
enum station __wrap_net_station(struct net *, int, const uint8_t *);
void __wrap_net_flight(struct net *, const struct flight *, struct passage *);
void __wrap_net_neighbour_inside(
    struct net *, const struct container *, enum family, struct neighbour *);
void __wrap_net_blame(struct net *, const struct prefix *,
    const struct prefix *, const char *, struct buf *);
int __wrap_net_hooks_inside(struct net *, const struct container *, uint32_t *,
    struct hooks *, struct err *);
bool __wrap_net_has_legacy(struct net *);
bool __wrap_net_flows_room(unsigned *, unsigned *);
bool __wrap_unit_flushes(void);
bool __wrap_unit_is_early(void);
int64_t __wrap_file_time(const char *);
int __wrap_net_listeners(
    struct net *, const struct container *, struct listeners *, struct err *);
bool __wrap_probe_fib(const char *);

/* Only the console that is watched has one. */
struct net *
__wrap_net_open(struct err *e)
{
	err_set(e, ERR_FAIL, "there is none");
	return NULL;
}

void
__wrap_net_free(struct net *n UNUSED)
{
}

int
__wrap_net_fd(const struct net *n UNUSED)
{
	return -1;
}

bool
__wrap_net_ready(struct net *n UNUSED)
{
	return false;
}

static void *
copy(const void *from, size_t n, size_t size)
{
	void *to = xcalloc(n + 1, size);

	if (n > 0)
		memcpy(to, from, n * size);
	return to;
}

/* As the kernel's door makes them: the name is one of its names, which own it.
 */
static void
own_container(struct container *c)
{
	const struct container_name only = { c->name, c->runtime };
	const struct container_name *names = c->nnames > 0 ? c->names : &only;
	const char *name = c->name;
	size_t i;

	c->nnames = c->nnames > 0 ? c->nnames : 1;
	c->names = copy(names, c->nnames, sizeof(*c->names));
	for (i = 0; i < c->nnames; i++) {
		c->names[i].name = xstrdup(names[i].name);
		if (strcmp(name, names[i].name) == 0)
			c->name = c->names[i].name;
	}
	c->netns = c->netns != NULL ? xstrdup(c->netns) : NULL;
}

static const struct door_rate *
find_rate(const struct door_rate *v, const char *front, const char *name)
{
	size_t n = strlen(front);

	for (; v->name != NULL; v++)
		if (strncmp(v->name, front, n) == 0 &&
		    strcmp(v->name + n, name) == 0)
			return v;
	return NULL;
}

static void
count_link(struct link *l)
{
	const struct door_rate *rx = find_rate(doors.links, "rx ", l->name);
	const struct door_rate *tx = find_rate(doors.links, "tx ", l->name);

	if (rx != NULL) {
		l->rx_bytes = counted(rx->bytes);
		l->rx_packets = counted(rx->packets);
	}
	if (tx != NULL) {
		l->tx_bytes = counted(tx->bytes);
		l->tx_packets = counted(tx->packets);
	}
}

int
__wrap_net_read_traffic(
    struct net *n UNUSED, struct snapshot *s, struct err *e UNUSED)
{
	size_t i;

	for (i = 0; i < s->nlinks; i++)
		count_link(&s->links[i]);
	return 0;
}

int
__wrap_net_read_more(struct net *n, struct snapshot *s,
    struct net_progress *at UNUSED, struct err *e)
{
	const struct snapshot *from = &doors.snapshot;
	size_t i;

	if (doors.unread)
		return err_set(e, ERR_FAIL, "cannot read the links");
	*s = *from;
	s->links = copy(from->links, s->nlinks, sizeof(*s->links));
	s->addresses =
	    copy(from->addresses, s->naddresses, sizeof(*s->addresses));
	s->routes = copy(from->routes, s->nroutes, sizeof(*s->routes));
	s->inward = NULL;
	s->ninward = 0;
	s->containers =
	    copy(from->containers, s->ncontainers, sizeof(*s->containers));
	for (i = 0; i < s->ncontainers; i++)
		own_container(&s->containers[i]);
	s->time = __wrap_now_ms();
	return __wrap_net_read_traffic(n, s, e);
}

void
__wrap_net_want(
    struct net *n UNUSED, const struct prefix *v UNUSED, size_t count UNUSED)
{
}

void
__wrap_net_know_fib(struct net *n UNUSED, bool has UNUSED)
{
}

void
__wrap_net_want_ssh(struct net *n UNUSED, bool wants UNUSED)
{
}

bool
__wrap_probe_fib(const char *run_path UNUSED)
{
	return true;
}

int
__wrap_net_generation(struct net *n UNUSED, uint32_t *id, struct err *e)
{
	*id = 1;
	return doors.blind ? err_set(e, ERR_FAIL, "blind") : 0;
}

int
__wrap_net_rules(struct net *n UNUSED, const char *table UNUSED,
    struct rules *rules, struct err *e UNUSED)
{
	*rules = (struct rules){ .present = true };
	return 0;
}

int
__wrap_net_hooks(struct net *n UNUSED, const char *ours UNUSED,
    struct hooks *hooks, struct err *e UNUSED)
{
	if (!doors.strangers)
		return 0;
	hooks->tables.chains = xcalloc(1, sizeof(*hooks->tables.chains));
	hooks->tables.nchains = 1;
	chain_begin(hooks->tables.chains, "theirs", "across");
	hooks->tables.chains->family = NFPROTO_INET;
	hooks->tables.chains->drops = true;
	hooks->v = xcalloc(1, sizeof(*hooks->v));
	hooks->v[0].place = HOOK_FORWARD;
	hooks->n = 1;
	hooks_judge(hooks);
	return 0;
}

void
__wrap_net_way(struct net *n UNUSED, const struct prefix *target,
    int iif UNUSED, struct way *way)
{
	size_t i;

	*way = (struct way){ .target = *target };
	for (i = 0; i < doors.nways; i++)
		if (addr_equal(&doors.ways[i].target, target))
			*way = doors.ways[i];
}

int
__wrap_net_listeners(struct net *n UNUSED, const struct container *c UNUSED,
    struct listeners *to, struct err *e UNUSED)
{
	*to = (struct listeners){ copy(doors.listeners, doors.nlisteners,
				      sizeof(*to->v)),
		doors.nlisteners, false };
	return 0;
}

/* What it has not */

void
__wrap_net_neighbour(struct net *n UNUSED, const struct prefix *addr UNUSED,
    int index UNUSED, struct neighbour *to)
{
	*to = (struct neighbour){ 0 };
}

void
__wrap_net_neighbours_fixed(
    struct net *n UNUSED, struct fixed_neighbour **v, size_t *count)
{
	*v = NULL;
	*count = 0;
}

void
__wrap_net_blame(struct net *n UNUSED, const struct prefix *from UNUSED,
    const struct prefix *to UNUSED, const char *link UNUSED,
    struct buf *b UNUSED)
{
}

bool
__wrap_net_bridged(enum family f UNUSED)
{
	return false;
}

bool
__wrap_net_rules_sort(struct net *n UNUSED, enum family f UNUSED)
{
	return false;
}

enum station
__wrap_net_station(
    struct net *n UNUSED, int port UNUSED, const uint8_t *mac UNUSED)
{
	return STATION_STRANGE;
}

void
__wrap_net_flight(
    struct net *n UNUSED, const struct flight *f UNUSED, struct passage *p)
{
	*p = (struct passage){ 0 };
}

void
__wrap_net_neighbour_inside(struct net *n UNUSED,
    const struct container *c UNUSED, enum family f UNUSED,
    struct neighbour *to)
{
	*to = (struct neighbour){ 0 };
}

int
__wrap_net_hooks_inside(struct net *n UNUSED, const struct container *c UNUSED,
    uint32_t *generation, struct hooks *to, struct err *e UNUSED)
{
	int r = *generation == 1 ? 1 : 0;

	*generation = 1;
	*to = (struct hooks){ 0 };
	return r;
}

bool
__wrap_net_has_legacy(struct net *n UNUSED)
{
	return false;
}

bool
__wrap_net_flows_room(unsigned *used UNUSED, unsigned *max UNUSED)
{
	return false;
}

bool
__wrap_unit_flushes(void)
{
	return false;
}

bool
__wrap_unit_is_early(void)
{
	return false;
}

int64_t
__wrap_file_time(const char *path UNUSED)
{
	return 0;
}

/* Its counters */

int __wrap_net_counters(
    struct net *, const char *, struct counters *, struct err *);
int __wrap_net_counters_at(struct net *, const char *, struct counters *,
    const size_t *, size_t, struct err *);

static void
count(struct counter *c)
{
	const struct door_rate *rate = find_rate(doors.counters, "", c->name);

	assert_non_null(rate);
	c->bytes = counted(rate->bytes);
	c->packets = counted(rate->packets);
	c->read = __wrap_now_ms();
}

/* The table has them by name. */
int
__wrap_net_counters(struct net *n UNUSED, const char *table UNUSED,
    struct counters *c, struct err *e)
{
	size_t i = 0;

	if (doors.blind)
		return err_set(e, ERR_FAIL, "blind");
	if (c->n == 0)
		c->version++;
	for (; doors.counters[i].name != NULL; i++) {
		if (i == c->n) {
			c->v = xgrow(c->v, c->n, sizeof(*c->v));
			c->v[c->n++] =
			    (struct counter){ .name = doors.counters[i].name };
		}
		count(&c->v[i]);
	}
	return 0;
}

int
__wrap_net_counters_at(struct net *n UNUSED, const char *table UNUSED,
    struct counters *c, const size_t *places, size_t count_of,
    struct err *e UNUSED)
{
	size_t i;

	for (i = 0; i < count_of; i++)
		count(&c->v[places[i]]);
	return 0;
}

/* Its connections */

int __wrap_net_flows(
    struct net *, const struct flow_scope *, struct flow_list *, struct err *);
int __wrap_net_flows_chosen(struct net *, uint8_t, flow_test *, void *,
    struct flow_list *, struct err *);
bool __wrap_net_flows_counted(void);
int __wrap_net_flow_delete(
    struct net *, const struct flow *, bool *, struct err *);
int __wrap_net_socket_end(struct net *, const struct container *,
    const struct flow_way *, bool *, struct err *);
struct flow_reading *__wrap_flow_reading_begin(struct flow_scope, struct err *);
int __wrap_flow_reading_more(struct flow_reading *, struct err *);
struct flow_list __wrap_flow_reading_take(struct flow_reading *);
void __wrap_flow_reading_end(struct flow_reading *);

int
__wrap_net_flows(struct net *n UNUSED, const struct flow_scope *scope UNUSED,
    struct flow_list *to, struct err *e UNUSED)
{
	*to =
	    (struct flow_list){ copy(doors.flows, doors.nflows, sizeof(*to->v)),
		    doors.nflows };
	return 0;
}

/* No commit leaves one of them behind. */
int
__wrap_net_flows_chosen(struct net *n UNUSED, uint8_t family UNUSED,
    flow_test *wanted UNUSED, void *arg UNUSED, struct flow_list *to,
    struct err *e UNUSED)
{
	*to = (struct flow_list){ 0 };
	return 0;
}

bool
__wrap_net_flows_counted(void)
{
	return !doors.uncounted;
}

int
__wrap_net_flow_delete(struct net *n UNUSED, const struct flow *f UNUSED,
    bool *changed, struct err *e UNUSED)
{
	*changed = true;
	return 0;
}

int
__wrap_net_socket_end(struct net *n UNUSED, const struct container *c UNUSED,
    const struct flow_way *way UNUSED, bool *changed, struct err *e UNUSED)
{
	*changed = true;
	return 0;
}

struct flow_reading *
__wrap_flow_reading_begin(struct flow_scope scope, struct err *e UNUSED)
{
	flow_scope_free(&scope);
	return (struct flow_reading *)(void *)&net;
}

int
__wrap_flow_reading_more(
    struct flow_reading *reading UNUSED, struct err *e UNUSED)
{
	return 0;
}

struct flow_list
__wrap_flow_reading_take(struct flow_reading *reading UNUSED)
{
	struct flow_list list;

	__wrap_net_flows(&net, NULL, &list, NULL);
	return list;
}

void
__wrap_flow_reading_end(struct flow_reading *reading UNUSED)
{
}

/* A packet that is let in */

int __wrap_net_try(struct net *, const struct link *, struct trial *,
    struct trace *, struct err *);

int
__wrap_net_try(struct net *n UNUSED, const struct link *link UNUSED,
    struct trial *t UNUSED, struct trace *to UNUSED, struct err *e)
{
	return err_set(e, ERR_FAIL, "this kernel traces no packets");
}

/* Its log */

struct log_reading *__wrap_log_reading_begin(
    const struct log_scope *, struct err *);
int __wrap_log_reading_more(struct log_reading *, struct err *);
int __wrap_log_reading_fd(const struct log_reading *);
const struct logbook *__wrap_log_reading_get(const struct log_reading *);
struct logbook __wrap_log_reading_take(struct log_reading *);
void __wrap_log_reading_end(struct log_reading *);

struct log_reading {
	struct logbook book;
};

struct log_reading *
__wrap_log_reading_begin(const struct log_scope *scope, struct err *e)
{
	struct log_reading *l;
	size_t i;

	if (doors.log == NULL) {
		err_set(e, ERR_FAIL, "this host keeps no log that can be read");
		return NULL;
	}
	l = xcalloc(1, sizeof(*l));
	l->book.n = doors.nlog < scope->most ? doors.nlog : scope->most;
	l->book.v = copy(doors.log, l->book.n, sizeof(*l->book.v));
	for (i = 0; i < l->book.n; i++)
		l->book.v[i].text = xstrdup(l->book.v[i].text);
	return l;
}

int
__wrap_log_reading_more(struct log_reading *l UNUSED, struct err *e UNUSED)
{
	return 0;
}

int
__wrap_log_reading_fd(const struct log_reading *l UNUSED)
{
	return -1;
}

const struct logbook *
__wrap_log_reading_get(const struct log_reading *l)
{
	return &l->book;
}

struct logbook
__wrap_log_reading_take(struct log_reading *l)
{
	struct logbook book = l->book;

	l->book = (struct logbook){ 0 };
	return book;
}

void
__wrap_log_reading_end(struct log_reading *l)
{
	if (l != NULL)
		logbook_free(&l->book);
	free(l);
}

/* The machine, and who sits at it */

int __wrap_gethostname(char *, size_t);
unsigned __wrap_drift_look(const struct host *, struct buf *, bool *, bool *);
const struct unit_state *__wrap_unit_look(void);
size_t __wrap_ssh_find(pid_t, struct ssh *);
size_t __wrap_ssh_ports(uint16_t *, size_t);
char *__wrap_lock_who(void);

int
__wrap_gethostname(char *name, size_t size)
{
	snprintf(name, size, "vps1");
	return 0;
}

unsigned
__wrap_drift_look(
    const struct host *h UNUSED, struct buf *lines, bool *rules, bool *applies)
{
	const char *p = doors.drift;
	unsigned n = 0;

	*rules = false;
	*applies = true;
	for (; p != NULL && (p = strchr(p, '\n')) != NULL; p++)
		n++;
	if (doors.drift != NULL)
		buf_add(lines, doors.drift);
	return n;
}

const struct unit_state *
__wrap_unit_look(void)
{
	return &doors.unit;
}

size_t
__wrap_ssh_find(pid_t pid UNUSED, struct ssh *v)
{
	v[0] = doors.ssh;
	return doors.ssh.client.family != AF_UNSPEC;
}

size_t
__wrap_ssh_ports(uint16_t *ports, size_t max UNUSED)
{
	ports[0] = 22;
	return 1;
}

char *
__wrap_lock_who(void)
{
	return xstrdup("root from 2001:db8:9::7");
}

/* The host */

void
doors_open(struct host *h)
{
	struct err e;

	assert_int_equal(
	    host_open_watched(h, "./seki.conf", COUNT_ALL, &e), -1);
	free(h->config_path);
	free(h->run_path);
	h->config_path = xstrdup("./seki.conf");
	h->run_path = xstrdup(RUN);
	h->net = &net;
	h->behind = true;
	if (host_reload(h, &e) != 0 || host_refresh(h, &e) != 0)
		fail_msg("%s", e.text);
}

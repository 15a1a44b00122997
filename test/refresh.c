/* A host that is read bit by bit, and sampled: what it shows meanwhile, and
 * which rates come of it. The kernel's door is replaced by one that takes its
 * time. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <netinet/in.h>

#include "core/base/util.h"
#include "core/kernel/net_flow.h"
#include "core/show/connection.h"
#include "core/state/host.h"
#include "core/state/meter.h"

#include "lib/folder.h"

#define RATE 1000 /* bytes per second; a packet has */
#define PACKET 100

static struct {
	uint64_t now;
	unsigned slices; /* of a reading, before the last */
	unsigned mtu;	 /* of eth0, which tells which reading it was */
	bool unreadable; /* at its last slice */
	unsigned begins; /* of readings */
} kernel;

int __wrap_net_read_more(
    struct net *, struct snapshot *, struct net_progress *, struct err *);
int __wrap_net_read_traffic(struct net *, struct snapshot *, struct err *);
uint64_t __wrap_now_ms(void);

static void
count(struct link *l)
{
	l->rx_bytes = RATE * kernel.now / 1000 / PACKET * PACKET;
	l->rx_packets = l->rx_bytes / PACKET;
}

int
__wrap_net_read_more(struct net *net UNUSED, struct snapshot *s,
    struct net_progress *at, struct err *e)
{
	if (at->parts == 0) {
		assert_int_equal(s->nlinks, 0);
		kernel.begins++;
		s->links = xcalloc(1, sizeof(*s->links));
		s->links[0] = (struct link){ .index = 1, .name = "eth0" };
		s->nlinks = 1;
	}
	if (at->parts++ < kernel.slices)
		return 1;
	if (kernel.unreadable)
		return err_set(e, ERR_FAIL, "cannot read");
	s->links[0].mtu = kernel.mtu;
	count(&s->links[0]);
	return 0;
}

int
__wrap_net_read_traffic(
    struct net *net UNUSED, struct snapshot *s, struct err *e UNUSED)
{
	count(&s->links[0]);
	return 0;
}

uint64_t
__wrap_now_ms(void)
{
	return kernel.now;
}

static void
open_host(struct host *h, const char *folder)
{
	char *path = xasprintf("%s/seki.conf", folder);
	struct err e;

	memset(&kernel, 0, sizeof(kernel));
	kernel.now = 100000;
	kernel.mtu = 1;
	assert_int_equal(host_open_watched(h, path, COUNT_ALL, &e), -1);
	free(h->run_path);
	h->run_path = xstrdup(folder);
	assert_int_equal(host_reload(h, &e), 0);
	assert_int_equal(host_refresh(h, &e), 0);
	free(path);
}

static unsigned
mtu(const struct host *h)
{
	return h->snapshot.links[0].mtu;
}

/* Until the last slice the host is as it was. */
static void
test_slices(void **state)
{
	struct host h;
	unsigned version, n;
	struct err e;
	int r;

	open_host(&h, *state);
	version = host_version(&h);
	kernel.slices = 3;
	kernel.mtu = 2;
	host_refresh_begin(&h);
	for (n = 0; (r = host_refresh_more(&h, &e)) == 1; n++) {
		assert_int_equal(mtu(&h), 1);
		assert_int_equal(host_version(&h), version);
	}
	assert_int_equal(r, 0);
	assert_int_equal(n, 3);
	assert_int_equal(mtu(&h), 2);
	assert_int_not_equal(host_version(&h), version);
	host_close(&h);
}

/* What was begun is given up for a sample, whose counts are newer, and after an
 * error; what follows begins anew. */
static void
test_anew(void **state)
{
	struct host h;
	struct err e;

	open_host(&h, *state);
	kernel.slices = 3;
	kernel.mtu = 2;
	host_refresh_begin(&h);
	assert_int_equal(host_refresh_more(&h, &e), 1);
	assert_int_equal(host_refresh_more(&h, &e), 1);
	assert_int_equal(kernel.begins, 2);
	assert_int_equal(host_sample(&h, &e), 0);
	assert_int_equal(host_refresh_more(&h, &e), 1);
	assert_int_equal(kernel.begins, 3);
	kernel.unreadable = true;
	assert_int_equal(host_refresh(&h, &e), -1);
	assert_int_equal(kernel.begins, 4);
	assert_int_equal(mtu(&h), 1);
	kernel.unreadable = false;
	assert_int_equal(host_refresh(&h, &e), 0);
	assert_int_equal(kernel.begins, 5);
	assert_int_equal(mtu(&h), 2);
	host_close(&h);
}

static void
sample_at(struct host *h, uint64_t ms)
{
	struct err e;

	kernel.now = 100000 + ms;
	assert_int_equal(host_sample(h, &e), 0);
}

static void
refresh_at(struct host *h, uint64_t ms)
{
	struct err e;

	kernel.now = 100000 + ms;
	assert_int_equal(host_refresh(h, &e), 0);
}

static void
assert_steady(const struct host *h, unsigned ms)
{
	const struct series *rx = meters_get2(h->meters, "rx", "eth0");
	double rate;

	assert_non_null(rx);
	rate = series_rate(rx);
	if (rate < RATE - 1 || rate > RATE + 1)
		fail_msg("%f bytes per second", rate);
	assert_int_equal(rx->time, 100000 + ms);
}

/* What is read just before a sample makes no rate of its own. */
static void
test_rates(void **state)
{
	struct host h;

	open_host(&h, *state);
	sample_at(&h, 1000);
	assert_steady(&h, 1000);
	refresh_at(&h, 1950);
	assert_steady(&h, 1000);
	sample_at(&h, 2000);
	assert_steady(&h, 2000);
	/* Nor after a while without any. */
	refresh_at(&h, 9960);
	sample_at(&h, 10000);
	assert_steady(&h, 10000);
	host_close(&h);
}

/* Connections, which slices of a reading come between */

static struct {
	uint32_t first, last; /* ids of those that there are */
} flows;

int __wrap_net_flows(
    struct net *, const struct flow_scope *, struct flow_list *, struct err *);
struct flow_reading *__wrap_flow_reading_begin(struct flow_scope, struct err *);
int __wrap_flow_reading_more(struct flow_reading *, struct err *);
struct flow_list __wrap_flow_reading_take(struct flow_reading *);
void __wrap_flow_reading_end(struct flow_reading *);

/* Each has moved bytes since the clock began, in one direction. */
static struct flow_list
list_flows(void)
{
	struct flow_list all = { 0 };
	uint32_t id;

	all.v = xcalloc(flows.last - flows.first + 1, sizeof(*all.v));
	for (id = flows.first; id <= flows.last; id++)
		all.v[all.n++] = (struct flow){ .id = id,
			.proto = IPPROTO_TCP,
			.counted = true,
			.in.bytes = RATE * kernel.now / 1000 };
	return all;
}

int
__wrap_net_flows(struct net *net UNUSED, const struct flow_scope *scope UNUSED,
    struct flow_list *all, struct err *e UNUSED)
{
	*all = list_flows();
	return 0;
}

struct flow_reading *
__wrap_flow_reading_begin(struct flow_scope scope, struct err *e UNUSED)
{
	flow_scope_free(&scope);
	return (struct flow_reading *)(void *)&flows;
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
	return list_flows();
}

void
__wrap_flow_reading_end(struct flow_reading *reading UNUSED)
{
}

static void
read_flows_at(struct host *h, unsigned ms, uint32_t first, uint32_t last)
{
	struct err e;

	kernel.now = 100000 + ms;
	flows.first = first;
	flows.last = last;
	assert_int_equal(host_read_flows(h, &e), 0);
}

/* What is read slice by slice has its rates by what the host has of it when its
 * turn comes, though somebody has read that anew meanwhile: a moment makes none
 * of its own, and who was not there has none yet. */
static void
test_flows_between(void **state)
{
	struct connection_reading *r;
	struct flow_mean mean;
	struct host h;
	struct err e;
	size_t n;

	open_host(&h, *state);
	read_flows_at(&h, 0, 1, 1000);
	kernel.now += 1000;
	r = connection_reading_begin(&h, false, &e);
	assert_int_equal(connection_reading_more(r, &e), 1);
	read_flows_at(&h, 1000, 7, 7);
	mean = h.flows.v[0].in_mean;
	assert_true(mean.rate > 0);
	while (connection_reading_more(r, &e) == 1)
		continue;
	free(connection_reading_take(r, &n));
	assert_int_equal(h.flows.n, 1000);
	assert_memory_equal(&h.flows.v[6].in_mean, &mean, sizeof(mean));
	assert_true(h.flows.v[7].in_mean.rate < 0);
	connection_reading_end(r);
	host_close(&h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FOLDER_TEST(test_slices),
		FOLDER_TEST(test_anew),
		FOLDER_TEST(test_rates),
		FOLDER_TEST(test_flows_between),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

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

#include "core/base/util.h"
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FOLDER_TEST(test_slices),
		FOLDER_TEST(test_anew),
		FOLDER_TEST(test_rates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

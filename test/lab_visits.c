/* The traffic of the lab's clients, a minute of it in no time, where nobody
 * ever answers: the network is replaced by descriptors that stay silent. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/types.h>

#include <cmocka.h>

#include "core/base/loop.h"
#include "core/base/util.h"
#include "core/lab/lab_service.h"

#include "lib/fast_loop.h"

#define END_MS 60000
#define FDS_MAX 40 /* of the program, with a descriptor for each visitor */

static struct {
	unsigned visits, requests;
	int highest; /* descriptor */
	bool ended;
} world;

int __wrap_socket(int, int, int);
int __wrap_bind(int, const struct sockaddr *, socklen_t);
int __wrap_listen(int, int);
int __wrap_connect(int, const struct sockaddr *, socklen_t);
ssize_t __wrap_send(int, const void *, size_t, int);

int
__wrap_socket(int family UNUSED, int type UNUSED, int protocol UNUSED)
{
	int fd = eventfd(0, EFD_CLOEXEC);

	if (fd > world.highest)
		world.highest = fd;
	return fd;
}

int
__wrap_bind(
    int fd UNUSED, const struct sockaddr *to UNUSED, socklen_t len UNUSED)
{
	return 0;
}

int
__wrap_listen(int fd UNUSED, int n UNUSED)
{
	return 0;
}

int
__wrap_connect(
    int fd UNUSED, const struct sockaddr *to UNUSED, socklen_t len UNUSED)
{
	world.visits++;
	return 0;
}

ssize_t
__wrap_send(int fd UNUSED, const void *bytes UNUSED, size_t n, int flags UNUSED)
{
	world.requests++;
	return (ssize_t)n;
}

static uint64_t
due(void)
{
	return world.ended ? UINT64_MAX : END_MS;
}

static void
go_on(void)
{
	world.ended = true;
	loop_stop(loop_new(), 0);
}

static void
turned(void)
{
}

/* A visit that was lost is given up for the next, with all that it holds. */
static void
test_lost(void **state)
{
	struct lab_service *lab;
	struct err e;

	(void)state;
	fast_loop_begin(due, go_on, turned);
	lab = lab_service_open("client1", true, &e);
	assert_non_null(lab);
	lab_service_run(lab);
	assert_true(world.visits > 100);
	assert_true(world.requests > 100);
	assert_true(world.highest < FDS_MAX);
	free(lab);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What is told of a commit that waits to be confirmed: sockets, logins and the
 * chains of others are replaced by ones that do what a test wants them to. */
#include "config.h"

#include <errno.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/commit/proof.h"
#include "core/reach/hook_tell.h"
#include "core/state/login.h"

#include "lib/machine.h"

#define CONFIG                                                                 \
	"uplink eth0\n"                                                        \
	"bridge lxcbr0 ula " ULA "1/64\n"                                      \
	"container vm00 on lxcbr0 ula " ULA "3\n"

/* How a call went: nothing yet, or the error of its connection. */
enum { SILENT = -1, ANSWERED = 0 };

#define CALLS_MAX 32

/* The kernel's door */

static struct {
	int calls[CALLS_MAX];
	size_t ncalls;
	struct buf called;	    /* targets, a line each */
	int unreachable;	    /* what connect says at once; or 0 */
	int gateway;		    /* the other end of the ping */
	bool early;		    /* something comes before that is sent */
	struct sockaddr_in6 pinged; /* by it */
	bool proven;
	const char *logins; /* what is told of them, besides; or NULL */
	const char *hook;   /* what is told of a hook; or NULL */
} kernel;

int __wrap_socket(int domain, int type, int proto);
int __wrap_connect(int fd, const struct sockaddr *, socklen_t);
int __wrap_getsockopt(int fd, int level, int name, void *value, socklen_t *);
struct logins *__wrap_logins_new(
    struct loop *, struct host *, uint64_t since, const struct prefix *client);
void __wrap_logins_free(struct logins *);
bool __wrap_logins_proven(struct logins *);
void __wrap_logins_tell(const struct logins *, char *text, size_t size);
bool __wrap_hook_tell(const struct hooks *, const struct hook *,
    const struct config *, struct buf *);

/* Of a call: one that is full, so that it cannot be written to. */
int
__wrap_socket(int domain, int type, int proto UNUSED)
{
	const uint64_t full = UINT64_MAX - 1;
	int ends[2], fd;

	assert_int_equal(domain, AF_INET6);
	assert_true((type & SOCK_NONBLOCK) != 0);
	if ((type & SOCK_RAW) == SOCK_RAW) {
		assert_int_equal(
		    socketpair(AF_UNIX,
			SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends),
		    0);
		kernel.gateway = ends[1];
		if (kernel.early)
			send(ends[1], "early", 5, 0);
		return ends[0];
	}
	assert_true(kernel.ncalls < CALLS_MAX);
	fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	assert_int_equal(write(fd, &full, sizeof(full)), sizeof(full));
	kernel.calls[kernel.ncalls++] = fd;
	return fd;
}

int
__wrap_connect(int fd UNUSED, const struct sockaddr *to, socklen_t len UNUSED)
{
	struct sockaddr_in6 in6;
	struct prefix addr = { .family = AF_INET6, .len = 128 };
	char text[ADDR_TEXT_MAX];

	memcpy(&in6, to, sizeof(in6));
	if (in6.sin6_port == 0) {
		kernel.pinged = in6;
		return 0;
	}
	memcpy(addr.bytes, &in6.sin6_addr, sizeof(addr.bytes));
	buf_printf(&kernel.called, "%s %u\n", addr_text(&addr, text),
	    ntohs(in6.sin6_port));
	errno = kernel.unreachable != 0 ? kernel.unreachable : EINPROGRESS;
	return -1;
}

static int results[CALLS_MAX];

int
__wrap_getsockopt(
    int fd, int level UNUSED, int name, void *value, socklen_t *len UNUSED)
{
	size_t i = 0;

	assert_int_equal(name, SO_ERROR);
	while (kernel.calls[i] != fd)
		i++;
	memcpy(value, &results[i], sizeof(results[i]));
	return 0;
}

/* The call is over, with that error. */
static void
come(size_t i, int result)
{
	uint64_t ignored;

	results[i] = result;
	assert_int_equal(
	    read(kernel.calls[i], &ignored, sizeof(ignored)), sizeof(ignored));
}

struct logins *
__wrap_logins_new(struct loop *loop UNUSED, struct host *h UNUSED,
    uint64_t since UNUSED, const struct prefix *client UNUSED)
{
	return (struct logins *)&kernel;
}

void
__wrap_logins_free(struct logins *l UNUSED)
{
}

bool
__wrap_logins_proven(struct logins *l UNUSED)
{
	return kernel.proven;
}

void
__wrap_logins_tell(const struct logins *l UNUSED, char *text, size_t size)
{
	snprintf(
	    text, size, "logins%s", kernel.logins != NULL ? kernel.logins : "");
}

bool
__wrap_hook_tell(const struct hooks *all UNUSED, const struct hook *h UNUSED,
    const struct config *c UNUSED, struct buf *b)
{
	if (kernel.hook == NULL)
		return false;
	buf_add(b, kernel.hook);
	return true;
}

/* A host with a pending commit */

struct place {
	struct machine m;
	struct host h;
	struct config committed;
	struct loop *loop;
	struct proof *proof;
};

static void
parse(struct config *c, const char *text)
{
	struct err e;
	char *all = xasprintf("%s%s", CONFIG, text);

	if (config_parse(c, all, NULL, &e) != 0)
		fail_msg("%s: %s", text, e.text);
	free(all);
}

static void
start(struct place *p, const char *saved, const char *committed)
{
	const struct prefix nobody = { 0 };

	memset(p, 0, sizeof(*p));
	machine_boot(&p->m);
	machine_settle(&p->m);
	machine_address(&p->m, NSID_SELF, ETH0, "2001:db8::10/64");
	machine_default(&p->m, ETH0, 0);
	p->h.snapshot = p->m.s;
	parse(&p->h.saved, saved);
	parse(&p->committed, committed);
	p->loop = loop_new();
	p->proof = proof_new(p->loop, &p->h, &p->committed, 0, &nobody);
}

static void
end(struct place *p)
{
	proof_free(p->proof);
	loop_free(p->loop);
	config_free(&p->committed);
	config_free(&p->h.saved);
	close(kernel.gateway);
	buf_free(&kernel.called);
	memset(&kernel, 0, sizeof(kernel));
}

/* The marks and texts of all evidence, a line each. */
static void
told(struct place *p, const char *wanted)
{
	static const char marks[] = { '?', '+', '-' };
	struct buf b = { 0 };
	struct evidence *v;
	size_t n, i;

	v = proof_read(p->proof, &n);
	for (i = 0; i < n; i++)
		buf_printf(&b, "%c %s\n", marks[v[i].state], v[i].text);
	assert_string_equal(buf_text(&b), wanted);
	buf_free(&b);
	free(v);
}

#define LOGINS "? logins\n"
#define ROUTE                                                                  \
	"+ the default route via fe80::1 is there\n"                           \
	"? the gateway was pinged, no answer yet\n"

/* Which targets are called */

#define TEN(a)                                                                 \
	"forward tcp " #a "0 to vm00\n"                                        \
	"forward tcp " #a "1 to vm00\n"                                        \
	"forward tcp " #a "2 to vm00\n"                                        \
	"forward tcp " #a "3 to vm00\n"                                        \
	"forward tcp " #a "4 to vm00\n"                                        \
	"forward tcp " #a "5 to vm00\n"                                        \
	"forward tcp " #a "6 to vm00\n"                                        \
	"forward tcp " #a "7 to vm00\n"                                        \
	"forward tcp " #a "8 to vm00\n"                                        \
	"forward tcp " #a "9 to vm00\n"

static const struct {
	const char *saved, *committed, *called;
} targets[] = {
	{ "", "", "" },
	{ "", "forward tcp 80 to vm00\n", ULA "3 80\n" },
	{ "", "forward tcp 8080 to vm00:80\n", ULA "3 80\n" },
	{ "", "forward tcp 8000-8010 to vm00\n", ULA "3 8000\n" },
	{ "", "forward tcp 8000-8010 to vm00:90\n", ULA "3 90\n" },
	{ "", "forward tcp,udp 53 to vm00\n", ULA "3 53\n" },
	{ "", "forward udp 53 to vm00\n", "" },
	{ "", "forward tcp 80 to vm00 off\n", "" },
	{ "", "allow input tcp 22\n", "" },
	/* what there was is as it was */
	{ "forward tcp 80 to vm00\n", "forward tcp 80 to vm00\n", "" },
	{ "forward tcp 80 to vm00\n",
	    "forward tcp 80 to vm00\nforward tcp 81 to vm00\n", ULA "3 81\n" },
	{ "forward tcp 80 to vm00\n", "forward tcp 80 to vm00:81\n",
	    ULA "3 81\n" },
	{ "forward tcp 80 to vm00 off\n", "forward tcp 80 to vm00\n",
	    ULA "3 80\n" },
	{ "forward tcp 80 to vm00\n", "", "" },
};

static void
test_targets(void **state)
{
	struct place p;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(targets); i++) {
		start(&p, targets[i].saved, targets[i].committed);
		if (strcmp(buf_text(&kernel.called), targets[i].called) != 0)
			fail_msg("%zu: %s", i, buf_text(&kernel.called));
		end(&p);
	}
}

static void
test_many_targets(void **state)
{
	struct place p;

	(void)state;
	start(&p, "", TEN(1) TEN(2));
	assert_int_equal(kernel.ncalls, 16);
	end(&p);
}

/* How a call goes */

static void
test_calls(void **state)
{
	struct place p;

	(void)state;
	start(&p, "",
	    "forward tcp 80 to vm00\nforward tcp 81 to vm00\n"
	    "forward tcp 82 to vm00\n");
	told(&p, LOGINS ROUTE
	    "? the target of forward tcp 80 was called, no answer yet\n"
	    "? the target of forward tcp 81 was called, no answer yet\n"
	    "? the target of forward tcp 82 was called, no answer yet\n");
	come(0, ANSWERED);
	come(1, ECONNREFUSED);
	told(&p, LOGINS ROUTE
	    "+ the target of forward tcp 80 answers\n"
	    "- the target of forward tcp 81 does not answer\n"
	    "? the target of forward tcp 82 was called, no answer yet\n");
	come(2, EHOSTUNREACH);
	told(&p,
	    LOGINS ROUTE "+ the target of forward tcp 80 answers\n"
			 "- the target of forward tcp 81 does not answer\n"
			 "- the target of forward tcp 82 does not answer\n");
	end(&p);
}

static void
test_unreachable(void **state)
{
	struct place p;

	(void)state;
	kernel.unreachable = ENETUNREACH;
	start(&p, "", "forward tcp 80 to vm00\n");
	told(&p,
	    LOGINS ROUTE "- the target of forward tcp 80 does not answer\n");
	end(&p);
}

/* The way out */

static void
stop(void *arg)
{
	loop_stop(arg, 0);
}

static void
test_gateway(void **state)
{
	struct icmp6_hdr echo = { 0 };
	struct prefix to = { .family = AF_INET6, .len = 128 };
	char text[ADDR_TEXT_MAX];
	struct place p;

	(void)state;
	start(&p, "", "");
	memcpy(to.bytes, &kernel.pinged.sin6_addr, sizeof(to.bytes));
	assert_string_equal(addr_text(&to, text), "fe80::1");
	assert_int_equal(kernel.pinged.sin6_scope_id, ETH0);
	assert_int_equal(
	    recv(kernel.gateway, &echo, sizeof(echo), 0), sizeof(echo));
	assert_int_equal(echo.icmp6_type, ICMP6_ECHO_REQUEST);
	told(&p, LOGINS ROUTE);
	end(&p);

	/* what wakes it need not be an answer */
	start(&p, "", "");
	send(kernel.gateway, &echo, 0, 0);
	loop_timer(p.loop, 0, stop, p.loop);
	loop_run(p.loop);
	told(&p, LOGINS ROUTE);
	end(&p);

	/* nor is what came before the gateway was asked */
	kernel.early = true;
	start(&p, "", "");
	loop_timer(p.loop, 0, stop, p.loop);
	loop_run(p.loop);
	told(&p, LOGINS ROUTE);
	end(&p);

	start(&p, "", "");
	echo.icmp6_type = ICMP6_ECHO_REPLY;
	send(kernel.gateway, &echo, sizeof(echo), 0);
	loop_timer(p.loop, 0, stop, p.loop);
	loop_run(p.loop);
	told(&p, LOGINS "+ the default route via fe80::1 is there\n"
			"+ the gateway answers\n");
	end(&p);
}

static void
test_route(void **state)
{
	struct place p;

	(void)state;
	start(&p, "", "");
	p.h.snapshot.nroutes = 0;
	told(&p, LOGINS "- the default route via fe80::1 is gone\n"
			"? the gateway was pinged, no answer yet\n");
	p.h.snapshot.nroutes = 1;
	prefix_parse(&p.m.routes[0].gateway, "fe80::2");
	told(&p, LOGINS "- the default route via fe80::1 is gone\n"
			"? the gateway was pinged, no answer yet\n");
	end(&p);
}

/* Logins, and chains of others */

static void
test_login(void **state)
{
	struct place p;

	(void)state;
	start(&p, "", "");
	assert_false(proof_login(p.proof));
	kernel.proven = true;
	assert_true(proof_login(p.proof));
	told(&p, "+ logins\n" ROUTE);
	kernel.logins = " of a\xe3\x81";
	told(&p, "+ logins of a\n" ROUTE);
	end(&p);
}

static void
test_hooks(void **state)
{
	struct hook hook = { .drops = { true } };
	struct place p;

	(void)state;
	start(&p, "", "");
	p.h.hooks = (struct hooks){ .v = &hook, .n = 1 };
	told(&p, LOGINS ROUTE);
	kernel.hook = "ufw drops it";
	told(&p, LOGINS ROUTE "? ufw drops it\n");
	hook.all[FAMILY_IPV6] = true;
	told(&p, LOGINS ROUTE "- ufw drops it\n");
	hook.drops[FAMILY_IPV6] = false;
	told(&p, LOGINS ROUTE);
	end(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_targets),
		cmocka_unit_test(test_many_targets),
		cmocka_unit_test(test_calls),
		cmocka_unit_test(test_unreachable),
		cmocka_unit_test(test_gateway),
		cmocka_unit_test(test_route),
		cmocka_unit_test(test_login),
		cmocka_unit_test(test_hooks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Which connections prove a way in: conntrack, sshd and the clock are replaced
 * by ones that say what a test wants them to. */
#include "config.h"

#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/kernel/net_flow.h"
#include "core/kernel/ssh.h"
#include "core/kernel/sshd.h"
#include "core/state/login.h"

#include "lib/machine.h"

#define PUBLIC "2001:db8::10"
#define CLIENT "2001:db8:9::7"
#define NEIGHBOUR "2001:db8:9::8" /* of the client's /64 */
#define STRANGER "2001:db8:44::2"
#define PORT_SSH 2022
#define BR0 (ETH1 + 1) /* with a wire among its ports */

#define NOW 100000
#define SINCE 90000

/* An event of conntrack. */
struct event {
	uint32_t id; /* 0: none */
	const char *from, *to;
	uint16_t port;
	bool fresh, answered, translated;
	uint8_t proto; /* 0: tcp */
};

/* A session of sshd; one that is short is seen by the look after an event
 * alone. */
struct visit {
	const char *from; /* NULL: none */
	const char *user;
	uint64_t began;
	int index;
	bool brief;
};

/* The kernel's door */

static struct {
	const struct event *events;
	size_t nevents;
	const struct visit *visit;
	size_t nports;
	bool turning; /* the loop is at it */
	bool no_conntrack;
	int fd;
	unsigned looks; /* at sessions */
} kernel;

struct flows *__wrap_flows_open(struct err *);
void __wrap_flows_close(struct flows *);
int __wrap_flows_fd(const struct flows *);
void __wrap_flows_read(
    struct flows *, void (*)(void *, const struct flow *), void *);
struct ssh_session *__wrap_sshd_sessions(
    const uint16_t *ports, size_t nports, size_t *n);
size_t __wrap_ssh_ports(uint16_t *ports, size_t max);
int __wrap_net_way_to(const struct prefix *, int index);
uint64_t __wrap_boot_ms(void);

struct flows *
__wrap_flows_open(struct err *e)
{
	if (!kernel.no_conntrack)
		return (struct flows *)&kernel;
	err_set(e, ERR_FAIL, "no conntrack");
	return NULL;
}

void
__wrap_flows_close(struct flows *f UNUSED)
{
}

int
__wrap_flows_fd(const struct flows *f UNUSED)
{
	return kernel.fd;
}

static struct prefix
address(const char *text)
{
	struct prefix p;

	assert_int_equal(prefix_parse(&p, text), 0);
	return p;
}

void
__wrap_flows_read(
    struct flows *f UNUSED, void (*fn)(void *, const struct flow *), void *arg)
{
	const struct event *v;
	struct flow flow;
	uint64_t ignored;

	assert_int_equal(
	    read(kernel.fd, &ignored, sizeof(ignored)), sizeof(ignored));
	for (v = kernel.events; v < END_OF(kernel.events, kernel.nevents);
	     v++) {
		flow = (struct flow){ .id = v->id,
			.fresh = v->fresh,
			.answered = v->answered,
			.translated = v->translated,
			.proto = v->proto != 0 ? v->proto : IPPROTO_TCP,
			.original = { .src = address(v->from),
			    .dst = address(v->to),
			    .sport = 50000,
			    .dport = v->port } };
		fn(arg, &flow);
	}
}

struct ssh_session *
__wrap_sshd_sessions(const uint16_t *ports, size_t nports, size_t *n)
{
	const struct visit *visit = kernel.visit;
	struct ssh_session *v = xcalloc(1, sizeof(*v));

	kernel.looks++;
	*n = 0;
	assert_true(nports == kernel.nports);
	assert_true(nports == 0 || ports[0] == PORT_SSH);
	if (visit == NULL || visit->from == NULL ||
	    (visit->brief && !kernel.turning))
		return v;
	*n = 1;
	v->tcp.remote = address(visit->from);
	v->tcp.index = visit->index;
	v->began = visit->began;
	snprintf(v->user, sizeof(v->user), "%s", visit->user);
	return v;
}

size_t
__wrap_ssh_ports(uint16_t *ports, size_t max UNUSED)
{
	ports[0] = PORT_SSH;
	return kernel.nports;
}

int
__wrap_net_way_to(const struct prefix *to, int index)
{
	const struct prefix behind = address(ULA "/64");

	if (index != 0)
		return index;
	return prefix_holds(&behind, to) ? LXCBR0 : ETH0;
}

uint64_t
__wrap_boot_ms(void)
{
	return NOW;
}

/* A host that watches */

struct watcher {
	struct machine m;
	struct host h;
	struct loop *loop;
	struct logins *logins;
};

static void
start(struct watcher *w, const char *client)
{
	struct prefix from = { 0 };

	memset(w, 0, sizeof(*w));
	machine_boot(&w->m);
	machine_address(&w->m, NSID_SELF, ETH0, PUBLIC "/64");
	machine_address(&w->m, NSID_SELF, ETH0, "192.0.2.1/24");
	machine_address(&w->m, NSID_SELF, LXCBR0, ULA "1/64");
	machine_address(&w->m, 0, 2, ULA "3/64");
	machine_link(&w->m, ETH1, "eth1", "", BR0);
	machine_link(&w->m, BR0, "br0", "bridge", 0);
	w->h.snapshot = w->m.s;
	if (client != NULL)
		from = address(client);
	kernel.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	w->loop = loop_new();
	w->logins = logins_new(w->loop, &w->h, SINCE, &from);
}

static void
stop(void *arg)
{
	loop_stop(arg, 0);
}

static void
stop_next(void *arg)
{
	loop_timer(arg, 1, stop, arg);
}

/* A turn of the loop, with those events, and what it scheduled for now. */
static void
turn(struct watcher *w, const struct event *v, size_t n)
{
	const uint64_t one = 1;

	kernel.events = v;
	kernel.nevents = n;
	if (n > 0)
		assert_int_equal(
		    write(kernel.fd, &one, sizeof(one)), sizeof(one));
	loop_timer(w->loop, 0, stop_next, w->loop);
	kernel.turning = true;
	loop_run(w->loop);
	kernel.turning = false;
}

static void
end(struct watcher *w)
{
	logins_free(w->logins);
	loop_free(w->loop);
	close(kernel.fd);
	memset(&kernel, 0, sizeof(kernel));
}

/* Cases */

#define SYN(from, to, port)                                                    \
	{                                                                      \
		1, from, to, port, true, false, false, 0                       \
	}
#define ACK(from, to, port)                                                    \
	{                                                                      \
		1, from, to, port, false, true, false, 0                       \
	}
#define HANDSHAKE(from, to, port) SYN(from, to, port), ACK(from, to, port)

#define NO_EVENT                                                               \
	{                                                                      \
		0                                                              \
	}
#define NONE "a new login on port 2022: none yet"
#define SOMEBODY "somebody reached port 2022, which proves nothing"
#define FROM_CLIENT "a new connection to port 2022 from "
#define LOGIN "a login by root from "

static const struct {
	const char *client; /* where the commit came from; or NULL */
	struct event events[2];
	struct visit visit;
	bool proven;
	const char *text; /* how it begins */
} cases[] = {
	{ NULL, { NO_EVENT }, { 0 }, false, NONE },
	/* a stranger's handshake, and the client's, of the same /64 */
	{ CLIENT, { HANDSHAKE(STRANGER, PUBLIC, 2022) }, { 0 }, false,
	    SOMEBODY },
	{ NULL, { HANDSHAKE(CLIENT, PUBLIC, 2022) }, { 0 }, false, SOMEBODY },
	{ CLIENT, { HANDSHAKE(CLIENT, PUBLIC, 2022) }, { 0 }, true,
	    FROM_CLIENT CLIENT ", where the commit came from, was accepted" },
	{ CLIENT, { HANDSHAKE(NEIGHBOUR, PUBLIC, 2022) }, { 0 }, true,
	    FROM_CLIENT NEIGHBOUR "," },
	/* who shares a link, or IPv4, shares no site */
	{ "192.0.2.7", { HANDSHAKE("192.0.2.7", "192.0.2.1", 2022) }, { 0 },
	    true, FROM_CLIENT "192.0.2.7," },
	{ "192.0.2.7", { HANDSHAKE("192.0.2.8", "192.0.2.1", 2022) }, { 0 },
	    false, SOMEBODY },
	{ "fe80::5", { HANDSHAKE("fe80::6", PUBLIC, 2022) }, { 0 }, false,
	    SOMEBODY },
	/* a handshake that is not complete, or was not seen from its start */
	{ CLIENT, { SYN(CLIENT, PUBLIC, 2022) }, { 0 }, false, NONE },
	{ CLIENT, { ACK(CLIENT, PUBLIC, 2022) }, { 0 }, false, NONE },
	{ CLIENT,
	    { { 1, CLIENT, PUBLIC, 2022, true, true, false, 0 },
		ACK(CLIENT, PUBLIC, 2022) },
	    { 0 }, false, NONE },
	{ CLIENT,
	    { SYN(CLIENT, PUBLIC, 2022),
		{ 1, CLIENT, PUBLIC, 2022, false, false, false, 0 } },
	    { 0 }, false, NONE },
	{ CLIENT,
	    { SYN(CLIENT, PUBLIC, 2022),
		{ 2, CLIENT, PUBLIC, 2022, false, true, false, 0 } },
	    { 0 }, false, NONE },
	/* to elsewhere: another port, a forward, what is behind, a client */
	{ CLIENT, { HANDSHAKE(CLIENT, PUBLIC, 80) }, { 0 }, false, NONE },
	{ CLIENT, { HANDSHAKE(CLIENT, ULA "3", 2022) }, { 0 }, false, NONE },
	{ CLIENT, { HANDSHAKE(PUBLIC, CLIENT, 2022) }, { 0 }, false, NONE },
	{ CLIENT,
	    { { 1, CLIENT, PUBLIC, 2022, true, false, true, 0 },
		{ 1, CLIENT, PUBLIC, 2022, false, true, true, 0 } },
	    { 0 }, false, NONE },
	{ CLIENT,
	    { { 1, CLIENT, PUBLIC, 2022, true, false, false, IPPROTO_UDP },
		{ 1, CLIENT, PUBLIC, 2022, false, true, false, IPPROTO_UDP } },
	    { 0 }, false, NONE },
	/* from here, or from a container */
	{ PUBLIC, { HANDSHAKE(PUBLIC, PUBLIC, 2022) }, { 0 }, false, NONE },
	{ PUBLIC, { HANDSHAKE("::1", PUBLIC, 2022) }, { 0 }, false, NONE },
	{ NULL, { HANDSHAKE(ULA "3", PUBLIC, 2022) }, { 0 }, false, NONE },
	{ ULA "3", { HANDSHAKE(ULA "3", PUBLIC, 2022) }, { 0 }, false, NONE },
	/* sessions: let in, from any outside; asked for the password */
	{ NULL, { NO_EVENT }, { STRANGER, "root", NOW, 0, false }, true,
	    LOGIN STRANGER " at " },
	{ NULL, { NO_EVENT }, { STRANGER, "root", SINCE, 0, false }, true,
	    LOGIN STRANGER },
	{ CLIENT, { NO_EVENT }, { CLIENT, "", NOW, 0, false }, false, NONE },
	{ NULL, { NO_EVENT }, { "fe80::5", "root", NOW, ETH0, false }, true,
	    LOGIN "fe80::5" },
	{ NULL, { NO_EVENT }, { "fe80::5", "root", NOW, BR0, false }, true,
	    LOGIN "fe80::5" },
	/* older than the steps */
	{ CLIENT, { NO_EVENT }, { CLIENT, "root", SINCE - 1, 0, false }, false,
	    NONE },
	/* from here, or from a container */
	{ NULL, { NO_EVENT }, { PUBLIC, "root", NOW, 0, false }, false, NONE },
	{ NULL, { NO_EVENT }, { "::1", "root", NOW, 0, false }, false, NONE },
	{ NULL, { NO_EVENT }, { ULA "3", "root", NOW, 0, false }, false, NONE },
	{ NULL, { NO_EVENT }, { "fe80::5", "root", NOW, LXCBR0, false }, false,
	    NONE },
	/* a login is more than a connection, and seen although it was short */
	{ CLIENT, { HANDSHAKE(CLIENT, PUBLIC, 2022) },
	    { CLIENT, "root", NOW, 0, false }, true, LOGIN CLIENT },
	{ NULL, { HANDSHAKE(STRANGER, PUBLIC, 2022) },
	    { STRANGER, "root", NOW, 0, true }, true, LOGIN STRANGER },
	/* so is one that began when nobody listened yet */
	{ NULL, { ACK(STRANGER, PUBLIC, 2022) },
	    { STRANGER, "root", NOW, 0, true }, true, LOGIN STRANGER },
};

static void
test_cases(void **state)
{
	struct watcher w;
	char text[256];
	size_t i, n;

	(void)state;
	for (i = 0; i < NITEMS(cases); i++) {
		kernel.nports = 1;
		start(&w, cases[i].client);
		kernel.visit = &cases[i].visit;
		for (n = 0; n < 2 && cases[i].events[n].id != 0;)
			n++;
		turn(&w, cases[i].events, n);
		if (logins_proven(w.logins) != cases[i].proven)
			fail_msg("%zu: proven is not %d", i, cases[i].proven);
		logins_tell(w.logins, text, sizeof(text));
		if (!has_prefix(text, cases[i].text))
			fail_msg("%zu: %s", i, text);
		end(&w);
	}
}

/* A flood of others between the two events of the client. */
static void
test_flood(void **state)
{
	static const struct event syn = SYN(CLIENT, PUBLIC, 2022),
				  ack = ACK(CLIENT, PUBLIC, 2022);
	struct event flood[200];
	struct watcher w;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(flood); i++)
		flood[i] = (struct event){ 1000 + (uint32_t)i, STRANGER, PUBLIC,
			PORT_SSH, true, false, false, 0 };
	kernel.nports = 1;
	start(&w, CLIENT);
	turn(&w, &syn, 1);
	turn(&w, flood, NITEMS(flood));
	turn(&w, &ack, 1);
	assert_true(logins_proven(w.logins));
	end(&w);
}

/* A connection of anybody else takes nothing away from the client's. */
static void
test_stranger_afterwards(void **state)
{
	static const struct event client[] = { HANDSHAKE(
	    CLIENT, PUBLIC, 2022) },
				  other[] = { HANDSHAKE(
				      STRANGER, PUBLIC, 2022) };
	struct watcher w;
	char text[256];

	(void)state;
	kernel.nports = 1;
	start(&w, CLIENT);
	turn(&w, client, NITEMS(client));
	turn(&w, other, NITEMS(other));
	assert_true(logins_proven(w.logins));
	logins_tell(w.logins, text, sizeof(text));
	assert_true(has_prefix(text, FROM_CLIENT CLIENT));
	end(&w);
}

/* Without conntrack, or a port that is known, sessions prove it alone. */
static void
test_without(void **state)
{
	static const struct visit visit = { CLIENT, "root", NOW, 0, false };
	struct watcher w;
	char text[256];

	(void)state;
	kernel.no_conntrack = true;
	start(&w, CLIENT);
	turn(&w, NULL, 0);
	assert_false(logins_proven(w.logins));
	logins_tell(w.logins, text, sizeof(text));
	assert_string_equal(text, "a new login on port 22: none yet");
	kernel.visit = &visit;
	assert_true(logins_proven(w.logins));
	end(&w);
}

/* Where nobody comes, nobody looks for long. */
static void
test_quiet(void **state)
{
	struct watcher w;

	(void)state;
	kernel.nports = 1;
	start(&w, CLIENT);
	loop_timer(w.loop, 700, stop, w.loop);
	loop_run(w.loop);
	assert_in_range(kernel.looks, 1, 11);
	end(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_flood),
		cmocka_unit_test(test_stranger_afterwards),
		cmocka_unit_test(test_without),
		cmocka_unit_test(test_quiet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

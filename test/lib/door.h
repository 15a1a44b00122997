/* A kernel door for each test, onto the bridge br0 and guests behind it. What
 * goes wrong fails the test. */
#ifndef SEKI_TEST_DOOR_H
#define SEKI_TEST_DOOR_H

#include <sys/types.h>

#include "core/kernel/net.h"

/* For what the kernel does in its own time. */
#define DOOR_TIMEOUT_MS 60000

#define door_test(f) cmocka_unit_test_setup_teardown(f, door_open, door_close)

/* A cmocka set-up of all: makes the bridge. */
int door_make_bridge(void **state);

/* Of each test: *state is its own door, which hears events. */
int door_open(void **state);
int door_close(void **state);

/* What is seki's own, as net_address_add and the others take it. */
int add_address(struct net *, const struct container *, int index,
    const struct prefix *, bool *changed, struct err *);
int remove_address(struct net *, const struct container *, int index,
    const struct prefix *, bool *changed, struct err *);
int add_route(struct net *, const struct container *, int index,
    const struct prefix *, bool *changed, struct err *);
int remove_route(struct net *, const struct container *, int index,
    const struct prefix *, bool *changed, struct err *);

/* Puts the guest behind a new port; returns its pid. */
pid_t door_plug(struct net *, const char *port, pid_t);

/* A container that is up and has a name, behind the port v0; and its end. */
pid_t named_guest(struct net *, const char *name);
void end_named(struct net *, pid_t, const char *name);

/* To be freed. */
void read_all(struct net *, struct snapshot *);

/* Whether something was told in that time. */
bool wait_for_change(struct net *, int ms);

/* Reads until the link is gone, as only the events say when. */
void wait_until_gone(struct net *, const char *link);

/* Until nothing comes of itself: an interface tells for up to a second that it
 * is up (net/core/link_watch.c). Whoever has a runtime is not looked at again
 * after two. */
void let_settle(struct net *);

#endif

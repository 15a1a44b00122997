/* Guests: processes in network namespaces of their own, as containers are.
 * What goes wrong fails the test. */
#ifndef SEKI_TEST_GUEST_H
#define SEKI_TEST_GUEST_H

#include <stdbool.h>
#include <sys/types.h>

#define GUEST_LXC "/var/lib/lxc"

/* A call that may fail with a struct err e, but must not. */
#define must(call)                                                             \
	do {                                                                   \
		if ((call) == -1)                                              \
			fail_msg("%s", e.text);                                \
	} while (0)

/* A new one, which dies with us; monitored has a parent that calls itself the
 * monitor of the LXC container "web 1". */
pid_t guest_start(bool monitored);
void guest_end(pid_t);

/* Gives its network namespace a name, as ip netns does, or takes it away. */
void guest_name(pid_t, const char *name);
void guest_unname(const char *name);

/* Runs ip in its network namespace, or a line of sh in ours. */
void guest_run(pid_t, const char *command);
void run_shell(const char *command);

/* To be called first by main: true when this process was to be a guest, whose
 * exit status is in *status. */
bool guest_main(int argc, char *argv[], int *status);

/* Makes us root in namespaces of our own. True after a plan that skips all, if
 * that was refused, or nft is wanted and missing. */
bool guest_skips(bool nft);

#endif

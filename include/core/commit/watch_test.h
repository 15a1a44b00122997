/* The self-test, as the service runs it. */
#ifndef SEKI_CORE_COMMIT_WATCH_TEST_H
#define SEKI_CORE_COMMIT_WATCH_TEST_H

struct watch;

/* Starts it, unless it passed with this seki on this kernel before, and logs
 * how it ends. Only the first call does anything. */
void watch_test(struct watch *);
/* Forgets one that is still running: it comes to its end. */
void watch_test_end(struct watch *);

#endif

/* Features of the running kernel that no version tells, since they come with
 * modules and are taken over into older ones. */
#ifndef SEKI_CORE_STATE_PROBE_H
#define SEKI_CORE_STATE_PROBE_H

#include <stdbool.h>

/* Whether rules of any chain may look up the route to an address (nft_fib):
 * e8ded22ef0f4 of Linux 6.10, in 6.9.4, 6.6.33 and 6.1.93, too. The kernel is
 * asked once a boot, by root; the answer lies in the folder run_path. Where
 * nobody could ask yet it is a guess by the version. */
bool probe_fib(const char *run_path);

#endif

/* Kernel features that the version does not tell, since they are modules or
 * were backported. */
#ifndef SEKI_CORE_STATE_PROBE_H
#define SEKI_CORE_STATE_PROBE_H

#include <stdbool.h>

/* Whether chains of any hook may look up the route to an address (nft_fib):
 * e8ded22ef0f4 of Linux 6.10, also in 6.9.4, 6.6.33 and 6.1.93. Root asks the
 * kernel once a boot and keeps the answer in the folder run_path. Until
 * somebody could ask, it is a guess by the version. */
bool probe_fib(const char *run_path);

#endif

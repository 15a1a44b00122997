/* The counters of our table, as often as somebody looks at them. */
#ifndef SEKI_CORE_STATE_COUNTING_H
#define SEKI_CORE_STATE_COUNTING_H

#include "core/state/host.h"

struct counting *counting_new(void);
void counting_free(struct counting *);

/* Reads into the host's counters what is due, as its enum counted says, and the
 * generation of nftables first. True when all were read. */
bool counting_read(struct host *);
/* Makes the next counting_read read all. */
void counting_expire(struct host *);
/* Notes in the meters what counting_read read last. */
void counting_note(struct host *, bool all);
/* What one of the host's counters has, together with that of IPv4 beside it
 * (model_meter_ipv4). */
struct counter counting_total(const struct host *, const struct counter *);
/* The series of that total, borrowed until host_version changes; NULL for NULL,
 * and before all have been read. */
const struct series *counting_series(
    const struct host *, const struct counter *);

/* The generation before the last counting_read; false when it is unknown. */
bool counting_generation(const struct host *, uint32_t *);

/* Tells which counters are in sight from now on, in place of those told before;
 * NULL ones do not matter. Those that the last counting_read left out are read
 * at once. */
void counting_see(struct host *, const struct counter *const *v, size_t n);

/* Changes when all have been read: what compares all of them is up to date
 * until then. */
unsigned counting_round(const struct host *);
/* The seconds from one reading of all to the next while there is traffic; 1: as
 * often as those in sight. */
unsigned counting_every(const struct host *);

#endif

/* State of the systemd unit that keeps up what was committed. */
#ifndef SEKI_CORE_STATE_UNIT_H
#define SEKI_CORE_STATE_UNIT_H

#include <stdbool.h>

#include "core/base/err.h"

struct unit_state {
	const char *word;    /* a word of JSON; NULL where no systemd is */
	const char *warning; /* a sentence, marked by N_(); NULL: all is well */
	const char *cure;    /* the command for that */
};

/* Whether systemd runs this host. */
bool unit_has_systemd(void);

/* State of seki.service by its traces in /run, /etc and the cgroups: systemd
 * itself is not asked, so that a stuck one blocks nobody. */
const struct unit_state *unit_look(void);

/* Runs that cure, which systemctl is given half a minute for. */
int unit_mend(const struct unit_state *, struct err *);

/* Whether an admin has seki.service apply the config once, at a time when
 * addresses need not be there. A service that stays follows what comes later.
 */
bool unit_is_early(void);

/* Of nftables.service of Debian. */
#define UNIT_NFT_CONFIG "/etc/nftables.conf"
/* Whether it is enabled, and flushes all rules when it starts. */
bool unit_flushes(void);

#endif

/* Which address a program of a container takes where a name has one of each
 * family: getaddrinfo's choice (RFC 6724, 6), by glibc's gai.conf(5). */
#ifndef SEKI_CORE_REACH_GAI_H
#define SEKI_CORE_REACH_GAI_H

#include <stdbool.h>

#include "core/base/addr.h"

/* Whether it takes IPv4 for the Internet, if it would send from these two. conf
 * is the text of gai.conf; "" for none. */
bool gai_prefers_ipv4(const char *conf, const struct prefix *source6,
    const struct prefix *source4);

/* Whether that file has labels: then these are all there are. */
bool gai_has_labels(const char *conf);

/* What, with this at its end, makes such a file take IPv6, from a ULA as well:
 * words for printf(1), "FORMAT" 'WORDS'... */
#define GAI_LABELS                                                             \
	"'label %s\\n' '::1/128 0' '::/0 1' '2002::/16 2' '::/96 3' "          \
	"'::ffff:0:0/96 4'"

#endif

/* The offers that set-up makes of what it found. */
#include "config.h"

#include "core/setup/offers.h"

#include "core/setup/offers_parts.h"

/* Where the host has IPv4, closing IPv6 alone would leave it open. Whoever has
 * a config has chosen. */
static bool
wants_ipv4(const struct survey *v)
{
	const struct config *base = &v->host->candidate;

	return config_is_empty(base)
		   ? survey_uplink(v, FAMILY_IPV4) != NULL
		   : config_option(base, OPTION_IPV4) == OPTION_ON;
}

int
offers_make(struct proposal *p, const struct survey *v, struct err *e)
{
	struct offering o = { .to = p,
		.survey = v,
		.base = &v->host->candidate,
		.ipv4 = wants_ipv4(v),
		.e = e };

	return offers_links(&o) == 0 ? offers_doors(&o) : -1;
}

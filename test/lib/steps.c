/* Steps, as a plan has them. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "machine.h"
#include "prefix.h"
#include "steps.h"

struct step
address_step(enum step_number kind, const char *name, int index,
    const char *text, uint32_t flags)
{
	return (struct step){ .kind = kind,
		.name = (char *)name,
		.at = { .index = index },
		.address = {
		    .index = index, .prefix = prefix(text), .flags = flags } };
}

struct step
route_step(enum step_number kind, const char *name, int index, const char *to,
    const char *gateway)
{
	return (struct step){ .kind = kind,
		.name = (char *)name,
		.at = { .index = index },
		.route = { .index = index,
		    .to = prefix(to),
		    .gateway = prefix(gateway),
		    .metric = 512 } };
}

struct step
proxy_step(enum step_number kind, const char *text)
{
	struct step s = address_step(kind, "eth0", ETH0, text, 0);

	s.address.proto = NET_PROTO;
	return s;
}

struct step
bridge_step(enum step_number kind, int index, uint64_t mac)
{
	return (struct step){ .kind = kind,
		.name = (char *)"br0",
		.at = { .index = index },
		.mac = mac };
}

struct step
sysctl_step(enum step_number kind, const char *name, int index,
    enum conf_number conf, int before, int after)
{
	return (struct step){ .kind = kind,
		.name = (char *)name,
		.at = { .index = index },
		.conf = conf,
		.before = before,
		.after = after };
}

struct step
rules_step(int before, int after, const char *text, const char *undo)
{
	return (struct step){ .kind = STEP_RULESET,
		.name = (char *)"seki",
		.before = before,
		.after = after,
		.text = (char *)text,
		.undo = (char *)undo };
}

struct step
inside(struct step s, const struct container *c)
{
	s.container = c;
	s.at = link_id_of(c, s.at.index);
	return s;
}

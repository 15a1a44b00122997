/* The lights of a forward: which check makes which of them red, what is told of
 * each that nobody can see, and what a red one hides. */
#include "config.h"

#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/state/check_parts.h"

#include "lib/machine.h"
#include "lib/place.h"

/* ---- each check has its light */

static const struct {
	enum light light;
	const char *checks; /* each with a blank before and behind it */
} homes[] = {
	{ LIGHT_ARRIVES, " uplink uplink-down uplink-port public public-dad "
			 "reverse-path " },
	{ LIGHT_MATCHES, " rules edited public-moved target-moved " },
	{ LIGHT_ACCEPT, " forwarding forwarding-ipv4 policy " },
	{ LIGHT_OTHERS, " other-table other-rules too-big " },
	{ LIGHT_BRIDGE,
	    " bridge bridge-down bridge-ipv6 bridge-ula bridge-address bridge-ipv4 "
	    "bridge-dad bridge-address-dad way-in moved port carrier "
	    "blocked elsewhere locked locked-soon mtu " },
	{ LIGHT_RUNS, " container stopped namesake nobody " },
	{ LIGHT_ADDR, " ipv6-inside ula address ipv4 ula-dad address-dad " },
	{ LIGHT_NEAR, " ula-twice mac-twice neighbour other-mac silent " },
	{ LIGHT_LISTENS, " listener inside inside-rules too-big-inside " },
	{ LIGHT_BACK,
	    " route route-ipv4 bridge-twice way-out gateway route-inside "
	    "route-inside-ipv4 refused-inside other-route neighbour-inside "
	    "other-mac-inside " },
};

static const struct check_group *const groups[] = { &check_host, &check_bridge,
	&check_container, &check_rules, &check_hooks, &check_listen };

static bool
is_home(enum light light, const char *check)
{
	char *word = xasprintf(" %s ", check);
	bool found = false;
	size_t i;

	for (i = 0; i < NITEMS(homes); i++)
		found = found || (homes[i].light == light &&
				     strstr(homes[i].checks, word) != NULL);
	free(word);
	return found;
}

static void
test_homes(void **state)
{
	const struct check *c;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(groups); i++)
		for (c = groups[i]->v; c < groups[i]->v + groups[i]->n; c++)
			if (!is_home(c->light, c->name))
				fail_msg(
				    "%s: %s", c->name, light_names[c->light]);
}

/* ---- what the lights say */

static void
nothing(struct place *p UNUSED)
{
}

static void
met(struct place *p)
{
	p->way->neighbour.has_mac = true;
	memcpy(p->way->neighbour.mac, p->m.containers[0].mac, 6);
}

static void
asked(struct place *p)
{
	met(p);
	p->counters[0].packets = 3;
}

static void
answered(struct place *p)
{
	asked(p);
	p->counters[FAMILY_COUNT].packets = 2;
}

static void
edited(struct place *p)
{
	p->h.rules_drift = true;
}

static void
stopped(struct place *p)
{
	p->m.containers[0].state = CONTAINER_STOPPED;
	p->m.containers[0].nsid = NSID_SELF;
	p->m.containers[0].port = 0;
}

static void
two_fail(struct place *p)
{
	edited(p);
	stopped(p);
	p->m.links[PORT - 1].up = false;
	p->m.s.forwarding = 0;
}

static void
deaf(struct place *p)
{
	p->h.sockets.v[0].all.n = 0;
}

static void
closed(struct place *p)
{
	p->m.containers[0].netns = NULL;
}

static void
unread(struct place *p)
{
	p->h.sockets.n = 0;
}

static void
any(struct place *p)
{
	p->config = CONFIG "forward any to vm00\n";
}

static void
nobody(struct place *p)
{
	p->config = CONFIG "forward tcp 80 to " ULA "7\n";
}

static void
no_public(struct place *p)
{
	p->m.s.naddresses--;
}

static void
down(struct place *p)
{
	p->m.links[ETH0 - 1].running = false;
}

static void
test_states(void **state)
{
	/* k ok, ? unknown, W, F, . as the lights stand. */
	static const struct {
		void (*meddle)(struct place *);
		const char *lights;
		enum light at;
		const char *why;
	} rows[] = {
		{ nothing, "kkkkkkk?kk?", LIGHT_NEAR,
		    "this host has not looked for its MAC lately" },
		{ met, "kkkkkkkkkk?", LIGHT_ANSWER,
		    "no client came yet, and what is lost before this "
		    "host cannot be seen here" },
		{ asked, "kkkkkkkkkk?", LIGHT_ANSWER,
		    "packets went in, and none came back yet" },
		{ answered, "kkkkkkkkkkk", LIGHT_ANSWER, "" },
		{ edited, "kWkkkkk?kk?", LIGHT_MATCHES,
		    "table inet seki is not as committed: seki apply" },
		{ stopped, "kkkkkF.....", LIGHT_RUNS, "vm00 is stopped" },
		{ two_fail, "kWF........", LIGHT_ACCEPT,
		    "IPv6 forwarding of this host is off: seki apply" },
		{ deaf, "kkkkkkk?Wk?", LIGHT_LISTENS,
		    "nothing in its container listens on tcp 80" },
		{ closed,
		    "kkkkkk????"
		    "?",
		    LIGHT_ADDR, "nobody can look into its container" },
		{ unread, "kkkkkkk??k?", LIGHT_LISTENS,
		    "not all sockets inside can be read" },
		{ any, "kkkkkkk??k?", LIGHT_LISTENS,
		    "it has no ports of its own that something could listen "
		    "on" },
		{ nobody,
		    "kkkkkW????"
		    "?",
		    LIGHT_ADDR, "no container is known to be behind it" },
		{ no_public, "F..........", LIGHT_ARRIVES,
		    "eth0 has no public IPv6 address" },
		{ down, "F..........", LIGHT_ARRIVES,
		    "eth0 is down, or has no carrier" },
	};
	static const char marks[LIGHT_STATES] = ".k?WF";
	char got[LIGHTS + 1] = "";
	const struct lights *l;
	enum light light;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(rows); i++) {
		struct report r = { 0 };
		struct buf why = { 0 };

		place_examine(rows[i].meddle, true, &r);
		l = &r.families[FAMILY_IPV6].lights;
		for (light = 0; light < LIGHTS; light++)
			got[light] = marks[l->states[light]];
		lights_why(l, rows[i].at, &why);
		if (strcmp(got, rows[i].lights) != 0 ||
		    strcmp(buf_text(&why), rows[i].why) != 0)
			fail_msg("%zu: %s, %s", i, got, buf_text(&why));
		buf_free(&why);
		report_reset(&r);
	}
}

/* The reason of a forward is that of the light, and no other's. */
static void
test_red(void **state)
{
	struct report r = { 0 };
	const struct light_note *red;

	(void)state;
	place_examine(two_fail, true, &r);
	red = lights_red(&r.families[FAMILY_IPV6].lights);
	assert_non_null(red);
	assert_int_equal(red->light, LIGHT_ACCEPT);
	assert_string_equal(red->check, "forwarding");
	assert_string_equal(red->cure, "seki apply");
	place_expect(0, &r.all, CHECK_BROKEN,
	    "IPv6 forwarding of this host is off: seki apply");
	assert_int_equal(r.families[FAMILY_IPV6].lights.nnotes, 2);
	assert_false(lights_are_known(&r.families[FAMILY_IPV4].lights));
	report_reset(&r);

	place_examine(nothing, true, &r);
	assert_null(lights_red(&r.families[FAMILY_IPV6].lights));
	report_reset(&r);
}

/* ---- what mends them */

static void
port_down(struct place *p)
{
	p->m.links[PORT - 1].up = false;
}

static void
port_down_with_a_command(struct place *p)
{
	port_down(p);
	strcpy(p->m.links[PORT - 1].name, "a;reboot");
}

static void
port_down_with_what_quotes_let_pass(struct place *p)
{
	port_down(p);
	strcpy(p->m.links[PORT - 1].name, "a$(reboot)");
}

static void
wrong_mac(struct place *p)
{
	met(p);
	p->way->neighbour.fixed = true;
	p->way->neighbour.mac[0] ^= 4;
}

static void
another_port(struct place *p)
{
	deaf(p);
	place_hear(p, IPPROTO_TCP, 8080, "::");
	place_hear(p, IPPROTO_TCP, 8081, "::1");
	place_hear(p, IPPROTO_UDP, 8082, "::");
}

static void
with_a_note(struct place *p)
{
	another_port(p);
	p->config = CONFIG FORWARD " note \"a; b & c\"\n";
}

static void
with_a_note_of_commands(struct place *p)
{
	another_port(p);
	p->config = CONFIG FORWARD " note \"`reboot`\"\n";
}

static void
the_same_port(struct place *p)
{
	p->config = CONFIG FORWARD ":81 note \"web\"\n";
}

static void
several_ports(struct place *p)
{
	another_port(p);
	place_hear(p, IPPROTO_TCP, 8083, "::");
}

static void
of_several(struct place *p)
{
	another_port(p);
	p->config = CONFIG "forward tcp 80,90 to vm00\n";
}

static void
without_way_out(struct place *p)
{
	p->way->out.refused = true;
}

static void
test_cures(void **state)
{
	static const struct {
		void (*meddle)(struct place *);
		const char *cure; /* NULL: none is known */
	} rows[] = {
		{ edited, "seki apply" },
		{ stopped, "lxc-start vm00" },
		{ port_down, "ip link set veth0 up" },
		{ port_down_with_a_command, "ip link set \"a;reboot\" up" },
		{ port_down_with_what_quotes_let_pass, NULL },
		{ wrong_mac, "ip neigh del " ULA "3 dev lxcbr0" },
		{ deaf, NULL },
		{ another_port, "seki set forward tcp 80 to vm00:8080" },
		{ with_a_note, "seki set forward tcp 80 to vm00:8080 note "
			       "\"a; b & c\"" },
		{ with_a_note_of_commands, NULL },
		{ the_same_port,
		    "seki set forward tcp 80 to vm00 note \"web\"" },
		{ several_ports, NULL },
		{ of_several, NULL },
		{ without_way_out, NULL },
	};
	const struct light_note *red;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(rows); i++) {
		struct report r = { 0 };

		place_examine(rows[i].meddle, true, &r);
		red = lights_red(&r.families[FAMILY_IPV6].lights);
		assert_non_null(red);
		if (rows[i].cure == NULL
			? red->cure != NULL
			: red->cure == NULL ||
			      strcmp(red->cure, rows[i].cure) != 0)
			fail_msg("%zu: %s", i,
			    red->cure != NULL ? red->cure : "nothing");
		report_reset(&r);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_homes),
		cmocka_unit_test(test_states),
		cmocka_unit_test(test_red),
		cmocka_unit_test(test_cures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Which session a commit must not cut off, where sshd listens, and what is
 * refused for their sake. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/file.h"
#include "core/reach/safety.h"

#include "lib/vps.h"

/* The session */

static const struct {
	const char *text, *client, *server, *link;
	unsigned port;
} sessions[] = {
	{ "2001:db8:9::7 50000 2001:db8::10 2022", "2001:db8:9::7",
	    "2001:db8::10", "", 2022 },
	{ "fe80::5%eth0 50000 fe80::1%eth0 22", "fe80::5", "fe80::1", "eth0",
	    22 },
	{ "192.0.2.7 50000 192.0.2.1 22", "192.0.2.7", "192.0.2.1", "", 22 },
	{ "", "-", "-", "", 0 },
	{ "2001:db8:9::7 50000", "-", "-", "", 0 },
	{ "one 2 three 4", "-", "-", "", 0 },
	{ "2001:db8:9::7 50000 2001:db8::10 70000", "-", "-", "", 0 },
};

static void
test_sessions(void **state)
{
	char text[ADDR_TEXT_MAX];
	struct ssh ssh;
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(sessions); i++) {
		ssh_parse(&ssh, sessions[i].text);
		assert_string_equal(
		    addr_text(&ssh.client, text), sessions[i].client);
		assert_string_equal(
		    addr_text(&ssh.server, text), sessions[i].server);
		assert_string_equal(ssh.link, sessions[i].link);
		assert_int_equal(ssh.port, sessions[i].port);
	}
	ssh_parse(&ssh, NULL);
	assert_int_equal(ssh.client.family, AF_UNSPEC);
}

/* Where sshd listens: a /proc made by hand. */
static const struct {
	const char *path, *link; /* and where it leads */
} files[] = {
	{ "/7/exe", "/usr/sbin/sshd" },
	{ "/7/fd/3", "socket:[100]" },
	{ "/7/fd/4", "socket:[103]" },
	{ "/7/fd/5", "pipe:[105]" },
	{ "/8/exe", "/usr/sbin/sshd (deleted)" },
	{ "/8/fd/3", "socket:[104]" },
	{ "/9/exe", "/usr/bin/not-sshd" },
	{ "/9/fd/3", "socket:[101]" },
	{ "/10/exe", "/home/anna/sshd" },
	{ "/10/fd/3", "socket:[101]" },
	{ "/self/exe", "/usr/sbin/sshd" },
	{ "/self/fd/3", "socket:[105]" },
};

/* To another user; who cannot leaves none there. */
static void
give_away(const char *root)
{
	char *folder = xasprintf("%s/10", root);
	char *program = xasprintf("%s/exe", folder);

	if (chown(folder, 1234, 1234) == -1)
		assert_int_equal(unlink(program), 0);
	free(program);
	free(folder);
}

static void
test_listeners(void **state)
{
	static struct tcp open[] = {
		{ .local_port = 22, .inode = 100 },
		{ .local_port = 8080, .inode = 101 },
		{ .local_port = 22, .inode = 103 },
		{ .local_port = 2022, .inode = 104 },
		{ .local_port = 80, .inode = 105 },
	};
	const struct tcp_list sockets = { open, NITEMS(open) };
	char root[] = "/tmp/seki-proc-XXXXXX", *path, *clean;
	uint16_t ports[4];
	struct err e;
	size_t i;

	(void)state;
	assert_non_null(mkdtemp(root));
	for (i = 0; i < NITEMS(files); i++) {
		path = xasprintf("%s%s", root, files[i].path);
		assert_int_equal(file_make_folder(path, &e), 0);
		assert_int_equal(symlink(files[i].link, path), 0);
		free(path);
	}
	give_away(root);
	assert_int_equal(ssh_listeners(root, &sockets, ports, 4), 2);
	assert_int_equal(ports[0], 22);
	assert_int_equal(ports[1], 2022);
	assert_int_equal(ssh_listeners(root, &sockets, ports, 1), 1);
	assert_int_equal(ports[0], 22);
	assert_int_equal(ssh_listeners("/nowhere", &sockets, ports, 4), 0);
	clean = xasprintf("rm -r %s", root);
	assert_int_equal(system(clean), 0);
	free(clean);
}

/* Refusals */

#define REMOTE "2001:db8:9::7 50000 2001:db8::10 2022"
#define CONTAINER ULA "3 50000 " ULA "1 22"
#define IPV4 "192.0.2.7 50000 192.0.2.1 22"
#define ON "option ipv4 on\n"

static const struct {
	const char *session, *config;
	unsigned line, col; /* to blame; 0: not refused */
	const char *text;   /* or hint */
} refusals[] = {
	{ REMOTE, "", 0, 0, NULL },
	{ REMOTE, "default input deny\n", 3, 1,
	    "add: allow input tcp 2022 from 2001:db8:9::7;" },
	{ REMOTE, "default input reject\n", 3, 1, "would be refused" },
	{ REMOTE, "default input deny\nallow input tcp 22\n", 3, 1,
	    "new SSH connections from 2001:db8:9::7 to port 2022" },
	{ REMOTE, "default input deny\nallow input tcp 2022\n", 0, 0, NULL },
	{ REMOTE,
	    "allow input tcp 2022 from 2001:db8:8::/48\n"
	    "default input deny\n",
	    4, 1, "would be refused" },
	{ REMOTE,
	    "allow input tcp 2022 to 2001:db8::10\n"
	    "default input deny\n",
	    0, 0, NULL },
	{ REMOTE, "deny input from 2001:db8::/32\nallow input tcp 2022\n", 3, 1,
	    "put this before it: allow input tcp 2022 from" },
	{ REMOTE, "allow input tcp 2022 from uplink\ndefault input deny\n", 0,
	    0, NULL },
	{ REMOTE, "deny input from bridge lxcbr0\n", 0, 0, NULL },
	{ REMOTE, "allow input tcp 2022 from any\ndefault input deny\n", 0, 0,
	    NULL },
	{ REMOTE, "deny input from any\n", 3, 1, "would be refused" },
	{ REMOTE, "default input deny\nallow input tcp 2022 limit 5/minute\n",
	    4, 28, "one rate limit" },
	{ REMOTE, "deny input tcp limit 5/minute\n", 3, 22, "one rate limit" },
	{ REMOTE,
	    "deny input tcp limit 5/minute\n"
	    "allow input tcp 2022\ndefault input deny\n",
	    3, 22, "one rate limit" },
	{ REMOTE,
	    "allow input tcp 2022 limit 5/minute\n"
	    "allow input tcp 2022 from 2001:db8:9::/48\ndefault input deny\n",
	    0, 0, NULL },
	{ REMOTE,
	    "allow input tcp 2022 from 2001:db8:9::/48\n"
	    "deny input tcp 2022 from 2001:db8::/32\n",
	    0, 0, NULL },
	{ REMOTE, "forward tcp 2000-3000 to " ULA "3\n", 3, 13,
	    "would be redirected" },
	{ REMOTE, "forward any to " ULA "3\n", 3, 9,
	    "add: allow input tcp 2022;" },
	{ REMOTE, "forward any to " ULA "3\nallow input tcp 2022\n", 0, 0,
	    NULL },
	{ REMOTE,
	    "forward any to " ULA "3\nallow input tcp 2022 from "
	    "2001:db8:8::/48\n",
	    3, 9, "would be redirected" },
	{ "2001:db8:9::7 50000 2001:db8::10 22", "forward any to " ULA "3\n", 0,
	    0, NULL },
	{ REMOTE, "forward udp 2022 to " ULA "3\n", 0, 0, NULL },
	{ REMOTE, "default forward deny\ndefault output deny\n", 0, 0, NULL },
	{ CONTAINER, "deny input from bridge lxcbr0\n", 3, 1,
	    "port 22, such as yours" },
	{ CONTAINER, "deny input from uplink\n", 0, 0, NULL },
	{ "2001:db8:5::3%lxcbr0 50000 2001:db8::10 22", "default input deny\n",
	    3, 1, "port 22, such as yours" },
	{ "2001:db8:5::3%lxcbr0 50000 2001:db8::10 22",
	    "allow input tcp 22\ndefault input deny\n", 0, 0, NULL },
	{ "fe80::5%eth0 50000 2001:db8::10 22",
	    "deny input from bridge lxcbr0\n", 0, 0, NULL },
	{ "fe80::5%lxcbr0 50000 2001:db8::10 22", "deny input from uplink\n", 0,
	    0, NULL },
	{ "fe80::5%lxcbr0 50000 2001:db8::10 22",
	    "deny input from bridge lxcbr0\n", 3, 1, "port 22, such as yours" },
	{ "fe80::5%eth0 50000 2001:db8::10 22", "deny input from uplink\n", 3,
	    1, "port 22, such as yours" },
	{ "2001:db8:9::7 50000 2001:db8::99 22", "default input deny\n", 0, 0,
	    NULL },
	/* of a container, through a forward */
	{ "2001:db8:9::7 50000 " ULA "9 22", "default input deny\n", 0, 0,
	    NULL },
	{ "2001:db8::10 50000 2001:db8::10 22", "default input deny\n", 0, 0,
	    NULL },
	{ IPV4, "default input deny\n", 0, 0, NULL },
	{ IPV4, "option ipv4 off\ndefault input deny\n", 0, 0, NULL },
	{ IPV4, ON "default input deny\n", 4, 1,
	    "add: allow input tcp 22 from 192.0.2.7;" },
	{ IPV4, ON "default input deny\nallow input tcp 22\n", 0, 0, NULL },
	{ IPV4, ON "default input deny\nallow input tcp 22 only ipv6\n", 4, 1,
	    "from 192.0.2.7 to port 22" },
	{ IPV4, ON "default input deny\nallow input tcp 22 from ::/0\n", 4, 1,
	    "from 192.0.2.7 to port 22" },
	{ IPV4,
	    ON "allow input from 2001:db8::/32,192.0.2.0/24\n"
	       "default input deny\n",
	    0, 0, NULL },
	{ IPV4, ON "deny input from uplink only ipv6\n", 0, 0, NULL },
	{ IPV4, ON "deny input from uplink only ipv4\n", 4, 1, "port 22" },
	{ "198.51.100.7 50000 192.0.2.1 22", ON "deny input from uplink\n", 4,
	    1, "port 22" },
	{ "10.0.3.7 50000 10.0.3.1 22", ON "deny input from uplink\n", 0, 0,
	    NULL },
	{ "10.0.3.7 50000 10.0.3.1 22", ON "deny input from bridge lxcbr0\n", 4,
	    1, "port 22" },
	{ NULL, "default input deny\n", 0, 0, NULL },
};

static void
build(struct config *config, struct model *model, const char *rest)
{
	char *text =
	    xasprintf("uplink eth0\nbridge lxcbr0 ula " ULA "1/64\n%s", rest);

	vps_model(config, model, text);
	free(text);
}

static void
check_refusal(size_t i)
{
	struct config config = { 0 };
	struct model model;
	struct ssh ssh;
	struct err e;
	int r;

	ssh_parse(&ssh, refusals[i].session);
	build(&config, &model, refusals[i].config);
	r = safety_check(&model, &vps, &ssh, &e);
	assert_int_equal(r, refusals[i].line != 0 ? -1 : 0);
	if (r != 0) {
		assert_int_equal(e.code, ERR_UNSAFE);
		assert_int_equal(e.line, refusals[i].line);
		assert_int_equal(e.col, refusals[i].col);
		if (strstr(e.text, refusals[i].text) == NULL &&
		    strstr(e.hint, refusals[i].text) == NULL)
			fail_msg(
			    "%s: %s (%s)", refusals[i].config, e.text, e.hint);
		assert_non_null(strstr(e.hint, "--force"));
	}
	model_free(&model);
	config_free(&config);
}

static void
test_refusals(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(refusals); i++)
		check_refusal(i);
}

/* The link of an address is that of the longest prefix that holds it. */
static void
test_prefixes(void **state)
{
	static const struct {
		const char *bridge; /* its prefix, beside 2001:db8::/64 */
		int nsid;
		int refused; /* what comes by the bridge is denied */
	} cases[] = {
		{ "2001:db8::/32", NSID_SELF, 0 },
		{ "2001:db8::/96", NSID_SELF, -1 },
		{ "2001:db8::/96", 0, 0 },
	};
	struct address addresses[16];
	struct snapshot s = vps;
	struct config config = { 0 };
	struct model model;
	struct ssh ssh;
	struct err e;
	size_t i;

	(void)state;
	ssh_parse(&ssh, "2001:db8::7 50000 2001:db8::10 22");
	build(&config, &model, "deny input from bridge lxcbr0\n");
	assert_true(vps.naddresses < NITEMS(addresses));
	memcpy(addresses, vps.addresses, vps.naddresses * sizeof(*addresses));
	s.addresses = addresses;
	s.naddresses++;
	for (i = 0; i < NITEMS(cases); i++) {
		addresses[vps.naddresses] =
		    (struct address){ .nsid = cases[i].nsid,
			    .index = snapshot_link(&vps, "lxcbr0")->index };
		prefix_parse(
		    &addresses[vps.naddresses].prefix, cases[i].bridge);
		assert_int_equal(
		    safety_check(&model, &s, &ssh, &e), cases[i].refused);
	}
	model_free(&model);
	config_free(&config);
}

/* Warnings */

static const struct {
	const char *before, *after, *text; /* NULL: no warning */
} warnings[] = {
	{ "", "", NULL },
	{ "", "default input deny\n",
	    "nothing lets in a new login on port 22 or 2022 from the Internet "
	    "over IPv6, as the saved config does" },
	{ NULL, "default input deny\n",
	    "over IPv6\n  to let it in: allow input tcp 22\n" },
	{ "default input deny\n", "deny input tcp\n", "over IPv6\n  to let" },
	{ "", "default input deny\nallow input tcp 2022\n", NULL },
	{ "", "default input deny\nallow input tcp 22 limit 5/minute\n", NULL },
	{ "", "default input deny\nallow input tcp 22 from 2001:db8:9::/48\n",
	    NULL },
	{ "", "default input deny\nallow input tcp 22 to 2001:db8::11\n",
	    NULL },
	{ "",
	    "allow input tcp 22 from 2001:db8:9::/48\ndeny input tcp from "
	    "::/0\n",
	    NULL },
	{ "", "deny input tcp from ::/0\nallow input tcp 22\n", "nothing" },
	{ "", "default input deny\nallow input tcp 22 from bridge lxcbr0\n",
	    "nothing" },
	{ "", "default input deny\nallow input udp 22\n", "nothing" },
	{ "", "forward tcp 22,2022 to " ULA "3\n",
	    "\n  port 22 is redirected by: forward tcp 22,2022 to " },
	{ "", "default input deny\nforward tcp 22 to " ULA "3\n",
	    "\n  to let it in: allow input tcp 2022\n" },
	{ "",
	    "default input deny\nallow input tcp 2022 from uplink\n"
	    "forward tcp 22 to " ULA "3\nforward tcp 2022 to " ULA "9\n",
	    "\n  port 22 is redirected by: forward tcp 22 to " },
	{ "",
	    "default input deny\nforward tcp 22,2022 on 2001:db8::10 to " ULA
	    "3\n",
	    "\n  to let it in: allow input tcp 22\n" },
	{ "", "forward tcp 22 to " ULA "3\n", NULL },
	{ "", "forward any to " ULA "3\n", NULL },
	{ "", "default input deny\nforward any to " ULA "3\n",
	    "\n  to let it in: allow input tcp 22\n" },
	{ "",
	    "default input deny\nforward any to " ULA "3\n"
	    "allow input tcp 2022 from 2001:db8:9::/48\n",
	    NULL },
	{ "", ON "default input deny\n",
	    "from the Internet, as the saved config does\n" },
	{ "", ON "default input deny\nallow input tcp 22 only ipv4\n", NULL },
	{ "", ON "default input deny\nallow input tcp 22 from 198.51.100.7\n",
	    NULL },
	/* Those of IPv4 are not forwarded. */
	{ "", ON "forward tcp 22,2022 to " ULA "3\n", NULL },
};

static void
test_warnings(void **state)
{
	static const uint16_t ports[] = { 22, 2022 };
	struct config saved = { 0 }, config = { 0 };
	struct model before = { 0 }, after;
	struct buf b = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < NITEMS(warnings); i++) {
		if (warnings[i].before != NULL)
			build(&saved, &before, warnings[i].before);
		build(&config, &after, warnings[i].after);
		safety_warn(warnings[i].before != NULL ? &before : NULL, &after,
		    ports, NITEMS(ports), &b);
		if ((b.len > 0) != (warnings[i].text != NULL) ||
		    (b.len > 0 && strstr(b.s, warnings[i].text) == NULL))
			fail_msg("%s: %s", warnings[i].after, buf_text(&b));
		buf_reset(&b);
		model_free(&before);
		model_free(&after);
		config_free(&saved);
		config_free(&config);
	}
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sessions),
		cmocka_unit_test(test_listeners),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_warnings),
	};

	return cmocka_run_group_tests(tests, vps_set_up, NULL);
}

/* State of seki.service. */
#include "config.h"

#include "core/state/unit.h"

#include <glob.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/child.h"
#include "core/base/file.h"
#include "core/base/intl.h"
#include "core/base/loop.h"
#include "core/base/util.h"

#define UNIT "seki.service"
#define BOOTED "/run/systemd/system" /* sd_booted(3) */

/* By enabled, then by running. */
static const struct unit_state states[2][2] = {
	{ { "off",
	      N_("seki.service is not enabled: after a reboot nothing of "
		 "what was committed is there (systemctl enable --now "
		 "seki)"),
	      "systemctl enable --now seki" },
	    { "disabled",
		N_("seki.service is not enabled: after a reboot nothing of "
		   "what was committed is there (systemctl enable seki)"),
		"systemctl enable seki" } },
	{ { "stopped",
	      N_("seki.service is not running: containers that start "
		 "get no address, and no drift is corrected "
		 "(systemctl start seki)"),
	      "systemctl start seki" },
	    { "running", NULL, NULL } },
};

bool
unit_has_systemd(void)
{
	return access(BOOTED, F_OK) == 0;
}

/* systemd creates a unit's cgroup at its start and removes it with the last
 * process, in the hierarchy of either version. */
const struct unit_state *
unit_look(void)
{
	static const struct unit_state none;
	bool enabled, running;

	if (!unit_has_systemd())
		return &none;
	enabled = file_exists("/etc/systemd/system/*.wants/" UNIT);
	running = file_exists("/sys/fs/cgroup/system.slice/" UNIT) ||
		  file_exists("/sys/fs/cgroup/*/system.slice/" UNIT);
	return &states[enabled][running];
}

#define CURE_WORDS 8
#define CURE_MS 30000

/* Until it has written all, which is nothing, or its time is over. */
static void
wait_for(const struct child *c)
{
	uint64_t until = now_ms() + CURE_MS;
	char rest[256];

	while (loop_wait_fd_until(c->fd, until) &&
	       read(c->fd, rest, sizeof(rest)) > 0)
		continue;
}

int
unit_mend(const struct unit_state *state, struct err *e)
{
	char *text = xstrdup(state->cure), *rest = text;
	const char *argv[CURE_WORDS + 1] = { NULL };
	struct child child;
	size_t n = 0;
	int r;

	while (n < CURE_WORDS && (argv[n] = strsep(&rest, " ")) != NULL)
		n++;
	r = child_start(&child, argv, e);
	if (r == 0) {
		wait_for(&child);
		if (child_end(&child) != 0)
			r = err_set(e, ERR_FAIL,
			    "%s failed: systemctl status seki tells why",
			    state->cure);
	}
	free(text);
	return r;
}

#define UNIT_MAX 65536
#define UNIT_OWN "/etc/systemd/system/" UNIT

struct order {
	bool applies; /* it runs seki apply */
	bool stays;   /* or something else */
	bool late;    /* and that when addresses are there */
};

static void
read_start(const char *command, struct order *o)
{
	if (command[0] == '\0')
		o->applies = o->stays = false;
	else if (strstr(command, "seki apply") != NULL)
		o->applies = true;
	else
		o->stays = true;
}

static void
read_setting(const char *line, struct order *o)
{
	static const char start[] = "ExecStart=", after[] = "After=";
	static const char *const late[] = { "network-online.target",
		"network.target", "networking.service",
		"NetworkManager-wait-online.service",
		"systemd-networkd-wait-online.service" };
	size_t i;

	line += strspn(line, " \t");
	if (has_prefix(line, start))
		read_start(line + strlen(start), o);
	for (i = 0; has_prefix(line, after) && i < NITEMS(late); i++)
		o->late = o->late || strstr(line, late[i]) != NULL;
}

static void
read_unit(const char *path, struct order *o)
{
	char *text = read_file(path, UNIT_MAX, NULL), *rest = text, *line;

	while (rest != NULL && (line = next_line(&rest)) != NULL)
		read_setting(line, o);
	free(text);
}

/* What came with seki stays. systemd reads the admin's in its place, and then
 * files that add to either, which can only take away commands. */
bool
unit_is_early(void)
{
	struct order o = { .stays = access(UNIT_OWN, F_OK) != 0 };
	glob_t found = { 0 };
	size_t i;

	if (!unit_has_systemd())
		return false;
	read_unit(UNIT_OWN, &o);
	if (glob(UNIT_OWN ".d/*.conf", 0, NULL, &found) == 0)
		for (i = 0; i < found.gl_pathc; i++)
			read_unit(found.gl_pathv[i], &o);
	globfree(&found);
	return o.applies && !o.stays && !o.late;
}

#define NFT_CONFIG_MAX 65536
#define NFT_UNIT "/etc/systemd/system/sysinit.target.wants/nftables.service"

bool
unit_flushes(void)
{
	char *text, *rest, *line;
	bool does = false;

	if (access(NFT_UNIT, F_OK) != 0)
		return false;
	rest = text = read_file(UNIT_NFT_CONFIG, NFT_CONFIG_MAX, NULL);
	while (!does && (line = next_line(&rest)) != NULL)
		does = has_prefix(line + strspn(line, " \t"), "flush ruleset");
	free(text);
	return does;
}

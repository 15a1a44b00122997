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
#include "core/state/unit_file.h"

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
 * process, in the hierarchy of either version. Below any other folder may be
 * that of a container's own. */
const struct unit_state *
unit_look(void)
{
	static const struct unit_state none;
	bool enabled, running;

	if (!unit_has_systemd())
		return &none;
	enabled = file_exists("/etc/systemd/system/*.wants/" UNIT);
	running = file_exists("/sys/fs/cgroup/system.slice/" UNIT) ||
		  file_exists("/sys/fs/cgroup/unified/system.slice/" UNIT) ||
		  file_exists("/sys/fs/cgroup/systemd/system.slice/" UNIT);
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

#define UNIT_RUN "/run/systemd/system/" UNIT

static void
read_unit(const char *path, struct unit_order *o)
{
	char *text = read_file(path, UNIT_MAX, NULL);

	if (text != NULL)
		unit_order_read(o, text);
	free(text);
}

static const char *
base_of(const char *path)
{
	return strrchr(path, '/') + 1;
}

/* By name, whichever folder they are in; that of the admin first. */
static int
compare_paths(const void *pa, const void *pb)
{
	const char *a = *(char *const *)pa, *b = *(char *const *)pb;
	int r = strcmp(base_of(a), base_of(b));

	return r != 0 ? r : strcmp(a, b);
}

/* Of two of one name, the first alone counts. */
static void
read_additions(struct unit_order *o)
{
	glob_t found = { 0 };
	size_t i;

	glob(UNIT_OWN ".d/*.conf", 0, NULL, &found);
	glob(UNIT_RUN ".d/*.conf", found.gl_pathv != NULL ? GLOB_APPEND : 0,
	    NULL, &found);
	if (found.gl_pathc > 0)
		qsort(found.gl_pathv, found.gl_pathc, sizeof(char *),
		    compare_paths);
	for (i = 0; i < found.gl_pathc; i++)
		if (i == 0 || strcmp(base_of(found.gl_pathv[i - 1]),
				  base_of(found.gl_pathv[i])) != 0)
			read_unit(found.gl_pathv[i], o);
	globfree(&found);
}

/* What came with seki stays. systemd reads the admin's in its place, and then
 * files that add to either, which can only take away commands. */
bool
unit_is_early(void)
{
	struct unit_order o = { .stays = access(UNIT_OWN, F_OK) != 0 };

	if (!unit_has_systemd())
		return false;
	read_unit(UNIT_OWN, &o);
	read_additions(&o);
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

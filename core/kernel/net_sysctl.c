/* Sysctls of our own namespace. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/intl.h"
#include "core/base/util.h"
#include "core/kernel/net.h"

#define IPV6 "/proc/sys/net/ipv6/"
#define IPV4_FORWARDING "/proc/sys/net/ipv4/ip_forward"
#define IPV4_REDIRECTS "/proc/sys/net/ipv4/conf/all/accept_redirects"

/* An interface can have almost any name, so the path is checked. */
static char *
full_path(const char *path)
{
	if (path[0] == '/' || has_prefix(path, "../") ||
	    strstr(path, "/../") != NULL) {
		errno = EINVAL;
		return NULL;
	}
	return xasprintf(IPV6 "%s", path);
}

static int
fail(struct err *e, const char *fmt, const char *path)
{
	struct buf name = { 0 };
	int code = errno;

	buf_escape(&name, path, strlen(path));
	errno = code;
	err_sys(e, ERR_FAIL, fmt, buf_text(&name));
	buf_free(&name);
	if (code == EACCES || code == EPERM || code == EROFS)
		err_hint(e, "this needs root, and /proc/sys mounted writable");
	else if (code == ENOENT)
		err_hint(e, "no such interface, or IPv6 is off in this kernel");
	return -1;
}

static int
get(const char *full, int *value)
{
	char *text = full != NULL ? read_record(full, 64) : NULL;

	if (text == NULL)
		return -1;
	*value = atoi(text);
	free(text);
	return 0;
}

static int
set(const char *full, int value)
{
	char text[16];
	int fd = -1, n, r = -1;

	if (full != NULL)
		fd = open(full, O_WRONLY | O_CLOEXEC);
	n = snprintf(text, sizeof(text), "%d\n", value);
	if (fd != -1 && write(fd, text, (size_t)n) == n)
		r = 0;
	if (fd != -1)
		close(fd);
	return r;
}

int
net_sysctl_get(const char *path, int *value, struct err *e)
{
	char *full = full_path(path);
	int r = get(full, value);

	if (r != 0)
		fail(e, N_("cannot read net/ipv6/%s"), path);
	free(full);
	return r;
}

int
net_sysctl_set(const char *path, int value, struct err *e)
{
	char *full = full_path(path);
	int r = set(full, value);

	if (r != 0)
		fail(e, N_("cannot set net/ipv6/%s"), path);
	free(full);
	return r;
}

int
net_ipv4_forwarding_get(int *on, int *redirects, struct err *e)
{
	if (get(IPV4_FORWARDING, on) != 0)
		return fail(e, N_("cannot read net.ipv4.%s"), "ip_forward");
	if (get(IPV4_REDIRECTS, redirects) != 0)
		return fail(e, N_("cannot read net.ipv4.%s"),
		    "conf.all.accept_redirects");
	return 0;
}

int
net_ipv4_forwarding_set(int on, int redirects, struct err *e)
{
	if (set(IPV4_FORWARDING, on) != 0)
		return fail(e, N_("cannot set net.ipv4.%s"), "ip_forward");
	if (set(IPV4_REDIRECTS, redirects) != 0)
		return fail(e, N_("cannot set net.ipv4.%s"),
		    "conf.all.accept_redirects");
	return 0;
}

int
net_reachable_ms(enum family f, int index)
{
	static const char *const families[FAMILY_COUNT] = {
		[FAMILY_IPV6] = "ipv6", [FAMILY_IPV4] = "ipv4"
	};
	char name[IF_NAMESIZE], *full;
	int ms = 0;

	if (if_indextoname((unsigned)index, name) == NULL)
		return 0;
	full = xasprintf("/proc/sys/net/%s/neigh/%s/base_reachable_time_ms",
	    families[f], name);
	if (get(full, &ms) != 0)
		ms = 0;
	free(full);
	return ms;
}

static const char *const bridged[FAMILY_COUNT] = {
	[FAMILY_IPV6] = "/proc/sys/net/bridge/bridge-nf-call-ip6tables",
	[FAMILY_IPV4] = "/proc/sys/net/bridge/bridge-nf-call-iptables",
};

bool
net_bridged(enum family f)
{
	int value;

	return get(bridged[f], &value) == 0 && value != 0;
}

void
net_bridged_end(void)
{
	enum family f;

	for (f = 0; f < FAMILY_COUNT; f++)
		set(bridged[f], 0);
}

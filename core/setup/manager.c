/* What else manages the network of this host, by its traces in files, units and
 * links. Nobody is asked, so that a stuck one blocks nobody. */
#include "config.h"

#include "core/setup/manager.h"

#include <stddef.h>
#include <stdlib.h>

#include "core/base/file.h"
#include "core/base/intl.h"
#include "core/base/util.h"

#define FILE_MAX 65536

/* A unit that runs has a cgroup, in the hierarchy of either version. */
#define RUNS(unit)                                                             \
	"/sys/fs/cgroup/system.slice/" unit ".service",                        \
	    "/sys/fs/cgroup/systemd/system.slice/" unit ".service"
#define ENABLED(unit) "/etc/systemd/system/*.wants/" unit ".service"

#define ADDRESSES N_("keeps addresses: what is to last belongs in its files")
#define REWRITES                                                               \
	N_("may write the files of addresses anew, as the provider says")
#define CONTAINERS N_("has a bridge of its own, whose addresses stay")
#define PUBLISHES N_("publishes ports by itself, with rules that stay")
#define RULES N_("has rules of its own, which stay")

#define TRACES(...) .traces = { __VA_ARGS__ }

const struct manager managers[] = {
	{ .name = "ifupdown",
	    .says = ADDRESSES,
	    TRACES("/run/network/ifstate", "/run/network/ifstate.*") },
	{ .name = "systemd-networkd",
	    .says = ADDRESSES,
	    TRACES(RUNS("systemd-networkd")) },
	{ .name = "netplan",
	    .says = ADDRESSES,
	    TRACES("/etc/netplan/*.yaml", "/run/netplan/*.yaml") },
	{ .name = "NetworkManager",
	    .says = ADDRESSES,
	    TRACES(RUNS("NetworkManager")) },
	{ .name = "cloud-init",
	    .says = REWRITES,
	    TRACES("/run/cloud-init/enabled", "/var/lib/cloud/instance") },
	{ .name = "lxc-net",
	    .says = CONTAINERS,
	    TRACES("/run/lxc/network_up") },
	{ .name = "Incus",
	    .says = CONTAINERS,
	    TRACES("/var/lib/incus/unix.socket") },
	{ .name = "LXD",
	    .says = CONTAINERS,
	    TRACES("/var/snap/lxd/common/lxd/unix.socket",
		"/var/lib/lxd/unix.socket") },
	{ .name = "libvirt",
	    .says = CONTAINERS,
	    TRACES("/sys/class/net/virbr[0-9]*") },
	{ .name = "Docker",
	    .says = PUBLISHES,
	    TRACES("/sys/class/net/docker0", "/run/docker.sock") },
	{ .name = "Podman",
	    .says = PUBLISHES,
	    TRACES(
		"/sys/class/net/podman[0-9]*", "/sys/class/net/cni-podman*") },
	{ .name = "ufw",
	    .says = RULES,
	    TRACES("/etc/ufw/ufw.conf"),
	    .line = "ENABLED=yes" },
	{ .name = "firewalld",
	    .says = RULES,
	    TRACES(RUNS("firewalld"), ENABLED("firewalld")) },
	{ .name = "nftables.service",
	    .says = RULES,
	    TRACES(ENABLED("nftables")) },
	{ .name = NULL },
};

static bool
says(const char *path, const char *line)
{
	char *text = read_file(path, FILE_MAX, NULL);
	bool does = text != NULL && has_line(text, line);

	free(text);
	return does;
}

bool
manager_is_here(const struct manager *m)
{
	size_t i = 0;

	if (m->line != NULL)
		return says(m->traces[0], m->line);
	while (m->traces[i] != NULL && !file_exists(m->traces[i]))
		i++;
	return m->traces[i] != NULL;
}

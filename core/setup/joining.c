/* How containers get a port of a bridge that seki makes: by the settings of
 * their runtime, which seki leaves alone. */
#include "config.h"

#include "core/setup/joining.h"

#include "core/base/file.h"
#include "core/base/intl.h"

static const struct {
	const char *traces[2]; /* of glob(7); any of them */
	const char *how;       /* marked by N_(); the bridge is put in */
} runtimes[] = {
	{ { "/usr/bin/lxc-start", "/usr/local/bin/lxc-start" },
	    N_("LXC: lxc.net.0.type = veth and lxc.net.0.link = %s in "
	       "/etc/lxc/default.conf, and in /var/lib/lxc/NAME/config of what "
	       "is there already") },
	{ { "/usr/bin/incus", "/opt/incus/bin/incus" },
	    N_("Incus: incus profile device add default eth0 nic "
	       "nictype=bridged parent=%s") },
	{ { "/snap/bin/lxc", "/var/lib/lxd/unix.socket" },
	    N_("LXD: lxc profile device add default eth0 nic nictype=bridged "
	       "parent=%s") },
	{ { "/usr/bin/docker", "/usr/local/bin/docker" },
	    N_("Docker: docker network create --ipv6 --opt "
	       "com.docker.network.bridge.name=%s NAME, with the ULA as "
	       "--gateway and its prefix as --subnet") },
	{ { "/usr/bin/virsh", "/usr/sbin/libvirtd" },
	    N_("libvirt: virsh attach-interface DOMAIN bridge %s --config") },
	{ { "/usr/bin/systemd-nspawn", "/etc/systemd/nspawn" },
	    N_("systemd-nspawn: Bridge=%s below [Network] in "
	       "/etc/systemd/nspawn/NAME.nspawn") },
};

static bool
is_installed(size_t i)
{
	size_t k;

	for (k = 0; k < NITEMS(runtimes[i].traces); k++)
		if (file_exists(runtimes[i].traces[k]))
			return true;
	return false;
}

static void
tell_bridge(const char *name, struct buf *b)
{
	struct buf safe = { 0 };
	size_t i, n = 0;

	words_print(&safe, name, "");
	buf_printf(b,
	    _("A container gets its port of %s by its own settings:\n"),
	    buf_text(&safe));
	for (i = 0; i < NITEMS(runtimes); i++) {
		if (!is_installed(i))
			continue;
		buf_add(b, "  ");
		buf_printf(b, _(runtimes[i].how), buf_text(&safe));
		buf_add(b, "\n");
		n++;
	}
	if (n == 0)
		buf_printf(b,
		    _("  no runtime of containers is installed yet; with LXC "
		      "it is lxc.net.0.link = %s\n"),
		    buf_text(&safe));
	buf_free(&safe);
}

void
joining_tell(const struct config *c, const struct snapshot *s, struct buf *b)
{
	const struct statement *st;
	size_t i;

	for (i = 0; i < c->n; i++) {
		st = c->v[i].st;
		if (st != NULL && st->kind == ST_BRIDGE &&
		    st->v[BRIDGE_CREATE].set &&
		    snapshot_link(s, st->v[BRIDGE_IFACE].text) == NULL)
			tell_bridge(st->v[BRIDGE_IFACE].text, b);
	}
}

/* Reads what only sysfs tells of links. */
#include "config.h"

#include "core/kernel/sysfs.h"

#include <linux/netdevice.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/util.h"

#define VALUE_MAX 64 /* bytes */

/* Without its newline, owned by the caller; NULL. */
static char *
read_value(const struct link *l, const char *name)
{
	char *path = xasprintf("/sys/class/net/%s/%s", l->name, name);
	char *value = read_record(path, VALUE_MAX);

	free(path);
	if (value != NULL)
		value[strcspn(value, "\n")] = '\0';
	return value;
}

/* Whether it is that very link. */
static bool
is_shown(const struct link *l)
{
	char *index = read_value(l, "ifindex"), *mac = read_value(l, "address");
	struct buf own = { 0 };
	bool is;

	mac_print(l->mac, &own);
	is = index != NULL && atoi(index) == l->index && mac != NULL &&
	     strcmp(mac, buf_text(&own)) == 0;
	buf_free(&own);
	free(index);
	free(mac);
	return is;
}

/* The kernel's own are those below NET_ADDR_SET. */
enum mac_owner
sysfs_mac_owner(const struct link *l)
{
	char *type = is_shown(l) ? read_value(l, "addr_assign_type") : NULL;
	enum mac_owner owner = type == NULL		   ? MAC_UNKNOWN
			       : atoi(type) < NET_ADDR_SET ? MAC_OF_KERNEL
							   : MAC_SET;

	free(type);
	return owner;
}

/* Saving: the one place where a config becomes what a reboot brings back. */
#include "config.h"

#include "core/save.h"

#include "core/history.h"

/* The history comes first: what is saved is always in it. */
int
save_config(const struct host *h, const struct config *config, const char *who,
    int64_t when, unsigned *number, struct err *e)
{
	unsigned before = history_newest(h);
	struct err ignored;

	if (history_add(h, config, who, when, number, e) != 0)
		return -1;
	if (config_write(config, h->config_path, e) == 0)
		return 0;
	if (*number != before)
		history_forget(h, *number, &ignored);
	return -1;
}

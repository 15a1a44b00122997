/* Saving: the one place where a config becomes what a reboot restores. */
#include "config.h"

#include "core/state/save.h"

#include "core/base/file.h"
#include "core/state/history.h"

int
save_edited(const struct host *h, unsigned number, struct err *e)
{
	if (history_newest(h) == 0 || h->saved_error.code != ERR_NONE)
		return 0;
	return history_keep(h, &h->saved, "somebody, by hand", number, e);
}

/* What was read from its file, and is in the history, is there. */
static bool
is_saved(const struct host *h, const struct config *config, unsigned *number)
{
	return config->text != 0 && config->text == h->saved.text &&
	       history_has(h, config, number);
}

/* The file decides: once it is there, the history is completed now or by the
 * next seki. */
int
save_config(const struct host *h, const struct config *config, const char *who,
    int64_t when, unsigned *number, struct err *e)
{
	struct err ignored;

	if (is_saved(h, config, number) &&
	    file_sync(h->config_path, &ignored) == 0) {
		history_settle(h, config, &ignored);
		return 0;
	}
	if (history_prepare(h, config, who, when, number, e) != 0)
		return -1;
	if (config_write(config, h->config_path, e) == 0) {
		history_settle(h, config, &ignored);
		return 0;
	}
	history_settle(h, &h->saved, &ignored);
	return -1;
}

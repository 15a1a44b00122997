/* Configs of the past: commits as the history has them. */
#include "config.h"

#include "past.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/state/history.h"

void
past_open(struct host *h, const char *folder)
{
	memset(h, 0, sizeof(*h));
	h->config_path = xasprintf("%s/seki.conf", folder);
	h->run_path = xstrdup(folder);
}

void
past_close(struct host *h)
{
	config_free(&h->saved);
	free(h->config_path);
	free(h->run_path);
}

struct config
past_config(const char *text)
{
	struct config c = { 0 };
	struct err e;

	if (config_parse(&c, text, NULL, &e) != 0)
		fail_msg("%s", e.text);
	return c;
}

unsigned
past_prepare(const struct host *h, const char *text)
{
	struct config c = past_config(text);
	unsigned number = 0;
	struct err e;

	if (history_prepare(h, &c, "anna", 1700000000, &number, &e) != 0)
		fail_msg("%s", e.text);
	config_free(&c);
	return number;
}

void
past_settle(const struct host *h, const char *text)
{
	struct config c = past_config(text);
	struct err e;

	if (history_settle(h, &c, &e) != 0)
		fail_msg("%s", e.text);
	assert_true(history_is_settled(h));
	config_free(&c);
}

void
past_commit(const struct host *h, const char *text, unsigned number)
{
	assert_int_equal(past_prepare(h, text), number);
	past_settle(h, text);
	assert_int_equal(history_newest(h), number);
}

void
past_assert(const struct host *h, unsigned number, const char *wanted)
{
	struct config c;
	struct buf b = { 0 };
	struct err e;

	if (history_read(h, number, &c, &e) != 0)
		fail_msg("%s", e.text);
	config_print(&c, &b);
	assert_string_equal(buf_text(&b), wanted);
	buf_free(&b);
	config_free(&c);
}

/* What would be done on a made-up machine for a config. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/plan/plan.h"

#include "machine.h"
#include "planned.h"

void
planned_model(const struct machine *h, const char *text, struct config *config,
    struct model *m)
{
	struct err e;

	memset(config, 0, sizeof(*config));
	if (config_parse(config, text, NULL, &e) != 0 ||
	    model_build_lenient(m, config, &h->s, &e) != 0)
		fail_msg("%s", e.text);
}

void
plans(struct machine *h, const char *text, const char *wanted)
{
	struct config config;
	struct model m;
	struct plan p;
	struct buf b = { 0 };

	planned_model(h, text, &config, &m);
	plan_links(&p, &m, &h->s, &h->journal);
	plan_print(&p, &b);
	assert_string_equal(buf_text(&b), wanted);
	buf_free(&b);
	plan_free(&p);
	model_free(&m);
	config_free(&config);
}

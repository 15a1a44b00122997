/* What is asked of the kernel for a config of that VPS. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/lang/config.h"
#include "core/plan/model.h"
#include "core/plan/ruleset_build.h"
#include "core/plan/ruleset_diff.h"

#include "asked.h"
#include "vps.h"

const char asked_base[] = "uplink eth0 address 2001:db8::10/64\n"
			  "bridge lxcbr0 ula " ULA "1/64 masquerade\n"
			  "container vm00 ula " ULA "3\n";

void
asked_build(struct ruleset *r, const char *more)
{
	char *text = xasprintf("%s%s", asked_base, more);
	struct config c = { 0 };
	struct model m;

	vps_model(&c, &m, text);
	ruleset_build(r, &m);
	model_free(&m);
	config_free(&c);
	free(text);
}

char *
asked_all(const char *text)
{
	struct ruleset none = { 0 }, want;
	struct config c = { 0 };
	struct buf b = { 0 };
	struct model m;

	vps_model(&c, &m, text);
	ruleset_build(&want, &m);
	ruleset_transaction(&want, &none, &b);
	ruleset_free(&want);
	model_free(&m);
	config_free(&c);
	return buf_take(&b);
}

char *
asked_change(const char *from, const char *to)
{
	struct ruleset have = { 0 }, want;
	struct buf b = { 0 };

	if (from != NULL)
		asked_build(&have, from);
	asked_build(&want, to);
	ruleset_transaction(&want, &have, &b);
	ruleset_free(&have);
	ruleset_free(&want);
	return buf_take(&b);
}

void
assert_has(const char *text, const char *line)
{
	if (strstr(text, line) == NULL)
		fail_msg("no \"%s\" in:\n%s", line, text);
}

void
assert_has_not(const char *text, const char *line)
{
	if (strstr(text, line) != NULL)
		fail_msg("\"%s\" in:\n%s", line, text);
}

/* Options: a row each. */
#include "config.h"

#include "core/lang/option.h"

#include <string.h>

#include "core/base/intl.h"
#include "core/lang/type_parts.h"

#define DAY 86400 /* seconds */

static const struct choice names[] = {
	[OPTION_CONFIRM] = { "confirm",
	    N_("seconds until a commit reverts, 10-86400 (else 120)") },
	[OPTION_IPV4] = { "ipv4",
	    N_("whether forwards and policies hold for IPv4: on or off") },
	{ NULL, NULL },
};

static const struct choice times[] = {
	{ "120", N_("two minutes, as without the option") },
	{ "300", N_("five minutes") },
	{ NULL, NULL },
};
static const struct choice switches[] = {
	[OPTION_ON] = { "on", N_("forwards and policies hold for IPv4 too") },
	[OPTION_OFF] = { "off", N_("IPv4 is not touched") },
	{ NULL, NULL },
};

const struct option_spec option_specs[OPTION_COUNT] = {
	[OPTION_CONFIRM] = { .min = 10,
	    .max = DAY,
	    .preset = 120,
	    .offers = times },
	[OPTION_IPV4] = { .preset = OPTION_OFF, .offers = switches },
};

static int
parse_word(enum option_name name, const char *text, unsigned *value)
{
	const struct choice *c = option_specs[name].offers;
	unsigned i = 0;

	while (c[i].word != NULL && strcmp(c[i].word, text) != 0)
		i++;
	if (c[i].word == NULL)
		return -1;
	*value = i;
	return 0;
}

static int
refuse(enum option_name name, struct err *e)
{
	const struct option_spec *row = &option_specs[name];
	const struct type words = { .choices = row->offers };
	struct buf b = { 0 };

	if (row->max > 0)
		return err_set(e, ERR_USAGE,
		    "option %s takes seconds, %u to %u", names[name].word,
		    row->min, row->max);
	type_explain(&words, &b);
	err_set(e, ERR_USAGE, "option %s is %s", names[name].word, b.s);
	buf_free(&b);
	return -1;
}

int
option_parse(
    enum option_name name, const char *text, unsigned *value, struct err *e)
{
	const struct option_spec *row = &option_specs[name];
	long n;

	if (row->max == 0)
		return parse_word(name, text, value) == 0 ? 0 : refuse(name, e);
	n = type_digits(&text, row->max);
	if (n < (long)row->min || *text != '\0')
		return refuse(name, e);
	*value = (unsigned)n;
	return 0;
}

int
option_check(const struct row *row UNUSED, const struct value *v, struct err *e,
    size_t *blame)
{
	unsigned ignored;

	*blame = OPTION_VALUE;
	return option_parse((enum option_name)v[OPTION_NAME].choice,
	    v[OPTION_VALUE].text, &ignored, e);
}

static void
suggest_value(const struct type *t UNUSED, struct suggest *s)
{
	const struct choice *c;

	if (s->v == NULL || !s->v[OPTION_NAME].set)
		return;
	for (c = option_specs[s->v[OPTION_NAME].choice].offers; c->word != NULL;
	     c++)
		s->add(s->arg, c->word, _(c->help));
}

static const struct type type_option = { .metavar = "OPTION",
	.desc = N_("confirm or ipv4"),
	.choices = names,
	.parse = type_choice_parse,
	.print = type_choice_print,
	.equal = type_choice_equal,
	.suggest = type_choice_suggest };
static const struct type type_option_value = { .metavar = "VALUE",
	.desc = N_("seconds for confirm; on or off for ipv4"),
	.parse = type_word_parse,
	.print = type_word_print,
	.equal = type_word_equal,
	.free = type_word_free,
	.suggest = suggest_value };
const struct arg option_args[OPTION_ARGS] = {
	[OPTION_NAME] = { N_("name"), &type_option, ARG_REQUIRED | ARG_KEY,
	    N_("confirm or ipv4") },
	[OPTION_VALUE] = { N_("value"), &type_option_value, ARG_REQUIRED,
	    N_("what the option is") },
};

const struct type type_seconds = { .metavar = "SECONDS",
	.desc = N_("a number of seconds, 1 to 86400"),
	.most = DAY,
	.parse = type_number_parse,
	.print = type_number_print };

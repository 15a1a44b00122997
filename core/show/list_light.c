/* The lights of forwards. */
#include "config.h"

#include "core/show/list_light.h"

#include <jansson.h>
#include <stdlib.h>

#include "core/base/intl.h"
#include "core/lang/statement.h"
#include "core/show/list_cell.h"
#include "core/show/list_forward.h"

struct light_row {
	const struct statement *st;
	enum family family;
	struct lights lights;
};

static const char *const names[FAMILY_COUNT] = {
	[FAMILY_IPV6] = "ipv6", [FAMILY_IPV4] = "ipv4"
};

/* Takes the lights of those that somebody looked at. */
static size_t
take(const struct host *h, struct forward_row *from, size_t n,
    struct light_row *to)
{
	struct forward_row *r;
	enum family f;
	size_t done = 0;

	for (r = from; r < from + n; r++)
		for (f = 0; f < FAMILY_COUNT; f++) {
			if (!forward_is_about(h, r, f) ||
			    !lights_are_known(&r->lights[f]))
				continue;
			to[done++] =
			    (struct light_row){ r->st, f, r->lights[f] };
			r->lights[f] = (struct lights){ 0 };
		}
	return done;
}

static void *
build(const struct host *h, size_t *n)
{
	size_t nforwards;
	struct forward_row *forwards = rows_forwards(h, &nforwards);
	struct light_row *v = xcalloc(nforwards * FAMILY_COUNT + 1, sizeof(*v));

	*n = take(h, forwards, nforwards, v);
	rows_forwards_free(forwards, nforwards);
	return v;
}

static void
free_rows(void *rows, size_t n)
{
	struct light_row *v = rows;
	size_t i;

	for (i = 0; i < n; i++)
		lights_free(&v[i].lights);
	free(v);
}

static void
row_forward(const struct host *h UNUSED, const void *row, struct buf *b)
{
	statement_key(((const struct light_row *)row)->st, b);
}

static void
row_family(const struct host *h UNUSED, const void *row, struct buf *b)
{
	buf_add(b, family_words[((const struct light_row *)row)->family]);
}

static void
cell_light(const struct host *h UNUSED, const void *member, struct buf *b)
{
	buf_add(b, light_state_words[*(const uint8_t *)member]);
}

/* The light that decides, and why; else the first that cannot be told. */
static void
row_why(const struct host *h UNUSED, const void *row, struct buf *b)
{
	const struct lights *l = &((const struct light_row *)row)->lights;
	const struct light_note *red = lights_red(l);
	enum light light = red != NULL ? red->light : 0;

	while (
	    red == NULL && light < LIGHTS && l->states[light] != LIGHT_UNKNOWN)
		light++;
	if (light == LIGHTS)
		return;
	buf_printf(b, "%s: ", light_names[light]);
	lights_why(l, light, b);
}

#define LIGHT(light, head, help)                                               \
	{                                                                      \
		head, head, 0, 0,                                              \
		    offsetof(struct light_row, lights) +                       \
			offsetof(struct lights, states) + (light),             \
		    cell_light, help                                           \
	}

static const struct listing_column light_columns[] = {
	{ "forward", N_("FORWARD"), 0, 0, 0, row_forward,
	    N_("its public ports") },
	{ "family", N_("FAMILY"), 0, 0, 0, row_family, N_("IPv6 or IPv4") },
	LIGHT(LIGHT_ARRIVES, "ARRIVES",
	    N_("the uplink takes packets for the public address")),
	LIGHT(
	    LIGHT_MATCHES, "MATCHES", N_("the kernel has seki's rules for it")),
	LIGHT(LIGHT_ACCEPT, "ACCEPT",
	    N_("this host forwards, and no policy shuts it for everybody")),
	LIGHT(LIGHT_OTHERS, "OTHERS",
	    N_("no other program's rules drop its packets")),
	LIGHT(LIGHT_BRIDGE, "BRIDGE",
	    N_("the bridge and the container's port are up, and the route to "
	       "the container leads there")),
	LIGHT(LIGHT_RUNS, "RUNS", N_("the container runs")),
	LIGHT(LIGHT_ADDR, "ADDR", N_("it has the address, and can use it")),
	LIGHT(LIGHT_NEAR, "NEAR",
	    N_("it answers neighbour discovery for that address")),
	LIGHT(LIGHT_LISTENS, "LISTENS",
	    N_("a program inside listens on the port, and no rules inside "
	       "drop its packets")),
	LIGHT(LIGHT_BACK, "BACK", N_("answers find the way back")),
	LIGHT(LIGHT_ANSWER, "ANSWER", N_("an answer was seen")),
	{ "why", N_("WHY"), COLUMN_WIDE, 0, 0, row_why,
	    N_("the first light that fails, or warns, or cannot be told, and "
	       "why") },
};

const char *
light_help(enum light light)
{
	return _(light_columns[2 + light].help);
}

static json_t *
json_light(const struct lights *l, enum light light)
{
	const struct light_note *note = lights_note_of(l, light);
	struct buf why = { 0 };
	json_t *j;

	lights_why(l, light, &why);
	j = json_pack("{s:s,s:s,s:s?,s:s?,s:s?}", "light", light_names[light],
	    "state", light_state_names[l->states[light]], "check",
	    note != NULL ? note->check : NULL, "why", why.s, "cure",
	    note != NULL ? note->cure : NULL);
	buf_free(&why);
	return j;
}

static json_t *
json_row(const struct host *h UNUSED, const void *row)
{
	const struct light_row *r = row;
	const struct light_note *red = lights_red(&r->lights);
	struct buf key = { 0 };
	json_t *all = json_array(), *j;
	enum light light;

	for (light = 0; light < LIGHTS; light++)
		json_array_append_new(all, json_light(&r->lights, light));
	statement_key(r->st, &key);
	j = json_pack("{s:s,s:s,s:s?,s:o}", "forward", buf_text(&key), "family",
	    names[r->family], "red",
	    red != NULL ? light_names[red->light] : NULL, "chain", all);
	buf_free(&key);
	return j;
}

const struct listing listing_lights = {
	.name = N_("lights"),
	.help = N_("what the packets of each forward need, in the order they "
		   "meet it: ok, WARN, FAIL, ? where it cannot be told, . "
		   "behind the first that fails"),
	.columns = light_columns,
	.ncolumns = NITEMS(light_columns),
	.row_size = sizeof(struct light_row),
	.ordered = true,
	.build = build,
	.free = free_rows,
	.json = json_row,
	.shape = "{forward, family: ipv6|ipv4, red, chain: [{light,\n"
		 " state: ok|unknown|warn|fail|unreached, check, why, cure}]}",
};

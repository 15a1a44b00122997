/* Connections, and the ways from one list to another. */
#include "config.h"

#include "scenes_parts.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/kernel/flow.h"

#include "doors.h"

static void
flow_ends(void)
{
	doors.flows++;
	doors.nflows--;
	stage_wait(2);
}

/* Short ones, between two looks. */
static void
flows_end(void)
{
	static struct flow ended[16];
	size_t i;

	for (i = 0; i < doors.nflows; i++) {
		ended[i] = doors.flows[i];
		ended[i].over = true;
	}
	doors.flows = ended;
}

static struct flow crowded[60];

/* One client has many. */
static void
crowd(void)
{
	size_t i;

	for (i = 0; i < NITEMS(crowded); i++) {
		crowded[i] = doors.flows[i < doors.nflows ? i : 0];
		if (i < doors.nflows)
			continue;
		crowded[i].id = (uint32_t)i + 100;
		crowded[i].original.sport = (uint16_t)(40000 + i);
		crowded[i].out.bytes = 1000 * (i % 7);
	}
	doors.flows = crowded;
	doors.nflows = NITEMS(crowded);
}

static void
more_passes(void)
{
	crowded[20].out.bytes += 400000;
	crowded[40].out.bytes += 90000;
	stage_wait(2);
}

const struct step scene_many[] = {
	{ "6", "a client has many", crowd },
	{ "jjz", "the first of them", NULL },
	{ "", "the busiest", more_passes },
	{ ">S", "those that least came in of", NULL },
	{ "<", "the busiest again", NULL },
	{ "/:40020" ENTER, "one that is folded", NULL },
	{ "gd", "asked to end what is found", NULL },
	{ "y", "and only that is ended", NULL },
	{ "\\G" UP UP, "all others", NULL },
	{ "d", "which are not ended together", NULL },
	{ ENTER, "unfolded", NULL },
	{ "z", "folded from below", NULL },
	{ F5, "F5 unfolds it as z does", NULL },
	{ F5, "and folds it", NULL },
	{ "", "read again", more_passes },
	{ "4" ENTER, "few through another forward", NULL },
	{ ESC "6", "not far down", NULL },
	{ 0 },
};

/* Of two clients, for five seconds. */
static void
pass(void)
{
	static struct flow busy[16];
	static const unsigned more[] = { 4, 9, 2, 7, 12, 5 };
	size_t n;

	if (doors.flows != busy)
		memcpy(busy, doors.flows, doors.nflows * sizeof(*busy));
	doors.flows = busy;
	n = busy[0].out.packets++;
	busy[0].out.bytes += 100000 * more[n % NITEMS(more)];
	busy[0].in.bytes += 10000 * more[(n + 2) % NITEMS(more)];
	busy[1].out.bytes += 20000;
	stage_wait(5);
}

/* The first began before bytes were counted. */
static void
miss_one(void)
{
	static struct flow known[16];

	memcpy(known, doors.flows, doors.nflows * sizeof(*known));
	known[0].counted = false;
	known[0].in = known[0].out = (struct flow_count){ 0 };
	doors.flows = known;
	stage_wait(2);
}

#define FIVE(times) times, times, times, times, times
#define PASS                                                                   \
	{                                                                      \
		"", NULL, pass                                                 \
	}

const struct step scene_pace[] = {
	{ "6g" DOWN DOWN, "the busiest client", pass },
	FIVE(PASS),
	FIVE(PASS),
	PASS,
	{ "", "in its first minute", pass },
	FIVE(FIVE(PASS)),
	{ "", "as long as the chart", pass },
	{ "g", "another", NULL },
	{ DOWN, "a connection has none", NULL },
	{ "/:51234" ENTER "g", "nor has what is found of a client", NULL },
	{ ESC "gjj", "one is older than the counting", miss_one },
	{ 0 },
};

const struct step scene_brief[] = {
	{ "6", "none is live", flows_end },
	{ "Z", "with their connections", NULL },
	{ 0 },
};

/* The client with most bytes. */
static void
client_leaves(void)
{
	static struct flow left[16];
	const struct prefix gone = doors.flows[1].original.src;
	size_t n = 0, i;

	for (i = 0; i < doors.nflows; i++)
		if (!addr_equal(&doors.flows[i].original.src, &gone))
			left[n++] = doors.flows[i];
	doors.flows = left;
	doors.nflows = n;
	stage_wait(2);
}

const struct step scene_leaving[] = {
	{ "6Zgd", "asked to end all of a client", NULL },
	{ "", "who leaves meanwhile", client_leaves },
	{ "y", "and has none left", NULL },
	{ "/:51236" ENTER "gd", "one that is over", NULL },
	{ 0 },
};

/* From one list to another, and back. */
const struct step scene_ways[] = {
	{ "3G" UP, "web1 is selected", NULL },
	{ "F", "its forwards", NULL },
	{ "o", "the container of a forward", NULL },
	{ "C", "its connections", NULL },
	{ "o", "the container of a connection", NULL },
	{ ESC, "back at the connections", NULL },
	{ DOWN ENTER, "the forward of a connection", NULL },
	{ ESC, NULL, NULL },
	{ ESC, "back twice", NULL },
	{ ESC, "three times", NULL },
	{ ESC, "back at the start", NULL },
	{ "2" ENTER, "containers of a bridge", NULL },
	{ "f", "form for the first of them", NULL },
	{ ESC, NULL, NULL },
	{ "y", "its address is copied", NULL },
	{ "6y", "the client is copied", NULL },
	{ "4y", "the statement is copied", NULL },
	{ "6g", "the first client", NULL },
	{ "x", "why", NULL },
	{ "Gkkk", "why its other forward works", NULL },
	{ ESC "d", "asked to end all that it has", NULL },
	{ "nz" DOWN "d", "asked to end a connection", NULL },
	{ "n", "it stays", NULL },
	{ "dy", "it is ended", NULL },
	{ "d", NULL, NULL },
	{ "y", "it has ended before", flow_ends },
	{ "=/udp 53" ENTER ENTER, "the form of a statement", NULL },
	{ ESC, NULL, NULL },
	{ ESC, "back from the statements", NULL },
	{ 0 },
};

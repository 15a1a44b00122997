/* What is done in front of the frames. */
#include "config.h"

#include "scenes.h"

#include <stddef.h>

#include "core/base/util.h"

#include "doors.h"
#include "folder.h"
#include "sample.h"
#include "scenes_parts.h"

void
scene_wait_10_s(void)
{
	stage_wait(10);
}

static const struct step tabs[] = {
	{ NULL, "dashboard", NULL },
	{ "2", "links", NULL },
	{ "3", "containers", NULL },
	{ "4", "forwards", NULL },
	{ "5", "policies", NULL },
	{ "6", "connections", NULL },
	{ "z", "connections of a client", NULL },
	{ "z7", "changes", NULL },
	{ "8", "doctor", NULL },
	{ 0 },
};

/* All that was looked at, of a row of each list that packets pass. */
static const struct step whys[] = {
	{ "4"
	  "x",
	    "forward", NULL },
	{ ESC "3"
	      "x",
	    "container", NULL },
	{ ESC "2"
	      "x",
	    "link", NULL },
	{ ESC "5"
	      "x",
	    "policy", NULL },
	{ 0 },
};

/* Each row with its details. */
static const struct step details[] = {
	{ "2" DOWN DOWN, "bridge lxcbr0", NULL },
	{ "3", "container app", NULL },
	{ DOWN, "container bare", NULL },
	{ DOWN, "container dns1", NULL },
	{ DOWN, "container git1", NULL },
	{ DOWN, "container gone", NULL },
	{ DOWN, "container lost", NULL },
	{ DOWN, "container old1", NULL },
	{ DOWN, "container tmp1", NULL },
	{ DOWN, "container web1", NULL },
	{ DOWN, "container web1 at its other bridge", NULL },
	{ "4" DOWN, "forward 8000-8002", NULL },
	{ DOWN, "forward 2222", NULL },
	{ DOWN, "forward 53", NULL },
	{ DOWN, "forward 110", NULL },
	{ DOWN, "forward 25", NULL },
	{ "5" DOWN, "fixed policy", NULL },
	{ "/limit" ENTER, "policy with a limit", NULL },
	{ ESC "/mail" ENTER, "policy with a note", NULL },
	{ "6Z" DOWN, "stale connection", NULL },
	{ DOWN, "connection to git1", NULL },
	{ DOWN, "client", NULL },
	{ DOWN, "connection over udp", NULL },
	{ END, "last connection", NULL },
	{ "=", "statements", NULL },
	{ DOWN DOWN, "statement of a bridge", NULL },
	{ 0 },
};

/* On the dashboard, what is charted, and where Enter leads. */
static const struct step tour[] = {
	{ DOWN DOWN, "dns1 is charted", NULL },
	{ DOWN, "cursor moved on", NULL },
	{ TAB, "first forward", NULL },
	{ ENTER, "at the forward", NULL },
	{ ESC, "back again", NULL },
	{ DOWN DOWN DOWN, "forward 53", NULL },
	{ RIGHT, "next screen", NULL },
	{ ENTER, "containers of dmz", NULL },
	{ ESC TAB, "the next by Tab", NULL },
	{ ENTER, "forwards to app", NULL },
	{ ESC DOWN, "another container", NULL },
	{ LEFT LEFT LEFT LEFT LEFT, "round the corner", NULL },
	{ ENTER DOWN ENTER, "its forward", NULL },
	{ ESC "b", "in bytes", NULL },
	{ "+", "already fastest", NULL },
	{ "-", "slower", NULL },
	{ "--", "every 10 s", NULL },
	{ "1", "pace is told", NULL },
	{ "X", "unknown key", NULL },
	{ "Z", "the first of a pair", NULL },
	{ "m", "mouse", NULL },
	{ "\033[<0;3;8M\033[<0;3;8m", "clicked on the screen", NULL },
	{ "\033[<0;31;2M\033[<0;31;2m", "clicked on a tab", NULL },
	{ "\033[<0;3;6M\033[<0;3;6m", "clicked on a row", NULL },
	{ "\033[<65;3;6M", "wheel", NULL },
	{ "m", "no mouse", NULL },
	{ "\033[200~a b\nc\033[201~", "paste refused", NULL },
	{ "/\033[200~we\nb\033[201~", "paste into a filter", NULL },
	{ ESC, NULL, NULL },
	{ "1p", "paused", NULL },
	{ "", "still paused", scene_wait_10_s },
	{ "r", "refreshed", NULL },
	{ "\033[2;3R", "blocks are two cells wide", NULL },
	{ 0 },
};

/* What ails the host, and what is well of it. */
static const struct step doctor[] = {
	{ "8" DOWN, "what needs a look", NULL },
	{ "z", "only what is well is folded", NULL },
	{ END ENTER, "one kind", NULL },
	{ DOWN, "a check of it", NULL },
	{ "Z", "folded", NULL },
	{ "Z", "all of them", NULL },
	{ "/route" ENTER, "only some", NULL },
	{ "y", "copied", NULL },
	{ "\\gz" ENTER, "no cure: its object", NULL },
	{ ESC DOWN DOWN, "a cure", NULL },
	{ ENTER, "is put into the candidate", NULL },
	{ "8y", "its command is copied", NULL },
	{ "]", "neighbours", NULL },
	{ DOWN, "the next", NULL },
	{ "/seki" ENTER, "only some", NULL },
	{ ESC, "all again", NULL },
	{ ESC, "and the first page", NULL },
	{ "][", "back at the checks", NULL },
	{ "]]", "a page and the next screen", NULL },
	{ DOWN ENTER, "from the dashboard", NULL },
	{ ESC, "and back", NULL },
	{ 0 },
};

static const struct step sorts[] = {
	{ "4>", "forwards by the next column", NULL },
	{ ">", "forwards by new connections", NULL },
	{ "S", "reversed", NULL },
	{ "<<<", "forwards by address", NULL },
	{ "<", "forwards by target", NULL },
	{ "<", "forwards by public address", NULL },
	{ "s", "sort menu", NULL },
	{ DOWN DOWN ENTER, "chosen", NULL },
	{ "3>", "containers by runtime", NULL },
	{ ">", "containers by state", NULL },
	{ ">", "containers by ULA", NULL },
	{ ">", "containers by IPv4", NULL },
	{ ">", "containers by MAC", NULL },
	{ ">", "containers by bridge", NULL },
	{ ">S", "containers by port, reversed", NULL },
	{ "6Z>", "clients by what came in", NULL },
	{ "<<", "clients by what comes in", NULL },
	{ "<", "clients by how many", NULL },
	{ "<", "clients by forward", NULL },
	{ "<S", "clients by address, reversed", NULL },
	{ "s", "what to sort by", NULL },
	{ ESC, NULL, NULL },
	{ "2>", "links by kind", NULL },
	{ 0 },
};

static const struct step filters[] = {
	{ "3\\", "filter is open", NULL },
	{ "w", "one letter", NULL },
	{ "eb1", "one container", NULL },
	{ ENTER, "filter is kept", NULL },
	{ "/ x", "nothing is left", NULL },
	{ ESC, "filter is gone", NULL },
	{ "/!lxcbr0" ENTER, "without a word", NULL },
	{ "4/\"53\"" ENTER, "whole cell", NULL },
	{ ESC "5/tcp" ENTER, "policies about tcp", NULL },
	{ "6/git1" DOWN ENTER, "connections to git1", NULL },
	{ ESC "/established" ENTER, "those in a state", NULL },
	{ ESC "/2001:db8:44::2" ENTER, "those of a client", NULL },
	{ "z", "unfolded", NULL },
	{ "4", "the other filter is still there", NULL },
	{ "3", "and this one", NULL },
	{ 0 },
};

static void make_trouble_soon(void);

/* Before the cursor rests: its row, and the details of the one before. */
static const struct step moves[] = {
	{ DOWN, "dashboard, one down", stage_soon },
	{ "jj", "three down", stage_soon },
	{ TAB, "the next part", stage_soon },
	{ "]", "and the next", stage_soon },
	{ "]", "the last", stage_soon },
	{ "[", "the one before", stage_soon },
	{ "", "at rest", NULL },
	{ BACK_TAB, "and one more", stage_soon },
	{ "3", NULL, NULL },
	{ DOWN, "containers, one down", stage_soon },
	{ DOWN DOWN, "three down, as before", stage_soon },
	{ UP, "one up", stage_soon },
	{ "", "details of it", NULL },
	{ "5" PAGE_DOWN, "a page of policies", NULL },
	{ PAGE_DOWN, "the last page", NULL },
	{ UP, "one up from the end", stage_soon },
	{ "\002", "a page back", NULL },
	{ "g", "the first", NULL },
	{ "G", "the last", NULL },
	{ "m", NULL, NULL },
	{ "\033[<0;5;4M", "first row clicked", NULL },
	{ "\033[<0;5;4M", "and once more: its form", NULL },
	{ ESC, NULL, NULL },
	{ "\033[<0;75;24M", "help in the key bar clicked", NULL },
	{ "\033[<0;5;4M\033[<64;5;4M", "clicks on a text", NULL },
	{ "\033[<0;2;24M", "closed by a click", NULL },
	{ "\033[<64;5;4M", "wheel at the top", NULL },
	{ "4\033[<65;5;4M\033[<64;5;4M", "wheel, and back", NULL },
	{ ":\033[<0;30;2M\033[<65;5;4M", "prompt keeps the mouse off", NULL },
	{ 0 },
};

/* Answers of commands, which are longer than the line. */
static const struct step answers[] = {
	{ ":show status" ENTER, NULL, make_trouble_soon },
	{ "", NULL, NULL },
	{ "", "status", NULL },
	{ ":show status --json" ENTER, NULL, NULL },
	{ "", NULL, NULL },
	{ "", "status, as JSON", NULL },
	{ ":show bridges --json" ENTER, NULL, NULL },
	{ "", NULL, NULL },
	{ "", "bridges, as JSON", NULL },
	{ ":show uplinks" ENTER, NULL, NULL },
	{ "", NULL, NULL },
	{ "", "uplinks", NULL },
	{ ":show uplinks --json" ENTER, NULL, NULL },
	{ "", NULL, NULL },
	{ "", "uplinks, as JSON", NULL },
	{ ":show containers --json" ENTER, NULL, NULL },
	{ "", NULL, NULL },
	{ "", "containers, as JSON", NULL },
	{ END, "their end", NULL },
	{ ":show forwards --json" ENTER, NULL, NULL },
	{ "", NULL, NULL },
	{ "", "forwards, as JSON", NULL },
	{ ":show connections --json" ENTER, NULL, NULL },
	{ "", NULL, NULL },
	{ "", "connections, as JSON", NULL },
	{ ":show counters" ENTER, NULL, NULL },
	{ "", NULL, NULL },
	{ "", "counters", NULL },
	{ ":show connections" ENTER, NULL, NULL },
	{ "", NULL, NULL },
	{ "", "connections", NULL },
	{ ":show history" ENTER, NULL, NULL },
	{ "", NULL, NULL },
	{ "", "history", NULL },
	{ ":show policies" ENTER, NULL, NULL },
	{ "", NULL, NULL },
	{ "", "policies", NULL },
	{ ":show changes --json" ENTER, NULL, NULL },
	{ "", NULL, NULL },
	{ "", "changes, as JSON", NULL },
	{ 0 },
};

static const struct step prompts[] = {
	{ ":", "prompt", NULL },
	{ "sh", "typed", NULL },
	{ TAB, "completed", NULL },
	{ "?", "what may follow", NULL },
	{ "forwards" ENTER, NULL, NULL },
	{ "", "answer", NULL },
	{ END, "end of the answer", NULL },
	{ ESC, NULL, NULL },
	{ ":add forward tcp 80 to web1" ENTER, "refused", NULL },
	{ ESC, NULL, NULL },
	{ ":undo" ENTER, "short answer", NULL },
	{ ":" UP, "line before", NULL },
	{ UP, "and the one before that", NULL },
	{ "\033[H\013containers" ENTER, "name of a screen", NULL },
	{ ":fo" ENTER, "how a screen begins", NULL },
	{ ":con" ENTER, "how several begin", NULL },
	{ ":nonsense" ENTER, "unknown command", NULL },
	{ ":delete forward tcp 25" ENTER, "done", NULL },
	{ ":discard" ENTER, "asked before", NULL },
	{ 0 },
};

static const struct step helps[] = {
	{ "?", "dashboard", NULL },
	{ PAGE_DOWN, "dashboard, next page", NULL },
	{ "\025\004", "a page up and down", NULL },
	{ "t", "a key of the screen below", NULL },
	{ "g/STAT", "a word is searched for", NULL },
	{ ENTER "n", "where it is next", NULL },
	{ "nn", "the first again", NULL },
	{ "N", "the one before", NULL },
	{ "/zzz" ENTER, "nothing has it", NULL },
	{ "g/plan", NULL, NULL },
	{ ESC, "back to the start", NULL },
	{ ESC "2?", "links", NULL },
	{ ESC "3?", NULL, NULL },
	{ END, "containers, its end", NULL },
	{ UP UP, "two lines up", NULL },
	{ ESC "4?", NULL, NULL },
	{ END PAGE_UP, "forwards, a page before its end", NULL },
	{ ESC "5?", "policies", NULL },
	{ ESC "6?", "connections", NULL },
	{ ESC "7?", "changes", NULL },
	{ ESC "8?", "doctor", NULL },
	{ ESC "4/?", "question mark in a filter", NULL },
	{ F1, "filter", NULL },
	{ ESC, NULL, NULL },
	{ ESC, NULL, NULL },
	{ "R?", "history", NULL },
	{ ESC, NULL, NULL },
	{ ESC "4?" END UP, "one line before an end, typed ahead", NULL },
	{ 0 },
};

/* Whole rows are painted. */
static const struct step quick[] = {
	{ "", "a trouble", NULL },
	{ DOWN DOWN DOWN DOWN, "a row of the dashboard", NULL },
	{ DOWN, "and the next one", stage_soon },
	{ "4", "a forward", NULL },
	{ DOWN, "the next one", stage_soon },
	{ DOWN, "and one more", NULL },
	{ 0 },
};

/* Troubles */

static void
make_trouble(void)
{
	doors.drift = "address fd5a:1c2e:90b1::1/64 of lxcbr0 is gone\n"
		      "table inet seki has other rules\n";
	doors.unit = (struct unit_state){ "stopped",
		"seki.service is not running", "systemctl start seki" };
	doors.snapshot.nroutes = 0;
	doors.uncounted = true;
	sample_uncount();
}

static void
make_trouble_soon(void)
{
	scene_write_history();
	make_trouble();
	folder_write("run", "candidate.conf",
	    "uplink eth0\nforward tcp 80 to web1 note \"new\"\n");
	folder_write("run", "last", "commit #7 by root was confirmed\n");
	stage_wait(3);
}

static void
break_candidate(void)
{
	folder_write("run", "candidate.conf", "forward tcp 80 to\n");
	stage_wait(2);
}

static void
break_config(void)
{
	folder_write(".", "seki.conf", "uplink\n");
	stage_wait(2);
}

static const struct step troubles[] = {
	{ NULL, "dashboard", NULL },
	{ "6", "uncounted connections", NULL },
	{ "3", "containers", NULL },
	{ "", "unreadable candidate", break_candidate },
	{ ESC "7", "no changes of it", NULL },
	{ "1", "told on the dashboard", NULL },
	{ "4 ", "not to be edited", NULL },
	{ ESC "Uy", "discarded", NULL },
	{ "", "unreadable config", break_config },
	{ ESC "1", "told, too", NULL },
	{ 0 },
};

/* What others do to this host. */
static void
be_disturbed(void)
{
	doors.strangers = true;
	sample_unplug();
}

static void
be_unread(void)
{
	doors.unread = true;
}

static const struct step disturbances[] = {
	{ NULL, "chains of others", NULL },
	{ "8", "what ails it", NULL },
	{ END, NULL, NULL },
	{ "]", "who else decides", NULL },
	{ DOWN DOWN DOWN DOWN, "one that drops", NULL },
	{ "2", "a bridge without carrier", NULL },
	{ "r", "refreshed", NULL },
	{ "r", "in vain", be_unread },
	{ 0 },
};

static void
be_blind(void)
{
	doors.blind = true;
	doors.nflows = 0;
}

static const struct door_rate no_counters[] = { { 0 } };

static void
be_empty(void)
{
	doors.snapshot.ncontainers = 0;
	doors.snapshot.nlinks = 2;
	doors.nflows = 0;
	doors.counters = no_counters;
}

static const struct step refusing[] = {
	{ NULL, "dashboard", NULL },
	{ "4", "forwards", NULL },
	{ "n", "no new one", NULL },
	{ ESC "d", "nothing is deleted", NULL },
	{ ESC "6d", "nothing is ended", NULL },
	{ ESC "N", "menu", NULL },
	{ ESC "c", "no commit", NULL },
	{ ESC, NULL, NULL },
	{ "", NULL, NULL },
	{ "4t" PAGE_DOWN ENTER, "left before it is answered", NULL },
	{ 0 },
};

/* What comes and goes while it is shown. */

static void
web1_goes(void)
{
	doors.snapshot.ncontainers -= 2;
	doors.nflows = 3;
}

static void
all_come_back(void)
{
	sample_begin();
}

static void
smaller(void)
{
	stage_resize(60, 14);
}

static void
too_small(void)
{
	stage_resize(19, 14);
}

static void
larger(void)
{
	stage_resize(100, 20);
}

static const struct step arrivals[] = {
	{ "3G" UP, "web1 is selected", NULL },
	{ "r", "it is gone", web1_goes },
	{ "6r", "its connections, too", NULL },
	{ "1", "dashboard", NULL },
	{ "3r", "it is back", all_come_back },
	{ "", "smaller screen", smaller },
	{ "4", "forwards on it", NULL },
	{ "", "too small", too_small },
	{ "", "larger screen", larger },
	{ "3", "containers on it", NULL },
	{ 0 },
};

/* A host on which all is well: for pictures. */

/* Until the charts are full. */
static void
begin_calmly(void)
{
	stage_wait(240);
	doors.guard = "unproven\nwaiting no new login yet\n"
		      "seen eth0 receives\nseen the last sshd answers\n";
	doors.refusal = NULL;
	doors.steps = "change 2 rules of table inet seki\n";
}

static const struct step calm[] = {
	{ NULL, "dashboard", begin_calmly },
	{ "4j", "forwards", NULL },
	{ "5", "policies", NULL },
	{ "4 c", NULL, NULL },
	{ "", NULL, NULL },
	{ "", "review", NULL },
	{ ENTER, NULL, NULL },
	{ "", NULL, NULL },
	{ "", "pending", scene_wait_10_s },
	{ 0 },
};

/* Other words of the language. */
static const char other_config[] =
    "uplink eth0 address 2001:db8::10/64 gateway fe80::1\n"
    "bridge lxcbr0 ula fd5a:1c2e:90b1::1/64\n"
    "container web1 ula fd5a:1c2e:90b1::3\n"
    "container dns1 ula fd5a:1c2e:90b1::4\n"
    "container gone ula fd5a:1c2e:90b2::a\n"
    "forward tcp 99 to [fd5a:1c2e:90b1::5]:22 on 2001:db8::11\n"
    "forward tcp 80 to web1\n"
    "forward udp 1-9 to gone:11\n"
    "allow forward tcp 443 from fd5a:1c2e:90b1::4,2001:db8:77::/48 to "
    "container web1\n"
    "allow forward tcp 1 from 2001:db8:78::/48 to 2001:db8:79::/48\n"
    "deny forward from container dns1 to bridge dmz log\n"
    "reject output tcp 25 to any limit 2/second\n"
    "default output deny\n";

static const struct step others[] = {
	{ "2", "links", NULL },
	{ DOWN, "a bridge", NULL },
	{ DOWN, "bridge with a ULA", NULL },
	{ "3G" UP UP UP UP UP UP UP, "container dns1", NULL },
	{ DOWN, "container git1", NULL },
	{ DOWN, "container gone", NULL },
	{ END, "container web1", NULL },
	{ "4", "forward to web1", NULL },
	{ DOWN, "forward to an address", NULL },
	{ DOWN, "forward to what is gone", NULL },
	{ "o", "its container", NULL },
	{ "5/reject" ENTER, "a limit", NULL },
	{ "7", "changes", NULL },
	{ "6", "connections that no forward leads to", NULL },
	{ 0 },
};

static const char mapped_config[] =
    "uplink eth0\n"
    "bridge lxcbr0 ula fd5a:1c2e:90b1::1/64 translate "
    "2001:db8:5::/64,2001:db8:6::/64\n"
    "container dns1 on lxcbr0 ula fd5a:1c2e:90b1::4\n"
    "default forward deny\n"
    "allow forward udp 53 to container dns1\n";

static const struct step mapped[] = {
	{ "2" DOWN DOWN, "bridge lxcbr0", NULL },
	{ "3" DOWN DOWN, "container dns1", NULL },
	{ "5" DOWN DOWN DOWN DOWN DOWN DOWN DOWN DOWN DOWN DOWN,
	    "what is not translated", NULL },
	{ 0 },
};

/* The keys of each list, where it has no rows. */
static const struct step nothing[] = {
	{ "2ed " ENTER "y", "links", NULL },
	{ "3ed " ENTER "fCy", "containers", NULL },
	{ "3n", "new container", NULL },
	{ ESC, NULL, NULL },
	{ ESC, NULL, NULL },
	{ "4ed " ENTER "oy", "forwards", NULL },
	{ "6xoy" ENTER, "connections", NULL },
	{ "7ed" ENTER, "changes", NULL },
	{ "=ed " ENTER, "statements", NULL },
	{ ESC, NULL, NULL },
	{ "Rv " ENTER "y", "history", NULL },
	{ ESC, NULL, NULL },
	{ "uU\022", "nothing to undo", NULL },
	{ "1U", "nothing to discard", NULL },
	{ 0 },
};

/* What stands in place of rows can be chosen, where it is shown. */
static const struct step steps[] = {
	{ "7", "the first step", NULL },
	{ UP DOWN DOWN DOWN, "the last", NULL },
	{ UP, "one before", NULL },
	{ ENTER, "which is taken", NULL },
	{ ESC "4" ENTER, "a form", NULL },
	{ 0 },
};

static const struct step no_match[] = {
	{ "4/zzz" ENTER, "no row matches", NULL },
	{ ENTER, "all of them", NULL },
	{ "/zzz" ENTER DOWN ENTER, "other words", NULL },
	{ 0 },
};

/* Somebody else edits while a review is open. */
static void
anna_edits(void)
{
	folder_write("run", "candidate.conf", "uplink eth0\n");
	folder_write("run", "candidate.who", "anna\n");
}

static const struct step meanwhile[] = {
	{ "4 c", NULL, scene_allowed },
	{ "", NULL, NULL },
	{ ENTER, "edited by anna", anna_edits },
	{ "", NULL, NULL },
	{ "", "review of that", NULL },
	{ ESC, NULL, NULL },
	{ "7", "changes of anna", NULL },
	{ "c" ESC, "closed before it is complete", NULL },
	{ "", NULL, NULL },
	{ "", "and not opened again", NULL },
	{ 0 },
};

const struct scene scenes[] = {
	{ .name = "tabs", .w = 80, .h = 24, .steps = tabs },
	{ .name = "calm",
	    .w = 80,
	    .h = 24,
	    .config = sample_calm_config,
	    .set = sample_calm,
	    .steps = calm },
	{ .name = "tabs-plain",
	    .w = 80,
	    .h = 24,
	    .plain = true,
	    .steps = tabs },
	{ .name = "tabs-wide", .w = 132, .h = 50, .steps = tabs },
	{ .name = "tabs-widest", .w = 160, .h = 30, .steps = tabs },
	{ .name = "tabs-small", .w = 40, .h = 12, .steps = tabs },
	{ .name = "tabs-tiny", .w = 20, .h = 4, .steps = tabs },
	{ .name = "details", .w = 90, .h = 34, .steps = details },
	{ .name = "whys", .w = 80, .h = 24, .steps = whys },
	{ .name = "tour", .w = 90, .h = 36, .steps = tour },
	{ .name = "doctor", .w = 80, .h = 24, .steps = doctor },
	{ .name = "sorts", .w = 110, .h = 13, .steps = sorts },
	{ .name = "filters", .w = 80, .h = 13, .steps = filters },
	{ .name = "many", .w = 80, .h = 24, .steps = scene_many },
	{ .name = "pace", .w = 80, .h = 24, .steps = scene_pace },
	{ .name = "pace-wide", .w = 132, .h = 50, .steps = scene_pace },
	{ .name = "brief", .w = 80, .h = 18, .steps = scene_brief },
	{ .name = "leaving", .w = 80, .h = 18, .steps = scene_leaving },
	{ .name = "ways", .w = 80, .h = 18, .steps = scene_ways },
	{ .name = "moves", .w = 80, .h = 24, .steps = moves },
	{ .name = "typing", .w = 80, .h = 18, .steps = scene_typing },
	{ .name = "answers", .w = 90, .h = 40, .steps = answers },
	{ .name = "others",
	    .w = 132,
	    .h = 30,
	    .config = other_config,
	    .steps = others },
	{ .name = "mapped",
	    .w = 90,
	    .h = 24,
	    .config = mapped_config,
	    .steps = mapped },
	{ .name = "nothing",
	    .w = 80,
	    .h = 12,
	    .config = "# nothing\n",
	    .set = be_empty,
	    .steps = nothing },
	{ .name = "steps",
	    .w = 80,
	    .h = 18,
	    .config = "# nothing\n",
	    .set = be_empty,
	    .steps = steps },
	{ .name = "no-match", .w = 80, .h = 18, .steps = no_match },
	{ .name = "meanwhile", .w = 80, .h = 16, .steps = meanwhile },
	{ .name = "edits", .w = 80, .h = 24, .steps = scene_edits },
	{ .name = "forms", .w = 80, .h = 24, .steps = scene_forms },
	{ .name = "forms-small", .w = 40, .h = 12, .steps = scene_forms },
	{ .name = "prompts", .w = 80, .h = 16, .steps = prompts },
	{ .name = "helps", .w = 80, .h = 20, .steps = helps },
	{ .name = "commits", .w = 80, .h = 24, .steps = scene_commits },
	{ .name = "commits-small", .w = 40, .h = 12, .steps = scene_commits },
	{ .name = "commits-tiny", .w = 20, .h = 4, .steps = scene_commits },
	{ .name = "refusals", .w = 70, .h = 16, .steps = scene_refusals },
	{ .name = "saves", .w = 70, .h = 16, .steps = scene_saves },
	{ .name = "countdown",
	    .w = 80,
	    .h = 24,
	    .set = scene_revert_soon,
	    .steps = scene_countdown },
	{ .name = "silence",
	    .w = 80,
	    .h = 8,
	    .set = scene_revert_soon,
	    .steps = scene_silence },
	{ .name = "silence-small",
	    .w = 36,
	    .h = 8,
	    .set = scene_revert_soon,
	    .steps = scene_silence },
	{ .name = "silence-tiny",
	    .w = 20,
	    .h = 4,
	    .set = scene_revert_soon,
	    .steps = scene_silence },
	{ .name = "history", .w = 90, .h = 20, .steps = scene_history },
	{ .name = "log", .w = 80, .h = 24, .steps = scene_logs },
	{ .name = "quick", .w = 80, .h = 24, .quick = true, .steps = quick },
	{ .name = "lately",
	    .w = 120,
	    .h = 42,
	    .set = scene_keep_log,
	    .steps = scene_lately },
	{ .name = "log-wide", .w = 132, .h = 50, .steps = scene_logs },
	{ .name = "log-small", .w = 40, .h = 12, .steps = scene_logs },
	{ .name = "log-tiny", .w = 20, .h = 4, .steps = scene_logs },
	{ .name = "troubles",
	    .w = 80,
	    .h = 24,
	    .set = make_trouble,
	    .steps = troubles },
	{ .name = "disturbed",
	    .w = 100,
	    .h = 24,
	    .set = be_disturbed,
	    .steps = disturbances },
	{ .name = "empty",
	    .w = 80,
	    .h = 16,
	    .config = "# nothing\n",
	    .set = be_empty,
	    .steps = tabs },
	{ .name = "blind", .w = 80, .h = 16, .set = be_blind, .steps = tabs },
	{ .name = "read-only",
	    .w = 80,
	    .h = 16,
	    .read_only = true,
	    .steps = refusing },
	{ .name = "arrivals", .w = 80, .h = 24, .steps = arrivals },
};

const size_t scene_count = NITEMS(scenes);

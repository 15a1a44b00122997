/* From the review to the end of a commit, and what is kept of commits: history
 * and log. */
#include "config.h"

#include "scenes_parts.h"

#include <stddef.h>

#include "core/state/pending.h"

#include "doors.h"
#include "folder.h"
#include "sample.h"

static void
guard_is_silent(void)
{
	doors.guard = NULL;
}

static void
login_is_seen(void)
{
	doors.guard = "proven\nseen a new login by 2001:db8:9::7\n"
		      "waiting nothing else\n";
}

static void
guard_waits(void)
{
	doors.guard = "unproven\nwaiting no new login yet\n"
		      "against nothing comes in by eth0\n"
		      "seen the last sshd answers\n";
}

static void
nothing_to_do(void)
{
	doors.steps = NULL;
}

static void
refused(void)
{
	doors.refusal = "your session from 2001:db8:9::7 would be cut off";
}

void
scene_allowed(void)
{
	doors.refusal = NULL;
	doors.steps = "add address fd5a:1c2e:90b1::6/64 to lost\n"
		      "change 3 rules of table inet seki\n";
}

const struct step scene_commits[] = {
	{ "c", "nothing to commit, it is asked", guard_waits },
	{ "", NULL, NULL },
	{ "", "nothing to commit", NULL },
	{ "4 ", NULL, scene_allowed },
	{ "c" ENTER, "asked too early", NULL },
	{ "", NULL, NULL },
	{ "", "review", NULL },
	{ "/-" ENTER, "review, filtered", NULL },
	{ "\\" ENTER, "it is committed", NULL },
	{ "", NULL, NULL },
	{ "", "pending, unproven", NULL },
	{ "", "seconds later", scene_wait_10_s },
	{ ENTER, "asked to type yes", NULL },
	{ "ye" ENTER, "that was not yes", NULL },
	{ ESC, NULL, NULL },
	{ "+", "60 s more are asked for", NULL },
	{ "", NULL, NULL },
	{ "", "60 s more", NULL },
	{ ESC, NULL, NULL },
	{ "r", "asked to revert", NULL },
	{ ESC, "back at the countdown", NULL },
	{ "", "no answer", guard_is_silent },
	{ "", NULL, scene_wait_10_s },
	{ "", "no answer is told", NULL },
	{ ENTER, "nobody can keep it", NULL },
	{ ESC, "pending, below", NULL },
	{ "q", "asked to quit while it is pending", NULL },
	{ "n7", "changes that wait", NULL },
	{ "1", "dashboard while it is pending", login_is_seen },
	{ "c", NULL, NULL },
	{ "", "pending, proven", scene_wait_10_s },
	{ ENTER, "it is kept", NULL },
	{ "", NULL, NULL },
	{ "", "it was confirmed", NULL },
	{ 0 },
};

const struct step scene_refusals[] = {
	{ "4 c", NULL, refused },
	{ "", NULL, NULL },
	{ "", "refused", NULL },
	{ ENTER, "why", NULL },
	{ ESC, NULL, NULL },
	{ ESC, NULL, NULL },
	{ "c", NULL, nothing_to_do },
	{ "", NULL, NULL },
	{ "", "refused, and nothing would change", NULL },
	{ ESC, NULL, NULL },
	{ "c:wq" ENTER, "not before the review is complete", NULL },
	{ 0 },
};

/* Without a change of the kernel it is saved at once. */
const struct step scene_saves[] = {
	{ "4 c", NULL, NULL },
	{ "", NULL, NULL },
	{ "", "the kernel needs no change", NULL },
	{ ENTER, NULL, NULL },
	{ "", NULL, NULL },
	{ "", "saved", NULL },
	{ 0 },
};

void
scene_revert_soon(void)
{
	guard_waits();
	door_pend(8, 75 + 100);
	folder_write("run/pending", "config", sample_config);
}

/* Somebody commits what the kernel refuses. */
static void
commit_begins(void)
{
	door_pend(9, 60);
	folder_write("run/pending", "config", sample_config);
	stage_wait(2);
}

static void
commit_fails(void)
{
	struct err ignored;

	pending_end("run", &ignored);
	stage_wait(2);
}

const struct step scene_countdown[] = {
	{ "c", "pending", NULL },
	{ "?", "help", NULL },
	{ ESC, NULL, NULL },
	{ "rn", "it is not reverted", NULL },
	{ "ry", "it is reverted", NULL },
	{ "", NULL, NULL },
	{ "", "it was reverted", NULL },
	{ "", "another begins", commit_begins },
	{ "", "and leaves no word", commit_fails },
	{ 0 },
};

static void
guard_falls_silent(void)
{
	guard_is_silent();
	stage_wait(2);
}

/* Another commit of that number, as one that was reverted has left it. */
static void
another_is_guarded(void)
{
	guard_waits();
	door_pend(8, 175 - 3);
	stage_wait(1);
}

/* Its answer takes a while: nobody calls it silent before 0.3 s are over. */
static void
third_is_asked(void)
{
	doors.hangs = true;
	door_pend(8, 175 - 5);
	stage_wait(1);
}

const struct step scene_silence[] = {
	{ "", "pending", NULL },
	{ "", "nobody answers", guard_falls_silent },
	{ "4", "on every screen", NULL },
	{ "", "the guard of another commit does", another_is_guarded },
	{ "c", "a third one is asked", third_is_asked },
	{ "", NULL, NULL },
	{ "", "and does not answer", NULL },
	{ 0 },
};

/* History */

void
scene_write_history(void)
{
	folder_write("history", "000003.conf",
	    "# confirmed: when=1699990000 added=2 removed=0 changed=0 "
	    "by=root\nuplink eth0\nforward tcp 80 to web1\n");
	folder_write("history", "000006.conf",
	    "# confirmed: when=1699995000 added=1 removed=1 changed=0 by=anna "
	    "(as root) from 2001:db8:9::7\nuplink eth0\n"
	    "forward udp 53 to dns1\n");
	folder_write("history", "000007.conf",
	    "# confirmed: when=1699999000 added=0 removed=0 changed=1 "
	    "by=root\nuplink eth0\nforward udp 53 to dns1:5353\n");
	folder_write("history", "000008.conf", "uplink eth1\n");
}

const struct step scene_history[] = {
	{ "R", "history", scene_write_history },
	{ DOWN, "third", NULL },
	{ "v", "differences from the one before", NULL },
	{ ESC DOWN, "second, with none kept before", NULL },
	{ " ", "base is chosen", NULL },
	{ END "v", "differences from the base", NULL },
	{ ESC UP "v", "to itself", NULL },
	{ ESC UP ENTER, "it is loaded", NULL },
	{ "7", "changes by it", NULL },
	{ 0 },
};

/* The log */

static const struct log_entry log_lines[] = {
	{ 1699999990, 4,
	    (char *)"drift corrected: table inet seki: change it, 60 commands in one "
		    "transaction (changed by nft, process 30124)" },
	{ 1699999000, 5,
	    (char *)"commit #7 by anna (as root) from 2001:db8:9::7 was reverted, "
		    "since nobody confirmed it: this host is exactly as before" },
	{ 1699998880, 5,
	    (char *)"commit #7 by anna (as root) from 2001:db8:9::7 is pending, and "
		    "reverts by itself in 120 s" },
	{ 1699990000, 3,
	    (char *)"cannot correct drift: container web1: add address "
		    "fd5a:1c2e:90b1::3/64: Operation not permitted" },
	{ 1699990000, -1, (char *)"this host is as /etc/seki/seki.conf says" },
};

void
scene_keep_log(void)
{
	doors.log = &log_lines[1];
	doors.nlog = NITEMS(log_lines) - 1;
}

static void
drift_is_corrected(void)
{
	doors.log = log_lines;
	doors.nlog = NITEMS(log_lines);
	folder_write("run", "candidate.conf", "uplink eth0\n");
	stage_wait(3);
}

static void
log_begins_anew(void)
{
	doors.nlog = 1;
}

static void
log_is_lost(void)
{
	doors.log = NULL;
	doors.nlog = 0;
}

const struct step scene_logs[] = {
	{ "L", "the log", scene_keep_log },
	{ DOWN ENTER, "one as a whole", NULL },
	{ ESC "/commit" ENTER, "commits", NULL },
	{ "\\", "all of it", NULL },
	{ "", "something happens, and is logged", drift_is_corrected },
	{ "r", "it has begun anew", log_begins_anew },
	{ "?", "its help", NULL },
	{ ESC ESC ":log" ENTER, "again, without one", log_is_lost },
	{ 0 },
};

const struct step scene_lately[] = {
	{ "", "what was logged before", NULL },
	{ "", "something is logged", drift_is_corrected },
	{ TAB TAB TAB TAB TAB TAB DOWN, "the cursor is there", NULL },
	{ ENTER, "the whole log", NULL },
	{ 0 },
};

/* Screens of a host that is made up, cell by cell: the frames in test/golden/,
 * a file for each scene, and some of them as pictures, in doc/pictures/. Both
 * "test/frames --update" writes anew: read them.
 */
#include "config.h"

#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/file.h"

#include "lib/doors.h"
#include "lib/folder.h"
#include "lib/golden.h"
#include "lib/picture.h"
#include "lib/sample.h"
#include "lib/scenes.h"
#include "lib/stage.h"

/* Frames */

/* The frames of one scene, as they come. */
struct frames {
	const struct scene *scene;
	char *wanted; /* of the file, cut off as they are compared */
	struct buf got;
	struct buf wrong; /* what is told of those that are others */
};

#define FILE_MAX (1u << 20)

static bool updates;
static char *top; /* of the source, as scenes go elsewhere */

/* Which frames README shows, and as what. */
static const struct {
	const char *scene, *frame, *file, *shows;
} pictures[] = {
	{ "calm", "dashboard", "quiet", "seki: the dashboard of a quiet host" },
	{ "tabs", "dashboard", "trouble",
	    "seki: the dashboard of a host in trouble" },
	{ "calm", "forwards", "forwards",
	    "seki: forwards, and the one under the cursor" },
	{ "calm", "policies", "policies", "seki: policies, in their order" },
	{ "calm", "pending", "countdown",
	    "seki: a commit that reverts unless it is kept" },
};

/* Cuts the next frame off the file: all before the next head. */
static char *
next_wanted(struct frames *f)
{
	char *one = f->wanted, *next = strstr(one, "\n== ");

	if (next != NULL)
		next[1] = '\0';
	one = xstrdup(one);
	if (next != NULL)
		next[1] = '=';
	f->wanted = next != NULL ? next + 1 : f->wanted + strlen(f->wanted);
	return one;
}

/* The lines that differ. */
static void
tell_difference(const char *wanted, const char *got, struct buf *b)
{
	size_t w, g;

	for (; *wanted != '\0' || *got != '\0'; wanted += w, got += g) {
		w = strcspn(wanted, "\n");
		g = strcspn(got, "\n");
		if (w != g || memcmp(wanted, got, w) != 0)
			buf_printf(b, "# - %.*s\n# + %.*s\n", (int)w, wanted,
			    (int)g, got);
		w += wanted[w] == '\n';
		g += got[g] == '\n';
	}
}

/* Whether the file is as it should be; it is after an update. */
static bool
is_stored(const char *path, const struct buf *b)
{
	char *file;
	struct err e;
	bool same;

	if (updates)
		return file_replace(path, b->s, b->len, 0644, &e) == 0;
	file = read_file(path, FILE_MAX, NULL);
	same = file != NULL && strcmp(file, buf_text(b)) == 0;
	free(file);
	return same;
}

static void
check_picture(struct frames *f, size_t i, const struct buf *frame)
{
	char *path = xasprintf("%s/doc/pictures/%s.svg", top, pictures[i].file);
	struct buf b = { 0 };

	picture_print(
	    &b, buf_text(frame), f->scene->w, f->scene->h, pictures[i].shows);
	if (!is_stored(path, &b))
		buf_printf(&f->wrong, "# %s is another picture\n", path);
	buf_free(&b);
	free(path);
}

static void
check_pictures(struct frames *f, const char *name, const struct buf *b)
{
	size_t i;

	for (i = 0; i < NITEMS(pictures); i++)
		if (strcmp(pictures[i].scene, f->scene->name) == 0 &&
		    strcmp(pictures[i].frame, name) == 0)
			check_picture(f, i, b);
}

static void
show(void *arg, const char *name, const struct buf *b)
{
	struct frames *f = arg;
	size_t start = f->got.len;
	char *wanted;

	buf_printf(&f->got, "== %s\n%s", name, buf_text(b));
	check_pictures(f, name, b);
	if (updates)
		return;
	wanted = next_wanted(f);
	if (strcmp(wanted, f->got.s + start) != 0) {
		buf_printf(&f->wrong, "# the frame \"%s\" is another:\n", name);
		tell_difference(wanted, f->got.s + start, &f->wrong);
	}
	free(wanted);
}

static void
play_scene(const struct scene *s, const char *folder, struct frames *f)
{
	const struct stage stage = { .w = s->w,
		.h = s->h,
		.plain = s->plain,
		.quick = s->quick,
		.read_only = s->read_only,
		.steps = s->steps,
		.show = show,
		.arg = f };

	sample_begin();
	assert_int_equal(chdir(folder), 0);
	folder_write(
	    ".", "seki.conf", s->config != NULL ? s->config : sample_config);
	if (s->set != NULL)
		s->set();
	setenv("TERM", s->plain ? "vt100" : "xterm-256color", 1);
	stage_run(&stage);
}

/* Tests */

static char *
file_of(const struct scene *s)
{
	return xasprintf("%s/test/golden/%s.txt", top, s->name);
}

struct run {
	const struct scene *scene;
	void *folder;
};

static int
set_up(void **state)
{
	struct run *r = xcalloc(1, sizeof(*r));

	r->scene = *state;
	*state = r;
	return folder_set_up(&r->folder);
}

static int
tear_down(void **state)
{
	struct run *r = *state;
	int done;

	stage_end();
	done = folder_tear_down(&r->folder);

	free(r);
	return done;
}

static void
looks_as_stored(void **state)
{
	const struct run *r = *state;
	char *path = file_of(r->scene);
	char *file = updates ? NULL : read_file(path, FILE_MAX, NULL);
	struct frames f = { .scene = r->scene, .wanted = file };

	if (file == NULL && !updates)
		fail_msg("cannot read %s", path);
	play_scene(r->scene, r->folder, &f);
	if (updates)
		assert_true(is_stored(path, &f.got));
	else
		assert_string_equal(f.wanted, "");
	fputs(buf_text(&f.wrong), stdout);
	assert_int_equal(f.wrong.len, 0);
	free(file);
	free(path);
	buf_free(&f.got);
	buf_free(&f.wrong);
}

int
main(int argc, char *argv[])
{
	struct CMUnitTest *tests;
	size_t i;
	int failed;

	top = golden_top();
	if (top == NULL)
		return 1;
	tests = xcalloc(scene_count, sizeof(*tests));
	for (i = 0; i < scene_count; i++)
		tests[i] = (struct CMUnitTest){ scenes[i].name, looks_as_stored,
			set_up, tear_down, (void *)&scenes[i] };
	updates = argc > 1 && strcmp(argv[1], "--update") == 0;
	setlocale(LC_ALL, "C.UTF-8");
	setenv("TZ", "UTC", 1);
	setenv("INPUTRC", "/dev/null", 1);
	unsetenv("TMUX");
	unsetenv("STY");
	failed =
	    _cmocka_run_group_tests("frames", tests, scene_count, NULL, NULL);
	free(tests);
	free(top);
	return failed;
}

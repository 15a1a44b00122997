/* Container runtimes by the traces they leave: the strings that each was seen
 * to write, and what a container or a user could write to be taken for
 * another. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/util.h"
#include "core/kernel/container.h"
#include "core/kernel/lxc.h"
#include "core/lang/alias.h"

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define ID2 "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"
#define MONITOR "[lxc monitor] "
#define SHIM "/usr/bin/containerd-shim-runc-v2\0-namespace\0moby\0-id\0"
#define DOCKER "/var/lib/docker/containers/" ID
#define CONMON                                                                 \
	"/usr/bin/conmon\0--api-version\0"                                     \
	"1\0-c\0" ID "\0-n\0rt_pm1"

/* Words ended by NUL, as a string literal has them. */
#define WORDS(s) s, sizeof(s)
#define NOBODY WORDS("")

static const struct {
	const char *what, *cgroup, *own, *parent;
	size_t len;
	uid_t uid;
	const char *runtime, *name; /* runtime NULL: nothing is known */
} cases[] = {
	{ "lxc", "0::/lxc.payload.rt_c1\n", "",
	    WORDS(MONITOR "/var/lib/lxc rt_c1"), 0, "lxc", "rt_c1" },
	{ "lxc in a tree of cgroups 1 and 2",
	    "12:pids:/lxc.payload.rt_c1\n1:name=systemd:/lxc.payload.rt_c1\n"
	    "0::/lxc.payload.rt_c1\n",
	    "", NOBODY, 0, "lxc", "rt_c1" },
	{ "lxc without cgroups", "0::/\n", "0::/\n",
	    WORDS(MONITOR "/var/lib/lxc rt_c1"), 0, "lxc", "rt_c1" },
	{ "lxc of a user", "0::/rt_user/lxc.payload.rt_nr1\n", "",
	    WORDS(MONITOR "/tmp/rt_home/.local/share/lxc rt_nr1"), 1001, "lxc",
	    "rt_nr1" },
	{ "lxc of a user, without cgroups", "0::/\n", "",
	    WORDS(MONITOR "/home/u/.local/share/lxc x"), 1001, "lxc", "x" },
	{ "lxc in the foreground", "0::/\n", "",
	    WORDS("lxc-start\0-F\0-n\0rt c"), 0, "lxc", "rt c" },
	{ "a name with blanks", "0::/lxc.payload.rt c 2\n", "",
	    WORDS(MONITOR "/srv/my lxc rt c 2"), 0, "lxc", "rt c 2" },
	{ "a name with blanks, without cgroups", "0::/\n", "",
	    WORDS(MONITOR "/var/lib/lxc rt c 2"), 0, "lxc", "rt c 2" },
	{ "a second cgroup of that name", "0::/lxc.payload.rt_c1-1\n", "",
	    WORDS(MONITOR "/var/lib/lxc rt_c1"), 0, "lxc", "rt_c1" },
	{ "a cgroup that is gone", "0::/lxc.payload.rt_c1 (deleted)\n", "",
	    NOBODY, 0, "lxc", "rt_c1" },
	{ "lxc 3", "4:cpu:/lxc/rt_c1\n0::/\n", "", NOBODY, 0, "lxc", "rt_c1" },
	{ "lxd", "0::/lxc.payload.rt-lx1\n", "",
	    WORDS(MONITOR "/var/lib/lxd/containers rt-lx1"), 0, "lxd",
	    "rt-lx1" },
	{ "lxd from a snap", "0::/lxc.payload.a\n", "",
	    WORDS(MONITOR "/var/snap/lxd/common/lxd/containers a"), 0, "lxd",
	    "a" },
	{ "incus", "0::/lxc.payload.a\n", "",
	    WORDS(MONITOR "/var/lib/incus/containers a"), 0, "incus", "a" },
	{ "docker", "0::/docker/" ID "\n", "", WORDS(SHIM ID), 0, "docker",
	    ID },
	{ "docker under systemd", "0::/system.slice/docker-" ID ".scope\n", "",
	    NOBODY, 0, "docker", ID },
	{ "docker by its parent", "0::/\n", "", WORDS(SHIM ID), 0, "docker",
	    ID },
	{ "containerd without docker", "0::/\n", "",
	    WORDS(
		"/usr/bin/containerd-shim-runc-v2\0-namespace\0k8s.io\0-id\0" ID),
	    0, NULL, NULL },
	{ "podman", "0::/libpod_parent/libpod-" ID "\n", "", WORDS(CONMON), 0,
	    "podman", "rt_pm1" },
	{ "podman under systemd",
	    "0::/machine.slice/libpod-" ID ".scope/container\n", "", NOBODY, 0,
	    "podman", ID },
	{ "podman without cgroups", "0::/\n", "", WORDS(CONMON), 0, "podman",
	    "rt_pm1" },
	{ "nspawn", "0::/payload\n", "",
	    WORDS("systemd-nspawn\0-D\0/tmp/root\0-M\0rtsn1"), 0, "nspawn",
	    "rtsn1" },
	{ "nspawn as a service", "0::/\n", "",
	    WORDS("/usr/bin/systemd-nspawn\0--machine=rtsn1\0--boot"), 0,
	    "nspawn", "rtsn1" },
	{ "nspawn under systemd",
	    "0::/machine.slice/machine-rt\\x2dsn1.scope/payload\n", "", NOBODY,
	    0, "nspawn", "rt-sn1" },
	{ "a plain process", "0::/user.slice/session-1.scope\n", "",
	    WORDS("/bin/bash"), 0, NULL, NULL },
	{ "nothing at all", "", "", NOBODY, 0, NULL, NULL },
	{ "lines without a path", "0\n\n::\n1:a\n", "", NOBODY, 0, NULL, NULL },

	/* What a container can do to its own cgroups. */
	{ "an inner cgroup called like another container",
	    "0::/lxc.payload.rt_c1/lxc.payload.other\n", "", NOBODY, 0, "lxc",
	    "rt_c1" },
	{ "docker inside lxc", "0::/lxc.payload.rt_c1/docker/" ID "\n", "",
	    WORDS(SHIM ID), 0, "lxc", "rt_c1" },
	{ "a cgroup that looks like docker's", "0::/docker/web\n", "", NOBODY,
	    0, NULL, NULL },
	{ "an id of the wrong length", "0::/libpod-" ID "0\n", "", NOBODY, 0,
	    NULL, NULL },
	{ "escape codes", "0::/lxc.payload.\x1b[31mX\n", "", NOBODY, 0, "lxc",
	    "\x1b[31mX" },

	/* What a user without rights can start. */
	{ "a user who claims a container of root", "0::/\n", "",
	    WORDS(MONITOR "/var/lib/lxc rt_c1"), 1001, NULL, NULL },
	{ "a user who claims to be docker", "0::/\n", "", WORDS(SHIM ID), 1001,
	    NULL, NULL },
	{ "a user who gives a container another name",
	    "0::/lxc.payload.rt_c1\n", "", WORDS(MONITOR "/home/u/lxc other"),
	    1001, "lxc", "rt_c1" },
	{ "a title cut short", "0::/\n", "", WORDS(MONITOR "/var/lib/lxc"), 0,
	    NULL, NULL },
	{ "an option without a value", "0::/\n", "",
	    WORDS("/usr/bin/conmon\0-n"), 0, NULL, NULL },

	/* We may be in a container ourselves. */
	{ "in docker, next to a bare namespace", "0::/docker/" ID "\n",
	    "0::/docker/" ID "\n", NOBODY, 0, NULL, NULL },
	{ "in docker, with lxc inside", "0::/docker/" ID "/lxc.payload.rt_c1\n",
	    "0::/docker/" ID "/init\n", NOBODY, 0, "lxc", "rt_c1" },
	{ "in docker, seen with another docker", "0::/docker/" ID2 "\n",
	    "0::/docker/" ID "\n", NOBODY, 0, "docker", ID2 },
};

static void
test_identify(void **state UNUSED)
{
	struct identity id;
	size_t i;

	for (i = 0; i < NITEMS(cases); i++) {
		print_message("# %s\n", cases[i].what);
		container_identify(cases[i].cgroup, cases[i].own,
		    cases[i].parent, cases[i].len, cases[i].uid, &id);
		if (cases[i].runtime == NULL) {
			assert_null(id.runtime);
			continue;
		}
		assert_non_null(id.runtime);
		assert_string_equal(id.runtime, cases[i].runtime);
		assert_string_equal(id.name, cases[i].name);
		identity_free(&id);
	}
}

/* Of the containers of a pod the one that podman made for it is named last, and
 * a mounted name after all of them. */
static void
test_order(void **state UNUSED)
{
	static const char cgroup[] = "0::/libpod_parent/libpod-" ID "\n";
	struct identity names[] = { { 0 }, { 0 }, { 0 },
		{ .runtime = "podman", .name = (char *)"9123", .is_id = true },
		{ .runtime = "netns", .name = (char *)"a" } };
	size_t i;

	container_identify(
	    cgroup, "", WORDS("/usr/bin/conmon\0-n\0db"), 0, &names[0]);
	container_identify(
	    cgroup, "", WORDS("/usr/bin/conmon\0-n\0web"), 0, &names[1]);
	container_identify(cgroup, "",
	    WORDS("/usr/bin/conmon\0-n\0"
		  "0123456789ab-infra"),
	    0, &names[2]);
	assert_false(names[1].is_infra);
	assert_true(names[2].is_infra);
	for (i = 0; i + 1 < NITEMS(names); i++) {
		assert_true(identity_compare(&names[i], &names[i + 1]) < 0);
		assert_true(identity_compare(&names[i + 1], &names[i]) > 0);
		assert_int_equal(identity_compare(&names[i], &names[i]), 0);
	}
	for (i = 0; i < 3; i++)
		identity_free(&names[i]);
}

/* The files of a process in that cgroup, and of docker; "" where the config is
 * not to be had. */
static struct {
	const char *cgroup, *config;
} files;

char *__real_read_file(const char *path, size_t max, size_t *len);
char *__wrap_read_file(const char *path, size_t max, size_t *len);
char *__wrap_read_record(const char *path, size_t max);

static bool
is_below(const char *path, const char *folder)
{
	return strncmp(path, folder, strlen(folder)) == 0;
}

char *
__wrap_read_file(const char *path, size_t max, size_t *len)
{
	const char *text = "";

	if (!is_below(path, "/proc/") && !is_below(path, "/var/"))
		return __real_read_file(path, max, len);
	if (strcmp(path, "/proc/1/cgroup") == 0)
		text = files.cgroup;
	else if (strcmp(path, DOCKER "/config.v2.json") == 0)
		text = files.config;
	if (len != NULL)
		*len = strlen(text);
	return text[0] != '\0' ? xstrdup(text) : NULL;
}

char *
__wrap_read_record(const char *path, size_t max)
{
	return __wrap_read_file(path, max, NULL);
}

static const struct {
	const char *what, *cgroup, *config;
	const char *name;
	bool chosen; /* by whoever started it */
} named[] = {
	{ "docker tells", "0::/docker/" ID "\n", "{\"Name\":\"/web\"}", "web",
	    true },
	{ "only root may read it", "0::/docker/" ID "\n", "", "0123456789ab",
	    false },
	{ "half a file", "0::/docker/" ID "\n", "{\"Name\":\"/we",
	    "0123456789ab", false },
	{ "no slash", "0::/docker/" ID "\n", "{\"Name\":\"web\"}",
	    "0123456789ab", false },
	{ "no name", "0::/docker/" ID "\n", "{\"Name\":\"/\"}", "0123456789ab",
	    false },
	{ "no text", "0::/docker/" ID "\n", "{\"Name\":7}", "0123456789ab",
	    false },
	{ "podman has no such file", "0::/libpod-" ID "\n",
	    "{\"Name\":\"/web\"}", "0123456789ab", false },
};

static void
identify(struct identity *id)
{
	struct onlooker ours;

	onlooker_read(&ours);
	container_of_process(&ours, 1, getpid(), id);
	onlooker_free(&ours);
}

/* A number is shown by its first digits, as docker and podman do, where the
 * name is not to be had. */
static void
test_numbers(void **state UNUSED)
{
	struct identity id;
	size_t i;

	for (i = 0; i < NITEMS(named); i++) {
		print_message("# %s\n", named[i].what);
		files.cgroup = named[i].cgroup;
		files.config = named[i].config;
		identify(&id);
		assert_string_equal(id.name, named[i].name);
		assert_int_equal(!id.is_id, named[i].chosen);
		identity_free(&id);
	}
}

static void
test_renamed(void **state UNUSED)
{
	struct identity id;
	char *folder;

	files.cgroup = "0::/docker/" ID "\n";
	files.config = "{\"Name\":\"/web\"}";
	identify(&id);
	folder = container_folder(&id);
	assert_string_equal(folder, DOCKER);
	free(folder);
	assert_false(container_is_renamed(&id));
	files.config = "{\"Name\":\"/shop\"}";
	assert_true(container_is_renamed(&id));
	files.config = "";
	assert_false(container_is_renamed(&id));
	identity_free(&id);
	files.cgroup = "0::/libpod-" ID "\n";
	identify(&id);
	assert_null(container_folder(&id));
	assert_false(container_is_renamed(&id));
	identity_free(&id);
}

/* The name that a config knows, the saved one first; else the first. */
static void
test_alias(void **state UNUSED)
{
	static const struct {
		const char *saved, *candidate, *name;
	} names_of[] = {
		{ "", "", "one" },
		{ "container two\n", "", "two" },
		{ "", "container three\n", "three" },
		{ "container two\n", "container three\n", "two" },
		{ "container three\ncontainer two\n", "", "two" },
		{ "container four\n", "container five\n", "one" },
	};
	char one[] = "one", two[] = "two", three[] = "three";
	struct container_name names[] = { { one, "lxc" }, { two, "netns" },
		{ three, "netns" } };
	struct container c[] = { { .names = names, .nnames = 3 },
		{ .names = names, .nnames = 1, .name = one } };
	struct snapshot s = { .containers = c, .ncontainers = 2 };
	struct config saved = { 0 }, candidate = { 0 };
	struct err e;
	size_t i;

	for (i = 0; i < NITEMS(names_of); i++) {
		config_parse(&saved, names_of[i].saved, NULL, &e);
		config_parse(&candidate, names_of[i].candidate, NULL, &e);
		alias_prefer(&s, &saved, &candidate);
		assert_string_equal(c[0].name, names_of[i].name);
		assert_ptr_equal(c[1].name, one);
		config_free(&saved);
		config_free(&candidate);
	}
}

static void
make(const char *folder, const char *name, const char *file, const char *text)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	assert_return_code(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/%s/%s", folder, name, file);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void
clear(const char *folder, const char *name, const char *file)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s/%s", folder, name, file);
	unlink(path);
	*strrchr(path, '/') = '\0';
	rmdir(path);
}

static void
test_definitions(void **state UNUSED)
{
	char folder[] = "/tmp/seki_test_XXXXXX";
	struct definitions d;

	assert_non_null(mkdtemp(folder));
	make(folder, "web 1", "config",
	    "# lxc.net.0.link = no\nlxc.net.0.linked = no\n"
	    "  lxc.net.0.link\t=  lxcbr0 \r\nlxc.net.1.link = other\n");
	make(folder, "db", "config", "lxc.net.0.link=a_much_too_long_name\n");
	make(folder, "half", "rootfs", "");
	make(folder, ".hidden", "config", "");
	lxc_definitions(folder, &d);
	assert_int_equal(d.n, 3);
	assert_string_equal(d.v[0].name, "db");
	assert_true(definition_read(folder, &d.v[0]));
	assert_int_equal(strlen(d.v[0].bridge), IFNAMSIZ - 1);
	assert_string_equal(d.v[1].name, "half");
	assert_false(definition_read(folder, &d.v[1]));
	assert_string_equal(d.v[2].name, "web 1");
	assert_true(definition_read(folder, &d.v[2]));
	assert_string_equal(d.v[2].bridge, "lxcbr0");
	/* Once: a change of it has all of them listed again. */
	clear(folder, "web 1", "config");
	assert_true(definition_read(folder, &d.v[2]));
	definitions_free(&d);
	clear(folder, "db", "config");
	clear(folder, "half", "rootfs");
	clear(folder, ".hidden", "config");
	assert_return_code(rmdir(folder), 0);
	lxc_definitions(folder, &d);
	assert_int_equal(d.n, 0);
	assert_false(lxc_runs(folder, "web 1"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_identify),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_renamed),
		cmocka_unit_test(test_definitions),
		cmocka_unit_test(test_alias),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Identifies containers by the traces that runtimes leave in /proc. */
#include "config.h"

#include "core/kernel/container.h"

#include <ctype.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/util.h"

#define LXC_TITLE "[lxc monitor] "
#define DOCKER_FOLDER "/var/lib/docker/containers/%s"
#define DOCKER_CONFIG DOCKER_FOLDER "/config.v2.json"

#define PROC_MAX (64 * 1024)	 /* bytes of a cgroup file or command line */
#define CONFIG_MAX (1024 * 1024) /* bytes of a container's config */
#define ID_SHOWN 12		 /* digits, as docker and podman do */
#define INFRA "-infra"		 /* behind as many, of a pod in podman */

/* Parts of a cgroup path, starting at a component: the name follows head, up to
 * the next slash, minus tail. Tried in this order at each component, the
 * outermost first. */
static const struct trace {
	const char *head, *tail;
	const char *runtime;
	bool is_id;
} traces[] = {
	{ "lxc.payload.", "", "lxc", false },
	{ "lxc.payload/", "", "lxc", false }, /* LXC 3.1 */
	{ "lxc/", "", "lxc", false },	      /* LXC 3.0 and before */
	{ "docker-", ".scope", "docker", true },
	{ "docker/", "", "docker", true },
	{ "libpod-", ".scope", "podman", true },
	{ "libpod-", "", "podman", true },
	{ "machine-", ".scope", "nspawn", false },
	{ "systemd-nspawn@", ".service", "nspawn", false },
};

/* Programs that stay as the parent of a container: the name follows option (or
 * is joined to it by "="), if the word must is there too. */
static const struct keeper {
	const char *program;
	const char *must, *option;
	const char *runtime;
	bool is_id;
} keepers[] = {
	{ "containerd-shim-runc-v2", "moby", "-id", "docker", true },
	{ "lxc-start", NULL, "-n", "lxc", false },
	{ "lxc-start", NULL, "--name", "lxc", false },
	{ "conmon", NULL, "-n", "podman", false },
	{ "systemd-nspawn", NULL, "-M", "nspawn", false },
	{ "systemd-nspawn", NULL, "--machine", "nspawn", false },
};

/* LXD and Incus run LXC with folders of their own. */
static const struct {
	const char *path;
	const char *runtime;
} lxc_users[] = {
	{ "/var/lib/lxd/", "lxd" },
	{ "/var/snap/lxd/", "lxd" },
	{ "/var/lib/incus/", "incus" },
};

/* Whoever runs a container knows better what it is called than who mounted its
 * namespace somewhere. */
static const char *const order[] = { "lxc", "lxd", "incus", "docker", "podman",
	"nspawn", "netns" };

bool
container_runtime_lends(const char *runtime)
{
	static const char *const lenders[] = { "docker", "podman" };
	size_t i;

	for (i = 0; i < NITEMS(lenders); i++)
		if (strcmp(lenders[i], runtime) == 0)
			return true;
	return false;
}

void
identity_free(struct identity *id)
{
	free(id->name);
	memset(id, 0, sizeof(*id));
}

static size_t
rank(const struct identity *id)
{
	size_t i = 0;

	while (i < NITEMS(order) && strcmp(order[i], id->runtime) != 0)
		i++;
	return i;
}

int
identity_compare(const struct identity *a, const struct identity *b)
{
	size_t x = rank(a), y = rank(b);
	bool chosen_a = !a->is_id && !a->is_infra;
	bool chosen_b = !b->is_id && !b->is_infra;

	if (x != y)
		return x < y ? -1 : 1;
	if (chosen_a != chosen_b)
		return chosen_a ? -1 : 1;
	return strcmp(a->name, b->name);
}

static bool
is_hex(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!isdigit((unsigned char)s[i]) && (s[i] < 'a' || s[i] > 'f'))
			return false;
	return true;
}

static bool
is_id(const char *s, size_t n)
{
	return n == CONTAINER_ID_LEN && is_hex(s, n);
}

/* "podman pod create" makes an infra container of that name. */
static bool
is_infra(const struct identity *id)
{
	return strcmp(id->runtime, "podman") == 0 &&
	       strlen(id->name) == ID_SHOWN + strlen(INFRA) &&
	       is_hex(id->name, ID_SHOWN) &&
	       strcmp(id->name + ID_SHOWN, INFRA) == 0;
}

/* systemd escapes other bytes in unit names as \xHH. */
static char *
unescape(const char *s, size_t n)
{
	char *out = xcalloc(n + 1, 1), *p = out;
	unsigned byte;
	size_t i;

	for (i = 0; i < n; i++) {
		if (i + 3 < n && s[i] == '\\' && s[i + 1] == 'x' &&
		    sscanf(s + i + 2, "%2x", &byte) == 1 && byte != 0) {
			*p++ = (char)byte;
			i += 3;
		} else {
			*p++ = s[i];
		}
	}
	return out;
}

/* Returns the number of bytes that match, 0 for none. */
static size_t
match_trace(const struct trace *t, const char *s, struct identity *id)
{
	size_t n, head, tail;

	if (s[0] != t->head[0] || !has_prefix(s, t->head))
		return 0;
	head = strlen(t->head);
	tail = strlen(t->tail);
	s += head;
	n = strcspn(s, "/");
	if (n <= tail || strncmp(s + n - tail, t->tail, tail) != 0)
		return 0;
	if (t->is_id && !is_id(s, n - tail))
		return 0;
	id->runtime = t->runtime;
	id->is_id = t->is_id;
	id->name = tail > 0 ? unescape(s, n - tail) : xstrndup(s, n);
	return head + n;
}

static size_t
match_component(const char *s, struct identity *id)
{
	size_t i, n = 0;

	for (i = 0; i < NITEMS(traces) && n == 0; i++)
		n = match_trace(&traces[i], s, id);
	return n;
}

/* A component of our own cgroup says where we run, perhaps in a container
 * ourselves, and nothing about the other process. */
static bool
match_path(const char *path, const char *own, struct identity *id)
{
	const char *s = path;
	size_t n;

	while ((s = strchr(s, '/')) != NULL) {
		n = match_component(++s, id);
		if (n == 0)
			continue;
		n += (size_t)(s - path);
		if (strncmp(path, own, n) != 0 || strchr("/\n", own[n]) == NULL)
			return true;
		identity_free(id);
	}
	return false;
}

/* The path on our line for the same hierarchy; "" if there is none. */
static const char *
own_path(const char *own, const char *line, size_t n)
{
	while (*own != '\0') {
		if (strncmp(own, line, n) == 0)
			return own + n;
		own += strcspn(own, "\n");
		own += *own == '\n';
	}
	return "";
}

/* Lines are NUMBER:CONTROLLERS:PATH, and each is tried: a runtime may have
 * ignored cgroup v2. */
static void
match_cgroup(const char *text, const char *own, struct identity *id)
{
	bool found = false;
	char *line, *path;
	size_t n;

	/* As of most processes: none of its components can be a trace. */
	if (strcmp(text, own) == 0)
		return;
	while (*text != '\0' && !found) {
		n = strcspn(text, "\n");
		line = xstrndup(text, n);
		cut_suffix(line, " (deleted)");
		path = strchr(line, ':');
		if (path != NULL)
			path = strchr(path + 1, ':');
		if (path != NULL) {
			path++;
			found = match_path(path,
			    own_path(own, line, (size_t)(path - line)), id);
		}
		free(line);
		text += n + (text[n] == '\n');
	}
}

/* Folder and name may both contain blanks: if the cgroup gave the name, the
 * title ends with it; else the folder is assumed to have none. */
static void
match_lxc(const char *path, uid_t uid, const char *known, struct identity *id)
{
	const char *name = strchr(path, ' ');
	size_t n = strlen(path), k = known != NULL ? strlen(known) : 0, i;

	if (k > 0 && n > k && path[n - k - 1] == ' ' &&
	    strcmp(path + n - k, known) == 0)
		name = path + n - k - 1;
	if (path[0] != '/' || name == NULL || name[1] == '\0')
		return;
	if (uid != 0 && has_prefix(path, "/var/"))
		return;
	id->runtime = "lxc";
	for (i = 0; i < NITEMS(lxc_users); i++)
		if (has_prefix(path, lxc_users[i].path))
			id->runtime = lxc_users[i].runtime;
	id->name = xstrdup(name + 1);
}

/* The word after the option; NULL if there is none. */
static const char *
option_word(const char *words, size_t len, const char *option)
{
	size_t n = strlen(option);
	const char *s, *end = words + len;

	for (s = words; s < end; s += strlen(s) + 1) {
		if (!has_prefix(s, option))
			continue;
		if (s[n] == '=' && s[n + 1] != '\0')
			return s + n + 1;
		if (s[n] == '\0' && s + n + 1 < end && s[n + 1] != '\0')
			return s + n + 1;
	}
	return NULL;
}

static bool
has_word(const char *words, size_t len, const char *word)
{
	const char *s;

	for (s = words; s < words + len; s += strlen(s) + 1)
		if (strcmp(s, word) == 0)
			return true;
	return false;
}

static bool
match_keeper(
    const struct keeper *k, const char *words, size_t len, struct identity *id)
{
	const char *program = strrchr(words, '/'), *name;

	program = program != NULL ? program + 1 : words;
	if (strcmp(program, k->program) != 0)
		return false;
	if (k->must != NULL && !has_word(words, len, k->must))
		return false;
	name = option_word(words, len, k->option);
	if (name == NULL || (k->is_id && !is_id(name, strlen(name))))
		return false;
	id->runtime = k->runtime;
	id->is_id = k->is_id;
	id->name = xstrdup(name);
	return true;
}

static void
match_parent(const char *words, size_t len, uid_t uid, const char *known,
    struct identity *id)
{
	size_t i;

	if (has_prefix(words, LXC_TITLE)) {
		match_lxc(words + strlen(LXC_TITLE), uid, known, id);
		return;
	}
	for (i = 0; i < NITEMS(keepers) && uid == 0; i++)
		if (match_keeper(&keepers[i], words, len, id))
			return;
}

/* LXD and Incus show the cgroup of LXC. */
static bool
same_family(const char *cgroup, const char *parent)
{
	size_t i;

	for (i = 0; i < NITEMS(lxc_users); i++)
		if (strcmp(parent, lxc_users[i].runtime) == 0)
			parent = "lxc";
	return strcmp(cgroup, parent) == 0;
}

void
container_identify(const char *cgroup, const char *own, const char *parent,
    size_t len, uid_t uid, struct identity *id)
{
	struct identity claim = { 0 }, swap;

	memset(id, 0, sizeof(*id));
	match_cgroup(cgroup, own, id);
	match_parent(parent, len, uid, id->name, &claim);
	/* The parent knows more than the cgroup: LXD rather than LXC, podman's
	 * name, LXC's name where the cgroup is called NAME-1. */
	if (claim.runtime != NULL &&
	    (id->runtime == NULL ||
		(uid == 0 && same_family(id->runtime, claim.runtime)))) {
		swap = *id;
		*id = claim;
		claim = swap;
	}
	identity_free(&claim);
	id->is_infra = id->runtime != NULL && is_infra(id);
}

/* Docker keeps the name in a file that only root can read. */
static char *
docker_name(const char *id)
{
	char *path = xasprintf(DOCKER_CONFIG, id), *text, *name = NULL;
	const char *value;
	json_t *root = NULL;

	text = read_file(path, CONFIG_MAX, NULL);
	if (text != NULL)
		root = json_loads(text, 0, NULL);
	value = json_string_value(json_object_get(root, "Name"));
	if (value != NULL && value[0] == '/' && value[1] != '\0')
		name = xstrdup(value + 1);
	json_decref(root);
	free(text);
	free(path);
	return name;
}

static void
name_id(struct identity *id)
{
	char *name = NULL;

	if (strcmp(id->runtime, "docker") == 0) {
		snprintf(id->id, sizeof(id->id), "%s", id->name);
		name = docker_name(id->id);
	}
	if (name == NULL) {
		id->name[ID_SHOWN] = '\0';
		return;
	}
	free(id->name);
	id->name = name;
	id->is_id = false;
}

char *
container_folder(const struct identity *id)
{
	return id->id[0] != '\0' ? xasprintf(DOCKER_FOLDER, id->id) : NULL;
}

bool
container_is_renamed(const struct identity *id)
{
	char *name = id->id[0] != '\0' ? docker_name(id->id) : NULL;
	bool renamed = name != NULL && strcmp(name, id->name) != 0;

	free(name);
	return renamed;
}

/* len NULL: of one piece. */
static char *
read_proc(const char *pid, const char *name, size_t *len)
{
	char path[64], *text;

	snprintf(path, sizeof(path), "/proc/%s/%s", pid, name);
	text = len != NULL ? read_file(path, PROC_MAX, len)
			   : read_record(path, PROC_MAX);
	return text != NULL ? text : xstrdup("");
}

static ino_t
pid_namespace(const char *pid)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%s/ns/pid", pid);
	return stat(path, &st) == 0 ? st.st_ino : 0;
}

void
onlooker_read(struct onlooker *ours)
{
	memset(ours, 0, sizeof(*ours));
	ours->cgroup = read_proc("self", "cgroup", NULL);
	ours->pids = pid_namespace("self");
}

void
onlooker_free(struct onlooker *ours)
{
	free(ours->cgroup);
	free(ours->parent.words);
	memset(ours, 0, sizeof(*ours));
}

/* Whether a process belongs to the host: root in one container can name a
 * process like the monitor of another one, and give it a child. */
static bool
is_of_host(const char *pid, const struct onlooker *ours)
{
	char *cgroup = read_proc(pid, "cgroup", NULL);
	struct identity id = { 0 };
	bool outside;

	match_cgroup(cgroup, ours->cgroup, &id);
	outside = id.runtime == NULL && ours->pids != 0 &&
		  pid_namespace(pid) == ours->pids;
	identity_free(&id);
	free(cgroup);
	return outside;
}

/* Those that a program starts come one after the other, often. */
static void
look_at_parent(struct onlooker *ours, pid_t pid)
{
	struct onlooker_parent *p = &ours->parent;
	char number[16], path[32];
	struct stat st = { .st_uid = (uid_t)-1 };

	if (p->words != NULL && p->pid == pid)
		return;
	free(p->words);
	snprintf(number, sizeof(number), "%d", (int)pid);
	p->pid = pid;
	p->words = read_proc(number, "cmdline", &p->len);
	/* The owner of the folder is the user. Files in it belong to root once
	 * the process is not dumpable: proc(5). */
	snprintf(path, sizeof(path), "/proc/%s", number);
	p->outside = stat(path, &st) == 0 && is_of_host(number, ours);
	p->uid = st.st_uid;
}

void
container_of_process(
    struct onlooker *ours, pid_t pid, pid_t parent, struct identity *id)
{
	const struct onlooker_parent *p = &ours->parent;
	char number[16], *cgroup;

	snprintf(number, sizeof(number), "%d", (int)pid);
	cgroup = read_proc(number, "cgroup", NULL);
	look_at_parent(ours, parent);
	container_identify(cgroup, ours->cgroup, p->outside ? p->words : "",
	    p->outside ? p->len : 0, p->uid, id);
	id->outside = p->outside;
	if (id->is_id)
		name_id(id);
	free(cgroup);
}

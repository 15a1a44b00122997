/* Identities of the namespaces behind bridge ports, from nsid to process to
 * names. Cached between readings, since scanning all processes is what
 * costs. */
#include "config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "core/base/process.h"
#include "core/kernel/net_parts.h"

#define NAMES_MAX 64 /* of one namespace: the first by order */

struct residents {
	struct resident *v; /* by pid */
	size_t n;
	struct onlooker ours;
};

static void
forget(struct netns *s)
{
	int nsid = s->nsid;
	size_t i;

	for (i = 0; i < s->nnames; i++)
		identity_free(&s->names[i]);
	free(s->names);
	free(s->path);
	memset(s, 0, sizeof(*s));
	s->nsid = nsid;
}

static void
drop_name(struct netns *s, size_t at)
{
	identity_free(&s->names[at]);
	s->nnames--;
	memmove(&s->names[at], &s->names[at + 1],
	    (s->nnames - at) * sizeof(*s->names));
}

static int
by_nsid(const void *key, const void *item)
{
	int nsid = *(const int *)key;
	const struct netns *s = item;

	return (nsid > s->nsid) - (nsid < s->nsid);
}

static struct netns *
find(const struct net *net, int nsid)
{
	if (net->nnetns == 0)
		return NULL;
	return bsearch(
	    &nsid, net->netns, net->nnetns, sizeof(*net->netns), by_nsid);
}

const struct netns *
net_netns_of(const struct net *net, int nsid)
{
	return find(net, nsid);
}

void
net_netns_forget(struct net *net, int nsid)
{
	struct netns *s = find(net, nsid);

	if (s != NULL)
		forget(s);
}

void
net_netns_invalidate(struct net *net)
{
	size_t i;

	for (i = 0; i < net->nnetns; i++)
		net->netns[i].settled = false;
	net->look = true;
}

bool
net_netns_is_renamed(const struct net *net)
{
	const struct netns *s = net->netns;
	size_t i;

	for (; s < END_OF(net->netns, net->nnetns); s++)
		for (i = 0; i < s->nnames; i++)
			if (container_is_renamed(&s->names[i]))
				return true;
	return false;
}

void
net_netns_free(struct net *net)
{
	size_t i;

	for (i = 0; i < net->nnetns; i++)
		forget(&net->netns[i]);
	free(net->netns);
	net->netns = NULL;
	net->nnetns = 0;
}

/* Makes the cache hold exactly these nsids; known entries stay. */
static void
update(struct net *net, const int *nsids, size_t n)
{
	struct netns *fresh = xcalloc(n, sizeof(*fresh)), *old;
	size_t i;

	for (i = 0; i < n; i++) {
		old = find(net, nsids[i]);
		if (old != NULL) {
			fresh[i] = *old;
			memset(old, 0, sizeof(*old));
			old->nsid = nsids[i];
		}
		fresh[i].nsid = nsids[i];
	}
	net_netns_free(net);
	net->netns = fresh;
	net->nnetns = n;
}

static int
nsid_of_path(struct net *net, const char *path)
{
	int fd, nsid;

	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd == -1) {
		net_note_lack(net, errno);
		return -1;
	}
	/* A name mounted in another mount namespace is a plain file here, which
	 * the kernel refuses. */
	nsid = net_nsid_of_fd(net, fd);
	close(fd);
	return nsid;
}

/* The process may be gone while others keep the namespace alive. */
static bool
still_true(struct net *net, const struct netns *s)
{
	if (s->pid != 0)
		return net_nsid_of_pid(net, s->pid) == s->nsid;
	return s->path == NULL || nsid_of_path(net, s->path) == s->nsid;
}

static bool
needs_look(struct net *net)
{
	struct netns *s;
	bool needed = false;

	for (s = net->netns; s < END_OF(net->netns, net->nnetns); s++) {
		if (s->known &&
		    ((net->look && !s->settled) || !still_true(net, s)))
			forget(s);
		needed = needed || !s->known;
	}
	return needed;
}

static bool
add_resident(void *arg, const char *folder UNUSED, pid_t pid)
{
	struct residents *r = arg;

	r->v = xgrow(r->v, r->n, sizeof(*r->v));
	r->v[r->n++].pid = pid;
	return true;
}

static void
read_residents(struct net *net, struct residents *r)
{
	if (process_each("/proc", add_resident, r) != 0)
		net_note_lack(net, errno);
	net_nsids_of(net, r->v, r->n);
}

/* procfs lists processes in order of PID: fs/proc/base.c, next_tgid(). */
static int
by_pid(const void *key, const void *item)
{
	pid_t pid = *(const pid_t *)key;
	const struct resident *r = item;

	return (pid > r->pid) - (pid < r->pid);
}

static bool
lives_in(const struct residents *r, pid_t pid, int nsid)
{
	const struct resident *found;

	found = bsearch(&pid, r->v, r->n, sizeof(*r->v), by_pid);
	return found != NULL && found->nsid == nsid;
}

/* Makes room for a name; false if a better identity has it already. */
static bool
give_way(struct netns *s, const struct identity *id)
{
	size_t i;

	for (i = 0; i < s->nnames; i++) {
		if (strcmp(s->names[i].name, id->name) != 0)
			continue;
		if (identity_compare(&s->names[i], id) <= 0)
			return false;
		drop_name(s, i);
		return true;
	}
	return true;
}

/* Takes the identity over. The result does not depend on the order. */
static void
add_name(struct netns *s, struct identity *id)
{
	size_t at;

	if (!give_way(s, id)) {
		identity_free(id);
		return;
	}
	s->names = xgrow(s->names, s->nnames, sizeof(*s->names));
	for (at = s->nnames; at > 0; at--) {
		if (identity_compare(&s->names[at - 1], id) < 0)
			break;
		s->names[at] = s->names[at - 1];
	}
	s->names[at] = *id;
	if (++s->nnames > NAMES_MAX)
		drop_name(s, NAMES_MAX);
}

static enum witness
witness_of(const struct identity *id)
{
	return id->runtime == NULL ? WITNESS_SILENT
	       : id->outside	   ? WITNESS_OUTSIDE
				   : WITNESS_INSIDE;
}

/* The first process of a container has its parent outside. So has a visitor
 * from the host (nsenter), which no runtime knows. Each container of a pod is
 * started from outside; an identity started inside counts only without one of
 * those, since root in there can choose any name. */
static void
try_resident(struct net *net, struct residents *all, const struct resident *r,
    struct netns *s)
{
	struct identity id;
	pid_t parent = process_parent(r->pid);
	enum witness witness;

	if (lives_in(all, parent, r->nsid))
		return;
	container_of_process(&all->ours, r->pid, parent, &id);
	witness = witness_of(&id);
	if (witness < s->witness ||
	    (witness == s->witness && witness < WITNESS_OUTSIDE) ||
	    net_nsid_of_pid(net, r->pid) != s->nsid) {
		identity_free(&id);
		return;
	}
	if (witness > s->witness) {
		forget(s);
		s->witness = witness;
		s->pid = r->pid;
		s->path = xasprintf("/proc/%d/ns/net", (int)r->pid);
	}
	if (id.runtime != NULL)
		add_name(s, &id);
}

static void
look_at_processes(struct net *net)
{
	struct residents all = { 0 };
	struct netns *s;
	size_t i;

	read_residents(net, &all);
	onlooker_read(&all.ours);
	for (i = 0; i < all.n; i++) {
		s = find(net, all.v[i].nsid);
		if (s != NULL && !s->known)
			try_resident(net, &all, &all.v[i], s);
	}
	onlooker_free(&all.ours);
	free(all.v);
}

static void
try_name(struct net *net, const char *name)
{
	char *path = xasprintf(NET_NAMES "/%s", name);
	struct netns *s = find(net, nsid_of_path(net, path));
	struct identity id = { .runtime = "netns" };

	if (s != NULL && !s->known) {
		if (s->witness <= WITNESS_SILENT) {
			free(s->path);
			s->path = xstrdup(path);
		}
		id.name = xstrdup(name);
		add_name(s, &id);
	}
	free(path);
}

static void
look_at_names(struct net *net)
{
	DIR *dir = opendir(NET_NAMES);
	const struct dirent *entry;

	if (dir == NULL) {
		net_note_lack(net, errno);
		return;
	}
	while (errno = 0, (entry = readdir(dir)) != NULL)
		if (entry->d_name[0] != '.')
			try_name(net, entry->d_name);
	net_note_lack(net, errno);
	closedir(dir);
}

/* The file with the name is replaced in its folder (net_drain). */
static void
watch_names(const struct net *net, const struct netns *s)
{
	char *folder;
	size_t i;

	for (i = 0; i < s->nnames; i++) {
		folder = container_folder(&s->names[i]);
		if (folder != NULL)
			inotify_add_watch(net->inotify, folder, IN_MOVED_TO);
		free(folder);
	}
}

/* A bare netns name may belong to a runtime that is still starting. */
static void
settle(const struct net *net, struct netns *s)
{
	if (!s->known)
		watch_names(net, s);
	s->known = true;
	s->settled = s->nnames > 0 && !s->names[0].is_id &&
		     strcmp(s->names[0].runtime, "netns") != 0;
}

void
net_netns_identify(struct net *net, const int *nsids, size_t n)
{
	size_t i;

	update(net, nsids, n);
	if (!needs_look(net))
		return;
	look_at_processes(net);
	look_at_names(net);
	if (net->lacks != 0)
		return;
	for (i = 0; i < n; i++)
		settle(net, &net->netns[i]);
	net->look = false;
}

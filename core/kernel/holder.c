/* Finding the programs of listening sockets by their inodes in /proc. */
#include "config.h"

#include "core/kernel/holder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/process.h"
#include "core/base/util.h"

struct search {
	struct listeners *all;
	size_t left; /* without a program */
	const char *folder;
};

static void
name(struct listener *l, const char *folder)
{
	char *program = process_program(folder);

	if (program != NULL)
		snprintf(l->program, sizeof(l->program), "%s", program);
	free(program);
}

static void
on_socket(void *arg, unsigned long inode)
{
	struct search *s = arg;
	struct listener *l;

	for (l = s->all->v; l < END_OF(s->all->v, s->all->n); l++) {
		if (l->inode != inode || l->program[0] != '\0')
			continue;
		name(l, s->folder);
		s->left -= l->program[0] != '\0';
	}
}

static bool
search_process(void *arg, const char *folder, pid_t pid UNUSED)
{
	struct search *s = arg;

	s->folder = folder;
	process_sockets(folder, on_socket, s);
	return s->left > 0;
}

void
holders_find(struct listeners *all, const char *proc)
{
	struct search s = { .all = all };
	size_t i;

	for (i = 0; i < all->n; i++)
		s.left += all->v[i].inode != 0 && all->v[i].program[0] == '\0';
	if (s.left > 0)
		process_each(proc, search_process, &s);
}

bool
holders_recall(struct listener *l, const struct listeners *before)
{
	const struct listener *old;

	for (old = before->v; old < END_OF(before->v, before->n); old++)
		if (old->inode == l->inode) {
			memcpy(l->program, old->program, sizeof(l->program));
			return true;
		}
	return false;
}

void
holders_keep(
    struct listeners *all, const struct listeners *before, const char *proc)
{
	struct listener *l;
	bool news = false;

	for (l = all->v; l < END_OF(all->v, all->n); l++)
		news |= !holders_recall(l, before);
	if (news)
		holders_find(all, proc);
}

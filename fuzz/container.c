/* What /proc tells of a process and its parent, which a container may have
 * called as it likes. The input is the user's number, then two cgroup files
 * that end with the byte 1, then a command line. */
#include "config.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/util.h"
#include "core/kernel/container.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* What stands before the byte 1, owned by the caller; moves behind it. */
static char *
cut(const char **at, size_t *left)
{
	const char *end = memchr(*at, 1, *left);
	size_t n = end != NULL ? (size_t)(end - *at) : *left;
	char *part = xcalloc(n + 1, 1);

	memcpy(part, *at, n);
	n += end != NULL;
	*at += n;
	*left -= n;
	return part;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *at = (const char *)data + 1;
	size_t left = n - 1;
	char *cgroup, *own, *words;
	struct identity id;

	if (n == 0)
		return 0;
	cgroup = cut(&at, &left);
	own = cut(&at, &left);
	words = xcalloc(left + 1, 1);
	memcpy(words, at, left);
	container_identify(cgroup, own, words, left, data[0], &id);
	if ((id.runtime == NULL) != (id.name == NULL) ||
	    (id.name != NULL && id.name[0] == '\0') ||
	    (id.is_id && strlen(id.name) != 64))
		abort();
	identity_free(&id);
	free(words);
	free(own);
	free(cgroup);
	return 0;
}

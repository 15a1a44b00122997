/* What DHCP servers of this host lease: dnsmasq, as lxc-net, Incus and libvirt
 * start it. */
#include "config.h"

#include "core/kernel/dhcp.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/process.h"
#include "core/base/util.h"

#define PROC "/proc"
#define FILE_MAX (1024 * 1024) /* bytes */

static void
add(struct dhcp_ranges *to, const struct prefix *lo, const struct prefix *hi)
{
	to->v = xgrow(to->v, to->n, sizeof(*to->v));
	to->v[to->n++] = (struct dhcp_range){ *lo, *hi };
}

static bool
is_ipv4(struct prefix *p, const char *text)
{
	return text != NULL && prefix_parse(p, text) == 0 &&
	       p->family == AF_INET && prefix_is_bare(p);
}

/* "set:TAG,10.0.3.2,10.0.3.254,1h": the first address, and the last one, behind
 * words without an address. One alone is for clients with fixed addresses. */
static void
take_range(struct dhcp_ranges *to, const char *value)
{
	char *text = xstrdup(value), *rest = text, *word;
	struct prefix lo, hi;
	bool begun = false;

	while (!begun && (word = strsep(&rest, ",")) != NULL)
		begun = is_ipv4(&lo, word);
	if (begun && is_ipv4(&hi, strsep(&rest, ",")))
		add(to, &lo, &hi);
	free(text);
}

/* Lines of "EXPIRY MAC ADDRESS NAME ID". */
static void
take_leases(struct dhcp_ranges *to, const char *path)
{
	char *text = read_file(path, FILE_MAX, NULL), *rest = text, *line;
	struct prefix at;

	while (rest != NULL && (line = strsep(&rest, "\n")) != NULL) {
		strsep(&line, " ");
		strsep(&line, " ");
		if (is_ipv4(&at, strsep(&line, " ")))
			add(to, &at, &at);
	}
	free(text);
}

static void take_file(struct dhcp_ranges *, const char *path);

static const struct {
	const char *name, *letter;
	void (*take)(struct dhcp_ranges *, const char *value);
} options[] = {
	{ "dhcp-range", "-F", take_range },
	{ "dhcp-leasefile", "-l", take_leases },
	{ "conf-file", "-C", take_file }, /* last: none within another */
};

/* A line of a file, "NAME=VALUE". */
static void
take_line(struct dhcp_ranges *to, char *line)
{
	char *name = strsep(&line, "=");
	size_t i;

	for (i = 0; line != NULL && i + 1 < NITEMS(options); i++)
		if (strcmp(name, options[i].name) == 0)
			options[i].take(to, line);
}

static void
take_file(struct dhcp_ranges *to, const char *path)
{
	char *text = read_file(path, FILE_MAX, NULL), *rest = text, *line;

	while (rest != NULL && (line = strsep(&rest, "\n")) != NULL)
		take_line(to, line);
	free(text);
}

/* The value that a word of the command line has for an option: "--NAME=VALUE",
 * or the next word. NULL: it is another option. */
static const char *
value_of(size_t option, const char *word, const char *next)
{
	const char *name = options[option].name;

	if (strcmp(word, options[option].letter) == 0)
		return next;
	if (!has_prefix(word, "--") || !has_prefix(word + 2, name))
		return NULL;
	word += 2 + strlen(name);
	return *word == '=' ? word + 1 : *word == '\0' ? next : NULL;
}

static void
take_words(struct dhcp_ranges *to, const char *text, size_t len)
{
	const char *word = text, *end = text + len, *next, *value;
	size_t i;

	for (; word < end; word = next) {
		next = word + strlen(word) + 1;
		for (i = 0; i < NITEMS(options); i++) {
			value = value_of(i, word, next < end ? next : NULL);
			if (value != NULL)
				options[i].take(to, value);
		}
	}
}

/* Anybody can start one that names a file for us to wait at. One that has left
 * root behind, as most do, still may change the network, as who serves DHCP has
 * to. */
static bool
may_lease(const char *folder, pid_t pid)
{
	return process_rules_network(pid) ||
	       (process_is_trusted(folder) && process_shares_network(pid));
}

static bool
take_process(void *arg, const char *folder, pid_t pid)
{
	char *path = xasprintf("%s/cmdline", folder);
	char *program = process_program(folder), *words = NULL;
	size_t len;

	if (program != NULL && strcmp(program, "dnsmasq") == 0 &&
	    may_lease(folder, pid))
		words = read_file(path, FILE_MAX, &len);
	if (words != NULL)
		take_words(arg, words, len);
	free(words);
	free(program);
	free(path);
	return true;
}

void
dhcp_read(struct dhcp_ranges *to)
{
	memset(to, 0, sizeof(*to));
	process_each(PROC, take_process, to);
}

void
dhcp_free(struct dhcp_ranges *r)
{
	free(r->v);
	memset(r, 0, sizeof(*r));
}

const struct dhcp_range *
dhcp_holding(const struct dhcp_ranges *r, const struct prefix *addr)
{
	size_t i;

	for (i = 0; i < r->n; i++)
		if (prefix_compare(&r->v[i].lo, addr) <= 0 &&
		    prefix_compare(addr, &r->v[i].hi) <= 0)
			return &r->v[i];
	return NULL;
}

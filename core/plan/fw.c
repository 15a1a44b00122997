/* libnftables behind plain functions. */
#include "config.h"

#include "core/plan/fw.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <nftables/libnftables.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/intl.h"
#include "core/base/util.h"
#include "core/kernel/net.h"

#define LIST "list table " RULESET_TABLE
/* No table of this name is ever made, so deleting it fails; and its length is
 * that of no other word, so the error that underlines it can be told. */
#define NO_TABLE                                                               \
	"seki-never-makes-this-table-and-that-is-how-it-asks-the-kernel"

struct question {
	const char *commands;
	unsigned flags; /* NFT_CTX_OUTPUT_* */
	bool apart;	/* in a network namespace of its own */
};

/* The answer of libnftables. */
struct answer {
	bool ran;
	char *output, *error; /* never NULL */
};

struct head {
	int result;
	size_t output, error; /* bytes that follow */
};

/* The library */

/* What is called of it. It is loaded for the first question: it and what it
 * needs are more than all the rest that a command loads that only looks. */
struct library {
	__typeof__(nft_ctx_new) *ctx_new;
	__typeof__(nft_ctx_buffer_output) *buffer_output;
	__typeof__(nft_ctx_buffer_error) *buffer_error;
	__typeof__(nft_ctx_output_set_flags) *set_flags;
	__typeof__(nft_run_cmd_from_buffer) *run;
	__typeof__(nft_ctx_get_output_buffer) *output;
	__typeof__(nft_ctx_get_error_buffer) *error;
};

static const struct {
	const char *name;
	size_t at;
} functions[] = {
	{ "nft_ctx_new", offsetof(struct library, ctx_new) },
	{ "nft_ctx_buffer_output", offsetof(struct library, buffer_output) },
	{ "nft_ctx_buffer_error", offsetof(struct library, buffer_error) },
	{ "nft_ctx_output_set_flags", offsetof(struct library, set_flags) },
	{ "nft_run_cmd_from_buffer", offsetof(struct library, run) },
	{ "nft_ctx_get_output_buffer", offsetof(struct library, output) },
	{ "nft_ctx_get_error_buffer", offsetof(struct library, error) },
};

/* Tells packagers' tools of it, as a DT_NEEDED would:
 * https://uapi-group.org/specifications/specs/elf_dlopen_metadata */
#define LIBRARY "libnftables.so.1"
#define NOTE                                                                   \
	"[{\"soname\":[\"" LIBRARY "\"],\"feature\":\"nftables\","             \
	"\"description\":\"Loads and lists rules\",\"priority\":\"required\"}]"
static const struct {
	uint32_t owner_size, text_size, type;
	char owner[4], text[(sizeof(NOTE) + 3) / 4 * 4];
} note __attribute__((used, aligned(4), section(".note.dlopen"))) = {
	sizeof("FDO"), sizeof(NOTE), 0x407c0c0a, "FDO", NOTE
};

/* It stays loaded, so this is cheap the next time. */
static int
load(struct library *l, struct err *e)
{
	void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL), *f = NULL;
	size_t i;

	for (i = 0; library != NULL && i < NITEMS(functions); i++) {
		f = dlsym(library, functions[i].name);
		if (f == NULL)
			break;
		memcpy((char *)l + functions[i].at, &f, sizeof(f));
	}
	if (f != NULL)
		return 0;
	return err_set(e, ERR_FAIL, "cannot load libnftables: %s", dlerror());
}

/* In the child */

static void
write_all(int fd, const void *data, size_t n)
{
	const char *at = data;
	ssize_t done;

	for (; n > 0; at += done, n -= (size_t)done) {
		done = write(fd, at, n);
		if (done == -1 && errno == EINTR)
			done = 0;
		if (done == -1)
			_exit(1);
	}
}

/* Only what goes through fd is heard: libnftables, and our exit handlers if it
 * calls exit, write to /dev/null. */
static void
be_quiet(int fd)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC), i;

	for (i = 0; i <= 2; i++)
		if (null == -1 || (i != fd && dup2(null, i) == -1))
			_exit(1);
}

/* A context keeps state between commands, even after an error, so each job gets
 * a new one. */
static _Noreturn void
work(int fd, const struct library *l, const struct question *q)
{
	struct head head = { 0 };
	struct nft_ctx *nft;
	const char *output, *error;

	be_quiet(fd);
	if (q->apart && unshare(CLONE_NEWNET) == -1)
		_exit(1);
	nft = l->ctx_new(NFT_CTX_DEFAULT);
	if (nft == NULL || l->buffer_output(nft) != 0 ||
	    l->buffer_error(nft) != 0)
		_exit(1);
	l->set_flags(nft, q->flags);
	head.result = l->run(nft, q->commands);
	output = l->output(nft);
	error = l->error(nft);
	head.output = strlen(output);
	head.error = strlen(error);
	write_all(fd, &head, sizeof(head));
	write_all(fd, output, head.output);
	write_all(fd, error, head.error);
	_exit(0);
}

/* In the parent */

/* libnftables exits when out of memory or descriptors, so it runs in a child.
 * The child inherits everything, the lock above all: after seki was killed,
 * others get the lock only when no transaction of it can follow. */
static pid_t
start(const struct library *l, const struct question *q, int *fd)
{
	pid_t parent = getpid(), child;
	int fds[2], saved;

	if (pipe2(fds, O_CLOEXEC) == -1)
		return -1;
	child = fork();
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(1);
		work(fds[1], l, q);
	}
	saved = errno;
	close(fds[1]);
	if (child == -1)
		close(fds[0]);
	errno = saved;
	*fd = fds[0];
	return child;
}

static void
read_all(int fd, struct buf *b)
{
	char some[65536];
	ssize_t n;

	do {
		n = read(fd, some, sizeof(some));
		if (n > 0)
			buf_add_n(b, some, (size_t)n);
	} while (n > 0 || (n == -1 && errno == EINTR));
}

static void
answer_free(struct answer *a)
{
	free(a->output);
	free(a->error);
}

static int
take_answer(const struct buf *said, struct answer *a, struct err *e)
{
	struct head head = { 0 };
	const char *text;

	if (said->len >= sizeof(head))
		memcpy(&head, said->s, sizeof(head));
	if (said->len < sizeof(head) ||
	    said->len != sizeof(head) + head.output + head.error) {
		err_set(
		    e, ERR_FAIL, "libnftables died in the middle of a request");
		err_hint(e, "it does so without memory or descriptors");
		return FW_LOST;
	}
	text = said->s + sizeof(head);
	a->ran = head.result == 0;
	a->output = xstrndup(text, head.output);
	a->error = xstrndup(text + head.output, head.error);
	return 0;
}

/* FW_LOST if libnftables died before it answered, FW_UNASKED if it did not
 * start. The caller owns what a holds, even then. */
static int
ask(const struct question *q, struct answer *a, struct err *e)
{
	struct buf said = { 0 };
	struct library l;
	int fd, r;
	pid_t child;

	memset(a, 0, sizeof(*a));
	if (load(&l, e) != 0)
		return FW_UNASKED;
	child = start(&l, q, &fd);
	if (child == -1) {
		err_sys(e, ERR_FAIL, "cannot start libnftables");
		return FW_UNASKED;
	}
	read_all(fd, &said);
	close(fd);
	while (waitpid(child, NULL, 0) == -1 && errno == EINTR)
		continue;
	r = take_answer(&said, a, e);
	buf_free(&said);
	return r;
}

/* The sentence is in the first of nft's lines, after a location in a text that
 * nobody outside sees. */
static int
fail(const char *said, const char *what, struct err *e)
{
	const char *start = strstr(said, "Error: ");
	struct buf b = { 0 };

	start = start != NULL ? start + strlen("Error: ") : said;
	buf_escape(&b, start, strcspn(start, "\n"));
	err_set(e, ERR_FAIL, "%s: %s", _(what),
	    b.len > 0 ? b.s : _("nftables gave no reason"));
	if (strstr(said, strerror(EPERM)) != NULL)
		err_hint(e, "nftables needs root (CAP_NET_ADMIN)");
	buf_free(&b);
	return -1;
}

int
fw_load(struct err *e)
{
	struct library unused;

	return load(&unused, e);
}

int
fw_run(const char *commands, struct err *e)
{
	struct question q = { .commands = commands };
	struct answer a;
	int r = ask(&q, &a, e);

	if (r == 0 && !a.ran)
		r = fail(a.error, N_("the kernel refused the ruleset"), e);
	answer_free(&a);
	return r;
}

/* nft quotes the wrong line of a text from memory, but underlines the right
 * columns. */
static bool
only_no_table_failed(const char *said)
{
	const char *error = strstr(said, "Error: ");
	const char *mark = strchr(said, '^');

	return error != NULL && strstr(error + 1, "Error: ") == NULL &&
	       mark != NULL && strspn(mark, "^") == strlen(NO_TABLE);
}

/* The dry run of libnftables never asks the kernel. A transaction that ends
 * with a command that must fail does, and the kernel rolls all of it back. */
int
fw_try(const char *commands, struct err *e)
{
	char *text = xasprintf("%sdelete table inet " NO_TABLE "\n", commands);
	struct question q = { .commands = text };
	struct answer a;
	int r = ask(&q, &a, e);

	if (r == 0 && !only_no_table_failed(a.error))
		r = fail(a.error, N_("the kernel would refuse the ruleset"), e);
	answer_free(&a);
	free(text);
	return r;
}

int
fw_knows(const char *commands, struct err *e)
{
	struct question q = { .commands = commands, .apart = true };
	struct answer a;
	int r = ask(&q, &a, e);

	if (r == 0 && a.ran)
		r = 1;
	else if (r == 0 && strstr(a.error, strerror(EOPNOTSUPP)) == NULL &&
		 strstr(a.error, strerror(ENOENT)) == NULL)
		r = fail(a.error, N_("the kernel gave no answer"), e);
	answer_free(&a);
	return r < 0 ? -1 : r;
}

/* If the kernel fails to dump counters, libnftables takes it for an old one
 * without any (obj_cache_init_dump), and lists the rest. */
static bool
lacks_counters(const char *listing, bool json)
{
	const char *use = json ? "\"counter\": \"" : "counter name ";
	const char *made = json ? "\"counter\": {\"family\"" : "\n\tcounter ";

	return strstr(listing, use) != NULL && strstr(listing, made) == NULL;
}

/* The listing of our table, owned by the caller; "" if there is none, NULL on
 * an error. */
static char *
list(unsigned flags, struct err *e)
{
	struct question q = { .commands = LIST,
		.flags = flags | NFT_CTX_OUTPUT_NUMERIC_PROTO };
	struct answer a;
	char *text = NULL;

	if (ask(&q, &a, e) != 0)
		return NULL;
	if (a.ran &&
	    lacks_counters(a.output, (flags & NFT_CTX_OUTPUT_JSON) != 0)) {
		err_set(e, ERR_FAIL,
		    "cannot list the rules: the kernel did not tell of their "
		    "counters");
	} else if (a.ran) {
		text = a.output;
		a.output = NULL;
	} else if (strstr(a.error, strerror(ENOENT)) != NULL) {
		text = xstrdup("");
	} else {
		fail(a.error, N_("cannot list the rules"), e);
	}
	answer_free(&a);
	return text;
}

/* Link names are quoted as in ruleset_build: some are keywords of nft. */
static void
print_string(const char *text, const json_t *type, struct buf *b)
{
	const char *name = json_string_value(type);
	bool quoted = name != NULL && strcmp(name, "ifname") == 0;

	buf_printf(b, quoted ? "\"%s\"" : "%s", text);
}

/* Prints a part of an element in nft's syntax; its type is a name, or an array
 * for concatenated keys. */
static void
print_part(const json_t *j, const json_t *type, struct buf *b)
{
	const json_t *part;
	const char *addr;
	json_int_t lo, hi, len;
	size_t i;

	if (json_is_string(j)) {
		print_string(json_string_value(j), type, b);
	} else if (json_is_integer(j)) {
		buf_printf(b, "%" JSON_INTEGER_FORMAT, json_integer_value(j));
	} else if (json_unpack((json_t *)j, "{s:[I,I]}", "range", &lo, &hi) ==
		   0) {
		buf_printf(b, "%" JSON_INTEGER_FORMAT "-%" JSON_INTEGER_FORMAT,
		    lo, hi);
	} else if (json_unpack((json_t *)j, "{s:{s:s,s:I}}", "prefix", "addr",
		       &addr, "len", &len) == 0) {
		buf_printf(b, "%s/%" JSON_INTEGER_FORMAT, addr, len);
	} else if ((part = json_object_get(j, "concat")) != NULL) {
		for (i = 0; i < json_array_size(part); i++) {
			buf_add(b, i > 0 ? " . " : "");
			print_part(json_array_get(part, i),
			    json_array_get(type, i), b);
		}
	} else if ((part = json_object_get(j, "elem")) != NULL) {
		print_part(json_object_get(part, "val"), type, b);
	}
}

static void
read_set(struct ruleset *r, const json_t *set, const char *kind)
{
	const char *name = json_string_value(json_object_get(set, "name"));
	const json_t *type = json_object_get(set, "type");
	const json_t *elems = json_object_get(set, "elem"), *elem;
	int number = name != NULL ? ruleset_set_number(name) : -1;
	struct buf key = { 0 }, value = { 0 };
	bool pair;
	size_t i;

	if (name != NULL && number < 0)
		ruleset_add_element(&r->others, name, kind);
	if (number < 0)
		return;
	r->has_set[number] = true;
	for (i = 0; i < json_array_size(elems); i++) {
		elem = json_array_get(elems, i);
		pair = json_is_array(elem);
		buf_reset(&key);
		buf_reset(&value);
		print_part(pair ? json_array_get(elem, 0) : elem, type, &key);
		print_part(pair ? json_array_get(elem, 1) : NULL, NULL, &value);
		ruleset_add_element(&r->sets[number], buf_text(&key),
		    pair ? buf_text(&value) : NULL);
	}
	buf_free(&key);
	buf_free(&value);
}

static void
read_counter(struct ruleset *r, const json_t *c, const char *kind UNUSED)
{
	const char *name = json_string_value(json_object_get(c, "name"));

	if (name != NULL)
		ruleset_add_element(&r->counters, name, NULL);
}

static void
read_chain(struct ruleset *r, const json_t *c, const char *kind UNUSED)
{
	const char *name = json_string_value(json_object_get(c, "name"));

	if (name != NULL)
		ruleset_add_chain(r, name);
}

/* A chain's first rule carries its mark. Chains are listed before rules. */
static void
read_rule(struct ruleset *r, const json_t *rule, const char *kind UNUSED)
{
	const char *name = json_string_value(json_object_get(rule, "chain"));
	const char *mark = json_string_value(json_object_get(rule, "comment"));
	struct ruleset_chain *c;

	for (c = r->chains; c < END_OF(r->chains, r->nchains); c++) {
		if (name == NULL || strcmp(c->name, name) != 0)
			continue;
		if (c->count++ == 0 && mark != NULL)
			c->mark = xstrdup(mark);
	}
}

static const struct {
	const char *name;
	void (*read)(struct ruleset *, const json_t *, const char *kind);
} kinds[] = {
	{ "counter", read_counter },
	{ "map", read_set },
	{ "set", read_set },
	{ "chain", read_chain },
	{ "rule", read_rule },
};

static int
read_listing(struct ruleset *r, const char *text, struct err *e)
{
	json_t *root, *all, *object;
	json_error_t error;
	size_t i, k;

	root = json_loads(text, 0, &error);
	if (root == NULL) {
		err_set(e, ERR_FAIL, "cannot read what nftables lists: %s",
		    error.text);
		return err_hint(e,
		    "a dormant table has to be activated "
		    "first: nft add table inet %s",
		    NET_TABLE);
	}
	all = json_object_get(root, "nftables");
	for (i = 0; i < json_array_size(all); i++) {
		for (k = 0; k < NITEMS(kinds); k++) {
			object = json_object_get(
			    json_array_get(all, i), kinds[k].name);
			if (object != NULL)
				kinds[k].read(r, object, kinds[k].name);
		}
	}
	json_decref(root);
	return 0;
}

int
fw_read(struct ruleset *r, struct err *e)
{
	char *text;
	int result = 0;

	memset(r, 0, sizeof(*r));
	text = list(NFT_CTX_OUTPUT_JSON, e);
	if (text == NULL)
		return -1;
	if (text[0] != '\0') {
		r->present = true;
		result = read_listing(r, text, e);
		ruleset_sort(r);
	}
	free(text);
	return result;
}

char *
fw_save(struct err *e)
{
	return list(0, e);
}

int
fw_restore(const char *saved, struct err *e)
{
	char *text = xasprintf(RULESET_CLEAR "%s", saved);
	int r = fw_run(text, e);

	free(text);
	return r;
}

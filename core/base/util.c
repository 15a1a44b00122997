/* Memory, growing arrays, strings, and bytes made safe to show. */
#include "config.h"

#include "core/base/util.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

#define SMALLEST 24	   /* bytes, of which malloc gives no fewer */
#define SPARE (128 * 1024) /* bytes that may be free at the end */
#define SHORT_TEXT 47	   /* bytes; most of what is printed is no longer */

static void *
must(void *p)
{
	if (p == NULL) {
		fputs("seki: out of memory\n", stderr);
		exit(1);
	}
	return p;
}

void *
xcalloc(size_t n, size_t size)
{
	return must(calloc(n > 0 ? n : 1, size));
}

void *
xresize(void *p, size_t n, size_t size)
{
	return must(reallocarray(p, n > 0 ? n : 1, size));
}

char *
xstrdup(const char *s)
{
	return must(strdup(s));
}

char *
xstrndup(const char *s, size_t n)
{
	return must(strndup(s, n));
}

char *
xasprintf(const char *fmt, ...)
{
	char *s = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&s, fmt, ap) < 0)
		s = NULL;
	va_end(ap);
	return must(s);
}

/* glibc's threshold grows with what is freed, up to 64 MiB, unless it is set
 * once. */
void
memory_spare(void)
{
#ifdef HAVE_MALLOC_TRIM
	mallopt(M_TRIM_THRESHOLD, SPARE);
#endif
}

void
memory_trim(void)
{
#ifdef HAVE_MALLOC_TRIM
	malloc_trim(0);
#endif
}

void *
xgrow(void *v, size_t n, size_t size)
{
	if (n == 0)
		return xresize(v, 4, size);
	if (n < 4 || (n & (n - 1)) != 0)
		return v;
	return xresize(v, n * 2, size);
}

static void
buf_room(struct buf *b, size_t more)
{
	if (b->len + more < b->cap)
		return;
	b->cap = (b->len + more + 1) * 2;
	if (b->cap < SMALLEST)
		b->cap = SMALLEST;
	b->s = xresize(b->s, b->cap, 1);
}

void
buf_add_n(struct buf *b, const char *s, size_t n)
{
	buf_room(b, n);
	memcpy(b->s + b->len, s, n);
	b->len += n;
	b->s[b->len] = '\0';
}

void
buf_add(struct buf *b, const char *s)
{
	buf_add_n(b, s, strlen(s));
}

void
buf_fill(struct buf *b, char c, size_t n)
{
	buf_room(b, n);
	memset(b->s + b->len, c, n);
	b->len += n;
	b->s[b->len] = '\0';
}

void
buf_add_number(struct buf *b, uint64_t n)
{
	char digits[20];
	size_t i = sizeof(digits);

	do {
		digits[--i] = (char)('0' + n % 10);
		n /= 10;
	} while (n > 0);
	buf_add_n(b, digits + i, sizeof(digits) - i);
}

void
buf_add_hash(struct buf *b, uint64_t h)
{
	char digits[16];
	size_t i;

	for (i = sizeof(digits); i > 0; h >>= 4)
		digits[--i] = "0123456789abcdef"[h & 0xf];
	buf_add_n(b, digits, sizeof(digits));
}

void
buf_vprintf(struct buf *b, const char *fmt, va_list ap)
{
	va_list again;
	int n;

	va_copy(again, ap);
	buf_room(b, SHORT_TEXT);
	n = vsnprintf(b->s + b->len, b->cap - b->len, fmt, ap);
	if (n > 0 && (size_t)n >= b->cap - b->len) {
		buf_room(b, (size_t)n);
		vsnprintf(b->s + b->len, (size_t)n + 1, fmt, again);
	}
	b->len += n > 0 ? (size_t)n : 0;
	b->s[b->len] = '\0';
	va_end(again);
}

void
buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(b, fmt, ap);
	va_end(ap);
}

char *
next_line(char **rest)
{
	char *line;

	do
		line = strsep(rest, "\n");
	while (line != NULL && line[0] == '\0');
	return line;
}

void
buf_reset(struct buf *b)
{
	b->len = 0;
	if (b->s != NULL)
		b->s[0] = '\0';
}

void
buf_free(struct buf *b)
{
	free(b->s);
	memset(b, 0, sizeof(*b));
}

const char *
buf_text(const struct buf *b)
{
	return b->s != NULL ? b->s : "";
}

char *
buf_take(struct buf *b)
{
	char *s = b->s != NULL ? b->s : xstrdup("");

	memset(b, 0, sizeof(*b));
	return s;
}

/* RFC 3629, table of section 4: lead byte to length and first code point. */
size_t
utf8_decode(const char *s, size_t n, uint32_t *cp)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *u = (const unsigned char *)s;
	size_t len, i;

	if (n == 0)
		return 0;
	if (u[0] < 0x80) {
		*cp = u[0];
		return 1;
	}
	len = u[0] >= 0xf0 ? 4 : u[0] >= 0xe0 ? 3 : 2;
	if (u[0] < 0xc2 || u[0] > 0xf4 || len > n)
		return 0;
	*cp = u[0] & (0x7fu >> len);
	for (i = 1; i < len; i++) {
		if ((u[i] & 0xc0) != 0x80)
			return 0;
		*cp = *cp << 6 | (u[i] & 0x3f);
	}
	if (*cp < least[len] || *cp > 0x10ffff)
		return 0;
	return *cp >= 0xd800 && *cp <= 0xdfff ? 0 : len;
}

void
utf8_trim(char *s)
{
	size_t n = strlen(s), last = 1;
	uint32_t cp;

	while (last < n && last < 4 && (s[n - last] & 0xc0) == 0x80)
		last++;
	if (last <= n && utf8_decode(s + n - last, last, &cp) == 0)
		s[n - last] = '\0';
}

/* Code points that move or hide surrounding text. */
static bool
misleads(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || cp == 0xad ||
	       cp == 0x61c || (cp >= 0x200b && cp <= 0x200f) ||
	       (cp >= 0x2028 && cp <= 0x202e) ||
	       (cp >= 0x2060 && cp <= 0x206f) || cp == 0xfeff ||
	       (cp >= 0xfff0 && cp <= 0xfffb) ||
	       (cp >= 0xe0000 && cp <= 0xe0fff);
}

/* The length of the leading run of plain ASCII. */
static size_t
plain_run(const char *s, size_t n)
{
	size_t i = 0;

	while (i < n && s[i] >= ' ' && s[i] < 0x7f)
		i++;
	return i;
}

void
buf_escape(struct buf *b, const char *s, size_t n)
{
	size_t i, len;
	uint32_t cp;

	for (i = 0; i < n; i += len) {
		len = plain_run(s + i, n - i);
		if (len > 0) {
			buf_add_n(b, s + i, len);
			continue;
		}
		len = utf8_decode(s + i, n - i, &cp);
		if (len != 0 && !misleads(cp)) {
			buf_add_n(b, s + i, len);
			continue;
		}
		if (len == 0)
			len = 1;
		for (size_t k = 0; k < len; k++)
			buf_printf(b, "\\x%02x", (unsigned char)s[i + k]);
	}
}

void
buf_escape_lines(struct buf *b, const char *text)
{
	size_t n;

	for (;;) {
		n = strcspn(text, "\n\t");
		buf_escape(b, text, n);
		text += n;
		if (*text == '\0')
			return;
		buf_add_n(b, text++, 1);
	}
}

size_t
text_width_n(const char *s, size_t n)
{
	size_t i, len, width = 0;
	uint32_t cp;
	int w;

	for (i = 0; i < n && s[i] != '\0'; i += len) {
		len = 1;
		if (s[i] >= ' ' && s[i] < 0x7f) {
			width++;
			continue;
		}
		len = utf8_decode(s + i, n - i, &cp);
		if (len == 0 || misleads(cp)) {
			len = len > 0 ? len : 1;
			width += 4 * len;
			continue;
		}
		w = wcwidth((wchar_t)cp);
		width += w >= 0 ? (size_t)w : 1;
	}
	return width;
}

size_t
text_width(const char *s)
{
	return text_width_n(s, strlen(s));
}

/* Whether the character at s is one of the set. */
static bool
is_one_of(const char *s, size_t n, const char *set)
{
	char one[8] = "";

	memcpy(one, s, n < sizeof(one) ? n : sizeof(one) - 1);
	return n > 0 && strstr(set, one) != NULL;
}

static bool
is_ascii(char c)
{
	return (unsigned char)c < 0x80;
}

/* Japanese has no blanks: lines break beside any wide character, but none
 * begins with a closing or ends with an opening character (JIS X 4051). */
bool
text_may_break(const char *text, size_t at)
{
	const char *after = text + at;
	size_t before = at > 0, n;
	uint32_t cp;

	if (at > 0 && is_ascii(after[-1]) && is_ascii(*after))
		return *after == ' '; /* as below, at once */
	while (before > 0 && before < at && before < 4 &&
	       (after[-(long)before] & 0xc0) == 0x80)
		before++;
	n = utf8_decode(after, strnlen(after, 4), &cp);
	if (before == 0 || n == 0 || *after == ' ')
		return before > 0 && *after == ' ';
	if (text_width_n(after - before, before) != 2 &&
	    text_width_n(after, n) != 2)
		return false;
	return !is_one_of(after - before, before, "([「『（") &&
	       !is_one_of(
		   after, n, ")],.:;!?/、。」』）ーっゃゅょッャュョ々〜");
}

void
cut_suffix(char *s, const char *suffix)
{
	size_t len = strlen(s), n = strlen(suffix);

	if (len > n && strcmp(s + len - n, suffix) == 0)
		s[len - n] = '\0';
}

bool
has_prefix(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

size_t
count_lines(const char *text)
{
	size_t n = 0;

	for (; (text = strchr(text, '\n')) != NULL; text++)
		n++;
	return n;
}

bool
has_line(const char *lines, const char *line)
{
	size_t n = strlen(line), len;

	for (; *lines != '\0'; lines += len + (lines[len] == '\n')) {
		len = strcspn(lines, "\n");
		if (len == n && memcmp(lines, line, n) == 0)
			return true;
	}
	return false;
}

static unsigned
least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Row by row of the usual table; a transposition is one edit. */
unsigned
text_distance(const char *a, const char *b)
{
	unsigned before[32], last[32], row[32];
	size_t na = strlen(a), nb = strlen(b), i, k;

	if (na >= NITEMS(row) || nb >= NITEMS(row))
		return 9;
	for (k = 0; k <= nb; k++)
		last[k] = before[k] = (unsigned)k;
	for (i = 1; i <= na; i++) {
		row[0] = (unsigned)i;
		for (k = 1; k <= nb; k++) {
			row[k] = last[k - 1] + (a[i - 1] != b[k - 1]);
			row[k] = least(row[k], last[k] + 1);
			row[k] = least(row[k], row[k - 1] + 1);
			if (i > 1 && k > 1 && a[i - 1] == b[k - 2] &&
			    a[i - 2] == b[k - 1])
				row[k] = least(row[k], before[k - 2] + 1);
		}
		memcpy(before, last, (nb + 1) * sizeof(*last));
		memcpy(last, row, (nb + 1) * sizeof(*row));
	}
	return least(last[nb], 9);
}

uint64_t
hash_bytes(uint64_t h, const void *bytes, size_t n)
{
	const unsigned char *p = bytes;

	for (; n > 0; n--, p++)
		h = (h ^ *p) * 0x100000001b3u;
	return h;
}

uint64_t
hash_text(uint64_t h, const char *s)
{
	return hash_bytes(h, s, strlen(s));
}

#define CHUNK 4096 /* bytes */

/* Stops at an answer of less than least bytes, and at the end. */
static char *
read_until(const char *path, size_t max, size_t *len, size_t least)
{
	struct buf b = { 0 };
	char chunk[CHUNK];
	ssize_t got = -1;
	int fd, saved;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return NULL;
	while ((got = read(fd, chunk, sizeof(chunk))) > 0) {
		if (b.len + (size_t)got > max) {
			errno = EFBIG;
			got = -1;
			break;
		}
		buf_add_n(&b, chunk, (size_t)got);
		if ((size_t)got < least)
			break;
	}
	saved = errno;
	close(fd);
	errno = saved;
	if (got == -1) {
		buf_free(&b);
		errno = saved;
		return NULL;
	}
	if (len != NULL)
		*len = b.len;
	return buf_take(&b);
}

char *
read_file(const char *path, size_t max, size_t *len)
{
	return read_until(path, max, len, 0);
}

char *
read_record(const char *path, size_t max)
{
	return read_until(path, max, NULL, CHUNK);
}

static uint64_t
clock_ms(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

uint64_t
now_ms(void)
{
	return clock_ms(CLOCK_MONOTONIC);
}

uint64_t
boot_ms(void)
{
	return clock_ms(CLOCK_BOOTTIME);
}

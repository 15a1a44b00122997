/* Memory, growing arrays, strings, and bytes made safe to show. */
#ifndef SEKI_CORE_BASE_UTIL_H
#define SEKI_CORE_BASE_UTIL_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NITEMS(a) (sizeof(a) / sizeof((a)[0]))
#define ROUND_UP(n, unit) (((n) + (unit)-1) / (unit) * (unit))
/* Behind the last of n items at v, also where v is NULL because there are
 * none: NULL + 0 is undefined before C2y (6.5.6p8 of C11). */
#define END_OF(v, n) ((v) != NULL ? (v) + (n) : (v))
#define UNUSED __attribute__((unused))

/* These never return NULL: without memory the program ends, by way of the
 * exit handlers that restore the terminal. */
void *xcalloc(size_t n, size_t size);
void *xresize(void *, size_t n, size_t size);
char *xstrdup(const char *);
char *xstrndup(const char *, size_t);
char *xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The array with room for item number n, counted from 0: it grows when n is a
 * power of two. Use: a->v = xgrow(a->v, a->n, sizeof(*a->v)); */
void *xgrow(void *, size_t n, size_t size);

/* A growing string. All zero is empty; s is NULL until something is added, so
 * read it with buf_text. */
struct buf {
	char *s;
	size_t len;
	size_t cap;
};

void buf_add(struct buf *, const char *);
void buf_add_n(struct buf *, const char *, size_t n);
void buf_fill(struct buf *, char, size_t n);
void buf_printf(struct buf *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *, const char *fmt, va_list)
    __attribute__((format(printf, 2, 0)));

/* Bytes that came from outside, safe for a terminal: well-formed printable
 * UTF-8 stays, everything else (controls, ESC, C1, direction overrides,
 * malformed bytes) becomes \xHH. What was escaped once stays as it is. */
void buf_escape(struct buf *, const char *, size_t n);
/* The same for each of several lines, which may have tabs. */
void buf_escape_lines(struct buf *, const char *text);

/* Cuts off the next line that is not empty and moves *rest behind it; NULL when
 * there is none. */
char *next_line(char **rest);

void buf_reset(struct buf *); /* empties it and keeps the memory */
void buf_free(struct buf *);
const char *buf_text(const struct buf *); /* borrowed, never NULL */
char *buf_take(struct buf *);		  /* owned by the caller, never NULL */

/* One code point of n bytes of UTF-8; its length in bytes, or 0 when the
 * bytes are malformed, overlong, a surrogate, or n is 0. */
size_t utf8_decode(const char *, size_t n, uint32_t *cp);

/* Takes off what is left of a character at the end, where text was cut to fit
 * into an array. */
void utf8_trim(char *);

/* Columns that text takes when it is shown by buf_escape. */
size_t text_width(const char *);
size_t text_width_n(const char *, size_t n);

/* Whether a line may be broken before that byte, the first of a character. */
bool text_may_break(const char *text, size_t at);

bool has_prefix(const char *s, const char *prefix);
bool has_line(const char *lines, const char *line); /* one of them is it */

/* Edits that turn a into b, 9 at most: enough to find a typing error. */
unsigned text_distance(const char *a, const char *b);

/* FNV-1a over text, on from h; begin with HASH_START. Not for secrets. */
#define HASH_START 0xcbf29ce484222325u
uint64_t hash_text(uint64_t h, const char *);

/* The whole file, owned by the caller, its length in *len (may be NULL); NULL
 * with errno set when it cannot be read or has more than max bytes (EFBIG). */
char *read_file(const char *path, size_t max, size_t *len);

/* Milliseconds of the monotonic clock. */
uint64_t now_ms(void);
/* Likewise of CLOCK_BOOTTIME, which goes on while the machine sleeps. */
uint64_t boot_ms(void);

#endif

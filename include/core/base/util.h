/* Memory, growing arrays, strings, and bytes made safe to show. */
#ifndef SEKI_CORE_BASE_UTIL_H
#define SEKI_CORE_BASE_UTIL_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NITEMS(a) (sizeof(a) / sizeof((a)[0]))
#define ROUND_UP(n, unit) (((n) + (unit)-1) / (unit) * (unit))
/* The end of an array of n items, NULL for a NULL array: NULL + 0 is undefined
 * before C2y (6.5.6p8 of C11). */
#define END_OF(v, n) ((v) != NULL ? (v) + (n) : (v))
#define UNUSED __attribute__((unused))

/* These never return NULL: when memory runs out, the program exits through the
 * exit handlers, which restore the terminal. */
void *xcalloc(size_t n, size_t size);
void *xresize(void *, size_t n, size_t size);
char *xstrdup(const char *);
char *xstrndup(const char *, size_t);
char *xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* For a program that stays: from here on, large blocks that are freed, and what
 * is freed at the end, go back to the kernel at once. */
void memory_spare(void);
/* Gives all of it back: after work that took much for a moment. */
void memory_trim(void);

/* The array with room for item n (from 0): it grows when n is a power of two.
 * Use: a->v = xgrow(a->v, a->n, sizeof(*a->v)); */
void *xgrow(void *, size_t n, size_t size);

/* A growing string. All zero is empty; s is NULL until something is appended,
 * so read it with buf_text. */
struct buf {
	char *s;
	size_t len;
	size_t cap;
};

void buf_add(struct buf *, const char *);
void buf_add_n(struct buf *, const char *, size_t n);
void buf_add_number(struct buf *, uint64_t); /* in decimal digits */
void buf_add_hash(struct buf *, uint64_t);   /* in 16 hexadecimal ones */
void buf_fill(struct buf *, char, size_t n);
void buf_printf(struct buf *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *, const char *fmt, va_list)
    __attribute__((format(printf, 2, 0)));

/* Makes foreign bytes safe for a terminal: well-formed printable UTF-8 stays,
 * everything else (controls, ESC, C1, direction overrides, malformed bytes)
 * becomes \xHH. Idempotent. */
void buf_escape(struct buf *, const char *, size_t n);
/* The same for several lines, in which tabs are allowed. */
void buf_escape_lines(struct buf *, const char *text);

/* Cuts off the next line that is not empty and advances *rest past it; NULL at
 * the end. */
char *next_line(char **rest);

void buf_reset(struct buf *); /* empties it and keeps the memory */
void buf_free(struct buf *);
const char *buf_text(const struct buf *); /* borrowed, never NULL */
char *buf_take(struct buf *);		  /* owned by the caller, never NULL */

/* Decodes one code point of n bytes of UTF-8; returns its length in bytes, or 0
 * if the bytes are malformed, overlong, a surrogate, or n is 0. */
size_t utf8_decode(const char *, size_t n, uint32_t *cp);

/* Drops an incomplete character at the end of text that was cut to fit an
 * array. */
void utf8_trim(char *);

/* Columns that text takes once buf_escape has made it safe. */
size_t text_width(const char *);
size_t text_width_n(const char *, size_t n);

/* Whether a line may be broken before byte at, which begins a character. */
bool text_may_break(const char *text, size_t at);

bool has_prefix(const char *s, const char *prefix);
/* Takes it off the end of s; nothing where s is no longer than that. */
void cut_suffix(char *s, const char *suffix);
size_t count_lines(const char *);
bool has_line(const char *lines, const char *line); /* one of them is it */

/* Edit distance of a and b, 9 at most: enough to spot a typo. */
unsigned text_distance(const char *a, const char *b);

/* FNV-1a of n bytes or of a text, continuing from h; start with HASH_START. Not
 * for secrets. */
#define HASH_START 0xcbf29ce484222325u
uint64_t hash_bytes(uint64_t h, const void *, size_t n);
uint64_t hash_text(uint64_t h, const char *);

/* Reads a whole file, owned by the caller, its length in *len (may be NULL).
 * NULL with errno if it cannot be read or is larger than max bytes (EFBIG). */
char *read_file(const char *path, size_t max, size_t *len);
/* The same of a file of /proc that the kernel makes in one piece, which ends
 * with the first read that is not filled. */
char *read_record(const char *path, size_t max);

/* Milliseconds of the monotonic clock. */
uint64_t now_ms(void);
/* Likewise CLOCK_BOOTTIME, which includes suspend. */
uint64_t boot_ms(void);

#endif

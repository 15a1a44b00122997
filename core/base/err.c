/* The error record and how it is shown. */
#include "config.h"

#include "core/base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/base/intl.h"
#include "core/base/util.h"

/* The finished text is escaped for the terminal: names of files, links and
 * containers come from anybody. Translated text is long, in multibyte
 * characters. */
static void __attribute__((format(printf, 3, 0)))
fit(char *to, size_t size, const char *fmt, va_list ap)
{
	struct buf raw = { 0 }, safe = { 0 };

	buf_vprintf(&raw, _(fmt), ap);
	buf_escape(&safe, buf_text(&raw), raw.len);
	snprintf(to, size, "%s", buf_text(&safe));
	utf8_trim(to);
	buf_free(&raw);
	buf_free(&safe);
}

int
err_set(struct err *e, enum err_code code, const char *fmt, ...)
{
	va_list ap;

	memset(e, 0, sizeof(*e));
	e->code = code;
	va_start(ap, fmt);
	fit(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
	return -1;
}

int
err_sys(struct err *e, enum err_code code, const char *fmt, ...)
{
	int saved = errno;
	size_t used;
	va_list ap;

	memset(e, 0, sizeof(*e));
	e->code = code;
	va_start(ap, fmt);
	fit(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
	used = strlen(e->text);
	snprintf(
	    e->text + used, sizeof(e->text) - used, ": %s", strerror(saved));
	utf8_trim(e->text);
	if ((saved == EACCES || saved == EPERM) && geteuid() != 0)
		err_hint(e, "run it as root");
	return -1;
}

int
err_hint(struct err *e, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fit(e->hint, sizeof(e->hint), fmt, ap);
	va_end(ap);
	return -1;
}

int
err_hint_more(struct err *e, const char *fmt, ...)
{
	size_t used = strlen(e->hint);
	va_list ap;

	if (used > 0)
		used += (size_t)snprintf(
		    e->hint + used, sizeof(e->hint) - used, "%s", _("; "));
	va_start(ap, fmt);
	if (used < sizeof(e->hint))
		fit(e->hint + used, sizeof(e->hint) - used, fmt, ap);
	va_end(ap);
	return -1;
}

int
err_front(struct err *e, const char *fmt, ...)
{
	char text[sizeof(e->text)];
	size_t used;
	va_list ap;

	memcpy(text, e->text, sizeof(text));
	va_start(ap, fmt);
	fit(e->text, sizeof(e->text), fmt, ap);
	va_end(ap);
	used = strlen(e->text);
	snprintf(e->text + used, sizeof(e->text) - used, ": %.*s",
	    (int)sizeof(text) - 1, text);
	utf8_trim(e->text);
	return -1;
}

int
err_at(struct err *e, unsigned line, unsigned col, unsigned len)
{
	e->line = line;
	e->col = col;
	e->len = len;
	return -1;
}

/* Tabs before the word are copied, so that the caret lines up. */
static void
print_caret(const struct err *e, struct buf *b)
{
	unsigned i;

	buf_add(b, "  ");
	buf_escape(b, e->source, strlen(e->source));
	buf_add(b, "\n  ");
	buf_fill(b, ' ', text_width_n(e->source, e->col - 1));
	buf_add(b, "^");
	for (i = 1; i < e->len; i++)
		buf_add(b, "~");
	buf_add(b, "\n");
}

void
err_print(const struct err *e, struct buf *b)
{
	if (e->file[0] != '\0') {
		buf_escape(b, e->file, strlen(e->file));
		buf_add(b, ":");
	}
	if (e->line != 0)
		buf_printf(b, "%u:", e->line);
	if (e->line != 0 && e->col != 0)
		buf_printf(b, "%u:", e->col);
	if (e->file[0] != '\0' || e->line != 0)
		buf_add(b, " ");
	buf_printf(b, "%s\n", e->text);
	if (e->source[0] != '\0' && e->col != 0)
		print_caret(e, b);
	if (e->hint[0] != '\0')
		buf_printf(b, "  %s\n", e->hint);
}

/* Bytes from outside: what buf_escape makes of them is well-formed, holds no
 * control, is as wide as text_width says, and stays as it is. */
#include "config.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/util.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
look_at(const char *s, size_t n)
{
	size_t i, len;
	uint32_t cp;

	for (i = 0; i < n; i += len) {
		len = utf8_decode(s + i, n - i, &cp);
		if (len == 0 || cp < ' ' || (cp >= 0x7f && cp < 0xa0))
			abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *text = xcalloc(n + 1, 1);
	struct buf once = { 0 }, twice = { 0 };

	memcpy(text, data, n);
	buf_escape(&once, text, strlen(text));
	look_at(buf_text(&once), once.len);
	buf_escape(&twice, buf_text(&once), once.len);
	if (strcmp(buf_text(&once), buf_text(&twice)) != 0 ||
	    text_width_n(text, strlen(text)) !=
		text_width_n(buf_text(&once), once.len))
		abort();
	utf8_trim(text);
	buf_free(&once);
	buf_free(&twice);
	free(text);
	return 0;
}

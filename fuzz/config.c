/* A config from anybody: it is read or refused, and what was read is printed
 * so that it is read again as the same. */
#include "config.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/lang/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
read_again(const struct config *c)
{
	struct config again = { 0 };
	struct buf once = { 0 }, twice = { 0 };
	struct err e;

	config_print(c, &once);
	if (config_parse(&again, buf_text(&once), NULL, &e) != 0)
		abort();
	config_print(&again, &twice);
	if (strcmp(buf_text(&once), buf_text(&twice)) != 0)
		abort();
	buf_free(&once);
	buf_free(&twice);
	config_free(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *text = xcalloc(n + 1, 1);
	struct config c = { 0 };
	struct buf told = { 0 };
	struct err e;

	memcpy(text, data, n);
	if (config_parse(&c, text, "fuzz", &e) == 0)
		read_again(&c);
	else
		err_print(&e, &told);
	buf_free(&told);
	config_free(&c);
	free(text);
	return 0;
}

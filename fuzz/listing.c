/* What nft lists of our table after anybody has edited it: it is read or
 * refused, and what was read can be taken away. The reader is static, so its
 * whole file is in here. */
#include "../core/plan/fw.c"
#include "core/plan/ruleset_diff.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *text = xcalloc(n + 1, 1);
	struct ruleset have = { .present = true }, want = { .present = true };
	struct buf b = { 0 };
	struct err e;

	memcpy(text, data, n);
	if (read_listing(&have, text, &e) == 0) {
		ruleset_sort(&have);
		ruleset_transaction(&want, &have, &b);
	}
	ruleset_free(&have);
	buf_free(&b);
	free(text);
	return 0;
}

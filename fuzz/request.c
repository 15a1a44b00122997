/* Whoever may connect may say anything to a guard: it is one of its requests,
 * with the number that stands there, or an error that can be shown. */
#include "config.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/util.h"
#include "core/commit/guard_request.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* Without the zeros in front, the number says what was read. */
static void
must_be_number(const char *line, const struct guard_request *r)
{
	const char *digits = strchr(line, ' ');
	char *number = xasprintf("%" PRIu64, r->number);

	if (digits == NULL ? r->number != 0
			   : strcmp(digits + 1 + strspn(digits + 1, "0"),
				 r->number != 0 ? number : "") != 0)
		abort();
	free(number);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *line = xstrndup((const char *)data, n);
	struct guard_request r;
	struct err e = { 0 };

	if (guard_request_parse(&r, line, &e) != 0) {
		if (e.code != ERR_USAGE || e.text[0] == '\0')
			abort();
	} else {
		line[strcspn(line, "\n")] = '\0';
		if (r.word >= GUARD_WORDS)
			abort();
		must_be_number(line, &r);
	}
	free(line);
	return 0;
}

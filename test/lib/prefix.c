/* Addresses and prefixes of tests, by their text. */
#include "config.h"

#include "prefix.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct prefix
prefix(const char *text)
{
	struct prefix p = { 0 };

	if (text != NULL && prefix_parse(&p, text) != 0)
		fail_msg("%s is no prefix", text);
	return p;
}

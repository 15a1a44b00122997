/* seki-manual: prints a manual page or the JSON schema, for the build. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "core/base/intl.h"
#include "doc/json_schema.h"
#include "doc/manual.h"

int
main(int argc, char *argv[])
{
	struct buf b = { 0 };
	int status = 0;

	intl_start();
	if (argc != 2 || (strcmp(argv[1], "seki.schema.json") == 0
				 ? !json_schema_print(&b)
				 : !manual_print(argv[1], &b))) {
		fprintf(stderr,
		    "usage: seki-manual PAGE.SECTION | seki.schema.json\n");
		return 2;
	}
	if (fputs(buf_text(&b), stdout) == EOF || fflush(stdout) != 0)
		status = 1;
	buf_free(&b);
	return status;
}

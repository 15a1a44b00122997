/* Text for people, in their language. */
#include "config.h"

#include "core/base/intl.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/process.h"
#include "core/base/util.h"

#define DOMAIN "seki"

/* An uninstalled build has its catalogs beside the program. */
static char *
find_catalogs(void)
{
	char *dir = process_beside("po");

	return dir != NULL ? dir : xstrdup(LOCALEDIR);
}

/* gettext opens DIR/$LANGUAGE/LC_MESSAGES/seki.mo, following any slash, in
 * every program that is not setuid. sudo may pass the variable on. */
static void
drop_language_paths(void)
{
	const char *language = getenv("LANGUAGE");

	if (language != NULL && strchr(language, '/') != NULL)
		unsetenv("LANGUAGE");
}

void
intl_start(void)
{
	static const char head[] = ""; /* of a catalog: its translation */
	char *dir;

	drop_language_paths();
	setlocale(LC_CTYPE, "");
	if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		return;
	setlocale(LC_MESSAGES, "");
	dir = find_catalogs();
	bindtextdomain(DOMAIN, dir);
	bind_textdomain_codeset(DOMAIN, "UTF-8");
	textdomain(DOMAIN);
	free(dir);
	/* Without a catalog, gettext would search for one at every message. */
	if (gettext(head)[0] == '\0')
		intl_stop();
}

void
intl_stop(void)
{
	setlocale(LC_MESSAGES, "C");
}

const char *
intl_comma(void)
{
	return _(", ");
}

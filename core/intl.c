/* Text for people, in their language. */
#include "config.h"

#include "core/intl.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/util.h"

#define DOMAIN "seki"

/* Catalogs lie beside a program that is not installed yet. */
static char *
find_catalogs(void)
{
	char self[512], *dir;
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (n <= 0)
		return xstrdup(LOCALEDIR);
	self[n] = '\0';
	*strrchr(self, '/') = '\0';
	dir = xasprintf("%s/po", self);
	if (access(dir, X_OK) == 0)
		return dir;
	free(dir);
	return xstrdup(LOCALEDIR);
}

void
intl_start(void)
{
	static const char head[] = ""; /* of a catalog: its translation */
	char *dir;

	setlocale(LC_CTYPE, "");
	if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		return;
	setlocale(LC_MESSAGES, "");
	dir = find_catalogs();
	bindtextdomain(DOMAIN, dir);
	bind_textdomain_codeset(DOMAIN, "UTF-8");
	textdomain(DOMAIN);
	free(dir);
	/* Without a catalog, each text would look for one. */
	if (gettext(head)[0] == '\0')
		intl_stop();
}

void
intl_stop(void)
{
	setlocale(LC_MESSAGES, "C");
}

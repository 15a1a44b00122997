/* Reads the counters that the kernel keeps of each link's ICMPv6. */
#include "config.h"

#include "core/kernel/snmp6.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/util.h"

#define FILE_MAX 16384 /* bytes */

unsigned long
snmp6_advertisements(const char *link)
{
	static const char name[] = "\nIcmp6InType134";
	char *path = xasprintf("/proc/net/dev_snmp6/%s", link);
	char *text = read_record(path, FILE_MAX);
	char *found = text != NULL ? strstr(text, name) : NULL;
	unsigned long n =
	    found != NULL ? strtoul(found + strlen(name), NULL, 10) : 0;

	free(path);
	free(text);
	return n;
}

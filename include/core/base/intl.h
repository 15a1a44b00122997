/* Translation of messages. */
#ifndef SEKI_CORE_BASE_INTL_H
#define SEKI_CORE_BASE_INTL_H

#include <libintl.h>

/* _("text") is the translated text. N_("text") only marks text in a const
 * table, for _() to translate where it is shown. Not for words of the language,
 * nor for text that is parsed again. */
#define _(s) intl_text(s)
#define N_(s) (s)

/* gettext("") would return the catalog's header. */
static inline const char *__attribute__((format_arg(1)))
intl_text(const char *s)
{
	return s[0] != '\0' ? gettext(s) : s;
}

/* Sets the locale from the environment. Messages are UTF-8: in a locale of any
 * other charset they stay English. */
void intl_start(void);

/* What stands between the words of a list. */
const char *intl_comma(void);

/* Back to English, which is plain ASCII. */
void intl_stop(void);

#endif

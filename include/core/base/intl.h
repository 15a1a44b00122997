/* Text for people, in their language. */
#ifndef SEKI_CORE_BASE_INTL_H
#define SEKI_CORE_BASE_INTL_H

#include <libintl.h>

/* _("text") is the text in the admin's language. N_("text") only marks the
 * text of a const table, which _() translates where it is shown. Not for words
 * of the language, nor for what is parsed again. */
#define _(s) intl_text(s)
#define N_(s) (s)

/* To gettext "" is the head of the catalog. */
static inline const char *__attribute__((format_arg(1)))
intl_text(const char *s)
{
	return s[0] != '\0' ? gettext(s) : s;
}

/* Takes the locale from the environment. What it says is UTF-8, so where the
 * terminal does not speak that, all stays English. */
void intl_start(void);

/* Back to English, which is all ASCII. */
void intl_stop(void);

#endif

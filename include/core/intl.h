/* Text for people, in their language. */
#ifndef SEKI_CORE_INTL_H
#define SEKI_CORE_INTL_H

#include <libintl.h>

/* _("text") is the text in the admin's language. N_("text") only marks the
 * text of a const table, which _() translates where it is shown. Neither
 * takes "". Not for words of the language, nor for what is parsed again. */
#define _(s) gettext(s)
#define N_(s) (s)

/* Takes the locale from the environment. What it says is UTF-8, so where the
 * terminal does not speak that, all stays English. */
void intl_start(void);

/* Back to English, which is all ASCII. */
void intl_stop(void);

#endif

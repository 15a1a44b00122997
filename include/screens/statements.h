/* Every statement in one list, and a menu to begin a new one. */
#ifndef SEKI_SCREENS_STATEMENTS_H
#define SEKI_SCREENS_STATEMENTS_H

#include "screens/app.h"

extern const struct view_ops screen_statements;

/* Puts the list on top. */
void statements_open(void *app);

/* A list of the kinds of statements, of which one gets a form. */
void statements_menu(void *app);

#endif

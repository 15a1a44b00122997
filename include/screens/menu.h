/* A menu of the kinds of statements, of which one gets a form. */
#ifndef SEKI_SCREENS_MENU_H
#define SEKI_SCREENS_MENU_H

void menu_open(void *app);

#endif

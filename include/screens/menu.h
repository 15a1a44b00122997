/* A menu of statement kinds, which opens a form. */
#ifndef SEKI_SCREENS_MENU_H
#define SEKI_SCREENS_MENU_H

void menu_open(void *app);

#endif

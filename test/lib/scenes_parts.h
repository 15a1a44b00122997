/* What scenes are made of. */
#ifndef SEKI_TEST_SCENES_PARTS_H
#define SEKI_TEST_SCENES_PARTS_H

#include "stage.h"

/* Keys, as a terminal sends them. */
#define ESC "\033"
#define UP "\033[A"
#define DOWN "\033[B"
#define RIGHT "\033[C"
#define LEFT "\033[D"
#define END "\033[F"
#define PAGE_UP "\033[5~"
#define PAGE_DOWN "\033[6~"
#define BACK_TAB "\033[Z"
#define DELETE "\033[3~"
#define ENTER "\r"
#define F1 "\033OP"
#define F5 "\033[15~"
#define TAB "\t"
#define BACKSPACE "\177"

/* What happens meanwhile. */
void scene_wait_10_s(void);
void scene_allowed(void); /* a commit, and what it would do */
void scene_revert_soon(void);
void scene_write_history(void);
void scene_keep_log(void);

extern const struct step scene_commits[], scene_refusals[], scene_saves[],
    scene_countdown[], scene_silence[], scene_history[], scene_logs[],
    scene_lately[], scene_typing[], scene_edits[], scene_forms[], scene_many[],
    scene_brief[], scene_pace[], scene_leaving[], scene_ways[];

#endif

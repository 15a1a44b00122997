/* What is done in front of the frames: keys, and what happens to the host. */
#ifndef SEKI_TEST_SCENES_H
#define SEKI_TEST_SCENES_H

#include <stdbool.h>
#include <stddef.h>

#include "stage.h"

struct scene {
	const char *name;
	int w, h;
	bool plain, read_only, quick;
	const char *config; /* NULL: that of the host */
	void (*set)(void);
	const struct step *steps;
};

extern const struct scene scenes[];
extern const size_t scene_count;

#endif

/* Frames as pictures: SVG, in a palette of its own, for README. */
#ifndef SEKI_TEST_PICTURE_H
#define SEKI_TEST_PICTURE_H

#include "core/base/util.h"

/* Appends the picture of a frame of that size, as it is in test/golden. What it
 * shows is for those who cannot see it. */
void picture_print(
    struct buf *, const char *frame, int w, int h, const char *shows);

#endif

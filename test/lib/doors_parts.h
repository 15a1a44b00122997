/* What the parts of doors share. */
#ifndef SEKI_TEST_DOORS_PARTS_H
#define SEKI_TEST_DOORS_PARTS_H

#define START 1700000000 /* 2023-11-14 22:13:20 UTC */
#define RUN "run"

#endif

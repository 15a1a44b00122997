/* The host of the frames: two bridges with containers of all kinds, forwards,
 * connections, and traffic of which no two numbers are the same. */
#ifndef SEKI_TEST_SAMPLE_H
#define SEKI_TEST_SAMPLE_H

extern const char sample_config[];
/* The same without what is wrong with it. */
extern const char sample_calm_config[];

/* Furnishes doors with it. */
void sample_begin(void);

/* Furnishes it with what is well. */
void sample_calm(void);

/* As if conntrack counted no bytes. */
void sample_uncount(void);

/* As if nothing were plugged into a bridge. */
void sample_unplug(void);

#endif

/* The poll loop with a clock of its own: hours pass in no time. The program is
 * linked with FAST_LOOP of Makefile.am, which puts it in the place of core's.
 */
#ifndef SEKI_TEST_FAST_LOOP_H
#define SEKI_TEST_FAST_LOOP_H

#include <stdint.h>

/* Starts anew at 0. The loop has nothing to do but what the script brings: due
 * tells when it goes on, UINT64_MAX when it is at its end, and go_on goes on by
 * one line. turned is called after each turn. */
void fast_loop_begin(
    uint64_t (*due)(void), void (*go_on)(void), void (*turned)(void));

uint64_t fast_loop_now(void); /* milliseconds */

/* What a signal would do, that somebody waits for. */
void fast_loop_signal(int signo);

#endif

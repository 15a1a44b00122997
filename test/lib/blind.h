/* A kernel that tells nothing. The program is linked with BLIND of Makefile.am.
 */
#ifndef SEKI_TEST_BLIND_H
#define SEKI_TEST_BLIND_H

/* How often all that is behind forwards was to be read. */
extern unsigned blind_looks;

#endif

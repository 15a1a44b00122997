/* Addresses and prefixes of tests, by their text. */
#ifndef SEKI_TEST_PREFIX_H
#define SEKI_TEST_PREFIX_H

#include "core/base/addr.h"

/* None for NULL; what does not parse fails the test. */
struct prefix prefix(const char *text);

#endif

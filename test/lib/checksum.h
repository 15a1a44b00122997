/* The Internet checksum (RFC 1071), for programs that send packets of their
 * own. */
#ifndef SEKI_TEST_LIB_CHECKSUM_H
#define SEKI_TEST_LIB_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/* Adds bytes, of which there is an even number, to a sum. */
uint32_t checksum_add(uint32_t sum, const void *data, size_t size);
/* The checksum of what was added, in network order. */
uint16_t checksum_end(uint32_t sum);

#endif

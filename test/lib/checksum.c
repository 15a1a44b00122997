/* The Internet checksum (RFC 1071). */
#include "config.h"

#include "checksum.h"

#include <arpa/inet.h>

uint32_t
checksum_add(uint32_t sum, const void *data, size_t size)
{
	const uint8_t *at = data;
	size_t i;

	for (i = 0; i + 1 < size; i += 2)
		sum += (uint32_t)(at[i] << 8 | at[i + 1]);
	return sum;
}

uint16_t
checksum_end(uint32_t sum)
{
	while (sum > 0xffff)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons((uint16_t)~sum);
}

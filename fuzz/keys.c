/* Bytes of a terminal, in pieces: a key each time or none, nothing stays
 * behind, and a buffer that is full never stops. The first byte chooses how
 * many bytes come at once and how long each piece takes. */
#include "config.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "tui/keys.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static void
drain(struct keys *k, uint64_t now)
{
	while (keys_next(k, now) != K_NONE)
		continue;
	if (keys_room(k) == 0)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct keys k = { 0 };
	uint64_t now = 1000000;
	size_t at, piece, most;
	unsigned ms;

	if (n == 0)
		return 0;
	most = 1 + data[0] % 64;
	ms = data[0] / 64 * 20;
	for (at = 1; at < n; at += piece) {
		piece = n - at < most ? n - at : most;
		if (piece > keys_room(&k))
			piece = keys_room(&k);
		keys_feed(&k, (const char *)data + at, piece, now);
		now += ms;
		drain(&k, now);
	}
	drain(&k, now + 5000);
	drain(&k, now + 10000);
	if (k.n != 0)
		abort();
	return 0;
}

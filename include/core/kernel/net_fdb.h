/* What a bridge knows of the MACs behind its ports. */
#ifndef SEKI_CORE_KERNEL_NET_FDB_H
#define SEKI_CORE_KERNEL_NET_FDB_H

#include <stdint.h>

#include "core/kernel/net.h"

enum station {
	STATION_STRANGE, /* it is not known there */
	STATION_LEARNT,	 /* for some minutes after it sent something */
	STATION_GIVEN,	 /* for good, as somebody told the bridge */
};

/* Of a MAC behind a port, the index of a link. Strange, where the kernel does
 * not tell. */
enum station net_station(struct net *, int port, const uint8_t mac[6]);

#endif

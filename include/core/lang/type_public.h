/* Types of public prefixes and addresses behind this host. */
#ifndef SEKI_CORE_LANG_TYPE_PUBLIC_H
#define SEKI_CORE_LANG_TYPE_PUBLIC_H

#include "core/lang/type.h"

extern const struct type type_bridge_prefix, type_container_address;

#endif

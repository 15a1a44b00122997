/* The JSON schema of all answers in JSON, made of the shapes that the manual
 * shows. */
#ifndef SEKI_DOC_JSON_SCHEMA_H
#define SEKI_DOC_JSON_SCHEMA_H

#include <stdbool.h>

#include "core/base/util.h"

/* Appends it, draft 7. False when a shape is none. */
bool json_schema_print(struct buf *);

#endif

#ifndef STAGEDOOR_BASE_REFERENCE_H
#define STAGEDOOR_BASE_REFERENCE_H

#include "common/base/arena.h"
#include "common/base/uuid.h"

/*
 * "7K4-2QX": what people read to each other of an id. Its last 30 bits, which are random, in Crockford's base
 * 32, whose digits are not mistaken for one another. Two ids may have the same.
 */
int64_t reference_of(const uint8_t id[UUID_BYTES]);
const char *reference_print(struct arena *a, int64_t reference);

/* As people write it: in either case, with dashes and spaces or without, O for 0, I and L for 1.
 * ERR_MALFORMED. */
err reference_parse(const char *s, int64_t *ret_reference) NODISCARD;

#endif

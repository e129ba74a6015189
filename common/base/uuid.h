#ifndef STAGEDOOR_BASE_UUID_H
#define STAGEDOOR_BASE_UUID_H

#include "common/base/err.h"
#include <stdbool.h>
#include <stdint.h>

enum { UUID_BYTES = 16, UUID_TEXT = 37 };

/* A new UUIDv7 (RFC 9562 section 5.7): 48 bits of milliseconds of clock_now(), the rest random. */
void uuid_new(uint8_t out[UUID_BYTES]);

/* 36 characters, lower case, and NUL. */
void uuid_print(const uint8_t id[UUID_BYTES], char out[UUID_TEXT]);

/* The 36-character form, either case; any version; ERR_MALFORMED for all else and for the nil id. */
err uuid_parse(const char *s, uint8_t ret_id[UUID_BYTES]) NODISCARD;

/* Are all bytes 0? */
bool uuid_is_nil(const uint8_t id[UUID_BYTES]);

/* The time in a UUIDv7, microseconds; 0 for other versions. */
int64_t uuid_time(const uint8_t id[UUID_BYTES]);

#endif

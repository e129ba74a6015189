#include "common/base/uuid.h"
#include "common/base/clock.h"
#include "common/base/random.h"
#include "common/base/text.h"
#include <string.h>

void uuid_new(uint8_t out[UUID_BYTES])
{
	int64_t ms = clock_now() / 1000;

	random_bytes(out, UUID_BYTES);
	for (int i = 0; i < 6; i++)
		out[i] = (uint8_t)(ms >> (40 - 8 * i));
	out[6] = (uint8_t)((out[6] & 0x0f) | 0x70);
	out[8] = (uint8_t)((out[8] & 0x3f) | 0x80);
}

void uuid_print(const uint8_t id[UUID_BYTES], char out[UUID_TEXT])
{
	static const int groups[] = {4, 2, 2, 2, 6};

	for (int g = 0; g < 5; g++) {
		text_hex(id, (size_t)groups[g], out);
		id += groups[g];
		out += 2 * groups[g];
		if (g < 4)
			*out++ = '-';
	}
}

err uuid_parse(const char *s, uint8_t ret_id[UUID_BYTES])
{
	char hex[2 * UUID_BYTES + 1];
	uint8_t id[UUID_BYTES];
	size_t n = 0;
	err e;

	if (strnlen(s, UUID_TEXT) != UUID_TEXT - 1)
		return ERR_MALFORMED;
	for (size_t i = 0; i < UUID_TEXT - 1; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash != (s[i] == '-'))
			return ERR_MALFORMED;
		if (!dash)
			hex[n++] = s[i];
	}
	hex[n] = '\0';
	if ((e = text_unhex(hex, id, UUID_BYTES)) != OK)
		return e;
	if (uuid_is_nil(id))
		return ERR_MALFORMED;
	memcpy(ret_id, id, UUID_BYTES);
	return OK;
}

bool uuid_is_nil(const uint8_t id[UUID_BYTES])
{
	static const uint8_t nil[UUID_BYTES];

	return memcmp(id, nil, UUID_BYTES) == 0;
}

int64_t uuid_time(const uint8_t id[UUID_BYTES])
{
	int64_t ms = 0;

	if (id[6] >> 4 != 7)
		return 0;
	for (int i = 0; i < 6; i++)
		ms = ms << 8 | id[i];
	return ms * 1000;
}

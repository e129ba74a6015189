#include "common/base/reference.h"
#include <ctype.h>
#include <string.h>

enum { DIGITS = 6, BITS = 5 };

static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

int64_t reference_of(const uint8_t id[UUID_BYTES])
{
	int64_t bits = 0;

	for (int i = UUID_BYTES - 4; i < UUID_BYTES; i++)
		bits = bits << 8 | id[i];
	return bits & ((1 << DIGITS * BITS) - 1);
}

const char *reference_print(struct arena *a, int64_t reference)
{
	char text[DIGITS];

	for (int i = DIGITS; i > 0; i--, reference >>= BITS)
		text[i - 1] = digits[reference & 31];
	return arena_printf(a, "%.3s-%.3s", text, text + 3);
}

/* -1: none of its digits. */
static int value_of(char c)
{
	const char *at;

	c = (char)toupper((unsigned char)c);
	if (c == 'O')
		c = '0';
	if (c == 'I' || c == 'L')
		c = '1';
	at = c == '\0' ? NULL : strchr(digits, c);
	return at == NULL ? -1 : (int)(at - digits);
}

err reference_parse(const char *s, int64_t *ret_reference)
{
	int64_t reference = 0;
	int count = 0;

	for (; *s != '\0'; s++) {
		int value = value_of(*s);

		if (*s == '-' || *s == ' ')
			continue;
		if (value < 0 || ++count > DIGITS)
			return ERR_MALFORMED;
		reference = reference << BITS | value;
	}
	if (count != DIGITS)
		return ERR_MALFORMED;
	*ret_reference = reference;
	return OK;
}

#include "common/base/text.h"
#include "common/base/buf.h"
#include <sodium.h>
#include <stdio.h>
#include <string.h>

/* Length of the UTF-8 sequence at s (RFC 3629 section 4), 0 when it is malformed. */
static size_t utf8_sequence(const uint8_t *s, size_t left)
{
	static const struct {
		uint8_t first, last, second_min, second_max;
		size_t len;
	} forms[] = {
	    {0x01, 0x7f, 0, 0, 1},       {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
	    {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
	    {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
	};

	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		if (s[0] < forms[i].first || s[0] > forms[i].last)
			continue;
		if (forms[i].len > left)
			return 0;
		if (forms[i].len > 1 && (s[1] < forms[i].second_min || s[1] > forms[i].second_max))
			return 0;
		for (size_t j = 2; j < forms[i].len; j++)
			if ((s[j] & 0xc0) != 0x80)
				return 0;
		return forms[i].len;
	}
	return 0;
}

bool text_is_utf8(const char *s, size_t len)
{
	size_t step;

	for (size_t i = 0; i < len; i += step) {
		step = utf8_sequence((const uint8_t *)s + i, len - i);
		if (step == 0)
			return false;
	}
	return true;
}

bool text_has_control(const char *s)
{
	for (const uint8_t *p = (const uint8_t *)s; *p != '\0'; p++)
		if (*p < 0x20 || *p == 0x7f || (p[0] == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0))
			return true;
	return false;
}

size_t text_length(const char *s)
{
	size_t n = 0;

	for (; *s != '\0'; s++)
		n += ((uint8_t)*s & 0xc0) != 0x80;
	return n;
}

bool text_starts(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool text_same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

void text_lower(char *s)
{
	for (; *s != '\0'; s++)
		if (*s >= 'A' && *s <= 'Z')
			*s = (char)(*s + ('a' - 'A'));
}

static size_t space_at(const char *s)
{
	if (*s != '\0' && strchr(" \t\r\n\v\f", *s) != NULL)
		return 1;
	return strncmp(s, "\xc2\xa0", 2) == 0 ? 2 : 0;
}

char *text_trim(struct arena *a, const char *s)
{
	const char *end;

	while (space_at(s) != 0)
		s += space_at(s);
	end = s + strlen(s);
	while (end > s && (space_at(end - 1) == 1 || (end - s >= 2 && memcmp(end - 2, "\xc2\xa0", 2) == 0)))
		end -= space_at(end - 1) == 1 ? 1 : 2;
	return arena_memdup(a, s, (size_t)(end - s));
}

void text_hex(const uint8_t *bytes, size_t len, char *out)
{
	sodium_bin2hex(out, 2 * len + 1, bytes, len);
}

err text_unhex(const char *s, uint8_t *ret_bytes, size_t len)
{
	/* before, since the library leaves half a result when it fails */
	if (strspn(s, "0123456789abcdefABCDEF") != 2 * len || s[2 * len] != '\0')
		return ERR_MALFORMED;
	BUG_IF(sodium_hex2bin(ret_bytes, len, s, 2 * len, NULL, NULL, NULL) != 0);
	return OK;
}

int text_hex_byte(const char *digits)
{
	uint8_t byte;

	return sodium_hex2bin(&byte, 1, digits, 2, NULL, NULL, NULL) == 0 ? byte : -1;
}

static char *base64(struct arena *a, const void *bytes, size_t len, int variant)
{
	size_t room = sodium_base64_encoded_len(len, variant);

	return sodium_bin2base64(arena_alloc(a, room), room, bytes, len, variant);
}

char *text_base64(struct arena *a, const void *bytes, size_t len)
{
	return base64(a, bytes, len, sodium_base64_VARIANT_ORIGINAL);
}

char *text_base64url(struct arena *a, const void *bytes, size_t len)
{
	return base64(a, bytes, len, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

err text_unbase64url(struct arena *a, const char *s, size_t len, uint8_t **ret_bytes, size_t *ret_len)
{
	uint8_t *bytes = arena_alloc(a, len + 1);
	size_t n;

	/* without an ignore list and an end, all of s must be digits, and no bits may be left over */
	if (sodium_base642bin(bytes, len, s, len, NULL, &n, NULL, sodium_base64_VARIANT_URLSAFE_NO_PADDING) !=
	    0)
		return ERR_MALFORMED;
	*ret_bytes = bytes;
	*ret_len = n;
	return OK;
}

err text_number(const char *s, int64_t max, int64_t *ret_n)
{
	int64_t n = 0;

	if (s[0] == '\0' || (s[0] == '0' && s[1] != '\0'))
		return ERR_MALFORMED;
	for (; *s != '\0'; s++) {
		int64_t digit = *s - '0';

		if (digit < 0 || digit > 9 || digit > max || n > (max - digit) / 10)
			return ERR_MALFORMED;
		n = n * 10 + digit;
	}
	*ret_n = n;
	return OK;
}

bool text_same_secret(const void *a, const void *b, size_t len)
{
	return sodium_memcmp(a, b, len) == 0;
}

void text_camel(const char *name, char *out)
{
	for (; *name != '\0'; name++) {
		if (name[0] == '_' && name[1] >= 'a' && name[1] <= 'z')
			*out++ = (char)(*++name - ('a' - 'A'));
		else
			*out++ = *name;
	}
	*out = '\0';
}

err text_read_file(struct arena *a, const char *path, size_t max, char **ret_text)
{
	FILE *f = fopen(path, "rbe");
	char *s;
	size_t n;

	if (f == NULL)
		return ERR_NOT_FOUND;
	s = arena_alloc(a, max + 2);
	n = fread(s, 1, max + 1, f);
	fclose(f);
	if (n > max)
		return ERR_TOO_LARGE;
	if (n > 0 && s[n - 1] == '\n')
		s[n - 1] = '\0';
	*ret_text = s;
	return OK;
}

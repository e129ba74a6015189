#include "common/base/text.h"
#include "common/base/buf.h"
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
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < len; i++) {
		*out++ = digits[bytes[i] >> 4];
		*out++ = digits[bytes[i] & 15];
	}
	*out = '\0';
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

err text_unhex(const char *s, uint8_t *ret_bytes, size_t len)
{
	for (size_t i = 0; i < 2 * len; i++)
		if (hex_digit(s[i]) < 0)
			return ERR_MALFORMED;
	if (s[2 * len] != '\0')
		return ERR_MALFORMED;
	for (size_t i = 0; i < len; i++)
		ret_bytes[i] = (uint8_t)(hex_digit(s[2 * i]) << 4 | hex_digit(s[2 * i + 1]));
	return OK;
}

static const char base64url_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

char *text_base64url(struct arena *a, const void *bytes, size_t len)
{
	const uint8_t *b = bytes;
	char *out = arena_alloc(a, (len + 2) / 3 * 4 + 1), *p = out;

	for (size_t i = 0; i < len; i += 3) {
		uint32_t v = (uint32_t)b[i] << 16 | (i + 1 < len ? (uint32_t)b[i + 1] << 8 : 0) |
			     (i + 2 < len ? b[i + 2] : 0);

		for (size_t k = 0; k < 4 && i * 4 / 3 + k < (len * 4 + 2) / 3; k++)
			*p++ = base64url_digits[v >> (18 - 6 * k) & 63];
	}
	return out;
}

err text_unbase64url(struct arena *a, const char *s, size_t len, uint8_t **ret_bytes, size_t *ret_len)
{
	uint8_t *out = arena_alloc(a, len + 1);
	uint32_t bits = 0;
	unsigned count = 0;
	size_t n = 0;

	if (len % 4 == 1)
		return ERR_MALFORMED;
	for (size_t i = 0; i < len; i++) {
		const char *d = s[i] == '\0' ? NULL : strchr(base64url_digits, s[i]);

		if (d == NULL)
			return ERR_MALFORMED;
		bits = bits << 6 | (uint32_t)(d - base64url_digits);
		count += 6;
		if (count >= 8) {
			count -= 8;
			out[n++] = (uint8_t)(bits >> count);
		}
	}
	if ((bits & ((1u << count) - 1)) != 0)
		return ERR_MALFORMED;
	*ret_bytes = out;
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
	const volatile uint8_t *x = a, *y = b;
	uint8_t differ = 0;

	for (size_t i = 0; i < len; i++)
		differ |= x[i] ^ y[i];
	return differ == 0;
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

/* The small codecs: base64url, hexadecimal, percent encoding, numbers, UTF-8, and the test whether an address
 * belongs to this site. */
#include "common/base/text.h"
#include "common/base/uuid.h"
#include "common/http/web.h"
#include "common/schema/form_params.h"
#include "tests/fuzz/fuzz.h"

void fuzz_begin(void)
{
}

static bool base64(struct arena *a, const char *bytes, size_t len)
{
	uint8_t *plain;
	size_t plain_len;
	const char *text = text_base64url(a, bytes, len);

	HOLDS(text_unbase64url(a, text, strlen(text), &plain, &plain_len) == OK);
	HOLDS(plain_len == len && memcmp(plain, bytes, len) == 0);
	/* the encoding of the bytes is unique */
	if (text_unbase64url(a, bytes, len, &plain, &plain_len) != OK)
		return false;
	text = text_base64url(a, plain, plain_len);
	HOLDS(strlen(text) == len && memcmp(text, bytes, len) == 0);
	return len > 0;
}

static bool hex(struct arena *a, const char *text)
{
	uint8_t bytes[16], id[UUID_BYTES];
	char again[2 * sizeof bytes + 1], printed[UUID_TEXT];
	char *lower = arena_strdup(a, text);
	bool taken = false;

	text_lower(lower);
	if (text_unhex(text, bytes, sizeof bytes) == OK) {
		text_hex(bytes, sizeof bytes, again);
		HOLDS(strcmp(again, lower) == 0);
		taken = true;
	}
	if (uuid_parse(text, id) == OK) {
		uuid_print(id, printed);
		HOLDS(strcmp(printed, lower) == 0 && !uuid_is_nil(id));
		taken = true;
	}
	return taken;
}

static bool number(struct arena *a, const char *text)
{
	int64_t n;

	if (text_number(text, INT64_MAX, &n) != OK)
		return false;
	HOLDS(n >= 0 && strcmp(arena_printf(a, "%lld", (long long)n), text) == 0);
	HOLDS(n == 0 || text_number(text, n - 1, &n) != OK);
	return true;
}

static void percent(struct arena *a, const char *text)
{
	const char *encoded = text_percent_encode(a, text);
	struct form_params *p;

	HOLDS(strspn(encoded, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-._~%") ==
	      strlen(encoded));
	if (text_is_utf8(text, strlen(text)) && *text != '\0') {
		encoded = arena_printf(a, "x=%s", encoded);
		HOLDS(form_params_parse(a, encoded, strlen(encoded), &p) == OK &&
		      strcmp(p->list[0].value, text) == 0);
	}
}

static void trimmed(struct arena *a, const char *text)
{
	const char *once = text_trim(a, text);

	HOLDS(strcmp(text_trim(a, once), once) == 0);
	HOLDS(strstr(text, once) != NULL);
	HOLDS(!text_is_utf8(text, strlen(text)) || text_is_utf8(once, strlen(once)));
}

/* An accepted address that a browser resolves stays on this site (WHATWG URL: \ is /, tabs and line ends are
 * removed). */
static bool local(const char *text)
{
	if (!web_is_local(text))
		return false;
	HOLDS(text[0] == '/' && text[1] != '/' && text[1] != '\\');
	HOLDS(strpbrk(text, "\t\r\n\\ \"<>") == NULL || strpbrk(text, "\t\r\n\\ ") == NULL);
	HOLDS(!text_has_control(text));
	return true;
}

bool fuzz_one(struct arena *a, const char *bytes, size_t len)
{
	const char *text = arena_memdup(a, bytes, len);
	bool taken = base64(a, bytes, len);

	percent(a, text);
	trimmed(a, text);
	taken |= hex(a, text);
	taken |= number(a, text);
	return taken | local(text);
}

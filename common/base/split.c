#include "common/base/split.h"
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

static bool is_of_word(UChar32 c)
{
	return c >= 0 && (U_GET_GC_MASK(c) & (U_GC_L_MASK | U_GC_M_MASK | U_GC_N_MASK)) != 0;
}

/* The next code point of s that is one of a word, or is none, as `wanted`; len when there is none. */
static size_t seek(const char *s, size_t at, size_t len, bool wanted)
{
	while (at < len) {
		size_t next = at;
		UChar32 c;

		U8_NEXT((const uint8_t *)s, next, len, c);
		if (is_of_word(c) == wanted)
			break;
		at = next;
	}
	return at;
}

void text_words(struct arena *a, const char *s, const char *const **ret_words, size_t *ret_count)
{
	size_t len = strlen(s), count = 0;
	const char **words = arena_array(a, len / 2 + 1, sizeof *words);

	for (size_t end, at = seek(s, 0, len, true); at < len; at = seek(s, end, len, true)) {
		end = seek(s, at, len, false);
		words[count++] = arena_memdup(a, s + at, end - at);
	}
	*ret_words = words;
	*ret_count = count;
}

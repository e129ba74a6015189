/*
 * #define WORDS_LIST "path/to/list.def", then include this: what pages and programs say, in every language. No guard: once a list.
 *
 *   WORDS(name, "English", "German")                 say_name, a struct words: {{ say_name }}, SAY(h, say_name), web_say(w, say_name)
 *   WORDS1(name, type, "… {0} …", …)                 say_name(h, value) writes it, the value escaped by its type; up to WORDS4
 *   COUNT(name, "{0,plural,one{#…}other{#…}}", …)    the same with an int64_t first and ICU's plurals; COUNT1 with a value besides
 *
 * and of the last two text_name(arena, locale, …), plain text, where every value but the count is a string. Texts are plain, never
 * markup; the apostrophe is ’, since ' quotes in ICU's messages. The build fails before this for a list that misses a language (translations.c).
 */
#include "common/html/html.h"

#define WORDS_TABLE(name, ...) \
	static const struct words name = W(__VA_ARGS__)
#define WORDS_ASIDE(i) struct html x##i = html_aside(h); html_put(&x##i, a##i);
#define WORDS_GOT(i)   buf_text(&x##i.out)

#define WORDS(name, ...) WORDS_TABLE(say_##name, __VA_ARGS__);

#define WORDS1(name, t0, ...) \
	WORDS_TABLE(words_##name, __VA_ARGS__); \
	static inline void say_##name(struct html *h, t0 a0) \
	{ \
		WORDS_ASIDE(0) \
		html_say(h, words_##name, (const char *const[]){WORDS_GOT(0)}, 1); \
	} \
	static inline const char *text_##name(struct arena *a, const struct locale *l, const char *a0) \
	{ \
		return words_fill(a, words_in(l, words_##name), (const char *const[]){a0}, 1); \
	}
#define WORDS2(name, t0, t1, ...) \
	WORDS_TABLE(words_##name, __VA_ARGS__); \
	static inline void say_##name(struct html *h, t0 a0, t1 a1) \
	{ \
		WORDS_ASIDE(0) \
		WORDS_ASIDE(1) \
		html_say(h, words_##name, (const char *const[]){WORDS_GOT(0), WORDS_GOT(1)}, 2); \
	} \
	static inline const char *text_##name(struct arena *a, const struct locale *l, const char *a0, const char *a1) \
	{ \
		return words_fill(a, words_in(l, words_##name), (const char *const[]){a0, a1}, 2); \
	}
#define WORDS3(name, t0, t1, t2, ...) \
	WORDS_TABLE(words_##name, __VA_ARGS__); \
	static inline void say_##name(struct html *h, t0 a0, t1 a1, t2 a2) \
	{ \
		WORDS_ASIDE(0) \
		WORDS_ASIDE(1) \
		WORDS_ASIDE(2) \
		html_say(h, words_##name, (const char *const[]){WORDS_GOT(0), WORDS_GOT(1), WORDS_GOT(2)}, 3); \
	} \
	static inline const char *text_##name(struct arena *a, const struct locale *l, const char *a0, const char *a1, const char *a2) \
	{ \
		return words_fill(a, words_in(l, words_##name), (const char *const[]){a0, a1, a2}, 3); \
	}
#define WORDS4(name, t0, t1, t2, t3, ...) \
	WORDS_TABLE(words_##name, __VA_ARGS__); \
	static inline void say_##name(struct html *h, t0 a0, t1 a1, t2 a2, t3 a3) \
	{ \
		WORDS_ASIDE(0) \
		WORDS_ASIDE(1) \
		WORDS_ASIDE(2) \
		WORDS_ASIDE(3) \
		html_say(h, words_##name, (const char *const[]){WORDS_GOT(0), WORDS_GOT(1), WORDS_GOT(2), WORDS_GOT(3)}, 4); \
	} \
	static inline const char *text_##name(struct arena *a, const struct locale *l, const char *a0, const char *a1, const char *a2, \
					      const char *a3) \
	{ \
		return words_fill(a, words_in(l, words_##name), (const char *const[]){a0, a1, a2, a3}, 4); \
	}
#define COUNT(name, ...) \
	WORDS_TABLE(words_##name, __VA_ARGS__); \
	static inline void say_##name(struct html *h, int64_t n) \
	{ \
		html_say_count(h, words_##name, n, NULL, 0); \
	} \
	static inline const char *text_##name(struct arena *a, const struct locale *l, int64_t n) \
	{ \
		return locale_message(a, l, words_in(l, words_##name), n, NULL, 0); \
	}
#define COUNT1(name, t1, ...) \
	WORDS_TABLE(words_##name, __VA_ARGS__); \
	static inline void say_##name(struct html *h, int64_t n, t1 a1) \
	{ \
		WORDS_ASIDE(1) \
		html_say_count(h, words_##name, n, (const char *const[]){WORDS_GOT(1)}, 1); \
	} \
	static inline const char *text_##name(struct arena *a, const struct locale *l, int64_t n, const char *a1) \
	{ \
		return locale_message(a, l, words_in(l, words_##name), n, (const char *const[]){a1}, 1); \
	}
#include WORDS_LIST
#undef WORDS_TABLE
#undef WORDS_ASIDE
#undef WORDS_GOT
#undef WORDS
#undef WORDS1
#undef WORDS2
#undef WORDS3
#undef WORDS4
#undef COUNT
#undef COUNT1
#undef WORDS_LIST

/*
 * #define MESSAGE_LIST "path/to/list.def", then include this: what pages and programs say, in every language.
 * No guard: once a list.
 *
 *   MESSAGE(name, "English", "German")                 tr_name, a struct message: {{ tr_name }}, TR(h,
 *                                                      tr_name), web_tr(w, tr_name)
 *   MESSAGE1(name, type, "… {0} …", …)                 tr_name(h, value) writes it, the value escaped by its
 *                                                      type; up to MESSAGE4
 *   PLURAL(name, "{0,plural,one{#…}other{#…}}", …)    the same with an int64_t first and ICU's plurals;
 *                                                     PLURAL1 with a value besides
 *
 * and of all but MESSAGE tr_text_name(arena, locale, …), plain text, where every value but the count is a
 * string. Texts are plain, never markup; the apostrophe is ’, since ' quotes in ICU's messages. The build
 * fails before this for a list that misses a language (translations.c).
 */
#include "common/html/html.h"

#define MESSAGE_TABLE(name, ...) \
	static const struct message name = TEXTS(__VA_ARGS__)
#define MESSAGE_ASIDE(i) struct html x##i = html_aside(h); html_put(&x##i, a##i);
#define MESSAGE_GOT(i)   buf_text(&x##i.out)

#define MESSAGE(name, ...) MESSAGE_TABLE(tr_##name, __VA_ARGS__);

#define MESSAGE1(name, t0, ...) \
	MESSAGE_TABLE(message_##name, __VA_ARGS__); \
	static inline void tr_##name(struct html *h, t0 a0) \
	{ \
		MESSAGE_ASIDE(0) \
		html_tr(h, message_##name, (const char *const[]){MESSAGE_GOT(0)}, 1); \
	} \
	static inline const char *tr_text_##name(struct arena *a, const struct locale *l, const char *a0) \
	{ \
		return message_fill(a, message_in(l, message_##name), (const char *const[]){a0}, 1); \
	}
#define MESSAGE2(name, t0, t1, ...) \
	MESSAGE_TABLE(message_##name, __VA_ARGS__); \
	static inline void tr_##name(struct html *h, t0 a0, t1 a1) \
	{ \
		MESSAGE_ASIDE(0) \
		MESSAGE_ASIDE(1) \
		html_tr(h, message_##name, (const char *const[]){MESSAGE_GOT(0), MESSAGE_GOT(1)}, 2); \
	} \
	static inline const char *tr_text_##name(struct arena *a, const struct locale *l, \
						 const char *a0, const char *a1) \
	{ \
		return message_fill(a, message_in(l, message_##name), (const char *const[]){a0, a1}, 2); \
	}
#define MESSAGE3(name, t0, t1, t2, ...) \
	MESSAGE_TABLE(message_##name, __VA_ARGS__); \
	static inline void tr_##name(struct html *h, t0 a0, t1 a1, t2 a2) \
	{ \
		MESSAGE_ASIDE(0) \
		MESSAGE_ASIDE(1) \
		MESSAGE_ASIDE(2) \
		html_tr(h, message_##name, \
			(const char *const[]){MESSAGE_GOT(0), MESSAGE_GOT(1), MESSAGE_GOT(2)}, \
			3); \
	} \
	static inline const char *tr_text_##name(struct arena *a, const struct locale *l, \
						 const char *a0, const char *a1, const char *a2) \
	{ \
		return message_fill(a, message_in(l, message_##name), (const char *const[]){a0, a1, a2}, 3); \
	}
#define MESSAGE4(name, t0, t1, t2, t3, ...) \
	MESSAGE_TABLE(message_##name, __VA_ARGS__); \
	static inline void tr_##name(struct html *h, t0 a0, t1 a1, t2 a2, t3 a3) \
	{ \
		MESSAGE_ASIDE(0) \
		MESSAGE_ASIDE(1) \
		MESSAGE_ASIDE(2) \
		MESSAGE_ASIDE(3) \
		html_tr(h, message_##name, \
			(const char *const[]){MESSAGE_GOT(0), MESSAGE_GOT(1), MESSAGE_GOT(2), \
					      MESSAGE_GOT(3)}, \
			4); \
	} \
	static inline const char *tr_text_##name(struct arena *a, const struct locale *l, \
						 const char *a0, const char *a1, const char *a2, \
						 const char *a3) \
	{ \
		return message_fill(a, message_in(l, message_##name), \
				    (const char *const[]){a0, a1, a2, a3}, 4); \
	}
#define PLURAL(name, ...) \
	MESSAGE_TABLE(message_##name, __VA_ARGS__); \
	static inline void tr_##name(struct html *h, int64_t n) \
	{ \
		html_tr_plural(h, message_##name, n, NULL, 0); \
	} \
	static inline const char *tr_text_##name(struct arena *a, const struct locale *l, int64_t n) \
	{ \
		return locale_message(a, l, message_in(l, message_##name), n, NULL, 0); \
	}
#define PLURAL1(name, t1, ...) \
	MESSAGE_TABLE(message_##name, __VA_ARGS__); \
	static inline void tr_##name(struct html *h, int64_t n, t1 a1) \
	{ \
		MESSAGE_ASIDE(1) \
		html_tr_plural(h, message_##name, n, (const char *const[]){MESSAGE_GOT(1)}, 1); \
	} \
	static inline const char *tr_text_##name(struct arena *a, const struct locale *l, \
						 int64_t n, const char *a1) \
	{ \
		return locale_message(a, l, message_in(l, message_##name), n, (const char *const[]){a1}, 1); \
	}
#include MESSAGE_LIST
#undef MESSAGE_TABLE
#undef MESSAGE_ASIDE
#undef MESSAGE_GOT
#undef MESSAGE
#undef MESSAGE1
#undef MESSAGE2
#undef MESSAGE3
#undef MESSAGE4
#undef PLURAL
#undef PLURAL1
#undef MESSAGE_LIST

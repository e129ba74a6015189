#ifndef STAGEDOOR_SCHEMA_KIND_H
#define STAGEDOOR_SCHEMA_KIND_H

#include "common/base/arena.h"
#include "common/base/err.h"
#include "common/base/uuid.h"
#include "common/base/messages.h"
#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * One C type a kind, each a struct of one member, so that one cannot be passed for another; the zero value is
 * null.
 */
#define ID(k, wrong)                     typedef struct { uint8_t b[16]; } k;
#define INTEGER(k, min, max, wrong)      typedef struct { int64_t v; } k;
#define TIME(k, wrong)                   typedef struct { int64_t v; } k;
#define STRING(k, rule, min, max, wrong) typedef struct { const char *v; } k;
#define SWITCH(k, wrong)                 typedef struct { bool v; } k;
#include "common/schema/kinds.def"
#undef ID
#undef INTEGER
#undef TIME
#undef STRING
#undef SWITCH

/*
 * The words of a choice: order_status_CREATED; order_status_NULL is 0. A value is written
 * (order_status){.v = order_status_CREATED}. `word` is the text of order_status_UNKNOWN, a word of a later
 * version, and has no meaning otherwise.
 */
#define CHOICE(k, doc)      enum k##_word { k##_NULL,
#define WORD(k, name, text) k##_##name,
#define END(k)              k##_UNKNOWN };
#include "common/schema/choices.def"
#undef CHOICE
#undef END
#undef WORD
#define CHOICE(k, doc)      typedef struct { int v; const char *word; } k;
#define WORD(k, name, text)
#define END(k)
#include "common/schema/choices.def"
#undef CHOICE
#undef WORD
#undef END

/*
 * After a table that is indexed by the words of a choice: its last row is that of UNKNOWN, so that no word is
 * out of its range.
 */
#define CHOICE_TABLE(table, k) \
	static_assert(sizeof(table) / sizeof *(table) == k##_UNKNOWN + 1, \
		      "the table has no row for words that are not known")

enum kind_class { KIND_ID, KIND_INTEGER, KIND_TIME, KIND_STRING, KIND_BOOLEAN, KIND_CHOICE };

enum text_rule {
	RULE_LINE,     /* one line: no control characters; white space around it is dropped */
	RULE_RAW,      /* any UTF-8 without NUL, nothing dropped */
	RULE_ASCII,    /* visible ASCII, no spaces */
	RULE_EMAIL,    /* ASCII, one @, lower-cased */
	RULE_ZONE,     /* a name of the IANA time zone database */
	RULE_CURRENCY, /* a code of currencies.def, upper case */
};

/* What is known of a kind. */
struct kind {
	const char *name;
	enum kind_class class;
	size_t size;
	enum text_rule rule;
	int64_t min, max;         /* value of an integer, code points of a string */
	const char *const *words; /* of a choice: words[1] is the first; NULL, at UNKNOWN, ends it */
	struct message wrong;     /* for a value that does not fit; kind_wrong() has those of choices too */
};

/* kind_ticket_id, kind_money, … */
#define ID(k, wrong)                     extern const struct kind kind_##k;
#define INTEGER(k, min, max, wrong)      extern const struct kind kind_##k;
#define TIME(k, wrong)                   extern const struct kind kind_##k;
#define STRING(k, rule, min, max, wrong) extern const struct kind kind_##k;
#define SWITCH(k, wrong)                 extern const struct kind kind_##k;
#include "common/schema/kinds.def"
#undef ID
#undef INTEGER
#undef TIME
#undef STRING
#undef SWITCH
#define CHOICE(k, doc) extern const struct kind kind_##k;
#define WORD(k, name, text)
#define END(k)
#include "common/schema/choices.def"
#undef CHOICE
#undef WORD
#undef END

/* A record without fields: the form of a route that takes none, the id of a route without one. */
struct nothing {
	char none;
};

/* Every kind, for generic tests; NULL ends it. */
extern const struct kind *const kinds[];

/* What a person is told when a value does not fit the kind, in every language. */
struct message kind_wrong(const struct kind *k);

/*
 * Is the value null: no id, no text, no time, no word, and 0 where the kind does not allow 0? A switch is
 * never null.
 */
bool kind_is_null(const struct kind *k, const void *value);

/*
 * How amounts and times are written. MINOR: money as an integer of minor units (events, JSON within the
 * system). MAJOR: money as a decimal number of major units of `currency` (API, forms, pages).
 */
struct number_format {
	bool major;
	bool comma; /* "38,50" is read too, as forms in some languages send it */
	const char *currency;
	/* of a date and time without an offset ("2026-12-03T19:30", as forms send it); NULL refuses it */
	const char *zone;
};

/*
 * The value that text stands for; the empty text is null (a password is never trimmed). Strings are copied to
 * the arena. ERR_INVALID when it does not fit the kind; *ret_value is then untouched.
 */
err kind_parse(struct arena *a, const struct kind *k, const struct number_format *n, const char *text,
	       void *ret_value) NODISCARD;

/* The value that a word of an event or a row stands for: UNKNOWN, with a copy of the text, when it is not in
 * the list. ERR_INVALID when it cannot be a word. */
err choice_read(struct arena *a, const struct kind *k, const char *word, void *ret_value) NODISCARD;

/* Is the value UNKNOWN? False for other kinds. */
bool choice_is_unknown(const struct kind *k, const void *value);

/* The text that kind_parse reads back: "" for null. */
const char *kind_print(struct arena *a, const struct kind *k, const struct number_format *n,
		       const void *value);

/* Does a value from inside (an event, a row, a JSON string) fit the kind? Strings are not changed. */
bool kind_fits(const struct kind *k, const void *value);

/* Digits after the point of a currency in the list (USD 2, JPY 0), -1 for any other. */
int currency_digits(const char *code);
/* minor units as a decimal of major units: 3850 and USD give "38.50". */
const char *money_decimal(struct arena *a, money m, const char *code);

/*
 * "38", "38.5", "38.50" in major units; no sign, exponent, spaces or separators, no more digits than the
 * currency has.
 */
err money_parse(const char *text, const char *code, money *ret_money) NODISCARD;

/* RFC 3339 in UTC with microseconds: "2026-12-03T19:30:00.000000Z"; without a fraction when it is 0. */
const char *when_print(struct arena *a, when w);

/* Is it a moment that can be written: after 1970 began, before the year 10000? */
bool when_fits(when w);

/* RFC 3339 with offset or Z, a fraction of up to 9 digits; years 1970 to 9999. */
err when_parse(const char *text, when *ret_when) NODISCARD;

/* New ids, and comparison: ids are compared as bytes. */
#define id_same(x, y)  (sizeof(*(1 ? &(x) : &(y))) == 16 && memcmp((x).b, (y).b, 16) == 0)
#define id_is_null(id) uuid_is_nil((id).b)
#define id_text(a, id) id_print((a), (id).b)
const char *id_print(struct arena *a, const uint8_t id[16]);

#endif

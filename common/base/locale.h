#ifndef STAGEDOOR_BASE_LOCALE_H
#define STAGEDOOR_BASE_LOCALE_H

#include "common/base/arena.h"
#include "common/base/messages.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What a reader's language and region make of dates, numbers, money and sentences, by ICU (CLDR). Times are
 * microseconds UTC. Results live in the arena that is passed. Formatters are kept per thread. A locale that
 * is NULL is the first of locales.def. What ICU cannot write comes out plain, never as an error.
 */
struct locale {
	enum language language;
	const char *tag; /* "en-GB", for <html lang> and Content-Language */
};

/* The one of locales.def that suits an Accept-Language header (RFC 9110) best; never NULL, whatever was sent.
 */
const struct locale *locale_for(const char *accept_language);

/* The locale of that tag, NULL when it is not in locales.def. */
const struct locale *locale_of_tag(const char *tag);

/* The text in the reader's language. */
const char *message_in(const struct locale *l, struct message w);

/* The text with {0}, {1} … replaced by args. */
const char *message_fill(struct arena *a, const char *text, const char *const *args, size_t count);

/* ICU's message syntax, for plurals: {0} is the number n, {1} to {3} are args. */
const char *locale_message(struct arena *a, const struct locale *l, const char *pattern, int64_t n,
			   const char *const *args, size_t count);

enum time_form {
	TIME_FULL,    /* Thursday, December 3, 2026 at 7:30 PM GMT */
	TIME_MOMENT,  /* Dec 3, 2026, 7:30:05 PM GMT */
	TIME_HOUR,    /* 7:30:05 PM GMT */
	TIME_CLOCK,   /* 7:30 PM */
	TIME_DATE,    /* December 3, 2026 */
	TIME_WEEKDAY, /* Thu */
	TIME_DAY,     /* 3 */
	TIME_MONTH,   /* Dec 2026 */
	TIME_YEAR,    /* 2026 */
	TIME_FORMS
};

/* zone: of the IANA list; NULL and unknown ones are UTC. */
const char *locale_time(struct arena *a, const struct locale *l, int64_t time, const char *zone,
			enum time_form form);

/* "2 hours ago", "1 day ago", "less than a minute ago": whole ones of the largest unit that has passed. A
 * time to come is the last. */
const char *locale_ago(struct arena *a, const struct locale *l, int64_t then, int64_t now);

/* "15 minutes", "45 seconds", "2 hours": in the largest unit that says it exactly. */
const char *locale_duration(struct arena *a, const struct locale *l, int64_t seconds);

/* "12,345": a whole number with the separators of the region. */
const char *locale_number(struct arena *a, const struct locale *l, int64_t n);

/* "$1,038.50": decimal is "1038.50" in major units, code is ISO 4217. */
const char *locale_amount(struct arena *a, const struct locale *l, const char *decimal, const char *code);

/* Is the decimal point a comma? */
bool locale_has_comma(struct arena *a, const struct locale *l);

/* What stands for the currency beside an amount: "$". */
const char *locale_currency(struct arena *a, const struct locale *l, const char *code);

#endif

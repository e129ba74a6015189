/*
 * The kinds of kinds.def and choices.def as data, and what can be done with a value of any of them: is it
 * null, does it fit, parse it, print it.
 *
 * The functions switch on the class of a kind. All C types of one class have the same layout (kind.h), so
 * a value is accessed through a pointer to that layout, and a new kind of an existing class needs no code
 * here.
 *
 * Values come from two sides. kind_parse takes what clients send: it trims, and refuses a word that is not
 * in the list. kind_fits and choice_read take values of events and rows: they change nothing, and a word
 * of a later version is kept as UNKNOWN with its text.
 *
 * What must hold:
 * - The zero value is null, except for a switch and an integer that may be 0. Null never fits (kind_fits);
 *   the record decides whether it is allowed.
 * - The number of a choice is 0 for null, and that of UNKNOWN is the index at which its words end.
 */
#include "common/schema/kind.h"
#include "common/base/text.h"
#include "common/base/uuid.h"
#include "common/base/zone.h"
#include "common/schema/record.h"
#include <stdio.h>
#include <string.h>

#define CHOICE(kind, doc)      static const char *const words_of_##kind[] = {"",
#define WORD(kind, name, text) text,
#define END(kind)                                                                                            \
	NULL                                                                                                 \
	}                                                                                                    \
	;
#include "common/schema/choices.def"
#undef CHOICE
#undef WORD
#undef END

#define ID(k, wrong_) const struct kind kind_##k = {#k, KIND_ID, sizeof(k), .wrong = wrong_};
#define INTEGER(k, lo, hi, wrong_)                                                                           \
	const struct kind kind_##k = {#k, KIND_INTEGER, sizeof(k), .min = lo, .max = hi, .wrong = wrong_};
#define TIME(k, wrong_) const struct kind kind_##k = {#k, KIND_TIME, sizeof(k), .wrong = wrong_};
#define STRING(k, rule_, lo, hi, wrong_)                                                                     \
	const struct kind kind_##k = {#k, KIND_STRING, sizeof(k), RULE_##rule_, lo, hi, .wrong = wrong_};
#define SWITCH(k, wrong_) const struct kind kind_##k = {#k, KIND_BOOLEAN, sizeof(k), .wrong = wrong_};
#include "common/schema/kinds.def"
#undef ID
#undef INTEGER
#undef TIME
#undef STRING
#undef SWITCH
#define CHOICE(k, doc) const struct kind kind_##k = {#k, KIND_CHOICE, sizeof(k), .words = words_of_##k};
#define WORD(kind, name, text)
#define END(kind)
#include "common/schema/choices.def"
#undef CHOICE
#undef WORD
#undef END

const struct kind *const kinds[] = {
#define ID(k, wrong)                   &kind_##k,
#define INTEGER(k, lo, hi, wrong)      &kind_##k,
#define TIME(k, wrong)                 &kind_##k,
#define STRING(k, rule, lo, hi, wrong) &kind_##k,
#define SWITCH(k, wrong)               &kind_##k,
#include "common/schema/kinds.def"
#undef ID
#undef INTEGER
#undef TIME
#undef STRING
#undef SWITCH
#define CHOICE(k, doc) &kind_##k,
#define WORD(kind, name, text)
#define END(kind)
#include "common/schema/choices.def"
#undef CHOICE
#undef WORD
#undef END
    NULL};

struct message kind_wrong(const struct kind *k)
{
	return k->class == KIND_CHOICE ? tr_no_such_choice : k->wrong;
}

/* of a word in an event or a row: the width of its columns */
enum { WORD_MAX = 40 };

static bool is_ascii_visible(const char *s)
{
	for (; *s != '\0'; s++)
		if (*s <= ' ' || (unsigned char)*s > 0x7e)
			return false;
	return true;
}

static bool is_email(const char *s)
{
	const char *at = strchr(s, '@');

	if (!is_ascii_visible(s) || at == NULL || at == s || at - s > 64 || strchr(at + 1, '@') != NULL)
		return false;
	if (strchr(at, '.') == NULL || at[1] == '.' || s[strlen(s) - 1] == '.' || strstr(s, "..") != NULL)
		return false;
	return strpbrk(s, "\"(),:;<>[\\]`") == NULL;
}

static bool obeys(enum text_rule rule, const char *s)
{
	switch (rule) {
	case RULE_LINE:
		return !text_has_control(s);
	case RULE_RAW:
		return true;
	case RULE_ASCII:
		return is_ascii_visible(s);
	case RULE_EMAIL:
		return is_email(s);
	case RULE_ZONE:
		return zone_is_known(s);
	case RULE_CURRENCY:
		return currency_digits(s) >= 0;
	}
	return false;
}

static bool string_fits(const struct kind *k, const char *s)
{
	size_t length;

	if (!text_is_utf8(s, strlen(s)))
		return false;
	length = text_length(s);
	return length >= (size_t)k->min && length <= (size_t)k->max && obeys(k->rule, s);
}

static int unknown_of(const struct kind *k)
{
	int n = 1;

	while (k->words[n] != NULL)
		n++;
	return n;
}

static bool is_word(const char *s)
{
	size_t len = s == NULL ? 0 : strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_");

	return len > 0 && len <= WORD_MAX && s[len] == '\0' && *s >= 'a';
}

/* Where a choice keeps the text of UNKNOWN: each is laid out as one of them. */
static const char **choice_text(void *value)
{
	return (const char **)(void *)((char *)value + offsetof(category, word));
}

static const char *unknown_text(const void *value)
{
	return *(const char *const *)(const void *)((const char *)value + offsetof(category, word));
}

bool choice_is_unknown(const struct kind *k, const void *value)
{
	return k->class == KIND_CHOICE && *(const int *)value == unknown_of(k);
}

static bool choice_fits(const struct kind *k, const void *value)
{
	int v = *(const int *)value;

	return choice_is_unknown(k, value) ? is_word(unknown_text(value)) : v > 0 && v < unknown_of(k);
}

bool kind_fits(const struct kind *k, const void *value)
{
	int64_t n;

	if (kind_is_null(k, value))
		return false;
	switch (k->class) {
	case KIND_ID:
	case KIND_BOOLEAN:
		return true;
	case KIND_INTEGER:
		n = *(const int64_t *)value;
		return n >= k->min && n <= k->max;
	case KIND_TIME:
		return when_fits(*(const when *)value);
	case KIND_STRING:
		return string_fits(k, *(const char *const *)value);
	case KIND_CHOICE:
		return choice_fits(k, value);
	}
	return false;
}

bool kind_is_null(const struct kind *k, const void *value)
{
	switch (k->class) {
	case KIND_ID:
		return uuid_is_nil(value);
	case KIND_INTEGER:
		return k->min > 0 && *(const int64_t *)value == 0;
	case KIND_TIME:
		return *(const int64_t *)value == 0;
	case KIND_STRING:
		return *(const char *const *)value == NULL;
	case KIND_BOOLEAN:
		return false;
	case KIND_CHOICE:
		return *(const int *)value == 0;
	}
	return true;
}

static err parse_string(struct arena *a, const struct kind *k, const char *text, void *ret_value)
{
	char *s = k->rule == RULE_RAW ? arena_strdup(a, text) : text_trim(a, text);

	if (*s == '\0') {
		*(const char **)ret_value = NULL;
		return OK;
	}
	if (k->rule == RULE_EMAIL)
		text_lower(s);
	if (!string_fits(k, s))
		return ERR_INVALID;
	*(const char **)ret_value = s;
	return OK;
}

/* What browsers send of <input type="datetime-local">: "2026-12-03T19:30", seconds optional. */
static err parse_local(const char *text, const char *zone, when *ret_when)
{
	struct wall w = {0};
	int used = 0;

	if (sscanf(text, "%4d-%2d-%2dT%2d:%2d%n", &w.year, &w.month, &w.day, &w.hour, &w.minute, &used) !=
		5 ||
	    used != 16)
		return ERR_INVALID;
	if (text[16] != '\0' &&
	    (sscanf(text + 16, ":%2d%n", &w.second, &used) != 1 || used != 3 || text[19] != '\0'))
		return ERR_INVALID;
	return zone_time(&w, zone, &ret_when->v);
}

static err parse_when(const struct number_format *n, const char *text, when *ret_when)
{
	when local;

	if (n->zone != NULL && parse_local(text, n->zone, &local) == OK && when_fits(local)) {
		*ret_when = local;
		return OK;
	}
	return when_parse(text, ret_when);
}

/* One comma and no point: the comma is the point. */
static const char *with_point(struct arena *a, const struct number_format *n, const char *text)
{
	const char *comma = strchr(text, ',');
	char *copy;

	if (!n->comma || strchr(text, '.') != NULL || comma == NULL)
		return text;
	copy = arena_strdup(a, text);
	copy[comma - text] = '.';
	return copy;
}

static err parse_integer(struct arena *a, const struct kind *k, const struct number_format *n,
			 const char *text, void *ret_value)
{
	money m;
	int64_t v;
	err e;

	if (k == &kind_money && n->major) {
		if ((e = money_parse(with_point(a, n, text), n->currency, &m)) != OK)
			return e;
		v = m.v;
	} else if (text_number(text, k->max, &v) != OK) {
		return ERR_INVALID;
	}
	if (v < k->min)
		return ERR_INVALID;
	*(int64_t *)ret_value = v;
	return OK;
}

static err parse_choice(const struct kind *k, const char *text, void *ret_value)
{
	for (int i = 1; k->words[i] != NULL; i++)
		if (strcmp(k->words[i], text) == 0) {
			*(int *)ret_value = i;
			*choice_text(ret_value) = NULL;
			return OK;
		}
	return ERR_INVALID;
}

err choice_read(struct arena *a, const struct kind *k, const char *word, void *ret_value)
{
	if (parse_choice(k, word, ret_value) == OK)
		return OK;
	if (!is_word(word))
		return ERR_INVALID;
	*(int *)ret_value = unknown_of(k);
	*choice_text(ret_value) = arena_strdup(a, word);
	return OK;
}

static err parse_switch(const char *text, bool *ret_value)
{
	if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0)
		return ERR_INVALID;
	*ret_value = *text == 't';
	return OK;
}

err kind_parse(struct arena *a, const struct kind *k, const struct number_format *n, const char *text,
	       void *ret_value)
{
	if (k->class == KIND_STRING)
		return parse_string(a, k, text, ret_value);
	text = text_trim(a, text);
	if (*text == '\0') {
		memset(ret_value, 0, k->size);
		return OK;
	}
	switch (k->class) {
	case KIND_ID:
		return uuid_parse(text, ret_value) == OK ? OK : ERR_INVALID;
	case KIND_INTEGER:
		return parse_integer(a, k, n, text, ret_value);
	case KIND_TIME:
		return parse_when(n, text, ret_value);
	case KIND_CHOICE:
		return parse_choice(k, text, ret_value);
	case KIND_BOOLEAN:
		return parse_switch(text, ret_value);
	case KIND_STRING:
		break;
	}
	return ERR_INVALID;
}

const char *kind_print(struct arena *a, const struct kind *k, const struct number_format *n,
		       const void *value)
{
	if (kind_is_null(k, value))
		return "";
	switch (k->class) {
	case KIND_ID:
		return id_print(a, value);
	case KIND_INTEGER:
		if (k == &kind_money && n->major)
			return money_decimal(a, *(const money *)value, n->currency);
		return arena_printf(a, "%lld", (long long)*(const int64_t *)value);
	case KIND_TIME:
		return when_print(a, *(const when *)value);
	case KIND_STRING:
		return *(const char *const *)value;
	case KIND_CHOICE:
		return choice_is_unknown(k, value) ? unknown_text(value) : k->words[*(const int *)value];
	case KIND_BOOLEAN:
		return *(const bool *)value ? "true" : "false";
	}
	return "";
}

const char *id_print(struct arena *a, const uint8_t id[16])
{
	char *s = arena_alloc(a, UUID_TEXT);

	uuid_print(id, s);
	return s;
}

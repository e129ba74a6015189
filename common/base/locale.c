/*
 * Dates, numbers, money and sentences of a region, by ICU.
 *
 * ICU's formatters take longer to make than to use, and are not for two threads at once. So each thread keeps
 * the last TOOLS of them, by kind, locale and skeleton, and reuses the oldest place; they are freed with the
 * thread. The choice for the last Accept-Language header is kept too, since a thread often meets the same.
 *
 * What must hold:
 * - A tool is used up before the next is asked for, which may take its place.
 * - What ICU cannot do gives plain text, never an error: a page is better with "38.50" than not at all.
 * - Amounts keep the digits that are passed, whatever ICU has for the currency.
 */
#include "common/base/locale.h"
#include "common/base/buf.h"
#include "common/base/clock.h"
#include "common/base/err.h"
#include "common/base/text.h"
#include "common/base/zone.h"
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/ucal.h>
#include <unicode/ucurr.h>
#include <unicode/udat.h>
#include <unicode/udatpg.h>
#include <unicode/uenum.h>
#include <unicode/uloc.h>
#include <unicode/umsg.h>
#include <unicode/unumberformatter.h>
#include <unicode/ureldatefmt.h>
#include <unicode/ustring.h>

static const struct locale locales[] = {
#define LOCALE(language, tag) {LANGUAGE_##language, tag},
#include "common/base/locales.def"
#undef LOCALE
};

#define MESSAGE(name, ...) static const struct message tr_##name = TEXTS(__VA_ARGS__);
#include "common/base/messages.def"
#undef MESSAGE

enum { LOCALE_COUNT = sizeof locales / sizeof *locales, TOOLS = 32, TEXT = 256, ACCEPT_MAX = 200 };

enum tool_kind { TOOL_NONE, TOOL_TIME, TOOL_NUMBER, TOOL_AGO };

struct tool {
	enum tool_kind kind;
	const struct locale *locale;
	char skeleton[64]; /* what it is made from */
	char zone[64];     /* TOOL_TIME: where its clock hangs */
	void *made;
};

struct toolbox {
	struct tool tools[TOOLS];
	size_t next;
	char accepted[ACCEPT_MAX]; /* the last header, and what came of it */
	const struct locale *chosen;
};

static pthread_key_t box_key;
static pthread_once_t box_once = PTHREAD_ONCE_INIT;

static void tool_close(struct tool *t)
{
	if (t->kind == TOOL_TIME)
		udat_close(t->made);
	else if (t->kind == TOOL_NUMBER)
		unumf_close(t->made);
	else if (t->kind == TOOL_AGO)
		ureldatefmt_close(t->made);
	t->kind = TOOL_NONE;
}

static void box_free(void *box)
{
	struct toolbox *b = box;

	for (size_t i = 0; i < TOOLS; i++)
		tool_close(&b->tools[i]);
	free(b);
}

static void box_begin(void)
{
	BUG_IF(pthread_key_create(&box_key, box_free) != 0);
}

static struct toolbox *box_mine(void)
{
	struct toolbox *b;

	pthread_once(&box_once, box_begin);
	if ((b = pthread_getspecific(box_key)) != NULL)
		return b;
	BUG_IF((b = calloc(1, sizeof *b)) == NULL || pthread_setspecific(box_key, b) != 0);
	return b;
}

static const struct locale *or_first(const struct locale *l)
{
	return l == NULL ? &locales[0] : l;
}

static UDateFormat *make_time(const char *tag, const char *skeleton, UErrorCode *e)
{
	UDateTimePatternGenerator *generator = udatpg_open(tag, e);
	UChar from[64], pattern[TEXT];
	int32_t len;
	UDateFormat *made = NULL;

	u_uastrcpy(from, skeleton);
	len = udatpg_getBestPattern(generator, from, -1, pattern, TEXT, e);
	if (U_SUCCESS(*e))
		made = udat_open(UDAT_PATTERN, UDAT_PATTERN, tag, u"UTC", -1, pattern, len, e);
	udatpg_close(generator);
	return made;
}

static void *make(enum tool_kind kind, const char *tag, const char *skeleton, UErrorCode *e)
{
	UChar from[64];

	if (kind == TOOL_TIME)
		return make_time(tag, skeleton, e);
	if (kind == TOOL_AGO)
		return ureldatefmt_open(tag, NULL, UDAT_STYLE_LONG, UDISPCTX_CAPITALIZATION_NONE, e);
	u_uastrcpy(from, skeleton);
	return unumf_openForSkeletonAndLocale(from, -1, tag, e);
}

/* NULL: ICU cannot make it. */
static struct tool *tool_of(enum tool_kind kind, const struct locale *l, const char *skeleton)
{
	struct toolbox *b = box_mine();
	UErrorCode e = U_ZERO_ERROR;
	struct tool *t;

	for (t = b->tools; t < b->tools + TOOLS; t++)
		if (t->kind == kind && t->locale == l && strcmp(t->skeleton, skeleton) == 0)
			return t;
	t = &b->tools[b->next++ % TOOLS];
	tool_close(t);
	*t = (struct tool){.locale = l, .zone = "UTC"};
	snprintf(t->skeleton, sizeof t->skeleton, "%s", skeleton);
	t->made = make(kind, l->tag, skeleton, &e);
	if (U_FAILURE(e))
		return NULL;
	t->kind = kind;
	return t;
}

static const char *from_uchar(struct arena *a, const UChar *text, int32_t len)
{
	UErrorCode e = U_ZERO_ERROR;
	int32_t room = len * 3 + 1, n = 0;
	char *out = arena_alloc(a, (size_t)room);

	u_strToUTF8(out, room, &n, text, len, &e);
	return out;
}

static UChar *to_uchar(struct arena *a, const char *text)
{
	UErrorCode e = U_ZERO_ERROR;
	int32_t room = (int32_t)strlen(text) + 1, n = 0;
	UChar *out = arena_array(a, (size_t)room, sizeof *out);

	u_strFromUTF8(out, room, &n, text, -1, &e);
	return out;
}

const struct locale *locale_of_tag(const char *tag)
{
	for (size_t i = 0; i < LOCALE_COUNT; i++)
		if (strcmp(locales[i].tag, tag) == 0)
			return &locales[i];
	return NULL;
}

static const struct locale *choose(const char *accept_language)
{
	static const char *const tags[] = {
#define LOCALE(language, tag) tag,
#include "common/base/locales.def"
#undef LOCALE
	};
	UErrorCode e = U_ZERO_ERROR;
	UAcceptResult result = ULOC_ACCEPT_FAILED;
	UEnumeration *offered = uenum_openCharStringsEnumeration(tags, LOCALE_COUNT, &e);
	char best[64] = "", *underscore;
	const struct locale *found = NULL;

	uloc_acceptLanguageFromHTTP(best, sizeof best, &result, accept_language, offered, &e);
	uenum_close(offered);
	if ((underscore = strchr(best, '_')) != NULL)
		*underscore = '-';
	if (U_SUCCESS(e) && result != ULOC_ACCEPT_FAILED)
		found = locale_of_tag(best);
	return or_first(found);
}

const struct locale *locale_for(const char *accept_language)
{
	struct toolbox *b = box_mine();

	if (accept_language == NULL || *accept_language == '\0' || strlen(accept_language) >= ACCEPT_MAX)
		return &locales[0];
	if (b->chosen == NULL || strcmp(b->accepted, accept_language) != 0) {
		b->chosen = choose(accept_language);
		snprintf(b->accepted, sizeof b->accepted, "%s", accept_language);
	}
	return b->chosen;
}

const char *message_in(const struct locale *l, struct message w)
{
	return w.in[or_first(l)->language];
}

const char *message_fill(struct arena *a, const char *text, const char *const *args, size_t count)
{
	struct buf b = BUF(a);

	while (*text != '\0') {
		size_t plain = strcspn(text, "{");

		buf_add(&b, text, plain);
		text += plain;
		if (*text == '\0')
			break;
		if (text[1] >= '0' && (size_t)(text[1] - '0') < count && text[2] == '}') {
			buf_puts(&b, args[text[1] - '0'] == NULL ? "" : args[text[1] - '0']);
			text += 3;
		} else {
			buf_putc(&b, *text++);
		}
	}
	return buf_text(&b);
}

const char *locale_message(struct arena *a, const struct locale *l, const char *pattern, int64_t n,
			   const char *const *args, size_t count)
{
	UErrorCode e = U_ZERO_ERROR;
	UChar *from = to_uchar(a, pattern), *out = NULL;
	const UChar *said[3] = {u"", u"", u""};
	int32_t len = 0, room = 4 * TEXT;

	BUG_IF(count > 3);
	for (size_t i = 0; i < count; i++)
		said[i] = to_uchar(a, args[i] == NULL ? "" : args[i]);
	/* arguments may be as long as an address with all its encoded words: then once more, with the room
	 * that it takes */
	for (bool again = true; again; room = len + 1) {
		e = U_ZERO_ERROR;
		out = arena_array(a, (size_t)room, sizeof *out);
		len = u_formatMessage(or_first(l)->tag, from, u_strlen(from), out, room, &e, (double)n,
				      said[0], said[1], said[2]);
		again = e == U_BUFFER_OVERFLOW_ERROR && room == 4 * TEXT;
	}
	return U_FAILURE(e) ? pattern : from_uchar(a, out, len);
}

static bool set_zone(struct tool *t, const char *zone)
{
	UErrorCode e = U_ZERO_ERROR;
	UChar id[64];
	UCalendar *calendar;

	if (zone == NULL || !zone_is_known(zone))
		zone = "UTC";
	if (strcmp(t->zone, zone) == 0)
		return true;
	u_uastrcpy(id, zone);
	calendar = ucal_open(id, -1, t->locale->tag, UCAL_GREGORIAN, &e);
	if (U_FAILURE(e))
		return false;
	udat_setCalendar(t->made, calendar);
	ucal_close(calendar);
	snprintf(t->zone, sizeof t->zone, "%s", zone);
	return true;
}

const char *locale_time(struct arena *a, const struct locale *l, int64_t time, const char *zone,
			enum time_form form)
{
	/* UTS 35: j is the hour as the region writes it */
	static const char *const skeletons[] = {
	    [TIME_FULL] = "yMMMMEEEEdjmmz",
	    [TIME_MOMENT] = "yMMMdjmmssz",
	    [TIME_HOUR] = "jmmssz",
	    [TIME_CLOCK] = "jmm",
	    [TIME_DATE] = "yMMMMd",
	    [TIME_WEEKDAY] = "ccc",
	    [TIME_DAY] = "d",
	    [TIME_MONTH] = "yMMM",
	    [TIME_YEAR] = "y",
	};
	struct tool *t = tool_of(TOOL_TIME, or_first(l), skeletons[form]);
	UErrorCode e = U_ZERO_ERROR;
	UChar out[TEXT];
	int32_t len;

	if (t == NULL || !set_zone(t, zone))
		return "";
	len = udat_format(t->made, (double)(time / 1000), out, TEXT, NULL, &e);
	return U_FAILURE(e) ? "" : from_uchar(a, out, len);
}

const char *locale_ago(struct arena *a, const struct locale *l, int64_t then, int64_t now)
{
	static const struct {
		int64_t seconds;
		URelativeDateTimeUnit unit;
	} units[] = {
	    {365 * 86400, UDAT_REL_UNIT_YEAR}, {30 * 86400, UDAT_REL_UNIT_MONTH},
	    {7 * 86400, UDAT_REL_UNIT_WEEK},   {86400, UDAT_REL_UNIT_DAY},
	    {3600, UDAT_REL_UNIT_HOUR},        {60, UDAT_REL_UNIT_MINUTE},
	};
	struct tool *t = tool_of(TOOL_AGO, or_first(l), "");
	int64_t passed = (now - then) / SECOND, many = 0;
	URelativeDateTimeUnit unit = UDAT_REL_UNIT_MINUTE;
	UErrorCode e = U_ZERO_ERROR;
	UChar out[TEXT];
	int32_t len;

	for (size_t i = 0; i < sizeof units / sizeof *units && many == 0; i++)
		if (passed >= units[i].seconds) {
			many = passed / units[i].seconds;
			unit = units[i].unit;
		}
	if (t == NULL)
		return "";
	if (many == 0)
		return message_in(l, tr_just_now);
	len = ureldatefmt_formatNumeric(t->made, (double)-many, unit, out, TEXT, &e);
	return U_FAILURE(e) ? "" : from_uchar(a, out, len);
}

/* decimal as the skeleton asks (ICU's number skeletons); itself when that cannot be. */
static const char *number(struct arena *a, const struct locale *l, const char *skeleton, const char *decimal)
{
	struct tool *t = tool_of(TOOL_NUMBER, or_first(l), skeleton);
	UErrorCode e = U_ZERO_ERROR;
	UFormattedNumber *result;
	UChar out[TEXT];
	int32_t len;

	if (t == NULL)
		return decimal;
	result = unumf_openResult(&e);
	unumf_formatDecimal(t->made, decimal, -1, result, &e);
	len = unumf_resultToString(result, out, TEXT, &e);
	unumf_closeResult(result);
	return U_FAILURE(e) ? decimal : from_uchar(a, out, len);
}

const char *locale_number(struct arena *a, const struct locale *l, int64_t n)
{
	return number(a, l, "", arena_printf(a, "%lld", (long long)n));
}

const char *locale_amount(struct arena *a, const struct locale *l, const char *decimal, const char *code)
{
	const char *point = strchr(decimal, '.');
	size_t digits = point == NULL ? 0 : strlen(point + 1);

	/* as many digits as we keep, whatever ICU thinks of the currency */
	return number(a, l, arena_printf(a, "currency/%s .%.*s", code, (int)digits, "0000"), decimal);
}

bool locale_has_comma(struct arena *a, const struct locale *l)
{
	return strchr(number(a, l, "", "1.5"), ',') != NULL;
}

const char *locale_currency(struct arena *a, const struct locale *l, const char *code)
{
	UErrorCode e = U_ZERO_ERROR;
	UChar iso[4];
	int32_t len = 0;
	const UChar *sign;

	if (strlen(code) != 3)
		return code;
	u_uastrcpy(iso, code);
	sign = ucurr_getName(iso, or_first(l)->tag, UCURR_SYMBOL_NAME, NULL, &len, &e);
	return U_FAILURE(e) ? code : from_uchar(a, sign, len);
}

const char *locale_duration(struct arena *a, const struct locale *l, int64_t seconds)
{
	const char *unit = "second";
	int64_t many = seconds;

	if (seconds >= 3600 && seconds % 3600 == 0) {
		unit = "hour";
		many = seconds / 3600;
	} else if (seconds >= 60 && seconds % 60 == 0) {
		unit = "minute";
		many = seconds / 60;
	}
	return number(a, l, arena_printf(a, "measure-unit/duration-%s unit-width-full-name", unit),
		      arena_printf(a, "%lld", (long long)many));
}

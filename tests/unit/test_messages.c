/* Languages and regions: which one is chosen, how values are written, and that every list has texts in each
 * language. */
#include "common/base/clock.h"
#include "common/html/pages.h"
#include "common/schema/form_params.h"
#include "tests/unit/suites.h"
#include <stdlib.h>
#include <string.h>

static struct arena *arena;

static void set_up(void)
{
	arena = arena_new();
}

static void tear_down(void)
{
	arena_free(arena);
}

/* Every row of every list, with the number of its arguments; texts with a plural begin with a number. */
static const struct row {
	const char *name;
	const char *in[LANGUAGES];
	int args;
	bool counted;
} rows[] = {
#define MESSAGE(name, ...)                  {#name, {__VA_ARGS__}, 0, false},
#define MESSAGE1(name, t0, ...)             {#name, {__VA_ARGS__}, 1, false},
#define MESSAGE2(name, t0, t1, ...)         {#name, {__VA_ARGS__}, 2, false},
#define MESSAGE3(name, t0, t1, t2, ...)     {#name, {__VA_ARGS__}, 3, false},
#define MESSAGE4(name, t0, t1, t2, t3, ...) {#name, {__VA_ARGS__}, 4, false},
#define PLURAL(name, ...)                   {#name, {__VA_ARGS__}, 1, true},
#define PLURAL1(name, t1, ...)              {#name, {__VA_ARGS__}, 2, true},
#include "tests/all_messages.h"
};

enum { ROWS = sizeof rows / sizeof *rows };

static bool names_arg(const char *text, int i)
{
	char hole[] = {'{', (char)('0' + i), '\0'};

	return strstr(text, hole) != NULL;
}

/* A text uses exactly its arguments, in each language; the script of the countdown fills in one argument
 * itself. */
START_TEST(every_text_can_be_said_in_every_language)
{
	const struct row *r = &rows[_i];

	for (int l = 0; l < LANGUAGES; l++) {
		ck_assert_msg(r->in[l] != NULL && *r->in[l] != '\0', "%s says nothing", r->name);
		ck_assert_msg(strchr(r->in[l], '\'') == NULL, "%s: write ’ for '", r->name);
		for (int i = 0; i < r->args; i++)
			ck_assert_msg(names_arg(r->in[l], i), "%s has no {%d}: %s", r->name, i, r->in[l]);
		for (int i = r->args; i < 9; i++)
			ck_assert_msg(!names_arg(r->in[l], i) || strcmp(r->name, "hold_ticking") == 0,
				      "%s has {%d}: %s", r->name, i, r->in[l]);
	}
}
END_TEST

START_TEST(every_plural_is_one_that_icu_reads)
{
	static const char *const args[] = {"x", "y"};
	static const char *const tags[LANGUAGES] = {
#define LANGUAGE(name, tag) tag,
#include "common/base/languages.def"
#undef LANGUAGE
	};
	const struct row *r = &rows[_i];

	for (int l = 0; l < LANGUAGES && r->counted; l++) {
		const struct locale *locale = locale_of_tag(tags[l]);
		const char *one = locale_message(arena, locale, r->in[l], 1, args, (size_t)r->args - 1);
		const char *two = locale_message(arena, locale, r->in[l], 2, args, (size_t)r->args - 1);

		ck_assert_msg(strchr(one, '{') == NULL && strchr(two, '{') == NULL, "%s: %s", r->name, one);
		ck_assert_msg(strcmp(one, two) != 0, "%s: one and two are the same", r->name);
	}
}
END_TEST

static const struct {
	const char *sent, *tag;
} accepted[] = {
    {NULL, "en"},
    {"", "en"},
    {"de", "de"},
    {"de-DE,de;q=0.9,en;q=0.8", "de"},
    {"de-AT", "de-AT"},
    {"en-GB,en;q=0.9", "en-GB"},
    {"en-US,en;q=0.5", "en"},
    {"fr-FR,fr;q=0.9", "en"},
    {"fr,de;q=0.2", "de"},
    {"en;q=0.1,de", "de"},
    {"*", "en"},
    {";;;q=,,\"", "en"},
};

START_TEST(the_language_is_the_one_asked_for)
{
	ck_assert_str_eq(locale_for(accepted[_i].sent)->tag, accepted[_i].tag);
}
END_TEST

START_TEST(a_long_header_is_no_trouble)
{
	char *header = arena_alloc(arena, 10001);

	memset(header, 'd', 10000);
	ck_assert_str_eq(locale_for(header)->tag, "en");
}
END_TEST

/* Thursday, 3 December 2026, 19:30:05 UTC */
static const int64_t evening = INT64_C(1796326205) * SECOND;

static const struct {
	const char *tag, *zone;
	enum time_form form;
	const char *text;
} times[] = {
    {"en", "America/New_York", TIME_FULL, "Thursday, December 3, 2026 at 2:30 PM EST"},
    {"en-GB", "Europe/London", TIME_FULL, "Thursday, 3 December 2026 at 19:30 GMT"},
    {"de", "Europe/Berlin", TIME_FULL, "Donnerstag, 3. Dezember 2026 um 20:30 MEZ"},
    {"en", "America/New_York", TIME_HOUR, "2:30:05 PM EST"},
    {"de", "Europe/Berlin", TIME_HOUR, "20:30:05 MEZ"},
    {"de", "Europe/Berlin", TIME_MOMENT, "3. Dez. 2026, 20:30:05 MEZ"},
    {"de", "Europe/Berlin", TIME_MONTH, "Dez. 2026"},
    {"en", "Asia/Tokyo", TIME_DAY, "4"},
    {"en", "Nowhere/Land", TIME_CLOCK, "7:30 PM"},
    {"en", NULL, TIME_CLOCK, "7:30 PM"},
};

/* ICU may put a narrow no-break space before PM. */
static const char *plain_spaces(const char *s)
{
	char *copy = arena_strdup(arena, s), *at;

	while ((at = strstr(copy, "\xe2\x80\xaf")) != NULL) {
		*at = ' ';
		memmove(at + 1, at + 3, strlen(at + 3) + 1);
	}
	while ((at = strstr(copy, "\xc2\xa0")) != NULL) {
		*at = ' ';
		memmove(at + 1, at + 2, strlen(at + 2) + 1);
	}
	return copy;
}

START_TEST(times_are_written_as_the_region_does)
{
	const struct locale *l = locale_of_tag(times[_i].tag);

	ck_assert_str_eq(plain_spaces(locale_time(arena, l, evening, times[_i].zone, times[_i].form)),
			 times[_i].text);
}
END_TEST

START_TEST(amounts_are_written_as_the_region_does)
{
	const struct locale *en = locale_of_tag("en"), *de = locale_of_tag("de");

	ck_assert_str_eq(locale_amount(arena, en, "1038.50", "USD"), "$1,038.50");
	ck_assert_str_eq(locale_amount(arena, en, "0.05", "GBP"), "£0.05");
	ck_assert_str_eq(locale_amount(arena, en, "1234567", "JPY"), "¥1,234,567");
	ck_assert_str_eq(plain_spaces(locale_amount(arena, de, "1038.50", "EUR")), "1.038,50 €");
	ck_assert_str_eq(plain_spaces(locale_amount(arena, de, "1.250", "KWD")), "1,250 KWD");
	ck_assert_str_eq(locale_amount(arena, en, "100000000000.00", "USD"), "$100,000,000,000.00");
	ck_assert_str_eq(locale_number(arena, de, 12345), "12.345");
	ck_assert_str_eq(locale_currency(arena, en, "CAD"), "CA$");
}
END_TEST

START_TEST(past_times_are_in_their_largest_unit)
{
	const struct locale *en = locale_of_tag("en"), *de = locale_of_tag("de");

	ck_assert_str_eq(locale_ago(arena, en, 0, 59 * SECOND), "less than a minute ago");
	ck_assert_str_eq(locale_ago(arena, en, 0, 61 * SECOND), "1 minute ago");
	ck_assert_str_eq(locale_ago(arena, en, 0, 2 * 3600 * SECOND), "2 hours ago");
	ck_assert_str_eq(locale_ago(arena, en, 0, 26 * 3600 * SECOND), "1 day ago");
	ck_assert_str_eq(locale_ago(arena, de, 0, 3 * 86400 * SECOND), "vor 3 Tagen");
	ck_assert_str_eq(locale_ago(arena, en, 100 * SECOND, 0), "less than a minute ago");
	ck_assert_str_eq(locale_duration(arena, en, 900), "15 minutes");
	ck_assert_str_eq(locale_duration(arena, en, 60), "1 minute");
	ck_assert_str_eq(locale_duration(arena, de, 8), "8 Sekunden");
	ck_assert_str_eq(locale_duration(arena, de, 7200), "2 Stunden");
}
END_TEST

START_TEST(the_time_left_is_in_words)
{
	ck_assert_str_eq(hold_left(arena, NULL, (when){901 * SECOND}, (when){SECOND}), "15 minutes left");
	ck_assert_str_eq(hold_left(arena, NULL, (when){61 * SECOND}, (when){SECOND}), "1 minute left");
	ck_assert_str_eq(hold_left(arena, NULL, (when){60 * SECOND}, (when){SECOND}),
			 "less than a minute left");
	ck_assert_str_eq(hold_left(arena, NULL, (when){1}, (when){SECOND}), "less than a minute left");
	ck_assert_str_eq(hold_left(arena, locale_of_tag("de"), (when){121 * SECOND}, (when){SECOND}),
			 "noch 2 Minuten");
}
END_TEST

/* Untrusted values are escaped in a sentence, and are not parsed as its pattern. */
START_TEST(values_in_a_sentence_are_escaped)
{
	struct html h = {.out = BUF(arena), .currency = "USD"};
	const char *const evil[] = {"<b>{1}", "'#"};

	html_tr(&h, (struct message)TEXTS("A & {0} “{1}”", "x"), (const char *const[]){"&lt;b&gt;{1}", "y"},
		2);
	ck_assert_str_eq(buf_text(&h.out), "A &amp; &lt;b&gt;{1} “y”");
	tr_error_request(&h, 404, "<i>");
	ck_assert_ptr_nonnull(strstr(buf_text(&h.out), "Error 404, request &lt;i&gt;"));
	ck_assert_str_eq(locale_message(arena, NULL, "{0,plural,one{# {1} {2}}other{# {1} {2}}}", 2, evil, 2),
			 "2 <b>{1} '#");
}
END_TEST

/* A sentence is never replaced by its pattern, as long as its values are valid. */
START_TEST(long_values_fit_into_a_sentence)
{
	char text[5000];
	const char *const args[] = {text};

	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	ck_assert_str_eq(locale_message(arena, NULL, "{0,plural,one{# of {1}}other{# of {1}}}", 2, args, 1),
			 arena_printf(arena, "2 of %s", text));
}
END_TEST

START_TEST(a_comma_is_a_point_where_people_write_it_so)
{
	struct number_format n = {.major = true, .comma = true, .currency = "EUR"};
	money m = {0};

	ck_assert_int_eq(kind_parse(arena, &kind_money, &n, "38,50", &m), OK);
	ck_assert_int_eq(m.v, 3850);
	ck_assert_int_eq(kind_parse(arena, &kind_money, &n, "38.5", &m), OK);
	ck_assert_int_eq(kind_parse(arena, &kind_money, &n, "1,000", &m), ERR_INVALID);
	ck_assert_int_eq(kind_parse(arena, &kind_money, &n, "1.000,50", &m), ERR_INVALID);
	n.comma = false;
	ck_assert_int_eq(kind_parse(arena, &kind_money, &n, "38,50", &m), ERR_INVALID);
}
END_TEST

Suite *words_suite(void)
{
	Suite *s = suite_create("words");
	TCase *t = tcase_create("words");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_loop_test(t, every_text_can_be_said_in_every_language, 0, ROWS);
	tcase_add_loop_test(t, every_plural_is_one_that_icu_reads, 0, ROWS);
	tcase_add_loop_test(t, the_language_is_the_one_asked_for, 0, sizeof accepted / sizeof *accepted);
	tcase_add_test(t, a_long_header_is_no_trouble);
	tcase_add_loop_test(t, times_are_written_as_the_region_does, 0, sizeof times / sizeof *times);
	tcase_add_test(t, amounts_are_written_as_the_region_does);
	tcase_add_test(t, past_times_are_in_their_largest_unit);
	tcase_add_test(t, the_time_left_is_in_words);
	tcase_add_test(t, values_in_a_sentence_are_escaped);
	tcase_add_test(t, long_values_fit_into_a_sentence);
	tcase_add_test(t, a_comma_is_a_point_where_people_write_it_so);
	suite_add_tcase(s, t);
	return s;
}

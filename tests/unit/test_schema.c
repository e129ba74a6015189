#include "amqp/events.h"
#include "common/schema/form_params.h"
#include "common/schema/json.h"
#include "tests/unit/suites.h"
#include <stdio.h>
#include <string.h>

static struct arena *arena;
static const struct number_format api = {.major = true, .currency = "USD"}, event_notation = {0};

static void set_up(void)
{
	arena = arena_new();
}

static void tear_down(void)
{
	arena_free(arena);
}

/* Every amount with two decimals up to 20.00, and some large ones, is printed as it was parsed, also through
 * a JSON number. */
START_TEST(money_is_exact)
{
	for (int64_t cents = 1; cents < 2000; cents++) {
		char text[32], json[64];
		struct json_t *j;
		struct ticket_state t = {.price = {cents}, .currency = {"USD"}}, back = {0};
		struct problems problems = {.arena = arena};
		money m;

		snprintf(text, sizeof text, "%d.%02d", (int)(cents / 100), (int)(cents % 100));
		ck_assert_int_eq(money_parse(text, "USD", &m), OK);
		ck_assert_int_eq(m.v, cents);
		ck_assert_str_eq(money_decimal(arena, m, "USD"), text);
		snprintf(json, sizeof json, "{\"price\":%s,\"currency\":\"USD\"}", text);
		ck_assert_int_eq(json_parse(arena, json, strlen(json), &j), OK);
		/* the other fields are missing: only these problems are compared */
		ck_assert_int_eq(record_from_json(arena, record_ticket_state(), &api, UNKNOWN_REFUSED, j,
						  &problems, &back),
				 ERR_INVALID);
		ck_assert_ptr_null(problems_of(&problems, "price"));
		j = json_of_record(arena, record_ticket_state(), &api, &t);
		ck_assert_ptr_nonnull(strstr(json_text(arena, j), "\"price\":"));
	}
}
END_TEST

START_TEST(nineteen_ninety_nine_stays_so)
{
	struct ticket_state t = {.price = {1999}, .currency = {"USD"}};
	const char *text = json_text(arena, json_of_record(arena, record_ticket_state(), &api, &t));

	ck_assert_ptr_nonnull(strstr(text, "\"price\":19.99,"));
	text = json_text(arena, json_of_record(arena, record_ticket_state(), &event_notation, &t));
	ck_assert_ptr_nonnull(strstr(text, "\"price\":1999,"));
}
END_TEST

static const struct {
	const char *text, *currency;
	int64_t minor; /* 0: refused */
} amounts[] = {
    {"38", "USD", 3800},
    {"38.5", "USD", 3850},
    {"38.50", "USD", 3850},
    {"0.01", "USD", 1},
    {"100000000000", "USD", INT64_C(10000000000000)},
    {"100000000000.01", "USD", 0},
    {"38.505", "USD", 0},
    {"38.", "USD", 0},
    {".5", "USD", 0},
    {"-1", "USD", 0},
    {"1e3", "USD", 0},
    {"1,000", "USD", 0},
    {" 1", "USD", 100},
    {"99999999999999999999", "USD", 0},
    {"500", "JPY", 500},
    {"500.5", "JPY", 0},
    {"1.234", "KWD", 1234},
    {"", "USD", 0},
    {"0x10", "USD", 0},
    {"NaN", "USD", 0},
    {"0", "USD", 0},
};

START_TEST(amounts_are_parsed_by_currency)
{
	struct number_format n = {.major = true, .currency = amounts[_i].currency};
	money m = {0};
	err e = kind_parse(arena, &kind_money, &n, amounts[_i].text, &m);

	if (amounts[_i].minor == 0 && *amounts[_i].text == '\0')
		ck_assert_int_eq(m.v, 0);
	else
		ck_assert_int_eq(e, amounts[_i].minor == 0 ? ERR_INVALID : OK);
	ck_assert_int_eq(m.v, amounts[_i].minor);
}
END_TEST

static const struct {
	const char *text;
	const char *printed; /* NULL: refused */
} times[] = {
    {"2026-12-03T19:30:00Z", "2026-12-03T19:30:00Z"},
    {"2026-12-03T19:30:00.5Z", "2026-12-03T19:30:00.500000Z"},
    {"2026-12-03T19:30:00.123456789Z", "2026-12-03T19:30:00.123456Z"},
    {"2026-12-03T19:30:00+01:00", "2026-12-03T18:30:00Z"},
    {"2026-12-03t19:30:00z", "2026-12-03T19:30:00Z"},
    {"2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"},
    {"2026-02-29T00:00:00Z", NULL},
    {"2026-13-01T00:00:00Z", NULL},
    {"2026-12-03T24:00:00Z", NULL},
    {"2026-12-03T19:30:00", NULL},
    {"2026-12-03 19:30:00Z", NULL},
    {"2026-12-03T19:30:00.Z", NULL},
    {"2026-12-03T19:30:00+0100", NULL},
    {"2026-12-03", NULL},
    {"1969-12-31T23:59:59Z", NULL},
    {"9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"},
    {"9999-12-31T23:59:59-00:01", NULL},
    {"soon", NULL},
};

START_TEST(times_are_rfc_3339)
{
	when w;
	err e = when_parse(times[_i].text, &w);

	ck_assert_int_eq(e, times[_i].printed == NULL ? ERR_INVALID : OK);
	if (e == OK)
		ck_assert_str_eq(when_print(arena, w), times[_i].printed);
}
END_TEST

START_TEST(local_times_need_a_zone)
{
	struct number_format n = {.zone = "Europe/London"};
	when w;

	ck_assert_int_eq(kind_parse(arena, &kind_when, &n, "2026-07-01T19:30", &w), OK);
	ck_assert_str_eq(when_print(arena, w), "2026-07-01T18:30:00Z");
	ck_assert_int_eq(kind_parse(arena, &kind_when, &event_notation, "2026-07-01T19:30", &w), ERR_INVALID);
}
END_TEST

/* Every kind: null is the empty text, and a printed value is parsed back. */
START_TEST(every_kind_has_a_null)
{
	for (size_t i = 0; kinds[i] != NULL; i++) {
		const struct kind *k = kinds[i];
		char value[64] = {0};

		if (k->class == KIND_BOOLEAN || (k->class == KIND_INTEGER && k->min == 0))
			continue;
		memset(value, 0x55, k->size);
		ck_assert_msg(kind_parse(arena, k, &api, "", value) == OK, "%s", k->name);
		ck_assert_msg(kind_is_null(k, value), "%s", k->name);
		ck_assert_msg(!kind_fits(k, value), "%s", k->name);
		ck_assert_str_eq(kind_print(arena, k, &api, value), "");
		for (int l = 0; l < LANGUAGES; l++)
			ck_assert_msg(strlen(kind_wrong(k).in[l]) > 10, "%s has no sentence", k->name);
	}
}
END_TEST

static const struct {
	const struct kind *kind;
	const char *text;
	bool good;
} strings[] = {
    {&kind_title, "Winter Strings: Bartók", true},
    {&kind_title, "two\nlines", false},
    {&kind_title, "bell\a", false},
    {&kind_title, "\xc2\x85", false},
    {&kind_email, "Name@Example.com", true},
    {&kind_email, "name", false},
    {&kind_email, "a@b", false},
    {&kind_email, "a@@b.c", false},
    {&kind_email, "bö@b.com", false},
    {&kind_email, "a b@c.com", false},
    {&kind_password, "seven77", false},
    {&kind_password, " eight 88", true},
    {&kind_password, "pässwörd", true},
    {&kind_time_zone, "America/New_York", true},
    {&kind_time_zone, "Mars/Olympus", false},
    {&kind_currency_code, "EUR", true},
    {&kind_currency_code, "eur", false},
    {&kind_currency_code, "XXX", false},
    {&kind_category, "concert", true},
    {&kind_category, "Concert", false},
    {&kind_ticket_id, "0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b", true},
    {&kind_ticket_id, "1", false},
    {&kind_page_size, "100", true},
    {&kind_page_size, "101", false},
    {&kind_boolean, "true", true},
    {&kind_boolean, "1", false},
};

START_TEST(strings_obey_their_kind)
{
	char value[64] = {0};

	ck_assert_int_eq(kind_parse(arena, strings[_i].kind, &api, strings[_i].text, value),
			 strings[_i].good ? OK : ERR_INVALID);
}
END_TEST

START_TEST(text_has_a_limit_in_code_points)
{
	char long_title[400] = "";
	title t;

	for (int i = 0; i < 120; i++)
		strcat(long_title, "é");
	ck_assert_int_eq(kind_parse(arena, &kind_title, &api, long_title, &t), OK);
	strcat(long_title, "é");
	ck_assert_int_eq(kind_parse(arena, &kind_title, &api, long_title, &t), ERR_INVALID);
}
END_TEST

static const struct {
	const char *text;
	bool good;
} json_texts[] = {
    {"{}", true},
    {"{\"a\":1}", true},
    {"{\"a\":1,\"a\":2}", false}, /* duplicate */
    {"{\"a\":\"\\u0000\"}", false},
    {"{\"a\":\"\xff\"}", false},
    {"{\"a\":1} x", false},
    {"{", false},
    {"", false},
    {"[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]", true},
    {"[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]", false}, /* nested 17 levels deep */
    {"\"[[[[[[[[[[[[[[[[[\"", false},              /* the top level is neither an object nor an array */
    {"{\"a\":\"[[[[[[[[[[[[[[[[[\"}", true},
};

START_TEST(json_is_strict)
{
	struct json_t *json;

	ck_assert_int_eq(json_parse(arena, json_texts[_i].text, strlen(json_texts[_i].text), &json),
			 json_texts[_i].good ? OK : ERR_MALFORMED);
}
END_TEST

static const struct {
	const char *form;
	err result;
} forms[] = {
    {"a=1&b=2", OK},
    {"", OK},
    {"a", OK},
    {"a=1&a=2", ERR_MALFORMED},
    {"a=%zz", ERR_MALFORMED},
    {"a=%4", ERR_MALFORMED},
    {"a=%00", ERR_MALFORMED},
    {"a=%ff", ERR_MALFORMED},
    {"a=%f0%9f%8e%ab", OK},
};

START_TEST(forms_are_strict)
{
	struct form_params *p;

	ck_assert_int_eq(form_params_parse(arena, forms[_i].form, strlen(forms[_i].form), &p),
			 forms[_i].result);
}
END_TEST

START_TEST(forms_are_decoded)
{
	struct form_params *p;
	const char text[] = "title=Caf%C3%A9+%26+co&empty=";

	ck_assert_int_eq(form_params_parse(arena, text, strlen(text), &p), OK);
	ck_assert_str_eq(form_params_get(p, "title"), "Café & co");
	ck_assert_str_eq(form_params_take(p, "empty"), "");
	ck_assert_ptr_null(form_params_get(p, "empty"));
	ck_assert_str_eq(text_percent_encode(arena, "Café & co"), "Caf%C3%A9%20%26%20co");
}
END_TEST

START_TEST(too_many_pairs_are_refused)
{
	char text[512] = "";
	struct form_params *p;

	for (int i = 0; i <= FORM_PARAMS_MAX; i++)
		sprintf(text + strlen(text), "f%d=1&", i);
	ck_assert_int_eq(form_params_parse(arena, text, strlen(text), &p), ERR_MALFORMED);
}
END_TEST

START_TEST(records_from_forms_name_each_fault)
{
	const char text[] = "displayName=&version=x&nonsense=1&id=0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b";
	struct problems problems = {.arena = arena};
	struct user_state u = {0};
	struct form_params *p;

	ck_assert_int_eq(form_params_parse(arena, text, strlen(text), &p), OK);
	ck_assert_int_eq(record_from_form_params(arena, record_user_state(), &api, p, &problems, &u),
			 ERR_INVALID);
	ck_assert_ptr_nonnull(problems_of(&problems, "displayName"));
	ck_assert_ptr_nonnull(problems_of(&problems, "version"));
	ck_assert_ptr_nonnull(problems_of(&problems, "nonsense"));
	ck_assert_ptr_nonnull(problems_of(&problems, "status"));
	ck_assert_ptr_null(problems_of(&problems, "id"));
	ck_assert_int_eq((int)u.version.v, 0);
}
END_TEST

Suite *schema_suite(void)
{
	Suite *s = suite_create("schema");
	TCase *t = tcase_create("schema");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, money_is_exact);
	tcase_add_test(t, nineteen_ninety_nine_stays_so);
	tcase_add_loop_test(t, amounts_are_parsed_by_currency, 0, sizeof amounts / sizeof *amounts);
	tcase_add_loop_test(t, times_are_rfc_3339, 0, sizeof times / sizeof *times);
	tcase_add_test(t, local_times_need_a_zone);
	tcase_add_test(t, every_kind_has_a_null);
	tcase_add_loop_test(t, strings_obey_their_kind, 0, sizeof strings / sizeof *strings);
	tcase_add_test(t, text_has_a_limit_in_code_points);
	tcase_add_loop_test(t, json_is_strict, 0, sizeof json_texts / sizeof *json_texts);
	tcase_add_loop_test(t, forms_are_strict, 0, sizeof forms / sizeof *forms);
	tcase_add_test(t, forms_are_decoded);
	tcase_add_test(t, too_many_pairs_are_refused);
	tcase_add_test(t, records_from_forms_name_each_fault);
	suite_add_tcase(s, t);
	return s;
}

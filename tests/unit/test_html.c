#include "common/html/html.h"
#include "common/html/json_ld.h"
#include "common/html/pages.h"
#include "tests/unit/suites.h"
#include <string.h>

static struct arena *arena;
static struct html html;

static void set_up(void)
{
	arena = arena_new();
	html = (struct html){.out = BUF(arena), .currency = "USD"};
}

static void tear_down(void)
{
	arena_free(arena);
}

START_TEST(text_is_escaped_for_content_and_attributes)
{
	html_put(&html, "\"><script>x</script>'&");
	ck_assert_str_eq(buf_text(&html.out), "&quot;&gt;&lt;script&gt;x&lt;/script&gt;&#39;&amp;");
}
END_TEST

START_TEST(each_type_has_its_form)
{
	html_put(&html, ((title){"a<b"}));
	html_put(&html, ((money){103850}));
	html_put(&html, ((order_status){.v = order_status_AWAITING_PAYMENT}));
	html_put(&html, ((markup){"<br>"}));
	html_put(&html, ((seat){NULL}));
	ck_assert_str_eq(buf_text(&html.out), "a&lt;b$1,038.50awaiting_payment<br>");
}
END_TEST

/* A value can never end the element, and reads back unchanged. */
START_TEST(data_for_programs_stays_in_its_element)
{
	static const char value[] = "</script><!--&\"\\ \xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xaa\xc3\xa9";
	struct json_t *o = json_object_new(arena), *back;
	const char *text, *end;

	json_put_text(o, "name<", value);
	text = html_json_ld(arena, o).v;
	end = strchr(text, '>') + 1;
	ck_assert(strncmp(text, "<script type=\"application/ld+json\">", (size_t)(end - text)) == 0);
	text = arena_memdup(arena, end, strlen(end) - strlen("</script>"));
	ck_assert_str_eq(end + strlen(text), "</script>");
	ck_assert_ptr_null(strpbrk(text, "<>&"));
	ck_assert_ptr_null(strstr(text, "\xe2\x80\xa8"));
	ck_assert_ptr_null(strstr(text, "\xe2\x80\xa9"));
	ck_assert_int_eq(json_parse(arena, text, strlen(text), &back), OK);
	ck_assert_str_eq(json_get_text(back, "name<"), value);
}
END_TEST

START_TEST(times_are_local_with_their_zone)
{
	when w;

	ck_assert_int_eq(when_parse("2026-12-03T19:30:00Z", &w), OK);
	html_in(&html, (currency_code){"GBP"}, (time_zone){"America/New_York"});
	html_put(&html, w);
	ck_assert_ptr_nonnull(strstr(buf_text(&html.out), "datetime=\"2026-12-03T19:30:00Z\""));
	ck_assert_ptr_nonnull(strstr(buf_text(&html.out), "Thursday, December 3, 2026 at 2:30"));
}
END_TEST

START_TEST(fields_show_what_was_typed_and_what_is_wrong)
{
	struct problems problems = {.arena = arena};
	struct form_params typed = {1, {{"price", "1<2"}}};
	struct page page = {.title = "x", .problems = &problems, .typed = &typed};

	ck_assert_int_eq(problems_add(&problems, "price", "Give a price."), ERR_INVALID);
	form_errors(&html, &page);
	form_field(&html, &page, "price", "Price", NULL, "text", NULL, "38.00");
	ck_assert_ptr_nonnull(strstr(buf_text(&html.out), "<a href=\"#price\">Give a price.</a>"));
	ck_assert_ptr_nonnull(strstr(buf_text(&html.out), "value=\"1&lt;2\""));
	ck_assert_ptr_nonnull(strstr(buf_text(&html.out), "aria-invalid=\"true\""));
	ck_assert_ptr_null(strstr(buf_text(&html.out), "38.00"));
}
END_TEST

START_TEST(problems_are_one_line_for_a_log)
{
	struct problems problems = {.arena = arena};

	ck_assert_str_eq(problems_line(arena, &problems), "");
	ck_assert_int_eq(problems_add(&problems, "price", "must be given"), ERR_INVALID);
	ck_assert_int_eq(problems_add(&problems, NULL, "is not JSON"), ERR_INVALID);
	ck_assert_str_eq(problems_line(arena, &problems), "price: must be given; body: is not JSON");
}
END_TEST

START_TEST(passwords_are_never_shown_again)
{
	struct problems problems = {.arena = arena};
	struct form_params typed = {1, {{"password", "hunter2222"}}};
	struct page page = {.title = "x", .problems = &problems, .typed = &typed};

	form_field(&html, &page, "password", "Password", NULL, "password", "new-password", NULL);
	ck_assert_ptr_null(strstr(buf_text(&html.out), "hunter2222"));
}
END_TEST

Suite *html_suite(void)
{
	Suite *s = suite_create("html");
	TCase *t = tcase_create("html");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, text_is_escaped_for_content_and_attributes);
	tcase_add_test(t, each_type_has_its_form);
	tcase_add_test(t, data_for_programs_stays_in_its_element);
	tcase_add_test(t, times_are_local_with_their_zone);
	tcase_add_test(t, fields_show_what_was_typed_and_what_is_wrong);
	tcase_add_test(t, problems_are_one_line_for_a_log);
	tcase_add_test(t, passwords_are_never_shown_again);
	suite_add_tcase(s, t);
	return s;
}

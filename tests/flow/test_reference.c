/* Finding an order by its reference. */
#include "tests/flow/buying.h"
#include "tests/flow/suites.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

static const char *reference_of(struct visitor *buyer, const char *id)
{
	const char *all = page(buyer, "/orders/data.json")->body, *order_ = strstr(all, id);

	ck_assert_ptr_nonnull(order_);
	return arena_memdup(flow_arena, strstr(order_, "\"reference\":\"") + 13, 7);
}

static const char *without_dash(const char *reference)
{
	return arena_printf(flow_arena, "%.3s%s", reference, reference + 4);
}

static const char *lower(const char *reference)
{
	char *s = arena_strdup(flow_arena, reference);

	for (char *c = s; *c != '\0'; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c + 'a' - 'A');
	return s;
}

START_TEST(the_page_of_orders_goes_to_the_order_of_a_reference)
{
	struct sale s = held();
	const char *reference = reference_of(s.buyer, s.order);
	const char *const ways[] = {reference, without_dash(reference), lower(reference)};
	struct answer *a, *de;

	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
		a = page(s.buyer, at("/orders?reference=%s", ways[i]));
		ck_status(a, 303);
		ck_assert_str_eq(a->location, path_of(s.order));
	}
	/* other users' orders are not found */
	a = both(s.seller, at("/orders?reference=%s", reference), &de);
	ck_status(a, 404);
	SAYS(a, "href=\"#reference\">You have no order with this number.", "id=\"reference\"",
	     at("value=\"%s\"", reference));
	SAYS(de, "Sie haben keine Bestellung mit dieser Nummer.");
	ck_status(page(s.buyer, "/orders?reference=nonsense!"), 404);
	a = both(s.buyer, "/orders?reference=&limit=1", NULL);
	ck_status(a, 200);
	cancel(&s);
}
END_TEST

START_TEST(a_long_list_has_a_field_for_the_reference)
{
	struct sale s = held();
	struct answer *a, *de;

	cancel(&s);
	says_not(page(s.buyer, "/orders"), "name=\"reference\"");
	ck_status(order(s.buyer, s.ticket), 201);
	ck_status(api(s.buyer, "DELETE",
		      at("/api/orders/%s", text_of(api_get(s.buyer, "/api/orders"), "0.id")), NULL),
		  204);
	a = both(s.buyer, "/orders?limit=1", &de);
	SAYS(a, "name=\"reference\"", "Such as 7K4-2QX", "Older orders");
	SAYS(de, "Bestellnummer", "Zum Beispiel 7K4-2QX");
}
END_TEST

static void ck_tells(const char *text, const char *words)
{
	ck_assert_msg(strstr(text, words) != NULL, "not \"%s\" in: %s", words, text);
}

START_TEST(the_operator_finds_an_order_and_its_payment)
{
	struct sale s = held();
	const char *reference = reference_of(s.buyer, s.order), *text;
	int status;

	text = operator_says(&status, "order \'%s\'", lower(reference));
	ck_assert_int_eq(status, 0);
	ck_tells(text, at("order %s: awaiting_payment\n", s.order));
	ck_tells(text, at("  buyer      %s\n", s.buyer->id));
	ck_tells(text, at("  seller     %s\n", s.seller->id));
	ck_tells(text, at("  ticket     %s, revision 1: Winter <Strings>\n", s.ticket));
	ck_tells(text, "  price      38.00 USD\n");
	ck_tells(text, "  hold ends  20");
	ck_tells(text, "payment: none\n");
	ck_status(pay(s.buyer, s.order, "tok_visa"), 201);
	wait_order(s.buyer, s.order, "completed", 10000);
	text = operator_says(&status, "order \'%s\'", reference);
	ck_tells(text, ": completed\n");
	ck_tells(text, "  ended      20");
	ck_tells(text, "payment ");
	ck_tells(text, "  intent     pi_");
	ck_tells(text, "  settled    20");
}
END_TEST

START_TEST(a_wrong_reference_is_reported)
{
	int status;

	ck_tells(operator_says(&status, "order \'%s\'", "7K4-2Q"), "7K4-2Q is no reference");
	ck_assert_int_eq(status, 1);
	ck_tells(operator_says(&status, "order \'%s\'", "uuu-uuu"), "is no reference");
	/* the chance that the reference exists is one in a thousand million */
	ck_tells(operator_says(&status, "order \'%s\'", "zzzzzz"), "there is no order ZZZ-ZZZ");
	ck_assert_int_eq(status, 1);
}
END_TEST

Suite *reference_suite(void)
{
	Suite *s = suite_create("reference");
	TCase *t = tcase_create("reference");

	tcase_set_timeout(t, 90);
	tcase_add_checked_fixture(t, flow_begin, flow_end);
	tcase_add_test(t, the_page_of_orders_goes_to_the_order_of_a_reference);
	tcase_add_test(t, a_long_list_has_a_field_for_the_reference);
	tcase_add_test(t, the_operator_finds_an_order_and_its_payment);
	tcase_add_test(t, a_wrong_reference_is_reported);
	suite_add_tcase(s, t);
	return s;
}

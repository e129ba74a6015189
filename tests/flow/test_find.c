/* Finding: search by words, filters, orders, counts, and suggestions for an empty result. */
#include "tests/flow/lists.h"
#include "tests/flow/suites.h"
#include <string.h>

/* The tests use a currency that no other test uses, so that they find their own listings only. */
static const char stage[] = "SEK";

static const char *offered(struct visitor *seller, int price, const char *name, const char *place,
			   const char *more)
{
	return listed(seller,
		      arena_printf(flow_arena, "{\"title\":\"%s\",\"price\":%d,\"currency\":\"%s\"%s%s%s%s}",
				   name, price, stage, place == NULL ? "" : ",\"venue\":\"",
				   place == NULL ? "" : place, place == NULL ? "" : "\"", more));
}

static const char *search(const char *q, const char *more)
{
	return all_titles(arena_printf(flow_arena, "/api/tickets?currency=%s&sort=price&q=%s%s", stage,
				       text_percent_encode(flow_arena, q), more));
}

static void end_all(struct visitor *seller)
{
	withdraw(seller, arena_printf(flow_arena, "/api/tickets?currency=%s&limit=100", stage));
}

START_TEST(words_find_listings)
{
	static const struct {
		const char *q, *found;
	} searches[] = {
	    {"strings", "Winter Strings"},
	    {"STRINGS", "Winter Strings"},
	    {"string", "Winter Strings"},
	    {"inter", ""},
	    {"winter leeds", "Winter Strings"},
	    {"leeds  winter", "Winter Strings"},
	    {"winter london", ""},
	    /* accents, in both directions */
	    {"tomas", "Tomás Rondón: ópera"},
	    {"TOMÁS rondon", "Tomás Rondón: ópera"},
	    {"wìntér", "Winter Strings"},
	    {"grosse koln", "Björk"},
	    {"bjo", "Björk"},
	    /* stop words and short words, which a database would ignore */
	    {"the who", "The Who"},
	    {"the", "The Who"},
	    {"u2", "U2: Joshua Tree"},
	    {"U2 tree", "U2: Joshua Tree"},
	    {"u", ""},
	    {"new york v boston", "Basketball: New York v Boston"},
	    {"v", "Basketball: New York v Boston"},
	    {"ac/dc", "AC/DC Tribute"},
	    {"dc", "AC/DC Tribute"},
	    {"o2 who", "The Who"},
	    /* punctuation separates words and has no meaning */
	    {"don't", "Rock'n'Roll: Don’t Stop"},
	    {"don’t", "Rock'n'Roll: Don’t Stop"},
	    {"rock'n'roll", "Rock'n'Roll: Don’t Stop"},
	    {"\"winter strings\"", "Winter Strings"},
	    {"+winter -strings", "Winter Strings"},
	    {"winter* (strings)", "Winter Strings"},
	    {"~who <the >o2 @2", ""},
	    {"winter_strings", "Winter Strings"},
	    {"' OR 1=1 --", ""},
	    {"%", ""},
	    {"\\", ""},
	    {"*", ""},
	    {"\"", ""},
	    {"日本武道", "日本武道館"},
	    {"東京", "日本武道館"},
	    {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	     "a",
	     ""},
	};
	struct visitor *seller = visitor_signed_up("Ioana");

	offered(seller, 1, "Winter Strings", "Town Hall, Leeds", "");
	offered(seller, 2, "Tomás Rondón: ópera", "Palau Sant Jordi, Barcelona", "");
	offered(seller, 3, "Björk", "Große Halle, Köln", "");
	offered(seller, 4, "The Who", "O2 Arena, London", "");
	offered(seller, 5, "U2: Joshua Tree", NULL, "");
	offered(seller, 6, "Basketball: New York v Boston", NULL, "");
	offered(seller, 7, "AC/DC Tribute", NULL, "");
	offered(seller, 8, "Rock'n'Roll: Don’t Stop", NULL, "");
	offered(seller, 9, "日本武道館", "東京", "");
	for (size_t i = 0; i < sizeof searches / sizeof *searches; i++)
		ck_assert_msg(strcmp(search(searches[i].q, ""), searches[i].found) == 0,
			      "%s finds \"%s\", not \"%s\"", searches[i].q, search(searches[i].q, ""),
			      searches[i].found);
	end_all(seller);
}
END_TEST

START_TEST(a_search_is_narrowed_ordered_and_paged_like_any_list)
{
	struct visitor *seller = visitor_signed_up("Ioana");
	const char *all = "Gala one, Gala two, Gala three";

	offered(seller, 30, "Gala one", NULL, ",\"startsAt\":\"2031-05-03T19:30:00Z\"");
	offered(seller, 20, "Gala two", NULL,
		",\"startsAt\":\"2031-05-04T19:30:00Z\",\"category\":\"sports\"");
	offered(seller, 10, "Gala three", NULL, "");
	offered(seller, 5, "Other", "Gala house", ",\"category\":\"theatre\"");
	ck_assert_str_eq(search("gala", "&minPrice=6"), "Gala three, Gala two, Gala one");
	ck_assert_str_eq(search("gala", "&category=sports"), "Gala two");
	ck_assert_str_eq(search("gala", "&from=2031-05-04&to=2031-05-04"), "Gala two");
	for (int limit = 1; limit <= 3; limit++) {
		const char *more = arena_printf(flow_arena, "&limit=%d&minPrice=6", limit);

		ck_assert_str_eq(search("gala", more), "Gala three, Gala two, Gala one");
		ck_assert_str_eq(
		    all_titles(arena_printf(flow_arena, "/api/tickets?currency=%s&q=gala%s", stage, more)),
		    all);
		ck_assert_str_eq(
		    all_titles(arena_printf(flow_arena, "/api/tickets?currency=%s&q=gala&sort=-price%s",
					    stage, more)),
		    all);
		ck_assert_str_eq(
		    all_titles(arena_printf(flow_arena, "/api/tickets?currency=%s&q=gala&sort=-createdAt%s",
					    stage, more)),
		    "Gala three, Gala two, Gala one");
	}
	end_all(seller);
}
END_TEST

START_TEST(only_what_is_on_offer_is_found)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *buyer = visitor_signed_up("Tomasz");
	const char *ticket, *id;

	ticket = offered(seller, 7, "Zanzibar", NULL, "");
	ck_assert_str_eq(search("zanzibar", ""), "Zanzibar");
	/* an edit changes the words that find the listing, at once */
	ck_status(api(seller, "PUT", api_ticket(ticket),
		      "{\"title\":\"Madagascar\",\"price\":7,\"venue\":\"Moroni\"}"),
		  200);
	ck_assert_str_eq(search("zanzibar", ""), "");
	ck_assert_str_eq(search("madagascar moroni", ""), "Madagascar");
	settle(10000);
	id = hold(buyer, ticket);
	ck_assert_str_eq(search("madagascar", ""), "");
	ck_status(api(buyer, "DELETE", arena_printf(flow_arena, "/api/orders/%s", id), "%s", ""), 204);
	wait_ticket(ticket, "listed", false, 5000);
	ck_assert_str_eq(search("madagascar", ""), "Madagascar");
	id = hold(buyer, ticket);
	ck_status(pay(buyer, id, "tok_visa"), 201);
	wait_ticket(ticket, "sold", true, 5000);
	ck_assert_str_eq(search("madagascar", ""), "");
	ck_assert_str_ne(text_of(api_get(seller, "/api/tickets/%s", ticket), "soldAt"), "");
	ticket = offered(seller, 8, "Madagascar again", NULL, "");
	ck_assert_str_eq(search("madagascar", ""), "Madagascar again");
	ck_status(api(seller, "DELETE", api_ticket(ticket), "%s", ""), 204);
	ck_assert_str_eq(search("madagascar", ""), "");
}
END_TEST

START_TEST(results_say_how_many_and_go_on_where_they_ended)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *v = visitor_new();
	struct answer *a;

	for (int i = 1; i <= 3; i++)
		offered(seller, i, arena_printf(flow_arena, "Paged %d", i), NULL, "");
	a = page(v, "/?currency=SEK&q=paged&sort=price&limit=2&category=");
	ck_status(a, 200);
	ck_valid(a, "results");
	spot(a, "3 tickets, cheapest first");
	spot(a, "Paged 2");
	ck_lacks(a, "Paged 3");
	/* a ticket of the first page is withdrawn meanwhile: the second page misses nothing */
	withdraw(seller, "/api/tickets?currency=SEK&q=paged&maxPrice=1");
	a = page(v, link_of(a, ">More tickets"));
	ck_status(a, 200);
	spot(a, "2 tickets, cheapest first");
	spot(a, "Paged 3");
	ck_lacks(a, "Paged 2");
	a = page(v, link_of(a, ">Back to the beginning"));
	spot(a, "Paged 2");
	ck_lacks(a, "Paged 1");
	end_all(seller);
}
END_TEST

START_TEST(many_results_are_counted_to_two_hundred)
{
	struct answer *more, *all;

	sql_run(
	    "tickets",
	    "INSERT INTO ticket (id, version, revision, status, user_id, title, category, starts_day, price, "
	    "currency) SELECT UNHEX(LPAD(HEX(seq), 32, '0')), 1, 1, 'listed', UNHEX(REPEAT('b', 32)), "
	    "'Many', "
	    "'other', '9999-12-31', seq, 'CZK' FROM seq_1_to_201");
	more = page(visitor_new(), "/?currency=CZK");
	sql_run("tickets", "DELETE FROM ticket WHERE currency = 'CZK' AND price = 1");
	all = page(visitor_new(), "/?currency=CZK&q=many");
	sql_run("tickets", "DELETE FROM ticket WHERE currency = 'CZK'");
	spot(more, "More than 200 tickets, soonest first");
	spot(all, "200 tickets, soonest first");
	ck_lacks(all, "More than");
}
END_TEST

START_TEST(filters_are_in_the_address)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *v = visitor_new();
	struct answer *a;

	offered(seller, 20, "Gala one", NULL,
		",\"startsAt\":\"2031-05-04T19:30:00Z\",\"category\":\"sports\"");
	a = page(
	    v, "/?currency=SEK&q=gala&category=sports&from=2031-05-03&to=2031-05-05&minPrice=10&maxPrice=30");
	spot(a, "1 ticket, soonest first");
	/* the form shows the filters */
	spot(a, "value=\"gala\"");
	spot(a, "<option value=\"sports\" selected>");
	spot(a, "value=\"2031-05-03\"");
	spot(a, "name=\"maxPrice\" inputmode=\"decimal\" autocomplete=\"off\" value=\"30\"");
	spot(a, "<input type=\"hidden\" name=\"currency\" value=\"SEK\">");
	/* each filter has its name and a link that removes it */
	ck_assert_str_eq(link_of(a, "“gala”"), "/?currency=SEK&category=sports&from=2031-05-03&to=2031-05-05&"
					       "minPrice=10&maxPrice=30");
	ck_assert_str_eq(link_of(a, ">Remove </span>Sports"),
			 "/?currency=SEK&q=gala&from=2031-05-03&to=2031-05-05&minPrice=10&maxPrice=30");
	ck_assert_str_eq(link_of(a, "May 3, 2031 to May 5, 2031"),
			 "/?currency=SEK&q=gala&category=sports&minPrice=10&maxPrice=30");
	ck_assert_str_eq(link_of(a, "SEK\xc2\xa0"
				    "10.00 to SEK\xc2\xa0"
				    "30.00"),
			 "/?q=gala&category=sports&from=2031-05-03&to=2031-05-05");
	/* without filters there is nothing to remove */
	ck_lacks(page(v, "/"), "Remove");
	end_all(seller);
}
END_TEST

/* The error summary links only to fields that are on the page. */
START_TEST(errors_without_a_field_have_no_link)
{
	struct answer *a = page(visitor_new(), "/?currency=XXX&limit=200&minPrice=x");

	ck_status(a, 400);
	ck_valid(a, "a wrong list");
	spot(a, "href=\"#minPrice\"");
	ck_assert_ptr_null(strstr(a->body, "href=\"#currency\""));
	ck_assert_ptr_null(strstr(a->body, "href=\"#limit\""));
}
END_TEST

START_TEST(an_empty_result_suggests_filters_to_remove)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *v = visitor_new();
	struct answer *a;

	offered(seller, 20, "Gala one", "Zyxhall", ",\"category\":\"sports\"");
	offered(seller, 30, "Gala two", "Zyxhall", ",\"category\":\"sports\"");
	/* one filter too many */
	a = page(v, "/?currency=SEK&q=zyxhall&category=theatre");
	ck_status(a, 200);
	ck_valid(a, "an empty result");
	spot(a, "No ticket fits. These would:");
	ck_assert_str_eq(link_of(a, "Any category: 2 tickets"), "/?currency=SEK&q=zyxhall");
	ck_lacks(a, "Any price");
	ck_lacks(a, "Any date");
	spot(page(v, link_of(a, "Any category: 2 tickets")), "2 tickets, soonest first");
	/* a price too low, and words that no listing has */
	spot(page(v, "/?currency=SEK&q=zyxhall&maxPrice=10"), "Any price: 2 tickets");
	a = page(v, "/?currency=SEK&q=qqzyx");
	ck_lacks(a, "Any price");
	spot(a, "Any words: ");
	/* no single change gives a result */
	a = page(v, "/?currency=SEK&q=zyxhall&category=theatre&to=2020-01-01");
	ck_lacks(a, "These would");
	spot(a, "<a href=\"/\">Show all tickets</a>");
	end_all(seller);
}
END_TEST

START_TEST(cards_show_what_matters)
{
	struct visitor *seller = visitor_signed_up("Ioana <i>");
	const char *ticket;
	struct answer *a;

	ticket = offered(seller, 20, "Carded & <b>", "Town Hall, Leeds",
			 ",\"startsAt\":\"2031-05-04T23:30:00Z\",\"timeZone\":\"Europe/"
			 "Berlin\",\"seat\":\"Row F\",\"category\":\"sports\"");
	settle(10000);
	sql_run("tickets",
		"UPDATE ticket SET created_at = UTC_TIMESTAMP(6) - INTERVAL 2 HOUR - INTERVAL 1 MINUTE WHERE "
		"id = "
		"UNHEX(REPLACE('%s','-',''))",
		ticket);
	a = page(visitor_new(), "/?currency=SEK&q=carded");
	/* the day in the venue's zone, where it is past midnight */
	spot(a, "<span>Mon</span><b>5</b>");
	spot(a, arena_printf(flow_arena, "<a href=\"/tickets/%s\">Carded &amp; &lt;b&gt;</a>", ticket));
	spot(a, "Sports · Town Hall, Leeds · ");
	spot(a, "Row F · listed by Ioana &lt;i&gt; ");
	spot(a, ">2 hours ago</time>");
	spot(a, "20.00<small>all in</small>");
	a = http(visitor_new(), "GET", "/?currency=SEK&q=carded", NULL, NULL,
		 (const char *const[]){"Accept-Language: de", NULL});
	ck_valid(a, "results in German");
	spot(a, "1 Ticket, die nächsten zuerst");
	spot(a, "angeboten von Ioana &lt;i&gt; ");
	spot(a, ">vor 2 Stunden</time>");
	end_all(seller);
}
END_TEST

/* Amounts of different currencies are not comparable: a list sorted by price has one currency, and the page
 * says so. */
START_TEST(a_list_by_price_is_in_one_currency)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *v = visitor_new();
	struct answer *a;

	offered(seller, 20, "Zwygala krona", NULL, "");
	listed(seller, "{\"title\":\"Zwygala dollar\",\"price\":30,\"currency\":\"USD\"}");
	ck_assert_str_eq(all_titles("/api/tickets?q=zwygala&sort=price"), "Zwygala dollar");
	ck_assert_str_eq(all_titles("/api/tickets?q=zwygala&sort=-price"), "Zwygala dollar");
	ck_assert_str_eq(all_titles("/api/tickets?q=zwygala&sort=price&currency=SEK"), "Zwygala krona");
	ck_assert_str_eq(all_titles("/api/tickets?q=zwygala&sort=-createdAt"),
			 "Zwygala dollar, Zwygala krona");
	a = page(v, "/?q=zwygala&sort=price");
	spot(a, "1 ticket, cheapest first");
	ck_lacks(a, "Zwygala krona");
	ck_assert_str_eq(link_of(a, ">Remove </span>cheapest first in USD"), "/?q=zwygala");
	ck_lacks(page(v, "/?q=zwygala&sort=price&currency=SEK"), "first in USD");
	ck_lacks(page(v, "/?q=zwygala"), "first in USD");
	withdraw(seller, "/api/tickets?q=zwygala&currency=USD");
	/* an empty list names other currencies that have results */
	a = page(v, "/?q=zwygala&sort=-price");
	spot(a, "No ticket fits. These would:");
	ck_assert_str_eq(link_of(a, "Any currency: 1 ticket"), "/?q=zwygala");
	end_all(seller);
}
END_TEST

/* The page size of a user's settings does not apply to the API. */
START_TEST(the_page_size_applies_to_pages_only)
{
	struct visitor *seller = visitor_signed_up("Ioana");
	struct answer *a;

	for (int i = 1; i <= 11; i++)
		offered(seller, i, "Sized", NULL, "");
	ck_status(page_submit(seller, "/account", "/account/preferences", "timeZone=UTC&pageSize=10"), 303);
	a = page(seller, "/?currency=SEK&q=sized");
	spot(a, "11 tickets, soonest first");
	spot(a, ">More tickets");
	a = api_get(seller, "/api/tickets?currency=SEK&q=sized");
	ck_assert_str_ne(text_of(a, "10.id"), "");
	ck_assert_str_eq(header_of(a, "Link"), "");
	end_all(seller);
}
END_TEST

START_TEST(a_page_never_lists_a_past_show)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *v = visitor_new();
	const char *ticket =
	    offered(seller, 20, "Gala begun", NULL, ",\"startsAt\":\"2031-05-04T19:30:00Z\"");

	sql_run("tickets",
		"UPDATE ticket SET starts_at = UTC_TIMESTAMP(6) - INTERVAL 1 MINUTE, starts_day = "
		"'2026-01-02' WHERE "
		"id = UNHEX(REPLACE('%s','-',''))",
		ticket);
	spot(page(v, "/?currency=SEK&q=gala&from=2026-01-01"), "No ticket fits");
	spot(page(v, "/?currency=SEK&q=gala&from=2026-01-01T00%3A00%3A00Z"), "No ticket fits");
	ck_assert_str_eq(all_titles("/api/tickets?currency=SEK&q=gala&from=2026-01-01"), "Gala begun");
	withdraw(seller, "/api/tickets?currency=SEK&from=2026-01-01");
}
END_TEST

Suite *find_suite(void)
{
	Suite *s = suite_create("find");
	TCase *t = tcase_create("find");

	tcase_set_timeout(t, 90);
	tcase_add_checked_fixture(t, flow_begin, flow_end);
	tcase_add_test(t, words_find_listings);
	tcase_add_test(t, a_search_is_narrowed_ordered_and_paged_like_any_list);
	tcase_add_test(t, only_what_is_on_offer_is_found);
	tcase_add_test(t, results_say_how_many_and_go_on_where_they_ended);
	tcase_add_test(t, many_results_are_counted_to_two_hundred);
	tcase_add_test(t, filters_are_in_the_address);
	tcase_add_test(t, errors_without_a_field_have_no_link);
	tcase_add_test(t, an_empty_result_suggests_filters_to_remove);
	tcase_add_test(t, cards_show_what_matters);
	tcase_add_test(t, a_list_by_price_is_in_one_currency);
	tcase_add_test(t, the_page_size_applies_to_pages_only);
	tcase_add_test(t, a_page_never_lists_a_past_show);
	suite_add_tcase(s, t);
	return s;
}

/* Output for programs that look for listings: search engines, feed readers, link previews. */
#include "tests/flow/lists.h"
#include "tests/flow/suites.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The tests use a currency that no other test uses, so that they find their own listings only. */
static const char stage[] = "NZD";

static const char *offered(struct visitor *seller, int price, const char *name, const char *place,
			   const char *more)
{
	return listed(seller,
		      arena_printf(flow_arena,
				   "{\"title\":\"%s\",\"price\":%d,\"currency\":\"%s\",\"venue\":%s%s%s%s}",
				   name, price, stage, place == NULL ? "" : "\"",
				   place == NULL ? "null" : place, place == NULL ? "" : "\"", more));
}

static void end_all(struct visitor *seller)
{
	withdraw(seller, arena_printf(flow_arena, "/api/tickets?currency=%s&limit=100", stage));
}

static const struct json_t *data_of(const struct answer *a)
{
	const char *text = between(a, "<script type=\"application/ld+json\">", "</script>");
	struct json_t *json;

	ck_assert_int_eq(json_parse(flow_arena, text, strlen(text), &json), OK);
	return json;
}

START_TEST(a_listing_tells_programs_what_it_is)
{
	struct visitor *seller = visitor_signed_up("Ioana");
	const char *name = "</script><b>\"Quoted\" & more";
	const char *ticket = offered(seller, 38, "</script><b>\\\"Quoted\\\" & more", "Town Hall, Leeds",
				     ",\"startsAt\":\"2031-05-04T19:30:00Z\"");
	const char *show = arena_printf(flow_arena, "/tickets/%s", ticket);
	struct answer *a = page(visitor_new(), show);
	const struct json_t *event = data_of(a), *offer;

	ck_valid(a, "a listing");
	ck_assert_str_eq(json_get_text(event, "@context"), "https://schema.org");
	ck_assert_str_eq(json_get_text(event, "@type"), "Event");
	ck_assert_str_eq(json_get_text(event, "name"), name);
	ck_assert_str_eq(json_get_text(event, "startDate"), "2031-05-04T19:30:00Z");
	ck_assert_str_eq(json_get_text(json_get(event, "location"), "@type"), "Place");
	ck_assert_str_eq(json_get_text(json_get(event, "location"), "name"), "Town Hall");
	ck_assert_str_eq(json_get_text(json_get(event, "location"), "address"), "Leeds");
	offer = json_get(event, "offers");
	ck_assert_str_eq(json_get_text(offer, "@type"), "Offer");
	ck_assert_str_eq(json_get_text(offer, "price"), "38.00");
	ck_assert_str_eq(json_get_text(offer, "priceCurrency"), stage);
	ck_assert_str_eq(json_get_text(offer, "availability"), "https://schema.org/InStock");
	ck_assert_str_eq(json_get_text(offer, "url"), arena_printf(flow_arena, "%s%s", flow_url(), show));
	spot(
	    a,
	    "<meta property=\"og:title\" content=\"&lt;/script&gt;&lt;b&gt;&quot;Quoted&quot; &amp; more\">");
	spot(a, arena_printf(flow_arena, "<meta property=\"og:url\" content=\"%s%s\">", flow_url(), show));
	spot(a, arena_printf(flow_arena, "<meta property=\"og:image\" content=\"%s/static/card.png\">",
			     flow_url()));
	spot(a, "<meta property=\"og:site_name\" content=\"Stagedoor\">");
	spot(a, "<meta property=\"og:locale\" content=\"en_US\">");
	ck_assert_ptr_nonnull(strstr(between(a, "og:description\" content=\"", "\""), "NZ$38.00"));
	ck_status(page(visitor_new(), "/static/card.png"), 200);
	ck_lacks(a, "noindex");
	ck_status(api(seller, "DELETE", api_ticket(ticket), "%s", ""), 204);
	a = page(visitor_new(), show);
	spot(a, "<meta name=\"robots\" content=\"noindex\">");
	ck_assert_str_eq(json_get_text(json_get(data_of(a), "offers"), "availability"),
			 "https://schema.org/SoldOut");
}
END_TEST

static const struct json_t *told_of(const char *ticket)
{
	return data_of(page(visitor_new(), arena_printf(flow_arena, "/tickets/%s", ticket)));
}

/* Search engines require a date and a place for an event: a listing without them is described as a
 * product. */
START_TEST(a_listing_without_date_or_place_is_a_product)
{
	struct visitor *seller = visitor_signed_up("Ioana");
	const char *starts = ",\"startsAt\":\"2031-05-04T19:30:00Z\"";
	const struct json_t *undated = told_of(offered(seller, 38, "Some day", "Town Hall, Leeds", "")),
			    *nowhere = told_of(offered(seller, 38, "Somewhere", NULL, starts)),
			    *short_of = told_of(offered(seller, 38, "In a hall", "Philharmonie", starts));

	ck_assert_str_eq(json_get_text(undated, "@type"), "Product");
	ck_assert_str_eq(json_get_text(undated, "name"), "Some day");
	ck_assert_ptr_null(json_get(undated, "location"));
	ck_assert_str_eq(json_get_text(json_get(undated, "offers"), "price"), "38.00");
	ck_assert_str_eq(json_get_text(nowhere, "@type"), "Product");
	ck_assert_ptr_null(json_get(nowhere, "startDate"));
	ck_assert_str_eq(json_get_text(short_of, "@type"), "Event");
	ck_assert_str_eq(json_get_text(json_get(short_of, "location"), "name"), "Philharmonie");
	ck_assert_ptr_null(json_get(json_get(short_of, "location"), "address"));
	end_all(seller);
}
END_TEST

/* A hold is neither a sale nor an update. */
START_TEST(a_hold_changes_little)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *buyer = visitor_signed_up("Tomasz"),
		       *v = visitor_new();
	const char *ticket = offered(seller, 38, "Held for a while", NULL, ""), *id,
		   *entry = arena_printf(flow_arena, "<id>urn:uuid:%s</id>", ticket),
		   *place = arena_printf(flow_arena, "/tickets/%s</loc><lastmod>", ticket);

	settle(10000);
	sql_run(
	    "tickets",
	    "UPDATE ticket SET revised_at = '2026-01-02 03:04:05.5' WHERE id = UNHEX(REPLACE('%s','-',''))",
	    ticket);
	id = hold(buyer, ticket);
	ck_assert_str_eq(json_get_text(json_get(told_of(ticket), "offers"), "availability"),
			 "https://schema.org/LimitedAvailability");
	ck_status(api(buyer, "DELETE", arena_printf(flow_arena, "/api/orders/%s", id), "%s", ""), 204);
	wait_ticket(ticket, "listed", false, 5000);
	ck_assert_str_eq(between(page(v, "/sitemap.xml"), place, "<"), "2026-01-02T03:04:05Z");
	ck_assert_ptr_nonnull(strstr(between(page(v, "/feed.atom"), entry, "</entry>"),
				     "<updated>2026-01-02T03:04:05Z</updated>"));
	ck_status(api(seller, "PUT", api_ticket(ticket), "{\"title\":\"Edited\",\"price\":38}"), 200);
	ck_assert_ptr_null(strstr(between(page(v, "/sitemap.xml"), place, "<"), "2026-01-02"));
	ck_assert_ptr_null(strstr(between(page(v, "/feed.atom"), entry, "</entry>"), "<updated>2026-01-02"));
	end_all(seller);
}
END_TEST

/* Well-formed XML, by tidy's parser. */
static void ck_xml(const struct answer *a, const char *what)
{
	char path[] = "/tmp/stagedoor-xml-XXXXXX";
	int fd = mkstemp(path);

	ck_status(a, 200);
	ck_assert_int_eq(write(fd, a->body, a->len), (ssize_t)a->len);
	close(fd);
	ck_assert_msg(system(arena_printf(flow_arena, "tidy -xml -quiet -errors -utf8 %s >&2", path)) == 0,
		      "%s is not well-formed", what);
	unlink(path);
}

START_TEST(programs_find_the_listings)
{
	struct visitor *seller = visitor_signed_up("Ioana & Co"), *v = visitor_new();
	const char *ticket = offered(seller, 38, "Fed & <b>\xef\xbf\xbf", "Town Hall, Leeds", "");
	const char *gone = offered(seller, 39, "Gone", NULL, "");
	struct answer *a;

	ck_status(api(seller, "DELETE", api_ticket(gone), "%s", ""), 204);
	settle(10000);
	a = page(v, "/feed.atom");
	ck_xml(a, "the feed");
	ck_assert_str_eq(a->type, "application/atom+xml; charset=utf-8");
	spot(a, arena_printf(flow_arena, "<id>urn:uuid:%s</id>", ticket));
	spot(a, "<title>Fed &amp; &lt;b&gt;\xef\xbf\xbd</title>");
	spot(a, "<author><name>Ioana &amp; Co</name></author>");
	spot(a, arena_printf(flow_arena, "href=\"%s/tickets/%s\"", flow_url(), ticket));
	ck_lacks(a, gone);
	ck_assert_ptr_nonnull(strstr(header_of(a, "Cache-Control"), "max-age=300"));
	spot(page(v, "/"), "<link rel=\"alternate\" type=\"application/atom+xml\"");
	a = page(v, "/sitemap.xml");
	ck_xml(a, "the map");
	spot(a, arena_printf(flow_arena, "<loc>%s/</loc>", flow_url()));
	spot(a, arena_printf(flow_arena, "<loc>%s/tickets/%s</loc><lastmod>20", flow_url(), ticket));
	ck_lacks(a, gone);
	a = page(v, "/robots.txt");
	ck_status(a, 200);
	spot(a, "User-agent: *\n");
	spot(a, "Disallow: /account\n");
	spot(a, arena_printf(flow_arena, "Sitemap: %s/sitemap.xml\n", flow_url()));
	ck_status(page(v, "/favicon.ico"), 200);
	end_all(seller);
}
END_TEST

/* What is the same for everybody is cached for everybody: no cookie is read or set. */
START_TEST(files_for_programs_are_the_same_for_everybody)
{
	static const char *const files[] = {"/feed.atom", "/sitemap.xml", "/robots.txt"};

	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		struct visitor *v = visitor_new();
		struct answer *a;

		strcpy(v->cookies, "session=ended");
		a = page(v, files[i]);
		ck_status(a, 200);
		ck_assert_str_eq(header_of(a, "Set-Cookie"), "");
		ck_assert_str_eq(header_of(a, "Cache-Control"), "public, max-age=300");
		ck_assert_int_eq(strstr(a->headers, "Vary: Accept-Language") != NULL, i == 0);
		ck_status(http(v, "POST", files[i], NULL, "", NULL), 405);
	}
}
END_TEST

Suite *share_suite(void)
{
	Suite *s = suite_create("share");
	TCase *t = tcase_create("share");

	tcase_set_timeout(t, 90);
	tcase_add_checked_fixture(t, flow_begin, flow_end);
	tcase_add_test(t, a_listing_tells_programs_what_it_is);
	tcase_add_test(t, a_listing_without_date_or_place_is_a_product);
	tcase_add_test(t, a_hold_changes_little);
	tcase_add_test(t, programs_find_the_listings);
	tcase_add_test(t, files_for_programs_are_the_same_for_everybody);
	suite_add_tcase(s, t);
	return s;
}

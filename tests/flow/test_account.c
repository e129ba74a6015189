/* Name and settings of an account, and its pages. */
#include "tests/flow/account.h"
#include "tests/flow/suites.h"
#include <string.h>

START_TEST(settings_are_kept_and_carried)
{
	struct visitor *v = visitor_signed_up("Mara"), *other;
	struct answer *before = claims_of(v), *after, *a;

	ck_assert_int_eq(number_of(before, "rows", -1), -1);
	a = page_submit(v, "/account", "/account/preferences", "timeZone=America%2FNew_York&pageSize=50");
	ck_status(a, 303);
	ck_assert_str_eq(a->location, "/account");
	a = page(v, a->location);
	ck_assert(shows(a, "Your settings are saved."));
	ck_assert(shows(a, "<option value=\"America/New_York\" selected>America/New York</option>"));
	ck_assert(shows(a, "<option value=\"50\" selected>"));
	after = claims_of(v);
	ck_assert_str_eq(text_of(after, "zone"), "America/New_York");
	ck_assert_int_eq(number_of(after, "rows", 0), 50);
	ck_assert_str_eq(text_of(after, "sid"), text_of(before, "sid"));
	ck_assert_int_eq(number_of(after, "exp", 1), number_of(before, "exp", 2));
	ck_assert_int_eq(number_of(after, "iat", 1), number_of(before, "iat", 2));
	/* times are shown in this zone: New York is never on UTC */
	ck_assert(!shows(a, " UTC</time>"));
	ck_assert_int_eq(row_number(v, "version"), 2);
	/* a submit without changes is not an edit */
	ck_status(
	    page_submit(v, "/account", "/account/preferences", "timeZone=America%2FNew_York&pageSize=50"),
	    303);
	ck_assert_int_eq(row_number(v, "version"), 2);
	/* other devices get the settings at their next sign-in */
	other = signed_in(v, v->password);
	ck_assert_str_eq(text_of(claims_of(other), "zone"), "America/New_York");
	/* clear both settings */
	ck_status(page_submit(v, "/account", "/account/preferences", "timeZone=&pageSize="), 303);
	ck_assert_str_eq(text_of(claims_of(v), "zone"), "");
	ck_assert_int_eq(row_number(v, "time_zone IS NULL AND page_size IS NULL AND version = 3"), 1);
	settle(10000);
}
END_TEST

static const struct {
	const char *fields, *wrong;
} wrong_settings[] = {
    {"timeZone=Mars%2FOlympus&pageSize=50", "href=\"#timeZone\""},
    {"timeZone=UTC&pageSize=0", "href=\"#pageSize\""},
    {"timeZone=UTC&pageSize=101", "href=\"#pageSize\""},
    {"timeZone=UTC&pageSize=many", "href=\"#pageSize\""},
};

START_TEST(wrong_settings_are_named_and_kept)
{
	struct visitor *v = visitor_signed_up("Mara");
	struct answer *a = page_submit(v, "/account", "/account/preferences", wrong_settings[_i].fields);

	ck_status(a, 400);
	ck_assert(shows(a, wrong_settings[_i].wrong));
	ck_assert(shows(a, strstr(wrong_settings[_i].wrong, "timeZone") != NULL
			       ? "<option value=\"50\" selected>"
			       : "<option value=\"UTC\" selected>"));
	ck_assert_int_eq(row_number(v, "version"), 1);
}
END_TEST

/* The form offers every zone of the list, which has the zones in use and no historical ones. */
START_TEST(zones_to_choose_from)
{
	struct visitor *v = visitor_signed_up("Mara");
	struct answer *a = page(v, "/account");
	int count = 0;

	ck_assert(shows(a, "<option value=\"Europe/Berlin\">Europe/Berlin</option>"));
	ck_assert(shows(a, "<option value=\"Asia/Kolkata\">Asia/Kolkata</option>"));
	ck_assert(shows(a, "<option value=\"UTC\">UTC</option>"));
	ck_assert(!shows(a, "EST5EDT") && !shows(a, "Etc/") && !shows(a, "SystemV"));
	for (const char *at = strstr(a->body, "<option value=\"A");
	     at != NULL && strncmp(at, "<option value=\"A", 16) == 0; at = strstr(at + 1, "<option value=\""))
		if (count++ % 40 == 0)
			ck_status(page_submit(v, "/account", "/account/preferences",
					      arena_printf(flow_arena, "pageSize=&timeZone=%.*s",
							   (int)strcspn(at + 15, "\""), at + 15)),
				  303);
	ck_assert_int_gt(count, 200);
}
END_TEST

/* The page reports what is wrong with the name and keeps the input; it reports the change once. */
START_TEST(a_wrong_name_is_refused_with_the_reason)
{
	struct visitor *v = visitor_signed_up("Mara");
	struct answer *a = page_submit(v, "/account", "/account", "displayName=Mara+%3CB%3E");
	char long_name[62];

	ck_status(a, 303);
	ck_assert_str_eq(a->location, "/account");
	ck_assert(shows(page(v, a->location), "Your name is changed."));
	ck_assert(!shows(page(v, a->location), "class=\"notice\""));
	ck_assert_str_eq(text_of(claims_of(v), "name"), "Mara <B>");
	memset(long_name, 'x', 61);
	long_name[61] = '\0';
	a = page_submit(v, "/account", "/account", arena_printf(flow_arena, "displayName=%s", long_name));
	ck_status(a, 400);
	ck_assert(shows(a, "href=\"#displayName\"") && shows(a, "aria-invalid"));
	ck_assert(shows(a, arena_printf(flow_arena, "value=\"%s\"", long_name)));
}
END_TEST

/* After sign-in a form whose session ended is shown again at its place. */
START_TEST(settings_typed_before_signing_in_again_are_not_lost)
{
	struct visitor *v = visitor_signed_up("Mara");
	const char *target, *body = page_fill(v, "/account", "/account/preferences",
					      "timeZone=Asia%2FTokyo&pageSize=20", &target);
	struct answer *a;

	ck_status(api(v, "POST", "/api/users/signout", "{}"), 200);
	a = page_send(v, target, body);
	ck_status(a, 303);
	ck_assert_str_eq(a->location, "/signin?next=%2Faccount%2Fpreferences");
	a = page_submit(
	    v, a->location, "/signin",
	    arena_printf(flow_arena, "email=%s&password=%s", encoded(v->email), encoded(v->password)));
	ck_status(a, 303);
	a = page(v, a->location);
	ck_status(a, 200);
	ck_assert(shows(a, "class=\"notice\""));
	ck_assert(shows(a, "<option value=\"Asia/Tokyo\" selected>"));
	ck_assert(shows(a, "<option value=\"20\" selected>"));
	ck_assert_int_eq(row_number(v, "version"), 1);
	/* without any input, sign-in leads to the account page */
	a = page(signed_in(v, v->password), "/account/preferences");
	ck_status(a, 303);
	ck_assert_str_eq(a->location, "/account#preferences");
}
END_TEST

static const struct {
	const char *path, *action, *autocomplete[3];
	bool signed_in;
} forms[] = {
    {"/signup", "/signup", {"email", "new-password", "name"}, false},
    {"/signin", "/signin", {"username", "current-password"}, false},
    {"/account", "/account", {"name"}, true},
    {"/account", "/account/preferences", {NULL}, true},
    {"/account", "/account/password", {"username", "current-password", "new-password"}, true},
    {"/account", "/account/devices", {NULL}, true},
    {"/account/delete", "/account/delete", {"username", "current-password"}, true},
    {"/signout", "/signout", {NULL}, true},
};

/* The forms show our messages instead of the browser's, have the attributes that password managers need, and
 * are completely in German. */
START_TEST(forms_help_people)
{
	struct visitor *v = forms[_i].signed_in ? visitor_signed_up("Mara") : visitor_new();
	struct answer *a = page(v, forms[_i].path), *german;
	const char *form =
	    strstr(a->body, arena_printf(flow_arena, "<form method=\"post\" action=\"%s\" novalidate>",
					 forms[_i].action));
	const char *end;

	ck_assert_ptr_nonnull(form);
	end = strstr(form, "</form>");
	for (int i = 0; i < 3 && forms[_i].autocomplete[i] != NULL; i++) {
		form =
		    strstr(form, arena_printf(flow_arena, "autocomplete=\"%s\"", forms[_i].autocomplete[i]));
		ck_assert_msg(form != NULL && form < end, "%s", forms[_i].autocomplete[i]);
	}
	german = http(v, "GET", forms[_i].path, NULL, NULL,
		      (const char *const[]){"Accept: text/html", "Accept-Language: de", NULL});
	ck_status(german, 200);
	ck_assert(shows(german, "<html lang=\"de\">"));
	ck_assert(!shows(german, "assword<") && !shows(german, ">Sign ") && !shows(german, ">Your ") &&
		  !shows(german, " your "));
}
END_TEST

/* Every page and state of the account, in both languages. */
START_TEST(pages_are_valid)
{
	static const char *const paths[] = {"/account", "/account/data", "/account/delete", "/signout"};
	struct visitor *v = visitor_signed_up("Zoë <b>");

	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		ck_valid(page(v, paths[i]), paths[i]);
		ck_valid(http(v, "GET", paths[i], NULL, NULL,
			      (const char *const[]){"Accept: text/html", "Accept-Language: de", NULL}),
			 paths[i]);
	}
	ck_valid(change_password(v, "some other secret", new_secret), "a wrong password");
	ck_valid(delete_account(v, "some other secret"), "a wrong password");
	ck_valid(page_submit(v, "/account", "/account/preferences", "timeZone=Mars&pageSize=37"),
		 "a wrong zone");
	ck_status(page_submit(v, "/account", "/account", "displayName=Zo%C3%AB"), 303);
	ck_valid(page(v, "/account"), "a new name");
}
END_TEST

START_TEST(errors_are_german_too)
{
	struct visitor *v = visitor_signed_up("Mara");
	const char *target, *body;
	struct answer *a;

	body = page_fill(v, "/account", "/account/password",
			 "password=some+other+secret&newPassword=password123", &target);
	a = http(v, "POST", target, "application/x-www-form-urlencoded", body,
		 (const char *const[]){"Accept: text/html", "Accept-Language: de", NULL});
	ck_status(a, 400);
	ck_assert(shows(a, "Wählen Sie ein anderes Passwort"));
	ck_assert(shows(a, "Etwas stimmt noch nicht"));
}
END_TEST

Suite *account_suite(void)
{
	Suite *s = suite_create("account");
	TCase *c = tcase_create("account");

	tcase_set_timeout(c, 120);
	tcase_add_checked_fixture(c, flow_begin, flow_end);
	tcase_add_test(c, settings_are_kept_and_carried);
	tcase_add_loop_test(c, wrong_settings_are_named_and_kept, 0,
			    sizeof wrong_settings / sizeof *wrong_settings);
	tcase_add_test(c, zones_to_choose_from);
	tcase_add_test(c, a_wrong_name_is_refused_with_the_reason);
	tcase_add_test(c, settings_typed_before_signing_in_again_are_not_lost);
	tcase_add_loop_test(c, forms_help_people, 0, sizeof forms / sizeof *forms);
	tcase_add_test(c, pages_are_valid);
	tcase_add_test(c, errors_are_german_too);
	suite_add_tcase(s, c);
	return s;
}

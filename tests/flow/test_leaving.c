/* Deleting an account, and the download of a user's data. */
#include "tests/flow/account.h"
#include "tests/flow/suites.h"
#include <stdio.h>
#include <string.h>

/* The page announces what the deletion does. */
START_TEST(deleting_the_account)
{
	struct visitor *v = visitor_signed_up("Mara"), *old[2] = {signed_in(v, v->password)}, *again;
	const char *target, *body;
	struct answer *a = page(v, "/account/delete");

	ck_status(a, 200);
	ck_assert(shows(a, "are erased") && shows(a, "are withdrawn") && shows(a, "cannot be undone") &&
		  shows(a, "if that buyer pays"));
	a = delete_account(v, "some other secret");
	ck_status(a, 400);
	ck_assert(shows(a, "href=\"#password\""));
	ck_assert_str_eq(row_text(v, "status"), "active");
	sql_run("auth",
		"INSERT INTO sign_in_attempt (subject, failures, last_at, allowed_at) VALUES "
		"(CONCAT('account:', SHA2('%s', 256)), 3, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))",
		v->email);
	old[1] = copy_of(v);
	again = copy_of(v);
	body = page_fill(v, "/account/delete", "/account/delete",
			 arena_printf(flow_arena, "password=%s", encoded(v->password)), &target);
	a = page_send(v, target, body);
	ck_status(a, 303);
	ck_assert_str_eq(a->location, "/account/deleted");
	ck_assert_ptr_null(session_of(v));
	a = page(v, a->location);
	ck_valid(a, "deleted");
	ck_assert(shows(a, "Your account is deleted"));
	a = page(v, "/account/deleted"); /* shown once */
	ck_status(a, 303);
	ck_assert_str_eq(a->location, "/");
	a = page_send(again, target, body); /* a second click */
	ck_status(a, 303);
	ck_assert_str_eq(a->location, "/account/deleted");
	ck_assert_str_eq(row_text(v, "status"), "deleted");
	ck_assert_str_eq(row_text(v, "email"), arena_printf(flow_arena, "deleted.%s@deleted.invalid", v->id));
	ck_assert_str_eq(row_text(v, "display_name"), "Member");
	ck_assert_int_eq(row_number(v, "version"), 2);
	ck_assert_int_eq(row_number(v, "password_hash LIKE '$argon2%%'"), 0);
	ck_assert_int_eq(
	    sql_number(
		"auth",
		"SELECT COUNT(*) FROM sign_in_attempt WHERE subject = CONCAT('account:', SHA2('%s', 256))",
		v->email),
	    0);
	ck_ended(old, 2);
	settle(10000);
	ck_assert_str_eq(sql_text("tickets", "SELECT status FROM seller_replica WHERE id = " USER_OF, v->id),
			 "deleted");
}
END_TEST

/* The cookie that would show the flash message, but not sealed by the site. */
static struct visitor *with_notice(struct visitor *v, const char *value)
{
	struct visitor *copy = copy_of(v);
	size_t len = strlen(copy->cookies);

	snprintf(copy->cookies + len, sizeof copy->cookies - len, "%snotice=%s", len == 0 ? "" : "; ", value);
	return copy;
}

/* Neither a link nor a forged cookie makes a page say that something was done. */
START_TEST(a_link_does_not_say_that_something_was_done)
{
	static const char *const forged[] = {"deleted", "~deleted", "x~deleted", "x~password",
					     "x~everywhere"};
	struct visitor *v = visitor_signed_up("Mara"), *stranger = visitor_new();

	ck_assert(!shows(page(v, "/account?done=password"), "Your password is changed."));
	ck_assert(!shows(page(stranger, "/signout?done=everywhere"), "Every device is signed out."));
	ck_assert_str_eq(page(v, "/account/deleted")->location, "/account");
	ck_assert_str_eq(page(stranger, "/account/deleted")->location, "/");
	for (size_t i = 0; i < sizeof forged / sizeof *forged; i++) {
		ck_assert(!shows(page(with_notice(v, forged[i]), "/account"), "class=\"notice\""));
		ck_assert(!shows(page(with_notice(stranger, forged[i]), "/signout"), "Every device"));
		ck_status(page(with_notice(stranger, forged[i]), "/account/deleted"), 303);
	}
}
END_TEST

static const struct {
	const char *page, *action, *fields;
} forms_of_the_blocked[] = {
    {"/account", "/account", "displayName=Other"},
    {"/account", "/account/preferences", "timeZone=UTC&pageSize=10"},
    {"/account", "/account/password", "password=correct+horse+battery&newPassword=an+entirely+new+one"},
    {"/account", "/account/password", "password=some+other+secret&newPassword=an+entirely+new+one"},
    {"/account", "/account/devices", ""},
    {"/account/delete", "/account/delete", "password=correct+horse+battery"},
    {"/account/delete", "/account/delete", "password=some+other+secret"},
};

/* The user is blocked while a page is open: the token is still valid for a while, but the account cannot be
 * used. */
START_TEST(a_blocked_account_changes_nothing_more)
{
	struct visitor *v = visitor_signed_up("Mara");
	const char *target,
	    *body = page_fill(v, forms_of_the_blocked[_i].page, forms_of_the_blocked[_i].action,
			      forms_of_the_blocked[_i].fields, &target);

	sql_run("auth", "UPDATE user SET status = 'blocked' WHERE id = " USER_OF, v->id);
	ck_status(page_send(v, target, body), 404);
	ck_assert_str_eq(row_text(v, "status"), "blocked");
	ck_assert_int_eq(row_number(v, "version"), 1);
	sql_run("auth", "UPDATE user SET status = 'active' WHERE id = " USER_OF, v->id);
	ck_status(page(signed_in(v, v->password), "/account"), 200);
}
END_TEST

START_TEST(a_deleted_email_address_is_free)
{
	struct visitor *v = visitor_signed_up("Mara"), *again = visitor_new();
	struct answer *a;

	ck_status(page_submit(v, "/account", "/account/preferences", "timeZone=UTC&pageSize=10"), 303);
	ck_status(delete_account(v, v->password), 303);
	ck_assert_int_eq(row_number(v, "time_zone IS NULL AND page_size IS NULL"), 1);
	ck_status(api(visitor_new(), "POST", "/api/users/signin", "{\"email\":\"%s\",\"password\":\"%s\"}",
		      v->email, v->password),
		  400);
	ck_status(api(visitor_new(), "POST", "/api/users/signin",
		      "{\"email\":\"deleted.%s@deleted.invalid\",\"password\":\"deleted\"}", v->id),
		  400);
	a = api(again, "POST", "/api/users/signup", "{\"email\":\"%s\",\"password\":\"%s\"}", v->email,
		v->password);
	ck_status(a, 201);
	ck_assert_str_ne(text_of(a, "id"), v->id);
	ck_lasts(again);
}
END_TEST

/* Ids of sellers are public: nobody can sign up with the email address that a deleted account gets. */
START_TEST(the_email_address_of_a_deleted_account_cannot_be_taken)
{
	struct visitor *v = visitor_signed_up("Mara");
	struct answer *a =
	    api(visitor_new(), "POST", "/api/users/signup",
		"{\"email\":\"Deleted.%s@Deleted.Invalid\",\"password\":\"%s\"}", v->id, v->password);

	ck_status(a, 400);
	ck_assert_str_eq(text_of(a, "errors.0.field"), "email");
	ck_status(delete_account(v, v->password), 303);
}
END_TEST

START_TEST(my_data_can_be_downloaded)
{
	static const char *const parts[] = {"/account/data.json", "/selling/data.json", "/orders/data.json",
					    "/payments/data.json"};
	struct visitor *v = visitor_signed_up("Zoë");
	struct answer *a = page(v, "/account/data");

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		ck_assert(shows(a, arena_printf(flow_arena, "href=\"%s\"", parts[i])));
	ck_status(page_submit(v, "/account", "/account/preferences", "timeZone=UTC&pageSize=10"), 303);
	ck_status(api(signed_in(v, v->password), "POST", "/api/users/signout", "{}"), 200);
	a = page(v, "/account/data.json");
	ck_status(a, 200);
	ck_assert_ptr_nonnull(strstr(a->type, "application/json"));
	ck_assert_str_eq(header_of(a, "Content-Disposition"),
			 "attachment; filename=\"stagedoor-account.json\"");
	ck_assert_str_eq(text_of(a, "account.id"), v->id);
	ck_assert_str_eq(text_of(a, "account.email"), v->email);
	ck_assert_str_eq(text_of(a, "account.displayName"), "Zoë");
	ck_assert_str_eq(text_of(a, "account.status"), "active");
	ck_assert_str_ne(text_of(a, "account.createdAt"), "");
	ck_assert_str_eq(text_of(a, "preferences.timeZone"), "UTC");
	ck_assert_int_eq(number_of(a, "preferences.pageSize", 0), 10);
	/* newest first */
	ck_assert_str_ne(text_of(a, "sessions.0.ended"), "");
	ck_assert_str_ne(text_of(a, "sessions.1.begun"), "");
	ck_assert_str_ne(text_of(a, "sessions.1.ends"), "");
	ck_assert_str_eq(text_of(a, "sessions.1.ended"), "");
	ck_assert_str_eq(text_of(a, "sessions.2.begun"), "");
	ck_assert(!shows(a, "argon2") && !shows(a, "hash"));
	a = page(visitor_new(), "/account/data.json");
	ck_status(a, 303);
	ck_assert_str_eq(a->location, "/signin?next=%2Faccount%2Fdata.json");
}
END_TEST

Suite *leaving_suite(void)
{
	Suite *s = suite_create("leaving");
	TCase *c = tcase_create("leaving");

	tcase_set_timeout(c, 120);
	tcase_add_checked_fixture(c, flow_begin, flow_end);
	tcase_add_test(c, deleting_the_account);
	tcase_add_test(c, a_link_does_not_say_that_something_was_done);
	tcase_add_loop_test(c, a_blocked_account_changes_nothing_more, 0,
			    sizeof forms_of_the_blocked / sizeof *forms_of_the_blocked);
	tcase_add_test(c, a_deleted_email_address_is_free);
	tcase_add_test(c, the_email_address_of_a_deleted_account_cannot_be_taken);
	tcase_add_test(c, my_data_can_be_downloaded);
	suite_add_tcase(s, c);
	return s;
}

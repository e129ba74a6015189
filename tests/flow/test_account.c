/* What people do with their account: password, settings, devices, data, and the end of it. */
#include "common/base/clock.h"
#include "common/base/text.h"
#include "tests/flow/flow.h"
#include "tests/flow/suites.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char new_secret[] = "an entirely new one";

static bool shows(const struct answer *a, const char *text)
{
	return strstr(a->body, text) != NULL;
}

static const char *encoded(const char *s)
{
	return text_percent_encode(flow_arena, s);
}

/* Another device of the same person. */
static struct visitor *signed_in(const struct visitor *who, const char *secret)
{
	struct visitor *v = visitor_new();
	struct answer *a =
	    api(v, "POST", "/api/users/signin", "{\"email\":\"%s\",\"password\":\"%s\"}", who->email, secret);

	ck_status(a, 200);
	v->email = who->email;
	v->id = who->id;
	return v;
}

/* Somebody who holds the same cookies: a copy of the browser as it is now. */
static struct visitor *copy_of(const struct visitor *v)
{
	struct visitor *copy = visitor_new();

	memcpy(copy->cookies, v->cookies, sizeof copy->cookies);
	return copy;
}

static struct answer *change_password(struct visitor *v, const char *old, const char *new)
{
	return page_submit(
	    v, "/account", "/account/password",
	    arena_printf(flow_arena, "password=%s&newPassword=%s", encoded(old), encoded(new)));
}

static struct answer *delete_account(struct visitor *v, const char *secret)
{
	return page_submit(v, "/account/delete", "/account/delete",
			   arena_printf(flow_arena, "password=%s", encoded(secret)));
}

/* How many services know the session: 4 before it ends, 0 when it has. */
static int services_that_know(struct visitor *v)
{
	int know = 0;

	know += page(copy_of(v), "/account")->status == 200;
	know += api(copy_of(v), "POST", "/api/tickets", "{}")->status != 401;
	know += api_get(copy_of(v), "/api/orders")->status != 401;
	know += api(copy_of(v), "POST", "/api/payments", "{}")->status != 401;
	return know;
}

static bool is_known_nowhere(void *visitor)
{
	return services_that_know(visitor) == 0;
}

/* Within 5 s no service knows them, nor does any process of a pool later. */
static void ck_ended(struct visitor **v, size_t count)
{
	int64_t end = clock_steady() + 5 * SECOND;

	for (size_t i = 0; i < count; i++)
		ck_assert(wait_until((int)((end - clock_steady()) / 1000), is_known_nowhere, v[i]));
	usleep(2100 * 1000);
	for (int round = 0; round < 8; round++)
		for (size_t i = 0; i < count; i++)
			ck_assert_int_eq(services_that_know(v[i]), 0);
}

static void ck_lasts(struct visitor *v)
{
	for (int round = 0; round < 8; round++)
		ck_assert_int_eq(services_that_know(v), 4);
}

#define USER_OF "UNHEX(REPLACE('%s','-',''))"

static int64_t row_number(const struct visitor *v, const char *column)
{
	return sql_number("auth", "SELECT %s FROM user WHERE id = " USER_OF, column, v->id);
}

static const char *row_text(const struct visitor *v, const char *column)
{
	return sql_text("auth", "SELECT %s FROM user WHERE id = " USER_OF, column, v->id);
}

/* The session cookie of the jar, which may hold presession= too; NULL: none. */
static const char *session_of(const struct visitor *v)
{
	const char *at =
	    strncmp(v->cookies, "session=", 8) == 0 ? v->cookies : strstr(v->cookies, " session=");

	return at == NULL ? NULL : strchr(at, '=') + 1;
}

/* The claims of the session cookie. */
static struct answer *claims_of(const struct visitor *v)
{
	const char *part = strchr(session_of(v), '.') + 1;
	struct answer *a = arena_alloc(flow_arena, sizeof *a);
	struct json_t *json;
	uint8_t *bytes;
	size_t len;

	ck_assert_int_eq(text_unbase64url(flow_arena, part, strcspn(part, "."), &bytes, &len), OK);
	ck_assert_int_eq(json_parse(flow_arena, (const char *)bytes, len, &json), OK);
	*a = (struct answer){.json = json};
	return a;
}

START_TEST(settings_are_kept_and_carried)
{
	struct visitor *v = visitor_signed_up("Mara"), *other;
	struct answer *before = claims_of(v), *after, *a;

	ck_assert_int_eq(number_of(before, "rows", -1), -1);
	a = page_submit(v, "/account", "/account/preferences", "timeZone=America%2FNew_York&pageSize=50");
	ck_status(a, 303);
	ck_assert_str_eq(a->location, "/account?done=preferences");
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
	/* times are shown so: New York is never on UTC */
	ck_assert(!shows(a, " UTC</time>"));
	ck_assert_int_eq(row_number(v, "version"), 2);
	/* the same again changes nothing */
	ck_status(
	    page_submit(v, "/account", "/account/preferences", "timeZone=America%2FNew_York&pageSize=50"),
	    303);
	ck_assert_int_eq(row_number(v, "version"), 2);
	/* other devices have them from their next sign-in on */
	other = signed_in(v, v->password);
	ck_assert_str_eq(text_of(claims_of(other), "zone"), "America/New_York");
	/* none again */
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

/* Every zone of the list is taken, among them those of people's lives and none of history's. */
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

/* What was wrong with the name is told on the page, with what was typed; what was done, by words of the page
 * alone. */
START_TEST(a_name_is_changed_or_told_why_not)
{
	struct visitor *v = visitor_signed_up("Mara");
	struct answer *a = page_submit(v, "/account", "/account", "displayName=Mara+%3CB%3E");
	char long_name[62];

	ck_status(a, 303);
	ck_assert_str_eq(a->location, "/account?done=name");
	ck_assert(shows(page(v, a->location), "Your name is changed."));
	ck_assert_str_eq(text_of(claims_of(v), "name"), "Mara <B>");
	ck_assert(!shows(page(v, "/account?done=nonsense"), "class=\"notice\""));
	ck_assert(!shows(page(v, "/account?done=%3Cb%3E"), "<b>"));
	memset(long_name, 'x', 61);
	long_name[61] = '\0';
	a = page_submit(v, "/account", "/account", arena_printf(flow_arena, "displayName=%s", long_name));
	ck_status(a, 400);
	ck_assert(shows(a, "href=\"#displayName\"") && shows(a, "aria-invalid"));
	ck_assert(shows(a, arena_printf(flow_arena, "value=\"%s\"", long_name)));
}
END_TEST

START_TEST(a_new_password_ends_all_other_sessions)
{
	struct visitor *v = visitor_signed_up("Mara"),
		       *old[3] = {signed_in(v, v->password), signed_in(v, v->password)};
	struct visitor *next;
	struct answer *a;

	old[2] = copy_of(v); /* this device's session as it was is none either */
	a = change_password(v, v->password, new_secret);
	ck_status(a, 303);
	ck_assert_str_eq(a->location, "/account?done=password");
	/* at once, in the same second most times */
	next = signed_in(v, new_secret);
	ck_assert(shows(page(v, a->location), "Your password is changed."));
	ck_assert_int_eq(
	    sql_number("auth",
		       "SELECT COUNT(*) FROM session WHERE revoked_at IS NOT NULL AND version = 2 AND "
		       "user_id = " USER_OF,
		       v->id),
	    3);
	ck_assert_int_eq(
	    sql_number("auth",
		       "SELECT COUNT(*) FROM session WHERE revoked_at IS NULL AND version = 1 AND "
		       "user_id = " USER_OF,
		       v->id),
	    2);
	ck_ended(old, 3);
	ck_lasts(v);
	ck_lasts(next);
	ck_status(api(visitor_new(), "POST", "/api/users/signin", "{\"email\":\"%s\",\"password\":\"%s\"}",
		      v->email, v->password),
		  400);
	ck_assert_int_eq(row_number(v, "version"), 2);
	settle(10000);
}
END_TEST

/* Sessions of one second, some begun before the change and some after it. */
START_TEST(sessions_of_the_same_second_are_told_apart)
{
	struct visitor *v, *before, *after;
	int64_t iat;

	for (int i = 0;; i++) {
		v = visitor_signed_up("Mara");
		usleep((useconds_t)(SECOND - clock_now() % SECOND));
		before = signed_in(v, v->password);
		ck_status(change_password(v, v->password, new_secret), 303);
		after = signed_in(v, new_secret);
		iat = number_of(claims_of(before), "iat", 0);
		if (iat == number_of(claims_of(after), "iat", 1) && iat == number_of(claims_of(v), "iat", 1))
			break;
		ck_assert_msg(i < 20, "this machine is too slow for three sessions in one second");
	}
	ck_ended(&before, 1);
	ck_lasts(v);
	ck_lasts(after);
}
END_TEST

static const struct {
	const char *password, *new, *field; /* NULL: the right one; the address */
} wrong_changes[] = {
    {"some other secret", "an entirely new one", "password"},
    {"short", "an entirely new one", "password"},
    {NULL, "short", "newPassword"},
    {NULL, "Password123", "newPassword"},
    {NULL, NULL, "newPassword"},
    /* new is the one that it has: no second click, for the session is alive */
    {"some other secret", "correct horse battery", "password"},
};

START_TEST(a_wrong_change_of_password_changes_nothing)
{
	struct visitor *v = visitor_signed_up("Mara");
	const char *old = wrong_changes[_i].password, *new = wrong_changes[_i].new;
	struct answer *a = change_password(v, old == NULL ? v->password : old, new == NULL ? v->email : new);

	ck_status(a, 400);
	ck_assert(shows(a, arena_printf(flow_arena, "href=\"#%s\"", wrong_changes[_i].field)));
	ck_assert(shows(a, arena_printf(flow_arena, "id=\"%s-wrong\"", wrong_changes[_i].field)));
	ck_assert(!shows(a, "some other secret") && !shows(a, new_secret) && !shows(a, "Password123"));
	ck_assert_int_eq(row_number(v, "version"), 1);
	ck_lasts(v);
	signed_in(v, v->password);
}
END_TEST

/* The second click finds the password changed and its own session ended; it says the same and leaves a
 * session that lasts. */
START_TEST(a_double_click_changes_the_password_once)
{
	struct visitor *v = visitor_signed_up("Mara"), *twice, *stranger;
	const char *target, *body, *other_body;
	struct answer *a;

	body = page_fill(
	    v, "/account", "/account/password",
	    arena_printf(flow_arena, "password=%s&newPassword=%s", encoded(v->password), encoded(new_secret)),
	    &target);
	other_body = page_fill(
	    v, "/account", "/account/password",
	    arena_printf(flow_arena, "password=%s&newPassword=something+else+now", encoded(v->password)),
	    &target);
	twice = copy_of(v);
	stranger = copy_of(v);
	ck_status(page_send(v, target, body), 303);
	a = page_send(twice, target, body);
	ck_status(a, 303);
	ck_assert_str_eq(a->location, "/account?done=password");
	a = page_send(stranger, target, other_body);
	ck_assert_msg(a->status == 400 || a->status == 403 || strncmp(a->location, "/signin", 7) == 0,
		      "%d %s", a->status, a->location);
	ck_assert_int_eq(row_number(v, "version"), 2);
	ck_ended(&stranger, 1);
	ck_lasts(twice);
	ck_lasts(v);
}
END_TEST

enum { GUESTS = 8 };

/* Signs in again and again with a password until it is no longer right; the last session that it gave goes to
 * the file. */
static void sign_in_while_it_lasts(const struct visitor *who, const char *path)
{
	struct visitor *last = NULL, *v;
	FILE *f = fopen(path, "w");

	for (int i = 0; i < 400; i++) {
		v = visitor_new();
		struct answer *a = api(v, "POST", "/api/users/signin",
				       "{\"email\":\"%s\",\"password\":\"%s\"}", who->email, who->password);
		if (a->status == 400)
			break;
		if (a->status == 200)
			last = v;
	}
	if (last != NULL)
		fputs(last->cookies, f);
	fclose(f);
	_exit(0);
}

/* Whoever signs in with the old password while it is being changed is signed out like the rest: the last to
 * get in too. */
START_TEST(the_old_password_leaves_no_session_behind)
{
	struct visitor *v = visitor_signed_up("Mara"), *guests[GUESTS];
	char home[] = "/tmp/stagedoor-guests-XXXXXX", *cookies;
	size_t got = 0;

	ck_assert_ptr_nonnull(mkdtemp(home));
	for (int i = 0; i < GUESTS; i++)
		if (fork() == 0)
			sign_in_while_it_lasts(v, arena_printf(flow_arena, "%s/%d", home, i));
	usleep(500 * 1000);
	while (change_password(v, v->password, new_secret)->status == 503)
		;
	while (wait(NULL) > 0)
		;
	for (int i = 0; i < GUESTS; i++) {
		const char *path = arena_printf(flow_arena, "%s/%d", home, i);

		if (text_read_file(flow_arena, path, sizeof v->cookies, &cookies) == OK &&
		    strlen(cookies) > 0) {
			guests[got] = visitor_new();
			snprintf(guests[got++]->cookies, sizeof v->cookies, "%s", cookies);
		}
		unlink(path);
	}
	rmdir(home);
	ck_assert_uint_gt(got, 0);
	ck_ended(guests, got);
	ck_lasts(v);
	ck_assert_int_eq(
	    sql_number("auth", "SELECT COUNT(*) FROM session WHERE revoked_at IS NULL AND user_id = " USER_OF,
		       v->id),
	    1);
}
END_TEST

START_TEST(signing_out_everywhere)
{
	struct visitor *v = visitor_signed_up("Mara"), *twice,
		       *old[3] = {signed_in(v, v->password), signed_in(v, v->password)};
	const char *target, *body = page_fill(v, "/account", "/account/devices", "", &target);
	struct answer *a = page(v, "/account");

	ck_assert(shows(a, ", this device</li>"));
	ck_assert(shows(a, "</time></li>"));
	old[2] = copy_of(v);
	twice = copy_of(v);
	a = page_send(v, target, body);
	ck_status(a, 303);
	ck_assert_str_eq(a->location, "/signout?done=everywhere");
	ck_assert_str_eq(header_of(a, "Clear-Site-Data"), "\"cache\"");
	ck_assert_ptr_null(session_of(v));
	ck_assert(shows(page(v, a->location), "Every device is signed out."));
	ck_status(page_send(twice, target, body), 303);
	ck_ended(old, 3);
	v = signed_in(v, "correct horse battery");
	usleep(2100 * 1000);
	ck_lasts(v);
}
END_TEST

/* What stands in the page is what happens. */
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
	ck_assert(shows(page(v, a->location), "Your account is deleted"));
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

START_TEST(a_deleted_address_is_free)
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

/* Ids of sellers are public: nobody may take the address that somebody's account will have when it is
 * deleted. */
START_TEST(the_address_of_the_deleted_is_nobodys)
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

START_TEST(my_data_to_take_along)
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
	/* the newest first */
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

/* A form whose session ended meanwhile is shown again after sign-in, where it was. */
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
	/* without anything typed it is the account's page */
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

/* No browser's bubbles instead of our sentences; password managers find their fields; German throughout. */
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

/* Every page and state of it, in both languages. */
START_TEST(pages_are_valid)
{
	static const char *const paths[] = {"/account?done=password", "/account/data", "/account/delete",
					    "/account/deleted", "/signout"};
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
	ck_valid(page(visitor_new(), "/signout?done=everywhere"), "signed out everywhere");
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

/* On a stack with LIMITS=on: a device that somebody finds signed in is no place to guess the password at. */
START_TEST(guessing_the_password_of_an_account_is_slowed_down)
{
	struct visitor *v = visitor_signed_up("Mara");
	struct answer *a;

	for (int i = 0; i < 3; i++)
		ck_status(change_password(v, "some other secret", new_secret), 400);
	for (int i = 0; i < 2; i++)
		ck_status(delete_account(v, "some other secret"), 400);
	a = change_password(v, v->password, new_secret);
	ck_status(a, 429);
	ck_assert_int_ge(atoi(header_of(a, "Retry-After")), 1);
	ck_assert(shows(a, "The password was wrong too often. Wait"));
	ck_assert(shows(a, "action=\"/account/password\""));
	a = delete_account(v, v->password);
	ck_status(a, 429);
	ck_assert(shows(a, "action=\"/account/delete\""));
	ck_status(api(visitor_new(), "POST", "/api/users/signin", "{\"email\":\"%s\",\"password\":\"%s\"}",
		      v->email, v->password),
		  429);
	ck_assert_int_eq(row_number(v, "version"), 1);
	sleep(2);
	ck_status(change_password(v, v->password, new_secret), 303);
	/* whoever was right is free again */
	ck_status(delete_account(v, "some other secret"), 400);
	ck_status(delete_account(v, new_secret), 303);
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
	tcase_add_test(c, a_name_is_changed_or_told_why_not);
	tcase_add_test(c, a_new_password_ends_all_other_sessions);
	tcase_add_test(c, sessions_of_the_same_second_are_told_apart);
	tcase_add_loop_test(c, a_wrong_change_of_password_changes_nothing, 0,
			    sizeof wrong_changes / sizeof *wrong_changes);
	tcase_add_test(c, a_double_click_changes_the_password_once);
	tcase_add_test(c, the_old_password_leaves_no_session_behind);
	tcase_add_test(c, signing_out_everywhere);
	tcase_add_test(c, deleting_the_account);
	tcase_add_test(c, a_deleted_address_is_free);
	tcase_add_test(c, the_address_of_the_deleted_is_nobodys);
	tcase_add_test(c, my_data_to_take_along);
	tcase_add_test(c, settings_typed_before_signing_in_again_are_not_lost);
	tcase_add_loop_test(c, forms_help_people, 0, sizeof forms / sizeof *forms);
	tcase_add_test(c, pages_are_valid);
	tcase_add_test(c, errors_are_german_too);
	suite_add_tcase(s, c);
	return s;
}

Suite *account_limits_suite(void)
{
	Suite *s = suite_create("account limits");
	TCase *c = tcase_create("limits");

	tcase_set_timeout(c, 60);
	tcase_add_checked_fixture(c, flow_begin, flow_end);
	tcase_add_test(c, guessing_the_password_of_an_account_is_slowed_down);
	suite_add_tcase(s, c);
	return s;
}

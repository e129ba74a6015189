#include "tests/flow/account.h"
#include "common/base/clock.h"
#include "common/base/text.h"
#include <string.h>
#include <unistd.h>

const char new_secret[] = "an entirely new one";

bool shows(const struct answer *a, const char *text)
{
	return strstr(a->body, text) != NULL;
}

const char *encoded(const char *s)
{
	return text_percent_encode(flow_arena, s);
}

struct visitor *signed_in(const struct visitor *who, const char *secret)
{
	struct visitor *v = visitor_new();
	struct answer *a =
	    api(v, "POST", "/api/users/signin", "{\"email\":\"%s\",\"password\":\"%s\"}", who->email, secret);

	ck_status(a, 200);
	v->email = who->email;
	v->id = who->id;
	return v;
}

struct visitor *copy_of(const struct visitor *v)
{
	struct visitor *copy = visitor_new();

	memcpy(copy->cookies, v->cookies, sizeof copy->cookies);
	return copy;
}

struct answer *change_password(struct visitor *v, const char *old, const char *new)
{
	return page_submit(
	    v, "/account", "/account/password",
	    arena_printf(flow_arena, "password=%s&newPassword=%s", encoded(old), encoded(new)));
}

struct answer *delete_account(struct visitor *v, const char *secret)
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

void ck_ended(struct visitor **v, size_t count)
{
	int64_t end = clock_steady() + 5 * SECOND;

	for (size_t i = 0; i < count; i++)
		ck_assert(wait_until((int)((end - clock_steady()) / 1000), is_known_nowhere, v[i]));
	usleep(2100 * 1000);
	for (int round = 0; round < 8; round++)
		for (size_t i = 0; i < count; i++)
			ck_assert_int_eq(services_that_know(v[i]), 0);
}

void ck_lasts(struct visitor *v)
{
	for (int round = 0; round < 8; round++)
		ck_assert_int_eq(services_that_know(v), 4);
}

int64_t row_number(const struct visitor *v, const char *column)
{
	return sql_number("auth", "SELECT %s FROM user WHERE id = " USER_OF, column, v->id);
}

const char *row_text(const struct visitor *v, const char *column)
{
	return sql_text("auth", "SELECT %s FROM user WHERE id = " USER_OF, column, v->id);
}

const char *session_of(const struct visitor *v)
{
	const char *at =
	    strncmp(v->cookies, "session=", 8) == 0 ? v->cookies : strstr(v->cookies, " session=");

	return at == NULL ? NULL : strchr(at, '=') + 1;
}

struct answer *claims_of(const struct visitor *v)
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

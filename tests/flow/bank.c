#include "common/base/text.h"
#include "tests/flow/flow.h"
#include <stdlib.h>
#include <string.h>

static const char *bank_key(void)
{
	char *key;

	ck_assert_int_eq(text_read_file(flow_arena,
					arena_printf(flow_arena, "%s/secrets/stripe-key", flow_state()), 200,
					&key),
			 OK);
	return arena_printf(flow_arena, "Authorization: Bearer %s", key);
}

const struct json_t *bank_book(void)
{
	struct answer *a =
	    http(visitor_new(), "GET", arena_printf(flow_arena, "%s/sandbox/book", flow_bank()), NULL, NULL,
		 (const char *const[]){bank_key(), NULL});

	ck_status(a, 200);
	return a->json;
}

void bank_post(const char *path, const char *form)
{
	struct answer *a =
	    http(visitor_new(), "POST", arena_printf(flow_arena, "%s%s", flow_bank(), path),
		 "application/x-www-form-urlencoded", form, (const char *const[]){bank_key(), NULL});

	ck_assert_msg(a->status < 300, "bank: %d %s", a->status, a->body);
}

bool bank_pays_at_once(const char *page)
{
	const char *session = strstr(page, "/pay/") + strlen("/pay/");

	return http_try(visitor_new(), "POST",
			arena_printf(flow_arena, "%s/sandbox/sessions/%s/automatic", flow_bank(), session),
			"application/x-www-form-urlencoded", "", (const char *const[]){bank_key(), NULL})
		   ->status == 200;
}

int bank_charges(const char *order_)
{
	const char *charge =
	    sql_text("payments",
		     "SELECT LOWER(CONCAT_WS('-', SUBSTR(h,1,8), SUBSTR(h,9,4), SUBSTR(h,13,4), "
		     "SUBSTR(h,17,4), SUBSTR(h,21))) FROM "
		     "(SELECT HEX(id) h FROM charge WHERE order_id = UNHEX(REPLACE('%s','-',''))) c",
		     order_);
	const struct json_t *intents = json_get(bank_book(), "intents"), *intent;
	int n = 0;

	for (size_t i = 0; (intent = json_at(intents, i)) != NULL; i++)
		n += text_same(charge, json_get_text(json_get(intent, "metadata"), "charge")) &&
		     text_same(json_get_text(intent, "status"), "succeeded");
	return n;
}

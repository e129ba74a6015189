#include "tests/flow/bank_events.h"
#include "common/base/clock.h"
#include "common/base/text.h"
#include "common/token/csrf.h"
#include <string.h>
#include <unistd.h>

const char *charge_column(const char *order_, const char *column)
{
	return sql_text("payments", "SELECT %s FROM charge WHERE order_id = UNHEX(REPLACE('%s','-',''))",
			column, order_);
}

const char *charge_id_text(const char *order_)
{
	return charge_column(order_, "LOWER(CONCAT_WS('-', SUBSTR(HEX(id),1,8), SUBSTR(HEX(id),9,4), "
				     "SUBSTR(HEX(id),13,4), SUBSTR(HEX(id),17,4), SUBSTR(HEX(id),21)))");
}

struct awaited {
	const char *order_, *status;
};

static bool has_status(void *context)
{
	const struct awaited *x = context;

	return text_same(charge_column(x->order_, "status"), x->status);
}

void wait_charge(const char *order_, const char *status, int ms)
{
	struct awaited x = {order_, status};

	ck_assert_msg(wait_until(ms, has_status, &x), "the charge is %s, not %s",
		      charge_column(order_, "status"), status);
}

const struct json_t *bank_intent(const char *order_)
{
	const struct json_t *intents = json_get(bank_book(), "intents"), *intent;
	const char *charge = charge_id_text(order_);

	for (size_t i = 0; (intent = json_at(intents, i)) != NULL; i++)
		if (text_same(json_get_text(json_get(intent, "metadata"), "charge"), charge))
			return intent;
	ck_abort_msg("the bank has no intent of the charge of order %s", order_);
}

int bank_refunds(const char *order_)
{
	const struct json_t *refunds = json_get(bank_book(), "refunds"), *refund;
	const char *intent = json_get_text(bank_intent(order_), "id");
	int n = 0;

	for (size_t i = 0; (refund = json_at(refunds, i)) != NULL; i++)
		n += text_same(json_get_text(refund, "payment_intent"), intent);
	return n;
}

static const char *secret(const char *name)
{
	char *text;

	ck_assert_int_eq(text_read_file(flow_arena,
					arena_printf(flow_arena, "%s/secrets/%s", flow_state(), name), 200,
					&text),
			 OK);
	return text;
}

const char *bank_make(const char *path, const char *form)
{
	const char *key = arena_printf(flow_arena, "Authorization: Bearer %s", secret("stripe-key"));
	struct answer *a = http(visitor_new(), "POST", arena_printf(flow_arena, "%s%s", flow_bank(), path),
				"application/x-www-form-urlencoded", form, (const char *const[]){key, NULL});

	ck_status(a, 200);
	return text_of(a, "id");
}

const char *bank_tells(const char *type, const char *object)
{
	static unsigned count;
	const char *id = arena_printf(flow_arena, "evt_told_%d_%lld_%u", (int)getpid(),
				      (long long)(clock_steady() % 1000000000), ++count);
	const char *body = arena_printf(
	    flow_arena, "{\"id\":\"%s\",\"object\":\"event\",\"type\":\"%s\",\"data\":{\"object\":%s}}", id,
	    type, object);
	long long t = clock_now() / SECOND;
	const char *text = arena_printf(flow_arena, "%lld.%s", t, body), *key = secret("stripe-webhook");
	const char *signature =
	    arena_printf(flow_arena, "Stripe-Signature: t=%lld,v1=%s", t,
			 hmac_sha256_hex(flow_arena, key, strlen(key), text, strlen(text)));

	ck_status(http(visitor_new(), "POST", "/api/payments/webhook", "application/json", body,
		       (const char *const[]){signature, NULL}),
		  200);
	return sql_text("payments", "SELECT outcome FROM webhook_event WHERE id = '%s'", id);
}

const char *intent_json(const char *id, const char *charge, const char *status, int amount,
			const char *currency)
{
	int held = text_same(status, "requires_capture") ? amount : 0;
	int taken = text_same(status, "succeeded") ? amount : 0;

	return arena_printf(
	    flow_arena,
	    "{\"id\":\"%s\",\"object\":\"payment_intent\",\"status\":\"%s\",\"amount\":%d,"
	    "\"amount_capturable\":%d,\"amount_received\":%d,\"currency\":\"%s\",\"metadata\":{%s}}",
	    id, status, amount, held, taken, currency,
	    charge == NULL ? "" : arena_printf(flow_arena, "\"charge\":\"%s\"", charge));
}

void pay_as_before(struct visitor *buyer, const char *order_)
{
	const char *path = arena_printf(flow_arena, "/payments/%s", order_);
	struct answer *a = page_submit(buyer, path, path, "");

	ck_status(a, 303);
	ck_assert(bank_pays_at_once(a->location));
	ck_status(
	    http(visitor_new(), "POST", a->location, "application/x-www-form-urlencoded", "card=works", NULL),
	    303);
}

void pay_by_card_as_before(struct visitor *buyer, const char *order_)
{
	const char *intent;

	bank_post("/sandbox/faults", "next=500_stored&count=1&match=/v1/payment_intents/*/confirm");
	ck_status(pay(buyer, order_, "tok_visa"), 502);
	intent = charge_column(order_, "stripe_intent_id");
	bank_post(arena_printf(flow_arena, "/sandbox/intents/%s/automatic", intent), "");
	bank_post(arena_printf(flow_arena, "/v1/payment_intents/%s/confirm", intent), "");
}

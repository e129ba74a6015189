/* Events of the bank: the signature covers the exact bytes, the time is recent, each event counts once, and
 * its data are compared with the charge. Responses of the bank: anything that is not a valid response of
 * limited size is an error. */
#include "apps/payments/http_client.h"
#include "common/base/clock.h"
#include "common/base/text.h"
#include "common/token/csrf.h"
#include "tests/flow/bank_events.h"
#include "tests/flow/buying.h"
#include "tests/flow/suites.h"
#include "tests/flow/tls.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The v1 signature of the body. */
static const char *mac(const char *secret, int64_t t, const char *body)
{
	const char *text = arena_printf(flow_arena, "%lld.%s", (long long)t, body);

	return hmac_sha256_hex(flow_arena, secret, strlen(secret), text, strlen(text));
}

static const char *secret(void)
{
	char *s;

	ck_assert_int_eq(text_read_file(flow_arena,
					arena_printf(flow_arena, "%s/secrets/stripe-webhook", flow_state()),
					200, &s),
			 OK);
	return s;
}

static int64_t now(void)
{
	return clock_now() / SECOND;
}

static int send_event(const char *body, const char *signature)
{
	return http(visitor_new(), "POST", "/api/payments/webhook", "application/json", body,
		    (const char *const[]){arena_printf(flow_arena, "Stripe-Signature: %s", signature), NULL})
	    ->status;
}

static int send_twice(const char *body, const char *signature)
{
	const char *header = arena_printf(flow_arena, "Stripe-Signature: %s", signature);

	return http(visitor_new(), "POST", "/api/payments/webhook", "application/json", body,
		    (const char *const[]){header, header, NULL})
	    ->status;
}

static int send_signed(const char *body)
{
	return send_event(
	    body, arena_printf(flow_arena, "t=%lld,v1=%s", (long long)now(), mac(secret(), now(), body)));
}

/* payment_intent.succeeded for the charge. */
static const char *success(const char *event, const char *charge, const char *intent, int amount,
			   const char *currency)
{
	return arena_printf(
	    flow_arena,
	    "{\"id\":\"%s\",\"object\":\"event\",\"type\":\"payment_intent.succeeded\",\"data\":{"
	    "\"object\":{\"id\":\"%s\",\"object\":\"payment_intent\",\"status\":\"succeeded\",\"amount\":%d,"
	    "\"amount_received\":%d,\"currency\":\"%s\",\"metadata\":{\"charge\":\"%s\"}}}}",
	    event, intent, amount, amount, currency, charge);
}

static const char *new_event(void)
{
	static unsigned count;

	return arena_printf(flow_arena, "evt_security_%d_%lld_%u", (int)getpid(),
			    (long long)(clock_steady() % 1000000000), ++count);
}

START_TEST(a_signature_covers_the_bytes_and_the_time)
{
	const char *body =
	    success(new_event(), "0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b", "pi_none", 3800, "usd");
	const char *right = mac(secret(), now(), body);
	long long t = now();
	char *upper = arena_strdup(flow_arena, right), *changed = arena_strdup(flow_arena, right);

	for (char *c = upper; *c != '\0'; c++)
		*c = (char)(*c >= 'a' && *c <= 'f' ? *c - 'a' + 'A' : *c);
	changed[63] = changed[63] == '0' ? '1' : '0';
	/* several signatures are allowed, one of which must match: for the rotation of the secret */
	ck_assert_int_eq(
	    send_event(body, arena_printf(flow_arena, "t=%lld,v1=%s,v1=%s,v0=x", t, changed, right)), 200);
	ck_assert_int_eq(send_event(body, arena_printf(flow_arena, "t=%lld,v0=%s", t, right)), 400);
	ck_assert_int_eq(send_event(body, arena_printf(flow_arena, "t=%lld,v1=%s", t, changed)), 400);
	ck_assert_int_eq(send_event(body, arena_printf(flow_arena, "t=%lld,v1=%.63s", t, right)), 400);
	ck_assert_int_eq(send_event(body, arena_printf(flow_arena, "t=%lld,v1=%s0", t, right)), 400);
	ck_assert_int_eq(send_event(body, arena_printf(flow_arena, "t=%lld,v1=", t)), 400);
	ck_assert_int_eq(send_event(body, arena_printf(flow_arena, "v1=%s", right)), 400);
	ck_assert_int_eq(send_event(body, arena_printf(flow_arena, "t=%lld,v1=%s", t - 1, right)), 400);
	ck_assert_int_eq(send_event(body, arena_printf(flow_arena, "t=0%lld,v1=%s", t, right)), 400);
	ck_assert_int_eq(send_event(body, arena_printf(flow_arena, "t=%lld,v1=%s", t, mac("", t, body))),
			 400);
	ck_assert_int_eq(
	    send_event(body, arena_printf(flow_arena, "t=%lld,v1=%s", t, mac("whsec_", t, body))), 400);
	/* the same JSON in different bytes */
	ck_assert_int_eq(send_event(arena_printf(flow_arena, "%s\n", body),
				    arena_printf(flow_arena, "t=%lld,v1=%s", t, right)),
			 400);
	/* the time is checked, and it is covered by the signature */
	for (int i = 0; i < 2; i++) {
		long long off = i == 0 ? t - 310 : t + 310;

		ck_assert_int_eq(
		    send_event(body, arena_printf(flow_arena, "t=%lld,v1=%s", off, mac(secret(), off, body))),
		    400);
		ck_assert_int_eq(send_event(body, arena_printf(flow_arena, "t=%lld,t=%lld,v1=%s", off, t,
							       mac(secret(), off, body))),
				 400);
	}
	/* one time: two headers that were joined are refused */
	ck_assert_int_eq(send_event(body, arena_printf(flow_arena, "t=%lld,v1=%s,t=%lld", t, right, t)), 400);
	ck_assert_int_eq(
	    send_event(body, arena_printf(flow_arena, "t=%lld,v1=%s, t=%lld,v1=%s", t, right, t, right)),
	    400);
	ck_assert_int_eq(send_twice(body, arena_printf(flow_arena, "t=%lld,v1=%s", t, right)), 400);
	ck_assert_int_eq(http(visitor_signed_up("Signed in"), "POST", "/api/payments/webhook",
			      "application/json", body, NULL)
			     ->status,
			 400);
}
END_TEST

static const char *charge_of(const char *order_)
{
	return sql_text(
	    "payments",
	    "SELECT LOWER(CONCAT_WS('-', SUBSTR(h,1,8), SUBSTR(h,9,4), SUBSTR(h,13,4), SUBSTR(h,17,4), "
	    "SUBSTR(h,21))) FROM (SELECT HEX(id) h FROM charge WHERE order_id = "
	    "UNHEX(REPLACE('%s','-',''))) c",
	    order_);
}

static const char *status_of(const char *order_)
{
	return sql_text("payments", "SELECT status FROM charge WHERE order_id = UNHEX(REPLACE('%s','-',''))",
			order_);
}

/* Signed by the bank but not for this charge: amount, currency, intent, or the order of another user. */
START_TEST(a_signed_event_is_compared_with_the_charge)
{
	struct sale s = held();
	const char *charge;

	bank_post("/sandbox/webhooks", "mode=hold");
	begin_to_pay(&s);
	charge = charge_of(s.order);
	ck_assert_int_eq(send_signed(success(new_event(), charge, "pi_forged", 3799, "usd")), 200);
	ck_assert_int_eq(send_signed(success(new_event(), charge, "pi_forged", 3801, "usd")), 200);
	ck_assert_int_eq(send_signed(success(new_event(), charge, "pi_forged", 3800, "eur")), 200);
	ck_assert_int_eq(send_signed(success(new_event(), charge, "pi_forged", 0, "usd")), 200);
	ck_assert_int_eq(send_signed(success(new_event(), s.order, "pi_forged", 3800, "usd")), 200);
	ck_assert_int_eq(send_signed(success(new_event(), "' OR 1=1 -- ", "pi_forged", 3800, "usd")), 200);
	ck_assert_str_eq(status_of(s.order), "created");
	ck_assert_str_eq(order_status_of(s.buyer, s.order), "awaiting_payment");
	bank_post("/sandbox/webhooks", "mode=normal");
}
END_TEST

/* The same event repeatedly, and an old recorded event: each has one effect. */
START_TEST(a_replay_has_no_effect)
{
	struct sale s = held();
	const char *event = new_event(), *body;
	int64_t rows, changes;

	ck_status(pay(s.buyer, s.order, "tok_visa"), 201);
	wait_order(s.buyer, s.order, "completed", 10000);
	body = success(
	    event, charge_of(s.order),
	    sql_text("payments",
		     "SELECT stripe_intent_id FROM charge WHERE order_id = UNHEX(REPLACE('%s','-',''))",
		     s.order),
	    3800, "usd");
	ck_assert_int_eq(send_signed(body), 200);
	settle(10000);
	rows = sql_number("payments", "SELECT COUNT(*) FROM outbox");
	changes = sql_number(
	    "payments", "SELECT version FROM charge WHERE order_id = UNHEX(REPLACE('%s','-',''))", s.order);
	for (int i = 0; i < 5; i++)
		ck_assert_int_eq(send_signed(body), 200);
	ck_assert_int_eq(sql_number("payments", "SELECT COUNT(*) FROM webhook_event WHERE id = '%s'", event),
			 1);
	ck_assert_int_eq(sql_number("payments", "SELECT COUNT(*) FROM outbox"), rows);
	ck_assert_int_eq(sql_number("payments",
				    "SELECT version FROM charge WHERE order_id = UNHEX(REPLACE('%s','-',''))",
				    s.order),
			 changes);
	ck_assert_int_eq(bank_charges(s.order), 1);
}
END_TEST

static int64_t asked_elsewhere(void)
{
	return json_get_number(json_get(bank_book(), "requests"), "GET /sandbox/elsewhere", 0);
}

/* How many workers of the web program have ended so far; nginx answers 502 for them as well. */
static int workers_lost(void)
{
	char n[20] = "";
	FILE *f = popen(arena_printf(flow_arena,
				     "cat %s/log/payments-web/* | grep -cE 'worker [0-9]+ ended (by|with)'",
				     flow_state()),
			"r");

	ck_assert_ptr_nonnull(f);
	ck_assert_ptr_nonnull(fgets(n, sizeof n, f));
	pclose(f);
	return atoi(n);
}

static void ck_says(const struct answer *a, int status, const char *words)
{
	ck_status(a, status);
	ck_assert_msg(strstr(a->body, words) != NULL, "%.400s", a->body);
}

/* There is no intent yet, so nothing is stored and the buyer may try again. */
START_TEST(an_order_is_not_paid_where_a_redirect_leads)
{
	struct sale s = held();
	int64_t before = asked_elsewhere();
	int lost = workers_lost();

	bank_post("/sandbox/faults", "next=redirect&match=/v1/payment_intents&method=POST");
	ck_says(pay(s.buyer, s.order, "tok_visa"), 503, "does not answer");
	ck_assert_int_eq(asked_elsewhere(), before);
	ck_assert_str_eq(status_of(s.order), "");
	ck_status(pay(s.buyer, s.order, "tok_visa"), 201);
	wait_order(s.buyer, s.order, "completed", 10000);
	ck_assert_int_eq(bank_charges(s.order), 1);
	ck_assert_int_eq(workers_lost(), lost);
}
END_TEST

static bool has_failed(void *order_)
{
	return strcmp(status_of(order_), "failed") == 0;
}

/* During the confirmation the money would move: the outcome is unknown until the jobs have asked the bank. */
START_TEST(a_charge_is_not_confirmed_where_a_redirect_leads)
{
	struct sale s = held();
	int64_t before = asked_elsewhere();
	int lost = workers_lost();

	bank_post("/sandbox/faults", "next=redirect&match=/v1/payment_intents/&method=POST");
	ck_says(pay(s.buyer, s.order, "tok_visa"), 502, "has not said yet");
	ck_assert_int_eq(asked_elsewhere(), before);
	ck_assert_str_eq(status_of(s.order), "created");
	cancel(&s);
	ck_assert(wait_until(60000, has_failed, (void *)(uintptr_t)s.order));
	ck_assert_int_eq(bank_charges(s.order), 0);
	ck_assert_int_eq(workers_lost(), lost);
}
END_TEST

/* The bank holds the amount but its response exceeds the limit; the event reports the outcome. */
START_TEST(an_oversized_response_is_an_error)
{
	struct sale s = held();
	int lost = workers_lost();

	bank_post("/sandbox/webhooks", "mode=hold");
	bank_post("/sandbox/faults", "next=huge&count=100&match=/v1/payment_intents/&method=POST");
	ck_says(pay(s.buyer, s.order, "tok_visa"), 502, "has not said yet");
	ck_assert_str_eq(status_of(s.order), "created");
	ck_assert_str_eq(json_get_text(bank_intent(s.order), "status"), "requires_capture");
	bank_post("/sandbox/faults", "next=none");
	bank_post("/sandbox/webhooks", "mode=normal");
	wait_order(s.buyer, s.order, "completed", 10000);
	ck_assert_int_eq(bank_charges(s.order), 1);
	ck_assert_int_eq(workers_lost(), lost);
}
END_TEST

/* A certificate with the right name but without a trusted issuer. The tests' own client, which does not
 * verify certificates, shows that the site is reachable. */
START_TEST(a_bank_with_an_untrusted_certificate_is_refused)
{
	const char *site = tls_site_begin();
	const struct http_client_settings settings = {
	    .api_base = site, .secret_key = "sk_test_none", .slots = 1};
	const struct http_call call = {"GET", "/api/tickets", NULL, NULL};
	struct arena *a = arena_new();
	struct http_client *client;
	struct http_slot *slot;

	ck_status(
	    http(visitor_new(), "GET", arena_printf(flow_arena, "%s%s", site, call.path), NULL, NULL, NULL),
	    200);
	ck_assert_int_eq(http_client_open(&settings, &client), OK);
	ck_assert_int_eq(http_slot_take(client, a, 5 * SECOND, &slot), OK);
	ck_assert_int_eq(http_send(slot, &call).status, 0);
	arena_free(a);
	http_client_close(client);
	tls_site_end();
}
END_TEST

/* Without TLS the key is sent to this machine only. */
START_TEST(no_key_is_sent_to_other_hosts_without_tls)
{
	static const char *const elsewhere[] = {"http://api.stripe.com",
						"http://127.0.0.1.example.com",
						"http://localhost.example.com/",
						"http://127.0.0.1:80@other.example/",
						"http://127.0.0.1/@other",
						"http://user@127.0.0.1:80",
						"ftp://127.0.0.1",
						""};
	static const char *const here[] = {"http://127.0.0.1:18104", "http://localhost/", "http://[::1]:80",
					   "https://api.stripe.com"};
	struct http_client *client;

	for (size_t i = 0; i < sizeof elsewhere / sizeof *elsewhere; i++)
		ck_assert_msg(
		    http_client_open(&(struct http_client_settings){.api_base = elsewhere[i], .slots = 1},
				     &client) == ERR_INVALID,
		    "%s", elsewhere[i]);
	for (size_t i = 0; i < sizeof here / sizeof *here; i++) {
		ck_assert_msg(
		    http_client_open(&(struct http_client_settings){.api_base = here[i], .slots = 1},
				     &client) == OK,
		    "%s", here[i]);
		http_client_close(client);
	}
}
END_TEST

Suite *security_bank_suite(void)
{
	Suite *s = suite_create("security bank");
	TCase *t = tcase_create("bank");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, flow_begin, flow_end);
	tcase_add_test(t, a_signature_covers_the_bytes_and_the_time);
	tcase_add_test(t, a_signed_event_is_compared_with_the_charge);
	tcase_add_test(t, a_replay_has_no_effect);
	tcase_add_test(t, an_order_is_not_paid_where_a_redirect_leads);
	tcase_add_test(t, a_charge_is_not_confirmed_where_a_redirect_leads);
	tcase_add_test(t, an_oversized_response_is_an_error);
	tcase_add_test(t, a_bank_with_an_untrusted_certificate_is_refused);
	tcase_add_test(t, no_key_is_sent_to_other_hosts_without_tls);
	suite_add_tcase(s, t);
	return s;
}

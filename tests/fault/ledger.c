/* The bank's ledger against the charges: what money has really moved (S2, S3, L4). */
#include "common/base/text.h"
#include "tests/fault/fault.h"
#include <jansson.h>
#include <string.h>

static const char *text(const json_t *doc, const char *name)
{
	const char *t = json_string_value(json_object_get(doc, name));

	return t == NULL ? "" : t;
}

static json_int_t number(const json_t *doc, const char *name)
{
	return json_integer_value(json_object_get(doc, name));
}

/* "completed completed 4200 pi_… -": the status of the charge, the status of its order, the amount, the
 * intent, the refund. */
static const char *row_of(const char *charge)
{
	return sql_text("payments",
			"SELECT CONCAT_WS(' ', c.status, o.status, c.amount, COALESCE(c.stripe_intent_id, "
			"'-'), COALESCE(c.stripe_refund_id, '-')) "
			"FROM charge c JOIN stagedoor_orders.orders o ON o.id = c.order_id WHERE c.id = "
			"UNHEX(REPLACE('%s','-',''))",
			charge);
}

/* Report the first of many. */
enum { FEW = 5 };
static int reported;

static int refunds_of(const json_t *ledger, const char *intent)
{
	const char *id;
	json_t *refund;
	int n = 0;

	json_object_foreach(json_object_get(ledger, "refunds"), id, refund) n +=
	    text_same(text(refund, "payment_intent"), intent);
	return n;
}

/* An intent that succeeded: exactly one charge has it, the charge is completed, and the money was kept or
 * refunded as the order's status requires. */
static void check_paid(const json_t *ledger, const char *id, const json_t *intent)
{
	const char *charge = text(json_object_get(intent, "metadata"), "charge"), *row = row_of(charge);
	const json_t *taken =
	    json_object_get(json_object_get(ledger, "charges"), text(intent, "latest_charge"));
	long long amount = number(intent, "amount_received"), back = number(taken, "amount_refunded");
	int refunds = refunds_of(ledger, id);

	if (text_same(row, arena_printf(flow_arena, "completed completed %lld %s -", amount, id)) &&
	    back == 0 && refunds == 0)
		return;
	if (text_starts(row, arena_printf(flow_arena, "completed cancelled %lld %s re_", amount, id)) &&
	    back == amount && refunds == 1)
		return;
	if (reported++ >= FEW)
		return;
	violated("S2/S3 the bank took %lld by %s for charge %s and refunded %lld in %d refunds; the charge "
		 "here: %s",
		 amount, id, charge, back, refunds, *row == '\0' ? "nothing" : row);
}

static void check_unpaid(const char *id, const json_t *intent)
{
	const char *charge = text(json_object_get(intent, "metadata"), "charge");

	if (text_same(text(intent, "status"), "requires_capture"))
		violated("L4 the bank still holds %lld by %s for charge %s",
			 (long long)number(intent, "amount"), id, charge);
	if (sql_number("payments",
		       "SELECT COUNT(*) FROM charge WHERE stripe_intent_id = '%s' AND status <> 'failed'",
		       id) > 0)
		violated("S3 the bank took nothing by %s (%s), but charge %s has not failed", id,
			 text(intent, "status"), charge);
}

/* The refunds of all runs: a second refund of an old payment would be one too many. */
static void check_refunds(const json_t *ledger)
{
	int64_t there = (int64_t)json_object_size(json_object_get(ledger, "refunds"));
	int64_t here =
	    sql_number("payments", "SELECT COUNT(*) FROM charge WHERE stripe_refund_id IS NOT NULL");

	if (there != here)
		violated("S3 the bank has made %lld refunds, here are %lld", (long long)there,
			 (long long)here);
}

/* Those that an earlier look has found right are not looked at again. */
void check_ledger(void)
{
	static json_int_t looked_at;
	const json_t *ledger = (const json_t *)bank_book(), *intent;
	json_int_t newest = looked_at;
	const char *id;
	int64_t paid = 0;

	json_object_foreach(json_object_get(ledger, "intents"), id, intent)
	{
		json_int_t made = number(intent, "created");
		bool is_paid = text_same(text(intent, "status"), "succeeded");

		paid += is_paid;
		newest = made > newest ? made : newest;
		if (made < looked_at)
			continue;
		if (is_paid)
			check_paid(ledger, id, intent);
		else
			check_unpaid(id, intent);
	}
	looked_at = newest;
	check_refunds(ledger);
	if (sql_number("payments", "SELECT COUNT(*) FROM charge WHERE status = 'completed'") != paid)
		violated("S3 the bank has taken money %lld times, here are %lld completed charges",
			 (long long)paid,
			 (long long)sql_number("payments",
					       "SELECT COUNT(*) FROM charge WHERE status = 'completed'"));
}

int bank_faults_left(void)
{
	const json_t *ledger = (const json_t *)bank_book();
	const char *id;
	json_t *fault;
	int left = 0;

	json_object_foreach(json_object_get(ledger, "faults"), id, fault) left += (int)number(fault, "count");
	return left;
}

#include "tests/flow/capturing.h"
#include <string.h>

#define OF_ORDER "UNHEX(REPLACE('%s','-',''))"

int64_t secured(const char *order_)
{
	return sql_number("orders",
			  "SELECT COUNT(*) FROM orders WHERE id = " OF_ORDER " AND secured_at IS NOT NULL",
			  order_);
}

void ck_intent(const char *order_, const char *status)
{
	ck_assert_str_eq(json_get_text(bank_intent(order_), "status"), status);
}

void ck_paid(const struct sale *s)
{
	wait_order(s->buyer, s->order, "completed", 15000);
	wait_charge(s->order, "completed", 5000);
	settle(10000);
	ck_assert_int_eq(secured(s->order), 1);
	ck_intent(s->order, "succeeded");
	ck_assert_int_eq(bank_charges(s->order), 1);
	ck_assert_int_eq(bank_refunds(s->order), 0);
}

void ck_unpaid(const struct sale *s, const char *reason, int ms)
{
	wait_charge(s->order, "failed", ms);
	wait_order(s->buyer, s->order, "cancelled", 15000);
	settle(10000);
	ck_assert_str_eq(charge_column(s->order, "failure_reason"), reason);
	ck_intent(s->order, "canceled");
	ck_assert_int_eq(bank_charges(s->order), 0);
	ck_assert_int_eq(bank_refunds(s->order), 0);
	wait_ticket(s->ticket, "listed", false, 10000);
}

void ck_answer(const struct sale *s, const struct answer *a)
{
	ck_status(a, 201);
	ck_assert_str_eq(text_of(a, "id"), charge_id_text(s->order));
	ck_assert_str_eq(a->location, at("/api/payments/%s", text_of(a, "id")));
	if (strcmp(text_of(a, "status"), "completed") == 0) {
		ck_assert_str_eq(charge_column(s->order, "status"), "completed");
		return;
	}
	ck_assert_str_eq(text_of(a, "status"), "authorised");
	ck_assert_str_eq(text_of(a, "orderStatus"), "awaiting_payment");
}

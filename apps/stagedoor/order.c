#include "apps/stagedoor/order.h"
#include "apps/stagedoor/complain.h"
#include "apps/stagedoor/connections.h"
#include "apps/stagedoor/span.h"
#include "apps/stagedoor/stagedoor.h"
#include "common/base/log.h"
#include "common/base/reference.h"
#include "common/base/text.h"
#include <stdio.h>

/* One line of what is known; a value that is null is left out. */
static void print_field(const char *name, const char *value)
{
	if (value != NULL)
		printf("  %-10s %s\n", name, value);
}

static void print_time(struct arena *a, const char *name, when at)
{
	print_field(name, at.v == 0 ? NULL : when_print(a, at));
}

static void print_order(struct arena *a, const struct known_order *o, when now)
{
	const bool is_live =
	    o->status.v == order_status_CREATED || o->status.v == order_status_AWAITING_PAYMENT;

	printf("order %s: %s%s\n", id_text(a, o->id), kind_print(a, &kind_order_status, NULL, &o->status),
	       is_live && o->secured_at.v == 0 && o->expires_at.v <= now.v ? ", but its time is over" : "");
	print_field("because", kind_print(a, &kind_cancel_reason, NULL, &o->cancel_reason));
	print_field("ticket", arena_printf(a, "%s, revision %lld: %s", id_text(a, o->ticket_id),
					   (long long)o->ticket_revision.v, o->title.v));
	print_field("price",
		    arena_printf(a, "%s %s", money_decimal(a, o->price, o->currency.v), o->currency.v));
	print_field("buyer", id_text(a, o->user_id));
	print_field("seller", id_text(a, o->seller_id));
	print_time(a, "placed", o->created_at);
	print_time(a, "held", o->held_at);
	print_time(a, "secured", o->secured_at);
	print_time(a, is_live ? "hold ends" : "hold ended", o->expires_at);
	print_time(a, "ended", o->ended_at);
}

static void print_payment(struct arena *a, const struct known_payment *p)
{
	printf("payment %s: %s%s\n", id_text(a, p->id), kind_print(a, &kind_charge_status, NULL, &p->status),
	       p->stripe_refund_id.v != NULL ? ", returned" : "");
	print_field("because", p->failure_reason.v);
	print_field("amount",
		    arena_printf(a, "%s %s", money_decimal(a, p->amount, p->currency.v), p->currency.v));
	print_field("intent", p->stripe_intent_id.v);
	print_field("refund", p->stripe_refund_id.v);
	print_time(a, "begun", p->created_at);
	print_time(a, "authorised", p->authorised_at);
	print_time(a, "settled", p->settled_at);
	print_time(a, "returned", p->refunded_at);
}

static int show_payment(struct db *payments, order_id id)
{
	struct known_payment p;
	err e = payment_of_order(payments, &(struct payment_of_order_in){.order_id = id}, &p);

	if (e != OK && e != ERR_NO_ROW)
		return complain("the database of payments could not be asked");
	if (e == OK)
		print_payment(db_arena(payments), &p);
	else
		puts("payment: none");
	return 0;
}

static int show_all(struct arena *a, const struct config *config, const char *reference, int64_t number)
{
	struct db *orders = service_db(a, config, "orders", 0), *payments = NULL;
	const struct orders_of_reference_in in = {.reference = {number}};
	struct known_order *found;
	size_t count;
	when now;
	int rc = 0;

	if (db_now(orders, &now) != OK || orders_of_reference(orders, &in, &found, &count) != OK)
		return complain("the database of orders could not be asked");
	if (count == 0)
		return complain("there is no order %s", reference);
	payments = service_db(a, config, "payments", 0);
	for (size_t i = 0; i < count; i++) {
		print_order(a, &found[i], now);
		fflush(stdout);
		rc |= show_payment(payments, found[i].id);
	}
	return rc;
}

int order(const struct config *config, const struct options *options)
{
	const char *reference = options->operands[0];
	struct arena *a = arena_new();
	int64_t number;
	int rc;

	log_threshold(LOG_ALARM);
	if (reference_parse(reference, &number) == OK)
		rc = show_all(a, config, reference_print(a, number), number);
	else
		rc = complain("%s is no reference: six letters and digits, such as 7K4-2QX", reference);
	arena_free(a);
	return rc;
}

/*
 * Many pay while the broker is killed and stopped and orders is stopped for longer than a hold lasts. Every
 * confirmed payment stays completed, and nothing is refunded. PAYMENTS=2500: how many pay at least.
 */
#include "common/base/text.h"
#include "tests/flow/bank_events.h"
#include "tests/flow/flow.h"
#include "tests/flow/suites.h"
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAYERS = 8, SAID_MAX = 20000 };
struct said {
	char order_[40];
	int status;
	bool completed;
};
static struct {
	atomic_int going, count;
	struct said said[SAID_MAX];
} * market;

static void note_payment(const char *order_, const struct answer *a)
{
	int n = atomic_fetch_add(&market->count, 1);

	if (n >= SAID_MAX)
		return;
	snprintf(market->said[n].order_, sizeof market->said[n].order_, "%s", order_);
	market->said[n].status = a->status;
	market->said[n].completed = a->status == 201 && text_same(text_of(a, "status"), "completed");
}

static struct answer *try_json(struct visitor *v, const char *path, const char *body)
{
	return http_try(v, "POST", path, "application/json", body, NULL);
}

/* Before anything is away; what is listed later has to reach orders first. */
static void list_tickets(struct visitor *seller, char tickets[][40], int count)
{
	for (int i = 0; i < count; i++) {
		struct answer *a =
		    try_json(seller, "/api/tickets", "{\"title\":\"Under faults\",\"price\":7}");

		snprintf(tickets[i], 40, "%s", text_of(a, "id"));
	}
}

/* An answer that asks to come again is followed for a few seconds. */
static struct answer *insist(struct visitor *v, const char *path, const char *body)
{
	struct answer *a = try_json(v, path, body);

	for (int i = 0; i < 30 && a->status == 503; i++) {
		usleep(150000);
		a = try_json(v, path, body);
	}
	return a;
}

static void buy(struct visitor *buyer, const char *ticket)
{
	struct answer *a =
	    insist(buyer, "/api/orders", arena_printf(flow_arena, "{\"ticketId\":\"%s\"}", ticket));
	const char *order_ = arena_strdup(flow_arena, text_of(a, "id"));

	if (a->status != 201) {
		usleep(300000);
		return;
	}
	a = insist(buyer, "/api/payments",
		   arena_printf(flow_arena, "{\"orderId\":\"%s\",\"token\":\"tok_visa\"}", order_));
	note_payment(order_, a);
}

static void go_to_market(struct visitor *seller, struct visitor *buyer)
{
	enum { STOCK = 60 };
	char tickets[STOCK][40];

	for (int n = 0; atomic_load(&market->going); n++) {
		struct arena *mine = flow_arena;

		flow_arena = arena_new();
		if (n % STOCK == 0)
			list_tickets(seller, tickets, STOCK);
		buy(buyer, tickets[n % STOCK]);
		arena_free(flow_arena);
		flow_arena = mine;
	}
	_exit(0);
}

static void pause_part(const char *part, int seconds)
{
	command_says("s6-svc -p '%s/s6/%s'", flow_state(), part);
	sleep((unsigned)seconds);
	command_says("s6-svc -c '%s/s6/%s'", flow_state(), part);
}

static void disturb(int round)
{
	switch (round % 5) {
	case 0:
		part_kill("broker");
		break;
	case 1:
		pause_part("orders-events", flow_hold_seconds() + 4);
		break;
	case 2:
		pause_part("broker", flow_hold_seconds() + 4);
		break;
	case 3:
		part_stop("broker");
		sleep((unsigned)flow_hold_seconds() + 4);
		part_start("broker");
		break;
	default:
		pause_part("payments-relay", flow_hold_seconds() + 4);
	}
	sleep(3);
}

static int payments_wanted(void)
{
	const char *n = getenv("PAYMENTS");

	return n == NULL ? 150 : atoi(n);
}

static void ck_kept(const struct said *s)
{
	const char *charge = charge_column(s->order_, "status");
	const char *order_ =
	    sql_text("orders", "SELECT status FROM orders WHERE id = UNHEX(REPLACE('%s','-',''))", s->order_);

	ck_assert_msg(!s->completed || (text_same(charge, "completed") && text_same(order_, "completed")),
		      "%s was said to be paid; it is %s, its charge %s", s->order_, order_, charge);
	ck_assert_msg((s->status != 402 && s->status != 410) || !text_same(charge, "completed"),
		      "%s was said to be unpaid (%d), and it is paid", s->order_, s->status);
	ck_assert_msg(text_same(charge, "completed") == text_same(order_, "completed"),
		      "%s is %s, its charge %s", s->order_, order_, charge);
	ck_assert_msg(!text_same(charge, "created") && !text_same(charge, "authorised"),
		      "%s: the charge is %s", s->order_, charge);
}

static int refunds(void)
{
	const struct json_t *all = json_get(bank_book(), "refunds");
	int n = 0;

	while (json_at(all, (size_t)n) != NULL)
		n++;
	return n;
}

START_TEST(what_is_said_to_be_paid_stays_paid)
{
	struct visitor *sellers[PAYERS], *buyers[PAYERS];
	int before = refunds();
	int status, completed = 0, authorised = 0;
	pid_t pids[PAYERS];

	market = mmap(NULL, sizeof *market, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert(market != MAP_FAILED);
	atomic_store(&market->going, 1);
	for (int i = 0; i < PAYERS; i++) {
		sellers[i] = visitor_signed_up("Ioana");
		buyers[i] = visitor_signed_up("Tomasz");
	}
	for (int i = 0; i < PAYERS; i++)
		if ((pids[i] = fork()) == 0)
			go_to_market(sellers[i], buyers[i]);
	for (int round = 0; round < 5 || atomic_load(&market->count) < payments_wanted(); round++)
		disturb(round);
	atomic_store(&market->going, 0);
	for (int i = 0; i < PAYERS; i++)
		waitpid(pids[i], &status, 0);
	sleep((unsigned)flow_hold_seconds() + 2);
	clock_move_of("payments",
		      flow_hold_seconds() + 70); /* what orders never heard of is not waited for */
	sleep(3);
	clock_move_of("payments", 0);
	settle(120000);
	for (int i = 0; i < atomic_load(&market->count) && i < SAID_MAX; i++) {
		completed += market->said[i].completed;
		authorised += market->said[i].status == 201 && !market->said[i].completed;
		ck_kept(&market->said[i]);
	}
	ck_assert_int_eq(refunds(), before);
	printf("payments under faults: %d tried, %d completed, %d authorised\n", atomic_load(&market->count),
	       completed, authorised);
	ck_assert_int_gt(completed, 0);
	ck_assert_int_gt(authorised, 0);
	munmap(market, sizeof *market);
}
END_TEST

Suite *paid_suite(void)
{
	Suite *s = suite_create("paid");
	TCase *t = tcase_create("under faults");

	tcase_set_timeout(t, 3600);
	tcase_add_checked_fixture(t, flow_begin, flow_end);
	tcase_add_test(t, what_is_said_to_be_paid_stays_paid);
	suite_add_tcase(s, t);
	return s;
}

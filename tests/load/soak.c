/*
 * Traffic of a normal day at 80 % of the capacity, then three times the capacity, on a private stack
 * (tests/with-stack, LIMITS=off, CACHE=off). It asserts no speed, only the outcome for users, events and
 * memory.
 *
 *   build/bin/soak SECONDS     of the traffic at 80 %; the rest takes about a minute
 */
#include "common/base/random.h"
#include "tests/flow/flow.h"
#include "tests/load/retrying_buyers.h"
#include "tests/load/visits.h"
#include "tests/load/watch.h"
#include <curl/curl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	BUYERS = 240,
	SELLERS = 4,
	TICKETS = 1200, /* lapsed holds return after half a minute: enough for all orders of that time */
	MEASURE_SECONDS = 10,
	AT_ONCE = 16,
	RUSH_SECONDS = 12,
	LONG_SECONDS = 300,
	SLICE_SECONDS = 60
};

static int soak_seconds = 600;

static int port(void)
{
	return atoi(strrchr(flow_url(), ':') + 1);
}

static void print_drive(const char *what, struct drive *d)
{
	printf("\n== %s: %lld visits in %.0f s (%.1f/s), %lld requests (%.0f/s), %lld visits given up\n",
	       what, (long long)d->visits, d->took, (double)d->visits / d->took, (long long)d->requests,
	       (double)d->requests / d->took, (long long)d->given_up);
	printf("%-16s %8s %8s %8s %8s %8s %9s %9s %9s\n", "", "good", "4xx", "503", "502,504", "broken",
	       "p50 ms", "p99 ms", "max ms");
	for (int i = 0; i < WHATS; i++) {
		struct count *c = &d->counts[i];

		if (c->good + c->refused + c->shed + c->away + c->broken == 0)
			continue;
		printf("%-16s %8lld %8lld %8lld %8lld %8lld %9.1f %9.1f %9.1f\n", what_names[i],
		       (long long)c->good, (long long)c->refused, (long long)c->shed, (long long)c->away,
		       (long long)c->broken, count_ms(c, .5), count_ms(c, .99), count_ms(c, 1));
	}
	fflush(stdout);
}

static struct count sum(const struct drive *d)
{
	struct count all = {0};

	for (int i = 0; i < WHATS; i++) {
		all.good += d->counts[i].good;
		all.refused += d->counts[i].refused;
		all.shed += d->counts[i].shed;
		all.away += d->counts[i].away;
		all.broken += d->counts[i].broken;
	}
	return all;
}

/* Visits a second in a closed loop, until all of their events are handled: waiting events are postponed
 * work. */
static double measure(const char *what, const struct visit_kind *(*pick)(void))
{
	struct drive d = {.at_once = AT_ONCE, .seconds = MEASURE_SECONDS, .patient = true, .pick = pick};
	double rate;
	int64_t began;

	drive_run(&d, port());
	began = clock_steady();
	settle(30000);
	rate = (double)d.visits / (d.took + (double)(clock_steady() - began) / SECOND);
	print_drive(what, &d);
	printf("with all that they brought about: %.1f visits/s\n", rate);
	ck_assert_int_eq(sum(&d).broken, 0);
	drive_free(&d);
	return rate;
}

/* Waiting events, sampled each second. */
static struct {
	long most_early, most_late, least_late;
	double half;
} waiting;

static void look_at_queues(double seconds)
{
	long n = outboxes() + queues();

	if (seconds < waiting.half) {
		waiting.most_early = n > waiting.most_early ? n : waiting.most_early;
		waiting.least_late = LONG_MAX;
		return;
	}
	waiting.most_late = n > waiting.most_late ? n : waiting.most_late;
	waiting.least_late = n < waiting.least_late ? n : waiting.least_late;
}

static bool have_lapsed(void *nothing)
{
	(void)nothing;
	return sql_number("orders",
			  "SELECT COUNT(*) FROM orders WHERE status IN ('created', 'awaiting_payment')") == 0;
}

/* Every hold is paid, released or lapsed, every event has arrived, and owners and replicas agree. */
static void ck_all_well(void)
{
	static int64_t moved;

	clock_move(moved += flow_hold_seconds() + 1);
	ck_assert_msg(wait_until(20000, have_lapsed, NULL), "holds are left");
	settle(30000);
	ck_assert_int_eq(queues(), 0);
	ck_assert_int_eq(
	    sql_number("tickets",
		       "SELECT COUNT(*) FROM ticket WHERE status = 'listed' AND order_id IS NOT NULL"),
	    0);
	ck_assert_int_eq(
	    sql_number("orders",
		       "SELECT COUNT(*) FROM orders o JOIN stagedoor_tickets.ticket t ON t.id = o.ticket_id "
		       "WHERE o.status = 'completed' AND (t.status <> 'sold' OR t.order_id <> o.id)"),
	    0);
	ck_assert_int_eq(
	    sql_number(
		"payments",
		"SELECT COUNT(*) FROM charge c JOIN stagedoor_orders.orders o ON o.id = c.order_id WHERE "
		"c.status IN ('created', 'authorised') OR (c.status = 'completed' AND c.stripe_refund_id IS "
		"NULL) <> "
		"(o.status = 'completed')"),
	    0);
	ck_assert_int_eq(
	    sql_number("orders", "SELECT COUNT(*) FROM orders WHERE status = 'completed'"),
	    sql_number(
		"payments",
		"SELECT COUNT(*) FROM charge WHERE status = 'completed' AND stripe_refund_id IS NULL"));
}

static void soak_slice(double room, int seconds)
{
	struct drive d = {.rate = .8 * room,
			  .seconds = seconds,
			  .patient = true,
			  .pick = pick_mixed,
			  .tick = look_at_queues};
	struct count all;

	memset(&waiting, 0, sizeof waiting);
	waiting.half = (double)seconds / 2;
	sold_out = 0;
	drive_run(&d, port());
	print_drive("mixed traffic at 80 %", &d);
	printf("events that waited: at most %ld in the first half, %ld in the second\n", waiting.most_early,
	       waiting.most_late);
	all = sum(&d);
	ck_assert_int_eq(all.broken, 0);
	ck_assert_int_eq(all.away, 0);
	ck_assert_int_eq(d.given_up, 0);
	ck_assert_int_eq(disappointed, 0);
	ck_assert_msg(sold_out * 100 <= d.visits, "%lld visits found nothing to order", (long long)sold_out);
	ck_assert_msg(all.refused * 50 <= all.good, "%lld of %lld were refused", (long long)all.refused,
		      (long long)all.good);
	for (int i = 0; i < WHATS; i++)
		ck_assert_msg(d.counts[i].good > 0, "no visit included: %s", what_names[i]);
	ck_assert_int_gt(bought, 0);
	/* refused with Retry-After: replication lag, or a moment in which the machine was busy elsewhere,
	 * which in a short run may be a large part of it */
	ck_assert_msg(all.shed * (soak_seconds < LONG_SECONDS ? 20 : 200) <= all.good,
		      "%lld of %lld were refused with Retry-After", (long long)all.shed, (long long)all.good);
	/* events arrive all the time and are sent all the time: now and then hardly one waits */
	ck_assert_msg(waiting.least_late <= waiting.most_early + 10,
		      "events accumulate: never fewer than %ld wait", waiting.least_late);
	drive_free(&d);
}

/* A market that grows has less capacity left: it is measured again each minute. */
static void soak(const struct usage *before)
{
	struct usage after;

	for (int left = soak_seconds; left > 0; left -= SLICE_SECONDS)
		soak_slice(measure("capacity for mixed traffic, 16 at a time", pick_mixed),
			   left < SLICE_SECONDS ? left : SLICE_SECONDS);
	ck_all_well();
	usage_read(&after);
	usage_compare("mixed traffic", before, &after);
}

/* A round of typical first requests; returns how long it took, in microseconds, or -1 when an answer was not
 * good. */
static int64_t round_trip(struct visitor *v)
{
	int64_t began = clock_steady();
	bool good = page(v, "/")->status == 200 && api_get(v, "/api/tickets?q=town")->status == 200 &&
		    page(v, "/orders")->status == 200;

	good = good && api(visitor_new(), "POST", "/api/users/signin",
			   "{\"email\":\"%s\",\"password\":\"%s\"}", v->email, v->password)
			       ->status == 200;
	return good ? clock_steady() - began : -1;
}

/* The longest of some rounds on an idle site. */
static int64_t usual(struct visitor *v)
{
	int64_t most = 0;

	for (int i = 0; i < 10; i++) {
		int64_t took = round_trip(v);

		ck_assert_int_ge(took, 0);
		most = took > most ? took : most;
	}
	return most;
}

/* After the end of the rush (`began`): five rounds in a row succeed, none of them slower than three times the
 * longest round on the idle site. */
static void ck_recovers(struct visitor *v, int64_t longest, int64_t began)
{
	int64_t since = clock_steady();
	int row = 0;

	while (row < 5 && clock_steady() - began < 10 * SECOND) {
		int64_t took = round_trip(v);

		row = took >= 0 && took <= 3 * longest ? row + 1 : 0;
		if (row == 0)
			since = clock_steady();
	}
	printf("recovered after %.1f s\n", (double)(since - began) / SECOND);
	ck_assert_msg(row == 5, "not recovered within 10 s");
}

static void rush(struct visitor *v, const struct usage *before)
{
	double room = measure("room for a rush, 16 at a time", pick_rush);
	struct drive d = {.rate = 3 * room, .seconds = RUSH_SECONDS, .pick = pick_rush};
	int64_t longest = usual(v);
	struct usage after;
	struct count all;

	retrying_buyers_prepare();
	retrying_buyers_start(RUSH_SECONDS);
	drive_run(&d, port());
	ck_recovers(v, longest, d.ended);
	print_drive("a rush of three times the capacity", &d);
	ck_retrying_buyers();
	all = sum(&d);
	ck_assert_int_eq(all.broken, 0);
	ck_assert_msg(all.shed > all.good / 10, "no load was shed: %lld of %lld", (long long)all.shed,
		      (long long)all.good);
	ck_all_well();
	usage_read(&after);
	usage_compare("the rush", before, &after);
	drive_free(&d);
}

/* Uses the test library, because the steps of tests/flow report to it. */
START_TEST(load)
{
	struct visitor *v;
	struct usage before;

	visits_prepare(BUYERS, SELLERS, TICKETS, flow_hold_seconds());
	v = visitor_signed_up("Observer");
	settle(30000);
	measure("warm-up", pick_mixed);
	ck_all_well();
	usage_read(&before);
	soak(&before);
	rush(v, &before);
	printf("\nevery hold ended, every event arrived, all services agree: %lld bought\n",
	       (long long)bought);
}
END_TEST

int main(int argc, char **argv)
{
	Suite *s = suite_create("soak");
	TCase *t = tcase_create("soak");
	SRunner *runner = srunner_create(s);
	int failed;

	soak_seconds = argc > 1 ? atoi(argv[1]) : soak_seconds;
	setvbuf(stdout, NULL, _IOLBF, 0);
	curl_global_init(CURL_GLOBAL_DEFAULT);
	suite_add_tcase(s, t);
	tcase_add_checked_fixture(t, flow_begin, flow_end);
	tcase_add_test(t, load);
	srunner_set_fork_status(runner, CK_NOFORK);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed;
}

/* Checks the stack from outside, once nothing should be pending. */
#include "common/base/clock.h"
#include "common/base/text.h"
#include "tests/fault/fault.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int violations_so_far;

void violated(const char *format, ...)
{
	va_list ap;

	violations_so_far++;
	printf("    violated: ");
	va_start(ap, format);
	vprintf(format, ap);
	va_end(ap);
	printf("\n");
	fflush(stdout);
}

int violations(void)
{
	return violations_so_far;
}

static const struct rule {
	const char *name, *service, *sentence, *sql;
} rules[] = {
#define RULE(name, service, sentence, sql) {#name, #service, sentence, sql},
#include "tests/fault/invariants.def"
#undef RULE
};

enum { RULES = sizeof rules / sizeof *rules };

/* "": no violation. */
static const char *broken(const struct rule *r)
{
	return sql_text(r->service, "SELECT GROUP_CONCAT(v SEPARATOR ', ') FROM (%s LIMIT 5) x", r->sql);
}

/* Reads the database's own clock and the clock of orders, which tests move. */
void moment(const char *name)
{
	int64_t offset = 0;
	FILE *f = fopen(arena_printf(flow_arena, "%s.orders", getenv("FLOW_CLOCK")), "r");

	if (f != NULL && fread(&offset, sizeof offset, 1, f) != 1)
		offset = 0;
	if (f != NULL)
		fclose(f);
	sql_run("fault",
		"REPLACE INTO moment VALUES ('%s', UTC_TIMESTAMP(6), UTC_TIMESTAMP(6) + INTERVAL %lld "
		"MICROSECOND)",
		name, (long long)offset);
}

static const struct queue {
	const char *service, *name;
} queues[] = {
    {"tickets", "tickets.events"},       {"orders", "orders.events"},      {"payments", "payments.events"},
    {"expiration", "expiration.events"}, {"expiration", "expiration.due"},
};

static const char *what_waits(void)
{
	for (size_t i = 0; i < RULES; i++) {
		const char *ids = rules[i].name[0] == 'L' ? broken(&rules[i]) : "";

		if (*ids != '\0')
			return arena_printf(flow_arena, "%s %s: %s", rules[i].name, rules[i].sentence, ids);
	}
	if (replica_differences() > 0)
		return arena_printf(flow_arena, "L2 %lld rows of replicas differ from their owners'",
				    (long long)replica_differences());
	for (size_t i = 0; i < sizeof queues / sizeof *queues; i++) {
		int64_t n = queue_length(queues[i].service, queues[i].name);

		if (n != 0)
			return arena_printf(flow_arena, "L5 %lld messages in %s", (long long)n,
					    queues[i].name);
	}
	return "";
}

int quiet_await(int ms)
{
	int64_t begun = clock_steady(), end = begun + ms * INT64_C(1000);
	const char *waits;

	while (*(waits = what_waits()) != '\0') {
		if (clock_steady() > end) {
			violated("after %d s: %s", ms / 1000, waits);
			break;
		}
		usleep(200 * 1000);
	}
	return (int)((clock_steady() - begun) / 1000);
}

void check_databases(void)
{
	for (size_t i = 0; i < RULES; i++) {
		const char *ids = broken(&rules[i]);

		if (*ids != '\0')
			violated("%s %s: %s", rules[i].name, rules[i].sentence, ids);
	}
	if (replica_differences() > 0)
		violated("L2 %lld rows of replicas differ from their owners'",
			 (long long)replica_differences());
}

#define ROW "UNHEX(REPLACE('%s','-',''))"

/*
 * Rows of a buyer or seller: how many there were before, and how many the site has confirmed or left unclear
 * since.
 */
static struct row_counts {
	int64_t before, confirmed, unclear;
} orders_of[BUYERS], tickets_of[SELLERS];

static int64_t orders_now(int buyer)
{
	return sql_number("orders", "SELECT COUNT(*) FROM orders WHERE user_id = " ROW, load_buyer(buyer));
}

static int64_t tickets_now(int seller)
{
	return sql_number("tickets", "SELECT COUNT(*) FROM ticket WHERE user_id = " ROW, load_seller(seller));
}

void rows_counted(void)
{
	for (int i = 0; i < BUYERS; i++)
		orders_of[i] = (struct row_counts){.before = orders_now(i)};
	for (int i = 0; i < SELLERS; i++)
		tickets_of[i] = (struct row_counts){.before = tickets_now(i)};
}

static void count(const struct promise *t)
{
	struct row_counts *orders = &orders_of[t->who % BUYERS], *tickets = &tickets_of[t->who % SELLERS];

	orders->confirmed += t->kind == PROMISED_ORDERED;
	orders->unclear += t->kind == PROMISED_UNCLEAR;
	tickets->confirmed += t->kind == PROMISED_LISTED;
	tickets->unclear += t->kind == PROMISED_MAYBE_LISTED;
}

static void check_count(const char *what, int who, const struct row_counts *t, int64_t now)
{
	int64_t made = now - t->before;

	if (made < t->confirmed || made > t->confirmed + t->unclear)
		violated("S8 number %d of the %s: %lld confirmed, %lld unclear, but %lld exist", who, what,
			 (long long)t->confirmed, (long long)t->unclear, (long long)made);
}

static bool is_kept(const struct promise *t)
{
	switch (t->kind) {
	case PROMISED_LISTED:
		return sql_number("tickets", "SELECT COUNT(*) FROM ticket WHERE id = " ROW, t->id) == 1;
	case PROMISED_EDITED:
		return sql_number("tickets", "SELECT revision FROM ticket WHERE id = " ROW, t->id) >=
		       t->number;
	case PROMISED_WITHDRAWN:
		return text_same(sql_text("tickets", "SELECT status FROM ticket WHERE id = " ROW, t->id),
				 "withdrawn");
	case PROMISED_ORDERED:
		return sql_number("orders",
				  "SELECT COUNT(*) FROM orders WHERE id = " ROW " AND user_id = " ROW, t->id,
				  load_buyer(t->who)) == 1;
	case PROMISED_CANCELLED:
		return text_same(sql_text("orders", "SELECT status FROM orders WHERE id = " ROW, t->id),
				 "cancelled");
	case PROMISED_PAID:
		return sql_number("payments",
				  "SELECT COUNT(*) FROM charge c JOIN stagedoor_orders.orders o ON o.id = "
				  "c.order_id WHERE c.id = " ROW " AND o.id = " ROW
				  " AND c.status = 'completed' AND o.status = 'completed' AND "
				  "c.stripe_refund_id IS NULL",
				  t->id, t->about) == 1;
	case PROMISED_AUTHORISED:
		return sql_number("payments",
				  "SELECT COUNT(*) FROM charge c JOIN stagedoor_orders.orders o ON o.id = "
				  "c.order_id WHERE c.id = " ROW " AND o.id = " ROW
				  " AND (c.status, o.status) IN (('completed', 'completed'), ('failed', "
				  "'cancelled')) AND c.stripe_refund_id IS NULL",
				  t->id, t->about) == 1;
	case PROMISED_LEFT:
		return text_same(sql_text("auth", "SELECT status FROM user WHERE id = " ROW, t->id),
				 "deleted");
	default:
		return t->kind != PROMISED_TWICE;
	}
}

/* Every promise is kept; a request without a clear answer was carried out once or not at all. */
void check_promises(struct load *l)
{
	static const char *const promises[] = {
	    [PROMISED_LISTED] = "a ticket was listed",
	    [PROMISED_EDITED] = "a ticket was edited",
	    [PROMISED_WITHDRAWN] = "a ticket was withdrawn",
	    [PROMISED_ORDERED] = "an order was placed",
	    [PROMISED_CANCELLED] = "an order was cancelled",
	    [PROMISED_PAID] = "an order was paid",
	    [PROMISED_AUTHORISED] = "an order is paid or free of charge",
	    [PROMISED_LEFT] = "an account was deleted",
	    [PROMISED_TWICE] = "one request, sent twice with one key, was one",
	};
	uint32_t n = atomic_load(&l->promise_count);

	ck_assert_uint_lt(n, PROMISES_MAX);
	for (uint32_t i = 0; i < n; i++) {
		const struct promise *t = &l->promises[i];

		count(t);
		if (!is_kept(t))
			violated("S8 a broken promise: %s: %s %s", promises[t->kind], t->id, t->about);
	}
	for (int i = 0; i < BUYERS; i++)
		check_count("buyers", i, &orders_of[i], orders_now(i));
	for (int i = 0; i < SELLERS; i++)
		check_count("sellers", i, &tickets_of[i], tickets_now(i));
}

static int stolen(const char *cookies, const char *path)
{
	struct visitor *thief = visitor_new();

	snprintf(thief->cookies, sizeof thief->cookies, "%s", cookies);
	return http(thief, "POST", path, "application/json", "{}", NULL)->status;
}

/* A session that was signed out changes nothing, anywhere, 5 s after its event has been delivered. */
void check_sessions(struct load *l)
{
	static const char *const paths[] = {"/api/tickets", "/api/orders", "/api/payments"};
	uint32_t n = atomic_load(&l->signed_out);
	int64_t end = clock_steady() + 5 * SECOND;

	if (n > COOKIES)
		n = COOKIES;
	for (uint32_t i = n > 4 ? n - 4 : 0; i < n; i++)
		for (size_t p = 0; p < sizeof paths / sizeof *paths; p++) {
			int status;

			while ((status = stolen(l->cookies[i], paths[p])) != 401 && clock_steady() < end)
				usleep(100 * 1000);
			if (status != 401)
				violated(
				    "S7 a session that was signed out is still accepted: POST %s gives %d",
				    paths[p], status);
		}
}

int64_t logged(const char *part, const char *expression)
{
	FILE *f = popen(
	    arena_printf(flow_arena,
			 "cat %s/log/%s/current $(find %s/log/ -path '*/%s/@*') 2>/dev/null | grep -cE '%s'",
			 flow_state(), part, flow_state(), part, expression),
	    "r");
	long long n = -1;

	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(fscanf(f, "%lld", &n), 1);
	pclose(f);
	return n;
}

/* No program has logged a bug, whatever the fault. Running out of memory is one that ends a program. */
void check_logs(bool without_memory)
{
	static int64_t known;
	int64_t now = logged("*", "bug at ");

	if (now > known && !without_memory)
		violated("the logs report a bug");
	known = now;
}

void check_pools(void)
{
	static const char *const paths[] = {"/api/users/currentuser", "/api/tickets", "/api/orders",
					    "/payments/data.json"};

	for (size_t p = 0; p < sizeof paths / sizeof *paths; p++)
		for (int i = 0; i < 8; i++) {
			int64_t begun = clock_steady();
			struct answer *a = http_try(load_somebody(), "GET", paths[p], NULL, NULL, NULL);
			int64_t took = (clock_steady() - begun) / 1000;

			if (a->status == 0 || a->status == 401 || a->status >= 500 || took > 2000)
				violated("L6 GET %s gives %d after %lld ms", paths[p], a->status,
					 (long long)took);
		}
}

/* The operator's command must find everything that these checks find. */
void check_audit(void)
{
	bool says_well =
	    shell("STATE=%s deploy/local/stagedoor audit quiet >%s.audit 2>&1", flow_state(), flow_state());

	if (!says_well)
		violated("stagedoor audit reports violations: %s.audit", flow_state());
}

/* How many dead letters there are, once the events programs have had time to move them into the databases. */
static int64_t moved(const char *service, int64_t due)
{
	const char *queue = arena_printf(flow_arena, "%s.dead", service);
	int64_t end = clock_steady() + 10 * SECOND;

	while ((queue_length(service, queue) > 0 || dead_letters(service) < due) && clock_steady() < end)
		usleep(100 * 1000);
	if (queue_length(service, queue) > 0)
		violated("L5 %s is not emptied into the database", queue);
	return dead_letters(service);
}

/* The dead letters must be the poisoner's, each in every queue that its event goes to. A program that was
 * killed while it dead-lettered a message may have done so twice. */
void check_queues(const struct load *l)
{
	for (size_t i = 0; services_with_events[i] != NULL; i++) {
		const char *service = services_with_events[i];
		bool is_orders = strcmp(service, services[SERVICE_orders]) == 0;
		int64_t due = atomic_load(is_orders ? &l->poison_of_orders : &l->poison),
			n = moved(service, due);

		if (n < due || n > due + (due > 0 ? 3 : 0))
			violated("L5 %lld dead letters of %s, where %lld belong", (long long)n, service,
				 (long long)due);
	}
	for (size_t i = 0; services_with_database[i] != NULL; i++)
		sql_run(services_with_database[i], "DELETE FROM dead_letter");
}

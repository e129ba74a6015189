#include "tests/flow/flow.h"
#include "common/base/clock.h"
#include "common/base/text.h"
#include <fcntl.h>
#include <mysql.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct arena *flow_arena;
const char *flow_address = "127.0.0.1";

static const char *setting(const char *name)
{
	const char *value = getenv(name);

	ck_assert_msg(value != NULL, "%s is not set: run by tests/with-stack", name);
	return value;
}

const char *flow_state(void)
{
	return setting("FLOW_STATE");
}

const char *flow_url(void)
{
	return setting("FLOW_URL");
}

const char *flow_bank(void)
{
	return setting("FLOW_BANK");
}

int flow_hold_seconds(void)
{
	return atoi(setting("FLOW_HOLD"));
}

struct visitor *visitor_new(void)
{
	struct visitor *v = arena_alloc(flow_arena, sizeof *v);

	v->password = "correct horse battery";
	return v;
}

struct visitor *visitor_signed_up(const char *name)
{
	static unsigned count;
	struct visitor *v = visitor_new();
	struct answer *a;

	v->email = arena_printf(flow_arena, "visitor.%d.%u.%lld@example.com", (int)getpid(), ++count,
				(long long)(clock_steady() % 1000000000));
	a = api(v, "POST", "/api/users/signup",
		"{\"email\":\"%s\",\"password\":\"%s\",\"displayName\":\"%s\"}", v->email, v->password, name);
	ck_status(a, 201);
	v->id = text_of(a, "id");
	return v;
}

static void nap(int ms)
{
	nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = (ms % 1000) * 1000000L}, NULL);
}

bool wait_until(int ms, bool (*condition)(void *context), void *context)
{
	int64_t end = clock_steady() + ms * INT64_C(1000);

	while (!condition(context)) {
		if (clock_steady() > end)
			return false;
		nap(20);
	}
	return true;
}

bool is_replicated(void *ticket)
{
	return sql_number("orders",
			  "SELECT COUNT(*) FROM ticket_replica WHERE id = UNHEX(REPLACE('%s','-',''))",
			  (const char *)ticket) == 1;
}

bool is_known_at(void *edited)
{
	const struct edited *x = edited;

	return sql_number("orders",
			  "SELECT revision FROM ticket_replica WHERE id = UNHEX(REPLACE('%s','-',''))",
			  x->ticket) == x->revision;
}

const char *sell(struct visitor *seller, const char *name, const char *price)
{
	struct answer *a =
	    api(seller, "POST", "/api/tickets", "{\"title\":\"%s\",\"price\":%s}", name, price);
	char *id;

	ck_status(a, 201);
	id = arena_strdup(flow_arena, text_of(a, "id"));
	ck_assert_msg(wait_until(10000, is_replicated, id), "ticket %s was never replicated to orders", id);
	return id;
}

struct answer *order(struct visitor *buyer, const char *ticket)
{
	return api(buyer, "POST", "/api/orders", "{\"ticketId\":\"%s\"}", ticket);
}

struct expected_order {
	struct visitor *buyer;
	const char *id, *status;
};

static bool order_is(void *context)
{
	struct expected_order *x = context;

	return strcmp(order_status_of(x->buyer, x->id), x->status) == 0;
}

const char *order_status_of(struct visitor *buyer, const char *order_)
{
	struct answer *a = api_get(buyer, "/api/orders/%s", order_);

	return a->status == 200 ? text_of(a, "status") : "unknown";
}

void wait_order(struct visitor *buyer, const char *order_, const char *status, int ms)
{
	struct expected_order x = {buyer, order_, status};

	ck_assert_msg(wait_until(ms, order_is, &x), "order %s is %s, not %s, after %d ms", order_,
		      order_status_of(buyer, order_), status, ms);
}

struct expected_ticket {
	const char *id, *status;
	bool held;
};

static bool ticket_is(void *context)
{
	struct expected_ticket *x = context;
	struct answer *a =
	    http(visitor_new(), "GET", arena_printf(flow_arena, "/api/tickets/%s", x->id), NULL, NULL, NULL);

	return a->status == 200 && strcmp(text_of(a, "status"), x->status) == 0 &&
	       (*text_of(a, "orderId") != '\0') == x->held;
}

void wait_ticket(const char *ticket, const char *status, bool held, int ms)
{
	struct expected_ticket x = {ticket, status, held};

	ck_assert_msg(wait_until(ms, ticket_is, &x), "ticket %s is not %s and %s after %d ms", ticket, status,
		      held ? "held" : "free", ms);
}

static bool tickets_know(void *order_)
{
	return sql_number("tickets",
			  "SELECT COUNT(*) FROM ticket t JOIN order_replica o ON o.ticket_id = t.id "
			  "WHERE o.id = UNHEX(REPLACE('%s','-','')) AND t.order_id IS NOT NULL",
			  (const char *)order_) == 1;
}

const char *hold(struct visitor *buyer, const char *ticket)
{
	struct answer *a = order(buyer, ticket);
	const char *id;

	ck_status(a, 201);
	ck_assert_str_eq(text_of(a, "status"), "awaiting_payment");
	id = text_of(a, "id");
	wait_until(3000, tickets_know, (void *)(uintptr_t)id);
	return id;
}

static bool payments_know(void *order_)
{
	return sql_number("payments",
			  "SELECT COUNT(*) FROM order_replica WHERE id = UNHEX(REPLACE('%s','-','')) AND "
			  "status <> 'created'",
			  (const char *)order_) == 1;
}

struct answer *pay(struct visitor *buyer, const char *order_, const char *token)
{
	wait_until(3000, payments_know, (void *)(uintptr_t)order_);
	return api(buyer, "POST", "/api/payments", "{\"orderId\":\"%s\",\"token\":\"%s\"}", order_, token);
}

static MYSQL *sql_connection(const char *service)
{
	static MYSQL *my;
	static pid_t owner;
	char *secret;

	if (my != NULL && owner == getpid() && mysql_ping(my) != 0) {
		mysql_close(my); /* a test killed the database */
		my = NULL;
	}
	if (my == NULL || owner != getpid()) {
		ck_assert_int_eq(text_read_file(flow_arena,
						arena_printf(flow_arena, "%s/secrets/db-root", flow_state()),
						200, &secret),
				 OK);
		my = mysql_init(NULL);
		ck_assert_msg(mysql_real_connect(my, NULL, "root", secret, NULL, 0,
						 arena_printf(flow_arena, "%s/sock/db.sock", flow_state()),
						 0) != NULL,
			      "%s", mysql_error(my));
		owner = getpid();
	}
	ck_assert_msg(mysql_select_db(my, arena_printf(flow_arena, "stagedoor_%s", service)) == 0, "%s",
		      mysql_error(my));
	return my;
}

/* Another transaction changed what this one had read (MariaDB from 11.6 on reports it), or there was a
 * deadlock. The statement had no effect and can be repeated. */
static bool is_overtaken(MYSQL *my)
{
	return mysql_errno(my) == 1020 || mysql_errno(my) == 1213;
}

static const char *sql_answer(const char *service, const char *statement)
{
	MYSQL *my = sql_connection(service);
	MYSQL_RES *result;
	MYSQL_ROW row;
	const char *text = NULL;

	for (int tries = 1; mysql_query(my, statement) != 0; tries++)
		ck_assert_msg(is_overtaken(my) && tries < 100, "%s: %s", statement, mysql_error(my));
	result = mysql_store_result(my);
	if (result == NULL)
		return NULL;
	row = mysql_fetch_row(result);
	if (row != NULL && row[0] != NULL)
		text = arena_memdup(flow_arena, row[0], mysql_fetch_lengths(result)[0]);
	mysql_free_result(result);
	return text;
}

#define FORMATTED(format, text)                                                                              \
	do {                                                                                                 \
		va_list ap_;                                                                                 \
		va_start(ap_, format);                                                                       \
		text = arena_vprintf(flow_arena, format, ap_);                                               \
		va_end(ap_);                                                                                 \
	} while (0)

int64_t sql_number(const char *service, const char *format, ...)
{
	const char *statement, *text;

	FORMATTED(format, statement);
	text = sql_answer(service, statement);
	return text == NULL ? 0 : atoll(text);
}

const char *sql_text(const char *service, const char *format, ...)
{
	const char *statement, *text;

	FORMATTED(format, statement);
	text = sql_answer(service, statement);
	return text == NULL ? "" : text;
}

void sql_run(const char *service, const char *format, ...)
{
	const char *statement;

	FORMATTED(format, statement);
	sql_answer(service, statement);
}

/* 4025 is MariaDB's number, 3819 MySQL's. */
void sql_refuses(const char *service, const char *statement)
{
	MYSQL *my = sql_connection(service);

	ck_assert_msg(mysql_query(my, statement) != 0, "went through: %s", statement);
	ck_assert_msg(mysql_errno(my) == 4025 || mysql_errno(my) == 3819, "%s: %u %s", statement,
		      mysql_errno(my), mysql_error(my));
}

/* Owner and replica: every column that both have must be equal, except the times of the rows themselves.
 * `also`: an additional condition under which rows differ. */
static const struct {
	const char *owner, *owner_rows, *holder, *holder_rows, *also;
} replicas[] = {
    {"tickets", "ticket", "orders", "ticket_replica", "FALSE"},
    {"orders", "orders", "tickets", "order_replica", "FALSE"},
    {"orders", "orders", "payments", "order_replica", "FALSE"},
    {"auth", "user", "tickets", "seller_replica", "FALSE"},
    {"payments", "charge", "orders", "charge_replica", "(o.stripe_refund_id IS NOT NULL) <> r.refunded"},
};

static const char *differing(size_t i)
{
	return sql_text(
	    "orders",
	    "SELECT GROUP_CONCAT(CONCAT('NOT (o.', o.column_name, ' <=> r.', o.column_name, ')') SEPARATOR ' "
	    "OR ') "
	    "FROM information_schema.columns o JOIN information_schema.columns r USING (column_name) "
	    "WHERE o.table_schema = 'stagedoor_%s' AND o.table_name = '%s' AND r.table_schema = "
	    "'stagedoor_%s' "
	    "AND r.table_name = '%s' AND column_name NOT IN ('created_at', 'updated_at')",
	    replicas[i].owner, replicas[i].owner_rows, replicas[i].holder, replicas[i].holder_rows);
}

int64_t replica_differences(void)
{
	int64_t n = 0;

	for (size_t i = 0; i < sizeof replicas / sizeof *replicas; i++) {
		const char *columns = differing(i);

		ck_assert_ptr_nonnull(strstr(columns, "version"));
		n += sql_number(
		    "orders",
		    "SELECT COUNT(*) FROM stagedoor_%s.%s o LEFT JOIN stagedoor_%s.%s r ON r.id = o.id "
		    "WHERE r.id IS NULL OR %s OR %s",
		    replicas[i].owner, replicas[i].owner_rows, replicas[i].holder, replicas[i].holder_rows,
		    columns, replicas[i].also);
	}
	return n;
}

int64_t unsent_events(void)
{
	int64_t n = 0;

	for (size_t i = 0; services_with_database[i] != NULL; i++)
		n += sql_number(services_with_database[i],
				"SELECT COUNT(*) FROM outbox WHERE sent_at IS NULL");
	return n;
}

static bool is_settled(void *context)
{
	(void)context;
	return unsent_events() == 0 && replica_differences() == 0;
}

void settle(int ms)
{
	ck_assert_msg(wait_until(ms, is_settled, NULL), "not settled after %d ms: %d rows differ", ms,
		      (int)replica_differences());
}

static void supervise(const char *options, const char *part)
{
	char *command = arena_printf(flow_arena, "s6-svc %s %s/s6/%s", options, flow_state(), part);

	ck_assert_msg(system(command) == 0, "%s failed", command);
}

/* The parts that a test has stopped, one in each line, so that a test that fails half-way leaves no part down
 * for the next test. */
static const char *stopped_list(void)
{
	return arena_printf(flow_arena, "%s/flow-stopped", flow_state());
}

void part_stop(const char *part)
{
	FILE *list = fopen(stopped_list(), "a");

	ck_assert_ptr_nonnull(list);
	fprintf(list, "%s\n", part);
	fclose(list);
	supervise("-wD -T 10000 -d", part);
}

void part_start(const char *part)
{
	supervise("-wU -T 60000 -u", part);
}

static void start_what_was_stopped(void)
{
	FILE *list = fopen(stopped_list(), "r");
	char part[64];

	if (list == NULL)
		return;
	while (fscanf(list, "%63s", part) == 1)
		part_start(part);
	fclose(list);
	unlink(stopped_list());
}

void part_kill(const char *part)
{
	supervise("-wd -T 10000 -k", part);
	supervise("-wU -T 60000 -u", part);
}

void clock_move_of(const char *service, int64_t seconds)
{
	int64_t offset = seconds * SECOND;
	int fd =
	    open(arena_printf(flow_arena, "%s.%s", setting("FLOW_CLOCK"), service), O_WRONLY | O_CREAT, 0600);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(pwrite(fd, &offset, sizeof offset, 0), (ssize_t)sizeof offset);
	close(fd);
}

void clock_move(int64_t seconds)
{

	for (size_t i = 0; services[i] != NULL; i++)
		clock_move_of(services[i], seconds);
}

void flow_begin(void)
{
	int self = (int)getpid();

	flow_arena = arena_new();
	flow_address =
	    arena_printf(flow_arena, "127.%d.%d.%d", 1 + (self >> 16) % 250, (self >> 8) & 255, self & 255);
	start_what_was_stopped();
}

void flow_end(void)
{
	clock_move(0);
	start_what_was_stopped();
	arena_free(flow_arena);
	flow_arena = NULL;
	flow_address = "127.0.0.1";
}

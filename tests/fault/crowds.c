/* Crowds: connections, clients that do not wait, buyers of one ticket, buyers who pay at the last moment. */
#include "common/base/clock.h"
#include "common/schema/kind.h"
#include "tests/fault/injectors.h"
#include <arpa/inet.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	HOLDERS = 3,
	CONNECTIONS = 4000, /* of each; nginx has 8192 */
	LEAVERS = 240,
	LEFT_TICKETS = 8,
	CALLERS = 40,
	THREADS = 8, /* of a pool */
	CROWD = 64,
	ROUNDS = 1000,
	PAYERS = 25,
	PAID_ROUNDS = 20,
	FIRST_US = -50000, /* before the deadline: a request takes a few milliseconds to arrive */
	LAST_US = 50000,
	PATIENCE_S = 8,
	AT_MOST_S = 600
};

static int connections[LEAVERS];
static pid_t crowd[CROWD];
static int crowd_count;
static struct visitor *buyers[CROWD];
static struct visitor *seller;
static const char *tickets[ROUNDS];

/* The results of the clients, in shared memory. */
static struct seen {
	pthread_barrier_t begin;
	_Atomic uint32_t won[ROUNDS], unclear[ROUNDS];
	_Atomic uint32_t paid, refused, connected, waited;
	_Atomic bool let_go;
} * seen;

static void crowd_start(int count, void (*act)(int who))
{
	fflush(stdout);
	for (crowd_count = 0; crowd_count < count; crowd_count++) {
		crowd[crowd_count] = fork();
		if (crowd[crowd_count] != 0)
			continue;
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		alarm(AT_MOST_S);
		flow_arena = arena_new();
		http_patience = PATIENCE_S;
		act(crowd_count);
		_exit(0);
	}
}

static void crowd_wait(void)
{
	int status;

	for (int i = 0; i < crowd_count; i++)
		if (waitpid(crowd[i], &status, 0) != crowd[i] || status != 0)
			violated("a client of the crowd failed");
	crowd_count = 0;
}

static struct answer *try_json(struct visitor *v, const char *path, const char *body)
{
	return http_try(v, "POST", path, "application/json", body, NULL);
}

/* Before the fault: repeats the request, since only now a connection may turn out to have been cut by an
 * earlier fault. */
static struct answer *make(struct visitor *v, const char *path, const char *body)
{
	struct answer *a = try_json(v, path, body);

	for (int i = 0; a->status != 201 && i < 20; i++) {
		usleep(250000);
		a = try_json(v, path, body);
	}
	ck_status(a, 201);
	return a;
}

static struct visitor *somebody(void)
{
	static int count;
	struct visitor *v = visitor_new();

	v->email = arena_printf(flow_arena, "crowd.%d.%d@example.com", (int)getpid(), ++count);
	v->id = text_of(
	    make(v, "/api/users/signup",
		 arena_printf(flow_arena,
			      "{\"email\":\"%s\",\"password\":\"%s\",\"displayName\":\"One of many\"}",
			      v->email, v->password)),
	    "id");
	return v;
}

/* The load pauses: its array of promises has room for the seconds of a fault, not for minutes. */
static void prepare(int buyers_count, int tickets_count)
{
	pthread_barrierattr_t shared;

	load_pause();
	seen = mmap(NULL, sizeof *seen, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert(seen != MAP_FAILED);
	pthread_barrierattr_init(&shared);
	pthread_barrierattr_setpshared(&shared, PTHREAD_PROCESS_SHARED);
	pthread_barrier_init(&seen->begin, &shared, (unsigned)buyers_count);
	seller = somebody();
	for (int i = 0; i < buyers_count; i++)
		buyers[i] = somebody();
	for (int i = 0; i < tickets_count; i++)
		tickets[i] = text_of(make(seller, "/api/tickets",
					  arena_printf(flow_arena, "{\"title\":\"Row %d\",\"price\":20}", i)),
				     "id");
	ck_assert_msg(wait_until(20000, is_replicated, (void *)tickets[tickets_count - 1]),
		      "the tickets were never replicated to orders");
}

static void done_with(void)
{
	munmap(seen, sizeof *seen);
}

static struct answer *try_order(int who, int ticket)
{
	return try_json(buyers[who], "/api/orders",
			arena_printf(flow_arena, "{\"ticketId\":\"%s\"}", tickets[ticket]));
}

static void want_each(int who)
{
	for (int round = 0; round < ROUNDS; round++) {
		int status;

		pthread_barrier_wait(&seen->begin);
		status = try_order(who, round)->status;
		atomic_fetch_add(&seen->won[round], status == 201);
		atomic_fetch_add(&seen->unclear[round], status != 201 && status != 409);
		arena_reset(flow_arena);
	}
}

/* Each 201 is an order that exists. */
static void check_orders(uint32_t confirmed, uint32_t unclear)
{
	int64_t there =
	    sql_number("orders", "SELECT COUNT(*) FROM orders WHERE seller_id = UNHEX(REPLACE('%s','-',''))",
		       seller->id);

	if (there < confirmed || there > confirmed + unclear)
		violated("S8 %u orders confirmed, %u unclear, but %lld exist", confirmed, unclear,
			 (long long)there);
}

void crowd_one_ticket(const struct fault *f)
{
	uint32_t confirmed = 0, unclear = 0;

	(void)f;
	prepare(CROWD, ROUNDS);
	crowd_start(CROWD, want_each);
	crowd_wait();
	for (fault_times = 0; fault_times < ROUNDS; fault_times++) {
		uint32_t won = seen->won[fault_times];

		if (won > 1 || (won == 0 && seen->unclear[fault_times] == 0))
			violated("S1 ticket %s went to %u of %d buyers", tickets[fault_times], won, CROWD);
		confirmed += won;
		unclear += seen->unclear[fault_times];
	}
	check_orders(confirmed, unclear);
	if (confirmed < ROUNDS * 19 / 20)
		violated("only %u of %d tickets found a buyer", confirmed, ROUNDS);
	done_with();
}

static void sleep_until(int64_t us)
{
	int64_t left = us - clock_now();

	if (left > 0)
		usleep((useconds_t)left);
}

static void pay_at_the_end(int who)
{
	for (int round = 0; round < PAID_ROUNDS; round++) {
		int number = who * PAID_ROUNDS + round;
		struct answer *a = try_order(who, number);
		const char *id;
		when end;

		if (a->status != 201 || when_parse(text_of(a, "expiresAt"), &end) != OK)
			continue;
		id = text_of(a, "id");
		sleep_until(end.v + FIRST_US +
			    (LAST_US - FIRST_US) * (int64_t)number / (PAYERS * PAID_ROUNDS));
		a = try_json(buyers[who], "/api/payments",
			     arena_printf(flow_arena, "{\"orderId\":\"%s\",\"token\":\"tok_visa\"}", id));
		atomic_fetch_add(&seen->paid, a->status == 201);
		atomic_fetch_add(&seen->refused, a->status != 201);
		arena_reset(flow_arena);
	}
}

void crowd_deadline(const struct fault *f)
{
	(void)f;
	prepare(PAYERS, PAYERS * PAID_ROUNDS);
	crowd_start(PAYERS, pay_at_the_end);
	crowd_wait();
	fault_times = (int)(seen->paid + seen->refused);
	printf("    of %d buyers who paid at the last moment %u were in time\n", fault_times, seen->paid);
	if (fault_times < PAYERS * PAID_ROUNDS * 9 / 10)
		violated("only %d came to pay", fault_times);
	if (sql_number(
		"payments",
		"SELECT COUNT(*) FROM charge c JOIN stagedoor_orders.orders o ON o.id = c.order_id WHERE "
		"o.seller_id = UNHEX(REPLACE('%s','-','')) AND c.status = 'completed'",
		seller->id) < (int64_t)seen->paid)
		violated("S8 %u payments were confirmed, fewer exist", seen->paid);
	if (seen->paid == 0 || seen->refused == 0)
		violated("only one outcome was seen");
	done_with();
}

static void call_once_more(int who)
{
	for (int i = 0; i < 3; i++) {
		int64_t begun = clock_steady();

		try_order(who % PAYERS, who);
		atomic_fetch_add(&seen->waited, clock_steady() - begun > 2 * SECOND);
	}
}

void busy_begin(const struct fault *f)
{
	prepare(PAYERS, CALLERS);
	hold_locks(f);
	crowd_start(CALLERS, call_once_more);
}

void busy_end(const struct fault *f)
{
	release_locks(f);
	crowd_wait();
	if (seen->waited <= THREADS)
		violated("the pool had room for all requests: %u waited", seen->waited);
	done_with();
}

static int connect_to_site(int flags)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
				 .sin_port = htons((uint16_t)atoi(strrchr(flow_url(), ':') + 1))};
	int fd = socket(AF_INET, SOCK_STREAM | flags, 0);

	inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) != 0)
		usleep(100);
	return fd;
}

/* The whole request, or half of its body. */
static void send_order(int fd, const char *ticket, bool whole)
{
	const char *body = arena_printf(flow_arena, "{\"ticketId\":\"%s\"}", ticket);
	const char *head =
	    arena_printf(flow_arena,
			 "POST /api/orders HTTP/1.1\r\nHost: %s\r\nCookie: %s\r\nContent-Type: "
			 "application/json\r\nContent-Length: %zu\r\n\r\n",
			 flow_url() + strlen("http://"), buyers[0]->cookies, strlen(body));

	send(fd, head, strlen(head), MSG_NOSIGNAL);
	send(fd, body, whole ? strlen(body) : strlen(body) / 2, MSG_NOSIGNAL);
}

/* The clients close at once, or with a reset, or stop in the middle of a body; meanwhile the pool is told to
 * end. */
void leave_early(const struct fault *f)
{
	const struct linger reset = {.l_onoff = 1};

	prepare(1, LEFT_TICKETS);
	done_with();
	for (int i = 0; i < LEAVERS; i++)
		connections[i] = -1;
	for (int i = 0; i < LEAVERS; i++) {
		int fd = connect_to_site(0);

		send_order(fd, tickets[i % LEFT_TICKETS], i % 3 != 2);
		usleep(1000 * (useconds_t)(i % 5));
		if (i % 3 == 1)
			setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
		if (i % 3 == 2)
			connections[i] = fd;
		else
			close(fd);
		if (i % 60 == 30 && group_of(f->part) > 1)
			kill(group_of(f->part), SIGTERM);
	}
	fault_times = LEAVERS;
}

void stay_away(const struct fault *f)
{
	(void)f;
	for (int i = 0; i < LEAVERS; i++)
		if (connections[i] >= 0)
			close(connections[i]);
}

static void hold_connections(int who)
{
	struct rlimit limit;

	(void)who;
	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	for (int i = 0; i < CONNECTIONS; i++)
		atomic_fetch_add(&seen->connected, connect_to_site(SOCK_NONBLOCK) >= 0);
	while (!atomic_load(&seen->let_go))
		usleep(50000);
}

static const char too_many[] = "worker_connections are not enough";
static int64_t too_many_before;

void crowd_nginx(const struct fault *f)
{
	(void)f;
	prepare(1, 1);
	too_many_before = logged("nginx", too_many);
	crowd_start(HOLDERS, hold_connections);
}

void disperse_crowd(const struct fault *f)
{
	(void)f;
	atomic_store(&seen->let_go, true);
	crowd_wait();
	if (logged("nginx", too_many) == too_many_before)
		violated("nginx had room for all %u connections", seen->connected);
	done_with();
}

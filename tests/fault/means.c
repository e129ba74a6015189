#include "tests/fault/means.h"
#include "common/base/text.h"
#include <arpa/inet.h>
#include <dirent.h>
#include <mysql.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CROWD = 4500, GROUP_MAX = 64 };

bool shell(const char *format, ...)
{
	const char *command;
	va_list ap;

	va_start(ap, format);
	command = arena_vprintf(flow_arena, format, ap);
	va_end(ap);
	return system(command) == 0;
}

static pid_t group_of(const char *part)
{
	char *text;

	if (text_read_file(flow_arena, arena_printf(flow_arena, "%s/s6/%s/group", flow_state(), part), 30,
			   &text) != OK)
		return 0;
	return (pid_t)atoi(text);
}

/* A part that is just between two lives has no group. */
void group_signal(const char *part, int signal_number)
{
	pid_t group = group_of(part);

	if (group > 1)
		kill(-group, signal_number);
}

void parts_await(void)
{
	ck_assert_msg(shell("s6-svwait -U -t 90000 $(ls -d %s/s6/*/ | grep -v log)", flow_state()),
		      "a part did not get ready in 90 s");
}

void nothing_to_end(const struct fault *f)
{
	(void)f;
}

void part_killed(const struct fault *f)
{
	group_signal(f->part, SIGKILL);
}

void part_killed_again(const struct fault *f)
{
	if (schedule_below(&fault_state, 2) != 0)
		return;
	group_signal(f->part, SIGKILL);
	fault_times++;
}

void part_stopped(const struct fault *f)
{
	group_signal(f->part, SIGSTOP);
}

void part_goes_on(const struct fault *f)
{
	group_signal(f->part, SIGCONT);
}

/* A connection of root's that bears errors: what is killed may be gone already. */
static MYSQL *root_connect(void)
{
	MYSQL *my = mysql_init(NULL);
	char *secret;

	ck_assert_int_eq(text_read_file(flow_arena,
					arena_printf(flow_arena, "%s/secrets/db-root", flow_state()), 200,
					&secret),
			 OK);
	ck_assert_msg(mysql_real_connect(my, NULL, "root", secret, NULL, 0,
					 arena_printf(flow_arena, "%s/sock/db.sock", flow_state()),
					 0) != NULL,
		      "%s", mysql_error(my));
	return my;
}

/* KILL for each number that the statement finds. */
static void kill_found(MYSQL *my, const char *statement)
{
	MYSQL_RES *result;
	MYSQL_ROW row;
	char kill_one[60];

	if (mysql_query(my, statement) != 0 || (result = mysql_store_result(my)) == NULL)
		return;
	while ((row = mysql_fetch_row(result)) != NULL) {
		snprintf(kill_one, sizeof kill_one, "KILL %.20s", row[0]);
		mysql_query(my, kill_one);
	}
	mysql_free_result(result);
}

static const char everybody[] = "SELECT id FROM information_schema.processlist WHERE user LIKE 'stagedoor%'";

void cut_database(const struct fault *f)
{
	MYSQL *my = root_connect();

	(void)f;
	for (int i = 0; i < 150; i++) {
		kill_found(my, "SELECT trx_mysql_thread_id FROM information_schema.innodb_trx WHERE "
			       "trx_mysql_thread_id <> CONNECTION_ID()");
		if (i % 40 == 39)
			kill_found(my, everybody);
		usleep(20000);
	}
	mysql_close(my);
}

static MYSQL *locker;

void hold_locks(const struct fault *f)
{
	static const char *const locks[] = {
	    "BEGIN", "SELECT COUNT(id) FROM stagedoor_orders.ticket_replica FOR UPDATE",
	    "SELECT COUNT(id) FROM stagedoor_payments.order_replica FOR UPDATE"};

	(void)f;
	locker = root_connect();
	for (size_t i = 0; i < sizeof locks / sizeof *locks; i++)
		if (mysql_query(locker, locks[i]) == 0)
			mysql_free_result(mysql_store_result(locker));
}

void release_locks(const struct fault *f)
{
	(void)f;
	mysql_close(locker);
}

void limit_connections(const struct fault *f)
{
	MYSQL *my = root_connect();

	(void)f;
	ck_assert_int_eq(mysql_query(my, "SET GLOBAL max_connections = 10"), 0);
	kill_found(my, everybody);
	mysql_close(my);
}

void unlimit_connections(const struct fault *f)
{
	(void)f;
	sql_run("orders", "SET GLOBAL max_connections = 200");
}

static const char *data_of(const char *part)
{
	return arena_printf(flow_arena, "%s/%s", flow_state(),
			    text_same(part, "database") ? "db" : "broker/mnesia");
}

void fill_disk(const struct fault *f)
{
	part_stop(f->words);
	ck_assert(shell("tests/fault/disk mount %s", data_of(f->words)));
	part_start(f->words);
	if (text_same(f->words, "broker"))
		ck_assert(shell("%s/etc/rabbitmqctl -q set_disk_free_limit 0", flow_state()));
	ck_assert(shell("tests/fault/disk fill %s", data_of(f->words)));
}

void clear_disk(const struct fault *f)
{
	ck_assert(shell("tests/fault/disk clear %s", data_of(f->words)));
	usleep(2000000);
	part_stop(f->words);
	ck_assert(shell("tests/fault/disk unmount %s", data_of(f->words)));
	part_start(f->words);
}

/* As an operator does it. New queues need two seconds before traffic. */
void rebuild_broker(const struct fault *f)
{
	(void)f;
	part_stop("broker");
	ck_assert(shell("rm -rf %s", data_of("broker")));
	part_start("broker");
	sleep(2);
	witness_attend();
	ck_assert(shell("STATE=%s deploy/local/stagedoor replay >/dev/null", flow_state()));
}

void clear_disk_of_broker(const struct fault *f)
{
	clear_disk(f);
	rebuild_broker(f);
}

void cut_broker(const struct fault *f)
{
	(void)f;
	for (int i = 0; i < 3; i++)
		ck_assert(
		    shell("%s/etc/rabbitmqctl -q close_all_connections -p stagedoor 'a test' >/dev/null",
			  flow_state()));
}

void control_broker(const struct fault *f)
{
	ck_assert(shell("%s/etc/rabbitmqctl -q %s", flow_state(), f->words));
}

void control_broker_end(const struct fault *f)
{
	(void)f;
	ck_assert(shell("%s/etc/rabbitmqctl -q set_disk_free_limit 200MB", flow_state()));
	ck_assert(shell("%s/etc/rabbitmqctl -q set_vm_memory_high_watermark absolute 1GiB", flow_state()));
}

void break_bank(const struct fault *f)
{
	size_t path = strcspn(f->words, " ");

	bank_post(arena_printf(flow_arena, "%.*s", (int)path, f->words), f->words + path + 1);
}

void mend_bank(const struct fault *f)
{
	(void)f;
	bank_post("/sandbox/faults", "next=none");
	bank_post("/sandbox/delays", "slow_ms=300&late_ms=600");
	bank_post("/sandbox/webhooks", "mode=normal");
}

void triple_deliveries(const struct fault *f)
{
	static const char *const services[] = {"auth", "tickets", "orders", "payments"};

	(void)f;
	for (int i = 0; i < 3; i++) {
		usleep(700000);
		for (size_t s = 0; s < sizeof services / sizeof *services; s++)
			events_again(services[s], NULL, EVENTS_SHUFFLED);
	}
}

void disorder_deliveries(const struct fault *f)
{
	for (int round = 0; round < 2; round++) {
		part_stop(f->part);
		for (int i = 0; i < 8; i++) {
			usleep(250000);
			events_again("orders", NULL, EVENTS_SOME);
		}
		part_start(f->part);
	}
}

void part_away(const struct fault *f)
{
	part_stop(f->part);
}

void part_back_after_holds(const struct fault *f)
{
	load_pause();
	sleep((unsigned)flow_hold_seconds() + 14);
	part_start(f->part);
}

void move_clock(const struct fault *f)
{
	clock_move(atoi(f->words));
}

void put_clock_right(const struct fault *f)
{
	(void)f;
	clock_move(0);
}

static int crowd[CROWD];

void crowd_nginx(const struct fault *f)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
				 .sin_port = htons((uint16_t)atoi(strrchr(flow_url(), ':') + 1))};
	struct rlimit limit;

	(void)f;
	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
	for (int i = 0; i < CROWD; i++) {
		crowd[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		if (crowd[i] >= 0 && connect(crowd[i], (struct sockaddr *)&to, sizeof to) != 0)
			usleep(100);
	}
}

void disperse_crowd(const struct fault *f)
{
	(void)f;
	for (int i = 0; i < CROWD; i++)
		if (crowd[i] >= 0)
			close(crowd[i]);
}

void reload_nginx(const struct fault *f)
{
	for (int i = 0; i < 4; i++) {
		kill(group_of(f->part), SIGHUP);
		usleep(700000);
	}
}

static int handles_of(pid_t pid)
{
	DIR *dir = opendir(arena_printf(flow_arena, "/proc/%d/fd", pid));
	int n = -2; /* . and .. */

	if (dir == NULL)
		return 0;
	while (readdir(dir) != NULL)
		n++;
	closedir(dir);
	return n;
}

static size_t group_read(const char *part, pid_t list[GROUP_MAX])
{
	FILE *f = popen(arena_printf(flow_arena, "pgrep -g %d", group_of(part)), "r");
	size_t n = 0;

	ck_assert_ptr_nonnull(f);
	while (n < GROUP_MAX && fscanf(f, "%d", &list[n]) == 1)
		n++;
	pclose(f);
	return n;
}

void limit_handles(const struct fault *f)
{
	pid_t pids[GROUP_MAX];
	size_t n = group_read(f->part, pids);

	for (size_t i = 0; i < n; i++) {
		struct rlimit limit;

		if (prlimit(pids[i], RLIMIT_NOFILE, NULL, &limit) != 0)
			continue;
		limit.rlim_cur = (rlim_t)handles_of(pids[i]);
		prlimit(pids[i], RLIMIT_NOFILE, &limit, NULL);
	}
	/* what is open stays: cut it, so that something must be opened */
	cut_database(f);
}

void unlimit_handles(const struct fault *f)
{
	pid_t pids[GROUP_MAX];
	size_t n = group_read(f->part, pids);

	for (size_t i = 0; i < n; i++) {
		struct rlimit limit;

		if (prlimit(pids[i], RLIMIT_NOFILE, NULL, &limit) != 0)
			continue;
		limit.rlim_cur = limit.rlim_max < 4096 ? limit.rlim_max : 4096;
		prlimit(pids[i], RLIMIT_NOFILE, &limit, NULL);
	}
}

static int64_t memory_of(pid_t pid)
{
	FILE *f = fopen(arena_printf(flow_arena, "/proc/%d/statm", pid), "r");
	long long size, resident = 0;

	if (f == NULL)
		return 0;
	if (fscanf(f, "%lld %lld", &size, &resident) != 2)
		resident = 0;
	fclose(f);
	return resident * 4096;
}

/* Far more than before is a leak, by whatever went wrong; what is cut and connected again makes a little
 * difference. */
void check_room(void)
{
	static const char *const programs[] = {
	    "auth-web",        "auth-relay",     "auth-jobs",     "tickets-web",
	    "tickets-events",  "tickets-relay",  "tickets-jobs",  "orders-web",
	    "orders-events",   "orders-relay",   "orders-jobs",   "payments-web",
	    "payments-events", "payments-relay", "payments-jobs", "expiration-events"};
	static struct {
		int handles;
		int64_t memory;
	} first[sizeof programs / sizeof *programs];

	for (size_t p = 0; p < sizeof programs / sizeof *programs; p++) {
		pid_t pids[GROUP_MAX];
		size_t n = group_read(programs[p], pids);
		int64_t memory = 0;
		int handles = 0;

		for (size_t i = 0; i < n; i++) {
			handles += handles_of(pids[i]);
			memory += memory_of(pids[i]);
		}
		if (first[p].handles == 0) {
			first[p].handles = handles;
			first[p].memory = memory;
		}
		if (handles > 2 * first[p].handles + 40)
			violated("L6 %s has %d handles, at first it had %d", programs[p], handles,
				 first[p].handles);
		if (memory > 2 * first[p].memory + (32 << 20))
			violated("L6 %s has %lld MiB, at first it had %lld", programs[p],
				 (long long)memory >> 20, (long long)first[p].memory >> 20);
	}
}

void restart_parts(const struct fault *f)
{
	static const char *const parts[] = {"auth-web",       "auth-relay",        "tickets-web",
					    "tickets-events", "tickets-relay",     "orders-web",
					    "orders-events",  "orders-relay",      "orders-jobs",
					    "payments-web",   "payments-events",   "payments-relay",
					    "payments-jobs",  "expiration-events", "nginx",
					    "bank",           "database",          "broker"};

	(void)f;
	for (int i = 0; i < 12; i++) {
		const char *part = parts[schedule_below(&fault_state, sizeof parts / sizeof *parts)];

		part_stop(part);
		usleep(1000 * schedule_below(&fault_state, 400));
		part_start(part);
	}
}

const char *means_missing(const struct fault *f)
{
	if (f->begin != fill_disk)
		return NULL;
	if (geteuid() != 0)
		return "only root can mount a small file system";
	return shell("tests/fault/disk possible 2>/dev/null") ? NULL : "no loop device, or no mkfs.ext4";
}

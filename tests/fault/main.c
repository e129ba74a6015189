/*
 * Injects the faults one after the other into one stack (tests/with-stack) and prints a table of the results.
 * SEED decides all schedules; FAULT is a name or its beginning, or several with commas; SHORT=on: the most
 * important ones.
 */
#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/base/text.h"
#include "tests/fault/assert.h"
#include "tests/fault/fault.h"
#include "tests/fault/injectors.h"
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { QUIET_MS = 30000, AFTER_MS = 1500 };

static struct load *load;
static uint64_t seed;
static int tried, skipped;

static const char *setting(const char *name)
{
	const char *value = getenv(name);

	return value == NULL ? "" : value;
}

/* The schedule depends only on seed and name, so that a single fault repeats exactly as in a full run. */
static uint64_t state_of(const char *name)
{
	uint64_t hash = UINT64_C(14695981039346656037) ^ seed; /* FNV-1a */

	for (; *name != '\0'; name++)
		hash = (hash ^ (unsigned char)*name) * UINT64_C(1099511628211);
	return hash;
}

static void print_head(void)
{
	printf("seed %llu: %zu faults; a hold lasts %d s\n", (unsigned long long)seed, faults_count,
	       flow_hold_seconds());
	printf("%-40s %5s %6s %6s %6s %6s %6s %7s %6s %9s %9s\n", "FAULT", "times", "2xx", "3xx", "4xx",
	       "5xx", "none", "again", "wrong", "ready s", "quiet s");
	fflush(stdout);
}

static void print_row(const struct fault *f, int wrong, int ready_ms, int quiet_ms)
{
	uint32_t by_class[6] = {0};

	for (int i = 0; i < STATUSES; i++)
		by_class[i / 100] += atomic_load(&load->statuses[i]);
	printf("%-40s %5d %6u %6u %6u %6u %6u %7d %6d %9.1f %9.1f\n", f->name, fault_times, by_class[2],
	       by_class[3], by_class[4], by_class[5], by_class[0], event_tap_duplicates(), wrong,
	       ready_ms / 1000.0, quiet_ms / 1000.0);
	fflush(stdout);
}

static void last_until_over(const struct fault *f)
{
	int64_t end = clock_steady() + f->ms * INT64_C(1000);

	if (f->is_over == NULL) {
		usleep(1000 * (useconds_t)f->ms);
		return;
	}
	while (!f->is_over(f)) {
		if (clock_steady() > end) {
			violated("this point was not reached");
			return;
		}
		usleep(50000);
	}
}

static bool is_one_of(const char *name, const char *beginnings)
{
	char *list = arena_strdup(flow_arena, beginnings);
	bool found = false;

	for (char *begins = strtok(list, ","); begins != NULL; begins = strtok(NULL, ","))
		found = found || text_starts(name, begins);
	return found;
}

/* The sweep of orders needs only its database and its clock to end every hold in time. */
static bool excuses_late_holds(const struct fault *f)
{
	return is_one_of(
	    f->name, "orders-jobs,database,proxy.database,clock.forward,clock.back,clock.of-orders,stack");
}

static bool has_promised(enum promise_kind kind)
{
	uint32_t n = atomic_load(&load->promise_count);

	for (uint32_t i = 0; i < n && i < PROMISES_MAX; i++)
		if (load->promises[i].kind == kind)
			return true;
	return false;
}

static void try(const struct fault *f)
{
	int64_t healed;
	int before = violations(), ready, quiet;

	rows_counted();
	moment("begun");
	moment("excused");
	load_start(load, schedule_next(&fault_state), f->poison);
	usleep(1000 * schedule_below(&fault_state, 800));
	f->begin(f);
	last_until_over(f);
	f->end(f);
	healed = clock_steady();
	usleep(1000 * AFTER_MS);
	if (!load_stop(load))
		violated("a user of the load failed");
	if (!load->paused && !has_promised(PROMISED_ORDERED))
		violated("nobody could place an order, so the run proves nothing");
	parts_await();
	ready = (int)((clock_steady() - healed) / 1000);
	moment(excuses_late_holds(f) ? "excused" : "quiet");
	quiet = quiet_await(QUIET_MS);
	check_databases();
	check_event_tap();
	check_ledger();
	check_promises(load);
	check_sessions(load);
	check_queues(load);
	check_pools();
	check_room();
	check_logs(f->begin == limit_memory);
	check_audit();
	print_row(f, violations() - before, ready, quiet);
}

/* After a violation the run ends: further faults would only report it again. */
static bool run(const struct fault *f)
{
	const char *missing = injector_missing(f);

	if (missing != NULL) {
		printf("%-40s left out: %s\n", f->name, missing);
		skipped++;
		return true;
	}
	fault_state = state_of(f->name);
	fault_times = f->is_over == NULL;
	tried++;
	if (setjmp(assert_end) == 0)
		try(f);
	else
		load_stop(load);
	clock_move(0);
	if (violations() == 0)
		return true;
	printf("%s: %d violations. Repeat: make fault SEED=%llu FAULT=%s. Logs: %s/log/*/current\n", f->name,
	       violations(), (unsigned long long)seed, f->name, flow_state());
	return false;
}

static bool is_wanted(const struct fault *f)
{
	if (text_same(setting("SHORT"), "on") && !f->is_short)
		return false;
	if (text_same(setting("THROUGH_PROXY"), "on") != (f->begin == proxy_fault_begin))
		return false;
	return *setting("FAULT") == '\0' || is_one_of(f->name, setting("FAULT"));
}

static uint32_t of_the_schedule(uint32_t below)
{
	return schedule_below(&fault_state, below);
}

static void prepare(void)
{
	flow_arena = arena_new();
	curl_global_init(CURL_GLOBAL_DEFAULT);
	log_program("test-fault");
	log_threshold(LOG_ALARM);
	assert_here();
	seed = strtoull(setting("SEED"), NULL, 10);
	if (seed == 0)
		seed = (uint64_t)time(NULL);
	events_random = of_the_schedule;
	faults_make();
	clock_move(0);
	bank_fault_end(NULL);
	event_tap_begin();
	load = load_new();
	check_room();
}

static bool could_prepare(void)
{
	if (setjmp(assert_end) != 0)
		return false;
	prepare();
	return true;
}

int main(void)
{
	bool well = could_prepare();
	struct arena *whole = flow_arena;

	print_head();
	for (size_t i = 0; i < faults_count && well; i++) {
		if (!is_wanted(&faults[i]))
			continue;
		flow_arena = arena_new();
		well = run(&faults[i]);
		arena_free(flow_arena);
		flow_arena = whole;
	}
	arena_free(whole);
	printf("%d faults tried, %d left out, %d violations\n", tried, skipped, violations());
	return well && tried > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

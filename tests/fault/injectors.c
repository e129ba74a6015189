/* Faults of the parts of the stack, of the bank and of the clock. */
#include "tests/fault/injectors.h"
#include "common/base/text.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool shell(const char *format, ...)
{
	const char *command;
	va_list ap;

	va_start(ap, format);
	command = arena_vprintf(flow_arena, format, ap);
	va_end(ap);
	return system(command) == 0;
}

pid_t group_of(const char *part)
{
	char *text;

	if (text_read_file(flow_arena, arena_printf(flow_arena, "%s/s6/%s/group", flow_state(), part), 30,
			   &text) != OK)
		return 0;
	return (pid_t)atoi(text);
}

/* A part that is being restarted has no group. */
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

void bank_fault_begin(const struct fault *f)
{
	size_t path = strcspn(f->words, " ");

	bank_post(arena_printf(flow_arena, "%.*s", (int)path, f->words), f->words + path + 1);
}

/* A fault of the bank's responses must have affected some; the bank's own webhooks are not counted. */
static void count_answers(const struct fault *f)
{
	fault_times = atoi(strstr(f->words, "count=") + strlen("count=")) - bank_faults_left();
	if (fault_times == 0)
		violated("no program has called the bank");
}

void bank_fault_end(const struct fault *f)
{
	if (f != NULL && text_starts(f->words, "/sandbox/faults"))
		count_answers(f);
	bank_post("/sandbox/faults", "next=none");
	bank_post("/sandbox/delays", "slow_ms=300&late_ms=600");
	bank_post("/sandbox/webhooks", "mode=normal");
}

/* Restarts the part as an operator does, and the next time before the system has recovered. */
void part_restarts(const struct fault *f)
{
	for (fault_times = 0; fault_times < 5; fault_times++) {
		part_stop(f->words);
		part_start(f->words);
		usleep(3000000);
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

/* words: the service, then the seconds */
void move_clock_of(const struct fault *f)
{
	const char *seconds = strchr(f->words, ' ');

	clock_move_of(arena_memdup(flow_arena, f->words, (size_t)(seconds - f->words)), atoi(seconds));
}

void put_clock_right(const struct fault *f)
{
	(void)f;
	clock_move(0);
}

void reload_nginx(const struct fault *f)
{
	for (int i = 0; i < 4; i++) {
		kill(group_of(f->part), SIGHUP);
		usleep(700000);
	}
}

static void shuffle(const char **list, size_t n)
{
	for (size_t i = n; i > 1; i--) {
		size_t j = schedule_below(&fault_state, (uint32_t)i);
		const char *other = list[i - 1];

		list[i - 1] = list[j];
		list[j] = other;
	}
}

static void tell_each(const char *options, const char *const *parts, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		ck_assert(shell("s6-svc %s %s/s6/%s", options, flow_state(), parts[i]));
		usleep(1000 * schedule_below(&fault_state, 60));
	}
}

void restart_all(const struct fault *f)
{
	const char *parts[] = {"auth-web",        "auth-relay",     "auth-jobs",     "tickets-web",
			       "tickets-events",  "tickets-relay",  "tickets-jobs",  "orders-web",
			       "orders-events",   "orders-relay",   "orders-jobs",   "payments-web",
			       "payments-events", "payments-relay", "payments-jobs", "expiration-events",
			       "nginx",           "bank",           "database",      "broker"};
	size_t n = sizeof parts / sizeof *parts;

	(void)f;
	for (fault_times = 0; fault_times < 50; fault_times++) {
		shuffle(parts, n);
		tell_each("-d", parts, n);
		usleep(1000 * schedule_below(&fault_state, 3000));
		shuffle(parts, n);
		tell_each("-u", parts, n);
		parts_await();
	}
}

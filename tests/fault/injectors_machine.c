/* Exhausts resources of the machine: disk space, handles, memory. */
#include "common/base/text.h"
#include "tests/fault/injectors.h"
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

enum { GROUP_MAX = 64 };

static const char *data_of(const char *part)
{
	return arena_printf(flow_arena, "%s/%s", flow_state(),
			    text_same(part, "database") ? "db" : "broker/mnesia");
}

/* Lines in the log of the part that show that it met the fault. */
static int64_t met_before;

static void ck_met(const char *part, const char *words)
{
	if (logged(part, words) == met_before)
		violated("nothing in the log of %s shows that it met the fault", part);
}

static const char no_room[] = "[Nn]o space left|[Dd]isk is full|enospc|error 28|[Ee]rr(no|code): 28";

void fill_disk(const struct fault *f)
{
	met_before = logged(f->words, no_room);
	part_stop(f->words);
	ck_assert(shell("tests/fault/disk mount %s", data_of(f->words)));
	part_start(f->words);
	if (text_same(f->words, "broker"))
		ck_assert(shell("%s/etc/rabbitmqctl -q set_disk_free_limit 0", flow_state()));
	ck_assert(shell("tests/fault/disk fill %s", data_of(f->words)));
}

static void small_disk_away(const struct fault *f)
{
	ck_assert(shell("tests/fault/disk clear %s", data_of(f->words)));
	usleep(2000000);
	group_signal(f->words, SIGKILL);
	part_stop(f->words);
	ck_assert(shell("tests/fault/disk unmount %s", data_of(f->words)));
	ck_met(f->words, no_room);
}

void clear_disk(const struct fault *f)
{
	small_disk_away(f);
	part_start(f->words);
}

/* The broker may fail to start with the queues that a full disk has damaged. */
void clear_disk_of_broker(const struct fault *f)
{
	small_disk_away(f);
	rebuild_broker(f);
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

/* For every process of the part; RLIM_INFINITY: as much as it may have. */
static void limit(const char *part, __rlimit_resource_t what, rlim_t most)
{
	pid_t pids[GROUP_MAX];
	size_t n = group_read(part, pids);

	for (size_t i = 0; i < n; i++) {
		struct rlimit now;

		if (prlimit(pids[i], what, NULL, &now) != 0)
			continue;
		now.rlim_cur = most < now.rlim_max ? most : now.rlim_max;
		prlimit(pids[i], what, &now, NULL);
	}
}

static const char no_handles[] = "Too many open files|\\(24\\)|error 24";

void limit_handles(const struct fault *f)
{
	met_before = logged(f->part, no_handles);
	limit(f->part, RLIMIT_NOFILE, 3);
	/* open files stay open: cut the connections, so that the programs must open new ones */
	cut_database(f);
	cut_broker(f);
}

void unlimit_handles(const struct fault *f)
{
	limit(f->part, RLIMIT_NOFILE, 4096);
	ck_met(f->part, no_handles);
}

static const char no_memory[] = "memory|bug at ";

/* The successor of a killed worker needs memory at once. */
static void kill_worker(const char *part)
{
	pid_t pids[GROUP_MAX];
	size_t n = group_read(part, pids);

	for (size_t i = 0; i < n; i++)
		if (pids[i] != group_of(part)) {
			kill(pids[i], SIGKILL);
			return;
		}
}

/* The kernel gives the processes no more pages; they can reuse what they have freed. */
void limit_memory(const struct fault *f)
{
	met_before = logged(f->part, no_memory);
	limit(f->part, RLIMIT_AS, 4096);
	kill_worker(f->part);
	cut_database(f);
}

void unlimit_memory(const struct fault *f)
{
	limit(f->part, RLIMIT_AS, RLIM_INFINITY);
	ck_met(f->part, no_memory);
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

/* Far more than at first is a leak. Reconnecting makes a small difference. */
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

const char *injector_missing(const struct fault *f)
{
	if (f->begin != fill_disk)
		return NULL;
	if (geteuid() != 0)
		return "only root can mount a small file system";
	return shell("tests/fault/disk possible 2>/dev/null") ? NULL : "this machine has no loop device";
}

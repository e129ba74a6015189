/* The faults, and how each is injected. */
#include "common/base/failpoint.h"
#include "common/base/text.h"
#include "tests/fault/fault.h"
#include "tests/fault/injectors.h"
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { FAULTS_MAX = 500, REACHED_MS = 120000, STOPPED_MS = 3000 };

struct fault faults[FAULTS_MAX];
size_t faults_count;
uint64_t fault_state;
int fault_times;

static struct failpoints *points(void)
{
	static struct failpoints *map;
	int fd;

	if (map != NULL)
		return map;
	fd = open(getenv("FLOW_FAILPOINTS"), O_RDWR);
	ck_assert_msg(fd >= 0, "the programs have no failpoints");
	map = mmap(NULL, sizeof *map, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	ck_assert(map != MAP_FAILED);
	close(fd);
	return map;
}

/* Kills and errors are at the first hit, at the second after that, and at the seventh after that. */
static const int hits[] = {1, 2, 7};
static size_t round_of_hits;

static void arm(const struct fault *f)
{
	struct failpoint_slot *slot = &points()->slots[f->point];

	slot->action = FAILPOINT_OFF;
	snprintf(slot->program, sizeof slot->program, "%s", f->part);
	slot->at = hits[round_of_hits];
	slot->hits = 0;
	slot->action = (int32_t)f->action;
}

static void point_arm(const struct fault *f)
{
	if (f->words != NULL)
		part_stop(f->words);
	round_of_hits = 0;
	arm(f);
}

static bool point_was_hit(const struct fault *f)
{
	if (points()->slots[f->point].hits < hits[round_of_hits])
		return false;
	round_of_hits++;
	fault_times++;
	if (f->action == FAILPOINT_STOP || round_of_hits == sizeof hits / sizeof *hits)
		return true;
	arm(f);
	return false;
}

static void point_disarm(const struct fault *f)
{
	points()->slots[f->point].action = FAILPOINT_OFF;
	if (f->action == FAILPOINT_STOP) {
		usleep(1000 * (useconds_t)(STOPPED_MS / 2 + schedule_below(&fault_state, STOPPED_MS)));
		group_signal(f->part, SIGCONT);
	}
	if (f->words != NULL)
		part_start(f->words);
}

static void add(const struct fault *f)
{
	ck_assert_uint_lt(faults_count, FAULTS_MAX);
	faults[faults_count++] = *f;
}

#define NAME(...) arena_printf(flow_arena, __VA_ARGS__)

enum { NOTHING = 0, STOPS = 1, FAILS = 2, LONG = 0, SHORT = 1 };

static void add_point(struct fault f, enum failpoint_action action, const char *word, bool is_short,
		      const char *point)
{
	f.action = action;
	f.is_short = is_short;
	f.name = NAME("%s.%s.%s", f.part, point, word);
	add(&f);
}

static void add_points(const char *program, enum failpoint point, const char *point_name, unsigned also,
		       bool is_short, const char *without)
{
	const struct fault f = {
	    .begin = point_arm,
	    .is_over = point_was_hit,
	    .end = point_disarm,
	    .ms = REACHED_MS,
	    .part = NAME("%.*s-%s", (int)strcspn(program, "_"), program, strchr(program, '_') + 1),
	    .words = without,
	    .poison = point == FAILPOINT_dead_lettered || point == FAILPOINT_moved,
	    .point = point};

	add_point(f, FAILPOINT_KILL, "kill", is_short, point_name);
	if (also & STOPS)
		add_point(f, FAILPOINT_STOP, "stop", false, point_name);
	if (also & FAILS)
		add_point(f, FAILPOINT_ERROR, "error", false, point_name);
}

static void add_parts(void)
{
	static const struct {
		const char *name;
		int stopped_ms;
		bool is_short;
	} parts[] = {{"auth-web", 3000, false},        {"auth-relay", 3000, false},
		     {"auth-jobs", 3000, false},       {"tickets-web", 3000, false},
		     {"tickets-events", 3000, false},  {"tickets-relay", 3000, false},
		     {"tickets-jobs", 3000, false},    {"orders-web", 3000, false},
		     {"orders-events", 3000, false},   {"orders-relay", 3000, false},
		     {"orders-jobs", 3000, false},     {"payments-web", 3000, false},
		     {"payments-events", 3000, false}, {"payments-relay", 3000, false},
		     {"payments-jobs", 3000, false},   {"expiration-events", 18000, false},
		     {"database", 20000, true},        {"broker", 12000, true},
		     {"nginx", 3000, false},           {"bank", 4000, false}};

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		const char *name = parts[i].name;

		add(&(struct fault){.name = NAME("%s.kill", name),
				    .part = name,
				    .begin = part_killed,
				    .end = part_killed_again,
				    .ms = 2500,
				    .is_short = parts[i].is_short});
		add(&(struct fault){.name = NAME("%s.stop", name),
				    .part = name,
				    .begin = part_stopped,
				    .end = part_goes_on,
				    .ms = parts[i].stopped_ms});
	}
}

#define FAULT(name_, ms_, begin_, end_, words_, short_)                                                      \
	add(&(struct fault){.name = name_,                                                                   \
			    .ms = ms_,                                                                       \
			    .begin = begin_,                                                                 \
			    .end = end_,                                                                     \
			    .part = words_,                                                                  \
			    .words = words_,                                                                 \
			    .is_short = short_});

static void every_point_is_tried(void)
{
	static const char *const names[] = {
#define POINT(name, where) #name,
#include "common/base/failpoint.def"
#undef POINT
	};
	bool tried[FAILPOINT__COUNT] = {false};

	for (size_t i = 0; i < faults_count; i++)
		tried[faults[i].point] = true;
	for (size_t p = 0; p < FAILPOINT__COUNT; p++)
		ck_assert_msg(tried[p], "no fault is at %s", names[p]);
}

void faults_make(void)
{
#define AT(program, point, also, length, without)                                                            \
	add_points(#program, FAILPOINT_##point, #point, also, length, without);
#include "tests/fault/points.def"
#undef AT
	every_point_is_tried();
	add_parts();
#include "tests/fault/faults.def"
}

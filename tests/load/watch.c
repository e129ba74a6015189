#include "tests/load/watch.h"
#include "tests/flow/flow.h"
#include <stdio.h>
#include <string.h>

void usage_read(struct usage *u)
{
	FILE *f = popen(arena_printf(flow_arena, "STATE=%s tests/load/measure", flow_state()), "r");
	struct part *p = u->parts;

	ck_assert_ptr_nonnull(f);
	u->count = 0;
	while (u->count < PARTS_MAX && fscanf(f, "%31s %ld %ld %ld %ld", p->name, &p->kib, &p->handles,
					      &p->threads, &p->processes) == 5) {
		u->count++;
		p++;
	}
	ck_assert_int_eq(pclose(f), 0);
	ck_assert_int_gt(u->count, 10);
}

/*
 * How much a part may grow. Our programs: a tenth plus 1 MiB for each process, for memory that the heap
 * keeps. The usage of the database's caches and of the broker's garbage collector varies. Pools and nginx
 * keep up to 32 connections open for each pool. The bank, which is not part of the site, keeps every payment
 * of the test in memory.
 */
static const struct bound {
	const char *name; /* the end of the name */
	long percent, kib, handles, threads;
} bounds[] = {
    {"database", 30, 40 * 1024, 60, 12}, {"broker", 50, 60 * 1024, 40, 20},   {"nginx", 20, 4 * 1024, 180, 0},
    {"-web", 10, 1024, 40, 0},           {"bank", 0, 4 * 1024 * 1024, 40, 8}, {"", 10, 1024, 4, 0},
};

static const struct bound *bound_of(const char *name)
{
	const struct bound *b = bounds;

	while (strlen(b->name) > strlen(name) || strcmp(name + strlen(name) - strlen(b->name), b->name) != 0)
		b++;
	return b;
}

static const struct part *part_of(const struct usage *u, const char *name)
{
	for (int i = 0; i < u->count; i++)
		if (strcmp(u->parts[i].name, name) == 0)
			return &u->parts[i];
	return NULL;
}

static bool has_grown(const struct part *x, const struct part *y)
{
	const struct bound *b = bound_of(x->name);
	long kib = x->kib + x->kib * b->percent / 100 + b->kib * x->processes;

	return y->kib > kib || y->handles > x->handles + b->handles || y->threads > x->threads + b->threads;
}

void usage_compare(const char *after_what, const struct usage *before, const struct usage *after)
{
	int grown = 0;

	printf("%-20s %21s %17s %17s   after %s\n", "part", "MiB", "handles", "threads", after_what);
	for (int i = 0; i < before->count; i++) {
		const struct part *x = &before->parts[i], *y = part_of(after, x->name);
		bool is_worse;

		if (strcmp(x->name, "supervisor") == 0)
			continue;
		ck_assert_msg(y != NULL, "%s is gone", x->name);
		is_worse = has_grown(x, y);
		grown += is_worse;
		printf("%-20s %9.1f → %9.1f %7ld → %7ld %7ld → %7ld%s\n", x->name, (double)x->kib / 1024,
		       (double)y->kib / 1024, x->handles, y->handles, x->threads, y->threads,
		       is_worse ? "   GROWN" : "");
	}
	ck_assert_msg(grown == 0, "%d parts have grown after %s", grown, after_what);
}

long outboxes(void)
{
	long n = 0;

	for (size_t i = 0; services_with_database[i] != NULL; i++)
		n += (long)sql_number(services_with_database[i],
				      "SELECT COUNT(*) FROM outbox WHERE sent_at IS NULL");
	return n;
}

long queues(void)
{
	long n = 0;

	for (size_t i = 0; services_with_events[i] != NULL; i++) {
		int64_t waiting = queue_length(
		    services_with_events[i], arena_printf(flow_arena, "%s.events", services_with_events[i]));

		ck_assert_int_ge(waiting, 0);
		n += (long)waiting;
	}
	return n;
}

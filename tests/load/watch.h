#ifndef STAGEDOOR_TESTS_LOAD_WATCH_H
#define STAGEDOOR_TESTS_LOAD_WATCH_H

/* What the parts of the stack take, and what waits in queues. */
enum { PARTS_MAX = 40 };

struct usage {
	int count;
	struct part {
		char name[32];
		long kib, handles, threads, processes;
	} parts[PARTS_MAX];
};

void usage_read(struct usage *ret_usage);

/* Prints both and fails the test where a part has grown by more than it may. */
void usage_compare(const char *after_what, const struct usage *before, const struct usage *after);

/* Events that are written and not sent, of all services; messages that services have not fetched. */
long outboxes(void);
long queues(void);

#endif

#ifndef STAGEDOOR_TESTS_LOAD_WATCH_H
#define STAGEDOOR_TESTS_LOAD_WATCH_H

/* The resource usage of the parts of the stack, and the lengths of queues. */
enum { PARTS_MAX = 40 };

struct usage {
	int count;
	struct part {
		char name[32];
		long kib, handles, threads, processes;
	} parts[PARTS_MAX];
};

void usage_read(struct usage *ret_usage);

/* Prints both and fails the test when a part has grown too much. */
void usage_compare(const char *after_what, const struct usage *before, const struct usage *after);

/* Events in the outboxes that are not sent yet, of all services; messages in queues that services have not
 * fetched. */
long outboxes(void);
long queues(void);

#endif

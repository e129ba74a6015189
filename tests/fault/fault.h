#ifndef STAGEDOOR_TESTS_FAULT_FAULT_H
#define STAGEDOOR_TESTS_FAULT_FAULT_H

#include "common/base/failpoint.h"
#include "tests/fault/load.h"
#include "tests/flow/flow.h"
#include <sys/types.h>

/*
 * One fault while users are at the site. Afterwards the fault is removed, the stack must become quiet, and
 * the checks look at it from outside: the databases, the queues, the events that came over the broker, the
 * bank's ledger, and the promises to users.
 */
struct fault {
	const char *name; /* "orders-web.commit.kill", "database.kill": what FAULT=… takes, as a whole or its
			     beginning */
	bool is_short;    /* one of make fault-short */
	bool poison;      /* the load publishes malformed events */
	/* inject and remove the fault; is_over, where there is one, is polled every 50 ms */
	void (*begin)(const struct fault *f);
	bool (*is_over)(const struct fault *f);
	void (*end)(const struct fault *f);
	int ms; /* duration; with is_over: the most, after which the fault counts as not reached */
	const char *part, *words; /* of the stack; further parameters of begin */
	enum failpoint point;
	enum failpoint_action action;
};

/* All of them, in the order of a run. */
extern struct fault faults[];
extern size_t faults_count;
void faults_make(void);

/* The schedule of this fault, from the seed. */
extern uint64_t fault_state;

/* How often this fault has been injected so far. */
extern int fault_times;

/* Parts of the stack: their processes are in one group. */
pid_t group_of(const char *part);
void group_signal(const char *part, int signal);
void parts_await(void); /* until every part is ready again */
bool shell(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Violations. */
void violated(const char *format, ...) __attribute__((format(printf, 1, 2)));
int violations(void);

/* Checks. quiet_await waits until nothing is pending; a violation after ms. Returns the ms that it took. */
void moment(const char *name);
void rows_counted(void); /* before the load */
int quiet_await(int ms);
void check_databases(void);
void check_ledger(void);
int bank_faults_left(void); /* faults that the bank has not applied yet */
void check_promises(struct load *l);
void check_sessions(struct load *l);
void check_pools(void);
void check_room(void);                                    /* no program has grown since the first call */
int64_t logged(const char *part, const char *expression); /* lines in the logs of a part, "*": of all */
void check_logs(bool without_memory);
void check_audit(void); /* stagedoor audit says the same */

/* The event tap: everything that comes over the broker, collected in the queue of an integrator. */
void event_tap_begin(void);
void event_tap_bind(void); /* again for a new broker */
int event_tap_duplicates(void);
void check_event_tap(void);

/* Dead letters are those that the load has made. */
void check_queues(const struct load *l);

#endif

#ifndef STAGEDOOR_TESTS_FAULT_FAULT_H
#define STAGEDOOR_TESTS_FAULT_FAULT_H

#include "common/base/failpoint.h"
#include "tests/fault/load.h"
#include "tests/flow/flow.h"
#include <sys/types.h>

/*
 * One fault while people use the site; then everything is put right, must become quiet, and is looked at from
 * outside: the databases, the queues, what came over the broker, the bank's book, and what people were told.
 */
struct fault {
	const char *name; /* "orders-web.commit.kill", "database.kill": what FAULT=… takes, as a whole or its
			     beginning */
	bool is_short;    /* one of make fault-short */
	bool poison;      /* the load has events that nobody can read */
	/* puts it in and out; `while_it_lasts` instead of seconds: looks every 50 ms whether it is over */
	void (*begin)(const struct fault *f);
	bool (*is_over)(const struct fault *f);
	void (*end)(const struct fault *f);
	int ms;                   /* how long it lasts; with is_over: at most, and then it never came */
	const char *part, *words; /* of the stack; for what else begin wants to know */
	enum failpoint point;
	enum failpoint_action action;
};

/* All of them, in the order of a run. */
extern struct fault faults[];
extern size_t faults_count;
void faults_make(void);

/* The schedule of this fault, from the seed. */
extern uint64_t fault_state;

/* How often this fault has been brought about so far. */
extern int fault_times;

/* Parts of the stack: their processes are in one group. */
pid_t group_of(const char *part);
void group_signal(const char *part, int signal);
void parts_await(void); /* until every part is ready again */
bool shell(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Violations. */
void violated(const char *format, ...) __attribute__((format(printf, 1, 2)));
int violations(void);

/* Looks. quiet_await: until what is to come true has (ms), else it is violated. */
void moment(const char *name);
void rows_counted(void); /* before the load */
int quiet_await(int ms);
void check_databases(void);
void check_book(void);
int bank_faults_left(void); /* answers that the bank still owes a fault */
void check_promises(struct load *l);
void check_sessions(struct load *l);
void check_pools(void);
void check_room(void);                                    /* no program has grown since the first time */
int64_t logged(const char *part, const char *expression); /* lines in the logs of a part, "*": of all */
void check_logs(bool without_memory);
void check_audit(void); /* stagedoor audit says the same */

/* What comes over the broker, collected in a queue of the integrator. */
void witness_begin(void);
void witness_attend(void); /* a new broker */
int witness_duplicates(void);
void check_witness(void);

/* Dead letters are those that the load has made. */
void check_queues(const struct load *l);

#endif

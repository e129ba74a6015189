#ifndef STAGEDOOR_SANDBOX_FAULT_H
#define STAGEDOOR_SANDBOX_FAULT_H

#include "sandbox/answer.h"

/*
 * Faults and delays that a test has set (POST /sandbox/faults, /sandbox/delays; control.h). All need the
 * book's lock.
 */

enum fault_kind {
	FAULT_NONE,
	FAULT_TIMEOUT_BEFORE, /* nothing is done, and no answer is sent */
	FAULT_TIMEOUT_AFTER,  /* done, but no answer is sent */
	FAULT_500,            /* nothing is done */
	FAULT_500_STORED,     /* nothing is done, and the answer is stored under the Idempotency-Key */
	FAULT_429,
	FAULT_409,
	FAULT_REFUSED,  /* nothing is done, and it never will be: 400 */
	FAULT_REDIRECT, /* nothing is done, and the answer leads to /sandbox/elsewhere */
	FAULT_HUGE,     /* done, and the answer has some MiB more */
	FAULT_SLOW,     /* done, answered late */
};

struct fault {
	enum fault_kind kind;
	long long delay_ms; /* before the answer or the close */
};

/* Takes the fault that was set for this call; its kind is FAULT_NONE when no fault was set. */
struct fault fault_take(const char *method, const char *path);

/* Whether the fault replaces the call entirely; then `ret_answer` is its answer. */
bool fault_refuses(const struct fault *fault, struct answer *ret_answer);

/* Enlarges the answer if the fault requires it. */
void fault_swell(const struct fault *fault, struct answer *a);

/* 500 api_error, stored under the Idempotency-Key as Stripe does. */
struct answer fault_500(void);

/* "timeout_before": FAULT_TIMEOUT_BEFORE, …; FAULT_NONE for any other word. */
enum fault_kind fault_kind_named(const char *name);

/* The delay "slow_ms" or "late_ms" in milliseconds: the value that a test has set, or the default. */
long long delay_ms(const char *name);

/* The default of a delay, which bank.c sets from the environment. */
long long delay_default(const char *name);
void delay_default_set(const char *name, long long ms);

#endif

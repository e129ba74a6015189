/*
 * What tests order from the bank: its book, faults, delays, the way of its webhooks. All need the book's
 * lock.
 */
#ifndef BANK_SANDBOX_H
#define BANK_SANDBOX_H

#include "api.h"

/* The calls under /sandbox. */
struct answer sandbox_book(const struct call *call);
struct answer sandbox_faults(const struct call *call);
struct answer sandbox_delays(const struct call *call);
struct answer sandbox_webhooks(const struct call *call);
struct answer sandbox_release(const struct call *call);
struct answer sandbox_reset(const struct call *call);
struct answer sandbox_elsewhere(const struct call *call);

enum fault_kind {
	FAULT_NONE,
	FAULT_TIMEOUT_BEFORE, /* nothing is done, nothing answered */
	FAULT_TIMEOUT_AFTER,  /* done, but not answered */
	FAULT_500,            /* nothing is done */
	FAULT_500_STORED, /* nothing is done, and the Idempotency-Key is spent on this answer, as at Stripe */
	FAULT_429,
	FAULT_409,
	FAULT_REDIRECT, /* nothing is done, and the answer leads to /sandbox/elsewhere */
	FAULT_HUGE,     /* done, and the answer has some MiB more */
	FAULT_SLOW,     /* done, answered late */
};

struct fault {
	enum fault_kind kind;
	long long delay_ms; /* before the answer or the hanging up */
};

/* The fault that was ordered for this call, used up by it; kind FAULT_NONE when there is none. */
struct fault fault_take(const char *method, const char *path);

/* Whether the fault stands in for the call altogether; then `ret_answer` is what it answers. */
bool fault_refuses(const struct fault *fault, struct answer *ret_answer);

/* Makes the answer as large as the fault wants it. */
void fault_swell(const struct fault *fault, struct answer *a);

struct answer fault_500(void);

/* "slow_ms" or "late_ms": as ordered, else as set at the start. */
long long delay_ms(const char *name);
void delay_default(const char *name, long long ms);

#endif

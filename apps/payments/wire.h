#ifndef STAGEDOOR_PAYMENTS_WIRE_H
#define STAGEDOOR_PAYMENTS_WIRE_H

#include "common/base/buf.h"
#include "common/schema/json.h"

/*
 * HTTPS to the bank: Stripe's API, forms in, JSON out (docs.stripe.com/api). A process has a few lanes, and a
 * call needs one, so that a bank that is slow holds up no more threads than there are lanes. Safe for use by
 * several threads, a lane by one.
 */
struct wire;

struct wire_settings {
	const char *api_base;   /* "https://api.stripe.com"; http is for the sandbox, on this machine alone */
	const char *secret_key; /* sent in one header, never logged */
	unsigned lanes;
};

/* The strings live as long as the program. ERR_INVALID for an address that no key may be sent to. */
err wire_open(const struct wire_settings *settings, struct wire **ret_wire) NODISCARD;
void wire_close(struct wire *wire); /* no lane is taken any more */

/*
 * A lane until the arena ends, with so much time for all its calls together (microseconds). ERR_UNAVAILABLE at once
 * when all are taken. What the calls answer lives in the arena too.
 */
struct lane;
err lane_take(struct wire *wire, struct arena *a, int64_t time, struct lane **ret_lane) NODISCARD;
struct arena *lane_arena(const struct lane *lane);

/* Adds name=value to a form, encoded. */
void wire_field(struct buf *form, const char *name, const char *value);

struct wire_call {
	const char *method, *path; /* "POST", "/v1/payment_intents" */
	const char *key;           /* Idempotency-Key; NULL for what does the same however often it is done */
	const struct buf *form;    /* NULL: none */
};

struct wire_answer {
	int status;                /* 0: none came in time, so it may be done or not */
	const struct json_t *json; /* NULL: the body is none */
};

/*
 * One call, repeated with the same key after what is safe to repeat (no connection, no answer, 409, 429, 5xx)
 * as far as the lane's time and a few attempts go. At most 3 s to connect, 20 s an attempt, 256 KiB of
 * answer; certificates verified, no redirects, no proxy.
 */
struct wire_answer wire_send(struct lane *lane, const struct wire_call *call);

#endif

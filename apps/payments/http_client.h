#ifndef STAGEDOOR_PAYMENTS_HTTP_CLIENT_H
#define STAGEDOOR_PAYMENTS_HTTP_CLIENT_H

#include "common/base/buf.h"
#include "common/schema/json.h"

/*
 * HTTPS to the payment provider: Stripe's API, forms in, JSON out (docs.stripe.com/api). A process has a few
 * slots, and a call needs one, so that a slow provider blocks no more threads than there are slots. A client
 * may be used by several threads, a slot by one.
 */
struct http_client;

struct http_client_settings {
	const char *api_base;   /* "https://api.stripe.com"; http is for the sandbox, on this machine alone */
	const char *secret_key; /* sent in one header, never logged */
	unsigned slots;
};

/* The strings live as long as the program. ERR_INVALID for an address that no key may be sent to. */
err http_client_open(const struct http_client_settings *settings, struct http_client **ret_client) NODISCARD;
void http_client_close(struct http_client *client); /* a bug while a slot is taken */

/*
 * A slot until the arena ends, with so much time (microseconds) for all its calls together. ERR_UNAVAILABLE
 * at once when all are taken. The answers of the calls live in the arena too.
 */
struct http_slot;
err http_slot_take(struct http_client *client, struct arena *a, int64_t time,
		   struct http_slot **ret_slot) NODISCARD;

/* Has somebody just asked for a slot in vain? Then whoever holds one only to wait lets it go. */
bool http_slot_is_wanted(const struct http_slot *slot);

/* Leaves the slot's further calls at most this time (microseconds), where they have more. */
void http_slot_limit(struct http_slot *slot, int64_t time);

/* The arena of http_slot_take. */
struct arena *http_slot_arena(const struct http_slot *slot);

/* Adds name=value, percent-encoded, to a form. */
void http_form_field(struct buf *form, const char *name, const char *value);

struct http_call {
	const char *method, *path; /* "POST", "/v1/payment_intents" */
	const char *key;           /* Idempotency-Key; NULL for a call that is safe to repeat without one */
	const struct buf *form;    /* NULL: none */
};

struct http_answer {
	int status;                /* 0: no answer came in time, so the call may be done or not */
	const struct json_t *json; /* NULL: the body is no JSON */
};

/*
 * Sends one call, and repeats it with the same key when that is safe (no connection, no answer, 409, 429,
 * 5xx), within the slot's time and at most 4 times. At most 3 s to connect, 20 s an attempt, 256 KiB of
 * answer; certificates verified, no redirects, no proxy.
 */
struct http_answer http_send(struct http_slot *slot, const struct http_call *call);

#endif

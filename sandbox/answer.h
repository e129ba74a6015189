#ifndef STAGEDOOR_SANDBOX_ANSWER_H
#define STAGEDOOR_SANDBOX_ANSWER_H

#include "sandbox/book.h"

/*
 * The answer to a call, Stripe's error objects, and the checks of request fields that return them.
 */

/* The arguments of a function that carries out a call. */
struct call {
	const char *id; /* the {id} of the path, "" when it has none */
	json_t *form;   /* borrowed */
};

struct answer {
	unsigned status;
	json_t *body;           /* owned */
	bool lasting;           /* stored under the Idempotency-Key: the call was carried out, not refused */
	bool hang_up;           /* close the connection instead of answering */
	bool replayed;          /* the stored answer of an earlier call */
	const char *allow;      /* the Allow header of a 405 */
	const char *location;   /* the Location header of a 303 */
	long long not_before;   /* do not answer earlier: milliseconds since 1970, 0 for at once */
	char settling[ID_SIZE]; /* an intent that is being decided: its outcome is the answer */
};

/* 200 with the members of `doc` (borrowed) that clients may see. Lasting. */
struct answer answer_object(const json_t *doc);

/* An error object; `code` and `param` may be NULL. Not lasting. */
struct answer answer_error(unsigned status, const char *type, const char *code, const char *param,
			   const char *format, ...) __attribute__((format(printf, 5, 6)));

/* 400 invalid_request_error because of an object's state; `name` (such as "payment_intent") shows `doc` when
 * it is not NULL. Lasting. */
struct answer answer_state(const char *code, const char *name, const json_t *doc, const char *message);

/* 404 resource_missing, as for an unknown id of `what`. */
struct answer answer_missing(const char *what, const char *param, const char *id);

/* A copy without the bank's internal members; owned by the caller. */
json_t *public_view(const json_t *doc);

/* Each check stores the value, or the refusal in `ret_no`, and returns whether it succeeded. */

/* A whole number from min to max; Stripe's limit for amounts is 99999999. Required. */
bool want_integer(const json_t *form, const char *name, long long min, long long max, long long *ret_value,
		  struct answer *ret_no);

/* Three lower-case letters. Required. */
bool want_currency(const json_t *form, const char *name, const char **ret_value, struct answer *ret_no);

/* "true" or "false"; false when absent. */
bool want_bool(const json_t *form, const char *name, bool *ret_value, struct answer *ret_no);

/* Present and at most `max` bytes. */
bool want_text(const json_t *form, const char *name, size_t max, const char **ret_value,
	       struct answer *ret_no);

/* An http or https address without blanks or control characters. */
bool want_url(const json_t *form, const char *name, const char **ret_value, struct answer *ret_no);

/* Stripe's limits: 50 keys of 40 characters, values of 500. The result is owned by the caller. */
bool want_metadata(const json_t *form, const char *name, json_t **ret_map, struct answer *ret_no);

/* payment_method_types: absent, or only "card". */
bool want_card_only(const json_t *form, struct answer *ret_no);

#endif

#ifndef STAGEDOOR_ORDERS_WEB_H
#define STAGEDOOR_ORDERS_WEB_H

#include "apps/orders/place.h"

/* What the handlers of pages and of the API share. Rows and strings live in the request's arena. */

/* The caller's own order as it is to be shown now; *ret_now is the database's clock. ERR_NOT_FOUND:
 * unknown, or another user's. */
err order_of_caller(struct web *w, order_id id, struct order_row *ret_order, when *ret_now) NODISCARD;

/* *ret_charge: the charge of that order as replicated; NULL: none. */
err charge_of(struct web *w, order_id id, const struct known_charge **ret_charge) NODISCARD;

/* The order as the API shows it. */
struct json_t *order_json(struct web *w, const struct order_row *o);

/* The caller's request to place that order, with the limits of the settings. */
struct order_request order_request_of(const struct web *w, const struct order_form *form);

/*
 * For a MANUAL route: places the order in one transaction, idempotent by key, and sets the reply of an
 * order that was placed (201 for the API, 303 for a page). A listing that is unknown here is waited for,
 * without a transaction. ret_refusal->reason is NOT_REFUSED, or tells why the order was refused; the caller
 * then makes the answer to the error. ERR_NOT_FOUND: no such ticket. ERR_UNAVAILABLE: the listing may be
 * not replicated yet.
 */
err order_request_place(struct web *w, const struct order_request *request,
			struct refusal *ret_refusal) NODISCARD;

/* Adds Retry-After to the reply when the refusal is a cool-down. */
void reply_retry_after(struct web *w, const struct refusal *r);

#endif

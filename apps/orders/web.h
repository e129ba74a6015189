#ifndef STAGEDOOR_ORDERS_WEB_H
#define STAGEDOOR_ORDERS_WEB_H

#include "apps/orders/orders.h"

/* What pages and API share in reading requests. */

/* The caller's own order as it is to be shown now; *ret_now is the database's clock. ERR_NOT_FOUND: unknown
 * or somebody else's. */
err my_order(struct web *w, order_id id, struct order_row *ret_order, when *ret_now) NODISCARD;

/* A part of the caller's orders, newest first, as they are to be shown now. */
struct order_page_rows {
	struct order_row *orders;
	size_t count;
	when now;
	bool is_later;    /* not the newest */
	const char *next; /* cursor of the next part; NULL at the end */
};
enum { API_PART = 50, PAGE_PART = 20 };

/* So many of them after the cursor (none: the newest). ERR_INVALID with a problem of the cursor. */
err my_orders(struct web *w, cursor_text cursor, size_t rows, struct order_page_rows *ret_part) NODISCARD;

/* The same for the page: those that are live, however old, are all in the first part, and it is the ended
 * ones of which there are so many. */
err my_orders_page(struct web *w, cursor_text cursor, size_t rows,
		   struct order_page_rows *ret_part) NODISCARD;

/* "/orders?cursor=…&limit=…", without a limit of none */
const char *next_url(struct web *w, const char *path, page_size limit, const char *cursor);

/* *ret_charge: what has been heard of the payment of an order; NULL: nothing. */
err charge_for(struct web *w, order_id id, const struct known_charge **ret_charge) NODISCARD;

/* The order as the API shows it. */
struct json_t *order_json(struct web *w, const struct order_row *o);

/* Runs the placement of that form in one transaction, idempotent by key, and sets the reply of an order
 * placed. When it is refused p->refusal says so; the reply is then the caller's business. */
struct placement;
err place(struct web *w, const struct order_form *form, struct placement *ret_placement) NODISCARD;

/* Retry-After, when it was refused for a pause: whole seconds, never too few. */
void retry_after_pause(struct web *w, const struct placement *p);

#endif

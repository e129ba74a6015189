#ifndef STAGEDOOR_ORDERS_ORDER_LIST_H
#define STAGEDOOR_ORDERS_ORDER_LIST_H

#include "apps/orders/orders.h"

/* Lists of the caller's orders, newest first, one page at a time. */

enum { API_PAGE_SIZE = 50, PAGE_SIZE = 20 };

/* One page, as it is to be shown at `now`. Rows and strings live in the arena. */
struct order_list {
	struct order_row *orders;
	size_t count;
	when now;         /* the database's clock */
	bool is_later;    /* not the first page */
	const char *next; /* cursor of the next page; NULL at the end */
};

/* At most `size` orders after the cursor (null: from the newest on). ERR_INVALID with a problem of the
 * field "cursor". */
err order_list_read(struct web *w, cursor_text cursor, size_t size, struct order_list *ret_list) NODISCARD;

/* The same for the page of orders: the first page has all live orders, however old; `size` counts the
 * ended ones. */
err order_list_read_grouped(struct web *w, cursor_text cursor, size_t size,
			    struct order_list *ret_list) NODISCARD;

/* "<path>?cursor=…&limit=…" in the arena; without a limit when that is null. */
const char *order_list_url(struct web *w, const char *path, page_size limit, const char *cursor);

#endif

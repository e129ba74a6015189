#ifndef STAGEDOOR_ORDERS_VIEW_H
#define STAGEDOOR_ORDERS_VIEW_H

#include "apps/orders/order_list.h"
#include "apps/orders/refusal.h"
#include "apps/orders/terms.h"
#include "apps/orders/timeline.h"
#include "common/html/html.h"

/* What the pages of orders show. Messages are static (messages.def, pages/); other strings live in the
 * arena or belong to the rows. */

#define REFERENCE     ((markup){"<strong class=\"reference\">"})
#define REFERENCE_END ((markup){"</strong>"})

/* "7K4-2QX", in the arena: common/base/reference.h. */
const char *order_reference(struct arena *a, order_id id);

/* The status of a live order; why an ended one has ended. One sentence without its full stop. */
const struct message *order_summary(const struct order_row *o);

/* Why an order that cannot be cancelled cannot. */
struct message order_cancel_refusal(const struct order_row *o);

/* What the buyer of an ended order can do about its ticket: at most one of the two is set. */
struct reorder {
	const struct known_ticket *again; /* the listing, free to be ordered again */
	const char *newer_url;            /* the buyer's newer order of it */
};

/* The page of one order. */
struct order_view {
	const struct order_row *order;
	when now;
	const char *reference, *url, *payment_url, *calendar_url;
	bool paying;                      /* held, and a payment has begun */
	bool secured;                     /* held, and a payment is authorised */
	bool declined;                    /* ended because the payment failed */
	const struct message *money;      /* of an ended order: where the money is; otherwise NULL */
	const struct known_ticket *again; /* as struct reorder has it */
	const char *newer_url;            /* as struct reorder has it */
	struct terms_view terms;          /* of the order and of `again`; empty without it */
	struct timeline timeline;
};

/* charge: NULL when none is known. The rows must outlive the view. */
struct order_view order_view_of(struct arena *a, const struct order_row *o, when now,
				const struct known_charge *charge, const struct reorder *reorder);

enum order_group { GROUP_LIVE, GROUP_BOUGHT, GROUP_ENDED, GROUPS };

struct group_item {
	const struct order_row *order;
	const struct message *summary;
	const char *reference, *url;
	const char *left; /* time left to pay; NULL unless live */
};

/* One group of the page of orders. */
struct group_view {
	const char *id;
	const struct message *title, *empty; /* empty: what stands there when it is whole and has no orders */
	struct group_item *items;
	size_t count;
	bool is_whole; /* has all orders of the group, not one page of them */
};

/* The page of orders. */
struct orders_view {
	struct group_view groups[GROUPS];
	when now;
	size_t count;          /* orders in all groups together */
	bool is_whole;         /* has all orders, not one page of them */
	const char *next;      /* address of the next page, with older orders; NULL: none */
	const char *first;     /* address of the first page; NULL when this is it */
	const char *reference; /* that was searched for and not found; NULL: none was */
};

/* next and reference are the caller's to set. The list must outlive the view. */
struct orders_view orders_view_of(struct arena *a, const struct locale *l, const struct order_list *list);

/* The page of an order that was not placed. */
struct refused_view {
	enum refusal_reason why;
	const char *sentence;
	const struct known_ticket *offer; /* the listing as it is now */
	struct terms_view terms;          /* REFUSED_CHANGED: as the buyer saw it, and as it is now */
	/* REFUSED_HELD: it is free then at the latest, null: it is being paid; REFUSED_COOL_DOWN: its end */
	when until;
	const char *listing_url; /* of the ticket */
	const char *order_url;   /* the buyer's own order for it; NULL: none */
};

#endif

#ifndef STAGEDOOR_PAYMENTS_PAY_H
#define STAGEDOOR_PAYMENTS_PAY_H

#include "apps/payments/charge.h"
#include "apps/payments/stripe.h"
#include "common/http/web.h"

/* Paying, for pages and API. Each error has its sentence in w. */

/*
 * The caller's own order, which awaits payment or has ended. Waits for one that is not replicated yet or is
 * still being confirmed; then ERR_UNAVAILABLE with Retry-After. ERR_NOT_FOUND: somebody else's, or too old
 * for replication lag to be the reason that it is unknown.
 */
err order_to_pay(struct web *w, order_id id, struct order_state *ret_order) NODISCARD;

/* *ret_charge: the charge of that order, NULL when there is none. */
err charge_to_show(struct web *w, order_id id, const struct charge_row **ret_charge) NODISCARD;

/*
 * Pays with a card's token: the intent is made, committed with the charge, confirmed, and the answer applied.
 * When the amount is held, waits up to 2 s for orders to secure the order, captures, and waits for the order
 * to be completed. *ret_charge and *o are as they then are: completed, authorised or failed. Errors:
 *
 *   ERR_INVALID      the payment provider does not know the token
 *   ERR_GONE         the order has ended: the card was not asked
 *   ERR_DUPLICATE    another request was faster: the order has a charge
 *   ERR_UNAVAILABLE  the provider does not answer, or no slot is free: nothing was done
 *   ERR_PROVIDER     no clear answer, or it could not be stored: the jobs find out
 */
err pay_by_card(struct web *w, struct order_state *o, provider_token token,
		struct charge_row *ret_charge) NODISCARD;

/*
 * Makes a page of the payment provider on which the order can be paid, and commits it with the charge. Errors
 * as above, but ERR_PROVIDER when the provider refuses.
 */
err pay_by_page(struct web *w, const struct order_state *o, struct charge_row *ret_charge) NODISCARD;

/*
 * Reads the state of a payment by page from the payment provider and applies it; then as pay_by_card does
 * when the amount is held. *c stays as it was without an answer or a free slot.
 */
err pay_refresh(struct web *w, struct order_state *o, struct charge_row *c) NODISCARD;

/* Waits briefly for what becomes of an authorised payment that others see through. */
err pay_await(struct web *w, struct order_state *o, struct charge_row *c) NODISCARD;

#endif

#ifndef STAGEDOOR_PAYMENTS_PAY_H
#define STAGEDOOR_PAYMENTS_PAY_H

#include "apps/payments/charge.h"
#include "apps/payments/stripe.h"
#include "common/http/web.h"

/* Paying, the same for pages and API. Errors have their sentence in w. */

/*
 * The caller's own order, known to await payment or to have ended. One that has not been heard of yet, or is
 * still being confirmed, is waited for; then ERR_UNAVAILABLE with Retry-After. ERR_NOT_FOUND: somebody
 * else's, or none that could still be on its way.
 */
err order_to_pay(struct web *w, order_id id, struct order_state *ret_order) NODISCARD;

/* *ret_charge: the charge of that order, NULL when there is none. */
err charge_to_show(struct web *w, order_id id, const struct charge_row **ret_charge) NODISCARD;

/*
 * Pays with a card's token: the intent is made, committed with the charge, confirmed, and the answer applied.
 * *ret_charge is the row as it then is, also for the last three errors:
 *
 *   ERR_INVALID      the token is none that the bank knows
 *   ERR_GONE         the order has ended
 *   ERR_DUPLICATE    somebody was faster: the order has a charge
 *   ERR_UNAVAILABLE         the bank or a thread for it is not to be had: nothing was done
 *   ERR_DECLINED     by the bank; the charge has failed
 *   ERR_PROVIDER         no clear answer, or ours could not be stored: the jobs find out
 */
err pay_by_card(struct web *w, const struct order_state *o, provider_token token,
		struct charge_row *ret_charge) NODISCARD;

/* Makes a page at the bank on which the order can be paid, committed with the charge. Errors as above,
 * without the last two. */
err pay_by_page(struct web *w, const struct order_state *o, struct charge_row *ret_charge) NODISCARD;

/* Asks the bank how a payment by page stands, and applies it; without an answer, or a thread for it, *c stays
 * as it was. */
err pay_look(struct web *w, struct charge_row *c) NODISCARD;

#endif

#ifndef STAGEDOOR_TESTS_FLOW_BUYING_H
#define STAGEDOOR_TESTS_FLOW_BUYING_H

#include "tests/flow/flow.h"

/* Shared by the tests of buying: the texts of pages, in both languages. */

/* at("/orders/%s", id): the format is a literal with one %s. */
const char *at(const char *format, const char *id);

/* says: the page has each of the sentences. says_not: it has none of these words. */
void says(const struct answer *a, const char *const *sentences);
void says_not(const struct answer *a, const char *words);
#define SAYS(a, ...) says(a, (const char *const[]){__VA_ARGS__, ""})

/* A page in the language of this Accept-Language header ("de-AT"). */
struct answer *page_in(struct visitor *v, const char *language, const char *path);

/* The page in English and, if ret_de is given, in German; both are valid HTML. */
struct answer *both(struct visitor *v, const char *path, struct answer **ret_german);

/* A listing with every field filled in, already replicated to orders: "Winter <Strings>", $38.00, Town Hall,
 * Leeds, Row F, 12. */
const char *sell_show(struct visitor *seller);

/* The same listing, held by a buyer. */
struct sale {
	struct visitor *seller, *buyer;
	const char *ticket, *order;
};
struct sale held(void);

const char *path_of(const char *order_); /* "/orders/…" */
void cancel(const struct sale *s);

/* A condition for wait_until: payments has the order's replica, so its page exists (context: struct sale
 * *). */
bool is_payable(void *sale);

/* begin_to_pay goes on to the bank and returns the URL of its page; pay_at_bank pays there. */
const char *begin_to_pay(struct sale *s);
void pay_at_bank(const char *bank);

/* Waits until the page has the text, since events of other services take a moment to arrive. */
void wait_page(struct visitor *v, const char *path, const char *words, int ms);

/* Puts an order back to what protocol 1.0 made of a new one: it is created, and waits for the lock of its
 * ticket. */
void wait_as_before(const char *order_);

/* The seller's edit to "Another" at 9.00 as protocol 1.0 made it: without asking orders. */
void edit_as_before(const char *ticket);

#endif

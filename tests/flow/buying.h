#ifndef STAGEDOOR_TESTS_FLOW_BUYING_H
#define STAGEDOOR_TESTS_FLOW_BUYING_H

#include "tests/flow/flow.h"

/* What the tests of buying share: what pages say, in both languages. */

/* at("/orders/%s", id): the format is a literal with one %s. */
const char *at(const char *format, const char *id);

/* Each of the sentences is on the page; says_not: these words are not. */
void says(const struct answer *a, const char *const *sentences);
void says_not(const struct answer *a, const char *words);
#define SAYS(a, ...) says(a, (const char *const[]){__VA_ARGS__, ""})

/* A page, for a reader of that language ("de-AT"). */
struct answer *page_in(struct visitor *v, const char *language, const char *path);

/* The page in English, and, where it is wanted, in German; both are valid. */
struct answer *both(struct visitor *v, const char *path, struct answer **ret_german);

/* A listing with all that one can have, known to orders: "Winter <Strings>", $38.00, Town Hall, Leeds, Row
 * F, 12. */
const char *sell_show(struct visitor *seller);

/* That listing, held by a buyer. */
struct sale {
	struct visitor *seller, *buyer;
	const char *ticket, *order;
};
struct sale held(void);

const char *path_of(const char *order_); /* "/orders/…" */
void cancel(const struct sale *s);

/* A condition: payments know the order (context: a struct sale), so that its page is there. */
bool is_payable(void *sale);

/* Goes on to the bank: the address of its page. pay_at_bank pays there. */
const char *begin_to_pay(struct sale *s);
void pay_at_bank(const char *bank);

/* Waits until the page says so: what other services tell takes a moment. */
void wait_page(struct visitor *v, const char *path, const char *words, int ms);

#endif

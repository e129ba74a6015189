#ifndef STAGEDOOR_TESTS_FLOW_LISTS_H
#define STAGEDOOR_TESTS_FLOW_LISTS_H

#include "tests/flow/flow.h"

/* Listings and lists of them, by API, and what stands on pages; each fails the test when it does not go
 * through. */

/* A new listing: its id. */
const char *listed(struct visitor *seller, const char *json);

/* "/api/tickets/<id>" */
const char *api_ticket(const char *ticket);

/* The titles of a list, in order: "one, two". */
const char *titles(const struct answer *a);

/* Everything of a list, page by page. */
const char *all_titles(const char *address);

/* Withdraws all of a list, so that the test can be run again on the same stack. */
void withdraw(struct visitor *seller, const char *address);

/* Where the page has the text; ck_lacks: nowhere. Fails the test otherwise. */
const char *spot(const struct answer *a, const char *text);
void ck_lacks(const struct answer *a, const char *text);

/* The address of the link whose tag stands last before this text. */
const char *link_of(const struct answer *a, const char *text);

/* What stands between two texts of a page. */
const char *between(const struct answer *a, const char *before, const char *after);

#endif

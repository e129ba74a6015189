#ifndef STAGEDOOR_TESTS_FLOW_LISTS_H
#define STAGEDOOR_TESTS_FLOW_LISTS_H

#include "tests/flow/flow.h"

/* Helpers for listings and lists of them through the API, and for the text of pages; each fails the test when
 * a request fails. */

/* A new listing: its id. */
const char *listed(struct visitor *seller, const char *json);

/* "/api/tickets/<id>" */
const char *api_ticket(const char *ticket);

/* The titles of a list, in order: "one, two". */
const char *titles(const struct answer *a);

/* All titles of a list, page by page. */
const char *all_titles(const char *address);

/* Withdraws all tickets of a list, so that the test can run again on the same stack. */
void withdraw(struct visitor *seller, const char *address);

/* Where the page has the text; ck_lacks checks that it does not. Fails the test otherwise. */
const char *spot(const struct answer *a, const char *text);
void ck_lacks(const struct answer *a, const char *text);

/* The URL of the last link whose tag precedes this text. */
const char *link_of(const struct answer *a, const char *text);

/* The text between two strings of a page. */
const char *between(const struct answer *a, const char *before, const char *after);

#endif

#ifndef STAGEDOOR_SANDBOX_PAGE_H
#define STAGEDOOR_SANDBOX_PAGE_H

#include <stddef.h>

/*
 * The hosted pay page, GET and POST /pay/<session>, plain HTML.
 */

struct page {
	unsigned status;
	char *html;     /* owned by the caller; NULL: close the connection, or with `location` no content */
	char *location; /* owned by the caller; target of a 303 */
};

/* The style sheet of the pages. */
extern const char page_css[];

/* The page of a session in its current state. Takes the book's lock. */
struct page page_show(const char *session_id);

/* Pays with the card that the form names, and returns when the bank has decided (a late bank: at once). Takes
 * the book's lock. */
struct page page_pay(const char *session_id, const char *body, size_t size);

/* A page with one sentence. */
struct page page_message(unsigned status, const char *message);

#endif

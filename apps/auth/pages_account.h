#ifndef STAGEDOOR_AUTH_PAGES_ACCOUNT_H
#define STAGEDOOR_AUTH_PAGES_ACCOUNT_H

#include "apps/auth/auth.h"

/* The view model of the page of the account, and what its template needs. */
struct account_view {
	struct user user;
	struct session_row *sessions; /* the live ones, newest first */
	size_t count;
	session_id here; /* the session of this request */
};

/* Is s in the list, which NULL ends? */
bool is_listed(const char *const *list, const char *s);

/* A zone as an entry of the list of zones: "America/New York" for America/New_York. In the page's arena. */
const char *zone_label(struct html *h, const char *zone);

#endif

#ifndef STAGEDOOR_AUTH_PAGES_ACCOUNT_H
#define STAGEDOOR_AUTH_PAGES_ACCOUNT_H

#include "apps/auth/auth.h"

/* What the page of the account shows. */
struct account_view {
	struct user user;
	struct session_row *sessions; /* that are alive, the newest first */
	size_t count;
	session_id here; /* the one of this request */
};

/* For the lists to choose from: is it one of those (NULL ends them)? "America/New York" for America/New_York.
 */
bool is_listed(const char *const *list, const char *s);
const char *zone_label(struct html *h, const char *zone);

#endif

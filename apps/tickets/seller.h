#ifndef STAGEDOOR_TICKETS_SELLER_H
#define STAGEDOOR_TICKETS_SELLER_H

#include "apps/tickets/tickets.h"

/* The handler for user_created and user_updated: keeps the newest version of each user's public state. */
err seller_seen(struct db *db, const struct user_state *user) NODISCARD;

/* The name of a seller, NULL while it has not arrived or when the account is deleted. */
err seller_name(struct db *db, user_id id, const char **ret_name) NODISCARD;

/* The same of the seller of each row: names[i] of rows[i]. */
err seller_names(struct db *db, const struct ticket *rows, size_t count, const char ***ret_names) NODISCARD;

/* May the user list a ticket: ERR_SIGNED_OUT for one who is known to be deleted, whose token still lives. */
err seller_check(struct db *db, user_id id) NODISCARD;

#endif

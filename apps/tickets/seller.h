#ifndef STAGEDOOR_TICKETS_SELLER_H
#define STAGEDOOR_TICKETS_SELLER_H

#include "apps/tickets/tickets.h"

/* What tickets knows of users, from the replica that events.c keeps. All errors are those of the database. */

/* The name of a seller, in the arena of db; NULL while it has not arrived or when the account is deleted. */
err seller_name(struct db *db, user_id id, const char **ret_name) NODISCARD;

/* The same for the seller of each row: names[i] belongs to rows[i]. One query for every ten sellers. */
err seller_names(struct db *db, const struct ticket *rows, size_t count, const char ***ret_names) NODISCARD;

/* May the user list a ticket? ERR_SIGNED_OUT when the account is known to be deleted: its token may still be
 * valid. OK for a user that has not arrived yet. */
err seller_check(struct db *db, user_id id) NODISCARD;

#endif

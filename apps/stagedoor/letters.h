#ifndef STAGEDOOR_APPS_STAGEDOOR_LETTERS_H
#define STAGEDOOR_APPS_STAGEDOOR_LETTERS_H

#include "apps/stagedoor/options.h"
#include "apps/stagedoor/stagedoor.h"
#include "common/base/config.h"

/* What the commands on dead letters share. */

/* "orders-17": the row 17 of the service orders, as an operand of the commands. */
const char *letter_id_text(struct arena *a, const char *service, const struct letter *l);

/* "new", "failed again", or "retried": sent again, and has not failed since. */
const char *letter_state(const struct letter *l);

/*
 * Calls fn with the dead letters that the options choose, at most 100 at a time, service by service, oldest
 * first; the rows live until fn returns. undecided: only those that a person has to decide on. Ends a service
 * when fn does not return 0. Returns 0, or not 0 when fn did or a database could not be read, which is
 * written to standard error; the other services are processed all the same.
 */
typedef int letters_work(struct db *db, const char *service, const struct letter *letters, size_t count,
			 void *context);
int letters_each(const struct config *config, const struct options *options, bool undecided, letters_work *fn,
		 void *context);

/*
 * Calls fn with the letter of each operand, one at a time. An operand that is no id or has no letter is
 * reported on standard error, and the others are processed. Returns 0, or 1 after such a report or when fn
 * did.
 */
int letters_named(const struct config *config, const struct options *options, letters_work *fn,
		  void *context);

#endif

#ifndef STAGEDOOR_APPS_STAGEDOOR_LETTERS_H
#define STAGEDOOR_APPS_STAGEDOOR_LETTERS_H

#include "apps/stagedoor/options.h"
#include "apps/stagedoor/stagedoor.h"
#include "common/base/config.h"

/* What the commands on dead letters share. */

/* "orders-17": the row 17 of the service orders. */
struct letter_id {
	const char *service;
	int64_t number;
};

const char *letter_id_text(struct arena *a, const char *service, const struct letter *l);

/* ERR_MALFORMED: no service of that name, or no number. */
err letter_id_parse(const char *text, struct letter_id *ret_id) NODISCARD;

/* "new", "failed again", or "retried": sent again, and not back. */
const char *letter_state(const struct letter *l);

/*
 * Calls fn with all that the options choose, at most 100 at a time, service by service, oldest first; those
 * of one call go before the next one. undecided: only those that a person has to look at. Goes on while fn
 * returns 0; returns that, or 1 when a database could not be asked, which was complained of; the other
 * services are gone through all the same.
 */
typedef int letters_work(struct db *db, const char *service, const struct letter *letters, size_t count,
			 void *context);
int letters_each(const struct config *config, const struct options *options, bool undecided, letters_work *fn,
		 void *context);

/*
 * Calls fn with each of the operands, one at a time. One that is no id, or of no letter, is complained of,
 * and the others go on; returns 1 then, or when fn did.
 */
int letters_named(const struct config *config, const struct options *options, letters_work *fn,
		  void *context);

#endif

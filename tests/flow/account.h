#ifndef STAGEDOOR_TESTS_FLOW_ACCOUNT_H
#define STAGEDOOR_TESTS_FLOW_ACCOUNT_H

#include "tests/flow/flow.h"

/* What the tests of accounts share. */

extern const char new_secret[];

bool shows(const struct answer *a, const char *text);
const char *encoded(const char *s); /* for a form */

/* Another device of the same person. */
struct visitor *signed_in(const struct visitor *who, const char *secret);

/* Somebody who holds the same cookies: a copy of the browser as it is now. */
struct visitor *copy_of(const struct visitor *v);

/* The forms of the account, filled in and sent. */
struct answer *change_password(struct visitor *v, const char *old, const char *new);
struct answer *delete_account(struct visitor *v, const char *secret);

/* Within 5 s no service knows them, nor does any process of a pool later; every service knows it, again and
 * again. */
void ck_ended(struct visitor **v, size_t count);
void ck_lasts(struct visitor *v);

/* The row of the user: a column, or any expression. */
#define USER_OF "UNHEX(REPLACE('%s','-',''))"
int64_t row_number(const struct visitor *v, const char *column);
const char *row_text(const struct visitor *v, const char *column);

/* The session cookie of the jar, which may hold presession= too; NULL: none. Its claims. */
const char *session_of(const struct visitor *v);
struct answer *claims_of(const struct visitor *v);

#endif

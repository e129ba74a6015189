#ifndef STAGEDOOR_TESTS_FLOW_ACCOUNT_H
#define STAGEDOOR_TESTS_FLOW_ACCOUNT_H

#include "tests/flow/flow.h"

/* Shared by the account tests. */

extern const char new_secret[];

bool shows(const struct answer *a, const char *text);
const char *encoded(const char *s); /* for a form */

/* Another device of the same person. */
struct visitor *signed_in(const struct visitor *who, const char *secret);

/* A copy of the browser as it is now, with the same cookies. */
struct visitor *copy_of(const struct visitor *v);

/* Fill in and send the forms of the account page. */
struct answer *change_password(struct visitor *v, const char *old, const char *new);
struct answer *delete_account(struct visitor *v, const char *secret);

/* ck_ended: within 5 s no service and no process of a pool accepts the sessions. ck_lasts: every service
 * accepts the session repeatedly. */
void ck_ended(struct visitor **v, size_t count);
void ck_lasts(struct visitor *v);

/* A column of the user's row, or any SQL expression. */
#define USER_OF "UNHEX(REPLACE('%s','-',''))"
int64_t row_number(const struct visitor *v, const char *column);
const char *row_text(const struct visitor *v, const char *column);

/* The session cookie of the jar, which may hold presession= too; NULL without a session. claims_of: its
 * claims. */
const char *session_of(const struct visitor *v);
struct answer *claims_of(const struct visitor *v);

#endif

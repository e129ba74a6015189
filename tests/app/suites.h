#ifndef STAGEDOOR_TESTS_APP_SUITES_H
#define STAGEDOOR_TESTS_APP_SUITES_H

#include <check.h>

/* Suites for one program with a pool (test-echo, beside this program), called by FastCGI. */
Suite *pool_suite(void);
Suite *request_suite(void);
Suite *shed_suite(void);

/* Idempotency keys and ended sessions: the suite needs a database, STAGEDOOR_TEST_DB_SOCKET. */
Suite *idempotency_suite(void);

#endif

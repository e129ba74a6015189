#ifndef STAGEDOOR_TESTS_APP_SUITES_H
#define STAGEDOOR_TESTS_APP_SUITES_H

#include <check.h>

/* Of one program over the pool (test-echo, beside this program), spoken to by FastCGI alone. */
Suite *pool_suite(void);
Suite *request_suite(void);
Suite *shed_suite(void);

/* Of idempotency keys and ended sessions: needs a database, STAGEDOOR_TEST_DB_SOCKET. */
Suite *idempotency_suite(void);

#endif

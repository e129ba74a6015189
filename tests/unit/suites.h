#ifndef STAGEDOOR_TESTS_UNIT_SUITES_H
#define STAGEDOOR_TESTS_UNIT_SUITES_H

#include <check.h>

/* One suite for each module; tests/unit/main.c runs them all. */
Suite *base_suite(void);
Suite *schema_suite(void);
Suite *move_suite(void);
Suite *yaml_suite(void);
Suite *html_suite(void);
Suite *words_suite(void);
Suite *events_suite(void);
Suite *contract_suite(void);
Suite *token_suite(void);
Suite *options_suite(void);
Suite *patience_suite(void);
Suite *expand_suite(void);
Suite *db_suite(void); /* needs a database: STAGEDOOR_TEST_DB_SOCKET */

#endif

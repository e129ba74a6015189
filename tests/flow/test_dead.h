#ifndef STAGEDOOR_TESTS_FLOW_TEST_DEAD_H
#define STAGEDOOR_TESTS_FLOW_TEST_DEAD_H

#include "tests/flow/flow.h"

/* What the tests of dead letters share. */

/* Runs `stagedoor` with these words; what it says and its exit status are then here. */
extern const char *operator_said;
extern int operator_status;
#define operator(...) (operator_said = operator_says(&operator_status, __VA_ARGS__))

#define ck_says(text, expected_status)                                                                       \
	ck_assert_msg(strstr(operator_said, text) != NULL && operator_status == (expected_status),           \
		      "%s (exit %d): %s", text, operator_status, operator_said)

/* The operator's answers of one object a line. */
const struct json_t *first_line(void);

/* The operator's command without the script around it, which takes most of the time. */
const char *command(void);

/* A text that is in no other body. */
const char *new_body(void);

/* How many dead letters with that body are in a service's table and nobody has decided on. */
int64_t undecided_with(const char *service, const char *body);

/* Publishes what nobody can read; order.created goes to tickets, payments and expiration. Returns its id in
 * tickets. */
const char *poison(const char *body);

/* How often the letter of tickets with that id has failed. A condition: it has failed twice. */
int64_t times_of(const char *id);
bool has_failed_again(void *id);

/* The end of a test: what it has left is not for the suites that follow. */
void dead_end(void);

TCase *dead_store_case(void);
TCase *dead_retry_case(void);
TCase *dead_own_reasons_case(void);

#endif

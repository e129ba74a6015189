#include "tests/unit/contract.h"
#include "tests/unit/suites.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* `test-unit contract` prints the contract of the lists, for the corpus of the next release. */
static int print_contract(void)
{
	struct arena *a = arena_new();
	int rc = fputs(contract_text(a), stdout) < 0 ? EXIT_FAILURE : EXIT_SUCCESS;

	arena_free(a);
	return rc;
}

int main(int argc, char **argv)
{
	SRunner *runner;
	int failed;

	if (argc == 2 && strcmp(argv[1], "contract") == 0)
		return print_contract();
	runner = srunner_create(base_suite());

	srunner_add_suite(runner, schema_suite());
	srunner_add_suite(runner, move_suite());
	srunner_add_suite(runner, yaml_suite());
	srunner_add_suite(runner, html_suite());
	srunner_add_suite(runner, words_suite());
	srunner_add_suite(runner, events_suite());
	srunner_add_suite(runner, contract_suite());
	srunner_add_suite(runner, token_suite());
	srunner_add_suite(runner, options_suite());
	srunner_add_suite(runner, patience_suite());
	srunner_add_suite(runner, expand_suite());
	srunner_add_suite(runner, db_suite());
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

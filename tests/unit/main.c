#include "tests/unit/suites.h"
#include <stdlib.h>

int main(void)
{
	SRunner *runner = srunner_create(base_suite());
	int failed;

	srunner_add_suite(runner, schema_suite());
	srunner_add_suite(runner, html_suite());
	srunner_add_suite(runner, words_suite());
	srunner_add_suite(runner, events_suite());
	srunner_add_suite(runner, token_suite());
	srunner_add_suite(runner, options_suite());
	srunner_add_suite(runner, db_suite());
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

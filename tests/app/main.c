#include "tests/app/suites.h"
#include <stdlib.h>

int main(void)
{
	SRunner *runner = srunner_create(pool_suite());
	int failed;

	srunner_add_suite(runner, request_suite());
	srunner_add_suite(runner, shed_suite());
	srunner_add_suite(runner, idempotency_suite());
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#include "tests/flow/suites.h"
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

/* The suites run one after another on one stack; CK_RUN_SUITE=races runs one of them. */
int main(void)
{
	SRunner *runner = srunner_create(sale_suite());
	int failed;

	curl_global_init(CURL_GLOBAL_DEFAULT);
	srunner_add_suite(runner, auth_suite());
	srunner_add_suite(runner, defects_suite());
	srunner_add_suite(runner, orders_suite());
	srunner_add_suite(runner, tickets_suite());
	srunner_add_suite(runner, payments_suite());
	srunner_add_suite(runner, races_suite());
	srunner_add_suite(runner, input_suite());
	srunner_add_suite(runner, pages_suite());
	srunner_add_suite(runner, outages_suite());
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#include "tests/flow/suites.h"
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

static SRunner *all_but_limits(void)
{
	SRunner *runner = srunner_create(sale_suite());

	srunner_add_suite(runner, rebuild_suite()); /* early, since its audit must find nothing */
	srunner_add_suite(runner, audit_suite());
	srunner_add_suite(runner, auth_suite());
	srunner_add_suite(runner, account_suite());
	srunner_add_suite(runner, devices_suite());
	srunner_add_suite(runner, leaving_suite());
	srunner_add_suite(runner, defects_suite());
	srunner_add_suite(runner, orders_suite());
	srunner_add_suite(runner, tickets_suite());
	srunner_add_suite(runner, locks_suite());
	srunner_add_suite(runner, proposals_suite());
	srunner_add_suite(runner, find_suite());
	srunner_add_suite(runner, share_suite());
	srunner_add_suite(runner, edits_suite());
	srunner_add_suite(runner, selling_suite());
	srunner_add_suite(runner, payments_suite());
	srunner_add_suite(runner, capture_suite());
	srunner_add_suite(runner, secured_suite());
	srunner_add_suite(runner, bank_events_suite());
	srunner_add_suite(runner, buying_suite());
	srunner_add_suite(runner, paying_suite());
	srunner_add_suite(runner, refused_suite());
	srunner_add_suite(runner, files_suite());
	srunner_add_suite(runner, no_budget_suite());
	srunner_add_suite(runner, reference_suite());
	srunner_add_suite(runner, races_suite());
	srunner_add_suite(runner, input_suite());
	srunner_add_suite(runner, rights_suite());
	srunner_add_suite(runner, pages_suite());
	srunner_add_suite(runner, security_tokens_suite());
	srunner_add_suite(runner, security_routes_suite());
	srunner_add_suite(runner, security_forgery_suite());
	srunner_add_suite(runner, security_headers_suite());
	srunner_add_suite(runner, security_wire_suite());
	srunner_add_suite(runner, security_injection_suite());
	srunner_add_suite(runner, security_bank_suite());
	srunner_add_suite(runner, bank_waits_suite());
	srunner_add_suite(runner, security_signin_suite());
	srunner_add_suite(runner, later_suite());
	srunner_add_suite(runner, kept_suite());
	srunner_add_suite(runner, settings_suite());
	srunner_add_suite(runner, dead_suite());
	srunner_add_suite(runner, paid_suite());
	srunner_add_suite(runner, policies_suite());
	srunner_add_suite(runner, integrators_suite());
	srunner_add_suite(runner, together_suite());
	srunner_add_suite(runner, outages_suite());
	srunner_add_suite(runner, security_machine_suite()); /* last: it reads the logs of all tests */
	return runner;
}

static SRunner *limits_alone(void)
{
	SRunner *runner = srunner_create(account_limits_suite());

	srunner_add_suite(runner, budget_suite());
	srunner_add_suite(runner, security_limits_suite());
	srunner_add_suite(runner, limits_suite()); /* last, because of its flood */
	return runner;
}

/*
 * The suites run one after another on one stack; CK_RUN_SUITE=races runs one of them. A stack with LIMITS=on
 * runs only the suites of the limits, since the rate limits would slow down the others.
 */
int main(void)
{
	const char *limits = getenv("FLOW_LIMITS");
	SRunner *runner = limits != NULL && strcmp(limits, "on") == 0 ? limits_alone() : all_but_limits();
	int failed;

	curl_global_init(CURL_GLOBAL_DEFAULT);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* `broker rebuild` fills an empty broker while the site is up; it is interrupted once and then finished.
 * tests/debian rebuilds from data of an older RabbitMQ. */
#include "tests/flow/flow.h"
#include "tests/flow/suites.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool is_under_way(void)
{
	return access(arena_printf(flow_arena, "%s/broker-rebuild", flow_state()), F_OK) == 0;
}

static int copies(void)
{
	return atoi(command_says("ls -d '%s'/broker-before-* 2>/dev/null | wc -l", flow_state()));
}

START_TEST(an_interrupted_rebuild_is_finished)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *buyer = visitor_signed_up("Tomasz");
	const char *before = hold(buyer, sell(seller, "Sold before", "5")), *said;
	struct answer *listed;
	int status;

	ck_status(pay(buyer, before, "tok_visa"), 201);
	wait_order(buyer, before, "completed", 10000);
	/* killed between setting the old data aside and the start of the new broker */
	command_says(
	    "exec 2>/dev/null; STATE='%s' setsid deploy/local/stagedoor broker rebuild >/dev/null 2>&1 & "
	    "until ls -d '%s'/broker-before-* >/dev/null 2>&1; do kill -0 $! || exit 1; done; "
	    "kill -KILL -- -$!",
	    flow_state(), flow_state());
	ck_assert(is_under_way());
	ck_assert_int_eq(copies(), 1);
	/* the site is up, and new events wait in the outboxes */
	listed = api(seller, "POST", "/api/tickets", "{\"title\":\"Listed meanwhile\",\"price\":6}");
	ck_status(listed, 201);
	said = operator_says(&status, "broker rebuild");
	ck_assert_msg(status == 0, "%s", said);
	ck_assert_ptr_nonnull(strstr(said, "invariants hold, and no message is stuck."));
	ck_assert(!is_under_way());
	/* the copy has the data from before the first attempt; the second attempt had nothing of value to set
	 * aside */
	ck_assert_int_eq(copies(), 1);
	hold(buyer, text_of(listed, "id"));
	ck_assert_str_eq(order_status_of(buyer, before), "completed");
	said = operator_says(&status, "topology check");
	ck_assert_msg(status == 0, "%s", said);
}
END_TEST

/* Data that another series of RabbitMQ wrote are not touched, and the message names the command that
 * helps. */
START_TEST(data_of_another_rabbitmq_are_reported)
{
	static const char check[] =
	    "STATE='%s'; mkdir -p \"$STATE/broker/mnesia\"; fail() { echo \"$*\"; exit 1; }; "
	    ". deploy/local/lib/rebuild.sh; %s; check_broker";
	static const struct {
		const char *data, *sentence;
	} cases[] = {
	    {"echo 2.9.1 >$STATE/broker/version", "the broker's data are of RabbitMQ 2.9 and"},
	    {"echo 'rabbit_x' >$STATE/broker/feature_flags; broker_installed() { echo 4.0.5; }",
	     "the broker's data are of RabbitMQ 3.10 and cannot be taken over by 4.0: run "
	     "deploy/local/stagedoor broker rebuild"},
	};
	const char *state = arena_printf(flow_arena, "%s.old", flow_state());

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *said = command_says(check, state, cases[i].data);

		ck_assert_msg(strstr(said, cases[i].sentence) != NULL, "%s", said);
		command_says("rm -r '%s'", state);
	}
}
END_TEST

Suite *rebuild_suite(void)
{
	Suite *s = suite_create("rebuild");
	TCase *t = tcase_create("rebuild");

	tcase_set_timeout(t, 300);
	tcase_add_checked_fixture(t, flow_begin, flow_end);
	tcase_add_test(t, an_interrupted_rebuild_is_finished);
	tcase_add_test(t, data_of_another_rabbitmq_are_reported);
	suite_add_tcase(s, t);
	return s;
}

/* Timeouts for the bank: 3 s for a connection, 20 s for an answer, and never longer than the caller's time
 * budget. */
#include "apps/payments/http_client.h"
#include "common/base/clock.h"
#include "tests/flow/flow.h"
#include "tests/flow/suites.h"
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

/* A listener at *ret_at that never answers; the kernel accepts as many connections as its backlog holds. */
static int listen_silently(int most, struct sockaddr_in *ret_at)
{
	socklen_t len = sizeof *ret_at;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	*ret_at = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	ck_assert_int_eq(bind(fd, (struct sockaddr *)ret_at, len), 0);
	ck_assert_int_eq(listen(fd, most), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)ret_at, &len), 0);
	return fd;
}

/* Calls the bank repeatedly for this long; returns the duration in ms. */
static int64_t ask_for(int ms, const struct sockaddr_in *at)
{
	const struct http_client_settings settings = {
	    .api_base = arena_printf(flow_arena, "http://127.0.0.1:%d", ntohs(at->sin_port)),
	    .secret_key = "sk_test_none",
	    .slots = 1};
	const struct http_call call = {"GET", "/v1/payment_intents/pi_none", NULL, NULL};
	struct arena *a = arena_new();
	int64_t began = clock_steady();
	struct http_client *client;
	struct http_slot *slot;

	ck_assert_int_eq(http_client_open(&settings, &client), OK);
	ck_assert_int_eq(http_slot_take(client, a, ms * INT64_C(1000), &slot), OK);
	ck_assert_int_eq(http_send(slot, &call).status, 0);
	arena_free(a);
	http_client_close(client);
	return (clock_steady() - began) / 1000;
}

/* 24 s allow two attempts: one that times out after 20 s, and another one. */
START_TEST(an_answer_is_waited_for_20_seconds)
{
	struct sockaddr_in at;
	int fd = listen_silently(16, &at), connections = 0, one;
	int64_t took = ask_for(24000, &at);

	for (; (one = accept(fd, NULL, NULL)) >= 0; connections++)
		close(one);
	close(fd);
	ck_assert_int_eq(connections, 2);
	ck_assert_msg(took >= 23500 && took < 26000, "%lld ms", (long long)took);
}
END_TEST

/* With a full backlog the kernel lets a connection wait for minutes. After 3 of 3.6 s there is no time left
 * for another attempt. */
START_TEST(a_connection_is_waited_for_3_seconds)
{
	enum { FILLERS = 4 };
	struct sockaddr_in at;
	int fd = listen_silently(0, &at), fillers[FILLERS];
	int64_t took;

	for (int i = 0; i < FILLERS; i++) {
		fillers[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		connect(fillers[i], (struct sockaddr *)&at, sizeof at);
		usleep(50000);
	}
	took = ask_for(3600, &at);
	for (int i = 0; i < FILLERS; i++)
		close(fillers[i]);
	close(fd);
	ck_assert_msg(took >= 2900 && took < 3550, "%lld ms", (long long)took);
}
END_TEST

Suite *bank_waits_suite(void)
{
	Suite *s = suite_create("bank waits");
	TCase *t = tcase_create("bank waits");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, flow_begin, flow_end);
	tcase_add_test(t, an_answer_is_waited_for_20_seconds);
	tcase_add_test(t, a_connection_is_waited_for_3_seconds);
	suite_add_tcase(s, t);
	return s;
}

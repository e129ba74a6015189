#include "tests/load/retrying_buyers.h"
#include "common/base/clock.h"
#include "tests/flow/flow.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BUYERS = 4, TICKETS_EACH = 20 };

/*
 * A buyer who buys one ticket after another during the overload, and repeats each refused request after its
 * Retry-After.
 */
struct retrying_buyer {
	int sign_ins, sales, requests;
	int64_t longest_sign_in, longest_sale;
	bool held_paid;
};

static struct answer *request_until_served(struct retrying_buyer *x, struct visitor *v, const char *method,
					   const char *path, const char *body)
{
	for (;;) {
		struct answer *a =
		    http(v, method, path, body == NULL ? NULL : "application/json", body, NULL);

		x->requests++;
		if (a->status != 503 && a->status != 502 && a->status != 504)
			return a;
		ck_assert_str_ne(header_of(a, "Retry-After"), "");
		sleep((unsigned)atoi(header_of(a, "Retry-After")));
	}
}

static void await(struct retrying_buyer *x, struct visitor *v, const char *order_, const char *status)
{
	const char *path = arena_printf(flow_arena, "/api/orders/%s", order_);

	for (;;) {
		struct answer *a = request_until_served(x, v, "GET", path, NULL);

		ck_status(a, 200);
		if (strcmp(text_of(a, "status"), status) == 0)
			return;
		ck_assert_msg(strcmp(text_of(a, "status"), "cancelled") != 0, "the order has ended (%s)",
			      text_of(a, "cancelReason"));
		usleep(50 * 1000);
	}
}

static void pay_order(struct retrying_buyer *x, struct visitor *v, const char *order_)
{
	await(x, v, order_, "awaiting_payment");
	ck_status(request_until_served(
		      x, v, "POST", "/api/payments",
		      arena_printf(flow_arena, "{\"orderId\":\"%s\",\"token\":\"tok_visa\"}", order_)),
		  201);
	await(x, v, order_, "completed");
}

static void update_longest(int64_t since, int64_t *longest)
{
	int64_t took = clock_steady() - since;

	if (took > *longest)
		*longest = took;
}

/* Pays the held order first, then repeats sign-in and sale. */
static void buyer_run(struct retrying_buyer *x, struct visitor *v, const char *held_order,
		      const char *const *tickets, int seconds)
{
	int64_t end = clock_steady() + seconds * SECOND;
	const char *credentials =
	    arena_printf(flow_arena, "{\"email\":\"%s\",\"password\":\"%s\"}", v->email, v->password);

	sleep(2);
	pay_order(x, v, held_order);
	x->held_paid = true;
	for (int i = 0; i < TICKETS_EACH && clock_steady() < end; i++) {
		struct visitor *again = visitor_new();
		int64_t began = clock_steady();
		struct answer *a;

		ck_status(request_until_served(x, again, "POST", "/api/users/signin", credentials), 200);
		update_longest(began, &x->longest_sign_in);
		x->sign_ins++;
		began = clock_steady();
		a = request_until_served(x, again, "POST", "/api/orders",
					 arena_printf(flow_arena, "{\"ticketId\":\"%s\"}", tickets[i]));
		ck_status(a, 201);
		pay_order(x, again, text_of(a, "id"));
		update_longest(began, &x->longest_sale);
		x->sales++;
	}
}

static struct child {
	struct visitor *v;
	const char *order, *tickets[TICKETS_EACH];
	pid_t pid;
	int pipe_end;
} children[BUYERS];

void retrying_buyers_prepare(void)
{
	struct visitor *seller = visitor_signed_up("Seller");

	for (int i = 0; i < BUYERS; i++) {
		children[i].v = visitor_signed_up("Buyer");
		for (int j = 0; j < TICKETS_EACH; j++)
			children[i].tickets[j] = sell(seller, "Wanted", "30");
	}
	for (int i = 0; i < BUYERS; i++)
		children[i].order = hold(children[i].v, sell(seller, "Held", "30"));
}

void retrying_buyers_start(int seconds)
{
	for (int i = 0; i < BUYERS; i++) {
		int ends[2];

		ck_assert_int_eq(pipe(ends), 0);
		fflush(stdout);
		if ((children[i].pid = fork()) == 0) {
			struct retrying_buyer x = {0};

			buyer_run(&x, children[i].v, children[i].order, children[i].tickets, seconds);
			_exit(write(ends[1], &x, sizeof x) != (ssize_t)sizeof x);
		}
		close(ends[1]);
		children[i].pipe_end = ends[0];
	}
}

/* Every step of the buyers was completed in spite of the overload. */
void ck_retrying_buyers(void)
{
	struct retrying_buyer all = {0}, x;

	for (int i = 0; i < BUYERS; i++) {
		ck_assert_msg(read(children[i].pipe_end, &x, sizeof x) == (ssize_t)sizeof x,
			      "a buyer did not complete: see above");
		close(children[i].pipe_end);
		waitpid(children[i].pid, NULL, 0);
		ck_assert(x.held_paid);
		ck_assert_int_gt(x.sales, 0);
		all.sign_ins += x.sign_ins;
		all.sales += x.sales;
		all.requests += x.requests;
		all.longest_sign_in =
		    x.longest_sign_in > all.longest_sign_in ? x.longest_sign_in : all.longest_sign_in;
		all.longest_sale = x.longest_sale > all.longest_sale ? x.longest_sale : all.longest_sale;
	}
	printf("meanwhile %d buyers paid what they held, signed in %d times (longest %.1f s) and bought %d "
	       "tickets (longest %.1f s), by %d "
	       "requests\n",
	       BUYERS, all.sign_ins, (double)all.longest_sign_in / SECOND, all.sales,
	       (double)all.longest_sale / SECOND, all.requests);
}

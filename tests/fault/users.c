#include "tests/fault/users.h"
#include "common/base/text.h"
#include "common/base/uuid.h"
#include "tests/fault/fault.h"
#include "tests/flow/flow.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WINDOW = 12, AGAIN = 3, PATIENCE_S = 8 };

struct users users;

/* The state of one user, who is a separate process. */
static struct load *load;
static uint64_t state;
static int user_number;

static uint32_t below(uint32_t n)
{
	return schedule_below(&state, n);
}

static void pause_ms(uint32_t at_most)
{
	usleep(1000 * (1 + below(at_most)));
}

static void promise_add(enum promise_kind kind, int64_t number, const char *id, const char *about)
{
	uint32_t n = atomic_fetch_add(&load->promise_count, 1);

	if (n >= PROMISES_MAX)
		return;
	load->promises[n].kind = kind;
	load->promises[n].who = user_number;
	load->promises[n].number = number;
	snprintf(load->promises[n].id, ID, "%s", id);
	snprintf(load->promises[n].about, ID, "%s", about);
}

static struct answer *send_counted(struct visitor *v, const char *method, const char *path, const char *type,
				   const char *body, const char *header)
{
	struct answer *a = http_try(v, method, path, type, body, (const char *const[]){header, NULL});

	atomic_fetch_add(&load->statuses[a->status >= 0 && a->status < STATUSES ? a->status : 0], 1);
	return a;
}

static bool is_unclear(const struct answer *a)
{
	return a->status == 0 || a->status >= 500;
}

/* A POST with an idempotency key, repeated when the answer was not clear, and sometimes although it was.
 * *ret_clear: is the outcome known? */
static struct answer *send_once(struct visitor *v, const char *path, const char *body, bool *ret_clear)
{
	uint8_t id[UUID_BYTES];
	char key[UUID_TEXT];
	const char *header;
	struct answer *a, *other;
	bool doubted = false;

	uuid_new(id);
	uuid_print(id, key);
	header = arena_printf(flow_arena, "Idempotency-Key: %s", key);
	a = send_counted(v, "POST", path, "application/json", body, header);
	for (int i = 0; is_unclear(a) && i < AGAIN && below(8) > 0; i++) {
		doubted = true;
		pause_ms(400);
		a = send_counted(v, "POST", path, "application/json", body, header);
	}
	if (a->status == 201 && below(16) == 0) {
		other = send_counted(v, "POST", path, "application/json", body, header);
		if (!is_unclear(other) && (other->status != 201 || !text_same(a->body, other->body)))
			promise_add(PROMISED_TWICE, 0, text_of(a, "id"), text_of(other, "id"));
	}
	/* a refusal after an unclear answer may be that of the repetition, when the first was done */
	*ret_clear = !is_unclear(a) && (!doubted || a->status == 201);
	return a;
}

/* Without a key, a request whose outcome is unclear must not be repeated, neither here nor by the site. */
static struct answer *list_once(const char *body)
{
	struct answer *a;
	bool clear;

	if (below(2) == 0) {
		a = send_once(users.sellers[user_number], "/api/tickets", body, &clear);
	} else {
		a = send_counted(users.sellers[user_number], "POST", "/api/tickets", "application/json", body,
				 NULL);
		clear = !is_unclear(a);
	}
	if (!clear)
		promise_add(PROMISED_MAYBE_LISTED, 0, "", "");
	return a;
}

/* Two users may write the same slot: then one ticket is offered to nobody, which does no harm. */
static void offer_ticket(const char *ticket, int seller)
{
	uint32_t n = atomic_load(&load->offered);

	snprintf(load->tickets[n % OFFERED].id, ID, "%s", ticket);
	load->tickets[n % OFFERED].seller = seller;
	atomic_store(&load->offered, n + 1);
}

static const char *some_listing(void)
{
	return arena_printf(flow_arena, "{\"title\":\"Row %u\",\"price\":%u}", below(1000), 1 + below(500));
}

static void list_ticket(void)
{
	struct answer *a = list_once(some_listing());

	if (a->status != 201)
		return;
	promise_add(PROMISED_LISTED, 1, text_of(a, "id"), "");
	offer_ticket(text_of(a, "id"), user_number);
}

/* One of the newest; NULL when there is none yet. */
static const struct offered *some_ticket(void)
{
	uint32_t n = atomic_load(&load->offered), window = n < WINDOW ? n : WINDOW;

	return n == 0 ? NULL : &load->tickets[(n - 1 - below(window)) % OFFERED];
}

static void edit_ticket(const struct offered *t)
{
	const char *path = arena_printf(flow_arena, "/api/tickets/%s", t->id);
	struct answer *a = send_counted(
	    users.sellers[user_number], "PUT", path, "application/json",
	    arena_printf(flow_arena, "{\"title\":\"Other row\",\"price\":%u}", 1 + below(500)), NULL);

	if (a->status == 200)
		promise_add(PROMISED_EDITED, number_of(a, "revision", 0), t->id, "");
}

static void withdraw_ticket(const struct offered *t)
{
	struct answer *a = send_counted(users.sellers[user_number], "DELETE",
					arena_printf(flow_arena, "/api/tickets/%s", t->id), NULL, NULL, NULL);

	if (a->status == 204)
		promise_add(PROMISED_WITHDRAWN, 0, t->id, "");
}

static void seller_step(void)
{
	const struct offered *t = some_ticket();
	uint32_t what = below(10);

	if (what < 6 || t == NULL || t->seller != user_number)
		list_ticket();
	else if (what < 9)
		edit_ticket(t);
	else
		withdraw_ticket(t);
	pause_ms(300);
}

static void cancel_order(struct visitor *v, const char *order_)
{
	struct answer *a =
	    send_counted(v, "DELETE", arena_printf(flow_arena, "/api/orders/%s", order_), NULL, NULL, NULL);

	if (a->status == 204)
		promise_add(PROMISED_CANCELLED, 0, order_, "");
}

static const char *some_card(void)
{
	static const char *const cards[] = {"tok_visa", "tok_visa", "tok_visa", "tok_visa",
					    "tok_visa", "tok_slow", "tok_slow", "tok_chargeDeclined"};

	return cards[below(sizeof cards / sizeof *cards)];
}

static void pay_by_token(struct visitor *v, const char *order_, const char *token)
{
	bool clear;
	struct answer *a = send_once(
	    v, "/api/payments",
	    arena_printf(flow_arena, "{\"orderId\":\"%s\",\"token\":\"%s\"}", order_, token), &clear);

	if (a->status == 201)
		promise_add(text_same(text_of(a, "status"), "completed") ? PROMISED_PAID
									 : PROMISED_AUTHORISED,
			    0, text_of(a, "id"), order_);
}

/* Paying and cancelling at once may authorise a payment for an order that has ended. */
static void pay_and_cancel(struct visitor *v, const char *order_)
{
	uint32_t before = below(400);
	pid_t pid = fork();

	if (pid == 0) {
		pay_by_token(v, order_, "tok_slow");
		_exit(0);
	}
	usleep(1000 * before);
	cancel_order(v, order_);
	waitpid(pid, NULL, 0);
}

/* The bank's page of that order; NULL when the site returns no page. */
static const char *open_bank_page(struct visitor *v, const char *order_)
{
	const char *path = arena_printf(flow_arena, "/payments/%s", order_), *target = path, *body;
	struct answer *a = send_counted(v, "GET", path, NULL, NULL, "Accept: text/html");

	body = form_fill(a, path, order_, "", &target);
	if (body == NULL)
		return NULL;
	a = send_counted(v, "POST", target, "application/x-www-form-urlencoded", body, "Accept: text/html");
	return a->status == 303 && strstr(a->location, "/pay/") != NULL ? a->location : NULL;
}

static void pay_on(const char *bank_page, const char *card)
{
	http_try(visitor_new(), "POST", bank_page, "application/x-www-form-urlencoded", card, NULL);
}

static void pay_by_page(struct visitor *v, const char *order_)
{
	static const char *const cards[] = {"card=works", "card=works", "card=slow", "card=declined"};
	const char *bank_page = open_bank_page(v, order_);

	if (bank_page == NULL)
		return;
	pause_ms(800);
	pay_on(bank_page, cards[below(4)]);
}

/* As version 1.0.0 began it: the money is taken at once, and goes back when the order ends meanwhile. */
static void pay_as_version_1(struct visitor *v, const char *order_)
{
	const char *bank_page = open_bank_page(v, order_);

	if (bank_page == NULL || !bank_pays_at_once(bank_page))
		return;
	pay_on(bank_page, "card=works");
	if (below(4) > 0)
		cancel_order(v, order_);
}

static void await_hold(struct visitor *v, const char *order_)
{
	for (int i = 0; i < 15; i++) {
		struct answer *a = send_counted(v, "GET", arena_printf(flow_arena, "/api/orders/%s", order_),
						NULL, NULL, NULL);

		if (a->status == 200 && !text_same(text_of(a, "status"), "created"))
			return;
		pause_ms(150);
	}
}

static void go_on_with(struct visitor *v, const char *order_)
{
	uint32_t what = below(20);

	if (what < 3)
		return;
	if (what < 6) {
		pause_ms(300);
		cancel_order(v, order_);
		return;
	}
	await_hold(v, order_);
	if (what < 13)
		pay_by_token(v, order_, some_card());
	else if (what < 15)
		pay_and_cancel(v, order_);
	else if (what < 16)
		pay_as_version_1(v, order_);
	else
		pay_by_page(v, order_);
}

static void buyer_step(void)
{
	const struct offered *t = some_ticket();
	struct visitor *v = users.buyers[user_number];
	struct answer *a;
	bool clear;

	if (t == NULL)
		return;
	a = send_once(v, "/api/orders", arena_printf(flow_arena, "{\"ticketId\":\"%s\"}", t->id), &clear);
	if (!clear)
		promise_add(PROMISED_UNCLEAR, 0, "", "");
	if (a->status == 201) {
		const char *id = arena_strdup(flow_arena, text_of(a, "id"));

		promise_add(PROMISED_ORDERED, 0, id, t->id);
		go_on_with(v, id);
	}
	pause_ms(80);
}

/* Signs in, reads, signs out. The kept cookie must not be accepted afterwards (check_sessions). */
static void passer_by_step(void)
{
	struct visitor *v = users.passer_by;
	const char *body =
	    arena_printf(flow_arena, "{\"email\":\"%s\",\"password\":\"%s\"}", v->email, v->password);
	char kept[COOKIE];
	uint32_t n;

	v->cookies[0] = '\0';
	pause_ms(100);
	if (send_counted(v, "POST", "/api/users/signin", "application/json", body, NULL)->status != 200)
		return;
	send_counted(v, "GET", "/api/tickets", NULL, NULL, NULL);
	send_counted(v, "GET", "/api/users/currentuser", NULL, NULL, NULL);
	snprintf(kept, sizeof kept, "%s", v->cookies);
	if (send_counted(v, "POST", "/api/users/signout", "application/json", "{}", NULL)->status != 200)
		return;
	n = atomic_fetch_add(&load->signed_out, 1);
	if (n < COOKIES)
		memcpy(load->cookies[n], kept, sizeof kept);
}

/* Signs up, lists a ticket that others may buy meanwhile, and deletes the account. */
static void leaver_step(void)
{
	struct visitor *v = visitor_new();
	const char *id, *target, *body;
	struct answer *a;

	pause_ms(1500);
	a = send_counted(
	    v, "POST", "/api/users/signup", "application/json",
	    arena_printf(
		flow_arena,
		"{\"email\":\"leaver.%llx@example.com\",\"password\":\"%s\",\"displayName\":\"Leaver\"}",
		(unsigned long long)schedule_next(&state), v->password),
	    NULL);
	if (a->status != 201)
		return;
	id = arena_strdup(flow_arena, text_of(a, "id"));
	a = send_counted(v, "POST", "/api/tickets", "application/json", some_listing(), NULL);
	if (a->status == 201)
		offer_ticket(text_of(a, "id"), NOBODY);
	pause_ms(600);
	a = send_counted(v, "GET", "/account/delete", NULL, NULL, "Accept: text/html");
	body = form_fill(
	    a, "/account/delete", "/account/delete",
	    arena_printf(flow_arena, "password=%s", text_percent_encode(flow_arena, v->password)), &target);
	if (body == NULL)
		return;
	a = send_counted(v, "POST", target, "application/x-www-form-urlencoded", body, "Accept: text/html");
	if (a->status == 303 && text_same(a->location, "/account/deleted"))
		promise_add(PROMISED_LEFT, 0, id, "");
}

static void poisoner_step(void)
{
	pause_ms(400);
	poison_one(load, below);
}

const struct role roles[ROLES] = {
    {seller_step, SELLERS}, {buyer_step, BUYERS}, {passer_by_step, 1}, {leaver_step, 1}, {poisoner_step, 1}};

void user_run(struct load *l, const struct role *role, int who, uint64_t seed)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	load = l;
	user_number = who;
	state = seed;
	http_patience = PATIENCE_S;
	flow_arena = arena_new();
	while (atomic_load(&load->going)) {
		role->step();
		arena_reset(flow_arena);
	}
	_exit(0);
}

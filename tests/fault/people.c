#include "tests/fault/people.h"
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

struct people people;

/* One of them, in a process of its own. */
static struct load *load;
static uint64_t state;
static int self;

static uint32_t below(uint32_t n)
{
	return schedule_below(&state, n);
}

static void pause_ms(uint32_t at_most)
{
	usleep(1000 * (1 + below(at_most)));
}

static void tell(enum told_kind kind, int64_t number, const char *id, const char *about)
{
	uint32_t n = atomic_fetch_add(&load->told_count, 1);

	if (n >= TOLD)
		return;
	load->told[n].kind = kind;
	load->told[n].who = self;
	load->told[n].number = number;
	snprintf(load->told[n].id, ID, "%s", id);
	snprintf(load->told[n].about, ID, "%s", about);
}

static struct answer *ask(struct visitor *v, const char *method, const char *path, const char *type,
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

/* A POST with a key, sent again when nothing clear was heard, and now and then although it was. *ret_clear:
 * has anybody said what became of it? */
static struct answer *once(struct visitor *v, const char *path, const char *body, bool *ret_clear)
{
	uint8_t id[UUID_BYTES];
	char key[UUID_TEXT];
	const char *header;
	struct answer *a, *other;
	bool doubted = false;

	uuid_new(id);
	uuid_print(id, key);
	header = arena_printf(flow_arena, "Idempotency-Key: %s", key);
	a = ask(v, "POST", path, "application/json", body, header);
	for (int i = 0; is_unclear(a) && i < AGAIN && below(8) > 0; i++) {
		doubted = true;
		pause_ms(400);
		a = ask(v, "POST", path, "application/json", body, header);
	}
	if (a->status == 201 && below(16) == 0) {
		other = ask(v, "POST", path, "application/json", body, header);
		if (!is_unclear(other) && (other->status != 201 || !text_same(a->body, other->body)))
			tell(TOLD_TWICE, 0, text_of(a, "id"), text_of(other, "id"));
	}
	/* a refusal after a doubt may be of the second, where the first was done */
	*ret_clear = !is_unclear(a) && (!doubted || a->status == 201);
	return a;
}

/* Without a key, nothing may be sent again when it is not clear what became of it, here or by the site
 * itself. */
static struct answer *list_once(const char *body)
{
	struct answer *a;
	bool clear;

	if (below(2) == 0) {
		a = once(people.sellers[self], "/api/tickets", body, &clear);
	} else {
		a = ask(people.sellers[self], "POST", "/api/tickets", "application/json", body, NULL);
		clear = !is_unclear(a);
	}
	if (!clear)
		tell(TOLD_MAYBE_LISTED, 0, "", "");
	return a;
}

/* Two may take the same place: then one of the tickets is not offered to anybody, no more. */
static void offer(const char *ticket, int seller)
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

static void list(void)
{
	struct answer *a = list_once(some_listing());

	if (a->status != 201)
		return;
	tell(TOLD_LISTED, 1, text_of(a, "id"), "");
	offer(text_of(a, "id"), self);
}

/* One of the newest; NULL when there is none yet. */
static const struct offered *some_ticket(void)
{
	uint32_t n = atomic_load(&load->offered), window = n < WINDOW ? n : WINDOW;

	return n == 0 ? NULL : &load->tickets[(n - 1 - below(window)) % OFFERED];
}

static void edit(const struct offered *t)
{
	const char *path = arena_printf(flow_arena, "/api/tickets/%s", t->id);
	struct answer *a =
	    ask(people.sellers[self], "PUT", path, "application/json",
		arena_printf(flow_arena, "{\"title\":\"Other row\",\"price\":%u}", 1 + below(500)), NULL);

	if (a->status == 200)
		tell(TOLD_EDITED, number_of(a, "revision", 0), t->id, "");
}

static void withdraw(const struct offered *t)
{
	struct answer *a = ask(people.sellers[self], "DELETE",
			       arena_printf(flow_arena, "/api/tickets/%s", t->id), NULL, NULL, NULL);

	if (a->status == 204)
		tell(TOLD_WITHDRAWN, 0, t->id, "");
}

static void seller_step(void)
{
	const struct offered *t = some_ticket();
	uint32_t what = below(10);

	if (what < 6 || t == NULL || t->seller != self)
		list();
	else if (what < 9)
		edit(t);
	else
		withdraw(t);
	pause_ms(300);
}

static void cancel(struct visitor *v, const char *order_)
{
	struct answer *a =
	    ask(v, "DELETE", arena_printf(flow_arena, "/api/orders/%s", order_), NULL, NULL, NULL);

	if (a->status == 204)
		tell(TOLD_CANCELLED, 0, order_, "");
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
	struct answer *a =
	    once(v, "/api/payments",
		 arena_printf(flow_arena, "{\"orderId\":\"%s\",\"token\":\"%s\"}", order_, token), &clear);

	if (a->status == 201)
		tell(TOLD_PAID, 0, text_of(a, "id"), order_);
}

/* Whoever pays and cancels at the same time may pay for an order that has ended. */
static void pay_and_cancel(struct visitor *v, const char *order_)
{
	uint32_t before = below(400);
	pid_t pid = fork();

	if (pid == 0) {
		pay_by_token(v, order_, "tok_slow");
		_exit(0);
	}
	usleep(1000 * before);
	cancel(v, order_);
	waitpid(pid, NULL, 0);
}

static void pay_by_page(struct visitor *v, const char *order_)
{
	static const char *const cards[] = {"card=works", "card=works", "card=slow", "card=declined"};
	const char *path = arena_printf(flow_arena, "/payments/%s", order_), *target = path, *body;
	struct answer *a = ask(v, "GET", path, NULL, NULL, "Accept: text/html");

	body = form_fill(a, path, order_, "", &target);
	if (body == NULL)
		return;
	a = ask(v, "POST", target, "application/x-www-form-urlencoded", body, "Accept: text/html");
	if (a->status != 303 || strstr(a->location, "/pay/") == NULL)
		return;
	pause_ms(800);
	http_try(visitor_new(), "POST", a->location, "application/x-www-form-urlencoded", cards[below(4)],
		 NULL);
}

static void await_hold(struct visitor *v, const char *order_)
{
	for (int i = 0; i < 15; i++) {
		struct answer *a =
		    ask(v, "GET", arena_printf(flow_arena, "/api/orders/%s", order_), NULL, NULL, NULL);

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
		cancel(v, order_);
		return;
	}
	await_hold(v, order_);
	if (what < 13)
		pay_by_token(v, order_, some_card());
	else if (what < 16)
		pay_and_cancel(v, order_);
	else
		pay_by_page(v, order_);
}

static void buyer_step(void)
{
	const struct offered *t = some_ticket();
	struct visitor *v = people.buyers[self];
	struct answer *a;
	bool clear;

	if (t == NULL)
		return;
	a = once(v, "/api/orders", arena_printf(flow_arena, "{\"ticketId\":\"%s\"}", t->id), &clear);
	if (!clear)
		tell(TOLD_UNCLEAR, 0, "", "");
	if (a->status == 201) {
		const char *id = arena_strdup(flow_arena, text_of(a, "id"));

		tell(TOLD_ORDERED, 0, id, t->id);
		go_on_with(v, id);
	}
	pause_ms(80);
}

/* Signs in, looks, signs out: and whoever has kept the cookie must be kept out from then on. */
static void passer_by_step(void)
{
	struct visitor *v = people.passer_by;
	const char *body =
	    arena_printf(flow_arena, "{\"email\":\"%s\",\"password\":\"%s\"}", v->email, v->password);
	char kept[COOKIE];
	uint32_t n;

	v->cookies[0] = '\0';
	pause_ms(100);
	if (ask(v, "POST", "/api/users/signin", "application/json", body, NULL)->status != 200)
		return;
	ask(v, "GET", "/api/tickets", NULL, NULL, NULL);
	ask(v, "GET", "/api/users/currentuser", NULL, NULL, NULL);
	snprintf(kept, sizeof kept, "%s", v->cookies);
	if (ask(v, "POST", "/api/users/signout", "application/json", "{}", NULL)->status != 200)
		return;
	n = atomic_fetch_add(&load->signed_out, 1);
	if (n < COOKIES)
		memcpy(load->cookies[n], kept, sizeof kept);
}

/* Signs up, offers something that others may buy meanwhile, and deletes the account. */
static void leaver_step(void)
{
	struct visitor *v = visitor_new();
	const char *id, *target, *body;
	struct answer *a;

	pause_ms(1500);
	a = ask(v, "POST", "/api/users/signup", "application/json",
		arena_printf(
		    flow_arena,
		    "{\"email\":\"leaver.%llx@example.com\",\"password\":\"%s\",\"displayName\":\"Leaver\"}",
		    (unsigned long long)schedule_next(&state), v->password),
		NULL);
	if (a->status != 201)
		return;
	id = arena_strdup(flow_arena, text_of(a, "id"));
	a = ask(v, "POST", "/api/tickets", "application/json", some_listing(), NULL);
	if (a->status == 201)
		offer(text_of(a, "id"), NOBODY);
	pause_ms(600);
	a = ask(v, "GET", "/account/delete", NULL, NULL, "Accept: text/html");
	body = form_fill(
	    a, "/account/delete", "/account/delete",
	    arena_printf(flow_arena, "password=%s", text_percent_encode(flow_arena, v->password)), &target);
	if (body == NULL)
		return;
	a = ask(v, "POST", target, "application/x-www-form-urlencoded", body, "Accept: text/html");
	if (a->status == 303 && text_same(a->location, "/account/deleted"))
		tell(TOLD_LEFT, 0, id, "");
}

static void poisoner_step(void)
{
	pause_ms(400);
	poison_one(load, below);
}

const struct role roles[ROLES] = {
    {seller_step, SELLERS}, {buyer_step, BUYERS}, {passer_by_step, 1}, {leaver_step, 1}, {poisoner_step, 1}};

void live(struct load *l, const struct role *role, int who, uint64_t seed)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	load = l;
	self = who;
	state = seed;
	http_patience = PATIENCE_S;
	flow_arena = arena_new();
	while (atomic_load(&load->going)) {
		role->step();
		arena_reset(flow_arena);
	}
	_exit(0);
}

#ifndef STAGEDOOR_TESTS_FLOW_FLOW_H
#define STAGEDOOR_TESTS_FLOW_FLOW_H

#include "common/base/arena.h"
#include "common/base/buf.h"
#include "common/bus/bus.h"
#include "common/schema/form_params.h"
#include "common/schema/json.h"
#include "common/schema/services.h"
#include <check.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * Driving the whole stack from outside, as people and programs do: HTTP through nginx, SQL as root to look
 * afterwards, the bank's book, signals to parts. tests/with-stack starts the stack and says where it is:
 * FLOW_STATE (its directory), FLOW_URL (the site), FLOW_BANK (the sandbox bank), FLOW_HOLD (HOLD_SECONDS). A
 * failed step fails the test.
 */

/* Everything of one test; flow_begin makes it, flow_end frees it. Its visitors come from an address of its
 * own, 127.x.y.z: what the site counts by address, one test does not use up for the next. */
extern struct arena *flow_arena;
extern const char *flow_address;
void flow_begin(void);
void flow_end(void);

/* Settings of the stack. */
const char *flow_state(void);
const char *flow_url(void);
const char *flow_bank(void);
int flow_hold_seconds(void);

/* Somebody with a browser or a program: a cookie jar of their own. */
struct visitor {
	const char *email, *password, *id;
	char cookies[8192]; /* "name=value; name=value" */
};

struct answer {
	int status;
	const char *type;     /* content type */
	const char *location; /* "" when absent */
	const char *headers;  /* all, as they came */
	const char *body;
	size_t len;
	const struct json_t *json; /* NULL when the body is none */
};

/* A signed-out visitor; a signed-up one with an address of its own (API). */
struct visitor *visitor_new(void);
struct visitor *visitor_signed_up(const char *name);

/* One request. body NULL: none. headers: lines "Name: value", NULL-terminated, may be NULL itself. Never
 * follows redirects. */
struct answer *http(struct visitor *v, const char *method, const char *path, const char *type,
		    const char *body, const char *const *headers);

/* The same for where no answer is one of the outcomes: status 0 then. Waits so many seconds. */
struct answer *http_try(struct visitor *v, const char *method, const char *path, const char *type,
			const char *body, const char *const *headers);
extern long http_patience;

/* The JSON API: Content-Type application/json. The format makes the body. */
struct answer *api(struct visitor *v, const char *method, const char *path, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
struct answer *api_get(struct visitor *v, const char *format, ...) __attribute__((format(printf, 2, 3)));
struct answer *api_with(struct visitor *v, const char *method, const char *path, const char *header,
			const char *body);

/*
 * Pages: get one; fill in the form of a page whose action ends in `action` ("" takes the first POST form),
 * its hidden fields come along; send what was filled in, once or again; or both at once. fields: "a=b&c=d",
 * encoded.
 */
struct answer *page(struct visitor *v, const char *path);
const char *page_fill(struct visitor *v, const char *path, const char *action, const char *fields,
		      const char **ret_target);
/* The same of a page that is here already; NULL when it has no such form. */
const char *form_fill(const struct answer *shown, const char *path, const char *action, const char *fields,
		      const char **ret_target);
struct answer *page_send(struct visitor *v, const char *target, const char *body);
struct answer *page_submit(struct visitor *v, const char *path, const char *action, const char *fields);

/* It is a page with a heading and a language, and tidy finds neither errors nor warnings in it; `what` names
 * it in the message. */
void ck_valid(const struct answer *a, const char *what);

/* The text of a member ("status", "ticket.title"), "" when absent. */
const char *text_of(const struct answer *a, const char *member);
int64_t number_of(const struct answer *a, const char *member, int64_t fallback);

/* Header of an answer, "" when absent. */
const char *header_of(const struct answer *a, const char *name);

#define ck_status(answer, expected)                                                                          \
	ck_assert_msg((answer)->status == (expected), "%d instead of %d: %.400s", (answer)->status,          \
		      (expected), (answer)->body)

/* Shorthands of the marketplace, by API; each fails the test when it does not go through. */
const char *sell(struct visitor *seller, const char *title,
		 const char *price); /* id of a new ticket, known to orders */
struct answer *order(struct visitor *buyer, const char *ticket);
const char *hold(struct visitor *buyer, const char *ticket); /* id of an order that awaits payment */
struct answer *pay(struct visitor *buyer, const char *order_, const char *token);
const char *order_status_of(struct visitor *buyer, const char *order_);

/* Waits until the condition holds, at most so long, looking every 20 ms; fails the test otherwise. */
bool wait_until(int ms, bool (*condition)(void *context), void *context);

/* Waits until the order has this status for its buyer. */
void wait_order(struct visitor *buyer, const char *order_, const char *status, int ms);
/* Waits until GET /api/tickets/{id} has this status and is held or not. */
void wait_ticket(const char *ticket, const char *status, bool held, int ms);

/* SQL as root in stagedoor_<service>. The format makes the statement; only for looking, except where a test
 * breaks something on purpose. */
int64_t sql_number(const char *service, const char *format, ...) __attribute__((format(printf, 2, 3)));
const char *sql_text(const char *service, const char *format, ...) __attribute__((format(printf, 2, 3)));
void sql_run(const char *service, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Every outbox is empty and every replica equals its owner; waits up to ms. */
void settle(int ms);
int64_t unsent_events(void);
int64_t replica_differences(void); /* rows that differ from their owner's, column by column */

/* Parts of the stack by name ("expiration-events", "tickets-web"). stop waits until it is down, start until
 * it is ready. */
void part_stop(const char *part);
void part_start(const char *part);
void part_kill(const char *part); /* SIGKILL; waits until the supervisor has brought it back */

/* Moves the clock of all programs to so many seconds from now; 0 puts it right. */
void clock_move(int64_t seconds);
void clock_move_of(const char *service, int64_t seconds);

/* The bank's book and its faults (POST /sandbox/…). */
const struct json_t *bank_book(void);
void bank_post(const char *path, const char *form);
/* The bank's page takes the money at once, as for an older version; false when the bank does not answer. */
bool bank_pays_at_once(const char *page);
int bank_charges(const char *order_); /* successful ones for that order, by the bank's own book */

/*
 * Publishes again what the service has published so far (at most 100 events whose body mentions `about`; ""
 * all; NULL the newest), in this order, with the service's own account: what a broker may do to us at any
 * time.
 */
enum event_order { EVENTS_SAME, EVENTS_REVERSED, EVENTS_SHUFFLED, EVENTS_SOME /* of them, shuffled */ };
extern uint32_t (*events_random)(uint32_t below); /* random_below, where no seed is to be replayed */
void events_again(const char *service, const char *about, enum event_order how);

/* Publishes a body as the service would, however malformed. */
void event_send(const char *service, const char *type, const char *body);

/* The service's own connection to the broker; the caller frees it. */
struct bus *bus_of(const char *service);

/* How many messages wait in a queue that the service consumes; -1 when the broker does not say. */
int64_t queue_length(const char *service, const char *queue);

/* How often messages of the service have failed and were parked: those in the queue <service>.dead, and those
 * in the table, of which one may have failed several times. */
int64_t dead_letters(const char *service);

/* Takes a binding away, as if the broker had lost it; it is back when the broker has started again. */
void broker_unbind(const char *exchange, const char *key, const char *queue);

/* What the command `stagedoor` with these words says, and its exit status. */
const char *operator_says(int *ret_status, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* What a command of bash prints, whatever its exit status. */
const char *command_says(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same with other settings of the command: "DELIVERY_LIMIT=3". */
const char *operator_with(int *ret_status, const char *settings, const char *words);

/* By how many bytes a connection to the broker grows when it is asked so often how long <service>.dead is. */
size_t memory_of_counts(const char *service, int times);

#endif

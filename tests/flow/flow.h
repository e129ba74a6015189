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
 * Drives the whole stack from outside, as users and programs do: HTTP through nginx, SQL as root for checks
 * afterwards, the bank's ledger, signals to parts. tests/with-stack starts the stack and passes its place:
 * FLOW_STATE (its directory), FLOW_URL (the site), FLOW_BANK (the sandbox bank), FLOW_HOLD (HOLD_SECONDS). A
 * failed step fails the test.
 */

/* flow_begin creates the state of a test, flow_end frees it. The visitors of each test have their own
 * address, 127.x.y.z, so that tests do not share the limits that the site applies to an address. */
extern struct arena *flow_arena;
extern const char *flow_address;
void flow_begin(void);
void flow_end(void);

/* Settings of the stack. */
const char *flow_state(void);
const char *flow_url(void);
const char *flow_bank(void);
int flow_hold_seconds(void);

/* A user with a browser, or a program: it has its own cookie jar. */
struct visitor {
	const char *email, *password, *id;
	char cookies[8192]; /* "name=value; name=value" */
};

struct answer {
	int status;
	const char *type;     /* content type */
	const char *location; /* "" when absent */
	const char *headers;  /* all header lines, as received */
	const char *body;
	size_t len;
	const struct json_t *json; /* NULL when the body is not JSON */
};

/* visitor_new: a signed-out visitor. visitor_signed_up: a visitor who has signed up through the API with a
 * unique email address. */
struct visitor *visitor_new(void);
struct visitor *visitor_signed_up(const char *name);

/* Sends one request. body NULL: no body. headers: lines "Name: value", NULL-terminated; may be NULL.
 * Redirects are never followed. */
struct answer *http(struct visitor *v, const char *method, const char *path, const char *type,
		    const char *body, const char *const *headers);

/* The same where a missing answer is an allowed outcome: the status is 0 then. The timeout is in seconds. */
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
 * Pages: page gets one; page_fill fills in the form whose action ends in `action` ("" takes the first POST
 * form) and includes its hidden fields; page_send sends the filled-in form, once or again; page_submit does
 * both. fields: "a=b&c=d", encoded.
 */
struct answer *page(struct visitor *v, const char *path);
const char *page_fill(struct visitor *v, const char *path, const char *action, const char *fields,
		      const char **ret_target);
/* The same for a page that was already fetched; NULL when it has no such form. */
const char *form_fill(const struct answer *shown, const char *path, const char *action, const char *fields,
		      const char **ret_target);
struct answer *page_send(struct visitor *v, const char *target, const char *body);
struct answer *page_submit(struct visitor *v, const char *path, const char *action, const char *fields);

/* The page has a heading and a language, and tidy reports neither errors nor warnings; `what` names the page
 * in the message. */
void ck_valid(const struct answer *a, const char *what);

/* The text of a member ("status", "ticket.title"), "" when absent. */
const char *text_of(const struct answer *a, const char *member);
int64_t number_of(const struct answer *a, const char *member, int64_t fallback);

/* Header of an answer, "" when absent. */
const char *header_of(const struct answer *a, const char *name);

#define ck_status(answer, expected)                                                                          \
	ck_assert_msg((answer)->status == (expected), "%d instead of %d: %.400s", (answer)->status,          \
		      (expected), (answer)->body)

/* Shorthands for the marketplace's API; each fails the test when the request fails. */
const char *sell(struct visitor *seller, const char *title,
		 const char *price); /* id of a new ticket, replicated to orders */
struct answer *order(struct visitor *buyer, const char *ticket);
const char *hold(struct visitor *buyer, const char *ticket); /* id of an order that awaits payment */
struct answer *pay(struct visitor *buyer, const char *order_, const char *token);
const char *order_status_of(struct visitor *buyer, const char *order_);

/* Polls the condition every 20 ms for up to this many milliseconds; fails the test when it does not hold by
 * then. */
bool wait_until(int ms, bool (*condition)(void *context), void *context);

/* Conditions for wait_until. is_replicated: orders has the ticket (const char *, its id). is_known_at: orders
 * has it at that revision (struct edited). */
struct edited {
	const char *ticket;
	int revision;
};
bool is_replicated(void *ticket);
bool is_known_at(void *edited);

/* Waits until the order has this status for its buyer. */
void wait_order(struct visitor *buyer, const char *order_, const char *status, int ms);
/* Waits until GET /api/tickets/{id} returns this status and is held or not. */
void wait_ticket(const char *ticket, const char *status, bool held, int ms);

/* SQL as root in stagedoor_<service>. The format makes the statement. Statements only read, except where a
 * test breaks something on purpose. */
int64_t sql_number(const char *service, const char *format, ...) __attribute__((format(printf, 2, 3)));
const char *sql_text(const char *service, const char *format, ...) __attribute__((format(printf, 2, 3)));
void sql_run(const char *service, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Fails the test unless a CHECK of the table refuses the statement. */
void sql_refuses(const char *service, const char *statement);

/* Waits up to this many milliseconds until every outbox is empty and every replica equals its owner. */
void settle(int ms);
int64_t unsent_events(void);
int64_t replica_differences(void); /* rows that differ from their owner's, column by column */

/* Parts of the stack by name ("expiration-events", "tickets-web"). stop waits until it is down, start until
 * it is ready. */
void part_stop(const char *part);
void part_start(const char *part);
void part_kill(const char *part); /* SIGKILL; waits until the supervisor has brought it back */

/* Moves the clock of all programs to so many seconds from now; 0 resets it. */
void clock_move(int64_t seconds);
void clock_move_of(const char *service, int64_t seconds);

/* The bank's ledger and its faults (POST /sandbox/…). */
const struct json_t *bank_book(void);
void bank_post(const char *path, const char *form);
/* The bank's page takes the money at once, as for an older version; false when the bank does not answer. */
bool bank_pays_at_once(const char *page);
int bank_charges(const char *order_); /* successful ones for that order, by the bank's own book */

/*
 * Publishes events of the service again, in this order, with the service's own account, as the broker may
 * redeliver at any time: at most 100 events whose body mentions `about` ("": all events; NULL: the newest
 * ones).
 */
enum event_order { EVENTS_SAME, EVENTS_REVERSED, EVENTS_SHUFFLED, EVENTS_SOME /* of them, shuffled */ };
extern uint32_t (*events_random)(uint32_t below); /* random_below, unless a seed is replayed */
void events_again(const char *service, const char *about, enum event_order how);

/* Publishes a body as the service would, even a malformed one. */
void event_send(const char *service, const char *type, const char *body);

/* The service's own connection to the broker; the caller frees it. */
struct bus *bus_of(const char *service);

/* How many messages a queue that the service consumes holds; -1 when the broker does not answer. */
int64_t queue_length(const char *service, const char *queue);

/* How often messages of the service were dead-lettered: the messages in the queue <service>.dead and the
 * failures of the rows in the table, each of which may have failed several times. */
int64_t dead_letters(const char *service);

/* Removes a binding, as if the broker had lost it; the next start of the broker restores it. */
void broker_unbind(const char *exchange, const char *key, const char *queue);

/* The output of the command `stagedoor` with these arguments, and its exit status. */
const char *operator_says(int *ret_status, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The output of a bash command, whatever its exit status. */
const char *command_says(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same with other settings for the command: "DELIVERY_LIMIT=3". */
const char *operator_with(int *ret_status, const char *settings, const char *words);

/* By how many bytes the memory of a connection to the broker grows when the length of <service>.dead is read
 * this many times. */
size_t memory_of_counts(const char *service, int times);

#endif

#ifndef STAGEDOOR_TESTS_FAULT_LOAD_H
#define STAGEDOOR_TESTS_FAULT_LOAD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct visitor;

/*
 * The users of the site, each a separate process:
 * - sellers list, edit and withdraw tickets;
 * - buyers order, pay by card or on the bank's page, cancel, pay and cancel at once, or let the hold expire;
 *   now and then a payment is one that an older version has begun;
 * - one signs in and out;
 * - one signs up, lists a ticket and deletes the account.
 * The seed decides what each does. Users tolerate any answer: none, an error, a part of one. They record what
 * the site promised them, and the checks look for it afterwards.
 */
enum {
	SELLERS = 2,
	BUYERS = 7,
	ID = 37,
	OFFERED = 4096,
	PROMISES_MAX = 65536,
	COOKIES = 64,
	COOKIE = 8192,
	STATUSES = 600,
	NOBODY = -1
};

/* What the site has confirmed to a user, and must keep. */
enum promise_kind {
	PROMISED_LISTED,       /* id: a ticket */
	PROMISED_EDITED,       /* id: a ticket; number: its revision */
	PROMISED_WITHDRAWN,    /* id: a ticket */
	PROMISED_ORDERED,      /* id: an order; who: its buyer */
	PROMISED_CANCELLED,    /* id: an order */
	PROMISED_PAID,         /* id: a charge; about: its order */
	PROMISED_AUTHORISED,   /* the same: paid in the end, or nothing was taken */
	PROMISED_LEFT,         /* id: a user whose account is deleted */
	PROMISED_MAYBE_LISTED, /* a ticket of this seller that may or may not be listed: no clear answer */
	PROMISED_UNCLEAR,      /* an order of this buyer that may or may not exist: no clear answer */
	PROMISED_TWICE,        /* the same request with the same key made another one: id and about */
};

struct promise {
	enum promise_kind kind;
	int who; /* of the buyers or sellers */
	int64_t number;
	char id[ID], about[ID];
};

/* Shared by the users and the checks. */
struct load {
	_Atomic bool going;
	_Atomic uint32_t offered; /* tickets so far; the id of the n-th is tickets[n % OFFERED] */
	struct offered {
		char id[ID];
		int seller;
	} tickets[OFFERED];
	_Atomic uint32_t promise_count;
	struct promise promises[PROMISES_MAX];
	_Atomic uint32_t statuses[STATUSES]; /* by status; [0]: no answer */
	_Atomic uint32_t signed_out;
	char cookies[COOKIES][COOKIE]; /* of sessions whose end the site has confirmed */
	/* malformed events that the broker has taken: of orders, for the others; of the others, for orders */
	_Atomic uint32_t poison, poison_of_orders;
	_Atomic bool paused;
};

/* Signs all users up; called once. */
struct load *load_new(void);

/* The user id of a seller, of a buyer. */
const char *load_seller(int who);
const char *load_buyer(int who);

/* A buyer, for the checks. */
struct visitor *load_somebody(void);

/*
 * Starts again without promises; returns once a few tickets are on offer. poison: one user publishes
 * malformed events.
 */
void load_start(struct load *l, uint64_t seed, bool poison);

/* No user begins another step. */
void load_pause(void);

/* Ends the load; false when a user failed because of a bug in the test. */
bool load_stop(struct load *l);

/* A malformed event, by the schedule `below` (0 to n - 1), for the others or for orders. */
void poison_one(struct load *load, uint32_t (*below)(uint32_t n));

/* A generator for schedules that seeds replay: each call moves *state. */
uint64_t schedule_next(uint64_t *state);
uint32_t schedule_below(uint64_t *state, uint32_t below);

#endif

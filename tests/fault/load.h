#ifndef STAGEDOOR_TESTS_FAULT_LOAD_H
#define STAGEDOOR_TESTS_FAULT_LOAD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct visitor;

/*
 * People at the site, each a process of its own: sellers list, edit and withdraw; buyers order, pay by card
 * or on the bank's page, cancel, do both at once, or let the hold lapse; one signs in and out; one signs up,
 * lists and deletes the account. What each does follows from the seed. They bear anything: no answer, an
 * error, a half one; and what they were promised they write down, to be looked for afterwards.
 */
enum {
	SELLERS = 2,
	BUYERS = 7,
	ID = 37,
	OFFERED = 4096,
	TOLD = 65536,
	COOKIES = 64,
	COOKIE = 8192,
	STATUSES = 600,
	NOBODY = -1
};

/* What the site has said to somebody, and must stand by. */
enum told_kind {
	TOLD_LISTED,       /* id: a ticket */
	TOLD_EDITED,       /* id: a ticket; number: its revision */
	TOLD_WITHDRAWN,    /* id: a ticket */
	TOLD_ORDERED,      /* id: an order; who: its buyer */
	TOLD_CANCELLED,    /* id: an order */
	TOLD_PAID,         /* id: a charge; about: its order */
	TOLD_LEFT,         /* id: a user whose account is deleted */
	TOLD_MAYBE_LISTED, /* a ticket of this seller that was or was not listed; nobody has said */
	TOLD_UNCLEAR,      /* an order of this buyer that was or was not made; nobody has said */
	TOLD_TWICE,        /* the same request with the same key made another one: id and about */
};

struct told {
	enum told_kind kind;
	int who; /* of the buyers or sellers */
	int64_t number;
	char id[ID], about[ID];
};

/* Shared by all of them and the one that looks. */
struct load {
	_Atomic bool going;
	_Atomic uint32_t offered; /* tickets so far; the id of the n-th is tickets[n % OFFERED] */
	struct offered {
		char id[ID];
		int seller;
	} tickets[OFFERED];
	_Atomic uint32_t told_count;
	struct told told[TOLD];
	_Atomic uint32_t statuses[STATUSES]; /* by status; [0]: no answer */
	_Atomic uint32_t signed_out;
	char cookies[COOKIES][COOKIE]; /* of sessions that were ended, and told so */
	/* malformed events that the broker has taken: of orders, for the others; of the others, for orders */
	_Atomic uint32_t poison, poison_of_orders;
	_Atomic bool paused;
};

/* Signs everybody up; once. */
struct load *load_new(void);

/* The user id of a seller, of a buyer. */
const char *load_seller(int who);
const char *load_buyer(int who);

/* A buyer, for looking. */
struct visitor *load_somebody(void);

/* Starts over with nothing told; returns once a few tickets are on offer. poison: somebody publishes events
 * that nobody can read, too. */
void load_start(struct load *l, uint64_t seed, bool poison);

/* Nobody begins anything more. */
void load_pause(void);

/* Ends it; false when somebody came to grief by a bug of the test. */
bool load_stop(struct load *l);

/* A malformed event, by the schedule `below` (0 to n - 1), for the others or for orders. */
void poison_one(struct load *load, uint32_t (*below)(uint32_t n));

/* A generator for schedules that seeds replay: each call moves *state. */
uint64_t schedule_next(uint64_t *state);
uint32_t schedule_below(uint64_t *state, uint32_t below);

#endif

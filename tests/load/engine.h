#ifndef STAGEDOOR_TESTS_LOAD_ENGINE_H
#define STAGEDOOR_TESTS_LOAD_ENGINE_H

#include "common/base/clock.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Many visitors at once over kept connections, in one thread. A visit is a few requests, each of which
 * depends on the answer before. Visits begin either when others end (closed loop: measures the capacity) or
 * at a given rate, independent of earlier visits (open loop: as real users arrive). In an open loop the
 * answer time of the first request counts from the time when it was due.
 */

/* Kinds of requests; answers are counted by kind. */
enum what { BROWSE, SEARCH, TICKET, SIGN_IN, OWN_PAGES, ORDER, LOOK, PAY, RELEASE, EDIT, SELL, WHATS };
extern const char *const what_names[WHATS];

struct request {
	enum what what;
	const char *method, *cookies; /* cookies: NULL for a signed-out visitor */
	char path[256], body[256];    /* body: "" for none, else JSON */
	bool page;                    /* asks for HTML */
	int pause_ms;                 /* before it is sent */
};

struct reply {
	int status;       /* 0: the connection was closed */
	const char *body; /* followed by NUL */
};

struct visit {
	const struct visit_kind *kind;
	int step, tries;
	struct person *who;
	char ticket[40], order[40];
};

/* Makes the next request of the visit from the answer to the one before (NULL at first); false when the visit
 * is over. */
struct visit_kind {
	const char *name;
	bool (*next)(struct visit *v, const struct reply *last, struct request *r);
};

struct count {
	int64_t good, refused, shed, away,
	    broken;    /* 2xx and 3xx; 4xx; 503, and 502 and 504 with Retry-After; all others */
	int64_t *took; /* microseconds of each good answer */
	size_t room;
};

struct drive {
	double rate; /* visits a second; 0: closed */
	int at_once; /* closed: this many visits wait for an answer at a time */
	double seconds;
	bool patient; /* repeat after Retry-After, up to five times; else the visit ends there */
	const struct visit_kind *(*pick)(void);
	void (*tick)(double seconds); /* about every second; NULL: none */
	/* results */
	int64_t visits, requests, given_up;
	double took;
	int64_t ended; /* clock_steady() when the last visit began */
	struct count counts[WHATS];
};

/* Returns when all visits that had begun are over, at most 45 s after the last one began. port: of the site
 * on 127.0.0.1. */
void drive_run(struct drive *d, int port);
void drive_free(struct drive *d);

/* This quantile of the good answers' times, in ms; 0 when there are none. */
double count_ms(struct count *c, double part);

#endif

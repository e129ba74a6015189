#ifndef STAGEDOOR_TESTS_LOAD_ENGINE_H
#define STAGEDOOR_TESTS_LOAD_ENGINE_H

#include "common/base/clock.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Many visitors at once over kept connections, in one thread. A visit is a few requests, each made of what
 * came before. Visits come either as fast as others end (closed: how much is there room for?) or at a given
 * rate, whatever becomes of those before (open: as people come), in which case the time of the first answer
 * counts from when it was due.
 */

/* What is asked for; answers are counted by it. */
enum what { BROWSE, SEARCH, TICKET, SIGN_IN, OWN_PAGES, ORDER, LOOK, PAY, RELEASE, EDIT, SELL, WHATS };
extern const char *const what_names[WHATS];

struct request {
	enum what what;
	const char *method, *cookies; /* cookies: NULL for nobody's */
	char path[256], body[256];    /* body: "" for none, else JSON */
	bool page;                    /* asks for HTML */
	int pause_ms;                 /* before it is sent */
};

struct reply {
	int status;       /* 0: the connection ended */
	const char *body; /* NUL after it */
};

struct visit {
	const struct visit_kind *kind;
	int step, tries;
	struct person *who;
	char ticket[40], order[40];
};

/* The next request of the visit, after the answer to the one before (NULL at first); false when the visit is
 * over. */
struct visit_kind {
	const char *name;
	bool (*next)(struct visit *v, const struct reply *last, struct request *r);
};

struct count {
	int64_t good, refused, shed, away,
	    broken;    /* 2xx and 3xx; 4xx; 503 and 502, 504 that say when to come again; all else */
	int64_t *took; /* microseconds of each answer that was good */
	size_t room;
};

struct drive {
	double rate; /* visits a second; 0: closed */
	int at_once; /* closed: so many visits at a time that wait for an answer */
	double seconds;
	bool patient; /* what is told to come again does, as told, five times; else the visit ends there */
	const struct visit_kind *(*pick)(void);
	void (*tick)(double seconds); /* about every second; NULL: none */
	/* what came of it */
	int64_t visits, requests, given_up;
	double took;
	int64_t ended; /* clock_steady() of the last that began */
	struct count counts[WHATS];
};

/* Comes back when all visits that had begun are over, at most 45 s after the last began. port: of the site on
 * 127.0.0.1. */
void drive_run(struct drive *d, int port);
void drive_free(struct drive *d);

/* The answer time below which this part of the good answers is, ms; 0 when there are none. */
double count_ms(struct count *c, double part);

#endif

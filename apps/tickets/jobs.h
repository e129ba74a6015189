#ifndef STAGEDOOR_TICKETS_JOBS_H
#define STAGEDOOR_TICKETS_JOBS_H

#include "common/app/app.h"

/* Timed work; jobs.c says what it does. */
extern const struct job tickets_jobs[];

#endif

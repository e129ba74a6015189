#ifndef STAGEDOOR_AUTH_JOBS_H
#define STAGEDOOR_AUTH_JOBS_H

#include "common/app/app.h"

/* Timed work: deletes what has ended, in the transactions of app_clean. */
extern const struct job auth_jobs[];

#endif

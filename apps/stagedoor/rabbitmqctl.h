#ifndef STAGEDOOR_APPS_STAGEDOOR_RABBITMQCTL_H
#define STAGEDOOR_APPS_STAGEDOOR_RABBITMQCTL_H

#include "common/base/arena.h"
#include "common/base/err.h"
#include <stddef.h>

struct json_t;

enum { CTL_WORDS = 12 };

/* The words of a call without the program's name; NULL ends them. */
struct ctl_call {
	const char *words[CTL_WORDS];
};

/*
 * Makes all the calls at once, since each takes most of a second; ret_answers[i] is the JSON that call i
 * printed. ERR_NOT_FOUND: there is no such program. ERR_UNAVAILABLE: a call failed; it has said why on
 * standard error.
 */
err ctl_ask(struct arena *a, const char *program, const struct ctl_call *calls, size_t count,
	    struct json_t **ret_answers) NODISCARD;

/* One call that changes something. Errors as above, and the exit status of a
 * call that failed in *ret_status (0: it was never made). */
err ctl_do(struct arena *a, const char *program, const struct ctl_call *call, int *ret_status) NODISCARD;

/* The row of that name in the JSON that a call like list_queues printed; NULL when there is none. */
const struct json_t *ctl_row(const struct json_t *rows, const char *name);

#endif

#include "sandbox/fault.h"
#include <stdlib.h>
#include <string.h>

enum { HUGE_BYTES = 4 << 20 };

static const char *const fault_names[] = {
    [FAULT_TIMEOUT_BEFORE] = "timeout_before",
    [FAULT_TIMEOUT_AFTER] = "timeout_after",
    [FAULT_500] = "500",
    [FAULT_500_STORED] = "500_stored",
    [FAULT_429] = "429",
    [FAULT_409] = "409",
    [FAULT_REFUSED] = "refused",
    [FAULT_REDIRECT] = "redirect",
    [FAULT_HUGE] = "huge",
    [FAULT_SLOW] = "slow",
};

static long long slow_ms = 5000, late_ms = 30000;

enum fault_kind fault_kind_named(const char *name)
{
	for (enum fault_kind k = FAULT_NONE + 1; k <= FAULT_SLOW; k++) {
		if (strcmp(fault_names[k], name) == 0)
			return k;
	}
	return FAULT_NONE;
}

/* '*' in what it begins with stands for one part of the path, an id. */
static bool begins(const char *path, const char *with)
{
	for (; *with != '\0'; with++) {
		if (*with == '*')
			path += strcspn(path, "/");
		else if (*path++ != *with)
			return false;
	}
	return true;
}

static bool fault_matches(const json_t *fault, const char *method, const char *path)
{
	const char *wanted = json_string_value(json_object_get(fault, "method"));
	const char *begin = json_string_value(json_object_get(fault, "match"));

	return begins(path, begin) && (wanted == NULL || strcmp(wanted, method) == 0);
}

struct fault fault_take(const char *method, const char *path)
{
	const char *id;
	json_t *fault;

	json_object_foreach(book_all("faults"), id, fault)
	{
		struct fault taken;
		json_int_t left;

		if (!fault_matches(fault, method, path))
			continue;
		taken = (struct fault){
		    .kind = fault_kind_named(json_string_value(json_object_get(fault, "next"))),
		    .delay_ms = json_integer_value(json_object_get(fault, "delay_ms"))};
		left = json_integer_value(json_object_get(fault, "count")) - 1;
		json_object_set_new(fault, "count", json_integer(left));
		if (left > 0)
			book_touch("faults", fault);
		else
			book_drop("faults", id);
		book_commit();
		return taken;
	}
	return (struct fault){0};
}

struct answer fault_500(void)
{
	struct answer a = answer_error(500, "api_error", NULL, NULL, "An unknown error occurred.");

	a.lasting = true;
	return a;
}

void fault_swell(const struct fault *fault, struct answer *a)
{
	char *filling;

	if (fault->kind != FAULT_HUGE || a->body == NULL)
		return;
	filling = malloc(HUGE_BYTES);
	if (filling == NULL)
		abort();
	memset(filling, 'x', HUGE_BYTES);
	json_object_set_new(a->body, "filling", json_stringn(filling, HUGE_BYTES));
	free(filling);
}

/* 303, since a client that followed it would send a GET, which needs no form. */
static struct answer fault_redirect(void)
{
	return (struct answer){.status = 303, .body = json_object(), .location = "/sandbox/elsewhere"};
}

bool fault_refuses(const struct fault *fault, struct answer *ret_answer)
{
	switch (fault->kind) {
	case FAULT_TIMEOUT_BEFORE:
		*ret_answer = (struct answer){.status = 500, .hang_up = true};
		break;
	case FAULT_500:
		*ret_answer = fault_500();
		break;
	case FAULT_429:
		*ret_answer = answer_error(429, "invalid_request_error", "rate_limit", NULL,
					   "Too many requests hit the API too quickly.");
		break;
	case FAULT_409:
		*ret_answer = answer_error(
		    409, "invalid_request_error", "lock_timeout", NULL,
		    "This object cannot be accessed right now because another API request is accessing it.");
		break;
	case FAULT_REFUSED:
		*ret_answer =
		    answer_error(400, "invalid_request_error", "capture_unauthorized_payment", NULL,
				 "The payment cannot be captured as it is not authorized any more.");
		break;
	case FAULT_REDIRECT:
		*ret_answer = fault_redirect();
		break;
	default:
		return false;
	}
	book_sleep(now_ms() + fault->delay_ms);
	return true;
}

static long long *default_of(const char *name)
{
	return strcmp(name, "slow_ms") == 0 ? &slow_ms : &late_ms;
}

long long delay_default(const char *name)
{
	return *default_of(name);
}

void delay_default_set(const char *name, long long ms)
{
	*default_of(name) = ms;
}

long long delay_ms(const char *name)
{
	const json_t *ordered = json_object_get(book_get("sandbox", "delays"), name);

	return ordered != NULL ? json_integer_value(ordered) : delay_default(name);
}

#include "sandbox.h"

#include "form.h"
#include "webhook.h"

#include <stdlib.h>
#include <string.h>

enum { DELAY_MAX = 600000, HUGE_BYTES = 4 << 20 };

static const char *const fault_names[] = {
    [FAULT_TIMEOUT_BEFORE] = "timeout_before",
    [FAULT_TIMEOUT_AFTER] = "timeout_after",
    [FAULT_500] = "500",
    [FAULT_500_STORED] = "500_stored",
    [FAULT_429] = "429",
    [FAULT_409] = "409",
    [FAULT_REDIRECT] = "redirect",
    [FAULT_HUGE] = "huge",
    [FAULT_SLOW] = "slow",
};

static long long slow_ms = 5000, late_ms = 30000;

static struct answer unknown_value(const char *param, const char *known)
{
	return answer_error(400, "invalid_request_error", NULL, param, "Unknown %s; one of: %s", param,
			    known);
}

struct answer sandbox_book(const struct call *call)
{
	(void)call;
	struct answer a = {.status = 200, .body = json_copy(book_whole())};
	json_object_set_new(a.body, "requests", api_counts());
	return a;
}

static enum fault_kind kind_named(const char *name)
{
	for (enum fault_kind k = FAULT_NONE + 1; k <= FAULT_SLOW; k++) {
		if (!strcmp(fault_names[k], name))
			return k;
	}
	return FAULT_NONE;
}

static struct answer forget_faults(void)
{
	const char *id;
	json_t *fault;
	void *next;
	json_object_foreach_safe(book_all("faults"), next, id, fault) book_drop("faults", id);
	return (struct answer){.status = 200, .body = json_object()};
}

struct answer sandbox_faults(const struct call *call)
{
	const json_t *form = call->form;
	const char *next, *match = form_text(form, "match"), *method = form_text(form, "method");
	long long count = 1, delay = -1;
	struct answer no;
	if (!want_text(form, "next", 30, &next, &no))
		return no;
	if (!strcmp(next, "none"))
		return forget_faults();
	if (!kind_named(next))
		return unknown_value(
		    "next",
		    "timeout_before, timeout_after, 500, 500_stored, 429, 409, redirect, huge, slow, none");
	if ((form_text(form, "count") && !want_integer(form, "count", 1, 1000000, &count, &no)) ||
	    (form_text(form, "delay_ms") && !want_integer(form, "delay_ms", 0, DELAY_MAX, &delay, &no)))
		return no;
	if (delay < 0)
		delay = kind_named(next) == FAULT_SLOW ? slow_ms : 0;
	char id[ID_SIZE];
	new_id("fault_", id);
	json_t *fault =
	    json_pack("{s:s, s:s, s:I, s:s, s:s?, s:I}", "id", id, "next", next, "count", (json_int_t)count,
		      "match", match ? match : "/v1/", "method", method, "delay_ms", (json_int_t)delay);
	book_put("faults", id, fault);
	return answer_object(fault);
}

static bool fault_matches(const json_t *fault, const char *method, const char *path)
{
	const char *wanted = json_string_value(json_object_get(fault, "method"));
	const char *prefix = json_string_value(json_object_get(fault, "match"));
	return !strncmp(path, prefix, strlen(prefix)) && (!wanted || !strcmp(wanted, method));
}

struct fault fault_take(const char *method, const char *path)
{
	const char *id;
	json_t *fault;
	json_object_foreach(book_all("faults"), id, fault)
	{
		if (!fault_matches(fault, method, path))
			continue;
		struct fault taken = {.kind = kind_named(json_string_value(json_object_get(fault, "next"))),
				      .delay_ms = json_integer_value(json_object_get(fault, "delay_ms"))};
		json_int_t left = json_integer_value(json_object_get(fault, "count")) - 1;
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
	if (fault->kind != FAULT_HUGE || !a->body)
		return;
	char *filling = malloc(HUGE_BYTES);
	if (!filling)
		abort();
	memset(filling, 'x', HUGE_BYTES);
	json_object_set_new(a->body, "filling", json_stringn(filling, HUGE_BYTES));
	free(filling);
}

/* 303, since a client that followed it would ask with GET, which has no form that would have to fit. */
static struct answer redirect(void)
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
	case FAULT_REDIRECT:
		*ret_answer = redirect();
		break;
	default:
		return false;
	}
	book_sleep(now_ms() + fault->delay_ms);
	return true;
}

void delay_default(const char *name, long long ms)
{
	*(strcmp(name, "slow_ms") ? &late_ms : &slow_ms) = ms;
}

long long delay_ms(const char *name)
{
	const json_t *ordered = json_object_get(book_get("sandbox", "delays"), name);
	return ordered ? json_integer_value(ordered) : strcmp(name, "slow_ms") ? late_ms : slow_ms;
}

struct answer sandbox_delays(const struct call *call)
{
	long long slow = delay_ms("slow_ms"), late = delay_ms("late_ms");
	struct answer no;
	if ((form_text(call->form, "slow_ms") &&
	     !want_integer(call->form, "slow_ms", 0, DELAY_MAX, &slow, &no)) ||
	    (form_text(call->form, "late_ms") &&
	     !want_integer(call->form, "late_ms", 0, DELAY_MAX, &late, &no)))
		return no;
	json_t *delays = json_pack("{s:s, s:I, s:I}", "id", "delays", "slow_ms", (json_int_t)slow, "late_ms",
				   (json_int_t)late);
	book_put("sandbox", "delays", delays);
	return answer_object(delays);
}

struct answer sandbox_webhooks(const struct call *call)
{
	const char *mode = form_text(call->form, "mode");
	long long late = 0;
	struct answer no;
	if (mode && !webhook_knows(mode))
		return unknown_value("mode", WEBHOOK_MODES);
	if (form_text(call->form, "late_ms") &&
	    !want_integer(call->form, "late_ms", 0, DELAY_MAX, &late, &no))
		return no;
	return answer_object(webhook_set(mode ? mode : "normal", late));
}

struct answer sandbox_release(const struct call *call)
{
	(void)call;
	json_t *released = json_pack("{s:I}", "released", (json_int_t)webhook_release());
	struct answer a = answer_object(released);
	json_decref(released);
	return a;
}

struct answer sandbox_reset(const struct call *call)
{
	(void)call;
	book_reset();
	return (struct answer){.status = 200, .body = json_object()};
}

/* Nobody should come here: that somebody did is told by the counts of the book. */
struct answer sandbox_elsewhere(const struct call *call)
{
	(void)call;
	return (struct answer){.status = 200, .body = json_object()};
}

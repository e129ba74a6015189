#include "sandbox/control.h"
#include "sandbox/counts.h"
#include "sandbox/fault.h"
#include "sandbox/form.h"
#include "sandbox/intent.h"
#include "sandbox/webhook.h"
#include <string.h>

enum { DELAY_MAX = 600000 };

static struct answer unknown_value(const char *param, const char *known)
{
	return answer_error(400, "invalid_request_error", NULL, param, "Unknown %s; one of: %s", param,
			    known);
}

struct answer sandbox_book(const struct call *call)
{
	struct answer a = {.status = 200, .body = json_copy(book_whole())};

	(void)call;
	json_object_set_new(a.body, "requests", counts_json());
	return a;
}

static struct answer forget_faults(void)
{
	const char *id;
	json_t *fault;
	void *next;

	json_object_foreach_safe(book_all("faults"), next, id, fault)
	{
		book_drop("faults", id);
	}
	return (struct answer){.status = 200, .body = json_object()};
}

struct answer sandbox_faults(const struct call *call)
{
	const json_t *form = call->form;
	const char *next, *match = form_text(form, "match"), *method = form_text(form, "method");
	long long count = 1, delay = -1;
	struct answer no;
	char id[ID_SIZE];
	json_t *fault;

	if (!want_text(form, "next", 30, &next, &no))
		return no;
	if (strcmp(next, "none") == 0)
		return forget_faults();
	if (fault_kind_named(next) == FAULT_NONE)
		return unknown_value("next", "timeout_before, timeout_after, 500, 500_stored, 429, 409, "
					     "refused, redirect, huge, slow, "
					     "none");
	if ((form_text(form, "count") != NULL && !want_integer(form, "count", 1, 1000000, &count, &no)) ||
	    (form_text(form, "delay_ms") != NULL &&
	     !want_integer(form, "delay_ms", 0, DELAY_MAX, &delay, &no)))
		return no;
	if (delay < 0)
		delay = fault_kind_named(next) == FAULT_SLOW ? delay_default("slow_ms") : 0;
	new_id("fault_", id);
	fault = json_pack("{s:s, s:s, s:I, s:s, s:s?, s:I}", "id", id, "next", next, "count",
			  (json_int_t)count, "match", match != NULL ? match : "/v1/", "method", method,
			  "delay_ms", (json_int_t)delay);
	book_put("faults", id, fault);
	return answer_object(fault);
}

struct answer sandbox_delays(const struct call *call)
{
	long long slow = delay_ms("slow_ms"), late = delay_ms("late_ms");
	struct answer no;
	json_t *delays;

	if ((form_text(call->form, "slow_ms") != NULL &&
	     !want_integer(call->form, "slow_ms", 0, DELAY_MAX, &slow, &no)) ||
	    (form_text(call->form, "late_ms") != NULL &&
	     !want_integer(call->form, "late_ms", 0, DELAY_MAX, &late, &no)))
		return no;
	delays = json_pack("{s:s, s:I, s:I}", "id", "delays", "slow_ms", (json_int_t)slow, "late_ms",
			   (json_int_t)late);
	book_put("sandbox", "delays", delays);
	return answer_object(delays);
}

struct answer sandbox_webhooks(const struct call *call)
{
	const char *mode = form_text(call->form, "mode");
	long long late = 0;
	struct answer no;

	if (mode != NULL && !webhook_knows(mode))
		return unknown_value("mode", WEBHOOK_MODES);
	if (form_text(call->form, "late_ms") != NULL &&
	    !want_integer(call->form, "late_ms", 0, DELAY_MAX, &late, &no))
		return no;
	return answer_object(webhook_set(mode != NULL ? mode : "normal", late));
}

struct answer sandbox_release(const struct call *call)
{
	json_t *released;
	struct answer a;

	(void)call;
	released = json_pack("{s:I}", "released", (json_int_t)webhook_release());
	a = answer_object(released);
	json_decref(released);
	return a;
}

struct answer sandbox_intent_release(const struct call *call)
{
	json_t *intent = book_get("intents", call->id);

	if (intent == NULL)
		return answer_missing("payment_intent", "intent", call->id);
	if (intent_is(intent, "requires_capture"))
		intent_end(intent, "automatic");
	return answer_object(intent);
}

static struct answer make_automatic(const struct call *call, const char *kind, const char *member)
{
	json_t *doc = book_get(kind, call->id);

	if (doc == NULL)
		return answer_missing(kind, "id", call->id);
	json_object_set_new(doc, member, json_string("automatic"));
	book_touch(kind, doc);
	return answer_object(doc);
}

struct answer sandbox_intent_automatic(const struct call *call)
{
	return make_automatic(call, "intents", "capture_method");
}

struct answer sandbox_session_automatic(const struct call *call)
{
	return make_automatic(call, "sessions", "_capture_method");
}

struct answer sandbox_reset(const struct call *call)
{
	(void)call;
	book_reset();
	return (struct answer){.status = 200, .body = json_object()};
}

/* A client that followed the redirect of a fault calls this; the counts of the book show it. */
struct answer sandbox_elsewhere(const struct call *call)
{
	(void)call;
	return (struct answer){.status = 200, .body = json_object()};
}

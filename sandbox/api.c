#include "sandbox/api.h"
#include "sandbox/control.h"
#include "sandbox/counts.h"
#include "sandbox/fault.h"
#include "sandbox/form.h"
#include "sandbox/intent.h"
#include "sandbox/refund.h"
#include "sandbox/session.h"
#include <openssl/sha.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_LIFE = 24 * 3600, KEY_MAX = 255 };

#define METHOD "payment_method", "payment_method_data[type]", "payment_method_data[card][token]"
#define ITEM   "line_items[*][price_data]"

struct route {
	const char *method, *path; /* '*' is the id */
	struct answer (*serve)(const struct call *call);
	const char *params[20];
};

static const struct route routes[] = {
    {"POST",
     "/v1/payment_intents",
     intent_create,
     {"amount", "currency", METHOD, "payment_method_types[*]", "capture_method", "confirm",
      "error_on_requires_action", "metadata[*]", "description", "expand[*]"}},
    {"GET", "/v1/payment_intents/*", intent_show, {0}},
    {"POST",
     "/v1/payment_intents/*/confirm",
     intent_confirm,
     {METHOD, "error_on_requires_action", "expand[*]"}},
    {"POST", "/v1/payment_intents/*/capture", intent_capture, {"expand[*]"}},
    {"POST", "/v1/payment_intents/*/cancel", intent_cancel, {"cancellation_reason", "expand[*]"}},
    {"GET", "/v1/charges/*", charge_show, {0}},
    {"POST",
     "/v1/refunds",
     refund_create,
     {"payment_intent", "amount", "reason", "metadata[*]", "expand[*]"}},
    {"GET", "/v1/refunds", refund_list, {"payment_intent", "limit"}},
    {"GET", "/v1/refunds/*", refund_show, {0}},
    {"POST",
     "/v1/checkout/sessions",
     session_create,
     {"mode", "success_url", "cancel_url", ITEM "[currency]", ITEM "[unit_amount]",
      ITEM "[product_data][name]", "line_items[*][quantity]", "client_reference_id", "metadata[*]",
      "payment_intent_data[capture_method]", "payment_intent_data[metadata][*]", "expires_at",
      "payment_method_types[*]", "expand[*]"}},
    {"GET", "/v1/checkout/sessions/*", session_show, {0}},
    {"POST", "/v1/checkout/sessions/*/expire", session_expire_now, {"expand[*]"}},
    {"GET", "/sandbox/book", sandbox_book, {0}},
    {"POST", "/sandbox/faults", sandbox_faults, {"next", "count", "match", "method", "delay_ms"}},
    {"POST", "/sandbox/delays", sandbox_delays, {"slow_ms", "late_ms"}},
    {"POST", "/sandbox/webhooks", sandbox_webhooks, {"mode", "late_ms"}},
    {"POST", "/sandbox/webhooks/release", sandbox_release, {0}},
    {"POST", "/sandbox/intents/*/release", sandbox_intent_release, {0}},
    {"POST", "/sandbox/intents/*/automatic", sandbox_intent_automatic, {0}},
    {"POST", "/sandbox/sessions/*/automatic", sandbox_session_automatic, {0}},
    {"POST", "/sandbox/reset", sandbox_reset, {0}},
    {"GET", "/sandbox/elsewhere", sandbox_elsewhere, {0}},
};

/* The keys of the calls in progress; they exist only while the process runs. */
static json_t *running;

static bool path_matches(const char *path, const char *pattern, char ret_id[static ID_SIZE])
{
	ret_id[0] = '\0';
	for (; *pattern != '\0'; pattern++) {
		if (*pattern == '*') {
			size_t n = strcspn(path, "/");

			if (n == 0 || n >= ID_SIZE)
				return false;
			memcpy(ret_id, path, n);
			ret_id[n] = '\0';
			path += n;
		} else if (*path++ != *pattern) {
			return false;
		}
	}
	return *path == '\0';
}

static bool is_utf8(const char *text)
{
	json_t *string = json_string(text);

	json_decref(string);
	return string != NULL;
}

/* The route, or NULL with the refusal. */
static const struct route *route_of(const struct request *request, char ret_id[static ID_SIZE],
				    struct answer *ret_no)
{
	const char *allow = NULL;

	for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
		if (!path_matches(request->path, routes[i].path, ret_id))
			continue;
		if (strcmp(routes[i].method, request->method) == 0)
			return &routes[i];
		allow = routes[i].method;
	}
	*ret_no = answer_error(allow != NULL ? 405 : 404, "invalid_request_error", NULL, NULL,
			       "Unrecognized request URL (%s: %s).", request->method, request->path);
	ret_no->allow = allow;
	return NULL;
}

/* The form, owned by the caller, or NULL with the refusal. */
static json_t *form_of(const struct request *request, const struct route *route, struct answer *ret_no)
{
	json_t *form = request->is_form ? form_parse(request->body, request->size) : NULL;
	const char *unknown = form != NULL ? form_unknown(form, route->params) : NULL;

	if (form != NULL && unknown == NULL)
		return form;
	if (unknown != NULL)
		*ret_no = answer_error(400, "invalid_request_error", "parameter_unknown", unknown,
				       "Received unknown parameter: %s", unknown);
	else
		*ret_no = answer_error(400, "invalid_request_error", NULL, NULL,
				       "Invalid request (check that your POST content type is "
				       "application/x-www-form-urlencoded).");
	json_decref(form);
	return NULL;
}

static void fingerprint_request(const struct request *request,
				char ret_hex[static 2 * SHA256_DIGEST_LENGTH + 1])
{
	unsigned char hash[SHA256_DIGEST_LENGTH];
	char *whole = NULL;
	int head = asprintf(&whole, "%s %s\n%.*s", request->method, request->path, (int)request->size,
			    request->body);

	if (head < 0)
		abort();
	SHA256((const unsigned char *)whole, (size_t)head, hash);
	free(whole);
	sodium_bin2hex(ret_hex, 2 * sizeof hash + 1, hash, sizeof hash);
}

/* The answer as text: a JSON tree would take ten times the memory. */
static void remember_answer(const char *key, const char *print, const struct answer *a)
{
	char *text = a->body != NULL ? json_dumps(a->body, JSON_COMPACT) : NULL;
	json_t *kept =
	    json_pack("{s:s, s:s, s:I, s:i, s:s?, s:s}", "key", key, "print", print, "created",
		      (json_int_t)now_s(), "status", (int)a->status, "body", text, "settling", a->settling);

	free(text);
	book_put("keys", key, kept);
}

/* Waits for an intent that is being decided; its state is then the answer. */
static void wait_settled(struct answer *a)
{
	const json_t *intent;

	while ((intent = book_get("intents", a->settling)) != NULL && intent_is(intent, "processing")) {
		if (!book_wait(now_ms() + 1000))
			break;
	}
	if (intent != NULL && !intent_is(intent, "processing"))
		*a = intent_answer(intent);
	else
		*a = (struct answer){.status = 500, .hang_up = true};
}

/* A request in progress. key is NULL when it has none; print is then empty. */
struct work {
	const struct route *route;
	struct call call;
	const char *key;
	char print[2 * SHA256_DIGEST_LENGTH + 1];
	struct fault fault;
};

static struct answer carry_out(const struct work *w)
{
	struct answer a = w->fault.kind == FAULT_500_STORED ? fault_500() : w->route->serve(&w->call);

	if (w->key != NULL && (a.lasting || *a.settling != '\0'))
		remember_answer(w->key, w->print, &a);
	book_commit();
	return a;
}

static void settle_answer(const struct work *w, struct answer *a)
{
	if (*a->settling == '\0')
		return;
	wait_settled(a);
	if (w->key != NULL && a->lasting)
		remember_answer(w->key, w->print, a);
	book_commit();
}

static void pause_answer(const struct fault *fault, struct answer *a)
{
	bool delays = fault->kind == FAULT_SLOW || fault->kind == FAULT_TIMEOUT_AFTER;
	long long until = delays ? now_ms() + fault->delay_ms : 0;

	if (!book_sleep(until > a->not_before ? until : a->not_before))
		a->hang_up = true;
	if (fault->kind == FAULT_TIMEOUT_AFTER)
		a->hang_up = true;
}

static struct answer replay_answer(const json_t *kept)
{
	return (struct answer){.status = (unsigned)json_integer_value(json_object_get(kept, "status")),
			       .body = json_loads(json_string_value(json_object_get(kept, "body")), 0, NULL),
			       .replayed = true};
}

/* An earlier call with this key, whose process died before the payment was decided. */
static struct answer resume_answer(const json_t *kept)
{
	struct answer a = {0};

	snprintf(a.settling, sizeof a.settling, "%s", json_string_value(json_object_get(kept, "settling")));
	return a;
}

static const json_t *kept_of(const char *key)
{
	const json_t *kept = book_get("keys", key);
	bool old = kept != NULL && json_integer_value(json_object_get(kept, "created")) + KEY_LIFE < now_s();

	return old ? NULL : kept;
}

static struct answer finish_answer(const struct work *w, struct answer a)
{
	settle_answer(w, &a);
	pause_answer(&w->fault, &a);
	fault_swell(&w->fault, &a);
	return a;
}

static struct answer perform_with_key(const struct work *w)
{
	const json_t *kept = kept_of(w->key);
	struct answer a;

	if (running == NULL)
		running = json_object();
	if (json_object_get(running, w->key) != NULL)
		return answer_error(
		    409, "invalid_request_error", "idempotency_key_in_use", NULL,
		    "There is currently another in-progress request using this Idempotent Key: %s.", w->key);
	if (kept != NULL && strcmp(json_string_value(json_object_get(kept, "print")), w->print) != 0)
		return answer_error(400, "idempotency_error", NULL, NULL,
				    "Keys for idempotent requests can only be used with the same parameters "
				    "they were first used with: %s.",
				    w->key);
	if (kept != NULL && json_integer_value(json_object_get(kept, "status")))
		return finish_answer(w, replay_answer(kept));
	json_object_set_new(running, w->key, json_true());
	a = finish_answer(w, kept != NULL ? resume_answer(kept) : carry_out(w));
	json_object_del(running, w->key);
	return a;
}

static struct answer perform_request(const struct request *request, struct work *w)
{
	struct answer no;

	counts_add(w->route->method, w->route->path);
	if (strncmp(request->path, "/v1/", 4) == 0)
		w->fault = fault_take(request->method, request->path);
	if (fault_refuses(&w->fault, &no))
		return no;
	if (request->key == NULL || strcmp(request->method, "POST") != 0)
		return finish_answer(w, carry_out(w));
	if (*request->key == '\0' || strlen(request->key) > KEY_MAX || !is_utf8(request->key))
		return answer_error(400, "invalid_request_error", NULL, NULL,
				    "Invalid Idempotency-Key: 1 to 255 characters are needed.");
	fingerprint_request(request, w->print);
	w->key = request->key;
	return perform_with_key(w);
}

struct answer api_serve(const struct request *request, char **ret_text)
{
	char id[ID_SIZE];
	struct answer a;
	struct work w = {.call.id = id};

	book_lock();
	w.route = route_of(request, id, &a);
	w.call.form = w.route != NULL ? form_of(request, w.route, &a) : NULL;
	if (w.call.form != NULL)
		a = perform_request(request, &w);
	*ret_text = a.hang_up ? NULL : json_dumps(a.body, JSON_INDENT(2));
	json_decref(a.body);
	json_decref(w.call.form);
	a.body = NULL;
	book_unlock();
	book_keep();
	return a;
}

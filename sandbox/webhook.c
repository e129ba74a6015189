#include "sandbox/webhook.h"
#include "sandbox/answer.h"
#include "sandbox/document.h"
#include <curl/curl.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_PAUSE_MS = 500, LAST_PAUSE_MS = 10000, GIVE_UP_MS = 600000, ANSWER_S = 10 };

static const char *target, *secret;
static pthread_t thread;
static CURL *curl;

static const char *mode_now(void)
{
	const char *mode = json_string_value(json_object_get(book_get("sandbox", "webhooks"), "mode"));

	return mode != NULL ? mode : "normal";
}

static bool mode_is(const char *mode)
{
	return strcmp(mode_now(), mode) == 0;
}

static long long first_time(void)
{
	long long at = now_ms() + int_of(book_get("sandbox", "webhooks"), "late_ms");

	return mode_is("reorder") ? (at / 1000 + 1) * 1000 : at;
}

void event_emit(const char *type, const json_t *object)
{
	char id[ID_SIZE];

	new_id("evt_", id);
	book_put("events", id,
		 json_pack("{s:s, s:s, s:s, s:I, s:{s:o}, s:b, s:i, s:{s:n, s:n}, s:s, s:i, s:i}", "id", id,
			   "object", "event", "api_version", "2024-06-20", "created", (json_int_t)now_s(),
			   "data", "object", public_view(object), "livemode", 0, "pending_webhooks",
			   target != NULL ? 1 : 0, "request", "id", "idempotency_key", "type", type, "_tries",
			   0, "_last_status", 0));
	if (target == NULL)
		return;
	book_put("outbox", id,
		 json_pack("{s:s, s:I, s:I, s:i, s:b}", "id", id, "at", (json_int_t)first_time(), "until",
			   (json_int_t)(now_ms() + GIVE_UP_MS), "tries", 0, "released", 0));
}

bool webhook_knows(const char *mode)
{
	static const char modes[] = ", " WEBHOOK_MODES ",";
	char wanted[40];
	int n = snprintf(wanted, sizeof wanted, ", %s,", mode);

	return n < (int)sizeof wanted && strchr(mode, ',') == NULL && strstr(modes, wanted) != NULL;
}

json_t *webhook_set(const char *mode, long long late_ms)
{
	json_t *settings =
	    json_pack("{s:s, s:s, s:I}", "id", "webhooks", "mode", mode, "late_ms", (json_int_t)late_ms);

	book_put("sandbox", "webhooks", settings);
	return settings;
}

size_t webhook_release(void)
{
	const char *id;
	json_t *entry;

	json_object_foreach(book_all("outbox"), id, entry)
	{
		json_object_set_new(entry, "released", json_true());
		json_object_set_new(entry, "at", json_integer(0));
		book_touch("outbox", entry);
	}
	return json_object_size(book_all("outbox"));
}

static json_t *next_due(void)
{
	const char *id;
	json_t *entry, *found = NULL;
	bool held = mode_is("hold"), newest = mode_is("reorder");

	json_object_foreach(book_all("outbox"), id, entry)
	{
		if (int_of(entry, "at") > now_ms() ||
		    (held && !json_is_true(json_object_get(entry, "released"))))
			continue;
		found = entry;
		if (!newest)
			break;
	}
	return found;
}

static void add_one(json_t *object, const char *name)
{
	json_t *amount = json_object_get(object, name);

	if (amount != NULL)
		json_object_set_new(object, name, json_integer(json_integer_value(amount) + 1));
}

static char *text_to_send(const json_t *event)
{
	json_t *view = public_view(event), *object = json_object_get(json_object_get(view, "data"), "object");
	char *text;

	if (mode_is("wrong_amount")) {
		add_one(object, "amount");
		add_one(object, "amount_capturable");
		add_one(object, "amount_received");
		add_one(object, "amount_total");
	}
	text = json_dumps(view, JSON_INDENT(2));
	json_decref(view);
	return text;
}

static void sign_event(const char *text, bool forged, char *ret_header, size_t size)
{
	unsigned char mac[EVP_MAX_MD_SIZE];
	unsigned n = 0;
	char *signed_text = NULL;
	long long t = now_s();
	int length = asprintf(&signed_text, "%lld.%s", t, text);
	int at;

	if (length < 0)
		abort();
	HMAC(EVP_sha256(), secret, (int)strlen(secret), (unsigned char *)signed_text, (size_t)length, mac,
	     &n);
	free(signed_text);
	if (forged)
		mac[0] ^= 1;
	at = snprintf(ret_header, size, "Stripe-Signature: t=%lld,v1=", t);
	sodium_bin2hex(ret_header + at, size - (size_t)at, mac, n);
}

static size_t ignore_body(char *data, size_t size, size_t count, void *unused)
{
	(void)data;
	(void)unused;
	return size * count;
}

static int stop_early(void *unused, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	(void)unused;
	(void)a;
	(void)b;
	(void)c;
	(void)d;
	return book_stopping();
}

/* The status of the answer; 0 when there was none. */
static long post_event(const char *text, const char *signature)
{
	long status = 0;
	struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json; charset=utf-8");

	headers = curl_slist_append(headers, "Expect:");
	if (*signature != '\0')
		headers = curl_slist_append(headers, signature);
	curl_easy_reset(curl);
	curl_easy_setopt(curl, CURLOPT_URL, target);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, 3L);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)ANSWER_S);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "Stripe/1.0 (stagedoor-bank)");
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDS, text);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, ignore_body);
	curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, stop_early);
	if (curl_easy_perform(curl) == CURLE_OK)
		curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	curl_slist_free_all(headers);
	return status;
}

/* Releases the lock while it sends; an event is stored before it is sent. */
static long send_event(const char *id)
{
	char header[160] = "";
	char *text = text_to_send(book_get("events", id));
	int times = mode_is("twice") ? 2 : 1;
	bool with_signature = !mode_is("unsigned"), forged = mode_is("forged");
	long status = 0;

	book_unlock();
	book_keep();
	if (with_signature)
		sign_event(text, forged, header, sizeof header);
	for (int i = 0; i < times; i++)
		status = post_event(text, header);
	free(text);
	book_lock();
	return status;
}

/* The book may have been reset meanwhile. */
static void note_result(const char *id, long status)
{
	json_t *entry = book_get("outbox", id), *event = book_get("events", id);
	long long tries, pause = FIRST_PAUSE_MS;
	bool delivered;

	if (entry == NULL || event == NULL || book_stopping())
		return;
	tries = int_of(entry, "tries") + 1;
	for (long long i = 1; i < tries && pause < LAST_PAUSE_MS; i++)
		pause *= 2;
	if (pause > LAST_PAUSE_MS)
		pause = LAST_PAUSE_MS;
	json_object_set_new(entry, "tries", json_integer(tries));
	json_object_set_new(entry, "at", json_integer(now_ms() + pause));
	json_object_set_new(event, "_tries", json_integer(tries));
	json_object_set_new(event, "_last_status", json_integer(status));
	delivered = status >= 200 && status < 300;
	if (delivered)
		json_object_set_new(event, "pending_webhooks", json_integer(0));
	if (delivered || now_ms() > int_of(entry, "until")) {
		book_touch("events", event);
		book_drop("outbox", id);
	} else {
		book_touch("outbox", entry);
	}
	book_commit();
}

static void *deliver_events(void *unused)
{
	book_lock();
	while (!book_stopping()) {
		json_t *entry = next_due();

		if (entry != NULL) {
			char id[ID_SIZE];

			snprintf(id, sizeof id, "%s", json_string_value(json_object_get(entry, "id")));
			note_result(id, send_event(id));
		} else {
			book_wait(now_ms() + 1000);
		}
	}
	book_unlock();
	return unused;
}

bool webhook_start(const char *url, const char *signing_secret)
{
	target = url;
	secret = signing_secret;
	if (target == NULL)
		return true;
	curl = curl_easy_init();
	return curl != NULL && pthread_create(&thread, NULL, deliver_events, NULL) == 0;
}

void webhook_join(void)
{
	if (target != NULL)
		pthread_join(thread, NULL);
	curl_easy_cleanup(curl);
}

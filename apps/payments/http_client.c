#include "apps/payments/http_client.h"
#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/base/random.h"
#include "common/base/text.h"
#include "common/schema/form_params.h"
#include <curl/curl.h>
#include <pthread.h>
#include <stdlib.h>

#define STRIPE_VERSION "2024-06-20"
enum {
	CONNECT_MS = 3000,
	ATTEMPT_MS = 20000,
	ATTEMPTS = 4,
	PAUSE_MS = 200,
	PAUSE_MAX_MS = 2000,
	ANSWER_MAX = 256 * 1024,
	LEAST_MS = 500,
	WANTED_US = 100000
};

struct http_slot {
	struct http_client *client;
	CURL *curl; /* keeps its connection; made at first use, since a process may fork before */
	bool taken;
	struct arena *arena;
	int64_t deadline; /* clock_steady() */
};

struct http_client {
	struct http_client_settings settings;
	const char *protocols;
	pthread_mutex_t lock;
	int64_t refused_at; /* clock_steady() when somebody last found no slot */
	size_t count;
	struct http_slot slots[];
};

/* An address with user@ is not local: the host follows the @. */
static bool is_here(const char *url)
{
	static const char *const hosts[] = {"http://127.0.0.1", "http://localhost", "http://[::1]"};

	for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
		size_t len = strlen(hosts[i]);

		if (text_starts(url, hosts[i]) && strchr(":/", url[len]) != NULL)
			return strchr(url, '@') == NULL;
	}
	return false;
}

err http_client_open(const struct http_client_settings *settings, struct http_client **ret_client)
{
	struct http_client *client;
	bool secure = text_starts(settings->api_base, "https://");

	if (!secure && !is_here(settings->api_base)) {
		log_error("STAGEDOOR_STRIPE_API_BASE must be an https address; http is for a sandbox on this "
			  "machine alone");
		return ERR_INVALID;
	}
	BUG_IF(curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK);
	client = calloc(1, sizeof *client + settings->slots * sizeof *client->slots);
	BUG_IF(client == NULL);
	client->settings = *settings;
	client->protocols = secure ? "https" : "http";
	client->count = settings->slots;
	client->refused_at = INT64_MIN / 2;
	pthread_mutex_init(&client->lock, NULL);
	for (size_t i = 0; i < client->count; i++)
		client->slots[i].client = client;
	*ret_client = client;
	return OK;
}

void http_client_close(struct http_client *client)
{
	for (size_t i = 0; i < client->count; i++) {
		BUG_IF(client->slots[i].taken);
		curl_easy_cleanup(client->slots[i].curl);
	}
	pthread_mutex_destroy(&client->lock);
	free(client);
	curl_global_cleanup();
}

static void slot_release(void *object)
{
	struct http_slot *slot = object;

	pthread_mutex_lock(&slot->client->lock);
	slot->taken = false;
	pthread_mutex_unlock(&slot->client->lock);
}

err http_slot_take(struct http_client *client, struct arena *a, int64_t time, struct http_slot **ret_slot)
{
	struct http_slot *slot = NULL;

	pthread_mutex_lock(&client->lock);
	for (size_t i = 0; i < client->count && slot == NULL; i++)
		if (!client->slots[i].taken)
			slot = &client->slots[i];
	if (slot != NULL)
		slot->taken = true;
	else
		client->refused_at = clock_steady();
	pthread_mutex_unlock(&client->lock);
	if (slot == NULL)
		return ERR_UNAVAILABLE;
	arena_defer(a, slot_release, slot);
	slot->arena = a;
	slot->deadline = clock_steady() + time;
	if (slot->curl == NULL)
		slot->curl = curl_easy_init();
	BUG_IF(slot->curl == NULL);
	*ret_slot = slot;
	return OK;
}

bool http_slot_is_wanted(const struct http_slot *slot)
{
	struct http_client *client = slot->client;
	bool wanted;

	pthread_mutex_lock(&client->lock);
	wanted = clock_steady() - client->refused_at < WANTED_US;
	pthread_mutex_unlock(&client->lock);
	return wanted;
}

void http_slot_limit(struct http_slot *slot, int64_t time)
{
	int64_t deadline = clock_steady() + time;

	if (deadline < slot->deadline)
		slot->deadline = deadline;
}

struct arena *http_slot_arena(const struct http_slot *slot)
{
	return slot->arena;
}

void http_form_field(struct buf *form, const char *name, const char *value)
{
	buf_printf(form, "%s%s=%s", form->len == 0 ? "" : "&", text_percent_encode(form->arena, name),
		   text_percent_encode(form->arena, value));
}

static size_t append_body(char *bytes, size_t size, size_t count, void *object)
{
	struct buf *body = object;

	if (body->len + size * count > ANSWER_MAX)
		return 0;
	buf_add(body, bytes, size * count);
	return size * count;
}

static struct curl_slist *header_add(struct curl_slist *list, const char *text)
{
	struct curl_slist *longer = curl_slist_append(list, text);

	BUG_IF(longer == NULL);
	return longer;
}

static struct curl_slist *headers_of(const struct http_slot *slot, const struct http_call *call)
{
	struct arena *a = slot->arena;
	struct curl_slist *list = header_add(NULL, "Stripe-Version: " STRIPE_VERSION);

	list =
	    header_add(list, arena_printf(a, "Authorization: Bearer %s", slot->client->settings.secret_key));
	list = header_add(list, "Expect:");
	if (call->key != NULL)
		list = header_add(list, arena_printf(a, "Idempotency-Key: %s", call->key));
	return list;
}

static int64_t ms_left(const struct http_slot *slot)
{
	return (slot->deadline - clock_steady()) / 1000;
}

static void prepare_request(const struct http_slot *slot, const struct http_call *call,
			    const struct curl_slist *headers, struct buf *body)
{
	CURL *c = slot->curl;
	int64_t left = ms_left(slot);

	curl_easy_reset(c);
	curl_easy_setopt(c, CURLOPT_URL,
			 arena_printf(slot->arena, "%s%s", slot->client->settings.api_base, call->path));
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(c, CURLOPT_USERAGENT, "Stagedoor/1.0");
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, slot->client->protocols);
	curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(c, CURLOPT_PROXY, "");
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
	curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, left < ATTEMPT_MS ? (long)left : (long)ATTEMPT_MS);
	curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, append_body);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, body);
	if (strcmp(call->method, "POST") == 0) {
		curl_easy_setopt(c, CURLOPT_POST, 1L);
		curl_easy_setopt(c, CURLOPT_POSTFIELDS, call->form == NULL ? "" : buf_text(call->form));
		curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE, call->form == NULL ? 0L : (long)call->form->len);
	}
}

/* *ret_failure: the error for the log; NULL when there is an answer. */
static struct http_answer send_once(struct http_slot *slot, const struct http_call *call,
				    const char **ret_failure)
{
	struct curl_slist *headers = headers_of(slot, call);
	struct http_answer answer = {0};
	struct buf body = BUF(slot->arena);
	struct json_t *json;
	long status = 0;
	CURLcode code;

	prepare_request(slot, call, headers, &body);
	code = curl_easy_perform(slot->curl);
	curl_slist_free_all(headers);
	*ret_failure = code == CURLE_OK ? NULL : curl_easy_strerror(code);
	if (code != CURLE_OK)
		return answer;
	curl_easy_getinfo(slot->curl, CURLINFO_RESPONSE_CODE, &status);
	answer.status = (int)status;
	if (json_parse(slot->arena, buf_text(&body), body.len, &json) == OK)
		answer.json = json;
	return answer;
}

/* Repeating these with the same key is safe. */
static bool may_repeat(const struct http_answer *answer)
{
	return answer->status == 0 || answer->status == 409 || answer->status == 429 || answer->status >= 500;
}

static const char *code_of(const struct http_answer *answer)
{
	const struct json_t *error = answer->json == NULL ? NULL : json_get(answer->json, "error");
	const char *code = error == NULL ? NULL : json_get_text(error, "code");

	return code == NULL ? "no code" : code;
}

static void log_answer(const struct http_call *call, const struct http_answer *answer, const char *failure)
{
	if (failure != NULL)
		log_warn("bank: %s %s: %s", call->method, call->path, failure);
	else if (answer->status >= 300 && answer->status != 402)
		log_warn("bank: %s %s: %d (%s)", call->method, call->path, answer->status, code_of(answer));
	else
		log_debug("bank: %s %s: %d", call->method, call->path, answer->status);
}

struct http_answer http_send(struct http_slot *slot, const struct http_call *call)
{
	struct http_answer answer = {0};
	const char *failure;

	for (unsigned i = 0; i < ATTEMPTS && ms_left(slot) > LEAST_MS; i++) {
		if (i > 0)
			random_backoff(i - 1, PAUSE_MS, PAUSE_MAX_MS);
		if (ms_left(slot) <= LEAST_MS)
			break;
		answer = send_once(slot, call, &failure);
		log_answer(call, &answer, failure);
		if (!may_repeat(&answer))
			break;
	}
	return answer;
}

#include "apps/payments/wire.h"
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
	LEAST_MS = 500
};

struct lane {
	struct wire *wire;
	CURL *curl; /* kept, with its connection; made when first used, since a process may fork before */
	bool taken;
	struct arena *arena;
	int64_t deadline; /* clock_steady() */
};

struct wire {
	struct wire_settings settings;
	const char *protocols;
	pthread_mutex_t lock;
	size_t count;
	struct lane lanes[];
};

/* What stands before an @ is no host. */
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

err wire_open(const struct wire_settings *settings, struct wire **ret_wire)
{
	struct wire *wire;
	bool secure = text_starts(settings->api_base, "https://");

	if (!secure && !is_here(settings->api_base)) {
		log_error("STAGEDOOR_STRIPE_API_BASE must be an https address; http is for a sandbox on this "
			  "machine alone");
		return ERR_INVALID;
	}
	BUG_IF(curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK);
	wire = calloc(1, sizeof *wire + settings->lanes * sizeof *wire->lanes);
	BUG_IF(wire == NULL);
	wire->settings = *settings;
	wire->protocols = secure ? "https" : "http";
	wire->count = settings->lanes;
	pthread_mutex_init(&wire->lock, NULL);
	for (size_t i = 0; i < wire->count; i++)
		wire->lanes[i].wire = wire;
	*ret_wire = wire;
	return OK;
}

void wire_close(struct wire *wire)
{
	for (size_t i = 0; i < wire->count; i++) {
		BUG_IF(wire->lanes[i].taken);
		curl_easy_cleanup(wire->lanes[i].curl);
	}
	pthread_mutex_destroy(&wire->lock);
	free(wire);
	curl_global_cleanup();
}

static void give_back(void *object)
{
	struct lane *lane = object;

	pthread_mutex_lock(&lane->wire->lock);
	lane->taken = false;
	pthread_mutex_unlock(&lane->wire->lock);
}

err lane_take(struct wire *wire, struct arena *a, int64_t time, struct lane **ret_lane)
{
	struct lane *lane = NULL;

	pthread_mutex_lock(&wire->lock);
	for (size_t i = 0; i < wire->count && lane == NULL; i++)
		if (!wire->lanes[i].taken)
			lane = &wire->lanes[i];
	if (lane != NULL)
		lane->taken = true;
	pthread_mutex_unlock(&wire->lock);
	if (lane == NULL)
		return ERR_UNAVAILABLE;
	arena_defer(a, give_back, lane);
	lane->arena = a;
	lane->deadline = clock_steady() + time;
	if (lane->curl == NULL)
		lane->curl = curl_easy_init();
	BUG_IF(lane->curl == NULL);
	*ret_lane = lane;
	return OK;
}

struct arena *lane_arena(const struct lane *lane)
{
	return lane->arena;
}

void wire_field(struct buf *form, const char *name, const char *value)
{
	buf_printf(form, "%s%s=%s", form->len == 0 ? "" : "&", text_percent_encode(form->arena, name),
		   text_percent_encode(form->arena, value));
}

static size_t take(char *bytes, size_t size, size_t count, void *object)
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

static struct curl_slist *headers_of(const struct lane *lane, const struct wire_call *call)
{
	struct arena *a = lane->arena;
	struct curl_slist *list = header_add(NULL, "Stripe-Version: " STRIPE_VERSION);

	list = header_add(list, arena_printf(a, "Authorization: Bearer %s", lane->wire->settings.secret_key));
	list = header_add(list, "Expect:");
	if (call->key != NULL)
		list = header_add(list, arena_printf(a, "Idempotency-Key: %s", call->key));
	return list;
}

static int64_t ms_left(const struct lane *lane)
{
	return (lane->deadline - clock_steady()) / 1000;
}

static void prepare(const struct lane *lane, const struct wire_call *call, const struct curl_slist *headers,
		    struct buf *body)
{
	CURL *c = lane->curl;
	int64_t left = ms_left(lane);

	curl_easy_reset(c);
	curl_easy_setopt(c, CURLOPT_URL,
			 arena_printf(lane->arena, "%s%s", lane->wire->settings.api_base, call->path));
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(c, CURLOPT_USERAGENT, "Stagedoor/1.0");
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, lane->wire->protocols);
	curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(c, CURLOPT_PROXY, "");
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
	curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, left < ATTEMPT_MS ? (long)left : (long)ATTEMPT_MS);
	curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, body);
	if (strcmp(call->method, "POST") == 0) {
		curl_easy_setopt(c, CURLOPT_POST, 1L);
		curl_easy_setopt(c, CURLOPT_POSTFIELDS, call->form == NULL ? "" : buf_text(call->form));
		curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE, call->form == NULL ? 0L : (long)call->form->len);
	}
}

/* *ret_failure: what went wrong, for the log; NULL when there is an answer. */
static struct wire_answer send_once(struct lane *lane, const struct wire_call *call, const char **ret_failure)
{
	struct curl_slist *headers = headers_of(lane, call);
	struct wire_answer answer = {0};
	struct buf body = BUF(lane->arena);
	struct json_t *json;
	long status = 0;
	CURLcode code;

	prepare(lane, call, headers, &body);
	code = curl_easy_perform(lane->curl);
	curl_slist_free_all(headers);
	*ret_failure = code == CURLE_OK ? NULL : curl_easy_strerror(code);
	if (code != CURLE_OK)
		return answer;
	curl_easy_getinfo(lane->curl, CURLINFO_RESPONSE_CODE, &status);
	answer.status = (int)status;
	if (json_parse(lane->arena, buf_text(&body), body.len, &json) == OK)
		answer.json = json;
	return answer;
}

/* With the same key these do no more than the first time. */
static bool may_repeat(const struct wire_answer *answer)
{
	return answer->status == 0 || answer->status == 409 || answer->status == 429 || answer->status >= 500;
}

static const char *code_of(const struct wire_answer *answer)
{
	const struct json_t *error = answer->json == NULL ? NULL : json_get(answer->json, "error");
	const char *code = error == NULL ? NULL : json_get_text(error, "code");

	return code == NULL ? "no code" : code;
}

static void log_answer(const struct wire_call *call, const struct wire_answer *answer, const char *failure)
{
	if (failure != NULL)
		log_warn("bank: %s %s: %s", call->method, call->path, failure);
	else if (answer->status >= 300 && answer->status != 402)
		log_warn("bank: %s %s: %d (%s)", call->method, call->path, answer->status, code_of(answer));
	else
		log_debug("bank: %s %s: %d", call->method, call->path, answer->status);
}

struct wire_answer wire_send(struct lane *lane, const struct wire_call *call)
{
	struct wire_answer answer = {0};
	const char *failure;

	for (unsigned i = 0; i < ATTEMPTS && ms_left(lane) > LEAST_MS; i++) {
		if (i > 0)
			random_backoff(i - 1, PAUSE_MS, PAUSE_MAX_MS);
		if (ms_left(lane) <= LEAST_MS)
			break;
		answer = send_once(lane, call, &failure);
		log_answer(call, &answer, failure);
		if (!may_repeat(&answer))
			break;
	}
	return answer;
}

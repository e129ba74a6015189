#include "sandbox/http.h"
#include "sandbox/api.h"
#include "sandbox/page.h"
#include <arpa/inet.h>
#include <microhttpd.h>
#include <openssl/evp.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { BODY_MAX = 64 << 10, CONNECTIONS_MAX = 600, IDLE_S = 120, STACK = 256 << 10 };

static struct MHD_Daemon *server;
static char bearer[600], basic[900];

struct body {
	char *data;
	size_t size;
	bool too_large;
};

static bool same_secret(const char *a, const char *b)
{
	size_t n = strlen(b);

	return strlen(a) == n && sodium_memcmp(a, b, n) == 0;
}

static const char *header(struct MHD_Connection *c, const char *name)
{
	return MHD_lookup_connection_value(c, MHD_HEADER_KIND, name);
}

static bool authorised(struct MHD_Connection *c)
{
	const char *given = header(c, "Authorization");

	if (given != NULL && strncasecmp(given, "Bearer ", 7) == 0)
		return same_secret(given + 7, bearer);
	return given != NULL && strncasecmp(given, "Basic ", 6) == 0 && same_secret(given + 6, basic);
}

/* `text` is freed with the response; NULL is an empty body. */
static struct MHD_Response *response_of(char *text, const char *type)
{
	struct MHD_Response *r =
	    text != NULL ? MHD_create_response_from_buffer(strlen(text), text, MHD_RESPMEM_MUST_FREE)
			 : MHD_create_response_from_buffer(0, "", MHD_RESPMEM_PERSISTENT);

	MHD_add_response_header(r, "Content-Type", type);
	MHD_add_response_header(r, "Cache-Control", "no-store");
	MHD_add_response_header(r, "X-Content-Type-Options", "nosniff");
	return r;
}

static enum MHD_Result send_response(struct MHD_Connection *c, unsigned status, struct MHD_Response *r)
{
	enum MHD_Result result = MHD_queue_response(c, status, r);

	MHD_destroy_response(r);
	return result;
}

static enum MHD_Result send_answer(struct MHD_Connection *c, const struct answer *a, char *text)
{
	char id[ID_SIZE];
	const char *version = header(c, "Stripe-Version"), *key = header(c, "Idempotency-Key");
	struct MHD_Response *r = response_of(text, "application/json");

	new_id("req_", id);
	MHD_add_response_header(r, "Request-Id", id);
	MHD_add_response_header(r, "Stripe-Version", version != NULL ? version : "2024-06-20");
	if (key != NULL)
		MHD_add_response_header(r, "Idempotency-Key", key);
	if (a->replayed)
		MHD_add_response_header(r, "Idempotent-Replayed", "true");
	if (a->allow != NULL)
		MHD_add_response_header(r, "Allow", a->allow);
	if (a->location != NULL)
		MHD_add_response_header(r, "Location", a->location);
	if (a->status == 401)
		MHD_add_response_header(r, "WWW-Authenticate", "Basic realm=\"Stripe\"");
	return send_response(c, a->status, r);
}

static enum MHD_Result send_refusal(struct MHD_Connection *c, unsigned status, const char *message)
{
	struct answer a = answer_error(status, "invalid_request_error", NULL, NULL, "%s", message);
	char *text = json_dumps(a.body, JSON_INDENT(2));

	json_decref(a.body);
	return send_answer(c, &a, text);
}

static bool is_form(struct MHD_Connection *c, const struct body *body)
{
	static const char type[] = "application/x-www-form-urlencoded";
	const char *given = header(c, "Content-Type");

	if (body->size == 0)
		return true;
	return given != NULL && strncasecmp(given, type, sizeof type - 1) == 0 &&
	       strchr("; ", given[sizeof type - 1]) != NULL;
}

struct query {
	char text[1000];
	size_t size;
};

/* The query of a GET as form parameters; they are ids and numbers only, so no escaping is needed. */
static enum MHD_Result add_argument(void *to, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct query *q = to;
	int n;

	(void)kind;
	if (value == NULL || strpbrk(name, "&=%+") != NULL || strpbrk(value, "&=%+") != NULL)
		return MHD_YES;
	n = snprintf(q->text + q->size, sizeof q->text - q->size, "%s%s=%s", q->size ? "&" : "", name, value);
	if (n > 0 && (size_t)n < sizeof q->text - q->size)
		q->size += (size_t)n;
	return MHD_YES;
}

static enum MHD_Result serve_api(struct MHD_Connection *c, const char *method, const char *path,
				 const struct body *body)
{
	struct query query;
	struct request request;
	char *text;
	struct answer a;

	if (!authorised(c))
		return send_refusal(c, 401,
				    header(c, "Authorization") != NULL ? "Invalid API Key provided."
								       : "You did not provide an API key.");
	query = (struct query){0};
	if (!body->size)
		MHD_get_connection_values(c, MHD_GET_ARGUMENT_KIND, add_argument, &query);
	request = (struct request){.method = method,
				   .path = path,
				   .key = header(c, "Idempotency-Key"),
				   .body = body->size ? body->data : query.text,
				   .size = body->size ? body->size : query.size,
				   .is_form = is_form(c, body)};
	a = api_serve(&request, &text);
	return a.hang_up ? MHD_NO : send_answer(c, &a, text);
}

static enum MHD_Result send_page(struct MHD_Connection *c, struct page page)
{
	struct MHD_Response *r;

	if (!page.status)
		return MHD_NO;
	r = response_of(page.html, "text/html; charset=utf-8");
	MHD_add_response_header(
	    r, "Content-Security-Policy",
	    "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'");
	MHD_add_response_header(r, "Referrer-Policy", "no-referrer");
	if (page.location != NULL)
		MHD_add_response_header(r, "Location", page.location);
	if (page.status == 405)
		MHD_add_response_header(r, "Allow", "GET, HEAD, POST");
	free(page.location);
	return send_response(c, page.status, r);
}

static enum MHD_Result serve_page(struct MHD_Connection *c, const char *method, const char *path,
				  const struct body *body)
{
	const char *session = path + strlen("/pay/");

	if (strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0)
		return send_page(c, page_show(session));
	if (strcmp(method, "POST") != 0)
		return send_page(c, page_message(405, "This page can be read and sent, nothing else"));
	return send_page(c, page_pay(session, body->size ? body->data : "", body->size));
}

static enum MHD_Result serve_request(struct MHD_Connection *c, const char *method, const char *path,
				     const struct body *body)
{
	if (body->too_large)
		return send_refusal(c, 413, "The request is larger than 64 KiB.");
	if (strncmp(path, "/pay/", 5) == 0)
		return serve_page(c, method, path, body);
	if (strcmp(path, "/pay.css") == 0)
		return send_response(c, 200, response_of(strdup(page_css), "text/css; charset=utf-8"));
	return serve_api(c, method, path, body);
}

static void body_add(struct body *body, const char *data, size_t size)
{
	if (body->too_large || size > BODY_MAX - body->size) {
		body->too_large = true;
		return;
	}
	body->data = realloc(body->data, body->size + size);
	if (body->data == NULL)
		abort();
	memcpy(body->data + body->size, data, size);
	body->size += size;
}

/* Called first without data, then for each part of the body, then once more without data. */
static enum MHD_Result on_request(void *unused, struct MHD_Connection *c, const char *path,
				  const char *method, const char *version, const char *data, size_t *size,
				  void **state)
{
	struct body *body = *state;

	(void)unused;
	(void)version;
	if (body == NULL) {
		*state = calloc(1, sizeof *body);
		return *state != NULL ? MHD_YES : MHD_NO;
	}
	if (*size == 0)
		return serve_request(c, method, path, body);
	body_add(body, data, *size);
	*size = 0;
	return MHD_YES;
}

static void on_end(void *unused, struct MHD_Connection *c, void **state, enum MHD_RequestTerminationCode how)
{
	struct body *body = *state;

	(void)unused;
	(void)c;
	(void)how;
	if (body != NULL)
		free(body->data);
	free(body);
	*state = NULL;
}

static void ignore_message(void *unused, const char *format, va_list list)
{
	(void)unused;
	(void)format;
	(void)list;
}

static void expect_key(const char *key)
{
	char user[600];
	int n = snprintf(user, sizeof user, "%s:", key);

	snprintf(bearer, sizeof bearer, "%s", key);
	EVP_EncodeBlock((unsigned char *)basic, (unsigned char *)user, n);
}

bool http_start(uint16_t port, const char *secret_key)
{
	struct sockaddr_in here = {
	    .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

	expect_key(secret_key);
	server = MHD_start_daemon(
	    MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION | MHD_USE_ERROR_LOG, port, NULL,
	    NULL, on_request, NULL, MHD_OPTION_EXTERNAL_LOGGER, ignore_message, NULL, MHD_OPTION_SOCK_ADDR,
	    (struct sockaddr *)&here, MHD_OPTION_NOTIFY_COMPLETED, on_end, NULL, MHD_OPTION_CONNECTION_LIMIT,
	    (unsigned)CONNECTIONS_MAX, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_S,
	    MHD_OPTION_THREAD_STACK_SIZE, (size_t)STACK, MHD_OPTION_END);
	return server != NULL;
}

void http_stop(void)
{
	MHD_stop_daemon(server);
}

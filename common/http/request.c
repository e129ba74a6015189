/*
 * Reads the parameters that nginx passes by FastCGI into w->request.
 *
 * nginx has chosen the location, the limits and the cache by its own reading of the request. A request
 * that can be read in two ways is refused, so that nginx and this program never read it differently: a
 * header that came twice where one is allowed; a path with an encoded slash, an empty segment ("//"), "."
 * or "..".
 *
 * What must hold:
 * - What the answer to an error needs (method, id, address, is it the API) is set before the first check.
 * - The request id goes to the log and into events, so nginx's is used only when it is short and of plain
 *   characters; otherwise a random one replaces it.
 * - HEAD is handled as GET; only request.head tells them apart.
 */
#include "common/base/log.h"
#include "common/base/random.h"
#include "common/base/text.h"
#include "common/http/internal.h"
#include <string.h>
#include <strings.h>

/*
 * Parameters of which a second one would leave open which is meant. nginx before 1.23 passes a repeated
 * header as repeated parameters; from then on it joins them to one, with a comma (Cookie: with a semicolon).
 * Where no value of a single header has a comma, one is refused.
 */
static const char *const only_once[] = {
    "REQUEST_METHOD",
    "REQUEST_URI",
    "CONTENT_TYPE",
    "CONTENT_LENGTH",
    "REQUEST_ID",
    "HTTP_AUTHORIZATION",
    "HTTP_HOST",
    "HTTP_ORIGIN",
    "HTTP_IF_MATCH",
    "HTTP_REFERER",
    "HTTP_IDEMPOTENCY_KEY",
    "HTTP_SEC_FETCH_SITE",
    "HTTP_STRIPE_SIGNATURE",
    "HTTP_CONTENT_TYPE",
    "HTTP_CONTENT_LENGTH",
};
static const char *const no_comma[] = {"HTTP_ORIGIN", "HTTP_SEC_FETCH_SITE", "HTTP_IDEMPOTENCY_KEY"};

static const char *param_next(const char *const **at, const char *name)
{
	size_t len = strlen(name);

	for (; **at != NULL; (*at)++)
		if (strncmp(**at, name, len) == 0 && (**at)[len] == '=')
			return *(*at)++ + len + 1;
	return NULL;
}

const char *param_get(const char *const *params, const char *name)
{
	return param_next(&params, name);
}

static bool is_repeated(const char *const *params, const char *name)
{
	return param_next(&params, name) != NULL && param_next(&params, name) != NULL;
}

static bool are_single(const char *const *params)
{
	for (size_t i = 0; i < sizeof only_once / sizeof *only_once; i++)
		if (is_repeated(params, only_once[i]))
			return false;
	for (size_t i = 0; i < sizeof no_comma / sizeof *no_comma; i++) {
		const char *value = param_get(params, no_comma[i]);

		if (value != NULL && strchr(value, ',') != NULL)
			return false;
	}
	return true;
}

const char *web_header(const struct web *w, const char *name)
{
	char param[80] = "HTTP_";
	size_t n = strlen(param);

	BUG_IF(strlen(name) + n >= sizeof param);
	for (; *name != '\0'; name++)
		param[n++] = (char)(*name == '-'                   ? '_'
				    : *name >= 'a' && *name <= 'z' ? *name - 'a' + 'A'
								   : *name);
	return param_get(w->internal->params, param);
}

bool web_is_https(const struct web *w)
{
	return text_starts(w->config->site_url, "https://");
}

const char *web_cookie_name(const struct web *w, const char *name)
{
	return web_is_https(w) ? arena_printf(w->arena, "__Host-%s", name) : name;
}

const char *web_cookie_at(const struct web *w, const char *name, size_t index)
{
	const char *const *params = w->internal->params;
	const char *full = web_cookie_name(w, name), *header;
	size_t len = strlen(full);

	while ((header = param_next(&params, "HTTP_COOKIE")) != NULL)
		for (const char *at = header; at != NULL; at = strchr(at, ';')) {
			at += strspn(at, " ;");
			if (strncmp(at, full, len) == 0 && at[len] == '=' && index-- == 0)
				return arena_memdup(w->arena, at + len + 1, strcspn(at + len + 1, "; "));
		}
	return NULL;
}

const char *web_cookie(const struct web *w, const char *name)
{
	return web_cookie_at(w, name, 0);
}

static bool has_odd_segment(const char *path)
{
	for (const char *slash = path; slash != NULL; slash = strchr(slash + 1, '/')) {
		size_t len = strcspn(slash + 1, "/");

		if ((len == 0 && slash[1] == '/') || (len == 1 && slash[1] == '.') ||
		    (len == 2 && slash[1] == '.' && slash[2] == '.'))
			return true;
	}
	return false;
}

/* Strict: an address has one way to be written, so that nginx and we never read it differently. */
static err decode_path(struct arena *a, const char *raw, size_t len, const char **ret_path)
{
	char *path = arena_alloc(a, len + 1);
	size_t n = 0;
	int byte;

	for (size_t i = 0; i < len; i++) {
		if (raw[i] != '%') {
			path[n++] = raw[i];
			continue;
		}
		if (len - i < 3 || (byte = text_hex_byte(raw + i + 1)) < 0 || byte == '/')
			return ERR_MALFORMED;
		path[n++] = (char)byte;
		i += 2;
	}
	if (!text_is_utf8(path, n) || text_has_control(path) || path[0] != '/' || has_odd_segment(path))
		return ERR_MALFORMED;
	*ret_path = path;
	return OK;
}

static bool is_id(const char *id)
{
	size_t len = id == NULL ? 0 : strlen(id);

	return len >= 8 && len <= 64 &&
	       strspn(id, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_") == len;
}

const char *random_hex(struct arena *a)
{
	uint8_t bytes[16];
	char *text = arena_alloc(a, 2 * sizeof bytes + 1);

	random_bytes(bytes, sizeof bytes);
	text_hex(bytes, sizeof bytes, text);
	return text;
}

/* "Application/JSON; charset=UTF-8" is application/json; any other charset is refused with the type. */
static void read_content_type(struct web *w)
{
	const char *raw = param_get(w->internal->params, "CONTENT_TYPE");
	char *type, *parameter;

	w->request.content_type = "";
	if (raw == NULL || *raw == '\0')
		return;
	type = arena_strdup(w->arena, raw);
	text_lower(type);
	if ((parameter = strchr(type, ';')) != NULL)
		*parameter++ = '\0';
	if (parameter != NULL && (parameter = strstr(parameter, "charset=")) != NULL) {
		parameter += strlen("charset=");
		parameter += *parameter == '"';
		w->internal->foreign_charset = !text_starts(parameter, "utf-8");
	}
	w->request.content_type = text_trim(w->arena, type);
}

static void read_plain(struct web *w)
{
	const char *const *params = w->internal->params;
	const char *method = param_get(params, "REQUEST_METHOD"), *id = param_get(params, "REQUEST_ID");
	const char *address = param_get(params, "REMOTE_ADDR"), *uri = param_get(params, "REQUEST_URI");
	struct request *r = &w->request;

	r->head = text_same(method, "HEAD");
	r->method = r->head ? "GET" : method == NULL ? "" : arena_strdup(w->arena, method);
	r->id = is_id(id) ? arena_strdup(w->arena, id) : random_hex(w->arena);
	r->address = address == NULL ? "" : arena_strdup(w->arena, address);
	w->internal->uri = uri == NULL ? "" : arena_strdup(w->arena, uri);
	r->api = text_starts(w->internal->uri, "/api/");
	r->path = "/";
	r->query = "";
	r->body = w->internal->request->body;
	r->body_len = w->internal->request->body_len;
	read_content_type(w);
}

err request_read(struct web *w)
{
	size_t path_len;
	err e;

	read_plain(w);
	if (!are_single(w->internal->params))
		return ERR_MALFORMED;
	path_len = strcspn(w->internal->uri, "?");
	if ((e = decode_path(w->arena, w->internal->uri, path_len, &w->request.path)) != OK)
		return e;
	w->request.api = text_starts(w->request.path, "/api/");
	if (w->internal->uri[path_len] == '?')
		w->request.query = w->internal->uri + path_len + 1;
	return OK;
}

#include "common/base/text.h"
#include "tests/flow/flow.h"
#include <curl/curl.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static size_t take(char *bytes, size_t size, size_t n, void *to)
{
	buf_add(to, bytes, size * n);
	return size * n;
}

/* Sets, replaces or removes one cookie of the jar, following Set-Cookie. */
static void keep_cookie(struct visitor *v, const char *line)
{
	size_t name = strcspn(line, "="), value = strcspn(line, ";\r");
	char rest[sizeof v->cookies] = "";
	bool gone = strstr(arena_memdup(flow_arena, line, strcspn(line, "\r\n")), "Max-Age=0") != NULL;

	for (char *c = strtok(v->cookies, ";"); c != NULL; c = strtok(NULL, ";")) {
		c += strspn(c, " ");
		if (strncmp(c, line, name + 1) != 0)
			sprintf(rest + strlen(rest), "%s%s", *rest ? "; " : "", c);
	}
	if (!gone)
		sprintf(rest + strlen(rest), "%s%.*s", *rest ? "; " : "", (int)value, line);
	strcpy(v->cookies, rest);
}

static void read_headers(struct visitor *v, struct answer *a)
{
	const char *line = a->headers;

	for (; line != NULL && *line != '\0';
	     line = strchr(line, '\n') == NULL ? NULL : strchr(line, '\n') + 1)
		if (strncasecmp(line, "Set-Cookie: ", 12) == 0)
			keep_cookie(v, line + 12);
	a->location = header_of(a, "Location");
	a->type = header_of(a, "Content-Type");
}

const char *header_of(const struct answer *a, const char *name)
{
	size_t len = strlen(name);

	for (const char *line = a->headers; line != NULL;
	     line = strchr(line, '\n') == NULL ? NULL : strchr(line, '\n') + 1)
		if (strncasecmp(line, name, len) == 0 && line[len] == ':')
			return arena_memdup(flow_arena, line + len + 2, strcspn(line + len + 2, "\r\n"));
	return "";
}

static struct curl_slist *header_list(const struct visitor *v, const char *type, const char *const *headers)
{
	struct curl_slist *list = NULL;

	if (type != NULL)
		list = curl_slist_append(list, arena_printf(flow_arena, "Content-Type: %s", type));
	if (v->cookies[0] != '\0')
		list = curl_slist_append(list, arena_printf(flow_arena, "Cookie: %s", v->cookies));
	for (; headers != NULL && *headers != NULL; headers++)
		list = curl_slist_append(list, *headers);
	return curl_slist_append(list, "Expect:");
}

static const char *sent_header(const char *const *headers, const char *name)
{
	size_t len = strlen(name);

	for (; headers != NULL && *headers != NULL; headers++)
		if (strncasecmp(*headers, name, len) == 0 && (*headers)[len] == ':')
			return *headers + len + 1;
	return "";
}

/* NULL when the bytes are not valid UTF-8, which JSON requires. */
static const char *text_or_null(const char *s, size_t len)
{
	return text_is_utf8(s, len) ? s : NULL;
}

/*
 * With FLOW_RECORD every answer of the API is appended to that file as one line of JSON. tests/contract
 * compares the lines with docs/openapi.yaml. Lines are written whole, because tests run in separate
 * processes.
 */
static void record_answer(const char *method, const char *path, const char *const *headers,
			  const struct answer *a)
{
	const char *to = getenv("FLOW_RECORD"), *accept = sent_header(headers, "Accept"), *line;
	struct json_t *row;
	int fd;

	if (to == NULL || a->status == 0 || !text_starts(path, "/api/") || !text_is_utf8(path, strlen(path)))
		return;
	row = json_object_new(flow_arena);
	json_put_text(row, "method", method);
	json_put_text(row, "path", path);
	json_put_text(row, "accept", text_or_null(accept, strlen(accept)));
	json_put_number(row, "status", a->status);
	json_put_text(row, "headers", text_or_null(a->headers, strlen(a->headers)));
	json_put_text(row, "body", text_or_null(a->body, a->len));
	line = arena_printf(flow_arena, "%s\n", json_text(flow_arena, row));
	fd = open(to, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
	ck_assert_msg(fd >= 0 && write(fd, line, strlen(line)) == (ssize_t)strlen(line), "%s: cannot record",
		      to);
	close(fd);
}

long http_patience = 60;

struct answer *http_try(struct visitor *v, const char *method, const char *path, const char *type,
			const char *body, const char *const *headers)
{
	struct answer *a = arena_alloc(flow_arena, sizeof *a);
	struct buf head = BUF(flow_arena), content = BUF(flow_arena);
	struct curl_slist *list = header_list(v, type, headers);
	struct json_t *json;
	CURL *curl = curl_easy_init();
	long status = 0;

	curl_easy_setopt(curl, CURLOPT_URL,
			 path[0] == '/' ? arena_printf(flow_arena, "%s%s", flow_url(), path) : path);
	curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
	curl_easy_setopt(curl, CURLOPT_INTERFACE, arena_printf(flow_arena, "host!%s", flow_address));
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, http_patience);
	curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L); /* the test's own TLS site: tls.h */
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, &head);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, &content);
	if (body != NULL) {
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
		curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)strlen(body));
	}
	/* an incomplete answer does not count */
	if (curl_easy_perform(curl) == CURLE_OK)
		curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	curl_slist_free_all(list);
	curl_easy_cleanup(curl);
	*a = (struct answer){.status = (int)status,
			     .headers = buf_text(&head),
			     .body = buf_text(&content),
			     .len = content.len};
	read_headers(v, a);
	if (strstr(a->type, "json") != NULL && json_parse(flow_arena, a->body, a->len, &json) == OK)
		a->json = json;
	record_answer(method, path, headers, a);
	return a;
}

struct answer *http(struct visitor *v, const char *method, const char *path, const char *type,
		    const char *body, const char *const *headers)
{
	struct answer *a = http_try(v, method, path, type, body, headers);

	ck_assert_msg(a->status != 0, "%s %s: no answer", method, path);
	return a;
}

struct answer *api(struct visitor *v, const char *method, const char *path, const char *format, ...)
{
	const char *body = NULL;
	va_list ap;

	if (format != NULL) {
		va_start(ap, format);
		body = arena_vprintf(flow_arena, format, ap);
		va_end(ap);
	}
	return http(v, method, path, body == NULL ? NULL : "application/json", body, NULL);
}

struct answer *api_get(struct visitor *v, const char *format, ...)
{
	const char *path;
	va_list ap;

	va_start(ap, format);
	path = arena_vprintf(flow_arena, format, ap);
	va_end(ap);
	return http(v, "GET", path, NULL, NULL, NULL);
}

struct answer *api_with(struct visitor *v, const char *method, const char *path, const char *header,
			const char *body)
{
	return http(v, method, path, body == NULL ? NULL : "application/json", body,
		    (const char *const[]){header, NULL});
}

struct answer *page(struct visitor *v, const char *path)
{
	return http(v, "GET", path, NULL, NULL, (const char *const[]){"Accept: text/html", NULL});
}

/* The value of an attribute of the tag that begins at `tag`; "" when absent. */
static const char *attribute(const char *tag, const char *name)
{
	const char *end = strchr(tag, '>'), *at = tag;
	char *wanted = arena_printf(flow_arena, " %s=\"", name);
	char *value, *amp;

	at = strstr(tag, wanted);
	if (at == NULL || end == NULL || at > end)
		return "";
	at += strlen(wanted);
	value = arena_memdup(flow_arena, at, strcspn(at, "\""));
	while ((amp = strstr(value, "&amp;")) != NULL)
		memmove(amp + 1, amp + 5, strlen(amp + 5) + 1);
	return value;
}

/* The opening tag of the POST form whose action ends in `action`. */
static const char *find_form(const char *html, const char *action)
{
	for (const char *form = strstr(html, "<form"); form != NULL; form = strstr(form + 1, "<form")) {
		const char *target = attribute(form, "action");
		size_t len = strlen(target), tail = strlen(action);

		if (strcasecmp(attribute(form, "method"), "post") != 0)
			continue;
		if (tail <= len && strcmp(target + len - tail, action) == 0)
			return form;
	}
	return NULL;
}

static bool names(const char *fields, const char *name)
{
	char *wanted = arena_printf(flow_arena, "&%s=", name);

	return strstr(arena_printf(flow_arena, "&%s", fields), wanted) != NULL;
}

const char *form_fill(const struct answer *shown, const char *path, const char *action, const char *fields,
		      const char **ret_target)
{
	const char *form = find_form(shown->body, action), *end, *target;
	struct buf body = BUF(flow_arena);

	if (form == NULL)
		return NULL;
	end = strstr(form, "</form>");
	target = attribute(form, "action");
	buf_puts(&body, fields);
	for (const char *input = strstr(form, "<input"); input != NULL && input < end;
	     input = strstr(input + 1, "<input")) {
		const char *name = attribute(input, "name");

		if (*name != '\0' && !names(fields, name))
			buf_printf(&body, "%s%s=%s", body.len > 0 ? "&" : "", name,
				   text_percent_encode(flow_arena, attribute(input, "value")));
	}
	*ret_target = *target == '\0' ? path : target;
	return buf_text(&body);
}

const char *page_fill(struct visitor *v, const char *path, const char *action, const char *fields,
		      const char **ret_target)
{
	const struct answer *shown = page(v, path);
	const char *body = form_fill(shown, path, action, fields, ret_target);

	ck_assert_msg(body != NULL, "no POST form to …%s on %s (%d): %.300s", action, path, shown->status,
		      shown->body);
	return body;
}

struct answer *page_send(struct visitor *v, const char *target, const char *body)
{
	return http(v, "POST", target, "application/x-www-form-urlencoded", body,
		    (const char *const[]){"Accept: text/html", NULL});
}

struct answer *page_submit(struct visitor *v, const char *path, const char *action, const char *fields)
{
	const char *target, *body = page_fill(v, path, action, fields, &target);

	return page_send(v, target, body);
}

static const struct json_t *member(const struct answer *a, const char *path)
{
	const struct json_t *at = a->json;
	char *copy = arena_strdup(flow_arena, path);

	for (char *name = strtok(copy, "."); name != NULL && at != NULL; name = strtok(NULL, "."))
		at = *name >= '0' && *name <= '9' ? json_at(at, (size_t)atoi(name)) : json_get(at, name);
	return at;
}

/* json_get_text takes a member of an object: wrap the value once more to read the value itself */
static struct json_t *wrapped(const struct json_t *value)
{
	struct json_t *object = json_object_new(flow_arena);

	json_put(object, "v", (struct json_t *)(uintptr_t)value);
	return object;
}

const char *text_of(const struct answer *a, const char *path)
{
	const struct json_t *value = member(a, path);
	const char *text = value == NULL ? NULL : json_get_text(wrapped(value), "v");

	return text == NULL ? "" : text;
}

int64_t number_of(const struct answer *a, const char *path, int64_t fallback)
{
	const struct json_t *value = member(a, path);

	return value == NULL ? fallback : json_get_number(wrapped(value), "v", fallback);
}

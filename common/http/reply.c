#include "common/base/log.h"
#include "common/base/text.h"
#include "common/http/internal.h"
#include <string.h>
#include <strings.h>

void reply_reset(struct web *w)
{
	w->reply = (struct reply){.body = BUF(w->arena)};
	w->internal->page = NULL;
}

static void remove_header(struct web *w, const char *name)
{
	struct reply_header **at = &w->reply.headers;

	while (*at != NULL)
		if (strcasecmp((*at)->name, name) == 0)
			*at = (*at)->next;
		else
			at = &(*at)->next;
}

/* Replacing the reply drops its entity headers; cookies and other headers are kept. */
void reply_begin(struct web *w, int status, const char *content_type)
{
	w->reply.status = status;
	w->reply.content_type = content_type;
	w->reply.body = BUF(w->arena);
	w->internal->page = NULL;
	remove_header(w, "Location");
}

void reply_text(struct web *w, int status, const char *content_type, const char *text)
{
	reply_begin(w, status, content_type);
	buf_puts(&w->reply.body, text);
}

void reply_json(struct web *w, int status, struct json_t *json)
{
	reply_text(w, status, "application/json", json_text(w->arena, json));
}

void reply_record(struct web *w, int status, const struct record *r, const void *record)
{
	const struct number_format n = web_number_format(w);

	reply_json(w, status, json_of_record(w->arena, r, &n, record));
}

void reply_empty(struct web *w, int status)
{
	reply_begin(w, status, NULL);
}

void reply_see_other(struct web *w, const char *local_url)
{
	if (!web_is_local(local_url)) {
		log_error("a redirect to what is no path of this site was made one to /");
		local_url = "/";
	}
	reply_begin(w, 303, NULL);
	reply_header(w, "Location", local_url);
}

static bool may_repeat(const char *name)
{
	return strcasecmp(name, "Set-Cookie") == 0 || strcasecmp(name, "Link") == 0;
}

void reply_header(struct web *w, const char *name, const char *value)
{
	struct reply_header *h = arena_alloc(w->arena, sizeof *h), **end;

	for (const char *c = value; *c != '\0'; c++)
		BUG_IF((unsigned char)*c < 0x20 || *c == 0x7f);
	if (!may_repeat(name))
		remove_header(w, name);
	for (end = &w->reply.headers; *end != NULL; end = &(*end)->next)
		;
	*h = (struct reply_header){NULL, arena_strdup(w->arena, name), arena_strdup(w->arena, value)};
	*end = h;
}

const char *reply_get(const struct web *w, const char *name)
{
	for (const struct reply_header *h = w->reply.headers; h != NULL; h = h->next)
		if (strcasecmp(h->name, name) == 0)
			return h->value;
	return NULL;
}

static bool sets_cookie(const struct web *w, const char *full_name)
{
	size_t len = strlen(full_name);

	for (const struct reply_header *h = w->reply.headers; h != NULL; h = h->next)
		if (strcmp(h->name, "Set-Cookie") == 0 && strncmp(h->value, full_name, len) == 0 &&
		    h->value[len] == '=')
			return true;
	return false;
}

void reply_cookie(struct web *w, const char *name, const char *value, int max_age)
{
	BUG_IF(strpbrk(value, "; ,\"\\") != NULL);
	reply_header(w, "Set-Cookie",
		     arena_printf(w->arena, "%s=%s; Path=/; Max-Age=%d; HttpOnly; SameSite=Lax%s",
				  web_cookie_name(w, name), value, max_age,
				  web_is_https(w) ? "; Secure" : ""));
}

void reply_public(struct web *w)
{
	w->reply.public = !w->signed_in;
}

/* RFC 9110; nginx sends the phrase on as it is. */
static const char *reason(int status)
{
	static const struct {
		int status;
		const char *phrase;
	} phrases[] = {
	    {200, "OK"},
	    {201, "Created"},
	    {202, "Accepted"},
	    {204, "No Content"},
	    {303, "See Other"},
	    {304, "Not Modified"},
	    {400, "Bad Request"},
	    {401, "Unauthorized"},
	    {403, "Forbidden"},
	    {402, "Payment Required"},
	    {404, "Not Found"},
	    {405, "Method Not Allowed"},
	    {409, "Conflict"},
	    {410, "Gone"},
	    {413, "Content Too Large"},
	    {415, "Unsupported Media Type"},
	    {422, "Unprocessable Content"},
	    {429, "Too Many Requests"},
	    {500, "Internal Server Error"},
	    {502, "Bad Gateway"},
	    {503, "Service Unavailable"},
	};

	for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++)
		if (phrases[i].status == status)
			return phrases[i].phrase;
	return "Status";
}

static void put_cookies(struct web *w)
{
	const char *presession = w->internal->presession;

	if (w->internal->bad_cookie && !w->request.api && !sets_cookie(w, web_cookie_name(w, "session")))
		reply_cookie(w, "session", "", 0);
	if (presession != NULL && w->internal->page != NULL)
		reply_cookie(w, "presession", presession, 24 * 60 * 60);
}

static void put_type(struct buf *head, const char *type)
{
	bool is_text =
	    text_starts(type, "text/") || strstr(type, "json") != NULL || strstr(type, "xml") != NULL;

	buf_printf(head, "Content-Type: %s%s\r\n", type,
		   is_text && strchr(type, ';') == NULL ? "; charset=utf-8" : "");
}

/* A public answer must not depend on a session. While one request refreshes it, the others may get the stale
 * one for a second. */
static void put_caching(struct buf *head, const struct web *w)
{
	if (reply_get(w, "Cache-Control") != NULL)
		return;
	if (w->reply.public && reply_get(w, "Set-Cookie") == NULL)
		buf_puts(head, "Cache-Control: public, max-age=1, stale-while-revalidate=1\r\n"
			       "Vary: Accept-Language, Cookie, Authorization\r\n");
	else
		buf_puts(head, "Cache-Control: no-store\r\n");
}

void reply_finish(struct web *w, struct pool_answer *ret_answer)
{
	struct buf head = BUF(w->arena);
	const struct buf *body = w->internal->page != NULL ? &w->internal->page->out : &w->reply.body;

	put_cookies(w);
	buf_printf(&head, "Status: %d %s\r\n", w->reply.status, reason(w->reply.status));
	if (w->reply.content_type != NULL)
		put_type(&head, w->reply.content_type);
	if (w->reply.status != 204)
		buf_printf(&head, "Content-Length: %zu\r\n", body->len);
	if (w->internal->page != NULL)
		buf_printf(&head, "Content-Language: %s\r\n", html_lang(w->internal->page));
	/* an answer for one reader must not be cached, whatever the handler set */
	if (reply_get(w, "Set-Cookie") != NULL)
		remove_header(w, "Cache-Control");
	put_caching(&head, w);
	for (const struct reply_header *h = w->reply.headers; h != NULL; h = h->next)
		buf_printf(&head, "%s: %s\r\n", h->name, h->value);
	buf_puts(&head, "\r\n");
	*ret_answer =
	    (struct pool_answer){buf_text(&head), buf_text(body), head.len, w->request.head ? 0 : body->len};
}

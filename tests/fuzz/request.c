/*
 * A whole request as the web server passes it on: lines "NAME=value" up to an empty one, then the body. The
 * answer is always unambiguous, and input never becomes a tag or a header of it.
 */
#include "common/base/text.h"
#include "common/http/dispatch.h"
#include "tests/fuzz/fuzz.h"
#include <ctype.h>
#include <stdlib.h>

#define RECORD_LIST "apps/tickets/records.def"
#include "common/schema/declare_records.h"
#define RECORD_LIST "apps/tickets/records.def"
#include "common/schema/define_records.h"
#define ROUTE_LIST "tests/fuzz/request.def"
#define ROUTE_SET  fuzz
#include "common/http/declare_routes.h"
#define ROUTE_LIST "tests/fuzz/request.def"
#define ROUTE_SET  fuzz
#include "common/http/define_routes.h"

enum { PARAMS_MAX = 60 };
static const struct db_settings nowhere = {.socket = "/nonexistent", .name = "", .user = "", .password = ""};
static const struct config config = {.site_url = "https://stage.example",
				     .csrf_key = "0123456789abcdef0123456789abcdef",
				     .currency = "USD",
				     .threads = 4};
static const struct web_site site = {.config = &config, .routes = &fuzz_routes};
static struct db *db;

void fuzz_begin(void)
{
	db = db_new(&nowhere);
}

static void is_sound(const struct web *w)
{
	const struct request *r = &w->request;
	const char *cookie = web_cookie(w, "draft");

	HOLDS(r->path[0] == '/' && !text_has_control(r->path) && text_is_utf8(r->path, strlen(r->path)));
	HOLDS(strstr(r->path, "/../") == NULL && strstr(r->path, "//") == NULL);
	HOLDS(strlen(r->id) >= 8 && strlen(r->id) <= 64);
	HOLDS(cookie == NULL || strpbrk(cookie, "; ") == NULL);
	HOLDS(strlen(r->body) <= r->body_len);
}

static err show(struct web *w, const char *heading)
{
	struct page page;
	struct html *h = reply_page(w, 200, heading, &page);

	is_sound(w);
	layout_begin(h, &page);
	form_errors(h, &page);
	form_field(h, &page, "title", "Title", NULL, "text", NULL, NULL);
	layout_end(h, &page);
	return OK;
}

err fuzz_page(struct web *w, const struct fuzz_page_in *in)
{
	HOLDS(record_wrong(record_browse_words(), &in->form) == NULL);
	return show(w, "Page");
}

err fuzz_form_page(struct web *w, const struct fuzz_form_page_in *in)
{
	(void)in;
	return show(w, "Form");
}

/* Not reached without a key of the site. */
err fuzz_form(struct web *w, const struct fuzz_form_in *in)
{
	(void)w;
	(void)in;
	fuzz_fails(__FILE__, __LINE__, "a form without a valid token is refused");
}

err fuzz_private(struct web *w, const struct fuzz_private_in *in)
{
	(void)w;
	(void)in;
	fuzz_fails(__FILE__, __LINE__, "nobody is signed in");
}

err fuzz_api(struct web *w, const struct fuzz_api_in *in)
{
	is_sound(w);
	HOLDS(record_wrong(record_ticket_form(), &in->form) == NULL);
	reply_record(w, 201, record_ticket_form(), &in->form);
	reply_header(
	    w, "Location",
	    arena_printf(w->arena, "/api/tickets/%s", text_percent_encode(w->arena, in->form.title.v)));
	return OK;
}

err fuzz_ticket(struct web *w, const struct fuzz_ticket_in *in)
{
	revision seen;
	err e = web_if_match(w, &seen);

	is_sound(w);
	HOLDS(!id_is_null(in->id));
	if (e != OK)
		return e;
	HOLDS(seen.v == 0 || kind_fits(&kind_revision, &seen));
	reply_empty(w, 204);
	return OK;
}

err fuzz_machine(struct web *w, const struct fuzz_machine_in *in)
{
	(void)in;
	is_sound(w);
	reply_text(w, 200, "text/plain", "taken");
	return OK;
}

/* CGI header lines: a name, a value of one line, once each except cookies, then the empty line. */
static void head_is_sound(struct arena *a, const struct pool_answer *answer)
{
	const char *head = arena_memdup(a, answer->head, answer->head_len), *line = head, *end;
	int statuses = 0, types = 0, lengths = 0;

	HOLDS(strlen(head) == answer->head_len);
	for (; (end = strstr(line, "\r\n")) != line; line = end + 2) {
		const char *colon = end == NULL ? NULL : memchr(line, ':', (size_t)(end - line));

		HOLDS(colon != NULL && colon > line && colon[1] == ' ');
		for (const char *c = line; c < colon; c++)
			HOLDS(isalnum((unsigned char)*c) || *c == '-');
		for (const char *c = colon; c < end; c++)
			HOLDS((unsigned char)*c >= 0x20 && *c != 0x7f);
		statuses += text_starts(line, "Status: ");
		types += text_starts(line, "Content-Type: ");
		lengths += text_starts(line, "Content-Length: ");
	}
	HOLDS(line[2] == '\0' && statuses == 1 && types <= 1 && lengths <= 1);
	HOLDS(atoi(strstr(head, "Status: ") + 8) != 500);
}

static void body_is_sound(struct arena *a, const struct pool_answer *answer)
{
	const char *head = arena_memdup(a, answer->head, answer->head_len);
	const char *body = arena_memdup(a, answer->body, answer->body_len);
	struct json_t *json;

	if (answer->body_len == 0)
		return;
	if (strstr(head, "json; charset=utf-8") != NULL)
		HOLDS(json_parse(a, body, answer->body_len, &json) == OK);
	/* the tags of the seeds and the fuzzer; pages have none of these themselves */
	if (strstr(head, "text/html") != NULL)
		HOLDS(strstr(body, "<x") == NULL && strstr(body, "<img") == NULL &&
		      strstr(body, "onerror=\"") == NULL);
}

bool fuzz_one(struct arena *a, const char *bytes, size_t len)
{
	const char *params[PARAMS_MAX + 1] = {NULL};
	struct pool_request request = {.params = params};
	struct pool_answer answer = {0};
	size_t count = 0;

	while (len > 0 && count < PARAMS_MAX) {
		const char *line = fuzz_part(a, &bytes, &len, '\n');

		if (*line == '\0')
			break;
		if (strchr(line, '=') != NULL)
			params[count++] = line;
	}
	request.body = arena_memdup(a, bytes, request.body_len = len < POOL_BODY_MAX ? len : POOL_BODY_MAX);
	web_answer(&site, db, a, &request, &answer);
	head_is_sound(a, &answer);
	body_is_sound(a, &answer);
	return strstr(answer.head, "Status: 20") != NULL;
}

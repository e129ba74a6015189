/* The Cookie header, and the seals of what it carries: drafts and CSRF tokens. The first line is the
 * header. */
#include "common/base/text.h"
#include "common/http/internal.h"
#include "common/token/csrf.h"
#include "tests/fuzz/fuzz.h"

#define RECORD_LIST "apps/tickets/records.def"
#include "common/schema/declare_records.h"
#define RECORD_LIST "apps/tickets/records.def"
#include "common/schema/define_records.h"

static const char key[] = "0123456789abcdef0123456789abcdef";
static const struct config config = {.site_url = "https://stage.example", .csrf_key = key, .currency = "USD"};
static const struct route route = {
    .name = "f", .method = "POST", .path = "/f", .access = SIGNED_IN, .form = record_ticket_form};
static const struct route_list routes = {&route, 1};
static const struct web_site site = {.config = &config, .routes = &routes};

void fuzz_begin(void)
{
}

struct visit {
	struct web w;
	struct web_internal inside;
	struct form_params typed;
	struct pool_request request;
	const char *params[3];
};

static struct web *visit(struct arena *a, const char *method, const char *cookie, const char *body)
{
	struct visit *v = arena_alloc(a, sizeof *v);

	v->params[0] = cookie == NULL ? "X=" : arena_printf(a, "HTTP_COOKIE=%s", cookie);
	v->params[1] = "HTTP_ORIGIN=https://stage.example";
	v->request = (struct pool_request){.params = v->params, .body = body, .body_len = strlen(body)};
	v->inside =
	    (struct web_internal){.site = &site, .request = &v->request, .params = v->params, .uri = "/f"};
	v->w = (struct web){.arena = a,
			    .config = &config,
			    .route = &route,
			    .problems = {.arena = a},
			    .typed = &v->typed,
			    .internal = &v->inside};
	v->w.request = (struct request){.method = method,
					.path = "/f",
					.query = "",
					.body = body,
					.body_len = strlen(body),
					.content_type = "application/x-www-form-urlencoded"};
	reply_reset(&v->w);
	return &v->w;
}

/* The value of the cookie that was set, NULL when none was. */
static const char *cookie_set(struct arena *a, const struct web *w)
{
	const char *line = reply_get(w, "Set-Cookie");

	if (line == NULL)
		return NULL;
	HOLDS(text_starts(line, "__Host-draft=") && !text_has_control(line) && strlen(line) < 4096);
	return arena_memdup(a, line, strcspn(line, ";"));
}

/* The header has cookies that browsers have stored, and any that others add. */
static bool header(struct arena *a, const char *sent)
{
	struct web *w = visit(a, "GET", sent, "");
	const char *value = web_cookie(w, "draft");

	HOLDS(value == NULL || strpbrk(value, "; ") == NULL);
	HOLDS(value == NULL || strstr(sent, arena_printf(a, "__Host-draft=%s", value)) != NULL);
	w->signed_in = true;
	draft_show(w);
	HOLDS(w->internal->draft == DRAFT_NONE && w->typed->count == 0);
	HOLDS(!csrf_matches(a, key, "somebody", sent) && !presession_is_ours(a, key, sent));
	return value != NULL;
}

static struct web *signed_in(struct arena *a, const char *cookie, unsigned char user)
{
	struct web *w = visit(a, "GET", cookie, "");

	w->signed_in = true;
	w->session.user.b[0] = user;
	return w;
}

static bool is_shown(struct web *w)
{
	draft_show(w);
	HOLDS(w->internal->draft == DRAFT_SHOWN || w->typed->count == 0);
	return w->internal->draft == DRAFT_SHOWN;
}

/* A draft is returned as it was typed, to its user only; with one character changed it is not returned at
 * all. */
static bool kept(struct arena *a, const char *body)
{
	const char *owner = text_percent_encode(a, draft_owner(signed_in(a, "", 1)));
	struct web *before = visit(a, "POST", NULL, arena_printf(a, "_owner=%s&%s", owner, body)), *after;
	const char *cookie;
	char *forged;

	draft_keep(before);
	if ((cookie = cookie_set(a, before)) == NULL)
		return false;
	after = signed_in(a, cookie, 1);
	HOLDS(is_shown(after) && after->typed->count == before->typed->count);
	for (size_t i = 0; i < before->typed->count; i++) {
		HOLDS(strcmp(after->typed->list[i].name, before->typed->list[i].name) == 0);
		HOLDS(strcmp(after->typed->list[i].value, before->typed->list[i].value) == 0);
		HOLDS(!text_same(after->typed->list[i].name, "_csrf"));
	}
	HOLDS(!is_shown(signed_in(a, cookie, 2)));
	forged = arena_strdup(a, cookie);
	forged[strlen(forged) - 1] ^= 1;
	HOLDS(!is_shown(signed_in(a, forged, 1)));
	return true;
}

bool fuzz_one(struct arena *a, const char *bytes, size_t len)
{
	const char *sent = fuzz_part(a, &bytes, &len, '\n'), *body = arena_memdup(a, bytes, len);
	bool taken = header(a, sent);

	HOLDS(csrf_matches(a, key, body, csrf_token(a, key, body)));
	HOLDS(!csrf_matches(a, "another key", body, csrf_token(a, key, body)));
	return taken | kept(a, body);
}

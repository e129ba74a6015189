#include "contract/responses.h"
#include "common/base/buf.h"
#include "common/base/text.h"
#include <stdio.h>

bool route_reads(const struct listed_route *r)
{
	return text_same(r->method, "GET");
}

bool route_wants_session(const struct listed_route *r)
{
	return r->access == SIGNED_IN || r->access == SIGNED_IN_ELSEWHERE;
}

bool route_has_key(const struct listed_route *r)
{
	return route_wants_session(r) && !route_reads(r);
}

static void add_parts(struct components *c, const struct record *r, const char *service,
		      struct json_t *schema)
{
	for (const struct listed_part *p = listed_parts; p->service != NULL; p++)
		if (text_same(p->service, service) && text_same(p->record, r->name))
			schema_add(c->arena, schema, camel(c->arena, p->member),
				   component_schema(c, service, p->part, IN_ANSWER), true);
}

/* If two services use a name for different records, one of them needs another name. */
static void must_be_same(struct components *c, const char *name, struct json_t *schema)
{
	const struct json_t *before = json_get(c->schemas, name);

	if (before != NULL && !text_same(json_text(c->arena, before), json_text(c->arena, schema))) {
		fprintf(stderr, "contract: %s is the name of two different records of the API\n", name);
		BUG_IF(true);
	}
}

struct json_t *component_schema(struct components *c, const char *service, const char *record, enum dialect d)
{
	const struct record *r = listed_record(c->arena, service, record);
	const char *name = pascal(c->arena, record);
	struct json_t *schema = schema_of_record(c->arena, r, d);

	if (d == IN_ANSWER)
		add_parts(c, r, service, schema);
	must_be_same(c, name, schema);
	json_put(c->schemas, name, schema);
	return schema_ref(c->arena, arena_printf(c->arena, "#/components/schemas/%s", name));
}

static void add_type(struct components *c, struct json_t *content, const char *type, struct json_t *schema)
{
	struct json_t *media = json_object_new(c->arena);

	json_put(media, "schema", schema);
	json_put(content, type, media);
}

static struct json_t *of_type(struct components *c, const char *type, struct json_t *schema)
{
	struct json_t *content = json_object_new(c->arena);

	add_type(c, content, type, schema);
	return content;
}

/* RFC 9457. `current` is the current row; `seen` is the offer that the buyer saw, if it is known. */
static const char *problem_schema(struct components *c, const char *service, const char *current)
{
	struct arena *a = c->arena;
	bool shows = !text_same(current, "nothing");
	const char *name = shows ? arena_printf(a, "ProblemWith%s", pascal(a, current)) : "Problem";
	struct json_t *s = schema_object(a, "what went wrong, and what to do (RFC 9457)");
	struct json_t *one = schema_object(a, "an error in a field, or in the whole request");

	schema_add(a, one, "message", schema_of_type(a, "string", "what to correct"), true);
	schema_add(a, one, "field", schema_of_type(a, "string", "absent if the error is not about one field"),
		   false);
	schema_add(a, s, "type", schema_const(a, "about:blank", NULL), true);
	schema_add(a, s, "title", schema_of_type(a, "string", "the kind of error"), true);
	schema_add(a, s, "status", schema_of_type(a, "integer", "the HTTP status"), true);
	schema_add(a, s, "detail", schema_of_type(a, "string", "what to do, for people"), true);
	schema_add(a, s, "instance",
		   schema_of_type(a, "string", "the path; absent if the web server answered"), false);
	schema_add(a, s, "requestId", schema_of_type(a, "string", "the id of the request in the logs"), true);
	schema_add(a, s, "errors", schema_list(a, one), true);
	if (shows) {
		schema_add(a, s, "current", component_schema(c, service, current, IN_ANSWER), false);
		if (text_same(current, "terms"))
			schema_add(a, s, "seen", component_schema(c, service, current, IN_ANSWER), false);
	}
	json_put(c->schemas, name, s);
	return arena_printf(a, "#/components/schemas/%s", name);
}

static void put_header(struct components *c, struct json_t *headers, const char *name)
{
	json_put(headers, name,
		 schema_ref(c->arena, arena_printf(c->arena, "#/components/headers/%s", name)));
}

static struct json_t *headers_of_error(struct components *c, int status)
{
	struct json_t *h = json_object_new(c->arena);

	if (status == 401)
		put_header(c, h, "WWW-Authenticate");
	if (status == 429 || status == 503)
		put_header(c, h, "Retry-After");
	return h;
}

static struct json_t *problem(struct components *c, int status, const char *doc, const char *schema)
{
	struct json_t *response = json_object_new(c->arena), *headers = headers_of_error(c, status);
	struct json_t *content = of_type(c, "application/problem+json", schema_ref(c->arena, schema));

	/* the web server's answer to a request that it cannot parse: it does not know the requested type */
	if (status == 400 || status == 414)
		add_type(c, content, "text/html", schema_of_type(c->arena, "string", NULL));
	json_put_text(response, "description", doc);
	if (json_at(headers, 0) != NULL)
		json_put(response, "headers", headers);
	json_put(response, "content", content);
	return response;
}

static bool always(const struct listed_route *r)
{
	(void)r;
	return true;
}

static bool has_id(const struct listed_route *r)
{
	return r->id_kind != NULL;
}

static bool may_be_forged(const struct listed_route *r)
{
	return !route_reads(r) && r->access != MACHINE;
}

/* Answers that follow from the row of a route, and those of the web server. */
static const struct usual {
	int status;
	const char *name, *doc;
	bool (*of)(const struct listed_route *r);
} usuals[] = {
    {400, "Malformed", "The request could not be read, or fields are wrong: errors names them", always},
    {401, "SignedOut", "Not signed in, or the session has ended", route_wants_session},
    {403, "Forged", "It came from another site's page", may_be_forged},
    {404, "NotFound", "It does not exist, or the caller may not see it", has_id},
    {409, "KeyTaken", "A request with the same Idempotency-Key is still running", route_has_key},
    {413, "TooLarge", "The body is larger than 32 KiB", always},
    {414, "TooLong", "The URL is longer than the limit of the web server", always},
    {415, "BadMedia", "The body is not application/json in UTF-8", may_be_forged},
    {422, "KeyReused", "The Idempotency-Key was used for another request", route_has_key},
    {429, "Throttled", "Too many requests: try again after Retry-After", always},
    {500, "Bug", "Something went wrong, and nothing was changed", always},
    {502, "BadGateway", "The service ended while it answered: whether something was changed is not known",
     always},
    {503, "Away", "The service or its database is unavailable or overloaded: try again", always},
    {504, "Slow", "The service did not answer in time: whether something was changed is not known", always},
};
enum { USUALS = sizeof usuals / sizeof *usuals };

static const struct usual *usual_of(const struct listed_route *r, int status)
{
	for (size_t i = 0; i < USUALS; i++)
		if (usuals[i].status == status && usuals[i].of(r))
			return &usuals[i];
	return NULL;
}

static struct json_t *usual_response(struct components *c, const struct usual *u)
{
	json_put(c->responses, u->name, problem(c, u->status, u->doc, problem_schema(c, NULL, "nothing")));
	return schema_ref(c->arena, arena_printf(c->arena, "#/components/responses/%s", u->name));
}

static bool is_of(const struct listed_failure *f, const struct listed_route *r, int status)
{
	return text_same(f->route, r->name) && err_status(f->error) == status;
}

/* The response of a status that the rows FAILS of a route name; the usual reason is added if the route has it
 * too. */
static struct json_t *own_response(struct components *c, const struct listed_route *r, int status,
				   const struct usual *u)
{
	struct buf doc = BUF(c->arena);
	const char *current = "nothing";

	for (const struct listed_failure *f = listed_failures; f->route != NULL; f++) {
		if (!is_of(f, r, status))
			continue;
		buf_printf(&doc, "%s%s", doc.len > 0 ? "; or " : "",
			   doc.len > 0 ? f->doc : sentence(c->arena, f->doc));
		if (!text_same(f->current, "nothing"))
			current = f->current;
	}
	if (doc.len == 0)
		return NULL;
	if (u != NULL)
		buf_printf(&doc, ". %s", u->doc);
	return problem(c, status, buf_text(&doc), problem_schema(c, r->service, current));
}

static struct json_t *body_of(struct components *c, const struct listed_route *r,
			      const struct listed_answer *as)
{
	struct arena *a = c->arena;
	struct json_t *both, *either, *object, *record = NULL;

	if (as->shape == KEYS) {
		object = schema_object(a, "a JWK set (RFC 7517)");
		schema_add(a, object, "keys",
			   schema_list(a, schema_of_type(a, "object", "a public key, ES256")), true);
		json_put(c->schemas, "Keys", object);
		return schema_ref(a, "#/components/schemas/Keys");
	}
	record = component_schema(c, r->service, as->record, IN_ANSWER);
	if (as->shape == LIST)
		return schema_list(a, record);
	if (as->shape != CURRENT_USER)
		return record;
	both = json_object_new(a);
	either = json_array_new(a);
	object = schema_object(a, NULL);
	json_append(either, record);
	json_append(either, schema_of_type(a, "null", "nobody"));
	json_put(both, "anyOf", either);
	schema_add(a, object, "currentUser", both, true);
	return object;
}

static struct json_t *headers_of_answer(struct components *c, const struct listed_route *r,
					const struct listed_answer *as)
{
	static const struct {
		unsigned bit;
		const char *name;
	} named[] = {{LOCATION, "Location"}, {ETAG, "ETag"}, {PAGED, "Link"}, {COOKIE, "Set-Cookie"}};
	struct json_t *h = json_object_new(c->arena);

	for (size_t i = 0; i < sizeof named / sizeof *named; i++)
		if ((as->headers & named[i].bit) != 0)
			put_header(c, h, named[i].name);
	if (route_has_key(r))
		put_header(c, h, "Idempotency-Replayed");
	return h;
}

static struct json_t *success_of(struct components *c, const struct listed_route *r,
				 const struct listed_answer *as)
{
	struct json_t *response = json_object_new(c->arena), *headers = headers_of_answer(c, r, as);
	const char *type = as->shape == KEYS ? "application/jwk-set+json" : "application/json";

	json_put_text(response, "description", as->shape == EMPTY ? "Done" : sentence(c->arena, r->doc));
	if (json_at(headers, 0) != NULL)
		json_put(response, "headers", headers);
	if (as->shape != EMPTY)
		json_put(response, "content", of_type(c, type, body_of(c, r, as)));
	return response;
}

struct json_t *responses_of(struct components *c, const struct listed_route *r)
{
	struct json_t *all = json_object_new(c->arena);

	for (const struct listed_answer *as = listed_answer_of(r); text_same(as->route, r->name); as++)
		json_put(all, arena_printf(c->arena, "%d", as->status), success_of(c, r, as));
	for (int status = 400; status < 600; status++) {
		const struct usual *u = usual_of(r, status);
		struct json_t *own = own_response(c, r, status, u);

		if (own != NULL || u != NULL)
			json_put(all, arena_printf(c->arena, "%d", status),
				 own != NULL ? own : usual_response(c, u));
	}
	return all;
}

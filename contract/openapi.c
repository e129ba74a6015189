#include "common/base/buf.h"
#include "common/base/text.h"
#include "common/base/version.h"
#include "common/schema/yaml.h"
#include "contract/documents.h"
#include "contract/responses.h"
#include <string.h>

static const char about[] =
    "The JSON API of a marketplace for tickets.\n\n"
    "Amounts are decimal numbers in major units of their currency, times are RFC 3339, ids are UUIDs. A\n"
    "null field is absent from an answer. Answers may gain fields, and choices words: ignore what you do\n"
    "not know; x-known-values lists the words of this version. A request with a field or a word that is\n"
    "not listed is refused.\n\n"
    "Errors are application/problem+json (RFC 9457). Titles and sentences are in the language of\n"
    "Accept-Language: en or de. Other methods of an address are answered 405 with Allow. Every GET also\n"
    "answers HEAD. The web server's own errors (too many requests, a service that is down) are pages if\n"
    "the request accepts text/html.\n\n"
    "A session begins at /api/users/signin: send its token as the cookie or as a bearer token. With a\n"
    "cookie a request that changes something must be application/json and must not come from another\n"
    "origin.\n\n"
    "A POST, PUT or DELETE that is repeated with the same Idempotency-Key has no second effect: it gets\n"
    "the first answer again, with Idempotency-Replayed and without ETag. A key is valid for a user and a\n"
    "route, for 24 hours.";

static const struct {
	const char *service, *doc;
} tags[] = {
    {"auth", "Users and their sessions"},
    {"orders", "Orders, each of which holds its ticket while it is paid"},
    {"payments", "Payments of orders"},
    {"tickets", "Listings: browse, offer, change, withdraw"},
};

static bool is_api(const struct listed_route *r)
{
	return text_starts(r->path, "/api/");
}

static struct json_t *parameter(struct arena *a, const char *in, const char *name, const char *doc,
				bool required, struct json_t *schema)
{
	struct json_t *p = json_object_new(a);

	json_put_text(p, "name", name);
	json_put_text(p, "in", in);
	json_put_text(p, "description", sentence(a, doc));
	if (required)
		json_put_flag(p, "required", true);
	json_put(p, "schema", schema);
	return p;
}

static struct json_t *sized_text(struct arena *a, int64_t max)
{
	struct json_t *s = schema_of_type(a, "string", NULL);

	json_put_number(s, "minLength", 1);
	json_put_number(s, "maxLength", max);
	return s;
}

/* A header of a request, as a component; adds a reference to the list. */
static void add_header(struct components *c, struct json_t *list, const char *name, const char *doc,
		       bool required)
{
	struct arena *a = c->arena;

	json_put(c->parameters, name, parameter(a, "header", name, doc, required, sized_text(a, 200)));
	json_append(list, schema_ref(a, arena_printf(a, "#/components/parameters/%s", name)));
}

static void add_headers(struct components *c, struct json_t *list, const struct listed_route *r)
{
	unsigned headers = listed_answer_of(r)->headers;

	if (route_has_key(r))
		add_header(c, list, "Idempotency-Key",
			   "1 to 64 visible ASCII characters; the same key again repeats the first answer",
			   false);
	if ((headers & IF_MATCH) != 0)
		add_header(c, list, "If-Match",
			   "the ETag that the client saw; without it the last write wins", false);
	if ((headers & SIGNED) != 0)
		add_header(c, list, "Stripe-Signature", "the bank's signature of the body", true);
}

static void add_query(struct components *c, struct json_t *list, const struct listed_route *r)
{
	const struct record *form = listed_record(c->arena, r->service, r->form);

	for (size_t i = 0; i < form->count; i++) {
		const struct field *f = &form->fields[i];

		json_append(list, parameter(c->arena, "query", camel(c->arena, f->name), f->doc, !f->optional,
					    schema_of_field(c->arena, f, IN_QUERY)));
	}
}

static struct json_t *parameters_of(struct components *c, const struct listed_route *r)
{
	struct json_t *list = json_array_new(c->arena);

	if (r->id_kind != NULL) {
		struct json_t *s = schema_of_type(c->arena, "string", NULL);

		json_put_text(s, "format", "uuid");
		json_append(list, parameter(c->arena, "path", "id", "the id of the resource", true, s));
	}
	if (route_reads(r))
		add_query(c, list, r);
	add_headers(c, list, r);
	return list;
}

static bool needs_body(const struct record *form)
{
	for (size_t i = 0; i < form->count; i++)
		if (!form->fields[i].optional)
			return true;
	return false;
}

static struct json_t *body_of(struct components *c, const struct listed_route *r)
{
	struct arena *a = c->arena;
	struct json_t *body = json_object_new(a), *content = json_object_new(a), *media = json_object_new(a);
	const struct record *form = listed_record(a, r->service, r->form);
	struct json_t *schema;

	if (r->access == MACHINE)
		schema = schema_of_type(a, "object", "an event of the bank, signed");
	else if (form->count == 0)
		schema = schema_of_record(a, form, IN_REQUEST);
	else
		schema = component_schema(c, r->service, r->form, IN_REQUEST);
	json_put_text(body, "description", sentence(a, form->count == 0 ? "an object" : form->doc));
	if (r->access == MACHINE || needs_body(form))
		json_put_flag(body, "required", true);
	json_put(media, "schema", schema);
	json_put(content, "application/json", media);
	json_put(body, "content", content);
	return body;
}

static struct json_t *scheme(struct arena *a, const char *name)
{
	struct json_t *s = json_object_new(a);

	if (name != NULL)
		json_put(s, name, json_array_new(a));
	return s;
}

/* Who may call: with a session; with or without one, if the route is about the session; anybody. */
static struct json_t *security_of(struct arena *a, const struct listed_route *r)
{
	struct json_t *list = json_array_new(a);
	bool about_session = text_same(r->service, "auth") && text_same(r->form, "nothing") &&
			     listed_answer_of(r)->shape != KEYS;

	if (!route_wants_session(r) && !about_session)
		return list;
	json_append(list, scheme(a, "session"));
	json_append(list, scheme(a, "bearer"));
	if (about_session)
		json_append(list, scheme(a, NULL));
	return list;
}

static struct json_t *operation(struct components *c, const struct listed_route *r)
{
	struct arena *a = c->arena;
	struct json_t *o = json_object_new(a), *tag = json_array_new(a), *parameters = parameters_of(c, r);

	list_add_text(a, tag, r->service);
	json_put_text(o, "operationId", camel(a, r->name));
	json_put_text(o, "summary", r->doc);
	json_put_text(o, "description", arena_printf(a, "%s.", r->doc));
	json_put(o, "tags", tag);
	json_put(o, "security", security_of(a, r));
	if (json_at(parameters, 0) != NULL)
		json_put(o, "parameters", parameters);
	if (!route_reads(r) && !text_same(r->method, "DELETE"))
		json_put(o, "requestBody", body_of(c, r));
	json_put(o, "responses", responses_of(c, r));
	return o;
}

static const char *lower(struct arena *a, const char *text)
{
	char *out = arena_strdup(a, text);

	text_lower(out);
	return out;
}

static struct json_t *paths(struct components *c)
{
	struct json_t *all = json_object_new(c->arena);

	for (const struct listed_route *r = listed_routes; r->name != NULL; r++) {
		if (!is_api(r))
			continue;
		if (json_get(all, r->path) == NULL)
			json_put(all, r->path, json_object_new(c->arena));
		json_put((struct json_t *)(uintptr_t)json_get(all, r->path), lower(c->arena, r->method),
			 operation(c, r));
	}
	return all;
}

static void put_headers(struct components *c)
{
	static const struct {
		const char *name, *doc;
	} rows[] = {
	    {"Location", "The address of the new resource"},
	    {"ETag", "Revision and version, \"3.5\": for If-Match, which compares the revision"},
	    {"Link", "<address>; rel=\"next\": the next page; absent on the last"},
	    {"Set-Cookie", "The session's cookie: session, or __Host-session over https"},
	    {"Idempotency-Replayed", "true: the answer to the first request with this key"},
	    {"Retry-After", "Seconds to wait before the next attempt"},
	    {"WWW-Authenticate", "Bearer"},
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct json_t *h = json_object_new(c->arena);

		json_put_text(h, "description", rows[i].doc);
		json_put(h, "schema", schema_of_type(c->arena, "string", NULL));
		json_put(c->headers, rows[i].name, h);
	}
}

static struct json_t *security_schemes(struct arena *a)
{
	struct json_t *all = json_object_new(a), *session = json_object_new(a), *bearer = json_object_new(a);

	json_put_text(session, "type", "apiKey");
	json_put_text(session, "in", "cookie");
	json_put_text(session, "name", "session");
	json_put_text(session, "description", "Set by sign-up and sign-in; __Host-session over https");
	json_put_text(bearer, "type", "http");
	json_put_text(bearer, "scheme", "bearer");
	json_put_text(bearer, "bearerFormat", "JWT");
	json_put_text(bearer, "description", "The value of the session's cookie, ES256, 12 hours");
	json_put(all, "session", session);
	json_put(all, "bearer", bearer);
	return all;
}

static struct json_t *info(struct arena *a)
{
	struct json_t *i = json_object_new(a), *licence = json_object_new(a);

	json_put_text(licence, "name", "MIT");
	json_put_text(licence, "identifier", "MIT");
	json_put_text(i, "title", "Stagedoor API");
	json_put_text(i, "version", STAGEDOOR_VERSION);
	json_put_text(i, "description", about);
	json_put(i, "license", licence);
	return i;
}

static struct json_t *servers(struct arena *a)
{
	struct json_t *list = json_array_new(a), *server = json_object_new(a),
		      *variables = json_object_new(a), *site = json_object_new(a);

	json_put_text(server, "url", "{site}");
	json_put_text(server, "description", "A site of Stagedoor");
	json_put_text(site, "default", "http://127.0.0.1:8080");
	json_put_text(site, "description", "The address of the site, the setting SITE_URL");
	json_put(variables, "site", site);
	json_put(server, "variables", variables);
	json_append(list, server);
	return list;
}

static struct json_t *listed_tags(struct arena *a)
{
	struct json_t *list = json_array_new(a);

	for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
		struct json_t *tag = json_object_new(a);

		json_put_text(tag, "name", tags[i].service);
		json_put_text(tag, "description", tags[i].doc);
		json_append(list, tag);
	}
	return list;
}

static struct json_t *components(struct components *c)
{
	struct json_t *all = json_object_new(c->arena);

	put_headers(c);
	json_put(all, "securitySchemes", security_schemes(c->arena));
	json_put(all, "parameters", c->parameters);
	json_put(all, "headers", c->headers);
	json_put(all, "responses", c->responses);
	json_put(all, "schemas", c->schemas);
	return all;
}

const char *document_openapi(struct arena *a)
{
	struct components c = {a, json_object_new(a), json_object_new(a), json_object_new(a),
			       json_object_new(a)};
	struct json_t *d = json_object_new(a);

	json_put_text(d, "openapi", "3.1.0");
	json_put(d, "info", info(a));
	json_put(d, "servers", servers(a));
	json_put(d, "tags", listed_tags(a));
	json_put(d, "paths", paths(&c));
	json_put(d, "components", components(&c));
	return arena_printf(a, "# Made from apps/*/routes.def and apps/*/records.def by make docs.\n%s",
			    yaml_text(a, d));
}

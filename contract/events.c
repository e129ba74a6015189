#include "common/schema/yaml.h"
#include "contract/documents.h"

const char *event_title(struct arena *a, const struct event *ev)
{
	return pascal(a, ev->name);
}

bool event_is_public(const struct event *ev)
{
	return ev->audience == EVENT_PUBLIC;
}

static struct json_t *formatted(struct arena *a, const char *format, const char *doc)
{
	struct json_t *s = schema_of_type(a, "string", doc);

	json_put_text(s, "format", format);
	return s;
}

static struct json_t *version_schema(struct arena *a, const struct event *ev)
{
	struct json_t *s =
	    schema_of_type(a, "integer",
			   event_is_fact(ev) ? "always 1: a fact has no later version"
					     : "the version of the data; the highest is the newest");

	json_put_number(s, "minimum", 1);
	if (event_is_fact(ev))
		json_put_number(s, "maximum", 1);
	return s;
}

struct json_t *envelope_schema(struct arena *a, const struct event *ev)
{
	struct json_t *s = schema_object(a, ev->doc);
	const char *source = arena_printf(a, "/stagedoor/%s", ev->publisher);

	schema_add(a, s, "specversion", schema_const(a, "1.0", "CloudEvents 1.0"), true);
	schema_add(a, s, "id", formatted(a, "uuid", "identifies the event: the same id is the same event"),
		   true);
	schema_add(a, s, "source", schema_const(a, source, "who published it"), true);
	schema_add(a, s, "type", schema_const(a, ev->type, "what happened; the routing key"), true);
	schema_add(a, s, "subject", formatted(a, "uuid", "the id of the resource"), true);
	schema_add(a, s, "time",
		   formatted(a, "date-time", "when the event was created; unchanged when it is sent again"),
		   true);
	schema_add(a, s, "datacontenttype", schema_const(a, "application/json", NULL), true);
	schema_add(a, s, "version", version_schema(a, ev), true);
	return s;
}

const char *document_schema(struct arena *a, const struct event *ev)
{
	struct json_t *s = json_object_new(a), *envelope = envelope_schema(a, ev);
	static const char *const members[] = {"description", "type", "required", "properties"};

	schema_add(a, envelope, "data", schema_of_record(a, ev->record(), IN_EVENT), true);
	json_put_text(s, "$schema", "https://json-schema.org/draft/2020-12/schema");
	json_put_text(s, "$id", arena_printf(a, "urn:stagedoor:event:%s", ev->type));
	json_put_text(s, "title", event_title(a, ev));
	json_put_text(s, "x-audience", event_is_public(ev) ? "public" : "private");
	for (size_t i = 0; i < sizeof members / sizeof *members; i++)
		json_put(s, members[i], (struct json_t *)(uintptr_t)json_get(envelope, members[i]));
	return json_lines(a, s);
}

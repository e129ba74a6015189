#include "common/base/text.h"
#include "common/base/version.h"
#include "common/schema/yaml.h"
#include "contract/documents.h"

static const char about[] =
    "The events of Stagedoor's services, for each other and for integrators, as CloudEvents 1.0 over AMQP\n"
    "0.9.1.\n\n"
    "Operations with the action send are events that Stagedoor publishes; those with the action receive\n"
    "are events that its own services consume. Integrators can bind the events that are tagged public.\n"
    "Each integrator has one account and the queue integrator.NAME.events; a message has its audience in\n"
    "x-audience. EVENTS.md explains versions, amounts, choices and how events grow.";

static struct json_t *tags_of(struct arena *a, const struct event *ev)
{
	struct json_t *list = json_array_new(a), *audience = json_object_new(a),
		      *service = json_object_new(a);

	json_put_text(audience, "name", event_is_public(ev) ? "public" : "private");
	json_put_text(service, "name", ev->publisher);
	json_append(list, audience);
	json_append(list, service);
	return list;
}

static struct json_t *variable(struct arena *a, const char *value, const char *doc)
{
	struct json_t *v = json_object_new(a);

	json_put_text(v, "default", value);
	json_put_text(v, "description", doc);
	return v;
}

static struct json_t *server(struct arena *a, const char *protocol, const char *port, const char *doc)
{
	struct json_t *s = json_object_new(a), *variables = json_object_new(a), *security = json_array_new(a);

	json_put_text(s, "host", "{host}:{port}");
	json_put_text(s, "pathname", "/stagedoor");
	json_put_text(s, "protocol", protocol);
	json_put_text(s, "protocolVersion", "0.9.1");
	json_put_text(s, "description", doc);
	json_put(variables, "host", variable(a, "127.0.0.1", "The broker's host"));
	json_put(variables, "port", variable(a, port, "Its port"));
	json_put(s, "variables", variables);
	json_append(security, schema_ref(a, "#/components/securitySchemes/account"));
	json_put(s, "security", security);
	return s;
}

static struct json_t *servers(struct arena *a)
{
	struct json_t *all = json_object_new(a);

	json_put(all, "broker", server(a, "amqp", "8081", "RabbitMQ; the path is its virtual host"));
	json_put(all, "tls", server(a, "amqps", "5671", "The same over TLS, if the operator has enabled it"));
	return all;
}

static struct json_t *binding_of(struct arena *a, const struct event *ev)
{
	struct json_t *amqp = json_object_new(a), *exchange = json_object_new(a), *all = json_object_new(a);

	json_put_text(exchange, "name", arena_printf(a, "stagedoor.%s", ev->publisher));
	json_put_text(exchange, "type", "topic");
	json_put_flag(exchange, "durable", true);
	json_put_flag(exchange, "autoDelete", false);
	json_put_text(exchange, "vhost", "stagedoor");
	json_put_text(amqp, "is", "routingKey");
	json_put(amqp, "exchange", exchange);
	json_put_text(amqp, "bindingVersion", "0.3.0");
	json_put(all, "amqp", amqp);
	return all;
}

static struct json_t *channel(struct arena *a, const struct event *ev)
{
	struct json_t *c = json_object_new(a), *messages = json_object_new(a);

	json_put_text(c, "address", ev->type);
	json_put_text(c, "title", event_title(a, ev));
	json_put_text(c, "summary", sentence(a, ev->doc));
	json_put_text(c, "x-audience", event_is_public(ev) ? "public" : "private");
	json_put(messages, ev->name, schema_ref(a, arena_printf(a, "#/components/messages/%s", ev->name)));
	json_put(c, "messages", messages);
	json_put(c, "tags", tags_of(a, ev));
	json_put(c, "bindings", binding_of(a, ev));
	return c;
}

static struct json_t *operation(struct arena *a, const struct event *ev, const char *action,
				const char *summary)
{
	struct json_t *o = json_object_new(a), *messages = json_array_new(a);

	json_put_text(o, "action", action);
	json_put_text(o, "summary", summary);
	json_put(o, "channel", schema_ref(a, arena_printf(a, "#/channels/%s", ev->name)));
	json_append(messages,
		    schema_ref(a, arena_printf(a, "#/channels/%s/messages/%s", ev->name, ev->name)));
	json_put(o, "messages", messages);
	json_put(o, "tags", tags_of(a, ev));
	return o;
}

static void add_operations(struct arena *a, struct json_t *all, const struct event *ev)
{
	const char *named = event_title(a, ev);

	json_put(all, arena_printf(a, "%s_publishes_%s", ev->publisher, ev->name),
		 operation(a, ev, "send", arena_printf(a, "%s publishes %s", ev->publisher, named)));
	for (const char *const *s = services; *s != NULL; s++)
		if (listed_consumes(*s, ev))
			json_put(all, arena_printf(a, "%s_consumes_%s", *s, ev->name),
				 operation(a, ev, "receive", arena_printf(a, "%s consumes %s", *s, named)));
}

/* In AMQP they are called properties; AsyncAPI has one place for everything except the body. */
static struct json_t *headers(struct arena *a, const struct event *ev)
{
	struct json_t *h = schema_object(a, "the AMQP properties of the message");

	schema_add(a, h, "message_id", schema_of_type(a, "string", "the event's id"), true);
	schema_add(a, h, "type", schema_const(a, ev->type, "the event's type"), true);
	schema_add(a, h, "timestamp", schema_of_type(a, "integer", "when it was sent, in seconds"), true);
	schema_add(a, h, "app_id", schema_of_type(a, "string", "the broker account that published it"), true);
	schema_add(a, h, "delivery_mode", schema_of_type(a, "integer", "2: persistent"), true);
	schema_add(a, h, "correlation_id",
		   schema_of_type(a, "string",
				  "the id of the request that caused the event; absent without a request"),
		   false);
	return h;
}

static struct json_t *message_binding(struct arena *a, const struct event *ev)
{
	struct json_t *all = json_object_new(a), *amqp = json_object_new(a);

	json_put_text(amqp, "messageType", ev->type);
	json_put_text(amqp, "bindingVersion", "0.3.0");
	json_put(all, "amqp", amqp);
	return all;
}

static struct json_t *message(struct arena *a, const struct event *ev)
{
	struct json_t *m = json_object_new(a), *correlation = json_object_new(a);
	struct json_t *payload = envelope_schema(a, ev);

	json_put_text(correlation, "description", "The id of the request that caused the event");
	json_put_text(correlation, "location", "$message.header#/correlation_id");
	schema_add(a, payload, "data",
		   schema_ref(a, arena_printf(a, "#/components/schemas/%s", ev->record()->name)), true);
	json_put_text(m, "name", ev->type);
	json_put_text(m, "title", event_title(a, ev));
	json_put_text(m, "summary", sentence(a, ev->doc));
	json_put_text(m, "contentType", "application/cloudevents+json; charset=utf-8");
	json_put_text(m, "x-audience", event_is_public(ev) ? "public" : "private");
	json_put(m, "headers", headers(a, ev));
	json_put(m, "correlationId", correlation);
	json_put(m, "payload", payload);
	json_put(m, "tags", tags_of(a, ev));
	json_put(m, "bindings", message_binding(a, ev));
	return m;
}

static struct json_t *components(struct arena *a)
{
	struct json_t *c = json_object_new(a), *messages = json_object_new(a), *schemas = json_object_new(a);
	struct json_t *security = json_object_new(a), *account = json_object_new(a);

	for (size_t i = 0; events[i] != NULL; i++) {
		const struct record *r = events[i]->record();

		json_put(messages, events[i]->name, message(a, events[i]));
		json_put(schemas, r->name, schema_of_record(a, r, IN_EVENT));
	}
	json_put_text(account, "type", "userPassword");
	json_put_text(account, "description", "A broker account: one for each service and each integrator");
	json_put(security, "account", account);
	json_put(c, "messages", messages);
	json_put(c, "schemas", schemas);
	json_put(c, "securitySchemes", security);
	return c;
}

static struct json_t *info(struct arena *a)
{
	struct json_t *i = json_object_new(a), *licence = json_object_new(a), *tags = json_array_new(a);
	static const struct {
		const char *name, *doc;
	} audiences[] = {{"public", "Integrators can bind it"},
			 {"private", "Only for the services of Stagedoor"}};

	json_put_text(licence, "name", "MIT");
	json_put_text(i, "title", "Stagedoor events");
	json_put_text(i, "version", STAGEDOOR_VERSION);
	json_put_text(i, "description", about);
	json_put(i, "license", licence);
	for (size_t n = 0; n < sizeof audiences / sizeof *audiences; n++) {
		struct json_t *tag = json_object_new(a);

		json_put_text(tag, "name", audiences[n].name);
		json_put_text(tag, "description", audiences[n].doc);
		json_append(tags, tag);
	}
	json_put(i, "tags", tags);
	return i;
}

const char *document_asyncapi(struct arena *a)
{
	struct json_t *d = json_object_new(a), *channels = json_object_new(a),
		      *operations = json_object_new(a);

	for (size_t i = 0; events[i] != NULL; i++) {
		json_put(channels, events[i]->name, channel(a, events[i]));
		add_operations(a, operations, events[i]);
	}
	json_put_text(d, "asyncapi", "3.0.0");
	json_put_text(d, "id", "urn:stagedoor:events");
	json_put(d, "info", info(a));
	json_put_text(d, "defaultContentType", "application/cloudevents+json; charset=utf-8");
	json_put(d, "servers", servers(a));
	json_put(d, "channels", channels);
	json_put(d, "operations", operations);
	json_put(d, "components", components(a));
	return arena_printf(a, "# Made from amqp/events.def and amqp/records.def by make docs.\n%s",
			    yaml_text(a, d));
}

#include "contract/lists.h"
#include "common/base/text.h"
#include <stdio.h>

#define ANSWER(...)
#define FAILS(...)
#define PART(...)
#define ROUTE(name, method, path, access, transaction, form, doc)                                            \
	{SERVICE, #name, #method, path, doc, NULL, access, #form},
#define ROUTE_OF(name, method, path, id, access, transaction, form, doc)                                     \
	{SERVICE, #name, #method, path, doc, &kind_##id, access, #form},
const struct listed_route listed_routes[] = {
#include "all_routes.h"
    {.name = NULL}};
#undef ANSWER
#undef FAILS
#undef PART
#undef ROUTE
#undef ROUTE_OF

#define ROUTE(...)
#define ROUTE_OF(...)
#define FAILS(...)
#define PART(...)
#define ANSWER(route, status, shape, record, headers) {#route, status, shape, #record, headers},
const struct listed_answer listed_answers[] = {
#include "all_routes.h"
    {.route = NULL}};
#undef ANSWER
#undef FAILS

#define ANSWER(...)
#define FAILS(route, error, current, doc) {#route, ERR_##error, #current, doc},
const struct listed_failure listed_failures[] = {
#include "all_routes.h"
    {.route = NULL}};
#undef FAILS
#undef PART

#define FAILS(...)
#define PART(record, member, part, doc) {SERVICE, #record, #member, #part, doc},
const struct listed_part listed_parts[] = {
#include "all_routes.h"
    {.service = NULL}};
#undef ANSWER
#undef FAILS
#undef PART
#undef ROUTE
#undef ROUTE_OF

#define CHOICE(k, doc) {&kind_##k, doc},
#define WORD(k, name, text)
#define END(k)
const struct listed_choice listed_choices[] = {
#include "common/schema/choices.def"
    {NULL, NULL}};
#undef CHOICE
#undef WORD
#undef END

#define CURRENCY(code, digits) {code, digits},
const struct listed_currency listed_currencies[] = {
#include "common/schema/currencies.def"
    {NULL, 0}};
#undef CURRENCY

enum { FIELDS_MAX = 40 };

#define RECORD(name, doc)                                                                                    \
	{                                                                                                    \
		SERVICE, #name, doc,                                                                         \
		{
#define FIELD(k, n, d)    {#n, d, &kind_##k, 0, false},
#define OPTIONAL(k, n, d) {#n, d, &kind_##k, 0, true},
#define END                                                                                                  \
	{                                                                                                    \
		NULL, NULL, NULL, 0, false                                                                   \
	}                                                                                                    \
	}                                                                                                    \
	}                                                                                                    \
	,
static const struct {
	const char *service, *name, *doc;
	struct field fields[FIELDS_MAX];
} records[] = {
#include "all_records.h"
#define SERVICE NULL
#include "common/http/records.def"
#undef SERVICE
};
#undef RECORD
#undef FIELD
#undef OPTIONAL
#undef END

static const struct record *record_made(struct arena *a, size_t i)
{
	struct record *r = arena_alloc(a, sizeof *r);

	*r = (struct record){.name = records[i].name, .doc = records[i].doc, .fields = records[i].fields};
	while (r->fields[r->count].name != NULL)
		r->count++;
	return r;
}

const struct record *listed_record(struct arena *a, const char *service, const char *name)
{
	if (text_same(name, "nothing"))
		return record_nothing();
	for (size_t i = 0; i < sizeof records / sizeof *records; i++)
		if (text_same(records[i].name, name) &&
		    (records[i].service == NULL || text_same(records[i].service, service)))
			return record_made(a, i);
	fprintf(stderr, "contract: %s has no record %s\n", service, name);
	BUG_IF(true);
	return NULL;
}

const struct listed_answer *listed_answer_of(const struct listed_route *r)
{
	for (const struct listed_answer *answer = listed_answers; answer->route != NULL; answer++)
		if (text_same(answer->route, r->name))
			return answer;
	fprintf(stderr, "contract: the route %s needs an ANSWER below it\n", r->name);
	BUG_IF(true);
	return NULL;
}

static const struct {
	enum service service;
	const struct event *event;
} consumers[] = {
#define EVENT(name, type, publisher, audience, record, subject, doc)
#define CONSUMER(name, service, handler) {SERVICE_##service, &event_##name},
#include "amqp/events.def"
#undef EVENT
#undef CONSUMER
};

bool listed_consumes(const char *service, const struct event *ev)
{
	for (size_t i = 0; i < sizeof consumers / sizeof *consumers; i++)
		if (consumers[i].event == ev && text_same(services[consumers[i].service], service))
			return true;
	return false;
}

/* A JSON body, and the records that are read from it: as a client sends it, and as an event carries it. */
#include "common/schema/json.h"
#include "common/base/text.h"
#include "tests/fuzz/fuzz.h"

#define RECORD_LIST "apps/tickets/records.def"
#include "common/schema/declare_records.h"
#define RECORD_LIST "apps/tickets/records.def"
#include "common/schema/define_records.h"

void fuzz_begin(void)
{
}

static void prints_back(struct arena *a, struct json_t *json)
{
	const char *text = json_text(a, json);
	struct json_t *again;

	HOLDS(text_is_utf8(text, strlen(text)));
	HOLDS(json_parse(a, text, strlen(text), &again) == OK);
	HOLDS(strcmp(json_text(a, again), text) == 0);
}

static bool read_record(struct arena *a, const struct record *r, const struct number_format *n,
			enum unknown_fields unknown, struct json_t *json)
{
	struct problems problems = {.arena = a};
	void *record = arena_alloc(a, r->size), *again = arena_alloc(a, r->size);
	struct json_t *printed;
	err e = record_from_json(a, r, n, unknown, json, &problems, record);

	HOLDS((e == OK) == (problems.first == NULL));
	if (e != OK)
		return false;
	HOLDS(record_wrong(r, record) == NULL);
	printed = json_of_record(a, r, n, record);
	HOLDS(record_from_json(a, r, n, UNKNOWN_REFUSED, printed, &problems, again) == OK);
	HOLDS(record_same(r, record, again));
	return true;
}

bool fuzz_one(struct arena *a, const char *bytes, size_t len)
{
	const struct number_format api = {.major = true, .currency = "USD"}, event = {.major = false};
	const struct record *const records[] = {record_ticket(), record_ticket_form(), record_withdraw_form(),
						record_browse_form()};
	struct json_t *json;
	bool taken = false;

	if (json_parse(a, bytes, len, &json) != OK)
		return false;
	prints_back(a, json);
	for (size_t i = 0; i < sizeof records / sizeof *records; i++) {
		taken |= read_record(a, records[i], &api, UNKNOWN_REFUSED, json);
		taken |= read_record(a, records[i], &event, UNKNOWN_IGNORED, json);
	}
	return taken;
}

/* The body of a delivery. */
#include "amqp/events.h"
#include "tests/fuzz/fuzz.h"

void fuzz_begin(void)
{
}

bool fuzz_one(struct arena *a, const char *bytes, size_t len)
{
	struct problems problems = {.arena = a};
	struct envelope first, again;
	const struct record *r;
	const char *text;

	if (event_decode(a, bytes, len, &problems, &first) != OK) {
		HOLDS(problems.first != NULL);
		return false;
	}
	if (first.event == NULL) {
		HOLDS(first.state == NULL && first.type != NULL);
		return true;
	}
	r = first.event->record();
	HOLDS(record_wrong(r, first.state) == NULL);
	text = event_encode(a, first.event, first.id, first.state);
	HOLDS(event_decode(a, text, strlen(text), &problems, &again) == OK);
	HOLDS(again.event == first.event && id_same(again.id, first.id));
	HOLDS(record_same(r, first.state, again.state));
	HOLDS(event_version(first.event, first.state).v >= 1);
	return true;
}

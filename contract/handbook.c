#include "common/base/buf.h"
#include "common/base/text.h"
#include "contract/documents.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *audience(const struct event *ev)
{
	return event_is_public(ev) ? "PUBLIC" : "PRIVATE";
}

static void put_consumers(struct buf *b, const struct event *ev)
{
	bool first = true;

	for (const char *const *s = services; *s != NULL; s++) {
		if (!listed_consumes(*s, ev))
			continue;
		buf_printf(b, "%s%s", first ? "" : ", ", *s);
		first = false;
	}
}

static void put_overview(struct buf *b)
{
	buf_puts(b,
		 "| event (`type` = routing key) | meaning | published by, to its exchange | consumed by | "
		 "audience |\n"
		 "|---|---|---|---|---|\n");
	for (size_t i = 0; events[i] != NULL; i++) {
		const struct event *ev = events[i];

		buf_printf(b, "| [`%s`](schemas/%s.json) | %s | %s, `stagedoor.%s` | ", ev->type, ev->type,
			   sentence(b->arena, ev->doc), ev->publisher, ev->publisher);
		put_consumers(b, ev);
		buf_printf(b, " | %s |\n", audience(ev));
	}
}

static void put_words(struct buf *b, const struct kind *k)
{
	for (const char *const *w = k->words + 1; *w != NULL; w++)
		buf_printf(b, "%s`%s`", w == k->words + 1 ? "" : ", ", *w);
}

static const char *text_kind(struct arena *a, const struct kind *k)
{
	switch (k->rule) {
	case RULE_CURRENCY:
		return "currency, ISO 4217";
	case RULE_ZONE:
		return "time zone, a name of the IANA database";
	case RULE_ASCII:
		return arena_printf(a, "text of visible ASCII, %" PRId64 " to %" PRId64 " characters", k->min,
				    k->max);
	default:
		return arena_printf(a, "text, %" PRId64 " to %" PRId64 " characters", k->min, k->max);
	}
}

static const char *kind_text(struct arena *a, const struct kind *k)
{
	struct buf words = BUF(a);

	switch (k->class) {
	case KIND_ID:
		return "UUID";
	case KIND_INTEGER:
		return arena_printf(a, "%s, %" PRId64 " to %" PRId64,
				    k == &kind_money ? "amount in minor units" : "integer", k->min, k->max);
	case KIND_TIME:
		return "time, RFC 3339 in UTC";
	case KIND_STRING:
		return text_kind(a, k);
	case KIND_BOOLEAN:
		return "true or false";
	case KIND_CHOICE:
		buf_puts(&words, "choice: ");
		put_words(&words, k);
		return buf_text(&words);
	}
	return "";
}

static void put_users(struct buf *b, const struct record *r)
{
	bool first = true;

	for (size_t i = 0; events[i] != NULL; i++) {
		if (events[i]->record() != r)
			continue;
		buf_printf(b, "%s`%s`", first ? "" : ", ", events[i]->type);
		first = false;
	}
}

static void put_record(struct buf *b, const struct event *ev)
{
	const struct record *r = ev->record();

	buf_printf(b, "### %s\n\n%s. `data` of ", r->name, sentence(b->arena, r->doc));
	put_users(b, r);
	buf_printf(b, "; `subject` is its `%s`%s.\n\n", camel(b->arena, ev->subject_field),
		   record_field(r, ev->subject_field)->optional ? ", or `userId` if that is null" : "");
	buf_puts(b, "| field | kind | | meaning |\n|---|---|---|---|\n");
	for (size_t i = 0; i < r->count; i++) {
		const struct field *f = &r->fields[i];

		buf_printf(b, "| `%s` | %s | %s | %s |\n", camel(b->arena, f->name),
			   kind_text(b->arena, f->kind), f->optional ? "optional" : "always", f->doc);
	}
	buf_putc(b, '\n');
}

static bool is_first_of_record(size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (events[i]->record() == events[at]->record())
			return false;
	return true;
}

static void put_records(struct buf *b)
{
	for (size_t i = 0; events[i] != NULL; i++)
		if (is_first_of_record(i))
			put_record(b, events[i]);
	b->bytes[--b->len] = '\0';
}

static bool is_in_events(const struct kind *k)
{
	for (size_t i = 0; events[i] != NULL; i++)
		if (record_field_of(events[i]->record(), k) != NULL)
			return true;
	return false;
}

static void put_choices(struct buf *b)
{
	buf_puts(b, "| choice | known words | |\n|---|---|---|\n");
	for (const struct listed_choice *c = listed_choices; c->kind != NULL; c++) {
		if (!is_in_events(c->kind))
			continue;
		buf_printf(b, "| %s | ", c->kind->name);
		put_words(b, c->kind);
		buf_printf(b, " | %s |\n", c->doc);
	}
}

static void put_currencies(struct buf *b)
{
	buf_puts(b, "| currency | minor units in one | 1050 is |\n|---|---|---|\n");
	for (const struct listed_currency *c = listed_currencies; c->code != NULL; c++) {
		int units = 1;

		for (int i = 0; i < c->digits; i++)
			units *= 10;
		buf_printf(b, "| %s | %d | %s |\n", c->code, units,
			   money_decimal(b->arena, (money){1050}, c->code));
	}
}

/* The placeholders of the frame, each on its own line. */
static const struct {
	const char *mark;
	void (*put)(struct buf *b);
} places[] = {
    {"{{overview}}", put_overview},
    {"{{records}}", put_records},
    {"{{choices}}", put_choices},
    {"{{currencies}}", put_currencies},
};

static void put_line(struct buf *b, const char *line)
{
	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		if (strcmp(line, places[i].mark) == 0) {
			places[i].put(b);
			return;
		}
	buf_printf(b, "%s\n", line);
}

const char *document_handbook(struct arena *a, const char *frame)
{
	struct buf b = BUF(a);

	while (*frame != '\0') {
		size_t len = strcspn(frame, "\n");

		put_line(&b, arena_memdup(a, frame, len));
		frame += len + (frame[len] == '\n');
	}
	return buf_text(&b);
}

#include "apps/stagedoor/dead.h"
#include "apps/stagedoor/complain.h"
#include "apps/stagedoor/letters.h"
#include "common/base/log.h"
#include "common/base/text.h"
#include "common/schema/json.h"
#include <stdio.h>
#include <string.h>

static const char row_format[] = "%-14s %-12s %5s %-18s %-18s %-27s %s\n";

static struct json_t *json_of(struct arena *a, const char *service, const struct letter *l)
{
	struct json_t *json = json_of_record(a, record_letter(), &(struct number_format){0}, l);

	json_put_text(json, "id", letter_id_text(a, service, l));
	json_put_text(json, "state", letter_state(l));
	return json;
}

static const char *or_dash(const char *text)
{
	return text == NULL ? "-" : text;
}

struct listing {
	bool json;
	size_t count;
};

static void list_row(struct arena *a, const char *service, const struct letter *l)
{
	printf(row_format, letter_id_text(a, service, l), letter_state(l),
	       arena_printf(a, "%lld", (long long)l->times.v), l->queue.v, or_dash(l->type.v),
	       when_print(a, l->last_at), l->reason.v);
}

static int list_some(struct db *db, const char *service, const struct letter *letters, size_t count,
		     void *context)
{
	struct listing *listing = context;
	struct arena *a = db_arena(db);

	if (listing->count == 0 && !listing->json)
		printf(row_format, "ID", "STATE", "TIMES", "QUEUE", "TYPE", "LAST FAILED", "REASON");
	for (size_t i = 0; i < count; i++) {
		if (listing->json)
			puts(json_text(a, json_of(a, service, &letters[i])));
		else
			list_row(a, service, &letters[i]);
	}
	listing->count += count;
	return ferror(stdout) ? 1 : 0;
}

int dead_list(const struct config *config, const struct options *options)
{
	struct listing listing = {.json = options->json};
	int rc;

	log_threshold(LOG_ALARM);
	rc = letters_each(config, options, false, list_some, &listing);
	if (rc == 0 && listing.count == 0 && !options->json)
		puts("There is no such dead letter.");
	return rc;
}

/* The characters that change the direction of a line: U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069. */
static bool turns_the_line(const unsigned char *c)
{
	if (c[0] != 0xe2)
		return false;
	return (c[1] == 0x80 && (c[2] == 0x8e || c[2] == 0x8f || (c[2] >= 0xaa && c[2] <= 0xae))) ||
	       (c[1] == 0x81 && c[2] >= 0xa6 && c[2] <= 0xa9);
}

/* A terminal must not obey what somebody has sent. */
static void print_body(const char *body)
{
	for (const unsigned char *c = (const unsigned char *)body; *c != '\0'; c++) {
		if ((*c < ' ' && *c != '\n' && *c != '\t') || *c == 0x7f)
			printf("\\x%02x", *c);
		else if (*c == 0xc2 && c[1] >= 0x80 && c[1] <= 0x9f)
			printf("\\u00%02x", *++c);
		else if (turns_the_line(c)) {
			printf("\\u20%02x", (c[1] & 0x3) << 6 | (c[2] & 0x3f));
			c += 2;
		} else
			putchar(*c);
	}
	putchar('\n');
}

static void print_field(const char *name, const char *value)
{
	printf("  %-12s %s\n", name, or_dash(value));
}

static void show_text(struct arena *a, const char *service, const struct letter *l,
		      const struct letter_body *body)
{
	printf("%s: %s\n", letter_id_text(a, service, l), letter_state(l));
	print_field("reason", l->reason.v);
	print_field("queue", l->queue.v);
	print_field("type", l->type.v);
	print_field("message id", l->message_id.v);
	print_field("correlation", l->correlation_id.v);
	print_field("failed", arena_printf(a, "%lld times, first %s, last %s", (long long)l->times.v,
					   when_print(a, l->parked_at), when_print(a, l->last_at)));
	print_field("sent again", l->retried_at.v == 0 ? NULL : when_print(a, l->retried_at));
	printf("  body, %s:\n", body->body.v == NULL ? "empty"
				: body->encoded.v    ? "no text, as base64url"
						     : "as it came");
	if (body->body.v != NULL)
		print_body(body->body.v);
}

static int show_one(struct db *db, const char *service, const struct letter *letters, size_t count,
		    void *context)
{
	const struct options *options = context;
	struct arena *a = db_arena(db);
	struct letter_body body;
	struct json_t *json;

	BUG_IF(count != 1);
	if (dead_letter_body(db, &(struct dead_letter_body_in){.id = letters->id}, &body) != OK)
		return complain("%s: the body could not be read", letter_id_text(a, service, letters));
	if (!options->json) {
		show_text(a, service, letters, &body);
		return 0;
	}
	json = json_of(a, service, letters);
	json_put_flag(json, "encoded", body.encoded.v);
	json_put_text(json, "body", body.body.v == NULL ? "" : body.body.v);
	puts(json_text(a, json));
	return 0;
}

int dead_show(const struct config *config, const struct options *options)
{
	struct options copy = *options;

	log_threshold(LOG_ALARM);
	return letters_named(config, options, show_one, &copy);
}

static int drop_one(struct db *db, const char *service, const struct letter *letters, size_t count,
		    void *context)
{
	size_t *dropped = context;

	BUG_IF(count != 1);
	if (dead_letter_drop(db, &(struct dead_letter_drop_in){.id = letters->id}, NULL) != OK)
		return complain("%s could not be dropped", letter_id_text(db_arena(db), service, letters));
	*dropped += 1;
	return 0;
}

int dead_drop(const struct config *config, const struct options *options)
{
	size_t dropped = 0;
	int rc;

	log_threshold(LOG_ALARM);
	rc = letters_named(config, options, drop_one, &dropped);
	printf(options->json ? "{\"dropped\":%zu}\n" : "%zu dropped\n", dropped);
	return rc;
}

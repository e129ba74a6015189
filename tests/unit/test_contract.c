#include "amqp/events.h"
#include "common/base/text.h"
#include "tests/unit/contract.h"
#include "tests/unit/suites.h"
#include <check.h>
#include <glob.h>
#include <string.h>

enum { FILE_MAX = 1024 * 1024, EVENTS_MAX = 100 };

static struct arena *arena;
static glob_t corpora, contracts;

static void setup(void)
{
	arena = arena_new();
	ck_assert_int_eq(glob("tests/events/*/events.jsonl", 0, NULL, &corpora), 0);
	ck_assert_int_eq(glob("tests/events/*/contract", 0, NULL, &contracts), 0);
}

static void teardown(void)
{
	globfree(&corpora);
	globfree(&contracts);
	arena_free(arena);
}

static char *file_of(const char *path)
{
	char *text;

	ck_assert_msg(text_read_file(arena, path, FILE_MAX, &text) == OK, "%s cannot be read", path);
	return text;
}

static bool is_released(const struct event *ev)
{
	for (size_t f = 0; f < contracts.gl_pathc; f++)
		if (strstr(file_of(contracts.gl_pathv[f]), arena_printf(arena, "event %s ", ev->type)) !=
		    NULL)
			return true;
	return false;
}

/* This version reads each published body, and would publish it unchanged. */
static void read_released(const char *path, const char *body, size_t len, bool *seen)
{
	struct problems problems = {.arena = arena};
	struct envelope e, again;
	const char *text;

	ck_assert_msg(event_decode(arena, body, len, &problems, &e) == OK && e.event != NULL,
		      "%s: %s %s: %.*s", path, problems.first == NULL ? e.type : problems.first->field,
		      problems.first == NULL ? "is no event" : problems.first->message, (int)len, body);
	text = event_encode(arena, e.event, e.id, e.state);
	ck_assert_int_eq(event_decode(arena, text, strlen(text), &problems, &again), OK);
	ck_assert_msg(record_same(e.event->record(), e.state, again.state), "%s: %.*s came back as %s", path,
		      (int)len, body, text);
	for (size_t i = 0; events[i] != NULL; i++)
		seen[i] = seen[i] || events[i] == e.event;
}

START_TEST(every_released_event_is_read)
{
	bool seen[EVENTS_MAX] = {false};
	size_t len;

	for (size_t f = 0; f < corpora.gl_pathc; f++)
		for (const char *l = file_of(corpora.gl_pathv[f]); *l != '\0'; l += len + (l[len] != '\0')) {
			len = strcspn(l, "\n");
			read_released(corpora.gl_pathv[f], l, len, seen);
		}
	for (size_t i = 0; events[i] != NULL; i++)
		if (is_released(events[i]))
			ck_assert_msg(seen[i], "the corpus has no %s", events[i]->type);
}
END_TEST

START_TEST(the_list_keeps_what_was_released)
{
	for (size_t f = 0; f < contracts.gl_pathc; f++)
		ck_assert_msg(*contract_breaks(arena, file_of(contracts.gl_pathv[f])) == NULL, "%s: %s",
			      contracts.gl_pathv[f], *contract_breaks(arena, file_of(contracts.gl_pathv[f])));
}
END_TEST

/* A release with another contract: each case is a change of the list since then. */
static const struct {
	const char *was, *is, *told;
} changes[] = {
    {"field order.created title string", "field order.created name string",
     "released"}, /* renamed, or removed */
    {"field order.created title string", "field order.created title integer", "released"},
    {"title string 1 120 required", "title string 1 200 required", "released"},
    {"venue string 1 120 optional", "venue string 1 120 required", "released"},
    {"word order.created category concert", "word order.created category opera", "released"},
    {"event order.created orders PUBLIC", "event order.sent orders PUBLIC", "released"},
    {"event order.created orders PUBLIC", "event order.created tickets PUBLIC", "released"},
    {"event order.expired expiration PRIVATE", "event order.expired expiration PUBLIC", "released"},
    {"field order.created title string 1 120 required\n", "", "mandatory"},
    {"field order.created venue string 1 120 optional\n", "", NULL},
    {"word order.created category concert\n", "", NULL},
    {"event order.created orders PUBLIC", "event order.created orders PRIVATE", NULL},
};

START_TEST(a_broken_contract_is_reported)
{
	const char *now = contract_text(arena), *at = strstr(now, changes[_i].was);
	const char *released, *told;

	ck_assert_ptr_nonnull(at);
	released = arena_printf(arena, "%.*s%s%s", (int)(at - now), now, changes[_i].is,
				at + strlen(changes[_i].was));
	told = *contract_breaks(arena, released);
	if (changes[_i].told == NULL)
		ck_assert_msg(told == NULL, "%s", told);
	else
		ck_assert_msg(told != NULL && text_starts(told, changes[_i].told), "%s became %s: %s",
			      changes[_i].is, changes[_i].was, told == NULL ? "nothing is told" : told);
}
END_TEST

Suite *contract_suite(void)
{
	Suite *s = suite_create("contract");
	TCase *t = tcase_create("released");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, every_released_event_is_read);
	tcase_add_test(t, the_list_keeps_what_was_released);
	tcase_add_loop_test(t, a_broken_contract_is_reported, 0, sizeof changes / sizeof *changes);
	suite_add_tcase(s, t);
	return s;
}

#include "common/schema/yaml.h"
#include "tests/unit/suites.h"
#include <string.h>

static struct arena *arena;

static void set_up(void)
{
	arena = arena_new();
}

static void tear_down(void)
{
	arena_free(arena);
}

/* Plain texts are written without quotes; a text that YAML could read as another type is quoted. */
static const struct {
	const char *json, *yaml;
} texts[] = {
    {"{\"a\":\"listed\"}", "a: listed\n"},
    {"{\"a\":\"one two (three); four/five\"}", "a: one two (three); four/five\n"},
    {"{\"a\":\"\"}", "a: \"\"\n"},
    {"{\"a\":\"No\"}", "a: \"No\"\n"},
    {"{\"a\":\"true\"}", "a: \"true\"\n"},
    {"{\"a\":\"3.0\"}", "a: \"3.0\"\n"},
    {"{\"a\":\"b: c\"}", "a: \"b: c\"\n"},
    {"{\"a\":\"b #c\"}", "a: \"b #c\"\n"},
    {"{\"a\":\"b \"}", "a: \"b \"\n"},
    {"{\"a\":\"- b\"}", "a: \"- b\"\n"},
    {"{\"a\":\"{b}\"}", "a: \"{b}\"\n"},
    {"{\"a\":\"x, y\"}", "a: \"x, y\"\n"},
    {"{\"200\":1,\"/p/{id}\":2,\"$ref\":3}", "\"200\": 1\n\"/p/{id}\": 2\n\"$ref\": 3\n"},
    {"{\"a\":[\"b\",\"c\",null,1,true]}", "a: [b, c, null, 1, true]\n"},
    {"{\"a\":[],\"b\":{}}", "a: []\nb: {}\n"},
    {"{\"a\":{\"b\":{\"c\":1},\"d\":2}}", "a:\n  b:\n    c: 1\n  d: 2\n"},
    {"{\"a\":[{\"b\":1,\"c\":[{\"d\":2}]},{\"b\":3}]}", "a:\n  - b: 1\n    c:\n      - d: 2\n  - b: 3\n"},
    {"{\"a\":\"one\\n\\ntwo\",\"b\":1}", "a: |-\n  one\n\n  two\nb: 1\n"},
};

START_TEST(json_as_yaml)
{
	struct json_t *json;

	ck_assert_int_eq(json_parse(arena, texts[_i].json, strlen(texts[_i].json), &json), OK);
	ck_assert_str_eq(yaml_text(arena, json), texts[_i].yaml);
}
END_TEST

START_TEST(json_in_lines)
{
	const char text[] = "{\"a\":{\"b\":\"  two spaces\"}}";
	struct json_t *json;

	ck_assert_int_eq(json_parse(arena, text, strlen(text), &json), OK);
	ck_assert_str_eq(json_lines(arena, json), "{\n\t\"a\": {\n\t\t\"b\": \"  two spaces\"\n\t}\n}\n");
}
END_TEST

Suite *yaml_suite(void)
{
	Suite *s = suite_create("yaml");
	TCase *t = tcase_create("yaml");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_loop_test(t, json_as_yaml, 0, sizeof texts / sizeof *texts);
	tcase_add_test(t, json_in_lines);
	suite_add_tcase(s, t);
	return s;
}

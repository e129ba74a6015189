#include "common/db/expand.h"
#include "tests/unit/suites.h"
#include <string.h>

#define RECORD_LIST "tests/unit/test_expand.def"
#include "common/schema/declare_records.h"
#define RECORD_LIST "tests/unit/test_expand.def"
#include "common/schema/define_records.h"

static struct arena *arena;

static void set_up(void)
{
	arena = arena_new();
}

static void tear_down(void)
{
	arena_free(arena);
}

#define ALL          " :id :version :title"
#define ALL_EXPANDED " ? ? ?"
#define ALL_VALUES   " id version title"

/* values: the names of the bound fields, in the order of the question marks */
static const struct {
	const char *sql, *expanded, *values;
} right[] = {
    {"SELECT 1 WHERE" ALL, "SELECT 1 WHERE" ALL_EXPANDED, ALL_VALUES},
    {"id = :id OR id = :id OR v < :version OR :title", "id = ? OR id = ? OR v < ? OR ?",
     " id id version title"},
    {"f(:id,:version):title", "f(?,?)?", ALL_VALUES},
    {"':id' \":version {set}\" '?'" ALL, "':id' \":version {set}\" '?'" ALL_EXPANDED, ALL_VALUES},
    {"'it''s :id'" ALL, "'it''s :id'" ALL_EXPANDED, ALL_VALUES},
    {"/* a comment */" ALL, "/* a comment */" ALL_EXPANDED, ALL_VALUES},
    {"/*!80000 :id */ :version :title", "/*!80000 ? */ ? ?", ALL_VALUES},
    {"a : b" ALL, "a : b" ALL_EXPANDED, ALL_VALUES},
    {"::id :version :title", ":? ? ?", ALL_VALUES},
    {"SELECT {columns}" ALL, "SELECT id, version, title" ALL_EXPANDED, ALL_VALUES},
    {"SELECT {columns but version title}" ALL, "SELECT id" ALL_EXPANDED, ALL_VALUES},
    {"({names}) VALUES ({values})", "(id, version, title) VALUES (?, ?, ?)", ALL_VALUES},
    {"({names but version}) VALUES ({values but version}) :version", "(id, title) VALUES (?, ?) ?",
     " id title version"},
    {"SET {set} WHERE id = :id", "SET id = ?, version = ?, title = ? WHERE id = ?", ALL_VALUES " id"},
    {"SET {set but id version} WHERE id = :id AND version = :version",
     "SET title = ? WHERE id = ? AND version = ?", " title id version"},
    {"{set but id   version } :id :version", "title = ? ? ?", " title id version"},
};

START_TEST(names_become_question_marks)
{
	struct query q = {"right", QUERY_EXEC, right[_i].sql, record_expand_row, record_expand_row};
	struct expanded expanded;
	const char *wrong = "nothing", *values = "";

	ck_assert_msg(expand(arena, &q, &expanded, &wrong) == OK, "%s: %s", q.sql, wrong);
	ck_assert_str_eq(expanded.sql, right[_i].expanded);
	for (size_t i = 0; i < expanded.count; i++)
		values = arena_printf(arena, "%s %s", values, expanded.values[i]->name);
	ck_assert_str_eq(values, right[_i].values);
}
END_TEST

/* wrong: the beginning of the report */
static const struct {
	const char *sql, *wrong;
} faulty[] = {
    {"SELECT :id :version", "\"title\" is not used"},
    {"SELECT 1", "\"id\" is not used"},
    {"SELECT ':id' :version :title", "\"id\" is not used"},
    {ALL " :ids", "\"ids\" is no value"},
    {ALL " :ID", "\"ID\" is no value"},
    {ALL " :i", "\"i\" is no value"},
    {ALL " ?", "\"?\" has no name"},
    {ALL " 'open", "\"'\" is not closed"},
    {ALL " {columns", "\"{\" is not closed"},
    {ALL " {}", "\"{}\" means nothing"},
    {ALL " {colums}", "\"{colums}\" means nothing"},
    {ALL " {columns id}", "\"{columns id}\" means nothing"},
    {ALL " {columns except id}", "\"{columns except id}\" means nothing"},
    {ALL " {columns but ids}", "\"ids\" is left out"},
    {ALL " {set but  id}", "\" \" is left out"},
    {ALL " {set but id, version}", "\",\" is left out"},
    {":wrong ? {x}" ALL, "\"wrong\" is no value"},
};

START_TEST(the_first_fault_is_reported)
{
	struct query q = {"faulty", QUERY_EXEC, faulty[_i].sql, record_expand_row, record_expand_row};
	struct expanded expanded = {.sql = "untouched"};
	const char *wrong = "nothing";

	ck_assert_int_eq(expand(arena, &q, &expanded, &wrong), ERR_BUG);
	ck_assert_msg(strncmp(wrong, faulty[_i].wrong, strlen(faulty[_i].wrong)) == 0, "%s: %s", q.sql,
		      wrong);
	ck_assert_str_eq(expanded.sql, "untouched");
}
END_TEST

START_TEST(a_record_without_fields_has_no_values)
{
	struct query q = {"none", QUERY_EXEC, "SELECT 1", record_nothing, record_nothing};
	struct expanded expanded;
	const char *wrong;

	ck_assert_int_eq(expand(arena, &q, &expanded, &wrong), OK);
	ck_assert_str_eq(expanded.sql, "SELECT 1");
	ck_assert_uint_eq(expanded.count, 0);
}
END_TEST

Suite *expand_suite(void)
{
	Suite *s = suite_create("expand");
	TCase *t = tcase_create("expand");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_loop_test(t, names_become_question_marks, 0, sizeof right / sizeof *right);
	tcase_add_loop_test(t, the_first_fault_is_reported, 0, sizeof faulty / sizeof *faulty);
	tcase_add_test(t, a_record_without_fields_has_no_values);
	suite_add_tcase(s, t);
	return s;
}

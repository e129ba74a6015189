#include "common/schema/move.h"
#include "tests/unit/suites.h"

#define RECORD_LIST "tests/unit/test_move.def"
#include "common/schema/declare_records.h"
#define RECORD_LIST "tests/unit/test_move.def"
#include "common/schema/define_records.h"

static const struct move_source source = {
    .id = {{1, 2, 3}}, .version = {7}, .title = {"Row F"}, .seat = {"other"}};

START_TEST(fields_of_the_same_name_and_kind_are_copied)
{
	static const struct move m = {"all", record_move_source, record_move_same, ""};
	struct move_same to = {.title = {"before"}};

	ck_assert_ptr_null(move_wrong(&m));
	move_fields(&m, &source, &to);
	ck_assert_ptr_eq(to.title.v, source.title.v);
	ck_assert_mem_eq(&to.id, &source.id, sizeof to.id);
}
END_TEST

START_TEST(kept_fields_stay)
{
	static const struct move m = {"kept", record_move_source, record_move_more, "version seat seats"};
	struct move_more to = {.version = {1}, .seat = {"before"}, .seats = {2}};

	ck_assert_ptr_null(move_wrong(&m));
	move_fields(&m, &source, &to);
	ck_assert_str_eq(to.title.v, "Row F");
	ck_assert_int_eq((int)to.version.v, 1);
	ck_assert_str_eq(to.seat.v, "before");
	ck_assert_int_eq((int)to.seats.v, 2);
}
END_TEST

START_TEST(a_null_field_is_copied)
{
	static const struct move m = {"null", record_move_source, record_move_same, ""};
	struct move_source from = source;
	struct move_same to = {.title = {"before"}};

	from.title.v = NULL;
	move_fields(&m, &from, &to);
	ck_assert_ptr_null(to.title.v);
}
END_TEST

/* wrong: what move_wrong returns */
static const struct {
	const char *kept, *wrong;
} faults[] = {
    {"", "seat"},                      /* a source needs the same kind, not only the same name */
    {"seat", "seats"},                 /* forgotten */
    {"seats", "seat"},                 /* a kept word that only begins with the name is a different word */
    {"seat seats nothing", "nothing"}, /* not a field of the target */
    {"seat nothing seats", "nothing seats"},
    {"seat seats id", "id"}, /* a field that only the source has */
    {"seat seats sea", "sea"},
    {"seat*", NULL}, /* seat and seats */
    {"seat* x*", "x*"},
};

START_TEST(each_fault_is_named)
{
	struct move m = {"faulty", record_move_source, record_move_more, faults[_i].kept};

	ck_assert_pstr_eq(move_wrong(&m), faults[_i].wrong);
}
END_TEST

Suite *move_suite(void)
{
	Suite *s = suite_create("move");
	TCase *t = tcase_create("move");

	tcase_add_test(t, fields_of_the_same_name_and_kind_are_copied);
	tcase_add_test(t, kept_fields_stay);
	tcase_add_test(t, a_null_field_is_copied);
	tcase_add_loop_test(t, each_fault_is_named, 0, sizeof faults / sizeof *faults);
	suite_add_tcase(s, t);
	return s;
}

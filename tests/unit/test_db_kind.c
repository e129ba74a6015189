#include "tests/unit/test_db.h"

/* One value of any kind to a column and back, by queries made for the kind. */
static struct record one_field;

static const struct record *record_one_field(void)
{
	return &one_field;
}

static const char *column_of(const struct kind *k)
{
	switch (k->class) {
	case KIND_ID:
		return "BINARY(16)";
	case KIND_INTEGER:
		return "BIGINT";
	case KIND_TIME:
		return "DATETIME(6)";
	case KIND_BOOLEAN:
		return "BOOLEAN";
	case KIND_STRING:
		return k->max > 10000 ? "MEDIUMTEXT"
				      : arena_printf(arena, "VARCHAR(%lld)", (long long)k->max);
	case KIND_CHOICE:
		return "VARCHAR(40)";
	}
	return NULL;
}

struct passage {
	const struct kind *kind;
	const struct query *insert, *select, *clear;
};

static struct passage passage_of(const struct kind *k)
{
	struct query *queries = arena_array(arena, 3, sizeof *queries);
	struct field *field = arena_alloc(arena, sizeof *field);

	*field = (struct field){"v", "", k, 0, true};
	one_field = (struct record){"one_field", "", field, 1, k->size};
	queries[0] = (struct query){"put", QUERY_EXEC, "INSERT INTO one ({names}) VALUES ({values})",
				    record_one_field, record_nothing};
	queries[1] =
	    (struct query){"get", QUERY_ONE, "SELECT {columns} FROM one", record_nothing, record_one_field};
	queries[2] = (struct query){"clear", QUERY_EXEC, "DELETE FROM one", record_nothing, record_nothing};
	say(own, "DROP TABLE IF EXISTS one");
	say(own, "CREATE TABLE one (v %s NULL) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin", column_of(k));
	return (struct passage){k, &queries[0], &queries[1], &queries[2]};
}

static void pass(const struct passage *p, const void *value)
{
	char *back = arena_alloc(arena, p->kind->size);

	memset(back, 0x5a, p->kind->size);
	ck_assert_int_eq(query_exec(own, p->insert, value, NULL), OK);
	ck_assert_int_eq(query_one(own, p->select, NULL, back), OK);
	ck_assert_msg(record_same(&one_field, value, back), "%s: %s came back as %s", p->kind->name,
		      kind_print(arena, p->kind, &(struct number_format){0}, value),
		      kind_print(arena, p->kind, &(struct number_format){0}, back));
	ck_assert_int_eq(query_exec(own, p->clear, NULL, NULL), OK);
}

static const char *longest(const struct kind *k)
{
	switch (k->rule) {
	case RULE_LINE:
		return repeat("\xf0\x9f\x8e\xad", k->max);
	case RULE_RAW:
		return k->max > 10000 ? repeat("seven\n\xf0\x9f\x8e\xad", 7000)
				      : repeat("\xf0\x9f\x8e\xad", k->max);
	case RULE_ASCII:
		return repeat("~", k->max);
	case RULE_EMAIL:
		return "ada@example.com";
	case RULE_ZONE:
		return "America/Argentina/Buenos_Aires";
	case RULE_CURRENCY:
		return "KWD";
	}
	return NULL;
}

static void pass_numbers(const struct passage *p)
{
	const int64_t integers[] = {p->kind->min, p->kind->max},
		      times[] = {1, 1, 999999, INT64_C(4102444800123456), INT64_C(253402300799999999)};
	bool integer = p->kind->class == KIND_INTEGER;

	for (size_t i = 0; i < (integer ? 2 : 5); i++)
		pass(p, integer ? &integers[i] : &times[i]);
}

/* and a word of a later version */
static void pass_words(const struct passage *p)
{
	const char *const *words = p->kind->words;
	category choice; /* same layout as every other */

	for (int i = 1; words[i] != NULL; i++)
		pass(p, memcpy(&choice, &(category){.v = i}, sizeof choice));
	ck_assert_int_eq(choice_read(arena, p->kind, "opera_in_the_open_air_of_40_characters__", &choice),
			 OK);
	ck_assert(choice_is_unknown(p->kind, &choice));
	pass(p, &choice);
}

static void pass_values(const struct passage *p)
{
	uint8_t id[16];
	const char *text;

	switch (p->kind->class) {
	case KIND_ID:
		uuid_new(id);
		pass(p, id);
		pass(p, memset(id, 0xff, sizeof id));
		/* bytes that a text column would lose */
		pass(p, memcpy(id, "\\'\0 a\xf0\n \0\x80\xfe\xff    ", sizeof id));
		break;
	case KIND_INTEGER:
	case KIND_TIME:
		pass_numbers(p);
		break;
	case KIND_BOOLEAN:
		pass(p, &(bool){true});
		pass(p, &(bool){false});
		break;
	case KIND_STRING:
		text = longest(p->kind);
		pass(p, &text);
		break;
	case KIND_CHOICE:
		pass_words(p);
		break;
	}
}

START_TEST(every_kind_comes_back)
{
	static const char none[16];

	for (size_t i = 0; kinds[i] != NULL; i++) {
		struct passage p = passage_of(kinds[i]);

		pass(&p, none);
		pass_values(&p);
	}
}
END_TEST

TCase *db_kind_case(void)
{
	TCase *c = tcase_create("kinds");

	tcase_add_checked_fixture(c, db_setup, db_teardown);
	tcase_set_timeout(c, 20);
	tcase_add_test(c, every_kind_comes_back);
	return c;
}

#include "tests/unit/test_db.h"
#include "common/base/buf.h"
#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/base/text.h"
#include "tests/unit/suites.h"
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define RECORD_LIST "tests/unit/test_db_records.def"
#include "common/schema/define_records.h"
#define QUERY_LIST "tests/unit/test_db_queries.def"
#define QUERY_SET  seat
#include "common/db/define_queries.h"
#define query_functions faulty_functions
#define QUERY_LIST      "tests/unit/test_db_faulty.def"
#define QUERY_SET       faulty
#include "common/db/define_queries.h"
#undef query_functions

struct arena *arena;
struct db *own;
struct db_settings settings;

static void close_db(void *other)
{
	db_free(other);
}

static struct db *connect_by(const struct db_settings *s)
{
	struct db *new = db_new(s);

	db_use(new, arena);
	arena_defer(arena, close_db, new);
	return new;
}

struct db *db_other(void)
{
	return connect_by(&settings);
}

void say(struct db *on, const char *format, ...)
{
	const char *sql, *problem;
	va_list ap;

	va_start(ap, format);
	sql = arena_vprintf(arena, format, ap);
	va_end(ap);
	ck_assert_msg(db_execute(on, sql, &problem) == OK, "%s: %s", sql, problem);
}

static void apply(const char *path)
{
	char *sql, *end;

	ck_assert(text_read_file(arena, path, 100000, &sql) == OK);
	sql = arena_printf(arena, "%s\n", sql);
	for (; (end = strstr(sql, ";\n")) != NULL; sql = end + 2) {
		*end = '\0';
		say(own, "%s", sql);
	}
}

static void apply_common_schema(void)
{
	glob_t files;

	ck_assert_int_eq(glob("sql/common/*.sql", 0, NULL, &files), 0);
	for (size_t i = 0; i < files.gl_pathc; i++)
		apply(files.gl_pathv[i]);
	globfree(&files);
}

void db_setup(void)
{
	struct db_settings server;

	arena = arena_new();
	log_threshold(LOG_ALARM);
	server = (struct db_settings){
	    .socket = getenv("STAGEDOOR_TEST_DB_SOCKET"), .user = "root", .password = ""};
	ck_assert_msg(server.socket != NULL,
		      "STAGEDOOR_TEST_DB_SOCKET names the socket of a MariaDB for tests");
	settings = server;
	settings.name = arena_printf(arena, "test_%d", (int)getpid());
	own = connect_by(&server);
	say(own, "CREATE DATABASE %s CHARACTER SET utf8mb4 COLLATE utf8mb4_bin", settings.name);
	own = db_other();
	say(own, "CREATE TABLE seat_row (id BINARY(16) NOT NULL PRIMARY KEY, version BIGINT NOT NULL, "
		 "title VARCHAR(120) NULL, UNIQUE KEY one_title (title))");
	apply_common_schema();
}

void db_teardown(void)
{
	struct db *last = db_other();

	say(last, "DROP DATABASE %s", settings.name);
	arena_free(arena);
}

ticket_id add_seat(struct db *on, const char *name)
{
	struct seat_row row = {.version = {1}, .title = {name}};
	int64_t met;

	uuid_new(row.id.b);
	ck_assert_int_eq(seat_insert(on, &row, &met), OK);
	ck_assert_int_eq(met, 1);
	return row.id;
}

int64_t count_seats(void)
{
	struct row_count answer;

	ck_assert_int_eq(seat_count(own, &(struct seat_count_in){0}, &answer), OK);
	return answer.count.v;
}

void kill_connection_of(struct db *victim)
{
	struct row_count number;

	ck_assert_int_eq(connection_number(victim, &(struct connection_number_in){0}, &number), OK);
	say(db_other(), "KILL %lld", (long long)number.count.v);
	usleep(50000);
}

const char *repeat(const char *s, int64_t times)
{
	struct buf b = BUF(arena);

	while (times-- > 0)
		buf_puts(&b, s);
	return buf_text(&b);
}

START_TEST(none_is_null)
{
	struct row_count answer;
	const struct query null_titles = {"null_titles", QUERY_ONE,
					  "SELECT COUNT(*) AS count FROM seat_row WHERE title IS NULL",
					  record_nothing, record_row_count};

	add_seat(own, NULL);
	add_seat(own, "a");
	ck_assert_int_eq(query_one(own, &null_titles, NULL, &answer), OK);
	ck_assert_int_eq(answer.count.v, 1);
}
END_TEST

START_TEST(what_does_not_fit_is_a_bug)
{
	struct status_answer status = {{.v = 77}};
	struct text_required text;
	struct text_answer answer;
	struct id_answer id;
	struct seat_row row = {.version = {1}, .title = {repeat("x", 121)}};

	ck_assert_int_eq(text_null(own, &(struct text_null_in){0}, &text), ERR_BUG);
	ck_assert_int_eq(status_of(own, &(struct status_of_in){.word = {"listed"}}, &status), OK);
	ck_assert_int_eq(status.status.v, ticket_status_LISTED);
	ck_assert_int_eq(status_of(own, &(struct status_of_in){.word = {"Lost"}}, &status), ERR_BUG);
	ck_assert_int_eq(status.status.v, ticket_status_LISTED);
	ck_assert_int_eq(status_of(own, &(struct status_of_in){.word = {"lost"}}, &status), OK);
	ck_assert_int_eq(status.status.v, ticket_status_UNKNOWN);
	ck_assert_str_eq(status.status.word, "lost");
	ck_assert_int_eq(status_word(own, &(struct status_word_in){.status = {.v = 99}}, &answer), ERR_BUG);
	ck_assert_int_eq(id_short(own, &(struct id_short_in){0}, &id), ERR_BUG);
	uuid_new(row.id.b);
	ck_assert_int_eq(seat_insert(own, &row, NULL), ERR_BUG);
	row.title.v = "two\nlines"; /* the column would accept the value */
	ck_assert_int_eq(seat_insert(own, &row, NULL), ERR_BUG);
	ck_assert_int_eq(count_seats(), 0);
	say(own, "INSERT INTO seat_row (id, version, title) VALUES (REPEAT('x', 16), 0, NULL)");
	ck_assert_int_eq(seat_any(own, &(struct seat_any_in){0}, &row), ERR_BUG);
}
END_TEST

START_TEST(modes_count_rows)
{
	ticket_id nobody = {{1}}, id = add_seat(own, "one");
	struct seat_row row, *rows;
	size_t count;
	int64_t met;

	ck_assert_int_eq(seat_by_id(own, &(struct seat_by_id_in){.id = nobody}, &row), ERR_NO_ROW);
	ck_assert_int_eq(seat_by_id(own, &(struct seat_by_id_in){.id = id}, &row), OK);
	ck_assert_str_eq(row.title.v, "one");
	for (int i = 0; i < 300; i++)
		add_seat(own, NULL);
	ck_assert_int_eq(seat_any(own, &(struct seat_any_in){0}, &row), ERR_BUG);
	ck_assert_int_eq(seat_all(own, &(struct seat_all_in){0}, &rows, &count), OK);
	ck_assert_uint_eq(count, 301);
	/* ids of the same millisecond have no order */
	while (count > 0 && !id_same(rows[count - 1].id, id))
		count--;
	ck_assert_uint_gt(count, 0);
	ck_assert_int_eq(seat_touch(own, &(struct seat_touch_in){0}, &met), OK);
	ck_assert_int_eq(met, 301);
	say(own, "DELETE FROM seat_row");
	ck_assert_int_eq(seat_all(own, &(struct seat_all_in){0}, &rows, &count), OK);
	ck_assert_uint_eq(count, 0);
}
END_TEST

START_TEST(many_has_a_limit)
{
	struct seat_row *rows;
	size_t count;

	say(own, "INSERT INTO seat_row WITH RECURSIVE d AS (SELECT 0 AS n UNION ALL SELECT n + 1 FROM d "
		 "WHERE n < 9) "
		 "SELECT UNHEX(LPAD(HEX(a.n + 10 * b.n + 100 * c.n + 1000 * e.n), 32, '0')), 1, NULL "
		 "FROM d a, d b, d c, d e UNION ALL SELECT UNHEX(LPAD('10000', 32, 'f')), 1, NULL");
	ck_assert_int_eq(seat_all(own, &(struct seat_all_in){0}, &rows, &count), ERR_BUG);
	say(own, "DELETE FROM seat_row LIMIT 1");
	ck_assert_int_eq(seat_all(own, &(struct seat_all_in){0}, &rows, &count), OK);
	ck_assert_uint_eq(count, 10000);
}
END_TEST

START_TEST(guard_of_a_version)
{
	ticket_id id = add_seat(own, "one");
	struct seat_rename_in in = {.title = {"two"}, .id = id, .version = {1}};
	struct seat_row row;

	ck_assert_int_eq(seat_rename(own, &in), OK);
	in.title.v = "three";
	ck_assert_int_eq(seat_rename(own, &in), ERR_STALE);
	ck_assert_int_eq(seat_by_id(own, &(struct seat_by_id_in){.id = id}, &row), OK);
	ck_assert_str_eq(row.title.v, "two");
	ck_assert_int_eq(row.version.v, 2);
}
END_TEST

static err duplicate_then_other(struct db *on, void *context)
{
	struct seat_row row = {.version = {1}, .title = {"taken"}};

	uuid_new(row.id.b);
	*(err *)context = seat_insert(on, &row, NULL);
	row.title.v = "free";
	return seat_insert(on, &row, NULL);
}

START_TEST(duplicate_leaves_the_transaction_usable)
{
	err first = OK;

	add_seat(own, "taken");
	ck_assert_int_eq(db_transaction(own, duplicate_then_other, &first), OK);
	ck_assert_int_eq(first, ERR_DUPLICATE);
	ck_assert_int_eq(count_seats(), 2);
}
END_TEST

static err add_and_return(struct db *on, void *context)
{
	add_seat(on, NULL);
	return *(err *)context;
}

START_TEST(errors_roll_back)
{
	err e = ERR_CONFLICT;

	ck_assert_int_eq(db_transaction(own, add_and_return, &e), ERR_CONFLICT);
	ck_assert_int_eq(count_seats(), 0);
	e = OK;
	ck_assert_int_eq(db_transaction(own, add_and_return, &e), OK);
	ck_assert_int_eq(count_seats(), 1);
	e = ERR_RETRY;
	ck_assert_int_eq(db_transaction(own, add_and_return, &e), ERR_UNAVAILABLE);
	ck_assert_int_eq(count_seats(), 1);
}
END_TEST

static err nest(struct db *on, void *context)
{
	return db_transaction(on, nest, context);
}

START_TEST(transactions_do_not_nest)
{
	ck_assert_int_eq(db_transaction(own, nest, NULL), OK);
}
END_TEST

START_TEST(session_is_pinned)
{
	struct text_answer answer;
	const char *problem;

	ck_assert_int_eq(session_settings(own, &(struct session_settings_in){0}, &answer), OK);
	ck_assert_str_eq(answer.text.v, "READ-COMMITTED +00:00 5 utf8mb4 utf8mb4 utf8mb4 strict");
	ck_assert_int_eq(db_execute(own, "DO 1; DO 2", &problem), ERR_BUG);
	ck_assert_int_eq(
	    db_execute(own, "LOAD DATA LOCAL INFILE '/etc/hostname' INTO TABLE seat_row", &problem), ERR_BUG);
	ck_assert_int_eq(db_ping(own), OK);
}
END_TEST

START_TEST(clock_can_be_moved)
{
	const char *path = arena_printf(arena, "%s/stagedoor-clock-%d", P_tmpdir, (int)getpid());
	const int64_t shift = -3600 * SECOND;
	when before, after;
	FILE *f;

	ck_assert_int_eq(db_now(own, &before), OK);
	ck_assert_int_lt(llabs(before.v - clock_now()), 5 * SECOND);
	ck_assert_int_eq(clock_follow(path), OK);
	f = fopen(path, "wb");
	fwrite(&shift, sizeof shift, 1, f);
	fclose(f);
	ck_assert_int_eq(db_now(own, &after), OK);
	unlink(path);
	ck_assert_int_lt(llabs(after.v - before.v - shift), 5 * SECOND);
}
END_TEST

static err add_event(struct db *on, void *context)
{
	struct outbox_event event = {
	    .type = "order.created", .subject = "0199", .version = {3}, .body = "{\"\xf0\x9f\x8e\xad\":1}"};
	err e;

	uuid_new(event.id.b);
	e = outbox_add(on, &event);
	return e == OK ? *(err *)context : e;
}

static int wake_socket(const char *path)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	strcpy(at.sun_path, path);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
	return fd;
}

START_TEST(outbox_wakes_the_relay_after_the_commit)
{
	char byte;
	const char *path = arena_printf(arena, "%s/stagedoor-wake-%d", P_tmpdir, (int)getpid());
	struct outbox_row *rows;
	size_t count;
	err e = ERR_CONFLICT;
	int fd;

	settings.wake = path;
	own = db_other();
	db_correlate(own, "req-7");
	ck_assert_int_eq(db_transaction(own, add_event, &(err){OK}), OK); /* no listener: no error */
	fd = wake_socket(path);
	ck_assert_int_eq(db_transaction(own, add_event, &e), ERR_CONFLICT);
	ck_assert_int_eq(recv(fd, &byte, 1, 0), -1);
	db_correlate(own, "not fit\n");
	ck_assert_int_eq(db_transaction(own, add_event, &(err){OK}), OK);
	ck_assert_int_eq(recv(fd, &byte, 1, 0), 1);
	ck_assert_int_eq(db_transaction(own, add_and_return, &(err){OK}), OK);
	ck_assert_int_eq(recv(fd, &byte, 1, 0), -1);
	close(fd);
	unlink(path);
	ck_assert_int_eq(outbox_unsent(own, &(struct outbox_unsent_in){0}, &rows, &count), OK);
	ck_assert_uint_eq(count, 2);
	ck_assert_str_eq(rows[0].correlation_id.v, "req-7");
	ck_assert_ptr_null(rows[1].correlation_id.v);
	ck_assert_str_eq(rows[0].body.v, "{\"\xf0\x9f\x8e\xad\":1}");
	ck_assert_int_eq(rows[0].version.v, 3);
}
END_TEST

START_TEST(outbox_is_marked_counted_and_cleaned)
{
	const int64_t day = INT64_C(86400) * SECOND;
	struct outbox_backlog_size size;
	struct outbox_row *rows;
	size_t count;
	int64_t met;

	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(db_transaction(own, add_event, &(err){OK}), OK);
	ck_assert_int_eq(outbox_unsent(own, &(struct outbox_unsent_in){0}, &rows, &count), OK);
	ck_assert_int_eq(
	    outbox_mark_sent(own, &(struct outbox_mark_sent_in){.offset = {-31 * day}, .id = rows[0].id}),
	    OK);
	ck_assert_int_eq(
	    outbox_mark_sent(own, &(struct outbox_mark_sent_in){.offset = {-29 * day}, .id = rows[1].id}),
	    OK);
	ck_assert_int_eq(outbox_backlog(own, &(struct outbox_backlog_in){0}, &size), OK);
	ck_assert_int_eq(size.count.v, 1);
	ck_assert_int_eq(size.oldest.v, rows[2].created_at.v);
	ck_assert_int_eq(outbox_clean(own, &(struct outbox_clean_in){.offset = {0}}, &met), OK);
	ck_assert_int_eq(met, 1);
}
END_TEST

START_TEST(lists_are_checked_against_the_schema)
{
	size_t faults;

	ck_assert_int_eq(query_check(own, &db_queries, &faults), OK);
	ck_assert_uint_eq(faults, 0);
	ck_assert_int_eq(query_check(own, &faulty_queries, &faults), OK);
	ck_assert_uint_eq(faults, faulty_queries.count - 1);
}
END_TEST

static TCase *db_case(void)
{
	TCase *c = tcase_create("values, modes, transactions");

	tcase_add_checked_fixture(c, db_setup, db_teardown);
	tcase_set_timeout(c, 20);
	tcase_add_test(c, none_is_null);
	tcase_add_test(c, what_does_not_fit_is_a_bug);
	tcase_add_test(c, modes_count_rows);
	tcase_add_test(c, many_has_a_limit);
	tcase_add_test(c, guard_of_a_version);
	tcase_add_test(c, duplicate_leaves_the_transaction_usable);
	tcase_add_test(c, errors_roll_back);
	tcase_add_test_raise_signal(c, transactions_do_not_nest, SIGABRT);
	tcase_add_test(c, session_is_pinned);
	tcase_add_test(c, clock_can_be_moved);
	tcase_add_test(c, outbox_wakes_the_relay_after_the_commit);
	tcase_add_test(c, outbox_is_marked_counted_and_cleaned);
	tcase_add_test(c, lists_are_checked_against_the_schema);
	return c;
}

Suite *db_suite(void)
{
	Suite *s = suite_create("db");

	suite_add_tcase(s, db_kind_case());
	suite_add_tcase(s, db_case());
	suite_add_tcase(s, db_fault_case());
	return s;
}

#include "common/app/roles.h"
#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/base/text.h"
#include "common/http/internal.h"
#include "common/token/csrf.h"
#include "tests/app/cutter.h"
#include "tests/app/suites.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { AT_ONCE = 8 };

static const struct config config = {.site_url = "http://localhost", .currency = "USD", .threads = 4};
static const struct route route = {.name = "try_it", .method = "POST", .path = "/api/try"};
static struct db_settings settings;
static struct arena *arena;
static user_id user;

/* A request with an idempotency key, on its own connection. */
struct trial {
	struct web web;
	struct web_internal inside;
	int runs, fails; /* how often the work ran; how many runs fail first, with `with` */
	err with;
	err result;
};

static void execute(struct db *db, const char *sql)
{
	const char *problem;

	ck_assert_msg(db_execute(db, sql, &problem) == OK, "%s: %s", sql, problem);
}

static void apply_common_schema(struct db *db)
{
	char *sql, *end;

	ck_assert(text_read_file(arena, "sql/common/0001_common.sql", 100000, &sql) == OK);
	sql = arena_printf(arena, "%s\n", sql);
	for (; (end = strstr(sql, ";\n")) != NULL; sql = end + 2) {
		*end = '\0';
		execute(db, sql);
	}
}

static struct db *connect_to(const struct db_settings *to)
{
	struct db *db = db_new(to);

	db_use(db, arena);
	return db;
}

static void begin(void)
{
	struct db_settings server = {
	    .socket = getenv("STAGEDOOR_TEST_DB_SOCKET"), .user = "root", .password = ""};
	struct db *db;

	arena = arena_new();
	log_threshold(LOG_ALARM);
	ck_assert_msg(server.socket != NULL,
		      "STAGEDOOR_TEST_DB_SOCKET names the socket of a MariaDB for tests");
	uuid_new(user.b);
	settings = server;
	settings.name = arena_printf(arena, "test_%d", (int)getpid());
	db = connect_to(&server);
	execute(db, arena_printf(arena, "CREATE DATABASE %s", settings.name));
	db_free(db);
	db = connect_to(&settings);
	execute(db, "CREATE TABLE effect (id BIGINT AUTO_INCREMENT PRIMARY KEY) ENGINE=InnoDB");
	apply_common_schema(db);
	db_free(db);
}

static void end(void)
{
	struct db *db = connect_to(&settings);

	execute(db, arena_printf(arena, "DROP DATABASE %s", settings.name));
	db_free(db);
	arena_free(arena);
}

static struct trial *trial_new(const char *key, const char *body)
{
	struct arena *a = arena_new();
	struct trial *t = arena_alloc(a, sizeof *t);

	t->inside.key = key;
	t->inside.hash = sha256_hex(a, body, strlen(body));
	t->web = (struct web){.arena = a,
			      .db = db_new(&settings),
			      .config = &config,
			      .route = &route,
			      .signed_in = true,
			      .problems = {.arena = a},
			      .internal = &t->inside};
	t->web.session.user = user;
	db_use(t->web.db, a);
	reply_reset(&t->web);
	return t;
}

static void trial_free(struct trial *t)
{
	db_free(t->web.db);
	arena_free(t->web.arena);
}

static err have_effect(struct trial *t)
{
	struct web *w = &t->web;

	if (t->runs++ < t->fails)
		return t->with;
	execute(w->db, "INSERT INTO effect () VALUES ()");
	reply_text(w, 201, "text/plain", arena_printf(w->arena, "%d", t->runs));
	reply_header(w, "Location", "/made");
	return OK;
}

static err trial_run(struct trial *t)
{
	do {
		if ((t->result = web_begin(&t->web)) == OK)
			t->result = have_effect(t);
		t->result = web_end(&t->web, t->result);
	} while (t->result == ERR_RETRY);
	return t->result;
}

static bool is_replay(const struct trial *t)
{
	return text_same(reply_get(&t->web, "Idempotency-Replayed"), "true");
}

/* Exactly n effects: the committed transactions used this many ids. */
static void effects_are(int n)
{
	struct db *db = connect_to(&settings);
	const char *problem;

	execute(db, "CREATE TABLE counted (n BIGINT CHECK (n = 0))");
	ck_assert_msg(
	    db_execute(db, arena_printf(arena, "INSERT INTO counted SELECT COUNT(*) - %d FROM effect", n),
		       &problem) == OK,
	    "not %d effects", n);
	execute(db, "DROP TABLE counted");
	db_free(db);
}

START_TEST(the_same_key_has_one_effect)
{
	struct trial *first = trial_new("k", "body"), *again = trial_new("k", "body"),
		     *other = trial_new("l", "body"), *keyless = trial_new(NULL, "body");

	ck_assert_int_eq(trial_run(first), OK);
	ck_assert_int_eq(trial_run(again), OK);
	ck_assert(!is_replay(first) && is_replay(again));
	ck_assert_int_eq(again->runs, 0);
	ck_assert_int_eq(again->web.reply.status, 201);
	ck_assert_str_eq(buf_text(&again->web.reply.body), "1");
	ck_assert_str_eq(again->web.reply.content_type, "text/plain");
	ck_assert_str_eq(reply_get(&again->web, "Location"), "/made");
	ck_assert_int_eq(trial_run(other), OK);
	ck_assert_int_eq(trial_run(keyless), OK);
	effects_are(3);
	trial_free(first);
	trial_free(again);
	trial_free(other);
	trial_free(keyless);
}
END_TEST

START_TEST(another_body_with_the_key_is_refused)
{
	struct trial *first = trial_new("k", "body"), *again = trial_new("k", "another");

	ck_assert_int_eq(trial_run(first), OK);
	ck_assert_int_eq(trial_run(again), ERR_KEY_REUSED);
	ck_assert_int_eq(again->web.reply.status, 0);
	effects_are(1);
	trial_free(first);
	trial_free(again);
}
END_TEST

START_TEST(a_refusal_is_not_remembered)
{
	struct trial *first = trial_new("k", "body");

	first->fails = 1;
	first->with = ERR_CONFLICT;
	ck_assert_int_eq(trial_run(first), ERR_CONFLICT);
	effects_are(0);
	ck_assert_int_eq(trial_run(first), OK);
	ck_assert(!is_replay(first));
	effects_are(1);
	trial_free(first);
}
END_TEST

/* The response to COMMIT is lost, but the transaction was committed. */
START_TEST(an_unknown_outcome_is_looked_up)
{
	struct cutter cutter = {.server = settings.socket, .cuts = 1};
	struct trial *t;

	cutter_start(&cutter);
	settings.socket = cutter.socket;
	t = trial_new("k", "body");
	ck_assert_int_eq(trial_run(t), OK);
	ck_assert_int_eq(cutter.cuts, 0);
	ck_assert_int_eq(t->runs, 1);
	ck_assert(is_replay(t));
	ck_assert_str_eq(reply_get(&t->web, "Location"), "/made");
	settings.socket = cutter.server;
	trial_free(t);
	effects_are(1);
	cutter_stop(&cutter);
}
END_TEST

START_TEST(an_unknown_outcome_without_a_key_is_reported)
{
	struct cutter cutter = {.server = settings.socket, .cuts = 1};
	struct trial *t;

	cutter_start(&cutter);
	settings.socket = cutter.socket;
	t = trial_new(NULL, "body");
	ck_assert_int_eq(trial_run(t), ERR_UNAVAILABLE);
	ck_assert_int_eq(t->runs, 1);
	ck_assert_int_eq(t->web.reply.status, 0);
	ck_assert_ptr_nonnull(strstr(t->web.detail, "may be done or not"));
	settings.socket = cutter.server;
	trial_free(t);
	effects_are(1);
	cutter_stop(&cutter);
}
END_TEST

static void *run_in_thread(void *trial)
{
	trial_run(trial);
	return NULL;
}

START_TEST(many_at_once_have_one_effect)
{
	struct trial *trials[AT_ONCE];
	pthread_t threads[AT_ONCE];
	int runs = 0;

	for (int i = 0; i < AT_ONCE; i++)
		trials[i] = trial_new("k", "body");
	for (int i = 0; i < AT_ONCE; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, run_in_thread, trials[i]), 0);
	for (int i = 0; i < AT_ONCE; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < AT_ONCE; i++) {
		ck_assert_int_eq(trials[i]->result, OK);
		ck_assert_int_eq(trials[i]->web.reply.status, 201);
		runs += !is_replay(trials[i]);
		trial_free(trials[i]);
	}
	ck_assert_int_eq(runs, 1);
	effects_are(1);
}
END_TEST

static void age_claims(void)
{
	struct db *db = connect_to(&settings);

	execute(db, "UPDATE idempotency SET claimed_at = claimed_at - INTERVAL 31 SECOND");
	db_free(db);
}

START_TEST(a_claim_is_one_at_a_time)
{
	struct trial *first = trial_new("k", "body"), *again = trial_new("k", "body");
	bool taken_over = true;

	ck_assert_int_eq(web_claim(&first->web, &taken_over), OK);
	ck_assert(!taken_over);
	ck_assert_int_eq(web_claim(&again->web, &taken_over), ERR_CONFLICT);
	reply_text(&first->web, 201, "text/plain", "paid");
	ck_assert_int_eq(web_claim_done(&first->web), OK);
	ck_assert_int_eq(web_claim(&again->web, &taken_over), ERR_REPLAYED);
	ck_assert_str_eq(buf_text(&again->web.reply.body), "paid");
	trial_free(first);
	trial_free(again);
}
END_TEST

START_TEST(a_dropped_claim_is_free_again)
{
	struct trial *first = trial_new("k", "body"), *again = trial_new("k", "body");
	bool taken_over = true;

	ck_assert_int_eq(web_claim(&first->web, &taken_over), OK);
	ck_assert_int_eq(web_claim_drop(&first->web), OK);
	ck_assert_int_eq(web_claim(&again->web, &taken_over), OK);
	ck_assert(!taken_over);
	trial_free(first);
	trial_free(again);
}
END_TEST

START_TEST(an_old_claim_is_taken_over)
{
	struct trial *first = trial_new("k", "body"), *again = trial_new("k", "body"),
		     *third = trial_new("k", "body");
	bool taken_over = false;

	ck_assert_int_eq(web_claim(&first->web, &taken_over), OK);
	age_claims();
	ck_assert_int_eq(web_claim(&again->web, &taken_over), OK);
	ck_assert(taken_over);
	/* the answer of the first request is too late and is ignored */
	reply_text(&first->web, 201, "text/plain", "late");
	ck_assert_int_eq(web_claim_done(&first->web), OK);
	ck_assert_int_eq(web_claim(&third->web, &taken_over), ERR_CONFLICT);
	reply_text(&again->web, 201, "text/plain", "in time");
	ck_assert_int_eq(web_claim_done(&again->web), OK);
	ck_assert_int_eq(web_claim(&third->web, &taken_over), ERR_REPLAYED);
	ck_assert_str_eq(buf_text(&third->web.reply.body), "in time");
	trial_free(first);
	trial_free(again);
	trial_free(third);
}
END_TEST

static struct session session_of(int64_t issued)
{
	struct session s = {.user = user, .issued = {issued}, .expires = {issued + 3600 * SECOND}};

	uuid_new(s.sid.b);
	return s;
}

START_TEST(ended_sessions_are_known)
{
	struct db *db = connect_to(&settings);
	const int64_t now = clock_now();
	struct session one = session_of(now - 10 * SECOND), two = session_of(now - 10 * SECOND),
		       late = session_of(now + 10 * SECOND);
	struct session_end end_one = {
	    .sid = one.sid, .user_id = user, .issued_before = {now}, .until = {now + 3600 * SECOND}};
	struct session_end end_all = {
	    .user_id = user, .issued_before = {now}, .until = {now + 3600 * SECOND}};
	struct session_end past = {
	    .sid = late.sid, .user_id = user, .issued_before = {now}, .until = {now - SECOND}};

	ck_assert_int_eq(revoked_reload(db), OK);
	ck_assert(!revoked_has(&one));
	ck_assert_int_eq(revoked_store(db, &end_one), OK);
	ck_assert_int_eq(revoked_store(db, &end_one), OK);
	ck_assert_int_eq(revoked_store(db, &past), OK);
	ck_assert_int_eq(revoked_reload(db), OK);
	ck_assert(revoked_has(&one) && !revoked_has(&two) && !revoked_has(&late));
	ck_assert_int_eq(revoked_store(db, &end_all), OK);
	ck_assert_int_eq(revoked_reload(db), OK);
	ck_assert(revoked_has(&one) && revoked_has(&two) && !revoked_has(&late));
	db_free(db);
}
END_TEST

Suite *idempotency_suite(void)
{
	Suite *s = suite_create("idempotency");
	TCase *c = tcase_create("idempotency");

	tcase_add_checked_fixture(c, begin, end);
	tcase_set_timeout(c, 60);
	tcase_add_test(c, the_same_key_has_one_effect);
	tcase_add_test(c, another_body_with_the_key_is_refused);
	tcase_add_test(c, a_refusal_is_not_remembered);
	tcase_add_test(c, an_unknown_outcome_is_looked_up);
	tcase_add_test(c, an_unknown_outcome_without_a_key_is_reported);
	tcase_add_test(c, many_at_once_have_one_effect);
	tcase_add_test(c, a_claim_is_one_at_a_time);
	tcase_add_test(c, a_dropped_claim_is_free_again);
	tcase_add_test(c, an_old_claim_is_taken_over);
	tcase_add_test(c, ended_sessions_are_known);
	suite_add_tcase(s, c);
	return s;
}

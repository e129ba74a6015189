/* Retention, and the personal data of each table: sql/privacy.def. */
#include "tests/flow/flow.h"
#include "tests/flow/routes.h"
#include "tests/flow/suites.h"
#include <string.h>

enum {
	MINUTES_A_DAY = 24 * 60,
	ENDED = 0,
	A_DAY = MINUTES_A_DAY,
	A_WEEK = 7 * MINUTES_A_DAY,
	A_MONTH = 30 * MINUTES_A_DAY
};

/* Sample rows of each table: an old one, and a younger one that must stay. */
static const char old[] = "0199A1B2C3D47E5F8A9B0C1D2E3F4A01", young[] = "0199A1B2C3D47E5F8A9B0C1D2E3F4A02",
		  /* not sent, or not decided on: kept without limit */
    unsent[] = "0199A1B2C3D47E5F8A9B0C1D2E3F4A03";

#define SENT                                                                                                 \
	"outbox", "HEX(event_id)",                                                                           \
	    "INSERT INTO outbox (event_id, type, subject, version, body, created_at, sent_at) "              \
	    "VALUES (UNHEX(@id), 'kept', 'kept', 1, '{}', @then, @then)",                                    \
	    A_MONTH
#define REVOKED                                                                                              \
	"session_revoked", "HEX(sid)",                                                                       \
	    "INSERT INTO session_revoked (user_id, sid_key, sid, issued_before, until) "                     \
	    "VALUES (UNHEX(@id), UNHEX(@id), UNHEX(@id), @then, @then)",                                     \
	    ENDED

#define RETRIED                                                                                              \
	"dead_letter", "digest",                                                                             \
	    "INSERT INTO dead_letter (digest, queue, reason, encoded, undecided, parked_at, last_at, "       \
	    "retried_at) "                                                                                   \
	    "VALUES (@id, 'kept', 'kept', FALSE, FALSE, @then, @then, @then)",                               \
	    A_WEEK

static const struct kept {
	const char *service, *table, *key, *insert; /* of @id, created at @then */
	int minutes;
} kept[] = {
    {"auth", "session", "HEX(id)",
     "INSERT INTO session (id, version, user_id, created_at, expires_at) "
     "SELECT UNHEX(@id), 1, id, @then, @then FROM user LIMIT 1",
     A_DAY},
    {"auth", "sign_in_attempt", "subject",
     "INSERT INTO sign_in_attempt (subject, failures, last_at, allowed_at) VALUES (@id, 9, @then, @then)",
     A_DAY},
    {"payments", "webhook_event", "id",
     "INSERT INTO webhook_event (id, type, outcome, received_at) VALUES (@id, 'kept', 'ignored', @then)",
     A_MONTH},
    {"orders", "hold_budget", "HEX(user_id)",
     "INSERT INTO hold_budget (user_id, version, lapses, lapsed_at) VALUES (UNHEX(@id), 1, 1, @then)", A_DAY},
    {"auth", SENT},
    {"tickets", SENT},
    {"orders", SENT},
    {"payments", SENT},
    {"auth", REVOKED},
    {"tickets", REVOKED},
    {"orders", REVOKED},
    {"payments", REVOKED},
    {"tickets", RETRIED},
    {"orders", RETRIED},
    {"payments", RETRIED},
};

enum { KEPT = sizeof kept / sizeof *kept, MARGIN = 5 };

static void put(const struct kept *k, const char *id, int minutes)
{
	sql_run(k->service, "SET @id = '%s', @then = UTC_TIMESTAMP(6) - INTERVAL %d MINUTE", id, minutes);
	sql_run(k->service, "%s", k->insert);
}

static bool is_there(const struct kept *k, const char *id)
{
	return sql_number(k->service, "SELECT COUNT(*) FROM %s WHERE %s = '%s'", k->table, k->key, id) == 1;
}

static bool are_gone(void *context)
{
	(void)context;
	for (size_t i = 0; i < KEPT; i++)
		if (is_there(&kept[i], old))
			return false;
	return true;
}

/* Jobs start with a round after up to 15 s; the relays would publish the samples. */
static void stop_services(void)
{
	for (size_t i = 0; services_with_database[i] != NULL; i++) {
		part_stop(arena_printf(flow_arena, "%s-relay", services_with_database[i]));
		part_stop(arena_printf(flow_arena, "%s-jobs", services_with_database[i]));
	}
}

static void put_samples(void)
{
	for (size_t i = 0; i < KEPT; i++) {
		put(&kept[i], old, kept[i].minutes + MARGIN);
		put(&kept[i], young, kept[i].minutes - MARGIN);
	}
	for (size_t i = 0; services_with_database[i] != NULL; i++)
		sql_run(services_with_database[i],
			"INSERT INTO outbox (event_id, type, subject, version, body, created_at) VALUES "
			"(UNHEX('%s'), 'kept', 'kept', 1, '{}', UTC_TIMESTAMP(6) - INTERVAL 40 DAY)",
			unsent);
	sql_run("orders",
		"INSERT INTO dead_letter (digest, queue, reason, encoded, parked_at, last_at) VALUES "
		"('%s', 'kept', 'kept', FALSE, UTC_TIMESTAMP(6) - INTERVAL 400 DAY, UTC_TIMESTAMP(6) - "
		"INTERVAL 400 DAY)",
		unsent);
}

/* The names of the tables that still have the row; deletes the row before any assertion. */
static const char *taken_away(const char *id)
{
	struct buf b = BUF(flow_arena);

	for (size_t i = 0; i < KEPT; i++) {
		if (is_there(&kept[i], id))
			buf_printf(&b, "%s.%s ", kept[i].service, kept[i].table);
		sql_run(kept[i].service, "DELETE FROM %s WHERE %s = '%s'", kept[i].table, kept[i].key, id);
	}
	return buf_text(&b);
}

START_TEST(only_old_rows_are_deleted)
{
	static const char expected[] =
	    "old: young: auth.session auth.sign_in_attempt payments.webhook_event orders.hold_budget "
	    "auth.outbox tickets.outbox "
	    "orders.outbox payments.outbox auth.session_revoked tickets.session_revoked "
	    "orders.session_revoked payments.session_revoked tickets.dead_letter orders.dead_letter "
	    "payments.dead_letter unsent: auth.outbox tickets.outbox orders.outbox payments.outbox "
	    "orders.dead_letter ";
	struct buf left = BUF(flow_arena);

	visitor_signed_up("Mara");
	stop_services();
	put_samples();
	for (size_t i = 0; services_with_database[i] != NULL; i++)
		part_start(arena_printf(flow_arena, "%s-jobs", services_with_database[i]));
	wait_until(30000, are_gone, NULL);
	buf_printf(&left, "old: %s", taken_away(old));
	buf_printf(&left, "young: %s", taken_away(young));
	buf_printf(&left, "unsent: %s", taken_away(unsent));
	ck_assert_str_eq(buf_text(&left), expected);
}
END_TEST

static const struct {
	const char *database, *table, *exported;
} listed[] = {
#define TABLE(database, table, personal, holds, exported, erased, kept) {#database, #table, #exported},
#include "sql/privacy.def"
#undef TABLE
};

enum { LISTED = sizeof listed / sizeof *listed };

static int rows_of_table(const char *service, const char *table)
{
	int n = 0;

	for (size_t i = 0; i < LISTED; i++)
		n += (strcmp(listed[i].database, service) == 0 || strcmp(listed[i].database, "every") == 0) &&
		     strcmp(listed[i].table, table) == 0;
	return n;
}

static int64_t has_table(const char *service, const char *table)
{
	return sql_number(
	    service,
	    "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = 'stagedoor_%s' "
	    "AND table_name = '%s'",
	    service, table);
}

START_TEST(the_list_of_privacy_has_every_table)
{
	const char *service = services_with_database[_i];
	char *names = arena_strdup(flow_arena,
				   sql_text(service,
					    "SELECT GROUP_CONCAT(table_name) FROM information_schema.tables "
					    "WHERE table_schema = 'stagedoor_%s'",
					    service));

	for (char *name = strtok(names, ","); name != NULL; name = strtok(NULL, ","))
		ck_assert_msg(rows_of_table(service, name) == 1, "%s.%s needs one row in sql/privacy.def",
			      service, name);
	for (size_t i = 0; i < LISTED; i++)
		if (strcmp(listed[i].database, service) == 0 || strcmp(listed[i].database, "every") == 0)
			ck_assert_msg(has_table(service, listed[i].table) == 1,
				      "sql/privacy.def has %s.%s, the database does not", service,
				      listed[i].table);
}
END_TEST

static bool is_route(const char *name)
{
	for (size_t i = 0; i < routed_count; i++)
		if (strcmp(routed[i].name, name) == 0)
			return true;
	return strcmp(name, "nothing") == 0;
}

/* A row with an unknown database would never be compared. */
START_TEST(the_list_of_privacy_names_what_there_is)
{
	for (size_t i = 0; i < LISTED; i++) {
		bool is_known = strcmp(listed[i].database, "every") == 0;

		for (size_t n = 0; services_with_database[n] != NULL; n++)
			is_known = is_known || strcmp(services_with_database[n], listed[i].database) == 0;
		ck_assert_msg(is_known, "no service has a database %s", listed[i].database);
		ck_assert_msg(is_route(listed[i].exported), "%s.%s: no route %s", listed[i].database,
			      listed[i].table, listed[i].exported);
	}
}
END_TEST

Suite *kept_suite(void)
{
	Suite *s = suite_create("kept");
	TCase *t = tcase_create("kept");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, flow_begin, flow_end);
	tcase_add_test(t, only_old_rows_are_deleted);
	tcase_add_loop_test(t, the_list_of_privacy_has_every_table, 0, SERVICES_WITH_DATABASE);
	tcase_add_test(t, the_list_of_privacy_names_what_there_is);
	suite_add_tcase(s, t);
	return s;
}

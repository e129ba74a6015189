#ifndef STAGEDOOR_TESTS_UNIT_TEST_DB_H
#define STAGEDOOR_TESTS_UNIT_TEST_DB_H

#include "common/db/lists.h"
#include "common/db/outbox.h"
#include <check.h>

#define RECORD_LIST "tests/unit/test_db_records.def"
#include "common/schema/declare_records.h"
#define QUERY_LIST "tests/unit/test_db_queries.def"
#define QUERY_SET  seat
#include "common/db/declare_queries.h"
#define QUERY_LIST "tests/unit/test_db_faulty.def"
#define QUERY_SET  faulty
#include "common/db/declare_queries.h"

/* The fixture of each test: an empty database on the server that STAGEDOOR_TEST_DB_SOCKET names, and a
 * connection to it. */
extern struct arena *arena;
extern struct db *own;
extern struct db_settings settings;

void db_setup(void);
void db_teardown(void);

/* db_other: a further connection, freed with the arena; add_seat: a new row; count_seats: the number of
 * rows. */
struct db *db_other(void);
ticket_id add_seat(struct db *on, const char *name);
int64_t count_seats(void);
/* SQL text that must succeed. */
void say(struct db *on, const char *format, ...) __attribute__((format(printf, 2, 3)));
void kill_connection_of(struct db *victim);
/* s repeated this many times, in the arena. */
const char *repeat(const char *s, int64_t times);

TCase *db_kind_case(void);
TCase *db_fault_case(void);

#endif

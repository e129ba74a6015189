/*
 * Sessions that ended before their tokens expire, as a sorted set in each process that verifies tokens. The
 * database is asked every 2 s and not for each request: a lookup is a binary search under a read lock. A
 * reload builds a new set and swaps it in, and keeps the old one when the database fails, so that nobody is
 * let in again by an error.
 */
#include "common/app/revoked.h"
#include "common/app/roles.h"
#include "common/base/clock.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define RECORD_LIST "common/app/records.def"
#include "common/schema/define_records.h"
#define QUERY_LIST "common/app/queries.def"
#define QUERY_SET  app
#include "common/db/define_queries.h"

enum { PAGE = 5000 };

/* Ordered by user. */
struct set {
	struct revocation *rows;
	size_t count;
};

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static struct set current;

err revoked_store(struct db *db, const struct session_end *end)
{
	int64_t met;

	return revoked_keep(db,
			    &(struct revoked_keep_in){.user_id = end->user_id,
						      .sid_key = end->sid,
						      .sid = end->sid,
						      .issued_before = end->issued_before,
						      .until = end->until},
			    &met);
}

static void set_add(struct set *set, const struct revocation *rows, size_t count)
{
	if (count == 0)
		return;
	set->rows = realloc(set->rows, (set->count + count) * sizeof *rows);
	BUG_IF(set->rows == NULL);
	memcpy(set->rows + set->count, rows, count * sizeof *rows);
	set->count += count;
}

static err set_read(struct db *db, struct set *set)
{
	struct revoked_live_in in = {.now = {clock_now()}};
	struct revocation *rows;
	size_t count;
	err e;

	do {
		if ((e = revoked_live(db, &in, &rows, &count)) != OK)
			return e;
		set_add(set, rows, count);
		if (count > 0) {
			in.after_user = rows[count - 1].user;
			in.after_sid = rows[count - 1].sid;
		}
	} while (count == PAGE);
	return OK;
}

err revoked_reload(struct db *db)
{
	struct set new = {0}, old;
	err e = set_read(db, &new);

	if (e != OK) {
		free(new.rows);
		return e;
	}
	pthread_rwlock_wrlock(&lock);
	old = current;
	current = new;
	pthread_rwlock_unlock(&lock);
	free(old.rows);
	return OK;
}

static bool ends(const struct revocation *r, const struct session *s)
{
	return id_is_null(r->sid) ? session_begun(s).v < r->issued_before.v : id_same(r->sid, s->sid);
}

/* The index of the first row of that user, or of where it would be. */
static size_t first_of(const struct set *set, const user_id *user)
{
	size_t low = 0, high = set->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (memcmp(set->rows[middle].user.b, user->b, sizeof user->b) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool revoked_has(const struct session *session)
{
	bool found = false;

	pthread_rwlock_rdlock(&lock);
	for (size_t i = first_of(&current, &session->user);
	     i < current.count && !found && id_same(current.rows[i].user, session->user); i++)
		found = ends(&current.rows[i], session);
	pthread_rwlock_unlock(&lock);
	return found;
}

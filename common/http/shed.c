/*
 * Under more load than there is capacity, requests wait in one queue, that of the pool's socket. Those that
 * have waited longer than they are worth are answered 503 without looking at the database: that is quick, so
 * the queue stays about as long as the least patience, and what is worth more gets through. Nobody waits for
 * an answer that comes too late to be of use.
 *
 * What must hold: the decision costs no query and no separate log line; it depends on the row of the
 * route and on when nginx got the request, nothing else; when that time is missing or absurd the request is
 * answered.
 */
#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/base/random.h"
#include "common/base/text.h"
#include "common/http/internal.h"
#include <stdatomic.h>

#define LISTS_WAIT   (SECOND / 2)
#define PAGES_WAIT   (2 * SECOND)
#define CHANGES_WAIT (8 * SECOND)

/* nginx gives up on a request earlier (fastcgi_read_timeout): an older time comes from another clock. */
#define OLDEST (60 * SECOND)

enum { RETRY_SECONDS = 2, RETRY_SPREAD = 4, LOG_EVERY_S = 5 };

/*
 * Lists, searches and feeds wait least: a reload repeats them. Pages to read and the user's own lists come
 * next. Changes, sign-in and pages of single orders and payments wait longest, because a hold is running.
 */
static int64_t patience(const struct web *w)
{
	const struct route *r = w->route;

	if (!text_same(r->method, "GET") || web_has_signed_out_form(w))
		return CHANGES_WAIT;
	if (r->access == ANYONE)
		return r->id_kind == NULL ? LISTS_WAIT : PAGES_WAIT;
	return r->id_kind == NULL ? PAGES_WAIT : CHANGES_WAIT;
}

/* "1764100000.123", nginx's $msec as it passed the request on, in milliseconds. */
static err read_start(struct arena *a, const char *text, int64_t *ret_ms)
{
	const char *point = text == NULL ? NULL : strchr(text, '.');

	if (point == NULL || strlen(point) != 4)
		return ERR_MALFORMED;
	return text_number(arena_printf(a, "%.*s%s", (int)(point - text), text, point + 1), INT64_MAX / 1000,
			   ret_ms);
}

/*
 * Microseconds, 0 when not known. By the clock of the machine, which tests do not move; nginx and pool share
 * it.
 */
static int64_t waited(const struct web *w)
{
	const char *start = param_get(w->internal->params, "REQUEST_START");
	int64_t ms, time;

	if (read_start(w->arena, start, &ms) != OK)
		return 0;
	time = clock_now() - clock_offset() - ms * 1000;
	return time > OLDEST ? 0 : time;
}

/* One line for many requests: a line for each would cost what shedding saves. */
static void log_shed(int64_t time)
{
	static atomic_llong shed, last_logged_at;
	long long now = clock_steady(), last = atomic_load(&last_logged_at);

	atomic_fetch_add(&shed, 1);
	if (now - last < LOG_EVERY_S * SECOND || !atomic_compare_exchange_strong(&last_logged_at, &last, now))
		return;
	log_warn("overload: %lld requests were answered 503, the last after %lld ms",
		 atomic_exchange(&shed, 0), (long long)time / 1000);
}

err shed_late(struct web *w)
{
	int64_t time = waited(w);

	if (time <= patience(w))
		return OK;
	log_shed(time);
	/* not all at the same moment */
	reply_header(w, "Retry-After",
		     arena_printf(w->arena, "%u", RETRY_SECONDS + random_below(RETRY_SPREAD)));
	return ERR_BUSY;
}

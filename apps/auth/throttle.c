/*
 * Counts tries of passwords in rows of sign_in_attempt: one of the account, and one of the network address. A
 * browser that was signed in to the account before has a row of its own instead of both (device.c), so that
 * strangers who use up the tries of the account cannot delay its owner.
 *
 * A try is counted before the password is checked, so that many at once count too; one that was right, or was
 * not checked, counts no longer.
 *
 * What must hold:
 * - The row of the account or browser is locked before that of the address: no deadlock.
 * - The wait is a minute at most, also when the clock was set back, so nobody is locked out.
 * - Counts that are MEMORY_SECONDS old begin again at 0.
 */
#include "apps/auth/throttle.h"
#include "apps/auth/device.h"
#include "common/base/clock.h"
#include "common/token/csrf.h"
#include <arpa/inet.h>

/* A person mistypes a few times; many people share one network address. */
enum { PERSON_FREE = 5, ADDRESS_FREE = 30, DELAY_MAX_SECONDS = 60, MEMORY_SECONDS = 15 * 60 };

/* How long after that many failures no try is checked, in microseconds: 0 up to `free` failures less one,
 * then 1, 2, 4 … 32 seconds, 60 at most. */
static int64_t throttle_delay(int64_t failures, int64_t free)
{
	int64_t over = failures - free;

	if (over < 0)
		return 0;
	return over >= 6 ? DELAY_MAX_SECONDS * SECOND : SECOND << over;
}

static short_text account_subject(struct arena *a, email address)
{
	return (short_text){arena_printf(a, "account:%s", sha256_hex(a, address.v, strlen(address.v)))};
}

/* Whoever has one IPv6 address has the whole /64. */
static short_text address_subject(struct arena *a, const char *address)
{
	uint8_t bytes[16];
	char text[INET6_ADDRSTRLEN];

	if (address == NULL || inet_pton(AF_INET6, address, bytes) != 1)
		return (short_text){
		    arena_printf(a, "address:%.60s", address == NULL || address[0] == '\0' ? "-" : address)};
	memset(bytes + 8, 0, 8);
	inet_ntop(AF_INET6, bytes, text, sizeof text);
	return (short_text){arena_printf(a, "address:%s", text)};
}

/* What a try is counted by. A browser that was signed in to the account before is counted by itself alone, so
 * that others cannot use up its tries. */
struct tries {
	short_text person;  /* the account, or the browser */
	short_text address; /* null: it does not count */
	int64_t wait;       /* microseconds until the next try is checked; 0: this one is */
};

static err load_attempts(struct db *db, short_text subject, when now, struct attempts *ret_row)
{
	err e;

	if ((e = attempts_touch(
		 db, &(struct attempts_touch_in){.subject = subject, .now = now, .allowed_at = now}, NULL)) !=
	    OK)
		return e;
	if ((e = attempts_of(db, &(struct attempts_of_in){.subject = subject}, ret_row)) != OK)
		return e;
	if (ret_row->last_at.v < now.v - MEMORY_SECONDS * SECOND)
		ret_row->failures.v = 0;
	/* longer than any delay: the clock was set back */
	if (ret_row->allowed_at.v > now.v + DELAY_MAX_SECONDS * SECOND)
		ret_row->allowed_at = now;
	return OK;
}

static err count_attempt(struct db *db, const struct attempts *row, when now, int64_t free)
{
	int64_t failures = row->failures.v + 1;
	struct attempts_put_in in = {
	    .failures = {failures},
	    .last_at = now,
	    .allowed_at = {now.v + throttle_delay(failures, free)},
	    .subject = row->subject,
	};

	return attempts_put(db, &in, NULL);
}

static err load_address(struct db *db, const struct tries *t, when now, struct attempts *ret_row)
{
	if (t->address.v != NULL)
		return load_attempts(db, t->address, now, ret_row);
	*ret_row = (struct attempts){.allowed_at = now};
	return OK;
}

/* Accounts are locked before addresses, always: no deadlock. */
static err take_try(struct db *db, void *context)
{
	struct tries *t = context;
	struct attempts person, address;
	when now;
	err e;

	if ((e = db_now(db, &now)) != OK)
		return e;
	if ((e = load_attempts(db, t->person, now, &person)) != OK)
		return e;
	if ((e = load_address(db, t, now, &address)) != OK)
		return e;
	t->wait = (person.allowed_at.v > address.allowed_at.v ? person : address).allowed_at.v - now.v;
	if (t->wait > 0)
		return ERR_THROTTLED;
	if ((e = count_attempt(db, &person, now, PERSON_FREE)) != OK)
		return e;
	return t->address.v != NULL ? count_attempt(db, &address, now, ADDRESS_FREE) : OK;
}

static struct tries tries_of(const struct web *w, const struct user *u)
{
	const char *device = device_of(w, u);

	if (device != NULL)
		return (struct tries){.person = {arena_printf(w->arena, "device:%s", device)}};
	return (struct tries){account_subject(w->arena, u->email),
			      address_subject(w->arena, w->request.address), 0};
}

err throttle_take(struct web *w, const struct user *u)
{
	struct tries t = tries_of(w, u);
	int64_t seconds;
	err e;

	if (!w->config->limits || (e = db_transaction(w->db, take_try, &t)) == OK)
		return OK;
	if (e != ERR_THROTTLED)
		return e;
	seconds = (t.wait + SECOND - 1) / SECOND;
	reply_header(w, "Retry-After", arena_printf(w->arena, "%d", (int)seconds));
	return web_fail_text(w, e, tr_text_throttle_wait(w->arena, w->locale, seconds));
}

static err forgive_attempt(struct db *db, short_text subject)
{
	return subject.v == NULL
		   ? OK
		   : attempts_forgive(db, &(struct attempts_forgive_in){.subject = subject}, NULL);
}

static err forget_attempts(struct db *db, void *context)
{
	const struct tries *t = context;
	err e;

	if ((e = attempts_forget(db, &(struct attempts_forget_in){.subject = t->person}, NULL)) != OK)
		return e;
	return forgive_attempt(db, t->address);
}

static err undo_try(struct db *db, void *context)
{
	const struct tries *t = context;
	err e;

	if ((e = forgive_attempt(db, t->person)) != OK)
		return e;
	return forgive_attempt(db, t->address);
}

err throttle_right(struct web *w, const struct user *u)
{
	struct tries t = tries_of(w, u);

	return w->config->limits ? db_transaction(w->db, forget_attempts, &t) : OK;
}

err throttle_forget(struct db *db, email address)
{
	const struct attempts_forget_in in = {.subject = account_subject(db_arena(db), address)};

	return attempts_forget(db, &in, NULL);
}

err throttle_undo(struct web *w, const struct user *u)
{
	struct tries t = tries_of(w, u);

	return w->config->limits ? db_transaction(w->db, undo_try, &t) : OK;
}

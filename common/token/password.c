/*
 * Hashes passwords with argon2id, a limited number at a time in this process.
 *
 * A hash takes 19 MiB and much time on purpose, so many sign-ins at once could exhaust the machine. A call
 * without a free slot fails at once; the caller decides whether to try again (web_wait).
 *
 * What must hold:
 * - Each slot that was taken is given back.
 * - A check takes as long for an account that does not exist: it is made against the hash of an unknown
 *   password, whose parameters must be those of OPERATIONS and MEMORY, and its result is false.
 * - libsodium is initialised before its first use.
 */
#include "common/token/password.h"
#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { OPERATIONS = 2, MEMORY = 19456 * 1024 };

/* Of a random password that nobody knows: what an unknown account is checked against. */
static const char nobodys[] =
    "$argon2id$v=19$m=19456,t=2,p=1$rPd4HumHdworxb7gJDC8Ug$GnAyDN31BVmz5RHwYVSQahieC037G5As1Q+dFbRGhpw";

static atomic_int free_slots = 2;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void start(void)
{
	BUG_IF(sodium_init() < 0);
}

void password_slots(unsigned slots)
{
	atomic_store(&free_slots, (int)slots);
}

static bool take_slot(void)
{
	int free_now = atomic_load(&free_slots);

	pthread_once(&once, start);
	while (free_now > 0)
		if (atomic_compare_exchange_weak(&free_slots, &free_now, free_now - 1))
			return true;
	return false;
}

static void give_slot(void)
{
	atomic_fetch_add(&free_slots, 1);
}

err password_hash_of(struct arena *a, password p, password_hash *ret_hash)
{
	char *hash = arena_alloc(a, crypto_pwhash_STRBYTES);
	int failed;

	if (!take_slot())
		return ERR_UNAVAILABLE;
	failed =
	    crypto_pwhash_str_alg(hash, p.v, strlen(p.v), OPERATIONS, MEMORY, crypto_pwhash_ALG_ARGON2ID13);
	give_slot();
	if (failed)
		return ERR_UNAVAILABLE;
	*ret_hash = (password_hash){hash};
	return OK;
}

err password_check(password p, password_hash hash, bool *ret_right)
{
	const char *against = hash.v == NULL ? nobodys : hash.v;
	bool fits;

	if (!take_slot())
		return ERR_UNAVAILABLE;
	fits = crypto_pwhash_str_verify(against, p.v, strlen(p.v)) == 0;
	give_slot();
	*ret_right = fits && hash.v != NULL;
	return OK;
}

bool password_is_dated(password_hash hash)
{
	pthread_once(&once, start);
	return crypto_pwhash_str_needs_rehash(hash.v, OPERATIONS, MEMORY) != 0;
}

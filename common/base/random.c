#include "common/base/random.h"
#include "common/base/err.h"
#include <pthread.h>
#include <sodium.h>
#include <time.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;

/* Without it the library would open its source in whichever threads come first, unguarded. */
static void start(void)
{
	BUG_IF(sodium_init() < 0);
}

void random_bytes(void *out, size_t len)
{
	pthread_once(&once, start);
	randombytes_buf(out, len);
}

uint32_t random_below(uint32_t below)
{
	pthread_once(&once, start);
	return randombytes_uniform(below);
}

void random_backoff(unsigned attempt, unsigned base_ms, unsigned max_ms)
{
	unsigned ms = base_ms;

	while (attempt-- > 0 && ms < max_ms)
		ms *= 2;
	if (ms > max_ms)
		ms = max_ms;
	ms = ms / 2 + random_below(ms + 1);
	nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000}, NULL);
}

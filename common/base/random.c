#include "common/base/random.h"
#include "common/base/err.h"
#include <sys/random.h>
#include <time.h>

void random_bytes(void *out, size_t len)
{
	BUG_IF(len > 256 || getrandom(out, len, 0) != (ssize_t)len);
}

uint32_t random_below(uint32_t below)
{
	uint32_t r;

	random_bytes(&r, sizeof r);
	return r % below;
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

#include "apps/stagedoor/span.h"
#include "common/base/clock.h"

const char *span_text(struct arena *a, int64_t us)
{
	long long s = us < 0 ? 0 : (long long)(us / SECOND);

	if (s < 120)
		return arena_printf(a, "%lld s", s);
	if (s < 7200)
		return arena_printf(a, "%lld min", s / 60);
	return s < 172800 ? arena_printf(a, "%lld h", s / 3600) : arena_printf(a, "%lld d", s / 86400);
}

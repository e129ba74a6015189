#include "apps/payments/signature.h"
#include "common/base/buf.h"
#include "common/base/clock.h"
#include "common/base/text.h"
#include "common/token/csrf.h"
#include <string.h>

enum { TOLERANCE_SECONDS = 300, HEADER_MAX = 2000, HEX = 64 };

static bool is_recent(const char *seconds)
{
	int64_t at, now = clock_now() / SECOND;

	if (text_number(seconds, INT64_C(253402300799), &at) != OK)
		return false;
	return at >= now - TOLERANCE_SECONDS && at <= now + TOLERANCE_SECONDS;
}

static const char *expected_signature(struct arena *a, const char *secret, const char *time, const char *body,
				      size_t len)
{
	struct buf text = BUF(a);

	buf_printf(&text, "%s.", time);
	buf_add(&text, body, len);
	return hmac_sha256_hex(a, secret, strlen(secret), text.bytes, text.len);
}

/* Two headers that a web server joined have two times. Neither is taken, since it is unclear which counts. */
bool signature_matches(struct arena *a, const char *secret, const char *header, const char *body, size_t len)
{
	char *rest = header == NULL || strlen(header) > HEADER_MAX ? NULL : arena_strdup(a, header), *part;
	const char *wanted = NULL;
	size_t times = 0;
	bool same = false;

	while (rest != NULL && (part = strsep(&rest, ",")) != NULL) {
		part += strspn(part, " \t");
		if (text_starts(part, "t=") && ++times == 1 && is_recent(part + 2))
			wanted = expected_signature(a, secret, part + 2, body, len);
		else if (text_starts(part, "v1=") && wanted != NULL && strlen(part + 3) == HEX)
			same |= text_same_secret(part + 3, wanted, HEX);
	}
	return same && times == 1;
}

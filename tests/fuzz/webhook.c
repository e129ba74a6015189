/*
 * A webhook of the bank: the first line is Stripe-Signature, the rest the body. A body without a valid
 * signature is never accepted; with one it is, whatever else the header contains. Its objects are parsed from
 * untrusted JSON.
 */
#include "apps/payments/objects.h"
#include "apps/payments/reasons.h"
#include "apps/payments/signature.h"
#include "common/base/clock.h"
#include "common/base/text.h"
#include "common/token/csrf.h"
#include "tests/fuzz/fuzz.h"

static const char secret[] = "whsec_fuzz";

void fuzz_begin(void)
{
}

static const char *signed_at(struct arena *a, const char *secret_, int64_t second, const char *body,
			     size_t len)
{
	const char *text = arena_printf(a, "%lld.", (long long)second);
	size_t head = strlen(text);
	char *all = arena_alloc(a, head + len + 1);

	memcpy(all, text, head);
	memcpy(all + head, body, len);
	return hmac_sha256_hex(a, secret_, strlen(secret_), all, head + len);
}

/* Only a second time makes a signed header invalid. */
static size_t times_in(struct arena *a, const char *header)
{
	char *rest = arena_strdup(a, header), *part;
	size_t times = 0;

	while ((part = strsep(&rest, ",")) != NULL)
		times += text_starts(part + strspn(part, " \t"), "t=");
	return times;
}

static void signature(struct arena *a, const char *header, const char *body, size_t len)
{
	int64_t now = clock_now() / SECOND;
	const char *right = signed_at(a, secret, now, body, len),
		   *wrong = signed_at(a, "other", now, body, len);
	const char *old = signed_at(a, secret, now - 400, body, len);

	HOLDS(!signature_matches(a, secret, header, body, len));
	HOLDS(
	    !signature_matches(a, secret, arena_printf(a, "t=%lld,v1=%s", (long long)now, wrong), body, len));
	HOLDS(!signature_matches(a, secret, arena_printf(a, "t=%lld,v1=%s", (long long)now - 400, old), body,
				 len));
	HOLDS(!signature_matches(a, secret, arena_printf(a, "v1=%s,%s", right, header), body, len));
	HOLDS(!signature_matches(a, secret, arena_printf(a, "t=%lld,v1=%s", (long long)now, right), body,
				 len + 1));
	if (strlen(header) < 1800)
		HOLDS(signature_matches(a, secret,
					arena_printf(a, "t=%lld,%s,v1=%s", (long long)now, header, right),
					body, len) == (times_in(a, header) == 0));
}

static bool is_fit(provider_id id)
{
	return id.v == NULL || kind_fits(&kind_provider_id, &id);
}

static bool objects(const struct json_t *json)
{
	struct intent i = intent_of_json(json);
	struct checkout c = checkout_of_json(json);
	struct belonging b = belonging_of_json(json);
	const char *reason = reason_of_error(json);
	reason_text said = {reason_say(NULL, reason)};

	HOLDS(is_fit(i.id) && is_fit(c.id) && is_fit(c.intent) && is_fit(b.intent) && is_fit(b.session));
	HOLDS(kind_fits(&kind_reason_text, &said) && kind_fits(&kind_reason_text, &(reason_text){reason}));
	HOLDS(i.reason == NULL || kind_fits(&kind_reason_text, &(reason_text){i.reason}));
	HOLDS(c.url.v == NULL || (kind_fits(&kind_web_url, &c.url) && text_starts(c.url.v, "http")));
	HOLDS(i.state <= INTENT_CANCELED && c.state <= CHECKOUT_EXPIRED);
	return i.id.v != NULL || c.id.v != NULL;
}

bool fuzz_one(struct arena *a, const char *bytes, size_t len)
{
	const char *header = fuzz_part(a, &bytes, &len, '\n'), *body = arena_memdup(a, bytes, len);
	const struct json_t *data, *object;
	struct json_t *json;

	signature(a, header, body, len);
	if (json_parse(a, body, len, &json) != OK)
		return false;
	data = json_get(json, "data");
	object = data == NULL ? NULL : json_get(data, "object");
	return objects(object == NULL ? json : object);
}

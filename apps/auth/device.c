/*
 * Device cookies as OWASP describes them: whoever guesses passwords from elsewhere slows down unknown
 * browsers only, never the owner's own browser. The cookie holds a random id and a seal (HMAC) over that
 * id, the account's id and a hash of its password hash; the last two are not in the cookie, since the
 * server has them. So a cookie is valid for one account only, a change of the password invalidates it, and
 * it does not say whose it is.
 */
#include "apps/auth/device.h"
#include "common/base/random.h"
#include "common/base/text.h"
#include "common/token/csrf.h"

enum { ID_BYTES = 16, YEAR_SECONDS = 365 * 24 * 60 * 60, COOKIE_MAX = 200 };

static const char *sealed_text(struct arena *a, const struct user *u, const char *id)
{
	return arena_printf(a, "device\n%s\n%s\n%s", id, id_text(a, u->id),
			    sha256_hex(a, u->password_hash.v, strlen(u->password_hash.v)));
}

const char *device_of(const struct web *w, const struct user *u)
{
	const char *cookie = web_cookie(w, "device"), *wave = cookie == NULL ? NULL : strchr(cookie, '~'),
		   *id;

	if (wave == NULL || strlen(cookie) > COOKIE_MAX || u->password_hash.v == NULL)
		return NULL;
	id = arena_memdup(w->arena, cookie, (size_t)(wave - cookie));
	return cookie_is_sealed(w->arena, w->config->csrf_key, sealed_text(w->arena, u, id), wave + 1) ? id
												       : NULL;
}

void device_keep(struct web *w, const struct user *u)
{
	const char *id = device_of(w, u);
	uint8_t bytes[ID_BYTES];
	char hex[2 * ID_BYTES + 1];

	if (id == NULL) {
		random_bytes(bytes, sizeof bytes);
		text_hex(bytes, sizeof bytes, hex);
		id = hex;
	}
	reply_cookie(w, "device",
		     arena_printf(w->arena, "%s~%s", id,
				  cookie_seal(w->arena, w->config->csrf_key, sealed_text(w->arena, u, id))),
		     YEAR_SECONDS);
}

void device_forget(struct web *w)
{
	reply_cookie(w, "device", "", 0);
}

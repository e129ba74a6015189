/*
 * Browsers that somebody has signed in with before, after OWASP's device cookies: whoever guesses passwords
 * from elsewhere slows down strangers alone, never the owner's own browser. The cookie holds an id and its
 * seal; what is sealed with it, the account and its password of then, the server knows. So it fits no other
 * account, none is left over from before a change of the password, and it tells nothing of who has it.
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

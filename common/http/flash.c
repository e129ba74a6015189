#include "common/http/flash.h"
#include "common/base/text.h"
#include "common/token/csrf.h"
#include <string.h>

enum { FLASH_SECONDS = 60 };

/* What is sealed under the same key for a draft begins with "/". */
static const char *sealed_text(struct arena *a, const char *word)
{
	return arena_printf(a, "notice:%s", word);
}

void flash_leave(struct web *w, const char *word)
{
	const char *seal = cookie_seal(w->arena, w->config->csrf_key, sealed_text(w->arena, word));

	reply_cookie(w, "notice", arena_printf(w->arena, "%s~%s", seal, word), FLASH_SECONDS);
}

bool flash_take(struct web *w, const char *word)
{
	const char *cookie = web_cookie(w, "notice"), *wave = cookie == NULL ? NULL : strchr(cookie, '~');

	if (wave == NULL || !text_same(wave + 1, word))
		return false;
	if (!cookie_is_sealed(w->arena, w->config->csrf_key, sealed_text(w->arena, word),
			      arena_memdup(w->arena, cookie, (size_t)(wave - cookie))))
		return false;
	reply_cookie(w, "notice", "", 0);
	return true;
}

const char *flash_take_one(struct web *w, const struct flash_message *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (flash_take(w, list[i].word))
			return web_tr(w, *list[i].sentence);
	return NULL;
}

/*
 * What was typed survives a session that ended while the form was open: the form that nobody may send any
 * more goes into a sealed cookie for an hour, and its page shows it again once its sender has signed in.
 * Nothing is stored at the server, so that nobody can fill it; passwords are never kept.
 */
#include "common/base/text.h"
#include "common/http/inside.h"
#include "common/token/csrf.h"
#include <string.h>

/* a browser keeps 4096 bytes of a cookie, its name and attributes included */
enum { DRAFT_MAX = 3800, DRAFT_SECONDS = 60 * 60 };

/* "<path>\nname=value\nname=value…"; NULL when a value cannot stand on a line */
static const char *print(struct web *w)
{
	struct buf b = BUF(w->arena);

	buf_puts(&b, w->request.path);
	for (size_t i = 0; i < w->typed->count; i++) {
		const struct pair *p = &w->typed->list[i];

		if (text_has_control(p->name) || text_has_control(p->value) || strchr(p->name, '=') != NULL)
			return NULL;
		buf_printf(&b, "\n%s=%s", p->name, p->value);
	}
	return buf_text(&b);
}

static bool may_keep(struct web *w)
{
	return !w->request.api && w->route != NULL && w->route->who == SIGNED_IN &&
	       !text_same(w->request.method, "GET") && media_check(w) == OK && origin_check(w) == OK &&
	       input_pairs(w) == OK && w->typed->count > 0;
}

void draft_keep(struct web *w)
{
	const char *text, *value;

	if (!may_keep(w) || (text = print(w)) == NULL)
		return;
	value = arena_printf(w->arena, "%s~%s", cookie_seal(w->arena, w->config->csrf_key, text),
			     text_base64url(w->arena, text, strlen(text)));
	if (strlen(value) <= DRAFT_MAX)
		reply_cookie(w, "draft", value, DRAFT_SECONDS);
}

/* The text that draft_keep sealed; NULL: there is none. */
static char *read_cookie(struct web *w)
{
	const char *cookie = web_cookie(w, "draft"), *wave = cookie == NULL ? NULL : strchr(cookie, '~');
	uint8_t *bytes;
	size_t len;

	if (wave == NULL || strlen(cookie) > DRAFT_MAX ||
	    text_unbase64url(w->arena, wave + 1, strlen(wave + 1), &bytes, &len) != OK)
		return NULL;
	if (!cookie_is_sealed(w->arena, w->config->csrf_key, arena_memdup(w->arena, bytes, len),
			      arena_memdup(w->arena, cookie, (size_t)(wave - cookie))))
		return NULL;
	return arena_memdup(w->arena, bytes, len);
}

static void show_line(struct web *w, char *line)
{
	char *equals = strchr(line, '=');

	if (equals == NULL || w->typed->count == PAIRS_MAX)
		return;
	*equals = '\0';
	w->typed->list[w->typed->count++] = (struct pair){line, equals + 1};
}

void draft_show(struct web *w)
{
	char *text = read_cookie(w), *rest;

	if (text == NULL || w->request.api || !text_same(w->request.method, "GET"))
		return;
	if (!w->signed_in) {
		w->internal->draft = DRAFT_WAITS;
		return;
	}
	if (strcmp(strtok_r(text, "\n", &rest), w->request.path) != 0)
		return;
	w->internal->draft = DRAFT_SHOWN;
	w->typed->count = 0;
	for (char *line = strtok_r(NULL, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest))
		show_line(w, line);
}

void draft_drop(struct web *w)
{
	if (w->signed_in && !w->request.api && !text_same(w->request.method, "GET") &&
	    web_cookie(w, "draft") != NULL)
		reply_cookie(w, "draft", "", 0);
}

const char *draft_notice(const struct web *w)
{
	if (w->internal->draft == DRAFT_SHOWN)
		return web_say(w, say_http_draft_shown);
	if (w->internal->draft == DRAFT_WAITS && w->route != NULL && web_has_signed_out_form(w))
		return web_say(w, say_http_draft_waits);
	return NULL;
}

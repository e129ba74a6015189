/*
 * Drafts: the input of a form whose session ended while the form was open. The refused form goes into a
 * sealed cookie for an hour, and its page shows it again after the same user has signed in. Nothing is stored
 * at the server, so nobody can fill its storage. Passwords are never kept.
 */
#include "common/base/text.h"
#include "common/http/internal.h"
#include "common/token/csrf.h"
#include <string.h>

/* a browser keeps 4096 bytes of a cookie, its name and attributes included */
enum { DRAFT_MAX = 3800, DRAFT_SECONDS = 60 * 60, DRAFT_SHOWN_SECONDS = 10 * 60 };

static const char *owner_text(const struct web *w, user_id user)
{
	return arena_printf(w->arena, "form of %s", id_text(w->arena, user));
}

const char *draft_owner(const struct web *w)
{
	return w->signed_in ? cookie_seal(w->arena, w->config->csrf_key, owner_text(w, w->session.user)) : "";
}

static bool is_mine(const struct web *w, const char *owner)
{
	return owner != NULL &&
	       cookie_is_sealed(w->arena, w->config->csrf_key, owner_text(w, w->session.user), owner);
}

/* "<owner>\n<path>\nname=value\nname=value…"; NULL when a value cannot stand on a line */
static const char *print(struct web *w)
{
	struct buf b = BUF(w->arena);

	if (text_has_control(w->internal->owner))
		return NULL;
	buf_printf(&b, "%s\n%s", w->internal->owner, w->request.path);
	for (size_t i = 0; i < w->typed->count; i++) {
		const struct pair *p = &w->typed->list[i];

		if (text_has_control(p->name) || text_has_control(p->value) || strchr(p->name, '=') != NULL)
			return NULL;
		buf_printf(&b, "\n%s=%s", p->name, p->value);
	}
	return buf_text(&b);
}

/* Was anything typed, or does the form only say which page it came from? */
static bool has_typed(const struct web *w)
{
	const struct record *form = w->route->form();
	char name[FORM_PARAM_NAME_MAX + 1];

	for (size_t i = 0; i < form->count; i++) {
		const struct kind *k = form->fields[i].kind;

		text_camel(form->fields[i].name, name);
		if (k->class != KIND_ID && k != &kind_revision && k != &kind_version &&
		    form_params_get(w->typed, name) != NULL)
			return true;
	}
	return false;
}

static bool may_keep(struct web *w)
{
	return !w->request.api && w->route != NULL && w->route->access == SIGNED_IN && !web_is_get(w) &&
	       media_check(w) == OK && origin_check(w) == OK && input_pairs(w) == OK &&
	       w->internal->owner != NULL && has_typed(w);
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

	if (equals == NULL || w->typed->count == FORM_PARAMS_MAX)
		return;
	*equals = '\0';
	w->typed->list[w->typed->count++] = (struct pair){line, equals + 1};
}

/* A draft that was shown stays for ten minutes, so that reloading the page keeps it. */
static void show(struct web *w, char *rest)
{
	w->internal->draft = DRAFT_SHOWN;
	reply_cookie(w, "draft", web_cookie(w, "draft"), DRAFT_SHOWN_SECONDS);
	w->typed->count = 0;
	for (char *line = strtok_r(NULL, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest))
		show_line(w, line);
}

void draft_show(struct web *w)
{
	char *text, *owner, *rest;

	if (w->request.api || !web_is_get(w) || (text = read_cookie(w)) == NULL)
		return;
	if (!w->signed_in) {
		w->internal->draft = DRAFT_WAITS;
		return;
	}
	owner = strtok_r(text, "\n", &rest);
	/* an address with a query asks for something else to begin with */
	if (is_mine(w, owner) && text_same(strtok_r(NULL, "\n", &rest), w->request.path) &&
	    *w->request.query == '\0')
		show(w, rest);
}

void draft_drop(struct web *w)
{
	if (w->signed_in && !w->request.api && !web_is_get(w) && web_cookie(w, "draft") != NULL)
		reply_cookie(w, "draft", "", 0);
}

const char *draft_message(const struct web *w)
{
	if (w->internal->draft == DRAFT_SHOWN)
		return web_tr(w, tr_http_draft_shown);
	if (w->internal->draft == DRAFT_WAITS && w->route != NULL && web_has_signed_out_form(w))
		return web_tr(w, tr_http_draft_waits);
	return NULL;
}

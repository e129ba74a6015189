/*
 * Reads what a request carries: content type, form parameters, idempotency key, and the record of the
 * route's form.
 *
 * A GET has its form in the query, the POST of a page in the body; the API takes JSON. A MACHINE route
 * reads its body itself. The steps are separate functions because other checks stand between them
 * (dispatch.c): the CSRF token is a parameter of the form, and is checked before any field.
 *
 * What must hold:
 * - With a cookie, the API takes no change that a page of another site could send as a form
 *   (may_lack_type).
 * - _csrf, _owner and _key are taken out before the fields are read and hashed, so that a form that is
 *   sent again with a new CSRF token is the same request.
 * - A password is never kept to be shown again (w->typed).
 * - Unknown names are dropped from the query of a page, because others add them to links; elsewhere they
 *   are problems.
 */
#include "common/base/text.h"
#include "common/http/internal.h"
#include "common/token/csrf.h"
#include <string.h>

/* A cookie's request must be one that a page of another site cannot send without asking: JSON. Without a body
 * only programs may leave it out. */
static bool may_lack_type(const struct web *w)
{
	if (!w->request.api || w->request.body_len > 0 || *w->request.content_type != '\0')
		return false;
	return text_same(w->request.method, "DELETE") || !w->signed_in || w->internal->by_bearer;
}

err media_check(struct web *w)
{
	const char *wanted = w->request.api ? "application/json" : "application/x-www-form-urlencoded";

	if (web_is_get(w) || w->route->access == MACHINE || may_lack_type(w))
		return OK;
	if (!text_same(w->request.content_type, wanted) || w->internal->foreign_charset)
		return ERR_BAD_MEDIA;
	return OK;
}

static bool is_password(const struct record *form, const char *name)
{
	char field[FORM_PARAM_NAME_MAX + 1];

	for (size_t i = 0; i < form->count; i++)
		if (form->fields[i].kind == &kind_password) {
			text_camel(form->fields[i].name, field);
			if (strcmp(field, name) == 0)
				return true;
		}
	return false;
}

static void keep_typed(struct web *w, const struct form_params *sent)
{
	const struct record *form = w->route->form();

	for (size_t i = 0; i < sent->count; i++)
		if (!is_password(form, sent->list[i].name))
			w->typed->list[w->typed->count++] = sent->list[i];
}

err input_pairs(struct web *w)
{
	struct web_internal *inside = w->internal;
	err e;

	if (web_is_get(w))
		e = form_params_parse(w->arena, w->request.query, strlen(w->request.query), &inside->sent);
	else if (!w->request.api && w->route->access != MACHINE)
		e = form_params_parse(w->arena, w->request.body, w->request.body_len, &inside->sent);
	else
		return OK;
	if (e != OK)
		return e;
	if (!web_is_get(w)) {
		inside->csrf = form_params_take(inside->sent, "_csrf");
		inside->owner = form_params_take(inside->sent, "_owner");
		inside->key = form_params_take(inside->sent, "_key");
	}
	if (web_is_get(w) && !w->request.api)
		form_params_keep_fields(inside->sent, w->route->form());
	keep_typed(w, inside->sent);
	return OK;
}

static err json_form(struct web *w, const struct record *form, void *record)
{
	const struct number_format n = web_number_format(w);
	bool has_body = w->request.body_len > 0;
	struct json_t *json;
	err e;

	if (text_same(w->request.method, "DELETE"))
		return has_body ? web_fail(w, ERR_MALFORMED, tr_http_delete_body) : OK;
	if ((e = json_parse(w->arena, has_body ? w->request.body : "{}", has_body ? w->request.body_len : 2,
			    &json)) != OK)
		return e;
	return record_from_json(w->arena, form, &n, UNKNOWN_REFUSED, json, &w->problems, record);
}

static void hash_add(struct buf *b, const char *s)
{
	buf_printf(b, "%zu:", strlen(s));
	buf_puts(b, s);
}

/* Of a form its fields count, so that a new _csrf is not another request. */
static const char *hash_of(struct web *w)
{
	struct buf all = BUF(w->arena);

	hash_add(&all, w->request.method);
	hash_add(&all, w->request.path);
	if (w->internal->sent == NULL)
		buf_add(&all, w->request.body, w->request.body_len);
	for (size_t i = 0; w->internal->sent != NULL && i < w->internal->sent->count; i++) {
		hash_add(&all, w->internal->sent->list[i].name);
		hash_add(&all, w->internal->sent->list[i].value);
	}
	return sha256_hex(w->arena, all.bytes, all.len);
}

static err find_key(struct web *w)
{
	struct web_internal *inside = w->internal;
	idempotency_key key = {NULL};

	if (w->request.api)
		inside->key = web_header(w, "Idempotency-Key");
	if (inside->key == NULL || *inside->key == '\0') {
		inside->key = NULL;
		return OK;
	}
	key.v = inside->key;
	if (!kind_fits(&kind_idempotency_key, &key)) {
		inside->key = NULL;
		return web_problem(w, w->request.api ? "Idempotency-Key" : "_key",
				   kind_idempotency_key.wrong);
	}
	inside->hash = hash_of(w);
	return OK;
}

err input_form(struct web *w, void *in)
{
	const struct record *form = w->route->form();
	const struct number_format n = web_number_format(w);
	void *record = (char *)in + w->route->form_offset;
	err e;

	if (w->route->access == MACHINE)
		return OK;
	if (!web_is_get(w) && (e = find_key(w)) != OK)
		return e;
	if (w->internal->sent == NULL)
		return json_form(w, form, record);
	return record_from_form_params(w->arena, form, &n, w->internal->sent, &w->problems, record);
}

/* W/"3.5", "3.5", "3", 3: what stands before the point counts. */
err web_if_match(struct web *w, revision *ret_revision)
{
	const char *sent = web_header(w, "If-Match"), *at = sent;
	char digits[20] = "";
	bool quoted;
	int64_t n = 0;
	size_t len;

	if (sent == NULL || *sent == '\0' || text_same(sent, "*")) {
		*ret_revision = (revision){0};
		return OK;
	}
	at += text_starts(at, "W/") ? 2 : 0;
	quoted = *at == '"';
	at += quoted;
	len = strspn(at, "0123456789");
	if (len > 0 && len < sizeof digits)
		memcpy(digits, at, len);
	at += len;
	if (*at == '.')
		at += 1 + strspn(at + 1, "0123456789");
	if (text_number(digits, kind_revision.max, &n) != OK || n == 0 || strcmp(at, quoted ? "\"" : "") != 0)
		return web_problem(w, "If-Match", tr_http_if_match);
	*ret_revision = (revision){n};
	return OK;
}

size_t web_rows(const struct web *w, page_size asked, size_t usual)
{
	if (asked.v != 0)
		return (size_t)asked.v;
	return !w->request.api && w->session.rows.v != 0 ? (size_t)w->session.rows.v : usual;
}

#include "common/base/text.h"
#include "common/http/internal.h"
#include "common/token/csrf.h"
#include <string.h>
#include <strings.h>

/* Case-insensitive scheme, one space: RFC 6750. */
static const char *bearer_token(const struct web *w)
{
	const char *authorization = web_header(w, "Authorization");

	if (!w->request.api || authorization == NULL || strncasecmp(authorization, "Bearer ", 7) != 0)
		return NULL;
	return authorization + 7;
}

/* Each of them may cost the check of a signature. */
enum { SESSION_COOKIES_MAX = 4 };

static bool is_session(struct web *w, const char *token)
{
	const struct web_site *site = w->internal->site;

	if (keyring_verify(site->keyring, w->arena, token, &w->session) == OK &&
	    (site->is_revoked == NULL || !site->is_revoked(&w->session)))
		return true;
	w->session = (struct session){0};
	return false;
}

/* A token that holds no longer makes its sender signed out, nothing worse. Of several session cookies, which
 * another path or an older site may have left, the first that holds counts. */
void session_find(struct web *w)
{
	const char *bearer = bearer_token(w), *token;

	if (w->internal->site->keyring == NULL)
		return;
	w->internal->by_bearer = bearer != NULL;
	if (bearer != NULL) {
		w->signed_in = is_session(w, bearer);
		return;
	}
	for (size_t i = 0; i < SESSION_COOKIES_MAX && !w->signed_in; i++) {
		if ((token = web_cookie_at(w, "session", i)) == NULL)
			break;
		w->signed_in = is_session(w, token);
		w->internal->bad_cookie = !w->signed_in;
	}
}

/* Does this address have a form for those who are signed out? Only there is a pre-session cookie set: other
 * pages may be cached. */
bool web_has_signed_out_form(const struct web *w)
{
	const struct route_list *routes = w->internal->site->routes;

	for (size_t i = 0; w->route != NULL && i < routes->count; i++)
		if (routes->routes[i].access == SIGNED_OUT &&
		    strcmp(routes->routes[i].path, w->route->path) == 0)
			return true;
	return false;
}

const char *csrf_subject(struct web *w, bool make)
{
	struct web_internal *inside = w->internal;
	const char *cookie;

	if (w->signed_in)
		return id_text(w->arena, w->session.sid);
	if (inside->presession != NULL)
		return inside->presession;
	cookie = web_cookie(w, "presession");
	if (cookie != NULL && presession_is_ours(w->arena, w->config->csrf_key, cookie))
		return cookie;
	if (!make || !web_has_signed_out_form(w))
		return "";
	return inside->presession = presession_new(w->arena, w->config->csrf_key);
}

/* Of this site by its setting, or by the name that the browser itself used for it. */
bool origin_is_ours(const struct web *w, const char *origin)
{
	const char *site = w->config->site_url, *host = web_header(w, "Host");
	size_t len = strlen(site);

	if (len > 0 && site[len - 1] == '/')
		len--;
	if (strncmp(origin, site, len) == 0 && origin[len] == '\0')
		return true;
	return host != NULL &&
	       text_same(origin, arena_printf(w->arena, "%s://%s", web_is_https(w) ? "https" : "http", host));
}

/* Browsers say where a request comes from; other programs say nothing and pass. */
err origin_check(struct web *w)
{
	const char *fetch = web_header(w, "Sec-Fetch-Site"), *origin = web_header(w, "Origin");

	if (web_is_get(w) || w->internal->by_bearer)
		return OK;
	if (fetch != NULL && !text_same(fetch, "same-origin") && !text_same(fetch, "none"))
		return ERR_CSRF;
	if (origin != NULL && !origin_is_ours(w, origin))
		return ERR_CSRF;
	w->internal->own_page = origin != NULL || text_same(fetch, "same-origin");
	return OK;
}

err csrf_check(struct web *w)
{
	const char *key = w->config->csrf_key, *sent = w->internal->csrf, *subject;

	if (w->request.api || web_is_get(w))
		return OK;
	subject = csrf_subject(w, false);
	if (sent == NULL || *subject == '\0' || !csrf_matches(w->arena, key, subject, sent))
		return w->internal->own_page ? web_fail(w, ERR_CSRF, tr_http_other_session) : ERR_CSRF;
	return OK;
}

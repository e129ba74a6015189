#include "common/base/text.h"
#include "common/http/internal.h"
#include <string.h>

/* Where to come back to: what was asked for; after a form its page, or the page that it was on. */
static const char *come_back_to(struct web *w)
{
	const char *referer = web_header(w, "Referer"), *path;
	struct match match;

	if (web_is_get(w))
		return w->internal->uri;
	if (w->route->access != SIGNED_IN_ELSEWHERE &&
	    route_match(w->arena, w->internal->site->routes, "GET", w->request.path, &match) == OK)
		return w->request.path;
	if (referer == NULL || (path = strstr(referer, "://")) == NULL ||
	    (path = strchr(path + 3, '/')) == NULL)
		return "/";
	return origin_is_ours(w, arena_memdup(w->arena, referer, (size_t)(path - referer))) ? path : "/";
}

const char *signin_url(struct web *w)
{
	const char *next = come_back_to(w);

	return arena_printf(w->arena, "/signin?next=%s",
			    text_percent_encode(w->arena, web_is_local(next) ? next : "/"));
}

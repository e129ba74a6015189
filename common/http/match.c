#include "common/base/buf.h"
#include "common/http/internal.h"
#include <string.h>

/* Does the path fit "/tickets/{id}/edit"? *ret_id is a copy of what stands for {id}. */
static bool fits(struct arena *a, const char *pattern, const char *path, const char **ret_id)
{
	const char *hole = strchr(pattern, '{');
	size_t before = hole == NULL ? strlen(pattern) : (size_t)(hole - pattern), len;

	if (strncmp(pattern, path, before) != 0)
		return false;
	path += before;
	if (hole == NULL)
		return *path == '\0';
	len = strcspn(path, "/");
	if (len == 0 || strcmp(path + len, strchr(hole, '}') + 1) != 0)
		return false;
	*ret_id = arena_memdup(a, path, len);
	return true;
}

/* An address without {id} wins over one with it: /tickets/new is no ticket. */
static const char *pattern_of(struct arena *a, const struct route_list *routes, const char *path,
			      const char **ret_id)
{
	const char *found = NULL;

	for (size_t i = 0; i < routes->count; i++) {
		const struct route *r = &routes->routes[i];

		if ((found == NULL || r->id_kind == NULL) && fits(a, r->path, path, ret_id))
			found = r->path;
		if (found != NULL && strchr(found, '{') == NULL)
			return found;
	}
	return found;
}

static void allow(struct buf *b, const char *method)
{
	buf_printf(b, "%s%s", b->len > 0 ? ", " : "", method);
	if (strcmp(method, "GET") == 0)
		buf_puts(b, ", HEAD");
}

err route_match(struct arena *a, const struct route_list *routes, const char *method, const char *path,
		struct match *match)
{
	struct buf allowed = BUF(a);
	const char *pattern;

	*match = (struct match){0};
	if ((pattern = pattern_of(a, routes, path, &match->id)) == NULL)
		return ERR_NOT_FOUND;
	for (size_t i = 0; i < routes->count; i++) {
		const struct route *r = &routes->routes[i];

		if (strcmp(r->path, pattern) != 0)
			continue;
		if (strcmp(r->method, method) == 0) {
			match->route = r;
			return OK;
		}
		allow(&allowed, r->method);
	}
	match->allow = buf_text(&allowed);
	return ERR_BAD_METHOD;
}

const char *route_url(struct arena *a, const char *path, const void *id)
{
	const char *hole = strchr(path, '{');

	if (hole == NULL)
		return path;
	return arena_printf(a, "%.*s%s%s", (int)(hole - path), path, id_print(a, id), strchr(hole, '}') + 1);
}

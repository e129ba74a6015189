/*
 * #define ROUTE_LIST "apps/x/routes.def" and ROUTE_SET x, then include this in one .c file: what
 * declare_routes.h declares.
 */
#include "common/http/route.h"

/* "/tickets/{id}/edit" with the id in its place */
const char *route_url(struct arena *a, const char *path, const void *id);

#define ROUTE(name, method, path, access, transaction, form_, doc) \
	const char *url_##name(struct arena *a) \
	{ \
		return route_url(a, path, NULL); \
	} \
	static err call_##name(struct web *w, const void *in) \
	{ \
		return name(w, in); \
	}
#define ROUTE_OF(name, method, path, id_, access, transaction, form_, doc) \
	const char *url_##name(struct arena *a, id_ id) \
	{ \
		return route_url(a, path, id.b); \
	} \
	static err call_##name(struct web *w, const void *in) \
	{ \
		return name(w, in); \
	}
/* what a route answers is said of a route that there is, once for each status, with records that there are */
#define ANSWER(route, status, shape, record, headers) \
	enum { route##_answers_##status = sizeof(struct route##_in) + sizeof(&record_##record) };
#define FAILS(route, error, current, doc) \
	enum { route##_fails_##error = ERR_##error + sizeof(struct route##_in) + sizeof(&record_##current) };
#define PART(record, member, record_of_member, doc) \
	enum { record##_has_##member = sizeof(&record_##record) + sizeof(&record_##record_of_member) };
#include ROUTE_LIST
#undef ROUTE
#undef ROUTE_OF
#undef ANSWER
#undef FAILS
#undef PART

#define ROUTE_LIST_NAME_(set) set##_routes
#define ROUTE_LIST_NAME(set)  ROUTE_LIST_NAME_(set)
static const struct route route_rows[] = {
#define ROUTE(name, method, path, access, transaction, form_, doc) \
	{#name, #method, path, doc, NULL, access, transaction, record_##form_, \
	 sizeof(struct name##_in), offsetof(struct name##_in, id), offsetof(struct name##_in, form), \
	 call_##name},
#define ROUTE_OF(name, method, path, id_, access, transaction, form_, doc) \
	{#name, #method, path, doc, &kind_##id_, access, transaction, record_##form_, \
	 sizeof(struct name##_in), offsetof(struct name##_in, id), offsetof(struct name##_in, form), \
	 call_##name},
#define ANSWER(...)
#define FAILS(...)
#define PART(...)
#include ROUTE_LIST
#undef ROUTE
#undef ROUTE_OF
#undef ANSWER
#undef FAILS
#undef PART
};
const struct route_list ROUTE_LIST_NAME(ROUTE_SET) = {route_rows, sizeof route_rows / sizeof *route_rows};
#undef ROUTE_LIST_NAME_
#undef ROUTE_LIST_NAME
#undef ROUTE_LIST
#undef ROUTE_SET

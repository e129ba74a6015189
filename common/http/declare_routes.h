/*
 * #define ROUTE_LIST "apps/x/routes.def" and ROUTE_SET x, then include this: inputs, handlers and addresses,
 * and the list x_routes.
 */
#include "common/http/route.h"

#define ROUTE(name, method, path, access, transaction, form_, doc) \
	struct name##_in { \
		struct nothing id; \
		struct form_ form; \
	}; \
	err name(struct web *w, const struct name##_in *in) NODISCARD; \
	const char *url_##name(struct arena *a);
#define ROUTE_OF(name, method, path, id_, access, transaction, form_, doc) \
	struct name##_in { \
		id_ id; \
		struct form_ form; \
	}; \
	err name(struct web *w, const struct name##_in *in) NODISCARD; \
	const char *url_##name(struct arena *a, id_ id);
#define ANSWER(...)
#define FAILS(...)
#define PART(...)
#include ROUTE_LIST
#undef ROUTE
#undef ROUTE_OF
#undef ANSWER
#undef FAILS
#undef PART

#define ROUTE_LIST_NAME_(set) set##_routes
#define ROUTE_LIST_NAME(set)  ROUTE_LIST_NAME_(set)
extern const struct route_list ROUTE_LIST_NAME(ROUTE_SET);
#undef ROUTE_LIST_NAME_
#undef ROUTE_LIST_NAME
#undef ROUTE_LIST
#undef ROUTE_SET

#ifndef STAGEDOOR_HTTP_DISPATCH_H
#define STAGEDOOR_HTTP_DISPATCH_H

#include "common/http/pool.h"
#include "common/http/route.h"

/* What all requests of a process share. */
struct web_site {
	const struct config *config;
	const struct route_list *routes;
	struct keyring *keyring;                           /* NULL: nobody is signed in */
	bool (*is_revoked)(const struct session *session); /* NULL: no session ever is */
	void *app;                                         /* becomes web->app */
};

/* Answers one request by the routes, see route.h: the `serve` of a pool. db and arena are the thread's own.
 */
void web_answer(const struct web_site *site, struct db *db, struct arena *a,
		const struct pool_request *request, struct pool_answer *ret_answer);

#endif

#include "apps/orders/orders.h"
#include "apps/orders/jobs.h"
#include "apps/orders/place.h"
#include "common/app/roles.h"
#include "common/base/log.h"

/* The service expiration has no database; its dead letters are about orders. */
static const char *const dead_queues[] = {"expiration.dead", NULL};

static err orders_start(const struct config *config, void **ret_app)
{
	*ret_app = NULL;
	if (config->hold_budget >= 1 && config->hold_budget <= BUDGET_MAX)
		return OK;
	log_error("HOLD_BUDGET must be a number from 1 to %d", BUDGET_MAX);
	return ERR_INVALID;
}

int main(int argc, char **argv)
{
	static const struct app app = {
	    .name = "orders",
	    .web_groups = CONFIG_HOLD,
	    .routes = &orders_routes,
	    .queries = &orders_queries,
	    .moves = &orders_moves,
	    .subscriptions = subscriptions,
	    .dead_queues = dead_queues,
	    .jobs = orders_jobs,
	    .start = orders_start,
	};

	return app_main(&app, argc, argv);
}

#include "apps/tickets/tickets.h"
#include "apps/tickets/jobs.h"

int main(int argc, char **argv)
{
	static const struct app app = {
	    .name = "tickets",
	    .web_groups = CONFIG_HOLD,
	    .routes = &tickets_routes,
	    .queries = &tickets_queries,
	    .moves = &tickets_moves,
	    .subscriptions = subscriptions,
	    .jobs = tickets_jobs,
	};

	return app_main(&app, argc, argv);
}

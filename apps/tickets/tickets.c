#include "apps/tickets/tickets.h"
#include "apps/tickets/hold.h"
#include "apps/tickets/jobs.h"
#include "apps/tickets/seller.h"
#include "common/app/app.h"
#include "common/app/roles.h"

static const struct job jobs[] = {
    {"retire", 2000, retire},
    {NULL, 0, NULL},
};

int main(int argc, char **argv)
{
	static const struct app app = {
	    .name = "tickets",
	    .web_groups = CONFIG_HOLD,
	    .routes = &tickets_routes,
	    .queries = &tickets_queries,
	    .moves = &tickets_moves,
	    .subscriptions = subscriptions,
	    .jobs = jobs,
	};

	return app_main(&app, argc, argv);
}
